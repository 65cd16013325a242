"""Where signed checkpoints lie: the last one beside the log, and each that was made here in a file of the data folder.

Who can change the database can change the first; the file may lie on another machine. Neither is believed: each is
signed, and all are held against the log.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bindeledd.seal.note import SIGNED, Keys
from bindeledd.store import log
from bindeledd.store.db import Db

FOLDER = "checkpoints"
PUBLICS = "publics"
"""The file with the public keys that are known here, one a line, as hexadecimal."""
TAIL_BYTES = 4096
"""Some checkpoints: the file of a log that is used every day grows by a hundred megabytes a year."""
_META = "checkpoint:"
_BETWEEN = "\n\n"


def last(db: Db, topic: str) -> str | None:
    """The last checkpoint of a topic's tree, as the store has it."""
    return log.meta(db, _META + topic)


def keep_last(db: Db, topic: str, note: str) -> None:
    log.set_meta(db, _META + topic, note)


def file_of(folder: Path, service: str, topic: str) -> Path:
    """Where the checkpoints of a tree are written one after the other."""
    return folder / FOLDER / f"{service}-{topic}"


def handovers_of(folder: Path, service: str, topic: str) -> Path:
    """Where those of them are that handed the log over to another key: they count also after a restore."""
    return folder / FOLDER / f"{service}-{topic}.keys"


def keys(folder: Path, service: str, topic: str) -> Keys:
    """The keys that may sign a log's checkpoints. Raises InvalidMessage where one of them was forged."""
    return Keys(publics(folder), read(handovers_of(folder, service, topic)))


def append(file: Path, note: str) -> None:
    """Write a checkpoint behind the others, durably. What a power failure left half written is cut off first."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    whole, _ = _end(file)
    with file.open("r+b" if file.exists() else "xb") as open_file:
        open_file.truncate(whole)
        open_file.seek(whole)
        open_file.write(note.encode() + b"\n")
        open_file.flush()
        os.fsync(open_file.fileno())


def last_in(file: Path) -> str | None:
    """The last whole checkpoint of a file; None where there is none."""
    return _end(file)[1]


def read(file: Path) -> Iterator[str]:
    """All that a file holds, in its order, as notes: also what is none, for whoever checks to find."""
    if not file.exists():
        return
    text, parts = "", file.read_bytes().decode(errors="replace").split(_BETWEEN)
    for part in parts:
        if part.startswith(SIGNED):
            yield f"{text}{_BETWEEN}{part}\n"
            text = ""
        elif text:
            yield text
            text = part
        else:
            text = part
    if text:
        yield text


def set_aside(file: Path, epoch: int) -> None:
    """The log was restored, and may lack what these checkpoints tell of: they are no longer held against it."""
    if file.exists():
        file.rename(file.with_name(f"{file.name}-before-epoch-{epoch}"))


def _end(file: Path) -> tuple[int, str | None]:
    """Where the last whole checkpoint of a file ends, in bytes, and what it is."""
    if not file.exists():
        return 0, None
    with file.open("rb") as open_file:
        size = open_file.seek(0, os.SEEK_END)
        begin = open_file.seek(max(0, size - TAIL_BYTES))
        tail = open_file.read()
    text, dash, rest = tail.rpartition(f"{_BETWEEN}{SIGNED}".encode())
    signed, blank, _ = rest.partition(_BETWEEN.encode())
    if not blank:  # this one was cut off: the one before it is the last
        text, dash, rest = text.rpartition(f"{_BETWEEN}{SIGNED}".encode())
        signed, blank, _ = rest.partition(_BETWEEN.encode())
    if not blank:
        return 0, None
    whole = begin + len(text) + len(dash) + len(signed) + len(blank)
    return whole, (text.rpartition(_BETWEEN.encode())[2] + dash + signed + b"\n").decode(errors="replace")


def publics(folder: Path) -> list[bytes]:
    """The public keys that are known here without another's word: the first that signed, and those that somebody
    vouched for by `bindeledd proof trust`."""
    file = folder / FOLDER / PUBLICS
    return [bytes.fromhex(line) for line in file.read_text().split()] if file.exists() else []


def remember_public(folder: Path, public: bytes) -> None:
    """This key is known here from now on."""
    if public in publics(folder):
        return
    file = folder / FOLDER / PUBLICS
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with file.open("a") as open_file:
        open_file.write(f"{public.hex()}\n")
        open_file.flush()
        os.fsync(open_file.fileno())
