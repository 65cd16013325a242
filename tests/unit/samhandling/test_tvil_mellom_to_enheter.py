"""A doubt between two units' records: the koordinerende enhet is told who the two are until it is decided, no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.samhandling import planer
from services.samhandling.grunner import grunner_for
from services.samhandling.plo.skriv import lag_innlagt
from services.samhandling.tvil import avklares
from tests.meldinger import person_id, syntetisk
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, enhet, menneske
from tests.unit.samhandling.meldinger import sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
FØDT = date(1984, 5, 6)
HER, DER, KØEN = "enhet-fana", "hjemmetjeneste-aarstad", "koordinerende-enhet"
SAKSBEHANDLERE = "forvaltning-aarstad"


@dataclass(frozen=True, slots=True)
class Tvil:
    """Somebody whom a unit in Fana follows up, and a record that a message to another unit made."""

    rom: Rom
    hvem: Menneske

    @property
    def ny(self) -> str:
        return [p.envelope.stream for p in self.rom.logg("samhandling") if p.navn == "PersonRegistrert"][-1]

    @property
    def par(self) -> set[str]:
        return {self.hvem.ref, self.ny}

    def innlagt(self, nr: int, mottaker: str, pasient: Any) -> None:
        her = sending(nr, NÅ, pasient=pasient, mottaker=enhet(mottaker))
        self.rom.melding(lag_innlagt(her, tid=NÅ), NÅ)

    def lik(self) -> Any:
        """The same name and birth date, and another number."""
        return replace(self.hvem.pasient, identer=(person_id(syntetisk(FØDT, 7)),))

    def ser(self, part: str = KØEN) -> dict[str, Any]:
        views = self.rom.utsnitt("samhandling", part)
        return {ref: view for ref, view in views.items() if type(view).__name__ == "PersonUtsnitt"}

    def avgjør(self, *, samme: bool) -> None:
        sti = f"samhandling/personer/{self.ny}/treff"
        avgjør = aktør(KØEN, "person.avgjoer_treff")
        self.rom.be(avgjør, sti, kandidat=self.hvem.ref, samme=samme, grunn="sjekket_folkeregisteret")


@pytest.fixture
def tvil(tmp_path: Path) -> Iterator[Tvil]:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        hvem = menneske(her, FØDT, "fana", HER)
        yield Tvil(her, hvem)


def test_before_there_is_a_doubt_the_koordinerende_enhet_sees_nobody(tvil: Tvil) -> None:
    assert tvil.ser() == {}


def test_who_both_are_is_told_on_the_ground_of_the_task_while_it_is_open(tvil: Tvil) -> None:
    """access.md, "Message log and manual queue: the receiving unit's people with that task"."""
    tvil.innlagt(1, DER, tvil.lik())
    sett = tvil.ser()
    assert set(sett) == tvil.par
    for view in sett.values():
        assert (view.grunn.grunnlag, view.bare_tvil, view.bekreftes_innen) == ("A", True, None)
        assert "saken i manuell kø" in view.grunn.setning
        assert view.grunn.lov_versjon
    assert [t.kandidat for t in sett[tvil.ny].tvil] == [tvil.hvem.ref]
    assert {type(v).__name__ for v in tvil.rom.utsnitt("samhandling", KØEN).values()} == {"PersonUtsnitt"}
    assert set(tvil.ser(DER)) == {tvil.ny}, "the other unit's record is no business of the one that got the message"


@pytest.mark.parametrize("samme", [True, False])
def test_once_it_is_decided_the_koordinerende_enhet_sees_neither(tvil: Tvil, samme: bool) -> None:
    tvil.innlagt(1, DER, tvil.lik())
    tvil.avgjør(samme=samme)
    assert tvil.ser() == {}
    sist = {p.event.aggregat: p.navn for p in tvil.rom.logg("samhandling") if p.topic == f"samhandling.til.{KØEN}"}
    assert sist == dict.fromkeys(tvil.par, "UtsnittAvsluttet")
    tvil.innlagt(2, DER, tvil.lik())
    assert tvil.ser() == {}, "what comes afterwards is told to those it was sent to"


def test_a_doubt_that_some_unit_can_decide_is_told_to_nobody_else(tvil: Tvil) -> None:
    tvil.innlagt(1, SAKSBEHANDLERE, tvil.hvem.pasient)
    tvil.innlagt(2, SAKSBEHANDLERE, tvil.lik())
    assert set(tvil.ser(SAKSBEHANDLERE)) == tvil.par
    assert tvil.ser() == {}


def test_a_unit_that_comes_to_see_both_takes_the_doubt_back(tvil: Tvil) -> None:
    tvil.innlagt(1, SAKSBEHANDLERE, tvil.lik())
    assert set(tvil.ser()) == tvil.par
    tvil.innlagt(2, SAKSBEHANDLERE, tvil.hvem.pasient)
    assert tvil.ser() == {}


def test_a_record_that_is_discarded_leaves_no_doubt_behind(tvil: Tvil) -> None:
    """Intake rule 13."""
    tvil.innlagt(1, DER, tvil.lik())
    assert set(tvil.ser()) == tvil.par
    tvil.rom.gjør("samhandling", planer.forkast_person(tvil.ny, "feil_mottaker", aktør(DER)))
    assert tvil.ser() == {}


def test_that_nothing_is_heard_of_who_helps_tells_the_koordinerende_enhet_no_name(tmp_path: Path) -> None:
    """Who can decide is judged by what was known last: silence closes what is shown, and opens nothing."""
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        tvil = Tvil(her, menneske(her, FØDT, "aarstad", SAKSBEHANDLERE))
        tvil.innlagt(1, SAKSBEHANDLERE, tvil.lik())
        assert set(tvil.ser(SAKSBEHANDLERE)) == tvil.par

        def taus(tx: Any, ref: str) -> Any:
            kjent = grunner_for(tx, ref, RAMMER)
            return replace(kjent, grunnlag=replace(kjent.grunnlag, kilde_fersk=False))

        engine = her.inst.engines["samhandling"]
        assert engine.look(lambda tx: avklares(tx, tvil.ny, partial(taus, tx))) == frozenset()
        hørt = engine.look(lambda tx: taus(tx, tvil.hvem.ref))
        assert not hørt.svar(SAKSBEHANDLERE, "person.navn", adressert=hørt.adressert).ja
