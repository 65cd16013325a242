"""Story E, "Planen som nådde fram", as far as it can hold today: the worry, the use and the override come later."""

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
from tests.stories.folk import Menneske, aktør, ansvarsgruppe_for, enhet, menneske, oppgaver, samtykker
from tests.unit.samhandling.meldinger import sending

OSLO = ZoneInfo("Europe/Oslo")
ACT, ENHET, NAV, LEGEVAKT, PAM = "act-bjoergvin", "enhet-aasane", "nav-aasane", "legevakt", "pam"


def tid(*deler: int) -> datetime:
    """A moment in Norway."""
    return datetime(*deler, tzinfo=OSLO)  # type: ignore[arg-type,misc]


def skriv_plan(rommet: Rom, hvem: Menneske, hva: str, ord_: str) -> None:
    """The ACT team writes down a plan's parts, in the person's words."""
    deler = {"roedt_nivaa": ord_, "innleggelse": f"{ord_} ved innleggelse"}
    sti = f"kriseplan/personer/{hvem.ref}/{hva}"
    rommet.be(aktør(ACT, "kriseplan.skriv"), sti, medvirkning=["pasient"], deler=deler)


def plan(rommet: Rom, part: str) -> Any:
    """The plan as a party has been given it; None when it has been given nothing."""
    return next(iter(rommet.utsnitt("kriseplan", part).values()), None)


def les(rommet: Rom, sealed: Any) -> str:
    """What a sealed part says."""
    tekst: str = rommet.inst.engines["kriseplan"].look(lambda tx: tx.open(sealed).tekst)
    return tekst


@pytest.fixture
def august(tmp_path: Path, hvert_trinn: str) -> Iterator[tuple[Rom, Menneske, str]]:
    """Plan v2, shared with the emergency clinic and PAM by consent; ACT writes it; NAV is told nothing."""
    with rom(tmp_path, tid(2026, 3, 10, 10, 0), oppsett=HELE_BERGEN) as rommet:
        hvem = menneske(rommet, date(1992, 2, 2), "aasane", ENHET)
        ansvarsgruppe_for(rommet, hvem, ENHET, ACT, NAV)
        skriv_plan(rommet, hvem, "plan", "v1")
        legevakten = samtykker(rommet, hvem, ENHET, LEGEVAKT, "kriseplan.*")
        samtykker(rommet, hvem, ENHET, PAM, "kriseplan.*")
        skriv_plan(rommet, hvem, "plan/revider", "v2")
        rommet.til(tid(2026, 8, 28, 12, 0))
        yield rommet, hvem, legevakten


def legg_inn(rommet: Rom, hvem: Menneske) -> None:
    """Sunday 02:00, PAM."""
    nå = tid(2026, 8, 30, 2, 0)
    sendt = replace(sending(1, nå), pasient=hvem.pasient, avsender=enhet(PAM), mottaker=enhet(ENHET))
    rommet.melding(lag_innlagt(sendt, tid=nå), tid(2026, 8, 30, 2, 10))


def test_everyone_with_consent_has_v2_and_nav_nothing(august: tuple[Rom, Menneske, str]) -> None:
    rommet, _, _ = august
    for part in (ACT, LEGEVAKT, PAM):
        assert plan(rommet, part).versjon == 2, part
        assert les(rommet, plan(rommet, part).roedt_nivaa) == "v2"
    assert plan(rommet, NAV) is None


def test_pam_admits_and_sees_v2(august: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, _ = august
    legg_inn(rommet, hvem)
    assert plan(rommet, PAM).versjon == 2
    delt = [p.event for p in rommet.logg("kriseplan") if p.navn == "KriseplanDelt"]
    assert {(d.part, d.versjon) for d in delt} == {(LEGEVAKT, 1), (PAM, 1), (LEGEVAKT, 2), (PAM, 2)}


def test_v3_reaches_pam_and_the_clinic_that_lost_its_consent_has_nothing(august: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, legevakten = august
    legg_inn(rommet, hvem)
    rommet.til(tid(2026, 8, 31, 10, 0))
    sti = f"ansvarsgruppe/personer/{hvem.ref}/samtykker/{legevakten}/trekk"
    rommet.be(aktør(ENHET, "samtykke.trekk"), sti)
    skriv_plan(rommet, hvem, "plan/revider", "v3")
    assert plan(rommet, PAM).versjon == 3
    assert plan(rommet, LEGEVAKT) is None
    til_legevakten = [p for p in rommet.logg("kriseplan") if p.topic == f"kriseplan.til.{LEGEVAKT}"]
    assert til_legevakten[-1].navn == "UtsnittAvsluttet"
    assert all(getattr(p.event, "versjon", 0) < 3 for p in til_legevakten)


def test_at_discharge_the_revision_falls_due(august: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, _ = august
    legg_inn(rommet, hvem)
    nå = tid(2026, 9, 7, 12, 0)
    sendt = replace(sending(2, nå), pasient=hvem.pasient, avsender=enhet(PAM), mottaker=enhet(ENHET))
    rommet.melding(lag_utskrevet(sendt, tid=tid(2026, 9, 7, 11, 0)), nå)
    assert plan(rommet, ACT).tilstand.value == "REVISJON_FORFALT"
    assert "VURDER_KRISEPLAN" in oppgaver(rommet, ACT) | oppgaver(rommet, ENHET)
