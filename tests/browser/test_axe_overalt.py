"""axe on every kind of page of the made-up town: as it is, empty, a form that came back, and what says no."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, Route

from bindeledd.access.parties import posts_of, users_in
from bindeledd.core.errors import BindeleddError
from bindeledd.runtime.engine import Engine
from services.felles.oppsett import OM_ÉN_PERSON, Oppsett
from tests.gåtur import HER, Side
from tests.i_nettleser import SMAL, Axe
from tests.unit.web.test_alle_sider import AV, byens_sider, gåturer, sidemaler, økt_som
from web import ramme
from web.økt import KAKE, Økt, Økter

pytestmark = pytest.mark.browser
STATISK = Path(ramme.__file__).parent / "static"
LISTER = ("/tavle", "/koe", "/meldinger", "/barn", "/avvik")
SKJEMA = re.compile(r'<form method="post"(?: action="([^"]+)")? class="skjema".*?</form>', re.DOTALL)
"""One that says nothing of where it is sent goes to the address of its page."""
KOM_TILBAKE, IKKE_FYLT_UT = (409, 422), ", ikke fylt ut"
MALER = Path(ramme.__file__).parent / "templates"
HER_ER_DE = "/pasient/{}"
TILBAKE = {
    "avvik_meld.html": ("/avvik/nytt", "/avvik/{}/meld", f"{HER_ER_DE}/avvik"),
    "avvik_skjema.html": tuple(f"/avvik/{{}}/{hva}" for hva in ("eskaler", "svar", "tilbakemelding", "uenig")),
    "barn_kartlegging.html": (f"{HER_ER_DE}/barn",),
    "barnekoordinator.html": (f"{HER_ER_DE}/barnekoordinator",),
    "forum_skjema.html": ("/forum/sak/{}/beslutning",),
    "gang_hvem.html": ("/avviksgang/hvem",),
    "gruppe_inviter.html": (f"{HER_ER_DE}/gruppe/inviter",),
    "innkalling.html": (f"{HER_ER_DE}/gruppe/innkalling",),
    "koe_forkast.html": ("/koe/{}/forkast",),
    "koe_melding.html": ("/koe/melding/{}",),
    "koordinator.html": (f"{HER_ER_DE}/koordinator",),
    "koordinator_behov.html": (f"{HER_ER_DE}/koordinator/behov",),
    "kriseplan.html": (f"{HER_ER_DE}/kriseplan",),
    "kriseplan_tilbakekall.html": (f"{HER_ER_DE}/kriseplan/tilbakekall",),
    "plan_gjennomgang.html": (f"{HER_ER_DE}/plan/gjennomgang",),
    "plan_skriv.html": (f"{HER_ER_DE}/plan/skriv",),
    "referat.html": (f"{HER_ER_DE}/gruppe/moete/{{}}/referat",),
    "samtykke_nytt.html": (f"{HER_ER_DE}/samtykker/nytt",),
    "samtykke_trekk.html": (f"{HER_ER_DE}/samtykker/{{}}/trekk",),
    "sperring_ny.html": (f"{HER_ER_DE}/samtykker/sperring",),
    "talsperson_ny.html": (f"{HER_ER_DE}/talspersoner/ny",),
    "tiltak.html": (f"{HER_ER_DE}/plan/tiltak/nytt", f"{HER_ER_DE}/plan/tiltak/{{}}"),
}
"""Template → where its forms are sent, of those that come back with what is wrong."""
ANDRE_STEDER = {
    "alvorlig.html": "off until the law has a day: tests/unit/web",
    "alvorlig_ny.html": "off until the law has a day: tests/unit/web",
    "barn_skjema.html": "test_barnesiden.py sends each of them",
    "gruppe_representant.html": "nothing filled in is an answer: nobody any more",
    "kriseplan_brukt.html": "does not come back: what is wrong stands on a page of its own (gikk_ikke)",
}
SKJULT = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
FEIL = {
    "ikke_lov": 400,
    "finnes_ikke": 404,
    "feil_rolle": 403,
    "gikk_ikke": 409,
    "ikke_delt": 403,
    "utilgjengelig": 503,
}
"""What each page of an error is answered with."""
TYPER = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Besøk:
    """Somebody who asks the app for one page after another, in any role."""

    def __init__(self, app: FastAPI, web: Engine, oppsett: Oppsett) -> None:
        self.app, self.web, self.oppsett = app, web, oppsett
        self.økter = Økter(web.around.keyring, oppsett.katalog)

    def be(self, økt: Økt, sti: str, felt: Mapping[str, str] | None = None) -> Side:
        """A page; with `felt`, what a form is answered with."""
        return asyncio.run(self._be(økt, sti, felt))

    async def _be(self, økt: Økt, sti: str, felt: Mapping[str, str] | None) -> Side:
        kaker = {KAKE: self.økter.kake(økt, self.web.around.clock())}
        transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 50_000))
        async with httpx.AsyncClient(transport=transport, base_url=HER, cookies=kaker) as klient:
            spurt = klient.get(sti) if felt is None else klient.post(sti, data=dict(felt), headers={"Origin": HER})
            svar = await spurt
        return Side(økt.rolle, sti, svar.status_code, 0, svar.text)

    def alle(self) -> Iterator[Økt]:
        """Every post that somebody has, who has to do with more than one person."""
        for part in self.oppsett.parter.values():
            if part.slag not in OM_ÉN_PERSON:
                for stilling in posts_of(self.oppsett.katalog, part.id):
                    if users_in(self.oppsett.katalog, stilling):
                        yield økt_som(self.oppsett, stilling.role, part.id)

    def som(self, rolle: str) -> Økt:
        return next(økt for økt in self.alle() if økt.rolle == rolle)


@pytest.fixture(scope="module")
def sider(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Side]:
    """Each page under its name."""
    with byens_sider(tmp_path_factory.mktemp("axe")) as (app, web, oppsett):
        besøk, vanlige = Besøk(app, web, oppsett), list(gåturer(app, web, oppsett))
        funnet = {side.mal: side for side in sorted(vanlige, key=lambda side: len(side.html))}
        assert sorted(sidemaler(app) - funnet.keys() - AV) == [], "every kind of page is looked at"
        tomme = {f"{sti}, tom": _tom(besøk, sti) for sti in LISTER}
        return {**funnet, **tomme, **_feil(besøk), **_stanset(besøk), **_tilbake(besøk, vanlige)}


def _tom(besøk: Besøk, sti: str) -> Side:
    """The list where there is nothing in it."""
    return next(side for økt in besøk.alle() if 'class="tomt"' in (side := besøk.be(økt, sti)).html)


def _feil(besøk: Besøk) -> dict[str, Side]:
    økt, merke = besøk.som("act-medlem"), {"merke": ""}
    merke_vårt = {"merke": besøk.økter.merke(økt, "2" * 32)}
    oppgave = {**merke_vårt, "oppgave": "1" * 32, "gjoer": "ta", "versjon": "1", "noekkel": "3" * 32}
    hos_noen = f"/pasient/{'4' * 32}"
    funnet = {
        "ikke_lov": besøk.be(økt, f"{hos_noen}/oppgave", {**oppgave, **merke}),
        "finnes_ikke": besøk.be(økt, "/ingen-slik-side"),
        "feil_rolle": besøk.be(besøk.som("barneansvarlig"), "/avvik"),
        "gikk_ikke": besøk.be(økt, f"{hos_noen}/oppgave", oppgave),
        "ikke_delt": besøk.be(økt, hos_noen),
        "utilgjengelig": _utilgjengelig(besøk, økt),
    }
    assert {navn: side.status for navn, side in funnet.items()} == FEIL
    return funnet


def _utilgjengelig(besøk: Besøk, økt: Økt) -> Side:
    def nekter() -> tuple[str, ...]:
        raise BindeleddError("the look-up could not be written")

    with stanset_av(besøk.app, nekter):
        return besøk.be(økt, "/tavle")


@contextmanager
def stanset_av(app: FastAPI, hvorfor: Callable[[], Sequence[str]]) -> Iterator[None]:
    """While the context lasts, this is what the app is told when it asks what stands still."""
    vanlig = app.state.web
    app.state.web = replace(vanlig, stanset=hvorfor)
    try:
        yield
    finally:
        app.state.web = vanlig


def _stanset(besøk: Besøk) -> dict[str, Side]:
    """The lists while something that the pages lean on stands still."""
    with stanset_av(besøk.app, lambda: ("noe",)):
        return {f"{sti}, stanset": besøk.be(besøk.som("saksbehandler"), sti) for sti in LISTER if sti != "/barn"}


def _tilbake(besøk: Besøk, vanlige: list[Side]) -> dict[str, Side]:
    """Each form, sent with nothing filled in, where it comes back with what is wrong: by where it is sent."""
    funnet: dict[str, Side] = {}
    for side in vanlige:
        for skjema in SKJEMA.finditer(side.html):
            sti = unescape(skjema[1] or side.sti)
            mal = replace(side, sti=sti).mal
            if mal in funnet or mal.startswith("/barn/"):
                continue
            felt = {navn: unescape(verdi) for navn, verdi in SKJULT.findall(skjema[0])}
            svarene = (besøk.be(økt, sti, felt) for økt in besøk.alle() if økt.rolle == side.rolle)
            svar = next((s for s in svarene if s.status in KOM_TILBAKE and SKJEMA.search(s.html)), None)
            if svar is not None:
                funnet[mal] = svar
    return {f"{mal}{IKKE_FYLT_UT}": side for mal, side in funnet.items()}


def vis(page: Page, side: Side) -> None:
    """Show a page as it was sent, with its own styles, and nothing that changes it."""

    def svar(route: Route) -> None:
        sti = urlsplit(route.request.url).path
        fil = STATISK / sti.removeprefix("/static/")
        if sti == "/axe":
            route.fulfill(body=side.html, content_type="text/html; charset=utf-8")
        elif sti.startswith("/static/") and fil.suffix == ".css" and fil.is_file():
            route.fulfill(body=fil.read_bytes(), content_type=TYPER[fil.suffix])
        else:
            route.abort()

    page.unroute_all()
    page.route("**/*", svar)
    page.goto(f"{HER}/axe")


def hel(side: Side) -> bool:
    """Whether it is a whole page: a part is seen in the page that fetches it."""
    return "<html" in side.html


@pytest.mark.timeout(1_800)
def test_axe_finds_nothing_on_any_kind_of_page_at_either_width(sider: dict[str, Side], page: Page, axe: Axe) -> None:
    """`sider` comes first: while a browser is open, no other event loop can run."""
    bred, funnet = page.viewport_size, []
    for navn, side in sider.items():
        if not hel(side):
            continue
        vis(page, side)
        for størrelse in (bred, SMAL):
            page.set_viewport_size(størrelse)  # type: ignore[arg-type]
            funnet += [f"{navn} ({side.rolle}): {hva}" for hva in axe(page)]
            if page.evaluate("document.documentElement.scrollWidth") > page.evaluate("window.innerWidth"):
                funnet.append(f"{navn} ({side.rolle}) scrolls sideways")
    assert funnet == []


def test_every_form_that_a_page_has_came_back_or_is_said_not_to(sider: dict[str, Side]) -> None:
    """By name: of a new form somebody has to say which it is. Those with words of their own in the place of a field's
    are one template for several addresses."""
    har_skjema = {mal.name for mal in MALER.glob("*.html") if SKJEMA.search(mal.read_text())}
    assert har_skjema == TILBAKE.keys() | ANDRE_STEDER.keys()
    kom = {navn.removesuffix(IKKE_FYLT_UT) for navn in sider if navn.endswith(IKKE_FYLT_UT)}
    ventet = {sti for stier in TILBAKE.values() for sti in stier}
    assert sorted(ventet - kom) == [], "never came back with its errors"
    assert sorted(kom - ventet) == [], "came back, and is not named here"
