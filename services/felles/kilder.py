"""Understands what answers lean on: consents, oppositions, koordinator and group, folded from ansvarsgruppe's streams.

`ansvarsgruppe` decides on these very states; the other services fold them from what they have received.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

from bindeledd.core.errors import Shredded
from bindeledd.core.sealed import Sealed
from bindeledd.runtime.service import Lookup, Reader
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeAvsluttet,
    AnsvarsgruppeOpprettet,
    Grupperolle,
    KoordinatorByttet,
    KoordinatorOppnevnt,
    Medlem,
    MedlemFratraadte,
    MedlemInvitert,
    Medlemstilstand,
    MedlemSvarte,
    SamtykkeGitt,
    SamtykkeTrukket,
    SamtykkeVist,
    SperringOpphevet,
    SperringRegistrert,
    SperringVist,
)
from bindeledd.schema.generated.samhandling import BydelSatt, Personalia, PersonaliaEndret, PersonRegistrert
from services.felles.grunnlag import Grunnlag, Relasjon, Samtykke, Sperring
from services.felles.oppgaver import Oppgaver
from services.felles.oppsett import Oppsett
from services.felles.tilgang import RelasjonSlag

SAMTYKKE = "ansvarsgruppe.samtykke"
PLAN = "ansvarsgruppe.plan"
GRUPPE = "ansvarsgruppe.gruppe"
PERSON = "samhandling.person"
TEMAER = frozenset({SAMTYKKE, PLAN, GRUPPE})
"""The topics that grounds lean on in every service."""

ALLTID = datetime(1900, 1, 1, tzinfo=UTC)
"""A relation that we have been told of holds, whatever the clocks of two machines say of when it began."""

_INVITERT_MÅ_VITE = frozenset({"plan.finnes", "person.navn"})
"""An invited unit learns that there is a group, and whose: it could not answer otherwise."""

_ROLLENS_RELASJON = {
    Grupperolle.ACT: RelasjonSlag.ACT,
    Grupperolle.DPS: RelasjonSlag.DPS_BEHANDLER,
    Grupperolle.FASTLEGE: RelasjonSlag.FASTLEGE,
    Grupperolle.HJEMMETJENESTE: RelasjonSlag.HJEMMETJENESTE,
}


def _ingen() -> Mapping[Any, Any]:
    return MappingProxyType({})


# -- what is folded ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Samtykker:
    """A person's consents and oppositions, by id. `endret`: at which version each party's own last changed."""

    samtykker: Mapping[str, SamtykkeVist] = field(default_factory=_ingen)
    sperringer: Mapping[str, SperringVist] = field(default_factory=_ingen)
    versjon: int = 0
    endret: Mapping[str | None, int] = field(default_factory=_ingen)

    def versjon_for(self, part: str) -> int:
        """The version that an answer to this party rests on: what was said to others does not count."""
        return max(self.endret.get(part, 0), self.endret.get(None, 0))


@dataclass(frozen=True, slots=True)
class Plan:
    """A person's koordinator, and the tasks that the koordinator's unit has where there is no group."""

    koordinator_part: str | None = None
    koordinator: str | None = None
    fra: datetime | None = None
    oppgaver: Oppgaver = field(default_factory=Oppgaver)


@dataclass(frozen=True, slots=True)
class Gruppe:
    """An ansvarsgruppe: its members by ref, and the tasks that it has given."""

    opprettet_av: str = ""
    fra: datetime | None = None
    medlemmer: Mapping[str, Medlem] = field(default_factory=_ingen)
    avsluttet: bool = False
    oppgaver: Oppgaver = field(default_factory=Oppgaver)

    @property
    def lever(self) -> bool:
        return bool(self.opprettet_av) and not self.avsluttet

    def med(self, part: str) -> Medlem | None:
        """The party's membership, invited or accepted."""
        aktive = (Medlemstilstand.INVITERT, Medlemstilstand.MED)
        return next((m for m in self.medlemmer.values() if m.part == part and m.tilstand in aktive), None)


@dataclass(frozen=True, slots=True)
class Personbilde:
    """The little of the person register that others need. The birth date stays sealed."""

    personalia: Sealed[Personalia] | None = None
    bydel: str | None = None


