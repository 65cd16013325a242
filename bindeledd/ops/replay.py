"""Understands how records are told again as they were written, from a log or from Kafka: who, when, why, and in what
order; what is sealed stays so, and nothing is noted of who has read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from hashlib import sha256
from typing import Any, Final, NamedTuple

from bindeledd.core.envelope import Actor, Envelope, record_hash
from bindeledd.core.errors import InvalidMessage
from bindeledd.runtime.handle import read
from bindeledd.runtime.kafka import Cluster, Framing, Partition, is_heartbeat, transient
from bindeledd.runtime.lying import records
from bindeledd.schema.codec import Codec
from bindeledd.store import log
from bindeledd.store.db import Db

PAGE_RECORDS = 2000
STREAMS_KEPT = 50_000
HALF = 16
SILENT_SECONDS = 30.0
"""When the broker has more and nothing comes for so long, it is not ours to wait for."""


class Chain(StrEnum):
    """How a record stands to the one before it in its stream."""

    HOLDS = "holds"
    REPEATED = "repeated"
    """The very record was there before: a topic may have it twice."""
    GAP = "gap"
    BROKEN = "broken"


SOUND: Final = frozenset({Chain.HOLDS, Chain.REPEATED})


class Found(NamedTuple):
    """A record where it was found; `partition` and `offset` are a topic's."""

    topic: str
    partition: int | None
    offset: int | None
    data: bytes | None
    error: str = ""
    """Why it is no record of ours."""


class Told(NamedTuple):
    """A record, told again. `envelope` and `chain` are None for what is no record. `event`: what it says, or why that
    cannot be read, where that was asked for."""

    found: Found
    envelope: Envelope | None
    chain: Chain | None
    event: Any = None

    @property
    def holds(self) -> bool:
        return self.chain in SOUND

    def as_json(self) -> dict[str, Any]:
        found, envelope = self.found, self.envelope
        row: dict[str, Any] = {"topic": found.topic, "partition": found.partition, "offset": found.offset}
        if envelope is None or found.data is None:
            return {**row, "error": found.error}
        return {
            **row, "position": envelope.position, "hash": record_hash(found.data).hex(), "chain": self.chain,
            "envelope": {name: _clear(value) for name, value in envelope._asdict().items()},
        }  # fmt: skip


Reads = Callable[[bytes], tuple[Envelope, Any]]
"""Reads a record: its envelope, and its event where that is wanted. Raises InvalidMessage for what is no record."""


def whole(codec: Codec) -> Reads:
    """Reads envelopes and events, or why an event cannot be read."""
    return partial(read, codec, keep=False)


def envelopes(codec: Codec) -> Reads:
    """Reads envelopes alone."""
    return lambda data: (codec.peek(data), None)


Follow = Callable[[Envelope, bytes], Chain]
"""How a record stands in its stream, by its hash, when all before it have been told of."""
Again = Callable[[str, int], bytes | None]
"""One version of a stream where it lies; None when it is not there."""
Step = Callable[[int], None]


class InMind:
    """Follows streams that may have a record twice, as a topic may: half of each hash is kept, 16 bytes for a record,
    which is enough to tell two apart."""

    def __init__(self) -> None:
        self._seen: dict[str, bytearray] = {}

    def __call__(self, envelope: Envelope, digest: bytes) -> Chain:
        seen, half = self._seen.setdefault(envelope.stream, bytearray()), digest[:HALF]
        last, version = len(seen) // HALF, envelope.version
        if version <= last:
            return Chain.REPEATED if seen[(version - 1) * HALF : version * HALF] == half else Chain.BROKEN
        if version > last + 1:
            return Chain.GAP
        before = bytes(seen[-HALF:])
        seen += half
        return Chain.HOLDS if envelope.prev[:HALF] == before else Chain.BROKEN


