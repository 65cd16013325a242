"""What we write is valid by the official schemas and is read back as it was meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.samhandling.plo import skriv
from services.samhandling.plo.melding import (
    Adressat,
    Adresse,
    Dialog,
    Helseopplysninger,
    Helsepersonell,
    Ident,
    Kontakter,
    Logistikk,
    Logistikkslag,
    Organisasjon,
    Pasient,
    Pårørende,
    Rapport,
    Referanser,
    barn_født_år,
    forventet_utskrivning,
    tid_for,
)
from services.samhandling.plo.parse import les_melding
from services.samhandling.plo.skjema import Skjemasett, valider
from services.samhandling.plo.skriv import Sending
from tests.meldinger import KOMMUNE, NÅ, adressat, i_latin1, sending

DAG = date(2026, 3, 9)
SKRIVERE: dict[str, Callable[[Sending], bytes]] = {
    "innlagt": lambda s: skriv.lag_innlagt(s, tid=NÅ, beskrivelse="Innlagt på post"),
    "innlagt, bare dato": lambda s: skriv.lag_innlagt(s, tid=DAG),
    "utskrivningsklar": lambda s: skriv.lag_utskrivningsklar(s, dato=DAG, innlagt=NÅ, anslag=True),
    "avmelding": lambda s: skriv.lag_avmelding(s, dato=DAG, innlagt=NÅ, utskrivningsklar=DAG, merknad="Endret"),
    "utskrevet": lambda s: skriv.lag_utskrevet(s, tid=NÅ, uttilstand="2", ut_til="1"),
    "utskrevet uten tilstand": lambda s: skriv.lag_utskrevet(s, tid=NÅ, uttilstand=""),
    "død": lambda s: skriv.lag_død(s, tid=DAG),
    "tidligmelding": lambda s: skriv.lag_tidligmelding(s, status="Stabil", forløp="Kort", forventet=DAG),
    "tom tidligmelding": skriv.lag_tidligmelding,
    "innleggelsesrapport": lambda s: skriv.lag_rapport(s, "INNLEGGELSESRAPPORT", notat="Rapport"),
    "utskrivningsrapport": lambda s: skriv.lag_rapport(s, "UTSKRIVNINGSRAPPORT", notat="Rapport"),
    "forespørsel": lambda s: skriv.lag_dialog(s, "DIALOG_FORESPORSEL", tekst="Kan dere ta imot?", tema="8"),
    "svar": lambda s: skriv.lag_dialog(s, "DIALOG_SVAR", tekst="Ja", tema="5"),
    "notat": lambda s: skriv.lag_dialog(s, "DIALOG_NOTAT", tekst="Til orientering"),
    "avvik": lambda s: skriv.lag_dialog(s, "DIALOG_AVVIK", tekst="Feil adressat", tema="1"),
}
TEKST = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=20)
TALL = st.integers(9_000_000, 9_999_999).map(str)
IDENT = st.builds(Ident, TALL, st.sampled_from(["HER", "ENH", "HPR"]), st.just("2.16.578.1.12.4.1.1.9051"))
IDENTER = st.tuples(IDENT) | st.tuples(IDENT, IDENT)
TELEFONER = st.lists(TALL, max_size=2).map(tuple)
ORGANISASJON = st.builds(Organisasjon, TEKST, IDENTER, TELEFONER)
PERSON = st.builds(
    Helsepersonell,
    TEKST,
    TEKST,
    st.sampled_from(["", "LE", "PS", "SP"]),
    st.sampled_from(["", "9"]),
    IDENTER,
    TELEFONER,
)
ADRESSAT = st.builds(Adressat, ORGANISASJON, st.none() | ORGANISASJON, st.none() | PERSON)
PASIENT = st.builds(
    Pasient,
    TEKST,
    TEKST,
    st.just("") | TEKST,
    st.none() | st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.sampled_from(["", "1", "2"]),
    IDENTER,
    st.none() | st.builds(Adresse, TEKST, TALL, TEKST, st.sampled_from(["", "H"]), st.just("") | TALL),
    TELEFONER,
)
PÅRØRENDE = st.builds(
    Pårørende,
    st.sampled_from(["", "SO"]),
    st.just(""),
    st.none() | st.integers(1990, 2026),
    TEKST,
    TEKST,
    TELEFONER,
    TEKST,
)
SEKUNDER = st.integers(946_684_800, 2_208_988_800).map(lambda s: datetime.fromtimestamp(s, UTC))
KONTAKTER = st.builds(
    Kontakter, st.lists(ORGANISASJON, max_size=2).map(tuple), st.lists(PERSON, max_size=2).map(tuple), st.just(())
)
SENDING = st.builds(
    Sending,
    msg_id=st.uuids().map(str),
    gen_date=SEKUNDER,
    avsender=ADRESSAT,
    mottaker=ADRESSAT,
    pasient=PASIENT,
    status=st.sampled_from(["N", "C"]),
    standard=st.sampled_from(["1.5", "1.6"]),
    referanser=st.none() | st.builds(Referanser, st.uuids().map(str), st.uuids().map(str)),
    kopimottakere=st.lists(ADRESSAT, max_size=2).map(tuple),
    kontakter=KONTAKTER,
    pårørende=st.lists(PÅRØRENDE, max_size=2).map(tuple),
)


@pytest.mark.parametrize("standard", ["1.6", "1.5"])
@pytest.mark.parametrize("navn", SKRIVERE)
def test_what_we_write_is_valid_by_the_official_schemas(
    navn: str, standard: Literal["1.5", "1.6"], skjemasett: Skjemasett
) -> None:
    rik = sending(
        standard=standard,
        referanser=Referanser("f", "d"),
        kopimottakere=(adressat(KOMMUNE, "9000109"),),
        pårørende=(Pårørende("SO", født_år=2015, etternavn="Barn", telefoner=("55000001",), merknad="Bor hjemme"),),
    )
    raw = SKRIVERE[navn](rik)
    assert valider(skjemasett, raw) == ()
    assert valider(skjemasett, i_latin1(raw)) == ()


@given(SENDING, SEKUNDER)
def test_an_admission_is_read_back_whole(s: Sending, tid: datetime) -> None:
    melding = les_melding(skriv.lag_innlagt(s, tid=tid))
    assert melding.lesefunn == ()
    assert melding.hode.standard == s.standard
    assert melding.hode.msg_id == s.msg_id
    assert melding.hode.gen_date is not None
    assert s.gen_date in (melding.hode.gen_date.instant, melding.hode.gen_date.senere_lesning)
    assert (melding.hode.avsender, melding.hode.mottaker) == (s.avsender, s.mottaker)
    assert (melding.pasient, melding.referanser, melding.status) == (s.pasient, s.referanser, s.status)
    assert melding.kopimottakere == s.kopimottakere
    assert isinstance(melding.innhold, Logistikk)
    assert melding.innhold.kontakter == s.kontakter
    innlagt = tid_for(melding.innhold.hendelser, "1")
    assert innlagt is not None
    assert tid in (innlagt.instant, innlagt.senere_lesning)
    uten_år = tuple(p if s.standard == "1.6" else replace(p, født_år=None) for p in s.pårørende)
    assert melding.innhold.pårørende == uten_år


@given(SENDING, TEKST, TEKST, st.none() | st.dates(date(2000, 1, 1), date(2040, 1, 1)))
def test_a_tidligmelding_is_read_back_whole(s: Sending, status: str, forløp: str, forventet: date | None) -> None:
    innhold = les_melding(skriv.lag_tidligmelding(s, status=status, forløp=forløp, forventet=forventet)).innhold
    assert isinstance(innhold, Helseopplysninger)
    assert (innhold.status, innhold.forløp) == (status, forløp)
    tid = forventet_utskrivning(innhold)
    assert (tid.dato if tid is not None else None) == (forventet if s.standard == "1.6" else None)
    assert barn_født_år(innhold) == tuple(
        p.født_år for p in s.pårørende if p.født_år is not None and s.standard == "1.6"
    )


@pytest.mark.parametrize(
    ("navn", "slag", "koder"),
    [
        ("utskrivningsklar", Logistikkslag.UTSKRIVNINGSKLAR, ["1", "3"]),
        ("avmelding", Logistikkslag.AVMELDING, ["1", "3", "4"]),
        ("utskrevet", Logistikkslag.UTSKREVET, ["2"]),
        ("død", Logistikkslag.DØD, ["13"]),
    ],
)
@pytest.mark.parametrize("standard", ["1.6", "1.5"])
def test_each_logistics_message_is_read_back_as_its_kind(
    navn: str, slag: Logistikkslag, koder: list[str], standard: str
) -> None:
    innhold = les_melding(SKRIVERE[navn](sending(standard=standard))).innhold
    assert isinstance(innhold, Logistikk)
    assert innhold.slag is slag
    assert [hendelse.kode for hendelse in innhold.hendelser] == koder


@pytest.mark.parametrize("uttilstand", ["", "1", "2", "3"])
def test_the_outcome_of_a_discharge_is_read_back(uttilstand: str) -> None:
    innhold = les_melding(skriv.lag_utskrevet(sending(), tid=NÅ, uttilstand=uttilstand, ut_til="2")).innhold
    assert isinstance(innhold, Logistikk)
    assert (innhold.uttilstand.verdi if innhold.uttilstand else "") == uttilstand
    assert innhold.ut_til is not None
    assert innhold.ut_til.verdi == "2"


def test_a_report_and_a_dialogue_message_are_read_back() -> None:
    rapport = les_melding(skriv.lag_rapport(sending(), "INNLEGGELSESRAPPORT", notat="Trenger ro")).innhold
    dialog = les_melding(skriv.lag_dialog(sending(), "DIALOG_AVVIK", tekst="Ukjent hos oss", tema="1")).innhold
    assert isinstance(rapport, Rapport)
    assert [(a.overskrift, a.tekst) for a in rapport.avsnitt] == [("Sykepleierdokumentasjon", "Trenger ro")]
    assert isinstance(dialog, Dialog)
    assert [(d.tema.verdi, d.tekst) for d in dialog.innlegg] == [("1", "Ukjent hos oss")]


def test_1_5_writes_utc_with_z_and_1_6_norwegian_time() -> None:
    assert b"<GenDate>2026-03-02T10:30:00</GenDate>" in skriv.lag_innlagt(sending(), tid=NÅ)
    assert b"<GenDate>2026-03-02T09:30:00Z</GenDate>" in skriv.lag_innlagt(sending(standard="1.5"), tid=NÅ)


def test_the_same_values_give_the_same_bytes() -> None:
    assert skriv.lag_innlagt(sending(), tid=NÅ) == skriv.lag_innlagt(sending(), tid=NÅ)
