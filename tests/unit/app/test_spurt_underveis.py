"""What a transaction has appended is there for whoever asks in it, though it is written many rows at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Envelope
from bindeledd.runtime.handle import Received
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.felles import MeldingHoppetOver
from bindeledd.store import log
from tests.prøvetjeneste import ARKIV, NOTAT, leser, noter, satt_opp, skriver

EN, TO = "a" * 31 + "b", "c" * 31 + "d"


def test_a_reaction_finds_the_very_record_that_it_reacts_to_and_what_came_of_those_before(tmp_path: Path) -> None:
    sett: list[tuple[Any, ...]] = []
    arkiver = leser().reactions[MeldingHoppetOver.avro_name]

    def se(lookup: Lookup, konvolutt: Envelope, event: Any) -> Iterable[Bestilling]:
        strøm, person = konvolutt.stream, konvolutt.person_ref
        assert person is not None
        (rader,) = lookup.db.all("SELECT COUNT(*) FROM log")
        sett.append((
            konvolutt.version, lookup.version(strøm), lookup.state(NOTAT, strøm).antall, *rader,
            len(lookup.streams_of(NOTAT, person)), len(lookup.all_streams_of(person)),
            lookup.first_person_of(strøm) == person,
        ))  # fmt: skip
        return arkiver(lookup, konvolutt, event)

    with satt_opp(tmp_path, skriver(), replace(leser(), reactions={MeldingHoppetOver.avro_name: se})) as oppe:
        skriver_, leser_ = oppe.engines["skriver"], oppe.engines["leser"]
        for strøm in (EN, TO, EN, EN):
            skriver_.command(noter(strøm))
        rader = skriver_.read(lambda db: log.read_page(db, 0, 10))
        poster = [Received("skriver", rad.topic, rad.position, rad.data) for rad in rader]
        leser_.receive({"skriver": (1, 4)}, [*poster, poster[1]])
        assert sett == [
            (1, 1, 1, 1, 1, 1, True),
            (1, 1, 1, 3, 2, 3, True),
            (2, 2, 2, 5, 2, 4, True),
            (3, 3, 3, 7, 2, 4, True),
        ]
        skrevet = leser_.read(lambda db: log.read_page(db, 0, 20))
        assert [(rad.position, rad.topic) for rad in skrevet] == [
            (number, NOTAT if number % 2 else ARKIV) for number in range(1, 9)
        ]
        assert leser_.read(lambda db: [log.head(db, strøm).version for strøm in (EN, TO)]) == [3, 1]  # type: ignore[union-attr]
