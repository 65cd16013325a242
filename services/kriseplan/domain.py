"""The crisis plan: one per person, kept by an author unit, sealed part by part, for the person decides part by part.

    (none) ─ etterlyst / tilbudt / takket nei ─ opprettet → GJELDER ─ utskrevet, brukt, … → REVISJON_FORFALT
                                                               ├─ revidert → GJELDER
                                                               └─ tilbakekalt → TILBAKEKALT ─ opprettet → GJELDER

Source: rules 2.1. That a plan is missed at an admission, and when it is gone through, are this project's own rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, assert_never

from bindeledd.core.decider import Circumstances, Due, FristUtloept
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.felles import FristTilstand, OppgaveLoest, Oppgaveslag
from bindeledd.schema.generated.kriseplan import (
    Brukserfaring,
    KriseplanEtterlyst,
    KriseplanEvaluert,
    Kriseplannivaa,
    KriseplanOpprettet,
    KriseplanRevidert,
    KriseplanTakketNei,
    KriseplanTattIBruk,
    KriseplanTilbakekalt,
    KriseplanTilbudt,
)
from services.felles.frister import Frist, avstem_frist
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, Oppgaver, TaOppgave, Ønsket, arbeid, avstem
from services.felles.oppholdsbilde import Opphold, siste
from services.felles.oppsett import INNBYGGER
from services.kriseplan.kopier import Delbart, alle_avsluttes, avstem_kopier
from services.kriseplan.plan import FELT, Innhold, Kriseplan
from services.kriseplan.revisjon import Krav, krav, ny_frist, ved_dato

TOPIC = "kriseplan.kriseplan"
EIERSLAG = frozenset({"enhet", "act", "dps", "hjemmetjeneste", "botilbud", "ruteam", "koordinerende-enhet"})
MEDVIRKNING = ("pasient", "paaroerende", "behandler", "erfaringskonsulent")
TILBAKEKALT_FORDI = ("personens_oenske", "feil_person", "annet")
LAGES_FORDI = "lokalt valg: ingen kriseplan ved innleggelse"
LESES_FORDI = "lokalt valg: de som følger opp, får vite at kriseplanen er brukt"


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
    """Command: the person has a crisis plan, kept in step by `eier_part`. `krets`: who follows the person now;
    `revideres`: when it is to be gone through at the latest, where the person has chosen a day."""

    eier_part: str
    medvirkning: tuple[str, ...]
    innhold: Innhold
    av: str
    krets: frozenset[str] = frozenset()
    revideres: date | None = None


@dataclass(frozen=True, slots=True)
class Revider:
    """Command: a new version. Parts of which no field is named stay as they were; None takes a part out."""

    medvirkning: tuple[str, ...]
    endringer: Mapping[str, Sealed[Any] | None]
    av: str
    krets: frozenset[str] = frozenset()
    revideres: date | None = None


@dataclass(frozen=True, slots=True)
class Tilbakekall:
    """Command: the person recalls the plan. Every copy ends."""

    grunn: str


@dataclass(frozen=True, slots=True)
class TaIBruk:
    """Command: a user of a party begins to do what the plan says on a level. `varsles`: who shall read of it."""

    part: str
    av: str
    nivaa: Kriseplannivaa
    varsles: tuple[str, ...]
    erfaring: Sealed[Brukserfaring] | None = None


@dataclass(frozen=True, slots=True)
class Evaluer:
    """Command: what came of a use, told afterwards."""

    bruk: str
    part: str
    av: str
    erfaring: Sealed[Brukserfaring]


@dataclass(frozen=True, slots=True)
class Avstem:
    """Command: look again. `lager` (empty: nobody) makes a plan where there is none, and has helped since `fra`;
    `krets` follows the person now, and `lesere` may know when the plan is used."""

    opphold: tuple[Opphold, ...]
    lager: str
    fra: datetime
    delbart: tuple[Delbart, ...]
    krets: frozenset[str] = frozenset()
    lesere: frozenset[str] = frozenset()


# -- decide --------------------------------------------------------------------------------------------------------


def decide(state: Kriseplan, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    match command:
        case Tilby() | TakkNei() | Opprett() | Revider() | Tilbakekall():
            return _skriv(state, command, omstendigheter)
        case TaIBruk():
            return _ta_i_bruk(state, command, omstendigheter)
        case Evaluer():
            return _evaluer(state, command, omstendigheter)
        case Avstem():
            return _avstem(state, command, omstendigheter)
        case FristUtloept():
            return _forfall(state, command, omstendigheter)
        case TaOppgave() | LøsOppgave():
            return _arbeid(state, command)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _skriv(
    state: Kriseplan, command: Tilby | TakkNei | Opprett | Revider | Tilbakekall, omstendigheter: Circumstances
) -> Sequence[Any]:
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
            return _tilbakekall(state, command, omstendigheter)
    assert_never(command)


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
        medvirkning=command.medvirkning, kontaktkrets=tuple(sorted(command.krets)), **command.innhold,
    )  # fmt: skip
    return [opprettet, *_gyldig(state, command.revideres, omstendigheter), *_løst(state, command.av)]


def _revider(state: Kriseplan, command: Revider, omstendigheter: Circumstances) -> Sequence[Any]:
    _må_gjelde(state)
    _kjent_medvirkning(command.medvirkning)
    endrede = {FELT[felt] for felt in command.endringer}
    stående = {felt: verdi for felt, verdi in state.innhold.items() if FELT[felt] not in endrede}
    innhold = stående | {felt: verdi for felt, verdi in command.endringer.items() if verdi is not None}
    if not innhold:
        raise RuleBroken("kriseplan.innhold", "En kriseplan har minst én del. Tilbakekall den i stedet")
    revidert = KriseplanRevidert(
        versjon=state.versjon + 1, laget=omstendigheter.now, medvirkning=command.medvirkning,
        kontaktkrets=tuple(sorted(command.krets)), **innhold,
    )  # fmt: skip
    return [revidert, *_gyldig(state, command.revideres, omstendigheter), *_løst(state, command.av)]


def _tilbakekall(state: Kriseplan, command: Tilbakekall, omstendigheter: Circumstances) -> Sequence[Any]:
    _må_gjelde(state)
    if command.grunn not in TILBAKEKALT_FORDI:
        raise RuleBroken("kriseplan.grunn", f"Si hvorfor. Bruk en av: {', '.join(TILBAKEKALT_FORDI)}")
    return [
        *alle_avsluttes(state, omstendigheter.now),
        KriseplanTilbakekalt(grunn=command.grunn),
        *avstem_frist(state.frist, None, None, omstendigheter.now),
    ]


def _må_gjelde(state: Kriseplan) -> None:
    if not state.gjelder:
        raise RuleBroken("kriseplan.finnes", "Personen har ingen kriseplan som gjelder. Opprett en")


def _kjent_medvirkning(medvirkning: tuple[str, ...]) -> None:
    if not medvirkning or not set(medvirkning) <= set(MEDVIRKNING):
        raise RuleBroken("kriseplan.medvirkning", f"Si hvem som var med: {', '.join(MEDVIRKNING)}")


def _løst(state: Kriseplan, av: str) -> list[Any]:
    """Making, revising or declining the plan is what the open tasks asked for; what was to be read is still unread."""
    løste = (o for o in state.oppgaver.åpne() if o.slag is not Oppgaveslag.LES_BRUKT_KRISEPLAN)
    return [OppgaveLoest(oppgave_ref=o.oppgave_ref, av=o.tatt_av or av) for o in løste]


def _arbeid(state: Kriseplan, command: TaOppgave | LøsOppgave) -> list[Any]:
    """Who has gone through the plan has done so for every reason that there was."""
    events = arbeid(state.oppgaver, command)
    løst = state.oppgaver.alle[command.oppgave_ref]
    if not isinstance(command, LøsOppgave) or løst.slag is not Oppgaveslag.VURDER_KRISEPLAN:
        return events
    samme = (o for o in state.oppgaver.for_part(command.part) if o.slag is løst.slag and o != løst)
    return [*events, *(OppgaveLoest(oppgave_ref=o.oppgave_ref, av=command.av) for o in samme)]


# -- used, and what came of it -------------------------------------------------------------------------------------


def _ta_i_bruk(state: Kriseplan, command: TaIBruk, omstendigheter: Circumstances) -> Sequence[Any]:
    _må_gjelde(state)
    return [
        KriseplanTattIBruk(
            bruk_ref=omstendigheter.ref(), part=command.part, av=command.av, nivaa=command.nivaa,
            versjon=state.versjon, tatt_i_bruk=omstendigheter.now,
            varsles=tuple(part for part in command.varsles if part != command.part), erfaring=command.erfaring,
        )
    ]  # fmt: skip


def _evaluer(state: Kriseplan, command: Evaluer, omstendigheter: Circumstances) -> Sequence[Any]:
    if state.bruk(command.bruk) is None:
        raise RuleBroken("kriseplan.bruk", "Planen er ikke tatt i bruk slik det står. Last siden på nytt")
    evaluert = KriseplanEvaluert(
        bruk_ref=command.bruk, part=command.part, av=command.av, evaluert=omstendigheter.now, erfaring=command.erfaring
    )
    lest = (
        o
        for o in state.oppgaver.for_part(command.part)
        if o.slag is Oppgaveslag.LES_BRUKT_KRISEPLAN and o.gjelder == command.bruk
    )
    return [evaluert, *(OppgaveLoest(oppgave_ref=o.oppgave_ref, av=command.av) for o in lest)]


# -- when it is to be gone through by itself -----------------------------------------------------------------------


def forfaller(state: Kriseplan) -> Sequence[Due]:
    """The plan's own date, while it stands ahead."""
    if state.frist is None or state.frist.tilstand is not FristTilstand.AAPEN:
        return ()
    return (Due(state.frist.navn, state.frist.forfall),)


