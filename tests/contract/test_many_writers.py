"""What every rung promises when many processes write in one store: no hole, no deadlock, nothing that a tail skips."""

from __future__ import annotations

import multiprocessing
import os
import random
from pathlib import Path

from bindeledd.core.envelope import record_hash
from bindeledd.store import log
from bindeledd.store.db import Db
from tests.contract.conftest import Connect, Rung

WRITERS = 6
COMMITS = 40
STREAMS = [f"s{number}" for number in range(4)]
_SPAWN = multiprocessing.get_context("spawn")


def test_a_tail_sees_every_position_once_and_in_order_while_many_write_in_two_streams_at_a_time(
    rung: Rung, connect: Connect
) -> None:
    reader, positions, last = connect(), list[int](), WRITERS * COMMITS * 2
    writers = [_SPAWN.Process(target=write, args=(rung.connect, seed)) for seed in range(WRITERS)]
    for writer in writers:
        writer.start()
    while len(positions) < last:
        page = log.read_page(reader, positions[-1] if positions else 0, 16)
        positions += [row.position for row in page]
        assert page or any(writer.is_alive() for writer in writers) or log.last_position(reader) > len(positions)
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert positions == list(range(1, last + 1))
    for stream in STREAMS:
        versions = [row.version for row in log.read_page(reader, 0, last) if row.stream == stream]
        assert versions == list(range(1, len(versions) + 1))


def write(connect: Connect, seed: int) -> None:
    """In a process of its own: commits of one record in each of two streams, in either order."""
    db, chance = connect(), random.Random(seed)
    for _ in range(COMMITS):
        db.begin()
        for stream in chance.sample(STREAMS, 2):
            _append(db, stream)
        db.commit()
    db.close()


def _append(db: Db, stream: str) -> None:
    before, position = log.head(db, stream), log.last_position(db) + 1
    version, begins = (before.version + 1, before.begins) if before else (1, position)
    log.append(db, log.Stored(position, "us", "us.t", stream, begins, version, b"data"))
    log.set_heads(db, [(log.Head(stream, "us", "us.t", None, begins, version, record_hash(b"data")), before)])


def test_a_process_that_dies_while_it_writes_leaves_nothing_and_hinders_nobody(
    rung: Rung, connect: Connect, tmp_path: Path
) -> None:
    dying = _SPAWN.Process(target=die_while_writing, args=(rung.connect, tmp_path / "wrote"))
    dying.start()
    dying.join()
    assert (tmp_path / "wrote").exists()
    db = connect()
    db.begin()
    assert log.last_position(db) == 0
    db.rollback()


def die_while_writing(connect: Connect, wrote: Path) -> None:
    db = connect()
    db.begin()
    _append(db, "s")
    assert log.last_position(db) == 1
    wrote.touch()
    os._exit(9)
