"""The stay: from innleggelse to utskrivning, as the set of what messages have told of it.

    INNLAGT ─ utskrivningsklar → UTSKRIVNINGSKLAR ─ avmelding → AVMELDT ─ utskrivningsklar → …
       ├──────────── utskrevet → UTSKREVET (8431 = 1) or DOED (2, 3) ─ every fact withdrawn → KANSELLERT
       └──────────── the patient's death told of another stay → DOED

Status, clock and tasks are pure functions of the facts that stand, ordered by when things happened: the same messages
in any order give the same stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bindeledd.core.decider import Circumstances, Due, FristUtloept
from bindeledd.schema.generated.felles import FristTilstand, Oppgaveslag
from bindeledd.schema.generated.samhandling import (
    DoedsfallKjent,
    DoedsfallMeldt,
    OppholdKansellert,
    OppholdKorrigert,
    Oppholdsstatus,
    OpplysningerOppdatert,
    PasientInnlagt,
    PasientUtskrevet,
    RettInstansAvklart,
    TidligmeldingSendt,
    Utfall,
    UtskrivningsklarAvmeldt,
    UtskrivningsklarMeldt,
)
from services.felles.frister import Frist, avstem_frist, evolve_frist
from services.felles.kansellering import Faktum, sendt
from services.felles.oppgaver import LøsOppgave, Oppgaver, TaOppgave, Ønsket, arbeid, avstem
from services.felles.oppsett import Oppsett
from services.felles.regler import Regel
from services.felles.ruting import rute
from services.felles.tid import lokal_dag
from services.samhandling.fakta import FAKTAHENDELSER, Fakta, tid

TOPIC = "samhandling.opphold"
TIDLIGMELDING = "tidligmelding"
SVARPLIKT = "forskrift 2011-11-18-1115 §11"
UTEN_INSTANS = RettInstansAvklart(forklaring="", regel_versjon="")
"""There is no admission any more that anybody should take."""
MANGLER_TIDLIGMELDING = "tidligmelding"
MANGLER_BESLUTTER = "beslutter"
MANGLER_MØTE = "samarbeidsmoete"


@dataclass(frozen=True, slots=True)
class Opphold:
    """A stay as it stands."""

    fakta: Fakta = field(default_factory=lambda: Fakta(MappingProxyType({})))
    frist: Frist | None = None
    instans: RettInstansAvklart | None = None
    oppgaver: Oppgaver = field(default_factory=Oppgaver)
    bydel: str | None = None
    død: datetime | None = None
    """When the patient died, told of another stay while this one was open (intake rule 12)."""


@dataclass(frozen=True, slots=True)
class RegistrerFaktum:
    """Command: a message has told something. `bydel` is what is known of where the person lives, `død` of a death that
    was told of another stay and ends this one."""

    event: Any
    bydel: str | None
    død: datetime | None = None


@dataclass(frozen=True, slots=True)
class FlyttFaktum:
    """Command: what this message told belongs to another stay."""

    melding_ref: str
    til: str
    grunn: str


@dataclass(frozen=True, slots=True)
class TømOpphold:
    """Command: nothing that was told of this stay is any business of ours."""

    grunn: str


@dataclass(frozen=True, slots=True)
class SettBydel:
    """Command: the person's bydel has become known, or changed."""

    bydel: str | None


@dataclass(frozen=True, slots=True)
class SettDød:
    """Command: a death that was told of another stay ends this one; None: it does not."""

    død: datetime | None


# -- decide --------------------------------------------------------------------------------------------------------


