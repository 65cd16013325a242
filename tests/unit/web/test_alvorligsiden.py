"""The pages of a serious incident: noted, read as it will be sent, and sent by a leader (LOV-2025-06-20-74)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.samhandling.plo.skriv import lag_innlagt, lag_utskrevet
from tests.meldetjener import Meldetjener, med_melde, meldetjener
from tests.meldinger import PASIENT
from tests.nettsider import Nettleser, logg_inn
from tests.rom import HELE_BERGEN, Rom, rom, sidene
from tests.samples import sample_params
from tests.stories.folk import aktør, registrer
from tests.unit.samhandling.meldinger import sending
from tests.unit.samhandling.test_alvorlig import HENDT, I_KRAFT, MØTET, NÅ, RAPPORTEN, SKREVET, leder, med_regel
from tests.unit.web.test_gruppesiden import knapp
from tests.unit.web.test_gruppesiden import send as fyll_ut

DOKUMENT = sample_params("melde-no/swagger-v2.json")
PAM = "pam"


@pytest.fixture(params=DOKUMENT)
def her(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Rom, Meldetjener, str, Nettleser]]:
    """Somebody in PAM; the leader of PAM before the pages."""
    (tmp_path / "data").mkdir()
    with meldetjener(request.param) as tjener:
        oppsett = med_melde(med_regel(HELE_BERGEN, I_KRAFT, MØTET, RAPPORTEN), tjener.adresse, tmp_path)
        with rom(tmp_path / "data", HENDT, oppsett=oppsett) as rommet:
            person = str(rommet.gjør("samhandling", registrer(aktør("koordinerende-enhet"))))
            rommet.melding(lag_innlagt(sending(1, HENDT), tid=HENDT), HENDT + timedelta(minutes=5))
            rommet.til(NÅ)
            yield rommet, tjener, person, som_leder(rommet)


def som_leder(rommet: Rom) -> Nettleser:
    leser = Nettleser(sidene(rommet.inst))
    logg_inn(leser, leder(PAM), PAM, aktør(PAM, "alvorlig.meld").role)
    return leser


def notert(rommet: Rom, leser: Nettleser, person: str) -> str:
    """Noted on the page. Returns the address of the incident's own page."""
    svar = fyll_ut(leser, f"/pasient/{person}/alvorlig", dato="2027-03-22", klokke="12:00")
    assert svar.headers["location"].startswith(f"/pasient/{person}/alvorlig"), svar.text
    rommet.pump()
    (sti,) = re.findall(r'href="(/alvorlig/[0-9a-f]{32})"', leser.get(f"/pasient/{person}/alvorlig").text)
    return str(sti)


def test_6_a_leader_reads_what_is_sent_word_for_word_and_sends_it(her: tuple[Rom, Meldetjener, str, Nettleser]) -> None:
    rommet, tjener, person, leser = her
    assert f'href="/pasient/{person}/alvorlig"' in leser.get(f"/pasient/{person}").text
    sti = notert(rommet, leser, person)
    assert "Notert, ikke meldt" in leser.get(sti).text
    lest = leser.post(f"{sti}/se", {**felter_i(leser, sti), **SKREVET})
    assert (lest.status_code, tjener.spurt) == (200, []), "reading sends nothing"
    (vist,) = re.findall(r"<pre[^>]*>(.*?)</pre>", lest.text, re.DOTALL)
    assert PASIENT.identer[0].id in vist
    svar = leser.post(f"{sti}/send", knapp(lest.text, "send"))
    assert svar.headers["location"].startswith(sti), svar.text
    rommet.pump()
    ((id_, kvittering),) = tjener.tatt_inn.items()
    lovet = html.unescape(vist).replace("(lages når du sender)", id_)
    assert lovet == som_json(tjener.spurt[0])
    side = leser.get(sti).text
    assert "Tatt imot av Melde.no" in side
    assert kvittering["Referansenummer"] in side
    assert 'id="send"' not in side
    assert 'id="se"' not in side


