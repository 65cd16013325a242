"""What samhandling does when another service's event arrives: who is followed up here is a patient of ours, and whether
a discharge was without a plan is judged anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor, Envelope
from bindeledd.runtime.service import Lookup, Reaction
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeOpprettet,
    KoordinatorOppnevnt,
    SamtykkeGitt,
    SperringRegistrert,
)
from services.felles.oppsett import Oppsett
from services.samhandling import person
from services.samhandling.avvik import utkast_utskrevet

FØLGES_OPP = (KoordinatorOppnevnt, AnsvarsgruppeOpprettet, SamtykkeGitt, SperringRegistrert)


def reaksjoner_for(oppsett: Oppsett) -> Mapping[str, Reaction]:
    """By event: whom somebody here has begun to follow up need not be confirmed besides (intake rule 13)."""
    system = Actor("system", oppsett.kommunenummer, "samhandling")

    def bekreft(lookup: Lookup, konvolutt: Envelope, _event: Any) -> Iterable[Bestilling]:
        ref = konvolutt.person_ref
        if ref is None:
            return ()
        state: person.Person = lookup.state(person.TOPIC, ref)
        if not state.gjelder or state.bekreftet:
            return ()
        kjent = person.BekreftPerson("noen her følger opp personen")
        return (Bestilling(person.TOPIC, ref, kjent, system, person_ref=ref),)

    return etter_tur({slag.avro_name: bekreft for slag in FØLGES_OPP}, utkast_utskrevet.reaksjoner_for(oppsett))


def etter_tur(*alle: Mapping[str, Reaction]) -> Mapping[str, Reaction]:
    """One reaction to each event, which is all of those in turn."""
    navn = sorted({navn for ved in alle for navn in ved})
    return {hver: partial(_hver_av, tuple(ved[hver] for ved in alle if hver in ved)) for hver in navn}


def _hver_av(
    reaksjoner: tuple[Reaction, ...], lookup: Lookup, konvolutt: Envelope, event: Any
) -> list[Bestilling]:  # fmt: skip
    return [bestilling for reaksjon in reaksjoner for bestilling in reaksjon(lookup, konvolutt, event)]
