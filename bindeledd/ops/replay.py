"""Understands how records are told again as they were written, from a log or from Kafka: who, when, why, and in what
order; what is sealed stays so, and nothing is noted of who has read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from bindeledd.core.envelope import Actor, Envelope, record_hash
from bindeledd.core.errors import InvalidMessage
from bindeledd.runtime.kafka import Cluster, Framing, Partition, is_heartbeat, transient
from bindeledd.runtime.lying import records
from bindeledd.schema.codec import Codec
from bindeledd.store import log
from bindeledd.store.db import Db

PAGE_RECORDS = 2000
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


@dataclass(frozen=True, slots=True)
class Told:
    """A record, told again. `envelope` and `chain` are None for what is no record."""

    found: Found
    envelope: Envelope | None
    chain: Chain | None
    event: Any = None
    """What it says, or why that cannot be read, where that was asked for."""

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


def envelopes(codec: Codec) -> Reads:
    """Reads envelopes alone."""
    return lambda data: (codec.peek(data), None)


@dataclass(slots=True)
class Replay:
    """Tells records one after the other, and keeps in mind how each stream has gone: 32 bytes for each."""

    read: Reads
    since: datetime | None = None
    until: datetime | None = None
    told: int = 0
    unsound: int = 0
    streams: dict[str, list[bytes]] = field(default_factory=dict)
    """Stream → the hashes of its records, by version."""

    def tell(self, records: Iterable[Found], stream: str = "") -> Iterator[Told]:
        """Those that were written from `since` on and before `until`; of one stream, if one is named. The chains are
        followed from the beginning all the same."""
        for found in records:
            told = self._one(found)
            if told.envelope is None:
                if stream:
                    continue  # whose it was to be cannot be known
            elif stream not in ("", told.envelope.stream) or not self._is_asked_for(told.envelope):
                continue
            self.told += 1
            self.unsound += not told.holds
            yield told

    def line(self) -> str:
        """What there is to say of all of it."""
        found = "every chain holds" if not self.unsound else f"{self.unsound} records do not hold"
        return f"{self.told} records told, {found}"

    def _one(self, found: Found) -> Told:
        if found.data is None:
            return Told(found, None, None)
        try:
            envelope, event = self.read(found.data)
        except InvalidMessage as error:
            return Told(found._replace(data=None, error=str(error)), None, None)
        return Told(found, envelope, self._follow(envelope, record_hash(found.data)), event)

    def _follow(self, envelope: Envelope, digest: bytes) -> Chain:
        seen = self.streams.setdefault(envelope.stream, [])
        if envelope.version <= len(seen):
            return Chain.REPEATED if seen[envelope.version - 1] == digest else Chain.BROKEN
        if envelope.version > len(seen) + 1:
            return Chain.GAP
        before = seen[-1] if seen else b""
        seen.append(digest)
        return Chain.HOLDS if envelope.prev == before else Chain.BROKEN

    def _is_asked_for(self, envelope: Envelope) -> bool:
        late = self.since is None or envelope.registrert >= self.since
        return late and (self.until is None or envelope.registrert < self.until)


def in_log(service: str, db: Db, topic: str) -> Iterator[Found]:
    """What a service has written on a topic ('': on all), in the order of its log."""
    after, last = 0, log.last_position(db)
    while after < last:
        upto = min(after + PAGE_RECORDS, last)
        for row in log.read_own(db, service, after, upto):
            if topic in ("", row.topic):
                yield Found(row.topic, None, None, row.data)
        after = upto


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
