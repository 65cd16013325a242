"""Understands what a party has been given, as of any moment: read from the services' logs, nothing opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import UnknownSchema
from bindeledd.core.sealed import Forseglet
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.views import REFRESH, view_topic
from bindeledd.schema.codec import Codec
from bindeledd.schema.generated.felles import UtsnittAvsluttet
from bindeledd.store import due, log
from bindeledd.store.db import Db

PAGE_RECORDS = 2000
SEALED = "(sealed)"
SHREDDED = "(shredded)"


@dataclass(frozen=True, slots=True)
class Given:
    """One view that a party had at a moment: what kind, of which aggregate, since when, and its clear facts."""

    service: str
    kind: str
    aggregate: str
    stream: str
    version: int
    person_ref: str | None
    since: datetime
    ended: bool
    facts: dict[str, Any]

    def line(self) -> str:
        """For a person to read."""
        state = "ended" if self.ended else "has"
        kind = self.kind.rpartition(".")[2]
        return f"{self.since.isoformat()}  {state}  {kind}  {self.aggregate}  v{self.version}"


def given(service: str, db: Db, codec: Codec, party: str, as_of: datetime | None) -> list[Given]:
    """The latest view of each of the party's streams, as it was recorded at `as_of` (None: now). Seals stay closed."""
    last: dict[str, Given] = {}
    for data in _records(db, service, view_topic(service, party)):
        try:
            envelope, view = codec.decode(data)
        except UnknownSchema:
            continue
        if as_of is None or envelope.registrert <= as_of:
            last[envelope.stream] = _given(service, envelope, view)
    return list(last.values())


def refresh_all(engine: Engine) -> int:
    """Bring up the views of every aggregate again, so that those which this release makes differently are appended.

    Returns how many aggregates were looked at.
    """
    now = engine.around.clock()
    service = engine.service
    heads = engine.read(lambda db: log.heads(db, service.name, service.shown_topics)) if service.shown_topics else []
    engine.bring_up([due.DueRow(head.stream, REFRESH, head.topic, now) for head in heads])
    while engine.judge_due(now):
        pass
    return len(heads)


def _records(db: Db, service: str, topic: str) -> Iterator[bytes]:
    after = 0
    while page := log.read_page(db, after, PAGE_RECORDS):
        yield from (row.data for row in page if row.topic == topic and row.writer == service)
        after = page[-1].position


def _given(service: str, envelope: Envelope, view: Any) -> Given:
    ended = isinstance(view, UtsnittAvsluttet)
    facts = {name: _fact(getattr(view, name)) for name in view.__slots__ if name != "aggregat"}
    kind = view.slag if ended else view.avro_name
    return Given(
        service, kind, view.aggregat, envelope.stream, envelope.version, envelope.person_ref, envelope.registrert,
        ended, facts,
    )  # fmt: skip


def _fact(value: Any) -> Any:
    """A value as JSON has it, with sealed content left closed."""
    match value:
        case Forseglet():
            return SHREDDED if value.makulert else SEALED
        case datetime():
            return value.isoformat()
        case tuple():
            return [_fact(part) for part in value]
        case None | bool() | int() | str():
            return value
        case _ if hasattr(value, "__slots__"):
            return {name: _fact(getattr(value, name)) for name in value.__slots__}
        case _:
            return str(value)


def as_json(views: Iterable[Given]) -> list[dict[str, Any]]:
    """For a program to read."""
    return [
        {name: _fact(getattr(view, name)) if name != "facts" else view.facts for name in view.__slots__}
        for view in views
    ]
