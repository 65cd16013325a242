"""What people ask of consents, koordinator and group, as plans: the same for the API, the pages and the simulator.

What they ask of the individual plan and its measures is in `planarbeid.py`, of meetings in `møteplaner.py`.
"""

from __future__ import annotations

from dataclasses import replace

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed, RuleBroken
from bindeledd.runtime.service import Lookup, Plan
from services.ansvarsgruppe import gruppe, samtykke
from services.ansvarsgruppe.plan import SettKoordinator
from services.ansvarsgruppe.reactions import avstem
from services.felles import kilder, samarbeid
from services.felles.kilder import kjent_for, må_finnes, må_ha_med_å_gjøre, må_leve
from services.felles.kjent import Rammer
from services.felles.oppsett import INNBYGGER
from services.felles.samarbeid import GRUPPE, PLAN, SAMTYKKE


def samtykke_for(person_ref: str, command: samtykke.Kommando, aktør: Actor, rammer: Rammer) -> Plan:
    """Give or withdraw a consent, register or lift an opposition. Answers with the stream.

    What the person said before a death is still written down where it closes something, and opens nothing any more.

    Raises NotAllowed when the actor's unit has nothing to do with the person.
    """

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        kjent = må_ha_med_å_gjøre(lookup, person_ref, aktør.party, rammer)
        if isinstance(command, samtykke.GiSamtykke | samtykke.OpphevSperring):
            må_leve(kjent, aktør.party)
        stream = _strøm_med(lookup, person_ref, command)
        return [Bestilling(SAMTYKKE, stream, command, aktør, person_ref=person_ref)], stream

    return plan


def sett_koordinator(
    person_ref: str, part: str, koordinator: str, aktør: Actor, rammer: Rammer, grunn: str = "annet"
) -> Plan:
    """Appoint or change the koordinator. Tasks that wait move to the new unit. Answers with the plan stream.

    Two records that became one may name one each: the person has one from now on, and no other unit has the task.
    """

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        må_finnes(lookup, person_ref)
        kjent = kjent_for(lookup, person_ref, rammer)
        må_leve(kjent, aktør.party)
        har_med_å_gjøre = kjent.har_med_å_gjøre(aktør.party).ja
        command = SettKoordinator(part, koordinator, aktør.party, har_med_å_gjøre, grunn)
        har = [ref for ref, p in kilder.tilstander(lookup, PLAN, person_ref).items() if p.koordinator_part is not None]
        strømmer = sorted(har) or [kilder.eneste_strøm(lookup, PLAN, person_ref)]
        blir = {}
        for stream in strømmer:
            nå: samarbeid.Plan = lookup.state(PLAN, stream)
            blir[stream] = replace(nå, koordinator_part=part, koordinator=koordinator, fra=nå.fra or lookup.now)
        satt = [Bestilling(PLAN, stream, command, aktør, person_ref=person_ref) for stream in strømmer]
        return [*satt, *avstem(lookup, person_ref, aktør, planer=blir)], strømmer[0]

    return plan


def opprett_gruppe(person_ref: str, aktør: Actor, rammer: Rammer) -> Plan:
    """The actor's unit makes an ansvarsgruppe. Answers with the group's stream. One live group to a person."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        må_leve(må_ha_med_å_gjøre(lookup, person_ref, aktør.party, rammer), aktør.party)
        if any(gruppe.lever for gruppe in kilder.tilstander(lookup, GRUPPE, person_ref).values()):
            raise RuleBroken("gruppe.én", "Personen har en ansvarsgruppe fra før")
        stream = lookup.ref()
        opprettet = Bestilling(GRUPPE, stream, gruppe.OpprettGruppe(aktør.party), aktør, person_ref=person_ref)
        blir = samarbeid.Gruppe(opprettet_av=aktør.party, fra=lookup.now)
        return [opprettet, *avstem(lookup, person_ref, aktør, gruppe=(stream, blir))], stream

    return plan


def avslutt_gruppe(person_ref: str, gruppe_ref: str, grunn: str, aktør: Actor) -> Plan:
    """The group ends. What waits goes to the koordinator's unit."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        state = må_styre(lookup, person_ref, gruppe_ref, aktør)
        avsluttet = Bestilling(GRUPPE, gruppe_ref, gruppe.AvsluttGruppe(grunn), aktør)
        blir = replace(state, avsluttet=True)
        return [avsluttet, *avstem(lookup, person_ref, aktør, gruppe=(gruppe_ref, blir))], None

    return plan


def inviter(person_ref: str, gruppe_ref: str, part: str, aktør: Actor, rammer: Rammer) -> Plan:
    """A member, or the koordinator's unit, invites another unit."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        må_styre(lookup, person_ref, gruppe_ref, aktør)
        må_leve(kjent_for(lookup, person_ref, rammer), aktør.party)
        return [Bestilling(GRUPPE, gruppe_ref, gruppe.Inviter(part), aktør)], None

    return plan


def oppnevn_representant(
    person_ref: str, gruppe_ref: str, command: gruppe.OppnevnRepresentant, aktør: Actor, rammer: Rammer
) -> Plan:  # fmt: skip
    """The person names a representative; a member, the koordinator's unit or the person writes it down."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        if aktør.party != INNBYGGER:
            må_styre(lookup, person_ref, gruppe_ref, aktør)
        elif gruppe_ref not in lookup.streams_of(GRUPPE, person_ref):
            raise RuleBroken("gruppe.person", "Personen har ingen slik ansvarsgruppe")
        if command.navn is not None:
            må_leve(kjent_for(lookup, person_ref, rammer), aktør.party)
        return [Bestilling(GRUPPE, gruppe_ref, command, aktør)], None

    return plan


def for_egen_enhet(gruppe_ref: str, command: gruppe.Svar | gruppe.Fratre, aktør: Actor, rammer: Rammer) -> Plan:
    """The invited unit itself answers, or a member leaves."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        if isinstance(command, gruppe.Svar) and command.med:
            må_leve(kjent_for(lookup, lookup.whose(gruppe_ref), rammer), aktør.party)
        return [Bestilling(GRUPPE, gruppe_ref, command, aktør)], None

    return plan


def må_styre(lookup: Lookup, person_ref: str, gruppe_ref: str, aktør: Actor) -> samarbeid.Gruppe:
    """The group, for those who decide on it: its members and the koordinator's unit.

    Raises RuleBroken for a group that is not the person's, NotAllowed for anybody else.
    """
    if gruppe_ref not in lookup.streams_of(GRUPPE, person_ref):
        raise RuleBroken("gruppe.person", "Personen har ingen slik ansvarsgruppe")
    state: samarbeid.Gruppe = lookup.state(GRUPPE, gruppe_ref)
    er_koordinators = kilder.koordinator(lookup, person_ref).koordinator_part == aktør.party
    if not er_koordinators and state.med(aktør.party) is None:
        raise NotAllowed("this unit is not in the group. A unit that is a member must do it")
    return state


def _strøm_med(lookup: Lookup, person_ref: str, command: samtykke.Kommando) -> str:
    """The stream that holds what a withdrawal is about: two, when two records became one person."""
    for stream, state in kilder.tilstander(lookup, SAMTYKKE, person_ref).items():
        match command:
            case samtykke.TrekkSamtykke() if command.samtykke_id in state.samtykker:
                return stream
            case samtykke.OpphevSperring() if command.sperring_id in state.sperringer:
                return stream
            case _:
                continue
    return kilder.eneste_strøm(lookup, SAMTYKKE, person_ref)
