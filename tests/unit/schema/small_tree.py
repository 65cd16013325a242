"""A small schema folder of its own, whole and correct, for tests to break in one place."""

from __future__ import annotations

import copy
import importlib
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bindeledd.core.envelope import Actor, Envelope
from bindeledd.schema.catalog import Catalog
from bindeledd.schema.codec import Codec
from bindeledd.schema.generate import generate
from bindeledd.schema.wire import AvroRecord

Json = dict[str, Any]

INSTANT = {"type": "long", "logicalType": "timestamp-micros"}
DATE = {"type": "int", "logicalType": "date"}
TING = "no.bindeledd.sak.TingSkjedd"
TING_FILE = "sak/TingSkjedd.v1.avsc"
TING_V2 = "sak/TingSkjedd.v2.avsc"


def field(name: str, kind: Any, **more: Any) -> Json:
    return {"name": name, "type": kind, **more}


def record(name: str, *fields: Json, namespace: str = "no.bindeledd.sak") -> Json:
    return {"type": "record", "name": name, "namespace": namespace, "doc": f"{name}.", "fields": list(fields)}


def enum(name: str, *symbols: str, namespace: str = "no.bindeledd.sak") -> Json:
    head = {"type": "enum", "name": name, "namespace": namespace, "doc": f"{name}."}
    return {**head, "symbols": ["UKJENT", *symbols], "default": "UKJENT"}


def event(name: str, *fields: Json) -> Json:
    return record(name, field("konvolutt", "no.bindeledd.Konvolutt"), *fields)


KONVOLUTT = record(
    "Konvolutt",
    *(field(name, "string") for name in ("id", "type", "stream")),
    field("version", "long"),
    field("prev", "bytes"),
    field("epoch", "int"),
    field("position", "long"),
    field("person_ref", ["null", "string"]),
    field("audience", {"type": "array", "items": "string"}),
    *(field(name, INSTANT) for name in ("hendt", "mottatt", "registrert")),
    field("actor", "no.bindeledd.Aktoer"),
    *(field(name, "string") for name in ("ground", "correlation", "causation")),
    field("depth", "int"),
    namespace="no.bindeledd",
)
AKTOER = record(
    "Aktoer", *(field(name, "string") for name in ("role", "organisation", "party")), namespace="no.bindeledd"
)
FORSEGLET = record(
    "Forseglet",
    *(field(name, "string") for name in ("key", "origin", "field")),
    *(field(name, "bytes") for name in ("nonce", "ciphertext")),
    namespace="no.bindeledd",
)
TING_SKJEDD = event(
    "TingSkjedd",
    field("hva", "string", doc="What happened"),
    field("grad", "no.bindeledd.Grad", default="UKJENT"),
    field("antall", "int"),
    field("sum", "long", default=0),
    field("sikkert", "boolean"),
    field("avtrykk", "bytes"),
    field("dag", DATE),
    field("naar", INSTANT),
    field("til", ["null", INSTANT], default=None),
    field("merker", {"type": "array", "items": "string"}, default=[]),
    field("deler", {"type": "array", "items": "no.bindeledd.sak.Del"}),
    field("grader", {"type": "array", "items": "no.bindeledd.Grad"}),
    field("dager", {"type": "array", "items": DATE}),
    field("notat", "no.bindeledd.Forseglet", innhold="no.bindeledd.sak.innhold.Notat"),
    field("tillegg", ["null", "no.bindeledd.Forseglet"], innhold="no.bindeledd.sak.innhold.Notat", default=None),
)
FILES: Mapping[str, Json] = {
    "felles/Konvolutt.v1.avsc": KONVOLUTT,
    "felles/Aktoer.v1.avsc": AKTOER,
    "felles/Forseglet.v1.avsc": FORSEGLET,
    "felles/Grad.v1.avsc": enum("Grad", "LITEN", "STOR", namespace="no.bindeledd"),
    "sak/Del.v1.avsc": record("Del", field("del", "string"), field("grad", ["null", "no.bindeledd.Grad"])),
    "sak/TingSkjedd.v1.avsc": TING_SKJEDD,
    "sak/TingSlutt.v1.avsc": event("TingSlutt"),
    "sak/innhold/Notat.v1.avsc": record("Notat", field("tekst", "string"), namespace="no.bindeledd.sak.innhold"),
}
CATALOG = """
[topic."sak.ting"]
owner = "sak"
stream = "ting_ref"
readers = ["arkiv"]
retention_days = 0
hendelser = ["no.bindeledd.sak.TingSkjedd", "no.bindeledd.sak.TingSlutt"]
"""


def write_tree(root: Path, changes: Mapping[str, Json | None] | None = None, catalog: str = CATALOG) -> Path:
    """The small tree under `root`, with `changes` on top (None removes a file)."""
    for name, content in {**FILES, **(changes or {})}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(json.dumps(content), encoding="utf-8")
    (root / "catalog.toml").write_text(catalog, encoding="utf-8")
    return root


def changed(original: Json, **more: Any) -> Json:
    """A copy of a schema with other top-level keys."""
    return {**copy.deepcopy(original), **more}


def with_field(original: Json, name: str, **more: Any) -> Json:
    """A copy of a record in which the field `name` has other keys; None removes the field."""
    copied = copy.deepcopy(original)
    copied["fields"] = [{**one, **more} if one["name"] == name else one for one in copied["fields"]]
    return copied


def without_field(original: Json, name: str) -> Json:
    copied = copy.deepcopy(original)
    copied["fields"] = [one for one in copied["fields"] if one["name"] != name]
    return copied


def and_field(original: Json, added: Json) -> Json:
    copied = copy.deepcopy(original)
    copied["fields"].append(added)
    return copied


def generated_types(catalog: Catalog, folder: Path) -> dict[str, type[AvroRecord]]:
    """The classes generated from `catalog`, loaded from a package of their own in `folder`."""
    package = f"generert_{abs(hash(str(folder)))}"
    home = folder / package
    home.mkdir(parents=True)
    for name, source in generate(catalog).items():
        (home / name).write_text(source.replace("bindeledd.schema.generated", package), encoding="utf-8")
    sys.path.insert(0, str(folder))
    try:
        types: dict[str, type[AvroRecord]] = importlib.import_module(package).TYPES
    finally:
        sys.path.remove(str(folder))
    return types


def codec(catalog: Catalog, folder: Path) -> Codec:
    return Codec(catalog, generated_types(catalog, folder))


def envelope(kind: str = TING) -> Envelope:
    """An envelope of a record of type `kind`."""
    moment = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    actor = Actor("behandler", "sykehus-1", "dps-nord")
    return Envelope(
        id="e" * 32,
        type=kind,
        stream="a" * 32,
        version=1,
        prev=b"",
        epoch=1,
        position=7,
        person_ref=None,
        audience=("dps-nord",),
        hendt=moment,
        mottatt=moment,
        registrert=moment,
        actor=actor,
        ground="helsehjelp",
        correlation="c" * 32,
        causation="d" * 32,
        depth=0,
    )
