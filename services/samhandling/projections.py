"""Every message that has come in, for telling duplicates and for the list that people read. No person's data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlmodel import Field, SQLModel

from bindeledd.core.envelope import Envelope
from bindeledd.runtime.service import Projection
from bindeledd.schema.generated.samhandling import (
    MeldingFordelt,
    MeldingMottatt,
    Meldingsutfall,
    MeldingTattInn,
    PersonerSlaattSammen,
    SammenslaaingOmgjort,
    TvilsomtTreffMeldt,
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
    """Whose it was when it came, whatever records have been joined since; of one that came while two were one: whose
    it turned out to be."""
    opphold_ref: str | None = None
    mottatt: float
    mottakere: str = ""
    """Ids of the parties it was addressed or copied to, with a space between."""


class TvilRad(SQLModel, table=True):
    """That one record may be the same person as another, also after that was decided."""

    __tablename__ = "tvil"

    person_ref: str = Field(primary_key=True)
    kandidat: str = Field(primary_key=True, index=True)


@dataclass(frozen=True, slots=True)
class Kjent:
    """A message that was seen before."""

    melding_ref: str
    avtrykk: bytes
    utfall: str


_TABELL: Table = SQLModel.metadata.tables["melding"]
_TVIL: Table = SQLModel.metadata.tables["tvil"]

_UTEN_OPPHOLD = (
    "FROM melding WHERE person_ref = ? AND opphold_ref IS NULL "
    f"AND utfall IN ('{Meldingsutfall.TATT_INN.value}', '{Meldingsutfall.HOLDT.value}')"
)


def finn_kjente(db: Db, msg_id: str, avtrykk: bytes) -> list[Kjent]:
    """Messages with this id; for a message without an id, those with the same bytes. In the order they came."""
    kolonne, verdi = ("msg_id", msg_id) if msg_id else ("avtrykk", avtrykk)
    spørring = f"SELECT melding_ref, avtrykk, utfall FROM melding WHERE {kolonne} = ? ORDER BY mottatt"  # noqa: S608
    return [Kjent(*rad) for rad in db.all(spørring, (verdi,))]


def uten_opphold(db: Db, person_ref: str) -> list[str]:
    """Refs of the person's messages that were taken in and belong to no stay, or wait for what they belong to, in
    the order they came."""
    return [rad[0] for rad in db.all(f"SELECT melding_ref {_UTEN_OPPHOLD} ORDER BY mottatt, msg_id", (person_ref,))]


def mottakere_uten_opphold(db: Db, person_ref: str) -> frozenset[str]:
    """The parties that such messages were addressed or copied to."""
    rader = db.all(f"SELECT DISTINCT mottakere {_UTEN_OPPHOLD}", (person_ref,))
    return frozenset(part for (mottakere,) in rader for part in mottakere.split())


def tatt_inn_av_slaget(db: Db, person_ref: str, meldingstype: str, avsender: str) -> list[str]:
    """Refs of the person's messages of one type from one organisation that were taken in, or held."""
    rader = db.all(
        "SELECT melding_ref FROM melding WHERE person_ref = ? AND type = ? AND avsender = ? AND utfall IN (?, ?)",
        (person_ref, meldingstype, avsender, Meldingsutfall.TATT_INN.value, Meldingsutfall.HOLDT.value),
    )
    return [rad[0] for rad in rader]


def meldinger_om(db: Db, person_ref: str) -> list[tuple[str, str | None, str | None]]:
    """(message, whose it was when it came, its stay) of all that a person has, in the order they came."""
    rader = db.all(
        "SELECT m.melding_ref, m.opphav, m.opphold_ref FROM melding m JOIN stream_head h ON h.stream = m.melding_ref "
        "WHERE m.person_ref = ? ORDER BY h.begins",
        (person_ref,),
    )
    return [(ref, opphav, opphold_ref) for ref, opphav, opphold_ref in rader]


def i_tvil_om(db: Db, person_ref: str) -> list[str]:
    """The records of which it was asked whether they are this person too."""
    spørring = "SELECT person_ref FROM tvil WHERE kandidat = ? ORDER BY person_ref"
    return [rad[0] for rad in db.all(spørring, (person_ref,))]


def _tvil(db: Db, konvolutt: Envelope, event: Any) -> None:
    rad = (konvolutt.stream, event.kandidat)
    db.run("INSERT INTO tvil (person_ref, kandidat) VALUES (?, ?) ON CONFLICT DO NOTHING", rad)


def _mottatt(db: Db, konvolutt: Envelope, event: Any) -> None:
    db.run(
        "INSERT INTO melding (melding_ref, msg_id, avtrykk, type, forsendelse, avsender, samtale, utfall, person_ref, "
        "opphav, opphold_ref, mottatt, mottakere) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            konvolutt.stream, event.msg_id, event.fingeravtrykk, event.type, event.forsendelse, event.avsender,
            event.samtale, event.utfall.value, konvolutt.person_ref, konvolutt.person_ref, event.opphold_ref,
            event.mottatt.timestamp(), " ".join((*event.adressert, *event.kopi)),
        ),
    )  # fmt: skip


def _tatt_inn(db: Db, konvolutt: Envelope, event: Any) -> None:
    endret = (Meldingsutfall.TATT_INN.value, event.opphold_ref, konvolutt.stream)
    db.run("UPDATE melding SET utfall = ?, opphold_ref = ? WHERE melding_ref = ?", endret)


def _fordelt(db: Db, konvolutt: Envelope, event: Any) -> None:
    db.run(
        "UPDATE melding SET mottakere = mottakere || ' ' || ? WHERE melding_ref = ?", (event.part, konvolutt.stream)
    )  # fmt: skip


def _slått_sammen(db: Db, konvolutt: Envelope, event: Any) -> None:
    db.run("UPDATE melding SET person_ref = ? WHERE person_ref = ?", (konvolutt.person_ref, event.tapt))


def _omgjort(db: Db, konvolutt: Envelope, event: Any) -> None:
    tilbake, felles = event.gjenoppstaatt, konvolutt.person_ref
    egne = "UPDATE melding SET person_ref = ?, opphav = ? WHERE person_ref = ? AND "
    db.run(egne + "opphav = ?", (tilbake, tilbake, felles, tilbake))
    db.run_many(egne + "melding_ref = ?", [(tilbake, tilbake, felles, strøm) for strøm in event.stroemmer])


PROJEKSJON = Projection(
    (_TABELL, _TVIL),
    {
        MeldingMottatt.avro_name: _mottatt, MeldingTattInn.avro_name: _tatt_inn,
        MeldingFordelt.avro_name: _fordelt, TvilsomtTreffMeldt.avro_name: _tvil,
        PersonerSlaattSammen.avro_name: _slått_sammen, SammenslaaingOmgjort.avro_name: _omgjort,
    },
    version=3,
)  # fmt: skip
