"""A demo's town lives on while somebody watches: the same from the same seed, through the front door."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bindeledd.access.tokens import Tokens
from bindeledd.app.http import commands
from bindeledd.app.installation import all_services, open_installation
from bindeledd.app.serve import opening
from bindeledd.app.settings import Settings
from bindeledd.app.simulate import Plan, simulate_into
from bindeledd.app.simulering.levende import Levende, levende, livlig
from bindeledd.app.stores import Files
from bindeledd.core.clock import SetClock
from tests.ruter import Kommandoer

PLAN = Plan(date(2026, 3, 2), days=3, patients=5, seed=4)


@pytest.fixture(scope="module")
def fylt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("levende")
    simulate_into(Files(folder), Settings().config(), PLAN)
    return folder


@contextmanager
def byen(fylt: Path, folder: Path, nå: datetime = PLAN.end) -> Iterator[Levende]:
    shutil.copytree(fylt, folder)
    config, klokke = Settings().config(), SetClock(nå)
    with open_installation(folder, config, all_services(config), clock=klokke) as inst:
        tokens = Tokens(inst.around.keyring, klokke)
        tjenestene = Kommandoer(inst.engines, config.oppsett, tokens)
        yield levende(inst, tjenestene, commands(tjenestene, tokens))


def skjedd(levende_: Levende, ganger: int = 12) -> list[str]:
    hva = []
    for _ in range(ganger):
        hva.append(levende_.noe_skjer())
        levende_.installasjon.embedded.pump()
        klokke = levende_.installasjon.around.clock
        assert isinstance(klokke, SetClock)
        klokke.now += timedelta(seconds=30)
    return hva


def skrevet(levende_: Levende) -> int:
    return sum(engine.position for engine in levende_.installasjon.engines.values())


def test_from_the_same_town_the_same_comes_and_it_is_both_messages_and_people_who_take_tasks(
    fylt: Path, tmp_path: Path
) -> None:
    with byen(fylt, tmp_path / "en") as en:
        før = skrevet(en)
        først = skjedd(en)
        assert skrevet(en) > før + len(først)
    with byen(fylt, tmp_path / "to") as to:
        assert skjedd(to) == først
    assert "" not in først
    assert any(hva.startswith("LOG_") for hva in først)
    assert not all(hva.startswith("LOG_") for hva in først)


def test_crisis_plans_consents_and_referrals_move_too_until_there_is_no_more_of_it_that_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bindeledd.app.simulering.levende.SLAG", (0, 0, 1))
    plan = replace(PLAN, days=8, patients=16, seed=9)
    simulate_into(Files(tmp_path / "fylt"), Settings().config(), plan)
    with byen(tmp_path / "fylt", tmp_path / "by", plan.end) as levende_:
        hva = skjedd(levende_, 50)
    assert {
        "kriseplan tatt i bruk", "kriseplan endret", "samtykke trukket", "henvisning tatt imot", "henvisning besvart",
    } <= set(hva)  # fmt: skip
    assert any(annet.startswith("LOG_") for annet in hva[25:])


def test_while_one_watches_something_happens_by_itself_until_the_end(fylt: Path, tmp_path: Path) -> None:
    with byen(fylt, tmp_path / "by") as levende_:
        levende_.pause, før, frist = (0.0, 0.01), skrevet(levende_), time.monotonic() + 60
        with livlig(levende_):
            while skrevet(levende_) == før:
                assert time.monotonic() < frist
                threading.Event().wait(0.02)


@pytest.mark.parametrize(("demo", "stille", "lever"), [(True, False, True), (True, True, False), (False, False, False)])
def test_nothing_happens_by_itself_without_a_demo_nor_in_a_quiet_one(
    fylt: Path, tmp_path: Path, demo: bool, stille: bool, lever: bool
) -> None:
    data = tmp_path / "by"
    if demo:
        shutil.copytree(fylt, data)
    with opening(Settings(data=data), lambda: False, demo=demo, stille=stille):
        assert ("town" in {thread.name for thread in threading.enumerate()}) == lever
    assert "town" not in {thread.name for thread in threading.enumerate()}
