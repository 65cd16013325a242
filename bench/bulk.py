"""Understands how a log is filled in bulk: the same bytes that the bus would have written, without its many commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import plan
from bindeledd.core.envelope import Envelope, record_hash
from bindeledd.schema.generated.kriseplan import KriseplanRevidert
from bindeledd.seal import keys as crypto
from bindeledd.seal.keyring import KeySession
from bindeledd.store import log
from bindeledd.store.sqlite import SqliteDb

TO_A_PLAN = 10
SLICE = 1000
"""Streams that are filled in one transaction."""


def fill(place: Path, events: int) -> None:
    """A log with this many sealed events, ten to a plan, and its keys, in an empty folder."""
    with plan.surroundings(place) as around:
        with plan.opened(place, plan.service(), around):
            pass
        with closing(SqliteDb(place / "kriseplan.db")) as db:
            streams = plan.streams(events // TO_A_PLAN)
            for start in range(0, len(streams), SLICE):
                keys = around.keyring.session("kriseplan")
                rows = list(_records(keys, streams[start : start + SLICE], start * TO_A_PLAN))
                keys.flush(rows[0][0].position - 1, rows[-1][0].position)
                _write(db, rows)


def _records(keys: KeySession, streams: Sequence[str], after: int) -> Iterator[tuple[log.Stored, log.Head]]:
    """Each stream's records, lying among one another in the log as in life."""
    hashes = dict.fromkeys(streams, b"")
    begun: dict[str, int] = {}
    position = after
    for version in range(1, TO_A_PLAN + 1):
        for stream in streams:
            position += 1
            data = _record(keys, stream, version, hashes[stream], position)
            hashes[stream] = record_hash(data)
            begins = begun.setdefault(stream, position)
            head = log.Head(stream, "kriseplan", plan.TOPIC, f"person-{stream}", begins, version, hashes[stream])
            yield log.Stored(position, "kriseplan", plan.TOPIC, stream, begins, version, data), head


def _record(keys: KeySession, stream: str, version: int, prev: bytes, position: int) -> bytes:
    now = datetime.now(UTC)
    person, name = f"person-{stream}", keys.ring.entropy(16).hex()
    key = keys.key_for(stream, person)
    nonce = keys.ring.entropy(crypto.NONCE_BYTES)
    content = plan.codec().encode_content(plan.CONTENT)
    sealed: Any = crypto.seal(key.key_id, key.secret, name, "roedt_nivaa", content, nonce)
    event = KriseplanRevidert(versjon=version, laget=now, medvirkning=plan.WITH, roedt_nivaa=sealed)
    envelope = Envelope(
        name, event.avro_name, stream, version, prev, 1, position, person, (), now, now, now, plan.ACTOR, "",
        keys.ring.entropy(16).hex(), "", 0,
    )  # fmt: skip
    return plan.codec().encode(envelope, event)


def _write(db: SqliteDb, rows: Sequence[tuple[log.Stored, log.Head]]) -> None:
    db.begin()
    log.append(db, *(stored for stored, _head in rows))
    log.set_heads(db, ((head, None) for head in {head.stream: head for _stored, head in rows}.values()))
    db.commit()
