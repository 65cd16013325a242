"""The board of a party: one row per person, those who need somebody first, in the order in which the role works."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from itertools import islice
from operator import itemgetter

from bindeledd.schema.generated.ansvarsgruppe import PlanUtsnitt
from bindeledd.schema.generated.barn_paaroerende import Kartleggingstilstand
from bindeledd.schema.generated.felles import Deling, FristTilstand, Oppgavetilstand
from bindeledd.schema.generated.kriseplan import Kriseplantilstand, KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import Oppholdsstatus, OppholdUtsnitt, PersonUtsnitt
from services.felles.sider import Side
from web import krisedeler, vist
from web.bilde import NYLIG, PÅGÅR, Bilde
from web.vist import Hvem, Merke, Oppgave, Tid

_ALDRI = datetime.max.replace(tzinfo=UTC)


class Nivå(IntEnum):
    """How soon a person needs somebody."""

    NÅ = 0
    FØLG_MED = 1
    ELLERS = 2


OPPGAVER_ÅPNE = 3
"""How many tasks a row shows at once; the others are one click away."""


def overskrift(nivå_: Nivå, side: Side) -> str:
    match nivå_:
        case Nivå.NÅ:
            return side.trenger_noen or "Trenger noen nå"
        case Nivå.FØLG_MED:
            return side.foelg_med or "Følg med"
        case Nivå.ELLERS:
            return side.resten or "Ellers"


@dataclass(frozen=True, slots=True)
class Felt:
    """One thing that a row says, under the name it has."""

    id: str
    nr: int
    """Its column."""
    navn: str
    merke: Merke | None
    tid: Tid | None = None
    tekst: str = ""
    rødt: bool = False
    """Whether it leads to the red level of a crisis plan."""


@dataclass(frozen=True, slots=True)
class Rad:
    """One person on the board."""

    person_ref: str
    navn: str
    bydel: str
    ubekreftet: bool
    usikker: bool
    felt: tuple[Felt, ...]
    oppgaver: tuple[Oppgave, ...]
    flere_oppgaver: tuple[Oppgave, ...]


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
    kolonner: int
    tom: str


def nivå(bilde: Bilde, nå: datetime, side: Side) -> Nivå:
    """How soon somebody is needed: a task that nobody has taken, a clock that has run out, and what the role says."""
    if not forhold(bilde, nå).isdisjoint(side.haster) or any(
        a.oppgave.tilstand is Oppgavetilstand.AAPEN or a.over_fristen(nå) for a in bilde.arbeid
    ):
        return Nivå.NÅ
    opphold = bilde.nå_opphold()
    pågår = opphold is not None and opphold.status in PÅGÅR
    if opphold is not None and pågår and _brutt(opphold, nå):
        return Nivå.NÅ
    return Nivå.FØLG_MED if pågår or bilde.arbeid else Nivå.ELLERS


def _kriseplan(bilde: Bilde) -> KriseplanUtsnitt | None:
    gitt = bilde.kriseplanen()
    return gitt.utsnitt if gitt is not None else None


def forhold(bilde: Bilde, nå: datetime) -> frozenset[str]:
    """What is the case with a person, of the things that a role may look for first (`FORHOLD`)."""
    opphold, person = bilde.nå_opphold(), bilde.ett(PersonUtsnitt)
    kriseplan, barn = _kriseplan(bilde), bilde.kartlagt()
    pågår = opphold is not None and opphold.status in PÅGÅR
    uten_plan = kriseplan is not None and kriseplan.finnes is Deling.FINNES_IKKE
    er = {
        "frist_ute": (pågår and opphold is not None and _brutt(opphold, nå)) or any(
            a.over_fristen(nå) for a in bilde.arbeid
        ),
        "utskrivningsklar": opphold is not None and opphold.status is Oppholdsstatus.UTSKRIVNINGSKLAR,
        "innlagt": pågår,
        "nylig_utskrevet": opphold is not None and opphold.utskrevet is not None and nå - opphold.utskrevet <= NYLIG,
        "ubekreftet": person is not None and not person.bekreftet,
        "har_kriseplan": kriseplan is not None and kriseplan.finnes is Deling.DELT,
        "kriseplan_mangler": uten_plan and kriseplan is not None and kriseplan.tilstand is Kriseplantilstand.ETTERLYST,
        "kriseplan_gammel": kriseplan is not None and kriseplan.tilstand is Kriseplantilstand.REVISJON_FORFALT,
        "barn_forfalt": barn is not None and barn.tilstand is Kartleggingstilstand.FORFALT,
        "barn_ikke_spurt": barn is not None and barn.tilstand is Kartleggingstilstand.KREVD,
    }  # fmt: skip
    return frozenset(navn for navn, gjelder in er.items() if gjelder)


def rekkefølge(bilde: Bilde, nå: datetime, side: Side) -> tuple[Nivå, int, datetime, float, str]:
    """The order of the board: level, what the role looks for first, which deadline runs out first, the latest news."""
    opphold, er = bilde.nå_opphold(), forhold(bilde, nå)
    frister = [a.oppgave.frist for a in bilde.arbeid if a.oppgave.frist is not None]
    if opphold is not None and opphold.status in PÅGÅR:
        frister += [
            f.forfall for f in opphold.frister if f.tilstand in (FristTilstand.AAPEN, FristTilstand.OVERSKREDET)
        ]
    sist = max((g.gitt for g in bilde.gitte), default=_ALDRI)
    nr = next((nr for nr, navn in enumerate(side.foerst) if navn in er), len(side.foerst))
    return nivå(bilde, nå, side), nr, min(frister, default=_ALDRI), -sist.timestamp(), bilde.person_ref


def tavle(bilder: Iterable[Bilde], usikre: frozenset[str], hvem: Hvem) -> Tavle:
    """The whole board, in order. Only persons with something that is given now are on it.

    Opens sealed values: the look-ups must be written by now.
    """
    side = hvem.side
    ordnet = sorted(((rekkefølge(b, hvem.nå, side), b) for b in bilder if b.gitte), key=itemgetter(0))
    rader = [(nivå_, _rad(b, usikre, hvem)) for (nivå_, *_), b in ordnet]
    if side.etter_navn:
        rader.sort(key=lambda par: (par[0], par[1].navn))
    grupper = tuple(
        Gruppe(n.name.lower(), overskrift(n, side), tuple(rad for nivå_, rad in rader if nivå_ is n)) for n in Nivå
    )
    trenger_noen = len([n for n, _ in rader if n is Nivå.NÅ])
    return Tavle(tuple(g for g in grupper if g.rader), trenger_noen, len(rader), len(side.tavle), side.tom)


def _brutt(opphold: OppholdUtsnitt, nå: datetime) -> bool:
    return any(
        f.tilstand is FristTilstand.OVERSKREDET or (f.tilstand is FristTilstand.AAPEN and f.forfall <= nå)
        for f in opphold.frister
    )


def _rad(bilde: Bilde, usikre: frozenset[str], hvem: Hvem) -> Rad:
    person = bilde.ett(PersonUtsnitt)
    usikker = bilde.person_ref in usikre
    oppgaver = () if usikker else tuple(vist.oppgave(a, hvem) for a in hvem.arbeid(bilde))
    return Rad(
        person_ref=bilde.person_ref,
        navn=vist.navn(vist.personalia(bilde, hvem)),
        bydel=hvem.bydeler.get(person.bydel or "", "") if person is not None else "",
        ubekreftet=person is not None and not person.bekreftet,
        usikker=usikker,
        felt=() if usikker else tuple(_felter(bilde, hvem)),
        oppgaver=oppgaver[:OPPGAVER_ÅPNE],
        flere_oppgaver=oppgaver[OPPGAVER_ÅPNE:],
    )


def _felter(bilde: Bilde, hvem: Hvem) -> Iterator[Felt]:
    """What a row says, in the role's order; nothing under a name when nothing has been said."""
    for nr, navn in enumerate(hvem.side.tavle, 1):
        yield from _felt(navn, nr, bilde, hvem)


