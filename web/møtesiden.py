"""The forms about meetings: summon the group, answer, call off, hold and write the minutes.

Nobody is summoned without the person: the form does not offer it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from bindeledd.schema.generated.ansvarsgruppe import AnsvarsgruppeUtsnitt, Medlemstilstand, MoeteUtsnitt
from bindeledd.schema.generated.samhandling import PersonUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from web import gruppesiden, skjema
from web import ord as sagt
from web.bilde import Bilde
from web.handling import Merke, Nøkkel, gikk_ikke, send_som
from web.kommandoer import Sett, Svar
from web.ramme import Web, hvem_av
from web.sider import Innhold, vis_om
from web.skjema import Felt, Versjon
from web.vern import krev_samme_opphav
from web.økt import Økt

router = APIRouter(include_in_schema=False)
API = "/api/ansvarsgruppe"
MØTE = "gruppe.moete"
OPPGAVERADER = 4
BORTE = "Møtet er avlyst, eller det er ikke delt med dere."


@dataclass(frozen=True, slots=True)
class Innkalling:
    """What stands in the form that summons."""

    dato: str = ""
    klokke: str = ""
    sted: str = ""
    video: str = ""
    formål: str = ""
    saker: str = ""
    innspill: str = ""
    inviterte: tuple[str, ...] | None = None
    """None: nobody has chosen yet, and all members are."""
    opphold: str = ""


@dataclass(frozen=True, slots=True)
class Referat:
    """What stands in the form of the minutes. `oppgaver`: (who, what, by when), row by row."""

    tilstede: tuple[str, ...] | None = None
    maal: str = ""
    beslutninger: str = ""
    uenighet: str = ""
    oppgaver: tuple[tuple[str, str, str], ...] = ()
    neste: str = ""


@dataclass(frozen=True, slots=True)
class Mangler:
    """What stands in the way of sending it: what is not filled in yet, and what is wrong."""

    mangler: tuple[str, ...] = ()
    feil: tuple[str, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.mangler or self.feil)


def sjekk_innkalling(ført: Innkalling, nå: datetime) -> Mangler:
    """What is missing in a summons, in the order of the form."""
    tid = skjema.øyeblikk(ført.dato, ført.klokke)
    felt = (
        ("dag", ført.dato), ("klokkeslett", ført.klokke),
        ("sted eller lenke til video", ført.sted or ført.video),
        ("hva møtet skal handle om", ført.formål.strip()),
    )  # fmt: skip
    feil = [
        *(["Møtet må være fram i tid."] if tid is not None and tid <= nå else []),
        *(["Fristen for innspill må være senest på møtedagen."] if _etter(ført.innspill, ført.dato) else []),
        *skjema.for_lang("Sted", ført.sted, skjema.KORT_MAKS), *skjema.for_lang("Video", ført.video, skjema.KORT_MAKS),
        *skjema.for_lang("Hva møtet handler om", ført.formål), *skjema.for_mange("Saker", skjema.linjer(ført.saker)),
    ]  # fmt: skip
    return Mangler(tuple(navn for navn, verdi in felt if not verdi), tuple(feil))


def _etter(frist: str, dag: str) -> bool:
    a, b = skjema.dag(frist), skjema.dag(dag)
    return a is not None and b is not None and a > b


def sjekk_referat(ført: Referat) -> Mangler:
    """What is missing in the minutes: something must have come of the meeting, and each task is somebody's."""
    noe = ført.maal.strip() or skjema.linjer(ført.beslutninger) or ført.uenighet.strip() or ført.oppgaver
    halve = [nr for nr, (part, hva, _) in enumerate(ført.oppgaver, 1) if not (part and hva.strip())]
    feil = [
        *(f"Oppgave {nr}: velg hvem som har ansvaret, og skriv hva som skal gjøres." for nr in halve),
        *skjema.for_mange("Beslutninger", skjema.linjer(ført.beslutninger)),
        *skjema.for_lang("Uenighet", ført.uenighet),
        *skjema.for_lang("Status for målene", ført.maal),
        *(f for _, hva, _ in ført.oppgaver for f in skjema.for_lang("Oppgaven", hva)),
    ]  # fmt: skip
    return Mangler(() if noe else ("hva dere kom fram til",), tuple(feil))


