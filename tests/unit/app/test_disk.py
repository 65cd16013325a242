"""A store or keyring that SQLite cannot write to: no half effects, nobody parked, told in health, mended by itself."""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from bindeledd.app.stores import Files, looking_at
from bindeledd.core.decider import Bestilling
from bindeledd.core.errors import DiskFull, DiskRefuses
from bindeledd.ops.verify import verify
from bindeledd.runtime.service import Lookup
from bindeledd.seal.keyring import Keyring
from bindeledd.store import intake, log
from bindeledd.store.disk import refused_by_disk
from tests.prøvetjeneste import CODEC, Oppsatt, leser, noter, satt_opp, skriver

LANG = "lang " * 8_000
"""Takes more pages than a full file has left."""
MANGE = 200


@pytest.fixture
def oppsatt(tmp_path: Path) -> Iterator[Oppsatt]:
    with satt_opp(tmp_path, skriver(), leser()) as oppsatt:
        oppsatt.engines["skriver"].command(noter("ab"))
        oppsatt.embedded.pump()
        yield oppsatt


def filen(oppsatt: Oppsatt, hvilken: str) -> sqlite3.Connection:
    store: Any = oppsatt.keyring._db if hvilken == "nøkkelringen" else oppsatt.engines[hvilken]._db
    db: sqlite3.Connection = store._db
    return db


def hele(oppsatt: Oppsatt) -> bool:
    """Whether both logs hold."""
    with looking_at(Files(oppsatt.mappe)) as stores:
        return [one.bad for one in verify(stores, CODEC)] == [None, None]


