"""kriseplan as the bus sees it: its aggregate, what it leans on, and how it reacts."""

from __future__ import annotations

from bindeledd.core.decider import Aggregate, Views
from bindeledd.runtime.service import Service
from services.felles import kilder, samarbeid
from services.felles.kilder import grunner_for
from services.felles.kjent import Rammer, endres, gir_samme_svar, gjelder_til
from services.felles.oppholdsbilde import OPPHOLD
from services.felles.oppsett import Oppsett
from services.felles.sammenslåing import RELINKS
from services.felles.tilgang import Tabell
from services.kriseplan import domain, plan, utsnitt
from services.kriseplan.reactions import reaksjoner_for

NAVN = "kriseplan"
LESER = kilder.TEMAER | {samarbeid.PERSON, OPPHOLD}


def tjeneste(oppsett: Oppsett, tabell: Tabell) -> Service:
    """The service, for one municipality's configuration and the access table."""
    rammer = Rammer(oppsett, tabell)
    return Service(
        name=NAVN,
        aggregates=(
            Aggregate(
                domain.TOPIC, plan.Kriseplan(), domain.decide, plan.evolve, domain.forfaller,
                Views(utsnitt.kandidater, utsnitt.utsnitt, gjelder_til),
            ),
        ),
        readers=(*kilder.LESERE, kilder.PERSONLESER, kilder.OPPHOLDSLESER),
        reactions=reaksjoner_for(rammer),
        relinks=RELINKS,
        grounds=lambda lookup, person_ref: grunner_for(lookup, person_ref, rammer),
        same_answers=gir_samme_svar,
        answers_change=endres,
        ground_topics=LESER,
        rules=rammer,
        reads=lambda tema: tema in LESER,
    )  # fmt: skip
