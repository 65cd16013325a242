"""Understands what the services' HTTP commands have in common: refs, codes, and taking and finishing a task.

An event holds no free text in the clear, so what a caller may say in the clear is a ref, an id or a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Header, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from bindeledd.core.decider import Bestilling
from bindeledd.core.errors import InvalidMessage, WrongVersion
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import Answer, Asked, caller, carry_out
from bindeledd.runtime.service import Lookup, Plan
from services.felles.adgang import for_dem_som_får_se_oppgaven, for_dem_som_kan
from services.felles.brukere import må_ha_stilling
from services.felles.oppgaver import LøsOppgave, TaOppgave
from services.felles.oppsett import Oppsett

FØRSTE_ÅR, SISTE_ÅR = 1850, 2199
"""A slip of the hand is outside them; inside them a day can be counted from, and a deadline be set at its end."""
DagT = TypeVar("DagT", bound=date)
_REF = r"^[0-9a-f]{32}$"
_OM_UTSNITT = "The stream of the view that the version in If-Match is of, where it is not the aggregate's own"
Ref = Annotated[str, Field(pattern=_REF)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Del = Annotated[str, Field(pattern=r"^[a-z_]+\.([a-z_]+|\*)$", max_length=60)]
Kode = Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=40)]
Fritekst = Annotated[str, Field(min_length=1, max_length=4000)]
"""A person's words: sealed before they are stored."""


def _i_utc(tid: datetime) -> datetime:
    """Raises ValueError for a moment that has no place in UTC: pydantic answers that the request is wrong."""
    _i_kalenderen(tid)
    return tid.astimezone(UTC)


def _i_kalenderen(dag: DagT) -> DagT:
    if not FØRSTE_ÅR <= dag.year <= SISTE_ÅR:
        raise ValueError(f"the year is outside {FØRSTE_ÅR}–{SISTE_ÅR}. Correct it")
    return dag


Tidspunkt = Annotated[AwareDatetime, AfterValidator(_i_utc)]
"""A moment, whatever offset it was told with: as it will be read again, so that the same view is known as the same."""
Dag = Annotated[date, AfterValidator(_i_kalenderen)]
"""A day of our calendar."""


@dataclass(frozen=True, slots=True)
class Spurt(Asked):
    """Asked about a person, or about an aggregate of theirs. `om`: what stands for names in the address, refs
    among it; `handling`: the act.

    `utsnitt`: the view stream that `expected_version` is of, where the caller looked at their party's view of the
    thing. The aggregate's own version is told to nobody: it would tell a party of changes that it may not know of.
    """

    handling: str
    om: tuple[str, ...]
    utsnitt: str | None


class Kropp(BaseModel):
    """A request body: no unknown fields, and nothing of it in an error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class HvemTar(Kropp):
    """The user who takes the task, or has done it. Has to work in the unit that asks."""

    av: Id


class Begrunnelse(Kropp):
    """Why, as a code."""

    grunn: Kode


def spør(act: str) -> Any:
    """`caller(act)`, for `utfør`; with the header Bindeledd-Utsnitt the version in If-Match is that of the view stream
    it names.

    Raises InvalidMessage for a view without a version.
    """
    slipper_inn = caller(act)

    async def spurt(
        request: Request,
        asked: Asked = slipper_inn,
        bindeledd_utsnitt: Annotated[str | None, Header(pattern=_REF, description=_OM_UTSNITT)] = None,
    ) -> Asked:
        if bindeledd_utsnitt is not None and asked.expected_version is None:
            raise InvalidMessage("Bindeledd-Utsnitt without a version", fix="Send the view's version as If-Match")
        content = asked.content if bindeledd_utsnitt is None else (*asked.content, bindeledd_utsnitt.encode())
        om = tuple(request.path_params.values())
        return Spurt(
            asked.actor, asked.route, asked.key, asked.expected_version, content, asked.response, asked.correlation,
            act, om, bindeledd_utsnitt,
        )  # fmt: skip

    return Depends(spurt)


def utfør(engine: Engine, asked: Asked, plan: Plan, *, stream: str = "") -> Answer:
    """`carry_out`, for a unit that may do this to the person, on what it saw.

    Raises NotAllowed with the sentence that says why (access.md), and WrongVersion when the unit has been given
    something else since it looked.
    """
    if not isinstance(asked, Spurt):
        return carry_out(engine, asked, plan, stream=stream)
    plan = for_dem_som_kan(plan, asked.om, asked.actor.party, asked.handling, engine.service.rules)
    if asked.utsnitt is None:
        return carry_out(engine, asked, plan, stream=stream)
    sett = _på_det_sette(plan, asked.utsnitt, asked.expected_version or 0)
    return carry_out(engine, replace(asked, expected_version=None), sett, stream=stream)


def _på_det_sette(plan: Plan, utsnitt: str, sett: int) -> Plan:
    def planned(lookup: Lookup) -> tuple[Any, Any]:
        nå = lookup.version(utsnitt)
        if nå != sett:
            raise WrongVersion(utsnitt, sett, nå)
        return plan(lookup)

    return planned


def oppgaveruter(router: APIRouter, engine: Engine, oppsett: Oppsett, temaer: Mapping[str, str]) -> None:
    """`/{aggregate}/{ref}/oppgaver/{oppgave_ref}/ta` and `…/loes`, for aggregates by their name in the address."""

    def om_oppgave(hva: str, ref: str, command: TaOppgave | LøsOppgave, asked: Asked) -> Answer:
        if hva not in temaer:
            raise InvalidMessage("no such kind of thing has tasks here", fix=f"Use one of: {', '.join(temaer)}")
        ordre = Bestilling(temaer[hva], ref, command, asked.actor)
        plan = for_dem_som_får_se_oppgaven(engine.service, ordre, asked.actor.party)
        return utfør(engine, asked, plan, stream=ref)

    @router.post("/{hva}/{ref}/oppgaver/{oppgave_ref}/ta")
    def ta(hva: str, ref: Ref, oppgave_ref: Ref, hvem: HvemTar, asked: Annotated[Asked, spør("oppgave.ta")]) -> Answer:
        """Takes a task."""
        av = må_ha_stilling(oppsett, hvem.av, asked.actor.party)
        return om_oppgave(hva, ref, TaOppgave(oppgave_ref, av, asked.actor.party), asked)

    @router.post("/{hva}/{ref}/oppgaver/{oppgave_ref}/loes")
    def løs(
        hva: str, ref: Ref, oppgave_ref: Ref, hvem: HvemTar, asked: Annotated[Asked, spør("oppgave.loes")]
    ) -> Answer:
        """Says that a task is done. Refused for one that is done by its answer."""
        av = må_ha_stilling(oppsett, hvem.av, asked.actor.party)
        return om_oppgave(hva, ref, LøsOppgave(oppgave_ref, av, asked.actor.party), asked)
