"""Story C, "To barn, to foreldre": two children, two parents, one case to a child.

Left out: the barneansvarlig is a role of a unit, and any of its people who has it holds the baton.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.barn_paaroerende import (
    Barnenummer,
    Barnerelasjon,
    Barnet,
    Henvisningstilstand,
    Meldepliktutfall,
)
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe import planer as ansvarsgruppe
from services.ansvarsgruppe import samtykke
from services.barn_pårørende import barneplaner
from services.barn_pårørende import planer as barn
from services.barn_pårørende.barneplaner import Henvisningstekst
from services.kriseplan import planer as kriseplan
from services.samhandling.plo.skriv import lag_innlagt, lag_utskrevet
from tests.meldinger import syntetisk
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, enhet, menneske, oppgaver, samtykker
from tests.unit.samhandling.meldinger import sending
from web.gitt import åpne

OSLO = ZoneInfo("Europe/Oslo")
BETANIEN, KRONSTAD, ENHET = "dps-betanien", "dps-kronstad", "enhet-laksevaag"
HELSESTASJON, BARNEHAGE, SKOLE, SLT = "helsestasjon-laksevaag", "barnehage-laksevaag", "skole-laksevaag", "slt"
UTENFOR = (SKOLE, BARNEHAGE, "nav-laksevaag", "barnevern-laksevaag", "ppt")
LITEN = (Barnet(fornavn="Lille", etternavn="Prøvesen", foedt=date(2021, 5, 4)), syntetisk(date(2021, 5, 4)))
STOR = (Barnet(fornavn="Store", etternavn="Prøvesen", foedt=date(2012, 9, 1)), syntetisk(date(2012, 9, 1)))


def tekst(ord_: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=ord_))


HENVISNING = Henvisningstekst(tekst("Trenger noen å snakke med"), tekst("Ring Ada, 55 00 00 00"), tekst("utdypet"))


@dataclass(frozen=True, slots=True)
class Familie:
    """The room, the mother, and what there is of the children."""

    rom: Rom
    mor: Menneske
    saker: dict[str, str]

    def gjør(self, plan: Any) -> Any:
        return self.rom.gjør("barn_paaroerende", plan)

    def sak(self, part: str, hvem: str = "liten") -> Any:
        """What a party has of a child's case; None when nothing."""
        return self.rom.utsnitt("barn_paaroerende", part).get(self.saker[hvem])

    def henvis(self, hvem: str, til: str, fra: str = BETANIEN, forelder: str | None = None) -> str:
        plan = barneplaner.henvis(
            self.saker[hvem], forelder or self.mor.ref, til, HENVISNING, aktør(fra), RAMMER
        )  # fmt: skip
        return str(self.gjør(plan))


def innlegg(rommet: Rom, hvem: Menneske, nr: int, part: str, nå: datetime) -> None:
    sendt = replace(sending(nr, nå), pasient=hvem.pasient, avsender=enhet(part), mottaker=enhet(ENHET))
    assert rommet.melding(lag_innlagt(sendt, tid=nå), nå).outcome == "positive"


def registrer(rommet: Rom, hvem: Menneske, barnet: tuple[Barnet, str], part: str) -> str:
    nummer = Barnenummer(nummer=barnet[1], type="FNR")
    plan = barneplaner.registrer(
        hvem.ref, barnet[0], nummer, Barnerelasjon.FORELDER, tekst("sover dårlig"), aktør(part), RAMMER
    )
    return str(rommet.gjør("barn_paaroerende", plan))


@pytest.fixture
def mor(tmp_path: Path, hvert_trinn: str) -> Iterator[tuple[Rom, Menneske]]:
    """The mother is admitted to Betanien on Tuesday 10 March 2026."""
    with rom(tmp_path, datetime(2026, 3, 1, 9, 0, tzinfo=OSLO), oppsett=HELE_BERGEN) as rommet:
        hvem = menneske(rommet, date(1990, 7, 8), "laksevaag", ENHET)
        innlegg(rommet, hvem, 1, BETANIEN, datetime(2026, 3, 10, 9, 0, tzinfo=OSLO))
        yield rommet, hvem


@pytest.fixture
def familie(mor: tuple[Rom, Menneske]) -> Familie:
    """She consents to the helsestasjon and the barnehage, opposes the school, and the children are registered."""
    rommet, hvem = mor
    for part in (HELSESTASJON, BARNEHAGE):
        samtykker(rommet, hvem, ENHET, part, "barn.kartlagt", "barn.foreldersyk", "barn.oppgaver")
    nei = samtykke.RegistrerSperring(SKOLE, ("barn.*",))
    rommet.gjør("ansvarsgruppe", samtykke_plan(hvem, nei))
    saker = {"liten": registrer(rommet, hvem, LITEN, BETANIEN), "stor": registrer(rommet, hvem, STOR, BETANIEN)}
    return Familie(rommet, hvem, saker)


