"""The catalogue: which types there are, which topics carry them, who owns and reads each, and what is sealed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bindeledd.schema.expand import Edition
from bindeledd.schema.findings import Finding, SchemaError
from bindeledd.schema.lock import current_editions, older_editions, read_lock
from bindeledd.schema.model import Enum, Maybe, Record, sealed_content
from bindeledd.schema.source import SchemaFile, Tree, latest, read_tree

CATALOG_FILE: Final = "catalog.toml"
_TOPIC_KEYS: Final = frozenset({"owner", "stream", "readers", "retention_days", "hendelser"})
_MAY_BE: Final = frozenset({"audited"})
_VIEW_KEYS: Final = frozenset({"hendelser"})


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of stream: who writes it, which services read it, for how long it is kept (days, 0 = for ever), and
    whether its records are proved to outsiders by a tree with signed checkpoints."""

    name: str
    owner: str
    stream: str
    readers: tuple[str, ...]
    retention_days: int
    hendelser: tuple[str, ...]
    audited: bool = False


@dataclass(frozen=True, slots=True)
class SealedField:
    """A field of an event whose content is sealed. `innhold` is the full name of the content record."""

    name: str
    innhold: str
    is_optional: bool


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """The contract, read once. Every edition has its fingerprint and its parsed schema ready.

    `latest` are the schemas to write with, by full name; `by_fingerprint` every schema that a record may have been
    written with; `topics` by name; `views` the view types of each service, for its topics `<tjeneste>.til.<part>`.
    """

    tree: Tree
    latest: Mapping[str, Edition]
    by_fingerprint: Mapping[bytes, Edition]
    topics: Mapping[str, Topic]
    views: Mapping[str, tuple[str, ...]]
    sealed: Mapping[str, tuple[SealedField, ...]]

    def topics_owned_by(self, tjeneste: str) -> tuple[Topic, ...]:
        """The topics that `tjeneste` writes."""
        return tuple(topic for topic in self.topics.values() if topic.owner == tjeneste)

    def audited_topics(self, tjeneste: str) -> tuple[str, ...]:
        """The topics of `tjeneste` whose records are proved to outsiders."""
        return tuple(topic.name for topic in self.topics_owned_by(tjeneste) if topic.audited)

    def topics_read_by(self, tjeneste: str) -> tuple[Topic, ...]:
        """The topics of other services that `tjeneste` reads."""
        return tuple(topic for topic in self.topics.values() if tjeneste in topic.readers)


def load_catalog(root: Path) -> Catalog:
    """Reads the schema folder `root`. Raises SchemaError that says which file, what is wrong and what to do."""
    tree = read_tree(root)
    newest = latest(tree)
    current = current_editions(tree)
    known = _by_fingerprint([*older_editions(tree, read_lock(root), current), *current])
    topics, views = _read_toml(root, newest)
    return Catalog(
        tree=tree,
        latest={item.name: item for item in current if item.file.version == max(tree[item.name])},
        by_fingerprint=known,
        topics=topics,
        views=views,
        sealed={name: sealed_fields(newest, name) for name in newest},
    )


def sealed_fields(files: Mapping[str, SchemaFile], name: str) -> tuple[SealedField, ...]:
    """The sealed fields of the event `name`. Raises SchemaError when one seals what is no content record."""
    file = files[name]
    if not isinstance(file.definition, Record):
        return ()
    found = []
    for field in file.definition.fields:
        if innhold := sealed_content(field.type):
            _require_content(files, f"{file.file}, field {field.name}", innhold)
            found.append(SealedField(field.name, innhold, is_optional=isinstance(field.type, Maybe)))
    return tuple(found)


def _require_content(files: Mapping[str, SchemaFile], where: str, innhold: str) -> None:
    if innhold not in files or not files[innhold].is_content or not isinstance(files[innhold].definition, Record):
        fix = "Name a record that lies in an innhold/ folder"
        raise SchemaError(Finding(where, f"seals {innhold}, which is no content record", fix))


def _by_fingerprint(editions: Iterable[Edition]) -> dict[bytes, Edition]:
    known: dict[bytes, Edition] = {}
    for item in editions:
        if isinstance(item.file.definition, Enum):
            continue
        other = known.setdefault(item.fingerprint, item)
        assert other.name == item.name, f"two types, one fingerprint: {other.name}, {item.name}. Rename a field"
    return known


