"""Puts the pages together as one app, which the composition root mounts at `/`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from bindeledd.core.clock import new_ref
from bindeledd.core.errors import BindeleddError, NotAllowed
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import add_routes
from services.felles.oppsett import Oppsett
from services.felles.tilgang import Tabell
from web import (
    alvorligsiden,
    avviksiden,
    avviksmelding,
    barnesiden,
    barneskjema,
    delt,
    fordeling,
    forumsiden,
    gangsiden,
    gruppesiden,
    handling,
    koe,
    kriselest,
    krisesiden,
    loggsiden,
    møtesiden,
    plansiden,
    rapportsiden,
    samtykker,
    sider,
    talspersoner,
    velg,
)  # fmt: skip
from web.kommandoer import Kommandoer
from web.oppslag import Logg
from web.ramme import HER, Web, maler, side, videre, web_av, økt_av
from web.varsler import Varsler
from web.vern import Vern
from web.økt import AnnenØkt, IngenØkt, Økt, Økter

GZIP = 6
"""A board of a hundred becomes a thirtieth in 2 ms; the most that can be had takes 5 ms, for a hundredth less."""


def lag_app(
    engine: Engine, oppsett: Oppsett, tabell: Tabell, kommandoer: Kommandoer,
    stanset: Callable[[], Sequence[str]],
) -> FastAPI:  # fmt: skip
    """The pages of the parties that `engine` (the service `web`) reads for.

    `tabell` says what its parts are called, and the ages in it; `kommandoer` reaches the services on behalf of an
    actor; `stanset` says why something that the pages lean on stands still (empty when all is well): then no page
    shows a person's data. Assumes demo mode: a visitor on the loopback address chooses who they are.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    logg = Logg(engine, new_ref(engine.around.entropy))
    app.state.web = Web(
        engine, oppsett, tabell, kommandoer, stanset, Økter(engine.around.keyring, oppsett.katalog), logg,
        Varsler(engine), maler(),
    )  # fmt: skip
    sidene = (
        sider, velg, handling, samtykker, kriselest, krisesiden, koe, fordeling, delt, barnesiden, barneskjema,
        gruppesiden, møtesiden, plansiden, talspersoner, avviksmelding, avviksiden, forumsiden, gangsiden,
        rapportsiden, loggsiden, alvorligsiden,
    )  # fmt: skip
    for del_ in sidene:
        add_routes(app, del_.router)
    app.mount("/static", StaticFiles(directory=HER / "static"))
    app.add_exception_handler(IngenØkt, _uten_økt)
    app.add_exception_handler(AnnenØkt, _annen_økt)
    app.add_exception_handler(NotAllowed, _ikke_lov)
    app.add_exception_handler(BindeleddError, _utilgjengelig)
    app.add_exception_handler(RequestValidationError, _uforståelig)
    app.add_exception_handler(HTTPException, _finnes_ikke)
    app.add_middleware(GZipMiddleware, compresslevel=GZIP)
    app.add_middleware(Vern)
    return app


async def _uten_økt(request: Request, _feil: Exception) -> Response:
    if "text/event-stream" in request.headers.get("accept", ""):
        return Response(status_code=204)  # which tells a browser not to ask again
    return videre(request, "/velg")


async def _annen_økt(request: Request, _feil: Exception) -> Response:
    return videre(request, "/tavle")


async def _ikke_lov(request: Request, _feil: Exception) -> Response:
    return side(web_av(request), "ikke_lov.html", _økt(request), status=403)


async def _utilgjengelig(request: Request, _feil: Exception) -> Response:
    """Among others: the look-up could not be written. Then nothing is shown."""
    return side(web_av(request), "utilgjengelig.html", _økt(request), status=503)


async def _uforståelig(request: Request, _feil: Exception) -> Response:
    return side(web_av(request), "ikke_lov.html", _økt(request), status=400)


async def _finnes_ikke(request: Request, feil: Exception) -> Response:
    assert isinstance(feil, HTTPException)
    return side(web_av(request), "finnes_ikke.html", _økt(request), status=feil.status_code)


def _økt(request: Request) -> Økt | None:
    try:
        return økt_av(request)
    except IngenØkt:
        return None
