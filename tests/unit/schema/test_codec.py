"""The codec gives back what it was given, refuses what is malformed, and is patient with what is merely new."""

from __future__ import annotations

import copy
import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.core.errors import InvalidMessage, UnknownSchema
from bindeledd.core.sealed import Forseglet, Klartekst
from bindeledd.schema.catalog import Catalog, load_catalog
from bindeledd.schema.codec import MAX_BYTES, Codec
from bindeledd.schema.generated import TYPES
from bindeledd.schema.lock import write_lock
from bindeledd.schema.wire import AvroRecord
from tests.unit.schema.small_tree import (
    FILES,
    KONVOLUTT,
    TING,
    TING_SKJEDD,
    TING_V2,
    and_field,
    codec,
    enum,
    envelope,
    field,
    generated_types,
    without_field,
    write_tree,
)
from tests.unit.schema.strategies import envelopes, instances

MARKER = "Ola Plantet Nordmann"
LATER = {"vekt2": 2, "vekt3": 3}  # the defaults of fields that later versions of Del have in a test below
SEALED: Forseglet[Any] = Forseglet("k" * 32, "o" * 32, "notat", b"n" * 12, b"c" * 40)


@dataclasses.dataclass(frozen=True, slots=True)
class Small:
    """The small tree: its catalogue, its classes, its codec, and an event of it."""

    catalog: Catalog
    types: dict[str, type[AvroRecord]]
    codec: Codec
    ting: Any


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    root = tmp_path_factory.mktemp("schemas")
    catalog = load_catalog(write_tree(root))
    types = generated_types(catalog, tmp_path_factory.mktemp("generated"))
    return Small(catalog, types, Codec(catalog, types), a_ting(types))


def a_ting(types: dict[str, Any], **other: Any) -> Any:
    part = types["no.bindeledd.sak.Del"]
    grad = part.from_avro({**LATER, "del": "", "grad": "STOR"}).grad
    values: dict[str, Any] = {
        "hva": "noe",
        "grad": grad,
        "antall": 3,
        "sikkert": True,
        "avtrykk": b"\x00\xff",
        "dag": date(2026, 2, 28),
        "naar": datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC),
        "deler": tuple(part.from_avro({**LATER, "del": name, "grad": None}) for name in ("en", "to")),
        "grader": (grad,),
        "dager": (date(1969, 12, 31), date(1970, 1, 1)),
        "notat": SEALED,
    }
    return types[TING](**{**values, **other})


def assert_silent(error: BaseException) -> None:
    """No value in the error, nor in an error behind it."""
    seen: list[BaseException | None] = [error, error.__cause__, error.__context__]
    assert MARKER not in " ".join(f"{one!r} {one}" for one in seen)
    assert error.__context__ is None


def test_a_record_comes_back_as_it_went_in(small: Small) -> None:
    data = small.codec.encode(envelope(), small.ting)

    assert small.codec.decode(data) == (envelope(), small.ting)


def test_a_record_starts_with_the_mark_and_the_fingerprint_of_its_schema(small: Small) -> None:
    data = small.codec.encode(envelope(), small.ting)

    assert data[:2] == b"\xc3\x01"
    assert data[2:10] == small.catalog.latest[TING].fingerprint


def test_an_event_with_nothing_but_its_envelope_comes_back(small: Small) -> None:
    slutt = small.types["no.bindeledd.sak.TingSlutt"]()
    head = envelope("no.bindeledd.sak.TingSlutt")

    assert small.codec.decode(small.codec.encode(head, slutt)) == (head, slutt)


def test_content_comes_back_under_its_own_fingerprint(small: Small) -> None:
    notat = small.types["no.bindeledd.sak.innhold.Notat"].from_avro({"tekst": "Blåbær"})
    data = small.codec.encode_content(notat)

    assert data[2:10] == small.catalog.latest["no.bindeledd.sak.innhold.Notat"].fingerprint
    assert small.codec.decode_content(data) == notat


def test_the_envelope_can_be_read_alone(small: Small) -> None:
    assert small.codec.peek(small.codec.encode(envelope(), small.ting)) == envelope()


