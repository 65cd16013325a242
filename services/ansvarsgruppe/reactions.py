"""What ansvarsgruppe does when a stay changes: the koordinator's unit gets the tasks that there then should be, and
measures wait or go on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Lookup, Reaction
from services.ansvarsgruppe import møte, tiltak
from services.ansvarsgruppe.oppfølging import AvstemOppgaver, Situasjon, fordel
from services.felles.kilder import opphold_for, tilstander
from services.felles.oppholdsbilde import Opphold, siste
from services.felles.oppsett import Oppsett
from services.felles.reaksjoner import OPPHOLDET, reaksjoner
from services.felles.samarbeid import GRUPPE, PLAN, Gruppe, Plan


def avstem(
    lookup: Lookup, person_ref: str, aktør: Actor, *,
    planer: Mapping[str, Plan] = MappingProxyType({}), gruppe: tuple[str, Gruppe] | None = None,
) -> list[Bestilling]:  # fmt: skip
    """The orders that bring tasks, measures and meetings in step with the person's stays.

    `planer` and `gruppe` are streams as they will stand when the orders before these have been carried out.
    """
    planene = tilstander(lookup, PLAN, person_ref) | dict(planer)
    grupper = tilstander(lookup, GRUPPE, person_ref) | dict([gruppe] if gruppe else [])
    situasjon = Situasjon(tuple(planene.items()), tuple(grupper.items()), opphold_for(lookup, person_ref))
    oppgaver = [
        Bestilling(
            PLAN if ref in planene else GRUPPE, ref, AvstemOppgaver(ønsker, situasjon.død), aktør, person_ref=person_ref
        )
        for ref, ønsker in fordel(situasjon).items()
    ]
    tiltakene = tiltak.AvstemTiltak(venter_på(situasjon.opphold), situasjon.død)
    følger = [Bestilling(tiltak.TOPIC, ref, tiltakene, aktør) for ref in lookup.streams_of(tiltak.TOPIC, person_ref)]
    møter = lookup.streams_of(møte.TOPIC, person_ref) if situasjon.død else ()
    return [*oppgaver, *følger, *(Bestilling(møte.TOPIC, ref, møte.PersonenErDød(), aktør) for ref in møter)]


def venter_på(opphold: tuple[Opphold, ...]) -> str | None:
    """The stay that measures wait for: the latest one while it lasts, told to somebody and not only by a copy."""
    nå = siste(opphold)
    return nå.ref if nå is not None and nå.slutt is None and nå.innlagt_sendt else None


def reaksjoner_for(oppsett: Oppsett) -> Mapping[str, Reaction]:
    """By event: after what changes a stay, or who a stay belongs to."""
    system = Actor("system", oppsett.kommunenummer, "ansvarsgruppe")
    return reaksjoner(lambda lookup, person_ref: avstem(lookup, person_ref, system), OPPHOLDET)
