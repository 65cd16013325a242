"""Sends what a user does on a page to the service that owns it, and says in plain words what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import httpx
from starlette.exceptions import HTTPException

from bindeledd.core.envelope import Actor
from bindeledd.core.errors import NotAllowed
from web.ord import til_dere

Kommandoer = Callable[[Actor], httpx.AsyncClient]
"""A client that reaches the services on behalf of an actor: in this process, or on other machines."""

SEKUNDER_MAKS = 5.0
_ORD = {
    HTTPStatus.FORBIDDEN: "Rollen din kan ikke gjøre dette.",
    HTTPStatus.NOT_FOUND: "Det finnes ikke lenger.",
    HTTPStatus.GONE: "Opplysningene er slettet.",
    HTTPStatus.PRECONDITION_FAILED: "Noen endret det mens du så på. Se på det nye, og prøv igjen.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Systemet er opptatt akkurat nå. Ingenting er endret. Prøv igjen om litt.",
}
BORTE = (
    "Vi fikk ikke svar, og vet ikke om det ble lagret. Prøv igjen om litt, og se hvordan det står. "
    "Det blir ikke gjort to ganger."
)
_ELLERS = (
    "Noe gikk galt hos oss, og ingenting er endret. Prøv igjen, og si fra til dem som drifter hvis det gjentar seg."
)


@dataclass(frozen=True, slots=True)
class Sett:
    """What the user was looking at: a version of one of their party's views. Nothing is done on an older one."""

    strøm: str
    versjon: int


@dataclass(frozen=True, slots=True)
class Svar:
    """What a command led to. `gitt`: view stream → version, of what the user's party was given by it. `hvorfor`: why
    not, in words.

    `utdatert`: what the user was looking at has changed since. `borte`: the service was not there; the same request may
    be sent again, under the same key.
    """

    ok: bool
    hvorfor: str = ""
    gitt: Mapping[str, int] = field(default_factory=dict)
    utdatert: bool = False
    borte: bool = False


async def send(
    klient: httpx.AsyncClient, sti: str, kropp: Mapping[str, object], nøkkel: str, sett: Sett | None = None
) -> Svar:
    """POST a command under an Idempotency-Key: sent twice, it takes effect once. `sett`: on what it was decided."""
    hoder = {"Idempotency-Key": nøkkel}
    if sett is not None:
        hoder |= {"If-Match": f'"{sett.versjon}"', "Bindeledd-Utsnitt": sett.strøm}
    try:
        svar = await klient.post(sti, json=kropp, headers=hoder, timeout=SEKUNDER_MAKS)
    except (httpx.ConnectError, httpx.ConnectTimeout):
        return Svar(ok=False, hvorfor=_ORD[HTTPStatus.SERVICE_UNAVAILABLE], borte=True)
    except httpx.HTTPError:
        return Svar(ok=False, hvorfor=BORTE, borte=True)
    if svar.is_success:
        return Svar(ok=True, gitt=svar.json()["views"])
    utdatert = svar.status_code == HTTPStatus.PRECONDITION_FAILED
    borte = svar.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    return Svar(ok=False, hvorfor=_hvorfor(svar), utdatert=utdatert, borte=borte)


async def hent(klient: httpx.AsyncClient, sti: str, spurt: Mapping[str, object]) -> Any:
    """What a service tells when it is asked for something. None when it is not there now.

    Raises NotAllowed, and HTTPException for what is not there to be told of.
    """
    try:
        svar = await klient.get(sti, params={navn: str(verdi) for navn, verdi in spurt.items()}, timeout=SEKUNDER_MAKS)
    except httpx.HTTPError:
        return None
    if svar.status_code == HTTPStatus.FORBIDDEN:
        raise NotAllowed("the service tells this to others only. Choose another role")
    if svar.is_client_error:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return svar.json() if svar.is_success else None


def _hvorfor(svar: httpx.Response) -> str:
    """A rule, and the access table, say themselves why they refuse; everything else is said by its status."""
    sagt = svar.status_code == HTTPStatus.FORBIDDEN and svar.json().get("rule") is not None
    if sagt or svar.status_code == HTTPStatus.CONFLICT:
        return til_dere(str(svar.json().get("detail") or _ELLERS))
    return _ORD.get(HTTPStatus(svar.status_code), _ELLERS)
