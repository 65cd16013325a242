"""A broker for a folder of tests, and topics of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.broker import kafka


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """The address of a real Kafka. Where there is none the test is left out, which CI refuses."""
    if not kafka.found():
        pytest.skip(kafka.MISSING)
    with kafka.broker() as bootstrap:
        yield bootstrap
