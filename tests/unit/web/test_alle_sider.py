"""Every page and list of the demo's town, walked as every role by the links that stand there.

Whatever is made up tonight, somebody who has just begun shall meet pages that answer, say something, and speak bokmål.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from bindeledd.access.parties import Post, may, posts_of, users_in
from bindeledd.app.http import make_app
from bindeledd.app.installation import Installation, all_services, open_installation
from bindeledd.app.settings import Settings
from bindeledd.app.simulate import Plan, simulate_into
from bindeledd.app.stores import Files
from bindeledd.core.clock import SetClock
from bindeledd.core.envelope import Actor
from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.schema.generated import ansvarsgruppe, barn_paaroerende, felles, kriseplan, samhandling
from bindeledd.schema.generated.ansvarsgruppe import SamtykkeUtsnitt
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import Avvikstilstand, AvvikUtsnitt
from services.felles.oppsett import OM_ÉN_PERSON, Oppsett
from services.samhandling.avvik import avvik, avvikplaner
from tests.gåtur import PERSONER, REF, Gåtur, Side, gå_som
from web import gitt
from web.økt import Økt, Økter

SLUTT = datetime(2026, 3, 13, 10, 30, tzinfo=ZoneInfo("Europe/Oslo"))
BYEN = Plan(date(2026, 3, 4), days=10, patients=16, seed=6, until=SLUTT)
UTENFOR = {"/", "/hendelser", "/forum/rapport/fil"}
"""A redirect, and what is no page."""
TOM = re.compile(r"<(ul|ol|dl|table|tbody|select)\b[^>]*>\s*</\1>|</(h[1-4])>\s*(?:</section>|<\2\b)")
"""A list without a line, a heading with nothing under it."""
DAGLIG = {
    "act-medlem", "dps-koordinator", "dps-behandler", "pam-kontakt", "barneansvarlig", "koordinator", "enhet-ansatt",
    "koordinerende-ansatt", "saksbehandler", "hjemmesykepleier", "helsesykepleier", "legevakt-lege", "nav-veileder",
    "innbygger", "representant", "foresatt",
}  # fmt: skip
FELLES = "/velg"
"""The same for everybody."""
STILLE = {"/pasient/{}/kriseplan/status"}
"""Says something when the plan has changed meanwhile, and nothing else."""
MAKS_BYTE = 150_000
ER_KODE = 3
"""So short is a code, which nobody writes."""
AV = {"/alvorlig/{}", "/pasient/{}/alvorlig"}
"""Reached only where a rule holds that is off in the town's configuration (LOV-2025-06-20-74)."""
ONDT = (
    "<b id=qqq>\"' onfocus=qqq()><img src=x onerror=qqq()></script></textarea></title><!--{{7*191}}{% raw %}"
    "\u202edesrever\u2066\x00\x07\x9bjavascript:qqq()&#x202e;&lt;b id=qqq&gt;"
) + "W" * 400
"""Nothing of it may be more than text."""
LEVENDE = re.compile(r'<(?:b|img)\b|<!--|&#x202e|\s(?!value|aria-label|data-navn)[\w:-]+="[^"]*qqq')
STYRENDE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
UFERDIG = re.compile(r"\{\{|\{%|%\}|Traceback|\bNone\b|\bTrue\b|\bFalse\b|Undefined|<[\w.]+ object|\bnan\b")
SYMBOL = re.compile(r"\b(?:" + "|".join(sorted({
    verdi.value
    for modul in (ansvarsgruppe, barn_paaroerende, felles, kriseplan, samhandling)
    for slag in vars(modul).values() if isinstance(slag, type) and issubclass(slag, StrEnum)
    for verdi in slag if len(verdi.value) > 3
})) + r")\b")  # fmt: skip
"""The names that the schemas have for what a page says in words; ACT, DPS, NAV and PAM are words."""


