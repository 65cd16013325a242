"""The koordinator, and the individual plan that most people decline; the tasks of both.

    INGEN ─ tilbudt → TILBUDT ─ takket nei → TAKKET_NEI
       └─────────────────┴─ opprettet, with the person's consent → GJELDER ─ avsluttet → AVSLUTTET ─ opprettet → …

Source: pbrl §2-5 (never without consent), hol §7-2 (a koordinator is offered also when the plan is declined). Who
appoints: hol §§7-2, 7-3. That somebody needs one is told: hpl §38a. A barnekoordinator, for the family of a child:
pbrl §2-5c, hol §7-2a. What a plan says: the person's own goals here; each measure is a stream of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from bindeledd.core.decider import Circumstances, Due, FristUtloept
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.ansvarsgruppe import (
    BarnekoordinatorAvklart,
    Barnekoordinatortilstand,
    Brukermaal,
    BrukermaalSatt,
    KoordinatorByttet,
    KoordinatorOppnevnt,
    KoordineringsbehovMeldt,
    PlanAvsluttet,
    PlanEvaluert,
    PlanOpprettet,
    PlanTilbudt,
    Plantilstand,
    TakketNeiTilPlan,
)
from bindeledd.schema.generated.felles import OppgaveLoest, Oppgaveslag, Tekst
from services.ansvarsgruppe.oppfølging import AvstemOppgaver
from services.felles.brukere import har_stilling
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, TaOppgave, Ønsket, arbeid, avstem, som_de_er
from services.felles.oppsett import KOORDINERENDE_ENHET
from services.felles.parter import part_for
from services.felles.samarbeid import Plan
from services.felles.tid import lokal_dag, lokal_midnatt

BYTTEGRUNNER = ("personens_oenske", "flyttet", "sluttet", "annet")
PLANSLUTT = ("samtykke_trukket", "maalene_naadd", "flyttet", "doed", "annet")
VURDER_PLAN = "vurder_plan"
BARNEKOORDINATOR_UTEN = (Barnekoordinatortilstand.TILBUDT, Barnekoordinatortilstand.TAKKET_NEI)
"""What may have come of it without anybody being appointed."""


@dataclass(frozen=True, slots=True)
class SettKoordinator:
    """Command: `koordinator` (a user) of `part` is the person's koordinator. `grunn` counts when there was one.

    `av` is the unit that says so, and `har_med_å_gjøre` whether it has anything to do with the person.
    """

    part: str
    koordinator: str
    av: str
    har_med_å_gjøre: bool
    grunn: str = "annet"


@dataclass(frozen=True, slots=True)
class AvklarBarnekoordinator:
    """Command: the family was offered a barnekoordinator, declined, or has one. `er_barn`: the person is under 18."""

    tilstand: Barnekoordinatortilstand
    part: str | None
    koordinator: str | None
    av: str
    har_med_å_gjøre: bool
    er_barn: bool


@dataclass(frozen=True, slots=True)
class MeldBehov:
    """Command: health personnel tells the koordinerende enhet (`til`) that the person needs a koordinator or a plan."""

    av: str
    til: str
    behov: Sealed[Tekst] | None


@dataclass(frozen=True, slots=True)
class TilbyPlan:
    """Command: a unit offers the person an individual plan."""

    part: str


@dataclass(frozen=True, slots=True)
class TakkNeiTilPlan:
    """Command: the person declines. Nothing is closed for the person by that."""

    part: str


@dataclass(frozen=True, slots=True)
class OpprettPlan:
    """Command: the person has an individual plan. `samtykket`: the person has consented to it."""

    part: str
    samtykket: bool
    revisjon: date
    maal: Sealed[Brukermaal] | None = None


@dataclass(frozen=True, slots=True)
class SettMaal:
    """Command: these are the person's goals now, all of them."""

    maal: Sealed[Brukermaal]


@dataclass(frozen=True, slots=True)
class EvaluerPlan:
    """Command: the plan has been gone through with the person, and will be again by `revisjon`."""

    revisjon: date
    vurdering: Sealed[Tekst] | None
    av: str


@dataclass(frozen=True, slots=True)
class AvsluttPlan:
    """Command: the person has the plan no longer."""

    grunn: str


