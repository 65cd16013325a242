"""A child's registration, what the adult says of its receivers, and the adult's death: in any order that can be, the
same tasks and views. Nothing is said by somebody who is dead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.barn_paaroerende import Barnerelasjon, Barnet
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe import planer as ansvarsgruppe
from services.ansvarsgruppe import samtykke
from services.barn_pårørende import barneplaner
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import lag_død
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, menneske
from tests.unit.samhandling.meldinger import sending, utc
from tests.unit.test_rekkefølge_i_tjenestene import bilde

ENHET, BARNEHAGE, SKOLE = "enhet-aarstad", "barnehage-aarstad", "skole-aarstad"
NÅ = utc(2026, 3, 2, 12, 0)
BARNET = Barnet(fornavn="Lille", etternavn="Prøvesen", foedt=date(2020, 4, 5))


def tekst(ord_: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=ord_))


def _registrert(her: Rom, hvem: Menneske) -> None:
    plan = barneplaner.registrer(hvem.ref, BARNET, None, Barnerelasjon.FORELDER, None, aktør(ENHET), RAMMER)
    her.gjør("barn_paaroerende", plan)


def _sagt(her: Rom, hvem: Menneske) -> None:
    gi = samtykke.GiSamtykke(BARNEHAGE, "oppfoelging", ("barn.kartlagt", "barn.oppgaver"))
    her.gjør("ansvarsgruppe", ansvarsgruppe.samtykke_for(hvem.ref, gi, aktør(ENHET), RAMMER))
    nei = samtykke.RegistrerSperring(SKOLE, ("barn.*",))
    her.gjør("ansvarsgruppe", ansvarsgruppe.samtykke_for(hvem.ref, nei, aktør(ENHET), RAMMER))


def _død(her: Rom, hvem: Menneske) -> None:
    sendt = sending(6, NÅ, pasient=hvem.pasient)
    assert ta_imot(her.inst.engines["samhandling"], lag_død(sendt, tid=NÅ), mottatt=NÅ).outcome == "positive"
    her.pump()


SKRITT: tuple[Callable[[Rom, Menneske], None], ...] = (_registrert, _sagt, _død)
REKKER = [*permutations(SKRITT)]


def _utfall(mappe: Path, rekke: tuple[Callable[[Rom, Menneske], None], ...]) -> dict[str, Any]:
    with rom(mappe, NÅ, oppsett=HELE_BERGEN) as her:
        hvem = menneske(her, date(1985, 6, 7), "aarstad", ENHET)
        for gjør in rekke:
            gjør(her, hvem)
        return bilde(her, "barn_paaroerende")


@pytest.mark.parametrize("nr", [2, 3], ids=["what the adult says first", "the child after the death"])
def test_any_order_that_can_be_leaves_the_same_tasks_and_views(tmp_path: Path, nr: int) -> None:
    fasit = _utfall(tmp_path / "fasit", REKKER[0])
    assert "FOELG_OPP_ETTERLATTE" in repr(fasit[ENHET])
    assert "HENVIS_BARN" not in repr(fasit[ENHET])
    annet = _utfall(tmp_path / "annet", REKKER[nr])
    assert {p: _uten(v) for p, v in annet.items()} == {p: _uten(v) for p, v in fasit.items()}


def _uten(views: list[str]) -> list[str]:
    """Without the refs of children and adults, which are random."""
    return sorted(re.sub(r"'[0-9a-f]{32}'", "ref", view) for view in views)
