"""A quarter's figures for the forums over HTTP: for those who read cases without names."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from bindeledd.core.errors import InvalidMessage
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import Asked, caller
from services.felles.kjent import Rammer
from services.felles.kvartalsrapport import Rapport, Rapportspørsmål, les_kvartal
from services.felles.tid import lokal_dag
from services.samhandling.forum.forumrapport import rapport
from services.samhandling.forum.rapportstrømmer import grunnlaget
from services.samhandling.grunner import må_lese_uten_navn


def rapportruter(router: APIRouter, engine: Engine) -> None:
    """`/forumrapport`."""
    rammer: Rammer = engine.service.rules

    @router.get("/forumrapport")
    def hele(spurt: Annotated[Rapportspørsmål, Query()], asked: Annotated[Asked, caller("forum.rapport")]) -> Rapport:
        """Tells the figures of a quarter that is over, the same as `bindeledd report forum` does. One that goes on is
        refused: what came in from one day to the next would be told, however few."""
        må_lese_uten_navn(engine, asked.actor.party)
        kvartal = les_kvartal(spurt.kvartal)
        if lokal_dag(engine.around.clock()) < kvartal.etter:
            raise InvalidMessage("that quarter is not over", spurt.kvartal, "Ask for an earlier one")
        return rapport(spurt.trinn, grunnlaget(engine, kvartal), rammer.oppsett)
