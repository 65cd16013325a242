"""Understands what the services' HTTP commands have in common: refs, codes, and taking and finishing a task.

An event holds no free text in the clear, so what a caller may say in the clear is a ref, an id or a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bindeledd.core.decider import Bestilling
from bindeledd.core.errors import InvalidMessage
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import Answer, Asked, caller, carry_out
from services.felles.brukere import må_ha_stilling
from services.felles.oppgaver import LøsOppgave, TaOppgave
from services.felles.oppsett import Oppsett

Ref = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Del = Annotated[str, Field(pattern=r"^[a-z_]+\.([a-z_]+|\*)$", max_length=60)]
Kode = Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=40)]
Fritekst = Annotated[str, Field(min_length=1, max_length=4000)]
"""A person's words: sealed before they are stored."""


class Kropp(BaseModel):
    """A request body: no unknown fields, and nothing of it in an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class HvemTar(Kropp):
    """The user who takes the task, or has done it. Has to work in the unit that asks."""

    av: Id


class Begrunnelse(Kropp):
    """Why, as a code."""

    grunn: Kode


def oppgaveruter(router: APIRouter, engine: Engine, oppsett: Oppsett, temaer: Mapping[str, str]) -> None:
    """`/{aggregate}/{ref}/oppgaver/{oppgave_ref}/ta` and `…/loes`, for aggregates by their name in the address."""

    def utfør(hva: str, ref: str, command: TaOppgave | LøsOppgave, asked: Asked) -> Answer:
        if hva not in temaer:
            raise InvalidMessage("no such kind of thing has tasks here", fix=f"Use one of: {', '.join(temaer)}")
        ordre = Bestilling(temaer[hva], ref, command, asked.actor)
        return carry_out(engine, asked, lambda _lookup: ([ordre], None), stream=ref)

    @router.post("/{hva}/{ref}/oppgaver/{oppgave_ref}/ta")
    def ta(
        hva: str, ref: Ref, oppgave_ref: Ref, hvem: HvemTar, asked: Annotated[Asked, caller("oppgave.ta")]
    ) -> Answer:
        """Takes a task."""
        av = må_ha_stilling(oppsett, hvem.av, asked.actor.party)
        return utfør(hva, ref, TaOppgave(oppgave_ref, av, asked.actor.party), asked)

    @router.post("/{hva}/{ref}/oppgaver/{oppgave_ref}/loes")
    def løs(
        hva: str, ref: Ref, oppgave_ref: Ref, hvem: HvemTar, asked: Annotated[Asked, caller("oppgave.loes")]
    ) -> Answer:
        """Says that a task is done."""
        av = må_ha_stilling(oppsett, hvem.av, asked.actor.party)
        return utfør(hva, ref, LøsOppgave(oppgave_ref, av, asked.actor.party), asked)
