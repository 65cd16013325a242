"""Three brokers, each also a controller, as in deploy/compose.yaml: what is sent is kept while one of them is dead.

Each topic has three copies, and two must be in sync before a record counts as sent.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from kafka.errors import KafkaError

from bindeledd.runtime.kafka import Cluster
from bindeledd.runtime.topics import apply
from tests.broker.anlegg import ALLE, TEMAER, kontroller_temaer, prosesser
from tests.broker.kafka import MISSING, admin, free_ports, has_jars, jars, vent
from tests.crash.kontroll import kontroller

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(not has_jars(), reason=MISSING),
]

TÅLMODIG = 240.0
"""Three brokers start on a machine that does much else, and each topic is made three times."""
TEMA = "samhandling.opphold"
CLUSTER_ID = "bH9yR2VQTWyVYxq3Ykx1Gw"
_EGENSKAPER = """
process.roles=broker,controller
node.id={nr}
controller.quorum.voters={stemmer}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{styrer}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={mappe}/log
auto.create.topics.enable=false
min.insync.replicas=2
unclean.leader.election.enable=false
offsets.topic.num.partitions=3
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
group.initial.rebalance.delay.ms=0
log.cleaner.enable=false
"""


@dataclass(slots=True)
class Tre:
    """The brokers of one cluster. Any of them may be killed and started again."""

    mappe: Path
    porter: list[int] = field(default_factory=lambda: free_ports(6))
    i_gang: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    admin: Any = None

    @property
    def bootstrap(self) -> str:
        return ",".join(f"127.0.0.1:{port}" for port in self.porter[:3])

    def lag(self) -> None:
        stemmer = ",".join(f"{nr}@127.0.0.1:{self.porter[nr + 2]}" for nr in (1, 2, 3))
        for nr in (1, 2, 3):
            (mappe := self.mappe / str(nr)).mkdir()
            (mappe / "server.properties").write_text(
                _EGENSKAPER.format(
                    nr=nr, stemmer=stemmer, port=self.porter[nr - 1], styrer=self.porter[nr + 2], mappe=mappe
                ),
                "ascii",
            )
            kommando = ["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(mappe / "server.properties")]
            subprocess.run([*self._java("-Xmx128m"), *kommando], check=True, capture_output=True, timeout=120)

    def start(self, nr: int) -> None:
        mappe = self.mappe / str(nr)
        with (mappe / "sagt").open("ab") as sagt:
            kommando = [*self._java("-Xmx384m"), "kafka.Kafka", str(mappe / "server.properties")]
            self.i_gang[nr] = subprocess.Popen(kommando, stdout=sagt, stderr=sagt)

    def drep(self, nr: int) -> None:
        """As if its power was cut."""
        self.i_gang[nr].kill()
        self.i_gang.pop(nr).wait(60)

    def lytter(self) -> bool:
        """Whether each that is started takes connections."""
        return all(_lytter(self.porter[nr - 1]) for nr in self.i_gang)

    def hele(self) -> bool:
        """Whether the three have found one another."""
        with suppress(KafkaError):
            return len(self.admin.describe_cluster()["brokers"]) == 3
        return False

    def leder(self, tema: str) -> int:
        """Which broker leads the topic's first partition; -1 when none does."""
        with suppress(KafkaError):
            return int(self.admin.describe_topics([tema])[0]["partitions"][0]["leader_id"])
        return -1

    def i_takt(self) -> bool:
        """Whether each partition has its three copies."""
        with suppress(KafkaError):
            temaer = self.admin.describe_topics(list(TEMAER))
            return all(len(p["isr_nodes"]) == 3 for tema in temaer for p in tema["partitions"])
        return False

    def _java(self, minne: str) -> list[str]:
        return ["java", minne, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{jars()}/*"]


@pytest.fixture
def tre(tmp_path: Path) -> Iterator[Tre]:
    (mappe := tmp_path / "brokere").mkdir()
    with _i_gang(mappe) as oppe:
        yield oppe


@contextmanager
def _i_gang(mappe: Path) -> Iterator[Tre]:
    oppe = Tre(mappe)
    oppe.lag()
    try:
        for nr in (1, 2, 3):
            oppe.start(nr)
        vent(oppe.lytter, "three brokers listen", TÅLMODIG)
        # One client for all questions: each that is closed while it connects to a broker that is dead leaves a socket.
        with admin(oppe.bootstrap) as oppe.admin:
            vent(oppe.hele, "three brokers are one cluster", TÅLMODIG)
            with Cluster(oppe.bootstrap).admin() as vår:
                apply(vår, list(TEMAER.values()), 3)
            vent(oppe.i_takt, "every topic has its three copies", TÅLMODIG)
            yield oppe
    finally:
        for nr in list(oppe.i_gang):
            oppe.drep(nr)


def _lytter(port: int) -> bool:
    with closing(socket.socket()) as en:
        return en.connect_ex(("127.0.0.1", port)) == 0


def test_with_one_of_three_brokers_dead_everything_goes_on_and_with_two_dead_nothing_is_lost(
    tmp_path: Path, tre: Tre
) -> None:
    (mappe := tmp_path / "data").mkdir()
    with prosesser(mappe, tre.bootstrap) as oppe:
        oppe.start(*ALLE)
        oppe.send([1])
        oppe.vent_til_innhentet()

        # Given that the one which leads is dead, when messages come, then they reach everybody.
        død = tre.leder(TEMA)
        tre.drep(død)
        oppe.send([2])
        vent(lambda: tre.leder(TEMA) not in (død, -1), "another broker leads", TÅLMODIG)
        vent(oppe.innhentet, "all have caught up without it", TÅLMODIG)

        # Given that one more is, when messages come, then they are acknowledged, and wait.
        også = next(iter(tre.i_gang))
        tre.drep(også)
        oppe.send([3])
        assert not oppe.innhentet()

        tre.start(død)
        tre.start(også)
        vent(tre.lytter, "they listen again", TÅLMODIG)
        vent(oppe.innhentet, "all have caught up when they are back", TÅLMODIG)
        vent(tre.i_takt, "every copy is in sync again", TÅLMODIG)
        vent(lambda: all(map(oppe.klar, ALLE)), "all are well", TÅLMODIG)
        oppe.stopp(*ALLE)
    assert kontroller(mappe) == []
    assert kontroller_temaer(mappe, tre.bootstrap) == []
