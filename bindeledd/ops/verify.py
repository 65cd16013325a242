"""Understands whether the logs are whole: follows every stream's chain from what is stored alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from bindeledd.core.envelope import record_hash
from bindeledd.core.errors import InvalidMessage, UnknownSchema
from bindeledd.runtime.handle import RAW_DIGEST
from bindeledd.runtime.service import kind_of
from bindeledd.schema.codec import Codec, Place
from bindeledd.schema.generated import TYPES
from bindeledd.store.db import Db
from bindeledd.store.disk import refused_by_disk

PAGE_RECORDS = 2000
_HEADS = "SELECT stream, begins, version, hash FROM stream_head"
_HEADS_AFTER = f"{_HEADS} WHERE stream > ? ORDER BY stream LIMIT ?"
_COPIES = (
    "SELECT l.position, l.stream, l.version, l.data FROM stream_head h JOIN log l USING (begins, version) "
    "WHERE h.writer = ? ORDER BY l.position"
)
_KEPT = "SELECT stream, data FROM raw_message ORDER BY stream"
_TELLS_OF_KEPT = frozenset(name for name, event in TYPES.items() if hasattr(event, RAW_DIGEST))
_CURSORS = "SELECT source, epoch, position FROM cursor"
_READ_UP_TO = "SELECT source, position FROM cursor WHERE epoch > 0"
NO_LOG = ("kafka:", "api:")
"""How those cursors begin that count something else than positions of another service's log, read through."""
_WRITERS = "SELECT DISTINCT writer FROM stream_head"
_KEY_MAKERS = "SELECT service FROM data_key UNION SELECT service FROM flushed"
_ONE = "SELECT data FROM log WHERE begins = (SELECT begins FROM stream_head WHERE stream = ?) AND version = ?"
_PLACED = "SELECT position, data FROM log WHERE begins = ? AND version = ?"
_STREAM = "SELECT position, data FROM log WHERE begins = ? ORDER BY version"
_SAID = "the head of stream {} is not its last record"
_ROW = "position, writer, topic, stream, begins, version, data"
_PAGE = f"SELECT {_ROW} FROM log WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608 - our own names


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
Received = dict[str, tuple[tuple[int, int], int]]
"""Writer → (epoch, position) in its log of the furthest record that was received of it, and its position here."""
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
    received: Received = field(default_factory=dict)
    may_write: set[tuple[str, str]] = field(default_factory=set)
    """Writers, each with a topic that is its own."""


def verify(stores: Mapping[str, Db], codec: Codec) -> list[Verified]:
    """Every service's log. Writes nothing, and may run beside a running installation."""
    return [verify_one(service, stores, codec) for service in stores]


def missing(stores: Mapping[str, Db], keyring: Db | None) -> list[Verified]:
    """The services whose stores are gone, as the others and the keyring remember them."""
    return [
        Verified(service, 0, 0, 0, Bad(1, f"the store is missing, but {why}. Restore it from the backup"))
        for service, why in absent(stores, keyring).items()
    ]


def absent(stores: Mapping[str, Db], keyring: Db | None) -> dict[str, str]:
    """Service → how it is known that it had a store, for those that have none, or one without a log.

    Told of are those that others have read or have records of, and those that have made keys.
    """
    seen: dict[str, str] = {}
    for service, db in stores.items():
        with suppress(*db.faults):
            for source, position in db.all(_READ_UP_TO):
                seen.setdefault(source, f"{service} has read it up to position {position}")
            for (writer,) in db.all(_WRITERS):
                seen.setdefault(writer, f"{service} has records of it")
    if keyring is not None:
        with suppress(*keyring.faults):
            for (service,) in keyring.all(_KEY_MAKERS):
                seen.setdefault(service, "there are keys for it")
    return {service: why for service, why in sorted(seen.items()) if not _has_log(stores.get(service))}


def _has_log(db: Db | None) -> bool:
    if db is None:
        return False
    with suppress(*db.faults):  # a damaged one: its reader finds where
        return db.has_table("log")
    return True


def verify_one(
    service: str, stores: Mapping[str, Db], codec: Codec, step: Callable[[int], None] = lambda _: None
) -> Verified:
    """One service's log: positions and versions without holes, each record following the one before it in its stream.

    Each envelope must agree with its row, the heads with the log, the raw bytes of messages with the records that tell
    of them (they stay sealed for it), what was received with its writer's own log, writers with the
    catalogue, and cursors with what was received.
    Raises DiskRefuses when the file cannot be read.
    """
    found, db, streams = _Found(), stores[service], 0
    try:
        for row in _rows(db):
            place = _check(service, row, found, codec)
            found.unknown += place is None
            if found.records % PAGE_RECORDS == 0:
                step(found.records)
            if row[5] == 1:
                _note_kept(service, row, found.kept, codec)
            if row[1] != service and place is not None:
                _note_received(row, place, found.received)
        streams = len(found.ends)
        bad = (
            _bad_head(db, found.ends, found.records)
            or _bad_kept(db, found.kept, found.records)
            or _bad_copy(service, stores)
            or _bad_cursor(db, found.received)
        )
    except _BrokenError as broken:
        bad = Bad(broken.position, str(broken))
    except db.faults as error:
        bad = damaged(found.records, error)
    finally:
        db.rollback()
    return Verified(service, found.records, streams or len(found.ends), found.unknown, bad)


