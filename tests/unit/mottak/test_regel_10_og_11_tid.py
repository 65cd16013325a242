"""Intake rules 10 and 11: what happened is ordered by when it happened, and a time means what its writer meant."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bindeledd.schema.generated.samhandling import Oppholdshendelse, Oppholdsstatus
from services.samhandling.plo.skriv import lag_avmelding, lag_død, lag_innlagt, lag_utskrevet, lag_utskrivningsklar
from tests.meldinger import med_kode, med_tekst
from tests.nettsider import Nettleser, logg_inn
from tests.rom import Rom, sidene
from tests.stories.folk import enhet
from tests.unit.mottak.spor import MOTTAKER, NÅ, poster, vist
from tests.unit.samhandling.meldinger import sending, utc

OSLO = ZoneInfo("Europe/Oslo")
FORVALTNING = "forvaltning-aarstad"
UT = NÅ + timedelta(days=4)


def opphold(her: Rom) -> Any:
    """The one stay as its receiver is shown it."""
    (view,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    return view


def innlagt_kl(her: Rom, skrevet: str, *, standard: Any = "1.6", nå: datetime = NÅ) -> Any:
    """What the receiver is shown when an admission's time is written like this."""
    raw = med_kode(lag_innlagt(sending(1, NÅ, standard=standard), tid=NÅ), "TidspunktForHendelse", skrevet)
    resultat = her.melding(raw, nå)
    assert resultat.outcome == "positive"
    return opphold(her), resultat.warnings


# -- rule 10 --------------------------------------------------------------------------------------------------------


def test_rule_10_a_late_admission_does_not_readmit_and_fills_in_the_history(her: Rom) -> None:
    her.melding(lag_utskrevet(sending(2, UT), tid=UT), UT)
    her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), UT + timedelta(hours=5))
    view = opphold(her)
    assert view.status is Oppholdsstatus.UTSKREVET
    assert (view.innlagt, view.utskrevet) == (NÅ, UT)
    assert [linje.slag for linje in view.historie] == [Oppholdshendelse.INNLAGT, Oppholdshendelse.UTSKREVET]


def test_rule_10_a_late_admission_of_the_dead_opens_no_clock_and_no_task_to_follow_up(her: Rom) -> None:
    her.melding(lag_død(sending(2, NÅ + timedelta(hours=2)), tid=NÅ + timedelta(hours=1)), NÅ + timedelta(hours=3))
    her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ + timedelta(hours=4))
    her.til(NÅ + timedelta(days=3))
    assert opphold(her).status is Oppholdsstatus.DOED
    assert [post.navn for post in her.logg("samhandling") if post.navn.startswith(("Frist", "Oppgave"))] == []


def test_rule_10_a_late_retraction_does_not_undo_the_readiness_that_followed_it(her: Rom) -> None:
    her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
    dager = [NÅ + timedelta(days=nr) for nr in (1, 2, 3)]
    klar, avmeldt, klar_igjen = (
        lag_utskrivningsklar(sending(2, dager[0]), dato=dager[0].date()),
        lag_avmelding(sending(3, dager[1]), dato=dager[1].date()),
        lag_utskrivningsklar(sending(4, dager[2]), dato=dager[2].date()),
    )
    for raw in (klar, klar_igjen, avmeldt):
        her.melding(raw, dager[2] + timedelta(hours=1))
    view = opphold(her)
    assert (view.status, view.utskrivningsklar) == (Oppholdsstatus.UTSKRIVNINGSKLAR, dager[2].date())
    assert [linje.slag.value for linje in view.historie] == [
        "INNLAGT",
        "UTSKRIVNINGSKLAR",
        "AVMELDT",
        "UTSKRIVNINGSKLAR",
    ]


