"""The same messages in any order leave the same tasks and views in all the services that react to them."""

from __future__ import annotations

import dataclasses
import random
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bindeledd.core.envelope import Actor
from bindeledd.core.sealed import Forseglet, Klartekst
from bindeledd.runtime.service import Plan
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.kriseplan import Kriseplannivaa
from services.ansvarsgruppe import gruppe, planarbeid
from services.ansvarsgruppe import planer as ansvarsgruppe
from services.ansvarsgruppe import tjeneste as ansvarsgruppe_tjeneste
from services.ansvarsgruppe.plan import OpprettPlan
from services.ansvarsgruppe.samtykke import GiSamtykke
from services.ansvarsgruppe.tiltak import Avtal
from services.barn_pårørende import tjeneste as barn_tjeneste
from services.felles.kjent import Rammer
from services.kriseplan import planer as kriseplan
from services.kriseplan import tjeneste as kriseplan_tjeneste
from services.samhandling import tjeneste as samhandling_tjeneste
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import lag_avmelding, lag_død, lag_innlagt, lag_utskrevet, lag_utskrivningsklar
from tests.ladder import in_rooms
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import registrer
from tests.unit.samhandling.meldinger import pam, sending, utc

RAMMER = Rammer(HELE_BERGEN, TABELL)
FØR = utc(2026, 3, 1, 8, 0)
"""The clock stands here: everyone had the person before the first stay began."""
ENHET, ACT, DPS, PAM, NAV = "enhet-aarstad", "act-kronstad", "dps-kronstad", "pam", "nav-aarstad"
KOORDINERENDE = Actor("koordinerende-ansatt", "bergen-kommune", "koordinerende-enhet")
KOORDINATOR, ACT_MEDLEM = Actor("koordinator", "bergen-kommune", ENHET), Actor("act-medlem", "helse-bergen", ACT)
TJENESTER = ("ansvarsgruppe", "kriseplan", "barn_paaroerende")
REFS = frozenset({"aggregat", "oppgave_ref", "medlem_ref", "samtykke_id", "bruk_ref", "gjelder", "laget"})
REFS |= {"plan_ref", "opphold_ref"}
INN, NESTE = utc(2026, 3, 2, 20, 0), utc(2026, 4, 2, 10, 0)

Melding = tuple[datetime, bytes]

INNLAGT = (utc(2026, 3, 2, 20, 30), lag_innlagt(sending(1, utc(2026, 3, 2, 20, 20)), tid=INN))
KOPI = (utc(2026, 3, 2, 20, 31), lag_innlagt(sending(8, utc(2026, 3, 2, 20, 21)), tid=INN))
UTSKREVET = (utc(2026, 3, 9, 12, 0), lag_utskrevet(sending(2, utc(2026, 3, 9, 11, 55)), tid=utc(2026, 3, 9, 11, 0)))
IKKE_UTSKREVET = (
    utc(2026, 3, 9, 13, 0),
    lag_utskrevet(sending(3, utc(2026, 3, 9, 12, 55), status="C", viser_til=2), tid=utc(2026, 3, 9, 11, 0)),
)
KLAR = (
    utc(2026, 3, 6, 9, 0),
    lag_utskrivningsklar(sending(21, utc(2026, 3, 6, 8, 50)), dato=date(2026, 3, 6), innlagt=INN),
)
IKKE_KLAR = (
    utc(2026, 3, 7, 9, 0), lag_avmelding(sending(22, utc(2026, 3, 7, 8, 50)), dato=date(2026, 3, 7), innlagt=INN)
)  # fmt: skip
KLAR_IGJEN = (
    utc(2026, 3, 8, 9, 0),
    lag_utskrivningsklar(sending(23, utc(2026, 3, 8, 8, 50)), dato=date(2026, 3, 8), innlagt=INN),
)
INNLAGT_IGJEN = (utc(2026, 4, 2, 11, 0), lag_innlagt(sending(4, utc(2026, 4, 2, 10, 50)), tid=NESTE))
UTSKREVET_IGJEN = (
    utc(2026, 4, 5, 12, 0),
    lag_utskrevet(sending(5, utc(2026, 4, 5, 11, 55)), tid=utc(2026, 4, 5, 11, 0)),
)
DØD = (utc(2026, 5, 1, 8, 0), lag_død(sending(6, utc(2026, 5, 1, 7, 55)), tid=utc(2026, 4, 30, 12)))


def _gjør(her: Rom, tjeneste: str, plan: Plan) -> Any:
    svar = her.inst.engines[tjeneste].command(plan).answer
    her.pump()
    return svar


