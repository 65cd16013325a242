"""Records and sealed content to bytes and back: Avro single-object encoding, strict with the malformed.

A record is `C3 01`, the fingerprint of its writer's schema (CRC-64-AVRO, 8 bytes, little-endian), and the Avro body,
whose first field is the envelope. So a record names its own schema, and an older one is read into today's classes.
No error from here holds a value, nor another error that does: only names of types and fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any, Final, NamedTuple

from fastavro import parse_schema, schemaless_reader, schemaless_writer

from bindeledd.core.decider import Event
from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import InvalidMessage, TooLarge, UnknownSchema
from bindeledd.schema import wire
from bindeledd.schema.catalog import Catalog
from bindeledd.schema.expand import fingerprint_of, wire_form
from bindeledd.schema.framing import BODY, MARK, fingerprint_in
from bindeledd.schema.generated import TYPES
from bindeledd.schema.model import KONVOLUTT
from bindeledd.schema.wire import AvroRecord

MAX_BYTES: Final = 64 * 1024
"""A record larger than this is refused, in and out."""

RECORDS_KEPT: Final = 2048
"""Decoded records at hand: in one process several services read the same one right after another, what a poll of Kafka
brings is looked at before it takes effect, and a board reads the same some hundreds at each look."""

_TYPE_NAME: Final = re.compile(r"no\.bindeledd(\.[A-Za-z_][A-Za-z0-9_]*)+")


@dataclass(frozen=True, slots=True, eq=False)
class _Reader:
    """How to read what one schema wrote. `resolve_to` is today's schema where it differs, else None."""

    name: str
    written: Any
    resolve_to: Any
    envelope: Any
    from_avro: Callable[[dict[str, Any]], AvroRecord]
    begins: bytes
    """The type as the envelope names it, on the wire."""


class Place(NamedTuple):
    """Where a record stands: its stream and version, what it follows, and its position in its writer's log."""

    stream: str
    version: int
    prev: bytes
    epoch: int
    position: int

    @classmethod
    def of(cls, envelope: Envelope) -> Place:
        return cls(envelope.stream, envelope.version, envelope.prev, envelope.epoch, envelope.position)


