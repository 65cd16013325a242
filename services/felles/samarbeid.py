"""What others know of a person from ansvarsgruppe and the register: consents, oppositions, koordinator, group. Pure.

`ansvarsgruppe` decides on these very states; the other services fold them from what they have received.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeAvsluttet,
    AnsvarsgruppeOpprettet,
    BarnekoordinatorAvklart,
    Brukermaal,
    BrukermaalSatt,
    KoordinatorByttet,
    KoordinatorOppnevnt,
    KoordineringsbehovMeldt,
    Medlem,
    MedlemFratraadte,
    MedlemInvitert,
    Medlemstilstand,
    MedlemSvarte,
    PlanAvsluttet,
    PlanEvaluert,
    PlanOpprettet,
    PlanTilbudt,
    Plantilstand,
    RepresentantOppnevnt,
    SamtykkeGitt,
    SamtykkeTrukket,
    SamtykkeVist,
    SperringOpphevet,
    SperringRegistrert,
    SperringVist,
    TakketNeiTilPlan,
    TalspersonFratraadt,
    TalspersonRegistrert,
    TalspersonVist,
)
from bindeledd.schema.generated.felles import Oppgaveslag, Tekst
from bindeledd.schema.generated.samhandling import (
    BydelSatt,
    Personalia,
    PersonaliaEndret,
    PersonForkastet,
    PersonRegistrert,
)
from services.felles.oppgaver import Oppgaver

SAMTYKKE = "ansvarsgruppe.samtykke"
PLAN = "ansvarsgruppe.plan"
GRUPPE = "ansvarsgruppe.gruppe"
PERSON = "samhandling.person"
REPRESENTANTER = ("verge", "foresatt", "paaroerende", "advokat", "annen")
"""Whom a person may have to speak for them. One of another sort, from a newer writer, is shown nothing."""
FORELDREANSVAR = "foreldreansvar"
"""What somebody is to a child whom they answer for (pbrl §4-4): no choice of the person's."""
ALLTID = datetime(1900, 1, 1, tzinfo=UTC)
"""A relation that we have been told of holds, whatever the clocks of two machines say of when it began."""


