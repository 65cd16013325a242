"""The real configuration, read once, and a way to make a copy with one thing wrong."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from services.felles.oppsett import Oppsett, les_oppsett
from services.felles.tilgang import Tabell, les_tilgang

DEPLOY = Path(__file__).parents[3] / "deploy"

Endret = Callable[[str, str, str], Path]


@cache
def bergen() -> Oppsett:
    """For properties, which would print a fixture of this size with every failure."""
    return les_oppsett(DEPLOY / "bergen.toml")


@cache
def tilgangstabellen() -> Tabell:
    return les_tilgang(DEPLOY / "tilgang.toml")


@pytest.fixture(scope="session")
def oppsett() -> Oppsett:
    return bergen()


@pytest.fixture(scope="session")
def tabell() -> Tabell:
    return tilgangstabellen()


@pytest.fixture
def endret(tmp_path: Path) -> Endret:
    """Writes a copy of a configuration file with `gammel` replaced by `ny`, once. Fails when `gammel` is not there."""

    def lag(fil: str, gammel: str, ny: str) -> Path:
        tekst = (DEPLOY / fil).read_text("utf-8")
        assert gammel in tekst, f"{fil} has no {gammel!r} any more: write the test's fault anew"
        kopi = tmp_path / fil
        kopi.write_text(tekst.replace(gammel, ny, 1), "utf-8")
        return kopi

    return lag
