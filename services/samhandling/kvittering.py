"""A message's own stream: that it came, what became of it, its receipt, and whether anybody has opened it.

A receipt is not a read: it says that the message arrived and can be read, nothing more (HITS 1168).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bindeledd.core.decider import Circumstances, Due, FristUtloept
from bindeledd.core.errors import RuleBroken
from bindeledd.schema.generated.samhandling import (
    KvitteringSatt,
    MeldingAapnet,
    MeldingBesvart,
    MeldingFordelt,
    MeldingForsinket,
    MeldingMakulert,
    MeldingMottatt,
    Meldingsutfall,
    MeldingTattInn,
)
from services.felles.oppsett import Oppsett
from services.felles.parter import koordinerende_enhet
from services.felles.tid import lokal_dag

TOPIC = "samhandling.kvittering"
IKKE_ÅPNET = "ikke_åpnet"
MAKULER_BYTENE = "makuler_bytene"


@dataclass(frozen=True, slots=True)
class Kvitteringssak:
    """A message as it stands."""

    mottatt: MeldingMottatt | None = None
    kvittering: KvitteringSatt | None = None
    utfall: Meldingsutfall = Meldingsutfall.UKJENT
    opphold_ref: str | None = None
    åpnet: Mapping[str, MeldingAapnet] = field(default_factory=lambda: MappingProxyType({}))
    """Who was the first to open it, by party."""
    besvart: Mapping[str, MeldingBesvart] = field(default_factory=lambda: MappingProxyType({}))
    fordelt_til: str | None = None
    fordelt_innen: datetime | None = None
    """When the unit that was given it must have opened it; for the others, what was said when it came still holds."""
    forsinket: frozenset[str] = frozenset()
    makulert: bool = False
    """Whether the key to its bytes has been destroyed."""


@dataclass(frozen=True, slots=True)
class TaImot:
    """Command: a message has come in, been checked, and its fate is known."""

    mottatt: MeldingMottatt


@dataclass(frozen=True, slots=True)
class SettKvittering:
    """Command: this is the receipt. There is only ever one."""

    kvittering: KvitteringSatt


@dataclass(frozen=True, slots=True)
class TaInn:
    """Command: a message has found its place, another one than it had, or none after all."""

    opphold_ref: str | None
    grunn: str


@dataclass(frozen=True, slots=True)
class Åpne:
    """Command: somebody of a receiving unit has opened it."""

    part: str
    av: str


@dataclass(frozen=True, slots=True)
class Fordel:
    """Command: somebody of the koordinerende enhet has found out which unit shall have it (intake rule 5)."""

    til: str
    part: str
    av: str


@dataclass(frozen=True, slots=True)
class Besvar:
    """Command: somebody of a receiving unit has answered the sender, by whatever way they answer."""

    part: str
    av: str


def decide(state: Kvitteringssak, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to."""
    match command:
        case TaImot():
            return [command.mottatt]
        case SettKvittering():
            # Never positive and then negative, never a second receipt (intake rule 2).
            return [command.kvittering] if state.kvittering is None else []
        case TaInn():
            if state.utfall is not Meldingsutfall.HOLDT and command.opphold_ref == state.opphold_ref:
                return []
            return [MeldingTattInn(opphold_ref=command.opphold_ref, grunn=command.grunn)]
        case Åpne() | Besvar():
            if state.mottatt is None or command.part not in mottakere(state.mottatt, omstendigheter.rules.oppsett):
                raise RuleBroken("melding.mottaker", "Meldingen finnes ikke, eller den er ikke sendt til denne enheten")
            return _lest(state, command, omstendigheter.now)
        case Fordel():
            return _fordelt(state, command, omstendigheter)
        case FristUtloept(name=navn) if navn == MAKULER_BYTENE:
            return [] if state.makulert else [MeldingMakulert()]
        case FristUtloept():
            frister = _uåpnet(state).items()
            return [MeldingForsinket(part=part, forfall=frist) for part, frist in frister if frist <= command.as_of]
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _lest(state: Kvitteringssak, command: Åpne | Besvar, nå: datetime) -> Sequence[Any]:
    """Opened once, answered once; who answers has opened it."""
    åpnet = [MeldingAapnet(part=command.part, av=command.av, tid=nå)] if command.part not in state.åpnet else []
    if isinstance(command, Åpne) or command.part in state.besvart:
        return åpnet
    return [*åpnet, MeldingBesvart(part=command.part, av=command.av, tid=nå)]


