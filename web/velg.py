"""The demo's way in: a visitor on this machine chooses a party and a role. It goes away when login exists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from bindeledd.access.parties import Post, require_post, users_in
from bindeledd.core.clock import new_ref
from bindeledd.core.errors import NotAllowed
from bindeledd.schema.generated.samhandling import PersonUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from services.felles.oppsett import Oppsett
from web import gitt, oppslag, vist
from web.bilde import bilder
from web.fullmakt import fullmakt
from web.ramme import hvem_av, med_økt, om_én_person, side, videre, web_av, økt_av
from web.vern import krev_samme_opphav
from web.økt import KAKE, IngenØkt, Økt

router = APIRouter(include_in_schema=False)

BEGYNN_HER = ("act-medlem", "dps-koordinator", "koordinator", "barneansvarlig", "saksbehandler")
"""The roles that use it every day."""


@dataclass(frozen=True, slots=True)
class Valg:
    """One post that a visitor can choose, and who holds it."""

    bruker: str
    navn: str
    rolle: str
    rolle_navn: str
    part: str


@dataclass(frozen=True, slots=True)
class Sted:
    """Parties that belong together on the page: a bydel, a DPS area, or those for the whole town."""

    id: str
    tittel: str
    parter: tuple[tuple[str, tuple[Valg, ...]], ...]


def steder(oppsett: Oppsett, parter: Iterable[str]) -> list[Sted]:
    """Every post that somebody holds in these parties, by where the party works."""
    grupper: dict[tuple[str, str], list[tuple[str, tuple[Valg, ...]]]] = {}
    for part in (oppsett.parter[id_] for id_ in parter):
        valg = _valg(oppsett, part.id)
        if not valg:
            continue
        if part.bydel is not None:
            nøkkel = (f"bydel-{part.bydel}", f"Bydel {oppsett.bydeler[part.bydel]}")
        elif part.dps is not None or part.slag == "dps":
            nøkkel = ("dps", "Distriktspsykiatriske sentre og ACT-team")
        else:
            nøkkel = ("byen", f"Hele {oppsett.kommune}")
        grupper.setdefault(nøkkel, []).append((part.navn, valg))
    rekke = {"dps": 0, "byen": 1}
    ordnet = sorted(grupper.items(), key=lambda par: (rekke.get(par[0][0], 2), par[0][1]))
    return [Sted(id_, tittel, tuple(parter)) for (id_, tittel), parter in ordnet]


def forslag(oppsett: Oppsett, parter: Collection[str], travelhet: Mapping[str, int]) -> list[tuple[str, Valg]]:
    """Where a newcomer may begin: for each of the daily roles the unit with most people on its board, and its name."""
    funnet = []
    for rolle in BEGYNN_HER:
        alle = [v for part in parter for v in _valg(oppsett, part) if v.rolle == rolle]
        valg = max(alle, key=lambda v: travelhet.get(v.part, 0), default=None)
        if valg is not None:
            funnet.append((oppsett.parter[valg.part].navn, valg))
    return funnet


def _valg(oppsett: Oppsett, part: str) -> tuple[Valg, ...]:
    katalog = oppsett.katalog
    poster = [Post(part, rolle.id) for rolle in katalog.roles.values()]
    return tuple(
        Valg(bruker.id, bruker.name, post.role, katalog.roles[post.role].name, part)
        for post in poster
        for bruker in users_in(katalog, post)
    )


@router.get("/velg")
def velg(request: Request) -> Response:
    web = web_av(request)
    try:
        økt = økt_av(request)
    except IngenØkt:
        økt = None
    begynn = forslag(web.oppsett, web.parter, gitt.antall_personer(web.engine))
    return side(web, "velg.html", økt, begynn=begynn, steder=steder(web.oppsett, web.parter))


@router.post("/velg", dependencies=[Depends(krev_samme_opphav)])
def velg_rolle(
    request: Request, bruker: Annotated[str, Form()], part: Annotated[str, Form()], rolle: Annotated[str, Form()]
) -> Response:
    web = web_av(request)
    require_post(web.oppsett.katalog, bruker, Post(part, rolle))
    if part not in web.parter:
        raise NotAllowed("the pages of this party are served elsewhere")
    økt = Økt(new_ref(web.engine.around.entropy), bruker, part, rolle)
    return med_økt(videre(request, "/tavle"), request, økt)


@router.get("/velg/person")
def velg_person(request: Request) -> Response:
    """A citizen is one person, and who is close to one has to do with no other. In the demo the visitor says which;
    whose names were shown is in the look-up log."""
    web, økt = web_av(request), økt_av(request)
    if not om_én_person(web, økt):
        return videre(request, "/tavle")
    hvem = hvem_av(web, økt)
    alle = [b for b in bilder(gitt.live(web.engine, økt.part), hvem.ser, økt.part) if b.ett(PersonUtsnitt)]
    personer = {bilde.person_ref: bilde.grunner() for bilde in alle}
    oppslag.noter(web.logg, web.aktør(økt), økt, Visning.TAVLE, personer)
    navn = sorted((vist.navn(vist.personalia(bilde, hvem)), bilde.person_ref) for bilde in alle)
    return side(web, "velg_person.html", økt, personer=navn)


@router.post("/velg/person", dependencies=[Depends(krev_samme_opphav)])
def bli_person(request: Request, person: Annotated[str, Form()], merke: Annotated[str, Form()]) -> Response:
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    if not om_én_person(web, økt):
        raise NotAllowed("this role is not about one person. Choose another role")
    hvem = hvem_av(web, økt)
    bilde = next(iter(bilder(gitt.om_person(web.engine, økt.part, person), hvem.ser, økt.part)), None)
    taler_for = fullmakt(økt, bilde) if bilde is not None else ""
    selv = Økt(økt.ref, økt.bruker, økt.part, økt.rolle, person, taler_for)
    return med_økt(videre(request, "/tavle"), request, selv)


@router.post("/ut", dependencies=[Depends(krev_samme_opphav)])
def ut(request: Request) -> Response:
    svar = videre(request, "/velg")
    svar.delete_cookie(KAKE, httponly=True, samesite="strict")
    return svar
