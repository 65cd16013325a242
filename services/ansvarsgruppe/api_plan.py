"""The commands about the individual plan and its measures over HTTP. What people say is sealed before it is stored."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import Answer, Asked
from bindeledd.schema.generated.ansvarsgruppe import Brukermaal, Tiltakstilstand
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe import plan, planarbeid, tiltak
from services.felles.api import Begrunnelse, Dag, Fritekst, Id, Kropp, Ref, spør, utfør
from services.felles.kjent import Rammer

Linjer = Annotated[tuple[Fritekst, ...], Field(max_length=20)]
Utdyping = Annotated[str, Field(max_length=4000)]


class Maal(Kropp):
    """What the person says of the plan, in their own words."""

    maal: Linjer = ()
    ressurser: Utdyping = ""
    behov: Utdyping = ""
    bidrag: Utdyping = ""


class NyPlan(Kropp):
    """`samtykket`: the person has consented to having a plan. `revisjon`: the day it is gone through again."""

    samtykket: bool
    revisjon: Dag
    maal: Maal | None = None


class Gjennomgang(Kropp):
    """The plan has been gone through with the person."""

    revisjon: Dag
    vurdering: Utdyping = ""


class NyttTiltak(Kropp):
    """What is to be done, by whom, and by when. `gaar_videre`: also while the person is admitted."""

    part: Id
    tekst: Fritekst
    frist: Dag | None = None
    gaar_videre: bool = False


class EndretTiltak(Kropp):
    """How it is from now on. `tekst` absent: what is to be done is the same."""

    part: Id
    frist: Dag | None = None
    gaar_videre: bool = False
    tilstand: Literal["AVTALT", "GJORT", "BORTFALT"] = "AVTALT"
    tekst: Fritekst | None = None


def planruter(router: APIRouter, engine: Engine, rammer: Rammer) -> None:
    """`/personer/{person}/plan…`: offered, declined, made, filled in, gone through, ended."""

    def om(person_ref: str, command: planarbeid.Plankommando, asked: Asked) -> Answer:
        return utfør(engine, asked, planarbeid.om_planen(person_ref, command, asked.actor, rammer))

    @router.post("/personer/{person_ref}/plan/tilby")
    def tilby(person_ref: Ref, asked: Annotated[Asked, spør("plan.tilby")]) -> Answer:
        """The unit that asks offers the person an individual plan."""
        return om(person_ref, plan.TilbyPlan(asked.actor.party), asked)

    @router.post("/personer/{person_ref}/plan/takk-nei")
    def takk_nei(person_ref: Ref, asked: Annotated[Asked, spør("plan.tilby")]) -> Answer:
        """The person declines. A koordinator is offered all the same."""
        return om(person_ref, plan.TakkNeiTilPlan(asked.actor.party), asked)

    @router.post("/personer/{person_ref}/plan")
    def opprett(person_ref: Ref, ny: NyPlan, asked: Annotated[Asked, spør("plan.skriv")]) -> Answer:
        """Makes an individual plan: never without the person's consent. The answer's `stream` is the plan's ref."""
        maal = _forseglbart(ny.maal) if ny.maal is not None else None
        return om(person_ref, plan.OpprettPlan(asked.actor.party, ny.samtykket, ny.revisjon, maal), asked)

    @router.post("/personer/{person_ref}/plan/maal")
    def sett_maal(person_ref: Ref, ny: Maal, asked: Annotated[Asked, spør("plan.skriv")]) -> Answer:
        """The person's own goals, all of them as they now stand."""
        return om(person_ref, plan.SettMaal(_forseglbart(ny)), asked)

    @router.post("/personer/{person_ref}/plan/evaluer")
    def evaluer(person_ref: Ref, ny: Gjennomgang, asked: Annotated[Asked, spør("plan.skriv")]) -> Answer:
        """The plan has been gone through, and says when it will be again."""
        vurdering = Klartekst(Tekst(tekst=ny.vurdering)) if ny.vurdering else None
        return om(person_ref, plan.EvaluerPlan(ny.revisjon, vurdering, asked.actor.role), asked)

    @router.post("/personer/{person_ref}/plan/avslutt")
    def avslutt(person_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("plan.skriv")]) -> Answer:
        """Ends the plan, for instance when the person takes the consent back."""
        return om(person_ref, plan.AvsluttPlan(hvorfor.grunn), asked)


def tiltaksruter(router: APIRouter, engine: Engine, rammer: Rammer) -> None:
    """`/personer/{person}/tiltak…`: agreed, and otherwise from now on."""

    @router.post("/personer/{person_ref}/tiltak")
    def avtal(person_ref: Ref, ny: NyttTiltak, asked: Annotated[Asked, spør("plan.skriv")]) -> Answer:
        """A measure of the individual plan. The answer's `stream` is its ref."""
        avtalt = tiltak.Avtal(ny.part, ny.frist, ny.gaar_videre, Klartekst(Tekst(tekst=ny.tekst)))
        return utfør(engine, asked, planarbeid.avtal_tiltak(person_ref, avtalt, asked.actor, rammer))

    @router.post("/personer/{person_ref}/tiltak/{tiltak_ref}")
    def endre(
        person_ref: Ref, tiltak_ref: Ref, ny: EndretTiltak, asked: Annotated[Asked, spør("plan.skriv")]
    ) -> Answer:
        """Another unit, another deadline, other words; or it is done, or not needed any more."""
        innhold = Klartekst(Tekst(tekst=ny.tekst)) if ny.tekst is not None else None
        endret = tiltak.Endre(
            ny.part, ny.frist, ny.gaar_videre, Tiltakstilstand(ny.tilstand), innhold, asked.actor.role
        )
        plan = planarbeid.endre_tiltak(person_ref, tiltak_ref, endret, asked.actor, rammer)
        return utfør(engine, asked, plan, stream=tiltak_ref)


def _forseglbart(ny: Maal) -> Klartekst[Brukermaal]:
    return Klartekst(Brukermaal(maal=ny.maal, ressurser=ny.ressurser, behov=ny.behov, bidrag=ny.bidrag))
