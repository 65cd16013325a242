"""Understands the meeting ladder: which forum takes a case, when it meets next, what stands above it, what it became.

All of it is data with dates (`[[forum]]`): a case that is open when the ladder changes goes on in what it is then.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from services.felles.helligdager import norsk_helligdag
from services.felles.toml_leser import Leser, Periode

LENGST_FRAM = timedelta(days=800)
"""A calendar meets at least once a year; further ahead than this there is a fault in it."""
SAKSFRIST = "forum_saksfrist"
"""The rule that says how long before a meeting its papers go out."""
RUS, PSYKISK_HELSE = "rus", "psykisk-helse"
EMNER = (PSYKISK_HELSE, RUS)


@dataclass(frozen=True, slots=True)
class Kalender:
    """Meets in these months, on the `uke`-th `ukedag` (1 Monday) of each; else on the next working day."""

    måneder: tuple[int, ...]
    uke: int
    ukedag: int

    def i_året(self, år: int) -> tuple[date, ...]:
        """The days of a year, in order."""
        return tuple(_utenom_helligdager(_den_n_te(år, måned, self.uke, self.ukedag)) for måned in self.måneder)


@dataclass(frozen=True, slots=True)
class Forum:
    """One row: a forum as it is in a period. `trinn`: what kind of forum (DPR). `dps`: the area whose cases it takes,
    `emne` what they are about; a forum that only hears of them from below has neither. `melder_til`: the rung above;
    `etterfølger`: what it became when the period ended."""

    id: str
    navn: str
    trinn: str
    hva: str
    dps: str | None
    emne: str
    kalender: Kalender
    melder_til: str
    etterfølger: str
    periode: Periode


@dataclass(frozen=True, slots=True)
class Stige:
    """All rows, also of forums that are no more."""

    rader: tuple[Forum, ...] = ()

    def den(self, id_: str, dag: date) -> Forum | None:
        """The forum as it is on a day; None on a day when it does not exist."""
        return next((f for f in self.rader if f.id == id_ and f.periode.gjelder(dag)), None)

    def på(self, dag: date) -> tuple[Forum, ...]:
        """The forums that there are on a day, as the file names them."""
        return tuple(f for f in self.rader if f.periode.gjelder(dag))

    def siste(self, id_: str) -> Forum | None:
        """The forum as it was last, whenever that was; None for one that nobody has named."""
        return max((f for f in self.rader if f.id == id_), key=lambda f: f.periode.fra, default=None)

    def tar(self, dps: str | None, dag: date, *, rus: bool) -> Forum | None:
        """The forum in which a case begins (rules 2.6): the area's own; what is about substance use, the one for that;
        without an area, the one for mental health. None when the configuration has none on the day."""
        her = self.på(dag)
        if rus:
            egen = next((f for f in her if f.emne == RUS), None)
            if egen is not None:
                return egen
        av_området = next((f for f in her if dps is not None and f.dps == dps), None)
        return av_området or next((f for f in her if f.emne == PSYKISK_HELSE), None)

    def ble(self, id_: str, dag: date) -> Forum | None:
        """What a forum is on a day: itself, or what it became, and what that became; where it is yet to come, what will
        become it. None: there is nothing left."""
        sett: set[str] = set()
        blir_til = self.var(id_) if id_ else frozenset()
        while id_ and id_ not in sett:
            sett.add(id_)
            nå = self.den(id_, dag)
            if nå is not None:
                return nå
            da = self.siste(id_)
            id_ = da.etterfølger if da is not None else ""
        return next((f for f in self.på(dag) if f.id in blir_til), None)

    def var(self, id_: str) -> frozenset[str]:
        """The forum, and all that have become it: whose cases and history are its own."""
        ut = {id_}
        while nye := {f.id for f in self.rader if f.etterfølger in ut} - ut:
            ut |= nye
        return frozenset(ut)

    def over(self, forum: Forum, dag: date) -> Forum | None:
        """The rung that a forum reports to, as it is on a day; None for the topmost."""
        return self.ble(forum.melder_til, dag)

    def neste_møte(self, id_: str, etter: date) -> tuple[Forum, date] | None:
        """The first meeting after a day, and the forum that it is of: a forum that ends before it meets again has its
        cases in what it became."""
        nå = self.ble(id_, etter)
        while nå is not None:
            slutt = nå.periode.til
            møte = next(_møter(nå, etter), None)
            if møte is not None:
                return nå, møte
            if slutt is None:
                return None
            nå, etter = self.ble(nå.id, slutt + timedelta(days=1)), max(etter, slutt)
        return None

    def møtet(self, id_: str, møte: date, dag: date) -> tuple[Forum, date] | None:
        """Where and when a case that was put up for a meeting is taken up, as it looks on a day: there and then, or in
        what the forum has become, at its next meeting."""
        nå = self.ble(id_, max(møte, dag))
        return (nå, møte) if nå is not None and nå.id == id_ else self._hos_etterfølgeren(id_, dag)

    def _hos_etterfølgeren(self, id_: str, dag: date) -> tuple[Forum, date] | None:
        da = self.siste(id_)
        slutt = da.periode.til if da is not None and da.periode.til is not None else dag
        return self.neste_møte(id_, max(slutt, dag))


def _møter(forum: Forum, etter: date) -> Iterator[date]:
    """The forum's meetings after a day, in its period, in order."""
    senest = etter + LENGST_FRAM
    for år in range(etter.year, senest.year + 1):
        yield from (dag for dag in forum.kalender.i_året(år) if dag > etter and forum.periode.gjelder(dag))


