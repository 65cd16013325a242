"""What is kept beside the log: a message's bytes as they came. Whether they are whole is seen without opening them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bindeledd.app.stores import Files, looking_at
from bindeledd.ops.shred import shred_person, shred_stream
from bindeledd.ops.verify import Bad, verify_one
from services.samhandling.plo.skriv import lag_innlagt
from tests.meldinger import NÅ, PASIENT, person_id, sending, syntetisk
from tests.prøvetjeneste import CODEC
from tests.rom import rom

FØRST, ANNEN = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


@pytest.fixture
def mappe(tmp_path: Path) -> Path:
    """Two messages about two persons have come in; then the first one's keys are destroyed."""
    with rom(tmp_path, NÅ, makulerer=True) as her:
        første = her.melding(lag_innlagt(sending(msg_id=FØRST), tid=NÅ), NÅ)
        pasient = replace(PASIENT, identer=(person_id(syntetisk(nr=1)),))
        her.melding(lag_innlagt(sending(msg_id=ANNEN, pasient=pasient), tid=NÅ), NÅ)
        person = next(post.envelope.person_ref for post in her.logg("samhandling") if post.navn == "PersonRegistrert")
        assert shred_person(her.inst.around.keyring, person or "")
        assert første.outcome == "positive"
    return tmp_path


def sett(mappe: Path, sql: str) -> None:
    with closing(sqlite3.connect(mappe / "samhandling.db")) as db, db:
        assert db.execute(sql).rowcount


def funnet(mappe: Path) -> Bad | None:
    with looking_at(Files(mappe)) as stores:
        return verify_one("samhandling", stores, CODEC).bad


def strøm(mappe: Path, nr: int) -> tuple[str, int]:
    """The nth message's stream, and the position of the record that tells of it."""
    with closing(sqlite3.connect(mappe / "samhandling.db")) as db:
        rows = db.execute(
            "SELECT stream, position FROM log WHERE topic = 'samhandling.kvittering' AND version = 1 ORDER BY position"
        ).fetchall()
    stream, position = rows[nr]
    return str(stream), int(position)


def test_bytes_that_are_as_they_were_kept_hold_also_when_nobody_can_open_them_any_more(mappe: Path) -> None:
    assert funnet(mappe) is None


@pytest.mark.parametrize("nr", [0, 1])
def test_bytes_that_were_changed_are_found_at_the_record_that_tells_of_them(mappe: Path, nr: int) -> None:
    stream, position = strøm(mappe, nr)
    sett(mappe, f"UPDATE raw_message SET data = CAST(data || x'00' AS BLOB) WHERE stream = '{stream}'")
    assert funnet(mappe) == Bad(position, f"the raw bytes kept for stream {stream} were changed")


def test_two_messages_whose_bytes_were_exchanged_are_found(mappe: Path) -> None:
    (a, position), (b, _) = strøm(mappe, 0), strøm(mappe, 1)
    sett(mappe, f"UPDATE raw_message SET stream = 'x' WHERE stream = '{a}'")
    sett(mappe, f"UPDATE raw_message SET stream = '{a}' WHERE stream = '{b}'")
    sett(mappe, f"UPDATE raw_message SET stream = '{b}' WHERE stream = 'x'")
    assert funnet(mappe) == Bad(position, f"the raw bytes kept for stream {a} were changed")


def test_bytes_that_are_gone_are_found(mappe: Path) -> None:
    stream, position = strøm(mappe, 1)
    sett(mappe, f"DELETE FROM raw_message WHERE stream = '{stream}'")
    assert funnet(mappe) == Bad(position, f"the raw bytes kept for stream {stream} are missing")


def test_bytes_that_no_record_tells_of_are_found(mappe: Path) -> None:
    sett(mappe, "INSERT INTO raw_message VALUES ('ab', x'00')")
    found = funnet(mappe)
    assert found is not None
    assert found.why == "raw bytes are kept for stream ab, and no record tells of them"


def test_a_message_whose_own_key_is_destroyed_still_holds(mappe: Path, tmp_path: Path) -> None:
    stream, _ = strøm(mappe, 1)
    with rom(tmp_path, NÅ, makulerer=True) as her:
        assert shred_stream(her.inst.around.keyring, stream) == 1
    assert funnet(mappe) is None
