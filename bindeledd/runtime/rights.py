"""Understands who may read and write which topic: worked out from the catalogue, and brought to the cluster.

A process is known by a name of its own, which Kubernetes takes too: `_` is written `-`. A service's relay writes its
topics, and nobody else does. Its worker reads what the catalogue says, and what its relay wrote, to see whether that is
more than a restored store knows. A party's topic is read by its organisation's web, and by the party's own system. The
watch reads what goes between services, and sees how far each group is.

Whoever may read or write may see that the topic is there, and whoever may write may do so idempotently (Kafka 2.8):
neither is a right of its own.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.errors import NoError, SecurityDisabledError

from bindeledd.runtime.kafka import transient
from bindeledd.runtime.topics import wanted_topics, writer_of
from bindeledd.schema.catalog import Catalog

RELAY, WORKER, WEB, PART, WATCH = "relay", "worker", "web", "part", "watch"
_ANYWHERE: Final = "*"
HEARD_SECONDS = 30.0
LOOK_AGAIN_SECONDS = 0.05


class Right(NamedTuple):
    """One thing that one process may do, in the words that Kafka and Strimzi share."""

    principal: str
    """Without the `User:` before it."""
    resource: Literal["topic", "group"]
    name: str
    operation: Literal["Read", "Write", "Describe"]
    pattern: Literal["literal", "prefix"] = "literal"


@dataclass(frozen=True, slots=True)
class Change:
    """What was done about one process's rights."""

    principal: str
    what: str

    def as_json(self) -> dict[str, object]:
        return {"principal": self.principal, "what": self.what}

    def line(self) -> str:
        return f"{self.principal}: {self.what}"


def name_of(kind: str, which: str = "") -> str:
    """The name that a process is known by: its user, or its certificate's."""
    return ".".join(filter(None, ("bindeledd", kind, which.replace("_", "-"))))


def group_of(service: str) -> str:
    """The consumer group that a service's workers share."""
    return f"bindeledd.{service}"


def is_ours(principal: str) -> bool:
    """Whether the principal's rights are the catalogue's to give. Who applies them, `bindeledd.topics`, is not one."""
    before, _, name = principal.partition("User:bindeledd.")
    return not before and name.partition(".")[0] in (RELAY, WORKER, WEB, PART, WATCH)


def rights(catalog: Catalog, parties: Mapping[str, Collection[str]]) -> list[Right]:
    """Every right that there is to be, in a fixed order. `parties` are those of each organisation."""
    return sorted({*_of_services(catalog, parties), *_of_parties(catalog, parties)})


def _of_services(catalog: Catalog, parties: Mapping[str, Collection[str]]) -> Iterator[Right]:
    every = [party for each in parties.values() for party in each]
    for topic in wanted_topics(catalog, every, 1):
        writer = writer_of(topic)
        yield Right(name_of(RELAY, writer), "topic", topic, "Write")
        yield from _reading(name_of(WORKER, writer), [topic], group_of(writer))
        yield Right(name_of(WATCH), "topic", topic, "Describe")
    for read in catalog.topics.values():
        for reader in read.readers:
            yield from _reading(name_of(WORKER, reader), [read.name], group_of(reader))
        if read.readers:
            yield Right(name_of(WATCH), "topic", read.name, "Read")
    yield Right(name_of(WATCH), "group", name_of(WATCH), "Read", "prefix")  # each that watches is a group of its own
    yield Right(name_of(WATCH), "group", group_of(""), "Describe", "prefix")


def _of_parties(catalog: Catalog, parties: Mapping[str, Collection[str]]) -> Iterator[Right]:
    for organisation, theirs in parties.items():
        for party in theirs:
            topics = sorted(wanted_topics(catalog, [party], 1).keys() - catalog.topics.keys())
            for reader in (name_of(WEB, organisation), name_of(PART, party)):
                yield from _reading(reader, topics, reader)


def _reading(principal: str, topics: Iterable[str], group: str) -> Iterator[Right]:
    for topic in topics:
        yield Right(principal, "topic", topic, "Read")
    yield Right(principal, "group", group, "Read")


def apply(admin: KafkaAdminClient, wanted: Collection[Right]) -> list[Change] | None:
    """Give what is missing, and take from our own principals what is not theirs any more. None: the cluster has nobody
    who asks what may be done, so everybody may do everything.

    Nothing is done about principals that are not ours, nor about what somebody forbids one of ours by hand: that is
    told each time. Raises TransientError.
    """
    with transient():
        try:
            there, _ = admin.describe_acls(_EVERY)
        except SecurityDisabledError:
            return None
        ours = {acl for acl in there if is_ours(acl.principal)}
        allowed = {acl for acl in ours if _is_given(acl)}
        asked = {_acl(right) for right in wanted}
        _give(admin, asked - allowed)
        _take(admin, allowed - asked)
        if asked != allowed:
            _wait_for(admin, asked)
    given = sorted(acl.principal for acl in asked - allowed)
    return [
        *(Change(principal, f"{given.count(principal)} rights given") for principal in dict.fromkeys(given)),
        *_said(allowed - asked, "no longer has the right to"),
        *_said(ours - allowed, "is forbidden by hand, which is left so, to"),
    ]


_EVERY: Final = ACLFilter(
    None, None, ACLOperation.ANY, ACLPermissionType.ANY,
    ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
)  # fmt: skip


def _acl(right: Right) -> ACL:
    whole = right.pattern == "literal"
    kind = ACLResourcePatternType.LITERAL if whole else ACLResourcePatternType.PREFIXED
    pattern = ResourcePattern(ResourceType[right.resource.upper()], right.name, kind)
    operation = ACLOperation[right.operation.upper()]
    return ACL(f"User:{right.principal}", _ANYWHERE, operation, ACLPermissionType.ALLOW, pattern)


def _give(admin: KafkaAdminClient, acls: Collection[ACL]) -> None:
    if acls:
        for error in admin.create_acls(list(acls))["failed"]:
            raise error


def _take(admin: KafkaAdminClient, acls: Collection[ACL]) -> None:
    if not acls:
        return
    exactly = [
        ACLFilter(acl.principal, acl.host, acl.operation, acl.permission_type, acl.resource_pattern) for acl in acls
    ]
    for _, _, error in admin.delete_acls(exactly):
        if error is not NoError:
            raise error


def _wait_for(admin: KafkaAdminClient, asked: Collection[ACL]) -> None:
    """Until the broker we speak to knows of it: who begins at once would be refused else."""
    until = time.monotonic() + HEARD_SECONDS
    while time.monotonic() < until:
        there, _ = admin.describe_acls(_EVERY)
        if {acl for acl in there if _is_given(acl)} == asked:
            return
        time.sleep(LOOK_AGAIN_SECONDS)


def _is_given(acl: ACL) -> bool:
    return is_ours(acl.principal) and acl.permission_type is ACLPermissionType.ALLOW


def _said(acls: Collection[ACL], what: str) -> list[Change]:
    return sorted((Change(acl.principal, f"{what} {_in_words(acl)}") for acl in acls), key=Change.line)


def _in_words(acl: ACL) -> str:
    on = acl.resource_pattern
    begin = "" if on.pattern_type is ACLResourcePatternType.LITERAL else "whatever begins with "
    where = "" if acl.host == _ANYWHERE else f" from {acl.host}"
    return f"{acl.operation.name.lower()} {on.resource_type.name.lower()} {begin}{on.resource_name}{where}"
