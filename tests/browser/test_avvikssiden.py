"""The pages of avvik in a real browser: reported in under a minute by keyboard alone, on a phone, and live."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from bindeledd.schema.generated.felles import Oppgaveslag
from tests.avvikssider import besvart, meldt, utkast
from tests.i_nettleser import Axe, Åpen, god_på_begge_bredder, gå_inn, tab_til
from tests.nettsider import ACT, PAM, oppgave, person, ref

pytestmark = pytest.mark.browser
SAK = f"/avvik/{ref(300)}"


def som_act(page: Page, åpen: Åpen) -> None:
    åpen.by.gi("samhandling", ref(111), ref(1), {ACT: person("Ola")})
    åpen.by.gi("samhandling", ref(300), ref(1), {ACT: utkast()})
    gå_inn(page, åpen.adresse, "Distriktspsykiatriske sentre og ACT-team", "^Medlem av ACT-team i ACT-team Kronstad")


def test_every_page_about_avvik_is_accessible_and_fits_a_phone(page: Page, åpen: Åpen, axe: Axe) -> None:
    som_act(page, åpen)
    les = (oppgave(41, Oppgaveslag.LES_AVVIKSSVAR),)
    åpen.by.gi("samhandling", ref(311), ref(1), {ACT: besvart(oppgaver=les)})
    åpen.by.gi("samhandling", ref(312), None, {ACT: meldt()})
    for navn, sti in (
        ("avvik", "/avvik"),
        ("avvik-nytt", "/avvik/nytt"),
        ("avvik-utkast", SAK),
        ("avvik-meld", f"{SAK}/meld"),
        ("avvik-sak", f"/avvik/{ref(311)}"),
        ("avvik-svar", f"/avvik/{ref(311)}/svar"),
        ("avvik-uenig", f"/avvik/{ref(311)}/uenig"),
        ("avvik-tilbakemelding", f"/avvik/{ref(311)}/tilbakemelding"),
        ("avvik-om-person", f"/pasient/{ref(1)}/avvik"),
    ):
        page.goto(åpen.adresse + sti)
        god_på_begge_bredder(page, åpen, axe, navn)


def test_a_draft_is_reported_with_the_keyboard_alone_and_the_case_shows_by_itself_that_it_was_opened(
    page: Page, åpen: Åpen
) -> None:
    som_act(page, åpen)
    tab_til(page, "Avvik", "Enter")
    expect(page.get_by_text("1 venter på dere.")).to_be_visible()
    tab_til(page, "Tidligmeldingen kom for sent", "Enter")
    expect(page.get_by_role("heading", name="Tidligmeldingen kom for sent")).to_be_visible()
    tab_til(page, "Meld avviket", "Enter")
    expect(page.get_by_label("Hva gjelder det?")).to_have_value("TIDLIGMELDING")
    expect(page.get_by_label("Hvilken enhet skal få det?")).to_have_value(PAM)
    tab_til(page, "Send", "Enter")
    expect(page.get_by_text("Avviket er sendt til den andre enheten.")).to_be_visible()
    (_, sak, hva, kropp) = åpen.by.svart[-1]
    assert (sak, hva, kropp["mot"]) == (ref(300), "avvik/meld", PAM)
    åpen.by.gi("samhandling", ref(300), ref(1), {ACT: meldt()})
    expect(page.get_by_text("åpner det.")).to_be_visible()
