"""Where the records of each case of avvik lie, by the name that it goes by where nobody is named. No person's data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Table
from sqlmodel import Field, SQLModel

from bindeledd.core.envelope import Envelope
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Projection
from bindeledd.schema.generated.samhandling import AvvikMeldt, AvvikUtkastLaget
from bindeledd.store.db import Db
from services.felles.forum import saksnavn

SAKER_LEST = 500
"""Of how many cases, the latest, the records are read for one answer."""


class AvvikssakRad(SQLModel, table=True):
    """One case, from its first record on."""

    __tablename__ = "avvikssak"

    stroem: str = Field(primary_key=True)
    navn: str = Field(index=True)
    begynner: int = Field(sa_type=BigInteger, index=True)
    """Where in the log its first record stands."""


def _ny(db: Db, konvolutt: Envelope, _event: Any) -> None:
    if konvolutt.version == 1:
        rad = (konvolutt.stream, saksnavn(konvolutt.stream), konvolutt.position)
        db.run("INSERT INTO avvikssak (stroem, navn, begynner) VALUES (?,?,?)", rad)


_TABELL: Table = SQLModel.metadata.tables["avvikssak"]
PROJEKSJON = Projection((_TABELL,), {AvvikUtkastLaget.avro_name: _ny, AvvikMeldt.avro_name: _ny})

_AV_SAKENE = (
    "SELECT l.data FROM log l JOIN (SELECT begynner FROM avvikssak ORDER BY begynner DESC LIMIT ?) siste "
    "ON l.begins = siste.begynner ORDER BY l.position"
)
_FLERE = "SELECT 1 FROM avvikssak ORDER BY begynner DESC LIMIT 1 OFFSET ?"
_STRØM = "SELECT stroem FROM avvikssak WHERE navn = ?"
_AV_SAKEN = "SELECT data FROM log JOIN stream_head h ON log.begins = h.begins WHERE h.stream = ? ORDER BY log.position"


def strøm_for(db: Db, sak: str) -> str | None:
    """The stream of the case that goes by this name; None when there is none."""
    rad = db.one(_STRØM, (sak,))
    return rad[0] if rad is not None else None


def poster(engine: Engine, sak: str = "") -> tuple[list[tuple[Envelope, Any]], bool]:
    """What is written of a case, or of the latest of all, in the order of the log; and whether there are more."""

    def les(db: Db) -> tuple[list[tuple[bytes]], bool]:
        if sak:
            strøm = strøm_for(db, sak)
            return (db.all(_AV_SAKEN, (strøm,)) if strøm is not None else []), False
        return db.all(_AV_SAKENE, (SAKER_LEST,)), db.one(_FLERE, (SAKER_LEST,)) is not None

    rader, flere = engine.read(les)
    return [engine.around.codec.decode(data) for (data,) in rader], flere
