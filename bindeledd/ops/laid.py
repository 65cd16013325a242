"""Understands where records lie when they are followed case by case: in a service's log, or, when they come from a
topic or an archive, in a private file in which they are laid in order. Either can be asked for what came before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from bindeledd.core.errors import InvalidMessage
from bindeledd.ops.replay import PAGE_RECORDS, Found, Step, in_log
from bindeledd.schema.codec import Codec
from bindeledd.store import log
from bindeledd.store.db import Db

EPOCHS_APART = 1 << 40
"""More than any log has positions: an epoch's records come behind those of the one before."""
_TABLES = """
CREATE TABLE laid (
  came {position} PRIMARY KEY, place BIGINT NOT NULL, stream TEXT NOT NULL, version BIGINT NOT NULL,
  topic TEXT NOT NULL, data {blob}, error TEXT NOT NULL
);
CREATE INDEX laid_place ON laid (place, came);
CREATE INDEX laid_stream ON laid (stream, version, came)
"""
_IN_ORDER = "SELECT place, came, topic, data, error FROM laid WHERE (place, came) > (?, ?) ORDER BY place, came LIMIT ?"
_STREAMS = "SELECT stream FROM laid GROUP BY stream ORDER BY MIN(place)"
_OF_STREAM = "SELECT topic, data, error FROM laid WHERE stream = ? ORDER BY version, came"
_BEFORE = "SELECT data, MIN(came) FROM laid WHERE stream = ? AND version < ? GROUP BY version ORDER BY version"
_ONE = "SELECT data FROM laid WHERE stream = ? AND version = ? ORDER BY came LIMIT 1"


class Lying(Protocol):
    """Where records of one topic lie in order."""

    def in_order(self, step: Step) -> Iterator[Found]:
        """All, as they were written."""
        ...

    def by_stream(self, step: Step) -> Iterator[Found]:
        """All, stream by stream in the order in which they began."""
        ...

    def one(self, stream: str, version: int) -> bytes | None: ...

    def before(self, stream: str, version: int) -> list[bytes]:
        """A stream's records before a version, in order."""
        ...


@dataclass(frozen=True, slots=True)
class InLog:
    """A topic's records in the log of the service that writes it."""

    service: str
    db: Db
    topic: str

    def in_order(self, step: Step) -> Iterator[Found]:
        return in_log(self.service, self.db, self.topic, step)

    def by_stream(self, step: Step) -> Iterator[Found]:
        after, done = (0, 0), 0
        while page := log.read_by_stream(self.db, self.service, self.topic, after, PAGE_RECORDS):
            for *_, data in page:
                yield Found(self.topic, None, None, data)
            after, done = page[-1][:2], done + len(page)
            step(done)

    def one(self, stream: str, version: int) -> bytes | None:
        return log.read_version(self.db, stream, version)

    def before(self, stream: str, version: int) -> list[bytes]:
        return log.read_part(self.db, stream, 0, version - 1)


@dataclass(frozen=True, slots=True)
class Laid:
    """Records that came in some order, a few of them perhaps twice, laid in `db` in the order they were written."""

    db: Db

    @classmethod
    def of(cls, db: Db, found: Iterable[Found], codec: Codec) -> Laid:
        """Lay them in a private store. What is no record is told first."""
        db.create(_TABLES)
        waiting = iter(found)
        while page := [*islice(waiting, PAGE_RECORDS)]:
            db.begin()
            db.run_many(
                "INSERT INTO laid (place, stream, version, topic, data, error) VALUES (?,?,?,?,?,?)",
                [_row(each, codec) for each in page],
            )
            db.commit()
        return cls(db)

    def in_order(self, step: Step) -> Iterator[Found]:
        after, done = (-1, 0), 0
        while page := self.db.all(_IN_ORDER, (*after, PAGE_RECORDS)):
            for _, _, topic, data, error in page:
                yield Found(topic, None, None, data, error)
            after, done = (page[-1][0], page[-1][1]), done + len(page)
            step(done)

    def by_stream(self, step: Step) -> Iterator[Found]:
        done = 0
        for (stream,) in self.db.all(_STREAMS):
            for topic, data, error in self.db.all(_OF_STREAM, (stream,)):
                yield Found(topic, None, None, data, error)
                done += 1
            step(done)

    def one(self, stream: str, version: int) -> bytes | None:
        row = self.db.one(_ONE, (stream, version))
        return row[0] if row is not None else None

    def before(self, stream: str, version: int) -> list[bytes]:
        return [data for data, _ in self.db.all(_BEFORE, (stream, version))]


def _row(found: Found, codec: Codec) -> tuple[object, ...]:
    topic, _, _, data, error = found
    try:
        if data is not None:
            place = codec.place(data)
            return place.epoch * EPOCHS_APART + place.position, place.stream, place.version, topic, data, ""
    except InvalidMessage as said:
        error = str(said)
    return 0, "", 0, topic, None, error
