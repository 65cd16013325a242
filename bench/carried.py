"""Understands the topics of the workloads: a real broker for the whole run, and the same records put on it bare."""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from bench import bulk, plan
from bench.taken import in_order
from bindeledd.core.clock import new_ref, system_entropy
from bindeledd.runtime.kafka import Cluster, is_heartbeat
from bindeledd.runtime.relay import cloud_event
from bindeledd.runtime.topics import FOR_EVER, Wanted, apply
from bindeledd.store import log
from bindeledd.store.log import Stored
from bindeledd.store.sqlite import SqliteDb
from tests.broker.kafka import broker

PARTITIONS = 6
SERVICE = "kriseplan"

Message = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value, headers."""


@cache
def bootstrap() -> str:
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(broker())


def cluster() -> Cluster:
    return Cluster(bootstrap())


def fresh(service: str = SERVICE, name: str = "") -> str:
    """A topic of the service that was not there before."""
    topic = f"{service}.{name or new_ref(system_entropy)}"
    with cluster().admin() as admin:
        apply(admin, [Wanted(topic, PARTITIONS, FOR_EVER)], 1)
    return topic


def records(count: int) -> list[Stored]:
    """The log of a service with this many events, ten to a plan, as the bus would have written it."""
    with tempfile.TemporaryDirectory(prefix="bindeledd-bench-log-") as folder:
        bulk.fill(Path(folder), count)
        with closing(SqliteDb(Path(folder) / f"{SERVICE}.db")) as db:
            return log.read_page(db, 0, count)


def messages(rows: Sequence[Stored]) -> Iterator[Message]:
    """What a relay makes of them."""
    for row in rows:
        headers = list(cloud_event(SERVICE, plan.codec().peek(row.data)).items())
        yield row.stream.encode(), row.data, headers


def producer() -> Any:
    """An idempotent one that waits for all replicas, as the relay's."""
    return KafkaProducer(bootstrap_servers=bootstrap(), acks="all", enable_idempotence=True, batch_size=64 * 1024)


def send(to: Any, topic: str, what: Sequence[Message] | Iterator[Message]) -> None:
    """Send, and wait until all have been acknowledged."""
    for key, value, headers in what:
        to.send(topic, value, key=key, headers=headers)
    to.flush()


def filled(rows: Sequence[Stored]) -> str:
    """A fresh topic with these records."""
    topic = fresh()
    with closing(producer()) as to:
        send(to, topic, messages(rows))
    return topic


def refuse_loss(topic: str, count: int) -> None:
    """Raises AssertionError unless so many records lie on the topic, each stream's in order."""
    with closing(KafkaConsumer(bootstrap_servers=bootstrap(), enable_auto_commit=False)) as consumer:
        partitions = [TopicPartition(topic, each) for each in consumer.partitions_for_topic(topic)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        lying = []
        while any(consumer.position(each) < end for each, end in ends.items()):
            lying += [record for of_one in consumer.poll(500).values() for record in of_one]
    envelopes = [plan.codec().peek(record.value) for record in lying if not is_heartbeat(record.headers)]
    assert sum(in_order((each.stream, each.version) for each in envelopes).values()) == count
