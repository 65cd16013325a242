"""Story E, "Planen som nådde fram", without what later work brings: the sister's worry, and the danger override."""

from __future__ import annotations

import re
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
SØSTEREN = "paaroerende"


def tid(*deler: int) -> datetime:
    """A moment in Norway."""
    return datetime(*deler, tzinfo=OSLO)  # type: ignore[arg-type,misc]


def skriv_plan(rommet: Rom, hvem: Menneske, hva: str, ord_: str) -> None:
    """The ACT team writes down a plan's parts, in the person's words."""
    deler = {
        "roedt_nivaa": {"tiltak": [{"hva": f"Ring ACT ({ord_})", "hvem": "den som er der"}], "moetes": ord_},
        "kontakter": [{"navn": "Søster", "telefon": "40000000", "naar": "hele døgnet", "rolle": "søster"}],
        "innleggelse": {"sted": f"{ord_} ved innleggelse"},
    }
    sti = f"kriseplan/personer/{hvem.ref}/{hva}"
    rommet.be(aktør(ACT, "kriseplan.skriv"), sti, medvirkning=["pasient"], deler=deler)


def plan(rommet: Rom, part: str) -> Any:
    """The plan as a party has been given it; None when it has been given nothing."""
    return next(iter(rommet.utsnitt("kriseplan", part).values()), None)


def les(rommet: Rom, sealed: Any) -> str:
    """What a sealed part says."""
    tekst: str = rommet.inst.engines["kriseplan"].look(lambda tx: tx.open(sealed).moetes)
    return tekst


def v2(rommet: Rom) -> tuple[Menneske, str]:
    """Plan v2, which ACT writes: by consent the emergency clinic and PAM have all of it, the sister the contacts."""
    hvem = menneske(rommet, date(1992, 2, 2), "aasane", ENHET)
    for sagt in ("tilby", "takk-nei"):
        rommet.be(aktør(ENHET, "plan.tilby"), f"ansvarsgruppe/personer/{hvem.ref}/plan/{sagt}")
    ansvarsgruppe_for(rommet, hvem, ENHET, ACT, NAV)
    skriv_plan(rommet, hvem, "plan", "v1")
    legevakten = samtykker(rommet, hvem, ENHET, LEGEVAKT, "kriseplan.*")
    samtykker(rommet, hvem, ENHET, PAM, "kriseplan.*")
    samtykker(rommet, hvem, ENHET, SØSTEREN, "kriseplan.kontakter")
    skriv_plan(rommet, hvem, "plan/revider", "v2")
    rommet.til(tid(2026, 8, 28, 12, 0))
    return hvem, legevakten


@pytest.fixture
def august(tmp_path: Path, hvert_trinn: str) -> Iterator[tuple[Rom, Menneske, str]]:
    """Before the weekend: the room, the person, and the consent for the emergency clinic."""
    with rom(tmp_path, tid(2026, 3, 10, 10, 0), oppsett=HELE_BERGEN) as rommet:
        hvem, legevakten = v2(rommet)
        yield rommet, hvem, legevakten


def legg_inn(rommet: Rom, hvem: Menneske) -> None:
    """Sunday 02:00, PAM."""
    nå = tid(2026, 8, 30, 2, 0)
    sendt = replace(sending(1, nå), pasient=hvem.pasient, avsender=enhet(PAM), mottaker=enhet(ENHET))
    rommet.melding(lag_innlagt(sendt, tid=nå), tid(2026, 8, 30, 2, 10))


def siden(rommet: Rom, part: str, sti: str) -> str:
    """A page, as somebody of a party sees it."""
    bruker, rolle = bruker_i(part), aktør(part, "kriseplan.bruk").role
    (side,) = rommet.vei.sider(bruker, part, rolle, sti)
    return " ".join(side.split())


def bruker_i(part: str) -> str:
    stilling = (part, aktør(part, "kriseplan.bruk").role)
    alle = HELE_BERGEN.katalog.users.values()
    return next(u.id for u in alle if any((p.party, p.role) == stilling for p in u.posts))


