"""A whole installation in one room: services, keyring, driver, on a folder of its own, with a clock set by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bindeledd.app.installation import Installation, all_services, open_installation, refresh_views
from bindeledd.app.settings import Config
from bindeledd.app.stores import Stores, stores_at
from bindeledd.core.clock import SeededEntropy, SetClock, system_entropy
from bindeledd.core.envelope import Envelope
from bindeledd.resources import data_folder
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Plan, Service
from bindeledd.store import log, views
from services.felles.oppsett import Oppsett, les_oppsett
from services.felles.tilgang import les_tilgang
from services.samhandling.mottak import Mottaksresultat, ta_imot
from tests import postgres

BERGEN = les_oppsett(data_folder("deploy") / "bergen.toml")
"""The shipped municipality, which has named no organisation to receive for."""
TABELL = les_tilgang(data_folder("deploy") / "tilgang.toml")
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


@dataclass(frozen=True, slots=True)
class Rom:
    """An open installation and its clock."""

    inst: Installation
    klokke: SetClock

    def pump(self) -> None:
        """Let everything that waits take effect."""
        self.inst.embedded.pump()

    def gjør(self, tjeneste: str, plan: Plan) -> Any:
        """Carry out what somebody asks of a service, let it take effect everywhere, and return its answer."""
        svar = self.inst.engines[tjeneste].command(plan).answer
        self.pump()
        return svar

    def melding(self, raw: bytes, nå: datetime) -> Mottaksresultat:
        """A message comes in at `nå`, and takes effect everywhere."""
        self.klokke.now = nå
        self.pump()
        resultat = ta_imot(self.inst.engines["samhandling"], raw)
        self.pump()
        return resultat

    def til(self, nå: datetime) -> None:
        """Set the clock and let what falls due take effect."""
        self.klokke.now = nå
        self.pump()

    def logg(self, tjeneste: str) -> list[Post]:
        """A service's own records, in order."""
        engine = self.inst.engines[tjeneste]
        rader = engine.read(lambda db: log.read_page(db, 0, 1_000_000))
        egne = (rad for rad in rader if rad.writer == tjeneste)
        return [Post(rad.topic, *engine.around.codec.decode(rad.data)) for rad in egne]

    def utsnitt(self, tjeneste: str, part: str) -> dict[str, Any]:
        """What a party has been given by a service now: aggregate → the last view, ended ones left out."""
        siste: dict[str, Any] = {}
        for post in self.logg(tjeneste):
            if post.topic == f"{tjeneste}.til.{part}":
                siste[post.event.aggregat] = post.event
        return {ref: view for ref, view in siste.items() if type(view).__name__ != "UtsnittAvsluttet"}


@contextmanager
def rom(
    mappe: Path, nå: datetime, *, oppsett: Oppsett = BERGEN, seed: int | None = None,
    tjenester: Iterable[Service] | None = None, makulerer: bool = False,
) -> Iterator[Rom]:  # fmt: skip
    """An installation on `mappe` at `nå`; with `seed`, refs and keys are the same each time.

    Its stores are files of the folder, or in the database that the folder was given (`tests.postgres`).
    `makulerer`: keys are destroyed here by hand, so that nobody can say any more what a view would be.
    """
    klokke = SetClock(nå)
    entropi = system_entropy if seed is None else SeededEntropy(seed)
    config = Config(oppsett, TABELL)
    valgt = all_services(config) if tjenester is None else tjenester
    with open_installation(mappe, config, valgt, stores=lager(mappe), clock=klokke, entropy=entropi) as inst:
        yield Rom(inst, klokke)
        if not makulerer:
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
    før = {navn: engine.position for navn, engine in inst.engines.items()}
    for engine in inst.engines.values():
        husker_som_lageret(engine)
        engine._known.forget()
    refresh_views(inst)
    assert {navn: engine.position for navn, engine in inst.engines.items()} == før
