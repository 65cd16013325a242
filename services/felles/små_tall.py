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

    Those that are hidden could be found as what the others lack of the whole where it is one alone, or all of them are
    as few, or as many, as hidden ones can be: then the smallest of the others is hidden with them.
    """
    skjult = {navn for navn, antall in tall.items() if er_få(antall)}
    andre = sorted((antall, nr) for nr, (navn, antall) in enumerate(tall.items()) if antall and navn not in skjult)
    til_sammen = sum(tall[navn] for navn in skjult)
    if andre and skjult and (len(skjult) == 1 or til_sammen in (len(skjult), len(skjult) * (FÅ - 1))):
        skjult.add([*tall][andre[0][1]])
    return {navn: None if navn in skjult else antall for navn, antall in tall.items()}
