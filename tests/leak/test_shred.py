"""After a person's keys are destroyed: nothing of theirs opens, the log stays whole, and the keys are nowhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.errors import Shredded
from services.samhandling.mottak import ta_imot
from tests.crash.kontroll import kontroller, kontroller_kjeder
from tests.leak.historie import ACT, NÅ, fortell, gode, åpnet
from tests.leak.merker import FØDSELSNUMMER, MERKER, ORD, alle_bytes
from tests.leak.test_markers import SAGT_I_FEIL, kjør
from tests.rom import HELE_BERGEN, Rom, rom


@dataclass(slots=True)
class Makulert:
    """A folder in which one person's keys have been destroyed, and what there was of them before."""

    mappe: Path
    person: str
    innpakket: list[bytes]
    hemmeligheter: list[bytes]
    blinde: list[bytes]
    kvitteringer: list[bytes | None]
    antall: int


@pytest.fixture(scope="module")
def makulert(tmp_path_factory: pytest.TempPathFactory) -> Makulert:
    mappe = tmp_path_factory.mktemp("makulert") / "data"
    with fortell(mappe) as fortalt:
        engine, ring = fortalt.rom.inst.engines["samhandling"], fortalt.rom.inst.around.keyring
        kvitteringer = [ta_imot(engine, raw).apprec for raw in gode()]
        rader = _spør(mappe, "SELECT key_id, wrapped FROM data_key WHERE person_ref = ?", fortalt.person)
        blinde = _spør(mappe, "SELECT hmac FROM blind_index WHERE person_ref = ?", fortalt.person)
        hemmeligheter = [ring.key(key_id).secret for key_id, _ in rader]
    (parkert,) = _spør(mappe, "SELECT DISTINCT stream FROM quarantine", fil="barn_paaroerende")
    assert b"exit 0" in kjør("quarantine", "retry", "barn_paaroerende", *parkert, "--data", mappe)
    sagt = kjør("keys", "shred", "--person", fortalt.person, "--yes", "--data", mappe)
    assert f"{len(rader)} keys destroyed".encode() in sagt
    innpakket = [wrapped for _, wrapped in rader]
    return Makulert(
        mappe, fortalt.person, innpakket, hemmeligheter, [rad[0] for rad in blinde], kvitteringer, len(rader)
    )  # fmt: skip


def _spør(mappe: Path, sql: str, *verdier: object, fil: str = "keyring") -> list[Any]:
    with closing(sqlite3.connect(mappe / f"{fil}.db")) as db:
        return db.execute(sql, verdier).fetchall()


@pytest.fixture
def oppe(makulert: Makulert) -> Iterator[Rom]:
    with rom(makulert.mappe, NÅ, oppsett=HELE_BERGEN, makulerer=True) as rommet:
        rommet.pump()
        yield rommet


def test_it_had_keys_in_every_service(makulert: Makulert) -> None:
    assert makulert.antall > 20
    assert len(makulert.blinde) == 4, "three ids, and name with birth date"


def test_no_byte_of_the_keys_is_left_in_any_file(makulert: Makulert) -> None:
    steder = alle_bytes(makulert.mappe)
    nåler = [
        *makulert.innpakket,
        *(key[12:28] for key in makulert.innpakket),
        *makulert.blinde,
        *makulert.hemmeligheter,
    ]
    assert [sted for sted, innhold in steder.items() for nål in nåler if nål in innhold] == []


def test_nothing_of_the_person_opens_and_everything_of_others_does(makulert: Makulert, oppe: Rom) -> None:
    åpent = åpnet(oppe)
    personens = {rad[0] for rad in _spør(makulert.mappe, _STRØMMER, makulert.person, fil="samhandling")}
    assert personens
    assert personens & åpent.keys() == set()
    av_andre = {"annetfornavn", "annetetternavn"}
    alt = b"\n".join(innhold for strøm, alle in åpent.items() for innhold in alle if not _uten_person(makulert, strøm))
    assert [navn for navn in MERKER.keys() - av_andre - set(SAGT_I_FEIL) if MERKER[navn].encode() in alt] == []
    assert all(MERKER[navn].encode() in alt for navn in av_andre)


_STRØMMER = "SELECT stream FROM stream_head WHERE person_ref = ?"


def _uten_person(makulert: Makulert, strøm: str) -> bool:
    """A message that could not be tied to anybody known: refused, for nobody could be found in it."""
    hode = _spør(makulert.mappe, "SELECT person_ref FROM stream_head WHERE stream = ?", strøm, fil="samhandling")
    utfall = _spør(makulert.mappe, "SELECT utfall FROM melding WHERE melding_ref = ?", strøm, fil="samhandling")
    return hode == [(None,)] and utfall == [("AVVIST",)]


def test_the_person_is_not_found_by_a_national_id(oppe: Rom) -> None:
    ring = oppe.inst.around.keyring
    assert ring.person_of(ring.blind(FØDSELSNUMMER, "FNR", "")) is None


def test_a_key_that_was_destroyed_is_said_to_be(makulert: Makulert, oppe: Rom) -> None:
    with pytest.raises(Shredded):
        oppe.inst.around.keyring.key("00")


def test_the_logs_their_chains_and_their_tables_stay_whole(makulert: Makulert) -> None:
    assert kontroller_kjeder(makulert.mappe) == []
    for kommando in ("verify", "rebuild"):
        assert b"exit 0" in (sagt := kjør(kommando, "--data", makulert.mappe)), sagt
    assert b"exit 0" in kjør("utsnitt", ACT, "--data", makulert.mappe)


def test_a_message_that_came_before_is_still_answered_with_its_first_receipt(makulert: Makulert, oppe: Rom) -> None:
    engine = oppe.inst.engines["samhandling"]
    igjen = [ta_imot(engine, raw) for raw in gode()]
    assert [svar.apprec for svar in igjen] == makulert.kvitteringer
    assert {svar.outcome for svar in igjen} == {"duplicate"}


def test_a_new_message_about_the_person_begins_anew(makulert: Makulert, oppe: Rom) -> None:
    """The old content stays closed, and the new is kept under keys of its own."""
    raw = next(iter(gode())).replace(b"000000000001</", b"000000000901</")
    svar = ta_imot(oppe.inst.engines["samhandling"], raw)
    oppe.pump()
    assert svar.outcome == "positive"
    ring = oppe.inst.around.keyring
    assert ring.person_of(ring.blind(FØDSELSNUMMER, "FNR", "")) not in (None, makulert.person)
    innhold = b"\n".join(tekst for alle in åpnet(oppe).values() for tekst in alle)
    assert ORD["etternavn"].encode() in innhold
    assert ORD["rødt"].encode() not in innhold


def test_what_is_shredded_once_stays_shredded(makulert: Makulert) -> None:
    sagt = kjør("keys", "shred", "--person", makulert.person, "--yes", "--data", makulert.mappe)
    assert b"has no keys here" in sagt
    assert b"exit 3" in sagt
    assert [funn for funn in kontroller(makulert.mappe) if "never came to be" in funn] == []
