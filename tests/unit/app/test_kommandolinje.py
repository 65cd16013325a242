"""The command line: what it says, to whom, and with which exit code."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.main import get_command

from bindeledd.app import cli
from bindeledd.app.folder import claim
from services.samhandling.plo.skriv import lag_innlagt
from tests.meldinger import NÅ, med_tekst, sending
from tests.unit.app.conftest import Kjør

GRUPPER = {"quarantine", "schemas", "keys", "topics", "proof", "archive", "report"}
KOMMANDOER = [
    *(name for name in get_command(cli.app).commands if name not in GRUPPER),  # type: ignore[attr-defined]
    *(f"quarantine {name}" for name in ("list", "show", "retry", "skip")),
    *(f"schemas {name}" for name in ("check", "generate", "lock", "register", "asyncapi")),
    "keys shred",
    "keys give",
    "topics apply",
    "proof key",
    "proof trust",
    "proof export",
    "report forum",
    *(f"archive {name}" for name in ("write", "verify", "expire")),
]


@pytest.fixture
def melding(tmp_path: Path) -> Path:
    """A message file."""
    fil = tmp_path / "inn" / "innlagt.xml"
    fil.parent.mkdir()
    fil.write_bytes(lag_innlagt(sending(), tid=NÅ))
    return fil


@pytest.fixture
def data(tmp_path: Path, melding: Path, kjør: Kjør) -> Path:
    """A data folder with one message taken in."""
    assert kjør("mottak", melding, "--data", tmp_path / "data").kode == 0
    return tmp_path / "data"


@pytest.mark.parametrize("kommando", KOMMANDOER)
def test_every_command_has_help_with_an_example_and_its_exit_codes(kjør: Kjør, kommando: str) -> None:
    hjelp = kjør(*kommando.split(), "--help")
    assert hjelp.kode == 0
    text = " ".join(hjelp.ut.split())
    assert f"Example: bindeledd {kommando}" in text
    assert "Exit codes: 0 done" in text


def test_an_unknown_command_is_exit_code_2(kjør: Kjør) -> None:
    assert kjør("finnes-ikke").kode == 2


# -- mottak ---------------------------------------------------------------------------------------------------------


def test_a_message_file_gives_one_json_object_with_the_fields_of_the_contract(
    kjør: Kjør, melding: Path, tmp_path: Path
) -> None:
    svar = kjør("mottak", melding, "--data", tmp_path / "data", "--apprec", tmp_path / "kvitt", "--json")
    (linje,) = svar.linjer
    rad = json.loads(linje)
    assert svar.kode == 0
    assert set(rad) == {
        "file", "sha256", "type", "msg_id", "outcome", "reason", "warnings", "opphold_ref", "apprec",
    }  # fmt: skip
    assert (rad["type"], rad["outcome"], rad["reason"]) == ("LOG_INNLAGT", "positive", None)
    assert Path(rad["apprec"]).read_bytes().startswith(b"<?xml")


def test_the_same_file_again_is_a_duplicate_with_the_same_receipt(kjør: Kjør, melding: Path, tmp_path: Path) -> None:
    receipts = []
    for outcome in ("positive", "duplicate"):
        svar = kjør("mottak", melding, "--data", tmp_path / "data", "--apprec", tmp_path / outcome, "--json")
        rad = json.loads(svar.ut)
        assert rad["outcome"] == outcome
        receipts.append(Path(rad["apprec"]).read_bytes())
    assert receipts[0] == receipts[1]


def test_a_refused_message_is_handled_and_says_why(kjør: Kjør, tmp_path: Path) -> None:
    fil = tmp_path / "tull.xml"
    fil.write_bytes(b"<tull/>")
    svar = kjør("mottak", fil, "--data", tmp_path / "data", "--json")
    rad = json.loads(svar.ut)
    assert (svar.kode, rad["outcome"]) == (0, "negative")
    assert rad["reason"]["text"]


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_taken_in(
    kjør: Kjør, melding: Path, tmp_path: Path
) -> None:
    svar = kjør("mottak", tmp_path / "finnes-ikke.xml", melding, "--data", tmp_path / "data")
    assert svar.kode == 1
    assert "unreadable" in svar.linjer[0]
    assert "positive" in svar.linjer[1]


def test_a_repeated_message_has_its_warnings_as_warnings_and_no_reason(
    kjør: Kjør, melding: Path, tmp_path: Path
) -> None:
    første, igjen = (json.loads(kjør("mottak", melding, "--data", tmp_path / "d", "--json").ut) for _ in range(2))
    assert (første["outcome"], igjen["outcome"]) == ("positive", "duplicate")
    oppsettet, *om_meldingen = første["warnings"]
    assert "satt opp" in oppsettet  # told once: it is about us, and not kept with the message
    assert om_meldingen
    assert (igjen["warnings"], igjen["reason"]) == (om_meldingen, None)


def test_a_file_larger_than_a_message_is_not_read_whole_and_the_others_are_taken_in(
    kjør: Kjør, melding: Path, tmp_path: Path
) -> None:
    stor = tmp_path / "stor.xml"
    with stor.open("wb") as fil:
        fil.truncate(3 * 1024**3)
    før = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    svar = kjør("mottak", stor, melding, "--data", tmp_path / "data")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - før < 200 * 1024
    assert svar.kode == 1
    assert "larger than" in svar.linjer[0]
    assert "positive" in svar.linjer[1]


@pytest.mark.parametrize("navn", ["x" * 251 + ".xml", os.fsdecode(b"\xff\xe6.xml")], ids=["long", "not UTF-8"])
def test_a_file_with_an_odd_name_is_taken_in_with_its_receipt(
    kjør: Kjør, melding: Path, tmp_path: Path, navn: str
) -> None:
    try:
        fil = melding.rename(melding.with_name(navn))
    except OSError:
        pytest.skip("this disk has no such names")
    svar = kjør("mottak", fil, "--data", tmp_path / "data", "--apprec", tmp_path / "kvitt")
    assert (svar.kode, len(list((tmp_path / "kvitt").iterdir()))) == (0, 1)
    assert "positive" in svar.ut


def test_one_message_that_leads_to_too_much_does_not_stop_the_others(kjør: Kjør, melding: Path, tmp_path: Path) -> None:
    stor = lag_innlagt(sending(msg_id="stor"), tid=NÅ)
    (melding.parent / "a.xml").write_bytes(med_tekst(stor, "OrganisationName", "S" * 700_000))
    svar = kjør("mottak", melding.parent, "--data", tmp_path / "data")
    assert svar.kode == 0
    assert "negative" in svar.linjer[0]
    assert "positive" in svar.linjer[1]


def test_a_folder_means_its_xml_files_in_order(kjør: Kjør, melding: Path, tmp_path: Path) -> None:
    (melding.parent / "a.xml").write_bytes(b"<tull/>")
    (melding.parent / "annet.txt").write_text("ikke en melding")
    svar = kjør("mottak", melding.parent, "--data", tmp_path / "data")
    assert [Path(linje.split(":")[0]).name for linje in svar.linjer] == ["a.xml", "innlagt.xml"]


def test_no_line_holds_anything_of_the_patient(kjør: Kjør, melding: Path, tmp_path: Path) -> None:
    svar = kjør("mottak", melding, "--data", tmp_path / "data", "--json")
    pasient = sending().pasient
    for merke in (pasient.etternavn, pasient.fornavn, pasient.identer[0].id):
        assert merke not in svar.ut + svar.sagt


def test_a_folder_in_use_is_exit_code_3_and_says_what_to_do(kjør: Kjør, melding: Path, tmp_path: Path) -> None:
    with closing(claim(tmp_path / "data")):
        svar = kjør("mottak", melding, "--data", tmp_path / "data")
    assert (svar.kode, svar.ut) == (3, "")
    assert "Stop it first, or name another folder with --data" in svar.sagt


# -- verify, rebuild, utsnitt ---------------------------------------------------------------------------------------


def test_whole_logs_are_exit_code_0_and_a_broken_one_is_1_with_its_position(kjør: Kjør, data: Path) -> None:
    assert kjør("verify", "--data", data).kode == 0
    with closing(sqlite3.connect(data / "samhandling.db")) as db, db:
        db.execute("DELETE FROM log WHERE position = 2")
    svar = kjør("verify", "--data", data, "--json")
    funnet = {rad["service"]: rad for rad in map(json.loads, svar.linjer) if "topic" not in rad}
    assert svar.kode == 1
    assert funnet["samhandling"]["bad"]["position"] == 3


def test_verify_tells_of_services_whose_files_are_gone_also_when_all_are(kjør: Kjør, data: Path) -> None:
    (data / "samhandling.db").unlink()
    svar = kjør("verify", "--data", data)
    assert svar.kode == 1
    assert "samhandling: 0 records in 0 streams: BAD at position 1: the store is missing" in svar.ut
    for fil in set(data.glob("*.db")) - {data / "keyring.db"}:
        fil.unlink()
    svar = kjør("verify", "--data", data)
    assert (svar.kode, "samhandling" in svar.ut) == (1, True)


def test_a_rebuild_of_what_is_whole_changes_nothing(kjør: Kjør, data: Path) -> None:
    svar = kjør("rebuild", "--data", data, "--json")
    assert svar.kode == 0
    assert [json.loads(linje)["drifted"] for linje in svar.linjer] == [[]] * 5


def test_a_rebuild_names_what_had_drifted(kjør: Kjør, data: Path) -> None:
    with closing(sqlite3.connect(data / "web.db")) as db, db:
        db.execute("DELETE FROM stream_head")
    svar = kjør("rebuild", "web", "--data", data)
    assert (svar.kode, svar.linjer) == (1, [svar.linjer[0]])
    assert "differed: stream_head" in svar.ut
    assert kjør("rebuild", "web", "--data", data).kode == 0


def test_a_rebuild_refuses_a_log_whose_last_record_was_changed_and_names_it(kjør: Kjør, data: Path) -> None:
    with closing(sqlite3.connect(data / "samhandling.db")) as db, db:
        (position,) = db.execute("SELECT MAX(position) FROM log WHERE topic = 'samhandling.opphold'").fetchone()
        db.execute(
            "UPDATE log SET data = CAST(substr(data, 1, length(data) - 1) || x'02' AS BLOB) WHERE position = ?",
            (position,),
        )
        heads = db.execute("SELECT * FROM stream_head ORDER BY stream").fetchall()
    svar = kjør("rebuild", "--data", data)
    assert svar.kode == 1
    assert f"samhandling: REFUSED, nothing was replaced. Position {position}" in svar.ut
    assert "web: " in svar.ut
    with closing(sqlite3.connect(data / "samhandling.db")) as db:
        assert db.execute("SELECT * FROM stream_head ORDER BY stream").fetchall() == heads


def test_an_unknown_service_is_refused_with_those_there_are(kjør: Kjør, data: Path) -> None:
    svar = kjør("rebuild", "finnes-ikke", "--data", data)
    assert svar.kode == 3
    assert "samhandling" in svar.sagt


def test_what_a_party_has_been_given_is_shown_with_its_seals_closed(kjør: Kjør, data: Path) -> None:
    rader = [json.loads(linje) for linje in kjør("utsnitt", "innbygger", "--data", data, "--json").linjer]
    stay = next(rad for rad in rader if rad["kind"].endswith("OppholdUtsnitt"))
    assert stay["facts"]["sted"] == "(sealed)"
    assert stay["facts"]["grunn"]["grunnlag"] == "S"


def test_as_of_a_moment_before_there_was_anything_a_party_had_nothing(kjør: Kjør, data: Path) -> None:
    svar = kjør("utsnitt", "innbygger", "--som-av", "2001-01-01T00:00:00+01:00", "--data", data)
    assert (svar.kode, svar.ut) == (0, "")


@pytest.mark.parametrize("moment", ["i går", "2026-03-01T12:00:00"])
def test_a_moment_needs_its_offset(kjør: Kjør, data: Path, moment: str) -> None:
    assert kjør("utsnitt", "innbygger", "--som-av", moment, "--data", data).kode == 2


def test_an_unknown_party_is_a_wrong_command_line(kjør: Kjør, data: Path) -> None:
    assert kjør("utsnitt", "finnes-ikke", "--data", data).kode == 2


def test_a_refresh_of_what_is_up_to_date_appends_nothing(kjør: Kjør, data: Path) -> None:
    before = kjør("verify", "--data", data).ut
    assert kjør("utsnitt", "innbygger", "--oppfrisk", "--data", data).kode == 0
    assert kjør("verify", "--data", data).ut == before


@pytest.mark.parametrize(
    "kommando",
    [
        "verify",
        "rebuild",
        "utsnitt innbygger",
        "quarantine list",
        "quarantine retry web ab",
        "keys shred --yes --person x",
    ],
)
def test_where_there_is_no_data_a_command_says_so_and_makes_none(kjør: Kjør, tmp_path: Path, kommando: str) -> None:
    svar = kjør(*kommando.split(), "--data", tmp_path / "tom")
    assert svar.kode == 3
    assert "Name the data folder with --data" in svar.sagt
    assert not (tmp_path / "tom").exists()


# -- quarantine, keys, schemas --------------------------------------------------------------------------------------


def test_nothing_parked_is_an_empty_list(kjør: Kjør, data: Path) -> None:
    svar = kjør("quarantine", "list", "--data", data)
    assert (svar.kode, svar.ut) == (0, "")


def test_a_skip_without_a_reason_is_a_wrong_command_line(kjør: Kjør, data: Path) -> None:
    assert kjør("quarantine", "skip", "web", "ab", "--data", data).kode == 2


def test_shredding_a_person_leaves_the_chains_whole_and_the_content_gone(kjør: Kjør, data: Path) -> None:
    with closing(sqlite3.connect(data / "keyring.db")) as db:
        (person,) = db.execute("SELECT DISTINCT person_ref FROM data_key WHERE person_ref IS NOT NULL").fetchone()
    svar = kjør("keys", "shred", "--person", person, "--yes", "--data", data, "--json")
    assert svar.kode == 0
    assert json.loads(svar.ut)["keys"] > 3
    with closing(sqlite3.connect(data / "keyring.db")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (0,)
    assert kjør("verify", "--data", data).kode == 0
    assert kjør("rebuild", "--data", data).kode == 0
    assert kjør("keys", "shred", "--person", person, "--yes", "--data", data).kode == 3


@pytest.mark.parametrize("hva", [[], ["--person", "a", "--stream", "b"]])
def test_what_to_shred_is_one_thing(kjør: Kjør, data: Path, hva: list[str]) -> None:
    assert kjør("keys", "shred", *hva, "--yes", "--data", data).kode == 3


def test_the_schemas_that_came_with_us_hold(kjør: Kjør) -> None:
    svar = kjør("schemas", "check")
    assert (svar.kode, svar.ut) == (0, "")


def test_a_schema_folder_with_something_wrong_is_exit_code_1_and_says_what(kjør: Kjør, tmp_path: Path) -> None:
    (tmp_path / "felles").mkdir()
    (tmp_path / "felles" / "Tull.v1.avsc").write_text("{}")
    svar = kjør("schemas", "check", "--schemas", tmp_path, "--json")
    assert svar.kode == 1
    assert json.loads(svar.linjer[0])["file"] == "felles/Tull.v1.avsc"


def test_the_asyncapi_document_names_every_topic_with_its_avro_schemas(kjør: Kjør) -> None:
    document = json.loads(kjør("schemas", "asyncapi").ut)
    assert document["asyncapi"] == "3.0.0"
    assert "samhandling.opphold" in document["channels"]
    message = document["components"]["messages"]["no.bindeledd.samhandling.PasientInnlagt"]
    schema = message["payload"]["schema"]
    assert (schema["namespace"], schema["name"]) == ("no.bindeledd.samhandling", "PasientInnlagt")
    for channel in document["channels"].values():
        for reference in channel["messages"].values():
            assert reference["$ref"].rpartition("/")[2] in document["components"]["messages"]


def test_what_nobody_foresaw_tells_only_its_kind_and_place(
    kjør: Kjør, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("Kari Synteseprøve")

    monkeypatch.setattr("bindeledd.app.stores.store_files", broken)
    svar = kjør("verify", "--data", tmp_path)
    assert svar.kode == 4
    assert "KeyError" in svar.sagt
    assert "Kari" not in svar.sagt
