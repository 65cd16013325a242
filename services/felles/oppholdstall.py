"""Counts the stays that last, and the clocks that run on them, for each DPS: from events in the clear alone.

Which DPS a stay belongs to is what `RettInstansAvklart` said last; a clock of a kartlegging is counted with the stay
that asks for it. No person is known here, and no name: only refs, and how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bindeledd.core.envelope import Envelope
from bindeledd.schema.generated.barn_paaroerende import KartleggingKrevd
from services.felles.oppholdsbilde import OPPHOLD, Oppholdsbilde, evolve, som_står

HUSKES: Final = timedelta(days=30)
"""So long after its end a stay is remembered, for what comes late. After that its facts are let go."""
UTEN_DPS: Final = ""


@dataclass(frozen=True, slots=True)
class Belegg:
    """Of one DPS: how many stays last, and how many clocks run."""

    opphold: int
    klokker: int


@dataclass(slots=True)
class _Fulgt:
    """A stay as told so far; `sagt` is the epoch and version that told the last of it."""

    sagt: tuple[int, int] = (0, 0)
    bilde: Oppholdsbilde = field(default_factory=Oppholdsbilde)


class Oppholdstall:
    """The stays of an installation, as their topics tell of them. What is told again is known by its version."""

    def __init__(self) -> None:
        self._opphold: dict[str, _Fulgt] = {}
        self._kartlegging: dict[str, str] = {}
        """Kartlegging → the stay that asks for it."""
        self._endret: set[str] = set()
        """The stays that have been told of since somebody last counted."""
        self._pågår: set[str] = set()
        self._slutt: dict[str, datetime] = {}

    def take(self, topic: str, envelope: Envelope, event: Any) -> None:
        if isinstance(event, KartleggingKrevd):
            self._kartlegging[envelope.stream] = event.opphold_ref
            return
        if topic != OPPHOLD:
            return
        fulgt, sagt = self._opphold.setdefault(envelope.stream, _Fulgt()), (envelope.epoch, envelope.version)
        if sagt > fulgt.sagt:
            fulgt.sagt, fulgt.bilde = sagt, evolve(fulgt.bilde, event)
            self._endret.add(envelope.stream)

    def count(self, clocks: Iterable[str], now: datetime) -> Mapping[str, Belegg]:
        """DPS → its figures (UTEN_DPS: of those that are of none). `clocks` are the streams that a clock runs on."""
        while self._endret:
            self._se_på(self._endret.pop())
        for ref, slutt in list(self._slutt.items()):
            if slutt + HUSKES < now:
                del self._slutt[ref], self._opphold[ref]
        pågår = Counter(self._dps(ref) for ref in self._pågår)
        klokker = Counter(self._dps(self._kartlegging.get(strøm, strøm)) for strøm in clocks)
        return {dps: Belegg(pågår[dps], klokker[dps]) for dps in sorted(pågår | klokker)}

    def _se_på(self, ref: str) -> None:
        står = som_står(ref, self._opphold[ref].bilde)
        self._pågår.discard(ref)
        self._slutt.pop(ref, None)
        if står is not None and står.pågår:
            self._pågår.add(ref)
        if står is not None and står.slutt is not None:
            self._slutt[ref] = står.slutt

    def _dps(self, ref: str) -> str:
        fulgt = self._opphold.get(ref)
        return (fulgt.bilde.dps if fulgt else None) or UTEN_DPS
