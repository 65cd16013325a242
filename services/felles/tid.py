"""Norwegian days as moments in time, and which of them are public holidays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.easter import easter

OSLO: Final = ZoneInfo("Europe/Oslo")
_ETTER_PÅSKE = {
    -3: "Skjærtorsdag", -2: "Langfredag", 0: "Første påskedag", 1: "Andre påskedag", 39: "Kristi himmelfartsdag",
    49: "Første pinsedag", 50: "Andre pinsedag",
}  # fmt: skip
_FASTE = {
    (1, 1): "Første nyttårsdag", (5, 1): "Arbeidernes dag", (5, 17): "Grunnlovsdag", (12, 25): "Første juledag",
    (12, 26): "Andre juledag",
}  # fmt: skip


def lokal_dag(moment: datetime) -> date:
    """The Norwegian date of an aware moment. Raises ValueError for a moment without an offset."""
    if moment.tzinfo is None:
        raise ValueError("the moment has no offset; give an aware datetime")
    return moment.astimezone(OSLO).date()


def lokal_midnatt(dag: date) -> datetime:
    """The moment (UTC) at which a Norwegian day begins."""
    return datetime.combine(dag, time(), OSLO).astimezone(UTC)


def dagens_slutt(dag: date) -> datetime:
    """The last second of a Norwegian day, in UTC. Used to place a day without a time of day after the day's times."""
    return lokal_midnatt(dag + timedelta(days=1)) - timedelta(seconds=1)


def norsk_helligdag(dag: date) -> str | None:
    """The name of the public holiday on a day; None when it is none (lov 1995-02-24-12 §2, lov 1947-04-26-1 §1)."""
    return _helligdager(dag.year).get(dag)


@lru_cache(maxsize=64)
def _helligdager(år: int) -> Mapping[date, str]:
    påske = easter(år)
    bevegelige = {påske + timedelta(days=dager): navn for dager, navn in _ETTER_PÅSKE.items()}
    return MappingProxyType({**bevegelige, **{date(år, *dag): navn for dag, navn in _FASTE.items()}})
