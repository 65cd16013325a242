"""Decides which requests may reach a page at all, and what browsers may do with what they get.

Until login exists only this machine may: the other end of the connection is a loopback address, the browser was told
to go to a loopback name (so that no foreign name can be pointed here), and nobody has forwarded the request.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bindeledd.core.errors import NotAllowed

_NAVN = frozenset({"localhost", "127.0.0.1", "::1"})
_VIDERESENDT = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_ALLTID = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NEI = """<!doctype html><html lang="nb"><head><meta charset="utf-8"><title>Ikke tilgjengelig herfra</title></head>
<body><main><h1>Bindeledd kan ikke brukes herfra</h1><p>{hvorfor}</p>
<p>Åpne http://127.0.0.1 med samme portnummer, på maskinen der Bindeledd kjører.</p></main></body></html>"""


class Vern:
    """ASGI middleware around the pages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        hvorfor = avvisning(scope)
        app = self.app if hvorfor is None else HTMLResponse(_NEI.format(hvorfor=hvorfor), 403)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                hoder = MutableHeaders(scope=message)
                hoder.update(_ALLTID)
                if "/static/" not in scope["path"]:
                    hoder["Cache-Control"] = "no-store"
            await send(message)

        await app(scope, receive, sending)


def avvisning(scope: Scope) -> str | None:
    """Why a request may not come in, in a sentence; None when it may."""
    hoder = Headers(scope=scope)
    client = scope.get("client")
    if client is None or not _loopback(client[0]):
        return "Før innlogging finnes, kan sidene bare brukes på maskinen der Bindeledd kjører."
    if any(navn in hoder for navn in _VIDERESENDT):
        return "Forespørselen kom gjennom en mellomtjener. Før innlogging finnes, må den komme rett fra nettleseren."
    if _vert(f"//{hoder.get('host', '')}") not in _NAVN:
        return "Adressen i nettleseren er ikke denne maskinens egen."
    return None


def krev_samme_opphav(request: Request) -> None:
    """A form may only come from our own page. Raises NotAllowed."""
    opphav = request.headers.get("origin", "")
    if _vert(opphav) is None or urlsplit(opphav).netloc != request.headers.get("host"):
        raise NotAllowed("the form does not come from our own page. Open the page again and send it from there")


def _vert(adresse: str) -> str | None:
    """The host that an address names; None when it is no address."""
    try:
        return urlsplit(adresse).hostname
    except ValueError:
        return None


def _loopback(adresse: str) -> bool:
    try:
        ip = ipaddress.ip_address(adresse)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_loopback)
