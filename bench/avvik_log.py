"""Understands how a log of very many cases of avvik is filled: one case is carried out through the services, and what
was written of it is written again and again, under other refs, at other moments, each time in a chain of its own.

What is sealed is chance of the same length: nobody opens it here. All else in the log is as the bus would have written
it; of what is folded from it there are the heads and the table by which a case is found.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.pool import AsyncResult
from pathlib import Path
from typing import Any, Final

from bindeledd.app.installation import codec
from bindeledd.app.proving import proof_key
from bindeledd.app.settings import Settings
from bindeledd.app.terminal import Step
from bindeledd.core.clock import system_entropy
from bindeledd.core.merkle import leaf_hash, root
from bindeledd.core.sealed import Forseglet
from bindeledd.schema.framing import BODY
from bindeledd.schema.wire import varint
from bindeledd.seal.note import Checkpoint, signer
from bindeledd.store import checkpoints, log, tiles
from bindeledd.store.sqlite import SqliteDb
from services.felles.forum import saksnavn
from services.samhandling.avvik.avvik import TOPIC
from services.samhandling.tjeneste import NAVN
from tests.saksgang import ansatt, saken
from tests.stories.folk import aktør
from tests.unit.samhandling.meldinger import utc

AT_ONCE: Final = 1000
"""Cases that are open at the same time, and written in one transaction."""
AHEAD: Final = 16
SECONDS_BETWEEN: Final = 15
BEGINS: Final = datetime(2024, 3, 1, tzinfo=UTC)
_REF: Final = re.compile(rb"[0-9a-f]{32}")
_MOMENTS: Final = (10**15, 4 * 10**15)
"""In microseconds: between 2001 and 2096. Each is 8 bytes on the wire, and no other number is so great."""


@dataclass(frozen=True, slots=True)
class Log:
    """The log that was filled: its folder, and how many records of avvik it has."""

    data: Path
    records: int

    def open(self) -> SqliteDb:
        return SqliteDb(self.data / f"{NAVN}.db", read_only=True)


def fill(data: Path, records: int, step: Step) -> Log:
    """A data folder whose samhandling has so many records of avvik, or a few less, with heads, tree, checkpoint and the
    table by which a case is found."""
    case = _one_case(data)
    forms = [_Form.of(each, at) for at, each in enumerate(case)]
    slices = records // (AT_ONCE * len(forms))
    with closing(SqliteDb(data / f"{NAVN}.db")) as db:
        # Made once and thrown away when anything goes wrong: nothing needs to be on the disk when it returns.
        for pragma in ("synchronous = OFF", "cache_size = -200000", "secure_delete = OFF"):
            db.run(f"PRAGMA {pragma}")
        db.create(tiles.TABLES)
        _follow(db)
        first = log.last_position(db) + 1
        made = _all_made(forms, [first + number * AT_ONCE * len(forms) for number in range(slices)])
        for number, each in enumerate(made, 1):
            _write(db, each)
            step(number * AT_ONCE * len(forms))
        _sign(db, data)
    return Log(data, len(case) + slices * AT_ONCE * len(forms))


def _one_case(data: Path) -> list[bytes]:
    """What is written of a case that is reported, opened, answered, agreed on and closed."""
    with saken(data) as sak:
        (ref,) = {post.envelope.stream for post in sak.rom.logg(NAVN) if post.topic == TOPIC}
        sak.rom.til(utc(2024, 2, 12, 9, 0))
        pam = aktør("pam", "avvik.svar")
        sak.rom.be(pam, f"samhandling/avvik/{ref}/svar", av=ansatt("pam"), svar="Syntetisk svar", tiltak="Syntetisk")
        for part, dag in (("pam", 13), ("enhet-aarstad", 14)):
            sak.rom.til(utc(2024, 2, dag, 9, 0))
            sak.rom.be(aktør(part, "avvik.svar"), f"samhandling/avvik/{ref}/enig", av=ansatt(part))
    with closing(SqliteDb(data / f"{NAVN}.db", read_only=True)) as db:
        return log.read_stream(db, ref)


# -- a record as a form, and what is filled in ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Form:
    """A record with holes. Of `parts` every other one, from the second on, is filled: with its own id, the ref of the
    stream, what is before it and where it stands (`_HEAD`), then with what `holes` says of each."""

    parts: tuple[bytes, ...]
    holes: tuple[tuple[str, Any], ...]
    person: bytes
    at: int

    @classmethod
    def of(cls, data: bytes, at: int) -> _Form:
        envelope, event = codec().decode(data)
        stream, ident = envelope.stream.encode(), envelope.id.encode()
        where, place = data.index(stream), varint(envelope.position)
        version, epoch = varint(envelope.version), varint(envelope.epoch)
        prev = varint(len(envelope.prev)) + envelope.prev
        body = where + len(stream) + len(version + prev + epoch + place)
        assert data[body - len(place) : body] == place
        assert data[BODY + 1 : BODY + 1 + len(ident)] == ident
        parts, holes = _holes(data[body:], _sealed(event), stream)
        head = (data[: BODY + 1], b"", data[BODY + 1 + len(ident) : where], b"", version, b"", epoch, b"")
        return cls((*head, *parts), tuple(holes), (envelope.person_ref or "").encode(), at)

    def filled(self, case: _Case, prev: bytes, position: int) -> bytes:
        parts = [*self.parts]
        parts[1], parts[3], parts[7] = os.urandom(16).hex().encode(), case.stream, varint(position)
        parts[5] = b"\x40" + prev if prev else b"\x00"
        now = _moment(position)
        for at, (kind, said) in enumerate(self.holes):
            parts[9 + 2 * at] = now if kind == "moment" else case.ref(said) if kind == "ref" else os.urandom(said)
        return b"".join(parts)


class _Case:
    """The refs of one case: where the first one has a ref, each has one of its own."""

    def __init__(self) -> None:
        self.stream = os.urandom(16).hex().encode()
        self._refs: dict[bytes, bytes] = {}

    def ref(self, of_the_first: bytes) -> bytes:
        if of_the_first not in self._refs:
            self._refs[of_the_first] = os.urandom(16).hex().encode()
        return self._refs[of_the_first]


def _sealed(event: Any) -> list[bytes]:
    """The bytes that nobody can read without a key."""
    values = [getattr(event, name) for name in event.__slots__]
    return [part for each in values if isinstance(each, Forseglet) for part in (each.nonce, each.ciphertext)]


def _holes(rest: bytes, sealed: Sequence[bytes], stream: bytes) -> tuple[list[bytes], list[tuple[str, Any]]]:
    """What stands between the holes of a record behind its place, and what the holes are."""
    found: list[tuple[int, int, tuple[str, Any]]]
    found = [(rest.index(each), len(each), ("sealed", len(each))) for each in sealed]
    covered = {at for begin, size, _ in found for at in range(begin, begin + size)}
    found += [(m.start(), 32, ("ref", m.group())) for m in _REF.finditer(rest) if m.start() not in covered]
    assert all(hole != ("ref", stream) for _, _, hole in found)
    covered |= {at for begin, size, _ in found for at in range(begin, begin + size)}
    found += [(at, 8, ("moment", None)) for at in _moments(rest) if at not in covered]
    found.sort(key=lambda hole: hole[0])
    parts, end = list[bytes](), 0
    for begin, size, _ in found:
        parts += [rest[end:begin], b""]
        end = begin + size
    return [*parts, rest[end:]], [hole for _, _, hole in found]


def _moments(rest: bytes) -> Iterator[int]:
    at = 0
    while at <= len(rest) - 8:
        if all(byte & 0x80 for byte in rest[at : at + 7]) and not rest[at + 7] & 0x80:
            value = sum((byte & 0x7F) << 7 * n for n, byte in enumerate(rest[at : at + 8])) >> 1
            if _MOMENTS[0] < value < _MOMENTS[1]:
                yield at
                at += 7
        at += 1


def moment(position: int) -> datetime:
    """When the record at a position was written."""
    return BEGINS + timedelta(seconds=SECONDS_BETWEEN * position)


def _moment(position: int) -> bytes:
    return varint(int(BEGINS.timestamp()) * 10**6 + SECONDS_BETWEEN * 10**6 * position)


# -- many at a time ------------------------------------------------------------------------------------------------


def _all_made(forms: Sequence[_Form], places: Sequence[int]) -> Iterator[_Made]:
    """All of them in order, made by other processes, which are never more than a few ahead."""
    ahead: deque[AsyncResult[_Made]] = deque()
    with multiprocessing.get_context("fork").Pool(max(1, (os.cpu_count() or 2) - 1)) as pool:
        for place in places:
            ahead.append(pool.apply_async(_slice, (forms, place)))
            if len(ahead) == AHEAD:
                yield ahead.popleft().get()
        while ahead:
            yield ahead.popleft().get()


@dataclass(frozen=True, slots=True)
class _Made:
    """What a process gives the one that writes, as little as it can: of each case its stream, whose it is and its last
    hash; the records, and the leaves of the tree that they are."""

    first: int
    cases: list[tuple[str, str, bytes]]
    records: list[bytes]
    leaves: list[bytes]


def _slice(forms: Sequence[_Form], first: int) -> _Made:
    """Cases from a position on, whose records lie among one another in the log as in life."""
    cases = [_Case() for _ in range(AT_ONCE)]
    hashes, records = [b""] * AT_ONCE, list[bytes]()
    for form in forms:
        for at, case in enumerate(cases):
            data = form.filled(case, hashes[at], first + len(records))
            hashes[at] = hashlib.sha256(data).digest()
            records.append(data)
    whose = [(case.stream.decode(), case.ref(forms[0].person).decode()) for case in cases]
    return _Made(
        first, [(*each, last) for each, last in zip(whose, hashes, strict=True)], records, [*map(leaf_hash, records)]
    )


def _write(db: SqliteDb, made: _Made) -> None:
    first, count = made.first, len(made.cases)
    rows = [
        log.Stored(first + at, NAVN, TOPIC, made.cases[at % count][0], first + at % count, at // count + 1, data)
        for at, data in enumerate(made.records)
    ]
    last = len(rows) // count
    heads = [
        log.Head(stream, NAVN, TOPIC, person, first + at, last, digest)
        for at, (stream, person, digest) in enumerate(made.cases)
    ]
    db.begin()
    log.append(db, *rows)
    log.set_heads(db, ((head, None) for head in heads))
    cases = [(head.stream, saksnavn(head.stream), head.begins) for head in heads]
    db.run_many("INSERT INTO avvikssak (stroem, navn, begynner) VALUES (?,?,?)", cases)
    tiles.grow(db, TOPIC, [tiles.Leaf(first + at, digest) for at, digest in enumerate(made.leaves)])
    db.commit()


def _follow(db: SqliteDb) -> None:
    """Let the tree follow what the one case wrote."""
    rows = log.read_topic(db, NAVN, TOPIC, 0, log.last_position(db))
    db.begin()
    tiles.grow(db, TOPIC, [tiles.Leaf(position, leaf_hash(data)) for position, data in rows])
    db.commit()


def _sign(db: SqliteDb, data: Path) -> None:
    signs = signer(proof_key(Settings(data=data)), system_entropy)
    checkpoints.remember_public(data, signs.public)
    size, _ = tiles.end(db, TOPIC)
    note = signs.sign(Checkpoint(f"bindeledd/4601/{NAVN}/{TOPIC}", size, root(tiles.Nodes(db, TOPIC), size)))
    db.begin()
    checkpoints.keep_last(db, TOPIC, note)
    db.commit()
    checkpoints.append(checkpoints.file_of(data, NAVN, TOPIC), note)
