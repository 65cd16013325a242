"""Meetings of the ansvarsgruppe (rules 2.3): summoned, answered, held, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bindeledd.core.decider import Due, FristUtloept
from bindeledd.schema.generated.ansvarsgruppe import AnsvarsgruppemoeteInnkalt, ReferatGodkjent
from bindeledd.schema.generated.felles import Oppgaveslag
from services.ansvarsgruppe.møte import Avlys, Besvar, GodkjennReferat, Hold, KallInn, PersonenErDød
from services.ansvarsgruppe.tjeneste import tjeneste
from services.felles.oppgaver import LøsOppgave, TaOppgave
from tests.dsl import ACT, ENHET, KOORDINATOR, NAV, NÅ, PERSONEN, RAMMER, Gitt, forseglet, given

*_, MØTE, _TILTAK = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
TID = NÅ + timedelta(days=7)
STED, INNHOLD, REFERAT = forseglet("sted"), forseglet("innhold"), forseglet("referat")
INNKALLING = KallInn("g", ENHET, TID, (ACT, ENHET, NAV), STED, INNHOLD)


def innkalt() -> Gitt:
    return given(MØTE).og(INNKALLING)


def holdt() -> Gitt:
    return innkalt().at(TID).og(Hold((PERSONEN, ENHET, ACT)))


def venter_på_svar(gitt: Gitt) -> set[str]:
    return {o.part for o in gitt.state.oppgaver.åpne() if o.slag is Oppgaveslag.SVAR_PAA_INNKALLING}


@pytest.mark.parametrize("valgt", [(), (ACT,), (ACT, NAV), (PERSONEN, ACT)])
def test_2_3_a_group_cannot_be_summoned_without_inviting_the_person(valgt: tuple[str, ...]) -> None:
    event, *_ = given(MØTE).when(replace(INNKALLING, inviterte=valgt)).events
    assert isinstance(event, AnsvarsgruppemoeteInnkalt)
    assert event.inviterte == (PERSONEN, *sorted({*valgt, ENHET} - {PERSONEN}))


def test_everybody_who_is_summoned_is_asked_to_answer_but_the_unit_that_summons() -> None:
    assert venter_på_svar(innkalt()) == {PERSONEN, ACT, NAV}


@pytest.mark.parametrize("tid", [NÅ, NÅ - timedelta(days=1), NÅ + timedelta(days=367)])
def test_a_meeting_is_ahead_and_within_a_year(tid: datetime) -> None:
    given(MØTE).when(replace(INNKALLING, tid=tid)).then_refused("møte.tid")


@pytest.mark.parametrize(("dager", "går"), [(0, True), (1, False)])
def test_what_should_be_talked_about_is_sent_in_by_the_day_of_the_meeting(dager: int, går: bool) -> None:
    resultat = given(MØTE).when(replace(INNKALLING, innspill_til=TID.date() + timedelta(days=dager)))
    if går:
        assert resultat.events
    else:
        resultat.then_refused("møte.innspill")


def test_an_answer_is_what_the_task_asked_for_and_may_be_changed_until_the_meeting_is_held() -> None:
    svart = innkalt().og(Besvar(ACT, kommer=True, av="act-medlem"))
    assert venter_på_svar(svart) == {PERSONEN, NAV}
    svart.when(Besvar(ACT, kommer=True, av="act-medlem")).then_nothing()
    svart.when(Besvar(ACT, kommer=False, av="act-medlem")).then_kinds("AnsvarsgruppemoeteBesvart")
    holdt().when(Besvar(ACT, kommer=False, av="act-medlem")).then_refused("møte.tilstand")


def test_who_was_not_summoned_does_not_answer() -> None:
    innkalt().when(Besvar("pam", kommer=True, av="x")).then_refused("møte.innkalt")


@pytest.mark.parametrize("kommer", [True, False])
def test_who_summons_has_said_by_that_that_they_come_and_is_asked_nothing(kommer: bool) -> None:
    innkalt().when(Besvar(ENHET, kommer=kommer, av="koordinator")).then_refused("møte.innkalt")


def test_neither_a_summons_nor_the_minutes_are_called_done_without_the_answer() -> None:
    (bedt,) = innkalt().state.oppgaver.for_part(ACT)
    innkalt().when(LøsOppgave(bedt.oppgave_ref, "act-medlem", ACT)).then_refused("oppgave.besvares")
    (referat,) = holdt().state.oppgaver.åpne()
    holdt().when(LøsOppgave(referat.oppgave_ref, KOORDINATOR, ENHET)).then_refused("oppgave.besvares")


def test_when_the_meeting_begins_there_are_minutes_to_write_and_no_answer_to_wait_for() -> None:
    assert list(MØTE.due(innkalt().state)) == [Due("moetet", TID)]
    begynt = innkalt().at(TID).og(FristUtloept("moetet", TID))
    assert [(o.slag, o.part) for o in begynt.state.oppgaver.åpne()] == [(Oppgaveslag.SKRIV_REFERAT, ENHET)]
    assert list(MØTE.due(begynt.state)) == []
    begynt.when(Hold((ENHET,))).then_kinds("AnsvarsgruppemoeteHoldt")


def test_a_meeting_that_was_called_off_asks_nobody_for_anything() -> None:
    avlyst = innkalt().og(Avlys("sykdom"))
    assert avlyst.state.oppgaver.åpne() == ()
    assert list(MØTE.due(avlyst.state)) == []
    avlyst.at(TID).when(Hold(())).then_refused("møte.tilstand")
    innkalt().when(Avlys("fordi jeg vil")).then_refused("møte.grunn")
    holdt().when(Avlys("sykdom")).then_refused("møte.tilstand")


def test_intake_12_after_a_death_the_summons_stops_and_what_was_held_stands() -> None:
    død = innkalt().og(PersonenErDød())
    assert (død.state.tilstand.value, død.state.oppgaver.åpne()) == ("AVLYST", ())
    død.when(PersonenErDød()).then_nothing()
    holdt().when(PersonenErDød()).then_nothing()


def test_a_meeting_is_held_when_it_has_begun_by_those_who_were_summoned() -> None:
    innkalt().when(Hold((ENHET,))).then_refused("møte.holdt")
    innkalt().at(TID).when(Hold(("pam",))).then_refused("møte.tilstede")
    assert holdt().state.tilstede == (ACT, ENHET, PERSONEN)


def test_2_3_minutes_are_approved_once_and_after_the_meeting() -> None:
    godkjenn = GodkjennReferat(REFERAT, ("t1",), date(2026, 6, 1), "koordinator")
    innkalt().when(godkjenn).then_refused("møte.tilstand")
    godkjent, løst = holdt().when(godkjenn).events
    assert godkjent == ReferatGodkjent(tiltak=("t1",), neste=date(2026, 6, 1), innhold=REFERAT)
    assert løst.av == "koordinator"
    holdt().og(godkjenn).when(godkjenn).then_refused("møte.tilstand")


def test_a_task_of_a_meeting_is_taken_and_done_by_its_own_unit() -> None:
    (oppgave,) = holdt().state.oppgaver.åpne()
    holdt().when(TaOppgave(oppgave.oppgave_ref, KOORDINATOR, ENHET)).then_kinds("OppgaveTatt")
    holdt().when(LøsOppgave(oppgave.oppgave_ref, KOORDINATOR, ACT)).then_refused("oppgave.part")
