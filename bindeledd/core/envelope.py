"""The envelope: who, when, why and where in its stream, the same for every record on the bus."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

MAX_DEPTH = 16
"""A chain of causes longer than this parks: reactions are feeding each other."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: in which role, of which organisation, acting for which party (all ids, never names)."""

    role: str
    organisation: str
    party: str


class Envelope(NamedTuple):
    """First field of every Avro record (`no.bindeledd.Konvolutt`).

    `version` counts from 1 within `stream`; `prev` is the SHA-256 of the stream's previous record's bytes (empty
    for the first); `position` is the writer's own log position under `epoch`. `hendt` is when it happened as the
    sender says, `mottatt` when it reached us, `registrert` when it was written: all aware, UTC.
    """

    id: str
    type: str
    stream: str
    version: int
    prev: bytes
    epoch: int
    position: int
    person_ref: str | None
    audience: tuple[str, ...]
    hendt: datetime
    mottatt: datetime
    registrert: datetime
    actor: Actor
    ground: str
    correlation: str
    causation: str
    depth: int


def record_hash(data: bytes) -> bytes:
    """SHA-256 of a record's stored bytes: what the next record of the stream holds as `prev`."""
    return hashlib.sha256(data).digest()
