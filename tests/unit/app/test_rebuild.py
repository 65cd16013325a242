"""Everything beside the log is folded from it again: the same, and nothing follows from it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bindeledd.app.stores import Files, looking_at
from bindeledd.core.envelope import record_hash
from bindeledd.ops.drift import with_drift
from bindeledd.ops.rebuild import Rebuilt, rebuild
from bindeledd.ops.verify import changed
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


ENDRET = "UPDATE log SET data = CAST(substr(data, 1, length(data) - 1) || x'02' AS BLOB) WHERE position = {}"
"""Changes the last byte of a record."""
HODE = "UPDATE stream_head SET version = {}, hash = x'{}' WHERE stream = '{}'"


def funnet(mappe: Path, service: str = "skriver") -> tuple[int, str] | None:
    with looking_at(Files(mappe)) as stores:
        bad = changed(service, stores, CODEC)
    return (bad.position, bad.why) if bad is not None else None


def hash_av(mappe: Path, position: int, service: str = "skriver") -> str:
    with closing(sqlite3.connect(mappe / f"{service}.db")) as db:
        return record_hash(db.execute("SELECT data FROM log WHERE position = ?", (position,)).fetchone()[0]).hex()


def test_what_a_rebuild_is_for_does_not_hinder_it(mappe: Path) -> None:
    assert funnet(mappe) is None
    sett(mappe, "DELETE FROM stream_head WHERE stream = 'cd'")
    sett(mappe, HODE.format(1, hash_av(mappe, 1), "ab"))
    assert funnet(mappe) is None
    assert bygd(mappe, skriver()).drifted == ["stream_head"]


@pytest.mark.parametrize("med_hodet", [False, True])
def test_a_last_record_that_was_changed_is_named_by_those_who_have_it(mappe: Path, *, med_hodet: bool) -> None:
    sett(mappe, ENDRET.format(3))
    sett(mappe, ENDRET.format(2))
    if med_hodet:
        sett(mappe, HODE.format(1, hash_av(mappe, 2), "cd"))
        sett(mappe, HODE.format(2, hash_av(mappe, 3), "ab"))
    assert funnet(mappe) == (2, "stream cd v1 is not what leser was given: it was changed")


def test_a_last_record_that_nobody_else_has_is_vouched_for_by_its_head(mappe: Path) -> None:
    with closing(sqlite3.connect(mappe / "leser.db")) as db:
        (position,) = db.execute("SELECT MAX(position) FROM log WHERE topic = 'leser.arkiv'").fetchone()
    sett(mappe, ENDRET.format(position), "leser")
    found = funnet(mappe, "leser")
    assert found is not None
    assert (found[0], "one of the two was changed" in found[1]) == (position, True)


def test_a_head_that_was_changed_is_mended_where_somebody_else_has_the_record(mappe: Path) -> None:
    sett(mappe, HODE.format(2, "00", "ab"))
    assert funnet(mappe) is None
    assert bygd(mappe, skriver()).drifted == ["stream_head"]


def test_a_received_record_that_was_changed_with_its_head_is_named_by_its_writer(mappe: Path) -> None:
    with closing(sqlite3.connect(mappe / "leser.db")) as db:
        (position,) = db.execute("SELECT MAX(position) FROM log WHERE stream = 'ab'").fetchone()
    sett(mappe, ENDRET.format(position), "leser")
    sett(mappe, HODE.format(2, hash_av(mappe, position, "leser"), "ab"), "leser")
    assert funnet(mappe, "leser") == (position, "stream ab v2 is not what skriver has in its own log")


def test_an_end_that_was_cut_off_is_not_folded_over(mappe: Path) -> None:
    sett(mappe, "DELETE FROM log WHERE position = 3")
    found = funnet(mappe)
    assert found is not None
    assert (found[0], "cut off" in found[1]) == (1, True)


def test_a_record_that_was_changed_further_back_is_named_too(mappe: Path) -> None:
    sett(mappe, ENDRET.format(1))
    found = funnet(mappe)
    assert found is not None
    assert found[0] == 3


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
