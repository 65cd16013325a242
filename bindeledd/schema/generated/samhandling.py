"""The types of samhandling. Generated from schemas/samhandling/ by `bindeledd schemas generate`: change the schemas, not this."""
# fmt: off

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from bindeledd.core.sealed import Sealed
from bindeledd.schema import wire
from bindeledd.schema.generated import felles


class Alvorligoppfoelging(StrEnum):
    """What else the law asks for after a serious incident."""

    UKJENT = "UKJENT"
    MOETE_TILBUDT = "MOETE_TILBUDT"
    RAPPORT_SENDT = "RAPPORT_SENDT"


class Alvorligtilstand(StrEnum):
    """How far the report of a serious incident has come."""

    UKJENT = "UKJENT"
    NOTERT = "NOTERT"
    SENDES = "SENDES"
    MOTTATT = "MOTTATT"
    AVVIST = "AVVIST"


class Avviksalvor(StrEnum):
    """How serious it was, as the reporter sees it; UKJENT: not said."""

    UKJENT = "UKJENT"
    LITEN = "LITEN"
    MODERAT = "MODERAT"
    ALVORLIG = "ALVORLIG"


class Avviksinnleggslag(StrEnum):
    """What a party has said in a case of avvik."""

    UKJENT = "UKJENT"
    SVAR = "SVAR"
    UENIGHET = "UENIGHET"


class Avvikskategori(StrEnum):
    """What kind of departure from the agreement it is."""

    UKJENT = "UKJENT"
    TIDLIGMELDING = "TIDLIGMELDING"
    UTSKREVET_UTEN_PLAN = "UTSKREVET_UTEN_PLAN"
    EPIKRISE = "EPIKRISE"
    LEGEMIDDELLISTE = "LEGEMIDDELLISTE"
    FEIL_MOTTAKER = "FEIL_MOTTAKER"
    KOMMUNEN_SVARER_IKKE = "KOMMUNEN_SVARER_IKKE"
    UTSKRIVNINGSKLAR_BESTRIDT = "UTSKRIVNINGSKLAR_BESTRIDT"
    ANSVARSGRUPPE = "ANSVARSGRUPPE"
    BARN_IKKE_KARTLAGT = "BARN_IKKE_KARTLAGT"
    TRANSPORT = "TRANSPORT"
    INNLEGGELSESRAPPORT = "INNLEGGELSESRAPPORT"
    KOMMUNIKASJON = "KOMMUNIKASJON"
    ANNET = "ANNET"


class Avvikslukking(StrEnum):
    """How a case of avvik was closed."""

    UKJENT = "UKJENT"
    ENIGE = "ENIGE"
    FORUM = "FORUM"


class Avvikstilstand(StrEnum):
    """How far a case of avvik has come."""

    UKJENT = "UKJENT"
    UTKAST = "UTKAST"
    FORKASTET = "FORKASTET"
    SENDT = "SENDT"
    MOTTATT = "MOTTATT"
    SVART = "SVART"
    UENIG = "UENIG"
    LUKKET = "LUKKET"
    ESKALERT = "ESKALERT"


class BydelKilde(StrEnum):
    """Who says which bydel a person belongs to."""

    UKJENT = "UKJENT"
    REGISTER = "REGISTER"
    FORESLAATT = "FORESLAATT"
    PERSON = "PERSON"


class Forumutfall(StrEnum):
    """What a forum came to in a case."""

    UKJENT = "UKJENT"
    AVGJORT = "AVGJORT"
    SENDT_VIDERE = "SENDT_VIDERE"
    UTSATT = "UTSATT"
    TILBAKE = "TILBAKE"


class Meldingsutfall(StrEnum):
    """What became of a message."""

    UKJENT = "UKJENT"
    TATT_INN = "TATT_INN"
    AVVIST = "AVVIST"
    HOLDT = "HOLDT"
    KONFLIKT = "KONFLIKT"


class Oppholdshendelse(StrEnum):
    """One line in the story of a stay."""

    UKJENT = "UKJENT"
    INNLAGT = "INNLAGT"
    TIDLIGMELDING = "TIDLIGMELDING"
    OPPDATERT = "OPPDATERT"
    UTSKRIVNINGSKLAR = "UTSKRIVNINGSKLAR"
    AVMELDT = "AVMELDT"
    UTSKREVET = "UTSKREVET"
    DOED = "DOED"
    RAPPORT = "RAPPORT"
    KANSELLERT = "KANSELLERT"


class Oppholdsstatus(StrEnum):
    """Where a stay stands."""

    UKJENT = "UKJENT"
    INNLAGT = "INNLAGT"
    UTSKRIVNINGSKLAR = "UTSKRIVNINGSKLAR"
    AVMELDT = "AVMELDT"
    UTSKREVET = "UTSKREVET"
    DOED = "DOED"
    KANSELLERT = "KANSELLERT"


