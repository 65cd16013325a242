"""A service's store as the place where all that it does is made durable.

Jobs share transactions; and after whatever goes wrong – a commit without an answer, another process that wrote, a disk
that is full – it is found out where the log stands.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from bindeledd.core.clock import Clock, Entropy, new_ref, system_entropy
from bindeledd.ops import logs, metrics
from bindeledd.runtime.known import Known
from bindeledd.runtime.service import Service
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


class Ledger:
    """The store of one service, and what is remembered of it. Safe to call from several threads; and where the store
    can tell who wrote in it last, several processes may each have one."""

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
        self._id = new_ref(system_entropy)
        """How the store knows that it was us who wrote last."""
        _create_tables(service, db)
        self.epoch = int(log.meta(db, "epoch") or 1)
        if log.meta(db, "epoch") is None:
            log.set_meta(db, "epoch", "1")
        self._position = self._durable = log.last_position(db)
        self._waiting = intake.waiting(db)
        self._due = Dues()
        self._seconds = metrics.HANDLE_SECONDS.labels(service.name)
        self._writer = Writer(self._commit)
        self._certain = False
        """Whether we know what is there: not while a commit is under way whose answer may never come."""
        self._find_out()
        self._run(self._raise_epoch_if_restored)

    def read(self, question: Callable[[Db], Any]) -> Any:
        """Ask the store something outside any writing transaction."""
        with self._read_lock:
            return question(self.reader)

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

    def raise_epoch(self, beyond: int = 0) -> None:
        """The log was restored from a backup: what is written now may stand where something else stood before, and
        whoever reads it shall start over, and see that. `beyond`: the last epoch that it is known to have had."""
        self._run(lambda: self._raise_epoch(beyond))

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


@dataclass(slots=True)
class Dues:
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


def _create_tables(service: Service, db: Db) -> None:
    bring_up(db, SERVICE)
    if db.beside:
        return
    for tables in (log.HEADS, views.TABLES, due.TABLES):
        db.create(tables)
    for projection in service.projections:
        for table in projection.tables:
            table.create(db.sqlalchemy(), checkfirst=True)
