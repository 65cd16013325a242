"""A walk through the pages as somebody, by the links that stand there: each page as it was sent, and as it reads."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape

import httpx
from fastapi import FastAPI

from web.økt import KAKE, Økt, Økter

HER = "http://127.0.0.1:8000"
PERSONER = 3
"""So many of each kind of page are looked at, unless somebody asks for more; of what a page fetches anew, one."""
DEL = re.compile(r"/(innhold|status)$")
REF = re.compile(r"[0-9a-f]{32}")
LENKE = re.compile(r'(?<!download )(?:href|hx-get)="(/[^"#]*)')
"""Not to a file."""
USYNLIG = re.compile(r"<(script|style|head|svg)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Side:
    """A page as it was sent, and what somebody reads on it."""

    rolle: str
    sti: str
    status: int
    sendt: int
    html: str

    @property
    def mal(self) -> str:
        """What kind of page it is: the address without refs."""
        return REF.sub("{}", self.sti.partition("?")[0])

    @property
    def innhold(self) -> str:
        """What differs from page to page: a part of a page has nothing else."""
        return self.html[self.html.find("<main") :].partition("</main>")[0] if "<main" in self.html else self.html

    @property
    def lest(self) -> str:
        return " ".join(unescape(USYNLIG.sub(" ", self.innhold)).split())

    def __str__(self) -> str:
        return f"{self.rolle} {self.sti}"


@dataclass(slots=True)
class Gåtur:
    """One role's way through the pages: follows links as they come, each kind of page for a few persons."""

    rolle: str
    sett: set[str] = field(default_factory=set)
    """Addresses that nobody need go to again."""
    av_hver: int = PERSONER
    antall: Counter[str] = field(default_factory=Counter)

    async def gå(self, klient: httpx.AsyncClient, fra: str) -> list[Side]:
        sider, kø = [], [fra]
        while kø:
            sti = kø.pop(0)
            mal = REF.sub("{}", sti.partition("?")[0])
            if sti in self.sett or self.antall[mal] == (1 if DEL.search(mal) else self.av_hver):
                continue
            self.sett.add(sti)
            self.antall[mal] += 1
            side = await self._se(klient, sti)
            sider.append(side)
            kø += [unescape(lenke) for lenke in LENKE.findall(side.html) if not lenke.startswith("/static/")]
        return sider

    async def _se(self, klient: httpx.AsyncClient, sti: str) -> Side:
        svar = await klient.get(sti, follow_redirects=True)
        sendt = svar.num_bytes_downloaded
        vei = svar.url.raw_path.decode() if svar.history else sti
        return Side(self.rolle, vei, svar.status_code, sendt, svar.text)


def gå_som(
    app: FastAPI, økter: Økter, nå: datetime, økt: Økt, person: str, tur: Gåtur, fra: str = "/tavle"
) -> list[Side]:
    """Every page that this session can reach from its board, or from `fra`. `person`: whom it is about, where it is
    about one only."""

    async def gå() -> list[Side]:
        transport, kaker = httpx.ASGITransport(app, client=("127.0.0.1", 50_000)), {KAKE: økter.kake(økt, nå)}
        async with httpx.AsyncClient(transport=transport, base_url=HER, cookies=kaker) as klient:
            if person:
                valg = {"person": person, "merke": økter.merke(økt, "2" * 32)}
                assert (await klient.post("/velg/person", data=valg, headers={"Origin": HER})).status_code == 303
            return await tur.gå(klient, fra)

    return asyncio.run(gå())
