"""The worker: takes in what other services have sent to Kafka, a poll at a time, each in one transaction.

How far it has come is written in that transaction, per partition, under the ids of the cluster and the topic; Kafka's
own offsets are told afterwards, for people's tools only. So whatever the broker forgets, repeats or makes anew, reading
begins where the store stands, and what comes twice is known by its version. Taking effect is `Engine.receive`'s.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import BindeleddError, InvalidMessage, Stopped
from bindeledd.ops import logs, metrics
from bindeledd.runtime.embedded import IDLE_SECONDS, Advances, Follower, Worker, spare_what_stays
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.handle import Received, read
from bindeledd.runtime.kafka import HEARTBEAT, Cluster, Framing, Identity, Partition, transient
from bindeledd.runtime.rights import group_of
from bindeledd.runtime.sources import Sources
from bindeledd.runtime.topics import writer_of
from bindeledd.store import intake

POLL_RECORDS, POLL_RECORDS_MAX = 500, 2_000
"""So many at most in one transaction, for whoever commands the service waits for it; and so many while they take no
more than POLL_SECONDS, for each has a commit."""
POLL_SECONDS = 0.2
POLL_OBJECTS = 50_000
"""More than a poll is made of, so that the collector does not look for garbage in what is being taken in."""
POLL_MS = 100
FETCH_BYTES = 4 * 1024 * 1024
"""At most so much is fetched at a time, and at most so much waits in memory before the next is, whatever lies behind on
the topics."""
PARTITION_BYTES = 128 * 1024
"""So much of each partition at a time; a record is smaller."""
FULL_MS = 10
"""So long the client waits when so much lies in memory before it looks whether to fetch more; by itself 1 s."""
SESSION_MS = 6_000
"""The least that a broker takes by itself: so long after a worker was killed its partitions wait for the next one."""
IDENTITY_SECONDS = 10.0
"""Between two looks whether the topics are still the same ones."""
TELL_SECONDS = 0.25
"""Between two times that the broker is told how far we are: it writes down each."""
STUCK_SECONDS = 30.0
"""When something waits and nothing moves for so long, something is wrong that no error has told of."""


class Topics:
    """A service's tail over Kafka: how far it has come on each partition, and what waits."""

    def __init__(self, engine: Engine, cluster: Cluster, topics: Collection[str], framing: Framing) -> None:
        self.engine, self._cluster, self._topics, self._framing = engine, cluster, sorted(topics), framing
        self._consumer: Consumer | None = None
        self._identity = Identity("", {})
        self._looked = -math.inf
        self._given: set[Partition] = set()
        """The partitions that are ours."""
        self._reached: dict[Partition, int] = {}
        """The offset of the next record to take in, of each partition that is ours and placed."""
        self._told: dict[Partition, int] = {}
        self._told_at = -math.inf
        self._moved = time.monotonic()
        self.trouble = ""
        """Why nothing comes in now; empty when all is well."""
        self.caught_up = False
        """Whether all has come in that lay on our partitions when they were given to us first."""
        self._lay: dict[Partition, int] = {}
        self._lag = 0
        self._most = POLL_RECORDS

    def advance(self) -> int:
        """Take in what a poll brings. Returns how many records (0: nothing waits).

        Raises TransientError; what it had fetched then is fetched again. Raises Stopped when nothing moves.
        """
        try:
            with transient():
                polled = self._poll()
            taken = self._take_in(polled) if polled else 0
        except Exception as error:
            self._reached.clear()
            self._looked, self._most = -math.inf, POLL_RECORDS
            self.trouble = str(error) if isinstance(error, BindeleddError) else type(error).__name__
            raise
        self.trouble = ""
        if time.monotonic() - self._told_at > TELL_SECONDS:
            self._tell()
        self._lag = self._behind()
        self._watch(taken)
        reached = self._reached
        self.caught_up |= bool(reached) and all(at >= self._lay.get(each, 0) for each, at in reached.items())
        return taken

    def lag(self) -> int:
        """How many records lay on our partitions after the last poll that we had not taken in."""
        return self._lag

    @property
    def partitions(self) -> int:
        """How many partitions are ours, and placed."""
        return len(self._reached)

    def close(self) -> None:
        if self._consumer is not None:
            self._tell()
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with suppress(KafkaException):
                consumer.close()
        self._given.clear()
        self._reached.clear()
        self._lag = 0

    # -- inside -------------------------------------------------------------------------------------------------

    def _poll(self) -> Sequence[Any]:
        """What has come: as soon as anything has, and then all that has. What is not ours any more is left out."""
        if time.monotonic() - self._looked > IDENTITY_SECONDS:
            self._look()
        consumer = self._consumer = self._consumer or self._connect()
        if lost := self._given - self._reached.keys():
            self._place(consumer, lost)
        first = consumer.poll(POLL_MS / 1000)
        if first is None:
            return ()
        polled = [first, *consumer.consume(self._most - 1, 0)]
        return [each for each in polled if self._is_record(each) and (each.topic(), each.partition()) in self._reached]

    def _connect(self) -> Consumer:
        consumer = self._cluster.consumer(**{
            "group.id": group_of(self.engine.service.name), "session.timeout.ms": SESSION_MS,
            "heartbeat.interval.ms": SESSION_MS // 4, "partition.assignment.strategy": "cooperative-sticky",
            "topic.metadata.refresh.interval.ms": int(IDENTITY_SECONDS * 1000),
            "fetch.max.bytes": FETCH_BYTES, "max.partition.fetch.bytes": PARTITION_BYTES,
            "queued.max.messages.kbytes": FETCH_BYTES // 1024, "fetch.queue.backoff.ms": FULL_MS,
        })  # fmt: skip
        consumer.subscribe(self._topics, on_assign=self._take_over, on_revoke=self._hand_over)
        self._given.clear()
        self._reached.clear()
        self._moved = time.monotonic()
        return consumer

    def _take_over(self, consumer: Consumer, partitions: Sequence[TopicPartition]) -> None:
        """Told within a poll: these are ours from now on. What this raises the poll raises, and they are placed by the
        next."""
        new = {(each.topic, each.partition) for each in partitions}
        self._given |= new
        self._place(consumer, new)

    def _hand_over(self, _consumer: Consumer, partitions: Sequence[TopicPartition]) -> None:
        """Told within a poll: these are ours no longer."""
        for each in partitions:
            self._given.discard((each.topic, each.partition))
            self._reached.pop((each.topic, each.partition), None)

    def _look(self) -> None:
        """See which cluster and topics these are. A partition of a topic that is another one is placed anew."""
        found = self._cluster.identity(self._topics)
        if missing := sorted(set(self._topics) - found.topics.keys()):
            raise Stopped(
                f"{self.engine.service.name}: {len(missing)} topics are missing, {missing[0]} first. "
                "Run `bindeledd topics apply`"
            )
        if found != self._identity:
            self._reached.clear()
        self._identity = found
        self._looked = time.monotonic()

    def _place(self, consumer: Consumer, partitions: Collection[Partition]) -> None:
        """Begin where the store stands, or where the broker's log begins if that is later. An offset that the broker's
        log does not reach (it lost its end) is reset to its beginning by the client. What was fetched is let go."""
        with self._cluster.admin() as admin:
            bounds = admin.bounds(partitions)
        placed = {each: max(self._stands(each), begin) for each, (begin, _) in bounds.items()}
        before = [each for each in consumer.assignment() if (each.topic, each.partition) in placed]
        if before:
            consumer.incremental_unassign(before)
        consumer.incremental_assign([TopicPartition(*each, offset) for each, offset in placed.items()])
        if not self.caught_up:
            self._lay |= {each: end for each, (_, end) in bounds.items()}
        self._reached |= placed
        for each in placed:
            self._told.pop(each, None)  # whoever had it before may have died before it told

    def _stands(self, partition: Partition) -> int:
        name = self._name(partition)
        return int(self.engine.read(lambda db: intake.cursor(db, name))[1])

    def _name(self, partition: Partition) -> str:
        topic, number = partition
        return f"kafka:{self._identity.cluster}:{self._identity.topics[topic]}:{number}"

    def _take_in(self, polled: Sequence[Any]) -> int:
        began = time.monotonic()
        received = [each for each in map(self._received, polled) if each is not None]
        reached = {(record.topic(), record.partition()): record.offset() + 1 for record in polled}
        cursors = {self._name(partition): (intake.NO_EPOCH, offset) for partition, offset in reached.items()}
        self.engine.receive(cursors, received)
        self._reached.update(reached)
        fit = len(polled) * POLL_SECONDS / max(time.monotonic() - began, 0.001)
        self._most = int(min(max(fit, POLL_RECORDS), 2 * self._most, POLL_RECORDS_MAX))
        return len(polled)

    def _received(self, record: Any) -> Received | None:
        """The record, if it is one. What is none can have no effect: it is counted, told, and left where it lies; if
        it stands where a record should, that one's stream has a gap, which shows."""
        topic, key, headers = record.topic(), record.key(), dict(record.headers() or ())
        if HEARTBEAT in headers:
            return None
        try:
            data = self._framing.unframed(record.value())
            content = envelope, _event = read(self.engine.around.codec, data, keep=False)
            if (key, headers.get("ce_id"), headers.get("ce_type")) != _copies(envelope):
                _refuse_other(key, headers, envelope)
        except InvalidMessage as error:
            name = self.engine.service.name
            metrics.GARBAGE.labels(name, topic).inc()
            logs.warning("topic.garbage", service=name, topic=topic, position=record.offset(), reason=str(error))
            return None
        return Received(writer_of(topic), topic, envelope.position, data, True, content)

    def _behind(self) -> int:
        """What the client knows from its last fetches. It must not be asked by another thread than the one that polls:
        that would hold the interpreter while it waits for the poll, which waits for the interpreter."""
        assert self._consumer is not None
        behind = 0
        for each, offset in self._reached.items():
            _, end = self._consumer.get_watermark_offsets(TopicPartition(*each), cached=True)
            behind += max(0, end - offset)
        return behind

    def _tell(self) -> None:
        """Tell the broker how far we are. That it would not hear is ordinary: we do not go by it."""
        assert self._consumer is not None
        news = {partition: offset for partition, offset in self._reached.items() if self._told.get(partition) != offset}
        if not news:
            return
        self._told |= news
        self._told_at = time.monotonic()
        with suppress(KafkaException):
            self._consumer.commit(offsets=[TopicPartition(*each, offset) for each, offset in news.items()])

    def _watch(self, taken: int) -> None:
        now = time.monotonic()
        if taken or (self._reached and not self._lag):
            self._moved = now
        elif now - self._moved > STUCK_SECONDS:
            if not self._reached and self._others_have_all():
                self._moved = now
                return
            why = "records wait on Kafka, and none has come in" if self._reached else "Kafka has given us no partition"
            self.close()
            raise Stopped(f"{self.engine.service.name}: {why} for {STUCK_SECONDS:.0f} seconds")

    def _others_have_all(self) -> bool:
        """Whether we have no partition because other workers of the service have them: then we stand ready."""
        group = group_of(self.engine.service.name)
        with self._cluster.admin() as admin:
            found = admin.answer(admin.client.describe_consumer_groups([group])[group])
        return any(member.assignment.topic_partitions for member in found.members)

    def _is_record(self, message: Any) -> bool:
        """Whether it is one, and not the client's word of something that goes wrong. Raises KafkaException, unless a
        topic is not there: that, and what to do about it, the next look tells."""
        error = message.error()
        if error is None:
            return True
        if error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return False
        if error.fatal():
            self.close()
        raise KafkaException(error)


