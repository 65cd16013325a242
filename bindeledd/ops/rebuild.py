"""Understands how everything beside the log is folded from it again. Folds, and never reacts.

Folded are the stream heads, the register of view streams, what is due, and the service's own projections. Cursors,
quarantine, idempotency and raw bytes are not folds, and stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from bindeledd.core.decider import Aggregate, nothing_due
from bindeledd.core.envelope import Envelope, record_hash
from bindeledd.core.errors import UnknownSchema
from bindeledd.runtime.handle import REFRESH
from bindeledd.runtime.service import Fold, Lookup, Service
from bindeledd.runtime.views import view_digest
from bindeledd.schema.codec import Codec
from bindeledd.schema.generated.felles import UtsnittAvsluttet
from bindeledd.store import due, log, views
from bindeledd.store.db import Db

PAGE_RECORDS = 2000
FOLDED = ("stream_head", "view_stream", "due")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: records folded, records whose type is not known here, and each table's hash before and
    after. `drifted` are the tables that were not what the log says."""

    service: str
    records: int
    unknown: int
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def drifted(self) -> list[str]:
        return sorted(table for table in self.after if self.before.get(table) != self.after[table])

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "drifted": self.drifted}

    def line(self) -> str:
        found = f"differed: {', '.join(self.drifted)}" if self.drifted else "the same as before"
        return f"{self.service}: {self.records} records folded: {found}"


@dataclass(slots=True)
class _Fold:
    """What has been folded so far."""

    service: Service
    codec: Codec
    folds: Mapping[str, tuple[Fold, ...]]
    dated: Mapping[str, Aggregate]
    """Aggregates that have anything due, by topic: only their states are needed."""
    shown: Mapping[str, Aggregate]
    heads: dict[str, log.Head] = field(default_factory=dict)
    views: dict[tuple[str, str], views.ViewStream] = field(default_factory=dict)
    runs_out: dict[tuple[str, str], datetime] = field(default_factory=dict)
    states: dict[str, tuple[Aggregate, Any]] = field(default_factory=dict)
    unknown: int = 0


def rebuild(db: Db, service: Service, codec: Codec, progress: Callable[[int], None] = lambda _done: None) -> Rebuilt:
    """Fold one service's tables anew, in one transaction. No engine may be open on the store.

    Raises whatever a fold raises, and then leaves everything as it was: a rebuild may not skip a record.
    """
    tables = _tables(service)
    db.begin()
    try:
        before = {table: _hash(db, table) for table in tables}
        _empty(db, service)
        folded = _fold_all(db, service, codec, progress)
        _write(db, folded)
        after = {table: _hash(db, table) for table in tables}
        db.commit()
    except BaseException:
        db.rollback()
        raise
    return Rebuilt(service.name, log.last_position(db), folded.unknown, before, after)


def _tables(service: Service) -> tuple[str, ...]:
    return (*FOLDED, *(table.name for projection in service.projections for table in projection.tables))


def _empty(db: Db, service: Service) -> None:
    for name in FOLDED:
        db.run(f"DELETE FROM {name}")  # noqa: S608 - our own names
    for projection in service.projections:
        for table in projection.tables:
            table.drop(db.sqlalchemy(), checkfirst=True)
            table.create(db.sqlalchemy())


def _hash(db: Db, table: str) -> str:
    """Of a table's rows, whatever order they lie in."""
    total = hashlib.sha256()
    for row in sorted(repr(row) for row in db.all(f"SELECT * FROM {table}")):  # noqa: S608 - our own names
        total.update(row.encode())
    return total.hexdigest()


def _fold_all(db: Db, service: Service, codec: Codec, progress: Callable[[int], None]) -> _Fold:
    names = {name for projection in service.projections for name in projection.folds}
    folded = _Fold(
        service, codec,
        {name: tuple(p.folds[name] for p in service.projections if name in p.folds) for name in names},
        {aggregate.topic: aggregate for aggregate in service.aggregates if aggregate.due is not nothing_due},
        {aggregate.topic: aggregate for aggregate in service.aggregates if aggregate.views is not None},
    )  # fmt: skip
    for row in _log(db):
        _fold_one(db, folded, row)
        if row.position % PAGE_RECORDS == 0:
            progress(row.position)
    return folded


