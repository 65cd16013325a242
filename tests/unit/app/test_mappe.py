"""The data folder belongs to one process at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bindeledd.app.folder import MASTER, claim, is_empty, store_file, store_files
from bindeledd.app.stores import Database, Files, Stores
from bindeledd.app.terminal import CANNOT
from bindeledd.core.errors import InvalidMessage, Occupied
from bindeledd.store.postgres import drop_schemas
from services.samhandling.plo.skriv import lag_innlagt
from tests.meldinger import sending
from tests.prøvetjeneste import leser, noter, skriver
from tests.rom import lager, rom
from tests.unit.app.conftest import Kjør

NÅ = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

CLAIM = """
import sys
from pathlib import Path
from bindeledd.app.folder import claim
held = claim(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_refused_and_told_who_has_the_folder_and_what_to_do(tmp_path: Path) -> None:
    other = _claiming(tmp_path)
    try:
        with pytest.raises(Occupied, match=rf"process {other.pid}.*Stop it first, or name another folder with --data"):
            claim(tmp_path)
    finally:
        other.communicate()


def test_the_folder_is_free_again_when_its_process_is_killed(tmp_path: Path) -> None:
    other = _claiming(tmp_path)
    other.kill()
    other.communicate()
    with closing(claim(tmp_path)):
        pass


def test_the_folder_is_free_again_when_the_claim_is_closed(tmp_path: Path) -> None:
    for _ in range(2):
        claimed = claim(tmp_path)
        with pytest.raises(Occupied, match=f"process {os.getpid()}"):
            claim(tmp_path)
        claimed.close()
        claimed.close()


def test_a_missing_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    with closing(claim(tmp_path / "a" / "b")):
        assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_folder_is_empty_until_something_is_kept_there(tmp_path: Path) -> None:
    assert is_empty(tmp_path / "missing")
    with closing(claim(tmp_path)):
        assert is_empty(tmp_path)
    (tmp_path / "samhandling.db").touch()
    assert not is_empty(tmp_path)


def test_the_keyring_is_no_service(tmp_path: Path) -> None:
    for name in ("keyring.db", "web.db", "samhandling.db", "samhandling.db-wal"):
        (tmp_path / name).touch()
    assert list(store_files(tmp_path)) == ["samhandling", "web"]


def _claiming(folder: Path) -> subprocess.Popen[str]:
    """A process that holds the folder until its stdin ends."""
    other = subprocess.Popen(
        [sys.executable, "-c", CLAIM, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    return other


@pytest.mark.parametrize(("missing", "named"), [("keyring.kek", "master secret"), ("keyring.db", "keyring is missing")])
def test_half_a_folder_is_refused_and_nothing_is_made_in_its_place(tmp_path: Path, missing: str, named: str) -> None:
    with rom(tmp_path, NÅ):
        pass
    (tmp_path / missing).unlink()
    with pytest.raises(InvalidMessage, match=f"{named}.*Restore it from the backup"), rom(tmp_path, NÅ):
        pass
    assert not (tmp_path / missing).exists()


# -- a part of it is missing, or is another's ----------------------------------------------------------------------


@pytest.fixture
def brukt(tmp_path: Path, trinn: str) -> Stores:
    """An installation of one that notes and one that reads the notes and files them, closed."""
    with rom(tmp_path, NÅ, tjenester=[skriver(), leser()]) as her:
        her.gjør("skriver", noter("ab"))
    return lager(tmp_path)


@pytest.mark.parametrize("borte", ["skriver", "leser"])
def test_a_folder_without_one_services_store_is_refused_and_none_is_made_in_its_place(
    brukt: Stores, borte: str
) -> None:
    fjern(brukt, borte)
    with pytest.raises(InvalidMessage, match=rf"the store of {borte} is missing.*Restore it from the backup"):
        åpne(brukt)
    assert borte not in brukt.services()


def test_a_store_that_was_emptied_counts_as_missing(brukt: Stores) -> None:
    if isinstance(brukt, Files):
        fjern(brukt, "skriver")
        store_file(brukt.folder, "skriver").touch()
    else:
        with closing(brukt.open("skriver")) as db:
            db.run("DROP TABLE log")
    with pytest.raises(InvalidMessage, match="the store of skriver is missing"):
        åpne(brukt)


def test_a_keyring_that_is_left_alone_remembers_the_services(brukt: Stores) -> None:
    for service in brukt.services():
        fjern(brukt, service)
    with pytest.raises(InvalidMessage, match=r"there are keys for it.*Restore it from the backup"):
        åpne(brukt)


def test_a_message_is_not_taken_in_twice_for_want_of_the_store_that_knew_it(tmp_path: Path, kjør: Kjør) -> None:
    fil, mappe = tmp_path / "m.xml", tmp_path / "data"
    fil.write_bytes(lag_innlagt(sending(), tid=NÅ))
    assert kjør("mottak", fil, "--data", mappe).kode == 0
    fjern(Files(mappe), "samhandling")
    kjørt = kjør("mottak", fil, "--data", mappe)
    assert (kjørt.kode, kjørt.ut) == (CANNOT, "")
    assert "the store of samhandling is missing" in kjørt.sagt
    assert kjør("verify", "--data", mappe).kode != 0


def test_a_first_start_that_was_cut_off_is_gone_on_with(tmp_path: Path) -> None:
    with rom(tmp_path, NÅ):
        pass
    for path in tmp_path.glob("kriseplan.db*"):
        path.unlink()
    (tmp_path / "web.db").write_bytes(b"")
    with rom(tmp_path, NÅ) as her:
        assert her.melding(lag_innlagt(sending(), tid=NÅ), NÅ).outcome == "positive"


def test_another_master_secret_is_refused_before_anything_is_written(brukt: Stores) -> None:
    (brukt.folder / MASTER).write_bytes(b"x" * 32)
    før = _filer(brukt.folder)
    with pytest.raises(InvalidMessage, match=r"not the master secret of this keyring.*Restore"):
        åpne(brukt)
    assert _filer(brukt.folder) == før


def test_keys_are_not_shredded_with_another_secret_or_with_a_new_one(tmp_path: Path, kjør: Kjør) -> None:
    with rom(tmp_path, NÅ):
        pass
    (tmp_path / MASTER).write_bytes(b"x" * 32)
    assert "not the master secret" in kjør("keys", "shred", "--person", "p", "--yes", "--data", tmp_path).sagt
    (tmp_path / MASTER).unlink()
    assert "secret is missing" in kjør("keys", "shred", "--person", "p", "--yes", "--data", tmp_path).sagt
    assert not (tmp_path / MASTER).exists()


@pytest.mark.parametrize("command", [["mottak"], ["simulate", "--dager", "1"]])
@pytest.mark.parametrize("parent", ["/proc", "fil"])
def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(
    tmp_path: Path, kjør: Kjør, parent: str, command: list[str]
) -> None:
    (tmp_path / "fil").touch()
    (tmp_path / "m.xml").touch()
    args = [*command, tmp_path / "m.xml"] if command == ["mottak"] else command
    kjørt = kjør(*args, "--data", tmp_path / parent / "her" / "data")
    assert kjørt.kode == CANNOT
    assert "the data folder cannot be made" in kjørt.sagt
    assert "--data" in kjørt.sagt


def fjern(stores: Stores, service: str) -> None:
    if isinstance(stores, Database):
        drop_schemas(stores.url, service)
        return
    for path in stores.folder.glob(f"{service}.db*"):
        path.unlink()


def åpne(stores: Stores) -> None:
    with rom(stores.folder, NÅ, tjenester=[skriver(), leser()]):
        pass


def _filer(folder: Path) -> dict[str, bytes]:
    """The stores and the secret."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".db", ".kek")}
