"""Understands how an HTTP request becomes a command, and how what came of it becomes an answer.

A service's router takes `Annotated[Asked, caller("<act>")]` and ends in `carry_out(engine, asked, plan)`. The app sets
`app.state.authenticate` and `app.state.may` once, and calls `install(app)` for the errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import (
    BindeleddError,
    DiskFull,
    DiskRefuses,
    InvalidMessage,
    NotAllowed,
    Occupied,
    RuleBroken,
    Shredded,
    Stopped,
    TransientError,
    UsedKey,
    WrongVersion,
)
from bindeledd.core.sealed import Forseglet
from bindeledd.ops import logs
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Lookup, Plan
from bindeledd.runtime.transaction import Written
from bindeledd.runtime.views import view_topic
from bindeledd.store import log
from bindeledd.store.db import Db
from bindeledd.store.disk import refused_by_disk

REQUEST_ID = "X-Request-ID"
"""Header: the caller's own id of a request, which becomes the correlation of what it leads to. Ours are refs."""
POSITION = "Bindeledd-Position"
"""Header: the position of the service's log that an answer is as of."""
PROBLEM = "application/problem+json"
RETRY_AFTER_SECONDS = 2
DISK_RETRY_AFTER_SECONDS = 60
"""A disk is mended by a person."""
_REF = re.compile(r"[0-9a-f]{32}")
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_ETAG = re.compile(r'"(\d{1,18})"')
_DOCUMENTED_KEY = {
    "pattern": f"^{_KEY.pattern}$",
    "description": "A new one for each new request; the same to repeat it",
}
_DOCUMENTED_ETAG = {"pattern": r'^("\d{1,18}"|\*)$', "description": "The ETag of what the caller decided on"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, under which Idempotency-Key, on which version; and the answer that is being made."""

    actor: Actor
    route: str
    key: str | None
    expected_version: int | None
    content: tuple[bytes, ...]
    """All that makes one request another: method, path, query, If-Match, body."""
    response: Response
    correlation: str
    """The caller's id of the request; empty when it gave none that can be kept."""


class Answer(BaseModel):
    """What a command led to. `position` is where the service's log stands with it; `changed` false: nothing was new.

    `views`: view stream → version, of what the caller's own party was given by it. Who has these has seen the command:
    a position says nothing to somebody who is given a part of the log.
    """

    stream: str
    version: int
    position: int
    changed: bool
    views: dict[str, int] = {}


class Problem(BaseModel):
    """RFC 9457. `rule` names the rule that refused; `errors` says where a request is malformed, never what it held."""

    type: str
    title: str
    status: int
    detail: str = ""
    rule: str | None = None
    errors: list[dict[str, str]] | None = None


PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": Problem.model_json_schema()}}}
    for status in (400, 403, 404, 409, 410, 412, 422, 503, 507)
}
"""For `APIRouter(responses=PROBLEMS)`: what a command may be refused with."""


def caller(act: str) -> Any:
    """A dependency that lets those in who may do `act` (an id of the configuration's acts). Raises NotAllowed.

    The act is the route's scope, so that a description of the routes can tell it.
    """

    async def asked(
        request: Request,
        response: Response,
        idempotency_key: Annotated[str | None, Header(json_schema_extra=_DOCUMENTED_KEY)] = None,
        if_match: Annotated[str | None, Header(json_schema_extra=_DOCUMENTED_ETAG)] = None,
    ) -> Asked:
        actor = actor_of(request)
        if not request.app.state.may(actor, act):
            raise NotAllowed(f"the role {actor.role} of {actor.party} may not do this: {act}")
        if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
            raise InvalidMessage("not an Idempotency-Key", fix="Use 1 to 200 printable ASCII characters: a UUID")
        content = (
            request.method.encode(),
            request.url.path.encode(),
            request.url.query.encode(),
            (if_match or "").encode(),
            await request.body(),
        )
        version = version_of(if_match)
        given = request.headers.get(REQUEST_ID, "")
        correlation = given if _REF.fullmatch(given) else ""
        return Asked(actor, request.scope["route"].path, idempotency_key, version, content, response, correlation)

    return Security(asked, scopes=[act])


