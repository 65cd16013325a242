"""Understands the aggregate of the workloads: a crisis plan made again and again, with as much of the bus as asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from bindeledd.app.stores import Stores
from bindeledd.core.clock import system_clock, system_entropy
from bindeledd.core.decider import Aggregate, Bestilling, Circumstances, Views
from bindeledd.core.envelope import Actor
from bindeledd.core.sealed import Forseglet, Klartekst
from bindeledd.resources import data_folder
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.handle import Outcome
from bindeledd.runtime.ledger import Surroundings
from bindeledd.runtime.service import Service
from bindeledd.schema.catalog import Catalog, load_catalog
from bindeledd.schema.codec import Codec
from bindeledd.schema.generated.felles import Deling, Grunn, Tekst
from bindeledd.schema.generated.kriseplan import KriseplanRevidert, Kriseplantilstand, KriseplanUtsnitt
from bindeledd.seal.held import Master
from bindeledd.seal.keyring import Keyring
from bindeledd.store.sqlite import SqliteDb

TOPIC = "kriseplan.kriseplan"
PARTIES = ("dps", "act", "bydel", "innbygger")
WITH = ("lege", "forelder")
ACTOR = Actor("behandler", "4601", "dps")
GROUND = Grunn(grunnlag="C", setning="Personen har samtykket", samtykke_versjon=1, lov_versjon="2024-01-01")
CONTENT = Tekst(tekst="Ring kontaktpersonen først. " * 4)


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan as it stands."""

    versjon: int = 0
    laget: datetime | None = None
    nivaa: Forseglet[Tekst] | None = None


@dataclass(frozen=True, slots=True)
class Revider:
    """Command: make the plan's next version."""

    innhold: Tekst | None


def decide(state: Plan, command: Revider, circumstances: Circumstances) -> Sequence[KriseplanRevidert]:
    content = None if command.innhold is None else Klartekst(command.innhold)
    now = circumstances.now
    return [KriseplanRevidert(versjon=state.versjon + 1, laget=now, medvirkning=WITH, roedt_nivaa=content)]


def evolve(state: Plan, event: Any) -> Plan:
    if isinstance(event, KriseplanRevidert):
        nivaa = event.roedt_nivaa
        return replace(state, versjon=event.versjon, laget=event.laget, nivaa=nivaa)  # type: ignore[arg-type]
    return state


def utsnitt(state: Plan, _party: str, _grounds: object) -> KriseplanUtsnitt:
    return KriseplanUtsnitt(
        aggregat="", grunn=GROUND, finnes=Deling.DELT, tilstand=Kriseplantilstand.GJELDER, versjon=state.versjon,
        laget=state.laget, roedt_nivaa=state.nivaa,
    )  # fmt: skip


def service(parties: Sequence[str] = (), name: str = "kriseplan") -> Service:
    """A service with the one aggregate, shown to these parties."""
    views = Views(lambda _state, _grounds: parties, utsnitt) if parties else None
    return Service(name, aggregates=(Aggregate(f"{name}.kriseplan", Plan(), decide, evolve, views=views),))


@cache
def catalog() -> Catalog:
    return load_catalog(data_folder("schemas"))


@cache
def codec() -> Codec:
    return Codec(catalog())


@contextmanager
def surroundings(folder: Path) -> Iterator[Surroundings]:
    """A keyring of its own in the folder, on a throwaway secret."""
    with closing(Keyring(SqliteDb(folder / "keyring.db"), Master(b"k" * 32), system_entropy)) as keyring:
        yield Surroundings(codec(), keyring, system_clock, system_entropy, "4601")


@contextmanager
def opened(folder: Path, what: Service, around: Surroundings) -> Iterator[Engine]:
    """An engine on a file in the folder."""
    path = folder / f"{what.name}.db"
    with closing(Engine(what, SqliteDb(path), SqliteDb(path), around)) as engine:
        yield engine


@contextmanager
def placed(stores: Stores, what: Service) -> Iterator[Engine]:
    """An engine in these stores, as a process of its own has it, with their keyring on a throwaway secret."""
    with closing(Keyring(stores.keyring(beside=False), Master(b"k" * 32), system_entropy)) as keyring:
        around = Surroundings(codec(), keyring, system_clock, system_entropy)
        with closing(Engine(what, stores.own(what.name), stores.open(what.name), around)) as engine:
            yield engine


def revise(engine: Engine, stream: str, content: Tekst | None, correlation: str = "", topic: str = TOPIC) -> Outcome:
    """One command: the plan's next version, durable on return."""
    order = Bestilling(topic, stream, Revider(content), ACTOR, person_ref=f"person-{stream}")
    return engine.command(lambda _lookup: ((order,), None), correlation=correlation)


def streams(count: int) -> list[str]:
    return [system_entropy(16).hex() for _ in range(count)]
