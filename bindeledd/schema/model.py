"""What one schema file may say: the small part of Avro that the contract uses, as a closed union of types."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import Any, Final

from bindeledd.schema.findings import Finding, SchemaError

KONVOLUTT: Final = "no.bindeledd.Konvolutt"
AKTOER: Final = "no.bindeledd.Aktoer"
FORSEGLET: Final = "no.bindeledd.Forseglet"
UKJENT: Final = "UKJENT"

PRIMITIVES: Final = frozenset({"string", "boolean", "int", "long", "bytes"})
# Class members and annotations of the generated classes: a field of that name would shadow them.
RESERVED: Final = frozenset(
    {"avro_name", "to_avro", "from_avro", "sealed_fields", "str", "int", "bool", "bytes", "tuple", "date", "datetime"}
)
# Apache Avro's rule for names is ASCII; fastavro alone would let `kjønn` through.
_ASCII: Final = "ASCII letters, digits and _ only: å→aa, ø→oe, æ→ae"
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FULL_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+")


@dataclass(frozen=True, slots=True)
class Primitive:
    """`string`, `boolean`, `int`, `long` or `bytes`."""

    name: str


@dataclass(frozen=True, slots=True)
class Date:
    """A day: int, days since 1970-01-01."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment: long, microseconds since 1970-01-01T00:00Z."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A named type in a file of its own."""

    name: str


@dataclass(frozen=True, slots=True)
class SealedContent:
    """`no.bindeledd.Forseglet` on the wire; `innhold` is the full name of the record that is sealed in it."""

    innhold: str


@dataclass(frozen=True, slots=True)
class Array:
    """Any number of one type, in order."""

    items: Type


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value or null: `["null", X]`."""

    of: Type


