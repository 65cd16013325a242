"""Makes synthetic people: names that nobody has, and national ids of the test series only."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bindeledd.app.simulering.andeler import FOLKETALL, Andel, Kvoter
from services.samhandling.plo.identitet import syntetiske_numre
from services.samhandling.plo.koder import ID_TYPE_PERSON
from services.samhandling.plo.melding import Adresse, Ident, Pasient

FORNAVN = {
    "1": (
        "Testen",
        "Prøvar",
        "Øvind",
        "Demond",
        "Synter",
        "Lekar",
        "Fiktor",
        "Modell-Odd",
        "Eksempel-Per",
        "Skisse-Jo",
    ),
    "2": ("Prøvine", "Testine", "Demia", "Synteva", "Øvelin", "Fiktoria", "Skissa", "Modelline", "Utkasta", "Eksempla"),
}
ETTERNAVN = (
    "Synteseth", "Prøvestad", "Testvik", "Demodal", "Øvingland", "Fiktivnes", "Modellberg", "Oppdiktsen",
    "Eksempeltveit", "Prøvehaug", "Testås", "Skisseli", "Tenktesen", "Utkastvåg",
)  # fmt: skip
SERIE = 80
"""Added to the month: the series that Norsk Helsenett gives out for tests."""
ALDER_ÅR = (19, 78)
UNG_ÅR = (13, 16)
"""As old as one is for whom somebody else consents, on the first day; some turn 16 on the way."""
FØDT_ÅR = (1854, 2039)
"""The years of birth that a national id can tell."""
DAG_ÅR = (FØDT_ÅR[0] + ALDER_ÅR[1] + 1, FØDT_ÅR[1] + ALDER_ÅR[0])
"""The years on a day of which everybody, old or young, can have a national id."""


@dataclass(frozen=True, slots=True, repr=False)
class Innbygger:
    """A synthetic person, and where they live: who has no home, in the bydel that will answer for them."""

    nr: int
    fornavn: str
    etternavn: str
    født: date
    kjønn: str
    ident: Ident
    bydel: str
    ung: bool = False
    """Whether somebody has parental responsibility for the person."""
    uten_bolig: bool = False

    @property
    def gate(self) -> str:
        return "" if self.uten_bolig else f"Prøvegaten {self.nr + 1}"

    def pasient(self) -> Pasient:
        """As a hospital names them in a message."""
        adresse = None if self.uten_bolig else Adresse(self.gate, "5000", "BERGEN", type="H")
        return Pasient(
            etternavn=self.etternavn, fornavn=self.fornavn, født=self.født, kjønn=self.kjønn, identer=(self.ident,),
            adresse=adresse,
        )  # fmt: skip


def lag_folk(antall: int, bydeler: tuple[str, ...], i_dag: date, terning: random.Random) -> list[Innbygger]:
    """So many people, as old as adults are on a day, no two with the same id, in each bydel its share of them."""
    brukt, kvoter, fordelt = set[str](), Kvoter(), dict.fromkeys(bydeler, 0)
    return [
        replace(_lag(nr, _neste(fordelt), i_dag, terning, brukt), uten_bolig=kvoter.treffer(Andel.UTEN_BOLIG, terning))
        for nr in range(antall)
    ]


def lag_unge(
    antall: int, bydeler: tuple[str, ...], i_dag: date, terning: random.Random, fra: int
) -> list[Innbygger]:  # fmt: skip
    """So many young people besides the others, numbered from `fra`: nobody of those is born as late. None on a day on
    which nobody so young can have a national id."""
    if i_dag.year > FØDT_ÅR[1] + UNG_ÅR[0]:
        return []
    brukt: set[str] = set()
    nummer = range(fra, fra + antall)
    return [replace(_lag(nr, bydeler[nr % len(bydeler)], i_dag, terning, brukt, UNG_ÅR), ung=True) for nr in nummer]


def annet_nummer(person: Innbygger) -> Ident:
    """A number that somebody of the same sex, born on the same day, could have."""
    type_ = "DNR" if person.ident.type == "FNR" else "FNR"
    numre = syntetiske_numre(person.født, type_=type_, tillegg=SERIE)
    return Ident(next(n for n in numre if int(n[8]) % 2 == int(person.kjønn) % 2), type_, ID_TYPE_PERSON)


def _neste(fordelt: dict[str, int]) -> str:
    """The bydel that has fewest of its share (as Sainte-Laguë gives out seats), and one more there."""
    bydel = max(fordelt, key=lambda en: FOLKETALL.get(en, 1) / (2 * fordelt[en] + 1))
    fordelt[bydel] += 1
    return bydel


def _lag(
    nr: int, bydel: str, i_dag: date, terning: random.Random, brukt: set[str], alder: tuple[int, int] = ALDER_ÅR
) -> Innbygger:
    kjønn = terning.choice("12")
    type_ = "DNR" if terning.random() < 0.06 else "FNR"
    født, nummer = _nummer(kjønn, type_, i_dag, terning, brukt, alder)
    brukt.add(nummer)
    ident = Ident(nummer, type_, ID_TYPE_PERSON)
    return Innbygger(nr, terning.choice(FORNAVN[kjønn]), terning.choice(ETTERNAVN), født, kjønn, ident, bydel)


def _nummer(
    kjønn: str, type_: str, i_dag: date, terning: random.Random, brukt: set[str], alder: tuple[int, int]
) -> tuple[date, str]:
    """A day of birth, and a number of the test series for it: the ninth digit is odd for men."""
    while True:
        dager = terning.randint(alder[0] * 365, alder[1] * 365)
        født = i_dag - timedelta(days=dager)
        for nummer in syntetiske_numre(født, type_=type_, tillegg=SERIE):
            if nummer not in brukt and int(nummer[8]) % 2 == int(kjønn) % 2:
                return født, nummer