def decide(state: Plan, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    match command:
        case SettKoordinator():
            return _sett(state, command, omstendigheter)
        case AvklarBarnekoordinator():
            return [_barnekoordinator(command, omstendigheter)]
        case MeldBehov():
            return _meld_behov(state, command, omstendigheter)
        case TilbyPlan() | TakkNeiTilPlan():
            return _tilbud(state, command)
        case OpprettPlan():
            return _opprett(state, command, omstendigheter)
        case SettMaal() | EvaluerPlan() | AvsluttPlan():
            return _om_planen(state, command, omstendigheter)
        case AvstemOppgaver():
            vurdering = _vurdering(state, omstendigheter.rules, omstendigheter.now)
            egne = () if command.død else (*vurdering, *_behov(state))
            return avstem(state.oppgaver, (*command.ønsker, *egne), omstendigheter)
        case FristUtloept(as_of=tid):
            ønsker = (*som_de_er(state.oppgaver), *_vurdering(state, omstendigheter.rules, tid))
            return avstem(state.oppgaver, ønsker, omstendigheter)
        case TaOppgave() | LøsOppgave():
            return arbeid(state.oppgaver, command)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _sett(state: Plan, command: SettKoordinator, omstendigheter: Circumstances) -> Sequence[Any]:
    rammer: Rammer = omstendigheter.rules
    _må_kunne_oppnevne(command, rammer)
    if (state.koordinator_part, state.koordinator) == (command.part, command.koordinator):
        return []
    _må_være_i_helse(command.part, command.koordinator, "hol §7-2", rammer)
    if state.koordinator_part is None:
        oppnevnt = KoordinatorOppnevnt(part=command.part, koordinator=command.koordinator, fra=omstendigheter.now)
        spurt = [o for o in state.oppgaver.åpne() if o.slag is Oppgaveslag.VURDER_KOORDINERING]
        return [oppnevnt, *(OppgaveLoest(oppgave_ref=o.oppgave_ref, av=o.tatt_av or command.av) for o in spurt)]
    if command.grunn not in BYTTEGRUNNER:
        raise RuleBroken("koordinator.grunn", f"Si hvorfor det byttes. Bruk en av: {', '.join(BYTTEGRUNNER)}")
    return [KoordinatorByttet(part=command.part, koordinator=command.koordinator, grunn=command.grunn)]


def _må_kunne_oppnevne(command: SettKoordinator | AvklarBarnekoordinator, rammer: Rammer) -> None:
    if not command.har_med_å_gjøre and part_for(rammer.oppsett, command.av).slag != KOORDINERENDE_ENHET:
        hvem = "en enhet som har med personen å gjøre, eller koordinerende enhet"
        raise RuleBroken("hol §§7-2, 7-3", f"Koordinatoren oppnevnes av {hvem}")


def _må_være_i_helse(part_id: str | None, koordinator: str | None, regel: str, rammer: Rammer) -> None:
    part = rammer.oppsett.parter.get(part_id or "")
    if part is None or not part.helsetjeneste:
        raise RuleBroken(regel, "Koordinatoren hører til en enhet i helse- og omsorgstjenesten")
    if not har_stilling(rammer.oppsett, koordinator or "", part.id):
        raise RuleBroken(regel, "Koordinatoren er en person i enheten. Bruk en bruker som har stilling der")


def _barnekoordinator(command: AvklarBarnekoordinator, omstendigheter: Circumstances) -> BarnekoordinatorAvklart:
    """Source: pbrl §2-5c and hol §7-2a, for families with a child that needs long-lasting and complex services."""
    rammer: Rammer = omstendigheter.rules
    _må_kunne_oppnevne(command, rammer)
    regel = rammer.oppsett.regler.verdi("barnekoordinator", omstendigheter.now)
    if not regel.verdi:
        raise RuleBroken("pbrl §2-5c: i kraft", "Retten til barnekoordinator gjelder ikke ennå på denne datoen")
    if not command.er_barn:
        raise RuleBroken("pbrl §2-5c: barn", "Barnekoordinator er for familien til et barn under 18 år")
    oppnevnt = command.tilstand is Barnekoordinatortilstand.OPPNEVNT
    if not oppnevnt and command.tilstand not in BARNEKOORDINATOR_UTEN:
        raise RuleBroken("pbrl §2-5c: hva", "Si om familien har fått tilbud, har takket nei, eller har fått en")
    if oppnevnt:
        _må_være_i_helse(command.part, command.koordinator, "hol §7-2a", rammer)
    return BarnekoordinatorAvklart(
        tilstand=command.tilstand, part=command.part if oppnevnt else None,
        koordinator=command.koordinator if oppnevnt else None, av_part=command.av, regel_versjon=regel.versjon,
    )  # fmt: skip


def _meld_behov(state: Plan, command: MeldBehov, omstendigheter: Circumstances) -> Sequence[Any]:
    """Source: hpl §38a. The koordinerende enhet answers for koordinators (hol §7-3), and has it to do."""
    if not command.til:
        raise RuleBroken("hol §7-3", "Kommunen har ingen koordinerende enhet. Ring kommunen")
    if state.koordinator_part is not None:
        raise RuleBroken("hpl §38a", "Personen har en koordinator. Snakk med den")
    if state.ubesvart_behov is not None:
        return []
    meldt = KoordineringsbehovMeldt(
        behov_ref=omstendigheter.ref(), av_part=command.av, til_part=command.til, meldt=omstendigheter.now,
        behov=command.behov,
    )  # fmt: skip
    ønsker = (*som_de_er(state.oppgaver), *_behov(replace(state, behov=meldt)))
    return [meldt, *avstem(state.oppgaver, ønsker, omstendigheter)]


def _behov(state: Plan) -> list[Ønsket]:
    if state.behov is None or state.koordinator_part is not None:
        return []
    return [Ønsket(Oppgaveslag.VURDER_KOORDINERING, state.behov.til_part, state.behov.behov_ref, "hpl §38a")]


def _tilbud(state: Plan, command: TilbyPlan | TakkNeiTilPlan) -> Sequence[Any]:
    if state.har_plan:
        raise RuleBroken("plan.én", "Personen har en individuell plan. Avslutt den i stedet")
    if isinstance(command, TilbyPlan):
        return [] if state.tilstand is Plantilstand.TILBUDT else [PlanTilbudt(av_part=command.part)]
    return [] if state.tilstand is Plantilstand.TAKKET_NEI else [TakketNeiTilPlan(av_part=command.part)]


def _opprett(state: Plan, command: OpprettPlan, omstendigheter: Circumstances) -> Sequence[Any]:
    if state.har_plan:
        raise RuleBroken("plan.én", "Personen har en individuell plan fra før")
    if not command.samtykket:
        raise RuleBroken("pbrl §2-5", "Det lages ikke individuell plan uten at personen har samtykket til det")
    _må_gås_gjennom(command.revisjon, omstendigheter)
    fra = omstendigheter.now
    opprettet = PlanOpprettet(av_part=command.part, fra=fra, revisjon=command.revisjon)
    return [opprettet, *([BrukermaalSatt(maal=command.maal)] if command.maal is not None else [])]


def _om_planen(
    state: Plan, command: SettMaal | EvaluerPlan | AvsluttPlan, omstendigheter: Circumstances
) -> Sequence[Any]:
    if not state.har_plan:
        raise RuleBroken("plan.finnes", "Personen har ingen individuell plan som gjelder. Opprett en")
    match command:
        case SettMaal():
            return [BrukermaalSatt(maal=command.maal)]
        case AvsluttPlan():
            if command.grunn not in PLANSLUTT:
                raise RuleBroken("plan.grunn", f"Si hvorfor. Bruk en av: {', '.join(PLANSLUTT)}")
            åpne = [o for o in som_de_er(state.oppgaver) if o.slag is not Oppgaveslag.VURDER_PLAN]
            return [PlanAvsluttet(grunn=command.grunn), *avstem(state.oppgaver, åpne, omstendigheter)]
        case EvaluerPlan():
            _må_gås_gjennom(command.revisjon, omstendigheter)
            løst = [o for o in state.oppgaver.åpne() if o.slag is Oppgaveslag.VURDER_PLAN]
            return [
                PlanEvaluert(revisjon=command.revisjon, vurdering=command.vurdering),
                *(OppgaveLoest(oppgave_ref=o.oppgave_ref, av=o.tatt_av or command.av) for o in løst),
            ]


def _må_gås_gjennom(revisjon: date, omstendigheter: Circumstances) -> None:
    rammer: Rammer = omstendigheter.rules
    maks = rammer.oppsett.regler.verdi("plan_revisjon_maks", omstendigheter.now)
    idag = lokal_dag(omstendigheter.now)
    if not idag < revisjon <= lokal_dag(omstendigheter.now + maks.varighet):
        hvor_lenge = f"Velg en dag fram i tid, innen {maks.verdi} {maks.enhet}"
        raise RuleBroken(f"plan_revisjon_maks {maks.versjon}", f"Si når planen gås gjennom på nytt. {hvor_lenge}")


# -- when the plan is to be gone through ---------------------------------------------------------------------------


def due(state: Plan) -> Sequence[Due]:
    """The day on which the plan is to be gone through again."""
    if state.revisjon is None:
        return []
    dag = state.revisjon.isoformat()
    spurt = any((o.slag, o.gjelder) == (Oppgaveslag.VURDER_PLAN, dag) for o in state.oppgaver.alle.values())
    return [] if spurt else [Due(VURDER_PLAN, lokal_midnatt(state.revisjon))]


def _vurdering(state: Plan, rammer: Rammer, nå: datetime) -> list[Ønsket]:
    """From that day on the koordinator's unit has the task; without a koordinator, the unit that made the plan."""
    if state.revisjon is None or nå < lokal_midnatt(state.revisjon):
        return []
    regel = rammer.oppsett.regler.verdi("plan_gjennomgang", state.revisjon)
    part, dag = state.koordinator_part or state.av_part, state.revisjon.isoformat()
    return [Ønsket(Oppgaveslag.VURDER_PLAN, part, dag, regel.paragraf, lokal_midnatt(state.revisjon) + regel.varighet)]
