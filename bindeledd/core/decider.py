"""The decider: one aggregate's life as pure functions.

`decide(state, command, circumstances) -> events`, `evolve(state, event) -> state`, and for what parties may know,
`utsnitt(state, party, grounds) -> view | None`. Nothing here opens a sealed value, reads a clock or touches a disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from bindeledd.core.clock import Entropy, new_ref
from bindeledd.core.envelope import Actor


class Event(Protocol):
    """A generated event class: frozen, typed, knows its Avro name."""

    avro_name: ClassVar[str]

    def to_avro(self) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision may lean on besides state and command: the time it is made as of, chance, and dated rules."""

    now: datetime
    entropy: Entropy
    rules: Any = None

    def ref(self) -> str:
        """A new random ref."""
        return new_ref(self.entropy)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that an aggregate wants to be asked about at a moment: a deadline, an answer that runs out."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FristUtloept:
    """The command with which the bus asks an aggregate to judge what has fallen due. `as_of` is the due moment,
    also when it is asked late, after downtime."""

    name: str
    as_of: datetime


def nothing_due(_state: Any) -> Sequence[Due]:
    return ()


@dataclass(frozen=True, slots=True)
class Views:
    """How an aggregate is shown: to which parties it could be, and what each may know.

    `candidates(state, grounds)` names the parties with any ground now; those that have a view already are asked
    about as well. `utsnitt(state, party, grounds)` returns the whole view, or None when the party may know nothing.
    """

    candidates: Callable[[Any, Any], Iterable[str]]
    utsnitt: Callable[[Any, str, Any], Event | None]
    holds_until: Callable[[Any], datetime | None] = lambda _view: None
    """When the answer behind a view runs out, and must be given again."""
    without_person: frozenset[str] = frozenset()
    """Views, by Avro name, whose records do not say whom they are about, so that who has them cannot tell that two are
    about one person. What is sealed in them is the person's all the same, and goes when the person's keys go."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A kind of stream: its topic, its rules, and how parties see it."""

    topic: str
    initial: Any
    decide: Callable[[Any, Any, Circumstances], Sequence[Event]]
    evolve: Callable[[Any, Any], Any]
    due: Callable[[Any], Sequence[Due]] = nothing_due
    views: Views | None = None

    def fold(self, events: Iterable[Any]) -> Any:
        """The state after `events`, from the beginning."""
        state = self.initial
        for event in events:
            state = self.evolve(state, event)
        return state


@dataclass(frozen=True, slots=True)
class Bestilling:
    """A command on its way to one aggregate: what, to whom, from whom, and because of what.

    `expected_version` None means "whatever it is now"; 0 means that the stream must be new. `hendt` and `mottatt`
    None mean the moment it is handled. A stream's first command says whose it is (`person_ref`).
    """

    topic: str
    stream: str
    command: Any
    actor: Actor
    person_ref: str | None = None
    ground: str = ""
    hendt: datetime | None = None
    mottatt: datetime | None = None
    expected_version: int | None = None
    audience: tuple[str, ...] = ()
    raw: bytes | None = None
    """Bytes to keep, sealed, beside the stream's first record: a message exactly as it came."""
    blind: tuple[tuple[bytes, str], ...] = ()
    """Blind-index entries, each with the person it leads to from this commit on."""