@given(st.data())
def test_every_event_of_the_project_comes_back(real_codec: Codec, real_catalog: Catalog, data: st.DataObject) -> None:
    events = [name for name in TYPES if name in real_catalog.sealed and hasattr(TYPES[name], "sealed_fields")]
    name = data.draw(st.sampled_from(sorted(events)))
    head, event = data.draw(envelopes(name)), data.draw(instances(TYPES[name]))

    encoded = real_codec.encode(head, event)

    assert real_codec.decode(encoded) == (head, event)
    assert real_codec.peek(encoded) == head


@given(st.data())
def test_all_content_of_the_project_comes_back(real_codec: Codec, real_catalog: Catalog, data: st.DataObject) -> None:
    names = sorted(name for name, item in real_catalog.latest.items() if item.file.is_content and name in TYPES)
    content = data.draw(st.sampled_from(names).flatmap(lambda name: instances(TYPES[name])))

    assert real_codec.decode_content(real_codec.encode_content(content)) == content


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("hva", 4, "does not fit"),
        ("hva", None, "does not fit"),
        ("hva", "\ud800", "does not fit"),
        ("grad", "STOR", "str where Grad belongs"),
        ("antall", "3", "str where int belongs"),
        ("antall", True, "bool where int belongs"),
        ("antall", 2**31, "outside 32 bits"),
        ("sum", 2**63, "does not fit"),
        ("sum", 1.0, "float where int belongs"),
        ("sikkert", 1, "int where bool belongs"),
        ("sikkert", MARKER, "str where bool belongs"),
        ("avtrykk", MARKER, "does not fit"),
        ("dag", datetime(2026, 1, 1, tzinfo=UTC), "datetime where date belongs"),
        ("naar", date(2026, 1, 1), "date where datetime belongs"),
        ("naar", datetime(2026, 1, 1), "naive datetime"),  # noqa: DTZ001 - what is to be refused
        ("til", datetime(2026, 1, 1), "naive datetime"),  # noqa: DTZ001 - what is to be refused
        ("til", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "does not fit"),
        ("merker", MARKER, "str where tuple belongs"),
        ("merker", [MARKER], "list where tuple belongs"),
        ("merker", (MARKER, 4), "does not fit"),
        ("deler", (MARKER,), "does not fit"),
        ("dager", (MARKER,), "str where date belongs"),
        ("notat", Klartekst(MARKER), "Klartekst where a sealed value belongs"),
        ("notat", None, "NoneType where a sealed value belongs"),
        ("tillegg", Klartekst(MARKER), "Klartekst where a sealed value belongs"),
        ("tillegg", Forseglet("k", "o", "f", MARKER, b""), "does not fit"),  # type: ignore[arg-type]
    ],
)
def test_a_value_of_the_wrong_type_is_refused_by_field_and_without_the_value(
    small: Small, name: str, value: object, why: str
) -> None:
    with pytest.raises(InvalidMessage, match=why) as refusal:
        small.codec.encode(envelope(), dataclasses.replace(small.ting, **{name: value}))

    assert_silent(refusal.value)
    assert "TingSkjedd" in refusal.value.where


def test_the_refusal_of_a_text_names_the_field(small: Small) -> None:
    with pytest.raises(InvalidMessage) as refusal:
        small.codec.encode(envelope(), dataclasses.replace(small.ting, hva=4))

    assert refusal.value.where == f"{TING}.hva"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hendt", datetime(2026, 1, 1)),  # noqa: DTZ001 - what is to be refused
        ("registrert", None),
        ("version", "1"),
        ("epoch", 2**40),
        ("prev", MARKER),
        ("audience", MARKER),
        ("actor", MARKER),
        ("id", 7),
        ("type", "no.bindeledd.sak.TingSlutt"),
    ],
)
def test_a_wrong_envelope_is_refused(small: Small, name: str, value: object) -> None:
    with pytest.raises(InvalidMessage) as refusal:
        small.codec.encode(envelope()._replace(**{name: value}), small.ting)  # type: ignore[arg-type]

    assert_silent(refusal.value)


def test_an_unknown_key_is_refused(small: Small) -> None:
    class Fremmed:
        avro_name: ClassVar[str] = TING

        def to_avro(self) -> dict[str, object]:
            return {**small.ting.to_avro(), "ukjent": MARKER}

    with pytest.raises(InvalidMessage, match="does not fit") as refusal:
        small.codec.encode(envelope(), Fremmed())

    assert_silent(refusal.value)


