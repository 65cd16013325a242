"""Understands who had begun to follow a person up by a moment, and whether something was planned with them by then.

Folded from koordinator, group, plans and meetings as others tell of them, each by when it happened: in whatever order
it comes here, the answer about a moment is the same in the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table
from sqlmodel import Field, SQLModel

from bindeledd.core.envelope import Envelope
from bindeledd.runtime.service import Fold, Lookup, Projection
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeAvsluttet,
    AnsvarsgruppemoeteAvlyst,
    AnsvarsgruppemoeteInnkalt,
    AnsvarsgruppeOpprettet,
    KoordinatorOppnevnt,
    PlanAvsluttet,
    PlanOpprettet,
)
from bindeledd.schema.generated.kriseplan import KriseplanOpprettet, KriseplanTilbakekalt
from bindeledd.store.db import Db

KRISEPLAN, MØTE = "kriseplan.kriseplan", "ansvarsgruppe.moete"
LESES = frozenset({KRISEPLAN, MØTE})
"""What is read for this alone. Nothing that is sealed in it is opened."""
FØLGES, PLAN, INNKALT = "foelges", "plan", "moete"

_BEGYNNER: Mapping[Any, str] = {
    KoordinatorOppnevnt: FØLGES, AnsvarsgruppeOpprettet: FØLGES, KriseplanOpprettet: PLAN, PlanOpprettet: PLAN,
    AnsvarsgruppemoeteInnkalt: INNKALT,
}  # fmt: skip
_SLUTTER: Mapping[Any, str] = {
    AnsvarsgruppeAvsluttet: FØLGES, KriseplanTilbakekalt: PLAN, PlanAvsluttet: PLAN, AnsvarsgruppemoeteAvlyst: INNKALT,
}  # fmt: skip
FORTELLER: tuple[Any, ...] = (*_BEGYNNER, *_SLUTTER)
"""The events after which the answer about an earlier moment may be another, when they come late."""


class OppfulgtRad(SQLModel, table=True):
    """One thing that held for a person for some time. `moete`: when the meeting is that was called."""

    __tablename__ = "oppfulgt"

    stroem: str = Field(primary_key=True)
    versjon: int = Field(primary_key=True)
    slag: str
    fra: float
    til: float | None = None
    moete: float | None = None


@dataclass(frozen=True, slots=True)
class _Holdt:
    """A row, for the question whether it held at a moment."""

    slag: str
    fra: float
    til: float | None
    moete: float | None

    def ved(self, øyeblikk: float) -> bool:
        return self.fra <= øyeblikk and (self.til is None or øyeblikk < self.til)


def ingen_plan_ved(lookup: Lookup, person_ref: str, innlagt: datetime | None, ut: datetime) -> bool:
    """Whether somebody followed the person up when they were discharged, and nothing had been planned: no crisis plan
    held, no individual plan, and no meeting of the group was called that was to be in the stay or after it."""
    rader = lookup.db.all(
        "SELECT o.slag, o.fra, o.til, o.moete FROM oppfulgt o JOIN stream_head h ON h.stream = o.stroem "
        "WHERE h.person_ref = ?",
        (person_ref,),
    )
    holdt = [rad for rad in (_Holdt(*rad) for rad in rader) if rad.ved(ut.timestamp())]
    begynt = innlagt.timestamp() if innlagt is not None else 0.0
    planlagt = any(rad.slag == PLAN or (rad.moete is not None and rad.moete >= begynt) for rad in holdt)
    return any(rad.slag == FØLGES for rad in holdt) and not planlagt


def _begynner(slag: str) -> Fold:
    def fold(db: Db, konvolutt: Envelope, event: Any) -> None:
        møte = event.tid.timestamp() if slag == INNKALT else None
        db.run(
            "INSERT INTO oppfulgt (stroem, versjon, slag, fra, til, moete) VALUES (?,?,?,?,?,?)",
            (konvolutt.stream, konvolutt.version, slag, _naar(konvolutt), None, møte),
        )

    return fold


def _slutter(slag: str) -> Fold:
    def fold(db: Db, konvolutt: Envelope, _event: Any) -> None:
        slutt = (_naar(konvolutt), konvolutt.stream, slag)
        db.run("UPDATE oppfulgt SET til = ? WHERE stroem = ? AND slag = ? AND til IS NULL", slutt)

    return fold


def _naar(konvolutt: Envelope) -> float:
    return konvolutt.hendt.astimezone(UTC).timestamp()


def _folder() -> Iterable[tuple[str, Fold]]:
    yield from ((slag.avro_name, _begynner(hva)) for slag, hva in _BEGYNNER.items())
    yield from ((slag.avro_name, _slutter(hva)) for slag, hva in _SLUTTER.items())


_TABELL: Table = SQLModel.metadata.tables["oppfulgt"]
PROJEKSJON = Projection((_TABELL,), dict(_folder()))
