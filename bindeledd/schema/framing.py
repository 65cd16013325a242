"""Knows the two ways a body says who wrote it: Avro's single object, as we store it, and Confluent's frame, for Kafka.

A frame is a zero, the schema's id in a registry (4 bytes, big-endian), and the same Avro body. It names the schema in
another way and changes nothing else, so whoever knows the fingerprint of each id gets the stored bytes back exactly –
and has to, for the chain of hashes covers them.
"""

from __future__ import annotations

import struct
from typing import Final

from bindeledd.core.errors import InvalidMessage

MARK: Final = b"\xc3\x01"
"""How a single object begins; the fingerprint of its writer's schema follows."""
BODY: Final = len(MARK) + 8
"""Where the body of a single object begins."""

_FRAME: Final = struct.Struct(">BI")
_ID_MAX: Final = 0x7FFF_FFFF  # registries count in signed 32 bits, from 1


def fingerprint_in(data: bytes) -> bytes:
    """The fingerprint of the schema that wrote a single object. Raises InvalidMessage when `data` is none."""
    if data[: len(MARK)] != MARK or len(data) <= BODY:
        raise InvalidMessage("not an Avro single object", "the first ten bytes", "Send C3 01 and a fingerprint first")
    return data[len(MARK) : BODY]


def single_object(fingerprint: bytes, body: bytes) -> bytes:
    """The bytes as they are stored, of the fingerprint of the writer's schema and the body of a frame."""
    return MARK + fingerprint + body


def frame(data: bytes, schema_id: int) -> bytes:
    """A stored record as Kafka carries it. Raises InvalidMessage when it is no single object, or the id is none."""
    fingerprint_in(data)
    if not 0 < schema_id <= _ID_MAX:
        raise InvalidMessage("not a schema id of a registry", "the frame", "Registries count from 1, in 31 bits")
    return _FRAME.pack(0, schema_id) + data[BODY:]


def unframe(value: bytes | None) -> tuple[int, bytes]:
    """The schema's id and the body of a record from Kafka. Raises InvalidMessage when it has no frame or no body."""
    if value is None:
        raise InvalidMessage("a null value", "the record", "Send events only: nothing is deleted by a null value here")
    if len(value) <= _FRAME.size or value[0] != 0:
        raise InvalidMessage("not in Confluent's frame", "the first five bytes", "Send 00, the schema's id and a body")
    schema_id: int = _FRAME.unpack_from(value)[1]
    if not 0 < schema_id <= _ID_MAX:
        raise InvalidMessage("not a schema id of a registry", "the frame", "Registries count from 1, in 31 bits")
    return schema_id, value[_FRAME.size :]