def gåturer(app: FastAPI, web: Engine, oppsett: Oppsett) -> Iterator[Side]:
    """Every role where most people are on its board; who has to do with one person only, as some of them."""
    sett = set[str]()
    økter, nå = Økter(web.around.keyring, oppsett.katalog), web.around.clock()
    folk = gitt.antall_personer(web)

    flest = [
        (rolle, max(parter, key=lambda part: folk.get(part, 0)))
        for rolle in oppsett.katalog.roles
        if (parter := [part for part in oppsett.parter if users_in(oppsett.katalog, Post(part, rolle))])
    ]
    for rolle, part, fra in (
        *((rolle, part, "/tavle") for rolle, part in (*flest, *de_med_en_sak(web, oppsett))),
        hos_en_ung(web, oppsett),
    ):  # fmt: skip
        økt = økt_som(oppsett, rolle, part)
        om_én = oppsett.parter[part].slag in OM_ÉN_PERSON
        for person in ("", *sorted(gitt.personer(web, part))[: PERSONER if om_én else 0]):
            tur = Gåtur(rolle, {FELLES} & sett)
            yield from gå_som(app, økter, nå, økt, person, tur, fra)
            sett.update(tur.sett)


def økt_som(oppsett: Oppsett, rolle: str, part: str) -> Økt:
    """The session of somebody in the role."""
    return Økt("1" * 32, users_in(oppsett.katalog, Post(part, rolle))[0].id, part, rolle)


def de_med_en_sak(web: Engine, oppsett: Oppsett) -> Iterator[tuple[str, str]]:
    """A role that may report an avvik, of a unit for which one lies drafted, and one that may put up what its unit does
    not agree on: few units have such a case at a time."""
    katalog = oppsett.katalog
    for handling, tilstand in (("avvik.meld", Avvikstilstand.UTKAST), ("avvik.eskaler", Avvikstilstand.UENIG)):
        yield next(
            (stilling.role, part) for part in oppsett.parter for stilling in posts_of(katalog, part)
            if may(katalog, stilling, handling) and users_in(katalog, stilling)
            and any(g.utsnitt.tilstand is tilstand for g in gitt.av_slag(web, part, AvvikUtsnitt))
        )  # fmt: skip


def hos_en_ung(web: Engine, oppsett: Oppsett) -> tuple[str, str, str]:
    """The koordinator of somebody who is under 18, and the page about them: few units have one."""
    return next(
        ("koordinator", part, f"/pasient/{g.person_ref}") for part in oppsett.parter
        if users_in(oppsett.katalog, Post(part, "koordinator"))
        for g in gitt.av_slag(web, part, SamtykkeUtsnitt)
        if any(t.slag == "foreldreansvar" for t in g.utsnitt.talspersoner)
    )  # fmt: skip


def uenige(inne: Installation) -> None:
    """Of the cases that have been reported, one party does not agree in the first two, and the second of these is put
    up for a forum: in a few days it hardly comes so far by itself."""
    web, oppsett = inne.engines["web"], inne.config.oppsett
    alle = {g.aggregat: g.utsnitt for part in oppsett.parter for g in gitt.av_slag(web, part, AvvikUtsnitt)}
    ferdig = (Avvikstilstand.UTKAST, Avvikstilstand.LUKKET, Avvikstilstand.ESKALERT)
    meldt = sorted((u.meldt, ref, u) for ref, u in alle.items() if u.tilstand not in ferdig)
    ord_ = Klartekst(Tekst(tekst="Vi ser det på en annen måte."))
    for nr, (_, ref, u) in enumerate(meldt[:2]):
        sagt: list[avvikplaner.ISaken] = [avvik.VærUenig(u.mot_part, "demo-109", ord_)]
        sagt += [avvik.Eskaler(u.av_part, "demo-102", ord_)] if nr else []
        for command in sagt:
            part = oppsett.parter[command.part]
            plan = avvikplaner.i_saken(ref, command, Actor("system", part.organisasjon, part.id))
            inne.engines["samhandling"].command(plan)
    inne.embedded.pump()


@dataclass(frozen=True, slots=True)
class Sett:
    """Everything that was seen, and the kinds of page that there are; `onde`: what was seen by the same ways when each
    text that anybody had written was a hostile one."""

    sider: tuple[Side, ...]
    maler: frozenset[str]
    onde: tuple[Side, ...]