def _gyldig(state: Kriseplan, valgt: date | None, omstendigheter: Circumstances) -> list[Any]:
    frist, regel = ny_frist(valgt, omstendigheter.now, omstendigheter.rules)
    return avstem_frist(state.frist, frist, regel, omstendigheter.now)


def _forfall(state: Kriseplan, command: FristUtloept, omstendigheter: Circumstances) -> Sequence[Any]:
    """The date has come: judged as of the due moment, also when it is judged late."""
    if state.frist is None or state.frist.tilstand is not FristTilstand.AAPEN or not state.gjelder:
        return []
    oversittet = replace(state.frist, tilstand=FristTilstand.OVERSKREDET)
    demand = ved_dato(state, state.frist.paragraf)
    if demand.ønske.gjelder in state.forfalt:
        return avstem_frist(state.frist, oversittet, None, command.as_of)
    return [
        *avstem_frist(state.frist, oversittet, None, command.as_of),
        demand.hendelse(),
        *avstem(Oppgaver(), [demand.ønske], omstendigheter),
    ]


# -- what stays, helpers and consents lead to ----------------------------------------------------------------------


def _avstem(state: Kriseplan, command: Avstem, omstendigheter: Circumstances) -> Sequence[Any]:
    """The tasks there should be, the copies, and what is said once: missed, and each reason to go through it again."""
    død, nå = any(o.død for o in command.opphold), siste(command.opphold)
    if nå is not None and not (nå.innlagt_sendt or nå.slutt_sendt):
        nå = None
    lages = [] if død else _gjenstår(state, _lages(state, command, nå))
    part = state.eier_part if state.eier_part != INNBYGGER else command.lager
    alle = [] if død else krav(state, nå, command.krets, part, omstendigheter.rules)
    gjenstår = _første_av_hver(k for k in alle if not state.oppgaver.er_gjort(k.ønske))
    leses = [] if død else _leses(state, command)
    ønsker = [*lages, *(k.ønske for k in gjenstår), *leses]
    return [
        *(KriseplanEtterlyst(opphold_ref=ø.gjelder) for ø in lages if ø.gjelder not in state.etterlyst),
        *(k.hendelse() for k in gjenstår if k.ønske.gjelder not in state.forfalt),
        *avstem_kopier(state, command.delbart, omstendigheter.now),
        *_stanset_frist(state, omstendigheter, død=død),
        *avstem(state.oppgaver, ønsker, omstendigheter),
    ]


