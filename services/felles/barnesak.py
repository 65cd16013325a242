"""Understands which units have something to do about a person's children: those with a task, and the one with the case.

Folded from `barn_paaroerende.kartlegging`. Nothing is said here of children, not even that there are any.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bindeledd.schema.generated.barn_paaroerende import (
    BarnKnyttet,
    ForeldresamtaleHoldt,
    IngenBarnBekreftet,
    KartleggingAvslaatt,
)
from services.felles.oppgaver import Oppgaver

BARNESAK = "barn_paaroerende.kartlegging"


@dataclass(frozen=True, slots=True)
class Barnesak:
    """The question about a person's children, as far as it is somebody's to do something about."""

    oppgaver: Oppgaver = field(default_factory=Oppgaver)
    barneansvarlig: str = ""
    """The unit that had the talk, and has the case after the stay, too (hpl §10a)."""
    registrert_av: frozenset[str] = frozenset()
    """The units that have registered a child of the person: each has its part of the child's case."""

    @property
    def parter(self) -> frozenset[str]:
        med_oppgave = frozenset(oppgave.part for oppgave in self.oppgaver.åpne())
        return med_oppgave | self.registrert_av | ({self.barneansvarlig} if self.barneansvarlig else set())


def evolve(state: Barnesak, event: Any) -> Barnesak:
    """The question after an event."""
    match event:
        case ForeldresamtaleHoldt():
            return replace(state, barneansvarlig=event.part)
        case BarnKnyttet():
            return replace(state, registrert_av=state.registrert_av | {event.part})
        case IngenBarnBekreftet() | KartleggingAvslaatt():
            return replace(state, barneansvarlig="")
        case _:
            return replace(state, oppgaver=state.oppgaver.evolve(event))
