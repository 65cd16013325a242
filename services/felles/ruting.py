"""Understands where a person is to turn: bydel → DPS, and who takes an emergency at which hour. Pure and dated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.felles.helligdager import norsk_helligdag
from services.felles.oppsett import Oppsett, Part, Åpningstid
from services.felles.tid import OSLO

_UKEDAGER = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")


class Behov(StrEnum):
    """What the person needs beyond an assessment, as the one who asks has judged it."""

    UKJENT = "UKJENT"
    LUKKET_POST = "LUKKET_POST"
    UTAGERENDE = "UTAGERENDE"
    ALVORLIG_SELVMORDSRISIKO = "ALVORLIG_SELVMORDSRISIKO"
    HENVIST_UTEN_INNLEGGELSE = "HENVIST_UTEN_INNLEGGELSE"
    """A doctor or psychologist refers to psykiatrisk legevakt, and admission is not thought to be needed."""


_PAM_UANSETT = {
    Behov.LUKKET_POST: "behov for lukket post",
    Behov.UTAGERENDE: "utagerende atferd",
    Behov.ALVORLIG_SELVMORDSRISIKO: "alvorlig selvmordsrisiko",
}


@dataclass(frozen=True, slots=True)
class Rute:
    """Where to turn now, and which DPS the bydel belongs to. None: a person decides, from the manual queue.

    `setning` says why, in Norwegian, and holds nothing about the person but the bydel and the need.
    """

    part: str | None
    dps: str | None
    setning: str


def rute(bydel: str | None, tidspunkt: datetime, behov: frozenset[Behov], oppsett: Oppsett) -> Rute:
    """Who takes an emergency at `tidspunkt` (aware), for someone of `bydel` (an id; None: unknown or elsewhere).

    Weekdays 08:00-15:00 the DPS, otherwise PAM; closed ward, violence or serious suicide risk PAM at any hour, also
    when the bydel is unknown. Any other unknown bydel goes to the manual queue (None): never a default.
    Source: bergen.md "Emergency routing", rules 2.7. Raises ValueError for a moment without an offset.
    """
    if tidspunkt.tzinfo is None:
        raise ValueError("the moment has no offset; give an aware datetime")
    lokal = tidspunkt.astimezone(OSLO)
    dps = dps_for_bydel(bydel, lokal.date(), oppsett)
    pam = oppsett.parter[oppsett.pam]
    tilhører = _tilhørighet(bydel, dps, oppsett)
    grunner = [tekst for slag, tekst in _PAM_UANSETT.items() if slag in behov]
    if grunner:
        return Rute(pam.id, dps, f"{_stor(' og '.join(grunner))} → {pam.navn}, uansett tid på døgnet. {tilhører}")
    if dps is None:
        return Rute(None, None, f"{tilhører} Haster det: {pam.navn} tar imot hele døgnet.")
    legevakt = oppsett.parter[oppsett.legevakt_psykiatrisk]
    når = _når(lokal, oppsett)
    if Behov.HENVIST_UTEN_INNLEGGELSE in behov and _åpen(legevakt, lokal, oppsett):
        return Rute(
            legevakt.id, dps, f"{når}, henvist og trolig ikke behov for innleggelse → {legevakt.navn}. {tilhører}"
        )
    if _åpen(oppsett.parter[dps], lokal, oppsett):
        return Rute(dps, dps, f"{når} → {oppsett.parter[dps].navn}, akuttelefonen. {tilhører}")
    return Rute(pam.id, dps, f"{når} → {pam.navn}. {tilhører}")


def dps_for_bydel(bydel: str | None, dato: date, oppsett: Oppsett) -> str | None:
    """The DPS of a bydel on a date. None when the bydel is unknown, or has no DPS on that date."""
    for område in oppsett.dps_områder:
        if bydel in område.bydeler and område.periode.gjelder(dato):
            return område.dps
    return None


def dps_for_saken(oppholdets: str | None, enheter: Iterable[str], dato: date, oppsett: Oppsett) -> str | None:
    """The DPS whose area a matter between these units (ids) is of: that of the stay it is about, else that of the first
    unit which has one. Whom it is about comes before who says so: nobody has more of them by reporting more."""
    if oppholdets is not None:
        return oppholdets
    for part in (oppsett.parter.get(id_) for id_ in enheter):
        if part is None:
            continue
        dps = part.id if part.slag == "dps" else part.dps or dps_for_bydel(part.bydel, dato, oppsett)
        if dps is not None:
            return dps
    return None


def foreslå_bydel(postnummer: str, oppsett: Oppsett) -> str | None:
    """A bydel to propose to a person, who decides. None when the postcode proposes none."""
    if len(postnummer) != 4 or not (postnummer.isascii() and postnummer.isdigit()):
        return None
    for område in oppsett.postområder:
        if område.første <= postnummer <= område.siste:
            return område.bydel
    return None


def helligdag(dato: date, oppsett: Oppsett) -> str | None:
    """The name of the public holiday on a date, or of the eve that counts as one by local decision."""
    for ekstra in oppsett.ekstradager:
        if (ekstra.måned, ekstra.dag) == (dato.month, dato.day) and ekstra.periode.gjelder(dato):
            return ekstra.navn
    return norsk_helligdag(dato)


def _åpen(part: Part, lokal: datetime, oppsett: Oppsett) -> bool:
    return any(_åpen_ved(tid, lokal, oppsett) for tid in oppsett.åpningstider if tid.tjeneste == part.slag)


def _åpen_ved(tid: Åpningstid, lokal: datetime, oppsett: Oppsett) -> bool:
    if not tid.periode.gjelder(lokal.date()) or lokal.isoweekday() not in tid.ukedager:
        return False
    if not tid.helligdager and helligdag(lokal.date(), oppsett) is not None:
        return False
    return tid.åpner <= lokal.time() < tid.stenger


def _tilhørighet(bydel: str | None, dps: str | None, oppsett: Oppsett) -> str:
    if bydel is None:
        return "Bydelen er ikke kjent → manuell kø: en person må sette bydel eller rett kommune."
    if dps is None:
        return f"Bydelen hører ikke til noen DPS i {oppsett.kommune} på denne datoen → manuell kø."
    return f"{oppsett.bydeler[bydel]} hører til {oppsett.parter[dps].navn}."


def _når(lokal: datetime, oppsett: Oppsett) -> str:
    navn = helligdag(lokal.date(), oppsett)
    dag = _UKEDAGER[lokal.weekday()] if navn is None else f"{_UKEDAGER[lokal.weekday()]} ({navn})"
    return f"{_stor(dag)} {_døgndel(lokal.hour)} kl. {lokal:%H:%M}"


def _døgndel(time: int) -> str:
    if time < 6:
        return "natt"
    if time < 9:
        return "morgen"
    if time < 12:
        return "formiddag"
    return "ettermiddag" if time < 18 else "kveld"


def _stor(tekst: str) -> str:
    return tekst[:1].upper() + tekst[1:]
