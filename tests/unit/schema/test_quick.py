"""Whoever takes in record after record reads the same as everybody else, only in less time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from cavro import Schema
from fastavro import parse_schema, schemaless_reader, schemaless_writer
from hypothesis import given, settings
from hypothesis import strategies as st

from bindeledd.core.errors import BindeleddError
from bindeledd.resources import data_folder
from bindeledd.schema.catalog import load_catalog
from bindeledd.schema.codec import Codec, Place
from bindeledd.schema.framing import BODY
from bindeledd.schema.generated import TYPES
from bindeledd.schema.quick import quick_reader
from tests.unit.schema.small_tree import envelope
from tests.unit.schema.strategies import envelopes, instances

EVENTS = sorted(name for name, kind in TYPES.items() if hasattr(kind, "sealed_fields"))
TOGETHER = 16
"""So many schemas in one test: each test costs more than a schema."""
ENDS = "no.bindeledd.samhandling.MeldingMakulert"


@cache
def codecs() -> tuple[Codec, Codec]:
    catalog = load_catalog(data_folder("schemas"))
    usual, quick = Codec(catalog), Codec(catalog)
    quick.quicken()
    return usual, quick


@cache
def reader_of(name: str) -> tuple[Any, Callable[[bytes], Any]]:
    written = load_catalog(data_folder("schemas")).latest[name].wire
    return written, quick_reader(written)


@st.composite
def records(draw: st.DrawFn) -> tuple[str, bytes]:
    name = draw(st.sampled_from(EVENTS))
    return name, codecs()[0].encode(draw(envelopes(name)), draw(instances(TYPES[name])))


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A record of which some bytes behind its fingerprint were changed, put in or taken away."""
    _name, data = draw(records())
    body = bytearray(data[BODY:])
    for _ in range(draw(st.integers(1, 4))):
        at, upto = sorted((draw(st.integers(0, len(body))), draw(st.integers(0, len(body)))))
        body[at : draw(st.sampled_from([at, at + 1, upto]))] = draw(st.binary(max_size=12))
    return data[:BODY] + bytes(body)


def said(codec: Codec, data: bytes) -> object:
    try:
        return codec.decode(data)
    except BindeleddError as error:
        return type(error), str(error)


@settings(max_examples=25)
@given(records())
def test_it_reads_what_the_usual_reader_reads(record: tuple[str, bytes]) -> None:
    name, data = record
    written, read = reader_of(name)

    assert read(data) == schemaless_reader(BytesIO(data[BODY:]), written, None)


@settings(max_examples=60)
@given(spoilt())
def test_what_is_malformed_is_refused_in_the_same_words_or_read_alike(data: bytes) -> None:
    usual, quick = codecs()

    assert said(quick, data) == said(usual, data)


def test_a_codec_that_is_quick_does_not_ask_the_usual_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, quick = codecs()
    data = usual.encode(envelope(ENDS), TYPES[ENDS]())
    expected = usual.decode(data)

    monkeypatch.setattr("bindeledd.schema.codec.schemaless_reader", None)

    assert quick.decode(data) == expected


@pytest.mark.parametrize("first", range(0, len(TYPES), TOGETHER))
@settings(max_examples=1)
@given(st.data())
def test_every_schema_of_the_catalogue_is_read_quickly(first: int, data: st.DataObject) -> None:
    usual, quick = codecs()

    for name in sorted(TYPES)[first : first + TOGETHER]:
        value, before = data.draw(instances(TYPES[name])), quick.slowly
        if name in EVENTS:
            read = quick.decode_once(usual.encode(envelope(name), value))[1]
        else:
            read = quick.decode_content(usual.encode_content(value))
        assert (read, quick.slowly) == (value, before), name


def test_what_is_refused_and_read_all_the_same_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(_written: Any) -> Callable[[bytes], Any]:
        read: Callable[[bytes], Any] = Schema('{"type": "fixed", "name": "Ever", "size": 100000}').binary_decode
        return read

    catalog = load_catalog(data_folder("schemas"))
    usual, quick = Codec(catalog), Codec(catalog)
    monkeypatch.setattr("bindeledd.schema.quick.quick_reader", refuses)
    quick.quicken()
    data = usual.encode(envelope(ENDS), TYPES[ENDS]())

    assert quick.decode_once(data) == usual.decode(data)
    assert quick.slowly == 1
    with pytest.raises(BindeleddError):
        quick.decode_once(data[:-1])
    assert quick.slowly == 1


@settings(max_examples=30)
@given(records(), st.binary(min_size=1, max_size=3), st.integers(1, 8))
def test_it_refuses_bytes_behind_the_end_and_a_body_that_was_cut_off(
    record: tuple[str, bytes], more: bytes, missing: int
) -> None:
    name, data = record
    _written, read = reader_of(name)

    with pytest.raises(ValueError, match="too many"):
        read(data + more)
    with pytest.raises((EOFError, ValueError, LookupError, OverflowError)):  # what follows is read as anything
        read(data[:-missing])


def test_a_number_that_is_too_large_for_its_type_is_not_cut_off() -> None:
    written = parse_schema({"type": "record", "name": "R", "fields": [{"name": "n", "type": "int"}]})
    body = BytesIO()
    schemaless_writer(body, "long", 2**40 + 1)

    assert quick_reader(written)(bytes(BODY) + body.getvalue()) == {"n": 2**40 + 1}


@settings(max_examples=25)
@given(records(), spoilt())
def test_envelopes_are_read_alike_and_the_place_is_what_the_envelope_says(
    record: tuple[str, bytes], other: bytes
) -> None:
    usual, quick = codecs()
    assert quick.peek(record[1]) == usual.peek(record[1])
    assert usual.place(record[1]) == Place.of(usual.peek(record[1]))
    assert peeked(quick, other) == peeked(usual, other)


def peeked(codec: Codec, data: bytes) -> object:
    try:
        return codec.peek(data)
    except BindeleddError as error:
        return type(error), str(error)
