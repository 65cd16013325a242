"""What kriseplan does when a stay, the helpers or the consents of a person change: it looks at the plan again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.runtime.service import Lookup, Reaction
from bindeledd.schema.generated.ansvarsgruppe import Grupperolle
from services.felles import kilder
from services.felles.kjent import Kjent, Rammer
from services.felles.reaksjoner import HJELPERNE, OPPHOLDET, SAMTYKKENE, reaksjoner
from services.felles.samarbeid import ALLTID
from services.kriseplan.domain import DELER, TOPIC, Avstem, Delbart

LAGER_UTEN_KOORDINATOR = (Grupperolle.ACT, Grupperolle.DPS)


def avstem(
    lookup: Lookup, person_ref: str, aktør: Actor, rammer: Rammer, stream: str | None = None
) -> list[Bestilling]:
    """The order that brings the plan in step with what is known of the person. `stream`: where it is, if known."""
    kjent = kilder.kjent_for(lookup, person_ref, rammer)
    lager, fra = _lager(lookup, person_ref)
    command = Avstem(kjent.opphold, lager, fra, tuple(_delbart(kjent)))
    stream = stream or kilder.eneste_strøm(lookup, TOPIC, person_ref)
    return [Bestilling(TOPIC, stream, command, aktør, person_ref=person_ref)]


def reaksjoner_for(rammer: Rammer) -> Mapping[str, Reaction]:
    """By event."""
    system = Actor("system", rammer.oppsett.kommunenummer, "kriseplan")
    return reaksjoner(
        lambda lookup, person_ref: avstem(lookup, person_ref, system, rammer), (*OPPHOLDET, *HJELPERNE, *SAMTYKKENE)
    )


def _lager(lookup: Lookup, person_ref: str) -> tuple[str, datetime]:
    """Who makes a plan with the person: the koordinator's unit, else ACT, else the DPS of the group; and since when."""
    koordinator = kilder.koordinator(lookup, person_ref)
    if koordinator.koordinator_part is not None:
        return koordinator.koordinator_part, koordinator.fra or ALLTID
    for rolle in LAGER_UTEN_KOORDINATOR:
        medlemmer = kilder.medlemmer_med_rolle(lookup, person_ref, rolle)
        if medlemmer:
            return medlemmer[0], kilder.gruppe_fra(lookup, person_ref)
    return "", ALLTID


def _delbart(kjent: Kjent) -> list[Delbart]:
    """The wards that have the person now, each with the parts that a consent opens for it."""
    funnet = []
    for opphold in kjent.opphold:
        if opphold.pågår and opphold.avdeling is not None:
            svar = {del_: kjent.svar(opphold.avdeling, f"kriseplan.{del_}") for del_ in DELER}
            deler = tuple(del_ for del_, gitt in svar.items() if gitt.ja and gitt.grunn == "C")
            funnet.append(Delbart(opphold.ref, opphold.avdeling, deler))
    return funnet
