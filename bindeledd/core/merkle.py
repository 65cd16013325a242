"""Understands the hash tree of RFC 6962: its roots, and the shortest proofs that something is in it, or that it grew.

A tree is known by its nodes: `node(height, index)` is the hash over the 1 << height leaves from `index << height` on,
all of them there. That is so for a tree in memory as for one of which only some tiles are read. Who checks a proof
needs nothing of this: `tools/check_proof.py` is written by the RFC alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

Node = Callable[[int, int], bytes]

EMPTY = hashlib.sha256().digest()
"""The root of a tree without leaves (RFC 6962 §2.1)."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def inner_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over nodes of one height, all but the last of which must have all their leaves (RFC 6962 §2.1)."""
    if not hashes:
        return EMPTY
    sha256, level = hashlib.sha256, hashes
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = [*above, level[-1]] if len(level) % 2 else above
    return level[0]


def root(node: Node, size: int) -> bytes:
    """The root of the tree as it was with so many leaves."""
    return _over(node, 0, size) if size else EMPTY


def inclusion(node: Node, index: int, size: int) -> list[bytes]:
    """What proves that a leaf is in the tree of that size (RFC 6962 §2.1.1), the leaf's neighbour first."""
    assert 0 <= index < size
    path, begin, end = [], 0, size
    while end - begin > 1:
        split = _split(begin, end)
        if index < split:
            path.append(_over(node, split, end))
            end = split
        else:
            path.append(_over(node, begin, split))
            begin = split
    return path[::-1]


def consistency(node: Node, before: int, size: int) -> list[bytes]:
    """What proves that the tree of that size begins with all of the one before (RFC 6962 §2.1.2)."""
    assert 0 <= before <= size
    if before in {0, size}:
        return []
    path, begin, end = [], 0, size
    while before != end:
        split = _split(begin, end)
        if before <= split:
            path.append(_over(node, split, end))
            end = split
        else:
            path.append(_over(node, begin, split))
            begin = split
    if begin:  # else this is the earlier tree's own root, which whoever checks has
        path.append(_over(node, begin, end))
    return path[::-1]


def peaks(node: Node, size: int) -> list[bytes]:
    """The tops of the whole trees of which one of that size is made, the greatest first: all that it needs to grow."""
    return [*_nodes(node, 0, size)]


def _split(begin: int, end: int) -> int:
    """Where the left part ends: it has the greatest power of two that is less than all."""
    return begin + (1 << ((end - begin - 1).bit_length() - 1))


def _over(node: Node, begin: int, end: int) -> bytes:
    """The hash over a part whose beginning is the beginning of a node of its height."""
    *whole, last = _nodes(node, begin, end)
    for each in reversed(whole):
        last = inner_hash(each, last)
    return last


def _nodes(node: Node, begin: int, end: int) -> Iterator[bytes]:
    while begin < end:
        height = (end - begin).bit_length() - 1
        yield node(height, begin >> height)
        begin += 1 << height


class Growing:
    """A tree that grows, of nodes of one height: only its peaks are kept."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        self.size = size
        self.peaks = [*peaks]

    def add(self, digest: bytes) -> None:
        self.size += 1
        count = self.size
        while count % 2 == 0:
            digest = inner_hash(self.peaks.pop(), digest)
            count //= 2
        self.peaks.append(digest)

    def root(self, rest: Sequence[bytes] = ()) -> bytes:
        """The root with the hashes of leaves behind it that are too few for another node."""
        peaks = [*self.peaks, root_of(rest)] if rest else self.peaks
        if not peaks:
            return EMPTY
        *before, last = peaks
        for peak in reversed(before):
            last = inner_hash(peak, last)
        return last
