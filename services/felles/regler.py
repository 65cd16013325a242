"""Understands dated rules: which value a rule had on a date, where it comes from, and when there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, assert_never

from bindeledd.core.errors import RuleBroken
from services.felles.tid import lokal_dag
from services.felles.toml_leser import Leser, Periode

Enhet = Literal["minutter", "timer", "døgn", "virkedager", "måneder", "år", "kroner", "ja_nei", "antall"]
Teller = Literal["hendt", "mottatt", ""]

_ENHETER: dict[str, Enhet] = {
    e: e for e in ("minutter", "timer", "døgn", "virkedager", "måneder", "år", "kroner", "ja_nei", "antall")
}
_TELLERE: dict[str, Teller] = {t: t for t in ("hendt", "mottatt", "")}


@dataclass(frozen=True, slots=True)
class Regel:
    """One value of a rule, as it goes into the events that were decided by it.

    `teller` says whether `hendt` or `mottatt` counts as the time that meets the deadline; empty where it has none.
    """

    id: str
    versjon: str
    verdi: int
    enhet: Enhet
    paragraf: str
    teller: Teller
    periode: Periode

    @property
    def varighet(self) -> timedelta:
        """The value as elapsed time: a døgn is 24 hours also on the nights of the clock change.

        Raises ValueError for a rule whose unit is not a time.
        """
        match self.enhet:
            case "minutter":
                return timedelta(minutes=self.verdi)
            case "timer":
                return timedelta(hours=self.verdi)
            case "døgn":
                return timedelta(days=self.verdi)
            case "virkedager" | "måneder" | "år" | "kroner" | "ja_nei" | "antall":
                raise ValueError(f"rule {self.id} is counted in {self.enhet}, which is no elapsed time")
        assert_never(self.enhet)


class IngenRegel(RuleBroken):
    """No value of the rule holds on that date. Nothing is decided; the configuration needs the value first."""


@dataclass(frozen=True, slots=True)
class Regler:
    """All rules, each with its values in order of time."""

    etter_id: Mapping[str, tuple[Regel, ...]]

    def verdi(self, regel_id: str, dato: date) -> Regel:
        """The rule as it stood on a date (an aware moment counts as its date in Europe/Oslo).

        Raises IngenRegel when the rule has no value for the date: never a neighbour's, never a guess.
        """
        dag = lokal_dag(dato) if isinstance(dato, datetime) else dato
        for regel in self.etter_id.get(regel_id, ()):
            if regel.periode.gjelder(dag):
                return regel
        hva = "har ingen verdi for" if regel_id in self.etter_id else "finnes ikke, så heller ikke for"
        raise IngenRegel(regel_id, f"regelen {hva} {dag.isoformat()}. Legg den inn som [[regel]] i oppsettet")


def les_regler(fil: Leser) -> Regler:
    """Reads `[[regel]]`. Raises OppsettFeil for an unknown unit, and for two values of a rule on one date."""
    ut: dict[str, tuple[Regel, ...]] = {}
    for rad in fil.rader("regel"):
        regel = _les_regel(rad)
        tidligere = ut.get(regel.id, ())
        if any(regel.periode.overlapper(r.periode) for r in tidligere):
            raise rad.feil("gjelder_fra", f"{regel.id} har to verdier på samme dato", "Sett gjelder_til på den eldste")
        if any(regel.versjon == r.versjon for r in tidligere):
            raise rad.feil("versjon", f"{regel.id} har to verdier med samme versjon", "Gi den nye en ny versjon")
        ut[regel.id] = tuple(sorted((*tidligere, regel), key=lambda r: r.periode.fra))
    return Regler(ut)


def _les_regel(rad: Leser) -> Regel:
    rad.bare("id", "versjon", "verdi", "enhet", "paragraf", "teller", "gjelder_fra", "gjelder_til")
    enhet, teller = _ENHETER.get(rad.tekst("enhet")), _TELLERE.get(rad.tekst("teller", ellers=""))
    if enhet is None:
        raise rad.feil("enhet", "er ukjent", f"Bruk en av: {', '.join(_ENHETER)}")
    if teller is None:
        raise rad.feil("teller", "er ukjent", "Bruk hendt eller mottatt, eller utelat den")
    verdi = rad.heltall("verdi")
    if verdi < 0 or (enhet == "ja_nei" and verdi > 1):
        raise rad.feil("verdi", "er utenfor det mulige", "Skriv 0 eller mer (ja_nei: 0 eller 1)")
    return Regel(rad.tekst("id"), rad.tekst("versjon"), verdi, enhet, rad.tekst("paragraf"), teller, rad.periode())
