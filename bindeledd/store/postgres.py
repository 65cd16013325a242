"""PostgreSQL: what differs from the other engines, and nothing else.

Round trips are what costs here. What is only written waits in the process, and travels with the next question, with the
end of its savepoint, or with the commit.
"""

from __future__ import annotations

import select
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from functools import cache
from itertools import chain
from typing import Any, Final

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import StaticPool

from bindeledd.core.errors import DiskFull, InvalidMessage, Occupied, TransientError
from bindeledd.store.db import Db, Row

CONNECT_AFTER_SECONDS = (0.0, 0.1, 0.3, 0.8)
"""How long to wait before each try at a connection. Whoever asked then hears a TransientError, and tries again."""
OWNER_SECONDS = 3.0
"""How long to wait for a schema whose owner may have ended a moment ago."""
WAITING_MAX, ROWS_AT_ONCE = 256, 100
"""So many wait at most; and so many rows go in one statement, for less than half of what as many statements cost."""
WRITER, OWNER, MAKER, OPENING, RELAY = range(0x62646C01, 0x62646C06)
"""Kinds of advisory lock: writing in a schema, being one of those who may, making it, and sending what it says. The
schema is the key; there is one OPENING for the whole database."""
KEYRING = "keyring"
"""The schema whose tables a service's connection finds beside its own, so that its keys are in its own commit."""
_NOT_NOW = (
    psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
)  # fmt: skip
_LINK: Final[dict[str, Any]] = {
    # A server that is gone without a word is noticed within seconds, and a standby is no place to write.
    "connect_timeout": 3, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3,
    "tcp_user_timeout": 10_000, "target_session_attrs": "read-write", "application_name": "bindeledd",
}  # fmt: skip
_SESSION = (
    # Read committed: what is asked after the writer lock sees all that was committed before it was had.
    "SET synchronous_commit = on; SET lock_timeout = '5s'; SET client_min_messages = warning; "
    "SET default_transaction_isolation = 'read committed'; SET search_path = {schema}, " + KEYRING + "; "
    # Whoever is cut off or stands still lets go of the writer lock: others wait for it.
    "SET idle_in_transaction_session_timeout = '30s'; SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; "
    "SET tcp_keepalives_count = 3; SET tcp_user_timeout = '10s'"
)


class Hold(Enum):
    """What a connection holds of its schema for as long as it is connected."""

    NOTHING = ""
    ALONE = "pg_advisory_lock({owner}, {key})"
    BESIDE = "pg_advisory_lock_shared({owner}, {key})"
    """The right to work there, with others who have it too."""
    RELAY = "pg_advisory_lock({relay}, {key})"

    def lock(self, key: int) -> str:
        return "SELECT " + self.value.format(owner=OWNER, relay=RELAY, key=key)


