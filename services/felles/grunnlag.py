"""Understands who may know what, and why: one pure function over the access table and what is known of a person."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from services.felles.oppsett import INNBYGGER, Part
from services.felles.tid import lokal_midnatt
from services.felles.tilgang import (
    ALLE_DELER,
    Celle,
    Form,
    Hjemmel,
    Krav,
    OverstyringSlag,
    RelasjonSlag,
    Tabell,
    UkjentDel,
    Utgave,
)

UKJENT = "UKJENT"
_ALT = frozenset({ALLE_DELER})
_BARE_VITE = "Parten får vite noe om personen, men ikke gjøre dette."

Grunnbokstav = Literal["A", "R", "C", "D", "S", ""]


@dataclass(frozen=True, slots=True)
class Relasjon:
    """A party helps (or represents) the person, from `fra` up to, not including, `til`. `deler`: how far it reaches."""

    part: str
    slag: RelasjonSlag
    fra: datetime
    til: datetime | None = None
    deler: frozenset[str] = _ALT


@dataclass(frozen=True, slots=True)
class Samtykke:
    """The person lets a party know these parts, from `fra` up to `til`. A withdrawal sets `til`. No parts: nothing."""

    part: str
    deler: frozenset[str]
    fra: datetime
    til: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sperring:
    """The person opposes. `part` None: towards everyone; no `deler`: about everything. What is UKJENT counts as all."""

    part: str | None
    deler: frozenset[str]
    fra: datetime
    til: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overstyring:
    """An opposition was set aside for one party at `hendt`; it lets the party know these parts up to `til`."""

    part: str
    slag: OverstyringSlag
    hendt: datetime
    til: datetime | None = None
    deler: frozenset[str] = _ALT


@dataclass(frozen=True, slots=True)
class Svar:
    """May this party know this part: yes or no, why, by which versions, and until when the answer holds.

    `gjelder_til` is the next moment at which anything behind the answer changes by itself; None when nothing does.
    `form` says how the part is to be given when yes, and for a "no" that may be counted in reports, in which form.
    """

    ja: bool
    grunn: Grunnbokstav
    setning: str
    lov_versjon: str
    gjelder_til: datetime | None
    form: Form
    samtykke_versjon: int = 0


@dataclass(frozen=True, slots=True)
class _Fakta:
    """What is known of one party and the person, and every moment at which one of it begins or ends."""

    relasjoner: tuple[Relasjon, ...]
    samtykker: tuple[Samtykke, ...]
    sperringer: tuple[Sperring, ...]
    overstyringer: tuple[Overstyring, ...]
    grenser: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Grunnlag:
    """Everything that answers about one person rest on, as a service has received it.

    `kilde_fersk` is False when the source of consents lags, is parked or has gaps: then nothing opens that rests on it.
    Change it with `dataclasses.replace`.
    """

    person_ref: str
    relasjoner: tuple[Relasjon, ...] = ()
    samtykker: tuple[Samtykke, ...] = ()
    sperringer: tuple[Sperring, ...] = ()
    overstyringer: tuple[Overstyring, ...] = ()
    fødselsdato: date | None = field(default=None, repr=False)
    kilde_fersk: bool = True
    _fakta: Mapping[str, _Fakta] = field(init=False, repr=False, compare=False)
    _andre: _Fakta = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        alle = tuple(s for s in self.sperringer if s.part is None or s.part == UKJENT)
        parter = {r.part for r in self.relasjoner} | {s.part for s in self.samtykker}
        parter |= {o.part for o in self.overstyringer} | {s.part for s in self.sperringer if s.part is not None}
        object.__setattr__(self, "_fakta", {part: _samle(self, part, alle) for part in parter})
        object.__setattr__(self, "_andre", _Fakta((), (), alle, (), _grenser(alle)))

    def fakta(self, part: str) -> _Fakta:
        """What is known of one party."""
        return self._fakta.get(part, self._andre)

    def grenser(self) -> frozenset[datetime]:
        """Every moment at which something known of the person begins or ends."""
        return frozenset(g for fakta in (*self._fakta.values(), self._andre) for g in fakta.grenser)


def svar(
    tabell: Tabell,
    grunnlag: Grunnlag,
    part: Part,
    del_: str,
    naa: datetime,
    *,
    adressert: frozenset[str] = frozenset(),
    egen: bool = False,
) -> Svar:
    """May `part` know `del_` (`opphold.finnes`) of this person at `naa` (aware)?

    `adressert` holds the ids of the parties that this was sent to, or that the law gives it to. `egen`: it is the
    party's own (its ward, task, measure, side). Own and addressed answer A. Source: access.md "Grounds". An opposition
    stops R and C alike; it has to be lifted before a later consent opens. Raises UkjentDel for a part that the table
    does not name.
    """
    utgave = tabell.utgave(naa)
    celle = utgave.celler.get((part.slag, del_))
    if celle is None:
        return _ingen_celle(tabell, utgave, del_)
    fakta = grunnlag.fakta(part.id)
    til = _neste(tabell, grunnlag, fakta, utgave, celle, naa)
    if egen and celle.egen is not None:
        return _ja(utgave, "A", celle.egen, til)
    if celle.adressert is not None and part.id in adressert:
        return _ja(utgave, "A", celle.adressert, til)
    if celle.selv is not None and _er_selv(tabell, grunnlag, part, celle, celle.selv, naa):
        return _ja(utgave, "S", celle.selv, til)
    relasjon = _relasjon(fakta, celle, naa)
    sperret = _sperret(fakta.sperringer, celle.nøkler, naa)
    if grunnlag.kilde_fersk and not sperret:
        if relasjon is not None:
            return _ja(utgave, "R", relasjon, til)
        samtykke = celle.egen_med_samtykke if egen and celle.egen_med_samtykke is not None else celle.samtykke
        if samtykke is not None and _samtykket(fakta.samtykker, samtykke, naa):
            return _ja(utgave, "C", samtykke, til)
    nød = _nød(tabell, fakta, celle, relasjon, naa) if fakta.overstyringer else None
    if nød is not None:
        setning, hjemmel = nød
        return Svar(True, "D", setning, utgave.lov, til, hjemmel.form)
    hvorfor = _hvorfor_ikke(grunnlag, celle, sperret=sperret)
    return Svar(False, "", hvorfor, utgave.lov, til, celle.rapport.form if celle.rapport is not None else Form.FULL)


def kan(
    tabell: Tabell, grunnlag: Grunnlag, part: Part, krav: Krav, naa: datetime, *,
    adressert: frozenset[str] = frozenset(),
) -> Svar:  # fmt: skip
    """May `part` do to this person, at `naa`, what takes `krav`: the same answer as for what it may know, and why.

    Where an opposition does not count, what we know last counts also while its source is silent: to close must always
    be possible. So it is with what the law bids a unit write down (`sist_kjent`). A relation that reaches to some parts
    only lets a party know, not act: who is invited has not said yes, and a representative speaks besides the person and
    decides nothing in their place (rules 2.3, pbrl §4-1). What each of them may answer is weighed where it is done.
    Who has parental responsibility acts for a child, and not for the young who answer for themselves (pbrl §§4-3, 4-4).
    """
    barn = yngre_enn(grunnlag, tabell.aldre.myndig, naa)
    handler = (r for r in grunnlag.relasjoner if r.deler == _ALT and (barn or r.slag is not RelasjonSlag.FORESATT))
    grunnlag = replace(grunnlag, relasjoner=tuple(handler))
    if krav.uansett_sperring:
        grunnlag = replace(grunnlag, sperringer=(), kilde_fersk=True)
    elif krav.sist_kjent:
        grunnlag = replace(grunnlag, kilde_fersk=True)
    alle = [svar(tabell, grunnlag, part, del_, naa, adressert=adressert) for del_ in krav.deler]
    gir_lov = next((gitt for gitt in alle if gitt.ja and gitt.grunn in krav.grunner), None)
    if gir_lov is not None:
        return gir_lov
    nei = alle[0]
    return replace(nei, ja=False, grunn="", setning=_BARE_VITE if nei.ja else nei.setning)


Holdning = Literal["SAMTYKKET", "IKKE_MOTSATT", "MOTSATT"]


def holdning(tabell: Tabell, grunnlag: Grunnlag, part: Part, del_: str, naa: datetime) -> Holdning:
    """What the person has said of telling `part` this: yes, nothing against it, or no. An opposition outweighs a
    consent, as in `svar`. Whether it is enough is another question."""
    celle = tabell.utgave(naa).celler.get((part.slag, del_))
    if celle is None or _sperret(grunnlag.fakta(part.id).sperringer, celle.nøkler, naa):
        return "MOTSATT"
    samtykket = celle.samtykke is not None and _samtykket(grunnlag.fakta(part.id).samtykker, celle.samtykke, naa)
    return "SAMTYKKET" if samtykket else "IKKE_MOTSATT"


def fravær(
    tabell: Tabell, grunnlag: Grunnlag, part: Part, del_: str, naa: datetime
) -> Literal["FINNES_IKKE", "IKKE_DELT"]:
    """What a party is told when there is nothing: that there is none, only on R or S; otherwise just "not shared"."""
    return "FINNES_IKKE" if svar(tabell, grunnlag, part, del_, naa).grunn in {"R", "S"} else "IKKE_DELT"


def kandidater(
    grunnlag: Grunnlag, naa: datetime, *, adressert: frozenset[str] = frozenset(), egne: frozenset[str] = frozenset()
) -> frozenset[str]:
    """The ids of the parties with any ground now. Add those that have a view already: theirs may have to end.

    `egne` are those that own something of it (a ward, a task). The person themself is always a candidate.
    """
    parter = {r.part for r in grunnlag.relasjoner if r.slag is not RelasjonSlag.UKJENT and _gjelder(r.fra, r.til, naa)}
    parter |= {s.part for s in grunnlag.samtykker if s.deler and _gjelder(s.fra, s.til, naa)}
    parter |= {o.part for o in grunnlag.overstyringer if _gjelder(o.hendt, o.til, naa)}
    return frozenset(parter | adressert | egne | {INNBYGGER})


def neste_endring(tabell: Tabell, grunnlag: Grunnlag, naa: datetime) -> datetime | None:
    """The next moment after `naa` at which some answer about this person may change by itself. None: never."""
    aldre = (_fra_alder(grunnlag, år) for år in (tabell.aldre.myndig, tabell.aldre.foreldreansvar))
    grenser = grunnlag.grenser() | {g for g in (tabell.utgave(naa).til, *aldre) if g is not None}
    return min((g for g in grenser if g > naa), default=None)


def yngre_enn(grunnlag: Grunnlag, år: int, naa: datetime) -> bool:
    """Whether the person is known to be younger than so many years: nobody is whose birth date is not known."""
    fra = _fra_alder(grunnlag, år)
    return fra is not None and naa < fra


def overstyring_avvist(tabell: Tabell, slag: OverstyringSlag, hendt: datetime) -> str | None:
    """Why an override that happened at `hendt` must be refused; None when the law has room for it.

    Source: hpl §§25, 45 first para as in force from 2026-06-01 (LOV-2025-06-20-67 del IV, FOR-2025-06-20-1109).
    """
    regel = tabell.overstyring.get(slag)
    if regel is None:
        return "Overstyringen har en ukjent grunn. Velg fare eller blålys."
    if hendt < regel.fra:
        dato = (regel.fra + timedelta(hours=12)).astimezone(UTC).date()
        return f"Loven åpner først for dette fra {dato.isoformat()}: {regel.tekst}"
    return None


def _gjelder(fra: datetime, til: datetime | None, naa: datetime) -> bool:
    return fra <= naa and (til is None or naa < til)


def _samle(grunnlag: Grunnlag, part: str, alle: tuple[Sperring, ...]) -> _Fakta:
    relasjoner = tuple(r for r in grunnlag.relasjoner if r.part == part)
    samtykker = tuple(_med_tabeller(s) for s in grunnlag.samtykker if s.part == part and s.deler - {UKJENT})
    sperringer = (*alle, *(s for s in grunnlag.sperringer if s.part == part and s not in alle))
    overstyringer = tuple(o for o in grunnlag.overstyringer if o.part == part)
    grenser = _grenser(relasjoner, samtykker, sperringer)
    øvrige = {t for o in overstyringer for t in (o.hendt, o.til) if t is not None}
    return _Fakta(relasjoner, samtykker, sperringer, overstyringer, tuple(sorted({*grenser, *øvrige})))


def _med_tabeller(samtykke: Samtykke) -> Samtykke:
    """The same consent, naming also the tables it touches (`plan.`): some cells open by any part of a table."""
    deler = samtykke.deler - {UKJENT}
    return Samtykke(
        samtykke.part, deler | {d.partition(".")[0] + "." for d in deler if "." in d}, samtykke.fra, samtykke.til
    )


def _grenser(*grupper: tuple[Relasjon | Samtykke | Sperring, ...]) -> tuple[datetime, ...]:
    return tuple(sorted({t for gruppe in grupper for x in gruppe for t in (x.fra, x.til) if t is not None}))


def _neste(
    tabell: Tabell, grunnlag: Grunnlag, fakta: _Fakta, utgave: Utgave, celle: Celle, naa: datetime
) -> datetime | None:
    til = utgave.til
    nr = bisect_right(fakta.grenser, naa)
    if nr < len(fakta.grenser) and (til is None or fakta.grenser[nr] < til):
        til = fakta.grenser[nr]
    if celle.selv is not None:
        alder = _fra_alder(grunnlag, _alder(tabell, celle.selv))
        if alder is not None and naa < alder and (til is None or alder < til):
            til = alder
    return til


def _alder(tabell: Tabell, selv: Hjemmel) -> int:
    """The age at which this stops being somebody else's to answer for."""
    return tabell.aldre.foreldreansvar if selv.foreldreansvar else tabell.aldre.myndig


