"""Kill -9 while all keys are wrapped anew under another master secret: they are all under the old one, or all under the
new one, and open what they always opened."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bindeledd.app import cli
from bindeledd.app.folder import MASTER
from bindeledd.core.clock import SeededEntropy
from bindeledd.core.errors import InvalidMessage
from bindeledd.seal import rewrap
from bindeledd.seal.held import Master
from bindeledd.seal.keyring import Keyring
from bindeledd.store.postgres import PostgresDb
from bindeledd.store.sqlite import SqliteDb
from services.samhandling import tjeneste as samhandling
from services.samhandling.plo.skriv import lag_innlagt
from tests.crash.arbeider import _ved
from tests.crash.filer import ROT
from tests.crash.kontroll import kontroller
from tests.e2e.test_serve import for_mappen
from tests.meldinger import NÅ, sending
from tests.rom import BERGEN, TABELL, lager, rom

NY = b"n" * 32
TJENESTER = [samhandling.tjeneste(BERGEN, TABELL)]


def _ved_dens_commit() -> None:
    """Die after the commit that ends the wrapping: the one that follows its being verified."""
    egentlig = rewrap._refuse_other

    def verifisert(before: object, after: object) -> None:
        egentlig(before, after)
        for db in (SqliteDb, PostgresDb):
            _ved(db, "commit", 1, før=False)

    rewrap._refuse_other = verifisert


PUNKTER: dict[str, Callable[[], None]] = {
    "når alt er skrevet": lambda: _ved(rewrap, "_refuse_other", 1, før=True),
    "etter commit": _ved_dens_commit,
}


def main(punkt: str, *argumenter: str) -> None:
    """The child that dies."""
    PUNKTER[punkt]()
    sys.argv = ["bindeledd", *argumenter]
    cli.main()


def nøklene(mappe: Path, hemmelig: bytes) -> dict[str, bytes]:
    """Every data key, open. Raises InvalidMessage for another secret."""
    db = lager(mappe).keyring(beside=False)
    try:
        ring = Keyring(db, Master(hemmelig), SeededEntropy(1))
    except InvalidMessage:
        db.close()
        raise
    with closing(ring):
        return {key_id: ring.key(key_id).secret for (key_id,) in ring._db.all("SELECT key_id FROM data_key")}


@pytest.mark.parametrize("punkt", PUNKTER)
def test_killed_while_keys_are_wrapped_anew_all_are_old_or_all_are_new(tmp_path: Path, trinn: str, punkt: str) -> None:
    rå = lag_innlagt(sending(), tid=NÅ)
    with rom(tmp_path, NÅ, tjenester=TJENESTER) as her:
        assert her.melding(rå, NÅ).outcome == "positive"
    gammel = (tmp_path / MASTER).read_bytes()
    før = nøklene(tmp_path, gammel)
    (ny := tmp_path / "ny").write_bytes(NY)

    kode = "import sys; from tests.crash.test_omslag import main; main(*sys.argv[1:])"
    kommando = [sys.executable, "-c", kode, punkt, "keys", "rewrap", str(ny), "--data", str(tmp_path)]
    endte = subprocess.run(kommando, cwd=ROT, env=for_mappen(tmp_path), capture_output=True, timeout=100, check=False)
    assert endte.returncode == -9, endte.stderr

    gjelder, gjelder_ikke = (NY, gammel) if punkt == "etter commit" else (gammel, NY)
    with pytest.raises(InvalidMessage, match="not the master secret of this keyring"):
        nøklene(tmp_path, gjelder_ikke)
    assert nøklene(tmp_path, gjelder) == før
    (tmp_path / MASTER).write_bytes(gjelder)
    with rom(tmp_path, NÅ, tjenester=TJENESTER) as her:
        assert her.melding(rå, NÅ).outcome == "duplicate"
    assert kontroller(tmp_path) == []
