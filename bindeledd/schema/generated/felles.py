"""The types of felles. Generated from schemas/felles/ by `bindeledd schemas generate`: change the schemas, not this."""
# fmt: off

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from bindeledd.core.sealed import Sealed
from bindeledd.schema import wire


class Deling(StrEnum):
    """How a part of a view stands."""

    UKJENT = "UKJENT"
    DELT = "DELT"
    IKKE_DELT = "IKKE_DELT"
    FINNES_IKKE = "FINNES_IKKE"


class FristTilstand(StrEnum):
    """What is known of a deadline."""

    UKJENT = "UKJENT"
    AAPEN = "AAPEN"
    HOLDT = "HOLDT"
    OVERSKREDET = "OVERSKREDET"
    BORTFALT = "BORTFALT"


class Oppgaveslag(StrEnum):
    """What kind of work a party has been given."""

    UKJENT = "UKJENT"
    FOELG_OPP_INNLEGGELSE = "FOELG_OPP_INNLEGGELSE"
    FOELG_OPP_UTSKRIVNING = "FOELG_OPP_UTSKRIVNING"
    LAG_KRISEPLAN = "LAG_KRISEPLAN"
    VURDER_KRISEPLAN = "VURDER_KRISEPLAN"
    DEL_KRISEPLAN = "DEL_KRISEPLAN"
    SPOER_OM_BARN = "SPOER_OM_BARN"
    FOELG_OPP_ETTERLATTE = "FOELG_OPP_ETTERLATTE"
    ETTERLYS_TIDLIGMELDING = "ETTERLYS_TIDLIGMELDING"
    AVKLAR_BYDEL = "AVKLAR_BYDEL"
    SVAR_PAA_UTSKRIVNINGSKLAR = "SVAR_PAA_UTSKRIVNINGSKLAR"
    KALL_INN_ANSVARSGRUPPE = "KALL_INN_ANSVARSGRUPPE"
    SVAR_PAA_INVITASJON = "SVAR_PAA_INVITASJON"
    SVAR_PAA_INNKALLING = "SVAR_PAA_INNKALLING"
    SKRIV_REFERAT = "SKRIV_REFERAT"
    FOELG_OPP_TILTAK = "FOELG_OPP_TILTAK"
    VURDER_PLAN = "VURDER_PLAN"
    LES_BRUKT_KRISEPLAN = "LES_BRUKT_KRISEPLAN"
    SNAKK_MED_FORELDER = "SNAKK_MED_FORELDER"
    SPOER_IGJEN_OM_BARN = "SPOER_IGJEN_OM_BARN"
    HENVIS_BARN = "HENVIS_BARN"
    TA_IMOT_HENVISNING = "TA_IMOT_HENVISNING"
    FOELG_OPP_BARN = "FOELG_OPP_BARN"
    TA_IMOT_AVVIK = "TA_IMOT_AVVIK"
    SVAR_PAA_AVVIK = "SVAR_PAA_AVVIK"
    LES_AVVIKSSVAR = "LES_AVVIKSSVAR"
    GI_TILBAKEMELDING = "GI_TILBAKEMELDING"
    SNAKK_LEDER_TIL_LEDER = "SNAKK_LEDER_TIL_LEDER"
    ESKALER_AVVIK = "ESKALER_AVVIK"
    LES_FORUMSVAR = "LES_FORUMSVAR"
    VURDER_KOORDINERING = "VURDER_KOORDINERING"


class Oppgavetilstand(StrEnum):
    """Where a task stands."""

    UKJENT = "UKJENT"
    AAPEN = "AAPEN"
    TATT = "TATT"
    LOEST = "LOEST"
    FALT = "FALT"


class TellesFra(StrEnum):
    """Which of the two times a rule counts."""

    UKJENT = "UKJENT"
    HENDT = "HENDT"
    MOTTATT = "MOTTATT"


