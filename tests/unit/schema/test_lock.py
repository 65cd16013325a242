"""What has been published never changes, and what was written with it stays readable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bindeledd.schema.catalog import load_catalog
from bindeledd.schema.findings import SchemaError
from bindeledd.schema.lock import check_lock, read_lock, write_lock
from tests.unit.schema.small_tree import (
    FILES,
    TING,
    TING_FILE,
    TING_SKJEDD,
    TING_V2,
    and_field,
    changed,
    field,
    with_field,
    write_tree,
)

DEL = FILES["sak/Del.v1.avsc"]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """The small tree, published."""
    write_lock(write_tree(tmp_path))
    return tmp_path


def reasons(root: Path) -> list[str]:
    return [f"{one.file}: {one.reason}" for one in check_lock(root)]


def test_what_is_new_must_be_published_before_it_is_relied_on(tmp_path: Path) -> None:
    write_tree(tmp_path)
    assert f"{TING_FILE}: not published in lock.json" in reasons(tmp_path)

    lines = write_lock(tmp_path)

    assert any(line.startswith(f"{TING} v1 ") for line in lines)
    assert reasons(tmp_path) == []


def test_publishing_twice_changes_nothing(published: Path) -> None:
    before = (published / "lock.json").read_bytes()

    assert write_lock(published) == []
    assert (published / "lock.json").read_bytes() == before


def test_the_lock_lists_the_fingerprint_that_records_are_written_with(published: Path) -> None:
    fingerprint = load_catalog(published).latest[TING].fingerprint.hex()

    assert read_lock(published)[TING]["1"]["fingerprints"] == {fingerprint: {}}


@pytest.mark.parametrize(
    "edited",
    [
        with_field(TING_SKJEDD, "hva", default="annet"),
        and_field(TING_SKJEDD, field("ny", ["null", "string"], default=None)),
        with_field(TING_SKJEDD, "dag", type="int"),
    ],
)
def test_a_published_file_that_is_changed_is_refused_and_nothing_is_written(
    published: Path, edited: dict[str, Any]
) -> None:
    before = (published / "lock.json").read_bytes()
    write_tree(published, {TING_FILE: edited})

    assert f"{TING_FILE}: published, and changed since" in reasons(published)
    with pytest.raises(SchemaError, match="write it as v2"):
        write_lock(published)
    assert (published / "lock.json").read_bytes() == before


def test_documentation_may_be_said_better(published: Path) -> None:
    write_tree(published, {TING_FILE: changed(with_field(TING_SKJEDD, "hva", doc="Better"), doc="Better still.")})

    assert reasons(published) == []


def test_a_published_file_that_is_gone_is_refused(published: Path) -> None:
    slutt = "no.bindeledd.sak.TingSlutt"
    write_tree(published, {"sak/TingSlutt.v1.avsc": None})
    catalog = (published / "catalog.toml").read_text(encoding="utf-8").replace(f', "{slutt}"', "")
    (published / "catalog.toml").write_text(catalog, encoding="utf-8")

    assert reasons(published) == [f"lock.json: {slutt} v1 is published, and its file is gone"]
    with pytest.raises(SchemaError, match="its file is gone"):
        load_catalog(published)


def test_a_new_version_of_a_part_publishes_a_new_fingerprint_and_keeps_the_old(published: Path) -> None:
    old = load_catalog(published).latest[TING].fingerprint
    write_tree(published, {"sak/Del.v2.avsc": and_field(DEL, field("vekt", "int", default=1))})
    assert f"{TING_FILE}: not published in lock.json" in reasons(published)

    write_lock(published)

    new = load_catalog(published)
    assert read_lock(published)[TING]["1"]["fingerprints"] == {
        old.hex(): {},
        new.latest[TING].fingerprint.hex(): {"no.bindeledd.sak.Del": 2},
    }
    assert new.by_fingerprint[old].uses["no.bindeledd.sak.Del"] == 1


def test_starting_afresh_forgets_what_was_published(published: Path) -> None:
    write_tree(published, {TING_FILE: with_field(TING_SKJEDD, "hva", default="annet")})

    write_lock(published, afresh=True)

    assert reasons(published) == []


def test_a_new_version_is_published_beside_the_old(published: Path) -> None:
    write_tree(published, {TING_V2: and_field(TING_SKJEDD, field("ny", ["null", "string"], default=None))})

    write_lock(published)

    assert sorted(read_lock(published)[TING]) == ["1", "2"]


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}', '{"a": {"1": {"sha256": "x"}}}'])
def test_a_lock_that_is_not_one_is_refused(published: Path, text: str) -> None:
    (published / "lock.json").write_text(text, encoding="utf-8")

    with pytest.raises(SchemaError, match="not a lock file"):
        check_lock(published)


def test_the_lock_is_written_so_that_a_person_can_compare_two_of_them(published: Path) -> None:
    text = (published / "lock.json").read_text(encoding="utf-8")

    assert text.endswith("}\n")
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert text.count("\n") > 20
