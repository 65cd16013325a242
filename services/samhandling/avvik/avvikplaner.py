"""What people ask of cases of avvik, as plans: the same for the API, the pages and the simulator."""

from __future__ import annotations

import re
from dataclasses import replace

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed, RuleBroken, Shredded
from bindeledd.runtime.service import Lookup, Plan
from bindeledd.schema.generated.samhandling import Avvikstilstand
from services.felles.kilder import må_finnes
from services.felles.kjent import Kjent, Rammer
from services.samhandling import person
from services.samhandling.avvik import avvik
from services.samhandling.avvik.avviksarbeid import AVTALEN
from services.samhandling.avvik.avviksbevis import må_være_bevis
from services.samhandling.avvik.avvikutsnitt import kandidater_avvik, utsnitt_avvik
from services.samhandling.forum.forumsak import Behandle
from services.samhandling.grunner import dps_for_opphold, grunner_for
from services.samhandling.utsnitt import med_alle_opphold

NUMMER = re.compile(r"(?<!\d)\d{6} ?\d{5}(?!\d)")
ORD = re.compile(r"[\w-]+")
ISaken = (
    avvik.Motta
    | avvik.Besvar
    | avvik.VærUenig
    | avvik.VærEnig
    | avvik.GiTilbakemelding
    | avvik.HarSnakketSammen
    | avvik.Eskaler
)


def meld(person_ref: str | None, command: avvik.Meld, aktør: Actor, rammer: Rammer) -> Plan:
    """Report an avvik, about a person or about nobody. Answers with the case's stream.

    Whom somebody here has reported something about is a patient of ours (intake rule 13). Raises RuleBroken for a stay
    that the unit may not know of, and for evidence that is no record here; NotAllowed for a unit that has nothing to do
    with the person.
    """

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        må_kunne_melde(lookup, person_ref, aktør.party, rammer)
        kjent = med_alle_opphold(grunner_for(lookup, person_ref, rammer))
        meldt = _om_siste_opphold(command, aktør.party, kjent) if person_ref is not None else command
        _må_kunne_vise_til_oppholdet(meldt, aktør.party, kjent)
        må_være_bevis(lookup, person_ref, meldt.fakta.bevis, aktør.party, kjent)
        ref = lookup.ref()
        return [*_bekreft(lookup, person_ref, aktør), _til(ref, meldt, aktør, person_ref)], ref

    return plan


def meld_utkast(avvik_ref: str, command: avvik.Meld, aktør: Actor, rammer: Rammer) -> Plan:
    """Report what was drafted, with what it was drafted from. Raises NotAllowed for a unit that the draft is not shown
    to, and RuleBroken for one that has been reported or discarded."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        state = _utkastet(lookup, avvik_ref, aktør.party, rammer)
        person_ref = lookup.whose(avvik_ref)
        kjent = med_alle_opphold(grunner_for(lookup, person_ref, rammer))
        må_være_bevis(lookup, person_ref, command.fakta.bevis, aktør.party, kjent)
        med_bevis = _med_utkastets(command, state)
        _må_kunne_vise_til_oppholdet(med_bevis, aktør.party, kjent)
        return [*_bekreft(lookup, person_ref, aktør), _til(avvik_ref, med_bevis, aktør)], avvik_ref

    return plan


def forkast_utkast(avvik_ref: str, grunn: str, av: str, aktør: Actor, rammer: Rammer) -> Plan:
    """A person says that a draft is no avvik, for their own unit: the others keep it, until all have said so (rules
    2.5: nobody silences what another saw). Raises NotAllowed for a unit that the draft is not shown to."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        state = _utkastet(lookup, avvik_ref, aktør.party, rammer)
        kjent = grunner_for(lookup, lookup.whose(avvik_ref), rammer)
        andre = set(kandidater_avvik(state, kjent)) - {aktør.party}
        har_det = any(utsnitt_avvik(state, part, kjent) is not None for part in andre)
        return [_til(avvik_ref, avvik.ForkastUtkast(grunn, av, aktør.party if har_det else None), aktør)], avvik_ref

    return plan


def _med_utkastets(command: avvik.Meld, utkast: avvik.Avvik) -> avvik.Meld:
    """With the stay that the draft was made of, and what showed it; what the reporter adds comes after."""
    assert utkast.fakta is not None
    bevis = (*utkast.fakta.bevis, *(b for b in command.fakta.bevis if b not in utkast.fakta.bevis))
    return replace(command, fakta=replace(command.fakta, opphold_ref=utkast.fakta.opphold_ref, bevis=bevis))


def _om_siste_opphold(command: avvik.Meld, part: str, kjent: Kjent) -> avvik.Meld:
    """About a stay, where none is said: the last one at the ward that it is reported to, of those that the unit may
    know of. So the ward is told whom it shall answer for (rules 2.5: patient)."""
    if command.fakta.opphold_ref is not None:
        return command
    hos = [o for o in kjent.opphold if o.avdeling == command.mot_part and o.innlagt is not None]
    hos = [o for o in hos if (gitt := kjent.om_opphold(part, o.ref)) is not None and gitt.ja]
    siste = max(hos, key=lambda o: (o.innlagt, o.ref), default=None)
    return replace(command, fakta=replace(command.fakta, opphold_ref=siste.ref)) if siste is not None else command


