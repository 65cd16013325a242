"""Story A, "Rett ut igjen" (out again at once), as far as it can hold today: avvik and payment come later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.samhandling.plo.skriv import lag_innlagt, lag_utskrevet
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import Menneske, ansvarsgruppe_for, enhet, menneske, oppgaver
from tests.unit.samhandling.meldinger import sending

OSLO = ZoneInfo("Europe/Oslo")
ACT, ENHET, KRONSTAD, NAV = "act-kronstad", "enhet-aarstad", "dps-kronstad", "nav-aarstad"


def tid(*deler: int) -> datetime:
    """A moment in Norway."""
    return datetime(*deler, tzinfo=OSLO)  # type: ignore[arg-type,misc]


FREDAG_KVELD = tid(2024, 2, 2, 22, 40)
MANDAG = tid(2024, 2, 5, 8, 0)


def stay(rommet: Rom, part: str) -> Any:
    """The one stay that a party has been given."""
    views = [v for v in rommet.utsnitt("samhandling", part).values() if type(v).__name__ == "OppholdUtsnitt"]
    assert len(views) == 1, part
    return views[0]


@pytest.fixture
def uken(tmp_path: Path, hvert_trinn: str) -> Iterator[tuple[Rom, Menneske]]:
    """Friday 22:40 to PAM, told 22:55; nothing more until the discharge on Sunday."""
    with rom(tmp_path, tid(2024, 1, 15, 9, 0), oppsett=HELE_BERGEN) as rommet:
        hvem = menneske(rommet, date(1989, 4, 3), "aarstad", ENHET)
        ansvarsgruppe_for(rommet, hvem, ENHET, ACT, NAV)
        sendt = replace(sending(1, tid(2024, 2, 2, 22, 50)), pasient=hvem.pasient, avsender=enhet("pam"))
        inn = lag_innlagt(replace(sendt, mottaker=enhet("hjemmetjeneste-aarstad")), tid=FREDAG_KVELD)
        assert rommet.melding(inn, tid(2024, 2, 2, 22, 55)).outcome == "positive"
        yield rommet, hvem


def ut(rommet: Rom, hvem: Menneske) -> None:
    """Sunday 11:00."""
    sendt = replace(sending(2, tid(2024, 2, 4, 11, 5)), pasient=hvem.pasient, avsender=enhet("pam"))
    melding = lag_utskrevet(replace(sendt, mottaker=enhet("hjemmetjeneste-aarstad")), tid=tid(2024, 2, 4, 11, 0))
    assert rommet.melding(melding, tid(2024, 2, 4, 11, 10)).outcome == "positive"


def test_friday_22_55_act_and_koordinator_have_a_row(uken: tuple[Rom, Menneske]) -> None:
    for part in (ACT, ENHET):
        view = stay(uken[0], part)
        assert (view.innlagt, view.grunn.grunnlag) == (FREDAG_KVELD, "R"), part


def test_saturday_22_40_the_clock_is_missed(uken: tuple[Rom, Menneske]) -> None:
    rommet, _ = uken
    rommet.til(tid(2024, 2, 3, 22, 39))
    assert stay(rommet, ACT).frister[0].tilstand.value == "AAPEN"
    rommet.til(tid(2024, 2, 3, 22, 40))
    frist = stay(rommet, ACT).frister[0]
    assert (frist.tilstand.value, frist.forfall) == ("OVERSKREDET", tid(2024, 2, 3, 22, 40))
    assert "§8" in frist.paragraf


def test_monday_there_is_no_crisis_plan_and_the_koordinators_unit_has_its_tasks(uken: tuple[Rom, Menneske]) -> None:
    rommet, hvem = uken
    ut(rommet, hvem)
    rommet.til(MANDAG)
    assert stay(rommet, ACT).status.value == "UTSKREVET"
    (kriseplan,) = rommet.utsnitt("kriseplan", ACT).values()
    assert kriseplan.finnes.value == "FINNES_IKKE"
    assert {"LAG_KRISEPLAN", "FOELG_OPP_UTSKRIVNING", "KALL_INN_ANSVARSGRUPPE"} <= oppgaver(rommet, ENHET)


def test_dps_kronstad_is_told_with_the_sentence(uken: tuple[Rom, Menneske]) -> None:
    view = stay(uken[0], KRONSTAD)
    assert (view.dps, view.instans) == (KRONSTAD, "pam")
    assert "fredag" in view.forklaring.casefold()
    assert "Psykiatrisk akuttmottak" in view.forklaring


def test_nav_without_consent_learns_nothing_of_the_stay(uken: tuple[Rom, Menneske]) -> None:
    rommet, hvem = uken
    ut(rommet, hvem)
    rommet.til(MANDAG)
    assert rommet.utsnitt("samhandling", NAV) == {}
    assert rommet.utsnitt("kriseplan", NAV) == {}
    assert rommet.utsnitt("barn_paaroerende", NAV) == {}
    assert oppgaver(rommet, NAV) == set()
