"""Points in time as messages write them: local or UTC, to the second or a date, and the two hours that clocks fold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from services.felles.tid import OSLO

_FORM: Final = re.compile(
    r"(?P<dato>\d{4}-\d\d-\d\d)"
    r"(?:T(?P<time>\d\d):(?P<minutt>\d\d):(?P<sekund>\d\d)(?:\.(?P<brøk>\d{1,18}))?)?"
    r"(?P<sone>Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tidspunkt:
    """One point in time of a message. `skrevet` is the text as it stood; nothing of it is lost.

    `instant` is in UTC and None when only a date was given; `dato` is the date in Norway.
    In the autumn hour that comes twice, `instant` is the first reading and `senere_lesning` the second.
    `finnes_ikke` marks the spring hour that no clock shows; `instant` is then what the clock before the change says.
    """

    skrevet: str
    dato: date
    instant: datetime | None = None
    anslag: bool = False
    senere_lesning: datetime | None = None
    finnes_ikke: bool = False

    @property
    def tvetydig(self) -> bool:
        """True when the text can mean either of two instants."""
        return self.senere_lesning is not None

    @property
    def bare_dato(self) -> bool:
        """True when no time of day was given."""
        return self.instant is None


def les_tidspunkt(tekst: str, *, anslag: bool = False) -> Tidspunkt | None:
    """Reads an XML date or dateTime. Without an offset it is Norwegian time, with `Z` it is UTC; None when malformed.

    Years, months and bare times of day, which the schema's type also allows, say too little here and give None.
    """
    treff = _FORM.fullmatch(tekst.strip(" \t\r\n"))
    if treff is None:
        return None
    try:
        return _tolk(treff, tekst, anslag)
    except (ValueError, OverflowError):
        return None


def _tolk(treff: re.Match[str], tekst: str, anslag: bool) -> Tidspunkt | None:
    dag = date.fromisoformat(treff["dato"])
    sone = _sone(treff["sone"])
    if treff["time"] is None:
        return Tidspunkt(tekst, dag, anslag=anslag)
    veggtid = _veggtid(dag, treff)
    if sone is not None:
        instant = veggtid.replace(tzinfo=sone).astimezone(UTC)
        return Tidspunkt(tekst, instant.astimezone(OSLO).date(), instant, anslag)
    return _norsk_tid(veggtid, tekst, anslag)


def _veggtid(dag: date, treff: re.Match[str]) -> datetime:
    timer, minutt, sekund = int(treff["time"]), int(treff["minutt"]), int(treff["sekund"])
    mikro = int((treff["brøk"] or "0").ljust(6, "0")[:6])
    # XML Schema writes the end of a day as 24:00:00.
    if (timer, minutt, sekund, mikro) == (24, 0, 0, 0):
        return datetime.combine(dag, time()) + timedelta(days=1)
    return datetime.combine(dag, time(timer, minutt, sekund, mikro))


def _sone(tekst: str | None) -> timezone | None:
    if tekst is None:
        return None
    if tekst == "Z":
        return UTC
    timer, minutter = int(tekst[1:3]), int(tekst[4:6])
    if minutter > 59 or timer * 60 + minutter > 14 * 60:
        raise ValueError("offset")
    avvik = timedelta(hours=timer, minutes=minutter)
    return timezone(-avvik if tekst[0] == "-" else avvik)


def _norsk_tid(veggtid: datetime, tekst: str, anslag: bool) -> Tidspunkt:
    først = veggtid.replace(tzinfo=OSLO).astimezone(UTC)
    sist = veggtid.replace(tzinfo=OSLO, fold=1).astimezone(UTC)
    if først == sist:
        return Tidspunkt(tekst, veggtid.date(), først, anslag)
    if først < sist:
        return Tidspunkt(tekst, veggtid.date(), først, anslag, senere_lesning=sist)
    return Tidspunkt(tekst, veggtid.date(), først, anslag, finnes_ikke=True)


def skriv_lokal(tid: datetime) -> str:
    """An aware instant as PLO 1.6 writes it: Norwegian time without an offset, whole seconds."""
    return _med_sone(tid).astimezone(OSLO).replace(tzinfo=None).isoformat(timespec="seconds")


def skriv_utc(tid: datetime) -> str:
    """An aware instant as PLO 1.5 writes it: UTC with `Z`, whole seconds."""
    return _med_sone(tid).astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def skriv_med_avvik(tid: datetime) -> str:
    """An aware instant in Norwegian time with its offset, whole seconds: cannot be misread in any hour."""
    return _med_sone(tid).astimezone(OSLO).isoformat(timespec="seconds")


def _med_sone(tid: datetime) -> datetime:
    if tid.tzinfo is None:
        raise ValueError("a time without a zone was given. Give an aware datetime, for instance in UTC")
    return tid
