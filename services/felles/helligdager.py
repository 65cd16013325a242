"""Which days are public holidays in Norway, and where a count of virkedager, or of months, ends: the laws' lists, on
Easter as dateutil counts it.

The `holidays` package, which the tests hold this to, loads every country of the world for ours: 9 MiB in each process.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

_ETTER_PÅSKE = {
    -3: "Skjærtorsdag", -2: "Langfredag", 0: "Første påskedag", 1: "Andre påskedag", 39: "Kristi himmelfartsdag",
    49: "Første pinsedag", 50: "Andre pinsedag",
}  # fmt: skip
_FASTE = {
    (1, 1): "Første nyttårsdag", (5, 1): "Arbeidernes dag", (5, 17): "Grunnlovsdag", (12, 25): "Første juledag",
    (12, 26): "Andre juledag",
}  # fmt: skip


def norsk_helligdag(dag: date) -> str | None:
    """The name of the public holiday on a day; None when it is none (lov 1995-02-24-12 §2, lov 1947-04-26-1 §1)."""
    return _helligdager(dag.year).get(dag)


def etter_virkedager(dag: date, antall: int) -> date:
    """The last of so many virkedager after a day: every day but Sundays and public holidays.

    No source says whether a Saturday is one in LOV-2025-06-20-74; that it is, is the stricter reading.
    """
    siste = dag
    for _ in range(antall):
        siste = next(d for n in range(1, 15) if er_virkedag(d := siste + timedelta(days=n)))
    return siste


def etter_måneder(dag: date, antall: int) -> date:
    """The same day so many months later; in a month that has no such day, its last."""
    return dag + relativedelta(months=antall)


def er_virkedag(dag: date) -> bool:
    """Neither a Sunday nor a public holiday."""
    return dag.isoweekday() < 7 and norsk_helligdag(dag) is None


@lru_cache(maxsize=64)
def _helligdager(år: int) -> Mapping[date, str]:
    påske = easter(år)
    bevegelige = {påske + timedelta(days=dager): navn for dager, navn in _ETTER_PÅSKE.items()}
    return MappingProxyType({**bevegelige, **{date(år, *dag): navn for dag, navn in _FASTE.items()}})
