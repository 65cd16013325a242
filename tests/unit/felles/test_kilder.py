"""Who helps the person, and what was consented to, as folded from ansvarsgruppe's events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bindeledd.core.errors import Shredded
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeAvsluttet,
    AnsvarsgruppeOpprettet,
    Grupperolle,
    KoordinatorByttet,
    KoordinatorOppnevnt,
    MedlemFratraadte,
    MedlemInvitert,
    MedlemSvarte,
    RepresentantOppnevnt,
    SamtykkeGitt,
    SamtykkeTrukket,
    SperringOpphevet,
    SperringRegistrert,
)
from bindeledd.schema.generated.samhandling import Personalia, RettInstansAvklart
from services.felles import kilder, samarbeid
from services.felles.kilder import kjent_for, uten_opphold
from services.felles.oppholdsbilde import OPPHOLD, Oppholdsbilde
from services.felles.oppholdsbilde import evolve as evolve_opphold
from services.felles.tilgang import RelasjonSlag as R
from tests.dsl import ACT, DPS, ENHET, NAV, NÅ, PAM, RAMMER
from tests.unit.felles.test_oppholdsbilde import inn, ut

EVOLVE: dict[str, tuple[Any, Any]] = {
    samarbeid.SAMTYKKE: (samarbeid.Samtykker(), samarbeid.evolve_samtykke),
    samarbeid.PLAN: (samarbeid.Plan(), samarbeid.evolve_plan),
    samarbeid.GRUPPE: (samarbeid.Gruppe(), samarbeid.evolve_gruppe),
    OPPHOLD: (Oppholdsbilde(), evolve_opphold),
}


PERSONALIA = Personalia(
    fornavn="Syntetisk", mellomnavn="", etternavn="Prøvesen", foedt=date(1985, 5, 17), kjoenn="", gateadresse="",
    postnummer="", poststed="",
)  # fmt: skip


class Oppslag:
    """A store of folded states by (topic, stream), as a service's own; `strømmer` are all of one person."""

    def __init__(self, **strømmer: tuple[str, list[Any]]) -> None:
        self.now = NÅ
        self.er_parkert = False
        self.personalia: Any = None
        self._state = {}
        for ref, (topic, events) in strømmer.items():
            state, evolve = EVOLVE[topic]
            for event in events:
                state = evolve(state, event)
            self._state[topic, ref] = state

    def streams_of(self, topic: str, _person_ref: str) -> list[str]:
        return [ref for t, ref in self._state if t == topic]

    def state(self, topic: str, ref: str) -> Any:
        return samarbeid.Personbilde(self.personalia) if topic == samarbeid.PERSON else self._state[topic, ref]

    def in_doubt(self, _person_ref: str) -> bool:
        return self.er_parkert

    def open(self, sealed: Any) -> Any:
        if isinstance(sealed, Exception):
            raise sealed
        return sealed


def oppslag(**strømmer: tuple[str, list[Any]]) -> Any:
    return Oppslag(**strømmer)


def gruppe(*mer: Any) -> tuple[str, list[Any]]:
    return (samarbeid.GRUPPE, [AnsvarsgruppeOpprettet(av_part=ENHET, fra=NÅ), *mer])


def medlem(part: str, rolle: Grupperolle, svar: bool | None = True, ref: str = "m") -> list[Any]:
    svarte = [] if svar is None else [MedlemSvarte(medlem_ref=ref, med=svar)]
    return [MedlemInvitert(medlem_ref=ref, part=part, rolle=rolle), *svarte]


def hjelpere(lookup: Any) -> set[tuple[str, str]]:
    return {(r.part, r.slag.value) for r in kilder.relasjoner(lookup, "p")}


def test_a_koordinators_unit_helps_from_the_appointment_until_another_takes_over() -> None:
    oppnevnt = KoordinatorOppnevnt(part=ENHET, koordinator="k", fra=NÅ)
    byttet = KoordinatorByttet(part=ACT, koordinator="l", grunn="flyttet")
    assert hjelpere(oppslag(p=(samarbeid.PLAN, [oppnevnt]))) == {(ENHET, R.KOORDINATOR)}
    assert hjelpere(oppslag(p=(samarbeid.PLAN, [oppnevnt, byttet]))) == {(ACT, R.KOORDINATOR)}


