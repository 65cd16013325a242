"""The stay as a state machine, its 24-hour clock (forskrift 2011-11-18-1115 §8), its routing and its tasks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bindeledd.core.decider import Aggregate, Due, FristUtloept
from bindeledd.schema.generated.felles import (
    FristHoldt,
    FristOmgjort,
    FristOverskredet,
    FristSatt,
    FristTilstand,
    OppgaveFalt,
    OppgaveLoest,
    OppgaveOpprettet,
    OppgaveTatt,
    TellesFra,
)
from bindeledd.schema.generated.samhandling import (
    DoedsfallMeldt,
    MeldingKnyttet,
    OppholdKansellert,
    OppholdKorrigert,
    Oppholdsstatus,
    OpplysningerOppdatert,
    PasientInnlagt,
    PasientUtskrevet,
    RettInstansAvklart,
    TidligmeldingSendt,
    Utfall,
    UtskrivningsklarAvmeldt,
    UtskrivningsklarMeldt,
)
from services.felles.frister import Frist
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, TaOppgave
from services.samhandling import opphold
from services.samhandling.opphold import FlyttFaktum, RegistrerFaktum, SettBydel, TømOpphold
from tests.rom import BERGEN, TABELL
from tests.unit.samhandling.dsl import Fortalt, gitt
from tests.unit.samhandling.hendelser import (
    FORVALTNINGEN,
    HJEMMETJENESTEN,
    avmeldt,
    død,
    innlagt,
    klar,
    rapport,
    trukket,
    utskrevet,
    varsel,
)
from tests.unit.samhandling.meldinger import utc

OPPHOLD = Aggregate(opphold.TOPIC, opphold.Opphold(), opphold.decide, opphold.evolve, opphold.forfaller)
INN = utc(2026, 3, 2, 20, 0)
FORFALL = utc(2026, 3, 3, 20, 0)
ET_ØYEBLIKK = timedelta(microseconds=1)
ÅRSTAD = "aarstad"


def et_opphold(nå: datetime = INN) -> Fortalt:
    return gitt(OPPHOLD, nå=nå, regler=Rammer(BERGEN, TABELL))


def hender(fortalt: Fortalt, *hendelser: Any, bydel: str | None = ÅRSTAD) -> Fortalt:
    """Messages tell this, one after another, each as it comes in."""
    for hendelse in hendelser:
        fortalt = fortalt.når(RegistrerFaktum(hendelse, bydel), nå=hendelse.kilde.mottatt)
    return fortalt


def frist(fortalt: Fortalt) -> FristTilstand | None:
    state: opphold.Opphold = fortalt.state
    return state.frist.tilstand if state.frist else None


def oppgaver(fortalt: Fortalt) -> list[tuple[str, str]]:
    state: opphold.Opphold = fortalt.state
    return sorted((oppgave.slag.value, oppgave.part) for oppgave in state.oppgaver.åpne())


def status(fortalt: Fortalt) -> Oppholdsstatus:
    return opphold.status(fortalt.state)


# -- the states ----------------------------------------------------------------------------------------------------


def test_an_admission_begins_the_stay_is_routed_and_starts_the_clock() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN))
    fortalt.så(PasientInnlagt, RettInstansAvklart, FristSatt)
    assert status(fortalt) is Oppholdsstatus.INNLAGT


def test_ready_and_withdrawn_and_ready_again() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), klar(2, utc(2026, 3, 9, 8, 0)))
    assert status(fortalt) is Oppholdsstatus.UTSKRIVNINGSKLAR
    fortalt = hender(fortalt, avmeldt(3, utc(2026, 3, 10, 8, 0)))
    assert status(fortalt) is Oppholdsstatus.AVMELDT
    assert opphold.utskrivningsklar(fortalt.state) is None
    assert status(hender(fortalt, klar(4, utc(2026, 3, 12, 8, 0)))) is Oppholdsstatus.UTSKRIVNINGSKLAR


@pytest.mark.parametrize(
    ("kode", "venter", "utfall", "livskrise"),
    [
        ("1", Oppholdsstatus.UTSKREVET, Utfall.LEVENDE, False),
        ("2", Oppholdsstatus.DOED, Utfall.DOED, False),
        ("3", Oppholdsstatus.DOED, Utfall.DOED, True),
    ],
)
def test_the_discharge_carries_the_outcome(kode: str, venter: Oppholdsstatus, utfall: Utfall, livskrise: bool) -> None:
    """Intake rule 12, kodeverk 8431."""
    fortalt = hender(et_opphold(), innlagt(1, INN), utskrevet(2, utc(2026, 3, 11, 11, 0), kode=kode))
    assert status(fortalt) is venter
    assert opphold.utfall(fortalt.state) is utfall
    assert opphold.livskrise(fortalt.state) is livskrise


def test_a_death_that_is_told_by_itself_ends_the_stay_too() -> None:
    assert status(hender(et_opphold(), innlagt(1, INN), død(2, utc(2026, 3, 5, 3, 0)))) is Oppholdsstatus.DOED


def test_a_late_admission_does_not_readmit_the_discharged() -> None:
    """Intake rule 10."""
    fortalt = hender(et_opphold(), utskrevet(2, utc(2026, 3, 11, 11, 0)), innlagt(1, INN))
    assert status(fortalt) is Oppholdsstatus.UTSKREVET
    assert opphold.start(fortalt.state) == INN


def test_a_stay_of_which_everything_is_withdrawn_is_cancelled() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), trukket(2, utc(2026, 3, 2, 21, 0), 1))
    assert status(fortalt) is Oppholdsstatus.KANSELLERT
    assert [type(f.event) for f in fortalt.state.fakta.trukket()] == [PasientInnlagt]


def test_a_withdrawn_retraction_leaves_the_patient_ready() -> None:
    hendelser = [klar(2, utc(2026, 3, 9, 8, 0)), avmeldt(3, utc(2026, 3, 10, 8, 0))]
    tilbake = trukket(4, utc(2026, 3, 10, 9, 0), 3, "LOG_AVMELDING")
    fortalt = hender(et_opphold(), innlagt(1, INN), *hendelser, tilbake)
    assert status(fortalt) is Oppholdsstatus.UTSKRIVNINGSKLAR


def test_a_fact_told_twice_is_one_fact_until_both_are_withdrawn() -> None:
    igjen = MeldingKnyttet(kilde=innlagt(2, INN, sendt=utc(2026, 3, 2, 20, 1)).kilde, status="", samme_som="m1")
    fortalt = hender(et_opphold(), innlagt(1, INN), igjen, trukket(3, utc(2026, 3, 2, 21, 0), 1))
    assert status(fortalt) is Oppholdsstatus.INNLAGT
    assert status(hender(fortalt, trukket(4, utc(2026, 3, 2, 21, 0), 2))) is Oppholdsstatus.KANSELLERT


def test_what_belongs_to_another_stay_leaves_this_one() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), klar(2, utc(2026, 3, 9, 8, 0)))
    fortalt = fortalt.når(FlyttFaktum("m2", "annet", "en innleggelse som kom senere"), nå=utc(2026, 3, 9, 9, 0))
    fortalt.så(OppholdKorrigert, OppgaveFalt)
    assert status(fortalt) is Oppholdsstatus.INNLAGT


# -- the 24-hour clock ---------------------------------------------------------------------------------------------


def test_the_clock_starts_when_the_patient_was_admitted_and_not_when_it_was_told() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN, sendt=utc(2026, 3, 3, 6, 0)))
    satt = fortalt.hendelser[2]
    assert isinstance(satt, FristSatt)
    assert (satt.start, satt.forfall) == (INN, FORFALL)
    assert (satt.paragraf, satt.telles) == ("forskrift 2011-11-18-1115 §8", TellesFra.MOTTATT)
    assert opphold.forfaller(fortalt.state) == (Due(opphold.TIDLIGMELDING, FORFALL),)


@pytest.mark.parametrize(
    "inn", [utc(2026, 3, 28, 19, 0), utc(2026, 10, 24, 19, 0)], ids=["spring: 23 hours", "autumn: 25 hours"]
)
def test_the_clock_counts_elapsed_hours_also_on_the_nights_of_the_clock_change(inn: datetime) -> None:
    satt = hender(et_opphold(), innlagt(1, inn)).hendelser[2]
    assert satt.forfall - satt.start == timedelta(hours=24)


def test_a_complete_notice_in_time_meets_the_clock() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), varsel(2, utc(2026, 3, 3, 8, 0)))
    fortalt.så(TidligmeldingSendt, FristHoldt)
    assert fortalt.hendelser[1].bevis == "m2"
    assert opphold.forfaller(fortalt.state) == ()


def test_a_notice_that_lacks_mandatory_content_does_not_meet_the_clock_and_its_completion_does() -> None:
    ufullstendig = varsel(2, utc(2026, 3, 3, 8, 0), mangler=("KONTAKT",))
    fortalt = hender(et_opphold(), innlagt(1, INN), ufullstendig).så(TidligmeldingSendt)
    assert frist(fortalt) is FristTilstand.AAPEN
    fortalt = hender(fortalt, varsel(3, utc(2026, 3, 3, 9, 0), endring=True, samtale="id-2"))
    fortalt.så(OpplysningerOppdatert, FristHoldt)


def test_what_counts_is_when_the_notice_reached_us_and_not_when_it_says_that_it_was_written() -> None:
    sen = varsel(2, utc(2026, 3, 3, 8, 0), mottatt=FORFALL + timedelta(minutes=1))
    fortalt = hender(et_opphold(), innlagt(1, INN), sen)
    assert frist(fortalt) is FristTilstand.AAPEN
    assert frist(fortalt.når(FristUtloept(opphold.TIDLIGMELDING, FORFALL))) is FristTilstand.OVERSKREDET


@pytest.mark.parametrize(
    ("mottatt", "dom"),
    [(FORFALL, FristTilstand.HOLDT), (FORFALL + ET_ØYEBLIKK, FristTilstand.OVERSKREDET)],
    ids=["at the very moment", "just after"],
)
def test_a_notice_is_in_time_up_to_and_with_the_moment_the_clock_runs_out(
    mottatt: datetime, dom: FristTilstand
) -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), varsel(2, utc(2026, 3, 3, 8, 0), mottatt=mottatt))
    assert frist(fortalt.når(FristUtloept(opphold.TIDLIGMELDING, FORFALL), nå=mottatt)) is dom


def test_the_clock_is_missed_as_of_its_due_moment_also_when_it_is_judged_after_downtime() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN))
    fortalt = fortalt.når(FristUtloept(opphold.TIDLIGMELDING, FORFALL), nå=utc(2026, 3, 5, 7, 0))
    fortalt.så(FristOverskredet, OppgaveOpprettet)
    assert fortalt.hendelser[0].vurdert_per == FORFALL


def test_evidence_that_was_received_in_time_and_taken_in_late_undoes_the_judgement() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN)).når(FristUtloept(opphold.TIDLIGMELDING, FORFALL), nå=FORFALL)
    i_tide = varsel(2, utc(2026, 3, 3, 19, 0))
    fortalt = fortalt.når(RegistrerFaktum(i_tide, ÅRSTAD), nå=utc(2026, 3, 5, 7, 0))
    fortalt.så(TidligmeldingSendt, FristOmgjort, OppgaveFalt)
    assert frist(fortalt) is FristTilstand.HOLDT


def test_a_withdrawn_notice_no_longer_meets_the_clock() -> None:
    tilbake = trukket(3, utc(2026, 3, 3, 9, 0), 2, "HELSEOPPL_SOKNAD")
    fortalt = hender(et_opphold(), innlagt(1, INN), varsel(2, utc(2026, 3, 3, 8, 0)), tilbake)
    assert frist(fortalt) is FristTilstand.AAPEN
    assert opphold.forfaller(fortalt.state) == (Due(opphold.TIDLIGMELDING, FORFALL),)


def test_a_corrected_hour_of_admission_moves_the_clock() -> None:
    senere = INN + timedelta(hours=2)
    fortalt = hender(et_opphold(), innlagt(1, INN), innlagt(2, senere, sendt=utc(2026, 3, 2, 23, 0)))
    assert fortalt.state.frist == Frist(
        opphold.TIDLIGMELDING, senere, FORFALL + timedelta(hours=2), FristTilstand.AAPEN, "forskrift 2011-11-18-1115 §8"
    )


def test_a_withdrawn_admission_stops_the_clock_the_routing_and_the_tasks() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), bydel=None)
    assert oppgaver(fortalt) == [("AVKLAR_BYDEL", HJEMMETJENESTEN)]
    fortalt = hender(fortalt, trukket(2, utc(2026, 3, 2, 21, 0), 1), bydel=None)
    fortalt.så(OppholdKansellert, RettInstansAvklart, FristOmgjort, OppgaveFalt)
    assert (frist(fortalt), fortalt.state.instans, oppgaver(fortalt)) == (None, None, [])


@pytest.mark.parametrize("ende", [død(2, utc(2026, 3, 3, 3, 0)), utskrevet(2, utc(2026, 3, 3, 3, 0), kode="3")])
def test_a_death_stops_a_clock_that_had_not_run_out(ende: Any) -> None:
    """Intake rule 12: 2 and 3 stop every open flow."""
    fortalt = hender(et_opphold(), innlagt(1, INN), ende)
    assert (frist(fortalt), opphold.forfaller(fortalt.state)) == (None, ())


def test_a_death_told_late_undoes_what_was_missed_after_it() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN)).når(FristUtloept(opphold.TIDLIGMELDING, FORFALL), nå=FORFALL)
    fortalt = hender(fortalt, død(2, utc(2026, 3, 3, 3, 0), sendt=utc(2026, 3, 4, 8, 0)))
    fortalt.så(DoedsfallMeldt, FristOmgjort, OppgaveFalt)


@pytest.mark.parametrize(
    ("døde", "dom"),
    [
        (FORFALL - ET_ØYEBLIKK, None),
        (FORFALL, FristTilstand.OVERSKREDET),
        (utc(2026, 3, 4, 3, 0), FristTilstand.OVERSKREDET),
    ],
    ids=["just before", "at the very moment", "the night after"],
)
def test_a_clock_that_was_missed_before_the_death_stays_missed(døde: datetime, dom: FristTilstand | None) -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN)).når(FristUtloept(opphold.TIDLIGMELDING, FORFALL), nå=FORFALL)
    assert frist(hender(fortalt, død(2, døde))) is dom


def test_a_discharge_does_not_stop_the_clock() -> None:
    """Story A: out again within the day and no notice: the hospital still owed one."""
    fortalt = hender(et_opphold(), innlagt(1, INN), utskrevet(2, utc(2026, 3, 3, 11, 0)))
    assert frist(fortalt.når(FristUtloept(opphold.TIDLIGMELDING, FORFALL))) is FristTilstand.OVERSKREDET


def test_a_clock_is_judged_once() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN)).når(FristUtloept(opphold.TIDLIGMELDING, FORFALL), nå=FORFALL)
    fortalt.når(FristUtloept(opphold.TIDLIGMELDING, FORFALL)).så()


# -- copies --------------------------------------------------------------------------------------------------------


def test_a_copy_gives_no_clock_no_routing_and_no_task() -> None:
    """Intake rule 6."""
    kopi = innlagt(1, INN, adressert=(), kopi=(HJEMMETJENESTEN,))
    hender(et_opphold(), kopi, bydel=None).så(PasientInnlagt)
    klart = klar(2, utc(2026, 3, 9, 8, 0), adressert=(), kopi=(HJEMMETJENESTEN,))
    hender(hender(et_opphold(), kopi), klart).så(UtskrivningsklarMeldt)


def test_the_receivers_message_gives_the_clock_that_its_copy_did_not() -> None:
    kopi = innlagt(1, INN, adressert=(), kopi=(FORVALTNINGEN,))
    igjen = MeldingKnyttet(kilde=innlagt(2, INN).kilde, status="", samme_som="m1")
    hender(hender(et_opphold(), kopi), igjen).så(MeldingKnyttet, RettInstansAvklart, FristSatt)


# -- routing -------------------------------------------------------------------------------------------------------


def test_the_right_service_follows_from_bydel_and_hour_and_says_why() -> None:
    """Story A: Friday evening → PAM."""
    svar = hender(et_opphold(), innlagt(1, utc(2024, 2, 2, 21, 40))).hendelser[1]
    assert (svar.dps, svar.instans) == ("dps-kronstad", "pam")
    assert svar.forklaring.startswith("Fredag kveld kl. 22:40 → Psykiatrisk akuttmottak (PAM).")


def test_an_unknown_bydel_is_a_task_for_a_person_and_never_a_default() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), bydel=None)
    assert fortalt.state.instans.dps is None
    assert fortalt.state.instans.instans is None
    assert "manuell kø" in fortalt.state.instans.forklaring
    assert oppgaver(fortalt) == [("AVKLAR_BYDEL", HJEMMETJENESTEN)]


def test_a_bydel_that_becomes_known_later_routes_the_stay_and_ends_the_task() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), bydel=None).når(SettBydel(ÅRSTAD))
    fortalt.så(RettInstansAvklart, OppgaveFalt)
    assert fortalt.state.instans.dps == "dps-kronstad"
    fortalt.når(SettBydel(ÅRSTAD)).så()


def test_a_stay_without_an_admission_is_routed_nowhere() -> None:
    hender(et_opphold(), varsel(1, utc(2026, 3, 3, 8, 0)), bydel=None).så(TidligmeldingSendt)


# -- tasks ---------------------------------------------------------------------------------------------------------


def test_who_is_addressed_shall_answer_that_a_patient_is_ready_until_that_is_withdrawn() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), klar(2, utc(2026, 3, 9, 8, 0), adressert=(FORVALTNINGEN,)))
    assert oppgaver(fortalt) == [("SVAR_PAA_UTSKRIVNINGSKLAR", FORVALTNINGEN)]
    assert fortalt.hendelser[-1].paragraf == "forskrift 2011-11-18-1115 §11"
    assert oppgaver(hender(fortalt, avmeldt(3, utc(2026, 3, 10, 8, 0)))) == []


def test_a_missing_notice_is_asked_for_until_any_comes() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN)).når(FristUtloept(opphold.TIDLIGMELDING, FORFALL), nå=FORFALL)
    assert oppgaver(fortalt) == [("ETTERLYS_TIDLIGMELDING", HJEMMETJENESTEN)]
    assert oppgaver(hender(fortalt, varsel(2, utc(2026, 3, 4, 8, 0)))) == []


@pytest.mark.parametrize("ende", [utskrevet(3, utc(2026, 3, 11, 11, 0)), død(3, utc(2026, 3, 11, 11, 0))])
def test_the_end_of_the_stay_ends_its_tasks(ende: Any) -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), klar(2, utc(2026, 3, 9, 8, 0)), ende, bydel=None)
    assert oppgaver(fortalt) == []


def test_a_task_is_taken_and_done_by_the_unit_that_has_it_and_by_no_other() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), klar(2, utc(2026, 3, 9, 8, 0), adressert=(FORVALTNINGEN,)))
    (ref,) = (o.oppgave_ref for o in fortalt.state.oppgaver.åpne())
    fortalt.avvist(TaOppgave(ref, "demo-1", "nav-aarstad"), "oppgave.part")
    tatt = fortalt.når(TaOppgave(ref, "demo-1", FORVALTNINGEN)).så(OppgaveTatt)
    løst = tatt.når(LøsOppgave(ref, "demo-1", FORVALTNINGEN)).så(OppgaveLoest)
    løst.avvist(LøsOppgave(ref, "demo-1", FORVALTNINGEN), "oppgave.lukket")
    hender(løst, rapport(3, utc(2026, 3, 9, 9, 0))).så(MeldingKnyttet)


def test_where_somebody_lives_is_said_and_not_called_done() -> None:
    fortalt = hender(et_opphold(), innlagt(1, INN), bydel=None)
    assert oppgaver(fortalt) == [("AVKLAR_BYDEL", HJEMMETJENESTEN)]
    (ref,) = fortalt.state.oppgaver.alle
    fortalt.avvist(LøsOppgave(ref, "demo-1", HJEMMETJENESTEN), "oppgave.besvares")


# -- what the facts say --------------------------------------------------------------------------------------------


def test_days_are_not_payable_without_notice_named_doctor_and_meeting() -> None:
    """forskrift 2011-11-18-1115 §§8-10, 13-15."""
    uten = hender(et_opphold(), innlagt(1, INN), klar(2, utc(2026, 3, 9, 8, 0), lege=False)).state
    klart = opphold.utskrivningsklar(uten)
    assert klart is not None
    assert opphold.mangler_for_betaling(uten, klart) == ("tidligmelding", "beslutter", "samarbeidsmoete")
    med = hender(et_opphold(), innlagt(1, INN), varsel(2, utc(2026, 3, 3, 8, 0)), klar(3, utc(2026, 3, 9, 8, 0))).state
    klart = opphold.utskrivningsklar(med)
    assert klart is not None
    assert opphold.mangler_for_betaling(med, klart) == ("samarbeidsmoete",)


def test_the_latest_information_replaces_what_came_before() -> None:
    ny = varsel(3, utc(2026, 3, 4, 8, 0), endring=True, samtale="id-2")
    fortalt = hender(et_opphold(), innlagt(1, INN), ny, varsel(2, utc(2026, 3, 3, 8, 0)))
    gjeldende = opphold.gjeldende_opplysninger(fortalt.state)
    assert gjeldende is not None
    assert gjeldende.ref == "m3"


def test_two_notices_of_the_same_day_count_as_one_unless_it_was_withdrawn_in_between() -> None:
    dag = date(2026, 3, 9)
    igjen: dict[str, Any] = {"innhold": b"klar 9. mars"}
    to = hender(
        et_opphold(), innlagt(1, INN), klar(2, utc(2026, 3, 9, 8, 0), dag, **igjen),
        klar(3, utc(2026, 3, 9, 14, 0), dag, **igjen),
    )  # fmt: skip
    slag = [type(f.event) for f in to.state.fakta.gjeldende()]
    assert slag == [PasientInnlagt, UtskrivningsklarMeldt]
    imellom = hender(to, avmeldt(4, utc(2026, 3, 9, 11, 0), dag))
    slag = [type(f.event) for f in imellom.state.fakta.gjeldende()]
    assert slag == [PasientInnlagt, UtskrivningsklarMeldt, UtskrivningsklarAvmeldt, UtskrivningsklarMeldt]
    assert status(imellom) is Oppholdsstatus.UTSKRIVNINGSKLAR


def test_an_emptied_stay_holds_nothing_and_asks_for_nothing() -> None:
    """The patient was discarded: no clock, no task, nothing told."""
    fortalt = hender(et_opphold(), innlagt(1, INN), utskrevet(2, utc(2026, 3, 11, 11, 0)), bydel=None)
    tømt = fortalt.når(TømOpphold("pasienten er forkastet"))
    assert (dict(tømt.state.fakta.alle), frist(tømt), oppgaver(tømt), tømt.state.instans) == ({}, None, [], None)
    assert opphold.forfaller(tømt.state) == ()
    tømt.når(TømOpphold("pasienten er forkastet")).så()


def test_an_unknown_event_changes_nothing() -> None:
    state = hender(et_opphold(), innlagt(1, INN)).state
    assert opphold.evolve(state, PasientUtskrevet) == state
