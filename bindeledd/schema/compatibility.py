"""Whether programs that upgrade on different days go on understanding each other: FULL_TRANSITIVE, and our own rules.

Apache Avro's own checker judges every pair of schemas that a type has ever had, each read with the other. Our rules
come on top, because Apache calls some changes compatible that are not: text read as bytes, a number read as a day, a
symbol that is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import AvroException
from avro.schema import parse

from bindeledd.schema.catalog import load_catalog
from bindeledd.schema.expand import Edition, wire_form
from bindeledd.schema.findings import Finding, SchemaError
from bindeledd.schema.lock import check_lock, current_editions, older_editions, read_lock
from bindeledd.schema.model import KONVOLUTT, Definition, Enum, Field, Record, sealed_content
from bindeledd.schema.source import SchemaFile, Tree, read_tree

# Words, between underscores, that name a person or an illness. Such a field is sealed content or nothing.
_PERSONAL: Final = frozenset(
    {
        "foedselsnummer",
        "fodselsnummer",
        "personnummer",
        "fnr",
        "dnummer",
        "dnr",
        "hnummer",
        "hnr",
        "pasientnavn",
        "fornavn",
        "mellomnavn",
        "etternavn",
        "foedselsdato",
        "fodselsdato",
        "adresse",
        "gateadresse",
        "telefon",
        "telefonnummer",
        "mobil",
        "epost",
        "diagnose",
        "diagnoser",
        "diagnosekode",
        "medisin",
        "medisiner",
        "legemiddel",
        "legemidler",
    }
)


def check(root: Path) -> list[Finding]:
    """Everything that is wrong with the schema folder: file, reason, fix. Empty when it may be relied on."""
    try:
        load_catalog(root)
        findings = check_lock(root)
        tree = read_tree(root)
        current = current_editions(tree)
        editions = [*older_editions(tree, read_lock(root), current), *current]
    except SchemaError as error:
        return list(error.findings)
    findings += _personal(tree)
    for versions in tree.values():
        findings += _changes(versions.values())
    findings += _apache(editions)
    return findings


def _changes(versions: Iterable[SchemaFile]) -> Iterator[Finding]:
    ordered = sorted(versions, key=lambda file: file.version)
    for older, newer in combinations(ordered, 2):
        for reason, fix in _change(older.definition, newer.definition):
            yield Finding(newer.file, f"{reason} since v{older.version}", fix)


def _change(older: Definition, newer: Definition) -> Iterator[tuple[str, str]]:
    match older, newer:
        case Enum(), Enum():
            for symbol in sorted(set(older.symbols) - set(newer.symbols)):
                yield f"the symbol {symbol} is gone", "Keep it: what was written with it would read as UKJENT"
        case Record(), Record():
            before = {field.name: field for field in older.fields}
            for field in newer.fields:
                if field.name in before:
                    yield from _field_change(before[field.name], field)
            if newer.name == KONVOLUTT and newer.fields[: len(older.fields)] != older.fields:
                fix = "Add fields at the end only: an older reader reads the beginning of a newer envelope"
                yield "the envelope changed before its end", fix
        case _:
            yield "the type is of another kind", "Give the new kind another name"


def _field_change(older: Field, newer: Field) -> Iterator[tuple[str, str]]:
    was, now = sealed_content(older.type), sealed_content(newer.type)
    fix = f"Leave {newer.name} as it was and add a field of another name"
    if (was is None) != (now is None):
        change = "from clear to sealed" if was is None else "from sealed to clear"
        yield f"the field {newer.name} has gone {change}", fix
    elif was != now:
        yield f"the field {newer.name} seals {now} instead of {was}", fix
    elif older.type != newer.type:
        yield f"the field {newer.name} has another type", fix


def _personal(tree: Tree) -> Iterator[Finding]:
    for versions in tree.values():
        for file in versions.values():
            if file.is_content or not isinstance(file.definition, Record):
                continue
            for field in file.definition.fields:
                if sealed_content(field.type) is None and not _PERSONAL.isdisjoint(field.name.lower().split("_")):
                    fix = "Move it into a record in innhold/ and seal that"
                    yield Finding(file.file, f"the field {field.name} would hold a person's data in the clear", fix)


def _apache(editions: Iterable[Edition]) -> Iterator[Finding]:
    by_name: dict[str, dict[str, Edition]] = {}
    for item in editions:
        by_name.setdefault(item.name, {})[json.dumps(item.schema)] = item
    for different in by_name.values():
        parsed: list[tuple[Edition, Any]] = []
        for item in different.values():
            try:
                parsed.append((item, parse(json.dumps(wire_form(item.schema)))))
            except AvroException as error:
                yield Finding(item.file.file, f"Apache Avro refuses it: {error}", "Mend the file")
        for one, other in combinations(parsed, 2):
            yield from _apache_pair(one, other)


def _apache_pair(one: tuple[Edition, Any], other: tuple[Edition, Any]) -> Iterator[Finding]:
    older, newer = sorted((one, other), key=lambda pair: pair[0].file.version)
    pairs = ((newer, older, "cannot read what {} wrote"), (older, newer, "cannot be read with {}"))
    checker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]
    for (_, reader), (_, writer), what in pairs:
        result = checker.get_compatibility(reader, writer)
        if result.compatibility is SchemaCompatibilityType.compatible:
            continue
        why = ", ".join(sorted(kind.value for kind in result.incompatibilities))
        where = ", ".join(sorted(result.locations))
        reason = f"{what.format(f'v{older[0].file.version}')}: {why} at {where}"
        fix = "Give added and removed fields a default, and leave the rest as it was; a new meaning is a new type"
        yield Finding(newer[0].file.file, reason, fix)