def lørdag_kveld(rommet: Rom, hvem: Menneske) -> None:
    """Saturday 21:30 the emergency clinic opens the red level and marks it taken into use."""
    rommet.til(tid(2026, 8, 29, 21, 30))
    her = f"/pasient/{hvem.ref}/kriseplan/roedt"
    assert her in siden(rommet, LEGEVAKT, "/tavle")
    side = siden(rommet, LEGEVAKT, her)
    assert "Ring ACT (v2)" in side
    assert 'href="tel:40000000"' in side
    rommet.be(aktør(LEGEVAKT, "kriseplan.bruk"), _bruk(hvem), av=bruker_i(LEGEVAKT), nivaa="ROEDT")


def _bruk(hvem: Menneske) -> str:
    return f"kriseplan/personer/{hvem.ref}/plan/bruk"


def mandag(rommet: Rom, hvem: Menneske, legevakten: str) -> None:
    """Monday 10:00 the consent for the emergency clinic is withdrawn, and v3 is made."""
    rommet.til(tid(2026, 8, 31, 10, 0))
    sti = f"ansvarsgruppe/personer/{hvem.ref}/samtykker/{legevakten}/trekk"
    rommet.be(aktør(ENHET, "samtykke.trekk"), sti)
    skriv_plan(rommet, hvem, "plan/revider", "v3")


def test_everyone_with_consent_has_v2_the_sister_the_contacts_and_nav_nothing(
    august: tuple[Rom, Menneske, str],
) -> None:
    rommet, _, _ = august
    for part in (ACT, LEGEVAKT, PAM):
        assert plan(rommet, part).versjon == 2, part
        assert les(rommet, plan(rommet, part).roedt) == "v2"
    søsteren = plan(rommet, SØSTEREN)
    assert (søsteren.kontakter is None, søsteren.roedt, søsteren.innleggelsesoensker) == (False, None, None)
    assert plan(rommet, NAV) is None


