"""A service that cannot go on stops and says why, rather than drain a topic into quarantine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bindeledd.core.errors import Stopped
from bindeledd.ops import logs
from bindeledd.runtime.embedded import PARKED_NUMBER_MAX
from bindeledd.store import intake
from tests.prøvetjeneste import Oppsatt, Uvilje, leser, noter, satt_opp, skriver


@pytest.fixture
def uvilje() -> Uvilje:
    """The reader reacts to no stream's first record."""
    return Uvilje({1})


@pytest.fixture
def oppsatt(tmp_path: Path, uvilje: Uvilje) -> Iterator[Oppsatt]:
    with satt_opp(tmp_path, skriver(), leser(uvilje)) as oppsatt:
        yield oppsatt


def skriv(oppsatt: Oppsatt, antall: int) -> None:
    for number in range(antall):
        oppsatt.engines["skriver"].command(noter(f"{number:03}ab"))


def test_some_parked_streams_do_not_stop_the_others(oppsatt: Oppsatt) -> None:
    skriv(oppsatt, PARKED_NUMBER_MAX)
    oppsatt.embedded.pump()
    assert oppsatt.embedded.unhealthy() == []


def test_too_many_parked_streams_stop_the_service_with_what_to_do(oppsatt: Oppsatt) -> None:
    skriv(oppsatt, PARKED_NUMBER_MAX + 1)
    with pytest.raises(Stopped, match=r"leser: 11 streams are parked\. See `bindeledd quarantine list`"):
        oppsatt.embedded.pump()


def test_many_among_very_many_do_not(oppsatt: Oppsatt, uvilje: Uvilje) -> None:
    uvilje.versjoner.clear()
    skriv(oppsatt, 80)
    oppsatt.embedded.pump()
    uvilje.versjoner.add(2)
    skriv(oppsatt, PARKED_NUMBER_MAX + 1)
    oppsatt.embedded.pump()
    assert len(oppsatt.engines["leser"].read(intake.parked_streams)) == PARKED_NUMBER_MAX + 1


def test_running_it_is_told_to_health_and_once_to_the_log(oppsatt: Oppsatt, monkeypatch: pytest.MonkeyPatch) -> None:
    told, said = threading.Event(), []

    def warning(event: str, **facts: object) -> None:
        said.append((event, facts["service"]))
        told.set()

    monkeypatch.setattr(logs, "warning", warning)
    skriv(oppsatt, PARKED_NUMBER_MAX + 1)
    oppsatt.embedded.start()
    assert told.wait(10)
    oppsatt.embedded.stop()
    assert said == [("service.stopped", "leser")]
    assert oppsatt.embedded.unhealthy()


def test_an_error_nobody_foresaw_stops_the_service_and_tells_no_text_of_it(
    oppsatt: Oppsatt, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = threading.Event()
    monkeypatch.setattr(logs, "unexpected", lambda _event, _error: told.set())

    def broken() -> int:
        raise KeyError("Kari Synteseprøve")

    monkeypatch.setattr("bindeledd.runtime.embedded.Worker.work", lambda _worker: broken())
    oppsatt.embedded.start()
    assert told.wait(10)
    oppsatt.embedded.stop()
    assert "KeyError" in " ".join(oppsatt.embedded.unhealthy())
    assert "Kari" not in " ".join(oppsatt.embedded.unhealthy())
