"""What a user does on a page (takes a task, says that it is done, opens a message) becomes a command to its owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed
from bindeledd.schema.generated.ansvarsgruppe import AnsvarsgruppeUtsnitt, PlanUtsnitt
from bindeledd.schema.generated.barn_paaroerende import KartleggingUtsnitt
from bindeledd.schema.generated.felles import Oppgavetilstand
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import OppholdUtsnitt, PersonUtsnitt
from web import gitt
from web import svar as svarvalg
from web.bilde import Arbeid
from web.kommandoer import Svar, send
from web.ramme import Web, hvem_av, side, videre, web_av, økt_av
from web.sider import REF, bilde_av
from web.velg import krev_merke
from web.vern import krev_samme_opphav
from web.økt import Økt

router = APIRouter(include_in_schema=False, dependencies=[Depends(krev_samme_opphav)])

STED = {
    OppholdUtsnitt.avro_name: "samhandling/opphold",
    PlanUtsnitt.avro_name: "ansvarsgruppe/plan",
    AnsvarsgruppeUtsnitt.avro_name: "ansvarsgruppe/gruppe",
    KriseplanUtsnitt.avro_name: "kriseplan/kriseplan",
    KartleggingUtsnitt.avro_name: "barn_paaroerende/kartlegging",
}
"""Where commands to the aggregate behind a view go, under /api."""


@router.post("/pasient/{ref}/oppgave")
async def gjør_oppgave(
    request: Request, ref: str,
    oppgave: Annotated[str, Form()], gjør: Annotated[Literal["ta", "loes"], Form(alias="gjoer")],
    noekkel: Annotated[str, Form(max_length=64)], merke: Annotated[str, Form()], sett: Annotated[str, Form()] = "",
    tilbake: Annotated[Literal["tavle", "pasient"], Form()] = "pasient",
) -> Response:  # fmt: skip
    """Take a task, or say that it is done.

    `sett` is who had it when the user looked: nobody takes a task from another without having seen it.
    """
    web, økt = web_av(request), økt_av(request)
    krev_merke(web.økter.merke(økt), merke)
    arbeid = await run_in_threadpool(_finn, web, økt, ref, oppgave)
    hjem = "/tavle" if tilbake == "tavle" else f"/pasient/{ref}"
    if arbeid is None:
        return side(
            web, "gikk_ikke.html", økt, status=409, hvorfor="Oppgaven er løst, eller den er falt bort.", hjem=hjem
        )
    if gjør == "ta" and _tatt_av(arbeid) not in (sett, økt.bruker):
        hvorfor = "En kollega tok oppgaven mens du så på siden."
        return side(web, "gikk_ikke.html", økt, status=409, hvorfor=hvorfor, hjem=hjem)
    sti = f"/api/{STED[arbeid.slag]}/{arbeid.aggregat}/oppgaver/{oppgave}/{gjør}"
    svar = await _send(web, økt, sti, {"av": økt.bruker}, noekkel)
    return await _etter(request, web, økt, arbeid.tjeneste, svar, hjem, gjør)


@router.post("/pasient/{ref}/svar")
async def svar_på_oppgave(
    request: Request, ref: str, svar: Annotated[str, Form(max_length=40)],
    noekkel: Annotated[str, Form(max_length=64)], merke: Annotated[str, Form()],
    oppgave: Annotated[str, Form()] = "", verdi: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """Answer a task with what came of it. Without a task: confirm that an unconfirmed person is ours."""
    web, økt = web_av(request), økt_av(request)
    krev_merke(web.økter.merke(økt), merke)
    valgt = await run_in_threadpool(_finn_svar, web, økt, ref, oppgave, svar)
    hjem = f"/pasient/{ref}"
    if valgt is None:
        return _gikk_ikke(web, økt, "Oppgaven er løst, eller den er falt bort.", hjem)
    kropp = svarvalg.kropp(valgt, verdi, web.oppsett.bydeler)
    if kropp is None:
        return _gikk_ikke(web, økt, "Svaret mangler. Fyll ut feltet, og prøv igjen.", hjem)
    sti = f"/api/{valgt.tjeneste}" + valgt.sti.format(person=ref)
    return await _etter(request, web, økt, valgt.tjeneste, await _send(web, økt, sti, kropp, noekkel), hjem, "svart")


@router.post("/meldinger/{ref}/aapnet")
async def åpne_melding(
    request: Request, ref: str, noekkel: Annotated[str, Form(max_length=64)], merke: Annotated[str, Form()]
) -> Response:
    """A person of the unit has opened a message: not read is not received."""
    web, økt = web_av(request), økt_av(request)
    krev_merke(web.økter.merke(økt), merke)
    if not await run_in_threadpool(_har_melding, web, økt, ref):
        raise NotAllowed("the message is not this unit's. Go back to the list")
    svar = await _send(web, økt, f"/api/samhandling/meldinger/{ref}/aapnet", {"av": økt.bruker}, noekkel)
    return await _etter(request, web, økt, "samhandling", svar, "/meldinger", "aapnet")


async def _send(web: Web, økt: Økt, sti: str, kropp: Mapping[str, object], nøkkel: str) -> Svar:
    async with web.kommandoer(web.aktør(økt)) as klient:
        return await send(klient, sti, kropp, nøkkel)


async def _etter(request: Request, web: Web, økt: Økt, kilde: str, svar: Svar, hjem: str, gjort: str) -> Response:
    """Back to the page, once it has had the news of its own command (or a second has passed)."""
    if not svar.ok:
        return _gikk_ikke(web, økt, svar.hvorfor, hjem)
    framme = await web.varsler.vent_på(kilde, svar.posisjon)
    return videre(request, f"{hjem}?gjort={gjort if framme else 'underveis'}")


def _gikk_ikke(web: Web, økt: Økt, hvorfor: str, hjem: str) -> Response:
    return side(web, "gikk_ikke.html", økt, status=409, hvorfor=hvorfor, hjem=hjem)


def _finn(web: Web, økt: Økt, ref: str, oppgave: str) -> Arbeid | None:
    """The task, as the user's own party has been given it. What a form says of it is never believed."""
    if not REF.fullmatch(ref):
        return None
    bilde = bilde_av(web, økt, ref)
    if bilde is None:
        return None
    return next((a for a in bilde.arbeid if a.oppgave.oppgave_ref == oppgave and a.slag in STED), None)


def _finn_svar(web: Web, økt: Økt, ref: str, oppgave: str, svar: str) -> svarvalg.Svar | None:
    """The answer, when it is one to a task that the user's party has, and the user may give it."""
    hvem = hvem_av(web, økt)
    if not oppgave:
        bilde = bilde_av(web, økt, ref) if REF.fullmatch(ref) else None
        person = bilde.ett(PersonUtsnitt) if bilde is not None else None
        spurt = person is not None and not person.bekreftet and hvem.kan(svarvalg.BEKREFT.handling)
        return svarvalg.BEKREFT if spurt and svar == svarvalg.BEKREFT.id else None
    arbeid = _finn(web, økt, ref, oppgave)
    if arbeid is None:
        return None
    return next((valg for valg in svarvalg.mulige(arbeid.oppgave.slag, hvem.kan) if valg.id == svar), None)


def _tatt_av(arbeid: Arbeid) -> str:
    return arbeid.oppgave.tatt_av if arbeid.oppgave.tilstand is Oppgavetilstand.TATT else ""


def _har_melding(web: Web, økt: Økt, ref: str) -> bool:
    return any(g.aggregat == ref for g in gitt.meldinger(web.engine, økt.part))
