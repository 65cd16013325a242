"""Understands whether the logs are whole: follows every stream's chain from the database files alone."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bindeledd.core.envelope import Envelope, record_hash
from bindeledd.core.errors import InvalidMessage, UnknownSchema
from bindeledd.runtime.handle import RAW_DIGEST
from bindeledd.schema.codec import Codec
from bindeledd.schema.generated import TYPES
from bindeledd.store.disk import refused_by_disk

PAGE_RECORDS = 2000
_HEADS = "SELECT stream, begins, version, hash FROM stream_head"
_COPIES = (
    "SELECT l.position, l.stream, l.version, l.data FROM stream_head h JOIN log l USING (begins, version) "
    "WHERE h.writer = ? ORDER BY l.position"
)
_KEPT = "SELECT stream, CAST(data AS BLOB) FROM raw_message ORDER BY stream"
_TELLS_OF_KEPT = frozenset(name for name, event in TYPES.items() if hasattr(event, RAW_DIGEST))
_READ_UP_TO = "SELECT source, position FROM cursor"
_WRITERS = "SELECT DISTINCT writer FROM stream_head"
_KEY_MAKERS = "SELECT service FROM data_key UNION SELECT service FROM flushed"
_ONE = "SELECT data FROM log WHERE begins = (SELECT begins FROM stream_head WHERE stream = ?) AND version = ?"
_PLACED = "SELECT position, CAST(data AS BLOB) FROM log WHERE begins = ? AND version = ?"
_STREAM = "SELECT position, CAST(data AS BLOB) FROM log WHERE begins = ? ORDER BY version"
_SAID = "the head of stream {} is not its last record"
_PAGE = (
    "SELECT position, writer, topic, stream, begins, version, CAST(data AS BLOB) FROM log WHERE position > ? "
    "ORDER BY position LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Bad:
    """The first place where a log does not hold."""

    position: int
    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found in one service's store. `unknown` records are of types that this release does not know."""

    service: str
    records: int
    streams: int
    unknown: int
    bad: Bad | None

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def line(self) -> str:
        found = f"BAD at position {self.bad.position}: {self.bad.why}" if self.bad else "holds"
        return f"{self.service}: {self.records} records in {self.streams} streams: {found}"


Row = tuple[int, str, str, str, int, int, bytes]
Kept = dict[str, tuple[int, bytes]]
"""Stream → position of the record that tells what is kept beside it, and the hash of that."""
Ends = dict[str, tuple[int, int, bytes]]
"""Stream → the position where it begins, its last version, and that record's hash."""
Copies = Mapping[tuple[str, int], tuple[str, bytes]]
"""(stream, version) of a record → another service that has it, and its hash there."""


class _BrokenError(Exception):
    def __init__(self, position: int, why: str) -> None:
        self.position = position
        super().__init__(why)


@dataclass(slots=True)
class _Found:
    """How far the log has held."""

    records: int = 0
    unknown: int = 0
    ends: Ends = field(default_factory=dict)
    kept: Kept = field(default_factory=dict)


def verify(files: Mapping[str, Path], codec: Codec) -> list[Verified]:
    """Every service's log, from its file. Writes nothing, and may run beside a running installation."""
    return [verify_one(service, file, files, codec) for service, file in files.items()]


def missing(files: Mapping[str, Path], keyring: Path) -> list[Verified]:
    """The services whose files are gone, as the others and the keyring remember them.

    Told of are those that others have read or have records of, and those that have made keys. Raises DiskRefuses.
    """
    seen: dict[str, str] = {}
    for service, file in files.items():
        with closing(_open(file)) as db, suppress(sqlite3.DatabaseError):
            for source, position in db.execute(_READ_UP_TO):
                seen.setdefault(source, f"{service} has read it up to position {position}")
            for (writer,) in db.execute(_WRITERS):
                seen.setdefault(writer, f"{service} has records of it")
    if keyring.exists():
        with closing(_open(keyring)) as db, suppress(sqlite3.DatabaseError):
            for (service,) in db.execute(_KEY_MAKERS):
                seen.setdefault(service, "there are keys for it")
    return [
        Verified(service, 0, 0, 0, Bad(1, f"the file is missing, but {why}. Restore it from the backup"))
        for service, why in sorted(seen.items())
        if service not in files
    ]


