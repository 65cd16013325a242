"""The form that reports an avvik, in under a minute: three fields, filled in where something was drafted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from bindeledd.schema.generated.samhandling import (
    Avviksalvor,
    Avviksfakta,
    Avvikskategori,
    Avvikstilstand,
    AvvikUtsnitt,
    PersonUtsnitt,
)
from bindeledd.schema.generated.tilgang import Visning
from services.felles.tid import OSLO, lokal_dag
from web import avviksord as sagt
from web import skjema, tid, vist
from web.avviksiden import (
    API,
    LISTA,
    TEKST_MAKS,
    TILTAK_MAKS,
    Gjøres,
    Innhold,
    igjen,
    inn,
    om_saken,
    personen,
    saken,
    send,
    siden,
)
from web.bilde import Bilde
from web.gitt import Gitt
from web.handling import Merke, Nøkkel, etter, gikk_ikke, send_som
from web.ramme import Web, hvem_av, web_av, økt_av
from web.ramme import side as vis
from web.sider import REF, vis_om
from web.skjema import Versjon
from web.vern import krev_samme_opphav
from web.økt import Økt

router = APIRouter(include_in_schema=False)
BORTE = "Avviket er meldt fra før, eller utkastet er lagt bort."
PUNKT = re.compile(r"[0-9]{0,2}([.-][0-9a-z]{1,2}){0,3}")


@dataclass(frozen=True, slots=True)
class Ført:
    """What stands in the form that reports. Three fields, and what somebody may add."""

    kategori: str = ""
    mot: str = ""
    hendelse: str = ""
    strakstiltak: str = ""
    dato: str = ""
    klokke: str = ""
    alvor: str = ""
    punkt: str = ""
    anonym: bool = False
    opphold: str = ""


@router.get("/avvik/nytt")
def vis_nytt(request: Request) -> Response:
    return _nytt(request, None)


def _nytt(request: Request, ført: Ført | None, feil: str = "", **annet: Any) -> Response:
    """The form, about nobody in particular."""
    web, økt = web_av(request), økt_av(request)
    if not hvem_av(web, økt).kan("avvik.meld"):
        return vis(web, "feil_rolle.html", økt, status=403)
    stående = ført or _nå(web)
    return vis(
        web, "avvik_meld.html", økt, til="/avvik/nytt", hjem=LISTA, navn="", versjon=0, utkast=False,
        **_valg(web, økt, None), ført=stående, feil=feil, **annet,
    )  # fmt: skip


@router.get("/pasient/{ref}/avvik")
def vis_om_person(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "avvik_meld.html", Visning.AVVIK, _om_person(None))


def _om_person(ført: Ført | None, feil: str = "") -> Callable[[Web, Økt, Bilde], dict[str, Any] | None]:
    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        hvem = hvem_av(web, økt)
        if not hvem.kan("avvik.meld"):
            return None
        hjem = f"/pasient/{bilde.person_ref}"
        return {
            "til": f"{hjem}/avvik", "hjem": hjem, "navn": vist.navn(vist.personalia(bilde, hvem)), "versjon": 0,
            "utkast": False, **_valg(web, økt, bilde), "opphold": _oppholdene(bilde, hvem),
            "ført": ført or _nå(web), "feil": feil,
        }  # fmt: skip

    return innhold


def _oppholdene(bilde: Bilde, hvem: vist.Hvem) -> list[tuple[str, str]]:
    """What can be chosen between, by ref; nothing where there is one alone, which the service finds by the unit."""
    alle = [(o.aggregat, hvem.tid(o.innlagt).tekst) for o in bilde.stående() if o.innlagt is not None]
    return alle if len(alle) > 1 else []


@router.get("/avvik/{ref}/meld")
def vis_meld(request: Request, ref: str) -> Response:
    return om_saken(request, ref, "avvik_meld.html", _utkastet(None))


def _utkastet(ført: Ført | None, feil: str = "") -> Innhold:
    """The form, prefilled from a draft."""

    def innhold(web: Web, økt: Økt, sak: Gitt) -> dict[str, Any] | None:
        her = siden(web, økt, sak)
        if "meld" not in her["s"].kan:
            return None
        return {
            **her, "til": f"/avvik/{sak.aggregat}/meld", "hjem": f"/avvik/{sak.aggregat}", "navn": her["s"].sak.navn,
            "versjon": sak.versjon, "utkast": True, **_valg(web, økt, personen(web, økt, sak)),
            "ført": ført or _fra_utkast(sak.utsnitt), "feil": feil,
        }  # fmt: skip

    return innhold


# -- what the forms hold ----------------------------------------------------------------------------------------------


def _valg(web: Web, økt: Økt, bilde: Bilde | None) -> dict[str, Any]:
    """What can be chosen: kinds, and units of the health service other than one's own."""
    person = bilde.ett(PersonUtsnitt) if bilde is not None else None
    alle = skjema.enheter(web.oppsett, person.bydel if person is not None else None)
    i_helse = [(sted, [p for p in parter if p.helsetjeneste and p.id != økt.part]) for sted, parter in alle]
    return {
        "enheter": [(sted, parter) for sted, parter in i_helse if parter],
        "kategorier": {k.value: t for k, t in sagt.KATEGORI.items() if k is not Avvikskategori.UKJENT}
        | sagt.MELDINGSFEIL,
        "alvorlig": {a.value: t for a, t in sagt.ALVOR.items() if a is not Avviksalvor.UKJENT},
        "idag": web.nå.astimezone(OSLO).date().isoformat(), "tekst_maks": TEKST_MAKS, "tiltak_maks": TILTAK_MAKS,
    }  # fmt: skip


