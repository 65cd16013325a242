"""How cases of avvik went, told from their records alone: step by step, and how each stood at any moment.

One lane to a party: what it had sent, been sent, opened and answered by then. No person, no stay and nobody who works
anywhere is named: a case goes by a name that only says it is the same one (rules 2.6: forums read without names).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from bindeledd.core.envelope import Envelope
from bindeledd.schema.generated.felles import OppgaveLoest, OppgaveTatt
from bindeledd.schema.generated.samhandling import (
    AvvikBesvart,
    AvvikEnighetMeldt,
    AvvikEskalert,
    AvvikForumBehandlet,
    AvvikIdentitetAapnet,
    AvvikIdentitetNektet,
    AvvikLukket,
    AvvikMeldt,
    AvvikMottatt,
    AvvikTilbakemeldingGitt,
    AvvikUenighetMeldt,
    AvvikUtkastForkastet,
)
from services.felles.forum import saksnavn
from services.felles.oppsett import Oppsett
from services.felles.parter import part_for
from services.felles.ruting import dps_for_bydel
from services.felles.tid import lokal_dag
from services.samhandling.avvik.avvik import Avvik, evolve
from services.samhandling.avvik.avviksarbeid import KVITTERING, SVAR

SAKER_HUSKET = 10_000
UKJENT_PART = ""
"""Of a draft nobody has said yet who reports it, or towards whom."""


@dataclass(frozen=True, slots=True)
class Bane:
    """What one party of a case had by a moment; each is the latest time, None: not yet."""

    part: str
    meldte: bool
    sendt: datetime | None = None
    fått: datetime | None = None
    åpnet: datetime | None = None
    svart: datetime | None = None
    forum: bool = False
    """It is a forum's lane: what it was sent is what was put up for it, and its answer what it came to."""

    @property
    def rolle(self) -> str:
        if self.forum:
            return "forum"
        return "meldte" if self.meldte else "gjelder"

    @property
    def status(self) -> str:
        """In words: what the party has to do with what it was sent last."""
        if self.forum:
            return "behandlet" if self.fått is None else "venter på møtet"
        if self.fått is None:
            return "sendt, ikke svart" if self.meldte else ""
        if self.åpnet is None or self.åpnet < self.fått:
            return "sendt, ikke åpnet"
        return "åpnet, ikke svart" if self.svart is None and not self.meldte else "åpnet"


class Steg(NamedTuple):
    """One record of a case, and how the case stood after it. `part` is who did it; '' for what happened by itself."""

    posisjon: int
    tid: datetime
    sak: str
    hendelse: str
    part: str
    tilstand: str
    kategori: str


@dataclass(frozen=True, slots=True)
class Sak:
    """A case as it stood, with its lanes."""

    navn: str
    state: Avvik
    baner: tuple[Bane, ...] = ()


@dataclass(frozen=True, slots=True)
class Utvalg:
    """Which cases are asked for; '' is all. A case is a DPS's when one of its parties is it, or is of its area."""

    oppsett: Oppsett
    dps: str = ""
    bydel: str = ""
    kategori: str = ""
    tilstand: str = ""

    def gjelder(self, state: Avvik) -> bool:
        """Whether the case is one of them, as far as it is known by now."""
        if self.tilstand and state.tilstand.value != self.tilstand:
            return False
        if self.kategori and (state.fakta is None or state.fakta.kategori.value != self.kategori):
            return False
        parter = [part_for(self.oppsett, part) for part in (state.av_part, state.mot_part) if part is not None]
        if self.bydel and self.bydel not in {part.bydel for part in parter}:
            return False
        return not self.dps or any(self.dps in (part.id, part.dps, self._dps(part.bydel, state)) for part in parter)

    def _dps(self, bydel: str | None, state: Avvik) -> str | None:
        if state.fakta is None or bydel is None:
            return None
        return dps_for_bydel(bydel, lokal_dag(state.fakta.hendt), self.oppsett)


Før = Callable[[str, int], Iterable[tuple[Envelope, Any]]]
"""What was written in a stream before a version of it."""


@dataclass(slots=True)
class Saksgang:
    """Follows cases, record by record in the order of the log. Where what was written before can be read again (`før`),
    only the cases in which something happened last are kept in mind."""

    saker: dict[str, Sak] = field(default_factory=dict)
    """By stream."""
    før: Før | None = None
    _eldre: dict[str, Sak] = field(default_factory=dict)
    skiftet: tuple[Avvik, Avvik] = (Avvik(), Avvik())
    """How the case of the last record stood before it, and after."""

    def følg(self, envelope: Envelope, event: Any) -> Steg:
        """Take a record in, and tell what it was."""
        sak = self.saker.get(envelope.stream) or self._hent(envelope)
        hvem = _hvem(sak.state, event)
        state = evolve(sak.state, event)
        baner = tuple(_i_banen(bane, hvem, event, envelope.registrert) for bane in _med_forumet(sak, state))
        if self.før is not None and len(self.saker) >= SAKER_HUSKET:
            self._eldre, self.saker = self.saker, {}
        self.saker[envelope.stream] = Sak(sak.navn, state, baner)
        self.skiftet = (sak.state, state)
        kategori = state.fakta.kategori.value if state.fakta is not None else ""
        return Steg(
            envelope.position, envelope.registrert, sak.navn, type(event).__name__, hvem, state.tilstand.value, kategori
        )

    def _hent(self, envelope: Envelope) -> Sak:
        """The case as it stood before a record: kept in mind, or followed again, or new."""
        strøm = envelope.stream
        if strøm in self._eldre:
            return self._eldre[strøm]
        tidligere = Saksgang()
        for konvolutt, event in self.før(strøm, envelope.version) if self.før and envelope.version > 1 else ():
            tidligere.følg(konvolutt, event)
        return tidligere.saker.get(strøm) or Sak(saksnavn(strøm), Avvik())

    def stilling(self, utvalg: Utvalg) -> Iterator[Sak]:
        """The cases that are asked for, as they stand now, in the order in which they began."""
        return (sak for sak in self.saker.values() if utvalg.gjelder(sak.state))


