"""What two parties do not agree on is put up for a forum, and settled there (rules 2.5, 2.6, U14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given as for_alle
from hypothesis import strategies as st

from bindeledd.core.decider import FristUtloept
from bindeledd.schema.generated.felles import FristTilstand, Oppgaveslag
from bindeledd.schema.generated.samhandling import Avvikskategori, Avvikslukking, Avvikstilstand, Forumutfall
from services.felles.oppgaver import LøsOppgave
from services.samhandling.avvik.avvik import Eskaler, HarSnakketSammen, VærUenig
from services.samhandling.avvik.avviksarbeid import SAMTALE, SVAR, UENIGHET
from services.samhandling.forum.forumsak import Behandle, møtet
from tests.dsl import ACT, DPS, NÅ, PAM, RAMMER, Gitt, forseglet, given
from tests.unit.samhandling.test_avvik import (
    ACT_ENIG,
    AVVIK,
    MELD,
    PAM_ENIG,
    SVARER,
    UENIG,
    ÅPNET,
    meldt,
    oppgaver,
    tilstand,
)

STIGE = RAMMER.oppsett.stige
LØFTET = Eskaler(ACT, "demo-102", forseglet("spoersmaal"))
SNAKKET = HarSnakketSammen(ACT, "demo-138")
FORUM = "forum"


def sier(utfall: Forumutfall) -> Behandle:
    return Behandle(FORUM, "demo-141", utfall, forseglet("beslutning"))


AVGJORT, VIDERE, UTSATT, TILBAKE = map(
    sier, (Forumutfall.AVGJORT, Forumutfall.SENDT_VIDERE, Forumutfall.UTSATT, Forumutfall.TILBAKE)
)


def uenige(**annet: Any) -> Gitt:
    return given(AVVIK).og(replace(MELD, **annet), UENIG)


def løftet() -> Gitt:
    return uenige().og(LØFTET)


# -- put up --------------------------------------------------------------------------------------------------------


def test_2_6_a_leader_of_either_party_puts_a_standing_disagreement_up_for_the_dpr_of_the_area() -> None:
    for part in (ACT, PAM):
        (eskalert,) = [e for e in uenige().when(replace(LØFTET, part=part)).events if hasattr(e, "spoersmaal")]
        assert (eskalert.part, eskalert.forum, eskalert.dps, eskalert.moete) == (
            part, "dpr-kronstad", DPS, date(2026, 5, 12),
        )  # fmt: skip
    assert tilstand(løftet()) is Avvikstilstand.ESKALERT


def test_2_6_what_is_about_substance_use_is_put_up_for_that_forum() -> None:
    sak = uenige().og(replace(LØFTET, rus=True)).state.forumsak
    assert (sak.forum, sak.rus) == ("fagleg-utval-rus", True)


def test_2_6_it_is_of_the_area_of_the_stay_else_of_the_unit_that_it_was_reported_to() -> None:
    assert uenige().og(replace(LØFTET, dps="dps-solli")).state.forumsak.dps == "dps-solli"
    andre = given(AVVIK).og(replace(MELD, mot_part="dps-solli"), VærUenig("dps-solli", "x", forseglet("b")))
    assert andre.og(LØFTET).state.forumsak.dps == "dps-solli"


def test_2_6_the_papers_of_a_meeting_that_is_near_have_gone_out() -> None:
    """The DPR meets on 12 May 2026."""
    for dager, møte in ((8, date(2026, 5, 12)), (7, date(2026, 9, 8)), (1, date(2026, 9, 8))):
        da = datetime(2026, 5, 12, 10, 0, tzinfo=UTC) - timedelta(days=dager)
        assert uenige().at(da).og(LØFTET).state.forumsak.møte == møte


def test_2_5_what_nobody_disagrees_on_is_not_put_up_nor_what_is_put_up_already_nor_by_anybody_else() -> None:
    meldt().og(SVARER).when(LØFTET).then_refused("avvik.uenighet")
    løftet().when(LØFTET).then_refused("avvik.eskalert")
    uenige().when(replace(LØFTET, part="enhet-aarstad")).then_refused("avvik.part")
    uenige().og(ACT_ENIG, PAM_ENIG).when(LØFTET).then_refused("avvik.lukket")


def test_2_5_a_disagreement_that_has_stood_for_two_weeks_is_proposed_to_both_and_put_up_by_nobody() -> None:
    gitt = uenige()
    forfall = NÅ + timedelta(days=14)
    assert (UENIGHET, forfall) in {(d.name, d.at) for d in AVVIK.due(gitt.state)}
    assert Oppgaveslag.ESKALER_AVVIK not in {slag for slag, _ in oppgaver(gitt)}
    etter = gitt.at(forfall).og(FristUtloept(UENIGHET, forfall))
    assert {part for slag, part in oppgaver(etter) if slag is Oppgaveslag.ESKALER_AVVIK} == {ACT, PAM}
    assert (tilstand(etter), etter.state.forumsak) == (Avvikstilstand.UENIG, None)
    løftet_sent = etter.at(forfall + timedelta(days=1)).og(LØFTET)
    assert Oppgaveslag.ESKALER_AVVIK not in {slag for slag, _ in oppgaver(løftet_sent)}


def test_2_5_the_clock_of_a_disagreement_stops_when_they_agree_or_it_is_put_up_and_starts_anew_with_the_next() -> None:
    def klokka(gitt: Gitt) -> tuple[FristTilstand, datetime]:
        frist = gitt.state.frister[UENIGHET]
        return frist.tilstand, frist.forfall

    om_to_uker = NÅ + timedelta(days=14)
    assert klokka(løftet()) == (FristTilstand.HOLDT, om_to_uker)
    enige = uenige().og(PAM_ENIG)
    assert klokka(enige) == (FristTilstand.BORTFALT, om_to_uker)
    senere = NÅ + timedelta(days=30)
    assert klokka(enige.at(senere).og(VærUenig(ACT, "demo-102", forseglet("begrunnelse")))) == (
        FristTilstand.AAPEN, senere + timedelta(days=14),
    )  # fmt: skip


@pytest.mark.parametrize("åpnet", [False, True])
def test_2_5_what_is_not_answered_in_time_is_its_reporters_to_put_up_and_no_longer_when_it_is_answered(
    åpnet: bool,
) -> None:
    forfall = NÅ + timedelta(days=28)
    sendt = meldt().og(*([ÅPNET] if åpnet else []))
    sendt.when(LØFTET).then_refused("avvik.uenighet")
    ute = sendt.at(forfall).og(FristUtloept(SVAR, forfall))
    assert {part for slag, part in oppgaver(ute) if slag is Oppgaveslag.ESKALER_AVVIK} == {ACT}
    ute.when(replace(LØFTET, part=PAM)).then_refused("avvik.uenighet")
    oppe = ute.og(LØFTET)
    assert (tilstand(oppe), oppe.state.forumsak.part) == (Avvikstilstand.ESKALERT, ACT)
    assert Oppgaveslag.ESKALER_AVVIK not in {slag for slag, _ in oppgaver(oppe)}
    tilbake = {(slag, part) for slag, part in oppgaver(oppe.og(TILBAKE)) if "FORUM" in slag or "ESKALER" in slag}
    assert tilbake == {
        (Oppgaveslag.ESKALER_AVVIK, ACT),
        (Oppgaveslag.LES_FORUMSVAR, ACT),
        (Oppgaveslag.LES_FORUMSVAR, PAM),
    }
    svart = ute.og(SVARER)
    assert Oppgaveslag.ESKALER_AVVIK not in {slag for slag, _ in oppgaver(svart)}
    svart.when(LØFTET).then_refused("avvik.uenighet")


# -- taken up ------------------------------------------------------------------------------------------------------


def test_2_6_what_a_forum_settles_is_closed_and_both_are_told() -> None:
    avgjort = løftet().og(AVGJORT)
    assert (tilstand(avgjort), avgjort.state.ved) == (Avvikstilstand.LUKKET, Avvikslukking.FORUM)
    lest = {part for slag, part in oppgaver(avgjort) if slag is Oppgaveslag.LES_FORUMSVAR}
    assert lest == {ACT, PAM}


def test_2_6_what_a_forum_sends_on_waits_for_the_next_meeting_of_the_rung_above() -> None:
    sak = løftet().og(VIDERE).state.forumsak
    assert (sak.forum, sak.møte) == ("fagleg-utval", date(2026, 3, 12))
    øverst = løftet().og(VIDERE, VIDERE, VIDERE, VIDERE)
    assert øverst.state.forumsak.forum == "partnarskapsmoete"
    øverst.when(VIDERE).then_refused("forum.videre")


def test_2_6_what_is_put_off_waits_for_the_next_meeting_and_what_is_sent_back_for_none() -> None:
    utsatt = løftet().og(UTSATT)
    assert (tilstand(utsatt), utsatt.state.forumsak.møte) == (Avvikstilstand.ESKALERT, date(2026, 9, 8))
    tilbake = løftet().og(TILBAKE)
    assert (tilstand(tilbake), tilbake.state.forumsak.møte) == (Avvikstilstand.UENIG, None)
    tilbake.when(AVGJORT).then_refused("forum.sak")
    assert tilstand(tilbake.og(LØFTET, AVGJORT)) is Avvikstilstand.LUKKET


def test_2_5_what_a_forum_sends_back_has_a_clock_anew_and_is_proposed_again_when_that_runs_out() -> None:
    i_mai = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
    i_tide = løftet().at(i_mai).og(TILBAKE)
    for_sent = uenige().at(NÅ + timedelta(days=15)).og(FristUtloept(UENIGHET, NÅ + timedelta(days=14)), LØFTET)
    for tilbake in (i_tide, for_sent.at(i_mai).og(TILBAKE)):
        frist = tilbake.state.frister[UENIGHET]
        assert (frist.tilstand, frist.forfall) == (FristTilstand.AAPEN, i_mai + timedelta(days=14))
        assert Oppgaveslag.ESKALER_AVVIK not in {slag for slag, _ in oppgaver(tilbake)}
        ute = tilbake.at(frist.forfall).og(FristUtloept(UENIGHET, frist.forfall))
        assert {part for slag, part in oppgaver(ute) if slag is Oppgaveslag.ESKALER_AVVIK} == {ACT, PAM}


def test_2_6_what_is_settled_before_the_meeting_was_taken_up_on_the_day_on_which_it_is_written_down() -> None:
    """A calendar is a plan: a forum may meet before its day, and no record shall name a day that has not been."""
    for dag, tatt_opp in (
        (date(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 5, 12), date(2026, 5, 12)),
        (date(2026, 5, 20), date(2026, 5, 12)),
    ):
        gjort = løftet().at(datetime(dag.year, dag.month, dag.day, 12, 0, tzinfo=UTC)).og(AVGJORT)
        assert gjort.state.forumsak.behandlinger[-1].møte == tatt_opp


def test_2_5_the_two_may_still_agree_while_it_waits_and_then_no_forum_has_it() -> None:
    enige = løftet().og(PAM_ENIG, ACT_ENIG)
    assert (tilstand(enige), enige.state.ved) == (Avvikstilstand.LUKKET, Avvikslukking.ENIGE)
    enige.when(AVGJORT).then_refused("forum.sak")


def test_2_6_only_a_forum_says_what_it_came_to_and_only_of_what_is_on_its_agenda() -> None:
    for part in (ACT, PAM, DPS):
        løftet().when(replace(AVGJORT, part=part)).then_refused("forum.part")
    uenige().when(AVGJORT).then_refused("forum.sak")
    løftet().when(sier(Forumutfall.UKJENT)).then_refused("forum.utfall")


def test_2_6_a_case_that_is_open_across_august_2022_goes_on_in_the_successor_with_its_history() -> None:
    """Sent on from the DPR to SAPH in May 2022, which would have met in October, and was no more by then."""
    i_mai = datetime(2022, 5, 10, 12, 0, tzinfo=UTC)
    da = replace(MELD.fakta, hendt=i_mai - timedelta(days=2), oppdaget=i_mai - timedelta(days=1))
    gitt = given(AVVIK, now=i_mai).og(replace(MELD, fakta=da), UENIG, LØFTET)
    sendt = gitt.at(datetime(2022, 7, 5, 12, 0, tzinfo=UTC)).og(VIDERE)
    sak = sendt.state.forumsak
    assert (sak.behandlinger[0].forum, sak.forum) == ("dpr-kronstad", "fagleg-utval")
    i_saph = replace(sak, forum="saph", møte=date(2022, 10, 13))
    nå = møtet(i_saph, STIGE, date(2022, 8, 2))
    assert nå is not None
    assert nå[0].id == "fagleg-utval"
    avgjort = replace(sendt, state=replace(sendt.state, forumsak=i_saph)).at(datetime(2022, 10, 14, tzinfo=UTC))
    siste = avgjort.og(AVGJORT).state.forumsak.behandlinger
    assert [b.forum for b in siste] == ["dpr-kronstad", "fagleg-utval"]


def test_2_6_what_is_put_up_before_the_change_for_a_meeting_after_it_is_with_the_old_forum_till_then() -> None:
    """SAPH met in June 2022, and what it became meets in October."""
    i_juni = datetime(2022, 6, 20, 12, 0, tzinfo=UTC)
    da = replace(MELD.fakta, hendt=i_juni - timedelta(days=2), oppdaget=i_juni - timedelta(days=1))
    gitt = given(AVVIK, now=i_juni).og(replace(MELD, av_part="legevakt", fakta=da), UENIG)
    sendt = gitt.og(replace(LØFTET, part=PAM))
    assert sendt.state.forumsak.møte == date(2022, 10, 13)
    utsatt = sendt.at(datetime(2022, 7, 1, 12, 0, tzinfo=UTC)).og(UTSATT).state.forumsak
    assert [b.forum for b in utsatt.behandlinger] == ["saph"]
    assert utsatt.møte == date(2022, 12, 8)


# -- one patient's dispute -----------------------------------------------------------------------------------------


def bestridt() -> Gitt:
    return uenige(fakta=replace(MELD.fakta, kategori=Avvikskategori.UTSKRIVNINGSKLAR_BESTRIDT))


def test_u14_one_patients_dispute_is_a_task_for_both_parties_leaders_the_same_day() -> None:
    lederne = [o for o in bestridt().state.oppgaver.åpne() if o.slag is Oppgaveslag.SNAKK_LEDER_TIL_LEDER]
    assert {o.part for o in lederne} == {ACT, PAM}
    assert {o.frist for o in lederne} == {datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC)}
    assert Oppgaveslag.SNAKK_LEDER_TIL_LEDER not in {slag for slag, _ in oppgaver(uenige())}


def test_u14_it_goes_to_a_forum_when_the_leaders_have_talked_and_is_never_closed_by_itself() -> None:
    gitt = bestridt()
    gitt.when(LØFTET).then_refused("avvik.lederne")
    (egen,) = [o for o in gitt.state.oppgaver.for_part(ACT) if o.slag is Oppgaveslag.SNAKK_LEDER_TIL_LEDER]
    gitt.when(LøsOppgave(egen.oppgave_ref, "demo-102", ACT)).then_refused("oppgave.besvares")
    snakket = gitt.og(SNAKKET)
    snakket.when(SNAKKET).then_nothing()
    assert tilstand(snakket) is Avvikstilstand.UENIG
    assert tilstand(snakket.og(LØFTET)) is Avvikstilstand.ESKALERT


def test_u14_that_the_leaders_did_not_talk_the_same_day_shows_and_that_they_did_too() -> None:
    kveld = datetime(2026, 3, 2, 22, 59, 59, tzinfo=UTC)

    def klokka(gitt: Gitt) -> tuple[FristTilstand, datetime]:
        return gitt.state.frister[SAMTALE].tilstand, gitt.state.frister[SAMTALE].forfall

    gitt = bestridt()
    assert (klokka(gitt), SAMTALE in uenige().state.frister) == ((FristTilstand.AAPEN, kveld), False)
    assert klokka(gitt.og(SNAKKET)) == (FristTilstand.HOLDT, kveld)
    assert klokka(gitt.og(PAM_ENIG, ACT_ENIG)) == (FristTilstand.HOLDT, kveld)
    ute = gitt.at(kveld).og(FristUtloept(SAMTALE, kveld))
    assert klokka(ute) == (FristTilstand.OVERSKREDET, kveld)
    assert klokka(ute.at(kveld + timedelta(days=1)).og(SNAKKET)) == (FristTilstand.OVERSKREDET, kveld)


# -- in any order --------------------------------------------------------------------------------------------------

TREKK = (LØFTET, replace(LØFTET, part=PAM), AVGJORT, VIDERE, UTSATT, TILBAKE, PAM_ENIG, ACT_ENIG, UENIG, SVARER)


@for_alle(st.lists(st.sampled_from(range(len(TREKK))), max_size=8))
def test_2_5_whatever_the_two_and_the_forum_do_in_whatever_order_it_closes_only_by_both_or_by_a_forum(
    rekke: list[int],
) -> None:
    gitt = uenige()
    for nr in rekke:
        resultat = gitt.when(TREKK[nr])
        if resultat.refused is not None:
            continue
        før, gitt = gitt, resultat.etter()
        state = gitt.state
        if state.lukket is not None and før.state.lukket is None:
            ved_enighet = state.ved is Avvikslukking.ENIGE and state.enige == {ACT, PAM}
            assert ved_enighet or (state.ved is Avvikslukking.FORUM and TREKK[nr] is AVGJORT)
        assert (tilstand(gitt) is Avvikstilstand.ESKALERT) <= (state.forumsak is not None and state.forumsak.venter)
        assert len({o.slag for o in state.oppgaver.for_part(ACT)}) == len(state.oppgaver.for_part(ACT))


@pytest.mark.parametrize("først", [ACT, PAM])
def test_2_5_that_both_put_it_up_at_once_puts_it_up_once(først: str) -> None:
    """The second finds that it is done; what the forum is asked is what the first wrote."""
    andre = PAM if først == ACT else ACT
    gitt = uenige().og(replace(LØFTET, part=først))
    gitt.when(replace(LØFTET, part=andre)).then_refused("avvik.eskalert")
    assert gitt.state.forumsak.part == først
