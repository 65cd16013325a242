"""Event classes from schemas: one module to a service, frozen, typed, with straight-line conversion both ways."""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, assert_never

from bindeledd.schema.catalog import Catalog
from bindeledd.schema.findings import Finding, SchemaError
from bindeledd.schema.model import (
    AKTOER,
    FORSEGLET,
    KONVOLUTT,
    Array,
    Date,
    Definition,
    Enum,
    Field,
    Instant,
    Maybe,
    Primitive,
    Record,
    Ref,
    SealedContent,
    Type,
    sealed_content,
)
from bindeledd.schema.source import SchemaFile

GENERATED: Final = Path(__file__).parent / "generated"
COMMAND: Final = "bindeledd schemas generate"
_BY_HAND: Final = frozenset({KONVOLUTT, AKTOER, FORSEGLET})  # core's Envelope, Actor and Forseglet
_PYTHON: Final = {"string": "str", "boolean": "bool", "int": "int", "long": "int", "bytes": "bytes"}
_CHECKED: Final = {"boolean": "flag", "int": "int32", "long": "int64"}
_TEXT_WIDTH: Final = 112

Files = Mapping[str, SchemaFile]


def generate(catalog: Catalog) -> dict[str, str]:
    """The generated package as file name → source text. Raises SchemaError when two classes would share a name."""
    newest = {name: item.file for name, item in catalog.latest.items() if name not in _BY_HAND}
    modules = sorted({file.tjeneste for file in newest.values()})
    sources = {f"{module}.py": _module(module, newest, catalog) for module in modules}
    return {"__init__.py": _package(modules, newest), **sources}


