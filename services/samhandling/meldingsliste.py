"""Every message that has come in, for telling duplicates and for the list that people read. No person's data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, or_, select, update
from sqlmodel import Field, SQLModel

from bindeledd.core.envelope import Envelope
from bindeledd.runtime.service import Projection
from bindeledd.schema.generated.samhandling import (
    MeldingMottatt,
    Meldingsutfall,
    MeldingTattInn,
    PersonerSlaattSammen,
    SammenslaaingOmgjort,
)
from bindeledd.store.db import Db


class MeldingRad(SQLModel, table=True):
    """One message: what it is, what became of it, and which stay it belongs to."""

    __tablename__ = "melding"

    melding_ref: str = Field(primary_key=True)
    msg_id: str = Field(index=True)
    avtrykk: bytes = Field(index=True)
    type: str
    forsendelse: str
    avsender: str
    samtale: str = Field(index=True)
    utfall: str = Field(index=True)
    person_ref: str | None = Field(default=None, index=True)
    opphav: str | None = None
    """Whose it was when it came, whatever records have been joined since."""
    opphold_ref: str | None = None
    mottatt: float
    mottakere: str = ""
    """Ids of the parties it was addressed or copied to, with a space between."""


@dataclass(frozen=True, slots=True)
class Kjent:
    """A message that was seen before."""

    melding_ref: str
    avtrykk: bytes
    utfall: str


_TABELL: Any = SQLModel.metadata.tables["melding"]


_UTEN_OPPHOLD = (
    _TABELL.c.person_ref == bindparam("person"), _TABELL.c.opphold_ref.is_(None),
    or_(*(_TABELL.c.utfall == utfall.value for utfall in (Meldingsutfall.TATT_INN, Meldingsutfall.HOLDT))),
)  # fmt: skip
_SOM = select(_TABELL.c.melding_ref, _TABELL.c.avtrykk, _TABELL.c.utfall).order_by(_TABELL.c.mottatt)

# Built once: building a statement takes five times as long as carrying it out.
_KJENTE_ETTER_ID = _SOM.where(_TABELL.c.msg_id == bindparam("msg_id"))
_KJENTE_ETTER_AVTRYKK = _SOM.where(_TABELL.c.avtrykk == bindparam("avtrykk"))
_REFER_UTEN_OPPHOLD = select(_TABELL.c.melding_ref).where(*_UTEN_OPPHOLD).order_by(_TABELL.c.melding_ref)
_MOTTAKERE_UTEN_OPPHOLD = select(_TABELL.c.mottakere).where(*_UTEN_OPPHOLD).distinct()
_LEGG_TIL = insert(_TABELL)
_TA_INN = update(_TABELL).where(_TABELL.c.melding_ref == bindparam("ref"))


def finn_kjente(sql: Connection, msg_id: str, avtrykk: bytes) -> list[Kjent]:
    """Messages with this id; for a message without an id, those with the same bytes. In the order they came."""
    if msg_id:
        return [Kjent(*rad) for rad in sql.execute(_KJENTE_ETTER_ID, {"msg_id": msg_id})]
    return [Kjent(*rad) for rad in sql.execute(_KJENTE_ETTER_AVTRYKK, {"avtrykk": avtrykk})]


def uten_opphold(sql: Connection, person_ref: str) -> list[str]:
    """Refs of the person's messages that were taken in and belong to no stay, or wait for what they belong to."""
    return [rad[0] for rad in sql.execute(_REFER_UTEN_OPPHOLD, {"person": person_ref})]


def mottakere_uten_opphold(sql: Connection, person_ref: str) -> frozenset[str]:
    """The parties that such messages were addressed or copied to."""
    rader = sql.execute(_MOTTAKERE_UTEN_OPPHOLD, {"person": person_ref})
    return frozenset(part for (mottakere,) in rader for part in mottakere.split())


def _mottatt(db: Db, konvolutt: Envelope, event: Any) -> None:
    rad = {
        "melding_ref": konvolutt.stream, "msg_id": event.msg_id, "avtrykk": event.fingeravtrykk, "type": event.type,
        "forsendelse": event.forsendelse, "avsender": event.avsender, "samtale": event.samtale,
        "utfall": event.utfall.value, "person_ref": konvolutt.person_ref, "opphav": konvolutt.person_ref,
        "opphold_ref": event.opphold_ref,
        "mottatt": event.mottatt.timestamp(), "mottakere": " ".join((*event.adressert, *event.kopi)),
    }  # fmt: skip
    db.sqlalchemy().execute(_LEGG_TIL, rad)


def _tatt_inn(db: Db, konvolutt: Envelope, event: Any) -> None:
    endret = {"utfall": Meldingsutfall.TATT_INN.value, "opphold_ref": event.opphold_ref}
    db.sqlalchemy().execute(_TA_INN, {"ref": konvolutt.stream, **endret})


def _slått_sammen(db: Db, konvolutt: Envelope, event: Any) -> None:
    db.sqlalchemy().execute(
        update(_TABELL).where(_TABELL.c.person_ref == event.tapt).values(person_ref=konvolutt.person_ref)
    )


def _omgjort(db: Db, konvolutt: Envelope, event: Any) -> None:
    egne = (_TABELL.c.opphav == event.gjenoppstaatt) | _TABELL.c.melding_ref.in_(event.stroemmer)
    felles = _TABELL.c.person_ref == konvolutt.person_ref
    db.sqlalchemy().execute(update(_TABELL).where(felles, egne).values(person_ref=event.gjenoppstaatt))


PROJEKSJON = Projection(
    (_TABELL,),
    {
        MeldingMottatt.avro_name: _mottatt, MeldingTattInn.avro_name: _tatt_inn,
        PersonerSlaattSammen.avro_name: _slått_sammen, SammenslaaingOmgjort.avro_name: _omgjort,
    },
)  # fmt: skip