def _felt(navn: str, nr: int, bilde: Bilde, hvem: Hvem) -> Iterator[Felt]:
    opphold = bilde.nå_opphold()
    match navn:
        case "opphold" if opphold is not None:
            yield Felt(navn, nr, "Opphold", vist.oppholdsmerke(opphold), vist.oppholdstid(opphold, hvem))
            if (etterpå := vist.oppfølging(bilde, opphold, hvem)) is not None:
                tekst, når = etterpå
                yield Felt(navn, nr, "Oppfølging", None, når, tekst)
        case "frist" if opphold is not None and opphold.status in PÅGÅR:
            frister = (vist.frist(f, hvem) for f in opphold.frister if f.tilstand is not FristTilstand.BORTFALT)
            yield from (Felt(navn, nr, "Frist", f.merke, f.forfall) for f in islice(frister, 1))
        case "kriseplan" if (merke := vist.kriseplanmerke(kriseplan := _kriseplan(bilde))) is not None:
            versjon = f" Versjon {kriseplan.versjon}" if kriseplan is not None and kriseplan.versjon else ""
            rødt = krisedeler.har(kriseplan, "roedt_nivaa")
            yield Felt(navn, nr, "Kriseplan", merke, tekst=versjon, rødt=rødt)
        case "barn" if (merke := vist.barnemerke(bilde.kartlagt())) is not None:
            yield Felt(navn, nr, "Barn", merke)
        case "koordinator" if (plan := bilde.ett(PlanUtsnitt)) is not None and plan.koordinator_part is not None:
            hos = hvem.part(plan.koordinator_part)
            yield Felt(navn, nr, "Koordinator", None, None, hvem.brukere.get(plan.koordinator or "", "") or hos)
        case _:
            return
