"""What every rung's trees promise: however they grow, each leaf is found, and each root and proof is RFC 6962's."""

from __future__ import annotations

import random

import pytest

from bindeledd.core.errors import InvalidMessage
from bindeledd.core.merkle import inclusion, leaf_hash, root, root_of
from bindeledd.store import tiles
from bindeledd.store.db import Db
from bindeledd.store.tiles import Leaf, Nodes
from tests.contract.conftest import Connect

TOPIC = "web.noe"


def leaves(count: int) -> list[Leaf]:
    """Each some positions after the one before."""
    chance, position, made = random.Random(1), 0, []
    for number in range(count):
        position += chance.randint(1, 3)
        made.append(Leaf(position, leaf_hash(number.to_bytes(4, "big"))))
    return made


@pytest.fixture
def tree(db: Db) -> Db:
    db.create(tiles.TABLES)
    return db


def grow(db: Db, new: list[Leaf], topic: str = TOPIC) -> None:
    db.begin()
    tiles.grow(db, topic, new)
    db.commit()


@pytest.mark.parametrize("step", [1, 100, 256, 70_000])
def test_it_is_the_same_tree_however_many_leaves_come_at_a_time(tree: Db, step: int) -> None:
    made = leaves(600 if step == 1 else 2000 if step < 256 else 66_000)
    for at in range(0, len(made), step):
        grow(tree, made[at : at + step])
    hashes = [leaf.hash for leaf in made]
    assert tiles.end(tree, TOPIC) == (len(made), made[-1].position)
    for size in {1, 2, 255, 256, 257, 511, 600, len(made) - 1, len(made)}:
        assert root(Nodes(tree, TOPIC), size) == root_of(hashes[:size])
    for index in {0, 1, 255, 256, 300, len(made) - 1}:
        assert tiles.index_of(tree, TOPIC, made[index].position) == index


def test_every_leaf_is_found_by_its_position_and_nothing_between(tree: Db) -> None:
    made = leaves(800)
    grow(tree, made)
    places = {leaf.position: index for index, leaf in enumerate(made)}
    for position in range(made[-1].position + 2):
        if position in places:
            assert tiles.index_of(tree, TOPIC, position) == places[position]
        else:
            with pytest.raises(InvalidMessage, match="no record there"):
                tiles.index_of(tree, TOPIC, position)


def test_leaves_that_are_there_are_not_added_again(connect: Connect) -> None:
    made, first, second = leaves(300), connect(), connect()
    first.create(tiles.TABLES)
    grow(first, made[:200])
    grow(second, made[:300])
    grow(first, made[100:300])
    assert tiles.end(first, TOPIC)[0] == 300
    assert root(Nodes(first, TOPIC), 300) == root_of([leaf.hash for leaf in made])


def test_trees_of_two_topics_are_apart_and_what_is_not_there_is_not_proved(tree: Db) -> None:
    grow(tree, leaves(10))
    grow(tree, leaves(20), "web.annet")
    assert tiles.end(tree, TOPIC)[0] == 10
    with pytest.raises(InvalidMessage, match="does not reach so far"):
        inclusion(Nodes(tree, TOPIC), 3, 20)


def test_an_undone_transaction_leaves_the_tree_as_it_was(tree: Db) -> None:
    made = leaves(300)
    grow(tree, made[:250])
    tree.begin()
    tiles.grow(tree, TOPIC, made)
    tree.rollback()
    assert tiles.end(tree, TOPIC)[0] == 250
