"""The stream API: a service tells where its streams stand, and gives the bytes of one, to those who may read them.

What Kafka carries can be lost; what a writer has committed cannot. So a reader compares the heads, and fetches what it
lacks from the writer itself: the exact bytes, to be checked as everything else that comes in.
"""

from __future__ import annotations

import base64
import binascii
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, TypeVar

import httpx
from fastapi import APIRouter, HTTPException, Query, Request
from pydantic import BaseModel, ValidationError

from bindeledd.core.envelope import Actor
from bindeledd.core.errors import TransientError
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import PROBLEMS, actor_of
from bindeledd.runtime.tls import UNTRUSTED
from bindeledd.store import log

HEADS_MAX = 1_000
POSITIONS_MAX = 5_000
"""So many positions of the log are looked through for one answer."""
RECORDS_MAX = 50
"""Of at most 64 KiB each."""
CONNECT_S = 2.0
ANSWER_S = 5.0

Audience = Callable[[Actor], Collection[str]]
"""The topics of a service that an actor may read. Raises NotAllowed for one who may read nothing here."""

AnswerT = TypeVar("AnswerT", bound=BaseModel)
Name = Annotated[str, Query(max_length=64)]
Number = Annotated[int, Query(ge=0, lt=2**62)]


class HeadOf(BaseModel):
    """Where one stream stands: its last version, and the SHA-256 (hex) of that record's bytes."""

    stream: str
    topic: str
    version: int
    hash: str


class Heads(BaseModel):
    """A page of heads, and how far it goes: `position` is that of the log (under `epoch`) up to which it tells all."""

    epoch: int
    position: int
    heads: list[HeadOf]
    more: bool


class Records(BaseModel):
    """A page of one stream's records in order, each its stored bytes in base64; and where the stream stands."""

    head: HeadOf
    records: list[str]


# -- given ----------------------------------------------------------------------------------------------------------


def streams_router(engine: Engine, audience: Audience) -> APIRouter:
    """`GET /api/<tjeneste>/streams…`: for the passes of our own processes, each as far as `audience` says."""
    name = engine.service.name
    router = APIRouter(prefix=f"/api/{name}/streams", tags=["streams"], responses=PROBLEMS)

    @router.get("")
    def heads(request: Request, after: Name = "") -> Heads:
        """The heads of all streams, by their refs: those after `after`."""
        topics = sorted(audience(actor_of(request)))
        position = engine.position
        found = engine.read(lambda db: log.heads_after(db, name, topics, after, HEADS_MAX + 1))
        more = len(found) > HEADS_MAX
        return Heads(epoch=engine.epoch, position=position, heads=[*map(_said, found[:HEADS_MAX])], more=more)

    @router.get("/changed")
    def changed(request: Request, since: Number) -> Heads:
        """The heads of the streams that have got records after position `since` of the log."""
        topics = sorted(audience(actor_of(request)))
        position = engine.position
        upto = min(position, since + POSITIONS_MAX)
        found = engine.read(lambda db: log.heads_since(db, name, topics, since, upto))
        return Heads(epoch=engine.epoch, position=upto, heads=[*map(_said, found)], more=upto < position)

    @router.get("/{stream}")
    def records(request: Request, stream: str, after: Number = 0) -> Records:
        """One stream's records from version `after` + 1 on, as they are stored."""
        topics = audience(actor_of(request))
        head: log.Head | None = engine.read(partial(log.head, stream=stream))
        if head is None or head.writer != name or head.topic not in topics:
            raise HTTPException(404, "There is no such stream here for you")
        found = engine.read(lambda db: log.read_part(db, stream, after, RECORDS_MAX))
        return Records(head=_said(head), records=[base64.b64encode(data).decode("ascii") for data in found])

    return router


def _said(head: log.Head) -> HeadOf:
    return HeadOf(stream=head.stream, topic=head.topic, version=head.version, hash=head.hash.hex())


# -- asked for ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Streams:
    """The stream API of a service as another process asks it. Everything raises TransientError when there is no answer,
    or none of ours."""

    service: str
    client: httpx.Client
    """With the service's address as its base."""
    header: Callable[[], str]
    """A pass, made anew for each request."""

    def heads(self, after: str) -> Heads:
        return self._whole(Heads, "", after=after)

    def changed(self, since: int) -> Heads:
        return self._whole(Heads, "/changed", since=since)

    def records(self, stream: str, after: int) -> tuple[HeadOf, list[bytes]] | None:
        """Where the stream stands, and its next records; None when there is no such stream for us."""
        found = self._get(Records, f"/{stream}", after=after)
        if found is None:
            return None
        try:
            return found.head, [base64.b64decode(each, validate=True) for each in found.records]
        except binascii.Error as error:
            raise self._no_answer("records that are no base64") from error

    def _whole(self, kind: type[AnswerT], path: str, **asked: Any) -> AnswerT:
        found = self._get(kind, path, **asked)
        if found is None:
            raise self._no_answer("404: there is no stream API at its address")
        return found

    def _get(self, kind: type[AnswerT], path: str, **asked: Any) -> AnswerT | None:
        headers = {"Authorization": self.header()}
        try:
            answer = self.client.get(f"/api/{self.service}/streams{path}", params=asked, headers=headers)
        except httpx.HTTPError as error:
            raise self._no_answer(_why(error)) from error
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise self._no_answer(str(answer.status_code))
        try:
            return kind.model_validate_json(answer.content)
        except ValidationError as error:
            raise self._no_answer("what is no page of the stream API") from error

    def _no_answer(self, said: str) -> TransientError:
        return TransientError(f"the stream API of {self.service} answers {said}. Look at BINDELEDD_TJENESTER")


def _why(error: httpx.HTTPError) -> str:
    if UNTRUSTED in str(error):
        return "with a certificate that is not to be believed: see BINDELEDD_HTTP_CA_FILE"
    return type(error).__name__


def client_at(address: str, trusted: ssl.SSLContext) -> httpx.Client:
    """A client for a service's address, where only who is `trusted` is believed to be the service. It waits for some
    seconds at most."""
    return httpx.Client(base_url=address, timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S), verify=trusted)
