"""What a person consents to and opposes: one stream per person, and nothing in it that says why.

Source: hpl §22 (consent), §§25 and 45 (opposition); a consent says who, for what, which parts, and until when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bindeledd.core.decider import Circumstances
from bindeledd.core.errors import RuleBroken
from bindeledd.schema.generated.ansvarsgruppe import (
    SamtykkeGitt,
    SamtykkeTrukket,
    SperringOpphevet,
    SperringRegistrert,
)
from services.felles.kjent import Rammer
from services.felles.oppsett import INNBYGGER
from services.felles.samarbeid import Samtykker

FORMÅL = ("oppfoelging", "akutt_hjelp", "barn", "bolig_og_oekonomi", "skole_og_arbeid", "paaroerende")
"""What a consent may be for: codes, for an event must not hold free text in the clear."""


@dataclass(frozen=True, slots=True)
class GiSamtykke:
    """Command: the person consents that `part` may know `deler` (`opphold.finnes`, `kriseplan.*`). None: the longest
    that the rules allow."""

    part: str
    formål: str
    deler: tuple[str, ...]
    gjelder_til: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrekkSamtykke:
    """Command: the consent is withdrawn, from now. A withdrawal is not an opposition."""

    samtykke_id: str


@dataclass(frozen=True, slots=True)
class RegistrerSperring:
    """Command: the person opposes that `part` (None: anybody) is told `deler` (none: anything)."""

    part: str | None
    deler: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpphevSperring:
    """Command: the person no longer opposes it."""

    sperring_id: str


Kommando = GiSamtykke | TrekkSamtykke | RegistrerSperring | OpphevSperring


def decide(state: Samtykker, command: Any, omstendigheter: Circumstances) -> Sequence[Any]:
    """What a command leads to. Raises RuleBroken, which names the rule."""
    match command:
        case GiSamtykke():
            return [_gi(command, omstendigheter)]
        case TrekkSamtykke():
            return _trekk(state, command, omstendigheter)
        case RegistrerSperring():
            return _registrer(state, command, omstendigheter)
        case OpphevSperring():
            return _opphev(state, command, omstendigheter)
        case _:
            raise TypeError(f"unknown command {type(command).__name__}")


def _gi(command: GiSamtykke, omstendigheter: Circumstances) -> SamtykkeGitt:
    rammer: Rammer = omstendigheter.rules
    naa = omstendigheter.now
    _kjent_part(command.part, rammer)
    _kjente_deler(command.deler, rammer)
    if command.formål not in FORMÅL:
        raise RuleBroken("hpl §22: formål", f"Et samtykke sier hva det er til. Bruk et av: {', '.join(FORMÅL)}")
    if not command.deler:
        raise RuleBroken("hpl §22: hva", "Et samtykke nevner hvilke deler det gjelder. Velg minst én")
    maks = rammer.oppsett.regler.verdi("samtykke_maks", naa)
    senest = naa + maks.varighet
    til = command.gjelder_til or senest
    if not naa < til <= senest:
        raise RuleBroken(f"samtykke_maks {maks.versjon}", f"Et samtykke slutter innen {maks.verdi} {maks.enhet}")
    return SamtykkeGitt(
        samtykke_id=omstendigheter.ref(), part=command.part, formaal=command.formål, deler=command.deler,
        gjelder_fra=naa, gjelder_til=til,
    )  # fmt: skip


def _trekk(state: Samtykker, command: TrekkSamtykke, omstendigheter: Circumstances) -> Sequence[Any]:
    samtykke = state.samtykker.get(command.samtykke_id)
    if samtykke is None:
        raise RuleBroken("samtykke.finnes", "Det finnes ikke noe slikt samtykke å trekke")
    if samtykke.trukket is not None:
        return []
    return [SamtykkeTrukket(samtykke_id=samtykke.samtykke_id, part=samtykke.part, trukket=omstendigheter.now)]


def _registrer(state: Samtykker, command: RegistrerSperring, omstendigheter: Circumstances) -> Sequence[Any]:
    if command.part is not None:
        _kjent_part(command.part, omstendigheter.rules)
    _kjente_deler(command.deler, omstendigheter.rules)
    for sperring in state.sperringer.values():
        if sperring.opphevet is None and (sperring.part, sperring.deler) == (command.part, command.deler):
            return []
    return [
        SperringRegistrert(
            sperring_id=omstendigheter.ref(), part=command.part, deler=command.deler, gjelder_fra=omstendigheter.now
        )
    ]


def _opphev(state: Samtykker, command: OpphevSperring, omstendigheter: Circumstances) -> Sequence[Any]:
    sperring = state.sperringer.get(command.sperring_id)
    if sperring is None:
        raise RuleBroken("sperring.finnes", "Det finnes ikke noen slik sperring å oppheve")
    if sperring.opphevet is not None:
        return []
    return [SperringOpphevet(sperring_id=sperring.sperring_id, opphevet=omstendigheter.now)]


def _kjent_part(part: str, rammer: Rammer) -> None:
    if part not in rammer.oppsett.parter or part == INNBYGGER:
        raise RuleBroken("samtykke.part", "Parten finnes ikke i oppsettet. Bruk id-en til en enhet")


def _kjente_deler(deler: tuple[str, ...], rammer: Rammer) -> None:
    tabeller = {del_.partition(".")[0] + ".*" for del_ in rammer.tabell.deler}
    ukjente = sorted(set(deler) - rammer.tabell.deler.keys() - tabeller)
    if ukjente:
        raise RuleBroken("samtykke.deler", "En av delene finnes ikke i tilgangstabellen. Bruk for eksempel kriseplan.*")
