"""Reads topics with Faust, in a thread and an event loop of their own, from their beginning at each start.

Faust writes nothing for us: no offsets, no tables (their changelogs are topics), no topics, no files. Each process is a
group of its own, so that two that watch see everything both. An agent that raises loses what it was given (reproduced,
ADR 0016), so nothing is let out of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Any, Final

import faust
from faust.app.base import BootStrategy

from bindeledd.core.errors import TransientError
from bindeledd.ops import logs
from bindeledd.runtime.kafka import Cluster, Security
from bindeledd.runtime.watch.absence import Partition

GROUP: Final = "bindeledd.watch"
"""What the name of each watching process's group begins with."""
TRY_AGAIN_SECONDS: Final = 1.0
PARTITION_BYTES: Final = 128 * 1024
WAITING_RECORDS: Final = 500
"""At most so many records wait in memory, whatever lies on the topics."""


class _Boot(BootStrategy):
    enable_web = False
    enable_kafka_producer = False


class _App(faust.App):
    BootStrategy = _Boot

    def _create_directories(self) -> None:
        """Nothing is kept in files."""


class Reading:
    """One reading of the topics, from their beginning until it is stopped or breaks. `take` is given each record once,
    in the order of its partition, and may raise TransientError to be given it again."""

    def __init__(self, cluster: Cluster, name: str, topics: Collection[str], take: Callable[[Any], None]) -> None:
        self._take = take
        self.reached: dict[Partition, int] = {}
        """The offset of the next record, of each partition that any was read of."""
        self.trouble = ""
        """Why nothing is read now; empty when all is well."""
        self._app = _App(
            f"{GROUP}.{name}", **cluster.faust(), broker_credentials=credentials(cluster.security), web_enabled=False,
            store="memory://",
            topic_allow_declare=False, topic_disable_leader=True, consumer_auto_offset_reset="earliest",
            consumer_max_fetch_size=PARTITION_BYTES, stream_buffer_maxsize=WAITING_RECORDS,
        )  # fmt: skip
        # `acks`: how far we are is told to nobody.
        topic = self._app.topic(
            *sorted(topics), acks=False,
            key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw",
        )  # fmt: skip
        self._app.agent(topic, concurrency=1, name=GROUP)(self._agent)

    async def start(self) -> None:
        """Begin. Raises TransientError when no broker answers."""
        try:
            await self._app.start()
        except Exception as error:
            raise TransientError(f"Faust: {type(error).__name__}") from error

    def check(self) -> None:
        """Raises TransientError when Faust has given up."""
        if self._app.crashed:
            raise TransientError(f"Faust: {type(self._app.crash_reason).__name__}")

    async def stop(self) -> None:
        await self._app.stop()

    async def _agent(self, stream: Any) -> None:
        async for event in stream.noack().events():
            await self._give(event.message)

    async def _give(self, message: Any) -> None:
        """Hand a record on. Whatever it raises stays here."""
        partition = (message.topic, message.partition)
        if message.offset < self.reached.get(partition, 0):
            return  # after a rebalance Faust begins at the beginning
        while True:
            try:
                self._take(message)
            except TransientError as error:
                self.trouble = str(error)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
                continue
            except Exception as error:  # noqa: BLE001 - an agent that raises is begun anew without the record
                logs.unexpected("watch.failed", error)
            self.trouble = ""
            self.reached[partition] = message.offset + 1
            return


def credentials(security: Security) -> faust.SASLCredentials | faust.SSLCredentials | None:
    """Who we are and whom we trust, as Faust has it. Raises InvalidMessage for a file that is of no use."""
    context = security.context()
    if context is None:
        return None
    if not security.user:
        return faust.SSLCredentials(context)
    return faust.SASLCredentials(
        username=security.user, password=security.password, mechanism=security.sasl, ssl_context=context
    )
