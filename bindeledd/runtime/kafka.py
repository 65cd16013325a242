"""What all that talk to a Kafka cluster share: how it is reached, which cluster and topics these are, what is sent.

A topic that was made anew, or a cluster that was, has another id under the same name: offsets and cursors count for one
id only.
"""

from __future__ import annotations

import ssl
from base64 import b64decode
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from bindeledd.core.errors import InvalidMessage, TransientError
from bindeledd.runtime.tls import believing, show

CONNECT_MS = 5_000
RECONNECT_MS = 1_000
ANSWER_MS = 10_000
"""So long one question about the cluster waits: whoever asks does nothing else meanwhile. By itself the client waits
60 s for a broker that died."""
HEAR_SECONDS = 0.02
"""Between two looks, while an answer is waited for, whether we are refused."""
HEARTBEAT: Final = "bindeledd-heartbeat"
"""The header that makes a record a heartbeat: no event, but a sign that its topic's writer had told all by then."""
_FILES: Final = "BINDELEDD_KAFKA_…_FILE"
_TLS: Final = ("SSL handshake failed", "SSL routines")
"""What the client says of a connection that TLS ends, and not of one whose broker went away."""
_LACKING: Final = ("UNKNOWN_TOPIC_OR_PART", "TOPIC_AUTHORIZATION_FAILED")
"""What is said of a topic that is not there for us."""

Partition = tuple[str, int]
"""A topic, and the number of one of its partitions."""
T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Security:
    """How we know the brokers, and how they know us: by a user with a password, by a certificate, or not at all.

    Nothing of it is used without `ca`, the file of those who vouch for the brokers: a password goes to nobody else.
    """

    ca: Path | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    sasl: str = "SCRAM-SHA-512"
    certificate: Path | None = None
    key: Path | None = None

    def context(self) -> ssl.SSLContext | None:
        """For TLS; None where the brokers are spoken to in the clear.

        Raises InvalidMessage for a file that is no such certificate or key.
        """
        if self.ca is None:
            return None
        made = believing(self.ca, "the brokers", _FILES)
        if self.certificate is not None:
            show(made, self.certificate, self.key, _FILES)
        return made

    def options(self) -> dict[str, str]:
        """As librdkafka wants it. Raises InvalidMessage for a file that is of no use."""
        if self.ca is None:
            return {}
        self.context()  # reads the files, and says in our words what is wrong with one
        found = {
            "security.protocol": "SSL", "ssl.ca.location": str(self.ca),
            "ssl.endpoint.identification.algorithm": "https",
        }  # fmt: skip
        if self.certificate is not None:
            found |= {
                "ssl.certificate.location": str(self.certificate), "ssl.key.location": str(self.key or self.certificate)
            }  # fmt: skip
        if not self.user:
            return found
        return {
            **found, "security.protocol": "SASL_SSL", "sasl.mechanism": self.sasl, "sasl.username": self.user,
            "sasl.password": self.password,
        }  # fmt: skip


OPEN: Final = Security()
"""In the clear, to whoever answers: for a cluster on one's own machine."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the brokers are, who we say that we are, and how that is known to be true."""

    bootstrap: str
    client: str = "bindeledd"
    security: Security = OPEN

    def consumer(self, **options: Any) -> Consumer:
        """A client that reads. Nothing is told to the broker of how far it has come unless we do."""
        return Consumer({
            **self._options(), "enable.auto.commit": False, "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest", **options,
        })  # fmt: skip

    def producer(self, **options: Any) -> Producer:
        """A client that sends, a key's records to the partition where Java's clients would have them too."""
        return Producer({**self._options(), "partitioner": "murmur2_random", **options})

    def _options(self) -> dict[str, Any]:
        """What all our clients have in common. None writes lines of its own on stderr (`log_level`): it would twenty
        times a second where TLS fails."""
        return {
            "bootstrap.servers": self.bootstrap, "client.id": self.client, "log_level": 0,
            "socket.connection.setup.timeout.ms": CONNECT_MS, "reconnect.backoff.max.ms": RECONNECT_MS,
            "enable.metrics.push": False, **self.security.options(),
        }  # fmt: skip

    def faust(self) -> dict[str, Any]:
        """The settings by which a Faust app reaches the same brokers, under the same name."""
        return {
            "broker": [f"kafka://{each}" for each in self.bootstrap.split(",")],
            "broker_client_id": self.client,
        }

    @contextmanager
    def admin(self) -> Iterator[Admin]:
        """Raises TransientError while no broker answers, which says why we are refused where that is known."""
        refusal = _Refusal()
        options = self._options() | {"socket.timeout.ms": ANSWER_MS, "error_cb": refusal.hear}
        with transient(), AdminClient(options) as client:
            hello = Admin(client, refusal, "")
            cluster = hello.answer(client.describe_cluster(request_timeout=CONNECT_MS / 1000))
            yield Admin(client, refusal, str(cluster.cluster_id))

    def identity(self, topics: Collection[str]) -> Identity:
        """Which cluster this is, and the ids of those of the topics that are there. Raises TransientError."""
        with self.admin() as admin:
            return identity(admin, topics)


class _Refusal:
    """Why nobody lets a client in, as far as it has heard: it tries again by itself, and its questions wait."""

    def __init__(self) -> None:
        self.why: KafkaError | None = None
        self.by_all = False

    def hear(self, error: KafkaError) -> None:
        if _is_refusal(error):
            self.why = error
        self.by_all |= self.why is not None and error.name() == "_ALL_BROKERS_DOWN"


