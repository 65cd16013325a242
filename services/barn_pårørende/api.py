"""The commands of barn_pårørende over HTTP: what the person answered, and the tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import Answer, Asked
from bindeledd.runtime.service import Plan
from bindeledd.schema.generated.felles import Tekst
from services.barn_pårørende import planer
from services.barn_pårørende.domain import BARN_MAKS, TOPIC
from services.felles.api import Begrunnelse, Fritekst, Kropp, Ref, oppgaveruter, spør, utfør
from services.felles.kjent import Rammer
from services.felles.oppsett import Oppsett


class Samtale(Kropp):
    """How many children and siblings under 18, and (sealed) what was said."""

    antall_barn: Annotated[int, Field(ge=1, le=BARN_MAKS)]
    innhold: Fritekst | None = None


def ruter(engines: Mapping[str, Engine], oppsett: Oppsett) -> APIRouter:
    """The routes under /api/barn_paaroerende."""
    engine = engines["barn_paaroerende"]
    rammer: Rammer = engine.service.rules
    router = APIRouter(prefix="/api/barn_paaroerende", tags=["barn_paaroerende"])

    def om_personen(plan: Plan, asked: Asked) -> Answer:
        return utfør(engine, asked, plan)

    @router.post("/personer/{person_ref}/ingen-barn")
    def ingen_barn(person_ref: Ref, asked: Annotated[Asked, spør("barn.kartlegg")]) -> Answer:
        """The person has no children or siblings under 18 (hpl §10a)."""
        return om_personen(planer.ingen_barn(person_ref, asked.actor, rammer), asked)

    @router.post("/personer/{person_ref}/avslag")
    def avslag(person_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("barn.kartlegg")]) -> Answer:
        """The person would not, or could not, answer. Asked again at the next stay."""
        return om_personen(planer.avslå(person_ref, hvorfor.grunn, asked.actor, rammer), asked)

    @router.post("/personer/{person_ref}/samtale")
    def samtale(person_ref: Ref, holdt: Samtale, asked: Annotated[Asked, spør("barn.kartlegg")]) -> Answer:
        """The talk about the children has been held."""
        innhold = Klartekst(Tekst(tekst=holdt.innhold)) if holdt.innhold is not None else None
        return om_personen(planer.hold_samtale(person_ref, holdt.antall_barn, innhold, asked.actor, rammer), asked)

    oppgaveruter(router, engine, oppsett, {"kartlegging": TOPIC})
    return router
