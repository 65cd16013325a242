"""The pages of forums: which meet when, what each has on its agenda, one matter, and what was decided.

They name nobody, and a forum has been given nobody: so no look-up is written (access.md, "Avvik": pseudonymised).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed
from bindeledd.schema.generated.samhandling import ForumsakUtsnitt
from services.felles.forum import SAKSFRIST
from services.felles.tid import lokal_dag
from web import avviksord as sagt
from web import gitt, skjema
from web.forum import SLAG, møter, saksliste, side
from web.gitt import Gitt
from web.handling import Igjen, Merke, Nøkkel, etter, gikk_ikke, send_som, utdatert
from web.kommandoer import Sett
from web.ramme import Web, er_forum, hvem_av, videre, web_av, økt_av
from web.ramme import side as vis
from web.rolle import smal
from web.sider import GJORT, REF
from web.skjema import Versjon
from web.vern import krev_samme_opphav
from web.økt import Økt

router = APIRouter(include_in_schema=False)
API = "/api/samhandling"
TEKST_MAKS = 2000
HER = "/forum"


@dataclass(frozen=True, slots=True)
class Beslutning:
    """What stands in the form."""

    utfall: str = ""
    tekst: str = ""


def _alle(web: Web, økt: Økt) -> list[Gitt]:
    """What the forum has been given, narrowed to the user's role."""
    ser = hvem_av(web, økt).ser
    alle = (replace(g, utsnitt=smal(g.utsnitt, ser)) for slag in SLAG for g in gitt.av_slag(web.engine, økt.part, slag))
    return [g for g in alle if g.utsnitt is not None]


def _saken(web: Web, økt: Økt, ref: str) -> Gitt | None:
    return next((g for g in _alle(web, økt) if g.aggregat == ref), None) if REF.fullmatch(ref) else None


Innhold = Callable[[Web, Økt], dict[str, Any] | None]
"""What a page shows; None when there is no such thing."""


def _vis(request: Request, mal: str, innhold: Innhold, *, status: int = 200, **annet: Any) -> Response:
    """A page of the forum: for its people, and while we know what holds."""
    web, økt = web_av(request), økt_av(request)
    posisjon = web.posisjon()
    if not er_forum(web, økt):
        return vis(web, "feil_rolle.html", økt, status=403)
    if web.stanset():
        return vis(web, "stanset.html", økt, status=503, ref="")
    vist = innhold(web, økt)
    if vist is None:
        borte = request.headers.get("HX-Request")
        return videre(request, HER) if borte else vis(web, "finnes_ikke.html", økt, status=404)
    return vis(web, mal, økt, status=status, posisjon=posisjon, **vist, **annet)


# -- pages ------------------------------------------------------------------------------------------------------------


def _forumene(web: Web, økt: Økt) -> dict[str, Any]:
    return {"møter": møter(_alle(web, økt), web.oppsett, hvem_av(web, økt))}


@router.get("/forum")
def vis_forumene(request: Request) -> Response:
    return _vis(request, "forum.html", _forumene)


@router.get("/forum/innhold")
def vis_forumene_innhold(request: Request) -> Response:
    return _vis(request, "forum_innhold.html", _forumene)


def _lista(id_: str) -> Innhold:
    def innhold(web: Web, økt: Økt) -> dict[str, Any] | None:
        i_dag, stige = lokal_dag(web.nå), web.oppsett.stige
        neste = stige.neste_møte(id_, i_dag)
        før = timedelta(days=web.oppsett.regler.verdi(SAKSFRIST, i_dag).varighet.days + 1)
        frist = neste[1] - før if neste is not None and neste[1] - før >= i_dag else None
        vist = saksliste(id_, _alle(web, økt), web.oppsett, frist, hvem_av(web, økt))
        return {"liste": vist, "forum_id": id_} if vist is not None else None

    return innhold


@router.get("/forum/saksliste")
def vis_saksliste(request: Request, forum: str) -> Response:
    return _vis(request, "saksliste.html", _lista(forum))


