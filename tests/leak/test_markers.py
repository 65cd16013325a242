"""Nothing sensitive is ever in the clear: markers are planted in all that can be told, and every byte is searched."""

from __future__ import annotations

import io
import logging
import shutil
import sqlite3
import sys
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from bindeledd.app import cli
from bindeledd.ops import logs
from tests.leak.historie import ACT, ENHET, PAM, fortell, gode, onde, åpnet
from tests.leak.merker import FØDSELSNUMMER, MELDINGSTYPE, MERKER, ORD, alle_bytes, finn, former, mangler
from tests.rom import HELE_BERGEN

SAGT_I_FEIL = ("begrunnelse", "ukjentfelt", "ukjentverdi", "kodeforsøk", "ødelagtjson", "sti", "spørring", "nøkkel")
"""Markers that are only ever sent in what is refused: they are kept nowhere, not even sealed."""
MOTTAKERE = {ENHET, ACT, PAM, "hjemmetjeneste-aarstad", "dps-kronstad", "innbygger", "representant"}
MANUELL_KØ = "koordinerende-enhet"
"""Is shown what messages could not be read: when and from whom, nothing sealed, so it has no key."""
SPERRET = "skole-aarstad"
"""Is named in an opposition, and given nothing."""


@dataclass(frozen=True, slots=True)
class Spor:
    """What is left of the whole story: the data folder, and everything that was said to anybody."""

    mappe: Path
    person: str
    mens_åpen: dict[str, bytes]
    """The folder's files while the installation was open, write-ahead logs and all."""
    sagt: dict[str, bytes]
    åpnet: list[bytes]
    parkert: int


@pytest.fixture(scope="module")
def spor(tmp_path_factory: pytest.TempPathFactory) -> Spor:
    mappe = tmp_path_factory.mktemp("spor") / "data"
    loggen = io.StringIO()
    håndterere = logging.getLogger().handlers[:]
    with redirect_stderr(loggen):
        logs.configure()
        with fortell(mappe) as fortalt:
            mens_åpen, alt = alle_bytes(mappe), [innhold for alle in åpnet(fortalt.rom).values() for innhold in alle]
    logging.getLogger().handlers[:] = håndterere
    parkert = _parkert(mappe)
    sagt = {**fortalt.sagt, "logg": loggen.getvalue().encode(), **_kommandolinjen(mappe)}
    return Spor(mappe, fortalt.person, mens_åpen, sagt, alt, parkert)


def _parkert(mappe: Path) -> int:
    with closing(sqlite3.connect(mappe / "barn_paaroerende.db")) as db:
        antall: int = db.execute("SELECT COUNT(*) FROM quarantine").fetchone()[0]
        return antall


def _kommandolinjen(mappe: Path) -> dict[str, bytes]:
    """What every command says that meets people's data, and the receipts that it writes."""
    inn, kvitteringer = mappe.parent / "inn", mappe.parent / "kvitteringer"
    inn.mkdir()
    for nr, raw in enumerate((*gode(), *onde())):
        (inn / f"{nr:02}.xml").write_bytes(raw)
    with closing(sqlite3.connect(mappe / "barn_paaroerende.db")) as db:
        (strøm,) = db.execute("SELECT stream FROM quarantine WHERE error <> ''").fetchone()
    sagt = {}
    for kommando in (
        ["mottak", inn, mappe / "mangler.xml", "--apprec", kvitteringer],
        ["mottak", inn, "--json"], ["quarantine", "list"], ["quarantine", "show", "barn_paaroerende", strøm, "--json"],
        ["quarantine", "skip", "barn_paaroerende", strøm, "--reason", f"{ORD['begrunnelse']} {FØDSELSNUMMER}"],
        ["verify", "--json"], ["rebuild", "--json"], ["utsnitt", ACT], ["utsnitt", ACT, "--json"],
        ["keys", "shred", "--person", ORD["sti"], "--yes"],
    ):  # fmt: skip
        sagt[" ".join(map(str, kommando[:2]))] = kjør(*kommando, "--data", mappe)
    shutil.rmtree(inn)
    return {**sagt, **{f"kvittering {navn}": innhold for navn, innhold in alle_bytes(kvitteringer).items()}}


