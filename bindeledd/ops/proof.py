"""Understands whether a topic's records are those that checkpoints were signed over, and which is the first that is
not; and how some of them are given to an outsider who shall see that for themself.

The log is hashed again from what is stored alone. The stored tree is not believed, but it remembers each record's hash:
so it tells which one was changed, where a checkpoint only tells between which two it was.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any, Final

from bindeledd.core.errors import InvalidMessage
from bindeledd.core.merkle import EMPTY, Growing, consistency, inclusion, leaf_hash, root
from bindeledd.ops.verify import Bad, damaged, exact
from bindeledd.seal.note import Checkpoint, Keys
from bindeledd.store import checkpoints, log, tiles
from bindeledd.store.db import Db
from bindeledd.store.tiles import Leaf

PAGE_POSITIONS = 5000
FORMAT: Final = "bindeledd-proof-2"
_RESTORE = "Restore the store from the backup; the checkpoints that others were given tell which one is right"
_REBUILD = "The log is right: run `bindeledd rebuild`, which lets it be made anew"


@dataclass(frozen=True, slots=True)
class Proven:
    """What was found of one topic's tree: how many records were hashed, and how many checkpoints there are of them."""

    service: str
    topic: str
    records: int
    checkpoints: int
    bad: Bad | None

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def line(self) -> str:
        found = f"BAD at position {self.bad.position}: {self.bad.why}" if self.bad else "holds"
        return f"{self.service}, {self.topic}: {self.records} records, {self.checkpoints} checkpoints: {found}"


@dataclass(frozen=True, slots=True)
class _Differs:
    """The first leaf that is not as the stored tree has it."""

    index: int
    bad: Bad


@dataclass(slots=True)
class _Hashed:
    """What the log gives: the roots that are asked for, with the position of the last record below each, and all whole
    tiles' nodes."""

    size: int = 0
    last: int = 0
    roots: dict[int, bytes] = field(default_factory=lambda: {0: EMPTY})
    ends: dict[int, int] = field(default_factory=lambda: {0: 0})
    nodes: list[Leaf] = field(default_factory=list)
    differs: _Differs | None = None


@dataclass(frozen=True, slots=True)
class _Unsound:
    """A checkpoint that cannot be believed, behind one that told of so many records."""

    behind: int
    why: str

    def bad(self, hashed: _Hashed) -> Bad:
        return Bad(hashed.ends.get(self.behind, hashed.last) + 1, f"{self.why}. {_RESTORE}")


def verify_tree(service: str, topic: str, db: Db, kept: Iterable[str], keys: Keys) -> Proven:
    """One topic's records against its checkpoints, the store's own and those that were `kept` elsewhere, and against
    the stored tree. Writes nothing, and may run beside a running installation. Raises DiskRefuses."""
    hashed, said, unsound = _Hashed(), dict[str, Checkpoint](), list[_Unsound]()
    try:
        own = checkpoints.last(db, topic)
        for note in [*kept, *([own] if own is not None else [])]:  # the store's own last: it is never older
            try:
                said[note] = opened_of(note, keys, service, topic)
            except InvalidMessage as error:
                unsound.append(_Unsound(max((each.size for each in said.values()), default=0), str(error)))
        stored = tiles.end(db, topic)[0] if db.has_table("tile") else 0
        _hash(db, service, topic, stored, sorted({each.size for each in said.values()}), hashed)
        of_log = _first_bad(hashed, stored, list(said.values())) or _bad_nodes(db, topic, stored, hashed)
        wrong = [*([of_log] if of_log is not None else []), *(each.bad(hashed) for each in unsound)]
        bad = min(wrong, key=lambda each: each.position) if wrong else _swapped(own, said, hashed)
    except db.faults as error:
        bad = damaged(hashed.size, error)
    return Proven(service, topic, hashed.size, len(said), bad)


