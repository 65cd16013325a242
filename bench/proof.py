"""Understands what proof costs: appending with a tree that follows, verifying, and proofs of a log of ten million."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import polars as pl

from bench import bulk, plan
from bench.command import COMMANDS, in_mixed_order, in_turn
from bench.figures import Figure, Measured, Workload, rate
from bindeledd.core.merkle import consistency, inclusion, leaf_hash, root
from bindeledd.ops import archive
from bindeledd.ops.proof import verify_tree
from bindeledd.runtime.embedded import Embedded
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.tree import Tree
from bindeledd.seal.note import Keys, Signer
from bindeledd.store import log, tiles
from bindeledd.store.sqlite import SqliteDb
from bindeledd.store.tiles import Leaf

EVENTS = 200_000
LEAVES = 10_000_000
PAGE = 200_000
PLANS = 200
PROOFS = 300
SIGNS = Signer(bytes(32))


def run(folder: Path) -> Measured:
    """One repetition."""
    return {
        **{name: _appending(folder / name, follow=name == "followed") for name in ("alone", "followed")},
        **_verifying(folder / "log"),
        **_proving(folder / "tree.db"),
    }


def _appending(place: Path, *, follow: bool) -> float:
    """Commands a second of one caller, while the tails' thread follows them, or has nothing to do."""
    place.mkdir()
    with plan.surroundings(place) as around, plan.opened(place, plan.service(), around) as engine:
        embedded, streams = Embedded([engine]), plan.streams(PLANS)
        if follow:
            embedded.workers[0].beside.append(Tree(engine, plan.TOPIC, "bindeledd/4601", place, SIGNS))
        embedded.start()
        return rate(COMMANDS, lambda: _carried_out(engine, embedded, streams))


def _carried_out(engine: Engine, embedded: Embedded, streams: list[str]) -> None:
    in_turn(in_mixed_order(streams), lambda each: _revise(engine, each))
    embedded.stop()  # with a tree: takes in the rest, and signs


def _revise(engine: Engine, stream: str) -> None:
    plan.revise(engine, stream, plan.CONTENT)


def _verifying(place: Path) -> Measured:
    place.mkdir()
    bulk.fill(place, EVENTS)
    with plan.surroundings(place) as around, plan.opened(place, plan.service(), around) as engine:
        tree = Tree(engine, plan.TOPIC, "bindeledd/4601", place, SIGNS)
        growing = rate(EVENTS, tree.stop)
    with closing(SqliteDb(place / "kriseplan.db")) as db:
        return {
            "growing": growing,
            "verify": rate(EVENTS, lambda: _verified(db)),
            "read": rate(EVENTS, lambda: _read(db)),
            **_archiving(place / "archive", db),
        }


def _archiving(folder: Path, db: SqliteDb) -> Measured:
    """What an auditor asks of an archive: how many of each kind there are in each month, of segments that are whole."""
    return {
        "archived": rate(EVENTS, lambda: _archived(folder, db)),
        "scan": rate(EVENTS, lambda: _scanned(folder)),
    }


def _archived(folder: Path, db: SqliteDb) -> None:
    done = archive.write("kriseplan", plan.TOPIC, db, folder, plan.codec(), Keys([SIGNS.public]), lambda _: None)
    assert done == EVENTS


def _scanned(folder: Path) -> None:
    by_month = [pl.col("type"), pl.col("registrert").dt.truncate("1mo")]
    found = [frame.group_by(by_month).len() for frame in archive.frames(folder, ["type", "registrert"])]
    assert pl.concat(found)["len"].sum() == EVENTS


def _verified(db: SqliteDb) -> None:
    found = verify_tree("kriseplan", plan.TOPIC, db, (), Keys([SIGNS.public]))
    assert (found.records, found.checkpoints, found.bad) == (EVENTS, 1, None)


def _read(db: SqliteDb) -> None:
    """Only reading and hashing: what any verification must do."""
    for after in range(0, EVENTS, 5000):
        for _, data in log.read_topic(db, "kriseplan", plan.TOPIC, after, after + 5000):
            leaf_hash(data)


def _proving(file: Path) -> Measured:
    """The tree alone, filled in bulk: a proof reads nothing else."""
    with closing(SqliteDb(file)) as db:
        db.create(tiles.TABLES)
        for first in range(0, LEAVES, PAGE):
            db.begin()
            tiles.grow(db, plan.TOPIC, list(_leaves(first)))
            db.commit()
        chance = random.Random(1)
        places = [chance.randrange(1, LEAVES) for _ in range(PROOFS)]

        def nodes() -> tiles.Nodes:
            return tiles.Nodes(db, plan.TOPIC)

        return {
            "inclusion": _milliseconds(lambda at: inclusion(nodes(), _found(db, at), LEAVES), places),
            "consistency": _milliseconds(lambda at: consistency(nodes(), at, LEAVES), places),
            "root": _milliseconds(lambda at: root(nodes(), at), places),
            "size": file.stat().st_size / LEAVES,
        }  # fmt: skip


def _found(db: SqliteDb, index: int) -> int:
    found = tiles.index_of(db, plan.TOPIC, index + 1)
    assert found == index
    return found


def _leaves(first: int) -> Iterator[Leaf]:
    for index in range(first, first + PAGE):
        yield Leaf(index + 1, hashlib.sha256(index.to_bytes(8, "big")).digest())


def _milliseconds(prove: Callable[[int], object], places: list[int]) -> float:
    started = time.perf_counter()
    for place in places:
        prove(place)
    return (time.perf_counter() - started) / len(places) * 1000


WORKLOAD = Workload(
    "Proof to outsiders",
    f"{COMMANDS} commands of one caller with a sealed field, then all of them in the tree and signed; beside without. "
    f"A log of {EVENTS:,} sealed events, filled in bulk: followed from its beginning, and verified against tree and "
    "checkpoint, beside only reading and hashing it; then archived, and counted there by kind and month. A tree of "
    f"{LEAVES:,} leaves, of which {PROOFS} proofs are made, "
    "each from tiles that are read anew. On SQLite.",
    (
        Figure("followed", "commands with a tree: beside without", beside="alone", at_least=0.9),
        Figure("growing", "a log is followed from its beginning", "/s"),
        Figure("verify", "verified: beside reading and hashing", "/s", beside="read", at_least=200_000, of_ratio=False),
        Figure("archived", "archived, up to the checkpoint", "/s"),
        Figure("scan", "counted in the archive, each segment checked", "/s", at_least=1_000_000, of_ratio=False),
        Figure("inclusion", "a record is found and proved, of ten million", "ms", at_most=5, of_ratio=False),
        Figure("consistency", "that the log goes on is proved, of ten million", "ms", at_most=5, of_ratio=False),
        Figure("root", "the root as of any size", "ms", at_most=5, of_ratio=False),
        Figure("size", "the stored tree, for each record", "bytes", of_ratio=False),
    ),
    run,
    repetitions=3,
)
