"""The rungs on which every store contract holds. A new rung is one more entry in `RUNGS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from bindeledd.store import due, intake, log, views
from bindeledd.store.db import Db
from bindeledd.store.sqlite import SqliteDb

Connect = Callable[[], Db]
"""Opens one more connection to the same store."""


def sqlite(folder: Path) -> Db:
    return SqliteDb(folder / "store.db")


RUNGS: dict[str, Callable[[Path], Db]] = {"sqlite": sqlite}


@pytest.fixture(params=RUNGS)
def connect(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connect]:
    """Connections to one fresh store, with its tables made."""
    with ExitStack() as stack:

        def opened() -> Db:
            db: Db = stack.enter_context(closing(RUNGS[request.param](tmp_path)))
            return db

        first = opened()
        for tables in (log.TABLES, views.TABLES, due.TABLES, intake.TABLES):
            first.create(tables)
        yield opened


@pytest.fixture
def db(connect: Connect) -> Db:
    """A connection to a fresh store."""
    return connect()
