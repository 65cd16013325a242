"""What has not happened: the same records and looks in any order, or twice, give the same alarms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.core.envelope import Envelope
from bindeledd.runtime.watch.absence import (
    HEARD_WITHIN,
    JUDGED_WITHIN,
    TAKEN_WITHIN,
    Alarm,
    Deadlines,
    Kind,
    Offsets,
    Place,
    Waiting,
    silent,
    unread,
    waiting_after,
)
from bindeledd.schema.generated.felles import FristTilstand
from tests.hendelser import NÅ, SVAR, holdt, konvolutt, omgjort, overskredet, satt

TEMA = "samhandling.opphold"
STRØM = "a" * 32
SENT = NÅ + JUDGED_WITHIN + timedelta(seconds=1)
"""When a deadline that fell due at NÅ is missed."""

Post = tuple[Envelope, Any]


def poster(*hendelser: Any, strøm: str = STRØM) -> list[Post]:
    return [(konvolutt(hendelse, strøm, nr), hendelse) for nr, hendelse in enumerate(hendelser, 1)]


def udømt(poster_: Iterable[Post], nå: datetime = SENT) -> list[Alarm]:
    frister = Deadlines()
    for konvolutt_, hendelse in poster_:
        frister.take(TEMA, konvolutt_, hendelse)
    return sorted(frister.unjudged(nå))


# -- deadlines ------------------------------------------------------------------------------------------------------


def test_a_deadline_that_fell_due_and_was_not_judged_is_missed_when_the_grace_is_over() -> None:
    assert udømt(poster(satt(NÅ)), NÅ + JUDGED_WITHIN) == []
    assert udømt(poster(satt(NÅ))) == [Alarm(Kind.UNJUDGED, "samhandling", TEMA, STRØM, SVAR, NÅ)]


@pytest.mark.parametrize("dom", [holdt(NÅ), overskredet(NÅ), omgjort(NÅ, FristTilstand.BORTFALT)])
def test_a_deadline_that_its_owner_has_judged_is_not_missed(dom: Any) -> None:
    assert udømt(poster(satt(NÅ), dom)) == []


def test_a_judgement_of_another_deadline_or_another_stream_judges_nothing() -> None:
    assert len(udømt(poster(satt(NÅ), overskredet(NÅ, "kartlegging")))) == 1
    assert len(udømt([*poster(satt(NÅ)), *poster(satt(NÅ), holdt(NÅ), strøm="b" * 32)])) == 1


def test_a_deadline_that_was_moved_is_missed_at_its_new_moment() -> None:
    senere = NÅ + timedelta(days=1)
    flyttet = poster(satt(NÅ), holdt(NÅ), omgjort(senere, FristTilstand.AAPEN))
    assert udømt(flyttet) == []
    assert [alarm.since for alarm in udømt(flyttet, SENT + timedelta(days=1))] == [senere]


def test_what_a_restored_log_says_counts_before_what_was_written_before_the_restore() -> None:
    før = poster(satt(NÅ), holdt(NÅ))
    etter = satt(NÅ)
    assert len(udømt([(konvolutt(etter, STRØM, 1, epoke=2), etter), *før])) == 1


def hendelser() -> st.SearchStrategy[Any]:
    forfall = st.sampled_from([NÅ - timedelta(hours=1), NÅ, NÅ + timedelta(hours=1)])
    navn = st.sampled_from([SVAR, "kartlegging"])
    tilstand = st.sampled_from(FristTilstand)
    enkle = [st.builds(hver, forfall, navn) for hver in (satt, holdt, overskredet)]
    return st.one_of(*enkle, st.builds(omgjort, forfall, tilstand, navn))


@st.composite
def strømmer(draw: st.DrawFn) -> list[Post]:
    per_strøm = draw(st.lists(st.lists(hendelser(), max_size=6), min_size=1, max_size=3))
    return [post for nr, liste in enumerate(per_strøm) for post in poster(*liste, strøm=f"{nr:032}")]


@given(strømmer(), st.data())
def test_the_same_events_in_any_order_and_any_number_of_times_give_the_same_alarms(
    poster_: list[Post], data: st.DataObject
) -> None:
    flere = data.draw(st.lists(st.sampled_from(poster_), max_size=8)) if poster_ else []
    stokket = data.draw(st.permutations([*poster_, *flere]))
    assert udømt(stokket) == udømt(poster_)


# -- records that nobody took in --------------------------------------------------------------------------------------

GRUPPE = "bindeledd.kriseplan"
LESERE = {TEMA: (GRUPPE,)}
STED = Place(GRUPPE, TEMA, 0)


def sett(minutt: float, ende: int, nådd: int | None) -> Offsets:
    grupper = {} if nådd is None else {GRUPPE: {(TEMA, 0): nådd}}
    return Offsets(NÅ + timedelta(minutes=minutt), {(TEMA, 0): ende}, grupper)


def venter(*alle: Offsets) -> dict[Place, Waiting]:
    venter_: dict[Place, Waiting] = {}
    for hver in alle:
        venter_ = waiting_after(venter_, hver, LESERE)
    return venter_


def test_a_record_that_a_reader_does_not_pass_in_time_is_missed_also_by_one_who_never_came() -> None:
    for nådd in (4, None):
        venter_ = venter(sett(0, 5, nådd), sett(1, 9, nådd), sett(3, 9, nådd))
        assert list(unread(venter_, NÅ + TAKEN_WITHIN)) == []
        (alarm,) = unread(venter_, NÅ + timedelta(minutes=3))
        assert alarm == Alarm(Kind.UNREAD, GRUPPE, TEMA, "", "0", NÅ)


def test_a_reader_that_is_always_a_little_behind_is_not_missed() -> None:
    alle = [sett(minutt, 5 + minutt, 4 + minutt) for minutt in range(30)]
    assert venter(*alle)[STED].since == NÅ + timedelta(minutes=29)


def test_a_reader_that_has_taken_everything_in_waits_for_nothing() -> None:
    assert venter(sett(0, 5, 4), sett(1, 5, 5)) == {}


def test_a_topic_that_was_made_anew_is_waited_for_anew() -> None:
    assert venter(sett(0, 50, 4), sett(5, 2, None))[STED] == Waiting(NÅ + timedelta(minutes=5), 2)


def test_whoever_has_begun_to_read_a_topic_is_expected_to_go_on_and_nobody_else_is() -> None:
    party = ("samhandling.til.act-kronstad", 0)
    seen = Offsets(NÅ, {party: 3}, {"bindeledd.web": {party: 2}, "bindeledd.annet": {}})
    assert list(waiting_after({}, seen, {})) == [Place("bindeledd.web", *party)]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=12))
def test_waiting_begins_no_later_than_the_oldest_record_that_lies_there_was_seen(
    skritt: Sequence[tuple[int, int]],
) -> None:
    """By a slower way: the first look at which the topic ended beyond where the reader stands now."""
    ende, nådd, alle = 0, 0, []
    for minutt, (skrevet, lest) in enumerate(skritt):
        ende, nådd = ende + skrevet, min(ende + skrevet, nådd + lest)
        alle.append(sett(minutt, ende, nådd))
    funnet = venter(*alle).get(STED)
    if nådd == ende:
        assert funnet is None
        return
    assert funnet is not None
    eldst = next(hver.at for hver in alle if hver.ends[TEMA, 0] > nådd)
    assert eldst <= funnet.since <= alle[-1].at
    assert (funnet.since == alle[-1].at) or funnet.end > nådd


# -- heartbeats -------------------------------------------------------------------------------------------------------


def test_a_source_that_was_heard_and_is_heard_no_more_is_missed_and_one_never_heard_is_not() -> None:
    hørt = {TEMA: NÅ, "ansvarsgruppe.samtykke": NÅ + HEARD_WITHIN}
    assert list(silent(hørt, NÅ + HEARD_WITHIN)) == []
    (alarm,) = silent(hørt, NÅ + HEARD_WITHIN + timedelta(seconds=1))
    assert alarm == Alarm(Kind.SILENT, "samhandling", TEMA, "", "", NÅ)
    assert list(silent({}, NÅ)) == []
