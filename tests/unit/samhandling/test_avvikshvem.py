"""Whom a case is about, opened by who reads cases without names: on a written ground, and seen by the person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import httpx
import pytest

from bindeledd.access.tokens import Tokens
from bindeledd.app.http import commands_app
from bindeledd.core.envelope import Actor
from bindeledd.runtime.engine import Engine
from bindeledd.store import log
from services.felles.forum import saksnavn
from services.felles.innsyn import HvemGjelderDet
from services.samhandling.avvik import avvikshvem
from tests.klient import Klient
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import Menneske, aktør, menneske
from tests.stories.test_a_rett_ut_igjen import ACT, ENHET, ansatt
from tests.unit.samhandling.meldinger import utc

NÅ = utc(2024, 2, 5, 9, 0)
REVISOR, FORUM = aktør("auditor"), aktør("forum")
PERSONEN = aktør("innbygger", "innsyn.egen_logg")
GRUNN = "Syntetisk: personen har klaget"
MELDT = {
    "av": ansatt(ACT), "mot": "pam", "kategori": "TIDLIGMELDING", "hendelse": "Syntetisk",
    "hendt": utc(2024, 2, 3, 21, 40).isoformat(), "oppdaget": NÅ.isoformat(),
}  # fmt: skip


@pytest.fixture(scope="module")
def åpent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rom, Menneske, str]]:
    """A unit has reported an avvik about a person to PAM."""
    with rom(tmp_path_factory.mktemp("saken"), NÅ, oppsett=HELE_BERGEN) as rommet:
        hvem = menneske(rommet, date(1989, 4, 3), "aarstad", ENHET)
        ref = rommet.be(aktør(ENHET, "avvik.meld"), f"samhandling/personer/{hvem.ref}/avvik", **{
            **MELDT, "av": ansatt(ENHET)
        })  # fmt: skip
        yield rommet, hvem, saksnavn(ref)


@pytest.fixture
def saken(åpent: tuple[Rom, Menneske, str]) -> tuple[Rom, Menneske, str]:
    """The same, where nobody has said why within the hour."""
    rommet = åpent[0]
    rommet.til(rommet.klokke.now + timedelta(hours=2))
    return åpent


@cache
def klient_for(engine: Engine) -> Klient:
    """Made once: an app of so many routes takes longer to make than to ask."""
    return Klient(
        commands_app({"samhandling": engine}, HELE_BERGEN, Tokens(engine.around.keyring, engine.around.clock))
    )


def spør(rommet: Rom, som: Actor, sti: str, **spurt: Any) -> httpx.Response:
    engine = rommet.inst.engines["samhandling"]
    pass_ = Tokens(engine.around.keyring, engine.around.clock)
    return klient_for(engine).get(f"/api/samhandling/{sti}", params=spurt, headers={"Authorization": pass_.header(som)})


def åpne(rommet: Rom, sak: str, begrunnelse: str = GRUNN, som: Actor = REVISOR) -> httpx.Response:
    sti = f"/api/samhandling/avviksgang/{sak}/hvem"
    return rommet.vei.be("samhandling", som, sti, {"av": ansatt(som.party), "begrunnelse": begrunnelse})


def hvem_er_det(rommet: Rom, sak: str, av: str = "") -> dict[str, Any]:
    svar = spør(rommet, REVISOR, f"avviksgang/{sak}/hvem", av=av or ansatt("auditor"))
    assert svar.status_code == 200, svar.text
    return dict(svar.json())


INGENTING = {"gjelder_noen": True, "person_ref": None, "åpnet": None, "navn": None, "født": None}
"""What is told of a case before anybody has said why: not even whether two cases are the same person's."""


