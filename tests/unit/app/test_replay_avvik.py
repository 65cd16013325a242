"""`bindeledd replay avvik`: the cases told again, byte for byte the same, and a changed log never without saying so."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from bindeledd.app import cli_avvik
from bindeledd.app.installation import codec, open_all
from bindeledd.app.proving import trees
from bindeledd.app.settings import Settings
from bindeledd.app.stores import looking_at, stores_of
from bindeledd.ops.laid import InLog, Laid
from bindeledd.ops.replay import Found
from bindeledd.store.sqlite import SqliteDb
from services.samhandling.avvik.avviksgang import Utvalg
from services.samhandling.plo.skriv import lag_innlagt
from tests.rom import HELE_BERGEN, rom
from tests.stories.folk import aktør, ansvarsgruppe_for, enhet, menneske
from tests.stories.test_a_rett_ut_igjen import ACT, FREDAG_KVELD, MANDAG, ansatt, avvik, meld
from tests.stories.test_a_rett_ut_igjen import tid as da
from tests.unit.app.conftest import Kjør
from tests.unit.samhandling.meldinger import sending


def ingenting(_kommet: int) -> None:
    """Nobody watches."""


MIDT_PÅ_DAGEN = "2024-02-05T12:00+01:00"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mappe = tmp_path_factory.mktemp("data")
    meldt_og_åpnet(mappe)
    return mappe


def meldt_og_åpnet(mappe: Path) -> None:
    """A patient admitted without a notice; on Monday 09:10 ACT reports it, and 13:02 PAM opens it."""
    with rom(mappe, da(2024, 1, 15, 9, 0), oppsett=HELE_BERGEN) as rommet:
        hvem = menneske(rommet, date(1989, 4, 3), "aarstad", "enhet-aarstad")
        ansvarsgruppe_for(rommet, hvem, "enhet-aarstad", ACT)
        sendt = replace(sending(1, da(2024, 2, 2, 22, 50)), pasient=hvem.pasient, avsender=enhet("pam"))
        inn = lag_innlagt(replace(sendt, mottaker=enhet("hjemmetjeneste-aarstad")), tid=FREDAG_KVELD)
        rommet.melding(inn, da(2024, 2, 2, 22, 55))
        rommet.til(MANDAG)
        rommet.til(da(2024, 2, 5, 9, 10))
        ((ref, _),) = avvik(rommet, ACT)
        meld(rommet, ref)
        rommet.til(da(2024, 2, 5, 13, 2))
        rommet.be(aktør("pam", "avvik.svar"), f"samhandling/avvik/{ref}/mottatt", av=ansatt("pam"))


def test_of_a_state_the_step_by_which_a_case_left_it_is_told_too(data: Path, kjør: Kjør) -> None:
    svar = kjør("replay", "avvik", "--tilstand", "SENDT", "--format", "jsonl", "--data", data)
    fortalt = [json.loads(linje) for linje in svar.linjer]
    første, åpnet = (next(s for s in fortalt if s["hendelse"] == navn) for navn in ("AvvikMeldt", "AvvikMottatt"))
    assert (første["tilstand"], åpnet["tilstand"]) == ("SENDT", "MOTTATT")


def test_an_auditor_sees_that_pam_had_not_opened_it_by_noon(data: Path, kjør: Kjør) -> None:
    svar = kjør("replay", "avvik", "--som-av", MIDT_PÅ_DAGEN, "--format", "jsonl", "--data", data)
    rader = [json.loads(linje) for linje in svar.linjer]
    assert (svar.kode, {rad["part"]: rad["status"] for rad in rader}) == (
        0, {ACT: "sendt, ikke svart", "pam": "sendt, ikke åpnet"},
    )  # fmt: skip
    assert {rad["meldt"] for rad in rader} == {"2024-02-05T08:10:00+00:00"}
    assert "every chain holds" in svar.sagt


def test_each_form_tells_the_same(data: Path, kjør: Kjør) -> None:
    spørsmål = ("replay", "avvik", "--data", data)
    jsonl = [json.loads(linje) for linje in kjør(*spørsmål, "--format", "jsonl").linjer]
    som_csv = [*csv.DictReader(io.StringIO(kjør(*spørsmål, "--format", "csv").ut))]
    tabell = kjør(*spørsmål).linjer
    assert [{k: str(v) for k, v in rad.items()} for rad in jsonl] == som_csv
    assert len(tabell) == 1 + len(jsonl)
    assert [linje.split()[3] for linje in tabell[1:] if "Avvik" in linje]


def i_egen_prosess(data: Path, *valg: str, frø: str = "0") -> bytes:
    """What the command line writes, with Python's hashes of texts as `frø` makes them."""
    spørsmål = [str(Path(sys.executable).with_name("bindeledd")), "replay", "avvik", "--data", str(data), *valg]
    return subprocess.run(
        spørsmål, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": frø}
    ).stdout  # fmt: skip


def test_parquet_holds_the_same_rows_and_the_same_arguments_give_the_same_bytes(
    data: Path, tmp_path: Path, kjør: Kjør
) -> None:
    en, to = (i_egen_prosess(data, "--format", "parquet", frø=frø) for frø in ("1", "2"))
    (fil := tmp_path / "a.parquet").write_bytes(en)
    rader = [json.loads(linje) for linje in kjør("replay", "avvik", "--format", "jsonl", "--data", data).linjer]
    assert en == to
    assert pl.read_parquet(fil)["hendelse"].to_list() == [rad["hendelse"] for rad in rader]


