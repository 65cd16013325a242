"""Rules have dates, and a rule without a value refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.felles.oppsett import Oppsett
from services.felles.regler import IngenRegel


def test_the_tidligmelding_has_24_hours_counted_on_when_it_reached_us(oppsett: Oppsett) -> None:
    regel = oppsett.regler.verdi("tidligmelding_frist", date(2024, 2, 2))
    assert regel.varighet == timedelta(hours=24)
    assert regel.teller == "mottatt"
    assert regel.paragraf == "forskrift 2011-11-18-1115 §8"


@pytest.mark.parametrize(("dato", "kroner"), [("2018-12-31", 0), ("2019-01-01", 4885), ("2023-12-31", 5508)])
def test_the_value_is_that_of_the_date(dato: str, kroner: int, oppsett: Oppsett) -> None:
    assert oppsett.regler.verdi("doegnpris", date.fromisoformat(dato)).verdi == kroner


def test_a_price_not_yet_published_is_refused_and_never_last_years(oppsett: Oppsett) -> None:
    assert oppsett.regler.verdi("doegnpris", date(2024, 12, 31)).verdi == 5745
    with pytest.raises(IngenRegel, match="2025-01-01") as feil:
        oppsett.regler.verdi("doegnpris", date(2025, 1, 1))
    assert feil.value.rule == "doegnpris"


def test_a_rule_that_nobody_has_written_is_refused(oppsett: Oppsett) -> None:
    with pytest.raises(IngenRegel, match="finnes ikke"):
        oppsett.regler.verdi("tidligmelding", date(2024, 1, 1))


def test_a_moment_counts_as_its_norwegian_date(oppsett: Oppsett) -> None:
    før = datetime(2023, 12, 31, 22, 59, tzinfo=UTC)
    assert oppsett.regler.verdi("doegnpris", før).verdi == 5508
    assert oppsett.regler.verdi("doegnpris", før + timedelta(minutes=1)).verdi == 5745


def test_a_price_is_no_duration(oppsett: Oppsett) -> None:
    with pytest.raises(ValueError, match="kroner"):
        _ = oppsett.regler.verdi("doegnpris", date(2024, 1, 1)).varighet


@pytest.mark.parametrize(
    ("regel", "varighet"),
    [
        ("hendt_etter_mottatt", timedelta(minutes=5)),
        ("apprec_ikke_sett", timedelta(hours=12)),
        ("melding_ikke_aapnet", timedelta(hours=4)),
        ("ubekreftet_pasient", timedelta(days=14)),
        ("samtykke_maks", timedelta(days=365)),
    ],
)
def test_the_alarm_times_are_there(regel: str, varighet: timedelta, oppsett: Oppsett) -> None:
    assert oppsett.regler.verdi(regel, date(2024, 1, 1)).varighet == varighet


def test_our_alarm_for_a_receipt_comes_well_before_the_standards_96_hours(oppsett: Oppsett) -> None:
    assert oppsett.regler.verdi("apprec_ikke_sett", date(2024, 1, 1)).varighet < timedelta(hours=24)
