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
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from bindeledd.runtime.kafka import Admin, kind_of, transient
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


def apply(admin: Admin, wanted: Collection[Right]) -> list[Change] | None:
    """Give what is missing, and take from our own principals what is not theirs any more. None: the cluster has nobody
    who asks what may be done, so everybody may do everything.

    Nothing is done about principals that are not ours, nor about what somebody forbids one of ours by hand: that is
    told each time. Raises TransientError.
    """
    with transient():
        try:
            return _bring(admin, {_acl(right) for right in wanted})
        except KafkaException as error:
            if kind_of(error) == "SECURITY_DISABLED":  # heard only when rights are given
                return None
            raise


def _bring(admin: Admin, asked: Set[AclBinding]) -> list[Change]:
    ours = {acl for acl in _there(admin) if is_ours(acl.principal)}
    allowed = {acl for acl in ours if _is_given(acl)}
    missing, left_over = asked - allowed, allowed - asked
    _give(admin, missing)
    _take(admin, left_over)
    if missing or left_over:
        _wait_for(admin, asked)
    given = sorted(acl.principal for acl in missing)
    return [
        *(Change(principal, f"{given.count(principal)} rights given") for principal in dict.fromkeys(given)),
        *_said(left_over, "no longer has the right to"),
        *_said(ours - allowed, "is forbidden by hand, which is left so, to"),
    ]


_ANY: Final[Any] = None
_EVERY: Final = AclBindingFilter(
    ResourceType.ANY, _ANY, ResourcePatternType.ANY, _ANY, _ANY, AclOperation.ANY, AclPermissionType.ANY
)  # fmt: skip


def _there(admin: Admin) -> list[AclBinding]:
    found: list[AclBinding] = admin.answer(admin.client.describe_acls(_EVERY))
    return found


def _acl(right: Right) -> AclBinding:
    pattern = ResourcePatternType.LITERAL if right.pattern == "literal" else ResourcePatternType.PREFIXED
    kind, operation = ResourceType[right.resource.upper()], AclOperation[right.operation.upper()]
    principal = f"User:{right.principal}"
    return AclBinding(kind, right.name, pattern, principal, _ANYWHERE, operation, AclPermissionType.ALLOW)


def _give(admin: Admin, acls: Collection[AclBinding]) -> None:
    if acls:
        admin.answers(admin.client.create_acls(list(acls)))


def _take(admin: Admin, acls: Collection[AclBinding]) -> None:
    if not acls:
        return
    exactly = [
        AclBindingFilter(
            acl.restype, acl.name, acl.resource_pattern_type, acl.principal, acl.host, acl.operation,
            acl.permission_type,
        )
        for acl in acls
    ]  # fmt: skip
    admin.answers(admin.client.delete_acls(exactly))


def _wait_for(admin: Admin, asked: Set[AclBinding]) -> None:
    """Until the broker we speak to knows of it: who begins at once would be refused else."""
    until = time.monotonic() + HEARD_SECONDS
    while time.monotonic() < until:
        if {acl for acl in _there(admin) if _is_given(acl)} == asked:
            return
        time.sleep(LOOK_AGAIN_SECONDS)


def _is_given(acl: AclBinding) -> bool:
    return is_ours(acl.principal) and acl.permission_type is AclPermissionType.ALLOW


def _said(acls: Collection[AclBinding], what: str) -> list[Change]:
    return sorted((Change(acl.principal, f"{what} {_in_words(acl)}") for acl in acls), key=Change.line)


def _in_words(acl: Any) -> str:
    begin = "" if acl.resource_pattern_type is ResourcePatternType.LITERAL else "whatever begins with "
    where = "" if acl.host == _ANYWHERE else f" from {acl.host}"
    return f"{acl.operation.name.lower()} {acl.restype.name.lower()} {begin}{acl.name}{where}"
