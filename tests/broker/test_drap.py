"""Killed at any moment, on rung 3: relays, workers, and the broker itself. Nothing is lost, and nothing happens twice,
as an outsider sees who reads only the database files and the topics (`anlegg`)."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.broker import kafka
from tests.broker.anlegg import ALLE, RELAYS, WORKERS, Anlegg, anlegg, nye_temaer
from tests.broker.kafka import vent

FLERE = ("worker samhandling#2", "worker kriseplan#2")
"""In a database there may be two of a service."""

pytestmark = pytest.mark.timeout(300)


@contextmanager
def meldinger_kommer(oppe: Anlegg, personer: range) -> Iterator[None]:
    """Messages come in, one after another and each until it is acknowledged, while something happens."""
    feil: list[BaseException] = []

    def alle() -> None:
        try:
            oppe.send(personer)
        except BaseException as error:  # noqa: BLE001 - the test raises it
            feil.append(error)

    tråd = threading.Thread(target=alle)
    tråd.start()
    try:
        yield
    finally:
        tråd.join()
    assert feil == []


def drepes(mappe: Path, broker: str, offer: tuple[str, ...], runder: int) -> None:
    """Kill one of these in each round, at a random moment while messages come in, and start it again."""
    frø = random.randrange(2**32)
    tilfeldig = random.Random(frø)
    with anlegg(mappe, broker) as oppe:
        oppe.start(*dict.fromkeys((*ALLE, *offer)))
        for runde in range(runder):
            hvem = tilfeldig.choice(offer)
            with meldinger_kommer(oppe, range(2 * runde, 2 * runde + 2)):
                threading.Event().wait(tilfeldig.random())
                oppe.drep(hvem)
                oppe.start(hvem)
        oppe.vent_til_innhentet()
        vent(lambda: oppe.etterslep() == 0, "nothing waits on Kafka")
        assert oppe.tall("worker samhandling", "bindeledd_parked_streams") == 0, frø


@pytest.mark.usefixtures("trinn")
def test_a_relay_may_be_killed_at_any_moment(tmp_path: Path, broker: str, rounds: int) -> None:
    drepes(tmp_path, broker, RELAYS, rounds)


def test_a_worker_may_be_killed_at_any_moment(tmp_path: Path, trinn: str, broker: str, rounds: int) -> None:
    drepes(tmp_path, broker, (*WORKERS, *FLERE) if trinn == "postgres" else WORKERS, rounds)


def test_a_worker_that_was_stopped_past_its_session_goes_on(tmp_path: Path, broker: str) -> None:
    with anlegg(tmp_path, broker) as oppe:
        oppe.start(*ALLE)
        vent(lambda: medlemmer(broker, "kriseplan") == 1, "the worker is a member of its group")
        os.kill(oppe.numre["worker kriseplan"], signal.SIGSTOP)
        oppe.send([1, 2])
        vent(lambda: medlemmer(broker, "kriseplan") == 0, "the worker has lost its place")
        os.kill(oppe.numre["worker kriseplan"], signal.SIGCONT)
        oppe.vent_til_innhentet()


def medlemmer(broker: str, tjeneste: str) -> int:
    with kafka.admin(broker) as admin:
        (gruppe,) = admin.describe_groups([f"bindeledd.{tjeneste}"]).values()
    return len(gruppe["members"])


def test_a_broker_that_is_killed_and_comes_back_with_its_log_or_without_loses_nothing(tmp_path: Path) -> None:
    if not kafka.can_start():
        pytest.skip(kafka.MISSING)
    with kafka.running_broker() as ours, anlegg(tmp_path, ours.bootstrap) as oppe:
        oppe.start(*ALLE)
        with meldinger_kommer(oppe, range(2)):
            ours.kill()
            ours.start()
        oppe.vent_til_innhentet()
        ours.kill()
        ours.format()
        ours.start()
        nye_temaer(ours.bootstrap)
        oppe.send([3])
        oppe.vent_til_innhentet()