class Utfall(StrEnum):
    """How a stay ended (kodeverk 8431)."""

    UKJENT = "UKJENT"
    LEVENDE = "LEVENDE"
    DOED = "DOED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlvorligHendelseAvvist:
    """The front door has refused the report for what stood in it: it must be written again."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AlvorligHendelseAvvist"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    melding_id: str
    """Id of the report that was refused"""
    status: int
    """The HTTP status with which it was refused"""

    def to_avro(self) -> dict[str, object]:
        return {
            "melding_id": self.melding_id,
            "status": wire.int32(self.status, "AlvorligHendelseAvvist.status"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            melding_id=d["melding_id"],
            status=d["status"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlvorligHendelseFulgtOpp:
    """A leader has written down that the patient or the next of kin was offered a meeting, or that the report has gone
    to statsforvalteren.
    """

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AlvorligHendelseFulgtOpp"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    hva: Alvorligoppfoelging = Alvorligoppfoelging.UKJENT
    """What was done"""
    av: str
    """The leader who wrote it down"""
    tid: datetime
    """When it was written down"""

    def to_avro(self) -> dict[str, object]:
        return {
            "hva": wire.symbol(self.hva, Alvorligoppfoelging, "AlvorligHendelseFulgtOpp.hva"),
            "av": self.av,
            "tid": wire.micros(self.tid, "AlvorligHendelseFulgtOpp.tid"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            hva=Alvorligoppfoelging[d["hva"]],
            av=d["av"],
            tid=wire.instant(d["tid"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlvorligHendelseMottatt:
    """The front door has taken the report in."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AlvorligHendelseMottatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    melding_id: str
    """Id of the report that was taken in"""
    referanse: str
    """The front door's own reference to it"""
    mottatt: datetime
    """When it answered"""

    def to_avro(self) -> dict[str, object]:
        return {
            "melding_id": self.melding_id,
            "referanse": self.referanse,
            "mottatt": wire.micros(self.mottatt, "AlvorligHendelseMottatt.mottatt"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            melding_id=d["melding_id"],
            referanse=d["referanse"],
            mottatt=wire.instant(d["mottatt"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlvorligHendelseNotert:
    """Somebody has noted a death or very serious harm that was not to be expected: it is to be reported to the
    national front door.
    """

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AlvorligHendelseNotert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("nummer",)

    part: str
    """The unit whose leader noted it, and which reports it"""
    av: str
    """User id of who noted it"""
    hendt: datetime
    """When it happened"""
    nummer: Sealed[Identitet]
    """The person's number, which the report asks for"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "av": self.av,
            "hendt": wire.micros(self.hendt, "AlvorligHendelseNotert.hendt"),
            "nummer": wire.seal(self.nummer, "AlvorligHendelseNotert.nummer"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            av=d["av"],
            hendt=wire.instant(d["hendt"]),
            nummer=wire.sealed(d["nummer"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlvorligHendelseSendt:
    """A leader has read the report as it is sent, and has sent it. It goes out until the front door has answered."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AlvorligHendelseSendt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("skjema",)

    av: str
    """User id of who sent it"""
    melding_id: str
    """The report's own id (a UUID), the same however often it goes out"""
    sendt: datetime
    """When the leader sent it"""
    skjema: Sealed[Meldeskjema]
    """What the leader wrote"""

    def to_avro(self) -> dict[str, object]:
        return {
            "av": self.av,
            "melding_id": self.melding_id,
            "sendt": wire.micros(self.sendt, "AlvorligHendelseSendt.sendt"),
            "skjema": wire.seal(self.skjema, "AlvorligHendelseSendt.skjema"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            av=d["av"],
            melding_id=d["melding_id"],
            sendt=wire.instant(d["sendt"]),
            skjema=wire.sealed(d["skjema"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlvorligHendelseUtsnitt:
    """A serious incident as its own unit sees it."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AlvorligHendelseUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("nummer", "skjema",)

    aggregat: str
    grunn: felles.Grunn
    tilstand: Alvorligtilstand = Alvorligtilstand.UKJENT
    part: str
    """The unit that reports it"""
    hendt: datetime
    """When it happened"""
    melding_id: str
    """Id of the report that was sent last; empty: none"""
    referanse: str
    """The front door's reference; empty: it has not answered"""
    nummer: Sealed[Identitet] | None = None
    """The person's number, which the report asks for"""
    skjema: Sealed[Meldeskjema] | None = None
    """What the leader wrote"""
    moete_tilbudt: datetime | None = None
    """When it was written down that a meeting was offered"""
    rapport_sendt: datetime | None = None
    """When it was written down that the report was sent to statsforvalteren"""
    frister: tuple[FristVist, ...] = ()
    deler: tuple[felles.DelStatus, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "tilstand": wire.symbol(self.tilstand, Alvorligtilstand, "AlvorligHendelseUtsnitt.tilstand"),
            "part": self.part,
            "hendt": wire.micros(self.hendt, "AlvorligHendelseUtsnitt.hendt"),
            "melding_id": self.melding_id,
            "referanse": self.referanse,
            "nummer": None if self.nummer is None else ("no.bindeledd.Forseglet", wire.seal(self.nummer, "AlvorligHendelseUtsnitt.nummer")),
            "skjema": None if self.skjema is None else ("no.bindeledd.Forseglet", wire.seal(self.skjema, "AlvorligHendelseUtsnitt.skjema")),
            "moete_tilbudt": None if self.moete_tilbudt is None else ("long", wire.micros(self.moete_tilbudt, "AlvorligHendelseUtsnitt.moete_tilbudt")),
            "rapport_sendt": None if self.rapport_sendt is None else ("long", wire.micros(self.rapport_sendt, "AlvorligHendelseUtsnitt.rapport_sendt")),
            "frister": [item.to_avro() for item in wire.items(self.frister, "AlvorligHendelseUtsnitt.frister")],
            "deler": [item.to_avro() for item in wire.items(self.deler, "AlvorligHendelseUtsnitt.deler")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            tilstand=Alvorligtilstand[d["tilstand"]],
            part=d["part"],
            hendt=wire.instant(d["hendt"]),
            melding_id=d["melding_id"],
            referanse=d["referanse"],
            nummer=None if d["nummer"] is None else wire.sealed(d["nummer"]),
            skjema=None if d["skjema"] is None else wire.sealed(d["skjema"]),
            moete_tilbudt=None if d["moete_tilbudt"] is None else wire.instant(d["moete_tilbudt"]),
            rapport_sendt=None if d["rapport_sendt"] is None else wire.instant(d["rapport_sendt"]),
            frister=tuple(map(FristVist.from_avro, d["frister"])),
            deler=tuple(map(felles.DelStatus.from_avro, d["deler"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikBesvart:
    """A party has answered in the case."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikBesvart"
    sealed_fields: ClassVar[tuple[str, ...]] = ("svar", "tiltak", "laering",)

    part: str
    av: str
    besvart: datetime
    svar: Sealed[felles.Tekst]
    tiltak: Sealed[felles.Tekst] | None = None
    """What is done so that it does not happen again"""
    laering: Sealed[felles.Tekst] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "av": self.av,
            "besvart": wire.micros(self.besvart, "AvvikBesvart.besvart"),
            "svar": wire.seal(self.svar, "AvvikBesvart.svar"),
            "tiltak": None if self.tiltak is None else ("no.bindeledd.Forseglet", wire.seal(self.tiltak, "AvvikBesvart.tiltak")),
            "laering": None if self.laering is None else ("no.bindeledd.Forseglet", wire.seal(self.laering, "AvvikBesvart.laering")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            av=d["av"],
            besvart=wire.instant(d["besvart"]),
            svar=wire.sealed(d["svar"]),
            tiltak=None if d["tiltak"] is None else wire.sealed(d["tiltak"]),
            laering=None if d["laering"] is None else wire.sealed(d["laering"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikEnighetMeldt:
    """A party agrees that the case is closed as it stands. When both do, it is."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikEnighetMeldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    av: str
    tid: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "av": self.av,
            "tid": wire.micros(self.tid, "AvvikEnighetMeldt.tid"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            av=d["av"],
            tid=wire.instant(d["tid"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikEskalert:
    """A party has put the case up for a forum."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikEskalert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("spoersmaal",)

    part: str
    av: str
    tid: datetime
    forum: str
    """Id of the forum that takes it up"""
    moete: date
    """The day of the meeting"""
    dps: str | None = None
    """Party id of the DPS whose area it is of; null: of none"""
    rus: bool
    """It is about substance use"""
    spoersmaal: Sealed[felles.Tekst]
    """What the forum is asked, in words that name nobody"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "av": self.av,
            "tid": wire.micros(self.tid, "AvvikEskalert.tid"),
            "forum": self.forum,
            "moete": wire.days(self.moete, "AvvikEskalert.moete"),
            "dps": None if self.dps is None else ("string", self.dps),
            "rus": wire.flag(self.rus, "AvvikEskalert.rus"),
            "spoersmaal": wire.seal(self.spoersmaal, "AvvikEskalert.spoersmaal"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            av=d["av"],
            tid=wire.instant(d["tid"]),
            forum=d["forum"],
            moete=wire.day(d["moete"]),
            dps=d["dps"],
            rus=d["rus"],
            spoersmaal=wire.sealed(d["spoersmaal"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikForumBehandlet:
    """A forum has taken the case up. When it was settled there, AvvikLukket follows."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikForumBehandlet"
    sealed_fields: ClassVar[tuple[str, ...]] = ("beslutning",)

    forum: str
    """Id of the forum that took it up, as it is called by then"""
    moete: date
    """The day of the meeting"""
    av: str
    tid: datetime
    utfall: Forumutfall = Forumutfall.UKJENT
    til_forum: str | None = None
    """Id of the forum that takes it up next; null: none does"""
    neste_moete: date | None = None
    """The day of that forum's meeting; null: none"""
    beslutning: Sealed[felles.Tekst]
    """What was said, in words that name nobody"""

    def to_avro(self) -> dict[str, object]:
        return {
            "forum": self.forum,
            "moete": wire.days(self.moete, "AvvikForumBehandlet.moete"),
            "av": self.av,
            "tid": wire.micros(self.tid, "AvvikForumBehandlet.tid"),
            "utfall": wire.symbol(self.utfall, Forumutfall, "AvvikForumBehandlet.utfall"),
            "til_forum": None if self.til_forum is None else ("string", self.til_forum),
            "neste_moete": None if self.neste_moete is None else ("int", wire.days(self.neste_moete, "AvvikForumBehandlet.neste_moete")),
            "beslutning": wire.seal(self.beslutning, "AvvikForumBehandlet.beslutning"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            forum=d["forum"],
            moete=wire.day(d["moete"]),
            av=d["av"],
            tid=wire.instant(d["tid"]),
            utfall=Forumutfall[d["utfall"]],
            til_forum=d["til_forum"],
            neste_moete=None if d["neste_moete"] is None else wire.day(d["neste_moete"]),
            beslutning=wire.sealed(d["beslutning"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikIdentitetAapnet:
    """Somebody who reads cases without names has opened whom one is about, and has said why."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikIdentitetAapnet"
    sealed_fields: ClassVar[tuple[str, ...]] = ("begrunnelse",)

    part: str
    av: str
    tid: datetime
    begrunnelse: Sealed[felles.Tekst]

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "av": self.av,
            "tid": wire.micros(self.tid, "AvvikIdentitetAapnet.tid"),
            "begrunnelse": wire.seal(self.begrunnelse, "AvvikIdentitetAapnet.begrunnelse"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            av=d["av"],
            tid=wire.instant(d["tid"]),
            begrunnelse=wire.sealed(d["begrunnelse"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikIdentitetNektet:
    """Somebody who reads cases without names wanted to open whom one is about, and did not say why: nothing was told."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikIdentitetNektet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    av: str
    tid: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "av": self.av,
            "tid": wire.micros(self.tid, "AvvikIdentitetNektet.tid"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            av=d["av"],
            tid=wire.instant(d["tid"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikLukket:
    """The case is closed."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikLukket"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    lukket: datetime
    ved: Avvikslukking = Avvikslukking.UKJENT

    def to_avro(self) -> dict[str, object]:
        return {
            "lukket": wire.micros(self.lukket, "AvvikLukket.lukket"),
            "ved": wire.symbol(self.ved, Avvikslukking, "AvvikLukket.ved"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            lukket=wire.instant(d["lukket"]),
            ved=Avvikslukking[d["ved"]],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikMeldt:
    """A person has reported an avvik to the other unit."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikMeldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("hendelse", "strakstiltak",)

    av_part: str
    mot_part: str
    meldt: datetime
    melder: str
    anonym: bool
    fakta: Avviksfakta
    hendelse: Sealed[felles.Tekst]
    strakstiltak: Sealed[felles.Tekst] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "av_part": self.av_part,
            "mot_part": self.mot_part,
            "meldt": wire.micros(self.meldt, "AvvikMeldt.meldt"),
            "melder": self.melder,
            "anonym": wire.flag(self.anonym, "AvvikMeldt.anonym"),
            "fakta": self.fakta.to_avro(),
            "hendelse": wire.seal(self.hendelse, "AvvikMeldt.hendelse"),
            "strakstiltak": None if self.strakstiltak is None else ("no.bindeledd.Forseglet", wire.seal(self.strakstiltak, "AvvikMeldt.strakstiltak")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            av_part=d["av_part"],
            mot_part=d["mot_part"],
            meldt=wire.instant(d["meldt"]),
            melder=d["melder"],
            anonym=d["anonym"],
            fakta=Avviksfakta.from_avro(d["fakta"]),
            hendelse=wire.sealed(d["hendelse"]),
            strakstiltak=None if d["strakstiltak"] is None else wire.sealed(d["strakstiltak"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikMottatt:
    """Somebody of the other unit has opened the avvik. It is not an answer."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikMottatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    mottatt: datetime
    """When it was opened"""
    av: str

    def to_avro(self) -> dict[str, object]:
        return {
            "mottatt": wire.micros(self.mottatt, "AvvikMottatt.mottatt"),
            "av": self.av,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            mottatt=wire.instant(d["mottatt"]),
            av=d["av"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikTalt:
    """One more avvik of a kind has been reported between two units."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikTalt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    kategori: Avvikskategori = Avvikskategori.UKJENT
    enheter: tuple[str, ...] = ()
    """Party ids of the two units, in alphabetical order"""
    dps: str | None = None
    """Party id of the DPS whose area it is of; null: of none"""
    meldt: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "kategori": wire.symbol(self.kategori, Avvikskategori, "AvvikTalt.kategori"),
            "enheter": list(wire.items(self.enheter, "AvvikTalt.enheter")),
            "dps": None if self.dps is None else ("string", self.dps),
            "meldt": wire.micros(self.meldt, "AvvikTalt.meldt"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kategori=Avvikskategori[d["kategori"]],
            enheter=tuple(d["enheter"]),
            dps=d["dps"],
            meldt=wire.instant(d["meldt"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikTilbakemeldingGitt:
    """Whoever reported it has been told by their own unit what came of it."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikTilbakemeldingGitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("tilbakemelding",)

    av: str
    tid: datetime
    tilbakemelding: Sealed[felles.Tekst]

    def to_avro(self) -> dict[str, object]:
        return {
            "av": self.av,
            "tid": wire.micros(self.tid, "AvvikTilbakemeldingGitt.tid"),
            "tilbakemelding": wire.seal(self.tilbakemelding, "AvvikTilbakemeldingGitt.tilbakemelding"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            av=d["av"],
            tid=wire.instant(d["tid"]),
            tilbakemelding=wire.sealed(d["tilbakemelding"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikUenighetMeldt:
    """A party disagrees."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikUenighetMeldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("begrunnelse",)

    part: str
    av: str
    tid: datetime
    begrunnelse: Sealed[felles.Tekst]

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "av": self.av,
            "tid": wire.micros(self.tid, "AvvikUenighetMeldt.tid"),
            "begrunnelse": wire.seal(self.begrunnelse, "AvvikUenighetMeldt.begrunnelse"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            av=d["av"],
            tid=wire.instant(d["tid"]),
            begrunnelse=wire.sealed(d["begrunnelse"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikUtkastForkastet:
    """The draft is no avvik: what it was made from is otherwise, or a person has said so."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikUtkastForkastet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    av: str | None = None
    """User id of who said so; null: it followed from what happened"""
    grunn: str
    part: str | None = None
    """The unit that puts it away for itself alone, while others still have it; null: nobody has it any more"""

    def to_avro(self) -> dict[str, object]:
        return {
            "av": None if self.av is None else ("string", self.av),
            "grunn": self.grunn,
            "part": None if self.part is None else ("string", self.part),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            av=d["av"],
            grunn=d["grunn"],
            part=d["part"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikUtkastLaget:
    """Something that happened looks like an avvik. It is sent to nobody until a person reports it."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikUtkastLaget"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    mot_part: str | None = None
    """The unit that it would be reported to; null: not known"""
    fakta: Avviksfakta
    for_parter: tuple[str, ...] = ()
    """Parties that see the consequence, where that does not follow from a stay"""

    def to_avro(self) -> dict[str, object]:
        return {
            "mot_part": None if self.mot_part is None else ("string", self.mot_part),
            "fakta": self.fakta.to_avro(),
            "for_parter": list(wire.items(self.for_parter, "AvvikUtkastLaget.for_parter")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            mot_part=d["mot_part"],
            fakta=Avviksfakta.from_avro(d["fakta"]),
            for_parter=tuple(d["for_parter"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvvikUtsnitt:
    """One party's side of a case of avvik, and what the other party has sent."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.AvvikUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("hendelse", "strakstiltak", "tekster", "tilbakemelding", "spoersmaal", "forumtekster",)

    aggregat: str
    grunn: felles.Grunn
    tilstand: Avvikstilstand = Avvikstilstand.UKJENT
    av_part: str | None = None
    """The unit that reported it; null: a draft"""
    mot_part: str | None = None
    meldt: datetime | None = None
    melder: str
    """User id of who reported it; empty: nobody yet, or not told"""
    anonym: bool
    fakta: Avviksfakta
    hendelse: Sealed[felles.Tekst] | None = None
    strakstiltak: Sealed[felles.Tekst] | None = None
    mottatt: datetime | None = None
    """When the other unit opened it"""
    innlegg: tuple[Avviksinnlegg, ...] = ()
    """What the parties have said, the latest"""
    innlegg_eldre: int
    """How many there are before those"""
    tekster: tuple[Sealed[felles.Tekst], ...] = ()
    """What the parts above say, by index"""
    enige: tuple[str, ...] = ()
    lukket: datetime | None = None
    ved: Avvikslukking = Avvikslukking.UKJENT
    tilbakemelding: Sealed[felles.Tekst] | None = None
    forum: str | None = None
    """Id of the forum that it was put up for last; null: none"""
    moete: date | None = None
    """The day of that forum's meeting; null: it waits for none"""
    spoersmaal: Sealed[felles.Tekst] | None = None
    """What the forum is asked"""
    behandlinger: tuple[Forumbehandling, ...] = ()
    """What forums have come to"""
    forumtekster: tuple[Sealed[felles.Tekst], ...] = ()
    """What those say, by index"""
    frister: tuple[FristVist, ...] = ()
    oppgaver: tuple[felles.Oppgave, ...] = ()
    deler: tuple[felles.DelStatus, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "tilstand": wire.symbol(self.tilstand, Avvikstilstand, "AvvikUtsnitt.tilstand"),
            "av_part": None if self.av_part is None else ("string", self.av_part),
            "mot_part": None if self.mot_part is None else ("string", self.mot_part),
            "meldt": None if self.meldt is None else ("long", wire.micros(self.meldt, "AvvikUtsnitt.meldt")),
            "melder": self.melder,
            "anonym": wire.flag(self.anonym, "AvvikUtsnitt.anonym"),
            "fakta": self.fakta.to_avro(),
            "hendelse": None if self.hendelse is None else ("no.bindeledd.Forseglet", wire.seal(self.hendelse, "AvvikUtsnitt.hendelse")),
            "strakstiltak": None if self.strakstiltak is None else ("no.bindeledd.Forseglet", wire.seal(self.strakstiltak, "AvvikUtsnitt.strakstiltak")),
            "mottatt": None if self.mottatt is None else ("long", wire.micros(self.mottatt, "AvvikUtsnitt.mottatt")),
            "innlegg": [item.to_avro() for item in wire.items(self.innlegg, "AvvikUtsnitt.innlegg")],
            "innlegg_eldre": wire.int32(self.innlegg_eldre, "AvvikUtsnitt.innlegg_eldre"),
            "tekster": [wire.seal(item, "AvvikUtsnitt.tekster") for item in wire.items(self.tekster, "AvvikUtsnitt.tekster")],
            "enige": list(wire.items(self.enige, "AvvikUtsnitt.enige")),
            "lukket": None if self.lukket is None else ("long", wire.micros(self.lukket, "AvvikUtsnitt.lukket")),
            "ved": wire.symbol(self.ved, Avvikslukking, "AvvikUtsnitt.ved"),
            "tilbakemelding": None if self.tilbakemelding is None else ("no.bindeledd.Forseglet", wire.seal(self.tilbakemelding, "AvvikUtsnitt.tilbakemelding")),
            "forum": None if self.forum is None else ("string", self.forum),
            "moete": None if self.moete is None else ("int", wire.days(self.moete, "AvvikUtsnitt.moete")),
            "spoersmaal": None if self.spoersmaal is None else ("no.bindeledd.Forseglet", wire.seal(self.spoersmaal, "AvvikUtsnitt.spoersmaal")),
            "behandlinger": [item.to_avro() for item in wire.items(self.behandlinger, "AvvikUtsnitt.behandlinger")],
            "forumtekster": [wire.seal(item, "AvvikUtsnitt.forumtekster") for item in wire.items(self.forumtekster, "AvvikUtsnitt.forumtekster")],
            "frister": [item.to_avro() for item in wire.items(self.frister, "AvvikUtsnitt.frister")],
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "AvvikUtsnitt.oppgaver")],
            "deler": [item.to_avro() for item in wire.items(self.deler, "AvvikUtsnitt.deler")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            tilstand=Avvikstilstand[d["tilstand"]],
            av_part=d["av_part"],
            mot_part=d["mot_part"],
            meldt=None if d["meldt"] is None else wire.instant(d["meldt"]),
            melder=d["melder"],
            anonym=d["anonym"],
            fakta=Avviksfakta.from_avro(d["fakta"]),
            hendelse=None if d["hendelse"] is None else wire.sealed(d["hendelse"]),
            strakstiltak=None if d["strakstiltak"] is None else wire.sealed(d["strakstiltak"]),
            mottatt=None if d["mottatt"] is None else wire.instant(d["mottatt"]),
            innlegg=tuple(map(Avviksinnlegg.from_avro, d["innlegg"])),
            innlegg_eldre=d["innlegg_eldre"],
            tekster=tuple(map(wire.sealed, d["tekster"])),
            enige=tuple(d["enige"]),
            lukket=None if d["lukket"] is None else wire.instant(d["lukket"]),
            ved=Avvikslukking[d["ved"]],
            tilbakemelding=None if d["tilbakemelding"] is None else wire.sealed(d["tilbakemelding"]),
            forum=d["forum"],
            moete=None if d["moete"] is None else wire.day(d["moete"]),
            spoersmaal=None if d["spoersmaal"] is None else wire.sealed(d["spoersmaal"]),
            behandlinger=tuple(map(Forumbehandling.from_avro, d["behandlinger"])),
            forumtekster=tuple(map(wire.sealed, d["forumtekster"])),
            frister=tuple(map(FristVist.from_avro, d["frister"])),
            oppgaver=tuple(map(felles.Oppgave.from_avro, d["oppgaver"])),
            deler=tuple(map(felles.DelStatus.from_avro, d["deler"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Avviksfakta:
    """What an avvik is about, as codes, moments and refs: nothing in words, and no name."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.Avviksfakta"

    kategori: Avvikskategori = Avvikskategori.UKJENT
    alvor: Avviksalvor = Avviksalvor.UKJENT
    hendt: datetime
    oppdaget: datetime
    avtale: str
    avtale_versjon: str
    punkt: str
    opphold_ref: str | None = None
    """The stay that it was in; null: none, or not told"""
    bevis: tuple[Loggreferanse, ...] = ()
    """What shows it; a view holds them only for who may know of the stay"""

    def to_avro(self) -> dict[str, object]:
        return {
            "kategori": wire.symbol(self.kategori, Avvikskategori, "Avviksfakta.kategori"),
            "alvor": wire.symbol(self.alvor, Avviksalvor, "Avviksfakta.alvor"),
            "hendt": wire.micros(self.hendt, "Avviksfakta.hendt"),
            "oppdaget": wire.micros(self.oppdaget, "Avviksfakta.oppdaget"),
            "avtale": self.avtale,
            "avtale_versjon": self.avtale_versjon,
            "punkt": self.punkt,
            "opphold_ref": None if self.opphold_ref is None else ("string", self.opphold_ref),
            "bevis": [item.to_avro() for item in wire.items(self.bevis, "Avviksfakta.bevis")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kategori=Avvikskategori[d["kategori"]],
            alvor=Avviksalvor[d["alvor"]],
            hendt=wire.instant(d["hendt"]),
            oppdaget=wire.instant(d["oppdaget"]),
            avtale=d["avtale"],
            avtale_versjon=d["avtale_versjon"],
            punkt=d["punkt"],
            opphold_ref=d["opphold_ref"],
            bevis=tuple(map(Loggreferanse.from_avro, d["bevis"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Avviksinnlegg:
    """What a party has said in a case of avvik, as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.Avviksinnlegg"

    part: str
    slag: Avviksinnleggslag = Avviksinnleggslag.UKJENT
    tid: datetime
    av: str
    """User id of who said it; empty: of the other party, and not told"""
    svar: int
    """Index in `tekster`"""
    tiltak: int
    """Index in `tekster`; -1: none"""
    laering: int
    """Index in `tekster`; -1: none"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "slag": wire.symbol(self.slag, Avviksinnleggslag, "Avviksinnlegg.slag"),
            "tid": wire.micros(self.tid, "Avviksinnlegg.tid"),
            "av": self.av,
            "svar": wire.int32(self.svar, "Avviksinnlegg.svar"),
            "tiltak": wire.int32(self.tiltak, "Avviksinnlegg.tiltak"),
            "laering": wire.int32(self.laering, "Avviksinnlegg.laering"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            slag=Avviksinnleggslag[d["slag"]],
            tid=wire.instant(d["tid"]),
            av=d["av"],
            svar=d["svar"],
            tiltak=d["tiltak"],
            laering=d["laering"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BydelSatt:
    """The person's bydel has been set."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.BydelSatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    bydel: str | None = None
    kommune: str | None = None
    kilde: BydelKilde = BydelKilde.UKJENT

    def to_avro(self) -> dict[str, object]:
        return {
            "bydel": None if self.bydel is None else ("string", self.bydel),
            "kommune": None if self.kommune is None else ("string", self.kommune),
            "kilde": wire.symbol(self.kilde, BydelKilde, "BydelSatt.kilde"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            bydel=d["bydel"],
            kommune=d["kommune"],
            kilde=BydelKilde[d["kilde"]],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delavtrykk:
    """HMAC of one part of the content, so that what changed can be shown without opening it."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.Delavtrykk"

    del_: str
    avtrykk: bytes

    def to_avro(self) -> dict[str, object]:
        return {
            "del": self.del_,
            "avtrykk": self.avtrykk,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            del_=d["del"],
            avtrykk=d["avtrykk"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DoedsfallKjent:
    """The patient's death was told of another stay, and this one, which was open, is over with it."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.DoedsfallKjent"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    doed: datetime | None = None
    """null: not any more, for it was withdrawn or this stay has an end of its own"""

    def to_avro(self) -> dict[str, object]:
        return {
            "doed": None if self.doed is None else ("long", wire.micros(self.doed, "DoedsfallKjent.doed")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            doed=None if d["doed"] is None else wire.instant(d["doed"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DoedsfallMeldt:
    """The patient is dead."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.DoedsfallMeldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    kilde: Meldingskilde
    doed: datetime
    bare_dato: bool
    livskrise: bool

    def to_avro(self) -> dict[str, object]:
        return {
            "kilde": self.kilde.to_avro(),
            "doed": wire.micros(self.doed, "DoedsfallMeldt.doed"),
            "bare_dato": wire.flag(self.bare_dato, "DoedsfallMeldt.bare_dato"),
            "livskrise": wire.flag(self.livskrise, "DoedsfallMeldt.livskrise"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kilde=Meldingskilde.from_avro(d["kilde"]),
            doed=wire.instant(d["doed"]),
            bare_dato=d["bare_dato"],
            livskrise=d["livskrise"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Forumbehandling:
    """What a forum came to, as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.Forumbehandling"

    forum: str
    """Id of the forum that took it up, as it was called then"""
    moete: date
    """The day of the meeting"""
    tid: datetime
    """When it was written down"""
    utfall: Forumutfall = Forumutfall.UKJENT
    til_forum: str | None = None
    """Id of the forum that it went on to; null: none"""
    beslutning: int
    """Index in the view's texts; -1: an earlier one, whose words are not shown"""

    def to_avro(self) -> dict[str, object]:
        return {
            "forum": self.forum,
            "moete": wire.days(self.moete, "Forumbehandling.moete"),
            "tid": wire.micros(self.tid, "Forumbehandling.tid"),
            "utfall": wire.symbol(self.utfall, Forumutfall, "Forumbehandling.utfall"),
            "til_forum": None if self.til_forum is None else ("string", self.til_forum),
            "beslutning": wire.int32(self.beslutning, "Forumbehandling.beslutning"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            forum=d["forum"],
            moete=wire.day(d["moete"]),
            tid=wire.instant(d["tid"]),
            utfall=Forumutfall[d["utfall"]],
            til_forum=d["til_forum"],
            beslutning=d["beslutning"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumsakUtsnitt:
    """A case of avvik as a forum sees it: no person, no stay, no ward, and nobody who works anywhere."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.ForumsakUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("spoersmaal", "tekster",)

    aggregat: str
    grunn: felles.Grunn
    tilstand: Avvikstilstand = Avvikstilstand.UKJENT
    forum: str
    """Id of the forum that it was put up for last"""
    moete: date | None = None
    """The day of that forum's meeting; null: it waits for none"""
    dps: str | None = None
    """Party id of the DPS whose area it is of; null: of none"""
    rus: bool
    """It is about substance use"""
    kategori: Avvikskategori = Avvikskategori.UKJENT
    alvor: Avviksalvor = Avviksalvor.UKJENT
    avtale: str
    avtale_versjon: str
    punkt: str
    av_slag: str
    """What kind of unit reported it"""
    mot_slag: str
    """What kind of unit it was reported to"""
    eskalert_av_slag: str
    """What kind of unit put it up for the forum"""
    meldt: datetime
    besvart: datetime | None = None
    """When the other unit first answered; null: it has not"""
    eskalert: datetime
    """When it was put up for a forum"""
    spoersmaal: Sealed[felles.Tekst]
    """What the forum is asked"""
    behandlinger: tuple[Forumbehandling, ...] = ()
    """What forums have come to"""
    tekster: tuple[Sealed[felles.Tekst], ...] = ()
    """What those say, by index"""
    lukket: datetime | None = None
    ved: Avvikslukking = Avvikslukking.UKJENT

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "tilstand": wire.symbol(self.tilstand, Avvikstilstand, "ForumsakUtsnitt.tilstand"),
            "forum": self.forum,
            "moete": None if self.moete is None else ("int", wire.days(self.moete, "ForumsakUtsnitt.moete")),
            "dps": None if self.dps is None else ("string", self.dps),
            "rus": wire.flag(self.rus, "ForumsakUtsnitt.rus"),
            "kategori": wire.symbol(self.kategori, Avvikskategori, "ForumsakUtsnitt.kategori"),
            "alvor": wire.symbol(self.alvor, Avviksalvor, "ForumsakUtsnitt.alvor"),
            "avtale": self.avtale,
            "avtale_versjon": self.avtale_versjon,
            "punkt": self.punkt,
            "av_slag": self.av_slag,
            "mot_slag": self.mot_slag,
            "eskalert_av_slag": self.eskalert_av_slag,
            "meldt": wire.micros(self.meldt, "ForumsakUtsnitt.meldt"),
            "besvart": None if self.besvart is None else ("long", wire.micros(self.besvart, "ForumsakUtsnitt.besvart")),
            "eskalert": wire.micros(self.eskalert, "ForumsakUtsnitt.eskalert"),
            "spoersmaal": wire.seal(self.spoersmaal, "ForumsakUtsnitt.spoersmaal"),
            "behandlinger": [item.to_avro() for item in wire.items(self.behandlinger, "ForumsakUtsnitt.behandlinger")],
            "tekster": [wire.seal(item, "ForumsakUtsnitt.tekster") for item in wire.items(self.tekster, "ForumsakUtsnitt.tekster")],
            "lukket": None if self.lukket is None else ("long", wire.micros(self.lukket, "ForumsakUtsnitt.lukket")),
            "ved": wire.symbol(self.ved, Avvikslukking, "ForumsakUtsnitt.ved"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            tilstand=Avvikstilstand[d["tilstand"]],
            forum=d["forum"],
            moete=None if d["moete"] is None else wire.day(d["moete"]),
            dps=d["dps"],
            rus=d["rus"],
            kategori=Avvikskategori[d["kategori"]],
            alvor=Avviksalvor[d["alvor"]],
            avtale=d["avtale"],
            avtale_versjon=d["avtale_versjon"],
            punkt=d["punkt"],
            av_slag=d["av_slag"],
            mot_slag=d["mot_slag"],
            eskalert_av_slag=d["eskalert_av_slag"],
            meldt=wire.instant(d["meldt"]),
            besvart=None if d["besvart"] is None else wire.instant(d["besvart"]),
            eskalert=wire.instant(d["eskalert"]),
            spoersmaal=wire.sealed(d["spoersmaal"]),
            behandlinger=tuple(map(Forumbehandling.from_avro, d["behandlinger"])),
            tekster=tuple(map(wire.sealed, d["tekster"])),
            lukket=None if d["lukket"] is None else wire.instant(d["lukket"]),
            ved=Avvikslukking[d["ved"]],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FristVist:
    """A deadline as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.FristVist"

    navn: str
    forfall: datetime
    tilstand: felles.FristTilstand = felles.FristTilstand.UKJENT
    paragraf: str

    def to_avro(self) -> dict[str, object]:
        return {
            "navn": self.navn,
            "forfall": wire.micros(self.forfall, "FristVist.forfall"),
            "tilstand": wire.symbol(self.tilstand, felles.FristTilstand, "FristVist.tilstand"),
            "paragraf": self.paragraf,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            navn=d["navn"],
            forfall=wire.instant(d["forfall"]),
            tilstand=felles.FristTilstand[d["tilstand"]],
            paragraf=d["paragraf"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grunnkode:
    """A reason: code, and a text that a person understands."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.Grunnkode"

    kode: str
    tekst: str

    def to_avro(self) -> dict[str, object]:
        return {
            "kode": self.kode,
            "tekst": self.tekst,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kode=d["kode"],
            tekst=d["tekst"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Historielinje:
    """One line in the story of a stay: what, when it happened, when we were told."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.Historielinje"

    slag: Oppholdshendelse = Oppholdshendelse.UKJENT
    hendt: datetime
    bare_dato: bool
    mottatt: datetime
    melding_ref: str
    type: str
    trukket: bool
    endret: tuple[str, ...] = ()
    """Which parts changed since the message before"""

    def to_avro(self) -> dict[str, object]:
        return {
            "slag": wire.symbol(self.slag, Oppholdshendelse, "Historielinje.slag"),
            "hendt": wire.micros(self.hendt, "Historielinje.hendt"),
            "bare_dato": wire.flag(self.bare_dato, "Historielinje.bare_dato"),
            "mottatt": wire.micros(self.mottatt, "Historielinje.mottatt"),
            "melding_ref": self.melding_ref,
            "type": self.type,
            "trukket": wire.flag(self.trukket, "Historielinje.trukket"),
            "endret": list(wire.items(self.endret, "Historielinje.endret")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            slag=Oppholdshendelse[d["slag"]],
            hendt=wire.instant(d["hendt"]),
            bare_dato=d["bare_dato"],
            mottatt=wire.instant(d["mottatt"]),
            melding_ref=d["melding_ref"],
            type=d["type"],
            trukket=d["trukket"],
            endret=tuple(d["endret"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitetKnyttet:
    """A national id belongs to this person."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.IdentitetKnyttet"
    sealed_fields: ClassVar[tuple[str, ...]] = ("identitet",)

    identitet: Sealed[Identitet]
    type: str
    kilde: str
    """melding_ref, or the ref of the command"""

    def to_avro(self) -> dict[str, object]:
        return {
            "identitet": wire.seal(self.identitet, "IdentitetKnyttet.identitet"),
            "type": self.type,
            "kilde": self.kilde,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            identitet=wire.sealed(d["identitet"]),
            type=d["type"],
            kilde=d["kilde"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KvitteringSatt:
    """The receipt (AppRec): in the clear, no patient data, a fixed id."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.KvitteringSatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    apprec_id: str
    standard: str
    status: str
    """Kodeverk 8258"""
    feil: tuple[Grunnkode, ...] = ()
    xml: bytes

    def to_avro(self) -> dict[str, object]:
        return {
            "apprec_id": self.apprec_id,
            "standard": self.standard,
            "status": self.status,
            "feil": [item.to_avro() for item in wire.items(self.feil, "KvitteringSatt.feil")],
            "xml": self.xml,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            apprec_id=d["apprec_id"],
            standard=d["standard"],
            status=d["status"],
            feil=tuple(map(Grunnkode.from_avro, d["feil"])),
            xml=d["xml"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Loggreferanse:
    """One record of the log, as evidence: its chain proves what it was."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.Loggreferanse"

    tema: str
    stroem: str
    versjon: int
    """The record's number in its stream"""

    def to_avro(self) -> dict[str, object]:
        return {
            "tema": self.tema,
            "stroem": self.stroem,
            "versjon": wire.int64(self.versjon, "Loggreferanse.versjon"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            tema=d["tema"],
            stroem=d["stroem"],
            versjon=d["versjon"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldingAapnet:
    """Somebody of the receiving unit has opened it. A receipt is not a read."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MeldingAapnet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    av: str
    tid: datetime | None = None
    """When; null in those written before this was said"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "av": self.av,
            "tid": None if self.tid is None else ("long", wire.micros(self.tid, "MeldingAapnet.tid")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            av=d["av"],
            tid=None if d["tid"] is None else wire.instant(d["tid"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldingBesvart:
    """Somebody of the receiving unit says that the sender has been answered."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MeldingBesvart"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    av: str
    tid: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "av": self.av,
            "tid": wire.micros(self.tid, "MeldingBesvart.tid"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            av=d["av"],
            tid=wire.instant(d["tid"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldingFordelt:
    """A message to a service that gets none here has been given to the unit that shall have it."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MeldingFordelt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    """The unit that shall have it"""
    av: str
    """The user of the koordinerende enhet who said so"""
    tid: datetime
    aapnes_innen: datetime
    """When somebody of that unit must have opened it"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "av": self.av,
            "tid": wire.micros(self.tid, "MeldingFordelt.tid"),
            "aapnes_innen": wire.micros(self.aapnes_innen, "MeldingFordelt.aapnes_innen"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            av=d["av"],
            tid=wire.instant(d["tid"]),
            aapnes_innen=wire.instant(d["aapnes_innen"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldingForsinket:
    """Nobody has opened it within the configured time."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MeldingForsinket"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    forfall: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "forfall": wire.micros(self.forfall, "MeldingForsinket.forfall"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            forfall=wire.instant(d["forfall"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldingKnyttet:
    """A report or dialogue message belongs to this stay."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MeldingKnyttet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    kilde: Meldingskilde
    status: str
    samme_som: str | None = None
    """melding_ref of the fact that this message repeats"""

    def to_avro(self) -> dict[str, object]:
        return {
            "kilde": self.kilde.to_avro(),
            "status": self.status,
            "samme_som": None if self.samme_som is None else ("string", self.samme_som),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kilde=Meldingskilde.from_avro(d["kilde"]),
            status=d["status"],
            samme_som=d["samme_som"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldingMakulert:
    """The key to the bytes of a message about nobody known here has been destroyed. The receipt remains."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MeldingMakulert"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    def to_avro(self) -> dict[str, object]:
        return {}

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldingMottatt:
    """A message has come in. Its bytes lie sealed beside the log."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MeldingMottatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    msg_id: str
    type: str
    standard: str
    forsendelse: str
    """N, M or C"""
    gen_dato: datetime | None = None
    avsender: str
    avsender_navn: str
    samtale: str
    forrige: str | None = None
    adressert: tuple[str, ...] = ()
    kopi: tuple[str, ...] = ()
    utfall: Meldingsutfall = Meldingsutfall.UKJENT
    grunner: tuple[Grunnkode, ...] = ()
    opphold_ref: str | None = None
    fingeravtrykk: bytes
    """HMAC of the bytes"""
    aapnes_innen: datetime | None = None
    """When somebody must have opened it"""
    makuleres: datetime | None = None
    """When the key to its bytes is destroyed, since it is about nobody known here"""
    mottatt: datetime
    innhold: bytes | None = None
    """HMAC of what the message tells, however it is worded"""
    raa_sha256: bytes | None = None
    """SHA-256 of the sealed bytes beside the log; filled in when they are sealed"""
    uten_mottaker: bool = False
    """Sent to a service that gets no messages here, so the koordinerende enhet has it"""
    avdeling: str | None = None
    """The party that sent it; null: none of ours, or written before this was said"""

    def to_avro(self) -> dict[str, object]:
        return {
            "msg_id": self.msg_id,
            "type": self.type,
            "standard": self.standard,
            "forsendelse": self.forsendelse,
            "gen_dato": None if self.gen_dato is None else ("long", wire.micros(self.gen_dato, "MeldingMottatt.gen_dato")),
            "avsender": self.avsender,
            "avsender_navn": self.avsender_navn,
            "samtale": self.samtale,
            "forrige": None if self.forrige is None else ("string", self.forrige),
            "adressert": list(wire.items(self.adressert, "MeldingMottatt.adressert")),
            "kopi": list(wire.items(self.kopi, "MeldingMottatt.kopi")),
            "utfall": wire.symbol(self.utfall, Meldingsutfall, "MeldingMottatt.utfall"),
            "grunner": [item.to_avro() for item in wire.items(self.grunner, "MeldingMottatt.grunner")],
            "opphold_ref": None if self.opphold_ref is None else ("string", self.opphold_ref),
            "fingeravtrykk": self.fingeravtrykk,
            "aapnes_innen": None if self.aapnes_innen is None else ("long", wire.micros(self.aapnes_innen, "MeldingMottatt.aapnes_innen")),
            "makuleres": None if self.makuleres is None else ("long", wire.micros(self.makuleres, "MeldingMottatt.makuleres")),
            "mottatt": wire.micros(self.mottatt, "MeldingMottatt.mottatt"),
            "innhold": None if self.innhold is None else ("bytes", self.innhold),
            "raa_sha256": None if self.raa_sha256 is None else ("bytes", self.raa_sha256),
            "uten_mottaker": wire.flag(self.uten_mottaker, "MeldingMottatt.uten_mottaker"),
            "avdeling": None if self.avdeling is None else ("string", self.avdeling),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            msg_id=d["msg_id"],
            type=d["type"],
            standard=d["standard"],
            forsendelse=d["forsendelse"],
            gen_dato=None if d["gen_dato"] is None else wire.instant(d["gen_dato"]),
            avsender=d["avsender"],
            avsender_navn=d["avsender_navn"],
            samtale=d["samtale"],
            forrige=d["forrige"],
            adressert=tuple(d["adressert"]),
            kopi=tuple(d["kopi"]),
            utfall=Meldingsutfall[d["utfall"]],
            grunner=tuple(map(Grunnkode.from_avro, d["grunner"])),
            opphold_ref=d["opphold_ref"],
            fingeravtrykk=d["fingeravtrykk"],
            aapnes_innen=None if d["aapnes_innen"] is None else wire.instant(d["aapnes_innen"]),
            makuleres=None if d["makuleres"] is None else wire.instant(d["makuleres"]),
            mottatt=wire.instant(d["mottatt"]),
            innhold=d["innhold"],
            raa_sha256=d["raa_sha256"],
            uten_mottaker=d["uten_mottaker"],
            avdeling=d["avdeling"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldingTattInn:
    """A held message has found its place."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MeldingTattInn"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    opphold_ref: str | None = None
    grunn: str

    def to_avro(self) -> dict[str, object]:
        return {
            "opphold_ref": None if self.opphold_ref is None else ("string", self.opphold_ref),
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            opphold_ref=d["opphold_ref"],
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldingUtsnitt:
    """What a receiving unit may know of a message."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MeldingUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    aggregat: str
    grunn: felles.Grunn
    msg_id: str
    type: str
    forsendelse: str
    utfall: Meldingsutfall = Meldingsutfall.UKJENT
    grunner: tuple[Grunnkode, ...] = ()
    avsender_navn: str
    mottatt: datetime
    opphold_ref: str | None = None
    kopi: bool
    aapnet: bool
    forsinket: bool
    samtale: str = ''
    """Id of the dialogue's first message"""
    forrige: str | None = None
    """Id of the message that this one follows"""
    sendt: datetime | None = None
    """When the sender says that it was written"""
    kvittering: str = ''
    """Kodeverk 8258; empty when none could be sent"""
    aapnes_innen: datetime | None = None
    aapnet_av: str = ''
    """The first of the unit who opened it"""
    aapnet_tid: datetime | None = None
    besvart_av: str = ''
    besvart_tid: datetime | None = None
    uten_mottaker: bool = False
    """Sent to a service that gets no messages here: somebody of this unit must say who shall have it"""
    fordelt_til: str | None = None
    """The unit that was given it afterwards"""

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "msg_id": self.msg_id,
            "type": self.type,
            "forsendelse": self.forsendelse,
            "utfall": wire.symbol(self.utfall, Meldingsutfall, "MeldingUtsnitt.utfall"),
            "grunner": [item.to_avro() for item in wire.items(self.grunner, "MeldingUtsnitt.grunner")],
            "avsender_navn": self.avsender_navn,
            "mottatt": wire.micros(self.mottatt, "MeldingUtsnitt.mottatt"),
            "opphold_ref": None if self.opphold_ref is None else ("string", self.opphold_ref),
            "kopi": wire.flag(self.kopi, "MeldingUtsnitt.kopi"),
            "aapnet": wire.flag(self.aapnet, "MeldingUtsnitt.aapnet"),
            "forsinket": wire.flag(self.forsinket, "MeldingUtsnitt.forsinket"),
            "samtale": self.samtale,
            "forrige": None if self.forrige is None else ("string", self.forrige),
            "sendt": None if self.sendt is None else ("long", wire.micros(self.sendt, "MeldingUtsnitt.sendt")),
            "kvittering": self.kvittering,
            "aapnes_innen": None if self.aapnes_innen is None else ("long", wire.micros(self.aapnes_innen, "MeldingUtsnitt.aapnes_innen")),
            "aapnet_av": self.aapnet_av,
            "aapnet_tid": None if self.aapnet_tid is None else ("long", wire.micros(self.aapnet_tid, "MeldingUtsnitt.aapnet_tid")),
            "besvart_av": self.besvart_av,
            "besvart_tid": None if self.besvart_tid is None else ("long", wire.micros(self.besvart_tid, "MeldingUtsnitt.besvart_tid")),
            "uten_mottaker": wire.flag(self.uten_mottaker, "MeldingUtsnitt.uten_mottaker"),
            "fordelt_til": None if self.fordelt_til is None else ("string", self.fordelt_til),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            msg_id=d["msg_id"],
            type=d["type"],
            forsendelse=d["forsendelse"],
            utfall=Meldingsutfall[d["utfall"]],
            grunner=tuple(map(Grunnkode.from_avro, d["grunner"])),
            avsender_navn=d["avsender_navn"],
            mottatt=wire.instant(d["mottatt"]),
            opphold_ref=d["opphold_ref"],
            kopi=d["kopi"],
            aapnet=d["aapnet"],
            forsinket=d["forsinket"],
            samtale=d["samtale"],
            forrige=d["forrige"],
            sendt=None if d["sendt"] is None else wire.instant(d["sendt"]),
            kvittering=d["kvittering"],
            aapnes_innen=None if d["aapnes_innen"] is None else wire.instant(d["aapnes_innen"]),
            aapnet_av=d["aapnet_av"],
            aapnet_tid=None if d["aapnet_tid"] is None else wire.instant(d["aapnet_tid"]),
            besvart_av=d["besvart_av"],
            besvart_tid=None if d["besvart_tid"] is None else wire.instant(d["besvart_tid"]),
            uten_mottaker=d["uten_mottaker"],
            fordelt_til=d["fordelt_til"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Meldingskilde:
    """Which message a fact came from."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.Meldingskilde"

    melding_ref: str
    msg_id: str
    type: str
    gen_dato: datetime
    mottatt: datetime
    avsender: str
    """HER-id of the sending organisation"""
    samtale: str
    """Id of the first message of the dialogue"""
    forrige: str | None = None
    """Id of the message this one follows"""
    adressert: tuple[str, ...] = ()
    """Parties it was addressed to"""
    kopi: tuple[str, ...] = ()
    """Parties that got a copy"""
    innhold: bytes
    """HMAC of what the message says of the event: the same under another message id is the same event"""

    def to_avro(self) -> dict[str, object]:
        return {
            "melding_ref": self.melding_ref,
            "msg_id": self.msg_id,
            "type": self.type,
            "gen_dato": wire.micros(self.gen_dato, "Meldingskilde.gen_dato"),
            "mottatt": wire.micros(self.mottatt, "Meldingskilde.mottatt"),
            "avsender": self.avsender,
            "samtale": self.samtale,
            "forrige": None if self.forrige is None else ("string", self.forrige),
            "adressert": list(wire.items(self.adressert, "Meldingskilde.adressert")),
            "kopi": list(wire.items(self.kopi, "Meldingskilde.kopi")),
            "innhold": self.innhold,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            melding_ref=d["melding_ref"],
            msg_id=d["msg_id"],
            type=d["type"],
            gen_dato=wire.instant(d["gen_dato"]),
            mottatt=wire.instant(d["mottatt"]),
            avsender=d["avsender"],
            samtale=d["samtale"],
            forrige=d["forrige"],
            adressert=tuple(d["adressert"]),
            kopi=tuple(d["kopi"]),
            innhold=d["innhold"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoensterBehandlet:
    """A forum has taken the pattern up."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MoensterBehandlet"
    sealed_fields: ClassVar[tuple[str, ...]] = ("beslutning",)

    forum: str
    """Id of the forum that took it up, as it is called by then"""
    moete: date
    """The day of the meeting"""
    av: str
    tid: datetime
    utfall: Forumutfall = Forumutfall.UKJENT
    til_forum: str | None = None
    """Id of the forum that takes it up next; null: none does"""
    neste_moete: date | None = None
    """The day of that forum's meeting; null: none"""
    beslutning: Sealed[felles.Tekst]
    """What was said, in words that name nobody"""

    def to_avro(self) -> dict[str, object]:
        return {
            "forum": self.forum,
            "moete": wire.days(self.moete, "MoensterBehandlet.moete"),
            "av": self.av,
            "tid": wire.micros(self.tid, "MoensterBehandlet.tid"),
            "utfall": wire.symbol(self.utfall, Forumutfall, "MoensterBehandlet.utfall"),
            "til_forum": None if self.til_forum is None else ("string", self.til_forum),
            "neste_moete": None if self.neste_moete is None else ("int", wire.days(self.neste_moete, "MoensterBehandlet.neste_moete")),
            "beslutning": wire.seal(self.beslutning, "MoensterBehandlet.beslutning"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            forum=d["forum"],
            moete=wire.day(d["moete"]),
            av=d["av"],
            tid=wire.instant(d["tid"]),
            utfall=Forumutfall[d["utfall"]],
            til_forum=d["til_forum"],
            neste_moete=None if d["neste_moete"] is None else wire.day(d["neste_moete"]),
            beslutning=wire.sealed(d["beslutning"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoensterReist:
    """So many of one kind between the same two units that a forum has to look at it."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MoensterReist"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    antall: int
    """How many within the time"""
    fra: datetime
    """When the first of them was reported"""
    til: datetime
    """When the last of them was reported"""
    forum: str
    """Id of the forum that takes it up"""
    moete: date
    """The day of the meeting"""
    regel_versjon: str

    def to_avro(self) -> dict[str, object]:
        return {
            "antall": wire.int32(self.antall, "MoensterReist.antall"),
            "fra": wire.micros(self.fra, "MoensterReist.fra"),
            "til": wire.micros(self.til, "MoensterReist.til"),
            "forum": self.forum,
            "moete": wire.days(self.moete, "MoensterReist.moete"),
            "regel_versjon": self.regel_versjon,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            antall=d["antall"],
            fra=wire.instant(d["fra"]),
            til=wire.instant(d["til"]),
            forum=d["forum"],
            moete=wire.day(d["moete"]),
            regel_versjon=d["regel_versjon"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MoensterUtsnitt:
    """A pattern as a forum sees it: the kinds of unit and the area, and how many unless they are few."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.MoensterUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("tekster",)

    aggregat: str
    grunn: felles.Grunn
    forum: str
    """Id of the forum that it was put up for last"""
    moete: date | None = None
    """The day of that forum's meeting; null: it waits for none"""
    dps: str | None = None
    """Party id of the DPS whose area it is of; null: of none"""
    kategori: Avvikskategori = Avvikskategori.UKJENT
    slag: tuple[str, ...] = ()
    """What kinds of unit they are"""
    antall: int
    """How many within the time; 0: few"""
    faa: bool
    """They are fewer than may be counted in public"""
    fra: datetime
    """When the first of them was reported"""
    til: datetime
    """When the last of them was reported"""
    behandlinger: tuple[Forumbehandling, ...] = ()
    """What forums have come to"""
    tekster: tuple[Sealed[felles.Tekst], ...] = ()
    """What those say, by index"""

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "forum": self.forum,
            "moete": None if self.moete is None else ("int", wire.days(self.moete, "MoensterUtsnitt.moete")),
            "dps": None if self.dps is None else ("string", self.dps),
            "kategori": wire.symbol(self.kategori, Avvikskategori, "MoensterUtsnitt.kategori"),
            "slag": list(wire.items(self.slag, "MoensterUtsnitt.slag")),
            "antall": wire.int32(self.antall, "MoensterUtsnitt.antall"),
            "faa": wire.flag(self.faa, "MoensterUtsnitt.faa"),
            "fra": wire.micros(self.fra, "MoensterUtsnitt.fra"),
            "til": wire.micros(self.til, "MoensterUtsnitt.til"),
            "behandlinger": [item.to_avro() for item in wire.items(self.behandlinger, "MoensterUtsnitt.behandlinger")],
            "tekster": [wire.seal(item, "MoensterUtsnitt.tekster") for item in wire.items(self.tekster, "MoensterUtsnitt.tekster")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            forum=d["forum"],
            moete=None if d["moete"] is None else wire.day(d["moete"]),
            dps=d["dps"],
            kategori=Avvikskategori[d["kategori"]],
            slag=tuple(d["slag"]),
            antall=d["antall"],
            faa=d["faa"],
            fra=wire.instant(d["fra"]),
            til=wire.instant(d["til"]),
            behandlinger=tuple(map(Forumbehandling.from_avro, d["behandlinger"])),
            tekster=tuple(map(wire.sealed, d["tekster"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OppholdKansellert:
    """The sender has withdrawn a dialogue, or one message."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.OppholdKansellert"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    kilde: Meldingskilde
    gjelder_type: str
    gjelder_samtale: str | None = None
    """None: the sender did not say which; sender, patient and type decide"""

    def to_avro(self) -> dict[str, object]:
        return {
            "kilde": self.kilde.to_avro(),
            "gjelder_type": self.gjelder_type,
            "gjelder_samtale": None if self.gjelder_samtale is None else ("string", self.gjelder_samtale),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kilde=Meldingskilde.from_avro(d["kilde"]),
            gjelder_type=d["gjelder_type"],
            gjelder_samtale=d["gjelder_samtale"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OppholdKorrigert:
    """A message turned out to belong to another stay; it has been moved there."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.OppholdKorrigert"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    melding_ref: str
    til: str
    grunn: str

    def to_avro(self) -> dict[str, object]:
        return {
            "melding_ref": self.melding_ref,
            "til": self.til,
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            melding_ref=d["melding_ref"],
            til=d["til"],
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OppholdUtsnitt:
    """What a party may know of a stay."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.OppholdUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("sted", "helseopplysninger", "beslutter",)

    aggregat: str
    grunn: felles.Grunn
    kopi: bool
    """The party got only a copy"""
    status: Oppholdsstatus = Oppholdsstatus.UKJENT
    innlagt: datetime | None = None
    innlagt_anslag: bool
    utskrevet: datetime | None = None
    utskrevet_bare_dato: bool
    utfall: Utfall = Utfall.UKJENT
    sted: Sealed[Sted] | None = None
    dps: str | None = None
    instans: str | None = None
    forklaring: str
    tidligmelding: bool
    tidligmelding_mangler: tuple[str, ...] = ()
    forventet_utskrivning: date | None = None
    forventet_anslag: bool
    helseopplysninger: Sealed[Helseopplysninger] | None = None
    utskrivningsklar: date | None = None
    utskrivningsklar_mangler: tuple[str, ...] = ()
    """Why a day is not payable"""
    beslutter: Sealed[Fagperson] | None = None
    livskrise: bool
    frister: tuple[FristVist, ...] = ()
    historie: tuple[Historielinje, ...] = ()
    oppgaver: tuple[felles.Oppgave, ...] = ()
    deler: tuple[felles.DelStatus, ...] = ()
    innlagt_tvetydig: bool = False
    """The hour of admission exists twice that night; the first reading is shown"""
    historie_eldre: int = 0
    """How many lines of the story are older than those that are shown"""

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "kopi": wire.flag(self.kopi, "OppholdUtsnitt.kopi"),
            "status": wire.symbol(self.status, Oppholdsstatus, "OppholdUtsnitt.status"),
            "innlagt": None if self.innlagt is None else ("long", wire.micros(self.innlagt, "OppholdUtsnitt.innlagt")),
            "innlagt_anslag": wire.flag(self.innlagt_anslag, "OppholdUtsnitt.innlagt_anslag"),
            "utskrevet": None if self.utskrevet is None else ("long", wire.micros(self.utskrevet, "OppholdUtsnitt.utskrevet")),
            "utskrevet_bare_dato": wire.flag(self.utskrevet_bare_dato, "OppholdUtsnitt.utskrevet_bare_dato"),
            "utfall": wire.symbol(self.utfall, Utfall, "OppholdUtsnitt.utfall"),
            "sted": None if self.sted is None else ("no.bindeledd.Forseglet", wire.seal(self.sted, "OppholdUtsnitt.sted")),
            "dps": None if self.dps is None else ("string", self.dps),
            "instans": None if self.instans is None else ("string", self.instans),
            "forklaring": self.forklaring,
            "tidligmelding": wire.flag(self.tidligmelding, "OppholdUtsnitt.tidligmelding"),
            "tidligmelding_mangler": list(wire.items(self.tidligmelding_mangler, "OppholdUtsnitt.tidligmelding_mangler")),
            "forventet_utskrivning": None if self.forventet_utskrivning is None else ("int", wire.days(self.forventet_utskrivning, "OppholdUtsnitt.forventet_utskrivning")),
            "forventet_anslag": wire.flag(self.forventet_anslag, "OppholdUtsnitt.forventet_anslag"),
            "helseopplysninger": None if self.helseopplysninger is None else ("no.bindeledd.Forseglet", wire.seal(self.helseopplysninger, "OppholdUtsnitt.helseopplysninger")),
            "utskrivningsklar": None if self.utskrivningsklar is None else ("int", wire.days(self.utskrivningsklar, "OppholdUtsnitt.utskrivningsklar")),
            "utskrivningsklar_mangler": list(wire.items(self.utskrivningsklar_mangler, "OppholdUtsnitt.utskrivningsklar_mangler")),
            "beslutter": None if self.beslutter is None else ("no.bindeledd.Forseglet", wire.seal(self.beslutter, "OppholdUtsnitt.beslutter")),
            "livskrise": wire.flag(self.livskrise, "OppholdUtsnitt.livskrise"),
            "frister": [item.to_avro() for item in wire.items(self.frister, "OppholdUtsnitt.frister")],
            "historie": [item.to_avro() for item in wire.items(self.historie, "OppholdUtsnitt.historie")],
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "OppholdUtsnitt.oppgaver")],
            "deler": [item.to_avro() for item in wire.items(self.deler, "OppholdUtsnitt.deler")],
            "innlagt_tvetydig": wire.flag(self.innlagt_tvetydig, "OppholdUtsnitt.innlagt_tvetydig"),
            "historie_eldre": wire.int32(self.historie_eldre, "OppholdUtsnitt.historie_eldre"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            kopi=d["kopi"],
            status=Oppholdsstatus[d["status"]],
            innlagt=None if d["innlagt"] is None else wire.instant(d["innlagt"]),
            innlagt_anslag=d["innlagt_anslag"],
            utskrevet=None if d["utskrevet"] is None else wire.instant(d["utskrevet"]),
            utskrevet_bare_dato=d["utskrevet_bare_dato"],
            utfall=Utfall[d["utfall"]],
            sted=None if d["sted"] is None else wire.sealed(d["sted"]),
            dps=d["dps"],
            instans=d["instans"],
            forklaring=d["forklaring"],
            tidligmelding=d["tidligmelding"],
            tidligmelding_mangler=tuple(d["tidligmelding_mangler"]),
            forventet_utskrivning=None if d["forventet_utskrivning"] is None else wire.day(d["forventet_utskrivning"]),
            forventet_anslag=d["forventet_anslag"],
            helseopplysninger=None if d["helseopplysninger"] is None else wire.sealed(d["helseopplysninger"]),
            utskrivningsklar=None if d["utskrivningsklar"] is None else wire.day(d["utskrivningsklar"]),
            utskrivningsklar_mangler=tuple(d["utskrivningsklar_mangler"]),
            beslutter=None if d["beslutter"] is None else wire.sealed(d["beslutter"]),
            livskrise=d["livskrise"],
            frister=tuple(map(FristVist.from_avro, d["frister"])),
            historie=tuple(map(Historielinje.from_avro, d["historie"])),
            oppgaver=tuple(map(felles.Oppgave.from_avro, d["oppgaver"])),
            deler=tuple(map(felles.DelStatus.from_avro, d["deler"])),
            innlagt_tvetydig=d["innlagt_tvetydig"],
            historie_eldre=d["historie_eldre"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpplysningerOppdatert:
    """Updated information: complete, replaces what it refers to."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.OpplysningerOppdatert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    kilde: Meldingskilde
    fullstendig: bool
    mangler: tuple[str, ...] = ()
    forventet_utskrivning: date | None = None
    anslag: bool
    har_barn: bool
    innhold: Sealed[Helseopplysninger]
    avtrykk: tuple[Delavtrykk, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "kilde": self.kilde.to_avro(),
            "fullstendig": wire.flag(self.fullstendig, "OpplysningerOppdatert.fullstendig"),
            "mangler": list(wire.items(self.mangler, "OpplysningerOppdatert.mangler")),
            "forventet_utskrivning": None if self.forventet_utskrivning is None else ("int", wire.days(self.forventet_utskrivning, "OpplysningerOppdatert.forventet_utskrivning")),
            "anslag": wire.flag(self.anslag, "OpplysningerOppdatert.anslag"),
            "har_barn": wire.flag(self.har_barn, "OpplysningerOppdatert.har_barn"),
            "innhold": wire.seal(self.innhold, "OpplysningerOppdatert.innhold"),
            "avtrykk": [item.to_avro() for item in wire.items(self.avtrykk, "OpplysningerOppdatert.avtrykk")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kilde=Meldingskilde.from_avro(d["kilde"]),
            fullstendig=d["fullstendig"],
            mangler=tuple(d["mangler"]),
            forventet_utskrivning=None if d["forventet_utskrivning"] is None else wire.day(d["forventet_utskrivning"]),
            anslag=d["anslag"],
            har_barn=d["har_barn"],
            innhold=wire.sealed(d["innhold"]),
            avtrykk=tuple(map(Delavtrykk.from_avro, d["avtrykk"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PasientInnlagt:
    """The patient was admitted."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.PasientInnlagt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("sted",)

    kilde: Meldingskilde
    innlagt: datetime
    anslag: bool
    tvetydig: bool
    """The hour exists twice (autumn clock change)"""
    avdeling: str | None = None
    """Party id of the ward, where it is one of ours"""
    sted: Sealed[Sted] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "kilde": self.kilde.to_avro(),
            "innlagt": wire.micros(self.innlagt, "PasientInnlagt.innlagt"),
            "anslag": wire.flag(self.anslag, "PasientInnlagt.anslag"),
            "tvetydig": wire.flag(self.tvetydig, "PasientInnlagt.tvetydig"),
            "avdeling": None if self.avdeling is None else ("string", self.avdeling),
            "sted": None if self.sted is None else ("no.bindeledd.Forseglet", wire.seal(self.sted, "PasientInnlagt.sted")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kilde=Meldingskilde.from_avro(d["kilde"]),
            innlagt=wire.instant(d["innlagt"]),
            anslag=d["anslag"],
            tvetydig=d["tvetydig"],
            avdeling=d["avdeling"],
            sted=None if d["sted"] is None else wire.sealed(d["sted"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PasientUtskrevet:
    """The patient was discharged."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.PasientUtskrevet"
    sealed_fields: ClassVar[tuple[str, ...]] = ("til",)

    kilde: Meldingskilde
    utskrevet: datetime
    bare_dato: bool
    utfall: Utfall = Utfall.UKJENT
    livskrise: bool
    """Livskrisehjelpen shall be told"""
    til: Sealed[felles.Tekst] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "kilde": self.kilde.to_avro(),
            "utskrevet": wire.micros(self.utskrevet, "PasientUtskrevet.utskrevet"),
            "bare_dato": wire.flag(self.bare_dato, "PasientUtskrevet.bare_dato"),
            "utfall": wire.symbol(self.utfall, Utfall, "PasientUtskrevet.utfall"),
            "livskrise": wire.flag(self.livskrise, "PasientUtskrevet.livskrise"),
            "til": None if self.til is None else ("no.bindeledd.Forseglet", wire.seal(self.til, "PasientUtskrevet.til")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kilde=Meldingskilde.from_avro(d["kilde"]),
            utskrevet=wire.instant(d["utskrevet"]),
            bare_dato=d["bare_dato"],
            utfall=Utfall[d["utfall"]],
            livskrise=d["livskrise"],
            til=None if d["til"] is None else wire.sealed(d["til"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonBekreftet:
    """A person here has confirmed the patient, and on which ground."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.PersonBekreftet"
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
class PersonForkastet:
    """The patient is no case of ours: nobody confirmed it in time, or a person said so. The content is shredded next."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.PersonForkastet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    grunn: str
    vurdert_per: datetime
    """The moment that it was judged as of"""

    def to_avro(self) -> dict[str, object]:
        return {
            "grunn": self.grunn,
            "vurdert_per": wire.micros(self.vurdert_per, "PersonForkastet.vurdert_per"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            grunn=d["grunn"],
            vurdert_per=wire.instant(d["vurdert_per"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonGjenoppstaatt:
    """This record turned out to be a person of its own after all."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.PersonGjenoppstaatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    skilt_fra: str

    def to_avro(self) -> dict[str, object]:
        return {
            "skilt_fra": self.skilt_fra,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            skilt_fra=d["skilt_fra"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMakulert:
    """The keys to all content of a discarded patient have been destroyed. The receipt log remains."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.PersonMakulert"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    noekler: int
    """How many keys, this time"""

    def to_avro(self) -> dict[str, object]:
        return {
            "noekler": wire.int32(self.noekler, "PersonMakulert.noekler"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            noekler=d["noekler"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistrert:
    """A person is known here under a random ref."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.PersonRegistrert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("personalia",)

    personalia: Sealed[Personalia]
    bekreftet: bool
    """False until a person here has confirmed that the patient is ours"""
    bydel: str | None = None
    """Only what register or person has said"""
    foreslaatt_bydel: str | None = None
    kommune: str | None = None
    bekreftes_innen: datetime | None = None
    """When the content is discarded unless a person here has confirmed the patient"""

    def to_avro(self) -> dict[str, object]:
        return {
            "personalia": wire.seal(self.personalia, "PersonRegistrert.personalia"),
            "bekreftet": wire.flag(self.bekreftet, "PersonRegistrert.bekreftet"),
            "bydel": None if self.bydel is None else ("string", self.bydel),
            "foreslaatt_bydel": None if self.foreslaatt_bydel is None else ("string", self.foreslaatt_bydel),
            "kommune": None if self.kommune is None else ("string", self.kommune),
            "bekreftes_innen": None if self.bekreftes_innen is None else ("long", wire.micros(self.bekreftes_innen, "PersonRegistrert.bekreftes_innen")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            personalia=wire.sealed(d["personalia"]),
            bekreftet=d["bekreftet"],
            bydel=d["bydel"],
            foreslaatt_bydel=d["foreslaatt_bydel"],
            kommune=d["kommune"],
            bekreftes_innen=None if d["bekreftes_innen"] is None else wire.instant(d["bekreftes_innen"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSlaattInn:
    """This record is the same person as another, and lives on there."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.PersonSlaattInn"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    overlevende: str

    def to_avro(self) -> dict[str, object]:
        return {
            "overlevende": self.overlevende,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            overlevende=d["overlevende"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonUtsnitt:
    """What a party may know of who the person is."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.PersonUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("personalia",)

    aggregat: str
    grunn: felles.Grunn
    personalia: Sealed[Personalia] | None = None
    bydel: str | None = None
    bekreftet: bool
    bekreftes_innen: datetime | None = None
    """When the content is discarded unless a person here confirms the patient"""
    tvil: tuple[TvilVist, ...] = ()
    """Other records that may be the same person, for those who work the manual queue"""
    bare_tvil: bool = False
    """Given only so that somebody decides whether this and another record are the same person"""

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "personalia": None if self.personalia is None else ("no.bindeledd.Forseglet", wire.seal(self.personalia, "PersonUtsnitt.personalia")),
            "bydel": None if self.bydel is None else ("string", self.bydel),
            "bekreftet": wire.flag(self.bekreftet, "PersonUtsnitt.bekreftet"),
            "bekreftes_innen": None if self.bekreftes_innen is None else ("long", wire.micros(self.bekreftes_innen, "PersonUtsnitt.bekreftes_innen")),
            "tvil": [item.to_avro() for item in wire.items(self.tvil, "PersonUtsnitt.tvil")],
            "bare_tvil": wire.flag(self.bare_tvil, "PersonUtsnitt.bare_tvil"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            personalia=None if d["personalia"] is None else wire.sealed(d["personalia"]),
            bydel=d["bydel"],
            bekreftet=d["bekreftet"],
            bekreftes_innen=None if d["bekreftes_innen"] is None else wire.instant(d["bekreftes_innen"]),
            tvil=tuple(map(TvilVist.from_avro, d["tvil"])),
            bare_tvil=d["bare_tvil"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaliaEndret:
    """Name or address has been corrected."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.PersonaliaEndret"
    sealed_fields: ClassVar[tuple[str, ...]] = ("personalia",)

    personalia: Sealed[Personalia]

    def to_avro(self) -> dict[str, object]:
        return {
            "personalia": wire.seal(self.personalia, "PersonaliaEndret.personalia"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            personalia=wire.sealed(d["personalia"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonerSlaattSammen:
    """Two records are one person: `tapt` lives on in this stream's person."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.PersonerSlaattSammen"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    tapt: str

    def to_avro(self) -> dict[str, object]:
        return {
            "tapt": self.tapt,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            tapt=d["tapt"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RettInstansAvklart:
    """Which service is right for the person: the answer of routing, with its sentence."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.RettInstansAvklart"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    dps: str | None = None
    bydel: str | None = None
    instans: str | None = None
    forklaring: str
    regel_versjon: str

    def to_avro(self) -> dict[str, object]:
        return {
            "dps": None if self.dps is None else ("string", self.dps),
            "bydel": None if self.bydel is None else ("string", self.bydel),
            "instans": None if self.instans is None else ("string", self.instans),
            "forklaring": self.forklaring,
            "regel_versjon": self.regel_versjon,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            dps=d["dps"],
            bydel=d["bydel"],
            instans=d["instans"],
            forklaring=d["forklaring"],
            regel_versjon=d["regel_versjon"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SammenslaaingOmgjort:
    """The merge was wrong: `gjenoppstaatt` is a person of its own again."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.SammenslaaingOmgjort"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    gjenoppstaatt: str
    stroemmer: tuple[str, ...] = ()
    """The streams that go back to it"""

    def to_avro(self) -> dict[str, object]:
        return {
            "gjenoppstaatt": self.gjenoppstaatt,
            "stroemmer": list(wire.items(self.stroemmer, "SammenslaaingOmgjort.stroemmer")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            gjenoppstaatt=d["gjenoppstaatt"],
            stroemmer=tuple(d["stroemmer"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TidligmeldingSendt:
    """Early notice of an admission (forskrift 2011-11-18-1115 §8)."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.TidligmeldingSendt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    kilde: Meldingskilde
    fullstendig: bool
    mangler: tuple[str, ...] = ()
    forventet_utskrivning: date | None = None
    anslag: bool
    har_barn: bool
    innhold: Sealed[Helseopplysninger]
    avtrykk: tuple[Delavtrykk, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "kilde": self.kilde.to_avro(),
            "fullstendig": wire.flag(self.fullstendig, "TidligmeldingSendt.fullstendig"),
            "mangler": list(wire.items(self.mangler, "TidligmeldingSendt.mangler")),
            "forventet_utskrivning": None if self.forventet_utskrivning is None else ("int", wire.days(self.forventet_utskrivning, "TidligmeldingSendt.forventet_utskrivning")),
            "anslag": wire.flag(self.anslag, "TidligmeldingSendt.anslag"),
            "har_barn": wire.flag(self.har_barn, "TidligmeldingSendt.har_barn"),
            "innhold": wire.seal(self.innhold, "TidligmeldingSendt.innhold"),
            "avtrykk": [item.to_avro() for item in wire.items(self.avtrykk, "TidligmeldingSendt.avtrykk")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kilde=Meldingskilde.from_avro(d["kilde"]),
            fullstendig=d["fullstendig"],
            mangler=tuple(d["mangler"]),
            forventet_utskrivning=None if d["forventet_utskrivning"] is None else wire.day(d["forventet_utskrivning"]),
            anslag=d["anslag"],
            har_barn=d["har_barn"],
            innhold=wire.sealed(d["innhold"]),
            avtrykk=tuple(map(Delavtrykk.from_avro, d["avtrykk"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TvilVist:
    """A doubtful match as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.TvilVist"

    kandidat: str
    """person_ref"""
    grunn: str = ''
    """Why there is a doubt"""

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
class TvilsomtTreffAvgjort:
    """A person has decided whether two records are one person."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.TvilsomtTreffAvgjort"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    kandidat: str
    samme: bool
    grunn: str = ''
    """Code: what the decision rests on"""

    def to_avro(self) -> dict[str, object]:
        return {
            "kandidat": self.kandidat,
            "samme": wire.flag(self.samme, "TvilsomtTreffAvgjort.samme"),
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kandidat=d["kandidat"],
            samme=d["samme"],
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TvilsomtTreffMeldt:
    """A message may be about a person who is known already under another id. A person decides."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.TvilsomtTreffMeldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    kandidat: str
    """person_ref"""
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
class UtskrivningsklarAvmeldt:
    """The patient is not ready for discharge after all."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.UtskrivningsklarAvmeldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("merknad",)

    kilde: Meldingskilde
    dato: date
    innlagt: datetime | None = None
    merknad: Sealed[felles.Tekst] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "kilde": self.kilde.to_avro(),
            "dato": wire.days(self.dato, "UtskrivningsklarAvmeldt.dato"),
            "innlagt": None if self.innlagt is None else ("long", wire.micros(self.innlagt, "UtskrivningsklarAvmeldt.innlagt")),
            "merknad": None if self.merknad is None else ("no.bindeledd.Forseglet", wire.seal(self.merknad, "UtskrivningsklarAvmeldt.merknad")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kilde=Meldingskilde.from_avro(d["kilde"]),
            dato=wire.day(d["dato"]),
            innlagt=None if d["innlagt"] is None else wire.instant(d["innlagt"]),
            merknad=None if d["merknad"] is None else wire.sealed(d["merknad"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UtskrivningsklarMeldt:
    """The hospital says that the patient is ready for discharge."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.UtskrivningsklarMeldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("beslutter",)

    kilde: Meldingskilde
    dato: date
    anslag: bool
    innlagt: datetime | None = None
    """The admission that the message names"""
    beslutter_navngitt: bool
    """A named lege or psykolog has decided (forskrift 2011-11-18-1115 §9)"""
    beslutter: Sealed[Fagperson] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "kilde": self.kilde.to_avro(),
            "dato": wire.days(self.dato, "UtskrivningsklarMeldt.dato"),
            "anslag": wire.flag(self.anslag, "UtskrivningsklarMeldt.anslag"),
            "innlagt": None if self.innlagt is None else ("long", wire.micros(self.innlagt, "UtskrivningsklarMeldt.innlagt")),
            "beslutter_navngitt": wire.flag(self.beslutter_navngitt, "UtskrivningsklarMeldt.beslutter_navngitt"),
            "beslutter": None if self.beslutter is None else ("no.bindeledd.Forseglet", wire.seal(self.beslutter, "UtskrivningsklarMeldt.beslutter")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kilde=Meldingskilde.from_avro(d["kilde"]),
            dato=wire.day(d["dato"]),
            anslag=d["anslag"],
            innlagt=None if d["innlagt"] is None else wire.instant(d["innlagt"]),
            beslutter_navngitt=d["beslutter_navngitt"],
            beslutter=None if d["beslutter"] is None else wire.sealed(d["beslutter"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fagperson:
    """A professional, as the message names them."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.innhold.Fagperson"

    navn: str
    yrke: str
    telefon: str

    def to_avro(self) -> dict[str, object]:
        return {
            "navn": self.navn,
            "yrke": self.yrke,
            "telefon": self.telefon,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            navn=d["navn"],
            yrke=d["yrke"],
            telefon=d["telefon"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Helseopplysninger:
    """The content of a tidligmelding or its update (forskrift 2011-11-18-1115 §8)."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.innhold.Helseopplysninger"

    status: str
    forloep: str
    funksjon: str
    kontakt: str
    diagnoser: tuple[str, ...] = ()
    barn_foedselsaar: tuple[int, ...] = ()
    annet: str

    def to_avro(self) -> dict[str, object]:
        return {
            "status": self.status,
            "forloep": self.forloep,
            "funksjon": self.funksjon,
            "kontakt": self.kontakt,
            "diagnoser": list(wire.items(self.diagnoser, "Helseopplysninger.diagnoser")),
            "barn_foedselsaar": [wire.int32(item, "Helseopplysninger.barn_foedselsaar") for item in wire.items(self.barn_foedselsaar, "Helseopplysninger.barn_foedselsaar")],
            "annet": self.annet,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            status=d["status"],
            forloep=d["forloep"],
            funksjon=d["funksjon"],
            kontakt=d["kontakt"],
            diagnoser=tuple(d["diagnoser"]),
            barn_foedselsaar=tuple(d["barn_foedselsaar"]),
            annet=d["annet"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identitet:
    """One national id of a person."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.innhold.Identitet"

    nummer: str
    type: str
    """FNR, DNR, HNR, FHN or DUF"""
    utsteder: str
    """The issuer: an H-number is unique only together with it"""

    def to_avro(self) -> dict[str, object]:
        return {
            "nummer": self.nummer,
            "type": self.type,
            "utsteder": self.utsteder,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            nummer=d["nummer"],
            type=d["type"],
            utsteder=d["utsteder"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Meldeskjema:
    """What a leader writes in the report of a serious incident."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.innhold.Meldeskjema"

    beskrivelse: str
    """What happened"""
    stilling: str
    """Position of who reports"""
    telefon: str
    """Where who reports can be reached"""
    rolle: str
    """What who reports is, by the front door's code"""

    def to_avro(self) -> dict[str, object]:
        return {
            "beskrivelse": self.beskrivelse,
            "stilling": self.stilling,
            "telefon": self.telefon,
            "rolle": self.rolle,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            beskrivelse=d["beskrivelse"],
            stilling=d["stilling"],
            telefon=d["telefon"],
            rolle=d["rolle"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Personalia:
    """A person's name, birth and address."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.innhold.Personalia"

    fornavn: str
    mellomnavn: str
    etternavn: str
    foedt: date | None = None
    kjoenn: str
    gateadresse: str
    postnummer: str
    poststed: str

    def to_avro(self) -> dict[str, object]:
        return {
            "fornavn": self.fornavn,
            "mellomnavn": self.mellomnavn,
            "etternavn": self.etternavn,
            "foedt": None if self.foedt is None else ("int", wire.days(self.foedt, "Personalia.foedt")),
            "kjoenn": self.kjoenn,
            "gateadresse": self.gateadresse,
            "postnummer": self.postnummer,
            "poststed": self.poststed,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            fornavn=d["fornavn"],
            mellomnavn=d["mellomnavn"],
            etternavn=d["etternavn"],
            foedt=None if d["foedt"] is None else wire.day(d["foedt"]),
            kjoenn=d["kjoenn"],
            gateadresse=d["gateadresse"],
            postnummer=d["postnummer"],
            poststed=d["poststed"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sted:
    """Where the person is, and who to call."""

    avro_name: ClassVar[str] = "no.bindeledd.samhandling.innhold.Sted"

    institusjon: str
    enhet: str
    telefon: str
    kontakt: str

    def to_avro(self) -> dict[str, object]:
        return {
            "institusjon": self.institusjon,
            "enhet": self.enhet,
            "telefon": self.telefon,
            "kontakt": self.kontakt,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            institusjon=d["institusjon"],
            enhet=d["enhet"],
            telefon=d["telefon"],
            kontakt=d["kontakt"],
        )


PersonStroem = (
    PersonRegistrert
    | IdentitetKnyttet
    | PersonaliaEndret
    | BydelSatt
    | PersonBekreftet
    | TvilsomtTreffMeldt
    | TvilsomtTreffAvgjort
    | PersonerSlaattSammen
    | SammenslaaingOmgjort
    | PersonSlaattInn
    | PersonGjenoppstaatt
    | PersonForkastet
    | PersonMakulert
)
OppholdStroem = (
    PasientInnlagt
    | RettInstansAvklart
    | TidligmeldingSendt
    | OpplysningerOppdatert
    | UtskrivningsklarMeldt
    | UtskrivningsklarAvmeldt
    | PasientUtskrevet
    | DoedsfallMeldt
    | DoedsfallKjent
    | MeldingKnyttet
    | OppholdKorrigert
    | OppholdKansellert
    | felles.FristSatt
    | felles.FristHoldt
    | felles.FristOverskredet
    | felles.FristOmgjort
    | felles.OppgaveOpprettet
    | felles.OppgaveTatt
    | felles.OppgaveLoest
    | felles.OppgaveFalt
)
AvvikStroem = (
    AvvikUtkastLaget
    | AvvikUtkastForkastet
    | AvvikMeldt
    | AvvikMottatt
    | AvvikBesvart
    | AvvikUenighetMeldt
    | AvvikEnighetMeldt
    | AvvikTilbakemeldingGitt
    | AvvikEskalert
    | AvvikForumBehandlet
    | AvvikLukket
    | AvvikIdentitetAapnet
    | AvvikIdentitetNektet
    | felles.FristSatt
    | felles.FristHoldt
    | felles.FristOverskredet
    | felles.FristOmgjort
    | felles.OppgaveOpprettet
    | felles.OppgaveTatt
    | felles.OppgaveLoest
    | felles.OppgaveFalt
)
MoensterStroem = (
    AvvikTalt
    | MoensterReist
    | MoensterBehandlet
)
AlvorligStroem = (
    AlvorligHendelseNotert
    | AlvorligHendelseSendt
    | AlvorligHendelseMottatt
    | AlvorligHendelseAvvist
    | AlvorligHendelseFulgtOpp
    | felles.FristSatt
    | felles.FristHoldt
    | felles.FristOverskredet
    | felles.FristOmgjort
)
KvitteringStroem = (
    MeldingMottatt
    | MeldingTattInn
    | KvitteringSatt
    | MeldingAapnet
    | MeldingBesvart
    | MeldingForsinket
    | MeldingFordelt
    | MeldingMakulert
)
DriftStroem = (
    felles.MeldingHoppetOver
)
Utsnitt = (
    PersonUtsnitt
    | OppholdUtsnitt
    | MeldingUtsnitt
    | AvvikUtsnitt
    | ForumsakUtsnitt
    | MoensterUtsnitt
    | AlvorligHendelseUtsnitt
    | felles.UtsnittAvsluttet
)