def test_rule_10_what_happened_on_one_day_is_told_in_the_order_in_which_it_was_written(her: Rom) -> None:
    til = {"mottaker": enhet(FORVALTNING)}
    her.melding(lag_innlagt(sending(1, NÅ, **til), tid=NÅ), NÅ)
    klar = lag_utskrivningsklar(sending(2, UT, **til), dato=UT.date())
    avmeldt = lag_avmelding(sending(3, UT + timedelta(hours=1), **til), dato=UT.date())
    for time, raw in enumerate((avmeldt, klar), 2):
        her.melding(raw, UT + timedelta(hours=time))
    (view,) = vist(her, FORVALTNING, "OppholdUtsnitt")
    assert [linje.slag.value for linje in view.historie] == ["INNLAGT", "UTSKRIVNINGSKLAR", "AVMELDT"]
    assert view.status is Oppholdsstatus.AVMELDT
    historie = side(her).split("Det som har skjedd")[1]
    assert historie.index("Ikke utskrivningsklar likevel") < historie.index("Meldt utskrivningsklar")


def side(her: Rom) -> str:
    """The patient's page as a caseworker reads it: the latest first."""
    leser = Nettleser(sidene(her.inst))
    logg_inn(leser, "demo-070", FORVALTNING, "saksbehandler")
    (person,) = [post.envelope.stream for post in poster(her, "PersonRegistrert")]
    return leser.get(f"/pasient/{person}").text


def test_rule_10_an_admission_after_the_discharge_is_a_stay_of_its_own(her: Rom) -> None:
    her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
    her.melding(lag_utskrevet(sending(2, UT), tid=UT), UT)
    igjen = UT + timedelta(days=7)
    her.melding(lag_innlagt(sending(3, igjen), tid=igjen), igjen)
    sett = sorted(vist(her, MOTTAKER, "OppholdUtsnitt"), key=lambda view: view.innlagt)
    assert [(view.innlagt, view.status) for view in sett] == [
        (NÅ, Oppholdsstatus.UTSKREVET), (igjen, Oppholdsstatus.INNLAGT),
    ]  # fmt: skip


def test_rule_10_what_is_told_is_kept_apart_from_when_it_was_told(her: Rom) -> None:
    sent = NÅ + timedelta(days=2)
    her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), sent)
    (linje,) = opphold(her).historie
    assert (linje.hendt, linje.mottatt) == (NÅ, sent)


# -- rule 11 --------------------------------------------------------------------------------------------------------

SKREVET = {
    "a local time in winter": ("2026-03-02T21:00:00", "1.6", utc(2026, 3, 2, 20, 0)),
    "a local time in summer": ("2026-06-02T21:00:00", "1.6", utc(2026, 6, 2, 19, 0)),
    "local with decimals": ("2026-03-02T21:00:00.5", "1.6", datetime(2026, 3, 2, 20, 0, 0, 500_000, tzinfo=UTC)),
    "Z": ("2026-03-02T20:00:00Z", "1.5", utc(2026, 3, 2, 20, 0)),
    "Z with decimals": ("2026-03-02T20:00:00.1234567Z", "1.5", datetime(2026, 3, 2, 20, 0, 0, 123_456, tzinfo=UTC)),
    "Z in 1.6": ("2026-03-02T20:00:00Z", "1.6", utc(2026, 3, 2, 20, 0)),
    "local in 1.5": ("2026-03-02T21:00:00", "1.5", utc(2026, 3, 2, 20, 0)),
    "an offset": ("2026-03-02T20:00:00+00:00", "1.6", utc(2026, 3, 2, 20, 0)),
    "the end of the day": ("2026-03-02T24:00:00", "1.6", utc(2026, 3, 2, 23, 0)),
}


@pytest.mark.parametrize("navn", SKREVET)
def test_rule_11_a_time_is_what_its_writer_meant(her: Rom, navn: str) -> None:
    skrevet, standard, ment = SKREVET[navn]
    view, _ = innlagt_kl(her, skrevet, standard=standard, nå=utc(2026, 7, 1))
    assert (view.innlagt, view.innlagt_tvetydig, view.innlagt_anslag) == (ment, False, False)


