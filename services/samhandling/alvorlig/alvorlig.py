"""A serious incident: noted, reported to the national front door within the law's days, and taken in there.

    NOTERT ─ sendt → SENDES ─ svar → MOTTATT
                        └─ avvist → AVVIST ─ sendt → SENDES

The law asks for two things more, which are done in other ways and written down here: that the patient, or after a death
the next of kin, is offered a meeting within ten days, and that statsforvalteren has a report within three months.

Source: LOV-2025-06-20-74 (helsetilsynsloven §6, sphl §3-3a, hol §12-3a, pbrl §3-2; rules 1.7). A person decides, reads
what is sent, and sends. It is no avvik: nothing here is told to another unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bindeledd.core.decider import Circumstances, Due, FristUtloept
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.felles import FristTilstand
from bindeledd.schema.generated.samhandling import (
    AlvorligHendelseAvvist,
    AlvorligHendelseFulgtOpp,
    AlvorligHendelseMottatt,
    AlvorligHendelseNotert,
    AlvorligHendelseSendt,
    AlvorligHendelseUtsnitt,
    Alvorligoppfoelging,
    Alvorligtilstand,
    FristVist,
    Identitet,
    Meldeskjema,
)
from services.felles.frister import Frist, avstem_frist, evolve_frist
from services.felles.helligdager import etter_måneder, etter_virkedager
from services.felles.kjent import Kjent, delstatus, grunn_av
from services.felles.meldeskjema import REGEL, SKRIVES, melding_id
from services.felles.oppsett import Oppsett
from services.felles.regler import IngenRegel, Regel
from services.felles.tid import dagens_slutt, lokal_dag

TOPIC = "samhandling.alvorlig"
MØTE, RAPPORT = "alvorlig_moete", "alvorlig_rapport"
"""The rules of what else the law asks for; like the first, absent until the law holds."""
SENDES = "melde_sendes"
"""What falls due as long as the front door has not answered."""
EGEN_SIDE = "avvik.egen_side"
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
    møte_tilbudt: datetime | None = None
    rapport_sendt: datetime | None = None
    frister: Mapping[str, Frist] = field(default_factory=lambda: MappingProxyType({}))

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
class FølgOpp:
    """Command: a leader writes down that this has been done."""

    part: str
    av: str
    hva: Alvorligoppfoelging


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
        case FølgOpp():
            return _følg_opp(state, command, om)
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


def _egen(state: Alvorlig, part: str) -> datetime:
    """When it happened. Raises RuleBroken for what another unit has noted."""
    if state.hendt is None or part != state.part:
        raise RuleBroken("alvorlig.part", "Hendelsen finnes ikke, eller den er en annen enhets å melde")
    return state.hendt


def _følg_opp(state: Alvorlig, command: FølgOpp, om: Circumstances) -> Sequence[Any]:
    _egen(state, command.part)
    møte = command.hva is Alvorligoppfoelging.MOETE_TILBUDT
    if not møte and state.mottatt is None:
        raise RuleBroken("alvorlig.rapport", "Meldingen er ikke tatt imot ennå. Rapporten kommer etter den")
    if (state.møte_tilbudt if møte else state.rapport_sendt) is not None:
        return []
    return _i_takt(state, [AlvorligHendelseFulgtOpp(hva=command.hva, av=command.av, tid=om.now)], om)


def _send(state: Alvorlig, command: Send, om: Circumstances) -> Sequence[Any]:
    hendt = _egen(state, command.part)
    if state.tilstand in (Alvorligtilstand.SENDES, Alvorligtilstand.MOTTATT):
        raise RuleBroken("alvorlig.sendt", "Meldingen er sendt fra før. Den sendes bare én gang")
    oppsett: Oppsett = om.rules.oppsett
    if oppsett.melde is None:
        raise RuleBroken("alvorlig.melde_no", "Vi har ingen vei til Melde.no herfra. Meld på melde.no i stedet")
    _regel(om, hendt)
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
    """These events, and those that bring the clocks in step with them."""
    for event in events:
        state = evolve(state, event)
    if state.hendt is None:
        return events
    return [
        *events,
        *_avstem(state, REGEL, state.hendt, state.mottatt, om, dom_per),
        *_avstem(state, MØTE, state.hendt, state.møte_tilbudt, om, dom_per),
        *_avstem(state, RAPPORT, state.sendt if state.mottatt else None, state.rapport_sendt, om, dom_per),
    ]


def _avstem(
    state: Alvorlig, navn: str, start: datetime | None, gjort: datetime | None, om: Circumstances,
    dom_per: datetime | None,
) -> list[Any]:  # fmt: skip
    """A clock runs from its start by the rule of the day on which it happened, and stops when it is done."""
    før = state.frister.get(navn)
    regel = _regelen(state, navn, om) if før is None else None
    if start is None or (før is None and regel is None):
        return []
    ønsket = før or _åpen_frist(navn, start, regel)
    forfall, ønsket = ønsket.forfall, replace(ønsket, tilstand=FristTilstand.AAPEN)
    if gjort is not None and gjort <= forfall:
        ønsket = replace(ønsket, tilstand=FristTilstand.HOLDT)
    elif (gjort or dom_per or om.now) >= forfall:
        ønsket = replace(ønsket, tilstand=FristTilstand.OVERSKREDET)
    return avstem_frist(før, ønsket, regel, dom_per or om.now)


def _regelen(state: Alvorlig, navn: str, om: Circumstances) -> Regel | None:
    """The clock's rule; None where the municipality follows no more than the report itself."""
    assert state.hendt is not None
    if navn == REGEL:
        return _regel(om, state.hendt)
    oppsett: Oppsett = om.rules.oppsett
    return oppsett.regler.verdi(navn, lokal_dag(state.hendt)) if navn in oppsett.regler.etter_id else None


