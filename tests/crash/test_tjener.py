"""The database server goes away and comes back while there is work: nothing acknowledged is lost or done twice."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bindeledd.app.installation import Installation
from bindeledd.core.errors import BindeleddError, TransientError
from tests import postgres
from tests.crash.jobber import NÅ, SLAG, Jobb, alle_jobber
from tests.crash.test_kill import Bekreftet, etterprøv
from tests.rom import HELE_BERGEN, rom

PERSONER = 4
TRÅDER = 4
OMSTARTER = 4
SEKUNDER_MAKS = 60


@pytest.fixture
def tjener() -> Iterator[postgres.Server]:
    """A server of this test's own."""
    try:
        startet = postgres.Server()
    except ImportError:
        pytest.skip(postgres.MISSING)
    yield startet
    startet.close()


class Avsendere:
    """Threads that each send their jobs again and again until they are answered."""

    def __init__(self, inst: Installation, bekreftet: Bekreftet) -> None:
        self.inst, self.bekreftet = inst, bekreftet
        self.borte, self.feil = 0, list[str]()
        jobber = alle_jobber(PERSONER)
        random.Random(1).shuffle(jobber)
        self._låst = threading.Lock()
        self._tråder = [threading.Thread(target=self._send, args=(jobber[nr::TRÅDER],)) for nr in range(TRÅDER)]

    def __enter__(self) -> Avsendere:
        for tråd in self._tråder:
            tråd.start()
        return self

    def __exit__(self, *_feil: object) -> None:
        for tråd in self._tråder:
            tråd.join()

    @property
    def antall(self) -> int:
        return len(self.bekreftet.svar)

    def _send(self, jobber: list[Jobb]) -> None:
        igjen, slutt = jobber, time.monotonic() + SEKUNDER_MAKS
        while igjen and time.monotonic() < slutt:
            igjen = [jobb for jobb in igjen if not self._ble_besvart(jobb)]

    def _ble_besvart(self, jobb: Jobb) -> bool:
        """False when it should be sent again: nobody answered, or the rules want something else to happen first."""
        try:
            svar = SLAG[jobb.slag](self.inst, jobb.nr)
        except TransientError:
            with self._låst:
                self.borte += 1
            return False
        except BindeleddError:
            return False
        except Exception as feil:  # noqa: BLE001 - the test hears of it
            self.feil.append(f"{jobb.id}: {feil!r}")
            return True
        with self._låst:
            self.feil += self.bekreftet.hør(jobb.id, svar)
        return True


@pytest.mark.timeout(240)
def test_a_server_that_stops_at_once_and_comes_back_costs_no_acknowledged_work(
    tmp_path: Path, tjener: postgres.Server
) -> None:
    postgres.give(tmp_path, postgres.database(tjener.url))
    bekreftet = Bekreftet()
    with arbeid(tmp_path, bekreftet) as avsendere:
        for nr in range(1, OMSTARTER + 1):
            vent_til(lambda nr=nr: avsendere.antall >= nr * len(SLAG) * PERSONER // (OMSTARTER + 2))  # type: ignore[misc]
            borte = avsendere.borte
            tjener.stop("immediate")
            vent_til(lambda borte=borte: avsendere.borte > borte)  # type: ignore[misc]
            tjener.start()
    etterprøv(tmp_path, bekreftet, PERSONER)


@pytest.mark.timeout(240)
def test_a_standby_that_takes_over_has_all_that_was_acknowledged(tmp_path: Path, tjener: postgres.Server) -> None:
    """The address names both servers, and a commit is answered when both have it."""
    base = postgres.database(tjener.url)
    reserve = postgres.Server(copy_of=tjener)
    with psycopg.connect(tjener.url, autocommit=True) as drift:
        drift.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        drift.execute("SELECT pg_reload_conf()")
        vent_til(lambda: drift.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone())
    verter = ",".join(str(conninfo_to_dict(server.url)["host"]) for server in (tjener, reserve))
    postgres.give(tmp_path, make_conninfo(base, host=verter))
    bekreftet = Bekreftet()
    with arbeid(tmp_path, bekreftet) as avsendere:
        vent_til(lambda: avsendere.antall >= len(SLAG) * PERSONER // 3)
        tjener.stop("immediate")
        vent_til(lambda: avsendere.borte)
        reserve.control("promote")
    etterprøv(tmp_path, bekreftet, PERSONER)
    reserve.close()


@contextmanager
def arbeid(mappe: Path, bekreftet: Bekreftet) -> Iterator[Avsendere]:
    """An installation at work until every job is answered; in the end all its services are well."""
    with rom(mappe, NÅ, oppsett=HELE_BERGEN) as oppe:
        oppe.inst.embedded.start()
        with Avsendere(oppe.inst, bekreftet) as avsendere:
            yield avsendere
        assert avsendere.feil == []
        assert avsendere.antall == len(SLAG) * PERSONER
        vent_til(lambda: not oppe.inst.embedded.unhealthy())


def vent_til(sant: Callable[[], object]) -> None:
    slutt, puls = time.monotonic() + SEKUNDER_MAKS, threading.Event()
    while not sant():
        assert time.monotonic() < slutt, "it never came so far"
        puls.wait(0.01)
