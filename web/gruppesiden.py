"""The page of the ansvarsgruppe: koordinator, members and meetings, and the small forms about who is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bindeledd.access.parties import Post, users_in
from bindeledd.schema.generated.ansvarsgruppe import AnsvarsgruppeUtsnitt, PlanUtsnitt
from bindeledd.schema.generated.samhandling import PersonUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from services.felles.oppsett import Oppsett
from web import ord as sagt
from web import samarbeid, skjema, talsord, vist
from web.bilde import Bilde
from web.handling import Merke, Nøkkel, Skrevet, gikk_ikke, send_som
from web.kommandoer import Sett, Svar
from web.ramme import Web, hvem_av
from web.sider import GJORT, Innhold, vis_om
from web.skjema import Felt, Versjon
from web.vern import krev_samme_opphav
from web.økt import Økt

router = APIRouter(include_in_schema=False)
API = "/api/ansvarsgruppe"
HANDLINGER = (
    "plan.koordinator", "plan.behov", "gruppe.opprett", "gruppe.inviter", "gruppe.svar", "gruppe.moete",
    "gruppe.representant",
)  # fmt: skip
Kort = Annotated[str, Form(max_length=skjema.KORT_MAKS)]
Kode = Annotated[str, Form(max_length=60)]


@dataclass(frozen=True, slots=True)
class Ført:
    """What somebody has filled in in one of the small forms."""

    part: str = ""
    grunn: str = ""
    navn: str = ""


def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
    """What every page about the group shows; None for a role that has no business with it."""
    hvem = hvem_av(web, økt).om(bilde)
    kan = {handling: hvem.kan(handling) for handling in HANDLINGER}
    if not (hvem.ser("plan.finnes") or hvem.ser("plan.moete")) and not any(kan.values()):
        return None
    kommer, før = samarbeid.møter(bilde, økt.part, hvem)
    koordinator = samarbeid.koordinator(bilde, hvem)
    plan = skjema.den(bilde, PlanUtsnitt)
    return {
        "navn": vist.navn(vist.personalia(bilde, hvem)), "koordinator": koordinator, "kan": kan,
        "død": bilde.død, "kaller_inn": kan["gruppe.moete"] and not bilde.død,
        "planversjon": plan.versjon if plan is not None else 0,
        **samarbeid.koordinering(bilde, hvem),
        "gruppe": samarbeid.gruppen(bilde, økt.part, hvem), "kommer": kommer, "før": før,
        "avlyst_fordi": sagt.AVLYST, "fratrer_fordi": sagt.FRATRER,
    }  # fmt: skip


# -- pages ------------------------------------------------------------------------------------------------------------


@router.get("/pasient/{ref}/gruppe")
def vis_gruppe(request: Request, ref: str, gjort: str = "") -> Response:
    return vis_om(request, ref, "gruppe.html", Visning.GRUPPE, innhold, gjort=GJORT.get(gjort, ""))


@router.get("/pasient/{ref}/gruppe/innhold")
def vis_gruppe_innhold(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "gruppe_innhold.html", Visning.GRUPPE, innhold, gjort="")


@router.get("/pasient/{ref}/koordinator")
def vis_koordinator(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "koordinator.html", Visning.GRUPPE, _velg_koordinator(Ført()))


@router.get("/pasient/{ref}/koordinator/behov")
def vis_behov(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "koordinator_behov.html", Visning.GRUPPE, _behov(Ført()))


@router.get("/pasient/{ref}/barnekoordinator")
def vis_barnekoordinator(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "barnekoordinator.html", Visning.GRUPPE, _barnets(Ført()))


@router.get("/pasient/{ref}/gruppe/inviter")
def vis_inviter(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "gruppe_inviter.html", Visning.GRUPPE, _skjema(Ført(), "gruppe.inviter"))


@router.get("/pasient/{ref}/gruppe/representant")
def vis_representant(request: Request, ref: str) -> Response:
    return vis_om(request, ref, "gruppe_representant.html", Visning.GRUPPE, _skjema(Ført(), "gruppe.representant"))


def _skjema(ført: Ført, handling: str, feil: str = "") -> Innhold:
    def skjemaet(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        felles = innhold(web, økt, bilde)
        gruppe = felles["gruppe"] if felles is not None else None
        if felles is None or not felles["kan"][handling] or gruppe is None or not gruppe.styrer:
            return None
        person = bilde.ett(PersonUtsnitt)
        alle = skjema.enheter(web.oppsett, person.bydel if person is not None else None)
        i_grupper = [(sted, [p for p in parter if p.slag in I_GRUPPER]) for sted, parter in alle]
        return {
            **felles, "ført": ført, "feil": feil, "representanter": sagt.REPRESENTANT,
            "enheter": [(sted, parter) for sted, parter in i_grupper if parter],
        }  # fmt: skip

    return skjemaet


I_GRUPPER = frozenset(
    {"enhet", "act", "dps", "fastlege", "hjemmetjeneste", "nav", "botilbud", "barnevern", "skole", "helsestasjon"}
)
"""Kinds of unit that sit in such groups. The service decides."""


def _velg_koordinator(ført: Ført, feil: str = "") -> Innhold:
    def skjemaet(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        felles = innhold(web, økt, bilde)
        if felles is None or not felles["kan"]["plan.koordinator"]:
            return None
        person = bilde.ett(PersonUtsnitt)
        bydel = person.bydel if person is not None else None
        valg = _mulige(web.oppsett, bydel)
        return {**felles, "ført": ført, "feil": feil, "mulige": valg, "byttegrunner": sagt.KOORDINATORBYTTE}

    return skjemaet


def _behov(ført: Ført, feil: str = "") -> Innhold:
    def skjemaet(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        felles = innhold(web, økt, bilde)
        return {**felles, "ført": ført, "feil": feil} if felles is not None and felles["kan"]["plan.behov"] else None

    return skjemaet


def _barnets(ført: Ført, feil: str = "") -> Innhold:
    def skjemaet(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        valg = _velg_koordinator(ført, feil)(web, økt, bilde)
        return {**valg, "tilstander": talsord.BARNEKOORDINATOR} if valg is not None else None

    return skjemaet


def _mulige(oppsett: Oppsett, bydel: str | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Who can be koordinator, by unit: people with that role, and others of health units that help over time."""
    katalog, funnet = oppsett.katalog, []
    for _, parter in skjema.enheter(oppsett, bydel):
        for part in parter:
            poster = [Post(part.id, rolle) for rolle in KOORDINERER if part.helsetjeneste]
            folk = [(f"{bruker.id}@{part.id}", bruker.name) for p in poster for bruker in users_in(katalog, p)]
            if folk:
                funnet.append((part.navn, folk))
    return funnet


