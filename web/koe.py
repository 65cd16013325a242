"""The manual queue: who may be registered twice, whom nobody has confirmed (intake rules 4 and 13), whose bydel is not
known, and messages that did not find their place.

Both records are shown as far as this party and role may see them. Where one of the two is not theirs to see, they do
not decide: a guess is never merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed
from bindeledd.schema.generated.felles import Oppgaveslag
from bindeledd.schema.generated.samhandling import Personalia, PersonUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from web import gitt, oppslag, tid, vist
from web import ord as sagt
from web.bilde import Arbeid, Bilde, bilder
from web.gitt import Gitt
from web.handling import Igjen, Merke, Nøkkel, Versjon, etter, gikk_ikke, send_som, utdatert
from web.kommandoer import Sett
from web.meldinger import Meldinger, meldinger, uplassert
from web.ramme import Web, hvem_av, side, web_av, økt_av
from web.sider import GJORT, noter
from web.svar import Svar
from web.vern import krev_samme_opphav
from web.vist import Hvem, Oppgave, Tid
from web.økt import Økt

router = APIRouter(include_in_schema=False)
AVKLAR, AVGJØR, KØ = "koe.avklar", "person.avgjoer_treff", "melding.koe"
VIST_MAKS = 100
HJEM = "/koe"

_Grunn = Annotated[str, Form(max_length=40)]


@dataclass(frozen=True, slots=True)
class Registrering:
    """One record in the register, in words."""

    person_ref: str
    versjon: int
    navn: str
    opplysninger: tuple[tuple[str, str], ...]
    opphold: str


@dataclass(frozen=True, slots=True)
class Treff:
    """Two records that may be one person, and why. `annen` None: the other is not for this party to see."""

    en: Registrering
    annen: Registrering | None
    kandidat: str
    grunn: str
    kan_avgjøre: bool


@dataclass(frozen=True, slots=True)
class Ubekreftet:
    en: Registrering
    slettes: Tid | None
    """When the content is destroyed unless somebody confirms the patient."""


@dataclass(frozen=True, slots=True)
class UtenBydel:
    """Somebody whose bydel is not known: no DPS can be found for them until a person has said it. Never a guess."""

    en: Registrering
    oppgave: Oppgave
    svar: Svar


@dataclass(frozen=True, slots=True)
class Kø:
    treff: tuple[Treff, ...]
    uten_bydel: tuple[UtenBydel, ...]
    ubekreftede: tuple[Ubekreftet, ...]
    meldinger: Meldinger
    """Those that did not find their place, and that nobody has looked at."""
    flere: int
    skjult: int
    """Cases that are not shown, for something about them has not come through as it should."""


def slipper_inn(hvem: Hvem) -> bool:
    """Whether this is one of the receiving unit's people with that task (access.md)."""
    return hvem.ser(KØ) and (hvem.kan(AVKLAR) or hvem.kan(AVGJØR))


def i_kø(alle: Mapping[str, Bilde]) -> list[Bilde]:
    """Those that somebody must look at, those that are deleted first at the top."""
    saker = [
        b for b in alle.values()
        if (p := b.ett(PersonUtsnitt)) is not None and (p.tvil or vist.må_bekreftes(p) or _bydelsoppgave(b) is not None)
    ]  # fmt: skip
    return sorted(saker, key=lambda b: (not _person(b).utsnitt.tvil, _frist(b), b.person_ref))


def vises(saker: Iterable[Bilde], alle: Mapping[str, Bilde]) -> list[Bilde]:
    """Everybody of whom something is shown on the page: the cases, and the other records that they may be."""
    refs = {b.person_ref for b in saker} | {t.kandidat for b in saker for t in _person(b).utsnitt.tvil}
    return [alle[ref] for ref in sorted(refs & alle.keys())]


def kø(
    saker: list[Bilde], alle: Mapping[str, Bilde], usikre: frozenset[str], meldinger_: Meldinger, hvem: Hvem
) -> Kø:  # fmt: skip
    """The page. Opens sealed values: the look-ups must be written by now."""
    sikre = [b for b in saker if usikre.isdisjoint({b.person_ref, *(t.kandidat for t in _person(b).utsnitt.tvil)})]
    vist_nå = sikre[:VIST_MAKS]
    return Kø(
        treff=tuple(treff for b in vist_nå for treff in _treff(b, alle, hvem)),
        uten_bydel=tuple(sak for b in vist_nå for sak in _uten_bydel(b, hvem)),
        ubekreftede=tuple(
            Ubekreftet(_registrering(b, hvem), _slettes(b, hvem))
            for b in vist_nå
            if vist.må_bekreftes(_person(b).utsnitt) and hvem.kan(AVKLAR)
        ),
        meldinger=meldinger_,
        flere=len(sikre) - len(vist_nå),
        skjult=len(saker) - len(sikre),
    )


