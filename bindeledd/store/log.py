"""The log: a service's own records and those it received, in one order of positions, as the exact bytes.

`stream_head` holds each stream's last version and hash: what the next record must follow, and (for other writers'
streams) the inbox. It is folded from the log. `begins` is the position of a stream's first record here: streams that
began together lie together in the index, so a commit dirties few of its pages (by their random refs: one each).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, cast

from bindeledd.store.db import Db

TABLES = """
CREATE TABLE IF NOT EXISTS log (
  position {position} PRIMARY KEY, writer TEXT NOT NULL, topic TEXT NOT NULL,
  stream TEXT NOT NULL, begins BIGINT NOT NULL, version BIGINT NOT NULL, data {blob} NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS log_stream ON log (begins, version);
CREATE TABLE IF NOT EXISTS raw_message (stream TEXT PRIMARY KEY, data {blob} NOT NULL);
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_SCHEMA = "schema:"
_GONE_ON = "ON CONFLICT (stream) DO UPDATE SET version = excluded.version, hash = excluded.hash"
HEADS = """
CREATE TABLE IF NOT EXISTS stream_head (
  stream TEXT PRIMARY KEY, writer TEXT NOT NULL, topic TEXT NOT NULL, person_ref TEXT,
  begins BIGINT NOT NULL, version BIGINT NOT NULL, hash {blob} NOT NULL
);
CREATE INDEX IF NOT EXISTS stream_head_person ON stream_head (person_ref, topic, stream);
"""


class Head(NamedTuple):
    """Where a stream stands: last version, hash of its last record, and whose it is."""

    stream: str
    writer: str
    topic: str
    person_ref: str | None
    begins: int
    version: int
    hash: bytes


class Stored(NamedTuple):
    """One row of the log."""

    position: int
    writer: str
    topic: str
    stream: str
    begins: int
    version: int
    data: bytes


class Pending:
    """What a transaction has appended and not written yet: many rows go in one statement, and of each stream only
    where it stands in the end."""

    __slots__ = ("_heads", "_rows")

    def __init__(self) -> None:
        self._rows: list[Stored] = []
        self._heads: dict[str, tuple[Head, Head | None]] = {}

    def append(self, row: Stored, new: Head, before: Head | None) -> None:
        """A row, where its stream stands with it, and where it stood."""
        moved = self._heads.get(new.stream)
        self._rows.append(row)
        self._heads[new.stream] = (new, moved[1] if moved is not None else before)

    def write(self, db: Db) -> None:
        if not self._rows:
            return
        append(db, *self._rows)
        set_heads(db, self._heads.values())
        self._rows.clear()
        self._heads.clear()


class Stands(NamedTuple):
    """Who wrote in a store last, and where its log stood then."""

    writer: str | None
    position: int | None
    epoch: str | None


STANDS = (
    "SELECT (SELECT value FROM meta WHERE name = 'writer'), (SELECT MAX(position) FROM log), "
    "(SELECT value FROM meta WHERE name = 'epoch')"
)
"""What `Stands` holds, asked under the writer lock."""


def first_after(db: Db, position: int) -> int | None:
    """The first position behind one that has a record; None where there is none."""
    row = db.one("SELECT MIN(position) FROM log WHERE position > ?", (position,))
    return row[0] if row else None


def last_position(db: Db) -> int:
    row = db.one("SELECT MAX(position) FROM log")
    return int(row[0]) if row and row[0] is not None else 0


def append(db: Db, *rows: Stored) -> None:
    db.insert("log", rows)


def head(db: Db, stream: str) -> Head | None:
    row = db.one("SELECT * FROM stream_head WHERE stream = ?", (stream,))
    return Head._make(row) if row else None


def heads_of(db: Db, streams: Sequence[str]) -> list[Head]:
    """Where these streams stand, those of them that are there."""
    rows = db.all(f"SELECT * FROM stream_head WHERE stream IN ({_marks(streams)})", streams)  # noqa: S608
    return [Head._make(row) for row in rows]


def set_heads(db: Db, moved: Iterable[tuple[Head, Head | None]]) -> None:
    """Each stream stands here from now on. Beside it: where it stood, when that is known."""
    gone_on: list[Head] = []
    others: list[Head] = []
    for new, before in moved:
        same_person = before is not None and before.person_ref == new.person_ref
        (gone_on if same_person else others).append(new)
    db.insert("stream_head", gone_on, _GONE_ON)
    # Naming person_ref in the update writes its index anew each time, though it hardly ever changes.
    db.insert("stream_head", others, f"{_GONE_ON}, person_ref = excluded.person_ref")


def streams_of(db: Db, topic: str, person_ref: str) -> list[str]:
    """The person's streams of a topic, in a fixed order."""
    sql = "SELECT stream FROM stream_head WHERE person_ref = ? AND topic = ? ORDER BY stream"
    return [row[0] for row in db.all(sql, (person_ref, topic))]


def all_streams_of(db: Db, person_ref: str) -> list[str]:
    """Every stream of the person, own and received, in a fixed order."""
    rows = db.all("SELECT stream FROM stream_head WHERE person_ref = ? ORDER BY stream", (person_ref,))
    return [row[0] for row in rows]


def owners(db: Db, writer: str) -> dict[str, str | None]:
    """Whose each of a writer's streams is: stream → person_ref. A view that does not say is whose its aggregate is."""
    sql = (
        "SELECT h.stream, COALESCE(h.person_ref, a.person_ref) FROM stream_head h "
        "LEFT JOIN view_stream v ON v.stream = h.stream LEFT JOIN stream_head a ON a.stream = v.aggregate "
        "WHERE h.writer = ?"
    )
    return dict(db.all(sql, (writer,)))


def relink(db: Db, streams: Iterable[str], person_ref: str) -> None:
    """These streams belong to another person from now on. Their records stay as they are."""
    db.run_many("UPDATE stream_head SET person_ref = ? WHERE stream = ?", [(person_ref, stream) for stream in streams])


_OF_STREAM = "begins = (SELECT begins FROM stream_head WHERE stream = ?)"


def read_stream(db: Db, stream: str, after: int = 0) -> list[bytes]:
    """One stream's records in order, from version `after` + 1."""
    rows = db.all(f"SELECT data FROM log WHERE {_OF_STREAM} AND version > ? ORDER BY version", (stream, after))  # noqa: S608
    return [row[0] for row in rows]


def read_part(db: Db, stream: str, after: int, limit: int) -> list[bytes]:
    """At most `limit` of one stream's records, in order, from version `after` + 1."""
    sql = f"SELECT data FROM log WHERE {_OF_STREAM} AND version > ? ORDER BY version LIMIT ?"  # noqa: S608
    return [row[0] for row in db.all(sql, (stream, after, limit))]


def read_version(db: Db, stream: str, version: int) -> bytes | None:
    row = db.one(f"SELECT data FROM log WHERE {_OF_STREAM} AND version = ?", (stream, version))  # noqa: S608
    return row[0] if row else None


def read_page(db: Db, after: int, limit: int) -> list[Stored]:
    """The next rows of the log by position: at most `limit`."""
    rows = db.all("SELECT * FROM log WHERE position > ? ORDER BY position LIMIT ?", (after, limit))
    return [Stored._make(row) for row in rows]


def read_own(db: Db, writer: str, after: int, upto: int) -> list[Stored]:
    """The writer's own rows at positions after `after`, up to and with `upto`."""
    rows = db.all(
        "SELECT * FROM log WHERE position > ? AND position <= ? AND writer = ? ORDER BY position", (after, upto, writer)
    )
    return [Stored._make(row) for row in rows]


def read_topic(db: Db, writer: str, topic: str, after: int, upto: int) -> list[tuple[int, bytes]]:
    """Position and bytes of the writer's own records on a topic, at positions after `after`, up to and with `upto`."""
    rows = db.all(
        "SELECT position, data FROM log WHERE position > ? AND position <= ? AND writer = ? AND topic = ? "
        "ORDER BY position",
        (after, upto, writer, topic),
    )
    return [(position, data) for position, data in rows]


def has_told(db: Db, writer: str, topic: str, after: int, upto: int) -> bool:
    """Whether the writer has records of its own on a topic, at positions after `after`, up to and with `upto`."""
    sql = "SELECT 1 FROM log WHERE position > ? AND position <= ? AND writer = ? AND topic = ? LIMIT 1"
    return db.one(sql, (after, upto, writer, topic)) is not None


def read_told(db: Db, writer: str, topic: str, after: int, upto: int) -> list[tuple[str, bytes]]:
    """Topic and bytes of the writer's own records on a topic ('': on all), at positions after `after`, up to and with
    `upto`."""
    on, only = ("AND topic = ? ", (topic,)) if topic else ("", ())
    sql = f"SELECT topic, data FROM log WHERE position > ? AND position <= ? AND writer = ? {on}ORDER BY position"  # noqa: S608
    return cast(list[tuple[str, bytes]], db.all(sql, (after, upto, writer, *only)))


def read_by_stream(db: Db, writer: str, topic: str, after: tuple[int, int], limit: int) -> list[tuple[int, int, bytes]]:
    """The next of the writer's own records on a topic, stream by stream in the order in which they began: at most
    `limit`, behind the record of which begins and version are `after`. Each with its own."""
    rows = db.all(
        "SELECT begins, version, data FROM log WHERE (begins, version) > (?, ?) AND writer = ? AND topic = ? "
        "ORDER BY begins, version LIMIT ?",
        (*after, writer, topic, limit),
    )
    return cast(list[tuple[int, int, bytes]], rows)


def keep_raw(db: Db, stream: str, sealed: bytes) -> None:
    """Keep a message's bytes as they came (sealed), beside the log. Never relayed."""
    db.run("INSERT INTO raw_message VALUES (?,?)", (stream, sealed))


def raw(db: Db, stream: str) -> bytes | None:
    row = db.one("SELECT data FROM raw_message WHERE stream = ?", (stream,))
    return row[0] if row else None


def meta(db: Db, name: str) -> str | None:
    row = db.one("SELECT value FROM meta WHERE name = ?", (name,))
    return row[0] if row else None


def set_meta(db: Db, name: str, value: str) -> None:
    db.run("INSERT INTO meta VALUES (?,?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", (name, value))


def keep_schema(db: Db, fingerprint: bytes, schema: Mapping[str, Any]) -> None:
    """Keep the schema by which a record of the log is read, where it did not come with a release of ours."""
    set_meta(db, _SCHEMA + fingerprint.hex(), json.dumps(schema))


def kept_schemas(db: Db) -> list[dict[str, Any]]:
    """Those that were kept."""
    rows = db.all("SELECT value FROM meta WHERE name LIKE ? ORDER BY name", (f"{_SCHEMA}%",))
    return [json.loads(value) for (value,) in rows]


def heads(db: Db, writer: str, topics: Sequence[str]) -> list[Head]:
    """The heads of a writer's streams in these topics."""
    rows = db.all(
        f"SELECT * FROM stream_head "  # noqa: S608 - only placeholders
        f"WHERE writer = ? AND topic IN ({_marks(topics)}) ORDER BY stream",
        (writer, *topics),
    )
    return [Head._make(row) for row in rows]


def heads_after(db: Db, writer: str, topics: Sequence[str], after: str, limit: int) -> list[Head]:
    """The next heads of a writer's streams in these topics, by the streams' refs: what readers compare with hourly."""
    rows = db.all(
        f"SELECT * FROM stream_head "  # noqa: S608 - only placeholders
        f"WHERE writer = ? AND topic IN ({_marks(topics)}) AND stream > ? ORDER BY stream LIMIT ?",
        (writer, *topics, after, limit),
    )
    return [Head._make(row) for row in rows]


def heads_between(db: Db, writer: str, after: str, upto: str | None) -> list[Head]:
    """The heads of all of a writer's streams with refs after `after`, up to and with `upto` (None: to the end)."""
    end = () if upto is None else (upto,)
    rows = db.all(
        f"SELECT * FROM stream_head WHERE writer = ? AND stream > ? {'AND stream <= ? ' * len(end)}ORDER BY stream",  # noqa: S608
        (writer, after, *end),
    )
    return [Head._make(row) for row in rows]


def heads_since(db: Db, writer: str, topics: Sequence[str], after: int, upto: int) -> list[Head]:
    """The heads of the writer's streams in these topics whose last record stands at a position after `after`, up to
    and with `upto`. The log is its own."""
    rows = db.all(
        f"SELECT h.* FROM log l JOIN stream_head h ON h.stream = l.stream AND h.version = l.version "  # noqa: S608
        f"WHERE l.position > ? AND l.position <= ? AND h.writer = ? AND h.topic IN ({_marks(topics)}) "
        "ORDER BY l.position",
        (after, upto, writer, *topics),
    )
    return [Head._make(row) for row in rows]


def persons_after(db: Db, topics: Sequence[str], after: str, limit: int) -> list[str]:
    """The next persons who have a stream in these topics, in a fixed order."""
    rows = db.all(
        f"SELECT DISTINCT person_ref FROM stream_head WHERE person_ref > ? AND topic IN ({_marks(topics)}) "  # noqa: S608
        "ORDER BY person_ref LIMIT ?",
        (after, *topics, limit),
    )
    return [row[0] for row in rows]


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
