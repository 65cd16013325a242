"""The archive: what was sealed is what was written, whatever anybody does to it, and it goes on from where it ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bindeledd.core.errors import InvalidMessage
from bindeledd.ops import archive
from bindeledd.ops.archive import Checked, archived, check, expire, frames, in_archive, write
from bindeledd.seal.note import Keys
from bindeledd.store import log
from tests.prøvetjeneste import CODEC, NOTAT
from tests.unit.proof.anlegg import NØKKEL, Anlegg

NØKLER = Keys([NØKKEL.public])


@pytest.fixture(autouse=True)
def små_segmenter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "SEGMENT_RECORDS", 3)


@pytest.fixture
def anlegg(tmp_path: Path) -> Anlegg:
    return et_anlegg(tmp_path / "data", "a", "b", "a", "c", "a")


def et_anlegg(data: Path, *strømmer: str) -> Anlegg:
    data.mkdir()
    made = Anlegg(data)
    made.skriv(*strømmer)
    return made


@pytest.fixture
def mappe(tmp_path: Path) -> Path:
    return tmp_path / "arkiv" / "skriver" / NOTAT


def arkiver(anlegg: Anlegg, mappe: Path) -> int:
    with anlegg.lageret() as db:
        return write("skriver", NOTAT, db, mappe, CODEC, NØKLER, lambda _: None)


def sjekk(mappe: Path) -> Checked:
    return check(mappe, CODEC, NØKLER, lambda _: None)


def postene(anlegg: Anlegg) -> list[bytes]:
    with anlegg.lageret() as db:
        return [data for _, data in log.read_topic(db, "skriver", NOTAT, 0, 1000)]


def test_what_is_archived_is_what_was_written_and_it_goes_on_from_there(anlegg: Anlegg, mappe: Path) -> None:
    assert arkiver(anlegg, mappe) == 5
    assert arkiver(anlegg, mappe) == 0
    anlegg.skriv("b", "d")
    assert arkiver(anlegg, mappe) == 2
    assert [(s.first, s.last) for s in archived(mappe).segments] == [(1, 3), (4, 5), (6, 7)]
    assert [found.data for found in in_archive(mappe, NOTAT)] == postene(anlegg)
    assert sjekk(mappe).line().endswith("7 records: holds")


def test_a_segment_is_read_by_others_without_anything_of_ours(anlegg: Anlegg, mappe: Path) -> None:
    arkiver(anlegg, mappe)
    ramme = pl.scan_parquet(mappe / "*.parquet").collect()
    assert ramme["data"].to_list() == postene(anlegg)
    assert ramme["version"].to_list() == [1, 1, 2, 1, 3]


def test_what_has_not_been_signed_waits(anlegg: Anlegg, mappe: Path) -> None:
    anlegg.skriv("x", signer=False)
    assert arkiver(anlegg, mappe) == 5


def hver_byte(fil: Path) -> Iterator[int]:
    """The file with one byte changed, each in turn; then as it was."""
    fil.chmod(0o640)
    før = fil.read_bytes()
    for nr in range(len(før)):
        fil.write_bytes(før[:nr] + bytes([før[nr] ^ 1]) + før[nr + 1 :])
        yield nr
    fil.write_bytes(før)


def test_no_byte_of_a_segment_or_of_the_manifest_can_be_changed_unseen(tmp_path: Path, mappe: Path) -> None:
    arkiver(et_anlegg(tmp_path / "data", "a", "b"), mappe)
    (fil,) = mappe.glob("*.parquet")
    for nr in hver_byte(fil):
        assert "a segment was changed" in sjekk(mappe).bad, nr
    for nr in hver_byte(mappe / archive.MANIFEST):
        assert sjekk(mappe).bad, nr
    assert not sjekk(mappe).bad


def test_what_reads_the_archive_is_given_nothing_of_a_segment_that_was_changed(anlegg: Anlegg, mappe: Path) -> None:
    arkiver(anlegg, mappe)
    next(hver_byte(min(mappe.glob("*.parquet"))))
    with pytest.raises(InvalidMessage, match="a segment was changed"):
        list(frames(mappe))


def forfalsk(mappe: Path, nr: int, hvordan: pl.Expr) -> None:
    """Somebody writes a segment anew, and its hash into the manifest."""
    there = archived(mappe)
    segment = there.segments[nr]
    (fil := there.path(segment)).chmod(0o640)
    pl.read_parquet(fil).with_columns(hvordan).write_parquet(fil)
    segmenter = [*there.segments]
    segmenter[nr] = replace(segment, sha256=archive._sealed(fil))
    archive._save(archive.Archive(mappe, there.checkpoint, tuple(segmenter)))


def test_a_segment_that_was_written_anew_with_its_hash_does_not_hold(anlegg: Anlegg, mappe: Path) -> None:
    arkiver(anlegg, mappe)
    forfalsk(mappe, 0, pl.all().reverse())
    assert "not those that were archived" in sjekk(mappe).bad


def test_a_column_that_says_something_else_than_its_record_does_not_hold(anlegg: Anlegg, mappe: Path) -> None:
    arkiver(anlegg, mappe)
    forfalsk(mappe, 0, pl.col("registrert").dt.offset_by("1d"))
    assert "says something else than its record" in sjekk(mappe).bad


@pytest.mark.parametrize(
    ("hva", "ventet"),
    [("siste", "checkpoint"), ("midten", "missing"), ("alle", "missing"), ("manifest", "no manifest")],
)
def test_what_was_taken_away_shows(anlegg: Anlegg, mappe: Path, hva: str, ventet: str) -> None:
    arkiver(anlegg, mappe)
    anlegg.skriv("e")
    arkiver(anlegg, mappe)
    manifest = mappe / archive.MANIFEST
    said = json.loads(manifest.read_text("utf-8"))
    match hva:
        case "siste":
            said["segments"].pop()
            manifest.write_text(json.dumps(said), "utf-8")
        case "midten":
            (mappe / said["segments"][1]["file"]).unlink()
        case "alle":
            for fil in mappe.glob("*.parquet"):
                fil.unlink()
        case _:
            manifest.write_text("{}", "utf-8")
    assert ventet in sjekk(mappe).bad
    if ventet == "missing":
        with pytest.raises(InvalidMessage, match=ventet):
            list(frames(mappe))


def test_a_checkpoint_of_nobody_we_know_does_not_hold(anlegg: Anlegg, mappe: Path) -> None:
    arkiver(anlegg, mappe)
    assert check(mappe, CODEC, Keys([b"x" * 32]), lambda _: None).bad


def test_what_is_left_holds_when_the_oldest_are_removed(anlegg: Anlegg, mappe: Path) -> None:
    arkiver(anlegg, mappe)
    first = archived(mappe).segments[0]
    assert expire(mappe, datetime.fromisoformat(first.until)) == 0
    assert expire(mappe, datetime.fromisoformat(first.until) + timedelta(microseconds=1)) == 3
    assert expire(mappe, datetime.max.replace(tzinfo=datetime.fromisoformat(first.until).tzinfo)) == 0
    found = sjekk(mappe)
    assert (found.records, found.gone, found.bad) == (2, 3, "")
    anlegg.skriv("f")
    assert arkiver(anlegg, mappe) == 1
    assert not sjekk(mappe).bad


def test_a_log_that_is_another_one_is_not_archived_behind_the_first(
    anlegg: Anlegg, mappe: Path, tmp_path: Path
) -> None:
    arkiver(anlegg, mappe)
    annet = et_anlegg(tmp_path / "annet", "a", "b", "c", "d", "e", "f", "g")
    with pytest.raises(InvalidMessage, match="does not go on"):
        arkiver(annet, mappe)
    assert not sjekk(mappe).bad


def test_what_a_kill_left_half_written_is_cleared_away(anlegg: Anlegg, mappe: Path) -> None:
    arkiver(anlegg, mappe)
    anlegg.skriv("g", "h")
    for navn in ("000000000006-000000000007.new", "000000000006-000000000006.parquet"):
        (mappe / navn).write_bytes(b"half")
    assert arkiver(anlegg, mappe) == 2
    assert [found.data for found in in_archive(mappe, NOTAT)] == postene(anlegg)
    assert sorted(fil.name for fil in mappe.glob("*.*")) == sorted(
        [archive.MANIFEST, *(segment.file for segment in archived(mappe).segments)]
    )


def test_segments_without_their_manifest_are_not_touched(anlegg: Anlegg, mappe: Path) -> None:
    arkiver(anlegg, mappe)
    (mappe / archive.MANIFEST).unlink()
    før = sorted(mappe.iterdir())
    with pytest.raises(InvalidMessage, match="no manifest"):
        arkiver(anlegg, mappe)
    assert sorted(mappe.iterdir()) == før != []


def test_an_archive_under_another_logs_name_does_not_hold(anlegg: Anlegg, mappe: Path) -> None:
    arkiver(anlegg, mappe)
    annet = mappe.rename(mappe.with_name("skriver.annet"))
    assert "another log's" in sjekk(annet).bad


def test_a_log_that_lost_its_end_is_not_archived(anlegg: Anlegg, mappe: Path) -> None:
    anlegg.sett("DELETE FROM log WHERE position = 5")
    with pytest.raises(InvalidMessage, match="lost its end"):
        arkiver(anlegg, mappe)
