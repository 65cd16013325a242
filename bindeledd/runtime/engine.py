"""A service at work on its store: commands in, records in, due things judged, each in one durable transaction."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from bindeledd.core.errors import BindeleddError, InvalidMessage, TransientError, UnknownSchema, UnmetContent
from bindeledd.ops import metrics, tracing
from bindeledd.runtime.handle import Command, Fallen, Message, Outcome, Received, handle, look_again, read
from bindeledd.runtime.inbox import Verdict
from bindeledd.runtime.ledger import Ledger, Surroundings
from bindeledd.runtime.service import Plan, Service
from bindeledd.runtime.transaction import Tx, learn_kept
from bindeledd.schema.framing import fingerprint_in
from bindeledd.store import due, intake, log
from bindeledd.store.db import Db

T = TypeVar("T")

UNHEARD = "unheard"
"""Fact beside the log: a name for the last transaction that judged grounds while nobody was heard; empty when all views
have been made again since."""
RETRY_AFTER = timedelta(minutes=1)
"""When a due thing could not be judged, it is brought up again after this."""
DUE_SECONDS = 1.0
"""Where others work in the store too, what falls due may be theirs to hear of first: we ask again after this."""


class Engine(Ledger):
    """One service on one store. Safe to call from several threads and, as its ledger says, from several processes."""

    def __init__(self, service: Service, db: Db, reader: Db, around: Surroundings) -> None:
        super().__init__(service, db, reader, around)
        self.catch_up: list[Callable[[], int]] = []
        """Called before each command: take in what waits of the sources that grounds lean on."""
        self.heard: Callable[[], bool] = lambda: True
        """Whether those who write what grounds lean on have been heard from lately."""
        self.meet: Callable[[bytes], Mapping[str, Any]] | None = None
        """Asks the registry for the schema of opened content, by its fingerprint, where there is one to ask."""

    # -- messages -----------------------------------------------------------------------------------------------

    def command(self, plan: Plan, *, correlation: str = "", request: tuple[str, bytes] | None = None) -> Outcome:
        """Carry out a request. Durable on return. Raises what the rules refuse; nothing is then left behind."""
        for advance in self.catch_up:
            while advance():
                pass
        try:
            outcome = self._run(lambda: self._handle(Command(plan, correlation, request)))
        except BindeleddError as error:
            metrics.COMMANDS.labels(self.service.name, type(error).__name__).inc()
            raise
        metrics.COMMANDS.labels(self.service.name, "ok").inc()
        return outcome

    def receive(self, cursors: Mapping[str, tuple[int, int]], records: Sequence[Received]) -> None:
        """Take in a page of other writers' records, in one transaction, and move each cursor to its (epoch, position).

        One that cannot take effect is parked with its error, and what comes after it in its stream queues behind.
        Raises TransientError when the page should be tried again as it is.
        """
        try:
            self._run(lambda: self._page(cursors, records, guarded=False))
        except TransientError:
            raise
        except Exception:  # noqa: BLE001 - rare, so it is only now that each record pays for a savepoint of its own
            self._run(lambda: self._page(cursors, records, guarded=True))

    def judge_due(self, now: datetime) -> int:
        """Bring up everything that has fallen due by `now`. Returns how many things."""
        first = self.next_due()
        if first is None or first > now:
            return 0
        rows: list[due.DueRow] = self.read(lambda db: due.fallen(db, now))
        for row in rows:
            self._judge(row)
        return len(rows)

    def bring_up(self, rows: Sequence[due.DueRow]) -> None:
        """Have these brought up by the next `judge_due`."""
        self._run(lambda: self._set_due(rows))

    def change(self, job: Callable[[Tx], T]) -> T:
        """Do something in one transaction, with folded states at hand, and keep it."""
        return self._run(lambda: self._kept(job))

    def retry(self, stream: str) -> int:
        """Try a parked stream again from its first parked record. Returns how many records took effect."""
        return self._run(lambda: self._retry(stream))

    def skip(self, stream: str, note: Callable[[intake.Parked], Plan]) -> Outcome:
        """Fold a stream's first parked record without its reactions, and carry out the plan that says why; then try
        what waits behind it. Raises InvalidMessage when nothing is parked, or when the record cannot even be folded."""
        return self._run(lambda: self._skip(stream, note))

    # -- reading ------------------------------------------------------------------------------------------------

    def look(self, question: Callable[[Tx], Any]) -> Any:
        """Ask with folded states at hand, under the writer lock; nothing is written."""
        return self._run(lambda: question(self._tx()))

    def content(self, data: bytes) -> Any:
        """What opened content says. Raises UnknownSchema, InvalidMessage; TransientError when the registry is away."""
        try:
            return self.around.codec.decode_content(data)
        except UnknownSchema:
            if self.meet is None:
                raise
        self._meet(fingerprint_in(data))
        return self.around.codec.decode_content(data)

    def next_due(self) -> datetime | None:
        """The moment when the next thing falls due."""
        changes, now = self._due.changes, time.monotonic()
        if changes != self._due.asked or (self._db.beside and now - self._due.asked_at > DUE_SECONDS):
            self._due.at = self.read(due.next_at)
            self._due.asked, self._due.asked_at = changes, now
        return self._due.at

    def measure(self) -> None:
        """Bring the gauges up to date."""
        name = self.service.name
        metrics.WAL_BYTES.labels(name).set(self._db.wal_bytes())
        position, parked = self._position, self.parked
        if self._db.beside:
            with suppress(TransientError):  # then what was known last is told
                position, parked = self.read(log.last_position), len(self.read(intake.waiting))
        metrics.POSITION.labels(name).set(position)
        metrics.PARKED.labels(name).set(parked)

    # -- inside -------------------------------------------------------------------------------------------------

    def _run(self, job: Callable[[], T]) -> T:
        """In a transaction. One that meets content of a schema that is new here is undone, and begun again when the
        schema is known (ADR 0012)."""
        while True:
            try:
                return super()._run(job)
            except UnmetContent as unmet:
                self._meet(unmet.fingerprint)

    def _meet(self, fingerprint: bytes) -> None:
        """Learn a schema: from the store, if a process beside this one has kept it there, else from the registry.
        Raises TransientError when that is away or does not have it (yet)."""
        codec = self.around.codec
        self.read(partial(learn_kept, codec))
        if codec.knows(fingerprint):
            return
        assert self.meet is not None
        schema = self.meet(fingerprint)
        self._run(lambda: log.keep_schema(self._db, fingerprint, schema))

    def _tx(self, *, retrying: bool = False) -> Tx:
        around = self.around
        return Tx(
            self._db, self.service, around.codec, self._session, around.entropy, self._known, self._waiting,
            around.clock(), around.organisation, self.epoch, self._position, self.heard(), self.meet is not None,
            retrying,
        )  # fmt: skip

    def _handle(self, message: Message, *, retrying: bool = False) -> Outcome:
        return self._kept(lambda tx: self._handle_in(tx, message), retrying=retrying)

    def _kept(self, job: Callable[[Tx], T], *, retrying: bool = False) -> T:
        tx = self._tx(retrying=retrying)
        done = job(tx)
        self._keep(tx)
        return done

    def _handle_in(self, tx: Tx, message: Message) -> Outcome:
        if not tracing.on():
            return handle(tx, message)
        since = time.time_ns()
        outcome = handle(tx, message)
        self._trace(tx, message, outcome, since)
        return outcome

    def _trace(self, tx: Tx, message: Message, outcome: Outcome, since: int) -> None:
        """Tell what took effect. What a commit that fails undoes has been told all the same."""
        name, peek = self.service.name, self.around.codec.peek
        if isinstance(message, Received):
            if outcome.verdict is Verdict.NEXT:
                tracing.did(name, "takes in", peek(message.data), since, writer=message.source)
        elif outcome.written and not outcome.repeated:
            first = outcome.written[0]
            data = tx.record(first.stream, first.version)
            assert data is not None
            tracing.did(name, "carries out", peek(data), since, writer=None)

    def _keep(self, tx: Tx) -> None:
        """All has gone well in `tx`: the next one begins where it ended."""
        tx.finish()
        self._position = tx.position
        if tx.judged_unheard:
            log.set_meta(self._db, UNHEARD, tx.ref())
        self._due.touched |= tx.due_changed
        for name in tx.events:
            metrics.event(self.service.name, name.rpartition(".")[2])
        if tx.unknown:
            metrics.UNKNOWN.labels(self.service.name).inc(tx.unknown)

    def _page(self, cursors: Mapping[str, tuple[int, int]], records: Sequence[Received], *, guarded: bool) -> None:
        tx = None if guarded else self._tx()
        if tx is not None:
            tx.look_up({(each.content or read(self.around.codec, each.data))[0].stream for each in records})
        verdicts = [self._take_in(record, tx) for record in records]
        if tx is not None:
            self._keep(tx)
        waits = [record for record, verdict in zip(records, verdicts, strict=True) if verdict is Verdict.WAITS]
        for stream in dict.fromkeys(self.around.codec.peek(record.data).stream for record in waits):
            self._close_gap(stream)
        for source, (epoch, upto) in cursors.items():
            intake.set_cursor(self._db, source, epoch, upto)
        for verdict, count in Counter(verdicts).items():
            metrics.RECEIVED.labels(self.service.name, verdict).inc(count)

    def _take_in(self, record: Received, tx: Tx | None = None, *, retrying: bool = False) -> Verdict:
        """What the inbox says of one record, which is parked when it cannot take effect.

        Without a `tx` that it shares with others it has a savepoint of its own: what it did is undone when it fails.
        """
        found: Verdict | BaseException
        found = self._handle_in(tx, record).verdict if tx is not None else self._attempt(record, retrying=retrying)
        if found is Verdict.NEXT or found is Verdict.DUPLICATE:
            return found
        self._park(record, "" if found is Verdict.WAITS else _reason(found), tx)
        return found if isinstance(found, Verdict) else Verdict.PARKED

    def _attempt(self, record: Received, *, retrying: bool) -> Verdict | BaseException:
        verdicts: list[Verdict] = []
        error = self._in_savepoint(lambda: verdicts.append(self._handle(record, retrying=retrying).verdict))
        if isinstance(error, TransientError):
            raise error
        return error or verdicts[0]

    def _park(self, record: Received, why: str, tx: Tx | None) -> None:
        envelope = self.around.codec.peek(record.data)
        intake.park(
            self._db,
            intake.Parked(
                record.source, record.topic, envelope.stream, envelope.version, record.position, envelope.person_ref,
                why, record.data,
            ),
        )  # fmt: skip
        self._look_again(record.topic, envelope.person_ref, tx)

    def _look_again(self, topic: str, person_ref: str | None, tx: Tx | None = None) -> None:
        self._waiting = intake.waiting(self._db)
        if tx is not None:
            tx.waiting = self._waiting
            look_again(tx, topic, person_ref)
            return
        self._kept(lambda tx: look_again(tx, topic, person_ref))

    def _retry(self, stream: str) -> int:
        effects, rows = 0, intake.parked(self._db, stream)
        for row in rows:
            self._release(row)
            record = Received(row.source, row.topic, row.position, row.data)
            verdict = self._take_in(record, retrying=True)
            metrics.RECEIVED.labels(self.service.name, verdict).inc()
            if verdict not in (Verdict.NEXT, Verdict.DUPLICATE):
                break
            effects += 1
        for row in rows[:1]:
            self._look_again(row.topic, row.person_ref)
        return effects

    def _close_gap(self, stream: str) -> None:
        """Go on with a stream that was parked because a record was missing, if that one has come in since."""
        first = intake.first_parked(self._db, stream)
        head = log.head(self._db, stream)
        if first is not None and not first.error and first.version == (head.version if head else 0) + 1:
            self._retry(stream)

    def _skip(self, stream: str, note: Callable[[intake.Parked], Plan]) -> Outcome:
        row = next(iter(intake.parked(self._db, stream)), None)
        if row is None:
            raise InvalidMessage("nothing of this stream is parked", stream, "See `bindeledd quarantine list`")
        self._release(row)
        record = Received(row.source, row.topic, row.position, row.data, react=False)
        if self._handle(record, retrying=True).verdict is Verdict.GAP:
            raise InvalidMessage("records before this one are missing", stream, "Fill the gap, then use `retry`")
        outcome = self._handle(Command(note(row)))
        self._retry(stream)
        self._look_again(row.topic, row.person_ref)
        return outcome

    def _release(self, row: intake.Parked) -> None:
        intake.release(self._db, row)
        self._waiting = intake.waiting(self._db)

    def _set_due(self, rows: Sequence[due.DueRow]) -> None:
        for row in rows:
            due.set_due(self._db, row)
        self._due.touched = True

    def _postpone(self, row: due.DueRow) -> None:
        due.postpone(self._db, row, self.around.clock() + RETRY_AFTER)
        self._due.touched = True

    def _judge(self, row: due.DueRow) -> None:
        effect = self.service.effects.get(row.name)
        try:
            if effect is not None:
                effect(self, row.stream, row.at)
            self._run(lambda: self._handle(Fallen(row)))
        except Exception as error:
            self._run(partial(self._postpone, row))
            metrics.RETRIES.labels(self.service.name).inc()
            if not isinstance(error, BindeleddError):
                raise


def _reason(found: Verdict | BaseException) -> str:
    """What may be shown of an error. Our own errors hold no person's data; of others only the type is kept."""
    match found:
        case Verdict():
            return f"{found}: the record does not follow the stream as it is known here"
        case BindeleddError():
            return str(found)
        case _:
            return f"unexpected {type(found).__name__}"
