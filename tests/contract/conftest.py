"""The rungs on which every store contract holds. A new rung is one more entry in `RUNGS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bindeledd.store import due, intake, log, views
from bindeledd.store.db import Db
from bindeledd.store.postgres import PostgresDb
from bindeledd.store.sqlite import SqliteDb
from tests import postgres

Connect = Callable[[], Db]
"""Opens one more connection to the same store."""


@dataclass(frozen=True, slots=True)
class Rung:
    """How to connect to one fresh store, also from another process; how to make a connection give up at once when it
    is busy; and whether any of these bytes lie in the files that hold the tables."""

    connect: Connect
    give_up_at_once: Callable[[Db], object]
    in_files: Callable[..., bool]


def sqlite(folder: Path) -> Rung:
    return Rung(
        partial(SqliteDb, folder / "store.db"),
        lambda db: db.run("PRAGMA busy_timeout=0"),
        lambda *needles: _anywhere(folder.iterdir(), needles),
    )


def on_postgres(_folder: Path) -> Rung:
    url = postgres.fresh()
    return Rung(
        partial(PostgresDb, url, "store"),
        lambda db: db.run("SET lock_timeout = '1ms'"),
        lambda *needles: _anywhere(postgres.files(url), needles),
    )


def _anywhere(files: Iterable[Path], needles: tuple[bytes, ...]) -> bool:
    """Read once: there may be many to look for."""
    contents = [file.read_bytes() for file in files]
    return any(needle in content for content in contents for needle in needles)


RUNGS = {"sqlite": sqlite, "postgres": on_postgres}


@pytest.fixture(params=RUNGS)
def rung(request: pytest.FixtureRequest, tmp_path: Path) -> Rung:
    """Each rung in turn."""
    return RUNGS[request.param](tmp_path)


@pytest.fixture
def connect(rung: Rung) -> Iterator[Connect]:
    """Connections to one fresh store, with its tables made."""
    with ExitStack() as stack:

        def opened() -> Db:
            return stack.enter_context(closing(rung.connect()))

        first = opened()
        for tables in (log.TABLES, log.HEADS, views.TABLES, due.TABLES, intake.TABLES):
            first.create(tables)
        yield opened


@pytest.fixture
def db(connect: Connect) -> Db:
    """A connection to a fresh store."""
    return connect()
