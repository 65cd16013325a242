"""When two messages say the same about the same event."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import etree

from services.samhandling.plo import skriv
from services.samhandling.plo.avtrykk import avtrykk
from services.samhandling.plo.melding import Kontakter, Referanser
from services.samhandling.plo.parse import les_melding
from tests.meldinger import (
    AVDELING,
    HJEMMETJENESTE,
    KOMMUNE,
    LEGE,
    NÅ,
    PASIENT,
    adressat,
    person_id,
    sending,
    syntetisk,
)

INNLAGT = skriv.lag_innlagt(sending(), tid=NÅ)
DAG = date(2026, 3, 9)


def likt(en: bytes, annen: bytes) -> bool:
    return avtrykk(les_melding(en)) == avtrykk(les_melding(annen))


def test_the_same_event_to_another_service_under_another_id_is_the_same() -> None:
    til_annen = sending(
        msg_id="00000000-0000-4000-8000-000000000002",
        gen_date=NÅ + timedelta(minutes=1),
        mottaker=adressat(KOMMUNE, HJEMMETJENESTE),
        kopimottakere=(adressat(KOMMUNE, "9000109"),),
        referanser=Referanser("a", "b"),
    )
    assert likt(INNLAGT, skriv.lag_innlagt(til_annen, tid=NÅ))


def test_layout_and_the_way_a_time_is_written_do_not_count() -> None:
    luftig = etree.tostring(etree.fromstring(INNLAGT), pretty_print=True, encoding="UTF-8", xml_declaration=True)
    med_sone = INNLAGT.replace(b'V="2026-03-02T10:30:00"', b'V="2026-03-02T09:30:00.000Z"')
    assert med_sone != INNLAGT
    assert likt(INNLAGT, luftig)
    assert likt(INNLAGT, med_sone)


@pytest.mark.parametrize(
    "annen",
    [
        skriv.lag_innlagt(sending(), tid=NÅ + timedelta(seconds=1)),
        skriv.lag_innlagt(sending(), tid=DAG),
        skriv.lag_innlagt(sending(), tid=NÅ, beskrivelse="Annet"),
        skriv.lag_innlagt(sending(status="C"), tid=NÅ),
        skriv.lag_innlagt(sending(avsender=adressat("9000999", "9000998")), tid=NÅ),
        skriv.lag_innlagt(sending(pasient=replace(PASIENT, identer=(person_id(syntetisk(nr=1)),))), tid=NÅ),
        skriv.lag_innlagt(sending(kontakter=Kontakter(ansvarlige=(LEGE,))), tid=NÅ),
        skriv.lag_innlagt(sending(kontakter=Kontakter(enheter=(AVDELING,), kontaktpersoner=(LEGE,))), tid=NÅ),
        skriv.lag_død(sending(), tid=NÅ),
    ],
)
def test_another_time_patient_sender_status_or_content_is_another_event(annen: bytes) -> None:
    assert not likt(INNLAGT, annen)


def test_two_tidligmeldinger_differ_by_any_word() -> None:
    en = skriv.lag_tidligmelding(sending(), status="Stabil", forløp="Kort", forventet=DAG)
    assert likt(en, skriv.lag_tidligmelding(sending(msg_id="x"), status="Stabil", forløp="Kort", forventet=DAG))
    assert not likt(en, skriv.lag_tidligmelding(sending(), status="Stabil", forløp="Langt", forventet=DAG))
    assert not likt(en, skriv.lag_tidligmelding(sending(), status="Stabil", forløp="Kort", forventet=DAG, anslag=False))


def test_the_two_readings_of_an_ambiguous_hour_are_one_when_written_alike() -> None:
    første, andre = (datetime(2026, 10, 25, time, 30, tzinfo=UTC) for time in (0, 1))
    assert likt(skriv.lag_innlagt(sending(), tid=første), skriv.lag_innlagt(sending(), tid=andre))
    s15 = sending(standard="1.5")
    assert not likt(skriv.lag_innlagt(s15, tid=første), skriv.lag_innlagt(s15, tid=andre))