@pytest.mark.parametrize(
    ("rolle", "slag"),
    [
        (Grupperolle.ACT, {R.MEDLEM, R.ACT}),
        (Grupperolle.DPS, {R.MEDLEM, R.DPS_BEHANDLER}),
        (Grupperolle.FASTLEGE, {R.MEDLEM, R.FASTLEGE}),
        (Grupperolle.HJEMMETJENESTE, {R.MEDLEM, R.HJEMMETJENESTE}),
        (Grupperolle.NAV, {R.MEDLEM}),
        (Grupperolle.REPRESENTANT, {R.MEDLEM}),
        (Grupperolle.UKJENT, set()),
    ],
)
def test_a_member_helps_as_what_it_is_and_what_is_unknown_helps_with_nothing(rolle: Grupperolle, slag: set[R]) -> None:
    assert hjelpere(oppslag(g=gruppe(*medlem(ACT, rolle)))) == {(ACT, hver) for hver in slag}


def test_a_unit_that_is_only_invited_reaches_no_further_than_the_invitation() -> None:
    (relasjon,) = kilder.relasjoner(oppslag(g=gruppe(*medlem(ACT, Grupperolle.ACT, svar=None))), "p")
    assert (relasjon.slag, relasjon.deler) == (R.MEDLEM, frozenset({"plan.finnes", "person.navn"}))


@pytest.mark.parametrize(
    "etter",
    [[MedlemFratraadte(medlem_ref="m", grunn="flyttet")], [AnsvarsgruppeAvsluttet(grunn="flyttet")]],
)
def test_who_has_left_or_whose_group_has_ended_helps_no_more(etter: list[Any]) -> None:
    assert hjelpere(oppslag(g=gruppe(*medlem(ACT, Grupperolle.ACT), *etter))) == set()


VERGE = RepresentantOppnevnt(slag="verge", navn=None)


def test_access_md_grounds_s_whoever_is_named_for_a_group_speaks_for_the_person_in_that_group_and_no_further() -> None:
    (relasjon,) = kilder.relasjoner(oppslag(g=gruppe(VERGE)), "p")
    assert (relasjon.part, relasjon.slag, relasjon.til) == ("representant", R.REPRESENTANT, None)
    kjent = kjent_for(oppslag(g=gruppe(VERGE)), "p", RAMMER)
    ser = {d for d in RAMMER.tabell.deler if kjent.svar("representant", d).ja}
    assert ser == {"person.navn", "plan.finnes", "plan.innhold", "plan.eget_tiltak", "plan.moete"}
    assert {kjent.svar("representant", d).grunn for d in ser} == {"S"}


@pytest.mark.parametrize(
    "etter",
    [
        [RepresentantOppnevnt(slag="", navn=None)], [RepresentantOppnevnt(slag="noe nytt", navn=None)],
        [AnsvarsgruppeAvsluttet(grunn="flyttet")],
    ],
)  # fmt: skip
def test_nobody_speaks_for_the_person_when_the_choice_is_taken_back_or_not_understood_or_the_group_has_ended(
    etter: list[Any],
) -> None:
    assert hjelpere(oppslag(g=gruppe(VERGE, *etter))) == set()


def test_what_a_representative_may_know_falls_while_a_record_is_parked_and_where_the_person_opposes_it() -> None:
    lookup = oppslag(g=gruppe(VERGE))
    lookup.er_parkert = True
    assert not kjent_for(lookup, "p", RAMMER).svar("representant", "plan.innhold").ja
    sperret = SperringRegistrert(sperring_id="x", part="representant", deler=("plan.innhold",), gjelder_fra=NÅ)
    imot = kjent_for(oppslag(g=gruppe(VERGE), s=(samarbeid.SAMTYKKE, [sperret])), "p", RAMMER)
    assert (imot.svar("representant", "plan.innhold").ja, imot.svar("representant", "plan.finnes").ja) == (False, True)


def test_who_said_no_does_not_help() -> None:
    assert hjelpere(oppslag(g=gruppe(*medlem(ACT, Grupperolle.ACT, svar=False)))) == set()


def test_a_consent_lasts_until_it_runs_out_or_is_withdrawn_whichever_comes_first() -> None:
    til, trukket = NÅ + timedelta(days=9), NÅ + timedelta(days=1)
    gitt = SamtykkeGitt(
        samtykke_id="s", part=NAV, formaal="barn", deler=("plan.*",), gjelder_fra=NÅ, gjelder_til=til
    )  # fmt: skip
    borte = SamtykkeTrukket(samtykke_id="s", part=NAV, trukket=trukket)
    (varer,) = uten_opphold(oppslag(s=(samarbeid.SAMTYKKE, [gitt])), "p", RAMMER).grunnlag.samtykker
    (kort,) = uten_opphold(oppslag(s=(samarbeid.SAMTYKKE, [gitt, borte])), "p", RAMMER).grunnlag.samtykker
    assert (varer.part, varer.deler, varer.fra, varer.til) == (NAV, frozenset({"plan.*"}), NÅ, til)
    assert kort.til == trukket


