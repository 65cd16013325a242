"""Understands parked records: what they are, trying them again, and skipping one with a written reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bindeledd.core.envelope import record_hash
from bindeledd.core.errors import BindeleddError, InvalidMessage
from bindeledd.ops.drift import skip_plan
from bindeledd.runtime.engine import Engine
from bindeledd.schema.codec import Codec
from bindeledd.store import intake
from bindeledd.store.db import Db

REASON_MIN = 10
"""Characters: a reason that someone else can understand next year is not shorter."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One parked record. `error` is empty for those that only wait behind another."""

    service: str
    source: str
    topic: str
    stream: str
    version: int
    position: int
    error: str
    waiting: int = 0
    type: str = ""
    registrert: str = ""
    sha256: str = ""


def listing(stores: Mapping[str, Db]) -> list[Entry]:
    """The record that parked each stream of each service, and how many wait behind it."""
    return [
        _entry(service, row, waiting=len(intake.parked(db, row.stream)) - 1)
        for service, db in stores.items()
        for row in intake.parked_streams(db)
    ]


def show(service: str, db: Db, codec: Codec, stream: str) -> list[Entry]:
    """All that is parked of a stream, in order, with what the envelope says. Raises InvalidMessage when nothing is."""
    rows = intake.parked(db, stream)
    if not rows:
        raise InvalidMessage("nothing of this stream is parked", stream, "See `bindeledd quarantine list`")
    return [replace(_entry(service, row), **_described(codec, row)) for row in rows]


def retry(engine: Engine, stream: str) -> int:
    """Try a stream again. Returns how many records took effect; none means that the first still cannot."""
    show(engine.service.name, engine.reader, engine.around.codec, stream)
    return engine.retry(stream)


def skip(engine: Engine, stream: str, reason: str) -> None:
    """Fold the stream's first parked record without its reactions, and write down why. What waits behind follows.

    A record in conflict with one that we have is dropped. Raises InvalidMessage for a reason that says nothing, for
    a stream that is not parked, for a record after a gap, and for one that cannot even be folded.
    """
    if len(reason.strip()) < REASON_MIN:
        raise InvalidMessage("a skip needs a written reason", fix=f"Say why in at least {REASON_MIN} characters")
    service, organisation = engine.service.name, engine.around.organisation
    engine.skip(stream, lambda row: skip_plan(service, organisation, row, reason.strip()))


def _entry(service: str, row: intake.Parked, *, waiting: int = 0) -> Entry:
    return Entry(service, row.source, row.topic, row.stream, row.version, row.position, row.error, waiting)


def _described(codec: Codec, row: intake.Parked) -> dict[str, Any]:
    known = {"sha256": record_hash(row.data).hex()}
    try:
        envelope = codec.peek(row.data)
    except BindeleddError:
        return known
    return {**known, "type": envelope.type, "registrert": envelope.registrert.isoformat()}
