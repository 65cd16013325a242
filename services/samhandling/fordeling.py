"""Which facts belong to which stay: a pure function of all the facts of a person, whatever the order they came in.

Pasientlogistikk seldom says which stay it is about. An admission begins a stay; everything else goes to the stay that
had begun when it happened. A late admission can so take over facts that lay elsewhere: then they are moved, visibly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bindeledd.schema.generated.samhandling import (
    DoedsfallMeldt,
    MeldingKnyttet,
    PasientInnlagt,
    UtskrivningsklarAvmeldt,
    UtskrivningsklarMeldt,
)
from services.samhandling.fakta import Fakta, Faktum, rekkefølge, sendt, tid

FORUT = timedelta(hours=24)
"""What is told shortly before an admission belongs to it: notices are written before logistics messages are sent."""


@dataclass(frozen=True, slots=True, order=True)
class Plass:
    """What identifies a stay: the sender and the moment of admission. None: no admission has been told."""

    start: datetime | None
    avsender: str


@dataclass(frozen=True, slots=True)
class Flytting:
    """A fact that lies in one stay and belongs to another."""

    faktum: Faktum
    fra: str
    plass: Plass


def plasser(fakta: Iterable[Faktum]) -> dict[str, Plass]:
    """Where each fact belongs: fact ref → place."""
    i_rekkefølge = sorted(fakta, key=rekkefølge)
    starter = sorted({start for faktum in i_rekkefølge if (start := _start(faktum)) is not None})
    først_i_samtale = _først_i_samtale(i_rekkefølge)
    return {f.ref: _plass(f, starter, først_i_samtale[f.først.samtale]) for f in i_rekkefølge}


def strømmer_for(opphold: Mapping[str, Fakta], plass_av: Mapping[str, Plass]) -> dict[Plass, str]:
    """Which existing stay is which place: the one that holds its admission, else the one that holds most of it."""
    funnet: dict[Plass, str] = {}
    for plass in sorted(set(plass_av.values()), key=_sorterbar):
        kandidater = []
        for strøm, fakta in opphold.items():
            if strøm in funnet.values():
                continue
            her = [f for ref, f in fakta.alle.items() if plass_av.get(ref) == plass]
            if her:
                kandidater.append((any(_start(f) == plass for f in her), len(her), strøm))
        if kandidater:
            funnet[plass] = max(kandidater)[2]
    return funnet


def flyttinger(
    opphold: Mapping[str, Fakta], plass_av: Mapping[str, Plass], strøm_av: Mapping[Plass, str]
) -> list[Flytting]:
    """The facts that lie in another stay than the one they belong to."""
    return [
        Flytting(faktum, strøm, plass_av[ref])
        for strøm, fakta in sorted(opphold.items())
        for ref, faktum in fakta.alle.items()
        if ref in plass_av and strøm_av.get(plass_av[ref]) != strøm
    ]


def _start(faktum: Faktum) -> Plass | None:
    """The admission that a fact tells, or names."""
    match faktum.event:
        case PasientInnlagt():
            return Plass(faktum.event.innlagt, faktum.event.kilde.avsender)
        case UtskrivningsklarMeldt() | UtskrivningsklarAvmeldt() if faktum.event.innlagt is not None:
            return Plass(faktum.event.innlagt, faktum.event.kilde.avsender)
        case _:
            return None


def _først_i_samtale(fakta: Iterable[Faktum]) -> dict[str, Faktum]:
    først: dict[str, Faktum] = {}
    for faktum in sorted(fakta, key=lambda f: sendt(f.først)):
        først.setdefault(faktum.først.samtale, faktum)
    return først


def _plass(faktum: Faktum, starter: list[Plass], først: Faktum) -> Plass:
    egen = _start(faktum)
    if egen is not None:
        return egen
    if isinstance(faktum.event, DoedsfallMeldt):
        return _etter_tid(tid(faktum.event), starter) or Plass(None, "")
    avsender = faktum.event.kilde.avsender
    egne = [start for start in starter if start.avsender == avsender]
    if isinstance(faktum.event, MeldingKnyttet) and not egne:
        egne = starter
    return _start(først) or _etter_tid(tid(først.event), egne) or Plass(None, avsender)


def _etter_tid(moment: datetime, starter: list[Plass]) -> Plass | None:
    """The stay that had begun at a moment; else the one that began within the next day."""
    før = [start for start in starter if start.start is not None and start.start <= moment]
    if før:
        return før[-1]
    etter = [start for start in starter if start.start is not None and start.start <= moment + FORUT]
    return etter[0] if etter else None


def _sorterbar(plass: Plass) -> tuple[bool, float, str]:
    return (plass.start is None, plass.start.timestamp() if plass.start else 0.0, plass.avsender)
