"""The relay: sends what one service has written to the topics that somebody reads, in the order of its log.

It has one cursor, and stops whole at an error: nothing later overtakes what could not be sent, and the next attempt
begins where the cursor stands, after which everything may have been sent already. What is sent twice is known by its
version, and dropped.
A topic, or a cluster, that is another than last time (by its id) is filled again from the beginning of the log.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import Stopped, TransientError
from bindeledd.ops import logs, metrics, tracing
from bindeledd.runtime.kafka import HEARTBEAT, Cluster, Framing, Identity, transient
from bindeledd.runtime.topics import VIEWS
from bindeledd.schema.codec import Codec
from bindeledd.store import intake, log
from bindeledd.store.db import Db

PAGE_RECORDS = 500
"""At most so many records, each of at most 64 KiB, are in memory."""
LOOK_AGAIN_SECONDS = 0.1
"""Between two looks whether there is something new, when nobody has told that there is."""
REMEMBER_SECONDS = 0.25
"""Between two writes of the cursor: the service's own commits wait for each, and it for them."""
IDENTITY_SECONDS = 10.0
"""Between two looks whether the topics are still the same ones."""
BEAT_SECONDS = 20.0
"""Between two signs of life: whoever watches misses them after a minute."""
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
DELIVER_MS = 30_000
DONE_SECONDS = DELIVER_MS / 1000 + 5
"""By then whatever was sent has been acknowledged, or given up."""


