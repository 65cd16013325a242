"""An open transaction: reads state, appends records, and keeps the tables that are folded from them in step."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from bindeledd.core.clock import new_ref
from bindeledd.core.decider import Aggregate
from bindeledd.core.envelope import Actor, Envelope, record_hash
from bindeledd.core.errors import InvalidMessage, RuleBroken, Shredded, UnknownSchema, UnmetContent
from bindeledd.core.sealed import Forseglet, Klartekst
from bindeledd.runtime.known import Known
from bindeledd.runtime.service import Service
from bindeledd.schema.codec import Codec
from bindeledd.schema.framing import fingerprint_in
from bindeledd.seal import keys as crypto
from bindeledd.seal.keyring import KeySession
from bindeledd.store import due, intake, log
from bindeledd.store import views as shown
from bindeledd.store.db import Db

if TYPE_CHECKING:
    from bindeledd.core.clock import Entropy


def learn_kept(codec: Codec, db: Db) -> None:
    """Have the codec read what is in this store, also what newer releases of other services wrote."""
    for schema in log.kept_schemas(db):
        with suppress(InvalidMessage):  # of a type that this release does not know any more
            codec.learn(schema)


class Loaded(NamedTuple):
    """A stream as it stands: its folded state, and what the next record must follow."""

    state: Any
    version: int
    hash: bytes
    person_ref: str | None


class Written(NamedTuple):
    """One record that was appended: where it stands."""

    topic: str
    stream: str
    version: int
    position: int


_UNKNOWN = object()


@dataclass(slots=True)
class Tx:
    """One savepoint's worth of work. Implements `Lookup` for plans, reactions and grounds."""

    bare: Db
    """The store, to write to. What is asked of it is asked of `db`."""
    service: Service
    codec: Codec
    keys: KeySession
    entropy: Entropy
    known: Known
    waiting: Collection[str]
    """Streams of which something is in quarantine."""
    now: datetime
    organisation: str
    epoch: int
    position: int
    """The last position used."""
    heard: bool
    """Whether those who write what grounds lean on have been heard from lately."""
    asks: bool
    """Whether somebody can be asked for a schema that is not known here."""
    retrying: bool = False
    pending: log.Pending = field(default_factory=log.Pending)
    judged_unheard: bool = False
    """Whether grounds were asked for though they have not: somebody may have to look again."""
    unknown: int = 0
    written: list[Written] = field(default_factory=list)
    touched: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """Streams whose views may have changed: stream → (topic, person_ref)."""
    persons: set[str] = field(default_factory=set)
    """Persons whose grounds may have changed."""
    heads: dict[str, log.Head | None] = field(default_factory=dict)
    """Where the streams that were asked for stand in this transaction."""
    loaded: dict[str, Loaded] = field(default_factory=dict)
    """Streams folded as they stand in this transaction."""
    streams: dict[tuple[str, str], list[str] | None] = field(default_factory=dict)
    """Which streams of a topic a person has, of those that were asked for; None where that must be asked anew."""
    views: dict[str, Mapping[str, shown.ViewStream]] = field(default_factory=dict)
    """The view streams of the aggregates that were asked for, by party."""
    grounds: dict[str, Any] = field(default_factory=dict)
    """Those on which all views of a person have been made in this transaction."""
    relinked: bool = False
    """Streams have changed hands: nothing that was known of whose they are holds."""
    due_changed: bool = False
    events: list[str] = field(default_factory=list)
    """Avro names of what was appended, for the counters."""

    # -- reading ------------------------------------------------------------------------------------------------

    @property
    def db(self) -> Db:
        """The store, with all that has been appended in it."""
        self.pending.write(self.bare)
        return self.bare

    def ref(self) -> str:
        return new_ref(self.entropy)

    def state(self, topic: str, stream: str) -> Any:
        return self.load(topic, stream).state

    def version(self, stream: str) -> int:
        head = self.head(stream)
        return head.version if head else 0

    def topic(self, stream: str) -> str | None:
        head = self.head(stream)
        return head.topic if head is not None else None

    def head(self, stream: str) -> log.Head | None:
        """Where a stream stands; None when there is none."""
        if stream not in self.heads:
            known = None if self.relinked else self.known.heads.get(stream)
            self.heads[stream] = known or log.head(self.bare, stream)  # it has not been appended to
        return self.heads[stream]

    def look_up(self, streams: Collection[str]) -> None:
        """Find out at once where these streams stand, before each of them is asked for."""
        unknown = [stream for stream in streams if self.known.heads.get(stream) is None]
        if unknown:
            self.heads.update(dict.fromkeys(unknown))
            self.heads.update((head.stream, head) for head in log.heads_of(self.bare, unknown))

    def record(self, stream: str, version: int) -> bytes | None:
        """One record of a stream, as its exact bytes."""
        return log.read_version(self.db, stream, version)

    def streams_of(self, topic: str, person_ref: str) -> list[str]:
        key = (topic, person_ref)
        found = self.streams.get(key)
        if found is None and key not in self.streams and not self.relinked:
            found = self.known.streams.get(key)
        if found is None:
            found = log.streams_of(self.db, topic, person_ref)
        self.streams[key] = found
        return found

    def all_streams_of(self, person_ref: str) -> list[str]:
        return log.all_streams_of(self.db, person_ref)

    def whose(self, stream: str) -> str | None:
        head = self.head(stream)
        return head.person_ref if head is not None else None

    def first_person_of(self, stream: str) -> str | None:
        data = self.record(stream, 1)
        return self.codec.peek(data).person_ref if data is not None else None

    def sealed_by(self, person_ref: str) -> frozenset[str]:
        return self.keys.ring.sealed_by(person_ref)

    def person_now(self, person_ref: str | None) -> str | None:
        """Who a person is now: a record that was joined with another has its own stream relinked to that one."""
        head = self.head(person_ref) if person_ref is not None and self.service.relinks else None
        return head.person_ref if head is not None else person_ref

    def person_of(self, number: str, kind: str, issuer: str) -> str | None:
        return self.keys.person_of(self.blind(number, kind, issuer))

    def blind(self, number: str, kind: str, issuer: str) -> bytes:
        return self.keys.ring.blind(number, kind, issuer)

    def fingerprint(self, *parts: str | bytes) -> bytes:
        return self.keys.ring.fingerprint(*parts)

    def in_doubt(self, person_ref: str) -> bool:
        if not self.heard:
            self.judged_unheard = True
            return True
        if not self.waiting:
            return False
        parked = intake.parked_about(self.db, self.service.ground_topics)
        return any(self.person_now(whose) == person_ref for whose in parked)

    def open(self, sealed: Forseglet[Any] | Klartekst[Any]) -> Any:
        if isinstance(sealed, Klartekst):
            return sealed.content
        if sealed.makulert:
            raise Shredded("the content has been shredded")
        data = crypto.unseal(self.keys.key(sealed.key).secret, sealed)
        try:
            return self.codec.decode_content(data)
        except UnknownSchema:
            if not self.asks:
                raise
        raise UnmetContent(fingerprint_in(data))

    def raw(self, stream: str) -> bytes | None:
        kept, key = log.raw(self.db, stream), self.keys.ring.key_of_stream(stream)
        if kept is None or key is None:
            return None
        nonce, ciphertext = kept[: crypto.NONCE_BYTES], kept[crypto.NONCE_BYTES :]
        return crypto.unseal(key.secret, Forseglet(key.key_id, stream, "raw", nonce, ciphertext))

    def aggregate(self, topic: str) -> Aggregate:
        return next(a for a in self.service.aggregates if a.topic == topic)

    def load(self, topic: str, stream: str) -> Loaded:
        """A stream's folded state, from the cache or from its records.

        Raises RuleBroken for a stream of another kind: a ref from outside may name any, and folded as what it is not it
        would stay so in the cache.
        """
        head = self.head(stream)
        if head is not None and head.topic != topic:
            raise RuleBroken("strøm.slag", "Det finnes ikke noe slikt med denne ref-en")
        known = self.loaded.get(stream)
        if known is None:
            known = self.loaded[stream] = self._load(topic, stream)
        return known

    def _load(self, topic: str, stream: str) -> Loaded:
        folder = self._folder(topic)
        head = self.head(stream)
        if head is None:
            return Loaded(folder.initial, 0, b"", None)
        state = self.known.state(stream, head.hash, _UNKNOWN)
        if state is _UNKNOWN:
            state = folder.initial
            for data in log.read_stream(self.db, stream):
                event = self._read_kept(data)
                state = folder.evolve(state, event) if event is not None else state
            self.known.states.put(stream, (head.hash, state))
        return Loaded(state, head.version, head.hash, head.person_ref)

    def _read_kept(self, data: bytes) -> Any:
        """The event of a record of the log; None for a type that is not known here. A process beside this one may have
        learned how its writer writes."""
        try:
            return self.codec.decode(data)[1]
        except UnknownSchema:
            if not self.codec.reads(self.codec.peek(data).type):
                return None
        learn_kept(self.codec, self.db)
        return self.codec.decode(data)[1]

    def _folder(self, topic: str) -> Any:
        folders: tuple[Any, ...] = (*self.service.aggregates, *self.service.readers)
        for folder in folders:
            if folder.topic == topic:
                return folder
        raise LookupError(f"{self.service.name} neither owns nor reads {topic}")

    # -- writing ------------------------------------------------------------------------------------------------

    def append(
        self, aggregate: Aggregate, stream: str, person_ref: str | None, event: Any, *,
        actor: Actor, ground: str, audience: tuple[str, ...], hendt: datetime, mottatt: datetime,
        correlation: str, causation: str, depth: int,
    ) -> Loaded:  # fmt: skip
        """Append one event to an aggregate's stream and return the stream as it then stands."""
        loaded = self.load(aggregate.topic, stream)
        envelope = Envelope(
            new_ref(self.entropy), event.avro_name, stream, loaded.version + 1, loaded.hash, self.epoch,
            self.position + 1, person_ref, audience, hendt, mottatt, self.now, actor, ground,
            correlation, causation, depth,
        )  # fmt: skip
        sealed, digest = self.write(aggregate.topic, envelope, event, party="")
        state = aggregate.evolve(loaded.state, sealed)
        self.known.states.put(stream, (digest, state))
        loaded = self.loaded[stream] = Loaded(state, envelope.version, digest, person_ref)
        self.fold(aggregate.topic, envelope, sealed)
        if aggregate.views is not None:
            self.touch(stream, aggregate.topic, person_ref)
        return loaded

    def write(
        self, topic: str, envelope: Envelope, event: Any, *, party: str, aggregat: str = "", owner: str | None = None
    ) -> tuple[Any, bytes]:
        """Seal, encode once, and append to the log. Returns the event as sealed, and the record's hash.

        A view is for a `party`, and of the stream `aggregat`; `owner`: whose what is sealed in it is, where the record
        may not say.
        """
        sealed = self._completed(envelope, event, party, aggregat, owner or envelope.person_ref)
        data = self.codec.encode(envelope, sealed)
        digest = record_hash(data)
        self.position = envelope.position
        self._keep(self.service.name, topic, envelope, data, digest, envelope.person_ref)
        self.written.append(Written(topic, envelope.stream, envelope.version, envelope.position))
        self.events.append(event.avro_name)
        return sealed, digest

    def store(self, source: str, topic: str, envelope: Envelope, data: bytes) -> None:
        """Keep another writer's record, as its exact bytes, and note whose grounds it may change."""
        self.position += 1
        self.loaded.pop(envelope.stream, None)
        person_ref = self._whose(envelope)
        self._keep(source, topic, envelope, data, record_hash(data), person_ref)
        if (learned := self.codec.learned(data)) is not None:
            log.keep_schema(self.bare, fingerprint_in(data), learned)
        if person_ref is not None and topic in self.service.ground_topics:
            self.persons.add(person_ref)

    def _keep(
        self, writer: str, topic: str, envelope: Envelope, data: bytes, digest: bytes, person_ref: str | None
    ) -> None:
        stream, version = envelope.stream, envelope.version
        before = self.head(stream)
        begins = before.begins if before is not None else self.position
        self.heads[stream] = new = log.Head(stream, writer, topic, person_ref, begins, version, digest)
        self.pending.append(log.Stored(self.position, writer, topic, stream, begins, version, data), new, before)
        if before is None or before.person_ref != person_ref:
            for whose in (person_ref, before.person_ref if before is not None else None):
                if whose is not None:
                    self.streams[topic, whose] = None

    def _whose(self, envelope: Envelope) -> str | None:
        """Whose a received stream is. Its writer may not know yet which records have been joined or parted: we go by
        what we know, where we follow that ourselves."""
        if not self.service.relinks:
            return envelope.person_ref
        head = self.head(envelope.stream)
        return head.person_ref if head is not None else self.person_now(envelope.person_ref)

    def fold(self, topic: str, envelope: Envelope, event: Any) -> None:
        """Fold one record into the service's projections, and note whose grounds it may have changed."""
        for projection in self.service.projections:
            fold = projection.folds.get(event.avro_name)
            if fold is not None:
                fold(self.bare, envelope, event)
        if envelope.person_ref is not None and topic in self.service.ground_topics:
            self.persons.add(envelope.person_ref)
        relink = self.service.relinks.get(event.avro_name)
        if relink is not None:
            self._relink(*relink(self, envelope, event))

    def _relink(self, streams: Sequence[str], person_ref: str) -> None:
        """Streams belong to another person from now on, and so do the keys to the views of them."""
        views = [view.stream for stream in streams for view in shown.of_aggregate(self.db, stream).values()]
        log.relink(self.db, streams, person_ref)
        self.relinked = True
        for known in (self.heads, self.loaded, self.streams, self.grounds):
            known.clear()
        self.keys.relink([*streams, *views], person_ref)
        self.persons.add(person_ref)

    def set_due(self, row: due.DueRow) -> None:
        due.set_due(self.bare, row)
        self.due_changed = True

    def take_fallen(self, row: due.DueRow) -> bool:
        """Take a thing that fell due, to judge it. False when it has been judged, or moved, since it was read."""
        found = due.clear_fallen(self.bare, row)
        self.due_changed |= found
        return found

    def clear_due(self, stream: str, name: str) -> None:
        self.due_changed |= due.clear(self.bare, stream, name)

    def views_of(self, aggregate: str) -> Mapping[str, shown.ViewStream]:
        """Party → its view stream, for one aggregate."""
        found = self.views.get(aggregate) or self.known.views.get(aggregate)
        if found is None:
            found = shown.of_aggregate(self.bare, aggregate)
        self.views[aggregate] = found
        return found

    def save_view(self, view: shown.ViewStream) -> None:
        shown.save(self.bare, view)
        self.views[view.aggregate] = {**self.views_of(view.aggregate), view.party: view}

    def grounds_changed(self, person_ref: str, now: Any) -> bool:
        """Whether somebody may get another answer than when all views of the person were last made; from now on they
        are made on these grounds."""
        before = self.grounds.get(person_ref)
        if before is None and not self.relinked:
            before = self.known.grounds.get(person_ref)
        self.grounds[person_ref] = now
        return before is None or not self.service.same_answers(before, now)

    def finish(self) -> None:
        """Write what waits. The savepoint has gone well then: what was read and written in it is known from now on."""
        self.pending.write(self.bare)
        if self.relinked:
            self.known.forget()
        for stream, head in self.heads.items():
            if head is not None:
                self.known.heads.put(stream, head)
        for key, streams in self.streams.items():
            if streams is None:
                self.known.streams.drop(key)
            else:
                self.known.streams.put(key, streams)
        for aggregate, views in self.views.items():
            self.known.views.put(aggregate, views)
        for person_ref, grounds in self.grounds.items():
            self.known.grounds.put(person_ref, grounds)

    def touch(self, stream: str, topic: str, person_ref: str | None) -> None:
        self.touched[stream] = (topic, person_ref)

    def keep_raw(self, stream: str, person_ref: str | None, raw: bytes) -> bytes:
        """Keep bytes as they came, sealed under the stream's own key. Returns the SHA-256 of what is kept, by which
        anybody sees that it is whole, also without the key."""
        key = self.keys.key_for(stream, person_ref)
        sealed = crypto.seal(key.key_id, key.secret, stream, "raw", raw, self.entropy(crypto.NONCE_BYTES))
        kept = sealed.nonce + sealed.ciphertext
        log.keep_raw(self.bare, stream, kept)
        return hashlib.sha256(kept).digest()

    def _completed(self, envelope: Envelope, event: Any, party: str, aggregat: str, owner: str | None) -> Any:
        changes: dict[str, Any] = {"aggregat": aggregat} if aggregat else {}
        for name in self.codec.sealed_fields(event.avro_name):
            value = getattr(event, name)
            if value is None:
                continue
            if isinstance(value, tuple):
                several = (
                    self._seal_value(envelope, f"{name}.{nr}", one, party, owner) for nr, one in enumerate(value)
                )
                changes[name] = tuple(several)
                continue
            changes[name] = self._seal_value(envelope, name, value, party, owner)
        return replace(event, **changes) if changes else event

    def _seal_value(
        self, envelope: Envelope, name: str, value: Any, party: str, owner: str | None
    ) -> Forseglet[Any]:  # fmt: skip
        if isinstance(value, Forseglet):
            if value.makulert:
                return value
            try:
                content = crypto.unseal(self.keys.key(value.key).secret, value)
            except Shredded:
                return crypto.makulert(value)
            origin, field_name = value.origin, value.field
        else:
            content, origin, field_name = self.codec.encode_content(value.content), envelope.id, name
        key = self.keys.key_for(envelope.stream, owner, party)
        if isinstance(value, Forseglet) and value.key == key.key_id:
            return value
        return crypto.seal(key.key_id, key.secret, origin, field_name, content, self.entropy(crypto.NONCE_BYTES))
