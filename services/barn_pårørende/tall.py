"""How many children get a case, year by year: figures, for who plans for all of them (SLT), and no child in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bindeledd.core.decider import Circumstances
from bindeledd.schema.generated.barn_paaroerende import Barnetall, BarnetallUtsnitt, BarnTelt
from services.felles.kjent import Kjent, grunn_av
from services.felles.små_tall import FÅ
from services.felles.tid import lokal_dag
from services.felles.tilgang import Form

TALL = "barn_paaroerende.tall"
STRØM = "13b5826d777e3e2bf4ac34d83bbab22c"
"""The one stream of it."""
DEL = "barn.kartlagt"


@dataclass(frozen=True, slots=True)
class Barnetallene:
    """Year → how many children got a case."""

    år: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class TellBarn:
    """Command: one more child has a case."""


def decide(_state: Barnetallene, _command: TellBarn, omstendigheter: Circumstances) -> Sequence[Any]:
    """One more, in the year that it is here."""
    return [BarnTelt(aar=lokal_dag(omstendigheter.now).year)]


def evolve(state: Barnetallene, event: Any) -> Barnetallene:
    """The figures after an event."""
    if not isinstance(event, BarnTelt):
        return state
    return Barnetallene(MappingProxyType({**state.år, event.aar: state.år.get(event.aar, 0) + 1}))


def kandidater(_state: Barnetallene, kjent: Kjent) -> Iterable[str]:
    """Those who may have figures, in a form that is only a number."""
    return [part.id for part in kjent.rammer.oppsett.parter.values() if _svar(part.id, kjent).form is Form.ANTALL]


def utsnitt(state: Barnetallene, part_id: str, kjent: Kjent) -> BarnetallUtsnitt | None:
    """The figures, of which small ones are not said."""
    svar = _svar(part_id, kjent)
    if svar.form is not Form.ANTALL:
        return None
    tall = (
        Barnetall(aar=år, antall=antall if antall >= FÅ else 0, faa=antall < FÅ)
        for år, antall in sorted(state.år.items())
    )
    return BarnetallUtsnitt(aggregat="", grunn=grunn_av(svar, ()), tall=tuple(tall))


def _svar(part_id: str, kjent: Kjent) -> Any:
    return kjent.svar(part_id, DEL)
