"""Understands what each of our parties has been given: which view, of what, and where its bytes lie in the log.

The table holds refs and codes only. What a view says is decoded from the log's own bytes when a page needs it, and its
sealed values are opened as late as that; where the key is gone the page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Table
from sqlmodel import Field, SQLModel

from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import Shredded
from bindeledd.core.sealed import Forseglet, Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Projection
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeUtsnitt,
    MoeteUtsnitt,
    PlanUtsnitt,
    SamtykkeUtsnitt,
    TiltakUtsnitt,
)
from bindeledd.schema.generated.barn_paaroerende import BarnesakUtsnitt, BarnetallUtsnitt, KartleggingUtsnitt
from bindeledd.schema.generated.felles import UtsnittAvsluttet
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import (
    AlvorligHendelseUtsnitt,
    AvvikUtsnitt,
    ForumsakUtsnitt,
    MeldingUtsnitt,
    MoensterUtsnitt,
    OppholdUtsnitt,
    PersonUtsnitt,
)
from bindeledd.seal import keys as crypto
from bindeledd.store import log
from bindeledd.store.db import Db

T = TypeVar("T")

UTSNITT = (
    PersonUtsnitt, OppholdUtsnitt, MeldingUtsnitt, SamtykkeUtsnitt, PlanUtsnitt, AnsvarsgruppeUtsnitt,
    MoeteUtsnitt, TiltakUtsnitt, KriseplanUtsnitt, KartleggingUtsnitt, BarnesakUtsnitt, BarnetallUtsnitt, AvvikUtsnitt,
    ForumsakUtsnitt, MoensterUtsnitt, AlvorligHendelseUtsnitt,
)  # fmt: skip
"""The kinds of view that the pages know how to show."""


class GittRad(SQLModel, table=True):
    """One view stream of one of our parties, and the version of it that holds now."""

    __tablename__ = "gitt"

    utsnittstroem: str = Field(primary_key=True)
    part: str = Field(index=True)
    slag: str
    """Avro name of the view; of the one that ended, when it has."""
    aggregat: str
    person_ref: str | None = Field(default=None, index=True)
    versjon: int = Field(sa_type=BigInteger)
    gitt: int = Field(sa_type=BigInteger)
    """When this version was written, microseconds since 1970 (UTC)."""
    avsluttet: int | None = Field(default=None, sa_type=BigInteger)
    """When it ended; None while it is given."""
    venter: int = 0
    """1: a message that somebody of the party must do something with, and nobody has."""


_UPSERT = (
    "INSERT INTO gitt (utsnittstroem, part, slag, aggregat, person_ref, versjon, gitt, avsluttet, venter) "
    "VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (utsnittstroem) DO UPDATE SET slag = excluded.slag, "
    "person_ref = excluded.person_ref, versjon = excluded.versjon, gitt = excluded.gitt, "
    "avsluttet = excluded.avsluttet, venter = excluded.venter"
)


def _fold(db: Db, konvolutt: Envelope, utsnitt: Any) -> None:
    ended = isinstance(utsnitt, UtsnittAvsluttet)
    (part,) = konvolutt.audience
    slag, avsluttet = (utsnitt.slag, _mikro(utsnitt.avsluttet)) if ended else (utsnitt.avro_name, None)
    # Not through SQLAlchemy: on the way to a board its 60 µs would be the largest single cost.
    db.run(
        _UPSERT,
        (
            konvolutt.stream, part, slag, utsnitt.aggregat, konvolutt.person_ref, konvolutt.version,
            _mikro(konvolutt.registrert), avsluttet, int(venter(utsnitt)),
        ),
    )  # fmt: skip


def venter(utsnitt: Any) -> bool:
    """Whether somebody must do something with a message: open it, or, where nobody here was sent it, say who shall have
    it, also when somebody has looked at it. A copy waits for nobody (intake rule 6)."""
    if not isinstance(utsnitt, MeldingUtsnitt):
        return False
    if utsnitt.uten_mottaker:
        return not utsnitt.fordelt_til
    return not utsnitt.aapnet and not utsnitt.kopi


_TABELL: Table = SQLModel.metadata.tables["gitt"]
PROJEKSJON = Projection(
    tables=(_TABELL,),
    folds={slag.avro_name: _fold for slag in (*UTSNITT, UtsnittAvsluttet)},
    newest_only=True,
)


@dataclass(frozen=True, slots=True)
class Gitt:
    """A view that a party has, or had: what it says, since when, and which service gave it.

    `utsnitt` is None when it has ended; then there is nothing to show but `slag` and `avsluttet`. `strøm` and `versjon`
    say which record of the log it is: what somebody looked at, when they decide something.
    """

    slag: str
    tjeneste: str
    aggregat: str
    person_ref: str | None
    gitt: datetime
    avsluttet: datetime | None
    utsnitt: Any
    strøm: str
    versjon: int


_RADER = (
    "SELECT g.slag, l.topic, g.aggregat, g.person_ref, g.gitt, g.avsluttet, l.data, g.utsnittstroem, g.versjon "
    "FROM gitt g "
    "JOIN stream_head h ON h.stream = g.utsnittstroem "
    "JOIN log l ON l.begins = h.begins AND l.version = g.versjon WHERE g.part = ?"
)
_AV_SLAG = " AND g.avsluttet IS NULL AND g.slag = ?"


def live(engine: Engine, part: str) -> list[Gitt]:
    """Everything about persons that a party has been given and still has."""
    return _les(engine, _RADER + " AND g.avsluttet IS NULL AND g.slag <> ?", (part, MeldingUtsnitt.avro_name))


def om_person(engine: Engine, part: str, person_ref: str) -> list[Gitt]:
    """What a party has, and had, about one person."""
    hvor = " AND g.person_ref = ? AND g.slag <> ?"
    return _les(engine, _RADER + hvor, (part, person_ref, MeldingUtsnitt.avro_name))


_NYESTE = (
    " AND g.utsnittstroem IN (SELECT utsnittstroem FROM gitt WHERE part = ? AND avsluttet IS NULL AND slag = ? "
    "ORDER BY venter DESC, gitt DESC LIMIT ?)"
)


def meldinger(engine: Engine, part: str, høyst: int) -> list[Gitt]:
    """The messages that a party has been given, no more than `høyst`: a unit has all that were ever sent to it.

    First those that wait to be opened, then those of which something was said last.
    """
    return _les(engine, _RADER + _NYESTE, (part, part, MeldingUtsnitt.avro_name, høyst))


def antall_meldinger(engine: Engine, part: str) -> tuple[int, int]:
    """(how many messages a party has been given, how many of them wait to be opened)."""
    spørring = "SELECT COUNT(*), COALESCE(SUM(venter), 0) FROM gitt WHERE part = ? AND avsluttet IS NULL AND slag = ?"
    rader: list[tuple[int, int]] = engine.read(lambda db: db.all(spørring, (part, MeldingUtsnitt.avro_name)))
    return rader[0]


def ventende_meldinger(engine: Engine, part: str) -> list[Gitt]:
    """The messages that somebody of the party must open, and nobody has."""
    return _les(engine, _RADER + _AV_SLAG + " AND g.venter = 1", (part, MeldingUtsnitt.avro_name))


def meldinger_om(engine: Engine, part: str, person_ref: str) -> list[Gitt]:
    """The messages about one person that a party has been given."""
    return _les(engine, _RADER + _AV_SLAG + " AND g.person_ref = ?", (part, MeldingUtsnitt.avro_name, person_ref))


def melding(engine: Engine, part: str, ref: str) -> Gitt | None:
    """One message, where the party has been given it."""
    funnet = _les(engine, _RADER + _AV_SLAG + " AND g.aggregat = ?", (part, MeldingUtsnitt.avro_name, ref))
    return funnet[0] if funnet else None


def av_slag(engine: Engine, part: str, slag: type[Any]) -> list[Gitt]:
    """All of one kind that a party has been given and still has, about whomever or nobody."""
    return _les(engine, _RADER + _AV_SLAG, (part, slag.avro_name))


def versjon_av(engine: Engine, strøm: str) -> int:
    """Which version of a view stream has been taken in here, durably; 0 when there is none."""
    hode = engine.read(lambda db: log.head(db, strøm))
    return hode.version if hode is not None else 0


def slik_det_var(engine: Engine, nå: Gitt, versjon: int) -> Any:
    """What a view said at an earlier version; None when it had ended then, or there was no such version."""
    data = engine.read(lambda db: log.read_version(db, nå.strøm, versjon)) if versjon < nå.versjon else None
    utsnitt = engine.around.codec.decode(data)[1] if data is not None else None
    return None if isinstance(utsnitt, UtsnittAvsluttet) else utsnitt


def slik_det_har_vært(engine: Engine, nå: Gitt, høyst: int) -> list[Any]:
    """What a view has said, the oldest first, of the last `høyst` times that it was given; not that it had ended."""
    data = engine.read(lambda db: log.read_part(db, nå.strøm, max(0, nå.versjon - høyst), høyst))
    alle = (engine.around.codec.decode(post)[1] for post in data)
    return [utsnitt for utsnitt in alle if not isinstance(utsnitt, UtsnittAvsluttet)]


def personer(engine: Engine, part: str) -> frozenset[str]:
    """Persons about whom a party has anything, messages aside."""
    spørring = "SELECT DISTINCT person_ref FROM gitt WHERE part = ? AND avsluttet IS NULL AND slag <> ?"
    rader = engine.read(lambda db: db.all(spørring, (part, MeldingUtsnitt.avro_name)))
    return frozenset(rad[0] for rad in rader if rad[0] is not None)


def person_med(engine: Engine, part: str, aggregat: str) -> str | None:
    """The person whom a party's live view of an aggregate is about; None when it has none."""
    spørring = "SELECT person_ref FROM gitt WHERE part = ? AND aggregat = ? AND avsluttet IS NULL"
    rader: list[tuple[Any, ...]] = engine.read(lambda db: db.all(spørring, (part, aggregat)))
    return rader[0][0] if rader else None


