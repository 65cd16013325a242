"""Understands the archive: a topic's records in sealed files that need nothing of ours to be read, and what shows that
they are those which a checkpoint was signed over.

A segment is a Parquet file that never changes again. The manifest names each with its hash and how the tree (RFC 6962)
stood at its end; so one segment can be checked by itself, all of them against the signed checkpoint, and what is left
also when the oldest have been removed because their time was up. Sealed content stays sealed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from bindeledd.core.errors import InvalidMessage
from bindeledd.core.merkle import Growing, leaf_hash, peaks
from bindeledd.ops.proof import opened_of
from bindeledd.ops.replay import Found
from bindeledd.schema.codec import Codec
from bindeledd.seal.note import Checkpoint, Keys
from bindeledd.store import checkpoints, log, tiles
from bindeledd.store.db import Db

if TYPE_CHECKING:
    import polars as pl

SEGMENT_RECORDS: Final = 100_000
PAGE_POSITIONS: Final = 5_000
FORMAT: Final = "bindeledd-archive-1"
MANIFEST: Final = "manifest.json"
_MEND: Final = "Take it from another copy of the archive, or archive again into an empty folder"
Step = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Segment:
    """One file: the leaves `first` to `last` of the tree (from 1), and the tree's peaks behind the last, as hex."""

    file: str
    first: int
    last: int
    last_position: int
    until: str
    """When its last record was written."""
    sha256: str
    peaks: tuple[str, ...]

    def tree(self) -> Growing:
        """The tree as it stood at the segment's end."""
        return Growing(self.last, [bytes.fromhex(peak) for peak in self.peaks])


@dataclass(frozen=True, slots=True)
class Archive:
    """The archive of one topic in a folder of its own."""

    folder: Path
    checkpoint: str = ""
    segments: tuple[Segment, ...] = ()

    @property
    def size(self) -> int:
        return self.segments[-1].last if self.segments else 0

    def path(self, segment: Segment) -> Path:
        return self.folder / segment.file


