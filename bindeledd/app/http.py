"""Knows every address of an installation: where messages come in, the services' commands, and the pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp

from bindeledd.access.parties import Post, may, refuse_other
from bindeledd.access.tokens import Tokens
from bindeledd.app.calls import INTERNAL, Commands
from bindeledd.app.door import MESSAGE_PATH, Inside
from bindeledd.app.installation import Installation
from bindeledd.core.envelope import Actor
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import PROBLEMS, add_routes, install, problem
from bindeledd.runtime.published import proof_router
from bindeledd.runtime.tree import Tree
from services.ansvarsgruppe import api as ansvarsgruppe
from services.barn_pårørende import api as barn_pårørende
from services.felles.oppsett import Oppsett
from services.kriseplan import api as kriseplan
from services.samhandling import api as samhandling
from services.samhandling.mottak import Mottaksresultat, ta_imot
from web.app import lag_app

XML = frozenset({"application/xml", "text/xml"})
"""Other pages' scripts cannot send these types here unasked; browsers refuse it."""
APIS = {
    "samhandling": samhandling, "ansvarsgruppe": ansvarsgruppe, "kriseplan": kriseplan,
    "barn_paaroerende": barn_pårørende,
}  # fmt: skip
"""Service → the module with its commands."""


def make_app(installation: Installation, *, demo: bool) -> FastAPI:
    """The app of an open installation. Until login exists there are pages in a demo only."""
    tokens = Tokens(installation.around.keyring, installation.around.clock)
    app = commands_app(installation.engines, installation.config.oppsett, tokens)
    followers = [each for worker in installation.embedded.workers for each in worker.beside]
    add_routes(app, proof_router(each for each in followers if isinstance(each, Tree)))
    if demo:
        app.mount("/", pages(installation, app, tokens))
    return app


def pages(installation: Installation, services: ASGIApp, tokens: Tokens) -> FastAPI:
    """The pages of an open installation, which ask `services` for what people do."""
    config, stopped = installation.config, installation.embedded.unhealthy
    return lag_app(installation.engines["web"], config.oppsett, config.tabell, commands(services, tokens), stopped)


def commands_app(engines: Mapping[str, Engine], oppsett: Oppsett, tokens: Tokens) -> FastAPI:
    """The commands of these services, and where messages come in if one of them takes them."""
    app = FastAPI(title="Bindeledd", version=version("bindeledd"), docs_url=None, redoc_url=None)
    install(app)
    app.state.authenticate = lambda request: _caller(request, oppsett, tokens)
    app.state.may = lambda actor, act: may(oppsett.katalog, Post(actor.party, actor.role), act)
    if "samhandling" in engines:
        add_routes(app, intake_router(engines["samhandling"]))
    for api in (api for name, api in APIS.items() if name in engines):
        add_routes(app, api.ruter(engines, oppsett))
    return app


def _caller(request: Request, oppsett: Oppsett, tokens: Tokens) -> Actor:
    actor = tokens.actor(request.headers.get("authorization"))
    refuse_other(oppsett.katalog, actor.organisation, actor.party)
    return actor


def commands(app: ASGIApp, tokens: Tokens) -> Commands:
    """Clients that reach the services in this process, each request with the actor's pass."""

    def client(actor: Actor) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app)
        headers = {"Authorization": tokens.header(actor)}
        return httpx.AsyncClient(transport=transport, base_url=INTERNAL, headers=headers)

    return client


@contextmanager
def serving(installation: Installation, *, demo: bool) -> Iterator[Inside]:
    """The installation at work: caught up, tails running, until the context ends."""
    installation.embedded.pump()
    installation.embedded.start()
    yield Inside(make_app(installation, demo=demo), installation.embedded.unhealthy, installation.embedded.measure)


# -- messages in ----------------------------------------------------------------------------------------------------


def intake_router(engine: Engine) -> APIRouter:
    """`POST /mottak/plo`: a care message in, its receipt out."""
    router = APIRouter(tags=["mottak"])

    @router.post(MESSAGE_PATH, response_class=Response, responses={**PROBLEMS, 200: _RECEIPT}, openapi_extra=_BODY)
    async def mottak_plo(raw: Annotated[bytes, Depends(xml_body)]) -> Response:
        """Takes in a PLO message as it is and answers with its AppRec; a duplicate gets the first one again."""
        return receipt(await run_in_threadpool(ta_imot, engine, raw))

    return router


async def xml_body(request: Request) -> bytes:
    """The request's bytes, when it says that they are XML."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in XML:
        raise HTTPException(415, "Send the message as application/xml")
    return await request.body()


def receipt(result: Mottaksresultat) -> Response:
    """What the sender is answered: the AppRec, also when it refuses; 409 for a conflict, which gets none."""
    facts = {"Bindeledd-Outcome": result.outcome}
    if result.outcome == "conflict":
        return problem(409, "Another message has this id", "; ".join(r.tekst for r in result.reasons), headers=facts)
    if result.apprec is None:
        said = "; ".join(reason.tekst for reason in result.reasons)
        return problem(422, "The message cannot be answered with an AppRec", said, headers=facts)
    return Response(result.apprec, media_type="application/xml", headers=facts)


_RECEIPT = {"description": "The AppRec", "content": {"application/xml": {"schema": {"type": "string"}}}}
_BODY = {"requestBody": {"required": True, "content": {"application/xml": {"schema": {"type": "string"}}}}}
