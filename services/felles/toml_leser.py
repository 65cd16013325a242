"""Understands how a configuration table is read: typed, strict, and with errors that name file, key and remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar

from bindeledd.core.errors import BindeleddError

T = TypeVar("T")


class OppsettFeil(BindeleddError):
    """The configuration cannot be used: which file, which key, what is wrong, what to do."""

    def __init__(self, fil: str, nøkkel: str, hva: str, råd: str) -> None:
        self.fil, self.nøkkel, self.hva, self.råd = fil, nøkkel, hva, råd
        super().__init__(f"{fil}: {nøkkel}: {hva}. {råd}")


@dataclass(frozen=True, slots=True)
class Periode:
    """From midnight (Europe/Oslo) at the start of `fra` to the end of the day `til`; no `til` means until further."""

    fra: date
    til: date | None = None

    def gjelder(self, dato: date) -> bool:
        return self.fra <= dato and (self.til is None or dato <= self.til)

    def overlapper(self, andre: Periode) -> bool:
        return (self.til is None or andre.fra <= self.til) and (andre.til is None or self.fra <= andre.til)


@dataclass(frozen=True, slots=True)
class Leser:
    """One table of a file, and where in the file it stands."""

    fil: str
    sti: str
    data: Mapping[str, object]

    def feil(self, nøkkel: str, hva: str, råd: str) -> OppsettFeil:
        return OppsettFeil(self.fil, f"{self.sti}.{nøkkel}".strip("."), hva, råd)

    def bare(self, *nøkler: str) -> None:
        """Refuses a key that nobody reads: most often a misspelling."""
        for nøkkel in self.data:
            if nøkkel not in nøkler:
                raise self.feil(nøkkel, "ukjent nøkkel", f"Bruk en av: {', '.join(nøkler)}")

    def _verdi(self, nøkkel: str, slag: type[T], navn: str) -> T:
        verdi = self.data.get(nøkkel)
        if verdi is None:
            raise self.feil(nøkkel, "mangler", f"Skriv {navn}")
        if not isinstance(verdi, slag) or (isinstance(verdi, bool) and slag is not bool) or isinstance(verdi, datetime):
            raise self.feil(nøkkel, f"er ikke {navn}", f"Skriv {navn}")
        return verdi

    def tekst(self, nøkkel: str, *, ellers: str | None = None) -> str:
        if ellers is not None and nøkkel not in self.data:
            return ellers
        verdi = self._verdi(nøkkel, str, "en tekst")
        if not verdi.strip():
            raise self.feil(nøkkel, "er tom", "Skriv en tekst")
        return verdi

    def heltall(self, nøkkel: str) -> int:
        return self._verdi(nøkkel, int, "et heltall")

    def ja_nei(self, nøkkel: str) -> bool:
        return self._verdi(nøkkel, bool, "true eller false")

    def dato(self, nøkkel: str) -> date:
        return self._verdi(nøkkel, date, "en dato (2026-06-01, uten anførselstegn)")

    def klokkeslett(self, nøkkel: str) -> time:
        return self._verdi(nøkkel, time, "et klokkeslett (08:00:00, uten anførselstegn)")

    def tekster(self, nøkkel: str) -> tuple[str, ...]:
        liste = self._verdi(nøkkel, list, "en liste av tekster")
        ut = tuple(x for x in liste if isinstance(x, str) and x)
        if len(ut) != len(liste):
            raise self.feil(nøkkel, "har noe annet enn tekster", 'Skriv for eksempel ["a", "b"]')
        if len(set(ut)) != len(ut):
            raise self.feil(nøkkel, "nevner noe to ganger", "Behold det én gang")
        return ut

    def heltallene(self, nøkkel: str) -> tuple[int, ...]:
        liste = self._verdi(nøkkel, list, "en liste av heltall")
        ut = tuple(x for x in liste if isinstance(x, int) and not isinstance(x, bool))
        if len(ut) != len(liste):
            raise self.feil(nøkkel, "har noe annet enn heltall", "Skriv for eksempel [1, 2]")
        return ut

    def periode(self) -> Periode:
        """`gjelder_fra` (required) and `gjelder_til` (the last day, or absent)."""
        fra = self.dato("gjelder_fra")
        til = self.dato("gjelder_til") if "gjelder_til" in self.data else None
        if til is not None and til < fra:
            raise self.feil("gjelder_til", "er før gjelder_fra", "Skriv den siste dagen det gjelder")
        return Periode(fra, til)

    def tabell(self, nøkkel: str) -> Leser:
        data = self._verdi(nøkkel, dict, f"en tabell [{nøkkel}]")
        return Leser(self.fil, f"{self.sti}.{nøkkel}".strip("."), data)

    def tabeller(self, nøkkel: str) -> Iterator[tuple[str, Leser]]:
        """The tables in a table, by name."""
        under = self.tabell(nøkkel)
        for navn in under.data:
            yield navn, under.tabell(navn)

    def rader(self, nøkkel: str) -> Iterator[Leser]:
        """The rows of an array of tables."""
        liste = self._verdi(nøkkel, list, f"en liste av tabeller [[{nøkkel}]]")
        for nr, rad in enumerate(liste, 1):
            if not isinstance(rad, dict):
                raise self.feil(nøkkel, f"rad {nr} er ikke en tabell", f"Skriv den som [[{nøkkel}]]")
            yield Leser(self.fil, f"{self.sti}.{nøkkel}[{nr}]".strip("."), rad)


def les_fil(sti: Path) -> Leser:
    """A whole file. Raises OppsettFeil when it is absent, not UTF-8 or not TOML. Names the file, not its folder."""
    try:
        data = tomllib.loads(sti.read_text("utf-8"))
    except OSError as feil:
        raise OppsettFeil(sti.name, "filen", "kan ikke leses", "Se at filen finnes og kan leses") from feil
    except UnicodeDecodeError as feil:
        raise OppsettFeil(sti.name, "filen", "er ikke UTF-8", "Lagre den som UTF-8") from feil
    except tomllib.TOMLDecodeError as feil:
        raise OppsettFeil(sti.name, "filen", f"er ikke gyldig TOML ({feil})", "Rett linjen som er nevnt") from feil
    return Leser(sti.name, "", data)
