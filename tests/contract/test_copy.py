"""`bindeledd copy`: what was kept on one rung is kept on the other, byte for byte, and the work goes on there."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner

from bindeledd.app import cli
from bindeledd.app.copy import copy_all, stores_named
from bindeledd.app.folder import MASTER, claim, is_empty
from bindeledd.app.installation import all_services, codec
from bindeledd.app.settings import Settings
from bindeledd.app.simulate import Plan, simulate_into
from bindeledd.app.stores import Database, Files, Stores, looking_at
from bindeledd.core.errors import InvalidMessage, Occupied
from bindeledd.ops import copy, rebuild
from bindeledd.ops.copy import _tables
from bindeledd.ops.drift import with_drift
from bindeledd.ops.verify import verify
from bindeledd.seal import keyring
from bindeledd.store import intake
from bindeledd.store.db import Db, Row
from bindeledd.store.migrations import SERVICE
from services.samhandling.plo.skriv import lag_innlagt
from tests import postgres
from tests.meldinger import NÅ, sending

CONFIG = Settings().config()
TJENESTER = {tjeneste.name: with_drift(tjeneste) for tjeneste in all_services(CONFIG)}


@pytest.fixture(scope="module")
def fra(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A few days of an installation on files, with a parked record in it."""
    stores = Files(tmp_path_factory.mktemp("fra") / "data")
    simulate_into(stores, CONFIG, Plan(date(2026, 3, 2), days=3, patients=3, seed=5))
    with closing(stores.open("kriseplan")) as db:
        intake.park(db, intake.Parked("samhandling", "samhandling.opphold", "f" * 32, 2, 9, None, "gap", b"\x00\xff'"))
        intake.remember_request(db, "noen:1", b"\x00", "f" * 32, 1)
    return stores


@pytest.fixture(scope="module")
def sagt() -> list[str]:
    """What the command says."""
    return []