def _fra_alder(grunnlag: Grunnlag, år: int) -> datetime | None:
    """When the person is so many years old; None where nobody knows when they were born."""
    født = grunnlag.fødselsdato
    if født is None or født.year + år >= MAXYEAR:  # a birth date that cannot be is not known
        return None
    return _fyller(født, år)


@lru_cache(maxsize=65_536)
def _fyller(født: date, år: int) -> datetime:
    try:
        return lokal_midnatt(født.replace(year=født.year + år))
    except ValueError:  # born on 29 February, and the year has none
        return lokal_midnatt(date(født.year + år, 3, 1))


def _er_selv(
    tabell: Tabell, grunnlag: Grunnlag, part: Part, celle: Celle, selv: Hjemmel, naa: datetime
) -> bool:  # fmt: skip
    """The person from the age on; a representative within the power given; whoever has parental responsibility until
    that age, if the child does not withhold it: but what the responsibility takes as long as it lasts (pbrl §3-4)."""
    til = _fra_alder(grunnlag, _alder(tabell, selv))
    if part.id == INNBYGGER:
        return til is not None and naa >= til
    if not grunnlag.kilde_fersk:
        return False
    fakta = grunnlag.fakta(part.id)
    holdt_tilbake = _sperret(tuple(s for s in fakta.sperringer if s.part == part.id), celle.nøkler, naa)
    for relasjon in fakta.relasjoner:
        if not _gjelder(relasjon.fra, relasjon.til, naa) or relasjon.deler.isdisjoint(celle.nøkler):
            continue
        if relasjon.slag is RelasjonSlag.REPRESENTANT and not holdt_tilbake:
            return True
        if (
            relasjon.slag is RelasjonSlag.FORESATT
            and til is not None
            and naa < til
            and (selv.foreldreansvar or not holdt_tilbake)
        ):
            return True
    return False


