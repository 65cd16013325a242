"""The checker itself: a whole folder is found whole, and each thing that can be wrong with one is found."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from fastavro import schemaless_writer

from tests.crash.filer import ROT, les_mappe, skjemaer
from tests.crash.jobber import NÅ, alle_jobber, utfør
from tests.crash.kontroll import kontroller
from tests.rom import HELE_BERGEN, rom

PERSONER = 2


@pytest.fixture(scope="module")
def hel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which everything has been done."""
    mappe = tmp_path_factory.mktemp("hel")
    with rom(mappe, NÅ, oppsett=HELE_BERGEN) as oppe:
        for jobb in alle_jobber(PERSONER):
            utfør(oppe.inst, jobb)
            oppe.pump()
    return mappe


@pytest.fixture
def mappe(hel: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(hel, tmp_path / "mappe"))


def ødelegg(mappe: Path, fil: str, *sql: str) -> list[str]:
    """Change a file behind everybody's back, and ask the checker."""
    with closing(sqlite3.connect(mappe / f"{fil}.db")) as db:
        for setning in sql:
            assert db.execute(setning).rowcount != 0, "nothing was changed"
        db.commit()
    return kontroller(mappe)


def test_a_whole_folder_is_found_whole(mappe: Path) -> None:
    assert kontroller(mappe) == []


STRØM = "stream = (SELECT stream FROM log WHERE topic = 'samhandling.opphold' LIMIT 1)"
SISTE = f"position = (SELECT MAX(position) FROM log WHERE {STRØM})"
NØKLENE = "service = 'samhandling'"


@pytest.mark.parametrize(
    ("fil", "sql", "ventet"),
    [
        ("samhandling", f"DELETE FROM log WHERE {SISTE}", "position"),
        ("samhandling", f"UPDATE log SET version = version + 1 WHERE {SISTE}", "follows version"),
        ("samhandling", f"UPDATE log SET data = CAST(data || x'00' AS BLOB) WHERE {SISTE}", "bytes too many"),
        ("samhandling", "UPDATE stream_head SET hash = x'00'", "heads are not the last"),
        ("ansvarsgruppe", "DELETE FROM log WHERE writer = 'samhandling'", "has passed"),
        ("ansvarsgruppe", "UPDATE cursor SET position = 100000 WHERE source = 'samhandling'", "which ends at"),
        ("ansvarsgruppe", "UPDATE idempotency SET version = 99", "a request led to"),
        ("keyring", f"DELETE FROM data_key WHERE {NØKLENE}", "keyring does not have"),
        ("keyring", f"UPDATE data_key SET party = 'nav-aarstad' WHERE {NØKLENE}", "of another stream"),
        ("keyring", f"UPDATE data_key SET person_ref = 'x' WHERE {NØKLENE}", "another person's"),
        ("keyring", f"UPDATE data_key SET stream = 'x' || stream WHERE {NØKLENE}", "never came to be"),
        ("keyring", "UPDATE blind_index SET person_ref = 'x'", "who was never registered"),
        ("keyring", "DELETE FROM blind_index", "no id leads to"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_found(mappe: Path, fil: str, sql: str, ventet: str) -> None:
    try:
        funnet = ødelegg(mappe, fil, sql)
    except Exception as feil:  # noqa: BLE001 - a record that cannot be read is found too
        funnet = [str(feil)]
    assert any(ventet in linje for linje in funnet), funnet


def test_a_received_record_that_is_not_the_writers_is_found(mappe: Path) -> None:
    """What the reader has is whole in itself: only the writer's own log tells."""
    funnet = skriv_igjen(mappe, "PasientInnlagt", fil="ansvarsgruppe", skriver="samhandling")
    assert any("is not what samhandling wrote" in linje for linje in funnet)


@pytest.mark.parametrize(
    ("navn", "ventet"),
    [
        ("KvitteringSatt", "two receipts"),
        ("MeldingMottatt", "received twice"),
        ("PasientInnlagt", "a fact told twice"),
    ],
)
def test_what_happened_twice_is_found(mappe: Path, navn: str, ventet: str) -> None:
    """The same record once more, at the end of its stream, with everything around it in order."""
    assert any(ventet in linje for linje in skriv_igjen(mappe, navn, fil="samhandling", skriver="samhandling"))


def test_a_task_that_was_given_twice_is_found(mappe: Path) -> None:
    funnet = skriv_igjen(mappe, "OppgaveOpprettet", fil="barn_paaroerende", skriver="barn_paaroerende")
    assert any("was given before" in linje for linje in funnet)


def skriv_igjen(mappe: Path, navn: str, *, fil: str, skriver: str) -> list[str]:
    """Append the last record of this type again, as the next of its stream, and ask the checker."""
    lest = les_mappe(mappe).filer[fil]
    falt = {post.felt["oppgave_ref"] for post in lest.poster if post.navn == "OppgaveFalt"}
    kandidater = [post for post in lest.poster if post.navn == navn and post.skriver == skriver]
    post = [post for post in kandidater if post.felt.get("oppgave_ref") not in falt][-1]
    siste = [annen for annen in lest.poster if annen.strøm == post.strøm][-1]
    versjon, posisjon = siste.versjon + 1, lest.poster[-1].posisjon + 1
    konvolutt = {**post.konvolutt, "version": versjon, "prev": siste.hash, "position": posisjon}
    ut = BytesIO(post.data[:10])
    ut.seek(10)
    schemaless_writer(ut, skjemaer(ROT / "schemas")[post.data[2:10]], {**post.felt, "konvolutt": konvolutt})
    data = ut.getvalue()
    with closing(sqlite3.connect(mappe / f"{fil}.db")) as db:
        (begynner,) = db.execute("SELECT begins FROM stream_head WHERE stream = ?", (post.strøm,)).fetchone()
        rad = (posisjon, skriver, post.tema, post.strøm, begynner, versjon, data)
        db.execute("INSERT INTO log VALUES (?,?,?,?,?,?,?)", rad)
        hode = (versjon, hashlib.sha256(data).digest(), post.strøm)
        db.execute("UPDATE stream_head SET version = ?, hash = ? WHERE stream = ?", hode)
        db.commit()
    return kontroller(mappe)
