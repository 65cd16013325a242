"""Understands what each party has been given about a person, and when: what stands in the person's own story of it.

What was given remains here when a consent has ended. Only kinds of view of which the person may know every part that is
named (access.md) are told of; a newer kind is not, until somebody has weighed it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed
from bindeledd.runtime.engine import Engine
from bindeledd.schema.generated.ansvarsgruppe import AnsvarsgruppeUtsnitt, PlanUtsnitt, SamtykkeUtsnitt
from bindeledd.schema.generated.barn_paaroerende import KartleggingUtsnitt
from bindeledd.schema.generated.felles import Deling, UtsnittAvsluttet
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import OppholdUtsnitt, PersonUtsnitt
from bindeledd.schema.generated.tilgang import Visning
from services.felles.oppsett import INNBYGGER
from web import ord as sagt
from web.pasient import TABELL, TAUSHET
from web.ramme import hvem_av, side, vet_om_alle, videre, web_av, økt_av
from web.sider import bilde_av, noter
from web.vist import Hvem, Tid

router = APIRouter(include_in_schema=False)
FORTELLES = (
    PersonUtsnitt, OppholdUtsnitt, PlanUtsnitt, AnsvarsgruppeUtsnitt, KriseplanUtsnitt, KartleggingUtsnitt,
    SamtykkeUtsnitt,
)  # fmt: skip
GJØR_IKKE = frozenset({"barnevern"})
"""Kinds of party of which it is not told what they have: a worry that is looked into is not told here."""
STRØMMER_MAKS = 400

_STRØMMER = (
    "SELECT g.part, g.utsnittstroem FROM gitt g WHERE g.person_ref = ? AND g.part <> ? ORDER BY g.gitt DESC LIMIT ?"
)
_UTGAVER = "SELECT l.data FROM log l JOIN stream_head h ON h.begins = l.begins WHERE h.stream = ? ORDER BY l.version"


@dataclass(frozen=True, slots=True)
class Gang:
    """From when to when a party had something, why, and which parts of it at some time meanwhile."""

    hva: tuple[str, ...]
    deler: tuple[str, ...]
    fra: Tid
    til: Tid | None
    hvorfor: str


@dataclass(frozen=True, slots=True)
class Mottaker:
    """One party, and what it has been given. `nå`: it has something still."""

    navn: str
    nå: bool
    ganger: tuple[Gang, ...]


def delt(engine: Engine, person_ref: str, hvem: Hvem, slag_av: Mapping[str, str]) -> tuple[Mottaker, ...]:
    """Every other party that has, or has had, anything about the person: those that have it still first.

    `slag_av`: party → what kind of party it is.
    """
    strømmer = engine.read(lambda db: db.all(_STRØMMER, (person_ref, INNBYGGER, STRØMMER_MAKS)))
    funnet: dict[str, list[Gang]] = defaultdict(list)
    for part, strøm in strømmer:
        if slag_av.get(part) not in GJØR_IKKE:
            funnet[part] += _ganger(_utgaver(engine, strøm), hvem)
    mottakere = (
        Mottaker(hvem.part(part), any(g.til is None for g in ganger), _nyeste_først(ganger))
        for part, ganger in funnet.items()
        if ganger
    )
    return tuple(sorted(mottakere, key=lambda m: (not m.nå, m.navn)))


def _nyeste_først(ganger: Iterable[Gang]) -> tuple[Gang, ...]:
    """What was given for the same time and reason is told as one."""
    samlet: dict[tuple[Tid, Tid | None, str], Gang] = {}
    for g in ganger:
        før = samlet.get((g.fra, g.til, g.hvorfor))
        alt = replace(g, hva=_hver(*før.hva, *g.hva), deler=_hver(*før.deler, *g.deler)) if før is not None else g
        samlet[g.fra, g.til, g.hvorfor] = alt
    return tuple(sorted(samlet.values(), key=lambda g: (g.til is None, g.fra.maskin), reverse=True))


def _hver(*navn: str) -> tuple[str, ...]:
    """Each once: two views may tell of the same part."""
    return tuple(dict.fromkeys(navn))


def _utgaver(engine: Engine, strøm: str) -> Iterator[tuple[Any, Any]]:
    for (data,) in engine.read(lambda db: db.all(_UTGAVER, (strøm,))):
        yield engine.around.codec.decode(data)


def _ganger(utgaver: Iterable[tuple[Any, Any]], hvem: Hvem) -> Iterator[Gang]:
    """The periods in which one view was given: a view that ended may be given again."""
    periode: list[tuple[Any, Any]] = []
    for konvolutt, utsnitt in utgaver:
        if isinstance(utsnitt, UtsnittAvsluttet):
            if periode:
                yield _gang(periode, hvem.tid(utsnitt.avsluttet), hvem)
            periode = []
        elif isinstance(utsnitt, FORTELLES):
            periode.append((konvolutt, utsnitt))
    if periode:
        yield _gang(periode, None, hvem)


def _gang(periode: list[tuple[Any, Any]], til: Tid | None, hvem: Hvem) -> Gang:
    (først, _), (_, sist) = periode[0], periode[-1]
    tabell = TABELL.get(sist.avro_name, "")
    navn = (
        f"{tabell}.{d.del_}"
        for _, utsnitt in periode
        for d in getattr(utsnitt, "deler", ())
        if d.deling is Deling.DELT and d.del_ not in TAUSHET
    )
    deler = tuple(hvem.deler[del_] for del_ in dict.fromkeys(navn) if del_ in hvem.deler and hvem.ser(del_))
    hva = "Hvem du er" if isinstance(sist, PersonUtsnitt) else sagt.slag(sist.avro_name)
    return Gang((hva,), deler, hvem.tid(først.registrert), til, sagt.grunnlag(sist.grunn.grunnlag))


@router.get("/innsyn/delt")
def vis_delt(request: Request) -> Response:
    """The person's own story of what each party has had, for the person alone."""
    web, økt = web_av(request), økt_av(request)
    hvem = hvem_av(web, økt)
    if not hvem.kan("innsyn.egen_logg") or not vet_om_alle(web):
        raise NotAllowed("only the person themself reads this, where all that is given is read. Choose another role")
    if økt.person_ref is None:
        return videre(request, "/velg/person")
    if web.stanset():
        return side(web, "stanset.html", økt, status=503, ref=økt.person_ref)
    bilde = bilde_av(web, økt, økt.person_ref)
    if bilde is None:
        return side(web, "ikke_delt.html", økt, status=403)
    noter(web, økt, Visning.INNSYN, [bilde])
    slag_av = {part.id: part.slag for part in web.oppsett.parter.values()}
    return side(web, "innsyn_delt.html", økt, mottakere=delt(web.engine, økt.person_ref, hvem, slag_av))
