"""The koordinator (hol §7-2) and the group around a person (rules 2.3)."""

from __future__ import annotations

from typing import Any

import pytest

from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeAvsluttet,
    AnsvarsgruppeOpprettet,
    Grupperolle,
    KoordinatorByttet,
    KoordinatorOppnevnt,
    MedlemFratraadte,
    MedlemInvitert,
    MedlemSvarte,
    RepresentantOppnevnt,
)
from bindeledd.schema.generated.felles import OppgaveOpprettet, Oppgaveslag
from services.ansvarsgruppe.gruppe import (
    AvsluttGruppe,
    Fratre,
    InnkallingErSendt,
    Inviter,
    OppnevnRepresentant,
    OpprettGruppe,
    Svar,
)
from services.ansvarsgruppe.oppfølging import AvstemOppgaver
from services.ansvarsgruppe.plan import SettKoordinator
from services.ansvarsgruppe.tjeneste import tjeneste
from services.felles.oppgaver import LøsOppgave, TaOppgave, Ønsket
from tests.dsl import ACT, DPS, ENHET, ENHVER, KOORDINATOR, NAV, NÅ, PAM, RAMMER, forseglet, given

_SAMTYKKE, PLAN, GRUPPE, *_ = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
OPPNEVNT = KoordinatorOppnevnt(part=ENHET, koordinator=KOORDINATOR, fra=NÅ)
ØNSKE = Ønsket(Oppgaveslag.FOELG_OPP_INNLEGGELSE, ENHET, "o1", "hol §7-2")


def gruppe(*mer: Any) -> tuple[Any, ...]:
    return (
        AnsvarsgruppeOpprettet(av_part=ENHET, fra=NÅ),
        MedlemInvitert(medlem_ref="m0", part=ENHET, rolle=Grupperolle.KOORDINATORS_ENHET),
        MedlemSvarte(medlem_ref="m0", med=True),
        *mer,
    )


def invitert(part: str = ACT, ref: str = "m1") -> MedlemInvitert:
    return MedlemInvitert(medlem_ref=ref, part=part, rolle=Grupperolle.ACT)


# -- the koordinator -----------------------------------------------------------------------------------------------


def oppnevn(part: str, koordinator: str, grunn: str = "annet") -> SettKoordinator:
    """As a unit says it that has to do with the person."""
    return SettKoordinator(part, koordinator, av=DPS, har_med_å_gjøre=True, grunn=grunn)


def test_hol_7_2_there_may_be_a_koordinator_and_no_plan() -> None:
    given(PLAN).when(oppnevn(ENHET, KOORDINATOR)).then(OPPNEVNT)


def test_hol_7_3_the_koordinerende_enhet_appoints_also_for_a_person_whom_it_does_not_help() -> None:
    første = SettKoordinator(ENHET, KOORDINATOR, av="koordinerende-enhet", har_med_å_gjøre=False)
    given(PLAN).when(første).then(OPPNEVNT)
    nytt = SettKoordinator(ACT, "demo-102", av="koordinerende-enhet", har_med_å_gjøre=False, grunn="flyttet")
    given(PLAN, OPPNEVNT).when(nytt).then_kinds("KoordinatorByttet")


@pytest.mark.parametrize("fremmed", [ENHET, ACT, DPS, NAV, "ikke-i-oppsettet", ""])
def test_hol_7_2_and_7_3_a_unit_that_has_nothing_to_do_with_the_person_appoints_nobody(fremmed: str) -> None:
    forsøk = SettKoordinator(ENHET, KOORDINATOR, av=fremmed, har_med_å_gjøre=False)
    for fortid in ((), (OPPNEVNT,)):
        given(PLAN, *fortid).when(forsøk).then_refused("hol §§7-2, 7-3")


def test_the_same_koordinator_again_changes_nothing() -> None:
    given(PLAN, OPPNEVNT).when(oppnevn(ENHET, KOORDINATOR)).then_nothing()


def test_another_koordinator_takes_over_with_a_reason() -> None:
    annen = next(u.id for u in RAMMER.oppsett.katalog.users.values() if u.posts[0].party == ACT)
    given(PLAN, OPPNEVNT).when(oppnevn(ACT, annen, "flyttet")).then(
        KoordinatorByttet(part=ACT, koordinator=annen, grunn="flyttet")
    )
    given(PLAN, OPPNEVNT).when(oppnevn(ACT, annen, "fordi jeg vil")).then_refused("koordinator.grunn")


@pytest.mark.parametrize(("part", "bruker"), [(ENHET, "demo-001"), (ENHET, "ukjent"), (NAV, "demo-073"), ("x", "y")])
def test_hol_7_2_the_koordinator_is_somebody_of_a_health_unit(part: str, bruker: str) -> None:
    given(PLAN).when(oppnevn(part, bruker)).then_refused("hol §7-2")


# -- the group -----------------------------------------------------------------------------------------------------


def test_the_unit_that_makes_a_group_is_its_first_member() -> None:
    given(GRUPPE).when(OpprettGruppe(ENHET)).then(
        AnsvarsgruppeOpprettet(av_part=ENHET, fra=NÅ),
        MedlemInvitert(medlem_ref=ENHVER, part=ENHET, rolle=Grupperolle.KOORDINATORS_ENHET),
        MedlemSvarte(medlem_ref=ENHVER, med=True),
    )


def test_a_group_is_made_once() -> None:
    given(GRUPPE, *gruppe()).when(OpprettGruppe(ENHET)).then_refused("gruppe.én")