@router.get("/forum/saksliste/innhold")
def vis_saksliste_innhold(request: Request, forum: str) -> Response:
    return _vis(request, "saksliste_innhold.html", _lista(forum))


def _en_sak(ref: str) -> Innhold:
    def innhold(web: Web, økt: Økt) -> dict[str, Any] | None:
        sak = _saken(web, økt, ref)
        return {"s": side(sak, web.oppsett, hvem_av(web, økt)), "ref": ref} if sak is not None else None

    return innhold


@router.get("/forum/sak/{ref}")
def vis_sak(request: Request, ref: str, gjort: str = "") -> Response:
    return _vis(request, "forumsak.html", _en_sak(ref), gjort=GJORT.get(gjort, ""))


@router.get("/forum/sak/{ref}/innhold")
def vis_sak_innhold(request: Request, ref: str) -> Response:
    return _vis(request, "forumsak_innhold.html", _en_sak(ref))


@router.get("/forum/sak/{ref}/beslutning")
def vis_beslutning(request: Request, ref: str) -> Response:
    return _vis(request, "forum_skjema.html", _skjemaet(ref, Beslutning()))


def _skjemaet(ref: str, ført: Beslutning, feil: str = "") -> Innhold:
    def innhold(web: Web, økt: Økt) -> dict[str, Any] | None:
        her = _en_sak(ref)(web, økt)
        if her is None:
            return None
        if not her["s"].kan:
            raise NotAllowed("nothing can be decided in the matter as it stands. Go back to it")
        return {**her, "ført": ført, "feil": feil, "utfallene": {u.value: ord_ for u, ord_ in sagt.VALG.items()}}

    return innhold


# -- what the secretary does ------------------------------------------------------------------------------------------


@router.post("/forum/sak/{ref}/beslutning", dependencies=[Depends(krev_samme_opphav)])
async def beslutt(request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke) -> Response:
    """Write down what the forum came to, on what the user saw."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    if not hvem_av(web, økt).kan("forum.behandle"):
        raise NotAllowed("this role may not do this")
    sak, hjem = await run_in_threadpool(_saken, web, økt, ref), f"/forum/sak/{ref}"
    if sak is None or not side(sak, web.oppsett, hvem_av(web, økt)).kan:
        return gikk_ikke(web, økt, "Saken står ikke på sakslista lenger.", HER if sak is None else hjem)
    s = await request.form()
    ført = Beslutning(str(s.get("utfall", "")), str(s.get("tekst", "")).strip())

    async def igjen(feil: str) -> Response:
        return await run_in_threadpool(_vis, request, "forum_skjema.html", _skjemaet(ref, ført, feil), status=409)

    if feil := _feil(ført):
        return await igjen(feil)
    hva = "avvik" if isinstance(sak.utsnitt, ForumsakUtsnitt) else "moenster"
    kropp: Mapping[str, object] = {"av": økt.bruker, "utfall": ført.utfall, "tekst": ført.tekst}
    sett = Sett(sak.strøm, versjon)
    svar = await send_som(web, økt, f"{API}/{hva}/{ref}/forum", kropp, nøkkel, sett)
    if svar.utdatert:

        def på_nytt(nå: Gitt) -> Igjen:
            felt = (("utfall", ført.utfall), ("tekst", ført.tekst), ("versjon", str(nå.versjon)))
            return Igjen("Skrive ned hva forumet bestemte", request.url.path, felt)

        return await utdatert(web, økt, "", sett, på_nytt, hjem)
    if not svar.ok and not svar.borte:
        return await igjen(svar.hvorfor)
    return await etter(request, web, økt, svar, hjem, "behandlet")


def _feil(ført: Beslutning) -> str:
    if ført.utfall not in {u.value for u in sagt.VALG}:
        return "Velg hva forumet kom til."
    if not ført.tekst:
        return "Skriv hva forumet bestemte."
    return next(iter(skjema.for_lang("Det forumet bestemte", ført.tekst, TEKST_MAKS)), "")
