"""What is known of a person when samhandling shows anything of them: who helps, the stays, who has something to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bindeledd.core.errors import NotAllowed
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.samhandling import Oppholdsstatus
from services.felles import kilder
from services.felles.barnesak import BARNESAK, Barnesak
from services.felles.grunnlag import Relasjon
from services.felles.kjent import Kjent, Rammer
from services.felles.oppholdsbilde import Opphold
from services.felles.oppsett import Oppsett
from services.felles.samarbeid import ALLTID
from services.felles.tilgang import Form, RelasjonSlag
from services.samhandling import opphold, person, tvil, utsnitt
from services.samhandling.avvik import avvik
from services.samhandling.avvik.avvikutsnitt import avdelingen_svarer
from services.samhandling.projections import mottakere_uten_opphold

MÅ_VITE_HVEM = frozenset({"person.navn"})
"""Who has a task about a person is told whom it is about, and no more (docs/adr/0008)."""


def grunner_for(lookup: Lookup, person_ref: str | None, rammer: Rammer) -> Kjent:
    """What is known now of a person. What a stay brings with it is for each stay to add (utsnitt.py)."""
    kjent = _kjent_for(lookup, person_ref, rammer)
    if person_ref is None:
        return kjent
    avklares = tvil.avklares(lookup, person_ref, lambda annen: _kjent_for(lookup, annen, rammer))
    return replace(kjent, avklares=avklares) if avklares else kjent


def må_lese_uten_navn(engine: Engine, part: str) -> None:
    """Raises NotAllowed for a party to which the access table gives cases of avvik in another form, or not at all."""

    def les(lookup: Lookup) -> None:
        gitt = grunner_for(lookup, None, engine.service.rules).svar(part, "avvik.sendt")
        if gitt.form is not Form.PSEUDONYM:
            raise NotAllowed("Dette er for den som leser saker uten navn, og ser etter hvordan de gikk.", "hpl §26")

    engine.look(les)


def _kjent_for(lookup: Lookup, person_ref: str | None, rammer: Rammer) -> Kjent:
    kjent = kilder.uten_opphold(lookup, person_ref, rammer)
    if person_ref is None:
        return kjent
    saker: dict[str, Barnesak] = kilder.tilstander(lookup, BARNESAK, person_ref)
    parter = sorted({part for sak in saker.values() for part in sak.parter})
    kjent = kjent.med(*(Relasjon(part, RelasjonSlag.BARNEANSVARLIG, ALLTID, deler=MÅ_VITE_HVEM) for part in parter))
    stays: dict[str, opphold.Opphold] = kilder.tilstander(lookup, opphold.TOPIC, person_ref)
    kjent = replace(
        kjent,
        opphold=tuple(_sett_utenfra(ref, state, rammer.oppsett) for ref, state in stays.items()),
        adressert=mottakere_uten_opphold(lookup.db, person_ref).union(
            *(utsnitt.adressert(state, rammer.oppsett) for state in stays.values())
        ),
        forkastet=lookup.state(person.TOPIC, person_ref).forkastet is not None,
    )
    avvikene: dict[str, avvik.Avvik] = kilder.tilstander(lookup, avvik.TOPIC, person_ref)
    return kjent.med(*(relasjon for sak in avvikene.values() for relasjon in avdelingen_svarer(sak, kjent)))


def dps_for_opphold(lookup: Lookup, opphold_ref: str | None) -> str | None:
    """The DPS that a stay was routed to; None where there is no stay, or it has none."""
    if opphold_ref is None:
        return None
    instans = lookup.state(opphold.TOPIC, opphold_ref).instans
    return instans.dps if instans is not None else None


def _sett_utenfra(ref: str, state: opphold.Opphold, oppsett: Oppsett) -> Opphold:
    """As much of a stay as tells who helps the person in it."""
    inn = opphold.innleggelse(state)
    return Opphold(
        ref, innlagt=opphold.start(state), avdeling=inn.event.avdeling if inn is not None else None,
        dps=state.instans.dps if state.instans is not None else None,
        slutt=_slutt(state), mottakere=utsnitt.adressert(state, oppsett),
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
