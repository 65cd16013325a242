"""What every rung promises of layouts: a new store and a migrated one are the same, and no record is touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from bindeledd.core.envelope import record_hash
from bindeledd.core.errors import InvalidMessage
from bindeledd.seal import keyring
from bindeledd.store import intake, log
from bindeledd.store.db import Db
from bindeledd.store.migrations import SERVICE, Kept, bring_up, refuse_older
from tests.contract.conftest import Rung

SERVICE_0001 = """
CREATE TABLE log (
  position {position} PRIMARY KEY, writer TEXT NOT NULL, topic TEXT NOT NULL,
  stream TEXT NOT NULL, version BIGINT NOT NULL, data {blob} NOT NULL
);
CREATE UNIQUE INDEX log_stream ON log (stream, version);
CREATE TABLE raw_message (stream TEXT PRIMARY KEY, data {blob} NOT NULL);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
KEYRING_0001 = """
CREATE TABLE data_key (
  key_id TEXT PRIMARY KEY, service TEXT NOT NULL, stream TEXT NOT NULL UNIQUE,
  person_ref TEXT, party TEXT NOT NULL, wrapped {blob} NOT NULL
) {clustered};
CREATE INDEX data_key_person ON data_key (person_ref);
CREATE TABLE blind_index (hmac {blob} PRIMARY KEY, person_ref TEXT NOT NULL) {clustered};
CREATE INDEX blind_index_person ON blind_index (person_ref);
CREATE TABLE flushed (service TEXT PRIMARY KEY, position BIGINT NOT NULL) {clustered};
CREATE TABLE flushed_key (service TEXT NOT NULL, stream TEXT NOT NULL, PRIMARY KEY (service, stream)) {clustered};
CREATE TABLE blind_before (
  service TEXT NOT NULL, hmac {blob} NOT NULL, person_ref TEXT, PRIMARY KEY (service, hmac)
) {clustered};
"""
OLD_ROWS = [
    (1, "us", "us.t", "a", 1, b"\x00one"),
    (2, "us", "us.t", "b", 1, b"two"),
    (3, "us", "us.t", "a", 2, b"three"),
]


@pytest.fixture
def db(rung: Rung) -> Iterator[Db]:
    with closing(rung.connect()) as opened:
        yield opened


@pytest.fixture
def old(db: Db) -> Db:
    """A service's store as the first release left it."""
    db.create(SERVICE_0001 + intake.TABLES)
    db.run_many("INSERT INTO log VALUES (?,?,?,?,?,?)", OLD_ROWS)
    log.set_meta(db, "epoch", "3")
    return db


def columns(db: Db, kept: Kept) -> dict[str, list[str]]:
    """Table → its columns in order, and its indexes, as the engine has them."""
    names = [part.split()[0] for part in kept.tables.split("TABLE IF NOT EXISTS ")[1:]]
    return {name: _columns(db, name) for name in names}


def _columns(db: Db, name: str) -> list[str]:
    if type(db).__name__ == "SqliteDb":
        found = db.all("SELECT name, type, pk FROM pragma_table_info(?)", (name,))
        found += db.all("SELECT name, \"unique\" FROM pragma_index_list(?) WHERE origin = 'c' ORDER BY 1", (name,))
    else:
        found = db.all(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position",
            (name,),
        )
        found += db.all(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ? "
            "AND indexname NOT LIKE '%pkey%' ORDER BY 1",
            (name,),
        )
    return [str(row) for row in found]


@pytest.mark.parametrize(("kept", "first"), [(SERVICE, SERVICE_0001 + intake.TABLES), (keyring.KEPT, KEYRING_0001)])
def test_a_migrated_store_is_laid_out_as_a_new_one(rung: Rung, db: Db, kept: Kept, first: str) -> None:
    db.create(first)
    bring_up(db, kept)
    migrated = columns(db, kept)
    for name in [*migrated, "alembic_version"]:
        db.run(f"DROP TABLE {name}")
    bring_up(db, kept)
    assert columns(db, kept) == migrated
    assert db.all("SELECT * FROM alembic_version") == [(kept.head,)]


def test_a_migrated_log_has_every_record_as_it_was(old: Db) -> None:
    bring_up(old, SERVICE)
    rows = log.read_page(old, 0, 10)
    assert [(row.position, row.stream, row.begins, row.version) for row in rows] == [
        (1, "a", 1, 1), (2, "b", 2, 1), (3, "a", 1, 2),
    ]  # fmt: skip
    assert [record_hash(row.data) for row in rows] == [record_hash(row[-1]) for row in OLD_ROWS]
    assert log.meta(old, "epoch") == "3"


def test_what_is_at_hand_is_left_alone(db: Db) -> None:
    for _ in range(2):
        bring_up(db, SERVICE)
        log.set_meta(db, "epoch", "2")
    assert log.meta(db, "epoch") == "2"


def test_a_migration_that_fails_leaves_the_store_as_it_was(old: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_self: Db) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(type(old), "commit", failing)
        with pytest.raises(RuntimeError):
            bring_up(old, SERVICE)
    assert old.all("SELECT * FROM log ORDER BY position") == OLD_ROWS
    bring_up(old, SERVICE)
    assert log.last_position(old) == 3


def test_a_store_of_a_newer_release_is_refused(db: Db) -> None:
    bring_up(db, SERVICE)
    db.run("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(InvalidMessage, match="newer release"):
        bring_up(db, SERVICE)


def test_who_only_looks_at_an_older_store_is_told_what_to_do(old: Db) -> None:
    with pytest.raises(InvalidMessage, match="migrates the store"):
        refuse_older("us", old, SERVICE)
