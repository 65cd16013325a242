"""What people ask of the register and the stays, as plans: the same for the API, the pages and the simulator."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import RuleBroken
from bindeledd.runtime.service import Lookup, Plan
from bindeledd.schema.generated.samhandling import BydelKilde, Identitet, MeldingKnyttet, Personalia
from services.samhandling import folkeregister, kvittering, opphold, person, skille

SAMHANDLING = "samhandling"


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


def forkast_person(person_ref: str, grunn: str, aktør: Actor, som_av: datetime | None = None) -> Plan:
    """The patient is no case of ours (intake rule 13); `som_av`: the moment by which nobody had confirmed them.

    What another service has written of the person is part of a municipal record, which is corrected and never shredded
    (rules 1.6): then the patient is confirmed by it. Raises RuleBroken when a person asks for it all the same.
    """

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        if lookup.sealed_by(person_ref) <= {SAMHANDLING}:
            forkast = person.ForkastPerson(grunn, som_av or lookup.now)
            return [_til_person(person_ref, forkast, aktør)], None
        if som_av is None:
            raise RuleBroken("person.journalført", "Noen her har skrevet om pasienten. Det rettes og slettes ikke")
        return [_til_person(person_ref, person.BekreftPerson("noen her har skrevet om pasienten"), aktør)], None

    return plan


def lukk_opphold(person_ref: str, aktør: Actor) -> Plan:
    """Nothing that was told of a discarded patient stands: clocks stop and tasks fall, here and in every service."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        tøm = opphold.TømOpphold("pasienten er forkastet")
        refs = lookup.streams_of(opphold.TOPIC, person_ref)
        return [Bestilling(opphold.TOPIC, ref, tøm, aktør, person_ref=person_ref) for ref in refs], None

    return plan


def noter_makulert(person_ref: str, nøkler: int, aktør: Actor) -> Plan:
    """Write down that the keys to a discarded patient's content are gone."""
    return lambda _lookup: ([_til_person(person_ref, person.NoterMakulert(nøkler), aktør)], None)


def avgjør_treff(person_ref: str, kandidat: str, grunn: str, aktør: Actor, *, samme: bool) -> Plan:
    """A person decides whether two records are one person, and on what. If they are, the one known first lives on."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        avgjort = _til_person(person_ref, person.AvgjørTvilsomtTreff(kandidat, samme, grunn), aktør)
        if not samme:
            return [avgjort], None
        return [avgjort, *_slå_sammen(lookup, kandidat, person_ref, aktør)], None

    return plan


def slå_sammen(person_ref: str, tapt: str, aktør: Actor) -> Plan:
    """Two records are one person: `tapt` lives on in `person_ref`. Raises RuleBroken when one of them is no record."""
    return lambda lookup: (_slå_sammen(lookup, person_ref, tapt, aktør), None)


def omgjør_sammenslåing(person_ref: str, gjenoppstått: str, strømmer: tuple[str, ...], aktør: Actor) -> Plan:
    """A merge was wrong: what came from `gjenoppstått` goes back to it, and the streams that are named besides.

    What messages told while the two were one is placed anew for each, by whose numbers the message carries.
    """

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        tilbake: person.Person = lookup.state(person.TOPIC, gjenoppstått)
        if tilbake.slått_inn:
            raise RuleBroken("person.flere_sammenslåinger", "Andre er slått sammen med den. Gjør om det først")
        delt = skille.skill(lookup, person_ref, gjenoppstått, strømmer)
        omgjort = _til_person(person_ref, person.OmgjørSammenslåing(gjenoppstått, delt.strømmer), aktør)
        blind = folkeregister.pekere(lookup, gjenoppstått, gjenoppstått)
        ordre = [replace(omgjort, blind=blind), _til_person(gjenoppstått, person.SkillUt(person_ref), aktør)]
        if not tilbake.bekreftet:
            # A person has looked at it: it is not to be discarded at once because its days have run out.
            ordre.append(_til_person(gjenoppstått, person.BekreftPerson("skilt ut igjen av noen her"), aktør))
        return [*ordre, *skille.ordre(lookup, delt, aktør)], None

    return plan


def _slå_sammen(lookup: Lookup, overlevende: str, tapt: str, aktør: Actor) -> list[Bestilling]:
    en, annen = (lookup.state(person.TOPIC, ref) for ref in (overlevende, tapt))
    if overlevende == tapt or not (en.gjelder and annen.gjelder):
        raise RuleBroken("person.slå_sammen", "Det er ikke to registreringer som kan slås sammen")
    ordre = [
        replace(
            _til_person(overlevende, person.SlåSammen(tapt), aktør),
            blind=folkeregister.pekere(lookup, tapt, overlevende),
        ),
        _til_person(tapt, person.SlåsInn(overlevende), aktør),
    ]
    if annen.bekreftet and not en.bekreftet:
        ordre.append(_til_person(overlevende, person.BekreftPerson("slått sammen med en som er bekreftet"), aktør))
    if annen.bydel is not None and en.bydel is None:
        satt = person.SettBydel(annen.bydel, annen.kommune, BydelKilde.REGISTER)
        ordre.append(_til_person(overlevende, satt, aktør))
    return ordre


def åpne_melding(melding_ref: str, part: str, av: str, aktør: Actor) -> Plan:
    """Somebody of a receiving unit has opened a message. A receipt is not a read (intake rule 15)."""
    return lambda _lookup: ([Bestilling(kvittering.TOPIC, melding_ref, kvittering.Åpne(part, av), aktør)], None)


def fordel_melding(melding_ref: str, til: str, part: str, av: str, aktør: Actor) -> Plan:
    """The koordinerende enhet gives a message that nobody here was sent on to the unit that shall have it: that unit is
    then one that it was sent to, also in the stay that it told of."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], None]:
        sak: kvittering.Kvitteringssak = lookup.state(kvittering.TOPIC, melding_ref)
        ordre = [Bestilling(kvittering.TOPIC, melding_ref, kvittering.Fordel(til, part, av), aktør)]
        if sak.opphold_ref is not None:
            ordre += _adresser(lookup, sak.opphold_ref, melding_ref, til, aktør)
        return ordre, None

    return plan


def _adresser(lookup: Lookup, opphold_ref: str, melding_ref: str, til: str, aktør: Actor) -> list[Bestilling]:
    """What the message told of a stay is told once more, to this unit too; a cancellation tells nothing."""
    state: opphold.Opphold = lookup.state(opphold.TOPIC, opphold_ref)
    funnet = ((f, k) for f in state.fakta.alle.values() for k in f.kilder if k.melding_ref == melding_ref)
    faktum, kilde = next(funnet, (None, None))
    if faktum is None or kilde is None:
        return []
    igjen = MeldingKnyttet(kilde=replace(kilde, adressert=(til,), kopi=()), status="", samme_som=faktum.ref)
    fortalt = opphold.RegistrerFaktum(igjen, state.bydel, state.død)
    return [Bestilling(opphold.TOPIC, opphold_ref, fortalt, aktør, mottatt=kilde.mottatt)]


def besvar_melding(melding_ref: str, part: str, av: str, aktør: Actor) -> Plan:
    """Somebody of a receiving unit says that the sender has been answered."""
    return lambda _lookup: ([Bestilling(kvittering.TOPIC, melding_ref, kvittering.Besvar(part, av), aktør)], None)


def _til_person(person_ref: str, command: Any, aktør: Actor) -> Bestilling:
    return Bestilling(person.TOPIC, person_ref, command, aktør, person_ref=person_ref)
