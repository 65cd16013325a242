"""The made-up Bergen: the same again from the same seed, synthetic people only, and all of it through real commands."""

from __future__ import annotations

import hashlib
import json
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindeledd.app import simulate
from bindeledd.app.folder import UNFINISHED, store_files
from bindeledd.app.installation import codec
from bindeledd.app.settings import Settings
from bindeledd.app.simulate import Plan, fill_demo, first_day, simulate_into
from bindeledd.app.simulering.folk import lag_folk
from bindeledd.app.stores import Database, Files, looking_at
from bindeledd.core.errors import InvalidMessage, Stopped
from bindeledd.ops.verify import verify
from bindeledd.store import log
from bindeledd.store.postgres import PostgresDb, make_schema, schemas_with
from services.felles.tid import lokal_dag
from tests import postgres
from tests.unit.app.conftest import Kjør

START = date(2026, 3, 2)
PLAN = Plan(START, days=6, patients=8, seed=3)


@pytest.fixture(scope="module")
def mappe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated week."""
    folder = tmp_path_factory.mktemp("simulert")
    simulate_into(Files(folder), Settings().config(), PLAN)
    return folder


def poster(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Service, topic and bytes of every record."""
    for service, file in store_files(folder).items():
        with closing(sqlite3.connect(file)) as db:
            for topic, data in db.execute("SELECT topic, data FROM log ORDER BY position"):
                yield service, topic, data


def avtrykk(folder: Path) -> dict[str, str]:
    found: dict[str, hashlib._Hash] = {}
    for service, _, data in poster(folder):
        found.setdefault(service, hashlib.sha256()).update(data)
    return {service: digest.hexdigest() for service, digest in found.items()}


def test_the_same_seed_and_first_day_give_byte_identical_logs_in_another_process(mappe: Path, tmp_path: Path) -> None:
    args = ["--dager", "6", "--pasienter", "8", "--seed", "3", "--fra", START.isoformat(), "--data", str(tmp_path)]
    program = "import sys; from bindeledd.app.cli import main; sys.argv[0] = 'bindeledd'; main()"
    subprocess.run(
        [sys.executable, "-c", program, "simulate", *args], check=True, capture_output=True, timeout=100,
        env={**os.environ, "PYTHONHASHSEED": "12345", "TZ": "Asia/Tokyo"},
    )  # fmt: skip
    assert avtrykk(tmp_path) == avtrykk(mappe)


def test_the_same_seed_gives_the_same_logs_in_a_database(mappe: Path, tmp_path: Path) -> None:
    base = Database(tmp_path, postgres.fresh())
    simulate_into(base, Settings().config(), PLAN)
    with looking_at(base) as stores:
        assert [one.bad for one in verify(stores, codec())] == [None] * 5
        logger = {
            service: hashlib.sha256(b"".join(row.data for row in log.read_page(db, 0, 1_000_000))).hexdigest()
            for service, db in stores.items()
        }
    assert logger == avtrykk(mappe)


def test_a_simulation_that_is_cut_off_leaves_nothing_in_a_database(tmp_path: Path) -> None:
    base, plan = Database(tmp_path, postgres.fresh()), Plan(START, days=3, patients=2, seed=5)

    def cut_off(_day: int) -> None:
        raise Stopped("cut off")

    with pytest.raises(Stopped):
        simulate_into(base, Settings().config(), plan, cut_off)
    assert not base.services()
    assert not base.has_keyring()
    make_schema(base.url, UNFINISHED)  # as one that was killed leaves it
    PostgresDb(base.url, "samhandling").create(log.TABLES)
    simulate_into(base, Settings().config(), plan)
    assert len(base.services()) == 5
    assert UNFINISHED not in schemas_with(base.url, "")
    with pytest.raises(InvalidMessage, match="not empty"):
        simulate_into(Database(tmp_path / "another", base.url), Settings().config(), plan)


def test_another_seed_gives_another_history(mappe: Path, tmp_path: Path) -> None:
    simulate_into(Files(tmp_path), Settings().config(), Plan(START, days=2, patients=2, seed=4))
    assert not set(avtrykk(tmp_path).values()) & set(avtrykk(mappe).values())


def test_every_service_has_something_to_show(mappe: Path) -> None:
    topics = {(service, topic) for service, topic, _ in poster(mappe)}
    for needed in (
        ("samhandling", "samhandling.opphold"), ("samhandling", "samhandling.kvittering"),
        ("ansvarsgruppe", "ansvarsgruppe.gruppe"), ("ansvarsgruppe", "ansvarsgruppe.samtykke"),
        ("kriseplan", "kriseplan.kriseplan"), ("barn_paaroerende", "barn_paaroerende.kartlegging"),
        ("web", "samhandling.til.pam"),
    ):  # fmt: skip
        assert needed in topics


def test_the_chains_hold_and_nothing_is_parked(mappe: Path) -> None:
    with looking_at(Files(mappe)) as stores:
        assert [one.bad for one in verify(stores, codec())] == [None] * 5
    for file in store_files(mappe).values():
        with closing(sqlite3.connect(file)) as db:
            assert db.execute("SELECT COUNT(*) FROM quarantine").fetchone() == (0,)


def test_nothing_is_written_outside_the_days_that_were_asked_for(mappe: Path) -> None:
    for _, _, data in poster(mappe):
        assert START <= lokal_dag(codec().peek(data).registrert) <= PLAN.last_day + timedelta(days=1)


def test_no_name_or_number_rests_in_the_clear(mappe: Path) -> None:
    from bindeledd.app.simulate import chance

    bydeler = tuple(sorted(Settings().config().oppsett.bydeler))
    people = lag_folk(PLAN.patients, bydeler, START, chance(PLAN.seed))
    merker = [m.encode() for person in people for m in (person.ident.id, person.etternavn, person.gate) if m]
    for file in mappe.iterdir():
        content = file.read_bytes()
        assert not [merke for merke in merker if merke in content]


