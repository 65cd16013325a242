"""Understands what ten million records of avvik cost whoever follows, proves or archives them. `make bench-scale` runs
it, once; `python -m bench.avvik_scale 200000` tries it on fewer, and writes nothing."""

from __future__ import annotations

import multiprocessing
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import polars as pl
from fastavro import schemaless_reader

from bench import avvik_log, plan
from bench.avvik_log import Log
from bench.figures import Figure, Measured, Workload, percentile, rate
from bench.rebuild import schemas
from bindeledd.app import cli_avvik
from bindeledd.app.installation import open_all
from bindeledd.app.settings import Settings
from bindeledd.app.terminal import say
from bindeledd.app.verifying import verified
from bindeledd.core.decider import Event
from bindeledd.core.envelope import Envelope, record_hash
from bindeledd.ops import archive
from bindeledd.ops.laid import InLog
from bindeledd.ops.replay import Latest, Replay, envelopes
from bindeledd.runtime.embedded import spare_what_stays
from bindeledd.schema.codec import Codec
from bindeledd.store import checkpoints, log
from bindeledd.store.sqlite import SqliteDb
from services.felles.gang import GangSpørsmål
from services.samhandling.avvik.avvik import TOPIC
from services.samhandling.avvik.avviksgang import Utvalg
from services.samhandling.avvik.avviksgangsvar import gang
from services.samhandling.avvik.avvikssaker import poster
from services.samhandling.tjeneste import NAVN
from tests.rom import HELE_BERGEN

RECORDS: Final = 10_000_000
TOLD: Final = 100_000
APPENDED: Final = 20_000
TO_A_COMMIT: Final = 100
ROUNDS: Final = 5
CASES: Final = 300
PAGE: Final = 2000
TENTHS: Final = 10
ALL = Utvalg(HELE_BERGEN)
_SPAWN = multiprocessing.get_context("spawn")


def run(folder: Path) -> Measured:
    """One measurement on a log of the size that is spoken of."""
    return measured(folder, RECORDS)


def measured(folder: Path, records: int) -> Measured:
    """What was measured on a log of about so many records, which is filled in an empty folder."""
    (data := folder / "data").mkdir()
    started = time.perf_counter()
    filled = avvik_log.fill(data, records, _telling(records))
    took = time.perf_counter() - started
    say(f"{filled.records} records are there after {took:.0f} s")
    found: dict[str, float] = {"filled": filled.records / took}
    for name, work in (
        ("told", _told), ("verify", _verified), ("archive", _archived), ("append", _appended), ("as of", _as_of),
    ):  # fmt: skip
        started = time.perf_counter()
        found |= work(filled, folder)
        say(f"{name}: {time.perf_counter() - started:.0f} s")
    return found


def _telling(records: int) -> Callable[[int], None]:
    """A line for each tenth: a bar of the workloads' own stands already."""
    said = 0

    def step(done: int) -> None:
        nonlocal said
        if done * TENTHS // records > said:
            said = done * TENTHS // records
            say(f"filling: {done} of {records} records")

    return step


# -- told again ----------------------------------------------------------------------------------------------------


def _told(filled: Log, _folder: Path) -> Measured:
    """Records a second, round by round, each way in turn."""
    codec, count = plan.codec(), min(TOLD, filled.records)
    with closing(filled.open()) as db:
        lying = InLog(NAVN, db, TOPIC)
        slow = Codec(plan.catalog()).decode_once
        codec.quicken()
        ways: dict[str, Callable[[], Iterable[object]]] = {
            "bare": lambda: map(slow, _data(db)),
            "dicts": lambda: map(_dict, _data(db)),
            "told": lambda: cli_avvik.replay_of(lying).tell(lying.in_order(_unseen)),
            "envelopes": lambda: Replay(envelopes(codec), follow=Latest(lying.one)).tell(lying.in_order(_unseen)),
        }
        return _medians({name: _rate_of(way, count) for name, way in ways.items()})


def _rate_of(way: Callable[[], Iterable[object]], count: int) -> Callable[[], float]:
    return lambda: rate(count, lambda: _drained(islice(way(), count)))