def test_rule_11_the_autumn_hour_that_comes_twice_is_kept_as_written_and_flagged(her: Rom) -> None:
    view, varsler = innlagt_kl(her, "2026-10-25T02:30:00", nå=utc(2026, 10, 26))
    assert (view.innlagt, view.innlagt_tvetydig) == (utc(2026, 10, 25, 0, 30), True)
    assert any("finnes to ganger det døgnet" in varsel for varsel in varsler)


@pytest.mark.parametrize(("z", "ment"), [("00:30:00Z", (0, 30)), ("01:30:00Z", (1, 30))])
def test_rule_11_both_hours_of_the_autumn_exist_and_utc_tells_them_apart(
    her: Rom, z: str, ment: tuple[int, int]
) -> None:
    view, varsler = innlagt_kl(her, f"2026-10-25T{z}", standard="1.5", nå=utc(2026, 10, 26))
    assert (view.innlagt, view.innlagt_tvetydig) == (utc(2026, 10, 25, *ment), False)
    assert not any("to ganger" in varsel for varsel in varsler)


def test_rule_11_the_spring_hour_that_no_clock_shows_is_taken_in_and_warned_of(her: Rom) -> None:
    view, varsler = innlagt_kl(her, "2026-03-29T02:30:00", nå=utc(2026, 3, 30))
    assert view.innlagt == utc(2026, 3, 29, 1, 30)
    assert any("finnes ikke det døgnet" in varsel for varsel in varsler)


def test_rule_11_the_clock_counts_hours_that_passed_also_over_the_change_of_clocks(her: Rom) -> None:
    innlagt_kl(her, "2026-10-24T22:00:00", nå=utc(2026, 10, 24, 20, 30))
    (satt,) = poster(her, "FristSatt")
    assert satt.event.forfall.astimezone(OSLO) == datetime(2026, 10, 25, 21, 0, tzinfo=OSLO)


def test_rule_11_utskrivningsklar_is_a_date_also_when_it_is_written_with_a_time(her: Rom) -> None:
    her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
    raw = lag_utskrivningsklar(sending(2, UT), dato=date(2026, 3, 6))
    her.melding(med_kode(raw, "TidspunktForHendelse", "2026-03-06T23:30:00Z"), UT)
    assert opphold(her).utskrivningsklar == date(2026, 3, 7)
    klar = opphold(her).historie[-1]
    assert (klar.slag, klar.bare_dato) == (Oppholdshendelse.UTSKRIVNINGSKLAR, True)


def test_rule_11_a_discharge_with_a_date_only_is_shown_as_a_date_and_ends_that_day(her: Rom) -> None:
    her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
    her.melding(lag_utskrevet(sending(2, UT), tid=date(2026, 3, 6)), UT)
    view = opphold(her)
    assert (view.utskrevet_bare_dato, view.utskrevet.astimezone(OSLO).date()) == (True, date(2026, 3, 6))
    assert view.status is Oppholdsstatus.UTSKREVET


def test_rule_11_an_admission_with_a_date_only_begins_with_the_day_and_is_warned_of(her: Rom) -> None:
    resultat = her.melding(lag_innlagt(sending(1, NÅ), tid=date(2026, 3, 2)), NÅ)
    assert any("uten klokkeslett" in varsel for varsel in resultat.warnings)
    assert opphold(her).innlagt.astimezone(OSLO) == datetime(2026, 3, 2, tzinfo=OSLO)


def test_rule_11_an_estimate_is_kept_as_one(her: Rom) -> None:
    her.melding(med_tekst(lag_innlagt(sending(1, NÅ), tid=NÅ), "Anslag", "true"), NÅ)
    assert opphold(her).innlagt_anslag is True
    her.melding(lag_utskrivningsklar(sending(2, UT), dato=UT.date(), anslag=True), UT)
    (post,) = poster(her, "UtskrivningsklarMeldt")
    assert post.event.anslag is True


def test_rule_11_what_is_said_to_have_happened_after_it_came_is_warned_of(her: Rom) -> None:
    resultat = her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ + timedelta(days=2)), NÅ)
    assert resultat.outcome == "positive"
    assert any("etter at den ble mottatt" in varsel for varsel in resultat.warnings)
