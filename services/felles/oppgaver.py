"""Tasks: which ones an aggregate has given out, and the events that bring them in step with what it should have.

An aggregate says, as a pure function of its state, which tasks there should be; `avstem` compares. So the same facts
in any order leave the same tasks, and a task falls by itself when its reason is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bindeledd.core.decider import Circumstances
from bindeledd.core.errors import RuleBroken
from bindeledd.schema.generated.felles import (
    Oppgave,
    OppgaveFalt,
    OppgaveLoest,
    OppgaveOpprettet,
    Oppgaveslag,
    OppgaveTatt,
    Oppgavetilstand,
)

BESVARES = frozenset(
    {
        Oppgaveslag.SPOER_OM_BARN, Oppgaveslag.SPOER_IGJEN_OM_BARN, Oppgaveslag.AVKLAR_BYDEL,
        Oppgaveslag.SVAR_PAA_INVITASJON, Oppgaveslag.SVAR_PAA_INNKALLING, Oppgaveslag.SKRIV_REFERAT,
        Oppgaveslag.VURDER_PLAN, Oppgaveslag.TA_IMOT_AVVIK, Oppgaveslag.SVAR_PAA_AVVIK, Oppgaveslag.GI_TILBAKEMELDING,
        Oppgaveslag.SNAKK_LEDER_TIL_LEDER,
    }
)  # fmt: skip
"""Tasks that are done by their answer: nobody can call them done without saying what came of them."""


@dataclass(frozen=True, slots=True)
class Ønsket:
    """A task that there should be: `slag` for `part` about `gjelder`, by the rule in `paragraf`."""

    slag: Oppgaveslag
    part: str
    gjelder: str
    paragraf: str
    frist: datetime | None = None

    @property
    def nøkkel(self) -> tuple[str, str, str]:
        return (self.slag, self.part, self.gjelder)


@dataclass(frozen=True, slots=True)
class Oppgaver:
    """The tasks of one aggregate, by ref, in the order they were given."""

    alle: Mapping[str, Oppgave] = field(default_factory=lambda: MappingProxyType({}))

    def åpne(self) -> tuple[Oppgave, ...]:
        """Those that still wait for somebody."""
        return tuple(o for o in self.alle.values() if o.tilstand in (Oppgavetilstand.AAPEN, Oppgavetilstand.TATT))

    def for_part(self, part: str) -> tuple[Oppgave, ...]:
        """The party's own tasks, open ones only, in an order that says nothing of which came first."""
        egne = (oppgave for oppgave in self.åpne() if oppgave.part == part)
        return tuple(sorted(egne, key=lambda oppgave: (oppgave.slag, oppgave.gjelder, oppgave.oppgave_ref)))

    def er_gjort(self, ønske: Ønsket) -> bool:
        """Whether such a task about the same thing has been done, by whichever unit."""
        return any(
            (o.slag, o.gjelder, o.tilstand) == (ønske.slag, ønske.gjelder, Oppgavetilstand.LOEST)
            for o in self.alle.values()
        )

    def evolve(self, event: Any) -> Oppgaver:
        """The tasks after an event; other events change nothing."""
        match event:
            case OppgaveOpprettet():
                return self._med(
                    Oppgave(
                        oppgave_ref=event.oppgave_ref, slag=event.slag, part=event.part, paragraf=event.paragraf,
                        gjelder=event.gjelder, frist=event.frist, tilstand=Oppgavetilstand.AAPEN, tatt_av="",
                    )
                )  # fmt: skip
            case OppgaveTatt():
                return self._endret(event.oppgave_ref, tilstand=Oppgavetilstand.TATT, tatt_av=event.av)
            case OppgaveLoest():
                return self._endret(event.oppgave_ref, tilstand=Oppgavetilstand.LOEST)
            case OppgaveFalt():
                return self._endret(event.oppgave_ref, tilstand=Oppgavetilstand.FALT)
            case _:
                return self

    def _med(self, oppgave: Oppgave) -> Oppgaver:
        return Oppgaver(MappingProxyType({**self.alle, oppgave.oppgave_ref: oppgave}))

    def _endret(self, ref: str, **changes: Any) -> Oppgaver:
        return self._med(replace(self.alle[ref], **changes)) if ref in self.alle else self


