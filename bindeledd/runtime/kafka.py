"""What all that talk to a Kafka cluster share: how it is reached, which cluster and topics these are, what is sent.

A topic that was made anew, or a cluster that was, has another id under the same name: offsets and cursors count for one
id only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from kafka import KafkaAdminClient
from kafka.errors import KafkaError
from kafka.net.compat import KafkaNetClient

from bindeledd.core.errors import InvalidMessage, TransientError

CONNECT_MS = 5_000
RECONNECT_MS = 1_000
HEARTBEAT: Final = "bindeledd-heartbeat"
"""The header that makes a record a heartbeat: no event, but a sign that its topic's writer had told all by then."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the brokers are, and who we say that we are."""

    bootstrap: str
    client: str = "bindeledd"

    def client_of(self, kind: Callable[..., T], **options: Any) -> T:
        """A client of kafka-python, connected. Raises KafkaError; then nothing of the client is left behind, whose own
        constructor leaves a thread."""
        begun: list[KafkaNetClient] = []

        def begin(**config: Any) -> KafkaNetClient:
            begun.append(KafkaNetClient(**config))
            return begun[-1]

        try:
            return kind(
                bootstrap_servers=self.bootstrap.split(","), client_id=self.client, kafka_client=begin,
                bootstrap_timeout_ms=CONNECT_MS, reconnect_backoff_max_ms=RECONNECT_MS, **options,
            )  # fmt: skip
        except BaseException:
            for each in begun:
                each.close()
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


@contextmanager
def transient() -> Iterator[None]:
    """What goes wrong between us and the brokers may go right the next time."""
    try:
        yield
    except KafkaError as error:
        # The text of a client's error may quote a record; its kind says enough.
        raise TransientError(f"Kafka: {type(error).__name__}") from error
