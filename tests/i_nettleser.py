"""What the browser tests share: a real server for an app, and how a visitor comes in and gets about."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from lxml import html
from playwright.sync_api import Page, expect
from starlette.types import ASGIApp

from tests.nettsider import By

Axe = Callable[[Page], list[str]]
SMAL = {"width": 360, "height": 740}


@dataclass(frozen=True, slots=True)
class Åpen:
    """A town that a browser can go to."""

    by: By
    adresse: str
    bilder: Path


@contextmanager
def tjener(app: ASGIApp) -> Iterator[str]:
    """A real server on a free port of this machine; its address."""
    lytter = socket.socket()
    lytter.bind(("127.0.0.1", 0))
    lytter.listen()
    oppsett = uvicorn.Config(app, log_config=None, proxy_headers=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(oppsett)
    tråd = threading.Thread(target=server.run, args=([lytter],))
    tråd.start()
    try:
        yield f"http://127.0.0.1:{lytter.getsockname()[1]}"
    finally:
        server.should_exit = True
        tråd.join()
        lytter.close()


def gå_inn(page: Page, adresse: str, sted: str, rolle: str) -> None:
    """Come in by the button whose name begins so, under the place: as a visitor does, without drawing the page where
    all who can be chosen stand."""
    side = html.fromstring(page.request.get(f"{adresse}/velg").text())
    under = next(each for each in side.iter("details") if (each.findtext("summary") or "").strip() == sted)
    sagt = {" ".join("".join(map(str, each.itertext())).split()): each for each in under.iter("form")}
    skjema = next(each for tekst, each in sagt.items() if re.search(rolle, tekst))
    velg(page, adresse, {str(felt.get("name")): str(felt.get("value")) for felt in skjema.iter("input")})


def velg(page: Page, adresse: str, valg: Mapping[str, str]) -> None:
    """Come in by what a form there says."""
    page.goto("about:blank")  # a page of the role before would leave by itself, in the midst of coming in
    page.emulate_media(reduced_motion="reduce")  # a click must not land where a button was a moment ago
    svar = page.request.post(f"{adresse}/velg", form={**valg}, headers={"Origin": adresse}, max_redirects=0)
    assert svar.status == 303
    page.goto(adresse + svar.headers["location"])


def tab_til(page: Page, navn: str, tast: str) -> None:
    """Tab forward until the focus is on what is called `navn`, then press a key."""
    for _ in range(60):
        page.keyboard.press("Tab")
        tekst = page.evaluate("document.activeElement.innerText || document.activeElement.textContent")
        if " ".join(str(tekst).split()).startswith(navn):
            page.keyboard.press(tast)
            return
    raise AssertionError(f"{navn!r} cannot be reached with the Tab key")


def som_act(page: Page, åpen: Åpen) -> None:
    gå_inn(page, åpen.adresse, "Distriktspsykiatriske sentre og ACT-team", "Medlem av ACT-team i ACT-team Kronstad")
    expect(page.get_by_role("heading", name="Tavle for ACT-team Kronstad")).to_be_visible()


LINJER_I_MENYEN = """Math.max(0, ...[...document.querySelectorAll('.topp nav a')].map((lenke) => {
    const tekst = document.createRange()
    tekst.selectNodeContents(lenke)
    return tekst.getClientRects().length
}))"""
"""Of the entry that takes the most."""


def god_på_begge_bredder(page: Page, åpen: Åpen, axe: Axe, navn: str) -> None:
    """At a desk and on a phone axe finds nothing, nothing scrolls sideways and no word of the menu is broken. Else a
    picture is left."""
    vid = page.viewport_size
    assert vid is not None
    for størrelse, hale in ((vid, ""), (SMAL, "-smal")):
        page.set_viewport_size(størrelse)  # type: ignore[arg-type]
        funnet, bredde = axe(page), page.evaluate("document.documentElement.scrollWidth")
        if funnet or bredde > størrelse["width"]:
            ta_bilde(page, åpen, navn + hale)
        assert funnet == [], navn
        assert bredde <= størrelse["width"], f"{navn} scrolls sideways at {størrelse['width']} px: {bredde}"
        assert page.evaluate(LINJER_I_MENYEN) <= 1, navn
    page.set_viewport_size(vid)


def god(page: Page, axe: Axe) -> None:
    """At a desk and on a phone axe finds nothing, and nothing scrolls sideways."""
    for bredde in ({"width": 1280, "height": 800}, SMAL):
        page.set_viewport_size(bredde)  # type: ignore[arg-type]
        assert axe(page) == [], page.url
        assert page.evaluate("document.documentElement.scrollWidth") <= bredde["width"], page.url
    page.set_viewport_size({"width": 1280, "height": 800})


def ta_bilde(page: Page, åpen: Åpen, navn: str) -> None:
    page.screenshot(path=åpen.bilder / f"{navn}.png", full_page=True)
