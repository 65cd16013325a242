"""Understands who has looked up a person: what the look-up log tells the person themself (pasientjournalloven §18).

The table holds where each look-up stands in the log, by person. What it says is read from the log's own bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Table
from sqlmodel import Field, SQLModel

from bindeledd.access.parties import Directory
from bindeledd.core.envelope import Envelope
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Projection
from bindeledd.schema.generated.tilgang import OppslagAvvist, OppslagGjort
from bindeledd.store.db import Db
from services.felles.innsyn import EgenLogg, Åpning
from services.felles.oppsett import INNBYGGER, Oppsett
from services.felles.parter import part_for
from services.felles.tid import lokal_dag
from web import ord as sagt
from web import tid
from web.vist import SLETTET, Hvem, Tid

T = TypeVar("T", bound=Hashable)
VIST_MAKS = 100
UKJENT = "Ukjent bruker"
SKREV_IKKE_HVORFOR = "Skrev ikke hvorfor, og fikk ikke se noe."
AV_SEG_SELV = "Bindeledd, av seg selv"
"""What no person asked for."""


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
    "SELECT data FROM log WHERE position IN (SELECT posisjon FROM innsyn WHERE person_ref IN ({})) "
    "ORDER BY position DESC LIMIT ? OFFSET ?"
)
SYSTEM = "system"
"""The role of what nobody asked for."""


@dataclass(frozen=True, slots=True)
class Oppslag:
    """One record: who, in which role, of which unit and organisation, when, which page, and on which ground."""

    hvem: str
    rolle: str
    enhet: str
    organisasjon: str
    når: datetime
    hva: str
    grunn: str
    avvist: bool
    egen: bool
    """The person's own."""


@dataclass(frozen=True, slots=True)
class Sett:
    """One thing that somebody saw that day, on one ground; or asked for, and was refused. `til`: the last time, where
    there was more than one."""

    hva: str
    grunn: str
    avvist: bool
    fra: str
    til: str
    ganger: int


@dataclass(frozen=True, slots=True)
class Person:
    hvem: str
    rolle: str
    sett: tuple[Sett, ...]


@dataclass(frozen=True, slots=True)
class Sted:
    """One unit, and those of it who looked that day."""

    enhet: str
    organisasjon: str
    folk: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Dag:
    dag: Tid
    steder: tuple[Sted, ...]


@dataclass(frozen=True, slots=True)
class Åpnet:
    """Somebody who reads cases without names has opened whose one was, and what they wrote of why; or wanted to, and
    wrote nothing (`avvist`)."""

    hvem: str
    enhet: str
    når: Tid
    begrunnelse: str
    avvist: bool


@dataclass(frozen=True, slots=True)
class Innsyn:
    dager: tuple[Dag, ...]
    egne: tuple[Dag, ...]
    åpnet: tuple[Åpnet, ...]
    sammenslått: int
    """How many other records are this person too: what was looked up under them is in the list."""
    mangler: bool
    """Nobody answers now who knows of other records, and of what was opened."""
    eldre: int | None
    """From which record the next page begins; None when this is all."""


def innsyn(
    engine: Engine, oppsett: Oppsett, person_ref: str, hvem: Hvem, logg: EgenLogg | None, fra: int = 0
) -> Innsyn:
    """The look-ups of a person, the newest first, from record `fra` on: by day, by place, by who.

    `logg`: the person's other records, and who opened whom a case is about; None when nobody answers.
    """
    refs = logg.oppføringer if logg is not None else [person_ref]
    spørring = _ALLE.format(",".join("?" * len(refs)))
    rader = engine.read(lambda db: db.all(spørring, (*refs, VIST_MAKS + 1, fra)))
    linjer = tuple(_linjer((rad[0] for rad in rader[:VIST_MAKS]), engine, oppsett, hvem))
    andres, egne = (_dager((linje for linje in linjer if linje.egen is egen), hvem) for egen in (False, True))
    åpnet = logg.åpnet if logg is not None and not fra else []
    return Innsyn(
        andres, egne, tuple(_åpnet(å, hvem) for å in åpnet), len(refs) - 1, logg is None,
        fra + VIST_MAKS if len(rader) > VIST_MAKS else None,
    )  # fmt: skip


