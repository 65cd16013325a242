"""A whole installation in one room: services, keyring, driver, on a folder of its own, with a clock set by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import httpx
from fastapi import FastAPI

from bindeledd.access.tokens import Tokens
from bindeledd.app.http import pages
from bindeledd.app.installation import Installation, all_services, open_installation, refresh_views
from bindeledd.app.settings import Config
from bindeledd.app.stores import Stores, stores_at
from bindeledd.core.clock import SeededEntropy, SetClock, system_entropy
from bindeledd.core.envelope import Actor, Envelope
from bindeledd.resources import data_folder
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Plan, Service
from bindeledd.store import log, views
from services.felles.oppsett import Oppsett, les_oppsett
from services.samhandling.mottak import Mottaksresultat, ta_imot
from tests import postgres
from tests.klient import Klient
from tests.nettsider import Nettleser, bli, logg_inn, tilgang
from tests.ruter import Kommandoer

BERGEN = les_oppsett(data_folder("deploy") / "bergen.toml")
"""The shipped municipality, which has named no organisation to receive for."""
TABELL = tilgang()
HELE_BERGEN = replace(BERGEN, mottar_for=frozenset(h for o in BERGEN.organisasjoner.values() for h in o.her_ider))
"""The same, receiving for its own organisations only."""


def lager(mappe: Path) -> Stores:
    """Where the stores of an installation on this folder are."""
    return stores_at(mappe, postgres.database_of(mappe))


@dataclass(frozen=True, slots=True)
class Post:
    """One record of a log, decoded."""

    topic: str
    envelope: Envelope
    event: Any

    @property
    def navn(self) -> str:
        return self.envelope.type.rpartition(".")[2]


class Klokke(Protocol):
    """A clock that is set by hand."""

    now: datetime

    def __call__(self) -> datetime: ...


class Vei(Protocol):
    """How what is done in a room comes to those who take it in: in one process, or between many."""

    def pump(self) -> int:
        """Let everything that waits take effect. Returns whether anything did."""
        ...

    def hold(self) -> None:
        """Nobody hears of what samhandling writes, until the next `pump`."""
        ...

    def ta_imot(self, raw: bytes) -> Mottaksresultat:
        """A message comes in."""
        ...

    def be(self, tjeneste: str, aktør: Actor, sti: str, kropp: object) -> httpx.Response:
        """Somebody asks a service over its API for something."""
        ...

    def gitt(self, tjeneste: str, part: str) -> list[Post]:
        """What a service has given a party, in order."""
        ...

    def sider(self, bruker: str, part: str, rolle: str, *stier: str, person: str = "") -> list[str]:
        """These pages, as somebody of a party sees them; of one who has to do with one person only, as that person."""
        ...


@dataclass(frozen=True, slots=True)
class Rom:
    """An open installation and its clock."""

    inst: Installation
    klokke: Klokke
    vei: Vei
    tavle: str = "web"
    """The store that boards are made from."""

    def pump(self) -> None:
        """Let everything that waits take effect."""
        self.vei.pump()

    def gjør(self, tjeneste: str, plan: Plan) -> Any:
        """Carry out what somebody asks of a service, let it take effect everywhere, and return its answer."""
        svar = self.inst.engines[tjeneste].command(plan).answer
        self.pump()
        return svar

    def be(self, aktør: Actor, sti: str, **kropp: object) -> str:
        """Ask a service for something over its API, and let it take effect everywhere. `sti` comes after `/api/`.
        Returns the ref of what it was about."""
        svar = self.vei.be(sti.partition("/")[0], aktør, f"/api/{sti}", kropp)
        assert svar.status_code == 200, svar.text
        self.pump()
        return str(svar.json()["stream"])

    def melding(self, raw: bytes, nå: datetime) -> Mottaksresultat:
        """A message comes in at `nå`, and takes effect everywhere."""
        self.til(nå)
        resultat = self.vei.ta_imot(raw)
        self.pump()
        return resultat

    def bare_mottatt(self, raw: bytes, nå: datetime) -> Mottaksresultat:
        """A message comes in at `nå`, and only the service that takes it in knows of it until the next `pump`."""
        self.til(nå)
        self.vei.hold()
        return self.vei.ta_imot(raw)

    def til(self, nå: datetime) -> None:
        """Set the clock and let what falls due take effect."""
        self.klokke.now = nå
        self.pump()

    def logg(self, tjeneste: str) -> list[Post]:
        """A service's own records, in order."""
        return poster_i(self.inst.engines[tjeneste])

    def utsnitt(self, tjeneste: str, part: str) -> dict[str, Any]:
        """What a party has been given by a service now: aggregate → the last view, ended ones left out."""
        siste = {post.event.aggregat: post.event for post in self.vei.gitt(tjeneste, part)}
        return {ref: view for ref, view in siste.items() if type(view).__name__ != "UtsnittAvsluttet"}


