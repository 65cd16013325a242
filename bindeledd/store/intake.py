"""How far a service has read each source, what it has parked, and which requests it has seen before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bindeledd.store.db import Db

TABLES = """
CREATE TABLE IF NOT EXISTS cursor (source TEXT PRIMARY KEY, epoch INTEGER NOT NULL, position BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS quarantine (
  source TEXT NOT NULL, topic TEXT NOT NULL, stream TEXT NOT NULL, version BIGINT NOT NULL, position BIGINT NOT NULL,
  person_ref TEXT, error TEXT NOT NULL, data {blob} NOT NULL, PRIMARY KEY (source, stream, version, position)
);
CREATE INDEX IF NOT EXISTS quarantine_stream ON quarantine (stream);
CREATE INDEX IF NOT EXISTS quarantine_person ON quarantine (person_ref);
CREATE TABLE IF NOT EXISTS idempotency (
  scope TEXT PRIMARY KEY, request {blob} NOT NULL, stream TEXT NOT NULL, version BIGINT NOT NULL
);
"""
NO_EPOCH = 0
"""The epoch of a cursor that counts something else than positions of another service's log, which alone has one."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that could not take effect, or waits behind one that could not (then `error` is empty)."""

    source: str
    topic: str
    stream: str
    version: int
    position: int
    person_ref: str | None
    error: str
    data: bytes


def cursor(db: Db, source: str) -> tuple[int, int]:
    """(epoch, position) up to which the source has been read; (0, 0) at the beginning.

    The source is a writer's log, or (with epoch 0) something on one Kafka cluster, whose id is in its name.
    """
    row = db.one("SELECT epoch, position FROM cursor WHERE source = ?", (source,))
    return (row[0], row[1]) if row else (0, 0)


def set_cursor(db: Db, source: str, epoch: int, position: int) -> None:
    db.run(
        "INSERT INTO cursor VALUES (?,?,?) ON CONFLICT (source) DO UPDATE SET "
        "epoch = excluded.epoch, position = excluded.position",
        (source, epoch, position),
    )


def park(db: Db, row: Parked) -> None:
    db.run(
        "INSERT INTO quarantine VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
        (row.source, row.topic, row.stream, row.version, row.position, row.person_ref, row.error, row.data),
    )


def parked(db: Db, stream: str) -> list[Parked]:
    """What is parked of one stream, in order."""
    rows = db.all("SELECT * FROM quarantine WHERE stream = ? ORDER BY version, position", (stream,))
    return [Parked(*row) for row in rows]


def first_parked(db: Db, stream: str) -> Parked | None:
    """The first that is parked of one stream."""
    row = db.one("SELECT * FROM quarantine WHERE stream = ? ORDER BY version, position LIMIT 1", (stream,))
    return Parked(*row) if row else None


def gaps(db: Db, source: str) -> dict[str, int]:
    """The source's streams of which something is parked because records before it are missing, and the version after
    which they are."""
    rows = db.all(
        "SELECT q.stream, COALESCE(h.version, 0) FROM quarantine q LEFT JOIN stream_head h ON h.stream = q.stream "
        "WHERE q.source = ? GROUP BY q.stream, h.version HAVING MIN(q.version) > COALESCE(h.version, 0) + 1",
        (source,),
    )
    return dict(rows)


def waiting(db: Db) -> frozenset[str]:
    """The streams of which something is parked."""
    return frozenset(row[0] for row in db.all("SELECT DISTINCT stream FROM quarantine"))


def parked_about(db: Db, topics: Collection[str]) -> frozenset[str]:
    """The persons, as the records name them, about whom something of these topics is parked: nobody knows what holds
    of them now."""
    rows = db.all("SELECT DISTINCT person_ref, topic FROM quarantine WHERE person_ref IS NOT NULL")
    return frozenset(row[0] for row in rows if row[1] in topics)


def parked_streams(db: Db) -> list[Parked]:
    """The record that parked each stream, without those that wait behind it."""
    rows = db.all("SELECT * FROM quarantine WHERE error <> '' ORDER BY position, stream")
    return [Parked(*row) for row in rows]


def release(db: Db, row: Parked) -> None:
    db.run(
        "DELETE FROM quarantine WHERE source = ? AND stream = ? AND version = ? AND position = ?",
        (row.source, row.stream, row.version, row.position),
    )


def seen_request(db: Db, scope: str) -> tuple[bytes, str, int] | None:
    """(fingerprint of the request, stream, version it led to) for an Idempotency-Key used before."""
    row = db.one("SELECT request, stream, version FROM idempotency WHERE scope = ?", (scope,))
    return (row[0], row[1], row[2]) if row else None


def remember_request(db: Db, scope: str, request: bytes, stream: str, version: int) -> None:
    db.run("INSERT INTO idempotency VALUES (?,?,?,?)", (scope, request, stream, version))
