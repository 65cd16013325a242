"""What samhandling tells of who has opened whom a case is about: to who opens it, and to the person themself."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel


class HvemGjelderDet(BaseModel):
    """Whom a case of avvik is about. `gjelder_noen`: whether it is about somebody at all. `åpnet`: when the one who
    asks last said why; None: not within the hour, and then nothing more is told, not even whether two cases are the
    same person's. `navn` None though it was opened: the name is deleted."""

    gjelder_noen: bool = True
    person_ref: str | None = None
    åpnet: datetime | None = None
    navn: str | None = None
    født: date | None = None


class Åpning(BaseModel):
    """Somebody opened whom a case is about, or was refused (`avvist`), for they said nothing of why. An empty
    `begrunnelse` of one who opened it: what was said is deleted."""

    tid: datetime
    part: str
    av: str
    begrunnelse: str
    avvist: bool = False


class EgenLogg(BaseModel):
    """What a person's own look-up log leans on: every record that is this person now, and who opened, or wanted to
    open, whom their cases are about, the latest first."""

    oppføringer: list[str]
    åpnet: list[Åpning]
