"""The operations page of `bindeledd watch`: what should have happened and has not, and how much happens. No persons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Final, NamedTuple

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from web.ramme import HER, maler
from web.tid import når
from web.vern import Vern

VIST: Final = 50
"""So many alarms are shown one by one."""
RUNBOOK: Final = "process-stands-still"
"""The page of docs/runbooks about all of these alarms: each has a heading there."""
PARTS_EGET: Final = "part."
"""How the name of a party's own system begins."""


class Uteblitt(Enum):
    """What has not happened."""

    DOM = "unjudged"
    MOTTAK = "unread"
    LIVSTEGN = "silent"


class Alarmlinje(NamedTuple):
    slag: Uteblitt
    tjeneste: str
    tema: str
    strøm: str
    hva: str
    siden: datetime


class Antall(NamedTuple):
    navn: str
    antall: int


class Hendelser(NamedTuple):
    """Of one topic and type: written in the last minute, and in the last hour."""

    tema: str
    type: str
    minutt: int
    time: int


@dataclass(frozen=True, slots=True)
class Bilde:
    """What the page shows. `lest_til` is None until what lay on the topics at the start has been read."""

    nå: datetime
    lest_til: datetime | None
    lest: int
    stanset: str
    alarmer: tuple[Alarmlinje, ...]
    etterslep: tuple[Antall, ...]
    belegg: tuple[tuple[str, int, int], ...]
    hendelser: tuple[Hendelser, ...]


def lag_drift(bilde: Callable[[], Bilde]) -> FastAPI:
    """The page at `/`, which fetches its content again every few seconds."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    mal = maler()

    def vis(navn: str) -> Response:
        b = bilde()
        klokke = partial(når, nå=b.nå)
        rader = [(setning(a, klokke), råd(a), a.strøm) for a in b.alarmer[:VIST]]
        flere = len(b.alarmer) - len(rader)
        innhold = mal.get_template(navn).render(b=b, rader=rader, flere=flere, når=klokke, runbook=RUNBOOK)
        return HTMLResponse(innhold)

    @app.get("/")
    def side() -> Response:
        return vis("drift.html")

    @app.get("/innhold")
    def innhold() -> Response:
        return vis("drift_innhold.html")

    app.mount("/static", StaticFiles(directory=HER / "static"))
    app.add_middleware(Vern)
    return app


def setning(a: Alarmlinje, klokke: Callable[[datetime], str]) -> str:
    """An alarm in a sentence."""
    match a.slag:
        case Uteblitt.DOM:
            return f"Fristen {a.hva} gikk ut {klokke(a.siden)}, og {a.tjeneste} har ikke dømt den."
        case Uteblitt.MOTTAK:
            return (
                f"{a.tjeneste} har ikke tatt inn det som har ligget på {a.tema}, del {a.hva}, siden {klokke(a.siden)}."
            )
        case Uteblitt.LIVSTEGN:
            return f"{a.tjeneste} har ikke gitt livstegn på {a.tema} siden {klokke(a.siden)}."


def råd(a: Alarmlinje) -> str:
    """What is to be done about an alarm."""
    match a.slag:
        case Uteblitt.DOM:
            return f"Se om {a.tjeneste} går, og så om den får sendt fra seg det den skriver."
        case Uteblitt.MOTTAK if a.tjeneste.startswith(PARTS_EGET):
            return "Si fra til dem som driver systemet: det er partens eget."
        case Uteblitt.MOTTAK:
            return f"Se om {a.tjeneste} går, og start den igjen hvis den står."
        case Uteblitt.LIVSTEGN:
            return f"Se om utsendingen fra {a.tjeneste} (relay) går, og start den igjen hvis den står."
