"""The receipt that answers a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from services.samhandling.plo import skriv
from services.samhandling.plo.apprec import skriv_apprec
from services.samhandling.plo.melding import (
    Adressat,
    Funn,
    Helsepersonell,
    Hode,
    Ident,
    Kode,
    Organisasjon,
    Pasient,
    UleseligMelding,
)
from services.samhandling.plo.parse import les_melding
from services.samhandling.plo.skjema import Skjemasett, valider
from tests.meldinger import (
    FØDT,
    HJEMMETJENESTE,
    KOMMUNE,
    NÅ,
    POST,
    SAKSBEHANDLING,
    SYKEHUS,
    adressat,
    her,
    person_id,
    sending,
    syntetisk,
    uten,
)

SVART = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
V11 = "{http://www.kith.no/xmlstds/apprec/2012-02-15}"
V10 = "{http://www.kith.no/xmlstds/apprec/2004-11-21}"
AVVIST = Funn("E31", "identitetsnummer", "Nummeret er feil")
TIL_AVSENDER = Funn("E21", "ukjent-tjeneste", "Riktig tjeneste er en annen", avviser=False)
VARSEL = Funn("", "bare-for-oss", "Ses av oss alene", avviser=False)
INNLAGT = skriv.lag_innlagt(sending(), tid=NÅ)


def svar(hode: Hode | None, *funn: Funn, svarer: Adressat | None = None) -> bytes:
    raw = skriv_apprec(hode, funn, kvitterings_id="k-1", tidspunkt=SVART, svarer=svarer)
    assert raw is not None
    return raw


def les(raw: bytes, ns: str = V11) -> dict[str, str]:
    """Path under the root → text or code, for everything in the receipt."""
    rot = etree.fromstring(raw)
    assert rot.tag == f"{ns}AppRec"
    tre = rot.getroottree()
    return {tre.getelementpath(e).replace(ns, ""): (e.text or e.get("V") or "") for e in rot.iter()}


def test_1_6_is_answered_with_1_1_and_1_5_and_dialogue_with_1_0() -> None:
    assert les(svar(les_melding(INNLAGT).hode))["MIGversion"] == "v1.1 2012-02-15"
    fra_15 = les_melding(skriv.lag_innlagt(sending(standard="1.5"), tid=NÅ)).hode
    dialog = les_melding(skriv.lag_dialog(sending(), "DIALOG_NOTAT", tekst="x")).hode
    assert les(svar(fra_15), V10)["MIGversion"] == "1.0 2004-11-21"
    assert les(svar(dialog), V10)["MIGversion"] == "1.0 2004-11-21"


def test_sender_and_receiver_are_swapped_with_their_her_ids() -> None:
    felt = les(svar(les_melding(INNLAGT).hode))
    assert felt["Sender/HCP/Inst/Id"] == KOMMUNE
    assert felt["Sender/HCP/Inst/Dept/Id"] == SAKSBEHANDLING
    assert felt["Receiver/HCP/Inst/Id"] == SYKEHUS
    assert felt["Receiver/HCP/Inst/Dept/Id"] == POST
    assert felt["Receiver/HCP/Inst/TypeId"] == "HER"


def test_it_names_the_message_that_it_answers() -> None:
    felt = les(svar(les_melding(INNLAGT).hode))
    assert felt["OriginalMsgId/MsgType"] == "LOG_INNLAGT"
    assert felt["OriginalMsgId/IssueDate"] == "2026-03-02T10:30:00"
    assert felt["OriginalMsgId/Id"] == "00000000-0000-4000-8000-000000000001"
    assert felt["Id"] == "k-1"


def test_a_copy_receiver_answers_for_itself() -> None:
    felt = les(svar(les_melding(INNLAGT).hode, svarer=adressat(KOMMUNE, HJEMMETJENESTE)))
    assert felt["Sender/HCP/Inst/Dept/Id"] == HJEMMETJENESTE


@pytest.mark.parametrize(
    ("funn", "status", "koder"),
    [
        ((), "1", []),
        ((VARSEL,), "1", []),
        ((VARSEL, TIL_AVSENDER), "3", ["E21"]),
        ((AVVIST,), "2", ["E31"]),
        ((AVVIST, TIL_AVSENDER, replace(AVVIST, kode="E32")), "2", ["E31", "E32"]),
        ((replace(AVVIST, kode=""),), "2", ["X99"]),
    ],
)
def test_status_and_reasons_follow_the_findings(funn: tuple[Funn, ...], status: str, koder: list[str]) -> None:
    rot = etree.fromstring(svar(les_melding(INNLAGT).hode, *funn))
    assert rot.find(f"{V11}Status").get("V") == status  # type: ignore[union-attr]
    assert [feil.get("V") for feil in rot.findall(f"{V11}Error")] == koder


def test_a_reason_has_the_official_name_and_a_text_for_a_person() -> None:
    feil = etree.fromstring(svar(les_melding(INNLAGT).hode, AVVIST)).find(f"{V11}Error")
    assert feil is not None
    assert {str(navn): str(verdi) for navn, verdi in feil.attrib.items()} == {
        "V": "E31",
        "S": "2.16.578.1.12.4.1.1.8221",
        "DN": "Pasientens fødselsnummer er feil",
        "OT": "Nummeret er feil",
    }


def test_its_own_time_cannot_be_misread_even_in_the_autumn_hour() -> None:
    assert les(svar(les_melding(INNLAGT).hode))["GenDate"] == "2026-10-25T02:30:00+02:00"
    fra_15 = les_melding(skriv.lag_innlagt(sending(standard="1.5"), tid=NÅ)).hode
    assert les(svar(fra_15), V10)["GenDate"] == "2026-10-25T00:30:00Z"


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert svar(les_melding(INNLAGT).hode, AVVIST) == svar(les_melding(INNLAGT).hode, AVVIST)


def test_a_message_that_names_no_sender_gets_no_receipt() -> None:
    uten_avsender = les_melding(uten(INNLAGT, "Sender")).hode
    uten_nummer = replace(uten_avsender, avsender=Adressat(Organisasjon("Uten nummer")))
    for hode in (None, uten_avsender, uten_nummer):
        assert skriv_apprec(hode, (AVVIST,), kvitterings_id="k", tidspunkt=SVART) is None


def test_a_broken_message_is_answered_when_its_head_was_found(skjemasett: Skjemasett) -> None:
    with pytest.raises(UleseligMelding) as feil:
        les_melding(INNLAGT[:-50])
    raw = svar(feil.value.hode, feil.value.funn)
    felt = les(raw)
    assert (felt["Status"], felt["Error"], felt["Receiver/HCP/Inst/Id"]) == ("2", "T01", SYKEHUS)
    assert valider(skjemasett, raw) == ()


def test_a_head_that_lacks_everything_but_a_sender_still_gives_a_valid_receipt(skjemasett: Skjemasett) -> None:
    bart = Hode(Kode(""), "ukjent", "", None, adressat(SYKEHUS, POST), None)
    raw = svar(bart, AVVIST)
    assert valider(skjemasett, raw) == ()
    felt = les(raw, V10)
    assert felt["OriginalMsgId/IssueDate"] == felt["GenDate"]
    assert felt["OriginalMsgId/Id"] == ""


def test_a_professional_is_answered_by_number_and_never_by_national_id_or_name(skjemasett: Skjemasett) -> None:
    fnr = syntetisk()
    lege = Helsepersonell("MERKElege", "MERKE", "LE", identer=(person_id(fnr), *her("9000300")))
    fra = Adressat(Organisasjon("Prøvelegesenter", (Ident("999999999", "ENH"), *her("9000301"))), None, lege)
    raw = svar(les_melding(skriv.lag_innlagt(sending(avsender=fra), tid=NÅ)).hode)
    felt = les(raw)
    assert felt["Receiver/HCP/Inst/Id"] == "9000301"
    assert felt["Receiver/HCP/Inst/AdditionalId/Id"] == "999999999"
    assert felt["Receiver/HCP/Inst/HCPerson/Id"] == "9000300"
    assert fnr.encode() not in raw
    assert b"MERKE" not in raw
    assert valider(skjemasett, raw) == ()


def test_it_holds_no_patient_data() -> None:
    fnr = syntetisk(nr=7)
    pasient = Pasient("MERKEetter", "MERKEfor", "MERKEmellom", FØDT, "2", (person_id(fnr),), None, ("MERKEtlf",))
    raw = skriv.lag_tidligmelding(sending(pasient=pasient), status="MERKEstatus", forløp="MERKEforløp")
    kvittering = svar(les_melding(raw).hode, AVVIST)
    for merke in (b"MERKE", fnr.encode(), b"1987-06-05", b"050687"):
        assert merke not in kvittering


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), max_size=500))
def test_what_the_sender_wrote_cannot_make_it_large_or_break_it(tekst: str) -> None:
    hode = les_melding(INNLAGT).hode
    langt = tekst * 100
    fra = Adressat(Organisasjon(langt, (Ident(langt or "1", "HER"),)))
    raw = svar(replace(hode, avsender=fra, msg_id=langt, type=Kode(langt)), AVVIST)
    assert len(raw) < 10_000
    etree.fromstring(raw)
