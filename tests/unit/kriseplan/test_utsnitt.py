"""Who may know which part of a crisis plan, party by party (access.md, "Crisis plan")."""

from __future__ import annotations

from typing import Any

import pytest

from bindeledd.schema.generated.felles import Deling, Oppgaveslag
from bindeledd.schema.generated.kriseplan import (
    KriseplanEtterlyst,
    KriseplanOpprettet,
    KriseplanrevisjonForfalt,
    KriseplanTakketNei,
    KriseplanTilbakekalt,
    KriseplanTilbudt,
    Kriseplantilstand,
)
from services.felles.kjent import Kjent
from services.felles.tilgang import RelasjonSlag as R
from services.kriseplan.plan import DELER
from services.kriseplan.tjeneste import tjeneste
from services.kriseplan.utsnitt import kandidater, utsnitt
from tests import dsl
from tests.dsl import (
    ACT,
    ALDRI,
    BARNEVERN,
    DPS,
    ENHET,
    FASTLEGE,
    GITT,
    HELSESTASJON,
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
    hjelper,
    kjent,
    oppgave,
    opphold,
    samtykke,
    sperring,
    utskrevet,
)

(KRISEPLAN,) = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
HJELPERE = [*dsl.HJELPERE, *hjelper(HELSESTASJON, R.MEDLEM), *hjelper(NAV, R.MEDLEM)]
INNHOLD: dict[str, Any] = {d: forseglet(d) for d in DELER if d != "kontakter"}
OPPRETTET = KriseplanOpprettet(eier_part=ACT, versjon=1, laget=NÅ, medvirkning=("pasient",), **INNHOLD)
PLAN = KRISEPLAN.fold([OPPRETTET])


MANGLER = KRISEPLAN.fold([KriseplanEtterlyst(opphold_ref=OPPHOLDET), oppgave(Oppgaveslag.LAG_KRISEPLAN, ENHET)])


def delt(part: str, om: Kjent, state: Any = PLAN) -> set[str] | None:
    """The parts whose content the party has; None when it has no view."""
    view = utsnitt(state, part, om)
    if view is None:
        return None
    assert {d.del_ for d in view.deler if d.deling is Deling.DELT} == {d for d in DELER if getattr(view, d) is not None}
    return {d for d in DELER if getattr(view, d) is not None}


ALT = {d for d in DELER if d != "kontakter"}

# -- author units: R -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [ENHET, ACT])
def test_author_units_have_all_of_it_by_relation(part: str) -> None:
    assert delt(part, kjent(HJELPERE)) == ALT
    assert utsnitt(PLAN, part, kjent(HJELPERE)).grunn.grunnlag == "R"  # type: ignore[union-attr]


def test_the_unit_that_keeps_the_plan_is_its_author_also_when_it_is_in_no_group() -> None:
    assert delt(ACT, kjent()) == ALT
    assert ACT in kandidater(PLAN, kjent())


@pytest.mark.parametrize("part", [ENHET, ACT])
def test_hpl_25_an_author_unit_that_the_person_opposes_has_nothing(part: str) -> None:
    assert delt(part, kjent(HJELPERE, sperringer=sperring(part))) is None


def test_opposition_to_a_part_takes_that_part_and_no_other() -> None:
    om = kjent(HJELPERE, sperringer=sperring(ACT, "kriseplan.barn"))
    assert delt(ACT, om) == ALT - {"barn"}
    status = {d.del_: d.deling for d in utsnitt(PLAN, ACT, om).deler}  # type: ignore[union-attr]
    assert status["barn"] is Deling.IKKE_DELT
    assert status["kontakter"] is Deling.FINNES_IKKE


# -- everybody else: C, part by part -------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [PAM, LEGEVAKT, DPS, HJEMMETJENESTE, FASTLEGE, NAV, SKOLE, HELSESTASJON, BARNEVERN])
def test_others_have_nothing_without_consent_not_even_the_ward(part: str) -> None:
    assert delt(part, kjent(HJELPERE, opphold=[opphold()])) is None


@pytest.mark.parametrize("part", [PAM, LEGEVAKT, DPS, HJEMMETJENESTE, FASTLEGE, NAV])
@pytest.mark.parametrize("del_", sorted(ALT))
@pytest.mark.parametrize("tilstand", [GITT, TRUKKET, ALDRI])
def test_consent_opens_exactly_the_part_that_it_names_while_it_holds(part: str, del_: str, tilstand: str) -> None:
    om = kjent(HJELPERE, samtykke(part, tilstand, f"kriseplan.{del_}"))
    assert delt(part, om) == ({del_} if tilstand == GITT else None)


@pytest.mark.parametrize("part", [HELSESTASJON, BARNEVERN])
def test_helsestasjon_and_barnevern_get_the_childrens_part_only(part: str) -> None:
    assert delt(part, kjent(HJELPERE, samtykke(part, GITT, "kriseplan.*"))) == {"barn"}


def test_school_gets_nothing_whatever_the_consent() -> None:
    assert delt(SKOLE, kjent(HJELPERE, samtykke(SKOLE, GITT, "kriseplan.*"))) is None


def test_a_part_that_is_not_in_the_plan_is_told_as_missing_on_r_and_s_only() -> None:
    om = kjent(HJELPERE, samtykke(PAM, GITT, "kriseplan.*"))
    status = {
        part: next(d.deling for d in utsnitt(PLAN, part, om).deler if d.del_ == "kontakter")  # type: ignore[union-attr]
        for part in (ACT, PERSONEN, PAM)
    }
    assert status == {ACT: Deling.FINNES_IKKE, PERSONEN: Deling.FINNES_IKKE, PAM: Deling.IKKE_DELT}


