"""What a quarter's report to the forums says: the figures, as the service tells them and as pages and files write them.

Told by the service and read by the pages, which know one another by this alone. Nobody is named in it, and no unit
(rules 1.6, 2.6).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bindeledd.core.errors import InvalidMessage
from bindeledd.schema.generated.samhandling import Avvikskategori
from services.felles.tid import lokal_dag

PER = 100
"""Cases are told per so many stays."""
_KVARTAL = re.compile(r"(\d{4})K([1-4])")


@dataclass(frozen=True, slots=True)
class Kvartal:
    """A quarter of a year, in Norwegian days."""

    år: int
    nr: int

    def __str__(self) -> str:
        return f"{self.år}K{self.nr}"

    @property
    def første(self) -> date:
        return date(self.år, 3 * self.nr - 2, 1)

    @property
    def etter(self) -> date:
        """The day after its last."""
        return date(self.år + 1, 1, 1) if self.nr == 4 else date(self.år, 3 * self.nr + 1, 1)

    def har(self, moment: datetime | None) -> bool:
        return moment is not None and self.første <= lokal_dag(moment) < self.etter


def les_kvartal(tekst: str) -> Kvartal:
    """`2026K3`. Raises InvalidMessage."""
    treff = _KVARTAL.fullmatch(tekst)
    if treff is None or not 2000 <= int(treff[1]) <= 2199:
        raise InvalidMessage("that is no quarter", tekst[:10], "Write it as 2026K3")
    return Kvartal(int(treff[1]), int(treff[2]))


def kvartalet_før(dag: date) -> Kvartal:
    """The last quarter that is over on a day."""
    nr = (dag.month - 1) // 3
    return Kvartal(dag.year, nr) if nr else Kvartal(dag.year - 1, 4)


@dataclass(frozen=True, slots=True)
class Linje:
    """One area's figures; None: not said, for they are few, or others could be worked out from them.

    `meldt`: cases about the area; `meldt_av`: those that its units have reported; `per_hundre`: cases about the area
    per hundred stays. `i_tide`: of those that should have been answered in the quarter, how many were answered in time,
    as a percentage. `dager`: the middle number of days to the first answer.
    """

    dps: str
    navn: str
    opphold: int | None
    meldt: int | None
    meldt_av: int | None
    per_hundre: float | None
    i_tide: int | None
    dager: float | None
    åpne: int | None


@dataclass(frozen=True, slots=True)
class Sak:
    """One matter that a forum had before it in the quarter, without names."""

    navn: str
    kategori: Avvikskategori
    slag: tuple[str, ...]
    dps: str
    forum: str
    møte: date | None
    utfall: str
    """What the forum came to last in the quarter; empty: it waits."""
    antall: int | None
    """Of a pattern: how many; 0: few. None: it is a case."""


@dataclass(frozen=True, slots=True)
class Rapport:
    """A quarter, for one rung of the ladder."""

    trinn: str
    kvartal: Kvartal
    forumene: tuple[str, ...]
    """What the forums of the rung are called at the end of the quarter."""
    linjer: tuple[Linje, ...]
    alle: Linje
    kategorier: tuple[tuple[Avvikskategori, int | None], ...]
    åpne_etter_alder: tuple[tuple[str, int | None], ...]
    saker: tuple[Sak, ...]


class Rapportspørsmål(BaseModel):
    """Which report is asked for: for whom, and of which quarter."""

    model_config = ConfigDict(extra="forbid")

    trinn: Annotated[str, Field(pattern=r"^[A-Z]{1,20}$")]
    kvartal: Annotated[str, Field(pattern=r"^[0-9]{4}K[1-4]$")]
