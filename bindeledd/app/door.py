"""Understands who may come in at all, and what is answered before everything is ready: the outermost ASGI app.

Opens the installation in a thread once the server runs, so that `/helse/live` and `/helse/klar` tell the truth from
the first moment; closes it when the server stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from fastapi import HTTPException
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bindeledd.core.errors import BindeleddError
from bindeledd.ops import health, logs, metrics
from bindeledd.runtime.http import RETRY_AFTER_SECONDS, problem
from bindeledd.store.disk import refused_by_disk
from web.vern import Vern, avvisning

BODY_BYTES_MAX = 256 * 1024
MESSAGE_BYTES_MAX = 5 * 1024 * 1024
"""A care message with its attachments: the standard's own limit lies below."""
MESSAGE_PATH = "/mottak/plo"
STARTING_PAGE = f"""<!doctype html><html lang="nb"><head><meta charset="utf-8"><title>Bindeledd starter</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="{RETRY_AFTER_SECONDS}"></head>
<body><main><h1>Bindeledd starter</h1><p>Siden åpner seg av seg selv om noen sekunder.</p></main></body></html>"""


@dataclass(frozen=True, slots=True)
class Inside:
    """What the door opens to: the app, and how it and its services are doing."""

    app: ASGIApp
    stopped: Callable[[], list[str]]
    measure: Callable[[], None]


Opening = Callable[[Callable[[], bool]], AbstractContextManager[Inside]]
"""Opens the installation. Asks now and then whether the server is stopping already, and then gives up."""


class Door:
    """The outermost ASGI app. `failure` is why it could not open, and `give_up` is called then.

    `others`: whether those who are not on this machine may come in. Pages refuse them even then.
    """

    def __init__(self, opening: Opening, give_up: Callable[[], None] = lambda: None, *, others: bool = False) -> None:
        self._opening, self._give_up, self._others = opening, give_up, others
        self.failure: Exception | None = None
        self._inside: Inside | None = None
        self._held: AbstractContextManager[Inside] | None = None
        self._state = health.STARTING

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "lifespan":
                await self._live(receive, send)
            case "http":
                refused = None if self._others else refuse(scope)
                answer = refused or await self._own(scope["path"])
                await (answer or self._next(scope))(scope, limited(scope, receive), send)
            case _:
                return

    @property
    def health(self) -> health.Health:
        """Whether requests may be sent here now, and if not, why."""
        return health.running(self._inside.stopped()) if self._inside is not None else self._state

    async def _own(self, path: str) -> Response | None:
        match path:
            case "/helse/live":
                return JSONResponse({"live": True})
            case "/helse/klar":
                found = self.health
                return JSONResponse(found.as_json(), 200 if found.ready else 503)
            case "/metrics":
                if self._inside is not None:
                    await asyncio.to_thread(self._inside.measure)
                return Response(generate_latest(metrics.REGISTRY), media_type=CONTENT_TYPE_LATEST)
            case _:
                return None

    def _next(self, scope: Scope) -> ASGIApp:
        if self._inside is not None:
            return self._inside.app
        again = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        if wants_page(scope):
            return HTMLResponse(STARTING_PAGE, 503, again)
        return problem(503, "Not ready", "; ".join(self._state.why), headers=again)

    # -- start and stop -----------------------------------------------------------------------------------------

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        opening = asyncio.create_task(asyncio.to_thread(self._open))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._state, self._inside = health.STOPPING, None
        await opening
        await asyncio.to_thread(self._close)
        await send({"type": "lifespan.shutdown.complete"})

    def _open(self) -> None:
        try:
            held = self._opening(lambda: self._state is health.STOPPING)
            inside = held.__enter__()
        except Exception as error:  # noqa: BLE001 - whoever runs the server raises it again
            if self._state is health.STOPPING:
                return
            self.failure = error
            told = error if isinstance(error, BindeleddError) else refused_by_disk(error) or type(error).__name__
            self._state = health.failed(str(told))
            self._give_up()
            return
        self._held = held
        if self._state is health.STARTING:
            self._inside = inside
            logs.info("start.ready")

    def _close(self) -> None:
        self._inside = None
        if self._held is not None:
            self._held.__exit__(None, None, None)
            logs.info("stop.done")


def refuse(scope: Scope) -> ASGIApp | None:
    """What answers those who may not come in: everyone but this machine, under its own names, until login exists."""
    why = avvisning(scope)
    if why is None:
        return None
    refused = problem(403, "Not allowed", why)
    return Vern(refused) if wants_page(scope) else refused


def wants_page(scope: Scope) -> bool:
    """Whether a person's browser asks, rather than a program."""
    return "text/html" in Headers(scope=scope).get("accept", "")


def limited(scope: Scope, receive: Receive) -> Receive:
    """`receive`, which refuses a body that is too large while it still comes in."""
    left = MESSAGE_BYTES_MAX if scope.get("path") == MESSAGE_PATH else BODY_BYTES_MAX

    async def receiving() -> Message:
        nonlocal left
        message: dict[str, Any] = dict(await receive())
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413, "The request is larger than what is taken in here")
        return message

    return receiving
