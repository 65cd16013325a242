"""Everything beside the log is folded from it again: the same, and nothing follows from it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.ops.drift import with_drift
from bindeledd.ops.rebuild import Rebuilt, rebuild
from bindeledd.runtime.service import Service
from bindeledd.store.sqlite import SqliteDb
from tests.prøvetjeneste import CODEC, TELLING, leser, noter, satt_opp, skriver


@pytest.fixture
def mappe(tmp_path: Path) -> Path:
    with satt_opp(tmp_path, skriver(), leser()) as oppsatt:
        for number, stream in enumerate(("ab", "cd", "ab")):
            oppsatt.engines["skriver"].command(noter(stream, frist=timedelta(hours=number + 1)))
        oppsatt.embedded.pump()
    return tmp_path


def bygd(mappe: Path, service: Service) -> Rebuilt:
    with closing(SqliteDb(mappe / f"{service.name}.db")) as db:
        return rebuild(db, with_drift(service), CODEC)


def sett(mappe: Path, sql: str, service: str = "skriver") -> None:
    with closing(sqlite3.connect(mappe / f"{service}.db")) as db, db:
        db.execute(sql)


def rader(mappe: Path, table: str, service: str = "skriver") -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(mappe / f"{service}.db")) as db:
        return sorted(db.execute(f"SELECT * FROM {table}").fetchall())


@pytest.mark.parametrize("service", [skriver(), leser()], ids=lambda s: s.name)
def test_a_rebuild_of_what_is_whole_gives_the_same_tables(mappe: Path, service: Service) -> None:
    found = bygd(mappe, service)
    assert found.drifted == []
    assert found.records == {"skriver": 3, "leser": 6}[service.name]
    assert set(found.after) == {"stream_head", "view_stream", "due", "notater"}


@pytest.mark.parametrize(
    ("table", "sql"),
    [
        ("notater", "UPDATE notater SET antall = 99"),
        ("notater", "DELETE FROM notater"),
        ("stream_head", "UPDATE stream_head SET version = 7 WHERE stream = 'ab'"),
        ("due", "DELETE FROM due"),
        ("due", "INSERT INTO due VALUES ('zz', 'frist', 'skriver.notat', 1)"),
    ],
)
def test_a_table_that_is_not_what_the_log_says_is_named_and_mended(mappe: Path, table: str, sql: str) -> None:
    whole = rader(mappe, table)
    sett(mappe, sql)
    assert bygd(mappe, skriver()).drifted == [table]
    assert rader(mappe, table) == whole
    assert bygd(mappe, skriver()).drifted == []


def test_a_rebuild_never_reacts(mappe: Path) -> None:
    before = rader(mappe, "log", "leser")
    bygd(mappe, leser())
    assert rader(mappe, "log", "leser") == before


def test_a_service_goes_on_after_a_rebuild_as_if_nothing_had_been(mappe: Path) -> None:
    bygd(mappe, skriver())
    bygd(mappe, leser())
    with satt_opp(mappe, skriver(), leser(), seed=2) as oppsatt:
        written = oppsatt.engines["skriver"].command(noter("ab")).written[0]
        assert (written.version, written.position) == (3, 4)
        oppsatt.embedded.pump()
        assert oppsatt.engines["leser"].position == 8


def test_a_deadline_that_was_judged_is_not_set_again(mappe: Path) -> None:
    with satt_opp(mappe, skriver(), seed=2) as oppsatt:
        oppsatt.klokke.now += timedelta(hours=10)
        assert oppsatt.embedded.pump() == 2
    assert rader(mappe, "due") == []
    assert bygd(mappe, skriver()).drifted == []


def test_a_fold_that_fails_leaves_everything_as_it_was(mappe: Path) -> None:
    def broken(*_: object) -> None:
        raise KeyError("fold")

    before = {table: rader(mappe, table) for table in ("notater", "stream_head", "due")}
    service = skriver()
    folds = dict.fromkeys(TELLING.folds, broken)
    service = service.__class__("skriver", service.aggregates, projections=(TELLING.__class__(TELLING.tables, folds),))
    with pytest.raises(KeyError):
        bygd(mappe, service)
    assert {table: rader(mappe, table) for table in before} == before


def test_what_is_no_fold_stays(mappe: Path) -> None:
    sett(mappe, "INSERT INTO idempotency VALUES ('scope', x'00', 'ab', 1)")
    before = rader(mappe, "cursor", "leser")
    bygd(mappe, skriver())
    bygd(mappe, leser())
    assert rader(mappe, "idempotency") == [("scope", b"\x00", "ab", 1)]
    assert rader(mappe, "cursor", "leser") == before
