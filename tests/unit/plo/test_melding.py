"""The facts that decisions need, and that nothing of a person shows where it should not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.samhandling.plo import skriv
from services.samhandling.plo.melding import (
    MANGLER,
    Dialog,
    Helseopplysninger,
    Ident,
    Kode,
    Kontakter,
    Logistikk,
    Organisasjon,
    Pårørende,
    TidfestetHendelse,
    barn_født_år,
    beslutningsansvarlig,
    forventet_utskrivning,
    hovedhendelse,
    tidligmelding_mangler,
    utsteder,
)
from services.samhandling.plo.parse import les_melding
from services.samhandling.plo.tid import Tidspunkt
from tests.meldinger import AVDELING, LEGE, NÅ, POST, SYKEHUS, adressat, sending

DAG = Tidspunkt("2026-03-09", date(2026, 3, 9), anslag=True)
HEL = Helseopplysninger(
    type_innhold=Kode("1"),
    hendelser=(TidfestetHendelse("3", DAG),),
    status="Stabil",
    forløp="Kort",
    kontakter=Kontakter(enheter=(AVDELING,)),
)


def test_a_tidligmelding_with_all_four_points_is_complete() -> None:
    assert tidligmelding_mangler(HEL) == ()


@pytest.mark.parametrize(
    ("uten", "mangler"),
    [
        ({"status": ""}, "STATUS"),
        ({"forløp": ""}, "FORLOEP"),
        ({"hendelser": ()}, "FORVENTET_UTSKRIVNING"),
        ({"hendelser": (TidfestetHendelse("1", DAG),)}, "FORVENTET_UTSKRIVNING"),
        ({"kontakter": Kontakter()}, "KONTAKT"),
        ({"kontakter": Kontakter(enheter=(replace(AVDELING, telefoner=()),), ansvarlige=(LEGE,))}, "KONTAKT"),
    ],
)
def test_each_of_the_four_points_of_section_8_is_missed(uten: dict[str, object], mangler: str) -> None:
    assert tidligmelding_mangler(replace(HEL, **uten)) == (mangler,)  # type: ignore[arg-type]
    assert mangler in MANGLER


def test_a_professional_that_can_be_telephoned_is_contact_information() -> None:
    lege = replace(LEGE, telefoner=("55000000",))
    assert tidligmelding_mangler(replace(HEL, kontakter=Kontakter(kontaktpersoner=(lege,)))) == ()
    assert tidligmelding_mangler(replace(HEL, kontakter=Kontakter(ansvarlige=(lege,)))) == ()


def test_a_sender_that_can_be_telephoned_is_contact_information_too() -> None:
    uten, avsender = replace(HEL, kontakter=Kontakter()), adressat(SYKEHUS, POST)
    assert tidligmelding_mangler(uten, avsender) == ("KONTAKT",)
    assert tidligmelding_mangler(uten, replace(avsender, enhet=AVDELING)) == ()
    assert tidligmelding_mangler(uten, replace(avsender, organisasjon=AVDELING)) == ()
    assert tidligmelding_mangler(uten, replace(avsender, helsepersonell=replace(LEGE, telefoner=("1",)))) == ()


def test_a_logistics_message_is_about_the_event_of_its_own_kind() -> None:
    raw = skriv.lag_avmelding(sending(), dato=DAG.dato, innlagt=NÅ, utskrivningsklar=date(2026, 3, 8))
    innhold = les_melding(raw).innhold
    assert isinstance(innhold, Logistikk)
    hendelse = hovedhendelse(innhold)
    assert hendelse is not None
    assert (hendelse.kode, hendelse.tid.dato) == ("4", DAG.dato)
    assert hovedhendelse(replace(innhold, hendelser=innhold.hendelser[:2])) is None


def test_the_expected_discharge_is_code_5_before_code_3() -> None:
    fem = replace(DAG, dato=date(2026, 4, 1))
    begge = replace(HEL, hendelser=(TidfestetHendelse("3", DAG), TidfestetHendelse("5", fem)))
    assert forventet_utskrivning(begge) == fem
    assert forventet_utskrivning(HEL) == DAG


def test_white_space_is_no_content() -> None:
    raw = skriv.lag_tidligmelding(sending(), status=" \n", forløp="\t", forventet=DAG.dato)
    innhold = les_melding(raw).innhold
    assert isinstance(innhold, Helseopplysninger)
    assert tidligmelding_mangler(innhold) == ("STATUS", "FORLOEP")


def test_a_note_under_another_heading_is_not_the_patients_status() -> None:
    raw = skriv.lag_tidligmelding(sending(), status="Stabil", forløp="Kort", forventet=DAG.dato)
    innhold = les_melding(raw.replace(b"1.1.9145", b"1.1.9143")).innhold
    assert isinstance(innhold, Helseopplysninger)
    assert tidligmelding_mangler(innhold) == ("STATUS", "FORLOEP")


def test_a_note_with_markup_is_read_as_its_text() -> None:
    raw = skriv.lag_dialog(sending(), "DIALOG_NOTAT", tekst="Til orientering")
    innhold = les_melding(raw.replace(b"Til orientering", b"Til <b>alles</b> <i>orientering</i>")).innhold
    assert isinstance(innhold, Dialog)
    assert innhold.innlegg[0].tekst == "Til alles orientering"


def test_the_one_responsible_comes_before_a_contact() -> None:
    kontakt, ansvarlig = replace(LEGE, etternavn="Kontakt"), replace(LEGE, etternavn="Ansvarlig", yrke="PS")
    raw = skriv.lag_utskrivningsklar(
        sending(kontakter=Kontakter(kontaktpersoner=(kontakt,), ansvarlige=(ansvarlig,))), dato=DAG.dato
    )
    innhold = les_melding(raw).innhold
    assert isinstance(innhold, Logistikk)
    funnet = beslutningsansvarlig(innhold)
    assert funnet is not None
    assert funnet.etternavn == "Ansvarlig"


def test_the_years_of_birth_of_minors_are_listed() -> None:
    pårørende = (Pårørende("DA", født_år=2012), Pårørende("MO", etternavn="Voksen"), Pårørende("SO", født_år=2019))
    innhold = les_melding(skriv.lag_innlagt(sending(pårørende=pårørende), tid=NÅ)).innhold
    assert isinstance(innhold, Logistikk)
    assert barn_født_år(innhold) == (2012, 2019)


def test_an_h_number_is_told_apart_by_its_issuer() -> None:
    nummer = Ident("1", "HNR", "2.16.578.1.12.4.1.1.8116")
    assert utsteder(nummer, adressat(SYKEHUS, "1")) == f"HER:{SYKEHUS}"
    assert utsteder(nummer, adressat("9000999", "1")) != utsteder(nummer, adressat(SYKEHUS, "1"))
    assert utsteder(replace(nummer, system="2.16.578.1.12.4.3.9"), None) == "2.16.578.1.12.4.3.9"
    assert utsteder(nummer, None) == ""


def test_the_top_and_the_bottom_of_an_organisation_are_read_whatever_lies_between() -> None:
    mellom = b"<Organisation><OrganisationName>Avdeling</OrganisationName>"
    mellom += b'<Ident><Id>9000250</Id><TypeId V="HER"/></Ident>'
    raw = skriv.lag_innlagt(sending(), tid=NÅ)
    start, slutt = raw.index(b"<Sender>"), raw.index(b"</Sender>")
    del_ = raw[start:slutt].replace(b"</Ident><Organisation>", b"</Ident>" + mellom + b"<Organisation>", 1)
    del_ = del_.replace(b"</Organisation></Organisation>", b"</Organisation></Organisation></Organisation>", 1)
    avsender = les_melding(raw[:start] + del_ + raw[slutt:]).hode.avsender
    assert avsender is not None
    assert (avsender.her_id, avsender.tjeneste_her_id) == (SYKEHUS, POST)


def test_nothing_of_a_person_shows_in_a_repr() -> None:
    pårørende = (Pårørende("SO", etternavn="Prøvebarn", merknad="Hemmelig"),)
    raw = skriv.lag_tidligmelding(sending(pårørende=pårørende), status="Hemmelig", forløp="Hemmelig")
    melding = les_melding(raw)
    deler: list[object] = [melding, melding.hode, melding.pasient, melding.innhold, sending()]
    assert isinstance(melding.innhold, Helseopplysninger)
    deler += [
        *melding.innhold.pårørende,
        *melding.innhold.avsnitt,
        *melding.innhold.hendelser,
        melding.innhold.kontakter,
    ]
    assert melding.pasient is not None
    deler += [*melding.pasient.identer, Organisasjon("Hemmelig"), skriv.Hendelse("1", NÅ, beskrivelse="Hemmelig")]
    vist = " ".join(f"{del_!r} {del_}" for del_ in deler)
    for hemmelig in ("Prøve", "Syntetisk", "Hemmelig", melding.pasient.identer[0].id):
        assert hemmelig not in vist
