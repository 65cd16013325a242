"""What people ask of consents, koordinator and group, as plans: the same for the API, the pages and the simulator.

What they ask of the individual plan and its measures is in `planarbeid.py`, of meetings in `møteplaner.py`.
"""

from __future__ import annotations

from dataclasses import replace

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed, RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.runtime.service import Lookup, Plan
from bindeledd.schema.generated.ansvarsgruppe import Barnekoordinatortilstand
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe import gruppe, samtykke
from services.ansvarsgruppe.plan import AvklarBarnekoordinator, MeldBehov, SettKoordinator
from services.ansvarsgruppe.reactions import avstem
from services.felles import kilder, samarbeid
from services.felles.kilder import kjent_for, må_finnes, må_ha_med_å_gjøre, må_leve
from services.felles.kjent import Kjent, Rammer
from services.felles.oppsett import FORESATT, INNBYGGER
from services.felles.parter import koordinerende_enhet
from services.felles.samarbeid import GRUPPE, PLAN, SAMTYKKE


def samtykke_for(person_ref: str, command: samtykke.Kommando, aktør: Actor, rammer: Rammer) -> Plan:
    """Give or withdraw a consent, register or lift an opposition; end that somebody speaks for the person. Answers with
    the stream.

    What the person said before a death is still written down where it closes something, and opens nothing any more.

    Raises NotAllowed when the actor's unit has nothing to do with the person.
    """

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        kjent = må_ha_med_å_gjøre(lookup, person_ref, aktør.party, rammer)
        return _sagt(lookup, kjent, command, aktør)

    return plan


def talsperson_for(
    person_ref: str, slag: str, navn: Sealed[Tekst], deler: tuple[str, ...], aktør: Actor, rammer: Rammer
) -> Plan:  # fmt: skip
    """Write down who has parental responsibility, or is chosen to speak for the person. Answers with the stream."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        kjent = må_ha_med_å_gjøre(lookup, person_ref, aktør.party, rammer)
        grupper: dict[str, samarbeid.Gruppe] = kilder.tilstander(lookup, GRUPPE, person_ref)
        command = samtykke.RegistrerTalsperson(
            slag, navn, deler, aktør.party, kjent.yngre_enn(rammer.tabell.aldre.foreldreansvar),
            any(gruppe.representert for gruppe in grupper.values()),
        )  # fmt: skip
        return _sagt(lookup, kjent, command, aktør)

    return plan


def _sagt(lookup: Lookup, kjent: Kjent, command: samtykke.Kommando, aktør: Actor) -> tuple[list[Bestilling], str]:
    person_ref = kjent.grunnlag.person_ref
    if isinstance(command, samtykke.GiSamtykke | samtykke.OpphevSperring | samtykke.RegistrerTalsperson):
        må_leve(kjent, aktør.party)
    if isinstance(command, samtykke.GiSamtykke):
        _må_kunne_samtykke(lookup, kjent, command)
    if isinstance(command, samtykke.RegistrerSperring | samtykke.OpphevSperring):
        _må_være_barnets(kjent, command, aktør)
    stream = _strøm_med(lookup, person_ref, command)
    return [Bestilling(SAMTYKKE, stream, command, aktør, person_ref=person_ref)], stream


def _må_kunne_samtykke(lookup: Lookup, kjent: Kjent, command: samtykke.GiSamtykke) -> None:
    """For a child those with parental responsibility consent, and the child is heard (pbrl §4-4). Raises RuleBroken."""
    aldre = kjent.rammer.tabell.aldre
    if not kjent.yngre_enn(aldre.myndig):
        return
    if not any(t.ansvarlig for t in kilder.talspersoner(lookup, kjent.grunnlag.person_ref)):
        hva = f"Barnet er under {aldre.myndig} år: foreldrene samtykker. Skriv først ned hvem som har foreldreansvaret"
        raise RuleBroken("pbrl §4-4", hva)
    if not kjent.yngre_enn(aldre.høres) and not command.hørt:
        raise RuleBroken("pbrl §4-4: hørt", f"Barnet er fylt {aldre.høres} år, og skal få si hva det mener først")


def _må_være_barnets(
    kjent: Kjent, command: samtykke.RegistrerSperring | samtykke.OpphevSperring, aktør: Actor
) -> None:  # fmt: skip
    """What a child withholds from those who answer for it is its own to say and to give up, from an age on (pbrl §3-4).
    Raises RuleBroken."""
    if isinstance(command, samtykke.RegistrerSperring):
        part = command.part
    else:
        alle = (s.sperringer.get(command.sperring_id) for s in kjent.samtykker)
        part = next((sperring.part for sperring in alle if sperring is not None), None)
    gjelder_dem = part == FORESATT
    if gjelder_dem and aktør.party == FORESATT:
        raise RuleBroken("pbrl §3-4: hvem", "Det er barnet selv som sier hva de med foreldreansvar ikke skal få vite")
    fra = kjent.rammer.tabell.aldre.høres
    if gjelder_dem and kjent.yngre_enn(fra):
        hva = f"Barnet er under {fra} år. Da får de med foreldreansvar vite det som gjelder barnet"
        raise RuleBroken("pbrl §3-4: alder", hva)


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


def avklar_barnekoordinator(
    person_ref: str, tilstand: Barnekoordinatortilstand, part: str | None, koordinator: str | None, aktør: Actor,
    rammer: Rammer,
) -> Plan:  # fmt: skip
    """The family of a child was offered a barnekoordinator, declined, or has one. Answers with the plan stream."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        må_finnes(lookup, person_ref)
        kjent = kjent_for(lookup, person_ref, rammer)
        må_leve(kjent, aktør.party)
        command = AvklarBarnekoordinator(
            tilstand, part, koordinator, aktør.party, kjent.har_med_å_gjøre(aktør.party).ja,
            kjent.yngre_enn(rammer.tabell.aldre.foreldreansvar),
        )  # fmt: skip
        stream = kilder.eneste_strøm(lookup, PLAN, person_ref)
        return [Bestilling(PLAN, stream, command, aktør, person_ref=person_ref)], stream

    return plan


def meld_behov(person_ref: str, behov: Sealed[Tekst] | None, aktør: Actor, rammer: Rammer) -> Plan:
    """Tell the koordinerende enhet that the person needs a koordinator or a plan. Answers with the plan stream.

    Whoever has a koordinator in one of two records that became one person, has one.
    """

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        må_leve(må_ha_med_å_gjøre(lookup, person_ref, aktør.party, rammer), aktør.party)
        planene: dict[str, samarbeid.Plan] = kilder.tilstander(lookup, PLAN, person_ref)
        har = (ref for ref, p in planene.items() if p.koordinator_part is not None)
        stream = min(har, default=None) or kilder.eneste_strøm(lookup, PLAN, person_ref)
        command = MeldBehov(aktør.party, koordinerende_enhet(rammer.oppsett), behov)
        return [Bestilling(PLAN, stream, command, aktør, person_ref=person_ref)], stream

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
            if any(t.valgt for t in kilder.talspersoner(lookup, person_ref)):
                raise RuleBroken(
                    "representant.én", "Personen har en representant fra før. Skriv ned at den er ferdig først"
                )
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
            case samtykke.AvsluttTalsperson() if command.talsperson_id in state.talspersoner:
                return stream
            case _:
                continue
    return kilder.eneste_strøm(lookup, SAMTYKKE, person_ref)
