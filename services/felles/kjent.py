"""Understands what an `utsnitt` may lean on: the access table, what is known of the person, and the person's stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bindeledd.schema.generated.felles import Deling, DelStatus, Grunn, Oppgave, Oppgaveslag
from services.felles.grunnlag import Grunnlag, Relasjon, Svar, kan, kandidater, neste_endring, svar, yngre_enn
from services.felles.oppgaver import Oppgaver
from services.felles.oppholdsbilde import Opphold, opphold_i
from services.felles.oppsett import Oppsett
from services.felles.parter import part_for
from services.felles.samarbeid import Samtykker
from services.felles.tilgang import Krav, Tabell

OPPGAVER_VIST = 50
"""How many open tasks a view holds: a record has its limit, and nobody promises that the work is done in time."""


@dataclass(frozen=True, slots=True)
class Rammer:
    """What decisions may lean on: the municipality's file, and the access table that consents name parts of."""

    oppsett: Oppsett
    tabell: Tabell


@dataclass(frozen=True, slots=True)
class Kjent:
    """Everything that the answers about one person rest on, as of `naa`."""

    rammer: Rammer
    naa: datetime
    grunnlag: Grunnlag
    samtykker: tuple[Samtykker, ...] = ()
    """What the person has said; more than one, when two records became one person."""
    opphold: tuple[Opphold, ...] = ()
    adressert: frozenset[str] = frozenset()
    """The parties that a message about the person was sent or copied to."""
    forkastet: bool = False
    """The patient is no case of ours."""
    avklares: frozenset[str] = frozenset()
    """Other records that may be the same person, which the koordinerende enhet must compare with this one."""
    _med: dict[tuple[Relasjon, ...], Kjent] = field(default_factory=dict, init=False, repr=False, compare=False)

    def svar(
        self, part_id: str, del_: str, *, egen: bool = False, adressert: frozenset[str] = frozenset()
    ) -> Svar:  # fmt: skip
        """May this party know this part, and why. The version is of what was said of this party, where that decides."""
        part = part_for(self.rammer.oppsett, part_id)
        gitt = svar(self.rammer.tabell, self.grunnlag, part, del_, self.naa, adressert=adressert, egen=egen)
        hviler = gitt.grunn not in ("A", "S")
        versjon = sum(samtykker.versjon_for(part_id) for samtykker in self.samtykker) if hviler else 0
        return gitt if versjon == gitt.samtykke_versjon else replace(gitt, samtykke_versjon=versjon)

    def kan(self, part_id: str, krav: Krav) -> Svar:
        """May this party do to the person what takes `krav`, and why."""
        part = part_for(self.rammer.oppsett, part_id)
        return kan(self.rammer.tabell, self.grunnlag, part, krav, self.naa, adressert=self.adressert)

    def har_med_å_gjøre(self, part_id: str) -> Svar:
        """Has the party to do with the person at all, whatever the person opposes: the least that an act takes.

        The unit must still be able to write down that an opposition is lifted.
        """
        return self.kan(part_id, replace(self.rammer.tabell.krav_ellers, uansett_sperring=True))

    def yngre_enn(self, år: int) -> bool:
        """Whether the person is known to be younger than so many years."""
        return yngre_enn(self.grunnlag, år, self.naa)

    def sist_kjent(self) -> Kjent:
        """The same, as it was known last: silence closes what is shown, and says not that anything is otherwise."""
        return replace(self, grunnlag=replace(self.grunnlag, kilde_fersk=True))

    def om_opphold(self, part_id: str, ref: str) -> Svar | None:
        """May this party know that there is this stay; None when there is no such stay any more.

        What is about a day of it (`om_dagen`) tells that the person is ready for discharge, and from when.
        """
        opphold = next((o for o in self.opphold if o.ref == opphold_i(ref)), None)
        if opphold is None:
            return None
        deler = ("opphold.finnes",) if ref == opphold.ref else ("opphold.finnes", "opphold.klar")
        svarene = [
            self.svar(part_id, del_, egen=part_id == opphold.avdeling, adressert=opphold.mottakere) for del_ in deler
        ]
        return next((gitt for gitt in svarene if not gitt.ja), svarene[-1])

    def kandidater(self, egne: Iterable[str] = ()) -> frozenset[str]:
        """The parties with any ground now; `egne` own something of what is asked about."""
        return kandidater(self.grunnlag, self.naa, egne=frozenset(egne))

    def med(self, *relasjoner: Relasjon) -> Kjent:
        """The same, with more who help the person. Made once: a view asks for it again for each party."""
        if not relasjoner:
            return self
        if relasjoner not in self._med:
            grunnlag = replace(self.grunnlag, relasjoner=(*self.grunnlag.relasjoner, *relasjoner))
            self._med[relasjoner] = replace(self, grunnlag=grunnlag)
        return self._med[relasjoner]

    def endres(self) -> datetime | None:
        """The next moment at which an answer may change by itself, also for who gets none now; None: never."""
        neste = neste_endring(self.rammer.tabell, self.grunnlag, self.naa)
        tider = (neste, *(tid for o in self.opphold for tid in (o.innlagt, o.slutt)))
        return min((tid for tid in tider if tid is not None and tid > self.naa), default=None)


