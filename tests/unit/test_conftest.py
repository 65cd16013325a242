"""Knows how a run ends: what is left out is said in one line here, and is a failure in CI."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import minnet

ROOT = Path(__file__).resolve().parents[2]

SUITE = """
from tests.conftest import *
import pytest

@pytest.mark.browser
def test_needs_a_browser() -> None:
    pass

def test_reads_a_sample(sample_folder: Path) -> None:
    assert sample_folder.is_dir()

def test_asks_a_broker(broker: str) -> None:
    pass

def test_holds() -> None:
    pass
"""


def run_suite(folder: Path, *options: str, **env: str) -> tuple[int, str]:
    """A run of a small suite under our conftest, on a machine with no programs. Gives exit code and closing line."""
    (folder / "conftest.py").write_text("from tests.conftest import *\n", "utf-8")
    (folder / "test_small.py").write_text(SUITE, "utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = browser\n", "utf-8")
    bare = {"PATH": str(folder / "no programs"), "PYTHONPATH": str(ROOT), "HOME": os.environ.get("HOME", "")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), *options]
    done = subprocess.run(command, cwd=folder, env={**bare, **env}, capture_output=True, text=True, check=False)
    *_, ours, pytests = done.stdout.strip().splitlines()
    assert re.search(r"\d+ passed.* in \d+\.\d+s", pytests), "pytest's own line comes last"
    return done.returncode, ours


@pytest.mark.parametrize("workers", [(), ("-n", "2", "--dist", "loadfile")])
def test_without_chromium_samples_and_kafka_the_rest_is_run_and_one_line_says_what_was_left_out(
    tmp_path: Path, workers: tuple[str, ...]
) -> None:
    code, line = run_suite(tmp_path, *workers, BINDELEDD_SAMPLES=str(tmp_path / "nowhere"))
    assert code == 0
    assert line.startswith("All held: 1 test passed, ")
    assert "1 left out: Chromium is missing: install it" in line
    assert "1 left out: the official samples are missing: put them in" in line
    assert "1 left out: Kafka is missing: install Java and Maven" in line


def test_in_ci_what_is_left_out_has_failed(tmp_path: Path) -> None:
    code, line = run_suite(tmp_path, BINDELEDD_SAMPLES=str(tmp_path / "nowhere"), CI="true")
    assert code == 1
    assert line.startswith("3 did not hold: 1 test passed")


def test_where_the_samples_are_named_they_are_found(tmp_path: Path) -> None:
    code, line = run_suite(tmp_path, BINDELEDD_SAMPLES=str(tmp_path))
    assert code == 0
    assert "2 tests passed" in line


def test_files_are_in_memory_where_there_is_room_for_them_and_on_disk_else(tmp_path: Path) -> None:
    assert minnet.plass(tmp_path, trengs=1) == tmp_path
    assert minnet.plass(tmp_path, trengs=1 << 60) is None
    assert minnet.plass(tmp_path / "nowhere", trengs=1) is None
