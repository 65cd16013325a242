"""Writing a crisis plan in a real browser: by keyboard, on a phone, and while somebody else writes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.i_nettleser import Axe, Åpen, god_på_begge_bredder, som_act, tab_til
from tests.nettsider import ACT, person, ref
from tests.unit.web.test_krisesiden import HER, plan, tekst

pytestmark = pytest.mark.browser


def åpne_skjemaet(page: Page, åpen: Åpen) -> None:
    åpen.by.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
    åpen.by.gi("kriseplan", ref(105), ref(1), {ACT: plan()})
    som_act(page, åpen)
    page.goto(f"{åpen.adresse}/pasient/{ref(1)}")


def test_a_plan_is_gone_through_and_changed_with_the_keyboard_alone(page: Page, åpen: Åpen, axe: Axe) -> None:
    åpne_skjemaet(page, åpen)
    tab_til(page, "Gå gjennom og endre", "Enter")
    expect(page.get_by_role("heading", name="Endre kriseplanen til Ola Prøvesen")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "kriseplan")
    page.get_by_label("Hvem tar seg av barna?").focus()
    page.keyboard.type("Mormor tar dem.")
    page.get_by_label("Personen selv").focus()
    page.keyboard.press("Space")
    tab_til(page, "Lagre ny versjon", "Enter")
    expect(page.get_by_text("Kriseplanen er lagret.")).to_be_visible()
    assert åpen.by.svart[-1][3] == {
        "medvirkning": ["pasient"],
        "deler": {"barn": {"hvem_tar_barna": "Mormor tar dem."}},
    }


def test_the_form_says_what_is_missing_while_one_writes(page: Page, åpen: Åpen) -> None:
    åpne_skjemaet(page, åpen)
    page.goto(åpen.adresse + HER)
    mangler = page.locator("#mangler")
    expect(mangler).to_contain_text("hvordan personen vil bli møtt")
    page.get_by_label("Slik vil personen bli møtt").fill("Snakk rolig.")
    expect(mangler).not_to_contain_text("hvordan personen vil bli møtt")
    expect(mangler).to_contain_text("hva andre ser når det er akutt")
    assert page.get_by_label("Slik vil personen bli møtt").input_value() == "Snakk rolig."


def test_who_writes_while_somebody_else_does_is_told_at_once_and_sees_both_texts(
    page: Page, åpen: Åpen, axe: Axe
) -> None:
    åpne_skjemaet(page, åpen)
    page.goto(åpen.adresse + HER)
    page.get_by_label("Annet den som møter personen må vite").fill("Min tekst")
    page.get_by_label("Personen selv").check()
    åpen.by.gi("kriseplan", ref(105), ref(1), {ACT: plan(versjon=3, roedt_nivaa=tekst("Deres tekst"))})
    expect(page.get_by_text("Noen andre har endret kriseplanen mens du skriver.")).to_be_visible()
    assert page.get_by_label("Annet den som møter personen må vite").input_value() == "Min tekst"
    page.get_by_role("button", name="Lagre ny versjon").click()
    expect(page.get_by_text("Deres tekst")).to_be_visible()
    assert page.get_by_label("Annet den som møter personen må vite").input_value() == "Min tekst"
    god_på_begge_bredder(page, åpen, axe, "kriseplan-strid")
    page.goto(f"{åpen.adresse}{HER}/tilbakekall")
    god_på_begge_bredder(page, åpen, axe, "kriseplan-tilbakekall")
