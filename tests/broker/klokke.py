"""A clock that processes share, and a test sets: a moment in a file."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

_EPOKE, _MIKRO = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_BYTE = 8


class DeltKlokke:
    """As `SetClock`, for all who have the file: what one sets, the others read at once."""

    def __init__(self, fil: Path) -> None:
        self._fil = os.open(fil, os.O_RDWR | os.O_CREAT, 0o600)

    def __call__(self) -> datetime:
        return self.now

    @property
    def now(self) -> datetime:
        return _EPOKE + int.from_bytes(os.pread(self._fil, _BYTE, 0), "little") * _MIKRO

    @now.setter
    def now(self, nå: datetime) -> None:
        os.pwrite(self._fil, ((nå - _EPOKE) // _MIKRO).to_bytes(_BYTE, "little"), 0)

    def close(self) -> None:
        os.close(self._fil)
