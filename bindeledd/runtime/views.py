"""Views: after every change, what each party may know is made again, and appended where it differs.

A party's view of an aggregate is a stream of its own (`<service>.til.<party>`), sealed for that party. What a page
shows is what its party has been given; so the grounds are looked at here, and nowhere later.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bindeledd.core.decider import Aggregate
from bindeledd.core.envelope import Actor, Envelope
from bindeledd.runtime.service import NOBODY
from bindeledd.schema.generated.felles import UtsnittAvsluttet
from bindeledd.store import due, views

if TYPE_CHECKING:
    from bindeledd.runtime.handle import Cause
    from bindeledd.runtime.transaction import Tx

GONE = "grunnlaget er borte"
IN_DOUBT = "grunnlaget kan ikke kjennes nå"
"""Why a view ended: what it rested on is no more, or nobody can say now whether it is."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The person whom a view is about, and whether its record says so."""

    person_ref: str | None
    hidden: bool

    @property
    def said(self) -> str | None:
        return None if self.hidden else self.person_ref


REFRESH = "utsnitt"
"""Name of the due row that brings the views of an aggregate up again when an answer changes by itself."""


def refresh(tx: Tx, actor: Actor, cause: Cause) -> None:
    """Make the views of everything that this transaction touched, or whose grounds it changed, again."""
    grounds: dict[str | None, Any] = {}
    others = {other for person in tx.persons for other in tx.service.grounds_of_others(tx, person)}
    for person in sorted(tx.persons | others):
        theirs = [(stream, topic) for topic in tx.service.shown_topics for stream in tx.streams_of(topic, person)]
        if not theirs:
            continue
        grounds[person] = tx.service.grounds(tx, person)
        if tx.grounds_changed(person, grounds[person]):
            for stream, topic in theirs:
                tx.touch(stream, topic, person)
    for stream, (topic, person_ref) in tx.touched.items():
        if person_ref not in grounds:
            grounds[person_ref] = tx.service.grounds(tx, person_ref)
        _refresh_one(tx, tx.aggregate(topic), stream, grounds[person_ref], actor, cause)
    tx.touched.clear()
    tx.persons.clear()


def _refresh_one(tx: Tx, aggregate: Aggregate, stream: str, grounds: Any, actor: Actor, cause: Cause) -> None:
    made = aggregate.views
    assert made is not None
    loaded = tx.load(aggregate.topic, stream)
    existing = tx.views_of(stream)
    parties = set() if grounds is NOBODY else set(made.candidates(loaded.state, grounds))
    parties.update(party for party, view in existing.items() if not view.ended)
    changes = None if grounds is NOBODY else tx.service.answers_change(grounds)
    until = [changes] if changes is not None else []
    for party in sorted(parties):
        view = None if grounds is NOBODY else made.utsnitt(loaded.state, party, grounds)
        old = existing.get(party)
        if view is not None:
            whose = Whose(loaded.person_ref, hidden=view.avro_name in made.without_person)
            _append_changed(tx, stream, whose, party, view, old, actor, cause)
            until.extend(at for at in (made.holds_until(view),) if at is not None)
        elif old is not None and not old.ended:
            doubt = loaded.person_ref is not None and tx.in_doubt(loaded.person_ref)
            view = UtsnittAvsluttet(
                aggregat="", slag=old.kind, avsluttet=tx.now, grunn=IN_DOUBT if doubt else GONE,
            )  # fmt: skip
            whose = Whose(loaded.person_ref, hidden=old.kind in made.without_person)
            ended = old._replace(digest=view_digest(view, whose.said), ended=True)
            _append_view(tx, whose, view, ended, actor, cause)
    if until:
        tx.set_due(due.DueRow(stream, REFRESH, aggregate.topic, min(until)))
    elif existing:
        tx.clear_due(stream, REFRESH)


def _append_changed(
    tx: Tx, stream: str, whose: Whose, party: str, view: Any, old: views.ViewStream | None,
    actor: Actor, cause: Cause,
) -> None:  # fmt: skip
    digest = view_digest(view, whose.said)
    if old is not None and not old.ended and old.digest == digest:
        return
    view_stream = old.stream if old is not None else tx.ref()
    given = views.ViewStream(stream, party, view_stream, view.avro_name, digest, ended=False)
    _append_view(tx, whose, view, given, actor, cause)


def _append_view(tx: Tx, whose: Whose, view: Any, given: views.ViewStream, actor: Actor, cause: Cause) -> None:
    head = tx.head(given.stream)
    version, prev = (head.version, head.hash) if head else (0, b"")
    envelope = Envelope(
        tx.ref(), view.avro_name, given.stream, version + 1, prev, tx.epoch, tx.position + 1, whose.said,
        (given.party,), tx.now, tx.now, tx.now, actor, "", cause.correlation, cause.causation, cause.depth,
    )  # fmt: skip
    topic = view_topic(tx.service.name, given.party)
    tx.write(topic, envelope, view, party=given.party, aggregat=given.aggregate, owner=whose.person_ref)
    tx.save_view(given)


def view_topic(service: str, party: str) -> str:
    """The topic of what a service gives one party. Parties share `innbygger` and `fastlege` as wholes."""
    return f"{service}.til.{party}"


def view_digest(view: Any, person_ref: str | None) -> bytes:
    """Recognises an unchanged view of the same person. Sealed values count by their origin: a reseal is no change, nor
    is that there is nothing left to open."""
    view = replace(view, aggregat="") if view.aggregat else view
    return hashlib.sha256(f"{person_ref} {view!r}".encode()).digest()
