"""The catalogue reads a whole schema folder, and says which file is wrong, how, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bindeledd.schema.catalog import Catalog, SealedField, load_catalog
from bindeledd.schema.expand import fingerprint_of
from bindeledd.schema.findings import SchemaError
from tests.unit.schema.small_tree import (
    CATALOG,
    FILES,
    TING,
    TING_FILE,
    TING_SKJEDD,
    and_field,
    changed,
    enum,
    event,
    field,
    record,
    with_field,
    without_field,
    write_tree,
)

NOTAT_FILE = "sak/innhold/Notat.v1.avsc"


def test_a_service_sees_the_topics_it_owns_and_those_it_reads(tmp_path: Path) -> None:
    catalog = load_catalog(write_tree(tmp_path))

    assert [topic.name for topic in catalog.topics_owned_by("sak")] == ["sak.ting"]
    assert [topic.name for topic in catalog.topics_read_by("arkiv")] == ["sak.ting"]
    assert catalog.topics_read_by("sak") == ()


def test_the_sealed_fields_of_an_event_are_read_from_its_schema(tmp_path: Path) -> None:
    catalog = load_catalog(write_tree(tmp_path))

    notat = "no.bindeledd.sak.innhold.Notat"
    assert catalog.sealed[TING] == (
        SealedField("notat", notat, is_optional=False),
        SealedField("tillegg", notat, is_optional=True),
    )


def test_any_number_of_sealed_values_may_stand_in_one_field(tmp_path: Path) -> None:
    notat = "no.bindeledd.sak.innhold.Notat"
    flere = field("notater", {"type": "array", "items": "no.bindeledd.Forseglet"}, innhold=notat, default=[])
    catalog = load_catalog(write_tree(tmp_path, {TING_FILE: and_field(TING_SKJEDD, flere)}))

    assert SealedField("notater", notat, is_optional=False) in catalog.sealed[TING]


def test_the_fingerprint_is_that_of_the_avro_specification() -> None:
    # The specification's own test vector: "int" has the CRC-64-AVRO 0x7275d51a3f395c8f.
    assert fingerprint_of("int") == 0x7275D51A3F395C8F.to_bytes(8, "little")


def test_an_older_version_keeps_its_fingerprint_and_the_newest_is_written_with(tmp_path: Path) -> None:
    first = load_catalog(write_tree(tmp_path)).latest[TING]

    newer = and_field(TING_SKJEDD, field("ny", ["null", "string"], default=None))
    catalog = load_catalog(write_tree(tmp_path, {"sak/TingSkjedd.v2.avsc": newer}))

    assert catalog.latest[TING].file.version == 2
    assert catalog.by_fingerprint[first.fingerprint].file.version == 1
    assert catalog.by_fingerprint[catalog.latest[TING].fingerprint].file.version == 2


def test_the_project_has_a_topic_for_every_event_and_nobody_reads_a_topic_of_a_service_that_is_not_there(
    real_catalog: Catalog,
) -> None:
    owners = {topic.owner for topic in real_catalog.topics.values()}
    readers = {reader for topic in real_catalog.topics.values() for reader in topic.readers}
    assert readers <= owners


def test_what_the_project_seals_is_content_and_what_is_content_is_sealed_somewhere(real_catalog: Catalog) -> None:
    sealed = {field.innhold for fields in real_catalog.sealed.values() for field in fields}
    content = {name for name, item in real_catalog.latest.items() if item.file.is_content}
    inside = {name for item in real_catalog.latest.values() if item.file.is_content for name in item.uses} - sealed
    assert content <= sealed | inside


def _refused(root: Path) -> str:
    with pytest.raises(SchemaError) as refusal:
        load_catalog(root)
    for finding in refusal.value.findings:
        assert finding.file
        assert finding.reason
        assert finding.fix
    return str(refusal.value)


@pytest.mark.parametrize(
    ("file", "content", "where", "why"),
    [
        ("sak/Ting.avsc", FILES["sak/Del.v1.avsc"], "sak/Ting.avsc", "the file name is not"),
        ("Del.v1.avsc", FILES["sak/Del.v1.avsc"], "Del.v1.avsc", "wrong folder"),
        ("sak/dypt/nede/Del.v1.avsc", FILES["sak/Del.v1.avsc"], "sak/dypt", "wrong folder"),
        ("sak/Annet.v1.avsc", FILES["sak/Del.v1.avsc"], "sak/Annet.v1.avsc", "holds no.bindeledd.sak.Del where"),
        ("sak/TingSkjedd.v3.avsc", TING_SKJEDD, "sak/TingSkjedd", "version 2 is missing"),
        (TING_FILE, changed(TING_SKJEDD, type="fixed"), TING_FILE, "the type is 'fixed'"),
        (TING_FILE, changed(TING_SKJEDD, aliases=["Gammel"]), TING_FILE, "unknown key 'aliases'"),
        (TING_FILE, changed(TING_SKJEDD, fields=[]), TING_FILE, "without fields"),
        (TING_FILE, and_field(TING_SKJEDD, field("kjønn", "string")), TING_FILE, "field name 'kjønn'"),
        (TING_FILE, and_field(TING_SKJEDD, field("hva", "string")), TING_FILE, "hva stands twice"),
        (TING_FILE, and_field(TING_SKJEDD, field("date", "string")), "field date", "taken"),
        (TING_FILE, and_field(TING_SKJEDD, field("x", "double")), "field x", "not used in the contract"),
        (TING_FILE, and_field(TING_SKJEDD, field("x", {"type": "map", "values": "int"})), "field x", "not used"),
        (TING_FILE, and_field(TING_SKJEDD, field("x", ["string", "null"])), "field x", "not used"),
        (TING_FILE, and_field(TING_SKJEDD, field("x", {"type": "array", "items": ["null", "int"]})), "x", "inside"),
        (TING_FILE, and_field(TING_SKJEDD, field("x", ["null", ["null", "int"]])), "field x", "inside"),
        (TING_FILE, and_field(TING_SKJEDD, field("x", enum("Ny", "A"))), "field x", "defined inside another"),
        (TING_FILE, and_field(TING_SKJEDD, field("x", "no.bindeledd.sak.Borte")), "field x", "has no file"),
        (TING_FILE, and_field(TING_SKJEDD, field("x", "string", default=None)), "field x", "default does not fit"),
        (TING_FILE, and_field(TING_SKJEDD, field("x", "int", default=True)), "field x", "default does not fit"),
        (TING_FILE, and_field(TING_SKJEDD, field("x", "no.bindeledd.Grad", default="HULL")), "field x", "HULL"),
        (TING_FILE, and_field(TING_SKJEDD, field("x", "string", order="ignore")), "field x", "unknown key 'order'"),
        (TING_FILE, with_field(TING_SKJEDD, "notat", innhold=None), "field notat", "what is sealed in it"),
        (TING_FILE, with_field(TING_SKJEDD, "notat", innhold=TING), "field notat", "no content record"),
        (TING_FILE, with_field(TING_SKJEDD, "hva", innhold=TING), "field hva", "not sealed"),
        (
            TING_FILE,
            and_field(TING_SKJEDD, field("x", "no.bindeledd.sak.innhold.Notat")),
            "field x",
            "in the clear, which is sealed content",
        ),
        ("felles/Grad.v1.avsc", changed(FILES["felles/Grad.v1.avsc"], default="LITEN"), "Grad", "default to UKJENT"),
        ("felles/Grad.v1.avsc", changed(FILES["felles/Grad.v1.avsc"], symbols=["LITEN"]), "Grad", "UKJENT"),
        ("felles/Grad.v1.avsc", enum("Grad", "STØRST", namespace="no.bindeledd"), "Grad", "'STØRST' is not a name"),
        ("felles/Grad.v1.avsc", enum("Grad", "title", namespace="no.bindeledd"), "Grad", "taken by Python"),
        ("sak/Ring.v1.avsc", record("Ring", field("r", "no.bindeledd.sak.Ring")), "sak/Ring", "part of"),
        ("annen/Sin.v1.avsc", record("Sin", field("d", "no.bindeledd.sak.Del"), namespace="no.bindeledd.annen"),
         "annen/Sin", "another service"),
        ("sak/Glemt.v1.avsc", event("Glemt"), "sak/Glemt", "no topic carries"),
        (NOTAT_FILE, and_field(FILES[NOTAT_FILE], field("f", "no.bindeledd.Forseglet", innhold=TING)),
         "field f", "not a field of an event"),
    ],
)  # fmt: skip
def test_a_broken_file_is_refused_by_name_and_reason(
    tmp_path: Path, file: str, content: dict[str, Any], where: str, why: str
) -> None:
    message = _refused(write_tree(tmp_path, {file: content}))

    assert where in message
    assert why in message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[topic", "not TOML"),
        (CATALOG + "\n[stroem.x]\n", "unknown table [stroem]"),
        (CATALOG.replace('owner = "sak"\n', ""), "a key is missing or unknown"),
        (CATALOG + "kompakt = true\n", "a key is missing or unknown"),
        (CATALOG.replace('["arkiv"]', '["sak"]'), "the owner reads its own log already"),
        (CATALOG.replace('["arkiv"]', '"arkiv"'), "readers is not a list"),
        (CATALOG.replace("retention_days = 0", "retention_days = -1"), "not a number of days"),
        (CATALOG.replace("TingSlutt", "TingBorte"), "no.bindeledd.sak.TingBorte is not an event"),
        (CATALOG.replace("TingSlutt", "Del"), "no.bindeledd.sak.Del is not an event"),
        (CATALOG.replace("TingSlutt", "TingSkjedd"), "each stands once"),
    ],
)
def test_a_broken_catalogue_is_refused_with_the_reason(tmp_path: Path, text: str, why: str) -> None:
    message = _refused(write_tree(tmp_path, catalog=text))

    assert message.startswith("catalog.toml")
    assert why in message


def test_a_file_that_is_not_json_is_refused_by_name(tmp_path: Path) -> None:
    write_tree(tmp_path)
    (tmp_path / "sak" / "Del.v1.avsc").write_text("{", encoding="utf-8")

    assert "sak/Del.v1.avsc: not JSON" in _refused(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "no schema files here" in _refused(tmp_path)


def test_every_broken_file_is_named_at_once(tmp_path: Path) -> None:
    broken = {TING_FILE: without_field(TING_SKJEDD, "konvolutt") | {"fields": []}, "sak/Del.v1.avsc": {"type": "map"}}

    message = _refused(write_tree(tmp_path, broken))

    assert TING_FILE in message
    assert "sak/Del.v1.avsc" in message
