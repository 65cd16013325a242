"""Two tiny services on real stores, for tests of the bus itself: one that notes, and one that reads the notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table

from bindeledd.app.stores import stores_at
from bindeledd.core.clock import SeededEntropy, SetClock
from bindeledd.core.decider import Aggregate, Bestilling, Circumstances, Due, FristUtloept
from bindeledd.core.envelope import Actor, Envelope
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Forseglet, Klartekst
from bindeledd.ops.drift import with_drift
from bindeledd.ops.rebuild import refold_changed
from bindeledd.resources import data_folder
from bindeledd.runtime.embedded import Embedded
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.ledger import Surroundings
from bindeledd.runtime.service import Lookup, Plan, Projection, Reader, Service
from bindeledd.schema.catalog import load_catalog
from bindeledd.schema.codec import Codec
from bindeledd.schema.generated.felles import MeldingHoppetOver, OppgaveLoest, Tekst
from bindeledd.seal.held import Master
from bindeledd.seal.keyring import Keyring
from bindeledd.store.db import Db
from tests.postgres import database_of

NOTAT = "skriver.notat"
ARKIV = "leser.arkiv"
NAA = datetime(2026, 3, 2, 8, tzinfo=UTC)
AKTØR = Actor("prøver", "4601", "act-kronstad")
CODEC = Codec(load_catalog(data_folder("schemas")))

NOTATER = Table("notater", MetaData(), Column("stream", String, primary_key=True), Column("antall", Integer))


@dataclass(frozen=True, slots=True)
class Noter:
    """Note a text; `frist` asks to be reminded then."""

    tekst: str
    frist: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ingenting:
    """Changes nothing."""


@dataclass(frozen=True, slots=True)
class Notat:
    """What has been noted."""

    antall: int = 0
    siste: Any = None
    frist: datetime | None = None


def decide(state: Notat, command: Any, _omstendigheter: Circumstances) -> Sequence[Any]:
    match command:
        case Noter(tekst="forbudt"):
            raise RuleBroken("prøve §1", "det er ikke lov")
        case Noter():
            når = command.frist.isoformat() if command.frist else ""
            tekst = Klartekst(Tekst(tekst=command.tekst))
            return [MeldingHoppetOver(kilde=når, tema="", stroem="", versjon=state.antall, begrunnelse=tekst)]
        case FristUtloept():
            return [OppgaveLoest(oppgave_ref="frist", av="frist")]
        case _:
            return []


def evolve(state: Notat, event: Any) -> Notat:
    match event:
        case MeldingHoppetOver():
            frist = datetime.fromisoformat(event.kilde) if event.kilde else None
            return Notat(state.antall + 1, event.begrunnelse, frist)
        case OppgaveLoest():
            return replace(state, frist=None)
        case _:
            return state


def forfaller(state: Notat) -> Sequence[Due]:
    return (Due("frist", state.frist),) if state.frist else ()


def tell(db: Db, konvolutt: Envelope, _event: Any) -> None:
    """A projection: how many notes there are of each stream."""
    rad = "INSERT INTO notater VALUES (?, 1) ON CONFLICT (stream) DO UPDATE SET antall = notater.antall + 1"
    db.run(rad, (konvolutt.stream,))


TELLING = Projection((NOTATER,), {MeldingHoppetOver.avro_name: tell})


def skriver() -> Service:
    """Notes things down."""
    return Service(
        "skriver", aggregates=(Aggregate(NOTAT, Notat(), decide, evolve, forfaller),), projections=(TELLING,)
    )


@dataclass(slots=True)
class Uvilje:
    """Versions of received records that the reader will not react to."""

    versjoner: set[int] = field(default_factory=set)


def leser(uvilje: Uvilje | None = None) -> Service:
    """Reads the notes, and files each: a reaction with an event of its own."""

    def arkiver(_lookup: Lookup, konvolutt: Envelope, _event: Any) -> Iterable[Bestilling]:
        if uvilje is not None and konvolutt.version in uvilje.versjoner:
            raise RuleBroken("prøve §2", "denne kan ikke arkiveres")
        yield Bestilling(ARKIV, konvolutt.stream[::-1], Noter("arkivert"), AKTØR, person_ref=konvolutt.person_ref)

    return Service(
        "leser", aggregates=(Aggregate(ARKIV, Notat(), decide, evolve),), readers=(Reader(NOTAT, Notat(), evolve),),
        reactions={MeldingHoppetOver.avro_name: arkiver}, projections=(TELLING,), reads=lambda topic: topic == NOTAT,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Oppsatt:
    """Services on the stores of a folder."""

    mappe: Path
    klokke: SetClock
    keyring: Keyring
    engines: dict[str, Engine]
    embedded: Embedded


@contextmanager
def satt_opp(mappe: Path, *services: Service, seed: int = 1, beside: bool = False) -> Iterator[Oppsatt]:
    """The services, open on a folder or the database it was given, each in a store of its own as in an installation.

    `beside`: as one of several processes with the same services.
    """
    klokke = SetClock(NAA)
    with ExitStack() as stack:
        stores = stores_at(mappe, database_of(mappe))
        with stores.opening():
            ring = Keyring(stores.keyring(beside=beside), Master(b"m" * 32), SeededEntropy(seed))
            keyring = stack.enter_context(closing(ring))
            around = Surroundings(CODEC, keyring, klokke, keyring.entropy, "4601")
            engines = {}
            for service in services:
                db = stack.enter_context(closing((stores.join if beside else stores.own)(service.name)))
                refold_changed(db, with_drift(service), CODEC)
                engines[service.name] = Engine(with_drift(service), db, stores.open(service.name), around)
                stack.callback(engines[service.name].close)
        embedded = Embedded(list(engines.values()))
        stack.callback(embedded.stop)
        yield Oppsatt(mappe, klokke, keyring, engines, embedded)


def noter(stream: str, tekst: str = "noe", *, person: str | None = "person", frist: timedelta | None = None) -> Plan:
    """A plan that notes something in a stream."""
    command = Noter(tekst, NAA + frist if frist else None)
    return lambda _lookup: ([Bestilling(NOTAT, stream, command, AKTØR, person_ref=person)], None)


def lest(verdi: Any, keyring: Keyring) -> str:
    """The text in a sealed note."""
    from bindeledd.seal.keys import unseal

    assert isinstance(verdi, Forseglet)
    innhold = CODEC.decode_content(unseal(keyring.key(verdi.key).secret, verdi))
    assert isinstance(innhold, Tekst)
    return innhold.tekst
