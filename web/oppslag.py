"""Understands the look-up log: no write, no show.

Who was shown what is written, durably, before anything is shown; and that somebody was refused is written as well.
Once for each user, party, person, ground and page in a working session: a board that refreshes itself adds nothing, a
patient page opened after the board does (the log must tell the two apart).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Table
from sqlmodel import Field, SQLModel

from bindeledd.core.decider import Aggregate, Bestilling, Circumstances
from bindeledd.core.envelope import Actor, Envelope
from bindeledd.ops import metrics
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Lookup, Plan, Projection
from bindeledd.schema.generated.tilgang import OppslagAvvist, OppslagGjort, Visning
from bindeledd.store.db import Db
from web.økt import VARIGHET, Økt

TOPIC = "tilgang.oppslag"
PERSONER_PER_HENDELSE = 500
"""A record holds at most 64 KiB; a ref takes 33 bytes of it."""


@dataclass(frozen=True, slots=True)
class SkrivOppslag:
    """Command: write these look-ups. What is new among them has been found out already."""

    hendelser: tuple[OppslagGjort | OppslagAvvist, ...]


def decide(_state: None, command: SkrivOppslag, _omstendigheter: Circumstances) -> Sequence[Any]:
    return command.hendelser


def evolve(state: None, _event: Any) -> None:
    return state


OPPSLAG = Aggregate(TOPIC, None, decide, evolve)


class OppslagRad(SQLModel, table=True):
    """A look-up of a session that may still be going on."""

    __tablename__ = "oppslag"

    oekt: str = Field(primary_key=True)
    bruker: str = Field(primary_key=True)
    part: str = Field(primary_key=True)
    visning: str = Field(primary_key=True)
    person_ref: str = Field(primary_key=True)
    grunn: str = Field(primary_key=True)
    registrert: int = Field(index=True, sa_type=BigInteger)


_HUSK = (
    "INSERT INTO oppslag (oekt, bruker, part, visning, person_ref, grunn, registrert) "
    "VALUES (?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
)
_GLEM = "DELETE FROM oppslag WHERE registrert < ?"
_SETT = "SELECT person_ref, grunn FROM oppslag WHERE oekt = ? AND bruker = ? AND part = ? AND visning = ?"


def _fold(db: Db, konvolutt: Envelope, gjort: OppslagGjort) -> None:
    nå = round(konvolutt.registrert.timestamp())
    db.run(_GLEM, (nå - round(VARIGHET / timedelta(seconds=1)),))
    felles = (gjort.oekt, gjort.bruker, gjort.part, gjort.visning.value)
    db.run_many(_HUSK, [(*felles, person, gjort.grunn, nå) for person in gjort.personer])


_TABELL: Table = SQLModel.metadata.tables["oppslag"]
PROJEKSJON = Projection(tables=(_TABELL,), folds={OppslagGjort.avro_name: _fold})


@dataclass(frozen=True, slots=True)
class Logg:
    """Where a process writes its look-ups: one stream for as long as it runs, so that loading it never takes long."""

    engine: Engine
    strøm: str


def noter(logg: Logg, aktør: Actor, økt: Økt, visning: Visning, personer: Mapping[str, frozenset[str]]) -> None:
    """Write what is about to be shown: person_ref → the grounds it is given on. Durable on return, or raises.

    Nothing is written for what this session has written already.
    """
    if personer:
        logg.engine.command(_noter(logg.strøm, aktør, økt, visning, personer))
        metrics.LOOKUPS.labels("shown").inc()


def avvis(logg: Logg, aktør: Actor, økt: Økt, visning: Visning, person_ref: str, grunn: str) -> None:
    """Write that somebody asked to see a person and was refused. Durable on return, or raises."""
    avvist = OppslagAvvist(bruker=økt.bruker, part=økt.part, visning=visning, personer=(person_ref,), grunn=grunn)
    ordre = Bestilling(TOPIC, logg.strøm, SkrivOppslag((avvist,)), aktør)
    logg.engine.command(lambda _lookup: ((ordre,), None))
    metrics.LOOKUPS.labels("refused").inc()


def _noter(strøm: str, aktør: Actor, økt: Økt, visning: Visning, personer: Mapping[str, frozenset[str]]) -> Plan:
    def plan(lookup: Lookup) -> tuple[Sequence[Bestilling], Any]:
        spørsmål = (økt.ref, økt.bruker, økt.part, visning.value)
        sett = {(rad[0], rad[1]) for rad in lookup.db.all(_SETT, spørsmål)}
        nye: dict[str, list[str]] = defaultdict(list)
        for person, grunner in sorted(personer.items()):
            for grunn in sorted(grunner):
                if (person, grunn) not in sett:
                    nye[grunn].append(person)
        hendelser = tuple(
            OppslagGjort(
                bruker=økt.bruker, part=økt.part, visning=visning, grunn=grunn, oekt=økt.ref,
                personer=tuple(refs[fra : fra + PERSONER_PER_HENDELSE]),
            )
            for grunn, refs in sorted(nye.items())
            for fra in range(0, len(refs), PERSONER_PER_HENDELSE)
        )  # fmt: skip
        return ([Bestilling(TOPIC, strøm, SkrivOppslag(hendelser), aktør)] if hendelser else []), None

    return plan
