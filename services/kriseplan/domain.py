"""The crisis plan: one per person, kept by an author unit, sealed part by part, for the person decides part by part.

    (none) ─ etterlyst / tilbudt / takket nei ─ opprettet → GJELDER ─ utskrevet → REVISJON_FORFALT ─ revidert → GJELDER
                                                                └─ tilbakekalt → TILBAKEKALT ─ opprettet → GJELDER

Source: rules 2.1. That a plan is missed at an admission, and gone through after a stay, are this project's own rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bindeledd.core.decider import Circumstances
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.felles import OppgaveLoest, Oppgaveslag, Oppgavetilstand
from bindeledd.schema.generated.kriseplan import (
    KriseplanDelt,
    KriseplanEtterlyst,
    KriseplanOpprettet,
    KriseplanRevidert,
    KriseplanrevisjonForfalt,
    KriseplanTakketNei,
    KriseplanTilbakekalt,
    KriseplanTilbudt,
    Kriseplantilstand,
)
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, Oppgaver, TaOppgave, Ønsket, arbeid, avstem
from services.felles.oppholdsbilde import Opphold, siste
from services.felles.oppsett import INNBYGGER
from services.felles.tid import lokal_dag

TOPIC = "kriseplan.kriseplan"
DELER = ("tegn_og_tiltak", "roedt_nivaa", "kontakter", "innleggelse", "barn", "hjem_og_oekonomi")
"""The parts, by their names in the access table and in the events."""
EIERSLAG = frozenset({"enhet", "act", "dps", "hjemmetjeneste", "botilbud", "ruteam", "koordinerende-enhet"})
MEDVIRKNING = ("pasient", "paaroerende", "behandler", "erfaringskonsulent")
TILBAKEKALT_FORDI = ("personens_oenske", "feil_person", "annet")
LAGES_FORDI = "lokalt valg: ingen kriseplan ved innleggelse"

Innhold = Mapping[str, Sealed[Any]]


@dataclass(frozen=True, slots=True)
class Kriseplan:
    """A person's crisis plan as it stands, or that there is none."""

    eier_part: str = ""
    versjon: int = 0
    laget: datetime | None = None
    innhold: Innhold = field(default_factory=lambda: MappingProxyType({}))
    tilbakekalt: bool = False
    tilbud: Kriseplantilstand | None = None
    etterlyst: frozenset[str] = frozenset()
    forfalt: frozenset[str] = frozenset()
    delt: frozenset[tuple[str, str, tuple[str, ...]]] = frozenset()
    """What has been offered to a ward: (stay, party, parts)."""
    oppgaver: Oppgaver = field(default_factory=Oppgaver)

    @property
    def gjelder(self) -> bool:
        return self.versjon > 0 and not self.tilbakekalt


# -- commands ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tilby:
    """Command: a unit offers the person to make one."""

    part: str


@dataclass(frozen=True, slots=True)
class TakkNei:
    """Command: the person declines. `av`: who writes it down."""

    part: str
    av: str


@dataclass(frozen=True, slots=True)
class Opprett:
    """Command: the person has a crisis plan, kept in step by `eier_part`."""

    eier_part: str
    medvirkning: tuple[str, ...]
    innhold: Innhold
    av: str


@dataclass(frozen=True, slots=True)
class Revider:
    """Command: a new version. Parts that are not named stay as they were; None takes a part out."""

    medvirkning: tuple[str, ...]
    endringer: Mapping[str, Sealed[Any] | None]
    av: str


@dataclass(frozen=True, slots=True)
class Tilbakekall:
    """Command: the person recalls the plan. Every copy ends."""

    grunn: str


@dataclass(frozen=True, slots=True)
class Delbart:
    """A ward that has the person now, and the parts that a consent opens for it."""

    opphold: str
    part: str
    deler: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Avstem:
    """Command: look again. `lager` (empty: nobody) makes a plan where there is none, and has helped since `fra`."""

    opphold: tuple[Opphold, ...]
    lager: str
    fra: datetime
    delbart: tuple[Delbart, ...]


# -- decide --------------------------------------------------------------------------------------------------------


