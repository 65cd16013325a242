"""Understands the data folder: who works on it, and which files are in it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bindeledd.core.errors import BindeleddError, DiskFull, InvalidMessage, Occupied
from bindeledd.store.disk import refused_by_disk

LOCK = "bindeledd.lock"
OPENING = "opening.lock"
KEYRING = "keyring.db"
MASTER = "keyring.kek"
PROOF_KEY = "proof.key"
DEMO = "demo.json"
"""Present in a folder that was filled by the simulator, on keys that anyone with its seed can make."""
UNFINISHED = "unfinished"
"""Subfolder that a simulation works in. What is in it when nobody simulates was left by one that was cut off."""


@dataclass(slots=True)
class Claim:
    """This process's right to write in a data folder, until it is closed or the process ends."""

    handle: int

    def close(self) -> None:
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1


def claim(folder: Path) -> Claim:
    """Make the folder if it is missing, and take it for this process.

    Raises Occupied when another process has it, InvalidMessage or DiskRefuses when it cannot be made or written to.

    The lock is the kernel's: it goes with the process, however that ends, so there is never a stale one to remove.
    """
    return _locked(folder, LOCK, fcntl.LOCK_EX)


@contextmanager
def claim_part(folder: Path, part: str) -> Iterator[None]:
    """Take one part of the folder's work for this process, beside others that take other parts.

    Raises Occupied when another process has the part, or the whole folder.
    """
    with share(folder), closing(_locked(folder, f"{part}.lock", fcntl.LOCK_EX)):
        yield


@contextmanager
def share(folder: Path) -> Iterator[None]:
    """Work with the folder beside others who do. Raises Occupied when another process has the whole folder."""
    with closing(_locked(folder, LOCK, fcntl.LOCK_SH)):
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other process makes files in the folder: two that begin together must not make one each."""
    handle = _lock_file(folder / OPENING)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _locked(folder: Path, name: str, kind: int) -> Claim:
    make(folder)
    handle = _lock_file(folder / name)
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 20).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise Occupied(
            f"another Bindeledd (process {holder}) works on the data folder {folder}. "
            "Stop it first, or name another folder with --data"
        ) from None
    os.ftruncate(handle, 0)
    if kind == fcntl.LOCK_EX:
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return Claim(handle)


def make(folder: Path) -> None:
    """The folder, for its owner alone. Raises InvalidMessage, which names it, when it cannot be made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(error, folder) from error


def _lock_file(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(error, path.parent) from error


def _unusable(error: OSError, folder: Path) -> BindeleddError:
    """A disk that is full or read-only says so by itself; the rest is where the folder was to be."""
    if isinstance(refused := refused_by_disk(error), DiskFull):
        return refused
    why = (error.strerror or type(error).__name__).lower()
    fix = "Name one that this user may make and write in with --data, or make it first"
    return InvalidMessage(f"the data folder cannot be made or written to: {why}", str(folder), fix)


def store_file(folder: Path, service: str) -> Path:
    """The file that holds one service's store."""
    return folder / f"{service}.db"


def store_files(folder: Path) -> dict[str, Path]:
    """Service → its file, for every store that is there."""
    return {path.stem: path for path in sorted(folder.glob("*.db")) if path.name != KEYRING}


def is_empty(folder: Path) -> bool:
    """Whether nothing has been kept here yet."""
    return not folder.exists() or not any(
        path.name != UNFINISHED and path.suffix != ".lock" for path in folder.iterdir()
    )
