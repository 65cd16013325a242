"""What falls due when: an indexed table, so that nobody polls. Folded from the aggregates' own answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bindeledd.store.db import Db

TABLES = """
CREATE TABLE IF NOT EXISTS due (
  stream TEXT NOT NULL, name TEXT NOT NULL, topic TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (stream, name)
);
CREATE INDEX IF NOT EXISTS due_at ON due (at);
"""


@dataclass(frozen=True, slots=True)
class DueRow:
    """One thing to be asked about at a moment."""

    stream: str
    name: str
    topic: str
    at: datetime


def set_due(db: Db, row: DueRow) -> None:
    db.run(
        "INSERT INTO due VALUES (?,?,?,?) ON CONFLICT (stream, name) DO UPDATE SET at = excluded.at",
        (row.stream, row.name, row.topic, _micros(row.at)),
    )


def clear(db: Db, stream: str, name: str) -> bool:
    """Take a thing away. True when it was there."""
    return db.touched("DELETE FROM due WHERE stream = ? AND name = ?", (stream, name)) > 0


def clear_fallen(db: Db, row: DueRow) -> bool:
    """Take a thing away that fell due. False when it is no longer there, or is to be at another moment now."""
    sql = "DELETE FROM due WHERE stream = ? AND name = ? AND at = ?"
    return db.touched(sql, (row.stream, row.name, _micros(row.at))) > 0


def postpone(db: Db, row: DueRow, at: datetime) -> None:
    """Bring a thing up again later, if it still stands as it did."""
    sql = "UPDATE due SET at = ? WHERE stream = ? AND name = ? AND at = ?"
    db.run(sql, (_micros(at), row.stream, row.name, _micros(row.at)))


def fallen(db: Db, now: datetime, limit: int = 64) -> list[DueRow]:
    """What has fallen due by `now`, the earliest first."""
    rows = db.all(
        "SELECT stream, name, topic, at FROM due WHERE at <= ? ORDER BY at, stream, name LIMIT ?", (_micros(now), limit)
    )
    return [DueRow(row[0], row[1], row[2], _instant(row[3])) for row in rows]


def named(db: Db, name: str) -> list[DueRow]:
    """All of one name."""
    rows = db.all("SELECT stream, name, topic, at FROM due WHERE name = ? ORDER BY stream", (name,))
    return [DueRow(row[0], row[1], row[2], _instant(row[3])) for row in rows]


def next_at(db: Db) -> datetime | None:
    """The moment when the next thing falls due."""
    row = db.one("SELECT MIN(at) FROM due")
    return _instant(row[0]) if row and row[0] is not None else None


def _micros(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def _instant(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1_000_000, UTC)
