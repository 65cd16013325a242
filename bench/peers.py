"""Understands the same plan without Bindeledd: with the `eventsourcing` library, and in a bare sqlite3 loop."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from fastavro import parse_schema, schemaless_reader, schemaless_writer

from bench.plan import WITH

DEFAULT: Mapping[str, str] = {}
"""As it comes: a file in WAL mode, synchronous=FULL, the aggregate's events read and folded for each command."""
TUNED: Mapping[str, str] = {
    "AGGREGATE_CACHE_MAXSIZE": "20000", "AGGREGATE_CACHE_FASTFORWARD": "n", "DEEPCOPY_FROM_AGGREGATE_CACHE": "n",
}  # fmt: skip
"""With its cache of aggregates, as our states are kept; nothing is read for a command, and nothing checked."""


class PeerPlan(Aggregate):
    """The plan as an aggregate of the library."""

    @event("Opprettet")
    def __init__(self) -> None:
        self.versjon = 0
        self.laget: datetime | None = None
        self.medvirkning: list[str] = []

    @event("Revidert")
    def revider(self, versjon: int, laget: datetime, medvirkning: list[str]) -> None:
        self.versjon, self.laget, self.medvirkning = versjon, laget, medvirkning


@contextmanager
def eventsourcing(folder: Path, mode: Mapping[str, str]) -> Iterator[Application[UUID]]:
    """The library on a file in the folder."""
    env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "peer.db"), **mode}
    with closing(Application[UUID](env={**env, "SQLITE_LOCK_TIMEOUT": "30"})) as app:
        yield app


def begin(app: Application[UUID], events: int) -> UUID:
    """A plan with this many events, saved at once."""
    plan = PeerPlan()
    for _ in range(events - 1):
        _revise(plan)
    app.save(plan)
    return plan.id


def revise(app: Application[UUID], plan_id: UUID) -> None:
    """One command: load, revise, save durably."""
    plan: PeerPlan = app.repository.get(plan_id)
    _revise(plan)
    app.save(plan)


def _revise(plan: PeerPlan) -> None:
    plan.revider(versjon=plan.versjon + 1, laget=datetime.now(UTC), medvirkning=list(WITH))


_SCHEMA = parse_schema({
    "type": "record", "name": "Revidert", "fields": [
        {"name": "versjon", "type": "int"},
        {"name": "laget", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "medvirkning", "type": {"type": "array", "items": "string"}},
    ],
})  # fmt: skip


class Bare:
    """The least that keeps a plan: load its rows, decode them, fold, insert, commit. No envelope, hash or person."""

    def __init__(self, db: Any) -> None:
        self.db = db

    @classmethod
    def on_sqlite(cls, folder: Path) -> Bare:
        db = sqlite3.connect(folder / "bare.db", isolation_level=None, check_same_thread=False)
        db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE event (stream TEXT, version INTEGER, data BLOB, PRIMARY KEY (stream, version)) WITHOUT ROWID;"
        )
        return cls(db)

    def revise(self, stream: str) -> None:
        """Within a transaction of the caller's."""
        versjon = 0
        for (data,) in self.db.execute("SELECT data FROM event WHERE stream = ? ORDER BY version", (stream,)):
            found: Any = schemaless_reader(BytesIO(data), _SCHEMA, None)
            versjon = found["versjon"]
        out = BytesIO()
        record = {"versjon": versjon + 1, "laget": datetime.now(UTC), "medvirkning": list(WITH)}
        schemaless_writer(out, _SCHEMA, record)
        self.db.execute("INSERT INTO event VALUES (?,?,?)", (stream, versjon + 1, out.getvalue()))

    def commit_each(self, streams: Sequence[str]) -> None:
        for stream in streams:
            self.db.execute("BEGIN IMMEDIATE")
            self.revise(stream)
            self.db.execute("COMMIT")

    def commit_by(self, streams: Sequence[str], to_a_commit: int) -> None:
        for start in range(0, len(streams), to_a_commit):
            self.db.execute("BEGIN IMMEDIATE")
            for stream in streams[start : start + to_a_commit]:
                self.revise(stream)
            self.db.execute("COMMIT")

    def close(self) -> None:
        self.db.close()