class PostgresDb:
    """One connection to one service's schema, made again when it is lost.

    What it holds goes with the connection, so that a process which was cut off cannot write beside one that came after
    it and is to be alone.
    """

    faults = (psycopg.DatabaseError,)

    def __init__(self, url: str, schema: str, hold: Hold = Hold.NOTHING) -> None:
        self._url, self._schema, self._hold = url, schema, hold
        self._key = zlib.crc32(schema.encode()) - 2**31
        self._begin = f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({WRITER}, {self._key})"
        self._waiting: list[tuple[str, list[Sequence[object]]]] = []
        """Statements in their order; of one that follows upon itself, the parameters of each."""
        self._inside = False
        self._questions: dict[str, str] = {}
        """What is asked when transactions begin → the name that this connection knows it by."""
        self._planned = 0
        """How many there have been: a name that may still be there is not used again."""
        self._link: psycopg.Connection
        self._alchemy: Connection
        self._connect()

    # -- reading and writing ------------------------------------------------------------------------------------

    def all(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        return self._ask(sql, params).fetchall()

    def one(self, sql: str, params: Sequence[object] = ()) -> Row | None:
        return self._ask(sql, params).fetchone()

    def run(self, sql: str, params: Sequence[object] = ()) -> None:
        if not self._inside:
            self._ask(sql, params)
            return
        if not (params and self._waiting and self._waiting[-1][0] == sql):
            self._waiting.append((sql, []))
        self._waiting[-1][1].append(params)
        if max(len(self._waiting), len(self._waiting[-1][1])) >= WAITING_MAX:
            self._send()

    def touched(self, sql: str, params: Sequence[object] = ()) -> int:
        return self._ask(sql, params).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        for row in rows:
            self.run(sql, row)

    def insert(self, table: str, rows: Sequence[Sequence[object]], if_there: str = "") -> None:
        for at in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[at : at + ROWS_AT_ONCE]
            marks = ",".join([f"({','.join('?' * len(some[0]))})"] * len(some))
            self.run(f"INSERT INTO {table} VALUES {marks} {if_there}", [*chain.from_iterable(some)])  # noqa: S608

    def create(self, tables: str) -> None:
        # Refs and topics are in the order of their bytes, whatever the database's own language is.
        made = tables.format(blob="BYTEA", position="BIGINT", clustered="").replace(" TEXT", ' TEXT COLLATE "C"')
        with self._lost_is_transient():
            self._send()
            self._plain(made)

    def has_table(self, name: str) -> bool:
        asked = "SELECT 1 FROM pg_tables WHERE schemaname = ? AND tablename = ?"
        return self.one(asked, (self._schema, name)) is not None

    @property
    def place(self) -> tuple[str, str]:
        """The database's address, and the schema in it."""
        return self._url, self._schema

    # -- who else works here ------------------------------------------------------------------------------------

    @property
    def beside(self) -> bool:
        return self._hold is Hold.BESIDE

    @contextmanager
    def alone(self) -> Iterator[None]:
        if not self.beside:
            yield
            return
        self._take(Hold.ALONE)
        try:
            yield
        finally:
            if not self._link.closed:
                self._plain(f"SELECT pg_advisory_unlock({OWNER}, {self._key})")

    def commits_with(self, other: Db) -> bool:
        return isinstance(other, PostgresDb) and other.place == (self.place[0], KEYRING)

    # -- transactions -------------------------------------------------------------------------------------------

    def begin(self, question: str = "") -> Row | None:
        if self._link.closed:
            self._connect()
        with self._lost_is_transient():
            said = self._plain(f"{self._begin}; {self._prepared(question)}" if question else self._begin)
        self._inside = True
        while said.nextset():
            pass
        return said.fetchone() if question else None

    def _prepared(self, question: str) -> str:
        """The question, planned once: that costs more than the answer."""
        if question not in self._questions:
            self._planned += 1
            name = f"question_{self._planned}"
            self._plain(f"PREPARE {name} AS {question}")
            self._questions[question] = name
        return f"EXECUTE {self._questions[question]}"

    def _forget_plans(self) -> None:
        """Whenever something was rolled back, psycopg drops every plan of the connection, ours too."""
        self._questions.clear()

    def begin_reading(self) -> None:
        if self._link.closed:
            self._connect()
        with self._lost_is_transient():
            self._plain("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._inside = True

    def announce(self) -> None:
        self.run(f'NOTIFY "{channel(self._schema)}"')

    def commit(self) -> None:
        with self._lost_is_transient():
            done = self._send("COMMIT")
        self._inside = False
        if done.statusmessage != "COMMIT":
            raise TransientError("the database rolled back what should have been committed")

    def rollback(self) -> None:
        self._waiting.clear()
        self._inside = False
        self._forget_plans()
        if not self._link.closed and self._link.info.transaction_status is not TransactionStatus.IDLE:
            # A connection that is lost now has rolled back by that.
            with suppress(*_NOT_NOW):
                self._plain("ROLLBACK")

    def savepoint(self) -> None:
        self.run("SAVEPOINT s")

    def release(self) -> None:
        with self._lost_is_transient():
            self._send("RELEASE SAVEPOINT s")

    def undo(self) -> None:
        if not self._drop_waiting():
            with self._lost_is_transient():
                self._plain("ROLLBACK TO SAVEPOINT s; RELEASE SAVEPOINT s")
            self._forget_plans()

    def sqlalchemy(self) -> Connection:
        return self._alchemy

    # -- upkeep -------------------------------------------------------------------------------------------------

    def wal_bytes(self) -> int:
        """0: the write-ahead log is the server's to watch."""
        return 0

    def idle(self) -> None:
        """The server does its own upkeep."""

    def burn(self) -> None:
        """Write every table anew, and let go of the files that the deleted rows lay in."""
        try:
            for (name,) in self.all("SELECT tablename FROM pg_tables WHERE schemaname = ?", (self._schema,)):
                self._plain(f'VACUUM FULL "{name}"')
            self._plain("CHECKPOINT") if self._may_checkpoint() else None
        except errors.LockNotAvailable as error:
            raise TransientError("somebody reads it") from error
        except _NOT_NOW as error:
            raise self._not_now(error) from error

    def _may_checkpoint(self) -> bool:
        row = self.one("SELECT pg_has_role(current_user, 'pg_checkpoint', 'USAGE')")
        return bool(row and row[0])

    def close(self) -> None:
        self._link.close()

    # -- inside -------------------------------------------------------------------------------------------------

    def _ask(self, sql: str, params: Sequence[object]) -> psycopg.RawCursor[Row]:
        if self._inside:
            with self._lost_is_transient():
                return self._send(sql, params)
        # Outside a transaction a question may simply be asked again.
        for again in (True, False):
            if self._link.closed:
                self._connect()
            try:
                return self._send(sql, params)
            except _NOT_NOW as error:
                if not (again and self._link.closed):
                    raise self._not_now(error) from error
        raise AssertionError("unreachable")

    def _send(self, last: str = "", params: Sequence[object] = ()) -> psycopg.RawCursor[Row]:
        """Everything that waits, and `last` after it, in one round trip. Raises what the first that fails raises."""
        waiting, self._waiting = self._waiting, []
        cursor = psycopg.RawCursor(self._link)
        if not waiting:
            return cursor.execute(_numbered(last), params) if last else cursor
        with self._link.pipeline():
            writes = psycopg.RawCursor(self._link)
            for statement, rows in waiting:
                writes.executemany(_numbered(statement), rows)
            if last:
                cursor.execute(_numbered(last), params)
        return cursor

    def _plain(self, text: str) -> psycopg.Cursor[Row]:
        """Statements of our own without parameters, as many as there are, in one round trip."""
        return self._link.execute(text.encode(), prepare=False)

    def _drop_waiting(self) -> bool:
        """Forget what has been written since the latest savepoint, if none of it has left the process."""
        for at in range(len(self._waiting) - 1, -1, -1):
            if self._waiting[at][0] == "SAVEPOINT s":
                del self._waiting[at:]
                return True
        self._waiting.clear()
        return False

    @contextmanager
    def _lost_is_transient(self) -> Iterator[None]:
        try:
            yield
        except _NOT_NOW as error:
            raise self._not_now(error) from error

    def _not_now(self, error: psycopg.Error) -> TransientError:
        """What the caller hears. The server's own text may hold anything, so only its code is told."""
        if isinstance(error, errors.ReadOnlySqlTransaction):
            self._link.close()
        if not self._inside and not self._link.closed:
            self.rollback()
        if isinstance(error, errors.DiskFull):
            return DiskFull("the disk of the database server is full. Make room there. What was acknowledged is kept")
        if isinstance(error, errors.LockNotAvailable):
            return TransientError("the store is busy: another holds its lock")
        return TransientError(f"the database does not answer ({error.sqlstate or type(error).__name__})")

    def _connect(self) -> None:
        """A new connection, with the schema made and held. Raises TransientError, Occupied; InvalidMessage."""
        self._waiting.clear()
        self._inside = False
        self._questions.clear()
        why = ""
        for wait in CONNECT_AFTER_SECONDS:
            time.sleep(wait)
            try:
                self._link = _connection(self._url)
                self._settle_in()
            except _NOT_NOW as error:
                why = _why(error)
                continue
            return
        raise TransientError(f"the database cannot be reached: {why}")

    def _settle_in(self) -> None:
        try:
            self._make_ready()
        except BaseException:
            self._link.close()
            raise

    def _make_ready(self) -> None:
        schema = sql.Identifier(self._schema).as_string()
        self._plain(_SESSION.format(schema=schema))
        if self._link.execute("SELECT to_regnamespace(%s)", (schema,)).fetchone() == (None,):
            # Two that make the same schema at the same time would trip over each other.
            self._plain(
                f"SELECT pg_advisory_lock({MAKER}, {self._key}); CREATE SCHEMA IF NOT EXISTS {schema}; "
                f"SELECT pg_advisory_unlock({MAKER}, {self._key})"
            )
        if self._hold is not Hold.NOTHING:
            self._take(self._hold)
        self._alchemy = self._lent()

    def _take(self, hold: Hold) -> None:
        try:
            self._plain(f"SET lock_timeout = '{OWNER_SECONDS}s'; {hold.lock(self._key)}; SET lock_timeout = '5s'")
        except errors.LockNotAvailable:
            raise Occupied(
                f"another Bindeledd works on the schema {self._schema} of this database. "
                "Stop it first, or name another database"
            ) from None

    def _lent(self) -> Connection:
        """SQLAlchemy on our own connection: it lends its statements, and we begin and commit."""
        engine = create_engine(
            "postgresql+psycopg://", creator=lambda: self._link, poolclass=StaticPool, isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
        )  # fmt: skip

        @event.listens_for(engine, "before_cursor_execute")
        def before(*_details: object) -> None:
            with self._lost_is_transient():
                self._send()

        @event.listens_for(engine, "handle_error")
        def failed(context: Any) -> None:
            if isinstance(context.original_exception, _NOT_NOW):
                raise self._not_now(context.original_exception) from context.original_exception

        return engine.connect()


def with_password(url: str, password: str) -> str:
    """The address of a database with the password that goes with it. Raises InvalidMessage."""
    return make_conninfo(**{**_said(url), "password": password})


def _said(url: str) -> dict[str, Any]:
    try:
        return dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError:
        fix = "Write postgresql://user@host/database"
        raise InvalidMessage("the address of the database cannot be read", "BINDELEDD_DATABASE", fix) from None


def _connection(url: str) -> psycopg.Connection:
    said = _said(url)
    return psycopg.connect(url, autocommit=True, **{name: value for name, value in _LINK.items() if name not in said})


class Listener:
    """Hears what other processes announce in these schemas, without asking: calls `wake` after each commit there, and
    whenever some may have been missed (it began to listen, or its connection was lost and made again)."""

    def __init__(self, url: str, schemas: Iterable[str], wake: Callable[[], None]) -> None:
        self._url, self._wake = url, wake
        self._listen = "; ".join(f'LISTEN "{channel(schema)}"' for schema in schemas)
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="listener")
        self._thread.start()

    def close(self) -> None:
        self._stop.send(b".")
        self._thread.join()
        self._stop.close()
        self._stopped.close()

    def _run(self) -> None:
        while not self._asked_to_stop(0.0):
            with suppress(psycopg.OperationalError):
                with _connection(self._url) as link:
                    link.execute(self._listen.encode())
                    self._wake()
                    self._hear(link)
                return
            if self._asked_to_stop(CONNECT_AFTER_SECONDS[-1]):
                return

    def _hear(self, link: psycopg.Connection) -> None:
        """Until it is asked to stop. Raises OperationalError when the connection is lost."""
        while True:
            ready, _, _ = select.select([link.fileno(), self._stopped.fileno()], [], [])
            if self._stopped.fileno() in ready:
                return
            if list(link.notifies(timeout=0)):
                self._wake()

    def _asked_to_stop(self, within_seconds: float) -> bool:
        return bool(select.select([self._stopped], [], [], within_seconds)[0])


@contextmanager
def opening(url: str) -> Iterator[None]:
    """Wait until no other process opens stores in the database."""
    with _looking(url) as link:
        link.execute(f"SELECT pg_advisory_lock({OPENING}, 0)".encode())
        yield


def schemas_with(url: str, table: str) -> list[str]:
    """The schemas of a database that have this table ('' for all schemas that are not the server's own)."""
    having = "SELECT schemaname FROM pg_tables WHERE tablename = %s ORDER BY schemaname"
    every = "SELECT nspname FROM pg_namespace WHERE %s = '' AND nspname !~ '^pg_' ORDER BY nspname"
    with _looking(url) as link:
        return [row[0] for row in link.execute(having if table else every, (table,))]


def make_schema(url: str, name: str) -> None:
    with _looking(url) as link:
        link.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(name)))


def drop_schemas(url: str, *names: str) -> None:
    """Destroy schemas and all that is in them."""
    with _looking(url) as link:
        for name in names:
            link.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(name)))


@contextmanager
def _looking(url: str) -> Iterator[psycopg.Connection]:
    """A connection for a question or two. Raises TransientError when the database cannot be reached."""
    try:
        with _connection(url) as link:
            yield link
    except psycopg.OperationalError as error:
        raise TransientError(f"the database cannot be reached: {_why(error)}") from error


def _why(error: psycopg.Error) -> str:
    """What a failed connection says. Nothing but the address has been said on it, so its text may be told."""
    return str(error).strip().partition("\n")[0]


def channel(schema: str) -> str:
    """Where a service's commits are announced."""
    return f"bindeledd.{schema}"


@cache
def _numbered(statement: str) -> bytes:
    """Our `?` as PostgreSQL's $1, $2, …"""
    first, *rest = statement.split("?")
    return (first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))).encode()
