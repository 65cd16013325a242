"""Understands how all that is kept of a store is moved to another engine, byte for byte, and shown to be the same.

Kept is what cannot be folded again, as the layouts of `bindeledd.store.migrations` name it; the rest is folded anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import inspect

from bindeledd.core.errors import InvalidMessage
from bindeledd.runtime.views import REFRESH
from bindeledd.store import due
from bindeledd.store.db import Db, Row
from bindeledd.store.migrations import Kept, bring_up

PAGE_ROWS = 1000
_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)")
_FOLDED = "folded"
"""What `meta` says of how the folded tables were made: they are made anew."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One store that lies in its new place: how many rows of each table, and a hash over the log's in their order."""

    store: str
    rows: dict[str, int]
    hash: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def line(self) -> str:
        what = f"{self.rows['log']} records" if "log" in self.rows else f"{self.rows['data_key']} keys"
        others = sum(self.rows.values()) - self.rows.get("log", self.rows.get("data_key", 0))
        return f"{self.store}: {what} and {others} other rows, all the same"


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


def copy_store(store: str, kept: Kept, source: Db, target: Db, step: Callable[[int], None]) -> Copied:
    """Every kept row of a store that nobody works on, into one that has none. `step` is told of each page's rows.

    Raises InvalidMessage when what arrived is not what was sent.
    """
    bring_up(target, kept)
    rows, hashes = {}, {}
    for table in _tables(target, kept):
        sent, count = hashlib.sha256(), 0
        for page in _pages(source, table):
            _write(target, table, page)
            count += len(page)
            _note(sent, page)
            step(len(page))
        there = hashlib.sha256()
        for page in _pages(target, table):
            _note(there, page)
        if there.digest() != sent.digest():
            raise InvalidMessage(
                f"{table.name} of {store} did not arrive as it was", fix="Try again; nothing is left of it"
            )
        rows[table.name], hashes[table.name] = count, sent.hexdigest()
    return Copied(store, rows, hashes[kept.known_by])


def copy_moments(source: Db, target: Db) -> None:
    """The moments at which an answer changes by itself stand in no record: folding anew keeps those that it finds."""
    target.begin()
    try:
        target.create(due.TABLES)
        for row in due.named(source, REFRESH):
            due.set_due(target, row)
        target.commit()
    except BaseException:
        target.rollback()
        raise


def _tables(db: Db, kept: Kept) -> list[_Table]:
    looked_at = inspect(db.sqlalchemy())
    return [
        _Table(
            name,
            tuple(column["name"] for column in looked_at.get_columns(name)),
            tuple(looked_at.get_pk_constraint(name)["constrained_columns"]),
        )
        for name in _TABLE.findall(kept.tables)
    ]


def _pages(db: Db, table: _Table) -> Iterator[list[Row]]:
    """Every row in the order of the key (a log's is its position), page by page, as values that engines agree on."""
    key, columns = ", ".join(table.key), ", ".join(table.columns)
    places = [table.columns.index(name) for name in table.key]
    first = f"SELECT {columns} FROM {table.name} ORDER BY {key} LIMIT {PAGE_ROWS}"  # noqa: S608 - our own names
    marks = ", ".join("?" * len(table.key))
    more = f"SELECT {columns} FROM {table.name} WHERE ({key}) > ({marks}) ORDER BY {key} LIMIT {PAGE_ROWS}"  # noqa: S608
    page = db.all(first)
    while page:
        yield [row for row in page if table.name != "meta" or row[places[0]] != _FOLDED]
        page = db.all(more, [page[-1][place] for place in places])


def _write(db: Db, table: _Table, page: Sequence[Row]) -> None:
    marks = ", ".join("?" * len(table.columns))
    db.begin()
    try:
        db.run_many(f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({marks})", page)  # noqa: S608
        db.commit()
    except BaseException:
        db.rollback()
        raise


def _note(digest: hashlib._Hash, page: Sequence[Row]) -> None:
    for row in page:
        digest.update(repr(row).encode())
