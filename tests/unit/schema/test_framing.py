"""A record keeps its bytes through Confluent's frame, and what is no frame is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.core.errors import InvalidMessage
from bindeledd.schema.framing import fingerprint_in, frame, single_object, unframe

STORED = b"\xc3\x01" + b"avtrykk8" + b"kropp"


@given(st.binary(min_size=8, max_size=8), st.binary(min_size=1, max_size=50), st.integers(1, 2**31 - 1))
def test_the_stored_bytes_come_back_exactly(fingerprint: bytes, body: bytes, schema_id: int) -> None:
    stored = b"\xc3\x01" + fingerprint + body

    assert unframe(frame(stored, schema_id)) == (schema_id, body)
    assert single_object(fingerprint_in(stored), body) == stored


def test_the_frame_is_a_zero_the_id_big_endian_and_the_body() -> None:
    assert frame(STORED, 0x01020304) == b"\x00\x01\x02\x03\x04kropp"


@pytest.mark.parametrize("schema_id", [0, -1, 2**31])
def test_an_id_that_no_registry_gives_is_not_written(schema_id: int) -> None:
    with pytest.raises(InvalidMessage, match="not a schema id"):
        frame(STORED, schema_id)


@pytest.mark.parametrize("data", [b"", b"\xc3\x01", STORED[:10], b"\x00\x00\x00\x00\x07kropp", b"<xml/>" * 5])
def test_what_is_no_stored_record_is_not_framed(data: bytes) -> None:
    with pytest.raises(InvalidMessage, match="not an Avro single object"):
        frame(data, 7)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "a null value"),
        (b"", "not in Confluent's frame"),
        (b"\x00\x00\x00\x00\x07", "not in Confluent's frame"),
        (b"\x01\x00\x00\x00\x07kropp", "not in Confluent's frame"),
        (STORED, "not in Confluent's frame"),
        (b"\x00\x00\x00\x00\x00kropp", "not a schema id"),
        (b"\x00\xff\xff\xff\xffkropp", "not a schema id"),
    ],
)
def test_what_is_no_frame_is_refused_without_its_bytes(value: bytes | None, why: str) -> None:
    with pytest.raises(InvalidMessage, match=why) as refusal:
        unframe(value)
    assert "kropp" not in str(refusal.value)


@given(st.binary(max_size=40))
def test_any_bytes_are_unframed_or_refused_and_nothing_else(value: bytes) -> None:
    try:
        schema_id, body = unframe(value)
    except InvalidMessage:
        return
    assert value == b"\x00" + schema_id.to_bytes(4, "big") + body
