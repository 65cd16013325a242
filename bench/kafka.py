"""Understands what Kafka between services costs: taking a topic in, a command's way to another service, sending."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench import carried, plan, taken
from bench.figures import Figure, Measured, Workload, percentile, rate
from bench.postgres import database, files
from bench.taken import Bare, Pace, Took, durable, polls, reader, refuse_loss, writes
from bindeledd.app.stores import Stores
from bindeledd.core.clock import new_ref, system_entropy
from bindeledd.core.envelope import Envelope
from bindeledd.runtime.kafka import AsStored, Cluster
from bindeledd.runtime.relay import PAGE_RECORDS, Relay
from bindeledd.runtime.service import Projection
from bindeledd.runtime.sources import Sources
from bindeledd.runtime.worker import POLL_RECORDS_MAX, Topics, Working
from bindeledd.schema.generated.kriseplan import KriseplanRevidert
from bindeledd.store import log
from bindeledd.store.db import Db
from bindeledd.store.log import Stored
from tests.broker.kafka import vent

RECORDS = 20_000
SINGLE = 2_000
"""Records for the way that takes each by itself."""
RELAYED = 6_000
PLANS = 200
COMMANDS = 500
A_SECOND = 200
RUNGS: dict[str, Callable[[Path], Stores]] = {"sqlite": files, "postgres": database}
_INSERT = "INSERT INTO log VALUES (?,?,?,?,?,?,?)"


def run(folder: Path) -> Measured:
    """One repetition: records a second, and milliseconds."""
    found: dict[str, float] = {}
    for rung, stores in RUNGS.items():

        def new(stores: Callable[[Path], Stores] = stores) -> Stores:
            return stores(folder)

        found |= {f"{name} {rung}": value for name, value in _drains(new).items()}
        found |= {f"{name} {rung}": value for name, value in _latency(new).items()}
        found |= {f"{name} {rung}": value for name, value in _relay(new()).items()}
    return found | {"producer": _producer()}


New = Callable[[], Stores]
"""Makes fresh stores."""


@cache
def _rows() -> list[Stored]:
    return carried.records(RECORDS)


@cache
def _filled() -> str:
    topic = carried.filled(_rows())
    carried.refuse_loss(topic, RECORDS)
    return topic


# -- taking a topic in ---------------------------------------------------------------------------------------------


def _drains(new: New) -> dict[str, float]:
    topic = _filled()
    return {
        "drain": _ours(new(), topic),
        "bare": _peer(new(), topic, RECORDS, polls),
        "batch": _peer(new(), topic, RECORDS, _in_loop(taken.faststream, batch=True)),
        "single": _peer(new(), topic, SINGLE, _in_loop(taken.faststream, batch=False)),
        "batch tuned": _peer(new(), topic, RECORDS, _in_loop(taken.faststream_tuned, batch=True)),
        "single tuned": _peer(new(), topic, SINGLE, _in_loop(taken.faststream_tuned, batch=False)),
    }


def _ours(stores: Stores, topic: str) -> float:
    """As `bindeledd worker` does it."""
    plan.codec().quicken()
    pace = Pace(RECORDS)
    with plan.placed(stores, reader(topic)) as engine:
        engine.listeners.append(lambda: pace.reached(engine.position))
        working = Working(engine, Topics(engine, carried.cluster(), [topic], AsStored()), Sources(engine, []))
        working.start()
        try:
            found = pace.rate()
        finally:
            working.stop()
    refuse_loss(stores, RECORDS)
    return found


Consumes = Callable[[str, str, Callable[[Sequence[Any]], object], Callable[[], bool]], None]


def _in_loop(way: Callable[..., Coroutine[Any, Any, None]], *, batch: bool) -> Consumes:
    return lambda *asked: asyncio.run(way(*asked, batch=batch))


def _peer(stores: Stores, topic: str, count: int, consumes: Consumes) -> float:
    pace = Pace(count)
    with closing(Bare(stores, topic)) as bare:

        def take_in(records: Sequence[Any]) -> None:
            bare.take_in(records)
            pace.reached(bare.position)

        consumes(carried.bootstrap(), topic, take_in, lambda: pace.done)
        refuse_loss(stores, bare.position)
    return pace.rate()


# -- a command's way to another service's projection ---------------------------------------------------------------

_SPAWN = multiprocessing.get_context("spawn")
Seen = dict[Took, float]
"""When each record stood in the reader's tables, durably. One clock counts for all processes."""