def _log(db: Db) -> Iterator[log.Stored]:
    after = 0
    while page := log.read_page(db, after, PAGE_RECORDS):
        yield from page
        after = page[-1].position


def _fold_one(db: Db, folded: _Fold, row: log.Stored) -> None:
    own = row.writer == folded.service.name
    view = own and row.topic.startswith(f"{row.writer}.til.")
    envelope, event = _read(folded, row)
    folded.heads[row.stream] = log.Head(
        row.stream, row.writer, row.topic, envelope.person_ref, row.version, record_hash(row.data)
    )
    if event is None:
        return
    if view:
        _fold_view(folded, row, envelope.person_ref, event)
        return
    for fold in folded.folds.get(envelope.type, ()):
        fold(db.sqlalchemy(), envelope, event)
    _relink(folded, envelope, event)
    if own and row.topic in folded.dated:
        aggregate, state = folded.states.get(row.stream) or (folded.dated[row.topic], folded.dated[row.topic].initial)
        folded.states[row.stream] = (aggregate, aggregate.evolve(state, event))


def _read(folded: _Fold, row: log.Stored) -> tuple[Envelope, Any]:
    try:
        return folded.codec.decode(row.data)
    except UnknownSchema:
        folded.unknown += 1
        return folded.codec.peek(row.data), None


def _relink(folded: _Fold, envelope: Envelope, event: Any) -> None:
    relink = folded.service.relinks.get(envelope.type)
    if relink is None:
        return
    streams, person_ref = relink(cast(Lookup, _Heads(folded.heads)), envelope, event)
    for stream in streams:
        folded.heads[stream] = replace(folded.heads[stream], person_ref=person_ref)


@dataclass(frozen=True, slots=True)
class _Heads:
    """The part of `Lookup` that a relink may lean on: which streams there are, and whose."""

    heads: Mapping[str, log.Head]

    def version(self, stream: str) -> int:
        return self.heads[stream].version if stream in self.heads else 0

    def streams_of(self, topic: str, person_ref: str) -> list[str]:
        return sorted(h.stream for h in self.heads.values() if (h.topic, h.person_ref) == (topic, person_ref))

    def all_streams_of(self, person_ref: str) -> list[str]:
        return sorted(head.stream for head in self.heads.values() if head.person_ref == person_ref)


def _fold_view(folded: _Fold, row: log.Stored, person_ref: str | None, event: Any) -> None:
    party = row.topic.partition(".til.")[2]
    key = (event.aggregat, party)
    ended = isinstance(event, UtsnittAvsluttet)
    kind = event.slag if ended else event.avro_name
    digest = view_digest(event, person_ref)
    folded.views[key] = views.ViewStream(event.aggregat, party, row.stream, kind, digest, ended)
    folded.runs_out.pop(key, None)
    topic = folded.heads[event.aggregat].topic
    made = folded.shown[topic].views if topic in folded.shown else None
    until = made.holds_until(event) if made is not None and not ended else None
    if until is not None:
        folded.runs_out[key] = until


def _write(db: Db, folded: _Fold) -> None:
    for head in folded.heads.values():
        log.set_head(db, head)
    for view in folded.views.values():
        views.save(db, view)
    for stream, (aggregate, state) in folded.states.items():
        for entry in aggregate.due(state):
            due.set_due(db, due.DueRow(stream, entry.name, aggregate.topic, entry.at))
    first: dict[str, datetime] = {}
    for (stream, _party), until in folded.runs_out.items():
        first[stream] = min(until, first.get(stream, until))
    for stream, until in first.items():
        due.set_due(db, due.DueRow(stream, REFRESH, folded.heads[stream].topic, until))
