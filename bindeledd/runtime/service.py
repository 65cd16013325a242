"""What a service declares to the bus: its aggregates, what it reads, how it reacts, what it projects."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import Table

from bindeledd.core.decider import Aggregate, Bestilling
from bindeledd.core.envelope import Envelope
from bindeledd.store.db import Db

if TYPE_CHECKING:
    from bindeledd.runtime.engine import Engine


class Lookup(Protocol):
    """What reactions, plans and grounds may read of the service's own store, inside the transaction."""

    @property
    def now(self) -> datetime: ...

    @property
    def db(self) -> Db:
        """For queries of the service's own projections."""
        ...

    def ref(self) -> str:
        """A new random ref."""
        ...

    def state(self, topic: str, stream: str) -> Any:
        """The folded state of a stream, own or received; the initial state when there is none."""
        ...

    def version(self, stream: str) -> int: ...

    def topic(self, stream: str) -> str | None:
        """The topic of a stream, own or received; None when there is none."""
        ...

    def streams_of(self, topic: str, person_ref: str) -> list[str]: ...

    def all_streams_of(self, person_ref: str) -> list[str]: ...

    def whose(self, stream: str) -> str | None:
        """Whose a stream is now, own or received; None when there is none, or it is about nobody known."""
        ...

    def first_person_of(self, stream: str) -> str | None:
        """Whose the stream was when it began, whatever records were joined since."""
        ...

    def sealed_by(self, person_ref: str) -> frozenset[str]:
        """The services that hold sealed content of their own about the person (views not counted)."""
        ...

    def person_of(self, number: str, kind: str, issuer: str) -> str | None:
        """The person behind a national id, or None."""
        ...

    def blind(self, number: str, kind: str, issuer: str) -> bytes: ...

    def fingerprint(self, *parts: str | bytes) -> bytes: ...

    def in_doubt(self, person_ref: str) -> bool:
        """Whether nobody can say what holds of the person now: a record that the grounds lean on is in quarantine, or
        who writes such records has not been heard from. Then nothing may rest on them."""
        ...

    def raw(self, stream: str) -> bytes | None:
        """The bytes that were kept beside a stream, as they came; None when there are none, or their key is gone."""
        ...

    def open(self, sealed: Any) -> Any:
        """The content of a sealed value, for a comparison that no rule may make. Raises Shredded."""
        ...


Plan = Callable[[Lookup], tuple[Sequence[Bestilling], Any]]
"""What a request from outside leads to: the orders to carry out, and an answer for the caller."""

Reaction = Callable[[Lookup, Envelope, Any], Iterable[Bestilling]]
"""What a service does when another service's event arrives."""

Follow = Callable[[Lookup, str, int, Any], Iterable[Bestilling]]
"""What follows for the service's other streams from an event of its own (stream, version, event)."""

Relink = Callable[[Lookup, Envelope, Any], tuple[Sequence[str], str]]
"""Which streams belong to which person from this event on (two records were one person, or were not after all)."""

Effect = Callable[["Engine", str, datetime], None]
"""What is to be done outside a transaction (engine, stream, due moment). It must bear to be done twice."""

Fold = Callable[[Db, Envelope, Any], None]


@dataclass(frozen=True, slots=True)
class Reader:
    """How a service folds another service's stream, for the grounds and reactions that lean on it."""

    topic: str
    initial: Any
    evolve: Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Projection:
    """Tables for a service's own queries, and the fold (by Avro name) that fills them."""

    tables: tuple[Table, ...]
    folds: Mapping[str, Fold]
    newest_only: bool = False
    """True when a stream's newest record alone decides its rows: then a rebuild reads no other."""
    version: int = 1
    """Raised when a fold means something else than before: then the tables are folded anew at the next start."""


NOBODY: Final = object()
"""Grounds on which nobody may know anything: every view that there is of the person's streams ends."""


def kind_of(service: str) -> str:
    """Which service of the catalogue this is: `web.<organisation>` is the `web` of one organisation, and writes what
    `web` writes."""
    return service.partition(".")[0]


def nobody_else(_lookup: Lookup, _person_ref: str) -> Iterable[str]:
    return ()


def no_grounds(_lookup: Lookup, _person_ref: str | None) -> Any:
    return None


@dataclass(frozen=True)
class Service:
    """One service. `name` is ASCII and durable: it stands in topics, cursors and keys."""

    name: str
    aggregates: tuple[Aggregate, ...] = ()
    readers: tuple[Reader, ...] = ()
    reactions: Mapping[str, Reaction] = field(default_factory=dict)
    follows: Mapping[str, Follow] = field(default_factory=dict)
    """By own event: orders that are carried out in the same transaction. Nothing follows from what they lead to."""
    relinks: Mapping[str, Relink] = field(default_factory=dict)
    projections: tuple[Projection, ...] = ()
    grounds: Callable[[Lookup, str | None], Any] = no_grounds
    """Everything `utsnitt` needs to know about who may know what of a person, as of now."""
    grounds_of_others: Callable[[Lookup, str], Iterable[str]] = nobody_else
    """Whose grounds lean on what is known of this person, too: a child's on what its parents have consented to."""
    same_answers: Callable[[Any, Any], bool] = operator.eq
    """Whether nobody can get another answer on later grounds (second) than on these (first)."""
    answers_change: Callable[[Any], datetime | None] = lambda _grounds: None
    """When somebody, also one without a view, may get another answer on these grounds by itself. None: never."""
    ground_topics: frozenset[str] = frozenset()
    """A record in one of these may change the grounds of its person: if it does, all views of the person are made
    again."""
    effects: Mapping[str, Effect] = field(default_factory=dict)
    """By the name of what falls due: what is done first, before its aggregate is asked. The due row stands until it
    has been done, so it happens at least once, also after a crash."""
    rules: Any = None
    reads: Callable[[str], bool] = lambda _topic: False
    """Which topics of other writers it takes in."""

    @property
    def kind(self) -> str:
        """Which service of the catalogue it is."""
        return kind_of(self.name)

    @cached_property
    def shown_topics(self) -> tuple[str, ...]:
        """The topics of the aggregates that parties see, in a fixed order."""
        return tuple(sorted(aggregate.topic for aggregate in self.aggregates if aggregate.views is not None))