def actor_of(request: Request) -> Actor:
    """Who is asking, as the app's `authenticate` says. Raises NotAllowed."""
    actor: Actor = request.app.state.authenticate(request)
    return actor


def version_of(if_match: str | None) -> int | None:
    """The version in an If-Match header; None when there is none, or `*`. Raises InvalidMessage."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise InvalidMessage(
            "If-Match holds no version", fix='Send the ETag of what was read, as it came: If-Match: "3"'
        )
    return int(found[1])


def carry_out(engine: Engine, asked: Asked, plan: Plan, *, stream: str = "") -> Answer:
    """Carry out a request once, however often it is sent; durable on return. `stream` is the one it is about, if known
    before; else the plan's answer is its ref.

    The version in If-Match holds for the plan's first order, else for the stream that the plan is about. Raises what
    the rules refuse, UsedKey for another request under the same Idempotency-Key, Shredded when what the request led to
    has been destroyed.
    """
    on_version = _on_version(plan, asked.expected_version, stream)
    outcome = engine.command(on_version, correlation=asked.correlation, request=_request(engine, asked))
    ours = view_topic(engine.service.name, asked.actor.party)
    if outcome.repeated and outcome.written:
        answer: Answer = engine.read(lambda db: _answer(_again(engine, db, outcome.written[0]), ours))
    elif not outcome.written:
        about = _about(stream, outcome.answer)
        head = engine.read(lambda db: log.head(db, about)) if about else None
        answer = Answer(stream=about, version=head.version if head else 0, position=engine.position, changed=False)
    else:
        answer = _answer(outcome.written, ours)
    asked.response.headers["ETag"] = f'"{answer.version}"'
    asked.response.headers[POSITION] = str(answer.position)
    return answer


def _on_version(plan: Plan, version: int | None, stream: str) -> Plan:
    if version is None:
        return plan

    def planned(lookup: Lookup) -> tuple[list[Bestilling], Any]:
        orders, answer = plan(lookup)
        about = _about(stream, answer)
        if not orders and (stands := lookup.version(about)) != version:
            raise WrongVersion(about, version, stands)
        return [*(replace(first, expected_version=version) for first in orders[:1]), *orders[1:]], answer

    return planned


def _about(stream: str, answer: Any) -> str:
    return stream or (answer if isinstance(answer, str) else "")


def _request(engine: Engine, asked: Asked) -> tuple[str, bytes] | None:
    if asked.key is None:
        return None
    ring, actor = engine.around.keyring, asked.actor
    # The key is the caller's choice and might hold anything: only its keyed hash is kept.
    scope = ring.fingerprint("idempotency", actor.role, actor.organisation, actor.party, asked.route, asked.key)
    return scope.hex(), ring.fingerprint("request", *asked.content)


def _answer(written: Sequence[Written], ours: str) -> Answer:
    stream = written[0].stream
    version = max(record.version for record in written if record.stream == stream)
    views = {record.stream: record.version for record in written if record.topic == ours}
    return Answer(stream=stream, version=version, position=written[-1].position, changed=True, views=views)


def _again(engine: Engine, db: Db, first: Written) -> list[Written]:
    """What was written the first time, read from the log: what one request wrote stands together, under one
    correlation."""
    codec = engine.around.codec
    data = log.read_version(db, first.stream, first.version)
    if data is None:
        raise Shredded("what this request led to is no longer here")
    _refuse_shredded(engine, data)
    begun = codec.peek(data)
    written = [Written(first.topic, begun.stream, begun.version, begun.position)]
    while page := log.read_page(db, written[-1].position, 64):
        for row in page:
            envelope = codec.peek(row.data)
            same = (envelope.correlation, envelope.depth) == (begun.correlation, begun.depth)
            if row.writer != engine.service.name or not same:
                return written
            written.append(Written(row.topic, row.stream, row.version, row.position))
    return written


def _refuse_shredded(engine: Engine, data: bytes) -> None:
    codec = engine.around.codec
    _, event = codec.decode(data)
    for name in codec.sealed_fields(event.avro_name):
        value = getattr(event, name)
        if isinstance(value, Forseglet):
            engine.around.keyring.key(value.key)


# -- errors ---------------------------------------------------------------------------------------------------------


def install(app: FastAPI) -> None:
    """Every error becomes `application/problem+json`, and no error text holds what was sent in."""
    app.add_exception_handler(BindeleddError, _ours)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _plain)
    app.add_middleware(Unexpected)


def add_routes(app: FastAPI, router: APIRouter) -> None:
    """The app answers at a router's addresses. FastAPI's own `include_router` would work each of them out once more,
    for every app, when somebody first asks: as long again as the start takes, while they wait."""
    app.router.routes.extend(router.routes)


def problem(
    status: int, title: str, detail: str = "", *, kind: str = "about:blank", rule: str | None = None,
    errors: list[dict[str, str]] | None = None, headers: Mapping[str, str] | None = None,
) -> JSONResponse:  # fmt: skip
    """An RFC 9457 answer."""
    body = Problem(type=kind, title=title, status=status, detail=detail, rule=rule, errors=errors)
    return JSONResponse(body.model_dump(exclude_none=True), status, headers=headers, media_type=PROBLEM)


def problem_of(error: BindeleddError) -> JSONResponse:
    """Our own errors, each with its status: their texts never hold personal data."""
    text = str(error)
    match error:
        case RuleBroken():
            return problem(409, "A rule refuses this", error.why, kind="urn:bindeledd:rule", rule=error.rule)
        case WrongVersion():
            return problem(412, "It has changed since it was read", text, kind="urn:bindeledd:version")
        case UsedKey():
            return problem(422, "The Idempotency-Key is taken", text, kind="urn:bindeledd:idempotency-key")
        case Shredded():
            return problem(410, "It has been destroyed", text, kind="urn:bindeledd:shredded")
        case NotAllowed():
            return problem(403, "Not allowed", text, kind="urn:bindeledd:access", rule=error.rule)
        case InvalidMessage():
            return problem(400, "The request is malformed", text, kind="urn:bindeledd:malformed")
        case DiskFull():
            again = {"Retry-After": str(DISK_RETRY_AFTER_SECONDS)}
            return problem(507, "No room to keep it", text, kind="urn:bindeledd:disk", headers=again)
        case DiskRefuses():
            again = {"Retry-After": str(DISK_RETRY_AFTER_SECONDS)}
            return problem(503, "It cannot be kept", text, kind="urn:bindeledd:disk", headers=again)
        case TransientError() | Stopped() | Occupied():
            again = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            return problem(503, "Not ready", text, kind="urn:bindeledd:not-ready", headers=again)
        case _:
            return problem(500, "Something is wrong here", text)


async def _ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, BindeleddError)
    return problem_of(error)


async def _malformed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_where(found) for found in error.errors()]
    title = "The request is malformed"
    detail = "Some fields are missing or not as they should be: see errors, and /openapi.json"
    return problem(422, title, detail, kind="urn:bindeledd:malformed", errors=errors)


def _where(found: Mapping[str, Any]) -> dict[str, str]:
    """Where and what kind of error; never the text or a key that was sent, which may be a person's."""
    ours = found["loc"][:-1] if found["type"] == "extra_forbidden" else found["loc"]
    said = "" if found["type"] in {"value_error", "assertion_error", "json_invalid"} else str(found["msg"])
    return {"where": ".".join(str(part) for part in ours), "kind": str(found["type"]), "said": said}


async def _plain(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    detail = "" if error.detail == title else str(error.detail)
    return problem(error.status_code, title, detail, headers=error.headers)


class Unexpected:
    """Answers for errors nobody foresaw: only their type and place are told, for their texts may hold anything."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 - the last line before the server would print it all
            refused = refused_by_disk(error)
            if refused is None:
                logs.unexpected("http.unexpected", error)
            if not started:
                unforeseen = problem(500, "Something is wrong here", "It has been logged.")
                await (unforeseen if refused is None else problem_of(refused))(scope, receive, send)
