"""Time and chance as arguments, so that a decision can be made again and a history replayed."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

Clock = Callable[[], datetime]
"""Returns the time now: aware, UTC."""


class Entropy(Protocol):
    """Where refs, keys and nonces come from: `os.urandom` in production, a seed in the simulator."""

    def __call__(self, size: int, /) -> bytes: ...


def system_clock() -> datetime:
    return datetime.now(UTC)


def system_entropy(size: int, /) -> bytes:
    return os.urandom(size)


def new_ref(entropy: Entropy) -> str:
    """A random ref: 32 hexadecimal characters, 128 bits, no meaning."""
    return entropy(16).hex()


class SeededEntropy:
    """The same seed gives the same refs, keys and nonces. For the simulator and tests, on throwaway keys only."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - determinism is the point
        self._lock = threading.Lock()

    def __call__(self, size: int, /) -> bytes:
        with self._lock:
            return self._random.randbytes(size)


class SetClock:
    """A clock that a test or the simulator sets by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)
