"""A meeting of the ansvarsgruppe: summoned, answered, held, and what came of it.

    INNKALT ─ holdt → HOLDT ─ referat → GODKJENT
       └─ avlyst → AVLYST

Source: rules 2.3. Nobody can summon a group without inviting the person: the person is always among the invited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from bindeledd.core.decider import Circumstances, Due, FristUtloept
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppemoeteAvlyst,
    AnsvarsgruppemoeteBesvart,
    AnsvarsgruppemoeteHoldt,
    AnsvarsgruppemoeteInnkalt,
    Moeteinnhold,
    Moetested,
    Moetetilstand,
    Referat,
    ReferatGodkjent,
)
from bindeledd.schema.generated.felles import OppgaveLoest, Oppgaveslag
from services.felles.oppgaver import LøsOppgave, Oppgaver, TaOppgave, Ønsket, arbeid, avstem
from services.felles.oppsett import INNBYGGER, TALER_FOR
from services.felles.tid import lokal_dag

TOPIC = "ansvarsgruppe.moete"
AVLYST_FORDI = ("personens_oenske", "ny_innkalling", "sykdom", "doedsfall", "annet")
SVARES = "lokal rutine: den som er innkalt til et møte, svarer"
REFERERES = "lokal rutine: det skrives referat fra møtet"
MØTET = "moetet"
INNKALT_FRAM = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Møte:
    """A meeting as it stands. `svar`: party → whether it comes, of those who have answered."""

    gruppe_ref: str = ""
    av_part: str = ""
    tid: datetime | None = None
    innspill_til: date | None = None
    tilstand: Moetetilstand = Moetetilstand.UKJENT
    inviterte: tuple[str, ...] = ()
    svar: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    tilstede: tuple[str, ...] = ()
    opphold_ref: str | None = None
    sted: Sealed[Moetested] | None = None
    innhold: Sealed[Moeteinnhold] | None = None
    tiltak: tuple[str, ...] = ()
    neste: date | None = None
    referat: Sealed[Referat] | None = None
    oppgaver: Oppgaver = field(default_factory=Oppgaver)


# -- commands ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KallInn:
    """Command: these units, the one that summons, and always the person. `opphold_ref`: it is about a stay."""

    gruppe_ref: str
    av_part: str
    tid: datetime
    inviterte: tuple[str, ...]
    sted: Sealed[Moetested]
    innhold: Sealed[Moeteinnhold]
    innspill_til: date | None = None
    opphold_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Besvar:
    """Command: somebody who was invited says whether they come. They may change their mind until it is held.

    Who summons says by that that they come, and is asked nothing.
    """

    part: str
    kommer: bool
    av: str


@dataclass(frozen=True, slots=True)
class Avlys:
    """Command: it will not be held."""

    grunn: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Command: it has been held, and these parties were there."""

    tilstede: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GodkjennReferat:
    """Command: the minutes are approved. `tiltak`: refs of the measures that were agreed."""

    innhold: Sealed[Referat]
    tiltak: tuple[str, ...]
    neste: date | None
    av: str


@dataclass(frozen=True, slots=True)
class PersonenErDød:
    """Command: a death is known. Summonses stop (intake rule 12)."""


# -- decide --------------------------------------------------------------------------------------------------------


