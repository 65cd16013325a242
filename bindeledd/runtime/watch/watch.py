"""The watch: what Faust reads and what the cluster says of its offsets, made into one picture a few seconds old."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final, Protocol

from confluent_kafka import ConsumerGroupTopicPartitions

from bindeledd.core.clock import Clock, Entropy, new_ref
from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import BindeleddError, InvalidMessage, Stopped, TransientError, UnknownSchema
from bindeledd.ops import logs, metrics
from bindeledd.runtime.kafka import Admin, Cluster, Framing, Identity, identity, is_heartbeat
from bindeledd.runtime.watch.absence import (
    Alarm,
    Deadlines,
    Offsets,
    Partition,
    Place,
    Waiting,
    silent,
    unread,
    waiting_after,
)
from bindeledd.runtime.watch.figures import Rate, Rates, Sort
from bindeledd.runtime.watch.reading import GROUP, Reading
from bindeledd.schema.codec import Codec

LOOK_SECONDS: Final = 5.0
"""Between two looks at the cluster's offsets."""
TURN_SECONDS: Final = 0.1
RETRY_SECONDS: Final = (0.5, 1.0, 2.0, 5.0)
STUCK_SECONDS: Final = 60.0
"""When records wait for us, and none comes for so long, Faust is begun anew."""
LOGGED_AT_ONCE: Final = 20
"""Alarms that begin or end together are told one by one up to so many."""
OURS: Final = "bindeledd."
OTHER: Final = "ukjent"
"""The type of what has a type that is not known here."""


class Tally(Protocol):
    """What is counted by those who know what the events mean."""

    def take(self, topic: str, envelope: Envelope, event: Any) -> None: ...

    def count(self, clocks: Iterable[str], now: datetime) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known up to a moment. `upto` is None until all that lay on the topics at the start has been read."""

    upto: datetime | None = None
    read: int = 0
    alarms: tuple[Alarm, ...] = ()
    rates: Mapping[Sort, Rate] = field(default_factory=dict)
    lag: Mapping[str, int] = field(default_factory=dict)
    """Group → records that wait for it."""
    tally: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Seen:
    """What one reading of the topics has told so far."""

    codec: Codec
    framing: Framing
    clock: Clock
    tally: Tally
    deadlines: Deadlines = field(default_factory=Deadlines)
    rates: Rates = field(default_factory=Rates)
    heard: dict[str, datetime] = field(default_factory=dict)
    """Topic → its writer's last heartbeat."""
    read: int = 0

    def take(self, message: Any) -> None:
        """Take in a record as Kafka has it. What is no record is counted, and has no effect.

        Raises TransientError when the registry must be asked and does not answer.
        """
        now = self.clock()
        self.read += 1
        if is_heartbeat(message.headers):
            at = min(datetime.fromtimestamp(message.timestamp, UTC), now)
            self.heard[message.topic] = max(at, self.heard.get(message.topic, at))
            return
        try:
            envelope, event = self._read(self.framing.unframed(message.value))
        except InvalidMessage:
            metrics.GARBAGE.labels("watch", message.topic).inc()
            return
        self.rates.take(Sort(message.topic, type_name(envelope.type, event)), envelope.registrert, now)
        if event is not None:
            self.deadlines.take(message.topic, envelope, event)
            self.tally.take(message.topic, envelope, event)

    def _read(self, data: bytes) -> tuple[Envelope, Any]:
        """The event is None where its type, or its writer's schema, is not known here yet."""
        try:
            return self.codec.decode(data)
        except UnknownSchema:
            return self.codec.peek(data), None


def type_name(full: str, event: Any) -> str:
    """A type's own name; one for all that are not known here, for anybody could make up new ones."""
    return OTHER if event is None else full.rpartition(".")[2]


