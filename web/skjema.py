"""What the forms about one person share: who asks and on what they decided, the form again, and what comes after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Annotated, Any

from fastapi import Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from bindeledd.core.errors import NotAllowed
from bindeledd.schema.generated.tilgang import Visning
from services.felles.oppsett import INNBYGGER, Oppsett, Part
from services.felles.tid import OSLO
from web import ord as sagt
from web.bilde import Bilde
from web.gitt import Gitt
from web.handling import Igjen, etter, utdatert
from web.kommandoer import Sett, Svar
from web.ramme import Web, hvem_av, web_av, økt_av
from web.sider import REF, Innhold, bilde_av, vis_om
from web.svar import ANTALL_FEIL, antall_barn
from web.vist import Hvem
from web.økt import Økt

Versjon = Annotated[int, Form(ge=0, le=10**9)]
"""The version of the view that the form was made from; 0 when there was none."""
Felt = tuple[tuple[str, str], ...]
"""What a form holds, to be sent again."""

TEKST_MAKS, KORT_MAKS, LINJER_MAKS, SIFRE = 4000, 200, 20, 11
UTENFOR = frozenset({INNBYGGER, "forum", "revisjon", "slt"})
"""Kinds of party that no form about a person offers: the person themself, and those who see figures only."""


def kom_inn(
    request: Request, ref: str, merke: str, handling: str, slag: type[Any], versjon: int, aggregat: str = ""
) -> tuple[Web, Økt, Bilde, Sett | None]:
    """Who asks, what they see of the person, and which version of a view of this kind they decided on.

    Raises NotAllowed for a role that may not, and for a person who is not shared with them.
    """
    web, økt = web_av(request), økt_av(request)
    web.økter.krev_merke(økt, merke)
    bilde = bilde_av(web, økt, ref) if REF.fullmatch(ref) else None
    if bilde is None or not bilde.gitte or not hvem_av(web, økt).kan(handling):
        raise NotAllowed("this role may not do this, or the person is not shared with its unit")
    gitt = den(bilde, slag, aggregat)
    return web, økt, bilde, Sett(gitt.strøm, versjon) if gitt is not None and versjon else None


def den(bilde: Bilde, slag: type[Any], aggregat: str = "") -> Gitt | None:
    """The newest view of a kind, or the one of an aggregate."""
    gitte: list[Gitt] = bilde.alle(slag)
    return next((g for g in gitte if aggregat in ("", g.aggregat)), None)


async def igjen(request: Request, ref: str, mal: str, visning: Visning, innhold: Innhold) -> Response:
    """The form again, with what was filled in and what is wrong with it: at the field, where that can be said there."""
    feil_i = uleselige(await request.form())
    return await run_in_threadpool(
        vis_om, request, ref, mal, visning, innhold, status=422 if feil_i else 409, feil_i=feil_i
    )


async def ferdig(
    request: Request, web: Web, økt: Økt, ref: str, svar: Svar, sett: Sett | None, hjem: str, gjort: str, hva: str,
    felt: Felt,
) -> Response:  # fmt: skip
    """Back to the page; or what has changed meanwhile, with the same thing to do again."""
    if not svar.utdatert or sett is None:
        return await etter(request, web, økt, svar, hjem, gjort)

    def på_nytt(nå: Gitt) -> Igjen:
        return Igjen(hva, request.url.path, (*felt, ("versjon", str(nå.versjon))))

    return await utdatert(web, økt, ref, sett, på_nytt, hjem)


# -- what is filled in ------------------------------------------------------------------------------------------------


def dag(tekst: str) -> date | None:
    """A day as browsers send it; None for what is none, and for none at all."""
    try:
        return date.fromisoformat(tekst.strip()) if _DAG.fullmatch(tekst.strip()) else None
    except ValueError:
        return None


def klokke(tekst: str) -> time | None:
    """A time of day as browsers send it; None for what is none, and for none at all."""
    try:
        return time.fromisoformat(tekst.strip()) if _KLOKKE.fullmatch(tekst.strip()) else None
    except ValueError:
        return None


def øyeblikk(dato: str, klokkeslett: str) -> datetime | None:
    """A Norwegian day and time of day; None when one of them is missing."""
    dagen, når = dag(dato), klokke(klokkeslett)
    return datetime.combine(dagen, når, OSLO) if dagen is not None and når is not None else None


def nummer(tekst: str) -> str | None:
    """A national identity number by its digits; None for what is none, and for none at all."""
    return tekst if len(tekst) == SIFRE and tekst.isascii() and tekst.isdecimal() else None


_DAG, _KLOKKE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII), re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)
_LESES: Sequence[tuple[tuple[str, ...], Callable[[str], object], str]] = (
    (
        ("dato", "innspill", "neste", "oppgave_frist", "frist", "revisjon", "til_dag", "revideres", "født"), dag,
        "Dette er ikke en dag som finnes. Skriv år, måned og dag slik: 2026-03-24.",
    ),
    (("klokke",), klokke, "Dette er ikke et klokkeslett. Skriv timer og minutter slik: 09:30."),
    (("antall_barn",), antall_barn, ANTALL_FEIL),
    (("nummer",), nummer, f"Fødselsnummeret har {SIFRE} sifre. La feltet stå tomt hvis du ikke vet det."),
)  # fmt: skip
"""How the fields of all forms are read that are more than words: (names, reader, what to do when it cannot be)."""


def uleselige(skjema: FormData) -> Mapping[tuple[str, str], str]:
    """(field, what was written) → what is wrong with it, of fields that hold something which cannot be read.

    An empty field is not among them: whether it may be empty is the form's to say.
    """
    return {
        (navn, tekst): hva
        for navnene, les, hva in _LESES
        for navn in navnene
        for verdi in skjema.getlist(navn)
        if (tekst := str(verdi).strip()) and les(tekst) is None
    }


def linjer(tekst: str) -> tuple[str, ...]:
    """One thing on each line; empty lines say nothing."""
    return tuple(linje for rå in tekst.splitlines() if (linje := rå.strip()))


def for_lang(navn: str, tekst: str, maks: int = TEKST_MAKS) -> Sequence[str]:
    return [f"«{navn}» er for lang. Skriv høyst {maks} tegn."] if len(tekst) > maks else []


def for_mange(navn: str, linjene: Sequence[str]) -> Sequence[str]:
    if len(linjene) > LINJER_MAKS:
        return [f"«{navn}» har for mange linjer. Skriv høyst {LINJER_MAKS}."]
    return [feil for linje in linjene for feil in for_lang(navn, linje)][:1]


def enheter(oppsett: Oppsett, bydel: str | None) -> list[tuple[str, list[Part]]]:
    """The units that can be chosen, by where they work: the person's own bydel first."""
    grupper: dict[str, list[Part]] = {}
    for part in oppsett.parter.values():
        if part.slag in UTENFOR or part.id == INNBYGGER:
            continue
        sted = f"Bydel {oppsett.bydeler[part.bydel]}" if part.bydel is not None else f"Hele {oppsett.kommune}"
        grupper.setdefault(sted, []).append(part)
    egen = f"Bydel {oppsett.bydeler.get(bydel or '', '')}"
    rekke = sorted(grupper, key=lambda sted: (sted != egen, sted.startswith("Bydel"), sted))
    return [(sted, sorted(grupper[sted], key=lambda part: part.navn)) for sted in rekke]


IKKE_VALG = frozenset(
    {
        "oppgaver", "livskrise", "betaling", "eget_tiltak", "samtykker", "talspersoner", "meldeplikt", "bruk", "kopier",
        "moete",
    }
)  # fmt: skip
"""Parts that no consent is about: a unit's own, and what the law alone decides on."""


def valg_av_deler(hvem: Hvem) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """(table, its name, [(part, its name)]) for all that a person decides on."""
    for tabell, navn in sagt.TABELLER.items():
        deler = [(kode, tekst) for kode, tekst in hvem.deler.items() if kode.partition(".")[0] == tabell]
        yield tabell, navn, [par for par in deler if par[0].partition(".")[2] not in IKKE_VALG]
