"""A service at work on its store: commands in, records in, due things judged, each in one durable transaction."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from bindeledd.core.clock import Clock, Entropy, new_ref, system_entropy
from bindeledd.core.errors import BindeleddError, InvalidMessage, TransientError
from bindeledd.ops import logs, metrics
from bindeledd.runtime.handle import Command, Fallen, Message, Outcome, Received, handle, look_again
from bindeledd.runtime.inbox import Verdict
from bindeledd.runtime.known import Known
from bindeledd.runtime.service import Plan, Service
from bindeledd.runtime.transaction import Tx
from bindeledd.schema.codec import Codec
from bindeledd.seal.keyring import Keyring, KeySession
from bindeledd.store import due, intake, log, views
from bindeledd.store.db import Db
from bindeledd.store.disk import refused_by_disk
from bindeledd.store.migrations import SERVICE, bring_up
from bindeledd.store.writer import Writer

T = TypeVar("T")
Job = Callable[[], None]

PROBE_BYTES = 1024 * 1024
"""A disk that has no room for this much is still full."""
UNHEARD = "unheard"
"""Fact beside the log: a name for the last transaction that judged grounds while nobody was heard; empty when all views
have been made again since."""
RETRY_AFTER = timedelta(minutes=1)
"""When a due thing could not be judged, it is brought up again after this."""
DUE_SECONDS = 1.0
"""Where others work in the store too, what falls due may be theirs to hear of first: we ask again after this."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an engine leans on besides its own store: shared by all services of a process."""

    codec: Codec
    keyring: Keyring
    clock: Clock
    entropy: Entropy
    organisation: str = ""
    turn: AbstractContextManager[Any] = field(default_factory=threading.Lock)
    """One service at a time works in this process; while it waits for the disk, another may."""


