"""Understands what a command costs on PostgreSQL: beside SQLite, and beside a bare psycopg loop on the same server."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

import psycopg

from bench import peers, plan
from bench.command import COMMANDS, at_once, in_mixed_order, in_turn
from bench.figures import Figure, Measured, Workload, rate
from bindeledd.app.stores import Database, Files
from bindeledd.runtime.engine import Engine
from bindeledd.schema.generated.felles import Tekst
from tests import postgres

PLANS = 200
HISTORY = 3


def run(folder: Path) -> Measured:
    """One repetition: commands a second."""
    found: dict[str, float] = {}
    whole: tuple[tuple[str, Sequence[str], Tekst | None], ...] = (
        ("plain", (), None), ("all", plan.PARTIES, plan.CONTENT),
    )  # fmt: skip
    for name, parties, content in whole:
        for engine_name, stores in (("sqlite", files(folder)), ("postgres", database(folder))):
            with plan.placed(stores, plan.service(parties)) as engine:
                found |= _measured(f"{name} {engine_name} ", engine, content)
    return found | _bare()


def files(folder: Path) -> Files:
    """Fresh stores that are files."""
    return Files(Path(tempfile.mkdtemp(dir=folder)))


def database(folder: Path) -> Database:
    """Fresh stores on a server of our own, whose commits are durable."""
    return Database(folder, postgres.database(_server().url))


@cache
def _server() -> postgres.Server:
    return postgres.Server(durable=True)


def _measured(name: str, engine: Engine, content: Tekst | None) -> dict[str, float]:
    streams = plan.streams(PLANS)
    for stream in streams * HISTORY:
        plan.revise(engine, stream, content)

    def revise(stream: str) -> None:
        plan.revise(engine, stream, content)

    return {
        f"{name}1": rate(COMMANDS, lambda: in_turn(in_mixed_order(streams), revise)),
        f"{name}16": rate(COMMANDS, lambda: at_once(in_mixed_order(streams), revise)),
    }


class _Numbered:
    """A psycopg connection that takes `?`, for the bare loop."""

    def __init__(self) -> None:
        self.link = psycopg.connect(postgres.database(_server().url), autocommit=True)
        self.link.execute(
            "CREATE TABLE event (stream TEXT, version INTEGER, data BYTEA, PRIMARY KEY (stream, version))"
        )

    def execute(self, statement: str, values: Sequence[object] = ()) -> psycopg.RawCursor[tuple[object, ...]]:
        return psycopg.RawCursor(self.link).execute(_SAID[statement], values)

    def close(self) -> None:
        self.link.close()


_SAID = {
    "BEGIN IMMEDIATE": b"BEGIN",
    "COMMIT": b"COMMIT",
    "SELECT data FROM event WHERE stream = ? ORDER BY version": (
        b"SELECT data FROM event WHERE stream = $1 ORDER BY version"
    ),
    "INSERT INTO event VALUES (?,?,?)": b"INSERT INTO event VALUES ($1,$2,$3)",
}


def _bare() -> dict[str, float]:
    with closing(peers.Bare(_Numbered())) as bare:
        streams = plan.streams(PLANS)
        bare.commit_each(streams * HISTORY)
        return {"bare1": rate(COMMANDS, lambda: bare.commit_each(in_mixed_order(streams)))}


WORKLOAD = Workload(
    "A command on PostgreSQL",
    f"{PLANS} plans with {HISTORY} events each, {COMMANDS} commands in mixed order; a server on the same machine, "
    "reached through a socket, durable commits. The bare psycopg loop loads the rows, decodes them, inserts one and "
    "commits.",
    (
        Figure("plain postgres 1", "one caller: beside a bare psycopg loop", beside="bare1", peer=True),
        Figure("plain postgres 1", "one caller: beside SQLite", beside="plain sqlite 1"),
        Figure("plain postgres 16", "16 callers: beside SQLite", beside="plain sqlite 16"),
        Figure("all postgres 1", "sealed, with four parties' views, one caller: beside SQLite", beside="all sqlite 1"),
        Figure(
            "all postgres 16", "sealed, with four parties' views, 16 callers: beside SQLite", beside="all sqlite 16"
        ),
    ),
    run,
)
