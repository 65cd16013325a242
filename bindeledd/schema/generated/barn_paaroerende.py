"""The types of barn_paaroerende. Generated from schemas/barn_paaroerende/ by `bindeledd schemas generate`: change the schemas, not this."""
# fmt: off

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from bindeledd.core.sealed import Sealed
from bindeledd.schema import wire
from bindeledd.schema.generated import felles


class Kartleggingstilstand(StrEnum):
    """What is known of whether the person has children."""

    UKJENT = "UKJENT"
    KREVD = "KREVD"
    FORFALT = "FORFALT"
    INGEN_BARN = "INGEN_BARN"
    HAR_BARN = "HAR_BARN"
    AVSLAATT = "AVSLAATT"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeldresamtaleHoldt:
    """The talk about the children has been held."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.ForeldresamtaleHoldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    part: str
    antall_barn: int
    innhold: Sealed[felles.Tekst] | None = None
    svart: datetime
    """When the person answered"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "antall_barn": wire.int32(self.antall_barn, "ForeldresamtaleHoldt.antall_barn"),
            "innhold": None if self.innhold is None else ("no.bindeledd.Forseglet", wire.seal(self.innhold, "ForeldresamtaleHoldt.innhold")),
            "svart": wire.micros(self.svart, "ForeldresamtaleHoldt.svart"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            antall_barn=d["antall_barn"],
            innhold=None if d["innhold"] is None else wire.sealed(d["innhold"]),
            svart=wire.instant(d["svart"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IngenBarnBekreftet:
    """The person has no children or siblings under 18."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.IngenBarnBekreftet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    svart: datetime
    """When the person answered"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "svart": wire.micros(self.svart, "IngenBarnBekreftet.svart"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            svart=wire.instant(d["svart"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KartleggingAvslaatt:
    """The person would not answer."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.KartleggingAvslaatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    grunn: str
    svart: datetime
    """When the person answered"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "grunn": self.grunn,
            "svart": wire.micros(self.svart, "KartleggingAvslaatt.svart"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            grunn=d["grunn"],
            svart=wire.instant(d["svart"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KartleggingForfalt:
    """Nobody has asked within the configured time."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.KartleggingForfalt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    opphold_ref: str
    part: str

    def to_avro(self) -> dict[str, object]:
        return {
            "opphold_ref": self.opphold_ref,
            "part": self.part,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            opphold_ref=d["opphold_ref"],
            part=d["part"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KartleggingKrevd:
    """It must be found out whether the person has children or siblings under 18 (hpl §10a)."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.KartleggingKrevd"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    opphold_ref: str
    part: str
    """The ward asks"""

    def to_avro(self) -> dict[str, object]:
        return {
            "opphold_ref": self.opphold_ref,
            "part": self.part,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            opphold_ref=d["opphold_ref"],
            part=d["part"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KartleggingUtsnitt:
    """What a party may know of the question about children."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.KartleggingUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    aggregat: str
    grunn: felles.Grunn
    tilstand: Kartleggingstilstand = Kartleggingstilstand.UKJENT
    antall_barn: int
    oppgaver: tuple[felles.Oppgave, ...] = ()
    deler: tuple[felles.DelStatus, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "tilstand": wire.symbol(self.tilstand, Kartleggingstilstand, "KartleggingUtsnitt.tilstand"),
            "antall_barn": wire.int32(self.antall_barn, "KartleggingUtsnitt.antall_barn"),
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "KartleggingUtsnitt.oppgaver")],
            "deler": [item.to_avro() for item in wire.items(self.deler, "KartleggingUtsnitt.deler")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            tilstand=Kartleggingstilstand[d["tilstand"]],
            antall_barn=d["antall_barn"],
            oppgaver=tuple(map(felles.Oppgave.from_avro, d["oppgaver"])),
            deler=tuple(map(felles.DelStatus.from_avro, d["deler"])),
        )


KartleggingStroem = (
    KartleggingKrevd
    | KartleggingForfalt
    | IngenBarnBekreftet
    | KartleggingAvslaatt
    | ForeldresamtaleHoldt
    | felles.FristSatt
    | felles.FristHoldt
    | felles.FristOverskredet
    | felles.FristOmgjort
    | felles.OppgaveOpprettet
    | felles.OppgaveTatt
    | felles.OppgaveLoest
    | felles.OppgaveFalt
)
DriftStroem = (
    felles.MeldingHoppetOver
)
Utsnitt = (
    KartleggingUtsnitt
    | felles.UtsnittAvsluttet
)