def _relasjon(fakta: _Fakta, celle: Celle, naa: datetime) -> Hjemmel | None:
    if not celle.relasjoner:
        return None
    for relasjon in fakta.relasjoner:
        hjemmel = celle.relasjoner.get(relasjon.slag)
        if hjemmel is None or relasjon.deler.isdisjoint(celle.nøkler):
            continue
        if _gjelder(relasjon.fra, relasjon.til, naa):
            return hjemmel
    return None


def _sperret(sperringer: tuple[Sperring, ...], nøkler: frozenset[str], naa: datetime) -> bool:
    for sperring in sperringer:
        gjelder_delen = not sperring.deler or UKJENT in sperring.deler or not sperring.deler.isdisjoint(nøkler)
        if gjelder_delen and _gjelder(sperring.fra, sperring.til, naa):
            return True
    return False


def _samtykket(samtykker: tuple[Samtykke, ...], hjemmel: Hjemmel, naa: datetime) -> bool:
    for samtykke in samtykker:
        dekker = hjemmel.nøkler is None or not samtykke.deler.isdisjoint(hjemmel.nøkler)
        if dekker and _gjelder(samtykke.fra, samtykke.til, naa):
            return True
    return False


def _nød(
    tabell: Tabell, fakta: _Fakta, celle: Celle, relasjon: Hjemmel | None, naa: datetime
) -> tuple[str, Hjemmel] | None:
    for overstyring in fakta.overstyringer:
        regel = tabell.overstyring.get(overstyring.slag)
        if regel is None or overstyring.hendt < regel.fra or not _gjelder(overstyring.hendt, overstyring.til, naa):
            continue
        if overstyring.deler.isdisjoint(celle.nøkler):
            continue
        ved_fare = relasjon or celle.nød
        hjemmel = ved_fare if overstyring.slag is OverstyringSlag.FARE else celle.nød_med_etterkontroll
        if hjemmel is not None:
            return regel.tekst, hjemmel
    return None