def verify_one(service: str, file: Path, files: Mapping[str, Path], codec: Codec) -> Verified:
    """One service's log: positions and versions without holes, each record following the one before it in its stream.

    Each envelope must agree with its row, the heads with the log, the raw bytes of messages with the records that tell
    of them (they stay sealed for it), and what was received with its writer's own log.
    Raises DiskRefuses when the file cannot be read.
    """
    found = _Found()
    with closing(_open(file)) as db:
        try:
            for row in _rows(db):
                found.unknown += not _check(service, row, found.records + 1, found.ends, codec)
                found.records += 1
                _note_kept(service, row, found.kept, codec)
            bad = (
                _bad_head(db, found.ends, found.records)
                or _bad_kept(db, found.kept, found.records)
                or _bad_copy(db, service, files)
            )
        except _BrokenError as broken:
            bad = Bad(broken.position, str(broken))
        except sqlite3.DatabaseError as error:
            if (refused := refused_by_disk(error)) is not None:
                raise refused from error
            bad = Bad(found.records + 1, f"the file is damaged ({error}). Restore it from the backup")
    return Verified(service, found.records, len(found.ends), found.unknown, bad)


def changed(service: str, file: Path, files: Mapping[str, Path], codec: Codec) -> Bad | None:
    """Where a log was changed, as its chains, its heads and the other services' copies tell; None when it may be
    folded again.

    A head that lags behind, or is missing, is what a rebuild is for. One that vouches for a record that is not there
    is not, unless another service has the very record that the log has. Raises DiskRefuses.
    """
    found = _Found()
    with closing(_open(file)) as db:
        try:
            for row in _rows(db):
                _check(service, row, found.records + 1, found.ends, codec)
                found.records += 1
            copies = dict(_copies_elsewhere(service, files))
            return (
                _changed_copy(db, found.ends, copies)
                or _changed_head(db, found.ends, copies)
                or _bad_copy(db, service, files)
            )
        except _BrokenError as broken:
            return Bad(broken.position, str(broken))
        except sqlite3.DatabaseError as error:
            if (refused := refused_by_disk(error)) is not None:
                raise refused from error
            return Bad(found.records + 1, f"the file is damaged ({error}). Restore it from the backup")


def _copies_elsewhere(writer: str, files: Mapping[str, Path]) -> Iterator[tuple[tuple[str, int], tuple[str, bytes]]]:
    """(stream, version) of the last record that each other service has of a writer's streams → who has it, and its
    hash."""
    for service, file in files.items():
        if service == writer:
            continue
        with closing(_open(file)) as db:
            for _, stream, version, data in db.execute(_COPIES, (writer,)):
                yield (stream, version), (service, record_hash(data))


def _changed_copy(db: sqlite3.Connection, ends: Ends, copies: Copies) -> Bad | None:
    """The first of our own records that another service has otherwise. What we do not have is no change."""
    wrong: list[Bad] = []
    for (stream, version), (service, theirs) in copies.items():
        row = db.execute(_PLACED, (ends[stream][0], version)).fetchone() if stream in ends else None
        if row is not None and record_hash(row[1]) != theirs:
            wrong.append(Bad(row[0], f"stream {stream} v{version} is not what {service} was given: it was changed"))
    return min(wrong, key=lambda bad: bad.position, default=None)


def _changed_head(db: sqlite3.Connection, ends: Ends, copies: Copies) -> Bad | None:
    """The first record whose head vouches for another one, unless somebody else vouches for the record."""
    wrong: list[Bad] = []
    for stream, _, version, digest in db.execute(_HEADS).fetchall():
        first, last, last_hash = ends.get(stream, (0, 0, digest))
        if digest == last_hash or (stream, last) in copies:
            continue
        records = db.execute(_STREAM, (first,)).fetchall()
        if all(record_hash(data) != digest for _, data in records):
            position, _ = records[min(version, len(records)) - 1]
            wrong.append(Bad(position, f"{_SAID.format(stream)}: one of the two was changed, or its end was cut off"))
    return min(wrong, key=lambda bad: bad.position, default=None)


def _open(file: Path) -> sqlite3.Connection:
    """On a disk that cannot be written to, SQLite reads a file without a write-ahead log only if told that nobody
    writes."""
    uri = f"{file.resolve().as_uri()}?mode=ro"
    db = sqlite3.connect(uri, uri=True, isolation_level=None)
    wal = file.with_name(file.name + "-wal")
    try:
        db.execute("SELECT 1 FROM sqlite_master")
    except sqlite3.OperationalError as error:
        db.close()
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CANTOPEN or (wal.exists() and wal.stat().st_size):
            raise
        return sqlite3.connect(f"{uri}&immutable=1", uri=True, isolation_level=None)
    except sqlite3.DatabaseError:
        pass  # a damaged file: its reader finds where
    return db


