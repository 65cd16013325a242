"""Understands what may be evidence of an avvik: a record here, about its person or nobody, that its reporter may see.

What is refused is refused in the same words whatever is wrong with it: the answer tells nobody that a record exists.
"""

from __future__ import annotations

from collections.abc import Iterable

from bindeledd.core.errors import RuleBroken
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.samhandling import Loggreferanse
from services.felles.kjent import Kjent
from services.samhandling import kvittering, opphold, person
from services.samhandling.avvik.meldingsfeil import må_vise_avvik
from services.samhandling.utsnitt import utsnitt_melding


def må_være_bevis(
    lookup: Lookup, person_ref: str | None, bevis: Iterable[Loggreferanse], part: str, kjent: Kjent
) -> None:
    """Raises RuleBroken for a record that is not of the topic that is said, not about the case's person, or not for the
    unit to see; and for one that shows an error in a message (rules 2.4). `kjent`: of the person, with all stays."""
    alle = tuple(bevis)
    if not all(_holder(lookup, person_ref, hvert, part, kjent) for hvert in alle):
        raise RuleBroken("avvik.bevis", "Det er vist til noe som ikke står i loggen her")
    må_vise_avvik(lookup, alle)


def _holder(lookup: Lookup, person_ref: str | None, bevis: Loggreferanse, part: str, kjent: Kjent) -> bool:
    if lookup.topic(bevis.stroem) != bevis.tema or not 1 <= bevis.versjon <= lookup.version(bevis.stroem):
        return False
    if lookup.whose(bevis.stroem) not in (None, person_ref):
        return False
    match bevis.tema:
        case opphold.TOPIC:
            gitt = kjent.om_opphold(part, bevis.stroem)
            return gitt is not None and gitt.ja
        case kvittering.TOPIC:
            return utsnitt_melding(lookup.state(kvittering.TOPIC, bevis.stroem), part, kjent) is not None
        case person.TOPIC:
            return True  # whoever reports of somebody has to do with them
        case _:
            return False