class _Columns(NamedTuple):
    """A record as a row: its bytes, and beside them what is asked for without reading them."""

    position: int
    stream: str
    version: int
    type: str
    registrert: datetime
    data: bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of an archive. `bad` is empty when all of it holds."""

    folder: str
    records: int
    gone: int
    """Records whose segments are there no more."""
    bad: str

    def line(self) -> str:
        gone = f", {self.gone} no longer kept" if self.gone else ""
        return f"{self.folder}: {self.records} records{gone}: {f'BAD: {self.bad}' if self.bad else 'holds'}"


def archived(folder: Path) -> Archive:
    """What a folder holds; an archive without segments where there is none. Raises InvalidMessage for a manifest that
    cannot be read."""
    file = folder / MANIFEST
    if not file.exists():
        return Archive(folder)
    try:
        said = json.loads(file.read_text("utf-8"))
        segments = tuple(Segment(**each | {"peaks": tuple(each["peaks"])}) for each in said["segments"])
        if said["format"] == FORMAT:
            return Archive(folder, said["checkpoint"], segments)
    except (ValueError, KeyError, TypeError):
        pass
    raise InvalidMessage("no manifest of an archive", str(file), _MEND)


def write(service: str, topic: str, db: Db, folder: Path, codec: Codec, keys: Keys, step: Step) -> int:
    """Archive what the log has gained, up to its last checkpoint. Returns how many records. After a kill the archive is
    what it was, and the next time begins where it ends.

    Raises InvalidMessage when there is no checkpoint, or the log does not go on from what is archived.
    """
    there, note = archived(folder), checkpoints.last(db, topic)
    if note is None:
        fix = "One is signed within a minute while Bindeledd runs, and when it stops"
        raise InvalidMessage("there is no checkpoint yet", f"{service}, {topic}", fix)
    nodes, said = tiles.Nodes(db, topic), opened_of(note, keys, service, topic)
    if there.segments and (
        there.size > said.size or [*there.segments[-1].peaks] != [p.hex() for p in peaks(nodes, there.size)]
    ):
        raise InvalidMessage("the log does not go on from what is archived", str(folder), "See `bindeledd verify`")
    folder.mkdir(parents=True, exist_ok=True)
    _clear(there)
    done, rows = there.size, _rows(service, topic, db, there)
    while there.size < said.size:
        taken = [*islice(rows, min(SEGMENT_RECORDS, said.size - there.size))]
        if not taken:
            raise InvalidMessage("the log has lost its end", f"{service}, {topic}", "See `bindeledd verify`")
        there = _with(there, taken, codec, [p.hex() for p in peaks(nodes, there.size + len(taken))])
        step(there.size - done)
    _save(Archive(folder, note, there.segments))
    return there.size - done


def check(folder: Path, codec: Codec, keys: Keys, step: Step) -> Checked:
    """Whether all segments are as they were sealed, and are what the checkpoint was signed over, which must be of the
    service and the topic that the folder is named by. Writes nothing."""
    seen = gone = 0
    tree, bad = Growing(), ""
    try:
        there = archived(folder)
        kept = _kept(there)
        for segment in there.segments[: len(there.segments) - len(kept)]:
            gone, tree = segment.last, segment.tree()
        for segment in kept:
            _hash(there, segment, tree, codec)
            seen += segment.last - segment.first + 1
            step(seen)
        _hold(tree, opened_of(there.checkpoint, keys, folder.parent.name, folder.name))
    except InvalidMessage as error:
        bad = str(error)
    return Checked(str(folder), seen, gone, bad)


def expire(folder: Path, before: datetime) -> int:
    """Remove the oldest segments, those written before a moment. What is left can be checked as before. Returns how
    many records."""
    there, removed = archived(folder), 0
    for segment in there.segments[:-1]:  # the last one shows where the archive goes on
        if datetime.fromisoformat(segment.until) >= before:
            break
        if there.path(segment).exists():
            there.path(segment).unlink()
            removed += segment.last - segment.first + 1
    return removed


def in_archive(folder: Path, topic: str) -> Iterator[Found]:
    """The records of an archive, in the order of its log. Raises InvalidMessage for a segment that was changed."""
    for frame in frames(folder, ["data"]):
        for data in frame["data"]:
            yield Found(topic, None, None, data)


def frames(folder: Path, columns: list[str] | None = None) -> Iterator[pl.DataFrame]:
    """The segments that are there, each checked against its hash, with these columns (None: all). Raises InvalidMessage
    for one that was changed."""
    there = archived(folder)
    if not there.segments:
        raise InvalidMessage("there is no archive", str(folder), "Make one with `bindeledd archive write`")
    for segment in _kept(there):
        yield _frame(there, segment, columns)


def _kept(there: Archive) -> tuple[Segment, ...]:
    """The segments that must be there: the oldest may have been removed, and of those the last never is."""
    gone = 0
    while gone < len(there.segments) - 1 and not there.path(there.segments[gone]).exists():
        gone += 1
    return there.segments[gone:]


def _rows(service: str, topic: str, db: Db, there: Archive) -> Iterator[tuple[int, bytes]]:
    after, last = there.segments[-1].last_position if there.segments else 0, log.last_position(db)
    while after < last:
        upto = min(after + PAGE_POSITIONS, last)
        yield from log.read_topic(db, service, topic, after, upto)
        after = upto


def _clear(there: Archive) -> None:
    """Remove what a kill may have left beside the segments. Raises InvalidMessage where segments lie without a
    manifest: they may be all that there is."""
    named = {segment.file for segment in there.segments}
    beside = [file for file in there.folder.glob("*.parquet") if file.name not in named]
    if beside and not named:
        fix = "Put the manifest back, or archive into an empty folder"
        raise InvalidMessage("there are segments, and no manifest", str(there.folder), fix)
    for file in (*beside, *there.folder.glob("*.new")):
        file.unlink()


def _with(there: Archive, rows: Sequence[tuple[int, bytes]], codec: Codec, peaks_after: Sequence[str]) -> Archive:
    """The archive with one segment more, which lies on the disk."""
    import polars as pl

    first, last = there.size + 1, there.size + len(rows)
    columns = [_columns(position, data, codec) for position, data in rows]
    named = {name: [row[at] for row in columns] for at, name in enumerate(_Columns._fields)}
    file = there.folder / f"{first:012}-{last:012}.parquet"
    new = file.with_suffix(".new")
    pl.DataFrame(named).write_parquet(new)
    digest = _sealed(new)
    new.rename(file)
    position, until = rows[-1][0], columns[-1].registrert.isoformat()
    segment = Segment(file.name, first, last, position, until, digest, tuple(peaks_after))
    return Archive(there.folder, there.checkpoint, (*there.segments, segment))


def _columns(position: int, data: bytes, codec: Codec) -> _Columns:
    envelope = codec.peek(data)
    return _Columns(position, envelope.stream, envelope.version, envelope.type, envelope.registrert, data)


def _sealed(file: Path) -> str:
    """Written through to the disk, and to be read only from now on. Its SHA-256."""
    with file.open("rb") as open_file:
        os.fsync(open_file.fileno())
        digest = hashlib.file_digest(open_file, "sha256").hexdigest()
    file.chmod(0o440)
    return digest


def _save(there: Archive) -> None:
    made = {"format": FORMAT, "checkpoint": there.checkpoint, "segments": [asdict(each) for each in there.segments]}
    new = there.folder / f"{MANIFEST}.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump(made, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.rename(there.folder / MANIFEST)


def _frame(there: Archive, segment: Segment, columns: list[str] | None = None) -> pl.DataFrame:
    import polars as pl

    if not there.path(segment).exists():
        raise InvalidMessage("a segment is missing", segment.file, _MEND)
    with there.path(segment).open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != segment.sha256:
            raise InvalidMessage("a segment was changed", segment.file, _MEND)
        file.seek(0)
        return pl.read_parquet(file, columns=columns)


def _hash(there: Archive, segment: Segment, tree: Growing, codec: Codec) -> None:
    """Let the tree grow by a segment's records. Raises InvalidMessage when they are not what the manifest says."""
    first, frame = tree.size + 1, _frame(there, segment)
    if tuple(frame.columns) != _Columns._fields:
        raise InvalidMessage("it has other columns than it was written with", segment.file, _MEND)
    position, last = 0, None
    for row in frame.iter_rows():
        position, last, data = row[0], row[4], row[5]
        if row != _columns(position, data, codec):
            raise InvalidMessage(f"position {position} says something else than its record", segment.file, _MEND)
        tree.add(leaf_hash(data))
    said = segment.first, segment.last, segment.last_position, segment.until, segment.peaks
    peaks_now = tuple(peak.hex() for peak in tree.peaks)
    if last is None or said != (first, tree.size, position, last.isoformat(), peaks_now):
        raise InvalidMessage("its records are not those that were archived", segment.file, _MEND)


def _hold(tree: Growing, said: Checkpoint) -> None:
    if (tree.size, tree.root()) != (said.size, said.root):
        raise InvalidMessage("the records are not those that the checkpoint was signed over", said.origin, _MEND)
