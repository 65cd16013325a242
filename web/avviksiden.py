"""The pages of avvik: the unit's cases, one case with each party's side, and the forms that report and answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed
from bindeledd.schema.generated.samhandling import (
    AlvorligHendelseUtsnitt,
    AvvikUtsnitt,
    PersonUtsnitt,
)
from bindeledd.schema.generated.tilgang import Visning
from web import avviksord as sagt
from web import gitt, oppslag, skjema
from web.avvik import hendelser, liste, mulig, side, å_gjøre
from web.bilde import Bilde, bilder
from web.gitt import Gitt
from web.handling import Igjen, Merke, Nøkkel, etter, gikk_ikke, send_som, utdatert
from web.kommandoer import Sett
from web.ramme import Web, har_avvik, hvem_av, videre, web_av, økt_av
from web.ramme import side as vis
from web.rolle import smal
from web.sider import GJORT, REF, bilde_av
from web.skjema import Versjon
from web.vern import krev_samme_opphav
from web.økt import Økt

router = APIRouter(include_in_schema=False)
API = "/api/samhandling"
TEKST_MAKS, TILTAK_MAKS = 2000, 1000
LISTA = "/avvik"


@dataclass(frozen=True, slots=True)
class Innlegg:
    """What stands in the form that answers, disagrees, puts the case up for a forum, or tells the reporter."""

    svar: str = ""
    tiltak: str = ""
    laering: str = ""
    rus: str = ""


# -- what this user may see -------------------------------------------------------------------------------------------


def _alle(web: Web, økt: Økt) -> list[Gitt]:
    """The unit's cases, narrowed to the user's role."""
    ser = hvem_av(web, økt).ser
    alle = (replace(g, utsnitt=smal(g.utsnitt, ser)) for g in gitt.av_slag(web.engine, økt.part, AvvikUtsnitt))
    return [g for g in alle if g.utsnitt is not None]


def saken(web: Web, økt: Økt, ref: str) -> Gitt | None:
    """One case, as the user's own unit has been given it."""
    return next((g for g in _alle(web, økt) if g.aggregat == ref), None) if REF.fullmatch(ref) else None


def personen(web: Web, økt: Økt, sak: Gitt) -> Bilde | None:
    return bilde_av(web, økt, sak.person_ref) if sak.person_ref is not None else None


def _noter(web: Web, økt: Økt, saker: list[Gitt]) -> None:
    """Write in the look-up log whom the cases are about. Durable on return, or raises."""
    personer: dict[str, frozenset[str]] = {}
    for sak in saker:
        if sak.person_ref is not None:
            grunn = frozenset({sak.utsnitt.grunn.grunnlag})
            personer[sak.person_ref] = personer.get(sak.person_ref, frozenset()) | grunn
    oppslag.noter(web.logg, web.aktør(økt), økt, Visning.AVVIK, personer)


# -- pages ------------------------------------------------------------------------------------------------------------


@router.get("/avvik")
def vis_lista(request: Request, gjort: str = "") -> Response:
    return _lista(request, "avvik.html", GJORT.get(gjort, ""))


@router.get("/avvik/innhold")
def vis_lista_innhold(request: Request) -> Response:
    return _lista(request, "avvik_innhold.html", "")


def _lista(request: Request, mal: str, gjort: str) -> Response:
    web, økt = web_av(request), økt_av(request)
    posisjon, hvem = web.posisjon(), hvem_av(web, økt)
    if not har_avvik(web.oppsett.katalog, økt.stilling):
        return vis(web, "feil_rolle.html", økt, status=403)
    kan_melde = hvem.kan("avvik.meld")
    if stanset := web.stanset():
        return vis(web, mal, økt, posisjon=posisjon, avvik=None, stanset=stanset, gjort="", kan_melde=kan_melde)
    alle = _alle(web, økt)
    _noter(web, økt, alle)
    kjente = bilder(gitt.av_slag(web.engine, økt.part, PersonUtsnitt), hvem.ser, økt.part)
    usikre = gitt.usikre(web.engine)
    vist_ = liste(alle, {b.person_ref: b for b in kjente}, usikre, hvem)
    egne = gitt.av_slag(web.engine, økt.part, AlvorligHendelseUtsnitt) if hvem.kan("alvorlig.meld") else []
    hendt = hendelser([g for g in egne if g.person_ref not in usikre], hvem)
    return vis(
        web, mal, økt, posisjon=posisjon, avvik=vist_, stanset=(), gjort=gjort, kan_melde=kan_melde, hendelser=hendt
    )


