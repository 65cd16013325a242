"""Tells what has changed between what somebody looked at and what their party has been given since, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppeUtsnitt,
    MoeteUtsnitt,
    PlanUtsnitt,
    SamtykkeUtsnitt,
    TiltakUtsnitt,
)
from bindeledd.schema.generated.barn_paaroerende import KartleggingUtsnitt
from bindeledd.schema.generated.felles import Oppgave, Oppgavetilstand
from bindeledd.schema.generated.kriseplan import KriseplanUtsnitt
from bindeledd.schema.generated.samhandling import MeldingUtsnitt, OppholdUtsnitt, PersonUtsnitt
from web import ord as sagt
from web import vist
from web.vist import Hvem

ELLERS = "Opplysningene er oppdatert."
UKJENT = "Noen endret det akkurat nå. Siden har ikke fått med seg hva ennå."


def endringer(før: Any, nå: Any, hvem: Hvem) -> tuple[str, ...]:
    """What a user should know before they decide again: both views narrowed to their role. Never empty.

    Opens no sealed value: that a text has changed is said, not what it says.
    """
    if før is None:
        return (ELLERS,)
    funnet = tuple(dict.fromkeys((*_oppgaver(før, nå, hvem), *_innhold(før, nå, hvem))))
    return funnet or (ELLERS,)


def _oppgaver(før: Any, nå: Any, hvem: Hvem) -> Iterator[str]:
    hadde, har = _etter_ref(før), _etter_ref(nå)
    for ref, oppgave in har.items():
        gammel = hadde.get(ref)
        navn = sagt.oppgave(oppgave.slag)
        if gammel is None:
            yield f"Ny oppgave: {navn}."
        elif (gammel.tilstand, gammel.tatt_av) != (oppgave.tilstand, oppgave.tatt_av):
            yield _oppgave(navn, oppgave, hvem)
    for ref, oppgave in hadde.items():
        if ref not in har:
            yield f"Oppgaven «{sagt.oppgave(oppgave.slag)}» er løst, eller den er falt bort."


def _etter_ref(utsnitt: Any) -> dict[str, Oppgave]:
    return {o.oppgave_ref: o for o in getattr(utsnitt, "oppgaver", ())}


def _oppgave(navn: str, oppgave: Oppgave, hvem: Hvem) -> str:
    if oppgave.tilstand is Oppgavetilstand.TATT:
        tok = "Du" if oppgave.tatt_av == hvem.bruker else hvem.brukere.get(oppgave.tatt_av, "En kollega")
        return f"{tok} tok oppgaven «{navn}»."
    if oppgave.tilstand is Oppgavetilstand.LOEST:
        return f"Oppgaven «{navn}» er løst."
    return f"Oppgaven «{navn}» er endret."


def _innhold(før: Any, nå: Any, hvem: Hvem) -> Iterable[str]:
    match før, nå:
        case OppholdUtsnitt(), OppholdUtsnitt():
            return _opphold(før, nå)
        case KriseplanUtsnitt(), KriseplanUtsnitt():
            return _kriseplan(før, nå)
        case KartleggingUtsnitt(), KartleggingUtsnitt():
            merke = vist.barnemerke(nå) if (før.tilstand, før.antall_barn) != (nå.tilstand, nå.antall_barn) else None
            return [f"Barn som pårørende: {merke.tekst}."] if merke is not None else []
        case SamtykkeUtsnitt(), SamtykkeUtsnitt():
            return _samtykker(før, nå, hvem)
        case ((PlanUtsnitt() | AnsvarsgruppeUtsnitt() | MoeteUtsnitt() | TiltakUtsnitt()), _):
            return _samarbeid(før, nå, hvem)
        case PersonUtsnitt(), PersonUtsnitt():
            return _person(før, nå, hvem)
        case MeldingUtsnitt(), MeldingUtsnitt() if nå.aapnet and not før.aapnet:
            return ["En kollega har åpnet meldingen."]
        case _:
            return []


def _opphold(før: OppholdUtsnitt, nå: OppholdUtsnitt) -> Iterator[str]:
    if før.status is not nå.status:
        yield f"Oppholdet er nå: {sagt.STATUS[nå.status][0]}."
    sett = {(linje.melding_ref, linje.slag) for linje in før.historie}
    for linje in nå.historie:
        if (linje.melding_ref, linje.slag) not in sett:
            yield f"Ny melding fra sykehuset: {sagt.HENDELSE[linje.slag]}."
    trukket = {(linje.melding_ref, linje.slag) for linje in før.historie if linje.trukket}
    if any(linje.trukket and (linje.melding_ref, linje.slag) not in trukket for linje in nå.historie):
        yield "Sykehuset har trukket en melding tilbake."
    if [f.tilstand for f in før.frister] != [f.tilstand for f in nå.frister]:
        yield "Fristen for tidligmelding står annerledes."


def _kriseplan(før: KriseplanUtsnitt, nå: KriseplanUtsnitt) -> Iterator[str]:
    if nå.versjon > før.versjon > 0:
        yield f"Kriseplanen er kommet i en ny versjon: {nå.versjon}."
    elif nå.versjon > før.versjon:
        yield "Personen har fått en kriseplan."
    elif før.tilstand is not nå.tilstand:
        yield f"Kriseplanen: {sagt.KRISEPLAN[nå.tilstand][0]}."
    if len(nå.bruk) > len(før.bruk):
        yield "Kriseplanen er tatt i bruk."


def _samtykker(før: SamtykkeUtsnitt, nå: SamtykkeUtsnitt, hvem: Hvem) -> Iterator[str]:
    gamle = {s.samtykke_id: s for s in før.samtykker}
    for samtykke in nå.samtykker:
        if samtykke.samtykke_id not in gamle:
            yield f"Personen har samtykket til deling med {hvem.part(samtykke.part)}."
        elif samtykke.trukket and not gamle[samtykke.samtykke_id].trukket:
            yield f"Samtykket til deling med {hvem.part(samtykke.part)} er trukket."
    hadde = {s.sperring_id: s for s in før.sperringer}
    for sperring in nå.sperringer:
        navn = hvem.part(sperring.part) if sperring.part else "noen"
        if sperring.sperring_id not in hadde:
            yield f"Personen motsetter seg deling med {navn}."
        elif sperring.opphevet and not hadde[sperring.sperring_id].opphevet:
            yield f"Personen motsetter seg ikke lenger deling med {navn}."
    if [t.talsperson_id for t in før.talspersoner] != [t.talsperson_id for t in nå.talspersoner]:
        yield "Hvem som taler for personen, er endret."


def _samarbeid(før: Any, nå: Any, hvem: Hvem) -> Iterable[str]:
    match før, nå:
        case PlanUtsnitt(), PlanUtsnitt():
            return _plan(før, nå)
        case AnsvarsgruppeUtsnitt(), AnsvarsgruppeUtsnitt():
            return _gruppe(før, nå, hvem)
        case MoeteUtsnitt(), MoeteUtsnitt():
            return _møte(før, nå, hvem)
        case TiltakUtsnitt(), TiltakUtsnitt():
            return _tiltak(før, nå, hvem)
        case _:
            return []


def _plan(før: PlanUtsnitt, nå: PlanUtsnitt) -> Iterator[str]:
    if (før.koordinator_part, før.koordinator) != (nå.koordinator_part, nå.koordinator):
        yield "Personen har fått ny koordinator."
    if nå.behov_meldt is not None and før.behov_meldt is None:
        yield "Noen har meldt at personen trenger koordinator."
    if (før.barnekoordinator_tilstand, før.barnekoordinator) != (nå.barnekoordinator_tilstand, nå.barnekoordinator):
        yield "Det er skrevet ned noe nytt om barnekoordinator."
    if før.tilstand is not nå.tilstand:
        yield f"Individuell plan: {sagt.PLAN[nå.tilstand][0]}."
    if nå.maal is not None and nå.maal != før.maal:
        yield "Målene i planen er skrevet om."
    if nå.revisjon is not None and nå.revisjon != før.revisjon:
        yield "Planen er gått gjennom."


def _gruppe(før: AnsvarsgruppeUtsnitt, nå: AnsvarsgruppeUtsnitt, hvem: Hvem) -> Iterator[str]:
    if nå.avsluttet and not før.avsluttet:
        yield "Ansvarsgruppen er avsluttet."
    hadde = {medlem.medlem_ref: medlem.tilstand for medlem in før.medlemmer}
    for medlem in nå.medlemmer:
        if hadde.get(medlem.medlem_ref) is not medlem.tilstand:
            yield f"{hvem.part(medlem.part)} {sagt.MEDLEM[medlem.tilstand]}."
    if nå.representant != før.representant:
        yield "Personen har valgt en annen representant."


def _møte(før: MoeteUtsnitt, nå: MoeteUtsnitt, hvem: Hvem) -> Iterator[str]:
    if før.tilstand is not nå.tilstand:
        yield f"Møtet er nå: {sagt.MØTE[nå.tilstand][0]}."
    svarte = {deltaker.part: deltaker.svar for deltaker in før.deltakere}
    for deltaker in nå.deltakere:
        if svarte.get(deltaker.part) is not deltaker.svar:
            yield f"{hvem.part(deltaker.part)} {sagt.MØTESVAR[deltaker.svar]}."


def _tiltak(før: TiltakUtsnitt, nå: TiltakUtsnitt, hvem: Hvem) -> Iterator[str]:
    if før.tilstand is not nå.tilstand:
        yield f"Tiltaket er nå: {sagt.TILTAK[nå.tilstand][0]}."
    if før.paa_vent is not nå.paa_vent:
        yield "Tiltaket er satt på vent." if nå.paa_vent else "Tiltaket er tatt opp igjen."
    if før.part != nå.part:
        yield f"{hvem.part(nå.part)} har nå ansvaret for tiltaket."
    if (før.frist, før.innhold) != (nå.frist, nå.innhold):
        yield "Tiltaket er skrevet om, eller har fått en annen frist."


def _person(før: PersonUtsnitt, nå: PersonUtsnitt, hvem: Hvem) -> Iterator[str]:
    if nå.bekreftet and not før.bekreftet:
        yield "Noen har bekreftet personen."
    if nå.bydel != før.bydel:
        yield f"Bydelen er nå: {hvem.bydeler.get(nå.bydel or '', 'ikke kjent')}."