Type = Primitive | Date | Instant | Ref | SealedContent | Array | Maybe


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record. `default` counts only when `has_default`."""

    name: str
    type: Type
    doc: str = ""
    has_default: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True)
class Record:
    """A record: an event when its first field is the envelope."""

    name: str
    doc: str
    fields: tuple[Field, ...]

    @property
    def is_event(self) -> bool:
        return bool(self.fields) and self.fields[0] == Field("konvolutt", Ref(KONVOLUTT), self.fields[0].doc)

    @property
    def own_fields(self) -> tuple[Field, ...]:
        """The fields without the envelope."""
        return self.fields[1:] if self.is_event else self.fields


@dataclass(frozen=True, slots=True)
class Enum:
    """A closed list of symbols, open to the future through `UKJENT`."""

    name: str
    doc: str
    symbols: tuple[str, ...]


Definition = Record | Enum


def parse_definition(raw: dict[str, Any], file: str) -> Definition:
    """The definition in a parsed .avsc file. Raises SchemaError, naming `file`, for what the contract does not use."""
    match raw.get("type"):
        case "record":
            _only(raw, {"type", "name", "namespace", "doc", "fields"}, file)
            return _record(raw, file)
        case "enum":
            _only(raw, {"type", "name", "namespace", "doc", "symbols", "default"}, file)
            return _enum(raw, file)
        case other:
            raise _wrong(file, f"the type is {other!r}", "One file holds one record or one enum")


def refs(kind: Type) -> tuple[str, ...]:
    """The named types that stand on the wire in `kind`."""
    match kind:
        case Ref(name):
            return (name,)
        case SealedContent():
            return (FORSEGLET,)
        case Array(items):
            return refs(items)
        case Maybe(of):
            return refs(of)
        case _:
            return ()


def sealed_content(kind: Type) -> str | None:
    """The full name of the content when `kind` is sealed, else None."""
    match kind:
        case SealedContent(innhold) | Maybe(SealedContent(innhold)) | Array(SealedContent(innhold)):
            return innhold
        case _:
            return None


def _record(raw: dict[str, Any], file: str) -> Record:
    name, doc = _name(raw, file), str(raw.get("doc", ""))
    fields = raw.get("fields")
    if not isinstance(fields, list) or not fields:
        raise _wrong(file, "a record without fields", "Give it at least one field")
    parsed = tuple(_field(field, file) for field in fields)
    names = [field.name for field in parsed]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _wrong(file, f"field {twice[0]} stands twice", "Give each field a name of its own")
    return Record(name, doc, parsed)


def _enum(raw: dict[str, Any], file: str) -> Enum:
    name, symbols = _name(raw, file), raw.get("symbols")
    if not isinstance(symbols, list) or not symbols:
        raise _wrong(file, "an enum without symbols", f'Give it symbols, "{UKJENT}" among them')
    for symbol in symbols:
        if not isinstance(symbol, str) or not NAME.fullmatch(symbol):
            raise _wrong(file, f"the symbol {symbol!r} is not a name", _ASCII)
        if keyword.iskeyword(symbol) or hasattr(str, symbol) or symbol in {"name", "value"}:
            raise _wrong(file, f"the symbol {symbol!r} is taken by Python", "Write it in capitals")
    if len(set(symbols)) != len(symbols):
        raise _wrong(file, "a symbol stands twice", "Remove one")
    if UKJENT not in symbols or raw.get("default") != UKJENT:
        fix = f'Add the symbol "{UKJENT}" and "default": "{UKJENT}", so that an older reader survives a newer symbol'
        raise _wrong(file, f"the enum does not default to {UKJENT}", fix)
    return Enum(name, str(raw.get("doc", "")), tuple(symbols))


def _field(raw: object, file: str) -> Field:
    if not isinstance(raw, dict):
        raise _wrong(file, "a field is not a JSON object", 'Write {"name": …, "type": …}')
    name = raw.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise _wrong(file, f"the field name {name!r} is not a name", _ASCII)
    where = f"{file}, field {name}"
    if name in RESERVED or name.startswith("__"):
        raise _wrong(where, "the name is taken by the generated classes", "Choose another name")
    _only(raw, {"name", "type", "doc", "default", "innhold"}, where)
    innhold = raw.get("innhold")
    kind = parse_type(raw.get("type"), where, innhold)
    if innhold is not None and sealed_content(kind) is None:
        raise _wrong(where, "`innhold` on a field that is not sealed", f'Make it "{FORSEGLET}", or remove `innhold`')
    if "default" in raw and not _fits(kind, raw["default"]):
        fix = "null for an optional field, [] for an array, a symbol for an enum, else a value of the type"
        raise _wrong(where, "the default does not fit the type", fix)
    return Field(name, kind, str(raw.get("doc", "")), "default" in raw, raw.get("default"))


def parse_type(raw: object, where: str, innhold: object = None) -> Type:
    """The type of a field. Raises SchemaError for what the contract does not use (maps, fixed, wider unions, …).

    `innhold` names the content when the type is sealed, alone, as an optional value or as any number of them.
    """
    match raw:
        case str(name) if name in PRIMITIVES:
            return Primitive(name)
        case str(name) if name == FORSEGLET:
            return _sealed(innhold, where)
        case str(name) if FULL_NAME.fullmatch(name):
            return Ref(name)
        case {"type": "int", "logicalType": "date", **rest} if not rest:
            return Date()
        case {"type": "long", "logicalType": "timestamp-micros", **rest} if not rest:
            return Instant()
        case {"type": "array", "items": items, **rest} if not rest:
            return Array(_plain(parse_type(items, where, innhold), where))
        case ["null", of]:
            return Maybe(_plain(parse_type(of, where, innhold), where))
        case {"type": "record" | "enum" | "fixed"}:
            fix = "Give it a file of its own and refer to it by full name"
            raise _wrong(where, "a named type is defined inside another", fix)
        case _:
            fix = 'string, boolean, int, long, bytes, a full name, an array, date, timestamp-micros, or ["null", X]'
            raise _wrong(where, f"the type {str(raw)[:80]} is not used in the contract", f"Use one of: {fix}")


def _plain(kind: Type, where: str) -> Type:
    if isinstance(kind, Maybe):
        raise _wrong(where, "an optional value inside an array or a union", "Put it in a record of its own")
    return kind


def _sealed(innhold: object, where: str) -> SealedContent:
    if isinstance(innhold, str) and FULL_NAME.fullmatch(innhold):
        return SealedContent(innhold)
    fix = 'Add "innhold": "<full name of the content record>"; several sealed values go in one content record'
    raise _wrong(where, "sealed, but it does not say what is sealed in it", fix)


def _fits(kind: Type, default: object) -> bool:
    match kind:
        case Maybe():
            return default is None
        case Array():
            return default == []
        case Primitive("string") | Ref():
            return isinstance(default, str)
        case Primitive("boolean"):
            return isinstance(default, bool)
        case Primitive("int" | "long"):
            return isinstance(default, int) and not isinstance(default, bool)
        case _:
            return False


def _name(raw: dict[str, Any], file: str) -> str:
    name, namespace = raw.get("name"), raw.get("namespace")
    full = f"{namespace}.{name}"
    if not isinstance(name, str) or not NAME.fullmatch(name) or not FULL_NAME.fullmatch(full):
        raise _wrong(file, f"{full!r} is not a full name", _ASCII)
    return full


def _only(raw: dict[str, Any], known: set[str], file: str) -> None:
    if unknown := sorted(set(raw) - known):
        raise _wrong(file, f"unknown key {unknown[0]!r}", f"Known keys: {', '.join(sorted(known))}")


def _wrong(file: str, reason: str, fix: str) -> SchemaError:
    return SchemaError(Finding(file, reason, fix))