def opened_of(note: str, keys: Keys, service: str, topic: str) -> Checkpoint:
    """Raises InvalidMessage for a note that none of our keys signed as it is, and for another log's."""
    said = keys.opened(note)
    if not said.origin.endswith(f"/{service}/{topic}"):
        raise InvalidMessage("a checkpoint is another log's", said.origin)
    return said


def _hash(db: Db, service: str, topic: str, stored: int, sizes: Sequence[int], hashed: _Hashed) -> None:
    """The whole log again, tile by tile, each beside what the stored tree has of it."""
    tree, leaves = Growing(), _leaves(db, service, topic)
    theirs = tiles.level_of(db, topic, 0) if stored else iter(())
    asked = iter(sizes)
    size = next(asked, None)
    while chunk := list(islice(leaves, tiles.WIDTH)):
        before, hashed.size, hashed.last = hashed.size, hashed.size + len(chunk), chunk[-1].position
        while size is not None and size <= hashed.size:
            hashed.roots[size] = tree.root([leaf.hash for leaf in chunk[: size - before]])
            hashed.ends[size] = chunk[size - before - 1].position if size else 0
            size = next(asked, None)
        _, data = next(theirs, (0, b""))
        if hashed.differs is None and data != b"".join(tiles.pack(leaf) for leaf in chunk):
            hashed.differs = _difference(before, chunk, tiles.unpack(data)[: stored - before])
        if len(chunk) == tiles.WIDTH:
            node = tiles.above(chunk)
            hashed.nodes.append(node)
            tree.add(node.hash)


def _leaves(db: Db, service: str, topic: str) -> Iterator[Leaf]:
    after = 0
    while (begins := log.first_after(db, after)) is not None:  # a position that was changed may be far away
        after = begins + PAGE_POSITIONS - 1
        for position, data in log.read_topic(db, service, topic, begins - 1, after):
            yield Leaf(position, leaf_hash(exact(data)))


def _difference(before: int, ours: Sequence[Leaf], theirs: Sequence[Leaf]) -> _Differs | None:
    """The first of a tile's leaves that the stored tree has otherwise; what it does not have yet is none."""
    for index, (our, their) in enumerate(zip(ours, theirs, strict=False), before):
        if our == their:
            continue
        if our.position > their.position:
            return _Differs(index, Bad(their.position, f"the record at position {their.position} was removed"))
        if our.position < their.position:
            return _Differs(index, Bad(our.position, f"the record at position {our.position} was put in"))
        moved = any(our.hash == leaf.hash for leaf in theirs)
        what = "stood elsewhere: records were moved" if moved else "was changed"
        return _Differs(index, Bad(our.position, f"the record at position {our.position} {what}"))
    return None


def _first_bad(hashed: _Hashed, stored: int, said: Sequence[Checkpoint]) -> Bad | None:
    failed = min((each.size for each in said if hashed.roots.get(each.size) != each.root), default=None)
    held = max((each.size for each in said if hashed.roots.get(each.size) == each.root), default=0)
    differs = hashed.differs
    if differs is not None and (failed is None or differs.index < failed):
        if differs.index < held:
            at = differs.bad.position
            return Bad(at, f"the stored tree is not what the log gives from position {at} on. {_REBUILD}")
        return Bad(differs.bad.position, f"{differs.bad.why}. {_RESTORE}")
    most = max(failed or 0, stored)
    if most > hashed.size:
        there = f"{hashed.size} records, the last at position {hashed.last}; there have been {most}"
        return Bad(hashed.last + 1, f"the end was cut off: there are {there}. {_RESTORE}")
    if failed is None:
        return None
    good = max((each.size for each in said if each.size < failed), default=0)
    first, last = hashed.ends[good] + 1, hashed.ends[failed]
    what = f"a record at the positions {first} to {last} was changed, removed, put in or moved"
    return Bad(first, f"{what}: the checkpoint of {failed} records does not hold. {_RESTORE}")


