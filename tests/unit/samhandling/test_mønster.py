"""Many of one kind between the same two units raise themselves, with figures (rules 2.6); few are not counted (1.6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from bindeledd.schema.generated.samhandling import Avvikskategori, Forumutfall
from services.felles.forum import Stige
from services.felles.regler import Regler
from services.samhandling.forum import mønster
from services.samhandling.forum.forumsak import Behandle
from services.samhandling.forum.mønster import TellAvvik
from services.samhandling.forum.mønstertelling import strøm
from services.samhandling.tjeneste import tjeneste
from tests.dsl import ACT, DPS, NAV, NÅ, PAM, PERSONEN, RAMMER, Gitt, forseglet, given, kjent
from tests.rom import rom
from tests.unit.samhandling.dsl import gitt as fortalt

(MØNSTER,) = (a for a in tjeneste(RAMMER.oppsett, RAMMER.tabell).aggregates if a.topic == mønster.TOPIC)
K = Avvikskategori.TIDLIGMELDING
DAG = timedelta(days=1)
AVGJORT = Behandle("forum", "demo-141", Forumutfall.AVGJORT, forseglet("beslutning"))


def telt(*dager_siden: int) -> Gitt:
    """So many days ago each was reported, and counted then."""
    gitt = given(MØNSTER)
    for dager in dager_siden:
        da = NÅ - dager * DAG
        gitt = gitt.at(da).og(TellAvvik(K, (ACT, PAM), da))
    return gitt.at(NÅ)


def test_2_6_three_of_a_kind_between_the_same_two_within_a_quarter_raise_themselves_for_the_areas_dpr() -> None:
    assert telt(60, 1).state.sak is None
    reist = telt(89, 60, 0).state.reist
    assert (reist.antall, reist.fra, reist.til, reist.forum) == (3, NÅ - 89 * DAG, NÅ, "dpr-kronstad")


def test_2_6_what_lies_longer_ago_than_the_rule_says_is_not_counted() -> None:
    assert telt(90, 60, 0).state.sak is None


def test_2_6_while_it_waits_the_figures_grow_and_what_a_forum_has_taken_up_is_not_raised_again() -> None:
    venter = telt(60, 40, 20)
    møte = venter.state.sak.møte
    flere = venter.og(TellAvvik(K, (ACT, PAM), NÅ))
    assert (flere.state.reist.antall, flere.state.sak.møte) == (4, møte)
    behandlet = flere.at(NÅ + DAG).og(AVGJORT)
    behandlet.when(AVGJORT).then_refused("forum.sak")


@pytest.mark.parametrize("slutt", [Forumutfall.AVGJORT, Forumutfall.TILBAKE])
def test_2_6_what_a_forum_has_ended_is_counted_no_more_however_long_the_new_ones_wait(slutt: Forumutfall) -> None:
    behandlet = telt(60, 40, 20).at(NÅ + DAG).og(replace(AVGJORT, utfall=slutt))
    to_til = behandlet.og(*(TellAvvik(K, (ACT, PAM), NÅ + n * DAG) for n in (2, 3)))
    assert not to_til.state.sak.venter
    tre_til = to_til.og(TellAvvik(K, (ACT, PAM), NÅ + 4 * DAG))
    fire_til = tre_til.og(TellAvvik(K, (ACT, PAM), NÅ + 5 * DAG))
    assert [(g.state.reist.antall, g.state.reist.fra) for g in (tre_til, fire_til)] == [
        (3, NÅ + 2 * DAG), (4, NÅ + 2 * DAG),
    ]  # fmt: skip


@pytest.mark.parametrize("videre", [Forumutfall.SENDT_VIDERE, Forumutfall.UTSATT])
def test_2_6_what_a_forum_has_sent_on_or_put_off_is_counted_still(videre: Forumutfall) -> None:
    behandlet = telt(60, 40, 20).at(NÅ + DAG).og(replace(AVGJORT, utfall=videre))
    flere = behandlet.og(TellAvvik(K, (ACT, PAM), NÅ + 2 * DAG))
    assert (flere.state.reist.antall, flere.state.reist.fra) == (4, NÅ - 60 * DAG)


def test_2_6_where_no_forum_takes_it_or_no_rule_counts_an_avvik_is_reported_all_the_same() -> None:
    """Who reports shall not be stopped by what a municipality has not set up."""
    uten_forum = replace(RAMMER, oppsett=replace(RAMMER.oppsett, stige=Stige()))
    regler = {id_: rader for id_, rader in RAMMER.oppsett.regler.etter_id.items() if not id_.startswith("moenster")}
    uten_regel = replace(RAMMER, oppsett=replace(RAMMER.oppsett, regler=Regler(regler)))
    for rammer in (uten_forum, uten_regel):
        talt = fortalt(MØNSTER, nå=NÅ, regler=rammer).når(*(TellAvvik(K, (ACT, PAM), NÅ - n * DAG) for n in (3, 2, 1)))
        assert (len(talt.state.meldt), talt.state.sak) == (3, None)


def test_2_6_it_is_the_same_pattern_whichever_of_the_two_reports_and_another_for_another_kind(tmp_path: Path) -> None:
    with rom(tmp_path / "en", NÅ) as en, rom(tmp_path / "to", NÅ) as to:
        spør = en.inst.engines["samhandling"].look
        her = spør(lambda tx: strøm(tx, K, (ACT, PAM)))
        assert spør(lambda tx: strøm(tx, K, (PAM, ACT))) == her
        assert spør(lambda tx: strøm(tx, Avvikskategori.EPIKRISE, (ACT, PAM))) != her
        assert to.inst.engines["samhandling"].look(lambda tx: strøm(tx, K, (ACT, PAM))) != her, "nobody can work it out"


@pytest.mark.parametrize(("enheter", "oppholdets", "dps"), [
    (("act-kronstad", "dps-solli"), None, "dps-kronstad"), (("dps-solli", "act-kronstad"), None, "dps-solli"),
    (("dps-solli", "act-kronstad"), "dps-betanien", "dps-betanien"), ((PAM, "dps-solli"), None, "dps-solli"),
])  # fmt: skip
def test_2_6_it_is_of_the_area_of_the_stay_else_of_the_unit_that_it_is_reported_to(
    enheter: tuple[str, str], oppholdets: str | None, dps: str
) -> None:
    state = given(MØNSTER).og(TellAvvik(K, enheter, NÅ, oppholdets)).state
    assert (state.dps, state.enheter) == (dps, tuple(sorted(enheter)))


def test_2_6_reports_that_cross_leave_the_same_pattern_in_whatever_order_they_are_counted() -> None:
    tider = [NÅ - n * DAG for n in (1, 2, 3)]
    ferdige = {
        (state.meldt, state.reist.antall, state.reist.fra, state.reist.til)
        for rekke in permutations(tider)
        if (state := given(MØNSTER).og(*(TellAvvik(K, (ACT, PAM), tid) for tid in rekke)).state).reist is not None
    }
    assert len(ferdige) == 1


@pytest.mark.parametrize(("antall", "sagt", "få"), [(3, 0, True), (4, 0, True), (5, 5, False)])
def test_1_6_a_forum_reads_how_many_unless_they_are_few_and_never_which_units(antall: int, sagt: int, få: bool) -> None:
    view = mønster.utsnitt(telt(*range(antall, 0, -1)).state, "forum", kjent())
    assert view is not None
    assert (view.antall, view.faa, view.slag, view.dps) == (sagt, få, ("act", "pam"), DPS)
    assert ACT not in repr(view)


def test_2_6_a_pattern_is_shown_to_forums_and_to_nobody_else() -> None:
    state = telt(3, 2, 1).state
    assert [*mønster.kandidater(state, kjent())] == ["forum"]
    assert [mønster.utsnitt(state, part, kjent()) for part in (ACT, PAM, DPS, NAV, PERSONEN, "auditor")] == [None] * 6
    assert [*mønster.kandidater(telt(2, 1).state, kjent())] == []


def test_2_6_between_a_ward_and_a_team_for_substance_use_it_goes_to_that_forum() -> None:
    gitt = given(MØNSTER).og(*(TellAvvik(K, ("overdoseteam", PAM), NÅ - n * DAG) for n in (3, 2, 1)))
    assert gitt.state.sak.forum == "fagleg-utval-rus"


def test_2_6_a_pattern_before_the_change_is_of_the_ladder_of_then() -> None:
    da = datetime.fromisoformat("2021-03-01T12:00:00+00:00")
    gitt = given(MØNSTER, now=da).og(*(TellAvvik(K, ("legevakt", PAM), da - n * DAG) for n in (3, 2, 1)))
    assert gitt.state.sak.forum == "saph"
    assert replace(gitt.state.sak, møte=None).venter is False
