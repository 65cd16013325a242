"""The page on which an auditor reads who has looked up whom: every look-up and every refusal, and no person by name.

It is read backwards from the newest, so much at a time, however long the log is. A person goes by a name that only says
it is the same one (access.md, "forum, auditor: pseudonym"), and whoever speaks for one person is not named either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from bindeledd.core.envelope import Envelope
from bindeledd.schema.generated.tilgang import OppslagAvvist, OppslagGjort, Visning
from services.felles.oppsett import OM_ÉN_PERSON, Part
from services.felles.parter import part_for
from services.felles.tid import lokal_dag
from web import skjema
from web.innsyn import AV_SEG_SELV, SYSTEM, UKJENT
from web.oppslag import TOPIC
from web.ord import UTEN_GRUNN
from web.ramme import Web, hvem_av, side, web_av, økt_av
from web.vist import Hvem, Tid
from web.økt import Økt

router = APIRouter(include_in_schema=False)
HER = "/tilgangslogg"
VIST_MAKS, LEST_MAKS = 50, 2_000
"""So many lines are shown, of so many records that are read for one answer."""
PERSONER_VIST = 3
SISTE = 2**62
VISNING: dict[Visning, str] = {
    Visning.UKJENT: "en side som denne siden ikke kjenner ennå", Visning.TAVLE: "tavla",
    Visning.PASIENT: "siden om personen", Visning.MELDINGER: "lista over meldinger", Visning.SAMTYKKE: "samtykkene",
    Visning.KRISEPLAN: "kriseplanen", Visning.KOE: "lista over det som må avklares",
    Visning.INNSYN: "lista over hvem som har sett", Visning.GRUPPE: "ansvarsgruppen og møtene",
    Visning.PLAN: "den individuelle planen", Visning.AVVIK: "et avvik", Visning.IDENTITET: "hvem en avvikssak gjelder",
}  # fmt: skip
GRUNN = {
    "A": "Sendt til enheten, dens eget, eller loven sier at den skal vite det",
    "R": "Enheten hjelper personen, som ikke har sagt nei",
    "C": "Personen har samtykket", "D": "Fare for liv, eller nødtilgang (blålys): skal kontrolleres i etterkant",
    "S": "Personen selv, eller en som snakker for personen",
    "avsluttet": "Delingen var avsluttet: enheten fikk bare vite det", "revisjon": "Skrev en grunn først",
    UTEN_GRUNN: "Skrev ikke hvorfor",
}  # fmt: skip
ELLERS_AVVIST = "Ikke delt med enheten, eller ikke med rollen"
_FORRIGE = (
    "SELECT position, data FROM log WHERE topic = ? AND position < ? ORDER BY position DESC LIMIT ?"
)  # fmt: skip


def personnavn(person_ref: str) -> str:
    """What a person is called where nobody shall know who it is: the same each time, and nothing else."""
    return sha256(f"oppslag {person_ref}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Valg:
    """Which look-ups somebody looks for; what is empty chooses all. `foer`: the records before this one."""

    part: str = ""
    person: str = ""
    til: str = ""
    bare_avvist: bool = False
    foer: int = SISTE

    @property
    def nyeste(self) -> bool:
        """Whether it begins with what was written last."""
        return self.foer == SISTE

    @property
    def tom(self) -> bool:
        """Whether nothing is chosen."""
        return self == Valg()

    def adresse(self, foer: int = SISTE, **annet: str) -> str:
        """The page with these choices, and others; from the newest on, unless it is said."""
        valg = replace(self, foer=foer, **annet)  # type: ignore[arg-type]
        felt: dict[str, Any] = {n: v for n in ("part", "person", "til") if (v := getattr(valg, n))}
        felt |= {"avvist": "ja"} if valg.bare_avvist else {}
        felt |= {"foer": valg.foer} if not valg.nyeste else {}
        return f"{HER}?{urlencode(felt)}" if felt else HER


@dataclass(frozen=True, slots=True)
class Linje:
    """One record: who, of which unit, when, what was asked for, why, and about whom, by names that say nothing."""

    når: Tid
    hvem: str
    rolle: str
    enhet: str
    hva: str
    grunn: str
    avvist: bool
    personer: tuple[tuple[str, str], ...]
    """(name, the address of all that is about them)."""
    flere: int


@dataclass(frozen=True, slots=True)
class Lest:
    linjer: tuple[Linje, ...]
    eldre: str
    """The address of those before; '' when this is all."""


def _valg(
    request: Request, part: Annotated[str, Query(max_length=60)] = "",
    person: Annotated[str, Query(pattern="^([0-9a-f]{12})?$")] = "", til: Annotated[str, Query(max_length=10)] = "",
    avvist: Annotated[str, Query(max_length=2)] = "", foer: Annotated[int, Query(ge=0, le=SISTE)] = SISTE,
) -> Valg:  # fmt: skip
    kjent = part in web_av(request).oppsett.parter
    return Valg(part if kjent else "", person, til if skjema.dag(til) is not None else "", avvist == "ja", foer)


@router.get(HER)
def vis_logg(request: Request, valg: Annotated[Valg, Depends(_valg)]) -> Response:
    web, økt = web_av(request), økt_av(request)
    if not hvem_av(web, økt).kan("innsyn.logg"):
        return side(web, "feil_rolle.html", økt, status=403)
    parter = {p.id: p.navn for p in web.oppsett.parter.values() if p.id in web.parter}
    return side(web, "tilgangslogg.html", økt, lest=les(web, økt, valg), valg=valg, parter=parter, her=HER)


def les(web: Web, økt: Økt, valg: Valg) -> Lest:
    """The look-ups that are asked for, the newest first, and where to go on."""
    hvem, siste = hvem_av(web, økt), 0
    linjer: list[Linje] = []
    rader = web.engine.read(lambda db: db.all(_FORRIGE, (TOPIC, valg.foer, LEST_MAKS)))
    for posisjon, data in rader:
        if len(linjer) == VIST_MAKS:
            break
        siste = posisjon
        konvolutt, oppslag = web.engine.around.codec.decode_once(data)
        if isinstance(oppslag, OppslagGjort | OppslagAvvist) and _med(konvolutt, oppslag, valg):
            linjer.append(_linje(web, konvolutt, oppslag, valg, hvem))
    mer = len(rader) == LEST_MAKS or (bool(rader) and rader[-1][0] < siste)
    return Lest(tuple(linjer), valg.adresse(siste) if mer else "")


def _med(konvolutt: Envelope, oppslag: OppslagGjort | OppslagAvvist, valg: Valg) -> bool:
    if valg.part and oppslag.part != valg.part:
        return False
    if valg.bare_avvist and not isinstance(oppslag, OppslagAvvist):
        return False
    dag: date | None = skjema.dag(valg.til)
    if dag is not None and lokal_dag(konvolutt.registrert) > dag:
        return False
    return not valg.person or valg.person in map(personnavn, oppslag.personer)


def _linje(web: Web, konvolutt: Envelope, oppslag: OppslagGjort | OppslagAvvist, valg: Valg, hvem: Hvem) -> Linje:
    avvist, part = isinstance(oppslag, OppslagAvvist), part_for(web.oppsett, oppslag.part)
    rolle = web.oppsett.katalog.roles.get(konvolutt.actor.role)
    vist = [*_først(oppslag.personer, valg.person)]
    return Linje(
        når=hvem.tid(konvolutt.registrert),
        hvem=_hvem(konvolutt, oppslag.bruker, part, hvem), rolle=rolle.name if rolle is not None else "",
        enhet=part.navn,
        hva=VISNING[oppslag.visning], grunn=GRUNN.get(oppslag.grunn, ELLERS_AVVIST if avvist else ""), avvist=avvist,
        personer=tuple((navn, valg.adresse(person=navn)) for navn in vist),
        flere=len(oppslag.personer) - len(vist),
    )  # fmt: skip


def _hvem(konvolutt: Envelope, bruker: str, part: Part, hvem: Hvem) -> str:
    if konvolutt.actor.role == SYSTEM:
        return AV_SEG_SELV
    return part.navn if part.slag in OM_ÉN_PERSON else hvem.brukere.get(bruker, UKJENT)


def _først(personer: tuple[str, ...], valgt: str) -> Iterator[str]:
    """The names of a few, the one that is looked for first."""
    navn = sorted(map(personnavn, personer), key=lambda n: (n != valgt, n))
    yield from navn[:PERSONER_VIST]
