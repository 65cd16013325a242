"""The pages of forums in a real browser: on a phone, by keyboard alone, and live."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bindeledd.schema.generated.samhandling import Forumutfall
from tests.avvikssider import behandling, eskalert, forumsak, mønster, sagt, uenig
from tests.i_nettleser import Axe, Åpen, god_på_begge_bredder, gå_inn, tab_til
from tests.nettsider import ACT, ref
from tests.unit.app.test_report import en_rapport

pytestmark = pytest.mark.browser
KOLONNER = """[1, 2, 3].map((nr) => [...new Set(
    [...document.querySelectorAll(`.spalter > .nr-${nr}`)].map((felt) => Math.round(felt.getBoundingClientRect().left))
)])"""
"""Of each column, where its fields begin: one place, when they stand under one another."""
SAK = f"/forum/sak/{ref(300)}"


def som_sekretær(page: Page, åpen: Åpen) -> None:
    videre = behandling(Forumutfall.UTSATT)
    åpen.by.gi(
        "samhandling", ref(300), None, {"forum": forumsak(behandlinger=(videre,), tekster=(sagt("Neste gang"),))}
    )
    åpen.by.gi("samhandling", ref(301), None, {"forum": mønster()})
    gå_inn(page, åpen.adresse, "Hele Bergen", "^Sekretær for samarbeidsforum")


def tab_til_felt(page: Page, id_: str) -> None:
    """Tab forward until the focus is on a field."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == id_:
            return
    raise AssertionError(f"{id_} cannot be reached with the Tab key")


def test_every_page_of_a_forum_is_accessible_and_fits_a_phone(page: Page, åpen: Åpen, axe: Axe) -> None:
    som_sekretær(page, åpen)
    for navn, sti in (
        ("forum", "/forum"),
        ("forum-saksliste", "/forum/saksliste?forum=dpr-kronstad"),
        ("forum-tom", "/forum/saksliste?forum=dpr-solli"),
        ("forum-sak", SAK),
        ("forum-moenster", f"/forum/sak/{ref(301)}"),
        ("forum-beslutning", f"{SAK}/beslutning"),
    ):
        page.goto(åpen.adresse + sti)
        god_på_begge_bredder(page, åpen, axe, navn)
        assert [steder for steder in page.evaluate(KOLONNER) if len(steder) > 1] == [], f"{navn}: columns are askew"


def test_a_leader_puts_a_case_up_in_a_form_that_is_accessible_and_fits_a_phone(
    page: Page, åpen: Åpen, axe: Axe
) -> None:
    åpen.by.gi("samhandling", ref(302), ref(1), {ACT: uenig()})
    åpen.by.gi("samhandling", ref(303), ref(1), {ACT: eskalert()})
    gå_inn(page, åpen.adresse, "Distriktspsykiatriske sentre og ACT-team", "^Leder i .* i ACT-team Kronstad")
    for navn, sti in (
        ("avvik-uenige", f"/avvik/{ref(302)}"),
        ("avvik-eskaler", f"/avvik/{ref(302)}/eskaler"),
        ("avvik-eskalert", f"/avvik/{ref(303)}"),
    ):
        page.goto(åpen.adresse + sti)
        god_på_begge_bredder(page, åpen, axe, navn)


def test_a_quarters_report_is_accessible_and_fits_a_phone(page: Page, axe: Axe, tmp_path: Path) -> None:
    (fil := tmp_path / "dpr.html").write_text(en_rapport()[0], "utf-8")
    page.goto(fil.as_uri())
    for bredde in (1280, 360):
        page.set_viewport_size({"width": bredde, "height": 740})
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= bredde


def test_a_decision_is_written_down_with_the_keyboard_alone(page: Page, åpen: Åpen) -> None:
    som_sekretær(page, åpen)
    tab_til(page, "DPR Kronstad", "Enter")
    expect(page.get_by_role("heading", name="På sakslista")).to_be_visible()
    tab_til(page, "Tidligmeldingen kom for sent", "Enter")
    expect(page.get_by_role("heading", name="Om saken")).to_be_visible()
    tab_til(page, "Skriv hva forumet bestemte", "Enter")
    expect(page.get_by_role("heading", name="Det forumet bestemte")).to_be_visible()
    tab_til_felt(page, "utfall-AVGJORT")
    page.keyboard.press("Space")
    tab_til_felt(page, "tekst")
    page.keyboard.type("x")
    tab_til(page, "Lagre", "Enter")
    expect(page.get_by_text("Det er lagret, og begge enhetene får vite det.")).to_be_visible()
    (_, sak, hva, kropp) = åpen.by.svart[-1]
    assert (sak, hva, kropp["utfall"], kropp["tekst"]) == (ref(300), "avvik/forum", "AVGJORT", "x")