@contextmanager
def byens_sider(mappe: Path) -> Iterator[tuple[FastAPI, Engine, Oppsett]]:
    """The town's pages, and what they are made from."""
    config = Settings().config()
    simulate_into(Files(mappe), config, BYEN)
    with open_installation(mappe, config, all_services(config), clock=SetClock(SLUTT)) as inne:
        uenige(inne)
        montert = (rute.app for rute in make_app(inne, demo=True).routes if isinstance(rute, Mount))
        yield next(under for under in montert if isinstance(under, FastAPI)), inne.engines["web"], config.oppsett


def sidemaler(app: FastAPI) -> frozenset[str]:
    """The kinds of page that there are."""
    ruter = (r.original_route for r in iter_route_contexts(app.routes))
    stier = {r.path for r in ruter if isinstance(r, APIRoute) and "GET" in (r.methods or ())}
    return frozenset(re.sub(r"\{\w+\}", "{}", sti.replace("{hva}", "hoert")) for sti in stier - UTENFOR)


@pytest.fixture(scope="module")
def sett(tmp_path_factory: pytest.TempPathFactory) -> Sett:
    with byens_sider(tmp_path_factory.mktemp("sider")) as (app, web, oppsett):
        sider = tuple(gåturer(app, web, oppsett))
        with pytest.MonkeyPatch.context() as skrevet:
            skrevet.setattr(gitt, "åpne", lambda engine, verdi, åpne=gitt.åpne: ond(åpne(engine, verdi)))
            onde = tuple(gåturer(app, web, oppsett))
        return Sett(sider, sidemaler(app), onde)


def ond(innhold: Any) -> Any:
    """The content of a sealed value as somebody hostile would have written it: each text begins as it did."""
    match innhold:
        case str() if len(innhold) > ER_KODE:
            return innhold[:12] + ONDT
        case tuple():
            return tuple(ond(verdi) for verdi in innhold)
        case _ if is_dataclass(innhold) and not isinstance(innhold, type):
            return replace(innhold, **{felt.name: ond(getattr(innhold, felt.name)) for felt in fields(innhold)})
        case _:
            return innhold


def test_every_link_of_every_role_leads_to_a_page(sett: Sett) -> None:
    assert [f"{side}: {side.status}" for side in sett.sider if side.status != 200] == []


def test_every_kind_of_page_is_reached_and_has_something_for_somebody(sett: Sett) -> None:
    besøkt = {side.mal for side in sett.sider}
    har_noe = {side.mal for side in sett.sider if 'class="tomt"' not in side.innhold}
    assert sett.maler - besøkt == AV
    assert sorted(besøkt - har_noe) == []


def test_who_uses_it_daily_has_somebody_to_read_about(sett: Sett) -> None:
    om_noen = {side.rolle for side in sett.sider if side.mal in {"/pasient/{}", "/barn/{}"}}
    assert sorted(DAGLIG - om_noen) == []


def test_no_page_is_empty_without_saying_so(sett: Sett) -> None:
    tomme = [f"{side}: {tom[0]!r}" for side in sett.sider if (tom := TOM.search(side.innhold))]
    assert tomme == []
    assert [f"{side}: {side.lest!r}" for side in sett.sider if len(side.lest) < 25 and side.mal not in STILLE] == []


def test_no_page_shows_what_only_we_understand(sett: Sett) -> None:
    for hva in (REF, SYMBOL, UFERDIG):
        funnet = {f"{side}: {side.lest[max(0, f.start() - 40) : f.end() + 20]!r}" for side in sett.sider
                  if (f := hva.search(side.lest))}  # fmt: skip
        assert sorted(funnet) == []


def test_whatever_somebody_wrote_is_text_on_every_page_and_turns_nothing_round(sett: Sett) -> None:
    """Elements, attributes, scripts, a template's braces, an address that is a script, characters that nobody sees."""
    assert len({side.mal for side in sett.onde if "qqq" in side.html}) > 35
    for hva in (LEVENDE, STYRENDE, re.compile(r"\b1337\b"), re.compile(r"<title>[^<]*qqq")):
        funnet = [f"{side}: {f[0]!r}" for side in sett.onde if (f := hva.search(side.html))]
        assert funnet == []
    assert [f"{side}: {side.status}" for side in sett.onde if side.status != 200] == []


def test_no_page_is_too_heavy_for_a_phone(sett: Sett) -> None:
    assert [f"{side}: {side.sendt}" for side in sett.sider if side.sendt > MAKS_BYTE] == []