def _åpen_frist(navn: str, start: datetime, regel: Regel | None) -> Frist:
    """To the end of the last of the law's days, counted from the day after the start."""
    assert regel is not None
    dag = lokal_dag(start)
    match regel.enhet:
        case "virkedager":
            siste = etter_virkedager(dag, regel.verdi)
        case "måneder":
            siste = etter_måneder(dag, regel.verdi)
        case _:
            siste = dag + regel.varighet
    return Frist(navn, start, dagens_slutt(siste), FristTilstand.AAPEN, regel.paragraf)


def due(state: Alvorlig) -> Sequence[Due]:
    """The report that is to go out, at once; and when a clock has run out."""
    ut = [Due(SENDES, state.sendt)] if state.tilstand is Alvorligtilstand.SENDES and state.sendt is not None else []
    return [*ut, *(Due(f.navn, f.forfall) for f in state.frister.values() if f.tilstand is FristTilstand.AAPEN)]


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
        case AlvorligHendelseFulgtOpp():
            if event.hva is Alvorligoppfoelging.MOETE_TILBUDT:
                return replace(state, møte_tilbudt=event.tid)
            return replace(state, rapport_sendt=event.tid)
        case _:
            return replace(state, frister=_frister(state, event))


def _frister(state: Alvorlig, event: Any) -> Mapping[str, Frist]:
    navn = getattr(event, "navn", "")
    frist = evolve_frist(state.frister.get(navn), event)
    return state.frister if frist is None else MappingProxyType({**state.frister, navn: frist})


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
    vist = tuple(
        FristVist(navn=f.navn, forfall=f.forfall, tilstand=f.tilstand, paragraf=f.paragraf)
        for f in state.frister.values()
    )
    return AlvorligHendelseUtsnitt(
        aggregat="", grunn=grunn_av(egen, ()), tilstand=state.tilstand, part=state.part, hendt=state.hendt,
        melding_id=state.melding, referanse=state.referanse, nummer=state.nummer if state.tilstand in SKRIVES else None,
        skjema=state.skjema, moete_tilbudt=state.møte_tilbudt, rapport_sendt=state.rapport_sendt, frister=vist,
        deler=(delstatus("egen_side", egen, finnes=True),),
    )  # fmt: skip
