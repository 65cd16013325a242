"""Understands as much of a stay as others than its owner need: whether it stands, where, since when, and how it ended.

Folded from `samhandling.opphold` as a set of facts, so that the order of arrival says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from bindeledd.schema.generated.samhandling import (
    DoedsfallKjent,
    DoedsfallMeldt,
    MeldingKnyttet,
    Meldingskilde,
    OppholdKansellert,
    OppholdKorrigert,
    PasientInnlagt,
    PasientUtskrevet,
    RettInstansAvklart,
    Utfall,
    UtskrivningsklarAvmeldt,
    UtskrivningsklarMeldt,
)
from services.felles.kansellering import Faktum, sendt, trukket_av
from services.felles.tid import dagens_slutt

OPPHOLD = "samhandling.opphold"

ENDRER = (
    PasientInnlagt, PasientUtskrevet, DoedsfallMeldt, DoedsfallKjent, MeldingKnyttet, OppholdKansellert,
    OppholdKorrigert, UtskrivningsklarMeldt, UtskrivningsklarAvmeldt,
)  # fmt: skip
"""The events after which a stay may stand otherwise than before."""


@dataclass(frozen=True, slots=True)
class Oppholdsbilde:
    """A stay as told so far."""

    fakta: Mapping[str, Faktum] = field(default_factory=lambda: MappingProxyType({}))
    kanselleringer: tuple[OppholdKansellert, ...] = ()
    dps: str | None = None
    død: datetime | None = None
    """A death that was told of another stay, and ended this one."""
    sendt_til: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """By fact: every party that a message which told it was sent or copied to."""

    @property
    def mottakere(self) -> frozenset[str]:
        """Every party that any message of the stay was sent or copied to."""
        return frozenset().union(*self.sendt_til.values())

    def gjeldende(self, slag: type) -> Faktum | None:
        """The fact of this kind that stands; when messages differ, the one that was sent last."""
        return max(self._stående(slag), key=lambda f: sendt(f.først), default=None)

    def klar(self) -> Faktum | None:
        """That the patient is ready for discharge, unless that was taken back later: by the day that it is told of, and
        of one day what was sent last."""
        sagt = self._stående((UtskrivningsklarMeldt, UtskrivningsklarAvmeldt))
        siste = max(sagt, key=lambda f: (dagens_slutt(f.event.dato), *sendt(f.først)), default=None)
        return siste if siste is not None and isinstance(siste.event, UtskrivningsklarMeldt) else None

    def _stående(self, slag: type | tuple[type, ...]) -> list[Faktum]:
        trukket = trukket_av(self.kanselleringer, self.fakta.values())
        stående = (faktum.uten(trukket) for faktum in self.fakta.values() if isinstance(faktum.event, slag))
        return [faktum for faktum in stående if faktum is not None]


@dataclass(frozen=True, slots=True)
class Opphold:
    """What stands of a stay. `slutt` is when the person left or died; None while the stay lasts. `død`: the death was
    told of this very stay.

    `klar` is the day from which the person has been ready for discharge, as long as that stands.

    `innlagt_sendt`, `klar_sendt`, `slutt_sendt`: whether somebody was told of it as addressee, and not only by a copy.
    """

    ref: str
    innlagt: datetime | None = None
    innlagt_sendt: bool = False
    avdeling: str | None = None
    dps: str | None = None
    klar: date | None = None
    klar_sendt: bool = False
    slutt: datetime | None = None
    slutt_sendt: bool = False
    død: bool = False
    mottakere: frozenset[str] = frozenset()

    @property
    def pågår(self) -> bool:
        return self.innlagt is not None and self.slutt is None

    @property
    def rekkefølge(self) -> tuple[datetime, str]:
        """Stays in the order in which they happened."""
        begynt = self.innlagt or self.slutt
        assert begynt is not None
        return (begynt, self.ref)


def evolve(state: Oppholdsbilde, event: Any) -> Oppholdsbilde:
    """The stay after an event."""
    match event:
        case (
            PasientInnlagt()
            | PasientUtskrevet()
            | DoedsfallMeldt()
            | UtskrivningsklarMeldt()
            | UtskrivningsklarAvmeldt()
        ):
            faktum = Faktum(event, (event.kilde,))
            fakta = MappingProxyType({**state.fakta, event.kilde.melding_ref: faktum})
            return _med_mottakere(replace(state, fakta=fakta), event.kilde)
        case MeldingKnyttet():
            return _med_mottakere(_utvidet(state, event), event.kilde, event.samme_som)
        case OppholdKansellert():
            return replace(state, kanselleringer=(*state.kanselleringer, event))
        case OppholdKorrigert():
            igjen = {ref: faktum for ref, faktum in state.fakta.items() if ref != event.melding_ref}
            trukne = tuple(k for k in state.kanselleringer if k.kilde.melding_ref != event.melding_ref)
            til = {ref: parter for ref, parter in state.sendt_til.items() if ref != event.melding_ref}
            return replace(
                state, fakta=MappingProxyType(igjen), kanselleringer=trukne, sendt_til=MappingProxyType(til)
            )  # fmt: skip
        case DoedsfallKjent():
            return replace(state, død=event.doed)
        case RettInstansAvklart():
            return replace(state, dps=event.dps)
        case _:
            kilde = getattr(event, "kilde", None)
            return _med_mottakere(state, kilde) if isinstance(kilde, Meldingskilde) else state


def som_står(ref: str, bilde: Oppholdsbilde) -> Opphold | None:
    """What stands of a stay; None when all of it has been withdrawn or moved."""
    innlagt, ut, død = (bilde.gjeldende(slag) for slag in (PasientInnlagt, PasientUtskrevet, DoedsfallMeldt))
    klar = bilde.klar()
    if innlagt is None and ut is None and død is None:
        return None
    slutt = [f for f in (ut, død) if f is not None]
    tider = [f.event.utskrevet if isinstance(f.event, PasientUtskrevet) else f.event.doed for f in slutt]
    tider += [bilde.død] if bilde.død is not None else []
    return Opphold(
        ref=ref,
        innlagt=innlagt.event.innlagt if innlagt else None,
        innlagt_sendt=innlagt is not None and bool(innlagt.adressert),
        avdeling=innlagt.event.avdeling if innlagt else None,
        dps=bilde.dps,
        klar=klar.event.dato if klar else None,
        klar_sendt=klar is not None and bool(klar.adressert),
        slutt=min(tider, default=None),
        slutt_sendt=any(f.adressert for f in slutt),
        død=død is not None or (ut is not None and ut.event.utfall is Utfall.DOED),
        mottakere=bilde.mottakere,
    )


def om_dagen(ref: str, dag: date) -> str:
    """What a task is about that a stay gives anew for each such day."""
    return f"{ref}:{dag.isoformat()}"


def opphold_i(gjelder: str) -> str:
    """The stay that a task is about; of a task about no stay, what it is about."""
    return gjelder.partition(":")[0]


def siste(opphold: tuple[Opphold, ...]) -> Opphold | None:
    """The latest stay: what was to be done after an earlier one has been overtaken by it."""
    return opphold[-1] if opphold else None


def _utvidet(state: Oppholdsbilde, event: MeldingKnyttet) -> Oppholdsbilde:
    """The same fact told again under another message id: one fact, two sources."""
    faktum = state.fakta.get(event.samme_som) if event.samme_som is not None else None
    if faktum is None or event.samme_som is None:
        return state
    utvidet = replace(faktum, kilder=(*faktum.kilder, event.kilde))
    return replace(state, fakta=MappingProxyType({**state.fakta, event.samme_som: utvidet}))


def _med_mottakere(state: Oppholdsbilde, kilde: Meldingskilde, faktum: str | None = None) -> Oppholdsbilde:
    ref = faktum or kilde.melding_ref
    parter = state.sendt_til.get(ref, frozenset()).union(kilde.adressert, kilde.kopi)
    return replace(state, sendt_til=MappingProxyType({**state.sendt_til, ref: parter}))