def gir_samme_svar(før: Any, nå: Any) -> bool:
    """Whether nobody can get another answer on `nå` than on `før`: nothing more is known, and no moment has passed at
    which an answer changes by itself."""
    if not (isinstance(før, Kjent) and isinstance(nå, Kjent)):
        return før is nå
    if før.naa > nå.naa or replace(før, naa=nå.naa) != nå:
        return False
    endres = før.endres()
    return endres is None or endres > nå.naa


def endres(kjent: Any) -> datetime | None:
    """When somebody may get another answer by itself. A message that is about nobody known is for whom it was sent to,
    and stays so."""
    return kjent.endres() if isinstance(kjent, Kjent) and kjent.grunnlag.person_ref else None


# -- what a view is put together of --------------------------------------------------------------------------------


def grunn_av(bærende: Svar, alle: Iterable[Svar]) -> Grunn:
    """The ground of a view: that of the answer which carries it, until the first of all its answers may change."""
    til = min((s.gjelder_til for s in (bærende, *alle) if s.gjelder_til is not None), default=None)
    return Grunn(
        grunnlag=bærende.grunn, setning=bærende.setning, samtykke_versjon=bærende.samtykke_versjon,
        lov_versjon=bærende.lov_versjon, gjelder_til=til,
    )  # fmt: skip


def deling(gitt: Svar, *, finnes: bool) -> Deling:
    """How a part stands for a party: that there is none is told only on R or S (access.md, "Grounds")."""
    if gitt.ja and finnes:
        return Deling.DELT
    return Deling.FINNES_IKKE if gitt.ja and gitt.grunn in ("R", "S") else Deling.IKKE_DELT


def delstatus(navn: str, gitt: Svar, *, finnes: bool) -> DelStatus:
    """One part of a view, by its short name."""
    return DelStatus(del_=navn, deling=deling(gitt, finnes=finnes))


def egne_oppgaver(
    kjent: Kjent, oppgaver: Oppgaver, part_id: str, del_: str, uansett: frozenset[Oppgaveslag] = frozenset()
) -> tuple[tuple[Oppgave, ...], list[Svar]]:
    """The party's own open tasks as far as it may know what they are about, and the answers that this rests on.

    A task about a stay is not shown to a unit that may not know of the stay: the task would tell. `uansett` are those
    that the law gives the unit all the same. Of very many, some at a time: the rest come as these are done.
    """
    vist, svarene = [], []
    for oppgave in oppgaver.for_part(part_id):
        egen = kjent.svar(part_id, del_, egen=True)
        om = None if oppgave.slag in uansett else kjent.om_opphold(part_id, oppgave.gjelder)
        svarene += [egen, *([om] if om is not None else [])]
        if egen.ja and (om is None or om.ja):
            vist.append(oppgave)
    return tuple(vist[:OPPGAVER_VIST]), svarene


def gjelder_til(view: object) -> datetime | None:
    """When the answer behind a view runs out."""
    grunn: Grunn = view.grunn  # type: ignore[attr-defined]
    return grunn.gjelder_til
