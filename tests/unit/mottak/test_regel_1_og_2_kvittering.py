"""Intake rules 1 and 2: the bytes are kept as they came, and each message has one receipt that never changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bindeledd.schema.generated.samhandling import Meldingsutfall
from bindeledd.store import log
from services.samhandling.mottak import Mottaksresultat
from services.samhandling.plo.skjema import Skjemasett, valider
from services.samhandling.plo.skriv import lag_dialog, lag_innlagt, lag_tidligmelding
from tests.meldinger import FØDT, PASIENT, i_latin1, syntetisk, uten
from tests.rom import HELE_BERGEN, Rom, rom
from tests.unit.mottak.spor import MANUELL, MOTTAKER, NÅ, bytes_av, melding_hos, poster, svar_i, vist, åpnet
from tests.unit.samhandling.meldinger import ANNEN_KOMMUNE, UKJENT_TJENESTE, sending

GYLDIG = lag_innlagt(sending(1, NÅ), tid=NÅ)
ÆØÅ = replace(PASIENT, etternavn="Ærøyås-Prøvesen")
MED_ÆØÅ = lag_innlagt(sending(2, NÅ, pasient=ÆØÅ), tid=NÅ)
UTEN_AVSENDER = uten(lag_innlagt(sending(3, NÅ), tid=NÅ), "Sender")
AVKUTTET = GYLDIG[: len(GYLDIG) * 2 // 3]
"""The head is whole, the content is cut off."""
SÆRE = {
    "UTF-8": MED_ÆØÅ,
    "ISO-8859-1": i_latin1(MED_ÆØÅ),
    "byte order mark, line ends and comments": b"\xef\xbb\xbf"
    + GYLDIG.replace(b"?>\n", b"?>\r\n<!-- a -->\r\n")
    + b"\r\n ",
    "refused": UTEN_AVSENDER,
    "cut off": AVKUTTET,
    "no XML": b"\x00\xff\xfeikke XML\r\n",
    "nothing at all": b"",
}


# -- rule 1 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("navn", SÆRE)
def test_rule_1_the_bytes_come_back_exactly_as_they_came_and_are_not_kept_in_the_clear(her: Rom, navn: str) -> None:
    raw = SÆRE[navn]
    resultat = her.melding(raw, NÅ)
    assert bytes_av(her, resultat.melding_ref) == raw
    kept: bytes = her.inst.engines["samhandling"].read(lambda db: log.raw(db, resultat.melding_ref))
    assert not raw or raw not in kept


def test_rule_1_the_bytes_of_a_message_in_conflict_are_kept_beside_the_first(her: Rom) -> None:
    annen = lag_innlagt(sending(1, NÅ), tid=NÅ + timedelta(hours=1))
    første, konflikt = her.melding(GYLDIG, NÅ), her.melding(annen, NÅ)
    assert konflikt.outcome == "conflict"
    assert (bytes_av(her, første.melding_ref), bytes_av(her, konflikt.melding_ref)) == (GYLDIG, annen)


@pytest.mark.parametrize("raw", [MED_ÆØÅ, i_latin1(MED_ÆØÅ)], ids=["UTF-8", "ISO-8859-1"])
def test_rule_1_letters_are_read_as_the_declaration_says(her: Rom, raw: bytes) -> None:
    her.melding(raw, NÅ)
    (person,) = vist(her, MOTTAKER, "PersonUtsnitt")
    assert åpnet(her, person.personalia).etternavn == "Ærøyås-Prøvesen"


def test_rule_1_every_receipt_is_in_the_log_with_the_bytes_that_were_sent(her: Rom) -> None:
    resultater = [her.melding(raw, NÅ) for raw in (GYLDIG, AVKUTTET.replace(b"-000000000001", b"-000000000009"))]
    assert [post.event.xml for post in poster(her, "KvitteringSatt")] == [r.apprec for r in resultater]
    assert [post.event.status for post in poster(her, "KvitteringSatt")] == ["1", "2"]


# -- rule 2: one receipt --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [GYLDIG, AVKUTTET], ids=["positive", "negative"])
def test_rule_2_a_message_sent_again_gets_the_first_receipt_byte_for_byte(her: Rom, raw: bytes) -> None:
    første = her.melding(raw, NÅ)
    antall = len(her.logg("samhandling"))
    igjen = [her.melding(raw, NÅ + timedelta(days=dager)) for dager in (0, 1, 2)]
    assert {r.apprec for r in igjen} == {første.apprec}
    assert {(r.outcome, r.melding_ref, r.type) for r in igjen} == {("duplicate", første.melding_ref, første.type)}
    assert len(poster(her, "KvitteringSatt")) == 1
    assert len(poster(her, "MeldingMottatt")) == 1
    assert antall >= 2


@pytest.mark.parametrize(("først", "så"), [(True, False), (False, True)])
def test_rule_2_a_receipt_is_never_turned_when_the_configuration_changes(
    tmp_path: Path, *, først: bool, så: bool
) -> None:
    svarene: list[Mottaksresultat] = []
    for tillat in (først, så):
        with rom(tmp_path, NÅ, oppsett=replace(HELE_BERGEN, tillat_testnummer=tillat)) as her:
            svarene.append(her.melding(GYLDIG, NÅ))
    assert [r.outcome for r in svarene] == ["positive" if først else "negative", "duplicate"]
    assert svarene[0].apprec == svarene[1].apprec
    assert svar_i(svarene[1]).status == ("1" if først else "2")


def test_rule_2_the_receipt_answers_the_very_message_and_comes_from_its_receiver(her: Rom) -> None:
    resultat = her.melding(GYLDIG, NÅ)
    assert svar_i(resultat).gjelder == "00000000-0000-4000-8000-000000000001"
    assert resultat.apprec is not None
    avsender, mottaker = (resultat.apprec.split(b"<Sender>")[1].split(b"<Receiver>"))[:2]
    assert (b"99010023" in avsender, b"99010057" in mottaker) == (True, True)


# -- rule 2: which version, and valid -------------------------------------------------------------------------------

ULIKE = {
    "PLO 1.6": (GYLDIG, "1.1", "1"),
    "PLO 1.5": (lag_innlagt(sending(11, NÅ, standard="1.5"), tid=NÅ), "1.0", "1"),
    "dialogue": (lag_dialog(sending(12, NÅ), "DIALOG_FORESPORSEL", tekst="Prøvespørsmål"), "1.0", "1"),
    "warned": (lag_innlagt(sending(13, NÅ, mottaker=UKJENT_TJENESTE), tid=NÅ), "1.1", "3"),
    "warned, 1.5": (lag_innlagt(sending(14, NÅ, mottaker=UKJENT_TJENESTE, standard="1.5"), tid=NÅ), "1.0", "3"),
    "refused": (lag_innlagt(sending(15, NÅ, mottaker=ANNEN_KOMMUNE), tid=NÅ), "1.1", "2"),
    "refused, 1.5": (lag_innlagt(sending(16, NÅ, mottaker=ANNEN_KOMMUNE, standard="1.5"), tid=NÅ), "1.0", "2"),
    "cut off": (AVKUTTET, "1.1", "2"),
    "no content": (uten(lag_innlagt(sending(17, NÅ), tid=NÅ), "Document"), "1.0", "2"),
    "without type, id and time of sending": (uten(GYLDIG, "Type", "MsgId", "GenDate"), "1.1", "2"),
    "held": (lag_innlagt(sending(18, NÅ, status="C", viser_til=1), tid=NÅ), "1.1", "1"),
    "notice": (lag_tidligmelding(sending(19, NÅ), status="Prøve", forventet=date(2026, 3, 9)), "1.1", "1"),
}


@pytest.mark.parametrize("navn", ULIKE)
def test_rule_2_apprec_1_1_answers_plo_1_6_and_1_0_the_others_and_both_are_valid(
    her: Rom, navn: str, skjemasett: Skjemasett
) -> None:
    raw, versjon, status = ULIKE[navn]
    resultat = her.melding(raw, NÅ)
    svar = svar_i(resultat)
    assert (svar.versjon, svar.status) == (versjon, status)
    assert resultat.apprec is not None
    assert valider(skjemasett, resultat.apprec) == ()


@pytest.mark.parametrize("navn", ULIKE)
def test_rule_2_no_receipt_holds_anything_of_the_patient(her: Rom, navn: str) -> None:
    hele = her.melding(ULIKE[navn][0], NÅ)
    sagt = " ".join([str(hele.apprec), *hele.warnings, *(grunn.tekst for grunn in hele.reasons)])
    funnet = [om for om in (PASIENT.etternavn, PASIENT.fornavn, syntetisk(), FØDT.isoformat()) if om in sagt]
    assert funnet == []


# -- rule 2: what cannot be answered --------------------------------------------------------------------------------


def test_rule_2_a_message_without_a_sender_gets_no_receipt_and_is_kept_and_shown(her: Rom) -> None:
    resultat = her.melding(UTEN_AVSENDER, NÅ)
    assert (resultat.outcome, resultat.apprec) == ("negative", None)
    assert poster(her, "KvitteringSatt") == []
    assert bytes_av(her, resultat.melding_ref) == UTEN_AVSENDER
    for part in (MOTTAKER, MANUELL):
        vist_som = melding_hos(her, part, resultat)
        assert vist_som.utfall is Meldingsutfall.AVVIST
        assert "avsender" in vist_som.grunner[0].tekst


@pytest.mark.parametrize("raw", [b"", b"MSH|^~\\&|ADT", b"<tull/>", b"<MsgHead xmlns='http://andre.example'/>"])
def test_rule_2_what_has_no_usable_head_gets_no_receipt_and_is_shown_in_the_manual_queue(her: Rom, raw: bytes) -> None:
    resultat = her.melding(raw, NÅ)
    assert (resultat.outcome, resultat.apprec, resultat.msg_id) == ("negative", None, "")
    assert bytes_av(her, resultat.melding_ref) == raw
    vist_som = melding_hos(her, MANUELL, resultat)
    assert (vist_som.utfall, vist_som.grunner) == (Meldingsutfall.AVVIST, resultat.reasons)
    assert her.melding(raw, NÅ).outcome == "duplicate"
    assert len(poster(her, "MeldingMottatt")) == 1


def test_rule_2_a_message_that_is_cut_off_is_answered_by_what_can_be_read_of_its_head_and_shown(her: Rom) -> None:
    resultat = her.melding(AVKUTTET, NÅ)
    svar = svar_i(resultat)
    assert (svar.status, svar.gjelder) == ("2", "00000000-0000-4000-8000-000000000001")
    assert [kode for kode, _ in svar.feil] == ["T01"]
    assert melding_hos(her, MANUELL, resultat).avsender_navn == "Helse Bergen"
