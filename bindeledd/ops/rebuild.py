"""Understands how everything beside the log is folded from it again. Folds, and never reacts.

Folded are the stream heads, the register of view streams, what is due, and the service's own projections. Cursors,
quarantine, idempotency and raw bytes are not folds, and stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy.schema import CreateIndex, CreateTable

from bindeledd.core.decider import Aggregate, Views, nothing_due
from bindeledd.core.envelope import Envelope, record_hash
from bindeledd.ops import logs
from bindeledd.ops.verify import Bad
from bindeledd.runtime.service import Fold, Lookup, Projection, Service
from bindeledd.runtime.transaction import learn_kept
from bindeledd.runtime.views import REFRESH, view_digest
from bindeledd.schema.codec import Codec
from bindeledd.schema.generated.felles import UtsnittAvsluttet
from bindeledd.store import due, log, views
from bindeledd.store.db import Db
from bindeledd.store.migrations import SERVICE, bring_up

PAGE_RECORDS = 2000
FOLDED = ("stream_head", "view_stream", "due")
FOLD_VERSION = 2
"""Raised when these three are folded otherwise than before."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: records folded, records whose type is not known here, and each table's hash before and
    after. `drifted` are the tables that were not what the log says."""

    service: str
    records: int
    unknown: int
    before: Mapping[str, str]
    after: Mapping[str, str]
    bad: Bad | None = None
    """Where the log was changed. Nothing was folded then, and everything is as it was."""

    @property
    def drifted(self) -> list[str]:
        return sorted(table for table in self.after if self.before.get(table) != self.after[table])

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "drifted": self.drifted}

    def line(self) -> str:
        if self.bad is not None:
            return f"{self.service}: REFUSED, nothing was replaced. Position {self.bad.position}: {self.bad.why}"
        found = f"differed: {', '.join(self.drifted)}" if self.drifted else "the same as before"
        return f"{self.service}: {self.records} records folded: {found}"


@dataclass(slots=True)
class _Fold:
    """What has been folded so far. Only the newest record of a stream says where the stream stands, and what a view
    says; so those are read when all are known, and most records need not be decoded at all."""

    db: Db
    service: Service
    codec: Codec
    folds: Mapping[str, tuple[Fold, ...]]
    """Projections' folds by type: those for which every record counts."""
    newest_folds: Mapping[str, tuple[Fold, ...]]
    dated: Mapping[str, Aggregate]
    """Aggregates that have anything due, by topic: only their states are needed."""
    shown: Mapping[str, Views]
    newest: dict[str, int] = field(default_factory=dict)
    """Stream → position of its newest record."""
    relinked: dict[str, str | None] = field(default_factory=dict)
    """Streams that were given to another person than they began with, and whose they are now."""
    begun: dict[str, str | None] = field(default_factory=dict)
    """Another writer's streams, and whose they began as: filled only where streams are relinked."""
    persons: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    """Whose a stream is, as its record at a position says: filled only where streams are relinked."""
    states: dict[str, tuple[Aggregate, Any]] = field(default_factory=dict)
    topics: dict[str, str] = field(default_factory=dict)
    runs_out: dict[str, datetime] = field(default_factory=dict)
    unknown: int = 0


def rebuild(db: Db, service: Service, codec: Codec, progress: Callable[[int], None] = lambda _done: None) -> Rebuilt:
    """Fold one service's tables anew, in one transaction. No engine may be open on the store.

    Raises whatever a fold raises, and then leaves everything as it was: a rebuild may not skip a record.
    """
    bring_up(db, SERVICE)
    learn_kept(codec, db)
    tables = _tables(service)
    with _writing(db):
        before = {table: _hash(db, table) for table in tables if db.has_table(table)}
        unknown = _anew(db, service, codec, progress)
        if db.has_table("tile"):
            db.run("DELETE FROM tile")  # its follower makes it anew
        log.set_meta(db, "folded", _declared(db, service))
        after = {table: _hash(db, table) for table in tables}
    return Rebuilt(service.name, log.last_position(db), unknown, before, after)


def refold_changed(db: Db, service: Service, codec: Codec) -> bool:
    """Make the tables; those that are folded anew from the log where this release declares or folds them otherwise than
    the one that made them. True when they were. No engine may be open on the store.

    Raises whatever a fold raises; Occupied when others work in the store."""
    bring_up(db, SERVICE)
    learn_kept(codec, db)
    declared = _declared(db, service)
    if log.meta(db, "folded") == declared:
        return False
    with db.alone(), _writing(db):
        _anew(db, service, codec, lambda _done: None)
        log.set_meta(db, "folded", declared)
    if position := log.last_position(db):
        logs.info("store.folded_anew", service=service.name, position=position)
    return position > 0


