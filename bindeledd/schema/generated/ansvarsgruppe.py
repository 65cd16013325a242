"""The types of ansvarsgruppe. Generated from schemas/ansvarsgruppe/ by `bindeledd schemas generate`: change the schemas, not this."""
# fmt: off

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Self

from bindeledd.core.sealed import Sealed
from bindeledd.schema import wire
from bindeledd.schema.generated import felles


class Barnekoordinatortilstand(StrEnum):
    """Whether a family with a child that needs much has a barnekoordinator (pbrl §2-5c)."""

    UKJENT = "UKJENT"
    INGEN = "INGEN"
    TILBUDT = "TILBUDT"
    TAKKET_NEI = "TAKKET_NEI"
    OPPNEVNT = "OPPNEVNT"


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


class Moetesvar(StrEnum):
    """What somebody who was invited has answered."""

    UKJENT = "UKJENT"
    IKKE_SVART = "IKKE_SVART"
    KOMMER = "KOMMER"
    KOMMER_IKKE = "KOMMER_IKKE"


class Moetetilstand(StrEnum):
    """Where a meeting stands."""

    UKJENT = "UKJENT"
    INNKALT = "INNKALT"
    AVLYST = "AVLYST"
    HOLDT = "HOLDT"
    GODKJENT = "GODKJENT"


class Plantilstand(StrEnum):
    """Where a person's individual plan stands."""

    UKJENT = "UKJENT"
    INGEN = "INGEN"
    TILBUDT = "TILBUDT"
    TAKKET_NEI = "TAKKET_NEI"
    GJELDER = "GJELDER"
    AVSLUTTET = "AVSLUTTET"