def _den_n_te(år: int, måned: int, uke: int, ukedag: int) -> date:
    første = date(år, måned, 1)
    return første + timedelta(days=(ukedag - første.isoweekday()) % 7 + 7 * (uke - 1))


def _utenom_helligdager(dag: date) -> date:
    while norsk_helligdag(dag) is not None or dag.isoweekday() > 5:
        dag += timedelta(days=1)
    return dag


def saksnavn(stream: str) -> str:
    """What a case is called where nobody is named: the same each time. Whoever has the ref of a case can tell its name;
    nobody else can tell anything by it."""
    return sha256(f"avvik {stream}".encode()).hexdigest()[:12]


# -- reading -------------------------------------------------------------------------------------------------------


def les_stigen(fil: Leser, parter: Mapping[str, object]) -> Stige:
    """Reads `[[forum]]`. Raises OppsettFeil for a forum that is two at a time, or reports to, or becomes, none."""
    if "forum" not in fil.data:
        return Stige()
    ut: list[Forum] = []
    rader = [*fil.rader("forum")]
    navngitte = {rad.tekst("id") for rad in rader}
    for rad in rader:
        forum = _les_forum(rad, parter, navngitte)
        if any(f.id == forum.id and f.periode.overlapper(forum.periode) for f in ut):
            raise rad.feil("gjelder_fra", f"{forum.id} er to forum samtidig", "Sett gjelder_til på det eldste")
        ut.append(forum)
    return Stige(tuple(ut))


def _les_forum(rad: Leser, parter: Mapping[str, object], navngitte: Container[str]) -> Forum:
    rad.bare(
        "id", "navn", "trinn", "hva", "dps", "emne", "maaneder", "uke", "ukedag", "melder_til", "etterfoelger",
        "gjelder_fra", "gjelder_til",
    )  # fmt: skip
    dps, emne, periode = rad.tekst("dps", ellers="") or None, rad.tekst("emne", ellers=""), rad.periode()
    if dps is not None and dps not in parter:
        raise rad.feil("dps", f"{dps!r} finnes ikke", "Bruk en av dem i [part]")
    if emne and emne not in EMNER:
        raise rad.feil("emne", f"{emne!r} finnes ikke", f"Bruk en av: {', '.join(EMNER)}")
    over, etter = rad.tekst("melder_til", ellers=""), rad.tekst("etterfoelger", ellers="")
    for nøkkel, id_ in (("melder_til", over), ("etterfoelger", etter)):
        if id_ and id_ not in navngitte:
            raise rad.feil(nøkkel, f"{id_!r} finnes ikke", "Bruk id-en til et annet [[forum]]")
    if etter and periode.til is None:
        raise rad.feil("etterfoelger", "står på et forum som ikke slutter", "Sett gjelder_til, eller ta den bort")
    return Forum(
        rad.tekst("id"), rad.tekst("navn"), rad.tekst("trinn"), rad.tekst("hva"), dps, emne, _les_kalender(rad), over,
        etter, periode,
    )  # fmt: skip


def _les_kalender(rad: Leser) -> Kalender:
    måneder, uke, ukedag = rad.heltallene("maaneder"), rad.heltall("uke"), rad.heltall("ukedag")
    if not måneder or list(måneder) != sorted({*måneder} & {*range(1, 13)}):
        raise rad.feil("maaneder", "er ikke måneder i rekkefølge", "Skriv for eksempel [2, 5, 9, 11]")
    if not (1 <= uke <= 4 and 1 <= ukedag <= 5):
        raise rad.feil("uke", "eller ukedag er utenfor", "uke er 1 til 4, og ukedag 1 (mandag) til 5 (fredag)")
    return Kalender(måneder, uke, ukedag)
