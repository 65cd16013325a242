"""Reads what lies on topics between two offsets, by itself: no group is joined, and nobody is told how far."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, Final

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from bindeledd.core.errors import TransientError
from bindeledd.runtime.kafka import Cluster, Partition

POLL_SECONDS = 0.2
POLL_RECORDS = 500
_OF_NO_CONCERN: Final = ("GROUP_AUTHORIZATION_FAILED",)
"""The client must have the name of a group, and asks for it, though it is in none."""


def records(cluster: Cluster, bounds: Mapping[Partition, tuple[int, int]], patience: float) -> Iterator[Any]:
    """The records from the first offset of each partition up to the second, partition by partition.

    Raises KafkaException; TransientError when nothing more comes for so many seconds.
    """
    options = {"group.id": cluster.client, "enable.partition.eof": True}
    with closing(cluster.consumer(**options)) as consumer:
        for partition, (first, end) in sorted(bounds.items()):
            if first < end:
                yield from _of_one(consumer, partition, first, end, patience)


def _of_one(consumer: Consumer, partition: Partition, first: int, end: int, patience: float) -> Iterator[Any]:
    consumer.assign([TopicPartition(*partition, first)])
    heard = time.monotonic()
    while time.monotonic() - heard < patience:
        message: Any = consumer.poll(POLL_SECONDS)
        polled: list[Any] = [] if message is None else [message, *consumer.consume(POLL_RECORDS, 0)]
        for each in polled:
            if _ends(each):
                return
            if each.error() is not None:
                continue
            if each.offset() >= end:
                return
            yield each
            heard = time.monotonic()
            if each.offset() == end - 1:
                return
    raise TransientError(f"Kafka: nothing more comes of {partition[0]}, and it has not ended. Try again")


def _ends(message: Any) -> bool:
    """Whether it is the client's word that nothing more lies there. Raises KafkaException for another."""
    error: KafkaError | None = message.error()
    if error is None or error.name() in _OF_NO_CONCERN:
        return False
    if error.name() == "_PARTITION_EOF":
        return True
    raise KafkaException(error)
