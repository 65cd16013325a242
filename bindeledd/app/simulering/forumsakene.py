"""Lays out what the forums' pages always have to show, whatever the seed: a case that was settled, one that waits for
the next meeting, and a pattern that raised itself. They are about how two units work together, and about nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from bindeledd.app.simulering.avvikene import ord_
from bindeledd.app.simulering.løp import Steg, klokka
from bindeledd.app.simulering.verden import Verden
from bindeledd.schema.generated.samhandling import Avviksalvor, Avviksfakta, Avvikskategori
from services.felles.forum import Forum
from services.felles.oppsett import Oppsett
from services.samhandling.avvik import avvik, avvikplaner

FØR_MØTET, FØR_SLUTT = 20, 9
"""So many days before a meeting, and before the last day, the case is reported that waits for it: time for the papers,
and none for a meeting before the last day is over."""
MØNSTER = (60, 33, 6, 5, 4)
"""So many days before the last one a pattern is added to: too late to be taken up before it."""


@dataclass(frozen=True, slots=True)
class _Ord:
    """What is said in a case."""

    kategori: Avvikskategori
    hendelse: str
    svar: str
    spørsmål: str = ""


TELEFON = _Ord(
    Avvikskategori.KOMMUNIKASJON,
    "Vi ringte akuttmottaket tre ganger på en kveld og kom ikke fram til noen som visste hvem vi kunne snakke med.",
    "Vakttelefonen er for pasienter og pårørende. Teamene skal ringe avdelingen.",
    "Hvilket nummer skal teamene ringe på kveldstid, og hvem har ansvar for at det blir svart?",
)
LISTA = _Ord(
    Avvikskategori.LEGEMIDDELLISTE,
    "Legemiddellista fulgte ikke med ved utskrivningen, og vi måtte be om den.",
    "Lista ble sendt dagen etter. Vi minner vaktene på det.",
)


@dataclass(slots=True)
class _Sak:
    """A case between two units, as it goes. `ref`: once it is reported."""

    av: str
    mot: str
    sagt: _Ord
    ref: str = ""

    def meld(self, verden: Verden) -> None:
        nå = verden.klokke.now
        fakta = Avviksfakta(
            kategori=self.sagt.kategori, alvor=Avviksalvor.LITEN, hendt=nå - timedelta(hours=14),
            oppdaget=nå - timedelta(hours=2), avtale="", avtale_versjon="", punkt="", opphold_ref=None, bevis=(),
        )  # fmt: skip
        melder = verden.bruker(self.av, "avvik.meld")
        command = avvik.Meld(
            self.av, self.mot, melder, anonym=False, fakta=fakta, hendelse=ord_(self.sagt.hendelse), strakstiltak=None
        )
        plan = avvikplaner.meld(None, command, verden.aktør(self.av, "avvik.meld"), verden.rammer)
        self.ref = verden.gjør("samhandling", plan) or ""

    def motta(self, verden: Verden) -> None:
        self._gjør(avvik.Motta(self.mot, self._svarer(self.mot, verden)), verden)

    def svar(self, verden: Verden) -> None:
        svar = avvik.Besvar(self.mot, self._svarer(self.mot, verden), ord_(self.sagt.svar), None, None)
        self._gjør(svar, verden)

    def uenig(self, verden: Verden) -> None:
        self._gjør(avvik.VærUenig(self.mot, self._svarer(self.mot, verden), ord_(self.sagt.svar)), verden)

    def enig(self, verden: Verden) -> None:
        for part in (self.av, self.mot):
            self._gjør(avvik.VærEnig(part, self._svarer(part, verden)), verden)

    def løft(self, verden: Verden) -> None:
        leder = verden.bruker(self.av, "avvik.eskaler")
        self._gjør(avvik.Eskaler(self.av, leder, ord_(self.sagt.spørsmål)), verden, "avvik.eskaler")

    def _svarer(self, part: str, verden: Verden) -> str:
        return verden.bruker(part, "avvik.svar")

    def _gjør(self, command: avvikplaner.ISaken, verden: Verden, handling: str = "avvik.svar") -> None:
        aktør = verden.aktør(command.part, handling)
        verden.gjør("samhandling", avvikplaner.i_saken(self.ref, command, aktør))


Plan = tuple[tuple[int, Callable[[_Sak, Verden], None]], ...]
"""(days after the report, what is done)."""
UENIGE: Plan = ((0, _Sak.meld), (1, _Sak.motta), (4, _Sak.uenig), (7, _Sak.løft))
ENIGE: Plan = ((0, _Sak.meld), (1, _Sak.motta), (1, _Sak.svar), (2, _Sak.enig))


def forumsakene(oppsett: Oppsett, første: date, siste: date) -> Iterator[Steg]:
    """What happens between one DPS area's ACT team and the emergency ward, and comes to the area's forum: as much of it
    as the days have room for."""
    funnet = _et_område(oppsett, siste)
    if funnet is None:
        return
    forum, act, pam = funnet
    møter = (dag for år in (første.year, siste.year) for dag in forum.kalender.i_året(år))
    meldes = [dag - timedelta(days=FØR_MØTET) for dag in sorted({*møter}) if dag < siste]
    meldes.append(siste - timedelta(days=FØR_SLUTT))
    for dag in meldes:
        if dag >= første:
            yield from _steg(_Sak(act, pam, TELEFON), dag, UENIGE)
    for før in MØNSTER:
        if siste - timedelta(days=før) >= første:
            yield from _steg(_Sak(act, pam, LISTA), siste - timedelta(days=før), ENIGE)


def _et_område(oppsett: Oppsett, dag: date) -> tuple[Forum, str, str] | None:
    """The first DPS area that has a forum and an ACT team, and the emergency ward; None in a municipality without."""
    parter = oppsett.parter.values()
    pam = next((p.id for p in parter if p.slag == "pam"), None)
    for forum in oppsett.stige.på(dag):
        act = next((p.id for p in parter if p.slag == "act" and forum.dps is not None and p.dps == forum.dps), None)
        if act is not None and pam is not None:
            return forum, act, pam
    return None


def _steg(sak: _Sak, dag: date, plan: Plan) -> Iterator[Steg]:
    for nr, (etter, gjør) in enumerate(plan):
        yield klokka(dag + timedelta(days=etter), 9 + nr / 2), partial(gjør, sak)
