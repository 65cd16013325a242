"""The page on which a crisis plan is written and gone through, part by part, without anybody's words getting lost.

What a form changes is found against the version that it was made from. When somebody else has written meanwhile, what
only they changed is taken in, what only this user changed stays, and where both changed one part both texts are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed, Shredded
from bindeledd.schema.generated.felles import Deling, Tekst
from bindeledd.schema.generated.kriseplan import Kontakter, KriseplanUtsnitt, TegnOgTiltak
from bindeledd.schema.generated.tilgang import Visning
from web import gitt, vist
from web import ord as sagt
from web.bilde import Bilde
from web.gitt import Gitt
from web.handling import Igjen, Merke, Nøkkel, det_nye, etter, send_som, utdatert
from web.kommandoer import Sett
from web.ramme import Web, hvem_av, web_av, økt_av
from web.rolle import KRISEPLANDELER, smal
from web.sider import REF, bilde_av, vis_om
from web.velg import krev_merke
from web.vern import krev_samme_opphav
from web.vist import Hvem
from web.økt import Økt

router = APIRouter(include_in_schema=False)
TJENESTE, SKRIV, DEL = "kriseplan", "kriseplan.skriv", "kriseplan.del"
TEKST_MAKS, LINJER_MAKS, KORT_MAKS = 4000, 40, 200
TOMME_RADER = 3
TEKSTDELER = ("roedt_nivaa", "innleggelse", "barn", "hjem_og_oekonomi")

Versjon = Annotated[int, Form(ge=0, le=10**9)]
"""The version of the view that the form was made from; 0 when there was none."""

Verdi = str | tuple[tuple[str, ...], tuple[str, ...]] | tuple[tuple[str, str, str], ...]
"""What a part says: a text, (warning signs, what helps), or (name, telephone, when) of each contact. Empty: nothing."""
Deler = Mapping[str, Verdi]


@dataclass(frozen=True, slots=True)
class Ført:
    """What stands in the form: the parts, who took part, and beside a part what somebody else has written there."""

    deler: Deler
    medvirkning: tuple[str, ...] = ()
    andres: Mapping[str, Verdi] | None = None
    versjon: int | None = None
    endringer: tuple[str, ...] = ()
    feil: str = ""


def kan_skrive(utsnitt: KriseplanUtsnitt | None, hvem: Hvem) -> bool:
    """Whether this user may write: the person and the author units (access.md, "Crisis plan"). The service decides."""
    return hvem.kan(SKRIV) and vist.kan_skrives(utsnitt)


def redigerbare(utsnitt: KriseplanUtsnitt | None, hvem: Hvem) -> tuple[str, ...]:
    """The parts that the user's role and party may see, so that nobody overwrites what they have not read."""
    synlige = tuple(del_ for del_ in KRISEPLANDELER if hvem.ser(f"kriseplan.{del_}"))
    if utsnitt is None or utsnitt.finnes is not Deling.DELT:
        return synlige
    åpne = {d.del_ for d in utsnitt.deler if d.deling in (Deling.DELT, Deling.FINNES_IKKE)}
    return tuple(d for d in synlige if d in åpne and not isinstance(hvem.åpne(getattr(utsnitt, d)), Shredded))


def les(utsnitt: KriseplanUtsnitt | None, deler: tuple[str, ...], hvem: Hvem) -> Deler:
    """What the plan says in these parts. Opens sealed values: the look-up must be written by now."""
    return {del_: _les(hvem.åpne(getattr(utsnitt, del_)) if utsnitt is not None else None, del_) for del_ in deler}


def _les(innhold: Any, del_: str) -> Verdi:
    match innhold:
        case Tekst(tekst=tekst):
            return _ren(tekst)
        case TegnOgTiltak(varselsignaler=signaler, tiltak=tiltak):
            return tuple(signaler), tuple(tiltak)
        case Kontakter(kontakter=kontakter):
            return tuple((k.navn, k.telefon, k.naar) for k in kontakter)
        case _:
            return ((), ()) if del_ == "tegn_og_tiltak" else () if del_ == "kontakter" else ""


def fra_skjema(skjema: FormData, deler: tuple[str, ...]) -> Deler:
    """What somebody has filled in, in the same shape."""
    ført: dict[str, Verdi] = {}
    for del_ in deler:
        if del_ == "tegn_og_tiltak":
            ført[del_] = (_linjer(skjema, "varselsignaler"), _linjer(skjema, "tiltak"))
        elif del_ == "kontakter":
            felt = [[_ren(str(v)) for v in skjema.getlist(f"kontakt_{f}")] for f in ("navn", "telefon", "naar")]
            ført[del_] = tuple((n, t, når) for n, t, når in zip(*felt, strict=False) if n or t or når)
        else:
            ført[del_] = _ren(str(skjema.get(del_, "")))
    return ført