def test_a_type_that_the_catalogue_does_not_have_is_refused(small: Small) -> None:
    class Fremmed:
        avro_name: ClassVar[str] = "no.bindeledd.sak.Fremmed"

        def to_avro(self) -> dict[str, object]:
            return {}

    with pytest.raises(InvalidMessage, match="the catalogue does not have"):
        small.codec.encode(envelope("no.bindeledd.sak.Fremmed"), Fremmed())


def test_a_record_that_is_too_large_is_refused_on_the_way_out_and_in(small: Small) -> None:
    large = dataclasses.replace(small.ting, hva="x" * MAX_BYTES)

    with pytest.raises(InvalidMessage, match="more than 65536"):
        small.codec.encode(envelope(), large)
    with pytest.raises(InvalidMessage, match="more than 65536"):
        small.codec.decode(small.codec.encode(envelope(), small.ting) + b"\x00" * MAX_BYTES)


def test_a_record_cut_off_anywhere_is_refused(small: Small) -> None:
    data = small.codec.encode(envelope(), small.ting)

    for length in range(len(data)):
        with pytest.raises(InvalidMessage) as refusal:
            small.codec.decode(data[:length])
        assert not isinstance(refusal.value, UnknownSchema)


def test_a_byte_too_many_is_refused(small: Small) -> None:
    with pytest.raises(InvalidMessage, match="1 bytes too many"):
        small.codec.decode(small.codec.encode(envelope(), small.ting) + b"\x00")


@pytest.mark.parametrize("data", [b"", b"\xc3", b"\xc3\x01" + b"\x00" * 8, b"<xml/>" * 5, b"\xc3\x02" + b"\x00" * 40])
def test_what_is_not_a_single_object_is_refused(small: Small, data: bytes) -> None:
    for read in (small.codec.decode, small.codec.peek, small.codec.decode_content):
        with pytest.raises(InvalidMessage, match="not an Avro single object"):
            read(data)


def test_a_record_whose_envelope_speaks_of_another_type_is_refused(small: Small) -> None:
    data = small.codec.encode(envelope(), small.ting)
    forged = data.replace(b"sak.TingSkjedd", b"sak.TingSkjudd")

    with pytest.raises(InvalidMessage, match="another type than the schema"):
        small.codec.decode(forged)


@given(st.data())
def test_a_record_with_changed_bytes_is_read_or_refused_and_nothing_else(small: Small, data: st.DataObject) -> None:
    original = small.codec.encode(envelope(), dataclasses.replace(small.ting, hva=MARKER))
    broken = bytearray(original)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))

    for read in (small.codec.decode, small.codec.peek, small.codec.decode_content):
        try:
            read(bytes(broken))
        except InvalidMessage as refusal:
            assert_silent(refusal)


@given(st.binary(max_size=200))
def test_no_bytes_after_a_known_fingerprint_make_the_codec_fail(small: Small, body: bytes) -> None:
    for item in small.catalog.latest.values():
        try:
            small.codec.decode(b"\xc3\x01" + item.fingerprint + body)
        except InvalidMessage as refusal:
            assert_silent(refusal)


def test_an_unknown_fingerprint_is_said_to_be_unknown_and_its_envelope_can_still_be_read(small: Small) -> None:
    data = bytearray(small.codec.encode(envelope(), small.ting))
    data[2:10] = b"ukjent!!"

    with pytest.raises(UnknownSchema) as refusal:
        small.codec.decode(bytes(data))

    assert refusal.value.fingerprint == b"ukjent!!".hex()
    assert small.codec.peek(bytes(data)) == envelope()


def test_a_record_of_an_older_version_is_read_into_todays_class(small: Small, tmp_path: Path) -> None:
    data = small.codec.encode(envelope(), small.ting)
    newer = and_field(without_field(TING_SKJEDD, "sum"), field("ny", ["null", "string"], default=None))
    today = load_catalog(write_tree(tmp_path / "schemas", {TING_V2: newer}))

    _, event = codec(today, tmp_path).decode(data)

    assert event.ny is None  # type: ignore[attr-defined]
    assert event.hva == small.ting.hva  # type: ignore[attr-defined]
    assert event.naar == small.ting.naar  # type: ignore[attr-defined]
    assert event.tillegg is None  # type: ignore[attr-defined]


