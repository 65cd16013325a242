"""The types of barn_paaroerende. Generated from schemas/barn_paaroerende/ by `bindeledd schemas generate`: change the schemas, not this."""
# fmt: off

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from bindeledd.core.sealed import Sealed
from bindeledd.schema import wire
from bindeledd.schema.generated import felles


class Barnerelasjon(StrEnum):
    """What the adult who is ill is to the child."""

    UKJENT = "UKJENT"
    FORELDER = "FORELDER"
    OMSORG = "OMSORG"
    SOESKEN = "SOESKEN"


class Henvisningsgrunnlag(StrEnum):
    """What the adult has said of telling one receiver."""

    UKJENT = "UKJENT"
    SAMTYKKET = "SAMTYKKET"
    IKKE_MOTSATT = "IKKE_MOTSATT"
    MOTSATT = "MOTSATT"


class Henvisningstilstand(StrEnum):
    """Where a referral stands."""

    UKJENT = "UKJENT"
    HOLDT = "HOLDT"
    SENDT = "SENDT"
    MOTTATT = "MOTTATT"
    TAR_IMOT = "TAR_IMOT"
    TAR_IKKE_IMOT = "TAR_IKKE_IMOT"


class Kartleggingstilstand(StrEnum):
    """What is known of whether the person has children."""

    UKJENT = "UKJENT"
    KREVD = "KREVD"
    FORFALT = "FORFALT"
    INGEN_BARN = "INGEN_BARN"
    HAR_BARN = "HAR_BARN"
    AVSLAATT = "AVSLAATT"
    UTSATT = "UTSATT"


