"""Which streams a quarter's report leans on: it is made from those, not from the whole log. No person's data.

A stay belongs to the moment at which it is said to have begun, a case to the time from its report until it is closed,
and a pattern to all time since it raised itself. What a stream said by the end of the quarter is then read from itself.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import Table
from sqlmodel import Field, SQLModel

from bindeledd.core.envelope import Envelope
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Projection
from bindeledd.schema.generated.samhandling import AvvikLukket, AvvikMeldt, MoensterReist, PasientInnlagt
from bindeledd.store import log
from bindeledd.store.db import Db
from services.felles.kvartalsrapport import Kvartal
from services.felles.oppholdsbilde import OPPHOLD
from services.felles.tid import lokal_midnatt
from services.samhandling.forum.forumrapport import Grunnlag


class RapportstrømRad(SQLModel, table=True):
    """A stream, and a time in which a report has to look at it. `til` None: from then on."""

    __tablename__ = "rapportstroem"

    stroem: str = Field(primary_key=True)
    fra: float = Field(primary_key=True)
    til: float | None = Field(default=None, index=True)


_NY = "INSERT INTO rapportstroem (stroem, fra, til) VALUES (?,?,?) ON CONFLICT DO NOTHING"


def _innlagt(db: Db, konvolutt: Envelope, event: PasientInnlagt) -> None:
    fra = event.innlagt.timestamp()
    db.run(_NY, (konvolutt.stream, fra, fra))


def _meldt(db: Db, konvolutt: Envelope, event: AvvikMeldt) -> None:
    db.run(_NY, (konvolutt.stream, event.meldt.timestamp(), None))


def _lukket(db: Db, konvolutt: Envelope, event: AvvikLukket) -> None:
    db.run("UPDATE rapportstroem SET til = ? WHERE stroem = ?", (event.lukket.timestamp(), konvolutt.stream))


def _reist(db: Db, konvolutt: Envelope, event: MoensterReist) -> None:
    db.run(_NY, (konvolutt.stream, event.til.timestamp(), None))


_TABELL: Table = SQLModel.metadata.tables["rapportstroem"]
PROJEKSJON = Projection(
    (_TABELL,),
    {
        PasientInnlagt.avro_name: _innlagt, AvvikMeldt.avro_name: _meldt, AvvikLukket.avro_name: _lukket,
        MoensterReist.avro_name: _reist,
    },
)  # fmt: skip

_AV_KVARTALET = (
    "SELECT l.topic, l.data FROM log l JOIN stream_head h ON l.begins = h.begins WHERE h.stream IN ("
    "SELECT stroem FROM rapportstroem WHERE fra < ? AND (til IS NULL OR til >= ?)"
    ") ORDER BY l.position"
)


def grunnlaget(engine: Engine, kvartal: Kvartal) -> Grunnlag:
    """What a report of the quarter is made from. Nothing that is sealed in it is opened."""
    slutt, start = (lokal_midnatt(dag).timestamp() for dag in (kvartal.etter, kvartal.første))
    grunnlag, codec = Grunnlag(kvartal), engine.around.codec
    for topic, data in engine.read(lambda db: db.all(_AV_KVARTALET, (slutt, start))):
        grunnlag.ta(topic, *codec.decode_once(data))
    fakta = (sak.fakta for sak in grunnlag.avvik.values())
    nevnt = {each.opphold_ref for each in fakta if each is not None and each.opphold_ref is not None}
    for ref in sorted(nevnt - grunnlag.opphold.keys()):  # a case may be about a stay of another quarter
        for data in engine.read(partial(log.read_stream, stream=ref)):
            grunnlag.ta(OPPHOLD, *codec.decode_once(data))
    return grunnlag