def test_a_folder_that_holds_something_is_refused(mappe: Path) -> None:
    with pytest.raises(InvalidMessage, match="not empty"):
        simulate_into(Files(mappe), Settings().config(), PLAN)


@pytest.mark.parametrize("fra", ["0001-01-01", "1932-12-31", "2059-01-01", "9999-12-31"])
def test_a_first_day_on_which_nobody_could_have_a_national_id_is_refused(kjør: Kjør, tmp_path: Path, fra: str) -> None:
    svar = kjør("simulate", "--dager", "3", "--fra", fra, "--pasienter", "1", "--data", tmp_path / "ny")
    assert svar.kode == 3
    assert f"first day {fra}. Begin in 1933 to 2058" in svar.sagt
    assert not (tmp_path / "ny").exists()


def test_a_first_day_before_the_rules_is_refused_with_what_is_missing(kjør: Kjør, tmp_path: Path) -> None:
    svar = kjør("simulate", "--dager", "3", "--fra", "1933-01-01", "--pasienter", "1", "--data", tmp_path / "ny")
    assert (svar.kode, "says nothing before" in svar.sagt) == (3, True)


def test_people_can_be_made_on_the_last_day_that_is_taken() -> None:
    assert len(lag_folk(40, ("årstad",), date(2058, 12, 31), random.Random(1))) == 40


@pytest.mark.parametrize(("hva", "verdi"), [
    ("--dager", "0"), ("--dager", "-1"), ("--dager", "999999999999"),
    ("--pasienter", "0"), ("--pasienter", "-1"), ("--pasienter", "999999999999"),
])  # fmt: skip
def test_none_less_than_none_and_too_many_are_refused_as_a_wrong_command_line(
    kjør: Kjør, tmp_path: Path, hva: str, verdi: str
) -> None:
    andre = {"--dager": "3", "--pasienter": "1"} | {hva: verdi}
    svar = kjør("simulate", *(del_ for par in andre.items() for del_ in par), "--data", tmp_path / "ny")
    assert (svar.kode, hva in svar.sagt) == (2, True)
    assert not (tmp_path / "ny").exists()


def test_a_simulation_that_is_cut_off_leaves_nothing_and_the_next_one_starts_afresh(tmp_path: Path) -> None:
    plan = Plan(START, days=3, patients=2, seed=5)

    def cut_off(_day: int) -> None:
        raise Stopped("cut off")

    with pytest.raises(Stopped):
        simulate_into(Files(tmp_path), Settings().config(), plan, cut_off)
    assert not store_files(tmp_path)
    assert (tmp_path / UNFINISHED).exists()
    simulate_into(Files(tmp_path), Settings().config(), plan)
    assert not (tmp_path / UNFINISHED).exists()
    assert len(store_files(tmp_path)) == 5


def test_a_demo_ends_now_and_stops_when_it_is_asked_to(tmp_path: Path) -> None:
    now = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
    with pytest.raises(Stopped):
        fill_demo(Settings(data=tmp_path), now, lambda: True)
    assert not store_files(tmp_path)


def test_a_demo_tells_how_far_it_has_come_where_there_is_no_bar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(simulate, "DEMO_DAYS", 3)
    monkeypatch.setattr(simulate, "DEMO_PATIENTS", 2)
    fill_demo(Settings(data=tmp_path), datetime(2026, 3, 10, 9, 30, tzinfo=UTC), lambda: False)
    assert capsys.readouterr().err.splitlines() == [f"days of the demo's town: {day} of 3" for day in (1, 2)]
    assert json.loads((tmp_path / "demo.json").read_text())["days"] == 3


def test_a_demo_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "something").write_text("kept")
    with pytest.raises(InvalidMessage, match="not empty"):
        fill_demo(Settings(data=tmp_path), datetime(2026, 3, 10, 9, 30, tzinfo=UTC), lambda: False)


def test_the_first_day_is_such_that_the_last_is_today() -> None:
    assert first_day(date(2026, 3, 10), 1) == date(2026, 3, 10)
    assert Plan(first_day(date(2026, 3, 10), 14), 14, 1, 1).last_day == date(2026, 3, 10)


def test_the_command_says_what_came_of_it(kjør: Kjør, tmp_path: Path) -> None:
    svar = kjør("simulate", "--dager", 2, "--pasienter", 2, "--fra", "2026-03-02", "--data", tmp_path, "--json")
    rad = json.loads(svar.ut)
    assert (svar.kode, rad["days"], rad["patients"]) == (0, 2, 2)
    assert kjør("simulate", "--dager", 2, "--data", tmp_path).kode == 3


@given(seed=st.integers(0, 10**6), antall=st.integers(1, 60))
@settings(max_examples=30)
def test_people_are_of_the_test_series_and_no_two_share_a_number(seed: int, antall: int) -> None:
    people = lag_folk(antall, ("aarstad", "fana"), START, random.Random(seed))
    assert len({person.ident.id for person in people}) == antall
    for person in people:
        assert 81 <= int(person.ident.id[2:4]) <= 92
        assert (int(person.ident.id[:2]) > 40) == (person.ident.type == "DNR")
        assert timedelta(days=18 * 365) < START - person.født < timedelta(days=79 * 365)


def test_a_rebuild_of_a_simulated_week_changes_nothing(mappe: Path, kjør: Kjør) -> None:
    svar = kjør("rebuild", "--data", mappe, "--json")
    assert [json.loads(linje)["drifted"] for linje in svar.linjer] == [[]] * 5
