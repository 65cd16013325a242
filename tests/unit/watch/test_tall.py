"""Live figures: how much is written, and how many stays last at each DPS."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bindeledd.runtime.watch.figures import Rate, Rates, Sort
from bindeledd.schema.generated.barn_paaroerende import KartleggingKrevd
from bindeledd.schema.generated.samhandling import RettInstansAvklart
from services.felles.oppholdsbilde import OPPHOLD
from services.felles.oppholdstall import HUSKES, Belegg, Oppholdstall
from tests.hendelser import NÅ, konvolutt
from tests.unit.felles.test_oppholdsbilde import UT, inn, kansellert, ut

SLAG = Sort(OPPHOLD, "FristSatt")
ETTER = UT + timedelta(days=1)


def test_the_last_whole_minute_and_the_last_hour_are_counted_and_nothing_older() -> None:
    rater = Rates()
    for minutter in (0, 1, 1, 59, 60, 61, 600):
        rater.take(SLAG, NÅ - timedelta(minutes=minutter), NÅ)
    assert rater.at(NÅ) == {SLAG: Rate(2, 4)}
    assert rater.at(NÅ + timedelta(minutes=1)) == {SLAG: Rate(1, 4)}
    assert rater.at(NÅ + timedelta(hours=3)) == {}


def test_a_writer_whose_clock_is_ahead_fills_no_window_that_is_still_to_come() -> None:
    rater = Rates()
    rater.take(SLAG, NÅ + timedelta(days=1), NÅ)
    assert rater.at(NÅ + timedelta(days=1, minutes=1)) == {}


@given(st.lists(st.integers(0, 90), max_size=20), st.randoms(use_true_random=False))
def test_records_in_any_order_give_the_same_rates(minutter: list[int], tilfeldig: Any) -> None:
    stokket = list(minutter)
    tilfeldig.shuffle(stokket)
    begge = [Rates(), Rates()]
    for rater, rekke in zip(begge, (minutter, stokket), strict=True):
        for hver in rekke:
            rater.take(SLAG, NÅ - timedelta(minutes=hver), NÅ)
    assert begge[0].at(NÅ) == begge[1].at(NÅ)


def instans(dps: str | None) -> RettInstansAvklart:
    return RettInstansAvklart(dps=dps, bydel=None, instans=None, forklaring="", regel_versjon="1")


def tell(tall: Oppholdstall, strøm: str, *hendelser: Any, tema: str = OPPHOLD) -> None:
    for nr, hendelse in enumerate(hendelser, 1):
        tall.take(tema, konvolutt(hendelse, strøm, nr), hendelse)


def test_a_stay_counts_with_its_dps_from_the_admission_until_the_discharge() -> None:
    tall = Oppholdstall()
    tell(tall, "en", inn(), instans("bjorgvin-dps"))
    tell(tall, "to", inn(), instans("bjorgvin-dps"), ut())
    tell(tall, "tre", inn())
    assert tall.count([], ETTER) == {"bjorgvin-dps": Belegg(1, 0), "": Belegg(1, 0)}


def test_a_stay_goes_on_when_its_discharge_was_withdrawn() -> None:
    tall = Oppholdstall()
    tell(tall, "en", inn(), ut(), kansellert(3, "id2", "LOG_UTSKREVET"))
    assert tall.count([], ETTER) == {"": Belegg(1, 0)}


def test_a_clock_is_counted_with_the_stay_it_runs_on_also_one_of_a_kartlegging() -> None:
    tall = Oppholdstall()
    tell(tall, "en", inn(), instans("kronstad-dps"), ut())
    tell(tall, "kart", KartleggingKrevd(opphold_ref="en", part="pam"), tema="barn_paaroerende.kartlegging")
    assert tall.count(["en", "kart", "ukjent"], ETTER) == {"kronstad-dps": Belegg(0, 2), "": Belegg(0, 1)}


def test_what_is_told_again_changes_nothing() -> None:
    tall = Oppholdstall()
    alt = (inn(), instans("kronstad-dps"), ut())
    tell(tall, "en", *alt)
    tell(tall, "en", *alt[:2])
    assert tall.count([], ETTER) == {}


def test_a_stay_that_ended_long_ago_is_let_go_and_what_comes_late_of_it_counts_nothing() -> None:
    tall = Oppholdstall()
    tell(tall, "en", inn(), ut())
    assert tall.count([], UT + HUSKES + timedelta(days=1)) == {}
    assert not tall._opphold
    tall.take(OPPHOLD, konvolutt(ut(), "en", 3), ut())
    assert tall.count([], ETTER) == {}
