"""Who a message is about: found by the ids it carries, registered when unknown, left in doubt when a person must say.

Exact ids only. What looks like somebody known here, but carries none of their ids, becomes a person of its own with a
doubtful match that waits (intake rule 4): a guess is never merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.samhandling import Identitet, Personalia
from services.felles.oppsett import Oppsett
from services.felles.ruting import foreslå_bydel
from services.samhandling import person
from services.samhandling.plo import melding as plo
from services.samhandling.plo.identitet import KJENTE

AKTØR = Actor("mottak", "", "samhandling")
NAVN_OG_FØDT = "NAVN"
"""A blind-index kind of our own: name and birth date, which only ever raise a doubt."""
ANNEN_TYPE = "ANNET"
UTEN_UTSTEDER = ("FNR", "DNR", "FHN", "DUF")
"""Numbers that are unique in the whole country. Any other is unique only together with its issuer."""


@dataclass(frozen=True, slots=True)
class Identifisering:
    """Who it is: `person_ref`, whether they were known, what to order, and what a person should be told."""

    person_ref: str
    kjent: bool
    bydel: str | None
    ordre: tuple[Bestilling, ...] = ()
    funn: tuple[plo.Funn, ...] = ()

    @property
    def kjent_person(self) -> str | None:
        """The person, when they were known before."""
        return self.person_ref if self.kjent else None


def identifiser(lookup: Lookup, melding: plo.Melding, kilde: str, oppsett: Oppsett) -> Identifisering:
    """Find the person, or plan their registration. `kilde` is the message's ref. Writes nothing itself.

    One who was discarded is unknown again.
    """
    identer = identiteter(melding)
    treff = {ident: _finn(lookup, ident) for ident in identer}
    kjente = list(dict.fromkeys(ref for ref in treff.values() if ref is not None))
    if not kjente:
        return _registrer(lookup, melding, identer, kilde, oppsett)
    ref = kjente[0]
    state: person.Person = lookup.state(person.TOPIC, ref)
    nye = [ident for ident, funnet in treff.items() if funnet is None]
    ordre: list[Bestilling] = []
    if nye:
        knytt = person.KnyttIdentiteter(forsegl(nye), kilde)
        ordre.append(_til(ref, knytt, blind=tuple((_blind(lookup, ident), ref) for ident in nye)))
    begge = "meldingen bærer begges nummer"
    ordre.extend(_til(ref, person.MeldTvilsomtTreff(annen, begge)) for annen in kjente[1:])
    funn = () if state.bekreftet else (_ukjent(),)
    return Identifisering(ref, True, state.bydel, tuple(ordre), (*funn, *(_tvil() for _ in kjente[1:])))


def _registrer(
    lookup: Lookup, melding: plo.Melding, identer: tuple[Identitet, ...], kilde: str, oppsett: Oppsett
) -> Identifisering:
    pasient = melding.pasient
    ref = lookup.ref()
    ligner = None
    blind = [(_blind(lookup, ident), ref) for ident in identer]
    foreslått = None
    if pasient is not None:
        navn = _navneavtrykk(_personalia(pasient))
        ligner = gjeldende(lookup, lookup.person_of(navn, NAVN_OG_FØDT, "")) if navn else None
        if navn and ligner is None:
            blind.append((lookup.blind(navn, NAVN_OG_FØDT, ""), ref))
        foreslått = foreslå_bydel(pasient.adresse.postnummer, oppsett) if pasient.adresse else None
    ny = person.RegistrerPerson(
        Klartekst(_personalia(pasient)), forsegl(identer), bekreftet=False, kilde=kilde, foreslått_bydel=foreslått,
        bekreftes_innen=lookup.now + oppsett.regler.verdi("ubekreftet_pasient", lookup.now).varighet,
    )  # fmt: skip
    ordre = [_til(ref, ny, blind=tuple(blind))]
    funn = [_ukjent()]
    if ligner is not None:
        ordre.append(_til(ref, person.MeldTvilsomtTreff(ligner, "samme navn og fødselsdato, et annet nummer")))
        funn.append(_tvil())
    return Identifisering(ref, False, None, tuple(ordre), tuple(funn))


def registrer_kjent(
    lookup: Lookup, personalia: Personalia, identer: tuple[Identitet, ...], *,
    bydel: str | None, aktør: Actor, kommune: str | None = None,
) -> tuple[tuple[Bestilling, ...], str]:  # fmt: skip
    """Plan the registration of a person by somebody here, confirmed from the start. Returns the orders and the ref.

    A person found by one of the ids is the one: nothing is registered twice, and who was unconfirmed no longer is.
    """
    for funnet in (_finn(lookup, ident) for ident in identer):
        if funnet is not None:
            kjenner = person.BekreftPerson("registrert av noen her")
            return (Bestilling(person.TOPIC, funnet, kjenner, aktør, person_ref=funnet),), funnet
    ref = lookup.ref()
    ny = person.RegistrerPerson(
        Klartekst(personalia), forsegl(identer), bekreftet=True, kilde=ref, bydel=bydel, kommune=kommune
    )
    blind = [(_blind(lookup, ident), ref) for ident in identer]
    navn = _navneavtrykk(personalia)
    if navn and gjeldende(lookup, lookup.person_of(navn, NAVN_OG_FØDT, "")) is None:
        blind.append((lookup.blind(navn, NAVN_OG_FØDT, ""), ref))
    return (Bestilling(person.TOPIC, ref, ny, aktør, person_ref=ref, blind=tuple(blind)),), ref


def _finn(lookup: Lookup, ident: Identitet) -> str | None:
    return gjeldende(lookup, lookup.person_of(ident.nummer, ident.type, ident.utsteder))


def gjeldende(lookup: Lookup, ref: str | None) -> str | None:
    """Who that is now: the record that it lives on in; nobody when it was discarded."""
    while ref is not None:
        state: person.Person = lookup.state(person.TOPIC, ref)
        if state.slått_inn_i is None:
            return ref if state.gjelder else None
        ref = state.slått_inn_i
    return None


def identitet(nummer: str, type_: str, utsteder: str) -> Identitet:
    """An id as it is kept and found: without an issuer where the number alone is unique."""
    return Identitet(nummer=nummer.strip(), type=type_, utsteder="" if type_ in UTEN_UTSTEDER else utsteder)


def identiteter(melding: plo.Melding) -> tuple[Identitet, ...]:
    """The ids that a message carries. An H-number counts only together with its issuer."""
    if melding.pasient is None:
        return ()
    fra = melding.hode.avsender
    alle = (identitet(ident.id, ident.type, plo.utsteder(ident, fra)) for ident in melding.pasient.identer)
    return tuple(dict.fromkeys(alle))


def pekere(lookup: Lookup, fra: str, til: str) -> tuple[tuple[bytes, str], ...]:
    """Blind-index entries that lead from the ids and the name in one person's record to (another) person."""
    state: person.Person = lookup.state(person.TOPIC, fra)
    funnet = [_blind(lookup, lookup.open(sealed)) for sealed in state.identiteter]
    navn = _navneavtrykk(lookup.open(state.personalia)) if state.personalia is not None else ""
    if navn:
        funnet.append(lookup.blind(navn, NAVN_OG_FØDT, ""))
    return tuple((blind, til) for blind in funnet)


