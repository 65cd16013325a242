"""A Bergen that receives for its own organisations, and the official schemas that our receipts must hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.samhandling.plo.skjema import Skjemasett, last_skjemasett
from tests.rom import HELE_BERGEN, Rom, rom
from tests.unit.mottak.spor import NÅ


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Rom]:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as rommet:
        yield rommet


@pytest.fixture(scope="session")
def skjemasett(sample_folder: Path) -> Skjemasett:
    """The official schemas of PLO 1.6 and 1.5, dialogue and AppRec."""
    return last_skjemasett([sample_folder / "plo-1.6" / "xsd", sample_folder / "plo-1.5" / "xsd"])
