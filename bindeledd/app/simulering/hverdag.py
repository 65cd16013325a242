"""Lays out what people do on working days: open messages, take and finish tasks, and settle who is unknown here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bindeledd.app.simulering import gruppen
from bindeledd.app.simulering.andeler import Andel
from bindeledd.app.simulering.avvikene import følg_avvik
from bindeledd.app.simulering.barna import følg_barna, registrer_barna
from bindeledd.app.simulering.hjelpere import KØEN, meld_behov
from bindeledd.app.simulering.kriseplaner import tilby_kriseplan
from bindeledd.app.simulering.løp import Løp, Steg, hverdag
from bindeledd.app.simulering.opphold import åpne_uåpnede
from bindeledd.app.simulering.verden import Verden, Åpen
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Oppgaveslag, Tekst
from services.barn_pårørende import planer as barneplaner
from services.barn_pårørende.domain import SPØRRES
from services.felles.oppholdsbilde import opphold_i
from services.samhandling import planer
from services.samhandling.person import TOPIC as PERSON


def arbeidsdager(løp: Løp, første: date, siste: date) -> Iterator[Steg]:
    """Every working day somebody looks at what waits for this person."""
    for nummer in range((siste - første).days + 1):
        dag = første + timedelta(days=nummer)
        if hverdag(dag) == dag:
            yield løp.i_arbeidstiden(dag), lambda verden: _arbeid(løp, verden)


def _arbeid(løp: Løp, verden: Verden) -> None:
    if løp.treffer(Andel.ÅPNET_NESTE_DAG):
        åpne_uåpnede(løp, verden)
    if not løp.person_ref:
        return
    _avklar(løp, verden)
    for åpen in list(verden.åpne_oppgaver(løp.person_ref)):
        if åpen.slag in SPØRRES:
            _spør_om_barn(løp, åpen.part, verden)
        elif not åpen.tatt and løp.treffer(Andel.OPPGAVE_TATT):
            verden.ta(åpen)
        elif åpen.tatt and løp.treffer(Andel.OPPGAVE_LØST):
            _gjør(løp, åpen, verden)
    meld_behov(løp, verden)
    følg_barna(løp, verden)
    følg_avvik(løp, verden)


def _gjør(løp: Løp, åpen: Åpen, verden: Verden) -> None:
    """Do what a task asks for; where that is nothing that is written here, say that it is done."""
    match åpen.slag:
        case Oppgaveslag.AVKLAR_BYDEL:
            return  # whoever works the queue says where the person lives, and the task falls by that
        case Oppgaveslag.KALL_INN_ANSVARSGRUPPE:
            gruppen.kall_inn(løp, verden, opphold_i(åpen.gjelder))
        case Oppgaveslag.SVAR_PAA_INVITASJON:
            gruppen.bli_med(løp, åpen.part, verden)
        case Oppgaveslag.SVAR_PAA_INNKALLING:
            gruppen.besvar(løp, åpen.stream, åpen.part, verden)
        case Oppgaveslag.SKRIV_REFERAT:
            gruppen.godkjenn(løp, åpen.stream, verden)
        case Oppgaveslag.VURDER_PLAN:
            gruppen.gå_gjennom(løp, verden)
        case Oppgaveslag.LAG_KRISEPLAN:
            tilby_kriseplan(løp, verden)
        case _:
            verden.løs(åpen)


def _spør_om_barn(løp: Løp, avdeling: str, verden: Verden) -> None:
    """The ward asks, and gets an answer most of the time."""
    aktør = verden.aktør(avdeling, "barn.kartlegg")
    person_ref, rammer, svar = løp.person_ref, verden.rammer, løp.terning.random()
    for andel, plan in (
        (Andel.INGEN_BARN, barneplaner.ingen_barn(person_ref, aktør, rammer)),
        (Andel.VIL_IKKE_SI_OM_BARN, barneplaner.avslå(person_ref, "vil_ikke", aktør, rammer)),
        (Andel.SPURT_SENERE, barneplaner.utsett(person_ref, "for_syk", aktør, rammer)),
    ):
        svar -= andel.andel
        if svar < 0:
            verden.gjør("barn_paaroerende", plan)
            return
    if svar < Andel.HAR_BARN.andel:
        sagt = Klartekst(Tekst(tekst="Barna er hos den andre forelderen. Vil snakke mer om det neste uke."))
        antall = løp.terning.randint(1, 3)
        if verden.gjør("barn_paaroerende", barneplaner.hold_samtale(person_ref, antall, sagt, aktør, rammer)):
            registrer_barna(løp, avdeling, antall, verden)


def _avklar(løp: Løp, verden: Verden) -> None:
    """A person who came in unknown is confirmed, and gets a bydel, after a day or two."""
    for person in verden.tilstander("samhandling", PERSON, løp.person_ref):
        aktør = verden.aktør(KØEN, "koe.avklar")
        if not person.bekreftet and løp.treffer(Andel.PERSON_BEKREFTET):
            verden.gjør("samhandling", planer.bekreft_person(løp.person_ref, "har_tjenester_her", aktør))
        if person.bydel is None and _bydel_finnes(løp, verden):
            bydel, kommune = løp.innbygger.bydel, løp.oppsett.kommunenummer
            verden.gjør("samhandling", planer.sett_bydel(løp.person_ref, bydel, kommune, aktør))


def _bydel_finnes(løp: Løp, verden: Verden) -> bool:
    """Who has an address, gets a bydel by it. For who has none it is asked when a stay asks, and takes longer."""
    if not løp.innbygger.uten_bolig:
        return løp.treffer(Andel.BYDEL_SATT)
    spurt = any(åpen.slag is Oppgaveslag.AVKLAR_BYDEL for åpen in verden.åpne_oppgaver(løp.person_ref))
    return spurt and løp.treffer(Andel.BYDEL_SATT_UTEN_BOLIG)
