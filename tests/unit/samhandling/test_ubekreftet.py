"""Intake rule 13: a patient whom nobody confirms is discarded; the content is shredded, the receipt log remains."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.errors import RuleBroken, Shredded
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import FristTilstand, Tekst
from bindeledd.store import log
from services.ansvarsgruppe import planer as ansvarsgruppe
from services.felles.kjent import Rammer
from services.kriseplan import planer as kriseplan
from services.samhandling import opphold, person, planer
from services.samhandling.mottak import Mottaksresultat, ta_imot
from services.samhandling.plo.skriv import lag_innlagt, lag_rapport, lag_tidligmelding
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import aktør
from tests.unit.samhandling.meldinger import sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
FRIST = NÅ + timedelta(days=14)
PART, ENHET = "hjemmetjeneste-aarstad", "enhet-aarstad"
INNLAGT = lag_innlagt(sending(1, NÅ), tid=NÅ)
RAMMER = Rammer(HELE_BERGEN, TABELL)
TJENESTER = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Rom]:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as rommet:
        yield rommet


def ukjent_innlagt(her: Rom) -> tuple[Mottaksresultat, str]:
    """Somebody unknown is admitted. The answer to the message, and who it was registered as."""
    resultat = her.melding(INNLAGT, NÅ)
    her.melding(lag_tidligmelding(sending(2, NÅ), status="Prøvestatus", forløp="Prøveforløp"), NÅ)
    her.melding(lag_rapport(sending(3, NÅ), "INNLEGGELSESRAPPORT", notat="Prøvenotat"), NÅ)
    return resultat, personer(her)[-1]


def personer(her: Rom) -> list[str]:
    return [p.envelope.stream for p in her.logg("samhandling") if p.navn == "PersonRegistrert"]


def navn_i(her: Rom, ref: str) -> list[str]:
    """What has happened to a person's own record."""
    return [p.navn for p in her.logg("samhandling") if p.envelope.stream == ref]


def åpnet(her: Rom, verdi: Any) -> Any:
    """What a sealed value holds."""
    return her.inst.engines["samhandling"].look(lambda tx: tx.open(verdi))


def slått_opp(her: Rom, ref: str) -> person.Person:
    state: person.Person = her.inst.engines["samhandling"].look(lambda tx: tx.state(person.TOPIC, ref))
    return state


def gitt(her: Rom, part: str) -> list[str]:
    """The kinds of view that a party has now, over all services."""
    return sorted(type(view).__name__ for t in TJENESTER for view in her.utsnitt(t, part).values())


def nøkler(her: Rom, ref: str) -> int:
    ring = her.inst.around.keyring
    return sum(ring.key_of_stream(post.envelope.stream) is not None for post in alle(her, ref))


def alle(her: Rom, ref: str) -> list[Any]:
    return [post for t in TJENESTER for post in her.logg(t) if post.envelope.person_ref == ref]


def er_makulert(her: Rom, resultat: Mottaksresultat, ref: str) -> None:
    """Nothing of the patient can be opened, found or shown; what came in and was answered can still be told."""
    state = slått_opp(her, ref)
    assert state.personalia is not None
    for forseglet in (state.personalia, *state.identiteter):
        with pytest.raises(Shredded):
            åpnet(her, forseglet)
    assert nøkler(her, ref) == 0
    assert her.inst.engines["samhandling"].read(lambda db: log.raw(db, resultat.melding_ref)) is not None
    kinds = set(gitt(her, PART)) | set(gitt(her, "innbygger")) | set(gitt(her, "pam"))
    assert kinds <= {"MeldingUtsnitt"}
    assert [p.navn for p in alle(her, ref) if p.navn == "KvitteringSatt"] == ["KvitteringSatt"] * 3
    for stay in her.inst.engines["samhandling"].look(
        lambda tx: [tx.state(opphold.TOPIC, s) for s in tx.streams_of(opphold.TOPIC, ref)]
    ):
        assert (dict(stay.fakta.alle), stay.oppgaver.åpne(), stay.frist) == ({}, (), None)