def _treff(bilde: Bilde, alle: Mapping[str, Bilde], hvem: Hvem) -> Iterable[Treff]:
    for tvil in _person(bilde).utsnitt.tvil:
        annen = alle.get(tvil.kandidat)
        registrering = _registrering(annen, hvem) if annen is not None and annen.alle(PersonUtsnitt) else None
        kan = registrering is not None and hvem.kan(AVGJØR)
        yield Treff(_registrering(bilde, hvem), registrering, tvil.kandidat, tvil.grunn, kan)


def _bydelsoppgave(bilde: Bilde) -> Arbeid | None:
    return next((a for a in bilde.arbeid if a.oppgave.slag is Oppgaveslag.AVKLAR_BYDEL), None)


def _uten_bydel(bilde: Bilde, hvem: Hvem) -> Iterable[UtenBydel]:
    arbeid = _bydelsoppgave(bilde)
    if arbeid is None:
        return
    oppgave = vist.oppgave(arbeid, hvem)
    yield from (UtenBydel(_registrering(bilde, hvem), oppgave, svar) for svar in oppgave.svar)


def _registrering(bilde: Bilde, hvem: Hvem) -> Registrering:
    person, hvem_er = _person(bilde), vist.personalia(bilde, hvem)
    bydel = hvem.bydeler.get(person.utsnitt.bydel or "", "Ikke kjent")
    felt = [("Født", ""), ("Adresse", "")]
    if isinstance(hvem_er, Personalia):
        sted = " ".join(d for d in (hvem_er.postnummer, hvem_er.poststed) if d)
        felt = [
            ("Født", tid.dato(hvem_er.foedt) if hvem_er.foedt is not None else ""),
            ("Adresse", ", ".join(d for d in (hvem_er.gateadresse, sted) if d)),
        ]
    felt += [("Bydel", bydel), ("Bekreftet", "Ja" if person.utsnitt.bekreftet else "Nei")]
    opphold = bilde.nå_opphold()
    return Registrering(
        person_ref=bilde.person_ref,
        versjon=person.versjon,
        navn=vist.navn(hvem_er),
        opplysninger=tuple((navn, verdi or "Ikke kjent") for navn, verdi in felt),
        opphold=vist.oppholdsmerke(opphold).tekst if opphold is not None else "Ingen opphold delt med dere",
    )


def _person(bilde: Bilde) -> Gitt:
    return bilde.alle(PersonUtsnitt)[0]


def _frist(bilde: Bilde) -> float:
    innen = _person(bilde).utsnitt.bekreftes_innen
    return innen.timestamp() if innen is not None else float("inf")


def _slettes(bilde: Bilde, hvem: Hvem) -> Tid | None:
    innen = _person(bilde).utsnitt.bekreftes_innen
    return hvem.tid(innen) if innen is not None else None


# -- pages ------------------------------------------------------------------------------------------------------------


@router.get("/koe")
def vis_kø(request: Request, gjort: str = "") -> Response:
    return _kø(request, "koe.html", gjort)


@router.get("/koe/innhold")
def vis_kø_innhold(request: Request) -> Response:
    return _kø(request, "koe_innhold.html", "")


@router.get("/koe/{ref}/forkast")
def vis_forkast(request: Request, ref: str) -> Response:
    return _forkast(request, ref, "")


def _kø(request: Request, mal: str, gjort: str) -> Response:
    web, økt = web_av(request), økt_av(request)
    posisjon, hvem = web.posisjon(), hvem_av(web, økt)
    if not slipper_inn(hvem):
        raise NotAllowed("the manual queue is for those of the unit who work it")
    if stanset := web.stanset():
        return side(web, mal, økt, posisjon=posisjon, kø=None, stanset=stanset, gjort="")
    alle = _alle(web, økt)
    saker, gitte = i_kø(alle), gitt.ventende_meldinger(web.engine, økt.part)
    noter(web, økt, Visning.KOE, vises(saker, alle))
    venter = [g for g in gitte if uplassert(g.utsnitt)]
    personer = {g.person_ref: frozenset({g.utsnitt.grunn.grunnlag}) for g in venter if g.person_ref is not None}
    oppslag.noter(web.logg, web.aktør(økt), økt, Visning.MELDINGER, personer)
    meldingene = meldinger(venter, gitt.personer(web.engine, økt.part), hvem)
    vist_kø = kø(saker, alle, gitt.usikre(web.engine), meldingene, hvem)
    return side(
        web, mal, økt, posisjon=posisjon, kø=vist_kø, stanset=(), gjort=GJORT.get(gjort, ""),
        treffgrunner=sagt.TREFFGRUNN, bekreftgrunner=sagt.BEKREFTGRUNN,
    )  # fmt: skip


def _forkast(request: Request, ref: str, feil: str) -> Response:
    web, økt = web_av(request), økt_av(request)
    funnet = _finn(web, økt, ref, AVKLAR)
    if web.stanset() or funnet is None or not vist.må_bekreftes(funnet.utsnitt):
        return gikk_ikke(web, økt, "Pasienten er bekreftet, eller saken er avklart fra før.", HJEM)
    bilde = _alle(web, økt)[ref]
    noter(web, økt, Visning.KOE, [bilde])
    registrering = _registrering(bilde, hvem_av(web, økt))
    status = 409 if feil else 200
    return side(web, "koe_forkast.html", økt, status=status, en=registrering, grunner=sagt.FORKASTGRUNN, feil=feil)


