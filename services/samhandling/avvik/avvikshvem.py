"""Opening whom a case of avvik is about, for who reads cases without names: on a written ground, written first.

The case's own stream tells who opened it, when and why, before anything is told. What is said why is sealed under the
person's key, and is the person's own to read (pasientjournalloven §18).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import InvalidMessage, RuleBroken, Shredded
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Lookup, Plan
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import AvvikIdentitetAapnet, AvvikIdentitetNektet, Personalia
from bindeledd.store import log
from services.felles.innsyn import EgenLogg, HvemGjelderDet, Åpning
from services.felles.kilder import må_ha_med_å_gjøre
from services.samhandling import person
from services.samhandling.avvik import avvik
from services.samhandling.avvik.avvikssaker import strøm_for
from services.samhandling.avvik.identitet_åpnet import ÅpneIdentitet

ÅPEN = timedelta(hours=1)
"""How long somebody who has said why may look again."""


def åpne(saksnavn: str, command: ÅpneIdentitet, aktør: Actor) -> Plan:
    """Write that it is opened, or that somebody wanted to and said nothing of why. Raises InvalidMessage for a case
    that is not there, and RuleBroken for one that is about nobody in particular."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        strøm = _strømmen(lookup, saksnavn)
        if lookup.whose(strøm) is None:
            raise RuleBroken("avvik.ingen_person", "Saken gjelder ingen bestemt person")
        return [Bestilling(avvik.TOPIC, strøm, command, aktør)], strøm

    return plan


def hvem(engine: Engine, saksnavn: str, part: str, av: str) -> HvemGjelderDet:
    """Whom a case is about, only for who has written why within the hour; for others, whether it is about somebody."""

    def les(lookup: Lookup) -> HvemGjelderDet:
        strøm = _strømmen(lookup, saksnavn)
        ref = lookup.whose(strøm)
        if ref is None:
            return HvemGjelderDet(gjelder_noen=False)
        siden = lookup.now - ÅPEN
        egne = (å for å in _åpninger(engine, lookup, strøm) if (å.part, å.av, å.avvist) == (part, av, False))
        åpnet = max((å.tid for å in egne), default=None)
        if åpnet is None or åpnet < siden:
            return HvemGjelderDet(gjelder_noen=True)
        return _med_navn(lookup, ref, åpnet)

    return engine.look(les)  # type: ignore[no-any-return]


def _med_navn(lookup: Lookup, ref: str, åpnet: datetime) -> HvemGjelderDet:
    personalia = _åpnet(lookup, lookup.state(person.TOPIC, ref).personalia)
    if not isinstance(personalia, Personalia):
        return HvemGjelderDet(gjelder_noen=True, person_ref=ref, åpnet=åpnet)
    navn = " ".join(n for n in (personalia.fornavn, personalia.mellomnavn, personalia.etternavn) if n)
    return HvemGjelderDet(gjelder_noen=True, person_ref=ref, åpnet=åpnet, navn=navn, født=personalia.foedt)


def egen_logg(engine: Engine, person_ref: str, part: str) -> EgenLogg:
    """What the person's own look-up log leans on: the records that are this person, and who opened whom a case of
    theirs is about. Raises RuleBroken for one who is not here, and NotAllowed where the access table does not let the
    party know of the person (a child; one who was never confirmed)."""

    def les(lookup: Lookup) -> EgenLogg:
        må_ha_med_å_gjøre(lookup, person_ref, part, engine.service.rules)
        strømmer = lookup.streams_of(avvik.TOPIC, person_ref)
        åpninger = (å for strøm in strømmer for å in _åpninger(engine, lookup, strøm))
        return EgenLogg(
            oppføringer=[*_oppføringer(lookup, person_ref)],
            åpnet=sorted(åpninger, key=lambda å: å.tid, reverse=True),
        )

    return engine.look(les)  # type: ignore[no-any-return]


def _oppføringer(lookup: Lookup, person_ref: str) -> Iterator[str]:
    """The person's own record, and those that live on in it."""
    yield person_ref
    for annen in lookup.state(person.TOPIC, person_ref).slått_inn:
        yield from _oppføringer(lookup, annen)


def _åpninger(engine: Engine, lookup: Lookup, strøm: str) -> Iterator[Åpning]:
    for data in log.read_stream(lookup.db, strøm):
        _, event = engine.around.codec.decode(data)
        if isinstance(event, AvvikIdentitetAapnet):
            sagt = _åpnet(lookup, event.begrunnelse)
            yield Åpning(
                tid=event.tid, part=event.part, av=event.av, begrunnelse=sagt.tekst if isinstance(sagt, Tekst) else ""
            )
        if isinstance(event, AvvikIdentitetNektet):
            yield Åpning(tid=event.tid, part=event.part, av=event.av, begrunnelse="", avvist=True)


def _åpnet(lookup: Lookup, forseglet: Any) -> Any:
    """The content of a sealed value; None where there is none, or its key is gone."""
    try:
        return lookup.open(forseglet) if forseglet is not None else None
    except Shredded:
        return None


def _strømmen(lookup: Lookup, saksnavn: str) -> str:
    strøm = strøm_for(lookup.db, saksnavn)
    if strøm is None:
        raise InvalidMessage("no case goes by that name", fix="Use a name from the list of cases")
    return strøm
