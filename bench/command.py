"""Understands one command: load an aggregate, decide, append, commit durably; alone, and with what the bus adds."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from bench import bulk, peers, plan
from bench.figures import Figure, Measured, Workload, rate
from bindeledd.schema.generated.felles import Tekst

S = TypeVar("S")

PLANS = 200
HISTORY = 10
COMMANDS = 1500
CALLERS = 16


def run(folder: Path) -> Measured:
    """One repetition: commands a second, for one caller after another (`…1`) and for sixteen at once (`…16`)."""
    found: dict[str, float] = {}
    for name, parties, content in (
        ("plain", (), None),
        ("sealed", (), plan.CONTENT),
        ("views", plan.PARTIES, None),
        ("all", plan.PARTIES, plan.CONTENT),
    ):
        found |= _ours(_new(folder, name), name, parties, content)
    found |= _ours_cold(_new(folder, "cold"))
    found |= _peer(_new(folder, "default"), "default", peers.DEFAULT)
    found |= _peer(_new(folder, "tuned"), "tuned", peers.TUNED)
    found |= _bare(_new(folder, "bare"))
    return found


def _ours(folder: Path, name: str, parties: Sequence[str], content: Tekst | None) -> dict[str, float]:
    with plan.surroundings(folder) as around, plan.opened(folder, plan.service(parties), around) as engine:
        streams = plan.streams(PLANS)
        for stream in streams * HISTORY:
            plan.revise(engine, stream, content)
        return _both(name, streams, lambda stream: plan.revise(engine, stream, content))


def _ours_cold(folder: Path) -> dict[str, float]:
    """With nothing folded at hand: every command reads its stream from the beginning."""
    bulk.fill(folder, bulk.TO_A_PLAN * COMMANDS)
    with plan.surroundings(folder) as around, plan.opened(folder, plan.service(), around) as engine:
        streams = engine.read(lambda db: [row[0] for row in db.all("SELECT stream FROM stream_head")])
        return {"cold1": rate(COMMANDS, lambda: in_turn(streams, lambda stream: plan.revise(engine, stream, None)))}


def _peer(folder: Path, name: str, mode: Mapping[str, str]) -> dict[str, float]:
    with peers.eventsourcing(folder, mode) as app:
        ids = [peers.begin(app, HISTORY) for _ in range(PLANS)]
        return _both(name, ids, lambda plan_id: peers.revise(app, plan_id))


def _bare(folder: Path) -> dict[str, float]:
    with closing(peers.Bare.on_sqlite(folder)) as bare:
        streams = plan.streams(PLANS)
        bare.commit_by(streams * HISTORY, CALLERS)
        return {
            "bare1": rate(COMMANDS, lambda: bare.commit_each(in_mixed_order(streams))),
            "bare16": rate(COMMANDS, lambda: bare.commit_by(in_mixed_order(streams), CALLERS)),
        }


def _both(name: str, streams: Sequence[S], revise: Callable[[S], object]) -> dict[str, float]:
    return {
        f"{name}1": rate(COMMANDS, lambda: in_turn(in_mixed_order(streams), revise)),
        f"{name}16": rate(COMMANDS, lambda: at_once(in_mixed_order(streams), revise)),
    }


def in_mixed_order(streams: Sequence[S]) -> list[S]:
    """Which plan each command is for: mixed, the same in every repetition."""
    mixed = [streams[n % len(streams)] for n in range(COMMANDS)]
    random.Random(1).shuffle(mixed)
    return mixed


def in_turn(streams: Sequence[S], revise: Callable[[S], object]) -> None:
    for stream in streams:
        revise(stream)


def at_once(streams: list[S], revise: Callable[[S], object]) -> None:
    """Sixteen callers, each with plans of its own."""
    known = {stream: number % CALLERS for number, stream in enumerate(dict.fromkeys(streams))}
    shares: list[list[S]] = [[] for _ in range(CALLERS)]
    for stream in streams:
        shares[known[stream]].append(stream)
    with ThreadPoolExecutor(CALLERS) as pool:
        for done in [pool.submit(in_turn, share, revise) for share in shares]:
            done.result()


def _new(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


WORKLOAD = Workload(
    "A command: load, decide, append, commit durably",
    f"{PLANS} plans with {HISTORY} events each, {COMMANDS} commands in mixed order; SQLite in WAL mode with "
    "synchronous=FULL everywhere. `eventsourcing` as it comes (WAL and FULL are its own defaults), and tuned: with its "
    "cache of aggregates, without fast-forward and without deep copies. "
    "The bare loop loads the rows, decodes them, inserts one and commits: no envelope, no hash, no person.",
    (
        Figure("plain1", "one caller: beside eventsourcing as it comes", beside="default1", peer=True, at_least=2.0),
        Figure("plain1", "one caller: beside eventsourcing tuned", beside="tuned1", peer=True),
        Figure("plain1", "one caller: beside a bare sqlite3 loop", beside="bare1", peer=True),
        Figure("bare1", "one caller: that bare loop beside eventsourcing as it comes", beside="default1"),
        Figure("cold1", "one caller, nothing folded at hand: beside eventsourcing", beside="default1", peer=True),
        Figure("plain16", "16 callers: beside eventsourcing as it comes", beside="default16", peer=True, at_least=6.0),
        Figure("plain16", "16 callers: beside eventsourcing tuned", beside="tuned16", peer=True),
        Figure("plain16", "16 callers: beside a bare loop, 16 to a commit", beside="bare16", peer=True),
        Figure("bare16", "16 callers: that bare loop beside eventsourcing", beside="default16"),
        Figure("sealed1", "with a sealed field, one caller: beside without", beside="plain1"),
        Figure("sealed16", "with a sealed field, 16 callers: beside without", beside="plain16"),
        Figure("views1", "with four parties' views, one caller: beside without", beside="plain1"),
        Figure("views16", "with four parties' views, 16 callers: beside without", beside="plain16"),
        Figure("all1", "sealed, with four parties' views, one caller: beside neither", beside="plain1"),
        Figure("all16", "sealed, with four parties' views, 16 callers: beside neither", beside="plain16"),
    ),
    run,
)
