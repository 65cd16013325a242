"""What somebody has written in a form when their session ends: kept for them, in that tab, and for nobody else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_gruppe_og_plan import HER, som_koordinator
from tests.i_nettleser import Axe, Åpen, god_på_begge_bredder, gå_inn, som_act
from tests.nettsider import ENHET, ref
from tests.plansider import tiltak

pytestmark = pytest.mark.browser
ORD = "Følge til verkstedet"
NYTT = f"{HER}/plan/tiltak/nytt"
ENDRE = f"{HER}/plan/tiltak/{ref(90)}"
LAGRET = "sessionStorage.getItem('utkast')"


def skriv(page: Page, åpen: Åpen, sti: str) -> None:
    """Write in the form, and send it when there is no working session any more."""
    page.goto(åpen.adresse + sti)
    page.get_by_label("Hva skal gjøres?").fill(ORD)
    page.get_by_label("Hvem har ansvaret?").select_option(ENHET)
    page.get_by_label("Går videre også").check()
    page.context.clear_cookies()
    page.locator("#lagre").click()
    expect(page.get_by_role("heading", name="Hvem vil du være?")).to_be_visible()
    assert åpen.by.svart == []


def som_den_samme(page: Page, åpen: Åpen) -> None:
    gå_inn(page, åpen.adresse, "Bydel Årstad", "^Koordinator i Enhet for psykisk helse Årstad")


def test_what_was_written_when_the_session_ended_stands_there_when_the_same_user_opens_the_form_again(
    page: Page, åpen: Åpen, axe: Axe
) -> None:
    som_koordinator(page, åpen)
    skriv(page, åpen, NYTT)
    som_den_samme(page, åpen)
    assert axe(page) == []
    page.get_by_role("link", name="Åpne skjemaet igjen").click()
    expect(page.get_by_text("Her står det du skrev sist. Det er ikke lagret ennå.")).to_be_visible()
    expect(page.get_by_label("Hva skal gjøres?")).to_have_value(ORD)
    expect(page.get_by_label("Går videre også")).to_be_checked()
    god_på_begge_bredder(page, åpen, axe, "utkast-skjema")
    assert page.evaluate(LAGRET) is None
    page.locator("#lagre").click()
    expect(page.get_by_role("heading", name="Individuell plan")).to_be_visible()
    (_, _, _, kropp) = åpen.by.svart[-1]
    assert (kropp["tekst"], kropp["part"], kropp["gaar_videre"]) == (ORD, ENHET, True)
    assert page.evaluate(LAGRET) is None


def test_nothing_of_it_is_there_for_whoever_else_is_chosen(page: Page, åpen: Åpen) -> None:
    som_koordinator(page, åpen)
    skriv(page, åpen, NYTT)
    assert ORD in page.evaluate(LAGRET)
    som_act(page, åpen)
    assert page.evaluate(LAGRET) is None


def test_who_leaves_a_form_of_their_own_accord_leaves_what_they_wrote(page: Page, åpen: Åpen) -> None:
    som_koordinator(page, åpen)
    page.goto(åpen.adresse + NYTT)
    page.get_by_label("Hva skal gjøres?").fill(ORD)
    page.get_by_role("link", name="Avbryt").click()
    expect(page.get_by_role("heading", name="Individuell plan")).to_be_visible()
    assert page.evaluate(LAGRET) is None


def test_what_somebody_else_changed_meanwhile_is_said_as_it_always_is_and_it_goes_when_the_session_is_ended(
    page: Page, åpen: Åpen
) -> None:
    som_koordinator(page, åpen)
    åpen.by.gi("ansvarsgruppe", ref(90), ref(1), {ENHET: tiltak("Rydde", ENHET)})
    page.goto(f"{åpen.adresse}{HER}/plan")
    expect(page.get_by_text("Rydde").first).to_be_visible()
    skriv(page, åpen, ENDRE)
    åpen.by.gi("ansvarsgruppe", ref(90), ref(1), {ENHET: tiltak("Rydde", ENHET, paa_vent=True)})
    som_den_samme(page, åpen)
    page.goto(f"{åpen.adresse}{HER}/plan")
    expect(page.get_by_text("På vent")).to_be_visible()
    page.goto(åpen.adresse + ENDRE)
    expect(page.get_by_label("Hva skal gjøres?")).to_have_value(ORD)
    page.locator("#lagre").click()
    expect(page.get_by_role("heading", name="Noe er endret mens du så på siden")).to_be_visible()
    assert åpen.by.svart == []
    page.context.clear_cookies()
    page.locator("#likevel").click()
    som_den_samme(page, åpen)
    expect(page.get_by_role("link", name="Åpne skjemaet igjen")).to_be_visible()
    page.get_by_role("link", name="Bytt").click()
    assert ORD in page.evaluate(LAGRET)
    page.get_by_role("button", name="Avslutt økten").click()
    expect(page.get_by_role("button", name="Avslutt økten")).to_have_count(0)
    assert page.evaluate(LAGRET) is None
