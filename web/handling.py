"""What a user does on a page (takes a task, says that it is done, opens a message) becomes a command to its owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed
from bindeledd.schema.generated.ansvarsgruppe import AnsvarsgruppeUtsnitt, MoeteUtsnitt, PlanUtsnitt, TiltakUtsnitt
from bindeledd.schema.generated.barn_paaroerende import BarnesakUtsnitt, KartleggingUtsnitt
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import AvvikUtsnitt, OppholdUtsnitt, PersonUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from web import endret, gitt, vist
from web import ord as sagt
from web import svar as svarvalg
from web.bilde import Arbeid
from web.gitt import Gitt
from web.kommandoer import Sett, Svar, send
from web.ramme import Web, hvem_av, side, videre, web_av, økt_av
from web.rolle import smal
from web.sider import REF, bilde_av, noter, om_pasienten
from web.vern import krev_samme_opphav
from web.økt import Økt

router = APIRouter(include_in_schema=False, dependencies=[Depends(krev_samme_opphav)])

STED = {
    OppholdUtsnitt.avro_name: "samhandling/opphold",
    PlanUtsnitt.avro_name: "ansvarsgruppe/plan",
    AnsvarsgruppeUtsnitt.avro_name: "ansvarsgruppe/gruppe",
    MoeteUtsnitt.avro_name: "ansvarsgruppe/moete",
    TiltakUtsnitt.avro_name: "ansvarsgruppe/tiltak",
    KriseplanUtsnitt.avro_name: "kriseplan/kriseplan",
    KartleggingUtsnitt.avro_name: "barn_paaroerende/kartlegging",
    BarnesakUtsnitt.avro_name: "barn_paaroerende/barn",
    AvvikUtsnitt.avro_name: "samhandling/avvik",
}
"""Where commands to the aggregate behind a view go, under /api."""
GJØR = {"ta": "Ta oppgaven", "loes": "Si at oppgaven er løst"}
BORTE = "Oppgaven er løst, eller den er falt bort."

Nøkkel = Annotated[str, Form(alias="noekkel", max_length=64)]
Merke = Annotated[str, Form()]
Skrevet = Annotated[str, Form(max_length=100_000)]
"""What somebody wrote in a field. How much of it there may be is said at the form, which keeps it."""
Versjon = Annotated[int, Form(ge=1, le=10**9)]
"""The version of the view that the form was made from: what the user was looking at."""


@dataclass(frozen=True, slots=True)
class Igjen:
    """What the user was about to do, so that they can do it all the same: in words, and as the form that they sent."""

    hva: str
    sti: str
    felt: tuple[tuple[str, str], ...]


@router.post("/pasient/{ref}/oppgave")
async def gjør_oppgave(
    request: Request, ref: str,
    oppgave: Annotated[str, Form()], gjør: Annotated[Literal["ta", "loes"], Form(alias="gjoer")],
    versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    tilbake: Annotated[Literal["tavle", "pasient"], Form()] = "pasient",
) -> Response:  # fmt: skip
    """Take a task, or say that it is done: on what the user saw, so that nobody takes one from another unseen."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    arbeid = await run_in_threadpool(_finn, web, økt, ref, oppgave)
    hjem = "/tavle" if tilbake == "tavle" else f"/pasient/{ref}"
    if arbeid is None:
        return gikk_ikke(web, økt, BORTE, hjem)
    sett = Sett(arbeid.gitt.strøm, versjon)
    sti = f"/api/{STED[arbeid.gitt.slag]}/{arbeid.gitt.aggregat}/oppgaver/{oppgave}/{gjør}"
    svar = await send_som(web, økt, sti, {"av": økt.bruker}, nøkkel, sett)
    if not svar.utdatert:
        return await etter(request, web, økt, svar, hjem, gjør)

    def igjen(nå: Gitt) -> Igjen | None:
        if _finn(web, økt, ref, oppgave) is None:
            return None
        felt = (("oppgave", oppgave), ("gjoer", gjør), ("tilbake", tilbake), ("versjon", str(nå.versjon)))
        return Igjen(f"{GJØR[gjør]}: {sagt.oppgave(arbeid.oppgave.slag)}", request.url.path, felt)

    return await utdatert(web, økt, ref, sett, igjen, hjem)


