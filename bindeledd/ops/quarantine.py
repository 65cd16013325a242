"""Understands parked records: what they are, trying them again, and skipping one with a written reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bindeledd.core.envelope import record_hash
from bindeledd.core.errors import BindeleddError, InvalidMessage
from bindeledd.ops.drift import skip_plan
from bindeledd.runtime.engine import Engine
from bindeledd.schema.codec import Codec
from bindeledd.store import intake

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


def listing(engines: Iterable[Engine]) -> list[Entry]:
    """The record that parked each stream, and how many wait behind it."""
    return [
        _entry(engine, row, waiting=_waiting(engine, row))
        for engine in engines
        for row in engine.read(intake.parked_streams)
    ]


def show(engine: Engine, stream: str) -> list[Entry]:
    """All that is parked of a stream, in order, with what the envelope says. Raises InvalidMessage when nothing is."""
    rows = engine.read(lambda db: intake.parked(db, stream))
    if not rows:
        raise InvalidMessage("nothing of this stream is parked", stream, "See `bindeledd quarantine list`")
    return [_entry(engine, row, described=True) for row in rows]


def retry(engine: Engine, stream: str) -> int:
    """Try a stream again. Returns how many records took effect; none means that the first still cannot."""
    show(engine, stream)
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


def _waiting(engine: Engine, first: intake.Parked) -> int:
    return len(engine.read(lambda db: intake.parked(db, first.stream))) - 1


def _entry(engine: Engine, row: intake.Parked, *, waiting: int = 0, described: bool = False) -> Entry:
    name, written = _described(engine.around.codec, row) if described else ("", "")
    digest = record_hash(row.data).hex() if described else ""
    return Entry(
        engine.service.name, row.source, row.topic, row.stream, row.version, row.position, row.error, waiting,
        name, written, digest,
    )  # fmt: skip


def _described(codec: Codec, row: intake.Parked) -> tuple[str, str]:
    try:
        envelope = codec.peek(row.data)
    except BindeleddError:
        return "", ""
    return envelope.type, envelope.registrert.isoformat()
