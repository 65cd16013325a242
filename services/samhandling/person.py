"""The person register: a random `person_ref`, with national ids that are sealed and found through a blind index.

A person known by one number who arrives with another is matched only when a message carries both, or when a person
here says so: a guess is never merged silently (intake rule 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bindeledd.core.decider import Circumstances
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
    PersonRegistrert,
    SammenslaaingOmgjort,
    TvilsomtTreffAvgjort,
    TvilsomtTreffMeldt,
)

TOPIC = "samhandling.person"


@dataclass(frozen=True, slots=True)
class Person:
    """A person as known here. Name and ids stay sealed."""

    finnes: bool = False
    bekreftet: bool = False
    personalia: Sealed[Personalia] | None = None
    identiteter: tuple[Sealed[Identitet], ...] = ()
    bydel: str | None = None
    foreslått_bydel: str | None = None
    kommune: str | None = None
    tvilsomme: frozenset[str] = frozenset()
    """Other persons that this one may be: waits for a person to decide."""
    slått_inn: tuple[str, ...] = ()


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
    """Command: a person has decided whether they are the same."""

    kandidat: str
    samme: bool


@dataclass(frozen=True, slots=True)
class SlåSammen:
    """Command: `tapt` is this person too."""

    tapt: str


@dataclass(frozen=True, slots=True)
class OmgjørSammenslåing:
    """Command: the merge was wrong; `strømmer` go back to `gjenoppstått`."""

    gjenoppstått: str
    strømmer: tuple[str, ...]


def decide(  # noqa: C901, PLR0912 - one branch a command
    state: Person, command: Any, _omstendigheter: Circumstances
) -> Sequence[Any]:
    """What a command leads to. Refuses what contradicts what is known."""
    if isinstance(command, RegistrerPerson):
        return _registrer(state, command)
    if not state.finnes:
        raise RuleBroken("person.ukjent", "Personen finnes ikke her")
    match command:
        case KnyttIdentiteter():
            return _knytt(command.identiteter, command.kilde)
        case SettBydel():
            if (command.bydel, command.kommune) == (state.bydel, state.kommune):
                return []
            return [BydelSatt(bydel=command.bydel, kommune=command.kommune, kilde=command.kilde)]
        case BekreftPerson():
            return [] if state.bekreftet else [PersonBekreftet(grunn=command.grunn)]
        case EndrePersonalia():
            return [PersonaliaEndret(personalia=command.personalia)]
        case MeldTvilsomtTreff():
            if command.kandidat in state.tvilsomme or command.kandidat in state.slått_inn:
                return []
            return [TvilsomtTreffMeldt(kandidat=command.kandidat, grunn=command.grunn)]
        case AvgjørTvilsomtTreff():
            return _avgjør(state, command)
        case SlåSammen():
            return [] if command.tapt in state.slått_inn else [PersonerSlaattSammen(tapt=command.tapt)]
        case OmgjørSammenslåing():
            if command.gjenoppstått not in state.slått_inn:
                raise RuleBroken("person.ikke_slått_sammen", "Det er ingen slik sammenslåing å gjøre om")
            return [SammenslaaingOmgjort(gjenoppstaatt=command.gjenoppstått, stroemmer=command.strømmer)]
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _registrer(state: Person, command: RegistrerPerson) -> Sequence[Any]:
    if state.finnes:
        raise RuleBroken("person.finnes", "Personen er registrert fra før")
    registrert = PersonRegistrert(
        personalia=command.personalia, bekreftet=command.bekreftet, bydel=command.bydel,
        foreslaatt_bydel=command.foreslått_bydel, kommune=command.kommune,
    )  # fmt: skip
    return [registrert, *_knytt(command.identiteter, command.kilde)]


def _knytt(identiteter: Sequence[tuple[str, Sealed[Identitet]]], kilde: str) -> list[Any]:
    return [IdentitetKnyttet(identitet=identitet, type=type_, kilde=kilde) for type_, identitet in identiteter]


def _avgjør(state: Person, command: AvgjørTvilsomtTreff) -> Sequence[Any]:
    if command.kandidat not in state.tvilsomme:
        raise RuleBroken("person.ingen_tvil", "Det er ikke noe tvilsomt treff å avgjøre")
    avgjort = TvilsomtTreffAvgjort(kandidat=command.kandidat, samme=command.samme)
    return [avgjort, PersonerSlaattSammen(tapt=command.kandidat)] if command.samme else [avgjort]


def evolve(state: Person, event: Any) -> Person:
    """The person after an event."""
    match event:
        case PersonRegistrert():
            return Person(
                finnes=True, bekreftet=event.bekreftet, personalia=event.personalia, bydel=event.bydel,
                foreslått_bydel=event.foreslaatt_bydel, kommune=event.kommune,
            )  # fmt: skip
        case IdentitetKnyttet():
            return replace(state, identiteter=(*state.identiteter, event.identitet))
        case PersonaliaEndret():
            return replace(state, personalia=event.personalia)
        case BydelSatt():
            return replace(state, bydel=event.bydel, kommune=event.kommune)
        case PersonBekreftet():
            return replace(state, bekreftet=True)
        case TvilsomtTreffMeldt():
            return replace(state, tvilsomme=state.tvilsomme | {event.kandidat})
        case TvilsomtTreffAvgjort():
            return replace(state, tvilsomme=state.tvilsomme - {event.kandidat})
        case PersonerSlaattSammen():
            return replace(state, slått_inn=(*state.slått_inn, event.tapt))
        case SammenslaaingOmgjort():
            return replace(state, slått_inn=tuple(p for p in state.slått_inn if p != event.gjenoppstaatt))
        case _:
            return state
