"""Avvik between two units (rules 2.5): reported, received, answered, disagreed on, closed when both agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bindeledd.core.decider import FristUtloept
from bindeledd.schema.generated.felles import FristTilstand, Oppgaveslag
from bindeledd.schema.generated.samhandling import (
    Avviksalvor,
    Avviksfakta,
    Avvikskategori,
    Avvikslukking,
    Avvikstilstand,
)
from services.felles.oppgaver import LøsOppgave, TaOppgave
from services.samhandling.avvik import avvik
from services.samhandling.avvik.avvik import (
    Besvar,
    ForkastUtkast,
    GiTilbakemelding,
    LagUtkast,
    Meld,
    Motta,
    VærEnig,
    VærUenig,
)
from services.samhandling.avvik.avviksarbeid import KVITTERING, SVAR
from services.samhandling.tjeneste import tjeneste
from tests.dsl import ACT, DPS, ENHET, NAV, NÅ, OPPHOLDET, PAM, RAMMER, Gitt, forseglet, given

(AVVIK,) = (a for a in tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates if a.topic == avvik.TOPIC)
FAKTA = Avviksfakta(
    kategori=Avvikskategori.TIDLIGMELDING, alvor=Avviksalvor.UKJENT, hendt=NÅ - timedelta(days=2),
    oppdaget=NÅ - timedelta(days=1), avtale="", avtale_versjon="", punkt="", opphold_ref=OPPHOLDET, bevis=(),
)  # fmt: skip
UTKAST = LagUtkast(PAM, FAKTA)
MELD = Meld(ACT, PAM, "demo-102", anonym=False, fakta=FAKTA, hendelse=forseglet("hendelse"))
ÅPNET = Motta(PAM, "demo-109")
SVARER = Besvar(PAM, "demo-109", forseglet("svar"), forseglet("tiltak"), forseglet("laering"))
UENIG = VærUenig(PAM, "demo-109", forseglet("begrunnelse"))
PAM_ENIG, ACT_ENIG = VærEnig(PAM, "demo-109"), VærEnig(ACT, "demo-102")


def meldt() -> Gitt:
    return given(AVVIK).og(MELD)


def oppgaver(gitt: Gitt) -> set[tuple[Oppgaveslag, str]]:
    return {(o.slag, o.part) for o in gitt.state.oppgaver.åpne()}


def tilstand(gitt: Gitt) -> Avvikstilstand:
    return gitt.state.tilstand  # type: ignore[no-any-return]


# -- drafted, and reported by a person -----------------------------------------------------------------------------


def test_2_5_a_draft_asks_nobody_for_anything_and_has_no_clock_until_a_person_reports_it() -> None:
    utkast = given(AVVIK).og(UTKAST)
    assert (tilstand(utkast), oppgaver(utkast), AVVIK.due(utkast.state)) == (Avvikstilstand.UTKAST, set(), [])
    utkast.when(UTKAST).then_nothing()
    utkast.when(MELD).then_kinds("AvvikMeldt", "FristSatt", "FristSatt", "OppgaveOpprettet")


def test_a_draft_whose_reason_is_gone_falls_and_is_made_again_if_the_reason_comes_back() -> None:
    falt = given(AVVIK).og(UTKAST, ForkastUtkast("fristen_er_likevel_ikke_brutt"))
    assert tilstand(falt) is Avvikstilstand.FORKASTET
    falt.when(ForkastUtkast("fristen_er_likevel_ikke_brutt")).then_nothing()
    assert tilstand(falt.og(UTKAST)) is Avvikstilstand.UTKAST


def test_a_draft_that_a_person_discarded_is_not_made_again_and_not_reported() -> None:
    forkastet = given(AVVIK).og(UTKAST, ForkastUtkast("ikke_avvik", "demo-102"))
    forkastet.when(UTKAST).then_nothing()
    forkastet.when(MELD).then_refused("avvik.meldt")
    forkastet.when(ForkastUtkast("ikke_avvik", "demo-102")).then_refused("avvik.utkast")


def test_2_5_what_one_unit_puts_away_for_itself_stands_for_the_others() -> None:
    én = given(AVVIK).og(UTKAST, ForkastUtkast("ikke_avvik", "demo-102", ACT))
    assert (tilstand(én), én.state.lagt_bort_av) == (Avvikstilstand.UTKAST, {ACT})
    én.when(UTKAST).then_nothing()
    én.when(replace(MELD, av_part=ENHET)).then_kinds("AvvikMeldt", "FristSatt", "FristSatt", "OppgaveOpprettet")
    assert tilstand(én.og(ForkastUtkast("ikke_avvik", "demo-103"))) is Avvikstilstand.FORKASTET


def test_what_was_reported_stands_whatever_becomes_of_what_it_was_drafted_from() -> None:
    gitt = given(AVVIK).og(UTKAST, MELD)
    gitt.when(ForkastUtkast("fristen_er_likevel_ikke_brutt")).then_nothing()
    gitt.when(UTKAST).then_nothing()
    gitt.when(MELD).then_refused("avvik.meldt")


@pytest.mark.parametrize("mot", [ACT, "finnes-ikke", NAV])
def test_2_5_it_is_reported_to_another_unit_of_the_health_service(mot: str) -> None:
    given(AVVIK).when(replace(MELD, mot_part=mot)).then_refused("avvik.mot")


def test_2_5_it_happened_before_it_was_seen_and_neither_is_to_come() -> None:
    for hendt, oppdaget in ((NÅ, NÅ - timedelta(hours=1)), (NÅ, NÅ + timedelta(seconds=1))):
        fakta = replace(FAKTA, hendt=hendt, oppdaget=oppdaget)
        given(AVVIK).when(replace(MELD, fakta=fakta)).then_refused("avvik.tid")
    given(AVVIK).og(replace(MELD, fakta=replace(FAKTA, hendt=NÅ, oppdaget=NÅ)))


def test_2_5_it_is_of_a_kind_that_somebody_has_chosen() -> None:
    ukjent = replace(FAKTA, kategori=Avvikskategori.UKJENT)
    given(AVVIK).when(replace(MELD, fakta=ukjent)).then_refused("avvik.kategori")


SLAG = {
    "sen eller manglende tidligmelding": "TIDLIGMELDING", "utskrevet uten varsel/plan": "UTSKREVET_UTEN_PLAN",
    "manglende/for sen epikrise": "EPIKRISE", "mangelfull legemiddelliste": "LEGEMIDDELLISTE",
    "feil mottaker": "FEIL_MOTTAKER", "kommunen nekter/svarer ikke": "KOMMUNEN_SVARER_IKKE",
    "uenighet om utskrivningsklar": "UTSKRIVNINGSKLAR_BESTRIDT",
    "manglende deltakelse i ansvarsgruppe": "ANSVARSGRUPPE",
    "barn ikke kartlagt": "BARN_IKKE_KARTLAGT", "transport/følge": "TRANSPORT",
    "manglende innleggelsesrapport": "INNLEGGELSESRAPPORT", "kommunikasjonsbrudd": "KOMMUNIKASJON", "annet": "ANNET",
}  # fmt: skip
"""What the rules name, and its kind here."""


def test_2_5_each_kind_that_the_rules_name_can_be_reported_and_falls_under_an_agreement_then_and_now() -> None:
    assert {k.value for k in Avvikskategori} == {*SLAG.values(), "UKJENT"}
    for kategori in map(Avvikskategori, SLAG.values()):
        for hendt in (datetime(2022, 7, 31, tzinfo=UTC), datetime(2022, 8, 2, tzinfo=UTC)):
            fakta = replace(FAKTA, kategori=kategori, hendt=hendt)
            assert given(AVVIK).og(replace(MELD, fakta=fakta)).state.fakta.avtale


# -- the agreement -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hendt", "avtale", "versjon"),
    [
        (datetime(2022, 7, 31, 21, 59, tzinfo=UTC), "tenesteavtale-3-5", "2012"),
        (datetime(2022, 7, 31, 22, 0, tzinfo=UTC), "samarbeidsavtale-ta1", "2022"),
    ],
)
def test_2_5_it_falls_under_the_agreement_that_held_when_it_happened(
    hendt: datetime, avtale: str, versjon: str
) -> None:
    gitt = given(AVVIK).og(replace(MELD, fakta=replace(FAKTA, hendt=hendt)))
    assert (gitt.state.fakta.avtale, gitt.state.fakta.avtale_versjon) == (avtale, versjon)


def test_2_5_an_agreement_that_did_not_hold_then_is_refused() -> None:
    gammel = replace(FAKTA, avtale="tenesteavtale-3-5", avtale_versjon="2012")
    given(AVVIK).when(replace(MELD, fakta=gammel)).then_refused("avvik.avtale")


def test_2_5_who_reports_may_be_unknown_to_the_other_where_the_agreement_lets_them() -> None:
    assert given(AVVIK).og(replace(MELD, anonym=True)).state.anonym
    gammelt = replace(FAKTA, hendt=datetime(2022, 7, 1, tzinfo=UTC))
    given(AVVIK).when(replace(MELD, anonym=True, fakta=gammelt)).then_refused("avvik.anonym")


# -- received and answered -----------------------------------------------------------------------------------------


def test_2_5_received_is_not_answered_and_only_the_other_unit_receives_it() -> None:
    åpnet = meldt().og(ÅPNET)
    assert (tilstand(åpnet), oppgaver(åpnet)) == (Avvikstilstand.MOTTATT, {(Oppgaveslag.SVAR_PAA_AVVIK, PAM)})
    åpnet.when(ÅPNET).then_nothing()
    for part in (ACT, DPS):
        meldt().when(Motta(part, "demo-102")).then_refused("avvik.part")


def test_an_answer_is_a_receipt_too_and_the_reporter_has_it_to_read() -> None:
    svart = meldt().og(SVARER)
    assert (tilstand(svart), svart.state.mottatt) == (Avvikstilstand.SVART, NÅ)
    assert oppgaver(svart) == {(Oppgaveslag.LES_AVVIKSSVAR, ACT)}


def test_nobody_else_takes_part_in_the_case() -> None:
    for part in (DPS, ENHET):
        for ber in (Besvar(part, "x", forseglet("svar")), VærUenig(part, "x", forseglet("b")), VærEnig(part, "x")):
            meldt().when(ber).then_refused("avvik.part")


def test_a_task_about_an_avvik_is_done_by_doing_what_it_asks_for() -> None:
    (oppgave,) = meldt().state.oppgaver.åpne()
    tatt = meldt().og(TaOppgave(oppgave.oppgave_ref, "demo-109", PAM))
    tatt.when(LøsOppgave(oppgave.oppgave_ref, "demo-109", PAM)).then_refused("oppgave.besvares")
    svart = meldt().og(SVARER)
    (lese,) = svart.state.oppgaver.åpne()
    assert oppgaver(svart.og(LøsOppgave(lese.oppgave_ref, "demo-102", ACT))) == set()


# -- agreed, or not ------------------------------------------------------------------------------------------------


def test_2_5_it_is_closed_when_both_agree_in_whichever_order_and_not_before() -> None:
    for første, andre in ((PAM_ENIG, ACT_ENIG), (ACT_ENIG, PAM_ENIG)):
        én = meldt().og(SVARER, første)
        assert tilstand(én) is Avvikstilstand.SVART
        én.when(første).then_nothing()
        begge = én.og(andre)
        assert (tilstand(begge), begge.state.ved) == (Avvikstilstand.LUKKET, Avvikslukking.ENIGE)
        begge.when(SVARER).then_refused("avvik.lukket")


def test_nobody_agrees_before_there_is_an_answer() -> None:
    meldt().og(ÅPNET).when(ACT_ENIG).then_refused("avvik.svar")
    meldt().when(PAM_ENIG).then_refused("avvik.svar")


def test_2_5_a_disagreement_stands_until_the_one_who_disagrees_says_otherwise() -> None:
    uenige = meldt().og(UENIG)
    assert tilstand(uenige) is Avvikstilstand.UENIG
    svart = uenige.og(Besvar(ACT, "demo-102", forseglet("svar")), ACT_ENIG)
    assert tilstand(svart) is Avvikstilstand.UENIG
    assert tilstand(svart.og(PAM_ENIG)) is Avvikstilstand.LUKKET


def test_2_5_what_is_said_after_somebody_agreed_has_to_be_agreed_anew() -> None:
    gitt = meldt().og(SVARER, ACT_ENIG, replace(SVARER, svar=forseglet("annet")))
    assert gitt.state.enige == frozenset()
    assert tilstand(gitt.og(PAM_ENIG)) is Avvikstilstand.SVART


def test_who_alone_has_not_agreed_is_asked_to() -> None:
    assert oppgaver(meldt().og(SVARER, ACT_ENIG)) == {(Oppgaveslag.LES_AVVIKSSVAR, PAM)}


def test_2_5_whoever_reported_it_is_told_what_came_of_it_by_their_own_unit() -> None:
    lukket = meldt().og(SVARER, ACT_ENIG, PAM_ENIG)
    assert oppgaver(lukket) == {(Oppgaveslag.GI_TILBAKEMELDING, ACT)}
    assert oppgaver(lukket.og(GiTilbakemelding(ACT, "demo-102", forseglet("tilbakemelding")))) == set()
    lukket.when(GiTilbakemelding(PAM, "demo-109", forseglet("tilbakemelding"))).then_refused("avvik.part")


# -- the clocks ----------------------------------------------------------------------------------------------------


def frist(gitt: Gitt, navn: str) -> FristTilstand:
    return gitt.state.frister[navn].tilstand  # type: ignore[no-any-return]


def test_2_5_the_clocks_run_from_the_report_by_the_rules_of_the_municipality() -> None:
    frister = {d.name: d.at - NÅ for d in AVVIK.due(meldt().state)}
    assert frister == {KVITTERING: timedelta(days=3), SVAR: timedelta(days=28)}


@pytest.mark.parametrize(
    ("sent", "ventet"), [(timedelta(0), FristTilstand.HOLDT), (timedelta(seconds=1), FristTilstand.OVERSKREDET)]
)
def test_2_5_a_clock_is_met_at_the_last_moment_and_missed_the_moment_after(
    sent: timedelta, ventet: FristTilstand
) -> None:
    åpnet = meldt().at(NÅ + timedelta(days=3) + sent).og(ÅPNET)
    assert frist(åpnet, KVITTERING) is ventet
    svart = åpnet.at(NÅ + timedelta(days=28) + sent).og(SVARER)
    assert (frist(svart, SVAR), AVVIK.due(svart.state)) == (ventet, [])


def test_2_5_a_missed_clock_closes_nothing_and_the_task_stands() -> None:
    gikk_ut = meldt().at(NÅ + timedelta(days=9)).og(FristUtloept(KVITTERING, NÅ + timedelta(days=3)))
    assert (frist(gikk_ut, KVITTERING), frist(gikk_ut, SVAR)) == (FristTilstand.OVERSKREDET, FristTilstand.AAPEN)
    assert (tilstand(gikk_ut), oppgaver(gikk_ut)) == (Avvikstilstand.SENDT, {(Oppgaveslag.TA_IMOT_AVVIK, PAM)})
    assert frist(gikk_ut.og(ÅPNET), KVITTERING) is FristTilstand.OVERSKREDET


def test_that_the_other_disagrees_is_an_answer_in_time() -> None:
    assert frist(meldt().og(UENIG), SVAR) is FristTilstand.HOLDT
