"""Every form that anybody is shown, sent by every role that is not shown it, and with refs that do not belong together.

The forms are those that stand on the pages: a new one is tried by itself. Whoever is not shown a form does nothing by
sending it; neither does who is shown it, and names under one person what is another's.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import count

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount

from bindeledd.access.parties import Post, users_in
from bindeledd.app.http import make_app
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.ansvarsgruppe import Brukermaal
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.kriseplan import Kriseplannivaa
from bindeledd.store import log
from services.ansvarsgruppe import plan as ip
from services.ansvarsgruppe import planarbeid, tiltak
from services.felles import api as felles_api
from services.felles.oppgaver import BESVARES
from services.felles.oppsett import OM_ÉN_PERSON
from services.kriseplan import planer as kriseplan
from services.samhandling.plo.melding import Pasient
from tests.meldinger import PASIENT, person_id, syntetisk
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, samtykker
from tests.unit.test_hvem_kan_gjøre_hva import ENHETER, NÅ, Byen
from web import varsler
from web.økt import KAKE, Økt, Økter

FØDT = date(1971, 5, 4)
ANNEN = Pasient("Prøvesen", "Annen", født=FØDT, kjønn="1", identer=(person_id(syntetisk(FØDT)),))
VALGT = {"/velg", "/velg/person", "/ut"}
"""Where the demo's visitor chooses whom to be."""
OPPRETTET = "OppgaveOpprettet"
REF = re.compile(r"[0-9a-f]{32}")
ORD = {
    "dato": (NÅ + timedelta(days=3)).date().isoformat(), "klokke": "12:00", "frist": "2026-09-01",
    "revisjon": "2026-09-01", "til_dag": "2026-09-01", "født": "2016-01-02", "antall_barn": "1", "nummer": "",
    "versjon": "1", "oppgave_frist": "", "innspill": "", "neste": "", "revideres": "",
}  # fmt: skip
"""What is written in a field that stands empty, where it is not just words."""


