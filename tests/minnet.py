"""Where tests have their files: in memory, where a machine has room for them there.

A commit waits for its disk, and a disk that all processes write to at once is what they wait for most. What is tested
is the same: a process that is killed loses nothing that it has given to the system, on disk or not.
"""

from __future__ import annotations

import os
from pathlib import Path

MINNET = Path("/dev/shm")
ROM_BYTE = 4 << 30
"""A whole run has some hundred MB at a time; no machine shall run out of memory for it."""


def plass(mappe: Path = MINNET, trengs: int = ROM_BYTE) -> Path | None:
    """The folder in memory where tests can have their files, programs among them; None where there is none, or too
    little room in it."""
    if not mappe.is_dir() or not os.access(mappe, os.W_OK):
        return None
    om = os.statvfs(mappe)
    ledig = om.f_bavail * om.f_frsize
    return None if om.f_flag & os.ST_NOEXEC or min(ledig, _ledig_minne()) < trengs else mappe


def _ledig_minne() -> int:
    """How many bytes the whole machine has left."""
    linjer = Path("/proc/meminfo").read_text("utf-8").splitlines()
    return next(int(linje.split()[1]) * 1024 for linje in linjer if linje.startswith("MemAvailable:"))
