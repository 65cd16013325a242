"""Understands what may be written to the operator's log: JSON lines on stderr, with keys from a list and no others.

People's data cannot reach a log line by way of a key that is not here, nor by way of an exception's text.
"""

from __future__ import annotations

import logging
import sys
import sysconfig
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

KEYS = frozenset({
    "event", "level", "timestamp", "service", "source", "topic", "stream", "version", "position", "epoch", "kind",
    "place", "reason", "rule", "status", "method", "route", "duration_ms", "count", "port", "host", "file", "outcome",
    "correlation", "checkpoint",
})  # fmt: skip
"""All that a log line may hold. `reason` is the text of one of our own errors, which hold no person's data."""
TEXT_MAX = 500
_OTHERS = ("<", *{sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})


def configure() -> None:
    """Log JSON lines to stderr from here on; what other libraries log is cut down to its source and level."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_known_keys,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        # Whatever stderr is when the line is written: who embeds or tests us may have put another in its place.
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Foreign()]
    root.setLevel(logging.WARNING)


def only_errors() -> None:
    """Keep quiet about the rest from here on, in this process."""
    configure()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def info(event: str, **facts: object) -> None:
    structlog.get_logger().info(event, **facts)


def warning(event: str, **facts: object) -> None:
    structlog.get_logger().warning(event, **facts)


def unexpected(event: str, error: BaseException) -> None:
    """An error nobody foresaw: its type, and where in our code it arose. Never its text."""
    structlog.get_logger().error(event, kind=type(error).__name__, place=place_of(error))


def place_of(error: BaseException) -> str:
    """File and line where an error arose: the innermost of our own, and the innermost of all."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if not frame.filename.startswith(_OTHERS)]
    places = [f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno}" for frame in (*ours[-1:], *frames[-1:])]
    return " via ".join(dict.fromkeys(places))


def only_known_keys(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list, and cut long texts."""
    return {key: value[:TEXT_MAX] if isinstance(value, str) else value for key, value in line.items() if key in KEYS}


class _Foreign(logging.Handler):
    """What other libraries log: who and how grave. Their texts and tracebacks may quote anything."""

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else record.levelname
        warning("library", source=record.name, kind=kind, place=f"{record.module}:{record.lineno}")