def _gjenstår(state: Kriseplan, ønsker: Iterable[Ønsket]) -> list[Ønsket]:
    return [ø for ø in ønsker if not state.oppgaver.er_gjort(ø)]


def _første_av_hver(alle: Iterable[Krav]) -> list[Krav]:
    """One of each reason: who goes through the plan after the first use has gone through it."""
    første: dict[str, Krav] = {}
    for k in alle:
        første.setdefault(k.grunn, k)
    return list(første.values())


def _lages(state: Kriseplan, command: Avstem, nå: Opphold | None) -> list[Ønsket]:
    if nå is None or state.gjelder or not command.lager or (nå.slutt is not None and nå.slutt < command.fra):
        return []
    return [Ønsket(Oppgaveslag.LAG_KRISEPLAN, command.lager, nå.ref, LAGES_FORDI)]


def _leses(state: Kriseplan, command: Avstem) -> list[Ønsket]:
    """Each who was to be told of a use reads of it for themself, for as long as they may know of it."""
    return [
        Ønsket(Oppgaveslag.LES_BRUKT_KRISEPLAN, part, bruk.ref, LESES_FORDI)
        for bruk in state.brukt
        for part in bruk.varsles
        if part in command.lesere
    ]


def _stanset_frist(state: Kriseplan, omstendigheter: Circumstances, *, død: bool) -> list[Any]:
    """A death stops the plan's date; one that was told by mistake lets it run again."""
    frist = state.frist
    if frist is None or not state.gjelder or død is (frist.tilstand is FristTilstand.BORTFALT):
        return []
    ønsket: Frist | None = None if død else replace(frist, tilstand=FristTilstand.AAPEN)
    return avstem_frist(frist, ønsket, None, omstendigheter.now)