@dataclass(frozen=True, slots=True, kw_only=True)
class DelStatus:
    """One part of a view, and whether it is shared with this party."""

    avro_name: ClassVar[str] = "no.bindeledd.DelStatus"

    del_: str
    deling: Deling = Deling.UKJENT

    def to_avro(self) -> dict[str, object]:
        return {
            "del": self.del_,
            "deling": wire.symbol(self.deling, Deling, "DelStatus.deling"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            del_=d["del"],
            deling=Deling[d["deling"]],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FristHoldt:
    """The deadline was met."""

    avro_name: ClassVar[str] = "no.bindeledd.FristHoldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    navn: str
    forfall: datetime
    vurdert_per: datetime
    """The moment the judgement was made as of"""
    bevis: str
    """Ref of the message that met it"""

    def to_avro(self) -> dict[str, object]:
        return {
            "navn": self.navn,
            "forfall": wire.micros(self.forfall, "FristHoldt.forfall"),
            "vurdert_per": wire.micros(self.vurdert_per, "FristHoldt.vurdert_per"),
            "bevis": self.bevis,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            navn=d["navn"],
            forfall=wire.instant(d["forfall"]),
            vurdert_per=wire.instant(d["vurdert_per"]),
            bevis=d["bevis"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FristOmgjort:
    """Evidence that came late changed the judgement, or the deadline itself."""

    avro_name: ClassVar[str] = "no.bindeledd.FristOmgjort"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    navn: str
    forfall: datetime
    tilstand: FristTilstand = FristTilstand.UKJENT
    vurdert_per: datetime
    bevis: str

    def to_avro(self) -> dict[str, object]:
        return {
            "navn": self.navn,
            "forfall": wire.micros(self.forfall, "FristOmgjort.forfall"),
            "tilstand": wire.symbol(self.tilstand, FristTilstand, "FristOmgjort.tilstand"),
            "vurdert_per": wire.micros(self.vurdert_per, "FristOmgjort.vurdert_per"),
            "bevis": self.bevis,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            navn=d["navn"],
            forfall=wire.instant(d["forfall"]),
            tilstand=FristTilstand[d["tilstand"]],
            vurdert_per=wire.instant(d["vurdert_per"]),
            bevis=d["bevis"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FristOverskredet:
    """The deadline passed and nothing had met it."""

    avro_name: ClassVar[str] = "no.bindeledd.FristOverskredet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    navn: str
    forfall: datetime
    vurdert_per: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "navn": self.navn,
            "forfall": wire.micros(self.forfall, "FristOverskredet.forfall"),
            "vurdert_per": wire.micros(self.vurdert_per, "FristOverskredet.vurdert_per"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            navn=d["navn"],
            forfall=wire.instant(d["forfall"]),
            vurdert_per=wire.instant(d["vurdert_per"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FristSatt:
    """A deadline is running. Judged by the service that owns it."""

    avro_name: ClassVar[str] = "no.bindeledd.FristSatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    navn: str
    regel: str
    """The rule's id"""
    regel_versjon: str
    paragraf: str
    telles: TellesFra = TellesFra.UKJENT
    start: datetime
    forfall: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "navn": self.navn,
            "regel": self.regel,
            "regel_versjon": self.regel_versjon,
            "paragraf": self.paragraf,
            "telles": wire.symbol(self.telles, TellesFra, "FristSatt.telles"),
            "start": wire.micros(self.start, "FristSatt.start"),
            "forfall": wire.micros(self.forfall, "FristSatt.forfall"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            navn=d["navn"],
            regel=d["regel"],
            regel_versjon=d["regel_versjon"],
            paragraf=d["paragraf"],
            telles=TellesFra[d["telles"]],
            start=wire.instant(d["start"]),
            forfall=wire.instant(d["forfall"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grunn:
    """Why a party has been given this: the ground, in words, and how long it holds."""

    avro_name: ClassVar[str] = "no.bindeledd.Grunn"

    grunnlag: str
    """A, R, C, D or S"""
    setning: str
    samtykke_versjon: int
    lov_versjon: str
    gjelder_til: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "grunnlag": self.grunnlag,
            "setning": self.setning,
            "samtykke_versjon": wire.int64(self.samtykke_versjon, "Grunn.samtykke_versjon"),
            "lov_versjon": self.lov_versjon,
            "gjelder_til": None if self.gjelder_til is None else ("long", wire.micros(self.gjelder_til, "Grunn.gjelder_til")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            grunnlag=d["grunnlag"],
            setning=d["setning"],
            samtykke_versjon=d["samtykke_versjon"],
            lov_versjon=d["lov_versjon"],
            gjelder_til=None if d["gjelder_til"] is None else wire.instant(d["gjelder_til"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeldingHoppetOver:
    """A person has skipped a parked record, with a written reason."""

    avro_name: ClassVar[str] = "no.bindeledd.MeldingHoppetOver"
    sealed_fields: ClassVar[tuple[str, ...]] = ("begrunnelse",)

    kilde: str
    tema: str
    stroem: str
    versjon: int
    begrunnelse: Sealed[Tekst]

    def to_avro(self) -> dict[str, object]:
        return {
            "kilde": self.kilde,
            "tema": self.tema,
            "stroem": self.stroem,
            "versjon": wire.int64(self.versjon, "MeldingHoppetOver.versjon"),
            "begrunnelse": wire.seal(self.begrunnelse, "MeldingHoppetOver.begrunnelse"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            kilde=d["kilde"],
            tema=d["tema"],
            stroem=d["stroem"],
            versjon=d["versjon"],
            begrunnelse=wire.sealed(d["begrunnelse"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Oppgave:
    """A task as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.Oppgave"

    oppgave_ref: str
    slag: Oppgaveslag = Oppgaveslag.UKJENT
    part: str
    tilstand: Oppgavetilstand = Oppgavetilstand.UKJENT
    paragraf: str
    gjelder: str
    frist: datetime | None = None
    tatt_av: str

    def to_avro(self) -> dict[str, object]:
        return {
            "oppgave_ref": self.oppgave_ref,
            "slag": wire.symbol(self.slag, Oppgaveslag, "Oppgave.slag"),
            "part": self.part,
            "tilstand": wire.symbol(self.tilstand, Oppgavetilstand, "Oppgave.tilstand"),
            "paragraf": self.paragraf,
            "gjelder": self.gjelder,
            "frist": None if self.frist is None else ("long", wire.micros(self.frist, "Oppgave.frist")),
            "tatt_av": self.tatt_av,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            oppgave_ref=d["oppgave_ref"],
            slag=Oppgaveslag[d["slag"]],
            part=d["part"],
            tilstand=Oppgavetilstand[d["tilstand"]],
            paragraf=d["paragraf"],
            gjelder=d["gjelder"],
            frist=None if d["frist"] is None else wire.instant(d["frist"]),
            tatt_av=d["tatt_av"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OppgaveFalt:
    """The task is no longer needed."""

    avro_name: ClassVar[str] = "no.bindeledd.OppgaveFalt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    oppgave_ref: str
    grunn: str

    def to_avro(self) -> dict[str, object]:
        return {
            "oppgave_ref": self.oppgave_ref,
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            oppgave_ref=d["oppgave_ref"],
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OppgaveLoest:
    """The task is done."""

    avro_name: ClassVar[str] = "no.bindeledd.OppgaveLoest"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    oppgave_ref: str
    av: str

    def to_avro(self) -> dict[str, object]:
        return {
            "oppgave_ref": self.oppgave_ref,
            "av": self.av,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            oppgave_ref=d["oppgave_ref"],
            av=d["av"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OppgaveOpprettet:
    """A party has been given a task."""

    avro_name: ClassVar[str] = "no.bindeledd.OppgaveOpprettet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    oppgave_ref: str
    slag: Oppgaveslag = Oppgaveslag.UKJENT
    part: str
    paragraf: str
    """The rule that gives the task"""
    gjelder: str
    """Ref of what it is about, often a stay"""
    frist: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "oppgave_ref": self.oppgave_ref,
            "slag": wire.symbol(self.slag, Oppgaveslag, "OppgaveOpprettet.slag"),
            "part": self.part,
            "paragraf": self.paragraf,
            "gjelder": self.gjelder,
            "frist": None if self.frist is None else ("long", wire.micros(self.frist, "OppgaveOpprettet.frist")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            oppgave_ref=d["oppgave_ref"],
            slag=Oppgaveslag[d["slag"]],
            part=d["part"],
            paragraf=d["paragraf"],
            gjelder=d["gjelder"],
            frist=None if d["frist"] is None else wire.instant(d["frist"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OppgaveTatt:
    """A person of the party has taken the task."""

    avro_name: ClassVar[str] = "no.bindeledd.OppgaveTatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    oppgave_ref: str
    av: str
    """User id"""

    def to_avro(self) -> dict[str, object]:
        return {
            "oppgave_ref": self.oppgave_ref,
            "av": self.av,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            oppgave_ref=d["oppgave_ref"],
            av=d["av"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UtsnittAvsluttet:
    """The party no longer has this view. What was given stays in the story."""

    avro_name: ClassVar[str] = "no.bindeledd.UtsnittAvsluttet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    aggregat: str
    slag: str
    """Avro name of the view that ended"""
    avsluttet: datetime
    grunn: str

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "slag": self.slag,
            "avsluttet": wire.micros(self.avsluttet, "UtsnittAvsluttet.avsluttet"),
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            slag=d["slag"],
            avsluttet=wire.instant(d["avsluttet"]),
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tekst:
    """Free text."""

    avro_name: ClassVar[str] = "no.bindeledd.innhold.Tekst"

    tekst: str

    def to_avro(self) -> dict[str, object]:
        return {
            "tekst": self.tekst,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            tekst=d["tekst"],
        )
