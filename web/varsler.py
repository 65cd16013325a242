"""Tells open pages that something of their party has changed, and nothing about what.

The bus commits in threads, or in another process; each open page waits in the server's event loop and is woken there.
A page that was woken looks in the log whether the news was its party's, and is told at most a few times a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bindeledd.runtime.engine import Engine
from bindeledd.store.db import Db
from web.gitt import versjon_av

ÅPNE_MAKS = 500
PUST_SEKUNDER = 0.2
LIVSTEGN_SEKUNDER = 15.0
LENGST_SEKUNDER = 300.0
"""A stream ends after this and the browser opens another: so a server that stops never waits long for it."""
VENT_SEKUNDER = 1.0

ENDRET = "event: endret\ndata: endret\n\n"
LIVSTEGN = ": her\n\n"

_PARTENS = "SELECT MAX(position) FROM log WHERE position > ? AND topic LIKE ?"
_PERSONENS = (
    "SELECT g.utsnittstroem, l.position FROM gitt g JOIN stream_head h ON h.stream = g.utsnittstroem "
    "JOIN log l ON l.begins = h.begins AND l.version = g.versjon WHERE g.part = ? AND g.person_ref = ?"
)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the last record that an open page may hear of stands in the log; and the person's view streams, for a page
    that hears of one."""

    nyest: int
    strømmer: frozenset[str] = frozenset()

    def nytt_siden(self, før: Stand) -> bool:
        """Something was said, or what was this person's is theirs no more: two records became one, or were parted."""
        return self.nyest > før.nyest or not før.strømmer <= self.strømmer


@dataclass(slots=True, eq=False)
class Venter:
    """One waiter: an event in its own loop."""

    løkke: asyncio.AbstractEventLoop
    hendelse: asyncio.Event = field(default_factory=asyncio.Event)

    def vekk(self) -> None:
        """Called from the thread that committed."""
        try:
            self.løkke.call_soon_threadsafe(self.hendelse.set)
        except RuntimeError:
            return  # the loop has closed: nobody waits any more


class Varsler:
    """Who waits for the next commit of `web`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._venter: set[Venter] = set()
        engine.listeners.append(self.vekk)

    def fullt(self) -> bool:
        return len(self._venter) >= ÅPNE_MAKS

    async def strøm(
        self, part: str, siden: int, gyldig: Callable[[], bool], om: str | None = None
    ) -> AsyncIterator[str]:
        """Server-sent events for one open page, which shows its party's news up to the log position `siden`.

        `om`: who has to do with one person hears of that one only. All citizens are one party, and that something
        happened to another of them, when and how often, is told to nobody. That what was theirs is another record's is
        heard from when the page begins to listen; one that missed it asks by itself within the minute.

        When the session is no longer `gyldig` the page is told once more, and then no more.
        """
        løkke = asyncio.get_running_loop()
        slutt = løkke.time() + LENGST_SEKUNDER
        venter = self._ny(løkke)
        vist = Stand(siden)
        try:
            while løkke.time() < slutt:
                if not gyldig():
                    yield ENDRET  # the page asks again, and is sent to the door at once
                    return
                venter.hendelse.clear()
                nå = await asyncio.to_thread(self._stand, part, vist.nyest, om)
                nytt, vist = nå.nytt_siden(vist), nå
                if nytt:
                    yield ENDRET
                    await asyncio.sleep(PUST_SEKUNDER)
                elif not await _vent(venter, LIVSTEGN_SEKUNDER):
                    yield LIVSTEGN
        finally:
            self._venter.discard(venter)

    async def vent_på(self, gitt: Mapping[str, int]) -> bool:
        """Wait until `web` has taken in these versions of view streams; False when that took more than a second."""
        return await self.vent_til(lambda: all(versjon_av(self._engine, s) >= versjon for s, versjon in gitt.items()))

    async def vent_til(self, framme: Callable[[], bool]) -> bool:
        """Wait until `web` has taken in what makes this true; False when that took more than a second."""
        løkke = asyncio.get_running_loop()
        slutt = løkke.time() + VENT_SEKUNDER
        venter = self._ny(løkke)
        try:
            while True:
                venter.hendelse.clear()
                if await asyncio.to_thread(framme):
                    return True
                if not await _vent(venter, slutt - løkke.time()):
                    return False
        finally:
            self._venter.discard(venter)

    def _ny(self, løkke: asyncio.AbstractEventLoop) -> Venter:
        venter = Venter(løkke)
        self._venter.add(venter)
        return venter

    def vekk(self) -> None:
        """Something may have been committed. Called from any thread."""
        for venter in tuple(self._venter):
            venter.vekk()

    def _stand(self, part: str, siden: int, om: str | None) -> Stand:
        """Where the party's news stand, about `om` if said: at `siden`, when there is none after that."""

        def les(db: Db) -> list[tuple[Any, ...]]:
            if om is None:
                return db.all(_PARTENS, (siden, f"%.til.{part}"))
            return db.all(_PERSONENS, (part, om))

        rader = self._engine.read(les)
        if om is None:
            return Stand(rader[0][0] or siden)
        return Stand(max((siden, *(posisjon for _, posisjon in rader))), frozenset(strøm for strøm, _ in rader))


async def _vent(venter: Venter, sekunder: float) -> bool:
    """Wait to be woken; False when the time ran out."""
    try:
        async with asyncio.timeout(max(0.0, sekunder)):
            await venter.hendelse.wait()
    except TimeoutError:
        return False
    return True
