"""Who may know which part of a stay and of a person, party by party (access.md, "The stay", typed by hand below)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bindeledd.core.decider import Aggregate
from bindeledd.schema.generated.felles import Deling
from bindeledd.schema.generated.samhandling import Oppholdshendelse, Oppholdsstatus, OppholdUtsnitt, Utfall
from services.felles.grunnlag import Relasjon, Samtykke, Sperring
from services.felles.kjent import Kjent
from services.felles.oppholdsbilde import Opphold
from services.felles.tilgang import RelasjonSlag as R
from services.samhandling import opphold, person, utsnitt
from services.samhandling.opphold import RegistrerFaktum
from tests.dsl import (
    ACT,
    ALDRI,
    BARNEVERN,
    DPS,
    ENHET,
    FASTLEGE,
    GITT,
    HJEMMETJENESTE,
    NAV,
    NÅ,
    PAM,
    PERSONEN,
    RAMMER,
    SKOLE,
    SLT,
    TRUKKET,
    forseglet,
    hjelper,
    kjent,
    samtykke,
    sperring,
)
from tests.unit.samhandling.dsl import gitt
from tests.unit.samhandling.hendelser import innlagt, klar, rapport, trukket, utskrevet, varsel

FORVALTNING, LIVSKRISE = "forvaltning-aarstad", "livskrisehjelpen"
OPPHOLD = Aggregate(opphold.TOPIC, opphold.Opphold(), opphold.decide, opphold.evolve, opphold.forfaller)
INN = NÅ - timedelta(days=5)
ADRESSERT: dict[str, Any] = {"adressert": (HJEMMETJENESTE, FORVALTNING)}
HJELPERE = [*hjelper(ENHET, R.KOORDINATOR), *hjelper(ACT, R.ACT), *hjelper(FASTLEGE, R.FASTLEGE)]

ALT = {"finnes", "sted", "status", "klar", "svar", "helse", "utfall"}
FASIT = {
    HJEMMETJENESTE: ALT - {"svar"},
    FORVALTNING: ALT,
    ENHET: ALT,
    ACT: ALT,
    DPS: ALT,
    FASTLEGE: ALT - {"klar", "svar"},
    PERSONEN: ALT - {"utfall"},
    NAV: {"finnes", "sted"},
    SKOLE: {"finnes", "sted"},
    BARNEVERN: {"finnes", "sted"},
}
"""What each party may know of a stay: the first two are addressed, the next four help, the last three have consent."""


def et_opphold(*hendelser: Any) -> opphold.Opphold:
    """A stay that messages have told of, routed to DPS Kronstad."""
    fortalt = gitt(OPPHOLD, nå=NÅ, regler=RAMMER)
    for hendelse in hendelser:
        fortalt = fortalt.når(RegistrerFaktum(hendelse, "aarstad"), nå=hendelse.kilde.mottatt)
    state: opphold.Opphold = fortalt.state
    return state


INNLAGT = innlagt(1, INN, **ADRESSERT)
VARSEL = varsel(2, INN + timedelta(hours=2), **ADRESSERT)
KLAR = klar(3, NÅ - timedelta(days=1), **ADRESSERT)
UTSKREVET = utskrevet(4, NÅ - timedelta(hours=2), **ADRESSERT)
FULLT = et_opphold(INNLAGT, VARSEL, KLAR)
OVER = et_opphold(INNLAGT, VARSEL, KLAR, UTSKREVET)


def grunner(
    relasjoner: list[Relasjon] | None = None, samtykker: Sequence[Samtykke] = (), sperringer: Sequence[Sperring] = (),
    *, adressert: tuple[str, ...] = (), forkastet: bool = False, **annet: Any,
) -> Kjent:  # fmt: skip
    """What the answers rest on; one of the person's stays is routed to DPS Kronstad."""
    om = kjent(HJELPERE if relasjoner is None else relasjoner, samtykker, sperringer, **annet)
    return replace(om, opphold=(Opphold("o" * 32, dps=DPS),), adressert=frozenset(adressert), forkastet=forkastet)


def vist(part: str, state: opphold.Opphold = FULLT, av: Kjent | None = None) -> OppholdUtsnitt | None:
    return utsnitt.utsnitt_opphold(state, part, av or grunner())


def deler_i(view: OppholdUtsnitt | None, over: OppholdUtsnitt | None) -> set[str]:
    """The parts that are told: `over` is the view of the same stay when it had ended."""
    if view is None or over is None:
        return set()
    fortalt = {
        "finnes": view.innlagt is not None,
        "sted": view.sted is not None and view.dps is not None,
        "status": view.tidligmelding,
        "klar": view.utskrivningsklar is not None and view.beslutter is not None,
        "svar": bool(view.frister),
        "helse": view.helseopplysninger is not None,
        "utfall": over.utfall is not Utfall.UKJENT,
    }
    return {del_ for del_, ja in fortalt.items() if ja}


