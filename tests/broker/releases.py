"""Releases of a small program that share a topic: what one writes, an older or a newer one has to live with."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bindeledd.core.sealed import Forseglet
from bindeledd.schema.catalog import Catalog, load_catalog
from bindeledd.schema.codec import Codec
from bindeledd.schema.registry import Registry, register_all
from bindeledd.schema.wire import AvroRecord
from bindeledd.schema.writers import Writers
from tests.unit.schema.small_tree import CATALOG, TING, envelope, generated_types, write_tree


@dataclasses.dataclass(frozen=True, slots=True)
class Release:
    """One release of a program: its catalogue, its classes, its codec, and how it frames what it writes."""

    catalog: Catalog
    types: Mapping[str, Any]
    codec: Codec
    writers: Writers

    def ting(self, **other: Any) -> bytes:
        """A stored record of what happened."""
        values: dict[str, Any] = {
            "hva": "noe", "antall": 3, "sikkert": True, "avtrykk": b"\x00", "deler": (), "grader": (), "dager": (),
            "dag": date(2026, 2, 28), "naar": datetime(2026, 2, 28, tzinfo=UTC),
            "notat": Forseglet("k" * 32, "o" * 32, "notat", b"n" * 12, b"c" * 40),
        }  # fmt: skip
        return self.codec.encode(envelope(), self.types[TING](**{**values, **other}))


class Releases:
    """Makes releases that share a topic of this test's own, so that no test meets the schemas of another."""

    def __init__(self, registry: Registry, folder: Path, topic: str) -> None:
        self._registry, self._folder, self.topic = registry, folder, topic
        self.made = 0

    def make(self, changes: Mapping[str, Any] | None = None, *more: str) -> Release:
        self.made += 1
        here = self._folder / f"release{self.made}"
        text = CATALOG.replace("sak.ting", self.topic).replace(f'"{TING}"', ", ".join(map(json.dumps, (TING, *more))))
        catalog = load_catalog(write_tree(here / "schemas", changes, text))
        types: Mapping[str, type[AvroRecord]] = generated_types(catalog, here)
        codec = Codec(catalog, types)
        return Release(catalog, types, codec, Writers(catalog, codec, self._registry))

    def register(self, release: Release) -> list[bool]:
        """Whether each schema was new."""
        return [done.is_new for done in register_all(release.catalog, self._registry)]