def decide(state: Opphold, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to: the fact itself, then what follows from all facts together."""
    match command:
        case RegistrerFaktum():
            nye = [command.event, *_død_kjent(state, command.død)]
            return _følger(state, nye, omstendigheter, bydel=command.bydel)
        case SettDød():
            return _følger(state, _død_kjent(state, command.død), omstendigheter, bydel=state.bydel)
        case FlyttFaktum():
            flyttet = OppholdKorrigert(melding_ref=command.melding_ref, til=command.til, grunn=command.grunn)
            return _følger(state, [flyttet], omstendigheter, bydel=state.bydel)
        case TømOpphold():
            borte = [OppholdKorrigert(melding_ref=ref, til="", grunn=command.grunn) for ref in state.fakta.alle]
            return _følger(state, [*borte], omstendigheter, bydel=state.bydel) if borte else []
        case SettBydel():
            return _følger(state, [], omstendigheter, bydel=command.bydel)
        case FristUtloept():
            return _følger(state, [], omstendigheter, bydel=state.bydel, dom_per=command.as_of)
        case TaOppgave() | LøsOppgave():
            return arbeid(state.oppgaver, command)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _død_kjent(state: Opphold, død: datetime | None) -> list[Any]:
    return [] if død == state.død else [DoedsfallKjent(doed=død)]


def _følger(
    state: Opphold, nye: list[Any], omstendigheter: Circumstances, *,
    bydel: str | None, dom_per: datetime | None = None,
) -> list[Any]:  # fmt: skip
    """The new events, and those that bring routing, clock and tasks in step with the facts."""
    for event in nye:
        state = evolve(state, event)
    oppsett: Oppsett = omstendigheter.rules.oppsett
    for event in (
        *_avklar_instans(state, bydel, oppsett),
        *_avstem_tidligmelding(state, oppsett, omstendigheter.now, dom_per),
    ):
        nye.append(event)
        state = evolve(state, event)
    oppgaver = avstem(state.oppgaver, _ønskede_oppgaver(state), omstendigheter)
    return [*nye, *oppgaver]


def _avklar_instans(state: Opphold, bydel: str | None, oppsett: Oppsett) -> list[Any]:
    """Which service is right for the person, from bydel and the hour of admission (bergen.md, "Emergency routing").

    An admission that was withdrawn, or of which we only got a copy, is routed nowhere.
    """
    innlagt = innleggelse(state)
    if innlagt is None or not innlagt.adressert:
        return [] if state.instans is None else [UTEN_INSTANS]
    svar = rute(bydel, innlagt.event.innlagt, frozenset(), oppsett)
    avklart = RettInstansAvklart(
        dps=svar.dps, bydel=bydel, instans=svar.part, forklaring=svar.setning, regel_versjon=oppsett.kommunenummer
    )
    return [] if avklart == state.instans else [avklart]


def _avstem_tidligmelding(state: Opphold, oppsett: Oppsett, now: datetime, dom_per: datetime | None) -> list[Any]:
    """The 24-hour clock of forskrift 2011-11-18-1115 §8: starts at innleggelse, met by a complete notice received."""
    innlagt = innleggelse(state)
    if innlagt is None or not innlagt.adressert:
        return avstem_frist(state.frist, None, None, now)
    start: datetime = innlagt.event.innlagt
    regel: Regel = oppsett.regler.verdi("tidligmelding_frist", lokal_dag(start))
    forfall = start + regel.varighet
    bevis = _bevis(state, forfall)
    if bevis is None and _død_før(state, forfall):
        return avstem_frist(state.frist, None, None, now)
    ønsket = Frist(TIDLIGMELDING, start, forfall, FristTilstand.AAPEN, regel.paragraf)
    if bevis is not None:
        ønsket = replace(ønsket, tilstand=FristTilstand.HOLDT, bevis=bevis.først.melding_ref)
    elif (dom_per is not None and dom_per >= forfall) or _er_dømt(state.frist, forfall):
        ønsket = replace(ønsket, tilstand=FristTilstand.OVERSKREDET)
    return avstem_frist(state.frist, ønsket, regel, dom_per or now)


def _død_før(state: Opphold, moment: datetime) -> bool:
    """Whether the patient had died by then: a death stops what had not run out (intake rule 12)."""
    ender = state.fakta.av_type(PasientUtskrevet, DoedsfallMeldt)
    egne = [tid(f.event) for f in ender if getattr(f.event, "utfall", Utfall.DOED) is Utfall.DOED]
    return any(død < moment for død in (*egne, *([state.død] if state.død is not None else [])))


def _er_dømt(frist: Frist | None, forfall: datetime) -> bool:
    return frist is not None and frist.tilstand is FristTilstand.OVERSKREDET and frist.forfall == forfall


def _bevis(state: Opphold, forfall: datetime) -> Faktum | None:
    """The first complete notice that reached us in time: when it reached us counts, not what the sender says."""
    i_tide = [f for f in helseopplysninger(state) if f.event.fullstendig and f.mottatt <= forfall]
    return min(i_tide, key=lambda f: (f.mottatt, *sendt(f.først)), default=None)


def _ønskede_oppgaver(state: Opphold) -> list[Ønsket]:
    gjeldende = state.fakta.gjeldende()
    enheter = sorted({part for faktum in gjeldende for part in faktum.adressert})
    ønsker: list[Ønsket] = []
    avsluttet = status(state) in (Oppholdsstatus.UTSKREVET, Oppholdsstatus.DOED, Oppholdsstatus.KANSELLERT)
    if not avsluttet and state.instans is not None and state.instans.bydel is None:
        ønsker += [Ønsket(Oppgaveslag.AVKLAR_BYDEL, part, "bydel", "bergen.ruting") for part in enheter]
    frist = state.frist if not avsluttet and not helseopplysninger(state) else None
    if frist is not None and frist.tilstand is FristTilstand.OVERSKREDET:
        ønsker += [Ønsket(Oppgaveslag.ETTERLYS_TIDLIGMELDING, p, TIDLIGMELDING, frist.paragraf) for p in enheter]
    if status(state) is Oppholdsstatus.UTSKRIVNINGSKLAR:
        klar = state.fakta.av_type(UtskrivningsklarMeldt)[-1]
        dag = klar.event.dato.isoformat()
        ønsker += [Ønsket(Oppgaveslag.SVAR_PAA_UTSKRIVNINGSKLAR, p, dag, SVARPLIKT) for p in sorted(klar.adressert)]
    return ønsker


# -- evolve --------------------------------------------------------------------------------------------------------


def evolve(state: Opphold, event: Any) -> Opphold:
    """The stay after an event."""
    match event:
        case OppholdKansellert():
            return replace(state, fakta=state.fakta.med(event))
        case OppholdKorrigert():
            return replace(state, fakta=state.fakta.uten(event.melding_ref))
        case DoedsfallKjent():
            return replace(state, død=event.doed)
        case RettInstansAvklart():
            return replace(state, instans=None if event == UTEN_INSTANS else event, bydel=event.bydel)
        case _ if isinstance(event, FAKTAHENDELSER):
            return replace(state, fakta=state.fakta.med(event))
        case _:
            frist, oppgaver = evolve_frist(state.frist, event), state.oppgaver.evolve(event)
            # A clock that does not run after all is none: so the order in which that became clear says nothing.
            borte = frist is not None and frist.tilstand is FristTilstand.BORTFALT
            return replace(state, frist=None if borte else frist, oppgaver=oppgaver)


# -- what the facts say together -----------------------------------------------------------------------------------


def status(state: Opphold) -> Oppholdsstatus:
    """Where the stay stands."""
    gjeldende = state.fakta.gjeldende()
    if not gjeldende:
        return Oppholdsstatus.KANSELLERT
    if utfall(state) is Utfall.DOED:
        return Oppholdsstatus.DOED
    if state.fakta.av_type(PasientUtskrevet):
        return Oppholdsstatus.UTSKREVET
    klar = state.fakta.av_type(UtskrivningsklarMeldt, UtskrivningsklarAvmeldt)
    if not klar:
        return Oppholdsstatus.INNLAGT
    siste = klar[-1].event
    return Oppholdsstatus.UTSKRIVNINGSKLAR if isinstance(siste, UtskrivningsklarMeldt) else Oppholdsstatus.AVMELDT


def utfall(state: Opphold) -> Utfall:
    """How the stay ended, as far as messages have said (kodeverk 8431)."""
    if state.død is not None or state.fakta.av_type(DoedsfallMeldt):
        return Utfall.DOED
    utskrivning = siste_utskrivning(state)
    return utskrivning.event.utfall if utskrivning is not None else Utfall.UKJENT


def egen_død(state: Opphold) -> datetime | None:
    """When the patient died, as far as this stay's own messages say; None when they say no such thing."""
    ut = siste_utskrivning(state)
    ender = [*state.fakta.av_type(DoedsfallMeldt), *([ut] if ut is not None else [])]
    return min((tid(f.event) for f in ender if getattr(f.event, "utfall", Utfall.DOED) is Utfall.DOED), default=None)


def livskrise(state: Opphold) -> bool:
    """Whether Livskrisehjelpen shall be told (intake rule 12)."""
    ender = state.fakta.av_type(PasientUtskrevet, DoedsfallMeldt)
    return any(faktum.event.livskrise for faktum in ender)


def innleggelse(state: Opphold) -> Faktum | None:
    """The admission that stands; when messages differ, the one that was sent last."""
    innleggelser = state.fakta.av_type(PasientInnlagt)
    return max(innleggelser, key=lambda f: sendt(f.først), default=None)


def siste_utskrivning(state: Opphold) -> Faktum | None:
    """The discharge that stands; when messages differ, the one that was sent last."""
    return max(state.fakta.av_type(PasientUtskrevet), key=lambda f: sendt(f.først), default=None)


def helseopplysninger(state: Opphold) -> tuple[Faktum, ...]:
    """The tidligmelding and its updates, in the order they were sent."""
    funnet = state.fakta.av_type(TidligmeldingSendt, OpplysningerOppdatert)
    return tuple(sorted(funnet, key=lambda f: sendt(f.først)))


def gjeldende_opplysninger(state: Opphold) -> Faktum | None:
    """The latest information: complete, it replaces what came before (forskrift 2011-11-18-1115 §8)."""
    alle = helseopplysninger(state)
    return alle[-1] if alle else None


def utskrivningsklar(state: Opphold) -> Faktum | None:
    """The notice that the patient is ready, while it stands."""
    if status(state) is not Oppholdsstatus.UTSKRIVNINGSKLAR:
        return None
    return state.fakta.av_type(UtskrivningsklarMeldt)[-1]


def mangler_for_betaling(state: Opphold, klar: Faktum) -> tuple[str, ...]:
    """Why the days are not payable: notice, named decision-maker, meeting (forskrift 2011-11-18-1115 §§8-10, 13-15)."""
    mangler = []
    if not any(f.event.fullstendig for f in helseopplysninger(state)):
        mangler.append(MANGLER_TIDLIGMELDING)
    if not klar.event.beslutter_navngitt:
        mangler.append(MANGLER_BESLUTTER)
    # No message says that the meeting was called; until SamarbeidsmoeteInnkalt exists it is always missing.
    mangler.append(MANGLER_MØTE)
    return tuple(mangler)


def forfaller(state: Opphold) -> Sequence[Due]:
    """What the bus shall ask about, and when."""
    if state.frist is None or state.frist.tilstand is not FristTilstand.AAPEN:
        return ()
    return (Due(TIDLIGMELDING, state.frist.forfall),)


def start(state: Opphold) -> datetime | None:
    """When the stay began, as far as is known."""
    innlagt = innleggelse(state)
    return tid(innlagt.event) if innlagt is not None else None
