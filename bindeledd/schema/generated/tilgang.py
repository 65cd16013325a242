"""The types of tilgang. Generated from schemas/tilgang/ by `bindeledd schemas generate`: change the schemas, not this."""
# fmt: off

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from bindeledd.schema import wire


class Visning(StrEnum):
    """What was shown."""

    UKJENT = "UKJENT"
    TAVLE = "TAVLE"
    PASIENT = "PASIENT"
    MELDINGER = "MELDINGER"
    SAMTYKKE = "SAMTYKKE"
    KRISEPLAN = "KRISEPLAN"
    KOE = "KOE"
    INNSYN = "INNSYN"
    GRUPPE = "GRUPPE"
    PLAN = "PLAN"
    AVVIK = "AVVIK"
    IDENTITET = "IDENTITET"


@dataclass(frozen=True, slots=True, kw_only=True)
class OppslagAvvist:
    """Somebody asked to see and was refused."""

    avro_name: ClassVar[str] = "no.bindeledd.tilgang.OppslagAvvist"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    bruker: str
    part: str
    visning: Visning = Visning.UKJENT
    personer: tuple[str, ...] = ()
    grunn: str

    def to_avro(self) -> dict[str, object]:
        return {
            "bruker": self.bruker,
            "part": self.part,
            "visning": wire.symbol(self.visning, Visning, "OppslagAvvist.visning"),
            "personer": list(wire.items(self.personer, "OppslagAvvist.personer")),
            "grunn": self.grunn,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            bruker=d["bruker"],
            part=d["part"],
            visning=Visning[d["visning"]],
            personer=tuple(d["personer"]),
            grunn=d["grunn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OppslagGjort:
    """A person's data was shown: written before it is shown."""

    avro_name: ClassVar[str] = "no.bindeledd.tilgang.OppslagGjort"
    sealed_fields: ClassVar[tuple[str, ...]] = ()

    bruker: str
    part: str
    visning: Visning = Visning.UKJENT
    personer: tuple[str, ...] = ()
    """person_refs"""
    grunn: str
    oekt: str
    """Working session, at most 12 hours"""

    def to_avro(self) -> dict[str, object]:
        return {
            "bruker": self.bruker,
            "part": self.part,
            "visning": wire.symbol(self.visning, Visning, "OppslagGjort.visning"),
            "personer": list(wire.items(self.personer, "OppslagGjort.personer")),
            "grunn": self.grunn,
            "oekt": self.oekt,
        }

    @classmethod
    def from_avro(cls, d: dict[str, Any], /) -> Self:
        return cls(
            bruker=d["bruker"],
            part=d["part"],
            visning=Visning[d["visning"]],
            personer=tuple(d["personer"]),
            grunn=d["grunn"],
            oekt=d["oekt"],
        )


OppslagStroem = (
    OppslagGjort
    | OppslagAvvist
)
