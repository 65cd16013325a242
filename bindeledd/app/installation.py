"""Understands how the parts become one running Bindeledd on one data folder, and how they are closed again."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bindeledd.app.folder import KEYRING, MASTER, claim, store_file
from bindeledd.core.clock import Clock, Entropy, system_clock, system_entropy
from bindeledd.ops.drift import with_drift
from bindeledd.resources import data_folder
from bindeledd.runtime.embedded import Embedded
from bindeledd.runtime.engine import Engine, Surroundings
from bindeledd.runtime.service import Service
from bindeledd.schema.catalog import Catalog, load_catalog
from bindeledd.schema.codec import Codec
from bindeledd.seal.keyring import Keyring
from bindeledd.seal.keys import master_secret
from bindeledd.store.sqlite import SqliteDb
from services.felles.oppsett import Oppsett, les_oppsett


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything of one installation, open. `embedded` is not started: `pump` it, or `start` it."""

    folder: Path
    oppsett: Oppsett
    around: Surroundings
    engines: Mapping[str, Engine]
    embedded: Embedded


@contextmanager
def open_installation(
    folder: Path, oppsett: Oppsett, services: Iterable[Service], *, kek_file: Path | None = None,
    clock: Clock = system_clock, entropy: Entropy = system_entropy,
) -> Iterator[Installation]:  # fmt: skip
    """An installation on `folder`, for as long as the context lasts. Raises Occupied when another process has it."""
    with ExitStack() as stack:
        stack.callback(claim(folder).release)
        keyring = Keyring(folder / KEYRING, master_secret(kek_file or folder / MASTER, entropy), entropy)
        stack.callback(keyring.close)
        around = Surroundings(Codec(catalog()), keyring, clock, entropy, oppsett.kommunenummer)
        engines = {}
        for service in services:
            engines[service.name] = engine = _open_engine(folder, service, around)
            stack.callback(engine.close)
        embedded = Embedded(list(engines.values()))
        stack.callback(embedded.stop)
        yield Installation(folder, oppsett, around, engines, embedded)


def _open_engine(folder: Path, service: Service, around: Surroundings) -> Engine:
    path = store_file(folder, service.name)
    return Engine(with_drift(service), SqliteDb(path), SqliteDb(path), around)


@cache
def catalog() -> Catalog:
    """The contract that came with this release, read once."""
    return load_catalog(data_folder("schemas"))


def config(path: Path) -> Oppsett:
    """A municipality's file. Raises OppsettFeil."""
    return les_oppsett(path)


SERVICES = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_pårørende")


def all_services(oppsett: Oppsett) -> list[Service]:
    """Every service of an installation that is one process, `web` with all parties last."""
    made = []
    for name in SERVICES:
        make: Callable[[Oppsett], Service] = importlib.import_module(f"services.{name}.tjeneste").tjeneste
        made.append(make(oppsett))
    made.append(importlib.import_module("web.tjeneste").tjeneste(oppsett, tuple(oppsett.parter)))
    return made
