"""The embedded driver: services in one process tail each other's logs, woken by each commit.

`pump` does all that waits, in a fixed order, in the caller's thread: tests and the simulator use it. `start` runs one
thread for all services, which sleeps until a commit or the next due moment wakes it; nobody polls. One, because more
would only wait for the interpreter and for each other (ADR 0009).
"""

from __future__ import annotations

import ctypes
import gc
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from bindeledd.core.errors import Stopped, TransientError
from bindeledd.ops import logs, metrics
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.handle import Received
from bindeledd.store import intake, log
from bindeledd.store.disk import refused_by_disk

PAGE_RECORDS = 64
"""Small, so that a command that comes meanwhile waits for some milliseconds only."""
RETRY_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
PARKED_SHARE_MAX = 0.2
PARKED_NUMBER_MAX = 10
"""More than this share *and* number of parked streams: something is wrong with us, not with the records."""
IDLE_SECONDS = 5.0
ARENAS_MAX = 2
"""Of glibc's heaps, which else are eight to a processor: a server keeps 6 MiB less so."""
_M_ARENA_MAX = -8
GARBAGE_OBJECTS = 10_000
"""So many new objects between two looks for garbage: what a message leaves behind hardly ever goes in circles."""
WAIT_SECONDS_MAX = 60.0


def spare_what_stays(garbage: int = GARBAGE_OBJECTS) -> None:
    """What is loaded by now lives as long as the process: the collector need not look through it again and again, nor
    through anything before there are so many new objects. Nor need each thread keep memory of its own that it has done
    with: one interpreter lets one at a time ask for some."""
    if libc := getattr(ctypes.CDLL(None), "mallopt", None):
        libc(_M_ARENA_MAX, ARENAS_MAX)
    gc.collect()
    gc.freeze()
    gc.set_threshold(garbage)


class Tail:
    """One service reading another's log: how far it has looked, and how far behind it is."""

    def __init__(self, reader: Engine, source: Engine) -> None:
        self.reader, self.source = reader, source
        self._lock = threading.Lock()
        epoch, self.position = reader.read(lambda db: intake.cursor(db, source.service.name))
        if epoch == source.epoch and self.position > source.position:
            source.raise_epoch()
        if epoch != source.epoch:
            # The source was restored from a backup: read it from the start, so that a forked history shows itself.
            self.position = 0
        self._stored = self.position

    def lag_seconds(self, now: datetime) -> float:
        """Age of the oldest record not yet processed."""
        if self.position >= self.source.position:
            return 0.0
        (waiting, *_) = self.source.read(lambda db: log.read_page(db, self.position, 1))
        written = self.source.around.codec.peek(waiting.data).registrert
        return max(0.0, (now - written).total_seconds())

    def advance(self) -> int:
        """Take in the next page. Returns how many log rows it moved over (0: nothing waits)."""
        if self.source.position <= self.position:
            return 0
        with self._lock:
            return self._next_page()

    def _next_page(self) -> int:
        name = self.source.service.name
        upto = min(self.source.position, self.position + PAGE_RECORDS)
        page = self.source.read(lambda db: log.read_own(db, name, self.position, upto))
        wanted = [
            Received(name, row.topic, row.position, row.data) for row in page if self.reader.service.reads(row.topic)
        ]
        # A look that found nothing for this reader needs no commit of its own: looking again is free.
        if wanted or upto - self._stored >= PAGE_RECORDS:
            self.reader.receive({name: (self.source.epoch, upto)}, wanted)
            self._stored = upto
        moved: int = upto - self.position
        self.position = upto
        return moved


class Advances(Protocol):
    """Something that a service takes in page by page."""

    def advance(self) -> int: ...


class Follower(Advances, Protocol):
    """Something that goes along with what a service writes."""

    def stop(self) -> None:
        """The service writes no more."""
        ...


TailT = TypeVar("TailT", bound=Advances)