def som_json(spurt: object) -> str:
    return json.dumps(spurt, ensure_ascii=False, indent=2)


def felter_i(leser: Nettleser, sti: str) -> dict[str, str]:
    return knapp(leser.get(sti).text, "se")


def test_6_a_field_that_the_form_asks_for_is_asked_for_and_what_was_written_is_kept(
    her: tuple[Rom, Meldetjener, str, Nettleser],
) -> None:
    rommet, tjener, person, leser = her
    sti = notert(rommet, leser, person)
    svar = leser.post(f"{sti}/se", {**felter_i(leser, sti), **SKREVET, "telefon": ""})
    assert (svar.status_code, "Fyll ut alle feltene" in svar.text) == (409, True)
    assert SKREVET["beskrivelse"] in svar.text
    assert "<pre" not in svar.text
    assert tjener.spurt == []


def test_pbrl_3_2_that_a_meeting_was_offered_and_6_that_the_report_was_sent_is_written_down_by_a_button(
    her: tuple[Rom, Meldetjener, str, Nettleser],
) -> None:
    rommet, _, person, leser = her
    sti = notert(rommet, leser, person)
    assert "Møte tilbys innen" in leser.get(sti).text
    assert 'id="rapport"' not in leser.get(sti).text
    lest = leser.post(f"{sti}/se", {**felter_i(leser, sti), **SKREVET})
    leser.post(f"{sti}/send", knapp(lest.text, "send"))
    rommet.pump()
    for hva in ("moete", "rapport"):
        svar = leser.post(f"{sti}/{hva}", knapp(leser.get(sti).text, hva))
        assert svar.headers["location"].startswith(sti), svar.text
        rommet.pump()
        assert f'id="{hva}"' not in leser.get(sti).text
    assert leser.get(sti).text.count("I tide") == 3


def test_6_a_leader_finds_the_report_among_avvik_also_when_the_ward_has_no_page_of_the_person_any_more(
    her: tuple[Rom, Meldetjener, str, Nettleser],
) -> None:
    rommet, _, person, leser = her
    sti = notert(rommet, leser, person)
    rommet.melding(lag_utskrevet(sending(2, NÅ), tid=NÅ, uttilstand="2"), NÅ)
    rommet.til(NÅ + timedelta(minutes=1))
    assert f'href="{sti}"' in leser.get("/avvik").text
    assert leser.get(sti).status_code == 200
    annen = Nettleser(sidene(rommet.inst))
    logg_inn(annen, "demo-109", PAM, "pam-kontakt")
    assert "Alvorlige hendelser" not in annen.get("/avvik").text


def test_nobody_but_a_leader_of_the_unit_finds_the_incident(her: tuple[Rom, Meldetjener, str, Nettleser]) -> None:
    rommet, _, person, leser = her
    sti = notert(rommet, leser, person)
    annen = Nettleser(sidene(rommet.inst))
    logg_inn(annen, "demo-109", PAM, "pam-kontakt")
    assert annen.get(sti).status_code == 404
    assert annen.get(f"/pasient/{person}/alvorlig").status_code == 403
    assert 'id="meld-alvorlig"' not in annen.get(f"/pasient/{person}").text


def test_kongen_bestemmer_while_the_rule_is_off_there_are_no_such_pages(tmp_path: Path) -> None:
    with rom(tmp_path, HENDT, oppsett=HELE_BERGEN) as rommet:
        person = str(rommet.gjør("samhandling", registrer(aktør("koordinerende-enhet"))))
        rommet.melding(lag_innlagt(sending(1, HENDT), tid=HENDT), HENDT + timedelta(minutes=5))
        leser = som_leder(rommet)
        assert 'id="meld-alvorlig"' not in leser.get(f"/pasient/{person}").text
        assert leser.get(f"/pasient/{person}/alvorlig").status_code == 404
