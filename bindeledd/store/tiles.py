"""A tree's nodes, in tiles: what a proof reads of a log of any length is a few rows.

Of each 8th height all nodes are kept that have all their leaves, 256 to a row, and the rest is made from them. With
each stands the position at which it begins, so that a record's place in the tree is found by its position. All of it is
folded from the log, by a follower that is behind the commits; nobody need believe it, for the log can be hashed again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bindeledd.core.errors import InvalidMessage
from bindeledd.core.merkle import root_of
from bindeledd.store.db import Db

HEIGHT = 8
WIDTH = 1 << HEIGHT
POSITION_BYTES, HASH_BYTES = 8, 32
ENTRY_BYTES = POSITION_BYTES + HASH_BYTES
TABLES = """
CREATE TABLE IF NOT EXISTS tile (
  topic TEXT NOT NULL, level BIGINT NOT NULL, number BIGINT NOT NULL, data {blob} NOT NULL,
  PRIMARY KEY (topic, level, number)
) {clustered}
"""
_PUT = "ON CONFLICT (topic, level, number) DO UPDATE SET data = excluded.data"
_ONE = "SELECT data FROM tile WHERE topic = ? AND level = ? AND number = ?"
_LAST = "SELECT number, data FROM tile WHERE topic = ? AND level = ? ORDER BY number DESC LIMIT 1"
_PAGE = "SELECT number, data FROM tile WHERE topic = ? AND level = ? AND number > ? ORDER BY number LIMIT ?"
PAGE_TILES = 64


class Leaf(NamedTuple):
    """A leaf, or a node above: the log position where it begins, and its hash."""

    position: int
    hash: bytes


def grow(db: Db, topic: str, leaves: Sequence[Leaf]) -> None:
    """Add leaves to a tree, in an open transaction. Those that are in it already are left out: several processes may
    follow one log, and each is told under the writer lock where the tree ends."""
    _, last = end(db, topic)
    added = [leaf for leaf in leaves if leaf.position > last]
    level = 0
    while added:
        added = list(_grow_level(db, topic, level, added))
        level += 1


def _grow_level(db: Db, topic: str, level: int, added: Sequence[Leaf]) -> Iterator[Leaf]:
    """Write a level's new nodes, and give back those that have come to be above it."""
    number, data = _last(db, topic, level)
    if len(data) == WIDTH * ENTRY_BYTES:
        number, data = number + 1, b""
    data += b"".join(pack(each) for each in added)
    size = WIDTH * ENTRY_BYTES
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    db.insert("tile", [(topic, level, number + n, chunk) for n, chunk in enumerate(chunks)], _PUT)
    for chunk in chunks:
        if len(chunk) == size:
            yield above(unpack(chunk))


def above(tile: Sequence[Leaf]) -> Leaf:
    """The node over a whole tile."""
    return Leaf(tile[0].position, root_of([each.hash for each in tile]))


def end(db: Db, topic: str) -> tuple[int, int]:
    """How many leaves the tree has, and the position of the last (0: there is none)."""
    number, data = _last(db, topic, 0)
    if not data:
        return 0, 0
    return number * WIDTH + len(data) // ENTRY_BYTES, unpack(data)[-1].position


def index_of(db: Db, topic: str, position: int) -> int:
    """Which leaf the record at a position is. Raises InvalidMessage when the tree has none there."""
    size, _ = end(db, topic)
    level = 0
    while size >> HEIGHT * (level + 1):
        level += 1
    number = 0
    while True:
        tile = _tile(db, topic, level, number)
        at = bisect_right(tile, position, key=lambda leaf: leaf.position) - 1
        if level == 0:
            if at < 0 or tile[at].position != position:
                raise InvalidMessage("the tree has no record there", f"{topic}, position {position}")
            return number * WIDTH + at
        # What is behind the last whole node of this level is in the tile after those that it covers.
        begins = number * WIDTH + max(at, 0)
        number, level = _under(db, topic, level, begins, position)


def _under(db: Db, topic: str, level: int, node: int, position: int) -> tuple[int, int]:
    following = _tile(db, topic, level - 1, node + 1)
    if following and following[0].position <= position:
        return node + 1, level - 1
    return node, level - 1


class Nodes:
    """The nodes of a stored tree, each tile read once."""

    def __init__(self, db: Db, topic: str) -> None:
        self._db, self._topic = db, topic
        self._read: dict[tuple[int, int], list[Leaf]] = {}

    def __call__(self, height: int, index: int) -> bytes:
        """Raises InvalidMessage for a node that the stored tree does not have."""
        level, within = divmod(height, HEIGHT)
        first, count = index << within, 1 << within
        at = first % WIDTH
        tile = self._tile(level, first >> HEIGHT)
        if len(tile) < at + count:
            fix = "It follows the log while Bindeledd runs; if it stays so, see `bindeledd verify`"
            raise InvalidMessage("the tree does not reach so far", self._topic, fix)
        return root_of([each.hash for each in tile[at : at + count]])

    def _tile(self, level: int, number: int) -> list[Leaf]:
        if (level, number) not in self._read:
            self._read[level, number] = _tile(self._db, self._topic, level, number)
        return self._read[level, number]


def level_of(db: Db, topic: str, level: int) -> Iterator[tuple[int, bytes]]:
    """All tiles of a level as they lie there: number and bytes."""
    after = -1
    while page := db.all(_PAGE, (topic, level, after, PAGE_TILES)):
        yield from page
        after = page[-1][0]


def hashes(db: Db, topic: str, level: int, number: int) -> list[bytes]:
    """The hashes of a tile, as many as there are."""
    return [each.hash for each in _tile(db, topic, level, number)]


def pack(leaf: Leaf) -> bytes:
    return leaf.position.to_bytes(POSITION_BYTES, "big") + leaf.hash


def unpack(data: bytes) -> list[Leaf]:
    """The nodes of a tile; what is too short for one is none."""
    return [
        Leaf(int.from_bytes(data[at : at + POSITION_BYTES], "big"), data[at + POSITION_BYTES : at + ENTRY_BYTES])
        for at in range(0, len(data) - ENTRY_BYTES + 1, ENTRY_BYTES)
    ]


def _last(db: Db, topic: str, level: int) -> tuple[int, bytes]:
    row = db.one(_LAST, (topic, level))
    return (row[0], row[1]) if row else (0, b"")


def _tile(db: Db, topic: str, level: int, number: int) -> list[Leaf]:
    row = db.one(_ONE, (topic, level, number))
    return unpack(row[0]) if row else []
