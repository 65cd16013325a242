"""Says a moment the way people here say it: Norwegian days, 24-hour clock, Europe/Oslo."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from services.felles.tid import OSLO, lokal_dag

_DAGER = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_MÅNEDER = (
    *("januar", "februar", "mars", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "desember"),
)


def klokke(moment: datetime) -> str:
    """`kl. 22.40`, which a line never breaks in two."""
    return f"kl.\N{NO-BREAK SPACE}{moment.astimezone(OSLO):%H.%M}"


def dag(dato: date, nå: datetime) -> str:
    """`i dag`, `i går`, `i morgen`, `fredag 2. februar`; with the year when it is another than this one."""
    i_dag = lokal_dag(nå)
    match (dato - i_dag).days:
        case 0:
            return "i dag"
        case -1:
            return "i går"
        case 1:
            return "i morgen"
        case _:
            år = "" if dato.year == i_dag.year else f" {dato.year}"
            return f"{_DAGER[dato.weekday()]} {dato.day}. {_MÅNEDER[dato.month - 1]}{år}"


def dato(dato_: date) -> str:
    """`4. mai 1987`: a date that is not near, such as a birthday."""
    return f"{dato_.day}. {_MÅNEDER[dato_.month - 1]} {dato_.year}"


def når(moment: datetime, nå: datetime, *, bare_dato: bool = False) -> str:
    """`i går kl. 22.40`; the day alone when the sender gave no time of day."""
    ord_ = dag(lokal_dag(moment), nå)
    return ord_ if bare_dato else f"{ord_} {klokke(moment)}"


def varighet(tid: timedelta) -> str:
    """`3 timer og 20 minutter`, `2 døgn`, `under ett minutt`: no finer than somebody in a hurry needs."""
    minutter = int(abs(tid).total_seconds() // 60)
    døgn, rest = divmod(minutter, 24 * 60)
    timer, minutter = divmod(rest, 60)
    if døgn >= 2:
        return f"{døgn} døgn"
    timer += 24 * døgn
    deler = [_antall(timer, "time", "timer")] if timer else []
    if minutter and timer < 10:
        deler.append(_antall(minutter, "minutt", "minutter"))
    return " og ".join(deler) or "under ett minutt"


def maskin(moment: datetime | date) -> str:
    """What stands in <time datetime>."""
    if isinstance(moment, datetime):
        return moment.astimezone(OSLO).isoformat(timespec="minutes")
    return moment.isoformat()


def _antall(tall: int, en: str, flere: str) -> str:
    return f"{tall} {en if tall == 1 else flere}"