def samtykke_plan(hvem: Menneske, command: Any) -> Any:
    return ansvarsgruppe.samtykke_for(hvem.ref, command, aktør(ENHET), RAMMER)


def innlegg_far(familie: Familie) -> Menneske:
    """The father is admitted to Kronstad on 20 April."""
    far = menneske(familie.rom, date(1988, 2, 3), "laksevaag", ENHET)
    innlegg(familie.rom, far, 2, KRONSTAD, datetime(2026, 4, 20, 9, 0, tzinfo=OSLO))
    samtykker(familie.rom, far, ENHET, HELSESTASJON, "barn.kartlagt", "barn.foreldersyk")
    return far


# -- the question --------------------------------------------------------------------------------------------------


def test_10a_the_ward_is_asked_about_the_children(mor: tuple[Rom, Menneske]) -> None:
    assert "SPOER_OM_BARN" in oppgaver(mor[0], BETANIEN)


def test_10a_the_talk_answers_the_question(mor: tuple[Rom, Menneske]) -> None:
    rommet, hvem = mor
    rommet.gjør("barn_paaroerende", barn.hold_samtale(hvem.ref, 2, None, aktør(BETANIEN), RAMMER))
    assert "SPOER_OM_BARN" not in oppgaver(rommet, BETANIEN)
    (view,) = rommet.utsnitt("barn_paaroerende", BETANIEN).values()
    assert (view.tilstand.value, view.antall_barn) == ("HAR_BARN", 2)


def test_10a_a_registered_child_asks_for_the_talk_and_for_a_referral(familie: Familie) -> None:
    assert {"SNAKK_MED_FORELDER", "HENVIS_BARN"} <= oppgaver(familie.rom, BETANIEN)


# -- one case to a child -------------------------------------------------------------------------------------------


def test_the_fathers_referral_joins_the_mothers_case(familie: Familie) -> None:
    familie.henvis("liten", HELSESTASJON)
    far = innlegg_far(familie)
    assert registrer(familie.rom, far, LITEN, KRONSTAD) == familie.saker["liten"]
    familie.henvis("liten", HELSESTASJON, KRONSTAD, far.ref)
    sak = familie.sak(HELSESTASJON)
    assert [h.tilstand for h in sak.henvisninger] == [Henvisningstilstand.SENDT] * 2


def test_betanien_and_kronstad_each_see_only_their_own_part(familie: Familie) -> None:
    familie.henvis("liten", HELSESTASJON)
    far = innlegg_far(familie)
    registrer(familie.rom, far, LITEN, KRONSTAD)
    familie.henvis("liten", HELSESTASJON, KRONSTAD, far.ref)
    for part, forelder in ((BETANIEN, familie.mor.ref), (KRONSTAD, far.ref)):
        sak = familie.sak(part)
        assert {d.forelder_ref for d in sak.familie} == {forelder}
        assert {h.forelder_ref for h in sak.henvisninger} == {forelder}
        assert {h.fra_part for h in sak.henvisninger} == {part}


# -- what each receiver is told ------------------------------------------------------------------------------------


def test_the_helsestasjon_learns_that_a_parent_is_ill_and_not_where(familie: Familie) -> None:
    familie.henvis("liten", HELSESTASJON)
    sak = familie.sak(HELSESTASJON)
    (henvisning,) = sak.henvisninger
    assert [d.relasjon for d in sak.familie] == [Barnerelasjon.FORELDER]
    assert (henvisning.fra_part, henvisning.forelder_ref, henvisning.utdypende) == (None, None, -1)
    assert len(sak.tekster) == 2


def test_the_barnehage_learns_that_the_child_needs_support_and_whom_to_call(familie: Familie) -> None:
    familie.henvis("liten", BARNEHAGE)
    sak = familie.sak(BARNEHAGE)
    (henvisning,) = sak.henvisninger
    assert (sak.familie, sak.deler, henvisning.fra_part, henvisning.utdypende) == ((), (), None, -1)
    engine = familie.rom.inst.engines["barn_paaroerende"]
    assert [_tekst(engine, verdi) for verdi in sak.tekster] == ["Trenger noen å snakke med", "Ring Ada, 55 00 00 00"]


def _tekst(engine: Any, verdi: Any) -> str:
    return str(getattr(åpne(engine, verdi), "tekst", ""))


