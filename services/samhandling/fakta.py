"""What a stay is made of: facts, each from one message, kept as a set so that the order of arrival says nothing.

A fact that is told twice under two message ids is one fact with two sources. A cancellation withdraws sources; a fact
with no source left is withdrawn, and still shown as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bindeledd.schema.generated.samhandling import (
    DoedsfallMeldt,
    MeldingKnyttet,
    OppholdKansellert,
    Oppholdshendelse,
    OpplysningerOppdatert,
    PasientInnlagt,
    PasientUtskrevet,
    TidligmeldingSendt,
    UtskrivningsklarAvmeldt,
    UtskrivningsklarMeldt,
)
from services.felles.kansellering import Faktum, sendt, trukket_av
from services.felles.tid import dagens_slutt

FAKTAHENDELSER = (
    PasientInnlagt, TidligmeldingSendt, OpplysningerOppdatert, UtskrivningsklarMeldt, UtskrivningsklarAvmeldt,
    PasientUtskrevet, DoedsfallMeldt, MeldingKnyttet,
)  # fmt: skip
BARE_DATO = (UtskrivningsklarMeldt, UtskrivningsklarAvmeldt)


@dataclass(frozen=True, slots=True)
class Fakta:
    """All facts and cancellations of a stay."""

    alle: Mapping[str, Faktum]
    kanselleringer: tuple[OppholdKansellert, ...] = ()
    _gjeldende: tuple[Faktum, ...] = field(init=False, repr=False, compare=False)
    _etter_type: Mapping[type, tuple[Faktum, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A message asks for what stands, and mostly for that of one kind, some sixty times; it changes once.
        ordnet = self._ordnet()
        etter_type: dict[type, tuple[Faktum, ...]] = {}
        for faktum in ordnet:
            slag = type(faktum.event)
            etter_type[slag] = (*etter_type.get(slag, ()), faktum)
        object.__setattr__(self, "_gjeldende", ordnet)
        object.__setattr__(self, "_etter_type", etter_type)

    def med(self, event: Any) -> Fakta:
        """The facts with one more event."""
        if isinstance(event, OppholdKansellert):
            return replace(self, kanselleringer=(*self.kanselleringer, event))
        if isinstance(event, MeldingKnyttet) and event.samme_som is not None:
            faktum = self.alle.get(event.samme_som)
            if faktum is None:
                return self
            utvidet = replace(faktum, kilder=(*faktum.kilder, event.kilde))
            return replace(self, alle={**self.alle, faktum.ref: utvidet})
        return replace(self, alle={**self.alle, event.kilde.melding_ref: Faktum(event, (event.kilde,))})

    def uten(self, melding_ref: str) -> Fakta:
        """The facts without what one message told, which turned out to belong elsewhere."""
        igjen = {ref: faktum for ref, faktum in self.alle.items() if ref != melding_ref}
        return Fakta(igjen, tuple(k for k in self.kanselleringer if k.kilde.melding_ref != melding_ref))

    def gjeldende(self) -> tuple[Faktum, ...]:
        """The facts that stand, each with the sources that stand, in the order in which things happened."""
        return self._gjeldende

    def av_type(self, *typer: type) -> tuple[Faktum, ...]:
        """The facts of these kinds that stand, in their order."""
        if len(typer) == 1:
            return self._etter_type.get(typer[0], ())
        return tuple(faktum for faktum in self._gjeldende if isinstance(faktum.event, typer))

    def _ordnet(self) -> tuple[Faktum, ...]:
        trukket = trukket_av(self.kanselleringer, self.alle.values())
        stående = (faktum.uten(trukket) for faktum in self.alle.values())
        return _uten_gjentakelser(sorted((faktum for faktum in stående if faktum is not None), key=rekkefølge))

    def trukket(self) -> tuple[Faktum, ...]:
        """The facts of which every source has been withdrawn."""
        trukket = trukket_av(self.kanselleringer, self.alle.values())
        return tuple(sorted((f for f in self.alle.values() if f.uten(trukket) is None), key=rekkefølge))

    def samme(self, event: Any) -> Faktum | None:
        """The fact that this event tells again, if it is here already: same sender, kind and content.

        What has only a date can happen, be taken back and happen again on one day: it is told again only by a copy,
        which was made at the same moment.
        """
        for faktum in self.alle.values():
            if _forteller_det_samme(faktum.event, event) and (
                not isinstance(event, BARE_DATO) or faktum.event.kilde.gen_dato == event.kilde.gen_dato
            ):
                return faktum
        return None


def _forteller_det_samme(en: Any, annen: Any) -> bool:
    return (
        type(en) is type(annen)
        and en.kilde.avsender == annen.kilde.avsender
        and en.kilde.innhold == annen.kilde.innhold
    )


def _uten_gjentakelser(i_rekkefølge: Iterable[Faktum]) -> tuple[Faktum, ...]:
    """The facts, with what was told again before anything else happened as one."""
    funnet: list[Faktum] = []
    for faktum in i_rekkefølge:
        if isinstance(faktum.event, BARE_DATO) and funnet and _forteller_det_samme(funnet[-1].event, faktum.event):
            funnet[-1] = replace(funnet[-1], kilder=(*funnet[-1].kilder, *faktum.kilder))
        else:
            funnet.append(faktum)
    return tuple(funnet)


def tid(event: Any) -> datetime:
    """When it happened, for ordering. A day without a time of day counts as its end: the day's times precede it."""
    match event:
        case PasientInnlagt():
            return event.innlagt
        case UtskrivningsklarMeldt() | UtskrivningsklarAvmeldt():
            return dagens_slutt(event.dato)
        case PasientUtskrevet():
            return event.utskrevet
        case DoedsfallMeldt():
            return event.doed
        case _:
            gen: datetime = event.kilde.gen_dato
            return gen


def rekkefølge(faktum: Faktum) -> tuple[datetime, datetime, str]:
    """Order by when things happened, never by when they arrived (intake rule 10)."""
    return (tid(faktum.event), *sendt(faktum.først))


def slag(event: Any) -> Oppholdshendelse:
    """Which line of the story an event is."""
    match event:
        case PasientInnlagt():
            return Oppholdshendelse.INNLAGT
        case TidligmeldingSendt():
            return Oppholdshendelse.TIDLIGMELDING
        case OpplysningerOppdatert():
            return Oppholdshendelse.OPPDATERT
        case UtskrivningsklarMeldt():
            return Oppholdshendelse.UTSKRIVNINGSKLAR
        case UtskrivningsklarAvmeldt():
            return Oppholdshendelse.AVMELDT
        case PasientUtskrevet():
            return Oppholdshendelse.UTSKREVET
        case DoedsfallMeldt():
            return Oppholdshendelse.DOED
        case _:
            return Oppholdshendelse.RAPPORT