@dataclass(frozen=True, slots=True)
class Skjema:
    """A form: where it goes, and what it sends when everything in it is filled in. One to each of its buttons."""

    sti: str
    felt: tuple[tuple[str, str], ...]

    @property
    def refs(self) -> frozenset[str]:
        """What it is about."""
        return frozenset(REF.findall(self.sti)) | {verdi for _, verdi in self.felt if REF.fullmatch(verdi)}

    @property
    def hva(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Which form it is, whatever is written in it."""
        valg = ("svar", "gjoer", "oppgave", "tilstand", "hva", "henvisning", "tiltak", "tar_imot", "nivaa", "kandidat")
        return self.sti, tuple(sorted((navn, verdi) for navn, verdi in self.felt if navn in valg))

    def med(self, bytt: dict[str, str]) -> Skjema:
        """The same with other refs."""
        sti = REF.sub(lambda m: bytt.get(m[0], m[0]), self.sti)
        return Skjema(sti, tuple((navn, bytt.get(verdi, verdi)) for navn, verdi in self.felt))


class Leser(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self, sti: str, tekst: str) -> None:
        super().__init__()
        self.skjemaer: list[Skjema] = []
        self._her, self._sti = sti, ""
        self._felt: list[tuple[str, str]] = []
        self._knapper: list[tuple[str, str]] = []
        self._valg = ""
        self._inne = False
        self.feed(tekst)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {navn: verdi or "" for navn, verdi in attrs}
        if tag == "form":
            self._inne = a.get("method") == "post"
            self._sti, self._felt, self._knapper = a.get("action", self._her), [], []
        navn = a.get("name", "")
        if not self._inne or (not navn and tag != "option"):
            return
        match tag, a.get("type", ""):
            case ("button", _):
                self._knapper.append((navn, a.get("value", "")))
            case ("select", _):
                self._valg = navn
            case ("option", _) if self._valg and a.get("value"):
                self._felt.append((self._valg, a["value"]))
                self._valg = ""
            case ("input", "radio"):
                if navn not in dict(self._felt):
                    self._felt.append((navn, a.get("value", "")))
            case ("input" | "textarea", _):
                self._felt.append((navn, a.get("value") or ORD.get(navn, "syntetisk")))
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._valg = ""
        if tag == "form" and self._inne:
            self._inne = False
            felt = tuple(f for f in self._felt if f[0] not in ("merke", "noekkel"))
            self.skjemaer += [Skjema(self._sti, (*felt, knapp)) for knapp in self._knapper] or [Skjema(self._sti, felt)]


class Alle:
    """The pages, two persons whom the same units have to do with, and one user of each role of those units."""

    def __init__(self, rommet: Rom) -> None:
        self.rom = rommet
        self.byer = (Byen(rommet), Byen(rommet, ANNEN, 2))
        self.ekstra = {
            byen.person: _mer(rommet, byen, pasient) for byen, pasient in zip(self.byer, (PASIENT, ANNEN), strict=True)
        }
        web = rommet.inst.engines["web"]
        montert = (rute.app for rute in make_app(rommet.inst, demo=True).routes if isinstance(rute, Mount))
        self.web = next(under for under in montert if isinstance(under, FastAPI))
        self.økter = Økter(web.around.keyring, HELE_BERGEN.katalog)
        self.nå = web.around.clock()
        ruter = [r.original_route for r in iter_route_contexts(self.web.routes)]
        self.stier = sorted(r.path for r in ruter if isinstance(r, APIRoute) and "GET" in (r.methods or ()))
        self.nøkler = count()
        har = {tuple(r) for r in web.read(lambda db: db.all("SELECT DISTINCT part, person_ref FROM gitt", ()))}
        begge = [p for p in HELE_BERGEN.parter if all((p, byen.person) in har for byen in self.byer)]
        self.økt = {rolle: økt for rolle in HELE_BERGEN.katalog.roles if (økt := self._økt(rolle, begge))}
        self.refs = self._refs()
        self.vist = {rolle: self._skjemaer(økt) for rolle, økt in self.økt.items()}

    def _økt(self, rolle: str, parter: Sequence[str]) -> Økt | None:
        for part in parter:
            if brukere := users_in(HELE_BERGEN.katalog, Post(part, rolle)):
                én = self.byer[0].person if HELE_BERGEN.parter[part].slag in OM_ÉN_PERSON else None
                return Økt("1" * 32, brukere[0].id, part, rolle, én, self._fullmakt() if part == "representant" else "")
        return None

    def _fullmakt(self) -> str:
        """By what the first person's representative speaks for them."""
        navngitt = (p for p in self.rom.logg("ansvarsgruppe") if p.navn == "RepresentantOppnevnt")
        return next(str(p.event.navn.origin) for p in navngitt if p.envelope.person_ref == self.byer[0].person)

    def _refs(self) -> dict[str, str]:
        """Each of what is the one's → the like of it of the other's."""
        en, annen = (self._alt_om(byen) for byen in self.byer)
        fram = {a: b for slag in en for a, b in zip(en[slag], annen.get(slag, ()), strict=False)}
        return {**fram, self.byer[0].person: self.byer[1].person, self.byer[0].barn: self.byer[1].barn}

    def _alt_om(self, byen: Byen) -> dict[str, list[str]]:
        """What there is about a person and their child, by its kind."""
        spørring = "SELECT DISTINCT slag, aggregat FROM gitt WHERE person_ref IN (?, ?) ORDER BY slag, aggregat"
        funnet: dict[str, list[str]] = {}
        for slag, aggregat in self.rom.inst.engines["web"].read(lambda db: db.all(spørring, (byen.person, byen.barn))):
            funnet.setdefault(slag, []).append(aggregat)
        return funnet

    def _skjemaer(self, økt: Økt) -> list[Skjema]:
        """The forms on all pages about the one, as this user has them."""
        stier = [s for s in self.stier if "innhold" not in s and s not in VALGT and s != "/hendelser"]
        spurt = dict.fromkeys(sti for mal in stier for sti in self._adresser(mal, self.byer[0]))
        svar = asyncio.run(self._spør(økt, [("GET", sti, ()) for sti in spurt]))
        alle = [
            s for sti, r in zip(spurt, svar, strict=True) if r.status_code == 200 for s in Leser(sti, r.text).skjemaer
        ]
        return list({s.hva: s for s in alle if s.sti not in VALGT}.values())

    def _adresser(self, mal: str, byen: Byen) -> Iterator[str]:
        if mal.startswith("/barn/{ref}"):
            for hva in ("henvis", "hoert", "meldeplikt", "etterlatt") if "{hva}" in mal else ("",):
                yield mal.replace("{ref}", byen.barn).replace("{hva}", hva)
            return
        tiltakene, samtykket = self.ekstra[byen.person]
        for tiltak_ref in tiltakene if "{tiltak}" in mal else ("",):
            fylt = mal.replace("{ref}", byen.person).replace("{moete}", byen.møte).replace("{tiltak}", tiltak_ref)
            yield re.sub(r"\{\w+\}", samtykket, fylt)

    async def _spør(
        self, økt: Økt, spurt: Sequence[tuple[str, str, tuple[tuple[str, str], ...]]]
    ) -> list[httpx.Response]:
        kaker = {KAKE: self.økter.kake(økt, self.nå)}
        transport = httpx.ASGITransport(self.web, client=("127.0.0.1", 50_000))
        base = "http://127.0.0.1:8000"
        async with httpx.AsyncClient(transport=transport, base_url=base, cookies=kaker) as klient:
            svar = []
            for metode, sti, felt in spurt:
                data: dict[str, list[str]] = {}
                for navn, verdi in felt:
                    data.setdefault(navn, []).append(verdi)
                svar.append(await klient.request(metode, sti, data=data or None, headers={"Origin": base}))
            return svar

    def send(self, økt: Økt, skjema: Skjema) -> tuple[bool, httpx.Response]:
        """Send a form as this user. Whether any service wrote anything, and what was answered."""
        før = self._står()
        felt = (*skjema.felt, ("merke", self.økter.merke(økt, "2" * 32)), ("noekkel", f"{next(self.nøkler):064x}"))
        (svar,) = asyncio.run(self._spør(økt, [("POST", skjema.sti, felt)]))
        return self._står() != før, svar

    def _står(self) -> list[int]:
        return [e.read(log.last_position) for navn, e in self.rom.inst.engines.items() if navn != "web"]


def _mer(rommet: Rom, byen: Byen, pasient: Pasient) -> tuple[list[str], str]:
    """A plan with measures, a crisis plan that has been used, and consents. Returns the measures, and a consent."""
    koord, hvem = aktør(ENHETER["koord"]), Menneske(byen.person, pasient)
    maal = Klartekst(Brukermaal(maal=("syntetisk",), ressurser="", behov="", bidrag=""))
    lag = ip.OpprettPlan(koord.party, True, date(2026, 9, 1), maal)
    rommet.gjør("ansvarsgruppe", planarbeid.om_planen(byen.person, lag, koord, RAMMER))
    avtal = [
        tiltak.Avtal(part, None, False, Klartekst(Tekst(tekst="syntetisk")))
        for part in (ENHETER["koord"], ENHETER["medlem"])
    ]
    tiltakene = [rommet.gjør("ansvarsgruppe", planarbeid.avtal_tiltak(byen.person, a, koord, RAMMER)) for a in avtal]
    deler = {felt: Klartekst(Tekst(tekst="syntetisk")) for felt in ("roedt_nivaa",)}
    rommet.gjør("kriseplan", kriseplan.opprett(byen.person, ("pasient",), deler, koord, RAMMER))
    rommet.gjør("kriseplan", kriseplan.ta_i_bruk(byen.person, Kriseplannivaa.ROEDT, "demo-069", koord, RAMMER))
    for part in ("paaroerende", "legevakt"):
        samtykker(rommet, hvem, ENHETER["koord"], part, "kriseplan.*", "plan.finnes")
    poster = (p for p in rommet.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt")
    gitt = [p.event for p in poster if p.envelope.person_ref == byen.person]
    return [str(t) for t in tiltakene], gitt[-1].samtykke_id


@pytest.fixture(scope="module")
def alle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alle]:
    with pytest.MonkeyPatch.context() as byttet, rom(tmp_path_factory.mktemp("by"), NÅ, oppsett=HELE_BERGEN) as rommet:
        byttet.setattr(varsler, "VENT_SEKUNDER", 0.0)
        byttet.setattr(felles_api, "_på_det_sette", lambda plan, _utsnitt, _sett: plan)
        yield Alle(rommet)


def uten_svar(alle: Alle, kjente: dict[object, Skjema]) -> Iterator[Skjema]:
    """Tasks that are done by their answer, called done without one: nobody is shown that form."""
    poster = (p.event for tjeneste in alle.rom.inst.engines for p in alle.rom.logg(tjeneste) if p.navn == OPPRETTET)
    svares = {event.oppgave_ref for event in poster if event.slag in BESVARES}
    for s in kjente.values():
        if ("gjoer", "ta") in s.felt and s.refs & svares:
            yield Skjema(s.sti, tuple(("gjoer", "loes") if f == ("gjoer", "ta") else f for f in s.felt))


def test_who_is_not_shown_a_form_does_nothing_by_sending_it(alle: Alle) -> None:
    kjente: dict[object, Skjema] = {s.hva: s for skjemaer in alle.vist.values() for s in skjemaer}
    ubesvart = list(uten_svar(alle, kjente))
    assert ubesvart
    kjente |= {s.hva: s for s in ubesvart}
    for rolle, økt in alle.økt.items():
        vist = {s.hva for s in alle.vist[rolle]}
        for hva in kjente.keys() - vist:
            skrev, svar = alle.send(økt, kjente[hva])
            assert not skrev, (rolle, økt.part, kjente[hva])
            assert svar.status_code in (403, 409, 422, 503), (rolle, kjente[hva], svar.status_code)


def test_nobody_does_to_one_person_what_is_another_s(alle: Alle) -> None:
    p, q = (byen.person for byen in alle.byer)
    inni = {a: b for a, b in alle.refs.items() if a not in (p, alle.byer[0].barn)}
    prøvd = 0
    for rolle, økt in alle.økt.items():
        vist = {s.hva for s in alle.vist[rolle]}
        for s in alle.vist[rolle]:
            for annet in (s.med({p: q}), s.med(inni)):
                if len(s.refs) > 1 and annet != s and annet.hva not in vist:
                    prøvd += 1
                    skrev, svar = alle.send(økt, annet)
                    assert not skrev, (rolle, økt.part, annet)
                    assert svar.status_code in (403, 409, 422), (rolle, annet, svar.status_code)
    assert prøvd > 50


def test_the_same_forms_do_something_when_they_are_sent_by_who_is_shown_them(alle: Alle) -> None:
    gjorde = set()
    for rolle, økt in alle.økt.items():
        for s in alle.vist[rolle]:
            if alle.send(økt, s)[0]:
                gjorde.add(REF.sub("*", s.sti))
                alle.rom.pump()
    assert len(gjorde) > 14, gjorde
