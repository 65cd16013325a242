"""What may be written to the operator's log: JSON lines on stderr, keys from a list, and no text of strangers."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bindeledd.ops import logs

MERKE = "Kari Synteseprøve"


@pytest.fixture(autouse=True)
def _ryddig() -> Iterator[None]:
    """Logging as it was, afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def lest(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    ut, err = capsys.readouterr()
    assert ut == ""
    (line,) = err.splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


def test_a_line_is_json_on_stderr_with_a_time_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logs.info("start.ready", port=8000)
    line = lest(capsys)
    assert (line["event"], line["level"], line["port"]) == ("start.ready", "info", 8000)
    assert line["timestamp"].endswith("Z")


def test_a_key_that_is_not_on_the_list_is_never_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logs.warning("noe", navn=MERKE, person=MERKE, stream="ab")
    line = lest(capsys)
    assert MERKE not in str(line)
    assert line["stream"] == "ab"


def test_a_long_text_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logs.warning("noe", reason="x" * 10_000)
    assert len(lest(capsys)["reason"]) == logs.TEXT_MAX


def test_an_unforeseen_error_tells_its_kind_and_place_and_not_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        json.loads(MERKE)
    except ValueError as error:
        logs.unexpected("http.unexpected", error)
    line = lest(capsys)
    assert line["kind"] == "JSONDecodeError"
    assert "test_logger.py" in line["place"]
    assert "Kari" not in str(line)


def test_what_other_libraries_log_is_cut_down_to_who_and_how_grave(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logging.getLogger("uvicorn.error").error("Exception in ASGI application: %s", MERKE)
    line = lest(capsys)
    assert (line["source"], line["kind"]) == ("uvicorn.error", "ERROR")
    assert MERKE not in str(line)


def test_a_traceback_of_another_library_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        dict[str, str]()[MERKE]
    except KeyError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")
    line = lest(capsys)
    assert line["kind"] == "KeyError"
    assert MERKE not in str(line)