class Engine:
    """One service on one store. Safe to call from several threads; and where the store can tell who wrote in it last,
    several processes may each have one."""

    def __init__(self, service: Service, db: Db, reader: Db, around: Surroundings) -> None:
        self.service, self.around = service, around
        self._db, self.reader = db, reader
        self._read_lock = threading.Lock()
        self._known = Known()
        self._session: KeySession
        self.hindered = ""
        """Why the disk would not have what was written last; empty when all is well, and again when a probe says so."""
        self.listeners: list[Callable[[], None]] = []
        """Called after each commit that appended something."""
        self.catch_up: list[Callable[[], int]] = []
        """Called before each command: take in what waits of the sources that grounds lean on."""
        self.heard: Callable[[], bool] = lambda: True
        """Whether those who write what grounds lean on have been heard from lately."""
        self._id = new_ref(system_entropy)
        """How the store knows that it was us who wrote last."""
        _create_tables(service, db)
        self.epoch = int(log.meta(db, "epoch") or 1)
        if log.meta(db, "epoch") is None:
            log.set_meta(db, "epoch", "1")
        self._position = self._durable = log.last_position(db)
        self._waiting = intake.waiting(db)
        self._due = _Due()
        self._seconds = metrics.HANDLE_SECONDS.labels(service.name)
        self._writer = Writer(self._commit)
        self._certain = False
        """Whether we know what is there: not while a commit is under way whose answer may never come."""
        self._find_out()
        self._run(self._raise_epoch_if_restored)

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

    def read(self, question: Callable[[Db], Any]) -> Any:
        """Ask the store something outside any writing transaction."""
        with self._read_lock:
            return question(self.reader)

    def look(self, question: Callable[[Tx], Any]) -> Any:
        """Ask with folded states at hand, under the writer lock; nothing is written."""
        return self._run(lambda: question(self._tx()))

    @property
    def position(self) -> int:
        """Up to where the log is durable."""
        return self._durable

    @property
    def waiting(self) -> frozenset[str]:
        """The streams that wait in quarantine: another set whenever something was parked, or is no longer."""
        return self._waiting

    @property
    def parked(self) -> int:
        """How many streams wait in quarantine."""
        return len(self._waiting)

    def next_due(self) -> datetime | None:
        """The moment when the next thing falls due."""
        changes, now = self._due.changes, time.monotonic()
        if changes != self._due.asked or (self._db.beside and now - self._due.asked_at > DUE_SECONDS):
            self._due.at = self.read(due.next_at)
            self._due.asked, self._due.asked_at = changes, now
        return self._due.at

    def raise_epoch(self, beyond: int = 0) -> None:
        """The log was restored from a backup: what is written now may stand where something else stood before, and
        whoever reads it shall start over, and see that. `beyond`: the last epoch that it is known to have had."""
        self._run(lambda: self._raise_epoch(beyond))

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

    def probe(self) -> None:
        """Write to see whether the disk takes it again, also in the keyring. Raises DiskRefuses while it does not."""
        try:
            self.around.keyring.probe()
        except Exception as error:
            raise refused_by_disk(error) or error from error
        for something in ("x" * PROBE_BYTES, ""):
            self._run(partial(log.set_meta, self._db, "probe", something))
        self.idle()
        self.hindered = ""

    def idle(self) -> None:
        """Nothing waits: fold the write-ahead log in, clear away what was destroyed, and forget what was opened."""
        try:
            self._writer.run_alone(self._db.idle)
            self._writer.run_alone(self._known.grounds.clear)
        except Exception as error:
            self._note_disk(error)
            raise refused_by_disk(error) or error from error

    def close(self) -> None:
        self._writer.run_alone(self._db.idle)
        self._db.close()
        self.reader.close()

    # -- inside -------------------------------------------------------------------------------------------------

    def _run(self, job: Callable[[], T]) -> T:
        return self._writer.run(job)

    def _commit(self, jobs: list[Job]) -> None:
        started = time.perf_counter()
        self._session = self.around.keyring.session(self.service.name)
        self._begin()
        try:
            with self.around.turn:
                self._carry_out(jobs)
            if self._position != self._durable:
                self._db.announce()
            self._certain = False
            self._session.flush(self._durable, self._position, self._db)
            self._db.commit()
            self._certain = True
            self._session.committed()
        except BaseException as error:
            self._db.rollback()
            self._note_disk(error)
            self._give_up()
            raise
        self._seconds.observe(time.perf_counter() - started)
        self._due.settle()
        if self._position != self._durable:
            self._durable = self._position
            for listener in self.listeners:
                listener()

    def _carry_out(self, jobs: list[Job]) -> None:
        if len(jobs) == 1:
            jobs[0]()
            return
        for job in jobs:
            self._in_savepoint(job)

    def _begin(self) -> None:
        try:
            if not self._certain:
                self._find_out()
            stands = self._db.begin(log.STANDS)
            if stands is not None:
                self._follow(log.Stands(*stands))
        except Exception as error:
            self._db.rollback()
            self._note_disk(error)
            raise

    def _follow(self, stands: log.Stands) -> None:
        """Where another has written since we did, or the log was restored: what we know of the store is asked anew,
        under the writer lock. From this transaction on it is us who wrote last."""
        if (stands.writer, stands.position or 0) == (self._id, self._durable):
            return
        before, self._durable = self._durable, stands.position or 0
        self._undone(self._durable)
        self.epoch = int(stands.epoch or self.epoch)
        self._due.changes += 1
        log.set_meta(self._db, "writer", self._id)
        if self._durable != before:
            for listener in self.listeners:
                listener()

    def _undone(self, position: int) -> None:
        """What was written since then is not there: the log stands at `position`."""
        self._position = position
        self._known.forget()
        self._waiting = intake.waiting(self._db)

    def _note_disk(self, error: BaseException) -> None:
        """Remember that the disk is to blame, if it is, and wake whoever can see when it is mended."""
        refused = refused_by_disk(error)
        if refused is None or self.hindered:
            return
        self.hindered = f"{self.service.name}: {refused}"
        logs.warning("disk.refuses", service=self.service.name, reason=str(refused))
        for listener in self.listeners:
            listener()

    def _give_up(self) -> None:
        """What was begun is not there. What cannot be known now is found out before the next commit."""
        certain, self._certain = self._certain, False
        with suppress(Exception):
            if not certain:
                self._find_out()
                return
            self._undone(self._durable)
            self._certain = True

    def _find_out(self) -> None:
        """Where the log stands, and nothing stays in the keyring that was made for a commit which never came.

        Under the writer lock, for a commit whose answer was lost may still be under way.
        """
        name, before = self.service.name, self._durable
        self._db.begin()
        try:
            self._durable = log.last_position(self._db)
            self._undone(self._durable)
            self.around.keyring.settle(name, self._durable, lambda: log.owners(self._db, name))
        finally:
            self._db.rollback()
        self._certain = True
        if self._durable != before:
            for listener in self.listeners:
                listener()

    def _raise_epoch_if_restored(self) -> None:
        if self.around.keyring.knows_more(self.service.name, self._position):
            self._raise_epoch(0)

    def _raise_epoch(self, beyond: int) -> None:
        self.epoch = max(self.epoch, beyond) + 1
        log.set_meta(self._db, "epoch", str(self.epoch))
        self.around.keyring.restored(self.service.name, self._position)
        logs.warning("log.restored", service=self.service.name, position=self._position, epoch=self.epoch)

    def _in_savepoint(self, job: Job) -> BaseException | None:
        """Run a job in a savepoint. What it raised is undone and handed back: the job's owner hears it."""
        mark, position = self._session.mark(), self._position
        self._db.savepoint()
        try:
            job()
            self._db.release()
        except Exception as error:
            if (refused := refused_by_disk(error)) is not None:
                # The store may have ended the whole transaction, and what does not fit is nobody's fault to park.
                raise refused from error
            self._db.undo()
            self._session.undo_to(mark)
            self._undone(position)
            return error
        return None

    def _tx(self, *, retrying: bool = False) -> Tx:
        around = self.around
        return Tx(
            self._db, self.service, around.codec, self._session, around.entropy, self._known, self._waiting,
            around.clock(), around.organisation, self.epoch, self._position, self.heard(), retrying,
        )  # fmt: skip

    def _handle(self, message: Message, *, retrying: bool = False) -> Outcome:
        return self._kept(lambda tx: handle(tx, message), retrying=retrying)

    def _kept(self, job: Callable[[Tx], T], *, retrying: bool = False) -> T:
        tx = self._tx(retrying=retrying)
        done = job(tx)
        self._keep(tx)
        return done

    def _keep(self, tx: Tx) -> None:
        """All has gone well in `tx`: the next one begins where it ended."""
        tx.keep_known()
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
        verdicts = [self._take_in(record, tx) for record in records]
        if tx is not None:
            self._keep(tx)
        waits = [record for record, verdict in zip(records, verdicts, strict=True) if verdict == Verdict.WAITS.value]
        for stream in dict.fromkeys(self.around.codec.peek(record.data).stream for record in waits):
            self._close_gap(stream)
        for source, (epoch, upto) in cursors.items():
            intake.set_cursor(self._db, source, epoch, upto)
        for verdict, count in Counter(verdicts).items():
            metrics.RECEIVED.labels(self.service.name, verdict).inc(count)

    def _take_in(self, record: Received, tx: Tx | None = None, *, retrying: bool = False) -> str:
        """What the inbox says of one record, which is parked when it cannot take effect ("parked": it failed).

        Without a `tx` that it shares with others it has a savepoint of its own: what it did is undone when it fails.
        """
        found: Verdict | BaseException
        found = handle(tx, record).verdict if tx is not None else self._attempt(record, retrying=retrying)
        if found in (Verdict.NEXT, Verdict.DUPLICATE):
            return str(found.value)
        verdict = str(found.value) if isinstance(found, Verdict) else "parked"
        self._park(record, "" if found is Verdict.WAITS else _reason(found), tx)
        return verdict

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
            if verdict not in (Verdict.NEXT.value, Verdict.DUPLICATE.value):
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


@dataclass(slots=True)
class _Due:
    """When the next thing falls due, as long as no commit has changed that."""

    at: datetime | None = None
    changes: int = 0
    """Commits that have changed what is due."""
    asked: int = -1
    """How many there were when `at` was read."""
    asked_at: float = 0.0
    touched: bool = False
    """Whether the open transaction has."""

    def settle(self) -> None:
        self.changes += self.touched
        self.touched = False


def _reason(found: Verdict | BaseException) -> str:
    """What may be shown of an error. Our own errors hold no person's data; of others only the type is kept."""
    match found:
        case Verdict():
            return f"{found.value}: the record does not follow the stream as it is known here"
        case BindeleddError():
            return str(found)
        case _:
            return f"unexpected {type(found).__name__}"


def _create_tables(service: Service, db: Db) -> None:
    bring_up(db, SERVICE)
    if db.beside:
        return
    for tables in (log.HEADS, views.TABLES, due.TABLES):
        db.create(tables)
    for projection in service.projections:
        for table in projection.tables:
            table.create(db.sqlalchemy(), checkfirst=True)
