"""The question about children and siblings under 18: one mapping per adult (hpl §§10a, 10b).

    KREVD ─ nobody has asked in time → FORFALT
      └──────────── answered → INGEN_BARN, HAR_BARN or AVSLAATT (asked again at the next stay)

The ward asks. What was answered stands; a death leaves a task for those who may be left behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bindeledd.core.decider import Circumstances, Due, FristUtloept
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.barn_paaroerende import (
    ForeldresamtaleHoldt,
    IngenBarnBekreftet,
    KartleggingAvslaatt,
    KartleggingForfalt,
    KartleggingKrevd,
    Kartleggingstilstand,
)
from bindeledd.schema.generated.felles import FristTilstand, OppgaveLoest, Oppgaveslag, Oppgavetilstand, Tekst
from services.felles.frister import Frist, avstem_frist, evolve_frist
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, Oppgaver, TaOppgave, Ønsket, arbeid, avstem
from services.felles.oppholdsbilde import Opphold, siste
from services.felles.tid import lokal_dag

TOPIC = "barn_paaroerende.kartlegging"
REGEL = "barn_kartlegging"
AVSLÅTT_FORDI = ("vil_ikke", "ikke_i_stand", "senere")
BARN_MAKS = 30


@dataclass(frozen=True, slots=True)
class Svar:
    """What the person answered, whom and when; `opphold` is the stay that it was asked in, empty when in none."""

    tilstand: Kartleggingstilstand
    part: str
    svart: datetime
    antall_barn: int = 0
    opphold: str = ""


@dataclass(frozen=True, slots=True)
class Kartlegging:
    """What is known of whether an adult has children."""

    krevd: tuple[tuple[str, str], ...] = ()
    """(stay, party) in the order in which it was asked for."""
    svar: Svar | None = None
    frist: Frist | None = None
    forfalt: frozenset[str] = frozenset()
    oppgaver: Oppgaver = field(default_factory=Oppgaver)


# -- commands ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BekreftIngenBarn:
    """Command: the person has no children or siblings under 18. `av`: who writes it down."""

    part: str
    av: str


@dataclass(frozen=True, slots=True)
class Avslå:
    """Command: the person would not, or could not, answer."""

    part: str
    grunn: str
    av: str


@dataclass(frozen=True, slots=True)
class HoldSamtale:
    """Command: the talk about the children has been held."""

    part: str
    antall_barn: int
    innhold: Sealed[Tekst] | None
    av: str


@dataclass(frozen=True, slots=True)
class Avstem:
    """Command: look again. `spør` asks in the latest stay; `følger_opp` looks to those left behind; empty: nobody."""

    opphold: tuple[Opphold, ...]
    spør: str
    følger_opp: str


# -- decide --------------------------------------------------------------------------------------------------------


def decide(state: Kartlegging, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    naa = omstendigheter.now
    match command:
        case BekreftIngenBarn():
            return _besvart(state, IngenBarnBekreftet(part=command.part, svart=naa), command.av, omstendigheter)
        case Avslå():
            if command.grunn not in AVSLÅTT_FORDI:
                raise RuleBroken("hpl §10a: grunn", f"Si hvorfor. Bruk en av: {', '.join(AVSLÅTT_FORDI)}")
            avslått = KartleggingAvslaatt(part=command.part, grunn=command.grunn, svart=naa)
            return _besvart(state, avslått, command.av, omstendigheter)
        case HoldSamtale():
            return _hold_samtale(state, command, omstendigheter)
        case Avstem():
            return _avstem(state, command, omstendigheter)
        case FristUtloept():
            return _forfall(state, command)
        case TaOppgave() | LøsOppgave():
            return arbeid(state.oppgaver, command)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _hold_samtale(state: Kartlegging, command: HoldSamtale, omstendigheter: Circumstances) -> Sequence[Any]:
    if not 1 <= command.antall_barn <= BARN_MAKS:
        raise RuleBroken("hpl §10a: antall", f"Si hvor mange barn og søsken det gjelder, fra 1 til {BARN_MAKS}")
    holdt = ForeldresamtaleHoldt(
        part=command.part, antall_barn=command.antall_barn, innhold=command.innhold, svart=omstendigheter.now
    )
    return _besvart(state, holdt, command.av, omstendigheter)


def _besvart(state: Kartlegging, svar: Any, av: str, omstendigheter: Circumstances) -> Sequence[Any]:
    """The answer, the task that asked for it done, and the deadline met (or not) by when it came."""
    etter = evolve(state, svar)
    spurt = [o for o in state.oppgaver.åpne() if o.slag is Oppgaveslag.SPOER_OM_BARN]
    løst = [OppgaveLoest(oppgave_ref=o.oppgave_ref, av=o.tatt_av or av) for o in spurt]
    if etter.frist is None:
        return [svar, *løst]
    dom = avstem_frist(etter.frist, _dømt(etter.frist, etter.svar), None, omstendigheter.now)
    return [svar, *løst, *dom]


def _forfall(state: Kartlegging, command: FristUtloept) -> Sequence[Any]:
    """Nobody has asked in time: judged as of the due moment, also when it is judged late."""
    if state.frist is None or state.frist.tilstand is not FristTilstand.AAPEN or not state.krevd:
        return []
    opphold, part = state.krevd[-1]
    oversittet = replace(state.frist, tilstand=FristTilstand.OVERSKREDET)
    return [
        *avstem_frist(state.frist, oversittet, None, command.as_of),
        *([] if opphold in state.forfalt else [KartleggingForfalt(opphold_ref=opphold, part=part)]),
    ]


# -- what stays lead to --------------------------------------------------------------------------------------------


def _avstem(state: Kartlegging, command: Avstem, omstendigheter: Circumstances) -> Sequence[Any]:
    """The tasks there should be, the deadline, and (once for a stay and a party) that it is asked for."""
    rammer: Rammer = omstendigheter.rules
    nå = _skal_spørres(state, command)
    ønsker = [*_etterlatte(state, command)]
    events: list[Any] = []
    if nå is not None and nå.innlagt is not None:
        regel = rammer.oppsett.regler.verdi(REGEL, lokal_dag(nå.innlagt))
        frist = Frist(REGEL, nå.innlagt, nå.innlagt + regel.varighet, FristTilstand.AAPEN, regel.paragraf)
        if (nå.ref, command.spør) not in state.krevd:
            events.append(KartleggingKrevd(opphold_ref=nå.ref, part=command.spør))
        events += avstem_frist(state.frist, _uten_ny_dom(state.frist, frist), regel, omstendigheter.now)
        ønsker.append(Ønsket(Oppgaveslag.SPOER_OM_BARN, command.spør, nå.ref, "hpl §10a", frist.forfall))
    elif state.svar is None:
        events += avstem_frist(state.frist, None, None, omstendigheter.now)
    gjenstår = [ø for ø in ønsker if not state.oppgaver.er_gjort(ø)]
    return [*events, *avstem(state.oppgaver, gjenstår, omstendigheter)]


def _skal_spørres(state: Kartlegging, command: Avstem) -> Opphold | None:
    """The latest stay, when somebody shall ask in it: nobody has been told yet, or the person would not last time."""
    nå = siste(command.opphold)
    if nå is None or not command.spør or not nå.innlagt_sendt or any(o.død for o in command.opphold):
        return None
    if state.svar is None:
        return nå
    på_nytt = state.svar.tilstand is Kartleggingstilstand.AVSLAATT and state.svar.opphold != nå.ref
    return nå if på_nytt else None


def _etterlatte(state: Kartlegging, command: Avstem) -> list[Ønsket]:
    """hpl §10b: somebody who died and has, or may have, children or siblings under 18."""
    døde = [o for o in command.opphold if o.død and o.slutt_sendt]
    ingen = state.svar is not None and state.svar.tilstand is Kartleggingstilstand.INGEN_BARN
    if not døde or not command.følger_opp or ingen:
        return []
    return [Ønsket(Oppgaveslag.FOELG_OPP_ETTERLATTE, command.følger_opp, døde[-1].ref, "hpl §10b")]


def _dømt(frist: Frist, svar: Svar | None) -> Frist:
    """The deadline as an answer leaves it: met when the answer came in time."""
    if svar is None or frist.tilstand is not FristTilstand.AAPEN:
        return frist
    i_tide = svar.svart <= frist.forfall
    return replace(frist, tilstand=FristTilstand.HOLDT if i_tide else FristTilstand.OVERSKREDET)


def _uten_ny_dom(gammel: Frist | None, ønsket: Frist) -> Frist:
    """What was judged about the same moment stays judged."""
    if gammel is None or gammel.forfall != ønsket.forfall or gammel.tilstand is FristTilstand.BORTFALT:
        return ønsket
    return replace(ønsket, tilstand=gammel.tilstand, bevis=gammel.bevis)


# -- evolve --------------------------------------------------------------------------------------------------------


def evolve(state: Kartlegging, event: Any) -> Kartlegging:
    """The mapping after an event."""
    match event:
        case KartleggingKrevd():
            return replace(state, krevd=(*state.krevd, (event.opphold_ref, event.part)))
        case KartleggingForfalt():
            return replace(state, forfalt=state.forfalt | {event.opphold_ref})
        case IngenBarnBekreftet():
            return _med_svar(state, event, Kartleggingstilstand.INGEN_BARN, 0)
        case KartleggingAvslaatt():
            return _med_svar(state, event, Kartleggingstilstand.AVSLAATT, 0)
        case ForeldresamtaleHoldt():
            return _med_svar(state, event, Kartleggingstilstand.HAR_BARN, event.antall_barn)
        case _:
            return replace(
                state, frist=evolve_frist(state.frist, event), oppgaver=state.oppgaver.evolve(event)
            )  # fmt: skip


def _med_svar(state: Kartlegging, event: Any, tilstand: Kartleggingstilstand, antall: int) -> Kartlegging:
    opphold = state.krevd[-1][0] if state.krevd else ""
    return replace(state, svar=Svar(tilstand, event.part, event.svart, antall, opphold))


def tilstand(state: Kartlegging) -> Kartleggingstilstand | None:
    """What is known; None when nobody has asked and nobody shall."""
    stilt = {o.tilstand for o in state.oppgaver.alle.values() if o.slag is Oppgaveslag.SPOER_OM_BARN}
    spørres_nå = bool(stilt & {Oppgavetilstand.AAPEN, Oppgavetilstand.TATT})
    if state.svar is not None and not spørres_nå:
        return state.svar.tilstand
    # A task that was said to be done, without an answer, leaves the question open.
    if not spørres_nå and Oppgavetilstand.LOEST not in stilt:
        return None
    oversittet = state.frist is not None and state.frist.tilstand is FristTilstand.OVERSKREDET
    return Kartleggingstilstand.FORFALT if oversittet else Kartleggingstilstand.KREVD


def forfaller(state: Kartlegging) -> Sequence[Due]:
    """What the bus shall ask about, and when."""
    if state.frist is None or state.frist.tilstand is not FristTilstand.AAPEN:
        return ()
    return (Due(REGEL, state.frist.forfall),)
