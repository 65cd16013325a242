"""What every page leans on: the engine, who is asking, how ids are called, and how a template becomes an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bindeledd.access.parties import Directory, Post, may, sees
from bindeledd.core.clock import new_ref
from bindeledd.core.envelope import Actor
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.views import view_topic
from bindeledd.store import log
from services.felles.meldeskjema import REGEL
from services.felles.oppsett import INNBYGGER, OM_ÉN_PERSON, Oppsett
from services.felles.parter import part_for
from services.felles.sider import side_for
from services.felles.tilgang import Tabell
from web import gitt
from web.kommandoer import Kommandoer
from web.oppslag import Logg
from web.svar import BARN_MAKS, BEKREFT
from web.varsler import Varsler
from web.vist import Hvem
from web.økt import KAKE, VARIGHET, AnnenØkt, Økt, Økter

HER = Path(__file__).resolve().parent
MERKE = "Bindeledd-Merke"
"""The header in which an open page says whose it is, when it asks for its content anew."""
STYRETEGN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that nobody sees, and that no page sends: one of them turns the rest of a line, a phone number or a dose
with it, the other way round."""


@dataclass(frozen=True, slots=True)
class Web:
    """The parts of one running web."""

    engine: Engine
    oppsett: Oppsett
    tabell: Tabell
    kommandoer: Kommandoer
    stanset: Callable[[], Sequence[str]]
    økter: Økter
    logg: Logg
    varsler: Varsler
    maler: Environment

    @property
    def nå(self) -> datetime:
        return self.engine.around.clock()

    def posisjon(self) -> int:
        """How far the log has come, durably. Asked before a page reads, so that no news falls between the two."""
        posisjon: int = self.engine.read(log.last_position)
        return posisjon

    @property
    def parter(self) -> tuple[str, ...]:
        """The parties whose pages are served here."""
        return tuple(part for part in self.oppsett.parter if self.engine.service.reads(view_topic("", part)))

    def aktør(self, økt: Økt) -> Actor:
        return self.økter.aktør(økt)


@cache
def maler() -> Environment:
    """The templates, compiled once: all is escaped, and a name that is not there is an error, not an empty text."""
    return Environment(
        loader=FileSystemLoader(HER / "templates"), autoescape=select_autoescape(default=True),
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def web_av(request: Request) -> Web:
    web: Web = request.app.state.web
    return web


def økt_av(request: Request) -> Økt:
    """The session of a request. Raises IngenØkt; AnnenØkt where it would fill a page that another session opened:
    what one unit has would stand under the name of the other."""
    web = web_av(request)
    økt = web.økter.les(request.cookies.get(KAKE), web.nå)
    merke = request.headers.get(MERKE) if request.url.path.endswith("/innhold") else None
    if merke is not None and not web.økter.er_merket(økt, merke):
        raise AnnenØkt("the page was opened in another session. Open it again")
    return økt


def hvem_av(web: Web, økt: Økt) -> Hvem:
    """What this user's pages need to turn views into words."""
    oppsett, katalog = web.oppsett, web.oppsett.katalog
    return Hvem(
        nå=web.nå,
        åpne=partial(gitt.åpne, web.engine),
        brukere={bruker.id: bruker.name for bruker in katalog.users.values()},
        part=lambda part: part_for(oppsett, part).navn,
        bydeler=oppsett.bydeler,
        deler=web.tabell.deler,
        bruker=økt.bruker,
        ser=cache(partial(sees, katalog, økt.stilling)),  # asked thousands of times for one board
        kan=cache(partial(may, katalog, økt.stilling)),
        aldre=web.tabell.aldre,
        side=side_for(oppsett.sider, økt.rolle),
        egen_part=økt.part,
        meldeplikt=REGEL in oppsett.regler.etter_id,
    )


def side(web: Web, mal: str, økt: Økt | None, *, status: int = 200, **innhold: Any) -> HTMLResponse:
    """A template with what all of them need."""
    katalog = web.oppsett.katalog
    felles = {
        "nå": web.nå, "økt": økt, "status": status, "feil_i": {}, "svart": {},
        "part_navn": katalog.parties[økt.part].name if økt else "",
        "bruker_navn": katalog.users[økt.bruker].name if økt else "",
        "rolle_navn": katalog.roles[økt.rolle].name if økt else "",
        "bydeler": web.oppsett.bydeler, "barn_maks": BARN_MAKS, "bekreft": BEKREFT,
        "nøkkel": partial(new_ref, web.engine.around.entropy),
        "merke": web.økter.merke(økt, new_ref(web.engine.around.entropy)) if økt else "",
        "kan_meldinger": økt is not None and sees(katalog, økt.stilling, "melding.logg"),
        "kan_koe": økt is not None and sees(katalog, økt.stilling, "melding.koe") and any(
            may(katalog, økt.stilling, handling) for handling in ("koe.avklar", "person.avgjoer_treff")
        ),
        "kan_barn": økt is not None and økt.part != INNBYGGER and any(
            sees(katalog, økt.stilling, del_) for del_ in ("barn.kartlagt", "barn.tvil")
        ),
        "kan_forum": økt is not None and er_forum(web, økt),
        "kan_logg": økt is not None and may(katalog, økt.stilling, "innsyn.logg"),
        "kan_rapport": økt is not None and may(katalog, økt.stilling, "forum.rapport"),
        "kan_gang": økt is not None and may(katalog, økt.stilling, "avvik.gang"),
        "kan_avvik": økt is not None and har_avvik(katalog, økt.stilling),
        "er_innbygger": økt is not None and økt.part == INNBYGGER,
        "kan_delt": økt is not None and økt.person_ref is not None and vet_om_alle(web)
        and may(katalog, økt.stilling, "innsyn.egen_logg"),
        "om_én": økt is not None and om_én_person(web, økt),
    }  # fmt: skip
    return HTMLResponse(STYRETEGN.sub("", web.maler.get_template(mal).render({**felles, **innhold})), status)


def har_avvik(katalog: Directory, stilling: Post) -> bool:
    """Whether this user has business with cases of avvik."""
    return any(may(katalog, stilling, handling) for handling in ("avvik.meld", "avvik.svar"))


def er_forum(web: Web, økt: Økt) -> bool:
    """Whether this user sits in a forum, or is its secretary."""
    return part_for(web.oppsett, økt.part).slag == "forum" and sees(web.oppsett.katalog, økt.stilling, "avvik.sendt")


def vet_om_alle(web: Web) -> bool:
    """Whether what every party has been given is read here: so in one process, not in the web of one organisation."""
    return len(web.parter) == len(web.oppsett.parter)


def om_én_person(web: Web, økt: Økt) -> bool:
    """Whether this user has to do with one person, and must have said with whom."""
    return part_for(web.oppsett, økt.part).slag in OM_ÉN_PERSON


def videre(request: Request, sti: str) -> Response:
    """Go to another page: a redirect, which htmx is told in its own way."""
    if request.headers.get("HX-Request"):
        return Response(headers={"HX-Redirect": sti})
    return RedirectResponse(sti, 303)


def med_økt(svar: Response, request: Request, økt: Økt) -> Response:
    """The answer, which begins a working session. Begun over TLS, it is never sent in the clear."""
    web = web_av(request)
    svar.set_cookie(
        KAKE, web.økter.kake(økt, web.nå), max_age=round(VARIGHET.total_seconds()), httponly=True, samesite="strict",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return svar
