"""The person register: a random `person_ref`, with national ids that are sealed and found through a blind index.

    ubekreftet ─ somebody here confirms → bekreftet
        └─ nobody does in time, or says that it is no case of ours → forkastet → makulert

A person known by one number who arrives with another is matched only when a message carries both, or when a person
here says so: a guess is never merged silently (intake rule 4). A record that is merged lives on in another, and can be
parted from it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, assert_never

from bindeledd.core.decider import Circumstances, Due, FristUtloept
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.samhandling import (
    BydelKilde,
    BydelSatt,
    Identitet,
    IdentitetKnyttet,
    Personalia,
    PersonaliaEndret,
    PersonBekreftet,
    PersonerSlaattSammen,
    PersonForkastet,
    PersonGjenoppstaatt,
    PersonMakulert,
    PersonRegistrert,
    PersonSlaattInn,
    SammenslaaingOmgjort,
    TvilsomtTreffAvgjort,
    TvilsomtTreffMeldt,
)

TOPIC = "samhandling.person"
UBEKREFTET = "ubekreftet"
"""Due when nobody has confirmed the patient in time (intake rule 13)."""
MAKULER = "makuler"
"""Due when the content of a discarded patient is still to be shredded."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as known here. Name and ids stay sealed."""

    finnes: bool = False
    bekreftet: bool = False
    personalia: Sealed[Personalia] | None = None
    identiteter: tuple[Sealed[Identitet], ...] = ()
    identitet_fra: tuple[str, ...] = ()
    """For each id the message that brought it; the person's own ref when somebody here did."""
    bydel: str | None = None
    bydel_arvet: bool = False
    """Whether a record that lives on in this one brought the bydel."""
    foreslått_bydel: str | None = None
    kommune: str | None = None
    tvilsomme: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Other persons that this one may be, and why: waits for a person to decide."""
    avgjorte: frozenset[str] = frozenset()
    """Those of which a person has decided."""
    slått_inn: tuple[str, ...] = ()
    """Records that live on in this one."""
    slått_inn_i: str | None = None
    """The record that this one lives on in."""
    bekreftes_innen: datetime | None = None
    forkastet: datetime | None = None
    makulert: bool = False

    @property
    def gjelder(self) -> bool:
        """Whether it is a person of its own that anything may be told of."""
        return self.finnes and self.forkastet is None and self.slått_inn_i is None


@dataclass(frozen=True, slots=True)
class RegistrerPerson:
    """Command: a person unknown until now. `bekreftet` when a person here says so, not when a message does."""

    personalia: Sealed[Personalia]
    identiteter: tuple[tuple[str, Sealed[Identitet]], ...]
    """(type, the id) pairs."""
    bekreftet: bool
    kilde: str
    bydel: str | None = None
    foreslått_bydel: str | None = None
    kommune: str | None = None
    bekreftes_innen: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnyttIdentiteter:
    """Command: more ids of the person. The caller has left out those that are known."""

    identiteter: tuple[tuple[str, Sealed[Identitet]], ...]
    kilde: str


@dataclass(frozen=True, slots=True)
class SettBydel:
    """Command: the register or a person says where the person lives."""

    bydel: str | None
    kommune: str | None
    kilde: BydelKilde


@dataclass(frozen=True, slots=True)
class BekreftPerson:
    """Command: a person here confirms that the patient is ours, and on which ground (intake rule 13)."""

    grunn: str


@dataclass(frozen=True, slots=True)
class ForkastPerson:
    """Command: the patient is no case of ours, judged as of `som_av`. What is confirmed is never discarded."""

    grunn: str
    som_av: datetime


@dataclass(frozen=True, slots=True)
class NoterMakulert:
    """Command: the keys to a discarded patient's content have been destroyed."""

    nøkler: int


@dataclass(frozen=True, slots=True)
class EndrePersonalia:
    """Command: name or address is corrected."""

    personalia: Sealed[Personalia]


@dataclass(frozen=True, slots=True)
class MeldTvilsomtTreff:
    """Command: this person may be the same as another."""

    kandidat: str
    grunn: str