def test_the_clinic_uses_the_red_level_and_act_and_koordinator_are_told(august: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, _ = august
    lørdag_kveld(rommet, hvem)
    for part in (ACT, ENHET):
        (bruk,) = plan(rommet, part).bruk
        assert (bruk.part, bruk.nivaa, bruk.tatt_i_bruk) == (LEGEVAKT, "ROEDT", tid(2026, 8, 29, 21, 30))
        assert "LES_BRUKT_KRISEPLAN" in oppgaver(rommet, part)
    assert plan(rommet, PAM).bruk == plan(rommet, SØSTEREN).bruk == ()
    assert "VURDER_KRISEPLAN" in oppgaver(rommet, ACT), "it is gone through after use"


def test_pam_admits_and_sees_v2(august: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, _ = august
    lørdag_kveld(rommet, hvem)
    legg_inn(rommet, hvem)
    assert plan(rommet, PAM).versjon == 2
    delt = [p.event for p in rommet.logg("kriseplan") if p.navn == "KriseplanDelt"]
    assert {(d.part, d.versjon) for d in delt} == {(p, v) for p in (LEGEVAKT, PAM, SØSTEREN) for v in (1, 2)}


def test_v3_reaches_pam_which_sees_v2_marked_outdated(august: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, legevakten = august
    legg_inn(rommet, hvem)
    mandag(rommet, hvem, legevakten)
    assert plan(rommet, PAM).versjon == 3
    assert [(k.part, k.versjon, k.til is None) for k in plan(rommet, PAM).kopier if k.versjon > 1] == [
        (PAM, 2, False), (PAM, 3, True),
    ]  # fmt: skip


def test_the_clinic_that_lost_its_consent_is_refused_and_told_why(august: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, legevakten = august
    lørdag_kveld(rommet, hvem)
    mandag(rommet, hvem, legevakten)
    assert plan(rommet, LEGEVAKT) is None
    til_legevakten = [p for p in rommet.logg("kriseplan") if p.topic == f"kriseplan.til.{LEGEVAKT}"]
    assert til_legevakten[-1].navn == "UtsnittAvsluttet"
    assert all(getattr(p.event, "versjon", 0) < 3 for p in til_legevakten)
    kropp = {"av": bruker_i(LEGEVAKT), "nivaa": "ROEDT"}
    svar = rommet.vei.be("kriseplan", aktør(LEGEVAKT, "kriseplan.bruk"), f"/api/{_bruk(hvem)}", kropp)
    assert svar.status_code == 409
    assert "ikke gitt samtykke" in svar.json()["detail"]
    assert "Ring ACT" not in siden(rommet, LEGEVAKT, f"/pasient/{hvem.ref}/kriseplan/roedt")
    slutt = siden(rommet, LEGEVAKT, f"/pasient/{hvem.ref}")
    assert "Delingen er avsluttet" in slutt
    assert "i dag kl. 10.00" in slutt
    assert "Ring ACT" not in slutt


def test_the_person_sees_who_has_had_the_plan_and_that_nav_has_had_nothing(august: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, legevakten = august
    lørdag_kveld(rommet, hvem)
    legg_inn(rommet, hvem)
    mandag(rommet, hvem, legevakten)
    kopier = {(k.part, k.versjon, k.til is None) for k in plan(rommet, "innbygger").kopier if k.versjon > 1}
    assert kopier == {(LEGEVAKT, 2, False), (PAM, 2, False), (PAM, 3, True), (SØSTEREN, 2, False), (SØSTEREN, 3, True)}


def test_pams_page_marks_v2_outdated_and_the_persons_lists_both_look_ups_and_none_of_nav(
    august: tuple[Rom, Menneske, str], hvert_trinn: str
) -> None:
    """With Kafka between, what these pages are made from: its house has the municipality's web alone, which serves
    neither PAM nor the person."""
    rommet, hvem, legevakten = august
    lørdag_kveld(rommet, hvem)
    legg_inn(rommet, hvem)
    if hvert_trinn == "kafka":
        mandag(rommet, hvem, legevakten)
        kopier = {(k.versjon, k.til is None) for k in plan(rommet, PAM).kopier if k.part == PAM}
        assert {(2, False), (3, True)} <= kopier
        return
    her = f"/pasient/{hvem.ref}/kriseplan/roedt"
    assert "Ring ACT (v2)" in siden(rommet, PAM, her)
    mandag(rommet, hvem, legevakten)
    hos_pam = siden(rommet, PAM, her)
    assert "Ring ACT (v3)" in hos_pam
    assert re.search(r"Versjon 3 gjelder. Versjon 2, som dere fikk .{1,120}, er utdatert", hos_pam)
    (innsyn,) = rommet.vei.sider(bruker_i("innbygger"), "innbygger", "innbygger", "/innsyn", person=hvem.ref)
    sett = {navn for navn in ("Bergen legevakt", "Psykiatrisk akuttmottak", "NAV") if navn in innsyn}
    assert sett == {"Bergen legevakt", "Psykiatrisk akuttmottak"}


def test_at_discharge_the_revision_falls_due(august: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, legevakten = august
    legg_inn(rommet, hvem)
    mandag(rommet, hvem, legevakten)
    nå = tid(2026, 9, 7, 12, 0)
    sendt = replace(sending(2, nå), pasient=hvem.pasient, avsender=enhet(PAM), mottaker=enhet(ENHET))
    rommet.melding(lag_utskrevet(sendt, tid=tid(2026, 9, 7, 11, 0)), nå)
    assert plan(rommet, ACT).tilstand.value == "REVISJON_FORFALT"
    assert plan(rommet, ACT).forfalt == ("utskrevet",)
    assert "VURDER_KRISEPLAN" in oppgaver(rommet, ACT)


def test_an_individual_plan_was_declined_and_there_is_a_group_and_a_koordinator_all_the_same(
    august: tuple[Rom, Menneske, str],
) -> None:
    rommet, _, _ = august
    views = list(rommet.utsnitt("ansvarsgruppe", ACT).values())
    (planen,) = (v for v in views if type(v).__name__ == "PlanUtsnitt")
    (gruppen,) = (v for v in views if type(v).__name__ == "AnsvarsgruppeUtsnitt")
    assert (planen.tilstand.value, planen.koordinator_part, gruppen.avsluttet) == ("TAKKET_NEI", ENHET, False)