class Watch:
    """Watches in a thread of its own. Whatever breaks is begun anew from the topics, which hold everything."""

    def __init__(
        self, cluster: Cluster, readers: Mapping[str, Collection[str]], others: Collection[str],
        seen: Callable[[], Seen], clock: Clock, entropy: Entropy,
    ) -> None:  # fmt: skip
        """`readers`: event topic → the groups that read it. `others`: topics of which only the offsets are looked at.
        `seen` makes an empty one."""
        self._cluster, self._new, self._clock, self._entropy = cluster, seen, clock, entropy
        self._readers, self._topics = readers, sorted({*readers, *others})
        self.picture = Picture()
        self.trouble = "watch: it has not begun"
        """Why the picture does not move; empty when all is well."""
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="watch")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._thread.join()

    # -- inside -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            began = time.monotonic()
            try:
                asyncio.run(self._round())
            except Exception as error:  # noqa: BLE001 - said through health; the next round begins anew
                failures = failures + 1 if time.monotonic() - began < STUCK_SECONDS else 1
                self._fail(error)
                self._rest(RETRY_SECONDS[min(failures, len(RETRY_SECONDS)) - 1])

    def _fail(self, error: Exception) -> None:
        ours = isinstance(error, BindeleddError)
        why = f"watch: {error if ours else type(error).__name__}"
        if why == self.trouble:
            return
        self.trouble = why
        if ours:
            logs.warning("watch.stopped", reason=why)
        else:
            logs.unexpected("watch.stopped", error)

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            time.sleep(TURN_SECONDS)

    async def _round(self) -> None:
        """Read everything, and go on, until we are stopped. Raises TransientError, Stopped."""
        round_ = _Round(self._cluster, self._readers, self._topics, self._new(), self._clock)
        await round_.begin(new_ref(self._entropy))
        try:
            while not self._stopping:
                await self._turn(round_)
                await asyncio.sleep(TURN_SECONDS)
        finally:
            await round_.reading.stop()

    async def _turn(self, round_: _Round) -> None:
        round_.reading.check()
        if await round_.look():
            self._show(round_.picture())
        self.trouble = round_.trouble or round_.reading.trouble

    def _show(self, picture: Picture) -> None:
        if picture.upto is None and self.picture.upto is not None:
            return  # what was known before everything is read anew is older, and says more
        tell(self.picture, picture)
        self.picture = picture