KOORDINERER = ("koordinator", "act-medlem", "enhet-ansatt", "hjemmesykepleier", "dps-behandler")
"""Roles whose holders can be somebody's koordinator."""


# -- what a user does -------------------------------------------------------------------------------------------------


@router.post("/pasient/{ref}/koordinator", dependencies=[Depends(krev_samme_opphav)])
async def sett_koordinator(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, hvem: Kode = "", grunn: Kode = "annet"
) -> Response:
    """Appoint or change the koordinator, with or without a plan (hol §7-2)."""
    web, økt, _, sett = await run_in_threadpool(
        skjema.kom_inn, request, ref, merke, "plan.koordinator", PlanUtsnitt, versjon
    )
    bruker, _, part = hvem.partition("@")
    ført = Ført(part=hvem, grunn=grunn)
    if bruker not in web.oppsett.katalog.users or part not in web.oppsett.parter or grunn not in sagt.KOORDINATORBYTTE:
        return await skjema.igjen(
            request, ref, "koordinator.html", Visning.GRUPPE, _velg_koordinator(ført, "Velg hvem som er koordinator.")
        )
    kropp = {"part": part, "koordinator": bruker, "grunn": grunn}
    svar = await send_som(web, økt, f"{API}/personer/{ref}/koordinator", kropp, nøkkel, sett)
    if not svar.ok and not svar.utdatert and not svar.borte:
        igjen = _velg_koordinator(ført, svar.hvorfor)
        return await skjema.igjen(request, ref, "koordinator.html", Visning.GRUPPE, igjen)
    hva = f"Oppnevne {hvem_av(web, økt).brukere[bruker]} som koordinator"
    return await _ferdig(request, web, økt, ref, svar, sett, "koordinator", hva, (("hvem", hvem), ("grunn", grunn)))


