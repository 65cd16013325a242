"""The seam between what we store and the engine that stores it.

All SQL that is common stands in the sibling modules, with `?` for parameters; an engine brings the few things that
differ: how to open, how to lock for writing, how types are spelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Connection

Row = tuple[Any, ...]


class Db(Protocol):
    """One connection to a service's store. A writer's is used under the writer lock only."""

    @property
    def beside(self) -> bool:
        """Whether other processes may work in this store too, each under the writer lock."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """While the tables are made otherwise nobody else works here. Raises Occupied when somebody does."""
        ...

    def commits_with(self, other: Db) -> bool:
        """Whether what stands in the other store may be written through this connection, under the same commit."""
        ...

    @property
    def faults(self) -> tuple[type[Exception], ...]:
        """What the engine raises when something is wrong with what is stored."""
        ...

    def all(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """Every row, fetched at once: no read transaction outlives the call."""
        ...

    def one(self, sql: str, params: Sequence[object] = ()) -> Row | None: ...

    def run(self, sql: str, params: Sequence[object] = ()) -> None:
        """Execute. Inside a transaction what it raises may be heard as late as at the end of its savepoint."""
        ...

    def touched(self, sql: str, params: Sequence[object] = ()) -> int:
        """Execute now, and say how many rows it touched."""
        ...

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None: ...

    def insert(self, table: str, rows: Sequence[Sequence[object]], if_there: str = "") -> None:
        """Rows with a value for each of the table's columns, no two with the same key. `if_there`: the ON CONFLICT
        clause, where a row may be there already."""
        ...

    def create(self, tables: str) -> None:
        """Create tables from DDL with the engine's words for {blob} (bytes), {position} (the primary key of a log) and
        {clustered} (rows lie in the order of a primary key that is not a number)."""
        ...

    def has_table(self, name: str) -> bool: ...

    def begin(self, question: str = "") -> Row | None:
        """Open a writing transaction: takes the writer lock first, so that positions have no holes.

        `question` is whether another process has written here: asked in the same breath, under the lock. None where
        nobody else can have.
        """
        ...

    def begin_reading(self) -> None:
        """All that is read until `rollback` is of one moment."""
        ...

    def announce(self) -> None:
        """Whoever tails this log from another process hears of it when this transaction commits."""
        ...

    def commit(self) -> None:
        """Durable on return."""
        ...

    def rollback(self) -> None: ...

    def savepoint(self) -> None: ...

    def release(self) -> None: ...

    def undo(self) -> None:
        """Roll back to the latest savepoint and drop it. Raises TransientError when the transaction is lost."""
        ...

    def sqlalchemy(self) -> Connection:
        """The same connection, with which projections' tables are made and dropped; it commits with the rest."""
        ...

    def wal_bytes(self) -> int: ...

    def idle(self) -> None:
        """Called when nothing waits: fold the write-ahead log in."""
        ...

    def burn(self) -> None:
        """Leave no byte of deleted rows in the store's files. Raises TransientError while somebody else reads it."""
        ...

    def close(self) -> None: ...