def _linjer(skjema: FormData, navn: str) -> tuple[str, ...]:
    return tuple(linje for rå in str(skjema.get(navn, "")).splitlines() if (linje := _ren(rå)))


def _ren(tekst: str) -> str:
    return "\n".join(linje.rstrip() for linje in tekst.splitlines()).strip()


def slå_sammen(base: Deler, mine: Deler, deres: Deler) -> tuple[Deler, Deler]:
    """(what the form should hold now, what others have written in parts that the user has changed as well)."""
    felles = {del_: deres[del_] if mine.get(del_) == base.get(del_) else mine[del_] for del_ in deres if del_ in mine}
    felles |= {del_: verdi for del_, verdi in deres.items() if del_ not in mine}
    strid = {
        del_: verdi
        for del_, verdi in deres.items()
        if del_ in mine and verdi != base.get(del_) and mine[del_] not in (base.get(del_), verdi)
    }
    return felles, strid


def kropp(endret: Deler) -> dict[str, object]:
    """The parts as the service takes them; None takes a part out."""
    return {del_: _kropp(del_, verdi) for del_, verdi in endret.items()}


def _kropp(del_: str, verdi: Any) -> object:
    if del_ == "tegn_og_tiltak":
        signaler, tiltak = verdi
        return {"varselsignaler": signaler, "tiltak": tiltak} if signaler or tiltak else None
    if del_ == "kontakter":
        return [{"navn": n, "telefon": t, "naar": når} for n, t, når in verdi] or None
    return verdi or None


def feil_i(deler: Deler, medvirkning: tuple[str, ...]) -> str:
    """What is wrong with what was filled in, and what to do; empty when nothing is."""
    if not medvirkning or not set(medvirkning) <= sagt.MEDVIRKNING.keys():
        return "Kryss av for hvem som var med."
    for del_, verdi in deler.items():
        if del_ in TEKSTDELER and len(verdi) > TEKST_MAKS:
            return f"«{sagt.KRISEPLANDEL[del_]}» er for lang. Skriv høyst {TEKST_MAKS} tegn."
        if del_ == "tegn_og_tiltak" and any(len(liste) > LINJER_MAKS for liste in verdi):
            return f"Skriv høyst {LINJER_MAKS} linjer med varselsignaler, og høyst {LINJER_MAKS} med det som hjelper."
        if del_ == "kontakter" and (
            len(verdi) > LINJER_MAKS or any(not k[0] or max(map(len, k)) > KORT_MAKS for k in verdi)
        ):
            return f"Hver kontakt må ha et navn, og hvert felt kan ha høyst {KORT_MAKS} tegn."
    return ""


# -- pages ------------------------------------------------------------------------------------------------------------


@router.get("/pasient/{ref}/kriseplan")
def vis_kriseplan(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "kriseplan.html", Visning.KRISEPLAN, _skjema(None))


@router.get("/pasient/{ref}/kriseplan/status")
def vis_status(request: Request, ref: str, versjon: int) -> Response:
    """Whether the plan has changed since the form was made: asked by the open form, which is never changed itself."""

    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        nå = _gitt(bilde)
        if not kan_skrive(nå.utsnitt if nå is not None else None, hvem_av(web, økt)):
            return None
        return {"endret": nå is not None and nå.versjon > versjon}

    return vis_om(request, ref, "kriseplan_status.html", Visning.KRISEPLAN, innhold)


@router.get("/pasient/{ref}/kriseplan/tilbakekall")
def vis_tilbakekall(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "kriseplan_tilbakekall.html", Visning.KRISEPLAN, _tilbakekall(""))


def _skjema(ført: Ført | None) -> Any:
    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        nå, hvem = _gitt(bilde), hvem_av(web, økt)
        utsnitt: KriseplanUtsnitt | None = nå.utsnitt if nå is not None else None
        if not kan_skrive(utsnitt, hvem):
            return None
        deler = redigerbare(utsnitt, hvem)
        vist_nå = ført or Ført(les(utsnitt, deler, hvem), ("pasient",) if økt.person_ref else ())
        deler = tuple(del_ for del_ in deler if del_ in vist_nå.deler)
        gjelder = utsnitt is not None and utsnitt.finnes is Deling.DELT
        return {
            "navn": vist.navn(vist.personalia(bilde, hvem)), "ført": vist_nå, "skrives": deler, "gjelder": gjelder,
            "skjulte": tuple(sagt.KRISEPLANDEL[d] for d in KRISEPLANDELER if gjelder and d not in deler),
            "versjon": vist_nå.versjon if vist_nå.versjon is not None else nå.versjon if nå is not None else 0,
            "delnavn": sagt.KRISEPLANDEL, "hjelp": sagt.KRISEPLANHJELP, "medvirkning": sagt.MEDVIRKNING,
            "tekst_maks": TEKST_MAKS, "kort_maks": KORT_MAKS, "tomme": TOMME_RADER,
            "kan_tilbakekalle": gjelder and hvem.kan(DEL),
        }  # fmt: skip

    return innhold


