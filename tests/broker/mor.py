"""The process that forks relays and workers, so that one begins in milliseconds instead of seconds.

Each line on stdin is one to begin (JSON: arguments, environment, file for what it says); its number is the answer.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path

from bindeledd.app import cli, installation, process, settings
from bindeledd.resources import data_folder
from bindeledd.runtime import relay, sources
from bindeledd.runtime.relay import Relay
from services.felles.tilgang import les_tilgang
from tests.broker.klokke import DeltKlokke

DØ, FØR_MARKØREN = "BINDELEDD_TEST_DØ", "relay før markøren"
"""Where a child kills itself."""
TAUS = "BINDELEDD_TEST_TAUS"
"""After so many seconds a child takes those it reads for silent, instead of a minute."""
KLOKKE = "BINDELEDD_TEST_KLOKKE"
"""The file of the clock that a child goes by. It leaps, so nobody is taken for silent, and heads are compared once."""
FOR_ALLTID = timedelta(days=1_000_000)
IMPORTERT = (
    "bindeledd.store.postgres", "sqlalchemy.dialects.postgresql", "uvicorn.lifespan.on",
    "uvicorn.protocols.http.h11_impl",
)  # fmt: skip
"""What a child imports when it needs it."""


def main() -> None:
    _vær_forberedt()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    for line in sys.stdin:
        barn = json.loads(line)
        number = os.fork()
        if number == 0:
            _lev(barn["argumenter"], barn["miljø"], Path(barn["fil"]))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def _vær_forberedt() -> None:
    """What all children would do is done before anybody is born."""
    installation.codec()
    for navn in IMPORTERT:
        import_module(navn)
    vars(settings)["les_tilgang"] = lest = cache(les_tilgang)
    lest(data_folder("deploy") / settings.ACCESS_TABLE)


def _lev(arguments: list[str], environment: dict[str, str], said: Path) -> None:
    """A child's whole life. Never returns."""
    handle = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(handle, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(environment)
    sys.argv = ["bindeledd", *arguments]
    if os.environ.get(DØ) == FØR_MARKØREN:
        _dø_før_markøren()
    if seconds := os.environ.get(TAUS):
        sources.SILENT_AFTER, sources.LOOK_SECONDS = timedelta(seconds=int(seconds)), 0.2
        sources.ASK_EVERY = sources.SILENT_AFTER / 4
    if file := os.environ.get(KLOKKE):
        vars(installation)["system_clock"] = vars(process)["system_clock"] = DeltKlokke(Path(file))
        sources.SILENT_AFTER = sources.ASK_EVERY = sources.COMPARE_EVERY = FOR_ALLTID
        relay.REMEMBER_SECONDS = 0.0  # whoever waits for what was sent goes by the cursor
    code = 0
    try:
        cli.main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        os.write(2, f"slutt {code}\n".encode())
        os._exit(code)


def _dø_før_markøren() -> None:
    """Die when what was sent first has been acknowledged, and the cursor has not moved over it."""
    ordentlig = Relay._remember

    def i_stedet(self: Relay, cursors: Mapping[str, int]) -> None:
        if any(position for name, position in cursors.items() if name.count(":") == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        ordentlig(self, cursors)

    Relay._remember = i_stedet  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
