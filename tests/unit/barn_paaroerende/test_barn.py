"""A child's case: one whoever is ill, referrals in three states, and the baton (hpl §§10a, 10b, 25, 33)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bindeledd.schema.generated.barn_paaroerende import (
    Barnerelasjon,
    Henvisningsgrunnlag,
    Henvisningstilstand,
    Meldepliktutfall,
)
from services.barn_pårørende import barn, sak
from services.barn_pårørende.barn import (
    AvsluttTiltak,
    AvstemSak,
    Besvar,
    FølgOppEtterlatt,
    Henvis,
    HørBarnet,
    Registrer,
    SendHoldt,
    StartTiltak,
    TaImot,
    VurderMeldeplikt,
)
from services.barn_pårørende.tjeneste import tjeneste
from services.felles.oppgaver import LøsOppgave, TaOppgave
from tests.dsl import (
    BARNEHAGE,
    DPS,
    ENHVER,
    FASTLEGE,
    HELSESTASJON,
    NAV,
    NÅ,
    PAM,
    RAMMER,
    SKOLE,
    Gitt,
    forseglet,
    given,
)

SAK = next(a for a in tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates if a.topic == sak.BARN)
MOR, FAR, H = "m" * 32, "f" * 32, "h" * 32
SAMTYKKET, IKKE_MOTSATT, MOTSATT = (
    Henvisningsgrunnlag.SAMTYKKET,
    Henvisningsgrunnlag.IKKE_MOTSATT,
    Henvisningsgrunnlag.MOTSATT,
)
MORS = Registrer(MOR, DPS, Barnerelasjon.FORELDER, forseglet("barnet"), None, forseglet("behov"))
FARS = replace(MORS, forelder=FAR, part=PAM)
REGISTRERT = given(SAK).og(MORS)


def henvis(til: str = HELSESTASJON, grunnlag: Henvisningsgrunnlag = IKKE_MOTSATT, ref: str = H) -> Henvis:
    return Henvis(ref, MOR, DPS, til, grunnlag, forseglet("stoettebehov"), forseglet("kontakt"), None)


def avstem(*par: tuple[str, str], døde: dict[str, str] | None = None) -> AvstemSak:
    return AvstemSak(frozenset(par), døde or {})


KAN = avstem((MOR, HELSESTASJON))
SENDT = REGISTRERT.og(henvis(), KAN)
MOTTATT = SENDT.og(TaImot(H, HELSESTASJON, "demo-072"), KAN)


def åpne(gitt: Gitt) -> set[tuple[str, str]]:
    return {(o.slag.value, o.part) for o in gitt.state.oppgaver.åpne()}


def tilstanden(gitt: Gitt) -> Henvisningstilstand:
    funnet: Henvisningstilstand = gitt.state.henvisninger[H].tilstand
    return funnet


# -- one case, and each service's part -----------------------------------------------------------------------------


def test_hpl_10a_a_child_that_is_registered_shall_be_referred_or_somebody_says_why_not() -> None:
    registrert = REGISTRERT.og(avstem())
    assert åpne(registrert) == {("HENVIS_BARN", DPS)}
    (ref,) = registrert.state.oppgaver.alle
    assert åpne(registrert.og(LøsOppgave(ref, "demo-101", DPS), avstem())) == set()


def test_another_adult_of_the_family_has_a_part_of_the_same_case() -> None:
    begge = REGISTRERT.og(FARS)
    assert begge.state.foreldre == {MOR, FAR}
    begge.when(FARS).then_refused("barn.registrert")


def test_a_unit_refers_only_the_child_that_it_has_registered_and_once_to_each() -> None:
    REGISTRERT.when(replace(henvis(), fra_part=PAM)).then_refused("barn.del")
    SENDT.when(henvis()).then_refused("barn.henvist")
    SENDT.when(henvis(NAV)).then_refused("barn.mottaker")


# -- three states for each receiver (rules 1.4) --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("til", "grunnlag", "holdt"),
    [
        (HELSESTASJON, SAMTYKKET, False),
        (HELSESTASJON, IKKE_MOTSATT, False),
        (HELSESTASJON, MOTSATT, True),
        ("bup", IKKE_MOTSATT, False),
        (FASTLEGE, MOTSATT, True),
        (BARNEHAGE, SAMTYKKET, False),
        (BARNEHAGE, IKKE_MOTSATT, True),
        (SKOLE, MOTSATT, True),
        ("ppt", IKKE_MOTSATT, True),
    ],
)
def test_hpl_25_a_health_receiver_unless_opposed_hpl_22_any_other_by_consent_only(
    til: str, grunnlag: Henvisningsgrunnlag, holdt: bool
) -> None:
    henvist = REGISTRERT.og(henvis(til, grunnlag))
    assert tilstanden(henvist) is (Henvisningstilstand.HOLDT if holdt else Henvisningstilstand.SENDT)


@pytest.mark.parametrize("til", [HELSESTASJON, BARNEHAGE, "forum"])
def test_an_unknown_state_of_a_newer_release_sends_nothing(til: str) -> None:
    slag = RAMMER.oppsett.parter[til].slag
    assert not barn.kan_sendes(slag, Henvisningsgrunnlag.UKJENT)


def test_hpl_10a_a_held_referral_asks_for_the_talk_and_is_sent_by_a_person_when_the_parent_has_said_yes() -> None:
    holdt = REGISTRERT.og(henvis(BARNEHAGE, IKKE_MOTSATT), avstem())
    assert åpne(holdt) == {("SNAKK_MED_FORELDER", DPS)}
    holdt.when(SendHoldt(H, DPS, IKKE_MOTSATT)).then_refused("hpl §22: samtykke")
    holdt.when(TaImot(H, BARNEHAGE, "x")).then_refused("barn.tatt")
    ja = holdt.og(avstem((MOR, BARNEHAGE)))
    assert åpne(ja) == {("HENVIS_BARN", DPS)}
    sendt = ja.og(SendHoldt(H, DPS, SAMTYKKET), avstem((MOR, BARNEHAGE)))
    assert (tilstanden(sendt), sendt.state.henvisninger[H].grunnlag) == (Henvisningstilstand.SENDT, SAMTYKKET)
    sendt.when(SendHoldt(H, DPS, SAMTYKKET)).then_refused("barn.sendt")


def test_when_the_receiver_may_not_have_it_any_more_the_sender_has_the_baton_and_talks_with_the_parent() -> None:
    assert åpne(MOTTATT.og(avstem())) == {("SNAKK_MED_FORELDER", DPS)}


# -- the baton -----------------------------------------------------------------------------------------------------


def test_the_baton_is_with_the_sender_until_somebody_at_the_receiver_takes_it() -> None:
    assert åpne(SENDT) == {("TA_IMOT_HENVISNING", HELSESTASJON), ("FOELG_OPP_BARN", DPS)}
    assert åpne(MOTTATT) == {("FOELG_OPP_BARN", HELSESTASJON)}


@pytest.mark.parametrize("gjør", [TaOppgave, LøsOppgave])
def test_to_take_the_task_is_to_take_the_referral(gjør: Any) -> None:
    ref = next(o.oppgave_ref for o in SENDT.state.oppgaver.åpne() if o.part == HELSESTASJON)
    SENDT.when(gjør(ref, "demo-072", HELSESTASJON)).then_kinds("BarnHenvisningMottatt", "OppgaveLoest")


def test_a_referral_is_taken_once_and_by_its_receiver() -> None:
    SENDT.when(TaImot(H, SKOLE, "x")).then_refused("barn.henvisning")
    MOTTATT.when(TaImot(H, HELSESTASJON, "x")).then_refused("barn.tatt")
    SENDT.when(Besvar(H, HELSESTASJON, True, None)).then_refused("barn.besvart")


def test_who_does_not_help_gives_the_baton_back() -> None:
    nei = MOTTATT.og(Besvar(H, HELSESTASJON, False, None), KAN)
    assert åpne(nei) == {("HENVIS_BARN", DPS)}
    assert tilstanden(nei.og(henvis(ref="i" * 32))) is Henvisningstilstand.TAR_IKKE_IMOT


def test_who_helps_has_the_baton_until_all_that_was_done_has_ended() -> None:
    ja = MOTTATT.og(Besvar(H, HELSESTASJON, True, None), KAN)
    startet = ja.og(StartTiltak(H, HELSESTASJON, forseglet("tiltak")), KAN)
    assert åpne(startet) == {("FOELG_OPP_BARN", HELSESTASJON)}
    (ref,) = startet.state.tiltak
    startet.when(AvsluttTiltak(ref, SKOLE, "annet")).then_refused("barn.tiltak")
    startet.when(AvsluttTiltak(ref, HELSESTASJON, "fordi")).then_refused("barn.grunn")
    assert åpne(startet.og(AvsluttTiltak(ref, HELSESTASJON, "gjennomfoert"), KAN)) == set()
    MOTTATT.when(StartTiltak(H, HELSESTASJON, forseglet("tiltak"))).then_refused("barn.tiltak")


# -- §33, §10b and the child itself --------------------------------------------------------------------------------


def test_hpl_33_an_assessment_is_written_down_and_sends_nothing() -> None:
    vurdert = REGISTRERT.when(VurderMeldeplikt(MOR, DPS, "demo-101", Meldepliktutfall.MELD, forseglet("vurdering")))
    vurdert.then_kinds("MeldepliktVurdert")
    assert åpne(vurdert.etter().og(avstem())) == {("HENVIS_BARN", DPS)}
    andre = VurderMeldeplikt(MOR, PAM, "x", Meldepliktutfall.MELD, forseglet("v"))
    REGISTRERT.when(andre).then_refused("barn.del")


def test_hpl_10b_a_death_gives_the_childs_case_a_task_of_its_own() -> None:
    død = avstem(døde={MOR: DPS})
    etter = REGISTRERT.og(død)
    assert åpne(etter) == {("FOELG_OPP_ETTERLATTE", DPS)}
    fulgt_opp = etter.og(FølgOppEtterlatt(MOR, DPS, "demo-101", None), død)
    assert åpne(fulgt_opp) == set()
    assert fulgt_opp.state.deler[MOR, DPS].fulgt_opp == NÅ
    REGISTRERT.when(FølgOppEtterlatt(MOR, DPS, "demo-101", None)).then_refused("hpl §10b")


def test_hpl_10b_to_do_the_task_is_to_say_that_the_child_was_looked_to() -> None:
    etter = REGISTRERT.og(avstem(døde={MOR: DPS}))
    (oppgaven,) = etter.state.oppgaver.åpne()
    etter.when(LøsOppgave(oppgaven.oppgave_ref, "demo-101", DPS)).then_kinds("EtterlatteFulgtOpp", "OppgaveLoest")


def test_hpl_10b_the_death_of_one_leaves_what_is_done_because_of_the_other() -> None:
    etter = REGISTRERT.og(FARS, avstem(døde={MOR: DPS}))
    assert åpne(etter) == {("FOELG_OPP_ETTERLATTE", DPS), ("HENVIS_BARN", PAM)}


def test_a_death_that_was_taken_back_takes_the_task_back() -> None:
    assert åpne(REGISTRERT.og(avstem(døde={MOR: DPS}), avstem())) == {("HENVIS_BARN", DPS)}


def test_a_child_is_heard_and_may_ask_that_the_parents_are_not_told() -> None:
    REGISTRERT.when(HørBarnet(DPS, forseglet("sagt"), True)).then_kinds("BarnetHoert")


@pytest.mark.parametrize(
    "rekke", [[MORS, FARS], [FARS, MORS]], ids=["the mother's first", "the father's first"]
)  # fmt: skip
def test_the_same_registrations_in_any_order_leave_the_same_tasks(rekke: list[Registrer]) -> None:
    assert åpne(given(SAK).og(*rekke, avstem())) == {("HENVIS_BARN", DPS), ("HENVIS_BARN", PAM)}


def test_a_case_has_room_for_so_many_and_no_more() -> None:
    full = given(SAK).og(*(replace(MORS, forelder=f"{nr:032}") for nr in range(barn.DELER_MAKS)))
    full.when(MORS).then_refused("barn.mange")
    hørt = REGISTRERT.og(*[HørBarnet(DPS, None, False)] * barn.LINJER_MAKS)
    hørt.when(HørBarnet(DPS, None, False)).then_refused("barn.mange")
    assert hørt.at(NÅ + timedelta(days=1)).when(avstem()).events[0].oppgave_ref == ENHVER
