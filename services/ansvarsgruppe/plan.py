"""The koordinator, with or without a plan, and the koordinator's tasks where there is no group to hold them.

Source: hol §7-2 (a koordinator is offered also when the plan is declined). More than half decline a plan, so the plan
stream begins with the koordinator. Who appoints: hol §§7-2, 7-3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bindeledd.core.decider import Circumstances
from bindeledd.core.errors import RuleBroken
from bindeledd.schema.generated.ansvarsgruppe import KoordinatorByttet, KoordinatorOppnevnt
from services.ansvarsgruppe.oppfølging import AvstemOppgaver
from services.felles.brukere import har_stilling
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave, TaOppgave, arbeid, avstem
from services.felles.oppsett import KOORDINERENDE_ENHET
from services.felles.parter import part_for
from services.felles.samarbeid import Plan

BYTTEGRUNNER = ("personens_oenske", "flyttet", "sluttet", "annet")


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


def decide(state: Plan, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    match command:
        case SettKoordinator():
            return _sett(state, command, omstendigheter)
        case AvstemOppgaver():
            return avstem(state.oppgaver, command.ønsker, omstendigheter)
        case TaOppgave() | LøsOppgave():
            return arbeid(state.oppgaver, command)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _sett(state: Plan, command: SettKoordinator, omstendigheter: Circumstances) -> Sequence[Any]:
    rammer: Rammer = omstendigheter.rules
    if not command.har_med_å_gjøre and part_for(rammer.oppsett, command.av).slag != KOORDINERENDE_ENHET:
        hvem = "en enhet som har med personen å gjøre, eller koordinerende enhet"
        raise RuleBroken("hol §§7-2, 7-3", f"Koordinatoren oppnevnes av {hvem}")
    if (state.koordinator_part, state.koordinator) == (command.part, command.koordinator):
        return []
    part = rammer.oppsett.parter.get(command.part)
    if part is None or not part.helsetjeneste:
        raise RuleBroken("hol §7-2", "Koordinatoren hører til en enhet i helse- og omsorgstjenesten")
    if not har_stilling(rammer.oppsett, command.koordinator, command.part):
        raise RuleBroken("hol §7-2", "Koordinatoren er en person i enheten. Bruk en bruker som har stilling der")
    if state.koordinator_part is None:
        return [KoordinatorOppnevnt(part=command.part, koordinator=command.koordinator, fra=omstendigheter.now)]
    if command.grunn not in BYTTEGRUNNER:
        raise RuleBroken("koordinator.grunn", f"Si hvorfor det byttes. Bruk en av: {', '.join(BYTTEGRUNNER)}")
    return [KoordinatorByttet(part=command.part, koordinator=command.koordinator, grunn=command.grunn)]