@contextmanager
def _writing(db: Db) -> Iterator[None]:
    db.begin()
    try:
        yield
        db.commit()
    except BaseException:
        db.rollback()
        raise


def _declared(db: Db, service: Service) -> str:
    """A fingerprint of how the folded tables are made, and of what their folds mean."""
    dialect = db.sqlalchemy().dialect
    said: list[object] = [FOLD_VERSION, log.HEADS, views.TABLES, due.TABLES]
    for projection in service.projections:
        said += [projection.version, projection.newest_only, sorted(projection.folds)]
        for table in projection.tables:
            said.append(CreateTable(table).compile(dialect=dialect))
            said += sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    return hashlib.sha256("\n".join(map(str, said)).encode()).hexdigest()


def _anew(db: Db, service: Service, codec: Codec, progress: Callable[[int], None]) -> int:
    """Drop the folded tables, make them as they are declared now, and fold. Returns the number of unknown records."""
    asked = due.named(db, REFRESH) if db.has_table("due") else []
    for name in FOLDED:
        db.run(f"DROP TABLE IF EXISTS {name}")
    for tables in (log.HEADS, views.TABLES, due.TABLES):
        db.create(tables)
    for projection in service.projections:
        for table in projection.tables:
            table.drop(db.sqlalchemy(), checkfirst=True)
            table.create(db.sqlalchemy())
    return _fold_all(db, service, codec, progress, asked)


def _tables(service: Service) -> tuple[str, ...]:
    return (*FOLDED, *(table.name for projection in service.projections for table in projection.tables))


def is_view(topic: str) -> bool:
    """Whether a topic carries one party's views."""
    return ".til." in topic


def _hash(db: Db, table: str) -> str:
    """Of a table's rows, whatever order they lie in: the sum of the rows' own hashes."""
    total = 0
    for row in db.all(f"SELECT * FROM {table}"):  # noqa: S608 - our own names
        total += int.from_bytes(hashlib.blake2b(repr(row).encode(), digest_size=16).digest())
    return f"{total % 2**128:032x}"


def _fold_all(
    db: Db, service: Service, codec: Codec, progress: Callable[[int], None], asked: Sequence[due.DueRow]
) -> int:  # fmt: skip
    """`asked`: when views were to be made again. When an answer begins for somebody who has none yet stands in no
    record; it was worked out from the grounds, and is kept. A view that says that its answer ends before is right."""
    folded = _Fold(
        db, service, codec,
        _folds(projection for projection in service.projections if not projection.newest_only),
        _folds(projection for projection in service.projections if projection.newest_only),
        {aggregate.topic: aggregate for aggregate in service.aggregates if aggregate.due is not nothing_due},
        {aggregate.topic: aggregate.views for aggregate in service.aggregates if aggregate.views is not None},
        topics={row.stream: row.topic for row in asked}, runs_out={row.stream: row.at for row in asked},
    )  # fmt: skip
    for page in _pages(db):
        for row in page:
            _fold_one(folded, row)
        progress(page[-1].position)
    newest = folded.newest
    for page in _pages(db):
        _fold_newest(folded, [row for row in page if newest[row.stream] == row.position])
    _set_due(folded)
    return folded.unknown


def _folds(projections: Iterable[Projection]) -> dict[str, tuple[Fold, ...]]:
    found: dict[str, tuple[Fold, ...]] = {}
    for projection in projections:
        for name, fold in projection.folds.items():
            found[name] = (*found.get(name, ()), fold)
    return found


def _pages(db: Db) -> Iterator[list[log.Stored]]:
    after = 0
    while page := log.read_page(db, after, PAGE_RECORDS):
        yield page
        after = page[-1].position


def _fold_one(folded: _Fold, row: log.Stored) -> None:
    """What each record counts for: projections, states, and whose streams are."""
    if folded.service.relinks:
        _note_whose(folded, row)
    folded.newest[row.stream] = row.position
    name = folded.codec.type_of(row.data)
    if name is None:
        folded.unknown += 1
        return
    own = row.writer == folded.service.name
    folds, dated = folded.folds.get(name, ()), own and row.topic in folded.dated
    relink = folded.service.relinks.get(name)
    if not (folds or dated or relink) or (own and is_view(row.topic)):
        return
    envelope, event = folded.codec.decode(row.data)
    for fold in folds:
        fold(folded.db, envelope, event)
    if relink is not None:
        streams, person_ref = relink(cast(Lookup, _Heads(folded)), envelope, event)
        folded.relinked.update(dict.fromkeys(streams, person_ref))
    if dated:
        aggregate = folded.dated[row.topic]
        _, state = folded.states.get(row.stream, (aggregate, aggregate.initial))
        folded.states[row.stream] = (aggregate, aggregate.evolve(state, event))


