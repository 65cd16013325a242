"""The forms about who speaks for a person besides them: written down, and ended (pbrl §§3-3, 3-4, 4-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bindeledd.schema.generated.ansvarsgruppe import SamtykkeUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from services.felles.oppsett import INNBYGGER
from web import skjema, talsord, vist
from web.bilde import Bilde
from web.handling import Merke, Nøkkel, gikk_ikke, send_som
from web.ramme import Web, hvem_av
from web.samarbeid import FORELDREANSVAR, SKRIV_TALSPERSON
from web.sider import Innhold, bilde_av, vis_om
from web.skjema import Versjon
from web.vern import krev_samme_opphav
from web.vist import Hvem
from web.økt import Økt

router = APIRouter(include_in_schema=False)
MANGLER = "Skriv et navn, og velg hvem det er."
MAKS = 200
_Deler = Annotated[list[str], Form(max_length=40)]


@dataclass(frozen=True, slots=True)
class Ført:
    """What somebody has filled in."""

    navn: str = ""
    slag: str = ""
    deler: tuple[str, ...] = ()


# -- pages ------------------------------------------------------------------------------------------------------------


@router.get("/pasient/{ref}/talspersoner/ny")
def vis_ny(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "talsperson_ny.html", Visning.SAMTYKKE, _skjema(Ført()))


def _skjema(ført: Ført, feil: str = "") -> Innhold:
    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        hvem = hvem_av(web, økt).om(bilde)
        if not hvem.kan(SKRIV_TALSPERSON):
            return None
        gitt = skjema.den(bilde, SamtykkeUtsnitt)
        return {
            "navn": vist.navn(vist.personalia(bilde, hvem)), "versjon": gitt.versjon if gitt is not None else 0,
            "slagene": _slagene(bilde, hvem), "aldre": hvem.aldre,
            "tabeller": list(skjema.valg_av_deler(hvem)), "ført": ført, "feil": feil,
        }  # fmt: skip

    return innhold


def _slagene(bilde: Bilde, hvem: Hvem) -> dict[str, str]:
    """What can be written down of this person: of nobody who is grown up, that somebody has parental responsibility."""
    alder = vist.alder(bilde, hvem)
    barn = hvem.egen_part != INNBYGGER and alder is not None and alder < hvem.aldre.foreldreansvar
    return {kode: tekst for kode, tekst in talsord.TALSPERSON.items() if barn or kode != FORELDREANSVAR}


# -- what a user does -------------------------------------------------------------------------------------------------


@router.post("/pasient/{ref}/talspersoner/ny", dependencies=[Depends(krev_samme_opphav)])
async def ny(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    navn: Annotated[str, Form(max_length=MAKS)] = "", slag: Annotated[str, Form(max_length=40)] = "",
    deler: _Deler = [],  # noqa: B006 - FastAPI copies it
) -> Response:  # fmt: skip
    """Write down who has parental responsibility, or whom the person has chosen."""
    web, økt, _, sett = await run_in_threadpool(
        skjema.kom_inn, request, ref, merke, SKRIV_TALSPERSON, SamtykkeUtsnitt, versjon
    )
    ført = Ført(navn.strip(), slag, tuple(deler))
    if not ført.navn or slag not in talsord.TALSPERSON:
        return await _igjen(request, ref, ført, MANGLER)
    # What somebody with parental responsibility may know, the law says: what was ticked for a representative is not it.
    kropp: dict[str, object] = {"navn": ført.navn, "slag": slag, "deler": [] if slag == FORELDREANSVAR else deler}
    svar = await send_som(web, økt, f"/api/ansvarsgruppe/personer/{ref}/talspersoner", kropp, nøkkel, sett)
    if not svar.ok and not svar.utdatert and not svar.borte:
        return await _igjen(request, ref, ført, svar.hvorfor)
    felt = (("navn", ført.navn), ("slag", slag), *(("deler", del_) for del_ in deler))
    hva = f"Skrive ned: {talsord.TALSPERSON[slag]}"
    return await skjema.ferdig(request, web, økt, ref, svar, sett, _hjem(ref), "talsperson", hva, felt)


@router.post("/pasient/{ref}/talspersoner/{talsperson_id}/fratre", dependencies=[Depends(krev_samme_opphav)])
async def fratre(
    request: Request, ref: str, talsperson_id: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    grunn: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """Write down that somebody speaks for the person no longer."""
    web, økt, _, sett = await run_in_threadpool(
        skjema.kom_inn, request, ref, merke, SKRIV_TALSPERSON, SamtykkeUtsnitt, versjon
    )
    if grunn not in talsord.TALER_IKKE_LENGER:
        return gikk_ikke(web, økt, "Velg hvorfor.", _hjem(ref))
    if not await run_in_threadpool(_står_der, web, økt, ref, talsperson_id):
        return gikk_ikke(web, økt, "Det er skrevet ned fra før at det er slutt.", _hjem(ref))
    sti = f"/api/ansvarsgruppe/personer/{ref}/talspersoner/{talsperson_id}/fratre"
    svar = await send_som(web, økt, sti, {"grunn": grunn}, nøkkel, sett)
    hva = "Skrive ned at noen ikke taler for personen lenger"
    return await skjema.ferdig(request, web, økt, ref, svar, sett, _hjem(ref), "talsperson", hva, (("grunn", grunn),))


def _hjem(ref: str) -> str:
    return f"/pasient/{ref}/samtykker"


def _står_der(web: Web, økt: Økt, ref: str, talsperson_id: str) -> bool:
    bilde = bilde_av(web, økt, ref)
    alle = (t for g in bilde.alle(SamtykkeUtsnitt) for t in g.utsnitt.talspersoner) if bilde is not None else ()
    return any(t.talsperson_id == talsperson_id for t in alle)


async def _igjen(request: Request, ref: str, ført: Ført, feil: str) -> Response:
    return await skjema.igjen(request, ref, "talsperson_ny.html", Visning.SAMTYKKE, _skjema(ført, feil))
