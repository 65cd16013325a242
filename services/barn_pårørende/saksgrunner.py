"""Understands what the answers about a child lean on: what is known of each adult who is ill, and the child's age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bindeledd.schema.generated.felles import Oppgaveslag, Oppgavetilstand
from services.barn_pårørende.sak import Barnesak
from services.felles.grunnlag import Relasjon, Svar
from services.felles.kjent import Kjent, Rammer, endres, gir_samme_svar
from services.felles.oppsett import INNBYGGER
from services.felles.samarbeid import ALLTID
from services.felles.tid import lokal_midnatt
from services.felles.tilgang import RelasjonSlag

_BARNET = frozenset({"barn.*"})


@dataclass(frozen=True, slots=True)
class Saksgrunner:
    """Everything that the answers about one child rest on. `foreldre`: by the ref that the case names them by; one of
    whom nobody may know anything is not in it."""

    rammer: Rammer
    naa: datetime
    foreldre: Mapping[str, Kjent]
    født: date | None = field(default=None, repr=False)

    @property
    def skal_høres(self) -> bool:
        """Whether the child is old enough to be heard."""
        fyller = self._fyller()
        return fyller is not None and fyller <= self.naa

    def endres(self) -> datetime | None:
        """The next moment at which an answer may change by itself."""
        tider = [kjent.endres() for kjent in self.foreldre.values()] + [self._fyller()]
        return min((tid for tid in tider if tid is not None and tid > self.naa), default=None)

    def i_saken(self, sak: Barnesak) -> Saksgrunner:
        """The same, with the relations that the case itself brings."""
        foreldre = {ref: kjent.med(*_relasjoner(sak, ref)) for ref, kjent in self.foreldre.items()}
        return Saksgrunner(self.rammer, self.naa, foreldre, self.født)

    def sist_kjent(self) -> Saksgrunner:
        """The same, as it was known last of each adult."""
        sist = {ref: kjent.sist_kjent() for ref, kjent in self.foreldre.items()}
        return Saksgrunner(self.rammer, self.naa, sist, self.født)

    def svar(self, part_id: str, forelder: str, del_: str, *, egen: bool = False) -> Svar | None:
        """May this party know this part of what concerns one adult's illness; None where nobody may know anything."""
        kjent = self.foreldre.get(forelder)
        return kjent.svar(part_id, del_, egen=egen) if kjent is not None else None

    def kandidater(self, egne: Iterable[str]) -> frozenset[str]:
        """The units with any ground now. The person's own view is of the question about children."""
        funnet = frozenset(egne).union(*(kjent.kandidater() for kjent in self.foreldre.values()))
        return funnet - {INNBYGGER}

    def _fyller(self) -> datetime | None:
        if self.født is None:
            return None
        år = self.født.year + self.rammer.tabell.aldre.høres
        leap_day = (self.født.month, self.født.day) == (2, 29)
        return lokal_midnatt(date(år, 3, 1) if leap_day and år % 4 else self.født.replace(year=år))


def _relasjoner(sak: Barnesak, forelder: str) -> list[Relasjon]:
    """Who follows the adult up with the child in mind, also after a stay; and the receivers that help the child."""
    ansvarlige = {del_.part for del_ in sak.deler.values() if del_.forelder == forelder}
    ansvarlige |= {
        o.part for o in sak.oppgaver.alle.values()
        if o.slag is Oppgaveslag.FOELG_OPP_ETTERLATTE and o.gjelder == forelder
        and o.tilstand is not Oppgavetilstand.FALT
    }  # fmt: skip
    mottakere = {h.til_part for h in sak.henvisninger.values() if h.forelder == forelder and h.hos_mottaker}
    alle = [(part, RelasjonSlag.BARNEANSVARLIG) for part in ansvarlige]
    alle += [(part, RelasjonSlag.BARNETS_HELSETJENESTE) for part in mottakere]
    return [Relasjon(part, slag, ALLTID, deler=_BARNET) for part, slag in sorted(alle)]


def samme_svar(før: Any, nå: Any) -> bool:
    """Whether nobody can get another answer on `nå` than on `før`."""
    if not isinstance(nå, Saksgrunner):
        return gir_samme_svar(før, nå)
    if not isinstance(før, Saksgrunner) or før.foreldre.keys() != nå.foreldre.keys():
        return False
    neste = før.endres()
    samme_barn = (før.født, neste is None or neste > nå.naa) == (nå.født, True)
    return samme_barn and all(gir_samme_svar(før.foreldre[ref], nå.foreldre[ref]) for ref in nå.foreldre)


def svar_endres(grunnene: Any) -> datetime | None:
    """When somebody may get another answer by itself."""
    return grunnene.endres() if isinstance(grunnene, Saksgrunner) else endres(grunnene)
