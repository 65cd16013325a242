"""A crisis plan is gone through after use, after a changed contact and at its date; after a stay: test_domain.py."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bindeledd.core.decider import FristUtloept
from bindeledd.schema.generated.felles import FristOverskredet, OppgaveLoest, Oppgaveslag
from bindeledd.schema.generated.kriseplan import Kriseplannivaa, KriseplanrevisjonForfalt, Kriseplantilstand
from services.felles.oppgaver import LøsOppgave
from services.felles.oppholdsbilde import Opphold
from services.kriseplan.domain import Avstem, Opprett, Revider, TaIBruk, Tilbakekall, forfaller
from services.kriseplan.plan import tilstand
from services.kriseplan.revisjon import BRUKT_FORDI, GYLDIG, KONTAKT_FORDI
from services.kriseplan.tjeneste import tjeneste
from services.kriseplan.utsnitt import utsnitt
from tests.dsl import (
    ACT,
    DPS,
    ENHET,
    GITT,
    HJELPERE,
    LEGEVAKT,
    NÅ,
    PAM,
    PERSONEN,
    RAMMER,
    Gitt,
    given,
    kjent,
    opphold,
    samtykke,
    utskrevet,
)
from tests.unit.kriseplan.test_domain import BARN, FØR, RØDT, opprettet

(KRISEPLAN,) = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
KRETS = frozenset({ACT, f"demo-069@{ENHET}"})
BRUK = TaIBruk(LEGEVAKT, "demo-112", Kriseplannivaa.ROEDT, ())


def avstem(*alle: Opphold, krets: frozenset[str] = KRETS, lager: str = ENHET) -> Avstem:
    return Avstem(alle, lager, FØR, (), krets)


def planen(av: str = ACT, **annet: Any) -> Gitt:
    """Made now, while the koordinator and ACT follow the person."""
    return given(KRISEPLAN).og(Opprett(av, ("pasient",), {"roedt_nivaa": RØDT}, "x", KRETS, **annet))


def krevd(gitt: Gitt) -> list[tuple[str, str, str, Any]]:
    """(to whom, why, by what, until when) of the open tasks to go through the plan."""
    return [
        (o.part, gitt.state.forfalt[o.gjelder], o.paragraf, o.frist)
        for o in gitt.state.oppgaver.åpne()
        if o.slag is Oppgaveslag.VURDER_KRISEPLAN
    ]


# -- after use -----------------------------------------------------------------------------------------------------


def test_after_use_the_unit_that_keeps_the_plan_goes_through_it_within_14_days() -> None:
    gitt = planen().at(NÅ + timedelta(days=3)).og(BRUK, avstem())
    assert krevd(gitt) == [(ACT, "brukt", BRUKT_FORDI, NÅ + timedelta(days=17))]
    assert tilstand(gitt.state) is Kriseplantilstand.REVISJON_FORFALT
    gitt.when(avstem()).then_nothing()


def test_two_uses_are_gone_through_at_once() -> None:
    gitt = planen().at(NÅ + timedelta(days=3)).og(BRUK, avstem()).at(NÅ + timedelta(days=4)).og(BRUK, avstem())
    assert len(krevd(gitt)) == 1


def test_a_use_before_this_version_demands_nothing() -> None:
    gitt = planen().at(NÅ + timedelta(days=3)).og(BRUK, avstem())
    ny = gitt.at(NÅ + timedelta(days=4)).og(Revider(("pasient",), {"barn": BARN}, "x", KRETS), avstem())
    assert krevd(ny) == []
    assert tilstand(ny.state) is Kriseplantilstand.GJELDER


def test_who_has_gone_through_the_plan_has_done_so_for_every_reason() -> None:
    gitt = planen().at(NÅ + timedelta(days=3)).og(BRUK, avstem(krets=frozenset()))
    assert {grunn for _, grunn, _, _ in krevd(gitt)} == {"brukt", "kontakt_endret"}
    en = gitt.state.oppgaver.åpne()[0]
    løst = gitt.when(LøsOppgave(en.oppgave_ref, "demo-102", ACT))
    assert [type(e) for e in løst.events] == [OppgaveLoest, OppgaveLoest]
    løst.etter().when(avstem(krets=frozenset())).then_nothing()


# -- after a changed contact ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("krets", [frozenset({ACT}), frozenset({ACT, f"demo-070@{ENHET}"}), frozenset({DPS})])
def test_a_contact_that_is_gone_or_changed_demands_a_revision(krets: frozenset[str]) -> None:
    gitt = planen().og(avstem(krets=krets))
    assert krevd(gitt) == [(ACT, "kontakt_endret", KONTAKT_FORDI, None)]


def test_a_contact_that_has_come_demands_nothing_and_one_that_comes_back_takes_the_demand_away() -> None:
    planen().when(avstem(krets=KRETS | {DPS})).then_nothing()
    assert krevd(planen().og(avstem(krets=frozenset({ACT})), avstem())) == []


def test_a_version_of_which_the_contacts_are_not_known_demands_nothing() -> None:
    given(KRISEPLAN, opprettet()).when(avstem()).then_nothing()


# -- at its date ---------------------------------------------------------------------------------------------------


def test_the_person_may_choose_an_earlier_day_than_the_rule() -> None:
    (due,) = forfaller(planen(revideres=date(2026, 6, 1)).state)
    assert (due.name, due.at.isoformat()) == (GYLDIG, "2026-05-31T22:00:00+00:00")
    (due,) = forfaller(planen().state)
    assert due.at.date() == date(2027, 3, 1), "a year, in Norway 2 March"


@pytest.mark.parametrize("dag", [date(2026, 3, 2), date(2027, 3, 3)])
def test_a_day_that_has_come_or_is_too_far_is_refused(dag: date) -> None:
    given(KRISEPLAN).when(
        Opprett(ACT, ("pasient",), {"roedt_nivaa": RØDT}, "x", revideres=dag)
    ).then_refused("kriseplan.revisjonsdato")  # fmt: skip


def forfalt(gitt: Gitt) -> Gitt:
    (due,) = forfaller(gitt.state)
    return gitt.at(due.at).og(FristUtloept(due.name, due.at))


@pytest.mark.parametrize("eier", [ACT, PERSONEN])
def test_a_plan_past_its_date_is_gone_through_by_whoever_keeps_it(eier: str) -> None:
    gitt = forfalt(planen(eier))
    assert [(part, grunn) for part, grunn, _, _ in krevd(gitt)] == [(eier, "revisjonsdato")]
    assert tilstand(gitt.state) is Kriseplantilstand.REVISJON_FORFALT
    assert forfaller(gitt.state) == ()
    gitt.when(avstem()).then_nothing()


def test_what_falls_due_is_said_in_this_order() -> None:
    gitt = planen()
    (due,) = forfaller(gitt.state)
    gitt.at(due.at).when(FristUtloept(due.name, due.at)).then_kinds(
        "FristOverskredet", "KriseplanrevisjonForfalt", "OppgaveOpprettet"
    )


def test_a_new_version_has_a_new_date() -> None:
    gitt = forfalt(planen())
    ny = gitt.og(Revider(("pasient",), {"barn": BARN}, "x", KRETS), avstem())
    (due,) = forfaller(ny.state)
    assert due.at > gitt.now + timedelta(days=360)
    assert krevd(ny) == []


def test_a_death_stops_the_date_and_one_told_by_mistake_lets_it_run_again() -> None:
    død = planen().og(avstem(opphold(død=True)))
    assert forfaller(død.state) == ()
    assert len(forfaller(død.og(avstem(opphold())).state)) == 1


def test_a_recalled_plan_has_no_date() -> None:
    assert forfaller(planen().og(Tilbakekall("annet")).state) == ()


def test_nothing_is_demanded_of_somebody_who_has_died() -> None:
    gitt = forfalt(planen()).og(BRUK, avstem(opphold(død=True), krets=frozenset()))
    assert gitt.state.oppgaver.åpne() == ()


# -- who may know why ----------------------------------------------------------------------------------------------


def test_each_is_told_the_reasons_that_tell_of_nothing_that_is_not_shared() -> None:
    om = kjent(HJELPERE, samtykke(LEGEVAKT, GITT, "kriseplan.*"), opphold=[utskrevet(slutt=NÅ + timedelta(days=4))])
    gitt = planen().at(NÅ + timedelta(days=3)).og(BRUK).at(NÅ + timedelta(days=5))
    gitt = gitt.og(avstem(utskrevet(slutt=NÅ + timedelta(days=4)), krets=frozenset()))
    act, legevakt = (utsnitt(gitt.state, part, om) for part in (ACT, LEGEVAKT))
    assert act is not None
    assert legevakt is not None
    assert act.forfalt == ("brukt", "kontakt_endret", "utskrevet")
    assert (legevakt.forfalt, legevakt.tilstand) == (("kontakt_endret",), Kriseplantilstand.REVISJON_FORFALT)


def test_one_who_may_know_of_none_of_the_reasons_is_told_that_the_plan_holds() -> None:
    om = kjent(HJELPERE, samtykke(PAM, GITT, "kriseplan.*"))
    gitt = planen().at(NÅ + timedelta(days=3)).og(BRUK, avstem())
    view = utsnitt(gitt.state, PAM, om)
    assert view is not None
    assert (view.forfalt, view.tilstand) == ((), Kriseplantilstand.GJELDER)


def test_the_reason_names_the_stay_only_where_it_is_one() -> None:
    sagt = planen().og(BRUK).at(NÅ + timedelta(days=1)).og(BRUK)
    (hendelse,) = [e for e in sagt.when(avstem()).events if isinstance(e, KriseplanrevisjonForfalt)]
    assert (hendelse.opphold_ref, hendelse.grunn, hendelse.gjelder) == ("", "brukt", sagt.state.brukt[1].ref)


def test_the_date_is_judged_as_of_the_moment_also_when_it_is_judged_late() -> None:
    gitt = planen()
    (due,) = forfaller(gitt.state)
    (dom,) = [
        e
        for e in gitt.at(due.at + timedelta(days=3)).when(FristUtloept(due.name, due.at)).events
        if isinstance(e, FristOverskredet)
    ]
    assert isinstance(dom.vurdert_per, datetime)
    assert dom.vurdert_per == due.at
