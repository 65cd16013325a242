"""The pages about children in a real browser: a child is referred, taken and answered, by keyboard and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.i_nettleser import Axe, Åpen, god_på_begge_bredder, gå_inn, tab_til
from tests.nettsider import barn, person, ref
from tests.unit.web.test_barnesiden import BARNEHAGE, BARNET, DPS, HER, MOR, SAK, hos_avsender, sak

pytestmark = pytest.mark.browser


def test_the_barneansvarlig_registers_a_child_and_refers_it(page: Page, åpen: Åpen, axe: Axe) -> None:
    åpen.by.gi("samhandling", ref(101), MOR, {DPS: person("Ada")})
    åpen.by.gi("barn_paaroerende", ref(104), MOR, {DPS: barn()})
    åpen.by.gi("barn_paaroerende", SAK, BARNET, {DPS: hos_avsender()})
    gå_inn(page, åpen.adresse, "Distriktspsykiatriske sentre og ACT-team", "Barneansvarlig i DPS Kronstad")
    page.goto(f"{åpen.adresse}/pasient/{MOR}/barn")
    page.get_by_text("Registrer et barn", exact=True).click()
    page.get_by_label("Barnets fornavn").fill("Lille")
    page.get_by_label("Barnets etternavn").fill("Prøvesen")
    god_på_begge_bredder(page, åpen, axe, "barn-kartlegging")
    page.get_by_role("button", name="Registrer barnet").click()
    expect(page.get_by_text("Det er lagret.")).to_be_visible()
    assert åpen.by.svart[-1][2] == "barn"
    page.get_by_role("link", name="Barn", exact=True).click()
    expect(page.get_by_text("1 barn venter på dere.")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "barn-liste")
    tab_til(page, "Lille Prøvesen", "Enter")
    expect(page.get_by_role("heading", name="Lille Prøvesen")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "barn-avsender")
    tab_til(page, "Henvis barnet", "Enter")
    page.get_by_label("Hvem skal hjelpe barnet?").select_option(BARNEHAGE)
    page.get_by_label("Hva trenger barnet?").fill("Noen å snakke med")
    page.get_by_label("Hvem kan mottakeren ringe?").fill("Ada, 55 00 00 00")
    god_på_begge_bredder(page, åpen, axe, "barn-henvis")
    page.get_by_role("button", name="Lagre henvisningen").click()
    expect(page.get_by_text("Henvisningen er lagret.")).to_be_visible()
    assert åpen.by.svart[-1][2] == "henvisninger"


def test_the_barnehage_takes_it_and_the_page_closes_when_the_consent_is_withdrawn(
    page: Page, åpen: Åpen, axe: Axe
) -> None:
    åpen.by.gi("barn_paaroerende", SAK, BARNET, {BARNEHAGE: sak()})
    gå_inn(page, åpen.adresse, "Bydel Årstad", "Kontakt i barnehage i Barnehage i Årstad")
    page.goto(åpen.adresse + HER)
    expect(page.get_by_text("Barnet trenger støtte.")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "barn-barnehage")
    tab_til(page, "Ta henvisningen", "Enter")
    expect(page.get_by_text("Det er lagret.")).to_be_visible()
    åpen.by.gi("barn_paaroerende", SAK, BARNET, {})
    expect(page.get_by_role("heading", name="Delingen er avsluttet")).to_be_visible()
    assert "Lille" not in page.content()
