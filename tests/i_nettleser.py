"""What the browser tests share: a real server for an app, and how a visitor comes in and gets about."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Page
from starlette.types import ASGIApp


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
    """Choose a role as a visitor does: the place, and the button whose name begins so."""
    page.emulate_media(reduced_motion="reduce")  # a click must not land where a button was a moment ago
    page.goto(f"{adresse}/velg")
    page.get_by_text(sted, exact=True).click()
    page.get_by_role("button", name=re.compile(rolle)).first.click()
    page.wait_for_url(lambda url: not url.endswith("/velg"))


def tab_til(page: Page, navn: str, tast: str) -> None:
    """Tab forward until the focus is on what is called `navn`, then press a key."""
    for _ in range(60):
        page.keyboard.press("Tab")
        tekst = page.evaluate("document.activeElement.innerText || document.activeElement.textContent")
        if " ".join(str(tekst).split()).startswith(navn):
            page.keyboard.press(tast)
            return
    raise AssertionError(f"{navn!r} cannot be reached with the Tab key")
