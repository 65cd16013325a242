"""Whether a received record is the next of its stream, one we have, one that contradicts it, or one too far."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from bindeledd.core.envelope import Envelope, record_hash
from bindeledd.store import log


class Verdict(StrEnum):
    """What the inbox says of a record. The epoch explains a conflict, it does not hide one."""

    NEXT = "next"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    GAP = "gap"
    WAITS = "waits"
    """Its stream is parked: it queues behind, in order."""
    PARKED = "parked"
    """It cannot take effect here."""


def check(
    head: log.Head | None, envelope: Envelope, data: bytes, record: Callable[[str, int], bytes | None]
) -> Verdict:
    """Compare a record with where its stream stands here. `record` finds one of ours, by stream and version."""
    version, last_hash = (head.version, head.hash) if head else (0, b"")
    if envelope.version > version + 1:
        return Verdict.GAP
    if envelope.version == version + 1:
        return Verdict.NEXT if envelope.prev == last_hash else Verdict.CONFLICT
    ours = record(envelope.stream, envelope.version)
    same = ours is not None and record_hash(ours) == record_hash(data)
    return Verdict.DUPLICATE if same else Verdict.CONFLICT