def test_nothing_is_discarded_before_its_days_are_out(her: Rom) -> None:
    _, ref = ukjent_innlagt(her)
    assert slått_opp(her, ref).bekreftes_innen == FRIST
    her.til(FRIST - timedelta(seconds=1))
    assert nøkler(her, ref) > 0
    assert "OppholdUtsnitt" in gitt(her, PART)
    vist = next(v for v in her.utsnitt("samhandling", PART).values() if type(v).__name__ == "PersonUtsnitt")
    assert (vist.bekreftet, vist.bekreftes_innen) == (False, FRIST)


def test_a_patient_whom_nobody_confirmed_in_time_is_discarded_and_shredded(her: Rom) -> None:
    resultat, ref = ukjent_innlagt(her)
    her.til(FRIST)
    assert navn_i(her, ref)[-2:] == ["PersonForkastet", "PersonMakulert"]
    er_makulert(her, resultat, ref)


def test_it_is_judged_as_of_its_due_moment_also_after_downtime(her: Rom) -> None:
    _, ref = ukjent_innlagt(her)
    her.til(FRIST + timedelta(days=3))
    assert slått_opp(her, ref).forkastet == FRIST


def test_a_person_may_say_that_it_is_no_case_of_ours(her: Rom) -> None:
    resultat, ref = ukjent_innlagt(her)
    her.gjør("samhandling", planer.forkast_person(ref, "ingen sak hos oss", aktør(PART)))
    er_makulert(her, resultat, ref)


def test_the_same_message_again_gets_the_first_receipt_and_opens_nothing(her: Rom) -> None:
    resultat, ref = ukjent_innlagt(her)
    her.til(FRIST)
    igjen = her.melding(INNLAGT, FRIST)
    assert (igjen.outcome, igjen.apprec) == ("duplicate", resultat.apprec)
    er_makulert(her, resultat, ref)


def test_who_was_discarded_and_comes_again_is_a_new_person_with_days_of_their_own(her: Rom) -> None:
    _, gammel = ukjent_innlagt(her)
    her.til(FRIST)
    senere = FRIST + timedelta(days=1)
    her.melding(lag_innlagt(sending(9, senere), tid=senere), senere)
    _, ny = personer(her)
    assert ny != gammel
    assert slått_opp(her, ny).bekreftes_innen == senere + timedelta(days=14)
    assert not slått_opp(her, ny).tvilsomme, "a discarded record raises no doubt"
    assert "OppholdUtsnitt" in gitt(her, PART)


def test_a_message_that_comes_between_the_decision_and_the_shredding_is_of_a_new_person(tmp_path: Path) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        _, gammel = ukjent_innlagt(her)
        engine = her.inst.engines["samhandling"]
        engine.command(planer.forkast_person(gammel, "ingen sak hos oss", aktør(PART)))
        ta_imot(engine, lag_innlagt(sending(9, NÅ), tid=NÅ + timedelta(hours=1)))
        her.pump()
        _, ny = personer(her)
        assert (nøkler(her, gammel), slått_opp(her, ny).gjelder) == (0, True)
        nummer = åpnet(her, slått_opp(her, ny).identiteter[0])
        assert engine.look(lambda tx: tx.person_of(nummer.nummer, nummer.type, "")) == ny


def test_every_service_lets_go_as_soon_as_it_hears_of_it(her: Rom) -> None:
    """Before the shredding, and whatever ground a unit has of its own."""
    _, ref = ukjent_innlagt(her)
    assert [type(view).__name__ for view in her.utsnitt("barn_paaroerende", "pam").values()] == ["KartleggingUtsnitt"]
    her.inst.engines["samhandling"].command(planer.forkast_person(ref, "ingen_sak", aktør(PART)))
    for worker in her.inst.embedded.workers:
        if worker.engine.service.name == "barn_paaroerende":
            while sum(tail.advance() for tail in worker.tails):
                pass
    assert her.utsnitt("barn_paaroerende", "pam") == {}
    assert nøkler(her, ref) > 0, "nothing has been shredded yet"


# -- what confirms -------------------------------------------------------------------------------------------------


