"""What a service reads of others, seen from their side: is all that they have here, and are they there at all?

Each writer is asked by itself, through its stream API: every some seconds for what has changed, hourly and at the start
for all heads. What is missing is fetched and taken in as if a topic had brought it; a stream that was parked for a gap
is filled at once. An answer after which nothing is missing is what the writer is *heard* by. When one who writes what
grounds lean on is not heard for a minute, nobody can say what holds of anybody: nothing rests on it any more, and the
views follow; when it is heard again, they are made again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from bindeledd.core.envelope import record_hash
from bindeledd.core.errors import InvalidMessage, TransientError
from bindeledd.ops import logs, metrics
from bindeledd.runtime.again import make_views_again, settle_unheard, unheard
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.handle import Received
from bindeledd.runtime.kafka import Framing
from bindeledd.runtime.streams import HeadOf, Heads, Streams
from bindeledd.runtime.topics import writer_of
from bindeledd.store import intake, log

ASK_EVERY = timedelta(seconds=15)
COMPARE_EVERY = timedelta(hours=1)
SILENT_AFTER = timedelta(seconds=60)
"""Who has not been heard from for so long may have written that a consent is withdrawn."""
LOOK_SECONDS = 3.0
"""Between two looks whether something is to be asked."""
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
FIRST_SECONDS = 10.0
"""A worker that begins waits so long at most for the first answers: then it knows what holds when it takes more in."""
FIRST_TRIES = 4
"""Processes that are started together are not all there at once."""
PAGE_RECORDS = 200


class Source:
    """One writer, and how far we are with it."""

    def __init__(self, engine: Engine, api: Streams, framing: Framing) -> None:
        self.engine, self.name = engine, api.service
        self._api, self._framing, self._labels = api, framing, (engine.service.name, api.service)
        self.heard: datetime | None = None
        """As of when everything that it had written, and we read, was here."""
        self.compared: datetime | None = None
        """When all heads were compared last."""
        self.trouble = ""
        """Why it is not heard now; empty when it is."""
        self.tried = threading.Event()
        """Set when it has answered for the first time, or has been asked often enough to go on without."""
        self._asked: datetime | None = None
        self._epoch, self._position = 0, 0
        self._looked_at: frozenset[str] | None = None
        """What was parked when we last tried to fill what is missing before it."""
        self._failures = 0
        self._closing, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"source {self.name}")

    def advance(self) -> int:
        """Ask what is to be asked by now. Returns how many records were fetched. Raises TransientError."""
        fetched = self._ask_if_due()
        if self.engine.waiting is not self._looked_at:
            fetched += self._fill_gaps()
        if self.compared is None or self.engine.around.clock() - self.compared >= COMPARE_EVERY:
            fetched += self._compare()
        return fetched

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something was parked: it may be filled."""
        self._wake.set()

    def stop(self) -> None:
        self._closing.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()

    # -- asking -------------------------------------------------------------------------------------------------

    def _compare(self) -> int:
        """Compare every head. What the writer has lost is told: what it writes next will contradict what we have.

        It may take long where there are many, so what has changed is asked for meanwhile, too.
        """
        began = self.engine.around.clock()
        first: Heads | None = None
        fetched, whole, lost = 0, True, 0
        for page, ours in self._pages():
            first = first or page
            count, complete = self._settle(page.heads, ours)
            fetched, whole = fetched + count + self._ask_if_due(), whole and complete
            lost += self._lost(page.heads, ours)
        assert first is not None
        if lost:
            logs.warning("writer.behind", service=self.engine.service.name, source=self.name, count=lost)
        if self._epoch != first.epoch:
            self._epoch, self._position = first.epoch, first.position
        self.compared = began
        metrics.COMPARED.labels(*self._labels).set(began.timestamp())
        metrics.LOST.labels(*self._labels).set(lost)
        self._note(began, whole=whole)
        return fetched

    def _pages(self) -> Iterator[tuple[Heads, dict[str, log.Head]]]:
        """Page by page the writer's heads, and ours of the same stretch of refs, read after them."""
        after, more = "", True
        while more:
            page = self._api.heads(after)
            upto = page.heads[-1].stream if page.more else None
            find = partial(log.heads_between, writer=self.name, after=after, upto=upto)
            yield page, {head.stream: head for head in self.engine.read(find)}
            after, more = upto or "", page.more

    def _ask_if_due(self) -> int:
        """Look at what has changed, when it is time. Before the first comparison there is nothing to go by."""
        now = self.engine.around.clock()
        if not self._epoch or (self._asked is not None and now - self._asked < ASK_EVERY):
            return 0
        return self._fill_gaps() + self._ask(now)

    def _ask(self, now: datetime) -> int:
        """Look at what has changed since we looked last."""
        position, fetched, whole, more = self._position, 0, True, True
        while more:
            page = self._api.changed(position)
            if page.epoch != self._epoch or page.position < position:
                self.compared, self._epoch = None, 0  # its log was restored
                return fetched
            ours = {head.stream: self.engine.read(partial(log.head, stream=head.stream)) for head in page.heads}
            count, complete = self._settle(page.heads, ours)
            fetched, whole = fetched + count, whole and complete
            position, more = page.position, page.more
        if whole:
            self._position = position
        self._note(now, whole=whole)
        return fetched

    def _note(self, now: datetime, *, whole: bool) -> None:
        self._asked = max(now, self._asked or now)
        if whole:
            self.heard = max(now, self.heard or now)
            metrics.HEARD.labels(*self._labels).set(now.timestamp())

    def _settle(self, heads: Sequence[HeadOf], ours: Mapping[str, log.Head | None]) -> tuple[int, bool]:
        """Fetch what we lack. Returns how many records, and whether all of it is here now.

        What is in quarantine is here: what it leaves in doubt is known by the person.
        """
        waiting, fetched, complete = self.engine.waiting, 0, True
        batch: list[Received] = []
        for head in heads:
            known = self._known(head, ours.get(head.stream))
            if known is None or head.stream in waiting:
                continue
            found = [*self._fetch(head.stream, known, head.version)]
            complete = complete and known + len(found) >= head.version
            batch += found
            if len(batch) >= PAGE_RECORDS:
                fetched, batch = fetched + self._take_in(batch), []
        return fetched + self._take_in(batch), complete

    def _known(self, head: HeadOf, ours: log.Head | None) -> int | None:
        """The version up to which we have what the writer has; None when that is all of it."""
        if ours is None or ours.version < head.version:
            return ours.version if ours is not None else 0
        same = ours.hash
        if ours.version > head.version:
            find = partial(log.read_version, stream=head.stream, version=head.version)
            same = record_hash(self.engine.read(find) or b"")
        # What contradicts ours is fetched too: the inbox parks it, and tells.
        return None if same.hex() == head.hash else head.version - 1

    def _lost(self, heads: Sequence[HeadOf], ours: Mapping[str, log.Head]) -> int:
        """Of how many of these streams we have more than the writer, who had written it before it came to us."""
        theirs = {head.stream: head.version for head in heads}
        ahead = [head for head in ours.values() if head.version > theirs.get(head.stream, 0)]
        return sum(self._stands(head) < head.version for head in ahead)

    def _stands(self, head: log.Head) -> int:
        """Where the stream stands at its writer now: it may only have gone on since the page was read."""
        found = self._api.records(head.stream, head.version)
        return found[0].version if found is not None else 0

    def _fill_gaps(self) -> int:
        """Fetch what is missing before what is parked."""
        gaps: dict[str, int] = self.engine.read(partial(intake.gaps, source=self.name)) if self.engine.waiting else {}
        fetched = sum(self._take_in([*self._fetch(stream, version, None)]) for stream, version in gaps.items())
        self._looked_at = self.engine.waiting
        return fetched

    def _fetch(self, stream: str, after: int, upto: int | None) -> Iterator[Received]:
        """A stream's records from the writer, after a version and up to another (None: to its end)."""
        while upto is None or after < upto:
            if self._closing.is_set():
                raise TransientError("we are to stop")
            found = self._api.records(stream, after)
            if found is None or not found[1]:
                return
            head, records = found
            for data in records[: None if upto is None else upto - after]:
                yield self._received(head, after + 1, data)
                after += 1

    def _received(self, head: HeadOf, version: int, data: bytes) -> Received:
        """Raises TransientError for what is not the record that was asked for."""
        try:
            self._framing.meet(data, head.topic)
            envelope = self.engine.around.codec.peek(data)
        except InvalidMessage as error:
            raise TransientError(f"{self.name} gives what is no record: {error}") from error
        ours = writer_of(head.topic) == self.name and self.engine.service.reads(head.topic)
        if not ours or (envelope.stream, envelope.version) != (head.stream, version):
            raise TransientError(f"{self.name} gives another record than the one that was asked for")
        return Received(self.name, head.topic, envelope.position, data)

    def _take_in(self, records: Sequence[Received]) -> int:
        if records:
            self.engine.receive({f"api:{self.name}": (intake.NO_EPOCH, records[-1].position)}, records)
            metrics.FILLED.labels(*self._labels).inc(len(records))
        return len(records)

    # -- the thread ---------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.clear()
            self._wake.wait(self._turn())

    def _turn(self) -> float:
        try:
            self.advance()
        except Exception as error:  # noqa: BLE001 - told, and tried again
            self._fail(error)
            return RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS)) - 1]
        self._failures, self.trouble = 0, ""
        self.tried.set()
        return LOOK_SECONDS

    def _fail(self, error: Exception) -> None:
        self._failures += 1
        if self._failures > FIRST_TRIES:
            self.tried.set()
        why = str(error) if isinstance(error, TransientError) else type(error).__name__
        if why == self.trouble:
            return
        self.trouble = why
        if isinstance(error, TransientError):
            logs.warning("source.silent", service=self.engine.service.name, source=self.name, reason=why)
        else:
            logs.unexpected("source.silent", error)