def damaged(records: int, error: Exception) -> Bad:
    """What the engine itself says is wrong with a store. Raises DiskRefuses when the disk is to blame."""
    if (refused := refused_by_disk(error)) is not None:
        raise refused from error
    return Bad(records + 1, f"the store is damaged ({error}). Restore it from the backup")


def changed(service: str, stores: Mapping[str, Db], codec: Codec) -> Bad | None:
    """Where a log was changed, as its chains, its heads and the other services' copies tell; None when it may be
    folded again.

    A head that lags behind, or is missing, is what a rebuild is for. One that vouches for a record that is not there
    is not, unless another service has the very record that the log has. Raises DiskRefuses.
    """
    found, db = _Found(), stores[service]
    try:
        for row in _rows(db):
            _check(service, row, found, codec)
        copies = dict(_copies_elsewhere(service, stores))
        return (
            _changed_copy(db, found.ends, copies) or _changed_head(db, found.ends, copies) or _bad_copy(service, stores)
        )
    except _BrokenError as broken:
        return Bad(broken.position, str(broken))
    except db.faults as error:
        return damaged(found.records, error)
    finally:
        db.rollback()


def _copies_elsewhere(writer: str, stores: Mapping[str, Db]) -> Iterator[tuple[tuple[str, int], tuple[str, bytes]]]:
    """(stream, version) of the last record that each other service has of a writer's streams → who has it, and its
    hash."""
    for service, db in stores.items():
        if service == writer:
            continue
        for _, stream, version, data in db.all(_COPIES, (writer,)):
            yield (stream, version), (service, record_hash(data))


def _changed_copy(db: Db, ends: Ends, copies: Copies) -> Bad | None:
    """The first of our own records that another service has otherwise. What we do not have is no change."""
    wrong: list[Bad] = []
    for (stream, version), (service, theirs) in copies.items():
        row = db.one(_PLACED, (ends[stream][0], version)) if stream in ends else None
        if row is not None and record_hash(exact(row[1])) != theirs:
            wrong.append(Bad(row[0], f"stream {stream} v{version} is not what {service} was given: it was changed"))
    return min(wrong, key=lambda bad: bad.position, default=None)


def _changed_head(db: Db, ends: Ends, copies: Copies) -> Bad | None:
    """The first record whose head vouches for another one, unless somebody else vouches for the record."""
    wrong: list[Bad] = []
    for stream, _, version, digest in db.all(_HEADS):
        first, last, last_hash = ends.get(stream, (0, 0, digest))
        if digest == last_hash or (stream, last) in copies:
            continue
        records = db.all(_STREAM, (first,))
        if all(record_hash(exact(data)) != digest for _, data in records):
            position, _ = records[min(version, len(records)) - 1]
            wrong.append(Bad(position, f"{_SAID.format(stream)}: one of the two was changed, or its end was cut off"))
    return min(wrong, key=lambda bad: bad.position, default=None)


def _rows(db: Db) -> Iterator[Row]:
    """Page by page, for one long reader would keep the write-ahead log from being folded in. The last page stands in
    the transaction that the heads are read in afterwards."""
    after, last = 0, False
    while True:
        page = db.all(_PAGE, (after, PAGE_RECORDS))
        after = page[-1][0] if page else after
        for row in page:
            yield row if type(row[6]) is bytes else (*row[:6], exact(row[6]))
        if len(page) == PAGE_RECORDS:
            continue
        if last:
            return
        db.begin_reading()
        last = True


def exact(data: bytes | str) -> bytes:
    """An engine without strict types gives back whatever somebody put there."""
    return data if isinstance(data, bytes) else data.encode()


