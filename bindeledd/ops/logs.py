"""Understands what may be written to the operator's log: JSON lines on stderr, with keys from a list and no others.

People's data cannot reach a log line by way of a key that is not here, nor by way of an exception's text.
"""

from __future__ import annotations

import json
import logging
import sys
import sysconfig
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime

KEYS = frozenset({
    "event", "level", "timestamp", "service", "source", "topic", "stream", "version", "position", "epoch", "kind",
    "place", "reason", "rule", "status", "method", "route", "duration_ms", "count", "port", "host", "file", "outcome",
    "correlation", "checkpoint",
})  # fmt: skip
"""All that a log line may hold. `reason` is the text of one of our own errors, which hold no person's data."""
TEXT_MAX = 500
_quiet = False
_OTHERS = ("<", *{sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})


def configure() -> None:
    """Cut down what other libraries log to its source and level from here on, and write it as our own lines."""
    root = logging.getLogger()
    root.handlers[:] = [_Foreign()]
    root.setLevel(logging.WARNING)


def only_errors() -> None:
    """Keep quiet about the rest from here on, in this process."""
    global _quiet  # noqa: PLW0603 - a process has one log
    configure()
    _quiet = True


def info(event: str, **facts: object) -> None:
    if not _quiet:
        _write("info", event, facts)


def warning(event: str, **facts: object) -> None:
    if not _quiet:
        _write("warning", event, facts)


def unexpected(event: str, error: BaseException) -> None:
    """An error nobody foresaw: its type, and where in our code it arose. Never its text."""
    _write("error", event, {"kind": type(error).__name__, "place": place_of(error)})


def place_of(error: BaseException) -> str:
    """File and line where an error arose: the innermost of our own, and the innermost of all."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if not frame.filename.startswith(_OTHERS)]
    places = [f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno}" for frame in (*ours[-1:], *frames[-1:])]
    return " via ".join(dict.fromkeys(places))


def _write(level: str, event: str, facts: Mapping[str, object]) -> None:
    """One line, without the keys that are not on the list, and with long texts cut. To whatever stderr is now: who
    embeds or tests us may have put another in its place."""
    line = {**facts, "event": event, "level": level, "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
    kept = {key: value[:TEXT_MAX] if isinstance(value, str) else value for key, value in line.items() if key in KEYS}
    sys.stderr.write(json.dumps(kept, ensure_ascii=False, default=repr) + "\n")
    sys.stderr.flush()


class _Foreign(logging.Handler):
    """What other libraries log: who and how grave. Their texts and tracebacks may quote anything."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else record.levelname
        warning("library", source=record.name, kind=kind, place=f"{record.module}:{record.lineno}")