def _read_toml(root: Path, files: Mapping[str, SchemaFile]) -> tuple[dict[str, Topic], dict[str, tuple[str, ...]]]:
    path = root / CATALOG_FILE
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _wrong("there is no catalog.toml", "Point to the folder that holds it") from None
    except ValueError as error:
        raise _wrong(f"not TOML: {error}", "Mend the file") from None
    if unknown := sorted(set(raw) - {"topic", "view"}):
        raise _wrong(f"unknown table [{unknown[0]}]", 'Use [topic."<tjeneste>.<strøm>"] and [view.<tjeneste>]')
    topics = {name: _topic(name, entry, files) for name, entry in raw.get("topic", {}).items()}
    views = {name: _view(name, entry, files) for name, entry in raw.get("view", {}).items()}
    _check_all_carried(topics, views, files)
    return topics, views


def _topic(name: str, entry: Mapping[str, Any], files: Mapping[str, SchemaFile]) -> Topic:
    where = f'topic "{name}"'
    _check_keys(where, entry, _TOPIC_KEYS, _MAY_BE)
    owner, stream, readers, days = entry["owner"], entry["stream"], entry["readers"], entry["retention_days"]
    if not isinstance(owner, str) or not isinstance(stream, str) or not name.isascii():
        raise _wrong(f"{where}: owner and stream are texts, and the name is ASCII", "å→aa, ø→oe, æ→ae")
    if not isinstance(readers, list) or not all(isinstance(reader, str) for reader in readers):
        raise _wrong(f"{where}: readers is not a list of services", 'Write readers = ["kriseplan"]')
    if owner in readers:
        raise _wrong(f"{where}: the owner reads its own log already", f'Remove "{owner}" from readers')
    if not isinstance(days, int) or isinstance(days, bool) or days < 0:
        raise _wrong(f"{where}: retention_days is not a number of days", "Write 0 to keep it for ever")
    audited = entry.get("audited", False)
    if not isinstance(audited, bool):
        raise _wrong(f"{where}: audited is neither true nor false", "Write audited = true, or leave it out")
    return Topic(name, owner, stream, tuple(readers), days, _event_names(where, entry["hendelser"], files), audited)


def _view(name: str, entry: Mapping[str, Any], files: Mapping[str, SchemaFile]) -> tuple[str, ...]:
    where = f"view {name}"
    _check_keys(where, entry, _VIEW_KEYS)
    return _event_names(where, entry["hendelser"], files)


def _check_keys(where: str, entry: object, keys: frozenset[str], may_be: frozenset[str] = frozenset()) -> None:
    if not isinstance(entry, dict) or set(entry) - may_be != keys:
        raise _wrong(f"{where}: a key is missing or unknown", f"Write {', '.join(sorted(keys))}, and nothing else")


def _event_names(where: str, names: object, files: Mapping[str, SchemaFile]) -> tuple[str, ...]:
    if not isinstance(names, list) or len(set(names)) != len(names):
        raise _wrong(f"{where}: hendelser is not a list in which each stands once", "Mend the list")
    for name in names:
        definition = files[name].definition if name in files else None
        if not isinstance(definition, Record) or not definition.is_event:
            fix = "Add its file, with `konvolutt` as the first field, or mend the name"
            raise _wrong(f"{where}: {name} is not an event", fix)
    return tuple(names)


def _check_all_carried(
    topics: Mapping[str, Topic], views: Mapping[str, tuple[str, ...]], files: Mapping[str, SchemaFile]
) -> None:
    carried = {name for topic in topics.values() for name in topic.hendelser}
    carried |= {name for names in views.values() for name in names}
    for name, file in files.items():
        if isinstance(file.definition, Record) and file.definition.is_event and name not in carried:
            raise SchemaError(Finding(file.file, "an event that no topic carries", f"List it in {CATALOG_FILE}"))
        if file.is_content and isinstance(file.definition, Record) and file.definition.is_event:
            raise SchemaError(Finding(file.file, "sealed content with an envelope", "Remove `konvolutt`"))


def _wrong(reason: str, fix: str) -> SchemaError:
    return SchemaError(Finding(CATALOG_FILE, reason, fix))