Innhold = Callable[[Web, Økt, Gitt], dict[str, Any] | None]
"""What a page about one case shows; None when the user may not do there what it is for."""


def om_saken(
    request: Request, ref: str, mal: str, innhold: Innhold, *, status: int = 200, **annet: Any
) -> Response:  # fmt: skip
    web, økt = web_av(request), økt_av(request)
    posisjon = web.posisjon()
    if not har_avvik(web.oppsett.katalog, økt.stilling):
        return vis(web, "feil_rolle.html", økt, status=403)
    if web.stanset():
        return vis(web, mal, økt, status=503, stanset=web.stanset(), posisjon=posisjon, ref=ref, s=None, **annet)
    sak = saken(web, økt, ref)
    if sak is None:
        borte = request.headers.get("HX-Request")
        return videre(request, LISTA) if borte else vis(web, "finnes_ikke.html", økt, status=404)
    if sak.person_ref in gitt.usikre(web.engine):
        return videre(request, LISTA)  # which says that something is not shown
    _noter(web, økt, [sak])
    vist_ = innhold(web, økt, sak)
    if vist_ is None:
        raise NotAllowed("this cannot be done in the case as it stands. Go back to it")
    return vis(web, mal, økt, status=status, posisjon=posisjon, ref=ref, stanset=(), **vist_, **annet)


def siden(web: Web, økt: Økt, sak: Gitt) -> dict[str, Any]:
    hvem = hvem_av(web, økt)
    vist_ = side(sak, personen(web, økt, sak), web.oppsett.avtaler, web.oppsett.stige, hvem)
    return {"s": vist_, "forkastet_fordi": sagt.FORKASTET}


@router.get("/avvik/{ref}")
def vis_sak(request: Request, ref: str, gjort: str = "") -> Response:
    return om_saken(request, ref, "avvikssak.html", siden, gjort=GJORT.get(gjort, ""))


@router.get("/avvik/{ref}/innhold")
def vis_sak_innhold(request: Request, ref: str) -> Response:
    return om_saken(request, ref, "avvikssak_innhold.html", siden)


@router.get("/avvik/{ref}/svar")
def vis_svar(request: Request, ref: str) -> Response:
    return om_saken(request, ref, "avvik_skjema.html", _skjema("svar", Innlegg()))


@router.get("/avvik/{ref}/uenig")
def vis_uenig(request: Request, ref: str) -> Response:
    return om_saken(request, ref, "avvik_skjema.html", _skjema("uenig", Innlegg()))


@router.get("/avvik/{ref}/eskaler")
def vis_eskaler(request: Request, ref: str) -> Response:
    return om_saken(request, ref, "avvik_skjema.html", _skjema("eskaler", Innlegg()))


@router.get("/avvik/{ref}/tilbakemelding")
def vis_tilbakemelding(request: Request, ref: str) -> Response:
    return om_saken(request, ref, "avvik_skjema.html", _skjema("tilbakemelding", Innlegg()))


def _skjema(hva: str, ført: Innlegg, feil: str = "") -> Innhold:
    def innhold(web: Web, økt: Økt, sak: Gitt) -> dict[str, Any] | None:
        her = siden(web, økt, sak)
        return {**her, "hva": hva, "ført": ført, "feil": feil} if hva in her["s"].kan else None

    return innhold


# -- what a user does -------------------------------------------------------------------------------------------------


def inn(request: Request, merke: str, handling: str) -> tuple[Web, Økt]:
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    if not hvem_av(web, økt).kan(handling):
        raise NotAllowed("this role may not do this")
    return web, økt


@dataclass(frozen=True, slots=True)
class Gjøres:
    """Something that is done in a case: the end of its address, what is sent, in words, and the form again."""

    sti: str
    kropp: Mapping[str, object]
    hva: str
    gjort: str
    felt: skjema.Felt = ()
    igjen: Callable[[str], tuple[str, Innhold]] | None = None
    """With why it was refused: which form, and what it shows. None: a button, which has none."""


KNAPPER: Mapping[str, tuple[str, str]] = {
    "mottatt": ("Skrive ned at dere har åpnet avviket", "avvikmottatt"),
    "enig": ("Si at dere er enige", "avvikenig"),
    "snakket": ("Si at lederne har snakket sammen", "loes"),
}
SKJEMAER: Mapping[str, tuple[str, str]] = {
    "svar": ("Svare", "avviksvar"),
    "uenig": ("Si at dere ikke er enige", "avviksvar"),
    "tilbakemelding": ("Skrive ned hva melderen fikk vite", "avviktilbake"),
    "eskaler": ("Ta saken opp i samarbeidsforumet", "eskalert"),
}
LEST: Mapping[str, str] = {
    "lest": "Merke svaret som lest",
    "forumlest": "Merke det forumet sier som lest",
}


