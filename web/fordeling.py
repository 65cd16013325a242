"""The page on which somebody says which unit shall have a message that was sent to a service which gets none here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed
from bindeledd.schema.generated.tilgang import Visning
from services.felles.oppsett import Oppsett
from web import gitt, oppslag
from web.handling import Merke, Nøkkel, etter, gikk_ikke, send_som
from web.koe import AVKLAR, HJEM, slipper_inn
from web.meldinger import Melding, meldinger
from web.ramme import Web, hvem_av, side, web_av, økt_av
from web.vern import krev_samme_opphav
from web.økt import Økt

router = APIRouter(include_in_schema=False)
GITT_VIDERE = "Meldingen er gitt videre alt, eller den er ikke deres. Se i lista over meldinger hvem som har den."


def enheter(oppsett: Oppsett, egen: str) -> tuple[tuple[str, str], ...]:
    """(id, name) of the units that may be given it: others of the same organisation, of the health service."""
    organisasjon = oppsett.parter[egen].organisasjon
    andre = (p for p in oppsett.parter.values() if p.organisasjon == organisasjon and p.id != egen and p.helsetjeneste)
    return tuple(sorted(((part.id, part.navn) for part in andre), key=lambda par: par[1]))


@router.get("/koe/melding/{ref}")
def vis(request: Request, ref: str) -> Response:
    return _side(request, ref, "")


@router.post("/koe/melding/{ref}", dependencies=[Depends(krev_samme_opphav)])
async def gi_videre(
    request: Request, ref: str, nøkkel: Nøkkel, merke: Merke, til: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Say which unit shall have it. That unit is then one that it was sent to."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    if await run_in_threadpool(_melding, web, økt, ref) is None:
        return gikk_ikke(web, økt, GITT_VIDERE, HJEM)
    if til not in dict(enheter(web.oppsett, økt.part)):
        return await run_in_threadpool(_side, request, ref, "Velg hvilken enhet som skal ha den.")
    svar = await send_som(web, økt, f"/api/samhandling/meldinger/{ref}/fordel", {"til": til, "av": økt.bruker}, nøkkel)
    return await etter(request, web, økt, svar, HJEM, "fordel")


def _side(request: Request, ref: str, feil: str) -> Response:
    web, økt = web_av(request), økt_av(request)
    melding = _melding(web, økt, ref)
    if web.stanset() or melding is None:
        return gikk_ikke(web, økt, GITT_VIDERE, HJEM)
    valg = enheter(web.oppsett, økt.part)
    return side(web, "koe_melding.html", økt, status=422 if feil else 200, m=melding, enheter=valg, feil=feil)


def _melding(web: Web, økt: Økt, ref: str) -> Melding | None:
    """The message, where this user may say who shall have it; that it is looked at is written down first. Raises
    NotAllowed for those who do not work the queue."""
    hvem = hvem_av(web, økt)
    if not slipper_inn(hvem) or not hvem.kan(AVKLAR):
        raise NotAllowed("this role does not work the manual queue")
    funnet = gitt.melding(web.engine, økt.part, ref)
    if funnet is None:
        return None
    if funnet.person_ref is not None:
        grunner = {funnet.person_ref: frozenset({funnet.utsnitt.grunn.grunnlag})}
        oppslag.noter(web.logg, web.aktør(økt), økt, Visning.MELDINGER, grunner)
    (melding,) = meldinger([funnet], (), hvem).rader or (None,)
    return melding if melding is not None and melding.kan_gis_videre else None
