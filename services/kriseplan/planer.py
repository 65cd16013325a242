"""What people ask of a crisis plan, as plans: the same for the API, the pages and the simulator."""

from __future__ import annotations

from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed
from bindeledd.runtime.service import Lookup, Plan
from services.felles.kilder import eneste_strøm, må_ha_med_å_gjøre
from services.felles.kjent import Kjent, Rammer
from services.felles.oppsett import INNBYGGER
from services.kriseplan.domain import TOPIC, Innhold, Opprett, Revider, TakkNei, Tilbakekall, Tilby
from services.kriseplan.reactions import avstem
from services.kriseplan.utsnitt import med_eier


def tilby(person_ref: str, aktør: Actor, rammer: Rammer) -> Plan:
    """The actor's unit offers the person to make a plan."""
    return _for_person(person_ref, Tilby(aktør.party), aktør, rammer)


def takk_nei(person_ref: str, aktør: Actor, rammer: Rammer) -> Plan:
    """The person declines."""
    return _for_person(person_ref, TakkNei(aktør.party, aktør.role), aktør, rammer)


def opprett(person_ref: str, medvirkning: tuple[str, ...], innhold: Innhold, aktør: Actor, rammer: Rammer) -> Plan:
    """A plan is made. The unit that asks keeps it. Answers with the stream."""
    return _for_person(person_ref, Opprett(aktør.party, medvirkning, innhold, aktør.role), aktør, rammer)


def revider(
    person_ref: str, medvirkning: tuple[str, ...], endringer: dict[str, Any], aktør: Actor, rammer: Rammer
) -> Plan:
    """A new version. Parts that are not named stay as they were. For those who may know the parts that they change."""
    command = Revider(medvirkning, endringer, aktør.role)
    return _for_person(person_ref, command, aktør, rammer, endrer=("finnes", *endringer))


def tilbakekall(person_ref: str, grunn: str, aktør: Actor, rammer: Rammer) -> Plan:
    """The person recalls the plan; every copy ends. For author units and the person."""
    return _for_person(person_ref, Tilbakekall(grunn), aktør, rammer, endrer=("finnes",))


def _for_person(
    person_ref: str, command: Any, aktør: Actor, rammer: Rammer, *, endrer: tuple[str, ...] = ()
) -> Plan:  # fmt: skip
    """The command, and then whatever it means for the tasks and for a ward that has the person now."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        kjent = må_ha_med_å_gjøre(lookup, person_ref, aktør.party, rammer)
        stream = eneste_strøm(lookup, TOPIC, person_ref)
        _må_være_forfatter(med_eier(lookup.state(TOPIC, stream), kjent), aktør.party, endrer)
        ordre = Bestilling(TOPIC, stream, command, aktør, person_ref=person_ref)
        return [ordre, *avstem(lookup, person_ref, aktør, rammer, stream)], stream

    return plan


def _må_være_forfatter(kjent: Kjent, part: str, deler: tuple[str, ...]) -> None:
    """A plan is changed by the person and by its authors, each only in the parts that they may know."""
    if part == INNBYGGER:
        return
    if any(kjent.svar(part, f"kriseplan.{del_}").grunn != "R" for del_ in deler):
        raise NotAllowed("only the person and the units that write the plan may change these parts of it")
