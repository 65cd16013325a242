"""Knows that rooms which share their routes are asked each about its own."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests import ruter
from tests.rom import HELE_BERGEN, rom
from tests.stories.folk import menneske
from tests.unit.samhandling.meldinger import utc

NÅ = utc(2026, 3, 2, 12, 0)
ANNERLEDES = replace(HELE_BERGEN, kommune="Annerledes")


def test_each_room_has_what_was_asked_for_in_it_and_its_own_configuration(tmp_path: Path) -> None:
    with ExitStack() as åpne:
        en, lik, annen = (
            åpne.enter_context(rom(tmp_path / str(nr), NÅ, oppsett=oppsett))
            for nr, oppsett in enumerate((HELE_BERGEN, HELE_BERGEN, ANNERLEDES))
        )
        for år, rommet in ((1987, en), (1988, lik), (1989, en), (1990, annen)):
            menneske(rommet, date(år, 5, 4), "aarstad", "enhet-aarstad")
        registrert = [[p for p in r.logg("samhandling") if p.navn == "PersonRegistrert"] for r in (en, lik, annen)]
        assert [*map(len, registrert)] == [2, 1, 1]
        assert {id(oppsett) for _, oppsett, _, _ in ruter._LAGET} >= {id(HELE_BERGEN), id(ANNERLEDES)}
