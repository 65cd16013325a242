"""Knows which schema wrote which bytes, between our own stored form and Kafka's, with a registry for what is new here.

It may wait for the registry, so it is called before a transaction begins, never inside one. A registry that is away is
a TransientError: the record waits, and goes on when the registry is back.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from fastavro import parse_schema

from bindeledd.core.errors import InvalidMessage, TransientError
from bindeledd.schema.catalog import Catalog
from bindeledd.schema.codec import Codec
from bindeledd.schema.expand import fingerprint_of, wire_form
from bindeledd.schema.framing import fingerprint_in, frame, single_object, unframe
from bindeledd.schema.registry import Registry, subject_of

KEPT: Final = 4096
"""Ids and fingerprints at hand, in each direction: many times what a catalogue has, and no more than that."""


class Writers:
    """Frames and unframes records; a writer's schema is fetched when it is first met, and the codec learns it."""

    def __init__(self, catalog: Catalog, codec: Codec, registry: Registry) -> None:
        self._catalog, self._codec, self._registry = catalog, codec, registry
        self._id = lru_cache(KEPT)(self._find_id)
        self._fingerprint = lru_cache(KEPT)(self._find_fingerprint)

    def framed(self, data: bytes, topic: str) -> bytes:
        """A stored record as `topic` carries it.

        Raises TransientError when the registry is away or does not have the schema (yet), InvalidMessage when `data`
        is no record.
        """
        return frame(data, self._id(fingerprint_in(data), subject_of(topic, self._type_of(data))))

    def unframed(self, value: bytes | None) -> bytes:
        """The stored bytes of a record from Kafka, exactly as its writer has them; the codec can read a known type.

        A type that is not known here comes back as exactly: it is kept, and read after an upgrade.
        Raises TransientError when the registry is away, InvalidMessage when the value has no frame, when the registry
        has no such schema, or one that is none of ours.
        """
        schema_id, body = unframe(value)
        return single_object(self._fingerprint(schema_id), body)

    def meet(self, data: bytes, topic: str) -> None:
        """Before stored bytes that came without a frame are read: the codec learns the schema of a known type.

        Raises TransientError when the registry is away or does not have the schema (yet), InvalidMessage when `data`
        is no record.
        """
        fingerprint, name = fingerprint_in(data), self._type_of(data)
        if self._codec.knows(fingerprint) or not self._codec.reads(name):
            return
        _, schema = self._search(fingerprint, subject_of(topic, name))
        self._codec.learn(schema)

    def meet_content(self, fingerprint: bytes) -> Mapping[str, Any]:
        """The schema of sealed content that was opened and could not be read, which the codec knows from now on.

        Content says of which type it is by its fingerprint alone, so all that can be are looked through.
        Raises TransientError when the registry is away or does not have the schema (yet).
        """
        contents = [name for name, item in sorted(self._catalog.latest.items()) if item.file.is_content]
        _, schema = self._search(fingerprint, *contents)
        self._codec.learn(schema)
        return schema

    def _type_of(self, data: bytes) -> str:
        return self._codec.type_of(data) or self._codec.peek(data).type

    def _find_id(self, fingerprint: bytes, subject: str) -> int:
        edition = self._catalog.by_fingerprint.get(fingerprint)
        known = None if edition is None else self._registry.id_of(subject, edition.schema)
        # To the letter it is not there where only a doc has changed since: the same fingerprint, the same bytes.
        return self._search(fingerprint, subject)[0] if known is None else known

    def _search(self, fingerprint: bytes, *subjects: str) -> tuple[int, dict[str, Any]]:
        for subject in subjects:
            for schema_id, schema in self._registry.versions(subject):
                if _identity(schema)[1] == fingerprint:
                    return schema_id, schema
        where = f"under {subjects[0]}" if len(subjects) == 1 else "of any sealed content"
        fix = "Run `bindeledd schemas register` with the release that wrote it"
        raise TransientError(f"the registry does not have schema {fingerprint.hex()} {where}. {fix}")

    def _find_fingerprint(self, schema_id: int) -> bytes:
        schema = self._registry.schema(schema_id)
        name, fingerprint = _identity(schema)
        if not fingerprint:
            raise InvalidMessage(f"schema {schema_id} of the registry is no Avro record", "the frame")
        if self._codec.reads(name) and not self._codec.knows(fingerprint):
            self._codec.learn(schema)
        return fingerprint


def _identity(schema: dict[str, Any]) -> tuple[str, bytes]:
    """The full name and the fingerprint of what a registry calls a schema; two empty ones when it is no Avro record."""
    try:
        parsed: Any = parse_schema(wire_form(schema))
        return (parsed["name"], fingerprint_of(parsed)) if parsed["type"] == "record" else ("", b"")
    except Exception:  # noqa: BLE001 - fastavro raises whatever it meets
        return "", b""
