"""The data folder belongs to one process at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bindeledd.app.folder import claim, is_empty, store_files
from bindeledd.core.errors import InvalidMessage, Occupied
from tests.rom import rom

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
    nå = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    with rom(tmp_path, nå):
        pass
    (tmp_path / missing).unlink()
    with pytest.raises(InvalidMessage, match=f"{named}.*Restore it from the backup"), rom(tmp_path, nå):
        pass
    assert not (tmp_path / missing).exists()
