"""Understands one synthetic person's way through the simulation: chance, times of day, and who their parties are."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from bindeledd.app.simulering.andeler import Hyppighet, Kvoter
from bindeledd.app.simulering.folk import Innbygger
from bindeledd.app.simulering.verden import Handling, Verden
from services.felles.oppsett import Oppsett
from services.felles.ruting import dps_for_bydel
from services.felles.tid import OSLO

Steg = tuple[datetime, Handling]
"""Something that happens at a moment."""
PERIODE_DAGER = 60
LØRDAG = 6


@dataclass(slots=True)
class Barn:
    """A child of the person: its case, the unit that registered it, and what that unit still means to do."""

    sak: str
    fra: str
    gjenstår: list[Callable[[Løp, Barn, Verden], None]] = field(default_factory=list)
    henvist: bool = False


@dataclass(slots=True)
class Løp:
    """One person: what chance decides (`terning` is the person's own), and what is learnt on the way."""

    innbygger: Innbygger
    oppsett: Oppsett
    terning: random.Random
    kvoter: Kvoter = field(default_factory=Kvoter)
    person_ref: str = ""
    død: bool = False
    """Whether a stay that is laid out ends with a death: then there is none after it."""
    gruppe: str = ""
    møte: str = ""
    """The group's latest meeting."""
    barn: list[Barn] = field(default_factory=list)
    kan_kriseplan: list[str] = field(default_factory=list)
    """The parties that the person has said may have the crisis plan."""
    uåpnet: list[tuple[str, str]] = field(default_factory=list)
    """(message, party) that nobody has opened yet."""

    def treffer(self, hyppighet: Hyppighet) -> bool:
        """True about so often."""
        return self.kvoter.treffer(hyppighet, self.terning)

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

    def en_dag(self, fra: date, til: date) -> date:
        """A day from one to another, both included; the first one when the other is before it."""
        return fra + timedelta(days=self.terning.randint(0, max(0, (til - fra).days)))

    def perioder(self, fra: date, til: date) -> Iterator[tuple[date, date]]:
        """From one day to another in pieces of two months, the last one as long as it becomes."""
        while fra + timedelta(days=PERIODE_DAGER) < til:
            yield fra, fra + timedelta(days=PERIODE_DAGER - 1)
            fra += timedelta(days=PERIODE_DAGER)
        yield fra, til

    def i_arbeidstiden(self, dag: date) -> datetime:
        """A time of day when offices are open."""
        return klokka(dag, self.terning.uniform(8.2, 15))


def hverdag(dag: date) -> date:
    """The day itself, or the Monday after it."""
    return dag + timedelta(days=max(0, 8 - dag.isoweekday())) if dag.isoweekday() >= LØRDAG else dag


def klokka(dag: date, timer: float) -> datetime:
    """A Norwegian time of day, to the minute, as UTC."""
    return datetime.combine(dag, time(), OSLO).astimezone(UTC) + timedelta(minutes=round(timer * 60))