def delt(view: OppholdUtsnitt | None) -> dict[str, Deling]:
    return {} if view is None else {del_.del_: del_.deling for del_ in view.deler}


# -- the stay, party by party --------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [HJEMMETJENESTE, FORVALTNING, ENHET, ACT, DPS, FASTLEGE, PERSONEN])
def test_each_party_is_told_the_parts_that_the_table_gives_it(part: str) -> None:
    assert deler_i(vist(part), vist(part, OVER)) == FASIT[part]


@pytest.mark.parametrize("part", [NAV, SKOLE, BARNEVERN])
@pytest.mark.parametrize("tilstand", [GITT, TRUKKET, ALDRI])
def test_outside_the_health_service_only_a_consent_in_force_opens(part: str, tilstand: str) -> None:
    av = grunner(samtykker=samtykke(part, tilstand, "opphold.*"))
    assert deler_i(vist(part, av=av), vist(part, OVER, av)) == (FASIT[part] if tilstand == GITT else set())
    assert (part in utsnitt.kandidater_opphold(FULLT, av)) == (tilstand == GITT)


@pytest.mark.parametrize("tilstand", [GITT, TRUKKET, ALDRI])
@pytest.mark.parametrize("part", [ACT, ENHET, FASTLEGE])
def test_those_who_help_need_no_consent_and_lose_nothing_when_one_is_withdrawn(part: str, tilstand: str) -> None:
    """Withdrawal is not opposition (walkthrough.md)."""
    av = grunner(samtykker=samtykke(part, tilstand, "opphold.*"))
    assert deler_i(vist(part, av=av), vist(part, OVER, av)) == FASIT[part]


@pytest.mark.parametrize("tilstand", [GITT, TRUKKET, ALDRI])
def test_where_a_relation_is_missing_a_consent_opens_the_same_parts(tilstand: str) -> None:
    av = grunner([], samtykke(ACT, tilstand, "opphold.*"))
    assert deler_i(vist(ACT, av=av), vist(ACT, OVER, av)) == (FASIT[ACT] if tilstand == GITT else set())


def test_a_consent_opens_only_the_parts_it_names() -> None:
    av = grunner(samtykker=samtykke(NAV, GITT, "opphold.finnes"))
    assert deler_i(vist(NAV, av=av), vist(NAV, OVER, av)) == {"finnes"}
    assert delt(vist(NAV, av=av))["sted"] is Deling.IKKE_DELT


@pytest.mark.parametrize("part", [NAV, SKOLE, BARNEVERN, SLT, "act-solli", "dps-solli", "enhet-fana", LIVSKRISE, PAM])
def test_who_has_no_ground_gets_nothing_at_all(part: str) -> None:
    assert vist(part) is None
    assert part not in utsnitt.kandidater_opphold(FULLT, grunner())


@pytest.mark.parametrize("part", [ACT, ENHET, FASTLEGE, DPS])
def test_an_opposition_closes_what_a_relation_opened(part: str) -> None:
    assert vist(part, av=grunner(sperringer=sperring(part))) is None


def test_an_opposition_to_one_part_closes_that_part() -> None:
    av = grunner(sperringer=sperring(ACT, "opphold.helse"))
    assert deler_i(vist(ACT, av=av), vist(ACT, OVER, av)) == FASIT[ACT] - {"helse"}


@pytest.mark.parametrize("part", [HJEMMETJENESTE, FORVALTNING])
def test_who_was_addressed_is_told_whatever_the_person_opposes(part: str) -> None:
    av = grunner(sperringer=sperring(None))
    assert deler_i(vist(part, av=av), vist(part, OVER, av)) == FASIT[part]


@pytest.mark.parametrize(("part", "ser"), [(ACT, False), (NAV, False), (HJEMMETJENESTE, True), (PERSONEN, True)])
def test_when_the_source_of_consents_is_stale_nothing_opens_that_rests_on_it(part: str, ser: bool) -> None:
    av = grunner(samtykker=samtykke(NAV, GITT, "opphold.*"), fersk=False)
    assert (vist(part, av=av) is not None) == ser


@pytest.mark.parametrize(("alder", "ser"), [(15, False), (16, True)])
def test_the_person_is_told_from_sixteen(alder: int, ser: bool) -> None:
    født = date(NÅ.year - alder, 1, 1)
    assert (vist(PERSONEN, av=grunner(født=født)) is not None) == ser


def test_a_party_without_the_ready_part_sees_an_ordinary_stay() -> None:
    view = vist(FASTLEGE)
    assert view is not None
    assert view.status is Oppholdsstatus.INNLAGT
    assert Oppholdshendelse.UTSKRIVNINGSKLAR not in {linje.slag for linje in view.historie}