class Sources:
    """All writers that a service reads. Views follow when those who write what its grounds lean on fall silent."""

    def __init__(self, engine: Engine, sources: Collection[Source]) -> None:
        self.engine, self._sources = engine, [*sources]
        grounds = {writer_of(topic) for topic in engine.service.ground_topics}
        self._grounds = [source for source in sources if source.name in grounds]
        self._began = engine.around.clock()
        self._waiting = engine.waiting
        self._after = ""
        self._doing: tuple[bool, str] | None = None
        """What views are made again for: whether all are heard, and what was judged before while they were not."""
        self._denied = False
        """Whether all views have been made again since somebody fell silent."""
        engine.heard = self.heard

    def heard(self) -> bool:
        """Whether everybody whose word grounds lean on has been heard from within the last minute."""
        now = self.engine.around.clock()
        return all(source.heard is not None and now - source.heard < SILENT_AFTER for source in self._grounds)

    def silent(self) -> list[str]:
        """Of whom nothing was heard for a minute, and no grounds lean on them: what they gave may have ended since."""
        others = [source for source in self._sources if source not in self._grounds]
        return [f"{source.name} has not been heard from for a minute" for source in filter(self._is_silent, others)]

    def advance(self) -> int:
        """Make the next views again, if they have to be. Returns 1 when there were some."""
        self._notice_parked()
        heard = self.heard()
        if self._doing is None or self._doing[0] != heard:
            self._doing, self._after = self._to_do(heard=heard), ""
        if self._doing is None:
            return 0
        self._after = make_views_again(self.engine, self._after)
        if not self._after:
            self._done(*self._doing)
        return 1

    def start(self) -> None:
        """Begin to ask, and wait for the first answers for some seconds."""
        for source in self._sources:
            source.start()
        until = time.monotonic() + FIRST_SECONDS
        for source in self._sources:
            source.tried.wait(max(0.0, until - time.monotonic()))

    def stop(self) -> None:
        for source in self._sources:
            source.stop()

    # -- inside -------------------------------------------------------------------------------------------------

    def _notice_parked(self) -> None:
        waiting = self.engine.waiting
        if waiting is not self._waiting:
            self._waiting = waiting
            for source in self._sources:
                source.wake()

    def _to_do(self, *, heard: bool) -> tuple[bool, str] | None:
        if heard:
            self._denied = False
            judged = unheard(self.engine)
            return (True, judged) if judged else None
        return None if self._denied or not any(map(self._is_silent, self._grounds)) else (False, "")

    def _is_silent(self, source: Source) -> bool:
        """Whether nothing was heard of it for a minute: who has just begun has not listened for long enough."""
        return self.engine.around.clock() - max(self._began, source.heard or self._began) >= SILENT_AFTER

    def _done(self, heard: bool, judged: str) -> None:
        self._doing = None
        if heard:
            settle_unheard(self.engine, judged)
        self._denied = not heard
        logs.warning("views.again" if heard else "views.denied", service=self.engine.service.name)
