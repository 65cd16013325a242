"""A pattern: many avvik of one kind between the same two units, which a forum has to look at though each is settled.

One stream to a kind and a pair of units, about nobody. Each avvik that is reported is counted; when there have been so
many within so long that no forum has taken up, the pattern raises itself, with the figures that show it (rules 2.6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bindeledd.core.decider import Circumstances
from bindeledd.schema.generated.samhandling import (
    Avvikskategori,
    AvvikTalt,
    Forumutfall,
    MoensterBehandlet,
    MoensterReist,
    MoensterUtsnitt,
)
from services.felles.kjent import Kjent, grunn_av
from services.felles.oppsett import Oppsett
from services.felles.regler import IngenRegel
from services.felles.ruting import dps_for_saken
from services.felles.små_tall import er_få
from services.felles.tid import lokal_dag
from services.samhandling.forum.forumsak import Behandle, Forumsak, behandle, er_forum, finn_møte, forumene, vist

TOPIC = "samhandling.moenster"
VINDU, ANTALL = "moenster_vindu", "moenster_antall"
RUSTEAM = "ruteam"
"""The kind of unit whose matters are about substance use."""
HUSKES = 500
"""So many of the latest are remembered: more than any rule counts within its time."""


@dataclass(frozen=True, slots=True)
class Mønster:
    """What has been counted; and the pattern as it was raised, when it has been."""

    kategori: Avvikskategori = Avvikskategori.UKJENT
    enheter: tuple[str, ...] = ()
    dps: str | None = None
    meldt: tuple[datetime, ...] = ()
    reist: MoensterReist | None = None
    sak: Forumsak | None = None


@dataclass(frozen=True, slots=True)
class TellAvvik:
    """Command: one more has been reported, to the first unit by the second. `dps`: that of the stay, where there is
    one."""

    kategori: Avvikskategori
    enheter: tuple[str, ...]
    meldt: datetime
    dps: str | None = None


# -- decide and evolve ---------------------------------------------------------------------------------------------


def decide(state: Mønster, command: Any, om: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    match command:
        case TellAvvik():
            return _tell(state, command, om)
        case Behandle():
            gjort = behandle(state.sak, command, om)
            return [
                MoensterBehandlet(
                    forum=gjort.forum, moete=gjort.møte, av=command.av, tid=om.now, utfall=command.utfall,
                    til_forum=gjort.til_forum, neste_moete=gjort.neste_møte, beslutning=command.beslutning,
                )
            ]  # fmt: skip
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _tell(state: Mønster, command: TellAvvik, om: Circumstances) -> Sequence[Any]:
    oppsett: Oppsett = om.rules.oppsett
    dps = dps_for_saken(command.dps, command.enheter, lokal_dag(command.meldt), oppsett)
    enheter = tuple(sorted(command.enheter))
    talt = AvvikTalt(kategori=command.kategori, enheter=enheter, dps=dps, meldt=command.meldt)
    try:
        return [talt, *_reis(evolve(state, talt), command.meldt, om)]
    except IngenRegel:
        return [talt]  # who reports is not stopped by what a municipality has not set up


def _reis(state: Mønster, meldt: datetime, om: Circumstances) -> list[MoensterReist]:
    """The pattern, raised or grown; nothing while they are too few, or no forum takes it."""
    oppsett: Oppsett = om.rules.oppsett
    dag, avgjort = lokal_dag(meldt), _sist_avgjort(state.sak)
    regel, antall = oppsett.regler.verdi(VINDU, dag), oppsett.regler.verdi(ANTALL, dag).verdi
    med = [tid for tid in state.meldt if tid > meldt - regel.varighet and (avgjort is None or tid > avgjort)]
    if len(med) < antall:
        return []
    møte: tuple[str, date] | None = None
    if state.sak is not None and state.sak.møte is not None:
        møte = (state.sak.forum, state.sak.møte)
    else:
        rus = any(oppsett.parter[id_].slag == RUSTEAM for id_ in state.enheter)
        funnet = finn_møte(oppsett, state.dps, om.now, rus=rus)
        møte = (funnet[0].id, funnet[1]) if funnet is not None else None
    if møte is None:
        return []
    return [
        MoensterReist(
            antall=len(med), fra=min(med), til=max(med), forum=møte[0], moete=møte[1], regel_versjon=regel.versjon
        )
    ]


def _sist_avgjort(sak: Forumsak | None) -> datetime | None:
    """When a forum last had done with it: what was reported by then is not counted again."""
    ferdig = (Forumutfall.AVGJORT, Forumutfall.TILBAKE)
    return max((b.tid for b in (sak.behandlinger if sak is not None else ()) if b.utfall in ferdig), default=None)


def evolve(state: Mønster, event: Any) -> Mønster:
    """The pattern after an event."""
    match event:
        case AvvikTalt():
            meldt = tuple(sorted((*state.meldt, event.meldt)))[-HUSKES:]
            return replace(state, kategori=event.kategori, enheter=event.enheter, dps=event.dps, meldt=meldt)
        case MoensterReist():
            før = state.sak.behandlinger if state.sak is not None else ()
            sak = Forumsak(event.forum, event.moete, event.til, dps=state.dps, behandlinger=før)
            return replace(state, reist=event, sak=sak)
        case MoensterBehandlet() if state.sak is not None:
            return replace(state, sak=state.sak.etter(event))
        case _:
            return state


# -- what a forum sees ---------------------------------------------------------------------------------------------


def kandidater(state: Mønster, kjent: Kjent) -> Iterable[str]:
    """The forums, once it has raised itself."""
    return forumene(kjent.rammer.oppsett) if state.sak is not None else ()


def utsnitt(state: Mønster, part_id: str, kjent: Kjent) -> MoensterUtsnitt | None:
    """The pattern as a forum sees it; None for anybody else. Few are not counted (rules 1.6)."""
    svar, sak, reist = er_forum(kjent, part_id), state.sak, state.reist
    if svar is None or sak is None or reist is None:
        return None
    behandlinger, tekster = vist(sak)
    slag = (kjent.rammer.oppsett.parter[id_].slag for id_ in state.enheter if id_ in kjent.rammer.oppsett.parter)
    få = er_få(reist.antall)
    return MoensterUtsnitt(
        aggregat="", grunn=grunn_av(svar, ()), forum=sak.forum, moete=sak.møte,
        dps=state.dps, kategori=state.kategori, slag=tuple(sorted(slag)), antall=0 if få else reist.antall, faa=få,
        fra=reist.fra, til=reist.til, behandlinger=behandlinger, tekster=tekster,
    )  # fmt: skip
