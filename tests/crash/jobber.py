"""What the worker that is killed has to do: messages and commands about synthetic people, each with a name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from bindeledd.app.installation import Installation
from bindeledd.core.envelope import Actor
from bindeledd.core.errors import BindeleddError
from bindeledd.runtime.service import Lookup, Plan
from services.ansvarsgruppe import planer as ansvarsgruppe
from services.ansvarsgruppe.samtykke import GiSamtykke
from services.felles.kjent import Rammer
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.melding import Pasient
from services.samhandling.plo.skriv import (
    lag_avmelding,
    lag_innlagt,
    lag_tidligmelding,
    lag_utskrevet,
    lag_utskrivningsklar,
)
from tests.meldinger import person_id
from tests.rom import HELE_BERGEN, TABELL
from tests.stories.folk import registrer
from tests.unit.samhandling.meldinger import annen_pasient, sending, utc

INN = utc(2026, 3, 2, 20, 0)
NÅ = utc(2026, 3, 20, 12, 0)
"""What the worker's clock shows: after every deadline, so that they are judged while it works."""
ENHET, ACT = "enhet-aarstad", "act-kronstad"
KOORDINATOR = Actor("koordinator", "bergen-kommune", ENHET)
KOORDINERENDE = Actor("koordinerende-ansatt", "bergen-kommune", "koordinerende-enhet")
RAMMER = Rammer(HELE_BERGEN, TABELL)

Slag = Callable[[Installation, int], str]


@dataclass(frozen=True, slots=True)
class Jobb:
    """One thing to do about one person."""

    slag: str
    nr: int

    @property
    def id(self) -> str:
        return f"{self.slag}-{self.nr}"


def alle_jobber(personer: int) -> list[Jobb]:
    """Every job about so many people, person by person."""
    return [Jobb(slag, nr) for nr in range(personer) for slag in SLAG]


def skriv_meldinger(personer: int) -> None:
    """Write the messages about so many people beforehand, so that a short life is spent on taking them in."""
    for jobb in alle_jobber(personer):
        if jobb.slag in MELDINGER:
            melding(jobb.slag, jobb.nr)


def utfør(inst: Installation, jobb: Jobb) -> str | None:
    """Do a job. A digest of what its sender was answered, which is the same however often it is done; None: refused."""
    try:
        return SLAG[jobb.slag](inst, jobb.nr)
    except BindeleddError:
        return None


@cache
def pasient(nr: int) -> Pasient:
    """The nth synthetic person."""
    person: Pasient = annen_pasient(nr)
    return person


# -- messages ------------------------------------------------------------------------------------------------------


@cache
def melding(slag: str, nr: int) -> tuple[datetime, bytes]:
    """(when it reached us, its bytes)."""
    hvem, første = pasient(nr), 10 * nr
    inn = INN + timedelta(minutes=nr)
    kveld, uke = inn + timedelta(minutes=20), inn + timedelta(days=7)
    match slag:
        case "innlagt":
            return kveld, lag_innlagt(sending(første, kveld, pasient=hvem), tid=inn)
        case "kopi":
            return kveld, lag_innlagt(sending(første + 1, kveld, pasient=hvem), tid=inn)
        case "tidlig":
            sendt, ventet = sending(første + 2, kveld, pasient=hvem), date(2026, 3, 9)
            return kveld, lag_tidligmelding(sendt, status="Prøvestatus", forløp="Prøveforløp", forventet=ventet)
        case "klar":
            return uke, lag_utskrivningsklar(sending(første + 3, uke, pasient=hvem), dato=uke.date(), innlagt=inn)
        case "avmelding":
            return uke, lag_avmelding(sending(første + 4, uke, pasient=hvem), dato=uke.date(), innlagt=inn)
        case "trekk":
            trukket = sending(første + 5, uke, pasient=hvem, status="C", viser_til=første + 4)
            return uke, lag_avmelding(trukket, dato=uke.date(), innlagt=inn)
        case "utskrevet":
            ut = uke + timedelta(days=2)
            return ut, lag_utskrevet(sending(første + 6, ut, pasient=hvem), tid=ut)
        case "konflikt":
            return kveld, lag_innlagt(sending(første, kveld, pasient=hvem), tid=inn + timedelta(minutes=1))
        case "avvist":
            ugyldig = replace(hvem, identer=(person_id("12345678901"),))
            return kveld, lag_innlagt(sending(første + 7, kveld, pasient=ugyldig), tid=inn)
        case _:
            raise ValueError(slag)


def _melding(slag: str) -> Slag:
    def gjør(inst: Installation, nr: int) -> str:
        mottatt, raw = melding(slag, nr)
        svar = ta_imot(inst.engines["samhandling"], raw, mottatt=mottatt)
        return hashlib.sha256(svar.apprec or b"none").hexdigest()

    return gjør


# -- commands ------------------------------------------------------------------------------------------------------


def _kommando(slag: str, tjeneste: str, plan: Callable[[str, int], Plan]) -> Slag:
    def gjør(inst: Installation, nr: int) -> str:
        engine = inst.engines[tjeneste]
        ring = engine.around.keyring

        def planlegg(lookup: Lookup) -> tuple[Any, Any]:
            ident = pasient(nr).identer[0]
            return plan(lookup.person_of(ident.id, "FNR", "") or "ukjent", nr)(lookup)

        forespørsel = (ring.fingerprint("crash", slag, str(nr)).hex(), ring.fingerprint(slag))
        utfall = engine.command(planlegg, request=forespørsel)
        return f"{utfall.written[0].stream}:{utfall.written[0].version}" if utfall.written else "nothing"

    return gjør


def _registrer(_person: str, nr: int) -> Plan:
    return registrer(KOORDINATOR, pasient(nr))


def _koordinator(person: str, _nr: int) -> Plan:
    return ansvarsgruppe.sett_koordinator(person, ENHET, "demo-069", KOORDINERENDE, RAMMER)


def _gruppe(person: str, _nr: int) -> Plan:
    return ansvarsgruppe.opprett_gruppe(person, KOORDINATOR, RAMMER)


def _samtykke(person: str, _nr: int) -> Plan:
    gi = GiSamtykke(ACT, "oppfoelging", ("opphold.*", "plan.*"))
    return ansvarsgruppe.samtykke_for(person, gi, KOORDINATOR, RAMMER)


FØR, ETTER = ("innlagt", "kopi", "tidlig", "konflikt", "avvist"), ("klar", "avmelding", "trekk", "utskrevet")
MELDINGER = frozenset({*FØR, *ETTER})
SLAG: Mapping[str, Slag] = {
    **{slag: _melding(slag) for slag in FØR},
    "registrer": _kommando("registrer", "samhandling", _registrer),
    "koordinator": _kommando("koordinator", "ansvarsgruppe", _koordinator),
    "gruppe": _kommando("gruppe", "ansvarsgruppe", _gruppe),
    "samtykke": _kommando("samtykke", "ansvarsgruppe", _samtykke),
    **{slag: _melding(slag) for slag in ETTER},
}
