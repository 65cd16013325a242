"""The pages that show people: board, patient, messages. Each look-up is written before anything of it is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from bindeledd.core.errors import NotAllowed
from bindeledd.schema.generated.barn_paaroerende import BarnesakUtsnitt
from bindeledd.schema.generated.samhandling import PersonUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from services.felles.innsyn import EgenLogg
from web import gitt, oppslag
from web.bilde import Bilde, bilder
from web.fullmakt import fullmakt
from web.gitt import Gitt
from web.innsyn import innsyn
from web.kommandoer import hent
from web.meldinger import VIST_MAKS, meldinger
from web.pasient import pasient
from web.ramme import Web, er_forum, hvem_av, om_én_person, side, videre, web_av, økt_av
from web.tavle import tavle
from web.økt import IngenØkt, Økt

FRA_MAKS = 1_000_000
REF = re.compile(r"[0-9a-f]{32}")
GJORT = {
    "ta": "Du har tatt oppgaven.",
    "loes": "Oppgaven er løst.",
    "svart": "Svaret er lagret.",
    "aapnet": "Meldingen er åpnet.",
    "besvart": "Det er registrert at meldingen er besvart.",
    "fordel": "Meldingen er gitt videre.",
    "treff": "Avgjørelsen er lagret.",
    "bekreft": "Pasienten er bekreftet.",
    "forkast": "Saken er avsluttet, og innholdet blir slettet.",
    "kriseplan": "Kriseplanen er lagret.",
    "tilbakekalt": "Kriseplanen er trukket tilbake.",
    "brukt": "Det er skrevet ned at planen er tatt i bruk. De som følger opp personen, får vite det.",
    "fortalt": "Det er skrevet ned hvordan det gikk.",
    "samtykke": "Samtykket er registrert.",
    "talsperson": "Det er skrevet ned.",
    "trukket": "Samtykket er trukket.",
    "sperret": "Det er registrert at personen motsetter seg deling.",
    "opphevet": "Det er registrert at personen ikke lenger motsetter seg deling.",
    "barn": "Det er lagret.",
    "henvist": "Henvisningen er lagret.",
    "koordinator": "Koordinatoren er oppnevnt.",
    "barnekoordinator": "Det er skrevet ned.",
    "behov": "Koordinerende enhet har fått beskjed.",
    "gruppe": "Ansvarsgruppen er opprettet.",
    "invitert": "Invitasjonen er sendt.",
    "representant": "Representanten er skrevet ned.",
    "fratraadt": "Dere er ikke lenger med i ansvarsgruppen.",
    "innkalt": "Innkallingen er sendt.",
    "avlyst": "Møtet er avlyst.",
    "referat": "Referatet er godkjent, og oppgavene er gitt.",
    "plan": "Planen er lagret.",
    "plantilbud": "Det er skrevet ned.",
    "planslutt": "Planen er avsluttet.",
    "tiltak": "Tiltaket er lagret.",
    "avviksmeldt": "Avviket er sendt til den andre enheten.",
    "avviksvar": "Det er sendt til den andre enheten.",
    "avvikmottatt": "Det er skrevet ned at dere har åpnet avviket.",
    "avvikenig": "Det er skrevet ned at dere er enige.",
    "avvikforkastet": "Utkastet er lagt bort hos dere.",
    "avviktilbake": "Tilbakemeldingen er lagret.",
    "eskalert": "Saken er satt opp til neste møte i samarbeidsforumet.",
    "behandlet": "Det er lagret, og begge enhetene får vite det.",
    "alvorlignotert": "Hendelsen er skrevet ned. Nå kan du skrive meldingen.",
    "alvorligfulgt": "Det er skrevet ned.",
    "alvorligsendt": "Meldingen er på vei til Melde.no.",
    "underveis": "Det er registrert, men siden har ikke fått det med seg ennå. Den oppdaterer seg selv.",
}
"""What a page says after something was done; the address holds only the short word."""

Svart = Mapping[str, tuple[str, str]]
"""(what was written, what is wrong with it), by the id of an answer's button."""
router = APIRouter(include_in_schema=False)


@router.get("/")
def forside(request: Request) -> Response:
    return videre(request, "/tavle")


# -- the board --------------------------------------------------------------------------------------------------------


@router.get("/tavle")
def vis_tavle(request: Request, gjort: str = "") -> Response:
    return _tavle(request, "tavle.html", gjort)


@router.get("/tavle/innhold")
def vis_tavle_innhold(request: Request) -> Response:
    return _tavle(request, "tavle_innhold.html", "")


def _tavle(request: Request, mal: str, gjort: str) -> Response:
    web, økt = web_av(request), økt_av(request)
    posisjon = web.posisjon()
    if er_forum(web, økt):
        return videre(request, "/forum")
    if om_én_person(web, økt):
        return videre(request, f"/pasient/{økt.person_ref}" if økt.person_ref else "/velg/person")
    if stanset := web.stanset():
        return side(web, mal, økt, posisjon=posisjon, tavle=None, stanset=stanset, gjort="")
    hvem = hvem_av(web, økt)
    alle = [bilde for bilde in bilder(gitt.live(web.engine, økt.part), hvem.ser, økt.part) if bilde.på_tavla]
    noter(web, økt, Visning.TAVLE, alle)
    vist = tavle(alle, gitt.usikre(web.engine), hvem)
    return side(web, mal, økt, posisjon=posisjon, tavle=vist, stanset=(), gjort=GJORT.get(gjort, ""))


