"""The writer: one lock per service, and commands that wait while a commit runs share the next commit.

There is no writer thread. Who comes first leads: it runs its own job and those that queued behind it in one
transaction, each in a savepoint, and hands the lead on. A single caller so pays for no thread switch, and sixteen
callers pay for one commit (3 times the saves of one to a commit).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from bindeledd.store.disk import refused_by_disk

T = TypeVar("T")

JOBS_PER_COMMIT = 16


class _Ticket(Generic[T]):
    """A job in the queue. `ready` is a closed gate, opened when the job is done, or when its owner shall lead."""

    __slots__ = ("done", "error", "job", "ready", "result")

    def __init__(self, job: Callable[[], T]) -> None:
        self.job = job
        self.ready = threading.Lock()
        self.ready.acquire()
        self.done = False
        self.error: BaseException | None = None
        self.result: T | None = None


class Writer:
    """Runs jobs under the writer lock. `commit_jobs(jobs)` is the store's: one transaction, and a savepoint for each
    job where there are several."""

    def __init__(self, commit_jobs: Callable[[list[Callable[[], None]]], None]) -> None:
        self._commit_jobs = commit_jobs
        self._mutex = threading.Lock()
        self._queue: deque[_Ticket[object]] = deque()
        self._leading = False
        self._alone = threading.Lock()

    def run(self, job: Callable[[], T]) -> T:
        """Run a job in a transaction; durable on return. Raises what the job raised: what it did is undone."""
        ticket: _Ticket[object] = _Ticket(job)
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
            batch = [self._queue.popleft() for _ in range(min(JOBS_PER_COMMIT, len(self._queue)))]
        try:
            with self._alone:
                self._commit_jobs([_attempt(ticket) for ticket in batch])
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


def _attempt(ticket: _Ticket[object]) -> Callable[[], None]:
    def attempt() -> None:
        try:
            ticket.result = ticket.job()
        except Exception as error:
            ticket.error = error
            raise

    return attempt
