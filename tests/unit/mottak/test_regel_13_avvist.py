"""Intake rule 13 for what was refused, or contradicts another message, and is about nobody known here: the bytes are
shredded after the configured days, as an unconfirmed patient's are, and the receipt remains."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bindeledd.app.installation import codec
from bindeledd.app.stores import Files, looking_at
from bindeledd.ops.verify import verify
from bindeledd.store import due
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import lag_innlagt
from tests.meldinger import uten
from tests.rom import Rom
from tests.unit.mottak.spor import NÅ, bytes_av, poster
from tests.unit.samhandling.meldinger import annen_pasient, sending

FRIST = NÅ + timedelta(days=14)
ET_ØYEBLIKK = timedelta(microseconds=1)
UKJENT = lag_innlagt(sending(1, NÅ, pasient=annen_pasient(1)), tid=NÅ)
AVVIST = {
    "without a name": uten(UKJENT, "FamilyName"),
    "cut off": UKJENT[: len(UKJENT) * 2 // 3],
    "no message at all": b"<a>" + "Kari Prøve".encode() + b"</a>",
}


def nøkkel(her: Rom, ref: str) -> object:
    return her.inst.around.keyring.key_of_stream(ref)


def makulert(her: Rom) -> list[str]:
    return [post.envelope.stream for post in poster(her, "MeldingMakulert")]


@pytest.mark.parametrize("hva", AVVIST)
def test_rule_13_the_bytes_are_kept_until_the_day_and_then_shredded(her: Rom, hva: str) -> None:
    resultat = her.melding(AVVIST[hva], NÅ)
    assert resultat.outcome == "negative"
    her.til(FRIST - ET_ØYEBLIKK)
    assert bytes_av(her, resultat.melding_ref) == AVVIST[hva]
    her.til(FRIST)
    assert nøkkel(her, resultat.melding_ref) is None
    assert makulert(her) == [resultat.melding_ref]
    her.til(FRIST + timedelta(days=400))
    assert makulert(her) == [resultat.melding_ref]
    assert her.inst.engines["samhandling"].read(due.next_at) is None


def test_rule_13_the_days_are_counted_from_when_it_was_taken_in_also_for_an_old_message(her: Rom) -> None:
    resultat = ta_imot(her.inst.engines["samhandling"], AVVIST["cut off"], mottatt=NÅ - timedelta(days=100))
    her.til(FRIST - ET_ØYEBLIKK)
    assert bytes_av(her, resultat.melding_ref) == AVVIST["cut off"]
    her.til(FRIST)
    assert makulert(her) == [resultat.melding_ref]


def test_rule_13_sent_again_afterwards_it_gets_its_first_receipt_and_the_logs_hold(her: Rom) -> None:
    raw = AVVIST["without a name"]
    første = her.melding(raw, NÅ)
    igjen = her.melding(raw, FRIST + timedelta(days=1))
    assert nøkkel(her, første.melding_ref) is None
    assert (igjen.outcome, igjen.apprec) == ("duplicate", første.apprec)
    with looking_at(Files(her.inst.folder)) as lagre:
        assert [one.bad for one in verify(lagre, codec())] == [None] * 5


def test_rule_13_a_message_in_conflict_about_nobody_known_is_shredded_too(her: Rom) -> None:
    her.melding(AVVIST["without a name"], NÅ)
    konflikt = her.melding(lag_innlagt(sending(1, NÅ, pasient=annen_pasient(2)), tid=NÅ), NÅ)
    assert konflikt.outcome == "conflict"
    her.til(FRIST)
    assert konflikt.melding_ref in makulert(her)
    assert nøkkel(her, konflikt.melding_ref) is None


def test_rule_13_what_is_about_somebody_known_is_shredded_with_them_and_not_before(her: Rom) -> None:
    kjent = her.melding(UKJENT, NÅ)
    konflikt = her.melding(lag_innlagt(sending(1, NÅ, pasient=annen_pasient(1)), tid=NÅ + timedelta(hours=1)), NÅ)
    assert (kjent.outcome, konflikt.outcome) == ("positive", "conflict")
    her.til(FRIST - ET_ØYEBLIKK)
    assert nøkkel(her, konflikt.melding_ref) is not None
    assert makulert(her) == []


def test_rule_13_a_second_shredding_after_a_crash_finds_nothing_to_do(her: Rom) -> None:
    resultat = her.melding(AVVIST["cut off"], NÅ)
    assert her.inst.around.keyring.shred_stream(resultat.melding_ref) == 1
    her.til(FRIST)
    assert makulert(her) == [resultat.melding_ref]