def _begynn(her: Rom, *, med_plan: bool) -> None:
    """A person with a koordinator, a group with ACT, DPS and NAV, and (or not) a crisis plan that PAM has used."""
    person = str(_gjør(her, "samhandling", registrer(KOORDINATOR)))
    _gjør(her, "ansvarsgruppe", ansvarsgruppe.sett_koordinator(person, ENHET, "demo-069", KOORDINERENDE, RAMMER))
    g = _gjør(her, "ansvarsgruppe", ansvarsgruppe.opprett_gruppe(person, KOORDINATOR, RAMMER))
    for part in (ACT, DPS, NAV):
        _gjør(her, "ansvarsgruppe", ansvarsgruppe.inviter(person, g, part, KOORDINATOR, RAMMER))
        _gjør(
            her,
            "ansvarsgruppe",
            ansvarsgruppe.for_egen_enhet(g, gruppe.Svar(part, med=True), Actor("x", "", part), RAMMER),
        )
    if med_plan:
        opprett = OpprettPlan(ENHET, samtykket=True, revisjon=date(2027, 2, 1))
        _gjør(her, "ansvarsgruppe", planarbeid.om_planen(person, opprett, KOORDINATOR, RAMMER))
        for går_videre in (True, False):
            tiltak = Avtal(ACT, date(2026, 6, 1), går_videre, Klartekst(Tekst(tekst="syntetisk")))
            _gjør(her, "ansvarsgruppe", planarbeid.avtal_tiltak(person, tiltak, KOORDINATOR, RAMMER))
        gi = GiSamtykke(PAM, "akutt_hjelp", ("kriseplan.roedt_nivaa",))
        _gjør(her, "ansvarsgruppe", ansvarsgruppe.samtykke_for(person, gi, KOORDINATOR, RAMMER))
        innhold = {"roedt_nivaa": Klartekst(Tekst(tekst="syntetisk"))}
        _gjør(her, "kriseplan", kriseplan.opprett(person, ("pasient",), innhold, ACT_MEDLEM, RAMMER))
        bruk = kriseplan.ta_i_bruk(person, Kriseplannivaa.ROEDT, "demo-109", Actor("pam-kontakt", "", PAM), RAMMER)
        _gjør(her, "kriseplan", bruk)


def _utfall(meldinger: list[Melding], pump_etter: frozenset[int], *, med_plan: bool) -> dict[str, Any]:
    tjenester = [
        lag.tjeneste(HELE_BERGEN, TABELL)
        for lag in (samhandling_tjeneste, ansvarsgruppe_tjeneste, kriseplan_tjeneste, barn_tjeneste)
    ]
    with tempfile.TemporaryDirectory() as mappe, rom(Path(mappe), FØR, oppsett=HELE_BERGEN, tjenester=tjenester) as her:
        _begynn(her, med_plan=med_plan)
        for nr, (mottatt, raw) in enumerate(meldinger):
            ta_imot(her.inst.engines["samhandling"], raw, mottatt=mottatt)
            if nr in pump_etter:
                her.pump()
        her.pump()
        assert not her.inst.embedded.unhealthy()
        return {tjeneste: bilde(her, tjeneste) for tjeneste in TJENESTER}


def bilde(her: Rom, tjeneste: str) -> dict[str, Any]:
    """Every party's views of a service, with the tasks in them; without random refs."""
    parter = sorted({p.topic.rpartition(".")[2] for p in her.logg(tjeneste) if ".til." in p.topic})
    vist = {part: sorted(map(repr, map(_uten_refs, her.utsnitt(tjeneste, part).values()))) for part in parter}
    return {part: views for part, views in vist.items() if views}


def _uten_refs(verdi: Any) -> Any:
    match verdi:
        case Forseglet():
            return f"forseglet {verdi.field}"
        case tuple():
            return tuple(map(_uten_refs, verdi))
        case _ if dataclasses.is_dataclass(verdi) and not isinstance(verdi, type):
            felt = (f.name for f in dataclasses.fields(verdi) if f.name not in REFS)
            return {navn: _uten_refs(getattr(verdi, navn)) for navn in felt}
        case _:
            return verdi


def _stokk(meldinger: list[Melding], frø: int) -> tuple[list[Melding], frozenset[int]]:
    tilfeldig = random.Random(frø)
    rekke = [*meldinger, *tilfeldig.choices(meldinger, k=1)]
    tilfeldig.shuffle(rekke)
    return rekke, frozenset(n for n in range(len(rekke)) if tilfeldig.random() < 0.6)


ETT = [INNLAGT, KOPI, UTSKREVET, IKKE_UTSKREVET]
TO = [INNLAGT, UTSKREVET, INNLAGT_IGJEN, UTSKREVET_IGJEN]
KLARE = [INNLAGT, KLAR, IKKE_KLAR, KLAR_IGJEN]
UTE = [*KLARE, UTSKREVET]
MED_DØD = [INNLAGT, UTSKREVET, DØD]
HOS_DPS = pam("99010050")
INNLAGT_HOS_DPS = (
    utc(2026, 3, 5, 12, 30),
    lag_innlagt(sending(11, utc(2026, 3, 5, 12, 20), avsender=HOS_DPS), tid=utc(2026, 3, 5, 12)),
)
DØD_HOS_DPS = (
    utc(2026, 3, 6, 8, 0),
    lag_død(sending(12, utc(2026, 3, 6, 7, 55), avsender=HOS_DPS), tid=utc(2026, 3, 6, 7)),
)
TO_ÅPNE_OG_DØD = [INNLAGT, KOPI, INNLAGT_HOS_DPS, DØD_HOS_DPS]
"""Two wards have the person at once, and the death is told by one of them."""
FASIT: dict[tuple[int, bool], dict[str, Any]] = {}


