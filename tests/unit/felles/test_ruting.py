"""Where a person is to turn (bergen.md "Emergency routing", rules 2.7)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from services.felles.helligdager import norsk_helligdag
from services.felles.oppsett import Oppsett
from services.felles.ruting import Behov, dps_for_bydel, foreslå_bydel, helligdag, rute
from tests.unit.felles.conftest import bergen

OSLO = ZoneInfo("Europe/Oslo")
INGEN: frozenset[Behov] = frozenset()
ACUTE = [Behov.LUKKET_POST, Behov.UTAGERENDE, Behov.ALVORLIG_SELVMORDSRISIKO]


def oslo(tekst: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(tekst).replace(tzinfo=OSLO, fold=fold)


@pytest.mark.parametrize(
    ("når", "part", "hvorfor"),
    [
        ("2024-02-02 22:40", "pam", "Friday evening"),
        ("2024-02-05 07:59:59", "pam", "Monday before eight"),
        ("2024-02-05 08:00", "dps-kronstad", "Monday at eight"),
        ("2024-02-05 14:59:59.999999", "dps-kronstad", "one microsecond before three"),
        ("2024-02-05 15:00", "pam", "three o'clock"),
        ("2024-02-02 14:59", "dps-kronstad", "Friday afternoon, still open"),
        ("2024-02-03 12:00", "pam", "Saturday"),
        ("2024-02-04 12:00", "pam", "Sunday"),
        ("2024-02-05 00:00", "pam", "the night to Monday"),
        ("2024-03-28 12:00", "pam", "skjærtorsdag"),
        ("2024-03-29 12:00", "pam", "langfredag"),
        ("2024-04-01 12:00", "pam", "andre påskedag"),
        ("2024-04-02 12:00", "dps-kronstad", "the Tuesday after Easter"),
        ("2024-05-01 12:00", "pam", "1 May"),
        ("2024-05-09 12:00", "pam", "Kristi himmelfartsdag"),
        ("2024-05-17 12:00", "pam", "17 May"),
        ("2024-05-20 12:00", "pam", "andre pinsedag"),
        ("2025-05-29 12:00", "pam", "Kristi himmelfartsdag moves: 2025"),
        ("2024-05-10 12:00", "dps-kronstad", "a Friday in between is a weekday"),
        ("2024-12-24 12:00", "pam", "Christmas Eve, by configuration"),
        ("2024-12-31 12:00", "pam", "New Year's Eve, by configuration"),
        ("2024-12-25 12:00", "pam", "første juledag"),
        ("2024-12-27 12:00", "dps-kronstad", "between the holidays"),
        ("2025-01-01 12:00", "pam", "New Year's Day"),
    ],
)
def test_hours_decide_between_dps_and_pam(når: str, part: str, hvorfor: str, oppsett: Oppsett) -> None:
    svar = rute("aarstad", oslo(når), INGEN, oppsett)
    assert (svar.part, svar.dps) == (part, "dps-kronstad"), hvorfor


def test_the_hour_is_norwegian_whatever_offset_the_moment_has(oppsett: Oppsett) -> None:
    winter, summer = datetime(2024, 2, 5, 7, 0, tzinfo=UTC), datetime(2024, 7, 1, 6, 0, tzinfo=UTC)
    for åpner in (winter, summer):
        assert rute("fana", åpner, INGEN, oppsett).part == "dps-solli"
        assert rute("fana", åpner - timedelta(seconds=1), INGEN, oppsett).part == "pam"


@pytest.mark.parametrize("fold", [0, 1])
def test_both_hours_of_the_autumn_night_are_night(fold: int, oppsett: Oppsett) -> None:
    svar = rute("aarstad", oslo("2024-10-27 02:30", fold), INGEN, oppsett)
    assert svar.part == "pam"
    assert svar.setning.startswith("Søndag natt kl. 02:30 →")


def test_the_days_after_the_clock_changes_open_at_eight_by_the_wall(oppsett: Oppsett) -> None:
    spring, autumn = datetime(2024, 4, 2, 6, 0, tzinfo=UTC), datetime(2024, 10, 28, 7, 0, tzinfo=UTC)
    for åpner in (spring, autumn):
        assert rute("aarstad", åpner, INGEN, oppsett).part == "dps-kronstad"
        assert rute("aarstad", åpner - timedelta(minutes=1), INGEN, oppsett).part == "pam"


@pytest.mark.parametrize("behov", ACUTE)
@pytest.mark.parametrize("når", ["2024-02-05 10:00", "2024-02-05 14:59", "2024-02-05 03:00", "2024-12-25 12:00"])
@pytest.mark.parametrize("bydel", ["aarstad", None, "voss"])
def test_closed_ward_violence_and_suicide_risk_go_to_pam_at_any_hour(
    bydel: str | None, når: str, behov: Behov, oppsett: Oppsett
) -> None:
    svar = rute(bydel, oslo(når), frozenset({behov}), oppsett)
    assert svar.part == "pam"
    assert svar.dps == ("dps-kronstad" if bydel == "aarstad" else None)


@pytest.mark.parametrize("bydel", [None, "voss", "", "AARSTAD"])
@pytest.mark.parametrize("når", ["2024-02-05 10:00", "2024-02-02 22:40"])
@pytest.mark.parametrize("behov", [INGEN, frozenset({Behov.HENVIST_UTEN_INNLEGGELSE}), frozenset({Behov.UKJENT})])
def test_an_unknown_bydel_goes_to_the_manual_queue_and_never_to_a_default(
    bydel: str | None, når: str, behov: frozenset[Behov], oppsett: Oppsett
) -> None:
    svar = rute(bydel, oslo(når), behov, oppsett)
    assert (svar.part, svar.dps) == (None, None)
    assert "manuell kø" in svar.setning


@pytest.mark.parametrize(
    ("når", "part"),
    [
        ("2024-02-05 17:59", "pam"),
        ("2024-02-05 18:00", "psykiatrisk-legevakt"),
        ("2024-02-05 22:59", "psykiatrisk-legevakt"),
        ("2024-02-05 23:00", "pam"),
        ("2024-12-25 19:00", "psykiatrisk-legevakt"),
        ("2024-02-05 10:00", "dps-kronstad"),
    ],
)
def test_psykiatrisk_legevakt_takes_referrals_from_18_to_23(når: str, part: str, oppsett: Oppsett) -> None:
    assert rute("aarstad", oslo(når), frozenset({Behov.HENVIST_UTEN_INNLEGGELSE}), oppsett).part == part


def test_a_referral_does_not_outweigh_suicide_risk(oppsett: Oppsett) -> None:
    behov = frozenset({Behov.HENVIST_UTEN_INNLEGGELSE, Behov.ALVORLIG_SELVMORDSRISIKO})
    assert rute("aarstad", oslo("2024-02-05 19:00"), behov, oppsett).part == "pam"


@pytest.mark.parametrize(
    ("bydel", "dps"),
    [
        ("fyllingsdalen", "dps-betanien"),
        ("laksevaag", "dps-betanien"),
        ("fana", "dps-solli"),
        ("bergenhus", "dps-kronstad"),
        ("aarstad", "dps-kronstad"),
        ("ytrebygda", "dps-kronstad"),
        ("aasane", "dps-bjoergvin"),
        ("arna", "dps-bjoergvin"),
    ],
)
def test_every_bydel_has_its_dps(bydel: str, dps: str, oppsett: Oppsett) -> None:
    assert dps_for_bydel(bydel, date(2024, 2, 2), oppsett) == dps
    assert rute(bydel, oslo("2024-02-05 10:00"), INGEN, oppsett).part == dps


def test_a_bydel_has_no_dps_before_its_area_begins(oppsett: Oppsett) -> None:
    assert dps_for_bydel("fana", date(2011, 12, 31), oppsett) is None
    assert dps_for_bydel("fana", date(2012, 1, 1), oppsett) == "dps-solli"


def test_the_answer_explains_itself(oppsett: Oppsett) -> None:
    svar = rute("aarstad", oslo("2024-02-02 22:40"), INGEN, oppsett)
    assert svar.setning == ("Fredag kveld kl. 22:40 → Psykiatrisk akuttmottak (PAM). Årstad hører til DPS Kronstad.")
    påske = rute("fana", oslo("2024-03-29 10:00"), INGEN, oppsett)
    assert påske.setning.startswith("Fredag (Langfredag) formiddag kl. 10:00 →")
    flere = rute("fana", oslo("2024-03-29 10:00"), frozenset({Behov.LUKKET_POST, Behov.UTAGERENDE}), oppsett)
    assert flere.setning.startswith(
        "Behov for lukket post og utagerende atferd → Psykiatrisk akuttmottak (PAM), uansett"
    )


def test_a_moment_without_an_offset_is_refused(oppsett: Oppsett) -> None:
    with pytest.raises(ValueError, match="offset"):
        rute("fana", datetime(2024, 2, 2, 12), INGEN, oppsett)  # noqa: DTZ001 - the fault under test


def test_eves_count_as_holidays_by_configuration_and_sundays_are_not_holidays(oppsett: Oppsett) -> None:
    assert helligdag(date(2024, 12, 24), oppsett) == "Julaften"
    assert helligdag(date(2024, 12, 23), oppsett) is None
    assert helligdag(date(2024, 2, 4), oppsett) is None


@pytest.mark.parametrize(
    ("nummer", "bydel"),
    [("5003", "bergenhus"), ("5020", "bergenhus"), ("5021", None), ("5097", "aarstad"), ("5268", "arna")],
)
def test_a_postcode_proposes_a_bydel_within_its_ranges(nummer: str, bydel: str | None, oppsett: Oppsett) -> None:
    assert foreslå_bydel(nummer, oppsett) == bydel


@pytest.mark.parametrize("nummer", ["", "503", "50030", "50a3", "٥٠٠٣", " 5003"])
def test_what_is_no_postcode_proposes_nothing(nummer: str, oppsett: Oppsett) -> None:
    assert foreslå_bydel(nummer, oppsett) is None


@given(
    når=st.datetimes(datetime(2013, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    bydel=st.sampled_from(["arna", "fana", "aarstad", "laksevaag", None, "voss"]),
    behov=st.frozensets(st.sampled_from(list(Behov))),
)
def test_at_any_moment_there_is_one_answer_with_a_reason(
    når: datetime, bydel: str | None, behov: frozenset[Behov]
) -> None:
    svar = rute(bydel, når, behov, bergen())
    assert svar.setning
    if behov & set(ACUTE):
        assert svar.part == "pam"
    elif svar.dps is None:
        assert svar.part is None
    else:
        assert svar.part in {svar.dps, "pam", "psykiatrisk-legevakt"}


@pytest.mark.parametrize("år", [1954, 2008, 2024, 2027, 2038, 2100])
def test_lov_om_helligdager_2_the_public_holidays_are_those_that_others_count(år: int) -> None:
    """By another's calendar, which counts no further: the earliest and the latest Easter are among them."""
    dager = (date(år, 1, 1) + timedelta(days=nr) for nr in range(366))
    våre = {dag: navn for dag in dager if dag.year == år and (navn := norsk_helligdag(dag))}
    deres = country_holidays("NO", years=år, language="no")
    assert våre.keys() == deres.keys()
    assert all(navn in deres[dag] for dag, navn in våre.items())
