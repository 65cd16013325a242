"""The page of the individual plan: the person's own goals first, then who does what; and the forms that change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bindeledd.schema.generated.ansvarsgruppe import PlanUtsnitt, TiltakUtsnitt
from bindeledd.schema.generated.samhandling import PersonUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from services.felles.oppsett import INNBYGGER
from web import ord as sagt
from web import samarbeid, skjema, vist
from web.bilde import Bilde
from web.handling import Merke, Nøkkel, Skrevet, det_nye, etter, gikk_ikke, send_som
from web.kommandoer import Sett, Svar
from web.møtesiden import Mangler
from web.pasient import har_samtykkesiden
from web.ramme import Web, hvem_av
from web.sider import GJORT, Innhold, vis_om
from web.skjema import Felt, Versjon
from web.vern import krev_samme_opphav
from web.økt import Økt

router = APIRouter(include_in_schema=False)
API = "/api/ansvarsgruppe"
SKRIV, TILBY = "plan.skriv", "plan.tilby"
Kode = Annotated[str, Form(max_length=60)]
GJORT_MED = {"GJORT": "Si at tiltaket er gjort", "BORTFALT": "Si at tiltaket ikke er aktuelt lenger"}


@dataclass(frozen=True, slots=True)
class Ført:
    """What stands in the form of the plan: the person's words; consent and the day of revision where it is new."""

    maal: str = ""
    ressurser: str = ""
    behov: str = ""
    bidrag: str = ""
    samtykket: bool = False
    revisjon: str = ""
    vurdering: str = ""


@dataclass(frozen=True, slots=True)
class FørtTiltak:
    tekst: str = ""
    part: str = ""
    frist: str = ""
    går_videre: bool = False


def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
    """What every page about the plan shows; None for a role that has no business with it."""
    hvem = hvem_av(web, økt).om(bilde)
    if not any(hvem.ser(f"plan.{del_}") for del_ in ("finnes", "innhold", "eget_tiltak")):
        return None
    plan = samarbeid.planen(bilde, hvem)
    skriver = hvem.kan(SKRIV) and plan is not None and _kan_lese(bilde)
    return {
        "navn": vist.navn(vist.personalia(bilde, hvem)), "plan": plan,
        "skriver": skriver and not bilde.død, "avslutter": skriver,
        "tilbyr": hvem.kan(TILBY) and plan is not None and not plan.gjelder and _kan_lese(bilde),
        "løser": hvem.kan("oppgave.loes"), "tiltak": samarbeid.tiltakene(bilde, økt.part, hvem),
        "planslutt": sagt.PLANSLUTT, "samtykkesiden": har_samtykkesiden(hvem), "idag": hvem.nå.date().isoformat(),
    }  # fmt: skip


def _kan_lese(bilde: Bilde) -> bool:
    """Who may change a plan reads it because they help, or are the person: never on a consent. The service decides."""
    gitt = skjema.den(bilde, PlanUtsnitt)
    return gitt is not None and gitt.utsnitt.grunn.grunnlag in ("R", "S")


def sjekk(ført: Ført, *, ny: bool) -> Mangler:
    """What is missing in the plan, in the order of the form."""
    mål = skjema.linjer(ført.maal)
    mangler = [
        *([] if mål else ["minst ett mål"]),
        *(["at personen har samtykket til å ha en plan"] if ny and not ført.samtykket else []),
        *(["når planen skal gås gjennom på nytt"] if ny and not ført.revisjon else []),
    ]
    felt = (("Styrker", ført.ressurser), ("Behov", ført.behov), ("Det jeg gjør selv", ført.bidrag))
    feil = (*skjema.for_mange("Målene", mål), *(f for navn, tekst in felt for f in skjema.for_lang(navn, tekst)))
    return Mangler(tuple(mangler), feil)


def sjekk_tiltak(ført: FørtTiltak) -> Mangler:
    """What is missing in a measure."""
    mangler = [
        *([] if ført.tekst.strip() else ["hva som skal gjøres"]),
        *([] if ført.part else ["hvem som har ansvaret"]),
    ]
    return Mangler(tuple(mangler), tuple(skjema.for_lang("Hva som skal gjøres", ført.tekst)))


# -- pages ------------------------------------------------------------------------------------------------------------


