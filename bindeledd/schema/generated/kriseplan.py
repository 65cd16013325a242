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


class Kriseplannivaa(StrEnum):
    """The levels of a crisis plan."""

    UKJENT = "UKJENT"
    GROENT = "GROENT"
    GULT = "GULT"
    ROEDT = "ROEDT"


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
class KriseplanBruk:
    """One time that the plan was used."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanBruk"

    bruk_ref: str
    part: str
    av: str
    nivaa: Kriseplannivaa = Kriseplannivaa.UKJENT
    versjon: int
    tatt_i_bruk: datetime
    evaluert: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "bruk_ref": self.bruk_ref,
            "part": self.part,
            "av": self.av,
            "nivaa": wire.symbol(self.nivaa, Kriseplannivaa, "KriseplanBruk.nivaa"),
            "versjon": wire.int32(self.versjon, "KriseplanBruk.versjon"),
            "tatt_i_bruk": wire.micros(self.tatt_i_bruk, "KriseplanBruk.tatt_i_bruk"),
            "evaluert": None if self.evaluert is None else ("long", wire.micros(self.evaluert, "KriseplanBruk.evaluert")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            bruk_ref=d["bruk_ref"],
            part=d["part"],
            av=d["av"],
            nivaa=Kriseplannivaa[d["nivaa"]],
            versjon=d["versjon"],
            tatt_i_bruk=wire.instant(d["tatt_i_bruk"]),
            evaluert=None if d["evaluert"] is None else wire.instant(d["evaluert"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanDelt:
    """A party has a copy of some parts of a version, by consent. It takes the place of the one it had."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanDelt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    deler: tuple[str, ...] = ()
    opphold_ref: str | None = None
    versjon: int = 0
    delt: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "deler": list(wire.items(self.deler, "KriseplanDelt.deler")),
            "opphold_ref": None if self.opphold_ref is None else ("string", self.opphold_ref),
            "versjon": wire.int32(self.versjon, "KriseplanDelt.versjon"),
            "delt": None if self.delt is None else ("long", wire.micros(self.delt, "KriseplanDelt.delt")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            deler=tuple(d["deler"]),
            opphold_ref=d["opphold_ref"],
            versjon=d["versjon"],
            delt=None if d["delt"] is None else wire.instant(d["delt"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanErfaring:
    """One account of how it went when the plan was used."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanErfaring"

    part: str
    av: str
    evaluert: datetime
    fortalt: int
    """Index in `fortalt`"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "av": self.av,
            "evaluert": wire.micros(self.evaluert, "KriseplanErfaring.evaluert"),
            "fortalt": wire.int32(self.fortalt, "KriseplanErfaring.fortalt"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            av=d["av"],
            evaluert=wire.instant(d["evaluert"]),
            fortalt=d["fortalt"],
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
class KriseplanEvaluert:
    """What worked, and what did not, when the plan was used."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanEvaluert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("erfaring",)

    bruk_ref: str
    part: str
    av: str
    """The user"""
    evaluert: datetime
    erfaring: Sealed[Brukserfaring] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "bruk_ref": self.bruk_ref,
            "part": self.part,
            "av": self.av,
            "evaluert": wire.micros(self.evaluert, "KriseplanEvaluert.evaluert"),
            "erfaring": None if self.erfaring is None else ("no.bindeledd.Forseglet", wire.seal(self.erfaring, "KriseplanEvaluert.erfaring")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            bruk_ref=d["bruk_ref"],
            part=d["part"],
            av=d["av"],
            evaluert=wire.instant(d["evaluert"]),
            erfaring=None if d["erfaring"] is None else wire.sealed(d["erfaring"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanKopi:
    """Which parts of which version a party has or had, and when."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanKopi"

    part: str
    versjon: int
    deler: tuple[str, ...] = ()
    fra: datetime | None = None
    til: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "versjon": wire.int32(self.versjon, "KriseplanKopi.versjon"),
            "deler": list(wire.items(self.deler, "KriseplanKopi.deler")),
            "fra": None if self.fra is None else ("long", wire.micros(self.fra, "KriseplanKopi.fra")),
            "til": None if self.til is None else ("long", wire.micros(self.til, "KriseplanKopi.til")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            versjon=d["versjon"],
            deler=tuple(d["deler"]),
            fra=None if d["fra"] is None else wire.instant(d["fra"]),
            til=None if d["til"] is None else wire.instant(d["til"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanKopiAvsluttet:
    """A party has no copy any more: what opened it has ended."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanKopiAvsluttet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    sluttet: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "sluttet": wire.micros(self.sluttet, "KriseplanKopiAvsluttet.sluttet"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            sluttet=wire.instant(d["sluttet"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanOpprettet:
    """The person has a crisis plan."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanOpprettet"
    sealed_fields: ClassVar[tuple[str, ...]] = ("tegn_og_tiltak", "roedt_nivaa", "kontakter", "innleggelse", "barn", "hjem_og_oekonomi", "roedt", "innleggelsesoensker", "barna", "hjem",)

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
    roedt: Sealed[RoedtNivaa] | None = None
    innleggelsesoensker: Sealed[Innleggelsesoensker] | None = None
    barna: Sealed[Barnedel] | None = None
    hjem: Sealed[Hjemmedel] | None = None
    kontaktkrets: tuple[str, ...] = ()
    """Who of our units and users followed the person when this version was made"""

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
            "roedt": None if self.roedt is None else ("no.bindeledd.Forseglet", wire.seal(self.roedt, "KriseplanOpprettet.roedt")),
            "innleggelsesoensker": None if self.innleggelsesoensker is None else ("no.bindeledd.Forseglet", wire.seal(self.innleggelsesoensker, "KriseplanOpprettet.innleggelsesoensker")),
            "barna": None if self.barna is None else ("no.bindeledd.Forseglet", wire.seal(self.barna, "KriseplanOpprettet.barna")),
            "hjem": None if self.hjem is None else ("no.bindeledd.Forseglet", wire.seal(self.hjem, "KriseplanOpprettet.hjem")),
            "kontaktkrets": list(wire.items(self.kontaktkrets, "KriseplanOpprettet.kontaktkrets")),
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
            roedt=None if d["roedt"] is None else wire.sealed(d["roedt"]),
            innleggelsesoensker=None if d["innleggelsesoensker"] is None else wire.sealed(d["innleggelsesoensker"]),
            barna=None if d["barna"] is None else wire.sealed(d["barna"]),
            hjem=None if d["hjem"] is None else wire.sealed(d["hjem"]),
            kontaktkrets=tuple(d["kontaktkrets"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanRevidert:
    """A new version of the plan."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanRevidert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("tegn_og_tiltak", "roedt_nivaa", "kontakter", "innleggelse", "barn", "hjem_og_oekonomi", "roedt", "innleggelsesoensker", "barna", "hjem",)

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
    roedt: Sealed[RoedtNivaa] | None = None
    innleggelsesoensker: Sealed[Innleggelsesoensker] | None = None
    barna: Sealed[Barnedel] | None = None
    hjem: Sealed[Hjemmedel] | None = None
    kontaktkrets: tuple[str, ...] = ()
    """Who of our units and users followed the person when this version was made"""

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
            "roedt": None if self.roedt is None else ("no.bindeledd.Forseglet", wire.seal(self.roedt, "KriseplanRevidert.roedt")),
            "innleggelsesoensker": None if self.innleggelsesoensker is None else ("no.bindeledd.Forseglet", wire.seal(self.innleggelsesoensker, "KriseplanRevidert.innleggelsesoensker")),
            "barna": None if self.barna is None else ("no.bindeledd.Forseglet", wire.seal(self.barna, "KriseplanRevidert.barna")),
            "hjem": None if self.hjem is None else ("no.bindeledd.Forseglet", wire.seal(self.hjem, "KriseplanRevidert.hjem")),
            "kontaktkrets": list(wire.items(self.kontaktkrets, "KriseplanRevidert.kontaktkrets")),
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
            roedt=None if d["roedt"] is None else wire.sealed(d["roedt"]),
            innleggelsesoensker=None if d["innleggelsesoensker"] is None else wire.sealed(d["innleggelsesoensker"]),
            barna=None if d["barna"] is None else wire.sealed(d["barna"]),
            hjem=None if d["hjem"] is None else wire.sealed(d["hjem"]),
            kontaktkrets=tuple(d["kontaktkrets"]),
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
class KriseplanTattIBruk:
    """Somebody has begun to do what the plan says."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanTattIBruk"
    sealed_fields: ClassVar[tuple[str, ...]] = ("erfaring",)

    bruk_ref: str
    part: str
    av: str
    """The user"""
    nivaa: Kriseplannivaa
    versjon: int
    tatt_i_bruk: datetime
    varsles: tuple[str, ...] = ()
    """The parties that are to read of it"""
    erfaring: Sealed[Brukserfaring] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "bruk_ref": self.bruk_ref,
            "part": self.part,
            "av": self.av,
            "nivaa": wire.symbol(self.nivaa, Kriseplannivaa, "KriseplanTattIBruk.nivaa"),
            "versjon": wire.int32(self.versjon, "KriseplanTattIBruk.versjon"),
            "tatt_i_bruk": wire.micros(self.tatt_i_bruk, "KriseplanTattIBruk.tatt_i_bruk"),
            "varsles": list(wire.items(self.varsles, "KriseplanTattIBruk.varsles")),
            "erfaring": None if self.erfaring is None else ("no.bindeledd.Forseglet", wire.seal(self.erfaring, "KriseplanTattIBruk.erfaring")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            bruk_ref=d["bruk_ref"],
            part=d["part"],
            av=d["av"],
            nivaa=Kriseplannivaa[d["nivaa"]],
            versjon=d["versjon"],
            tatt_i_bruk=wire.instant(d["tatt_i_bruk"]),
            varsles=tuple(d["varsles"]),
            erfaring=None if d["erfaring"] is None else wire.sealed(d["erfaring"]),
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
    sealed_fields: ClassVar[tuple[str, ...]] = ("tegn_og_tiltak", "roedt_nivaa", "kontakter", "innleggelse", "barn", "hjem_og_oekonomi", "roedt", "innleggelsesoensker", "barna", "hjem", "erfaring", "evaluering", "fortalt",)

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
    roedt: Sealed[RoedtNivaa] | None = None
    innleggelsesoensker: Sealed[Innleggelsesoensker] | None = None
    barna: Sealed[Barnedel] | None = None
    hjem: Sealed[Hjemmedel] | None = None
    medvirkning: tuple[str, ...] = ()
    revideres: datetime | None = None
    """When the plan is to be gone through at the latest"""
    forfalt: tuple[str, ...] = ()
    """Why it must be gone through again"""
    kopier: tuple[KriseplanKopi, ...] = ()
    bruk: tuple[KriseplanBruk, ...] = ()
    """The newest first"""
    erfaring: Sealed[Brukserfaring] | None = None
    """Of the newest use, as told at once"""
    evaluering: Sealed[Brukserfaring] | None = None
    """Of the newest use, as told afterwards"""
    erfaringer: tuple[KriseplanErfaring, ...] = ()
    """Who told of the newest use afterwards, the newest first"""
    fortalt: tuple[Sealed[Brukserfaring], ...] = ()
    """What they told"""

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
            "roedt": None if self.roedt is None else ("no.bindeledd.Forseglet", wire.seal(self.roedt, "KriseplanUtsnitt.roedt")),
            "innleggelsesoensker": None if self.innleggelsesoensker is None else ("no.bindeledd.Forseglet", wire.seal(self.innleggelsesoensker, "KriseplanUtsnitt.innleggelsesoensker")),
            "barna": None if self.barna is None else ("no.bindeledd.Forseglet", wire.seal(self.barna, "KriseplanUtsnitt.barna")),
            "hjem": None if self.hjem is None else ("no.bindeledd.Forseglet", wire.seal(self.hjem, "KriseplanUtsnitt.hjem")),
            "medvirkning": list(wire.items(self.medvirkning, "KriseplanUtsnitt.medvirkning")),
            "revideres": None if self.revideres is None else ("long", wire.micros(self.revideres, "KriseplanUtsnitt.revideres")),
            "forfalt": list(wire.items(self.forfalt, "KriseplanUtsnitt.forfalt")),
            "kopier": [item.to_avro() for item in wire.items(self.kopier, "KriseplanUtsnitt.kopier")],
            "bruk": [item.to_avro() for item in wire.items(self.bruk, "KriseplanUtsnitt.bruk")],
            "erfaring": None if self.erfaring is None else ("no.bindeledd.Forseglet", wire.seal(self.erfaring, "KriseplanUtsnitt.erfaring")),
            "evaluering": None if self.evaluering is None else ("no.bindeledd.Forseglet", wire.seal(self.evaluering, "KriseplanUtsnitt.evaluering")),
            "erfaringer": [item.to_avro() for item in wire.items(self.erfaringer, "KriseplanUtsnitt.erfaringer")],
            "fortalt": [wire.seal(item, "KriseplanUtsnitt.fortalt") for item in wire.items(self.fortalt, "KriseplanUtsnitt.fortalt")],
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
            roedt=None if d["roedt"] is None else wire.sealed(d["roedt"]),
            innleggelsesoensker=None if d["innleggelsesoensker"] is None else wire.sealed(d["innleggelsesoensker"]),
            barna=None if d["barna"] is None else wire.sealed(d["barna"]),
            hjem=None if d["hjem"] is None else wire.sealed(d["hjem"]),
            medvirkning=tuple(d["medvirkning"]),
            revideres=None if d["revideres"] is None else wire.instant(d["revideres"]),
            forfalt=tuple(d["forfalt"]),
            kopier=tuple(map(KriseplanKopi.from_avro, d["kopier"])),
            bruk=tuple(map(KriseplanBruk.from_avro, d["bruk"])),
            erfaring=None if d["erfaring"] is None else wire.sealed(d["erfaring"]),
            evaluering=None if d["evaluering"] is None else wire.sealed(d["evaluering"]),
            erfaringer=tuple(map(KriseplanErfaring.from_avro, d["erfaringer"])),
            fortalt=tuple(map(wire.sealed, d["fortalt"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KriseplanrevisjonForfalt:
    """The plan must be gone through again."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.KriseplanrevisjonForfalt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    opphold_ref: str
    grunn: str
    gjelder: str = ''
    """What it is about, where that is no stay"""

    def to_avro(self) -> dict[str, object]:
        return {
            "opphold_ref": self.opphold_ref,
            "grunn": self.grunn,
            "gjelder": self.gjelder,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            opphold_ref=d["opphold_ref"],
            grunn=d["grunn"],
            gjelder=d["gjelder"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Barnedel:
    """The children's part."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.innhold.Barnedel"

    hvem_tar_barna: str = ''
    hva_de_vet: str = ''
    hvem_informerer: str = ''
    barneansvarlig: str = ''
    annet: str = ''

    def to_avro(self) -> dict[str, object]:
        return {
            "hvem_tar_barna": self.hvem_tar_barna,
            "hva_de_vet": self.hva_de_vet,
            "hvem_informerer": self.hvem_informerer,
            "barneansvarlig": self.barneansvarlig,
            "annet": self.annet,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            hvem_tar_barna=d["hvem_tar_barna"],
            hva_de_vet=d["hva_de_vet"],
            hvem_informerer=d["hvem_informerer"],
            barneansvarlig=d["barneansvarlig"],
            annet=d["annet"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Brukserfaring:
    """What came of using the plan."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.innhold.Brukserfaring"

    virket: str = ''
    virket_ikke: str = ''

    def to_avro(self) -> dict[str, object]:
        return {
            "virket": self.virket,
            "virket_ikke": self.virket_ikke,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            virket=d["virket"],
            virket_ikke=d["virket_ikke"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hjemmedel:
    """What somebody must see to at home."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.innhold.Hjemmedel"

    dyr: str = ''
    bolig: str = ''
    arbeid: str = ''
    oekonomi: str = ''
    annet: str = ''

    def to_avro(self) -> dict[str, object]:
        return {
            "dyr": self.dyr,
            "bolig": self.bolig,
            "arbeid": self.arbeid,
            "oekonomi": self.oekonomi,
            "annet": self.annet,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            dyr=d["dyr"],
            bolig=d["bolig"],
            arbeid=d["arbeid"],
            oekonomi=d["oekonomi"],
            annet=d["annet"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Innleggelsesoensker:
    """What the person wishes if it comes to an admission."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.innhold.Innleggelsesoensker"

    sted: str = ''
    brukerstyrt_seng: str = ''
    oensket: str = ''
    """Treatment and medicine that the person wants"""
    uoensket: str = ''
    """Treatment and medicine that the person does not want"""
    annet: str = ''

    def to_avro(self) -> dict[str, object]:
        return {
            "sted": self.sted,
            "brukerstyrt_seng": self.brukerstyrt_seng,
            "oensket": self.oensket,
            "uoensket": self.uoensket,
            "annet": self.annet,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            sted=d["sted"],
            brukerstyrt_seng=d["brukerstyrt_seng"],
            oensket=d["oensket"],
            uoensket=d["uoensket"],
            annet=d["annet"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kontakt:
    """Somebody to call."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.innhold.Kontakt"

    navn: str
    telefon: str
    naar: str
    rolle: str = ''
    """Who it is to the person: sister, koordinator, GP"""

    def to_avro(self) -> dict[str, object]:
        return {
            "navn": self.navn,
            "telefon": self.telefon,
            "naar": self.naar,
            "rolle": self.rolle,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            navn=d["navn"],
            telefon=d["telefon"],
            naar=d["naar"],
            rolle=d["rolle"],
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
class RoedtNivaa:
    """The red level: what changes, what others do then, and how the person wishes to be met."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.innhold.RoedtNivaa"

    tegn: tuple[str, ...] = ()
    tiltak: tuple[Tiltak, ...] = ()
    moetes: str = ''
    """How the person wishes to be met"""
    hjelper_ikke: tuple[str, ...] = ()
    annet: str = ''

    def to_avro(self) -> dict[str, object]:
        return {
            "tegn": list(wire.items(self.tegn, "RoedtNivaa.tegn")),
            "tiltak": [item.to_avro() for item in wire.items(self.tiltak, "RoedtNivaa.tiltak")],
            "moetes": self.moetes,
            "hjelper_ikke": list(wire.items(self.hjelper_ikke, "RoedtNivaa.hjelper_ikke")),
            "annet": self.annet,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            tegn=tuple(d["tegn"]),
            tiltak=tuple(map(Tiltak.from_avro, d["tiltak"])),
            moetes=d["moetes"],
            hjelper_ikke=tuple(d["hjelper_ikke"]),
            annet=d["annet"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TegnOgTiltak:
    """Warning signs, and what helps: on the green and the yellow level. What has no level was written before there
    were levels.
    """

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.innhold.TegnOgTiltak"

    varselsignaler: tuple[str, ...] = ()
    tiltak: tuple[str, ...] = ()
    utloesende: tuple[str, ...] = ()
    """What tends to set it off"""
    groenne_tegn: tuple[str, ...] = ()
    groenne_tiltak: tuple[Tiltak, ...] = ()
    gule_tegn: tuple[str, ...] = ()
    gule_tiltak: tuple[Tiltak, ...] = ()
    hjulpet: tuple[str, ...] = ()
    """What has helped before"""

    def to_avro(self) -> dict[str, object]:
        return {
            "varselsignaler": list(wire.items(self.varselsignaler, "TegnOgTiltak.varselsignaler")),
            "tiltak": list(wire.items(self.tiltak, "TegnOgTiltak.tiltak")),
            "utloesende": list(wire.items(self.utloesende, "TegnOgTiltak.utloesende")),
            "groenne_tegn": list(wire.items(self.groenne_tegn, "TegnOgTiltak.groenne_tegn")),
            "groenne_tiltak": [item.to_avro() for item in wire.items(self.groenne_tiltak, "TegnOgTiltak.groenne_tiltak")],
            "gule_tegn": list(wire.items(self.gule_tegn, "TegnOgTiltak.gule_tegn")),
            "gule_tiltak": [item.to_avro() for item in wire.items(self.gule_tiltak, "TegnOgTiltak.gule_tiltak")],
            "hjulpet": list(wire.items(self.hjulpet, "TegnOgTiltak.hjulpet")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            varselsignaler=tuple(d["varselsignaler"]),
            tiltak=tuple(d["tiltak"]),
            utloesende=tuple(d["utloesende"]),
            groenne_tegn=tuple(d["groenne_tegn"]),
            groenne_tiltak=tuple(map(Tiltak.from_avro, d["groenne_tiltak"])),
            gule_tegn=tuple(d["gule_tegn"]),
            gule_tiltak=tuple(map(Tiltak.from_avro, d["gule_tiltak"])),
            hjulpet=tuple(d["hjulpet"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiltak:
    """Something that helps: what, who does it, when and how."""

    avro_name: ClassVar[str] = "no.bindeledd.kriseplan.innhold.Tiltak"

    hva: str
    hvem: str = ''
    naar: str = ''
    hvordan: str = ''

    def to_avro(self) -> dict[str, object]:
        return {
            "hva": self.hva,
            "hvem": self.hvem,
            "naar": self.naar,
            "hvordan": self.hvordan,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            hva=d["hva"],
            hvem=d["hvem"],
            naar=d["naar"],
            hvordan=d["hvordan"],
        )


KriseplanStroem = (
    KriseplanEtterlyst
    | KriseplanTilbudt
    | KriseplanTakketNei
    | KriseplanOpprettet
    | KriseplanRevidert
    | KriseplanDelt
    | KriseplanrevisjonForfalt
    | KriseplanKopiAvsluttet
    | KriseplanTattIBruk
    | KriseplanEvaluert
    | KriseplanTilbakekalt
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
    KriseplanUtsnitt
    | felles.UtsnittAvsluttet
)
