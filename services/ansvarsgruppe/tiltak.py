"""A measure: what somebody is to do for the person, agreed in an individual plan or at a meeting of the group.

    AVTALT ─ gjort → GJORT
       └─ not needed any more → BORTFALT

While the person is admitted it waits, unless it was agreed that it goes on all the same (rules 2.2 e and f, 2.3). Each
is a stream of its own: who is responsible may know of their own measure, and of no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from bindeledd.core.decider import Circumstances
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.ansvarsgruppe import (
    TiltakAvtalt,
    TiltakEndret,
    TiltakGjenopptatt,
    TiltakSattPaaVent,
    Tiltakstilstand,
)
from bindeledd.schema.generated.felles import OppgaveLoest, Oppgaveslag, Tekst
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, Oppgaver, TaOppgave, Ønsket, arbeid, avstem
from services.felles.oppsett import INNBYGGER
from services.felles.tid import dagens_slutt

TOPIC = "ansvarsgruppe.tiltak"
AVTALT = "avtalt med personen i plan eller møte"
INGEN_ANSVARLIG = frozenset({"forum", "revisjon", "slt"})
"""Kinds of party that do nothing for one person."""


@dataclass(frozen=True, slots=True)
class Tiltak:
    """A measure as it stands. `venter_paa`: the stay that it waits for."""

    part: str = ""
    frist: date | None = None
    går_videre: bool = False
    tilstand: Tiltakstilstand = Tiltakstilstand.UKJENT
    venter_paa: str | None = None
    innhold: Sealed[Tekst] | None = None
    plan_ref: str | None = None
    moete_ref: str | None = None
    gjelder_opphold: str | None = None
    oppgaver: Oppgaver = field(default_factory=Oppgaver)

    @property
    def pågår(self) -> bool:
        return self.tilstand is Tiltakstilstand.AVTALT


# -- commands ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Avtal:
    """Command: `part` is to do this by `frist`. `går_videre`: also while the person is admitted."""

    part: str
    frist: date | None
    går_videre: bool
    innhold: Sealed[Tekst]
    plan_ref: str | None = None
    moete_ref: str | None = None
    gjelder_opphold: str | None = None
    """The stay that the meeting was about."""
    venter_paa: str | None = None
    """The stay that goes on now."""


@dataclass(frozen=True, slots=True)
class Endre:
    """Command: it is otherwise from now on. `innhold` None: what is to be done is the same. `av`: who says so."""

    part: str
    frist: date | None
    går_videre: bool
    tilstand: Tiltakstilstand
    innhold: Sealed[Tekst] | None
    av: str
    venter_paa: str | None = None
    """The stay that goes on now."""


@dataclass(frozen=True, slots=True)
class AvstemTiltak:
    """Command: look again. `venter_paa`: the stay that goes on now; `død`: nothing is to be done any more."""

    venter_paa: str | None
    død: bool


# -- decide --------------------------------------------------------------------------------------------------------


def decide(state: Tiltak, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    match command:
        case Avtal():
            _kjent_ansvarlig(command.part, omstendigheter.rules)
            avtalt = TiltakAvtalt(
                part=command.part, frist=command.frist, gaar_videre=command.går_videre, plan_ref=command.plan_ref,
                moete_ref=command.moete_ref, gjelder_opphold=command.gjelder_opphold, innhold=command.innhold,
            )  # fmt: skip
            return _i_takt(state, [avtalt], command.venter_paa, omstendigheter)
        case Endre():
            return _endre(state, command, omstendigheter)
        case AvstemTiltak():
            events = [_endret(state, tilstand=Tiltakstilstand.BORTFALT)] if command.død and state.pågår else []
            return _i_takt(state, events, command.venter_paa, omstendigheter)
        case LøsOppgave():
            return [*arbeid(state.oppgaver, command), _endret(state, tilstand=Tiltakstilstand.GJORT)]
        case TaOppgave():
            return arbeid(state.oppgaver, command)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _endre(state: Tiltak, command: Endre, omstendigheter: Circumstances) -> Sequence[Any]:
    if not state.pågår:
        raise RuleBroken("tiltak.pågår", "Tiltaket er gjort, eller det er falt bort")
    _kjent_ansvarlig(command.part, omstendigheter.rules)
    if command.tilstand is Tiltakstilstand.UKJENT:
        raise RuleBroken("tiltak.tilstand", "Si om tiltaket er avtalt, gjort eller falt bort")
    endret = TiltakEndret(
        part=command.part, frist=command.frist, gaar_videre=command.går_videre, tilstand=command.tilstand,
        innhold=command.innhold,
    )  # fmt: skip
    løst = state.oppgaver.åpne() if command.tilstand is Tiltakstilstand.GJORT else ()
    gjort = [OppgaveLoest(oppgave_ref=o.oppgave_ref, av=o.tatt_av or command.av) for o in løst]
    return _i_takt(state, [*gjort, endret], command.venter_paa, omstendigheter)


def _endret(state: Tiltak, *, tilstand: Tiltakstilstand) -> TiltakEndret:
    return TiltakEndret(
        part=state.part, frist=state.frist, gaar_videre=state.går_videre, tilstand=tilstand, innhold=None
    )  # fmt: skip


def _i_takt(
    state: Tiltak, events: list[Any], opphold: str | None, omstendigheter: Circumstances
) -> list[Any]:  # fmt: skip
    """These events, and then what brings the measure in step with the stay that goes on, and its task with it."""
    for event in events:
        state = evolve(state, event)
    skal_vente = opphold if state.pågår and not state.går_videre else None
    if state.venter_paa is not None and skal_vente is None:
        events = [*events, TiltakGjenopptatt(opphold_ref=state.venter_paa)]
    elif skal_vente is not None and skal_vente != state.venter_paa:
        events = [*events, TiltakSattPaaVent(opphold_ref=skal_vente)]
    return [*events, *avstem(state.oppgaver, _ønsker(replace(state, venter_paa=skal_vente)), omstendigheter)]


def _ønsker(state: Tiltak) -> list[Ønsket]:
    if not state.pågår or state.venter_paa is not None or state.part == INNBYGGER:
        return []
    frist = dagens_slutt(state.frist) if state.frist is not None else None
    gjelder = state.moete_ref or state.plan_ref or ""
    return [Ønsket(Oppgaveslag.FOELG_OPP_TILTAK, state.part, gjelder, AVTALT, frist)]


def _kjent_ansvarlig(part_id: str, rammer: Rammer) -> None:
    part = rammer.oppsett.parter.get(part_id)
    if part is None or part.slag in INGEN_ANSVARLIG:
        raise RuleBroken("tiltak.ansvarlig", "Si hvem som har ansvaret: en enhet, eller personen selv")


# -- evolve --------------------------------------------------------------------------------------------------------


def evolve(state: Tiltak, event: Any) -> Tiltak:
    """The measure after an event."""
    match event:
        case TiltakAvtalt():
            return Tiltak(
                part=event.part, frist=event.frist, går_videre=event.gaar_videre, tilstand=Tiltakstilstand.AVTALT,
                innhold=event.innhold, plan_ref=event.plan_ref, moete_ref=event.moete_ref,
                gjelder_opphold=event.gjelder_opphold,
            )  # fmt: skip
        case TiltakEndret():
            return replace(
                state, part=event.part, frist=event.frist, går_videre=event.gaar_videre, tilstand=event.tilstand,
                innhold=event.innhold or state.innhold,
            )  # fmt: skip
        case TiltakSattPaaVent():
            return replace(state, venter_paa=event.opphold_ref)
        case TiltakGjenopptatt():
            return replace(state, venter_paa=None)
        case _:
            return replace(state, oppgaver=state.oppgaver.evolve(event))
