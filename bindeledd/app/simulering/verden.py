"""Understands what people and hospitals can do to an installation: each is a command that a user or a sender gives."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from bindeledd.access.parties import Post, posts_of, users_in
from bindeledd.app.installation import Installation
from bindeledd.core.clock import SetClock
from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed, RuleBroken
from bindeledd.runtime.handle import Outcome
from bindeledd.runtime.service import Plan
from bindeledd.schema.generated.felles import Oppgaveslag
from bindeledd.store import due, log
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, Oppgaver, TaOppgave
from services.samhandling.mottak import Mottaksresultat, ta_imot

MED_OPPGAVER = (
    ("samhandling", "samhandling.opphold"), ("ansvarsgruppe", "ansvarsgruppe.plan"),
    ("ansvarsgruppe", "ansvarsgruppe.gruppe"), ("ansvarsgruppe", "ansvarsgruppe.tiltak"),
    ("kriseplan", "kriseplan.kriseplan"), ("barn_paaroerende", "barn_paaroerende.kartlegging"),
)  # fmt: skip
"""Service and topic of everything that gives tasks."""


@dataclass(frozen=True, slots=True)
class Åpen:
    """A task that somebody may take, and where it stands."""

    tjeneste: str
    topic: str
    stream: str
    ref: str
    slag: Oppgaveslag
    part: str
    gjelder: str
    tatt: bool
    frist: datetime | None


Handling = Callable[["Verden"], None]


@dataclass(slots=True)
class Verden:
    """An installation whose time is ours to set."""

    installasjon: Installation
    klokke: SetClock
    meldinger: int = 0
    kommandoer: int = 0
    avvist: int = 0
    utfall: dict[str, int] = field(default_factory=dict)
    avtaler: list[tuple[datetime, int, Handling]] = field(default_factory=list)
    """What is to happen, soonest first; of two at the same moment, what was agreed first."""
    avtalt: int = 0

    @property
    def rammer(self) -> Rammer:
        return Rammer(self.installasjon.config.oppsett, self.installasjon.config.tabell)

    def gå_til(self, tid: datetime) -> None:
        """Let time pass. What falls due on the way is judged at its own moment, as it is when nobody is down."""
        self.installasjon.embedded.pump()
        while (neste := self._neste_forfall()) is not None and neste <= tid:
            self.klokke.now = max(self.klokke.now, neste)
            if not self.installasjon.embedded.pump():
                break
        self.klokke.now = max(self.klokke.now, tid)

    def avtal(self, tid: datetime, handling: Handling) -> None:
        """Something is to happen at a moment, which may have passed."""
        heapq.heappush(self.avtaler, (tid, self.avtalt, handling))
        self.avtalt += 1

    def avtaler_til(self, slutt: datetime) -> Iterator[tuple[datetime, Handling]]:
        """What is to happen until then, in order of time; also what is agreed on the way."""
        while self.avtaler and self.avtaler[0][0] <= slutt:
            tid, _, handling = heapq.heappop(self.avtaler)
            yield tid, handling

    def send(self, rå: bytes) -> Mottaksresultat:
        """A message comes in."""
        resultat = ta_imot(self.installasjon.engines["samhandling"], rå)
        self.meldinger += 1
        self.utfall[resultat.outcome] = self.utfall.get(resultat.outcome, 0) + 1
        self.installasjon.embedded.pump()
        return resultat

    def gjør(self, tjeneste: str, plan: Plan) -> Any:
        """A user does something. Returns the plan's answer; None when a rule refuses, as it does now and then."""
        try:
            outcome: Outcome = self.installasjon.engines[tjeneste].command(plan)
        except (RuleBroken, NotAllowed):
            self.avvist += 1
            return None
        self.kommandoer += 1
        self.installasjon.embedded.pump()
        return outcome.answer

    def aktør(self, part: str, handling: str) -> Actor:
        """Somebody of the party whose role may do this. Raises NotAllowed when nobody there may."""
        return self._noen(part, handling)[0]

    def bruker(self, part: str, handling: str) -> str:
        """The id of a user of the party whose role may do this."""
        return self._noen(part, handling)[1]

    def åpne_oppgaver(self, person_ref: str) -> Iterator[Åpen]:
        """The person's tasks that wait for somebody, in a fixed order."""
        for tjeneste, topic in MED_OPPGAVER:
            engine = self.installasjon.engines.get(tjeneste)
            if engine is not None:
                yield from engine.look(partial(_oppgaver, tjeneste=tjeneste, topic=topic, person_ref=person_ref))

    def tilstander(self, tjeneste: str, topic: str, person_ref: str) -> list[Any]:
        """The states of the person's aggregates of a kind."""
        return [state for _, state in self.med_ref(tjeneste, topic, person_ref)]

    def med_ref(self, tjeneste: str, topic: str, person_ref: str) -> list[tuple[str, Any]]:
        """The same, each with its stream."""
        engine = self.installasjon.engines[tjeneste]
        return list(engine.look(lambda tx: [(ref, tx.state(topic, ref)) for ref in tx.streams_of(topic, person_ref)]))

    def tilstand(self, tjeneste: str, topic: str, stream: str) -> Any:
        """The state of one aggregate."""
        return self.installasjon.engines[tjeneste].look(lambda tx: tx.state(topic, stream))

    def person_bak(self, opphold_ref: str) -> str:
        """Whose stay it is."""
        head = self.installasjon.engines["samhandling"].read(lambda db: log.head(db, opphold_ref))
        return head.person_ref or "" if head else ""

    def ta(self, åpen: Åpen) -> None:
        """A user of the party takes the task."""
        aktør, bruker = self._noen(åpen.part, "oppgave.ta")
        self.gjør(åpen.tjeneste, _til(åpen, TaOppgave(åpen.ref, bruker, åpen.part), aktør))

    def løs(self, åpen: Åpen) -> None:
        """A user of the party has done the task."""
        aktør, bruker = self._noen(åpen.part, "oppgave.loes")
        self.gjør(åpen.tjeneste, _til(åpen, LøsOppgave(åpen.ref, bruker, åpen.part), aktør))

    def _noen(self, part: str, handling: str) -> tuple[Actor, str]:
        oppsett = self.installasjon.config.oppsett
        for stilling in posts_of(oppsett.katalog, part):
            if handling not in oppsett.katalog.roles[stilling.role].may:
                continue
            for bruker in users_in(oppsett.katalog, stilling):
                return _aktør(stilling, oppsett.parter[part].organisasjon), bruker.id
        raise NotAllowed(f"nobody of {part} may do {handling}. Add a user with such a role to the configuration")

    def _neste_forfall(self) -> datetime | None:
        frister = (engine.read(due.next_at) for engine in self.installasjon.engines.values())
        return min((frist for frist in frister if frist is not None), default=None)


def _aktør(stilling: Post, organisasjon: str) -> Actor:
    return Actor(stilling.role, organisasjon, stilling.party)


def _til(åpen: Åpen, command: TaOppgave | LøsOppgave, aktør: Actor) -> Plan:
    return lambda _lookup: ([Bestilling(åpen.topic, åpen.stream, command, aktør)], None)


def _oppgaver(tx: Any, tjeneste: str, topic: str, person_ref: str) -> list[Åpen]:
    åpne: list[Åpen] = []
    for stream in tx.streams_of(topic, person_ref):
        oppgaver: Oppgaver = tx.state(topic, stream).oppgaver
        åpne += [
            Åpen(
                tjeneste,
                topic,
                stream,
                oppgave.oppgave_ref,
                oppgave.slag,
                oppgave.part,
                oppgave.gjelder,
                bool(oppgave.tatt_av),
                oppgave.frist,
            )
            for oppgave in oppgaver.åpne()
        ]
    # Refs are random where the seed does not make them: what chance decides next must not follow their order.
    return sorted(åpne, key=lambda oppgave: (str(oppgave.frist), oppgave.slag, oppgave.part, oppgave.tatt))
