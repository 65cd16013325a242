"""The rungs on which every store contract holds. A new rung is one more entry in `RUNGS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bindeledd.store import due, intake, log, views
from bindeledd.store.db import Db
from bindeledd.store.sqlite import SqliteDb

Connect = Callable[[], Db]
"""Opens one more connection to the same store."""


@dataclass(frozen=True, slots=True)
class Rung:
    """How to connect to the store in a folder, and how to make a connection give up at once when it is busy."""

    connect: Callable[[Path], Db]
    give_up_at_once: Callable[[Db], object]


RUNGS = {
    "sqlite": Rung(lambda folder: SqliteDb(folder / "store.db"), lambda db: db.run("PRAGMA busy_timeout=0")),
}


@pytest.fixture(params=RUNGS)
def rung(request: pytest.FixtureRequest) -> Rung:
    """Each rung in turn."""
    return RUNGS[request.param]


@pytest.fixture
def connect(rung: Rung, tmp_path: Path) -> Iterator[Connect]:
    """Connections to one fresh store, with its tables made."""
    with ExitStack() as stack:

        def opened() -> Db:
            return stack.enter_context(closing(rung.connect(tmp_path)))

        first = opened()
        for tables in (log.TABLES, views.TABLES, due.TABLES, intake.TABLES):
            first.create(tables)
        yield opened


@pytest.fixture
def db(connect: Connect) -> Db:
    """A connection to a fresh store."""
    return connect()
