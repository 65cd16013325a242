"""The page of a quarter's report: the same bytes as the command, for those who read cases without names (rules 2.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI

from bindeledd.app.http import make_app
from bindeledd.schema.generated.samhandling import AvvikMeldt
from services.felles.kvartalsrapport import Kvartal
from services.samhandling.forum.forumrapport import TEMAER, Grunnlag, rapport
from services.samhandling.forum.rapportstrømmer import grunnlaget
from tests.nettsider import Nettleser, logg_inn
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import aktør
from tests.unit.app.conftest import Kjør
from tests.unit.app.test_report import avgjort_i_dpr
from tests.unit.samhandling.test_avvikshvem import spør
from web.rapport import som_csv

DELTAKER, SEKRETÆR, REVISOR, ACT = (
    ("demo-131", "forum", "forumdeltaker"), ("demo-141", "forum", "forumsekretaer"),
    ("demo-130", "auditor", "revisor"), ("demo-102", "act-kronstad", "act-medlem"),
)  # fmt: skip
HER, FIL = "/forum/rapport", "/forum/rapport/fil?trinn=DPR&kvartal=2024K2"


@pytest.fixture(scope="module")
def rommet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rom]:
    """In July, when the DPR has settled a case in the quarter before."""
    with rom(tmp_path_factory.mktemp("data"), datetime(2024, 1, 15, 9, 0, tzinfo=UTC), oppsett=HELE_BERGEN) as inne:
        avgjort_i_dpr(inne)
        inne.til(datetime(2024, 7, 2, 9, 0, tzinfo=UTC))
        yield inne


@pytest.fixture(scope="module")
def app(rommet: Rom) -> FastAPI:
    return make_app(rommet.inst, demo=True)


def som(app: FastAPI, hvem: tuple[str, str, str]) -> Nettleser:
    leser = Nettleser(app)
    logg_inn(leser, *hvem)
    return leser


@pytest.mark.parametrize("hvem", [DELTAKER, SEKRETÆR, REVISOR])
def test_2_6_who_sits_in_a_forum_and_the_auditor_read_the_quarter_that_is_over_without_names(
    app: FastAPI, hvem: tuple[str, str, str]
) -> None:
    leser = som(app, hvem)
    side = leser.get(HER)
    assert side.status_code == 200
    assert 'aria-current="page">Rapport' in side.text
    innhold = side.text[side.text.index("<main") :]
    for ord_ in ("Samarbeidet om avvik, 2. kvartal 2024", "DPR Kronstad", "avgjorde saken"):
        assert ord_ in innhold, ord_
    for hemmelig in ("act-kronstad", "ACT-team Kronstad", "demo-", "Syntetisk", "Oppdiktet"):
        assert hemmelig not in innhold, hemmelig


def test_access_md_a_unit_has_neither_page_nor_file_nor_figures(rommet: Rom, app: FastAPI) -> None:
    act = som(app, ACT)
    assert HER not in act.get("/tavle").text
    assert [act.get(sti).status_code for sti in (HER, f"{FIL}&form=csv", f"{FIL}&form=html")] == [403, 403, 403]
    for part in ("act-kronstad", "pam", "innbygger"):
        assert spør(rommet, aktør(part), "forumrapport", trinn="DPR", kvartal="2024K2").status_code == 403


@pytest.mark.parametrize("form", ["csv", "html"])
@pytest.mark.parametrize(("trinn", "kvartal"), [("DPR", "2024K2"), ("DPR", "2024K1"), ("SAPH", "2024K2")])
def test_what_is_downloaded_is_what_the_command_writes(
    rommet: Rom, app: FastAPI, kjør: Kjør, trinn: str, kvartal: str, form: str
) -> None:
    svar = som(app, REVISOR).get(f"{HER}/fil?trinn={trinn}&kvartal={kvartal}&form={form}")
    kommando = kjør("report", "forum", trinn, "--kvartal", kvartal, "--format", form, "--data", rommet.inst.folder)
    assert (kommando.kode, kommando.ut) == (0, svar.text)
    assert svar.headers["content-disposition"] == f'attachment; filename="{trinn.lower()}-{kvartal}.{form}"'


def test_the_quarter_and_the_forum_are_chosen_and_what_is_none_is_the_latest_and_the_first(app: FastAPI) -> None:
    leser = som(app, DELTAKER)
    side = leser.get(f"{HER}?trinn=SAPH&kvartal=2024K1").text
    assert re.findall(r'<option value="(\w+)" selected>([^<]+)', side) == [
        ("SAPH", "Fagleg utval psykisk helse"), ("2024K1", "1. kvartal 2024"),
    ]  # fmt: skip
    assert "Ingen saker var oppe" in side
    assert "2. kvartal 2024" in leser.get(f"{HER}?trinn=%3Cb%3E&kvartal=2024K3").text
    assert 'value="2022K3"' in side
    assert "2024K3" not in side


@pytest.mark.parametrize(("sti", "status"), [
    ("trinn=DPR&kvartal=2024K3&form=csv", 404), ("trinn=FINNES&kvartal=2024K2&form=csv", 404),
    ("trinn=DPR&kvartal=tull&form=csv", 404), ("trinn=DPR&kvartal=2024K2&form=pdf", 400),
])  # fmt: skip
def test_1_6_a_quarter_that_goes_on_is_not_told_and_what_is_none_is_not_found(
    app: FastAPI, sti: str, status: int
) -> None:
    assert som(app, REVISOR).get(f"{HER}/fil?{sti}").status_code == status


def test_a_service_that_is_away_is_said_and_no_figure_is_shown(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    leser = som(app, REVISOR)

    async def borte(*_a: object) -> None:
        return None

    monkeypatch.setattr("web.rapportsiden.hent", borte)
    side = leser.get(HER)
    assert (side.status_code, "Vi får ikke svar akkurat nå" in side.text, "<figure" in side.text) == (503, True, False)
    assert leser.get(f"{FIL}&form=csv").status_code == 503


@pytest.mark.parametrize("kvartal", [Kvartal(2023, 4), Kvartal(2024, 1), Kvartal(2024, 2), Kvartal(2024, 3)])
def test_the_streams_that_are_read_for_a_quarter_say_what_the_whole_log_says(rommet: Rom, kvartal: Kvartal) -> None:
    alt = Grunnlag(kvartal)
    for post in rommet.logg("samhandling"):
        if post.topic in TEMAER:
            alt.ta(post.topic, post.envelope, post.event)
    lest = grunnlaget(rommet.inst.engines["samhandling"], kvartal)
    assert som_csv(rapport("DPR", lest, HELE_BERGEN)) == som_csv(rapport("DPR", alt, HELE_BERGEN))
    assert lest.avvik.keys() <= alt.avvik.keys()
    for sak in lest.avvik.values():
        assert sak.fakta is not None
        om = sak.fakta.opphold_ref
        assert om is None or lest.opphold[om] == alt.opphold[om], "also a stay that began before the quarter"


def test_a_quarter_is_made_from_what_stood_in_it_and_no_other_case_is_read(rommet: Rom) -> None:
    engine = rommet.inst.engines["samhandling"]
    (meldt,) = (post.envelope.stream for post in rommet.logg("samhandling") if isinstance(post.event, AvvikMeldt))
    leste = {str(k): set(grunnlaget(engine, k).avvik) for k in (Kvartal(2023, 4), Kvartal(2024, 2), Kvartal(2024, 3))}
    assert leste == {"2023K4": set(), "2024K2": {meldt}, "2024K3": set()}
