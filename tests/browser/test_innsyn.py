"""The person's own look-up log in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.i_nettleser import Axe, Åpen, god_på_begge_bredder, gå_inn, som_act, tab_til
from tests.nettsider import ACT, person, ref

pytestmark = pytest.mark.browser


def som_personen(page: Page, åpen: Åpen, navn: str) -> None:
    """Choose to be one of the persons."""
    gå_inn(page, åpen.adresse, "Hele Bergen", "^Personen selv")
    page.get_by_role("button", name=navn).click()
    expect(page.get_by_role("heading", name=navn)).to_be_visible()


def test_the_person_finds_who_saw_them_in_one_press_from_their_own_page(page: Page, åpen: Åpen, axe: Axe) -> None:
    åpen.by.gi("samhandling", ref(101), ref(1), {ACT: person("Ola"), "innbygger": person("Ola")})
    som_act(page, åpen)
    page.goto(f"{åpen.adresse}/pasient/{ref(1)}")
    som_personen(page, åpen, "Ola Prøvesen")
    tab_til(page, "Se hvem som har sett", "Enter")
    expect(page.get_by_role("heading", name="Hvem har sett opplysninger om meg")).to_be_visible()
    i_dag = page.get_by_role("region", name=re.compile("i dag", re.IGNORECASE)).first
    expect(i_dag.get_by_role("heading", name="ACT-team Kronstad")).to_be_visible()
    expect(i_dag.get_by_text("Medlem av ACT-team")).to_be_visible()
    expect(i_dag.get_by_text("Enheten hjelper deg nå").first).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "innsyn")
    åpning = {"tid": "2024-02-03T20:00:00Z", "part": "auditor", "av": "demo-130", "begrunnelse": "Syntetisk klage"}
    åpen.by.egen_logg = {"oppføringer": [ref(1), ref(2)], "åpnet": [åpning]}
    page.reload()
    expect(page.get_by_text("Syntetisk klage")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "innsyn-aapnet")
