"""What is wrong with a schema: in which file, why, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from bindeledd.core.errors import BindeleddError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong. `file` is relative to the schema folder."""

    file: str
    reason: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}. {self.fix}"


class SchemaError(BindeleddError):
    """The schema folder cannot be used as it is."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))