def _latency(new: New) -> dict[str, float]:
    ours, bare = _waits(new), _waits_bare(new)
    return {
        "p50": percentile(ours, 0.5), "p99": percentile(ours, 0.99),
        "bare p50": percentile(bare, 0.5), "bare p99": percentile(bare, 0.99),
    }  # fmt: skip


def _waits(new: New) -> list[float]:
    """The command here, the relay and the reader each in a process of its own."""
    name, writer, there = f"plan{new_ref(system_entropy)[:8]}", new(), new()
    topic = carried.fresh(name, "kriseplan")
    with (
        plan.placed(writer, plan.service(name=name)) as engine,
        _process(_relaying, writer, name, topic),
        _process(_reading, there, topic) as told,
    ):
        streams = plan.streams(PLANS)

        def command(number: int) -> Took:
            (written,) = plan.revise(engine, streams[number % PLANS], plan.CONTENT, topic=topic).written
            return written.stream, written.version

        due = _at_even_pace(command, there)
        seen = _told(told)
    refuse_loss(there, PLANS + COMMANDS)
    return [(seen[record] - at) * 1000 for record, at in due.items()]


def _waits_bare(new: New) -> list[float]:
    """The least: a row is inserted and committed, its bytes are sent; a bare loop in another process stores them."""
    writer, there = new(), new()
    topic, rows = carried.fresh(), _rows()
    sending = list(carried.messages(rows[: PLANS + COMMANDS]))
    with plan.placed(writer, plan.service()):
        pass  # makes the tables
    with (
        closing(writes(writer, carried.SERVICE)) as sql,
        closing(carried.producer()) as to,
        _process(_reading_bare, there, topic) as told,
    ):

        def command(number: int) -> Took:
            sql.write([(_INSERT, [rows[number]])])
            key, value, headers = sending[number]
            to.send(topic, value, key=key, headers=headers)
            return rows[number].stream, rows[number].version

        due = _at_even_pace(command, there)
        seen = _told(told)
    refuse_loss(there, PLANS + COMMANDS)
    return [(seen[record] - at) * 1000 for record, at in due.items()]


def _at_even_pace(command: Callable[[int], Took], there: Stores) -> dict[Took, float]:
    """When each command was due to be sent, once some had gone all the way; whether or not the one before was late."""
    for number in range(PLANS):
        command(number)
    vent(lambda: durable(there) == PLANS, "the first commands are there")
    begin = time.perf_counter()
    due: dict[Took, float] = {}
    for number in range(COMMANDS):
        at = begin + number / A_SECOND
        time.sleep(max(0.0, at - time.perf_counter()))
        due[command(PLANS + number)] = at
    vent(lambda: durable(there) == PLANS + COMMANDS, "the commands are there")
    return due


@contextmanager
def _process(work: Callable[..., None], stores: Stores, *more: str) -> Iterator[Connection]:
    """Work in a process of its own, ready when this begins; it is told to stop at the end, if it has not been."""
    here, there = _SPAWN.Pipe()
    child = _SPAWN.Process(target=work, args=(there, stores, carried.bootstrap(), *more), daemon=True)
    child.start()
    there.close()
    try:
        assert here.recv() == "ready"
        yield here
    finally:
        here.close()
        child.join()
        assert child.exitcode == 0


def _told(told: Connection) -> Seen:
    told.send("stop")
    seen: Seen = told.recv()
    return seen


def _until_told(told: Connection) -> None:
    told.send("ready")
    told.poll(None)


def _relaying(told: Connection, stores: Stores, bootstrap: str, service: str, topic: str) -> None:
    with closing(stores.sending(service)) as db:
        relay = Relay(service, db, Cluster(bootstrap), [topic], plan.codec(), AsStored())
        thread = threading.Thread(target=relay.run)
        thread.start()
        with closing(stores.hear(service, relay.wake)):
            _until_told(told)
        relay.stop()
        thread.join()


def _reading(told: Connection, stores: Stores, bootstrap: str, topic: str) -> None:
    seen: Seen = {}
    folded: list[Took] = []

    def note(_db: Db, envelope: Envelope, _event: Any) -> None:
        folded.append((envelope.stream, envelope.version))

    def committed() -> None:
        now = time.perf_counter()
        seen.update((record, now) for record in folded)
        folded.clear()

    noted = Projection((), {KriseplanRevidert.avro_name: note})
    plan.codec().quicken()
    with plan.placed(stores, reader(topic, noted)) as engine:
        engine.listeners.append(committed)
        working = Working(engine, Topics(engine, Cluster(bootstrap), [topic], AsStored()), Sources(engine, []))
        working.start()
        _until_told(told)
        working.stop()
    told.send(seen)


