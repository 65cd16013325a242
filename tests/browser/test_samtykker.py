"""Consents and oppositions in a real browser: by keyboard, on a phone, and what an open page does when they change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.i_nettleser import Axe, Åpen, god_på_begge_bredder, gå_inn, tab_til
from tests.nettsider import ENHET, NAV, gruppe, person, plan, ref, samtykke, samtykker, sperring
from tests.plansider import taler, ung

pytestmark = pytest.mark.browser
NAVS = samtykke(80, NAV, "plan.finnes", "kriseplan.kontakter")
HER = f"/pasient/{ref(1)}/samtykker"


def som_koordinator(page: Page, åpen: Åpen) -> None:
    åpen.by.gi("samhandling", ref(111), ref(1), {ENHET: person("Ola")})
    åpen.by.gi("ansvarsgruppe", ref(110), ref(1), {ENHET: samtykker(NAVS, sperringer=(sperring(90, "skole-aarstad"),))})
    gå_inn(page, åpen.adresse, "Bydel Årstad", "^Koordinator i Enhet for psykisk helse Årstad")


def test_the_pages_about_consent_are_accessible_and_fit_a_phone(page: Page, åpen: Åpen, axe: Axe) -> None:
    som_koordinator(page, åpen)
    for navn, sti in (
        ("samtykker", HER),
        ("samtykke-nytt", f"{HER}/nytt"),
        ("sperring-ny", f"{HER}/sperring"),
        ("samtykke-trekk", f"{HER}/{ref(80)}/trekk"),
    ):
        page.goto(åpen.adresse + sti)
        god_på_begge_bredder(page, åpen, axe, navn)


def test_pbrl_4_4_a_parent_is_written_down_and_reads_what_the_child_may(page: Page, åpen: Åpen, axe: Axe) -> None:
    sagt = {"foresatt": replace(samtykker(NAVS), **taler()), ENHET: replace(samtykker(NAVS), **taler())}
    åpen.by.gi("samhandling", ref(111), ref(1), {ENHET: ung("Ola", 14), "foresatt": ung("Ola", 14)})
    åpen.by.gi("ansvarsgruppe", ref(110), ref(1), sagt)
    åpen.by.gi("ansvarsgruppe", ref(104), ref(1), {"foresatt": plan()})
    åpen.by.gi("ansvarsgruppe", ref(80), ref(1), {"foresatt": gruppe()})
    gå_inn(page, åpen.adresse, "Bydel Årstad", "^Koordinator i Enhet for psykisk helse Årstad")
    page.goto(åpen.adresse + HER)
    page.get_by_text("Det er slutt: Syntetisk Mor").click()
    god_på_begge_bredder(page, åpen, axe, "talspersoner")
    tab_til(page, "Skriv ned hvem som taler for personen", "Enter")
    expect(page.get_by_role("heading", name="Hvem taler for Ola Prøvesen?")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "talsperson-ny")
    page.get_by_label("Navn, og gjerne telefon").fill("Syntetisk Far")
    page.get_by_label("Hvem er det?").select_option("foreldreansvar")
    åpen.by.nekter = "Det er alt skrevet ned 4 med foreldreansvar"
    tab_til(page, "Lagre", "Enter")
    expect(page.get_by_text("Ingenting er lagret ennå.")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "talsperson-feil")
    åpen.by.nekter = ""
    tab_til(page, "Lagre", "Enter")
    expect(page.get_by_text("Det er skrevet ned.")).to_be_visible()
    page.goto(f"{åpen.adresse}{HER}/nytt")
    expect(page.get_by_label("Barnet har fått si hva det mener")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "samtykke-for-barn")
    gå_inn(page, åpen.adresse, "Hele Bergen", "^Foresatt")
    tab_til(page, "Ola", "Enter")
    expect(page.get_by_role("heading", name="Ola Prøvesen")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "foresatt-person")
    page.goto(åpen.adresse + HER)
    god_på_begge_bredder(page, åpen, axe, "foresatt-samtykker")


def test_a_consent_is_given_and_withdrawn_with_the_keyboard_alone(page: Page, åpen: Åpen) -> None:
    som_koordinator(page, åpen)
    page.goto(f"{åpen.adresse}/pasient/{ref(1)}")
    tab_til(page, "Registrer eller trekk tilbake", "Enter")
    expect(page.get_by_role("heading", name="Hva Ola Prøvesen vil dele")).to_be_visible()
    tab_til(page, "Registrer et samtykke", "Enter")
    expect(page.get_by_role("heading", name="Registrer et samtykke")).to_be_visible()
    page.get_by_label("Hvem gjelder det?").focus()
    page.keyboard.type("NAV")
    page.get_by_label("at det finnes et opphold, og datoene").focus()
    page.keyboard.press("Space")
    page.get_by_label("Hva er det til?").focus()
    page.keyboard.type("Bolig")
    tab_til(page, "Lagre samtykket", "Enter")
    expect(page.get_by_text("Samtykket er registrert.")).to_be_visible()
    (_, _, hva, kropp) = åpen.by.svart[-1]
    assert (hva, kropp["formaal"], kropp["deler"]) == ("samtykker", "bolig_og_oekonomi", ["opphold.finnes"])
    tab_til(page, "Vil ikke dele dette lenger", "Enter")
    expect(page.get_by_role("heading", name="Hva mener Ola Prøvesen?")).to_be_visible()
    page.get_by_label("Motsette seg at NAV").focus()
    page.keyboard.press("Space")
    tab_til(page, "Lagre", "Enter")
    expect(page.get_by_text("Det er registrert at personen motsetter seg deling.")).to_be_visible()


def test_an_open_page_shows_a_new_consent_by_itself(page: Page, åpen: Åpen) -> None:
    som_koordinator(page, åpen)
    page.goto(åpen.adresse + HER)
    nytt = samtykke(81, "barnevern-aarstad", "barn.kartlagt")
    åpen.by.gi("ansvarsgruppe", ref(110), ref(1), {ENHET: samtykker(NAVS, nytt)})
    expect(page.get_by_text("Barn som pårørende: at barnet er kartlagt", exact=False)).to_be_visible()
