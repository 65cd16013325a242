"""Every page, asked for by every role about somebody its unit has nothing to do with: is it said that they exist?

The answer must be the one about a ref that is nowhere: same status, same headers, same body. The addresses are those
that the app has, so that a new page is asked for by itself.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from bindeledd.access.parties import Post, users_in
from bindeledd.app.http import make_app
from services.felles.oppsett import OM_ÉN_PERSON
from tests.rom import HELE_BERGEN, rom
from tests.unit.test_hvem_kan_gjøre_hva import NÅ, Byen
from web.økt import KAKE, Økt, Økter

INGEN = "0" * 32
"""The one person of who has to do with one person."""
INGEN_ANNEN = "f" * 32
"""A ref that is nowhere."""
UTEN_REF = {"/", "/velg", "/velg/person", "/hendelser"}
"""Where the demo's visitor chooses whom to be, and what shows nothing."""


@dataclass(frozen=True, slots=True)
class Svar:
    """An answer without what differs each time: refs, marks of forms."""

    status: int
    hoder: Mapping[str, str]
    innhold: str
    rått: str = field(compare=False)


class Fremmede:
    """All pages, and one user of each role, whose unit has nothing of anybody that `byen` knows."""

    def __init__(self, byen: Byen) -> None:
        inne = byen.rom.inst
        web = inne.engines["web"]
        app = make_app(inne, demo=True)
        montert = (rute.app for rute in app.routes if isinstance(rute, Mount))
        self.web = next(under for under in montert if isinstance(under, FastAPI))
        self.økter = Økter(web.around.keyring, HELE_BERGEN.katalog)
        self.nå = web.around.clock()
        kjent = {rad[0] for rad in web.read(lambda db: db.all("SELECT DISTINCT part FROM gitt", ()))}
        self.økt = {rolle: økt for rolle in HELE_BERGEN.katalog.roles if (økt := self._økt(rolle, kjent))}
        ruter = (r.original_route for r in iter_route_contexts(self.web.routes))
        self.stier = sorted(r.path for r in ruter if isinstance(r, APIRoute) and "GET" in (r.methods or ()))

    def _økt(self, rolle: str, kjent: set[str]) -> Økt | None:
        for part in HELE_BERGEN.parter:
            brukere = users_in(HELE_BERGEN.katalog, Post(part, rolle))
            if brukere and (part not in kjent or part in OM_ÉN_PERSON):
                return Økt("1" * 32, brukere[0].id, part, rolle, INGEN if part in OM_ÉN_PERSON else None)
        return None

    def spør(self, økt: Økt, stier: list[str]) -> list[Svar]:
        async def alle() -> list[Svar]:
            kaker = {KAKE: self.økter.kake(økt, self.nå)}
            transport = httpx.ASGITransport(self.web, client=("127.0.0.1", 50_000))
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1:8000", cookies=kaker
            ) as klient:
                return [_svar(await klient.get(sti)) for sti in stier]

        return asyncio.run(alle())


def _svar(svar: httpx.Response) -> Svar:
    hoder = {navn: re.sub(r"[0-9a-f]{32,}", "*", verdi) for navn, verdi in svar.headers.items()}
    hoder.pop("content-length", "")
    return Svar(svar.status_code, hoder, re.sub(r"[0-9a-f]{32,}", "*", svar.text), svar.text)


@pytest.fixture(scope="module")
def fremmede(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Byen, Fremmede]]:
    with rom(tmp_path_factory.mktemp("by"), NÅ, oppsett=HELE_BERGEN) as rommet:
        byen = Byen(rommet)
        yield byen, Fremmede(byen)


def adresse(sti: str, ref: str) -> str:
    """The address with this ref wherever one stands; a form is one that there is."""
    return re.sub(r"\{\w+\}", ref, sti.replace("{hva}", "hoert"))


def test_who_has_nothing_of_somebody_is_not_told_that_they_exist(fremmede: tuple[Byen, Fremmede]) -> None:
    byen, alle = fremmede
    maler = [sti for sti in alle.stier if "{" in sti]
    assert len(maler) > 30
    assert len(alle.økt) > 20
    spurt = [
        adresse(s, ref) for s in maler for ref in (INGEN_ANNEN, byen.barn if s.startswith("/barn") else byen.person)
    ]
    for rolle, økt in alle.økt.items():
        svar = iter(alle.spør(økt, spurt))
        for sti in maler:
            assert next(svar) == next(svar), (rolle, sti)


def test_no_ref_of_any_other_thing_is_known_as_a_person(fremmede: tuple[Byen, Fremmede]) -> None:
    byen, alle = fremmede
    maler = [sti for sti in alle.stier if "{" in sti]
    refs = (INGEN_ANNEN, byen.person, byen.barn, byen.gruppe, byen.møte, byen.melding)
    svar = iter(alle.spør(alle.økt["act-medlem"], [adresse(sti, ref) for sti, ref in product(maler, refs)]))
    for sti in maler:
        assert len({(s.status, s.innhold) for s in (next(svar) for _ in refs)}) == 1, sti


def test_a_page_of_everything_names_nobody_to_who_has_nothing(fremmede: tuple[Byen, Fremmede]) -> None:
    byen, alle = fremmede
    maler = [sti for sti in alle.stier if "{" not in sti and sti not in UTEN_REF]
    for rolle, økt in alle.økt.items():
        for sti, svar in zip(maler, alle.spør(økt, maler), strict=True):
            assert not any(ref in svar.rått for ref in (byen.person, byen.barn, byen.melding)), (rolle, sti)
            assert "Prøvesen" not in svar.rått, (rolle, sti)