@dataclass(slots=True)
class Relay:
    """One service's relay. `start` is the position to send again from; None: go on where it stopped."""

    service: str
    db: Db
    """A connection of its own: it writes nothing but its cursor."""
    cluster: Cluster
    topics: Collection[str]
    codec: Codec
    framing: Framing
    start: int | None = None
    stopped: str = ""
    """Why it sends nothing now; empty when all is well."""
    failures: int = 0
    position: int = 0
    """Up to where the log has been sent, as far as somebody reads it."""
    _remembered: int = 0
    """Up to where it has been by the cursor in the store."""
    _remembered_at: float = -math.inf
    _identity: Identity | None = None
    _looked: float = 0.0
    _producer: Producer | None = None
    _beaten: float = -math.inf
    _news: threading.Event = field(default_factory=threading.Event)
    _closing: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Send until `stop`. What goes wrong is said through `stopped`, and tried again."""
        while not self._closing.is_set():
            self._news.clear()
            try:
                moved = self.advance()
            except Exception as error:  # noqa: BLE001 - said through health; the next turn tries again
                self._fail(error)
                self._closing.wait(RETRY_SECONDS[min(self.failures, len(RETRY_SECONDS)) - 1])
                continue
            self.stopped, self.failures = "", 0
            if not moved:
                self._news.wait(LOOK_AGAIN_SECONDS)
        with suppress(Exception):  # what is not remembered is sent again
            self._remember_position()
        self._drop_producer()

    def wake(self) -> None:
        """There may be something new to send."""
        self._news.set()

    def stop(self) -> None:
        self._closing.set()
        self.wake()

    def advance(self) -> int:
        """Send the next page. Returns how many positions of the log it moved over (0: nothing waits).

        Raises TransientError, having moved over nothing, when any of it was not acknowledged; Stopped when a topic is
        missing.
        """
        if self._identity is None or time.monotonic() - self._looked > IDENTITY_SECONDS:
            self._look()
        elif time.monotonic() - self._remembered_at > REMEMBER_SECONDS:
            self._remember_position()
        last = log.last_position(self.db)
        if last <= self.position:
            self._beat()
            return 0
        upto = min(last, self.position + PAGE_RECORDS)
        self._send(self.position, upto, self.topics)
        moved, self.position = upto - self.position, upto
        return moved

    def lag_seconds(self, now: datetime) -> float:
        """Age of the oldest record that is not sent."""
        waiting = log.read_page(self.db, self.position, 1)
        if not waiting:
            return 0.0
        return max(0.0, (now - self.codec.peek(waiting[0].data).registrert).total_seconds())

    # -- inside -------------------------------------------------------------------------------------------------

    def _fail(self, error: Exception) -> None:
        with suppress(Exception):  # what is not remembered is sent again
            self._remember_position()
        self._drop_producer()
        self._identity = None  # it may be another cluster that answers the next time
        self.failures += 1
        metrics.RETRIES.labels(self.service).inc()
        ours = isinstance(error, Stopped | TransientError)
        why = f"relay of {self.service}: {error if ours else type(error).__name__}"
        if why == self.stopped:
            return
        self.stopped = why
        if ours:
            logs.warning("relay.stopped", service=self.service, reason=why, position=self.position)
        else:
            logs.unexpected("relay.stopped", error)

    def _look(self) -> None:
        """See which cluster and topics these are; fill those again that are not the ones we filled before."""
        found = self.cluster.identity(self.topics)
        if missing := sorted(set(self.topics) - found.topics.keys()):
            raise Stopped(f"{len(missing)} topics are missing, {missing[0]} first. Run `bindeledd topics apply`")
        self._remember_position()
        self._identity = found
        self.position = self._remembered = intake.cursor(self.db, self._cursor())[1]
        if self.start is not None:
            self.position, self.start = max(0, self.start - 1), None
            self._remember_position()
        filled = {topic for topic in self.topics if intake.cursor(self.db, self._cursor(topic)) != (0, 0)}
        if new := set(self.topics) - filled:
            self._fill(new)
        self._looked = time.monotonic()

    def _fill(self, new: Collection[str]) -> None:
        """Send everything again that we have sent already, to these topics only."""
        if self.position:
            logs.info("relay.filling", service=self.service, count=len(new), position=self.position)
        for after in range(0, self.position, PAGE_RECORDS):
            self._send(after, min(self.position, after + PAGE_RECORDS), new)
            if self._closing.is_set():
                return
        self._remember({self._cursor(topic): self.position + 1 for topic in new})

    def _send(self, after: int, upto: int, topics: Collection[str]) -> None:
        """Send the own records of a page. Returns when every one is acknowledged by all replicas in sync."""
        rows = [row for row in log.read_own(self.db, self.service, after, upto) if row.topic in topics]
        if not rows:
            return
        since = time.time_ns()
        # All before any is sent: each try would send again what lies before one that waits for the registry.
        values = [self.framing.framed(row.data, row.topic) for row in rows]
        with transient():
            if self._producer is None:
                self._producer = self._connect()
            answered = _Answered()
            for row, value in zip(rows, values, strict=True):
                headers: Any = cloud_event(self.service, self.codec.peek(row.data))
                self._producer.produce(
                    row.topic, value, row.stream.encode(), headers=headers, on_delivery=answered.hear
                )  # fmt: skip
            answered.all(self._producer, len(rows))
        metrics.RELAYED.labels(self.service).inc(len(rows))
        for row in rows if tracing.on() else ():
            tracing.did(f"relay of {self.service}", "sends", self.codec.peek(row.data), since, writer=self.service)

    def _beat(self) -> None:
        """Say now and then, on one topic that the installation reads itself, that all there was has been sent."""
        topic = min((topic for topic in self.topics if VIEWS not in topic), default="")
        if not topic or time.monotonic() - self._beaten < BEAT_SECONDS:
            return
        with transient():
            if self._producer is None:
                self._producer = self._connect()
            answered = _Answered()
            self._producer.produce(topic, b"", partition=0, headers={HEARTBEAT: b""}, on_delivery=answered.hear)
            answered.all(self._producer, 1)
        self._beaten = time.monotonic()

    def _connect(self) -> Producer:
        return self.cluster.producer(**{
            "acks": "all", "enable.idempotence": True, "linger.ms": 0, "batch.size": 64 * 1024,
            "delivery.timeout.ms": DELIVER_MS, "request.timeout.ms": DELIVER_MS // 3,
        })  # fmt: skip

    def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.purge()  # what it still held is sent again by the next one
            producer.close()

    def _cursor(self, topic: str = "") -> str:
        """The name of our cursor for this very cluster, or of the mark that this very topic has been filled."""
        assert self._identity is not None
        return f"relay:{self._identity.cluster}" + (f":{self._identity.topics[topic]}" if topic else "")

    def _remember_position(self) -> None:
        """Raises TransientError when the cursor is not as we left it: the store was restored under us."""
        if self._identity is None or self.position == self._remembered:
            return
        if intake.cursor(self.db, self._cursor())[1] != self._remembered:
            raise TransientError("the store is not the one that was read: its cursor has moved")
        self._remember({self._cursor(): self.position})
        self._remembered, self._remembered_at = self.position, time.monotonic()

    def _remember(self, cursors: Mapping[str, int]) -> None:
        self.db.begin()
        try:
            for name, position in cursors.items():
                intake.set_cursor(self.db, name, intake.NO_EPOCH, position)
            self.db.commit()
        except BaseException:
            self.db.rollback()
            raise


class _Answered:
    """What the brokers say of the records of one page."""

    def __init__(self) -> None:
        self._acknowledged = 0
        self._error: KafkaError | None = None

    def hear(self, error: KafkaError | None, _record: Any) -> None:
        self._acknowledged += error is None
        self._error = self._error or error

    def all(self, producer: Producer, count: int) -> None:
        """Returns when so many have been acknowledged. Raises KafkaException when any was not in time."""
        producer.flush(DONE_SECONDS)
        if self._error is not None:
            raise KafkaException(self._error)
        if self._acknowledged < count:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001 - its own name for it


def cloud_event(service: str, envelope: Envelope) -> dict[str, bytes]:
    """The headers by which other people's tools know a record: copies, of nothing that is about a person."""
    return {
        "ce_specversion": b"1.0",
        "ce_id": envelope.id.encode(),
        "ce_source": f"/bindeledd/{service}".encode(),
        "ce_type": envelope.type.encode(),
        "ce_time": envelope.registrert.isoformat().encode(),
        "ce_partitionkey": envelope.stream.encode(),
        "content-type": b"application/avro",
    }
