"""Sends what a user does on a page to the service that owns it, and says in plain words what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from bindeledd.core.envelope import Actor

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
    """What a command led to. `posisjon`: how far the service's log had come with it. `hvorfor`: why not, in words.

    `utdatert`: what the user was looking at has changed since.
    """

    ok: bool
    posisjon: int
    hvorfor: str
    utdatert: bool = False


async def send(
    klient: httpx.AsyncClient, sti: str, kropp: Mapping[str, object], nøkkel: str, sett: Sett | None = None
) -> Svar:
    """POST a command under an Idempotency-Key: sent twice, it takes effect once. `sett`: on what it was decided."""
    hoder = {"Idempotency-Key": nøkkel}
    if sett is not None:
        hoder |= {"If-Match": f'"{sett.versjon}"', "Bindeledd-Utsnitt": sett.strøm}
    try:
        svar = await klient.post(sti, json=kropp, headers=hoder, timeout=SEKUNDER_MAKS)
    except httpx.HTTPError:
        return Svar(ok=False, posisjon=0, hvorfor=_ORD[HTTPStatus.SERVICE_UNAVAILABLE])
    if svar.is_success:
        return Svar(ok=True, posisjon=int(svar.json()["position"]), hvorfor="")
    utdatert = svar.status_code == HTTPStatus.PRECONDITION_FAILED
    return Svar(ok=False, posisjon=0, hvorfor=_hvorfor(svar), utdatert=utdatert)


def _hvorfor(svar: httpx.Response) -> str:
    """A rule says itself why it refuses; everything else is said by its status."""
    if svar.status_code == HTTPStatus.CONFLICT:
        return str(svar.json().get("detail") or _ELLERS)
    return _ORD.get(HTTPStatus(svar.status_code), _ELLERS)
