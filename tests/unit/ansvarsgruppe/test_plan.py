"""The individual plan (pbrl §2-5, hol §7-1): offered, declined or made, in the person's own words, and gone through."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bindeledd.core.decider import Due, FristUtloept
from bindeledd.schema.generated.ansvarsgruppe import (
    BrukermaalSatt,
    KoordinatorOppnevnt,
    PlanEvaluert,
    PlanOpprettet,
    PlanTilbudt,
    TakketNeiTilPlan,
)
from bindeledd.schema.generated.felles import Oppgaveslag
from services.ansvarsgruppe.oppfølging import AvstemOppgaver
from services.ansvarsgruppe.plan import (
    PLANSLUTT,
    AvsluttPlan,
    EvaluerPlan,
    OpprettPlan,
    SettKoordinator,
    SettMaal,
    TakkNeiTilPlan,
    TilbyPlan,
)
from services.ansvarsgruppe.tjeneste import tjeneste
from services.felles.tid import lokal_midnatt
from tests.dsl import ACT, DPS, ENHET, KOORDINATOR, NÅ, RAMMER, Gitt, forseglet, given

_SAMTYKKE, PLAN, *_ = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
REVISJON = NÅ.date() + timedelta(days=180)
MAAL = forseglet("maal")
OPPRETT = OpprettPlan(ENHET, samtykket=True, revisjon=REVISJON)
OPPNEVNT = KoordinatorOppnevnt(part=ACT, koordinator="demo-102", fra=NÅ)


def laget() -> Gitt:
    return given(PLAN).og(OPPRETT)


def test_a_plan_is_offered_and_declined() -> None:
    given(PLAN).when(TilbyPlan(ENHET)).then(PlanTilbudt(av_part=ENHET))
    tilbudt = given(PLAN).og(TilbyPlan(ENHET))
    tilbudt.when(TilbyPlan(ACT)).then_nothing()
    tilbudt.when(TakkNeiTilPlan(ENHET)).then(TakketNeiTilPlan(av_part=ENHET))


def test_hol_7_2_a_koordinator_is_appointed_also_when_the_plan_is_declined() -> None:
    nei = given(PLAN).og(TilbyPlan(ENHET), TakkNeiTilPlan(ENHET))
    oppnevn = SettKoordinator(ENHET, KOORDINATOR, av=DPS, har_med_å_gjøre=True)
    assert nei.og(oppnevn).state.koordinator == KOORDINATOR


def test_who_declined_may_have_a_plan_later() -> None:
    nei = given(PLAN).og(TakkNeiTilPlan(ENHET))
    nei.when(OPPRETT).then(PlanOpprettet(av_part=ENHET, fra=NÅ, revisjon=REVISJON))


def test_pbrl_2_5_no_plan_is_made_without_the_persons_consent() -> None:
    given(PLAN).when(replace(OPPRETT, samtykket=False)).then_refused("pbrl §2-5")


def test_the_persons_own_goals_come_with_the_plan_or_afterwards() -> None:
    _, maal = given(PLAN).when(replace(OPPRETT, maal=MAAL)).events
    assert maal == BrukermaalSatt(maal=MAAL)
    laget().when(SettMaal(MAAL)).then(BrukermaalSatt(maal=MAAL))


def test_one_plan_per_person() -> None:
    for command in (OPPRETT, TilbyPlan(ENHET), TakkNeiTilPlan(ENHET)):
        laget().when(command).then_refused("plan.én")


@pytest.mark.parametrize("command", [SettMaal(MAAL), EvaluerPlan(REVISJON, None, "x"), AvsluttPlan("annet")])
def test_what_is_done_with_a_plan_needs_one(command: object) -> None:
    given(PLAN).when(command).then_refused("plan.finnes")
    laget().og(AvsluttPlan("annet")).when(command).then_refused("plan.finnes")


@pytest.mark.parametrize(("dager", "går"), [(0, False), (1, True), (365, True), (366, False)])
def test_plan_revisjon_maks_a_plan_says_when_it_is_gone_through_within_a_year(dager: int, går: bool) -> None:
    resultat = given(PLAN).when(replace(OPPRETT, revisjon=NÅ.date() + timedelta(days=dager)))
    if går:
        resultat.then_kinds("PlanOpprettet")
    else:
        resultat.then_refused("plan_revisjon_maks lokal-1")


# -- gone through --------------------------------------------------------------------------------------------------


def forfalt(*fortid: object) -> Gitt:
    dagen = lokal_midnatt(REVISJON)
    return given(PLAN, *fortid).og(OPPRETT).at(dagen).og(FristUtloept("vurder_plan", dagen))


def oppgaver(gitt: Gitt) -> list[tuple[Oppgaveslag, str]]:
    return [(o.slag, o.part) for o in gitt.state.oppgaver.åpne()]


def test_on_the_day_of_revision_the_koordinators_unit_has_it_to_go_through() -> None:
    assert list(PLAN.due(laget().state)) == [Due("vurder_plan", lokal_midnatt(REVISJON))]
    assert oppgaver(forfalt()) == [(Oppgaveslag.VURDER_PLAN, ENHET)]
    assert list(PLAN.due(forfalt().state)) == []
    assert oppgaver(forfalt(OPPNEVNT)) == [(Oppgaveslag.VURDER_PLAN, ACT)]


def test_the_task_stands_when_stays_are_looked_at_again_and_falls_with_a_death() -> None:
    forfalt().when(AvstemOppgaver(())).then_nothing()
    forfalt().when(AvstemOppgaver((), død=True)).then_kinds("OppgaveFalt")
    laget().when(AvstemOppgaver(())).then_nothing()


def test_a_plan_that_was_gone_through_is_due_again_on_the_new_day() -> None:
    ny = REVISJON + timedelta(days=90)
    evaluert, løst = forfalt().when(EvaluerPlan(ny, MAAL, "koordinator")).events
    assert evaluert == PlanEvaluert(revisjon=ny, vurdering=MAAL)
    assert løst.av == "koordinator"
    etter = forfalt().og(EvaluerPlan(ny, None, "koordinator"))
    assert list(PLAN.due(etter.state)) == [Due("vurder_plan", lokal_midnatt(ny))]
    etter.when(EvaluerPlan(date(2020, 1, 1), None, "x")).then_refused("plan_revisjon_maks lokal-1")


@pytest.mark.parametrize("grunn", PLANSLUTT)
def test_a_plan_ends_for_a_reason_and_nothing_of_it_is_due(grunn: str) -> None:
    slutt = forfalt().og(AvsluttPlan(grunn))
    assert (oppgaver(slutt), list(PLAN.due(slutt.state))) == ([], [])
    før_dagen = laget().og(AvsluttPlan(grunn))
    assert list(PLAN.due(før_dagen.state)) == []
    før_dagen.at(lokal_midnatt(REVISJON)).when(AvstemOppgaver(())).then_nothing()
    laget().when(AvsluttPlan("fordi")).then_refused("plan.grunn")


def test_a_plan_made_anew_begins_without_what_was_said_before() -> None:
    igjen = laget().og(SettMaal(MAAL), AvsluttPlan("annet"), OPPRETT)
    assert (igjen.state.har_plan, igjen.state.maal) == (True, None)
