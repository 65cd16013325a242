"""What people ask of a crisis plan, as plans: the same for the API, the pages and the simulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed, RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.runtime.service import Lookup, Plan
from bindeledd.schema.generated.kriseplan import Brukserfaring, Kriseplannivaa
from services.felles.grunnlag import Svar
from services.felles.kilder import kjent_for, må_finnes, må_ha_med_å_gjøre, må_leve
from services.felles.kjent import Kjent, Rammer
from services.felles.oppsett import INNBYGGER
from services.kriseplan.domain import TOPIC, Evaluer, Opprett, Revider, TaIBruk, TakkNei, Tilbakekall, Tilby
from services.kriseplan.plan import FELT, Innhold
from services.kriseplan.reactions import avstem, krets, lesere, planstrøm
from services.kriseplan.utsnitt import med_eier

DEL_AV_NIVÅ = {
    Kriseplannivaa.GROENT: "tegn_og_tiltak",
    Kriseplannivaa.GULT: "tegn_og_tiltak",
    Kriseplannivaa.ROEDT: "roedt_nivaa",
}
"""In which part each level stands: who uses a level has read it."""


def tilby(person_ref: str, aktør: Actor, rammer: Rammer) -> Plan:
    """The actor's unit offers the person to make a plan."""
    return _for_person(person_ref, lambda _: Tilby(aktør.party), aktør, rammer)


def takk_nei(person_ref: str, aktør: Actor, rammer: Rammer) -> Plan:
    """The person declines."""
    return _for_person(person_ref, lambda _: TakkNei(aktør.party, aktør.role), aktør, rammer)


def opprett(
    person_ref: str, medvirkning: tuple[str, ...], innhold: Innhold, aktør: Actor, rammer: Rammer,
    revideres: date | None = None,
) -> Plan:  # fmt: skip
    """A plan is made. The unit that asks keeps it. Answers with the stream."""

    def lag(lookup: Lookup) -> Opprett:
        return Opprett(aktør.party, medvirkning, innhold, aktør.role, krets(lookup, person_ref), revideres)

    return _for_person(person_ref, lag, aktør, rammer)


def revider(
    person_ref: str, medvirkning: tuple[str, ...], endringer: Mapping[str, Any], aktør: Actor, rammer: Rammer,
    revideres: date | None = None,
) -> Plan:  # fmt: skip
    """A new version. Parts that are not named stay as they were. For those who may know the parts that they change."""

    def lag(lookup: Lookup) -> Revider:
        return Revider(medvirkning, endringer, aktør.role, krets(lookup, person_ref), revideres)

    return _for_person(person_ref, lag, aktør, rammer, endrer=("finnes", *(FELT[felt] for felt in endringer)))


def tilbakekall(person_ref: str, grunn: str, aktør: Actor, rammer: Rammer) -> Plan:
    """The person recalls the plan; every copy ends. For author units and the person."""
    return _for_person(person_ref, lambda _: Tilbakekall(grunn), aktør, rammer, endrer=("finnes",))


def ta_i_bruk(
    person_ref: str, nivå: Kriseplannivaa, av: str, aktør: Actor, rammer: Rammer,
    erfaring: Sealed[Brukserfaring] | None = None,
) -> Plan:  # fmt: skip
    """A user of a party that has the level in front of them begins to do what it says; the others are told.

    For whoever the part is shared with, also by consent alone. Raises RuleBroken with the reason where it is not.
    """

    def lag(lookup: Lookup, kjent: Kjent, stream: str) -> TaIBruk:
        state = lookup.state(TOPIC, stream)
        må_leve(kjent, aktør.party)
        _må_ha(med_eier(state, kjent).svar(aktør.party, f"kriseplan.{DEL_AV_NIVÅ[nivå]}"))
        varsles = lesere(lookup, person_ref, kjent, state)
        return TaIBruk(aktør.party, av, nivå, tuple(varsles), erfaring)

    return _i_bruk(person_ref, lag, aktør, rammer)


def evaluer(
    person_ref: str, bruk: str, av: str, erfaring: Sealed[Brukserfaring], aktør: Actor, rammer: Rammer
) -> Plan:  # fmt: skip
    """What came of a use: told by the party that used the plan, by an author unit or by the person."""

    def lag(lookup: Lookup, kjent: Kjent, stream: str) -> Evaluer:
        state = lookup.state(TOPIC, stream)
        brukt = state.bruk(bruk)
        egen = brukt is not None and brukt.part == aktør.party
        kjent = med_eier(state, kjent)
        _må_ha(kjent.svar(aktør.party, "kriseplan.finnes"))
        _må_ha(kjent.svar(aktør.party, "kriseplan.bruk", egen=egen))
        return Evaluer(bruk, aktør.party, av, erfaring)

    return _i_bruk(person_ref, lag, aktør, rammer)


def _må_ha(svar: Svar) -> None:
    """Raises RuleBroken, which says why, for a party that the part is not shared with: never whether there is one."""
    if not svar.ja:
        raise RuleBroken("kriseplan.deling", svar.setning)


def _i_bruk(
    person_ref: str, lag: Callable[[Lookup, Kjent, str], TaIBruk | Evaluer], aktør: Actor, rammer: Rammer
) -> Plan:  # fmt: skip
    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        må_finnes(lookup, person_ref)
        kjent = kjent_for(lookup, person_ref, rammer)
        stream = planstrøm(lookup, person_ref)
        ordre = Bestilling(TOPIC, stream, lag(lookup, kjent, stream), aktør, person_ref=person_ref)
        return [ordre, *avstem(lookup, person_ref, aktør, rammer, stream)], stream

    return plan


def _for_person(
    person_ref: str, lag: Callable[[Lookup], Any], aktør: Actor, rammer: Rammer, *, endrer: tuple[str, ...] = ()
) -> Plan:  # fmt: skip
    """The command, and then whatever it means for the tasks and for a ward that has the person now."""

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        kjent = må_ha_med_å_gjøre(lookup, person_ref, aktør.party, rammer)
        stream = planstrøm(lookup, person_ref)
        _må_være_forfatter(med_eier(lookup.state(TOPIC, stream), kjent), aktør.party, endrer)
        command = lag(lookup)
        if not isinstance(command, Tilbakekall):
            må_leve(kjent, aktør.party)
        ordre = Bestilling(TOPIC, stream, command, aktør, person_ref=person_ref)
        return [ordre, *avstem(lookup, person_ref, aktør, rammer, stream)], stream

    return plan


def _må_være_forfatter(kjent: Kjent, part: str, deler: tuple[str, ...]) -> None:
    """A plan is changed by the person and by its authors, each only in the parts that they may know."""
    if part == INNBYGGER:
        return
    if any(kjent.svar(part, f"kriseplan.{del_}").grunn != "R" for del_ in deler):
        raise NotAllowed("only the person and the units that write the plan may change these parts of it")
