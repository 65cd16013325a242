"""The one place where a message takes effect.

`handle(tx, message)` runs inside one SQL transaction, under the service's writer lock: inbox check, state, events,
views, projections, due rows, cursor. Nothing else in the system writes to a service's store.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, assert_never, cast

from bindeledd.core.decider import Aggregate, Bestilling, Circumstances, FristUtloept
from bindeledd.core.envelope import MAX_DEPTH, Actor, Envelope
from bindeledd.core.errors import InvalidMessage, RuleBroken, TooDeep, UnknownSchema, UsedKey, WrongVersion
from bindeledd.runtime.inbox import Verdict, check
from bindeledd.runtime.service import Plan
from bindeledd.runtime.transaction import Tx, Written
from bindeledd.runtime.views import REFRESH, refresh
from bindeledd.schema.codec import Codec
from bindeledd.store import due, intake

RAW_DIGEST = "raa_sha256"
"""The field in which a record that begins a stream says what is kept, sealed, beside it."""
NOTHING = 0
"""The version that is remembered of a request which changed nothing: no record has it."""


@dataclass(frozen=True, slots=True)
class Command:
    """A request from outside: what it plans, and for what chain of causes."""

    plan: Plan
    correlation: str = ""
    request: tuple[str, bytes] | None = None
    """(scope of the Idempotency-Key, fingerprint of the request)."""


class Received(NamedTuple):
    """A record of another writer, as its exact bytes."""

    source: str
    topic: str
    position: int
    data: bytes
    react: bool = True
    """False for a record that a person has decided to skip: it is folded, and leads to nothing else."""
    content: tuple[Envelope, Any] | None = None
    """What `read` made of it, where somebody has looked already."""


@dataclass(frozen=True, slots=True)
class Fallen:
    """Something fell due."""

    row: due.DueRow


Message = Command | Received | Fallen


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a message led to: for a command the records appended (none: it changed nothing) and the plan's answer, for
    a received record what the inbox said."""

    written: tuple[Written, ...] = ()
    answer: Any = None
    verdict: Verdict = Verdict.NEXT
    repeated: bool = False


