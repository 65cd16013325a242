"""Two records that were one person for a while: what each had is each one's again, and what was said meanwhile is whose
page it was said on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.schema.generated.ansvarsgruppe import SamtykkeUtsnitt
from services.samhandling import planer as samhandling
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import Menneske, aktør, ansvarsgruppe_for, kall_inn, menneske, samtykker
from tests.unit.samhandling.meldinger import utc

NÅ = utc(2026, 3, 2, 9, 0)
KOE, ENHET, DPS, NAV, SKOLE = "koordinerende-enhet", "enhet-aarstad", "dps-kronstad", "nav-aarstad", "skole-aarstad"
TJENESTER = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")


@dataclass(frozen=True, slots=True)
class To:
    """Two people, each helped by a unit of their own."""

    rom: Rom
    første: Menneske
    andre: Menneske

    def begge(self) -> tuple[tuple[Menneske, str], ...]:
        """Each, and the unit that helps."""
        return (self.første, ENHET), (self.andre, DPS)

    def slå_sammen(self) -> None:
        plan = samhandling.slå_sammen(self.første.ref, self.andre.ref, aktør(KOE))
        self.rom.gjør("samhandling", plan)

    def skill(self) -> None:
        plan = samhandling.omgjør_sammenslåing(self.første.ref, self.andre.ref, (), aktør(KOE))
        self.rom.gjør("samhandling", plan)


@pytest.fixture
def to(tmp_path: Path) -> Iterator[To]:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as rommet:
        første = menneske(rommet, date(1970, 5, 4), "aarstad", ENHET)
        andre = menneske(rommet, date(1971, 5, 4), "aarstad", DPS)
        yield To(rommet, første, andre)


def alt_til(rommet: Rom, hvem: Menneske, eier: str) -> None:
    """Group with NAV in it, a meeting, a plan with goals and a measure, a crisis plan, a child, consents."""
    her, dag = f"ansvarsgruppe/personer/{hvem.ref}", "2026-08-01"

    def be(handling: str, sti: str, **kropp: object) -> str:
        return rommet.be(aktør(eier, handling), sti, **kropp)

    gruppe = ansvarsgruppe_for(rommet, hvem, eier, NAV)
    be("gruppe.representant", f"{her}/gruppe/{gruppe}/representant", slag="verge", navn="Vera Prøve")
    samtykker(rommet, hvem, eier, NAV, "plan.finnes", "plan.moete", "plan.eget_tiltak", "plan.oppgaver")
    samtykker(rommet, hvem, eier, "legevakt", "kriseplan.*")
    samtykker(rommet, hvem, eier, SKOLE, "barn.kartlagt")
    kall_inn(rommet, hvem, gruppe, eier, rommet.klokke.now + timedelta(days=3), NAV)
    be("plan.skriv", f"{her}/plan", samtykket=True, revisjon=dag, maal={"maal": ["Egen bolig"]})
    be("plan.skriv", f"{her}/tiltak", part=NAV, tekst="Ringe")
    rødt = {"roedt_nivaa": "Ring"}
    be("kriseplan.skriv", f"kriseplan/personer/{hvem.ref}/plan", medvirkning=["pasient"], deler=rødt)
    navn = {"fornavn": f"Barn{hvem.ref[:3]}", "etternavn": "Prøvesen", "født": "2015-01-01"}
    barn = be("barn.registrer", f"barn_paaroerende/personer/{hvem.ref}/barn", behov="Ro", **navn)
    for til in ("helsestasjon-aarstad", SKOLE):
        ord_ = {"stoettebehov": "Ro", "kontakt": "55"}
        be("barn.henvis", f"barn_paaroerende/barn/{barn}/henvisninger", forelder=hvem.ref, til=til, **ord_)


def gitt(rommet: Rom) -> dict[tuple[str, str, str], Any]:
    """(service, party, aggregate) → what the party has, but for why, and but for which task it is: one that fell away
    meanwhile is given anew."""
    return {
        (tjeneste, part, ref): _uten_grunn(view)
        for tjeneste in TJENESTER
        for part in HELE_BERGEN.parter
        for ref, view in rommet.utsnitt(tjeneste, part).items()
    }


def _uten_grunn(view: Any) -> Any:
    oppgaver = tuple(replace(o, oppgave_ref="") for o in getattr(view, "oppgaver", ()))
    return replace(view, grunn=None, **({"oppgaver": oppgaver} if oppgaver else {}))


def hos(rommet: Rom, part: str) -> set[str]:
    """Whom a party has anything about, but for what they have said of the party itself."""
    om: dict[str, str] = {}
    for tjeneste in TJENESTER:
        har = {ref for ref, v in rommet.utsnitt(tjeneste, part).items() if not isinstance(v, SamtykkeUtsnitt)}
        om |= {
            p.event.aggregat: str(p.envelope.person_ref)
            for p in rommet.vei.gitt(tjeneste, part)
            if p.event.aggregat in har
        }
    return set(om.values())


def test_what_each_had_is_what_each_has_again(to: To) -> None:
    for hvem, eier in to.begge():
        alt_til(to.rom, hvem, eier)
    før = gitt(to.rom)
    assert len(før) > 40
    to.slå_sammen()
    assert gitt(to.rom) != før
    to.skill()
    assert gitt(to.rom) == før


def test_hpl_22_a_consent_given_while_they_were_one_opens_nothing_of_the_other(to: To) -> None:
    samtykker(to.rom, to.andre, DPS, "legevakt", "plan.finnes")
    to.slå_sammen()
    samtykker(to.rom, to.første, ENHET, NAV, "plan.finnes")
    assert NAV in {part for _, part, _ in gitt(to.rom)}
    to.skill()
    assert hos(to.rom, NAV) == {to.første.ref}


@pytest.mark.parametrize("skilt", [False, True])
def test_hpl_22_a_consent_of_either_closes_when_it_is_withdrawn_while_they_are_one_and_after(
    to: To, skilt: bool
) -> None:
    gitt_av = {hvem.ref: samtykker(to.rom, hvem, eier, NAV, "plan.finnes") for hvem, eier in to.begge()}
    assert hos(to.rom, NAV) == set(gitt_av)
    to.slå_sammen()
    assert hos(to.rom, NAV) == {to.første.ref}
    if skilt:
        to.skill()
    for hvem, eier in to.begge():
        sti = f"ansvarsgruppe/personer/{hvem.ref if skilt else to.første.ref}/samtykker/{gitt_av[hvem.ref]}/trekk"
        to.rom.be(aktør(eier, "samtykke.trekk"), sti)
        assert hos(to.rom, NAV) == ({to.andre.ref if skilt else to.første.ref} if hvem is to.første else set())
    if not skilt:
        to.skill()
    assert hos(to.rom, NAV) == set()


def test_hpl_25_an_opposition_written_down_while_they_were_one_stands_where_it_was_written(to: To) -> None:
    samtykker(to.rom, to.andre, DPS, "legevakt", "plan.finnes")
    to.slå_sammen()
    sti = f"ansvarsgruppe/personer/{to.første.ref}"
    to.rom.be(aktør(ENHET, "sperring.registrer"), f"{sti}/sperringer", part="legevakt", deler=())
    to.skill()
    samtykker(to.rom, to.første, ENHET, "legevakt", "plan.finnes")
    assert hos(to.rom, "legevakt") == {to.andre.ref}


def test_2_1_a_crisis_plan_made_while_they_were_one_is_not_the_others(to: To) -> None:
    to.rom.be(aktør(DPS, "kriseplan.tilby"), f"kriseplan/personer/{to.andre.ref}/tilby")
    to.slå_sammen()
    sti = f"kriseplan/personer/{to.første.ref}/plan"
    to.rom.be(aktør(ENHET, "kriseplan.skriv"), sti, medvirkning=["pasient"], deler={"roedt_nivaa": "Ring"})
    to.skill()
    planer = {ref: v for ref, v in to.rom.utsnitt("kriseplan", ENHET).items() if v.versjon}
    assert len(planer) == 1
    assert not any(v.versjon for v in to.rom.utsnitt("kriseplan", DPS).values())


def test_2_2_an_individual_plan_made_while_they_were_one_is_not_the_others(to: To) -> None:
    to.rom.be(aktør(DPS, "plan.tilby"), f"ansvarsgruppe/personer/{to.andre.ref}/plan/tilby")
    to.slå_sammen()
    to.rom.be(
        aktør(ENHET, "plan.skriv"),
        f"ansvarsgruppe/personer/{to.første.ref}/plan",
        samtykket=True,
        revisjon="2026-08-01",
        maal={"maal": ["Egen bolig"]},
    )
    to.skill()
    har = {
        part
        for part in (ENHET, DPS)
        for v in to.rom.utsnitt("ansvarsgruppe", part).values()
        if getattr(v, "maal", None) is not None
    }
    assert har == {ENHET}


def test_hpl_10a_a_child_told_of_while_they_were_one_is_not_the_others(to: To) -> None:
    to.rom.be(aktør(DPS, "barn.kartlegg"), f"barn_paaroerende/personer/{to.andre.ref}/samtale", antall_barn=1)
    to.slå_sammen()
    barn = to.rom.be(
        aktør(ENHET, "barn.registrer"), f"barn_paaroerende/personer/{to.første.ref}/barn", fornavn="Lillemor",
        etternavn="Prøvesen", født="2015-01-01", behov="Ro",
    )  # fmt: skip
    to.rom.be(
        aktør(ENHET, "barn.henvis"), f"barn_paaroerende/barn/{barn}/henvisninger", forelder=to.første.ref,
        til="helsestasjon-aarstad", stoettebehov="Ro", kontakt="55",
    )  # fmt: skip
    to.skill()
    kartlagt = [v for v in to.rom.utsnitt("barn_paaroerende", "innbygger").values() if hasattr(v, "barnenavn")]
    assert sorted((len(v.barn), len(v.henvisninger)) for v in kartlagt) == [(0, 0), (1, 1)]
    assert barn not in to.rom.utsnitt("barn_paaroerende", DPS)
