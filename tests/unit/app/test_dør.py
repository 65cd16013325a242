"""Who comes in, and what is answered before, while and after everything is ready."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from ipaddress import IPv4Address
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bindeledd.app.door import BODY_BYTES_MAX, MESSAGE_BYTES_MAX, MESSAGE_PATH, Door, Inside
from bindeledd.app.serve import serve
from bindeledd.app.settings import Settings
from bindeledd.core.errors import InvalidMessage
from bindeledd.runtime.http import PROBLEM


async def innenfor(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"inne {len(body)}")(scope, receive, send)


class Hus:
    """An installation for the door to open: it waits to be let go, and remembers that it was closed."""

    def __init__(self) -> None:
        self.slipp, self.lukket = threading.Event(), False
        self.stanset: list[str] = []
        self.feil: Exception | None = None
        self.målt = 0

    @contextmanager
    def åpne(self, _stopping: Callable[[], bool]) -> Iterator[Inside]:
        assert self.slipp.wait(10)
        if self.feil:
            raise self.feil
        try:
            yield Inside(innenfor, lambda: self.stanset, self._mål)
        finally:
            self.lukket = True

    def _mål(self) -> None:
        self.målt += 1


@pytest.fixture
def hus() -> Hus:
    return Hus()


@asynccontextmanager
async def i_drift(door: Door) -> AsyncIterator[None]:
    """The server's part: start-up, and at the end shutdown, waited for."""
    inn: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    ut: asyncio.Queue[Any] = asyncio.Queue()
    liv = asyncio.create_task(door({"type": "lifespan"}, inn.get, ut.put))
    await inn.put({"type": "lifespan.startup"})
    assert (await ut.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await inn.put({"type": "lifespan.shutdown"})
        assert (await ut.get())["type"] == "lifespan.shutdown.complete"
        await liv


async def be(door: Door, sti: str = "/", *, fra: str = "127.0.0.1", **valg: Any) -> httpx.Response:
    transport = httpx.ASGITransport(door, client=(fra, 1))
    async with httpx.AsyncClient(transport=transport, base_url=valg.pop("base", "http://127.0.0.1:8000")) as client:
        return await client.request(valg.pop("metode", "GET"), sti, **valg)


async def klar(door: Door) -> None:
    """Until the door has opened, or failed to."""
    while door._inside is None and "could not" not in door.health.why[0]:  # noqa: ASYNC110
        await asyncio.sleep(0)


def test_before_it_is_ready_it_is_alive_and_says_that_it_starts(hus: Hus) -> None:
    async def prøv() -> None:
        door = Door(hus.åpne)
        async with i_drift(door):
            assert (await be(door, "/helse/live")).status_code == 200
            svar = await be(door, "/helse/klar")
            assert (svar.status_code, svar.json()["klar"]) == (503, False)
            assert "starting" in svar.json()["hvorfor"][0]
            side = await be(door)
            assert (side.status_code, side.headers["content-type"]) == (503, PROBLEM)
            assert int(side.headers["retry-after"]) > 0
            assert (await be(door, "/metrics")).status_code == 200
            hus.slipp.set()

    asyncio.run(prøv())


def test_once_ready_requests_reach_the_app(hus: Hus) -> None:
    hus.slipp.set()

    async def prøv() -> None:
        door = Door(hus.åpne)
        async with i_drift(door):
            await klar(door)
            assert (await be(door, "/helse/klar")).json() == {"klar": True, "hvorfor": []}
            assert (await be(door)).text == "inne 0"
        assert hus.lukket

    asyncio.run(prøv())


def test_a_service_that_has_stopped_makes_it_unhealthy_and_says_why(hus: Hus) -> None:
    hus.slipp.set()
    hus.stanset.append("kriseplan: 12 streams are parked")

    async def prøv() -> None:
        door = Door(hus.åpne)
        async with i_drift(door):
            await klar(door)
            svar = await be(door, "/helse/klar")
            assert (svar.status_code, svar.json()["hvorfor"]) == (503, hus.stanset)
            assert (await be(door, "/helse/live")).status_code == 200
            assert (await be(door)).text == "inne 0"

    asyncio.run(prøv())


@pytest.mark.parametrize("feil", [InvalidMessage("oppsettet er galt"), KeyError("Kari Synteseprøve")])
def test_a_start_that_fails_says_why_and_never_more_than_it_may(hus: Hus, feil: Exception) -> None:
    hus.slipp.set()
    hus.feil = feil

    async def prøv() -> None:
        door = Door(hus.åpne)
        async with i_drift(door):
            await klar(door)
            svar = await be(door, "/helse/klar")
            assert svar.status_code == 503
            assert "could not start" in svar.text
            assert "Kari" not in svar.text

    asyncio.run(prøv())


def test_a_stop_while_it_starts_waits_for_the_start_and_then_closes(hus: Hus) -> None:
    async def prøv() -> None:
        door = Door(hus.åpne)
        async with i_drift(door):
            threading.Timer(0.05, hus.slipp.set).start()
        assert hus.lukket
        assert "stopping" in door.health.why[0]

    asyncio.run(prøv())


def test_the_gauges_are_brought_up_to_date_when_they_are_read(hus: Hus) -> None:
    hus.slipp.set()

    async def prøv() -> None:
        door = Door(hus.åpne)
        async with i_drift(door):
            await klar(door)
            assert "bindeledd_lag_seconds" in (await be(door, "/metrics")).text
            assert hus.målt == 1

    asyncio.run(prøv())


@pytest.mark.parametrize("sti", ["/", "/helse/live", "/metrics", MESSAGE_PATH])
@pytest.mark.parametrize(
    "valg",
    [
        {"fra": "192.0.2.7"},
        {"fra": "::ffff:192.0.2.7"},
        {"fra": "192.0.2.7", "headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"base": "http://bindeledd.example:8000"},
        {"base": "http://127.0.0.1.example"},
    ],
    ids=str,
)
def test_nobody_but_this_machine_comes_in(hus: Hus, sti: str, valg: dict[str, Any]) -> None:
    svar = asyncio.run(be(Door(hus.åpne), sti, **valg))
    assert (svar.status_code, svar.headers["content-type"]) == (403, PROBLEM)


def test_a_browser_is_refused_with_a_page(hus: Hus) -> None:
    svar = asyncio.run(be(Door(hus.åpne), fra="192.0.2.7", headers={"Accept": "text/html"}))
    assert svar.status_code == 403
    assert "text/html" in svar.headers["content-type"]


@pytest.mark.parametrize(
    ("sti", "bytes_", "status"),
    [
        ("/api/noe", BODY_BYTES_MAX, 200),
        ("/api/noe", BODY_BYTES_MAX + 1, 413),
        (MESSAGE_PATH, MESSAGE_BYTES_MAX, 200),
        (MESSAGE_PATH, MESSAGE_BYTES_MAX + 1, 413),
    ],
)
def test_a_body_is_bounded(hus: Hus, sti: str, bytes_: int, status: int) -> None:
    from fastapi import FastAPI

    from bindeledd.runtime.http import install

    app = FastAPI()
    install(app)
    app.mount("/", innenfor)
    hus.slipp.set()

    @contextmanager
    def åpne(_stopping: Callable[[], bool]) -> Iterator[Inside]:
        yield Inside(app, list, lambda: None)

    async def prøv() -> None:
        door = Door(åpne)
        async with i_drift(door):
            await klar(door)
            svar = await be(door, sti, metode="POST", content=b"x" * bytes_)
            assert svar.status_code == status

    asyncio.run(prøv())


def test_in_a_container_others_on_its_network_come_in(hus: Hus) -> None:
    async def scene() -> None:
        hus.slipp.set()
        async with i_drift(door := Door(hus.åpne, others=True)):
            await klar(door)
            assert (await be(door, "/helse/klar", fra="172.18.0.4", base="http://worker:8000")).status_code == 200
            assert (await be(door, "/api", fra="172.18.0.4", base="http://worker:8000")).text == "inne 0"

    asyncio.run(scene())


def test_what_has_pages_cannot_be_told_to_let_others_in() -> None:
    with pytest.raises(InvalidMessage, match="BINDELEDD_HOST"):
        serve(Settings(host=IPv4Address("0.0.0.0")), 8000, demo=True)