def test_a_confirmed_patient_is_never_discarded(her: Rom) -> None:
    _, ref = ukjent_innlagt(her)
    her.gjør("samhandling", planer.bekreft_person(ref, "pasient hos oss", aktør(PART)))
    her.til(FRIST + timedelta(days=1))
    assert slått_opp(her, ref).gjelder
    with pytest.raises(RuleBroken) as brutt:
        her.gjør("samhandling", planer.forkast_person(ref, "likevel ikke", aktør(PART)))
    assert brutt.value.rule == "person.bekreftet"


def test_whom_somebody_here_begins_to_follow_up_is_confirmed_by_that(her: Rom) -> None:
    _, ref = ukjent_innlagt(her)
    her.gjør("ansvarsgruppe", ansvarsgruppe.opprett_gruppe(ref, aktør(PART), RAMMER))
    assert slått_opp(her, ref).bekreftet
    her.til(FRIST)
    assert slått_opp(her, ref).gjelder


def test_what_another_service_has_written_is_archive_and_keeps_the_patient(her: Rom) -> None:
    """rules 1.6: a municipal record is corrected and never shredded."""
    _, ref = ukjent_innlagt(her)
    innhold = {"roedt_nivaa": Klartekst(Tekst(tekst="Prøveplan"))}
    her.gjør("kriseplan", kriseplan.opprett(ref, ("pasient",), innhold, aktør(PART), RAMMER))
    with pytest.raises(RuleBroken) as brutt:
        her.gjør("samhandling", planer.forkast_person(ref, "ingen sak", aktør(PART)))
    assert brutt.value.rule == "person.journalført"
    her.til(FRIST)
    assert slått_opp(her, ref).bekreftet
    assert nøkler(her, ref) > 0


def test_what_services_write_by_themselves_confirms_nobody(her: Rom) -> None:
    _, ref = ukjent_innlagt(her)
    assert her.inst.around.keyring.sealed_by(ref) == {"samhandling"}


def test_registering_the_patient_by_hand_confirms_the_record_that_a_message_made(her: Rom) -> None:
    _, ref = ukjent_innlagt(her)
    kjent = slått_opp(her, ref)
    assert kjent.personalia is not None
    navn, nummer = åpnet(her, kjent.personalia), åpnet(her, kjent.identiteter[0])
    svar = her.gjør("samhandling", planer.registrer_person(navn, (nummer,), "aarstad", aktør(PART)))
    assert (svar, personer(her)) == (ref, [ref])
    assert slått_opp(her, ref).bekreftet


# -- crashes -------------------------------------------------------------------------------------------------------


def test_a_crash_between_the_decision_and_the_shredding_loses_neither(tmp_path: Path) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        resultat, ref = ukjent_innlagt(her)
        plan = planer.forkast_person(ref, "ingen sak hos oss", aktør(PART))
        her.inst.engines["samhandling"].command(plan)
        assert nøkler(her, ref) > 0
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        her.pump()
        er_makulert(her, resultat, ref)


def test_a_crash_between_the_shredding_and_the_note_repeats_it_safely(tmp_path: Path) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        resultat, ref = ukjent_innlagt(her)
        plan = planer.forkast_person(ref, "ingen sak hos oss", aktør(PART))
        her.inst.engines["samhandling"].command(plan)
        assert her.inst.around.keyring.shred_person(ref) > 0
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        her.pump()
        er_makulert(her, resultat, ref)
        makulert = [p.event for p in her.logg("samhandling") if p.navn == "PersonMakulert"]
        assert [event.noekler for event in makulert] == [0]


def test_a_discarded_patient_leaves_no_clock_running(her: Rom) -> None:
    _, ref = ukjent_innlagt(her)
    her.gjør("samhandling", planer.forkast_person(ref, "ingen sak hos oss", aktør(PART)))
    her.til(NÅ + timedelta(days=2))
    assert not [p for p in alle(her, ref) if p.navn == "FristOverskredet"]
    omgjort = {p.event.tilstand for p in alle(her, ref) if p.navn == "FristOmgjort"}
    assert omgjort == {FristTilstand.BORTFALT}