def test_when_the_consent_is_withdrawn_the_barnehage_has_nothing_and_the_sender_talks_with_her(
    familie: Familie,
) -> None:
    familie.henvis("liten", BARNEHAGE)
    familie.rom.til(datetime(2026, 5, 4, 10, 0, tzinfo=OSLO))
    gitt = [p.event for p in familie.rom.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt"]
    (ident,) = [g.samtykke_id for g in gitt if g.part == BARNEHAGE]
    familie.rom.gjør("ansvarsgruppe", samtykke_plan(familie.mor, samtykke.TrekkSamtykke(ident)))
    assert familie.sak(BARNEHAGE) is None
    assert [h.aapen for h in familie.sak(BETANIEN).henvisninger] == [False]
    assert "SNAKK_MED_FORELDER" in oppgaver(familie.rom, BETANIEN)


def test_the_school_that_she_opposes_has_nothing_not_even_a_count(familie: Familie) -> None:
    familie.henvis("stor", SKOLE)
    assert [h.tilstand for h in familie.sak(BETANIEN, "stor").henvisninger] == [Henvisningstilstand.HOLDT]
    for tjeneste in familie.rom.inst.engines:
        assert not [post for post in familie.rom.logg(tjeneste) if post.topic.endswith(f".til.{SKOLE}")], tjeneste


def test_slt_has_figures_and_no_small_ones(familie: Familie) -> None:
    (view,) = familie.rom.utsnitt("barn_paaroerende", SLT).values()
    assert [(t.aar, t.antall, t.faa) for t in view.tall] == [(2026, 0, True)]


def test_the_assessment_of_the_duty_to_report_is_the_units_own(familie: Familie) -> None:
    vurdert = barneplaner.vurder_meldeplikt(
        familie.saker["liten"], familie.mor.ref, "demo-091", Meldepliktutfall.FOELG_MED, tekst("vurdert"),
        aktør(BETANIEN), RAMMER,
    )  # fmt: skip
    familie.gjør(vurdert)
    familie.henvis("liten", HELSESTASJON)
    far = innlegg_far(familie)
    registrer(familie.rom, far, LITEN, KRONSTAD)
    assert [v.forfatter for v in familie.sak(BETANIEN).vurderinger] == ["demo-091"]
    for part in (HELSESTASJON, KRONSTAD):
        assert familie.sak(part).vurderinger == ()


def test_the_childrens_part_of_the_crisis_plan_follows_and_no_other(familie: Familie) -> None:
    innhold = {"barn": tekst("Mormor tar dem"), "innleggelse": tekst("Helst Betanien")}
    plan = kriseplan.opprett(familie.mor.ref, ("pasient",), innhold, aktør(ENHET), RAMMER)
    familie.rom.gjør("kriseplan", plan)
    samtykker(familie.rom, familie.mor, ENHET, HELSESTASJON, "kriseplan.barn")
    (vist,) = familie.rom.utsnitt("kriseplan", HELSESTASJON).values()
    assert (vist.barn is not None, vist.innleggelse) == (True, None)
    assert familie.rom.utsnitt("kriseplan", BARNEHAGE) == {}


# -- the baton -----------------------------------------------------------------------------------------------------


def test_betaniens_barneansvarlig_holds_the_baton_until_it_is_accepted(familie: Familie) -> None:
    henvisning = familie.henvis("liten", HELSESTASJON)
    assert [h.stafett for h in familie.sak(BETANIEN).henvisninger] == ["avsender"]
    assert "FOELG_OPP_BARN" in oppgaver(familie.rom, BETANIEN)
    familie.rom.til(datetime(2026, 3, 16, 9, 0, tzinfo=OSLO))
    tar = barneplaner.ta_imot(familie.saker["liten"], henvisning, "demo-050", aktør(HELSESTASJON), RAMMER)
    familie.gjør(tar)
    assert [h.stafett for h in familie.sak(BETANIEN).henvisninger] == ["mottaker"]
    assert "FOELG_OPP_BARN" not in oppgaver(familie.rom, BETANIEN)
    assert "FOELG_OPP_BARN" in oppgaver(familie.rom, HELSESTASJON)


def test_the_stay_is_over_and_betanien_has_its_part_still(familie: Familie) -> None:
    nå = datetime(2026, 3, 20, 9, 0, tzinfo=OSLO)
    sendt = replace(sending(9, nå), pasient=familie.mor.pasient, avsender=enhet(BETANIEN), mottaker=enhet(ENHET))
    assert familie.rom.melding(lag_utskrevet(sendt, tid=nå), nå).outcome == "positive"
    assert familie.sak(BETANIEN) is not None


def test_nobody_outside_the_health_service_learns_anything_unasked(mor: tuple[Rom, Menneske]) -> None:
    rommet, hvem = mor
    rommet.gjør("barn_paaroerende", barn.hold_samtale(hvem.ref, 2, None, aktør(BETANIEN), RAMMER))
    registrer(rommet, hvem, LITEN, BETANIEN)
    temaer = {post.topic for tjeneste in rommet.inst.engines for post in rommet.logg(tjeneste)}
    assert not {tema for tema in temaer if tema.partition(".til.")[2] in UTENFOR}
