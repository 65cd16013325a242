"""The types of kriseplan. Generated from schemas/kriseplan/ by `bindeledd schemas generate`: change the schemas, not this."""
# fmt: off

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from bindeledd.core.sealed import Sealed
from bindeledd.schema import wire
from bindeledd.schema.generated import felles


class Kriseplantilstand(StrEnum):
    """Where a crisis plan stands."""

    UKJENT = "UKJENT"
    ETTERLYST = "ETTERLYST"
    TILBUDT = "TILBUDT"
    TAKKET_NEI = "TAKKET_NEI"
    GJELDER = "GJELDER"
    REVISJON_FORFALT = "REVISJON_FORFALT"
    TILBAKEKALT = "TILBAKEKALT"


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanDelt:
    """A party has been offered a copy of some parts, by consent."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanDelt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    deler: tuple[str, ...] = ()
    opphold_ref: str | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "deler": list(wire.items(self.deler, "KriseplanDelt.deler")),
            "opphold_ref": None if self.opphold_ref is None else ("string", self.opphold_ref),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            deler=tuple(d["deler"]),
            opphold_ref=d["opphold_ref"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanEtterlyst:
    """A person was admitted and there is no crisis plan."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanEtterlyst"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    opphold_ref: str

    def to_avro(self) -> dict[str, object]:
        return {
            "opphold_ref": self.opphold_ref,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            opphold_ref=d["opphold_ref"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanOpprettet:
    """The person has a crisis plan."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanOpprettet"
    sealed_fields: ClassVar[tuple[str, ...]] = ("tegn_og_tiltak", "roedt_nivaa", "kontakter", "innleggelse", "barn", "hjem_og_oekonomi",)

    eier_part: str
    """The unit that keeps it in step"""
    versjon: int
    laget: datetime
    """When this version was made with the person"""
    medvirkning: tuple[str, ...] = ()
    tegn_og_tiltak: Sealed[TegnOgTiltak] | None = None
    roedt_nivaa: Sealed[felles.Tekst] | None = None
    kontakter: Sealed[Kontakter] | None = None
    innleggelse: Sealed[felles.Tekst] | None = None
    barn: Sealed[felles.Tekst] | None = None
    hjem_og_oekonomi: Sealed[felles.Tekst] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "eier_part": self.eier_part,
            "versjon": wire.int32(self.versjon, "KriseplanOpprettet.versjon"),
            "laget": wire.micros(self.laget, "KriseplanOpprettet.laget"),
            "medvirkning": list(wire.items(self.medvirkning, "KriseplanOpprettet.medvirkning")),
            "tegn_og_tiltak": None if self.tegn_og_tiltak is None else ("no.bindeledd.Forseglet", wire.seal(self.tegn_og_tiltak, "KriseplanOpprettet.tegn_og_tiltak")),
            "roedt_nivaa": None if self.roedt_nivaa is None else ("no.bindeledd.Forseglet", wire.seal(self.roedt_nivaa, "KriseplanOpprettet.roedt_nivaa")),
            "kontakter": None if self.kontakter is None else ("no.bindeledd.Forseglet", wire.seal(self.kontakter, "KriseplanOpprettet.kontakter")),
            "innleggelse": None if self.innleggelse is None else ("no.bindeledd.Forseglet", wire.seal(self.innleggelse, "KriseplanOpprettet.innleggelse")),
            "barn": None if self.barn is None else ("no.bindeledd.Forseglet", wire.seal(self.barn, "KriseplanOpprettet.barn")),
            "hjem_og_oekonomi": None if self.hjem_og_oekonomi is None else ("no.bindeledd.Forseglet", wire.seal(self.hjem_og_oekonomi, "KriseplanOpprettet.hjem_og_oekonomi")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            eier_part=d["eier_part"],
            versjon=d["versjon"],
            laget=wire.instant(d["laget"]),
            medvirkning=tuple(d["medvirkning"]),
            tegn_og_tiltak=None if d["tegn_og_tiltak"] is None else wire.sealed(d["tegn_og_tiltak"]),
            roedt_nivaa=None if d["roedt_nivaa"] is None else wire.sealed(d["roedt_nivaa"]),
            kontakter=None if d["kontakter"] is None else wire.sealed(d["kontakter"]),
            innleggelse=None if d["innleggelse"] is None else wire.sealed(d["innleggelse"]),
            barn=None if d["barn"] is None else wire.sealed(d["barn"]),
            hjem_og_oekonomi=None if d["hjem_og_oekonomi"] is None else wire.sealed(d["hjem_og_oekonomi"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanRevidert:
    """A new version of the plan."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanRevidert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("tegn_og_tiltak", "roedt_nivaa", "kontakter", "innleggelse", "barn", "hjem_og_oekonomi",)

    versjon: int
    laget: datetime
    """When this version was made with the person"""
    medvirkning: tuple[str, ...] = ()
    tegn_og_tiltak: Sealed[TegnOgTiltak] | None = None
    roedt_nivaa: Sealed[felles.Tekst] | None = None
    kontakter: Sealed[Kontakter] | None = None
    innleggelse: Sealed[felles.Tekst] | None = None
    barn: Sealed[felles.Tekst] | None = None
    hjem_og_oekonomi: Sealed[felles.Tekst] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "versjon": wire.int32(self.versjon, "KriseplanRevidert.versjon"),
            "laget": wire.micros(self.laget, "KriseplanRevidert.laget"),
            "medvirkning": list(wire.items(self.medvirkning, "KriseplanRevidert.medvirkning")),
            "tegn_og_tiltak": None if self.tegn_og_tiltak is None else ("no.bindeledd.Forseglet", wire.seal(self.tegn_og_tiltak, "KriseplanRevidert.tegn_og_tiltak")),
            "roedt_nivaa": None if self.roedt_nivaa is None else ("no.bindeledd.Forseglet", wire.seal(self.roedt_nivaa, "KriseplanRevidert.roedt_nivaa")),
            "kontakter": None if self.kontakter is None else ("no.bindeledd.Forseglet", wire.seal(self.kontakter, "KriseplanRevidert.kontakter")),
            "innleggelse": None if self.innleggelse is None else ("no.bindeledd.Forseglet", wire.seal(self.innleggelse, "KriseplanRevidert.innleggelse")),
            "barn": None if self.barn is None else ("no.bindeledd.Forseglet", wire.seal(self.barn, "KriseplanRevidert.barn")),
            "hjem_og_oekonomi": None if self.hjem_og_oekonomi is None else ("no.bindeledd.Forseglet", wire.seal(self.hjem_og_oekonomi, "KriseplanRevidert.hjem_og_oekonomi")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            versjon=d["versjon"],
            laget=wire.instant(d["laget"]),
            medvirkning=tuple(d["medvirkning"]),
            tegn_og_tiltak=None if d["tegn_og_tiltak"] is None else wire.sealed(d["tegn_og_tiltak"]),
            roedt_nivaa=None if d["roedt_nivaa"] is None else wire.sealed(d["roedt_nivaa"]),
            kontakter=None if d["kontakter"] is None else wire.sealed(d["kontakter"]),
            innleggelse=None if d["innleggelse"] is None else wire.sealed(d["innleggelse"]),
            barn=None if d["barn"] is None else wire.sealed(d["barn"]),
            hjem_og_oekonomi=None if d["hjem_og_oekonomi"] is None else wire.sealed(d["hjem_og_oekonomi"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanTakketNei:
    """The person declined."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanTakketNei"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanTilbakekalt:
    """The person has recalled the plan."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanTilbakekalt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    grunn: str

    def to_avro(self) -> dict[str, object]:
        return {
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanTilbudt:
    """The person has been offered to make one."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanTilbudt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanUtsnitt:
    """What a party may know of a crisis plan."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("tegn_og_tiltak", "roedt_nivaa", "kontakter", "innleggelse", "barn", "hjem_og_oekonomi",)

    aggregat: str
    grunn: felles.Grunn
    finnes: felles.Deling = felles.Deling.UKJENT
    tilstand: Kriseplantilstand = Kriseplantilstand.UKJENT
    versjon: int
    laget: datetime | None = None
    """When this version was made"""
    eier_part: str | None = None
    tegn_og_tiltak: Sealed[TegnOgTiltak] | None = None
    roedt_nivaa: Sealed[felles.Tekst] | None = None
    kontakter: Sealed[Kontakter] | None = None
    innleggelse: Sealed[felles.Tekst] | None = None
    barn: Sealed[felles.Tekst] | None = None
    hjem_og_oekonomi: Sealed[felles.Tekst] | None = None
    oppgaver: tuple[felles.Oppgave, ...] = ()
    deler: tuple[felles.DelStatus, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "finnes": wire.symbol(self.finnes, felles.Deling, "KriseplanUtsnitt.finnes"),
            "tilstand": wire.symbol(self.tilstand, Kriseplantilstand, "KriseplanUtsnitt.tilstand"),
            "versjon": wire.int32(self.versjon, "KriseplanUtsnitt.versjon"),
            "laget": None if self.laget is None else ("long", wire.micros(self.laget, "KriseplanUtsnitt.laget")),
            "eier_part": None if self.eier_part is None else ("string", self.eier_part),
            "tegn_og_tiltak": None if self.tegn_og_tiltak is None else ("no.bindeledd.Forseglet", wire.seal(self.tegn_og_tiltak, "KriseplanUtsnitt.tegn_og_tiltak")),
            "roedt_nivaa": None if self.roedt_nivaa is None else ("no.bindeledd.Forseglet", wire.seal(self.roedt_nivaa, "KriseplanUtsnitt.roedt_nivaa")),
            "kontakter": None if self.kontakter is None else ("no.bindeledd.Forseglet", wire.seal(self.kontakter, "KriseplanUtsnitt.kontakter")),
            "innleggelse": None if self.innleggelse is None else ("no.bindeledd.Forseglet", wire.seal(self.innleggelse, "KriseplanUtsnitt.innleggelse")),
            "barn": None if self.barn is None else ("no.bindeledd.Forseglet", wire.seal(self.barn, "KriseplanUtsnitt.barn")),
            "hjem_og_oekonomi": None if self.hjem_og_oekonomi is None else ("no.bindeledd.Forseglet", wire.seal(self.hjem_og_oekonomi, "KriseplanUtsnitt.hjem_og_oekonomi")),
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "KriseplanUtsnitt.oppgaver")],
            "deler": [item.to_avro() for item in wire.items(self.deler, "KriseplanUtsnitt.deler")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            finnes=felles.Deling[d["finnes"]],
            tilstand=Kriseplantilstand[d["tilstand"]],
            versjon=d["versjon"],
            laget=None if d["laget"] is None else wire.instant(d["laget"]),
            eier_part=d["eier_part"],
            tegn_og_tiltak=None if d["tegn_og_tiltak"] is None else wire.sealed(d["tegn_og_tiltak"]),
            roedt_nivaa=None if d["roedt_nivaa"] is None else wire.sealed(d["roedt_nivaa"]),
            kontakter=None if d["kontakter"] is None else wire.sealed(d["kontakter"]),
            innleggelse=None if d["innleggelse"] is None else wire.sealed(d["innleggelse"]),
            barn=None if d["barn"] is None else wire.sealed(d["barn"]),
            hjem_og_oekonomi=None if d["hjem_og_oekonomi"] is None else wire.sealed(d["hjem_og_oekonomi"]),
            oppgaver=tuple(map(felles.Oppgave.from_avro, d["oppgaver"])),
            deler=tuple(map(felles.DelStatus.from_avro, d["deler"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanrevisjonForfalt:
    """The plan must be gone through again."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanrevisjonForfalt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    opphold_ref: str
    grunn: str

    def to_avro(self) -> dict[str, object]:
        return {
            "opphold_ref": self.opphold_ref,
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            opphold_ref=d["opphold_ref"],
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kontakt:
    """Somebody to call."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.innhold.Kontakt"

    navn: str
    telefon: str
    naar: str

    def to_avro(self) -> dict[str, object]:
        return {
            "navn": self.navn,
            "telefon": self.telefon,
            "naar": self.naar,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            navn=d["navn"],
            telefon=d["telefon"],
            naar=d["naar"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kontakter:
    """Who to call, in the order to try them."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.innhold.Kontakter"

    kontakter: tuple[Kontakt, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "kontakter": [item.to_avro() for item in wire.items(self.kontakter, "Kontakter.kontakter")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kontakter=tuple(map(Kontakt.from_avro, d["kontakter"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TegnOgTiltak:
    """Warning signs, and what helps."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.innhold.TegnOgTiltak"

    varselsignaler: tuple[str, ...] = ()
    tiltak: tuple[str, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "varselsignaler": list(wire.items(self.varselsignaler, "TegnOgTiltak.varselsignaler")),
            "tiltak": list(wire.items(self.tiltak, "TegnOgTiltak.tiltak")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            varselsignaler=tuple(d["varselsignaler"]),
            tiltak=tuple(d["tiltak"]),
        )


KriseplanStroem = (
    KriseplanEtterlyst
    | KriseplanTilbudt
    | KriseplanTakketNei
    | KriseplanOpprettet
    | KriseplanRevidert
    | KriseplanDelt
    | KriseplanrevisjonForfalt
    | KriseplanTilbakekalt
    | felles.OppgaveOpprettet
    | felles.OppgaveTatt
    | felles.OppgaveLoest
    | felles.OppgaveFalt
)
DriftStroem = (
    felles.MeldingHoppetOver
)
Utsnitt = (
    KriseplanUtsnitt
    | felles.UtsnittAvsluttet
)
