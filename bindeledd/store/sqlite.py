"""SQLite: what differs from the other engines, and nothing else."""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from bindeledd.core.errors import TransientError
from bindeledd.store.db import Db, Row
from bindeledd.store.disk import refused_by_disk

_PRAGMAS = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
PRAGMA secure_delete=ON;
PRAGMA foreign_keys=ON;
PRAGMA busy_timeout=5000;
PRAGMA cache_size=-1000;
PRAGMA temp_store=MEMORY;
PRAGMA wal_autocheckpoint=4000;
PRAGMA journal_size_limit=16777216;
"""


LOOK_SECONDS, WHILE_BUSY_SECONDS = 0.005, 0.001
"""Between two looks whether another process has written: each costs some microseconds."""
BUSY_SECONDS = 1.0
"""For so long after somebody wrote, more is expected."""


class SqliteDb:
    """One connection to one service's file, or one that cannot write. Without a path: to a file that nobody else can
    open, gone when it is closed or the process ends."""

    faults = (sqlite3.DatabaseError,)
    beside = False
    """A service's file has one process, which holds its part of the folder."""

    def __init__(self, path: Path | None, *, read_only: bool = False) -> None:
        self._path = path or Path()
        if path is None:
            self._db = _connected("")  # SQLite's own name for such a file
        elif read_only:
            self._db = _read_only(path)
        else:
            self._db = _connected(path.resolve().as_uri())
            self._db.executescript(_PRAGMAS)
        self._alchemy = self._lent()

    def all(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        return self._db.execute(sql, params).fetchall()

    def one(self, sql: str, params: Sequence[object] = ()) -> Row | None:
        row: Row | None = self._db.execute(sql, params).fetchone()
        return row

    def run(self, sql: str, params: Sequence[object] = ()) -> None:
        self._db.execute(sql, params)

    def touched(self, sql: str, params: Sequence[object] = ()) -> int:
        return self._db.execute(sql, params).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        self._db.executemany(sql, rows)

    def insert(self, table: str, rows: Sequence[Sequence[object]], if_there: str = "") -> None:
        if rows:
            self.run_many(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))}) {if_there}", rows)  # noqa: S608

    def create(self, tables: str) -> None:
        # One by one, for a script would commit what is open.
        for statement in tables.format(blob="BLOB", position="INTEGER", clustered="WITHOUT ROWID").split(";"):
            self._db.execute(statement)

    def has_table(self, name: str) -> bool:
        return self.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)) is not None

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def commits_with(self, other: Db) -> bool:
        """Two files have two commits."""
        return False

    def begin(self, question: str = "") -> Row | None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise refused_by_disk(error) or TransientError(f"the store is busy: {error}") from error
        return None

    def begin_reading(self) -> None:
        self._db.execute("BEGIN")

    def announce(self) -> None:
        """Nobody to tell: a file has one process, and its services wake each other."""

    def commit(self) -> None:
        self._db.execute("COMMIT")

    def rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def savepoint(self) -> None:
        self._db.execute("SAVEPOINT s")

    def release(self) -> None:
        self._db.execute("RELEASE s")

    def undo(self) -> None:
        self._db.execute("ROLLBACK TO s")
        self._db.execute("RELEASE s")

    def sqlalchemy(self) -> Connection:
        return self._alchemy

    def _lent(self) -> Connection:
        """SQLAlchemy on our own connection: it lends its statements, and we begin and commit.

        Made before the first transaction: setting a connection to autocommit commits whatever is open on it.
        """
        engine = create_engine(
            "sqlite://", creator=lambda: self._db, poolclass=StaticPool, isolation_level="AUTOCOMMIT"
        )
        return engine.connect()

    def wal_bytes(self) -> int:
        wal = self._path.with_name(self._path.name + "-wal")
        return wal.stat().st_size if wal.exists() else 0

    def idle(self) -> None:
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def burn(self) -> None:
        """A deleted row is overwritten where it lies, but not where it lay before its page was split: so the whole file
        is written anew."""
        self._db.execute("VACUUM")
        (busy, *_rest) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise TransientError("somebody reads it")

    def close(self) -> None:
        self._db.close()


class Watcher:
    """Sees that somebody has written to a store: calls `wake` at the beginning, and after each commit of another
    connection, whichever process it is in."""

    def __init__(self, path: Path, wake: Callable[[], None]) -> None:
        self._path, self._wake = path, wake
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher")
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        with closing(_read_only(self._path)) as db:
            before, busy_until = None, math.inf
            while not self._closing.wait(WHILE_BUSY_SECONDS if time.monotonic() < busy_until else LOOK_SECONDS):
                (now,) = db.execute("PRAGMA data_version").fetchone()
                if now != before:
                    before, busy_until = now, time.monotonic() + BUSY_SECONDS
                    self._wake()


def _connected(address: str) -> sqlite3.Connection:
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, cached_statements=512)


def _read_only(path: Path) -> sqlite3.Connection:
    """On a disk that cannot be written to, SQLite reads a file without a write-ahead log only if told that nobody
    writes. What a process that was killed in its very first write left half done, only a writer may take back."""
    address = f"{path.resolve().as_uri()}?mode=ro"
    db, wal = _connected(address), path.with_name(path.name + "-wal")
    try:
        db.execute("SELECT 1 FROM sqlite_master")
    except sqlite3.OperationalError as error:
        db.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_READONLY_ROLLBACK:
            _roll_back(path)
            return _read_only(path)
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CANTOPEN or (wal.exists() and wal.stat().st_size):
            raise
        return _connected(f"{address}&immutable=1")
    except sqlite3.DatabaseError:
        pass  # a damaged file: its reader finds where
    return db


def _roll_back(path: Path) -> None:
    """The first look of a connection that may write takes back what a dead one left in its journal."""
    with closing(_connected(f"{path.resolve().as_uri()}?mode=rw")) as db:
        db.execute("SELECT 1 FROM sqlite_master")
