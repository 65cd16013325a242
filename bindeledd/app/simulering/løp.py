"""Understands one synthetic person's way through the simulation: chance, times of day, and who their parties are."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from bindeledd.app.simulering.folk import Innbygger
from bindeledd.app.simulering.verden import Handling
from services.felles.oppsett import Oppsett
from services.felles.ruting import dps_for_bydel
from services.felles.tid import OSLO

Steg = tuple[datetime, Handling]
"""Something that happens at a moment."""


@dataclass(slots=True)
class Løp:
    """One person: what chance decides (`terning` is the person's own), and what is learnt on the way."""

    innbygger: Innbygger
    oppsett: Oppsett
    terning: random.Random
    person_ref: str = ""
    gruppe: str = ""
    uåpnet: list[tuple[str, str]] = field(default_factory=list)
    """(message, party) that nobody has opened yet."""

    def treffer(self, sjanse: float) -> bool:
        """True about so often."""
        return self.terning.random() < sjanse

    def egen(self, slag: str) -> str:
        """The party of this kind that serves where the person lives."""
        return f"{slag}-{self.innbygger.bydel}"

    def dps(self, dag: date) -> str:
        """The DPS of where the person lives."""
        return dps_for_bydel(self.innbygger.bydel, dag, self.oppsett) or "dps-kronstad"

    def act(self, dag: date) -> str:
        """The ACT team of that DPS."""
        dps = self.dps(dag)
        return next(part.id for part in self.oppsett.parter.values() if part.slag == "act" and part.dps == dps)

    def litt_etter(self, tid: datetime, minst: float, mest: float) -> datetime:
        """So many hours later, to the minute."""
        minutter = round(self.terning.uniform(minst, mest) * 60)
        return tid + timedelta(minutes=minutter)

    def i_arbeidstiden(self, dag: date) -> datetime:
        """A time of day when offices are open."""
        return klokka(dag, self.terning.uniform(8.2, 15))


def klokka(dag: date, timer: float) -> datetime:
    """A Norwegian time of day, to the minute, as UTC."""
    return datetime.combine(dag, time(), OSLO).astimezone(UTC) + timedelta(minutes=round(timer * 60))
