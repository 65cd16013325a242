"""The pages on which a crisis plan is read and used: red level, one sheet with all of it, who has it, its versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed, Shredded
from bindeledd.schema.generated.felles import Deling
from bindeledd.schema.generated.kriseplan import (
    Brukserfaring,
    KriseplanBruk,
    KriseplanKopi,
    Kriseplannivaa,
    KriseplanUtsnitt,
)
from bindeledd.schema.generated.samhandling import Personalia
from bindeledd.schema.generated.tilgang import Visning
from services.felles.oppsett import INNBYGGER
from web import ark, gitt, krisedeler, tid, vist
from web import ord as sagt
from web.bilde import Bilde
from web.gitt import Gitt
from web.handling import Merke, Nøkkel, etter, gikk_ikke, send_som
from web.krisedeler import Endring, Lest
from web.ramme import Web, hvem_av, web_av, økt_av
from web.rolle import KRISEPLANDELER, smal
from web.sider import GJORT, REF, bilde_av, vis_om
from web.vern import krev_samme_opphav
from web.vist import Hvem, Tid
from web.økt import Økt

router = APIRouter(include_in_schema=False)
ERFARING_MAKS = 1000
VERSJONER_VIST, HUSKET = 10, 300
"""How many versions the history shows, and how far back in what the party has been given they are looked for."""


@dataclass(frozen=True, slots=True)
class Brukt:
    """One time that the plan was used."""

    ref: str
    nivå: vist.Merke
    hvem: str
    når: Tid
    versjon: int
    evaluert: Tid | None


@dataclass(frozen=True, slots=True)
class Fortalt:
    """One account of how it went: told at once by who used the plan, or afterwards (then `når`, and `av` if known)."""

    sagt: tuple[tuple[str, str], ...]
    """(words over it, what was told)."""
    av: str = ""
    når: Tid | None = None


@dataclass(frozen=True, slots=True)
class Kopi:
    """What one party has or had of one version."""

    versjon: int
    deler: str
    fra: Tid | None
    til: Tid | None
    utdatert: bool
    """Another version has taken its place."""


@dataclass(frozen=True, slots=True)
class Versjon:
    """One version that the party has been given, and what changed in it; None where it has none to compare with."""

    nr: int
    laget: Tid | None
    medvirkning: str
    endringer: tuple[Endring, ...] | None


# -- pages ------------------------------------------------------------------------------------------------------------


@router.get("/pasient/{ref}/kriseplan/roedt")
def vis_rødt(request: Request, ref: str, gjort: str = "") -> Response:
    return _vis(request, ref, "kriseplan_roedt.html", _rødt, gjort)


@router.get("/pasient/{ref}/kriseplan/roedt/innhold")
def vis_rødt_innhold(request: Request, ref: str) -> Response:
    return _vis(request, ref, "kriseplan_roedt_innhold.html", _rødt)


@router.get("/pasient/{ref}/kriseplan/hele")
def vis_hele(request: Request, ref: str, gjort: str = "") -> Response:
    return _vis(request, ref, "kriseplan_hele.html", _hele, gjort)


@router.get("/pasient/{ref}/kriseplan/hele/innhold")
def vis_hele_innhold(request: Request, ref: str) -> Response:
    return _vis(request, ref, "kriseplan_hele_innhold.html", _hele)


@router.get("/pasient/{ref}/kriseplan/kopier")
def vis_kopier(request: Request, ref: str) -> Response:
    return _vis(request, ref, "kriseplan_kopier.html", _kopier)


@router.get("/pasient/{ref}/kriseplan/versjoner")
def vis_versjoner(request: Request, ref: str) -> Response:
    return _vis(request, ref, "kriseplan_versjoner.html", _versjoner)


@router.get("/pasient/{ref}/kriseplan/brukt")
def vis_brukt(request: Request, ref: str, gjort: str = "") -> Response:
    return _vis(request, ref, "kriseplan_brukt.html", _brukt, gjort)


Side = Callable[[Web, Hvem, Gitt], dict[str, Any] | None]
"""What one of these pages shows besides what they have in common; None when the user has no business there."""


def _vis(request: Request, ref: str, mal: str, av: Side, gjort: str = "") -> Response:
    """A page of the plan."""

    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        nå, hvem = plan_av(bilde), hvem_av(web, økt).om(bilde)
        eget = av(web, hvem, nå) if nå is not None else None
        return {**_felles(bilde, nå.utsnitt, hvem), **eget} if nå is not None and eget is not None else None

    return vis_om(request, ref, mal, Visning.KRISEPLAN, innhold, gjort=GJORT.get(gjort, ""))


def plan_av(bilde: Bilde) -> Gitt | None:
    """The plan that holds, as the party has it; None when there is none, or it is not shared."""
    delte = (g for g in bilde.alle(KriseplanUtsnitt) if g.utsnitt.finnes is Deling.DELT)
    return next(delte, None)


def _felles(bilde: Bilde, utsnitt: KriseplanUtsnitt, hvem: Hvem) -> dict[str, Any]:
    hvem_er = vist.personalia(bilde, hvem)
    født = hvem_er.foedt if isinstance(hvem_er, Personalia) else None
    return {
        "navn": vist.navn(hvem_er), "født": tid.dato(født) if født is not None else "",
        "versjon": utsnitt.versjon, "laget": hvem.tid(utsnitt.laget) if utsnitt.laget is not None else None,
        "forfalt": krisedeler.forfalt(utsnitt), "sider": krisedeler.sider_av(utsnitt, hvem),
        "kan_bruke": hvem.kan(krisedeler.BRUK) and not bilde.død, "kan_fortelle": hvem.kan(krisedeler.BRUK),
        "utdatert": tuple(k for k in _egne(utsnitt, hvem) if k.utdatert),
    }  # fmt: skip


def _lest(utsnitt: KriseplanUtsnitt, deler: Iterable[str], hvem: Hvem) -> tuple[Lest, ...]:
    return tuple(krisedeler.lest(utsnitt, deler, hvem.åpne))


def _rødt(_web: Web, hvem: Hvem, nå: Gitt) -> dict[str, Any] | None:
    """What to do now, how the person wishes to be met, and whom to call."""
    if not krisedeler.har(nå.utsnitt, "roedt_nivaa"):
        return None
    (rødt,) = _lest(nå.utsnitt, ("roedt_nivaa",), hvem)
    ring = _lest(nå.utsnitt, ("kontakter",), hvem)
    return {"rødt": rødt.avsnitt, "slettet": rødt.slettet, "ring": ring[0].avsnitt if ring else ()}


def _hele(_web: Web, hvem: Hvem, nå: Gitt) -> dict[str, Any]:
    utsnitt: KriseplanUtsnitt = nå.utsnitt
    lest = _lest(utsnitt, KRISEPLANDELER, hvem)
    tetthet = ark.tetthet(lest)
    return {
        "deler_lest": lest, "medvirkning": _med(utsnitt), "flere_ark": tetthet == 0,
        "tetthet": tetthet or len(ark.STØRRELSER),
        "eier": hvem.part(utsnitt.eier_part) if utsnitt.eier_part else "",
        "revideres": hvem.dag(utsnitt.revideres.date()) if utsnitt.revideres is not None else None,
        "skrevet_ut": hvem.tid(hvem.nå),
        "nivåer": tuple(
            (nivå.value, sagt.KRISEPLANNIVÅ[nivå][0], nivå is Kriseplannivaa.ROEDT)
            for nivå, del_ in ((Kriseplannivaa.GULT, "tegn_og_tiltak"), (Kriseplannivaa.ROEDT, "roedt_nivaa"))
            if krisedeler.har(utsnitt, del_)
        ),
    }  # fmt: skip


def _med(utsnitt: KriseplanUtsnitt) -> str:
    return ", ".join(sagt.MEDVIRKNING.get(kode, kode).lower() for kode in utsnitt.medvirkning)


def _kopier(_web: Web, hvem: Hvem, nå: Gitt) -> dict[str, Any] | None:
    utsnitt: KriseplanUtsnitt = nå.utsnitt
    if not any(sti == "kriseplan/kopier" for sti, _ in krisedeler.sider_av(utsnitt, hvem)):
        return None
    parter = dict.fromkeys(kopi.part for kopi in utsnitt.kopier)
    har = [(part, [k for k in utsnitt.kopier if k.part == part]) for part in parter]
    gjelder = sorted(har, key=lambda par: (all(k.til for k in par[1]), hvem.part(par[0])))
    return {
        "kopier": tuple(
            (hvem.part(part), tuple(_kopi(k, utsnitt, hvem) for k in reversed(alle))) for part, alle in gjelder
        ),
        "forfatter": utsnitt.grunn.grunnlag in ("R", "S"),
        "kan_samtykke": hvem.ser("plan.samtykker") or hvem.kan("samtykke.trekk"),
    }  # fmt: skip


def _egne(utsnitt: KriseplanUtsnitt, hvem: Hvem) -> tuple[Kopi, ...]:
    """What a party that has the plan by consent has had; nothing for those who see what all have."""
    if utsnitt.grunn.grunnlag in ("R", "S"):
        return ()
    return tuple(_kopi(k, utsnitt, hvem) for k in reversed(utsnitt.kopier))


def _kopi(kopi: KriseplanKopi, utsnitt: KriseplanUtsnitt, hvem: Hvem) -> Kopi:
    return Kopi(
        versjon=kopi.versjon,
        deler="; ".join(sagt.KRISEPLANDEL.get(del_, del_) for del_ in kopi.deler),
        fra=hvem.tid(kopi.fra) if kopi.fra is not None else None,
        til=hvem.tid(kopi.til) if kopi.til is not None else None,
        utdatert=kopi.versjon < utsnitt.versjon,
    )


def _versjoner(web: Web, hvem: Hvem, nå: Gitt) -> dict[str, Any] | None:
    """The versions that the party has been given, each with what changed, in the parts that are shared with it now."""
    utsnitt: KriseplanUtsnitt = nå.utsnitt
    if utsnitt.grunn.grunnlag not in ("R", "S"):
        return None
    deler = [
        d.del_ for d in utsnitt.deler if d.deling in (Deling.DELT, Deling.FINNES_IKKE) and d.del_ in KRISEPLANDELER
    ]
    siste: dict[int, KriseplanUtsnitt] = {}
    for tidligere in gitt.slik_det_har_vært(web.engine, nå, HUSKET):
        smalt = smal(tidligere, hvem.ser)
        if isinstance(smalt, KriseplanUtsnitt) and smalt.versjon:
            siste[smalt.versjon] = smalt
    nyeste = sorted(siste, reverse=True)[: VERSJONER_VIST + 1]
    par = zip(nyeste, [*(siste[nr] for nr in nyeste[1:]), None], strict=True)
    alle = [_versjon(siste[nr], før, deler, hvem) for nr, før in par]
    return {"versjoner": alle[:VERSJONER_VIST], "eldre": len(siste) > VERSJONER_VIST or min(siste, default=1) > 1}


def _versjon(utsnitt: KriseplanUtsnitt, før: KriseplanUtsnitt | None, deler: list[str], hvem: Hvem) -> Versjon:
    endringer = None
    if før is not None:
        endret = [d for d in deler if any(getattr(før, f) != getattr(utsnitt, f) for f in KRISEPLANDELER[d])]
        endringer = krisedeler.forskjell(*(krisedeler.les(u, endret, hvem.åpne) for u in (før, utsnitt)))
    laget = hvem.tid(utsnitt.laget) if utsnitt.laget is not None else None
    return Versjon(utsnitt.versjon, laget, _med(utsnitt), endringer)


def _brukt(_web: Web, hvem: Hvem, nå: Gitt) -> dict[str, Any] | None:
    utsnitt: KriseplanUtsnitt = nå.utsnitt
    if not any(sti == "kriseplan/brukt" for sti, _ in krisedeler.sider_av(utsnitt, hvem)):
        return None
    brukt = [_en_bruk(bruk, hvem) for bruk in utsnitt.bruk]
    fortalt = _erfaringer(utsnitt, hvem) if brukt else ()
    return {"brukt": brukt, "fortalt": fortalt, "maks": ERFARING_MAKS}


def _en_bruk(bruk: KriseplanBruk, hvem: Hvem) -> Brukt:
    evaluert = hvem.tid(bruk.evaluert) if bruk.evaluert is not None else None
    merke = vist.Merke(*sagt.KRISEPLANNIVÅ[bruk.nivaa])
    return Brukt(
        bruk.bruk_ref, merke, _hvem(bruk.part, bruk.av, hvem), hvem.tid(bruk.tatt_i_bruk), bruk.versjon, evaluert
    )


def _hvem(part: str, av: str, hvem: Hvem) -> str:
    return "Personen selv" if part == INNBYGGER else f"{hvem.brukere.get(av, 'En ansatt')}, {hvem.part(part)}"


def _erfaringer(utsnitt: KriseplanUtsnitt, hvem: Hvem) -> tuple[Fortalt, ...]:
    """What was told of the newest use: at once, and then by each who told afterwards, the newest first.

    Opens sealed values. A view that was made before all were kept has the newest account, and not whose it is.
    """
    evaluert = utsnitt.bruk[0].evaluert
    straks = Fortalt(_sagt(hvem.åpne(utsnitt.erfaring)))
    siden = [
        Fortalt(_sagt(hvem.åpne(utsnitt.fortalt[e.fortalt])), _hvem(e.part, e.av, hvem), hvem.tid(e.evaluert))
        for e in utsnitt.erfaringer
    ] or [Fortalt(_sagt(hvem.åpne(utsnitt.evaluering)), når=hvem.tid(evaluert) if evaluert is not None else None)]
    return tuple(fortalt for fortalt in (straks, *siden) if fortalt.sagt)


def _sagt(erfaring: object) -> tuple[tuple[str, str], ...]:
    match erfaring:
        case Brukserfaring(virket=virket, virket_ikke=virket_ikke):
            return tuple((hva, tekst) for hva, tekst in (("Virket", virket), ("Virket ikke", virket_ikke)) if tekst)
        case Shredded():
            return (("Fortalt", vist.SLETTET),)
        case _:
            return ()


# -- what a user does -------------------------------------------------------------------------------------------------


@router.post("/pasient/{ref}/kriseplan/bruk", dependencies=[Depends(krev_samme_opphav)])
async def ta_i_bruk(
    request: Request, ref: str, nøkkel: Nøkkel, merke: Merke, nivå: Annotated[Kriseplannivaa, Form(alias="nivaa")]
) -> Response:
    """The plan is taken into use: on whatever version stands, for this takes nothing from anybody."""
    web, økt = await run_in_threadpool(_kom_inn, request, ref, merke)
    kropp = {"av": økt.bruker, "nivaa": nivå.value}
    svar = await send_som(web, økt, f"/api/kriseplan/personer/{ref}/plan/bruk", kropp, nøkkel)
    hjem = "roedt" if nivå is Kriseplannivaa.ROEDT else "hele"
    return await etter(request, web, økt, svar, f"/pasient/{ref}/kriseplan/{hjem}", "brukt")


@router.post("/pasient/{ref}/kriseplan/bruk/{bruk}", dependencies=[Depends(krev_samme_opphav)])
async def fortell(
    request: Request, ref: str, bruk: str, nøkkel: Nøkkel, merke: Merke,
    virket: Annotated[str, Form(max_length=10_000)] = "", virket_ikke: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:  # fmt: skip
    """What came of it."""
    web, økt = await run_in_threadpool(_kom_inn, request, ref, merke)
    hjem = f"/pasient/{ref}/kriseplan/brukt"
    fortalt = {"virket": krisedeler.ren(virket), "virket_ikke": krisedeler.ren(virket_ikke)}
    if not REF.fullmatch(bruk) or not any(fortalt.values()):
        return gikk_ikke(web, økt, "Skriv hva som virket, eller hva som ikke virket.", hjem)
    if any(len(tekst) > ERFARING_MAKS for tekst in fortalt.values()):
        return gikk_ikke(
            web, økt, f"Skriv høyst {ERFARING_MAKS} tegn i hvert felt. Gå tilbake: det du skrev, står der.", hjem
        )
    sti = f"/api/kriseplan/personer/{ref}/plan/bruk/{bruk}/evaluer"
    svar = await send_som(web, økt, sti, {"av": økt.bruker, **fortalt}, nøkkel)
    return await etter(request, web, økt, svar, hjem, "fortalt")


def _kom_inn(request: Request, ref: str, merke: str) -> tuple[Web, Økt]:
    """Who asks. Raises NotAllowed for a role that may not, and a person not shared with them."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    bilde = bilde_av(web, økt, ref) if REF.fullmatch(ref) else None
    if bilde is None or not bilde.gitte or not hvem_av(web, økt).kan(krisedeler.BRUK):
        raise NotAllowed("this role may not do this, or the person is not shared with its unit")
    return web, økt
