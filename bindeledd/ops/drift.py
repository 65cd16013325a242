"""Understands the streams in which a service writes down what its operators did by hand: `<service>.drift`.

Each note is a stream of its own, so that its sealed reason is destroyed with the keys of the person it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bindeledd.core.decider import Aggregate, Bestilling, Circumstances
from bindeledd.core.envelope import Actor
from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.service import Lookup, Plan, Service, kind_of
from bindeledd.schema.generated.felles import MeldingHoppetOver, Tekst
from bindeledd.store.intake import Parked

OPERATOR = "operatoer"


def topic(service: str) -> str:
    """The topic of a service's own operations."""
    return f"{kind_of(service)}.drift"


def with_drift(service: Service) -> Service:
    """The service, and beside its own aggregates the streams of its operations."""
    return replace(service, aggregates=(*service.aggregates, Aggregate(topic(service.name), None, _decide, _evolve)))


def skip_plan(service: str, organisation: str, row: Parked, reason: str) -> Plan:
    """The plan that writes down that a parked record was skipped, and why. The reason is sealed."""
    event = MeldingHoppetOver(
        kilde=row.source,
        tema=row.topic,
        stroem=row.stream,
        versjon=row.version,
        begrunnelse=Klartekst(Tekst(tekst=reason)),
    )
    actor = Actor(OPERATOR, organisation, service)

    def plan(lookup: Lookup) -> tuple[Sequence[Bestilling], Any]:
        return [Bestilling(topic(service), lookup.ref(), event, actor, person_ref=row.person_ref)], None

    return plan


def _decide(_state: None, command: MeldingHoppetOver, _circumstances: Circumstances) -> Sequence[MeldingHoppetOver]:
    return [command]


def _evolve(state: None, _event: object) -> None:
    return state
