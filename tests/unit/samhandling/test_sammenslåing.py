"""Two records of one person, joined and parted again in every service: streams are relinked, no record is rewritten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.app.folder import store_file
from bindeledd.app.installation import codec
from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import RuleBroken
from bindeledd.ops.quarantine import listing, retry
from bindeledd.ops.rebuild import rebuild
from bindeledd.runtime.service import Lookup, Service
from bindeledd.schema.generated.samhandling import PersonerSlaattSammen
from bindeledd.store import log
from bindeledd.store.sqlite import SqliteDb
from services.ansvarsgruppe import planer as ansvarsgruppe
from services.felles import samarbeid
from services.samhandling import opphold, person, planer
from services.samhandling.plo.skriv import lag_innlagt, lag_rapport, lag_utskrivningsklar
from tests.meldinger import FØDT, PASIENT, person_id, syntetisk
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, ansvarsgruppe_for, enhet, menneske
from tests.unit.samhandling.meldinger import sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
PART, ENHET, ACT, KOE = "hjemmetjeneste-aarstad", "enhet-aarstad", "act-kronstad", "koordinerende-enhet"
TJENESTER = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")
D_NUMMER = person_id(syntetisk(FØDT, type_="DNR"), "DNR")
MED_D_NUMMER = replace(PASIENT, fornavn="Syntetisk", etternavn="Prøvesen", identer=(D_NUMMER,))


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Rom]:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as rommet:
        yield rommet


def to_registreringer(her: Rom) -> tuple[Menneske, str]:
    """Somebody known with koordinator and ACT; and a message that registers the same person under a D-number."""
    kjent = menneske(her, FØDT, "aarstad", ENHET)
    ansvarsgruppe_for(her, kjent, ENHET, ACT)
    her.melding(lag_innlagt(sending(1, NÅ, pasient=MED_D_NUMMER), tid=NÅ), NÅ)
    her.melding(lag_rapport(sending(2, NÅ, pasient=MED_D_NUMMER), "INNLEGGELSESRAPPORT", notat="Prøve"), NÅ)
    annen = [p.envelope.stream for p in her.logg("samhandling") if p.navn == "PersonRegistrert"][-1]
    assert annen != kjent.ref
    return kjent, annen


def slått_opp(her: Rom, ref: str) -> person.Person:
    state: person.Person = her.inst.engines["samhandling"].look(lambda tx: tx.state(person.TOPIC, ref))
    return state


def strømmer(her: Rom, tjeneste: str, ref: str) -> set[str]:
    """Every stream that a service holds for a person."""
    return set(her.inst.engines[tjeneste].read(lambda db: log.all_streams_of(db, ref)))


def oppholdene(her: Rom, ref: str) -> list[str]:
    refs: list[str] = her.inst.engines["samhandling"].read(lambda db: log.streams_of(db, opphold.TOPIC, ref))
    return refs


def siste_utsnitt(her: Rom, tjeneste: str, part: str) -> dict[str, Any]:
    """The last view record of each aggregate, ended ones too."""
    return {p.event.aggregat: p for p in her.logg(tjeneste) if p.topic == f"{tjeneste}.til.{part}"}


def ser(her: Rom, part: str, slag: str) -> list[str]:
    """Whose views of a kind a party has."""
    siste = siste_utsnitt(her, "samhandling", part).values()
    return [str(p.envelope.person_ref) for p in siste if p.navn == slag]


def finner(her: Rom) -> str | None:
    """Who the D-number leads to."""
    ref: str | None = her.inst.engines["samhandling"].look(lambda tx: tx.person_of(D_NUMMER.id, "DNR", ""))
    return ref


def slå_sammen(her: Rom, overlevende: str, tapt: str) -> None:
    her.gjør("samhandling", planer.slå_sammen(overlevende, tapt, aktør(KOE)))


def skill_ut(her: Rom, fra: str, ut: str, *strømmer: str) -> None:
    her.gjør("samhandling", planer.omgjør_sammenslåing(fra, ut, strømmer, aktør(KOE)))


# -- joined --------------------------------------------------------------------------------------------------------


def test_a_likeness_waits_for_a_person_and_is_never_joined_by_itself(her: Rom) -> None:
    """Intake rule 4."""
    kjent, annen = to_registreringer(her)
    assert set(slått_opp(her, annen).tvilsomme) == {kjent.ref}
    assert (oppholdene(her, kjent.ref), len(oppholdene(her, annen))) == ([], 1)
    assert ACT not in {p.topic.rpartition(".")[2] for p in her.logg("samhandling") if p.navn == "OppholdUtsnitt"}


def test_every_stream_of_the_lost_record_is_the_survivors_in_every_service(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    før = {t: strømmer(her, t, annen) for t in TJENESTER}
    assert all(før.values()), "the lost record had something everywhere"
    slå_sammen(her, kjent.ref, annen)
    for tjeneste in TJENESTER:
        assert strømmer(her, tjeneste, annen) == set()
        assert før[tjeneste] <= strømmer(her, tjeneste, kjent.ref)


def test_views_are_appended_with_the_surviving_person_and_opened_by_the_survivors_grounds(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    slå_sammen(her, kjent.ref, annen)
    assert ser(her, PART, "OppholdUtsnitt") == [kjent.ref]
    assert ser(her, ACT, "OppholdUtsnitt") == [kjent.ref], "the survivor's ACT team helps the patient in that stay"
    assert ser(her, PART, "PersonUtsnitt") == [kjent.ref], "the lost record is no longer shown by itself"
    for part in (PART, ACT, ENHET, "innbygger", "pam"):
        for tjeneste in TJENESTER:
            levende = [p for p in siste_utsnitt(her, tjeneste, part).values() if p.navn != "UtsnittAvsluttet"]
            assert {p.envelope.person_ref for p in levende} <= {kjent.ref}


def test_no_record_is_rewritten(her: Rom) -> None:
    kjent, annen = to_registreringer(her)

    def bytene(tjeneste: str) -> list[bytes]:
        rader = her.inst.engines[tjeneste].read(lambda db: log.read_page(db, 0, 1_000_000))
        return [rad.data for rad in rader]

    før = {t: bytene(t) for t in TJENESTER}
    slå_sammen(her, kjent.ref, annen)
    for tjeneste, rader in før.items():
        assert bytene(tjeneste)[: len(rader)] == rader


def test_the_numbers_of_both_lead_to_the_survivor_and_later_messages_find_it(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    slå_sammen(her, kjent.ref, annen)
    assert finner(her) == kjent.ref
    senere = NÅ + timedelta(days=5)
    klar = lag_utskrivningsklar(sending(3, senere, pasient=MED_D_NUMMER), dato=senere.date(), innlagt=NÅ)
    resultat = her.melding(klar, senere)
    assert [resultat.opphold_ref] == oppholdene(her, kjent.ref)
    assert len([p for p in her.logg("samhandling") if p.navn == "PersonRegistrert"]) == 2
    assert set(slått_opp(her, kjent.ref).tvilsomme) == frozenset()


def test_a_message_that_carries_both_numbers_of_a_joined_person_raises_no_doubt(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    slå_sammen(her, kjent.ref, annen)
    begge = replace(MED_D_NUMMER, identer=(*kjent.pasient.identer, D_NUMMER))
    her.melding(lag_rapport(sending(4, NÅ, pasient=begge), "UTSKRIVNINGSRAPPORT", notat="Prøve"), NÅ)
    assert set(slått_opp(her, kjent.ref).tvilsomme) == frozenset()


def test_the_list_of_messages_follows_the_person_there_and_back(her: Rom) -> None:
    """Who got a report about nobody's stay sees whom it is about, whoever that is now; a later stay takes it in."""
    kjent, annen = to_registreringer(her)
    dagen_før = NÅ - timedelta(days=30)
    rapport = sending(3, dagen_før, pasient=MED_D_NUMMER, mottaker=enhet("hjemmetjeneste-fana"))
    resultat = her.melding(lag_rapport(rapport, "UTSKRIVNINGSRAPPORT", notat="Prøve"), NÅ)
    assert (resultat.opphold_ref, ser(her, "hjemmetjeneste-fana", "PersonUtsnitt")) == (None, [annen])
    slå_sammen(her, kjent.ref, annen)
    assert ser(her, "hjemmetjeneste-fana", "PersonUtsnitt") == [kjent.ref]
    skill_ut(her, kjent.ref, annen)
    assert ser(her, "hjemmetjeneste-fana", "PersonUtsnitt") == [annen]
    slå_sammen(her, kjent.ref, annen)
    her.melding(lag_innlagt(sending(4, dagen_før, pasient=kjent.pasient), tid=dagen_før - timedelta(hours=1)), NÅ)
    funnet = [p.event.opphold_ref for p in her.logg("samhandling") if p.navn == "MeldingTattInn"]
    assert len(funnet) == 1
    assert funnet[0] in oppholdene(her, kjent.ref)


