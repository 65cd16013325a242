"""The page on which a crisis plan is written and gone through, part by part, without anybody's words getting lost.

What a form changes is found against the version that it was made from. When somebody else has written meanwhile, what
only they changed is taken in, what only this user changed stays, and where both changed one part both texts are shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed, Shredded
from bindeledd.schema.generated.felles import Deling
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from services.felles.tid import lokal_dag
from web import gitt, krisedeler, vist
from web import ord as sagt
from web.bilde import Bilde
from web.gitt import Gitt
from web.handling import Igjen, Merke, Nøkkel, det_nye, etter, send_som, utdatert
from web.kommandoer import Sett
from web.krisedeler import Deler
from web.ramme import Web, hvem_av, side, web_av, økt_av
from web.rolle import KRISEPLANDELER, smal
from web.sider import REF, bilde_av, vis_om
from web.skjema import igjen, uleselige
from web.vern import krev_samme_opphav
from web.vist import Hvem
from web.økt import Økt

router = APIRouter(include_in_schema=False)
TJENESTE, SKRIV, DEL = "kriseplan", "kriseplan.skriv", "kriseplan.del"
TOMME_RADER = 2

Versjon = Annotated[int, Form(ge=0, le=10**9)]
"""The version of the view that the form was made from; 0 when there was none."""


@dataclass(frozen=True, slots=True)
class Ført:
    """What stands in the form: what the plan says, who took part, the day on which it is gone through, and beside a
    field what somebody else has written there."""

    deler: Deler
    medvirkning: tuple[str, ...] = ()
    revideres: str = ""
    andres: Deler | None = None
    versjon: int | None = None
    endringer: tuple[str, ...] = ()
    feil: str = ""


def kan_skrive(utsnitt: KriseplanUtsnitt | None, hvem: Hvem) -> bool:
    """Whether this user may write: the person and the author units (access.md, "Crisis plan"). The service decides."""
    return hvem.kan(SKRIV) and vist.kan_skrives(utsnitt)


def redigerbare(utsnitt: KriseplanUtsnitt | None, hvem: Hvem) -> tuple[str, ...]:
    """The parts that the user's role and party may see, so that nobody overwrites what they have not read."""
    synlige = tuple(del_ for del_ in krisedeler.SKJEMA if hvem.ser(f"kriseplan.{del_}"))
    if utsnitt is None or utsnitt.finnes is not Deling.DELT:
        return synlige
    åpne = {d.del_ for d in utsnitt.deler if d.deling in (Deling.DELT, Deling.FINNES_IKKE)}
    åpne &= {d for d in synlige if not isinstance(krisedeler.innhold_av(utsnitt, d, hvem.åpne), Shredded)}
    return tuple(d for d in synlige if d in åpne)


def slå_sammen(base: Deler, mine: Deler, deres: Deler) -> tuple[Deler, Deler]:
    """(what the form should hold now, what others have written in fields that the user has changed as well)."""
    felles = {navn: deres[navn] if mine.get(navn) == base.get(navn) else mine[navn] for navn in deres if navn in mine}
    felles |= {navn: verdi for navn, verdi in deres.items() if navn not in mine}
    strid = {
        navn: verdi
        for navn, verdi in deres.items()
        if navn in mine and verdi != base.get(navn) and mine[navn] not in (base.get(navn), verdi)
    }
    return felles, strid


def feil_i(deler: Deler, medvirkning: tuple[str, ...]) -> str:
    """What is wrong with what was filled in, and what to do; empty when nothing is."""
    if not medvirkning or not set(medvirkning) <= sagt.MEDVIRKNING.keys():
        return "Kryss av for hvem som var med."
    return krisedeler.feil_i(deler)


# -- pages ------------------------------------------------------------------------------------------------------------


@router.get("/pasient/{ref}/kriseplan")
def vis_kriseplan(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "kriseplan.html", Visning.KRISEPLAN, _skjema(None))


@router.get("/pasient/{ref}/kriseplan/status")
def vis_status(request: Request, ref: str, versjon: int) -> Response:
    """Whether the plan has changed since the form was made: asked by the open form, which is never changed itself."""

    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        nå = bilde.kriseplanen()
        if not kan_skrive(nå.utsnitt if nå is not None else None, hvem_av(web, økt).om(bilde)):
            return None
        return {"endret": nå is not None and nå.versjon > versjon}

    return vis_om(request, ref, "kriseplan_status.html", Visning.KRISEPLAN, innhold)


