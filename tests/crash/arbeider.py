"""The worker that is killed. Started once; forks a child for each round, so that a round begins in milliseconds.

Each line on stdin is a round (JSON); a child opens the installation and works, and writes one line for each job that is
acknowledged, after it was durable. A round ends with `slutt <how>` when the child is gone.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bindeledd.app import installation
from bindeledd.app.installation import Installation, all_services, codec, open_installation
from bindeledd.app.settings import Config
from bindeledd.app.stores import stores_at
from bindeledd.runtime.engine import Engine
from bindeledd.seal.keyring import Keyring
from bindeledd.store.postgres import PostgresDb
from bindeledd.store.sqlite import SqliteDb
from tests.crash.jobber import NÅ, Jobb, alle_jobber, skriv_meldinger, utfør
from tests.rom import HELE_BERGEN, TABELL

TRÅDER = 4
VINDU = 60
"""How many jobs a round has before it: some that were acknowledged before, most that were not."""
PERSONER_MAKS = 30
SJEKKPUNKT = "i et sjekkpunkt"


@dataclass(frozen=True, slots=True)
class Runde:
    """One life of the worker."""

    mappe: str
    frø: int
    personer: int
    fra: int = 0
    """Where in the list of jobs to begin."""
    drep_etter: float | None = None
    """Seconds to SIGKILL, counted from when `svar` jobs have been acknowledged. None: until it is done."""
    svar: int = 0
    """-1: counted from the very start. 0: from when the installation is open."""
    database: str | None = None
    """Where the stores are; None: in the folder."""
    punkt: str = ""
    """A place in the code where it kills itself, at its nth passing."""
    nr: int = 1

    def linje(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def main() -> None:
    """Rounds from stdin, until it ends."""
    tjenester = all_services(Config(HELE_BERGEN, TABELL))
    codec()
    skriv_meldinger(PERSONER_MAKS)
    gc.freeze()
    for linje in sys.stdin:
        runde = Runde(**json.loads(linje))
        hører, puls = os.pipe()
        barn = os.fork()
        if barn == 0:
            _lev(runde, tjenester, puls)
        os.close(puls)
        if runde.drep_etter is not None:
            _hør(hører, runde.svar + 1)
            time.sleep(runde.drep_etter)
            os.kill(barn, signal.SIGKILL)
        os.close(hører)
        status = os.waitpid(barn, 0)[1]
        _si(f"slutt {'drept' if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)}")


def _hør(rør: int, antall: int) -> None:
    """Wait for so many bytes, or for the child to end."""
    while antall > 0 and (hørt := os.read(rør, antall)):
        antall -= len(hørt)


def _lev(runde: Runde, tjenester: Iterable[Any], puls: int) -> None:
    """The child's whole life: a byte to `puls` when the installation is open, and for each answer. Never returns."""
    try:
        threading.excepthook = lambda feil: _si(f"feil {feil.exc_type.__name__} {feil.exc_value}")
        if runde.punkt:
            (PUNKTER | STARTPUNKTER)[runde.punkt](runde.nr)
        config, stores = Config(HELE_BERGEN, TABELL), stores_at(Path(runde.mappe), runde.database)
        with open_installation(stores.folder, config, tjenester, stores=stores, clock=lambda: NÅ) as inst:
            inst.embedded.start()
            os.write(puls, b".")
            _arbeid(inst, runde, puls)
    except BaseException as feil:  # noqa: BLE001 - the test hears of it, and the child must not run on
        _si(f"feil {type(feil).__name__} {feil}")
        os._exit(1)
    os._exit(0)


