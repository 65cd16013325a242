"""RFC 6962's tree: against the known vectors, against the RFC's own recursion, and against whoever checks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bindeledd.core.merkle import EMPTY, Growing, Node, consistency, inclusion, inner_hash, leaf_hash, root, root_of
from tests.unit.proof.vektorer import BLADER, MED, RØTTER, VIDERE
from tools.check_proof import check_consistency, root_from_all, root_from_path


def naivt(blader: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not blader:
        return EMPTY
    if len(blader) == 1:
        return leaf_hash(blader[0])
    k = 1
    while k * 2 < len(blader):
        k *= 2
    return inner_hash(naivt(blader[:k]), naivt(blader[k:]))


def noder(blader: list[bytes]) -> Node:
    hasher = [leaf_hash(blad) for blad in blader]
    return lambda høyde, nummer: root_of(hasher[nummer << høyde : (nummer + 1) << høyde])


def test_the_known_roots_are_had() -> None:
    for size, sagt in enumerate(RØTTER):
        blader = list(BLADER[:size])
        assert naivt(blader).hex() == sagt
        assert root(noder(blader), size).hex() == sagt
        assert root_of([leaf_hash(blad) for blad in blader]).hex() == sagt


def test_the_known_proofs_are_had() -> None:
    node = noder(list(BLADER))
    for (index, size), sti in MED.items():
        assert [each.hex() for each in inclusion(node, index, size)] == list(sti)
    for (before, size), sti in VIDERE.items():
        assert [each.hex() for each in consistency(node, before, size)] == list(sti)


def test_every_small_tree_is_proved_to_whoever_checks() -> None:
    blader = [bytes([n]) for n in range(70)]
    hasher, node = [leaf_hash(blad) for blad in blader], noder(blader)
    for size in range(1, len(blader)):
        rot = naivt(blader[:size])
        assert root(node, size) == root_of(hasher[:size]) == root_from_all(hasher[:size]) == rot
        for index in range(size):
            assert root_from_path(hasher[index], index, size, inclusion(node, index, size)) == rot
        for before in range(1, size + 1):
            check_consistency(before, size, naivt(blader[:before]), rot, consistency(node, before, size))


@given(st.lists(st.binary(max_size=3), max_size=300), st.integers(1, 9))
def test_a_tree_that_grows_has_the_root_that_the_rfc_gives(blader: list[bytes], rest: int) -> None:
    tree, whole = Growing(), len(blader) // 8 * 8
    hasher = [leaf_hash(blad) for blad in blader]
    for begin in range(0, whole, 8):
        tree.add(root_of(hasher[begin : begin + 8]))
    assert tree.root(hasher[whole:]) == naivt(blader)
    assert root_of(hasher[:rest]) == naivt(blader[:rest])
