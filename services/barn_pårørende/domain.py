"""The question about children and siblings under 18: one mapping per adult (hpl §§10a, 10b).

    KREVD ─ nobody has asked in time → FORFALT
      ├──────────── answered → INGEN_BARN, HAR_BARN or AVSLAATT (asked again at the next stay, or later)
      └──────────── not asked, and why → UTSATT (asked later)

The ward asks. What was answered stands; a death leaves a task for those who may be left behind. Each child has a case
of its own (`barn.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bindeledd.core.decider import Circumstances, Due, FristUtloept
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.barn_paaroerende import (
    Barnet,
    BarnKnyttet,
    ForeldresamtaleHoldt,
    HenvisningNotert,
    Henvisningsgrunnlag,
    IngenBarnBekreftet,
    KartleggingAvslaatt,
    KartleggingForfalt,
    KartleggingKrevd,
    Kartleggingstilstand,
    KartleggingUtsatt,
)
from bindeledd.schema.generated.felles import FristTilstand, OppgaveLoest, Oppgaveslag, Oppgavetilstand, Tekst
from services.felles.frister import Frist, avstem_frist, evolve_frist
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, Oppgaver, TaOppgave, Ønsket, arbeid, avstem
from services.felles.oppholdsbilde import Opphold, siste
from services.felles.tid import lokal_dag

TOPIC = "barn_paaroerende.kartlegging"
REGEL = "barn_kartlegging"
SPØR_IGJEN = "barn_spoer_igjen"
AVSLÅTT_FORDI = ("vil_ikke", "ikke_i_stand", "senere")
UTSATT_FORDI = ("for_syk", "mangler_tolk", "rakk_ikke", "annet")
SPØRRES = frozenset({Oppgaveslag.SPOER_OM_BARN, Oppgaveslag.SPOER_IGJEN_OM_BARN})
BARN_MAKS = 30
NOTERT_MAKS = 100
"""How many referrals the person's own view holds."""


@dataclass(frozen=True, slots=True)
class Svar:
    """What the person answered, whom and when; `opphold` is the stay that it was asked in, empty when in none."""

    tilstand: Kartleggingstilstand
    part: str
    svart: datetime
    antall_barn: int = 0
    opphold: str = ""
    spør_igjen: bool = False
    """Whether the question comes up again without a new stay."""


@dataclass(frozen=True, slots=True)
class Kartlegging:
    """What is known of whether an adult has children."""

    krevd: tuple[tuple[str, str], ...] = ()
    """(stay, party) in the order in which it was asked for."""
    svar: Svar | None = None
    utsatt: KartleggingUtsatt | None = None
    """Why nobody has asked, while nobody has."""
    utsatt_i: str = ""
    """The stay in which that was."""
    barn: Mapping[tuple[str, str], BarnKnyttet] = field(default_factory=lambda: MappingProxyType({}))
    """The children's cases, by ref and by the unit that registered the child."""
    henvist: Mapping[str, HenvisningNotert] = field(default_factory=lambda: MappingProxyType({}))
    """The children's referrals, as the person may see them."""
    snakket: bool = False
    """Whether the talk has been held."""
    frist: Frist | None = None
    forfalt: frozenset[str] = frozenset()
    oppgaver: Oppgaver = field(default_factory=Oppgaver)

    @property
    def saker(self) -> frozenset[str]:
        """The children's cases: one to a child, by ref."""
        return frozenset(ref for ref, _ in self.barn)


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
class Utsett:
    """Command: nobody has asked the person, and why."""

    part: str
    grunn: str
    av: str


@dataclass(frozen=True, slots=True)
class KnyttBarn:
    """Command: a child of the person has got a case."""

    barn_ref: str
    part: str
    barnet: Sealed[Barnet]
    av: str


@dataclass(frozen=True, slots=True)
class NoterHenvisning:
    """Command: a child of the person has been referred, or would have been."""

    barn_ref: str
    henvisning: str
    til_part: str
    grunnlag: Henvisningsgrunnlag
    holdt: bool


@dataclass(frozen=True, slots=True)
class Avstem:
    """Command: look again. `spør` asks in the latest stay; `følger_opp` looks to those left behind; empty: nobody.

    `eldre`: the person was two records, and the mapping of the other one holds. Nothing is asked in this one.
    """

    opphold: tuple[Opphold, ...]
    spør: str
    følger_opp: str
    eldre: bool = False


# -- decide --------------------------------------------------------------------------------------------------------


