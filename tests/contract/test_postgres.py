"""What PostgreSQL promises beside the contracts: one owner, commits that are heard of, connections made again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from bindeledd.core.errors import InvalidMessage, Occupied, TransientError
from bindeledd.store import log
from bindeledd.store.postgres import Hold, Listener, PostgresDb, schemas_with
from tests import postgres
from tests.prøvetjeneste import noter, satt_opp, skriver

HEARD_SECONDS_MAX = 10


@pytest.fixture
def url() -> str:
    return postgres.fresh()


@pytest.fixture
def db(url: str) -> Iterator[PostgresDb]:
    with closing(PostgresDb(url, "store", Hold.ALONE)) as opened:
        opened.create(log.TABLES)
        yield opened


def row(position: int) -> log.Stored:
    return log.Stored(position, "us", "us.t", "s", 1, position, b"data")


def commit(db: PostgresDb, position: int) -> None:
    db.begin()
    log.append(db, row(position))
    db.announce()
    db.commit()


def cut(db: PostgresDb, url: str) -> None:
    """The server ends the connection, as it does when somebody restarts it."""
    with psycopg.connect(url, autocommit=True) as operator:
        pid = db.one("SELECT pg_backend_pid()") if not db._inside else (db._link.info.backend_pid,)
        assert pid is not None
        operator.execute("SELECT pg_terminate_backend(%s, 5000)", pid)


# -- one owner -----------------------------------------------------------------------------------------------------


def test_a_second_owner_is_refused_and_told_why(db: PostgresDb, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bindeledd.store.postgres.OWNER_SECONDS", 0.01)
    with pytest.raises(Occupied, match="works on the schema store"):
        PostgresDb(url, "store", Hold.ALONE)
    assert db.one("SELECT 1") == (1,)


def test_others_may_look_and_another_service_has_its_own_owner(db: PostgresDb, url: str) -> None:
    with closing(PostgresDb(url, "store")) as visitor, closing(PostgresDb(url, "another", Hold.ALONE)):
        assert log.last_position(visitor) == 0
    assert schemas_with(url, "log") == ["store"]


def test_who_was_cut_off_while_another_took_over_writes_no_more(
    db: PostgresDb, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bindeledd.store.postgres.OWNER_SECONDS", 0.01)
    cut(db, url)
    with closing(PostgresDb(url, "store", Hold.ALONE)) as heir:
        with pytest.raises((Occupied, TransientError)):
            db.begin()
        with pytest.raises(Occupied):
            db.begin()
        commit(heir, 1)
    commit(db, 2)
    assert [one.position for one in log.read_page(db, 0, 10)] == [1, 2]


def test_an_address_that_cannot_be_read_is_said_to_be_so_without_saying_it() -> None:
    with pytest.raises(InvalidMessage, match="BINDELEDD_DATABASE") as refused:
        PostgresDb("password=secret nonsense", "store")
    assert "secret" not in str(refused.value)


def test_why_a_database_cannot_be_reached_is_told(url: str) -> None:
    with pytest.raises(TransientError, match='database "missing" does not exist'):
        PostgresDb(make_conninfo(url, dbname="missing"), "store")


# -- connections ---------------------------------------------------------------------------------------------------


def test_a_question_is_asked_again_on_a_new_connection(db: PostgresDb, url: str) -> None:
    commit(db, 1)
    cut(db, url)
    assert log.last_position(db) == 1


def test_a_transaction_that_was_cut_off_is_a_transient_error_and_leaves_nothing(db: PostgresDb, url: str) -> None:
    db.begin()
    log.append(db, row(1))
    assert log.last_position(db) == 1
    cut(db, url)
    with pytest.raises(TransientError):
        log.last_position(db)
    db.rollback()
    assert log.last_position(db) == 0


def test_a_savepoint_of_a_transaction_that_was_cut_off_cannot_be_undone(db: PostgresDb, url: str) -> None:
    db.begin()
    db.savepoint()
    assert log.last_position(db) == 0
    cut(db, url)
    with pytest.raises(TransientError):
        db.undo()
    db.rollback()


def test_a_transaction_in_which_something_failed_is_never_said_to_be_committed(db: PostgresDb) -> None:
    db.begin()
    log.append(db, row(1))
    with pytest.raises(psycopg.Error):
        db.all("SELECT nonsense")
    with pytest.raises(TransientError, match="rolled back"):
        db.commit()
    assert log.last_position(db) == 0


def test_a_projection_that_was_cut_off_is_a_transient_error_too(db: PostgresDb, url: str) -> None:
    db.begin()
    cut(db, url)
    with pytest.raises(TransientError):
        db.sqlalchemy().exec_driver_sql("SELECT 1")
    db.rollback()


def test_what_waits_is_sent_before_a_projection_asks(db: PostgresDb) -> None:
    db.begin()
    log.append(db, row(1))
    assert db.sqlalchemy().exec_driver_sql("SELECT COUNT(*) FROM log").scalar() == 1
    db.rollback()


def test_a_commit_is_durable_whatever_the_server_is_set_to(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as operator:
        operator.execute("ALTER ROLE CURRENT_USER SET synchronous_commit = off")
        try:
            with closing(PostgresDb(url, "store")) as db:
                assert db.one("SHOW synchronous_commit") == ("on",)
        finally:
            operator.execute("ALTER ROLE CURRENT_USER RESET synchronous_commit")


# -- commits that are heard of -------------------------------------------------------------------------------------


@pytest.fixture
def heard(url: str, db: PostgresDb) -> Iterator[Callable[[], bool]]:
    """Waits until a commit in the store has been heard of; False when none is."""
    wakes = threading.Semaphore(0)
    with closing(Listener(url, ["store"], wakes.release)):
        assert wakes.acquire(timeout=HEARD_SECONDS_MAX), "it should look once when it begins to listen"
        yield lambda: wakes.acquire(timeout=HEARD_SECONDS_MAX)


def test_a_commit_is_heard_of_when_it_can_be_read(db: PostgresDb, url: str, heard: Callable[[], bool]) -> None:
    with closing(PostgresDb(url, "store")) as reader:
        for position in (1, 2, 3):
            commit(db, position)
            assert heard()
            assert log.last_position(reader) == position


def test_what_was_rolled_back_is_not_heard_of(db: PostgresDb, heard: Callable[[], bool]) -> None:
    db.begin()
    db.announce()
    db.rollback()
    commit(db, 1)
    assert heard()
    assert log.last_position(db) == 1


def test_what_a_service_carries_out_is_heard_of(tmp_path: Path) -> None:
    url, wakes = postgres.fresh(), threading.Semaphore(0)
    postgres.give(tmp_path, url)
    with satt_opp(tmp_path, skriver()) as oppe, closing(Listener(url, ["skriver"], wakes.release)):
        assert wakes.acquire(timeout=HEARD_SECONDS_MAX)
        oppe.engines["skriver"].command(noter("ab"))
        assert wakes.acquire(timeout=HEARD_SECONDS_MAX)


def test_who_listens_looks_again_when_its_connection_was_made_anew(url: str, heard: Callable[[], bool]) -> None:
    with psycopg.connect(url, autocommit=True) as operator:
        operator.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'")
    assert heard()


# -- what is asked when transactions begin -------------------------------------------------------------------------


@pytest.mark.parametrize("undone", ["the transaction", "a savepoint", "what the server gave up"])
def test_what_is_asked_at_each_begin_is_answered_also_after_something_was_rolled_back(
    db: PostgresDb, undone: str
) -> None:
    for _ in range(10):  # so often that psycopg has plans of its own to drop
        db.one("SELECT position FROM log WHERE position = ?", (1,))
    for _ in range(3):
        assert db.begin(log.STANDS) is not None
        match undone:
            case "the transaction":
                db.rollback()
            case "a savepoint":
                db.savepoint()
                assert db.touched("DELETE FROM log") == 0
                db.undo()
                db.commit()
            case _:
                with pytest.raises(psycopg.DatabaseError):
                    db.touched("DELETE FROM no_such_table")
                with pytest.raises(TransientError):
                    db.commit()
                db.rollback()
        assert db.begin(log.STANDS) is not None
        db.commit()
