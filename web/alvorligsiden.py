"""The pages of a serious incident: noted about a person, and sent to Melde.no when a leader has read what is sent.

As long as no rule holds (LOV-2025-06-20-74) there are no such pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from bindeledd.core.errors import Shredded
from bindeledd.schema.generated.samhandling import AlvorligHendelseUtsnitt, Alvorligtilstand, Meldeskjema
from bindeledd.schema.generated.tilgang import Visning
from services.felles.meldeskjema import BESKRIVELSE_MAKS, REGEL, ROLLER, SKRIVES, STILLING_MAKS, TELEFON_MAKS, fyll_ut
from services.felles.tid import OSLO
from web import avviksord as sagt
from web import gitt, oppslag, skjema, vist
from web.avvik import Frist, hendelser
from web.avviksiden import API, inn
from web.bilde import Bilde
from web.gitt import Gitt
from web.handling import Merke, Nøkkel, etter, gikk_ikke, send_som
from web.kommandoer import Sett
from web.ramme import Web, hvem_av, videre, web_av, økt_av
from web.ramme import side as vis
from web.sider import GJORT, REF, vis_om
from web.skjema import Versjon
from web.vern import krev_samme_opphav
from web.økt import Økt

router = APIRouter(include_in_schema=False)
HANDLING = "alvorlig.meld"
FRISTENE = {
    "alvorlig_hendelse": "Meldes til Melde.no",
    "alvorlig_moete": "Møte tilbys",
    "alvorlig_rapport": "Rapport til statsforvalteren",
}
"""By the rules' ids: what shall be done within the clock."""
OPPFØLGING = {
    "moete": ("MOETE_TILBUDT", "Vi har tilbudt et møte"),
    "rapport": ("RAPPORT_SENDT", "Vi har sendt rapporten til statsforvalteren"),
}
"""By the end of its address: what is written down, and the button's words."""
BORTE = "Meldingen er sendt fra før, eller den er ikke deres."


@dataclass(frozen=True, slots=True)
class Ført:
    """What stands in the form that reports."""

    beskrivelse: str = ""
    stilling: str = ""
    telefon: str = ""
    rolle: str = ""


def _er_på(web: Web) -> bool:
    return REGEL in web.oppsett.regler.etter_id


# -- noted ------------------------------------------------------------------------------------------------------------


@router.get("/pasient/{ref}/alvorlig")
def vis_ny(request: Request, ref: str, gjort: str = "") -> Response:
    return _ny(request, ref, gjort=GJORT.get(gjort, ""))


def _ny(request: Request, ref: str, *, status: int = 200, **annet: Any) -> Response:
    web = web_av(request)
    if not _er_på(web):
        return vis(web, "finnes_ikke.html", økt_av(request), status=404)
    ført = {"dato": "", "klokke": "", "feil": "", "gjort": ""} | annet

    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        hvem = hvem_av(web, økt)
        if not hvem.kan(HANDLING):
            return None
        saker = hendelser(bilde.alle(AlvorligHendelseUtsnitt), hvem)
        nå = web.nå.astimezone(OSLO)
        dag = {"dato": ført["dato"] or nå.date().isoformat(), "klokke": ført["klokke"] or f"{nå:%H:%M}"}
        return ført | dag | {"navn": vist.navn(vist.personalia(bilde, hvem)), "saker": saker}

    return vis_om(request, ref, "alvorlig_ny.html", Visning.AVVIK, innhold, status=status)


@router.post("/pasient/{ref}/alvorlig", dependencies=[Depends(krev_samme_opphav)])
async def noter(request: Request, ref: str, nøkkel: Nøkkel, merke: Merke) -> Response:
    """Note that it happened: the days run from then."""
    web, økt, _, _ = await run_in_threadpool(
        skjema.kom_inn, request, ref, merke, HANDLING, AlvorligHendelseUtsnitt, 0
    )  # fmt: skip
    s = await request.form()
    dato, klokke = (str(s.get(navn, "")).strip() for navn in ("dato", "klokke"))
    hendt = skjema.øyeblikk(dato, klokke)
    if hendt is None or hendt > web.nå:
        feil = "Skriv når det hendte: en dag og et klokkeslett som har vært."
        return await run_in_threadpool(_ny, request, ref, status=409, dato=dato, klokke=klokke, feil=feil)
    kropp = {"av": økt.bruker, "hendt": hendt.isoformat()}
    svar = await send_som(web, økt, f"{API}/personer/{ref}/alvorlig", kropp, nøkkel)
    if not svar.ok and not svar.borte:
        return await run_in_threadpool(_ny, request, ref, status=409, dato=dato, klokke=klokke, feil=svar.hvorfor)
    return await etter(request, web, økt, svar, f"/pasient/{ref}/alvorlig", "alvorlignotert")