def test_a_copy_receiver_is_told_as_one_and_gets_no_task() -> None:
    """Intake rule 6."""
    state = et_opphold(innlagt(1, INN, adressert=(FORVALTNING,), kopi=(HJEMMETJENESTE,)))
    kopi, mottaker = vist(HJEMMETJENESTE, state), vist(FORVALTNING, state)
    assert kopi is not None
    assert mottaker is not None
    assert (kopi.kopi, mottaker.kopi) == (True, False)


def test_each_party_is_shown_its_own_tasks_only() -> None:
    state = et_opphold(INNLAGT, KLAR)
    for part in (HJEMMETJENESTE, FORVALTNING):
        view = vist(part, state)
        assert view is not None
        assert {oppgave.part for oppgave in view.oppgaver} == {part}
    act = vist(ACT, state)
    assert act is not None
    assert act.oppgaver == ()


# -- shared, not shared, none --------------------------------------------------------------------------------------


TOMT = et_opphold(innlagt(1, INN, adressert=(), kopi=(HJEMMETJENESTE,)))
"""A stay of which only the admission is known, by a copy: no notice, no clock, not ready."""


@pytest.mark.parametrize(
    ("part", "fravær"), [(ACT, Deling.FINNES_IKKE), (PERSONEN, Deling.FINNES_IKKE), (HJEMMETJENESTE, Deling.IKKE_DELT)]
)
def test_that_there_is_none_is_told_to_those_who_help_and_to_the_person_only(part: str, fravær: Deling) -> None:
    relasjoner = [*HJELPERE, *hjelper(DPS, R.DPS_OMRAADE)]
    stilling = delt(vist(part, TOMT, grunner(relasjoner)))
    assert stilling["sted"] is Deling.DELT
    assert (stilling["status"], stilling["helse"]) == (fravær, fravær)


def test_what_is_there_and_not_for_this_party_is_not_shared_and_never_none() -> None:
    stilling = delt(vist(FASTLEGE))
    assert (stilling["klar"], stilling["svar"]) == (Deling.IKKE_DELT, Deling.IKKE_DELT)
    assert (stilling["status"], stilling["helse"]) == (Deling.DELT, Deling.DELT)


# -- the outcome ---------------------------------------------------------------------------------------------------


def avslutt(kode: str) -> opphold.Opphold:
    return et_opphold(INNLAGT, VARSEL, utskrevet(4, NÅ - timedelta(hours=2), kode=kode, **ADRESSERT))


@pytest.mark.parametrize(
    ("part", "status", "utfall"),
    [
        (ACT, Oppholdsstatus.DOED, Utfall.DOED),
        (HJEMMETJENESTE, Oppholdsstatus.DOED, Utfall.DOED),
        (NAV, Oppholdsstatus.UTSKREVET, Utfall.UKJENT),
    ],
)
def test_a_party_outside_learns_that_the_stay_is_over_and_never_how(
    part: str, status: Oppholdsstatus, utfall: Utfall
) -> None:
    """Story D: "appointments ended", no cause."""
    view = vist(part, avslutt("2"), grunner(samtykker=samtykke(NAV, GITT, "opphold.*")))
    assert view is not None
    assert (view.status, view.utfall) == (status, utfall)


@pytest.mark.parametrize("kode", ["2", "3"])
def test_a_suicide_reaches_livskrisehjelpen_and_the_treating_units_only(kode: str) -> None:
    """Intake rule 12; for any other cause of death nobody is told of a suicide."""
    relasjoner = [*HJELPERE, *hjelper("dps-solli", R.DPS_BEHANDLER), *hjelper(PAM, R.AVDELING)]
    av = grunner(relasjoner, samtykke(NAV, GITT, "opphold.*"))
    state = avslutt(kode)
    alle = {*utsnitt.kandidater_opphold(state, av), SKOLE, SLT, BARNEVERN, "forum"}
    fortalt = {p for p in alle if (view := utsnitt.utsnitt_opphold(state, p, av)) is not None and view.livskrise}
    assert fortalt == ({LIVSKRISE, ENHET, ACT, "dps-solli"} if kode == "3" else set())


def test_livskrisehjelpen_is_told_that_and_no_more() -> None:
    view = vist(LIVSKRISE, avslutt("3"))
    assert view is not None
    assert (view.livskrise, view.grunn.grunnlag) == (True, "A")
    assert (view.innlagt, view.sted, view.helseopplysninger, view.historie) == (None, None, None, ())
    assert (view.status, view.utfall, view.frister) == (Oppholdsstatus.UKJENT, Utfall.UKJENT, ())


# -- withdrawn and changed -----------------------------------------------------------------------------------------


