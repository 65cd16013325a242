"""Understands how a process of its own reaches the services' commands: at whose address, how long, and when again.

A request is sent again when the service was not there or asked us to come back, as long as a person waits at a page.
Only requests with an Idempotency-Key are: whatever the first attempt led to, the next leads to no more.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Collection, Mapping

import httpx

from bindeledd.access.tokens import Tokens
from bindeledd.core.clock import new_ref
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import InvalidMessage
from bindeledd.ops import logs, metrics
from bindeledd.runtime.http import REQUEST_ID

INTERNAL = "http://bindeledd.internal"
"""What a client asks; whose address that is, is found out for each request."""
SECONDS_MAX = 6.0
"""From the first attempt to the answer, all in all."""
CONNECT_SECONDS = 1.0
AGAIN_SECONDS = (0.1, 0.3, 1.0, 2.0)

Commands = Callable[[Actor], httpx.AsyncClient]
"""A client with which a page sends commands to the services on behalf of an actor."""


def commands_at(
    addresses: Mapping[str, str], services: Collection[str], tokens: Tokens, trusted: ssl.SSLContext
) -> Commands:
    """Clients that reach the services at their addresses, each request with the actor's pass and an id of its own.
    `trusted`: who is believed to be a service, where an address begins with https.

    Raises InvalidMessage when one of the services has no address.
    """
    if missing := sorted(set(services) - addresses.keys()):
        fix = f'Name where it answers: {{"{missing[0]}": "http://127.0.0.1:8101", …}}'
        raise InvalidMessage(f"nothing says where {missing[0]} is", "BINDELEDD_TJENESTER", fix)

    def client(actor: Actor) -> httpx.AsyncClient:
        headers = {"Authorization": tokens.header(actor), REQUEST_ID: new_ref(tokens.keyring.entropy)}
        return httpx.AsyncClient(transport=Calls(addresses, trusted), base_url=INTERNAL, headers=headers)

    return client


class Calls(httpx.AsyncBaseTransport):
    """Sends each request to the service that its path names (`/api/<service>/…`)."""

    def __init__(self, addresses: Mapping[str, str], trusted: ssl.SSLContext) -> None:
        self._addresses = addresses
        self._inner = httpx.AsyncHTTPTransport(verify=trusted)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.TransportError when there is no answer within SECONDS_MAX; the first error that leaves a doubt,
        if there was one."""
        service = request.url.path.split("/")[2]
        try:
            async with asyncio.timeout(SECONDS_MAX):
                return await self._until_answered(service, _addressed(request, self._addresses[service]))
        except (httpx.TransportError, TimeoutError) as error:
            reason = type(error).__name__
            logs.warning("command.unanswered", service=service, correlation=request.headers[REQUEST_ID], reason=reason)
            metrics.RETRIES.labels(service).inc()
            if isinstance(error, TimeoutError):
                raise httpx.ReadTimeout("no answer in time") from None
            raise

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _until_answered(self, service: str, request: httpx.Request) -> httpx.Response:
        """The answer of the last attempt, or what it raised; but when an attempt may have reached the service, nothing
        from which somebody would conclude that none has."""
        until = time.monotonic() + SECONDS_MAX
        doubt: httpx.TransportError | None = None
        outcome = await self._attempt(request)
        for rest in AGAIN_SECONDS:
            pause = _pause(outcome, rest)
            doubt = doubt or _doubt(outcome)
            if not pause or "Idempotency-Key" not in request.headers or time.monotonic() + pause >= until:
                break
            if isinstance(outcome, httpx.Response):
                await outcome.aclose()
            metrics.RETRIES.labels(service).inc()
            await asyncio.sleep(pause)
            outcome = await self._attempt(request)
        if isinstance(outcome, httpx.TransportError):
            raise doubt or outcome
        if doubt is not None and outcome.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise doubt
        return outcome

    async def _attempt(self, request: httpx.Request) -> httpx.Response | httpx.TransportError:
        try:
            return await self._inner.handle_async_request(request)
        except httpx.TransportError as error:
            return error


def _doubt(outcome: httpx.Response | httpx.TransportError) -> httpx.TransportError | None:
    """What leaves open whether the service has had the request."""
    if isinstance(outcome, httpx.Response | httpx.ConnectError | httpx.ConnectTimeout):
        return None
    return outcome


def _pause(outcome: httpx.Response | httpx.TransportError, rest: float) -> float:
    """How long to wait before the next attempt: `rest`, or as long as the service says; 0 when it has answered."""
    if isinstance(outcome, httpx.TransportError):
        return rest
    said = outcome.headers.get("Retry-After", "")
    asked = outcome.status_code == httpx.codes.SERVICE_UNAVAILABLE and said.isdecimal()
    return max(rest, float(said)) if asked else 0.0


def _addressed(request: httpx.Request, address: str) -> httpx.Request:
    base = httpx.URL(address)
    path = base.raw_path.rstrip(b"/") + request.url.raw_path
    url = request.url.copy_with(scheme=base.scheme, host=base.host, port=base.port, raw_path=path)
    headers = request.headers.copy()
    headers["Host"] = url.netloc.decode("ascii")
    timeout = {**request.extensions.get("timeout", {}), "connect": CONNECT_SECONDS}
    return httpx.Request(
        request.method, url, headers=headers, stream=request.stream,
        extensions={**request.extensions, "timeout": timeout},
    )  # fmt: skip
