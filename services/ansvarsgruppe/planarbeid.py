"""What people ask of the individual plan and its measures, as plans.

Who may, the access table says (`handling."plan.skriv"`): the person, and who may read the plan because they help.
"""

from __future__ import annotations

from dataclasses import replace

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import RuleBroken
from bindeledd.runtime.service import Lookup, Plan
from services.ansvarsgruppe import plan as p
from services.ansvarsgruppe import tiltak as t
from services.ansvarsgruppe.reactions import venter_på
from services.felles import kilder
from services.felles.kilder import må_ha_med_å_gjøre, må_leve
from services.felles.kjent import Rammer
from services.felles.samarbeid import ALLTID, PLAN
from services.felles.samarbeid import Plan as Plantilstanden

Plankommando = p.TilbyPlan | p.TakkNeiTilPlan | p.OpprettPlan | p.SettMaal | p.EvaluerPlan | p.AvsluttPlan


def om_planen(person_ref: str, command: Plankommando, aktør: Actor, rammer: Rammer) -> Plan:
    """Offer, decline, make, fill in, go through or end an individual plan. Answers with the plan stream.

    Raises NotAllowed for a unit that has nothing to do with the person.
    """

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        kjent = må_ha_med_å_gjøre(lookup, person_ref, aktør.party, rammer)
        if not isinstance(command, p.AvsluttPlan):
            må_leve(kjent, aktør.party)
        stream = planstrøm(lookup, person_ref)
        return [Bestilling(PLAN, stream, command, aktør, person_ref=person_ref)], stream

    return plan


def avtal_tiltak(person_ref: str, command: t.Avtal, aktør: Actor, rammer: Rammer) -> Plan:
    """A measure of the individual plan. Answers with its stream. Raises RuleBroken where there is no plan."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        kjent = må_ha_med_å_gjøre(lookup, person_ref, aktør.party, rammer)
        må_leve(kjent, aktør.party)
        planen = planstrøm(lookup, person_ref)
        if not lookup.state(PLAN, planen).har_plan:
            raise RuleBroken("plan.finnes", "Personen har ingen individuell plan som gjelder. Opprett en")
        stream = lookup.ref()
        ordre = replace(command, plan_ref=planen, venter_paa=venter_på(kjent.opphold))
        return [Bestilling(t.TOPIC, stream, ordre, aktør, person_ref=person_ref)], stream

    return plan


def endre_tiltak(person_ref: str, tiltak_ref: str, command: t.Endre, aktør: Actor, rammer: Rammer) -> Plan:
    """The measure is otherwise from now on, or is done. Who is responsible, and no more, says that it is done by the
    task. Whether it goes on during a stay that the unit may not know of stays as it was."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        kjent = må_ha_med_å_gjøre(lookup, person_ref, aktør.party, rammer)
        if tiltak_ref not in lookup.streams_of(t.TOPIC, person_ref):
            raise RuleBroken("tiltak.finnes", "Personen har ikke noe slikt tiltak")
        state: t.Tiltak = lookup.state(t.TOPIC, tiltak_ref)
        om = kjent.om_opphold(aktør.party, state.gjelder_opphold) if state.gjelder_opphold is not None else None
        går_videre = command.går_videre if om is None or om.ja else state.går_videre
        ordre = replace(command, går_videre=går_videre, venter_paa=venter_på(kjent.opphold))
        return [Bestilling(t.TOPIC, tiltak_ref, ordre, aktør)], tiltak_ref

    return plan


def planstrøm(lookup: Lookup, person_ref: str) -> str:
    """Where the person's plan is, or would be: two records that became one may have two."""
    planer: dict[str, Plantilstanden] = kilder.tilstander(lookup, PLAN, person_ref)
    har = [ref for ref, planen in planer.items() if planen.har_plan]
    if not har:
        return kilder.eneste_strøm(lookup, PLAN, person_ref)
    return max(har, key=lambda ref: (planer[ref].fra or ALLTID, ref))
