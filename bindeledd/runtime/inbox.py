"""Whether a received record is the next of its stream, one we have, one that contradicts it, or one too far."""

from __future__ import annotations

from enum import Enum

from bindeledd.core.envelope import Envelope, record_hash
from bindeledd.store import log
from bindeledd.store.db import Db


class Verdict(Enum):
    """What the inbox says of a record. The epoch explains a conflict, it does not hide one."""

    NEXT = "next"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    GAP = "gap"
    WAITS = "waits"
    """Its stream is parked: it queues behind, in order."""


def check(db: Db, head: log.Head | None, envelope: Envelope, data: bytes) -> Verdict:
    """Compare a record with where its stream stands here."""
    version, last_hash = (head.version, head.hash) if head else (0, b"")
    if envelope.version > version + 1:
        return Verdict.GAP
    if envelope.version == version + 1:
        return Verdict.NEXT if envelope.prev == last_hash else Verdict.CONFLICT
    ours = log.read_version(db, envelope.stream, envelope.version)
    same = ours is not None and record_hash(ours) == record_hash(data)
    return Verdict.DUPLICATE if same else Verdict.CONFLICT
