"""Writes the catalogue as a page for people: each topic, who writes and reads it, its events, what each field is."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, assert_never

from bindeledd.schema.catalog import Catalog
from bindeledd.schema.findings import Finding, SchemaError
from bindeledd.schema.model import Array, Date, Enum, Field, Instant, Maybe, Primitive, Record, Ref, SealedContent, Type
from bindeledd.schema.source import SchemaFile

FIELDS_FILE: Final = "felt.toml"
_INTRO: Final = """\
# The events

Made from `schemas/` by `make generate`; a change by hand is lost.

- Every event begins with the envelope, [Konvolutt](#konvolutt), which the tables below leave out.
- **Sealed** is what says something of a person: on the bus it is a [Forseglet](#forseglet), which only who was given
  the key can open. It holds the type that stands after the word.
- A topic is written by one service. Parties read none of the topics of events: each reads its own view topics, and
  those alone.
- What is published never changes. An enum that a program does not know the symbol of reads as `UKJENT`.
- For programs the same stands in `bindeledd schemas asyncapi`;
  [for a party's own system](for-a-partys-own-system.md) says how to read a topic.
"""
_PRIMITIVES: Final = {"string": "text", "boolean": "yes or no", "int": "number", "long": "number", "bytes": "bytes"}


@dataclass(frozen=True, slots=True)
class _Page:
    files: Mapping[str, SchemaFile]
    meanings: Mapping[str, str]
    anchors: Mapping[str, str]


def events(catalog: Catalog, root: Path) -> str:
    """The page as Markdown; `root` is the schema folder, whose felt.toml says what fields are.

    Raises SchemaError naming each field that nothing says the meaning of, and each line of felt.toml that none uses.
    """
    files = {name: item.file for name, item in catalog.latest.items()}
    page = _Page(files, _meanings(root, files), _anchors(files))
    carriers = Counter(name for topic in catalog.topics.values() for name in topic.hendelser)
    carriers.update(name for kinds in catalog.views.values() for name in kinds)
    parts = [_INTRO]
    for name, topic in sorted(catalog.topics.items()):
        own = [event for event in topic.hendelser if carriers[event] == 1]
        readers = ", ".join(topic.readers) or "no other service"
        kept = f"{topic.retention_days} days" if topic.retention_days else "for ever"
        said = f"Written by {topic.owner}; read by {readers}. Stream: {topic.stream}. Kept {kept}."
        parts += [f"## `{name}`", said, _events(page, topic.hendelser), *(_type(page, each) for each in own)]
    for service, kinds in sorted(catalog.views.items()):
        own = [event for event in kinds if carriers[event] == 1]
        said = (
            f"Written by {service}, a topic for each party; read by that party alone. "
            "Stream: one per aggregate and party, each record all that the party may know. Kept for ever."
        )
        parts += [f"## `{service}.til.<part>`", said, _events(page, kinds), *(_type(page, each) for each in own)]
    parts += ["## Events of several topics", *(_type(page, name) for name in sorted(carriers) if carriers[name] > 1)]
    for title, chosen in _kinds(files):
        parts += [f"## {title}", *(_type(page, name) for name in sorted(chosen, key=_short))]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _kinds(files: Mapping[str, SchemaFile]) -> Iterable[tuple[str, list[str]]]:
    plain = [name for name, f in files.items() if isinstance(f.definition, Record) and not f.definition.is_event]
    yield "What is sealed", [name for name in plain if files[name].is_content]
    yield "What events hold in the clear", [name for name in plain if not files[name].is_content]
    yield "Closed lists", [name for name, file in files.items() if isinstance(file.definition, Enum)]


def _meanings(root: Path, files: Mapping[str, SchemaFile]) -> dict[str, str]:
    raw = tomllib.loads((root / FIELDS_FILE).read_text("utf-8"))
    said: dict[str, str] = {**raw["felt"], **raw["type"]}
    found, used, missing = dict[str, str](), set[str](), list[Finding]()
    for name, file in sorted(files.items()):
        for field in file.definition.own_fields if isinstance(file.definition, Record) else ():
            key = f"{_short(name)}.{field.name}"
            line = key if key in said else field.name
            used |= {line} if not field.doc else set()
            meaning = field.doc or said.get(line) or _doc_of(field.type, files)
            if not meaning:
                fix = f"Give it a `doc`, or its name a line in {FIELDS_FILE}"
                missing.append(Finding(file.file, f"nothing says what the field {field.name} is", fix))
            found[f"{name}.{field.name}"] = meaning
    missing += [Finding(FIELDS_FILE, f"no field needs the line {line}", "Remove it") for line in sorted({*said} - used)]
    if missing:
        raise SchemaError(*missing)
    return found


def _doc_of(kind: Type, files: Mapping[str, SchemaFile]) -> str:
    match kind:
        case Ref(name) | SealedContent(name):
            return files[name].definition.doc
        case Array(of) | Maybe(of):
            return _doc_of(of, files)
        case _:
            return ""


def _events(page: _Page, names: Iterable[str]) -> str:
    rows = [(page.anchors[name], page.files[name].definition.doc) for name in names]
    return table(("event", "says"), rows)


def _type(page: _Page, name: str) -> str:
    file, definition = page.files[name], page.files[name].definition
    head = f"### {_short(name)}\n\n`{name}`, version {file.version}. {definition.doc}"
    match definition:
        case Enum():
            return f"{head}\n\n{', '.join(f'`{symbol}`' for symbol in definition.symbols)}"
        case Record():
            rows = [_field(page, name, field) for field in definition.own_fields]
            return f"{head}\n\n{table(('field', 'type', 'what it is'), rows)}" if rows else f"{head} It has no fields."
        case _:
            assert_never(definition)


def _field(page: _Page, name: str, field: Field) -> tuple[str, str, str]:
    return f"`{field.name}`", _said(page, field.type), page.meanings[f"{name}.{field.name}"]


def _said(page: _Page, kind: Type) -> str:
    match kind:
        case Primitive(name):
            return _PRIMITIVES[name]
        case Date():
            return "day"
        case Instant():
            return "moment"
        case Ref(name):
            return page.anchors[name]
        case SealedContent(innhold):
            return f"**sealed** {page.anchors[innhold]}"
        case Array(items):
            return f"list of {_said(page, items)}"
        case Maybe(of):
            return f"{_said(page, of)}, or null"
        case _:
            assert_never(kind)


def _anchors(files: Mapping[str, SchemaFile]) -> dict[str, str]:
    """Each type's name as a link to its heading. Where two share a name, a page gives the later one the suffix -1."""
    # Content stands before what is in the clear, and events before both.
    order = {name: (not _is_event(files[name]), not files[name].is_content, _short(name)) for name in files}
    seen, links = Counter[str](), dict[str, str]()
    for name in sorted(files, key=lambda each: order[each]):
        slug = _short(name).lower()
        links[name] = f"[{_short(name)}](#{slug}{f'-{seen[slug]}' if seen[slug] else ''})"
        seen[slug] += 1
    return links


def _is_event(file: SchemaFile) -> bool:
    return isinstance(file.definition, Record) and file.definition.is_event


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Rows as a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _short(name: str) -> str:
    return name.rpartition(".")[2]
