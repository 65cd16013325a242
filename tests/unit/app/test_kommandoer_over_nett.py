"""Commands to services in other processes: found by name, tried again where it is safe, and never for long."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from bindeledd.access.tokens import Tokens
from bindeledd.app import calls
from bindeledd.app.calls import commands_at
from bindeledd.app.settings import Settings
from bindeledd.core.clock import SeededEntropy, SetClock
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import InvalidMessage, TransientError
from bindeledd.runtime.streams import Streams, client_at
from bindeledd.seal.held import Master
from bindeledd.seal.keyring import Keyring
from bindeledd.store.sqlite import SqliteDb
from tests.prøvetjeneste import NAA
from tests.sertifikater import Utsteder
from web.kommandoer import Sett, Svar, send

AKTØR = Actor("act-medlem", "helse-bergen", "act-kronstad")
KJENT = {"stream": "s", "version": 1, "position": 1, "changed": True, "views": {"v": 2}}
STI = "/api/kriseplan/personer/x/tilby"


@dataclass(slots=True)
class Tjeneste:
    """A service on a real socket, which answers as it is told, one answer after the other; None: cuts the line."""

    svar: list[tuple[int, dict[str, str]] | None]
    fått: list[dict[str, str]] = field(default_factory=list)
    """The headers of each request that came."""


@contextmanager
def på_nett(tjeneste: Tjeneste, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    class Svarer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            tjeneste.fått.append({navn.lower(): verdi for navn, verdi in self.headers.items()} | {"sti": self.path})
            neste = tjeneste.svar.pop(0) if len(tjeneste.svar) > 1 else tjeneste.svar[0]
            if neste is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            innhold = httpx.Response(neste[0], json=KJENT).content
            self.send_response(neste[0])
            for navn, verdi in ({"Content-Length": str(len(innhold))} | neste[1]).items():
                self.send_header(navn, verdi)
            self.end_headers()
            self.wfile.write(innhold)

        def log_message(self, *_alt: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Svarer) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        try:
            yield f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[Tokens]:
    with closing(Keyring(SqliteDb(tmp_path / "keyring.db"), Master(b"m" * 32), SeededEntropy(1))) as keyring:
        yield Tokens(keyring, SetClock(NAA))


@pytest.fixture(autouse=True)
def _kort_vei(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "AGAIN_SECONDS", (0.01, 0.01))


def sendt(tokens: Tokens, adresse: str, ca: Path | None = None) -> Svar:
    tro = Settings(tjenester={"kriseplan": adresse}, http_ca_file=ca).trusted()

    async def gjør() -> Svar:
        async with commands_at({"kriseplan": adresse}, ["kriseplan"], tokens, tro)(AKTØR) as klient:
            return await send(klient, STI, {"noe": "skrevet"}, "k1", Sett("v", 1))

    return asyncio.run(gjør())


def ledig() -> str:
    """An address where nobody answers."""
    with closing(socket.socket()) as en:
        en.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{en.getsockname()[1]}"


def test_a_command_reaches_its_service_with_a_pass_an_id_and_its_key(tokens: Tokens) -> None:
    tjeneste = Tjeneste([(200, {})])
    with på_nett(tjeneste) as adresse:
        assert sendt(tokens, f"{adresse}/foran/") == Svar(ok=True, gitt={"v": 2})
    (fikk,) = tjeneste.fått
    assert tokens.actor(fikk["authorization"]) == AKTØR
    assert (fikk["idempotency-key"], fikk["if-match"], fikk["sti"]) == ("k1", '"1"', f"/foran{STI}")
    assert len(fikk["x-request-id"]) == 32
    assert adresse.endswith(fikk["host"])


def test_a_service_that_asks_for_a_moment_or_cuts_the_line_is_asked_again_under_the_same_key(tokens: Tokens) -> None:
    tjeneste = Tjeneste([(503, {"Retry-After": "0"}), None, (200, {})])
    with på_nett(tjeneste) as adresse:
        assert sendt(tokens, adresse).ok
    assert [fikk["idempotency-key"] for fikk in tjeneste.fått] == ["k1"] * 3
    assert len({fikk["x-request-id"] for fikk in tjeneste.fått}) == 1


@pytest.mark.parametrize(
    ("svar", "ganger"), [((503, {}), 1), ((503, {"Retry-After": "60"}), 1), ((503, {"Retry-After": "0"}), 3)]
)
def test_a_service_that_cannot_is_not_asked_for_ever_and_nothing_has_changed(
    tokens: Tokens, svar: tuple[int, dict[str, str]], ganger: int
) -> None:
    tjeneste = Tjeneste([svar])
    with på_nett(tjeneste) as adresse:
        ble = sendt(tokens, adresse)
    assert (ble.ok, ble.borte, len(tjeneste.fått)) == (False, True, ganger)
    assert "Ingenting er endret" in ble.hvorfor


def test_a_service_that_is_not_there_has_changed_nothing(tokens: Tokens) -> None:
    ble = sendt(tokens, ledig())
    assert (ble.ok, ble.borte) == (False, True)
    assert "Ingenting er endret" in ble.hvorfor


@pytest.mark.parametrize("svar", [[None], [None, (503, {"Retry-After": "0"})]])
def test_nobody_says_that_nothing_has_changed_when_the_request_may_have_come_through(
    tokens: Tokens, svar: list[tuple[int, dict[str, str]] | None]
) -> None:
    with på_nett(Tjeneste(svar)) as adresse:
        ble = sendt(tokens, adresse)
    assert (ble.ok, ble.borte) == (False, True)
    assert "vet ikke om det ble lagret" in ble.hvorfor


def test_an_answer_that_does_not_come_is_not_waited_for(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "SECONDS_MAX", 0.3)
    with closing(socket.create_server(("127.0.0.1", 0))) as taus:
        ble = sendt(tokens, f"http://127.0.0.1:{taus.getsockname()[1]}")
    assert (ble.borte, "vet ikke om det ble lagret" in ble.hvorfor) == (True, True)


def test_a_service_without_an_address_is_named(tokens: Tokens) -> None:
    with pytest.raises(InvalidMessage, match=r"nothing says where samhandling is.*BINDELEDD_TJENESTER"):
        commands_at({"kriseplan": "http://x"}, ["kriseplan", "samhandling"], tokens, httpx.create_ssl_context())


def test_a_service_with_a_certificate_is_asked_by_who_knows_its_authority_and_told_nothing_by_others(
    tokens: Tokens, tmp_path: Path
) -> None:
    tjeneste, utsteder = Tjeneste([(200, {})]), Utsteder(tmp_path)
    sertifikat, nøkkel = utsteder.sertifikat("kriseplan")
    with på_nett(tjeneste, Settings(http_cert_file=sertifikat, http_key_file=nøkkel).certificate()) as adresse:
        ukjent = sendt(tokens, adresse)
        assert (ukjent.ok, ukjent.borte, tjeneste.fått) == (False, True, [])
        with client_at(adresse, Settings().trusted()) as klient, pytest.raises(TransientError, match="HTTP_CA_FILE"):
            Streams("kriseplan", klient, lambda: "").heads("")
        assert tjeneste.fått == []
        assert sendt(tokens, adresse, utsteder.ca).ok
    assert tokens.actor(tjeneste.fått[0]["authorization"]) == AKTØR


def test_who_names_an_authority_asks_nobody_in_the_clear(tmp_path: Path) -> None:
    with pytest.raises(InvalidMessage, match=r"kriseplan would be asked in the clear.*BINDELEDD_TJENESTER"):
        Settings(tjenester={"kriseplan": "http://127.0.0.1:1"}, http_ca_file=Utsteder(tmp_path).ca).trusted()