def _rows(db: sqlite3.Connection) -> Iterator[Row]:
    """Page by page, for one long reader would keep the write-ahead log from being folded in. The last page stands in
    the transaction that the heads are read in afterwards."""
    after = 0
    while True:
        page = db.execute(_PAGE, (after, PAGE_RECORDS)).fetchall()
        yield from page
        after = page[-1][0] if page else after
        if len(page) == PAGE_RECORDS:
            continue
        if db.in_transaction:
            return
        db.execute("BEGIN")


def _check(service: str, row: Row, expected: int, ends: Ends, codec: Codec) -> bool:
    """Whether the record's type is known here. Raises _Broken when the record does not hold."""
    position, writer, _, stream, begins, version, data = row
    if position != expected:
        raise _BrokenError(position, f"positions jump from {expected - 1} to {position}")
    first, last, last_hash = ends.get(stream, (position, 0, b""))
    if version != last + 1:
        raise _BrokenError(position, f"stream {stream} jumps from version {last} to {version}")
    if begins != first:
        raise _BrokenError(position, f"stream {stream} begins at position {first}, the row says {begins}")
    ends[stream] = (first, version, record_hash(data))
    try:
        envelope = codec.peek(data)
    except UnknownSchema:
        return False
    except InvalidMessage as error:
        raise _BrokenError(position, f"stream {stream} v{version} cannot be read: {error.what}") from None
    _agree(row, envelope)
    if envelope.prev != last_hash:
        raise _BrokenError(position, f"stream {stream} v{version} does not follow v{last}: one of the two was changed")
    if writer == service and envelope.position != position:
        raise _BrokenError(position, f"stream {stream} v{version} was written at position {envelope.position}")
    return True


def _agree(row: Row, envelope: Envelope) -> None:
    position, writer, topic, stream, _, version, _ = row
    if (envelope.stream, envelope.version) != (stream, version):
        said = f"{envelope.stream} v{envelope.version}"
        raise _BrokenError(position, f"row says stream {stream} v{version}, the record says {said}")
    if ".til." in topic and not topic.startswith(f"{writer}."):
        raise _BrokenError(position, f"stream {stream} v{version} is a view in {topic}, but {writer} wrote it")


def _note_kept(service: str, row: Row, kept: Kept, codec: Codec) -> None:
    position, writer, _, stream, _, version, data = row
    if version != 1 or writer != service or codec.type_of(data) not in _TELLS_OF_KEPT:
        return
    try:
        _, event = codec.decode(data)
    except InvalidMessage as error:
        raise _BrokenError(position, f"stream {stream} v{version} cannot be read: {error.what}") from None
    digest = getattr(event, RAW_DIGEST)
    if digest is not None:
        kept[stream] = (position, digest)


def _bad_kept(db: sqlite3.Connection, kept: Kept, records: int) -> Bad | None:
    """What is kept beside the log, against what the log says of it."""
    found: list[Bad] = []
    missing = dict(kept)
    for stream, data in db.execute(_KEPT):
        position, digest = missing.pop(stream, (records, b""))
        if not digest:
            found.append(Bad(position, f"raw bytes are kept for stream {stream}, and no record tells of them"))
        elif hashlib.sha256(data).digest() != digest:
            found.append(Bad(position, f"the raw bytes kept for stream {stream} were changed"))
    for stream, (position, _) in missing.items():
        found.append(Bad(position, f"the raw bytes kept for stream {stream} are missing"))
    return min(found, key=lambda bad: bad.position, default=None)


def _bad_head(db: sqlite3.Connection, ends: Ends, records: int) -> Bad | None:
    heads = {stream: tuple(rest) for stream, *rest in db.execute(_HEADS)}
    wrong = sorted(stream for stream in heads.keys() | ends.keys() if heads.get(stream) != ends.get(stream))
    if not wrong:
        return None
    return Bad(records, f"{_SAID.format(wrong[0])}. Run `bindeledd rebuild`: it refuses if a record was changed")


def _bad_copy(db: sqlite3.Connection, service: str, files: Mapping[str, Path]) -> Bad | None:
    """The last record that we have of each stream of others must stand in its writer's log; its chain vouches for the
    rest."""
    for writer, file in files.items():
        copies = db.execute(_COPIES, (writer,)).fetchall() if writer != service else []
        if not copies:
            continue
        with closing(_open(file)) as theirs:
            for position, stream, version, data in copies:
                found = theirs.execute(_ONE, (stream, version)).fetchone()
                if found is None or found[0] != data:
                    return Bad(position, f"stream {stream} v{version} is not what {writer} has in its own log")
    return None