# -- the patient ------------------------------------------------------------------------------------------------------


@router.get("/pasient/{ref}")
def vis_pasient(request: Request, ref: str, gjort: str = "") -> Response:
    return om_pasienten(request, ref, gjort=GJORT.get(gjort, ""))


@router.get("/pasient/{ref}/innhold")
def vis_pasient_innhold(request: Request, ref: str) -> Response:
    return om_pasienten(request, ref, "pasient_innhold.html")


def om_pasienten(
    request: Request, ref: str, mal: str = "pasient.html", *, gjort: str = "", svart: Svart = MappingProxyType({})
) -> Response:  # fmt: skip
    """The page about a patient. `svart`: the answers to tasks that could not be read, by the id of their button."""
    web, økt = web_av(request), økt_av(request)
    posisjon = web.posisjon()
    if not REF.fullmatch(ref):
        return side(web, "finnes_ikke.html", økt, status=404)
    if stanset := web.stanset():
        return side(web, mal, økt, posisjon=posisjon, pasient=None, stanset=stanset, usikker=False, gjort="", ref=ref)
    bilde = bilde_av(web, økt, ref)
    if bilde is None:
        return _avvist(request, web, økt, ref)
    if bilde.alle(BarnesakUtsnitt) and not bilde.alle(PersonUtsnitt):
        return videre(request, f"/barn/{ref}")  # who is known here as somebody's child, and as nothing else
    usikker, hvem = ref in gitt.usikre(web.engine), hvem_av(web, økt)
    brev = _om_oppholdene(web, økt, bilde) if hvem.ser("melding.logg") else []
    brevets = frozenset(g.utsnitt.grunn.grunnlag for g in brev)
    oppslag.noter(web.logg, web.aktør(økt), økt, Visning.PASIENT, {ref: bilde.grunner() | brevets})
    vist = pasient(_bare_hvem(bilde) if usikker else bilde, hvem, brev)
    return side(
        web, mal, økt, status=422 if svart else 200, posisjon=posisjon, pasient=vist, stanset=(), usikker=usikker,
        gjort=gjort, ref=ref, svart=svart,
    )  # fmt: skip


def _om_oppholdene(web: Web, økt: Økt, bilde: Bilde) -> list[Gitt]:
    """The messages to the user's party that told of a stay on the page."""
    opphold = {o.aggregat for o in bilde.opphold()}
    alle = gitt.meldinger_om(web.engine, økt.part, bilde.person_ref) if opphold else []
    return [g for g in alle if g.utsnitt.opphold_ref in opphold]


Innhold = Callable[[Web, Økt, Bilde], dict[str, Any] | None]
"""What a page about one person shows; None when the user's role has no business there."""


def vis_om(
    request: Request, ref: str, mal: str, visning: Visning, innhold: Innhold, *, status: int = 200, **annet: Any
) -> Response:
    """A page about one person: refused, closed or noted in the look-up log before anything of it is shown."""
    web, økt = web_av(request), økt_av(request)
    posisjon = web.posisjon()
    if not REF.fullmatch(ref):
        return side(web, "finnes_ikke.html", økt, status=404)
    if web.stanset():
        return side(web, "stanset.html", økt, status=503, ref=ref)
    bilde = bilde_av(web, økt, ref)
    if bilde is None:
        return _avvist(request, web, økt, ref, visning)
    if not bilde.gitte or ref in gitt.usikre(web.engine):
        return videre(request, f"/pasient/{ref}")  # which says that it ended, or that we are not sure
    noter(web, økt, visning, [bilde])
    vist = innhold(web, økt, bilde)
    if vist is None and request.headers.get("HX-Request"):
        return videre(request, f"/pasient/{ref}")  # an open page: what it showed is not this user's to see any more
    if vist is None:
        raise NotAllowed("this role has no business on this page")
    return side(web, mal, økt, status=status, ref=ref, posisjon=posisjon, **vist, **annet)


def bilde_av(web: Web, økt: Økt, ref: str) -> Bilde | None:
    """What this user may see of a person; None when that is nothing at all."""
    if om_én_person(web, økt) and ref != økt.person_ref:
        return None
    gitte = gitt.om_person(web.engine, økt.part, ref)
    bilde = next(iter(bilder(gitte, hvem_av(web, økt).ser, økt.part)), None)
    return bilde if bilde is not None and fullmakt(økt, bilde) in ("", økt.fullmakt) else None


def _bare_hvem(bilde: Bilde) -> Bilde:
    """Who it is and nothing more: the rest may no longer hold."""
    hvem = tuple(g for g in bilde.gitte if isinstance(g.utsnitt, PersonUtsnitt))
    return Bilde(bilde.person_ref, hvem, (), ())


