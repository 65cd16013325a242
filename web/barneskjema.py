"""What a user does about a child: each act a form of its own, sent as one command on what the user saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed
from bindeledd.schema.generated.barn_paaroerende import BarnesakUtsnitt, KartleggingUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from web import gitt, vist
from web import ord as sagt
from web.bilde import Bilde
from web.gitt import Gitt
from web.handling import Igjen, Merke, Nøkkel, etter, send_som, utdatert
from web.kommandoer import Sett
from web.ramme import Web, hvem_av, web_av, økt_av
from web.sider import GJORT, REF, bilde_av, vis_om
from web.skjema import SIFRE, uleselige
from web.skjema import igjen as på_nytt
from web.svar import BARN_MAKS, antall_barn
from web.vern import krev_samme_opphav
from web.vist import Hvem
from web.økt import Økt

router = APIRouter(include_in_schema=False)
TJENESTE, TEKST_MAKS, KORT_MAKS = "barn_paaroerende", 4000, 200
MOTTAKERSLAG = ("helsestasjon", "bup", "fastlege", "barnehage", "skole", "ppt")
Versjon = Annotated[int, Form(ge=0, le=10**9)]
Kropp = Mapping[str, object] | str
"""The body of a command, or what is missing, in words."""


@dataclass(frozen=True, slots=True)
class Gjøremål:
    """One act: what its page is called and says, which act it is in the roles, where its command goes, and its body."""

    tittel: str
    handling: str
    sti: str
    kropp: Callable[[FormData, Økt], Kropp]
    ingress: str = ""
    knapp: str = "Lagre"


def _felt(skjema: FormData, navn: str) -> str:
    return "\n".join(linje.rstrip() for linje in str(skjema.get(navn, "")).splitlines()).strip()


def _tekst(skjema: FormData, navn: str, hva: str) -> str | tuple[str]:
    """The text, or (what is missing,)."""
    tekst = _felt(skjema, navn)
    if not tekst or len(tekst) > TEKST_MAKS:
        return (f"Skriv {hva}, med høyst {TEKST_MAKS} tegn.",)
    return tekst


def _henvis(skjema: FormData, _økt: Økt) -> Kropp:
    if not _felt(skjema, "til"):
        return "Velg hvem barnet skal henvises til."
    støtte = _tekst(skjema, "stoettebehov", "hva barnet trenger")
    kontakt = _tekst(skjema, "kontakt", "hvem mottakeren kan ringe")
    for felt in (støtte, kontakt):
        if isinstance(felt, tuple):
            return felt[0]
    kropp = {"forelder": _felt(skjema, "forelder"), "til": _felt(skjema, "til"), "stoettebehov": støtte}
    utdypende = _felt(skjema, "utdypende")
    return {**kropp, "kontakt": kontakt, **({"utdypende": utdypende} if utdypende else {})}


def _av(_skjema: FormData, økt: Økt) -> Kropp:
    return {"av": økt.bruker}


def _tom(_skjema: FormData, _økt: Økt) -> Kropp:
    return {}


def _svar(skjema: FormData, _økt: Økt) -> Kropp:
    tar = _felt(skjema, "tar_imot")
    if tar not in ("ja", "nei"):
        return "Si om dere kan hjelpe."
    innhold = _felt(skjema, "innhold")
    return {"tar_imot": tar == "ja", **({"innhold": innhold} if innhold else {})}


def _ord(skjema: FormData, _økt: Økt) -> Kropp:
    innhold = _tekst(skjema, "innhold", "hva dere gjør")
    return innhold[0] if isinstance(innhold, tuple) else {"innhold": innhold}


def _avslutt(skjema: FormData, _økt: Økt) -> Kropp:
    grunn = _felt(skjema, "grunn")
    return {"grunn": grunn} if grunn in sagt.TILTAK_SLUTT else "Velg hvorfor."


def _vurder(skjema: FormData, økt: Økt) -> Kropp:
    utfall, innhold = _felt(skjema, "utfall"), _tekst(skjema, "innhold", "hva du bygger vurderingen på")
    if utfall not in ("IKKE_GRUNN", "FOELG_MED", "MELD"):
        return "Velg hva vurderingen kom fram til."
    if isinstance(innhold, tuple):
        return innhold[0]
    return {"forelder": _felt(skjema, "forelder"), "av": økt.bruker, "utfall": utfall, "innhold": innhold}


def _hørt(skjema: FormData, _økt: Økt) -> Kropp:
    innhold = _felt(skjema, "innhold")
    skjult = {"skjult_for_foreldre": _felt(skjema, "skjult") == "ja"}
    return {**skjult, **({"innhold": innhold} if innhold else {})}


def _etterlatt(skjema: FormData, økt: Økt) -> Kropp:
    innhold = _felt(skjema, "innhold")
    kropp = {"forelder": _felt(skjema, "forelder"), "av": økt.bruker}
    return {**kropp, **({"innhold": innhold} if innhold else {})}


def _tvil(skjema: FormData, _økt: Økt) -> Kropp:
    samme = _felt(skjema, "samme")
    if samme not in ("ja", "nei"):
        return "Si om det er samme barn."
    return {"kandidat": _felt(skjema, "kandidat"), "samme": samme == "ja"}


_H = "/barn/{sak}/henvisninger"
I_SAKEN: Mapping[str, Gjøremål] = {
    "henvis": Gjøremål(
        "Henvis barnet", "barn.henvis", _H, _henvis,
        "Helsetjenester kan få vite det de trenger, når personen ikke har sagt nei. Barnehage, skole og PPT må ha et "
        "ja. Mangler det, blir henvisningen liggende her til dere har snakket med personen.", "Lagre henvisningen",
    ),
    "send": Gjøremål("Send henvisningen", "barn.henvis", _H + "/{henvisning}/send", _tom, knapp="Send"),
    "ta-imot": Gjøremål("Ta henvisningen", "barn.hjelp", _H + "/{henvisning}/ta-imot", _av, knapp="Ta den"),
    "svar": Gjøremål(
        "Svar på henvisningen", "barn.hjelp", _H + "/{henvisning}/svar", _svar,
        "Den som henviste, ser svaret. Sier dere nei, er det de som finner en annen.", "Send svaret",
    ),
    "tiltak": Gjøremål(
        "Skriv hva dere gjør for barnet", "barn.hjelp", _H + "/{henvisning}/tiltak", _ord,
        "Bare dere leser dette. Den som henviste, ser at dere har begynt, og når det er slutt.",
    ),
    "avslutt": Gjøremål("Avslutt det dere gjør", "barn.hjelp", "/barn/{sak}/tiltak/{tiltak}/avslutt", _avslutt),
    "meldeplikt": Gjøremål(
        "Vurder meldeplikten", "barn.meldeplikt", "/barn/{sak}/meldeplikt", _vurder,
        "Bare du og lederen leser dette. Ingenting blir sendt: skal det meldes, melder du selv til barnevernet.",
        "Lagre vurderingen",
    ),
    "hoert": Gjøremål(
        "Skriv hva barnet sa", "barn.registrer", "/barn/{sak}/hoert", _hørt,
        "Barn over 12 år skal bli hørt, og kan be om at foreldrene ikke får vite det. Bare dere leser dette.",
    ),
    "etterlatt": Gjøremål(
        "Barnet er fulgt opp", "barn.henvis", "/barn/{sak}/etterlatt", _etterlatt, "Barnet har mistet noen.",
    ),
    "tvil": Gjøremål(
        "Er dette samme barn?", "barn.tvil", "/barn/{sak}/tvil", _tvil,
        "To saker har samme navn og fødselsdato. Er det samme barn, får mottakerne alt samlet på ett sted. De som har "
        "registrert barnet, får ikke vite om hverandre.", "Avgjør",
    ),
}  # fmt: skip
"""What is done in a child's case. Ids in the address are those of the user's own view, and of no form."""


# -- a child's case ---------------------------------------------------------------------------------------------------


@router.get("/barn/{ref}/{hva}")
def vis_skjema(request: Request, ref: str, hva: str) -> Response:
    return vis_om(request, ref, "barn_skjema.html", Visning.PASIENT, _skjema(hva, dict(request.query_params), ""))


def _versjon(felt: Mapping[str, str]) -> int:
    """The version that an address names; 0 for none, or for what is no number of a view."""
    tekst = felt.get("versjon", "")
    return int(tekst) if tekst.isdecimal() and len(tekst) <= SIFRE else 0


def _skjema(hva: str, felt: Mapping[str, str], feil: str) -> Any:
    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        gjøremål, hvem = I_SAKEN.get(hva), hvem_av(web, økt)
        sak = _saken(bilde, felt.get("sak", ""))
        if gjøremål is None or sak is None or not hvem.kan(gjøremål.handling) or not _hører_til(sak, felt):
            return None
        mottakere = [(p.id, p.navn) for p in web.oppsett.parter.values() if p.slag in MOTTAKERSLAG]
        return {
            "hva": hva, "gjøremål": gjøremål, "felt": felt, "feil": feil,
            "navn": vist.navn(vist.personalia(bilde, hvem)),
            "versjon": _versjon(felt) or sak.versjon,
            "mottakere": sorted(mottakere, key=lambda par: par[1]), "slutt": sagt.TILTAK_SLUTT,
            "utfall": {u.value: t for u, t in sagt.MELDEPLIKT.items() if u.value != "UKJENT"}, "maks": TEKST_MAKS,
        }  # fmt: skip

    return innhold


@router.post("/barn/{ref}/{hva}", dependencies=[Depends(krev_samme_opphav)])
async def gjør(request: Request, ref: str, hva: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke) -> Response:
    """Do something in a child's case."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    skjema = await request.form()
    felt = {navn: str(verdi) for navn, verdi in skjema.items() if navn not in ("merke", "noekkel")}
    gjøremål = I_SAKEN.get(hva)
    sak = await run_in_threadpool(_hvilken, web, økt, ref, felt)
    if gjøremål is None or sak is None or not hvem_av(web, økt).kan(gjøremål.handling):
        raise NotAllowed("this role may not do this, or the child is not shared with its unit")
    kropp = gjøremål.kropp(skjema, økt)
    if isinstance(kropp, str):
        innhold = _skjema(hva, felt, kropp)
        return await run_in_threadpool(
            vis_om, request, ref, "barn_skjema.html", Visning.PASIENT, innhold, status=409
        )  # fmt: skip
    sett, hjem = Sett(sak.strøm, versjon), f"/barn/{ref}"
    svar = await send_som(web, økt, _adresse(gjøremål, sak, felt), kropp, nøkkel, sett)
    if svar.utdatert:

        def igjen(nå: Gitt) -> Igjen:
            return Igjen(gjøremål.tittel, request.url.path, (*_uten_versjon(felt), ("versjon", str(nå.versjon))))

        return await utdatert(web, økt, ref, sett, igjen, hjem)
    if svar.ok or svar.borte:
        return await etter(request, web, økt, svar, hjem, "henvist" if hva in ("henvis", "send") else "barn")
    innhold = _skjema(hva, felt, svar.hvorfor)
    return await run_in_threadpool(
        vis_om, request, ref, "barn_skjema.html", Visning.PASIENT, innhold, status=409
    )  # fmt: skip


