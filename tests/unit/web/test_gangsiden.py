"""The auditor's page: what each party had by any moment, by an address to hand on; and whom a case is about."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from bindeledd.app.http import make_app
from bindeledd.core.errors import TransientError
from bindeledd.resources import data_folder
from bindeledd.schema.catalog import load_catalog
from bindeledd.schema.generated.tilgang import OppslagGjort, Visning
from bindeledd.store import log
from tests import saksgang
from tests.nettsider import Nettleser, logg_inn
from tests.rom import HELE_BERGEN, Rom
from tests.saksgang import ENHET, KLOKKA_TOLV, ansatt
from tests.stories.folk import Menneske
from tests.stories.test_a_rett_ut_igjen import ACT
from web.gang import HENDT

GRUNN = "Syntetisk: personen har klaget"


@pytest.fixture(scope="module")
def saken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rom, Menneske, str]]:
    """For all tests here: whoever opens a name begins where nobody has within the hour."""
    with saksgang.saken(tmp_path_factory.mktemp("saken")) as åpnet:
        yield åpnet.rom, åpnet.hvem, åpnet.navn


APPER: dict[Path, FastAPI] = {}
"""By the folder of a room, each made once: an app of so many routes takes longer to make than to ask."""


def som(rommet: Rom, bruker: str = "demo-130", part: str = "auditor", rolle: str = "revisor") -> Nettleser:
    if rommet.inst.folder not in APPER:
        APPER[rommet.inst.folder] = make_app(rommet.inst, demo=True)
    leser = Nettleser(APPER[rommet.inst.folder])
    logg_inn(leser, bruker, part, rolle)
    return leser


def tekst(side: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", side)).split())


def banen(side: str, part: str) -> str:
    """What stands in one party's lane."""
    baner = re.findall(r'<li class="bane">(.*?)</li>', side, re.DOTALL)
    return next(tekst(bane) for bane in baner if HELE_BERGEN.parter[part].navn in bane)


def åpne(leser: Nettleser, sak: str, begrunnelse: str) -> Any:
    side = leser.get(f"/avviksgang/hvem?sak={sak}").text
    felt = dict(re.findall(r'name="(noekkel|merke)" value="(\w+)"', side))
    return leser.post("/avviksgang/hvem", {**felt, "sak": sak, "begrunnelse": begrunnelse})


def lenge_etter(rommet: Rom) -> int:
    """Nobody has said why within the hour. How many have been written in the look-up log until now."""
    rommet.til(rommet.klokke.now + timedelta(hours=2))
    return len(oppslag(rommet))


def oppslag(rommet: Rom, fra: int = 0) -> list[Any]:
    """What stands in the look-up log of names that somebody asked for, from one on."""
    rader = rommet.inst.engines["web"].read(lambda db: log.read_page(db, 0, 10**6))
    codec = rommet.inst.around.codec
    alle: list[Any] = [codec.decode(rad.data)[1] for rad in rader if rad.topic == "tilgang.oppslag"]
    return [o for o in alle if o.visning is Visning.IDENTITET][fra:]


# -- as of a moment ---------------------------------------------------------------------------------------------------


def test_as_of_noon_pams_lane_says_sent_not_opened_and_an_hour_later_that_it_was_opened(
    saken: tuple[Rom, Menneske, str],
) -> None:
    leser = som(saken[0])
    side = leser.get(f"/avviksgang?per={KLOKKA_TOLV}").text
    assert "Sendt, ikke åpnet" in banen(side, "pam")
    assert "Åpnet Ikke ennå" in banen(side, "pam")
    assert "Sendt, ikke svart" in banen(side, ENHET)
    assert "Åpnet, ikke svart" in banen(leser.get("/avviksgang?per=2024-02-05T13:02").text, "pam")


