"""Understands who has looked up a person: what the look-up log tells the person themself (pasientjournalloven §18).

The table holds where each look-up stands in the log, by person. What it says is read from the log's own bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Table
from sqlmodel import Field, SQLModel

from bindeledd.access.parties import Directory
from bindeledd.core.envelope import Envelope
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Projection
from bindeledd.schema.generated.tilgang import OppslagAvvist, OppslagGjort
from bindeledd.store.db import Db
from services.felles.oppsett import INNBYGGER, Oppsett
from services.felles.parter import part_for
from web import ord as sagt
from web.vist import Hvem, Tid

VIST_MAKS = 100


class InnsynRad(SQLModel, table=True):
    """One look-up of one person, or an attempt at one."""

    __tablename__ = "innsyn"

    person_ref: str = Field(primary_key=True)
    posisjon: int = Field(primary_key=True)


_HUSK = "INSERT INTO innsyn (person_ref, posisjon) VALUES (?,?) ON CONFLICT DO NOTHING"


def _fold(db: Db, konvolutt: Envelope, oppslag: OppslagGjort | OppslagAvvist) -> None:
    db.run_many(_HUSK, [(person, konvolutt.position) for person in oppslag.personer])


_TABELL: Table = SQLModel.metadata.tables["innsyn"]
PROJEKSJON = Projection(tables=(_TABELL,), folds={OppslagGjort.avro_name: _fold, OppslagAvvist.avro_name: _fold})

_ALLE = (
    "SELECT l.data FROM innsyn i JOIN log l ON l.position = i.posisjon WHERE i.person_ref = ? "
    "ORDER BY i.posisjon DESC LIMIT ? OFFSET ?"
)


@dataclass(frozen=True, slots=True)
class Oppslag:
    """One line: who, in which role, of which unit and organisation, when, which page, and on which ground."""

    hvem: str
    rolle: str
    enhet: str
    organisasjon: str
    når: Tid
    hva: str
    grunn: str
    avvist: bool
    egen: bool
    """The person's own."""


@dataclass(frozen=True, slots=True)
class Innsyn:
    oppslag: tuple[Oppslag, ...]
    egne: tuple[Oppslag, ...]
    eldre: int | None
    """From which line the next page begins; None when this is all."""


def innsyn(engine: Engine, oppsett: Oppsett, person_ref: str, hvem: Hvem, fra: int = 0) -> Innsyn:
    """The look-ups of a person, the newest first, from line `fra` on."""
    rader = engine.read(lambda db: db.all(_ALLE, (person_ref, VIST_MAKS + 1, fra)))
    linjer = tuple(_linjer((rad[0] for rad in rader[:VIST_MAKS]), engine, oppsett, hvem))
    eldre = fra + VIST_MAKS if len(rader) > VIST_MAKS else None
    andres, egne = (tuple(linje for linje in linjer if linje.egen is egen) for egen in (False, True))
    return Innsyn(andres, egne, eldre)


def _linjer(rader: Iterable[bytes], engine: Engine, oppsett: Oppsett, hvem: Hvem) -> Iterator[Oppslag]:
    for data in rader:
        konvolutt, oppslag = engine.around.codec.decode(data)
        if isinstance(oppslag, OppslagGjort | OppslagAvvist):
            yield _linje(konvolutt, oppslag, oppsett, hvem)


def _linje(konvolutt: Envelope, oppslag: OppslagGjort | OppslagAvvist, oppsett: Oppsett, hvem: Hvem) -> Oppslag:
    part, avvist = part_for(oppsett, oppslag.part), isinstance(oppslag, OppslagAvvist)
    organisasjon = oppsett.organisasjoner.get(konvolutt.actor.organisation)
    return Oppslag(
        hvem=hvem.brukere.get(oppslag.bruker, "Ukjent bruker"),
        rolle=_rolle(oppsett.katalog, konvolutt.actor.role),
        enhet=part.navn,
        organisasjon=organisasjon.navn if organisasjon is not None else konvolutt.actor.organisation,
        når=hvem.tid(konvolutt.registrert),
        hva=sagt.VISNING[oppslag.visning],
        grunn=sagt.AVVIST if avvist else sagt.grunnlag(oppslag.grunn),
        avvist=avvist,
        egen=oppslag.part == INNBYGGER,
    )


def _rolle(katalog: Directory, rolle: str) -> str:
    kjent = katalog.roles.get(rolle)
    return kjent.name if kjent is not None else "Ukjent rolle"
