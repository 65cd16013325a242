"""Understands what has not happened though it should have, over many keys at once: pure, and in any order.

Each kind of alarm is a question to what has been read and seen *up to* a moment: what may still lie unread on a topic
is not missing yet. A deadline is looked for in its owner's judgement, a record in the offsets of those who should take
it in, a source in its heartbeats.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from bindeledd.core.envelope import Envelope
from bindeledd.runtime.topics import writer_of
from bindeledd.schema.generated.felles import FristHoldt, FristOmgjort, FristOverskredet, FristSatt, FristTilstand

JUDGED_WITHIN: Final = timedelta(minutes=5)
"""After a deadline has fallen due: its owner judges it within seconds, also after a restart."""
TAKEN_WITHIN: Final = timedelta(minutes=2)
"""After a record lay on a topic: each who reads the topic takes it in within seconds."""
HEARD_WITHIN: Final = timedelta(seconds=60)
"""Between two heartbeats of a source."""

Partition = tuple[str, int]
"""Topic and number."""


class Kind(StrEnum):
    """What has not happened."""

    UNJUDGED = "unjudged"
    UNREAD = "unread"
    SILENT = "silent"


class Alarm(NamedTuple):
    """One thing that should have happened. `service` is whose it is to do, `stream` empty where it is about none;
    `what` is a deadline's name or a partition's number; `since` when it was due, or began to wait."""

    kind: Kind
    service: str
    topic: str
    stream: str
    what: str
    since: datetime


# -- deadlines ------------------------------------------------------------------------------------------------------


class Running(NamedTuple):
    """A deadline that nobody has judged."""

    topic: str
    stream: str
    name: str


class Deadlines:
    """What was said last of each deadline. The last is that of the highest epoch and version, whenever it was read."""

    def __init__(self) -> None:
        self._said: dict[Running, tuple[int, int]] = {}
        self.running: dict[Running, datetime] = {}
        """Those that nobody has judged, and when they fall due."""

    def take(self, topic: str, envelope: Envelope, event: Any) -> None:
        match event:
            case FristSatt() | FristOmgjort(tilstand=FristTilstand.AAPEN):
                runs = True
            case FristHoldt() | FristOverskredet() | FristOmgjort():
                runs = False
            case _:
                return
        deadline, said = Running(topic, envelope.stream, event.navn), (envelope.epoch, envelope.version)
        if said < self._said.get(deadline, (0, 0)):
            return
        self._said[deadline] = said
        self.running.pop(deadline, None)
        if runs:
            self.running[deadline] = event.forfall

    def unjudged(self, upto: datetime) -> Iterator[Alarm]:
        """Those that fell due, and were not judged in the time that is given for it (architecture: deadlines are
        data, judged by the service that owns them)."""
        for (topic, stream, name), due in self.running.items():
            if due + JUDGED_WITHIN < upto:
                yield Alarm(Kind.UNJUDGED, writer_of(topic), topic, stream, name, due)


# -- records that nobody took in --------------------------------------------------------------------------------------


class Place(NamedTuple):
    """How far one group has come on one partition."""

    group: str
    topic: str
    partition: int


class Waiting(NamedTuple):
    """A partition has held records for a group since it was seen at `since`, when it ended at `end`."""

    since: datetime
    end: int


@dataclass(frozen=True, slots=True)
class Offsets:
    """What a look at the cluster saw: where each partition that holds something ends, and where each group stands."""

    at: datetime
    ends: Mapping[Partition, int]
    groups: Mapping[str, Mapping[Partition, int]]

    def behind(self, place: Place) -> int:
        """How many records wait there."""
        partition = (place.topic, place.partition)
        return self.ends[partition] - min(self.ends[partition], self.groups.get(place.group, {}).get(partition, 0))

    def places(self, readers: Mapping[str, Collection[str]]) -> Iterator[Place]:
        """Where somebody should read: each group that is a topic's reader, and each that has begun to read it."""
        for topic, number in self.ends:
            begun = {group for group, reached in self.groups.items() if (topic, number) in reached}
            for group in sorted(begun.union(readers.get(topic, ()))):
                yield Place(group, topic, number)


def waiting_after(
    before: Mapping[Place, Waiting], seen: Offsets, readers: Mapping[str, Collection[str]]
) -> dict[Place, Waiting]:
    """Where records wait, and since when: since the first look at which the oldest of them lay there."""
    after = {}
    for place in seen.places(readers):
        behind, end = seen.behind(place), seen.ends[place.topic, place.partition]
        if not behind:
            continue
        old = before.get(place)
        # A topic that ends earlier than it did is another one.
        same = old is not None and end - behind < old.end <= end
        after[place] = old if old is not None and same else Waiting(seen.at, end)
    return after


def unread(waiting: Mapping[Place, Waiting], at: datetime) -> Iterator[Alarm]:
    """What has lain on a topic, and was not taken in in the time that is given for it."""
    for place, (since, _) in waiting.items():
        if since + TAKEN_WITHIN < at:
            yield Alarm(Kind.UNREAD, place.group, place.topic, "", str(place.partition), since)


# -- heartbeats -------------------------------------------------------------------------------------------------------


def silent(heard: Mapping[str, datetime], upto: datetime) -> Iterator[Alarm]:
    """The topics whose writer was heard once (`heard`: when last) and is not heard now."""
    for topic, last in heard.items():
        if last + HEARD_WITHIN < upto:
            yield Alarm(Kind.SILENT, writer_of(topic), topic, "", "", last)
