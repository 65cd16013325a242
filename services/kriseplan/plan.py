"""A crisis plan as it stands: its parts, who has a copy of them, and each time that it was used. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.felles import Oppgaveslag, Oppgavetilstand
from bindeledd.schema.generated.kriseplan import (
    Brukserfaring,
    KriseplanDelt,
    KriseplanEtterlyst,
    KriseplanEvaluert,
    KriseplanKopi,
    KriseplanKopiAvsluttet,
    Kriseplannivaa,
    KriseplanOpprettet,
    KriseplanRevidert,
    KriseplanrevisjonForfalt,
    KriseplanTakketNei,
    KriseplanTattIBruk,
    KriseplanTilbakekalt,
    KriseplanTilbudt,
    Kriseplantilstand,
)
from services.felles.frister import Frist, evolve_frist
from services.felles.oppgaver import Oppgaver

DELER = ("tegn_og_tiltak", "roedt_nivaa", "kontakter", "innleggelse", "barn", "hjem_og_oekonomi")
"""The parts, by their names in the access table."""

FELT = MappingProxyType(
    {del_: del_ for del_ in DELER}
    | {"roedt": "roedt_nivaa", "innleggelsesoensker": "innleggelse", "barna": "barn", "hjem": "hjem_og_oekonomi"}
)
"""Sealed field of the events → its part. A part of mere text was written before the plan had levels, and stands."""

Innhold = Mapping[str, Sealed[Any]]
"""By sealed field."""


def deler_i(innhold: Iterable[str]) -> frozenset[str]:
    """The parts to which these fields belong."""
    return frozenset(FELT[felt] for felt in innhold)


@dataclass(frozen=True, slots=True)
class Bruk:
    """One time that the plan was used: by whom, on which level, who is told, and what came of it."""

    ref: str
    part: str
    av: str
    nivaa: Kriseplannivaa
    versjon: int
    tatt_i_bruk: datetime
    varsles: tuple[str, ...] = ()
    erfaring: Sealed[Brukserfaring] | None = None
    fortalt: tuple[KriseplanEvaluert, ...] = ()
    """What was told of it afterwards, in the order in which it was told."""


@dataclass(frozen=True, slots=True)
class Kriseplan:
    """A person's crisis plan as it stands, or that there is none."""

    eier_part: str = ""
    versjon: int = 0
    laget: datetime | None = None
    medvirkning: tuple[str, ...] = ()
    krets: frozenset[str] = frozenset()
    """Who followed the person when this version was made: the contacts that it could name."""
    innhold: Innhold = field(default_factory=lambda: MappingProxyType({}))
    frist: Frist | None = None
    """When it is to be gone through at the latest."""
    tilbakekalt: bool = False
    tilbud: Kriseplantilstand | None = None
    etterlyst: frozenset[str] = frozenset()
    forfalt: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What it has been said that the plan must be gone through for → why."""
    kopier: tuple[KriseplanKopi, ...] = ()
    """What each party has had by consent, in the order in which it was given."""
    brukt: tuple[Bruk, ...] = ()
    oppgaver: Oppgaver = field(default_factory=Oppgaver)

    @property
    def gjelder(self) -> bool:
        return self.versjon > 0 and not self.tilbakekalt

    def bruk(self, ref: str) -> Bruk | None:
        return next((bruk for bruk in self.brukt if bruk.ref == ref), None)


def evolve(state: Kriseplan, event: Any) -> Kriseplan:
    """The plan after an event."""
    match event:
        case KriseplanEtterlyst():
            return replace(state, etterlyst=state.etterlyst | {event.opphold_ref}, tilbud=None)
        case KriseplanTilbudt():
            return replace(state, tilbud=Kriseplantilstand.TILBUDT)
        case KriseplanTakketNei():
            return replace(state, tilbud=Kriseplantilstand.TAKKET_NEI)
        case KriseplanOpprettet():
            ny = replace(state, eier_part=event.eier_part, tilbakekalt=False, tilbud=None)
            return _med_innhold(ny, event)
        case KriseplanRevidert():
            return _med_innhold(state, event)
        case KriseplanrevisjonForfalt():
            gjelder = event.gjelder or event.opphold_ref
            return replace(state, forfalt=MappingProxyType({**state.forfalt, gjelder: event.grunn}))
        case KriseplanTilbakekalt():
            return replace(state, tilbakekalt=True, innhold=MappingProxyType({}))
        case _:
            return _evolve_bruk(state, event)


def _evolve_bruk(state: Kriseplan, event: Any) -> Kriseplan:
    """What comes of a plan: copies, uses, tasks and its date."""
    match event:
        case KriseplanDelt():
            return _med_kopi(state, event)
        case KriseplanKopiAvsluttet():
            return replace(state, kopier=_avsluttet(state.kopier, event.part, event.sluttet))
        case KriseplanTattIBruk():
            return replace(state, brukt=(*state.brukt, _brukt(event)))
        case KriseplanEvaluert():
            return replace(state, brukt=tuple(_evaluert(bruk, event) for bruk in state.brukt))
        case _:
            return replace(state, oppgaver=state.oppgaver.evolve(event), frist=evolve_frist(state.frist, event))


def _med_innhold(state: Kriseplan, event: KriseplanOpprettet | KriseplanRevidert) -> Kriseplan:
    innhold = {felt: getattr(event, felt) for felt in FELT if getattr(event, felt) is not None}
    return replace(
        state, versjon=event.versjon, laget=event.laget, medvirkning=event.medvirkning,
        krets=frozenset(event.kontaktkrets), innhold=MappingProxyType(innhold),
    )  # fmt: skip


def _med_kopi(state: Kriseplan, event: KriseplanDelt) -> Kriseplan:
    kopi = KriseplanKopi(
        part=event.part, versjon=event.versjon or state.versjon, deler=event.deler, fra=event.delt, til=None
    )
    return replace(state, kopier=(*_avsluttet(state.kopier, event.part, event.delt), kopi))


def _avsluttet(
    kopier: tuple[KriseplanKopi, ...], part: str, naar: datetime | None
) -> tuple[KriseplanKopi, ...]:  # fmt: skip
    return tuple(replace(kopi, til=naar) if kopi.part == part and kopi.til is None else kopi for kopi in kopier)


def _brukt(event: KriseplanTattIBruk) -> Bruk:
    return Bruk(
        event.bruk_ref, event.part, event.av, event.nivaa, event.versjon, event.tatt_i_bruk, event.varsles,
        event.erfaring,
    )  # fmt: skip


def _evaluert(bruk: Bruk, event: KriseplanEvaluert) -> Bruk:
    if bruk.ref != event.bruk_ref:
        return bruk
    return replace(bruk, fortalt=(*bruk.fortalt, event))


def tilstand(state: Kriseplan) -> Kriseplantilstand | None:
    """Where the plan stands; None when there is none and nobody has asked for one."""
    if state.gjelder:
        forfalt = any(o.slag is Oppgaveslag.VURDER_KRISEPLAN for o in state.oppgaver.åpne())
        return Kriseplantilstand.REVISJON_FORFALT if forfalt else Kriseplantilstand.GJELDER
    if state.tilbud is not None:
        return state.tilbud
    laging = {o.tilstand for o in state.oppgaver.alle.values() if o.slag is Oppgaveslag.LAG_KRISEPLAN}
    if laging & {Oppgavetilstand.AAPEN, Oppgavetilstand.TATT}:
        return Kriseplantilstand.ETTERLYST
    if state.tilbakekalt:
        return Kriseplantilstand.TILBAKEKALT
    # A task that was said to be done leaves the plan missing until there is one.
    return Kriseplantilstand.ETTERLYST if Oppgavetilstand.LOEST in laging else None