@pytest.fixture(scope="module")
def base(fra: Files, sagt: list[str], tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The same in a database, where the command moved it."""
    til = Database(tmp_path_factory.mktemp("base") / "data", postgres.fresh())
    sted = conninfo_to_dict(til.url)
    url = f"postgresql://{sted['user']}@/{sted['dbname']}?host={sted['host']}"
    kommando = ["copy", "--from", str(fra.folder), "--to", url, "--data", str(til.folder)]
    svar = CliRunner().invoke(cli.app, kommando)
    assert svar.exit_code == 0, svar.output
    sagt += svar.stdout.splitlines()
    return til


@pytest.fixture(scope="module")
def tilbake(base: Database, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """And moved back from there."""
    til = Files(tmp_path_factory.mktemp("tilbake") / "data")
    flytt(base, til)
    return til


@pytest.fixture
def tom(tmp_path: Path) -> Files:
    """A place with nothing in it."""
    return Files(tmp_path / "tom")


@pytest.fixture
def skadet(fra: Files, tmp_path: Path) -> Files:
    """A copy of the folder in which somebody changed a record."""
    til = Files(shutil.copytree(fra.folder, tmp_path / "skadet"))
    with closing(til.open("samhandling")) as db:
        (data,) = db.all("SELECT data FROM log WHERE position = 3")[0]
        db.run("UPDATE log SET data = ? WHERE position = 3", (data[:-1] + bytes([data[-1] ^ 1]),))
    return til


def flytt(fra: Stores, til: Stores) -> None:
    copy_all(fra, til, CONFIG, None, lambda _rows: None)


def beholdt(stores: Stores) -> dict[tuple[str, str], list[Any]]:
    """(store, table) → its rows, of all that is kept."""
    rader = {}
    with closing(stores.keyring(beside=False)) as ring:
        dbs = [(navn, SERVICE, stores.look(navn)) for navn in stores.services()]
        for navn, hva, db in (*dbs, ("keyring", keyring.KEPT, ring)):
            for tabell in _tables(db, hva):
                sql = f"SELECT {', '.join(tabell.columns)} FROM {tabell.name} ORDER BY {', '.join(tabell.key)}"
                rader[navn, tabell.name] = [rad for rad in db.all(sql) if rad[0] != "folded"]
        for _, _, db in dbs:
            db.close()
    return rader


def foldet(stores: Stores) -> dict[tuple[str, str], str]:
    """(store, table) → its hash, of all that is folded."""
    funnet: dict[tuple[str, str], str] = {}
    for navn, tjeneste in TJENESTER.items():
        with closing(stores.look(navn)) as db:
            funnet |= {(navn, tabell): rebuild._hash(db, tabell) for tabell in rebuild._tables(tjeneste)}
    return funnet


def tomt(stores: Stores) -> bool:
    return is_empty(stores.folder) and not stores.services() and not stores.has_keyring()


def test_from_files_to_postgresql_and_back_everything_is_as_it_was(
    fra: Files, base: Database, tilbake: Files, sagt: list[str]
) -> None:
    før = beholdt(fra)
    assert før == beholdt(base) == beholdt(tilbake)
    assert {tabell for (_, tabell), rader in før.items() if rader} >= {
        "log", "raw_message", "meta", "cursor", "quarantine", "idempotency", "data_key", "blind_index", "secret_proof",
    }  # fmt: skip
    assert foldet(fra) == foldet(base) == foldet(tilbake)
    for mappe in (base.folder, tilbake.folder):
        assert (mappe / MASTER).read_bytes() == (fra.folder / MASTER).read_bytes()
        assert (mappe / MASTER).stat().st_mode & 0o077 == 0
    assert sum("all the same" in linje for linje in sagt) == len(TJENESTER) + 1


def test_what_is_not_empty_is_no_place_to_move_to(fra: Files, base: Database, tilbake: Files, tmp_path: Path) -> None:
    før = beholdt(base)
    for til in (base, Database(tmp_path / "annen", base.url), tilbake):
        with pytest.raises(InvalidMessage, match="not empty"):
            flytt(fra, til)
    with pytest.raises(InvalidMessage, match="share a folder"):
        flytt(base, Files(base.folder))
    with pytest.raises(InvalidMessage, match="no place"):
        stores_named("mysql://en/annen", Settings())
    assert beholdt(base) == før


def test_what_somebody_works_on_is_not_moved(fra: Files, base: Database, tom: Files) -> None:
    with closing(claim(fra.folder)), pytest.raises(Occupied):
        flytt(fra, tom)
    for holdt in (base.own, base.join, base.sending):
        with closing(holdt("kriseplan")), pytest.raises(Occupied):
            flytt(base, tom)
    assert tomt(tom)


def test_a_log_that_does_not_hold_is_not_moved_and_nothing_is_left(skadet: Files, tom: Files) -> None:
    with pytest.raises(InvalidMessage, match="Where: samhandling, position"):
        flytt(skadet, tom)
    assert tomt(tom)


def test_what_did_not_arrive_as_it_was_is_not_left(fra: Files, tom: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    ordentlig = copy._write

    def glemsom(db: Db, table: Any, page: Sequence[Row]) -> None:
        ordentlig(db, table, page[:-1] if table.name == "idempotency" else page)

    monkeypatch.setattr(copy, "_write", glemsom)
    with pytest.raises(InvalidMessage, match="idempotency of kriseplan did not arrive"):
        flytt(fra, tom)
    assert tomt(tom)


def test_without_its_master_secret_or_with_anothers_nothing_is_moved(skadet: Files, fra: Files, tom: Files) -> None:
    (annens := tom.folder.with_name("annens")).write_bytes(b"x" * 32)
    with pytest.raises(InvalidMessage, match="not the master secret of this keyring"):
        copy_all(fra, tom, CONFIG, annens, lambda _rows: None)
    (skadet.folder / MASTER).unlink()
    with pytest.raises(InvalidMessage, match="master secret is missing"):
        flytt(skadet, tom)
    assert tomt(tom)


def test_the_work_goes_on_where_it_was_moved_to(base: Database, tilbake: Files, tmp_path: Path) -> None:
    (brev := tmp_path / "brev.xml").write_bytes(lag_innlagt(sending(), tid=NÅ))
    før = sum(len(rader) for (_, tabell), rader in beholdt(base).items() if tabell == "log")
    for stores, miljø in ((base, {"BINDELEDD_DATABASE": base.url}), (tilbake, {})):
        svar = CliRunner().invoke(cli.app, ["mottak", str(brev), "--data", str(stores.folder)], env=miljø)
        assert svar.exit_code == 0, svar.output
        with looking_at(stores) as dbs:
            funnet = verify(dbs, codec())
        assert [funn for funn in funnet if funn.bad] == []
        assert sum(funn.records for funn in funnet) > før
