"""Intake rules 1, 2 and 3 where a message, or a stay of many years, is larger than a record: nothing is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bindeledd.schema import codec
from bindeledd.schema.generated.samhandling import Oppholdsstatus
from services.samhandling.plo.grenser import LENGST
from services.samhandling.plo.melding import Hode
from services.samhandling.plo.skriv import lag_død, lag_innlagt, lag_tidligmelding, lag_utskrevet
from services.samhandling.tolkning import AVKORTET
from services.samhandling.utsnitt import HISTORIE_VIST
from tests.meldinger import med_kode, med_tekst
from tests.rom import Rom
from tests.unit.mottak.spor import MANUELL, MOTTAKER, NÅ, bytes_av, melding_hos, poster, svar_i, vist, åpnet
from tests.unit.samhandling.meldinger import sending

MYE = 700_000
TIME = timedelta(hours=1)
GYLDIG = lag_innlagt(sending(1, NÅ), tid=NÅ)
ANNEN = b"<OtherReceiver><Organisation><OrganisationName>x</OrganisationName></Organisation></OtherReceiver>"
SISTE = "🙂"
"""A letter that takes as much room as any."""


def ganger(hva: bytes, med: bytes) -> bytes:
    """The message with something before an element that stands there once."""
    assert GYLDIG.count(hva) == 1
    return GYLDIG.replace(hva, med + hva)


def med_mer(raw: bytes, notat: str) -> bytes:
    """The notice with a third note, of a heading that has no place of its own."""
    slutt = b"</j:Journaltekst></j:GenereltJournalnotat>"
    assert raw.count(slutt) == 1
    mer = '<j:Journaltekst><j:Overskriftskode V="3" DN="Annet" S="2.16.578.1.12.4.1.1.9145"/><j:Notat>'
    return raw.replace(slutt, f"</j:Journaltekst>{mer}{notat}</j:Notat>".encode() + slutt)


def numre(antall: int, *, like: bool) -> bytes:
    def ett(nr: int) -> bytes:
        return b'<Ident><Id>%d</Id><TypeId V="%s"/></Ident>' % (9_000_000, b"ANN" if like else b"A%d" % nr)

    return ganger(b"<Sex ", b"".join(map(ett, range(antall))))


FOR_STORE: dict[str, tuple[Callable[[], bytes], str, str]] = {
    # what is too much: the file, the code and a word of the reason
    "the name of an organisation": (lambda: med_tekst(GYLDIG, "OrganisationName", "S" * MYE), "T99", "organisasjon"),
    "the message id": (lambda: med_tekst(GYLDIG, "MsgId", "i" * MYE), "E10", "MsgId"),
    "the number of the receiver": (lambda: GYLDIG.replace(b"<Id>99000001<", b"<Id>%s<" % (b"5" * MYE)), "T99", "Ident"),
    "the patient's name": (lambda: med_tekst(GYLDIG, "FamilyName", "G" * MYE), "T99", "navn"),
    "a type": (lambda: med_kode(GYLDIG, "Type", "L" * 15_000), "T10", "støttes ikke"),
    "many equal numbers": (lambda: numre(3000, like=True), "T99", "numre for pasienten"),
    "many numbers": (lambda: numre(3000, like=False), "T99", "numre for pasienten"),
    "many copy receivers": (
        lambda: ganger(b"<Patient>", ANNEN * 2000),
        "T99", "kopimottakere",
    ),
}  # fmt: skip


@pytest.mark.parametrize("navn", FOR_STORE)
def test_rule_1_to_3_what_is_too_large_is_refused_with_its_reason_and_kept_and_shown(her: Rom, navn: str) -> None:
    lag, kode, hvorfor = FOR_STORE[navn]
    raw = lag()
    resultat = her.melding(raw, NÅ)
    assert resultat.outcome == "negative"
    assert any(g.kode == kode and hvorfor in g.tekst for g in resultat.reasons)
    assert bytes_av(her, resultat.melding_ref) == raw
    assert melding_hos(her, MANUELL, resultat).grunner == resultat.reasons
    assert poster(her, "PersonRegistrert") == []
    assert resultat.apprec is not None
    assert len(resultat.apprec) < 20_000
    igjen = her.melding(raw, NÅ + TIME)
    assert (igjen.outcome, igjen.apprec) == ("duplicate", resultat.apprec)


def test_rule_2_a_sender_whose_only_numbers_are_too_long_names_nobody_to_answer(her: Rom) -> None:
    start, slutt = GYLDIG.index(b"<Sender>"), GYLDIG.index(b"</Sender>")
    raw = GYLDIG[:start] + GYLDIG[start:slutt].replace(b"</Id>", b"5" * 100 + b"</Id>") + GYLDIG[slutt:]
    resultat = her.melding(raw, NÅ)
    assert (resultat.outcome, resultat.apprec) == ("negative", None)
    assert bytes_av(her, resultat.melding_ref) == raw
    assert melding_hos(her, MANUELL, resultat) is not None


def test_rule_7_two_messages_whose_ids_are_too_long_are_not_in_conflict_for_their_beginning(her: Rom) -> None:
    lengst, _ = LENGST[Hode, "msg_id"]
    svar = [her.melding(med_tekst(GYLDIG, "MsgId", "i" * lengst + slutt), NÅ) for slutt in "ab"]
    assert [resultat.outcome for resultat in svar] == ["negative", "negative"]


def test_rule_2_a_field_of_the_longest_length_is_taken_in(her: Rom) -> None:
    lengst, _ = LENGST[Hode, "msg_id"]
    assert her.melding(med_tekst(GYLDIG, "MsgId", "i" * lengst), NÅ).outcome == "positive"


def test_rule_2_the_same_reason_is_told_once_however_often_it_is_found(her: Rom) -> None:
    start, slutt = GYLDIG.index(b"<Ident>", GYLDIG.index(b"<Patient>")), GYLDIG.index(b"</Patient>")
    ident = GYLDIG[start : GYLDIG.index(b"</Ident>", start) + len(b"</Ident>")]
    galt = med_tekst(GYLDIG[:start] + ident * 8 + GYLDIG[start:slutt] + GYLDIG[slutt:], "Id", "1")
    resultat = her.melding(galt, NÅ)
    assert resultat.outcome == "negative"
    assert len(resultat.reasons) == len(set(resultat.reasons))


def test_rule_3_a_stay_of_many_years_is_never_refused_for_its_length(her: Rom) -> None:
    """Every letter takes as much room as a letter can, and every update changes every part."""
    langt, nå = SISTE * 20_000, NÅ
    her.melding(GYLDIG, nå)
    for nr in range(2, HISTORIE_VIST + 20):
        nå += TIME
        hva = sending(nr, nå, status="M", viser_til=2)
        raw = lag_tidligmelding(hva, status=f"{nr}{langt}", forløp=f"{nr}{langt}", forventet=nå.date())
        assert her.melding(med_mer(raw, langt), nå).outcome == "positive"
    (view,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert (len(view.historie), view.historie_eldre) == (HISTORIE_VIST, 19)
    assert view.historie[-1].hendt == nå
    assert åpnet(her, view.helseopplysninger).status.endswith(SISTE + AVKORTET)
    for raw in (lag_utskrevet(sending(901, nå), tid=nå), lag_død(sending(902, nå), tid=nå)):
        assert her.melding(raw, nå).outcome == "positive"
    (view,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert view.status is Oppholdsstatus.DOED


def test_what_still_does_not_fit_a_record_is_refused_and_not_lost(her: Rom, monkeypatch: pytest.MonkeyPatch) -> None:
    her.melding(lag_innlagt(sending(9, NÅ), tid=NÅ), NÅ)
    monkeypatch.setattr(codec, "MAX_BYTES", 4_000)
    raw = lag_tidligmelding(sending(2, NÅ), status="x" * 6_000, forløp="x", forventet=NÅ.date())
    resultat = her.melding(raw, NÅ)
    assert resultat.outcome == "negative"
    assert svar_i(resultat).feil == (("T99", resultat.reasons[-1].tekst),)
    assert bytes_av(her, resultat.melding_ref) == raw
    assert melding_hos(her, MANUELL, resultat).grunner == resultat.reasons
    assert poster(her, "TidligmeldingSendt") == []
    assert her.melding(raw, NÅ + TIME).apprec == resultat.apprec


def test_rule_7_what_a_message_was_warned_of_is_a_warning_the_second_time_too(her: Rom) -> None:
    første, igjen = her.melding(GYLDIG, NÅ), her.melding(GYLDIG, NÅ + TIME)
    assert første.warnings
    assert replace(igjen, outcome="positive") == første