def _data(db: SqliteDb) -> Iterable[bytes]:
    after = 0
    while page := db.all(
        "SELECT position, data FROM log WHERE position > ? AND topic = ? ORDER BY position LIMIT ?",
        (after, TOPIC, PAGE),
    ):
        for _, data in page:
            yield data
        after = page[-1][0]


def _dict(data: bytes) -> Any:
    body = BytesIO(data)
    body.seek(10)
    return schemaless_reader(body, schemas()[data[2:10]], None)


def _drained(each: Iterable[object]) -> None:
    for _ in each:
        pass


def _unseen(_done: int) -> None:
    """Nobody watches."""


def _followed(told: Connection, filled: Log) -> None:
    """All cases step by step, as `replay avvik` does, in a process of its own: how fast, and the most of memory."""
    plan.codec().quicken()
    with closing(filled.open()) as db:
        lying = InLog(NAVN, db, TOPIC)
        replay = cli_avvik.replay_of(lying)
        rows = cli_avvik.steps(replay.tell(lying.in_order(_unseen)), ALL, None, None, cli_avvik.before_in(lying))
        pace = rate(filled.records, lambda: _drained(rows))
    assert (replay.told, replay.unsound) == (filled.records, 0)
    told.send({"followed": pace, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})


def _medians(ways: dict[str, Callable[[], float]]) -> Measured:
    rounds = [{name: measure() for name, measure in ways.items()} for _ in range(ROUNDS)]
    return {name: statistics.median(each[name] for each in rounds) for name in ways}


# -- one case ------------------------------------------------------------------------------------------------------


def _as_of(filled: Log, _folder: Path) -> Measured:
    """Milliseconds for one case as it stood at a moment, found by its name; and for the page of the latest ones."""
    chance = random.Random(1)
    with open_all(Settings(data=filled.data)) as installation:
        engine = installation.engines[NAVN]
        spare_what_stays()  # as a server does
        names = [row[0] for row in engine.read(lambda db: db.all("SELECT navn FROM avvikssak"))]
        length = engine.position

        def case(name: str) -> object:
            asked = GangSpørsmål(sak=name, per=avvik_log.moment(chance.randrange(length)) + timedelta(days=1))
            return gang(poster(engine, name)[0], asked, HELE_BERGEN)

        each = [_milliseconds(case, name) for name in chance.sample(names, min(CASES, len(names)))]
        pages = [_milliseconds(lambda _: gang(poster(engine)[0], GangSpørsmål(), HELE_BERGEN), "") for _ in range(3)]
        return {"as of": statistics.median(each), "as of 99": percentile(each, 0.99), "page": statistics.median(pages)}


def _milliseconds(work: Callable[[str], object], of: str) -> float:
    started = time.perf_counter()
    work(of)
    return (time.perf_counter() - started) * 1000


# -- proved and archived -------------------------------------------------------------------------------------------


def _verified(filled: Log, _folder: Path) -> Measured:
    """As `bindeledd verify` does: every chain, and beside it the tree."""

    def work() -> None:
        assert all(found.bad is None for found in verified(Settings(data=filled.data), ()))

    return {"verify": rate(filled.records, work)}


def _archived(filled: Log, folder: Path) -> Measured:
    """Written while another process follows the cases; then counted, each segment checked."""
    place = folder / "archive"
    here, there = _SPAWN.Pipe()
    child = _SPAWN.Process(target=_followed, args=(there, filled), daemon=True)
    child.start()
    keys = checkpoints.keys(filled.data, NAVN, TOPIC)
    with closing(filled.open()) as db:
        written = rate(
            filled.records,
            lambda: _written(archive.write(NAVN, TOPIC, db, place, plan.codec(), keys, _unseen), filled),
        )
    followed: Measured = here.recv()
    child.join()
    scans = [rate(filled.records, lambda: _scanned(place, filled.records)) for _ in range(3)]
    return {"archived": written, "scan": statistics.median(scans), **followed}


def _written(count: int, filled: Log) -> None:
    assert count == filled.records


def _scanned(place: Path, records: int) -> None:
    """What an auditor asks: how many of each kind there are in each month."""
    by_month = [pl.col("type"), pl.col("registrert").dt.truncate("1mo")]
    found = [frame.group_by(by_month).len() for frame in archive.frames(place, ["type", "registrert"])]
    assert pl.concat(found)["len"].sum() == records


