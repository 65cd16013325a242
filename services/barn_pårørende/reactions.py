"""What barn_pårørende does when a stay, or who helps the person, changes: it looks at the question again."""

from __future__ import annotations

from collections.abc import Mapping

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Lookup, Reaction
from bindeledd.schema.generated.ansvarsgruppe import Grupperolle
from services.barn_pårørende.barn import AvstemSak
from services.barn_pårørende.domain import TOPIC, Avstem
from services.barn_pårørende.sak import BARN, Barnesak
from services.barn_pårørende.saksgrunner import Saksgrunner
from services.barn_pårørende.sakskilder import barn_av, for_saker, kartleggingsstrøm
from services.barn_pårørende.saksutsnitt import kan_gis
from services.felles import kilder
from services.felles.kjent import Rammer
from services.felles.oppholdsbilde import Opphold, siste
from services.felles.reaksjoner import HJELPERNE, OPPHOLDET, SAMTYKKENE, reaksjoner
from services.felles.samarbeid import ALLTID


def avstem(
    lookup: Lookup, person_ref: str, aktør: Actor, rammer: Rammer, stream: str | None = None
) -> list[Bestilling]:  # fmt: skip
    """The orders that bring the mapping, and the cases of the person's children, in step with what is known.

    `stream`: where the mapping is, if known. Two records that became one have two: nothing is asked in the other one.
    """
    opphold = kilder.opphold_for(lookup, person_ref)
    command = Avstem(opphold, _spør(lookup, person_ref, opphold), _følger_opp(lookup, person_ref, opphold, rammer))
    kartlegging = stream or kartleggingsstrøm(lookup, person_ref)
    andre = sorted(set(lookup.streams_of(TOPIC, person_ref)) - {kartlegging})
    return [
        Bestilling(TOPIC, kartlegging, command, aktør, person_ref=person_ref),
        *(Bestilling(TOPIC, ref, Avstem(opphold, "", "", eldre=True), aktør, person_ref=person_ref) for ref in andre),
        *(avstem_sak(lookup, barn_ref, aktør, rammer) for barn_ref in barn_av(lookup, person_ref)),
    ]


def avstem_sak(
    lookup: Lookup, barn_ref: str, aktør: Actor, rammer: Rammer, *, forelder: str = "", til_part: str = "",
    person_ref: str | None = None,
) -> Bestilling:  # fmt: skip
    """The order that brings a child's case in step. `forelder`, `til_part`, `person_ref`: what the order before it is
    about to bring into the case."""
    sak: Barnesak = lookup.state(BARN, barn_ref)
    nye = (forelder,) if forelder else ()
    grunner = for_saker(lookup, [sak], rammer, *nye)
    par = {(h.forelder, h.til_part) for h in sak.henvisninger.values()} | (
        {(forelder, til_part)} if til_part else set()
    )
    command = AvstemSak(frozenset(p for p in par if kan_gis(grunner, *p)), _døde(lookup, grunner, rammer))
    return Bestilling(BARN, barn_ref, command, aktør, person_ref=person_ref)


def _døde(lookup: Lookup, grunner: Saksgrunner, rammer: Rammer) -> Mapping[str, str]:
    """The adults who are dead, each with the unit that looks to those left behind."""
    funnet = {}
    for forelder, kjent in grunner.foreldre.items():
        nå = lookup.whose(forelder) or forelder
        if any(o.død and o.slutt_sendt for o in kjent.opphold):
            funnet[forelder] = _følger_opp(lookup, nå, kjent.opphold, rammer)
    return funnet


def reaksjoner_for(rammer: Rammer) -> Mapping[str, Reaction]:
    """By event."""
    system = Actor("system", rammer.oppsett.kommunenummer, "barn_paaroerende")
    return reaksjoner(
        lambda lookup, person_ref: avstem(lookup, person_ref, system, rammer), (*OPPHOLDET, *HJELPERNE, *SAMTYKKENE)
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
