"""Records made by hand, for those that only read topics: an envelope, and deadlines as their owner tells of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bindeledd.core.envelope import Actor, Envelope
from bindeledd.schema.generated.felles import (
    FristHoldt,
    FristOmgjort,
    FristOverskredet,
    FristSatt,
    FristTilstand,
    TellesFra,
)

NÅ = datetime(2026, 3, 2, 20, tzinfo=UTC)
SVAR = "svar-24t"


def konvolutt(event: Any, strøm: str, versjon: int, *, epoke: int = 1, registrert: datetime = NÅ) -> Envelope:
    return Envelope(
        id=f"{versjon:032x}", type=event.avro_name, stream=strøm, version=versjon, prev=b"", epoch=epoke,
        position=versjon, person_ref=None, audience=(), hendt=registrert, mottatt=registrert, registrert=registrert,
        actor=Actor("tjeneste", "samhandling", "samhandling"), ground="", correlation="k", causation="k", depth=1,
    )  # fmt: skip


def satt(forfall: datetime, navn: str = SVAR) -> FristSatt:
    return FristSatt(
        navn=navn, regel="svar", regel_versjon="1", paragraf="forskrift 2011-11-18-1115 §8", telles=TellesFra.MOTTATT,
        start=forfall - timedelta(hours=24), forfall=forfall,
    )  # fmt: skip


def holdt(forfall: datetime, navn: str = SVAR) -> FristHoldt:
    return FristHoldt(navn=navn, forfall=forfall, vurdert_per=forfall, bevis="b" * 32)


def overskredet(forfall: datetime, navn: str = SVAR) -> FristOverskredet:
    return FristOverskredet(navn=navn, forfall=forfall, vurdert_per=forfall)


def omgjort(forfall: datetime, tilstand: FristTilstand, navn: str = SVAR) -> FristOmgjort:
    return FristOmgjort(navn=navn, forfall=forfall, tilstand=tilstand, vurdert_per=forfall, bevis="")