def decide(state: Kartlegging, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    match command:
        case BekreftIngenBarn() | Avslå() | HoldSamtale() | Utsett():
            return _svar(state, command, omstendigheter)
        case KnyttBarn() | NoterHenvisning():
            return _om_barna(state, command, omstendigheter)
        case Avstem():
            return _avstem(state, command, omstendigheter)
        case FristUtloept():
            return _forfall(state, command)
        case TaOppgave() | LøsOppgave():
            return arbeid(state.oppgaver, command)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _svar(
    state: Kartlegging, command: BekreftIngenBarn | Avslå | HoldSamtale | Utsett, omstendigheter: Circumstances
) -> Sequence[Any]:  # fmt: skip
    naa = omstendigheter.now
    match command:
        case BekreftIngenBarn():
            if state.barn:
                raise RuleBroken("hpl §10a: besvart", "Personen har barn som er registrert her")
            return _besvart(state, IngenBarnBekreftet(part=command.part, svart=naa), command.av, omstendigheter)
        case Avslå():
            if command.grunn not in AVSLÅTT_FORDI:
                raise RuleBroken("hpl §10a: grunn", f"Si hvorfor. Bruk en av: {', '.join(AVSLÅTT_FORDI)}")
            avslått = KartleggingAvslaatt(part=command.part, grunn=command.grunn, svart=naa)
            return _besvart(state, avslått, command.av, omstendigheter)
        case HoldSamtale():
            return _hold_samtale(state, command, omstendigheter)
        case Utsett():
            return _utsett(state, command, omstendigheter)


def _om_barna(
    state: Kartlegging, command: KnyttBarn | NoterHenvisning, omstendigheter: Circumstances
) -> Sequence[Any]:  # fmt: skip
    if isinstance(command, NoterHenvisning):
        return _noter(command, omstendigheter.now)
    knyttet = BarnKnyttet(
        barn_ref=command.barn_ref, part=command.part, barnet=command.barnet, knyttet=omstendigheter.now
    )
    return (
        [] if (command.barn_ref, command.part) in state.barn else _besvart(state, knyttet, command.av, omstendigheter)
    )


def _hold_samtale(state: Kartlegging, command: HoldSamtale, omstendigheter: Circumstances) -> Sequence[Any]:
    if not 1 <= command.antall_barn <= BARN_MAKS:
        raise RuleBroken("hpl §10a: antall", f"Si hvor mange barn og søsken det gjelder, fra 1 til {BARN_MAKS}")
    holdt = ForeldresamtaleHoldt(
        part=command.part, antall_barn=command.antall_barn, innhold=command.innhold, svart=omstendigheter.now
    )
    return _besvart(state, holdt, command.av, omstendigheter)


def _utsett(state: Kartlegging, command: Utsett, omstendigheter: Circumstances) -> Sequence[Any]:
    """Nothing is answered: the deadline runs on."""
    if state.svar is not None and state.svar.tilstand is not Kartleggingstilstand.AVSLAATT:
        raise RuleBroken("hpl §10a: besvart", "Personen er alt spurt")
    if command.grunn not in UTSATT_FORDI:
        raise RuleBroken("hpl §10a: grunn", f"Si hvorfor. Bruk en av: {', '.join(UTSATT_FORDI)}")
    rammer: Rammer = omstendigheter.rules
    nå = omstendigheter.now
    igjen = nå + rammer.oppsett.regler.verdi(SPØR_IGJEN, lokal_dag(nå)).varighet
    return [KartleggingUtsatt(part=command.part, grunn=command.grunn, spoer_igjen=igjen, svart=nå)]


def _noter(command: NoterHenvisning, naa: datetime) -> Sequence[Any]:
    return [
        HenvisningNotert(
            barn_ref=command.barn_ref, henvisning_ref=command.henvisning, til_part=command.til_part,
            grunnlag=command.grunnlag, holdt=command.holdt, notert=naa,
        )
    ]  # fmt: skip


def _besvart(state: Kartlegging, svar: Any, av: str, omstendigheter: Circumstances) -> Sequence[Any]:
    """The answer, the task that asked for it done, and the deadline met (or not) by when it came."""
    etter = evolve(state, svar)
    besvarer = SPØRRES | ({Oppgaveslag.SNAKK_MED_FORELDER} if isinstance(svar, ForeldresamtaleHoldt) else set())
    spurt = [o for o in state.oppgaver.åpne() if o.slag in besvarer]
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
    ønsker = [] if command.eldre else [*_etterlatte(state, command), *_følg_opp_svaret(state, command, rammer)]
    events: list[Any] = []
    if nå is not None and nå.innlagt is not None:
        regel = rammer.oppsett.regler.verdi(REGEL, lokal_dag(nå.innlagt))
        frist = Frist(REGEL, nå.innlagt, nå.innlagt + regel.varighet, FristTilstand.AAPEN, regel.paragraf)
        if (nå.ref, command.spør) not in state.krevd:
            events.append(KartleggingKrevd(opphold_ref=nå.ref, part=command.spør))
        events += avstem_frist(state.frist, _uten_ny_dom(state.frist, frist), regel, omstendigheter.now)
        if not _utsatt_nå(state, command):
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
    # Where the children are known, each case has the task.
    if not døde or not command.følger_opp or ingen or state.barn:
        return []
    return [Ønsket(Oppgaveslag.FOELG_OPP_ETTERLATTE, command.følger_opp, døde[-1].ref, "hpl §10b")]


def _utsatt_nå(state: Kartlegging, command: Avstem) -> bool:
    """Whether the question was put off in the latest stay: a new one raises it anew."""
    nå = siste(command.opphold)
    return state.utsatt is not None and (nå is None or nå.ref == state.utsatt_i)


def _følg_opp_svaret(state: Kartlegging, command: Avstem, rammer: Rammer) -> list[Ønsket]:
    """What each answer asks for: the question again, the talk with the parent, or that the children are registered."""
    if any(o.død for o in command.opphold):
        return []
    if state.utsatt is not None:
        return [_spør_igjen(state.utsatt.part, state.utsatt.svart, rammer)] if _utsatt_nå(state, command) else []
    svar = state.svar
    if svar is not None and svar.spør_igjen and _skal_spørres(state, command) is None:
        return [_spør_igjen(svar.part, svar.svart, rammer)]
    if svar is None or svar.tilstand is not Kartleggingstilstand.HAR_BARN:
        return []
    if not state.snakket:
        return [Ønsket(Oppgaveslag.SNAKK_MED_FORELDER, svar.part, svar.part, "hpl §10a")]
    if len(state.saker) < svar.antall_barn:
        return [Ønsket(Oppgaveslag.HENVIS_BARN, svar.part, svar.part, "hpl §10a")]
    return []


def _spør_igjen(part: str, spurt: datetime, rammer: Rammer) -> Ønsket:
    frist = spurt + rammer.oppsett.regler.verdi(SPØR_IGJEN, lokal_dag(spurt)).varighet
    return Ønsket(Oppgaveslag.SPOER_IGJEN_OM_BARN, part, spurt.isoformat(), "hpl §10a", frist)


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
            antall = max(event.antall_barn, len(state.saker))
            return replace(_med_svar(state, event, Kartleggingstilstand.HAR_BARN, antall), snakket=True)
        case KartleggingUtsatt():
            return replace(state, utsatt=event, utsatt_i=state.krevd[-1][0] if state.krevd else "")
        case BarnKnyttet():
            return _med_barn(state, event)
        case HenvisningNotert():
            return replace(state, henvist=MappingProxyType({**state.henvist, event.henvisning_ref: event}))
        case _:
            return replace(
                state, frist=evolve_frist(state.frist, event), oppgaver=state.oppgaver.evolve(event)
            )  # fmt: skip


def _med_svar(state: Kartlegging, event: Any, tilstand: Kartleggingstilstand, antall: int) -> Kartlegging:
    opphold = state.krevd[-1][0] if state.krevd else ""
    senere = isinstance(event, KartleggingAvslaatt) and event.grunn != "vil_ikke"
    return replace(state, svar=Svar(tilstand, event.part, event.svart, antall, opphold, senere), utsatt=None)


def _med_barn(state: Kartlegging, event: BarnKnyttet) -> Kartlegging:
    """That a child has a case is an answer, if there was no better one: whose unit answered it keeps it."""
    med = replace(state, barn=MappingProxyType({**state.barn, (event.barn_ref, event.part): event}))
    har, antall = Kartleggingstilstand.HAR_BARN, len(med.saker)
    if state.svar is not None and state.svar.tilstand is har:
        return replace(med, svar=replace(state.svar, antall_barn=max(state.svar.antall_barn, antall)))
    opphold = state.krevd[-1][0] if state.krevd else ""
    return replace(med, svar=Svar(har, event.part, event.knyttet, antall, opphold), utsatt=None)


def tilstand(state: Kartlegging) -> Kartleggingstilstand | None:
    """What is known; None when nobody has asked and nobody shall."""
    stilt = {o.tilstand for o in state.oppgaver.alle.values() if o.slag is Oppgaveslag.SPOER_OM_BARN}
    spørres_nå = bool(stilt & {Oppgavetilstand.AAPEN, Oppgavetilstand.TATT})
    if state.svar is not None and not spørres_nå:
        return state.svar.tilstand
    if state.utsatt is not None and not spørres_nå:
        return Kartleggingstilstand.UTSATT
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