def _nå(web: Web) -> Ført:
    dato, klokke = _tidspunkt(web.nå)
    return Ført(dato=dato, klokke=klokke)


def _tidspunkt(moment: datetime) -> tuple[str, str]:
    """Day and time of day, as the form's fields hold them."""
    her = moment.astimezone(OSLO)
    return her.date().isoformat(), f"{her:%H:%M}"


def _fra_utkast(u: AvvikUtsnitt) -> Ført:
    """What is known, filled in. The words are read on other days than today, so they say the day as a date."""
    når = f"{tid.dato(lokal_dag(u.fakta.hendt))} {tid.klokke(u.fakta.hendt)}"
    dato, klokke = _tidspunkt(u.fakta.hendt)
    return Ført(
        u.fakta.kategori.value, u.mot_part or "", sagt.UTKAST.get(u.fakta.kategori, "").format(når=når),
        dato=dato, klokke=klokke,
    )  # fmt: skip


def _ført(s: FormData) -> Ført:
    def f(navn: str) -> str:
        return str(s.get(navn, "")).strip()

    return Ført(
        f("kategori"), f("mot"), f("hendelse"), f("strakstiltak"), f("dato"), f("klokke"), f("alvor"), f("punkt"),
        anonym=f("anonym") == "ja", opphold=f("opphold"),
    )  # fmt: skip


def _mangler(ført: Ført, web: Web, hendt: datetime | None) -> str:
    """What is wrong with it, in a sentence; empty when nothing is."""
    if ført.kategori in sagt.MELDINGSFEIL:
        return sagt.I_STEDET
    if ført.kategori not in Avvikskategori.__members__ or ført.kategori == Avvikskategori.UKJENT.value:
        return "Velg hva det gjelder."
    if ført.mot not in web.oppsett.parter:
        return "Velg hvilken enhet avviket skal sendes til."
    if not ført.hendelse:
        return "Skriv hva som skjedde."
    if hendt is None or hendt > web.nå:
        return "Skriv når det hendte: en dag og et klokkeslett som har vært."
    if feil_i_resten := _mangler_i_resten(ført):
        return feil_i_resten
    for navn, tekst, maks in (
        ("Hva skjedde", ført.hendelse, TEKST_MAKS),
        ("Hva gjorde dere", ført.strakstiltak, TILTAK_MAKS),
    ):
        if feil := skjema.for_lang(navn, tekst, maks):
            return feil[0]
    return ""


def _mangler_i_resten(ført: Ført) -> str:
    """The same of what may be left open."""
    if ført.alvor and ført.alvor not in Avviksalvor.__members__:
        return "Velg hvor alvorlig det var, eller la det stå åpent."
    if ført.opphold and not REF.fullmatch(ført.opphold):
        return "Velg et av oppholdene, eller la det stå åpent."
    if not PUNKT.fullmatch(ført.punkt):
        return "Punktet i avtalen er et nummer, som 4.2. La feltet stå tomt hvis du ikke vet det."
    return ""


def _kropp(ført: Ført, økt: Økt, hendt: datetime, oppdaget: datetime) -> dict[str, object]:
    return {
        "av": økt.bruker, "mot": ført.mot, "kategori": ført.kategori, "hendelse": ført.hendelse,
        "strakstiltak": ført.strakstiltak, "hendt": hendt.isoformat(), "oppdaget": oppdaget.isoformat(),
        "alvor": ført.alvor or None, "anonym": ført.anonym, "punkt": ført.punkt,
        "opphold_ref": ført.opphold or None,
    }  # fmt: skip