def i_saken(avvik_ref: str, command: ISaken, aktør: Actor) -> Plan:
    """One of the two parties does something in the case. Raises RuleBroken for any other."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        gjøres = command
        if isinstance(command, avvik.Eskaler):
            fakta = lookup.state(avvik.TOPIC, avvik_ref).fakta
            gjøres = replace(command, dps=dps_for_opphold(lookup, fakta.opphold_ref if fakta is not None else None))
        return [_til(avvik_ref, gjøres, aktør)], avvik_ref

    return plan


def eskaler(avvik_ref: str, command: avvik.Eskaler, spørsmål: str, aktør: Actor, rammer: Rammer) -> Plan:
    """A party puts a case up for a forum, which shall not be told whom it is about. Raises RuleBroken for a question
    that holds the person's name, as far as the party may know that; or the number of anybody."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        må_være_uten_nummer(spørsmål)
        person_ref = lookup.whose(avvik_ref)
        if person_ref is not None and _vet_hvem(lookup, avvik_ref, person_ref, aktør.party, rammer):
            _må_være_uten_navn(lookup, person_ref, spørsmål)
        gjøres, _ = i_saken(avvik_ref, command, aktør)(lookup)
        return [*gjøres], avvik_ref

    return plan


def _vet_hvem(lookup: Lookup, avvik_ref: str, person_ref: str, part: str, rammer: Rammer) -> bool:
    """Whether the party is told whom the case is about: to others, a refusal would tell the name that they guessed."""
    meldte = lookup.state(avvik.TOPIC, avvik_ref).av_part == part
    return meldte or grunner_for(lookup, person_ref, rammer).svar(part, "avvik.navn").ja


def må_være_uten_nummer(tekst: str) -> None:
    """What forums are asked, and say, holds nobody's number (rules 1.6). Raises RuleBroken."""
    if NUMMER.search(tekst):
        raise RuleBroken("forum.nummer", "Teksten har et fødselsnummer i seg. Skriv så ingen kan skjønne hvem det er")


def _må_være_uten_navn(lookup: Lookup, person_ref: str, tekst: str) -> None:
    state: person.Person = lookup.state(person.TOPIC, person_ref)
    try:
        hvem = lookup.open(state.personalia) if state.personalia is not None else None
    except Shredded:
        return
    deler = (hvem.fornavn, hvem.mellomnavn, hvem.etternavn) if hvem is not None else ()
    navn = {ord_.casefold() for del_ in deler for ord_ in ORD.findall(del_ or "") if len(ord_) > 1}
    skrevet = {ord_.casefold() for ord_ in ORD.findall(tekst) if ord_[0].isupper()}  # «samme dag» names no Dag
    if navn & (skrevet | {ord_.removesuffix("s") for ord_ in skrevet}):
        raise RuleBroken("forum.navn", "Teksten har navnet til personen i seg. Skriv så ingen kan skjønne hvem det er")


def behandle(topic: str, ref: str, command: Behandle, aktør: Actor) -> Plan:
    """A forum has taken up a case, or a pattern. Raises RuleBroken for what is not on its agenda."""
    return lambda _lookup: ([Bestilling(topic, ref, command, aktør)], ref)


def _utkastet(lookup: Lookup, avvik_ref: str, part: str, rammer: Rammer) -> avvik.Avvik:
    state: avvik.Avvik = lookup.state(avvik.TOPIC, avvik_ref)
    if state.meldt is not None and part in state.parter:
        raise RuleBroken("avvik.meldt", "Avviket er meldt fra før")
    kjent = grunner_for(lookup, lookup.whose(avvik_ref), rammer)
    if state.tilstand is not Avvikstilstand.UTKAST or utsnitt_avvik(state, part, kjent) is None:
        raise NotAllowed("Utkastet finnes ikke, eller det er ikke for denne enheten.", AVTALEN)
    return state


def må_kunne_melde(lookup: Lookup, person_ref: str | None, part: str, rammer: Rammer) -> None:
    """A unit that may be a party of a case, and that has to do with the person, where it is about one."""
    krav = rammer.tabell.krav_ellers
    kjent = med_alle_opphold(grunner_for(lookup, person_ref, rammer))
    gitt = kjent.svar(part, "avvik.egen_side", egen=True)
    if gitt.ja and person_ref is not None:
        må_finnes(lookup, person_ref)
        gitt = kjent.kan(part, krav)
    if not gitt.ja:
        raise NotAllowed(gitt.setning, krav.paragraf)


def _må_kunne_vise_til_oppholdet(command: avvik.Meld, part: str, kjent: Kjent) -> None:
    om = command.fakta.opphold_ref
    gitt = kjent.om_opphold(part, om) if om is not None else None
    if om is not None and (gitt is None or not gitt.ja):
        raise RuleBroken("avvik.opphold", "Oppholdet finnes ikke, eller det er ikke delt med dere")


def _bekreft(lookup: Lookup, person_ref: str | None, aktør: Actor) -> list[Bestilling]:
    if person_ref is None:
        return []
    state: person.Person = lookup.state(person.TOPIC, person_ref)
    if not state.gjelder or state.bekreftet:
        return []
    kjent = person.BekreftPerson("noen her har meldt et avvik om personen")
    return [Bestilling(person.TOPIC, person_ref, kjent, aktør, person_ref=person_ref)]


def _til(ref: str, command: object, aktør: Actor, person_ref: str | None = None) -> Bestilling:
    return Bestilling(avvik.TOPIC, ref, command, aktør, person_ref=person_ref)
