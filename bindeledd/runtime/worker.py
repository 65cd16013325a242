"""The worker: takes in what other services have sent to Kafka, a poll at a time, each in one transaction.

How far it has come is written in that transaction, per partition, under the ids of the cluster and the topic; Kafka's
own offsets are told afterwards, for people's tools only. So whatever the broker forgets, repeats or makes anew, reading
begins where the store stands, and what comes twice is known by its version. Taking effect is `Engine.receive`'s.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import KafkaError
from kafka.structs import OffsetAndMetadata

from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import BindeleddError, InvalidMessage, Stopped
from bindeledd.ops import logs, metrics
from bindeledd.runtime.embedded import IDLE_SECONDS, Advances, Worker, spare_what_stays
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.handle import Received, read
from bindeledd.runtime.kafka import Cluster, Framing, Identity, is_heartbeat, transient
from bindeledd.runtime.rights import group_of
from bindeledd.runtime.sources import Sources
from bindeledd.runtime.topics import writer_of
from bindeledd.store import intake

POLL_RECORDS = 500
POLL_MS = 100
FETCH_BYTES = 4 * 1024 * 1024
PARTITION_BYTES = 128 * 1024
"""Of each partition at most so much waits in memory, whatever lies behind on the topics; a record is smaller."""
SESSION_MS = 6_000
"""The least that a broker takes by itself: so long after a worker was killed its partitions wait for the next one."""
IDENTITY_SECONDS = 10.0
"""Between two looks whether the topics are still the same ones."""
TELL_SECONDS = 0.25
"""Between two times that the broker is told how far we are: it writes down each."""
STUCK_SECONDS = 30.0
"""When something waits and nothing moves for so long, something is wrong that no error has told of."""

Polled = Mapping[TopicPartition, Sequence[Any]]


class Topics:
    """A service's tail over Kafka: how far it has come on each partition, and what waits."""

    def __init__(self, engine: Engine, cluster: Cluster, topics: Collection[str], framing: Framing) -> None:
        self.engine, self._cluster, self._topics, self._framing = engine, cluster, sorted(topics), framing
        self._consumer: KafkaConsumer | None = None
        self._identity = Identity("", {})
        self._looked = -math.inf
        self._changed = _Changed()
        self._reached: dict[TopicPartition, int] = {}
        """The offset of the next record to take in, of each partition that is ours and placed."""
        self._told: dict[TopicPartition, int] = {}
        self._told_at = -math.inf
        self._moved = time.monotonic()
        self.trouble = ""
        """Why nothing comes in now; empty when all is well."""
        self.caught_up = False
        """Whether all has come in that lay on our partitions when they were given to us first."""
        self._lay: dict[TopicPartition, int] = {}

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
            self._looked = -math.inf
            self.trouble = str(error) if isinstance(error, BindeleddError) else type(error).__name__
            raise
        self.trouble = ""
        if time.monotonic() - self._told_at > TELL_SECONDS:
            self._tell()
        self._watch(taken)
        reached = self._reached
        self.caught_up |= bool(reached) and all(at >= self._lay.get(each, 0) for each, at in reached.items())
        return taken

    def lag(self) -> int:
        """How many records lie on our partitions that we have not taken in."""
        consumer, lag = self._consumer, 0
        if consumer is None:
            return 0
        for each, offset in list(self._reached.items()):
            with suppress(KafkaError, KeyError):  # it is another worker's by now
                lag += max(0, (consumer.highwater(each) or 0) - offset)
        return lag

    @property
    def partitions(self) -> int:
        """How many partitions are ours, and placed."""
        return len(self._reached)

    def close(self) -> None:
        if self._consumer is not None:
            self._tell()
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with suppress(KafkaError):
                consumer.close(autocommit=False, timeout_ms=5_000)

    # -- inside -------------------------------------------------------------------------------------------------

    def _poll(self) -> Polled:
        consumer = self._consumer = self._consumer or self._connect()
        polled: Polled = consumer.poll(POLL_MS, max_records=POLL_RECORDS)
        if time.monotonic() - self._looked > IDENTITY_SECONDS:
            self._look()
        ours, changed = consumer.assignment(), self._changed.take()
        self._reached = {each: at for each, at in self._reached.items() if each in ours and each not in changed}
        new = ours - self._reached.keys()
        if new:
            self._place(consumer, new)
        return {partition: records for partition, records in polled.items() if partition in self._reached.keys() - new}

    def _connect(self) -> KafkaConsumer:
        consumer = self._cluster.client_of(
            KafkaConsumer, group_id=group_of(self.engine.service.name), session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=SESSION_MS // 4, partition_assignment_strategy=[CooperativeStickyAssignor],
            allow_auto_create_topics=False, metadata_max_age_ms=int(IDENTITY_SECONDS * 1000),
            enable_auto_commit=False, auto_offset_reset="earliest", max_poll_records=POLL_RECORDS,
            fetch_max_bytes=FETCH_BYTES, max_partition_fetch_bytes=PARTITION_BYTES,
        )  # fmt: skip
        consumer.subscribe(self._topics, listener=self._changed)
        for topic in self._topics:
            # Asked for before the group is joined: who shares out partitions that it does not know of yet, as the
            # client does, gives nobody any, and does not always find that out.
            consumer.partitions_for_topic(topic)
        self._reached.clear()
        self._moved = time.monotonic()
        return consumer

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

    def _place(self, consumer: KafkaConsumer, partitions: Collection[TopicPartition]) -> None:
        """Begin where the store stands, or where the broker's log begins if that is later. An offset that the broker's
        log does not reach (it lost its end) is reset to its beginning by the client."""
        begins = consumer.beginning_offsets(list(partitions))
        if not self.caught_up:
            self._lay |= consumer.end_offsets(list(partitions))
        for partition in partitions:
            offset = max(self._stands(partition), begins[partition])
            with suppress(ValueError):  # no longer ours: whoever has it now places it
                consumer.seek(partition, offset)
                self._reached[partition] = offset
            self._told.pop(partition, None)  # whoever had it before may have died before it told

    def _stands(self, partition: TopicPartition) -> int:
        name = self._name(partition)
        return int(self.engine.read(lambda db: intake.cursor(db, name))[1])

    def _name(self, partition: TopicPartition) -> str:
        topic_id = self._identity.topics[partition.topic]
        return f"kafka:{self._identity.cluster}:{topic_id}:{partition.partition}"

    def _take_in(self, polled: Polled) -> int:
        received = [each for records in polled.values() for record in records for each in self._received(record)]
        reached = {partition: records[-1].offset + 1 for partition, records in polled.items()}
        cursors = {self._name(partition): (intake.NO_EPOCH, offset) for partition, offset in reached.items()}
        self.engine.receive(cursors, received)
        self._reached.update(reached)
        return sum(len(records) for records in polled.values())

    def _received(self, record: Any) -> Iterable[Received]:
        """The record, if it is one. What is none can have no effect: it is counted, told, and left where it lies; if
        it stands where a record should, that one's stream has a gap, which shows."""
        if is_heartbeat(record):
            return
        try:
            data = self._framing.unframed(record.value)
            envelope, _event = read(self.engine.around.codec, data)
            _refuse_other(record, envelope)
        except InvalidMessage as error:
            name = self.engine.service.name
            metrics.GARBAGE.labels(name, record.topic).inc()
            logs.warning("topic.garbage", service=name, topic=record.topic, position=record.offset, reason=str(error))
            return
        yield Received(writer_of(record.topic), record.topic, envelope.position, data)

    def _tell(self) -> None:
        """Tell the broker how far we are. That it would not hear is ordinary: we do not go by it."""
        assert self._consumer is not None
        news = {partition: offset for partition, offset in self._reached.items() if self._told.get(partition) != offset}
        if not news:
            return
        self._told |= news
        self._told_at = time.monotonic()
        with suppress(KafkaError):
            self._consumer.commit_async({each: OffsetAndMetadata(offset, "", -1) for each, offset in news.items()})

    def _watch(self, taken: int) -> None:
        now = time.monotonic()
        if taken or (self._reached and not self.lag()):
            self._moved = now
        elif now - self._moved > STUCK_SECONDS:
            if not self._reached and self._others_have_all():
                self._moved = now
                return
            self.close()
            why = "records wait on Kafka, and none has come in" if self._reached else "Kafka has given us no partition"
            raise Stopped(f"{self.engine.service.name}: {why} for {STUCK_SECONDS:.0f} seconds")

    def _others_have_all(self) -> bool:
        """Whether we have no partition because other workers of the service have them: then we stand ready."""
        with transient(), self._cluster.admin() as admin:
            (group,) = admin.describe_groups([group_of(self.engine.service.name)]).values()
        given = [member["member_assignment"] for member in group["members"]]
        return any(each and each["assigned_partitions"] for each in given)


