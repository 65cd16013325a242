"""Intake rule 12: how a stay ended (kodeverk 8431), what it stops and opens, and who may know that it was suicide."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.sealed import Forseglet
from bindeledd.schema.generated.samhandling import Oppholdsstatus, Utfall
from services.samhandling.plo.skriv import lag_død, lag_innlagt, lag_utskrevet, lag_utskrivningsklar
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import Menneske, ansvarsgruppe_for, enhet, menneske, oppgaver, samtykker
from tests.unit.mottak.spor import NÅ, poster
from tests.unit.samhandling.meldinger import sending

ACT, ENHET, NAV, PAM, DPS, HJEMME, LIVSKRISE = (
    "act-kronstad", "enhet-aarstad", "nav-aarstad", "pam", "dps-kronstad", "hjemmetjeneste-aarstad",
    "livskrisehjelpen",
)  # fmt: skip
TJENESTER = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")
UT = NÅ + timedelta(days=6)
BEHANDLENDE = {ACT, ENHET}
"""Those who treat the person, by a relation. The ward told it, and is no matter here."""


@pytest.fixture
def i_opphold(tmp_path: Path) -> Iterator[tuple[Rom, Menneske]]:
    """A patient of the ACT team with a koordinator, admitted and ready; NAV may know that there is a stay."""
    with rom(tmp_path, NÅ - timedelta(days=30), oppsett=HELE_BERGEN) as her:
        hvem = menneske(her, date(1984, 5, 6), "aarstad", ENHET)
        ansvarsgruppe_for(her, hvem, ENHET, ACT, NAV)
        samtykker(her, hvem, ENHET, NAV, "opphold.finnes", "opphold.utfall")
        her.melding(lag_innlagt(fra_pam(1, hvem), tid=NÅ), NÅ)
        her.melding(lag_utskrivningsklar(fra_pam(2, hvem), dato=NÅ.date() + timedelta(days=3)), NÅ + timedelta(days=3))
        yield her, hvem


def fra_pam(nr: int, hvem: Menneske) -> Any:
    return replace(
        sending(nr, NÅ + timedelta(days=nr)), pasient=hvem.pasient, avsender=enhet(PAM), mottaker=enhet(HJEMME)
    )


def utskrevet(her: Rom, hvem: Menneske, tilstand: str) -> None:
    her.melding(lag_utskrevet(fra_pam(5, hvem), tid=UT, uttilstand=tilstand), UT)


def alt_hos(her: Rom, part: str) -> list[Any]:
    """Every view that a party has been given, by any service."""
    return [view for tjeneste in TJENESTER for view in her.utsnitt(tjeneste, part).values()]


def opphold_hos(her: Rom, part: str) -> list[Any]:
    return [view for view in alt_hos(her, part) if type(view).__name__ == "OppholdUtsnitt"]


def som_vet(her: Rom) -> set[str]:
    """The parties that have been told that it was suicide."""
    return {part for part in HELE_BERGEN.parter for view in opphold_hos(her, part) if view.livskrise}


def åpne_oppgaver(her: Rom) -> set[str]:
    return {slag for part in HELE_BERGEN.parter for slag in oppgaver(her, part)}


def test_rule_12_alive_ends_the_stay_and_opens_what_follows_a_discharge(i_opphold: tuple[Rom, Menneske]) -> None:
    her, hvem = i_opphold
    utskrevet(her, hvem, "1")
    (view,) = opphold_hos(her, HJEMME)
    assert (view.status, view.utfall) == (Oppholdsstatus.UTSKREVET, Utfall.LEVENDE)
    assert "FOELG_OPP_ETTERLATTE" not in åpne_oppgaver(her)
    assert som_vet(her) == set()


@pytest.mark.parametrize("tilstand", ["2", "3", "LOG_DOD"])
def test_rule_12_death_stops_every_open_flow_and_opens_the_question_of_the_bereaved(
    i_opphold: tuple[Rom, Menneske], tilstand: str
) -> None:
    her, hvem = i_opphold
    assert {"FOELG_OPP_INNLEGGELSE", "SVAR_PAA_UTSKRIVNINGSKLAR"} <= åpne_oppgaver(her)
    if tilstand == "LOG_DOD":
        her.melding(lag_død(fra_pam(5, hvem), tid=UT), UT)
    else:
        utskrevet(her, hvem, tilstand)
    her.til(UT + timedelta(days=40))
    assert åpne_oppgaver(her) == {"FOELG_OPP_ETTERLATTE"}
    (view,) = opphold_hos(her, HJEMME)
    assert (view.status, view.utfall) == (Oppholdsstatus.DOED, Utfall.DOED)
    assert [frist for frist in view.frister if frist.tilstand.value == "AAPEN"] == []


@pytest.mark.parametrize("tilstand", ["2", "3"])
def test_rule_12_death_within_the_24_hours_stops_that_clock_too(tmp_path: Path, tilstand: str) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
        raw = lag_utskrevet(sending(2, NÅ), tid=NÅ + timedelta(hours=3), uttilstand=tilstand)
        her.melding(raw, NÅ + timedelta(hours=4))
        her.til(NÅ + timedelta(days=2))
        assert poster(her, "FristOverskredet") == []
        assert åpne_oppgaver(her) <= {"FOELG_OPP_ETTERLATTE"}


def test_rule_12_suicide_reaches_livskrisehjelpen_and_those_who_treat_and_nobody_else(
    i_opphold: tuple[Rom, Menneske],
) -> None:
    her, hvem = i_opphold
    utskrevet(her, hvem, "3")
    assert som_vet(her) - {PAM} == {LIVSKRISE, *BEHANDLENDE}


@pytest.mark.parametrize("tilstand", ["1", "2"])
def test_rule_12_livskrisehjelpen_is_told_nothing_of_any_other_outcome(
    i_opphold: tuple[Rom, Menneske], tilstand: str
) -> None:
    her, hvem = i_opphold
    utskrevet(her, hvem, tilstand)
    assert alt_hos(her, LIVSKRISE) == []
    assert som_vet(her) == set()


def test_rule_12_livskrisehjelpen_gets_who_and_that_and_no_cause_place_or_diagnosis(
    i_opphold: tuple[Rom, Menneske],
) -> None:
    her, hvem = i_opphold
    utskrevet(her, hvem, "3")
    (view,) = opphold_hos(her, LIVSKRISE)
    assert view.livskrise
    assert (view.sted, view.helseopplysninger, view.beslutter, view.dps) == (None, None, None, None)
    assert (view.status, view.innlagt, view.utfall, view.historie) == (Oppholdsstatus.UKJENT, None, Utfall.UKJENT, ())
    assert {type(v).__name__ for v in alt_hos(her, LIVSKRISE)} == {"OppholdUtsnitt", "PersonUtsnitt"}


def test_rule_12_it_is_never_fanned_out_to_the_kriseteam_or_the_other_units(i_opphold: tuple[Rom, Menneske]) -> None:
    her, hvem = i_opphold
    før = {part for part in HELE_BERGEN.parter if alt_hos(her, part)}
    utskrevet(her, hvem, "3")
    nye = {part for part in HELE_BERGEN.parter if alt_hos(her, part)} - før
    assert nye <= {LIVSKRISE}


def test_rule_12_those_outside_the_health_service_cannot_tell_suicide_from_a_discharge(tmp_path: Path) -> None:
    sett = []
    for tilstand in ("1", "2", "3"):
        with rom(tmp_path / tilstand, NÅ - timedelta(days=30), oppsett=HELE_BERGEN, seed=1) as her:
            hvem = menneske(her, date(1984, 5, 6), "aarstad", ENHET)
            ansvarsgruppe_for(her, hvem, ENHET, NAV)
            samtykker(her, hvem, ENHET, NAV, "opphold.finnes", "opphold.utfall")
            her.melding(lag_innlagt(fra_pam(1, hvem), tid=NÅ), NÅ)
            utskrevet(her, hvem, tilstand)
            (view,) = opphold_hos(her, NAV)
            sett.append((view.status, view.utfall, view.livskrise, view.utskrevet, [h.slag for h in view.historie]))
    assert sett[0] == sett[1] == sett[2]


def test_rule_12_the_mark_stands_in_no_other_services_log_than_where_it_was_told(
    i_opphold: tuple[Rom, Menneske],
) -> None:
    her, hvem = i_opphold
    utskrevet(her, hvem, "3")
    for tjeneste in ("ansvarsgruppe", "kriseplan", "barn_paaroerende"):
        assert "livskrise" not in json.dumps([_flat(post.event) for post in her.logg(tjeneste)]).lower()


def test_rule_12_a_cancelled_suicide_is_withdrawn_from_those_who_were_told(i_opphold: tuple[Rom, Menneske]) -> None:
    her, hvem = i_opphold
    utskrevet(her, hvem, "3")
    trukket = replace(fra_pam(6, hvem), status="C", referanser=sending(0, NÅ, viser_til=5).referanser)
    her.melding(lag_utskrevet(trukket, tid=UT, uttilstand="3"), UT + timedelta(days=1))
    assert som_vet(her) == set()
    assert alt_hos(her, LIVSKRISE) == []
    (view,) = opphold_hos(her, HJEMME)
    assert view.status is not Oppholdsstatus.DOED


def _flat(event: Any) -> Any:
    """An event as plain values, sealed ones left out."""
    return {
        navn: str(verdi)
        for navn in type(event).__dataclass_fields__
        if not isinstance(verdi := getattr(event, navn), Forseglet)
    }
