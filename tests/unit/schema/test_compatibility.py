"""A change that would break a program which upgrades on another day is refused with the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bindeledd.schema.compatibility import check
from bindeledd.schema.lock import write_lock
from tests.unit.schema.small_tree import (
    AKTOER,
    FILES,
    INSTANT,
    KONVOLUTT,
    TING_FILE,
    TING_SKJEDD,
    TING_V2,
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

Json = dict[str, Any]
NOTAT = FILES["sak/innhold/Notat.v1.avsc"]
GRAD = FILES["felles/Grad.v1.avsc"]
SEALED = {"type": "no.bindeledd.Forseglet", "innhold": "no.bindeledd.sak.innhold.Notat"}


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """The small tree, published."""
    write_lock(write_tree(tmp_path))
    return tmp_path


def findings(root: Path, changes: dict[str, Json]) -> list[tuple[str, str]]:
    """File and reason of each finding, but for those that only say that the change is not published yet."""
    found = check(write_tree(root, changes))
    assert all(one.fix for one in found)
    return [(one.file, one.reason) for one in found if "not published" not in one.reason]


def test_the_small_tree_may_be_relied_on(published: Path) -> None:
    assert check(published) == []


def test_the_projects_own_schemas_may_be_relied_on(schemas: Path) -> None:
    assert check(schemas) == []


@pytest.mark.parametrize(
    ("file", "newer"),
    [
        (TING_V2, and_field(TING_SKJEDD, field("ny", ["null", "string"], default=None))),
        (TING_V2, and_field(TING_SKJEDD, field("ny", "no.bindeledd.Grad", default="UKJENT"))),
        (TING_V2, and_field(TING_SKJEDD, field("ny", {"type": "array", "items": "string"}, default=[]))),
        (TING_V2, without_field(TING_SKJEDD, "til")),
        (TING_V2, without_field(TING_SKJEDD, "tillegg")),
        (TING_V2, changed(TING_SKJEDD, doc="Said better.")),
        ("felles/Grad.v2.avsc", changed(GRAD, symbols=["ENORM", *GRAD["symbols"]])),
        ("felles/Konvolutt.v2.avsc", and_field(KONVOLUTT, field("spor", ["null", "string"], default=None))),
        ("sak/innhold/Notat.v2.avsc", and_field(NOTAT, field("skrevet", ["null", INSTANT], default=None))),
    ],
)
def test_a_change_that_both_sides_survive_is_allowed(published: Path, file: str, newer: Json) -> None:
    assert findings(published, {file: newer}) == []


@pytest.mark.parametrize(
    ("file", "newer", "why"),
    [
        (TING_V2, and_field(TING_SKJEDD, field("ny", "string")), "reader_field_missing_default_value at /fields/16"),
        (TING_V2, without_field(TING_SKJEDD, "hva"), "cannot be read with v1: reader_field_missing_default_value"),
        (TING_V2, with_field(TING_SKJEDD, "hva", type="long"), "type_mismatch"),
        (TING_V2, with_field(TING_SKJEDD, "antall", type="long"), "the field antall has another type since v1"),
        (TING_V2, with_field(TING_SKJEDD, "hva", type="bytes"), "the field hva has another type since v1"),
        (TING_V2, with_field(TING_SKJEDD, "avtrykk", type="string"), "the field avtrykk has another type since v1"),
        (TING_V2, with_field(TING_SKJEDD, "dag", type="int"), "the field dag has another type since v1"),
        (TING_V2, with_field(TING_SKJEDD, "sum", type=INSTANT, default=None), "the default does not fit"),
        (TING_V2, with_field(TING_SKJEDD, "hva", **SEALED), "the field hva has gone from clear to sealed since v1"),
        ("felles/Grad.v2.avsc", enum("Grad", "LITEN", namespace="no.bindeledd"), "the symbol STOR is gone since v1"),
        ("sak/Del.v2.avsc", enum("Del", "A"), "the type is of another kind since v1"),
        ("sak/innhold/Notat.v2.avsc", with_field(NOTAT, "tekst", type="bytes"), "the field tekst has another type"),
        ("sak/innhold/Notat.v2.avsc", and_field(NOTAT, field("ny", "string")), "reader_field_missing_default_value"),
        ("felles/Aktoer.v2.avsc", and_field(AKTOER, field("ny", "string")), "reader_field_missing_default_value"),
    ],
)
def test_a_breaking_change_is_refused_with_the_reason(published: Path, file: str, newer: Json, why: str) -> None:
    assert why in " | ".join(reason for _, reason in findings(published, {file: newer}))


def test_sealed_going_clear_is_refused(published: Path) -> None:
    newer = with_field(TING_SKJEDD, "notat", type="string")
    newer["fields"] = [
        {k: v for k, v in one.items() if one["name"] != "notat" or k != "innhold"} for one in newer["fields"]
    ]

    assert (TING_V2, "the field notat has gone from sealed to clear since v1") in findings(published, {TING_V2: newer})


def test_sealing_something_else_under_the_same_name_is_refused(published: Path) -> None:
    other = record("Annet", field("tall", "int"), namespace="no.bindeledd.sak.innhold")
    newer = with_field(TING_SKJEDD, "notat", innhold="no.bindeledd.sak.innhold.Annet")

    found = findings(published, {"sak/innhold/Annet.v1.avsc": other, TING_V2: newer})

    notat, annet = "no.bindeledd.sak.innhold.Notat", "no.bindeledd.sak.innhold.Annet"
    assert found == [(TING_V2, f"the field notat seals {annet} instead of {notat} since v1")]


def test_versions_are_compared_with_all_before_them_and_not_only_the_last(published: Path) -> None:
    second = without_field(TING_SKJEDD, "til")
    third = and_field(second, field("til", ["null", "string"], default=None))

    found = findings(published, {TING_V2: second, "sak/TingSkjedd.v3.avsc": third})

    assert ("sak/TingSkjedd.v3.avsc", "the field til has another type since v1") in found


def test_the_envelope_may_grow_at_its_end_only(published: Path) -> None:
    grown = and_field(KONVOLUTT, field("spor", ["null", "string"], default=None))
    grown["fields"].insert(0, grown["fields"].pop())

    found = findings(published, {"felles/Konvolutt.v2.avsc": grown})

    assert ("felles/Konvolutt.v2.avsc", "the envelope changed before its end since v1") in found


@pytest.mark.parametrize("name", ["foedselsnummer", "pasient_fnr", "etternavn", "diagnose", "kontakt_telefon"])
def test_a_field_that_would_hold_a_persons_data_in_the_clear_is_refused(published: Path, name: str) -> None:
    ny = event("TingSlutt", field(name, ["null", "string"], default=None))

    found = findings(published, {"sak/TingSlutt.v2.avsc": ny})

    assert found == [("sak/TingSlutt.v2.avsc", f"the field {name} would hold a person's data in the clear")]


def test_the_same_field_is_welcome_in_sealed_content(published: Path) -> None:
    newer = and_field(NOTAT, field("etternavn", "string", default=""))

    assert findings(published, {"sak/innhold/Notat.v2.avsc": newer}) == []


def test_a_folder_that_cannot_be_read_is_a_finding_and_not_a_crash(published: Path) -> None:
    assert findings(published, {TING_FILE: {"type": "map"}}) == [(TING_FILE, "the type is 'map'")]