def _tilbakekall(feil: str) -> Any:
    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        nå, hvem = _gitt(bilde), hvem_av(web, økt)
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
    krev_merke(web.økter.merke(økt), merke)
    skjema = await request.form()
    nå, sett_utsnitt = await run_in_threadpool(_på_hva, web, økt, ref, versjon)
    hvem = hvem_av(web, økt)
    i_skjemaet = skjema.getlist("del")
    deler = tuple(d for d in await run_in_threadpool(redigerbare, sett_utsnitt, hvem) if d in i_skjemaet)
    mine, medvirkning = fra_skjema(skjema, deler), tuple(str(m) for m in skjema.getlist("medvirkning"))
    ført = Ført(mine, medvirkning, versjon=versjon)
    if feil := feil_i(mine, medvirkning):
        return await _igjen(request, ref, ført, feil)
    base = await run_in_threadpool(les, sett_utsnitt, deler, hvem)
    endret = kropp({del_: verdi for del_, verdi in mine.items() if verdi != base[del_]})
    gjelder = sett_utsnitt is not None and sett_utsnitt.finnes is Deling.DELT
    if not gjelder and not any(verdi is not None for verdi in endret.values()):
        return await _igjen(request, ref, ført, "Skriv noe i minst én del.")
    sti = f"/api/{TJENESTE}/personer/{ref}/plan{'/revider' if gjelder else ''}"
    sett = Sett(nå.strøm, versjon) if nå is not None else None
    svar = await send_som(web, økt, sti, {"medvirkning": medvirkning, "deler": endret}, nøkkel, sett)
    if svar.ok:
        return await etter(request, web, økt, svar, f"/pasient/{ref}", "kriseplan")
    if not svar.utdatert or sett is None:
        return await _igjen(request, ref, ført, svar.hvorfor)
    nyeste, endringer = await det_nye(web, økt, ref, sett)
    if nyeste is None:
        return await _igjen(request, ref, ført, f"{endringer[0]} Prøv å lagre igjen.")
    deres = await run_in_threadpool(lambda: les(nyeste.utsnitt, redigerbare(nyeste.utsnitt, hvem), hvem))
    felles, strid = slå_sammen(base, mine, deres)
    på_nytt = Ført(felles, medvirkning, strid, nyeste.versjon, endringer)
    return await run_in_threadpool(
        vis_om, request, ref, "kriseplan.html", Visning.KRISEPLAN, _skjema(på_nytt), status=409
    )


@router.post("/pasient/{ref}/kriseplan/tilbakekall", dependencies=[Depends(krev_samme_opphav)])
async def tilbakekall(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    grunn: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """The plan is recalled, and every copy ends."""
    web, økt = web_av(request), økt_av(request)
    krev_merke(web.økter.merke(økt), merke)
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


def _gitt(bilde: Bilde) -> Gitt | None:
    return next(iter(bilde.alle(KriseplanUtsnitt)), None)


def _på_hva(
    web: Web, økt: Økt, ref: str, versjon: int, handling: str = SKRIV
) -> tuple[Gitt | None, KriseplanUtsnitt | None]:
    """The plan's view as it stands, and as it was when the form was made. Raises NotAllowed for one who may not."""
    bilde, hvem = bilde_av(web, økt, ref) if REF.fullmatch(ref) else None, hvem_av(web, økt)
    if bilde is None or not bilde.gitte or not hvem.kan(handling):
        raise NotAllowed("this role may not do this, or the person is not shared with its unit")
    nå = _gitt(bilde)
    if nå is None or versjon == nå.versjon:
        return nå, nå.utsnitt if nå is not None else None
    før = gitt.slik_det_var(web.engine, nå, versjon)
    return nå, smal(før, hvem.ser) if isinstance(før, KriseplanUtsnitt) else None


async def _igjen(request: Request, ref: str, ført: Ført, feil: str) -> Response:
    """The form again, with every word that was written in it."""
    på_nytt = Ført(ført.deler, ført.medvirkning, versjon=ført.versjon, feil=feil)
    return await run_in_threadpool(
        vis_om, request, ref, "kriseplan.html", Visning.KRISEPLAN, _skjema(på_nytt), status=409
    )
