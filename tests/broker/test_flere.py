"""Several workers of one service on one store in a database: they share its partitions, and are as one.

After each an outsider, who reads only the database and the topics, finds nothing lost, nothing doubled, each stream in
its order, and nobody behind (`anlegg`).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from bindeledd.core.decider import Bestilling
from bindeledd.runtime.kafka import AsStored, Cluster
from bindeledd.runtime.service import Lookup
from bindeledd.runtime.worker import Topics
from tests import postgres
from tests.broker.anlegg import ALLE, WEB, Anlegg, anlegg
from tests.broker.kafka import vent
from tests.broker.test_drap import medlemmer, meldinger_kommer
from tests.broker.test_relay import nytt_tema, send_alt
from tests.prøvetjeneste import AKTØR, NOTAT, Noter, leser, satt_opp, skriver

ANDRE = ("worker samhandling#2", "worker kriseplan#2", f"{WEB}#2")
ETTERSLEP, STRØMMER = 50_000, 500
MIB_MAKS = 40

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def mappe(tmp_path: Path) -> Path:
    """A folder whose stores are in a fresh database."""
    postgres.give(tmp_path, postgres.fresh())
    return tmp_path


@pytest.fixture
def tjener(tmp_path: Path) -> Iterator[postgres.Server]:
    """A database server of this test's own, with the stores of its folder."""
    try:
        startet = postgres.Server()
    except ImportError:
        pytest.skip(postgres.MISSING)
    postgres.give(tmp_path, postgres.database(startet.url))
    yield startet
    startet.close()


def ingen_er_etter(oppe: Anlegg) -> None:
    oppe.vent_til_innhentet()
    vent(lambda: oppe.etterslep() == 0, "nothing waits on Kafka")


@contextmanager
def to_av_noen(mappe: Path, broker: str) -> Iterator[Anlegg]:
    """An installation in which some services have two workers each."""
    with anlegg(mappe, broker) as oppe:
        oppe.start(*ALLE, *ANDRE)
        vent(lambda: medlemmer(broker, "kriseplan") == 2, "both are members of their group")
        yield oppe


def test_workers_of_a_service_share_its_partitions_while_some_come_and_others_are_killed(
    mappe: Path, broker: str
) -> None:
    with to_av_noen(mappe, broker) as oppe:
        with meldinger_kommer(oppe, range(2)):
            oppe.start("worker kriseplan#3", "worker samhandling#3")
        ingen_er_etter(oppe)
        vent(lambda: all(oppe.tall(navn, "bindeledd_partitions") for navn in oppe.like("kriseplan")), "all have some")
        with meldinger_kommer(oppe, range(2, 4)):
            oppe.drep("worker kriseplan", "worker samhandling#2", WEB)
            oppe.start("worker kriseplan", "worker samhandling#2", WEB)
        ingen_er_etter(oppe)
        for navn in (*ALLE, *ANDRE):
            assert oppe.helse(navn) == {"klar": True, "hvorfor": []}
            assert oppe.tall(navn, "bindeledd_parked_streams") == 0


def test_a_worker_that_stood_still_while_another_took_its_place_does_no_harm_when_it_goes_on(
    mappe: Path, broker: str
) -> None:
    """For a moment a partition has two owners, both of whom have fetched the same."""
    with to_av_noen(mappe, broker) as oppe:
        with meldinger_kommer(oppe, range(2)):
            os.kill(oppe.numre["worker kriseplan"], signal.SIGSTOP)
            vent(lambda: medlemmer(broker, "kriseplan") == 1, "it has lost its place")
        oppe.vent_til_innhentet()
        with meldinger_kommer(oppe, range(2, 4)):
            os.kill(oppe.numre["worker kriseplan"], signal.SIGCONT)
        ingen_er_etter(oppe)
        vent(lambda: oppe.klar("worker kriseplan"), "it is at work again")


def test_the_database_server_may_stop_at_once_under_workers_and_relays(
    tmp_path: Path, tjener: postgres.Server, broker: str, rounds: int
) -> None:
    with anlegg(tmp_path, broker) as oppe:
        oppe.start(*ALLE, *ANDRE)
        for runde in range(max(1, rounds // 4)):
            with meldinger_kommer(oppe, range(2 * runde, 2 * runde + 2)):
                tjener.stop("immediate")
                tjener.start()
        ingen_er_etter(oppe)
        for navn in ALLE:
            vent(lambda navn=navn: oppe.klar(navn), f"{navn} is ready again")  # type: ignore[misc]


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_workers_memory_is_the_same_however_much_waits_on_the_topic(tmp_path: Path, broker: str) -> None:
    nytt_tema(broker)
    with satt_opp(tmp_path, skriver(), leser()) as oppe:
        for _ in range(0, ETTERSLEP, STRØMMER):
            oppe.engines["skriver"].command(noter_i_alle)
        send_alt(tmp_path, broker)
        leseren, prosess = oppe.engines["leser"], psutil.Process()
        with closing(Topics(leseren, Cluster(broker), [NOTAT], AsStored())) as tail:
            vent(lambda: tail.advance() >= 0 and leseren.position >= ETTERSLEP // 5, "a part is taken in", 600)
            før = størst = prosess.memory_info().rss
            while leseren.position < 2 * ETTERSLEP:  # each leads to a record of its own
                tail.advance()
                størst = max(størst, prosess.memory_info().rss)
        assert (størst - før) / 2**20 < MIB_MAKS


def noter_i_alle(_lookup: Lookup) -> tuple[list[Bestilling], None]:
    strømmer = (f"{nr:031x}b" for nr in range(STRØMMER))
    return [Bestilling(NOTAT, strøm, Noter("noe"), AKTØR, person_ref=strøm) for strøm in strømmer], None
