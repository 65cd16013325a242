"""The process that is killed while it writes notes, follows them with a tree and signs it. Each line on stdout is the
number of notes that are acknowledged."""

from __future__ import annotations

import sys
from pathlib import Path

from bindeledd.runtime.tree import Tree
from tests.prøvetjeneste import NOTAT, noter, satt_opp, skriver
from tests.unit.proof.anlegg import NØKKEL


def arbeid(mappe: Path, runde: int) -> None:
    with satt_opp(mappe, skriver(), seed=runde + 1) as oppsatt:
        engine = oppsatt.engines["skriver"]
        tree = Tree(engine, NOTAT, "bindeledd/4601", mappe, NØKKEL)
        number = 0
        while True:
            number += 1
            engine.command(noter(f"{runde}-{number % 7}"))
            print(engine.position, flush=True)
            tree.stop()


if __name__ == "__main__":
    arbeid(Path(sys.argv[1]), int(sys.argv[2]))