Gjort = Literal["mottatt", "enig", "svar", "uenig", "eskaler", "tilbakemelding", "lest", "forumlest", "snakket"]


@router.post("/avvik/{ref}/{hva}", dependencies=[Depends(krev_samme_opphav)])
async def gjør(
    request: Request, ref: str, hva: Gjort,
    versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
) -> Response:  # fmt: skip
    """One of the two parties does something in the case."""
    web, økt = inn(request, merke, "avvik.svar")
    sak = await run_in_threadpool(saken, web, økt, ref)
    if sak is None or hva not in mulig(sak.utsnitt, hvem_av(web, økt)):
        return gikk_ikke(
            web, økt, "Saken er lukket, eller det er gjort fra før.", LISTA if sak is None else f"/avvik/{ref}"
        )
    if hva in LEST:
        oppgave = å_gjøre(sak.utsnitt, hva)
        gjøres = Gjøres(f"oppgaver/{oppgave}/loes", {"av": økt.bruker}, LEST[hva], "loes")
    elif hva in KNAPPER:
        gjøres = Gjøres(hva, {"av": økt.bruker}, *KNAPPER[hva])
    else:
        ført = _innlegg(await request.form())
        if feil := _feil_i_innlegg(ført):
            return await igjen(request, ref, "avvik_skjema.html", _skjema(hva, ført, feil), {})
        felt = tuple((navn, verdi) for navn in Innlegg.__slots__ if (verdi := getattr(ført, navn)))
        gjøres = Gjøres(
            hva, _innleggskropp(hva, ført, økt), *SKJEMAER[hva], felt,
            lambda hvorfor: ("avvik_skjema.html", _skjema(hva, ført, hvorfor)),
        )  # fmt: skip
    return await send(request, web, økt, sak, versjon, nøkkel, gjøres)


def _innlegg(s: FormData) -> Innlegg:
    return Innlegg(*(str(s.get(navn, "")).strip() for navn in Innlegg.__slots__))


def _feil_i_innlegg(ført: Innlegg) -> str:
    if not ført.svar:
        return "Skriv hva du vil si."
    for navn, tekst, maks in (
        ("Det du vil si", ført.svar, TEKST_MAKS), ("Hva dere gjør", ført.tiltak, TILTAK_MAKS),
        ("Hva dere har lært", ført.laering, TILTAK_MAKS),
    ):  # fmt: skip
        if feil := skjema.for_lang(navn, tekst, maks):
            return feil[0]
    return ""


def _innleggskropp(hva: str, ført: Innlegg, økt: Økt) -> dict[str, object]:
    if hva == "svar":
        return {"av": økt.bruker, "svar": ført.svar, "tiltak": ført.tiltak, "laering": ført.laering}
    kropp: dict[str, object] = {"av": økt.bruker, "tekst": ført.svar}
    return kropp | {"rus": bool(ført.rus)} if hva == "eskaler" else kropp


async def igjen(
    request: Request, ref: str, mal: str, innhold: Innhold, feil_i: Mapping[tuple[str, str], str]
) -> Response:  # fmt: skip
    """The form again, with what was filled in and what is wrong with it."""
    status = 422 if feil_i else 409
    return await run_in_threadpool(om_saken, request, ref, mal, innhold, status=status, feil_i=feil_i)


async def send(
    request: Request, web: Web, økt: Økt, sak: Gitt, versjon: int, nøkkel: str, gjøres: Gjøres, hjem: str = ""
) -> Response:  # fmt: skip
    """Send it, decided on what the user saw; then back to the case, or the form again, or what has changed."""
    hjem, sett = hjem or f"/avvik/{sak.aggregat}", Sett(sak.strøm, versjon)
    svar = await send_som(web, økt, f"{API}/avvik/{sak.aggregat}/{gjøres.sti}", gjøres.kropp, nøkkel, sett)
    if svar.utdatert:

        def på_nytt(nå: Gitt) -> Igjen:
            return Igjen(gjøres.hva, request.url.path, (*gjøres.felt, ("versjon", str(nå.versjon))))

        return await utdatert(web, økt, sak.person_ref or "", sett, på_nytt, hjem)
    if not svar.ok and not svar.borte and gjøres.igjen is not None:
        mal, innhold = gjøres.igjen(svar.hvorfor)
        return await igjen(request, sak.aggregat, mal, innhold, {})
    return await etter(request, web, økt, svar, hjem, gjøres.gjort)
