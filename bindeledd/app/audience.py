"""Knows who of our own processes may read which topics of a service through its stream API."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed
from bindeledd.runtime.service import Service
from bindeledd.runtime.streams import Audience
from bindeledd.runtime.topics import VIEWS
from services.felles.oppsett import Oppsett

SERVICE = "tjeneste"
"""The role in the pass of a service's own process. Its organisation is the service's name."""
ORGANISATION = "organisasjon"
"""The role in the pass of a process that serves one organisation. Its organisation is that one's id."""


def audience_of(topics: Collection[str], services: Iterable[Service], oppsett: Oppsett) -> Audience:
    """Of a service's `topics`, a service may read those that it takes in, and an organisation its own parties' views.

    Nobody else may read anything, whatever else they may do.
    """
    by_name = {service.name: service for service in services}

    def may_read(actor: Actor) -> Collection[str]:
        if actor.role == SERVICE and actor.organisation in by_name:
            return {topic for topic in topics if by_name[actor.organisation].reads(topic)}
        if actor.role == ORGANISATION and actor.organisation in oppsett.organisasjoner:
            parties = {party.id for party in oppsett.parter.values() if party.organisasjon == actor.organisation}
            return {topic for topic in topics if topic.partition(VIEWS)[2] in parties}
        raise NotAllowed("streams are for the services that read them, and for an organisation's own parties")

    return may_read
