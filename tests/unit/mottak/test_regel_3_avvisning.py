"""Intake rule 3: what is refused, with which reason, and that it leaves nothing but its receipt and its bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.samhandling.mottak import Mottaksresultat
from services.samhandling.plo.skjema import Skjemasett, valider
from services.samhandling.plo.skriv import lag_dialog, lag_død, lag_innlagt, lag_tidligmelding, lag_utskrevet
from services.samhandling.plo.skriv import lag_utskrivningsklar as lag_klar
from tests.meldinger import FØDT, PASIENT, med_kode, med_tekst, person_id, syntetisk, uten
from tests.rom import Rom
from tests.unit.mottak.spor import (
    MANUELL,
    MOTTAKER,
    NÅ,
    bytes_av,
    melding_hos,
    nye_rader,
    ordinær,
    poster,
    rader,
    svar_i,
    vist,
)
from tests.unit.samhandling.meldinger import sending


def om(nr: int, **annet: Any) -> bytes:
    """An admission of the synthetic patient, with something otherwise about the patient."""
    return lag_innlagt(sending(nr, NÅ, pasient=replace(PASIENT, **annet)), tid=NÅ)


def _siffer(nummer: str) -> str:
    """The number with another last digit."""
    return nummer[:10] + str((int(nummer[10]) + 1) % 10)


INNLAGT = lag_innlagt(sending(1, NÅ), tid=NÅ)
UTSKREVET = lag_utskrevet(sending(2, NÅ), tid=NÅ)
KLAR = lag_klar(sending(14, NÅ), dato=NÅ.date())
VARSEL = lag_tidligmelding(sending(3, NÅ), status="Prøve", forløp="Prøve", forventet=date(2026, 3, 9))
HNR = syntetisk(type_="HNR", tillegg=40)

AVVISES: dict[str, tuple[bytes, str, str]] = {
    # what is wrong: the message, the code of kodeverk 8221, words of the text that a person reads
    "missing patient": (uten(INNLAGT, "Patient"), "E36", "mangler opplysninger om pasienten"),
    "missing family name": (om(4, etternavn=""), "E32", "etternavn mangler"),
    "missing given name": (om(5, fornavn=""), "E32", "for- eller etternavn mangler"),
    "missing identity number": (om(6, identer=()), "E30", "hjelpenummer mangler"),
    "only an identity of a kind nobody can check": (om(7, identer=(person_id("X1", "XXX"),)), "E30", "mangler"),
    "missing birth date where the number does not hold it for certain": (
        om(8, født=None, identer=(person_id(HNR, "HNR"),)), "E36", "fødselsdato mangler"
    ),
    "malformed birth date": (med_tekst(INNLAGT, "DateOfBirth", "5. juni 1987"), "E36", "ikke en gyldig dato"),
    "birth date that the number contradicts": (om(9, født=date(1987, 6, 6)), "E31", "stemmer ikke overens"),
    "wrong check digit": (om(10, identer=(person_id(_siffer(syntetisk())),)), "E31", "ikke et gyldig nummer"),
    "too few digits": (om(11, identer=(person_id("1234567890"),)), "E31", "ikke et gyldig nummer av typen FNR"),
    "a D-number declared as a fødselsnummer": (
        om(12, identer=(person_id(syntetisk(type_="DNR"), "FNR"),)), "E31", "typen FNR"
    ),
    "one good and one bad number": (
        om(13, identer=(person_id(syntetisk()), person_id("00000000000", "DNR"))), "E31", "typen DNR"
    ),
    "missing sender": (uten(INNLAGT, "Sender"), "T02", "hvem som er avsender"),
    "missing receiver": (uten(INNLAGT, "Receiver"), "T02", "hvem som er mottaker"),
    "missing message id": (uten(INNLAGT, "MsgId"), "E10", "MsgId"),
    "missing time of sending": (uten(INNLAGT, "GenDate"), "T02", "GenDate"),
    "malformed time of sending": (med_tekst(INNLAGT, "GenDate", "i går"), "T02", "GenDate"),
    "no content": (uten(INNLAGT, "Document"), "T99", "faglige innholdet mangler"),
    "content of another type than the head says": (med_kode(INNLAGT, "Type", "LOG_UTSKREVET"), "T99", "ikke det som"),
    "no event": (uten(INNLAGT, "TidsfestetHendelse"), "T99", "mangler hendelsen «Pasient innlagt»"),
    "the event under another code": (med_kode(INNLAGT, "Hendelsekode", "2"), "T99", "kode 1 i kodeverk 9121"),
    "an event without a time": (uten(INNLAGT, "TidspunktForHendelse"), "T02", "gyldig tidspunkt"),
    "an event at no time": (med_kode(INNLAGT, "TidspunktForHendelse", "2026-02-30"), "T02", "gyldig tidspunkt"),
    "an estimate that is neither true nor false": (med_tekst(INNLAGT, "Anslag", "kanskje"), "T02", "er et anslag"),
    "discharged to nowhere": (uten(UTSKREVET, "UtTil"), "T02", "8408"),
    "discharged in an unknown state": (med_kode(UTSKREVET, "Uttilstand", "9"), "T99", "8431"),
    "ready at no date": (uten(KLAR, "TidspunktForHendelse"), "T02", "gyldig tidspunkt"),
    "a death without the event": (uten(lag_død(sending(15, NÅ), tid=NÅ), "TidsfestetHendelse"), "T99", "hendelsen"),
    "logistics changed (M)": (lag_innlagt(sending(16, NÅ, status="M", viser_til=1), tid=NÅ), "T99", "ny (N)"),
    "no status": (uten(INNLAGT, "Forsendelsesstatus"), "T02", "N, M eller C"),
    "a status that is none": (med_kode(INNLAGT, "Forsendelsesstatus", "X"), "T02", "N, M eller C"),
    "a notice that does not say what it is": (uten(VARSEL, "TypeInnholdIMelding"), "T02", "varsel om innlagt"),
    "a dialogue that says nothing": (
        uten(lag_dialog(sending(17, NÅ), "DIALOG_NOTAT", tekst="x"), "Notat"), "T99", "verken"
    ),
}  # fmt: skip
UBESVARTE = {"missing sender"}


@pytest.mark.parametrize("navn", AVVISES)
def test_rule_3_a_refusal_says_why_with_code_and_text_in_the_answer_and_in_the_receipt(her: Rom, navn: str) -> None:
    raw, kode, tekst = AVVISES[navn]
    resultat = her.melding(raw, NÅ)
    assert resultat.outcome == "negative"
    (grunn,) = [g for g in resultat.reasons if tekst in g.tekst]
    assert grunn.kode == kode
    if navn not in UBESVARTE:
        svar = svar_i(resultat)
        assert svar.status == "2"
        assert (grunn.kode, grunn.tekst) in svar.feil


@pytest.mark.parametrize("navn", AVVISES)
def test_rule_3_a_refused_message_leaves_nothing_behind_but_its_receipt_and_its_bytes(her: Rom, navn: str) -> None:
    ordinær(her)
    før, logg_før = rader(her.inst.folder), len(her.logg("samhandling"))
    raw = AVVISES[navn][0]
    resultat = her.melding(raw, NÅ)
    nye = [post.navn for post in her.logg("samhandling")[logg_før:]]
    kvitteringer = ["KvitteringSatt"] if navn not in UBESVARTE else []
    vist_for = [part for part in (MOTTAKER, MANUELL) if melding_hos(her, part, resultat) is not None]
    assert sorted(nye) == sorted(["MeldingMottatt", *kvitteringer, *["MeldingUtsnitt"] * len(vist_for)])
    assert MANUELL in vist_for
    assert nye_rader(før, rader(her.inst.folder)) == spor_av_avvist(len(nye), len(vist_for))
    (mottatt,) = (post for post in her.logg("samhandling")[logg_før:] if post.navn == "MeldingMottatt")
    assert mottatt.envelope.person_ref is None
    assert bytes_av(her, resultat.melding_ref) == raw


def spor_av_avvist(poster_: int, utsnitt: int) -> dict[str, int]:
    """The rows that are new: the message's stream and its views, there and with those who are given them, until the
    law changes; one key, and the day on which it is destroyed."""
    return {
        "samhandling.log": poster_,
        "samhandling.stream_head": 1 + utsnitt,
        "samhandling.raw_message": 1,
        "samhandling.due": 2,
        "samhandling.melding": 1,
        "samhandling.view_stream": utsnitt,
        "keyring.data_key": 1,
        "web.log": utsnitt,
        "web.stream_head": utsnitt,
        "web.gitt": utsnitt,
    }


def test_rule_3_a_refused_message_about_a_person_known_here_changes_nothing_of_the_person(her: Rom) -> None:
    her.melding(lag_innlagt(sending(800, NÅ), tid=NÅ), NÅ)
    før = her.utsnitt("samhandling", MOTTAKER)
    logg = [post for post in her.logg("samhandling") if post.topic.endswith((".person", ".opphold"))]
    resultat = her.melding(uten(lag_utskrevet(sending(801, NÅ), tid=NÅ), "UtTil"), NÅ)
    assert resultat.outcome == "negative"
    etter = her.utsnitt("samhandling", MOTTAKER)
    del etter[resultat.melding_ref]
    utkast = [ref for ref, view in etter.items() if type(view).__name__ == "AvvikUtsnitt"]
    assert {ref: view for ref, view in etter.items() if ref not in utkast} == før
    assert len(utkast) == 1, "that it was refused is for somebody to report or not (rules 2.5)"
    assert [post for post in her.logg("samhandling") if post.topic.endswith((".person", ".opphold"))] == logg


def test_rule_3_several_faults_are_all_told_at_once(her: Rom) -> None:
    raw = uten(om(20, fornavn="", identer=()), "GenDate")
    resultat = her.melding(raw, NÅ)
    assert {grunn.kode for grunn in resultat.reasons} == {"E32", "E30", "T02"}
    assert {kode for kode, _ in svar_i(resultat).feil} == {"E32", "E30", "T02"}


@pytest.mark.parametrize("navn", sorted(AVVISES.keys() - UBESVARTE))
def test_rule_3_the_receipt_of_a_refusal_is_valid(her: Rom, navn: str, skjemasett: Skjemasett) -> None:
    resultat = her.melding(AVVISES[navn][0], NÅ)
    assert resultat.apprec is not None
    assert valider(skjemasett, resultat.apprec) == ()


def test_rule_3_no_text_of_a_refusal_repeats_what_stood_in_the_message(her: Rom) -> None:
    raw = om(21, etternavn="Merkesen", identer=(person_id("MERKE-12345"),))
    resultat = her.melding(med_kode(raw, "TidspunktForHendelse", "MERKE-tid"), NÅ)
    assert resultat.outcome == "negative"
    assert "MERKE" not in " ".join([str(resultat.apprec), *(g.tekst for g in resultat.reasons)]).upper().replace(
        "MERKNAD", ""
    )


# -- warned, not refused --------------------------------------------------------------------------------------------


def advart(resultat: Mottaksresultat, tekst: str) -> bool:
    return any(tekst in advarsel for advarsel in resultat.warnings)


def test_rule_3_a_patient_without_a_record_here_is_taken_in_with_a_warning_and_a_known_one_without(her: Rom) -> None:
    første = her.melding(INNLAGT, NÅ)
    assert (første.outcome, første.reasons) == ("positive", ())
    assert advart(første, "Pasienten er ikke bekreftet her")
    (person,) = vist(her, MOTTAKER, "PersonUtsnitt")
    assert (person.bekreftet, person.bekreftes_innen is not None) == (False, True)
    assert len(poster(her, "PersonRegistrert")) == 1


@pytest.mark.parametrize("mangler", ["beslutter", "uttilstand", "klokkeslett", "ufullstendig varsel"])
def test_rule_3_what_the_standard_does_not_demand_is_warned_of_and_taken_in(her: Rom, mangler: str) -> None:
    raw, tekst = {
        "beslutter": (lag_klar(sending(30, NÅ, kontakter=replace(sending(30, NÅ).kontakter, ansvarlige=())),
                               dato=NÅ.date()), "beslutningsansvarlig"),
        "uttilstand": (uten(UTSKREVET, "Uttilstand"), "tilstand ved utskrivning"),
        "klokkeslett": (lag_innlagt(sending(31, NÅ), tid=NÅ.date()), "uten klokkeslett"),
        "ufullstendig varsel": (lag_tidligmelding(sending(32, NÅ)), "§8"),
    }[mangler]  # fmt: skip
    resultat = her.melding(raw, NÅ)
    assert resultat.outcome == "positive"
    assert advart(resultat, tekst)
    assert svar_i(resultat).status == "1"


def test_rule_3_a_cancellation_is_not_refused_for_content_that_only_an_original_needs(her: Rom) -> None:
    her.melding(INNLAGT, NÅ)
    raw = uten(lag_innlagt(sending(40, NÅ, status="C", viser_til=1), tid=NÅ), "TidsfestetHendelse")
    assert her.melding(raw, NÅ).outcome == "positive"


def test_rule_3_a_birth_date_that_one_of_two_numbers_holds_is_warned_of_only(her: Rom) -> None:
    ny = date(1987, 6, 15)
    begge = (person_id(syntetisk(FØDT)), person_id(syntetisk(ny)))
    resultat = her.melding(om(41, født=ny, identer=begge), NÅ)
    assert resultat.outcome == "positive"
    assert advart(resultat, "stemmer ikke overens")