@dataclass(frozen=True, slots=True)
class AvgjørTvilsomtTreff:
    """Command: a person has decided whether they are the same, and on what."""

    kandidat: str
    samme: bool
    grunn: str


@dataclass(frozen=True, slots=True)
class SlåSammen:
    """Command: `tapt` is this person too."""

    tapt: str


@dataclass(frozen=True, slots=True)
class SlåsInn:
    """Command, to the record that is lost: it lives on in `overlevende`."""

    overlevende: str


@dataclass(frozen=True, slots=True)
class OmgjørSammenslåing:
    """Command: the merge was wrong. What came from `gjenoppstått` goes back to it, and `strømmer` besides."""

    gjenoppstått: str
    strømmer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SkillUt:
    """Command, to the record that was lost: it is a person of its own again."""

    fra: str


def decide(state: Person, command: Any, _omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Refuses what contradicts what is known."""
    match command:
        case RegistrerPerson():
            return _registrer(state, command)
        case FristUtloept():
            # What falls due is carried out as effects of the service, which command what then follows.
            return []
        case _ if not state.finnes:
            raise RuleBroken("person.ukjent", "Personen finnes ikke her")
        case NoterMakulert():
            return [] if state.forkastet is None or state.makulert else [PersonMakulert(noekler=command.nøkler)]
        case _ if state.forkastet is not None:
            raise RuleBroken("person.forkastet", "Pasienten er forkastet, og innholdet er slettet")
        case SlåSammen() | SlåsInn() | OmgjørSammenslåing() | SkillUt():
            return _sammenslåing(state, command)
        case _ if state.slått_inn_i is not None:
            raise RuleBroken("person.slått_sammen", "Registreringen er slått sammen med en annen. Bruk den")
        case AvgjørTvilsomtTreff() | MeldTvilsomtTreff():
            return _tvil(state, command)
        case _:
            return _endring(state, command)


def _endring(state: Person, command: Any) -> Sequence[Any]:
    match command:
        case KnyttIdentiteter():
            return _knytt(command.identiteter, command.kilde)
        case SettBydel():
            if (command.bydel, command.kommune) == (state.bydel, state.kommune):
                return []
            return [BydelSatt(bydel=command.bydel, kommune=command.kommune, kilde=command.kilde)]
        case BekreftPerson():
            return [] if state.bekreftet else [PersonBekreftet(grunn=command.grunn)]
        case ForkastPerson():
            if state.bekreftet:
                raise RuleBroken(
                    "person.bekreftet", "Pasienten er bekreftet. Det som er journal, rettes og slettes ikke"
                )
            return [PersonForkastet(grunn=command.grunn, vurdert_per=command.som_av)]
        case EndrePersonalia():
            return [PersonaliaEndret(personalia=command.personalia)]
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _tvil(state: Person, command: AvgjørTvilsomtTreff | MeldTvilsomtTreff) -> Sequence[Any]:
    kandidat = command.kandidat
    if isinstance(command, MeldTvilsomtTreff):
        kjent = kandidat in state.tvilsomme or kandidat in state.slått_inn or kandidat in state.avgjorte
        return [] if kjent else [TvilsomtTreffMeldt(kandidat=kandidat, grunn=command.grunn)]
    if kandidat not in state.tvilsomme:
        raise RuleBroken("person.ingen_tvil", "Det er ikke noe tvilsomt treff å avgjøre")
    return [TvilsomtTreffAvgjort(kandidat=kandidat, samme=command.samme, grunn=command.grunn)]


def _sammenslåing(state: Person, command: SlåSammen | SlåsInn | OmgjørSammenslåing | SkillUt) -> Sequence[Any]:
    match command:
        case SlåSammen():
            if state.slått_inn_i is not None or command.tapt in state.slått_inn:
                raise RuleBroken("person.slått_sammen", "Registreringene er slått sammen fra før")
            return [PersonerSlaattSammen(tapt=command.tapt)]
        case SlåsInn():
            return [PersonSlaattInn(overlevende=command.overlevende)]
        case OmgjørSammenslåing():
            if command.gjenoppstått not in state.slått_inn:
                raise RuleBroken("person.ikke_slått_sammen", "Det er ingen slik sammenslåing å gjøre om")
            return [SammenslaaingOmgjort(gjenoppstaatt=command.gjenoppstått, stroemmer=command.strømmer)]
        case SkillUt():
            return [PersonGjenoppstaatt(skilt_fra=command.fra)]
    assert_never(command)


def _registrer(state: Person, command: RegistrerPerson) -> Sequence[Any]:
    if state.finnes:
        raise RuleBroken("person.finnes", "Personen er registrert fra før")
    registrert = PersonRegistrert(
        personalia=command.personalia, bekreftet=command.bekreftet, bydel=command.bydel,
        foreslaatt_bydel=command.foreslått_bydel, kommune=command.kommune, bekreftes_innen=command.bekreftes_innen,
    )  # fmt: skip
    return [registrert, *_knytt(command.identiteter, command.kilde)]


def _knytt(identiteter: Sequence[tuple[str, Sealed[Identitet]]], kilde: str) -> list[Any]:
    return [IdentitetKnyttet(identitet=identitet, type=type_, kilde=kilde) for type_, identitet in identiteter]


def evolve(state: Person, event: Any) -> Person:
    """The person after an event."""
    match event:
        case PersonRegistrert():
            return Person(
                finnes=True, bekreftet=event.bekreftet, personalia=event.personalia, bydel=event.bydel,
                foreslått_bydel=event.foreslaatt_bydel, kommune=event.kommune, bekreftes_innen=event.bekreftes_innen,
            )  # fmt: skip
        case IdentitetKnyttet():
            fra = (*state.identitet_fra, event.kilde)
            return replace(state, identiteter=(*state.identiteter, event.identitet), identitet_fra=fra)
        case PersonaliaEndret():
            return replace(state, personalia=event.personalia)
        case BydelSatt():
            arvet = event.kilde is BydelKilde.REGISTER and bool(state.slått_inn)
            return replace(state, bydel=event.bydel, kommune=event.kommune, bydel_arvet=arvet)
        case PersonBekreftet():
            return replace(state, bekreftet=True)
        case PersonForkastet():
            return replace(state, forkastet=event.vurdert_per)
        case PersonMakulert():
            return replace(state, makulert=True)
        case TvilsomtTreffMeldt():
            return replace(state, tvilsomme=MappingProxyType({**state.tvilsomme, event.kandidat: event.grunn}))
        case TvilsomtTreffAvgjort():
            avgjorte = state.avgjorte | {event.kandidat}
            return replace(state, tvilsomme=_uten(state, event.kandidat), avgjorte=avgjorte)
        case _:
            return _evolve_sammenslåing(state, event)


def _evolve_sammenslåing(state: Person, event: Any) -> Person:
    match event:
        case PersonerSlaattSammen():
            return replace(state, slått_inn=(*state.slått_inn, event.tapt), tvilsomme=_uten(state, event.tapt))
        case SammenslaaingOmgjort():
            return replace(state, slått_inn=tuple(p for p in state.slått_inn if p != event.gjenoppstaatt))
        case PersonSlaattInn():
            return replace(state, slått_inn_i=event.overlevende)
        case PersonGjenoppstaatt():
            return replace(state, slått_inn_i=None)
        case _:
            return state


def _uten(state: Person, kandidat: str) -> Mapping[str, str]:
    """The doubts, without the one about this other person."""
    return MappingProxyType({ref: grunn for ref, grunn in state.tvilsomme.items() if ref != kandidat})


def forfaller(state: Person) -> Sequence[Due]:
    """What must be done of itself: discard whom nobody confirmed, and shred what was of the discarded."""
    if state.forkastet is not None:
        return () if state.makulert else (Due(MAKULER, state.forkastet),)
    if not state.gjelder or state.bekreftet or state.bekreftes_innen is None:
        return ()
    return (Due(UBEKREFTET, state.bekreftes_innen),)
