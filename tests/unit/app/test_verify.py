"""Whether the logs are whole: every way in which they might not be, changed behind the bus's back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bindeledd.app.stores import Files, looking_at, looking_at_keyring
from bindeledd.core.errors import InvalidMessage
from bindeledd.ops.verify import Verified, changed, missing, verify, verify_one
from services.samhandling.plo.skriv import lag_innlagt
from tests.meldinger import sending
from tests.prøvetjeneste import CODEC, leser, noter, satt_opp, skriver
from tests.rom import rom

NÅ = datetime(2026, 3, 2, 12, tzinfo=UTC)

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


# -- who wrote it, and how far it was read -------------------------------------------------------------------------


@pytest.fixture
def bergen(tmp_path: Path) -> Path:
    """A whole installation's stores, with an admission that everybody who may has read of."""
    with rom(tmp_path, NÅ) as her:
        her.melding(lag_innlagt(sending(), tid=NÅ), NÅ)
    return tmp_path


@pytest.mark.parametrize("service", ["samhandling", "ansvarsgruppe"])
def test_a_record_whose_writer_was_changed_is_found_and_not_folded_again(bergen: Path, service: str) -> None:
    sett(bergen, "UPDATE log SET writer = 'web' WHERE topic = 'samhandling.person'", service=service)
    with looking_at(Files(bergen)) as stores:
        for bad in (verify_one(service, stores, CODEC).bad, changed(service, stores, CODEC)):
            assert bad is not None
            assert "is in samhandling.person, which web does not write" in bad.why


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DELETE FROM cursor WHERE source = 'skriver'", "there is none"),
        ("UPDATE cursor SET position = 2 WHERE source = 'skriver'", "position 2"),
        ("UPDATE cursor SET epoch = 0 WHERE source = 'skriver'", "position 3 of epoch 0"),
    ],
)
def test_a_cursor_behind_what_was_received_is_told_and_mended_by_the_next_start(
    mappe: Path, sql: str, said: str
) -> None:
    sett(mappe, sql, service="leser")
    found = funnet(mappe, "leser").bad
    assert found is not None
    assert found.position == 5
    assert "has records of skriver up to its position 3 of epoch 1" in found.why
    assert said in found.why
    assert "has no effect twice" in found.why
    with satt_opp(mappe, skriver(), leser(), seed=2) as oppsatt:
        oppsatt.embedded.pump()
    assert funnet(mappe, "leser") == Verified("leser", 6, 4, 0, None)


def test_a_reader_of_a_restored_source_is_not_behind(mappe: Path) -> None:
    sett(mappe, "UPDATE cursor SET epoch = 2, position = 1 WHERE source = 'skriver'", service="leser")
    assert funnet(mappe, "leser").bad is None
