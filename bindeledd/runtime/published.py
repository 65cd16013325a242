"""What anybody may fetch of an audited topic, without a pass: its checkpoints, and the hashes that they are over.

As C2SP's tlog-tiles has it (https://c2sp.org/tlog-tiles), the records apart: those are nobody's to give out. Whoever
fetches now and then, and keeps it, sees when the log is no longer what it was: `tools/witness.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fastapi import APIRouter, HTTPException
from fastapi.responses import PlainTextResponse, Response

from bindeledd.runtime.tree import ASKED_SECONDS, Tree
from bindeledd.store import checkpoints, tiles

_TILE = re.compile(r"(?P<above>(x[0-9]{3}/){0,4})(?P<last>[0-9]{3})(\.p/(?P<width>[1-9][0-9]{0,2}))?")
"""A tile's number by three digits, and how many hashes of it are wanted, where that is not all."""
LEVELS = 8
_CHANGES = {"Cache-Control": "no-cache"}


def proof_router(trees: Iterable[Tree]) -> APIRouter:
    """`GET /bevis/<tjeneste>/<topic>/…`: `checkpoint`, `keys` and `tile/…`. It tells how many records there are and
    when, and no more."""
    by_place = {(tree.engine.service.name, tree.topic): tree for tree in trees}
    router = APIRouter(prefix="/bevis/{service}/{topic}", include_in_schema=False)

    def there(service: str, topic: str) -> Tree:
        if (service, topic) not in by_place:
            raise HTTPException(404, "Nothing is proved under that name here")
        return by_place[service, topic]

    @router.get("/checkpoint")
    def checkpoint(service: str, topic: str) -> Response:
        """The last checkpoint, and a new one within seconds if something was written since: then it says when
        to ask again."""
        tree = there(service, topic)
        waits = tree.soon()
        note = tree.engine.read(lambda db: checkpoints.last(db, topic))
        if note is None and not waits:
            raise HTTPException(404, "Nothing has been written there yet")
        again = {"Retry-After": str(round(ASKED_SECONDS))} if waits else {}
        return PlainTextResponse(note or "", 200 if note else 503, {**_CHANGES, **again})

    @router.get("/keys")
    def keys(service: str, topic: str) -> Response:
        """The checkpoints with which the log was handed over to another key, the oldest first."""
        handed = checkpoints.handovers_of(there(service, topic).folder, service, topic)
        return PlainTextResponse("\n".join(checkpoints.read(handed)), headers=_CHANGES)

    @router.get("/tile/{level:int}/{path:path}")
    def tile(service: str, topic: str, level: int, path: str) -> Response:
        """The hashes of one tile, one after the other: all 256, or as many of its first as are asked for."""
        found, tree = _TILE.fullmatch(path), there(service, topic)
        if found is None or level >= LEVELS:
            raise HTTPException(404, "That is no tile")
        number = int(re.sub(r"\D", "", found["above"]) + found["last"])
        width = int(found["width"] or tiles.WIDTH)
        hashes: list[bytes] = tree.engine.read(lambda db: tiles.hashes(db, topic, level, number))
        if len(hashes) < width:
            raise HTTPException(404, "The tree does not reach so far")
        return Response(b"".join(hashes[:width]), media_type="application/octet-stream")

    return router
