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
    tab_til(page, "Gå gjennom og endre kriseplanen", "Enter")
    expect(page.get_by_role("heading", name="Endre kriseplanen til Ola Prøvesen")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "kriseplan")
    page.get_by_label("Barn", exact=True).focus()
    page.keyboard.type("Mormor tar dem.")
    page.get_by_label("Personen selv").focus()
    page.keyboard.press("Space")
    tab_til(page, "Lagre ny versjon", "Enter")
    expect(page.get_by_text("Kriseplanen er lagret.")).to_be_visible()
    assert åpen.by.svart[-1][3] == {"medvirkning": ["pasient"], "deler": {"barn": "Mormor tar dem."}}


def test_who_writes_while_somebody_else_does_is_told_at_once_and_sees_both_texts(
    page: Page, åpen: Åpen, axe: Axe
) -> None:
    åpne_skjemaet(page, åpen)
    page.goto(åpen.adresse + HER)
    page.get_by_label("Rødt nivå: gjør dette nå").fill("Min tekst")
    page.get_by_label("Personen selv").check()
    åpen.by.gi("kriseplan", ref(105), ref(1), {ACT: plan(versjon=3, roedt_nivaa=tekst("Deres tekst"))})
    expect(page.get_by_text("Noen andre har endret kriseplanen mens du skriver.")).to_be_visible()
    assert page.get_by_label("Rødt nivå: gjør dette nå").input_value() == "Min tekst"
    page.get_by_role("button", name="Lagre ny versjon").click()
    expect(page.get_by_text("Deres tekst")).to_be_visible()
    assert page.get_by_label("Rødt nivå: gjør dette nå").input_value() == "Min tekst"
    god_på_begge_bredder(page, åpen, axe, "kriseplan-strid")
    page.goto(f"{åpen.adresse}{HER}/tilbakekall")
    god_på_begge_bredder(page, åpen, axe, "kriseplan-tilbakekall")