@dataclass(frozen=True, slots=True)
class TaOppgave:
    """Command: a person of the party takes the task."""

    oppgave_ref: str
    av: str
    part: str


@dataclass(frozen=True, slots=True)
class LøsOppgave:
    """Command: a person of the party says that the task is done."""

    oppgave_ref: str
    av: str
    part: str


def avstem(oppgaver: Oppgaver, ønsket: Iterable[Ønsket], omstendigheter: Circumstances, grunn: str = "") -> list[Any]:
    """The events that bring the tasks in step with what is wanted: new ones created, unwanted open ones fall.

    A task that was done, and is wanted still, is not given again. One whose deadline has moved is given anew, to
    whoever had taken it. `grunn` is said of those that fall.
    """
    wanted = {ønske.nøkkel: ønske for ønske in ønsket}
    falls = [o for o in oppgaver.åpne() if _nøkkel(o) not in wanted or wanted[_nøkkel(o)].frist != o.frist]
    gone = {o.oppgave_ref for o in falls}
    given = {
        _nøkkel(o)
        for o in oppgaver.alle.values()
        if o.tilstand is not Oppgavetilstand.FALT and o.oppgave_ref not in gone
    }
    taken = {_nøkkel(o): o.tatt_av for o in falls if o.tilstand is Oppgavetilstand.TATT}
    events: list[Any] = [OppgaveFalt(oppgave_ref=o.oppgave_ref, grunn=grunn or "ikke lenger aktuell") for o in falls]
    for nøkkel, ønske in wanted.items():
        if nøkkel in given:
            continue
        ref = omstendigheter.ref()
        events.append(
            OppgaveOpprettet(
                oppgave_ref=ref, slag=ønske.slag, part=ønske.part, paragraf=ønske.paragraf, gjelder=ønske.gjelder,
                frist=ønske.frist,
            )
        )  # fmt: skip
        if nøkkel in taken:
            events.append(OppgaveTatt(oppgave_ref=ref, av=taken[nøkkel]))
    return events


def som_de_er(oppgaver: Oppgaver) -> tuple[Ønsket, ...]:
    """The open tasks as wishes: to `avstem` besides others, they change nothing."""
    return tuple(Ønsket(o.slag, o.part, o.gjelder, o.paragraf, o.frist) for o in oppgaver.åpne())


def _nøkkel(oppgave: Oppgave) -> tuple[str, str, str]:
    return (oppgave.slag, oppgave.part, oppgave.gjelder)


def arbeid(oppgaver: Oppgaver, command: TaOppgave | LøsOppgave) -> list[Any]:
    """What it leads to that somebody takes or does a task.

    Raises RuleBroken for another party's task, one that is closed, and one called done that is done by its answer.
    """
    oppgave = oppgaver.alle.get(command.oppgave_ref)
    if oppgave is None or oppgave.part != command.part:
        raise RuleBroken("oppgave.part", "Oppgaven finnes ikke, eller den er gitt til en annen enhet")
    if oppgave not in oppgaver.åpne():
        raise RuleBroken("oppgave.lukket", "Oppgaven er allerede løst eller falt bort")
    if isinstance(command, LøsOppgave):
        if oppgave.slag in BESVARES:
            raise RuleBroken("oppgave.besvares", "Oppgaven blir løst når parten svarer på den")
        return [OppgaveLoest(oppgave_ref=oppgave.oppgave_ref, av=command.av)]
    if oppgave.tatt_av == command.av:
        return []
    return [OppgaveTatt(oppgave_ref=oppgave.oppgave_ref, av=command.av)]
