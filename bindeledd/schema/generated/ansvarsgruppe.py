"""The types of ansvarsgruppe. Generated from schemas/ansvarsgruppe/ by `bindeledd schemas generate`: change the schemas, not this."""
# fmt: off

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from bindeledd.schema import wire
from bindeledd.schema.generated import felles


class Grupperolle(StrEnum):
    """In which role a party is in an ansvarsgruppe."""

    UKJENT = "UKJENT"
    KOORDINATORS_ENHET = "KOORDINATORS_ENHET"
    ACT = "ACT"
    DPS = "DPS"
    FASTLEGE = "FASTLEGE"
    HJEMMETJENESTE = "HJEMMETJENESTE"
    NAV = "NAV"
    BOLIG = "BOLIG"
    BARNEVERN = "BARNEVERN"
    SKOLE = "SKOLE"
    HELSESTASJON = "HELSESTASJON"
    REPRESENTANT = "REPRESENTANT"


class Medlemstilstand(StrEnum):
    """Where a membership stands."""

    UKJENT = "UKJENT"
    INVITERT = "INVITERT"
    MED = "MED"
    TAKKET_NEI = "TAKKET_NEI"
    FRATRAADT = "FRATRAADT"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsvarsgruppeAvsluttet:
    """The group has ended."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.AnsvarsgruppeAvsluttet"
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
class AnsvarsgruppeOpprettet:
    """The person has an ansvarsgruppe, with or without a plan."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.AnsvarsgruppeOpprettet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    av_part: str
    fra: datetime
    """From when the person has the group"""

    def to_avro(self) -> dict[str, object]:
        return {
            "av_part": self.av_part,
            "fra": wire.micros(self.fra, "AnsvarsgruppeOpprettet.fra"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            av_part=d["av_part"],
            fra=wire.instant(d["fra"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsvarsgruppeUtsnitt:
    """What a party may know of a person's ansvarsgruppe."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.AnsvarsgruppeUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    aggregat: str
    grunn: felles.Grunn
    medlemmer: tuple[Medlem, ...] = ()
    oppgaver: tuple[felles.Oppgave, ...] = ()
    avsluttet: bool
    deler: tuple[felles.DelStatus, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "medlemmer": [item.to_avro() for item in wire.items(self.medlemmer, "AnsvarsgruppeUtsnitt.medlemmer")],
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "AnsvarsgruppeUtsnitt.oppgaver")],
            "avsluttet": wire.flag(self.avsluttet, "AnsvarsgruppeUtsnitt.avsluttet"),
            "deler": [item.to_avro() for item in wire.items(self.deler, "AnsvarsgruppeUtsnitt.deler")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            medlemmer=tuple(map(Medlem.from_avro, d["medlemmer"])),
            oppgaver=tuple(map(felles.Oppgave.from_avro, d["oppgaver"])),
            avsluttet=d["avsluttet"],
            deler=tuple(map(felles.DelStatus.from_avro, d["deler"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KoordinatorByttet:
    """Another koordinator."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.KoordinatorByttet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    koordinator: str
    grunn: str

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "koordinator": self.koordinator,
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            koordinator=d["koordinator"],
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KoordinatorOppnevnt:
    """The person has a koordinator, with or without a plan (hol §7-2)."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.KoordinatorOppnevnt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    koordinator: str
    """User id"""
    fra: datetime
    """From when the person has a koordinator"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "koordinator": self.koordinator,
            "fra": wire.micros(self.fra, "KoordinatorOppnevnt.fra"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            koordinator=d["koordinator"],
            fra=wire.instant(d["fra"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Medlem:
    """A member as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.Medlem"

    medlem_ref: str
    part: str
    rolle: Grupperolle = Grupperolle.UKJENT
    tilstand: Medlemstilstand = Medlemstilstand.UKJENT

    def to_avro(self) -> dict[str, object]:
        return {
            "medlem_ref": self.medlem_ref,
            "part": self.part,
            "rolle": wire.symbol(self.rolle, Grupperolle, "Medlem.rolle"),
            "tilstand": wire.symbol(self.tilstand, Medlemstilstand, "Medlem.tilstand"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            medlem_ref=d["medlem_ref"],
            part=d["part"],
            rolle=Grupperolle[d["rolle"]],
            tilstand=Medlemstilstand[d["tilstand"]],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MedlemFratraadte:
    """The party has left the group."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.MedlemFratraadte"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    medlem_ref: str
    grunn: str

    def to_avro(self) -> dict[str, object]:
        return {
            "medlem_ref": self.medlem_ref,
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            medlem_ref=d["medlem_ref"],
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MedlemInvitert:
    """A party is invited to the group."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.MedlemInvitert"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    medlem_ref: str
    part: str
    rolle: Grupperolle = Grupperolle.UKJENT

    def to_avro(self) -> dict[str, object]:
        return {
            "medlem_ref": self.medlem_ref,
            "part": self.part,
            "rolle": wire.symbol(self.rolle, Grupperolle, "MedlemInvitert.rolle"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            medlem_ref=d["medlem_ref"],
            part=d["part"],
            rolle=Grupperolle[d["rolle"]],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MedlemSvarte:
    """The invited party has answered."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.MedlemSvarte"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    medlem_ref: str
    med: bool

    def to_avro(self) -> dict[str, object]:
        return {
            "medlem_ref": self.medlem_ref,
            "med": wire.flag(self.med, "MedlemSvarte.med"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            medlem_ref=d["medlem_ref"],
            med=d["med"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanUtsnitt:
    """What a party may know of a person's plan and koordinator."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.PlanUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    aggregat: str
    grunn: felles.Grunn
    koordinator_part: str | None = None
    koordinator: str | None = None
    plan: felles.Deling = felles.Deling.UKJENT
    oppgaver: tuple[felles.Oppgave, ...] = ()
    deler: tuple[felles.DelStatus, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "koordinator_part": None if self.koordinator_part is None else ("string", self.koordinator_part),
            "koordinator": None if self.koordinator is None else ("string", self.koordinator),
            "plan": wire.symbol(self.plan, felles.Deling, "PlanUtsnitt.plan"),
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "PlanUtsnitt.oppgaver")],
            "deler": [item.to_avro() for item in wire.items(self.deler, "PlanUtsnitt.deler")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            koordinator_part=d["koordinator_part"],
            koordinator=d["koordinator"],
            plan=felles.Deling[d["plan"]],
            oppgaver=tuple(map(felles.Oppgave.from_avro, d["oppgaver"])),
            deler=tuple(map(felles.DelStatus.from_avro, d["deler"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SamtykkeGitt:
    """The person consents that a party may know some parts."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.SamtykkeGitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    samtykke_id: str
    part: str
    formaal: str
    deler: tuple[str, ...] = ()
    """Parts of the access table"""
    gjelder_fra: datetime
    gjelder_til: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "samtykke_id": self.samtykke_id,
            "part": self.part,
            "formaal": self.formaal,
            "deler": list(wire.items(self.deler, "SamtykkeGitt.deler")),
            "gjelder_fra": wire.micros(self.gjelder_fra, "SamtykkeGitt.gjelder_fra"),
            "gjelder_til": None if self.gjelder_til is None else ("long", wire.micros(self.gjelder_til, "SamtykkeGitt.gjelder_til")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            samtykke_id=d["samtykke_id"],
            part=d["part"],
            formaal=d["formaal"],
            deler=tuple(d["deler"]),
            gjelder_fra=wire.instant(d["gjelder_fra"]),
            gjelder_til=None if d["gjelder_til"] is None else wire.instant(d["gjelder_til"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SamtykkeTrukket:
    """The consent is withdrawn."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.SamtykkeTrukket"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    samtykke_id: str
    part: str
    trukket: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "samtykke_id": self.samtykke_id,
            "part": self.part,
            "trukket": wire.micros(self.trukket, "SamtykkeTrukket.trukket"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            samtykke_id=d["samtykke_id"],
            part=d["part"],
            trukket=wire.instant(d["trukket"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SamtykkeUtsnitt:
    """What a party may know of a person's consents and oppositions."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.SamtykkeUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    aggregat: str
    grunn: felles.Grunn
    samtykker: tuple[SamtykkeVist, ...] = ()
    sperringer: tuple[SperringVist, ...] = ()
    eldre: int = 0
    """How many consents and oppositions that no longer hold are older than those that are shown"""

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "samtykker": [item.to_avro() for item in wire.items(self.samtykker, "SamtykkeUtsnitt.samtykker")],
            "sperringer": [item.to_avro() for item in wire.items(self.sperringer, "SamtykkeUtsnitt.sperringer")],
            "eldre": wire.int32(self.eldre, "SamtykkeUtsnitt.eldre"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            samtykker=tuple(map(SamtykkeVist.from_avro, d["samtykker"])),
            sperringer=tuple(map(SperringVist.from_avro, d["sperringer"])),
            eldre=d["eldre"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SamtykkeVist:
    """A consent as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.SamtykkeVist"

    samtykke_id: str
    part: str
    formaal: str
    deler: tuple[str, ...] = ()
    gjelder_fra: datetime
    gjelder_til: datetime | None = None
    trukket: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "samtykke_id": self.samtykke_id,
            "part": self.part,
            "formaal": self.formaal,
            "deler": list(wire.items(self.deler, "SamtykkeVist.deler")),
            "gjelder_fra": wire.micros(self.gjelder_fra, "SamtykkeVist.gjelder_fra"),
            "gjelder_til": None if self.gjelder_til is None else ("long", wire.micros(self.gjelder_til, "SamtykkeVist.gjelder_til")),
            "trukket": None if self.trukket is None else ("long", wire.micros(self.trukket, "SamtykkeVist.trukket")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            samtykke_id=d["samtykke_id"],
            part=d["part"],
            formaal=d["formaal"],
            deler=tuple(d["deler"]),
            gjelder_fra=wire.instant(d["gjelder_fra"]),
            gjelder_til=None if d["gjelder_til"] is None else wire.instant(d["gjelder_til"]),
            trukket=None if d["trukket"] is None else wire.instant(d["trukket"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SperringOpphevet:
    """The opposition is lifted."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.SperringOpphevet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    sperring_id: str
    opphevet: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "sperring_id": self.sperring_id,
            "opphevet": wire.micros(self.opphevet, "SperringOpphevet.opphevet"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            sperring_id=d["sperring_id"],
            opphevet=wire.instant(d["opphevet"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SperringRegistrert:
    """The person opposes that something is shared (hpl §§25, 45)."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.SperringRegistrert"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    sperring_id: str
    part: str | None = None
    """None: all parties"""
    deler: tuple[str, ...] = ()
    """Empty: all parts"""
    gjelder_fra: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "sperring_id": self.sperring_id,
            "part": None if self.part is None else ("string", self.part),
            "deler": list(wire.items(self.deler, "SperringRegistrert.deler")),
            "gjelder_fra": wire.micros(self.gjelder_fra, "SperringRegistrert.gjelder_fra"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            sperring_id=d["sperring_id"],
            part=d["part"],
            deler=tuple(d["deler"]),
            gjelder_fra=wire.instant(d["gjelder_fra"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SperringVist:
    """An opposition as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.SperringVist"

    sperring_id: str
    part: str | None = None
    deler: tuple[str, ...] = ()
    gjelder_fra: datetime
    opphevet: datetime | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "sperring_id": self.sperring_id,
            "part": None if self.part is None else ("string", self.part),
            "deler": list(wire.items(self.deler, "SperringVist.deler")),
            "gjelder_fra": wire.micros(self.gjelder_fra, "SperringVist.gjelder_fra"),
            "opphevet": None if self.opphevet is None else ("long", wire.micros(self.opphevet, "SperringVist.opphevet")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            sperring_id=d["sperring_id"],
            part=d["part"],
            deler=tuple(d["deler"]),
            gjelder_fra=wire.instant(d["gjelder_fra"]),
            opphevet=None if d["opphevet"] is None else wire.instant(d["opphevet"]),
        )


SamtykkeStroem = (
    SamtykkeGitt
    | SamtykkeTrukket
    | SperringRegistrert
    | SperringOpphevet
)
PlanStroem = (
    KoordinatorOppnevnt
    | KoordinatorByttet
    | felles.OppgaveOpprettet
    | felles.OppgaveTatt
    | felles.OppgaveLoest
    | felles.OppgaveFalt
)
GruppeStroem = (
    AnsvarsgruppeOpprettet
    | MedlemInvitert
    | MedlemSvarte
    | MedlemFratraadte
    | AnsvarsgruppeAvsluttet
    | felles.OppgaveOpprettet
    | felles.OppgaveTatt
    | felles.OppgaveLoest
    | felles.OppgaveFalt
)
DriftStroem = (
    felles.MeldingHoppetOver
)
Utsnitt = (
    SamtykkeUtsnitt
    | PlanUtsnitt
    | AnsvarsgruppeUtsnitt
    | felles.UtsnittAvsluttet
)
