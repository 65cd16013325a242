"""What each party may know of a crisis plan, part by part (access.md, "Crisis plan"): pure.

Author units on R, everybody else on C; that there is none is told on R or S only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bindeledd.schema.generated.felles import Deling, Oppgave, Oppgavetilstand
from bindeledd.schema.generated.kriseplan import Kriseplantilstand, KriseplanUtsnitt
from services.felles.grunnlag import Relasjon, Svar
from services.felles.kjent import Kjent, delstatus, egne_oppgaver, grunn_av
from services.felles.oppsett import INNBYGGER
from services.felles.samarbeid import ALLTID
from services.felles.tilgang import RelasjonSlag
from services.kriseplan.domain import DELER, Kriseplan, tilstand


@dataclass(frozen=True, slots=True)
class _Grunner:
    """The answers that one party's view rests on."""

    finnes: Svar
    deler: dict[str, Svar]
    oppgaver: tuple[Oppgave, ...]
    alle: tuple[Svar, ...]
    vet_om_opphold: bool


def kandidater(state: Kriseplan, kjent: Kjent) -> Iterable[str]:
    """The parties with any ground now: among them the unit that keeps the plan, and those with a task."""
    return med_eier(state, kjent).kandidater(oppgave.part for oppgave in state.oppgaver.åpne())


def utsnitt(state: Kriseplan, part_id: str, kjent: Kjent) -> KriseplanUtsnitt | None:
    """The whole view for one party; None when it may know nothing, or when there is nothing to know."""
    nå = tilstand(state)
    if nå is None:
        return None
    grunner = _grunner(state, part_id, med_eier(state, kjent))
    if state.gjelder:
        if not grunner.finnes.ja and not grunner.oppgaver:
            return None
        return _av_plan(state, grunner)
    return _uten_plan(part_id, nå, grunner)


def _av_plan(state: Kriseplan, grunner: _Grunner) -> KriseplanUtsnitt:
    finnes = grunner.finnes.ja
    innhold: dict[str, Any] = {del_: state.innhold[del_] for del_ in DELER if del_ in state.innhold}
    gitt = {del_: verdi for del_, verdi in innhold.items() if finnes and grunner.deler[del_].ja}
    forfalt = tilstand(state) is Kriseplantilstand.REVISJON_FORFALT and grunner.vet_om_opphold
    vist = Kriseplantilstand.REVISJON_FORFALT if forfalt else Kriseplantilstand.GJELDER
    return KriseplanUtsnitt(
        aggregat="",
        grunn=grunn_av(_bærende(grunner), grunner.alle),
        finnes=Deling.DELT if finnes else Deling.IKKE_DELT,
        tilstand=vist if finnes else Kriseplantilstand.UKJENT,
        versjon=state.versjon if finnes else 0,
        laget=state.laget if finnes else None,
        eier_part=state.eier_part if finnes else None,
        oppgaver=grunner.oppgaver,
        deler=tuple(delstatus(del_, svar, finnes=del_ in gitt) for del_, svar in grunner.deler.items()),
        **gitt,
    )


def _uten_plan(part_id: str, nå: Kriseplantilstand, grunner: _Grunner) -> KriseplanUtsnitt | None:
    """That there is none: on R or S, and only as far as it does not tell of a stay that the party may not know of.

    The person is not told by a page that a plan is missed; somebody offers one.
    """
    kan_lære = grunner.finnes.ja and grunner.finnes.grunn in ("R", "S")
    if nå is Kriseplantilstand.ETTERLYST and (part_id == INNBYGGER or not grunner.vet_om_opphold):
        kan_lære = False
    if not kan_lære and not grunner.oppgaver:
        return None
    return KriseplanUtsnitt(
        aggregat="",
        grunn=grunn_av(_bærende(grunner), grunner.alle),
        finnes=Deling.FINNES_IKKE if kan_lære else Deling.IKKE_DELT,
        tilstand=nå if kan_lære else Kriseplantilstand.UKJENT,
        versjon=0,
        oppgaver=grunner.oppgaver,
        deler=(),
    )


def _grunner(state: Kriseplan, part_id: str, kjent: Kjent) -> _Grunner:
    finnes = kjent.svar(part_id, "kriseplan.finnes")
    deler = {del_: kjent.svar(part_id, f"kriseplan.{del_}") for del_ in DELER}
    oppgaver, om_oppgaver = egne_oppgaver(kjent, state.oppgaver, part_id, "kriseplan.oppgaver")
    # By the tasks that stand, not by all that was ever asked for: then the order of arrival says nothing.
    stående = [o for o in state.oppgaver.alle.values() if o.tilstand is not Oppgavetilstand.FALT]
    om = [kjent.om_opphold(part_id, oppgave.gjelder) for oppgave in stående]
    kjente = [svar for svar in om if svar is not None]
    alle = (finnes, *deler.values(), *om_oppgaver, *kjente)
    return _Grunner(finnes, deler, oppgaver, alle, any(svar.ja for svar in kjente))


def _bærende(grunner: _Grunner) -> Svar:
    return next((svar for svar in grunner.alle if svar.ja), grunner.finnes)


def med_eier(state: Kriseplan, kjent: Kjent) -> Kjent:
    """The unit that keeps the plan is its author, for as long as the plan holds."""
    if not state.gjelder or state.eier_part == INNBYGGER:
        return kjent
    return kjent.med(
        Relasjon(state.eier_part, RelasjonSlag.KRISEPLAN_FORFATTER, ALLTID, deler=frozenset({"kriseplan.*"}))
    )
