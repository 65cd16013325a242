"""What samhandling does when another service's event arrives: who is followed up here is a patient of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

    return {slag.avro_name: bekreft for slag in FØLGES_OPP}
