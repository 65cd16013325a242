"""A front door like Melde.no on this machine, which takes a request in only as the official document says it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from services.felles.oppsett import Meldevei, Oppsett

MED_FEIL = 200
"""The receipt comes, and says that it did not go well."""
BORTE = 0
"""In place of an HTTP status: the report is taken in, and the connection breaks before the answer."""


@dataclass(slots=True)
class Meldetjener:
    """What it was asked, and what it has taken in. `svarer`: what it answers first, instead of what it should."""

    dokument: OpenAPI
    adresse: str = ""
    spurt: list[dict[str, Any]] = field(default_factory=list)
    tatt_inn: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By the caller's id of the report."""
    svarer: list[int] = field(default_factory=list)
    feil: list[str] = field(default_factory=list)
    """What the document says is wrong with a request."""
    tokens: set[str] = field(default_factory=set)

    def svar(self, sti: str, token: str, type_: str, kropp: bytes) -> tuple[int, dict[str, Any]]:
        """The status and the receipt of one request."""
        spurt = MockRequest(self.adresse, "post", sti, data=kropp, content_type=type_)
        try:
            self.dokument.validate_request(spurt)
        except OpenAPIError as feil:
            self.feil.append(repr(feil.__cause__ or feil))
            return 400, {"Status": 400}
        self.tokens.add(token)
        hode = json.loads(kropp)["Header"]
        self.spurt.append(json.loads(kropp))
        først = self.svarer.pop(0) if self.svarer else None
        if først == MED_FEIL:
            return 200, {"Status": 400, "Feil": {"Message": "syntetisk"}, "Referansenummer": None}
        if først:
            return først, {"Status": først}
        id_ = hode["ExternalMessageId"]
        kjent = id_ in self.tatt_inn
        kvittering = self.tatt_inn.setdefault(
            id_, {"Status": 201, "MeldingsId": id_, "Referansenummer": f"U{len(self.tatt_inn) + 1:04}"}
        )
        status = BORTE if først == BORTE else 200 if kjent else 201
        if status != BORTE:
            svart = MockResponse(json.dumps(kvittering).encode(), status, content_type="application/json")
            self.dokument.validate_response(spurt, svart)
        return status, kvittering


@cache
def lest(dokument: Path) -> OpenAPI:
    return OpenAPI.from_file_path(str(dokument))


@contextmanager
def meldetjener(dokument: Path) -> Iterator[Meldetjener]:
    """The server, until the context ends. `dokument`: the official one, where it lies."""
    her = Meldetjener(lest(dokument))

    class Svarer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kropp = self.rfile.read(int(self.headers["Content-Length"]))
            status, svar = her.svar(
                self.path, self.headers.get("Authorization", ""), self.headers["Content-Type"], kropp
            )
            if status == BORTE:
                self.close_connection = True
                return
            ut = json.dumps(svar).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(ut)))
            self.end_headers()
            self.wfile.write(ut)

        def log_message(self, *_said: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Svarer) as server:
        tråd = Thread(target=server.serve_forever, daemon=True)
        tråd.start()
        her.adresse = f"http://127.0.0.1:{server.server_port}"
        yield her
        server.shutdown()
        tråd.join(30)


def med_melde(oppsett: Oppsett, adresse: str, mappe: Path) -> Oppsett:
    """The municipality with a way to a front door, and a pass for it."""
    pass_ = mappe / "melde-token"
    pass_.write_text("proevepass\n", "utf-8")
    return replace(oppsett, melde=Meldevei(adresse, pass_))
