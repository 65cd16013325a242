"""The official schemas, as one set."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.samhandling.plo.skjema import Skjemasett, last_skjemasett


@pytest.fixture(scope="session")
def skjemasett(sample_folder: Path) -> Skjemasett:
    """The official schemas of PLO 1.6 and 1.5, dialogue and AppRec."""
    return last_skjemasett([sample_folder / "plo-1.6" / "xsd", sample_folder / "plo-1.5" / "xsd"])
