"""The page on which an auditor steps through how cases of avvik went, and opens whom one is about, saying why."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed
from bindeledd.schema.generated.samhandling import Avvikskategori, Avvikstilstand
from bindeledd.schema.generated.tilgang import Visning
from services.felles.gang import Gang
from services.felles.innsyn import HvemGjelderDet
from services.felles.tid import OSLO
from web import avviksord as sagt
from web import oppslag, skjema
from web.gang import HER, Valg, bilde
from web.handling import Merke, Nøkkel, Skrevet, borte, send_som
from web.kommandoer import hent
from web.ord import REVISJON
from web.ramme import Web, hvem_av, side, videre, web_av, økt_av
from web.vern import krev_samme_opphav
from web.vist import dato
from web.økt import Økt

router = APIRouter(include_in_schema=False)
API = "/api/samhandling/avviksgang"
GRUNN_MAKS = 1000
Ord = Annotated[str, Query(max_length=60)]


def _valg(
    request: Request, sak: Ord = "", dps: Ord = "", bydel: Ord = "", kategori: Ord = "", tilstand: Ord = "",
    fra: Ord = "", til: Ord = "", per: Ord = "",
) -> Valg:  # fmt: skip
    """What the address chooses; what cannot be read, or is none, chooses nothing."""
    oppsett = web_av(request).oppsett
    har = oppsett.parter.get(dps)
    return Valg(
        sak=sak, dps=dps if har is not None and har.slag == "dps" else "",
        bydel=bydel if bydel in oppsett.bydeler else "",
        kategori=kategori if kategori in set(Avvikskategori) else "",
        tilstand=tilstand if tilstand in set(Avvikstilstand) else "",
        fra=fra if skjema.dag(fra) is not None else "", til=til if skjema.dag(til) is not None else "",
        per=_øyeblikk(per),
    )  # fmt: skip


def _øyeblikk(tekst: str) -> datetime | None:
    """A moment as a browser's field has it, in Norway; or with its offset, as our own addresses have it."""
    try:
        da = datetime.fromisoformat(tekst)
    except ValueError:
        return None
    if not date(1900, 1, 1) <= da.date() <= date(2199, 12, 31):
        return None
    return da.replace(tzinfo=OSLO) if da.tzinfo is None else da


Valgt = Annotated[Valg, Depends(_valg)]
Steg = Annotated[int, Query(ge=0, le=10**6)]


# -- step by step -----------------------------------------------------------------------------------------------------


@router.get("/avviksgang")
async def vis_gang(request: Request, valg: Valgt, steg: Steg = 0, nr: Steg = 0) -> Response:
    """`steg` is where the slider stands, `nr` a button's: they lead to the page as of that moment."""
    web, økt = web_av(request), økt_av(request)
    if not hvem_av(web, økt).kan("avvik.gang"):
        return side(web, "feil_rolle.html", økt, status=403)
    gang = await _spør(web, økt, valg, nr or steg)
    if gang is not None and (steg or nr):
        return videre(request, valg.adresse(gang.per))
    return await run_in_threadpool(_vis, web, økt, "gang.html", gang, valg)


@router.get("/avviksgang/innhold")
async def vis_gang_innhold(request: Request, valg: Valgt, steg: Steg = 0) -> Response:
    web, økt = web_av(request), økt_av(request)
    if not hvem_av(web, økt).kan("avvik.gang"):
        return side(web, "feil_rolle.html", økt, status=403)
    return await run_in_threadpool(_vis, web, økt, "gang_innhold.html", await _spør(web, økt, valg, steg), valg)


def _vis(web: Web, økt: Økt, mal: str, gang: Gang | None, valg: Valg) -> Response:
    hvem = hvem_av(web, økt)
    vist = bilde(gang, valg, web.oppsett, hvem) if gang is not None else None
    status = 200 if vist is not None else 503
    return side(
        web, mal, økt, status=status, g=vist, valg=valg, kan_åpne=hvem.kan("avvik.hvem"),
        dpser={p.id: p.navn for p in web.oppsett.parter.values() if p.slag == "dps"},
        kategorier={k: t for k, t in sagt.KATEGORI.items() if k is not Avvikskategori.UKJENT},
        tilstander={t: ord_ for t, (ord_, _) in sagt.TILSTAND.items() if t is not Avvikstilstand.UKJENT},
    )  # fmt: skip


