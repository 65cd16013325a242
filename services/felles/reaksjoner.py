"""Understands after which events a service looks at a person again, also when two records became one person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Envelope
from bindeledd.runtime.service import Lookup, Reaction
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeAvsluttet,
    AnsvarsgruppeOpprettet,
    KoordinatorByttet,
    KoordinatorOppnevnt,
    MedlemFratraadte,
    MedlemSvarte,
    SamtykkeGitt,
    SamtykkeTrukket,
    SperringOpphevet,
    SperringRegistrert,
)
from bindeledd.schema.generated.samhandling import PersonerSlaattSammen, SammenslaaingOmgjort
from services.felles.oppholdsbilde import ENDRER

OPPHOLDET = ENDRER
HJELPERNE = (
    KoordinatorOppnevnt, KoordinatorByttet, AnsvarsgruppeOpprettet, MedlemSvarte, MedlemFratraadte,
    AnsvarsgruppeAvsluttet,
)  # fmt: skip
SAMTYKKENE = (SamtykkeGitt, SamtykkeTrukket, SperringRegistrert, SperringOpphevet)

Avstemming = Callable[[Lookup, str], Iterable[Bestilling]]
"""Given a person: the orders that bring what the service has of the person in step with what is known."""


def reaksjoner(avstem: Avstemming, hendelser: Iterable[type]) -> Mapping[str, Reaction]:
    """By event name: look at the person again after any of `hendelser`, and at both after a merge or its undoing."""

    def ved_hendelse(lookup: Lookup, konvolutt: Envelope, _event: Any) -> Iterable[Bestilling]:
        return avstem(lookup, konvolutt.person_ref) if konvolutt.person_ref is not None else ()

    def ved_sammenslåing(lookup: Lookup, konvolutt: Envelope, event: Any) -> Iterable[Bestilling]:
        andre = event.gjenoppstaatt if isinstance(event, SammenslaaingOmgjort) else event.tapt
        return [*avstem(lookup, konvolutt.stream), *avstem(lookup, andre)]

    ved = {slag.avro_name: ved_hendelse for slag in hendelser}  # type: ignore[attr-defined]
    return {
        **ved,
        PersonerSlaattSammen.avro_name: ved_sammenslåing,
        SammenslaaingOmgjort.avro_name: ved_sammenslåing,
    }