@router.get("/pasient/{ref}/kriseplan/tilbakekall")
def vis_tilbakekall(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "kriseplan_tilbakekall.html", Visning.KRISEPLAN, _tilbakekall(""))


def _skjema(ført: Ført | None) -> Any:
    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        nå, hvem = bilde.kriseplanen(), hvem_av(web, økt).om(bilde)
        utsnitt: KriseplanUtsnitt | None = nå.utsnitt if nå is not None else None
        if not kan_skrive(utsnitt, hvem):
            return None
        deler = redigerbare(utsnitt, hvem)
        vist_nå = ført or Ført(krisedeler.les(utsnitt, deler, hvem.åpne), ("pasient",) if økt.person_ref else ())
        ført_i = {nøkkel.partition(".")[0] for nøkkel in vist_nå.deler}
        deler = tuple(del_ for del_ in deler if del_ in ført_i)
        gjelder = utsnitt is not None and utsnitt.finnes is Deling.DELT
        return {
            "navn": vist.navn(vist.personalia(bilde, hvem)), "ført": vist_nå, "skrives": deler, "gjelder": gjelder,
            "skjulte": tuple(sagt.KRISEPLANDEL[d] for d in KRISEPLANDELER if gjelder and d not in deler),
            "versjon": vist_nå.versjon if vist_nå.versjon is not None else nå.versjon if nå is not None else 0,
            "delnavn": sagt.KRISEPLANDEL, "medvirkning": sagt.MEDVIRKNING, "skjema": krisedeler.SKJEMA,
            "kort_maks": krisedeler.KORT_MAKS, "tomme": TOMME_RADER, "linjer": krisedeler.som_linjer,
            "mangler": krisedeler.mangler(vist_nå.deler, vist_nå.medvirkning),
            "dager": _dager(web.nå), "kan_tilbakekalle": gjelder and hvem.kan(DEL),
        }  # fmt: skip

    return innhold


def _tilbakekall(feil: str) -> Any:
    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        nå, hvem = bilde.kriseplanen(), hvem_av(web, økt)
        if nå is None or nå.utsnitt.finnes is not Deling.DELT or not hvem.kan(DEL):
            return None
        navn = vist.navn(vist.personalia(bilde, hvem))
        return {"navn": navn, "versjon": nå.versjon, "grunner": sagt.TILBAKEKALT, "feil": feil}

    return innhold


# -- what a user does -------------------------------------------------------------------------------------------------


@router.post("/pasient/{ref}/kriseplan", dependencies=[Depends(krev_samme_opphav)])
async def skriv(request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke) -> Response:
    """Make a plan, or a new version of it: only the parts that the user has changed are sent."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    skjema = await request.form()
    nå, sett_utsnitt = await run_in_threadpool(_på_hva, web, økt, ref, versjon)
    hvem = hvem_av(web, økt)
    i_skjemaet = skjema.getlist("del")
    deler = tuple(d for d in await run_in_threadpool(redigerbare, sett_utsnitt, hvem) if d in i_skjemaet)
    base = await run_in_threadpool(krisedeler.les, sett_utsnitt, deler, hvem.åpne)
    mine, medvirkning = {**base, **krisedeler.fra_skjema(skjema, deler)}, _medvirkning(skjema)
    revideres = str(skjema.get("revideres", "")).strip()
    ført = Ført(mine, medvirkning, revideres, versjon=versjon)
    feil = feil_i(mine, medvirkning)
    if feil or uleselige(skjema):
        return await _igjen(request, ref, ført, feil)
    endret = krisedeler.kropp(mine, (navn for navn, verdi in mine.items() if verdi != base[navn]))
    gjelder = sett_utsnitt is not None and sett_utsnitt.finnes is Deling.DELT
    if not gjelder and not any(verdi is not None for verdi in endret.values()):
        return await _igjen(request, ref, ført, "Skriv noe i minst én del.")
    sti = f"/api/{TJENESTE}/personer/{ref}/plan{'/revider' if gjelder else ''}"
    sett = Sett(nå.strøm, versjon) if nå is not None else None
    kropp = {"medvirkning": medvirkning, "deler": endret} | ({"revideres": revideres} if revideres else {})
    svar = await send_som(web, økt, sti, kropp, nøkkel, sett)
    if svar.ok:
        return await etter(request, web, økt, svar, f"/pasient/{ref}", "kriseplan")
    if not svar.utdatert or sett is None:
        return await _igjen(request, ref, ført, svar.hvorfor)
    nyeste, endringer = await det_nye(web, økt, ref, sett)
    if nyeste is None:
        return await _igjen(request, ref, ført, f"{endringer[0]} Prøv å lagre igjen.")
    deres = await run_in_threadpool(
        lambda: krisedeler.les(nyeste.utsnitt, redigerbare(nyeste.utsnitt, hvem), hvem.åpne)
    )
    felles, strid = slå_sammen(base, mine, deres)
    på_nytt = Ført(felles, medvirkning, revideres, strid, nyeste.versjon, endringer)
    return await run_in_threadpool(
        vis_om, request, ref, "kriseplan.html", Visning.KRISEPLAN, _skjema(på_nytt), status=409
    )


@router.post("/pasient/{ref}/kriseplan/mangler", dependencies=[Depends(krev_samme_opphav)])
async def si_hva_som_mangler(request: Request, ref: str, merke: Merke) -> Response:
    """What the plan does not say yet: asked by the open form with what stands in it. Nothing of it is kept."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    skjema = await request.form()
    deler = krisedeler.fra_skjema(skjema, [d for d in krisedeler.SKJEMA if d in skjema.getlist("del")])
    sier = krisedeler.mangler(deler, _medvirkning(skjema))
    return side(web, "kriseplan_mangler.html", økt, mangler=sier, ref=ref)


