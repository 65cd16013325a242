"""The broker that tests use is a real one, and may be killed and come back."""

from __future__ import annotations

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from tests.broker import kafka


def test_what_is_acknowledged_is_there_after_the_broker_was_killed_and_came_back() -> None:
    if not kafka.found():
        pytest.skip(kafka.MISSING)
    with kafka.running_broker() as ours:
        with KafkaAdminClient(bootstrap_servers=ours.bootstrap) as admin:
            admin.create_topics({"notat": {"num_partitions": 1}})
            admin.wait_for_topics(["notat"])
        with KafkaProducer(bootstrap_servers=ours.bootstrap) as producer:
            producer.send("notat", b"noe", key=b"n").get(10)
        ours.kill()
        ours.start()
        with KafkaConsumer(bootstrap_servers=ours.bootstrap, auto_offset_reset="earliest") as consumer:
            consumer.assign([TopicPartition("notat", 0)])
            (records,) = consumer.poll(10_000).values()
    assert [(record.key, record.value) for record in records] == [(b"n", b"noe")]
