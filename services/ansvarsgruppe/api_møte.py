"""The commands about the group's meetings over HTTP. What a meeting is about is sealed before it is stored."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import Answer, Asked
from bindeledd.schema.generated.ansvarsgruppe import Moeteinnhold, Moetested, Referat
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe import møte, møteplaner
from services.felles.api import Begrunnelse, Dag, Fritekst, Id, Kropp, Ref, Tidspunkt, spør, utfør
from services.felles.kjent import Rammer

Kort = Annotated[str, Field(max_length=200)]
Linjer = Annotated[tuple[Fritekst, ...], Field(max_length=20)]
Utdyping = Annotated[str, Field(max_length=4000)]


class Innkalling(Kropp):
    """A meeting: when, where (all who are invited are told), what for, and who besides the person."""

    tid: Tidspunkt
    sted: Kort = ""
    video: Kort = ""
    formaal: Fritekst
    saker: Linjer = ()
    inviterte: Annotated[tuple[Id, ...], Field(max_length=40)]
    innspill_til: Dag | None = None
    opphold_ref: Ref | None = None


class Møtesvar(Kropp):
    kommer: bool


class Oppmøte(Kropp):
    """The parties that were there."""

    tilstede: Annotated[tuple[Id, ...], Field(max_length=40)]


class Oppgave(Kropp):
    """What somebody is to do, and by when."""

    part: Id
    tekst: Fritekst
    frist: Dag | None = None


class NyttReferat(Kropp):
    """What came of a meeting."""

    maal: Utdyping = ""
    beslutninger: Linjer = ()
    uenighet: Utdyping = ""
    oppgaver: Annotated[tuple[Oppgave, ...], Field(max_length=20)] = ()
    neste: Dag | None = None


def møteruter(router: APIRouter, engine: Engine, rammer: Rammer) -> None:
    """`/personer/{person}/gruppe/{ref}/moete`, `/personer/{person}/moete/{ref}/…`, `/moete/{ref}/svar`."""

    @router.post("/personer/{person_ref}/gruppe/{gruppe_ref}/moete")
    def kall_inn(
        person_ref: Ref, gruppe_ref: Ref, ny: Innkalling, asked: Annotated[Asked, spør("gruppe.moete")]
    ) -> Answer:
        """Summons the person and members of the group. The answer's `stream` is the meeting's ref."""
        innkalt = møte.KallInn(
            gruppe_ref, asked.actor.party, ny.tid, ny.inviterte, Klartekst(Moetested(sted=ny.sted, video=ny.video)),
            Klartekst(Moeteinnhold(formaal=ny.formaal, saker=ny.saker)), ny.innspill_til, ny.opphold_ref,
        )  # fmt: skip
        return utfør(engine, asked, møteplaner.kall_inn(person_ref, innkalt, asked.actor, rammer))

    @router.post("/moete/{moete_ref}/svar")
    def svar(moete_ref: Ref, svaret: Møtesvar, asked: Annotated[Asked, spør("gruppe.svar")]) -> Answer:
        """Who was invited says whether they come."""
        return utfør(engine, asked, møteplaner.besvar(moete_ref, svaret.kommer, asked.actor), stream=moete_ref)

    @router.post("/personer/{person_ref}/moete/{moete_ref}/avlys")
    def avlys(
        person_ref: Ref, moete_ref: Ref, hvorfor: Begrunnelse, asked: Annotated[Asked, spør("gruppe.moete")]
    ) -> Answer:
        """Calls the meeting off."""
        plan = møteplaner.styr(person_ref, moete_ref, møte.Avlys(hvorfor.grunn), asked.actor)
        return utfør(engine, asked, plan, stream=moete_ref)

    @router.post("/personer/{person_ref}/moete/{moete_ref}/holdt")
    def holdt(
        person_ref: Ref, moete_ref: Ref, oppmøte: Oppmøte, asked: Annotated[Asked, spør("gruppe.moete")]
    ) -> Answer:
        """Says that the meeting has been held, and who was there."""
        plan = møteplaner.styr(person_ref, moete_ref, møte.Hold(oppmøte.tilstede), asked.actor)
        return utfør(engine, asked, plan, stream=moete_ref)

    @router.post("/personer/{person_ref}/moete/{moete_ref}/referat")
    def referat(
        person_ref: Ref, moete_ref: Ref, nytt: NyttReferat, asked: Annotated[Asked, spør("gruppe.moete")]
    ) -> Answer:
        """Approves the minutes. Each thing that somebody is to do becomes a measure with a task."""
        innhold = Klartekst(Referat(maal=nytt.maal, beslutninger=nytt.beslutninger, uenighet=nytt.uenighet))
        oppgaver = tuple(møteplaner.Oppgave(o.part, o.frist, Klartekst(Tekst(tekst=o.tekst))) for o in nytt.oppgaver)
        ferdig = møteplaner.Møtereferat(innhold, oppgaver, nytt.neste)
        plan = møteplaner.godkjenn(person_ref, moete_ref, ferdig, asked.actor, rammer)
        return utfør(engine, asked, plan, stream=moete_ref)