class _Round:
    """One reading, and the looks at the cluster beside it."""

    reading: Reading
    trouble = ""
    """Why the cluster's offsets are not seen now; empty when all is well."""

    def __init__(
        self,
        cluster: Cluster,
        readers: Mapping[str, Collection[str]],
        topics: Collection[str],
        seen: Seen,
        clock: Clock,
    ) -> None:
        self._cluster, self._readers, self._topics, self._seen, self._clock = cluster, readers, topics, seen, clock
        self._identity = Identity("", {})
        self._partitions: list[Partition] = []
        self._offsets: Offsets
        self._aim: Offsets
        """The look whose ends have to be read before its moment counts as known."""
        self._waiting: Mapping[Place, Waiting] = {}
        self._looked = self._moved = -math.inf
        self._moved_at = -1
        self._upto: datetime | None = None

    async def begin(self, name: str) -> None:
        """Raises TransientError when no broker answers, Stopped when a topic is missing."""
        await asyncio.to_thread(self._identify)
        await self._observe()
        self._aim = self._offsets
        self.reading = Reading(self._cluster, name, self._readers, self._seen.take)
        try:
            await self.reading.start()
        except BaseException:
            await self.reading.stop()
            raise

    async def look(self) -> bool:
        """Look again if it is time. Returns whether there is something new to say."""
        new = time.monotonic() - self._looked >= LOOK_SECONDS
        if new:
            try:
                await self._observe()
                self.trouble = ""
            except TransientError as error:
                # Faust finds its way back by itself; reading everything anew would only take longer.
                self.trouble, self._looked = f"watch: {error}", time.monotonic()
        if not self._behind(self._aim):
            new = new or self._upto is None
            self._upto = self._aim.at
            self._aim = self._offsets
        self._refuse_to_stand_still()
        return new

    def picture(self) -> Picture:
        seen, upto = self._seen, self._upto
        lag: Counter[str] = Counter()
        for place in self._offsets.places(self._readers):
            lag[place.group] += self._offsets.behind(place)
        if upto is None:
            return Picture(read=seen.read, lag=lag)
        found = chain(seen.deadlines.unjudged(upto), unread(self._waiting, self._offsets.at), silent(seen.heard, upto))
        clocks = [deadline.stream for deadline in seen.deadlines.running]
        return Picture(
            upto, seen.read, tuple(sorted(found)), seen.rates.at(upto), lag, seen.tally.count(clocks, upto)
        )  # fmt: skip

    # -- the cluster --------------------------------------------------------------------------------------------

    async def _observe(self) -> None:
        self._offsets = await asyncio.to_thread(self._ask)
        self._waiting = waiting_after(self._waiting, self._offsets, self._readers)
        self._looked = time.monotonic()

    def _identify(self) -> None:
        with self._cluster.admin() as admin:
            self._identity = identity(admin, self._topics)
            if missing := sorted(set(self._topics) - self._identity.topics.keys()):
                raise Stopped(f"{len(missing)} topics are missing, {missing[0]} first. Run `bindeledd topics apply`")
            self._partitions = admin.partitions(self._topics)

    def _ask(self) -> Offsets:
        """Raises TransientError; Stopped when the topics are not those that are read."""
        with self._cluster.admin() as admin:
            at = self._clock()
            if identity(admin, self._topics) != self._identity:
                raise Stopped("the topics are other ones now, so everything is read again")
            held = {each: end for each, (begin, end) in admin.bounds(self._partitions).items() if end > begin}
            return Offsets(at, held, _groups(admin))

    # -- our own reading ----------------------------------------------------------------------------------------

    def _behind(self, offsets: Offsets) -> bool:
        reached = self.reading.reached
        return any(
            reached.get((topic, number), 0) < end
            for (topic, number), end in offsets.ends.items()
            if topic in self._readers
        )

    def _refuse_to_stand_still(self) -> None:
        now = time.monotonic()
        if self._moved_at != self._seen.read or not self._behind(self._offsets):
            self._moved, self._moved_at = now, self._seen.read
        elif now - self._moved > STUCK_SECONDS and not self.reading.trouble:
            raise Stopped(f"records wait on Kafka, and Faust has given us none for {STUCK_SECONDS:.0f} seconds")


def _groups(admin: Admin) -> Mapping[str, Mapping[Partition, int]]:
    """How far each of our groups has told that it is. Those that watch tell nobody."""
    names = [group.group_id for group in admin.answer(admin.client.list_consumer_groups()).valid]
    ours = [name for name in names if name.startswith(OURS) and not name.startswith(GROUP)]
    return {group: _reached(admin, group) for group in ours}


def _reached(admin: Admin, group: str) -> Mapping[Partition, int]:
    asked = admin.client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])
    told = admin.answer(asked[group]).topic_partitions
    return {(each.topic, each.partition): each.offset for each in told if each.offset >= 0}


def tell(before: Picture, now: Picture) -> None:
    """Write to the operator's log which alarms have begun, and which have ended."""
    was, is_ = set(before.alarms), set(now.alarms)
    for event, alarms in (("alarm.raised", sorted(is_ - was)), ("alarm.ended", sorted(was - is_))):
        for alarm in alarms[:LOGGED_AT_ONCE]:
            logs.warning(
                event, kind=alarm.kind.value, service=alarm.service, topic=alarm.topic, stream=alarm.stream,
                rule=alarm.what,
            )  # fmt: skip
        if len(alarms) > LOGGED_AT_ONCE:
            logs.warning(event, count=len(alarms))