@dataclass(slots=True)
class Worker(Generic[TailT]):
    """One service's part of the driver: its tails, its due things, and why it stopped, if it did."""

    engine: Engine
    tails: list[TailT]
    stopped: str = ""
    failures: int = 0
    beside: list[Follower] = field(default_factory=list)
    rests_until: float = 0.0
    """By the process's own clock: after a failure the service waits, and the others go on."""

    def turn(self) -> int:
        """`work`, unless the service rests after a failure; a failure is remembered, not raised."""
        return self._attempt(self._probe_and_work)

    def idle(self) -> None:
        """Nothing waits: let the store tidy up. A failure is remembered, not raised."""
        self._attempt(self.engine.idle)

    def _attempt(self, something: Callable[[], int | None]) -> int:
        if time.monotonic() < self.rests_until:
            return 0
        try:
            done = something() or 0
        except TransientError:
            metrics.RETRIES.labels(self.engine.service.name).inc()
            self._rest(RETRY_SECONDS[min(self.failures, len(RETRY_SECONDS) - 1)])
            return 0
        except Exception as error:  # noqa: BLE001 - said through health; the next round tries again
            self._stop_for(error)
            self._rest(RETRY_SECONDS[-1])
            return 0
        self.failures, self.stopped, self.rests_until = 0, "", 0.0
        return done

    def seconds_to_next(self) -> float:
        """Until it has something to do by itself: a due thing, a look at the disk, or the end of its rest."""
        if self.rests_until or self.engine.hindered:
            return max(0.0, self.rests_until - time.monotonic())
        try:
            at = self.engine.next_due()
        except TransientError:
            return RETRY_SECONDS[-1]
        return WAIT_SECONDS_MAX if at is None else max(0.0, (at - self.engine.around.clock()).total_seconds())

    def work(self) -> int:
        """Everything that waits for this service now. Returns how much it did."""
        done = sum(tail.advance() for tail in self.tails)
        done += self.engine.judge_due(self.engine.around.clock())
        if done:
            self._refuse_to_drain()
        return done + sum(each.advance() for each in self.beside)

    def stop(self) -> None:
        """Nothing comes any more."""
        for each in self.beside:
            each.stop()

    def _probe_and_work(self) -> int:
        if self.engine.hindered:
            self.engine.probe()
        return self.work()

    def _rest(self, seconds: float) -> None:
        self.failures += 1
        self.rests_until = time.monotonic() + seconds

    def _stop_for(self, error: Exception) -> None:
        """Remember why it stopped, and tell the operator once."""
        refused = refused_by_disk(error)
        said = refused or type(error).__name__
        why = str(error) if isinstance(error, Stopped) else f"{self.engine.service.name}: {said}"
        if why == self.stopped:
            return
        self.stopped = why
        if isinstance(error, Stopped) or refused is not None:
            logs.warning("service.stopped", service=self.engine.service.name, reason=why)
        else:
            logs.unexpected("service.stopped", error)

    def _refuse_to_drain(self) -> None:
        parked = self.engine.parked
        if parked <= PARKED_NUMBER_MAX:
            return
        known = self.engine.read(lambda db: db.one("SELECT COUNT(*) FROM stream_head"))[0]
        if parked > PARKED_SHARE_MAX * (known + parked):
            name = self.engine.service.name
            raise Stopped(f"{name}: {parked} streams are parked. See `bindeledd quarantine list`")


class Embedded:
    """All services of one process, driven together."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        self.workers = [
            Worker(engine, [Tail(engine, source) for source in engines if source is not engine]) for engine in engines
        ]
        self._thread = threading.Thread(target=self._run, name="tails")
        self._wake = threading.Event()
        self._stopping = False
        for worker in self.workers:
            for tail in worker.tails:
                prefix = f"{tail.source.service.name}."
                if any(topic.startswith(prefix) for topic in worker.engine.service.ground_topics):
                    # A decision on who may know what is made on what has been said until now, not a moment ago.
                    worker.engine.catch_up.append(tail.advance)
            worker.engine.listeners.append(self._wake.set)

    def pump(self) -> int:
        """Do all that waits, in a fixed order, until nothing does. Returns how much was done."""
        total = 0
        while done := sum(worker.work() for worker in self.workers):
            total += done
        return total

    def start(self) -> None:
        """Run in the background until `stop`."""
        spare_what_stays()
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, and stop."""
        self._stopping = True
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()
        for worker in self.workers:
            worker.stop()

    def unhealthy(self) -> list[str]:
        """Why services have stopped, or cannot keep anything; empty when all is well."""
        return [why for worker in self.workers for why in (worker.stopped or worker.engine.hindered,) if why]

    def measure(self) -> None:
        for worker in self.workers:
            worker.engine.measure()
            now = worker.engine.around.clock()
            for tail in worker.tails:
                name = tail.source.service.name
                with suppress(TransientError):  # what is known already is told all the same
                    metrics.LAG.labels(worker.engine.service.name, name).set(tail.lag_seconds(now))

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            if not sum(worker.turn() for worker in self.workers):
                self._sleep()

    def _sleep(self) -> None:
        if self._wake.wait(min(IDLE_SECONDS, self._seconds_to_next())):
            return
        for worker in self.workers:
            worker.idle()
        self._wake.wait(self._seconds_to_next())

    def _seconds_to_next(self) -> float:
        return min(WAIT_SECONDS_MAX, *(worker.seconds_to_next() for worker in self.workers))
