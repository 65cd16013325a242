"""Who follows up a stay, and summons the group: a pure function of the person's stays, koordinator and group.

A task goes to the koordinator's unit (hol §7-2); without a koordinator to the unit that made the group. It lies in
the group where there is one, else in the plan stream: there may be a koordinator and neither plan nor group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bindeledd.schema.generated.felles import Oppgaveslag, Oppgavetilstand
from services.felles.oppgaver import Oppgaver, Ønsket
from services.felles.oppholdsbilde import Opphold, om_dagen, opphold_i, siste
from services.felles.samarbeid import ALLTID, Gruppe, Plan

PARAGRAF = "hol §7-2"
KALL_INN = Oppgaveslag.KALL_INN_ANSVARSGRUPPE
INNKALLING = "lokal rutine: ansvarsgruppen kalles inn når personen er utskrivningsklar"


@dataclass(frozen=True, slots=True)
class AvstemOppgaver:
    """Command: these are the tasks about stays, koordinator and group that there should be here, and no others.

    `død`: the person is dead, and nothing else is to be done either.
    """

    ønsker: tuple[Ønsket, ...]
    død: bool = False


@dataclass(frozen=True, slots=True)
class Situasjon:
    """All streams of a person that may hold the tasks, and the person's stays."""

    planer: tuple[tuple[str, Plan], ...]
    grupper: tuple[tuple[str, Gruppe], ...]
    opphold: tuple[Opphold, ...]

    @property
    def død(self) -> bool:
        return any(o.død for o in self.opphold)

    @property
    def har_gruppe(self) -> bool:
        return any(gruppe.lever for _, gruppe in self.grupper)


def fordel(situasjon: Situasjon) -> dict[str, tuple[Ønsket, ...]]:
    """What each stream should hold: stream → tasks. A task that was done anywhere is not given again."""
    alle = {ref: plan.oppgaver for ref, plan in situasjon.planer}
    alle |= {ref: gruppe.oppgaver for ref, gruppe in situasjon.grupper}
    fordelt: dict[str, tuple[Ønsket, ...]] = dict.fromkeys(alle, ())
    bærer, part, fra = _mottaker(situasjon)
    if bærer:
        ønsker = _ønsker(situasjon, part, fra)
        if situasjon.har_gruppe:
            ønsker += _innkalling(situasjon, alle.values(), part, fra)
        fordelt[bærer] = tuple(ø for ø in ønsker if not any(oppgaver.er_gjort(ø) for oppgaver in alle.values()))
    return fordelt


def _mottaker(situasjon: Situasjon) -> tuple[str, str, datetime]:
    """The stream that holds the tasks, the unit that has them, and from when it has had the person."""
    levende = sorted(((ref, g) for ref, g in situasjon.grupper if g.lever), key=lambda par: par[0])
    oppnevnt = sorted(
        (plan.fra or ALLTID, ref, plan.koordinator_part) for ref, plan in situasjon.planer if plan.koordinator_part
    )
    if oppnevnt:
        fra, ref, part = oppnevnt[-1]
        return (levende[0][0] if levende else ref), part, fra
    if levende:
        ref, gruppe = levende[0]
        return ref, gruppe.opprettet_av, gruppe.fra or ALLTID
    return "", "", ALLTID


def _ønsker(situasjon: Situasjon, part: str, fra: datetime) -> list[Ønsket]:
    nå = siste(situasjon.opphold)
    if nå is None or situasjon.død:
        return []
    if nå.slutt is None:
        ønsket = Ønsket(Oppgaveslag.FOELG_OPP_INNLEGGELSE, part, nå.ref, PARAGRAF)
        return [ønsket] if nå.innlagt_sendt else []
    if nå.slutt < fra or not nå.slutt_sendt:
        return []
    return [Ønsket(Oppgaveslag.FOELG_OPP_UTSKRIVNING, part, nå.ref, PARAGRAF)]


def _innkalling(situasjon: Situasjon, alle: Iterable[Oppgaver], part: str, fra: datetime) -> list[Ønsket]:
    """The group is summoned each time the person is ready for discharge; after a discharge that nobody told of before,
    it is summoned once. The task names the day as well as the stay, so that a new notice is a new task."""
    nå = siste(situasjon.opphold)
    if nå is None or situasjon.død:
        return []
    if nå.slutt is None:
        klar = nå.klar is not None and nå.klar_sendt
        return [Ønsket(KALL_INN, part, om_dagen(nå.ref, nå.klar), INNKALLING)] if klar and nå.klar else []
    if nå.slutt < fra or not nå.slutt_sendt:
        return []
    gjort = (o for oppgaver in alle for o in oppgaver.alle.values() if o.tilstand is Oppgavetilstand.LOEST)
    innkalt = any(o.slag is KALL_INN and opphold_i(o.gjelder) == nå.ref for o in gjort)
    return [] if innkalt else [Ønsket(KALL_INN, part, nå.ref, INNKALLING)]
