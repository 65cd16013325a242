"""Whether the logs are whole: every way in which they might not be, changed behind the bus's back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bindeledd.app.stores import Files, looking_at, looking_at_keyring
from bindeledd.core.errors import InvalidMessage
from bindeledd.ops.verify import Verified, missing, verify, verify_one
from tests.prøvetjeneste import CODEC, leser, noter, satt_opp, skriver

CHANGED = "UPDATE log SET data = CAST(substr(data, 1, length(data) - 1) || x'00' AS BLOB) WHERE position = {}"
"""Changes the last byte of a record."""


@pytest.fixture
def mappe(tmp_path: Path) -> Path:
    """Two services' stores: the writer has three records in two streams, the reader has them and its own."""
    with satt_opp(tmp_path, skriver(), leser()) as oppsatt:
        for stream in ("ab", "cd", "ab"):
            oppsatt.engines["skriver"].command(noter(stream))
        oppsatt.embedded.pump()
    return tmp_path


def sett(mappe: Path, sql: str, *, service: str = "skriver") -> None:
    with closing(sqlite3.connect(mappe / f"{service}.db")) as db, db:
        assert db.execute(sql).rowcount


def funnet(mappe: Path, service: str = "skriver") -> Verified:
    with looking_at(Files(mappe)) as stores:
        return verify_one(service, stores, CODEC)


def test_whole_logs_hold(mappe: Path) -> None:
    with looking_at(Files(mappe)) as stores:
        found = {one.service: one for one in verify(stores, CODEC)}
    assert found["skriver"] == Verified("skriver", 3, 2, 0, None)
    assert found["leser"] == Verified("leser", 6, 4, 0, None)


def test_it_may_run_while_the_services_work(mappe: Path) -> None:
    with satt_opp(mappe, skriver(), seed=2) as oppsatt:
        oppsatt.engines["skriver"].command(noter("ef"))
        assert funnet(mappe).bad is None
        oppsatt.engines["skriver"].command(noter("ef"))
    assert funnet(mappe) == Verified("skriver", 5, 3, 0, None)


@pytest.mark.parametrize(
    ("sql", "position", "why"),
    [
        ("DELETE FROM log WHERE position = 2", 3, "positions jump from 1 to 3"),
        ("UPDATE log SET position = position + 1 WHERE position = 3", 4, "positions jump"),
        ("DELETE FROM log WHERE position = 3", 2, "head of stream ab"),
        ("UPDATE log SET version = 3 WHERE position = 3", 3, "stream ab jumps from version 1 to 3"),
        ("UPDATE log SET stream = 'ef' WHERE position = 2", 2, "the record says cd"),
        ("UPDATE log SET data = (SELECT data FROM log WHERE position = 2) WHERE position = 1", 1, "record says cd"),
        (
            CHANGED.format(1),
            3,
            "does not follow v1",
        ),
        ("UPDATE log SET data = x'00' WHERE position = 2", 2, "cannot be read"),
        ("UPDATE stream_head SET hash = x'00' WHERE stream = 'cd'", 3, "head of stream cd"),
        ("DELETE FROM stream_head WHERE stream = 'cd'", 3, "head of stream cd"),
    ],
)
def test_the_first_bad_position_is_told(mappe: Path, sql: str, position: int, why: str) -> None:
    sett(mappe, sql)
    found = funnet(mappe).bad
    assert found is not None
    assert found.position == position
    assert why in found.why


def test_a_record_changed_alike_in_log_and_head_is_still_not_what_its_reader_has(mappe: Path) -> None:
    sett(mappe, CHANGED.format(2))
    changed = _data(mappe, 2)
    from bindeledd.core.envelope import record_hash

    sett(mappe, f"UPDATE stream_head SET hash = x'{record_hash(changed).hex()}' WHERE stream = 'cd'")
    assert funnet(mappe).bad is None
    found = funnet(mappe, "leser").bad
    assert found is not None
    assert "not what skriver has" in found.why


def test_a_tail_cut_off_with_its_head_is_found_by_its_readers(mappe: Path) -> None:
    sett(mappe, "DELETE FROM log WHERE stream = 'cd'")
    sett(mappe, "DELETE FROM stream_head WHERE stream = 'cd'")
    sett(mappe, "UPDATE log SET position = 2 WHERE position = 3")
    assert funnet(mappe, "leser").bad is not None


def savnet(mappe: Path) -> list[Verified]:
    stores = Files(mappe)
    with looking_at(stores) as dbs, looking_at_keyring(stores) as keyring:
        return missing(dbs, keyring)


def test_a_service_whose_file_is_gone_is_told_by_the_others_and_by_the_keyring(mappe: Path) -> None:
    assert savnet(mappe) == []
    (mappe / "skriver.db").unlink()
    (found,) = savnet(mappe)
    assert found.service == "skriver"
    assert found.bad is not None
    assert "leser has read it up to position 3" in found.bad.why
    (mappe / "keyring.db").rename(mappe / "borte")
    assert [one.service for one in savnet(mappe)] == ["skriver"]


def test_a_service_that_nobody_has_read_is_told_by_its_keys(mappe: Path) -> None:
    (mappe / "leser.db").unlink()
    (found,) = savnet(mappe)
    assert found.bad is not None
    assert (found.service, "there are keys for it" in found.bad.why) == ("leser", True)


def test_a_record_moved_to_another_position_is_found(mappe: Path) -> None:
    sett(mappe, "UPDATE log SET position = 9 WHERE position = 2")
    sett(mappe, "UPDATE log SET position = 2 WHERE position = 3")
    sett(mappe, "UPDATE log SET position = 3 WHERE position = 9")
    found = funnet(mappe).bad
    assert found is not None
    assert "was written at position 3" in found.why


def test_a_file_that_is_damaged_itself_is_told(mappe: Path) -> None:
    with (mappe / "skriver.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 8192)
    found = funnet(mappe).bad
    assert found is not None
    assert "damaged" in found.why


def test_it_writes_nothing(mappe: Path) -> None:
    before = (mappe / "skriver.db").read_bytes()
    funnet(mappe)
    assert (mappe / "skriver.db").read_bytes() == before


def _data(mappe: Path, position: int) -> bytes:
    with closing(sqlite3.connect(mappe / "skriver.db")) as db:
        data: bytes = db.execute("SELECT data FROM log WHERE position = ?", (position,)).fetchone()[0]
    return data


def test_a_record_of_the_contract_that_is_damaged_is_an_invalid_message(mappe: Path) -> None:
    with pytest.raises(InvalidMessage):
        CODEC.decode(_data(mappe, 1)[:-1])
