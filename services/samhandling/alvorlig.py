"""A serious incident: noted, reported to the national front door within the law's days, and taken in there.

    NOTERT ─ sendt → SENDES ─ svar → MOTTATT
                        └─ avvist → AVVIST ─ sendt → SENDES

Source: LOV-2025-06-20-74 (helsetilsynsloven §6, sphl §3-3a, hol §12-3a; rules 1.7). A person decides, reads what is
sent, and sends. It is no avvik: nothing here is told to another unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bindeledd.core.decider import Circumstances, Due, FristUtloept
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.felles import FristTilstand
from bindeledd.schema.generated.samhandling import (
    AlvorligHendelseAvvist,
    AlvorligHendelseMottatt,
    AlvorligHendelseNotert,
    AlvorligHendelseSendt,
    AlvorligHendelseUtsnitt,
    Alvorligtilstand,
    FristVist,
    Identitet,
    Meldeskjema,
)
from services.felles.frister import Frist, avstem_frist, evolve_frist
from services.felles.helligdager import etter_virkedager
from services.felles.kjent import Kjent, delstatus, grunn_av
from services.felles.meldeskjema import REGEL, melding_id
from services.felles.oppsett import Oppsett
from services.felles.regler import IngenRegel, Regel
from services.felles.tid import dagens_slutt, lokal_dag

TOPIC = "samhandling.alvorlig"
SENDES = "melde_sendes"
"""What falls due as long as the front door has not answered."""
EGEN_SIDE = "avvik.egen_side"
SKRIVES = (Alvorligtilstand.NOTERT, Alvorligtilstand.AVVIST)
"""While it is for the leader to write."""
ETTER_OPPHOLD = "alvorlig_etter_opphold"
"""The rule that says how long after a stay a ward may note what has happened."""


@dataclass(frozen=True, slots=True)
class Alvorlig:
    """The incident and its report as they stand."""

    part: str = ""
    hendt: datetime | None = None
    nummer: Sealed[Identitet] | None = None
    melding: str = ""
    sendt: datetime | None = None
    skjema: Sealed[Meldeskjema] | None = None
    mottatt: datetime | None = None
    referanse: str = ""
    avvist: bool = False
    frist: Frist | None = None

    @property
    def tilstand(self) -> Alvorligtilstand:
        """How far the report has come."""
        if self.mottatt is not None:
            return Alvorligtilstand.MOTTATT
        if self.avvist:
            return Alvorligtilstand.AVVIST
        if self.melding:
            return Alvorligtilstand.SENDES
        return Alvorligtilstand.NOTERT if self.part else Alvorligtilstand.UKJENT


# -- commands ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Noter:
    """Command: a leader notes that it happened, and by that that it is to be reported. `nummer`: whose it is, as the
    report asks for it."""

    part: str
    av: str
    hendt: datetime
    nummer: Sealed[Identitet]


@dataclass(frozen=True, slots=True)
class Send:
    """Command: a leader has read what is sent, and sends it."""

    part: str
    av: str
    skjema: Sealed[Meldeskjema]


@dataclass(frozen=True, slots=True)
class NoterMottatt:
    """Command: the front door has taken it in, under a reference of its own."""

    melding: str
    referanse: str


@dataclass(frozen=True, slots=True)
class NoterAvvist:
    """Command: the front door has refused it for what stands in it."""

    melding: str
    status: int


# -- decide --------------------------------------------------------------------------------------------------------


def decide(state: Alvorlig, command: Any, om: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    match command:
        case Noter():
            return _noter(state, command, om)
        case Send():
            return _send(state, command, om)
        case NoterMottatt():
            if state.mottatt is not None or command.melding != state.melding:
                return []
            mottatt = AlvorligHendelseMottatt(
                melding_id=command.melding, referanse=command.referanse, mottatt=om.now
            )  # fmt: skip
            return _i_takt(state, [mottatt], om)
        case NoterAvvist():
            if state.tilstand is not Alvorligtilstand.SENDES or command.melding != state.melding:
                return []
            return [AlvorligHendelseAvvist(melding_id=command.melding, status=command.status)]
        case FristUtloept(name=navn) if navn == SENDES:
            return []  # the sending itself has said what came of it
        case FristUtloept():
            return _i_takt(state, [], om, dom_per=command.as_of)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _noter(state: Alvorlig, command: Noter, om: Circumstances) -> Sequence[Any]:
    if state.part:
        raise RuleBroken("alvorlig.notert", "Hendelsen er notert fra før")
    if command.hendt > om.now:
        raise RuleBroken("alvorlig.tid", "Hendelsen må ha vært før nå")
    _regel(om, command.hendt)
    notert = AlvorligHendelseNotert(
        part=command.part, av=command.av, hendt=command.hendt, nummer=command.nummer
    )  # fmt: skip
    return _i_takt(state, [notert], om)


def _send(state: Alvorlig, command: Send, om: Circumstances) -> Sequence[Any]:
    if state.hendt is None or command.part != state.part:
        raise RuleBroken("alvorlig.part", "Hendelsen finnes ikke, eller den er en annen enhets å melde")
    if state.tilstand in (Alvorligtilstand.SENDES, Alvorligtilstand.MOTTATT):
        raise RuleBroken("alvorlig.sendt", "Meldingen er sendt fra før. Den sendes bare én gang")
    oppsett: Oppsett = om.rules.oppsett
    if oppsett.melde is None:
        raise RuleBroken("alvorlig.melde_no", "Vi har ingen vei til Melde.no herfra. Meld på melde.no i stedet")
    _regel(om, state.hendt)
    melding = melding_id(om.ref())
    return [AlvorligHendelseSendt(av=command.av, melding_id=melding, sendt=om.now, skjema=command.skjema)]


def _regel(om: Circumstances, hendt: datetime) -> Regel:
    """The rule of the day on which it happened (rules, "dated"). Raises RuleBroken while none holds."""
    oppsett: Oppsett = om.rules.oppsett
    try:
        return oppsett.regler.verdi(REGEL, lokal_dag(hendt))
    except IngenRegel:
        raise RuleBroken(
            "alvorlig.ikke_i_kraft",
            f"Meldeplikten etter LOV-2025-06-20-74 gjaldt ikke {lokal_dag(hendt):%d.%m.%Y}. Følg den vanlige rutinen",
        ) from None


def _i_takt(state: Alvorlig, events: list[Any], om: Circumstances, dom_per: datetime | None = None) -> list[Any]:
    """These events, and those that bring the clock in step with them: it stops when the front door has answered."""
    for event in events:
        state = evolve(state, event)
    if state.hendt is None:
        return events
    regel = _regel(om, state.hendt) if state.frist is None else None
    ønsket = _åpen_frist(state.hendt, regel) if regel is not None else state.frist
    assert ønsket is not None
    forfall, ønsket = ønsket.forfall, replace(ønsket, tilstand=FristTilstand.AAPEN)
    if state.mottatt is not None and state.mottatt <= forfall:
        ønsket = replace(ønsket, tilstand=FristTilstand.HOLDT)
    elif (state.mottatt or dom_per or om.now) >= forfall:
        ønsket = replace(ønsket, tilstand=FristTilstand.OVERSKREDET)
    return [*events, *avstem_frist(state.frist, ønsket, regel, dom_per or om.now)]


def _åpen_frist(hendt: datetime, regel: Regel) -> Frist:
    """To the end of the last of the law's days, counted from the day after it happened."""
    forfall = dagens_slutt(etter_virkedager(lokal_dag(hendt), regel.verdi))
    return Frist(REGEL, hendt, forfall, FristTilstand.AAPEN, regel.paragraf)


