"""Kill -9 at any moment: nothing acknowledged is missing, and nothing has happened twice."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bindeledd.store import log
from bindeledd.store.sqlite import SqliteDb
from tests import postgres
from tests.crash.arbeider import PUNKTER, SJEKKPUNKT, STARTPUNKTER, Runde
from tests.crash.filer import ROT
from tests.crash.jobber import NÅ, SLAG, Jobb, alle_jobber, utfør
from tests.crash.kontroll import kontroller
from tests.postgres import database_of
from tests.rom import HELE_BERGEN, Rom, rom

DRAP = {"sqlite": 3, "postgres": 2}
"""In each round."""
FØRSTE_STARTER = 8
SVAR_MAKS, SEKUNDER_MAKS = 14, 0.01
PERSONER = 20
"""About whom the worker has something to do; a few where it dies at a chosen place."""
FÅ = 3
NYTT_PER_RUNDE = len(SLAG) // 2
"""How far into the list of jobs each round begins after the one before: the rest is done before, or never."""


@dataclass(slots=True)
class Bekreftet:
    """What has been acknowledged, over all lives: job → what its sender was answered."""

    svar: dict[str, str] = field(default_factory=dict)

    def hør(self, jobb: str, svar: str) -> list[str]:
        """What the worker was answered. A second answer must be the first one again: one line when it is not."""
        return [] if self.svar.setdefault(jobb, svar) == svar else [f"{jobb} was answered differently the second time"]


@dataclass(slots=True)
class Arbeider:
    """The process that forks a child for each round."""

    prosess: subprocess.Popen[str]
    bekreftet: Bekreftet

    def lev(self, runde: Runde) -> str:
        """One round, to its end. How the child ended: `drept`, or its exit code."""
        assert self.prosess.stdin is not None
        assert self.prosess.stdout is not None
        self.prosess.stdin.write(runde.linje())
        self.prosess.stdin.flush()
        feil: list[str] = []
        for linje in self.prosess.stdout:
            match linje.rstrip("\n").partition(" "):
                case ("ok", _, svaret):
                    feil += self.bekreftet.hør(*svaret.split(" ", 1))
                case ("slutt", _, hvordan):
                    assert feil == []
                    return hvordan
                case _:
                    feil.append(linje)
        raise AssertionError("the worker ended")


@contextmanager
def arbeider() -> Iterator[Arbeider]:
    kommando, rør = [sys.executable, "-m", "tests.crash.arbeider"], subprocess.PIPE
    with subprocess.Popen(kommando, cwd=ROT, stdin=rør, stdout=rør, text=True) as prosess:
        yield Arbeider(prosess, Bekreftet())
        assert prosess.stdin is not None
        prosess.stdin.close()
        assert prosess.wait(30) == 0


@pytest.fixture(scope="module")
def arbeideren() -> Iterator[Arbeider]:
    with arbeider() as started:
        yield started


@pytest.fixture
def her(arbeideren: Arbeider) -> Arbeider:
    """The worker, with nothing acknowledged yet."""
    arbeideren.bekreftet = Bekreftet()
    return arbeideren


def etterprøv(mappe: Path, bekreftet: Bekreftet, personer: int) -> None:
    """Open what the dead have left: nothing is wrong, all acknowledged is there, sending it again changes nothing."""
    with rom(mappe, NÅ, oppsett=HELE_BERGEN) as oppe:
        oppe.pump()
    assert kontroller(mappe) == []
    with rom(mappe, NÅ, oppsett=HELE_BERGEN) as oppe:
        før = _logger(oppe)
        for jobb, svar in bekreftet.svar.items():
            assert utfør(oppe.inst, _jobb(jobb)) == svar, jobb
        oppe.pump()
        assert _logger(oppe) == før
    with rom(mappe, NÅ, oppsett=HELE_BERGEN) as oppe:
        første = _send_alt(oppe, personer)
        etter = _logger(oppe)
        assert [jobb for jobb, svar in første.items() if svar is None] == []
        assert {jobb: svar for jobb, svar in første.items() if jobb in bekreftet.svar} == bekreftet.svar
        assert _send_alt(oppe, personer) == første
        assert _logger(oppe) == etter
    assert kontroller(mappe) == []


def _send_alt(oppe: Rom, personer: int) -> dict[str, str | None]:
    svar: dict[str, str | None] = {}
    for jobb in alle_jobber(personer):
        if jobb.slag == "koordinator":
            oppe.pump()
        svar[jobb.id] = utfør(oppe.inst, jobb)
    oppe.pump()
    return svar


def _logger(oppe: Rom) -> dict[str, list[bytes]]:
    return {
        navn: [rad.data for rad in engine.read(lambda db: log.read_page(db, 0, 1_000_000))]
        for navn, engine in oppe.inst.engines.items()
    }


def _jobb(id_: str) -> Jobb:
    slag, _, nr = id_.rpartition("-")
    return Jobb(slag, int(nr))


def test_killed_at_any_moment_nothing_acknowledged_is_missing_and_nothing_happens_twice(
    tmp_path: Path, trinn: str, her: Arbeider, rounds: int
) -> None:
    frø = random.randrange(2**32)
    tilfeldig = random.Random(frø)
    drept = 0
    ønsket = rounds * DRAP[trinn]
    for nr in range(ønsket * 2):
        fra, svar = nr * NYTT_PER_RUNDE % len(alle_jobber(PERSONER)), tilfeldig.randrange(-1, SVAR_MAKS)
        venter = tilfeldig.random() * SEKUNDER_MAKS
        base, nytt_frø = database_of(tmp_path), tilfeldig.randrange(2**32)
        drept += her.lev(Runde(str(tmp_path), nytt_frø, PERSONER, fra, venter, svar, base)) == "drept"
        if drept == ønsket:
            break
    assert drept == ønsket, f"seed {frø}"
    assert len(her.bekreftet.svar) > len(SLAG) * ønsket // 6, f"seed {frø}: too little was done to prove anything"
    etterprøv(tmp_path, her.bekreftet, PERSONER)


@pytest.mark.parametrize(
    ("trinn", "punkt"),
    [
        *(("sqlite", punkt) for punkt in PUNKTER),
        # A server does its own checkpoints, and nobody here waits for them.
        *(("postgres", punkt) for punkt in PUNKTER if punkt != SJEKKPUNKT),
    ],
    indirect=["trinn"],
)
def test_killed_at_a_chosen_place_what_was_begun_is_whole_or_not_at_all(
    tmp_path: Path, trinn: str, her: Arbeider, punkt: str
) -> None:
    ender = [
        her.lev(Runde(str(tmp_path), nr, FÅ, nr, database=database_of(tmp_path), punkt=punkt, nr=nr))
        for nr in (1, 2, 3, 5, 8, 13, 21)
    ]
    assert ender[:3] == ["drept"] * 3, "the place was not passed"
    etterprøv(tmp_path, her.bekreftet, FÅ)


@pytest.mark.parametrize("punkt", STARTPUNKTER)
def test_killed_while_it_starts_for_the_first_time_it_starts_the_next_time(
    tmp_path: Path, trinn: str, her: Arbeider, punkt: str
) -> None:
    assert her.lev(Runde(str(tmp_path), 1, 1, database=database_of(tmp_path), punkt=punkt)) == "drept"
    assert her.lev(Runde(str(tmp_path), 2, 1, database=database_of(tmp_path))) == "0"
    etterprøv(tmp_path, her.bekreftet, 1)


def test_killed_at_any_moment_of_its_first_start_it_starts_the_next_time(
    tmp_path: Path, trinn: str, her: Arbeider
) -> None:
    for nr in range(FØRSTE_STARTER):
        mappe = tmp_path / str(nr)
        if trinn == "postgres":
            postgres.give(mappe, postgres.fresh())
        base = database_of(mappe)
        her.lev(Runde(str(mappe), nr, 1, drep_etter=nr * 0.005, svar=-1, database=base))
        assert her.lev(Runde(str(mappe), nr, 1, database=base)) == "0"
        with rom(mappe, NÅ, oppsett=HELE_BERGEN) as oppe:
            oppe.pump()
        assert kontroller(mappe) == []
        her.bekreftet = Bekreftet()


def test_what_was_cut_off_before_there_was_a_write_ahead_log_is_taken_back_by_who_only_reads(tmp_path: Path) -> None:
    fil, kopi = tmp_path / "levende.db", tmp_path / "død.db"
    with closing(sqlite3.connect(fil, isolation_level=None)) as db:
        db.executescript("PRAGMA cache_size=1; CREATE TABLE t (verdi TEXT); INSERT INTO t VALUES ('før')")
        db.execute("BEGIN")
        db.executemany("INSERT INTO t VALUES (?)", [("halvt" * 500,)] * 100)
        shutil.copy(fil, kopi)
        shutil.copy(f"{fil}-journal", f"{kopi}-journal")
    with closing(SqliteDb(kopi, read_only=True)) as leser:
        assert leser.all("SELECT verdi FROM t") == [("før",)]