def _fordelt(state: Kvitteringssak, command: Fordel, omstendigheter: Circumstances) -> Sequence[Any]:
    """The unit that shall have it has as long to open it as others have; who gives it on has opened it."""
    oppsett: Oppsett = omstendigheter.rules.oppsett
    mottatt, til = state.mottatt, oppsett.parter.get(command.til)
    if mottatt is None or not mottatt.uten_mottaker or command.part != koordinerende_enhet(oppsett):
        raise RuleBroken("melding.fordel", "Meldingen venter ikke på at dere sier hvem som skal ha den")
    if state.fordelt_til is not None:
        raise RuleBroken("melding.fordelt", "Meldingen er gitt videre alt. Se i meldingslista hvem som har den")
    egen = oppsett.parter[command.part].organisasjon
    if til is None or not til.helsetjeneste or til.organisasjon != egen or til.id in mottakere(mottatt, oppsett):
        raise RuleBroken("melding.fordel_til", "Velg en annen enhet hos dere, som er en del av helsetjenesten")
    nå = omstendigheter.now
    fordelt = MeldingFordelt(part=til.id, av=command.av, tid=nå, aapnes_innen=åpnes_innen(nå, oppsett))
    return [*_lest(state, Åpne(command.part, command.av), nå), fordelt]


def evolve(state: Kvitteringssak, event: Any) -> Kvitteringssak:
    """The message after an event."""
    match event:
        case MeldingMottatt():
            return replace(state, mottatt=event, utfall=event.utfall, opphold_ref=event.opphold_ref)
        case KvitteringSatt():
            return replace(state, kvittering=event)
        case MeldingTattInn():
            return replace(state, utfall=Meldingsutfall.TATT_INN, opphold_ref=event.opphold_ref)
        case MeldingAapnet():
            return replace(state, åpnet=MappingProxyType({event.part: event, **state.åpnet}))
        case MeldingBesvart():
            return replace(state, besvart=MappingProxyType({event.part: event, **state.besvart}))
        case MeldingFordelt() if state.mottatt is not None:
            mottatt = replace(state.mottatt, adressert=(*state.mottatt.adressert, event.part))
            # What was refused had no clock, and gets none: nobody need have read what was never taken in.
            frist = event.aapnes_innen if mottatt.aapnes_innen is not None else None
            return replace(state, mottatt=mottatt, fordelt_til=event.part, fordelt_innen=frist)
        case MeldingForsinket():
            return replace(state, forsinket=state.forsinket | {event.part})
        case MeldingMakulert():
            return replace(state, makulert=True)
        case _:
            return state


def mottakere(mottatt: MeldingMottatt, oppsett: Oppsett) -> tuple[str, ...]:
    """The parties that a message was sent or copied to; and the manual queue's, for what nobody else can sort out."""
    manuell = koordinerende_enhet(oppsett)
    sendt_til = (*mottatt.adressert, *mottatt.kopi)
    venter = mottatt.utfall in (Meldingsutfall.AVVIST, Meldingsutfall.KONFLIKT) or not sendt_til
    return (*sendt_til, manuell) if venter and manuell and manuell not in sendt_til else sendt_til


def innen(state: Kvitteringssak, part: str) -> datetime | None:
    """When somebody of the unit must have opened it; None: it need not."""
    if state.mottatt is None or part not in state.mottatt.adressert:
        return None
    return state.fordelt_innen if part == state.fordelt_til else state.mottatt.aapnes_innen


def _uåpnet(state: Kvitteringssak) -> dict[str, datetime]:
    """The units that have not opened it yet, and have not been told so; and by when they must."""
    alle = state.mottatt.adressert if state.mottatt is not None else ()
    venter = (part for part in alle if part not in state.åpnet and part not in state.forsinket)
    return {part: frist for part in venter if (frist := innen(state, part)) is not None}


def forfaller(state: Kvitteringssak) -> Sequence[Due]:
    """When somebody must have opened it (intake rule 15), the first that it is asked of first; and when its bytes are
    shredded (rule 13). The moments stand in the events, counted by the dated rules."""
    if state.mottatt is None:
        return ()
    åpnes, makuleres = min(_uåpnet(state).values(), default=None), state.mottatt.makuleres
    frister = (Due(IKKE_ÅPNET, åpnes),) if åpnes is not None else ()
    return (*frister, Due(MAKULER_BYTENE, makuleres)) if makuleres is not None and not state.makulert else frister


def åpnes_innen(mottatt: datetime, oppsett: Oppsett) -> datetime:
    """The moment by which somebody must have opened a message received at `mottatt`."""
    return mottatt + oppsett.regler.verdi("melding_ikke_aapnet", lokal_dag(mottatt)).varighet


def makuleres(nå: datetime, oppsett: Oppsett) -> datetime:
    """When the bytes of a message about nobody known here are shredded: as an unconfirmed patient's, counted from when
    we took it in (intake rule 13)."""
    return nå + oppsett.regler.verdi("ubekreftet_pasient", lokal_dag(nå)).varighet
