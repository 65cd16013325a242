"""A blocking client for an ASGI app in this process: one event loop per request, no network."""

from __future__ import annotations

import asyncio
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
        return asyncio.run(self._be(metode, sti, valg))

    async def _be(self, metode: str, sti: str, valg: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self._app, client=self._fra)
        async with httpx.AsyncClient(transport=transport, base_url=self._base) as client:
            return await client.request(metode, sti, **valg)
