"""Understands small numbers: fewer than five could be told from one another, so how many is not said (rules 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

FÅ: Final = 5
"""From so many on a number is said."""
K = TypeVar("K")


def er_få(antall: int) -> bool:
    """Whether there are some, and fewer than may be told. That there are none says nothing of anybody."""
    return 0 < antall < FÅ


def skjul(tall: Mapping[K, int]) -> dict[K, int | None]:
    """The numbers of parts that make up a whole which is told: None where it is not said.

    Where one alone would be hidden, it could be found as what the others lack of the whole: then the smallest of those
    others is hidden with it.
    """
    skjult = {navn for navn, antall in tall.items() if er_få(antall)}
    andre = sorted((antall, nr) for nr, (navn, antall) in enumerate(tall.items()) if antall and navn not in skjult)
    if len(skjult) == 1 and andre:
        skjult.add([*tall][andre[0][1]])
    return {navn: None if navn in skjult else antall for navn, antall in tall.items()}