@pytest.mark.parametrize("sagt", ["", " ", "\n\t"])
def test_given_a_case_when_nothing_is_said_why_then_nothing_is_told_and_the_refusal_is_written_for_the_person(
    saken: tuple[Rom, Menneske, str], sagt: str
) -> None:
    rommet, hvem, sak = saken
    assert hvem_er_det(rommet, sak) == INGENTING
    svar = åpne(rommet, sak, sagt)
    assert (svar.status_code, svar.json()["rule"]) == (409, "avvik.grunn")
    assert hvem_er_det(rommet, sak) == INGENTING
    *_, post = rommet.logg("samhandling")
    assert (post.topic, post.navn, post.event.av) == ("samhandling.avvik", "AvvikIdentitetNektet", ansatt("auditor"))
    sist = spør(rommet, PERSONEN, f"personer/{hvem.ref}/innsyn").json()["åpnet"][0]
    assert (sist["avvist"], sist["av"], sist["begrunnelse"]) == (True, ansatt("auditor"), "")


def test_given_a_request_without_any_ground_at_all_then_that_is_a_refusal_too(
    saken: tuple[Rom, Menneske, str],
) -> None:
    rommet, _, sak = saken
    sti = f"/api/samhandling/avviksgang/{sak}/hvem"
    assert rommet.vei.be("samhandling", REVISOR, sti, {"av": ansatt("auditor")}).status_code == 409
    assert rommet.logg("samhandling")[-1].navn == "AvvikIdentitetNektet"


def test_given_a_written_ground_when_it_is_opened_then_the_name_is_told_to_that_one_for_an_hour(
    saken: tuple[Rom, Menneske, str],
) -> None:
    rommet, hvem, sak = saken
    assert åpne(rommet, sak).status_code == 200
    svar = hvem_er_det(rommet, sak)
    assert svar["person_ref"] == hvem.ref
    assert (svar["navn"], svar["født"]) == ("Syntetisk Prøvesen", "1989-04-03")
    nå = rommet.klokke.now
    rommet.til(nå + timedelta(minutes=59))
    assert hvem_er_det(rommet, sak)["navn"] is not None
    rommet.til(nå + timedelta(minutes=61))
    assert hvem_er_det(rommet, sak)["navn"] is None


def test_given_that_it_is_opened_then_it_was_written_first_in_the_cases_own_stream_with_the_words_sealed(
    saken: tuple[Rom, Menneske, str],
) -> None:
    rommet, hvem, sak = saken
    åpne(rommet, sak)
    *_, post = [p for p in rommet.logg("samhandling") if p.navn == "AvvikIdentitetAapnet"]
    assert (post.topic, post.envelope.person_ref) == ("samhandling.avvik", hvem.ref)
    assert (post.event.part, post.event.av, post.event.tid) == ("auditor", ansatt("auditor"), rommet.klokke.now)
    rader = rommet.inst.engines["samhandling"].read(lambda db: log.read_page(db, 0, 10**6))
    assert not any(GRUNN.encode() in rad.data for rad in rader)


