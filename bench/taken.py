"""Understands what a reader of a topic keeps: a small service of ours, the same rows written bare, and FastStream's way
to them; and whether every record has come, once, in its order."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, redirect_stdout
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol, TextIO

import psycopg
from fastavro import schemaless_reader
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from kafka import KafkaConsumer, TopicPartition
from sqlalchemy import BigInteger, Column, MetaData, String, Table

from bench import plan
from bench.rebuild import schemas
from bindeledd.app.folder import store_file
from bindeledd.app.stores import Database, Files, Stores
from bindeledd.core.clock import new_ref, system_entropy
from bindeledd.core.envelope import Envelope
from bindeledd.runtime.service import Projection, Service
from bindeledd.runtime.worker import POLL_MS, POLL_RECORDS_MAX
from bindeledd.schema.generated.kriseplan import KriseplanRevidert
from bindeledd.store import log
from bindeledd.store.db import Db

READER = "leser"
LIMIT_SECONDS = 300.0
"""For whatever is waited for: then something has been lost."""
_TABLE = Table(
    "lest", MetaData(),
    Column("stream", String, primary_key=True),
    Column("antall", BigInteger, nullable=False),
    Column("versjon", BigInteger, nullable=False),
)  # fmt: skip
_COUNT = (
    "INSERT INTO lest VALUES (?,1,?) ON CONFLICT (stream) DO UPDATE SET "
    "antall = lest.antall + 1, versjon = excluded.versjon"
)

Took = tuple[str, int]
"""A record that has taken effect: its stream and version."""


def reader(topic: str, *more: Projection) -> Service:
    """A service that folds each record of the topic into a row."""
    counted = Projection((_TABLE,), {KriseplanRevidert.avro_name: _count})
    return Service(READER, projections=(counted, *more), reads=lambda read: read == topic)


def _count(db: Db, envelope: Envelope, event: Any) -> None:
    db.run(_COUNT, (envelope.stream, event.versjon))


def refuse_loss(stores: Stores, count: int) -> None:
    """Raises AssertionError unless so many records have been kept, each stream's in order, and each counted once."""
    with closing(stores.open(READER)) as db:
        kept = in_order(db.all("SELECT stream, version FROM log ORDER BY position"))
        counted = db.all("SELECT stream, antall, versjon FROM lest")
        heads = db.all("SELECT stream, version FROM stream_head")
    assert sum(kept.values()) == count, f"{sum(kept.values())} of {count}"
    assert dict(heads) == kept
    assert {stream: (times, version) for stream, times, version in counted} == {s: (n, n) for s, n in kept.items()}


def in_order(records: Iterable[Took]) -> dict[str, int]:
    """Stream → its last version. Raises AssertionError unless each stream's versions follow one another from 1."""
    last: dict[str, int] = defaultdict(int)
    for stream, version in records:
        assert version == last[stream] + 1, f"{stream} v{version} after v{last[stream]}"
        last[stream] = version
    return dict(last)


class Pace:
    """How many records a second take effect, from the first commit on."""

    def __init__(self, upto: int) -> None:
        self._upto = upto
        self._first: tuple[int, float] | None = None
        self._rate = 0.0
        self._done = threading.Event()

    def reached(self, count: int) -> None:
        """So many records are durable now."""
        now = time.perf_counter()
        self._first = self._first or (count, now)
        if count >= self._upto and not self._done.is_set():
            begun, since = self._first
            self._rate = (count - begun) / (now - since)
            self._done.set()

    @property
    def done(self) -> bool:
        return self._done.is_set()

    def rate(self) -> float:
        assert self._done.wait(LIMIT_SECONDS), "something is missing"
        return self._rate


# -- the same without the bus --------------------------------------------------------------------------------------


class Writes(Protocol):
    """Writes rows of several tables in one transaction."""

    def write(self, batches: Iterable[tuple[str, Sequence[Sequence[object]]]]) -> None: ...

    def close(self) -> None: ...