def steg(records: Iterable[tuple[Envelope, Any]], utvalg: Utvalg, før: Før | None = None) -> Iterator[Steg]:
    """What happened in the cases that are asked for, also what made one of them be asked for no more."""
    gang = Saksgang(før=før)
    for envelope, event in records:
        steget = gang.følg(envelope, event)
        forrige, nå = gang.skiftet
        if utvalg.gjelder(nå) or (forrige.fakta is not None and utvalg.gjelder(forrige)):
            yield steget


def per(records: Iterable[tuple[Envelope, Any]], tid: datetime) -> Saksgang:
    """How all cases stood at a moment: with what had been written by then."""
    gang = Saksgang()
    for envelope, event in records:
        if envelope.registrert <= tid:
            gang.følg(envelope, event)
    return gang


def som_rader(sak: Sak) -> Iterator[dict[str, Any]]:
    """A case as rows of a table, one to a lane."""
    state, fakta = sak.state, sak.state.fakta
    frister = {navn: f.tilstand.value for navn, f in state.frister.items()}
    om = {
        "sak": sak.navn, "kategori": fakta.kategori.value if fakta else "", "avtale": fakta.avtale if fakta else "",
        "avtale_versjon": fakta.avtale_versjon if fakta else "", "tilstand": state.tilstand.value,
        "hendt": fakta.hendt if fakta else None, "meldt": state.meldt, "lukket": state.lukket,
        "kvittering": frister.get(KVITTERING, ""), "svar": frister.get(SVAR, ""),
    }  # fmt: skip
    for bane in sak.baner or (Bane(state.mot_part or UKJENT_PART, meldte=False),):
        yield om | {
            "part": bane.part, "rolle": bane.rolle, "sendt": bane.sendt, "fått": bane.fått,
            "åpnet": bane.åpnet, "svart": bane.svart, "status": bane.status,
        }  # fmt: skip


def _med_forumet(sak: Sak, state: Avvik) -> tuple[Bane, ...]:
    """A lane to each party, and one to the forum that has the case, by its id."""
    partenes = tuple(bane for bane in sak.baner if not bane.forum)
    partenes = partenes or tuple(Bane(part, meldte=part == state.av_part) for part in state.parter)
    if state.forumsak is None:
        return partenes
    forumets = next((bane for bane in sak.baner if bane.forum), Bane("", meldte=False, forum=True))
    return (*partenes, replace(forumets, part=state.forumsak.forum))


def _hvem(state: Avvik, event: Any) -> str:
    """The party that did what a record tells."""
    match event:
        case AvvikMeldt():
            return str(event.av_part)
        case AvvikMottatt():
            return state.mot_part or UKJENT_PART
        case AvvikBesvart() | AvvikUenighetMeldt() | AvvikEnighetMeldt() | AvvikEskalert():
            return str(event.part)
        case AvvikIdentitetAapnet() | AvvikIdentitetNektet():
            return str(event.part)
        case AvvikForumBehandlet():
            return str(event.forum)
        case AvvikUtkastForkastet(part=str(part)):
            return part
        case AvvikTilbakemeldingGitt():
            return state.av_part or UKJENT_PART
        case OppgaveLoest() | OppgaveTatt() if event.oppgave_ref in state.oppgaver.alle:
            return state.oppgaver.alle[event.oppgave_ref].part
        case _:
            return UKJENT_PART


def _i_banen(bane: Bane, hvem: str, event: Any, tid: datetime) -> Bane:
    if bane.forum:
        return _i_forumet(bane, event, tid)
    sagt = isinstance(event, AvvikMeldt | AvvikBesvart | AvvikUenighetMeldt | AvvikForumBehandlet)
    if hvem != bane.part:
        return replace(bane, fått=tid) if sagt else bane
    if isinstance(event, AvvikBesvart | AvvikUenighetMeldt):
        return replace(bane, sendt=tid, svart=tid, åpnet=tid if bane.fått else None)
    if isinstance(event, AvvikMeldt):
        return replace(bane, sendt=tid)
    return replace(bane, åpnet=tid) if bane.fått else bane


def _i_forumet(bane: Bane, event: Any, tid: datetime) -> Bane:
    """A forum has opened a case when it takes it up; what it sends on, or puts off, waits for a forum again."""
    match event:
        case AvvikEskalert():
            return replace(bane, fått=tid)
        case AvvikForumBehandlet():
            venter = tid if event.neste_moete is not None else None
            return replace(bane, sendt=tid, svart=tid, åpnet=tid, fått=venter)
        case AvvikLukket():
            return replace(bane, fått=None)
        case _:
            return bane
