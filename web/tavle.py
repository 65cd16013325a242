"""The board of a party: one row per person, those who need somebody first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from bindeledd.schema.generated.barn_paaroerende import KartleggingUtsnitt
from bindeledd.schema.generated.felles import FristTilstand, Oppgavetilstand
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import OppholdUtsnitt, PersonUtsnitt
from web import vist
from web.bilde import PÅGÅR, Bilde
from web.vist import Frist, Hvem, Merke, Oppgave, Tid

_ALDRI = datetime.max.replace(tzinfo=UTC)


class Nivå(IntEnum):
    """How soon a person needs somebody."""

    NÅ = 0
    FØLG_MED = 1
    ELLERS = 2


OVERSKRIFT = {
    Nivå.NÅ: "Trenger noen nå",
    Nivå.FØLG_MED: "Følg med",
    Nivå.ELLERS: "Ellers",
}


@dataclass(frozen=True, slots=True)
class Rad:
    """One person on the board."""

    person_ref: str
    navn: str
    bydel: str
    ubekreftet: bool
    usikker: bool
    opphold: Merke | None
    når: Tid | None
    frist: Frist | None
    kriseplan: Merke | None
    barn: Merke | None
    oppgaver: tuple[Oppgave, ...]


@dataclass(frozen=True, slots=True)
class Gruppe:
    """The rows of one level, under their heading."""

    id: str
    tittel: str
    rader: tuple[Rad, ...]


@dataclass(frozen=True, slots=True)
class Tavle:
    grupper: tuple[Gruppe, ...]
    trenger_noen: int
    antall: int


def nivå(bilde: Bilde, nå: datetime) -> Nivå:
    """How soon somebody is needed: a task that nobody has taken, or a clock that has run out, is now."""
    if any(a.oppgave.tilstand is Oppgavetilstand.AAPEN or a.over_fristen(nå) for a in bilde.arbeid):
        return Nivå.NÅ
    opphold = bilde.nå_opphold()
    pågår = opphold is not None and opphold.status in PÅGÅR
    if opphold is not None and pågår and _brutt(opphold, nå):
        return Nivå.NÅ
    return Nivå.FØLG_MED if pågår or bilde.arbeid else Nivå.ELLERS


def rekkefølge(bilde: Bilde, nå: datetime) -> tuple[Nivå, datetime, float, str]:
    """The order of the board: level, then the deadline that runs out first, then what happened last."""
    opphold = bilde.nå_opphold()
    frister = [a.oppgave.frist for a in bilde.arbeid if a.oppgave.frist is not None]
    if opphold is not None and opphold.status in PÅGÅR:
        frister += [
            f.forfall for f in opphold.frister if f.tilstand in (FristTilstand.AAPEN, FristTilstand.OVERSKREDET)
        ]
    sist = max((g.gitt for g in bilde.gitte), default=_ALDRI)
    return nivå(bilde, nå), min(frister, default=_ALDRI), -sist.timestamp(), bilde.person_ref


def tavle(bilder: Iterable[Bilde], usikre: frozenset[str], hvem: Hvem) -> Tavle:
    """The whole board, in order. Only persons with something that is given now are on it."""
    synlige = sorted((b for b in bilder if b.gitte), key=lambda b: rekkefølge(b, hvem.nå))
    rader = [(nivå(b, hvem.nå), _rad(b, usikre, hvem)) for b in synlige]
    grupper = tuple(
        Gruppe(n.name.lower(), OVERSKRIFT[n], tuple(rad for nivå_, rad in rader if nivå_ is n)) for n in Nivå
    )
    return Tavle(tuple(g for g in grupper if g.rader), len([n for n, _ in rader if n is Nivå.NÅ]), len(rader))


def _brutt(opphold: OppholdUtsnitt, nå: datetime) -> bool:
    return any(
        f.tilstand is FristTilstand.OVERSKREDET or (f.tilstand is FristTilstand.AAPEN and f.forfall <= nå)
        for f in opphold.frister
    )


def _rad(bilde: Bilde, usikre: frozenset[str], hvem: Hvem) -> Rad:
    person, opphold = bilde.ett(PersonUtsnitt), bilde.nå_opphold()
    navn = vist.navn(vist.personalia(bilde, hvem))
    bydel = hvem.bydeler.get(person.bydel or "", "") if person is not None else ""
    ubekreftet = person is not None and not person.bekreftet
    if bilde.person_ref in usikre:
        return Rad(
            bilde.person_ref, navn, bydel, ubekreftet, usikker=True, opphold=None, når=None, frist=None,
            kriseplan=None, barn=None, oppgaver=(),
        )  # fmt: skip
    frister = opphold.frister if opphold is not None and opphold.status in PÅGÅR else ()
    return Rad(
        person_ref=bilde.person_ref,
        navn=navn,
        bydel=bydel,
        ubekreftet=ubekreftet,
        usikker=False,
        opphold=vist.oppholdsmerke(opphold) if opphold is not None else None,
        når=vist.oppholdstid(opphold, hvem) if opphold is not None else None,
        frist=next((vist.frist(f, hvem) for f in frister if f.tilstand is not FristTilstand.BORTFALT), None),
        kriseplan=vist.kriseplanmerke(bilde.ett(KriseplanUtsnitt)),
        barn=vist.barnemerke(bilde.ett(KartleggingUtsnitt)),
        oppgaver=tuple(vist.oppgave(a, hvem) for a in bilde.arbeid),
    )