async def _spør(web: Web, økt: Økt, valg: Valg, steg: int) -> Gang | None:
    spurt: dict[str, Any] = {n: verdi for n, verdi in valg.utvalg if n not in ("fra", "til")}
    fra, til = skjema.dag(valg.fra), skjema.dag(valg.til)
    if fra is not None:
        spurt["fra"] = _midnatt(fra).isoformat()
    if til is not None:
        spurt["til"] = _midnatt(til + timedelta(days=1)).isoformat()
    if steg:
        spurt["steg"] = steg
    elif valg.per is not None:
        spurt["per"] = valg.per.isoformat()
    svar = await _hentet(web, økt, API, spurt)
    return Gang.model_validate(svar) if svar is not None else None


def _midnatt(dag: date) -> datetime:
    return datetime.combine(dag, time(), OSLO)


async def _hentet(web: Web, økt: Økt, sti: str, spurt: dict[str, Any]) -> Any:
    async with web.kommandoer(web.aktør(økt)) as klient:
        return await hent(klient, sti, spurt)


# -- whom it is about -------------------------------------------------------------------------------------------------


@router.get("/avviksgang/hvem")
async def vis_hvem(request: Request, sak: Ord = "") -> Response:
    """Whom a case is about: asks why first. Then it is written in the look-up log before anything is shown."""
    web, økt = web_av(request), økt_av(request)
    svar = await _hvem(web, økt, sak)
    if svar is not None and svar.person_ref is not None and svar.åpnet is not None:
        vises = {svar.person_ref: frozenset({REVISJON})}
        await run_in_threadpool(oppslag.noter, web.logg, web.aktør(økt), økt, Visning.IDENTITET, vises)
    return _vis_hvem(web, økt, sak, svar)


@router.post("/avviksgang/hvem", dependencies=[Depends(krev_samme_opphav)])
async def åpne_hvem(
    request: Request, sak: Annotated[str, Form(max_length=60)], nøkkel: Nøkkel, merke: Merke, begrunnelse: Skrevet = ""
) -> Response:  # fmt: skip
    """Says why, and opens it. Without a ground the service refuses, and writes that for the person to see."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    svar, grunn = await _hvem(web, økt, sak), begrunnelse.strip()
    if svar is None or not svar.gjelder_noen:
        return _vis_hvem(web, økt, sak, svar)
    if lang := skjema.for_lang("Hvorfor må du vite hvem det er?", grunn, GRUNN_MAKS):
        return _vis_hvem(web, økt, sak, svar, feil=lang[0], ført=grunn)
    gjort = await send_som(web, økt, f"{API}/{sak}/hvem", {"av": økt.bruker, "begrunnelse": grunn}, nøkkel)
    if gjort.borte:
        return await borte(request, web, økt, gjort, f"{HER}?sak={sak}")
    if not gjort.ok:
        return _vis_hvem(web, økt, sak, svar, feil=gjort.hvorfor, ført=grunn)
    return videre(request, f"{HER}/hvem?sak={sak}")


async def _hvem(web: Web, økt: Økt, sak: str) -> HvemGjelderDet | None:
    """Whom a case is about, as far as this user has opened it; None when nobody answers now."""
    if not hvem_av(web, økt).kan("avvik.hvem"):
        raise NotAllowed("this role reads cases without names")
    if not sak.isalnum():
        raise HTTPException(404)
    svar = await _hentet(web, økt, f"{API}/{sak}/hvem", {"av": økt.bruker})
    return HvemGjelderDet.model_validate(svar) if svar is not None else None


def _vis_hvem(web: Web, økt: Økt, sak: str, svar: HvemGjelderDet | None, feil: str = "", ført: str = "") -> Response:
    status = 503 if svar is None else 422 if feil else 200
    født = dato(svar.født) if svar is not None and svar.født is not None else ""
    return side(
        web, "gang_hvem.html", økt, status=status, sak=sak, svar=svar, født=født, feil=feil, ført=ført,
        tilbake=Valg(sak=sak).adresse(None),
    )  # fmt: skip
