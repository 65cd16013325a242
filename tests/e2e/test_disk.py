"""A server whose disk has no more room: what it answers, how it tells, and that it goes on by itself afterwards.

The limit is the kernel's own on the size of files, set on the running process from outside and lifted again.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from services.samhandling.plo.skriv import lag_innlagt
from tests.e2e.test_serve import PROGRAM, Tjener, bindeledd, tjener
from tests.meldinger import NÅ, PASIENT, person_id, sending, syntetisk

WAIT_SECONDS = 30
NO_ROOM = 4096
"""Bytes: less than what any of the files holds already."""


@pytest.fixture(autouse=True)
def ingen_kompilert_kode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python keeps the code that it compiles half written where there is no room, and whoever begins next stumbles."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")


@contextmanager
def uten_plass(running: Tjener) -> Iterator[None]:
    before = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (NO_ROOM, before[1]))
    try:
        yield
    finally:
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, before)


def klar(running: Tjener, *, ventet: int) -> httpx.Response:
    """Ask for its health until it is as expected."""
    end = time.monotonic() + WAIT_SECONDS
    while (svar := running.client.get("/helse/klar")).status_code != ventet:
        assert time.monotonic() < end, svar.text
        time.sleep(0.05)
    return svar


def test_a_disk_without_room_refuses_says_so_in_health_and_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    kom = lag_innlagt(sending(), tid=NÅ)
    annen = replace(PASIENT, identer=(person_id(syntetisk(nr=1)),))
    avvist = lag_innlagt(sending(msg_id="00000000-0000-4000-8000-000000000002", pasient=annen), tid=NÅ)
    with tjener(tmp_path) as running:
        første = running.melding(kom)
        assert første.status_code == 200
        with uten_plass(running):
            for _ in range(3):
                svar = running.melding(avvist)
                assert (svar.status_code, svar.headers["content-type"]) == (503, "application/problem+json")
                assert int(svar.headers["Retry-After"]) > 0
                assert "the disk" in svar.json()["detail"]
            helse = klar(running, ventet=503).json()
            assert any("samhandling: the disk" in hvorfor for hvorfor in helse["hvorfor"])
            assert running.client.get("/helse/live").status_code == 200
        klar(running, ventet=200)
        assert running.melding(avvist).headers["Bindeledd-Outcome"] == "positive"
        igjen = running.melding(kom)
        assert (igjen.headers["Bindeledd-Outcome"], igjen.content) == ("duplicate", første.content)
        code, said = running.stopp()
    assert code == 0
    assert [json.loads(line)["event"] for line in said.splitlines()].count("disk.refuses") >= 1
    for command in ("verify", "rebuild"):
        done = bindeledd(tmp_path, command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_command_on_a_disk_without_room_ends_with_3_and_what_to_do(tmp_path: Path) -> None:
    melding = tmp_path / "melding.xml"
    melding.write_bytes(lag_innlagt(sending(), tid=NÅ))
    limited = f"import resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({NO_ROOM}, r.RLIM_INFINITY)); {PROGRAM}"
    command = [sys.executable, "-c", limited, "mottak", str(melding), "--data", str(tmp_path / "data")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith("bindeledd: the disk")
    assert bindeledd(tmp_path / "data", "mottak", str(melding)).returncode == 0
