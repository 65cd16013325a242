"""Understands who may say something of a person in the register: who has been told who it is, and the manual queue."""

from __future__ import annotations

from typing import Any

from bindeledd.core.errors import NotAllowed
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Lookup, Plan
from services.felles.oppsett import TALER_FOR
from services.felles.parter import koordinerende_enhet
from services.samhandling import person
from services.samhandling.utsnitt import utsnitt_person


def for_dem_som_kjenner(engine: Engine, part: str, plan: Plan, *personer: str) -> Plan:
    """The plan, for a party that may know who each of these persons is. Raises NotAllowed for any other: of two records
    that may be one person, nobody decides who sees but one of them.

    What cannot be done to a record that is no person of its own (unknown, joined, discarded) is the rules' to refuse.
    """

    def planned(lookup: Lookup) -> tuple[Any, Any]:
        if part != koordinerende_enhet(engine.service.rules.oppsett) and not all(
            _kjenner(engine, lookup, part, p) for p in personer
        ):
            raise NotAllowed("this unit has nothing to do with the person. A unit that has must do it")
        return plan(lookup)

    return planned


def _kjenner(engine: Engine, lookup: Lookup, part: str, person_ref: str) -> bool:
    state: person.Person = lookup.state(person.TOPIC, person_ref)
    if part in TALER_FOR:  # knows who it is, and says nothing for the person in the register (pbrl §3-3)
        return not state.gjelder
    return not state.gjelder or utsnitt_person(state, part, engine.service.grounds(lookup, person_ref)) is not None