# -- read, and sent ---------------------------------------------------------------------------------------------------


@router.get("/alvorlig/{ref}")
def vis_hendelsen(request: Request, ref: str, gjort: str = "") -> Response:
    return _siden(request, ref, Ført(), gjort=GJORT.get(gjort, ""))


def _siden(
    request: Request, ref: str, ført: Ført, *, status: int = 200, feil: str = "", gjort: str = "", se: bool = False
) -> Response:  # fmt: skip
    """The incident; with `se` also the request, exactly as it will be sent."""
    web, økt = web_av(request), økt_av(request)
    if web.stanset():
        return vis(web, "stanset.html", økt, status=503, ref=ref)
    sak = _saken(web, økt, ref)
    if sak is None:
        return vis(web, "finnes_ikke.html", økt, status=404)
    if sak.person_ref in gitt.usikre(web.engine):
        return videre(request, "/avvik")
    if sak.person_ref is not None:
        grunn = frozenset({sak.utsnitt.grunn.grunnlag})
        oppslag.noter(web.logg, web.aktør(økt), økt, Visning.AVVIK, {sak.person_ref: grunn})
    hvem, u = hvem_av(web, økt), sak.utsnitt
    sendes = json.dumps(_kropp(web, økt, sak, ført), ensure_ascii=False, indent=2) if se else ""
    return vis(
        web, "alvorlig.html", økt, status=status, ref=ref, versjon=sak.versjon, ført=ført, feil=feil, gjort=gjort,
        tilstand=vist.Merke(*sagt.ALVORLIG[u.tilstand]), hendt=hvem.tid(u.hendt), referanse=u.referanse,
        skrives=u.tilstand in SKRIVES, avvist=u.tilstand is Alvorligtilstand.AVVIST,
        frister=[
            Frist(FRISTENE[f.navn], vist.Merke(*sagt.FRISTEN[f.tilstand]), hvem.tid(f.forfall)) for f in u.frister
        ],
        oppfølging=[(slutt, OPPFØLGING[slutt][1]) for slutt in _gjenstår(u)], roller=ROLLER,
        sendes=sendes, person_ref=sak.person_ref or "",
    )  # fmt: skip


def _gjenstår(u: AlvorligHendelseUtsnitt) -> Iterator[str]:
    """What the law asks for besides, and nobody has written down as done."""
    løper = {f.navn for f in u.frister}
    if u.moete_tilbudt is None and "alvorlig_moete" in løper:
        yield "moete"
    if u.rapport_sendt is None and "alvorlig_rapport" in løper:
        yield "rapport"


def _saken(web: Web, økt: Økt, ref: str) -> Gitt | None:
    """The incident, as the leader's own unit has been given it."""
    if not _er_på(web) or not REF.fullmatch(ref) or not hvem_av(web, økt).kan(HANDLING):
        return None
    alle = gitt.av_slag(web.engine, økt.part, AlvorligHendelseUtsnitt)
    return next((g for g in alle if g.aggregat == ref), None)


def _kropp(web: Web, økt: Økt, sak: Gitt, ført: Ført) -> dict[str, Any]:
    """The request as the service makes it, by the same function. Its id is made when it is sent."""
    u: AlvorligHendelseUtsnitt = sak.utsnitt
    åpnet = hvem_av(web, økt).åpne(u.nummer)
    return fyll_ut(
        _meldeskjema(ført), web.oppsett, part=u.part, saken=sak.aggregat, melding="(lages når du sender)",
        hendt=u.hendt, nummer=vist.SLETTET if isinstance(åpnet, Shredded) else åpnet.nummer,
    )  # fmt: skip


