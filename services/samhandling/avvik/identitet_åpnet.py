"""Decides that somebody who reads cases of avvik without names opens whom one is about, having said why; or does not,
having said nothing, which is written down too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bindeledd.core.decider import Circumstances
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import AvvikIdentitetAapnet, AvvikIdentitetNektet
from services.samhandling.avvik import avvik


@dataclass(frozen=True, slots=True)
class ÅpneIdentitet:
    """Command: somebody opens whom the case is about, and says why. None: says nothing, and opens nothing."""

    part: str
    av: str
    begrunnelse: Sealed[Tekst] | None


def decide(state: avvik.Avvik, command: Any, om: Circumstances) -> Sequence[Any]:
    """The commands of a case, and this one, which changes nothing in it."""
    if not isinstance(command, ÅpneIdentitet):
        return avvik.decide(state, command, om)
    if command.begrunnelse is None:
        return [AvvikIdentitetNektet(part=command.part, av=command.av, tid=om.now)]
    return [AvvikIdentitetAapnet(part=command.part, av=command.av, tid=om.now, begrunnelse=command.begrunnelse)]