async def _les(request: Request, web: Web, fakta: Avviksfakta | None) -> tuple[Ført, str, datetime | None, datetime]:
    """What was filled in, what is wrong with it, when it happened and when somebody saw it.

    Of a draft, the very moment, where the form still says its minute.
    """
    s = await request.form()
    ført, nå = _ført(s), web.nå
    hendt = skjema.øyeblikk(ført.dato, ført.klokke)
    if fakta is not None and _tidspunkt(fakta.hendt) == (ført.dato, ført.klokke):
        hendt = fakta.hendt
    feil = _mangler(ført, web, hendt)
    så = fakta.oppdaget if fakta is not None and hendt is not None and hendt <= fakta.oppdaget else nå
    return ført, feil, hendt, så


@router.post("/avvik/nytt", dependencies=[Depends(krev_samme_opphav)])
async def meld_nytt(request: Request, nøkkel: Nøkkel, merke: Merke) -> Response:
    """Report an avvik that is about nobody in particular."""
    web, økt = inn(request, merke, "avvik.meld")
    ført, feil, hendt, så = await _les(request, web, None)
    feil_i = skjema.uleselige(await request.form())
    if feil or feil_i or hendt is None:
        return await run_in_threadpool(_nytt, request, ført, feil, status=422 if feil_i else 409, feil_i=feil_i)
    svar = await send_som(web, økt, f"{API}/avvik", _kropp(ført, økt, hendt, så), nøkkel)
    if not svar.ok and not svar.borte:
        return await run_in_threadpool(_nytt, request, ført, svar.hvorfor, status=409)
    return await etter(request, web, økt, svar, LISTA, "avviksmeldt")


@router.post("/pasient/{ref}/avvik", dependencies=[Depends(krev_samme_opphav)])
async def meld_om_person(request: Request, ref: str, nøkkel: Nøkkel, merke: Merke) -> Response:
    """Report an avvik about a person."""
    web, økt, _, _ = await run_in_threadpool(skjema.kom_inn, request, ref, merke, "avvik.meld", AvvikUtsnitt, 0)
    ført, feil, hendt, så = await _les(request, web, None)
    if feil or hendt is None or skjema.uleselige(await request.form()):
        return await skjema.igjen(request, ref, "avvik_meld.html", Visning.AVVIK, _om_person(ført, feil))
    svar = await send_som(web, økt, f"{API}/personer/{ref}/avvik", _kropp(ført, økt, hendt, så), nøkkel)
    if not svar.ok and not svar.borte:
        return await skjema.igjen(request, ref, "avvik_meld.html", Visning.AVVIK, _om_person(ført, svar.hvorfor))
    return await etter(request, web, økt, svar, LISTA, "avviksmeldt")


@router.post("/avvik/{ref}/meld", dependencies=[Depends(krev_samme_opphav)])
async def meld_utkast(request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke) -> Response:
    """Report what was drafted."""
    web, økt = inn(request, merke, "avvik.meld")
    sak = await run_in_threadpool(saken, web, økt, ref)
    if sak is None or sak.utsnitt.tilstand is not Avvikstilstand.UTKAST:
        return gikk_ikke(web, økt, BORTE, LISTA)
    ført, feil, hendt, så = await _les(request, web, sak.utsnitt.fakta)
    feil_i = skjema.uleselige(await request.form())
    if feil or feil_i or hendt is None:
        return await igjen(request, ref, "avvik_meld.html", _utkastet(ført, feil), feil_i)
    kropp = _kropp(ført, økt, hendt, så)
    felt = tuple((navn, str(verdi)) for navn, verdi in (await request.form()).items() if navn in Ført.__slots__)
    return await send(
        request,
        web,
        økt,
        sak,
        versjon,
        nøkkel,
        Gjøres(
            "meld",
            kropp,
            "Melde avviket",
            "avviksmeldt",
            felt,
            lambda hvorfor: ("avvik_meld.html", _utkastet(ført, hvorfor)),
        ),
    )


@router.post("/avvik/{ref}/forkast", dependencies=[Depends(krev_samme_opphav)])
async def forkast(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    grunn: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """Say that a draft is no avvik."""
    web, økt = inn(request, merke, "avvik.meld")
    sak = await run_in_threadpool(saken, web, økt, ref)
    if sak is None or grunn not in sagt.FORKASTET:
        hvorfor = BORTE if sak is None else "Velg hvorfor."
        return gikk_ikke(web, økt, hvorfor, LISTA)
    gjøres = Gjøres(
        "forkast", {"av": økt.bruker, "grunn": grunn}, "Legge bort utkastet", "avvikforkastet", (("grunn", grunn),)
    )
    return await send(request, web, økt, sak, versjon, nøkkel, gjøres, hjem=LISTA)
