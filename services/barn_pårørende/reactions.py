"""What barn_pårørende does when a stay, or who helps the person, changes: it looks at the question again."""

from __future__ import annotations

from collections.abc import Mapping

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Lookup, Reaction
from bindeledd.schema.generated.ansvarsgruppe import Grupperolle
from services.barn_pårørende.domain import TOPIC, Avstem
from services.felles import kilder
from services.felles.kjent import Rammer
from services.felles.oppholdsbilde import Opphold, siste
from services.felles.reaksjoner import HJELPERNE, OPPHOLDET, reaksjoner
from services.felles.samarbeid import ALLTID


def avstem(lookup: Lookup, person_ref: str, aktør: Actor, rammer: Rammer) -> list[Bestilling]:
    """The order that brings the mapping in step with what is known of the person."""
    opphold = kilder.opphold_for(lookup, person_ref)
    command = Avstem(opphold, _spør(lookup, person_ref, opphold), _følger_opp(lookup, person_ref, opphold, rammer))
    return [Bestilling(TOPIC, kilder.eneste_strøm(lookup, TOPIC, person_ref), command, aktør, person_ref=person_ref)]


def reaksjoner_for(rammer: Rammer) -> Mapping[str, Reaction]:
    """By event."""
    system = Actor("system", rammer.oppsett.kommunenummer, "barn_paaroerende")
    return reaksjoner(
        lambda lookup, person_ref: avstem(lookup, person_ref, system, rammer), (*OPPHOLDET, *HJELPERNE)
    )  # fmt: skip


def _spør(lookup: Lookup, person_ref: str, opphold: tuple[Opphold, ...]) -> str:
    """The ward asks (hpl §10a). Where the ward is none of our parties: the koordinator's unit, which has the same duty,
    if the person had a koordinator before the stay was over."""
    nå = siste(opphold)
    if nå is None:
        return ""
    if nå.avdeling is not None:
        return nå.avdeling
    koordinator = kilder.koordinator(lookup, person_ref)
    if nå.slutt is not None and nå.slutt < (koordinator.fra or ALLTID):
        return ""
    return koordinator.koordinator_part or ""


def _følger_opp(lookup: Lookup, person_ref: str, opphold: tuple[Opphold, ...], rammer: Rammer) -> str:
    """Who looks to those left behind (hpl §10b): the ward, the treating DPS, the DPS of the ACT team, else the unit."""
    døde = [o for o in opphold if o.død]
    if not døde:
        return ""
    act = kilder.medlemmer_med_rolle(lookup, person_ref, Grupperolle.ACT)
    mulige = [
        døde[-1].avdeling,
        *kilder.medlemmer_med_rolle(lookup, person_ref, Grupperolle.DPS),
        *(rammer.oppsett.parter[part].dps for part in act if part in rammer.oppsett.parter),
        kilder.koordinator(lookup, person_ref).koordinator_part,
    ]
    return next((part for part in mulige if part), "")
