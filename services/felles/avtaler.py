"""Understands dated agreements between the parties: which one a matter falls under, and what it says of avvik."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bindeledd.schema.generated.samhandling import Avvikskategori
from services.felles.toml_leser import Leser, Periode


@dataclass(frozen=True, slots=True)
class Avtale:
    """One version of an agreement. `kategorier`: kinds of avvik that fall under it unless somebody says otherwise.

    `anonym`: who reports may be unknown to the other party.
    """

    id: str
    versjon: str
    navn: str
    anonym: bool
    kategorier: frozenset[Avvikskategori]
    periode: Periode


@dataclass(frozen=True, slots=True)
class Avtaler:
    """All agreements, also those that hold no more: a case keeps the one that held when it happened."""

    alle: tuple[Avtale, ...] = ()

    def finn(self, id_: str, versjon: str, dag: date) -> Avtale | None:
        """This version of the agreement; None when it did not hold on the day."""
        treff = (a for a in self.alle if (a.id, a.versjon) == (id_, versjon) and a.periode.gjelder(dag))
        return next(treff, None)

    def for_kategori(self, kategori: Avvikskategori, dag: date) -> Avtale | None:
        """The agreement that such an avvik fell under on the day; None when the configuration names none."""
        treff = (a for a in self.alle if kategori in a.kategorier and a.periode.gjelder(dag))
        return next(treff, None)


def les_avtaler(fil: Leser) -> Avtaler:
    """Reads `[[avtale]]`. Raises OppsettFeil for an unknown kind of avvik."""
    return Avtaler(tuple(_les_avtale(rad) for rad in fil.rader("avtale")))


def _les_avtale(rad: Leser) -> Avtale:
    rad.bare("id", "versjon", "navn", "anonym", "kategorier", "gjelder_fra", "gjelder_til")
    kjente = {k.value for k in Avvikskategori} - {Avvikskategori.UKJENT.value}
    kategorier = rad.tekster("kategorier")
    ukjente = set(kategorier) - kjente
    if ukjente:
        raise rad.feil("kategorier", f"{', '.join(sorted(ukjente))} finnes ikke", f"Bruk: {', '.join(sorted(kjente))}")
    return Avtale(
        rad.tekst("id"), rad.tekst("versjon"), rad.tekst("navn"), rad.ja_nei("anonym"),
        frozenset(Avvikskategori(k) for k in kategorier), rad.periode(),
    )  # fmt: skip