def _bad_nodes(db: Db, topic: str, stored: int, hashed: _Hashed) -> Bad | None:
    """The stored nodes above the leaves, against those that the log gives."""
    level, nodes = 1, hashed.nodes[: stored >> tiles.HEIGHT]
    while nodes:
        for at, (_, data) in enumerate(tiles.level_of(db, topic, level)):
            ours = nodes[at * tiles.WIDTH : (at + 1) * tiles.WIDTH]
            if tiles.unpack(data)[: len(ours)] != ours:
                why = f"the stored tree was changed above position {ours[0].position if ours else hashed.last}"
                return Bad(ours[0].position if ours else hashed.last, f"{why}. {_REBUILD}")
        whole = range(0, len(nodes) - tiles.WIDTH + 1, tiles.WIDTH)
        nodes = [tiles.above(nodes[begin : begin + tiles.WIDTH]) for begin in whole]
        level += 1
    return None


def _swapped(own: str | None, said: dict[str, Checkpoint], hashed: _Hashed) -> Bad | None:
    """The store's last checkpoint is never older than one that was made with it."""
    newest = max((each.size for each in said.values()), default=0)
    has = said[own].size if own is not None else 0
    if has >= newest:
        return None
    why = f"the store's last checkpoint tells of {has} records, and one that was kept elsewhere of {newest}"
    return Bad(hashed.ends[newest], f"{why}: it was swapped or removed. {_RESTORE}")


# -- for an outsider -----------------------------------------------------------------------------------------------


def bundle(
    service: str, topic: str, db: Db, positions: Sequence[int], before: str | None, keys: Keys
) -> dict[str, Any]:
    """What an outsider needs who has the public key and nothing else: the last checkpoint, the records at `positions`
    (none named: all), each with what proves that it is in the tree, and what proves that the tree goes on from the
    one that an older checkpoint tells of; and the checkpoints with which the log was handed over to another key.

    Sealed content stays sealed: the tree is over the sealed bytes, so it holds also where the key was destroyed.
    Raises InvalidMessage when there is no checkpoint yet, for a position that it does not reach, and for an older
    checkpoint that is not of this log.
    """
    note = checkpoints.last(db, topic)
    if note is None:
        fix = "One is signed within a minute while Bindeledd runs, and when it stops"
        raise InvalidMessage("there is no checkpoint yet", f"{service}, {topic}", fix)
    said, nodes = opened_of(note, keys, service, topic), tiles.Nodes(db, topic)
    records = _some(db, service, topic, positions, said.size, nodes) if positions else _all(db, service, topic, said)
    made = {"format": FORMAT, "keys": [*keys.handovers], "checkpoint": note, "records": records}
    if before is None:
        return made
    older = opened_of(before, keys, service, topic)
    if older.size > said.size or root(nodes, older.size) != older.root:
        raise InvalidMessage("the log does not go on from that checkpoint", said.origin, "See `bindeledd verify`")
    path = [_text(each) for each in consistency(nodes, older.size, said.size)]
    return {**made, "goes_on_from": {"checkpoint": before, "path": path}}


def _some(
    db: Db, service: str, topic: str, positions: Sequence[int], size: int, nodes: tiles.Nodes
) -> list[dict[str, Any]]:
    made = []
    for position in positions:
        index = tiles.index_of(db, topic, position)
        if index >= size:
            raise InvalidMessage("no checkpoint reaches so far yet", f"{topic}, position {position}")
        ((_, data),) = log.read_topic(db, service, topic, position - 1, position)
        path = [_text(each) for each in inclusion(nodes, index, size)]
        made.append({"index": index, "record": _text(data), "path": path})
    return made


def _all(db: Db, service: str, topic: str, said: Checkpoint) -> list[dict[str, Any]]:
    """Without paths: whoever has every record makes the root from them."""
    rows = log.read_topic(db, service, topic, 0, log.last_position(db))[: said.size]
    return [{"index": index, "record": _text(data)} for index, (_, data) in enumerate(rows)]


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
