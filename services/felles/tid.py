"""Norwegian days as moments in time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

OSLO: Final = ZoneInfo("Europe/Oslo")


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