def _reading_bare(told: Connection, stores: Stores, bootstrap: str, topic: str) -> None:
    seen: Seen = {}
    with closing(Bare(stores, topic)) as bare:

        def take_in(records: Sequence[Any]) -> None:
            took = bare.take_in(records)
            now = time.perf_counter()
            seen.update((record, now) for record in took)

        told.send("ready")
        polls(bootstrap, topic, take_in, told.poll)
    told.send(seen)


# -- sending -------------------------------------------------------------------------------------------------------


def _relay(stores: Stores) -> dict[str, float]:
    """A log that is full already: how many a second are acknowledged."""
    topic = carried.fresh()
    with plan.placed(stores, plan.service()):
        pass  # makes the tables
    with closing(stores.sending(carried.SERVICE)) as db:
        db.begin()
        for row in _rows()[:RELAYED]:
            log.append(db, row._replace(topic=topic))
        db.commit()
        relay = Relay(carried.SERVICE, db, carried.cluster(), [topic], plan.codec(), AsStored())
        begun = relay.advance()  # connects, and sends a page

        def rest() -> None:
            while relay.advance():
                pass

        found = rate(RELAYED - begun, rest)
        relay.stop()
        relay.run()  # closes what it has open
    carried.refuse_loss(topic, RELAYED)
    return {"relay": found}


def _producer() -> float:
    topic, what = carried.fresh(), list(carried.messages(_rows()[:RELAYED]))
    with closing(carried.producer()) as to:
        carried.send(to, topic, what[:PAGE_RECORDS])
        found = rate(RELAYED - PAGE_RECORDS, lambda: carried.send(to, topic, what[PAGE_RECORDS:]))
    carried.refuse_loss(topic, RELAYED)
    return found


def _figures(rung: str, shown: str, batch: float, p99: float) -> tuple[Figure, ...]:
    drain, beside_batch = f"drain {rung}", f"batch {rung}"
    return (
        Figure(drain, f"{shown}: taking in, beside a bare loop", beside=f"bare {rung}", at_least=0.75, peer=True),
        Figure(drain, f"{shown}: beside FastStream in batches", beside=beside_batch, at_least=batch, peer=True),
        Figure(drain, f"{shown}: beside that, tuned", beside=f"batch tuned {rung}", peer=True),
        Figure(
            drain, f"{shown}: beside FastStream message by message", beside=f"single {rung}", at_least=10.0, peer=True
        ),
        Figure(drain, f"{shown}: beside that, tuned", beside=f"single tuned {rung}", peer=True),
        Figure(f"bare {rung}", f"{shown}: that bare loop beside FastStream in batches", beside=beside_batch),
        Figure(
            f"p50 {rung}", f"{shown}: half of the commands are there within, beside the bare pipeline", "ms",
            beside=f"bare p50 {rung}", at_most=5.0, of_ratio=False,
        ),
        Figure(
            f"p99 {rung}", f"{shown}: 99 of 100 are there within, beside the bare pipeline", "ms",
            beside=f"bare p99 {rung}", at_most=p99, of_ratio=False,
        ),
        Figure(
            f"relay {rung}", f"{shown}: sending, beside a bare producer", beside="producer", at_least=3000.0,
            of_ratio=False, peer=True,
        ),
    )  # fmt: skip


WORKLOAD = Workload(
    "Services with Kafka between them",
    f"A real broker on the same machine, topics of {carried.PARTITIONS} partitions, {RECORDS:,} sealed events in "
    "streams of 10; each time it is checked that every version of every stream has come once, in order. Taking in, as "
    f"`bindeledd worker` does: {RECORDS:,} records into the log, the streams' heads, a row that is folded, and the "
    "cursors, counted from the first commit. The bare loop (kafka-python, fastavro, batched SQL in one transaction a "
    "poll) writes the same rows into the same tables and checks nothing. FastStream does so in batches, and "
    f"{SINGLE:,} message by message, and acknowledges what has been stored: as it comes (types applied, all that comes "
    f"in logged, batches as they come), and tuned (neither, and batches of {POLL_RECORDS_MAX} at most). "
    f"A command's way: {A_SECOND} a second at an even pace, "
    "sealed, from the moment it was due until the other service's row is durable; relay and reader are processes of "
    "their own. The bare pipeline inserts a row, commits, sends, and stores with the bare loop. Sending: "
    f"{RELAYED:,} records of a full log, beside an idempotent producer with acks=all that has the same at hand.",
    (*_figures("sqlite", "SQLite", 1.0, 20.0), *_figures("postgres", "PostgreSQL", 0.9, 30.0)),
    run,
)