def _adresse(gjøremål: Gjøremål, sak: Gitt, felt: Mapping[str, str]) -> str:
    ref = {navn: felt.get(navn, "") for navn in ("henvisning", "tiltak")}
    return f"/api/{TJENESTE}" + gjøremål.sti.format(sak=sak.aggregat, **ref)


def _uten_versjon(felt: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((navn, verdi) for navn, verdi in felt.items() if navn != "versjon")


def _hvilken(web: Web, økt: Økt, ref: str, felt: Mapping[str, str]) -> Gitt | None:
    bilde = bilde_av(web, økt, ref) if REF.fullmatch(ref) else None
    sak = _saken(bilde, felt.get("sak", "")) if bilde is not None else None
    return sak if sak is not None and _hører_til(sak, felt) else None


def _saken(bilde: Bilde, ref: str) -> Gitt | None:
    """The case, as the user's own party has been given it. What a form says of it is never believed."""
    return next((g for g in bilde.alle(BarnesakUtsnitt) if ref in ("", g.aggregat)), None)


def _hører_til(sak: Gitt, felt: Mapping[str, str]) -> bool:
    """Whether the refs that a form names are in the view."""
    utsnitt: BarnesakUtsnitt = sak.utsnitt
    kjent: dict[str, set[Any]] = {
        "henvisning": {h.henvisning_ref for h in utsnitt.henvisninger},
        "tiltak": {t.tiltak_ref for t in utsnitt.tiltak},
        "forelder": {d.forelder_ref for d in utsnitt.familie},
        "kandidat": {t.kandidat for t in utsnitt.tvil},
    }
    return all(felt[navn] in refs for navn, refs in kjent.items() if felt.get(navn))


# -- an adult's children ----------------------------------------------------------------------------------------------


def _barn(skjema: FormData, _økt: Økt) -> Kropp:
    fornavn, etternavn = (_felt(skjema, navn) for navn in ("fornavn", "etternavn"))
    if not fornavn or not etternavn or max(len(fornavn), len(etternavn)) > KORT_MAKS:
        return f"Skriv fornavn og etternavn, med høyst {KORT_MAKS} tegn hver."
    valgfritt = {navn: _felt(skjema, navn) for navn in ("født", "nummer", "behov") if _felt(skjema, navn)}
    relasjon = _felt(skjema, "relasjon")
    if relasjon not in ("FORELDER", "OMSORG", "SOESKEN"):
        return "Velg hva personen er for barnet."
    return {"fornavn": fornavn, "etternavn": etternavn, "relasjon": relasjon, **valgfritt}


def _samtale(skjema: FormData, _økt: Økt) -> Kropp:
    antall, innhold = _felt(skjema, "antall_barn"), _felt(skjema, "innhold")
    tall = antall_barn(antall)
    if tall is None:
        return "" if antall else "Skriv hvor mange barn og søsken det gjelder."
    return {"antall_barn": tall, **({"innhold": innhold} if innhold else {})}


def _grunn(mulige: Mapping[str, str]) -> Callable[[FormData, Økt], Kropp]:
    def kropp(skjema: FormData, _økt: Økt) -> Kropp:
        grunn = _felt(skjema, "grunn")
        return {"grunn": grunn} if grunn in mulige else "Velg hvorfor."

    return kropp


_P = "/personer/{person}"
OM_PERSONEN: Mapping[str, Gjøremål] = {
    "barn": Gjøremål("Registrer et barn", "barn.registrer", _P + "/barn", _barn, knapp="Registrer barnet"),
    "samtale": Gjøremål("Samtalen er holdt", "barn.kartlegg", _P + "/samtale", _samtale),
    "ingen-barn": Gjøremål("Nei, ingen under 18", "barn.kartlegg", _P + "/ingen-barn", _tom),
    "avslag": Gjøremål("Personen svarte ikke", "barn.kartlegg", _P + "/avslag", _grunn(sagt.AVSLAATT)),
    "utsett": Gjøremål("Vi har ikke spurt", "barn.kartlegg", _P + "/utsett", _grunn(sagt.UTSATT)),
}
"""What is asked and answered about an adult's children."""


@router.get("/pasient/{ref}/barn")
def vis_kartlegging(request: Request, ref: str, gjort: str = "") -> Response:
    return vis_om(
        request, ref, "barn_kartlegging.html", Visning.PASIENT, _kartlegging({}, "", "", GJORT.get(gjort, ""))
    )  # fmt: skip


def _kartlegging(felt: Mapping[str, str], hva: str, feil: str, gjort: str = "") -> Any:
    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        hvem = hvem_av(web, økt)
        gitt_ = bilde.kartleggingen()
        alle: list[KartleggingUtsnitt] = [g.utsnitt for g in bilde.alle(KartleggingUtsnitt)]
        kan = {navn: g for navn, g in OM_PERSONEN.items() if hvem.kan(g.handling)}
        if (gitt_ is None and not kan) or bilde.alle(BarnesakUtsnitt):
            return None
        utsnitt = bilde.kartlagt()
        return {
            "navn": vist.navn(vist.personalia(bilde, hvem)), "svaret": vist.barnemerke(utsnitt),
            "ulike_svar": len({(u.tilstand, u.antall_barn) for u in alle if u.besvart is not None}) > 1,
            "barna": [*dict.fromkeys(barnet for u in alle for barnet in _barna(web, økt, u))],
            "henvist": _henvist(utsnitt, hvem), "kan": kan, "felt": felt,
            "hva": hva, "feil": feil, "gjort": gjort, "versjon": gitt_.versjon if gitt_ is not None else 0,
            "antall_maks": BARN_MAKS,
            "igjen": hvem.tid(utsnitt.spoer_igjen) if utsnitt is not None and utsnitt.spoer_igjen else None,
            "avslag": sagt.AVSLAATT, "utsatt": sagt.UTSATT, "tekst_maks": TEKST_MAKS, "kort_maks": KORT_MAKS,
        }  # fmt: skip

    return innhold


def _barna(web: Web, økt: Økt, utsnitt: KartleggingUtsnitt) -> list[tuple[str, str]]:
    """(the child, its name) of each child; without the ref of one whose case this party does not have."""
    åpne = hvem_av(web, økt).åpne
    navn = [(b.barn_ref, vist.navn(åpne(utsnitt.barnenavn[b.navn]))) for b in utsnitt.barn]
    return [(gitt.person_med(web.engine, økt.part, ref) or "", heter) for ref, heter in navn]


def _henvist(utsnitt: KartleggingUtsnitt | None, hvem: Hvem) -> list[tuple[str, str, Any]]:
    """(to whom, how, when) of each referral, for the person."""
    if utsnitt is None:
        return []
    return [
        (hvem.part(h.til_part), "Ikke sendt" if h.holdt else "Sendt", hvem.tid(h.notert))
        for h in reversed(utsnitt.henvisninger)
    ]


@router.post("/pasient/{ref}/barn", dependencies=[Depends(krev_samme_opphav)])
async def kartlegg(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke,
    hva: Annotated[str, Form(max_length=20)] = "",
) -> Response:  # fmt: skip
    """Write down what came of the question about children."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    skjema = await request.form()
    felt = {navn: str(verdi) for navn, verdi in skjema.items() if navn not in ("merke", "noekkel")}
    gjøremål = OM_PERSONEN.get(hva)
    bilde = await run_in_threadpool(bilde_av, web, økt, ref) if REF.fullmatch(ref) else None
    if gjøremål is None or bilde is None or not bilde.gitte or not hvem_av(web, økt).kan(gjøremål.handling):
        raise NotAllowed("this role may not do this, or the person is not shared with its unit")
    kropp = gjøremål.kropp(skjema, økt)
    hjem, nå = f"/pasient/{ref}/barn", bilde.kartleggingen()
    hvorfor = kropp if isinstance(kropp, str) else ""
    if not isinstance(kropp, str) and not uleselige(skjema):
        sett = Sett(nå.strøm, versjon) if nå is not None else None
        svar = await send_som(web, økt, f"/api/{TJENESTE}" + gjøremål.sti.format(person=ref), kropp, nøkkel, sett)
        if svar.utdatert and sett is not None:

            def igjen(nytt: Gitt) -> Igjen:
                return Igjen(gjøremål.tittel, request.url.path, (*_uten_versjon(felt), ("versjon", str(nytt.versjon))))

            return await utdatert(web, økt, ref, sett, igjen, hjem)
        if svar.ok or svar.borte:
            return await etter(request, web, økt, svar, hjem, "barn")
        hvorfor = svar.hvorfor
    return await på_nytt(request, ref, "barn_kartlegging.html", Visning.PASIENT, _kartlegging(felt, hva, hvorfor))