def test_the_person_has_all_of_it() -> None:
    assert delt(PERSONEN, kjent(HJELPERE)) == ALT


def test_a_source_that_is_not_fresh_closes_all_but_the_persons_own() -> None:
    om = kjent(HJELPERE, samtykke(PAM, GITT, "kriseplan.*"), fersk=False)
    assert {part: delt(part, om) for part in (ACT, PAM, PERSONEN)} == {ACT: None, PAM: None, PERSONEN: ALT}


# -- that there is none --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [ENHET, ACT])
def test_those_with_r_learn_at_an_admission_that_there_is_none(part: str) -> None:
    view = utsnitt(MANGLER, part, kjent(HJELPERE, opphold=[opphold()]))
    assert view is not None
    assert (view.finnes, view.tilstand) == (Deling.FINNES_IKKE, Kriseplantilstand.ETTERLYST)


@pytest.mark.parametrize("part", [PAM, DPS, NAV, HJEMMETJENESTE, FASTLEGE, LEGEVAKT, PERSONEN])
@pytest.mark.parametrize("tilstand", [GITT, TRUKKET, ALDRI])
def test_nobody_else_learns_it_by_the_admission(part: str, tilstand: str) -> None:
    om = kjent(HJELPERE, samtykke(part, tilstand, "kriseplan.*") if part != PERSONEN else [], opphold=[opphold()])
    assert utsnitt(MANGLER, part, om) is None


def test_who_may_not_know_of_the_stay_does_not_learn_of_it_by_a_plan_that_is_missed() -> None:
    om = kjent(HJELPERE, sperringer=sperring(ACT, "opphold.*"), opphold=[opphold()])
    assert utsnitt(MANGLER, ACT, om) is None


def test_hpl_25_a_task_tells_not_that_there_is_no_plan_to_who_may_not_know_of_plans() -> None:
    om = kjent(HJELPERE, sperringer=sperring(ENHET, "kriseplan.finnes"), opphold=[opphold()])
    view = utsnitt(MANGLER, ENHET, om)
    assert view is not None
    assert (view.finnes, view.tilstand, len(view.oppgaver)) == (Deling.IKKE_DELT, Kriseplantilstand.UKJENT, 1)


def test_the_unit_with_the_task_sees_it_and_others_do_not() -> None:
    om = kjent(HJELPERE, opphold=[opphold()])
    assert [o.slag for o in utsnitt(MANGLER, ENHET, om).oppgaver] == [Oppgaveslag.LAG_KRISEPLAN]  # type: ignore[union-attr]
    assert utsnitt(MANGLER, ACT, om).oppgaver == ()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("event", "nå"),
    [
        (KriseplanTilbudt(part=ENHET), Kriseplantilstand.TILBUDT),
        (KriseplanTakketNei(part=ENHET), Kriseplantilstand.TAKKET_NEI),
    ],
)
def test_an_offer_and_a_no_are_seen_by_the_person_and_by_those_with_r(event: Any, nå: Kriseplantilstand) -> None:
    state = KRISEPLAN.fold([event])
    view = {part: utsnitt(state, part, kjent(HJELPERE)) for part in (ENHET, ACT, PERSONEN, PAM, NAV)}
    assert {part: v and v.tilstand for part, v in view.items()} == {
        ENHET: nå,
        ACT: nå,
        PERSONEN: nå,
        PAM: None,
        NAV: None,
    }


def test_when_the_plan_is_recalled_every_copy_ends() -> None:
    state = KRISEPLAN.evolve(PLAN, KriseplanTilbakekalt(grunn="annet"))
    om = kjent(HJELPERE, samtykke(PAM, GITT, "kriseplan.*"))
    assert utsnitt(state, PAM, om) is None
    assert delt(ACT, om, state) == set()
    assert utsnitt(state, ACT, om).tilstand is Kriseplantilstand.TILBAKEKALT  # type: ignore[union-attr]


# -- after a stay --------------------------------------------------------------------------------------------------


def test_that_it_must_be_gone_through_is_told_to_those_who_may_know_of_the_stay() -> None:
    state = KRISEPLAN.fold(
        [
            OPPRETTET,
            KriseplanrevisjonForfalt(opphold_ref=OPPHOLDET, grunn="utskrevet"),
            oppgave(Oppgaveslag.VURDER_KRISEPLAN, ACT),
        ]
    )
    om = kjent(HJELPERE, samtykke(LEGEVAKT, GITT, "kriseplan.*"), opphold=[utskrevet()])
    nå = {part: utsnitt(state, part, om).tilstand for part in (ACT, ENHET, PERSONEN, LEGEVAKT)}  # type: ignore[union-attr]
    forfalt, gjelder = Kriseplantilstand.REVISJON_FORFALT, Kriseplantilstand.GJELDER
    assert nå == {ACT: forfalt, ENHET: forfalt, PERSONEN: forfalt, LEGEVAKT: gjelder}


def test_where_nothing_has_happened_nobody_has_a_view() -> None:
    for part in (ACT, ENHET, PERSONEN, PAM):
        assert utsnitt(KRISEPLAN.initial, part, kjent(HJELPERE)) is None
