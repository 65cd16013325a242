"""Lets something happen in a demo's town now and then while somebody watches: a ward sends, somebody acts."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import httpx
from starlette.types import ASGIApp

from bindeledd.app.calls import INTERNAL, Commands
from bindeledd.app.door import MESSAGE_PATH
from bindeledd.app.folder import DEMO
from bindeledd.app.installation import Installation
from bindeledd.app.simulering.ellers import Hending, ellers
from bindeledd.app.simulering.folk import Innbygger, lag_folk
from bindeledd.app.simulering.sykehus import Avdeling
from bindeledd.app.simulering.verden import Verden
from bindeledd.core.clock import SetClock
from bindeledd.core.errors import BindeleddError
from bindeledd.ops import logs
from bindeledd.schema.generated.samhandling import Oppholdsstatus
from services.felles.tid import lokal_dag
from services.samhandling.opphold import TOPIC as OPPHOLD
from services.samhandling.opphold import status

PAUSE_SECONDS = (20.0, 40.0)
SLAG = (4, 3, 3)
"""So often it is a message, a task that somebody takes, and anything else."""
FORSØK = 20
"""So many people are looked at for something to do before nothing happens this time."""
UTE = frozenset({Oppholdsstatus.UTSKREVET, Oppholdsstatus.KANSELLERT})


@dataclass(slots=True)
class Levende:
    """The town's people, and what comes to happen to them: the same again from the same town and seed."""

    installasjon: Installation
    app: ASGIApp
    commands: Commands
    folk: list[Innbygger]
    terning: random.Random
    pause: tuple[float, float] = PAUSE_SECONDS

    def noe_skjer(self) -> str:
        """One thing happens, now. Returns what: the type of a message, a kind of task, other words, or nothing."""
        verden = Verden(self.installasjon, SetClock(self.installasjon.around.clock()))
        alle = (self._melding, self._oppgave, self._ellers)
        først = self.terning.choices(alle, SLAG)[0]
        for gjør in (først, *(annet for annet in alle if annet != først)):
            for innbygger in self.terning.sample(self.folk, min(FORSØK, len(self.folk))):
                if hva := gjør(innbygger, verden):
                    return hva
        return ""

    def _melding(self, innbygger: Innbygger, verden: Verden) -> str:
        """The next message about the person, from a ward: they come in, are ready, or leave."""
        person = self._person(innbygger)
        # Sorted by how they stand, not by their refs, which chance gives anew: a message may have begun a second one.
        opphold = sorted(status(o) for o in verden.tilstander("samhandling", OPPHOLD, person)) if person else []
        if Oppholdsstatus.DOED in opphold:
            return ""
        nå, dag = verden.klokke(), lokal_dag(verden.klokke())
        avdeling = self._avdeling(innbygger, verden)
        match next((o for o in opphold if o not in UTE), None):
            case None:
                rå, hva = avdeling.innlagt(nå, nå - timedelta(minutes=20)), "LOG_INNLAGT"
            case Oppholdsstatus.INNLAGT | Oppholdsstatus.AVMELDT:
                rå, hva = avdeling.klar(nå, dag, lege=True), "LOG_UTSKRIVNINGSKLAR"
            case _:
                rå, hva = avdeling.utskrevet(nå, nå), "LOG_UTSKREVET"
        tatt_inn = self._spør(self._app(), MESSAGE_PATH, rå, {"Content-Type": "application/xml"})
        return hva if tatt_inn else ""

    def _oppgave(self, innbygger: Innbygger, verden: Verden) -> str:
        """Somebody takes a task about the person that nobody has taken."""
        person = self._person(innbygger)
        ledige = [åpen for åpen in verden.åpne_oppgaver(person) if not åpen.tatt] if person else []
        if not ledige:
            return ""
        ledige.sort(key=lambda åpen: (åpen.topic, åpen.slag, åpen.part))  # not by refs, which chance gives anew
        åpen = self.terning.choice(ledige)
        hva = åpen.topic.partition(".")[2]
        sti = f"{åpen.tjeneste}/{hva}/{åpen.stream}/oppgaver/{åpen.ref}/ta"
        return self._gjør(Hending(åpen.slag.value, åpen.part, "oppgave.ta", sti, {}, "av"), verden)

    def _ellers(self, innbygger: Innbygger, verden: Verden) -> str:
        """A crisis plan is used or changed, a consent withdrawn or given, a referral taken or answered."""
        person = self._person(innbygger)
        mulig = list(ellers(person, verden)) if person else []
        return self._gjør(self.terning.choice(mulig), verden) if mulig else ""

    def _gjør(self, hending: Hending, verden: Verden) -> str:
        """Somebody of the party asks for it over the API. Returns what it was; nothing when it was refused."""
        aktør = verden.aktør(hending.part, hending.handling)
        bruker = verden.bruker(hending.part, hending.handling)
        kropp = {**hending.kropp, hending.av: bruker} if hending.av else hending.kropp
        nøkkel = {"Idempotency-Key": self.terning.randbytes(16).hex(), "Content-Type": "application/json"}
        gjort = self._spør(self.commands(aktør), f"/api/{hending.sti}", json.dumps(kropp).encode(), nøkkel)
        return hending.hva if gjort else ""

    def _person(self, innbygger: Innbygger) -> str:
        """Who that is in the register; nobody when nothing has been told of them yet."""
        engine, ident = self.installasjon.engines["samhandling"], innbygger.ident
        return engine.look(lambda tx: tx.person_of(ident.id, ident.type, "")) or ""

    def _avdeling(self, innbygger: Innbygger, verden: Verden) -> Avdeling:
        til = f"{self.terning.choice(('hjemmetjeneste', 'forvaltning'))}-{innbygger.bydel}"
        return Avdeling(innbygger, verden.rammer.oppsett, "pam", til, None, "1.6", self.terning)

    def _app(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=INTERNAL)

    @staticmethod
    def _spør(client: httpx.AsyncClient, sti: str, kropp: bytes, hode: dict[str, str]) -> bool:
        async def spør() -> bool:
            async with client:
                return (await client.post(sti, content=kropp, headers=hode)).is_success

        return asyncio.run(spør())


def levende(installasjon: Installation, app: ASGIApp, commands: Commands) -> Levende:
    """The town of a demo's data folder, whose people are those that it was filled with. Raises OSError."""
    fylt = json.loads((installasjon.folder / DEMO).read_text("utf-8"))
    seed, antall, første = fylt["seed"], fylt["patients"], date.fromisoformat(fylt["first_day"])
    bydeler = tuple(sorted(installasjon.config.oppsett.bydeler))
    folk = lag_folk(antall, bydeler, første, random.Random(str(seed)))  # noqa: S311 - the same people as it was filled with
    # What happens after another start is something else, and its messages have other ids.
    hittil = installasjon.engines["samhandling"].position
    return Levende(installasjon, app, commands, folk, random.Random(f"{seed}-{hittil}"))  # noqa: S311


@contextmanager
def livlig(byen: Levende) -> Iterator[None]:
    """While the context lasts, something happens now and then."""
    slutt = threading.Event()
    tråd = threading.Thread(target=_lev, args=(byen, slutt), name="town")
    tråd.start()
    try:
        yield
    finally:
        slutt.set()
        tråd.join()


def _lev(byen: Levende, slutt: threading.Event) -> None:
    while not slutt.wait(byen.terning.uniform(*byen.pause)):
        try:
            byen.noe_skjer()
        except BindeleddError:
            continue  # a rule refuses, as it does now and then
        except Exception as error:  # noqa: BLE001 - the server goes on all the same
            logs.unexpected("demo.act", error)
