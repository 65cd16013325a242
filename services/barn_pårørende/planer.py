"""What people ask of the mapping, as plans: the same for the API, the pages and the simulator."""

from __future__ import annotations

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed
from bindeledd.core.sealed import Sealed
from bindeledd.runtime.service import Lookup, Plan
from bindeledd.schema.generated.felles import Tekst
from services.barn_pårørende.domain import TOPIC, Avslå, BekreftIngenBarn, HoldSamtale, Utsett
from services.barn_pårørende.reactions import avstem
from services.barn_pårørende.sakskilder import kartleggingsstrøm
from services.felles.kilder import kjent_for, må_finnes
from services.felles.kjent import Rammer, egne_oppgaver


def ingen_barn(person_ref: str, aktør: Actor, rammer: Rammer) -> Plan:
    """The person has no children or siblings under 18."""
    return _for_person(person_ref, BekreftIngenBarn(aktør.party, aktør.role), aktør, rammer)


def avslå(person_ref: str, grunn: str, aktør: Actor, rammer: Rammer) -> Plan:
    """The person would not, or could not, answer."""
    return _for_person(person_ref, Avslå(aktør.party, grunn, aktør.role), aktør, rammer)


def hold_samtale(
    person_ref: str, antall_barn: int, innhold: Sealed[Tekst] | None, aktør: Actor, rammer: Rammer
) -> Plan:  # fmt: skip
    """The talk about the children has been held."""
    return _for_person(person_ref, HoldSamtale(aktør.party, antall_barn, innhold, aktør.role), aktør, rammer)


def utsett(person_ref: str, grunn: str, aktør: Actor, rammer: Rammer) -> Plan:
    """Nobody has asked the person, and why: the question comes up again."""
    return _for_person(person_ref, Utsett(aktør.party, grunn, aktør.role), aktør, rammer)


def _for_person(
    person_ref: str, command: BekreftIngenBarn | Avslå | HoldSamtale | Utsett, aktør: Actor, rammer: Rammer
) -> Plan:  # fmt: skip
    """The command, and then whatever the answer asks for."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        må_finnes(lookup, person_ref)
        stream = kartleggingsstrøm(lookup, person_ref)
        _må_kunne_spørre(lookup, person_ref, stream, aktør.party, rammer)
        ordre = Bestilling(TOPIC, stream, command, aktør, person_ref=person_ref)
        return [ordre, *avstem(lookup, person_ref, aktør, rammer, stream)], stream

    return plan


def _må_kunne_spørre(lookup: Lookup, person_ref: str, stream: str, part: str, rammer: Rammer) -> None:
    """Raises NotAllowed for a unit that neither helps the person nor has been asked to: a ward that the person has left
    may still answer what it was to ask (hpl §10a).

    That nobody can say now what the person has said of sharing is no reason not to write down what they answered.
    """
    kjent, state = kjent_for(lookup, person_ref, rammer), lookup.state(TOPIC, stream)
    if egne_oppgaver(kjent, state.oppgaver, part, "barn.oppgaver")[0]:
        return
    krav = rammer.tabell.krav_ellers
    gitt = kjent.sist_kjent().kan(part, krav)
    if not gitt.ja:
        raise NotAllowed(gitt.setning, krav.paragraf)
