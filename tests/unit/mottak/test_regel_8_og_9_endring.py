"""Intake rules 8 and 9: a message that changes or withdraws another, and which dialogue it belongs to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bindeledd.schema.generated.samhandling import Meldingsutfall, Oppholdshendelse, Oppholdsstatus
from services.samhandling import kvittering
from services.samhandling.mottak import Mottaksresultat
from services.samhandling.plo.melding import Referanser
from services.samhandling.plo.skriv import (
    lag_dialog,
    lag_innlagt,
    lag_rapport,
    lag_tidligmelding,
    lag_utskrevet,
    lag_utskrivningsklar,
)
from tests.rom import Rom
from tests.stories.folk import enhet
from tests.unit.mottak.spor import MOTTAKER, NÅ, melding_hos, svar_i, vist, åpnet
from tests.unit.samhandling.meldinger import annen_pasient, sending

TIME = timedelta(hours=1)
FORVENTET = date(2026, 3, 9)


def innlagt(nr: int, sendt: datetime = NÅ, tid: datetime = NÅ, **annet: Any) -> bytes:
    return lag_innlagt(sending(nr, sendt, **annet), tid=tid)


def trekker(nr: int, viser_til: int | None, **annet: Any) -> bytes:
    """An admission cancelled, an hour later."""
    viser: dict[str, Any] = {"viser_til": viser_til} if viser_til is not None else {}
    return innlagt(nr, NÅ + TIME, status="C", **viser, **annet)


def varsel(nr: int, om: str, sendt: datetime = NÅ, forventet: date = FORVENTET, **annet: Any) -> bytes:
    return lag_tidligmelding(sending(nr, sendt, **annet), status=om, forløp="Prøveforløp", forventet=forventet)


def historie(her: Rom) -> list[tuple[Oppholdshendelse, bool]]:
    """(kind, withdrawn) of each line that the receiver is shown."""
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    return [(linje.slag, linje.trukket) for linje in opphold.historie]


def utfall(her: Rom, resultat: Mottaksresultat) -> Meldingsutfall:
    sak: kvittering.Kvitteringssak = her.inst.engines["samhandling"].look(
        lambda tx: tx.state(kvittering.TOPIC, resultat.melding_ref)
    )
    return sak.utfall


# -- M --------------------------------------------------------------------------------------------------------------


def test_rule_8_a_change_replaces_what_it_refers_to_and_the_reader_sees_what_changed(her: Rom) -> None:
    her.melding(innlagt(1), NÅ)
    her.melding(varsel(2, "Prøvestatus en"), NÅ)
    ny = varsel(3, "Prøvestatus to", NÅ + TIME, date(2026, 3, 12), status="M", viser_til=2)
    assert her.melding(ny, NÅ + TIME).outcome == "positive"
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert åpnet(her, opphold.helseopplysninger).status == "Prøvestatus to"
    assert opphold.forventet_utskrivning == date(2026, 3, 12)
    endret = {linje.slag: linje.endret for linje in opphold.historie}
    assert endret[Oppholdshendelse.TIDLIGMELDING] == ()
    assert endret[Oppholdshendelse.OPPDATERT] == ("forventet_utskrivning", "status")


def test_rule_8_a_change_is_complete_what_it_leaves_out_is_gone(her: Rom) -> None:
    her.melding(innlagt(1), NÅ)
    her.melding(varsel(2, "Prøvestatus"), NÅ)
    uten_forløp = lag_tidligmelding(
        sending(3, NÅ + TIME, status="M", viser_til=2), status="Prøvestatus", forventet=FORVENTET
    )
    her.melding(uten_forløp, NÅ + TIME)
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert åpnet(her, opphold.helseopplysninger).forloep == ""
    assert opphold.historie[-1].endret == ("forloep",)


def test_rule_8_a_change_that_comes_before_what_it_changes_still_holds(her: Rom) -> None:
    her.melding(innlagt(1), NÅ)
    her.melding(varsel(3, "Prøvestatus to", NÅ + TIME, status="M", viser_til=2), NÅ + TIME)
    her.melding(varsel(2, "Prøvestatus en"), NÅ + 2 * TIME)
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert åpnet(her, opphold.helseopplysninger).status == "Prøvestatus to"
    assert opphold.historie[-1].endret == ("status",)


def test_rule_8_a_change_without_a_reference_is_taken_in_and_warned_of(her: Rom) -> None:
    resultat = her.melding(varsel(1, "Prøvestatus", status="M"), NÅ)
    assert resultat.outcome == "positive"
    assert any("viser ikke til meldingen den erstatter" in advarsel for advarsel in resultat.warnings)


# -- C --------------------------------------------------------------------------------------------------------------


def test_rule_8_a_cancellation_withdraws_and_what_was_withdrawn_is_still_shown_as_such(her: Rom) -> None:
    her.melding(innlagt(1), NÅ)
    resultat = her.melding(trekker(2, 1), NÅ + TIME)
    assert (resultat.outcome, svar_i(resultat).status) == ("positive", "1")
    assert historie(her) == [(Oppholdshendelse.INNLAGT, True)]
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert (opphold.status, opphold.innlagt) == (Oppholdsstatus.KANSELLERT, None)


def test_rule_8_a_cancellation_withdraws_the_whole_dialogue_so_far(her: Rom) -> None:
    her.melding(innlagt(1), NÅ)
    her.melding(varsel(2, "Prøvestatus en"), NÅ)
    her.melding(varsel(3, "Prøvestatus to", NÅ + TIME, status="M", viser_til=2), NÅ + TIME)
    her.melding(varsel(4, "Prøvestatus to", NÅ + 2 * TIME, status="C", viser_til=2), NÅ + 2 * TIME)
    assert historie(her) == [
        (Oppholdshendelse.INNLAGT, False),
        (Oppholdshendelse.TIDLIGMELDING, True),
        (Oppholdshendelse.OPPDATERT, True),
    ]
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert (opphold.tidligmelding, opphold.helseopplysninger) == (False, None)


def test_rule_8_a_withdrawn_notice_no_longer_meets_the_24_hours(her: Rom) -> None:
    saksbehandler: dict[str, Any] = {"mottaker": enhet("forvaltning-aarstad")}
    her.melding(innlagt(1, **saksbehandler), NÅ)
    her.melding(varsel(2, "Prøvestatus", **saksbehandler), NÅ)
    tilstander = [_frist(her)]
    her.melding(varsel(3, "Prøvestatus", NÅ + TIME, status="C", viser_til=2, **saksbehandler), NÅ + TIME)
    her.til(NÅ + 25 * TIME)
    assert [*tilstander, _frist(her)] == ["HOLDT", "OVERSKREDET"]


def _frist(her: Rom) -> str:
    """Where the 24-hour clock stands, as the unit that it is for is shown it."""
    (opphold,) = vist(her, "forvaltning-aarstad", "OppholdUtsnitt")
    (frist,) = opphold.frister
    return str(frist.tilstand.value)


def test_rule_8_a_dialogue_that_goes_on_after_its_cancellation_is_not_withdrawn(her: Rom) -> None:
    her.melding(innlagt(1), NÅ)
    her.melding(varsel(2, "Prøvestatus"), NÅ)
    her.melding(varsel(3, "Prøvestatus", NÅ + TIME, status="C", viser_til=2), NÅ + TIME)
    her.melding(varsel(4, "Prøvestatus to", NÅ + 2 * TIME, status="M", viser_til=2), NÅ + 2 * TIME)
    assert (Oppholdshendelse.OPPDATERT, False) in historie(her)


def test_rule_8_a_cancellation_without_a_reference_is_matched_on_sender_patient_and_type(her: Rom) -> None:
    her.melding(innlagt(1), NÅ)
    her.melding(lag_utskrivningsklar(sending(2, NÅ), dato=NÅ.date()), NÅ)
    resultat = her.melding(trekker(3, None), NÅ + TIME)
    assert resultat.outcome == "positive"
    assert any("viser ikke til det den trekker tilbake" in advarsel for advarsel in resultat.warnings)
    assert historie(her) == [(Oppholdshendelse.INNLAGT, True), (Oppholdshendelse.UTSKRIVNINGSKLAR, False)]


@pytest.mark.parametrize("annet", ["avsender", "pasient", "type"])
def test_rule_8_a_cancellation_without_a_reference_never_reaches_another_sender_patient_or_type(
    her: Rom, annet: str
) -> None:
    her.melding(innlagt(1), NÅ)
    før = historie(her)
    her.melding(innlagt(2, pasient=annen_pasient(2), mottaker=enhet("enhet-aarstad")), NÅ)
    sendt = NÅ + TIME
    raw = {
        "avsender": trekker(3, None, avsender=enhet("dps-betanien")),
        "pasient": trekker(3, None, pasient=annen_pasient(2)),
        "type": lag_utskrevet(sending(3, sendt, status="C"), tid=NÅ),
    }[annet]
    resultat = her.melding(raw, sendt)
    assert resultat.outcome == ("positive" if annet == "pasient" else "held")
    egen = [view for view in vist(her, MOTTAKER, "OppholdUtsnitt") if view.innlagt is not None]
    assert [(linje.slag, linje.trukket) for view in egen for linje in view.historie] == før


def test_rule_8_a_cancellation_before_its_original_is_held_and_the_original_comes_in_cancelled(her: Rom) -> None:
    holdt = her.melding(trekker(2, 1), NÅ + TIME)
    assert (holdt.outcome, svar_i(holdt).status) == ("held", "1")
    assert melding_hos(her, MOTTAKER, holdt).utfall is Meldingsutfall.HOLDT
    original = her.melding(innlagt(1), NÅ + 2 * TIME)
    assert (original.outcome, svar_i(original).status) == ("positive", "1")
    assert historie(her) == [(Oppholdshendelse.INNLAGT, True)]
    assert utfall(her, holdt) is Meldingsutfall.TATT_INN
    assert melding_hos(her, MOTTAKER, holdt).opphold_ref == original.opphold_ref
    skrevet = {post.navn for tjeneste in her.inst.engines for post in her.logg(tjeneste)}
    assert skrevet & {"FristSatt", "OppgaveOpprettet", "KartleggingKrevd", "KriseplanEtterlyst"} == set()


def test_rule_8_without_a_reference_it_is_held_too_until_what_it_withdraws_comes(her: Rom) -> None:
    assert her.melding(trekker(2, None), NÅ + TIME).outcome == "held"
    her.melding(innlagt(1), NÅ + 2 * TIME)
    assert historie(her) == [(Oppholdshendelse.INNLAGT, True)]


def test_rule_8_a_cancellation_that_matches_nothing_stays_held_and_is_shown_and_answered_once(her: Rom) -> None:
    her.melding(innlagt(1), NÅ)
    holdt = her.melding(trekker(2, 99), NÅ + TIME)
    igjen = her.melding(trekker(2, 99), NÅ + 2 * TIME)
    assert (holdt.outcome, igjen.outcome, igjen.apprec) == ("held", "duplicate", holdt.apprec)
    assert melding_hos(her, MOTTAKER, holdt).utfall is Meldingsutfall.HOLDT
    assert historie(her) == [(Oppholdshendelse.INNLAGT, False)]


def test_rule_8_a_cancelled_discharge_opens_the_stay_again(her: Rom) -> None:
    her.melding(innlagt(1), NÅ)
    ut = NÅ + timedelta(days=2)
    her.melding(lag_utskrevet(sending(2, ut), tid=ut), ut)
    her.melding(lag_utskrevet(sending(3, ut + TIME, status="C", viser_til=2), tid=ut), ut + TIME)
    (opphold,) = vist(her, MOTTAKER, "OppholdUtsnitt")
    assert (opphold.status, opphold.utskrevet) == (Oppholdsstatus.INNLAGT, None)


def test_rule_8_a_report_can_be_changed_and_withdrawn(her: Rom) -> None:
    her.melding(innlagt(1), NÅ)
    resultater = [
        her.melding(lag_rapport(sending(nr, NÅ + nr * TIME, **annet), "INNLEGGELSESRAPPORT", notat="x"), NÅ)
        for nr, annet in ((2, {}), (3, {"status": "M", "viser_til": 2}), (4, {"status": "C", "viser_til": 2}))
    ]
    assert [r.outcome for r in resultater] == ["positive"] * 3
    assert historie(her) == [
        (Oppholdshendelse.INNLAGT, False),
        (Oppholdshendelse.RAPPORT, True),
        (Oppholdshendelse.RAPPORT, True),
    ]


# -- dialogues (rule 9) ---------------------------------------------------------------------------------------------


def test_rule_9_the_reference_to_the_conversation_names_the_first_and_the_parent_the_previous(her: Rom) -> None:
    første, svar, nytt = (f"00000000-0000-4000-8000-{nr:012d}" for nr in (2, 3, 4))
    her.melding(lag_dialog(sending(2, NÅ), "DIALOG_FORESPORSEL", tekst="Prøve"), NÅ)
    her.melding(lag_dialog(sending(3, NÅ, referanser=Referanser(første, første)), "DIALOG_SVAR", tekst="Prøve"), NÅ)
    siste = her.melding(
        lag_dialog(replace(sending(4, NÅ), referanser=Referanser(svar, første)), "DIALOG_NOTAT", tekst="Prøve"), NÅ
    )
    sett = melding_hos(her, MOTTAKER, siste)
    assert (sett.msg_id, sett.samtale, sett.forrige) == (nytt, første, svar)
    assert {m.samtale for m in vist(her, MOTTAKER, "MeldingUtsnitt")} == {første}


def test_rule_9_a_message_that_refers_to_nothing_begins_its_own_dialogue(her: Rom) -> None:
    resultat = her.melding(lag_dialog(sending(2, NÅ), "DIALOG_FORESPORSEL", tekst="Prøve"), NÅ)
    sett = melding_hos(her, MOTTAKER, resultat)
    assert (sett.samtale, sett.forrige) == (sett.msg_id, None)


def test_rule_9_a_change_far_into_a_dialogue_belongs_to_the_stay_of_its_first_message(her: Rom) -> None:
    """The second stay has begun when the update to the first one's notice comes."""
    her.melding(innlagt(1), NÅ)
    første = her.melding(varsel(2, "Prøvestatus"), NÅ)
    her.melding(lag_utskrevet(sending(3, NÅ + 24 * TIME), tid=NÅ + 24 * TIME), NÅ + 24 * TIME)
    her.melding(innlagt(4, NÅ + 72 * TIME, NÅ + 72 * TIME), NÅ + 72 * TIME)
    sen = varsel(5, "Prøvestatus to", NÅ + 75 * TIME, status="M", viser_til=2)
    assert her.melding(sen, NÅ + 75 * TIME).opphold_ref == første.opphold_ref
