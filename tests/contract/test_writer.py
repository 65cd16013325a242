"""What the writer promises on every rung: one lock, shared commits, and each caller told of its own errors only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from bindeledd.core.errors import TransientError
from bindeledd.store import log
from bindeledd.store.db import Db
from bindeledd.store.writer import JOBS_PER_COMMIT, Writer

Jobs = list[Callable[[], None]]
CALLERS = 16


class Ledger:
    """A store with a writer on it that counts commits; each job has a savepoint of its own, as the engine does it."""

    def __init__(self, db: Db) -> None:
        self.db, self.commits, self.fail_commit = db, 0, False
        self.writer = Writer(self._commit)

    def run(self, job: Callable[[], int]) -> int:
        return self.writer.run(job)

    def append(self, stream: str) -> int:
        """A job: one record in a stream of its own. Returns its position."""
        position = log.last_position(self.db) + 1
        log.append(self.db, log.Stored(position, "us", "us.t", stream, position, 1, b"data"))
        return position

    def waits(self, jobs: int) -> bool:
        return len(self.writer._queue) == jobs

    def _commit(self, jobs: Jobs) -> None:
        self.db.begin()
        try:
            for job in jobs:
                self._in_savepoint(job)
            self._may_commit()
            self.db.commit()
        except BaseException:
            self.db.rollback()
            raise
        self.commits += 1

    def _may_commit(self) -> None:
        if self.fail_commit:
            raise TransientError("the disk is full")

    def _in_savepoint(self, job: Callable[[], None]) -> None:
        self.db.savepoint()
        try:
            job()
        except Exception:  # noqa: BLE001 - the job's owner hears it
            self.db.undo()
            return
        self.db.release()


@pytest.fixture
def ledger(db: Db) -> Ledger:
    return Ledger(db)


def test_a_lone_caller_gets_its_answer_after_the_commit(ledger: Ledger) -> None:
    assert ledger.run(lambda: ledger.append("a")) == 1
    assert ledger.commits == 1
    assert log.last_position(ledger.db) == 1


def test_sixteen_callers_lose_nothing_and_leave_positions_without_holes(ledger: Ledger) -> None:
    rounds = 25

    def caller(name: int) -> list[int]:
        return [ledger.run(partial(ledger.append, f"{name}-{n}")) for n in range(rounds)]

    with ThreadPoolExecutor(CALLERS) as pool:
        positions = [position for answer in pool.map(caller, range(CALLERS)) for position in answer]
    assert sorted(positions) == list(range(1, CALLERS * rounds + 1))
    assert [row.position for row in log.read_page(ledger.db, 0, 1000)] == sorted(positions)


def test_callers_that_wait_while_a_commit_runs_share_the_next_one(ledger: Ledger) -> None:
    started, go = threading.Event(), threading.Event()

    def slow() -> int:
        started.set()
        assert go.wait(10)
        return ledger.append("slow")

    with ThreadPoolExecutor(CALLERS + 1) as pool:
        first = pool.submit(ledger.run, slow)
        assert started.wait(10)
        others = [pool.submit(ledger.run, partial(ledger.append, str(n))) for n in range(CALLERS)]
        _until(partial(ledger.waits, CALLERS))
        go.set()
        assert first.result() == 1
        assert sorted(other.result() for other in others) == list(range(2, CALLERS + 2))
    assert ledger.commits == 1 + -(-CALLERS // JOBS_PER_COMMIT)


def test_one_job_that_fails_undoes_itself_and_nobody_else(ledger: Ledger) -> None:
    def broken() -> int:
        ledger.append("broken")
        raise KeyError("mine alone")

    with ThreadPoolExecutor(3) as pool:
        fine = [pool.submit(ledger.run, partial(ledger.append, name)) for name in "ab"]
        failed = pool.submit(ledger.run, broken)
        with pytest.raises(KeyError, match="mine alone"):
            failed.result()
        assert sorted(one.result() for one in fine) == [1, 2]
    assert {row.stream for row in log.read_page(ledger.db, 0, 10)} == {"a", "b"}


def test_when_the_commit_itself_fails_every_caller_hears_it_and_nothing_is_kept(ledger: Ledger) -> None:
    ledger.fail_commit = True
    with pytest.raises(TransientError):
        ledger.run(lambda: ledger.append("a"))
    ledger.fail_commit = False
    assert ledger.run(lambda: ledger.append("b")) == 1
    assert [row.stream for row in log.read_page(ledger.db, 0, 10)] == ["b"]


def test_work_alone_runs_while_no_commit_does(ledger: Ledger) -> None:
    inside = threading.Event()
    release = threading.Event()

    def alone() -> None:
        inside.set()
        assert release.wait(10)

    with ThreadPoolExecutor(2) as pool:
        holding = pool.submit(ledger.writer.run_alone, alone)
        assert inside.wait(10)
        waiting = pool.submit(ledger.run, lambda: ledger.append("a"))
        _until(lambda: not ledger.writer._queue)
        assert ledger.commits == 0
        release.set()
        assert waiting.result() == 1
        holding.result()


def _until(true: Callable[[], bool]) -> None:
    """Wait until another thread has come so far."""
    give_up = threading.Event()
    threading.Timer(10, give_up.set).start()
    while not true():
        assert not give_up.is_set()
