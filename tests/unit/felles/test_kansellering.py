"""Which messages a cancellation withdraws (intake rule 8), whatever order they are told in."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from bindeledd.schema.generated.samhandling import Meldingskilde, OppholdKansellert
from services.felles.kansellering import trukket
from tests.unit.samhandling.hendelser import kilde
from tests.unit.samhandling.hendelser import trukket as kansellering
from tests.unit.samhandling.meldinger import utc

NÅ = utc(2026, 3, 2, 12, 0)
KLAR = "LOG_UTSKRIVNINGSKLAR"


def melding(nr: int, timer: int, **annet: Any) -> Meldingskilde:
    """A notice sent so many hours after NÅ."""
    return kilde(nr, NÅ + timedelta(hours=timer), **{"type": KLAR, **annet})


def c(nr: int, timer: int, hva: int | None = None, **annet: Any) -> OppholdKansellert:
    return kansellering(nr, NÅ + timedelta(hours=timer), hva, KLAR, **annet)


def rammet(kanselleringer: list[OppholdKansellert], kilder: list[Meldingskilde]) -> dict[str, set[str]]:
    """What each withdraws; the same whichever way they are told."""
    fasit = trukket(kanselleringer, kilder)
    tilfeldig = random.Random(1)
    for _ in range(5):
        kanselleringer, kilder = [*kanselleringer], [*kilder]
        tilfeldig.shuffle(kanselleringer)
        tilfeldig.shuffle(kilder)
        assert trukket(kanselleringer, kilder) == fasit
    return {ref: set(refs) for ref, refs in fasit.items()}


def test_with_a_reference_the_whole_dialogue_so_far() -> None:
    samtale = [melding(1, 0), melding(2, 1, samtale="id-1"), melding(3, 3, samtale="id-1"), melding(4, 1)]
    assert rammet([c(9, 2, 1)], samtale) == {"m9": {"m1", "m2"}}


def test_never_what_another_sender_told() -> None:
    assert rammet([c(9, 2, 1)], [melding(1, 0, avsender="9000999")]) == {"m9": set()}
    assert rammet([c(9, 2)], [melding(1, 0, avsender="9000999")]) == {"m9": set()}


def test_without_a_reference_the_latest_dialogue_of_the_type_and_not_the_ones_before_it() -> None:
    kilder = [melding(1, -1000), melding(2, 0), melding(3, 1, samtale="id-2"), melding(4, 1, type="LOG_AVMELDING")]
    assert rammet([c(9, 2)], kilder) == {"m9": {"m2", "m3"}}


def test_without_a_reference_what_tells_the_same_before_what_is_latest() -> None:
    likt: dict[str, Any] = {"innhold": b"klar 2. mars"}
    kilder = [melding(1, 0, **likt), melding(2, 0, **likt), melding(3, 1)]
    assert rammet([c(9, 2, **likt)], kilder) == {"m9": {"m1", "m2"}}


def test_a_second_one_takes_the_one_before_unless_it_is_the_same_again() -> None:
    kilder = [melding(1, 0), melding(2, 1)]
    assert rammet([c(8, 2), c(9, 3)], kilder) == {"m8": {"m2"}, "m9": {"m1"}}
    likt: dict[str, Any] = {"innhold": b"samme kansellering"}
    assert rammet([c(8, 2, **likt), c(9, 3, **likt)], kilder) == {"m8": {"m2"}, "m9": {"m2"}}


def test_each_takes_what_stood_when_it_was_sent() -> None:
    kilder = [melding(1, 0), melding(2, 4)]
    assert rammet([c(8, 1), c(9, 5)], kilder) == {"m8": {"m1"}, "m9": {"m2"}}


def test_what_is_not_here_yet_is_not_withdrawn() -> None:
    assert rammet([c(8, 1, 7), c(9, 1)], []) == {"m8": set(), "m9": set()}
