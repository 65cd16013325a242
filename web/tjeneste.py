"""Declares `web` to the bus: it takes in its parties' views, keeps where they lie, and writes the look-up log."""

from __future__ import annotations

from collections.abc import Collection

from bindeledd.runtime.service import Service
from services.felles.oppsett import Oppsett
from services.felles.parter import parter_i
from services.felles.toml_leser import OppsettFeil
from web import gitt, innsyn, oppslag

NAVN = "web"


def tjeneste_for(oppsett: Oppsett, organisasjon: str) -> Service:
    """The web of one organisation's parties, in a process and a store of its own. Raises OppsettFeil."""
    return tjeneste(oppsett, parter_i(oppsett, organisasjon), f"{NAVN}.{organisasjon}")


def tjeneste(oppsett: Oppsett, parter: Collection[str], navn: str = NAVN) -> Service:
    """The web of these parties. It reads `<tjeneste>.til.<part>` for each of them, and nothing else.

    Raises OppsettFeil for a party that the configuration does not know.
    """
    våre = frozenset(parter)
    for ukjent in sorted(våre - oppsett.parter.keys()):
        raise OppsettFeil("oppsettet", f"part.{ukjent}", "finnes ikke", "Legg den inn, eller ta den ut av web")

    def leser(topic: str) -> bool:
        _, til, part = topic.partition(".til.")
        return bool(til) and part in våre

    projeksjoner = (gitt.PROJEKSJON, oppslag.PROJEKSJON, innsyn.PROJEKSJON)
    return Service(navn, aggregates=(oppslag.OPPSLAG,), projections=projeksjoner, reads=leser)
