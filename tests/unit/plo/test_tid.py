"""Points in time as messages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.samhandling.plo.tid import les_tidspunkt, skriv_lokal, skriv_med_avvik, skriv_utc

# Any second from 1990 to 2060, and often one near a change of clocks.
ALLE_SEKUNDER = st.integers(631_152_000, 2_840_140_800).map(lambda s: datetime.fromtimestamp(s, UTC))
SKIFTER = st.sampled_from([datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)])
NÆR_SKIFTE = st.builds(lambda t, s: t + timedelta(seconds=s), SKIFTER, st.integers(-7200, 7200))
INSTANTER = ALLE_SEKUNDER | NÆR_SKIFTE


def test_a_time_without_an_offset_is_norwegian_winter_or_summer_time() -> None:
    vinter, sommer = les_tidspunkt("2018-01-29T10:00:00"), les_tidspunkt("2018-07-29T10:00:00")
    assert vinter is not None
    assert sommer is not None
    assert vinter.instant == datetime(2018, 1, 29, 9, tzinfo=UTC)
    assert sommer.instant == datetime(2018, 7, 29, 8, tzinfo=UTC)


def test_a_time_with_z_is_utc_and_its_date_is_the_norwegian_one() -> None:
    tid = les_tidspunkt("2026-03-01T23:30:00Z")
    assert tid is not None
    assert tid.instant == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert tid.dato == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("skrevet", "mikro"), [("0.1", 100_000), ("0.123", 123_000), ("0.123456789", 123_456), ("0.000000001", 0)]
)
def test_decimals_of_a_second_are_kept_to_the_microsecond(skrevet: str, mikro: int) -> None:
    tid = les_tidspunkt(f"2012-05-06T07:08:0{skrevet}Z")
    assert tid is not None
    assert tid.instant == datetime(2012, 5, 6, 7, 8, 0, mikro, tzinfo=UTC)


def test_an_explicit_offset_is_respected() -> None:
    tid = les_tidspunkt("2026-03-02T10:30:00+01:00")
    assert tid is not None
    assert tid.instant == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_a_bare_date_has_no_instant() -> None:
    tid = les_tidspunkt("2018-01-31", anslag=True)
    assert tid is not None
    assert (tid.dato, tid.instant, tid.bare_dato, tid.anslag) == (date(2018, 1, 31), None, True, True)


def test_midnight_written_as_24_belongs_to_the_next_day() -> None:
    tid = les_tidspunkt("2026-03-01T24:00:00")
    assert tid is not None
    assert tid.dato == date(2026, 3, 2)


def test_the_autumn_hour_that_comes_twice_keeps_both_readings_and_what_was_written() -> None:
    tid = les_tidspunkt("2026-10-25T02:30:00")
    assert tid is not None
    assert tid.tvetydig
    assert tid.instant == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert tid.senere_lesning == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert tid.skrevet == "2026-10-25T02:30:00"


@pytest.mark.parametrize("skrevet", ["2026-10-25T01:59:59", "2026-10-25T03:00:00", "2026-10-25T00:30:00Z"])
def test_the_times_around_it_and_times_in_utc_are_not_ambiguous(skrevet: str) -> None:
    tid = les_tidspunkt(skrevet)
    assert tid is not None
    assert not tid.tvetydig


def test_the_spring_hour_that_no_clock_shows_is_flagged() -> None:
    tid = les_tidspunkt("2026-03-29T02:30:00")
    assert tid is not None
    assert tid.finnes_ikke
    assert tid.instant == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "skrevet",
    [
        "",
        "2018",
        "2018-01",
        "10:00:00",
        "2018-02-30",
        "2018-01-29T25:00:00",
        "2018-01-29T24:30:00",
        "2018-01-29T10:00",
        "2018-01-29T10:00:00+15:00",
        "2018-01-29T10:00:00+01:99",
        "2018-01-29 10:00:00",
        "29.01.2018",
        "0000-01-01",
        "9999-12-31T24:00:00",
        "0001-01-01T00:00:00",
        "٢٠١٨-٠١-٢٩",
    ],
)
def test_what_is_not_a_date_or_time_is_malformed(skrevet: str) -> None:
    assert les_tidspunkt(skrevet) is None


@given(st.text(alphabet="0123456789-:.TZ+ ", max_size=40))
def test_no_text_makes_reading_fail(skrevet: str) -> None:
    les_tidspunkt(skrevet)


@given(INSTANTER)
def test_an_instant_written_in_utc_or_with_its_offset_is_read_back(instant: datetime) -> None:
    for skrevet in (skriv_utc(instant), skriv_med_avvik(instant)):
        tid = les_tidspunkt(skrevet)
        assert tid is not None
        assert tid.instant == instant


@given(INSTANTER)
def test_an_instant_written_as_local_time_is_one_of_the_readings(instant: datetime) -> None:
    tid = les_tidspunkt(skriv_lokal(instant))
    assert tid is not None
    assert instant in (tid.instant, tid.senere_lesning)
    assert not tid.finnes_ikke


@given(INSTANTER)
def test_the_two_readings_of_an_ambiguous_time_are_an_hour_apart(instant: datetime) -> None:
    tid = les_tidspunkt(skriv_lokal(instant))
    assert tid is not None
    if tid.instant is not None and tid.senere_lesning is not None:
        assert tid.senere_lesning - tid.instant == timedelta(hours=1)


def test_a_time_without_a_zone_is_not_written() -> None:
    with pytest.raises(ValueError, match="aware"):
        skriv_utc(datetime(2026, 1, 1))  # noqa: DTZ001