def write_generated(catalog: Catalog, folder: Path = GENERATED) -> list[str]:
    """Writes the package into `folder`, removes modules that no schema stands behind, and names what changed."""
    sources = generate(catalog)
    changed = drift(catalog, folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in sources:
            (folder / name).write_text(sources[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def drift(catalog: Catalog, folder: Path = GENERATED) -> list[str]:
    """The files in `folder` that are not what the schemas say now: changed, missing, or left over."""
    sources = generate(catalog)
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.py")}
    return sorted(name for name in sources.keys() | there.keys() if sources.get(name) != there.get(name))


def _package(modules: list[str], files: Files) -> str:
    records = sorted(name for name, file in files.items() if isinstance(file.definition, Record))
    lines = [
        f'"""Every generated class by its full Avro name. Generated from schemas/ by `{COMMAND}`."""',
        "# fmt: off",
        "",
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        f"from bindeledd.schema.generated import {', '.join(modules)}",
        "from bindeledd.schema.wire import AvroRecord",
        "",
        "TYPES: Final[dict[str, type[AvroRecord]]] = {",
        *(f'    "{name}": {files[name].tjeneste}.{_class(name)},' for name in records),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _module(module: str, files: Files, catalog: Catalog) -> str:
    mine = [file.definition for _, file in sorted(files.items()) if file.tjeneste == module]
    _check_class_names(mine, module)
    blocks = [_enum(definition) for definition in mine if isinstance(definition, Enum)]
    blocks += [_record(definition, module, files) for definition in mine if isinstance(definition, Record)]
    if unions := _unions(module, files, catalog):
        blocks.append("\n".join(unions))
    body = "\n\n\n".join(blocks)
    return f"{_head(module, body)}\n\n\n{body}\n"


def _check_class_names(definitions: Iterable[Definition], module: str) -> None:
    seen: dict[str, str] = {}
    for definition in definitions:
        other = seen.setdefault(_class(definition.name), definition.name)
        if other != definition.name:
            reason = f"{definition.name} and {other} would be one class"
            raise SchemaError(Finding(f"{module}/", reason, "Give one of them another name"))


def _head(module: str, body: str) -> str:
    code = re.sub(r'"""(.*?)"""', "", body, flags=re.DOTALL)
    standard = [
        "from dataclasses import dataclass" if "@dataclass" in code else "",
        _import("datetime", ["date", "datetime"], code),
        "from enum import StrEnum" if "(StrEnum)" in code else "",
        _import("typing", ["Any", "ClassVar", "Self"], code),
    ]
    ours = [
        "from bindeledd.core.sealed import Sealed" if " Sealed[" in code else "",
        "from bindeledd.schema import wire" if _uses(code, "wire.") else "",
        "from bindeledd.schema.generated import felles" if _uses(code, "felles.") else "",
    ]
    groups = ["\n".join(line for line in group if line) for group in (standard, ours)]
    head = [
        f'"""The types of {module}. Generated from schemas/{module}/ by `{COMMAND}`: change the schemas, not this."""',
        "# fmt: off",
        "",
        "from __future__ import annotations",
    ]
    return "\n\n".join(["\n".join(head), *(group for group in groups if group)])


def _import(package: str, names: list[str], code: str) -> str:
    used = [name for name in names if re.search(rf"(?<![\w.\"]){name}(?=[\[\], |):\n])", code)]
    return f"from {package} import {', '.join(used)}" if used else ""


def _uses(code: str, prefix: str) -> bool:
    return re.search(rf"(?<![\w.\"]){re.escape(prefix)}", code) is not None


def _unions(module: str, files: Files, catalog: Catalog) -> list[str]:
    """For `match` with `assert_never`: what each stream holds, and what the service's parties are given."""
    unions = []
    for topic in catalog.topics.values():
        tjeneste, _, stroem = topic.name.partition(".")
        if tjeneste == module:
            unions.append(_union(f"{stroem.capitalize()}Stroem", topic.hendelser, module, files))
    if module in catalog.views:
        unions.append(_union("Utsnitt", catalog.views[module], module, files))
    return unions


def _union(alias: str, names: Iterable[str], module: str, files: Files) -> str:
    members = [_reference(name, module, files) for name in names]
    return f"{alias} = (\n    " + "\n    | ".join(members) + "\n)"


def _enum(definition: Enum) -> str:
    symbols = [f'    {symbol} = "{symbol}"' for symbol in definition.symbols]
    return "\n".join([f"class {_class(definition.name)}(StrEnum):", *_docstring(definition.doc), "", *symbols])


def _record(definition: Record, module: str, files: Files) -> str:
    name, fields = _class(definition.name), definition.own_fields
    lines = [
        "@dataclass(frozen=True, slots=True, kw_only=True)",
        f"class {name}:",
        *_docstring(definition.doc),
        "",
        f'    avro_name: ClassVar[str] = "{definition.name}"',
    ]
    if definition.is_event:
        sealed = "".join(f'"{_attribute(field)}", ' for field in fields if sealed_content(field.type))
        lines.append(f"    sealed_fields: ClassVar[tuple[str, ...]] = ({sealed.removesuffix(' ')})")
    lines.append("")
    for field in fields:
        lines += _field(field, module, files)
    lines += ["", *_to_avro(name, fields, module, files), "", *_from_avro(fields, module, files)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _field(field: Field, module: str, files: Files) -> list[str]:
    default = f" = {_default(field, module, files)}" if field.has_default else ""
    line = f"    {_attribute(field)}: {_annotation(field.type, module, files)}{default}"
    return [line, *_docstring(field.doc)] if field.doc else [line]


def _default(field: Field, module: str, files: Files) -> str:
    match field.type:
        case Array():
            return "()"
        case Ref(name):
            return f"{_reference(name, module, files)}.{field.default}"
        case _:
            return repr(field.default)


def _annotation(kind: Type, module: str, files: Files) -> str:
    match kind:
        case Primitive(name):
            return _PYTHON[name]
        case Date():
            return "date"
        case Instant():
            return "datetime"
        case Ref(name):
            return _reference(name, module, files)
        case SealedContent(innhold):
            return f"Sealed[{_reference(innhold, module, files)}]"
        case Array(items):
            return f"tuple[{_annotation(items, module, files)}, ...]"
        case Maybe(of):
            return f"{_annotation(of, module, files)} | None"
        case _:
            assert_never(kind)


def _to_avro(owner: str, fields: tuple[Field, ...], module: str, files: Files) -> list[str]:
    lines = ["    def to_avro(self) -> dict[str, object]:"]
    if not fields:
        return [*lines, "        return {}"]
    lines.append("        return {")
    for field in fields:
        value = _write(field.type, f"self.{_attribute(field)}", f"{owner}.{field.name}", module, files)
        lines.append(f'            "{field.name}": {value},')
    return [*lines, "        }"]


def _write(kind: Type, value: str, where: str, module: str, files: Files) -> str:
    match kind:
        case Primitive(name) if name in _CHECKED:
            return f'wire.{_CHECKED[name]}({value}, "{where}")'
        case Primitive():
            return value  # fastavro itself refuses what is not text, or not bytes
        case Date():
            return f'wire.days({value}, "{where}")'
        case Instant():
            return f'wire.micros({value}, "{where}")'
        case Ref(name) if isinstance(files[name].definition, Enum):
            return f'wire.symbol({value}, {_reference(name, module, files)}, "{where}")'
        case Ref():
            return f"{value}.to_avro()"
        case SealedContent():
            return f'wire.seal({value}, "{where}")'
        case Array(items):
            item = _write(items, "item", where, module, files)
            source = f'wire.items({value}, "{where}")'
            return f"list({source})" if item == "item" else f"[{item} for item in {source}]"
        case Maybe(of):
            # The branch is named, so that fastavro need not try the value against each.
            return f'None if {value} is None else ("{_branch(of)}", {_write(of, value, where, module, files)})'
        case _:
            assert_never(kind)


def _branch(kind: Type) -> str:
    match kind:
        case Primitive(name) | Ref(name):
            return name
        case Date():
            return "int"
        case Instant():
            return "long"
        case SealedContent():
            return FORSEGLET
        case Array():
            return "array"
        case Maybe():
            raise AssertionError("a union inside a union never gets past the parser")
        case _:
            assert_never(kind)


def _from_avro(fields: tuple[Field, ...], module: str, files: Files) -> list[str]:
    lines = ["    @classmethod", "    def from_avro(cls, d: dict[str, Any], /) -> Self:"]
    if not fields:
        return [*lines, "        return cls()"]
    lines.append("        return cls(")
    for field in fields:
        value = _read(field.type, f'd["{field.name}"]', module, files)
        lines.append(f"            {_attribute(field)}={value},")
    return [*lines, "        )"]


def _read(kind: Type, value: str, module: str, files: Files) -> str:
    match kind:
        case Primitive():
            return value
        case Ref(name) if isinstance(files[name].definition, Enum):
            return f"{_reference(name, module, files)}[{value}]"
        case Date() | Instant() | Ref() | SealedContent():
            return f"{_reader(kind, module, files)}({value})"
        case Array(Primitive()):
            return f"tuple({value})"
        case Array(Ref(name)) if isinstance(files[name].definition, Enum):
            return f"tuple({_reference(name, module, files)}[item] for item in {value})"
        case Array(Array() as inner):
            return f"tuple({_read(inner, 'item', module, files)} for item in {value})"
        case Array(items):
            return f"tuple(map({_reader(items, module, files)}, {value}))"
        case Maybe(of):
            return value if isinstance(of, Primitive) else _read_optional(of, value, module, files)
        case _:
            assert_never(kind)


def _read_optional(kind: Type, value: str, module: str, files: Files) -> str:
    return f"None if {value} is None else {_read(kind, value, module, files)}"


def _reader(kind: Type, module: str, files: Files) -> str:
    match kind:
        case Date():
            return "wire.day"
        case Instant():
            return "wire.instant"
        case SealedContent():
            return "wire.sealed"
        case Ref(name):
            return f"{_reference(name, module, files)}.from_avro"
        case _:
            raise AssertionError(f"{kind} is read in place")


def _reference(name: str, module: str, files: Files) -> str:
    home = files[name].tjeneste
    return _class(name) if home == module else f"{home}.{_class(name)}"


def _class(name: str) -> str:
    return name.rpartition(".")[2]


def _attribute(field: Field) -> str:
    """`del_` for `del`: Python's own words get a tail."""
    return f"{field.name}_" if keyword.iskeyword(field.name) else field.name


def _docstring(doc: str) -> list[str]:
    if not doc:
        return []
    lines = textwrap.wrap(doc.replace("\\", "\\\\").replace('"""', "'''"), _TEXT_WIDTH)
    if len(lines) == 1:
        return [f'    """{lines[0]}"""']
    return [f'    """{lines[0]}', *(f"    {line}" for line in lines[1:]), '    """']
