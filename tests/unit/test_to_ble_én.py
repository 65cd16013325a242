"""Two records that became one person: each had a koordinator and a crisis plan, and the person has one of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe import planer as ansvarsgruppe
from services.ansvarsgruppe.samtykke import GiSamtykke
from services.barn_pårørende import planer as barn
from services.barn_pårørende.domain import TOPIC as KARTLEGGING
from services.barn_pårørende.domain import Kartlegging
from services.felles.kilder import tilstander
from services.felles.samarbeid import PLAN
from services.kriseplan import planer as kriseplan
from services.samhandling import planer as samhandling
from services.samhandling.plo.melding import Pasient
from services.samhandling.plo.skriv import lag_innlagt
from tests.meldinger import person_id, syntetisk
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import RAMMER, aktør, registrer
from tests.unit.samhandling.meldinger import sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
ENHET, ACT, DPS, LEGEVAKT, KOE = "enhet-aarstad", "act-kronstad", "dps-kronstad", "legevakt", "koordinerende-enhet"
ANSATTE = {
    part: next(
        u.id for u in HELE_BERGEN.katalog.users.values() if any((p.party, p.role) == (part, rolle) for p in u.posts)
    )
    for part, rolle in {ENHET: "koordinator", ACT: "act-medlem", DPS: "dps-behandler"}.items()
}
PASIENTER = [
    Pasient("Prøvesen", "Syntetisk", født=født, kjønn="1", identer=(person_id(syntetisk(født)),))
    for født in (date(1970 + nr, 5, 4) for nr in range(6))
]
NY = ("pasient",), {"roedt_nivaa": Klartekst(Tekst(tekst="syntetisk"))}


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Rom]:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as rommet:
        yield rommet


def flere(her: Rom) -> dict[str, str]:
    """Records of one person, each with a koordinator, appointed one day after the other → the plan stream."""
    funnet: dict[str, str] = {}
    for nr in range(6):
        her.til(NÅ + timedelta(days=nr))
        person = str(her.gjør("samhandling", registrer(aktør(KOE), PASIENTER[nr])))
        funnet[person] = oppnevn(her, person, ENHET if nr % 2 else ACT)
    return funnet


def oppnevn(her: Rom, person: str, part: str) -> str:
    satt = ansvarsgruppe.sett_koordinator(person, part, ANSATTE[part], aktør(KOE), RAMMER)
    return str(her.gjør("ansvarsgruppe", satt))


def test_hol_7_2_after_a_merge_the_new_koordinator_is_the_only_one_and_no_former_unit_helps_any_more(her: Rom) -> None:
    strøm = flere(her)
    først, sist = next((a, b) for a, b in combinations(strøm, 2) if strøm[a] < strøm[b])
    her.gjør("samhandling", samhandling.slå_sammen(først, sist, aktør(KOE)))
    oppnevn(her, først, DPS)
    planer = her.inst.engines["ansvarsgruppe"].look(lambda tx: tilstander(tx, PLAN, først)).values()
    assert {plan.koordinator_part for plan in planer} == {DPS}


def test_2_1_after_a_merge_the_crisis_plan_is_the_one_that_there_is(her: Rom) -> None:
    alle = [*flere(her)]
    tilbudt = {p: her.gjør("kriseplan", kriseplan.tilby(p, aktør(ENHET), RAMMER)) for p in alle[1::2]}
    uten, med, *_ = sorted(tilbudt, key=lambda ref: str(tilbudt[ref]))
    her.gjør("kriseplan", kriseplan.opprett(med, *NY, aktør(ENHET), RAMMER))
    her.gjør("samhandling", samhandling.slå_sammen(uten, med, aktør(KOE)))
    her.gjør("kriseplan", kriseplan.revider(uten, *NY, aktør(ENHET), RAMMER))
    gi = GiSamtykke(LEGEVAKT, "akutt_hjelp", ("kriseplan.roedt_nivaa",))
    her.gjør("ansvarsgruppe", ansvarsgruppe.samtykke_for(uten, gi, aktør(ENHET), RAMMER))
    (kopi,) = (k for v in her.utsnitt("kriseplan", LEGEVAKT).values() for k in v.kopier)
    assert (kopi.versjon, kopi.til) == (2, None)
    inn = her.klokke.now
    her.melding(lag_innlagt(sending(1, inn, pasient=PASIENTER[alle.index(uten)]), tid=inn), inn)
    assert "LAG_KRISEPLAN" not in repr(her.utsnitt("kriseplan", ENHET))


def test_hpl_10a_after_a_merge_the_answer_that_was_given_last_holds_and_nobody_is_asked_again(her: Rom) -> None:
    (eldst, første), (nyest, andre) = _to_med_kartlegging(her)
    her.gjør("barn_paaroerende", barn.hold_samtale(eldst, 2, None, aktør(første), RAMMER))
    her.til(her.klokke.now + timedelta(days=1))
    her.gjør("barn_paaroerende", barn.ingen_barn(nyest, aktør(andre), RAMMER))
    her.gjør("samhandling", samhandling.slå_sammen(eldst, nyest, aktør(KOE)))
    her.til(her.klokke.now + timedelta(days=1))
    strøm = her.gjør("barn_paaroerende", barn.avslå(eldst, "vil_ikke", aktør(første), RAMMER))
    kartlagt = _kartlagt(her, eldst)
    assert len(kartlagt) == 2
    assert {ref: k.svar is not None and k.svar.tilstand.value for ref, k in kartlagt.items()} == {
        strøm: "AVSLAATT",
        **{ref: "HAR_BARN" for ref in kartlagt if ref != strøm},
    }
    assert [o.slag for k in kartlagt.values() for o in k.oppgaver.åpne()] == [], "the older one asks for nothing"


def _to_med_kartlegging(her: Rom) -> tuple[tuple[str, str], tuple[str, str]]:
    """(record, unit that helps) of two, of which the first has the lower stream: the one taken if nobody looked."""
    strøm, hos = {}, {}
    for nr, person in enumerate(flere(her)):
        hos[person] = ENHET if nr % 2 else ACT
        her.gjør("barn_paaroerende", barn.avslå(person, "senere", aktør(hos[person]), RAMMER))
        (strøm[person],) = _kartlagt(her, person)
    først, sist = next((a, b) for a, b in combinations(strøm, 2) if strøm[a] < strøm[b])
    return (først, hos[først]), (sist, hos[sist])


def _kartlagt(her: Rom, person: str) -> dict[str, Kartlegging]:
    kartlagt: dict[str, Kartlegging] = her.inst.engines["barn_paaroerende"].look(
        lambda tx: tilstander(tx, KARTLEGGING, person)
    )
    return kartlagt
