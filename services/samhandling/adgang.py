"""Understands who may say something of a person in the register: who has to do with them, and who keeps it."""

from __future__ import annotations

from typing import Any

from bindeledd.core.errors import NotAllowed
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Lookup, Plan
from services.felles.oppsett import TALER_FOR
from services.felles.parter import koordinerende_enhet
from services.samhandling import person
from services.samhandling.utsnitt import med_alle_opphold


def for_dem_som_kjenner(engine: Engine, part: str, plan: Plan, *personer: str) -> Plan:
    """The plan, for a party that has to do with each of these persons and may know who they are, and for the one that
    keeps the register. Raises NotAllowed with the reason for any other: of two records that may be one person, nobody
    decides who sees but one of them, and a consent lets a unit know, not decide.

    What cannot be done to a record that is no person of its own (unknown, joined, discarded) is the rules' to refuse.
    """

    def planned(lookup: Lookup) -> tuple[Any, Any]:
        if part != koordinerende_enhet(engine.service.rules.oppsett):
            for person_ref in personer:
                _må_kjenne(engine, lookup, part, person_ref)
        return plan(lookup)

    return planned


def _må_kjenne(engine: Engine, lookup: Lookup, part: str, person_ref: str) -> None:
    state: person.Person = lookup.state(person.TOPIC, person_ref)
    if not state.gjelder:
        return
    krav = engine.service.rules.tabell.krav_ellers
    if part in TALER_FOR:  # knows who it is, and speaks for the person, but not in the register (pbrl §3-3)
        raise NotAllowed("Den som snakker for en person, avgjør ikke noe i registeret.", krav.paragraf)
    gitt = med_alle_opphold(engine.service.grounds(lookup, person_ref)).kan(part, krav)
    if not gitt.ja:
        raise NotAllowed(gitt.setning, krav.paragraf)
