"""Which facts belong to which stay: a pure function of all the facts of a person, whatever the order they came in.

Pasientlogistikk seldom says which stay it is about. An admission begins a stay and a discharge ends it; everything
else goes to the stay that had begun when it happened or was written. What begins anew after the discharge (a notice, a
patient who is ready) is of a later stay, of whose admission we were not told: it is never hidden in one that is over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from bindeledd.schema.generated.samhandling import (
    DoedsfallMeldt,
    MeldingKnyttet,
    OpplysningerOppdatert,
    PasientInnlagt,
    PasientUtskrevet,
    TidligmeldingSendt,
    UtskrivningsklarAvmeldt,
    UtskrivningsklarMeldt,
)
from services.felles.kansellering import Faktum, sendt
from services.felles.tid import lokal_dag
from services.samhandling.fakta import Fakta, tid

FORUT = timedelta(hours=24)
"""What is told shortly before an admission belongs to it: notices are written before logistics messages are sent."""
RETTET = timedelta(hours=24)
"""An admission that was withdrawn, and told anew at a time this near, is the same one corrected."""

BEGYNNER_PÅ_NYTT = (TidligmeldingSendt, OpplysningerOppdatert, UtskrivningsklarMeldt, UtskrivningsklarAvmeldt)


@dataclass(frozen=True, slots=True, order=True)
class Start:
    """An admission: when, and by whom."""

    når: datetime
    avsender: str


@dataclass(frozen=True, slots=True)
class Plass:
    """What identifies a stay: its admission; with `etter`, an untold one after that admission's stay was over.

    `start` None: no admission by the sender has been told.
    """

    start: Start | None
    avsender: str
    etter: bool = False

    @property
    def sortering(self) -> tuple[bool, float, str, bool]:
        """In the order in which stays begin."""
        return (self.start is None, self.start.når.timestamp() if self.start else 0.0, self.avsender, self.etter)


@dataclass(frozen=True, slots=True)
class _Tidslinje:
    """What is known of a person's stays: when each began, and the day of the discharge that ended it."""

    starter: tuple[Start, ...]
    slutt: Mapping[Start, datetime]
    først: Mapping[str, Faktum]
    """The first message of each dialogue."""
    sett: frozenset[Plass] = frozenset()
    """The places that have been given something."""


class Runde(Enum):
    """Facts are placed in rounds: those that begin a stay first, then those that join one."""

    BEGYNNER = 1
    FØLGER = 2
    TRUKKET_INNLEGGELSE = 3


def plasser(fakta: Iterable[Faktum], borte: Collection[str] = ()) -> dict[str, Plass]:
    """Where each fact belongs: fact ref → place. `borte` are the messages that have been withdrawn."""
    alle = sorted(fakta, key=lambda f: (øyeblikk(f), f.ref))
    står = [f for f in alle if any(k.melding_ref not in borte for k in f.kilder)]
    starter = _starter(står)
    linje = _Tidslinje(starter, _slutter(står, starter), _først_i_samtale(alle))
    plass_av: dict[str, Plass] = {}
    for runde in Runde:
        sett = frozenset(plass_av.values())
        for faktum in alle:
            if _runde(faktum, linje) is runde:
                plass_av[faktum.ref] = _plass(faktum, replace(linje, sett=sett))
    return plass_av


def strømmer_for(opphold: Mapping[str, Fakta], plass_av: Mapping[str, Plass]) -> dict[Plass, str]:
    """Which existing stay is which place: the one that holds its admission, else the one that holds most of it."""
    funnet: dict[Plass, str] = {}
    for plass in sorted(set(plass_av.values()), key=lambda p: p.sortering):
        kandidater = []
        for strøm, fakta in opphold.items():
            if strøm in funnet.values():
                continue
            her = [f for ref, f in fakta.alle.items() if plass_av.get(ref) == plass]
            if her:
                kandidater.append((any(_egen_start(f) == plass.start for f in her), len(her), strøm))
        if kandidater:
            funnet[plass] = max(kandidater)[2]
    return funnet


# -- when stays begin and end --------------------------------------------------------------------------------------


def _starter(står: Iterable[Faktum]) -> tuple[Start, ...]:
    """The admissions that were told; and those only named, on days of which none was told."""
    fortalt = {start for f in står if isinstance(f.event, PasientInnlagt) and (start := _egen_start(f))}
    dager = {(lokal_dag(start.når), start.avsender) for start in fortalt}
    for start in sorted(start for f in står if (start := _egen_start(f)) is not None):
        dag = (lokal_dag(start.når), start.avsender)
        if dag not in dager:
            fortalt.add(start)
            dager.add(dag)
    return tuple(sorted(fortalt))


def _slutter(står: Iterable[Faktum], starter: tuple[Start, ...]) -> dict[Start, datetime]:
    """When each stay ended: its first discharge, or the death of the patient."""
    slutt: dict[Start, datetime] = {}
    for faktum in står:
        if isinstance(faktum.event, PasientUtskrevet | DoedsfallMeldt):
            start = _siste(_aktuelle(faktum, starter), øyeblikk(faktum))
            if start is not None:
                slutt.setdefault(start, øyeblikk(faktum))
    return slutt