def _alle(web: Web, økt: Økt) -> dict[str, Bilde]:
    ser = hvem_av(web, økt).ser
    return {b.person_ref: b for b in bilder(gitt.live(web.engine, økt.part), ser, økt.part) if b.gitte}


def _finn(web: Web, økt: Økt, ref: str, handling: str) -> Gitt | None:
    """The person's view, for those who work the queue. Raises NotAllowed for everybody else."""
    hvem = hvem_av(web, økt)
    if not slipper_inn(hvem) or not hvem.kan(handling):
        raise NotAllowed("this role does not work the manual queue")
    bilde = _alle(web, økt).get(ref)
    return next(iter(bilde.alle(PersonUtsnitt)), None) if bilde is not None else None


# -- what a user does -------------------------------------------------------------------------------------------------


@router.post("/koe/{ref}/treff", dependencies=[Depends(krev_samme_opphav)])
async def avgjør(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, kandidat: Annotated[str, Form()],
    svar: Annotated[Literal["samme", "ikke"], Form()], grunn: _Grunn = "",
) -> Response:  # fmt: skip
    """Decide whether two records are one person, and on what."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    funnet = await run_in_threadpool(_finn, web, økt, ref, AVGJØR)
    begge = await run_in_threadpool(_finn, web, økt, kandidat, AVGJØR)
    if funnet is None or begge is None or kandidat not in {t.kandidat for t in funnet.utsnitt.tvil}:
        return gikk_ikke(web, økt, "Noen har avgjort det alt, eller dere ser ikke begge registreringene.", HJEM)
    if grunn not in sagt.TREFFGRUNN:
        return gikk_ikke(web, økt, "Velg hva avgjørelsen bygger på, og prøv igjen. Ingenting er endret.", HJEM)
    kropp = {"kandidat": kandidat, "samme": svar == "samme", "grunn": grunn}
    felt = (("kandidat", kandidat), ("svar", svar), ("grunn", grunn))
    hva = "Si at det er samme person" if svar == "samme" else "Si at det er to forskjellige personer"
    return await _gjør(request, web, økt, ref, funnet, versjon, nøkkel, "treff", kropp, hva, felt)


@router.post("/koe/{ref}/bekreft", dependencies=[Depends(krev_samme_opphav)])
async def bekreft(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, grunn: _Grunn = ""
) -> Response:
    """Confirm that the patient is one of ours."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    funnet = await run_in_threadpool(_finn, web, økt, ref, AVKLAR)
    if funnet is None or not vist.må_bekreftes(funnet.utsnitt) or grunn not in sagt.BEKREFTGRUNN:
        hvorfor = "Velg hvorfor, og prøv igjen. Er pasienten bekreftet alt, er det ikke mer å gjøre."
        return gikk_ikke(web, økt, hvorfor, HJEM)
    hva = f"Bekrefte pasienten: {sagt.BEKREFTGRUNN[grunn]}"
    felt = (("grunn", grunn),)
    return await _gjør(request, web, økt, ref, funnet, versjon, nøkkel, "bekreft", {"grunn": grunn}, hva, felt)


@router.post("/koe/{ref}/forkast", dependencies=[Depends(krev_samme_opphav)])
async def forkast(
    request: Request, ref: str, versjon: Versjon, nøkkel: Nøkkel, merke: Merke, grunn: _Grunn = ""
) -> Response:
    """The patient is no case of ours: the content is destroyed, the receipt stays (intake rule 13)."""
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    funnet = await run_in_threadpool(_finn, web, økt, ref, AVKLAR)
    if funnet is None or grunn not in sagt.FORKASTGRUNN:
        return await run_in_threadpool(_forkast, request, ref, "Velg hvorfor.")
    hva = f"Si at det ikke er en sak for oss, og slette innholdet: {sagt.FORKASTGRUNN[grunn]}"
    felt = (("grunn", grunn),)
    return await _gjør(request, web, økt, ref, funnet, versjon, nøkkel, "forkast", {"grunn": grunn}, hva, felt)


async def _gjør(
    request: Request, web: Web, økt: Økt, ref: str, på: Gitt, versjon: int, nøkkel: str, handling: str,
    kropp: Mapping[str, object], hva: str, felt: tuple[tuple[str, str], ...],
) -> Response:  # fmt: skip
    sett = Sett(på.strøm, versjon)
    svar = await send_som(web, økt, f"/api/samhandling/personer/{ref}/{handling}", kropp, nøkkel, sett)
    if not svar.utdatert:
        return await etter(request, web, økt, svar, HJEM, handling)

    def igjen(nå: Gitt) -> Igjen:
        return Igjen(hva, request.url.path, (*felt, ("versjon", str(nå.versjon))))

    return await utdatert(web, økt, ref, sett, igjen, HJEM)
