"""Intake rule 7: the message id alone decides nothing. Duplicates, conflicts, and one event under two ids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from bindeledd.app.http import make_app
from bindeledd.schema.generated.samhandling import Meldingsutfall
from services.samhandling.plo.skriv import (
    Sending,
    lag_avmelding,
    lag_død,
    lag_innlagt,
    lag_rapport,
    lag_tidligmelding,
    lag_utskrevet,
    lag_utskrivningsklar,
)
from tests.klient import Klient
from tests.meldinger import med_kode, uten
from tests.rom import Rom
from tests.stories.folk import enhet
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
from tests.unit.samhandling.meldinger import annen_pasient, sending

RAW = lag_innlagt(sending(1, NÅ), tid=NÅ)
ANDRE_BYTES = lag_innlagt(sending(1, NÅ), tid=NÅ + timedelta(hours=2))
XML = {"Content-Type": "application/xml"}


# -- same id, same bytes --------------------------------------------------------------------------------------------


def test_rule_7_the_same_bytes_again_have_no_second_effect_anywhere(her: Rom) -> None:
    første = her.melding(RAW, NÅ)
    før = rader(her.inst.folder)
    igjen = her.melding(RAW, NÅ + timedelta(hours=1))
    assert (igjen.outcome, igjen.apprec, igjen.opphold_ref) == ("duplicate", første.apprec, første.opphold_ref)
    assert nye_rader(før, rader(her.inst.folder)) == {}


# -- same id, other bytes -------------------------------------------------------------------------------------------


def test_rule_7_the_same_id_with_other_bytes_is_a_conflict_without_a_receipt_and_the_first_one_stands(her: Rom) -> None:
    første = her.melding(RAW, NÅ)
    sett = her.utsnitt("samhandling", MOTTAKER)[str(første.opphold_ref)]
    konflikt = her.melding(ANDRE_BYTES, NÅ)
    assert (konflikt.outcome, konflikt.apprec) == ("conflict", None)
    assert "samme id" in konflikt.reasons[0].tekst
    assert len(poster(her, "KvitteringSatt")) == 1
    assert len(poster(her, "PasientInnlagt")) == 1
    assert her.utsnitt("samhandling", MOTTAKER)[str(første.opphold_ref)] == sett
    assert bytes_av(her, første.melding_ref) == RAW


def test_rule_7_a_conflict_is_shown_to_the_receiver_and_in_the_manual_queue(her: Rom) -> None:
    her.melding(RAW, NÅ)
    konflikt = her.melding(ANDRE_BYTES, NÅ)
    assert bytes_av(her, konflikt.melding_ref) == ANDRE_BYTES
    for part in (MOTTAKER, MANUELL):
        sett = melding_hos(her, part, konflikt)
        assert (sett.utfall, sett.grunner) == (Meldingsutfall.KONFLIKT, konflikt.reasons)


def test_rule_7_a_conflict_leaves_nothing_of_the_person_but_its_bytes(her: Rom) -> None:
    her.melding(RAW, NÅ)
    ordinær(her)
    før = rader(her.inst.folder)
    annen = lag_innlagt(sending(1, NÅ, pasient=annen_pasient(3)), tid=NÅ)
    her.melding(annen, NÅ)
    nye = nye_rader(før, rader(her.inst.folder))
    assert (nye["samhandling.raw_message"], nye["keyring.data_key"]) == (1, 1)
    assert "keyring.blind_index" not in nye
    assert len(poster(her, "PersonRegistrert")) == 2


def test_rule_7_a_conflict_sent_again_is_the_same_conflict(her: Rom) -> None:
    her.melding(RAW, NÅ)
    første, igjen = her.melding(ANDRE_BYTES, NÅ), her.melding(ANDRE_BYTES, NÅ)
    assert (igjen.outcome, igjen.apprec, igjen.melding_ref) == ("conflict", None, første.melding_ref)
    assert len(poster(her, "MeldingMottatt")) == 2
    assert her.melding(RAW, NÅ).outcome == "duplicate"


def test_rule_7_bytes_that_differ_in_a_space_only_are_other_bytes(her: Rom) -> None:
    her.melding(RAW, NÅ)
    assert her.melding(RAW + b"\n", NÅ).outcome == "conflict"


@pytest.mark.parametrize("feil", ["avvist", "uleselig"])
def test_rule_7_what_has_been_refused_is_not_overwritten_by_a_better_message_with_its_id(her: Rom, feil: str) -> None:
    først = uten(RAW, "Patient") if feil == "avvist" else RAW[: len(RAW) * 2 // 3]
    refused = her.melding(først, NÅ)
    assert (refused.outcome, her.melding(RAW, NÅ).outcome) == ("negative", "conflict")
    assert her.melding(først, NÅ).apprec == refused.apprec


def test_rule_7_over_http_a_conflict_is_409_and_a_duplicate_the_first_receipt(her: Rom) -> None:
    klient = Klient(make_app(her.inst, demo=False))
    første, igjen, konflikt = (klient.post("/mottak/plo", content=b, headers=XML) for b in (RAW, RAW, ANDRE_BYTES))
    assert (første.status_code, igjen.status_code, konflikt.status_code) == (200, 200, 409)
    assert igjen.content == første.content
    assert konflikt.headers["content-type"] == "application/problem+json"
    assert konflikt.headers["bindeledd-outcome"] == "conflict"
    assert "samme id" in konflikt.json()["detail"]


# -- other id, same content -----------------------------------------------------------------------------------------

GANGER: dict[str, tuple[str, Callable[[Sending], bytes]]] = {
    "innlagt": ("PasientInnlagt", lambda s: lag_innlagt(s, tid=NÅ)),
    "varsel": ("TidligmeldingSendt", lambda s: lag_tidligmelding(s, status="Prøve", forventet=NÅ.date())),
    "klar": ("UtskrivningsklarMeldt", lambda s: lag_utskrivningsklar(s, dato=NÅ.date())),
    "avmeldt": ("UtskrivningsklarAvmeldt", lambda s: lag_avmelding(s, dato=NÅ.date())),
    "utskrevet": ("PasientUtskrevet", lambda s: lag_utskrevet(s, tid=NÅ)),
    "død": ("DoedsfallMeldt", lambda s: lag_død(s, tid=NÅ)),
    "rapport": ("MeldingKnyttet", lambda s: lag_rapport(s, "INNLEGGELSESRAPPORT", notat="Prøve")),
}  # fmt: skip


@pytest.mark.parametrize("navn", GANGER)
def test_rule_7_another_id_with_the_same_content_about_the_same_event_is_one_event_with_two_receipts(
    her: Rom, navn: str
) -> None:
    navn_, lag = GANGER[navn]
    her.melding(lag_innlagt(sending(1, NÅ), tid=NÅ), NÅ)
    første, annen = (her.melding(lag(sending(nr, NÅ)), NÅ) for nr in (2, 3))
    assert (første.outcome, annen.outcome) == ("positive", "positive")
    assert første.opphold_ref == annen.opphold_ref is not None
    assert svar_i(første).gjelder != svar_i(annen).gjelder
    # That an event was told again is itself a MeldingKnyttet, with the one that it tells again.
    assert len([p for p in poster(her, navn_) if getattr(p.event, "samme_som", None) is None]) == 1
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert len(opphold.historie) == (1 if navn == "innlagt" else 2)


def test_rule_7_the_same_event_in_1_5_and_in_1_6_is_one_event(her: Rom) -> None:
    her.melding(RAW, NÅ)
    her.melding(lag_innlagt(sending(2, NÅ, standard="1.5"), tid=NÅ), NÅ)
    assert len(poster(her, "PasientInnlagt")) == 1


@pytest.mark.parametrize("annet", ["tidspunkt", "pasient", "avsender", "type"])
def test_rule_7_what_differs_in_time_patient_sender_or_kind_is_another_event(her: Rom, annet: str) -> None:
    her.melding(RAW, NÅ)
    før = len(poster(her, "MeldingKnyttet"))
    her.melding({
        "tidspunkt": lag_innlagt(sending(2, NÅ), tid=NÅ + timedelta(minutes=1)),
        "pasient": lag_innlagt(sending(2, NÅ, pasient=annen_pasient(4)), tid=NÅ),
        "avsender": lag_innlagt(sending(2, NÅ, avsender=enhet("dps-betanien")), tid=NÅ),
        "type": lag_utskrevet(sending(2, NÅ), tid=NÅ),
    }[annet], NÅ)  # fmt: skip
    assert len(poster(her, "PasientInnlagt")) + len(poster(her, "PasientUtskrevet")) == 2
    assert len(poster(her, "MeldingKnyttet")) == før


def test_rule_7_dead_and_alive_on_one_day_are_two_events(her: Rom) -> None:
    levende = lag_utskrevet(sending(1, NÅ), tid=date(2026, 3, 2), uttilstand="1")
    her.melding(levende, NÅ)
    her.melding(lag_utskrevet(sending(2, NÅ), tid=date(2026, 3, 2), uttilstand="2"), NÅ)
    her.melding(med_kode(lag_utskrevet(sending(3, NÅ), tid=date(2026, 3, 2)), "UtTil", "2"), NÅ)
    assert len(poster(her, "PasientUtskrevet")) == 2
