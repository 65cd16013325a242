"""Single values between Python and the wire: moments, days, numbers, sealed values, the envelope.

The generated classes call these for every field, so they are short. Each refuses what does not belong, naming the
field and never the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar, Final, Protocol, Self, TypeVar

from bindeledd.core.envelope import Actor, Envelope
from bindeledd.core.errors import InvalidMessage
from bindeledd.core.sealed import Forseglet

T = TypeVar("T")

ACTORS_KEPT = INSTANTS_KEPT = 256
"""Who has done something does more, and what was written together was written at one moment: the same few stand in most
envelopes."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()


class AvroRecord(Protocol):
    """A generated class: an event, a record inside one, or sealed content."""

    avro_name: ClassVar[str]

    def to_avro(self) -> dict[str, object]: ...

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self: ...


def micros(value: datetime, where: str) -> int:
    """Microseconds since 1970-01-01T00:00Z. A naive datetime is refused: nobody knows which moment it is."""
    if not isinstance(value, datetime):
        raise _wrong_type(value, "datetime", where)
    if value.tzinfo is None:
        raise InvalidMessage("naive datetime", where, "Give it a time zone")
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)  # refuses what lies outside the years 1 to 9999 in UTC, and so could not be read
    since = value - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


@lru_cache(INSTANTS_KEPT)
def instant(value: int) -> datetime:
    """The moment `value` microseconds after 1970-01-01T00:00Z, in UTC."""
    return _EPOCH + timedelta(0, 0, value)


def days(value: date, where: str) -> int:
    """Days since 1970-01-01. A datetime is refused: which day it is depends on where one stands."""
    if type(value) is not date:
        raise _wrong_type(value, "date", where)
    return value.toordinal() - _EPOCH_DAY


def day(value: int) -> date:
    """The day `value` days after 1970-01-01."""
    return date.fromordinal(value + _EPOCH_DAY)


def int32(value: int, where: str) -> int:
    """A whole number within 32 bits."""
    if type(value) is not int:
        raise _wrong_type(value, "int", where)
    if not -0x8000_0000 <= value <= 0x7FFF_FFFF:
        raise InvalidMessage("number outside 32 bits", where, "Use a long in the schema")
    return value


def int64(value: int, where: str) -> int:
    """A whole number; fastavro refuses what is outside 64 bits."""
    if type(value) is not int:
        raise _wrong_type(value, "int", where)
    return value


def flag(value: bool, where: str) -> bool:
    """True or false, and nothing that merely is truthy."""
    if type(value) is not bool:
        raise _wrong_type(value, "bool", where)
    return value


def symbol(value: StrEnum, kind: type[StrEnum], where: str) -> StrEnum:
    """A symbol of just this enum."""
    if type(value) is not kind:
        raise _wrong_type(value, kind.__name__, where)
    return value


def items(value: tuple[T, ...], where: str) -> tuple[T, ...]:
    """The elements of a tuple; a text or a list is not one."""
    if type(value) is not tuple:
        raise _wrong_type(value, "tuple", where)
    return value


def seal(value: object, where: str) -> dict[str, object]:
    """A sealed value. What is still in the clear must never get this far."""
    if not isinstance(value, Forseglet):
        raise InvalidMessage(f"{type(value).__name__} where a sealed value belongs", where, "Seal it before encoding")
    return {
        "key": value.key,
        "origin": value.origin,
        "field": value.field,
        "nonce": value.nonce,
        "ciphertext": value.ciphertext,
    }


def sealed(d: Mapping[str, Any]) -> Forseglet[Any]:
    """The sealed value that `seal` wrote."""
    return Forseglet(d["key"], d["origin"], d["field"], d["nonce"], d["ciphertext"])


def varint(value: int) -> bytes:
    """A whole number that is not negative, as Avro writes it."""
    value <<= 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(data: bytes, at: int) -> tuple[int, int]:
    """What `varint` wrote at a place, and the place behind it. Raises IndexError when it is cut off, ValueError for
    what is negative."""
    byte = data[at]
    value, shift, at = byte & 0x7F, 7, at + 1
    while byte & 0x80:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
    if value & 1:
        raise ValueError
    return value >> 1, at


def konvolutt(envelope: Envelope) -> dict[str, object]:
    """The envelope as `no.bindeledd.Konvolutt`."""
    actor = envelope.actor
    person_ref = envelope.person_ref
    return {
        "id": envelope.id,
        "type": envelope.type,
        "stream": envelope.stream,
        "version": int64(envelope.version, "konvolutt.version"),
        "prev": envelope.prev,
        "epoch": int32(envelope.epoch, "konvolutt.epoch"),
        "position": int64(envelope.position, "konvolutt.position"),
        "person_ref": None if person_ref is None else ("string", person_ref),
        "audience": list(items(envelope.audience, "konvolutt.audience")),
        "hendt": micros(envelope.hendt, "konvolutt.hendt"),
        "mottatt": micros(envelope.mottatt, "konvolutt.mottatt"),
        "registrert": micros(envelope.registrert, "konvolutt.registrert"),
        "actor": {"role": actor.role, "organisation": actor.organisation, "party": actor.party},
        "ground": envelope.ground,
        "correlation": envelope.correlation,
        "causation": envelope.causation,
        "depth": int32(envelope.depth, "konvolutt.depth"),
    }


def envelope(d: Mapping[str, Any]) -> Envelope:
    """The envelope that `konvolutt` wrote."""
    actor: dict[str, str] = d["actor"]
    return Envelope(
        d["id"],
        d["type"],
        d["stream"],
        d["version"],
        d["prev"],
        d["epoch"],
        d["position"],
        d["person_ref"],
        tuple(d["audience"]),
        instant(d["hendt"]),
        instant(d["mottatt"]),
        instant(d["registrert"]),
        _actor(actor["role"], actor["organisation"], actor["party"]),
        d["ground"],
        d["correlation"],
        d["causation"],
        d["depth"],
    )


_actor = lru_cache(ACTORS_KEPT)(Actor)


def _wrong_type(value: object, expected: str, where: str) -> InvalidMessage:
    return InvalidMessage(f"{type(value).__name__} where {expected} belongs", where)
