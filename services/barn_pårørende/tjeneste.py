"""barn_pårørende as the bus sees it: its aggregate, what it leans on, and how it reacts."""

from __future__ import annotations

from bindeledd.core.decider import Aggregate, Views
from bindeledd.runtime.service import Service
from services.barn_pårørende import barn, domain, sak, saksgrunner, sakskilder, saksutsnitt, tall, utsnitt
from services.barn_pårørende.reactions import reaksjoner_for
from services.felles import kilder, samarbeid
from services.felles.kjent import Rammer, gjelder_til
from services.felles.oppholdsbilde import OPPHOLD
from services.felles.oppsett import Oppsett
from services.felles.sammenslåing import RELINKS
from services.felles.tilgang import Tabell

NAVN = "barn_paaroerende"
LESER = kilder.TEMAER | {samarbeid.PERSON, OPPHOLD}


def tjeneste(oppsett: Oppsett, tabell: Tabell) -> Service:
    """The service, for one municipality's configuration and the access table."""
    rammer = Rammer(oppsett, tabell)
    return Service(
        name=NAVN,
        aggregates=(
            Aggregate(
                domain.TOPIC, domain.Kartlegging(), domain.decide, domain.evolve, domain.forfaller,
                Views(utsnitt.kandidater, utsnitt.utsnitt, gjelder_til),
            ),
            Aggregate(
                sak.BARN, sak.Barnesak(), barn.decide, sak.evolve,
                views=Views(saksutsnitt.kandidater, saksutsnitt.utsnitt, gjelder_til),
            ),
            Aggregate(
                tall.TALL, tall.Barnetallene(), tall.decide, tall.evolve,
                views=Views(tall.kandidater, tall.utsnitt, gjelder_til),
            ),
        ),
        readers=(*kilder.LESERE, kilder.PERSONLESER, kilder.OPPHOLDSLESER),
        reactions=reaksjoner_for(rammer),
        relinks={**RELINKS, **sakskilder.SAMME_BARN},
        grounds=lambda lookup, person_ref: sakskilder.grunner(lookup, person_ref, rammer),
        grounds_of_others=sakskilder.barnas_personer,
        same_answers=saksgrunner.samme_svar,
        answers_change=saksgrunner.svar_endres,
        ground_topics=LESER,
        rules=rammer,
        reads=lambda tema: tema in LESER,
    )  # fmt: skip
