"""The schema folder as it lies on disk: `<tjeneste>/[innhold/]<Navn>.v<N>.avsc`, one named type to a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bindeledd.schema.findings import Finding, SchemaError
from bindeledd.schema.model import Definition, parse_definition

ROOT_NAMESPACE: Final = "no.bindeledd"
FELLES: Final = "felles"
_FILE_NAME: Final = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)\.v(?P<version>[1-9][0-9]*)\.avsc")


@dataclass(frozen=True, slots=True, eq=False)
class SchemaFile:
    """One version of one named type. `file` is relative to the schema folder; `raw` is its JSON."""

    file: str
    tjeneste: str
    is_content: bool
    version: int
    raw: dict[str, Any]
    definition: Definition

    @property
    def name(self) -> str:
        """The full Avro name."""
        return self.definition.name


Tree = Mapping[str, Mapping[int, SchemaFile]]
"""Full name → version → file."""


def read_tree(root: Path) -> Tree:
    """Every schema file under `root`, by full name and version. Raises SchemaError with all findings."""
    found: dict[str, dict[int, SchemaFile]] = {}
    findings: list[Finding] = []
    for path in sorted(root.rglob("*.avsc")):
        try:
            file = read_file(path, root)
        except SchemaError as error:
            findings.extend(error.findings)
            continue
        found.setdefault(file.name, {})[file.version] = file
    for versions in found.values():
        findings.extend(_gaps(versions))
    if not found and not findings:
        findings.append(Finding(".", "no schema files here", "Point to the folder that holds catalog.toml"))
    if findings:
        raise SchemaError(*findings)
    return found


def read_file(path: Path, root: Path) -> SchemaFile:
    """One schema file. Raises SchemaError when its name, folder, namespace or content is not as the contract has it."""
    relative = path.relative_to(root)
    file = relative.as_posix()
    match relative.parts:
        case (tjeneste, base):
            is_content = False
        case (tjeneste, "innhold", base):
            is_content = True
        case _:
            raise SchemaError(Finding(file, "lies in the wrong folder", "Use <tjeneste>/ or <tjeneste>/innhold/"))
    parts = _FILE_NAME.fullmatch(base)
    if parts is None:
        raise SchemaError(Finding(file, "the file name is not <Navn>.v<N>.avsc", "Name it so, in ASCII, from v1 up"))
    raw = _read_json(path, file)
    definition = parse_definition(raw, file)
    expected = f"{namespace_of(tjeneste, is_content=is_content)}.{parts['name']}"
    if definition.name != expected:
        fix = "Make name and namespace follow the folder and the file name"
        raise SchemaError(Finding(file, f"holds {definition.name} where {expected} belongs", fix))
    return SchemaFile(file, tjeneste, is_content, int(parts["version"]), raw, definition)


def namespace_of(tjeneste: str, *, is_content: bool) -> str:
    """The Avro namespace of a folder: `no.bindeledd.<tjeneste>[.innhold]`, shared types without the service."""
    base = ROOT_NAMESPACE if tjeneste == FELLES else f"{ROOT_NAMESPACE}.{tjeneste}"
    return f"{base}.innhold" if is_content else base


def latest(tree: Tree) -> dict[str, SchemaFile]:
    """The newest version of each type."""
    return {name: versions[max(versions)] for name, versions in tree.items()}


def _read_json(path: Path, file: str) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SchemaError(Finding(file, f"not JSON: {error}", "Mend the file")) from None
    if not isinstance(raw, dict):
        raise SchemaError(Finding(file, "not a JSON object", "One file holds one named type"))
    return raw


def _gaps(versions: Mapping[int, SchemaFile]) -> list[Finding]:
    missing = sorted(set(range(1, max(versions) + 1)) - set(versions))
    some = next(iter(versions.values()))
    fix = "Versions count from 1 without gaps, and an older one stays: records are still written with it"
    return [Finding(some.file, f"version {number} is missing", fix) for number in missing]
