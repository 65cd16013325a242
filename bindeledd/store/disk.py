"""Understands which errors mean that the disk will not have what is written: full, read-only, failing.

Known by what SQLite or the system says, wherever in a chain of wrapped errors it stands.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator

from bindeledd.core.errors import DiskFull, DiskRefuses

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_AGAIN = "What was acknowledged is kept, what was refused may be sent again"


def refused_by_disk(error: BaseException) -> DiskRefuses | None:
    """The error to raise instead, which says what to do about the disk; None when the disk is not to blame."""
    for link in _chain(error):
        match link:
            case DiskRefuses():
                return link
            case sqlite3.Error():
                return _of_sqlite(getattr(link, "sqlite_errorcode", 0) & 0xFF)
            case OSError():
                return _of_system(link)
            case _:
                continue
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what it was raised from: the ledger's library wraps the driver's errors so."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__


def _of_sqlite(code: int) -> DiskRefuses | None:
    match code:
        case sqlite3.SQLITE_FULL:
            return _full()
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return _closed()
        case sqlite3.SQLITE_IOERR:
            return DiskRefuses(f"the disk of the data folder fails. See the system's log, and mend it. {_AGAIN}")
        case _:
            return None


def _of_system(error: OSError) -> DiskRefuses | None:
    if error.errno in _FULL:
        return _full()
    if error.errno in _CLOSED and error.filename is not None:  # a port may be closed to us as well
        return _closed()
    if error.errno == errno.EIO:
        return _of_sqlite(sqlite3.SQLITE_IOERR)
    return None


def _full() -> DiskFull:
    return DiskFull(f"the disk is full. Make room where the data folder lies. {_AGAIN}")


def _closed() -> DiskRefuses:
    return DiskRefuses(f"the data folder cannot be written to. Mount it writable, or give us the right to. {_AGAIN}")