def decide(state: Møte, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    match command:
        case KallInn():
            return _kall_inn(command, omstendigheter)
        case Besvar():
            return _besvar(state, command)
        case Avlys():
            _må_være(state, Moetetilstand.INNKALT, "Møtet er holdt eller avlyst")
            _kjent_grunn(command.grunn)
            return _avlyst(state, command.grunn, omstendigheter)
        case PersonenErDød():
            return _avlyst(state, "doedsfall", omstendigheter) if state.tilstand is Moetetilstand.INNKALT else []
        case Hold():
            return _hold(state, command, omstendigheter)
        case GodkjennReferat():
            return _godkjenn(state, command)
        case FristUtloept():
            return avstem(state.oppgaver, _skal_refereres(state), omstendigheter)
        case TaOppgave() | LøsOppgave():
            return arbeid(state.oppgaver, command)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _kall_inn(command: KallInn, omstendigheter: Circumstances) -> Sequence[Any]:
    if not omstendigheter.now < command.tid <= omstendigheter.now + INNKALT_FRAM:
        raise RuleBroken("møte.tid", "Møtet må være fram i tid, og innen et år")
    if command.innspill_til is not None and command.innspill_til > lokal_dag(command.tid):
        raise RuleBroken("møte.innspill", "Fristen for innspill må være senest på møtedagen")
    inviterte = (INNBYGGER, *sorted({*command.inviterte, command.av_part} - {INNBYGGER}))
    innkalt = AnsvarsgruppemoeteInnkalt(
        gruppe_ref=command.gruppe_ref, av_part=command.av_part, tid=command.tid, innspill_til=command.innspill_til,
        inviterte=inviterte, opphold_ref=command.opphold_ref, sted=command.sted, innhold=command.innhold,
    )  # fmt: skip
    # Who speaks for the person may answer, and is given no work: tasks are the units' and the person's (access.md).
    svarer = (part for part in inviterte if part not in (command.av_part, *TALER_FOR))
    ønsker = [Ønsket(Oppgaveslag.SVAR_PAA_INNKALLING, p, command.gruppe_ref, SVARES, command.tid) for p in svarer]
    return [innkalt, *avstem(Oppgaver(), ønsker, omstendigheter)]


def _besvar(state: Møte, command: Besvar) -> Sequence[Any]:
    if command.part not in state.inviterte:
        raise RuleBroken("møte.innkalt", "Enheten er ikke innkalt til møtet")
    if command.part == state.av_part:
        raise RuleBroken("møte.innkalt", "Enheten kalte selv inn. Avlys møtet hvis det ikke kan holdes")
    _må_være(state, Moetetilstand.INNKALT, "Møtet er holdt eller avlyst")
    bedt = [
        o for o in state.oppgaver.åpne() if o.part == command.part and o.slag is Oppgaveslag.SVAR_PAA_INNKALLING
    ]  # fmt: skip
    løst = [OppgaveLoest(oppgave_ref=o.oppgave_ref, av=o.tatt_av or command.av) for o in bedt]
    if state.svar.get(command.part) is command.kommer:
        return løst
    return [AnsvarsgruppemoeteBesvart(part=command.part, kommer=command.kommer), *løst]


def _avlyst(state: Møte, grunn: str, omstendigheter: Circumstances) -> Sequence[Any]:
    return [AnsvarsgruppemoeteAvlyst(grunn=grunn), *avstem(state.oppgaver, (), omstendigheter)]


def _hold(state: Møte, command: Hold, omstendigheter: Circumstances) -> Sequence[Any]:
    _må_være(state, Moetetilstand.INNKALT, "Møtet er holdt fra før, eller det er avlyst")
    if state.tid is not None and omstendigheter.now < state.tid:
        raise RuleBroken("møte.holdt", "Møtet er ikke begynt ennå")
    ukjente = set(command.tilstede) - set(state.inviterte)
    if ukjente:
        raise RuleBroken("møte.tilstede", "En av dem som er ført opp, er ikke innkalt til møtet")
    holdt = AnsvarsgruppemoeteHoldt(holdt=omstendigheter.now, tilstede=tuple(sorted(set(command.tilstede))))
    return [holdt, *avstem(state.oppgaver, _skal_refereres(state), omstendigheter)]


def _godkjenn(state: Møte, command: GodkjennReferat) -> Sequence[Any]:
    _må_være(state, Moetetilstand.HOLDT, "Referatet godkjennes når møtet er holdt, og bare én gang")
    løst = [OppgaveLoest(oppgave_ref=o.oppgave_ref, av=o.tatt_av or command.av) for o in state.oppgaver.åpne()]
    return [ReferatGodkjent(tiltak=command.tiltak, neste=command.neste, innhold=command.innhold), *løst]


def _skal_refereres(state: Møte) -> list[Ønsket]:
    """From the moment that the meeting begins, the unit that summoned it has the minutes to write."""
    if state.tilstand not in (Moetetilstand.INNKALT, Moetetilstand.HOLDT):
        return []
    return [Ønsket(Oppgaveslag.SKRIV_REFERAT, state.av_part, state.gruppe_ref, REFERERES)]


def _må_være(state: Møte, tilstand: Moetetilstand, ellers: str) -> None:
    if state.tilstand is not tilstand:
        raise RuleBroken("møte.tilstand", ellers)


def _kjent_grunn(grunn: str) -> None:
    if grunn not in AVLYST_FORDI:
        raise RuleBroken("møte.grunn", f"Si hvorfor. Bruk en av: {', '.join(AVLYST_FORDI)}")


def due(state: Møte) -> Sequence[Due]:
    """When the meeting begins: then nobody need answer any more, and there are minutes to write."""
    if state.tilstand is not Moetetilstand.INNKALT or state.tid is None:
        return []
    begynt = any(o.slag is Oppgaveslag.SKRIV_REFERAT for o in state.oppgaver.alle.values())
    return [] if begynt else [Due(MØTET, state.tid)]


# -- evolve --------------------------------------------------------------------------------------------------------


def evolve(state: Møte, event: Any) -> Møte:
    """The meeting after an event."""
    match event:
        case AnsvarsgruppemoeteInnkalt():
            return Møte(
                gruppe_ref=event.gruppe_ref, av_part=event.av_part, tid=event.tid, innspill_til=event.innspill_til,
                tilstand=Moetetilstand.INNKALT, inviterte=event.inviterte, opphold_ref=event.opphold_ref,
                sted=event.sted, innhold=event.innhold,
            )  # fmt: skip
        case AnsvarsgruppemoeteBesvart():
            return replace(state, svar=MappingProxyType({**state.svar, event.part: event.kommer}))
        case AnsvarsgruppemoeteAvlyst():
            return replace(state, tilstand=Moetetilstand.AVLYST)
        case AnsvarsgruppemoeteHoldt():
            return replace(state, tilstand=Moetetilstand.HOLDT, tilstede=event.tilstede)
        case ReferatGodkjent():
            return replace(
                state, tilstand=Moetetilstand.GODKJENT, tiltak=event.tiltak, neste=event.neste, referat=event.innhold
            )
        case _:
            return replace(state, oppgaver=state.oppgaver.evolve(event))