# -- appended ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sample:
    """Records to append: each with the stream that it is of."""

    rows: list[tuple[Envelope, Event]]


def _appended(filled: Log, folder: Path) -> Measured:
    """Records a second that are encoded and appended with their streams' heads, with and without the hashes."""
    with closing(filled.open()) as db:
        sample = _Sample([plan.codec().decode(data) for data in islice(_data(db), APPENDED)])
    ways = {name: _append_rate(folder, sample, chained=name == "chained") for name in ("chained", "unchained")}
    return _medians(ways)


def _append_rate(folder: Path, sample: _Sample, *, chained: bool) -> Callable[[], float]:
    def measure() -> float:
        with _a_log(folder) as db:
            return rate(len(sample.rows), lambda: _append(db, sample, chained=chained))

    return measure


@contextmanager
def _a_log(folder: Path) -> Any:
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        db = stack.enter_context(closing(SqliteDb(place / "log.db")))
        db.create(log.TABLES)
        db.create(log.HEADS)
        yield db


def _append(db: SqliteDb, sample: _Sample, *, chained: bool) -> None:
    """As a transaction does: what follows what is known from the head, and the head is moved."""
    heads: dict[str, log.Head] = {}
    for start in range(0, len(sample.rows), TO_A_COMMIT):
        pending = log.Pending()
        db.begin()
        for position, (envelope, event) in enumerate(sample.rows[start : start + TO_A_COMMIT], start + 1):
            before = heads.get(envelope.stream)
            prev = before.hash if before is not None else b""
            data = plan.codec().encode(envelope._replace(prev=prev, position=position), event)
            begins = before.begins if before is not None else position
            digest = record_hash(data) if chained else b""
            head = log.Head(envelope.stream, NAVN, TOPIC, envelope.person_ref, begins, envelope.version, digest)
            row = log.Stored(position, NAVN, TOPIC, envelope.stream, begins, envelope.version, data)
            pending.append(row, head, before)
            heads[envelope.stream] = head
        pending.write(db)
        db.commit()


WORKLOAD = Workload(
    "Ten million records of avvik",
    f"A log of {RECORDS:,} records of avvik, of cases that are reported, opened, answered and closed by the services "
    f"once, and filled in bulk after that: {avvik_log.AT_ONCE:,} cases open at a time, chains, tree and checkpoint "
    f"right. Told again: the median of {ROUNDS} rounds of {TOLD:,} records, each way in turn; the bare loop reads "
    "pages and decodes with fastavro into the same envelopes and events, or into dicts alone. Cases are followed "
    "through all of the log, in a process of its own, while the archive is written. "
    f"One case as of a moment: {CASES} cases from all over, found by name. Verified as `bindeledd verify` does, the "
    "tree by a process beside that of the chains. The archive is counted by kind and month, each segment checked. "
    f"Appended: {APPENDED:,} records encoded and written with their heads, {TO_A_COMMIT} to a commit.",
    (
        Figure(
            "told", "told again whole, chains followed: beside a bare loop", beside="bare", at_least=0.85, peer=True
        ),
        Figure("told", "the same beside fastavro alone, into dicts", beside="dicts", peer=True),
        Figure("envelopes", "told again as envelopes: beside fastavro alone", beside="dicts", peer=True),
        Figure("followed", "cases followed step by step: beside the bare loop", beside="bare", peer=True),
        Figure("memory", "resident at most while all cases are followed", "MiB", at_most=500),
        Figure("as of", "one case as of a moment", "ms"),
        Figure("as of 99", "99 of 100 within", "ms", at_most=20),
        Figure("page", "the page of the latest cases", "ms"),
        Figure("verify", "verified, chains and tree", at_least=200_000),
        Figure("scan", "counted in the archive, each segment checked", at_least=1_000_000),
        Figure("archived", "archived, up to the checkpoint"),
        Figure("chained", "appended with the chain: beside without", beside="unchained", at_least=0.9),
        Figure("filled", "filled in bulk"),
    ),
    run,
    repetitions=1,
)

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bindeledd-bench-") as place:
        for name, value in measured(Path(place), int(sys.argv[1])).items():
            sys.stdout.write(f"{name}: {value:,.4g}\n")
