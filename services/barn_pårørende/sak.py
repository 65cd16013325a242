"""What is known of one child's case, folded from its events: whose next of kin it is, where each referral stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.barn_paaroerende import (
    Barnenummer,
    Barnerelasjon,
    Barnet,
    BarnetHoert,
    BarnetiltakAvsluttet,
    BarnetiltakStartet,
    BarnHenvisningBesvart,
    BarnHenvisningMottatt,
    BarnHenvisningSendt,
    BarnHenvist,
    BarnRegistrert,
    EtterlatteFulgtOpp,
    Henvisningsgrunnlag,
    Henvisningstilstand,
    MeldepliktVurdert,
    TvilOmBarnAvgjort,
    TvilOmBarnMeldt,
)
from bindeledd.schema.generated.felles import Tekst
from services.felles.oppgaver import Oppgaver

BARN = "barn_paaroerende.barn"
HOS_MOTTAKER = (Henvisningstilstand.SENDT, Henvisningstilstand.MOTTATT, Henvisningstilstand.TAR_IMOT)


@dataclass(frozen=True, slots=True)
class Forelderdel:
    """One service's part: it follows up an adult who is ill, and has registered the child."""

    forelder: str
    part: str
    relasjon: Barnerelasjon
    behov: Sealed[Tekst] | None
    barnet: Sealed[Barnet] | None = None
    """The child as this service has written it down."""
    fulgt_opp: datetime | None = None
    """When the child was looked to after this adult's death."""


@dataclass(frozen=True, slots=True)
class Henvisning:
    """A referral, and where it stands."""

    ref: str
    forelder: str
    fra_part: str
    til_part: str
    grunnlag: Henvisningsgrunnlag
    tilstand: Henvisningstilstand
    stoettebehov: Sealed[Tekst]
    kontakt: Sealed[Tekst]
    utdypende: Sealed[Tekst] | None
    henvist: datetime
    mottatt: datetime | None = None
    besvart: datetime | None = None
    svar: Sealed[Tekst] | None = None

    @property
    def hos_mottaker(self) -> bool:
        return self.tilstand in HOS_MOTTAKER


@dataclass(frozen=True, slots=True)
class Tiltak:
    """Something that a receiver does for the child."""

    ref: str
    henvisning: str
    part: str
    innhold: Sealed[Tekst]
    startet: datetime
    avsluttet: datetime | None = None


def _ingen() -> Mapping[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Barnesak:
    """A child's case. `deler` by (adult, service); the rest by ref, in the order in which it came."""

    barnet: Sealed[Barnet] | None = None
    nummer: Sealed[Barnenummer] | None = None
    deler: Mapping[tuple[str, str], Forelderdel] = field(default_factory=_ingen)
    henvisninger: Mapping[str, Henvisning] = field(default_factory=_ingen)
    tiltak: Mapping[str, Tiltak] = field(default_factory=_ingen)
    vurderinger: tuple[MeldepliktVurdert, ...] = ()
    hørt: tuple[BarnetHoert, ...] = ()
    tvil: Mapping[str, str] = field(default_factory=_ingen)
    """Other cases that may be the same child's, and why."""
    oppgaver: Oppgaver = field(default_factory=Oppgaver)

    @property
    def foreldre(self) -> frozenset[str]:
        """The adults who are ill, as they were named when the child was registered."""
        return frozenset(forelder for forelder, _ in self.deler)


def evolve(state: Barnesak, event: Any) -> Barnesak:
    """The case after an event."""
    match event:
        case BarnRegistrert():
            return _med_del(state, event)
        case TvilOmBarnMeldt():
            return replace(state, tvil=MappingProxyType({**state.tvil, event.kandidat: event.grunn}))
        case TvilOmBarnAvgjort():
            igjen = {kandidat: grunn for kandidat, grunn in state.tvil.items() if kandidat != event.kandidat}
            return replace(state, tvil=MappingProxyType(igjen))
        case MeldepliktVurdert():
            return replace(state, vurderinger=(*state.vurderinger, event))
        case BarnetHoert():
            return replace(state, hørt=(*state.hørt, event))
        case EtterlatteFulgtOpp():
            return _fulgt_opp(state, event)
        case _:
            return _evolve_henvisning(replace(state, oppgaver=state.oppgaver.evolve(event)), event)


def _med_del(state: Barnesak, event: BarnRegistrert) -> Barnesak:
    del_ = Forelderdel(event.forelder_ref, event.part, event.relasjon, event.behov, event.barnet)
    deler = MappingProxyType({**state.deler, (del_.forelder, del_.part): del_})
    return replace(state, barnet=state.barnet or event.barnet, nummer=state.nummer or event.nummer, deler=deler)


def _fulgt_opp(state: Barnesak, event: EtterlatteFulgtOpp) -> Barnesak:
    om = {nøkkel: del_ for nøkkel, del_ in state.deler.items() if del_.forelder == event.forelder_ref}
    fulgt_opp = {nøkkel: replace(del_, fulgt_opp=event.fulgt_opp) for nøkkel, del_ in om.items()}
    return replace(state, deler=MappingProxyType({**state.deler, **fulgt_opp}))


def _evolve_henvisning(state: Barnesak, event: Any) -> Barnesak:
    """What a receiver has been asked, and does for the child."""
    match event:
        case BarnHenvist():
            return _med_henvisning(state, _ny_henvisning(event))
        case BarnHenvisningSendt():
            sendt = Henvisningstilstand.SENDT
            return _endret(state, event, tilstand=sendt, grunnlag=event.grunnlag, henvist=event.sendt)
        case BarnHenvisningMottatt():
            return _endret(state, event, tilstand=Henvisningstilstand.MOTTATT, mottatt=event.mottatt_tid)
        case BarnHenvisningBesvart():
            svar = Henvisningstilstand.TAR_IMOT if event.tar_imot else Henvisningstilstand.TAR_IKKE_IMOT
            return _endret(state, event, tilstand=svar, besvart=event.besvart, svar=event.innhold)
        case BarnetiltakStartet():
            nytt = Tiltak(event.tiltak_ref, event.henvisning_ref, event.part, event.innhold, event.startet)
            return replace(state, tiltak=MappingProxyType({**state.tiltak, nytt.ref: nytt}))
        case BarnetiltakAvsluttet() if event.tiltak_ref in state.tiltak:
            endt = replace(state.tiltak[event.tiltak_ref], avsluttet=event.avsluttet)
            return replace(state, tiltak=MappingProxyType({**state.tiltak, endt.ref: endt}))
        case _:
            return state


def _ny_henvisning(event: BarnHenvist) -> Henvisning:
    return Henvisning(
        ref=event.henvisning_ref, forelder=event.forelder_ref, fra_part=event.fra_part, til_part=event.til_part,
        grunnlag=event.grunnlag, tilstand=Henvisningstilstand.HOLDT if event.holdt else Henvisningstilstand.SENDT,
        stoettebehov=event.stoettebehov, kontakt=event.kontakt, utdypende=event.utdypende, henvist=event.henvist,
    )  # fmt: skip


def _endret(state: Barnesak, event: Any, **endringer: Any) -> Barnesak:
    if event.henvisning_ref not in state.henvisninger:
        return state
    return _med_henvisning(state, replace(state.henvisninger[event.henvisning_ref], **endringer))


def _med_henvisning(state: Barnesak, henvisning: Henvisning) -> Barnesak:
    return replace(state, henvisninger=MappingProxyType({**state.henvisninger, henvisning.ref: henvisning}))
