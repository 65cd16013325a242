"""The commands of kriseplan over HTTP: offer, decline, write, revise, recall, and the tasks.

What a plan says is sealed before it is stored; it is never in an address or an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import Answer, Asked
from bindeledd.runtime.service import Plan
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.kriseplan import Kontakt, Kontakter, TegnOgTiltak
from services.felles.api import Begrunnelse, Fritekst, Kode, Kropp, Ref, oppgaveruter, spør, utfør
from services.felles.kjent import Rammer
from services.felles.oppsett import Oppsett
from services.kriseplan import planer
from services.kriseplan.domain import TOPIC

Linjer = Annotated[tuple[Fritekst, ...], Field(max_length=40)]
Kort = Annotated[str, Field(max_length=200)]


class Tegn(Kropp):
    """Warning signs, and what helps."""

    varselsignaler: Linjer = ()
    tiltak: Linjer = ()


class Ringeliste(Kropp):
    """Somebody to call, and when."""

    navn: Kort
    telefon: Kort
    naar: Kort = ""


class Deler(Kropp):
    """The parts of a plan. On a revision, a part that is not named stays as it was, and null takes it out."""

    tegn_og_tiltak: Tegn | None = None
    roedt_nivaa: Fritekst | None = None
    kontakter: Annotated[tuple[Ringeliste, ...], Field(max_length=40)] | None = None
    innleggelse: Fritekst | None = None
    barn: Fritekst | None = None
    hjem_og_oekonomi: Fritekst | None = None


class Planen(Kropp):
    """A plan or a revision: who took part, and the parts."""

    medvirkning: Annotated[tuple[Kode, ...], Field(min_length=1, max_length=10)]
    deler: Deler


def ruter(engines: Mapping[str, Engine], oppsett: Oppsett) -> APIRouter:
    """The routes under /api/kriseplan."""
    engine = engines["kriseplan"]
    rammer: Rammer = engine.service.rules
    router = APIRouter(prefix="/api/kriseplan", tags=["kriseplan"])

    def om_personen(plan: Plan, asked: Asked) -> Answer:
        return utfør(engine, asked, plan)

    @router.post("/personer/{person_ref}/tilby")
    def tilby(person_ref: Ref, asked: Annotated[Asked, spør("kriseplan.tilby")]) -> Answer:
        """The unit that asks offers the person to make a plan."""
        return om_personen(planer.tilby(person_ref, asked.actor, rammer), asked)

    @router.post("/personer/{person_ref}/takk-nei")
    def takk_nei(person_ref: Ref, asked: Annotated[Asked, spør("kriseplan.tilby")]) -> Answer:
        """The person declines. Nothing is closed for the person by that."""
        return om_personen(planer.takk_nei(person_ref, asked.actor, rammer), asked)

    @router.post("/personer/{person_ref}/plan")
    def opprett(person_ref: Ref, ny: Planen, asked: Annotated[Asked, spør("kriseplan.skriv")]) -> Answer:
        """Makes a plan. The unit that asks keeps it in step; the answer's `stream` is the plan's ref."""
        innhold = {del_: verdi for del_, verdi in forseglbart(ny.deler).items() if verdi is not None}
        return om_personen(planer.opprett(person_ref, ny.medvirkning, innhold, asked.actor, rammer), asked)

    @router.post("/personer/{person_ref}/plan/revider")
    def revider(person_ref: Ref, ny: Planen, asked: Annotated[Asked, spør("kriseplan.skriv")]) -> Answer:
        """A new version. Everyone with a copy has it at once, part by part as the person has decided."""
        return om_personen(
            planer.revider(person_ref, ny.medvirkning, forseglbart(ny.deler), asked.actor, rammer), asked
        )

    @router.post("/personer/{person_ref}/plan/tilbakekall")
    def tilbakekall(person_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("kriseplan.del")]) -> Answer:
        """Recalls the plan. Every copy ends."""
        return om_personen(planer.tilbakekall(person_ref, hvorfor.grunn, asked.actor, rammer), asked)

    oppgaveruter(router, engine, oppsett, {"kriseplan": TOPIC})
    return router


def forseglbart(deler: Deler) -> dict[str, Any]:
    """The parts that were named, each as content to seal; None where it was named as null."""
    return {del_: _innhold(del_, getattr(deler, del_)) for del_ in deler.model_fields_set}


def _innhold(del_: str, verdi: Any) -> Any:
    if verdi is None:
        return None
    if del_ == "tegn_og_tiltak":
        return Klartekst(TegnOgTiltak(varselsignaler=verdi.varselsignaler, tiltak=verdi.tiltak))
    if del_ == "kontakter":
        liste = tuple(Kontakt(navn=k.navn, telefon=k.telefon, naar=k.naar) for k in verdi)
        return Klartekst(Kontakter(kontakter=liste))
    return Klartekst(Tekst(tekst=verdi))