@router.post("/pasient/{ref}/koordinator/behov", dependencies=[Depends(krev_samme_opphav)])
async def meld_behov(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, behov: Skrevet = ""
) -> Response:
    """Tell the koordinerende enhet that the person needs a koordinator or an individual plan (hpl §38a)."""
    web, økt, _, sett = await run_in_threadpool(skjema.kom_inn, request, ref, merke, "plan.behov", PlanUtsnitt, versjon)
    behov = behov.strip()
    if feil := skjema.for_lang("Hva personen trenger", behov):
        return await _igjen(request, ref, "koordinator_behov.html", _behov(Ført(grunn=behov), feil[0]))
    kropp: dict[str, object] = {"tekst": behov} if behov else {}
    svar = await send_som(web, økt, f"{API}/personer/{ref}/koordinator/behov", kropp, nøkkel, sett)
    if not svar.ok and not svar.utdatert and not svar.borte:
        return await _igjen(request, ref, "koordinator_behov.html", _behov(Ført(grunn=behov), svar.hvorfor))
    hva = "Melde fra at personen trenger koordinator"
    return await _ferdig(request, web, økt, ref, svar, sett, "behov", hva, (("behov", behov),))


@router.post("/pasient/{ref}/barnekoordinator", dependencies=[Depends(krev_samme_opphav)])
async def barnekoordinator(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, tilstand: Kode = "", hvem: Kode = ""
) -> Response:
    """Write down that the family was offered a barnekoordinator, declined, or has one (pbrl §2-5c)."""
    web, økt, _, sett = await run_in_threadpool(
        skjema.kom_inn, request, ref, merke, "plan.koordinator", PlanUtsnitt, versjon
    )
    bruker, _, part = hvem.partition("@")
    ført, oppnevnt = Ført(part=hvem, grunn=tilstand), tilstand == "OPPNEVNT"
    kjent = bruker in web.oppsett.katalog.users and part in web.oppsett.parter
    if tilstand not in talsord.BARNEKOORDINATOR or oppnevnt is not kjent:
        feil = "Velg hva som er avklart, og hvem som er barnekoordinator hvis familien har fått en."
        return await _igjen(request, ref, "barnekoordinator.html", _barnets(ført, feil))
    navngitt: dict[str, object] = {"part": part, "koordinator": bruker} if oppnevnt else {}
    kropp: dict[str, object] = {"tilstand": tilstand, **navngitt}
    svar = await send_som(web, økt, f"{API}/personer/{ref}/barnekoordinator", kropp, nøkkel, sett)
    if not svar.ok and not svar.utdatert and not svar.borte:
        return await _igjen(request, ref, "barnekoordinator.html", _barnets(ført, svar.hvorfor))
    felt = (("tilstand", tilstand), ("hvem", hvem))
    hva = f"Skrive ned: {talsord.BARNEKOORDINATOR[tilstand]}"
    return await _ferdig(request, web, økt, ref, svar, sett, "barnekoordinator", hva, felt)


@router.post("/pasient/{ref}/gruppe/opprett", dependencies=[Depends(krev_samme_opphav)])
async def opprett(request: Request, ref: str, nøkkel: Nøkkel, merke: Merke) -> Response:
    """The person has an ansvarsgruppe; this unit is its first member."""
    web, økt, _, _ = await run_in_threadpool(
        skjema.kom_inn, request, ref, merke, "gruppe.opprett", AnsvarsgruppeUtsnitt, 0
    )
    svar = await send_som(web, økt, f"{API}/personer/{ref}/gruppe", {}, nøkkel)
    return await _ferdig(request, web, økt, ref, svar, None, "gruppe", "", ())


@router.post("/pasient/{ref}/gruppe/inviter", dependencies=[Depends(krev_samme_opphav)])
async def inviter(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, part: Kode = ""
) -> Response:
    """Invite a unit."""
    web, økt, gruppe, sett = await run_in_threadpool(gruppa, request, ref, merke, "gruppe.inviter", versjon)
    if gruppe is None:
        return ingen_gruppe(web, økt, ref)
    if part not in web.oppsett.parter:
        return await _igjen(
            request, ref, "gruppe_inviter.html", _skjema(Ført(part), "gruppe.inviter", "Velg en enhet.")
        )
    svar = await send_som(web, økt, f"{API}/personer/{ref}/gruppe/{gruppe}/inviter", {"part": part}, nøkkel, sett)
    if not svar.ok and not svar.utdatert and not svar.borte:
        igjen = _skjema(Ført(part), "gruppe.inviter", svar.hvorfor)
        return await _igjen(request, ref, "gruppe_inviter.html", igjen)
    hva = f"Invitere {hvem_av(web, økt).part(part)}"
    return await _ferdig(request, web, økt, ref, svar, sett, "invitert", hva, (("part", part),))


