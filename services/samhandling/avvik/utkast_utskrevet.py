"""Understands that a discharge without any plan looks like an avvik (rules 2.5, "utskrevet uten varsel/plan").

The limit is this project's own, for no source draws it: somebody here follows the person up, and when the person was
discharged no crisis plan held, no individual plan, and no meeting of the group had been called. That it was called is
enough (rules 1.1 U6). That no notice came before a discharge is for a person to judge, and to report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor, Envelope
from bindeledd.runtime.service import Follow, Lookup, Reaction
from bindeledd.schema.generated.samhandling import (
    Avvikskategori,
    Loggreferanse,
    Oppholdsstatus,
    PasientUtskrevet,
    PersonerSlaattSammen,
    SammenslaaingOmgjort,
)
from services.felles.kansellering import Faktum
from services.felles.oppholdsbilde import ENDRER
from services.felles.oppsett import Oppsett
from services.felles.tid import dagens_slutt, lokal_dag
from services.samhandling import kvittering, opphold
from services.samhandling.avvik import avvik
from services.samhandling.avvik.avviksutkast import finn_om_opphold, lag_utkast, utkastnavn
from services.samhandling.oppfulgt import FORTELLER, ingen_plan_ved

KATEGORI = Avvikskategori.UTSKREVET_UTEN_PLAN
GRUNN_BORTE = "det_var_likevel_en_plan"


def følger_for(oppsett: Oppsett) -> Mapping[str, Follow]:
    """By own event: after what changes a stay, and after two records became one or were parted."""
    system = Actor("system", oppsett.kommunenummer, "samhandling")

    def ved_opphold(lookup: Lookup, strøm: str, versjon: int, event: Any) -> Iterable[Bestilling]:
        bevis = versjon if isinstance(event, PasientUtskrevet) else None
        return døm(lookup, strøm, oppsett, system, bevis)

    def ved_sammenslåing(lookup: Lookup, strøm: str, _versjon: int, event: Any) -> Iterable[Bestilling]:
        andre = event.gjenoppstaatt if isinstance(event, SammenslaaingOmgjort) else event.tapt
        return [b for ref in (strøm, andre) for b in døm_alle(lookup, ref, oppsett, system)]

    return {
        **{slag.avro_name: ved_opphold for slag in ENDRER},
        PersonerSlaattSammen.avro_name: ved_sammenslåing,
        SammenslaaingOmgjort.avro_name: ved_sammenslåing,
    }


def reaksjoner_for(oppsett: Oppsett) -> Mapping[str, Reaction]:
    """By event of others: what is told late of who followed the person up, and of what was planned."""
    system = Actor("system", oppsett.kommunenummer, "samhandling")

    def fortalt(lookup: Lookup, konvolutt: Envelope, _event: Any) -> Iterable[Bestilling]:
        person_ref = lookup.whose(konvolutt.stream)
        return () if person_ref is None else døm_alle(lookup, person_ref, oppsett, system)

    return {slag.avro_name: fortalt for slag in FORTELLER}


def døm_alle(lookup: Lookup, person_ref: str, oppsett: Oppsett, system: Actor) -> list[Bestilling]:
    """The orders that bring the drafts of all discharges of a person in step with what is known."""
    refs = lookup.streams_of(opphold.TOPIC, person_ref)
    return [b for ref in refs for b in døm(lookup, ref, oppsett, system, None)]


def døm(
    lookup: Lookup, opphold_ref: str, oppsett: Oppsett, system: Actor, versjon: int | None
) -> list[Bestilling]:  # fmt: skip
    """The same of one stay. `versjon`: its record that told of the discharge; None: the message that did shows it."""
    person_ref = lookup.whose(opphold_ref)
    if person_ref is None:
        return []
    state: opphold.Opphold = lookup.state(opphold.TOPIC, opphold_ref)
    utkastet = finn_om_opphold(lookup, person_ref, opphold_ref, KATEGORI)
    utskrevet = _uten_plan(lookup, person_ref, state)
    if utskrevet is None:
        falt = avvik.ForkastUtkast(GRUNN_BORTE)
        return [Bestilling(avvik.TOPIC, utkastet, falt, system)] if utkastet is not None else []
    bevis = Loggreferanse(tema=kvittering.TOPIC, stroem=utskrevet.først.melding_ref, versjon=1)
    if versjon is not None:
        bevis = Loggreferanse(tema=opphold.TOPIC, stroem=opphold_ref, versjon=versjon)
    utkast = lag_utkast(state, opphold_ref, KATEGORI, utskrevet.event.utskrevet, bevis, oppsett)
    ref = utkastet or utkastnavn(lookup, opphold_ref, KATEGORI)
    return [Bestilling(avvik.TOPIC, ref, utkast, system, person_ref=person_ref)]


def _uten_plan(lookup: Lookup, person_ref: str, state: opphold.Opphold) -> Faktum | None:
    """The discharge, where the person had no plan at all; None when that is not so. Of whom only a copy told us, it was
    nobody's here to plan for."""
    utskrevet = opphold.siste_utskrivning(state)
    if opphold.status(state) is not Oppholdsstatus.UTSKREVET or utskrevet is None or not utskrevet.adressert:
        return None
    ut: datetime = utskrevet.event.utskrevet
    senest = dagens_slutt(lokal_dag(ut)) if utskrevet.event.bare_dato else ut
    return utskrevet if ingen_plan_ved(lookup, person_ref, opphold.start(state), senest) else None