def test_what_was_withdrawn_is_shown_as_withdrawn() -> None:
    state = et_opphold(INNLAGT, KLAR, trukket(5, NÅ, 3, "LOG_UTSKRIVNINGSKLAR", **ADRESSERT))
    view = vist(HJEMMETJENESTE, state)
    assert view is not None
    assert view.utskrivningsklar is None
    assert [(linje.slag, linje.trukket) for linje in view.historie] == [
        (Oppholdshendelse.INNLAGT, False), (Oppholdshendelse.UTSKRIVNINGSKLAR, True),
    ]  # fmt: skip


def test_a_cancelled_admission_is_told_to_those_addressed_and_closes_for_the_routed_dps() -> None:
    state = et_opphold(INNLAGT, trukket(5, NÅ, 1, **ADRESSERT))
    view = vist(HJEMMETJENESTE, state)
    assert view is not None
    assert view.status is Oppholdsstatus.KANSELLERT
    assert vist(DPS, state) is None


def test_a_stay_that_holds_nothing_is_shown_to_nobody() -> None:
    assert vist(HJEMMETJENESTE, opphold.Opphold()) is None


def test_a_report_is_a_line_for_those_who_may_know_its_kind() -> None:
    state = et_opphold(INNLAGT, rapport(5, NÅ, **ADRESSERT))
    act, nav = vist(ACT, state), vist(NAV, state, grunner(samtykker=samtykke(NAV, GITT, "opphold.*")))
    assert act is not None
    assert nav is not None
    assert [linje.type for linje in act.historie] == ["LOG_INNLAGT", "INNLEGGELSESRAPPORT"]
    assert [linje.type for linje in nav.historie] == ["LOG_INNLAGT"]


def test_a_discarded_patient_is_shown_to_nobody() -> None:
    """Intake rule 13."""
    av = grunner(samtykker=samtykke(NAV, GITT, "opphold.*"), forkastet=True)
    assert set(utsnitt.kandidater_opphold(FULLT, av)) == set()
    assert [p for p in FASIT if vist(p, av=av) is not None] == []


# -- the person ----------------------------------------------------------------------------------------------------


KJENT = person.Person(finnes=True, bekreftet=True, personalia=forseglet("personalia"), bydel="aarstad")


@pytest.mark.parametrize(
    ("part", "grunn"),
    [
        (HJEMMETJENESTE, "A"), (ENHET, "R"), (ACT, "R"), (DPS, "R"), (FASTLEGE, "R"), (PERSONEN, "S"),
        (NAV, ""), (SKOLE, ""), (LIVSKRISE, ""), (SLT, ""),
    ],
)  # fmt: skip
def test_who_may_know_anything_of_the_person_may_know_who_it_is(part: str, grunn: str) -> None:
    av = grunner(adressert=(HJEMMETJENESTE,))
    view = utsnitt.utsnitt_person(KJENT, part, av)
    assert (view.grunn.grunnlag if view is not None else "") == grunn
    assert (part in utsnitt.kandidater_person(KJENT, av)) == bool(grunn)


@pytest.mark.parametrize("tilstand", [GITT, TRUKKET, ALDRI])
def test_outside_the_health_service_the_name_follows_any_consent_in_force(tilstand: str) -> None:
    av = grunner(samtykker=samtykke(NAV, tilstand, "opphold.finnes"))
    assert (utsnitt.utsnitt_person(KJENT, NAV, av) is not None) == (tilstand == GITT)


@pytest.mark.parametrize("part", [HJEMMETJENESTE, ENHET, ACT, DPS, FASTLEGE, PERSONEN])
def test_that_somebody_may_be_here_twice_is_told_to_the_unit_that_received_the_message(part: str) -> None:
    """access.md: "Message log and manual queue: the receiving unit's people with that task"."""
    i_tvil = replace(KJENT, tvilsomme={"k" * 32: "samme navn"})
    view = utsnitt.utsnitt_person(i_tvil, part, grunner(adressert=(HJEMMETJENESTE,)))
    assert view is not None
    fortalt = [(t.kandidat, t.grunn) for t in view.tvil]
    assert fortalt == ([("k" * 32, "samme navn")] if part == HJEMMETJENESTE else [])


@pytest.mark.parametrize(
    "state",
    [person.Person(), replace(KJENT, slått_inn_i="q" * 32), replace(KJENT, forkastet=NÅ)],
    ids=["unknown", "lives on in another record", "discarded"],
)
def test_what_is_no_person_of_its_own_is_shown_to_nobody(state: person.Person) -> None:
    av = grunner(adressert=(HJEMMETJENESTE,))
    assert set(utsnitt.kandidater_person(state, av)) == set()
    assert utsnitt.utsnitt_person(state, HJEMMETJENESTE, av) is None