@pytest.mark.parametrize("part", [PAM, "legevakt", "finnes-ikke"])
def test_a_kind_of_unit_that_sits_in_no_group_is_refused(part: str) -> None:
    given(GRUPPE).when(OpprettGruppe(part)).then_refused("gruppe.rolle")
    given(GRUPPE, *gruppe()).when(Inviter(part)).then_refused("gruppe.rolle")


def test_the_role_of_a_unit_follows_from_its_kind() -> None:
    invitert, spurt = given(GRUPPE, *gruppe()).when(Inviter(NAV)).events
    assert invitert == MedlemInvitert(medlem_ref=ENHVER, part=NAV, rolle=Grupperolle.NAV)
    assert (spurt.slag, spurt.part) == (Oppgaveslag.SVAR_PAA_INVITASJON, NAV)


def test_a_unit_that_is_invited_is_not_invited_again_until_it_has_said_no() -> None:
    given(GRUPPE, *gruppe(invitert())).when(Inviter(ACT)).then_nothing()
    nei = MedlemSvarte(medlem_ref="m1", med=False)
    given(GRUPPE, *gruppe(invitert(), nei)).when(Inviter(ACT)).then_kinds("MedlemInvitert", "OppgaveOpprettet")


@pytest.mark.parametrize("med", [True, False])
def test_the_invited_unit_answers(med: bool) -> None:
    given(GRUPPE, *gruppe(invitert())).when(Svar(ACT, med)).then(MedlemSvarte(medlem_ref="m1", med=med))


def test_a_unit_that_was_not_asked_does_not_answer() -> None:
    given(GRUPPE, *gruppe()).when(Svar(ACT, med=True)).then_refused("gruppe.invitert")


def test_a_member_leaves_and_does_not_say_no_afterwards() -> None:
    med = gruppe(invitert(), MedlemSvarte(medlem_ref="m1", med=True))
    given(GRUPPE, *med).when(Svar(ACT, med=True)).then_nothing()
    given(GRUPPE, *med).when(Svar(ACT, med=False)).then_refused("gruppe.svart")
    given(GRUPPE, *med).when(Fratre(ACT, "flyttet")).then(MedlemFratraadte(medlem_ref="m1", grunn="flyttet"))
    given(GRUPPE, *med).when(Fratre(ACT, "derfor")).then_refused("gruppe.grunn")
    given(GRUPPE, *gruppe()).when(Fratre(ACT, "flyttet")).then_refused("gruppe.medlem")


def test_a_group_that_has_ended_takes_nothing_more() -> None:
    given(GRUPPE, *gruppe()).when(AvsluttGruppe("flyttet")).then(AnsvarsgruppeAvsluttet(grunn="flyttet"))
    slutt = given(GRUPPE, *gruppe(AnsvarsgruppeAvsluttet(grunn="flyttet")))
    for command in (Inviter(ACT), Svar(ACT, med=True), Fratre(ENHET, "flyttet"), AvsluttGruppe("flyttet")):
        slutt.when(command).then_refused("gruppe.lever")


def test_who_is_invited_has_the_task_to_answer_until_it_has_answered() -> None:
    spurt = given(GRUPPE, *gruppe()).og(Inviter(ACT))
    spurt.when(AvstemOppgaver(())).then_nothing()
    spurt.when(Svar(ACT, med=True)).then_kinds("MedlemSvarte", "OppgaveLoest")
    spurt.when(AvstemOppgaver((), død=True)).then_kinds("OppgaveFalt")


def test_2_3_a_representative_is_named_and_taken_away_as_the_person_chooses() -> None:
    navn = forseglet("navn")
    given(GRUPPE, *gruppe()).when(OppnevnRepresentant("verge", navn)).then(
        RepresentantOppnevnt(slag="verge", navn=navn)
    )  # fmt: skip
    given(GRUPPE, *gruppe()).when(OppnevnRepresentant("hvem som helst", navn)).then_refused("gruppe.representant")
    ingen = given(GRUPPE, *gruppe()).og(OppnevnRepresentant("verge", navn), OppnevnRepresentant("", None))
    assert (ingen.state.representant_slag, ingen.state.representant) == ("", None)


def test_to_have_summoned_the_group_about_a_stay_is_what_the_task_asked_for() -> None:
    ønske = Ønsket(Oppgaveslag.KALL_INN_ANSVARSGRUPPE, ENHET, "o1:2026-03-02", "lokal rutine")
    bedt = given(GRUPPE, *gruppe()).og(AvstemOppgaver((ønske,)))
    bedt.when(InnkallingErSendt("o1", "koordinator")).then_kinds("OppgaveLoest")
    bedt.when(InnkallingErSendt("o2", "koordinator")).then_nothing()


# -- tasks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("aggregate", [PLAN, GRUPPE])
def test_a_task_is_taken_and_done_by_its_own_unit_only(aggregate: Any) -> None:
    opprettet = OppgaveOpprettet(
        oppgave_ref="t1", slag=ØNSKE.slag, part=ENHET, paragraf="hol §7-2", gjelder="o1", frist=None
    )
    begynt = (OPPNEVNT,) if aggregate is PLAN else gruppe()
    gitt = given(aggregate, *begynt, opprettet)
    gitt.when(TaOppgave("t1", KOORDINATOR, ENHET)).then_kinds("OppgaveTatt")
    gitt.when(LøsOppgave("t1", KOORDINATOR, ENHET)).then_kinds("OppgaveLoest")
    gitt.when(TaOppgave("t1", "demo-079", ACT)).then_refused("oppgave.part")
    gitt.when(AvstemOppgaver(())).then_kinds("OppgaveFalt")
    gitt.when(AvstemOppgaver((ØNSKE,))).then_nothing()