def kjør(*args: object) -> bytes:
    """Everything that `bindeledd <args>` says."""
    ut, argv = io.StringIO(), sys.argv
    sys.argv = ["bindeledd", *map(str, args)]
    try:
        with redirect_stdout(ut), redirect_stderr(ut):
            cli.main()
    except SystemExit as ferdig:
        ut.write(f"exit {ferdig.code}")
    finally:
        sys.argv = argv
    return ut.getvalue().encode()


# -- the story is as rich as it says -------------------------------------------------------------------------------


def test_every_marker_was_taken_in_and_lies_sealed(spor: Spor) -> None:
    assert mangler(spor.åpnet, MERKER.keys() - set(SAGT_I_FEIL)) == []


def test_a_record_was_parked_for_an_error_that_quoted_a_person(spor: Spor) -> None:
    assert spor.parkert > 0
    assert b"unexpected RuntimeError" in spor.sagt["quarantine list"]


def test_there_are_receipts_refusals_and_metrics_to_search(spor: Spor) -> None:
    assert b'outcome="conflict"' in next(innhold for hva, innhold in spor.sagt.items() if "metrics" in hva)
    assert any("kvittering" in hva and b'V="2"' in innhold for hva, innhold in spor.sagt.items())
    assert any("mottak" in hva and b'"outcome": "duplicate"' in innhold for hva, innhold in spor.sagt.items())
    assert b"exit 3" in spor.sagt["keys shred"]


def test_a_type_that_a_sender_made_up_is_no_label_of_a_metric(spor: Spor) -> None:
    metrics = {hva: innhold for hva, innhold in spor.sagt.items() if "metrics" in hva}
    nåler = {("type", form): nål for form, nål in former(MELDINGSTYPE).items()}
    assert finn(metrics, nåler) == []
    assert any(b'bindeledd_messages_total{outcome="negative",type="other"}' in innhold for innhold in metrics.values())


# -- and nothing of it can be seen ---------------------------------------------------------------------------------


def test_no_byte_of_the_data_folder_shows_a_marker_while_it_is_worked_on(spor: Spor) -> None:
    assert any(navn.endswith("-wal") and innhold for navn, innhold in spor.mens_åpen.items())
    assert finn(spor.mens_åpen) == []


def test_no_byte_of_the_data_folder_shows_a_marker_afterwards(spor: Spor) -> None:
    assert finn(alle_bytes(spor.mappe)) == []


def test_no_log_line_answer_metric_receipt_or_command_shows_a_marker(spor: Spor) -> None:
    assert finn(spor.sagt) == []


@pytest.mark.parametrize("form", former("å"))
def test_the_search_finds_a_marker_in_this_form(spor: Spor, form: str) -> None:
    """The control: the same search, over a log with one marker more."""
    for merke, tekst in MERKER.items():
        steder = {"samhandling.db": spor.mens_åpen["samhandling.db"] + b"x" + former(f"{tekst}")[form] + b"y"}
        assert any(merke in linje for linje in finn(steder)), merke


def test_the_search_finds_a_name_that_a_table_keeps_unsealed(spor: Spor, tmp_path: Path) -> None:
    mappe = Path(shutil.copytree(spor.mappe, tmp_path / "data"))
    with closing(sqlite3.connect(mappe / "web.db")) as db:
        db.execute("CREATE TABLE navn (navn TEXT)")
        db.execute("INSERT INTO navn VALUES (?)", (f"{ORD['fornavn']} {ORD['etternavn']}",))
        db.commit()
    assert len(finn(alle_bytes(mappe))) >= 2


# -- who has been given nothing ------------------------------------------------------------------------------------


def test_a_party_without_consent_has_no_key_stream_row_or_count(spor: Spor) -> None:
    utenfor = HELE_BERGEN.parter.keys() - MOTTAKERE - {MANUELL_KØ}
    assert {"nav-aarstad", SPERRET} < utenfor
    nåler = {(part, "topic"): f".til.{part}".encode() for part in utenfor}
    # An id of one word may stand for something else too.
    nåler |= {(part, "id"): part.encode() for part in utenfor - {SPERRET} if "-" in part}
    metrics = {hva: innhold for hva, innhold in spor.sagt.items() if "metrics" in hva}
    assert finn({**alle_bytes(spor.mappe), **metrics}, nåler) == []


def test_those_who_were_given_something_are_the_ones_who_should(spor: Spor) -> None:
    with closing(sqlite3.connect(spor.mappe / "keyring.db")) as db:
        parter = {part for (part,) in db.execute("SELECT DISTINCT party FROM data_key WHERE party <> ''")}
    assert parter == MOTTAKERE
