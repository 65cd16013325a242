"""A broker for a folder of tests, and topics of its own for each test."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.broker import kafka


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """The address of a real Kafka. Where there is none the test is left out, which CI refuses."""
    if not kafka.found():
        pytest.skip(kafka.MISSING)
    with kafka.broker() as bootstrap:
        yield bootstrap


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """kafka-python lets go of a socket on which a broker never answered, and does not close it."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))


@pytest.fixture(autouse=True)
def _let_go_of_sockets() -> Iterator[None]:
    """What a test has left is collected before the next one begins."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
