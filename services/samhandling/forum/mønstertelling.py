"""Counts each avvik that is reported, in the same commit, in the stream of its kind and its pair of units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Follow, Lookup
from bindeledd.schema.generated.samhandling import AvvikMeldt, Avvikskategori
from services.felles.oppsett import Oppsett
from services.samhandling.forum.mønster import TOPIC, TellAvvik
from services.samhandling.grunner import dps_for_opphold


def strøm(lookup: Lookup, kategori: Avvikskategori, enheter: Sequence[str]) -> str:
    """The stream of a kind and a pair of units: the same each time, whichever of them reports. Under a key: a forum
    sees it, and shall not find the units by trying them all."""
    return lookup.fingerprint(TOPIC, kategori.value, *sorted(enheter)).hex()[:32]


def tell(oppsett: Oppsett) -> Mapping[str, Follow]:
    """By event: an avvik that is reported is counted."""
    system = Actor("system", oppsett.kommunenummer, "samhandling")

    def meldt(lookup: Lookup, _strøm: str, _versjon: int, event: AvvikMeldt) -> Iterable[Bestilling]:
        enheter = (event.mot_part, event.av_part)
        dps = dps_for_opphold(lookup, event.fakta.opphold_ref)
        command = TellAvvik(event.fakta.kategori, enheter, event.meldt, dps)
        return (Bestilling(TOPIC, strøm(lookup, event.fakta.kategori, enheter), command, system),)

    return {AvvikMeldt.avro_name: meldt}
