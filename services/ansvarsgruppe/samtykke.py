"""What a person consents to and opposes, and who speaks for them: one stream per person, and nothing that says why.

Source: hpl §22 (consent), §§25 and 45 (opposition); a consent says who, for what, which parts, and until when. For a
child under 16 those with parental responsibility consent, and the child is heard (pbrl §4-4); from 12 it may withhold
something from them, for reasons that should be respected (pbrl §3-4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bindeledd.core.decider import Circumstances
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Sealed
from bindeledd.schema.generated.ansvarsgruppe import (
    SamtykkeGitt,
    SamtykkeTrukket,
    SperringOpphevet,
    SperringRegistrert,
    TalspersonFratraadt,
    TalspersonRegistrert,
)
from bindeledd.schema.generated.felles import Tekst
from services.felles.kjent import Rammer
from services.felles.oppsett import INNBYGGER, TALER_FOR
from services.felles.samarbeid import FORELDREANSVAR, REPRESENTANTER, Samtykker

FORMÅL = ("oppfoelging", "akutt_hjelp", "barn", "bolig_og_oekonomi", "skole_og_arbeid", "paaroerende")
"""What a consent may be for: codes, for an event must not hold free text in the clear."""
TALER_IKKE_LENGER = ("personens_oenske", "ansvaret_er_slutt", "feil", "annet")
INGEN_ENHET = (INNBYGGER, *TALER_FOR)
"""They say nothing of who has parental responsibility: one parent would end the other's."""
TALSPERSONER_MAKS = 4
"""So many with parental responsibility are written down at a time: a view shows them all."""


@dataclass(frozen=True, slots=True)
class GiSamtykke:
    """Command: the person consents that `part` may know `deler` (`opphold.finnes`, `kriseplan.*`). None: the longest
    that the rules allow. `hørt`: of a child, that it has been heard."""

    part: str
    formål: str
    deler: tuple[str, ...]
    gjelder_til: datetime | None = None
    hørt: bool = False


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


@dataclass(frozen=True, slots=True)
class RegistrerTalsperson:
    """Command: somebody has parental responsibility (`slag` foreldreansvar), or is chosen to speak for the person in
    `deler`. `er_barn`: the person is known to be under the age until which somebody has that responsibility.
    `i_gruppe`: somebody speaks for the person in their group already."""

    slag: str
    navn: Sealed[Tekst]
    deler: tuple[str, ...]
    av_part: str
    er_barn: bool = False
    i_gruppe: bool = False


@dataclass(frozen=True, slots=True)
class AvsluttTalsperson:
    """Command: they speak for the person no longer."""

    talsperson_id: str
    grunn: str
    av_part: str


Kommando = GiSamtykke | TrekkSamtykke | RegistrerSperring | OpphevSperring | RegistrerTalsperson | AvsluttTalsperson


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
        case RegistrerTalsperson():
            return [_taler(state, command, omstendigheter)]
        case AvsluttTalsperson():
            return _taler_ikke(state, command, omstendigheter)
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
        gjelder_fra=naa, gjelder_til=til, barnet_hoert=command.hørt,
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


def _taler(state: Samtykker, command: RegistrerTalsperson, omstendigheter: Circumstances) -> TalspersonRegistrert:
    if command.slag == FORELDREANSVAR:
        _må_være_foresatt(state, command)
    else:
        _må_kunne_velges(state, command, omstendigheter.rules)
    return TalspersonRegistrert(
        talsperson_id=omstendigheter.ref(), slag=command.slag, deler=command.deler, av_part=command.av_part,
        gjelder_fra=omstendigheter.now, navn=command.navn,
    )  # fmt: skip


def _må_være_foresatt(state: Samtykker, command: RegistrerTalsperson) -> None:
    if command.av_part in INGEN_ENHET:
        raise RuleBroken("pbrl §4-4: hvem", "Hvem som har foreldreansvaret, skrives ned av en enhet")
    if not command.er_barn:
        hva = "Foreldreansvaret gjelder for den som er under 18 år, og når fødselsdatoen er kjent"
        raise RuleBroken("pbrl §4-4: alder", hva)
    if command.deler:
        raise RuleBroken("pbrl §4-4: deler", "Hva den som har foreldreansvaret får vite, sier loven. Velg ingen deler")
    if sum(t.ansvarlig for t in state.talspersoner.values()) >= TALSPERSONER_MAKS:
        raise RuleBroken("pbrl §4-4: antall", f"Det er alt skrevet ned {TALSPERSONER_MAKS} med foreldreansvar")


def _må_kunne_velges(state: Samtykker, command: RegistrerTalsperson, rammer: Rammer) -> None:
    if command.slag not in REPRESENTANTER:
        raise RuleBroken("pbrl §3-3: hvem", f"Si hvem representanten er. Bruk en av: {', '.join(REPRESENTANTER)}")
    _kjente_deler(command.deler, rammer)
    if not command.deler:
        raise RuleBroken("pbrl §3-3: fullmakt", "En fullmakt nevner hvilke deler den gjelder. Velg minst én")
    if command.i_gruppe or any(t.valgt for t in state.talspersoner.values()):
        raise RuleBroken("representant.én", "Personen har en representant fra før. Skriv ned at den er ferdig først")


def _taler_ikke(state: Samtykker, command: AvsluttTalsperson, omstendigheter: Circumstances) -> Sequence[Any]:
    talsperson = state.talspersoner.get(command.talsperson_id)
    if talsperson is None:
        return []
    if talsperson.ansvarlig and command.av_part in INGEN_ENHET:
        raise RuleBroken("pbrl §4-4: hvem", "Hvem som har foreldreansvaret, skrives ned av en enhet")
    if command.grunn not in TALER_IKKE_LENGER:
        raise RuleBroken("talsperson.grunn", f"Si hvorfor. Bruk en av: {', '.join(TALER_IKKE_LENGER)}")
    return [
        TalspersonFratraadt(
            talsperson_id=command.talsperson_id, grunn=command.grunn, fratraadt=omstendigheter.now
        )
    ]  # fmt: skip


def _kjent_part(part: str, rammer: Rammer) -> None:
    if part not in rammer.oppsett.parter or part == INNBYGGER:
        raise RuleBroken("samtykke.part", "Parten finnes ikke i oppsettet. Bruk id-en til en enhet")


def _kjente_deler(deler: tuple[str, ...], rammer: Rammer) -> None:
    tabeller = {del_.partition(".")[0] + ".*" for del_ in rammer.tabell.deler}
    ukjente = sorted(set(deler) - rammer.tabell.deler.keys() - tabeller)
    if ukjente:
        raise RuleBroken("samtykke.deler", "En av delene finnes ikke i tilgangstabellen. Bruk for eksempel kriseplan.*")
