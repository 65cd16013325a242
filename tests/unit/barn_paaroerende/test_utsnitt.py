"""Who may know what of the question about children, party by party (access.md, "Children")."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bindeledd.schema.generated.barn_paaroerende import (
    BarnKnyttet,
    ForeldresamtaleHoldt,
    HenvisningNotert,
    Henvisningsgrunnlag,
    IngenBarnBekreftet,
    KartleggingAvslaatt,
    KartleggingKrevd,
    Kartleggingstilstand,
    KartleggingUtsatt,
)
from bindeledd.schema.generated.felles import OppgaveLoest, Oppgaveslag
from services.barn_pårørende.tjeneste import tjeneste
from services.barn_pårørende.utsnitt import kandidater, utsnitt
from services.felles.kjent import Kjent
from services.felles.tilgang import RelasjonSlag as R
from tests import dsl
from tests.dsl import (
    ACT,
    ALDRI,
    BARNEHAGE,
    BARNEVERN,
    DPS,
    ENHET,
    FASTLEGE,
    GITT,
    HELSESTASJON,
    HJEMMETJENESTE,
    NAV,
    NÅ,
    OPPHOLDET,
    PAM,
    PERSONEN,
    RAMMER,
    SKOLE,
    SLT,
    TRUKKET,
    forseglet,
    hjelper,
    kjent,
    oppgave,
    opphold,
    samtykke,
    sperring,
    utskrevet,
)

KARTLEGGING, *_ = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
HJELPERE = [*dsl.HJELPERE, *hjelper(HELSESTASJON, R.BARNETS_HELSETJENESTE)]
ALLE = (
    ENHET, ACT, HJEMMETJENESTE, FASTLEGE, HELSESTASJON, PAM, DPS, NAV, SKOLE, BARNEHAGE, BARNEVERN, SLT, PERSONEN,
)  # fmt: skip


SPURT = [KartleggingKrevd(opphold_ref=OPPHOLDET, part=PAM), oppgave(Oppgaveslag.SPOER_OM_BARN, PAM)]
LØST = OppgaveLoest(oppgave_ref="t1", av="x")
KREVD = KARTLEGGING.fold(SPURT)
HAR_BARN = KARTLEGGING.fold([*SPURT, ForeldresamtaleHoldt(part=PAM, antall_barn=2, innhold=None, svart=NÅ), LØST])
INGEN = KARTLEGGING.fold([*SPURT, IngenBarnBekreftet(part=PAM, svart=NÅ), LØST])
AVSLÅTT = KARTLEGGING.fold([*SPURT, KartleggingAvslaatt(part=PAM, grunn="vil_ikke", svart=NÅ), LØST])


def ser(state: Any, om: Kjent, *parter: str) -> set[str]:
    return {part for part in (parter or ALLE) if utsnitt(state, part, om) is not None}


def test_until_there_is_an_answer_only_the_ward_that_shall_ask_has_a_view() -> None:
    om = kjent(HJELPERE, opphold=[opphold()])
    assert ser(KREVD, om) == {PAM}
    view = utsnitt(KREVD, PAM, om)
    assert view is not None
    assert (view.tilstand, view.grunn.grunnlag) == (Kartleggingstilstand.KREVD, "R")
    assert [o.slag for o in view.oppgaver] == [Oppgaveslag.SPOER_OM_BARN]


@pytest.mark.parametrize("tilstand", [GITT, TRUKKET, ALDRI])
def test_no_consent_lets_anybody_know_that_a_parent_is_asked(tilstand: str) -> None:
    samtykker = [s for part in (NAV, SKOLE, BARNEHAGE) for s in samtykke(part, tilstand, "barn.*")]
    assert ser(KREVD, kjent(HJELPERE, samtykker, opphold=[opphold()])) == {PAM}


def test_that_there_are_children_is_for_the_unit_that_asked_the_childs_health_services_and_the_person() -> None:
    assert ser(HAR_BARN, kjent(HJELPERE, opphold=[opphold()])) == {PAM, HELSESTASJON, FASTLEGE, PERSONEN}


def test_the_unit_that_had_the_talk_keeps_it_after_the_stay() -> None:
    om = kjent(opphold=[utskrevet()])
    assert ser(HAR_BARN, om) == {PAM, PERSONEN}
    assert PAM in kandidater(HAR_BARN, om)


@pytest.mark.parametrize("part", [PAM, HELSESTASJON, FASTLEGE])
def test_hpl_25_not_when_the_parent_opposes(part: str) -> None:
    assert ser(HAR_BARN, kjent(HJELPERE, sperringer=sperring(part, "barn.*")), part) == set()


@pytest.mark.parametrize("part", [SKOLE, BARNEHAGE])
@pytest.mark.parametrize("tilstand", [GITT, TRUKKET, ALDRI])
def test_barnehage_and_school_are_given_the_childs_case_and_never_the_parents_mapping(part: str, tilstand: str) -> None:
    assert utsnitt(HAR_BARN, part, kjent(HJELPERE, samtykke(part, tilstand, "barn.kartlagt"))) is None


BARNA = KARTLEGGING.fold(
    [
        BarnKnyttet(barn_ref="b" * 32, part=PAM, barnet=forseglet("barnet"), knyttet=NÅ),
        BarnKnyttet(barn_ref="c" * 32, part=DPS, barnet=forseglet("barnet"), knyttet=NÅ),
        HenvisningNotert(
            barn_ref="b" * 32, henvisning_ref="h" * 32, til_part=SKOLE, holdt=True, notert=NÅ,
            grunnlag=Henvisningsgrunnlag.MOTSATT,
        ),
    ]
)  # fmt: skip


def test_each_service_is_led_to_the_children_it_has_registered_and_the_adult_to_all_of_them() -> None:
    om = kjent(HJELPERE, opphold=[utskrevet()])
    vist = {part: utsnitt(BARNA, part, om) for part in (PAM, DPS, PERSONEN, HELSESTASJON)}
    assert {part: [b.barn_ref[0] for b in view.barn] for part, view in vist.items() if view is not None} == {
        PAM: ["b"], DPS: ["c"], PERSONEN: ["b", "c"], HELSESTASJON: [],
    }  # fmt: skip
    personen, pam = vist[PERSONEN], vist[PAM]
    assert personen is not None
    assert pam is not None
    assert [h.til_part for h in personen.henvisninger] == [SKOLE]
    assert pam.henvisninger == ()


def test_how_many_is_told_on_r_and_s() -> None:
    om = kjent(HJELPERE)
    antall = {part: utsnitt(HAR_BARN, part, om).antall_barn for part in (PAM, PERSONEN)}  # type: ignore[union-attr]
    assert antall == {PAM: 2, PERSONEN: 2}


@pytest.mark.parametrize("tilstand", [GITT, TRUKKET, ALDRI])
def test_that_there_are_none_is_never_told_on_consent(tilstand: str) -> None:
    om = kjent(HJELPERE, samtykke(SKOLE, tilstand, "barn.kartlagt"))
    assert ser(INGEN, om) == {PAM, HELSESTASJON, FASTLEGE, PERSONEN}


def test_that_the_person_would_not_answer_is_told_to_nobody_by_a_view() -> None:
    assert ser(AVSLÅTT, kjent(HJELPERE)) == set()


@pytest.mark.parametrize("part", [SLT, BARNEVERN, NAV, ENHET, ACT, DPS, HJEMMETJENESTE])
def test_figures_and_other_units_get_no_view(part: str) -> None:
    assert ser(HAR_BARN, kjent(HJELPERE, samtykke(NAV, GITT, "opphold.finnes")), part) == set()


def test_hpl_10b_the_unit_that_looks_to_those_left_behind_has_its_task_and_nothing_else() -> None:
    state = KARTLEGGING.fold([oppgave(Oppgaveslag.FOELG_OPP_ETTERLATTE, DPS)])
    view = utsnitt(state, DPS, kjent(opphold=[utskrevet(død=True)]))
    assert view is not None
    assert [o.slag for o in view.oppgaver] == [Oppgaveslag.FOELG_OPP_ETTERLATTE]
    assert (view.tilstand, view.antall_barn) == (Kartleggingstilstand.UKJENT, 0)


UTSATT = [
    KartleggingUtsatt(part=PAM, grunn="for_syk", spoer_igjen=NÅ, svart=NÅ),
    oppgave(Oppgaveslag.SPOER_IGJEN_OM_BARN, PAM),
]


def test_when_the_question_comes_up_again_is_for_the_unit_that_asks_as_long_as_it_is_put_off() -> None:
    etterlatte = replace(oppgave(Oppgaveslag.FOELG_OPP_ETTERLATTE, DPS), oppgave_ref="t2")
    utsatt, spurt = (
        KARTLEGGING.fold([*UTSATT, etterlatte]),
        KARTLEGGING.fold([*UTSATT, replace(oppgave(Oppgaveslag.SPOER_OM_BARN, PAM), oppgave_ref="t3")]),
    )
    om = kjent(HJELPERE, opphold=(opphold(),))
    hos_pam, hos_dps, på_nytt = utsnitt(utsatt, PAM, om), utsnitt(utsatt, DPS, om), utsnitt(spurt, PAM, om)
    assert hos_pam is not None
    assert hos_pam.spoer_igjen == NÅ
    assert hos_dps is not None
    assert hos_dps.spoer_igjen is None
    assert på_nytt is not None
    assert på_nytt.spoer_igjen is None


def test_a_unit_that_may_not_know_of_the_stay_is_not_shown_the_task_that_tells_of_it() -> None:
    state = KARTLEGGING.fold(
        [KartleggingKrevd(opphold_ref=OPPHOLDET, part=ENHET), oppgave(Oppgaveslag.SPOER_OM_BARN, ENHET)]
    )
    uten_avdeling = opphold(avdeling=None)
    assert ser(state, kjent(HJELPERE, opphold=[uten_avdeling]), ENHET) == {ENHET}
    sperret = kjent(HJELPERE, sperringer=sperring(ENHET, "opphold.*"), opphold=[uten_avdeling])
    assert ser(state, sperret, ENHET) == set()
