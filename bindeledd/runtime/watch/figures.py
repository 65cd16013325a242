"""Understands how much happens: records per topic and type, in windows of a minute by when they were written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple

MINUTES: Final = 60
"""So many minutes are kept."""


class Sort(NamedTuple):
    """What is counted together."""

    topic: str
    type: str


class Rate(NamedTuple):
    """How many were written in the last whole minute, and in the last hour."""

    minute: int
    hour: int


class Rates:
    """Counts by minute. Records may come in any order; those that are older than the hour are no longer counted."""

    def __init__(self) -> None:
        self._minutes: dict[int, Counter[Sort]] = {}

    def take(self, sort: Sort, written: datetime, now: datetime) -> None:
        minute, this = _minute(written), _minute(now)
        if this - MINUTES <= minute <= this:
            self._minutes.setdefault(minute, Counter())[sort] += 1

    def at(self, now: datetime) -> Mapping[Sort, Rate]:
        """The rates of all that was written in the hour before `now`, in their order; what is older is let go."""
        this = _minute(now)
        self._minutes = {minute: counted for minute, counted in self._minutes.items() if minute >= this - MINUTES}
        hour: Counter[Sort] = Counter()
        for minute, counted in self._minutes.items():
            if minute < this:
                hour.update(counted)
        last = self._minutes.get(this - 1, Counter())
        return {sort: Rate(last[sort], hour[sort]) for sort in sorted(hour)}


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)
