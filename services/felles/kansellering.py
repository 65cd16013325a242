"""Understands what messages tell, and which of them a cancellation withdraws.

That is the dialogue it names, else what it repeats, else the latest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bindeledd.schema.generated.samhandling import Meldingskilde, OppholdKansellert


def sendt(kilde: Meldingskilde) -> tuple[datetime, str]:
    """The order in which a sender wrote its messages."""
    return (kilde.gen_dato, kilde.msg_id)


@dataclass(frozen=True, slots=True)
class Faktum:
    """One thing told of a stay: the event that told it first, and every message that has told it."""

    event: Any
    kilder: tuple[Meldingskilde, ...]

    @property
    def ref(self) -> str:
        """The fact's own id: the message that brought it here first."""
        ref: str = self.event.kilde.melding_ref
        return ref

    @property
    def først(self) -> Meldingskilde:
        """The source that was sent first: the one a reader is shown, whichever arrived first."""
        return min(self.kilder, key=sendt) if len(self.kilder) > 1 else self.kilder[0]

    @property
    def mottatt(self) -> datetime:
        """When we were first told."""
        return min(kilde.mottatt for kilde in self.kilder)

    @property
    def adressert(self) -> frozenset[str]:
        """Empty when everyone who got it got only a copy, which gives no task and no clock (intake rule 6)."""
        return frozenset(part for kilde in self.kilder for part in kilde.adressert)

    @property
    def kopi(self) -> frozenset[str]:
        return frozenset(part for kilde in self.kilder for part in kilde.kopi)

    def uten(self, trukket: frozenset[str]) -> Faktum | None:
        """The fact with the messages that stand; None when all that told it have been withdrawn."""
        if not trukket:
            return self
        kilder = tuple(kilde for kilde in self.kilder if kilde.melding_ref not in trukket)
        return replace(self, kilder=kilder) if kilder else None


def trukket_av(kanselleringer: Collection[OppholdKansellert], fakta: Iterable[Faktum]) -> frozenset[str]:
    """The refs of the messages that any of these cancellations withdraws."""
    if not kanselleringer:
        return frozenset()
    kilder = [kilde for faktum in fakta for kilde in faktum.kilder]
    return frozenset().union(*trukket(kanselleringer, kilder).values())


def trukket(
    kanselleringer: Iterable[OppholdKansellert], kilder: Collection[Meldingskilde]
) -> Mapping[str, frozenset[str]]:
    """For each cancellation, by its message's ref: the refs of the messages that it withdraws (intake rule 8).

    With a reference it withdraws the whole dialogue so far. Without one: messages of its sender and type that tell the
    same; where none does, the latest dialogue that still stands, never the ones before it. The same cancellation under
    two message ids counts once. The order of the arguments says nothing.
    """
    funnet: dict[str, frozenset[str]] = {}
    alle = sorted(kanselleringer, key=lambda k: sendt(k.kilde))
    for nr, kansellering in enumerate(alle):
        lik = next((k for k in alle[:nr] if _samme(k, kansellering)), None)
        if lik is not None:
            funnet[kansellering.kilde.melding_ref] = funnet[lik.kilde.melding_ref]
            continue
        borte = frozenset().union(*funnet.values())
        funnet[kansellering.kilde.melding_ref] = _rammet(kansellering, kilder, borte)
    return funnet


def _rammet(
    kansellering: OppholdKansellert, kilder: Collection[Meldingskilde], borte: frozenset[str]
) -> frozenset[str]:
    fra = kansellering.kilde
    før = [k for k in kilder if k.avsender == fra.avsender and k.gen_dato <= fra.gen_dato]
    samtale = kansellering.gjelder_samtale
    if samtale is not None:
        return frozenset(k.melding_ref for k in før if samtale in (k.samtale, k.msg_id))
    mulige = [k for k in før if k.type == kansellering.gjelder_type]
    like = frozenset(k.melding_ref for k in mulige if k.innhold and k.innhold == fra.innhold)
    if like:
        return like
    siste = max((k for k in mulige if k.melding_ref not in borte), key=sendt, default=None)
    return frozenset(k.melding_ref for k in mulige if siste is not None and k.samtale == siste.samtale)


def _samme(en: OppholdKansellert, annen: OppholdKansellert) -> bool:
    """Whether two cancellations without a reference are one, sent to receiver and copy receiver alike."""
    if en.gjelder_samtale is not None or annen.gjelder_samtale is not None or not en.kilde.innhold:
        return False
    return (en.kilde.avsender, en.kilde.innhold) == (annen.kilde.avsender, annen.kilde.innhold)
