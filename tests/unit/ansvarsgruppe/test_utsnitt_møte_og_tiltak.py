"""Who may know what of meetings, measures and the plan, party by party (access.md, "Consent, plan, group")."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppemoeteInnkalt,
    AnsvarsgruppeOpprettet,
    KoordinatorOppnevnt,
    Plantilstand,
    RepresentantOppnevnt,
)
from bindeledd.schema.generated.felles import Deling
from services.ansvarsgruppe import utsnitt
from services.ansvarsgruppe.møte import GodkjennReferat, Hold, KallInn
from services.ansvarsgruppe.plan import EvaluerPlan, OpprettPlan, SettMaal, TakkNeiTilPlan, TilbyPlan
from services.ansvarsgruppe.tiltak import AvstemTiltak, Avtal
from services.ansvarsgruppe.tjeneste import tjeneste
from services.felles.kjent import Kjent
from services.felles.tilgang import RelasjonSlag as R
from tests import dsl
from tests.dsl import (
    ACT,
    ALDRI,
    DPS,
    ENHET,
    GITT,
    HJEMMETJENESTE,
    LEGEVAKT,
    NAV,
    NÅ,
    OPPHOLDET,
    PAM,
    PERSONEN,
    RAMMER,
    SKOLE,
    TRUKKET,
    forseglet,
    given,
    hjelper,
    kjent,
    opphold,
    samtykke,
    sperring,
)

_SAMTYKKE, PLAN, GRUPPE, MØTE, TILTAK = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
HJELPERE = [*dsl.HJELPERE, *hjelper(NAV, R.MEDLEM)]
STED, INNHOLD, REFERAT, TEKST, MAAL = (forseglet(f) for f in ("sted", "innhold", "referat", "tekst", "maal"))
TID = NÅ + timedelta(days=7)
VANLIG = KallInn("g", ENHET, TID, (ACT, ENHET, NAV, HJEMMETJENESTE), STED, INNHOLD)
OM_UTSKRIVNING = replace(VANLIG, opphold_ref=OPPHOLDET)
INNLAGT = [opphold()]


def møte(part: str, om: Kjent, innkalling: KallInn = VANLIG) -> Any:
    return utsnitt.utsnitt_møte(given(MØTE).og(innkalling).state, part, om)


# -- a meeting: time and place to those who are invited ------------------------------------------------------------


@pytest.mark.parametrize("part", [ENHET, ACT, HJEMMETJENESTE, PERSONEN])
def test_who_is_invited_in_health_and_the_person_see_all_of_an_ordinary_meeting(part: str) -> None:
    view = møte(part, kjent(HJELPERE))
    assert (view.tid, view.sted, view.innhold) == (TID, STED, INNHOLD)
    assert [d.part for d in view.deltakere] == [PERSONEN, ACT, ENHET, HJEMMETJENESTE, NAV]


@pytest.mark.parametrize(
    ("tilstand", "ser"), [(GITT, True), (TRUKKET, False), (ALDRI, False)]
)  # fmt: skip
def test_outside_health_an_invitation_shows_by_consent_only(tilstand: str, ser: bool) -> None:
    view = møte(NAV, kjent(HJELPERE, samtykke(NAV, tilstand, "plan.finnes")))
    assert (view is not None) is ser


def test_who_may_know_that_there_is_a_group_and_no_more_is_told_when_and_where_and_nothing_of_what_or_who() -> None:
    view = møte(NAV, kjent(HJELPERE, samtykke(NAV, GITT, "plan.finnes")))
    assert (view.tid, view.sted, view.innhold, view.referat) == (TID, STED, None, None)
    assert [d.part for d in view.deltakere] == [NAV]
    assert [o.part for o in view.oppgaver] == [NAV]


@pytest.mark.parametrize("part", [DPS, LEGEVAKT, SKOLE, "enhet-fana"])
def test_who_is_not_invited_and_may_not_read_the_plan_learns_of_no_meeting(part: str) -> None:
    assert møte(part, kjent(HJELPERE)) is None


def test_hpl_25_an_invited_unit_that_the_person_opposes_sees_nothing() -> None:
    assert møte(ACT, kjent(HJELPERE, sperringer=sperring(ACT))) is None
    assert møte(ACT, kjent(HJELPERE, fersk=False)) is None


# -- a meeting about a discharge betrays no stay -------------------------------------------------------------------


def test_the_purpose_of_a_summons_for_a_discharge_is_for_those_who_may_know_of_the_stay() -> None:
    om = kjent(HJELPERE, opphold=INNLAGT)
    for part in (ENHET, ACT, PERSONEN):
        view = møte(part, om, OM_UTSKRIVNING)
        assert (view.innhold, view.opphold_ref) == (INNHOLD, OPPHOLDET), part
    view = møte(HJEMMETJENESTE, om, OM_UTSKRIVNING)
    assert (view.tid, view.innhold, view.opphold_ref) == (TID, None, None)


@pytest.mark.parametrize(("om_oppholdet", "ser"), [(GITT, True), (TRUKKET, False), (ALDRI, False)])
def test_outside_health_the_plan_may_be_shared_and_the_stay_not(om_oppholdet: str, ser: bool) -> None:
    deler = [*samtykke(NAV, GITT, "plan.*"), *samtykke(NAV, om_oppholdet, "opphold.finnes")]
    view = møte(NAV, kjent(HJELPERE, deler, opphold=INNLAGT), OM_UTSKRIVNING)
    assert (view.innhold is not None, view.opphold_ref is not None, len(view.deltakere) > 1) == (ser, ser, ser)


def test_to_who_may_not_know_of_the_stay_a_summons_for_a_discharge_is_one_like_any_other() -> None:
    """Byte for byte, but for whether the purpose is shared: which also an ordinary meeting may withhold."""
    bare_at = kjent(HJELPERE, samtykke(NAV, GITT, "plan.finnes"), opphold=INNLAGT)
    vanlig, utskrivning = møte(NAV, bare_at), møte(NAV, bare_at, OM_UTSKRIVNING)
    assert utskrivning == vanlig


def test_a_stay_that_turned_out_not_to_be_opens_nothing_more() -> None:
    om = kjent(HJELPERE, samtykke(NAV, GITT, "plan.*"))
    assert møte(NAV, om, OM_UTSKRIVNING).innhold is None


# -- the minutes ---------------------------------------------------------------------------------------------------


def referert(innkalling: KallInn, part: str, om: Kjent) -> Any:
    godkjent = GodkjennReferat(REFERAT, ("t1",), date(2026, 9, 1), "koordinator")
    state = given(MØTE).og(innkalling).at(TID).og(Hold((PERSONEN, ENHET)), godkjent).state
    return utsnitt.utsnitt_møte(state, part, om)


def test_minutes_go_with_the_content_of_the_plan_and_those_of_a_discharge_with_the_stay_too() -> None:
    om = kjent(HJELPERE, samtykke(NAV, GITT, "plan.*"), opphold=INNLAGT)
    assert referert(VANLIG, NAV, om).referat == REFERAT
    lukket = referert(OM_UTSKRIVNING, NAV, om)
    assert (lukket.referat, lukket.tiltak, lukket.neste) == (None, (), None)
    assert {d.part for d in referert(VANLIG, ACT, om).deltakere if d.tilstede} == {PERSONEN, ENHET}


# -- a measure -----------------------------------------------------------------------------------------------------

AVTAL = Avtal(NAV, date(2026, 4, 1), går_videre=False, innhold=TEKST, plan_ref="p1")


def tiltak(part: str, om: Kjent, *, venter: bool = False, avtal: Avtal = AVTAL) -> Any:
    state = given(TILTAK).og(avtal, AvstemTiltak(OPPHOLDET if venter else None, død=False)).state
    return utsnitt.utsnitt_tiltak(state, part, om)


@pytest.mark.parametrize("part", [ENHET, ACT, HJEMMETJENESTE, PAM, PERSONEN])
def test_those_who_may_read_the_plan_see_every_measure(part: str) -> None:
    assert tiltak(part, kjent(HJELPERE)).innhold == TEKST


@pytest.mark.parametrize("part", [DPS, LEGEVAKT, SKOLE])
def test_those_who_may_not_see_none(part: str) -> None:
    assert tiltak(part, kjent(HJELPERE)) is None


@pytest.mark.parametrize(("tilstand", "ser"), [(GITT, True), (TRUKKET, False), (ALDRI, False)])
def test_own_measure_outside_health_shows_by_a_consent_to_some_part_of_the_plan(tilstand: str, ser: bool) -> None:
    view = tiltak(NAV, kjent(HJELPERE, samtykke(NAV, tilstand, "plan.finnes")))
    assert (view is not None) is ser
    assert view is None or [o.part for o in view.oppgaver] == [NAV]


def test_who_is_responsible_and_may_not_know_of_the_stay_sees_that_it_waits_and_no_cause() -> None:
    om = kjent(HJELPERE, samtykke(NAV, GITT, "plan.finnes"), opphold=INNLAGT)
    view = tiltak(NAV, om, venter=True)
    assert (view.paa_vent, view.opphold_ref, view.oppgaver) == (True, None, ())
    assert OPPHOLDET not in repr(view)
    assert tiltak(ENHET, om, venter=True).opphold_ref == OPPHOLDET


def test_when_the_answer_ends_is_not_when_the_stay_does() -> None:
    snart = [opphold(slutt=NÅ + timedelta(days=2))]
    ellers = tiltak(NAV, kjent(HJELPERE, samtykke(NAV, GITT, "plan.finnes")))
    view = tiltak(NAV, kjent(HJELPERE, samtykke(NAV, GITT, "plan.finnes"), opphold=snart), venter=True)
    assert view.grunn == ellers.grunn


def test_a_measure_from_a_meeting_about_a_stay_is_for_who_is_responsible_and_who_may_know_of_the_stay() -> None:
    avtal = replace(AVTAL, part=ACT, gjelder_opphold=OPPHOLDET)
    om = kjent(HJELPERE, samtykke(NAV, GITT, "plan.*"), opphold=INNLAGT)
    assert tiltak(NAV, om, avtal=avtal) is None
    assert tiltak(NAV, om, avtal=replace(avtal, part=NAV)).innhold == TEKST
    assert tiltak(ENHET, om, avtal=avtal).innhold == TEKST


def test_that_a_measure_goes_on_because_its_meeting_was_about_a_stay_is_for_those_who_may_know_of_the_stay() -> None:
    """All that the minutes of such a meeting agree goes on, and what others agree does not."""
    avtal = replace(AVTAL, plan_ref=None, moete_ref="m1", gjelder_opphold=OPPHOLDET, går_videre=True)
    vanlig = replace(avtal, gjelder_opphold=None, går_videre=False)
    om = kjent(HJELPERE, samtykke(NAV, GITT, "plan.finnes"))
    assert tiltak(NAV, om, avtal=avtal) == tiltak(NAV, om, avtal=vanlig)
    assert tiltak(ENHET, kjent(HJELPERE, opphold=INNLAGT), avtal=avtal).gaar_videre
    assert tiltak(NAV, om, avtal=replace(vanlig, går_videre=True)).gaar_videre


# -- the plan ------------------------------------------------------------------------------------------------------


def plan(part: str, om: Kjent, *commands: Any) -> Any:
    oppnevnt = KoordinatorOppnevnt(part=ENHET, koordinator="demo-069", fra=NÅ)
    return utsnitt.utsnitt_plan(given(PLAN, oppnevnt).og(*commands).state, part, om)


LAGET = (OpprettPlan(ENHET, samtykket=True, revisjon=date(2026, 9, 1)), SettMaal(MAAL))


@pytest.mark.parametrize("part", [ENHET, ACT, HJEMMETJENESTE, PAM, PERSONEN])
def test_goals_are_for_those_who_may_read_the_plan(part: str) -> None:
    view = plan(part, kjent(HJELPERE), *LAGET)
    assert (view.plan, view.tilstand, view.maal) == (Deling.DELT, Plantilstand.GJELDER, MAAL)


@pytest.mark.parametrize(("deler", "ser"), [(("plan.finnes",), False), (("plan.*",), True)])
def test_outside_health_a_plan_shows_as_far_as_the_consent_goes(deler: tuple[str, ...], ser: bool) -> None:
    view = plan(NAV, kjent(HJELPERE, samtykke(NAV, GITT, *deler)), *LAGET)
    assert view.tilstand is Plantilstand.GJELDER
    assert (view.maal is not None, view.revisjon is not None) == (ser, ser)


def test_the_dps_of_the_area_knows_that_there_is_a_plan_and_no_goal() -> None:
    view = plan(DPS, kjent(HJELPERE), *LAGET)
    assert (view.tilstand, view.maal, view.fra) == (Plantilstand.GJELDER, None, None)


@pytest.mark.parametrize(("part", "sier"), [(ACT, Plantilstand.TAKKET_NEI), (NAV, Plantilstand.UKJENT)])
def test_that_a_plan_was_declined_is_told_on_r_and_s_and_never_on_c(part: str, sier: Plantilstand) -> None:
    om = kjent(HJELPERE, samtykke(NAV, GITT, "plan.*"))
    assert plan(part, om, TilbyPlan(ENHET), TakkNeiTilPlan(ENHET)).tilstand is sier


def test_what_was_said_when_it_was_gone_through_is_content_as_well() -> None:
    sagt = EvaluerPlan(date(2026, 10, 1), TEKST, "koordinator")
    assert plan(ACT, kjent(HJELPERE), *LAGET, sagt).vurdering == TEKST
    assert plan(DPS, kjent(HJELPERE), *LAGET, sagt).vurdering is None


def test_there_may_be_a_plan_before_there_is_a_koordinator() -> None:
    state = given(PLAN).og(*LAGET).state
    assert utsnitt.utsnitt_plan(state, ACT, kjent(HJELPERE)) is not None
    assert utsnitt.utsnitt_plan(PLAN.initial, ACT, kjent(HJELPERE)) is None


# -- the group: its representative, and that it waits --------------------------------------------------------------


def gruppe(part: str, om: Kjent) -> Any:
    opprettet = AnsvarsgruppeOpprettet(av_part=ENHET, fra=NÅ)
    state = GRUPPE.fold([opprettet, RepresentantOppnevnt(slag="verge", navn=TEKST)])
    return utsnitt.utsnitt_gruppe(state, part, om)


def test_who_represents_the_person_is_told_with_the_content_of_the_plan() -> None:
    assert gruppe(ACT, kjent(HJELPERE)).representant == TEKST
    view = gruppe(NAV, kjent(HJELPERE, samtykke(NAV, GITT, "plan.finnes")))
    assert (view.representant, view.representant_slag) == (None, "")


REPRESENTERT = hjelper("representant", R.REPRESENTANT, deler=("person.navn", "plan.*"))


def test_access_md_who_speaks_for_the_person_reads_plan_group_and_minutes_but_nothing_of_a_stay() -> None:
    om = kjent(REPRESENTERT, opphold=INNLAGT)
    assert (gruppe("representant", om).representant, gruppe("representant", om).paa_vent) == (TEKST, False)
    assert plan("representant", om, *LAGET).maal == MAAL
    med = (*VANLIG.inviterte, "representant")
    vanlig, opphold_ = (møte("representant", om, replace(m, inviterte=med)) for m in (VANLIG, OM_UTSKRIVNING))
    assert (vanlig.innhold, vanlig.oppgaver) == (INNHOLD, ())
    assert (opphold_.tid, opphold_.innhold, opphold_.opphold_ref, opphold_.sted) == (TID, None, None, STED)
    avtal = Avtal(ACT, None, går_videre=True, innhold=TEKST)
    assert tiltak("representant", om, avtal=avtal).innhold == TEKST
    assert tiltak("representant", om, avtal=replace(avtal, gjelder_opphold=OPPHOLDET)) is None
    eget = replace(avtal, part="representant", gjelder_opphold=OPPHOLDET)
    assert tiltak("representant", om, avtal=eget).innhold == TEKST


def test_that_the_group_waits_is_told_to_those_who_may_know_of_the_stay() -> None:
    om = kjent(HJELPERE, samtykke(NAV, GITT, "plan.*"), opphold=INNLAGT)
    assert {part: gruppe(part, om).paa_vent for part in (ENHET, ACT, PERSONEN, HJEMMETJENESTE, NAV)} == {
        ENHET: True, ACT: True, PERSONEN: True, HJEMMETJENESTE: False, NAV: False,
    }  # fmt: skip
    klar = kjent(HJELPERE, opphold=[opphold(klar=NÅ.date(), klar_sendt=True)])
    assert gruppe(ENHET, klar).paa_vent is False


def test_everybody_who_was_invited_is_asked_about_also_without_any_other_ground() -> None:
    state = MØTE.fold([e for e in given(MØTE).when(VANLIG).events if isinstance(e, AnsvarsgruppemoeteInnkalt)])
    assert NAV in set(utsnitt.kandidater_møte(state, kjent()))
    assert ACT in set(utsnitt.kandidater_tiltak(given(TILTAK).og(replace(AVTAL, part=ACT)).state, kjent()))