def test_the_survivor_is_confirmed_when_either_was_and_keeps_the_bydel_that_either_had(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    slå_sammen(her, annen, kjent.ref)
    overlevende = slått_opp(her, annen)
    assert (overlevende.bekreftet, overlevende.bydel) == (True, "aarstad")
    her.til(NÅ + timedelta(days=20))
    assert slått_opp(her, annen).gjelder, "what was confirmed is never discarded"


def test_a_decided_likeness_joins_into_the_record_that_was_known_first(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    her.gjør("samhandling", planer.avgjør_treff(annen, kjent.ref, "snakket_med_personen", aktør(KOE), samme=True))
    assert (slått_opp(her, annen).slått_inn_i, slått_opp(her, kjent.ref).slått_inn) == (kjent.ref, (annen,))


def test_a_likeness_decided_to_be_none_is_not_raised_again(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    her.gjør("samhandling", planer.avgjør_treff(annen, kjent.ref, "snakket_med_personen", aktør(KOE), samme=False))
    assert (set(slått_opp(her, annen).tvilsomme), slått_opp(her, annen).gjelder) == (set(), True)
    with pytest.raises(RuleBroken) as brutt:
        her.gjør("samhandling", planer.avgjør_treff(annen, kjent.ref, "snakket_med_personen", aktør(KOE), samme=True))
    assert brutt.value.rule == "person.ingen_tvil"


def test_shredding_the_survivor_shreds_the_lost_record_with_it(tmp_path: Path) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN, makulerer=True) as her:
        kjent, annen = to_registreringer(her)
        slå_sammen(her, kjent.ref, annen)
        ring = her.inst.around.keyring
        assert ring.key_of_stream(annen) is not None
        ring.shred_person(kjent.ref)
        assert ring.key_of_stream(annen) is None
        assert finner(her) is None


@pytest.mark.parametrize("hva", ["seg selv", "en som ikke finnes", "en som er slått inn"])
def test_what_cannot_be_joined_is_refused(her: Rom, hva: str) -> None:
    kjent, annen = to_registreringer(her)
    if hva == "en som er slått inn":
        slå_sammen(her, kjent.ref, annen)
    tapt = {"seg selv": kjent.ref, "en som ikke finnes": "f" * 32, "en som er slått inn": annen}[hva]
    with pytest.raises(RuleBroken) as brutt:
        slå_sammen(her, kjent.ref, tapt)
    assert brutt.value.rule == "person.slå_sammen"


def test_nothing_more_is_told_of_the_lost_record_itself(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    slå_sammen(her, kjent.ref, annen)
    with pytest.raises(RuleBroken) as brutt:
        her.gjør("samhandling", planer.sett_bydel(annen, "fana", "4601", aktør(KOE)))
    assert brutt.value.rule == "person.slått_sammen"


def les(her: Rom, leser: str, kilde: str) -> None:
    """One service takes in what another has written, and nobody else does anything."""
    for worker in her.inst.embedded.workers:
        for tail in worker.tails:
            if (worker.engine.service.name, tail.source.service.name) == (leser, kilde):
                while tail.advance():
                    pass


def gruppe_som_kriseplan_hører_av_sist(her: Rom) -> tuple[Menneske, str]:
    """kriseplan learns of the merge first, and then of a group that was made for the lost record before it."""
    kjent, annen = to_registreringer(her)
    opprett = ansvarsgruppe.opprett_gruppe(annen, aktør(PART), RAMMER)
    gruppe = str(her.inst.engines["ansvarsgruppe"].command(opprett).answer)
    her.inst.engines["samhandling"].command(planer.slå_sammen(kjent.ref, annen, aktør(KOE)))
    les(her, "kriseplan", "samhandling")
    les(her, "kriseplan", "ansvarsgruppe")
    assert gruppe in strømmer(her, "kriseplan", kjent.ref)
    return kjent, gruppe


def test_what_another_service_wrote_before_it_knew_is_the_survivors_all_the_same(tmp_path: Path) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        kjent, gruppe = gruppe_som_kriseplan_hører_av_sist(her)
        her.pump()
        for tjeneste in TJENESTER:
            assert gruppe in strømmer(her, tjeneste, kjent.ref)
        tjenester = {t: her.inst.engines[t].service for t in TJENESTER}
    for tjeneste, service in tjenester.items():
        assert gjenoppbygd(tmp_path, tjeneste, service) == []


def test_a_rebuild_knows_it_too_before_its_writer_does(tmp_path: Path) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        gruppe_som_kriseplan_hører_av_sist(her)
        service = her.inst.engines["kriseplan"].service
    assert gjenoppbygd(tmp_path, "kriseplan", service) == []


def test_a_rebuild_knows_who_a_joined_person_is_when_another_service_has_parked_the_merge(tmp_path: Path) -> None:
    def kan_ikke(_lookup: Lookup, _konvolutt: Envelope, _event: Any) -> list[Bestilling]:
        raise RuleBroken("prøve", "Denne tas ikke inn")

    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        kjent = menneske(her, FØDT, "aarstad", ENHET)
        annen = menneske(her, date(1950, 1, 1), "fana", "enhet-fana").ref
        engine = her.inst.engines["ansvarsgruppe"]
        hel = engine.service
        engine.service = replace(hel, reactions={**hel.reactions, PersonerSlaattSammen.avro_name: kan_ikke})
        her.inst.engines["samhandling"].command(planer.slå_sammen(kjent.ref, annen, aktør(KOE)))
        opprett = ansvarsgruppe.opprett_gruppe(annen, aktør("enhet-fana"), RAMMER)
        gruppe = str(engine.command(opprett).answer)
        her.pump()
        engine.service = hel
        for parkert in listing({"ansvarsgruppe": engine._db}):
            retry(engine, parkert.stream)
        her.pump()
        assert gruppe in strømmer(her, "samhandling", kjent.ref)
        service = her.inst.engines["samhandling"].service
    assert gjenoppbygd(tmp_path, "samhandling", service) == []


# -- parted again --------------------------------------------------------------------------------------------------


def test_an_undone_merge_gives_back_what_came_from_the_lost_record_in_every_service(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    før = {t: (strømmer(her, t, kjent.ref), strømmer(her, t, annen)) for t in TJENESTER}
    slå_sammen(her, kjent.ref, annen)
    skill_ut(her, kjent.ref, annen)
    for tjeneste, (kjents, annens) in før.items():
        assert kjents <= strømmer(her, tjeneste, kjent.ref)
        assert annens <= strømmer(her, tjeneste, annen)
        assert not annens & strømmer(her, tjeneste, kjent.ref)


def test_views_follow_each_to_its_own_again_and_grounds_of_the_other_open_nothing(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    slå_sammen(her, kjent.ref, annen)
    skill_ut(her, kjent.ref, annen)
    assert ser(her, PART, "OppholdUtsnitt") == [annen]
    assert ser(her, PART, "PersonUtsnitt") == [annen]
    assert ser(her, ACT, "OppholdUtsnitt") == [], "the stay was never of a person whom ACT follows up"
    assert ser(her, ACT, "PersonUtsnitt") == [kjent.ref]


def test_later_messages_go_to_the_right_one_again(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    slå_sammen(her, kjent.ref, annen)
    skill_ut(her, kjent.ref, annen)
    assert finner(her) == annen
    senere = NÅ + timedelta(days=5)
    rapport = lag_rapport(sending(3, senere, pasient=MED_D_NUMMER), "UTSKRIVNINGSRAPPORT", notat="Prøve")
    assert [her.melding(rapport, senere).opphold_ref] == oppholdene(her, annen)
    assert slått_opp(her, annen).gjelder


def test_a_stay_that_began_while_they_were_one_goes_where_a_person_says(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    slå_sammen(her, kjent.ref, annen)
    senere = NÅ + timedelta(days=60)
    ny = her.melding(lag_innlagt(sending(5, senere, pasient=MED_D_NUMMER), tid=senere), senere).opphold_ref
    assert ny is not None
    skill_ut(her, kjent.ref, annen, ny)
    assert ny in oppholdene(her, annen)
    assert ser(her, ACT, "OppholdUtsnitt") == []


def test_who_is_parted_again_is_not_discarded_because_the_days_ran_out_meanwhile(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    slå_sammen(her, kjent.ref, annen)
    her.til(NÅ + timedelta(days=30))
    skill_ut(her, kjent.ref, annen)
    assert slått_opp(her, annen).gjelder


def test_merges_of_merges_are_undone_from_the_inside_out(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    tredje = menneske(her, date(1950, 1, 1), "fana", "enhet-fana").ref
    slå_sammen(her, kjent.ref, annen)
    slå_sammen(her, tredje, kjent.ref)
    assert oppholdene(her, tredje) != []
    with pytest.raises(RuleBroken) as brutt:
        skill_ut(her, tredje, kjent.ref)
    assert brutt.value.rule == "person.flere_sammenslåinger"
    skill_ut(her, kjent.ref, annen)
    assert (len(oppholdene(her, annen)), oppholdene(her, tredje)) == (1, [])
    skill_ut(her, tredje, kjent.ref)
    assert samarbeid.GRUPPE in {p.topic for p in her.logg("ansvarsgruppe") if p.envelope.person_ref == kjent.ref}
    assert ser(her, ACT, "PersonUtsnitt") == [kjent.ref]


def test_a_merge_that_never_was_cannot_be_undone(her: Rom) -> None:
    kjent, annen = to_registreringer(her)
    with pytest.raises(RuleBroken) as brutt:
        skill_ut(her, kjent.ref, annen)
    assert brutt.value.rule == "person.ikke_slått_sammen"


# -- what is folded from it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("angret", [False, True])
def test_a_rebuild_finds_every_stream_where_it_was(tmp_path: Path, angret: bool) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        kjent, annen = to_registreringer(her)
        slå_sammen(her, kjent.ref, annen)
        if angret:
            skill_ut(her, kjent.ref, annen)
        tjenester = {t: her.inst.engines[t].service for t in TJENESTER}
    for tjeneste, service in tjenester.items():
        assert gjenoppbygd(tmp_path, tjeneste, service) == []


def gjenoppbygd(mappe: Path, tjeneste: str, service: Service) -> list[str]:
    """The tables that a rebuild folds otherwise than they stood."""
    with closing(SqliteDb(store_file(mappe, tjeneste))) as db:
        return rebuild(db, service, codec()).drifted