class Latest:
    """Follows streams whose records lie in order, where an earlier one can be looked at again: only the streams that
    were last told of are kept in mind, however many there are."""

    def __init__(self, again: Again) -> None:
        self._again = again
        self._now: dict[str, tuple[int, bytes]] = {}
        self._before: dict[str, tuple[int, bytes]] = {}

    def __call__(self, envelope: Envelope, digest: bytes) -> Chain:
        stream, version = envelope.stream, envelope.version
        last, before = self._now.get(stream) or self._before.get(stream) or self._looked_up(stream, version - 1)
        if version != last + 1:
            repeated = (version, digest) == (last, before)
            return Chain.GAP if version > last else Chain.REPEATED if repeated else Chain.BROKEN
        self._now[stream] = (version, digest)
        if len(self._now) == STREAMS_KEPT:
            self._before, self._now = self._now, {}
        return Chain.HOLDS if envelope.prev == before else Chain.BROKEN

    def _looked_up(self, stream: str, version: int) -> tuple[int, bytes]:
        data = self._again(stream, version) if version else None
        return (version, record_hash(data)) if data is not None else (0, b"")


@dataclass(slots=True)
class Replay:
    """Tells records one after the other, and follows each stream's chain."""

    read: Reads
    since: datetime | None = None
    until: datetime | None = None
    follow: Follow = field(default_factory=InMind)
    told: int = 0
    unsound: int = 0

    def tell(self, records: Iterable[Found], stream: str = "") -> Iterator[Told]:
        """Those that were written from `since` on and before `until`; of one stream, if one is named. The chains are
        followed from the beginning all the same."""
        everything = self.since is None and self.until is None and not stream
        read, follow = self.read, self.follow
        for found in records:
            data = found[3]
            try:
                if data is None:
                    told = Told(found, None, None)
                else:
                    envelope, event = read(data)
                    told = Told(found, envelope, follow(envelope, sha256(data).digest()), event)
            except InvalidMessage as error:
                told = Told(found._replace(data=None, error=str(error)), None, None)
            if everything or self._is_asked_for(told.envelope, stream):
                self.told += 1
                self.unsound += told[2] not in SOUND
                yield told

    def line(self) -> str:
        """What there is to say of all of it."""
        found = "every chain holds" if not self.unsound else f"{self.unsound} records do not hold"
        return f"{self.told} records told, {found}"

    def _is_asked_for(self, envelope: Envelope | None, stream: str) -> bool:
        if envelope is None:
            return not stream  # whose it was to be cannot be known
        if stream not in ("", envelope.stream):
            return False
        late = self.since is None or envelope.registrert >= self.since
        return late and (self.until is None or envelope.registrert < self.until)


def in_log(service: str, db: Db, topic: str, step: Step = lambda _: None) -> Iterator[Found]:
    """What a service has written on a topic ('': on all), in the order of its log. `step` is told the position."""
    after, last = 0, log.last_position(db)
    while after < last:
        upto = min(after + PAGE_RECORDS, last)
        yield from [Found(where, None, None, data) for where, data in log.read_told(db, service, topic, after, upto)]
        after = upto
        step(after)


def stream_in_log(service: str, db: Db, stream: str) -> list[Found]:
    """What a service has written of one stream, found by its head; nothing where it is not one of its own."""
    head = log.head(db, stream)
    if head is None or head.writer != service:
        return []
    return [Found(head.topic, None, None, data) for data in log.read_stream(db, stream)]


def on_kafka(cluster: Cluster, topics: Collection[str], framing: Framing) -> Iterator[Found]:
    """What lies on these topics now, partition by partition. No group is joined, and no offset is committed.

    Raises InvalidMessage for a topic that is not there; TransientError.
    """
    with transient():
        for record in records(cluster, _bounds(cluster, topics), SILENT_SECONDS):
            if not is_heartbeat(record.headers()):
                yield _found(record, framing)


def _bounds(cluster: Cluster, topics: Collection[str]) -> Mapping[Partition, tuple[int, int]]:
    with cluster.admin() as admin:
        there = admin.partitions(topics)
        for topic in topics:
            if topic not in {name for name, _ in there}:
                raise InvalidMessage("there is no such topic that we may read", topic, "See `bindeledd topics apply`")
        return admin.bounds(there)


def _found(record: Any, framing: Framing) -> Found:
    place = record.topic(), record.partition(), record.offset()
    try:
        return Found(*place, framing.unframed(record.value()))
    except InvalidMessage as error:
        return Found(*place, None, str(error))


def _clear(value: Any) -> Any:
    """A field of an envelope, none of which is sealed, as JSON has it."""
    match value:
        case bytes():
            return value.hex()
        case datetime():
            return value.isoformat()
        case Actor():
            return {"role": value.role, "organisation": value.organisation, "party": value.party}
        case _:
            return value