@router.get("/pasient/{ref}/plan")
def vis_plan(request: Request, ref: str, gjort: str = "") -> Response:
    return vis_om(request, ref, "plan.html", Visning.PLAN, innhold, gjort=GJORT.get(gjort, ""))


@router.get("/pasient/{ref}/plan/innhold")
def vis_plan_innhold(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "plan_innhold.html", Visning.PLAN, innhold, gjort="")


@router.get("/pasient/{ref}/plan/skriv")
def vis_skriv(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "plan_skriv.html", Visning.PLAN, _skjema(None))


@router.get("/pasient/{ref}/plan/gjennomgang")
def vis_gjennomgang(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "plan_gjennomgang.html", Visning.PLAN, _skjema(None))


@router.get("/pasient/{ref}/plan/tiltak/nytt")
def vis_nytt_tiltak(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "tiltak.html", Visning.PLAN, _tiltak("", None))


@router.get("/pasient/{ref}/plan/tiltak/{tiltak}")
def vis_tiltak(request: Request, ref: str, tiltak: str) -> Response:
    return vis_om(request, ref, "tiltak.html", Visning.PLAN, _tiltak(tiltak, None))


def _skjema(
    ført: Ført | None, feil: Mangler | str = "", *, versjon: int | None = None, endringer: tuple[str, ...] = ()
) -> Innhold:
    def skjemaet(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        felles = innhold(web, økt, bilde)
        if felles is None or not felles["skriver"]:
            return None
        plan: samarbeid.Plan = felles["plan"]
        stående = ført or Ført("\n".join(plan.maal), plan.ressurser, plan.behov, plan.bidrag)
        return {
            **felles, "ført": stående, "feil": feil, "endringer": endringer, "ny": not plan.gjelder,
            "versjon": plan.versjon if versjon is None else versjon,
        }  # fmt: skip

    return skjemaet


def _tiltak(tiltak: str, ført: FørtTiltak | None, feil: Mangler | str = "") -> Innhold:
    def skjemaet(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        felles = innhold(web, økt, bilde)
        ett = next((t for t in felles["tiltak"] if t.ref == tiltak and t.pågår), None) if felles is not None else None
        if felles is None or not felles["skriver"] or (tiltak and ett is None):
            return None
        person = bilde.ett(PersonUtsnitt)
        stående = ført or (FørtTiltak(ett.tekst, ett.part, ett.frist_dag, ett.går_videre) if ett else FørtTiltak())
        return {
            **felles, "ett": ett, "ført": stående, "feil": feil,
            "versjon": ett.versjon if ett is not None else felles["plan"].versjon,
            "enheter": skjema.enheter(web.oppsett, person.bydel if person is not None else None),
            "selv": INNBYGGER,
        }  # fmt: skip

    return skjemaet


# -- what a user does -------------------------------------------------------------------------------------------------


@router.post("/pasient/{ref}/plan/tilbud", dependencies=[Depends(krev_samme_opphav)])
async def tilbud(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    svaret: Annotated[Literal["tilby", "takk-nei"], Form(alias="svar")],
) -> Response:  # fmt: skip
    """Write down that a plan has been offered, or that the person declines."""
    web, økt, _, sett = await run_in_threadpool(skjema.kom_inn, request, ref, merke, TILBY, PlanUtsnitt, versjon)
    svar = await send_som(web, økt, f"{API}/personer/{ref}/plan/{svaret}", {}, nøkkel, sett)
    hva = "Skrive ned at planen er tilbudt" if svaret == "tilby" else "Skrive ned at personen takket nei"
    return await _ferdig(request, web, økt, ref, svar, sett, "plantilbud", hva, (("svar", svaret),))


@router.post("/pasient/{ref}/plan/skriv", dependencies=[Depends(krev_samme_opphav)])
async def skriv(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, maal: Skrevet = "",
    ressurser: Skrevet = "", behov: Skrevet = "", bidrag: Skrevet = "", samtykket: Kode = "", revisjon: Skrevet = "",
) -> Response:  # fmt: skip
    """Make the plan, with the person's consent; or write the goals anew. Nobody's words are lost."""
    web, økt, bilde, sett = await run_in_threadpool(skjema.kom_inn, request, ref, merke, SKRIV, PlanUtsnitt, versjon)
    ført = Ført(maal, ressurser, behov, bidrag, bool(samtykket), revisjon)
    plan = samarbeid.planen(bilde, hvem_av(web, økt))
    ny = plan is None or not plan.gjelder
    feil = sjekk(ført, ny=ny)
    if feil or skjema.uleselige(await request.form()):
        return await _igjen(request, ref, "plan_skriv.html", _skjema(ført, feil, versjon=versjon))
    ord_: dict[str, object] = {
        "maal": skjema.linjer(maal),
        "ressurser": ressurser.strip(),
        "behov": behov.strip(),
        "bidrag": bidrag.strip(),
    }
    kropp: dict[str, object] = {"samtykket": True, "revisjon": revisjon.strip(), "maal": ord_} if ny else ord_
    svar = await send_som(web, økt, f"{API}/personer/{ref}/plan{'' if ny else '/maal'}", kropp, nøkkel, sett)
    if svar.ok or svar.borte:
        return await etter(request, web, økt, svar, hjem(ref), "plan")
    if not svar.utdatert or sett is None:
        return await _igjen(request, ref, "plan_skriv.html", _skjema(ført, svar.hvorfor, versjon=versjon))
    nyeste, endringer = await det_nye(web, økt, ref, sett)
    på = nyeste.versjon if nyeste is not None else versjon
    return await _igjen(request, ref, "plan_skriv.html", _skjema(ført, versjon=på, endringer=endringer))


@router.post("/pasient/{ref}/plan/gjennomgang", dependencies=[Depends(krev_samme_opphav)])
async def gjennomgå(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, vurdering: Skrevet = "",
    revisjon: Skrevet = "",
) -> Response:  # fmt: skip
    """The plan has been gone through with the person, and says when it will be again."""
    web, økt, _, sett = await run_in_threadpool(skjema.kom_inn, request, ref, merke, SKRIV, PlanUtsnitt, versjon)
    ført = Ført(vurdering=vurdering, revisjon=revisjon)
    dag = skjema.dag(revisjon)
    feil = skjema.for_lang("Vurderingen", vurdering)
    if dag is None or feil:
        hva = feil[0] if feil else "" if revisjon else "Velg når planen skal gås gjennom neste gang."
        return await _igjen(request, ref, "plan_gjennomgang.html", _skjema(ført, hva))
    kropp = {"revisjon": dag.isoformat(), "vurdering": vurdering.strip()}
    svar = await send_som(web, økt, f"{API}/personer/{ref}/plan/evaluer", kropp, nøkkel, sett)
    if not svar.ok and not svar.utdatert and not svar.borte:
        return await _igjen(request, ref, "plan_gjennomgang.html", _skjema(ført, svar.hvorfor))
    felt = (("vurdering", vurdering), ("revisjon", revisjon))
    return await _ferdig(request, web, økt, ref, svar, sett, "plan", "Skrive at planen er gått gjennom", felt)


@router.post("/pasient/{ref}/plan/avslutt", dependencies=[Depends(krev_samme_opphav)])
async def avslutt(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, grunn: Kode = ""
) -> Response:
    """The person has the plan no longer."""
    web, økt, _, sett = await run_in_threadpool(skjema.kom_inn, request, ref, merke, SKRIV, PlanUtsnitt, versjon)
    if grunn not in sagt.PLANSLUTT:
        return gikk_ikke(web, økt, "Velg hvorfor planen avsluttes.", hjem(ref))
    svar = await send_som(web, økt, f"{API}/personer/{ref}/plan/avslutt", {"grunn": grunn}, nøkkel, sett)
    return await _ferdig(request, web, økt, ref, svar, sett, "planslutt", "Avslutte planen", (("grunn", grunn),))


@router.post("/pasient/{ref}/plan/tiltak/nytt", dependencies=[Depends(krev_samme_opphav)])
async def avtal(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, tekst: Skrevet = "", part: Kode = "",
    frist: Skrevet = "", går_videre: Annotated[str, Form(alias="gaar_videre", max_length=5)] = "",
) -> Response:  # fmt: skip
    """A measure is agreed."""
    web, økt, _, sett = await run_in_threadpool(skjema.kom_inn, request, ref, merke, SKRIV, PlanUtsnitt, versjon)
    ført = FørtTiltak(tekst, part, frist, bool(går_videre))
    return await _lagre_tiltak(request, web, økt, ref, "", ført, nøkkel, sett)


@router.post("/pasient/{ref}/plan/tiltak/{tiltak}", dependencies=[Depends(krev_samme_opphav)])
async def endre(
    request: Request, ref: str, tiltak: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, tekst: Skrevet = "",
    part: Kode = "", frist: Skrevet = "", går_videre: Annotated[str, Form(alias="gaar_videre", max_length=5)] = "",
) -> Response:  # fmt: skip
    """A measure is otherwise from now on."""
    web, økt, bilde, sett = await run_in_threadpool(
        skjema.kom_inn, request, ref, merke, SKRIV, TiltakUtsnitt, versjon, tiltak
    )
    if skjema.den(bilde, TiltakUtsnitt, tiltak) is None:
        return gikk_ikke(web, økt, "Tiltaket er ikke delt med dere.", hjem(ref))
    ført = FørtTiltak(tekst, part, frist, bool(går_videre))
    return await _lagre_tiltak(request, web, økt, ref, tiltak, ført, nøkkel, sett)


async def _lagre_tiltak(
    request: Request, web: Web, økt: Økt, ref: str, tiltak: str, ført: FørtTiltak, nøkkel: str, sett: Sett | None
) -> Response:
    feil: Mangler | str = sjekk_tiltak(ført)
    if not feil and ført.part not in web.oppsett.parter:
        feil = "Velg hvem som har ansvaret."
    if feil or skjema.uleselige(await request.form()):
        return await _igjen(request, ref, "tiltak.html", _tiltak(tiltak, ført, feil))
    dag = skjema.dag(ført.frist)
    kropp: dict[str, object] = {
        "part": ført.part, "tekst": ført.tekst.strip(), "frist": dag.isoformat() if dag is not None else None,
        "gaar_videre": ført.går_videre,
    }  # fmt: skip
    sti = f"{API}/personer/{ref}/tiltak{f'/{tiltak}' if tiltak else ''}"
    svar = await send_som(web, økt, sti, kropp, nøkkel, sett)
    if not svar.ok and not svar.utdatert and not svar.borte:
        return await _igjen(request, ref, "tiltak.html", _tiltak(tiltak, ført, svar.hvorfor))
    felt: Felt = (
        ("tekst", ført.tekst), ("part", ført.part), ("frist", ført.frist),
        ("gaar_videre", "ja" if ført.går_videre else ""),
    )  # fmt: skip
    return await _ferdig(request, web, økt, ref, svar, sett, "tiltak", "Lagre tiltaket", felt)


@router.post("/pasient/{ref}/plan/tiltak/{tiltak}/ferdig", dependencies=[Depends(krev_samme_opphav)])
async def ferdig_med(
    request: Request, ref: str, tiltak: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    tilstand: Annotated[Literal["GJORT", "BORTFALT"], Form()],
) -> Response:  # fmt: skip
    """It is done, or not needed any more."""
    web, økt, bilde, sett = await run_in_threadpool(
        skjema.kom_inn, request, ref, merke, SKRIV, TiltakUtsnitt, versjon, tiltak
    )
    gitt = skjema.den(bilde, TiltakUtsnitt, tiltak)
    if gitt is None:
        return gikk_ikke(web, økt, "Tiltaket er ikke delt med dere.", hjem(ref))
    t: TiltakUtsnitt = gitt.utsnitt
    kropp: dict[str, object] = {
        "part": t.part, "frist": t.frist.isoformat() if t.frist is not None else None, "gaar_videre": t.gaar_videre,
        "tilstand": tilstand,
    }  # fmt: skip
    svar = await send_som(web, økt, f"{API}/personer/{ref}/tiltak/{tiltak}", kropp, nøkkel, sett)
    return await _ferdig(request, web, økt, ref, svar, sett, "tiltak", GJORT_MED[tilstand], (("tilstand", tilstand),))


def hjem(ref: str) -> str:
    return f"/pasient/{ref}/plan"


async def _igjen(request: Request, ref: str, mal: str, igjen: Innhold) -> Response:
    return await skjema.igjen(request, ref, mal, Visning.PLAN, igjen)


async def _ferdig(
    request: Request, web: Web, økt: Økt, ref: str, svar: Svar, sett: Sett | None, gjort: str, hva: str, felt: Felt
) -> Response:
    return await skjema.ferdig(request, web, økt, ref, svar, sett, hjem(ref), gjort, hva, felt)