def due(state: Alvorlig) -> Sequence[Due]:
    """The report that is to go out, at once; and when the days have run out."""
    ut = [Due(SENDES, state.sendt)] if state.tilstand is Alvorligtilstand.SENDES and state.sendt is not None else []
    løper = state.frist is not None and state.frist.tilstand is FristTilstand.AAPEN
    return [*ut, *([Due(REGEL, state.frist.forfall)] if løper and state.frist is not None else [])]


def evolve(state: Alvorlig, event: Any) -> Alvorlig:
    """The incident after an event."""
    match event:
        case AlvorligHendelseNotert():
            return replace(state, part=event.part, hendt=event.hendt, nummer=event.nummer)
        case AlvorligHendelseSendt():
            return replace(state, melding=event.melding_id, sendt=event.sendt, skjema=event.skjema, avvist=False)
        case AlvorligHendelseMottatt():
            return replace(state, mottatt=event.mottatt, referanse=event.referanse)
        case AlvorligHendelseAvvist():
            return replace(state, avvist=True)
        case _:
            return replace(state, frist=evolve_frist(state.frist, event))


# -- views ---------------------------------------------------------------------------------------------------------


def kandidater(state: Alvorlig, _kjent: Kjent) -> Iterable[str]:
    """The unit that reports it, and nobody else."""
    return (state.part,)


def utsnitt(state: Alvorlig, part_id: str, kjent: Kjent) -> AlvorligHendelseUtsnitt | None:
    """What the unit itself has noted and sent; whose number it is, as long as there is a report to write."""
    if part_id != state.part or state.hendt is None or kjent.forkastet:
        return None
    egen = kjent.svar(part_id, EGEN_SIDE, egen=True)
    if not egen.ja:
        return None
    f = state.frist
    vist = (FristVist(navn=f.navn, forfall=f.forfall, tilstand=f.tilstand, paragraf=f.paragraf),) if f else ()
    return AlvorligHendelseUtsnitt(
        aggregat="", grunn=grunn_av(egen, ()), tilstand=state.tilstand, part=state.part, hendt=state.hendt,
        melding_id=state.melding, referanse=state.referanse, nummer=state.nummer if state.tilstand in SKRIVES else None,
        skjema=state.skjema, frister=vist,
        deler=(delstatus("egen_side", egen, finnes=True),),
    )  # fmt: skip