@dataclass(frozen=True, slots=True)
class Admin:
    """Asks a cluster, and waits for its answer."""

    client: Any
    _refusal: _Refusal
    cluster: str
    """The cluster's id."""

    def answer(self, asked: Future[T]) -> T:
        """What was asked for. Raises KafkaException."""
        while wait([asked], HEAR_SECONDS).not_done:
            self.client.poll(0)
            if self._refusal.by_all:
                raise KafkaException(self._refusal.why)
        try:
            return asked.result()
        except KafkaException as error:
            self.client.poll(0)
            raise KafkaException(self._refusal.why) if self._refusal.why else error from error

    def answers(self, asked: Mapping[K, Future[T]]) -> dict[K, T]:
        """The same for several at once."""
        return {each: self.answer(future) for each, future in asked.items()}

    def topics(self, names: Collection[str]) -> dict[str, Any]:
        """Those of the topics that are there for us. Raises KafkaException."""
        found = {}
        for name, asked in self.client.describe_topics(TopicCollection(sorted(names))).items():
            try:
                found[name] = self.answer(asked)
            except KafkaException as error:
                if kind_of(error) not in _LACKING:
                    raise
        return found

    def partitions(self, topics: Collection[str]) -> list[Partition]:
        """Those of the topics that are there for us. Raises KafkaException."""
        return [(name, each.id) for name, topic in self.topics(topics).items() for each in topic.partitions]

    def bounds(self, partitions: Iterable[Partition]) -> dict[Partition, tuple[int, int]]:
        """From which offset each holds records, and the one that its next record gets. Raises KafkaException."""
        asked = [TopicPartition(*each) for each in partitions]
        specs: Any = OffsetSpec
        begins, ends = (
            self.answers(self.client.list_offsets(dict.fromkeys(asked, spec)))
            for spec in (specs.earliest(), specs.latest())
        )
        return {(each.topic, each.partition): (begins[each].offset, ends[each].offset) for each in asked}


@dataclass(frozen=True, slots=True)
class Identity:
    """Which cluster it is, and which topics: name → id."""

    cluster: str
    topics: Mapping[str, str]


class Framing(Protocol):
    """How a record's stored bytes become a message's value, and back. Raises InvalidMessage for what is no such value,
    TransientError when the registry must be asked and does not answer."""

    def framed(self, data: bytes, topic: str) -> bytes: ...

    def unframed(self, value: bytes | None) -> bytes: ...

    def meet(self, data: bytes, topic: str) -> None:
        """Before stored bytes are read that came from the writer itself, without a frame."""
        ...


class AsStored:
    """The stored bytes as they are, where there is no registry: a single object names its own schema."""

    def framed(self, data: bytes, topic: str) -> bytes:
        return data

    def unframed(self, value: bytes | None) -> bytes:
        if value is None:
            raise InvalidMessage("a null value", "the record", "Send events only: nothing is deleted by one here")
        return value

    def meet(self, data: bytes, topic: str) -> None:
        """There is nobody to ask."""


def identity(admin: Admin, topics: Collection[str]) -> Identity:
    """Raises KafkaException."""
    ids = {name: str(UUID(bytes=b64decode(f"{topic.topic_id}=="))) for name, topic in admin.topics(topics).items()}
    return Identity(admin.cluster, ids)


def is_heartbeat(headers: Iterable[tuple[str, Any]] | None) -> bool:
    """Whether a record with these headers is a sign of life, and no event."""
    return any(name == HEARTBEAT for name, _ in headers or ())


@contextmanager
def transient() -> Iterator[None]:
    """What goes wrong between us and the brokers may go right the next time."""
    try:
        yield
    except KafkaException as error:
        raise TransientError(f"Kafka: {_why(error.args[0])}") from error


def kind_of(error: KafkaException) -> str:
    """What Kafka, or with `_` before it the client, calls that which went wrong."""
    return str(error.args[0].name())


def _why(error: KafkaError) -> str:
    """The text of a client's error may quote a record or a secret; its kind says enough."""
    match kind := error.name():
        case "_AUTHENTICATION" if "mechanism handshake failed" in error.str():
            return f"the brokers take no password that is proved so ({kind}). Set BINDELEDD_KAFKA_SASL"
        case "_AUTHENTICATION":
            return f"the brokers do not take our user or password ({kind}). Mend BINDELEDD_KAFKA_USER or its password"
        case "TOPIC_AUTHORIZATION_FAILED" | "GROUP_AUTHORIZATION_FAILED" | "CLUSTER_AUTHORIZATION_FAILED":
            return f"what we asked for is not ours to do ({kind}). Run `bindeledd topics apply`, or see its rights"
        case "_SSL" if "certificate verify failed" in error.str():
            return f"the broker's certificate is not one that we trust ({kind}). Mend BINDELEDD_KAFKA_CA_FILE"
        case _ if _is_refusal(error):
            return f"TLS with the broker fails ({kind}). See that this port speaks TLS, and BINDELEDD_KAFKA_CERT_FILE"
        case "_TRANSPORT" | "_TIMED_OUT" | "_MSG_TIMED_OUT" | "_ALL_BROKERS_DOWN" | "_RESOLVE":
            return (
                f"no broker answers ({kind}). See that BINDELEDD_KAFKA is right, and whether it wants TLS or a password"
            )
        case _:
            return kind


def _is_refusal(error: KafkaError) -> bool:
    """Whether somebody is there, and does not let us in: by TLS the client tells it as a connection that ended, too."""
    by_tls = error.name() == "_TRANSPORT" and any(said in error.str() for said in _TLS)
    return by_tls or error.name() in ("_AUTHENTICATION", "_SSL")