def _arbeid(inst: Installation, runde: Runde, puls: int) -> None:
    tilfeldig = random.Random(runde.frø)
    jobber = alle_jobber(runde.personer)[runde.fra : runde.fra + VINDU]
    tilfeldig.shuffle(jobber)
    tråder = [threading.Thread(target=_jobb, args=(inst, jobber[nr::TRÅDER], puls)) for nr in range(TRÅDER)]
    for tråd in tråder:
        tråd.start()
    # Folding in takes the writer's lock, and most rounds are for writing.
    if runde.punkt == SJEKKPUNKT or runde.frø % 4 == 0:
        _fold_inn(inst, tråder)
    for tråd in tråder:
        tråd.join()


def _jobb(inst: Installation, jobber: list[Jobb], puls: int) -> None:
    for jobb in jobber:
        svar = utfør(inst, jobb)
        if svar is not None:
            _si(f"ok {jobb.id} {svar}")
            os.write(puls, b".")


def _fold_inn(inst: Installation, tråder: list[threading.Thread]) -> None:
    """Folds the write-ahead logs in while there is work, as the driver does when nothing waits."""
    while any(tråd.is_alive() for tråd in tråder):
        for engine in inst.engines.values():
            engine.idle()
        tråder[0].join(0.01)


def _si(linje: str) -> None:
    """One line, whole: a pipe takes a short write as one."""
    os.write(1, f"{linje}\n".encode())


# -- places to die -------------------------------------------------------------------------------------------------


def _dø() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _ved_rungs(navn: str, nr: int, *, før: bool) -> None:
    """Die before or after a service's store has done this for the nth time, on whatever rung it is."""
    _ved(SqliteDb, navn, nr, før=før, gjelder=lambda db: db._path.stem != "keyring")
    _ved(PostgresDb, navn, nr, før=før, gjelder=lambda db: db._schema != "keyring")


def _ved(eier: Any, navn: str, nr: int, *, før: bool, gjelder: Callable[[Any], bool] = lambda _eier: True) -> None:
    """Die before or after the nth call of a function."""
    egentlig: Callable[..., Any] = getattr(eier, navn)
    passert = 0

    def i_stedet(*args: Any, **kwargs: Any) -> Any:
        nonlocal passert
        if not gjelder(args[0] if args else None):
            return egentlig(*args, **kwargs)
        denne = passert = passert + 1
        if denne == nr and før:
            _dø()
        svar = egentlig(*args, **kwargs)
        if denne == nr and not før:
            _dø()
        return svar

    setattr(eier, navn, i_stedet)


def _i_sjekkpunkt(nr: int) -> None:
    """Die while a write-ahead log is being folded in: in another thread, a moment after it began."""
    egentlig = SqliteDb.idle
    passert = 0

    def idle(self: SqliteDb) -> None:
        nonlocal passert
        passert += self.wal_bytes() > 0
        if passert == nr:
            threading.Timer(random.Random(nr).random() / 2000, _dø).start()
        egentlig(self)

    SqliteDb.idle = idle  # type: ignore[method-assign]


PUNKTER: dict[str, Callable[[int], None]] = {
    "før nøklene er varige": lambda nr: _ved(Keyring, "store", nr, før=True),
    "mellom nøkkelringen og tjenesten": lambda nr: _ved(Keyring, "store", nr, før=False),
    "før tjenestens commit": lambda nr: _ved_rungs("commit", nr, før=True),
    "etter tjenestens commit": lambda nr: _ved_rungs("commit", nr, før=False),
    "midt i en side": lambda nr: _ved(Engine, "_take_in", nr, før=False),
    SJEKKPUNKT: _i_sjekkpunkt,
}
STARTPUNKTER: dict[str, Callable[[int], None]] = {
    "etter at mappen er tatt": lambda nr: _ved(installation, "claim", nr, før=False),
    "før hovednøkkelen er skrevet": lambda nr: _ved(os, "fdopen", nr, før=True),
    "før hovednøkkelen er varig": lambda nr: _ved(os, "fsync", nr, før=True),
    "mens tabellene lages": lambda nr: _ved_rungs("create", nr, før=False),
}
"""Places that are passed while an installation is opened."""

if __name__ == "__main__":
    main()
