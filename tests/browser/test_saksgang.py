"""The auditor's page in a real browser: with the keyboard, without scripts, on a phone, and an address handed on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bindeledd.app.http import serving
from tests import saksgang
from tests.i_nettleser import SMAL, Axe, god, gå_inn, tab_til, tjener
from tests.saksgang import Saken

pytestmark = pytest.mark.browser
REVISJON = "Hele Bergen"


@dataclass(frozen=True, slots=True)
class Sted:
    sak: Saken
    adresse: str


@pytest.fixture
def sted(page: Page, tmp_path: Path) -> Iterator[Sted]:
    with (
        saksgang.saken(tmp_path / "data") as sak,
        serving(sak.rom.inst, demo=True) as inne,
        tjener(inne.app) as adresse,
    ):
        yield Sted(sak, adresse)
        page.goto("about:blank")


def som_revisor(page: Page, sted: Sted) -> None:
    gå_inn(page, sted.adresse, REVISJON, "^Revisor")
    page.get_by_role("link", name="Saksgang").click()
    expect(page.get_by_role("heading", name="Slik gikk avvikene")).to_be_visible()


def test_an_auditor_pulls_the_slider_with_the_keyboard_and_hands_the_address_on(
    page: Page, browser: Browser, sted: Sted
) -> None:
    som_revisor(page, sted)
    pam = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Psykiatrisk akuttmottak"))
    expect(pam).to_contain_text("Åpnet, ikke svart")
    spole = page.get_by_label("Spol gjennom det som skjedde")
    spole.focus()
    page.keyboard.press("ArrowLeft")
    expect(pam).to_contain_text("Sendt, ikke åpnet")
    expect(spole).to_be_focused()
    expect(spole).to_have_attribute("aria-valuetext", re.compile(r"09\.10\. Steg 1 av 2"))
    page.wait_for_url("**/avviksgang?per=2024-02-05T09**")
    tab_til(page, "Neste", "Enter")
    expect(pam).to_contain_text("Åpnet, ikke svart")
    side = browser.new_page()
    som_revisor(side, sted)
    side.goto(f"{sted.adresse}/avviksgang?per={saksgang.KLOKKA_TOLV}")
    expect(side.get_by_text("Sendt, ikke åpnet", exact=True)).to_be_visible()
    side.goto("about:blank")


def test_without_scripts_a_form_leads_to_the_moment(browser: Browser, page: Page, sted: Sted) -> None:
    som_revisor(page, sted)
    kontekst = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    side = kontekst.new_page()
    side.goto(f"{sted.adresse}/avviksgang")
    side.get_by_role("button", name="Forrige").click()
    expect(side.get_by_text("Sendt, ikke åpnet", exact=True)).to_be_visible()
    assert "per=2024-02-05T09" in side.url
    side.get_by_label("Slik det var").fill("2024-02-05T13:02")
    side.get_by_role("button", name="Vis", exact=True).click()
    expect(side.get_by_text("Åpnet, ikke svart", exact=True)).to_have_count(1)
    kontekst.close()


def test_every_step_is_accessible_and_on_a_phone_the_lanes_stand_below_one_another(
    page: Page, sted: Sted, axe: Axe
) -> None:
    som_revisor(page, sted)
    for sti in ("/avviksgang", f"/avviksgang?sak={sted.sak.navn}&per={saksgang.KLOKKA_TOLV}&kategori=TIDLIGMELDING"):
        page.goto(sted.adresse + sti)
        god(page, axe)
        til_venstre, til_høyre = (page.locator(".bane").nth(n).bounding_box() for n in (0, 1))
        assert til_venstre is not None
        assert til_høyre is not None
        assert til_venstre["y"] == til_høyre["y"]
        page.set_viewport_size(SMAL)  # type: ignore[arg-type]
        over, under = (page.locator(".bane").nth(n).bounding_box() for n in (0, 1))
        assert over is not None
        assert under is not None
        assert under["y"] >= over["y"] + over["height"]
        page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Hvem gjelder den?").click()
    god(page, axe)
    page.get_by_label("Hvorfor må du vite hvem det er?").fill("Syntetisk: personen har klaget")
    page.get_by_role("button", name="Vis hvem det er").click()
    expect(page.get_by_text("Syntetisk Prøvesen")).to_be_visible()
    god(page, axe)
