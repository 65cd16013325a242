"""Deadlines: an aggregate says what a deadline should stand at, and this gives the events that bring it there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bindeledd.schema.generated.felles import (
    FristHoldt,
    FristOmgjort,
    FristOverskredet,
    FristSatt,
    FristTilstand,
    TellesFra,
)
from services.felles.regler import Regel

_TELLES = {"hendt": TellesFra.HENDT, "mottatt": TellesFra.MOTTATT, "": TellesFra.UKJENT}


@dataclass(frozen=True, slots=True)
class Frist:
    """A deadline as it stands. `bevis` is the ref of what met it; `paragraf` the rule's section."""

    navn: str
    start: datetime
    forfall: datetime
    tilstand: FristTilstand
    paragraf: str = ""
    bevis: str = ""


def evolve_frist(frist: Frist | None, event: Any) -> Frist | None:
    """The deadline after an event; other events change nothing."""
    match event:
        case FristSatt():
            return Frist(event.navn, event.start, event.forfall, FristTilstand.AAPEN, event.paragraf)
        case FristHoldt() if frist is not None:
            return _endret(frist, FristTilstand.HOLDT, event.forfall, event.bevis)
        case FristOverskredet() if frist is not None:
            return _endret(frist, FristTilstand.OVERSKREDET, event.forfall, "")
        case FristOmgjort() if frist is not None:
            return _endret(frist, event.tilstand, event.forfall, event.bevis)
        case _:
            return frist


def avstem_frist(frist: Frist | None, ønsket: Frist | None, regel: Regel | None, vurdert_per: datetime) -> list[Any]:
    """The events that bring a deadline from where it stands to where it should.

    Evidence that comes late is `FristOmgjort`: the same messages in any order leave the same deadline, another log.
    """
    if ønsket is None:
        if frist is None or frist.tilstand is FristTilstand.BORTFALT:
            return []
        return [_omgjort(frist, FristTilstand.BORTFALT, vurdert_per)]
    if frist is None:
        assert regel is not None
        satt = FristSatt(
            navn=ønsket.navn, regel=regel.id, regel_versjon=regel.versjon, paragraf=regel.paragraf,
            telles=_TELLES[regel.teller], start=ønsket.start, forfall=ønsket.forfall,
        )  # fmt: skip
        åpen = evolve_frist(None, satt)
        return [satt, *avstem_frist(åpen, ønsket, regel, vurdert_per)]
    if (frist.tilstand, frist.forfall, frist.bevis) == (ønsket.tilstand, ønsket.forfall, ønsket.bevis):
        return []
    if frist.tilstand is FristTilstand.AAPEN and frist.forfall == ønsket.forfall:
        return [_første_dom(ønsket, vurdert_per)]
    return [_omgjort(ønsket, ønsket.tilstand, vurdert_per)]


def _første_dom(ønsket: Frist, vurdert_per: datetime) -> Any:
    if ønsket.tilstand is FristTilstand.HOLDT:
        return FristHoldt(navn=ønsket.navn, forfall=ønsket.forfall, vurdert_per=vurdert_per, bevis=ønsket.bevis)
    if ønsket.tilstand is FristTilstand.OVERSKREDET:
        return FristOverskredet(navn=ønsket.navn, forfall=ønsket.forfall, vurdert_per=vurdert_per)
    return _omgjort(ønsket, ønsket.tilstand, vurdert_per)


def _omgjort(frist: Frist, tilstand: FristTilstand, vurdert_per: datetime) -> FristOmgjort:
    return FristOmgjort(
        navn=frist.navn, forfall=frist.forfall, tilstand=tilstand, vurdert_per=vurdert_per, bevis=frist.bevis
    )


def _endret(frist: Frist, tilstand: FristTilstand, forfall: datetime, bevis: str) -> Frist:
    # A deadline that is moved runs from a moment moved as far.
    return Frist(frist.navn, frist.start + (forfall - frist.forfall), forfall, tilstand, frist.paragraf, bevis)
