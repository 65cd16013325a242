"""Puts together what one user may see: the views of their party, narrowed to their role, person by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bindeledd.schema.generated.barn_paaroerende import KartleggingUtsnitt
from bindeledd.schema.generated.felles import Oppgave, Oppgavetilstand
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import (
    AlvorligHendelseUtsnitt,
    AvvikUtsnitt,
    Oppholdsstatus,
    OppholdUtsnitt,
    PersonUtsnitt,
    Utfall,
)
from web.gitt import Gitt
from web.rolle import Ser, smal

T = TypeVar("T")

_BEGYNNELSEN = datetime.min.replace(tzinfo=UTC)
PÅGÅR = (Oppholdsstatus.INNLAGT, Oppholdsstatus.UTSKRIVNINGSKLAR, Oppholdsstatus.AVMELDT)
NYLIG = timedelta(days=14)
"""So long a stay that has ended is looked at more closely."""


@dataclass(frozen=True, slots=True)
class Arbeid:
    """An open task of the user's party, and the view that shows it."""

    oppgave: Oppgave
    gitt: Gitt

    def over_fristen(self, nå: datetime) -> bool:
        return self.oppgave.frist is not None and self.oppgave.frist <= nå


@dataclass(frozen=True, slots=True)
class Bilde:
    """One person, as one user may see them. `ended` views say only that they ended, and when."""

    person_ref: str
    gitte: tuple[Gitt, ...]
    avsluttede: tuple[Gitt, ...]
    arbeid: tuple[Arbeid, ...]

    def ett(self, slag: type[T]) -> T | None:
        """The newest view of a kind, or None when the user has none."""
        funnet = self.alle(slag)
        return funnet[0].utsnitt if funnet else None

    def alle(self, slag: type[Any]) -> list[Gitt]:
        """All views of a kind, the newest first."""
        return sorted((g for g in self.gitte if isinstance(g.utsnitt, slag)), key=lambda g: g.gitt, reverse=True)

    def kriseplanen(self) -> Gitt | None:
        """The crisis plan, or that there is none: of two records that became one, the one in which there is one."""
        return max(self.alle(KriseplanUtsnitt), key=lambda g: g.utsnitt.versjon > 0, default=None)

    def kartleggingen(self) -> Gitt | None:
        """The question about children: of two records that became one, the one that was answered last."""
        return max(self.alle(KartleggingUtsnitt), key=lambda g: g.utsnitt.besvart or _BEGYNNELSEN, default=None)

    def kartlagt(self) -> KartleggingUtsnitt | None:
        gitt = self.kartleggingen()
        return gitt.utsnitt if gitt is not None else None

    def opphold(self) -> list[OppholdUtsnitt]:
        """The stays, the last one to begin first."""
        alle: list[OppholdUtsnitt] = [g.utsnitt for g in self.alle(OppholdUtsnitt)]
        return sorted(alle, key=lambda o: o.innlagt or o.utskrevet or _BEGYNNELSEN, reverse=True)

    def stående(self) -> list[OppholdUtsnitt]:
        """Those that nobody has taken back."""
        return [o for o in self.opphold() if o.status not in (Oppholdsstatus.KANSELLERT, Oppholdsstatus.UKJENT)]

    def nå_opphold(self) -> OppholdUtsnitt | None:
        """The stay that matters now: one that goes on, else the last that stands."""
        stående = self.stående()
        pågår = [o for o in stående if o.status in PÅGÅR]
        return next(iter(pågår or stående), None)

    @property
    def på_tavla(self) -> bool:
        """Whether there is more to follow up than cases of avvik in which nothing waits for the unit, than a report, or
        than a doubt about who it is, which waits in the manual queue."""
        annet = (g.utsnitt for g in self.gitte if not _tvil(g))
        return bool(self.arbeid) or any(not isinstance(u, AvvikUtsnitt | AlvorligHendelseUtsnitt) for u in annet)

    @property
    def død(self) -> bool:
        """Whether the user may know that the person is dead."""
        return any(o.status is Oppholdsstatus.DOED or o.utfall is Utfall.DOED for o in self.opphold())

    def grunner(self) -> frozenset[str]:
        """The grounds on which something is shown, for the look-up log."""
        return frozenset(g.utsnitt.grunn.grunnlag for g in self.gitte) or frozenset({"avsluttet"})


def _tvil(gitt: Gitt) -> bool:
    return isinstance(gitt.utsnitt, PersonUtsnitt) and gitt.utsnitt.bare_tvil


def bilder(gitte: Iterable[Gitt], ser: Ser, part: str, *, bare: str | None = None) -> list[Bilde]:
    """One picture for each person with anything that this role may see. `bare`: this person and no other."""
    etter_person: dict[str, list[Gitt]] = defaultdict(list)
    for g in gitte:
        if g.person_ref is not None and bare in (None, g.person_ref):
            etter_person[g.person_ref].append(g)
    alle = (_bilde(ref, egne, ser, part) for ref, egne in etter_person.items())
    return [bilde for bilde in alle if bilde.gitte or bilde.avsluttede]


def _bilde(person_ref: str, gitte: list[Gitt], ser: Ser, part: str) -> Bilde:
    smale = [replace(g, utsnitt=smal(g.utsnitt, ser)) for g in gitte if g.avsluttet is None]
    synlige = tuple(g for g in smale if g.utsnitt is not None)
    avsluttede = tuple(sorted((g for g in gitte if g.avsluttet is not None), key=lambda g: g.gitt, reverse=True))
    return Bilde(person_ref, synlige, avsluttede, tuple(_arbeid(synlige, part)))


def _arbeid(gitte: Iterable[Gitt], part: str) -> list[Arbeid]:
    funnet = [
        Arbeid(oppgave, g)
        for g in gitte
        for oppgave in getattr(g.utsnitt, "oppgaver", ())
        if oppgave.part == part and oppgave.tilstand in (Oppgavetilstand.AAPEN, Oppgavetilstand.TATT)
    ]
    sent = datetime.max.replace(tzinfo=UTC)
    return sorted(funnet, key=lambda a: (a.oppgave.tilstand is Oppgavetilstand.TATT, a.oppgave.frist or sent))
