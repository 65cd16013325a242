"""Reactions that feed each other come to an end: a chain of more than 16 causes is parked for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import MAX_DEPTH, Envelope
from bindeledd.ops.quarantine import listing, skip
from bindeledd.runtime.service import Lookup, Reader, Service
from bindeledd.schema.generated.felles import MeldingHoppetOver
from bindeledd.store import log
from tests.prøvetjeneste import (
    AKTØR,
    ARKIV,
    CODEC,
    NOTAT,
    Notat,
    Noter,
    Oppsatt,
    evolve,
    leser,
    noter,
    satt_opp,
    skriver,
)


def svarer() -> Service:
    """Notes something anew each time that the reader has filed a note."""

    def noter_igjen(_lookup: Lookup, konvolutt: Envelope, _event: object) -> Iterable[Bestilling]:
        yield Bestilling(NOTAT, konvolutt.stream[::-1], Noter("igjen"), AKTØR, person_ref=konvolutt.person_ref)

    return replace(
        skriver(), readers=(Reader(ARKIV, Notat(), evolve),), reactions={MeldingHoppetOver.avro_name: noter_igjen},
        reads=lambda topic: topic == ARKIV,
    )  # fmt: skip


@pytest.fixture
def oppsatt(tmp_path: Path) -> Iterator[Oppsatt]:
    with satt_opp(tmp_path, svarer(), leser()) as oppsatt:
        oppsatt.engines["skriver"].command(noter("ab"))
        oppsatt.embedded.pump()
        yield oppsatt


def dybder(oppsatt: Oppsatt) -> list[int]:
    """How long the chain behind each record is that somebody here has written."""
    rader = [rad for e in oppsatt.engines.values() for rad in e.read(lambda db: log.read_page(db, 0, 1000))]
    return sorted({CODEC.peek(rad.data).depth for rad in rader})


def test_services_that_answer_each_other_stop_after_sixteen_causes(oppsatt: Oppsatt) -> None:
    assert dybder(oppsatt) == list(range(MAX_DEPTH + 1))
    (parkert,) = listing({navn: engine.reader for navn, engine in oppsatt.engines.items()})
    assert parkert.error.startswith("a chain of more than 16 causes")


def test_a_person_may_let_the_last_one_be_kept_without_what_it_leads_to(oppsatt: Oppsatt) -> None:
    (parkert,) = listing({navn: engine.reader for navn, engine in oppsatt.engines.items()})
    leste = next(e for navn, e in oppsatt.engines.items() if navn != parkert.source)
    skip(leste, parkert.stream, "To tjenester svarer hverandre, se sak 12")
    oppsatt.embedded.pump()
    assert listing({navn: engine.reader for navn, engine in oppsatt.engines.items()}) == []
    assert max(dybder(oppsatt)) == MAX_DEPTH
