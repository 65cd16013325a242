"""samhandling as the bus sees it: its aggregates, what it leans on, and what it projects."""

from __future__ import annotations

from collections.abc import Mapping

from bindeledd.core.decider import Aggregate, Views
from bindeledd.runtime.service import Follow, Reader, Service
from bindeledd.schema.generated.samhandling import ForumsakUtsnitt
from services.felles import barnesak, kilder
from services.felles.barnesak import BARNESAK, Barnesak
from services.felles.kjent import Rammer, endres, gir_samme_svar, gjelder_til
from services.felles.oppsett import Oppsett
from services.felles.sammenslåing import RELINKS
from services.felles.tilgang import Tabell
from services.samhandling import kvittering, oppfulgt, opphold, person, tvil, utsnitt
from services.samhandling.alvorlig import alvorlig
from services.samhandling.avvik import (
    avvik,
    avvikssaker,
    avvikutsnitt,
    identitet_åpnet,
    utkast_avvist,
    utkast_utskrevet,
)
from services.samhandling.avvik.avviksutkast import utkast_for
from services.samhandling.effekter import effekter
from services.samhandling.forum import mønster, rapportstrømmer
from services.samhandling.forum.mønstertelling import tell
from services.samhandling.grunner import grunner_for
from services.samhandling.projections import PROJEKSJON
from services.samhandling.reactions import reaksjoner_for

NAVN = "samhandling"
LESES = frozenset({*kilder.TEMAER, BARNESAK})
GRUNNLAGSTEMAER = frozenset({*LESES, opphold.TOPIC, person.TOPIC, kvittering.TOPIC, avvik.TOPIC})


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
            Aggregate(
                avvik.TOPIC, avvik.Avvik(), identitet_åpnet.decide, avvik.evolve, avvik.due,
                Views(
                    avvikutsnitt.kandidater_avvik, avvikutsnitt.utsnitt_avvik, gjelder_til,
                    without_person=frozenset({ForumsakUtsnitt.avro_name}),
                ),
            ),
            Aggregate(
                mønster.TOPIC, mønster.Mønster(), mønster.decide, mønster.evolve,
                views=Views(mønster.kandidater, mønster.utsnitt, gjelder_til),
            ),
            Aggregate(
                alvorlig.TOPIC, alvorlig.Alvorlig(), alvorlig.decide, alvorlig.evolve, alvorlig.due,
                Views(alvorlig.kandidater, alvorlig.utsnitt, gjelder_til),
            ),
        ),
        readers=(*kilder.LESERE, Reader(BARNESAK, Barnesak(), barnesak.evolve)),
        reactions=reaksjoner_for(oppsett),
        follows=_alle(
            utkast_for(oppsett), utkast_utskrevet.følger_for(oppsett), utkast_avvist.følger_for(oppsett), tell(oppsett)
        ),
        relinks=RELINKS,
        projections=(PROJEKSJON, avvikssaker.PROJEKSJON, oppfulgt.PROJEKSJON, rapportstrømmer.PROJEKSJON),
        grounds=lambda lookup, person_ref: grunner_for(lookup, person_ref, rammer),
        grounds_of_others=tvil.de_andre,
        same_answers=gir_samme_svar,
        answers_change=endres,
        ground_topics=GRUNNLAGSTEMAER,
        effects=effekter(oppsett),
        rules=rammer,
        reads=lambda tema: tema in LESES | oppfulgt.LESES,
    )  # fmt: skip


def _alle(*følger: Mapping[str, Follow]) -> dict[str, Follow]:
    """What follows from an event, whoever of them says so."""

    def etter(navn: str) -> Follow:
        egne = [f[navn] for f in følger if navn in f]
        return lambda *hendt: [bestilling for følge in egne for bestilling in følge(*hendt)]

    return {navn: etter(navn) for f in følger for navn in f}