def _fasit(nr: int, meldinger: list[Melding], *, med_plan: bool) -> dict[str, Any]:
    """The outcome in the order in which things were sent, made once."""
    if (nr, med_plan) not in FASIT:
        FASIT[nr, med_plan] = _utfall(meldinger, frozenset(range(99)), med_plan=med_plan)
    return FASIT[nr, med_plan]


@in_rooms
@given(st.integers(0, 2**32), st.booleans())
def test_any_order_of_a_stay_that_goes_on_leaves_the_same_tasks_and_views(frø: int, med_plan: bool) -> None:
    fasit = _fasit(1, ETT, med_plan=med_plan)
    assert "FOELG_OPP_INNLEGGELSE" in repr(fasit["ansvarsgruppe"][ENHET])
    assert "SPOER_OM_BARN" in repr(fasit["barn_paaroerende"][PAM])
    assert ("ETTERLYST" in repr(fasit["kriseplan"][ACT])) is not med_plan
    assert _utfall(*_stokk(ETT, frø), med_plan=med_plan) == fasit


@in_rooms
@given(st.integers(0, 2**32), st.booleans())
def test_any_order_of_two_stays_leaves_the_tasks_of_the_latest(frø: int, med_plan: bool) -> None:
    fasit = _fasit(2, TO, med_plan=med_plan)
    assert "FOELG_OPP_UTSKRIVNING" in repr(fasit["ansvarsgruppe"][ENHET])
    assert ("REVISJON_FORFALT" in repr(fasit["kriseplan"][ACT])) is med_plan
    assert ("LES_BRUKT_KRISEPLAN" in repr(fasit["kriseplan"][ENHET])) is med_plan
    assert _utfall(*_stokk(TO, frø), med_plan=med_plan) == fasit


@in_rooms
@given(st.integers(0, 2**32), st.booleans())
def test_any_order_of_readiness_and_its_withdrawal_summons_the_group_or_not(frø: int, ute: bool) -> None:
    meldinger = UTE if ute else KLARE
    fasit = _fasit(5 + ute, meldinger, med_plan=True)
    assert "KALL_INN_ANSVARSGRUPPE" in repr(fasit["ansvarsgruppe"][ENHET])
    assert ("'paa_vent': True" in repr(fasit["ansvarsgruppe"][ACT])) is not ute
    assert _utfall(*_stokk(meldinger, frø), med_plan=True) == fasit


@in_rooms
@given(st.integers(0, 2**32))
def test_any_order_with_a_death_closes_everything_but_those_left_behind(frø: int) -> None:
    fasit = _fasit(3, MED_DØD, med_plan=False)
    assert "FOELG_OPP" not in repr(fasit["ansvarsgruppe"])
    assert "FOELG_OPP_ETTERLATTE" in repr(fasit["barn_paaroerende"])
    assert _utfall(*_stokk(MED_DØD, frø), med_plan=False) == fasit


@in_rooms
@given(st.integers(0, 2**32), st.booleans())
def test_any_order_with_a_death_in_one_of_two_open_stays_closes_what_follows_from_both(
    frø: int, med_plan: bool
) -> None:
    """Intake rule 12. The other ward helps no more, either: it has no view left."""
    utfall = _fasit(4, TO_ÅPNE_OG_DØD, med_plan=med_plan)
    fasit = {tjeneste: dict(parter) for tjeneste, parter in utfall.items()}
    assert "FOELG_OPP" not in repr(fasit["ansvarsgruppe"])
    assert "SPOER_OM_BARN" not in repr(fasit["barn_paaroerende"])
    assert "ETTERLYST" not in repr(fasit["kriseplan"])
    assert PAM not in fasit["barn_paaroerende"]
    assert "FOELG_OPP_ETTERLATTE" in repr(fasit["barn_paaroerende"].pop("dps-bjoergvin", ()))
    assert "FOELG_OPP_ETTERLATTE" not in repr(fasit["barn_paaroerende"])
    assert _utfall(*_stokk(TO_ÅPNE_OG_DØD, frø), med_plan=med_plan) == utfall


def test_a_party_outside_health_without_consent_has_nothing_after_all_of_it() -> None:
    for meldinger in (ETT, TO, MED_DØD):
        for tjeneste, parter in _utfall(meldinger, frozenset(), med_plan=True).items():
            assert NAV not in parter, tjeneste
