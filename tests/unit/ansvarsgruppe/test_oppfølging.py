"""Who follows up an admission and a discharge (hol §7-2), as a pure function of what is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bindeledd.schema.generated.felles import Oppgave, Oppgaveslag, Oppgavetilstand
from services.ansvarsgruppe.oppfølging import Situasjon, fordel
from services.felles.oppgaver import Oppgaver
from services.felles.oppholdsbilde import Opphold
from services.felles.samarbeid import Gruppe, Plan
from tests.dsl import ACT, ENHET, NÅ, opphold, utskrevet

FØR = NÅ - timedelta(days=30)
PLANEN = ("plan", Plan(ENHET, "demo-069", FØR))
GRUPPEN = ("gruppe", Gruppe(ACT, FØR))
INN, UT = Oppgaveslag.FOELG_OPP_INNLEGGELSE, Oppgaveslag.FOELG_OPP_UTSKRIVNING
KALL = Oppgaveslag.KALL_INN_ANSVARSGRUPPE


def gitt(*, plan: tuple[str, Plan] | None, gruppe: tuple[str, Gruppe] | None, alle: tuple[Opphold, ...]) -> list[str]:
    """What each stream holds, one short line for each task."""
    fordelt = fordel(Situasjon((plan,) if plan else (), (gruppe,) if gruppe else (), alle))
    følges_opp = [(ref, ø) for ref, ønsker in fordelt.items() for ø in ønsker if ø.slag is not KALL]
    return [f"{ref}: {ø.slag.value} {ø.part} {ø.gjelder[0]}" for ref, ø in følges_opp]


def ferdig(slag: Oppgaveslag, part: str, gjelder: str) -> Oppgaver:
    oppgave = Oppgave(
        oppgave_ref="t", slag=slag, part=part, tilstand=Oppgavetilstand.LOEST, paragraf="", gjelder=gjelder,
        frist=None, tatt_av="",
    )  # fmt: skip
    return Oppgaver({"t": oppgave})


def test_where_there_is_a_group_it_holds_the_task_of_the_koordinators_unit() -> None:
    assert gitt(plan=PLANEN, gruppe=GRUPPEN, alle=(opphold(),)) == [f"gruppe: {INN.value} {ENHET} o"]


def test_a_koordinator_without_a_group_has_the_task_all_the_same() -> None:
    assert gitt(plan=PLANEN, gruppe=None, alle=(opphold(),)) == [f"plan: {INN.value} {ENHET} o"]


def test_a_group_without_a_koordinator_gives_it_to_the_unit_that_made_the_group() -> None:
    assert gitt(plan=None, gruppe=GRUPPEN, alle=(opphold(),)) == [f"gruppe: {INN.value} {ACT} o"]


def test_a_group_that_has_ended_holds_nothing() -> None:
    slutt = ("gruppe", Gruppe(ACT, FØR, avsluttet=True))
    assert gitt(plan=PLANEN, gruppe=slutt, alle=(opphold(),)) == [f"plan: {INN.value} {ENHET} o"]
    assert gitt(plan=None, gruppe=slutt, alle=(opphold(),)) == []


def test_nobody_has_the_task_where_nobody_follows_the_person() -> None:
    assert gitt(plan=None, gruppe=None, alle=(opphold(),)) == []


def test_after_the_discharge_it_is_the_discharge_that_is_followed_up() -> None:
    assert gitt(plan=PLANEN, gruppe=None, alle=(utskrevet(),)) == [f"plan: {UT.value} {ENHET} o"]


def test_a_later_stay_overtakes_an_earlier_one() -> None:
    første = utskrevet("a" * 32, innlagt=NÅ - timedelta(days=9), slutt=NÅ - timedelta(days=5))
    assert gitt(plan=PLANEN, gruppe=None, alle=(første, opphold("b" * 32))) == [f"plan: {INN.value} {ENHET} b"]


DØD_FØR = utskrevet("a" * 32, innlagt=None, slutt=NÅ - timedelta(days=2), død=True)


@pytest.mark.parametrize(
    "alle", [(), (utskrevet(død=True),), (opphold("a" * 32), utskrevet(død=True)), (DØD_FØR, opphold())]
)
def test_nothing_is_followed_up_when_nothing_stands_or_the_person_is_dead(alle: tuple[Opphold, ...]) -> None:
    assert gitt(plan=PLANEN, gruppe=GRUPPEN, alle=alle) == []


@pytest.mark.parametrize("kopi", [opphold(innlagt_sendt=False), utskrevet(slutt_sendt=False)])
def test_intake_6_a_copy_creates_no_task(kopi: Opphold) -> None:
    assert gitt(plan=PLANEN, gruppe=GRUPPEN, alle=(kopi,)) == []


@pytest.mark.parametrize(("oppnevnt", "får"), [(NÅ - timedelta(hours=2), True), (NÅ, False)])
def test_a_koordinator_appointed_after_the_discharge_is_given_no_old_work(oppnevnt: datetime, får: bool) -> None:
    plan = ("plan", Plan(ENHET, "demo-069", oppnevnt))
    assert bool(gitt(plan=plan, gruppe=None, alle=(utskrevet(),))) is får


def test_what_the_former_unit_has_done_is_not_given_to_the_new_one() -> None:
    plan = ("plan", Plan(ENHET, "demo-069", FØR))
    gruppe = ("gruppe", Gruppe(ACT, FØR, oppgaver=ferdig(INN, ACT, "o" * 32)))
    assert gitt(plan=plan, gruppe=gruppe, alle=(opphold(),)) == []


# -- the group is summoned -----------------------------------------------------------------------------------------

DAG = NÅ.date()


def klar(**annet: Any) -> Opphold:
    return opphold(**{"klar": DAG, "klar_sendt": True, **annet})


def kalles(*alle: Opphold, gruppe: tuple[str, Gruppe] | None = GRUPPEN) -> list[str]:
    """What the summons to the group is about, where there should be one."""
    fordelt = fordel(Situasjon((PLANEN,), (gruppe,) if gruppe else (), alle))
    return [ø.gjelder for ønsker in fordelt.values() for ø in ønsker if ø.slag is KALL]


def test_the_group_is_summoned_when_the_person_is_ready_for_discharge() -> None:
    assert kalles(klar()) == [f"{'o' * 32}:{DAG.isoformat()}"]
    assert kalles(opphold()) == []


def test_each_new_day_of_readiness_is_a_new_task_though_the_first_one_was_done() -> None:
    gjort = ("gruppe", Gruppe(ACT, FØR, oppgaver=ferdig(KALL, ENHET, f"{'o' * 32}:{DAG.isoformat()}")))
    assert kalles(klar(), gruppe=gjort) == []
    igjen = DAG + timedelta(days=9)
    assert kalles(klar(klar=igjen), gruppe=gjort) == [f"{'o' * 32}:{igjen.isoformat()}"]


def test_a_discharge_that_nobody_told_of_before_summons_the_group_once() -> None:
    assert kalles(utskrevet()) == ["o" * 32]
    gjort = ("gruppe", Gruppe(ACT, FØR, oppgaver=ferdig(KALL, ENHET, f"{'o' * 32}:{DAG.isoformat()}")))
    assert kalles(utskrevet(), gruppe=gjort) == []


def test_nobody_is_summoned_where_there_is_no_group_and_after_a_death_and_by_a_copy() -> None:
    assert kalles(klar(), gruppe=None) == []
    assert kalles(klar(klar_sendt=False)) == []
    assert kalles(utskrevet(død=True)) == []


@pytest.mark.parametrize(("når", "får"), [(NÅ - timedelta(hours=2), True), (NÅ, False)])
def test_a_koordinator_appointed_after_the_discharge_does_not_summon_for_it(når: datetime, får: bool) -> None:
    plan = ("plan", Plan(ENHET, "demo-069", når))
    fordelt = fordel(Situasjon((plan,), (GRUPPEN,), (utskrevet(),)))
    assert any(ø.slag is KALL for ønsker in fordelt.values() for ø in ønsker) is får