def _åpnet(åpning: Åpning, hvem: Hvem) -> Åpnet:
    begrunnelse = SKREV_IKKE_HVORFOR if åpning.avvist else åpning.begrunnelse or SLETTET
    bruker = hvem.brukere.get(åpning.av, UKJENT)
    return Åpnet(bruker, hvem.part(åpning.part), hvem.tid(åpning.tid), begrunnelse, åpning.avvist)


def _dager(oppslag: Iterable[Oppslag], hvem: Hvem) -> tuple[Dag, ...]:
    """By day, and in it by place, in the order in which they were last there."""
    dager = _gruppert(oppslag, lambda o: lokal_dag(o.når))
    return tuple(Dag(hvem.dag(dag), tuple(_steder(av_dagen))) for dag, av_dagen in dager)


def _steder(oppslag: Iterable[Oppslag]) -> Iterator[Sted]:
    for (enhet, organisasjon), der in _gruppert(oppslag, lambda o: (o.enhet, o.organisasjon)):
        folk = (Person(*hvem, tuple(_sett(av_en))) for hvem, av_en in _gruppert(der, lambda o: (o.hvem, o.rolle)))
        yield Sted(enhet, organisasjon, tuple(folk))


def _sett(oppslag: Iterable[Oppslag]) -> Iterator[Sett]:
    for (hva, grunn, avvist), gangene in _gruppert(oppslag, lambda o: (o.hva, o.grunn, o.avvist)):
        først, sist = gangene[-1].når, gangene[0].når
        fra, til = tid.klokke(først), tid.klokke(sist)
        yield Sett(hva, grunn, avvist, fra, til if til != fra else "", len(gangene))


def _gruppert(oppslag: Iterable[Oppslag], nøkkel: Callable[[Oppslag], T]) -> list[tuple[T, list[Oppslag]]]:
    grupper: dict[T, list[Oppslag]] = {}
    for o in oppslag:
        grupper.setdefault(nøkkel(o), []).append(o)
    return [*grupper.items()]


def _linjer(rader: Iterable[bytes], engine: Engine, oppsett: Oppsett, hvem: Hvem) -> Iterator[Oppslag]:
    for data in rader:
        konvolutt, oppslag = engine.around.codec.decode(data)
        if isinstance(oppslag, OppslagGjort | OppslagAvvist):
            yield _linje(konvolutt, oppslag, oppsett, hvem)


def _linje(konvolutt: Envelope, oppslag: OppslagGjort | OppslagAvvist, oppsett: Oppsett, hvem: Hvem) -> Oppslag:
    part, avvist = part_for(oppsett, oppslag.part), isinstance(oppslag, OppslagAvvist)
    organisasjon = oppsett.organisasjoner.get(konvolutt.actor.organisation)
    av_seg_selv = konvolutt.actor.role == SYSTEM
    return Oppslag(
        hvem=AV_SEG_SELV if av_seg_selv else hvem.brukere.get(oppslag.bruker, UKJENT),
        rolle="" if av_seg_selv else _rolle(oppsett.katalog, konvolutt.actor.role),
        enhet=part.navn,
        organisasjon=organisasjon.navn if organisasjon is not None else konvolutt.actor.organisation,
        når=konvolutt.registrert,
        hva=sagt.VISNING[oppslag.visning],
        grunn=sagt.AVVIST_FORDI.get(oppslag.grunn, sagt.AVVIST) if avvist else sagt.grunnlag(oppslag.grunn),
        avvist=avvist,
        egen=oppslag.part == INNBYGGER,
    )


def _rolle(katalog: Directory, rolle: str) -> str:
    kjent = katalog.roles.get(rolle)
    return kjent.name if kjent is not None else "Ukjent rolle"
