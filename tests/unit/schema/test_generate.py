"""The generated classes are what the schemas say, and what is checked in is what would be generated."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path
from typing import Any

import pytest

from bindeledd.schema.catalog import Catalog, load_catalog
from bindeledd.schema.findings import SchemaError
from bindeledd.schema.generate import drift, generate, write_generated
from bindeledd.schema.generated import TYPES
from bindeledd.schema.model import AKTOER, FORSEGLET, KONVOLUTT, Record
from tests.unit.schema.small_tree import (
    TING,
    TING_SKJEDD,
    TING_V2,
    and_field,
    field,
    generated_types,
    record,
    write_tree,
)


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    catalog = load_catalog(write_tree(tmp_path_factory.mktemp("schemas")))
    return dict(generated_types(catalog, tmp_path_factory.mktemp("generated")))


def test_what_is_checked_in_is_what_the_schemas_say(real_catalog: Catalog) -> None:
    assert drift(real_catalog) == [], "run `bindeledd schemas generate` and check in what it writes"


def test_every_record_of_the_project_has_a_class_under_its_name(real_catalog: Catalog) -> None:
    by_hand = {KONVOLUTT, AKTOER, FORSEGLET}
    records = {name for name, item in real_catalog.latest.items() if isinstance(item.file.definition, Record)}
    assert set(TYPES) == records - by_hand
    assert {name: cls.avro_name for name, cls in TYPES.items()} == {name: name for name in TYPES}


def test_every_generated_class_is_frozen_slotted_and_has_its_documentation() -> None:
    for cls in TYPES.values():
        assert cls.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert hasattr(cls, "__slots__")
        assert not cls.__doc__ or not cls.__doc__.startswith(f"{cls.__name__}(")


def test_a_class_has_the_fields_of_its_schema_without_the_envelope(types: dict[str, Any]) -> None:
    names = [one.name for one in dataclasses.fields(types[TING])]

    assert names == [one["name"] for one in TING_SKJEDD["fields"][1:]]
    assert types[TING].sealed_fields == ("notat", "tillegg")


def test_defaults_come_from_the_schema_and_what_has_none_must_be_given(types: dict[str, Any]) -> None:
    parameters = inspect.signature(types[TING]).parameters
    defaults = {name: one.default for name, one in parameters.items() if one.default is not inspect.Parameter.empty}

    assert defaults == {"grad": "UKJENT", "sum": 0, "til": None, "merker": (), "tillegg": None}
    assert all(one.kind is inspect.Parameter.KEYWORD_ONLY for one in parameters.values())


def test_a_field_named_as_a_word_of_python_gets_a_tail_in_python_only(types: dict[str, Any]) -> None:
    part = types["no.bindeledd.sak.Del"](del_="en", grad=None)

    assert part.to_avro() == {"del": "en", "grad": None}


def test_an_event_cannot_be_changed(types: dict[str, Any]) -> None:
    part = types["no.bindeledd.sak.Del"](del_="en", grad=None)

    with pytest.raises(dataclasses.FrozenInstanceError):
        part.del_ = "to"


def test_a_stream_has_a_union_of_what_it_holds(tmp_path: Path) -> None:
    source = generate(load_catalog(write_tree(tmp_path)))["sak.py"]

    assert "TingStroem = (\n    TingSkjedd\n    | TingSlutt\n)" in source


def test_a_changed_schema_is_seen_as_drift_and_written_again(tmp_path: Path) -> None:
    folder = tmp_path / "generated"
    before = load_catalog(write_tree(tmp_path / "schemas"))
    assert write_generated(before, folder) == ["__init__.py", "felles.py", "sak.py"]
    assert drift(before, folder) == []

    newer = and_field(TING_SKJEDD, field("ny", ["null", "string"], default=None))
    after = load_catalog(write_tree(tmp_path / "schemas", {TING_V2: newer}))

    assert drift(after, folder) == ["sak.py"]
    assert write_generated(after, folder) == ["sak.py"]
    assert "ny: str | None = None" in (folder / "sak.py").read_text(encoding="utf-8")


def test_a_module_that_no_schema_stands_behind_is_removed(tmp_path: Path) -> None:
    catalog = load_catalog(write_tree(tmp_path / "schemas"))
    folder = tmp_path / "generated"
    write_generated(catalog, folder)
    (folder / "gammel.py").write_text("", encoding="utf-8")

    assert write_generated(catalog, folder) == ["gammel.py"]
    assert not (folder / "gammel.py").exists()


def test_two_types_that_would_be_one_class_are_refused(tmp_path: Path) -> None:
    twin = record("Notat", field("x", "string"))

    with pytest.raises(SchemaError, match="would be one class"):
        generate(load_catalog(write_tree(tmp_path, {"sak/Notat.v1.avsc": twin})))


def test_text_in_a_schemas_documentation_cannot_become_code(tmp_path: Path) -> None:
    doc = 'Ends here """\nimport os\n"""\\'
    evil = {**record("Ond", field("x", "string", doc=doc)), "doc": doc}
    catalog = load_catalog(write_tree(tmp_path / "schemas", {"sak/Ond.v1.avsc": evil}))

    loaded = generated_types(catalog, tmp_path)

    assert "os" not in vars(inspect.getmodule(loaded["no.bindeledd.sak.Ond"]))
