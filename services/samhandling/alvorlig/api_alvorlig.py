"""The commands about serious incidents over HTTP: noted, and reported to the national front door."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field

from bindeledd.core.decider import Bestilling
from bindeledd.core.errors import RuleBroken
from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.http import Answer, Asked
from bindeledd.runtime.service import Lookup, Plan
from bindeledd.schema.generated.samhandling import Alvorligoppfoelging, Identitet, Meldeskjema
from services.felles.api import Id, Kropp, Ref, Tidspunkt, spør, utfør
from services.felles.brukere import må_ha_stilling
from services.felles.kilder import må_finnes
from services.felles.kjent import Rammer
from services.felles.meldeskjema import BESKRIVELSE_MAKS, MED_NUMMER, STILLING_MAKS, TELEFON_MAKS
from services.felles.tid import lokal_dag
from services.samhandling import person
from services.samhandling.alvorlig import alvorlig
from services.samhandling.avvik.avvikplaner import må_kunne_melde
from services.samhandling.grunner import grunner_for


class NyHendelse(Kropp):
    """A death or very serious harm that was not to be expected, and when it happened."""

    av: Id
    hendt: Tidspunkt


class Oppfølging(Kropp):
    """What was done: the patient, or after a death the next of kin, was offered a meeting; or the report was sent."""

    av: Id
    hva: Literal["MOETE_TILBUDT", "RAPPORT_SENDT"]


class Melding(Kropp):
    """What the front door asks of who reports."""

    av: Id
    beskrivelse: Annotated[str, Field(min_length=1, max_length=BESKRIVELSE_MAKS)]
    stilling: Annotated[str, Field(min_length=1, max_length=STILLING_MAKS)]
    telefon: Annotated[str, Field(min_length=1, max_length=TELEFON_MAKS)]
    rolle: Literal["Manager", "Treator", "OtherEmployee"]


def alvorligruter(router: APIRouter, engine: Engine) -> None:
    """`/personer/{person}/alvorlig`, `/alvorlig/{ref}/send`, `/alvorlig/{ref}/oppfulgt`."""
    oppsett = engine.service.rules.oppsett

    def i_saken(ref: str, command: alvorlig.Send | alvorlig.FølgOpp, asked: Asked) -> Answer:
        ordre = [Bestilling(alvorlig.TOPIC, ref, command, asked.actor)]
        return utfør(engine, asked, lambda _lookup: (ordre, ref), stream=ref)

    @router.post("/personer/{person_ref}/alvorlig")
    def noter(person_ref: Ref, ny: NyHendelse, asked: Annotated[Asked, spør("alvorlig.meld")]) -> Answer:
        """Notes a serious incident, which starts the clock. The answer's `stream` is its ref. Refused while the rule is
        off, or for what happened before its day."""
        av = må_ha_stilling(oppsett, ny.av, asked.actor.party)
        return utfør(engine, asked, _noter(person_ref, av, ny.hendt, asked, engine.service.rules))

    @router.post("/alvorlig/{alvorlig_ref}/send")
    def send(alvorlig_ref: Ref, melding: Melding, asked: Annotated[Asked, spør("alvorlig.meld")]) -> Answer:
        """Sends the report to the national front door. It goes out until it is answered, always as the same report."""
        av = må_ha_stilling(oppsett, melding.av, asked.actor.party)
        skjema = Meldeskjema(
            beskrivelse=melding.beskrivelse, stilling=melding.stilling, telefon=melding.telefon, rolle=melding.rolle
        )
        command = alvorlig.Send(asked.actor.party, av, Klartekst(skjema))
        return i_saken(alvorlig_ref, command, asked)

    @router.post("/alvorlig/{alvorlig_ref}/oppfulgt")
    def oppfulgt(alvorlig_ref: Ref, gjort: Oppfølging, asked: Annotated[Asked, spør("alvorlig.meld")]) -> Answer:
        """Writes down that a meeting was offered (pbrl §3-2), or that statsforvalteren has been sent the report."""
        av = må_ha_stilling(oppsett, gjort.av, asked.actor.party)
        return i_saken(alvorlig_ref, alvorlig.FølgOpp(asked.actor.party, av, Alvorligoppfoelging(gjort.hva)), asked)


def _noter(person_ref: str, av: str, hendt: datetime, asked: Asked, rammer: Rammer) -> Plan:
    """For a unit that helps the person, or in whose ward they were: a death ends the stay, not the duty to report."""
    part = asked.actor.party

    def plan(lookup: Lookup) -> tuple[list[Bestilling], str]:
        må_finnes(lookup, person_ref)
        if not _hadde_personen(lookup, person_ref, part, hendt, rammer):
            må_kunne_melde(lookup, person_ref, part, rammer)
        _må_være_ny(lookup, person_ref, part, hendt)
        ref, nummer = lookup.ref(), Klartekst(_nummer(lookup, person_ref))
        command = alvorlig.Noter(part, av, hendt, nummer)
        return [Bestilling(alvorlig.TOPIC, ref, command, asked.actor, person_ref=person_ref)], ref

    return plan


def _hadde_personen(lookup: Lookup, person_ref: str, part: str, hendt: datetime, rammer: Rammer) -> bool:
    """Whether the person was in the unit's ward when it happened, or had been so lately that it may report it."""
    etter = rammer.oppsett.regler.verdi(alvorlig.ETTER_OPPHOLD, lokal_dag(hendt)).varighet
    egne = (o for o in grunner_for(lookup, person_ref, rammer).opphold if o.avdeling == part)
    return any(
        (o.innlagt is None or o.innlagt <= hendt) and (o.slutt is None or hendt <= o.slutt + etter) for o in egne
    )


def _må_være_ny(lookup: Lookup, person_ref: str, part: str, hendt: datetime) -> None:
    """Two notes of one incident would become two reports. Raises RuleBroken."""
    refs = lookup.streams_of(alvorlig.TOPIC, person_ref)
    notert: list[alvorlig.Alvorlig] = [lookup.state(alvorlig.TOPIC, ref) for ref in refs]
    if any(n.part == part and n.hendt is not None and lokal_dag(n.hendt) == lokal_dag(hendt) for n in notert):
        raise RuleBroken("alvorlig.notert", "Det som hendte den dagen, er notert fra før hos dere. Meld det derfra")


def _nummer(lookup: Lookup, person_ref: str) -> Identitet:
    """The number that the report asks for. Raises RuleBroken when we have none: the front door's own page then asks for
    what nobody here knows."""
    state: person.Person = lookup.state(person.TOPIC, person_ref)
    åpnet: list[Identitet] = [lookup.open(sealed) for sealed in state.identiteter]
    nummer = next((ident for ident in åpnet if ident.type in MED_NUMMER), None)
    if nummer is None:
        raise RuleBroken("alvorlig.nummer", "Vi har ikke personens fødselsnummer. Meld på melde.no i stedet")
    return nummer
