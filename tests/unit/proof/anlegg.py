"""A service whose notes are proved: its tree, its checkpoints, and what an outsider makes of what they are given."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from bindeledd.app.stores import looking_at, stores_at
from bindeledd.ops.proof import Proven, bundle, verify_tree
from bindeledd.runtime.tree import Tree
from bindeledd.seal.note import Keys, Signer, public_key
from bindeledd.store import checkpoints
from bindeledd.store.db import Db
from tests.crash.filer import ROT
from tests.postgres import database_of
from tests.prøvetjeneste import NOTAT, noter, satt_opp, skriver

NØKKEL = Signer(b"k" * 32)
LOGG = "bindeledd/4601/skriver/skriver.notat"
FRØ = count(1)
"""Each time that a store is opened other keys are made than before."""
UTENFOR = public_key(LOGG, NØKKEL.public)
"""The one public key that an outsider has."""


@dataclass(frozen=True, slots=True)
class Anlegg:
    """Where the service's store is, on either rung."""

    mappe: Path

    @property
    def fil(self) -> Path:
        return checkpoints.file_of(self.mappe, "skriver", NOTAT)

    @property
    def nøkler(self) -> Keys:
        """The keys that may sign, as the folder has them."""
        return checkpoints.keys(self.mappe, "skriver", NOTAT)

    def skriv(
        self, *strømmer: str, signer: bool = True, nøkkel: Signer = NØKKEL, forrige: Signer | None = None
    ) -> None:
        """Notes in these streams, one after the other; then the tree has them, and its checkpoint is signed: with this
        key, to which `forrige` hands over where it must."""
        with satt_opp(self.mappe, skriver(), seed=next(FRØ)) as oppsatt:
            engine = oppsatt.engines["skriver"]
            tree = Tree(engine, NOTAT, "bindeledd/4601", self.mappe, nøkkel, forrige)
            for strøm in strømmer:
                engine.command(noter(strøm))
            if signer:
                tree.stop()

    @contextmanager
    def lageret(self, *, skriv: bool = False) -> Iterator[Db]:
        """The store; `skriv`: what is done there is kept, behind everybody's back."""
        stores = stores_at(self.mappe, database_of(self.mappe))
        if not skriv:
            with looking_at(stores) as dbs:
                yield dbs["skriver"]
            return
        db = stores.open("skriver")
        try:
            db.begin()
            yield db
            db.commit()
        finally:
            db.close()

    def sett(self, sql: str, *verdier: object) -> None:
        with self.lageret(skriv=True) as db:
            assert db.touched(sql, verdier)

    def funnet(self, *vitner: str) -> Proven:
        """What verification finds, with what is kept here and what witnesses have."""
        with self.lageret() as db:
            return verify_tree("skriver", NOTAT, db, [*checkpoints.read(self.fil), *vitner], self.nøkler)

    def bunt(self, *posisjoner: int, før: str | None = None) -> dict[str, Any]:
        with self.lageret() as db:
            return bundle("skriver", NOTAT, db, posisjoner, før, self.nøkler)

    def siste(self) -> str:
        with self.lageret() as db:
            return checkpoints.last(db, NOTAT) or ""


def utenfor(mappe: Path, bunt: dict[str, Any], nøkkel: str = UTENFOR) -> tuple[int, str]:
    """What somebody finds who has the script, Python with `cryptography`, and nothing of ours on its path."""
    (fil := mappe / "bunt.json").write_text(json.dumps(bunt), "utf-8")
    skript = mappe / "check_proof.py"
    skript.write_text((ROT / "tools/check_proof.py").read_text("utf-8"), "utf-8")
    sperret = "import runpy, sys; sys.modules['bindeledd'] = None"
    med = [str(skript), str(fil), nøkkel]
    kjør = f"{sperret}; sys.argv = {med!r}; runpy.run_path({str(skript)!r}, run_name='__main__')"
    ferdig = subprocess.run(
        [sys.executable, "-I", "-c", kjør], cwd=mappe, capture_output=True, text=True, check=False, timeout=60
    )
    assert ferdig.stderr == ""
    return ferdig.returncode, ferdig.stdout