def decide(state: Kriseplan, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    match command:
        case Tilby():
            _må_ikke_gjelde(state)
            return [KriseplanTilbudt(part=command.part)]
        case TakkNei():
            _må_ikke_gjelde(state)
            return [KriseplanTakketNei(part=command.part), *_løst(state, command.av)]
        case Opprett():
            return _opprett(state, command, omstendigheter)
        case Revider():
            return _revider(state, command, omstendigheter)
        case Tilbakekall():
            return _tilbakekall(state, command)
        case Avstem():
            return _avstem(state, command, omstendigheter)
        case TaOppgave() | LøsOppgave():
            return arbeid(state.oppgaver, command)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _må_ikke_gjelde(state: Kriseplan) -> None:
    if state.gjelder:
        raise RuleBroken("kriseplan.én", "Personen har en kriseplan. Revider den i stedet")


def _opprett(state: Kriseplan, command: Opprett, omstendigheter: Circumstances) -> Sequence[Any]:
    _må_ikke_gjelde(state)
    rammer: Rammer = omstendigheter.rules
    eier = rammer.oppsett.parter.get(command.eier_part)
    if eier is None or (eier.slag not in EIERSLAG and eier.id != INNBYGGER):
        raise RuleBroken("kriseplan.eier", "En enhet av dette slaget holder ikke kriseplaner ved like")
    _kjent_medvirkning(command.medvirkning)
    if not command.innhold:
        raise RuleBroken("kriseplan.innhold", "En kriseplan har minst én del")
    opprettet = KriseplanOpprettet(
        eier_part=command.eier_part, versjon=state.versjon + 1, laget=omstendigheter.now,
        medvirkning=command.medvirkning, **command.innhold,
    )  # fmt: skip
    return [opprettet, *_løst(state, command.av)]


def _revider(state: Kriseplan, command: Revider, omstendigheter: Circumstances) -> Sequence[Any]:
    _må_gjelde(state)
    _kjent_medvirkning(command.medvirkning)
    innhold = {del_: verdi for del_, verdi in {**state.innhold, **command.endringer}.items() if verdi is not None}
    if not innhold:
        raise RuleBroken("kriseplan.innhold", "En kriseplan har minst én del. Tilbakekall den i stedet")
    revidert = KriseplanRevidert(
        versjon=state.versjon + 1, laget=omstendigheter.now, medvirkning=command.medvirkning, **innhold
    )
    return [revidert, *_løst(state, command.av)]


def _tilbakekall(state: Kriseplan, command: Tilbakekall) -> Sequence[Any]:
    _må_gjelde(state)
    if command.grunn not in TILBAKEKALT_FORDI:
        raise RuleBroken("kriseplan.grunn", f"Si hvorfor. Bruk en av: {', '.join(TILBAKEKALT_FORDI)}")
    return [KriseplanTilbakekalt(grunn=command.grunn)]


def _må_gjelde(state: Kriseplan) -> None:
    if not state.gjelder:
        raise RuleBroken("kriseplan.finnes", "Personen har ingen kriseplan som gjelder. Opprett en")


def _kjent_medvirkning(medvirkning: tuple[str, ...]) -> None:
    if not medvirkning or not set(medvirkning) <= set(MEDVIRKNING):
        raise RuleBroken("kriseplan.medvirkning", f"Si hvem som var med: {', '.join(MEDVIRKNING)}")


def _løst(state: Kriseplan, av: str) -> list[Any]:
    """Making, revising or declining the plan is what the open tasks asked for."""
    return [OppgaveLoest(oppgave_ref=o.oppgave_ref, av=o.tatt_av or av) for o in state.oppgaver.åpne()]


# -- what stays lead to --------------------------------------------------------------------------------------------


def _avstem(state: Kriseplan, command: Avstem, omstendigheter: Circumstances) -> Sequence[Any]:
    """The tasks there should be, and what is said once for each stay: missed, to be gone through, offered to a ward."""
    ønsker = [ø for ø in _ønsker(state, command, omstendigheter.rules) if not state.oppgaver.er_gjort(ø)]
    events: list[Any] = []
    for ønske in ønsker:
        if ønske.slag is Oppgaveslag.LAG_KRISEPLAN and ønske.gjelder not in state.etterlyst:
            events.append(KriseplanEtterlyst(opphold_ref=ønske.gjelder))
        if ønske.slag is Oppgaveslag.VURDER_KRISEPLAN and ønske.gjelder not in state.forfalt:
            events.append(KriseplanrevisjonForfalt(opphold_ref=ønske.gjelder, grunn="utskrevet"))
    return [*events, *_tilby_avdelinger(state, command), *avstem(state.oppgaver, ønsker, omstendigheter)]


def _ønsker(state: Kriseplan, command: Avstem, rammer: Rammer) -> list[Ønsket]:
    nå = siste(command.opphold)
    if nå is None or any(o.død for o in command.opphold) or not (nå.innlagt_sendt or nå.slutt_sendt):
        return []
    if state.gjelder:
        return _ønsk_vurdering(state, command, nå, rammer)
    if not command.lager or (nå.slutt is not None and nå.slutt < command.fra):
        return []
    return [Ønsket(Oppgaveslag.LAG_KRISEPLAN, command.lager, nå.ref, LAGES_FORDI)]


def _ønsk_vurdering(state: Kriseplan, command: Avstem, nå: Opphold, rammer: Rammer) -> list[Ønsket]:
    """A version that is older than the end of the latest stay has to be gone through, by the unit that keeps it."""
    part = state.eier_part if state.eier_part != INNBYGGER else command.lager
    if nå.slutt is None or state.laget is None or state.laget >= nå.slutt or not part:
        return []
    regel = rammer.oppsett.regler.verdi("kriseplan_revisjon", lokal_dag(nå.slutt))
    frist = nå.slutt + regel.varighet
    return [Ønsket(Oppgaveslag.VURDER_KRISEPLAN, part, nå.ref, regel.paragraf, frist)]


def _tilby_avdelinger(state: Kriseplan, command: Avstem) -> list[KriseplanDelt]:
    """The copy for the ward: only what a consent opens, and only of what there is."""
    if not state.gjelder:
        return []
    tilbud = []
    for mulig in command.delbart:
        deler = tuple(del_ for del_ in mulig.deler if del_ in state.innhold)
        if deler and (mulig.opphold, mulig.part, deler) not in state.delt:
            tilbud.append(KriseplanDelt(part=mulig.part, deler=deler, opphold_ref=mulig.opphold))
    return tilbud


# -- evolve --------------------------------------------------------------------------------------------------------


def evolve(state: Kriseplan, event: Any) -> Kriseplan:
    """The plan after an event."""
    match event:
        case KriseplanEtterlyst():
            return replace(state, etterlyst=state.etterlyst | {event.opphold_ref}, tilbud=None)
        case KriseplanTilbudt():
            return replace(state, tilbud=Kriseplantilstand.TILBUDT)
        case KriseplanTakketNei():
            return replace(state, tilbud=Kriseplantilstand.TAKKET_NEI)
        case KriseplanOpprettet():
            ny = replace(state, eier_part=event.eier_part, tilbakekalt=False, tilbud=None)
            return _med_innhold(ny, event)
        case KriseplanRevidert():
            return _med_innhold(state, event)
        case KriseplanDelt() if event.opphold_ref is not None:
            return replace(state, delt=state.delt | {(event.opphold_ref, event.part, event.deler)})
        case KriseplanrevisjonForfalt():
            return replace(state, forfalt=state.forfalt | {event.opphold_ref})
        case KriseplanTilbakekalt():
            return replace(state, tilbakekalt=True, innhold=MappingProxyType({}))
        case _:
            return replace(state, oppgaver=state.oppgaver.evolve(event))


def _med_innhold(state: Kriseplan, event: KriseplanOpprettet | KriseplanRevidert) -> Kriseplan:
    innhold = {del_: getattr(event, del_) for del_ in DELER if getattr(event, del_) is not None}
    return replace(state, versjon=event.versjon, laget=event.laget, innhold=MappingProxyType(innhold))


def tilstand(state: Kriseplan) -> Kriseplantilstand | None:
    """Where the plan stands; None when there is none and nobody has asked for one."""
    if state.gjelder:
        forfalt = any(o.slag is Oppgaveslag.VURDER_KRISEPLAN for o in state.oppgaver.åpne())
        return Kriseplantilstand.REVISJON_FORFALT if forfalt else Kriseplantilstand.GJELDER
    if state.tilbud is not None:
        return state.tilbud
    laging = {o.tilstand for o in state.oppgaver.alle.values() if o.slag is Oppgaveslag.LAG_KRISEPLAN}
    if laging & {Oppgavetilstand.AAPEN, Oppgavetilstand.TATT}:
        return Kriseplantilstand.ETTERLYST
    if state.tilbakekalt:
        return Kriseplantilstand.TILBAKEKALT
    # A task that was said to be done leaves the plan missing until there is one.
    return Kriseplantilstand.ETTERLYST if Oppgavetilstand.LOEST in laging else None