def _egen_start(faktum: Faktum) -> Start | None:
    """The admission that a fact tells, or names."""
    match faktum.event:
        case PasientInnlagt():
            return Start(faktum.event.innlagt, faktum.event.kilde.avsender)
        case UtskrivningsklarMeldt() | UtskrivningsklarAvmeldt() if faktum.event.innlagt is not None:
            return Start(faktum.event.innlagt, faktum.event.kilde.avsender)
        case _:
            return None


def _først_i_samtale(fakta: Iterable[Faktum]) -> dict[str, Faktum]:
    først: dict[str, Faktum] = {}
    for faktum in sorted(fakta, key=lambda f: sendt(f.først)):
        først.setdefault(faktum.først.samtale, faktum)
    return først


def øyeblikk(faktum: Faktum) -> datetime:
    """When it had happened at the latest: what is dated to the end of a day was so when it was written."""
    return min(tid(faktum.event), faktum.først.gen_dato)


# -- where a fact belongs ------------------------------------------------------------------------------------------


def _runde(faktum: Faktum, linje: _Tidslinje) -> Runde:
    egen = _egen_start(faktum)
    if isinstance(faktum.event, PasientInnlagt) and egen not in linje.starter:
        return Runde.TRUKKET_INNLEGGELSE
    return Runde.BEGYNNER if isinstance(faktum.event, BEGYNNER_PÅ_NYTT) else Runde.FØLGER


def _plass(faktum: Faktum, linje: _Tidslinje) -> Plass:
    egen = _egen_start(faktum)
    if egen is not None:
        return _plass_for_start(faktum, egen, linje)
    anker, avsender = linje.først[faktum.først.samtale], faktum.event.kilde.avsender
    ankers = _egen_start(anker)
    if ankers is not None and (kjent := _kjent_start(anker, ankers, linje.starter)) is not None:
        return Plass(kjent, kjent.avsender)
    if isinstance(faktum.event, DoedsfallMeldt):
        anker, avsender = faktum, ""
    return _etter_tid(faktum, øyeblikk(anker), linje) or Plass(None, avsender)


def _plass_for_start(faktum: Faktum, egen: Start, linje: _Tidslinje) -> Plass:
    """An admission's own place. One that was withdrawn stays with what else was told of the same stay."""
    kjent = _kjent_start(faktum, egen, linje.starter)
    if kjent is not None:
        return Plass(kjent, kjent.avsender)
    før = _siste((s for s in linje.starter if s.avsender == egen.avsender), egen.når)
    ufortalt = Plass(før, egen.avsender, etter=før is not None)
    return ufortalt if ufortalt in linje.sett else Plass(egen, egen.avsender)


def _kjent_start(faktum: Faktum, egen: Start, starter: tuple[Start, ...]) -> Start | None:
    """The admission that is meant: the very one; else the one told for that day; else what a withdrawn one became."""
    if egen in starter:
        return egen
    andre = [start for start in starter if start.avsender == egen.avsender]
    samme_dag = [start for start in andre if lokal_dag(start.når) == lokal_dag(egen.når)]
    if samme_dag:
        return min(samme_dag, key=lambda start: abs(start.når - egen.når))
    nær = [start for start in andre if abs(start.når - egen.når) <= RETTET]
    if isinstance(faktum.event, PasientInnlagt) and nær:
        return min(nær, key=lambda start: abs(start.når - egen.når))
    return None


def _aktuelle(faktum: Faktum, starter: tuple[Start, ...]) -> tuple[Start, ...]:
    """The admissions that a fact can be about: its sender's own; a death, or another's report, is about any."""
    if isinstance(faktum.event, DoedsfallMeldt):
        return starter
    egne = tuple(start for start in starter if start.avsender == faktum.event.kilde.avsender)
    return starter if isinstance(faktum.event, MeldingKnyttet) and not egne else egne


def _siste(starter: Iterable[Start], moment: datetime) -> Start | None:
    return max((start for start in starter if start.når <= moment), default=None)


def _etter_tid(faktum: Faktum, moment: datetime, linje: _Tidslinje) -> Plass | None:
    """The stay that had begun at a moment and was not over; else the one that began within the next day."""
    aktuelle = _aktuelle(faktum, linje.starter)
    start = _siste(aktuelle, moment)
    if start is not None and not _over(start, moment, linje):
        return Plass(start, start.avsender)
    neste = min((s for s in aktuelle if moment < s.når <= moment + FORUT), default=None)
    if neste is not None and not isinstance(faktum.event, PasientUtskrevet | DoedsfallMeldt):
        return Plass(neste, neste.avsender)
    if start is None:
        return None
    etter = Plass(start, start.avsender, etter=True)
    if isinstance(faktum.event, BEGYNNER_PÅ_NYTT) or etter in linje.sett:
        return etter
    return None if isinstance(faktum.event, DoedsfallMeldt) else Plass(start, start.avsender)


def _over(start: Start, moment: datetime, linje: _Tidslinje) -> bool:
    """Whether a stay had ended before the day of a moment: what is told on the day of discharge belongs to it."""
    slutt = linje.slutt.get(start)
    return slutt is not None and lokal_dag(moment) > lokal_dag(slutt)
