"""Understands who may do something to a person: the same function that says who may know, and its sentence when not."""

from __future__ import annotations

from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.errors import NotAllowed
from bindeledd.runtime.service import Lookup, Plan, Service
from services.felles.kilder import kjent_for
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, Oppgaver, TaOppgave


def for_dem_som_kan(plan: Plan, om: tuple[str, ...], part: str, handling: str, rammer: Rammer) -> Plan:
    """The plan, for a party that may do this act to the person that the first ref in `om` is, or is about.

    Raises NotAllowed with the reason for any other. What is about nobody in the register (a child's case) is the
    plan's own to weigh, by what the party may see of it.
    """

    def planned(lookup: Lookup) -> tuple[Any, Any]:
        krav = rammer.tabell.krav_til(handling)
        person = next((hvem for ref in om if (hvem := lookup.whose(ref)) is not None), None)
        if krav is None or person is None or lookup.version(person) == 0:
            return plan(lookup)
        gitt = kjent_for(lookup, person, rammer).kan(part, krav)
        if not gitt.ja:
            raise NotAllowed(gitt.setning, krav.paragraf)
        return plan(lookup)

    return planned


def for_dem_som_får_se_oppgaven(service: Service, ordre: Bestilling, part: str) -> Plan:
    """The order, for a party that is shown the task that it is about now. Raises NotAllowed when the task is the
    party's, but no longer for it to see."""
    aggregat = next(a for a in service.aggregates if a.topic == ordre.topic)

    def planned(lookup: Lookup) -> tuple[Any, Any]:
        state = lookup.state(ordre.topic, ordre.stream)
        command: TaOppgave | LøsOppgave = ordre.command
        oppgaver: Oppgaver = state.oppgaver
        oppgave = oppgaver.alle.get(command.oppgave_ref)
        if oppgave is not None and oppgave.part == part and oppgave in oppgaver.åpne() and aggregat.views is not None:
            utsnitt: Any = aggregat.views.utsnitt(state, part, service.grounds(lookup, lookup.whose(ordre.stream)))
            if utsnitt is None or oppgave not in utsnitt.oppgaver:
                raise NotAllowed("Oppgaven deles ikke lenger med parten.", oppgave.paragraf)
        return [ordre], None

    return planned
