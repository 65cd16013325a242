"""A service at work on its store: commands in, records in, due things judged, each in one durable transaction."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bindeledd.core.clock import Clock, Entropy
from bindeledd.core.errors import BindeleddError, InvalidMessage, TransientError
from bindeledd.ops import metrics
from bindeledd.runtime.handle import Command, Fallen, Message, Outcome, Received, handle
from bindeledd.runtime.inbox import Verdict
from bindeledd.runtime.service import Plan, Service
from bindeledd.runtime.transaction import StateCache, Tx
from bindeledd.schema.codec import Codec
from bindeledd.seal.keyring import Keyring, KeySession
from bindeledd.store import due, intake, log, views
from bindeledd.store.db import Db
from bindeledd.store.writer import Writer

Job = Callable[[], None]

RETRY_AFTER = timedelta(minutes=1)
"""When a due thing could not be judged, it is brought up again after this."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an engine leans on besides its own store: shared by all services of a process."""

    codec: Codec
    keyring: Keyring
    clock: Clock
    entropy: Entropy
    organisation: str = ""


class Engine:
    """One service on one store. Safe to call from several threads."""

    def __init__(self, service: Service, db: Db, reader: Db, around: Surroundings) -> None:
        self.service, self.around = service, around
        self._db, self.reader = db, reader
        self._read_lock = threading.Lock()
        self._cache = StateCache()
        self._session: KeySession
        self.listeners: list[Callable[[], None]] = []
        """Called after each commit that appended something."""
        self.catch_up: list[Callable[[], int]] = []
        """Called before each command: take in what waits of the sources that grounds lean on."""
        _create_tables(service, db)
        self.epoch = int(log.meta(db, "epoch") or 1)
        if log.meta(db, "epoch") is None:
            log.set_meta(db, "epoch", "1")
        self._position = log.last_position(db)
        self._settle()
        self._writer = Writer(self._commit)

    # -- messages -----------------------------------------------------------------------------------------------

    def command(self, plan: Plan, *, correlation: str = "", request: tuple[str, bytes] | None = None) -> Outcome:
        """Carry out a request. Durable on return. Raises what the rules refuse; nothing is then left behind."""
        for advance in self.catch_up:
            while advance():
                pass
        try:
            outcome = self._writer.run(lambda: self._handle(Command(plan, correlation, request)))
        except BindeleddError as error:
            metrics.COMMANDS.labels(self.service.name, type(error).__name__).inc()
            raise
        metrics.COMMANDS.labels(self.service.name, "ok").inc()
        return outcome

    def receive(self, source: str, epoch: int, upto: int, records: Sequence[Received]) -> None:
        """Take in a page of another writer's records, in one transaction, and move the cursor to `upto`.

        Each record has a savepoint of its own: one that cannot take effect is parked with its error, and what comes
        after it in its stream queues behind. Raises TransientError when the page should be tried again as it is.
        """
        self._writer.run(lambda: self._page(source, epoch, upto, records))

    def judge_due(self, now: datetime) -> int:
        """Bring up everything that has fallen due by `now`. Returns how many things."""
        with self._read_lock:
            rows = due.fallen(self.reader, now)
        for row in rows:
            self._judge(row)
        return len(rows)

    def retry(self, stream: str) -> int:
        """Try a parked stream again from its first parked record. Returns how many records took effect."""
        return self._writer.run(lambda: self._retry(stream))

    def skip(self, stream: str, note: Callable[[intake.Parked], Plan]) -> Outcome:
        """Fold a stream's first parked record without its reactions, and carry out the plan that says why; then try
        what waits behind it. Raises InvalidMessage when nothing is parked, or when the record cannot even be folded."""
        return self._writer.run(lambda: self._skip(stream, note))

    # -- reading ------------------------------------------------------------------------------------------------

    def read(self, question: Callable[[Db], Any]) -> Any:
        """Ask the store something outside any writing transaction."""
        with self._read_lock:
            return question(self.reader)

    def look(self, question: Callable[[Tx], Any]) -> Any:
        """Ask with folded states at hand, under the writer lock; nothing is written."""
        return self._writer.run(lambda: question(self._tx()))

    @property
    def position(self) -> int:
        return self._position

    def measure(self) -> None:
        """Bring the gauges up to date."""
        name = self.service.name
        metrics.WAL_BYTES.labels(name).set(self._db.wal_bytes())
        metrics.POSITION.labels(name).set(self._position)
        metrics.PARKED.labels(name).set(len({row.stream for row in self.read(intake.parked_streams)}))

    def idle(self) -> None:
        """Nothing waits: fold the write-ahead log in, and clear away what was destroyed."""
        self._writer.run_alone(self._db.idle)

    def close(self) -> None:
        self._writer.run_alone(self._db.idle)
        self.around.keyring.tidy()
        self._db.close()
        self.reader.close()

    # -- inside -------------------------------------------------------------------------------------------------

    def _commit(self, jobs: list[Job]) -> None:
        started = time.perf_counter()
        self._session = self.around.keyring.session(self.service.name)
        position = self._position
        self._db.begin()
        try:
            for job in jobs:
                self._in_savepoint(job)
            self._session.flush(self._position)
            self._db.commit()
        except BaseException:
            self._db.rollback()
            self._position = log.last_position(self._db)
            self._settle()
            raise
        metrics.HANDLE_SECONDS.labels(self.service.name).observe(time.perf_counter() - started)
        if self._position != position:
            for listener in self.listeners:
                listener()

    def _settle(self) -> None:
        """Nothing stays in the keyring that was made for a commit which never came."""
        name = self.service.name
        self.around.keyring.settle(name, self._position, lambda: log.owners(self._db, name))

    def _in_savepoint(self, job: Job) -> BaseException | None:
        """Run a job in a savepoint. What it raised is undone and handed back: the job's owner hears it."""
        mark, position = self._session.mark(), self._position
        self._db.savepoint()
        try:
            job()
        except Exception as error:  # noqa: BLE001 - handed back, to be parked or heard by its owner
            self._db.undo()
            self._session.undo_to(mark)
            self._position = position
            return error
        self._db.release()
        return None

    def _tx(self, *, retrying: bool = False) -> Tx:
        around = self.around
        return Tx(
            self._db, self.service, around.codec, self._session, around.entropy, self._cache, around.clock(),
            around.organisation, self.epoch, self._position, retrying,
        )  # fmt: skip

    def _handle(self, message: Message, *, retrying: bool = False) -> Outcome:
        tx = self._tx(retrying=retrying)
        outcome = handle(tx, message)
        self._position = tx.position
        for name in tx.events:
            short = name.rpartition(".")[2]
            metrics.EVENTS.labels(self.service.name, short).inc()
            if short == "FristOverskredet":
                metrics.CLOCKS_MISSED.labels(self.service.name).inc()
        if tx.unknown:
            metrics.UNKNOWN.labels(self.service.name).inc(tx.unknown)
        return outcome

    def _page(self, source: str, epoch: int, upto: int, records: Sequence[Received]) -> None:
        for record in records:
            self._take_in(record)
        intake.set_cursor(self._db, source, epoch, upto)

    def _take_in(self, record: Received, *, retrying: bool = False) -> bool:
        """One record in its own savepoint; parked when it cannot take effect. True when it took effect."""
        verdicts: list[Verdict] = []
        error = self._in_savepoint(lambda: verdicts.append(self._handle(record, retrying=retrying).verdict))
        if isinstance(error, TransientError):
            raise error
        verdict = verdicts[0].value if verdicts else "parked"
        metrics.RECEIVED.labels(self.service.name, verdict).inc()
        if error is None and verdicts[0] in (Verdict.NEXT, Verdict.DUPLICATE):
            return True
        why = "" if error is None and verdicts[0] is Verdict.WAITS else _reason(error, verdict)
        envelope = self.around.codec.peek(record.data)
        intake.park(
            self._db,
            intake.Parked(
                record.source,
                record.topic,
                envelope.stream,
                envelope.version,
                record.position,
                envelope.person_ref,
                why,
                record.data,
            ),
        )
        return False

    def _retry(self, stream: str) -> int:
        effects = 0
        for row in intake.parked(self._db, stream):
            intake.release(self._db, row)
            record = Received(row.source, row.topic, row.position, row.data)
            if not self._take_in(record, retrying=True):
                break
            effects += 1
        return effects

    def _skip(self, stream: str, note: Callable[[intake.Parked], Plan]) -> Outcome:
        row = next(iter(intake.parked(self._db, stream)), None)
        if row is None:
            raise InvalidMessage("nothing of this stream is parked", stream, "See `bindeledd quarantine list`")
        intake.release(self._db, row)
        record = Received(row.source, row.topic, row.position, row.data, react=False)
        if self._handle(record, retrying=True).verdict is Verdict.GAP:
            raise InvalidMessage("records before this one are missing", stream, "Fill the gap, then use `retry`")
        outcome = self._handle(Command(note(row)))
        self._retry(stream)
        return outcome

    def _judge(self, row: due.DueRow) -> None:
        effect = self.service.effects.get(row.name)
        try:
            if effect is not None:
                effect(self, row.stream, row.at)
            self._writer.run(lambda: self._handle(Fallen(row)))
        except Exception as error:
            later = due.DueRow(row.stream, row.name, row.topic, self.around.clock() + RETRY_AFTER)
            self._writer.run(lambda: due.set_due(self._db, later))
            metrics.RETRIES.labels(self.service.name).inc()
            if not isinstance(error, BindeleddError):
                raise


def _reason(error: BaseException | None, verdict: str) -> str:
    """What may be shown of an error. Our own errors hold no person's data; of others only the type is kept."""
    if error is None:
        return f"{verdict}: the record does not follow the stream as it is known here"
    return str(error) if isinstance(error, BindeleddError) else f"unexpected {type(error).__name__}"


def _create_tables(service: Service, db: Db) -> None:
    for tables in (log.TABLES, views.TABLES, due.TABLES, intake.TABLES):
        db.create(tables)
    for projection in service.projections:
        for table in projection.tables:
            table.create(db.sqlalchemy(), checkfirst=True)
