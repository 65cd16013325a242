"""How cases of avvik went, over HTTP: for those who read them without names, and what the person is told of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import Answer, Asked, caller, carry_out
from bindeledd.schema.generated.felles import Tekst
from services.felles.api import Id, Kropp, Ref
from services.felles.brukere import må_ha_stilling
from services.felles.gang import SAKSNAVN, Gang, GangSpørsmål
from services.felles.innsyn import EgenLogg, HvemGjelderDet
from services.felles.kjent import Rammer
from services.samhandling.avvik import avvikshvem
from services.samhandling.avvik.avviksgangsvar import gang
from services.samhandling.avvik.avvikssaker import poster
from services.samhandling.avvik.identitet_åpnet import ÅpneIdentitet
from services.samhandling.grunner import må_lese_uten_navn

Saksnavn = Annotated[str, Path(pattern=SAKSNAVN)]


class Åpnes(Kropp):
    """Who opens it, and why, in words that the person may read. Without any it is refused, and that is written."""

    av: Id
    begrunnelse: Annotated[str, Field(max_length=1000)] = ""


def gangruter(router: APIRouter, engine: Engine) -> None:
    """`/avviksgang…`, and `/personer/{ref}/innsyn`."""
    rammer: Rammer = engine.service.rules

    @router.get("/avviksgang")
    def hele(spurt: Annotated[GangSpørsmål, Query()], asked: Annotated[Asked, caller("avvik.gang")]) -> Gang:
        """Tells how cases stood at a moment, and what had happened by then. Nobody is named."""
        må_lese_uten_navn(engine, asked.actor.party)
        funnet, flere = poster(engine, spurt.sak)
        return gang(funnet, spurt, rammer.oppsett, eldre_utelatt=flere)

    @router.post("/avviksgang/{sak}/hvem")
    def åpne(sak: Saksnavn, hvorfor: Åpnes, asked: Annotated[Asked, caller("avvik.hvem")]) -> Answer:
        """Opens whom a case is about, on a written ground. Who opened it can ask for the name for an hour. Without a
        ground it is refused, and the person reads that somebody tried."""
        må_lese_uten_navn(engine, asked.actor.party)
        av = må_ha_stilling(rammer.oppsett, hvorfor.av, asked.actor.party)
        grunn = hvorfor.begrunnelse.strip()
        command = ÅpneIdentitet(asked.actor.party, av, Klartekst(Tekst(tekst=grunn)) if grunn else None)
        gjort = carry_out(engine, asked, avvikshvem.åpne(sak, command, asked.actor))
        if not grunn:
            raise RuleBroken("avvik.grunn", "Skriv hvorfor du må vite hvem det er. Uten det vises ingenting")
        return gjort

    @router.get("/avviksgang/{sak}/hvem")
    def hvem(
        sak: Saksnavn, av: Annotated[Id, Query()], asked: Annotated[Asked, caller("avvik.hvem")]
    ) -> HvemGjelderDet:  # fmt: skip
        """Tells whom a case is about, to who has opened it within the hour; to others, whether it is about somebody."""
        må_lese_uten_navn(engine, asked.actor.party)
        må_ha_stilling(rammer.oppsett, av, asked.actor.party)
        return avvikshvem.hvem(engine, sak, asked.actor.party, av)

    @router.get("/personer/{person_ref}/innsyn")
    def innsyn(person_ref: Ref, asked: Annotated[Asked, caller("innsyn.egen_logg")]) -> EgenLogg:
        """Tells the person which records are theirs, and who opened, or wanted to open, whom their cases are about."""
        return avvikshvem.egen_logg(engine, person_ref, asked.actor.party)