# -- pages ------------------------------------------------------------------------------------------------------------


@router.get("/pasient/{ref}/gruppe/innkalling")
def vis_innkalling(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "innkalling.html", Visning.GRUPPE, _innkalling(None))


@router.get("/pasient/{ref}/gruppe/moete/{moete}/referat")
def vis_referat(request: Request, ref: str, moete: str) -> Response:
    return vis_om(request, ref, "referat.html", Visning.GRUPPE, _referat(moete, None))


def _innkalling(ført: Innkalling | None, feil: Mangler | str = "") -> Innhold:
    def skjemaet(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        felles, hvem = gruppesiden.innhold(web, økt, bilde), hvem_av(web, økt)
        gruppe = felles["gruppe"] if felles is not None else None
        if felles is None or gruppe is None or not gruppe.styrer or not felles["kaller_inn"]:
            return None
        opphold = bilde.nå_opphold()
        stående = ført or Innkalling(
            opphold=opphold.aggregat if opphold is not None and opphold.utskrivningsklar else ""
        )
        mulige = _medlemmer(bilde, gruppe.ref, økt.part)
        valgte = set(mulige) if stående.inviterte is None else set(stående.inviterte)
        return {
            **felles, "ført": stående, "feil": feil, "om": opphold,
            "medlemmer": [(p, hvem.part(p), p in valgte) for p in mulige],
            "idag": hvem.nå.date().isoformat(),
        }  # fmt: skip

    return skjemaet


def _medlemmer(bilde: Bilde, gruppe: str, part: str) -> list[str]:
    """The members who can be summoned, other than the unit that summons."""
    gitt = skjema.den(bilde, AnsvarsgruppeUtsnitt, gruppe)
    med = (m.part for m in gitt.utsnitt.medlemmer if m.tilstand is Medlemstilstand.MED) if gitt is not None else ()
    return [p for p in med if p != part]


def _referat(møte: str, ført: Referat | None, feil: Mangler | str = "") -> Innhold:
    def skjemaet(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        felles, hvem = gruppesiden.innhold(web, økt, bilde), hvem_av(web, økt)
        funnet = next((m for m in felles["kommer"] if m.ref == møte), None) if felles is not None else None
        if felles is None or funnet is None or not hvem.kan(MØTE) or not _styrer(felles):
            return None
        person = bilde.ett(PersonUtsnitt)
        stående = ført or Referat()
        tomme = [("", "", "")] * max(1, OPPGAVERADER - len(stående.oppgaver))
        return {
            **felles, "møte": funnet, "ført": stående, "feil": feil, "rader": [*stående.oppgaver, *tomme],
            "enheter": skjema.enheter(web.oppsett, person.bydel if person is not None else None),
            "ansvarlige": [(d.part, d.navn) for d in funnet.deltakere],
            "idag": hvem.nå.date().isoformat(),
        }  # fmt: skip

    return skjemaet


def _styrer(felles: dict[str, Any]) -> bool:
    return felles["gruppe"] is not None and felles["gruppe"].styrer


# -- what was filled in ------------------------------------------------------------------------------------------------


def _ført_innkalling(s: FormData) -> Innkalling:
    def f(navn: str) -> str:
        return str(s.get(navn, "")).strip()

    inviterte = tuple(str(p) for p in s.getlist("inviterte"))
    return Innkalling(
        f("dato"), f("klokke"), f("sted"), f("video"), f("formaal"), f("saker"), f("innspill"),
        inviterte, f("opphold"),
    )  # fmt: skip


def _ført_referat(s: FormData) -> Referat:
    def f(navn: str) -> str:
        return str(s.get(navn, ""))

    felt = [[str(v).strip() for v in s.getlist(f"oppgave_{n}")] for n in ("part", "tekst", "frist")]
    oppgaver = tuple((p, t, frist) for p, t, frist in zip(*felt, strict=False) if p or t or frist)
    tilstede = tuple(str(p) for p in s.getlist("tilstede"))
    return Referat(tilstede, f("maal"), f("beslutninger"), f("uenighet"), oppgaver, f("neste").strip())


# -- what a user does -------------------------------------------------------------------------------------------------


@router.post("/pasient/{ref}/gruppe/innkalling", dependencies=[Depends(krev_samme_opphav)])
async def kall_inn(request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke) -> Response:
    """Summon the group; the person always."""
    web, økt, gruppe, sett = await run_in_threadpool(gruppesiden.gruppa, request, ref, merke, MØTE, versjon)
    ført = _ført_innkalling(await request.form())
    if gruppe is None:
        return gruppesiden.ingen_gruppe(web, økt, ref)
    tid = skjema.øyeblikk(ført.dato, ført.klokke)
    feil = sjekk_innkalling(ført, web.nå)
    if feil or tid is None or skjema.uleselige(await request.form()):
        return await skjema.igjen(request, ref, "innkalling.html", Visning.GRUPPE, _innkalling(ført, feil))
    kropp: dict[str, object] = {
        "tid": tid.isoformat(), "sted": ført.sted, "video": ført.video, "formaal": ført.formål.strip(),
        "saker": skjema.linjer(ført.saker), "inviterte": list(ført.inviterte or ()),
        "innspill_til": _dag(ført.innspill), "opphold_ref": ført.opphold or None,
    }  # fmt: skip
    svar = await send_som(web, økt, f"{API}/personer/{ref}/gruppe/{gruppe}/moete", kropp, nøkkel, sett)
    if not svar.ok and not svar.utdatert and not svar.borte:
        return await skjema.igjen(request, ref, "innkalling.html", Visning.GRUPPE, _innkalling(ført, svar.hvorfor))
    felt: Felt = (
        ("dato", ført.dato), ("klokke", ført.klokke), ("sted", ført.sted), ("video", ført.video),
        ("formaal", ført.formål), ("saker", ført.saker), ("innspill", ført.innspill), ("opphold", ført.opphold),
        *(("inviterte", part) for part in ført.inviterte or ()),
    )  # fmt: skip
    return await _ferdig(request, web, økt, ref, svar, sett, "innkalt", "Kalle inn ansvarsgruppen", felt)


@router.post("/pasient/{ref}/gruppe/moete/{moete}/svar", dependencies=[Depends(krev_samme_opphav)])
async def svar_på_innkalling(
    request: Request, ref: str, moete: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    svaret: Annotated[Literal["kommer", "kommer-ikke"], Form(alias="svar")],
) -> Response:  # fmt: skip
    """Who was invited says whether they come."""
    web, økt, _, sett = await run_in_threadpool(_møtet, request, ref, moete, merke, "gruppe.svar", versjon)
    if sett is None:
        return gikk_ikke(web, økt, BORTE, gruppesiden.hjem(ref))
    svar = await send_som(web, økt, f"{API}/moete/{moete}/svar", {"kommer": svaret == "kommer"}, nøkkel, sett)
    hva = "Svare at dere kommer til møtet" if svaret == "kommer" else "Svare at dere ikke kommer til møtet"
    return await _ferdig(request, web, økt, ref, svar, sett, "svart", hva, (("svar", svaret),))


@router.post("/pasient/{ref}/gruppe/moete/{moete}/avlys", dependencies=[Depends(krev_samme_opphav)])
async def avlys(
    request: Request, ref: str, moete: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    grunn: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """Call the meeting off."""
    web, økt, _, sett = await run_in_threadpool(_møtet, request, ref, moete, merke, MØTE, versjon)
    if sett is None or grunn not in sagt.AVLYST:
        return gikk_ikke(web, økt, BORTE if sett is None else "Velg hvorfor møtet avlyses.", gruppesiden.hjem(ref))
    svar = await send_som(web, økt, f"{API}/personer/{ref}/moete/{moete}/avlys", {"grunn": grunn}, nøkkel, sett)
    return await _ferdig(request, web, økt, ref, svar, sett, "avlyst", "Avlyse møtet", (("grunn", grunn),))


@router.post("/pasient/{ref}/gruppe/moete/{moete}/referat", dependencies=[Depends(krev_samme_opphav)])
async def skriv_referat(
    request: Request, ref: str, moete: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke
) -> Response:  # fmt: skip
    """Who was there, and the minutes, approved: first that it was held, where nobody has said so yet."""
    web, økt, bilde, sett = await run_in_threadpool(_møtet, request, ref, moete, merke, MØTE, versjon)
    ført = _ført_referat(await request.form())
    gitt = skjema.den(bilde, MoeteUtsnitt, moete)
    if sett is None or gitt is None:
        return gikk_ikke(web, økt, BORTE, gruppesiden.hjem(ref))
    feil = sjekk_referat(ført)
    if feil or skjema.uleselige(await request.form()):
        return await skjema.igjen(request, ref, "referat.html", Visning.GRUPPE, _referat(moete, ført, feil))
    her = f"{API}/personer/{ref}/moete/{moete}"
    svar: Svar | None = None
    på: Sett | None = sett
    if gitt.utsnitt.tilstand.value == "INNKALT":
        kropp: dict[str, object] = {"tilstede": list(ført.tilstede or ())}
        svar = await send_som(web, økt, f"{her}/holdt", kropp, f"{nøkkel}-h"[:64], sett)
        på = None
    if svar is None or svar.ok:
        svar = await send_som(web, økt, f"{her}/referat", _referatkropp(ført), nøkkel, på)
    if not svar.ok and not svar.utdatert and not svar.borte:
        return await skjema.igjen(request, ref, "referat.html", Visning.GRUPPE, _referat(moete, ført, svar.hvorfor))
    felt: Felt = (
        ("maal", ført.maal), ("beslutninger", ført.beslutninger), ("uenighet", ført.uenighet), ("neste", ført.neste),
        *(("tilstede", part) for part in ført.tilstede or ()),
        *(
            par for part, tekst, frist in ført.oppgaver
            for par in (("oppgave_part", part), ("oppgave_tekst", tekst), ("oppgave_frist", frist))
        ),
    )  # fmt: skip
    return await _ferdig(request, web, økt, ref, svar, sett, "referat", "Godkjenne referatet", felt)


def _referatkropp(ført: Referat) -> dict[str, object]:
    return {
        "maal": ført.maal.strip(), "beslutninger": skjema.linjer(ført.beslutninger), "uenighet": ført.uenighet.strip(),
        "neste": _dag(ført.neste),
        "oppgaver": [{"part": p, "tekst": t, "frist": _dag(frist)} for p, t, frist in ført.oppgaver],
    }  # fmt: skip


def _dag(tekst: str) -> str | None:
    dag: date | None = skjema.dag(tekst)
    return dag.isoformat() if dag is not None else None


def _møtet(
    request: Request, ref: str, møte: str, merke: str, handling: str, versjon: int
) -> tuple[Web, Økt, Bilde, Sett | None]:  # fmt: skip
    """Who asks, and the version of the meeting that they saw; None when it is not shared with them."""
    web, økt, bilde, sett = skjema.kom_inn(request, ref, merke, handling, MoeteUtsnitt, versjon, møte)
    return web, økt, bilde, sett if skjema.den(bilde, MoeteUtsnitt, møte) is not None else None


async def _ferdig(
    request: Request, web: Web, økt: Økt, ref: str, svar: Svar, sett: Sett | None, gjort: str, hva: str, felt: Felt
) -> Response:
    return await skjema.ferdig(request, web, økt, ref, svar, sett, gruppesiden.hjem(ref), gjort, hva, felt)
