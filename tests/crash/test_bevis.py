"""Kill -9 between a record, its leaf, and the checkpoint over it: nothing is lost, and all that was signed holds."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from bindeledd.store import checkpoints
from tests.crash.filer import ROT
from tests.unit.proof.anlegg import Anlegg

LINJER_MAKS = 12


def test_killed_at_any_moment_what_was_signed_holds_and_the_tree_goes_on(tmp_path: Path, rounds: int) -> None:
    anlegg, tilfeldig, bekreftet = Anlegg(tmp_path), random.Random(1), 0
    for runde in range(rounds):
        bekreftet = max(bekreftet, _drept(tmp_path, runde, tilfeldig.randint(1, LINJER_MAKS)))
        funnet = anlegg.funnet()
        assert funnet.bad is None
        assert funnet.records >= bekreftet
    før = list(checkpoints.read(anlegg.fil))
    anlegg.skriv()
    funnet = anlegg.funnet(*før)
    assert (funnet.bad, funnet.records >= bekreftet) == (None, True)
    with anlegg.lageret() as db:
        assert db.one("SELECT MAX(level) FROM tile") is not None


def _drept(mappe: Path, runde: int, linjer: int) -> int:
    """A life that is ended after so many acknowledgements, and whatever came meanwhile. The last acknowledged one."""
    kommando = [sys.executable, "-m", "tests.crash.bevisarbeider", str(mappe), str(runde)]
    with subprocess.Popen(kommando, cwd=ROT, stdout=subprocess.PIPE, text=True) as barn:
        assert barn.stdout is not None
        sett = [linje for _, linje in zip(range(linjer), barn.stdout, strict=False)]
        barn.kill()
        sett += [linje for linje in barn.stdout if linje.endswith("\n")]
    return max(int(linje) for linje in sett if linje.strip().isdecimal())


def test_the_same_log_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    Anlegg(tmp_path).skriv("ab", "cd", "ab")
    spør = "import json, sys; from pathlib import Path; from tests.unit.proof.anlegg import Anlegg; "
    spør += "print(json.dumps(Anlegg(Path(sys.argv[1])).bunt()), Anlegg(Path(sys.argv[1])).funnet())"
    svar = {
        subprocess.run(
            [sys.executable, "-c", spør, str(tmp_path)], cwd=ROT, env={**os.environ, "PYTHONHASHSEED": frø},
            capture_output=True, check=True, timeout=100,
        ).stdout
        for frø in ("0", "1", "4711")
    }  # fmt: skip
    assert len(svar) == 1
