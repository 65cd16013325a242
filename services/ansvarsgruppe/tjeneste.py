"""ansvarsgruppe as the bus sees it: its aggregates, what it leans on, and how it reacts."""

from __future__ import annotations

from bindeledd.core.decider import Aggregate, Views
from bindeledd.runtime.service import Service
from services.ansvarsgruppe import gruppe, møte, plan, samtykke, tiltak, utsnitt
from services.ansvarsgruppe.reactions import reaksjoner_for
from services.felles import kilder, samarbeid
from services.felles.kilder import grunner_for
from services.felles.kjent import Rammer, endres, gir_samme_svar, gjelder_til
from services.felles.oppholdsbilde import OPPHOLD
from services.felles.oppsett import Oppsett
from services.felles.sammenslåing import RELINKS
from services.felles.tilgang import Tabell

NAVN = "ansvarsgruppe"
LESER = frozenset({samarbeid.PERSON, OPPHOLD})


def tjeneste(oppsett: Oppsett, tabell: Tabell) -> Service:
    """The service, for one municipality's configuration."""
    rammer = Rammer(oppsett, tabell)
    return Service(
        name=NAVN,
        aggregates=(
            Aggregate(
                samarbeid.SAMTYKKE, samarbeid.Samtykker(), samtykke.decide, samarbeid.evolve_samtykke,
                views=Views(utsnitt.kandidater_samtykke, utsnitt.utsnitt_samtykke, gjelder_til),
            ),
            Aggregate(
                samarbeid.PLAN, samarbeid.Plan(), plan.decide, samarbeid.evolve_plan, due=plan.due,
                views=Views(utsnitt.kandidater_plan, utsnitt.utsnitt_plan, gjelder_til),
            ),
            Aggregate(
                samarbeid.GRUPPE, samarbeid.Gruppe(), gruppe.decide, samarbeid.evolve_gruppe,
                views=Views(utsnitt.kandidater_gruppe, utsnitt.utsnitt_gruppe, gjelder_til),
            ),
            Aggregate(
                møte.TOPIC, møte.Møte(), møte.decide, møte.evolve, due=møte.due,
                views=Views(utsnitt.kandidater_møte, utsnitt.utsnitt_møte, gjelder_til),
            ),
            Aggregate(
                tiltak.TOPIC, tiltak.Tiltak(), tiltak.decide, tiltak.evolve,
                views=Views(utsnitt.kandidater_tiltak, utsnitt.utsnitt_tiltak, gjelder_til),
            ),
        ),
        readers=(kilder.PERSONLESER, kilder.OPPHOLDSLESER),
        reactions=reaksjoner_for(oppsett),
        relinks=RELINKS,
        grounds=lambda lookup, person_ref: grunner_for(lookup, person_ref, rammer),
        same_answers=gir_samme_svar,
        answers_change=endres,
        ground_topics=kilder.TEMAER | LESER,
        rules=rammer,
        reads=lambda tema: tema in LESER,
    )  # fmt: skip
