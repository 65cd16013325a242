"""The question about children: hpl §10a, and §10b after a death."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bindeledd.core.decider import Due, FristUtloept
from bindeledd.schema.generated.barn_paaroerende import (
    ForeldresamtaleHoldt,
    IngenBarnBekreftet,
    KartleggingAvslaatt,
    KartleggingForfalt,
    KartleggingKrevd,
    Kartleggingstilstand,
)
from bindeledd.schema.generated.felles import (
    FristHoldt,
    FristOverskredet,
    FristSatt,
    FristTilstand,
    OppgaveFalt,
    OppgaveLoest,
    OppgaveOpprettet,
    Oppgaveslag,
    TellesFra,
)
from services.barn_pårørende.domain import (
    Avslå,
    Avstem,
    BekreftIngenBarn,
    HoldSamtale,
    KnyttBarn,
    Utsett,
    forfaller,
    tilstand,
)
from services.barn_pårørende.tjeneste import tjeneste
from services.felles.oppgaver import LøsOppgave
from services.felles.oppholdsbilde import Opphold
from tests.dsl import DPS, ENHET, ENHVER, NÅ, PAM, RAMMER, Gitt, forseglet, given, opphold, utskrevet

KARTLEGGING, *_ = tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates
STAY, DØD = opphold(), utskrevet(død=True)
INNLAGT = NÅ - timedelta(days=1)
FORFALL = INNLAGT + timedelta(days=3)
KREVD = KartleggingKrevd(opphold_ref=STAY.ref, part=PAM)
LØST = OppgaveLoest(oppgave_ref=ENHVER, av=ENHVER)
FALT = OppgaveFalt(oppgave_ref=ENHVER, grunn=ENHVER)
FRIST: dict[str, Any] = {"navn": "barn_kartlegging", "forfall": FORFALL}


def avstem(*alle: Opphold, spør: str = PAM, følger_opp: str = "") -> Avstem:
    return Avstem(alle, spør, følger_opp)


def oppgave(slag: Oppgaveslag, part: str, paragraf: str, gjelder: str = STAY.ref) -> OppgaveOpprettet:
    frist = FORFALL if slag is Oppgaveslag.SPOER_OM_BARN else None
    return OppgaveOpprettet(
        oppgave_ref=ENHVER, slag=slag, part=part, paragraf=paragraf, gjelder=gjelder, frist=frist
    )  # fmt: skip


SPURT = given(KARTLEGGING).og(avstem(STAY))

# -- §10a: the ward asks -------------------------------------------------------------------------------------------


def test_hpl_10a_at_an_admission_the_ward_shall_ask_within_the_configured_time() -> None:
    given(KARTLEGGING).when(avstem(STAY)).then(
        KREVD,
        FristSatt(
            regel="barn_kartlegging", regel_versjon="lokal-1", paragraf="hpl §10a (dagtallet er lokalt)",
            telles=TellesFra.HENDT, start=INNLAGT, **FRIST,
        ),
        oppgave(Oppgaveslag.SPOER_OM_BARN, PAM, "hpl §10a"),
    )  # fmt: skip
    assert tilstand(SPURT.state) is Kartleggingstilstand.KREVD
    assert forfaller(SPURT.state) == (Due("barn_kartlegging", FORFALL),)


def test_it_is_asked_for_once() -> None:
    SPURT.when(avstem(STAY)).then_nothing()
    SPURT.when(avstem(utskrevet())).then_nothing()


@pytest.mark.parametrize(
    "command",
    [avstem(), avstem(STAY, spør=""), avstem(opphold(innlagt_sendt=False)), avstem(utskrevet(død=True))],
)
def test_nothing_is_asked_without_a_stay_without_somebody_to_ask_after_a_copy_or_a_death(command: Avstem) -> None:
    given(KARTLEGGING).when(command).then_nothing()


def test_when_the_stay_is_cancelled_the_task_falls_and_the_deadline_with_it() -> None:
    borte = SPURT.when(avstem())
    borte.then_kinds("FristOmgjort", "OppgaveFalt")
    assert borte.events[0].tilstand is FristTilstand.BORTFALT
    assert tilstand(borte.etter().state) is None
    assert forfaller(borte.etter().state) == ()


def test_when_another_unit_has_to_ask_it_is_asked_for_there() -> None:
    SPURT.when(avstem(STAY, spør=ENHET)).then(
        KartleggingKrevd(opphold_ref=STAY.ref, part=ENHET), FALT, oppgave(Oppgaveslag.SPOER_OM_BARN, ENHET, "hpl §10a")
    )


# -- answers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "svar", "blir"),
    [
        (BekreftIngenBarn(PAM, "x"), IngenBarnBekreftet(part=PAM, svart=NÅ), Kartleggingstilstand.INGEN_BARN),
        (
            Avslå(PAM, "vil_ikke", "x"),
            KartleggingAvslaatt(part=PAM, grunn="vil_ikke", svart=NÅ),
            Kartleggingstilstand.AVSLAATT,
        ),
        (
            HoldSamtale(PAM, 2, forseglet("innhold"), "x"),
            ForeldresamtaleHoldt(part=PAM, antall_barn=2, innhold=forseglet("innhold"), svart=NÅ),
            Kartleggingstilstand.HAR_BARN,
        ),
    ],
)
def test_hpl_10a_each_answer_does_the_task_and_meets_the_deadline(
    command: Any, svar: Any, blir: Kartleggingstilstand
) -> None:
    svart = SPURT.when(command)
    svart.then(svar, LØST, FristHoldt(vurdert_per=NÅ, bevis="", **FRIST))
    assert tilstand(svart.etter().state) is blir
    igjen = svart.etter().when(avstem(STAY)).etter()
    assert Oppgaveslag.SPOER_OM_BARN not in {o.slag for o in igjen.state.oppgaver.åpne()}


def test_an_answer_may_come_before_anybody_had_to_ask() -> None:
    svart = given(KARTLEGGING).when(BekreftIngenBarn(ENHET, "x"))
    svart.then_kinds("IngenBarnBekreftet")
    svart.etter().when(avstem(STAY)).then_nothing()


@pytest.mark.parametrize("antall", [0, -1, 31])
def test_a_talk_is_about_a_number_of_children_that_can_be(antall: int) -> None:
    SPURT.when(HoldSamtale(PAM, antall, None, "x")).then_refused("hpl §10a: antall")


def test_why_somebody_would_not_answer_is_a_code() -> None:
    SPURT.when(Avslå(PAM, "fordi hun er sliten", "x")).then_refused("hpl §10a: grunn")


@pytest.mark.parametrize(
    ("command", "spør_igjen"),
    [(BekreftIngenBarn(PAM, "x"), False), (HoldSamtale(PAM, 1, None, "x"), False), (Avslå(PAM, "vil_ikke", "x"), True)],
)
def test_at_the_next_stay_those_who_would_not_are_asked_again(command: Any, spør_igjen: bool) -> None:
    første, nytt = utskrevet("a" * 32, innlagt=NÅ - timedelta(days=2)), opphold("b" * 32, innlagt=NÅ)
    svart = given(KARTLEGGING).og(avstem(første), command)
    igjen = svart.when(avstem(første, nytt))
    assert (KartleggingKrevd(opphold_ref=nytt.ref, part=PAM) in igjen.events) is spør_igjen
    if spør_igjen:
        assert tilstand(igjen.etter().state) is Kartleggingstilstand.KREVD
        assert forfaller(igjen.etter().state) == (Due("barn_kartlegging", NÅ + timedelta(days=3)),)


def test_those_who_would_not_answer_are_not_asked_by_another_unit_in_the_same_stay() -> None:
    SPURT.og(Avslå(PAM, "vil_ikke", "x")).when(avstem(STAY, spør=ENHET)).then_nothing()


def test_hpl_10a_the_question_is_not_called_done_without_an_answer() -> None:
    (ref,) = SPURT.state.oppgaver.alle
    SPURT.when(LøsOppgave(ref, "demo-001", PAM)).then_refused("oppgave.besvares")


# -- what each answer asks for -------------------------------------------------------------------------------------

BARNET = KnyttBarn("b" * 32, PAM, forseglet("barnet"), "x")
IGJEN = NÅ + timedelta(days=7)


def åpne(gitt: Gitt) -> set[tuple[str, str]]:
    return {(o.slag.value, o.part) for o in gitt.state.oppgaver.åpne()}


@pytest.mark.parametrize(
    ("command", "oppgaver"),
    [
        (BekreftIngenBarn(PAM, "x"), set()),
        (Avslå(PAM, "vil_ikke", "x"), set()),
        (Avslå(PAM, "senere", "x"), {("SPOER_IGJEN_OM_BARN", PAM)}),
        (Avslå(PAM, "ikke_i_stand", "x"), {("SPOER_IGJEN_OM_BARN", PAM)}),
        (Utsett(PAM, "for_syk", "x"), {("SPOER_IGJEN_OM_BARN", PAM)}),
        (BARNET, {("SNAKK_MED_FORELDER", PAM)}),
        (HoldSamtale(PAM, 2, None, "x"), {("HENVIS_BARN", PAM)}),
    ],
)
def test_hpl_10a_each_answer_has_its_follow_up(command: Any, oppgaver: set[Any]) -> None:
    assert åpne(SPURT.og(command, avstem(STAY))) == oppgaver


def test_hpl_10a_the_talk_is_what_the_parent_of_a_registered_child_is_asked_for() -> None:
    snakket = SPURT.og(BARNET, avstem(STAY), HoldSamtale(PAM, 1, None, "x"), avstem(STAY))
    assert åpne(snakket) == set()
    assert snakket.state.svar.antall_barn == 1
    assert åpne(SPURT.og(HoldSamtale(PAM, 2, None, "x"), BARNET, avstem(STAY))) == {("HENVIS_BARN", PAM)}


def test_not_asked_is_no_answer_the_deadline_runs_on_and_the_question_comes_back() -> None:
    utsatt = SPURT.og(Utsett(PAM, "for_syk", "x"), avstem(STAY))
    assert tilstand(utsatt.state) is Kartleggingstilstand.UTSATT
    assert forfaller(utsatt.state) == (Due("barn_kartlegging", FORFALL),)
    (oppgaven,) = utsatt.state.oppgaver.åpne()
    assert oppgaven.frist == IGJEN
    senere = utsatt.at(IGJEN).og(Utsett(PAM, "mangler_tolk", "x"), avstem(STAY))
    assert [o.frist for o in senere.state.oppgaver.åpne()] == [IGJEN + timedelta(days=7)]
    assert åpne(senere.og(BekreftIngenBarn(PAM, "x"), avstem(STAY))) == set()


def test_a_new_stay_raises_anew_what_was_put_off_in_the_one_before() -> None:
    første, nytt = utskrevet("a" * 32, innlagt=NÅ - timedelta(days=2)), opphold("b" * 32, innlagt=NÅ)
    utsatt = given(KARTLEGGING).og(avstem(første), Utsett(PAM, "for_syk", "x"), avstem(første))
    assert åpne(utsatt.og(avstem(første, nytt))) == {("SPOER_OM_BARN", PAM)}


def test_why_nobody_asked_is_a_code_and_who_has_answered_is_not_put_off() -> None:
    SPURT.when(Utsett(PAM, "hun sov", "x")).then_refused("hpl §10a: grunn")
    SPURT.og(BARNET).when(Utsett(PAM, "for_syk", "x")).then_refused("hpl §10a: besvart")
    SPURT.og(BARNET).when(BekreftIngenBarn(PAM, "x")).then_refused("hpl §10a: besvart")


def test_a_child_is_connected_once_by_each_unit() -> None:
    SPURT.og(BARNET).when(BARNET).then_nothing()
    begge = SPURT.og(BARNET, KnyttBarn("b" * 32, ENHET, forseglet("barnet"), "x"))
    assert begge.state.saker == {"b" * 32}


def test_hpl_10b_where_the_children_are_known_each_case_has_the_task() -> None:
    assert åpne(SPURT.og(BARNET, avstem(DØD, følger_opp=DPS))) == set()


# -- nobody has asked in time --------------------------------------------------------------------------------------


def test_a_deadline_that_passes_is_judged_as_of_the_due_time_also_after_downtime() -> None:
    sent = SPURT.at(FORFALL + timedelta(days=9)).when(FristUtloept("barn_kartlegging", FORFALL))
    sent.then(FristOverskredet(vurdert_per=FORFALL, **FRIST), KartleggingForfalt(opphold_ref=STAY.ref, part=PAM))
    forfalt = sent.etter()
    assert tilstand(forfalt.state) is Kartleggingstilstand.FORFALT
    assert forfalt.state.oppgaver.åpne()
    forfalt.when(avstem(STAY)).then_nothing()
    forfalt.when(FristUtloept("barn_kartlegging", FORFALL)).then_nothing()


def test_an_answer_after_the_deadline_answers_and_does_not_meet_it() -> None:
    sent = SPURT.at(FORFALL + timedelta(hours=1)).og(FristUtloept("barn_kartlegging", FORFALL))
    svart = sent.when(BekreftIngenBarn(PAM, "x"))
    svart.then_kinds("IngenBarnBekreftet", "OppgaveLoest")
    assert svart.etter().state.frist.tilstand is FristTilstand.OVERSKREDET


def test_an_answer_that_comes_before_the_late_judgement_is_judged_by_its_own_time() -> None:
    svart = SPURT.at(FORFALL + timedelta(hours=1)).when(BekreftIngenBarn(PAM, "x"))
    svart.then_kinds("IngenBarnBekreftet", "OppgaveLoest", "FristOverskredet")


def test_a_corrected_time_of_admission_moves_the_deadline() -> None:
    flyttet = SPURT.when(avstem(opphold(innlagt=INNLAGT - timedelta(hours=5))))
    flyttet.then_kinds("FristOmgjort", "OppgaveFalt", "OppgaveOpprettet")
    assert flyttet.events[2].frist == FORFALL - timedelta(hours=5)
    assert flyttet.events[0].forfall == FORFALL - timedelta(hours=5)
    assert flyttet.events[0].tilstand is FristTilstand.AAPEN


# -- §10b ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("svar", [[], [Avslå(PAM, "vil_ikke", "x")], [HoldSamtale(PAM, 2, None, "x")]])
def test_hpl_10b_a_death_of_somebody_who_has_or_may_have_children_leaves_a_task(svar: list[Any]) -> None:
    død = SPURT.og(*svar).when(avstem(DØD, følger_opp=DPS))
    assert oppgave(Oppgaveslag.FOELG_OPP_ETTERLATTE, DPS, "hpl §10b") in død.events
    assert [o.slag for o in død.etter().state.oppgaver.åpne()] == [Oppgaveslag.FOELG_OPP_ETTERLATTE]


def test_hpl_10b_not_when_the_person_had_no_children() -> None:
    SPURT.og(BekreftIngenBarn(PAM, "x")).when(avstem(DØD, følger_opp=DPS)).then_nothing()


def test_hpl_10b_a_copy_creates_no_task() -> None:
    given(KARTLEGGING).when(avstem(utskrevet(død=True, slutt_sendt=False), følger_opp=DPS)).then_nothing()


def test_a_death_that_is_cancelled_takes_the_task_back_and_asks_again() -> None:
    tilbake = SPURT.og(avstem(DØD, følger_opp=DPS)).og(avstem(STAY))
    assert [o.slag for o in tilbake.state.oppgaver.åpne()] == [Oppgaveslag.SPOER_OM_BARN]
    assert forfaller(tilbake.state) == (Due("barn_kartlegging", FORFALL),)
