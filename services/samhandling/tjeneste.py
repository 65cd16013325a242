"""samhandling as the bus sees it: its aggregates, what it leans on, and what it projects."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bindeledd.core.decider import Aggregate, Views
from bindeledd.runtime.service import Lookup, Reader, Service
from bindeledd.schema.generated.samhandling import Oppholdsstatus
from services.felles import barnesak, kilder
from services.felles.barnesak import BARNESAK, Barnesak
from services.felles.grunnlag import Relasjon
from services.felles.kjent import Kjent, Rammer, endres, gir_samme_svar, gjelder_til
from services.felles.oppholdsbilde import Opphold
from services.felles.oppsett import Oppsett
from services.felles.samarbeid import ALLTID
from services.felles.sammenslåing import RELINKS
from services.felles.tilgang import RelasjonSlag, Tabell
from services.samhandling import kvittering, opphold, person, utsnitt
from services.samhandling.effekter import effekter
from services.samhandling.projections import PROJEKSJON, mottakere_uten_opphold
from services.samhandling.reactions import reaksjoner_for

NAVN = "samhandling"
LESES = frozenset({*kilder.TEMAER, BARNESAK})
GRUNNLAGSTEMAER = frozenset({*LESES, opphold.TOPIC, person.TOPIC, kvittering.TOPIC})
MÅ_VITE_HVEM = frozenset({"person.navn"})
"""Who has a task about a person is told whom it is about, and no more (docs/adr/0008)."""


def tjeneste(oppsett: Oppsett, tabell: Tabell) -> Service:
    """The service, for one municipality's configuration and the access table."""
    rammer = Rammer(oppsett, tabell)
    return Service(
        name=NAVN,
        aggregates=(
            Aggregate(
                person.TOPIC, person.Person(), person.decide, person.evolve, person.forfaller,
                Views(utsnitt.kandidater_person, utsnitt.utsnitt_person, gjelder_til),
            ),
            Aggregate(
                opphold.TOPIC, opphold.Opphold(), opphold.decide, opphold.evolve, opphold.forfaller,
                Views(utsnitt.kandidater_opphold, utsnitt.utsnitt_opphold, gjelder_til),
            ),
            Aggregate(
                kvittering.TOPIC, kvittering.Kvitteringssak(), kvittering.decide, kvittering.evolve,
                kvittering.forfaller, Views(utsnitt.kandidater_melding, utsnitt.utsnitt_melding, gjelder_til),
            ),
        ),
        readers=(*kilder.LESERE, Reader(BARNESAK, Barnesak(), barnesak.evolve)),
        reactions=reaksjoner_for(oppsett),
        relinks=RELINKS,
        projections=(PROJEKSJON,),
        grounds=lambda lookup, person_ref: grunner_for(lookup, person_ref, rammer),
        same_answers=gir_samme_svar,
        answers_change=endres,
        ground_topics=GRUNNLAGSTEMAER,
        effects=effekter(oppsett),
        rules=rammer,
        reads=lambda tema: tema in LESES,
    )  # fmt: skip


def grunner_for(lookup: Lookup, person_ref: str | None, rammer: Rammer) -> Kjent:
    """What is known now of a person. What a stay brings with it is for each stay to add (utsnitt.py)."""
    kjent = kilder.uten_opphold(lookup, person_ref, rammer)
    if person_ref is None:
        return kjent
    saker: dict[str, Barnesak] = kilder.tilstander(lookup, BARNESAK, person_ref)
    parter = sorted({part for sak in saker.values() for part in sak.parter})
    kjent = kjent.med(*(Relasjon(part, RelasjonSlag.BARNEANSVARLIG, ALLTID, deler=MÅ_VITE_HVEM) for part in parter))
    stays: dict[str, opphold.Opphold] = kilder.tilstander(lookup, opphold.TOPIC, person_ref)
    return replace(
        kjent,
        opphold=tuple(_sett_utenfra(ref, state) for ref, state in stays.items()),
        adressert=mottakere_uten_opphold(lookup.db, person_ref).union(
            *(utsnitt.adressert(state, rammer.oppsett) for state in stays.values())
        ),
        forkastet=lookup.state(person.TOPIC, person_ref).forkastet is not None,
    )


def _sett_utenfra(ref: str, state: opphold.Opphold) -> Opphold:
    """As much of a stay as tells who helps the person in it."""
    inn = opphold.innleggelse(state)
    return Opphold(
        ref, innlagt=opphold.start(state), avdeling=inn.event.avdeling if inn is not None else None,
        dps=state.instans.dps if state.instans is not None else None,
        slutt=_slutt(state),
    )  # fmt: skip


def _slutt(state: opphold.Opphold) -> datetime | None:
    """When the person left the ward, or died."""
    match opphold.status(state):
        case Oppholdsstatus.UTSKREVET:
            ut = opphold.siste_utskrivning(state)
            return ut.event.utskrevet if ut is not None else None
        case Oppholdsstatus.DOED:
            return opphold.egen_død(state) or state.død
        case _:
            return None
