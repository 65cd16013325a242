"""Knows how Strimzi, which runs Kafka on Kubernetes, is told of the topics and of who may use them.

The topics and the rights are those that `topics apply` brings to a cluster.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from bindeledd.runtime.rights import PART, Right, name_of
from bindeledd.runtime.topics import Wanted

API: Final = "kafka.strimzi.io/v1"
LABELS: Final = {"strimzi.io/cluster": "bindeledd", "app.kubernetes.io/part-of": "bindeledd"}


def resources(
    topics: Iterable[Wanted], rights: Iterable[Right], replication: int, parties: Collection[str]
) -> Iterator[dict[str, Any]]:
    """A KafkaTopic for each topic and a KafkaUser for each of our processes. Of parties' own systems those of `parties`
    only: a user's certificate is made at once, and lies there for whoever finds it."""
    yield from (_topic(topic, replication) for topic in topics)
    own = {name_of(PART, party) for party in parties}
    for principal, theirs in groupby(sorted(rights), key=lambda right: right.principal):
        if principal in own or not principal.startswith(name_of(PART, "")):
            yield _user(principal, theirs)


def document(resource: Mapping[str, Any]) -> str:
    """A resource as one document of a stream for `kubectl apply`: JSON is YAML."""
    return f"---\n{json.dumps(resource, ensure_ascii=False)}"


def _topic(topic: Wanted, replication: int) -> dict[str, Any]:
    spec = {
        "topicName": topic.name, "partitions": topic.partitions, "replicas": replication,
        "config": topic.config(replication),
    }  # fmt: skip
    return _resource("KafkaTopic", topic.name.replace("_", "-"), spec)


def _user(principal: str, rights: Iterable[Right]) -> dict[str, Any]:
    acls = [
        {
            "resource": {"type": right.resource, "name": right.name, "patternType": right.pattern},
            "operations": [right.operation],
        }
        for right in rights
    ]
    spec = {"authentication": {"type": "tls"}, "authorization": {"type": "simple", "acls": acls}}
    return _resource("KafkaUser", principal, spec)


def _resource(kind: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name, "labels": LABELS}, "spec": spec}
