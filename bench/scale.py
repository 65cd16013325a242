"""Understands what a long log costs: each command, memory, and the start. `make bench-scale` runs it, once."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psutil

from bench import bulk, plan
from bench.figures import Figure, Measured, Workload
from bindeledd.runtime.engine import Engine

FEW: Final = 10_000
MANY: Final = 1_000_000
TOUCHED = 200
ROUNDS = 4
LASTING = 10_000


def run(folder: Path) -> Measured:
    """One measurement: each log in a process of its own, so that memory is that log's alone."""
    found: dict[str, float] = {}
    for name, events in (("few", FEW), ("many", MANY)):
        place = folder / name
        place.mkdir()
        bulk.fill(place, events)
        found |= {f"{key} {name}": value for key, value in _in_a_process(place).items()}
    return found


def _in_a_process(place: Path) -> dict[str, float]:
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "bench.scale", str(place)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    ready = time.perf_counter() - started
    told = json.loads(child.stdout.readline())
    assert child.wait() == 0
    return {"ready": ready, **told}


# -- in the process of its own -------------------------------------------------------------------------------------


def work(place: Path) -> None:
    """Open the log, say so, and carry out commands on streams from all over it."""
    import bindeledd.app.serve  # noqa: F401 - what a server has in memory, too

    with plan.surroundings(place) as around, plan.opened(place, plan.service(), around) as engine:
        print("ready", flush=True)
        streams = engine.read(lambda db: [row[0] for row in db.all("SELECT stream FROM stream_head")])
        mixed = random.Random(1).sample(streams, (1 + ROUNDS) * TOUCHED)
        costs = [_cost(engine, mixed[start : start + TOUCHED]) for start in range(0, len(mixed), TOUCHED)]
        begun = _resident()
        for start in range(0, LASTING, len(mixed)):
            _cost(engine, mixed[: LASTING - start])
        memory = {"memory": _resident(), "growth": _resident() / begun}
        print(json.dumps({"cost": statistics.median(costs[1:]), **memory}))


def _cost(engine: Engine, streams: Sequence[str]) -> float:
    """Microseconds for one command, at the process's own time: what the disk does for others is left out."""
    started = time.process_time()
    for stream in streams:
        plan.revise(engine, stream, None)
    return (time.process_time() - started) / len(streams) * 1e6


def _resident() -> float:
    return psutil.Process().memory_info().rss / 1024**2


WORKLOAD = Workload(
    "A long log",
    f"{FEW:,} and {MANY:,} events in streams of {bulk.TO_A_PLAN}, sealed, filled in bulk. Each log is opened in a "
    f"process of its own with all a server loads; {ROUNDS} times {TOUCHED} commands on streams from all over, each "
    f"read from its beginning, then {LASTING:,} more. The cost is the process's own time, the median of the rounds.",
    (
        Figure("cost many", "a command on the long log: beside the short one", "µs", beside="cost few", at_most=1.1),
        Figure("ready many", "process started until ready", "s", beside="ready few", at_most=2.0, of_ratio=False),
        Figure("memory many", "resident", "MiB", beside="memory few", at_most=150, of_ratio=False),
        Figure("growth many", "resident at the end: beside after the first round", "×", at_most=1.05),
    ),
    run,
    repetitions=1,
)

if __name__ == "__main__":
    work(Path(sys.argv[1]))