def antall_personer(engine: Engine) -> dict[str, int]:
    """Party → about how many persons it has anything now, messages aside."""
    spørring = "SELECT part, COUNT(DISTINCT person_ref) FROM gitt WHERE avsluttet IS NULL AND slag <> ? GROUP BY part"
    rader: list[tuple[Any, ...]] = engine.read(lambda db: db.all(spørring, (MeldingUtsnitt.avro_name,)))
    return {rad[0]: rad[1] for rad in rader}


def usikre(engine: Engine) -> frozenset[str]:
    """Persons about whom something of what we were given waits in quarantine: what we have may no longer hold."""

    def parkert(db: Db) -> list[tuple[Any, ...]]:
        return db.all("SELECT DISTINCT person_ref FROM quarantine WHERE person_ref IS NOT NULL")

    return frozenset(row[0] for row in engine.read(parkert))


def åpne(engine: Engine, verdi: Forseglet[T] | Klartekst[T] | None) -> T | Shredded | None:
    """The content of a sealed value; Shredded (returned, not raised) when its key is gone, None when there was none."""
    if verdi is None:
        return None
    if isinstance(verdi, Klartekst):
        return verdi.content
    try:
        innhold = crypto.unseal(engine.around.keyring.key(verdi.key).secret, verdi)
    except Shredded as borte:
        return borte
    return engine.content(innhold)  # type: ignore[no-any-return]


def _les(engine: Engine, spørring: str, verdier: Sequence[object]) -> list[Gitt]:
    rader = engine.read(lambda db: db.all(spørring, verdier))
    return [_gitt(engine, *rad) for rad in rader]


def _gitt(
    engine: Engine,
    slag: str,
    topic: str,
    aggregat: str,
    person: str | None,
    gitt: int,
    avsluttet: int | None,
    data: bytes,
    strøm: str,
    versjon: int,
) -> Gitt:
    utsnitt = engine.around.codec.decode(data)[1] if avsluttet is None else None
    slutt = None if avsluttet is None else _moment(avsluttet)
    return Gitt(slag, topic.partition(".")[0], aggregat, person, _moment(gitt), slutt, utsnitt, strøm, versjon)


def _mikro(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)


def _moment(mikro: int) -> datetime:
    return datetime.fromtimestamp(mikro / 1_000_000, UTC)
