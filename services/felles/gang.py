"""What samhandling tells of how cases of avvik went: where each case and each party stood at a moment, without names.

Told by the service and read by the pages, which know one another by this alone. A case goes by a name that only says
it is the same one; no person, no stay and nobody who works anywhere is in it (rules 2.6).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.felles.api import Tidspunkt

SAKSNAVN = r"^[0-9a-f]{12}$"
Valg = Annotated[str, Field(max_length=60, pattern=r"^[a-zA-Z0-9_-]*$")]


class GangSpørsmål(BaseModel):
    """Which cases are asked for ('' is all), what is stepped through, and as of when.

    `fra` and `til` bound the moments that are stepped through, `til` not among them. The moment is `per`, else the
    moment of step `steg` (from 1), else the last one.
    """

    model_config = ConfigDict(extra="forbid")

    sak: Annotated[str, Field(pattern=r"^([0-9a-f]{12})?$")] = ""
    dps: Valg = ""
    bydel: Valg = ""
    kategori: Valg = ""
    tilstand: Valg = ""
    fra: Tidspunkt | None = None
    til: Tidspunkt | None = None
    per: Tidspunkt | None = None
    steg: Annotated[int, Field(ge=0, le=10**6)] = 0


class GangBane(BaseModel):
    """What one party had sent, been sent, opened and answered by then; None: not yet. `rolle`: `meldte`, `gjelder` or
    `forum`."""

    part: str
    rolle: str
    sendt: datetime | None
    fått: datetime | None
    åpnet: datetime | None
    svart: datetime | None
    status: str


class GangSak(BaseModel):
    """A case as it stood. `mot`: of a draft, the party that it would go to ('' when nobody can say)."""

    navn: str
    kategori: str
    tilstand: str
    avtale: str
    avtale_versjon: str
    mot: str
    hendt: datetime | None
    baner: list[GangBane]


class GangSteg(BaseModel):
    """Something that happened in a case; `part` did it, '' when it happened by itself."""

    tid: datetime
    sak: str
    hendelse: str
    part: str


class Gang(BaseModel):
    """How it stood at `per`. `steg` of `antall` moments had come by then; `saker` are the latest of `funnet`, and
    `skjedd` is the latest of what had happened in them."""

    per: datetime | None
    steg: int
    antall: int
    saker: list[GangSak]
    funnet: int
    skjedd: list[GangSteg]
    eldre_utelatt: bool
    """Whether there are more cases than are read for one answer: then the oldest are not among those asked for."""