def _medvirkning(skjema: FormData) -> tuple[str, ...]:
    return tuple(str(m) for m in skjema.getlist("medvirkning"))


def _dager(nå: datetime) -> tuple[str, str]:
    """The first and the last day that the form offers for going through the plan; the service decides."""
    i_dag = lokal_dag(nå)
    return (i_dag + timedelta(days=1)).isoformat(), (i_dag + timedelta(days=365)).isoformat()


@router.post("/pasient/{ref}/kriseplan/tilbakekall", dependencies=[Depends(krev_samme_opphav)])
async def tilbakekall(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    grunn: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """The plan is recalled, and every copy ends."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    nå, _ = await run_in_threadpool(_på_hva, web, økt, ref, versjon, DEL)
    if nå is None or grunn not in sagt.TILBAKEKALT:
        innhold = _tilbakekall("Velg hvorfor.")
        return await run_in_threadpool(
            vis_om, request, ref, "kriseplan_tilbakekall.html", Visning.KRISEPLAN, innhold, status=409
        )
    sett, hjem = Sett(nå.strøm, versjon), f"/pasient/{ref}"
    sti = f"/api/{TJENESTE}/personer/{ref}/plan/tilbakekall"
    svar = await send_som(web, økt, sti, {"grunn": grunn}, nøkkel, sett)
    if not svar.utdatert:
        return await etter(request, web, økt, svar, hjem, "tilbakekalt")

    def igjen(nyeste: Gitt) -> Igjen:
        hva = f"Trekke kriseplanen tilbake: {sagt.TILBAKEKALT[grunn]}"
        return Igjen(hva, request.url.path, (("grunn", grunn), ("versjon", str(nyeste.versjon))))

    return await utdatert(web, økt, ref, sett, igjen, hjem)


def _på_hva(
    web: Web, økt: Økt, ref: str, versjon: int, handling: str = SKRIV
) -> tuple[Gitt | None, KriseplanUtsnitt | None]:
    """The plan's view as it stands, and as it was when the form was made. Raises NotAllowed for one who may not."""
    bilde, hvem = bilde_av(web, økt, ref) if REF.fullmatch(ref) else None, hvem_av(web, økt)
    if bilde is None or not bilde.gitte or not hvem.kan(handling):
        raise NotAllowed("this role may not do this, or the person is not shared with its unit")
    nå = bilde.kriseplanen()
    if nå is None or versjon == nå.versjon:
        return nå, nå.utsnitt if nå is not None else None
    før = gitt.slik_det_var(web.engine, nå, versjon)
    return nå, smal(før, hvem.ser) if isinstance(før, KriseplanUtsnitt) else None


async def _igjen(request: Request, ref: str, ført: Ført, feil: str) -> Response:
    """The form again, with every word that was written in it."""
    return await igjen(request, ref, "kriseplan.html", Visning.KRISEPLAN, _skjema(replace(ført, feil=feil)))
