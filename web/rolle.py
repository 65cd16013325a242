"""Narrows what a party has been given to what a role in it may see. It never adds anything.

The parts are those of the access table (`opphold.status`, `kriseplan.barn`). A view of a kind that is not named here
is not shown to anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeUtsnitt,
    MoeteUtsnitt,
    PlanUtsnitt,
    SamtykkeUtsnitt,
    TiltakUtsnitt,
)
from bindeledd.schema.generated.barn_paaroerende import BarnesakUtsnitt, BarnetallUtsnitt, KartleggingUtsnitt
from bindeledd.schema.generated.felles import Oppgave
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import (
    AlvorligHendelseUtsnitt,
    AvvikUtsnitt,
    ForumsakUtsnitt,
    Historielinje,
    MeldingUtsnitt,
    MoensterUtsnitt,
    Oppholdshendelse,
    Oppholdsstatus,
    OppholdUtsnitt,
    PersonUtsnitt,
    Utfall,
)

Ser = Callable[[str], bool]
"""Whether the role may see a part of the access table."""

_LINJE = {
    Oppholdshendelse.INNLAGT: "opphold.finnes",
    Oppholdshendelse.UTSKREVET: "opphold.finnes",
    Oppholdshendelse.KANSELLERT: "opphold.finnes",
    Oppholdshendelse.TIDLIGMELDING: "opphold.status",
    Oppholdshendelse.OPPDATERT: "opphold.status",
    Oppholdshendelse.UTSKRIVNINGSKLAR: "opphold.klar",
    Oppholdshendelse.AVMELDT: "opphold.klar",
    Oppholdshendelse.DOED: "opphold.utfall",
    Oppholdshendelse.RAPPORT: "opphold.helse",
}

KRISEPLANDELER: Mapping[str, tuple[str, ...]] = {
    "roedt_nivaa": ("roedt", "roedt_nivaa"),
    "kontakter": ("kontakter",),
    "tegn_og_tiltak": ("tegn_og_tiltak",),
    "innleggelse": ("innleggelsesoensker", "innleggelse"),
    "barn": ("barna", "barn"),
    "hjem_og_oekonomi": ("hjem", "hjem_og_oekonomi"),
}
"""The parts of a crisis plan, the most urgent first, as the access table calls them → the fields of the view that one
may be sealed in: in its own form, or as the mere text that was written before there was one."""


def smal(utsnitt: Any, ser: Ser) -> Any:
    """The view as this role may see it; None when it may not know of it at all."""
    match utsnitt:
        case PersonUtsnitt():
            return _person(utsnitt, ser)
        case OppholdUtsnitt():
            return _opphold(utsnitt, ser)
        case KriseplanUtsnitt():
            return _kriseplan(utsnitt, ser)
        case KartleggingUtsnitt():
            return _kartlegging(utsnitt, ser)
        case BarnesakUtsnitt():
            return _barnesak(utsnitt, ser)
        case PlanUtsnitt() | AnsvarsgruppeUtsnitt() | MoeteUtsnitt() | TiltakUtsnitt() | SamtykkeUtsnitt():
            return _samtykker(utsnitt, ser) if isinstance(utsnitt, SamtykkeUtsnitt) else _plan(utsnitt, ser)
        case BarnetallUtsnitt() | MeldingUtsnitt() | AlvorligHendelseUtsnitt():
            return utsnitt if ser(_HELE[type(utsnitt)]) else None
        case AvvikUtsnitt():
            return _avvik(utsnitt, ser)
        case ForumsakUtsnitt() | MoensterUtsnitt():
            return utsnitt if ser("avvik.sendt") else None
        case _:
            return None


_HELE: dict[type, str] = {
    BarnetallUtsnitt: "barn.kartlagt", MeldingUtsnitt: "melding.logg", AlvorligHendelseUtsnitt: "avvik.egen_side",
}  # fmt: skip
"""Views that a role sees as they are, or not at all: by which part."""


def _samtykker(utsnitt: SamtykkeUtsnitt, ser: Ser) -> SamtykkeUtsnitt | None:
    """What the person shares, and who speaks for them: each with its own part."""
    if not (ser("plan.samtykker") or ser("plan.talspersoner")):
        return None
    skjult: dict[str, Any] = {}
    if not ser("plan.samtykker"):
        skjult |= {"samtykker": (), "sperringer": (), "eldre": 0}
    if not ser("plan.talspersoner"):
        skjult |= {"talspersoner": (), "talsnavn": ()}
    return replace(utsnitt, **skjult)


def _avvik(utsnitt: AvvikUtsnitt, ser: Ser) -> AvvikUtsnitt | None:
    if not (ser("avvik.egen_side") and ser("avvik.sendt")):
        return None
    return replace(utsnitt, oppgaver=utsnitt.oppgaver if ser("avvik.oppgaver") else ())


def _person(utsnitt: PersonUtsnitt, ser: Ser) -> PersonUtsnitt | None:
    if not ser("person.navn"):
        return None
    return utsnitt if ser("melding.koe") else replace(utsnitt, tvil=())


def _opphold(utsnitt: OppholdUtsnitt, ser: Ser) -> OppholdUtsnitt | None:
    oppgaver = utsnitt.oppgaver if ser("opphold.oppgaver") else ()
    livskrise = utsnitt.livskrise and ser("opphold.livskrise")
    if not ser("opphold.finnes"):
        return _uten_opphold(utsnitt, oppgaver, livskrise=livskrise) if livskrise or oppgaver else None
    skjult: dict[str, Any] = {
        "oppgaver": oppgaver, "livskrise": livskrise, "historie": _historie(utsnitt.historie, ser),
    }  # fmt: skip
    if not all(ser(del_) for del_ in _LINJE.values()):
        skjult["historie_eldre"] = 0  # of which kind they are is not known, and a count would tell of hidden ones
    if not ser("opphold.sted"):
        skjult["sted"] = None
    if not ser("opphold.status"):
        skjult |= {"forventet_utskrivning": None, "tidligmelding": False, "tidligmelding_mangler": ()}
    if not ser("opphold.klar"):
        skjult |= {"utskrivningsklar": None, "utskrivningsklar_mangler": (), "beslutter": None}
    if not ser("opphold.svar"):
        skjult["frister"] = ()
    if not ser("opphold.helse"):
        skjult["helseopplysninger"] = None
    if not ser("opphold.utfall"):
        skjult["utfall"] = Utfall.UKJENT
    return replace(utsnitt, status=_status(utsnitt.status, ser), **skjult)


def _uten_opphold(utsnitt: OppholdUtsnitt, oppgaver: tuple[Oppgave, ...], *, livskrise: bool) -> OppholdUtsnitt:
    """For a role that has a task to do and no business with the stay itself."""
    return replace(
        utsnitt, oppgaver=oppgaver, livskrise=livskrise, status=Oppholdsstatus.UKJENT, utfall=Utfall.UKJENT,
        innlagt=None, utskrevet=None, sted=None, dps=None, instans=None, forklaring="", tidligmelding=False,
        tidligmelding_mangler=(), forventet_utskrivning=None, helseopplysninger=None, utskrivningsklar=None,
        utskrivningsklar_mangler=(), beslutter=None, frister=(), historie=(),
        historie_eldre=0, deler=(),
    )  # fmt: skip


def _status(status: Oppholdsstatus, ser: Ser) -> Oppholdsstatus:
    if status in (Oppholdsstatus.UTSKRIVNINGSKLAR, Oppholdsstatus.AVMELDT):
        return status if ser("opphold.status") or ser("opphold.klar") else Oppholdsstatus.INNLAGT
    if status is Oppholdsstatus.DOED:
        return status if ser("opphold.utfall") else Oppholdsstatus.UTSKREVET
    return status


def _historie(linjer: tuple[Historielinje, ...], ser: Ser) -> tuple[Historielinje, ...]:
    return tuple(linje for linje in linjer if linje.slag in _LINJE and ser(_LINJE[linje.slag]))


def _kriseplan(utsnitt: KriseplanUtsnitt, ser: Ser) -> KriseplanUtsnitt | None:
    oppgaver = utsnitt.oppgaver if ser("kriseplan.oppgaver") else ()
    if not ser("kriseplan.finnes"):
        return None
    skjult: dict[str, Any] = {
        felt: None for del_, alle in KRISEPLANDELER.items() if not ser(f"kriseplan.{del_}") for felt in alle
    }
    if not ser("kriseplan.bruk"):
        skjult |= {"bruk": (), "erfaring": None, "evaluering": None, "erfaringer": (), "fortalt": ()}
    if not ser("kriseplan.kopier"):
        skjult["kopier"] = ()
    return replace(utsnitt, oppgaver=oppgaver, **skjult)


def _plan(utsnitt: Any, ser: Ser) -> Any:
    """Plan and group, a meeting or a measure. What they say goes with the content of the plan, and what they say of a
    stay with the stay."""
    oppgaver = utsnitt.oppgaver if ser("plan.oppgaver") else ()
    if not oppgaver and not any(ser(f"plan.{del_}") for del_ in _VET_OM[type(utsnitt)](utsnitt)):
        return None
    skjult: dict[str, Any] = {"oppgaver": oppgaver}
    vet_om_opphold = ser("opphold.finnes")
    match utsnitt:
        case PlanUtsnitt():
            skjult |= _av_planen(ser)
        case AnsvarsgruppeUtsnitt():
            skjult["paa_vent"] = utsnitt.paa_vent and vet_om_opphold
            if not ser("plan.innhold"):
                skjult |= {"representant_slag": "", "representant": None}
        case MoeteUtsnitt() if not ser("plan.innhold") or (utsnitt.opphold_ref is not None and not vet_om_opphold):
            skjult |= {
                "innhold": None, "opphold_ref": None, "deltakere": (), "tiltak": (), "neste": None, "referat": None,
            }  # fmt: skip
        case TiltakUtsnitt():
            if not vet_om_opphold:
                skjult["opphold_ref"] = None
            if not any(ser(f"plan.{del_}") for del_ in _VET_OM[TiltakUtsnitt](utsnitt)):
                skjult["innhold"] = None
        case _:
            pass
    return replace(utsnitt, **skjult)


def _av_planen(ser: Ser) -> dict[str, Any]:
    """What of a plan, and of who coordinates it, a role does not see."""
    skjult: dict[str, Any] = {}
    if not ser("plan.innhold"):
        skjult |= {"fra": None, "revisjon": None, "maal": None, "vurdering": None}
    if not ser("plan.behov"):
        skjult |= {"behov_av": "", "behov_meldt": None, "behov": None}
    return skjult


_VET_OM: dict[type, Callable[[Any], tuple[str, ...]]] = {
    PlanUtsnitt: lambda _utsnitt: ("finnes", "behov"),
    AnsvarsgruppeUtsnitt: lambda _utsnitt: ("finnes",),
    MoeteUtsnitt: lambda _utsnitt: ("moete", "innhold"),
    TiltakUtsnitt: lambda utsnitt: ("innhold", *(d.del_ for d in utsnitt.deler)),
}
"""By which parts a role knows of it: of a measure, by that it is one's own, or by the plan's content."""


def _kartlegging(utsnitt: KartleggingUtsnitt, ser: Ser) -> KartleggingUtsnitt | None:
    oppgaver = utsnitt.oppgaver if ser("barn.oppgaver") else ()
    if ser("barn.kartlagt"):
        return replace(utsnitt, oppgaver=oppgaver)
    if not oppgaver:
        return None
    return replace(
        utsnitt, oppgaver=oppgaver, antall_barn=0, deler=(), tilstand=type(utsnitt.tilstand).UKJENT, barn=(),
        barnenavn=(), henvisninger=(), spoer_igjen=None, besvart=None,
    )  # fmt: skip


def _barnesak(utsnitt: BarnesakUtsnitt, ser: Ser) -> BarnesakUtsnitt | None:
    """Without the case itself only those see it who decide whether it is of the same child as another."""
    tvil = utsnitt.tvil if ser("barn.tvil") else ()
    vurderinger = utsnitt.vurderinger if ser("barn.meldeplikt") else ()
    oppgaver = utsnitt.oppgaver if ser("barn.oppgaver") else ()
    if not ser("barn.kartlagt"):
        tomt: dict[str, Any] = {"familie": (), "henvisninger": (), "tiltak": (), "hoert": (), "skal_hoeres": False}
        smalt = replace(utsnitt, tvil=tvil, vurderinger=vurderinger, oppgaver=oppgaver, **tomt)
        return smalt if tvil or vurderinger or oppgaver else None
    familie = utsnitt.familie if ser("barn.foreldersyk") else ()
    return replace(utsnitt, tvil=tvil, vurderinger=vurderinger, oppgaver=oppgaver, familie=familie)