class Codec:
    """Encodes with the newest schemas of a catalogue, decodes with any that it knows. Safe to share between threads."""

    def __init__(self, catalog: Catalog, types: Mapping[str, type[AvroRecord]] = TYPES) -> None:
        self._types = types
        self._sealed = {name: tuple(field.name for field in fields) for name, fields in catalog.sealed.items()}
        self._owners = {topic.name: topic.owner for topic in catalog.topics.values()}
        self._today = {name: item.wire for name, item in catalog.latest.items()}
        self._writers = {name: (MARK + item.fingerprint, item.wire) for name, item in catalog.latest.items()}
        self._readers = {
            fingerprint: self._reader(item.wire)
            for fingerprint, item in catalog.by_fingerprint.items()
            if item.name in types
        }
        self._quick: dict[bytes, Callable[[bytes], Any]] = {}
        self._quick_heads: dict[bytes, Callable[[bytes], Any]] = {}
        self.slowly = 0
        """Records that should have been read quickly, were refused, and read after all in the usual way."""
        self._learned: dict[bytes, Mapping[str, Any]] = {}
        self._decoded = lru_cache(RECORDS_KEPT)(self.decode_once)

    def quicken(self) -> None:
        """From now on read what today's schemas wrote in a third of the time, for 25 MiB more of memory."""
        from bindeledd.schema.quick import quick_head, quick_reader  # that loads numpy

        self._quick = {by: quick_reader(each.written) for by, each in self._readers.items() if each.resolve_to is None}
        heads = {by: each.envelope["fields"] for by, each in self._readers.items() if each.envelope is not None}
        now = quick_head(self._today[KONVOLUTT])
        self._quick_heads = {by: now for by, fields in heads.items() if fields == self._today[KONVOLUTT]["fields"]}

    @property
    def quick_schemas(self) -> int:
        """How many schemas are read quickly."""
        return len(self._quick)

    def owner_of(self, topic: str) -> str | None:
        """The service that writes a topic; None for one that the catalogue does not have (views are in none)."""
        return self._owners.get(topic)

    def encode(self, envelope: Envelope, event: Event) -> bytes:
        """The bytes of a record, as stored and sent.

        Raises InvalidMessage, naming the field, when a value is of the wrong type, a datetime is naive, a sealed field
        is still in the clear, or the envelope speaks of another type; TooLarge when the record is above MAX_BYTES.
        """
        if envelope.type != event.avro_name:
            raise InvalidMessage("the envelope speaks of another type", event.avro_name, "Give both the same type")
        return self._write(event, envelope)

    def decode(self, data: bytes) -> tuple[Envelope, Event]:
        """The envelope and the event of a record.

        Raises UnknownSchema when the writer's schema is not known here (keep the bytes, read them after an upgrade),
        InvalidMessage when the bytes are malformed: truncated, too many, or of the wrong form.
        """
        return self._decoded(data)

    def decode_once(self, data: bytes) -> tuple[Envelope, Event]:
        """As `decode`, and it is not kept at hand: who reads a whole topic would only push out what others ask for."""
        reader, record = self._read(data)
        decoded: tuple[Envelope, Event] | None
        try:
            decoded = wire.envelope(record["konvolutt"]), reader.from_avro(record)
        except Exception:  # noqa: BLE001 - raised below, so that it carries no value along
            decoded = None
        if decoded is None:
            raise InvalidMessage("not an event, or a value outside its range", reader.name)
        if decoded[0].type != reader.name:
            raise InvalidMessage("the envelope speaks of another type than the schema", reader.name)
        return decoded

    def peek(self, data: bytes) -> Envelope:
        """The envelope alone, without reading the rest: of a record whose schema is not known here, too.

        An envelope only ever grows at its end (checked), so today's schema reads the beginning of a newer one.
        Raises InvalidMessage when there is no envelope to read.
        """
        fingerprint = _fingerprint(data)
        reader, quick = self._readers.get(fingerprint), self._quick_heads.get(fingerprint)
        try:
            schema = self._today[KONVOLUTT] if reader is None else reader.envelope
            head: Any = schemaless_reader(_body(data), schema, None) if quick is None else quick(data)
            envelope: Envelope | None = wire.envelope(head)
        except Exception:  # noqa: BLE001 - fastavro raises whatever its C code meets
            envelope = None
        if envelope is None or not _TYPE_NAME.fullmatch(envelope.type):
            raise InvalidMessage("no envelope to read", reader.name if reader else "")
        return envelope

    def place(self, data: bytes) -> Place:
        """Where a record says that it stands: what its envelope begins with, and nothing of what comes behind.

        Raises InvalidMessage as `peek` does, when there is not even so much.
        """
        reader = self._readers.get(data[2:BODY])
        if reader is None:
            return Place.of(self.peek(data))
        try:
            return _place(data, reader.begins)
        except (IndexError, ValueError):
            return Place.of(self.peek(data))  # longer than usual, or it says what is wrong

    def type_of(self, data: bytes) -> str | None:
        """The full Avro name of a record's type, from its fingerprint alone; None when it is not known here."""
        reader = self._readers.get(data[2:BODY])
        return reader.name if reader is not None else None

    def knows(self, fingerprint: bytes) -> bool:
        """True when what this writer's schema wrote can be read here."""
        return fingerprint in self._readers

    def reads(self, name: str) -> bool:
        """True when a type is known here, whichever schema its writer uses."""
        return name in self._types

    def sealed_fields(self, name: str) -> tuple[str, ...]:
        """The fields of a type whose content is sealed; none for a type that is not known here."""
        return self._sealed.get(name, ())

    def encode_content(self, content: AvroRecord) -> bytes:
        """Content that is to be sealed, still in the clear. Raises InvalidMessage as `encode` does."""
        return self._write(content, None)

    def decode_content(self, data: bytes) -> AvroRecord:
        """Content that has been opened. Raises UnknownSchema and InvalidMessage as `decode` does."""
        reader, record = self._read(data)
        try:
            return reader.from_avro(record)
        except Exception:  # noqa: BLE001, S110 - raised below, so that it carries no value along
            pass
        raise InvalidMessage("a value outside its range", reader.name)

    def learn(self, schema: Mapping[str, Any]) -> str:
        """Takes in the schema that another writer uses for a type known here. Returns its fingerprint in hex.

        Raises InvalidMessage when it is no schema of such a type.
        """
        name = str(schema.get("name"))
        try:
            written = parse_schema(wire_form(dict(schema)))
            fingerprint = fingerprint_of(written)
            self._readers[fingerprint] = self._reader(written)
            self._learned[fingerprint] = dict(schema)
            self._decoded.cache_clear()
            return fingerprint.hex()
        except Exception:  # noqa: BLE001, S110 - raised below
            pass
        fix = "Fetch it from the registry that its writer uses"
        raise InvalidMessage("not a schema of a type that is known here", name, fix)

    def learned(self, data: bytes) -> Mapping[str, Any] | None:
        """The schema of a record's writer, where it is none of ours and was learned."""
        return self._learned.get(data[2:BODY]) if self._learned else None

    def _reader(self, written: Any) -> _Reader:
        name = written["name"]
        today = self._today[name]
        first = written["fields"][0]
        envelope = parse_schema(wire_form(first["type"])) if first["name"] == "konvolutt" else None
        begins = wire.varint(len(name)) + name.encode()
        return _Reader(
            name, written, None if written == today else today, envelope, self._types[name].from_avro, begins
        )

    def _write(self, value: Event | AvroRecord, envelope: Envelope | None) -> bytes:
        name = value.avro_name
        if name not in self._writers:
            raise InvalidMessage("a type that the catalogue does not have", name, "Add its schema and generate again")
        header, schema = self._writers[name]
        out, where = BytesIO(), ""
        out.write(header)
        try:
            record = value.to_avro()
            if envelope is not None:
                record["konvolutt"] = wire.konvolutt(envelope)
            schemaless_writer(out, schema, record, strict=True)
        except InvalidMessage:
            raise
        except Exception as error:  # noqa: BLE001 - raised below, so that it carries no value along
            where = _where(name, schema, error)
        if where:
            raise InvalidMessage("a value does not fit the schema", where)
        data = out.getvalue()
        if len(data) > MAX_BYTES:
            raise TooLarge(f"{len(data)} bytes, more than {MAX_BYTES}", name, "Split it")
        return data

    def _read(self, data: bytes) -> tuple[_Reader, dict[str, Any]]:
        quick = self._quick.get(data[2:BODY])
        if quick is not None and data.startswith(MARK) and len(data) <= MAX_BYTES:
            try:
                return self._readers[data[2:BODY]], quick(data)
            except Exception:  # noqa: BLE001, S110 - fastavro reads it, or says what is wrong
                pass
        fingerprint = _fingerprint(data)
        reader = self._readers.get(fingerprint)
        if reader is None:
            raise UnknownSchema(fingerprint.hex())
        body = _body(data)
        try:
            record = schemaless_reader(body, reader.written, reader.resolve_to)
        except Exception:  # noqa: BLE001 - fastavro raises whatever its C code meets
            record = None
        if not isinstance(record, dict):
            raise InvalidMessage("truncated, or not of the form its schema says", reader.name)
        if body.tell() != len(data):
            raise InvalidMessage(f"{len(data) - body.tell()} bytes too many", reader.name)
        self.slowly += quick is not None
        return reader, record


