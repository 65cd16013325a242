"""Lays out what people do on working days: open messages, take and finish tasks, and settle who is unknown here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bindeledd.app.simulering.hjelpere import KØEN
from bindeledd.app.simulering.løp import Løp, Steg
from bindeledd.app.simulering.verden import Verden
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Oppgaveslag, Tekst
from services.barn_pårørende import planer as barneplaner
from services.samhandling import planer
from services.samhandling.person import TOPIC as PERSON

LØRDAG = 6


def arbeidsdager(løp: Løp, første: date, siste: date) -> Iterator[Steg]:
    """Every working day somebody looks at what waits for this person."""
    for nummer in range((siste - første).days + 1):
        dag = første + timedelta(days=nummer)
        if dag.isoweekday() < LØRDAG:
            yield løp.i_arbeidstiden(dag), lambda verden: _arbeid(løp, verden)


def _arbeid(løp: Løp, verden: Verden) -> None:
    for melding_ref, part in løp.uåpnet:
        if løp.treffer(0.95):
            _åpne(melding_ref, part, verden)
    løp.uåpnet.clear()
    if not løp.person_ref:
        return
    _avklar(løp, verden)
    for åpen in list(verden.åpne_oppgaver(løp.person_ref)):
        if åpen.slag is Oppgaveslag.SPOER_OM_BARN:
            _spør_om_barn(løp, åpen.part, verden)
        elif not åpen.tatt and løp.treffer(0.6):
            verden.ta(åpen)
        elif åpen.tatt and løp.treffer(0.5):
            verden.løs(åpen)


def _spør_om_barn(løp: Løp, avdeling: str, verden: Verden) -> None:
    """The ward asks, and gets an answer most of the time."""
    aktør = verden.aktør(avdeling, "barn.kartlegg")
    person_ref, rammer, svar = løp.person_ref, verden.rammer, løp.terning.random()
    if svar < 0.3:
        verden.gjør("barn_paaroerende", barneplaner.ingen_barn(person_ref, aktør, rammer))
    elif svar < 0.4:
        verden.gjør("barn_paaroerende", barneplaner.avslå(person_ref, "vil_ikke", aktør, rammer))
    elif svar < 0.65:
        sagt = Klartekst(Tekst(tekst="Barna er hos den andre forelderen. Vil snakke mer om det neste uke."))
        antall = løp.terning.randint(1, 3)
        verden.gjør("barn_paaroerende", barneplaner.hold_samtale(person_ref, antall, sagt, aktør, rammer))


def _åpne(melding_ref: str, part: str, verden: Verden) -> None:
    aktør, bruker = verden.aktør(part, "melding.aapne"), verden.bruker(part, "melding.aapne")
    verden.gjør("samhandling", planer.åpne_melding(melding_ref, part, bruker, aktør))


def _avklar(løp: Løp, verden: Verden) -> None:
    """A person who came in unknown is confirmed, and gets a bydel, after a day or two."""
    for person in verden.tilstander("samhandling", PERSON, løp.person_ref):
        aktør = verden.aktør(KØEN, "koe.avklar")
        if not person.bekreftet and løp.treffer(0.5):
            verden.gjør("samhandling", planer.bekreft_person(løp.person_ref, "har_tjenester_her", aktør))
        if person.bydel is None and løp.treffer(0.5):
            bydel, kommune = løp.innbygger.bydel, løp.oppsett.kommunenummer
            verden.gjør("samhandling", planer.sett_bydel(løp.person_ref, bydel, kommune, aktør))