def test_a_record_stays_readable_through_every_new_version_of_a_type_inside_it(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "schemas")
    part = FILES["sak/Del.v1.avsc"]
    parts = [part, *(part := and_field(part, field(f"vekt{n}", "int", default=n)) for n in (2, 3))]

    written = []
    for version, content in enumerate(parts, start=1):
        write_lock(write_tree(root, {f"sak/Del.v{version}.avsc": content}))
        types = generated_types(load_catalog(root), tmp_path / str(version))
        written.append(Codec(load_catalog(root), types).encode(envelope(), a_ting(types)))

    assert len({data[2:10] for data in written}) == 3
    today = generated_types(load_catalog(root), tmp_path / "today")
    for data in written:
        assert Codec(load_catalog(root), today).decode(data) == (envelope(), a_ting(today))


def test_a_record_stays_readable_when_the_envelope_grows(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "schemas")
    write_lock(root)
    before = load_catalog(root)
    types = generated_types(before, tmp_path)
    data = Codec(before, types).encode(envelope(), a_ting(types))

    grown = and_field(KONVOLUTT, field("spor", ["null", "string"], default=None))
    today = Codec(load_catalog(write_tree(root, {"felles/Konvolutt.v2.avsc": grown})), types)

    assert today.decode(data) == (envelope(), a_ting(types))
    assert today.peek(data) == envelope()


def test_an_older_reader_reads_the_beginning_of_a_newer_envelope(small: Small, tmp_path: Path) -> None:
    grown = and_field(KONVOLUTT, field("spor", "string", default="x"))
    newer = load_catalog(write_tree(tmp_path, {"felles/Konvolutt.v2.avsc": grown}))
    body = small.codec.encode(envelope(), small.ting)[10:]

    assert small.codec.peek(b"\xc3\x01" + newer.latest[TING].fingerprint + body) == envelope()


def test_an_envelope_that_speaks_of_no_type_of_ours_is_not_read_alone(small: Small) -> None:
    data = small.codec.encode(envelope(), small.ting).replace(b"no.bindeledd.sak.", b"no.bendeledd.sak.")

    with pytest.raises(InvalidMessage, match="no envelope to read"):
        small.codec.peek(data)


def test_a_newer_symbol_is_read_as_ukjent_once_the_writers_schema_is_known(small: Small, tmp_path: Path) -> None:
    grown = enum("Grad", "LITEN", "STOR", "ENORM", namespace="no.bindeledd")
    newer = load_catalog(write_tree(tmp_path / "schemas", {"felles/Grad.v2.avsc": grown}))
    types = generated_types(newer, tmp_path)
    enorm: Any = types["no.bindeledd.sak.Del"].from_avro({"del": "", "grad": "ENORM"})
    data = Codec(newer, types).encode(envelope(), a_ting(types, grad=enorm.grad, grader=()))
    reader = Codec(small.catalog, small.types)

    with pytest.raises(UnknownSchema):
        reader.decode(data)
    learned = reader.learn(newer.latest[TING].schema)
    _, event = reader.decode(data)

    assert learned == newer.latest[TING].fingerprint.hex()
    assert event.grad == "UKJENT"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "schema",
    [{}, {"type": "record"}, {"type": "record", "name": "no.bindeledd.Fremmed", "fields": []}, {"name": TING}],
)
def test_what_is_no_schema_of_a_known_type_is_not_learned(small: Small, schema: dict[str, Any]) -> None:
    with pytest.raises(InvalidMessage, match="not a schema of a type that is known here"):
        small.codec.learn(copy.deepcopy(schema))


def test_a_shredded_value_keeps_its_place(small: Small) -> None:
    shredded = dataclasses.replace(small.ting, notat=Forseglet("", "o" * 32, "notat", b"", b""))

    _, event = small.codec.decode(small.codec.encode(envelope(), shredded))

    assert event.notat.makulert  # type: ignore[attr-defined]
    assert event == shredded
    assert event != small.ting