def _ingen() -> Mapping[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Talsperson:
    """Who speaks for the person now: has parental responsibility, or was chosen, for some parts."""

    vist: TalspersonVist
    navn: Sealed[Tekst]

    @property
    def ansvarlig(self) -> bool:
        """Has parental responsibility."""
        return self.vist.slag == FORELDREANSVAR

    @property
    def valgt(self) -> bool:
        """The person chose them, or a court appointed them."""
        return self.vist.slag in REPRESENTANTER


@dataclass(frozen=True, slots=True)
class Samtykker:
    """A person's consents and oppositions, by id, and who speaks for them. `endret`: at which version each party's own
    last changed."""

    samtykker: Mapping[str, SamtykkeVist] = field(default_factory=_ingen)
    sperringer: Mapping[str, SperringVist] = field(default_factory=_ingen)
    talspersoner: Mapping[str, Talsperson] = field(default_factory=_ingen)
    versjon: int = 0
    endret: Mapping[str | None, int] = field(default_factory=_ingen)

    def versjon_for(self, part: str) -> int:
        """The version that an answer to this party rests on: what was said to others does not count."""
        return max(self.endret.get(part, 0), self.endret.get(None, 0))


@dataclass(frozen=True, slots=True)
class Plan:
    """A person's koordinator and individual plan, and the tasks of the koordinator's unit.

    `fra`: since when there is a koordinator; `barnekoordinator`: what came of it last; `behov`: the last need of a
    koordinator that somebody told of; `plan_fra`: since when there is the plan, which `av_part` made;
    `revisjon`: when it is to be gone through, as long as there is a plan.
    """

    koordinator_part: str | None = None
    koordinator: str | None = None
    fra: datetime | None = None
    tilstand: Plantilstand = Plantilstand.INGEN
    av_part: str = ""
    plan_fra: datetime | None = None
    revisjon: date | None = None
    maal: Sealed[Brukermaal] | None = None
    vurdering: Sealed[Tekst] | None = None
    barnekoordinator: BarnekoordinatorAvklart | None = None
    behov: KoordineringsbehovMeldt | None = None
    oppgaver: Oppgaver = field(default_factory=Oppgaver)

    @property
    def har_plan(self) -> bool:
        return self.tilstand is Plantilstand.GJELDER

    @property
    def ubesvart_behov(self) -> KoordineringsbehovMeldt | None:
        """The need that somebody told of, while the koordinerende enhet has it to do."""
        venter = any(o.slag is Oppgaveslag.VURDER_KOORDINERING for o in self.oppgaver.åpne())
        return self.behov if venter else None


@dataclass(frozen=True, slots=True)
class Gruppe:
    """An ansvarsgruppe: its members by ref, and the tasks that it has given."""

    opprettet_av: str = ""
    fra: datetime | None = None
    medlemmer: Mapping[str, Medlem] = field(default_factory=_ingen)
    avsluttet: bool = False
    representant_slag: str = ""
    representant: Sealed[Tekst] | None = None
    oppgaver: Oppgaver = field(default_factory=Oppgaver)

    @property
    def lever(self) -> bool:
        return bool(self.opprettet_av) and not self.avsluttet

    @property
    def representert(self) -> bool:
        """Whether somebody speaks for the person in the group, besides them."""
        return self.lever and self.representant_slag in REPRESENTANTER

    def med(self, part: str) -> Medlem | None:
        """The party's membership, invited or accepted."""
        aktive = (Medlemstilstand.INVITERT, Medlemstilstand.MED)
        return next((m for m in self.medlemmer.values() if m.part == part and m.tilstand in aktive), None)


@dataclass(frozen=True, slots=True)
class Personbilde:
    """The little of the person register that others need. The birth date stays sealed."""

    personalia: Sealed[Personalia] | None = None
    bydel: str | None = None
    forkastet: bool = False


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
        case TalspersonRegistrert():
            vist = TalspersonVist(
                talsperson_id=event.talsperson_id, slag=event.slag, deler=event.deler, gjelder_fra=event.gjelder_fra
            )
            return _talspersoner(state, {**state.talspersoner, event.talsperson_id: Talsperson(vist, event.navn)})
        case TalspersonFratraadt():
            igjen = {id_: t for id_, t in state.talspersoner.items() if id_ != event.talsperson_id}
            return _talspersoner(state, igjen)
        case _:
            return state


def _talspersoner(state: Samtykker, alle: Mapping[str, Talsperson]) -> Samtykker:
    return replace(state, talspersoner=MappingProxyType(alle))


def _samtykke(state: Samtykker, samtykke: SamtykkeVist) -> Samtykker:
    alle = MappingProxyType({**state.samtykker, samtykke.samtykke_id: samtykke})
    return replace(state, samtykker=alle, endret=MappingProxyType({**state.endret, samtykke.part: state.versjon}))


def _sperring(state: Samtykker, sperring: SperringVist) -> Samtykker:
    alle = MappingProxyType({**state.sperringer, sperring.sperring_id: sperring})
    return replace(state, sperringer=alle, endret=MappingProxyType({**state.endret, sperring.part: state.versjon}))


def evolve_plan(state: Plan, event: Any) -> Plan:
    """The koordinator and the plan after an event."""
    match event:
        case KoordinatorOppnevnt():
            return replace(state, koordinator_part=event.part, koordinator=event.koordinator, fra=event.fra)
        case KoordinatorByttet():
            return replace(state, koordinator_part=event.part, koordinator=event.koordinator)
        case PlanTilbudt() | TakketNeiTilPlan():
            tilbudt = isinstance(event, PlanTilbudt)
            return replace(state, tilstand=Plantilstand.TILBUDT if tilbudt else Plantilstand.TAKKET_NEI)
        case BarnekoordinatorAvklart() | KoordineringsbehovMeldt():
            return _koordinering(state, event)
        case PlanOpprettet():
            return replace(
                state, tilstand=Plantilstand.GJELDER, av_part=event.av_part, plan_fra=event.fra,
                revisjon=event.revisjon, maal=None, vurdering=None,
            )  # fmt: skip
        case BrukermaalSatt():
            return replace(state, maal=event.maal)
        case PlanEvaluert():
            return replace(state, revisjon=event.revisjon, vurdering=event.vurdering)
        case PlanAvsluttet():
            return replace(state, tilstand=Plantilstand.AVSLUTTET, revisjon=None)
        case _:
            return replace(state, oppgaver=state.oppgaver.evolve(event))


def _koordinering(state: Plan, event: BarnekoordinatorAvklart | KoordineringsbehovMeldt) -> Plan:
    if isinstance(event, BarnekoordinatorAvklart):
        return replace(state, barnekoordinator=event)
    return replace(state, behov=event)


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
        case RepresentantOppnevnt():
            return replace(state, representant_slag=event.slag, representant=event.navn)
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
        case PersonForkastet():
            return replace(state, forkastet=True)
        case _:
            return state