def _check(service: str, row: Row, found: _Found, codec: Codec) -> Place | None:
    """Where the record says that it stands; None when its type is not known here. Raises _Broken when the record does
    not hold. What comes behind in its envelope is not read: the next record's hash of it, or the head's, tells that it
    is as it was written."""
    position, writer, topic, stream, begins, version, data = row
    found.records += 1
    if position != found.records:
        raise _BrokenError(position, f"positions jump from {found.records - 1} to {position}")
    first, last, last_hash = found.ends.get(stream) or (position, 0, b"")
    if version != last + 1:
        raise _BrokenError(position, f"stream {stream} jumps from version {last} to {version}")
    if begins != first:
        raise _BrokenError(position, f"stream {stream} begins at position {first}, the row says {begins}")
    found.ends[stream] = (first, version, record_hash(data))
    try:
        place = codec.place(data)
    except UnknownSchema:
        return None
    except InvalidMessage as error:
        raise _BrokenError(position, f"stream {stream} v{version} cannot be read: {error.what}") from None
    if place.stream != stream or place.version != version:
        said = f"{place.stream} v{place.version}"
        raise _BrokenError(position, f"row says stream {stream} v{version}, the record says {said}")
    if (writer, topic) not in found.may_write:
        _may_write(row, codec)
        found.may_write.add((writer, topic))
    if place.prev != last_hash:
        raise _BrokenError(position, f"stream {stream} v{version} does not follow v{last}: one of the two was changed")
    if writer == service and place.position != position:
        raise _BrokenError(position, f"stream {stream} v{version} was written at position {place.position}")
    return place


def _may_write(row: Row, codec: Codec) -> None:
    position, writer, topic, stream, _, version, _ = row
    if ".til." in topic and not topic.startswith(f"{writer}."):
        raise _BrokenError(position, f"stream {stream} v{version} is a view in {topic}, but {writer} wrote it")
    if codec.owner_of(topic) not in (None, kind_of(writer)):
        raise _BrokenError(position, f"stream {stream} v{version} is in {topic}, which {writer} does not write")


def _note_kept(service: str, row: Row, kept: Kept, codec: Codec) -> None:
    """Of a stream's first record: what it says is kept beside it."""
    position, writer, _, stream, _, version, data = row
    if writer != service or codec.type_of(data) not in _TELLS_OF_KEPT:
        return
    try:
        _, event = codec.decode(data)
    except InvalidMessage as error:
        raise _BrokenError(position, f"stream {stream} v{version} cannot be read: {error.what}") from None
    digest = getattr(event, RAW_DIGEST)
    if digest is not None:
        kept[stream] = (position, digest)


def _note_received(row: Row, place: Place, received: Received) -> None:
    position, writer, *_ = row
    received[writer] = max(received.get(writer, ((0, 0), 0)), ((place.epoch, place.position), position))


def _bad_cursor(db: Db, received: Received) -> Bad | None:
    """A source that records were received of has been read as far as the furthest of them. Told, though it is harmless:
    what is read again is known again."""
    cursors = {source: (epoch, position) for source, epoch, position in db.all(_CURSORS)}
    if any(source.startswith(NO_LOG) for source in cursors):
        return None  # a broker's offset that is deleted reads from its beginning, and heads are compared again
    for writer, (furthest, position) in sorted(received.items()):
        read = cursors.get(writer)
        if read is not None and read >= furthest:
            continue
        said = "there is none" if read is None else f"it says position {read[1]} of epoch {read[0]}"
        return Bad(
            position,
            f"this service has records of {writer} up to its position {furthest[1]} of epoch {furthest[0]}, and its "
            f"cursor was deleted or changed: {said}. Start Bindeledd: what is read again has no effect twice",
        )
    return None


def _bad_kept(db: Db, kept: Kept, records: int) -> Bad | None:
    """What is kept beside the log, against what the log says of it."""
    found: list[Bad] = []
    missing = dict(kept)
    for stream, data in db.all(_KEPT):
        position, digest = missing.pop(stream, (records, b""))
        if not digest:
            found.append(Bad(position, f"raw bytes are kept for stream {stream}, and no record tells of them"))
        elif hashlib.sha256(exact(data)).digest() != digest:
            found.append(Bad(position, f"the raw bytes kept for stream {stream} were changed"))
    for stream, (position, _) in missing.items():
        found.append(Bad(position, f"the raw bytes kept for stream {stream} are missing"))
    return min(found, key=lambda bad: bad.position, default=None)


def _bad_head(db: Db, ends: Ends, records: int) -> Bad | None:
    """Takes out of `ends` what its head agrees with, page by page: both would be great."""
    wrong: set[str] = set()
    after = ""
    while page := db.all(_HEADS_AFTER, (after, PAGE_RECORDS)):
        wrong.update(stream for stream, *rest in page if ends.pop(stream, None) != tuple(rest))
        after = page[-1][0]
    wrong |= ends.keys()
    if not wrong:
        return None
    return Bad(records, f"{_SAID.format(min(wrong))}. Run `bindeledd rebuild`: it refuses if a record was changed")


def _bad_copy(service: str, stores: Mapping[str, Db]) -> Bad | None:
    """The last record that we have of each stream of others must stand in its writer's log; its chain vouches for the
    rest."""
    for writer, theirs in stores.items():
        copies = stores[service].all(_COPIES, (writer,)) if writer != service else []
        for position, stream, version, data in copies:
            found = theirs.one(_ONE, (stream, version))
            if found is None or found[0] != data:
                return Bad(position, f"stream {stream} v{version} is not what {writer} has in its own log")
    return None
