"""Understands where the answers about a child come from: which adults its cases name, and what is known of each now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from bindeledd.core.envelope import Envelope
from bindeledd.core.errors import Shredded
from bindeledd.runtime.service import NOBODY, Lookup
from bindeledd.schema.generated.barn_paaroerende import TvilOmBarnAvgjort
from services.barn_pårørende.domain import TOPIC as KARTLEGGING
from services.barn_pårørende.domain import Kartlegging
from services.barn_pårørende.sak import BARN, Barnesak
from services.barn_pårørende.saksgrunner import Saksgrunner
from services.felles import kilder
from services.felles.kjent import Rammer


def grunner(lookup: Lookup, person_ref: str | None, rammer: Rammer) -> Any:
    """The grounds of every view of a person: of a child those of the adults, of anybody else their own."""
    saker: list[Barnesak] = [*kilder.tilstander(lookup, BARN, person_ref).values()] if person_ref is not None else []
    if not saker:
        return kilder.grunner_for(lookup, person_ref, rammer)
    return for_saker(lookup, saker, rammer)


def for_saker(lookup: Lookup, saker: Iterable[Barnesak], rammer: Rammer, *flere: str) -> Saksgrunner:
    """What is known now of the adults in these cases of one child, and of `flere` who are about to be."""
    saker = list(saker)
    foreldre = sorted(frozenset(flere).union(*(sak.foreldre for sak in saker)))
    funnet = {forelder: kilder.grunner_for(lookup, lookup.whose(forelder), rammer) for forelder in foreldre}
    kjente = {forelder: kjent for forelder, kjent in funnet.items() if kjent is not NOBODY}
    return Saksgrunner(rammer, lookup.now, kjente, _født(lookup, saker))


def _født(lookup: Lookup, saker: Iterable[Barnesak]) -> date | None:
    """The child's birth date, opened for the one comparison that needs it; None when unknown or shredded."""
    for sak in saker:
        if sak.barnet is None:
            continue
        try:
            født: date | None = lookup.open(sak.barnet).foedt
        except Shredded:
            continue
        if født is not None:
            return født
    return None


def kartleggingsstrøm(lookup: Lookup, person_ref: str) -> str:
    """Where the person's mapping is, or would be: of several, the one that was answered last."""
    kartlagt: dict[str, Kartlegging] = kilder.tilstander(lookup, KARTLEGGING, person_ref)
    besvart = {ref: k.svar.svart for ref, k in kartlagt.items() if k.svar is not None}
    if not besvart:
        return kilder.eneste_strøm(lookup, KARTLEGGING, person_ref)
    return max(sorted(besvart), key=lambda ref: besvart[ref])


def barn_av(lookup: Lookup, person_ref: str) -> tuple[str, ...]:
    """The cases of the person's children: the streams, in a fixed order."""
    kartlagt: Iterable[Kartlegging] = kilder.tilstander(lookup, KARTLEGGING, person_ref).values()
    return tuple(sorted({barn_ref for kartlegging in kartlagt for barn_ref in kartlegging.saker}))


def barnas_personer(lookup: Lookup, person_ref: str) -> Iterable[str]:
    """Whose grounds lean on what is known of an adult: its children's."""
    return [barnet for barn_ref in barn_av(lookup, person_ref) if (barnet := lookup.whose(barn_ref)) is not None]


def _samme_barn(lookup: Lookup, konvolutt: Envelope, event: TvilOmBarnAvgjort) -> tuple[list[str], str]:
    """Two cases are one child's: both are of the same child from now on, and nothing is rewritten."""
    streams = lookup.all_streams_of(konvolutt.person_ref or "") if event.samme else []
    return streams, event.barnet_ref


SAMME_BARN = {TvilOmBarnAvgjort.avro_name: _samme_barn}
