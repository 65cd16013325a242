"""The pages about children: what waits and whose turn it is, and one child's case as each kind of unit may see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from bindeledd.core.errors import Shredded
from bindeledd.schema.generated.barn_paaroerende import (
    Barnedel,
    BarnesakUtsnitt,
    BarnetallUtsnitt,
    Henvisningstilstand,
    HenvisningVist,
)
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.tilgang import Visning
from services.felles.oppsett import INNBYGGER
from web import gitt, vist
from web import ord as sagt
from web.bilde import Bilde, bilder
from web.gitt import Gitt
from web.ramme import Web, hvem_av, side, videre, web_av, økt_av
from web.rolle import smal
from web.sider import GJORT, noter, vis_om
from web.vist import Hvem, Merke, Oppgave, Tid
from web.økt import Økt

router = APIRouter(include_in_schema=False)
LEDER = "barn.leder"
"""The act of reading what others of the unit have found of the duty to report."""


@dataclass(frozen=True, slots=True)
class Henvisning:
    """A referral as the page shows it. `kan_…`: what this user may do with it now."""

    ref: str
    sak: str
    versjon: int
    til: str
    merke: Merke
    stafett: str
    vår_tur: bool
    siden: Tid
    grunnlag: str
    støttebehov: str
    kontakt: str
    utdypende: str
    svar: str
    kan_sende: bool
    kan_ta: bool
    kan_svare: bool
    kan_hjelpe: bool


@dataclass(frozen=True, slots=True)
class Voksen:
    """An adult of the family, as far as this party may know: a link and the needs, or only what they are to the child.

    `sak`, `versjon`: the view that says so.
    """

    forelder_ref: str
    relasjon: str
    behov: str
    død: bool
    fulgt_opp: Tid | None
    kan_henvise: bool
    kan_vurdere: bool
    skal_følges_opp: bool
    sak: str
    versjon: int


@dataclass(frozen=True, slots=True)
class Tiltak:
    ref: str
    sak: str
    versjon: int
    tekst: str
    hos: str
    startet: Tid
    avsluttet: Tid | None
    kan_avslutte: bool


@dataclass(frozen=True, slots=True)
class Notat:
    """Something written down: when, in a few words, and what it says (empty: not for this user)."""

    når: Tid
    hva: str
    tekst: str


@dataclass(frozen=True, slots=True)
class Barnesak:
    """The whole page of a child."""

    person_ref: str
    navn: str
    født: str
    voksne: tuple[Voksen, ...]
    henvisninger: tuple[Henvisning, ...]
    tiltak: tuple[Tiltak, ...]
    vurderinger: tuple[Notat, ...]
    hørt: tuple[Notat, ...]
    skal_høres: bool
    sak: str
    versjon: int
    """The newest view of the case: where this user writes down what the child said."""
    kan_høre: bool
    bare_støtte: bool
    """For a receiver outside the health service: that the child needs support, and whom to call."""
    tvil: tuple[tuple[str, str, int], ...]
    """(case, the case that may be the same child's, version), for who decides."""
    oppgaver: tuple[Oppgave, ...]
    hvorfor: str
    til: Tid | None


@dataclass(frozen=True, slots=True)
class Rad:
    """A child in the list: who has to do the next thing, what, and since when."""

    person_ref: str
    navn: str
    vår_tur: bool
    hva: str
    siden: Tid
    hos: str


@dataclass(frozen=True, slots=True)
class Innboks:
    rader: tuple[Rad, ...]
    hos_oss: int
    tall: tuple[tuple[int, str], ...]
    """(year, how many in words), for who has figures only."""


# -- the list ---------------------------------------------------------------------------------------------------------


@router.get("/barn")
def vis_barn(request: Request, gjort: str = "") -> Response:
    return _innboks(request, "barn.html", gjort)


@router.get("/barn/innhold")
def vis_barn_innhold(request: Request) -> Response:
    return _innboks(request, "barn_innhold.html", "")


def _innboks(request: Request, mal: str, gjort: str) -> Response:
    web, økt = web_av(request), økt_av(request)
    posisjon, hvem = web.posisjon(), hvem_av(web, økt)
    if not (hvem.ser("barn.kartlagt") or hvem.ser("barn.tvil")) or økt.part == INNBYGGER:
        return side(web, "feil_rolle.html", økt, status=403)
    if stanset := web.stanset():
        return side(web, mal, økt, posisjon=posisjon, innboks=None, stanset=stanset, gjort="")
    live = gitt.live(web.engine, økt.part)
    usikre = gitt.usikre(web.engine)
    alle = [b for b in bilder(live, hvem.ser, økt.part) if b.alle(BarnesakUtsnitt) and b.person_ref not in usikre]
    noter(web, økt, Visning.TAVLE, alle)
    vist_nå = innboks(alle, live, hvem)
    return side(web, mal, økt, posisjon=posisjon, innboks=vist_nå, stanset=(), gjort=GJORT.get(gjort, ""))


def innboks(alle: Iterable[Bilde], live: Iterable[Gitt], hvem: Hvem) -> Innboks:
    """Whose turn it is, the longest wait first, ours before others'. Opens sealed values."""
    par = [(linje, sak) for sak in (barnesak(bilde, hvem) for bilde in alle) for linje in _linjer(sak)]
    rader = [
        Rad(sak.person_ref, sak.navn, vår_tur, hva, siden, hos)
        for (vår_tur, hva, siden, hos), sak in sorted(par, key=lambda p: (not p[0][0], p[0][2].maskin))
    ]
    tall = next((smal(g.utsnitt, hvem.ser) for g in live if isinstance(g.utsnitt, BarnetallUtsnitt)), None)
    figurer = tuple((t.aar, "færre enn 5" if t.faa else str(t.antall)) for t in tall.tall) if tall is not None else ()
    return Innboks(tuple(rader), len({r.person_ref for r in rader if r.vår_tur}), figurer)


def _linjer(sak: Barnesak) -> Iterator[tuple[bool, str, Tid, str]]:
    """(ours, what, since when, with whom) of each thing that waits in a case."""
    for henvisning in sak.henvisninger:
        yield henvisning.vår_tur, henvisning.merke.tekst, henvisning.siden, henvisning.til
    if sak.tvil:
        yield True, "Kan være samme barn som et annet", _uten_tid(), ""
    elif not sak.henvisninger:
        yield bool(sak.oppgaver), sak.oppgaver[0].tekst if sak.oppgaver else "Ingenting venter", _uten_tid(), ""


def _uten_tid() -> Tid:
    return Tid("", "")


# -- one child --------------------------------------------------------------------------------------------------------


@router.get("/barn/{ref}")
def vis_barnesak(request: Request, ref: str, gjort: str = "") -> Response:
    return _barnesak(request, ref, "barnesak.html", gjort)


@router.get("/barn/{ref}/innhold")
def vis_barnesak_innhold(request: Request, ref: str) -> Response:
    return _barnesak(request, ref, "barnesak_innhold.html", "")


def _barnesak(request: Request, ref: str, mal: str, gjort: str) -> Response:
    if ref == "innhold":
        return videre(request, "/barn")

    def innhold(web: Web, økt: Økt, bilde: Bilde) -> dict[str, Any] | None:
        if not bilde.alle(BarnesakUtsnitt):
            return None
        return {"sak": barnesak(bilde, hvem_av(web, økt))}

    return vis_om(request, ref, mal, Visning.PASIENT, innhold, gjort=GJORT.get(gjort, ""))


def barnesak(bilde: Bilde, hvem: Hvem) -> Barnesak:
    """A child's case, also where two were found to be one child's.

    Opens sealed values: the look-up must be written by now.
    """
    saker = bilde.alle(BarnesakUtsnitt)
    barnet = next((funnet for g in saker if (funnet := hvem.åpne(g.utsnitt.barnet)) is not None), None)
    første: BarnesakUtsnitt = saker[0].utsnitt
    født = getattr(barnet, "foedt", None)
    utenfor = not første.deler and not any(g.utsnitt.familie or g.utsnitt.tvil for g in saker)
    return Barnesak(
        person_ref=bilde.person_ref,
        navn=vist.navn(barnet),
        født=vist.dato(født) if født is not None else "",
        voksne=tuple(_voksen(g, del_, hvem) for g in saker for del_ in g.utsnitt.familie),
        henvisninger=tuple(_henvisning(g, h, hvem) for g in saker for h in g.utsnitt.henvisninger),
        tiltak=tuple(_tiltak(saker, hvem)),
        vurderinger=tuple(_vurderinger(saker, hvem)),
        hørt=tuple(
            Notat(hvem.tid(h.hoert), "Foreldrene skal ikke få vite det" if h.skjult_for_foreldre else "",
                  _tekst(g.utsnitt, h.innhold, hvem))
            for g in saker for h in g.utsnitt.hoert
        ),
        skal_høres=any(g.utsnitt.skal_hoeres for g in saker),
        sak=saker[0].aggregat,
        versjon=saker[0].versjon,
        kan_høre=hvem.kan("barn.registrer") and bool(første.familie),
        bare_støtte=utenfor,
        tvil=tuple((g.aggregat, t.kandidat, g.versjon) for g in saker for t in g.utsnitt.tvil if hvem.kan("barn.tvil")),
        oppgaver=tuple(vist.oppgave(a, hvem) for a in hvem.arbeid(bilde)),
        hvorfor=sagt.til_dere(første.grunn.setning),
        til=hvem.tid(første.grunn.gjelder_til) if første.grunn.gjelder_til is not None else None,
    )  # fmt: skip


def _tekst(sak: BarnesakUtsnitt, nr: int, hvem: Hvem) -> str:
    """The text in this place; empty when there is none for this party."""
    if not 0 <= nr < len(sak.tekster):
        return ""
    match hvem.åpne(sak.tekster[nr]):
        case Tekst(tekst=tekst):
            return tekst
        case Shredded():
            return vist.SLETTET
        case _:
            return ""


def _voksen(gitt_: Gitt, del_: Barnedel, hvem: Hvem) -> Voksen:
    forelder = del_.forelder_ref or ""
    venter = any(
        o.gjelder == forelder and o.slag.value == "FOELG_OPP_ETTERLATTE" for o in gitt_.utsnitt.oppgaver
    )  # fmt: skip
    return Voksen(
        forelder_ref=forelder,
        relasjon=sagt.BARNERELASJON[del_.relasjon],
        behov=_tekst(gitt_.utsnitt, del_.behov, hvem),
        død=del_.doed,
        fulgt_opp=hvem.tid(del_.fulgt_opp) if del_.fulgt_opp is not None else None,
        kan_henvise=bool(forelder) and hvem.kan("barn.henvis"),
        kan_vurdere=bool(forelder) and hvem.kan("barn.meldeplikt"),
        skal_følges_opp=bool(forelder) and venter and hvem.kan("barn.henvis"),
        sak=gitt_.aggregat,
        versjon=gitt_.versjon,
    )


def _henvisning(gitt_: Gitt, h: HenvisningVist, hvem: Hvem) -> Henvisning:
    avsender, mottaker = h.forelder_ref is not None, h.forelder_ref is None
    vår_tur = h.stafett == ("avsender" if avsender else "mottaker")
    # Until somebody at the receiver takes it the baton is the sender's; but it is the receiver that it waits for.
    venter_på_oss = mottaker and h.tilstand is Henvisningstilstand.SENDT
    hjelper = mottaker and hvem.kan("barn.hjelp")
    return Henvisning(
        ref=h.henvisning_ref,
        sak=gitt_.aggregat,
        versjon=gitt_.versjon,
        til="dere" if mottaker else hvem.part(h.til_part),
        merke=_merke(h, mottaker=mottaker),
        stafett=_stafett(h, hvem),
        vår_tur=vår_tur or venter_på_oss,
        siden=hvem.tid(h.besvart or h.mottatt_tid or h.henvist),
        grunnlag=sagt.HENVISNINGSGRUNNLAG[h.grunnlag] if avsender else "",
        støttebehov=_tekst(gitt_.utsnitt, h.stoettebehov, hvem),
        kontakt=_tekst(gitt_.utsnitt, h.kontakt, hvem),
        utdypende=_tekst(gitt_.utsnitt, h.utdypende, hvem) if hvem.ser("barn.diagnose") else "",
        svar=_tekst(gitt_.utsnitt, h.svar, hvem),
        kan_sende=avsender and h.aapen and h.tilstand is Henvisningstilstand.HOLDT and hvem.kan("barn.henvis"),
        kan_ta=hjelper and h.tilstand is Henvisningstilstand.SENDT,
        kan_svare=hjelper and h.tilstand is Henvisningstilstand.MOTTATT,
        kan_hjelpe=hjelper and h.tilstand is Henvisningstilstand.TAR_IMOT,
    )


def _merke(h: HenvisningVist, *, mottaker: bool) -> Merke:
    if not h.aapen and h.tilstand is not Henvisningstilstand.TAR_IKKE_IMOT:
        holdt = h.tilstand is Henvisningstilstand.HOLDT
        return Merke("Ikke sendt: snakk med personen" if holdt else "Mottakeren får den ikke lenger", "warning")
    if mottaker and h.tilstand is Henvisningstilstand.SENDT:
        return Merke("Venter på at dere tar den", "warning")
    return Merke(*sagt.HENVISNING[h.tilstand])


def _stafett(h: HenvisningVist, hvem: Hvem) -> str:
    """Who has the baton, in words."""
    if h.stafett == "mottaker":
        return f"{hvem.part(h.til_part)} har ansvaret for neste skritt."
    if h.forelder_ref is None:
        return "Den som henviste, har ansvaret til noen hos dere tar imot."
    return "Dere har ansvaret til noen hos mottakeren tar imot."


def _tiltak(saker: Iterable[Gitt], hvem: Hvem) -> Iterator[Tiltak]:
    for g in saker:
        egne = {h.henvisning_ref for h in g.utsnitt.henvisninger if h.forelder_ref is None}
        for t in g.utsnitt.tiltak:
            eget = t.henvisning_ref in egne and hvem.kan("barn.hjelp")
            yield Tiltak(
                ref=t.tiltak_ref, sak=g.aggregat, versjon=g.versjon, hos=hvem.part(t.part),
                tekst=_tekst(g.utsnitt, t.innhold, hvem),
                startet=hvem.tid(t.startet), avsluttet=hvem.tid(t.avsluttet) if t.avsluttet is not None else None,
                kan_avslutte=eget and t.avsluttet is None,
            )  # fmt: skip


def _vurderinger(saker: Iterable[Gitt], hvem: Hvem) -> Iterator[Notat]:
    """For the author and the leader (access.md, "§33 assessment")."""
    for g in saker:
        for v in g.utsnitt.vurderinger:
            if v.forfatter == hvem.bruker or hvem.kan(LEDER):
                hva = f"{sagt.MELDEPLIKT[v.utfall]} ({hvem.brukere.get(v.forfatter, 'en kollega')})"
                yield Notat(hvem.tid(v.vurdert), hva, _tekst(g.utsnitt, v.innhold, hvem))