def test_the_step_by_step_story_tells_that_it_was_opened_and_by_which_party(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, _, sak = saken
    åpne(rommet, sak)
    skjedd = spør(rommet, REVISOR, "avviksgang", sak=sak).json()["skjedd"]
    assert (skjedd[0]["hendelse"], skjedd[0]["part"]) == ("AvvikIdentitetAapnet", "auditor")


def test_the_parties_of_the_case_are_told_nothing_of_it(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, _, sak = saken
    før = {part: len(rommet.vei.gitt("samhandling", part)) for part in (ENHET, "pam", "innbygger")}
    åpne(rommet, sak)
    rommet.pump()
    assert før == {part: len(rommet.vei.gitt("samhandling", part)) for part in før}


def test_pjl_18_the_person_reads_who_opened_it_when_and_in_which_words(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, sak = saken
    åpne(rommet, sak)
    logg = spør(rommet, PERSONEN, f"personer/{hvem.ref}/innsyn").json()
    assert logg["oppføringer"] == [hvem.ref]
    sist = logg["åpnet"][0]
    assert (sist["part"], sist["av"], sist["begrunnelse"]) == ("auditor", ansatt("auditor"), GRUNN)
    assert datetime.fromisoformat(sist["tid"]) == rommet.klokke.now


def test_pjl_18_nobody_but_the_person_asks_for_their_log(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, hvem, _ = saken
    for som in (REVISOR, FORUM, aktør(ENHET), aktør("pam")):
        assert spør(rommet, som, f"personer/{hvem.ref}/innsyn").status_code == 403


def test_pbrl_5_1_no_log_is_told_of_somebody_unknown_or_of_a_child_which_has_no_page_of_its_own(
    saken: tuple[Rom, Menneske, str],
) -> None:
    rommet, _, _ = saken
    assert spør(rommet, PERSONEN, f"personer/{'0' * 32}/innsyn").status_code == 409
    barn = menneske(rommet, date(2014, 5, 6), "aarstad", ENHET)
    assert spør(rommet, PERSONEN, f"personer/{barn.ref}/innsyn").status_code == 403


def test_access_md_a_forum_is_not_told_which_units_and_opens_no_name(
    saken: tuple[Rom, Menneske, str],
) -> None:
    rommet, _, sak = saken
    assert spør(rommet, FORUM, "avviksgang", sak=sak).status_code == 403
    assert åpne(rommet, sak, som=FORUM).status_code == 403
    assert spør(rommet, FORUM, f"avviksgang/{sak}/hvem", av=ansatt("forum")).status_code == 403


def test_access_md_a_unit_that_sees_cases_with_names_does_not_see_those_of_all_others(
    saken: tuple[Rom, Menneske, str],
) -> None:
    rommet, _, sak = saken
    for part in (ACT, ENHET, "pam", "nav-aarstad", "innbygger"):
        assert spør(rommet, aktør(part), "avviksgang").status_code == 403
        assert åpne(rommet, sak, som=aktør(part)).status_code == 403


def test_a_case_about_nobody_in_particular_has_nobody_to_open(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, _, _ = saken
    ref = rommet.be(aktør(ACT, "avvik.meld"), "samhandling/avvik", **MELDT)
    assert hvem_er_det(rommet, saksnavn(ref))["gjelder_noen"] is False
    assert åpne(rommet, saksnavn(ref)).status_code == 409


def test_who_has_not_said_why_is_told_nothing_though_a_colleague_has(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, _, sak = saken
    åpne(rommet, sak)
    engine = rommet.inst.engines["samhandling"]
    assert avvikshvem.hvem(engine, sak, "auditor", "en-kollega") == HvemGjelderDet(gjelder_noen=True)
    assert avvikshvem.hvem(engine, sak, "auditor", ansatt("auditor")).navn is not None


def test_nobody_looks_in_the_name_of_somebody_who_has_no_post_there(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, _, sak = saken
    åpne(rommet, sak)
    assert spør(rommet, REVISOR, f"avviksgang/{sak}/hvem", av=ansatt("forum")).status_code == 403


def test_a_name_that_no_case_goes_by_is_said_to_be_none(saken: tuple[Rom, Menneske, str]) -> None:
    rommet, _, _ = saken
    assert åpne(rommet, "0" * 12).status_code == 400
    assert spør(rommet, REVISOR, "avviksgang", sak="0" * 12).json()["saker"] == []


def test_pbrl_5_1_given_that_two_records_became_one_then_both_are_the_persons_until_they_are_parted(
    saken: tuple[Rom, Menneske, str],
) -> None:
    rommet, hvem, sak = saken
    annen = menneske(rommet, date(1990, 5, 6), "aarstad", ENHET)
    koe = aktør("koordinerende-enhet", "person.slaa_sammen")
    åpne(rommet, sak)
    før = len(spør(rommet, PERSONEN, f"personer/{hvem.ref}/innsyn").json()["åpnet"])
    rommet.be(koe, f"samhandling/personer/{annen.ref}/slaa-sammen", tapt=hvem.ref)
    logg = spør(rommet, PERSONEN, f"personer/{annen.ref}/innsyn").json()
    assert (logg["oppføringer"], len(logg["åpnet"])) == ([annen.ref, hvem.ref], før)
    rommet.be(koe, f"samhandling/personer/{annen.ref}/skill-ut", gjenoppstått=hvem.ref)
    logg = spør(rommet, PERSONEN, f"personer/{annen.ref}/innsyn").json()
    assert (logg["oppføringer"], logg["åpnet"]) == ([annen.ref], [])
