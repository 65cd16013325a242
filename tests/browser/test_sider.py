"""The pages in a real browser: what is seen, by whom, on a phone, by keyboard, and that it changes by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bindeledd.schema.generated.felles import Oppgaveslag, Oppgavetilstand
from tests.i_nettleser import Axe, Åpen, god_på_begge_bredder, gå_inn, som_act, tab_til
from tests.nettsider import ACT, NAV, barn, full_kriseplan, kriseplan, oppgave, opphold, person, ref

pytestmark = pytest.mark.browser

expect.set_options(timeout=15_000)


def test_every_page_is_accessible_and_fits_a_phone(page: Page, åpen: Åpen, axe: Axe) -> None:
    page.goto(f"{åpen.adresse}/velg")
    page.get_by_text("Bydel Årstad", exact=True).click()
    god_på_begge_bredder(page, åpen, axe, "velg")
    page.get_by_text("Distriktspsykiatriske sentre og ACT-team", exact=True).click()
    page.get_by_role("button", name="Medlem av ACT-team i ACT-team Kronstad").click()
    expect(page.get_by_role("heading", name="Tavle for ACT-team Kronstad")).to_be_visible()
    for navn, sti in (
        ("tavle", "/tavle"),
        ("pasient-haster", f"/pasient/{ref(1)}"),
        ("pasient-kriseplan", f"/pasient/{ref(2)}"),
        ("pasient-uten-navn", f"/pasient/{ref(4)}"),
        ("ikke-delt", f"/pasient/{ref(99)}"),
        ("finnes-ikke", "/pasient/tull"),
        ("meldinger", "/meldinger"),
    ):
        page.goto(åpen.adresse + sti)
        god_på_begge_bredder(page, åpen, axe, navn)


def test_empty_and_stopped_pages_are_accessible_and_say_what_to_do(page: Page, åpen: Åpen, axe: Axe) -> None:
    gå_inn(page, åpen.adresse, "Bydel Årstad", "Veileder i NAV sosialtjeneste i NAV sosialtjeneste Årstad")
    expect(page.get_by_text("Ingen personer er delt med dere akkurat nå.")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "tavle-tom")
    som_act(page, åpen)
    åpen.by.stanset.append("samhandling")
    page.goto(f"{åpen.adresse}/pasient/{ref(1)}")
    expect(page.get_by_text("Vi får ikke inn nye opplysninger akkurat nå")).to_be_visible()
    expect(page.get_by_text("Rolig, sover bedre")).to_have_count(0)
    god_på_begge_bredder(page, åpen, axe, "stanset")


def test_the_board_changes_by_itself_when_a_message_comes_in(page: Page, åpen: Åpen) -> None:
    som_act(page, åpen)
    expect(page.get_by_text("4 personer på tavla.")).to_be_visible()
    åpen.by.gi("samhandling", ref(601), ref(6), {ACT: person("Nils")})
    expect(page.get_by_role("link", name="Nils Prøvesen")).to_be_visible(timeout=3_000)
    expect(page.get_by_text("5 personer på tavla.")).to_be_visible()
    åpen.by.gi("samhandling", ref(602), ref(6), {ACT: opphold()})
    expect(page.get_by_role("listitem").filter(has_text="Nils Prøvesen").get_by_text("Innlagt")).to_be_visible()


def test_focus_stays_where_it_was_when_the_board_changes(page: Page, åpen: Åpen) -> None:
    som_act(page, åpen)
    page.get_by_role("link", name="Anne Prøvesen").focus()
    åpen.by.gi("samhandling", ref(601), ref(6), {ACT: person("Nils")})
    expect(page.get_by_role("link", name="Nils Prøvesen")).to_be_visible()
    expect(page.get_by_role("link", name="Anne Prøvesen")).to_be_focused()


def test_an_open_page_closes_when_the_consent_ends_and_says_that_it_ended_and_no_more(
    page: Page, åpen: Åpen, axe: Axe
) -> None:
    åpen.by.gi("samhandling", ref(701), ref(7), {NAV: person("Nora")})
    gå_inn(page, åpen.adresse, "Bydel Årstad", "Veileder i NAV sosialtjeneste i NAV sosialtjeneste Årstad")
    page.get_by_role("link", name="Nora Prøvesen").click()
    expect(page.get_by_role("heading", name="Nora Prøvesen")).to_be_visible()
    åpen.by.gi("samhandling", ref(701), ref(7), {})
    expect(page.get_by_role("heading", name="Delingen er avsluttet")).to_be_visible()
    expect(page.get_by_text("Hvem personen er: avsluttet i dag kl. 23.00")).to_be_visible()
    assert "Nora" not in page.content()
    god_på_begge_bredder(page, åpen, axe, "avsluttet")


def test_a_task_is_taken_and_done_with_the_keyboard_alone(page: Page, åpen: Åpen) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{åpen.adresse}/velg")
    tab_til(page, "Distriktspsykiatriske sentre og ACT-team", "Enter")
    tab_til(page, "Medlem av ACT-team i ACT-team Kronstad", "Enter")
    expect(page.get_by_role("heading", name="Tavle for ACT-team Kronstad")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hopp til innholdet")).to_be_focused()
    page.keyboard.press("Enter")
    tab_til(page, "Ola Prøvesen", "Enter")
    expect(page.get_by_role("heading", name="Ola Prøvesen")).to_be_visible()
    tab_til(page, "Ta oppgaven Følg opp innleggelsen", "Enter")
    expect(page.get_by_text("Du har tatt oppgaven.")).to_be_visible()
    expect(page.get_by_text("Tatt av deg.")).to_be_visible()
    tab_til(page, "Løst Følg opp innleggelsen", "Enter")
    expect(page.get_by_text("Oppgaven er løst.")).to_be_visible()
    expect(page.get_by_text("Tatt av deg.")).to_have_count(0)


def test_focus_can_always_be_seen(page: Page, åpen: Åpen) -> None:
    som_act(page, åpen)
    page.goto(f"{åpen.adresse}/tavle")
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", page.evaluate(
            "document.activeElement.outerHTML"
        )


def test_a_task_that_a_colleague_took_meanwhile_is_not_taken_from_them_unseen(page: Page, åpen: Åpen, axe: Axe) -> None:
    som_act(page, åpen)
    page.goto(f"{åpen.adresse}/pasient/{ref(1)}")
    knapp = page.get_by_role("button", name="Ta oppgaven Tilby å lage kriseplan")
    page.route("**/innhold", lambda rute: rute.abort())
    tatt = oppgave(51, Oppgaveslag.LAG_KRISEPLAN, tilstand=Oppgavetilstand.TATT, tatt_av="demo-103")
    åpen.by.gi("kriseplan", ref(105), ref(1), {ACT: kriseplan(oppgaver=(tatt,))})
    expect(page.locator("#uten-kontakt")).to_be_visible()
    knapp.click()
    expect(page.get_by_role("heading", name="Noe er endret mens du så på siden")).to_be_visible()
    expect(page.get_by_text("tok oppgaven «Tilby å lage kriseplan».")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "utdatert")
    tab_til(page, "Gjør det likevel", "Enter")
    expect(page.get_by_text("Du har tatt oppgaven.")).to_be_visible()


def test_an_open_page_is_sent_to_the_door_when_its_session_ends(page: Page, åpen: Åpen) -> None:
    som_act(page, åpen)
    åpen.by.gå(timedelta(hours=12, seconds=1))
    åpen.by.gi("samhandling", ref(601), ref(6), {ACT: person("Nils")})
    expect(page.get_by_role("heading", name="Hvem vil du være?")).to_be_visible()
    assert "Prøvesen" not in page.content()


def test_a_lost_connection_is_said(page: Page, åpen: Åpen, axe: Axe) -> None:
    som_act(page, åpen)
    page.route("**/innhold", lambda rute: rute.abort())
    åpen.by.gi("samhandling", ref(601), ref(6), {ACT: person("Nils")})
    expect(page.get_by_text("Siden har mistet kontakten")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "uten-kontakt")


def test_the_board_does_not_change_under_somebody_who_is_filling_in_a_form(page: Page, åpen: Åpen) -> None:
    spør = oppgave(60, Oppgaveslag.SPOER_OM_BARN)
    åpen.by.gi("barn_paaroerende", ref(106), ref(1), {ACT: barn(oppgaver=(spør,))})
    som_act(page, åpen)
    page.goto(f"{åpen.adresse}/pasient/{ref(1)}")
    felt = page.get_by_label("Antall barn og søsken under 18")
    felt.fill("2")
    with page.expect_event("console", lambda linje: linje.text == "ventet"):
        page.evaluate(
            "document.addEventListener('htmx:beforeRequest', e => e.defaultPrevented && console.log('ventet'))"
        )
        åpen.by.gi("kriseplan", ref(105), ref(1), {ACT: full_kriseplan()})
    expect(felt).to_have_value("2")
    page.get_by_role("link", name="Tilbake til tavla").focus()
    expect(page.get_by_role("link", name="Rødt nivå")).to_be_visible()


def test_the_browser_complains_of_nothing_and_keeps_nothing(page: Page, åpen: Åpen) -> None:
    klager: list[str] = []
    page.on("console", lambda linje: klager.append(linje.text) if linje.type in ("error", "warning") else None)
    page.on("pageerror", lambda feil: klager.append(str(feil)))
    som_act(page, åpen)
    for sti in ("/tavle", f"/pasient/{ref(1)}", "/meldinger"):
        page.goto(åpen.adresse + sti)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert klager == []
    lagret = page.evaluate("[...Object.values(localStorage), ...Object.values(sessionStorage)]")
    assert [verdi for verdi in lagret if verdi != "/meldinger"] == [], "nothing but the address of the page"


def test_a_citizen_chooses_who_they_are_and_sees_only_themself(page: Page, åpen: Åpen, axe: Axe) -> None:
    åpen.by.gi("samhandling", ref(801), ref(8), {"innbygger": person("Siri")})
    åpen.by.gi("samhandling", ref(901), ref(9), {"innbygger": person("Trond")})
    gå_inn(page, åpen.adresse, "Hele Bergen", "^Personen selv i Personen selv")
    expect(page.get_by_role("heading", name="Hvem av dem er du?")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "velg-person")
    page.get_by_role("button", name="Siri Prøvesen").click()
    expect(page.get_by_role("heading", name="Siri Prøvesen")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "innbygger")
    page.goto(f"{åpen.adresse}/pasient/{ref(9)}")
    expect(page.get_by_role("heading", name="Ikke delt med dere")).to_be_visible()
    assert "Trond" not in page.content()