def evolve_samtykke(state: Samtykker, event: Any) -> Samtykker:
    """The consents after an event."""
    state = replace(state, versjon=state.versjon + 1)
    match event:
        case SamtykkeGitt():
            gitt = SamtykkeVist(
                samtykke_id=event.samtykke_id, part=event.part, formaal=event.formaal, deler=event.deler,
                gjelder_fra=event.gjelder_fra, gjelder_til=event.gjelder_til,
            )  # fmt: skip
            return _samtykke(state, gitt)
        case SamtykkeTrukket() if event.samtykke_id in state.samtykker:
            return _samtykke(state, replace(state.samtykker[event.samtykke_id], trukket=event.trukket))
        case SperringRegistrert():
            sperring = SperringVist(
                sperring_id=event.sperring_id, part=event.part, deler=event.deler, gjelder_fra=event.gjelder_fra
            )
            return _sperring(state, sperring)
        case SperringOpphevet() if event.sperring_id in state.sperringer:
            return _sperring(state, replace(state.sperringer[event.sperring_id], opphevet=event.opphevet))
        case _:
            return state


def _samtykke(state: Samtykker, samtykke: SamtykkeVist) -> Samtykker:
    alle = MappingProxyType({**state.samtykker, samtykke.samtykke_id: samtykke})
    return replace(state, samtykker=alle, endret=MappingProxyType({**state.endret, samtykke.part: state.versjon}))


def _sperring(state: Samtykker, sperring: SperringVist) -> Samtykker:
    alle = MappingProxyType({**state.sperringer, sperring.sperring_id: sperring})
    return replace(state, sperringer=alle, endret=MappingProxyType({**state.endret, sperring.part: state.versjon}))


def evolve_plan(state: Plan, event: Any) -> Plan:
    """The koordinator after an event."""
    match event:
        case KoordinatorOppnevnt():
            return replace(state, koordinator_part=event.part, koordinator=event.koordinator, fra=event.fra)
        case KoordinatorByttet():
            return replace(state, koordinator_part=event.part, koordinator=event.koordinator)
        case _:
            return replace(state, oppgaver=state.oppgaver.evolve(event))


def evolve_gruppe(state: Gruppe, event: Any) -> Gruppe:
    """The group after an event."""
    match event:
        case AnsvarsgruppeOpprettet():
            return replace(state, opprettet_av=event.av_part, fra=event.fra)
        case MedlemInvitert():
            medlem = Medlem(
                medlem_ref=event.medlem_ref, part=event.part, rolle=event.rolle, tilstand=Medlemstilstand.INVITERT
            )
            return replace(state, medlemmer=MappingProxyType({**state.medlemmer, event.medlem_ref: medlem}))
        case MedlemSvarte():
            return _medlem(state, event.medlem_ref, Medlemstilstand.MED if event.med else Medlemstilstand.TAKKET_NEI)
        case MedlemFratraadte():
            return _medlem(state, event.medlem_ref, Medlemstilstand.FRATRAADT)
        case AnsvarsgruppeAvsluttet():
            return replace(state, avsluttet=True)
        case _:
            return replace(state, oppgaver=state.oppgaver.evolve(event))


def _medlem(state: Gruppe, ref: str, tilstand: Medlemstilstand) -> Gruppe:
    if ref not in state.medlemmer:
        return state
    endret = replace(state.medlemmer[ref], tilstand=tilstand)
    return replace(state, medlemmer=MappingProxyType({**state.medlemmer, ref: endret}))


def evolve_person(state: Personbilde, event: Any) -> Personbilde:
    """Name (sealed) and bydel after an event of the person register."""
    match event:
        case PersonRegistrert():
            return Personbilde(event.personalia, event.bydel)
        case PersonaliaEndret():
            return replace(state, personalia=event.personalia)
        case BydelSatt():
            return replace(state, bydel=event.bydel)
        case _:
            return state


LESERE = (
    Reader(SAMTYKKE, Samtykker(), evolve_samtykke),
    Reader(PLAN, Plan(), evolve_plan),
    Reader(GRUPPE, Gruppe(), evolve_gruppe),
)
PERSONLESER = Reader(PERSON, Personbilde(), evolve_person)


# -- what it says together -----------------------------------------------------------------------------------------


def grunnlag_for(lookup: Lookup, person_ref: str, _oppsett: Oppsett) -> Grunnlag:
    """What is known now of who helps a person, and of what the person has consented to and opposes.

    Without the birth date and without what a stay brings with it. A membership that UKJENT says anything of grants
    nothing.
    """
    samtykker: list[Samtykker] = [lookup.state(SAMTYKKE, ref) for ref in lookup.streams_of(SAMTYKKE, person_ref)]
    return Grunnlag(
        person_ref,
        relasjoner=relasjoner(lookup, person_ref),
        samtykker=tuple(_i_grunnlaget(vist) for alle in samtykker for vist in alle.samtykker.values()),
        sperringer=tuple(_sperret(vist) for alle in samtykker for vist in alle.sperringer.values()),
        samtykke_versjon=sum(alle.versjon for alle in samtykker),
        kilde_fersk=not lookup.parked(person_ref),
    )