@router.post("/pasient/{ref}/svar")
async def svar_på_oppgave(
    request: Request, ref: str, svar: Annotated[str, Form(max_length=40)],
    versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    oppgave: Annotated[str, Form()] = "", verdi: Skrevet = "",
    tilbake: Annotated[Literal["pasient", "koe"], Form()] = "pasient",
) -> Response:  # fmt: skip
    """Answer a task with what came of it. Without a task: confirm that an unconfirmed person is ours."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    funnet = await run_in_threadpool(_finn_svar, web, økt, ref, oppgave, svar)
    hjem = "/koe" if tilbake == "koe" else f"/pasient/{ref}"
    if funnet is None:
        return gikk_ikke(web, økt, BORTE, hjem)
    valgt, på = funnet
    kropp = svarvalg.kropp(valgt, verdi.strip(), web.oppsett.bydeler)
    if kropp is None and valgt.felt is not None and valgt.felt.slag == "antall":
        svart = {f"{svar}-{oppgave}": (verdi, svarvalg.ANTALL_FEIL)}
        return await run_in_threadpool(om_pasienten, request, ref, svart=svart)
    if kropp is None:
        return gikk_ikke(web, økt, "Svaret mangler. Fyll ut feltet, og prøv igjen.", hjem)
    sett = Sett(på.strøm, versjon)
    sti = f"/api/{valgt.tjeneste}" + valgt.sti.format(person=ref)
    ble = await send_som(web, økt, sti, kropp, nøkkel, sett)
    if not ble.utdatert:
        return await etter(request, web, økt, ble, hjem, "svart")

    def igjen(nå: Gitt) -> Igjen | None:
        if _finn_svar(web, økt, ref, oppgave, svar) is None:
            return None
        felt = (
            ("svar", svar), ("oppgave", oppgave), ("verdi", verdi), ("tilbake", tilbake), ("versjon", str(nå.versjon)),
        )  # fmt: skip
        svarte = web.oppsett.bydeler.get(verdi, verdi)
        return Igjen(f"Svare: {valgt.tekst}{f' ({svarte})' if svarte else ''}", request.url.path, felt)

    return await utdatert(web, økt, ref, sett, igjen, hjem)


@router.post("/meldinger/{ref}/{gjort}")
async def les_melding(
    request: Request, ref: str, gjort: Literal["aapnet", "besvart"], nøkkel: Nøkkel, merke: Merke,
    tilbake: Annotated[Literal["meldinger", "koe", "pasient"], Form()] = "meldinger",
) -> Response:  # fmt: skip
    """A person of the unit has opened a message, or answered it: not read is not received. Opened twice is opened."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    melding = await run_in_threadpool(gitt.melding, web.engine, økt.part, ref)
    if melding is None:
        raise NotAllowed("the message is not this unit's. Go back to the list")
    svar = await send_som(web, økt, f"/api/samhandling/meldinger/{ref}/{gjort}", {"av": økt.bruker}, nøkkel)
    hjem = f"/pasient/{melding.person_ref}" if tilbake == "pasient" and melding.person_ref else f"/{tilbake}"
    return await etter(request, web, økt, svar, hjem, gjort)


async def send_som(
    web: Web, økt: Økt, sti: str, kropp: Mapping[str, object], nøkkel: str, sett: Sett | None = None
) -> Svar:
    """Send a command as this user."""
    async with web.kommandoer(web.aktør(økt)) as klient:
        return await send(klient, sti, kropp, nøkkel, sett)


async def etter(request: Request, web: Web, økt: Økt, svar: Svar, hjem: str, gjort: str) -> Response:
    """Back to the page, once it has had the news of its own command (or a second has passed)."""
    if svar.borte:
        return await borte(request, web, økt, svar, hjem)
    if not svar.ok:
        return gikk_ikke(web, økt, svar.hvorfor, hjem)
    framme = await web.varsler.vent_på(svar.gitt)
    return videre(request, f"{hjem}?gjort={gjort if framme else 'underveis'}")


