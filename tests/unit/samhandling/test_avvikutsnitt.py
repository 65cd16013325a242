"""Two views of one case (access.md, "Avvik"): each party its own side and what the other has sent, no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bindeledd.schema.generated.felles import Deling
from bindeledd.schema.generated.samhandling import Loggreferanse
from services.felles.kjent import Kjent
from services.felles.tilgang import RelasjonSlag as R
from services.samhandling.avvik.avvik import GiTilbakemelding
from services.samhandling.avvik.avvikutsnitt import INNLEGG_VIST, avdelingen_svarer, kandidater_avvik, utsnitt_avvik
from tests.dsl import (
    ACT,
    DPS,
    ENHET,
    FASTLEGE,
    HJELPERE,
    HJEMMETJENESTE,
    NAV,
    OPPHOLDET,
    PAM,
    PERSONEN,
    SKOLE,
    Gitt,
    forseglet,
    given,
    hjelper,
    kjent,
    sperring,
    utskrevet,
)
from tests.unit.samhandling.test_avvik import ACT_ENIG, AVVIK, FAKTA, MELD, PAM_ENIG, SVARER, UENIG, UTKAST

BEVIS = (Loggreferanse(tema="samhandling.opphold", stroem=OPPHOLDET, versjon=3),)
OM_OPPHOLDET = replace(FAKTA, bevis=BEVIS)
OPPHOLD = [utskrevet(mottakere=frozenset({HJEMMETJENESTE}))]
VANLIG = kjent([h for h in HJELPERE if h.part != PAM], opphold=OPPHOLD)
"""The person has left PAM: it helps no more."""
FREMMED = "act-solli"


def sett(gitt: Gitt, part: str, om: Kjent = VANLIG) -> Any:
    return utsnitt_avvik(gitt.state, part, om)


def utkast() -> Gitt:
    return given(AVVIK).og(replace(UTKAST, fakta=OM_OPPHOLDET))


def meldt(**annet: Any) -> Gitt:
    return given(AVVIK).og(replace(MELD, fakta=OM_OPPHOLDET, **annet))


# -- a draft -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [ACT, ENHET, DPS, HJEMMETJENESTE, FASTLEGE])
def test_2_5_a_draft_is_for_those_who_helped_or_were_told_of_the_stay(part: str) -> None:
    view = sett(utkast(), part)
    assert (view.av_part, view.mot_part, view.fakta.bevis) == (None, PAM, BEVIS)
    assert part in set(kandidater_avvik(utkast().state, VANLIG))


@pytest.mark.parametrize("part", [PAM, NAV, SKOLE, PERSONEN, FREMMED, "forum", "auditor"])
def test_a_draft_is_not_for_the_unit_it_is_about_nor_for_anybody_else(part: str) -> None:
    assert sett(utkast(), part) is None


def test_hpl_25_who_may_not_know_of_the_stay_sees_no_draft_of_it() -> None:
    imot = kjent(HJELPERE, sperringer=sperring(ACT), opphold=OPPHOLD)
    assert sett(utkast(), ACT, imot) is None
    assert sett(utkast(), ENHET, imot) is not None
    assert sett(utkast(), ACT, kjent(HJELPERE, opphold=OPPHOLD, fersk=False)) is None


def test_a_draft_that_was_reported_is_seen_by_the_two_parties_and_nobody_else() -> None:
    sendt = utkast().og(replace(MELD, fakta=OM_OPPHOLDET))
    assert set(kandidater_avvik(sendt.state, VANLIG)) == {ACT, PAM}
    for part in (ENHET, DPS, HJEMMETJENESTE, FASTLEGE, NAV, PERSONEN, FREMMED, "forum", "auditor"):
        assert sett(sendt, part) is None, part
    assert sett(sendt, ACT) is not None
    assert sett(sendt, PAM) is not None


# -- own side, and what the other has sent -------------------------------------------------------------------------


def test_the_other_party_has_what_was_sent_and_the_reporters_unit_what_the_other_answered() -> None:
    svart = meldt().og(SVARER)
    for part in (ACT, PAM):
        view = sett(svart, part)
        assert view.hendelse == MELD.hendelse
        (sagt,) = view.innlegg
        assert (view.tekster[sagt.svar], view.tekster[sagt.tiltak], view.tekster[sagt.laering]) == (
            SVARER.svar, SVARER.tiltak, SVARER.laering,
        )  # fmt: skip


def test_who_of_a_unit_said_it_is_that_units_own_side() -> None:
    svart = meldt().og(SVARER)
    assert (sett(svart, PAM).innlegg[0].av, sett(svart, ACT).innlegg[0].av) == (SVARER.av, "")


@pytest.mark.parametrize(("anonym", "ser"), [(False, MELD.melder), (True, "")])
def test_2_5_who_reported_it_is_told_to_the_other_unless_they_chose_to_be_unknown(anonym: bool, ser: str) -> None:
    gitt = meldt(anonym=anonym)
    assert (sett(gitt, ACT).melder, sett(gitt, PAM).melder) == (MELD.melder, ser)


def test_2_5_what_the_reporter_was_told_is_their_own_units() -> None:
    gitt = meldt().og(SVARER, ACT_ENIG, PAM_ENIG, GiTilbakemelding(ACT, "demo-102", forseglet("tilbakemelding")))
    assert sett(gitt, ACT).tilbakemelding == forseglet("tilbakemelding")
    assert sett(gitt, PAM).tilbakemelding is None


def test_tasks_are_their_units_own() -> None:
    gitt = meldt()
    assert ([o.slag.value for o in sett(gitt, PAM).oppgaver], sett(gitt, ACT).oppgaver) == (["TA_IMOT_AVVIK"], ())


def test_of_many_the_latest_are_shown_and_how_many_there_were_before() -> None:
    gitt = meldt().og(*([SVARER, UENIG] * INNLEGG_VIST))
    view = sett(gitt, ACT)
    assert (len(view.innlegg), view.innlegg_eldre) == (INNLEGG_VIST, INNLEGG_VIST)
    assert view.innlegg[-1].slag.value == "UENIGHET"


# -- whose stay it was ---------------------------------------------------------------------------------------------


def navnet(view: Any) -> Deling:
    return next(d.deling for d in view.deler if d.del_ == "navn")  # type: ignore[no-any-return]


def test_a_unit_that_neither_helps_nor_had_the_person_is_told_neither_the_stay_nor_the_name() -> None:
    view = sett(meldt(mot_part=FREMMED), FREMMED)
    assert (view.fakta.opphold_ref, view.fakta.bevis, navnet(view)) == (None, (), Deling.IKKE_DELT)
    assert view.hendelse == MELD.hendelse


def test_hpl_39_the_ward_is_told_whose_stay_it_shall_answer_for_as_long_as_the_case_is_open() -> None:
    åpen = meldt()
    om = VANLIG.med(*avdelingen_svarer(åpen.state, VANLIG))
    view = sett(åpen, PAM, om)
    assert (view.fakta.opphold_ref, navnet(view)) == (OPPHOLDET, Deling.DELT)
    assert om.svar(PAM, "person.navn").ja
    assert not om.svar(PAM, "plan.finnes").ja
    lukket = åpen.og(SVARER, ACT_ENIG, PAM_ENIG)
    assert avdelingen_svarer(lukket.state, VANLIG) == []
    assert avdelingen_svarer(meldt(mot_part=FREMMED).state, VANLIG) == []
    assert avdelingen_svarer(utkast().state, VANLIG) == []


def test_the_reporters_own_side_stays_its_own_when_it_helps_no_more() -> None:
    for om in (kjent(opphold=OPPHOLD), kjent(hjelper(ACT, R.ACT), sperringer=sperring(ACT), opphold=OPPHOLD)):
        view = sett(meldt(), ACT, om)
        assert (view.fakta.opphold_ref, navnet(view)) == (OPPHOLDET, Deling.IKKE_DELT)
