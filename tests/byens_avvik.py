"""A small made-up town in which somebody has been admitted, and the ward has not given its early notice in time."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from bindeledd.app.simulate import Plan, live
from bindeledd.app.simulering.folk import lag_folk
from bindeledd.app.simulering.hjelpere import registrer
from bindeledd.app.simulering.løp import Løp
from bindeledd.app.simulering.sykehus import Avdeling
from bindeledd.app.simulering.verden import Verden
from bindeledd.core.clock import SetClock
from tests.rom import Rom

BYEN = Plan(date(2024, 3, 4), days=2, patients=2, seed=3)
BYDEL, FORVALTNINGEN, PAM, DPS = "aarstad", "forvaltning-aarstad", "pam", "dps-kronstad"


@dataclass(frozen=True, slots=True)
class Innlagt:
    """Whom the missed clock is about, and the draft that it made."""

    person_ref: str
    avvik_ref: str


def uten_varsel(rommet: Rom) -> Innlagt:
    """Let the town live; then one of its people is admitted at night, and for a day nobody says more than that."""
    verden = Verden(rommet.inst, cast(SetClock, rommet.klokke))
    live(verden, BYEN)
    oppsett = rommet.inst.config.oppsett
    *_, siste = lag_folk(BYEN.patients + 1, (BYDEL,), BYEN.first_day, random.Random(BYEN.seed))
    løp = Løp(siste, oppsett, random.Random(BYEN.seed))
    registrer(løp, verden)
    inn = rommet.klokke.now - timedelta(hours=1)
    avdeling = Avdeling(siste, oppsett, PAM, FORVALTNINGEN, None, "1.6", løp.terning)
    svar = rommet.melding(avdeling.innlagt(rommet.klokke.now, inn), rommet.klokke.now)
    assert svar.outcome == "positive", svar
    rommet.til(inn + timedelta(hours=24))
    (utkast,) = (
        ref for ref, view in rommet.utsnitt("samhandling", FORVALTNINGEN).items()
        if type(view).__name__ == "AvvikUtsnitt" and view.fakta.opphold_ref == svar.opphold_ref
    )  # fmt: skip
    return Innlagt(løp.person_ref, utkast)
