"""Moments as people say them, in Bergen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from web import ord as sagt
from web import tid

NÅ = datetime(2024, 2, 3, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "sagt"),
    [
        (datetime(2024, 2, 3, 21, 40, tzinfo=UTC), "i dag kl. 22.40"),
        (datetime(2024, 2, 2, 21, 40, tzinfo=UTC), "i går kl. 22.40"),
        (datetime(2024, 2, 3, 23, 30, tzinfo=UTC), "i morgen kl. 00.30"),
        (datetime(2024, 1, 31, 9, 5, tzinfo=UTC), "onsdag 31. januar kl. 10.05"),
        (datetime(2023, 12, 31, 23, 30, tzinfo=UTC), "mandag 1. januar kl. 00.30"),
        (datetime(2023, 7, 1, 10, 0, tzinfo=UTC), "lørdag 1. juli 2023 kl. 12.00"),
    ],
)
def test_a_moment_is_said_in_local_time(moment: datetime, sagt: str) -> None:
    assert tid.når(moment, NÅ).replace("\N{NO-BREAK SPACE}", " ") == sagt


def test_a_day_without_a_time_of_day_is_said_as_a_day() -> None:
    assert tid.når(datetime(2024, 2, 2, 21, 40, tzinfo=UTC), NÅ, bare_dato=True) == "i går"


@pytest.mark.parametrize(
    ("varighet", "sagt"),
    [
        (timedelta(seconds=40), "under ett minutt"),
        (timedelta(minutes=1), "1 minutt"),
        (timedelta(hours=1, minutes=5), "1 time og 5 minutter"),
        (timedelta(hours=19, minutes=59), "19 timer"),
        (timedelta(days=1, hours=12), "36 timer"),
        (timedelta(days=5, hours=3), "5 døgn"),
        (timedelta(hours=-2), "2 timer"),
    ],
)
def test_a_time_that_is_left_is_no_finer_than_somebody_in_a_hurry_needs(varighet: timedelta, sagt: str) -> None:
    assert tid.varighet(varighet) == sagt


def test_machines_read_the_offset_of_that_day() -> None:
    assert tid.maskin(datetime(2024, 7, 1, 10, 0, tzinfo=UTC)) == "2024-07-01T12:00+02:00"
    assert tid.maskin(date(2024, 7, 1)) == "2024-07-01"


def test_to_the_party_itself_one_says_you() -> None:
    assert sagt.til_dere("Parten er DPS for bydelen (§25).") == "Dere er DPS for bydelen (§25)."
    assert sagt.til_dere("Det er partens eget. Sendt til parten.") == "Det er deres eget. Sendt til dere."
    assert sagt.til_dere("Partene og departementet") == "Partene og departementet"