def _ja(utgave: Utgave, grunn: Grunnbokstav, hjemmel: Hjemmel, til: datetime | None) -> Svar:
    return Svar(True, grunn, hjemmel.setning, utgave.lov, til, hjemmel.form)


def _ingen_celle(tabell: Tabell, utgave: Utgave, del_: str) -> Svar:
    if del_ not in tabell.deler:
        raise UkjentDel(f"the access table has no part {del_!r}. Add it to tilgang.toml, or correct the name")
    setning = "Denne delen er ikke for en part av dette slaget."
    return Svar(False, "", setning, utgave.lov, utgave.til, Form.FULL)


def _hvorfor_ikke(grunnlag: Grunnlag, celle: Celle, *, sperret: bool) -> str:
    if celle.rapport is not None:
        return celle.rapport.setning
    if celle.selv is not None:
        return (
            "Personen er under den alderen loven setter, fødselsdatoen er ikke kjent, eller fullmakten eller "
            "foreldreansvaret dekker det ikke."
        )
    if not grunnlag.kilde_fersk and (celle.relasjoner or celle.samtykke or celle.egen_med_samtykke):
        return "Vi vet ikke nå hva personen har samtykket til eller motsatt seg. Prøv igjen om litt."
    if sperret and celle.relasjoner:
        return "Personen har motsatt seg at dette deles."
    if celle.relasjoner:
        return "Parten hjelper ikke personen nå, og det er ikke gitt samtykke."
    if celle.samtykke or celle.egen_med_samtykke:
        return "Det er ikke gitt samtykke som dekker dette."
    return "Dette er ikke sendt til parten, og er ikke partens eget."