@router.post("/pasient/{ref}/gruppe/representant", dependencies=[Depends(krev_samme_opphav)])
async def representant(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, slag: Kode = "", navn: Kort = ""
) -> Response:
    """Write down whom the person has chosen to speak for them. No name: nobody any more."""
    web, økt, gruppe, sett = await run_in_threadpool(gruppa, request, ref, merke, "gruppe.representant", versjon)
    if gruppe is None:
        return ingen_gruppe(web, økt, ref)
    navn = navn.strip()
    if navn and slag not in sagt.REPRESENTANT:
        igjen = _skjema(Ført(slag, navn=navn), "gruppe.representant", "Velg hvem representanten er.")
        return await _igjen(request, ref, "gruppe_representant.html", igjen)
    kropp: dict[str, object] = {"slag": slag, "navn": navn} if navn else {}
    svar = await send_som(web, økt, f"{API}/personer/{ref}/gruppe/{gruppe}/representant", kropp, nøkkel, sett)
    hva = "Skrive ned hvem som er representant" if navn else "Skrive ned at det ikke er noen representant"
    return await _ferdig(
        request, web, økt, ref, svar, sett, "representant", hva, (("slag", slag), ("navn", navn))
    )  # fmt: skip


@router.post("/pasient/{ref}/gruppe/svar", dependencies=[Depends(krev_samme_opphav)])
async def svar_på_invitasjon(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    svaret: Annotated[Literal["ja", "nei"], Form(alias="svar")],
) -> Response:  # fmt: skip
    """The invited unit answers."""
    web, økt, gruppe, sett = await run_in_threadpool(gruppa, request, ref, merke, "gruppe.svar", versjon)
    if gruppe is None:
        return ingen_gruppe(web, økt, ref)
    svar = await send_som(web, økt, f"{API}/gruppe/{gruppe}/svar", {"med": svaret == "ja"}, nøkkel, sett)
    hva = "Svare ja til å være med" if svaret == "ja" else "Svare nei til å være med"
    return await _ferdig(request, web, økt, ref, svar, sett, "svart", hva, (("svar", svaret),))


@router.post("/pasient/{ref}/gruppe/fratre", dependencies=[Depends(krev_samme_opphav)])
async def fratre(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, grunn: Kode = ""
) -> Response:
    """A member leaves."""
    web, økt, gruppe, sett = await run_in_threadpool(gruppa, request, ref, merke, "gruppe.svar", versjon)
    if gruppe is None or grunn not in sagt.FRATRER:
        return ingen_gruppe(web, økt, ref) if gruppe is None else gikk_ikke(web, økt, "Velg hvorfor.", hjem(ref))
    svar = await send_som(web, økt, f"{API}/gruppe/{gruppe}/fratre", {"grunn": grunn}, nøkkel, sett)
    return await _ferdig(request, web, økt, ref, svar, sett, "fratraadt", "Gå ut av gruppen", (("grunn", grunn),))


def gruppa(
    request: Request, ref: str, merke: str, handling: str, versjon: int
) -> tuple[Web, Økt, str | None, Sett | None]:
    """Who asks, the person's live group as their party knows it, and the version of it that they saw."""
    web, økt, bilde, _ = skjema.kom_inn(request, ref, merke, handling, AnsvarsgruppeUtsnitt, versjon)
    gruppe = samarbeid.gruppen(bilde, økt.part, hvem_av(web, økt))
    if gruppe is None or gruppe.avsluttet:
        return web, økt, None, None
    gitt = skjema.den(bilde, AnsvarsgruppeUtsnitt, gruppe.ref)
    assert gitt is not None
    return web, økt, gruppe.ref, Sett(gitt.strøm, versjon)


def hjem(ref: str) -> str:
    return f"/pasient/{ref}/gruppe"


def ingen_gruppe(web: Web, økt: Økt, ref: str) -> Response:
    return gikk_ikke(web, økt, "Det er ikke noen ansvarsgruppe som dere kan se.", hjem(ref))


async def _igjen(request: Request, ref: str, mal: str, igjen: Innhold) -> Response:
    return await skjema.igjen(request, ref, mal, Visning.GRUPPE, igjen)


async def _ferdig(
    request: Request, web: Web, økt: Økt, ref: str, svar: Svar, sett: Sett | None, gjort: str, hva: str, felt: Felt
) -> Response:
    return await skjema.ferdig(request, web, økt, ref, svar, sett, hjem(ref), gjort, hva, felt)
