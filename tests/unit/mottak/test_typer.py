"""Types of message: what is not supported is refused and shown; reports and dialogues are kept and listed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bindeledd.schema.generated.samhandling import Meldingsutfall, Oppholdshendelse
from services.samhandling.plo.skriv import lag_dialog, lag_innlagt, lag_rapport
from tests.meldinger import med_kode
from tests.rom import Rom
from tests.stories.folk import enhet, oppgaver
from tests.unit.mottak.spor import MANUELL, MOTTAKER, NÅ, bytes_av, melding_hos, poster, svar_i, vist
from tests.unit.samhandling.meldinger import annen_pasient, sending

UKJENTE = ("HELSEOPPLYSNINGER_LEGE", "MEDISINSKE_OPPLYSNINGER", "ORIENTERING_TJENESTETILBUD", "APPREC", "noe annet")
DIALOGER = ("DIALOG_FORESPORSEL", "DIALOG_SVAR", "DIALOG_NOTAT", "DIALOG_AVVIK")
RAPPORTER = ("INNLEGGELSESRAPPORT", "UTSKRIVNINGSRAPPORT")


@pytest.mark.parametrize("type_", UKJENTE)
def test_an_unsupported_type_is_refused_as_such_and_kept_and_shown(her: Rom, type_: str) -> None:
    raw = med_kode(lag_innlagt(sending(1, NÅ), tid=NÅ), "Type", type_)
    resultat = her.melding(raw, NÅ)
    assert resultat.outcome == "negative"
    assert [grunn.kode for grunn in resultat.reasons] == ["T10"]
    assert "støttes ikke" in resultat.reasons[0].tekst
    assert [kode for kode, _ in svar_i(resultat).feil] == ["T10"]
    assert bytes_av(her, resultat.melding_ref) == raw
    for part in (MOTTAKER, MANUELL):
        sett = melding_hos(her, part, resultat)
        assert (sett.type, sett.utfall) == (type_, Meldingsutfall.AVVIST)


def test_an_unsupported_type_without_a_patient_is_told_that_first_of_all(her: Rom) -> None:
    raw = med_kode(lag_innlagt(sending(1, NÅ, pasient=annen_pasient(1)), tid=NÅ), "Type", "MEDISINSKE_OPPLYSNINGER")
    assert her.melding(raw, NÅ).reasons[0].kode == "T10"
    assert poster(her, "PersonRegistrert") == []


@pytest.mark.parametrize("slag", RAPPORTER)
def test_a_report_is_linked_to_its_stay_and_is_a_line_of_its_story(her: Rom, slag: Any) -> None:
    innlagt = her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
    sendt = NÅ + timedelta(hours=6)
    rapport = her.melding(lag_rapport(sending(2, sendt), slag, notat="Prøvenotat"), sendt)
    assert (rapport.outcome, rapport.opphold_ref) == ("positive", innlagt.opphold_ref)
    (view,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    linje = view.historie[-1]
    assert (linje.slag, linje.type, linje.melding_ref) == (Oppholdshendelse.RAPPORT, slag, rapport.melding_ref)


@pytest.mark.parametrize("slag", RAPPORTER)
def test_a_report_without_a_stay_is_listed_and_is_part_of_its_stay_when_that_is_told(her: Rom, slag: Any) -> None:
    sendt = NÅ + timedelta(hours=6)
    rapport = her.melding(lag_rapport(sending(2, sendt), slag, notat="Prøvenotat"), sendt)
    assert (rapport.outcome, rapport.opphold_ref) == ("positive", None)
    assert melding_hos(her, MOTTAKER, rapport).type == slag
    assert vist(her, MOTTAKER, "OppholdUtsnitt") == []
    innlagt = her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), sendt)
    (view,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert view.historie[-1].melding_ref == rapport.melding_ref
    assert {p.event.opphold_ref for p in poster(her, "MeldingTattInn")} == {innlagt.opphold_ref}
    assert melding_hos(her, MOTTAKER, rapport).opphold_ref == innlagt.opphold_ref


@pytest.mark.parametrize("slag", DIALOGER)
def test_a_dialogue_message_begins_no_stay_and_is_listed_with_its_dialogue(her: Rom, slag: Any) -> None:
    resultat = her.melding(lag_dialog(sending(1, NÅ), slag, tekst="Prøvetekst"), NÅ)
    assert (resultat.outcome, resultat.opphold_ref) == ("positive", None)
    sett = melding_hos(her, MOTTAKER, resultat)
    assert (sett.type, sett.utfall, sett.aapnet) == (slag, Meldingsutfall.TATT_INN, False)
    assert sett.samtale == sett.msg_id
    assert poster(her, "PasientInnlagt") == []


@pytest.mark.parametrize("slag", DIALOGER)
def test_a_dialogue_message_within_a_stay_is_linked_to_it(her: Rom, slag: Any) -> None:
    innlagt = her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
    sendt = NÅ + timedelta(days=1)
    resultat = her.melding(lag_dialog(sending(2, sendt), slag, tekst="Prøvetekst"), sendt)
    assert resultat.opphold_ref == innlagt.opphold_ref


def test_a_dialogue_message_from_another_unit_reaches_the_stay_that_goes_on_and_no_other(her: Rom) -> None:
    innlagt = her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
    annen = her.melding(lag_innlagt(sending(2, NÅ, pasient=annen_pasient(2)), tid=NÅ), NÅ)
    sendt = NÅ + timedelta(days=1)
    raw = lag_dialog(sending(3, sendt, avsender=enhet("fastlege")), "DIALOG_NOTAT", tekst="Prøvetekst")
    assert her.melding(raw, sendt).opphold_ref == innlagt.opphold_ref != annen.opphold_ref


def test_reports_and_dialogues_make_no_task_and_no_clock(her: Rom) -> None:
    for nr, slag in enumerate(DIALOGER, 1):
        her.melding(lag_dialog(sending(nr, NÅ), slag, tekst="Prøvetekst"), NÅ)  # type: ignore[arg-type]
    for nr, slag in enumerate(RAPPORTER, 10):
        her.melding(lag_rapport(sending(nr, NÅ), slag, notat="Prøvenotat"), NÅ)  # type: ignore[arg-type]
    assert oppgaver(her, MOTTAKER) == set()
    assert [p.navn for p in her.logg("samhandling") if p.navn.startswith(("Frist", "Oppgave"))] == []


def test_what_a_report_or_a_dialogue_says_is_given_to_nobody_yet_and_lies_only_in_its_bytes(her: Rom) -> None:
    raw = lag_dialog(sending(1, NÅ), "DIALOG_NOTAT", tekst="MERKE-tekst")
    resultat = her.melding(raw, NÅ)
    assert b"MERKE-tekst" in bytes_av(her, resultat.melding_ref)
    assert "MERKE" not in str([post.event for post in her.logg("samhandling")])
