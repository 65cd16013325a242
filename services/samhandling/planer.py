"""What people ask of the register and the stays, as plans: the same for the API, the pages and the simulator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import RuleBroken
from bindeledd.runtime.service import Lookup, Plan
from bindeledd.schema.generated.samhandling import BydelKilde, Identitet, Personalia
from services.samhandling import folkeregister, kvittering, opphold, person


def registrer_person(
    personalia: Personalia, identiteter: tuple[Identitet, ...], bydel: str | None, aktør: Actor
) -> Plan:
    """Register a person that somebody here knows. Answers with the person_ref: an id known before leads to it."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        ordre, ref = folkeregister.registrer_kjent(lookup, personalia, identiteter, bydel=bydel, aktør=aktør)
        return list(ordre), ref

    return plan


def sett_bydel(person_ref: str, bydel: str | None, kommune: str | None, aktør: Actor) -> Plan:
    """Say where a person lives: the register is told, and every stay is routed again."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        satt = person.SettBydel(bydel, kommune, BydelKilde.PERSON)
        ordre = [_til_person(person_ref, satt, aktør)]
        ordre += [
            Bestilling(opphold.TOPIC, ref, opphold.SettBydel(bydel), aktør, person_ref=person_ref)
            for ref in lookup.streams_of(opphold.TOPIC, person_ref)
        ]
        return ordre, None

    return plan


def bekreft_person(person_ref: str, grunn: str, aktør: Actor) -> Plan:
    """Confirm that the patient is ours, and on which ground (intake rule 13)."""
    return lambda _lookup: ([_til_person(person_ref, person.BekreftPerson(grunn), aktør)], None)


def avgjør_treff(person_ref: str, kandidat: str, aktør: Actor, *, samme: bool) -> Plan:
    """A person decides whether two records are one person. If they are, the other's streams are relinked."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        avgjort = _til_person(person_ref, person.AvgjørTvilsomtTreff(kandidat, samme), aktør)
        blind = folkeregister.pekere(lookup, kandidat, person_ref) if samme else ()
        return [replace(avgjort, blind=blind)], None

    return plan


def slå_sammen(person_ref: str, tapt: str, aktør: Actor) -> Plan:
    """Two records are one person."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        if tapt == person_ref or not lookup.state(person.TOPIC, tapt).finnes:
            raise RuleBroken("person.slå_sammen", "Det er ingen annen registrering å slå sammen med")
        slått = _til_person(person_ref, person.SlåSammen(tapt), aktør)
        return [replace(slått, blind=folkeregister.pekere(lookup, tapt, person_ref))], None

    return plan


def omgjør_sammenslåing(person_ref: str, gjenoppstått: str, strømmer: tuple[str, ...], aktør: Actor) -> Plan:
    """A merge was wrong: these streams go back to the person they came from."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        omgjort = _til_person(person_ref, person.OmgjørSammenslåing(gjenoppstått, strømmer), aktør)
        return [replace(omgjort, blind=folkeregister.pekere(lookup, gjenoppstått, gjenoppstått))], None

    return plan


def åpne_melding(melding_ref: str, part: str, av: str, aktør: Actor) -> Plan:
    """Somebody of a receiving unit has opened a message. A receipt is not a read (intake rule 15)."""
    return lambda _lookup: ([Bestilling(kvittering.TOPIC, melding_ref, kvittering.Åpne(part, av), aktør)], None)


def oppgave(opphold_ref: str, command: Any, aktør: Actor) -> Plan:
    """Take or finish a task of a stay."""
    return lambda _lookup: ([Bestilling(opphold.TOPIC, opphold_ref, command, aktør)], None)


def _til_person(person_ref: str, command: Any, aktør: Actor) -> Bestilling:
    return Bestilling(person.TOPIC, person_ref, command, aktør, person_ref=person_ref)