def _refuse_other(record: Any, envelope: Envelope) -> None:
    """Key and headers are copies. Raises InvalidMessage when one says something else than the envelope."""
    headers = dict(record.headers)
    copies = {"key": record.key, "ce_id": headers.get("ce_id"), "ce_type": headers.get("ce_type")}
    originals = {"key": envelope.stream, "ce_id": envelope.id, "ce_type": envelope.type}
    for name, copy in copies.items():
        if copy is not None and copy != originals[name].encode():
            raise InvalidMessage("a copy says something else than the envelope", name)


class _Changed(ConsumerRebalanceListener):  # type: ignore[misc]
    """The partitions that have changed hands, and must be placed anew if they are ours. Told on the client's thread."""

    def __init__(self) -> None:
        self._partitions: deque[TopicPartition] = deque()

    def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        self._partitions.extend(revoked)

    def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._partitions.extend(assigned)

    def take(self) -> set[TopicPartition]:
        """Those since this was last asked."""
        return {self._partitions.popleft() for _ in range(len(self._partitions))}


class Working:
    """A service at work in a thread of its own: what Kafka brings, what falls due, and its own commands meanwhile."""

    def __init__(self, engine: Engine, topics: Topics, sources: Sources, *beside: Advances) -> None:
        self.topics, self._sources = topics, sources
        self._worker: Worker[Advances] = Worker(engine, [sources, topics, *beside])
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="worker")

    def start(self) -> None:
        spare_what_stays()
        self._thread.start()

    def stop(self) -> None:
        """Finish what is under way, and stop."""
        self._stopping = True
        self._sources.stop()
        self._thread.join()
        self.topics.close()

    def unhealthy(self) -> list[str]:
        why = self._worker.stopped or self._worker.engine.hindered or self.topics.trouble
        return [why] if why else self._sources.silent()

    def measure(self) -> None:
        engine = self._worker.engine
        engine.measure()
        metrics.LAG_RECORDS.labels(engine.service.name).set(self.topics.lag())
        metrics.PARTITIONS.labels(engine.service.name).set(self.topics.partitions)

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
