"""`bindeledd report forum`: a page with plots and the same figures as CSV, the same bytes from the same log."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from bindeledd.schema.generated.samhandling import Avvikskategori
from services.samhandling.plo.skriv import lag_innlagt
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import aktør, ansvarsgruppe_for, enhet, menneske
from tests.stories.test_a_rett_ut_igjen import ACT, FREDAG_KVELD, ansatt, avvik, meld
from tests.stories.test_a_rett_ut_igjen import tid as da
from tests.unit.app.conftest import Kjør
from tests.unit.samhandling.meldinger import sending
from tests.unit.samhandling.test_forumrapport import av, byen, i_forumet, stays
from web.rapport import SKJULT, som_csv, som_html

HISTORIER = Path(__file__).parents[2] / "histories"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Story A's avvik, put up for the DPR and settled there in May 2024."""
    mappe = tmp_path_factory.mktemp("data")
    with rom(mappe, da(2024, 1, 15, 9, 0), oppsett=HELE_BERGEN) as rommet:
        avgjort_i_dpr(rommet)
    return mappe


def avgjort_i_dpr(rommet: Rom) -> str:
    """From the missed clock of February 2024 to what the DPR came to in May. Returns the ref of the case."""
    hvem = menneske(rommet, date(1989, 4, 3), "aarstad", "enhet-aarstad")
    ansvarsgruppe_for(rommet, hvem, "enhet-aarstad", ACT)
    sendt = replace(sending(1, da(2024, 2, 2, 22, 50)), pasient=hvem.pasient, avsender=enhet("pam"))
    inn = lag_innlagt(replace(sendt, mottaker=enhet("hjemmetjeneste-aarstad")), tid=FREDAG_KVELD)
    rommet.melding(inn, da(2024, 2, 2, 22, 55))
    rommet.til(da(2024, 2, 5, 9, 10))
    ((ref, _),) = avvik(rommet, ACT)
    meld(rommet, ref)
    rommet.til(da(2024, 2, 20, 9, 0))
    sak = f"samhandling/avvik/{ref}"
    rommet.be(aktør("pam", "avvik.svar"), f"{sak}/uenig", av=ansatt("pam"), tekst="Syntetisk")
    rommet.be(aktør(ACT, "avvik.eskaler"), f"{sak}/eskaler", av=ansatt(ACT), tekst="Oppdiktet")
    rommet.til(da(2024, 5, 14, 14, 0))
    sekretær = aktør("forum", "forum.behandle")
    rommet.be(sekretær, f"{sak}/forum", av="demo-141", utfall="AVGJORT", tekst="Oppdiktet")
    return ref


def rader(ut: str) -> list[dict[str, str]]:
    return [*csv.DictReader(io.StringIO(ut))]


def test_2_6_the_quarter_in_which_a_dpr_settled_a_case_tells_it_without_names(data: Path, kjør: Kjør) -> None:
    svar = kjør("report", "forum", "DPR", "--kvartal", "2024K2", "--format", "csv", "--data", data)
    saken = {rad["maal"]: rad["verdi"] for rad in rader(svar.ut) if rad["tabell"] == "sak"}
    assert (svar.kode, saken) == (
        0,
        {
            "kategori": "TIDLIGMELDING", "omraade": "dps-kronstad", "forum": "dpr-kronstad", "moete": "2024-05-14",
            "utfall": "AVGJORT",
        },
    )  # fmt: skip
    for hemmelig in (ACT, "pam", "demo-", "Syntetisk", "Oppdiktet"):
        assert hemmelig not in svar.ut, hemmelig


def test_1_6_what_happened_once_in_a_quarter_is_not_counted(data: Path, kjør: Kjør) -> None:
    ut = kjør("report", "forum", "DPR", "--kvartal", "2024K1", "--format", "csv", "--data", data).ut
    talt = {(rad["hva"], rad["maal"]): rad["verdi"] for rad in rader(ut) if rad["tabell"] == "omraade"}
    assert {talt["dps-kronstad", mål] for mål in ("opphold", "meldt", "per_hundre", "dager", "åpne")} == {""}
    assert talt["dps-solli", "meldt"] == "0"


def i_egen_prosess(data: Path, *valg: str, frø: str) -> bytes:
    spørsmål = [str(Path(sys.executable).with_name("bindeledd")), "report", "forum", "SAPH", "--kvartal", "2024K2"]
    miljø = {**os.environ, "PYTHONHASHSEED": frø}
    return subprocess.run([*spørsmål, *valg, "--data", str(data)], check=True, capture_output=True, env=miljø).stdout


def test_the_same_log_gives_the_same_bytes_in_every_process(data: Path) -> None:
    en, to = (i_egen_prosess(data, frø=frø) for frø in ("1", "2"))
    assert en == to
    assert b"Fagleg utval psykisk helse" in en


def test_what_cannot_be_asked_for_is_said(data: Path, kjør: Kjør) -> None:
    assert "2026K3" in kjør("report", "forum", "DPR", "--kvartal", "2024-2", "--data", data).sagt
    svar = kjør("report", "forum", "FINNES", "--kvartal", "2024K2", "--data", data)
    assert (svar.kode, "PARTNARSKAP" in svar.sagt, svar.ut) == (3, True, "")


def test_records_that_say_not_whom_they_are_about_are_folded_anew_as_they_were(data: Path, kjør: Kjør) -> None:
    assert [kjør(hva, "--data", data).kode for hva in ("verify", "rebuild")] == [0, 0]


# -- how it is written ---------------------------------------------------------------------------------------------


def en_rapport() -> tuple[str, str]:
    """A quarter of a small city: as a page, and as figures."""
    poster = [*byen({"betanien": 6, "bjoergvin": 12, "kronstad": 2, "solli": 8}), *i_forumet(), *stays("dps-solli", 9)]
    r = av(poster)
    return som_html(r, HELE_BERGEN), som_csv(r)


def test_a_quarter_is_told_as_it_was_told_before() -> None:
    """The golden history: a change of these figures is a change that somebody has decided on."""
    assert en_rapport()[1] == (HISTORIER / "forumrapport.csv").read_text("utf-8")


def test_the_page_needs_nothing_else_has_a_table_for_each_plot_and_says_not_when_it_was_made() -> None:
    html, _ = en_rapport()
    for hva in ("http://", "https://", "<script", "<!--", "@import", "url("):
        assert hva not in html.replace("http://www.w3.org/", ""), hva
    figurer = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert [etree.fromstring(f).get("aria-label") for f in figurer] == [
        "Avvik per 100 opphold", "Dager til svar, midterste", "Meldte avvik etter slag", "Åpne avvik etter alder",
    ]  # fmt: skip
    for f in figurer:
        tittel = etree.fromstring(f).get("aria-label") or ""
        assert html.replace(f, "").count(tittel) >= 1, tittel
    assert SKJULT in html


def test_what_the_configuration_says_is_text_on_the_page() -> None:
    ond = replace(HELE_BERGEN, parter={k: replace(p, navn="<b onx=1>") for k, p in HELE_BERGEN.parter.items()})
    r = replace(av(i_forumet()), kategorier=((Avvikskategori.ANNET, 7),))
    assert "<b onx" not in som_html(r, ond)
