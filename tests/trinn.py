"""The rungs of the ladder, and how a folder of a test comes onto one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import postgres

TRINN = ("sqlite", "postgres", "kafka")
"""By what each brings."""


def på_trinn(request: pytest.FixtureRequest, mappe: Path) -> str:
    """From now on what is on this folder is on the rung that the fixture's parameter names, which is returned."""
    if request.param == "postgres":
        postgres.give(mappe, postgres.fresh())
    if request.param == "kafka":
        request.getfixturevalue("hus").gi(mappe)
    return str(request.param)
