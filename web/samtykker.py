"""The page of consents and oppositions: what holds, what was, and writing down what the person says now. Who speaks
for the person stands there too; it is written down in `talspersoner.py`.

A withdrawal is not an opposition: what a unit learns because it helps the person goes on after a withdrawal, and stops
when the person opposes it (hpl §§22, 25, 45). So the page asks which of the two the person means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bindeledd.schema.generated.ansvarsgruppe import SamtykkeUtsnitt, SamtykkeVist, SperringVist
from bindeledd.schema.generated.samhandling import PersonUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from services.felles.oppsett import Oppsett
from services.felles.tid import dagens_slutt, lokal_dag
from web import ord as sagt
from web import skjema, talsord, vist
from web.bilde import Bilde
from web.handling import Merke, Nøkkel, Skrevet, etter, gikk_ikke, send_som
from web.kommandoer import Sett, Svar
from web.pasient import SAMTYKKEHANDLINGER, har_samtykkesiden
from web.ramme import Web, hvem_av
from web.samarbeid import talspersoner
from web.sider import GJORT, bilde_av, vis_om
from web.skjema import Versjon
from web.vern import krev_samme_opphav
from web.vist import Hvem, Tid
from web.økt import Økt

router = APIRouter(include_in_schema=False)
TJENESTE = "ansvarsgruppe"
FEIL = "Noe mangler: velg en enhet, hva det er til, og minst én ting som skal deles. Datoen må være i dag eller senere."
FEIL_SPERRING = "Velg hvem det gjelder."
FEIL_MENER = "Velg hva personen mener."

_Deler = Annotated[list[str], Form(max_length=40)]


@dataclass(frozen=True, slots=True)
class Samtykke:
    """A consent or an opposition, in words."""

    id: str
    enhet: str
    deler: tuple[str, ...]
    formål: str
    fra: Tid
    til: Tid | None
    over: Tid | None
    """When it was withdrawn or lifted."""


@dataclass(frozen=True, slots=True)
class Samtykker:
    gjelder: tuple[Samtykke, ...]
    sperret: tuple[Samtykke, ...]
    over: tuple[Samtykke, ...]
    over_sperret: tuple[Samtykke, ...]
    versjon: int
    eldre: int
    """How many that are over are older than these."""


@dataclass(frozen=True, slots=True)
class Ført:
    """What somebody has filled in, so that it is still there when the form is shown again."""

    part: str = ""
    formål: str = ""
    deler: tuple[str, ...] = ()
    til: str = ""
    hørt: bool = False


def samtykker(bilde: Bilde, hvem: Hvem) -> Samtykker:
    """What the user's party has been given of a person's consents and oppositions."""
    gitte = bilde.alle(SamtykkeUtsnitt)
    alle = [s for g in gitte for s in g.utsnitt.samtykker]
    sperringer = [s for g in gitte for s in g.utsnitt.sperringer]
    i_kraft = [s for s in alle if vist.gjelder(s, hvem.nå)]
    return Samtykker(
        gjelder=tuple(_samtykke(s, hvem) for s in i_kraft),
        sperret=tuple(_sperring(s, hvem) for s in sperringer if s.opphevet is None),
        over=tuple(_samtykke(s, hvem) for s in alle if s not in i_kraft),
        over_sperret=tuple(_sperring(s, hvem) for s in sperringer if s.opphevet is not None),
        versjon=gitte[0].versjon if gitte else 0,
        eldre=sum(g.utsnitt.eldre for g in gitte),
    )


def _samtykke(s: SamtykkeVist, hvem: Hvem) -> Samtykke:
    til = hvem.tid(s.gjelder_til) if s.gjelder_til is not None else None
    over = s.trukket or s.gjelder_til
    return Samtykke(
        s.samtykke_id, hvem.part(s.part), _navn(s.deler, hvem), sagt.FORMÅL.get(s.formaal, sagt.mangel(s.formaal)),
        hvem.tid(s.gjelder_fra), til, hvem.tid(over) if over is not None else None,
    )  # fmt: skip


def _sperring(s: SperringVist, hvem: Hvem) -> Samtykke:
    enhet = hvem.part(s.part) if s.part else "alle"
    over = hvem.tid(s.opphevet) if s.opphevet is not None else None
    return Samtykke(s.sperring_id, enhet, _navn(s.deler, hvem), "", hvem.tid(s.gjelder_fra), None, over)


def _navn(deler: Sequence[str], hvem: Hvem) -> tuple[str, ...]:
    return tuple(sagt.del_av_tabellen(del_, hvem.deler) for del_ in deler)


# -- pages ------------------------------------------------------------------------------------------------------------


@router.get("/pasient/{ref}/samtykker")
def vis_samtykker(request: Request, ref: str, gjort: str = "") -> Response:
    return vis_om(request, ref, "samtykker.html", Visning.SAMTYKKE, _innhold, gjort=GJORT.get(gjort, ""))


@router.get("/pasient/{ref}/samtykker/innhold")
def vis_samtykker_innhold(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "samtykker_innhold.html", Visning.SAMTYKKE, _innhold, gjort="")


@router.get("/pasient/{ref}/samtykker/nytt")
def vis_nytt(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "samtykke_nytt.html", Visning.SAMTYKKE, _skjema(Ført(), "samtykke.gi"))


@router.get("/pasient/{ref}/samtykker/sperring")
def vis_sperring(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "sperring_ny.html", Visning.SAMTYKKE, _skjema(Ført(), "sperring.registrer"))


@router.get("/pasient/{ref}/samtykker/{samtykke_id}/trekk")
def vis_trekk(request: Request, ref: str, samtykke_id: str) -> Response:
    return vis_om(request, ref, "samtykke_trekk.html", Visning.SAMTYKKE, _ett(samtykke_id))


def _innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
    """What every page here shows; None when the user has no business here."""
    hvem = hvem_av(web, økt).om(bilde)
    kan = {handling: hvem.kan(handling) for handling in SAMTYKKEHANDLINGER}
    if not har_samtykkesiden(hvem):
        return None
    navn = vist.navn(vist.personalia(bilde, hvem))
    return {
        "navn": navn, "samtykker": samtykker(bilde, hvem), "kan": kan, "talspersoner": talspersoner(bilde, hvem),
        "taler_ikke_fordi": talsord.TALER_IKKE_LENGER,
    }  # fmt: skip


def _skjema(ført: Ført, handling: str, feil: str = "") -> Any:
    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        felles, hvem = _innhold(web, økt, bilde), hvem_av(web, økt)
        if felles is None or not felles["kan"][handling]:
            return None
        person = bilde.ett(PersonUtsnitt)
        valg = {
            "enheter": skjema.enheter(web.oppsett, person.bydel if person is not None else None),
            "tabeller": list(skjema.valg_av_deler(hvem)), "formål": sagt.FORMÅL, "ført": ført, "feil": feil,
            "fra_dag": lokal_dag(hvem.nå).isoformat(),
            "lengst": _lengst(web.oppsett, hvem), "høres": vist.barn_som_høres(bilde, hvem),
        }  # fmt: skip
        return {**felles, **valg}

    return innhold


def _lengst(oppsett: Oppsett, hvem: Hvem) -> str:
    regel = oppsett.regler.verdi("samtykke_maks", hvem.nå)
    return f"{regel.verdi} {regel.enhet}"


def _ett(samtykke_id: str, feil: str = "") -> Any:
    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        felles = _innhold(web, økt, bilde)
        if felles is None or not felles["kan"]["samtykke.trekk"]:
            return None
        alle: Samtykker = felles["samtykker"]
        valgt = next((s for s in alle.gjelder if s.id == samtykke_id), None)
        return {**felles, "ett": valgt, "feil": feil}

    return innhold


# -- what a user does -------------------------------------------------------------------------------------------------


@router.post("/pasient/{ref}/samtykker/nytt", dependencies=[Depends(krev_samme_opphav)])
async def gi(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    part: Annotated[str, Form(max_length=60)] = "", formål: Annotated[str, Form(alias="formaal", max_length=40)] = "",
    deler: _Deler = [], til: Annotated[Skrevet, Form(alias="til_dag")] = "",  # noqa: B006 - FastAPI copies it
    hørt: Annotated[bool, Form(alias="barnet_hoert")] = False,
) -> Response:  # fmt: skip
    """Write down a consent."""
    ført = Ført(part, formål, tuple(deler), til, hørt)
    web, økt, sett = await run_in_threadpool(_kom_inn, request, ref, merke, "samtykke.gi", versjon)
    slutt = skjema.dag(til)
    kjente = _kjente(web, økt)
    gyldig = part in web.oppsett.parter and formål in sagt.FORMÅL and deler and set(deler) <= kjente
    if not gyldig or (til and slutt is None):
        feil = "" if gyldig else FEIL
        return await _igjen(request, ref, "samtykke_nytt.html", _skjema(ført, "samtykke.gi", feil))
    kropp: dict[str, object] = {"part": part, "formaal": formål, "deler": deler} | (
        {"barnet_hoert": True} if hørt else {}
    )
    if slutt is not None:
        kropp["gjelder_til"] = dagens_slutt(slutt).isoformat()
    svar = await send_som(web, økt, f"/api/{TJENESTE}/personer/{ref}/samtykker", kropp, nøkkel, sett)
    if not svar.ok and not svar.utdatert:
        return await _igjen(request, ref, "samtykke_nytt.html", _skjema(ført, "samtykke.gi", svar.hvorfor))
    felt = (
        ("part", part), ("formaal", formål), ("til_dag", til), *(("deler", del_) for del_ in deler),
        *((("barnet_hoert", "true"),) if hørt else ()),
    )  # fmt: skip
    hva = f"Registrere samtykke til deling med {hvem_av(web, økt).part(part)}"
    return await _ferdig(request, web, økt, ref, svar, sett, "samtykke", hva, felt)


@router.post("/pasient/{ref}/samtykker/sperring", dependencies=[Depends(krev_samme_opphav)])
async def sperr(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    part: Annotated[str, Form(max_length=60)] = "", deler: _Deler = [],  # noqa: B006 - FastAPI copies it
) -> Response:  # fmt: skip
    """Write down that the person opposes sharing (hpl §§25, 45). No part chosen is everything."""
    ført = Ført(part, deler=tuple(deler))
    web, økt, sett = await run_in_threadpool(_kom_inn, request, ref, merke, "sperring.registrer", versjon)
    if (part != ALLE and part not in web.oppsett.parter) or not set(deler) <= _kjente(web, økt):
        return await _igjen(request, ref, "sperring_ny.html", _skjema(ført, "sperring.registrer", FEIL_SPERRING))
    kropp: dict[str, object] = {"deler": deler} | ({} if part == ALLE else {"part": part})
    svar = await send_som(web, økt, f"/api/{TJENESTE}/personer/{ref}/sperringer", kropp, nøkkel, sett)
    if not svar.ok and not svar.utdatert:
        return await _igjen(request, ref, "sperring_ny.html", _skjema(ført, "sperring.registrer", svar.hvorfor))
    felt = (("part", part), *(("deler", del_) for del_ in deler))
    navn = "alle" if part == ALLE else hvem_av(web, økt).part(part)
    return await _ferdig(
        request, web, økt, ref, svar, sett, "sperret", f"Registrere at personen motsetter seg deling med {navn}", felt
    )


@router.post("/pasient/{ref}/samtykker/{samtykke_id}/trekk", dependencies=[Depends(krev_samme_opphav)])
async def trekk(
    request: Request, ref: str, samtykke_id: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    mener: Annotated[Literal["", "trekker", "motsetter"], Form()] = "",
) -> Response:  # fmt: skip
    """Withdraw a consent; when the person opposes sharing as well, that is written first, for it closes more."""
    web, økt, sett = await run_in_threadpool(_kom_inn, request, ref, merke, "samtykke.trekk", versjon)
    hvem = hvem_av(web, økt)
    funnet = await run_in_threadpool(_finn, web, økt, ref, samtykke_id)
    hjem = f"/pasient/{ref}/samtykker"
    if funnet is None:
        return gikk_ikke(web, økt, "Samtykket er trukket fra før, eller det er ikke delt med dere.", hjem)
    if not mener or (mener == "motsetter" and not hvem.kan("sperring.registrer")):
        return await _igjen(request, ref, "samtykke_trekk.html", _ett(samtykke_id, FEIL_MENER))
    personen = f"/api/{TJENESTE}/personer/{ref}"
    if mener == "motsetter":
        kropp: dict[str, object] = {"part": funnet.part, "deler": list(funnet.deler)}
        svar = await send_som(web, økt, f"{personen}/sperringer", kropp, f"{nøkkel}-s"[:64], sett)
        if svar.ok:
            svar = await send_som(web, økt, f"{personen}/samtykker/{samtykke_id}/trekk", {}, nøkkel)
            if not svar.ok:
                hvorfor = f"Personen motsetter seg nå deling, men samtykket ble ikke trukket: {svar.hvorfor}"
                return await etter(request, web, økt, replace(svar, hvorfor=hvorfor), hjem, "")
    else:
        svar = await send_som(web, økt, f"{personen}/samtykker/{samtykke_id}/trekk", {}, nøkkel, sett)
    ord_ = "motsetter seg deling med" if mener == "motsetter" else "trekker samtykket til deling med"
    felt = (("mener", mener),)
    gjort = "sperret" if mener == "motsetter" else "trukket"
    hva = f"Registrere at personen {ord_} {hvem.part(funnet.part)}"
    return await _ferdig(request, web, økt, ref, svar, sett, gjort, hva, felt)


@router.post("/pasient/{ref}/samtykker/{sperring_id}/opphev", dependencies=[Depends(krev_samme_opphav)])
async def opphev(
    request: Request, ref: str, sperring_id: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke
) -> Response:
    """Write down that the person no longer opposes it."""
    web, økt, sett = await run_in_threadpool(_kom_inn, request, ref, merke, "sperring.opphev", versjon)
    if not await run_in_threadpool(_har_sperring, web, økt, ref, sperring_id):
        return gikk_ikke(web, økt, "Det er ikke noe å oppheve: det er gjort fra før.", f"/pasient/{ref}/samtykker")
    sti = f"/api/{TJENESTE}/personer/{ref}/sperringer/{sperring_id}/opphev"
    svar = await send_som(web, økt, sti, {}, nøkkel, sett)
    hva = "Registrere at personen ikke lenger motsetter seg deling"
    return await _ferdig(request, web, økt, ref, svar, sett, "opphevet", hva, ())


ALLE = "alle"
"""What the form says for "everybody"; no unit has this id."""


def _kom_inn(request: Request, ref: str, merke: str, handling: str, versjon: int) -> tuple[Web, Økt, Sett | None]:
    web, økt, _, sett = skjema.kom_inn(request, ref, merke, handling, SamtykkeUtsnitt, versjon)
    return web, økt, sett


async def _igjen(request: Request, ref: str, mal: str, innhold: Any) -> Response:
    return await skjema.igjen(request, ref, mal, Visning.SAMTYKKE, innhold)


async def _ferdig(
    request: Request, web: Web, økt: Økt, ref: str, svar: Svar, sett: Sett | None, gjort: str, hva: str,
    felt: skjema.Felt,
) -> Response:  # fmt: skip
    hjem = f"/pasient/{ref}/samtykker"
    return await skjema.ferdig(request, web, økt, ref, svar, sett, hjem, gjort, hva, felt)


def _finn(web: Web, økt: Økt, ref: str, samtykke_id: str) -> SamtykkeVist | None:
    bilde = bilde_av(web, økt, ref)
    alle = (s for g in bilde.alle(SamtykkeUtsnitt) for s in g.utsnitt.samtykker) if bilde is not None else ()
    return next((s for s in alle if s.samtykke_id == samtykke_id and vist.gjelder(s, web.nå)), None)


def _har_sperring(web: Web, økt: Økt, ref: str, sperring_id: str) -> bool:
    bilde = bilde_av(web, økt, ref)
    alle = (s for g in bilde.alle(SamtykkeUtsnitt) for s in g.utsnitt.sperringer) if bilde is not None else ()
    return any(s.sperring_id == sperring_id and s.opphevet is None for s in alle)


def _kjente(web: Web, økt: Økt) -> set[str]:
    """The parts that the form offers."""
    alle = list(skjema.valg_av_deler(hvem_av(web, økt)))
    return {kode for _, _, deler in alle for kode, _ in deler} | {f"{tabell}.*" for tabell, _, _ in alle}
