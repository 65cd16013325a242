"""Which tests of rungs 2 and 3 `make test` runs: a cut with one of each kind. `make test-ladder` runs the rest.

Rung 1 is tested in full each time. A test on PostgreSQL or on a real broker is marked `ladder`, by this module alone,
unless a line of `CUT` begins its name: so a new one is in the ladder's run until a line here says otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

import pytest

CUT: tuple[str, ...] = ("tests/",)

ALWAYS_POSTGRES = ("tests/contract/test_postgres.py", "tests/crash/test_tjener.py")
"""Files that know no other store."""
FEW_ROUNDS = 3
SECONDS_A_ROUND = 30


def rounds() -> int:
    """How many times a loop of kills goes round: few by default, 20 in `make test-ladder`, 100 in `make soak`.

    The Makefile says it, in `BINDELEDD_ROUNDS`.
    """
    return int(os.environ.get("BINDELEDD_ROUNDS", FEW_ROUNDS))


def mark(items: Iterable[pytest.Item]) -> None:
    """Mark what is for the ladder's run, and what goes in rounds, which has time for each of them."""
    for item in items:
        if rung(item) > 1 and not item.nodeid.startswith(CUT):
            item.add_marker("ladder")
        if "rounds" in getattr(item, "fixturenames", ()):
            item.add_marker("rounds")
            item.add_marker(pytest.mark.timeout(300 + SECONDS_A_ROUND * rounds()), append=False)


def rung(item: pytest.Item) -> int:
    """The rung that a test is on: 1 files, 2 PostgreSQL, 3 Kafka between the services."""
    if item.nodeid.startswith("tests/broker/"):
        return 3
    call = getattr(item, "callspec", None)
    on_postgres = call is not None and "postgres" in call.params.values()
    return 2 if on_postgres or item.nodeid.startswith(ALWAYS_POSTGRES) else 1