def relasjoner(lookup: Lookup, person_ref: str) -> tuple[Relasjon, ...]:
    """Who helps the person now: the koordinator's unit, and the members of a live group."""
    planer: list[Plan] = [lookup.state(PLAN, ref) for ref in lookup.streams_of(PLAN, person_ref)]
    grupper: list[Gruppe] = [lookup.state(GRUPPE, ref) for ref in lookup.streams_of(GRUPPE, person_ref)]
    funnet = [Relasjon(p.koordinator_part, RelasjonSlag.KOORDINATOR, ALLTID) for p in planer if p.koordinator_part]
    for gruppe in grupper:
        if gruppe.lever:
            for medlem in gruppe.medlemmer.values():
                funnet.extend(_medlemskap(medlem))
    return tuple(funnet)


def koordinator(lookup: Lookup, person_ref: str) -> Plan | None:
    """The person's koordinator; when two records became one person, the one appointed last."""
    planer: list[Plan] = [lookup.state(PLAN, ref) for ref in lookup.streams_of(PLAN, person_ref)]
    oppnevnt = [plan for plan in planer if plan.koordinator_part is not None]
    return max(oppnevnt, key=lambda plan: (plan.fra or ALLTID, plan.koordinator_part or ""), default=None)


def medlemmer_med_rolle(lookup: Lookup, person_ref: str, rolle: Grupperolle) -> tuple[str, ...]:
    """The parties that have said yes to a role in a live group of the person, in a fixed order."""
    grupper: list[Gruppe] = [lookup.state(GRUPPE, ref) for ref in lookup.streams_of(GRUPPE, person_ref)]
    return tuple(
        sorted(
            medlem.part
            for gruppe in grupper
            if gruppe.lever
            for medlem in gruppe.medlemmer.values()
            if medlem.rolle is rolle and medlem.tilstand is Medlemstilstand.MED
        )
    )


def gruppe_fra(lookup: Lookup, person_ref: str) -> datetime:
    """From when the person has had a live group; ALLTID when there is none."""
    grupper: list[Gruppe] = [lookup.state(GRUPPE, ref) for ref in lookup.streams_of(GRUPPE, person_ref)]
    return min((g.fra for g in grupper if g.lever and g.fra is not None), default=ALLTID)


def samtykkeversjoner(lookup: Lookup, person_ref: str, parter: Iterable[str]) -> dict[str, int]:
    """For each party the version of the consents that an answer to it rests on."""
    alle: list[Samtykker] = [lookup.state(SAMTYKKE, ref) for ref in lookup.streams_of(SAMTYKKE, person_ref)]
    return {part: sum(samtykker.versjon_for(part) for samtykker in alle) for part in parter}


def fødselsdato(lookup: Lookup, person_ref: str) -> date | None:
    """The birth date, opened for the one comparison that needs it; None when unknown or shredded."""
    personalia = lookup.state(PERSON, person_ref).personalia
    if personalia is None:
        return None
    try:
        født: date | None = lookup.open(personalia).foedt
    except Shredded:
        return None
    return født


def _medlemskap(medlem: Medlem) -> list[Relasjon]:
    if medlem.rolle is Grupperolle.UKJENT:
        return []
    if medlem.tilstand is Medlemstilstand.INVITERT:
        return [Relasjon(medlem.part, RelasjonSlag.MEDLEM, ALLTID, deler=_INVITERT_MÅ_VITE)]
    if medlem.tilstand is not Medlemstilstand.MED:
        return []
    slag = [RelasjonSlag.MEDLEM]
    if medlem.rolle in _ROLLENS_RELASJON:
        slag.append(_ROLLENS_RELASJON[medlem.rolle])
    return [Relasjon(medlem.part, hver, ALLTID) for hver in slag]


def _i_grunnlaget(vist: SamtykkeVist) -> Samtykke:
    slutt = [tid for tid in (vist.gjelder_til, vist.trukket) if tid is not None]
    return Samtykke(vist.part, frozenset(vist.deler), vist.gjelder_fra, min(slutt, default=None))


def _sperret(vist: SperringVist) -> Sperring:
    return Sperring(vist.part, frozenset(vist.deler), vist.gjelder_fra, vist.opphevet)
