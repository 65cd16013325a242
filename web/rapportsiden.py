"""The page of a quarter's report to the forums, and the same as files: for those who read cases without names."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter
from starlette.responses import Response

from bindeledd.core.errors import InvalidMessage, NotAllowed
from services.felles.kvartalsrapport import Kvartal, Rapport, kvartalet_før, les_kvartal
from services.felles.tid import lokal_dag
from web.kommandoer import hent
from web.ramme import Web, hvem_av, side, web_av, økt_av
from web.rapport import bilde, kvartalet, som_csv, som_html
from web.økt import Økt

router = APIRouter(include_in_schema=False)
API = "/api/samhandling/forumrapport"
KVARTALER = 8
"""So many of those that are over can be chosen; the command tells of earlier ones."""
_RAPPORT = TypeAdapter(Rapport)
_TYPER = {"csv": "text/csv", "html": "text/html"}
Ord = Annotated[str, Query(max_length=60)]


@router.get("/forum/rapport")
async def vis_rapport(request: Request, trinn: Ord = "", kvartal: Ord = "") -> Response:
    """What cannot be read, or is none, is the first that can be chosen."""
    web, økt = web_av(request), økt_av(request)
    if not hvem_av(web, økt).kan("forum.rapport"):
        return side(web, "feil_rolle.html", økt, status=403)
    trinnene, kvartalene = _trinnene(web), _kvartalene(web)
    valgt = trinn if trinn in trinnene else next(iter(trinnene), "")
    i = next((k for k in kvartalene if str(k) == kvartal), kvartalene[0])
    funnet = await _hentet(web, økt, valgt, i) if valgt else None
    vist = await run_in_threadpool(bilde, funnet, web.oppsett) if funnet is not None else {"linjer": None}
    return await run_in_threadpool(
        side, web, "rapport.html", økt, status=200 if funnet is not None or not valgt else 503, trinnene=trinnene,
        kvartalene={str(k): kvartalet(k) for k in kvartalene}, valgt_trinn=valgt, valgt_kvartal=str(i), **vist,
    )  # fmt: skip


@router.get("/forum/rapport/fil")
async def last_ned(request: Request, trinn: Ord, kvartal: Ord, form: Literal["csv", "html"]) -> Response:
    """The very bytes that `bindeledd report forum` writes."""
    web, økt = web_av(request), økt_av(request)
    if not hvem_av(web, økt).kan("forum.rapport"):
        raise NotAllowed("this role may not do this")
    funnet = await _hentet(web, økt, trinn, _lest(kvartal))
    if funnet is None:
        raise HTTPException(503)
    skrevet = som_csv(funnet) if form == "csv" else await run_in_threadpool(som_html, funnet, web.oppsett)
    navn = f"{funnet.trinn.lower()}-{funnet.kvartal}.{form}"
    hode = {"Content-Disposition": f'attachment; filename="{navn}"'}
    return Response(skrevet.encode(), media_type=_TYPER[form], headers=hode)


def _lest(kvartal: str) -> Kvartal:
    try:
        return les_kvartal(kvartal)
    except InvalidMessage:
        raise HTTPException(404) from None


def _trinnene(web: Web) -> dict[str, str]:
    """The rungs of the ladder today, in its order: by its forum's name where it has but one."""
    alle: dict[str, list[str]] = {}
    for forum in web.oppsett.stige.på(lokal_dag(web.nå)):
        alle.setdefault(forum.trinn, []).append(forum.navn)
    return {trinn: navn[0] if len(navn) == 1 else trinn for trinn, navn in alle.items()}


def _kvartalene(web: Web) -> list[Kvartal]:
    """The quarters that are over, the latest first."""
    ut = [kvartalet_før(lokal_dag(web.nå))]
    while len(ut) < KVARTALER:
        ut.append(kvartalet_før(ut[-1].første))
    return ut


async def _hentet(web: Web, økt: Økt, trinn: str, kvartal: Kvartal) -> Rapport | None:
    async with web.kommandoer(web.aktør(økt)) as klient:
        svar: Any = await hent(klient, API, {"trinn": trinn, "kvartal": kvartal})
    return _RAPPORT.validate_python(svar) if svar is not None else None