@dataclass(frozen=True, slots=True)
class Inne:
    """All services in this process, driven by hand."""

    inst: Installation

    def pump(self) -> int:
        return self.inst.embedded.pump()

    def hold(self) -> None:
        """Nobody does anything here until the next `pump`."""

    def ta_imot(self, raw: bytes) -> Mottaksresultat:
        return ta_imot(self.inst.engines["samhandling"], raw)

    def be(self, tjeneste: str, aktør: Actor, sti: str, kropp: object) -> httpx.Response:
        engine, oppsett = self.inst.engines[tjeneste], self.inst.config.oppsett
        pass_ = Tokens(engine.around.keyring, engine.around.clock)
        klient = Klient(Kommandoer({tjeneste: engine}, oppsett, pass_))
        return klient.post(sti, json=kropp, headers={"Authorization": pass_.header(aktør)})

    def gitt(self, tjeneste: str, part: str) -> list[Post]:
        return [post for post in poster_i(self.inst.engines[tjeneste]) if post.topic == f"{tjeneste}.til.{part}"]

    def sider(self, bruker: str, part: str, rolle: str, *stier: str, person: str = "") -> list[str]:
        leser = Nettleser(sidene(self.inst))
        logg_inn(leser, bruker, part, rolle)
        if person:
            bli(leser, person)
        return [leser.get(sti).text for sti in stier]


def sidene(inst: Installation) -> FastAPI:
    """The pages of an installation."""
    tokens = Tokens(inst.around.keyring, inst.around.clock)
    return pages(inst, Kommandoer(inst.engines, inst.config.oppsett, tokens), tokens)


def poster_i(engine: Engine) -> list[Post]:
    """A service's own records, in order."""
    navn = engine.service.name
    rader = engine.read(lambda db: log.read_own(db, navn, 0, 1_000_000))
    return [Post(rad.topic, *engine.around.codec.decode(rad.data)) for rad in rader]


Åpner = Callable[[Path, datetime, Oppsett], AbstractContextManager[Rom]]
_ANDRE: dict[Path, Åpner] = {}


def i_stedet(mappe: Path, åpner: Åpner) -> None:
    """From now on a room on this folder is opened in another way."""
    _ANDRE[mappe] = åpner


@contextmanager
def rom(
    mappe: Path, nå: datetime, *, oppsett: Oppsett = BERGEN, seed: int | None = None,
    tjenester: Iterable[Service] | None = None, makulerer: bool = False,
) -> Iterator[Rom]:  # fmt: skip
    """An installation on `mappe` at `nå`; with `seed`, refs and keys are the same each time.

    Its stores are files of the folder, or in the database that the folder was given (`tests.postgres`); it is many
    processes where the folder is in a house (`tests.broker.hus`), which has nothing but the defaults of what follows.
    `makulerer`: keys are destroyed here by hand, so that nobody can say any more what a view would be.
    """
    if (åpner := _ANDRE.get(mappe)) is not None:
        assert (seed, tjenester, makulerer) == (None, None, False)
        with åpner(mappe, nå, oppsett) as rommet:
            yield rommet
            _alle_har_det_de_skal_ha(rommet.inst)
        return
    klokke = SetClock(nå)
    entropi = system_entropy if seed is None else SeededEntropy(seed)
    config = Config(oppsett, TABELL)
    valgt = all_services(config) if tjenester is None else tjenester
    with open_installation(mappe, config, valgt, stores=lager(mappe), clock=klokke, entropy=entropi) as inst:
        yield Rom(inst, klokke, Inne(inst))
        if not makulerer:
            inst.embedded.pump()
            for engine in inst.engines.values():
                husker_som_lageret(engine)
            _alle_har_det_de_skal_ha(inst)


def husker_som_lageret(engine: Engine) -> None:
    """What a service knows of its own store is what the store says."""
    for strøm, hode in engine._known.heads._entries.items():
        assert engine.read(partial(log.head, stream=strøm)) == hode
    for (topic, person), strømmer in engine._known.streams._entries.items():
        assert engine.read(partial(log.streams_of, topic=topic, person_ref=person)) == strømmer
    for aggregat, vist in engine._known.views._entries.items():
        assert engine.read(partial(views.of_aggregate, aggregate=aggregat)) == vist


def _alle_har_det_de_skal_ha(inst: Installation) -> None:
    """What each party has been given is what it would be given now: nothing was kept back because nothing seemed to
    have changed, and nothing is given for no reason. Holds at the end of whatever a test did here."""
    inst.embedded.pump()
    før = {navn: engine.read(log.last_position) for navn, engine in inst.engines.items()}
    for engine in inst.engines.values():
        engine._known.forget()
    refresh_views(inst)
    for navn, engine in inst.engines.items():
        nye = [post for post in poster_i(engine) if post.envelope.position > før[navn]]
        assert nye == [], f"{navn} would have told {[(post.topic, post.event) for post in nye]}"