def test_what_no_configuration_knows_is_said_and_what_there_is(data: Path, kjør: Kjør) -> None:
    for valg, verdi, finnes in (
        ("--dps", "pam", "dps-kronstad"),
        ("--bydel", "x", "arna"),
        ("--kategori", "x", "EPIKRISE"),
        ("--tilstand", "x", "UENIG"),
    ):
        svar = kjør("replay", "avvik", valg, verdi, "--data", data)
        assert svar.kode == 2
        assert finnes in svar.sagt


def test_cases_of_another_area_are_not_told(data: Path, kjør: Kjør) -> None:
    assert kjør("replay", "avvik", "--dps", "dps-kronstad", "--data", data).linjer
    assert kjør("replay", "avvik", "--dps", "dps-solli", "--format", "csv", "--data", data).linjer == []


def test_cases_are_told_as_long_as_they_stand_in_the_state_that_is_asked_for(data: Path, kjør: Kjør) -> None:
    spørsmål = ("replay", "avvik", "--som-av", MIDT_PÅ_DAGEN, "--format", "csv", "--data", data)
    assert [len(kjør(*spørsmål, "--tilstand", t).linjer) for t in ("SENDT", "MOTTATT")] == [3, 0]


def test_from_a_log_the_first_is_told_before_the_last_is_read_and_a_topic_is_put_in_order(data: Path) -> None:
    with looking_at(stores_of(Settings(data=data))) as lagre, closing(SqliteDb(None)) as privat:
        i_loggen = InLog("samhandling", lagre["samhandling"], cli_avvik.TOPIC)
        poster, lest = [*i_loggen.in_order(ingenting)], list[Found]()

        def les() -> Iterator[Found]:
            for post in poster:
                lest.append(post)
                yield post

        fortalt = cli_avvik.replay_of(i_loggen).tell(les())
        første = next(cli_avvik.steps(fortalt, Utvalg(HELE_BERGEN), None, None))
        assert len(lest) == 1 < len(poster)
        lagt = Laid.of(privat, [*reversed(poster), poster[-1]], codec())
        ordnet = cli_avvik.replay_of(lagt)
        rader = [*cli_avvik.steps(ordnet.tell(lagt.in_order(ingenting)), Utvalg(HELE_BERGEN), None, None)]
        assert (rader[0], len(rader), ordnet.told, ordnet.unsound) == (første, len(poster), len(poster) + 1, 0)


def test_a_record_that_was_changed_is_not_told_as_if_it_held(data: Path, tmp_path: Path, kjør: Kjør) -> None:
    for fil in data.iterdir():
        if fil.is_file():
            (tmp_path / fil.name).write_bytes(fil.read_bytes())
    with closing(sqlite3.connect(tmp_path / "samhandling.db")) as db, db:
        (posisjon, post) = db.execute(
            "SELECT position, data FROM log WHERE topic = 'samhandling.avvik' AND version = 2"
        ).fetchone()
        db.execute("UPDATE log SET data = ? WHERE position = ?", (post.replace(b"en", b"ex", 1), posisjon))
    svar = kjør("replay", "avvik", "--data", tmp_path)
    assert svar.kode == 1
    assert "do not hold" in svar.sagt


def test_an_archive_tells_the_same_as_the_log_and_is_checked_against_what_was_signed(
    data: Path, tmp_path: Path, kjør: Kjør
) -> None:
    signer(data)
    arkiv = tmp_path / "arkiv"
    skrevet = kjør("archive", "write", arkiv, "--data", data)
    assert (skrevet.kode, "samhandling, samhandling.avvik: " in skrevet.ut) == (0, True)
    for valg in (("--som-av", MIDT_PÅ_DAGEN), ()):
        spørsmål = ("replay", "avvik", "--format", "csv", *valg, "--data", data)
        assert kjør(*spørsmål, "--kilde", "arkiv", "--arkiv", arkiv).ut == kjør(*spørsmål).ut
    assert kjør("archive", "verify", arkiv, "--data", data).kode == 0
    assert kjør("archive", "expire", arkiv).ut.splitlines()[0].endswith("0 records removed")
    (segment,) = (arkiv / "samhandling" / "samhandling.avvik").glob("*.parquet")
    segment.chmod(0o600)
    segment.write_bytes(segment.read_bytes()[:-1] + b"x")
    assert kjør("archive", "verify", arkiv, "--data", data).kode == 1
    assert kjør("replay", "avvik", "--kilde", "arkiv", "--arkiv", arkiv, "--data", data).kode == 3


def signer(data: Path) -> None:
    """The trees follow the logs, and are signed when all stops."""
    with open_all(Settings(data=data)) as installasjon:
        for worker in installasjon.embedded.workers:
            worker.beside += trees(Settings(data=data), worker.engine)


def test_where_there_is_no_archive_it_is_said(tmp_path: Path, kjør: Kjør) -> None:
    svar = kjør("archive", "verify", tmp_path)
    assert (svar.kode, "archive write" in svar.sagt) == (2, True)


@pytest.mark.parametrize(
    ("hva", "valg"),
    [
        ("samhandling.opphold", ("--dps", "dps-solli")),
        ("samhandling.opphold", ("--som-av", MIDT_PÅ_DAGEN)),
        ("avvik", ("--som-av", MIDT_PÅ_DAGEN, "--til", MIDT_PÅ_DAGEN)),
    ],
)
def test_an_option_that_would_change_nothing_is_refused(
    data: Path, kjør: Kjør, hva: str, valg: tuple[str, ...]
) -> None:
    assert kjør("replay", hva, *valg, "--data", data).kode == 2