async def borte(request: Request, web: Web, økt: Økt, svar: Svar, hjem: str) -> Response:
    """The service is away: what the user sent is kept on the page, and sent again as it is, under its own key."""
    felt = [(navn, str(verdi)) for navn, verdi in (await request.form()).multi_items() if navn != "merke"]
    return side(web, "borte.html", økt, status=503, hvorfor=svar.hvorfor, sti=request.url.path, felt=felt, hjem=hjem)


def gikk_ikke(web: Web, økt: Økt, hvorfor: str, hjem: str) -> Response:
    return side(web, "gikk_ikke.html", økt, status=409, hvorfor=hvorfor, hjem=hjem)


async def det_nye(web: Web, økt: Økt, ref: str, sett: Sett) -> tuple[Gitt | None, tuple[str, ...]]:
    """What stands where the user looked, and what has changed there; None when that cannot be shown now.

    Written in the look-up log as a visit to the person: it tells what is there now.
    """
    await web.varsler.vent_til(lambda: gitt.versjon_av(web.engine, sett.strøm) > sett.versjon)
    return await run_in_threadpool(_det_nye, web, økt, ref, sett)


def _det_nye(web: Web, økt: Økt, ref: str, sett: Sett) -> tuple[Gitt | None, tuple[str, ...]]:
    bilde = bilde_av(web, økt, ref)
    nå = next((g for g in bilde.gitte if g.strøm == sett.strøm), None) if bilde is not None else None
    if bilde is None or nå is None or web.stanset() or ref in gitt.usikre(web.engine):
        return None, (endret.ELLERS,)
    if nå.versjon <= sett.versjon:
        return None, (endret.UKJENT,)
    noter(web, økt, Visning.PASIENT, [bilde])
    hvem = hvem_av(web, økt)
    før = gitt.slik_det_var(web.engine, nå, sett.versjon)
    smalt = smal(før, hvem.ser) if før is not None else None
    return nå, endret.endringer(smalt, nå.utsnitt, hvem)


async def utdatert(
    web: Web, økt: Økt, ref: str, sett: Sett, igjen: Callable[[Gitt], Igjen | None], hjem: str
) -> Response:
    """Nothing was done, for what the user decided on has changed: what, and the same thing to do again if it holds."""
    nå, endringer = await det_nye(web, økt, ref, sett)
    på_nytt = await run_in_threadpool(igjen, nå) if nå is not None else None
    return side(web, "utdatert.html", økt, status=409, endret=endringer, igjen=på_nytt, hjem=hjem)


def _finn(web: Web, økt: Økt, ref: str, oppgave: str) -> Arbeid | None:
    """The task, as the user's own party has been given it. What a form says of it is never believed."""
    if not REF.fullmatch(ref):
        return None
    bilde = bilde_av(web, økt, ref)
    if bilde is None:
        return None
    return next((a for a in bilde.arbeid if a.oppgave.oppgave_ref == oppgave and a.gitt.slag in STED), None)


def _finn_svar(web: Web, økt: Økt, ref: str, oppgave: str, svar: str) -> tuple[svarvalg.Svar, Gitt] | None:
    """The answer, when it is one to a task that the user's party has and the user may give it, and the task's view."""
    hvem = hvem_av(web, økt)
    if not oppgave:
        bilde = bilde_av(web, økt, ref) if REF.fullmatch(ref) else None
        person = next(iter(bilde.alle(PersonUtsnitt)), None) if bilde is not None else None
        spurt = person is not None and vist.må_bekreftes(person.utsnitt) and hvem.kan(svarvalg.BEKREFT.handling)
        return (svarvalg.BEKREFT, person) if spurt and person and svar == svarvalg.BEKREFT.id else None
    arbeid = _finn(web, økt, ref, oppgave)
    if arbeid is None:
        return None
    mulige = svarvalg.mulige(arbeid.oppgave.slag, hvem.kan)
    return next(((valg, arbeid.gitt) for valg in mulige if valg.id == svar), None)