def test_2_6_the_page_names_nobody_and_says_nothing_of_what_anybody_wrote(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, sak = saken
    side = som(rommet).get("/avviksgang").text
    for hemmelig in (hvem.ref, hvem.pasient.etternavn, ansatt("pam"), "Syntetisk"):
        assert hemmelig not in side
    assert f"Sak {sak}" in side


def test_the_slider_and_the_buttons_lead_to_an_address_with_the_moment_without_any_script(
    saken: tuple[Rom, Menneske, str],
) -> None:
    rommet, _, sak = saken
    leser = som(rommet)
    side = leser.get(f"/avviksgang?sak={sak}").text
    assert re.search(r'<input type="range"[^>]* max="(\d+)" value="\1"', side)
    første = leser.get(f"/avviksgang?sak={sak}&steg=1")
    assert (første.status_code, "per=2024-02-05T09%3A10" in første.headers["location"]) == (303, True)
    assert "Sendt, ikke åpnet" in banen(leser.get(første.headers["location"]).text, "pam")
    neste = leser.get(f"/avviksgang?sak={sak}&steg=1&nr=2").headers["location"]
    assert "Åpnet, ikke svart" in banen(leser.get(neste).text, "pam")


def test_the_same_address_shows_the_same_whatever_happens_later(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, _, sak = saken
    leser, her = som(rommet), f"/avviksgang/innhold?sak={sak}&per={KLOKKA_TOLV}"
    før = leser.get(her).text
    lenge_etter(rommet)
    senere = re.sub(r"Steg \d+ av \d+", "", leser.get(her).text)
    assert senere == re.sub(r"Steg \d+ av \d+", "", før)


@pytest.mark.parametrize(
    ("valg", "er_med"),
    [
        ("dps=dps-kronstad", True), ("dps=dps-solli", False), ("bydel=aarstad", True), ("bydel=arna", False),
        ("kategori=TIDLIGMELDING", True), ("kategori=EPIKRISE", False), ("tilstand=MOTTATT", True),
        ("tilstand=SENDT", False), ("fra=2024-02-05&til=2024-02-05", True), ("fra=2024-02-06", False),
        ("fra=i+g%C3%A5r&per=tull&kategori=%3Cb%3E", True),
    ],
)  # fmt: skip
def test_cases_are_chosen_by_dps_bydel_kind_state_and_time(
    saken: tuple[Rom, Menneske, str], valg: str, er_med: bool
) -> None:
    rommet, _, sak = saken
    side = som(rommet).get(f"/avviksgang?{valg}")
    assert (side.status_code, f"Sak {sak}" in side.text) == (200, er_med)


def test_access_md_neither_forum_nor_unit_finds_it(
    saken: tuple[Rom, Menneske, str],
) -> None:
    rommet, _, sak = saken
    forum = som(rommet, "demo-131", "forum", "forumdeltaker")
    assert forum.get("/avviksgang").status_code == 403
    assert forum.get(f"/avviksgang/hvem?sak={sak}").status_code == 403
    act = som(rommet, "demo-102", ACT, "act-medlem")
    assert "/avviksgang" not in act.get("/tavle").text
    assert [act.get(sti).status_code for sti in ("/avviksgang", "/avviksgang/innhold")] == [403, 403]


def test_every_record_of_a_case_is_said_in_words() -> None:
    hendelser = load_catalog(data_folder("schemas")).topics["samhandling.avvik"].hendelser
    assert {navn_.rpartition(".")[2] for navn_ in hendelser} == set(HENDT)


def test_a_name_that_no_case_goes_by_and_what_is_none_is_not_found(saken: tuple[Rom, Menneske, str]) -> None:
    leser = som(saken[0])
    assert "Ingen av sakene" in leser.get(f"/avviksgang?sak={'0' * 12}").text
    for sti in ("/avviksgang?sak=tull", "/avviksgang/hvem?sak=" + "0" * 12, "/avviksgang/hvem?sak=..%2F"):
        assert leser.get(sti).status_code == 404


# -- whom it is about -------------------------------------------------------------------------------------------------


def test_given_no_ground_then_nothing_is_shown_and_the_refusal_is_written(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, sak = saken
    fra = lenge_etter(rommet)
    svar = åpne(som(rommet), sak, "   ")
    assert (svar.status_code, "Skriv hvorfor" in svar.text) == (422, True)
    assert hvem.pasient.etternavn not in svar.text
    assert oppslag(rommet, fra) == [], "the page is not told whose it is: the service writes it"
    *_, avvist = rommet.logg("samhandling")
    assert (avvist.navn, avvist.envelope.person_ref, avvist.event.av) == ("AvvikIdentitetNektet", hvem.ref, "demo-130")


def test_given_a_ground_then_the_look_up_is_written_and_the_name_is_shown(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, sak = saken
    leser, fra = som(rommet), lenge_etter(rommet)
    svar = åpne(leser, sak, GRUNN)
    assert (svar.status_code, oppslag(rommet, fra)) == (303, [])
    side = leser.get(svar.headers["location"])
    assert "Syntetisk Prøvesen" in side.text
    assert "3. april 1989" in side.text
    (gjort,) = oppslag(rommet, fra)
    assert isinstance(gjort, OppslagGjort)
    assert (gjort.personer, gjort.grunn) == ((hvem.ref,), "revisjon")


def test_no_write_no_show(saken: tuple[Rom, Menneske, str], monkeypatch: pytest.MonkeyPatch) -> None:
    rommet, hvem, sak = saken
    lenge_etter(rommet)
    leser = som(rommet)
    hjem = åpne(leser, sak, GRUNN).headers["location"]

    def full_disk(*_a: object, **_k: object) -> None:
        raise TransientError("the disk is full")

    web = rommet.inst.engines["web"]
    with monkeypatch.context() as m:
        m.setattr(type(web), "command", full_disk)
        svar = leser.get(hjem)
    assert (svar.status_code, hvem.pasient.etternavn in svar.text) == (503, False)


def test_what_is_too_long_is_kept_and_nothing_is_shown(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, sak = saken
    lenge_etter(rommet)
    svar = åpne(som(rommet), sak, "x" * 1001)
    assert (svar.status_code, "er for lang" in svar.text, "x" * 1001 in svar.text) == (422, True, True)
    assert hvem.pasient.etternavn not in svar.text


def test_a_form_of_another_session_opens_nothing(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, _, sak = saken
    lenge_etter(rommet)
    leser = som(rommet)
    falsk = {"sak": sak, "begrunnelse": GRUNN, "noekkel": "x", "merke": "0" * 96}
    assert leser.post("/avviksgang/hvem", falsk).status_code == 403
    assert "Vis hvem det er" in leser.get(f"/avviksgang/hvem?sak={sak}").text
