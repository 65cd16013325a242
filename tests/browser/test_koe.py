"""The manual queue in a real browser: by keyboard, and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bindeledd.schema.generated.samhandling import Meldingsutfall
from tests.i_nettleser import Axe, Åpen, god_på_begge_bredder, gå_inn, tab_til
from tests.nettsider import NÅ, melding, opphold, person, ref
from tests.unit.web.test_koe import FORVALTNING, KOORDINERENDE, TVIL, ny

pytestmark = pytest.mark.browser


def test_two_records_are_compared_and_decided_on_with_the_keyboard_alone(page: Page, åpen: Åpen, axe: Axe) -> None:
    åpen.by.gi("samhandling", ref(1101), ref(1), {FORVALTNING: person("Ola")})
    åpen.by.gi("samhandling", ref(1201), ref(2), {FORVALTNING: ny(tvil=TVIL)})
    åpen.by.gi("samhandling", ref(1202), ref(2), {FORVALTNING: opphold()})
    gå_inn(page, åpen.adresse, "Bydel Årstad", "^Saksbehandler i forvaltning")
    tab_til(page, "Avklar", "Enter")
    expect(page.get_by_role("heading", name="Er dette samme person?")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "koe")
    page.get_by_label("Hva bygger avgjørelsen på?").focus()
    page.keyboard.type("Vi har sjekket i j")
    tab_til(page, "To forskjellige", "Enter")
    expect(page.get_by_text("Avgjørelsen er lagret.")).to_be_visible()
    kropp = {"kandidat": ref(1), "samme": False, "grunn": "sjekket_journal"}
    assert åpen.by.svart == [("samhandling", ref(2), "treff", kropp)]
    tab_til(page, "Nei, ikke en sak for oss", "Enter")
    expect(page.get_by_role("heading", name="Er Ola Prøvesen ikke en sak for oss?")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "koe-forkast")


def test_a_message_that_nobody_has_is_given_on_with_the_keyboard_alone(page: Page, åpen: Åpen, axe: Axe) -> None:
    uten = melding(utfall=Meldingsutfall.TATT_INN, opphold_ref=ref(9), uten_mottaker=True, aapnes_innen=NÅ)
    åpen.by.gi("samhandling", ref(1501), ref(15), {KOORDINERENDE: uten})
    gå_inn(page, åpen.adresse, "Hele Bergen", "^Ansatt i koordinerende enhet")
    tab_til(page, "Avklar", "Enter")
    expect(page.get_by_role("heading", name="Meldinger som ikke fant fram")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "koe-uten-mottaker")
    tab_til(page, "Gi den videre", "Enter")
    expect(page.get_by_role("heading", name="Hvem skal ha meldingen?")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "koe-gi-videre")
    page.get_by_label("Enhet").focus()
    page.keyboard.type("Hjemmebaserte tjenester Års")
    tab_til(page, "Gi meldingen videre", "Enter")
    expect(page.get_by_text("Meldingen er gitt videre.")).to_be_visible()
