"""What is proved of an audited topic: to us, who say where it first does not hold, and to an outsider with one key."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature

from bindeledd.core.errors import InvalidMessage
from bindeledd.ops.proof import verify_tree
from bindeledd.ops.rebuild import rebuild
from bindeledd.ops.verify import Bad, verify_one
from bindeledd.seal.note import Checkpoint, Keys, Signer, opened, public_key
from bindeledd.store import checkpoints, tiles
from bindeledd.store.sqlite import SqliteDb
from tests.crash.filer import ROT
from tests.prøvetjeneste import CODEC, NOTAT, satt_opp, skriver
from tests.unit.proof.anlegg import FRØ, LOGG, NØKKEL, UTENFOR, Anlegg, utenfor

SEKS = ("ab", "cd", "ab", "ef", "cd", "gh")


@pytest.fixture
def på_fil(tmp_path: Path) -> Anlegg:
    """Six notes in four streams, with a checkpoint of the first four and one of all."""
    made = Anlegg(tmp_path)
    made.skriv(*SEKS[:4])
    made.skriv(*SEKS[4:])
    return made


@pytest.fixture
def anlegg(trinn: str, på_fil: Anlegg) -> Anlegg:
    """The same, on each rung: by the time that it is made, its folder is on that."""
    assert trinn
    return på_fil


def feil(anlegg: Anlegg, *vitner: str) -> tuple[int, str]:
    found = anlegg.funnet(*vitner).bad
    assert found is not None
    return found.position, found.why


def test_what_was_written_is_in_the_tree_and_holds_on_each_rung(trinn: str, tmp_path: Path) -> None:
    anlegg = Anlegg(tmp_path)
    anlegg.skriv(*SEKS[:4])
    first = anlegg.siste()
    anlegg.skriv(*SEKS[4:])
    found = anlegg.funnet(first)
    assert (found.records, found.checkpoints, found.bad) == (6, 2, None)
    assert utenfor(tmp_path, anlegg.bunt(1, 6, før=first))[0] == 0
    anlegg.sett("UPDATE log SET data = (SELECT data FROM log WHERE position = 5) WHERE position = 2")
    assert feil(anlegg)[0] == 2, trinn


def test_nothing_new_is_signed_once(på_fil: Anlegg) -> None:
    before = på_fil.fil.read_bytes()
    på_fil.skriv()
    assert på_fil.fil.read_bytes() == before
    assert [opened(note, [NØKKEL.public]).size for note in checkpoints.read(på_fil.fil)] == [4, 6]


@pytest.mark.parametrize(
    ("sql", "position", "why"),
    [
        ("UPDATE log SET data = 'annet' WHERE position = 3", 3, "position 3 was changed"),
        ("DELETE FROM log WHERE position = 3", 3, "position 3 was removed"),
        ("DELETE FROM log WHERE position = 6", 6, "the end was cut off"),
        ("UPDATE log SET writer = 'en annen' WHERE position = 2", 2, "position 2 was removed"),
        ("UPDATE log SET topic = 'skriver.annet' WHERE position = 4", 4, "position 4 was removed"),
        ("UPDATE log SET position = 9 WHERE position = 2", 2, "position 2 was removed"),
    ],
)
def test_what_was_done_and_where_first_is_told(anlegg: Anlegg, sql: str, position: int, why: str) -> None:
    anlegg.sett(sql)
    sted, sagt = feil(anlegg)
    assert sted == position
    assert why in sagt


def test_records_that_changed_places_are_told_from_the_first(anlegg: Anlegg) -> None:
    for fra, til in ((2, 99), (5, 2), (99, 5)):
        anlegg.sett("UPDATE log SET position = ? WHERE position = ?", til, fra)
    assert feil(anlegg)[0] == 2
    assert "records were moved" in feil(anlegg)[1]


def test_a_record_that_was_put_in_is_told(anlegg: Anlegg) -> None:
    for posisjon in (6, 5, 4):
        anlegg.sett("UPDATE log SET position = ? WHERE position = ?", posisjon + 1, posisjon)
    anlegg.sett("INSERT INTO log SELECT 4, writer, topic, 'zz', 99, version, data FROM log WHERE position = 1")
    assert feil(anlegg)[0] == 4


def test_whoever_makes_the_tree_anew_too_is_found_by_the_checkpoints(anlegg: Anlegg) -> None:
    anlegg.sett("UPDATE log SET data = ? WHERE position = 5", b"annet")
    anlegg.sett("DELETE FROM tile")
    assert feil(anlegg) == (5, feil(anlegg)[1])
    assert "a record at the positions 5 to 6" in feil(anlegg)[1]
    anlegg.skriv("ij")
    assert "a record at the positions 5 to 6" in feil(anlegg)[1]
    assert len([*checkpoints.read(anlegg.fil)]) == 2, "what does not go on from the last checkpoint is not signed"


def test_an_end_cut_off_with_tree_and_checkpoint_is_found_by_the_file_and_by_a_witness(anlegg: Anlegg) -> None:
    eldre, nyeste = checkpoints.read(anlegg.fil)
    for sql in ("DELETE FROM log WHERE position > 4", "DELETE FROM tile"):
        anlegg.sett(sql)
    anlegg.sett("UPDATE meta SET value = ? WHERE name LIKE 'checkpoint:%'", eldre)
    assert "the end was cut off" in feil(anlegg)[1]
    anlegg.fil.unlink()
    assert anlegg.funnet().bad is None, "all that was kept here was changed alike"
    assert "the end was cut off" in feil(anlegg, nyeste)[1]


def test_an_older_checkpoint_in_the_place_of_the_last_is_told(anlegg: Anlegg) -> None:
    eldre, _ = checkpoints.read(anlegg.fil)
    anlegg.sett("UPDATE meta SET value = ? WHERE name LIKE 'checkpoint:%'", eldre)
    sted, sagt = feil(anlegg)
    assert (sted, "swapped or removed" in sagt) == (6, True)
    anlegg.sett("DELETE FROM meta WHERE name LIKE 'checkpoint:%'")
    assert "swapped or removed" in feil(anlegg)[1]


def test_a_checkpoint_that_was_changed_is_told_at_what_the_one_before_it_does_not_cover(anlegg: Anlegg) -> None:
    hele = anlegg.fil.read_text("utf-8")
    anlegg.fil.write_text(hele.replace("\n6\n", "\n5\n"), "utf-8")
    sted, sagt = feil(anlegg)
    assert (sted, "signature does not hold" in sagt) == (5, True)
    anlegg.sett("UPDATE log SET data = ? WHERE position = 2", b"annet")
    assert feil(anlegg)[0] == 2, "what is first is told"


def test_a_checkpoint_of_another_key_or_another_log_is_told(anlegg: Anlegg) -> None:
    said = opened(anlegg.siste(), [NØKKEL.public])
    fremmed = Signer(b"f" * 32).sign(said)
    assert "not signed by a key that is known here" in feil(anlegg, fremmed)[1]
    annen = NØKKEL.sign(Checkpoint("bindeledd/4601/leser/skriver.notat", said.size, said.root))
    assert "another log's" in feil(anlegg, annen)[1]


def test_a_stored_tree_that_was_changed_is_no_fault_of_the_log(på_fil: Anlegg) -> None:
    with på_fil.lageret() as db:
        data = next(tiles.level_of(db, NOTAT, 0))[1]
    på_fil.sett("UPDATE tile SET data = ?", data[:100] + b"\x00" + data[101:])
    assert "The log is right: run `bindeledd rebuild`" in feil(på_fil)[1]
    with closing(SqliteDb(på_fil.mappe / "skriver.db")) as db:
        rebuild(db, skriver(), CODEC)
    på_fil.skriv()
    assert på_fil.funnet().bad is None


def test_a_node_above_the_leaves_that_was_changed_is_found(tmp_path: Path) -> None:
    anlegg = Anlegg(tmp_path)
    anlegg.skriv(*["ab"] * 300)
    assert anlegg.funnet().bad is None
    anlegg.sett("UPDATE tile SET data = ? WHERE level = 1", bytes(tiles.ENTRY_BYTES))
    assert "the stored tree was changed above" in feil(anlegg)[1]


def endret(verdi: Any) -> Iterator[Any]:
    """What a stored value becomes when one of its bytes is changed, each in turn; of a number, one of its bits."""
    match verdi:
        case int():
            yield from (verdi ^ 1 << bit for bit in range(7, 63, 8))
        case str():
            yield from (verdi[:nr] + chr(ord(tegn) ^ 1) + verdi[nr + 1 :] for nr, tegn in enumerate(verdi))
        case _:
            yield from (verdi[:nr] + bytes([verdi[nr] ^ 1]) + verdi[nr + 1 :] for nr in range(len(verdi)))


LAGRET = {
    ("log", "position"): ("position", "writer", "topic", "stream", "begins", "version", "data"),
    ("tile", "level"): ("data",),
    ("meta", "name"): ("value",),
}
"""What the log, its tree and its last checkpoint are in the store: by table and what names a row. A tile that is not
where it belongs is made anew."""


def test_no_byte_of_the_log_the_tree_or_a_checkpoint_can_be_changed_unseen(tmp_path: Path) -> None:
    (anlegg := Anlegg(tmp_path)).skriv("ab", "cd")
    anlegg.skriv("ab")
    nøkler, leste = anlegg.nøkler, list(checkpoints.read(anlegg.fil))

    def funnet(db: SqliteDb, alt: list[str]) -> Bad | None:
        bad = verify_tree("skriver", NOTAT, db, alt, nøkler).bad
        return bad or verify_one("skriver", {"skriver": db}, CODEC).bad

    with closing(SqliteDb(anlegg.mappe / "skriver.db")) as db:
        db.run("PRAGMA synchronous = OFF")
        assert funnet(db, leste) is None
        for (tabell, navn), kolonner in LAGRET.items():
            der = "WHERE name LIKE 'checkpoint:%'" if tabell == "meta" else ""
            for kolonne in kolonner:
                sett = f"UPDATE {tabell} SET {kolonne} = ? WHERE {navn} = ?"
                for rad, verdi in db.all(f"SELECT {navn}, {kolonne} FROM {tabell} {der}"):
                    for ny in endret(verdi):
                        db.run(sett, (ny, rad))
                        bad = funnet(db, leste)
                        assert bad is not None, (tabell, kolonne, rad, ny)
                        assert (tabell, kolonne) != ("log", "data") or bad.position == rad
                        db.run(sett, (verdi, ny if kolonne == navn else rad))
        hele = anlegg.fil.read_bytes()
        for byte in endret(hele):
            anlegg.fil.write_bytes(byte)
            assert funnet(db, list(checkpoints.read(anlegg.fil))) is not None, byte
        assert funnet(db, leste) is None


def test_no_byte_of_what_an_outsider_was_given_can_be_changed_unseen(på_fil: Anlegg) -> None:
    """The records, what proves them, what proves that the log goes on, the checkpoints and the handing over."""
    eldre = på_fil.siste()
    på_fil.skriv("ij", nøkkel=NY, forrige=NØKKEL)
    på_fil.skriv("kl", nøkkel=NY)
    skript = run_path(str(ROT / "tools/check_proof.py"))

    def holder(data: bytes) -> bool:
        try:
            return bool(skript["check"](json.loads(data), UTENFOR))
        except (skript["DoesNotHoldError"], InvalidSignature, ValueError, KeyError, TypeError, AttributeError):
            return False

    skrevet = json.dumps(på_fil.bunt(2, før=eldre), indent=1).encode()
    assert holder(skrevet)
    for nr in range(len(skrevet)):
        assert not holder(skrevet[:nr] + bytes([skrevet[nr] ^ 1]) + skrevet[nr + 1 :]), skrevet[nr - 20 : nr + 5]


def test_an_outsider_checks_records_with_one_key_and_nothing_of_ours(anlegg: Anlegg, tmp_path: Path) -> None:
    eldre, _ = checkpoints.read(anlegg.fil)
    kode, sagt = utenfor(tmp_path, anlegg.bunt(2, 5, før=eldre))
    assert (kode, sagt.splitlines()) == (0, [
        "record 1 of 6 is what was signed", "record 4 of 6 is what was signed",
        "the log of 6 records begins with all of the older one's 4, unchanged",
    ])  # fmt: skip
    kode, sagt = utenfor(tmp_path, anlegg.bunt())
    assert (kode, sagt) == (0, "all 6 records are those that were signed, in their order, and there are no others\n")


def test_an_outsider_finds_what_was_changed_in_what_they_were_given(på_fil: Anlegg, tmp_path: Path) -> None:
    eldre, nyeste = checkpoints.read(på_fil.fil)
    noen, alle = på_fil.bunt(2, 5, før=eldre), på_fil.bunt()
    byttet = [*alle["records"][1::-1], *alle["records"][2:]]
    fra = noen["goes_on_from"]
    for bunt in (
        {**noen, "records": [{**noen["records"][0], "record": alle["records"][3]["record"]}]},
        {**noen, "records": [{**noen["records"][0], "index": 2}]},
        {**noen, "records": [{**noen["records"][0], "path": noen["records"][0]["path"][1:]}]},
        {**noen, "goes_on_from": {**fra, "path": fra["path"][1:]}},
        {**noen, "checkpoint": eldre, "goes_on_from": {**fra, "checkpoint": nyeste}},
        {**alle, "records": alle["records"][:-1]},
        {**alle, "records": byttet},
        {**alle, "checkpoint": nyeste.replace("\n6\n", "\n7\n")},
        {},
    ):
        kode, sagt = utenfor(tmp_path, bunt)
        assert (kode, sagt.startswith("DOES NOT HOLD: ")) == (1, True)
    assert utenfor(tmp_path, alle, UTENFOR.replace("4601", "4602"))[0] == 1


def test_where_a_persons_keys_were_destroyed_all_holds_as_before(anlegg: Anlegg, tmp_path: Path) -> None:
    before = anlegg.bunt(1, 6)
    with satt_opp(anlegg.mappe, skriver(), seed=next(FRØ)) as oppsatt:
        assert oppsatt.keyring.shred_person("person")
    assert anlegg.funnet().bad is None
    assert anlegg.bunt(1, 6) == before
    assert utenfor(tmp_path, anlegg.bunt())[0] == 0


def test_what_no_checkpoint_reaches_is_not_given_out(på_fil: Anlegg) -> None:
    på_fil.skriv("ab", signer=False)
    with pytest.raises(InvalidMessage, match="the tree has no record there"):
        på_fil.bunt(7)
    assert len(på_fil.bunt()["records"]) == 6


def test_a_checkpoint_that_was_half_written_is_cut_off_and_the_next_stands_whole(på_fil: Anlegg) -> None:
    hele = på_fil.fil.read_bytes()
    for lengde in (1, 40, 120, len(hele) // 2 - 1):
        på_fil.fil.write_bytes(hele + hele[:lengde])
        på_fil.skriv("ab")
        assert på_fil.fil.read_bytes().startswith(hele)
        assert på_fil.funnet().bad is None
        hele = på_fil.fil.read_bytes()


NY, FREMMED = Signer(b"n" * 32), Signer(b"f" * 32)


def test_a_key_that_the_one_before_it_vouches_for_goes_on_and_an_outsider_needs_the_first_one_only(
    anlegg: Anlegg, tmp_path: Path
) -> None:
    eldre = anlegg.siste()
    anlegg.skriv("ij", nøkkel=NY, forrige=NØKKEL)
    anlegg.skriv("kl", nøkkel=NY)
    assert (anlegg.funnet(eldre).records, anlegg.funnet(eldre).bad) == (8, None)
    assert opened(anlegg.siste(), [NY.public]).size == 8
    bunt = anlegg.bunt(1, 8, før=eldre)
    assert utenfor(tmp_path, bunt)[0] == 0
    assert utenfor(tmp_path, {**bunt, "goes_on_from": bunt["goes_on_from"], "keys": []})[0] == 1
    uten_eldre = {navn: verdi for navn, verdi in bunt.items() if navn != "goes_on_from"}
    assert utenfor(tmp_path, uten_eldre, public_key(LOGG, NY.public))[0] == 0, "who was given the new key"


def test_a_key_that_nobody_vouched_for_signs_nothing_and_what_it_signed_elsewhere_is_refused(
    på_fil: Anlegg, tmp_path: Path
) -> None:
    before = på_fil.fil.read_bytes()
    på_fil.skriv("ij", nøkkel=FREMMED)
    på_fil.skriv("kl", nøkkel=FREMMED, forrige=NY)
    assert på_fil.fil.read_bytes() == before
    på_fil.skriv("mn")
    said = opened(på_fil.siste(), [NØKKEL.public])
    stjålet = FREMMED.sign(said)
    assert "not signed by a key that is known" in feil(på_fil, stjålet)[1]
    bunt = på_fil.bunt()
    assert utenfor(tmp_path, {**bunt, "checkpoint": stjålet})[0] == 1
    falsk = FREMMED.sign(replace(said, successor=FREMMED.public))
    assert utenfor(tmp_path, {**bunt, "keys": [falsk], "checkpoint": stjålet})[0] == 1
    checkpoints.append(checkpoints.handovers_of(på_fil.mappe, "skriver", NOTAT), falsk)
    with pytest.raises(InvalidMessage, match="not signed by a key that is known"):
        på_fil.funnet()


def test_a_key_that_has_handed_over_signs_for_no_more_records_and_hands_over_to_nobody_else(
    på_fil: Anlegg, tmp_path: Path
) -> None:
    på_fil.skriv("ij", nøkkel=NY, forrige=NØKKEL)
    på_fil.skriv("kl", nøkkel=NY)
    said = opened(på_fil.siste(), [NY.public])
    stjålet = NØKKEL.sign(said)
    assert "had handed the log over" in feil(på_fil, stjålet)[1]
    assert utenfor(tmp_path, {**på_fil.bunt(), "checkpoint": stjålet})[0] == 1
    til_annen = NØKKEL.sign(Checkpoint(LOGG, 6, said.root, FREMMED.public), FREMMED)
    checkpoints.append(checkpoints.handovers_of(på_fil.mappe, "skriver", NOTAT), til_annen)
    with pytest.raises(InvalidMessage, match="to two others"):
        på_fil.funnet()


def test_the_first_key_left_where_it_lay_hands_the_log_over_to_no_third_one_and_the_proof_still_holds(
    på_fil: Anlegg,
) -> None:
    på_fil.skriv("ij", nøkkel=NY, forrige=NØKKEL)
    før = på_fil.fil.read_bytes()
    på_fil.skriv("kl", nøkkel=FREMMED, forrige=NØKKEL)
    assert (på_fil.fil.read_bytes(), på_fil.funnet().bad) == (før, None)
    på_fil.skriv("mn", nøkkel=FREMMED, forrige=NY)
    assert (opened(på_fil.siste(), [FREMMED.public]).size, på_fil.funnet().bad) == (9, None)


def test_a_key_that_was_named_and_did_not_sign_itself_is_handed_nothing(på_fil: Anlegg, tmp_path: Path) -> None:
    alene = NØKKEL.sign(replace(opened(på_fil.siste(), [NØKKEL.public]), successor=FREMMED.public))
    with pytest.raises(InvalidMessage, match="not signed by a key"):
        Keys([NØKKEL.public], [alene])
    assert utenfor(tmp_path, {**på_fil.bunt(), "keys": [alene]})[0] == 1


def test_a_handover_holds_whatever_the_log_holds_and_is_the_last_checkpoint_until_the_next(på_fil: Anlegg) -> None:
    tom = Anlegg(på_fil.mappe / "tom")
    tom.mappe.mkdir()
    tom.skriv()
    tom.skriv(nøkkel=NY, forrige=NØKKEL)
    assert (tom.funnet().checkpoints, tom.funnet().bad) == (1, None)
    tom.skriv("ab", nøkkel=NY)
    assert tom.funnet().bad is None
    på_fil.skriv(nøkkel=NY, forrige=NØKKEL)
    assert opened(på_fil.siste(), [NØKKEL.public]) == opened(på_fil.siste(), [NY.public])
    assert (opened(på_fil.siste(), [NY.public]).size, på_fil.funnet().bad) == (6, None)


def test_a_new_key_that_somebody_trusts_though_the_first_one_is_lost_goes_on(på_fil: Anlegg) -> None:
    på_fil.skriv("ij", nøkkel=NY)
    assert opened(på_fil.siste(), [NØKKEL.public]).size == 6
    checkpoints.remember_public(på_fil.mappe, NY.public)
    på_fil.skriv(nøkkel=NY)
    assert (opened(på_fil.siste(), [NY.public]).size, på_fil.funnet().bad) == (7, None)


def test_a_restored_log_is_told_until_somebody_says_that_it_was_restored(på_fil: Anlegg, tmp_path: Path) -> None:
    for name in ("skriver.db", "keyring.db"):
        shutil.copy(på_fil.mappe / name, tmp_path / f"{name}.kopi")
    på_fil.skriv("ij", "kl")
    for name in ("skriver.db", "keyring.db"):
        shutil.copy(tmp_path / f"{name}.kopi", på_fil.mappe / name)
    assert "the end was cut off" in feil(på_fil)[1]
    på_fil.skriv("mn")
    assert feil(på_fil)
    checkpoints.set_aside(på_fil.fil, 2)
    på_fil.skriv("op")
    assert på_fil.funnet().bad is None
    assert opened(på_fil.siste(), [NØKKEL.public]).size == 8


def test_the_bundle_is_the_same_bytes_each_time(på_fil: Anlegg) -> None:
    assert json.dumps(på_fil.bunt(3, 1)) == json.dumps(på_fil.bunt(3, 1))
