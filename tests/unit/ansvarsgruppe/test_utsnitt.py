"""Who may know what of consents, koordinator and group, party by party (access.md, "Consent, plan, group")."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import reduce
from typing import Any

import pytest

from bindeledd.schema.codec import MAX_BYTES
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeAvsluttet,
    AnsvarsgruppeOpprettet,
    Grupperolle,
    KoordinatorOppnevnt,
    MedlemInvitert,
    MedlemSvarte,
    SamtykkeGitt,
    SamtykkeTrukket,
    SperringRegistrert,
)
from bindeledd.schema.generated.felles import Deling, OppgaveFalt, OppgaveOpprettet, Oppgaveslag
from services.ansvarsgruppe import utsnitt
from services.ansvarsgruppe.tjeneste import tjeneste
from services.felles.kjent import Kjent
from services.felles.oppholdsbilde import om_dagen
from services.felles.tilgang import RelasjonSlag as R
from tests import dsl
from tests.dsl import (
    ACT,
    ALDRI,
    DPS,
    ENHET,
    FASTLEGE,
    GITT,
    HJEMMETJENESTE,
    LEGEVAKT,
    NAV,
    NÅ,
    PAM,
    PERSONEN,
    RAMMER,
    SKOLE,
    TRUKKET,
    hjelper,
    kjent,
    opphold,
    samtykke,
    sperring,
)

SAMTYKKE, PLAN, GRUPPE, *_ = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
HJELPERE = [*dsl.HJELPERE, *hjelper(NAV, R.MEDLEM)]
HELSE = (ENHET, ACT, HJEMMETJENESTE, PAM, DPS)
OPPGAVE = OppgaveOpprettet(
    oppgave_ref="t1", slag=Oppgaveslag.FOELG_OPP_INNLEGGELSE, part=ENHET, paragraf="hol §7-2", gjelder="o" * 32,
    frist=None,
)  # fmt: skip


def medlem(ref: str, part: str, rolle: Grupperolle, med: bool | None = True) -> list[Any]:
    svar = [] if med is None else [MedlemSvarte(medlem_ref=ref, med=med)]
    return [MedlemInvitert(medlem_ref=ref, part=part, rolle=rolle), *svar]


PLANEN = PLAN.fold([KoordinatorOppnevnt(part=ENHET, koordinator="demo-069", fra=NÅ)])
GRUPPEN = GRUPPE.fold(
    [
        AnsvarsgruppeOpprettet(av_part=ENHET, fra=NÅ),
        *medlem("m0", ENHET, Grupperolle.KOORDINATORS_ENHET),
        *medlem("m1", ACT, Grupperolle.ACT),
        *medlem("m2", NAV, Grupperolle.NAV),
        *medlem("m3", HJEMMETJENESTE, Grupperolle.HJEMMETJENESTE),
        OPPGAVE,
    ]
)


def plan(part: str, om: Kjent) -> Any:
    return utsnitt.utsnitt_plan(PLANEN, part, om)


def gruppe(part: str, om: Kjent) -> Any:
    return utsnitt.utsnitt_gruppe(GRUPPEN, part, om)


# -- that there is a plan or group, and the koordinator's name: R R C R S – ----------------------------------------


@pytest.mark.parametrize("part", HELSE)
@pytest.mark.parametrize("se", [plan, gruppe])
def test_those_in_health_who_help_know_that_there_is_one_by_relation(part: str, se: Any) -> None:
    assert se(part, kjent(HJELPERE)).grunn.grunnlag == "R"


@pytest.mark.parametrize("part", HELSE)
@pytest.mark.parametrize("se", [plan, gruppe])
def test_hpl_25_not_when_the_person_opposes(part: str, se: Any) -> None:
    assert se(part, kjent(HJELPERE, sperringer=sperring(part))) is None
    assert se(part, kjent(HJELPERE, sperringer=sperring(None, "plan.*"))) is None


@pytest.mark.parametrize("se", [plan, gruppe])
@pytest.mark.parametrize(("tilstand", "ser"), [(GITT, True), (TRUKKET, False), (ALDRI, False)])
def test_a_member_outside_health_knows_by_consent_only(se: Any, tilstand: str, ser: bool) -> None:
    view = se(NAV, kjent(HJELPERE, samtykke(NAV, tilstand, "plan.finnes")))
    assert (view is not None) is ser
    assert view is None or view.grunn.grunnlag == "C"


@pytest.mark.parametrize("se", [plan, gruppe])
def test_the_person_knows_from_sixteen_on(se: Any) -> None:
    assert se(PERSONEN, kjent(HJELPERE)).grunn.grunnlag == "S"
    assert se(PERSONEN, kjent(HJELPERE, født=NÅ.date().replace(year=NÅ.year - 15))) is None
    assert se(PERSONEN, kjent(HJELPERE, født=None)) is None


@pytest.mark.parametrize("part", [LEGEVAKT, SKOLE, "enhet-fana", "act-solli", "forvaltning-aarstad"])
@pytest.mark.parametrize("se", [plan, gruppe])
def test_everyone_else_knows_nothing(part: str, se: Any) -> None:
    assert se(part, kjent(HJELPERE)) is None


@pytest.mark.parametrize("se", [plan, gruppe])
def test_a_source_that_is_not_fresh_denies(se: Any) -> None:
    assert se(ACT, kjent(HJELPERE, fersk=False)) is None


def test_that_there_is_no_plan_is_told_on_r_and_s_and_never_on_c() -> None:
    om = kjent(HJELPERE, samtykke(NAV, GITT, "plan.finnes"))
    assert {part: plan(part, om).plan for part in (ACT, PERSONEN, NAV)} == {
        ACT: Deling.FINNES_IKKE,
        PERSONEN: Deling.FINNES_IKKE,
        NAV: Deling.IKKE_DELT,
    }


# -- who is in it: with the content of the plan --------------------------------------------------------------------


def medlemmer(part: str, om: Kjent) -> set[str]:
    return {m.part for m in gruppe(part, om).medlemmer}


def test_members_in_health_see_who_is_in_the_group() -> None:
    assert medlemmer(ACT, kjent(HJELPERE)) == {ENHET, ACT, NAV, HJEMMETJENESTE}


@pytest.mark.parametrize(
    ("deler", "ser"), [(("plan.finnes",), {NAV}), (("plan.*",), {ENHET, ACT, NAV, HJEMMETJENESTE})]
)
def test_a_member_outside_health_sees_the_parts_that_the_consent_names(deler: tuple[str, ...], ser: set[str]) -> None:
    assert medlemmer(NAV, kjent(HJELPERE, samtykke(NAV, GITT, *deler))) == ser


def test_the_dps_of_the_area_knows_of_the_group_and_not_who_is_in_it() -> None:
    assert medlemmer(DPS, kjent(HJELPERE)) == set()
    assert medlemmer(PAM, kjent(HJELPERE)) == {ENHET, ACT, NAV, HJEMMETJENESTE}


def test_an_invited_unit_sees_its_own_invitation_and_nothing_of_the_others() -> None:
    state = GRUPPE.fold(
        [
            AnsvarsgruppeOpprettet(av_part=ENHET, fra=NÅ),
            *medlem("m0", ENHET, Grupperolle.KOORDINATORS_ENHET),
            *medlem("m1", ACT, Grupperolle.ACT, med=None),
        ]
    )
    om = kjent(hjelper(ACT, R.MEDLEM, deler=("plan.finnes", "person.navn")))
    view = utsnitt.utsnitt_gruppe(state, ACT, om)
    assert view is not None
    assert [(m.part, m.tilstand.value) for m in view.medlemmer] == [(ACT, "INVITERT")]


def test_a_group_that_has_ended_says_so_to_those_who_still_may_know() -> None:
    state = GRUPPE.evolve(GRUPPEN, AnsvarsgruppeAvsluttet(grunn="flyttet"))
    view = utsnitt.utsnitt_gruppe(state, ENHET, kjent(hjelper(ENHET, R.KOORDINATOR)))
    assert view is not None
    assert view.avsluttet


# -- tasks: own; and the notice to those of the group who may know of the stay -------------------------------------


def oppgaver(part: str, om: Kjent) -> list[str]:
    view = gruppe(part, om)
    return [o.oppgave_ref for o in view.oppgaver] if view is not None else []


@pytest.mark.parametrize("part", [ENHET, ACT])
def test_the_koordinators_unit_has_the_task_and_a_member_who_may_know_of_the_stay_sees_it(part: str) -> None:
    assert oppgaver(part, kjent(HJELPERE, opphold=[opphold()])) == ["t1"]


@pytest.mark.parametrize("part", [HJEMMETJENESTE, PAM, DPS, PERSONEN])
def test_those_who_do_not_help_in_the_stay_or_are_not_in_the_group_get_no_notice(part: str) -> None:
    assert oppgaver(part, kjent(HJELPERE, opphold=[opphold()])) == []


def test_a_member_that_the_message_was_sent_to_gets_the_notice() -> None:
    til = opphold(mottakere=frozenset({HJEMMETJENESTE}))
    assert oppgaver(HJEMMETJENESTE, kjent(HJELPERE, opphold=[til])) == ["t1"]


@pytest.mark.parametrize(("tilstand", "ser"), [(GITT, ["t1"]), (TRUKKET, []), (ALDRI, [])])
def test_outside_health_the_stay_shows_by_consent_to_the_stay_only(tilstand: str, ser: list[str]) -> None:
    om_planen = samtykke(NAV, GITT, "plan.*")
    assert oppgaver(NAV, kjent(HJELPERE, om_planen, opphold=[opphold()])) == []
    om_begge = [*om_planen, *samtykke(NAV, tilstand, "opphold.finnes")]
    assert oppgaver(NAV, kjent(HJELPERE, om_begge, opphold=[opphold()])) == ser


KALL_INN = replace(
    OPPGAVE, oppgave_ref="t2", slag=Oppgaveslag.KALL_INN_ANSVARSGRUPPE, gjelder=om_dagen("o" * 32, NÅ.date())
)


@pytest.mark.parametrize(("part", "ser"), [(ENHET, True), (ACT, True), (FASTLEGE, False), (NAV, False)])
def test_that_the_group_is_summoned_shows_only_to_who_may_know_of_the_readiness(part: str, ser: bool) -> None:
    """access.md, "ready for discharge": not for the GP, nor for anybody outside the health service."""
    fastlegen = medlem("m4", FASTLEGE, Grupperolle.FASTLEGE)
    state = reduce(GRUPPE.evolve, [OppgaveFalt(oppgave_ref="t1", grunn="annet"), *fastlegen, KALL_INN], GRUPPEN)
    om = kjent(HJELPERE, samtykke(NAV, GITT, "plan.*", "opphold.finnes"), opphold=[opphold(klar=NÅ.date())])
    view = utsnitt.utsnitt_gruppe(state, part, om)
    assert view is not None
    assert [o.oppgave_ref for o in view.oppgaver] == (["t2"] if ser else [])


@pytest.mark.parametrize(("part", "venter"), [(ENHET, False), (ACT, False), (FASTLEGE, True), (NAV, True)])
def test_who_may_know_of_the_stay_and_not_of_the_readiness_is_told_that_the_group_waits_on(
    part: str, venter: bool
) -> None:
    om = kjent(HJELPERE, samtykke(NAV, GITT, "plan.*", "opphold.finnes"), opphold=[opphold(klar=NÅ.date())])
    assert gruppe(part, om).paa_vent is venter


def test_opposition_about_stays_hides_the_task_from_its_own_unit_too() -> None:
    assert oppgaver(ENHET, kjent(HJELPERE, sperringer=sperring(ENHET, "opphold.*"), opphold=[opphold()])) == []


def test_the_plan_stream_shows_its_task_to_its_own_unit_only() -> None:
    state = PLAN.evolve(PLANEN, OPPGAVE)
    om = kjent(HJELPERE, opphold=[opphold()])
    vist = {part: utsnitt.utsnitt_plan(state, part, om).oppgaver for part in (ENHET, ACT)}  # type: ignore[union-attr]
    assert {part: len(o) for part, o in vist.items()} == {ENHET: 1, ACT: 0}


# -- consents and oppositions: R, own, own, R, S, – ----------------------------------------------------------------


def gitt_til(part: str, nr: int) -> SamtykkeGitt:
    return SamtykkeGitt(
        samtykke_id=f"s{nr}", part=part, formaal="oppfoelging", deler=("plan.*",), gjelder_fra=NÅ, gjelder_til=None
    )


SAMTYKKENE = SAMTYKKE.fold(
    [
        gitt_til(ACT, 1),
        gitt_til(NAV, 2),
        SamtykkeTrukket(samtykke_id="s2", part=NAV, trukket=NÅ),
        SperringRegistrert(sperring_id="x1", part=SKOLE, deler=(), gjelder_fra=NÅ),
        SperringRegistrert(sperring_id="x3", part=LEGEVAKT, deler=(), gjelder_fra=NÅ),
        SperringRegistrert(sperring_id="x2", part=ACT, deler=("barn.*",), gjelder_fra=NÅ),
    ]
)


def samtykker(part: str, om: Kjent) -> set[str] | None:
    view = utsnitt.utsnitt_samtykke(SAMTYKKENE, part, om)
    if view is None:
        return None
    return {s.samtykke_id for s in view.samtykker} | {s.sperring_id for s in view.sperringer}


@pytest.mark.parametrize("part", [ENHET, PAM, DPS, PERSONEN])
def test_koordinators_unit_ward_dps_and_person_see_all_consents(part: str) -> None:
    assert samtykker(part, kjent(HJELPERE)) == {"s1", "s2", "x1", "x2", "x3"}


def test_a_member_in_health_sees_its_own_only() -> None:
    assert samtykker(ACT, kjent(HJELPERE)) == {"s1", "x2"}
    assert samtykker(HJEMMETJENESTE, kjent(HJELPERE)) is None


@pytest.mark.parametrize(("tilstand", "ser"), [(GITT, {"s2"}), (TRUKKET, None), (ALDRI, None)])
def test_a_member_outside_health_sees_its_own_while_it_holds(tilstand: str, ser: set[str] | None) -> None:
    assert samtykker(NAV, kjent(HJELPERE, samtykke(NAV, tilstand, "plan.*"))) == ser


@pytest.mark.parametrize("part", [SKOLE, LEGEVAKT])
def test_whom_the_person_opposes_is_not_told_of_the_person_by_that(part: str) -> None:
    assert samtykker(part, kjent(HJELPERE)) is None


def test_a_view_says_until_when_it_holds() -> None:
    view = plan(NAV, kjent(HJELPERE, samtykke(NAV, GITT, "plan.finnes")))
    assert view.grunn.gjelder_til is not None
    assert view.grunn.gjelder_til > NÅ


def test_candidates_are_those_with_a_ground_and_those_with_a_task() -> None:
    funnet = set(utsnitt.kandidater_gruppe(GRUPPEN, kjent(hjelper(ACT, R.ACT))))
    assert funnet == {ACT, ENHET, PERSONEN}


# -- many years --------------------------------------------------------------------------------------------------------


def test_of_years_of_consents_a_view_holds_what_holds_and_the_newest_of_the_rest_and_says_how_many_are_older() -> None:
    deler = tuple(f"opphold.{'x' * 50}" for _ in range(40))
    state = SAMTYKKE.initial
    for nr in range(60):
        fra = NÅ - timedelta(days=1000 - nr)
        gitt = SamtykkeGitt(
            samtykke_id=f"{nr:032}", part=NAV, formaal="samarbeid", deler=deler, gjelder_fra=fra, gjelder_til=None,
        )  # fmt: skip
        state = SAMTYKKE.evolve(state, gitt)
        if nr:
            state = SAMTYKKE.evolve(state, SamtykkeTrukket(samtykke_id=f"{nr:032}", part=NAV, trukket=fra))
    view = utsnitt.utsnitt_samtykke(state, ENHET, kjent(HJELPERE))
    assert view is not None
    viste = [int(s.samtykke_id) for s in view.samtykker]
    assert viste == [0, *range(60 - len(viste) + 1, 60)]
    assert view.eldre == 60 - len(viste) > 0
    assert len(view.samtykker) * 40 * 60 < MAX_BYTES


def test_of_years_of_members_a_view_holds_those_who_are_in_and_the_latest_of_the_rest() -> None:
    state = GRUPPE.initial
    hendelser = [h for nr in range(400) for h in medlem(f"m{nr}", NAV, Grupperolle.DPS, med=nr == 0)]
    for hendelse in hendelser:
        state = GRUPPE.evolve(state, hendelse)
    viste = [m.medlem_ref for m in utsnitt._medlemmer(state.medlemmer.values())]
    assert viste == ["m0", *(f"m{nr}" for nr in range(201, 400))]


def test_intake_12_a_plan_that_is_due_after_a_death_asks_nobody_to_go_through_it() -> None:
    """The day comes by itself: the plan does not know of the death, and its view does."""
    vurder = replace(OPPGAVE, oppgave_ref="t3", slag=Oppgaveslag.VURDER_PLAN, gjelder="2026-09-01")
    state = PLAN.evolve(PLANEN, vurder)
    viste = [utsnitt.utsnitt_plan(state, ENHET, kjent(HJELPERE, opphold=[opphold(død=død)])) for død in (False, True)]
    assert [[o.oppgave_ref for o in view.oppgaver] for view in viste if view is not None] == [["t3"], []]