def _meldeskjema(ført: Ført) -> Meldeskjema:
    return Meldeskjema(
        beskrivelse=ført.beskrivelse, stilling=ført.stilling, telefon=ført.telefon, rolle=ført.rolle
    )  # fmt: skip


def _ført(s: FormData) -> Ført:
    return Ført(*(str(s.get(navn, "")).strip() for navn in Ført.__slots__))


def _mangler(ført: Ført) -> str:
    """What is wrong with it, in a sentence; empty when nothing is."""
    if not (ført.beskrivelse and ført.stilling and ført.telefon) or ført.rolle not in ROLLER:
        return "Fyll ut alle feltene. Melde.no spør om dem."
    for navn, tekst, maks in (
        ("Hva som skjedde", ført.beskrivelse, BESKRIVELSE_MAKS), ("Stillingen din", ført.stilling, STILLING_MAKS),
        ("Telefonnummeret", ført.telefon, TELEFON_MAKS),
    ):  # fmt: skip
        if feil := skjema.for_lang(navn, tekst, maks):
            return feil[0]
    return ""


@router.post("/alvorlig/{ref}/se", dependencies=[Depends(krev_samme_opphav)])
async def se(request: Request, ref: str, merke: Merke) -> Response:
    """Read what will be sent. Nothing is sent."""
    web, økt = inn(request, merke, HANDLING)
    ført = _ført(await request.form())
    sak = await run_in_threadpool(_saken, web, økt, ref)
    if sak is not None and sak.utsnitt.tilstand not in SKRIVES:
        return gikk_ikke(web, økt, BORTE, "/avvik")
    feil = _mangler(ført)
    status = 409 if feil else 200
    return await run_in_threadpool(_siden, request, ref, ført, status=status, feil=feil, se=not feil)


@router.post("/alvorlig/{ref}/send", dependencies=[Depends(krev_samme_opphav)])
async def send(request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke) -> Response:
    """Send it."""
    web, økt = inn(request, merke, HANDLING)
    ført = _ført(await request.form())
    sak = await run_in_threadpool(_saken, web, økt, ref)
    if sak is None or sak.utsnitt.tilstand not in SKRIVES or _mangler(ført):
        return gikk_ikke(web, økt, BORTE, "/avvik")
    kropp = {"av": økt.bruker} | {navn: getattr(ført, navn) for navn in Ført.__slots__}
    svar = await send_som(web, økt, f"{API}/alvorlig/{ref}/send", kropp, nøkkel, Sett(sak.strøm, versjon))
    if svar.utdatert:
        return gikk_ikke(web, økt, BORTE, f"/alvorlig/{ref}")
    if not svar.ok and not svar.borte:
        return await run_in_threadpool(_siden, request, ref, ført, status=409, feil=svar.hvorfor)
    return await etter(request, web, økt, svar, f"/alvorlig/{ref}", "alvorligsendt")


@router.post("/alvorlig/{ref}/{hva}", dependencies=[Depends(krev_samme_opphav)])
async def følg_opp(
    request: Request, ref: str, hva: Literal["moete", "rapport"], versjon: Versjon, nøkkel: Nøkkel, merke: Merke
) -> Response:
    """Write down that a meeting was offered, or that the report was sent."""
    web, økt = inn(request, merke, HANDLING)
    sak = await run_in_threadpool(_saken, web, økt, ref)
    if sak is None or hva not in _gjenstår(sak.utsnitt):
        return gikk_ikke(web, økt, "Det er skrevet ned fra før, eller hendelsen er ikke deres.", "/avvik")
    kropp = {"av": økt.bruker, "hva": OPPFØLGING[hva][0]}
    svar = await send_som(web, økt, f"{API}/alvorlig/{ref}/oppfulgt", kropp, nøkkel, Sett(sak.strøm, versjon))
    if svar.utdatert:
        return gikk_ikke(web, økt, BORTE, f"/alvorlig/{ref}")
    return await etter(request, web, økt, svar, f"/alvorlig/{ref}", "alvorligfulgt")