def _note_whose(folded: _Fold, row: log.Stored) -> None:
    """Our own record says whose its stream is. Another writer may not have known yet: a stream that we have stays
    whose it is, and a new one belongs to who its person is now."""
    if row.writer == folded.service.name:
        # A person's own stream still tells who the person is now, for what others write of them later.
        if row.stream in folded.relinked:
            folded.relinked[row.stream] = folded.codec.peek(row.data).person_ref
    elif row.stream not in folded.newest:
        person_ref = folded.codec.peek(row.data).person_ref
        folded.begun[row.stream] = person_ref
        if person_ref in folded.relinked:
            folded.relinked[row.stream] = folded.relinked[person_ref]


def _fold_newest(folded: _Fold, rows: Iterable[log.Stored]) -> None:
    """What only the newest record of a stream counts for: heads, views, and projections that say so."""
    heads, shown = [], []
    for row in rows:
        envelope, event = _read_newest(folded, row)
        person_ref = folded.relinked.get(row.stream, folded.begun.get(row.stream, envelope.person_ref))
        heads.append((row.stream, row.writer, row.topic, person_ref, row.begins, row.version, record_hash(row.data)))
        if event is None:
            continue
        if row.writer == folded.service.name and is_view(row.topic):
            shown.append(_view(folded, row, envelope, event))
            continue
        for fold in folded.newest_folds.get(envelope.type, ()):
            fold(folded.db, envelope, event)
    folded.db.insert("stream_head", heads)
    folded.db.insert("view_stream", shown)


def _read_newest(folded: _Fold, row: log.Stored) -> tuple[Envelope, Any]:
    """The envelope; and the event, where anything is folded from it."""
    name = folded.codec.type_of(row.data)
    if name is not None and (name in folded.newest_folds or is_view(row.topic)):
        return folded.codec.decode(row.data)
    return folded.codec.peek(row.data), None


def _view(folded: _Fold, row: log.Stored, envelope: Envelope, view: Any) -> tuple[object, ...]:
    ended = isinstance(view, UtsnittAvsluttet)
    kind = view.slag if ended else view.avro_name
    if not ended:
        _note_end(folded, view)
    digest = view_digest(view, envelope.person_ref)
    return (view.aggregat, row.topic.partition(".til.")[2], row.stream, kind, digest, int(ended))


def _note_end(folded: _Fold, view: Any) -> None:
    stream: str = view.aggregat
    if stream not in folded.topics:
        first = _first(folded, stream)
        folded.topics[stream] = first.topic if first is not None else ""
    made = folded.shown.get(folded.topics[stream])
    until = made.holds_until(view) if made is not None else None
    if until is not None:
        folded.runs_out[stream] = min(until, folded.runs_out.get(stream, until))


def _first(folded: _Fold, stream: str) -> log.Stored | None:
    """A stream's first record, while there are no heads to find it by; None when none has been folded."""
    newest = folded.newest.get(stream, 0)
    row = folded.db.one("SELECT b.* FROM log n JOIN log b ON b.position = n.begins WHERE n.position = ?", (newest,))
    return log.Stored(*row) if row else None


def _set_due(folded: _Fold) -> None:
    for stream, (aggregate, state) in folded.states.items():
        for entry in aggregate.due(state):
            due.set_due(folded.db, due.DueRow(stream, entry.name, aggregate.topic, entry.at))
    for stream, until in folded.runs_out.items():
        if stream in folded.newest:
            due.set_due(folded.db, due.DueRow(stream, REFRESH, folded.topics[stream], until))


@dataclass(frozen=True, slots=True)
class _Heads:
    """The part of `Lookup` that a relink may lean on: which streams there are, and whose."""

    folded: _Fold

    def version(self, stream: str) -> int:
        row = self.folded.db.one(
            "SELECT version FROM log WHERE position = ?", (self.folded.newest.get(stream, 0),)
        )  # fmt: skip
        return row[0] if row else 0

    def first_person_of(self, stream: str) -> str | None:
        first = _first(self.folded, stream)
        return self.folded.codec.peek(first.data).person_ref if first is not None else None

    def all_streams_of(self, person_ref: str) -> list[str]:
        return sorted(stream for stream in self.folded.newest if self._person_of(stream) == person_ref)

    def _person_of(self, stream: str) -> str | None:
        folded = self.folded
        if stream in folded.relinked:
            return folded.relinked[stream]
        if stream in folded.begun:
            return folded.begun[stream]
        position = folded.newest[stream]
        known = folded.persons.get(stream)
        if known is None or known[0] != position:
            row = folded.db.one("SELECT data FROM log WHERE position = ?", (position,))
            assert row is not None
            known = folded.persons[stream] = (position, folded.codec.peek(row[0]).person_ref)
        return known[1]
