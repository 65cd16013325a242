"""From files that refer to each other to whole Avro schemas: expanded, stripped for the wire, fingerprinted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

from bindeledd.schema.findings import Finding, SchemaError
from bindeledd.schema.model import FORSEGLET, FULL_NAME, Enum, Field, Record, Ref, refs, sealed_content
from bindeledd.schema.source import SchemaFile

_NOT_ON_THE_WIRE = frozenset({"doc", "innhold", "logicalType"})


@dataclass(frozen=True, slots=True, eq=False)
class Edition:
    """One version of a type together with the versions of the types that it refers to: one fingerprint.

    `uses` are the versions used, of the type's own and of all it refers to. `schema` is the whole schema, each named
    type written out where it first stands. `wire` is the same, parsed by fastavro once, without what does not change
    a byte: the codec turns days and moments into integers itself, which costs a third of what fastavro's readers do.
    """

    file: SchemaFile
    uses: Mapping[str, int]
    fingerprint: bytes
    schema: dict[str, Any]
    wire: Any

    @property
    def name(self) -> str:
        return self.file.name


def edition(name: str, chosen: Mapping[str, SchemaFile]) -> Edition:
    """The type `name` with the versions in `chosen`. Raises SchemaError when a reference leads nowhere or in a ring."""
    used: dict[str, int] = {}
    schema = _expand(name, chosen, used, ())
    wire = parse_schema(wire_form(schema))
    return Edition(chosen[name], used, fingerprint_of(wire), schema, wire)


def fingerprint_of(schema: Any) -> bytes:
    """CRC-64-AVRO of the parsing canonical form: 8 bytes, little-endian, as single-object encoding wants it."""
    return bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))


def wire_form(schema: Any) -> Any:
    """The schema without documentation, content names and logical types: what decides the bytes, and the defaults."""
    if isinstance(schema, list):
        return [wire_form(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: wire_form(value) for key, value in schema.items() if key not in _NOT_ON_THE_WIRE}


def _expand(
    name: str, chosen: Mapping[str, SchemaFile], used: dict[str, int], inside: tuple[str, ...]
) -> dict[str, Any]:
    file = chosen[name]
    used[name] = file.version
    whole = {key: value for key, value in file.raw.items() if key != "namespace"} | {"name": name}
    if isinstance(file.definition, Record):
        _check_refs(file, file.definition, chosen, (*inside, name))
        whole["fields"] = [
            {**field, "type": _expand_type(field["type"], chosen, used, (*inside, name))}
            for field in file.raw["fields"]
        ]
    return whole


def _expand_type(raw: Any, chosen: Mapping[str, SchemaFile], used: dict[str, int], inside: tuple[str, ...]) -> Any:
    match raw:
        case str() if FULL_NAME.fullmatch(raw):
            return raw if raw in used else _expand(raw, chosen, used, inside)
        case list():
            return [_expand_type(part, chosen, used, inside) for part in raw]
        case {"type": "array", "items": items}:
            return {"type": "array", "items": _expand_type(items, chosen, used, inside)}
        case _:
            return raw


def _check_refs(file: SchemaFile, record: Record, chosen: Mapping[str, SchemaFile], inside: tuple[str, ...]) -> None:
    for field in record.fields:
        where = f"{file.file}, field {field.name}"
        if sealed_content(field.type) and not record.is_event:
            fix = "Seal it in the event that holds the record: a sealed value names its event and its field"
            raise SchemaError(Finding(where, "sealed, and not a field of an event", fix))
        for name in refs(field.type):
            if name not in chosen:
                raise SchemaError(Finding(where, f"refers to {name}, which has no file", "Add it, or mend the name"))
            if name in inside:
                fix = "Break the ring: a record must have an end"
                raise SchemaError(Finding(where, f"refers back to {name}, which it is part of", fix))
            _check_seam(file, chosen[name], where)
            _check_default(field, chosen[name], where)


def _check_default(field: Field, target: SchemaFile, where: str) -> None:
    if not field.has_default or not isinstance(field.type, Ref):
        return
    if not isinstance(target.definition, Enum) or field.default not in target.definition.symbols:
        fix = f"Use a symbol of {target.name}; a record has no default"
        raise SchemaError(Finding(where, f"the default {field.default} is no symbol", fix))


def _check_seam(file: SchemaFile, target: SchemaFile, where: str) -> None:
    if target.is_content and not file.is_content:
        fix = f'Seal it: type "{FORSEGLET}" with "innhold": "{target.name}"'
        raise SchemaError(Finding(where, f"holds {target.name} in the clear, which is sealed content", fix))
    if target.tjeneste not in {file.tjeneste, "felles"}:
        fix = "A service's types stand on felles/ and on its own: move the type to felles/, or make one of its own"
        raise SchemaError(Finding(where, f"refers to {target.name} of another service", fix))
