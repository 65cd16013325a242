"""Small numbers are not told, nor can they be worked out from those that are (rules 1.6)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.felles.små_tall import FÅ, er_få, skjul


@pytest.mark.parametrize(("antall", "få"), [(0, False), (1, True), (FÅ - 1, True), (FÅ, False), (60, False)])
def test_1_6_fewer_than_five_are_few_and_none_is_none(antall: int, få: bool) -> None:
    assert er_få(antall) is få


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5))
def test_1_6_a_number_that_is_not_told_cannot_be_found_by_taking_the_others_from_the_whole(antall: list[int]) -> None:
    sagt = skjul(dict(enumerate(antall)))
    skjult = [nr for nr, tall in sagt.items() if tall is None]
    assert all(sagt[nr] is None for nr, tall in enumerate(antall) if er_få(tall))
    assert all(sagt[nr] in (None, tall) for nr, tall in enumerate(antall))
    if all(tall is None or not tall for tall in sagt.values()):
        return  # there is nothing else to hide
    mulige = [
        tall for tall in product(range(1, 13), repeat=len(skjult)) if _kan_være(tall, sum(antall[nr] for nr in skjult))
    ]
    assert all(len({tall[nr] for tall in mulige}) > 1 for nr in range(len(skjult)))


def _kan_være(tall: tuple[int, ...], til_sammen: int) -> bool:
    """Whether hidden numbers may be these: no more than one of them is not few."""
    return sum(tall) == til_sammen and sum(not er_få(ett) for ett in tall) <= 1


def test_1_6_no_more_is_hidden_than_it_takes() -> None:
    assert skjul({"a": 2, "b": 9, "c": 7, "d": 0}) == {"a": None, "b": 9, "c": None, "d": 0}
    assert skjul({"a": 2, "b": 3, "c": 7}) == {"a": None, "b": None, "c": 7}


@pytest.mark.parametrize("like", [1, FÅ - 1])
def test_1_6_two_that_are_as_few_or_as_many_as_hidden_ones_can_be_hide_one_more(like: int) -> None:
    assert skjul({"a": like, "b": like, "c": 7, "d": 9}) == {"a": None, "b": None, "c": None, "d": 9}
