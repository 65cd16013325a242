"""Norwegian days as moments in time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def dagens_slutt(dag: date) -> datetime:
    """The last second of a Norwegian day, in UTC. Used to place a day without a time of day after the day's times."""
    midnatt = datetime.combine(dag + timedelta(days=1), time(), OSLO).astimezone(UTC)
    return midnatt - timedelta(seconds=1)


def lokal_dag(moment: datetime) -> date:
    """The Norwegian date of a moment."""
    return moment.astimezone(OSLO).date()
