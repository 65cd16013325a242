"""Story C, "To barn, to foreldre", as far as it can hold today: the question is raised; cases come later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.barn_pårørende import planer as barn
from services.samhandling.plo.skriv import lag_innlagt
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, enhet, menneske, oppgaver
from tests.unit.samhandling.meldinger import sending

OSLO = ZoneInfo("Europe/Oslo")
BETANIEN, ENHET = "dps-betanien", "enhet-laksevaag"
UTENFOR = ("skole-laksevaag", "barnehage-laksevaag", "nav-laksevaag", "barnevern-laksevaag", "ppt", "slt")


@pytest.fixture
def mor(tmp_path: Path, trinn: str) -> Iterator[tuple[Rom, Menneske]]:
    """The mother is admitted to Betanien on Tuesday 10 March 2026."""
    with rom(tmp_path, datetime(2026, 3, 1, 9, 0, tzinfo=OSLO), oppsett=HELE_BERGEN) as rommet:
        hvem = menneske(rommet, date(1990, 7, 8), "laksevaag", ENHET)
        nå = datetime(2026, 3, 10, 9, 0, tzinfo=OSLO)
        sendt = replace(sending(1, nå), pasient=hvem.pasient, avsender=enhet(BETANIEN), mottaker=enhet(ENHET))
        assert rommet.melding(lag_innlagt(sendt, tid=nå), nå).outcome == "positive"
        yield rommet, hvem


def test_10a_the_ward_is_asked_about_the_children(mor: tuple[Rom, Menneske]) -> None:
    assert "SPOER_OM_BARN" in oppgaver(mor[0], BETANIEN)


def test_10a_the_talk_answers_the_question(mor: tuple[Rom, Menneske]) -> None:
    rommet, hvem = mor
    rommet.gjør("barn_paaroerende", barn.hold_samtale(hvem.ref, 2, None, aktør(BETANIEN), RAMMER))
    assert "SPOER_OM_BARN" not in oppgaver(rommet, BETANIEN)
    (view,) = rommet.utsnitt("barn_paaroerende", BETANIEN).values()
    assert (view.tilstand.value, view.antall_barn) == ("HAR_BARN", 2)


@pytest.mark.parametrize("part", [p for p in UTENFOR if p in HELE_BERGEN.parter])
def test_nobody_outside_the_health_service_learns_anything(mor: tuple[Rom, Menneske], part: str) -> None:
    rommet, hvem = mor
    rommet.gjør("barn_paaroerende", barn.hold_samtale(hvem.ref, 2, None, aktør(BETANIEN), RAMMER))
    for tjeneste in rommet.inst.engines:
        assert not [post for post in rommet.logg(tjeneste) if post.topic.endswith(f".til.{part}")], tjeneste
