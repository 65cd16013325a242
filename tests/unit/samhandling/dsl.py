"""given(what has happened).når(what is asked).så(what follows): how a test tells the story of one aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from bindeledd.core.clock import SeededEntropy
from bindeledd.core.decider import Aggregate, Circumstances
from bindeledd.core.errors import RuleBroken


@dataclass(frozen=True, slots=True)
class Fortalt:
    """An aggregate as it stands at a moment, and what the last command led to."""

    aggregat: Aggregate
    state: Any
    nå: datetime
    regler: Any
    hendelser: tuple[Any, ...] = ()

    def når(self, *kommandoer: Any, nå: datetime | None = None) -> Fortalt:
        """Carry out commands, one after another; `hendelser` are then what they all led to."""
        state = self.state
        hendt: list[Any] = []
        omstendigheter = Circumstances(nå or self.nå, SeededEntropy(len(self.hendelser)), self.regler)
        for kommando in kommandoer:
            nye = self.aggregat.decide(state, kommando, omstendigheter)
            for hendelse in nye:
                state = self.aggregat.evolve(state, hendelse)
            hendt += nye
        return Fortalt(self.aggregat, state, nå or self.nå, self.regler, tuple(hendt))

    def så(self, *slag: type) -> Fortalt:
        """Exactly events of these kinds followed, in this order."""
        assert [type(h).__name__ for h in self.hendelser] == [s.__name__ for s in slag]
        return self

    def avvist(self, kommando: Any, regel: str) -> Fortalt:
        """The command is refused by the rule of this name."""
        with pytest.raises(RuleBroken) as brutt:
            self.når(kommando)
        assert brutt.value.rule == regel
        return self


def gitt(aggregat: Aggregate, *hendelser: Any, nå: datetime, regler: Any = None) -> Fortalt:
    """What has happened to an aggregate by `nå`."""
    return Fortalt(aggregat, aggregat.fold(hendelser), nå, regler)
