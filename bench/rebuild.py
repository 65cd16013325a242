"""Understands how fast a service's tables are folded from its log again, beside the least that could do it."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from fastavro import schemaless_reader

from bench import plan
from bench.figures import Figure, Measured, Workload, rate
from bindeledd.ops.rebuild import rebuild
from bindeledd.resources import data_folder
from bindeledd.runtime.embedded import Embedded
from bindeledd.runtime.service import Service
from bindeledd.schema.catalog import load_catalog
from bindeledd.store.sqlite import SqliteDb
from web.gitt import PROJEKSJON

PLANS = 400
COMMANDS = 4000
PAGE = 2000
WEB = Service("web", projections=(PROJEKSJON,), reads=lambda topic: ".til." in topic)


def run(folder: Path) -> Measured:
    """One repetition: records a second."""
    writer = plan.service(plan.PARTIES)
    logs = _logs()
    files = {name: _copy(logs, folder, name) for name in ("kriseplan", "web")}
    found: dict[str, float] = {}
    for service in (writer, WEB):
        found |= _one(files[service.name], service)
    found["two"] = _two_at_once(folder, files["kriseplan"])
    return found


def _one(file: Path, service: Service) -> dict[str, float]:
    count = _count(file)
    return {
        f"decode {service.name}": rate(count, lambda: _decode(file)),
        f"bare {service.name}": rate(count, lambda: _bare(file)),
        service.name: rate(count, lambda: _rebuild(file, service)),
    }


def _rebuild(file: Path, service: Service) -> None:
    with closing(SqliteDb(file)) as db:
        assert not rebuild(db, service, plan.codec()).drifted


def _two_at_once(folder: Path, file: Path) -> float:
    """Two logs, each in a process of its own, from the moment both are ready."""
    second = folder / "second.db"
    shutil.copy(file, second)
    begin = multiprocessing.get_context("fork").Barrier(3)
    workers = [
        multiprocessing.get_context("fork").Process(target=_ready_then_rebuild, args=(begin, path))
        for path in (file, second)
    ]
    for worker in workers:
        worker.start()
    begin.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    return 2 * _count(file) / (time.perf_counter() - started)


def _ready_then_rebuild(begin: Any, file: Path) -> None:
    begin.wait()
    _rebuild(file, plan.service(plan.PARTIES))


# -- the raw limits ------------------------------------------------------------------------------------------------


@cache
def schemas() -> dict[bytes, Any]:
    return {found: item.wire for found, item in load_catalog(data_folder("schemas")).by_fingerprint.items()}


def _rows(file: Path) -> Iterable[list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(file)) as db:
        after = 0
        while rows := db.execute(
            "SELECT * FROM log WHERE position > ? ORDER BY position LIMIT ?", (after, PAGE)
        ).fetchall():
            yield rows
            after = rows[-1][0]


def _decode(file: Path) -> None:
    """Only fastavro, on records that are at hand."""
    for row in (row for page in _at_hand(file) for row in page):
        body = BytesIO(row[6])
        body.seek(10)
        schemaless_reader(body, schemas()[row[6][2:10]], None)


@cache
def _at_hand(file: Path) -> list[list[tuple[Any, ...]]]:
    return list(_rows(file))


def _bare(file: Path) -> None:
    """Read, decode, fold each stream's newest record into a row, write the rows: what any fold must do."""
    newest: dict[str, tuple[object, ...]] = {}
    for page in _rows(file):
        for position, writer, topic, stream, _, version, data in page:
            body = BytesIO(data)
            body.seek(10)
            record: Any = schemaless_reader(body, schemas()[data[2:10]], None)
            newest[stream] = (stream, writer, topic, record["konvolutt"]["person_ref"], version, position)
    with closing(sqlite3.connect(file.with_suffix(".bare"), isolation_level=None)) as db:
        db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; DROP TABLE IF EXISTS newest; CREATE TABLE newest "
            "(stream TEXT PRIMARY KEY, writer TEXT, topic TEXT, person_ref TEXT, version INTEGER, position INTEGER);"
            "BEGIN IMMEDIATE;"
        )
        db.executemany("INSERT INTO newest VALUES (?,?,?,?,?,?)", newest.values())
        db.execute("COMMIT")


# -- the log -------------------------------------------------------------------------------------------------------


@cache
def _logs() -> Path:
    """Filled once by the bus itself: plans that are shown to four parties, and the web that takes the views in."""
    folder = Path(tempfile.mkdtemp(prefix="bindeledd-bench-log-"))
    with (
        plan.surroundings(folder) as around,
        plan.opened(folder, plan.service(plan.PARTIES), around) as engine,
        plan.opened(folder, WEB, around) as web,
    ):
        streams = plan.streams(PLANS)
        for number in range(COMMANDS):
            plan.revise(engine, streams[number % PLANS], plan.CONTENT)
        Embedded([engine, web]).pump()
    return folder


def _copy(logs: Path, folder: Path, name: str) -> Path:
    return Path(shutil.copy(logs / f"{name}.db", folder / f"{name}.db"))


def _count(file: Path) -> int:
    with closing(sqlite3.connect(file)) as db:
        return int(db.execute("SELECT COUNT(*) FROM log").fetchone()[0])


WORKLOAD = Workload(
    "Folding everything anew",
    f"A log of {COMMANDS} commands on {PLANS} plans with four parties' views, and that of the web which took the views "
    "in. A rebuild decodes, folds heads, views, due things and projections, and compares every table with what it was. "
    "The bare loop reads, decodes with fastavro, keeps the newest row of each stream, and writes them in one batch.",
    (
        Figure(
            "kriseplan", "the writer's tables: beside a bare loop", beside="bare kriseplan", at_least=0.85, peer=True
        ),
        Figure("web", "the board's tables: beside a bare loop", beside="bare web", at_least=0.85, peer=True),
        Figure("two", "two processes: beside fastavro's decoding on one core", beside="decode kriseplan", at_least=0.8),
        Figure("bare kriseplan", "the bare loop: beside fastavro's decoding", beside="decode kriseplan"),
    ),
    run,
)
