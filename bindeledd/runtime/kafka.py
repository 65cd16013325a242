"""What all that talk to a Kafka cluster share: how it is reached, which cluster and topics these are, what is sent.

A topic that was made anew, or a cluster that was, has another id under the same name: offsets and cursors count for one
id only.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from kafka import KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)
from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from bindeledd.core.errors import InvalidMessage, TransientError
from bindeledd.runtime.tls import UNTRUSTED, believing, show

CONNECT_MS = 5_000
RECONNECT_MS = 1_000
HEARTBEAT: Final = "bindeledd-heartbeat"
"""The header that makes a record a heartbeat: no event, but a sign that its topic's writer had told all by then."""
_FILES: Final = "BINDELEDD_KAFKA_…_FILE"
_TLS: Final = ("Handshake failed", "[SSL: ")
"""What the client says of a connection that TLS ends."""

T = TypeVar("T")


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

    def options(self) -> dict[str, Any]:
        """As kafka-python wants it. Raises InvalidMessage."""
        context = self.context()
        if context is None:
            return {}
        if not self.user:
            return {"security_protocol": "SSL", "ssl_context": context}
        return {
            "security_protocol": "SASL_SSL", "ssl_context": context, "sasl_mechanism": self.sasl,
            "sasl_plain_username": self.user, "sasl_plain_password": self.password,
        }  # fmt: skip


OPEN: Final = Security()
"""In the clear, to whoever answers: for a cluster on one's own machine."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the brokers are, who we say that we are, and how that is known to be true."""

    bootstrap: str
    client: str = "bindeledd"
    security: Security = OPEN

    def client_of(self, kind: Callable[..., T], **options: Any) -> T:
        """A client of kafka-python, connected. Raises KafkaError, which says why we were refused where that is known;
        InvalidMessage for a file that is of no use. Then nothing of the client is left behind, whose own constructor
        leaves a thread."""
        begun: list[KafkaNetClient] = []
        refused: dict[Any, KafkaError] = {}

        def begin(**config: Any) -> KafkaNetClient:
            net = NetworkSelector(**config)
            begun.append(KafkaNetClient(net, _Manager(net, refused, **config)))
            return begun[-1]

        try:
            return kind(
                bootstrap_servers=self.bootstrap.split(","), client_id=self.client, kafka_client=begin,
                bootstrap_timeout_ms=CONNECT_MS, reconnect_backoff_max_ms=RECONNECT_MS, **self.security.options(),
                **options,
            )  # fmt: skip
        except BaseException as error:
            for each in begun:
                each.close()
            if isinstance(error, KafkaError) and refused:
                raise next(iter(refused.values())) from error
            raise

    def faust(self) -> dict[str, Any]:
        """The settings by which a Faust app reaches the same brokers, under the same name."""
        return {
            "broker": [f"kafka://{each}" for each in self.bootstrap.split(",")],
            "broker_client_id": self.client,
        }

    @contextmanager
    def admin(self) -> Iterator[KafkaAdminClient]:
        """Raises TransientError while no broker answers."""
        with transient(), closing(self.client_of(KafkaAdminClient)) as admin:
            yield admin

    def identity(self, topics: Collection[str]) -> Identity:
        """Which cluster this is, and the ids of those of the topics that are there. Raises TransientError."""
        with self.admin() as admin:
            return identity(admin, topics)


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


def identity(admin: KafkaAdminClient, topics: Collection[str]) -> Identity:
    described = admin.describe_topics(sorted(topics)) if topics else []
    ids = {topic["name"]: str(topic["topic_id"]) for topic in described if not topic["error_code"]}
    return Identity(str(admin.describe_cluster()["cluster_id"]), ids)


def is_heartbeat(record: Any) -> bool:
    """Whether a record from Kafka is a sign of life, and no event."""
    return any(name == HEARTBEAT for name, _ in record.headers or ())


@contextmanager
def transient() -> Iterator[None]:
    """What goes wrong between us and the brokers may go right the next time."""
    try:
        yield
    except KafkaError as error:
        raise TransientError(f"Kafka: {_why(error)}") from error


def _why(error: KafkaError) -> str:
    """The text of a client's error may quote a record or a secret; its kind says enough."""
    kind = type(error).__name__
    match error:
        case SaslAuthenticationFailedError():
            return f"the brokers do not take our user or password ({kind}). Mend BINDELEDD_KAFKA_USER or its password"
        case UnsupportedSaslMechanismError():
            return f"the brokers take no password that is proved so ({kind}). Set BINDELEDD_KAFKA_SASL"
        case AuthorizationError():
            return f"what we asked for is not ours to do ({kind}). Run `bindeledd topics apply`, or see its rights"
        case KafkaConnectionError() if UNTRUSTED in str(error):
            return f"the broker's certificate is not one that we trust ({kind}). Mend BINDELEDD_KAFKA_CA_FILE"
        case KafkaConnectionError() if _is_refusal(error):
            return f"TLS with the broker fails ({kind}). See that this port speaks TLS, and BINDELEDD_KAFKA_CERT_FILE"
        case _:
            return kind


class _Manager(KafkaConnectionManager):  # type: ignore[misc]
    """Remembers which brokers refused us and why, which the client itself tells nobody; and begins with none of them
    again when all have, for it would only ask again until its time is up."""

    def __init__(self, net: NetworkSelector, refused: dict[Any, KafkaError], **config: Any) -> None:
        super().__init__(net, **config)
        self._refused, self._let_in = refused, False

    def get_connection(self, node_id: Any, *args: Any, **options: Any) -> Any:
        self._let_in |= self.bootstrapped
        if not self._let_in and self._refused and len(self._refused) == len(self.cluster.bootstrap_brokers()):
            raise next(iter(self._refused.values()))
        known = node_id in self._conns
        connection = super().get_connection(node_id, *args, **options)
        if not known:
            connection.init_future.add_errback(partial(self._note, node_id))
        return connection

    async def _build_transport(self, *args: Any, **options: Any) -> Any:
        """With what a broker said before it hung up, which the client throws away when both come at once: why."""
        transport = await super()._build_transport(*args, **options)
        receive = transport._sock_recv  # noqa: SLF001 - there is no other way in

        def received() -> tuple[bytes, Exception | None]:
            data, error = receive()
            return data, None if data else error

        transport._sock_recv = received  # noqa: SLF001
        return transport

    def _note(self, node_id: Any, error: Exception) -> None:
        if _is_refusal(error):
            self._refused[node_id] = error


def _is_refusal(error: Exception) -> bool:
    refusals = (SaslAuthenticationFailedError, UnsupportedSaslMechanismError, AuthorizationError)
    by_tls = isinstance(error, KafkaConnectionError) and any(said in str(error) for said in _TLS)
    return by_tls or isinstance(error, refusals)