class _Sqlite:
    def __init__(self, stores: Files, service: str) -> None:
        self._db = sqlite3.connect(store_file(stores.folder, service), isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")

    def write(self, batches: Iterable[tuple[str, Sequence[Sequence[object]]]]) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        for statement, rows in batches:
            self._db.executemany(statement, rows)
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


class _Postgres:
    def __init__(self, stores: Database, service: str) -> None:
        self._link = psycopg.connect(stores.url, autocommit=True, options=f"-c search_path={service}")

    def write(self, batches: Iterable[tuple[str, Sequence[Sequence[object]]]]) -> None:
        with self._link.pipeline(), self._link.cursor() as cursor:
            cursor.execute("BEGIN")
            for statement, rows in batches:
                cursor.executemany(statement.replace("?", "%s").encode(), rows)
            cursor.execute("COMMIT")

    def close(self) -> None:
        self._link.close()


def writes(stores: Stores, service: str) -> Writes:
    """A bare connection to a service's tables."""
    match stores:
        case Files():
            return _Sqlite(stores, service)
        case Database():
            return _Postgres(stores, service)
        case _:
            raise TypeError(type(stores).__name__)


_LOG = "INSERT INTO log VALUES (?,?,?,?,?,?,?)"
_HEAD = (
    "INSERT INTO stream_head VALUES (?,?,?,?,?,?,?) ON CONFLICT (stream) DO UPDATE SET "
    "version = excluded.version, hash = excluded.hash"
)
_CURSOR = "INSERT INTO cursor VALUES (?,0,?) ON CONFLICT (source) DO UPDATE SET position = excluded.position"


class Bare:
    """The same rows in the same tables, a poll in one transaction: decoded by fastavro, written in batches, nothing
    checked."""

    def __init__(self, stores: Stores, topic: str) -> None:
        with plan.placed(stores, reader(topic)):
            pass  # makes the tables
        self._sql = writes(stores, READER)
        self._begins: dict[str, int] = {}
        self.position = 0

    def take_in(self, records: Sequence[Any]) -> list[Took]:
        rows, heads, counts = [], [], []
        for record in records:
            data, topic = record.value, record.topic
            body = BytesIO(data)
            body.seek(10)
            read: Any = schemaless_reader(body, schemas()[data[2:10]], None)
            stream, version = read["konvolutt"]["stream"], read["konvolutt"]["version"]
            self.position += 1
            begins = self._begins.setdefault(stream, self.position)
            rows.append((self.position, "kriseplan", topic, stream, begins, version, data))
            person, digest = read["konvolutt"]["person_ref"], hashlib.sha256(data).digest()
            heads.append((stream, "kriseplan", topic, person, begins, version, digest))
            counts.append((stream, read["versjon"]))
        cursors = {f"{record.topic}:{record.partition}": record.offset + 1 for record in records}
        self._sql.write([(_LOG, rows), (_HEAD, heads), (_COUNT, counts), (_CURSOR, list(cursors.items()))])
        return counts

    def close(self) -> None:
        self._sql.close()


def polls(bootstrap: str, topic: str, take_in: Callable[[Sequence[Any]], object], done: Callable[[], bool]) -> None:
    """The bare loop: each poll's records, from the topic's beginning, until done."""
    with closing(
        KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, max_poll_records=POLL_RECORDS_MAX)
    ) as consumer:
        partitions = [TopicPartition(topic, each) for each in consumer.partitions_for_topic(topic)]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        while not done():
            polled: Mapping[TopicPartition, Sequence[Any]] = consumer.poll(POLL_MS)
            if records := [record for of_one in polled.values() for record in of_one]:
                take_in(records)


Finished = asyncio.Future[None]


async def faststream(
    bootstrap: str, topic: str, take_in: Callable[[Sequence[Any]], object], done: Callable[[], bool], *, batch: bool
) -> None:
    """FastStream as it comes, and as its documentation shows it, with what it brings along: types are applied, and each
    message or batch is logged (to nowhere)."""
    finished = asyncio.get_running_loop().create_future()

    async def handle(message: KafkaMessage) -> None:
        await _stored(message, take_in, done, finished)

    async def handle_one(_body: bytes, message: KafkaMessage) -> None:
        await handle(message)

    async def handle_batch(_body: list[bytes], message: KafkaMessage) -> None:
        await handle(message)

    with redirect_stdout(_nowhere()):
        broker = KafkaBroker(bootstrap)
        broker.subscriber(topic, **_whole_topic(), batch=batch)(handle_batch if batch else handle_one)
        await _run(broker, finished)


async def faststream_tuned(
    bootstrap: str, topic: str, take_in: Callable[[Sequence[Any]], object], done: Callable[[], bool], *, batch: bool
) -> None:
    """FastStream at its quickest: no types are applied, nothing is logged, nothing is decoded, and a batch is no larger
    than ours."""
    finished = asyncio.get_running_loop().create_future()
    broker = KafkaBroker(bootstrap, apply_types=False, logger=None)

    async def whole(message: Any) -> Any:
        return message

    async def handle(message: Any) -> None:
        await _stored(message, take_in, done, finished)

    mode: Any = {"batch": True, "max_records": POLL_RECORDS_MAX} if batch else {}
    broker.subscriber(topic, **_whole_topic(), decoder=whole, **mode)(handle)
    await _run(broker, finished)


def _whole_topic() -> Any:
    """From its beginning; and offsets are told when we say so. FastStream by itself tells them before anything has been
    done, and what was under way in a crash would be lost."""
    return {
        "group_id": new_ref(system_entropy), "auto_offset_reset": "earliest", "ack_policy": AckPolicy.MANUAL,
    }  # fmt: skip


async def _stored(
    message: Any, take_in: Callable[[Sequence[Any]], object], done: Callable[[], bool], finished: Finished
) -> None:
    """What goes wrong is raised by the run: FastStream itself would note it, and go on with the next."""
    raw = message.raw_message
    try:
        if not finished.done():
            take_in(raw if isinstance(raw, tuple) else [raw])
            await message.ack()
    except Exception as error:  # noqa: BLE001 - handed on
        finished.set_exception(error)
    if done() and not finished.done():
        finished.set_result(None)


async def _run(broker: KafkaBroker, finished: Finished) -> None:
    await broker.start()
    try:
        await asyncio.wait_for(finished, LIMIT_SECONDS)
    finally:
        await broker.stop()


@cache
def _nowhere() -> TextIO:
    """One for all runs: FastStream's logger keeps what it was given."""
    return Path(os.devnull).open("w", encoding="utf-8")


def durable(stores: Stores) -> int:
    """How many records the reader has kept."""
    with closing(stores.open(READER)) as db:
        return log.last_position(db)
