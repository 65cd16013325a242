"""How much of a crisis plan a sheet of paper holds, and in letters of which size: reckoned in lines, and with some to
spare, for no two machines have quite the same letters.

The sizes and measures are those of `.ark` in bindeledd.css: A4, two columns, what is said under one heading together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil

from web.krisedeler import Lest, som_linjer

STØRRELSER = ((9.5, 1.25), (8.0, 1.2), (6.5, 1.15))
"""Letters in points, and the height of a line in letters: the largest first. Smaller ones nobody can read."""
PUNKT = 0.3528
BREDDE, HØYDE, KOLONNER = 88.4, 248.0, 2
"""Millimetres that a column has for words, and how high it is."""
INNRYKK, ORDSKILLE = 1.3, 0.92
"""Letters that a list is moved in, and what is left of a line when words are not broken."""
BRED, VANLIG = 1.0, 0.5
DELENS, AVSNITTETS, RINGES, TIL_SLUTT = 2.2, 0.35, 0.2, 4.0
"""Lines that a part's frame and heading take, what stands between, a button to call, and what stands below the plan."""
MELLOMROM = 2.0
"""Letters between whom to call and the number."""


def tetthet(lest: Sequence[Lest]) -> int:
    """The number of the largest size, from 1, in which all of it is on one sheet; 0 when it is in none."""
    return next((nr for nr, (punkt, linje) in enumerate(STØRRELSER, 1) if _på_ett_ark(lest, punkt, linje)), 0)


def _på_ett_ark(lest: Sequence[Lest], punkt: float, linje: float) -> bool:
    bredde = BREDDE / (punkt * PUNKT) * ORDSKILLE - INNRYKK
    plass = HØYDE / (punkt * linje * PUNKT)
    brukt = 0.0
    for høyde in (*_avsnittene(lest, bredde), TIL_SLUTT):
        rest = plass - brukt % plass
        brukt += høyde if høyde <= rest or høyde > plass else rest + høyde
    return brukt <= plass * KOLONNER


def _avsnittene(lest: Iterable[Lest], bredde: float) -> Iterator[float]:
    """The height in lines of each thing that is said; the first of a part has the part's heading."""
    for del_ in lest:
        over = DELENS
        for avsnitt in del_.avsnitt:
            linjer = som_linjer(avsnitt.verdi)
            rundt = AVSNITTETS
            if avsnitt.ring:  # the number to call comes on a line of its own where it has no room beside the words
                rundt += sum(RINGES + (_lang(linje) + MELLOMROM > bredde) for linje in linjer)
            yield over + rundt + sum(max(1, ceil(_lang(linje) / bredde)) for linje in (avsnitt.ledetekst, *linjer))
            over = 0.0


def _lang(linje: str) -> float:
    """How many letters wide a line is, if none of it is broken."""
    return sum(BRED if tegn.isupper() or tegn in "mwæ@%\t" or ord(tegn) > 0x2000 else VANLIG for tegn in linje)
