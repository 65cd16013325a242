"""Understands how a report goes to Melde.no, the national front door, until it has answered: the same report each time.

It is sent outside any transaction, and may so be sent again after a crash. Each time it carries the id that it was
given when the leader sent it (`ExternalMessageId`), by which the front door knows that it has it. What is sealed is
opened here, for the request.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import Shredded, TransientError
from bindeledd.ops import logs
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Effect, Lookup
from bindeledd.schema.generated.samhandling import Alvorligtilstand
from services.felles.meldeskjema import STI, fyll_ut
from services.felles.oppsett import Meldevei, Oppsett
from services.samhandling.alvorlig import alvorlig

SEKUNDER = 10.0
TATT_IMOT, FEIL_I_SKJEMAET = (200, 201), 400


def sender(oppsett: Oppsett, system: Actor) -> Effect:
    """What is done when a report is to go out. Raises TransientError when the front door has not said yes or no: then
    it is brought up again."""

    def send(engine: Engine, ref: str, _siden: datetime) -> None:
        kropp: dict[str, Any] | None = engine.look(lambda tx: _kropp(tx, ref, oppsett))
        if kropp is None:
            return
        melding = kropp["Header"]["ExternalMessageId"]
        svar = _spør(oppsett.melde, kropp)
        kvittering = _kvittering(svar, melding) if svar.status_code in TATT_IMOT else {}
        if kvittering and not kvittering.get("Feil"):
            command: Any = alvorlig.NoterMottatt(melding, str(kvittering["Referansenummer"]))
        elif kvittering or svar.status_code == FEIL_I_SKJEMAET:
            command = alvorlig.NoterAvvist(melding, svar.status_code)
        else:
            raise TransientError(f"Melde.no answered {svar.status_code}. The report is sent again")
        logs.info("melde.answered", status=svar.status_code)
        engine.command(lambda _lookup: ([Bestilling(alvorlig.TOPIC, ref, command, system)], None))

    return send


def _kropp(lookup: Lookup, ref: str, oppsett: Oppsett) -> dict[str, Any] | None:
    """The request's body; None when there is nothing to send any more."""
    state: alvorlig.Alvorlig = lookup.state(alvorlig.TOPIC, ref)
    if state.skjema is None or state.hendt is None or state.nummer is None:
        return None
    if state.tilstand is not Alvorligtilstand.SENDES:
        return None
    try:
        skjema, nummer = lookup.open(state.skjema), lookup.open(state.nummer).nummer
    except Shredded:
        return None
    return fyll_ut(skjema, oppsett, part=state.part, saken=ref, melding=state.melding, hendt=state.hendt, nummer=nummer)


def _spør(vei: Meldevei | None, kropp: Mapping[str, Any]) -> httpx.Response:
    if vei is None:
        raise TransientError("nothing says where Melde.no is. Set [melde] in the municipality's file")
    try:
        token = vei.token_fil.read_text("utf-8").strip()
        return httpx.post(
            f"{vei.adresse}{STI}", json=dict(kropp), headers={"Authorization": f"Bearer {token}"}, timeout=SEKUNDER
        )
    except OSError as feil:
        raise TransientError(f"the pass for Melde.no cannot be read: {type(feil).__name__}") from None
    except httpx.TransportError as feil:
        raise TransientError(f"Melde.no did not answer: {type(feil).__name__}") from None


def _kvittering(svar: httpx.Response, melding: str) -> dict[str, Any]:
    """The front door's receipt, which comes whether it went well or not. Raises TransientError for one that is of
    another report, or says neither a reference nor what was wrong."""
    try:
        kvittering: dict[str, Any] = dict(svar.json())
    except (ValueError, TypeError):
        raise TransientError("Melde.no answered with no receipt. The report is sent again") from None
    if not kvittering.get("Referansenummer") and not kvittering.get("Feil"):
        raise TransientError("Melde.no answered with no receipt. The report is sent again")
    if str(kvittering.get("MeldingsId", melding)).lower() != melding:
        raise TransientError("Melde.no answered with the receipt of another report. The report is sent again")
    return kvittering