def _copies(envelope: Envelope) -> tuple[bytes, bytes, bytes]:
    """What key, `ce_id` and `ce_type` say of a record."""
    return envelope.stream.encode(), envelope.id.encode(), envelope.type.encode()


def _refuse_other(key: bytes | None, headers: Mapping[str, Any], envelope: Envelope) -> None:
    """Raises InvalidMessage when a copy that is there says something else than the envelope."""
    there = key, headers.get("ce_id"), headers.get("ce_type")
    for name, copy, original in zip(("key", "ce_id", "ce_type"), there, _copies(envelope), strict=True):
        if copy is not None and copy != original:
            raise InvalidMessage("a copy says something else than the envelope", name)


class Working:
    """A service at work in a thread of its own: what Kafka brings, what falls due, and its own commands meanwhile."""

    def __init__(
        self, engine: Engine, topics: Topics, sources: Sources, *beside: Advances, followers: Sequence[Follower] = ()
    ) -> None:
        self.topics, self._sources = topics, sources
        self._worker: Worker[Advances] = Worker(engine, [sources, topics, *beside], beside=[*followers])
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="worker")

    def start(self) -> None:
        spare_what_stays(POLL_OBJECTS)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, and stop."""
        self._stopping = True
        self._sources.stop()
        self._thread.join()
        self._worker.stop()
        self.topics.close()

    def unhealthy(self) -> list[str]:
        why = self._worker.stopped or self._worker.engine.hindered or self.topics.trouble
        return [why] if why else self._sources.silent()

    def measure(self) -> None:
        engine = self._worker.engine
        engine.measure()
        metrics.LAG_RECORDS.labels(engine.service.name).set(self.topics.lag())
        metrics.PARTITIONS.labels(engine.service.name).set(self.topics.partitions)
        metrics.QUICK.labels(engine.service.name).set(engine.around.codec.quick_schemas)
        metrics.SLOWLY.labels(engine.service.name).set(engine.around.codec.slowly)

    def _run(self) -> None:
        self._sources.start()
        idle_since = time.monotonic()
        while not self._stopping:
            if self._worker.turn():
                idle_since = time.monotonic()
            elif time.monotonic() < self._worker.rests_until:
                time.sleep(POLL_MS / 1000)
            elif time.monotonic() - idle_since > IDLE_SECONDS:
                self._worker.idle()
                idle_since = time.monotonic()
