"""samhandling as the bus sees it: its aggregates, what it leans on, and what it projects."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bindeledd.core.decider import Aggregate, Views
from bindeledd.runtime.service import Lookup, Service
from bindeledd.schema.generated.samhandling import Oppholdsstatus
from services.felles import kilder
from services.felles.grunnlag import Grunnlag, Relasjon
from services.felles.kjent import gjelder_til
from services.felles.oppsett import Oppsett
from services.felles.samarbeid import ALLTID
from services.felles.sammenslåing import RELINKS
from services.felles.tilgang import RelasjonSlag, Tabell
from services.samhandling import kvittering, opphold, person, utsnitt
from services.samhandling.effekter import effekter
from services.samhandling.meldingsliste import PROJEKSJON, mottakere_uten_opphold
from services.samhandling.reactions import reaksjoner

NAVN = "samhandling"
GRUNNLAGSTEMAER = frozenset({*kilder.TEMAER, opphold.TOPIC, person.TOPIC, kvittering.TOPIC})


def tjeneste(oppsett: Oppsett, tabell: Tabell) -> Service:
    """The service, for one municipality's configuration and the access table."""
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
        readers=kilder.LESERE,
        reactions=reaksjoner(oppsett),
        relinks=RELINKS,
        projections=(PROJEKSJON,),
        grounds=lambda lookup, person_ref: grunner(lookup, person_ref, oppsett, tabell),
        ground_topics=GRUNNLAGSTEMAER,
        effects=effekter(oppsett),
        rules=oppsett,
        reads=lambda tema: tema in kilder.TEMAER,
    )  # fmt: skip


def grunner(lookup: Lookup, person_ref: str | None, oppsett: Oppsett, tabell: Tabell) -> utsnitt.Grunner:
    """Who may know what of a person now: relations and consents as received, and where the stays are routed."""
    naa = lookup.now
    if person_ref is None:
        tomt = Grunnlag("")
        return utsnitt.Grunner(oppsett, tabell, naa, tomt, {}, frozenset(), tomt)
    født = kilder.fødselsdato(lookup, person_ref)
    grunnlag = replace(kilder.grunnlag_for(lookup, person_ref, oppsett), fødselsdato=født)
    refs = lookup.streams_of(opphold.TOPIC, person_ref)
    stays: list[opphold.Opphold] = [lookup.state(opphold.TOPIC, ref) for ref in refs]
    rutet = {s.instans.dps: opphold.start(s) or naa for s in stays if s.instans and s.instans.dps}
    for_dps: dict[str | None, Grunnlag] = {dps: _med_dps(grunnlag, {dps: fra}) for dps, fra in rutet.items()}
    adressert = mottakere_uten_opphold(lookup.sql, person_ref)
    adressert |= {p for s in stays for f in s.fakta.alle.values() for p in f.adressert | f.kopi}
    if any(opphold.livskrise(s) for s in stays):
        adressert |= utsnitt.livskrisehjelp(oppsett)
    forkastet = lookup.state(person.TOPIC, person_ref).forkastet is not None
    alle = _med_avdelinger(_med_dps(grunnlag, rutet), stays)
    return utsnitt.Grunner(oppsett, tabell, naa, grunnlag, for_dps, adressert, alle, forkastet)


def _med_avdelinger(grunnlag: Grunnlag, stays: list[opphold.Opphold]) -> Grunnlag:
    """The ward that has the person now is told by name whom it is asked about (hpl §10a). The stay is its own."""
    ute = (Oppholdsstatus.UTSKREVET, Oppholdsstatus.KANSELLERT)
    inne = [opphold.innleggelse(s) for s in stays if opphold.status(s) not in ute]
    avdelinger = {faktum.event.avdeling for faktum in inne if faktum is not None and faktum.event.avdeling is not None}
    nye = tuple(Relasjon(part, RelasjonSlag.AVDELING, ALLTID) for part in sorted(avdelinger))
    return replace(grunnlag, relasjoner=(*grunnlag.relasjoner, *nye)) if nye else grunnlag


def _med_dps(grunnlag: Grunnlag, rutet: dict[str, datetime]) -> Grunnlag:
    """The routed DPS helps the person from the admission on (access.md: "DPS of the bydel")."""
    if not rutet:
        return grunnlag
    nye = tuple(Relasjon(dps, RelasjonSlag.DPS_OMRAADE, fra) for dps, fra in sorted(rutet.items()))
    return replace(grunnlag, relasjoner=(*grunnlag.relasjoner, *nye))