class Meldepliktutfall(StrEnum):
    """What an assessment of the duty to report came to. Nothing is sent by it."""

    UKJENT = "UKJENT"
    IKKE_GRUNN = "IKKE_GRUNN"
    FOELG_MED = "FOELG_MED"
    MELD = "MELD"


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnHenvisningBesvart:
    """The receiver says whether it helps the child."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnHenvisningBesvart"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    henvisning_ref: str
    tar_imot: bool
    innhold: Sealed[felles.Tekst] | None = None
    besvart: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "henvisning_ref": self.henvisning_ref,
            "tar_imot": wire.flag(self.tar_imot, "BarnHenvisningBesvart.tar_imot"),
            "innhold": None if self.innhold is None else ("no.bindeledd.Forseglet", wire.seal(self.innhold, "BarnHenvisningBesvart.innhold")),
            "besvart": wire.micros(self.besvart, "BarnHenvisningBesvart.besvart"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            henvisning_ref=d["henvisning_ref"],
            tar_imot=d["tar_imot"],
            innhold=None if d["innhold"] is None else wire.sealed(d["innhold"]),
            besvart=wire.instant(d["besvart"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnHenvisningMottatt:
    """Somebody at the receiver has taken the referral: the baton is theirs."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnHenvisningMottatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    henvisning_ref: str
    av: str
    mottatt_tid: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "henvisning_ref": self.henvisning_ref,
            "av": self.av,
            "mottatt_tid": wire.micros(self.mottatt_tid, "BarnHenvisningMottatt.mottatt_tid"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            henvisning_ref=d["henvisning_ref"],
            av=d["av"],
            mottatt_tid=wire.instant(d["mottatt_tid"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnHenvisningSendt:
    """A referral that was held has been sent."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnHenvisningSendt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    henvisning_ref: str
    grunnlag: Henvisningsgrunnlag = Henvisningsgrunnlag.UKJENT
    sendt: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "henvisning_ref": self.henvisning_ref,
            "grunnlag": wire.symbol(self.grunnlag, Henvisningsgrunnlag, "BarnHenvisningSendt.grunnlag"),
            "sendt": wire.micros(self.sendt, "BarnHenvisningSendt.sendt"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            henvisning_ref=d["henvisning_ref"],
            grunnlag=Henvisningsgrunnlag[d["grunnlag"]],
            sendt=wire.instant(d["sendt"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnHenvist:
    """A child has been referred to a receiver."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnHenvist"
    sealed_fields: ClassVar[tuple[str, ...]] = ("stoettebehov", "kontakt", "utdypende",)

    henvisning_ref: str
    forelder_ref: str
    fra_part: str
    til_part: str
    grunnlag: Henvisningsgrunnlag = Henvisningsgrunnlag.UKJENT
    holdt: bool
    """Not sent: the adult opposes, or has not consented where that is needed"""
    stoettebehov: Sealed[felles.Tekst]
    """What the child needs. No diagnosis, medicine, place or date of a stay"""
    kontakt: Sealed[felles.Tekst]
    """Whom to call"""
    utdypende: Sealed[felles.Tekst] | None = None
    """For those who may know more of the adult's illness"""
    henvist: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "henvisning_ref": self.henvisning_ref,
            "forelder_ref": self.forelder_ref,
            "fra_part": self.fra_part,
            "til_part": self.til_part,
            "grunnlag": wire.symbol(self.grunnlag, Henvisningsgrunnlag, "BarnHenvist.grunnlag"),
            "holdt": wire.flag(self.holdt, "BarnHenvist.holdt"),
            "stoettebehov": wire.seal(self.stoettebehov, "BarnHenvist.stoettebehov"),
            "kontakt": wire.seal(self.kontakt, "BarnHenvist.kontakt"),
            "utdypende": None if self.utdypende is None else ("no.bindeledd.Forseglet", wire.seal(self.utdypende, "BarnHenvist.utdypende")),
            "henvist": wire.micros(self.henvist, "BarnHenvist.henvist"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            henvisning_ref=d["henvisning_ref"],
            forelder_ref=d["forelder_ref"],
            fra_part=d["fra_part"],
            til_part=d["til_part"],
            grunnlag=Henvisningsgrunnlag[d["grunnlag"]],
            holdt=d["holdt"],
            stoettebehov=wire.sealed(d["stoettebehov"]),
            kontakt=wire.sealed(d["kontakt"]),
            utdypende=None if d["utdypende"] is None else wire.sealed(d["utdypende"]),
            henvist=wire.instant(d["henvist"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnKnyttet:
    """A child or sibling of the person has a case."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnKnyttet"
    sealed_fields: ClassVar[tuple[str, ...]] = ("barnet",)

    barn_ref: str
    """The child's case"""
    part: str
    barnet: Sealed[Barnet]
    knyttet: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "barn_ref": self.barn_ref,
            "part": self.part,
            "barnet": wire.seal(self.barnet, "BarnKnyttet.barnet"),
            "knyttet": wire.micros(self.knyttet, "BarnKnyttet.knyttet"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            barn_ref=d["barn_ref"],
            part=d["part"],
            barnet=wire.sealed(d["barnet"]),
            knyttet=wire.instant(d["knyttet"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnKnyttetVist:
    """A child of the person, as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnKnyttetVist"

    barn_ref: str
    navn: int
    """Index in `barnenavn`"""

    def to_avro(self) -> dict[str, object]:
        return {
            "barn_ref": self.barn_ref,
            "navn": wire.int32(self.navn, "BarnKnyttetVist.navn"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            barn_ref=d["barn_ref"],
            navn=d["navn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnRegistrert:
    """A child is the next of kin of an adult who is ill. Of each adult once: the case is the child's."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnRegistrert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("barnet", "nummer", "behov",)

    forelder_ref: str
    """The adult who is ill"""
    part: str
    """The unit that follows the adult up"""
    relasjon: Barnerelasjon = Barnerelasjon.UKJENT
    barnet: Sealed[Barnet]
    nummer: Sealed[Barnenummer] | None = None
    behov: Sealed[felles.Tekst] | None = None
    """What the child needs, as mapped"""
    registrert: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "forelder_ref": self.forelder_ref,
            "part": self.part,
            "relasjon": wire.symbol(self.relasjon, Barnerelasjon, "BarnRegistrert.relasjon"),
            "barnet": wire.seal(self.barnet, "BarnRegistrert.barnet"),
            "nummer": None if self.nummer is None else ("no.bindeledd.Forseglet", wire.seal(self.nummer, "BarnRegistrert.nummer")),
            "behov": None if self.behov is None else ("no.bindeledd.Forseglet", wire.seal(self.behov, "BarnRegistrert.behov")),
            "registrert": wire.micros(self.registrert, "BarnRegistrert.registrert"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            forelder_ref=d["forelder_ref"],
            part=d["part"],
            relasjon=Barnerelasjon[d["relasjon"]],
            barnet=wire.sealed(d["barnet"]),
            nummer=None if d["nummer"] is None else wire.sealed(d["nummer"]),
            behov=None if d["behov"] is None else wire.sealed(d["behov"]),
            registrert=wire.instant(d["registrert"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnTelt:
    """One more child has a case."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnTelt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    aar: int

    def to_avro(self) -> dict[str, object]:
        return {
            "aar": wire.int32(self.aar, "BarnTelt.aar"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aar=d["aar"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Barnedel:
    """One adult's part of a child's case, as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.Barnedel"

    forelder_ref: str | None = None
    """Only for those who follow the adult up"""
    part: str | None = None
    """Only for those who may know where the adult is followed up"""
    relasjon: Barnerelasjon = Barnerelasjon.UKJENT
    behov: int
    """Index in `tekster`; -1: none"""
    doed: bool
    """The adult is dead"""
    fulgt_opp: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "forelder_ref": None if self.forelder_ref is None else ("string", self.forelder_ref),
            "part": None if self.part is None else ("string", self.part),
            "relasjon": wire.symbol(self.relasjon, Barnerelasjon, "Barnedel.relasjon"),
            "behov": wire.int32(self.behov, "Barnedel.behov"),
            "doed": wire.flag(self.doed, "Barnedel.doed"),
            "fulgt_opp": None if self.fulgt_opp is None else ("long", wire.micros(self.fulgt_opp, "Barnedel.fulgt_opp")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            forelder_ref=d["forelder_ref"],
            part=d["part"],
            relasjon=Barnerelasjon[d["relasjon"]],
            behov=d["behov"],
            doed=d["doed"],
            fulgt_opp=None if d["fulgt_opp"] is None else wire.instant(d["fulgt_opp"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnesakUtsnitt:
    """What a party may know of a child's case."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnesakUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("barnet", "tekster",)

    aggregat: str
    grunn: felles.Grunn
    barnet: Sealed[Barnet] | None = None
    familie: tuple[Barnedel, ...] = ()
    henvisninger: tuple[HenvisningVist, ...] = ()
    tiltak: tuple[BarnetiltakVist, ...] = ()
    vurderinger: tuple[MeldepliktVist, ...] = ()
    hoert: tuple[HoertVist, ...] = ()
    skal_hoeres: bool
    """The child is 12 or older, and nobody of this party has heard it"""
    tvil: tuple[TvilOmBarnVist, ...] = ()
    tekster: tuple[Sealed[felles.Tekst], ...] = ()
    """What the parts above say, by index"""
    oppgaver: tuple[felles.Oppgave, ...] = ()
    deler: tuple[felles.DelStatus, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "barnet": None if self.barnet is None else ("no.bindeledd.Forseglet", wire.seal(self.barnet, "BarnesakUtsnitt.barnet")),
            "familie": [item.to_avro() for item in wire.items(self.familie, "BarnesakUtsnitt.familie")],
            "henvisninger": [item.to_avro() for item in wire.items(self.henvisninger, "BarnesakUtsnitt.henvisninger")],
            "tiltak": [item.to_avro() for item in wire.items(self.tiltak, "BarnesakUtsnitt.tiltak")],
            "vurderinger": [item.to_avro() for item in wire.items(self.vurderinger, "BarnesakUtsnitt.vurderinger")],
            "hoert": [item.to_avro() for item in wire.items(self.hoert, "BarnesakUtsnitt.hoert")],
            "skal_hoeres": wire.flag(self.skal_hoeres, "BarnesakUtsnitt.skal_hoeres"),
            "tvil": [item.to_avro() for item in wire.items(self.tvil, "BarnesakUtsnitt.tvil")],
            "tekster": [wire.seal(item, "BarnesakUtsnitt.tekster") for item in wire.items(self.tekster, "BarnesakUtsnitt.tekster")],
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "BarnesakUtsnitt.oppgaver")],
            "deler": [item.to_avro() for item in wire.items(self.deler, "BarnesakUtsnitt.deler")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            barnet=None if d["barnet"] is None else wire.sealed(d["barnet"]),
            familie=tuple(map(Barnedel.from_avro, d["familie"])),
            henvisninger=tuple(map(HenvisningVist.from_avro, d["henvisninger"])),
            tiltak=tuple(map(BarnetiltakVist.from_avro, d["tiltak"])),
            vurderinger=tuple(map(MeldepliktVist.from_avro, d["vurderinger"])),
            hoert=tuple(map(HoertVist.from_avro, d["hoert"])),
            skal_hoeres=d["skal_hoeres"],
            tvil=tuple(map(TvilOmBarnVist.from_avro, d["tvil"])),
            tekster=tuple(map(wire.sealed, d["tekster"])),
            oppgaver=tuple(map(felles.Oppgave.from_avro, d["oppgaver"])),
            deler=tuple(map(felles.DelStatus.from_avro, d["deler"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnetHoert:
    """The child has been heard."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnetHoert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    part: str
    innhold: Sealed[felles.Tekst] | None = None
    skjult_for_foreldre: bool
    """A child of 12 to 16 does not want the parents to know"""
    hoert: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "innhold": None if self.innhold is None else ("no.bindeledd.Forseglet", wire.seal(self.innhold, "BarnetHoert.innhold")),
            "skjult_for_foreldre": wire.flag(self.skjult_for_foreldre, "BarnetHoert.skjult_for_foreldre"),
            "hoert": wire.micros(self.hoert, "BarnetHoert.hoert"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            innhold=None if d["innhold"] is None else wire.sealed(d["innhold"]),
            skjult_for_foreldre=d["skjult_for_foreldre"],
            hoert=wire.instant(d["hoert"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Barnetall:
    """How many children got a case in a year."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.Barnetall"

    aar: int
    antall: int
    """0 where there are too few to say"""
    faa: bool
    """Fewer than five: how many is not said"""

    def to_avro(self) -> dict[str, object]:
        return {
            "aar": wire.int32(self.aar, "Barnetall.aar"),
            "antall": wire.int32(self.antall, "Barnetall.antall"),
            "faa": wire.flag(self.faa, "Barnetall.faa"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aar=d["aar"],
            antall=d["antall"],
            faa=d["faa"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnetallUtsnitt:
    """How many children have a case, year by year."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnetallUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    aggregat: str
    grunn: felles.Grunn
    tall: tuple[Barnetall, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "tall": [item.to_avro() for item in wire.items(self.tall, "BarnetallUtsnitt.tall")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            tall=tuple(map(Barnetall.from_avro, d["tall"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnetiltakAvsluttet:
    """A measure for the child has ended."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnetiltakAvsluttet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    tiltak_ref: str
    grunn: str
    avsluttet: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "tiltak_ref": self.tiltak_ref,
            "grunn": self.grunn,
            "avsluttet": wire.micros(self.avsluttet, "BarnetiltakAvsluttet.avsluttet"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            tiltak_ref=d["tiltak_ref"],
            grunn=d["grunn"],
            avsluttet=wire.instant(d["avsluttet"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnetiltakStartet:
    """The receiver has begun to help the child."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnetiltakStartet"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    tiltak_ref: str
    henvisning_ref: str
    part: str
    innhold: Sealed[felles.Tekst]
    startet: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "tiltak_ref": self.tiltak_ref,
            "henvisning_ref": self.henvisning_ref,
            "part": self.part,
            "innhold": wire.seal(self.innhold, "BarnetiltakStartet.innhold"),
            "startet": wire.micros(self.startet, "BarnetiltakStartet.startet"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            tiltak_ref=d["tiltak_ref"],
            henvisning_ref=d["henvisning_ref"],
            part=d["part"],
            innhold=wire.sealed(d["innhold"]),
            startet=wire.instant(d["startet"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnetiltakVist:
    """A measure for the child as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.BarnetiltakVist"

    tiltak_ref: str
    henvisning_ref: str
    part: str
    innhold: int
    """Index in `tekster`; -1: not for this party"""
    startet: datetime
    avsluttet: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "tiltak_ref": self.tiltak_ref,
            "henvisning_ref": self.henvisning_ref,
            "part": self.part,
            "innhold": wire.int32(self.innhold, "BarnetiltakVist.innhold"),
            "startet": wire.micros(self.startet, "BarnetiltakVist.startet"),
            "avsluttet": None if self.avsluttet is None else ("long", wire.micros(self.avsluttet, "BarnetiltakVist.avsluttet")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            tiltak_ref=d["tiltak_ref"],
            henvisning_ref=d["henvisning_ref"],
            part=d["part"],
            innhold=d["innhold"],
            startet=wire.instant(d["startet"]),
            avsluttet=None if d["avsluttet"] is None else wire.instant(d["avsluttet"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EtterlatteFulgtOpp:
    """A child who was left behind has been looked to (hpl §10b)."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.EtterlatteFulgtOpp"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    forelder_ref: str
    """The adult who died"""
    part: str
    av: str
    innhold: Sealed[felles.Tekst] | None = None
    fulgt_opp: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "forelder_ref": self.forelder_ref,
            "part": self.part,
            "av": self.av,
            "innhold": None if self.innhold is None else ("no.bindeledd.Forseglet", wire.seal(self.innhold, "EtterlatteFulgtOpp.innhold")),
            "fulgt_opp": wire.micros(self.fulgt_opp, "EtterlatteFulgtOpp.fulgt_opp"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            forelder_ref=d["forelder_ref"],
            part=d["part"],
            av=d["av"],
            innhold=None if d["innhold"] is None else wire.sealed(d["innhold"]),
            fulgt_opp=wire.instant(d["fulgt_opp"]),
        )


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
class HenvisningNotert:
    """A referral of one of the person's children, as the person themself may see it."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.HenvisningNotert"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    barn_ref: str
    henvisning_ref: str
    til_part: str
    grunnlag: Henvisningsgrunnlag = Henvisningsgrunnlag.UKJENT
    holdt: bool
    """Not sent: the person opposes, or has not consented"""
    notert: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "barn_ref": self.barn_ref,
            "henvisning_ref": self.henvisning_ref,
            "til_part": self.til_part,
            "grunnlag": wire.symbol(self.grunnlag, Henvisningsgrunnlag, "HenvisningNotert.grunnlag"),
            "holdt": wire.flag(self.holdt, "HenvisningNotert.holdt"),
            "notert": wire.micros(self.notert, "HenvisningNotert.notert"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            barn_ref=d["barn_ref"],
            henvisning_ref=d["henvisning_ref"],
            til_part=d["til_part"],
            grunnlag=Henvisningsgrunnlag[d["grunnlag"]],
            holdt=d["holdt"],
            notert=wire.instant(d["notert"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HenvisningNotertVist:
    """A referral, as the person may see it."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.HenvisningNotertVist"

    barn_ref: str
    til_part: str
    grunnlag: Henvisningsgrunnlag = Henvisningsgrunnlag.UKJENT
    holdt: bool
    notert: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "barn_ref": self.barn_ref,
            "til_part": self.til_part,
            "grunnlag": wire.symbol(self.grunnlag, Henvisningsgrunnlag, "HenvisningNotertVist.grunnlag"),
            "holdt": wire.flag(self.holdt, "HenvisningNotertVist.holdt"),
            "notert": wire.micros(self.notert, "HenvisningNotertVist.notert"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            barn_ref=d["barn_ref"],
            til_part=d["til_part"],
            grunnlag=Henvisningsgrunnlag[d["grunnlag"]],
            holdt=d["holdt"],
            notert=wire.instant(d["notert"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HenvisningVist:
    """A referral as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.HenvisningVist"

    henvisning_ref: str
    forelder_ref: str | None = None
    fra_part: str | None = None
    """Only for those who may know where the adult is followed up"""
    til_part: str
    grunnlag: Henvisningsgrunnlag = Henvisningsgrunnlag.UKJENT
    tilstand: Henvisningstilstand = Henvisningstilstand.UKJENT
    stafett: str
    """Who has to do the next thing: avsender, mottaker or ingen"""
    aapen: bool
    """Whether the receiver may have it now"""
    stoettebehov: int
    """Index in `tekster`"""
    kontakt: int
    utdypende: int
    svar: int
    henvist: datetime
    mottatt_tid: datetime | None = None
    besvart: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "henvisning_ref": self.henvisning_ref,
            "forelder_ref": None if self.forelder_ref is None else ("string", self.forelder_ref),
            "fra_part": None if self.fra_part is None else ("string", self.fra_part),
            "til_part": self.til_part,
            "grunnlag": wire.symbol(self.grunnlag, Henvisningsgrunnlag, "HenvisningVist.grunnlag"),
            "tilstand": wire.symbol(self.tilstand, Henvisningstilstand, "HenvisningVist.tilstand"),
            "stafett": self.stafett,
            "aapen": wire.flag(self.aapen, "HenvisningVist.aapen"),
            "stoettebehov": wire.int32(self.stoettebehov, "HenvisningVist.stoettebehov"),
            "kontakt": wire.int32(self.kontakt, "HenvisningVist.kontakt"),
            "utdypende": wire.int32(self.utdypende, "HenvisningVist.utdypende"),
            "svar": wire.int32(self.svar, "HenvisningVist.svar"),
            "henvist": wire.micros(self.henvist, "HenvisningVist.henvist"),
            "mottatt_tid": None if self.mottatt_tid is None else ("long", wire.micros(self.mottatt_tid, "HenvisningVist.mottatt_tid")),
            "besvart": None if self.besvart is None else ("long", wire.micros(self.besvart, "HenvisningVist.besvart")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            henvisning_ref=d["henvisning_ref"],
            forelder_ref=d["forelder_ref"],
            fra_part=d["fra_part"],
            til_part=d["til_part"],
            grunnlag=Henvisningsgrunnlag[d["grunnlag"]],
            tilstand=Henvisningstilstand[d["tilstand"]],
            stafett=d["stafett"],
            aapen=d["aapen"],
            stoettebehov=d["stoettebehov"],
            kontakt=d["kontakt"],
            utdypende=d["utdypende"],
            svar=d["svar"],
            henvist=wire.instant(d["henvist"]),
            mottatt_tid=None if d["mottatt_tid"] is None else wire.instant(d["mottatt_tid"]),
            besvart=None if d["besvart"] is None else wire.instant(d["besvart"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HoertVist:
    """That the child has been heard, as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.HoertVist"

    innhold: int
    skjult_for_foreldre: bool
    hoert: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "innhold": wire.int32(self.innhold, "HoertVist.innhold"),
            "skjult_for_foreldre": wire.flag(self.skjult_for_foreldre, "HoertVist.skjult_for_foreldre"),
            "hoert": wire.micros(self.hoert, "HoertVist.hoert"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            innhold=d["innhold"],
            skjult_for_foreldre=d["skjult_for_foreldre"],
            hoert=wire.instant(d["hoert"]),
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
class KartleggingUtsatt:
    """Nobody has asked the person, and why."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.KartleggingUtsatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    grunn: str
    spoer_igjen: datetime
    """When the question comes up again"""
    svart: datetime
    """When it was written down"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "grunn": self.grunn,
            "spoer_igjen": wire.micros(self.spoer_igjen, "KartleggingUtsatt.spoer_igjen"),
            "svart": wire.micros(self.svart, "KartleggingUtsatt.svart"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            grunn=d["grunn"],
            spoer_igjen=wire.instant(d["spoer_igjen"]),
            svart=wire.instant(d["svart"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KartleggingUtsnitt:
    """What a party may know of the question about children."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.KartleggingUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("barnenavn",)

    aggregat: str
    grunn: felles.Grunn
    tilstand: Kartleggingstilstand = Kartleggingstilstand.UKJENT
    antall_barn: int
    oppgaver: tuple[felles.Oppgave, ...] = ()
    deler: tuple[felles.DelStatus, ...] = ()
    barn: tuple[BarnKnyttetVist, ...] = ()
    barnenavn: tuple[Sealed[Barnet], ...] = ()
    henvisninger: tuple[HenvisningNotertVist, ...] = ()
    spoer_igjen: datetime | None = None
    """When the question comes up again"""
    besvart: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "tilstand": wire.symbol(self.tilstand, Kartleggingstilstand, "KartleggingUtsnitt.tilstand"),
            "antall_barn": wire.int32(self.antall_barn, "KartleggingUtsnitt.antall_barn"),
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "KartleggingUtsnitt.oppgaver")],
            "deler": [item.to_avro() for item in wire.items(self.deler, "KartleggingUtsnitt.deler")],
            "barn": [item.to_avro() for item in wire.items(self.barn, "KartleggingUtsnitt.barn")],
            "barnenavn": [wire.seal(item, "KartleggingUtsnitt.barnenavn") for item in wire.items(self.barnenavn, "KartleggingUtsnitt.barnenavn")],
            "henvisninger": [item.to_avro() for item in wire.items(self.henvisninger, "KartleggingUtsnitt.henvisninger")],
            "spoer_igjen": None if self.spoer_igjen is None else ("long", wire.micros(self.spoer_igjen, "KartleggingUtsnitt.spoer_igjen")),
            "besvart": None if self.besvart is None else ("long", wire.micros(self.besvart, "KartleggingUtsnitt.besvart")),
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
            barn=tuple(map(BarnKnyttetVist.from_avro, d["barn"])),
            barnenavn=tuple(map(wire.sealed, d["barnenavn"])),
            henvisninger=tuple(map(HenvisningNotertVist.from_avro, d["henvisninger"])),
            spoer_igjen=None if d["spoer_igjen"] is None else wire.instant(d["spoer_igjen"]),
            besvart=None if d["besvart"] is None else wire.instant(d["besvart"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldepliktVist:
    """An assessment of the duty to report, for its author and the leader."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.MeldepliktVist"

    vurdering_ref: str
    forfatter: str
    utfall: Meldepliktutfall = Meldepliktutfall.UKJENT
    innhold: int
    vurdert: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "vurdering_ref": self.vurdering_ref,
            "forfatter": self.forfatter,
            "utfall": wire.symbol(self.utfall, Meldepliktutfall, "MeldepliktVist.utfall"),
            "innhold": wire.int32(self.innhold, "MeldepliktVist.innhold"),
            "vurdert": wire.micros(self.vurdert, "MeldepliktVist.vurdert"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            vurdering_ref=d["vurdering_ref"],
            forfatter=d["forfatter"],
            utfall=Meldepliktutfall[d["utfall"]],
            innhold=d["innhold"],
            vurdert=wire.instant(d["vurdert"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldepliktVurdert:
    """The duty to report (hpl §33) has been assessed. Nothing is sent by it."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.MeldepliktVurdert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    vurdering_ref: str
    forelder_ref: str
    part: str
    forfatter: str
    utfall: Meldepliktutfall = Meldepliktutfall.UKJENT
    innhold: Sealed[felles.Tekst]
    vurdert: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "vurdering_ref": self.vurdering_ref,
            "forelder_ref": self.forelder_ref,
            "part": self.part,
            "forfatter": self.forfatter,
            "utfall": wire.symbol(self.utfall, Meldepliktutfall, "MeldepliktVurdert.utfall"),
            "innhold": wire.seal(self.innhold, "MeldepliktVurdert.innhold"),
            "vurdert": wire.micros(self.vurdert, "MeldepliktVurdert.vurdert"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            vurdering_ref=d["vurdering_ref"],
            forelder_ref=d["forelder_ref"],
            part=d["part"],
            forfatter=d["forfatter"],
            utfall=Meldepliktutfall[d["utfall"]],
            innhold=wire.sealed(d["innhold"]),
            vurdert=wire.instant(d["vurdert"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TvilOmBarnAvgjort:
    """A person has decided whether two cases are of one child."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.TvilOmBarnAvgjort"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    kandidat: str
    samme: bool
    barnet_ref: str
    """Whose the case is from now on"""

    def to_avro(self) -> dict[str, object]:
        return {
            "kandidat": self.kandidat,
            "samme": wire.flag(self.samme, "TvilOmBarnAvgjort.samme"),
            "barnet_ref": self.barnet_ref,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kandidat=d["kandidat"],
            samme=d["samme"],
            barnet_ref=d["barnet_ref"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TvilOmBarnMeldt:
    """This may be the case of a child that has another."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.TvilOmBarnMeldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    kandidat: str
    """The case that may be the same child's"""
    grunn: str

    def to_avro(self) -> dict[str, object]:
        return {
            "kandidat": self.kandidat,
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kandidat=d["kandidat"],
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TvilOmBarnVist:
    """That two cases may be one child's, as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.TvilOmBarnVist"

    kandidat: str
    grunn: str

    def to_avro(self) -> dict[str, object]:
        return {
            "kandidat": self.kandidat,
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kandidat=d["kandidat"],
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Barnenummer:
    """The national id of a child. It is never part of a view."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.innhold.Barnenummer"

    nummer: str
    type: str
    """FNR or DNR"""

    def to_avro(self) -> dict[str, object]:
        return {
            "nummer": self.nummer,
            "type": self.type,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            nummer=d["nummer"],
            type=d["type"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Barnet:
    """Who a child is: what a receiver needs to know whom it is about."""

    avro_name: ClassVar[str] = "no.bindeledd.barn_paaroerende.innhold.Barnet"

    fornavn: str
    etternavn: str
    foedt: date | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "fornavn": self.fornavn,
            "etternavn": self.etternavn,
            "foedt": None if self.foedt is None else ("int", wire.days(self.foedt, "Barnet.foedt")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            fornavn=d["fornavn"],
            etternavn=d["etternavn"],
            foedt=None if d["foedt"] is None else wire.day(d["foedt"]),
        )


KartleggingStroem = (
    KartleggingKrevd
    | KartleggingForfalt
    | IngenBarnBekreftet
    | KartleggingAvslaatt
    | ForeldresamtaleHoldt
    | KartleggingUtsatt
    | BarnKnyttet
    | HenvisningNotert
    | felles.FristSatt
    | felles.FristHoldt
    | felles.FristOverskredet
    | felles.FristOmgjort
    | felles.OppgaveOpprettet
    | felles.OppgaveTatt
    | felles.OppgaveLoest
    | felles.OppgaveFalt
)
BarnStroem = (
    BarnRegistrert
    | TvilOmBarnMeldt
    | TvilOmBarnAvgjort
    | BarnHenvist
    | BarnHenvisningSendt
    | BarnHenvisningMottatt
    | BarnHenvisningBesvart
    | BarnetiltakStartet
    | BarnetiltakAvsluttet
    | MeldepliktVurdert
    | EtterlatteFulgtOpp
    | BarnetHoert
    | felles.OppgaveOpprettet
    | felles.OppgaveTatt
    | felles.OppgaveLoest
    | felles.OppgaveFalt
)
TallStroem = (
    BarnTelt
)
DriftStroem = (
    felles.MeldingHoppetOver
)
Utsnitt = (
    KartleggingUtsnitt
    | BarnesakUtsnitt
    | BarnetallUtsnitt
    | felles.UtsnittAvsluttet
)