class Tiltakstilstand(StrEnum):
    """Where a measure stands."""

    UKJENT = "UKJENT"
    AVTALT = "AVTALT"
    GJORT = "GJORT"
    BORTFALT = "BORTFALT"


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
    sealed_fields: ClassVar[tuple[str, ...]] = ("representant",)

    aggregat: str
    grunn: felles.Grunn
    medlemmer: tuple[Medlem, ...] = ()
    oppgaver: tuple[felles.Oppgave, ...] = ()
    avsluttet: bool
    deler: tuple[felles.DelStatus, ...] = ()
    representant_slag: str = ''
    representant: Sealed[felles.Tekst] | None = None
    paa_vent: bool = False
    """A stay goes on; told only to those who may know of it"""

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "medlemmer": [item.to_avro() for item in wire.items(self.medlemmer, "AnsvarsgruppeUtsnitt.medlemmer")],
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "AnsvarsgruppeUtsnitt.oppgaver")],
            "avsluttet": wire.flag(self.avsluttet, "AnsvarsgruppeUtsnitt.avsluttet"),
            "deler": [item.to_avro() for item in wire.items(self.deler, "AnsvarsgruppeUtsnitt.deler")],
            "representant_slag": self.representant_slag,
            "representant": None if self.representant is None else ("no.bindeledd.Forseglet", wire.seal(self.representant, "AnsvarsgruppeUtsnitt.representant")),
            "paa_vent": wire.flag(self.paa_vent, "AnsvarsgruppeUtsnitt.paa_vent"),
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
            representant_slag=d["representant_slag"],
            representant=None if d["representant"] is None else wire.sealed(d["representant"]),
            paa_vent=d["paa_vent"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsvarsgruppemoeteAvlyst:
    """The meeting will not be held."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.AnsvarsgruppemoeteAvlyst"
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
class AnsvarsgruppemoeteBesvart:
    """Somebody who was invited has answered."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.AnsvarsgruppemoeteBesvart"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    part: str
    kommer: bool

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "kommer": wire.flag(self.kommer, "AnsvarsgruppemoeteBesvart.kommer"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            kommer=d["kommer"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsvarsgruppemoeteHoldt:
    """The meeting has been held."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.AnsvarsgruppemoeteHoldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    holdt: datetime
    tilstede: tuple[str, ...] = ()
    """Parties"""

    def to_avro(self) -> dict[str, object]:
        return {
            "holdt": wire.micros(self.holdt, "AnsvarsgruppemoeteHoldt.holdt"),
            "tilstede": list(wire.items(self.tilstede, "AnsvarsgruppemoeteHoldt.tilstede")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            holdt=wire.instant(d["holdt"]),
            tilstede=tuple(d["tilstede"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsvarsgruppemoeteInnkalt:
    """The person and members of the group are summoned to a meeting."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.AnsvarsgruppemoeteInnkalt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("sted", "innhold",)

    gruppe_ref: str
    av_part: str
    tid: datetime
    innspill_til: date | None = None
    """The last day to send in what should be talked about"""
    inviterte: tuple[str, ...] = ()
    """Parties; the person is always among them"""
    opphold_ref: str | None = None
    """The stay that the meeting is about"""
    sted: Sealed[Moetested]
    innhold: Sealed[Moeteinnhold]

    def to_avro(self) -> dict[str, object]:
        return {
            "gruppe_ref": self.gruppe_ref,
            "av_part": self.av_part,
            "tid": wire.micros(self.tid, "AnsvarsgruppemoeteInnkalt.tid"),
            "innspill_til": None if self.innspill_til is None else ("int", wire.days(self.innspill_til, "AnsvarsgruppemoeteInnkalt.innspill_til")),
            "inviterte": list(wire.items(self.inviterte, "AnsvarsgruppemoeteInnkalt.inviterte")),
            "opphold_ref": None if self.opphold_ref is None else ("string", self.opphold_ref),
            "sted": wire.seal(self.sted, "AnsvarsgruppemoeteInnkalt.sted"),
            "innhold": wire.seal(self.innhold, "AnsvarsgruppemoeteInnkalt.innhold"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            gruppe_ref=d["gruppe_ref"],
            av_part=d["av_part"],
            tid=wire.instant(d["tid"]),
            innspill_til=None if d["innspill_til"] is None else wire.day(d["innspill_til"]),
            inviterte=tuple(d["inviterte"]),
            opphold_ref=d["opphold_ref"],
            sted=wire.sealed(d["sted"]),
            innhold=wire.sealed(d["innhold"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BarnekoordinatorAvklart:
    """The family was offered a barnekoordinator, declined, or has one (pbrl §2-5c, hol §7-2a)."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.BarnekoordinatorAvklart"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    tilstand: Barnekoordinatortilstand
    """What came of it"""
    part: str | None = None
    """The barnekoordinator's unit, when there is one"""
    koordinator: str | None = None
    """User id"""
    av_part: str
    regel_versjon: str
    """Version of the rule that gives the right"""

    def to_avro(self) -> dict[str, object]:
        return {
            "tilstand": wire.symbol(self.tilstand, Barnekoordinatortilstand, "BarnekoordinatorAvklart.tilstand"),
            "part": None if self.part is None else ("string", self.part),
            "koordinator": None if self.koordinator is None else ("string", self.koordinator),
            "av_part": self.av_part,
            "regel_versjon": self.regel_versjon,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            tilstand=Barnekoordinatortilstand[d["tilstand"]],
            part=d["part"],
            koordinator=d["koordinator"],
            av_part=d["av_part"],
            regel_versjon=d["regel_versjon"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BrukermaalSatt:
    """The person's own goals, all of them as they now stand."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.BrukermaalSatt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("maal",)

    maal: Sealed[Brukermaal]

    def to_avro(self) -> dict[str, object]:
        return {
            "maal": wire.seal(self.maal, "BrukermaalSatt.maal"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            maal=wire.sealed(d["maal"]),
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
class KoordineringsbehovMeldt:
    """Health personnel told the koordinerende enhet that the person needs a koordinator or an individual plan (hpl
    §38a).
    """

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.KoordineringsbehovMeldt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("behov",)

    behov_ref: str
    av_part: str
    til_part: str
    meldt: datetime
    """When it was told"""
    behov: Sealed[felles.Tekst] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "behov_ref": self.behov_ref,
            "av_part": self.av_part,
            "til_part": self.til_part,
            "meldt": wire.micros(self.meldt, "KoordineringsbehovMeldt.meldt"),
            "behov": None if self.behov is None else ("no.bindeledd.Forseglet", wire.seal(self.behov, "KoordineringsbehovMeldt.behov")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            behov_ref=d["behov_ref"],
            av_part=d["av_part"],
            til_part=d["til_part"],
            meldt=wire.instant(d["meldt"]),
            behov=None if d["behov"] is None else wire.sealed(d["behov"]),
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
class MoeteUtsnitt:
    """What a party may know of a meeting of a person's ansvarsgruppe."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.MoeteUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("sted", "innhold", "referat",)

    aggregat: str
    grunn: felles.Grunn
    gruppe_ref: str
    av_part: str
    tid: datetime
    innspill_til: date | None = None
    tilstand: Moetetilstand = Moetetilstand.UKJENT
    sted: Sealed[Moetested] | None = None
    innhold: Sealed[Moeteinnhold] | None = None
    opphold_ref: str | None = None
    """The stay that it is about; told only to those who may know of it"""
    deltakere: tuple[Moetedeltaker, ...] = ()
    tiltak: tuple[str, ...] = ()
    neste: date | None = None
    referat: Sealed[Referat] | None = None
    oppgaver: tuple[felles.Oppgave, ...] = ()
    deler: tuple[felles.DelStatus, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "gruppe_ref": self.gruppe_ref,
            "av_part": self.av_part,
            "tid": wire.micros(self.tid, "MoeteUtsnitt.tid"),
            "innspill_til": None if self.innspill_til is None else ("int", wire.days(self.innspill_til, "MoeteUtsnitt.innspill_til")),
            "tilstand": wire.symbol(self.tilstand, Moetetilstand, "MoeteUtsnitt.tilstand"),
            "sted": None if self.sted is None else ("no.bindeledd.Forseglet", wire.seal(self.sted, "MoeteUtsnitt.sted")),
            "innhold": None if self.innhold is None else ("no.bindeledd.Forseglet", wire.seal(self.innhold, "MoeteUtsnitt.innhold")),
            "opphold_ref": None if self.opphold_ref is None else ("string", self.opphold_ref),
            "deltakere": [item.to_avro() for item in wire.items(self.deltakere, "MoeteUtsnitt.deltakere")],
            "tiltak": list(wire.items(self.tiltak, "MoeteUtsnitt.tiltak")),
            "neste": None if self.neste is None else ("int", wire.days(self.neste, "MoeteUtsnitt.neste")),
            "referat": None if self.referat is None else ("no.bindeledd.Forseglet", wire.seal(self.referat, "MoeteUtsnitt.referat")),
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "MoeteUtsnitt.oppgaver")],
            "deler": [item.to_avro() for item in wire.items(self.deler, "MoeteUtsnitt.deler")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            gruppe_ref=d["gruppe_ref"],
            av_part=d["av_part"],
            tid=wire.instant(d["tid"]),
            innspill_til=None if d["innspill_til"] is None else wire.day(d["innspill_til"]),
            tilstand=Moetetilstand[d["tilstand"]],
            sted=None if d["sted"] is None else wire.sealed(d["sted"]),
            innhold=None if d["innhold"] is None else wire.sealed(d["innhold"]),
            opphold_ref=d["opphold_ref"],
            deltakere=tuple(map(Moetedeltaker.from_avro, d["deltakere"])),
            tiltak=tuple(d["tiltak"]),
            neste=None if d["neste"] is None else wire.day(d["neste"]),
            referat=None if d["referat"] is None else wire.sealed(d["referat"]),
            oppgaver=tuple(map(felles.Oppgave.from_avro, d["oppgaver"])),
            deler=tuple(map(felles.DelStatus.from_avro, d["deler"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moetedeltaker:
    """Somebody who was invited, as a view shows it."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.Moetedeltaker"

    part: str
    svar: Moetesvar = Moetesvar.UKJENT
    tilstede: bool

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "svar": wire.symbol(self.svar, Moetesvar, "Moetedeltaker.svar"),
            "tilstede": wire.flag(self.tilstede, "Moetedeltaker.tilstede"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            svar=Moetesvar[d["svar"]],
            tilstede=d["tilstede"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAvsluttet:
    """The person has an individual plan no longer."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.PlanAvsluttet"
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
class PlanEvaluert:
    """The plan has been gone through with the person."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.PlanEvaluert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("vurdering",)

    revisjon: date
    """The day by which it is gone through again"""
    vurdering: Sealed[felles.Tekst] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "revisjon": wire.days(self.revisjon, "PlanEvaluert.revisjon"),
            "vurdering": None if self.vurdering is None else ("no.bindeledd.Forseglet", wire.seal(self.vurdering, "PlanEvaluert.vurdering")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            revisjon=wire.day(d["revisjon"]),
            vurdering=None if d["vurdering"] is None else wire.sealed(d["vurdering"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOpprettet:
    """The person has consented to an individual plan, and has one from now on (pbrl §2-5)."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.PlanOpprettet"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    av_part: str
    fra: datetime
    revisjon: date
    """The day by which it is gone through again"""

    def to_avro(self) -> dict[str, object]:
        return {
            "av_part": self.av_part,
            "fra": wire.micros(self.fra, "PlanOpprettet.fra"),
            "revisjon": wire.days(self.revisjon, "PlanOpprettet.revisjon"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            av_part=d["av_part"],
            fra=wire.instant(d["fra"]),
            revisjon=wire.day(d["revisjon"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTilbudt:
    """The person is offered an individual plan (pbrl §2-5)."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.PlanTilbudt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    av_part: str

    def to_avro(self) -> dict[str, object]:
        return {
            "av_part": self.av_part,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            av_part=d["av_part"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanUtsnitt:
    """What a party may know of a person's plan and koordinator."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.PlanUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("maal", "vurdering", "behov",)

    aggregat: str
    grunn: felles.Grunn
    koordinator_part: str | None = None
    koordinator: str | None = None
    plan: felles.Deling = felles.Deling.UKJENT
    oppgaver: tuple[felles.Oppgave, ...] = ()
    deler: tuple[felles.DelStatus, ...] = ()
    tilstand: Plantilstand = Plantilstand.UKJENT
    fra: datetime | None = None
    """Since when the person has the plan"""
    revisjon: date | None = None
    maal: Sealed[Brukermaal] | None = None
    vurdering: Sealed[felles.Tekst] | None = None
    """What was said when it was last gone through"""
    barnekoordinator_tilstand: Barnekoordinatortilstand = Barnekoordinatortilstand.UKJENT
    """Offered and declined only to those who help, and to the person"""
    barnekoordinator_part: str | None = None
    """The barnekoordinator's unit"""
    barnekoordinator: str | None = None
    """User id"""
    behov_av: str = ''
    """The unit that told the koordinerende enhet of a need, while that has not answered"""
    behov_meldt: datetime | None = None
    """When it told"""
    behov: Sealed[felles.Tekst] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "koordinator_part": None if self.koordinator_part is None else ("string", self.koordinator_part),
            "koordinator": None if self.koordinator is None else ("string", self.koordinator),
            "plan": wire.symbol(self.plan, felles.Deling, "PlanUtsnitt.plan"),
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "PlanUtsnitt.oppgaver")],
            "deler": [item.to_avro() for item in wire.items(self.deler, "PlanUtsnitt.deler")],
            "tilstand": wire.symbol(self.tilstand, Plantilstand, "PlanUtsnitt.tilstand"),
            "fra": None if self.fra is None else ("long", wire.micros(self.fra, "PlanUtsnitt.fra")),
            "revisjon": None if self.revisjon is None else ("int", wire.days(self.revisjon, "PlanUtsnitt.revisjon")),
            "maal": None if self.maal is None else ("no.bindeledd.Forseglet", wire.seal(self.maal, "PlanUtsnitt.maal")),
            "vurdering": None if self.vurdering is None else ("no.bindeledd.Forseglet", wire.seal(self.vurdering, "PlanUtsnitt.vurdering")),
            "barnekoordinator_tilstand": wire.symbol(self.barnekoordinator_tilstand, Barnekoordinatortilstand, "PlanUtsnitt.barnekoordinator_tilstand"),
            "barnekoordinator_part": None if self.barnekoordinator_part is None else ("string", self.barnekoordinator_part),
            "barnekoordinator": None if self.barnekoordinator is None else ("string", self.barnekoordinator),
            "behov_av": self.behov_av,
            "behov_meldt": None if self.behov_meldt is None else ("long", wire.micros(self.behov_meldt, "PlanUtsnitt.behov_meldt")),
            "behov": None if self.behov is None else ("no.bindeledd.Forseglet", wire.seal(self.behov, "PlanUtsnitt.behov")),
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
            tilstand=Plantilstand[d["tilstand"]],
            fra=None if d["fra"] is None else wire.instant(d["fra"]),
            revisjon=None if d["revisjon"] is None else wire.day(d["revisjon"]),
            maal=None if d["maal"] is None else wire.sealed(d["maal"]),
            vurdering=None if d["vurdering"] is None else wire.sealed(d["vurdering"]),
            barnekoordinator_tilstand=Barnekoordinatortilstand[d["barnekoordinator_tilstand"]],
            barnekoordinator_part=d["barnekoordinator_part"],
            barnekoordinator=d["barnekoordinator"],
            behov_av=d["behov_av"],
            behov_meldt=None if d["behov_meldt"] is None else wire.instant(d["behov_meldt"]),
            behov=None if d["behov"] is None else wire.sealed(d["behov"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferatGodkjent:
    """The minutes of the meeting are approved."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.ReferatGodkjent"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    tiltak: tuple[str, ...] = ()
    """Refs of the measures that were agreed"""
    neste: date | None = None
    """The day of the next meeting"""
    innhold: Sealed[Referat]

    def to_avro(self) -> dict[str, object]:
        return {
            "tiltak": list(wire.items(self.tiltak, "ReferatGodkjent.tiltak")),
            "neste": None if self.neste is None else ("int", wire.days(self.neste, "ReferatGodkjent.neste")),
            "innhold": wire.seal(self.innhold, "ReferatGodkjent.innhold"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            tiltak=tuple(d["tiltak"]),
            neste=None if d["neste"] is None else wire.day(d["neste"]),
            innhold=wire.sealed(d["innhold"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RepresentantOppnevnt:
    """The person has named a representative, who is invited besides the person and never instead."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.RepresentantOppnevnt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("navn",)

    slag: str
    """Code; empty when the person wants none any more"""
    navn: Sealed[felles.Tekst] | None = None

    def to_avro(self) -> dict[str, object]:
        return {
            "slag": self.slag,
            "navn": None if self.navn is None else ("no.bindeledd.Forseglet", wire.seal(self.navn, "RepresentantOppnevnt.navn")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            slag=d["slag"],
            navn=None if d["navn"] is None else wire.sealed(d["navn"]),
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
    barnet_hoert: bool = False
    """A child who is old enough was heard before somebody consented for it (pbrl §4-4)"""

    def to_avro(self) -> dict[str, object]:
        return {
            "samtykke_id": self.samtykke_id,
            "part": self.part,
            "formaal": self.formaal,
            "deler": list(wire.items(self.deler, "SamtykkeGitt.deler")),
            "gjelder_fra": wire.micros(self.gjelder_fra, "SamtykkeGitt.gjelder_fra"),
            "gjelder_til": None if self.gjelder_til is None else ("long", wire.micros(self.gjelder_til, "SamtykkeGitt.gjelder_til")),
            "barnet_hoert": wire.flag(self.barnet_hoert, "SamtykkeGitt.barnet_hoert"),
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
            barnet_hoert=d["barnet_hoert"],
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
    """What a party may know of a person's consents and oppositions, and of who speaks for them."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.SamtykkeUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("talsnavn",)

    aggregat: str
    grunn: felles.Grunn
    samtykker: tuple[SamtykkeVist, ...] = ()
    sperringer: tuple[SperringVist, ...] = ()
    eldre: int = 0
    """How many consents and oppositions that no longer hold are older than those that are shown"""
    talspersoner: tuple[TalspersonVist, ...] = ()
    talsnavn: tuple[Sealed[felles.Tekst], ...] = ()
    """Their names, in the same order"""

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "samtykker": [item.to_avro() for item in wire.items(self.samtykker, "SamtykkeUtsnitt.samtykker")],
            "sperringer": [item.to_avro() for item in wire.items(self.sperringer, "SamtykkeUtsnitt.sperringer")],
            "eldre": wire.int32(self.eldre, "SamtykkeUtsnitt.eldre"),
            "talspersoner": [item.to_avro() for item in wire.items(self.talspersoner, "SamtykkeUtsnitt.talspersoner")],
            "talsnavn": [wire.seal(item, "SamtykkeUtsnitt.talsnavn") for item in wire.items(self.talsnavn, "SamtykkeUtsnitt.talsnavn")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            samtykker=tuple(map(SamtykkeVist.from_avro, d["samtykker"])),
            sperringer=tuple(map(SperringVist.from_avro, d["sperringer"])),
            eldre=d["eldre"],
            talspersoner=tuple(map(TalspersonVist.from_avro, d["talspersoner"])),
            talsnavn=tuple(map(wire.sealed, d["talsnavn"])),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class TakketNeiTilPlan:
    """The person declines an individual plan; a koordinator is offered all the same (hol §7-2)."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.TakketNeiTilPlan"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    av_part: str

    def to_avro(self) -> dict[str, object]:
        return {
            "av_part": self.av_part,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            av_part=d["av_part"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TalspersonFratraadt:
    """Somebody speaks for the person no longer."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.TalspersonFratraadt"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    talsperson_id: str
    grunn: str
    """Code"""
    fratraadt: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "talsperson_id": self.talsperson_id,
            "grunn": self.grunn,
            "fratraadt": wire.micros(self.fratraadt, "TalspersonFratraadt.fratraadt"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            talsperson_id=d["talsperson_id"],
            grunn=d["grunn"],
            fratraadt=wire.instant(d["fratraadt"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TalspersonRegistrert:
    """Somebody has parental responsibility for the person, or speaks for them as they have chosen (pbrl §§3-3, 4-4)."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.TalspersonRegistrert"
    sealed_fields: ClassVar[tuple[str, ...]] = ("navn",)

    talsperson_id: str
    slag: str
    """Code: foreldreansvar, or what the chosen one is to the person"""
    deler: tuple[str, ...] = ()
    """Parts of the access table that who was chosen may know; empty for parental responsibility"""
    av_part: str
    gjelder_fra: datetime
    navn: Sealed[felles.Tekst]

    def to_avro(self) -> dict[str, object]:
        return {
            "talsperson_id": self.talsperson_id,
            "slag": self.slag,
            "deler": list(wire.items(self.deler, "TalspersonRegistrert.deler")),
            "av_part": self.av_part,
            "gjelder_fra": wire.micros(self.gjelder_fra, "TalspersonRegistrert.gjelder_fra"),
            "navn": wire.seal(self.navn, "TalspersonRegistrert.navn"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            talsperson_id=d["talsperson_id"],
            slag=d["slag"],
            deler=tuple(d["deler"]),
            av_part=d["av_part"],
            gjelder_fra=wire.instant(d["gjelder_fra"]),
            navn=wire.sealed(d["navn"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TalspersonVist:
    """Who speaks for the person now, as a view shows it; the name stands in the same place of `talsnavn`."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.TalspersonVist"

    talsperson_id: str
    slag: str
    """Code, as in TalspersonRegistrert"""
    deler: tuple[str, ...] = ()
    gjelder_fra: datetime

    def to_avro(self) -> dict[str, object]:
        return {
            "talsperson_id": self.talsperson_id,
            "slag": self.slag,
            "deler": list(wire.items(self.deler, "TalspersonVist.deler")),
            "gjelder_fra": wire.micros(self.gjelder_fra, "TalspersonVist.gjelder_fra"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            talsperson_id=d["talsperson_id"],
            slag=d["slag"],
            deler=tuple(d["deler"]),
            gjelder_fra=wire.instant(d["gjelder_fra"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TiltakAvtalt:
    """Somebody is to do something for the person, in a plan or after a meeting."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.TiltakAvtalt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    part: str
    """Who is responsible"""
    frist: date | None = None
    gaar_videre: bool
    """It goes on also while the person is admitted"""
    plan_ref: str | None = None
    moete_ref: str | None = None
    gjelder_opphold: str | None = None
    """The stay that the meeting was about"""
    innhold: Sealed[felles.Tekst]

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "frist": None if self.frist is None else ("int", wire.days(self.frist, "TiltakAvtalt.frist")),
            "gaar_videre": wire.flag(self.gaar_videre, "TiltakAvtalt.gaar_videre"),
            "plan_ref": None if self.plan_ref is None else ("string", self.plan_ref),
            "moete_ref": None if self.moete_ref is None else ("string", self.moete_ref),
            "gjelder_opphold": None if self.gjelder_opphold is None else ("string", self.gjelder_opphold),
            "innhold": wire.seal(self.innhold, "TiltakAvtalt.innhold"),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            frist=None if d["frist"] is None else wire.day(d["frist"]),
            gaar_videre=d["gaar_videre"],
            plan_ref=d["plan_ref"],
            moete_ref=d["moete_ref"],
            gjelder_opphold=d["gjelder_opphold"],
            innhold=wire.sealed(d["innhold"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TiltakEndret:
    """The measure is otherwise from now on."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.TiltakEndret"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    part: str
    frist: date | None = None
    gaar_videre: bool
    tilstand: Tiltakstilstand = Tiltakstilstand.UKJENT
    innhold: Sealed[felles.Tekst] | None = None
    """None: as before"""

    def to_avro(self) -> dict[str, object]:
        return {
            "part": self.part,
            "frist": None if self.frist is None else ("int", wire.days(self.frist, "TiltakEndret.frist")),
            "gaar_videre": wire.flag(self.gaar_videre, "TiltakEndret.gaar_videre"),
            "tilstand": wire.symbol(self.tilstand, Tiltakstilstand, "TiltakEndret.tilstand"),
            "innhold": None if self.innhold is None else ("no.bindeledd.Forseglet", wire.seal(self.innhold, "TiltakEndret.innhold")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            part=d["part"],
            frist=None if d["frist"] is None else wire.day(d["frist"]),
            gaar_videre=d["gaar_videre"],
            tilstand=Tiltakstilstand[d["tilstand"]],
            innhold=None if d["innhold"] is None else wire.sealed(d["innhold"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TiltakGjenopptatt:
    """The measure goes on."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.TiltakGjenopptatt"
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
class TiltakSattPaaVent:
    """The measure waits while the person is admitted."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.TiltakSattPaaVent"
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
class TiltakUtsnitt:
    """What a party may know of a measure."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.TiltakUtsnitt"
    sealed_fields: ClassVar[tuple[str, ...]] = ("innhold",)

    aggregat: str
    grunn: felles.Grunn
    part: str
    frist: date | None = None
    gaar_videre: bool
    tilstand: Tiltakstilstand = Tiltakstilstand.UKJENT
    paa_vent: bool
    opphold_ref: str | None = None
    """The stay that it waits for; told only to those who may know of it"""
    innhold: Sealed[felles.Tekst] | None = None
    plan_ref: str | None = None
    moete_ref: str | None = None
    oppgaver: tuple[felles.Oppgave, ...] = ()
    deler: tuple[felles.DelStatus, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "aggregat": self.aggregat,
            "grunn": self.grunn.to_avro(),
            "part": self.part,
            "frist": None if self.frist is None else ("int", wire.days(self.frist, "TiltakUtsnitt.frist")),
            "gaar_videre": wire.flag(self.gaar_videre, "TiltakUtsnitt.gaar_videre"),
            "tilstand": wire.symbol(self.tilstand, Tiltakstilstand, "TiltakUtsnitt.tilstand"),
            "paa_vent": wire.flag(self.paa_vent, "TiltakUtsnitt.paa_vent"),
            "opphold_ref": None if self.opphold_ref is None else ("string", self.opphold_ref),
            "innhold": None if self.innhold is None else ("no.bindeledd.Forseglet", wire.seal(self.innhold, "TiltakUtsnitt.innhold")),
            "plan_ref": None if self.plan_ref is None else ("string", self.plan_ref),
            "moete_ref": None if self.moete_ref is None else ("string", self.moete_ref),
            "oppgaver": [item.to_avro() for item in wire.items(self.oppgaver, "TiltakUtsnitt.oppgaver")],
            "deler": [item.to_avro() for item in wire.items(self.deler, "TiltakUtsnitt.deler")],
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            aggregat=d["aggregat"],
            grunn=felles.Grunn.from_avro(d["grunn"]),
            part=d["part"],
            frist=None if d["frist"] is None else wire.day(d["frist"]),
            gaar_videre=d["gaar_videre"],
            tilstand=Tiltakstilstand[d["tilstand"]],
            paa_vent=d["paa_vent"],
            opphold_ref=d["opphold_ref"],
            innhold=None if d["innhold"] is None else wire.sealed(d["innhold"]),
            plan_ref=d["plan_ref"],
            moete_ref=d["moete_ref"],
            oppgaver=tuple(map(felles.Oppgave.from_avro, d["oppgaver"])),
            deler=tuple(map(felles.DelStatus.from_avro, d["deler"])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Brukermaal:
    """What the person says of the plan, in their own words."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.innhold.Brukermaal"

    maal: tuple[str, ...] = ()
    """The person's goals, the most important first"""
    ressurser: str
    """What the person is good at and has to build on"""
    behov: str
    bidrag: str
    """What the person, and those close to them, will do themselves"""

    def to_avro(self) -> dict[str, object]:
        return {
            "maal": list(wire.items(self.maal, "Brukermaal.maal")),
            "ressurser": self.ressurser,
            "behov": self.behov,
            "bidrag": self.bidrag,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            maal=tuple(d["maal"]),
            ressurser=d["ressurser"],
            behov=d["behov"],
            bidrag=d["bidrag"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moeteinnhold:
    """What a meeting is for."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.innhold.Moeteinnhold"

    formaal: str
    saker: tuple[str, ...] = ()

    def to_avro(self) -> dict[str, object]:
        return {
            "formaal": self.formaal,
            "saker": list(wire.items(self.saker, "Moeteinnhold.saker")),
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            formaal=d["formaal"],
            saker=tuple(d["saker"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moetested:
    """Where a meeting is, as all who are invited may know it."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.innhold.Moetested"

    sted: str
    video: str
    """Address of a video meeting; empty when there is none"""

    def to_avro(self) -> dict[str, object]:
        return {
            "sted": self.sted,
            "video": self.video,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            sted=d["sted"],
            video=d["video"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Referat:
    """The minutes of a meeting."""

    avro_name: ClassVar[str] = "no.bindeledd.ansvarsgruppe.innhold.Referat"

    maal: str
    """How it goes with the person's goals"""
    beslutninger: tuple[str, ...] = ()
    uenighet: str
    """What they did not agree on; empty when nothing"""

    def to_avro(self) -> dict[str, object]:
        return {
            "maal": self.maal,
            "beslutninger": list(wire.items(self.beslutninger, "Referat.beslutninger")),
            "uenighet": self.uenighet,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            maal=d["maal"],
            beslutninger=tuple(d["beslutninger"]),
            uenighet=d["uenighet"],
        )


SamtykkeStroem = (
    SamtykkeGitt
    | SamtykkeTrukket
    | SperringRegistrert
    | SperringOpphevet
    | TalspersonRegistrert
    | TalspersonFratraadt
)
PlanStroem = (
    KoordinatorOppnevnt
    | KoordinatorByttet
    | BarnekoordinatorAvklart
    | KoordineringsbehovMeldt
    | PlanTilbudt
    | TakketNeiTilPlan
    | PlanOpprettet
    | BrukermaalSatt
    | PlanEvaluert
    | PlanAvsluttet
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
    | RepresentantOppnevnt
    | AnsvarsgruppeAvsluttet
    | felles.OppgaveOpprettet
    | felles.OppgaveTatt
    | felles.OppgaveLoest
    | felles.OppgaveFalt
)
MoeteStroem = (
    AnsvarsgruppemoeteInnkalt
    | AnsvarsgruppemoeteBesvart
    | AnsvarsgruppemoeteAvlyst
    | AnsvarsgruppemoeteHoldt
    | ReferatGodkjent
    | felles.OppgaveOpprettet
    | felles.OppgaveTatt
    | felles.OppgaveLoest
    | felles.OppgaveFalt
)
TiltakStroem = (
    TiltakAvtalt
    | TiltakEndret
    | TiltakSattPaaVent
    | TiltakGjenopptatt
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
    | MoeteUtsnitt
    | TiltakUtsnitt
    | felles.UtsnittAvsluttet
)
