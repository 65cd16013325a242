"""Story D, "Brå død", as far as it can hold today: Livskrisehjelpen's case and the kriseteam come later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.samhandling.plo.skriv import lag_død, lag_innlagt
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import Menneske, ansvarsgruppe_for, enhet, menneske, oppgaver, samtykker
from tests.unit.samhandling.meldinger import sending

OSLO = ZoneInfo("Europe/Oslo")
ACT, ENHET, NAV, SOLLI = "act-solli", "enhet-fana", "nav-fana", "dps-solli"


def tid(*deler: int) -> datetime:
    """A moment in Norway."""
    return datetime(*deler, tzinfo=OSLO)  # type: ignore[arg-type,misc]


@pytest.fixture
def etter(tmp_path: Path, hvert_trinn: str) -> Iterator[tuple[Rom, Menneske]]:
    """A patient of the ACT team, in a stay since Thursday; `LOG_DOD` comes Monday 08:00."""
    with rom(tmp_path, tid(2026, 10, 1, 9, 0), oppsett=HELE_BERGEN) as rommet:
        hvem = menneske(rommet, date(1984, 5, 6), "fana", ENHET)
        ansvarsgruppe_for(rommet, hvem, ENHET, ACT, NAV)
        samtykker(rommet, hvem, ENHET, NAV, "opphold.finnes", "opphold.utfall")
        til = replace(
            sending(1, tid(2026, 11, 5, 9, 5)), pasient=hvem.pasient, avsender=enhet(SOLLI), mottaker=enhet(ENHET)
        )
        rommet.melding(lag_innlagt(til, tid=tid(2026, 11, 5, 9, 0)), tid(2026, 11, 5, 9, 10))
        fra_lege = replace(
            sending(2, tid(2026, 11, 9, 7, 55)), pasient=hvem.pasient, avsender=enhet("fastlege"), mottaker=enhet(ENHET)
        )
        rommet.melding(lag_død(fra_lege, tid=tid(2026, 11, 7, 14, 10)), tid(2026, 11, 9, 8, 0))
        yield rommet, hvem


def test_act_the_row_is_closed_and_what_waited_falls(etter: tuple[Rom, Menneske]) -> None:
    rommet, _ = etter
    views = [v for v in rommet.utsnitt("samhandling", ACT).values() if type(v).__name__ == "OppholdUtsnitt"]
    assert [(v.status.value, v.utfall.value) for v in views] == [("DOED", "DOED")]
    for part in (ACT, ENHET):
        assert not oppgaver(rommet, part) & {"FOELG_OPP_INNLEGGELSE", "LAG_KRISEPLAN", "ETTERLYS_TIDLIGMELDING"}


def test_10b_the_bereaved_children_are_somebodys_task(etter: tuple[Rom, Menneske]) -> None:
    rommet, _ = etter
    alle = {part for part in HELE_BERGEN.parter if "FOELG_OPP_ETTERLATTE" in oppgaver(rommet, part)}
    assert alle
    assert NAV not in alle


def test_nav_learns_that_it_ended_and_no_cause(etter: tuple[Rom, Menneske]) -> None:
    rommet, _ = etter
    views = [v for v in rommet.utsnitt("samhandling", NAV).values() if type(v).__name__ == "OppholdUtsnitt"]
    assert [v.utfall.value for v in views] == ["UKJENT"]
    assert all(v.status.value != "DOED" for v in views)
    assert all(linje.slag.value != "DOED" for v in views for linje in v.historie)
