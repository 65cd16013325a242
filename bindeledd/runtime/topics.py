"""Understands which topics there are to be, and brings a cluster there without ever losing what is in one.

A topic that a service or a party reads is there; what nobody reads is not sent. No event topic is ever compacted: a
late send of a paused relay would bring back what was replaced long ago.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from confluent_kafka.admin import (
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

from bindeledd.core.errors import BindeleddError
from bindeledd.runtime.kafka import Admin, transient
from bindeledd.schema.catalog import Catalog

VIEWS: Final = ".til."
"""Between a service and a party, in the name of the topic with that party's views."""
DAY_MS: Final = 24 * 60 * 60 * 1000
FOR_EVER: Final = -1
SEEN_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.05


class Dangerous(BindeleddError):
    """What is asked for would lose records, or has lost some already."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic as it is to be."""

    name: str
    partitions: int
    retention_ms: int

    def config(self, replication: int) -> dict[str, str]:
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(self.retention_ms),
            "retention.bytes": "-1",
            "min.insync.replicas": str(min(2, replication)),
            "unclean.leader.election.enable": "false",
        }


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to one topic."""

    topic: str
    what: str

    def as_json(self) -> dict[str, object]:
        return {"topic": self.topic, "what": self.what}

    def line(self) -> str:
        return f"{self.topic}: {self.what}"


def wanted_topics(catalog: Catalog, parties: Iterable[str], partitions: int) -> dict[str, Wanted]:
    """Every topic that somebody reads. A party's has one partition: it has one reader.

    What a service proves to outsiders is told again from here, too; a web's look-ups have no relay, and stay with it.
    """
    events = {
        topic.name: Wanted(topic.name, partitions, topic.retention_days * DAY_MS or FOR_EVER)
        for topic in catalog.topics.values()
        if topic.readers or (topic.audited and topic.owner in catalog.views)
    }
    views = {
        name: Wanted(name, 1, FOR_EVER)
        for party in parties
        for service in catalog.views
        for name in (f"{service}{VIEWS}{party}",)
    }
    return events | views


def writer_of(topic: str) -> str:
    """The service that alone writes a topic."""
    return topic.partition(".")[0]


def apply(admin: Admin, wanted: Collection[Wanted], replication: int) -> list[Change]:
    """Make what is missing and mend what differs; what is as it should be is not mentioned.

    Raises Dangerous, having changed nothing, when any of it would lose records; TransientError.
    """
    with transient():
        there = _there(admin, wanted)
        refused = [why for topic in wanted if topic.name in there for why in _dangers(topic, there[topic.name])]
        if refused:
            raise Dangerous("nothing was changed. " + ". ".join(refused))
        return [
            *_create(admin, [topic for topic in wanted if topic.name not in there], replication),
            *_mend(admin, [topic for topic in wanted if topic.name in there], there, replication),
        ]


@dataclass(frozen=True, slots=True)
class _There:
    partitions: int
    config: Mapping[str, str]


def _there(admin: Admin, wanted: Collection[Wanted]) -> dict[str, _There]:
    described = admin.topics([topic.name for topic in wanted])
    if not described:
        return {}
    configs = admin.answers(
        admin.client.describe_configs([ConfigResource(ResourceType.TOPIC, each) for each in described])
    )
    return {
        each.name: _There(len(described[each.name].partitions), {key: entry.value for key, entry in found.items()})
        for each, found in configs.items()
    }


def _dangers(wanted: Wanted, there: _There) -> Iterable[str]:
    if there.partitions > wanted.partitions:
        yield f"{wanted.name} has {there.partitions} partitions, and Kafka cannot make them {wanted.partitions}"
    kept, asked = int(there.config["retention.ms"]), wanted.retention_ms
    if asked != FOR_EVER and (kept == FOR_EVER or kept > asked):
        yield f"{wanted.name} keeps records for {_days(kept)}, and {_days(asked)} would delete some"
    if "compact" in there.config["cleanup.policy"]:
        yield f"{wanted.name} is compacted, so records are gone: delete the topic, apply, and let its relay refill it"


def _days(ms: int) -> str:
    return "ever" if ms == FOR_EVER else f"{ms / DAY_MS:g} days"


def _create(admin: Admin, missing: Collection[Wanted], replication: int) -> list[Change]:
    if not missing:
        return []
    asked = [NewTopic(topic.name, topic.partitions, replication, config=topic.config(replication)) for topic in missing]
    admin.answers(admin.client.create_topics(asked))
    _wait_for(admin, [topic.name for topic in missing])
    return [Change(topic.name, f"made, {topic.partitions} partitions") for topic in missing]


def _wait_for(admin: Admin, names: Collection[str]) -> None:
    """Until the broker we speak to knows of them: who begins at once would not find them else."""
    until = time.monotonic() + SEEN_SECONDS
    while len(admin.topics(names)) < len(names) and time.monotonic() < until:
        time.sleep(LOOK_AGAIN_SECONDS)


def _mend(admin: Admin, wanted: Collection[Wanted], there: Mapping[str, _There], replication: int) -> list[Change]:
    changes, configs, counts = [], [], []
    for topic in wanted:
        found = there[topic.name]
        differs = {key: value for key, value in topic.config(replication).items() if found.config.get(key) != value}
        if differs:
            configs.append(_set(topic.name, differs))
            changes += [Change(topic.name, f"{key} = {value}") for key, value in differs.items()]
        if topic.partitions > found.partitions:
            counts.append(NewPartitions(topic.name, topic.partitions))
            changes.append(Change(topic.name, f"{topic.partitions} partitions, there were {found.partitions}"))
    if configs:
        admin.answers(admin.client.incremental_alter_configs(configs))
    if counts:
        admin.answers(admin.client.create_partitions(counts))
    return changes


def _set(topic: str, config: Mapping[str, str]) -> ConfigResource:
    entries = [ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in config.items()]
    return ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
