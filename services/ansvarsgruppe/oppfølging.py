"""Who follows up an admission and a discharge: a pure function of the person's stays, koordinator and group.

The task goes to the koordinator's unit (hol §7-2); without a koordinator to the unit that made the group. It lies in
the group where there is one, else in the plan stream: there may be a koordinator and neither plan nor group.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bindeledd.schema.generated.felles import Oppgaveslag
from services.felles.oppgaver import Ønsket
from services.felles.oppholdsbilde import Opphold, siste
from services.felles.samarbeid import ALLTID, Gruppe, Plan

PARAGRAF = "hol §7-2"


@dataclass(frozen=True, slots=True)
class AvstemOppgaver:
    """Command: these, and no others, are the tasks that there should be here."""

    ønsker: tuple[Ønsket, ...]


@dataclass(frozen=True, slots=True)
class Situasjon:
    """All streams of a person that may hold the tasks, and the person's stays."""

    planer: tuple[tuple[str, Plan], ...]
    grupper: tuple[tuple[str, Gruppe], ...]
    opphold: tuple[Opphold, ...]


def fordel(situasjon: Situasjon) -> dict[str, tuple[Ønsket, ...]]:
    """What each stream should hold: stream → tasks. A task that was done anywhere is not given again."""
    alle = {ref: plan.oppgaver for ref, plan in situasjon.planer}
    alle |= {ref: gruppe.oppgaver for ref, gruppe in situasjon.grupper}
    fordelt: dict[str, tuple[Ønsket, ...]] = dict.fromkeys(alle, ())
    bærer, part, fra = _mottaker(situasjon)
    if bærer:
        ønsker = _ønsker(situasjon.opphold, part, fra)
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


def _ønsker(opphold: tuple[Opphold, ...], part: str, fra: datetime) -> list[Ønsket]:
    nå = siste(opphold)
    if nå is None or any(o.død for o in opphold):
        return []
    if nå.slutt is None:
        ønsket = Ønsket(Oppgaveslag.FOELG_OPP_INNLEGGELSE, part, nå.ref, PARAGRAF)
        return [ønsket] if nå.innlagt_sendt else []
    if nå.slutt < fra or not nå.slutt_sendt:
        return []
    return [Ønsket(Oppgaveslag.FOELG_OPP_UTSKRIVNING, part, nå.ref, PARAGRAF)]
