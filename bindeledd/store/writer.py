"""The writer: one at a time, and jobs for a store that wait while a commit runs share the next commit.

There is no writer thread. Who comes first leads: it runs its own job and those that queued behind it for the same
store in one transaction, each in a savepoint, and hands the lead on. A single caller so pays for no thread switch, and
sixteen callers pay for one commit (3 times the saves of one to a commit). Nobody is overtaken by another store's job.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from bindeledd.store.disk import refused_by_disk

T = TypeVar("T")

JOBS_PER_COMMIT = 16

Commit = Callable[[list[Callable[[], None]]], None]
"""A store's own way to run jobs: one transaction, and a savepoint for each where there are several."""


class _Ticket(Generic[T]):
    """A job in the queue. `ready` is a closed gate, opened when the job is done, or when its owner shall lead."""

    __slots__ = ("commit", "done", "error", "job", "ready", "result")

    def __init__(self, commit: Commit, job: Callable[[], T]) -> None:
        self.commit, self.job = commit, job
        self.ready = threading.Lock()
        self.ready.acquire()
        self.done = False
        self.error: BaseException | None = None
        self.result: T | None = None


class Writer:
    """Runs jobs under the writer lock."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._queue: deque[_Ticket[object]] = deque()
        self._leading = False
        self._alone = threading.Lock()

    def run(self, commit: Commit, job: Callable[[], T]) -> T:
        """Run a job in a transaction; durable on return. Raises what the job raised: what it did is undone."""
        ticket: _Ticket[object] = _Ticket(commit, job)
        with self._mutex:
            self._queue.append(ticket)
            lead = not self._leading
            self._leading = True
        if not lead:
            ticket.ready.acquire()
        if not ticket.done:
            self._lead()
        if ticket.error is not None:
            raise refused_by_disk(ticket.error) or ticket.error
        return ticket.result  # type: ignore[return-value]

    def run_alone(self, work: Callable[[], None]) -> None:
        """Run something outside any transaction, while no job runs: closing, checkpoints."""
        with self._alone:
            work()

    def _lead(self) -> None:
        with self._mutex:
            batch = self._next_batch()
        try:
            with self._alone:
                batch[0].commit([_attempt(ticket) for ticket in batch])
        except BaseException as error:  # noqa: BLE001 - every caller of the batch hears it
            for ticket in batch:
                ticket.error = ticket.error or error
        with self._mutex:
            following = self._queue[0] if self._queue else None
            self._leading = following is not None
        for ticket in batch:
            ticket.done = True
            ticket.ready.release()
        if following is not None:
            following.ready.release()

    def _next_batch(self) -> list[_Ticket[object]]:
        """The first in the queue, and those of the same store that wait behind it."""
        store = self._queue[0].commit
        batch = [ticket for ticket in self._queue if ticket.commit == store][:JOBS_PER_COMMIT]
        for ticket in batch:
            self._queue.remove(ticket)
        return batch


def _attempt(ticket: _Ticket[object]) -> Callable[[], None]:
    def attempt() -> None:
        try:
            ticket.result = ticket.job()
        except Exception as error:
            ticket.error = error
            raise

    return attempt
