"""A blocking client for an ASGI app in this process: one event loop per request, no network."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from starlette.types import ASGIApp


class Klient:
    """Asks `app`. `fra` is the address that the app sees at the other end of the connection."""

    def __init__(self, app: ASGIApp, *, base: str = "http://127.0.0.1:8000", fra: str = "127.0.0.1") -> None:
        self._app, self._base, self._fra = app, base, (fra, 50_000)

    def get(self, sti: str, **valg: Any) -> httpx.Response:
        return self.be("GET", sti, **valg)

    def post(self, sti: str, **valg: Any) -> httpx.Response:
        return self.be("POST", sti, **valg)

    def be(self, metode: str, sti: str, **valg: Any) -> httpx.Response:
        """Send one request and wait for all of the answer."""
        with ThreadPoolExecutor(1) as tråd:  # the one that asks may have a loop running, as a browser's has
            return tråd.submit(asyncio.run, self._be(metode, sti, valg)).result()

    async def _be(self, metode: str, sti: str, valg: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, client=self._fra)
        async with httpx.AsyncClient(transport=transport, base_url=self._base) as client:
            return await client.request(metode, sti, **valg)


class Inne(httpx.BaseTransport):
    """Lets a blocking httpx client ask an app in this process. `borte`: nobody answers now."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.borte, self.spurt = app, False, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.borte:
            raise httpx.ConnectError("nobody is there", request=request)
        self.spurt += 1
        return asyncio.run(self._spør(request))

    async def _spør(self, request: httpx.Request) -> httpx.Response:
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
        answer = await httpx.ASGITransport(self.app, client=("127.0.0.1", 50_000)).handle_async_request(asked)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())