def _avvist(request: Request, web: Web, økt: Økt, ref: str, visning: Visning = Visning.PASIENT) -> Response:
    if request.headers.get("HX-Request"):
        return videre(request, f"/pasient/{ref}")
    oppslag.avvis(web.logg, web.aktør(økt), økt, visning, ref, "ikke delt med parten eller rollen")
    return side(web, "ikke_delt.html", økt, status=403)


# -- messages ---------------------------------------------------------------------------------------------------------


@router.get("/meldinger")
def vis_meldinger(request: Request, gjort: str = "") -> Response:
    return _meldinger(request, "meldinger.html", gjort)


@router.get("/meldinger/innhold")
def vis_meldinger_innhold(request: Request) -> Response:
    return _meldinger(request, "meldinger_innhold.html", "")


def _meldinger(request: Request, mal: str, gjort: str) -> Response:
    web, økt = web_av(request), økt_av(request)
    posisjon, hvem = web.posisjon(), hvem_av(web, økt)
    if not hvem.ser("melding.logg"):
        return side(web, "feil_rolle.html", økt, status=403)
    if stanset := web.stanset():
        return side(web, mal, økt, posisjon=posisjon, meldinger=None, stanset=stanset, gjort="")
    gitte = gitt.meldinger(web.engine, økt.part, VIST_MAKS)
    personer = {g.person_ref: frozenset({g.utsnitt.grunn.grunnlag}) for g in gitte if g.person_ref is not None}
    oppslag.noter(web.logg, web.aktør(økt), økt, Visning.MELDINGER, personer)
    antall, uåpnet = gitt.antall_meldinger(web.engine, økt.part)
    vist = meldinger(gitte, gitt.personer(web.engine, økt.part), hvem)
    vist = replace(vist, uåpnet=uåpnet, flere=antall - len(vist.rader))
    return side(web, mal, økt, posisjon=posisjon, meldinger=vist, stanset=(), gjort=GJORT.get(gjort, ""))


# -- who has seen me --------------------------------------------------------------------------------------------------


@router.get("/innsyn")
async def vis_innsyn(request: Request, fra: int = 0) -> Response:
    return await _innsyn(request, "innsyn.html", fra)


@router.get("/innsyn/innhold")
async def vis_innsyn_innhold(request: Request, fra: int = 0) -> Response:
    return await _innsyn(request, "innsyn_innhold.html", fra)


async def _innsyn(request: Request, mal: str, fra: int) -> Response:
    """The person's own look-up log, for the person alone (pasientjournalloven §18, pbrl §5-1)."""
    web, økt = web_av(request), økt_av(request)
    if not hvem_av(web, økt).kan("innsyn.egen_logg"):
        raise NotAllowed("only the person themself reads their own look-up log. Choose another role")
    if økt.person_ref is None:
        return videre(request, "/velg/person")
    svar = None
    async with web.kommandoer(web.aktør(økt)) as klient:
        # Who may not read it is refused below, and that is written; an older service does not know what is asked.
        with suppress(NotAllowed, HTTPException):
            svar = await hent(klient, f"/api/samhandling/personer/{økt.person_ref}/innsyn", {})
    logg = EgenLogg.model_validate(svar) if svar is not None else None
    return await run_in_threadpool(_vis_innsyn, request, web, økt, økt.person_ref, mal, fra, logg)


def _vis_innsyn(
    request: Request, web: Web, økt: Økt, person_ref: str, mal: str, fra: int, logg: EgenLogg | None
) -> Response:  # fmt: skip
    hvem, fra = hvem_av(web, økt), max(0, min(fra, FRA_MAKS))
    if stanset := web.stanset():
        return side(web, mal, økt, innsyn=None, stanset=stanset, fra=fra)
    bilde = bilde_av(web, økt, person_ref)
    if bilde is None:
        return _avvist(request, web, økt, person_ref)
    noter(web, økt, Visning.INNSYN, [bilde])
    vist = innsyn(web.engine, web.oppsett, person_ref, hvem, logg, fra)
    return side(web, mal, økt, innsyn=vist, stanset=(), fra=fra)


# -- news -------------------------------------------------------------------------------------------------------------


@router.get("/hendelser")
async def hendelser(request: Request, siden: Annotated[int, Query(ge=0, lt=2**63)]) -> Response:
    """Server-sent events: `endret`, and nothing about what. The page fetches again, and access is checked again."""
    web, økt = web_av(request), økt_av(request)
    if web.varsler.fullt():
        return Response(status_code=503, headers={"Retry-After": "30"})

    def gyldig() -> bool:
        try:
            return økt_av(request) == økt
        except IngenØkt:
            return False

    om = (økt.person_ref or "") if om_én_person(web, økt) else None
    strøm = web.varsler.strøm(økt.part, siden, gyldig, om)
    return StreamingResponse(strøm, media_type="text/event-stream")


def noter(web: Web, økt: Økt, visning: Visning, vises: list[Bilde]) -> None:
    """Write in the look-up log that these persons are shown to the user. Durable on return, or raises."""
    personer = {bilde.person_ref: bilde.grunner() for bilde in vises}
    oppslag.noter(web.logg, web.aktør(økt), økt, visning, personer)