def _navneavtrykk(personalia: Personalia) -> str:
    """Name and birth date as one comparable text; empty when one of them is missing."""
    if personalia.foedt is None or not personalia.etternavn:
        return ""
    return f"{personalia.fornavn} {personalia.etternavn} {personalia.foedt}".casefold()


def _personalia(pasient: plo.Pasient | None) -> Personalia:
    adresse = pasient.adresse if pasient else None
    return Personalia(
        fornavn=pasient.fornavn if pasient else "", mellomnavn=pasient.mellomnavn if pasient else "",
        etternavn=pasient.etternavn if pasient else "", foedt=pasient.født if pasient else None,
        kjoenn=pasient.kjønn if pasient else "", gateadresse=adresse.gate if adresse else "",
        postnummer=adresse.postnummer if adresse else "", poststed=adresse.poststed if adresse else "",
    )  # fmt: skip


def forsegl(identer: Any) -> tuple[tuple[str, Klartekst[Identitet]], ...]:
    """The ids as they are kept: the type stands in the clear, so a message may not fill it with whatever it likes."""
    return tuple((ident.type if ident.type in KJENTE else ANNEN_TYPE, Klartekst(ident)) for ident in identer)


def _blind(lookup: Lookup, ident: Identitet) -> bytes:
    return lookup.blind(ident.nummer, ident.type, ident.utsteder)


def _til(ref: str, command: Any, blind: tuple[tuple[bytes, str], ...] = ()) -> Bestilling:
    return Bestilling(person.TOPIC, ref, command, AKTØR, person_ref=ref, blind=blind)


def _ukjent() -> plo.Funn:
    return plo.Funn("", "ukjent-pasient", "Pasienten er ikke bekreftet her, og venter i manuell kø", False)


def _tvil() -> plo.Funn:
    return plo.Funn("", "tvilsomt-treff", "Pasienten kan være registrert her fra før. En person må avgjøre det", False)