def test_an_opposition_lasts_until_it_is_lifted() -> None:
    sperret = SperringRegistrert(sperring_id="x", part=None, deler=(), gjelder_fra=NÅ)
    opphevet = SperringOpphevet(sperring_id="x", opphevet=NÅ + timedelta(days=1))
    for events, til in (([sperret], None), ([sperret, opphevet], NÅ + timedelta(days=1))):
        (sperring,) = uten_opphold(oppslag(s=(samarbeid.SAMTYKKE, events)), "p", RAMMER).grunnlag.sperringer
        assert (sperring.part, sperring.til) == (None, til)


def test_two_records_that_became_one_person_count_together() -> None:
    to = oppslag(
        a=(samarbeid.PLAN, [KoordinatorOppnevnt(part=ENHET, koordinator="k", fra=NÅ)]),
        b=(samarbeid.PLAN, [KoordinatorOppnevnt(part=ACT, koordinator="l", fra=NÅ + timedelta(days=1))]),
    )
    assert hjelpere(to) == {(ENHET, R.KOORDINATOR), (ACT, R.KOORDINATOR)}
    assert kilder.koordinator(to, "p").koordinator_part == ACT


def test_a_record_in_quarantine_makes_the_source_stale() -> None:
    lookup = oppslag()
    assert uten_opphold(lookup, "p", RAMMER).grunnlag.kilde_fersk
    lookup.er_parkert = True
    assert not uten_opphold(lookup, "p", RAMMER).grunnlag.kilde_fersk


def test_the_ward_and_the_routed_dps_help_as_long_as_the_stay_lasts() -> None:
    rutet = RettInstansAvklart(dps=DPS, bydel=None, instans=None, forklaring="", regel_versjon="")
    for events, til in (([inn(), rutet], None), ([inn(), rutet, ut()], ut().utskrevet)):
        kjent = kjent_for(oppslag(o=(OPPHOLD, events)), "p", RAMMER)
        assert {(r.part, r.slag, r.til) for r in kjent.grunnlag.relasjoner} == {
            (PAM, R.AVDELING, til), (DPS, R.DPS_OMRAADE, til),
        }  # fmt: skip


def test_only_those_who_have_to_do_with_the_person_have() -> None:
    kjent = kjent_for(oppslag(o=(OPPHOLD, [inn()]), g=gruppe(*medlem(ACT, Grupperolle.ACT))), "p", RAMMER)
    parter = (ACT, PAM, "hjemmetjeneste-aarstad", "innbygger", NAV, "act-solli")
    assert {part: kjent.har_med_å_gjøre(part).ja for part in parter} == {
        ACT: True, PAM: True, "hjemmetjeneste-aarstad": True, "innbygger": False, NAV: False, "act-solli": False,
    }  # fmt: skip


def test_pbrl_4_3_the_person_has_to_do_with_themself_from_the_age_on_and_not_while_the_age_is_unknown() -> None:
    lookup = oppslag()
    for født, ventet in ((date(1985, 5, 17), True), (NÅ.date(), False), (None, False)):
        lookup.personalia = replace(PERSONALIA, foedt=født)
        assert kjent_for(lookup, "p", RAMMER).har_med_å_gjøre("innbygger").ja is ventet, født


def test_a_ward_that_the_person_has_left_has_to_do_with_them_no_more() -> None:
    kjent = kjent_for(oppslag(o=(OPPHOLD, [inn(), ut()])), "p", RAMMER)
    assert replace(kjent, naa=ut().utskrevet - timedelta(minutes=1)).har_med_å_gjøre(PAM).ja
    assert not replace(kjent, naa=ut().utskrevet).har_med_å_gjøre(PAM).ja


def test_the_birth_date_is_unknown_when_it_is_not_there_or_has_been_shredded() -> None:
    lookup = oppslag()
    assert kilder.fødselsdato(lookup, "p") is None
    lookup.personalia = Shredded("borte")
    assert kilder.fødselsdato(lookup, "p") is None
    lookup.personalia = PERSONALIA
    assert kilder.fødselsdato(lookup, "p") == date(1985, 5, 17)
