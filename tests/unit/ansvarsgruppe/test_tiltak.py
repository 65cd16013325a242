"""Measures (rules 2.2 e and f): agreed, changed, done, and in step with the stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bindeledd.schema.generated.ansvarsgruppe import TiltakGjenopptatt, TiltakSattPaaVent, Tiltakstilstand
from bindeledd.schema.generated.felles import OppgaveLoest, Oppgaveslag
from services.ansvarsgruppe.tiltak import AvstemTiltak, Avtal, Endre
from services.ansvarsgruppe.tjeneste import tjeneste
from services.felles.oppgaver import LøsOppgave, TaOppgave
from services.felles.tid import dagens_slutt
from tests.dsl import ACT, ENHET, NAV, OPPHOLDET, PERSONEN, RAMMER, Gitt, forseglet, given

*_, TILTAK = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
FRIST = date(2026, 4, 1)
AVTAL = Avtal(NAV, FRIST, går_videre=False, innhold=forseglet("innhold"), plan_ref="p1")
ENDRE = Endre(NAV, FRIST, går_videre=False, tilstand=Tiltakstilstand.AVTALT, innhold=None, av="koordinator")
INNLAGT, HJEMME = AvstemTiltak(OPPHOLDET, død=False), AvstemTiltak(None, død=False)


def avtalt() -> Gitt:
    return given(TILTAK).og(AVTAL)


def oppgaver(gitt: Gitt) -> list[tuple[Oppgaveslag, str]]:
    return [(o.slag, o.part) for o in gitt.state.oppgaver.åpne()]


def test_2_2_e_a_measure_has_somebody_responsible_and_a_deadline() -> None:
    (oppgave,) = avtalt().state.oppgaver.åpne()
    assert (oppgave.slag, oppgave.part, oppgave.frist) == (Oppgaveslag.FOELG_OPP_TILTAK, NAV, dagens_slutt(FRIST))


@pytest.mark.parametrize("part", ["finnes-ikke", "forum", "slt"])
def test_a_measure_is_somebodys_who_can_do_it(part: str) -> None:
    given(TILTAK).when(replace(AVTAL, part=part)).then_refused("tiltak.ansvarlig")


def test_what_the_person_will_do_themself_is_no_task_of_anybody() -> None:
    eget = given(TILTAK).og(replace(AVTAL, part=PERSONEN))
    assert eget.state.oppgaver.åpne() == ()


def test_an_admission_puts_it_on_hold_and_the_discharge_takes_it_up_again() -> None:
    venter = avtalt().when(INNLAGT)
    assert TiltakSattPaaVent(opphold_ref=OPPHOLDET) in venter.events
    assert oppgaver(venter.etter()) == []
    venter.etter().when(INNLAGT).then_nothing()
    videre = venter.etter().when(HJEMME)
    assert TiltakGjenopptatt(opphold_ref=OPPHOLDET) in videre.events
    assert oppgaver(videre.etter()) == [(Oppgaveslag.FOELG_OPP_TILTAK, NAV)]


def test_another_stay_right_after_the_first_lets_it_wait_on() -> None:
    venter = avtalt().og(INNLAGT, AvstemTiltak("p" * 32, død=False))
    assert venter.state.venter_paa == "p" * 32
    assert venter.og(HJEMME).state.venter_paa is None


def test_a_measure_that_goes_on_all_the_same_does_not_wait() -> None:
    given(TILTAK).og(replace(AVTAL, går_videre=True)).when(INNLAGT).then_nothing()
    avtalt().og(INNLAGT).when(replace(ENDRE, går_videre=True, venter_paa=OPPHOLDET)).then_kinds(
        "TiltakEndret", "TiltakGjenopptatt", "OppgaveOpprettet"
    )


def test_one_that_is_agreed_during_a_stay_waits_from_the_start() -> None:
    given(TILTAK).when(replace(AVTAL, venter_paa=OPPHOLDET)).then_kinds("TiltakAvtalt", "TiltakSattPaaVent")


def test_a_new_unit_that_is_responsible_has_the_task_and_the_former_has_it_no_more() -> None:
    assert oppgaver(avtalt().og(replace(ENDRE, part=ACT))) == [(Oppgaveslag.FOELG_OPP_TILTAK, ACT)]


def test_what_is_to_be_done_stays_as_it_was_when_only_the_deadline_is_moved() -> None:
    flyttet = avtalt().og(replace(ENDRE, frist=date(2026, 5, 1)))
    assert (flyttet.state.innhold, flyttet.state.frist) == (AVTAL.innhold, date(2026, 5, 1))


def test_the_task_done_is_the_measure_done_and_then_nothing_is_changed() -> None:
    (oppgave,) = avtalt().state.oppgaver.åpne()
    gjort = avtalt().og(LøsOppgave(oppgave.oppgave_ref, "demo-073", NAV))
    assert gjort.state.tilstand is Tiltakstilstand.GJORT
    gjort.when(ENDRE).then_refused("tiltak.pågår")
    gjort.when(INNLAGT).then_nothing()


@pytest.mark.parametrize(("tatt", "av"), [([], "koordinator"), ([TaOppgave("", "demo-073", NAV)], "demo-073")])
def test_who_did_a_task_is_whoever_had_taken_it_and_else_whoever_says_that_the_measure_is_done(
    tatt: list[TaOppgave], av: str
) -> None:
    (oppgave,) = avtalt().state.oppgaver.åpne()
    gjort = avtalt().og(*(replace(t, oppgave_ref=oppgave.oppgave_ref) for t in tatt))
    løst = gjort.when(replace(ENDRE, tilstand=Tiltakstilstand.GJORT)).events[0]
    assert løst == OppgaveLoest(oppgave_ref=oppgave.oppgave_ref, av=av)


@pytest.mark.parametrize("tilstand", [Tiltakstilstand.GJORT, Tiltakstilstand.BORTFALT])
def test_a_measure_that_is_done_or_not_needed_asks_nobody_for_anything(tilstand: Tiltakstilstand) -> None:
    assert oppgaver(avtalt().og(replace(ENDRE, tilstand=tilstand))) == []
    avtalt().when(replace(ENDRE, tilstand=Tiltakstilstand.UKJENT)).then_refused("tiltak.tilstand")


def test_intake_12_after_a_death_nothing_is_to_be_done() -> None:
    død = avtalt().og(INNLAGT, AvstemTiltak(None, død=True))
    assert (død.state.tilstand, oppgaver(død)) == (Tiltakstilstand.BORTFALT, [])


def test_the_unit_that_follows_it_up_is_never_asked_twice() -> None:
    assert len(oppgaver(given(TILTAK).og(replace(AVTAL, part=ENHET), HJEMME, HJEMME))) == 1
