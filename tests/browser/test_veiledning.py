"""The tutorials, done as they say: each on a simulated town, by its own words, in a browser and in a shell."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from bindeledd.app.http import serving
from bindeledd.app.installation import all_services, open_installation
from bindeledd.app.settings import Config
from bindeledd.app.simulate import DEMO_DAYS, DEMO_PATIENTS, DEMO_SEED, Plan, first_day, simulate_into
from bindeledd.core.clock import SetClock
from tests.i_nettleser import tjener
from tests.rom import BERGEN, TABELL, lager
from tests.veiledning import Leser, les

pytestmark = pytest.mark.browser

ROT = Path(__file__).resolve().parents[2]
MORGEN = datetime(2026, 3, 5, 8, 40, tzinfo=ZoneInfo("Europe/Oslo"))
"""A Thursday, before the morning's meeting."""
PLAN = Plan(date(2026, 2, 25), days=9, patients=20, seed=2029, until=MORGEN)
MAKS_BYGD, MAKS_ÅPNET = 60, 5
"""Seconds, on a machine that does nothing else."""
DATE = """#!/bin/sh
if [ "$1" = --date ]; then fra="$2"; shift 2; fi
exec /bin/date --date "{} $fra" "$@"
"""
"""`date`, where it is a given moment; `--date "2 days ago"` is reckoned from it."""
VEILEDNINGER = sorted(path for path in (ROT / "docs" / "veiledning").glob("*.md") if path.stem != "README")


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that runs: its address, and the folder where somebody who has started it stands."""

    adresse: str
    mappe: Path
    bygd: float
    åpnet: float
    """Seconds that it took to make the town, and to open it then."""

    def leser(self, page: Page, klokka: datetime | None) -> Leser:
        """Somebody who reads, whose shell shows the same time as the town."""
        ord_ = self.mappe / "ord"
        ord_.mkdir(exist_ok=True)
        sti = f"{ord_}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        if klokka is not None:
            (ord_ / "date").write_text(DATE.format(klokka.isoformat(sep=" ")))
            (ord_ / "date").chmod(0o755)
        page.emulate_media(reduced_motion="reduce")
        return Leser(page, self.adresse, self.mappe, {**os.environ, "PATH": sti, "TZ": "Europe/Oslo"})


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A small town on a Thursday morning that does not pass."""
    with by(tmp_path_factory.mktemp("veiledning"), PLAN) as liten:
        yield liten


@pytest.fixture(scope="module")
def stor_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The town that `serve --demo` fills, on that morning."""
    plan = Plan(first_day(MORGEN.date(), DEMO_DAYS), DEMO_DAYS, DEMO_PATIENTS, DEMO_SEED, until=MORGEN)
    with by(tmp_path_factory.mktemp("veiledning"), plan) as stor:
        yield stor


@contextmanager
def by(mappe: Path, plan: Plan) -> Iterator[Demo]:
    (mappe / "docs").symlink_to(ROT / "docs")
    config, stores = Config(BERGEN, TABELL), lager(mappe / "data")
    begynt = time.perf_counter()
    simulate_into(stores, config, plan)
    bygd = time.perf_counter()
    with (
        open_installation(mappe / "data", config, all_services(config), stores=stores, clock=SetClock(MORGEN)) as inst,
        serving(inst, demo=True) as inne, tjener(inne.app) as adresse,
    ):  # fmt: skip
        yield Demo(adresse, mappe, bygd - begynt, time.perf_counter() - bygd)


@pytest.mark.parametrize("fil", VEILEDNINGER, ids=lambda fil: fil.stem)
def test_a_tutorial_can_be_followed_word_by_word(page: Page, demo: Demo, fil: Path) -> None:
    try:
        assert demo.leser(page, MORGEN).følg(fil) > 5
    finally:
        page.goto("about:blank")  # an open page listens for ever, and the server would wait for it


@pytest.mark.timeout(600)
@pytest.mark.parametrize("fil", VEILEDNINGER, ids=lambda fil: fil.stem)
def test_a_tutorial_holds_in_the_town_that_a_visitor_has(page: Page, stor_demo: Demo, fil: Path) -> None:
    try:
        assert stor_demo.leser(page, MORGEN).følg(fil) > 5
    finally:
        page.goto("about:blank")


@pytest.mark.timeout(600)
def test_six_months_of_a_town_are_made_in_under_a_minute_and_opened_in_seconds(stor_demo: Demo) -> None:
    arbeid = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert stor_demo.bygd < MAKS_BYGD * arbeid, f"{stor_demo.bygd:.0f} s, with {arbeid:.1f} at work on each core"
    assert stor_demo.åpnet < MAKS_ÅPNET * arbeid, f"{stor_demo.åpnet:.1f} s, with {arbeid:.1f} at work on each core"


@pytest.mark.parametrize(
    ("sagt", "feil"),
    [
        ("1. Åpne <http://127.0.0.1:8000/velg>. Du ser «Hvem er du egentlig?».", "line 1: Du ser"),
        ("1. Åpne <http://127.0.0.1:8000/velg>. Trykk **Ta av**. Du ser «Tavle».", "line 1: Trykk"),
        ("```sh\necho en\n```\n```text\nto\n```", "'to' is not in"),
    ],
)
def test_a_wrong_word_a_missing_button_or_another_answer_is_told(
    page: Page, demo: Demo, tmp_path: Path, sagt: str, feil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.veiledning.SEKUNDER", 1)
    page.set_default_timeout(5_000)
    (tmp_path / "gal.md").write_text(sagt, "utf-8")
    try:
        with pytest.raises(AssertionError, match=re.escape(feil)):
            demo.leser(page, MORGEN).følg(tmp_path / "gal.md")
    finally:
        page.goto("about:blank")


def test_what_stands_in_a_list_is_a_step_or_is_refused() -> None:
    with pytest.raises(AssertionError, match="no step that can be followed: 'Klikk"):
        les("1. Klikk på **Tavle**.", "gal.md")
    with pytest.raises(AssertionError, match="say what one sees after «Trykk"):
        les("1. Trykk **Tavle**. Trykk **Barn**.", "gal.md")


def test_pictures_are_few_and_small_and_each_is_shown() -> None:
    bilder = sorted((ROT / "docs" / "pictures").iterdir())
    vist = "".join(path.read_text("utf-8") for path in (ROT / "README.md", *VEILEDNINGER))
    assert len(bilder) <= 12
    assert [
        bilde.name for bilde in bilder if bilde.stat().st_size > 100_000 or f"pictures/{bilde.name})" not in vist
    ] == []