def _place(data: bytes, begins: bytes) -> Place:
    """Raises IndexError or ValueError for what is cut off, or is not of the form that nearly all have."""
    at = BODY + 1 + (data[BODY] >> 1)
    if data[BODY] & 0x81 or not data.startswith(begins, at):
        raise ValueError
    at += len(begins) + 1
    size = data[at - 1]
    end = at + (size >> 1)
    stream = data[at:end].decode("ascii")
    version, at = wire.number(data, end)
    behind = data[at]
    end = at + 1 + (behind >> 1)
    prev = data[at + 1 : end]
    epoch, at = wire.number(data, end)
    position, _ = wire.number(data, at)
    if (size | behind) & 0x81:
        raise ValueError
    return Place(stream, version, prev, epoch, position)


def _fingerprint(data: bytes) -> bytes:
    """The fingerprint of the schema that wrote a record, if it is of a size that may be."""
    if len(data) > MAX_BYTES:
        raise InvalidMessage(f"{len(data)} bytes, more than {MAX_BYTES}")
    return fingerprint_in(data)


def _body(data: bytes) -> BytesIO:
    body = BytesIO(data)
    body.seek(BODY)
    return body


def _where(name: str, schema: Any, error: Exception) -> str:
    """The path to the field that fastavro names in `error`, of which only names that the schema has are repeated."""
    known = _field_names(schema)
    path = [field for field in re.findall(r"on field (\w+)", str(error)) if field in known]
    return ".".join([name, *reversed(path)])


def _field_names(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return {name for part in schema for name in _field_names(part)}
    if not isinstance(schema, dict):
        return set()
    below = {name for key in ("type", "items", "fields") for name in _field_names(schema.get(key))}
    return below | ({schema["name"]} if "type" in schema and "name" in schema else set())
