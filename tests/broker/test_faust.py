"""What Faust 0.15.3 loses, as it is met on a real Kafka: why it watches here, and bears no fact (ADR 0016)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from typing import Any

import faust
import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from bindeledd.core.clock import new_ref, system_entropy
from bindeledd.runtime.kafka import Cluster
from tests.broker.kafka import vent

pytestmark = pytest.mark.timeout(300)

Agent = Callable[[Any], Awaitable[None]]
POSTER = [b"%d" % nr for nr in range(10)]
VRANG = b"4"


class _App(faust.App):
    def _create_directories(self) -> None:
        """Nothing is kept in files."""


class Prøve:
    """A topic of its own with ten records, and a group of its own."""

    def __init__(self, broker: str, admin: KafkaAdminClient) -> None:
        self.navn = f"faust.{new_ref(system_entropy)[:8]}"
        self._broker, self._admin = broker, admin
        admin.create_topics({self.navn: {"num_partitions": 1, "replication_factor": 1}}, wait_for_metadata=True)
        with closing(KafkaProducer(bootstrap_servers=broker)) as producer:
            for post in POSTER:
                producer.send(self.navn, post)

    def app(self, navn: str = "", **annet: Any) -> faust.App:
        return _App(
            f"{self.navn}{navn}", **Cluster(self._broker).faust(), web_enabled=False, store="memory://",
            topic_disable_leader=True, consumer_auto_offset_reset="earliest", broker_commit_interval=0.1, **annet,
        )  # fmt: skip

    def fortalt(self) -> int:
        """How far Faust has told the broker that it is."""
        fortalt = self._admin.list_group_offsets({self.navn: None})[self.navn]
        return fortalt[TopicPartition(self.navn, 0)].offset if fortalt else 0

    def temaer(self) -> set[str]:
        return {tema for tema in self._admin.list_topics() if tema.startswith(self.navn)}

    @asynccontextmanager
    async def kjørt(self, agent: Agent, app: faust.App | None = None) -> AsyncIterator[None]:
        app = app or self.app()
        tema = app.topic(self.navn, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
        app.agent(tema, concurrency=1)(agent)
        await app.start()
        try:
            yield
        finally:
            await app.stop()

    def to_liv(self, agent: Agent) -> None:
        """Run an agent until all is told to be done, and then once more."""

        async def liv() -> None:
            async with self.kjørt(agent):
                await asyncio.to_thread(vent, lambda: self.fortalt() == len(POSTER), "Faust has told of all")

        for _ in range(2):
            asyncio.run(liv())


@pytest.fixture
def prøve(broker: str) -> Any:
    with closing(KafkaAdminClient(bootstrap_servers=broker)) as admin:
        yield Prøve(broker, admin)


def test_an_agent_that_raises_loses_the_event_and_is_never_given_it_again(prøve: Prøve) -> None:
    sett: list[bytes] = []

    async def agent(strøm: Any) -> None:
        async for post in strøm:
            if post == VRANG:
                raise ValueError
            sett.append(post)

    prøve.to_liv(agent)
    assert sett == [post for post in POSTER if post != VRANG]


def test_an_agent_that_raises_within_a_batch_loses_the_whole_batch_and_is_never_given_it_again(prøve: Prøve) -> None:
    sett: list[bytes] = []
    tapt: list[bytes] = []

    async def agent(strøm: Any) -> None:
        poster: Sequence[bytes]
        async for poster in strøm.take(4, within=0.5):
            if VRANG in poster:
                tapt.extend(poster)
                raise ValueError
            sett.extend(poster)

    prøve.to_liv(agent)
    # What waited behind the batch is gone too, when it had been fetched by then.
    assert VRANG in tapt
    assert set(tapt).isdisjoint(sett)


def test_a_table_is_a_topic_more_and_without_the_right_to_make_one_nothing_is_read_and_nothing_said(
    prøve: Prøve,
) -> None:
    def agent(sett: list[bytes], tabell: Any) -> Agent:
        async def les(strøm: Any) -> None:
            async for post in strøm:
                tabell["antall"] += 1
                sett.append(post)

        return les

    async def begge() -> None:
        uten_rett, med_rett = prøve.app(".uten-rett", topic_allow_declare=False), prøve.app(".med-rett")
        stumt: list[bytes] = []
        sett: list[bytes] = []
        async with prøve.kjørt(agent(stumt, uten_rett.Table("tall", default=int, partitions=1)), uten_rett):
            async with prøve.kjørt(agent(sett, med_rett.Table("tall", default=int, partitions=1)), med_rett):
                await asyncio.to_thread(vent, lambda: sett == POSTER, "all is read where it may be")
            assert stumt == []
            assert not uten_rett.crashed

    asyncio.run(begge())
    assert prøve.temaer() == {prøve.navn, f"{prøve.navn}.med-rett-tall-changelog"}