def full(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA max_page_count = 1")  # SQLite makes it what the file has now


def skrivebeskyttet(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA query_only = 1")


def i_stand(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA max_page_count = 1073741823")
    db.execute("PRAGMA query_only = 0")


def nøkler(oppsatt: Oppsatt) -> set[str]:
    return {row[0] for row in filen(oppsatt, "nøkkelringen").execute("SELECT stream FROM data_key").fetchall()}


@pytest.mark.parametrize("hvilken", ["skriver", "nøkkelringen"])
@pytest.mark.parametrize(("gjør", "feil"), [(full, DiskFull), (skrivebeskyttet, DiskRefuses)])
def test_what_cannot_be_kept_leaves_nothing_behind_and_is_done_once_when_the_disk_is_mended(
    oppsatt: Oppsatt, hvilken: str, gjør: Callable[[sqlite3.Connection], None], feil: type[DiskRefuses]
) -> None:
    engine, kjente = oppsatt.engines["skriver"], nøkler(oppsatt)
    gjør(filen(oppsatt, hvilken))
    stream = avvist(oppsatt, feil)
    assert engine.hindered.startswith("skriver: the d")
    assert oppsatt.embedded.unhealthy() == [engine.hindered]
    i_stand(filen(oppsatt, hvilken))
    engine.probe()
    assert oppsatt.embedded.unhealthy() == []
    assert engine.read(lambda db: log.head(db, stream)) is None
    assert engine.command(noter(stream, LANG)).written[0].version == 1
    oppsatt.embedded.pump()
    strømmer = engine.read(lambda db: {row[0] for row in db.all("SELECT stream FROM stream_head")})
    assert nøkler(oppsatt) - kjente == {ny for s in strømmer for ny in (s, s[::-1])} - kjente
    assert hele(oppsatt)


def test_a_national_id_leads_to_nobody_whose_commit_the_disk_refused(
    oppsatt: Oppsatt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keyring has had its half then, and cannot be written to either: it is undone before the next commit."""
    engine, ring = oppsatt.engines["skriver"], oppsatt.keyring
    blind = ring.blind("1", "FNR", "")

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        orders, _ = noter("ny")(lookup)
        return [replace(order, blind=((blind, "ny-person"),)) for order in orders], None

    def store_og_så_fullt(*args: Any) -> None:
        Keyring.store(ring, *args)
        skrivebeskyttet(filen(oppsatt, "nøkkelringen"))
        full(filen(oppsatt, "skriver"))
        filen(oppsatt, "skriver").execute("INSERT INTO meta VALUES ('stor', zeroblob(10000000))")

    with monkeypatch.context() as patch:
        patch.setattr(ring, "store", store_og_så_fullt)
        with pytest.raises(DiskFull):
            engine.command(plan)
    assert ring.person_of(blind) == "ny-person"
    with pytest.raises(DiskRefuses):
        engine.command(noter("annen"))
    i_stand(filen(oppsatt, "nøkkelringen"))
    i_stand(filen(oppsatt, "skriver"))
    engine.command(noter("annen"))
    assert ring.person_of(blind) is None
    assert "ny" not in nøkler(oppsatt)


def test_a_reader_parks_nothing_that_the_disk_refused_and_takes_it_in_later(oppsatt: Oppsatt) -> None:
    for number in range(20):
        oppsatt.engines["skriver"].command(noter(f"s{number:03}", LANG))
    full(filen(oppsatt, "leser"))
    with pytest.raises(DiskFull):
        oppsatt.embedded.pump()
    assert oppsatt.engines["leser"].read(intake.parked_streams) == []
    i_stand(filen(oppsatt, "leser"))
    oppsatt.embedded.pump()
    assert oppsatt.engines["leser"].read(lambda db: log.head(db, "s019")) is not None
    assert hele(oppsatt)


def test_the_driver_finds_out_by_itself_that_the_disk_is_mended(oppsatt: Oppsatt) -> None:
    engine, friskt = oppsatt.engines["skriver"], threading.Event()
    egentlig = engine.probe

    def probe() -> None:
        egentlig()
        friskt.set()

    engine.probe = probe  # type: ignore[method-assign]
    oppsatt.embedded.start()
    skrivebeskyttet(filen(oppsatt, "skriver"))
    avvist(oppsatt, DiskRefuses)
    assert oppsatt.embedded.unhealthy()
    i_stand(filen(oppsatt, "skriver"))
    assert friskt.wait(20)
    oppsatt.embedded.stop()
    assert oppsatt.embedded.unhealthy() == []


def test_those_who_share_a_commit_all_hear_that_it_was_refused(oppsatt: Oppsatt) -> None:
    engine, hørt = oppsatt.engines["skriver"], []
    skrivebeskyttet(filen(oppsatt, "skriver"))

    def én(number: int) -> None:
        try:
            engine.command(noter(f"s{number:03}"))
        except DiskRefuses as error:
            hørt.append(error)

    tråder = [threading.Thread(target=én, args=(number,)) for number in range(8)]
    for tråd in tråder:
        tråd.start()
    for tråd in tråder:
        tråd.join()
    assert len(hørt) == 8


@pytest.mark.parametrize(
    ("feil", "venter"),
    [
        (OSError(errno.ENOSPC, "x"), DiskFull),
        (OSError(errno.EFBIG, "x"), DiskFull),
        (OSError(errno.EROFS, "x", "fil"), DiskRefuses),
        (OSError(errno.EACCES, "en port"), None),
        (OSError(errno.EADDRINUSE, "x"), None),
        (KeyError("x"), None),
    ],
)
def test_what_the_system_says_of_the_disk_is_told_from_what_it_says_of_other_things(
    feil: Exception, venter: type[DiskRefuses] | None
) -> None:
    funnet = refused_by_disk(feil)
    assert (type(funnet) if funnet else None) is venter


def test_an_error_that_the_ledgers_library_wraps_is_known_too(tmp_path: Path) -> None:
    with create_engine(f"sqlite:///{tmp_path / 'x.db'}").connect() as sql:
        sql.execute(text("CREATE TABLE t (a)"))
        sql.execute(text("PRAGMA query_only = 1"))
        with pytest.raises(OperationalError) as found:
            sql.execute(text("INSERT INTO t VALUES (1)"))
    assert isinstance(refused_by_disk(found.value), DiskRefuses)
    assert refused_by_disk(sqlite3.OperationalError("no such table")) is None


def avvist(oppsatt: Oppsatt, feil: type[DiskRefuses]) -> str:
    """Note things until the disk refuses. Returns the stream that it did not take."""
    engine = oppsatt.engines["skriver"]
    tatt: list[str] = []
    with pytest.raises(DiskRefuses) as hørt:
        tatt.extend(engine.command(noter(f"s{number:03}", LANG)).written[0].stream for number in range(MANGE))
    assert hørt.type is feil
    return f"s{len(tatt):03}"
