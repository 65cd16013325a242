"""`bindeledd serve` as a process: started, used, refused a second time, stopped, and started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from psycopg.conninfo import make_conninfo

from bindeledd.app.folder import MASTER
from services.samhandling.plo.skriv import lag_innlagt
from tests import postgres
from tests.meldinger import NÅ, sending
from tests.rom import lager

PROGRAM = "import sys; from bindeledd.app.cli import main; sys.argv[0] = 'bindeledd'; main()"
LITEN_DEMO = f"import bindeledd.app.simulate as s; s.DEMO_DAYS, s.DEMO_PATIENTS = 2, 10; {PROGRAM}"


class Tjener:
    """A running `bindeledd serve`."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10)

    def les_til(self, event: str) -> None:
        """Read what it says until it says that something has happened."""
        assert self.process.stderr is not None
        said: list[str] = []
        for line in self.process.stderr:
            said.append(line)
            if f'"{event}"' in line:
                return
        raise AssertionError(f"ended before {event}: {said}")

    def stopp(self) -> tuple[int, str]:
        """Ask it to stop; its exit code and all it said."""
        self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=30)
        return self.process.returncode, said

    def melding(self, rå: bytes, kind: str = "application/xml") -> httpx.Response:
        return self.client.post("/mottak/plo", content=rå, headers={"Content-Type": kind})


@contextmanager
def tjener(data: Path, *args: str, program: str = PROGRAM) -> Iterator[Tjener]:
    port = ledig_port()
    process = start(data, port, *args, program=program)
    running = Tjener(process, port)
    try:
        running.les_til("start.ready")
        yield running
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
        running.client.close()


def start(data: Path, port: int, *args: str, program: str = PROGRAM, **omgivelser: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, "serve", "--data", str(data), "--port", str(port), *args]
    env = {**for_mappen(data), **omgivelser}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def for_mappen(data: Path) -> dict[str, str]:
    """The environment of a process that works on this folder, and on the database that the folder was given."""
    database = postgres.database_of(data)
    return {**os.environ, "BINDELEDD_DATABASE": database} if database else dict(os.environ)


def ledig_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def bindeledd(data: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, *args, "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=for_mappen(data))


@pytest.fixture(scope="module")
def felles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tjener]:
    """One server for the tests that leave it as it was."""
    with tjener(tmp_path_factory.mktemp("felles")) as running:
        yield running


def test_a_message_is_taken_in_over_http_and_answered_with_the_same_receipt_after_a_restart(
    tmp_path: Path, trinn: str
) -> None:
    rå = lag_innlagt(sending(), tid=NÅ)
    with tjener(tmp_path) as running:
        first = running.melding(rå)
        assert (first.status_code, first.headers["Bindeledd-Outcome"]) == (200, "positive")
        assert first.headers["content-type"].startswith("application/xml")
        assert running.stopp()[0] == 0
    with tjener(tmp_path) as running:
        again = running.melding(rå)
        assert (again.status_code, again.headers["Bindeledd-Outcome"]) == (200, "duplicate")
        assert again.content == first.content
        code, said = running.stopp()
    assert code == 0
    assert json.loads(said.splitlines()[-1])["event"] == "stop.done"
    assert bindeledd(tmp_path, "verify").returncode == 0


def test_the_same_id_with_another_content_is_409_and_gets_no_receipt(felles: Tjener) -> None:
    assert felles.melding(lag_innlagt(sending(), tid=NÅ)).status_code == 200
    svar = felles.melding(lag_innlagt(sending(), tid=NÅ.replace(hour=1)))
    assert (svar.status_code, svar.headers["content-type"]) == (409, "application/problem+json")


@pytest.mark.parametrize(("kind", "status"), [("text/plain", 415), ("application/x-www-form-urlencoded", 415)])
def test_a_strange_page_cannot_send_messages_unasked(felles: Tjener, kind: str, status: int) -> None:
    assert felles.melding(lag_innlagt(sending(), tid=NÅ), kind).status_code == status


