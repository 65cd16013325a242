"""What one command undoes, those that share its commit keep; and nothing of it is left, in the keyring either."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.runtime.handle import Command
from bindeledd.runtime.service import Lookup
from tests.prøvetjeneste import AKTØR, NOTAT, Noter, satt_opp, skriver


def test_a_command_that_is_undone_leaves_no_key_and_no_record(tmp_path: Path) -> None:
    with satt_opp(tmp_path, skriver()) as oppsatt:
        engine = oppsatt.engines["skriver"]

        def plan(tekster: dict[str, str], _lookup: Lookup) -> tuple[Sequence[Bestilling], Any]:
            return [Bestilling(NOTAT, s, Noter(t), AKTØR, person_ref="person") for s, t in tekster.items()], None

        begynt = Command(partial(plan, {"angret": "begynt", "annen": "forbudt"}))
        fullført = Command(partial(plan, {"fullført": "ferdig"}))
        engine._commit([lambda: engine._handle(begynt), lambda: engine._handle(fullført)])  # type: ignore[list-item]
        assert oppsatt.keyring.key_of_stream("angret") is None
        assert oppsatt.keyring.key_of_stream("fullført") is not None
        assert engine.look(lambda tx: (tx.version("angret"), tx.version("fullført"))) == (0, 1)
