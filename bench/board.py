"""Understands how long it takes from a command until the party it concerns has it on its board."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import plan
from bench.figures import Figure, Measured, Workload, percentile
from bindeledd.core.envelope import Envelope
from bindeledd.runtime.embedded import Embedded
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Projection, Service
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.store.db import Db
from web.gitt import PROJEKSJON

PLANS = 200
COMMANDS = 600
A_SECOND = 200
PARTY = plan.PARTIES[0]
COUNTED = "command-"


class Board:
    """The web of one party, and when each command stood on its board, durably."""

    def __init__(self) -> None:
        self._folded: list[str] = []
        self.seen: dict[str, float] = {}
        self.all_seen = threading.Event()

    def service(self) -> Service:
        noted = Projection((), {KriseplanUtsnitt.avro_name: self._note})
        topic = f"kriseplan.til.{PARTY}"
        return Service("web", projections=(PROJEKSJON, noted), reads=lambda read: read == topic)

    def committed(self) -> None:
        """What was folded stands on the board from this moment on."""
        now = time.perf_counter()
        self.seen.update((correlation, now) for correlation in self._folded)
        self._folded.clear()
        if len(self.seen) == COMMANDS:
            self.all_seen.set()

    def _note(self, _db: Db, envelope: Envelope, _view: Any) -> None:
        if envelope.correlation.startswith(COUNTED):
            self._folded.append(envelope.correlation)


def run(folder: Path) -> Measured:
    """One repetition: milliseconds from the moment a command was due to be sent until its row is on the board."""
    board = Board()
    with _town(folder, board) as engine:
        streams = plan.streams(PLANS)
        for stream in streams:
            plan.revise(engine, stream, plan.CONTENT)
        due = _commands(engine, streams)
        board.all_seen.wait(30)
    waits = [(board.seen[name] - at) * 1000 for name, at in due.items()]
    return {"p50": percentile(waits, 0.5), "p99": percentile(waits, 0.99), "fsync": _fsync(folder)}


@contextmanager
def _town(folder: Path, board: Board) -> Iterator[Engine]:
    with (
        plan.surroundings(folder) as around,
        plan.opened(folder, plan.service(plan.PARTIES), around) as engine,
        plan.opened(folder, board.service(), around) as web,
    ):
        embedded = Embedded([engine, web])
        web.listeners.append(board.committed)
        embedded.start()
        try:
            yield engine
        finally:
            embedded.stop()


def _commands(engine: Engine, streams: list[str]) -> dict[str, float]:
    """Sends commands at an even pace, whether or not the one before has been answered late."""
    begin = time.perf_counter()
    due: dict[str, float] = {}
    for number in range(COMMANDS):
        at = begin + number / A_SECOND
        time.sleep(max(0.0, at - time.perf_counter()))
        due[f"{COUNTED}{number}"] = at
        plan.revise(engine, streams[number % PLANS], plan.CONTENT, correlation=f"{COUNTED}{number}")
    return due


def _fsync(folder: Path) -> float:
    """Milliseconds that the disk needs to make 4 KiB durable (the median): each wait holds two of them."""
    waits = []
    with (folder / "raw").open("wb", buffering=0) as file:
        for _ in range(200):
            started = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            waits.append((time.perf_counter() - started) * 1000)
    return percentile(waits, 0.5)


WORKLOAD = Workload(
    "From a command to a party's board",
    f"{A_SECOND} commands a second at an even pace, each sealed and shown to {len(plan.PARTIES)} parties; the web of "
    "one of them tails the log in a thread of its own. The wait is from the moment the command was due until the row "
    "of the board is durable. Beside it the disk's own time for one durable write, of which each wait holds two.",
    (
        Figure("p50", "half of the commands are there within", "ms", beside="fsync", at_most=1.0, of_ratio=False),
        Figure("p99", "99 of 100 are there within", "ms", beside="fsync", at_most=3.0, of_ratio=False),
    ),
    run,
)
