"""Understands what it costs a worker that much waits on a topic: its memory, and each record. `make bench-scale` runs
it, once."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import psutil

from bench import carried, plan
from bench.figures import Figure, Measured, Workload
from bench.postgres import files
from bench.taken import reader, refuse_loss
from bindeledd.app.stores import Stores
from bindeledd.runtime.embedded import Worker
from bindeledd.runtime.kafka import AsStored, Cluster
from bindeledd.runtime.worker import Topics

FEW: Final = 10_000
MANY: Final = 1_000_000
LAST: Final = 5_000
"""Of so many at the end the cost is taken, when the store has grown."""
_SPAWN = multiprocessing.get_context("spawn")


def run(folder: Path) -> Measured:
    """One measurement: each topic is taken in by a process of its own, so that memory is that worker's alone."""
    found: dict[str, float] = {}
    for name, count in (("few", FEW), ("many", MANY)):
        stores, topic = files(folder), carried.filled(carried.records(count))
        here, there = _SPAWN.Pipe()
        child = _SPAWN.Process(target=_work, args=(there, stores, carried.bootstrap(), topic, count), daemon=True)
        child.start()
        there.close()
        told: dict[str, float] = here.recv()
        child.join()
        refuse_loss(stores, count)
        found |= {f"{key} {name}": value for key, value in told.items()}
    return found


def _work(told: Connection, stores: Stores, bootstrap: str, topic: str, count: int) -> None:
    """Take all in, as a worker does; memory is looked at after each poll."""
    import bindeledd.app.process  # noqa: F401 - what a worker has in memory, too

    memory, costs = 0.0, []
    plan.codec().quicken()
    with plan.placed(stores, reader(topic)) as engine:
        topics = Topics(engine, Cluster(bootstrap), [topic], AsStored())
        worker = Worker(engine, [topics])
        while engine.position < count:
            before, started = engine.position, time.process_time()
            worker.turn()
            memory = max(memory, psutil.Process().memory_info().rss / 1024**2)
            if before >= count - LAST and engine.position > before:
                costs.append((time.process_time() - started) / (engine.position - before) * 1e6)
        topics.close()
    told.send({"memory": memory, "cost": statistics.median(costs)})


WORKLOAD = Workload(
    "Much waits on Kafka",
    f"{FEW:,} and {MANY:,} sealed events in streams of 10 wait on a topic of {carried.PARTITIONS} partitions, and are "
    "taken into SQLite by a worker in a process of its own, as `bindeledd worker` does; checked afterwards: every "
    "version of every stream has come once, in order. Memory is the most that was resident while they were taken in; "
    f"the cost is the process's own time for a record, the median of the polls of the last {LAST:,}.",
    (
        Figure("memory many", "resident at most: beside the short topic", "MiB", beside="memory few", at_most=1.25),
        Figure("cost many", "a record at the end: beside the short topic", "µs", beside="cost few", at_most=1.1),
    ),
    run,
    repetitions=1,
)
