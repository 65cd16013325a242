"""The operations page in a browser: it keeps itself fresh, and is good at both widths."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import Page, expect

from tests.driftsbilde import BILDE
from tests.i_nettleser import SMAL, Axe, tjener
from web.drift import Bilde, lag_drift


def test_the_operations_page_follows_what_happens_and_axe_finds_nothing_at_either_width(page: Page, axe: Axe) -> None:
    vises: list[Bilde] = [BILDE]
    with tjener(lag_drift(lambda: vises[0])) as adresse:
        page.goto(adresse)
        expect(page.get_by_text("3 alarmer.")).to_be_visible()
        for bredde in ({"width": 1280, "height": 800}, SMAL):
            page.set_viewport_size(bredde)  # type: ignore[arg-type]
            assert axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        vises[0] = replace(BILDE, alarmer=())
        expect(page.get_by_text("Ingen alarmer.")).to_be_visible(timeout=20_000)
        page.goto("about:blank")