def test_a_second_process_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with tjener(tmp_path) as running:
        other = start(tmp_path, ledig_port())
        _, said = other.communicate(timeout=60)
        assert other.returncode == 3
        assert f"process {running.process.pid}" in said
        assert "--data" in said
        assert running.client.get("/helse/klar").status_code == 200


def test_a_second_process_on_the_same_database_is_refused_though_its_folder_is_another(tmp_path: Path) -> None:
    første, annen = tmp_path / "første", tmp_path / "annen"
    database = postgres.fresh()
    for mappe in (første, annen):
        postgres.give(mappe, database)
    with tjener(første) as running:
        other = start(annen, ledig_port(), BINDELEDD_KEK_FILE=str(første / MASTER))
        _, said = other.communicate(timeout=60)
        assert other.returncode == 3
        assert "another Bindeledd works on the schema keyring of this database" in said
        assert running.client.get("/helse/klar").status_code == 200


def test_a_database_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    postgres.give(tmp_path, make_conninfo(postgres.fresh(), dbname="missing"))
    other = start(tmp_path, ledig_port())
    _, said = other.communicate(timeout=60)
    assert other.returncode == 3
    assert 'database "missing" does not exist' in said


def test_a_port_in_use_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        other = start(tmp_path, taken.getsockname()[1])
        _, said = other.communicate(timeout=60)
    assert other.returncode == 3
    assert "--port" in said


def test_it_listens_on_the_loopback_address_only(felles: Tjener) -> None:
    listening = [
        entry for entry in psutil.Process(felles.process.pid).net_connections("inet") if entry.status == "LISTEN"
    ]
    assert {entry.laddr.ip for entry in listening} == {"127.0.0.1"}


def test_what_is_proved_is_given_to_anybody_without_a_pass_and_records_to_nobody(felles: Tjener) -> None:
    assert felles.client.get("/bevis/samhandling/samhandling.avvik/keys").text == ""
    assert felles.client.get("/bevis/samhandling/samhandling.avvik/checkpoint").status_code in (404, 503)
    assert felles.client.get("/bevis/samhandling/samhandling.opphold/checkpoint").status_code == 404
    assert felles.client.get("/bevis/samhandling/samhandling.avvik/tile/entries/000").status_code == 404


def test_commands_need_a_pass_and_there_are_no_pages_without_a_demo(felles: Tjener) -> None:
    svar = felles.client.post(f"/api/samhandling/personer/{'a' * 32}/bydel", json={"bydel": "fana"})
    assert (svar.status_code, svar.headers["content-type"]) == (403, "application/problem+json")
    assert felles.client.get("/").status_code == 404


def test_a_stop_while_a_demo_is_filled_leaves_nothing_half_done_and_the_next_time_it_is_filled_and_shows_its_pages(
    tmp_path: Path,
) -> None:
    port = ledig_port()
    process = start(tmp_path, port, "--demo")
    running = Tjener(process, port)
    running.les_til("demo.filling")
    assert running.stopp()[0] == 0
    assert lager(tmp_path).services() == []
    running.client.close()
    with tjener(tmp_path, "--demo", program=LITEN_DEMO) as running:
        assert running.client.get("/helse/klar").status_code == 200
        assert running.client.get("/velg").status_code == 200
        assert "bindeledd_events_total" in running.client.get("/metrics").text
        _stopp_med_åpen_side(running)
    without = start(tmp_path, ledig_port())
    _, said = without.communicate(timeout=60)
    assert without.returncode == 3
    assert "demo" in said


def _stopp_med_åpen_side(running: Tjener) -> None:
    """An open page is told of what comes in, and does not hold up a stop."""
    rolle = {"bruker": "demo-109", "part": "pam", "rolle": "pam-kontakt"}
    valgt = running.client.post("/velg", data=rolle, headers={"Origin": str(running.client.base_url).rstrip("/")})
    assert valgt.status_code == 303
    assert running.client.get("/tavle").status_code == 200
    with running.client.stream("GET", "/hendelser", params={"siden": 0}) as side:
        assert next(side.iter_lines()) == "event: endret"
        code, said = running.stopp()
    assert code == 0
    assert "stop.done" in said
