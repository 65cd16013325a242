"""The schema folder of the project, and what is made of it, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bindeledd.schema.catalog import Catalog, load_catalog
from bindeledd.schema.codec import Codec

SCHEMAS = Path(__file__).resolve().parents[3] / "schemas"


@pytest.fixture(scope="session")
def schemas() -> Path:
    """The project's own schema folder."""
    return SCHEMAS


@pytest.fixture(scope="session")
def real_catalog() -> Catalog:
    """The project's own catalogue."""
    return load_catalog(SCHEMAS)


@pytest.fixture(scope="session")
def real_codec(real_catalog: Catalog) -> Codec:
    """The codec of the project's own catalogue and classes."""
    return Codec(real_catalog)
