"""Knows that Chromium, the fetched assets and axe work here, before any page of ours is blamed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

VENDOR = Path(__file__).resolve().parents[2] / "web" / "static" / "vendor"
PAGE = """<!doctype html><html lang="nb"><head><title>Prøve</title><style>{css}</style></head>
<body><main><h1 class="ds-heading">Prøve</h1>{inside}</main></body></html>"""

pytestmark = pytest.mark.browser


def fill(page: Page, inside: str) -> None:
    css = "".join((VENDOR / name).read_text("utf-8") for name in ("designsystemet-theme.css", "designsystemet.css"))
    page.set_content(PAGE.format(css=css, inside=inside))


def test_axe_finds_nothing_on_a_good_page_and_the_missing_text_on_a_bad_one(
    page: Page, axe: Callable[[Page], list[str]]
) -> None:
    fill(page, '<button class="ds-button" type="button">Send</button>')
    assert axe(page) == []
    fill(page, '<button class="ds-button" type="button"></button>')
    assert [line.partition(":")[0] for line in axe(page)] == ["button-name"]


def test_the_fetched_scripts_run(page: Page) -> None:
    fill(page, "")
    for name in ("htmx.min.js", "htmx-ext-sse.min.js"):
        page.add_script_tag(path=VENDOR / name)
    assert page.evaluate("() => htmx.version").startswith("2.")
