"""Understands message files on a disk: takes each in, and writes the receipt that it gets."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bindeledd.app.installation import Installation
from bindeledd.core.errors import InvalidMessage
from services.samhandling.mottak import Mottaksresultat, ta_imot
from services.samhandling.plo.sikker_xml import STANDARDGRENSER

STEM_MAX = 50
"""A receipt's name is its message's, cut where the ending would make it longer than a disk allows."""
FILES_PER_PUMP = 64
"""The other services follow along, rather than start when all files are in."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file. `result` None: the file could not be read, and `fault` says why."""

    file: Path
    sha256: str
    result: Mottaksresultat | None
    apprec: Path | None = None
    fault: str = ""

    @property
    def readable(self) -> bool:
        return self.result is not None

    def as_json(self) -> dict[str, Any]:
        """As `contracts.md` names the fields."""
        result = self.result
        if result is None:
            reason = {"code": "", "text": self.fault}
            return {"file": _shown(self.file), "outcome": "unreadable", "reason": reason}
        return {
            "file": _shown(self.file),
            "sha256": self.sha256,
            "type": result.type,
            "msg_id": result.msg_id,
            "outcome": result.outcome,
            "reason": _reason(result),
            "warnings": list(result.warnings),
            "opphold_ref": result.opphold_ref,
            "apprec": _shown(self.apprec) if self.apprec else None,
        }

    def line(self) -> str:
        """For a person: file, type, outcome, reason."""
        if self.result is None:
            return f"{_shown(self.file)}: unreadable: {self.fault}"
        reason = _reason(self.result)
        said = reason["text"] if reason else "; ".join(self.result.warnings)
        parts = (f"{_shown(self.file)}:", self.result.type, self.result.outcome, said)
        return "  ".join(part for part in parts if part)


def files_in(paths: Iterable[Path]) -> list[Path]:
    """The files named, and the *.xml files of the folders named, in a fixed order."""
    found: list[Path] = []
    for path in paths:
        found.extend(sorted(path.rglob("*.xml")) if path.is_dir() else [path])
    return found


def take_in_files(installation: Installation, files: Sequence[Path], receipts: Path | None) -> Iterator[Taken]:
    """Take in each file in turn. Each is durable when it is yielded; the other services have reacted at the end."""
    if receipts is not None:
        receipts.mkdir(parents=True, exist_ok=True)
    for number, file in enumerate(files, 1):
        yield _take_in(installation, file, receipts)
        if number % FILES_PER_PUMP == 0:
            installation.embedded.pump()
    installation.embedded.pump()


def _take_in(installation: Installation, file: Path, receipts: Path | None) -> Taken:
    try:
        raw = _read(file)
    except OSError as error:
        return Taken(file, "", None, fault=error.strerror or "cannot be read")
    if raw is None:
        return Taken(file, "", None, fault=f"larger than {STANDARDGRENSER.byte} bytes, which no message is")
    digest = hashlib.sha256(raw).hexdigest()
    try:
        result = ta_imot(installation.engines["samhandling"], raw)
    except InvalidMessage as error:
        return Taken(file, digest, None, fault=f"not taken in: {error}")
    if receipts is None or result.apprec is None:
        return Taken(file, digest, result)
    # Named after the content too: files of one name in two folders keep a receipt each.
    receipt = receipts / f"{file.stem[:STEM_MAX]}-{digest[:8]}.apprec.xml"
    receipt.write_bytes(result.apprec)
    return Taken(file, digest, result, receipt)


def _shown(file: Path) -> str:
    """The file's name as text, also where it is none that UTF-8 knows."""
    return os.fsencode(file).decode(errors="replace")


def _read(file: Path) -> bytes | None:
    """What a file holds; None when that is more than a message may be, of which no more is read."""
    with file.open("rb") as source:
        raw = source.read(STANDARDGRENSER.byte + 1)
    return raw if len(raw) <= STANDARDGRENSER.byte else None


def _reason(result: Mottaksresultat) -> dict[str, str] | None:
    if not result.reasons:
        return None
    return {"code": result.reasons[0].kode, "text": "; ".join(reason.tekst for reason in result.reasons)}