_SAID: Final = {verdict: Outcome(verdict=verdict) for verdict in Verdict}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something happens: the chain it belongs to, the record before it, and how long the chain is."""

    correlation: str
    causation: str
    depth: int


def handle(tx: Tx, message: Message) -> Outcome:
    """Let a message take effect, once. Raises what the rules or the codec refuse; the savepoint is then undone."""
    match message:
        case Received():
            return _received(tx, message)
        case Command():
            return _command(tx, message)
        case Fallen():
            return _fallen(tx, message)
        case _:
            assert_never(message)


def _command(tx: Tx, message: Command) -> Outcome:
    if message.request is not None:
        scope, fingerprint = message.request
        seen = intake.seen_request(tx.db, scope)
        if seen is not None:
            return _repeated(tx, seen, fingerprint)
    orders, answer = message.plan(tx)
    cause = Cause(message.correlation or tx.ref(), "", 0)
    _carry_out(tx, orders, cause)
    written = tuple(tx.written)
    if message.request is not None:
        stream, version = (written[0].stream, written[0].version) if written else (_about(orders, answer), NOTHING)
        intake.remember_request(tx.db, message.request[0], message.request[1], stream, version)
    return Outcome(written, answer)


def _about(orders: Sequence[Bestilling], answer: Any) -> str:
    """The stream that a request which changed nothing was about, as far as it says."""
    if isinstance(answer, str):
        return answer
    return orders[0].stream if orders else ""


def _repeated(tx: Tx, seen: tuple[bytes, str, int], fingerprint: bytes) -> Outcome:
    """What the request led to the first time. One that changed nothing then changes nothing now, either."""
    request, stream, version = seen
    if request != fingerprint:
        raise UsedKey("this Idempotency-Key was used with another request. Use a new key for a new request")
    if version == NOTHING:
        return Outcome(answer=stream, repeated=True)
    head = tx.head(stream)
    return Outcome((Written(head.topic if head else "", stream, version, 0),), repeated=True)


def _received(tx: Tx, message: Received) -> Outcome:
    envelope, event = message.content or read(tx.codec, message.data)
    verdict = check(tx.head(envelope.stream), envelope, message.data, tx.record)
    if verdict in (Verdict.NEXT, Verdict.GAP) and not tx.retrying and envelope.stream in tx.waiting:
        # What is parked before it is not in the log yet, so what comes behind looks like a gap.
        return _SAID[Verdict.WAITS]
    if verdict is not Verdict.NEXT:
        return _SAID[verdict]
    if envelope.depth >= MAX_DEPTH and message.react:
        raise TooDeep(f"a chain of more than {MAX_DEPTH} causes", f"stream {envelope.stream} v{envelope.version}")
    new_type = isinstance(event, UnknownSchema) and not tx.codec.reads(envelope.type)
    if isinstance(event, InvalidMessage) and not new_type:
        raise event  # also a type that we know, written as we cannot read: what it says might change who may know what
    tx.store(message.source, message.topic, envelope, message.data)
    if new_type:
        tx.unknown += 1
        return _SAID[Verdict.NEXT]
    tx.fold(message.topic, envelope, event)
    react = tx.service.reactions.get(event.avro_name)
    orders = tuple(react(tx, envelope, event)) if react and message.react else ()
    if orders or tx.persons:
        _carry_out(tx, orders, Cause(envelope.correlation, envelope.id, envelope.depth + 1))
    return _SAID[Verdict.NEXT]


def look_again(tx: Tx, topic: str, person_ref: str | None) -> None:
    """Something about a person was parked, or no longer is: where grounds lean on it, nobody could say what held of
    them, or somebody can again."""
    if person_ref is None or topic not in tx.service.ground_topics:
        return
    whose = tx.person_now(person_ref)
    if whose is not None:
        tx.persons.add(whose)
        refresh(tx, _system(tx), Cause(tx.ref(), "", 0))


def make_again(tx: Tx, persons: Collection[str]) -> None:
    """Make all views of these persons again, whatever they were made on before."""
    tx.known.grounds.clear()
    tx.persons.update(persons)
    refresh(tx, _system(tx), Cause(tx.ref(), "", 0))


def read(codec: Codec, data: bytes, *, keep: bool = True) -> tuple[Envelope, Any]:
    """The envelope, and the event or why it cannot be read: where a record belongs is known all the same.
    `keep`: whether somebody asks for it again soon.

    Raises InvalidMessage when there is no envelope.
    """
    try:
        return codec.decode(data) if keep else codec.decode_once(data)
    except InvalidMessage as error:
        return codec.peek(data), error


def _fallen(tx: Tx, message: Fallen) -> Outcome:
    row = message.row
    if not tx.take_fallen(row):
        return Outcome()
    head = tx.head(row.stream)
    if head is None:
        return Outcome()
    cause = Cause(tx.ref(), "", 0)
    if row.name == REFRESH:
        tx.touch(row.stream, row.topic, head.person_ref)
        refresh(tx, _system(tx), cause)
        return Outcome(tuple(tx.written))
    order = Bestilling(row.topic, row.stream, FristUtloept(row.name, row.at), _system(tx))
    _carry_out(tx, (order,), cause)
    return Outcome(tuple(tx.written))


def _carry_out(tx: Tx, orders: Sequence[Bestilling], cause: Cause) -> None:
    for order in orders:
        for follow in _decide(tx, order, cause):
            _decide(tx, follow, cause)
    # By the service itself: a party that may know a part of it may not know who, of which unit, did what led to it.
    refresh(tx, _system(tx), cause)


def _decide(tx: Tx, order: Bestilling, cause: Cause) -> list[Bestilling]:
    """Carry out an order. Returns what follows from its events for other streams of the service."""
    aggregate = tx.aggregate(order.topic)
    loaded = tx.load(order.topic, order.stream)
    if order.expected_version is not None and order.expected_version != loaded.version:
        raise WrongVersion(order.stream, order.expected_version, loaded.version)
    circumstances = Circumstances(tx.now, tx.entropy, tx.service.rules)
    events = aggregate.decide(loaded.state, order.command, circumstances)
    person_ref = loaded.person_ref if loaded.version else tx.person_now(order.person_ref)
    if order.raw is not None:
        if not events or loaded.version:
            raise RuleBroken("bus", "a message that is kept must begin its stream")
        digest = tx.keep_raw(order.stream, person_ref, order.raw)
        events = [replace(cast(Any, events[0]), **{RAW_DIGEST: digest}), *events[1:]]
    before, first = aggregate.due(loaded.state), loaded.version + 1
    for event in events:
        loaded = tx.append(
            aggregate, order.stream, person_ref, event,
            actor=order.actor, ground=order.ground, audience=order.audience,
            hendt=order.hendt or tx.now, mottatt=order.mottatt or tx.now,
            correlation=cause.correlation, causation=cause.causation, depth=cause.depth,
        )  # fmt: skip
    for entry, leads_to in order.blind:
        tx.keys.add_blind(entry, leads_to)
    _set_due(tx, aggregate, order.stream, before, loaded.state)
    follows = tx.service.follows
    leads_on = [(nr, event) for nr, event in enumerate(events, first) if event.avro_name in follows]
    return [one for nr, event in leads_on for one in follows[event.avro_name](tx, order.stream, nr, event)]


def _set_due(tx: Tx, aggregate: Aggregate, stream: str, before: Sequence[Any], state: Any) -> None:
    after = aggregate.due(state)
    if after == before:
        return
    for gone in {entry.name for entry in before} - {entry.name for entry in after}:
        tx.clear_due(stream, gone)
    for entry in after:
        if entry not in before:
            tx.set_due(due.DueRow(stream, entry.name, aggregate.topic, entry.at))


def _system(tx: Tx) -> Actor:
    return Actor("system", tx.organisation, tx.service.name)
