"""Lays out who helps a person before the stay: register, koordinator and group."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bindeledd.app.simulering.andeler import Andel, Hyppighet
from bindeledd.app.simulering.gruppen import bli_med, individuell_plan, møter, velg_representant
from bindeledd.app.simulering.kriseplaner import kriseplan
from bindeledd.app.simulering.løp import Løp, Steg, klokka
from bindeledd.app.simulering.samtykker import de_unges, samtykker
from bindeledd.app.simulering.verden import Verden
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.ansvarsgruppe import Barnekoordinatortilstand as Tilstand
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import Identitet, Personalia
from services.ansvarsgruppe import planer
from services.felles.samarbeid import FORELDREANSVAR, PLAN, Plan
from services.samhandling import planer as registerplaner

KØEN = "koordinerende-enhet"
"""The party that knows people first, and works the manual queue."""


def før_oppholdet(løp: Løp, første: date, siste: date) -> Iterator[Steg]:
    """A person whom somebody here knows already, from the morning of the first day."""
    ny = klokka(første, 7 + løp.innbygger.nr % 60 / 60)
    yield ny, lambda verden: registrer(løp, verden)
    yield from samtykker(løp, første, siste)
    if løp.treffer(Andel.KOORDINATOR):
        yield ny + timedelta(minutes=5), lambda verden: _få_koordinator(løp, verden)
        if løp.treffer(Andel.ANSVARSGRUPPE):
            yield ny + timedelta(minutes=10), lambda verden: _få_gruppe(løp, verden, første)
            yield from møter(løp, første, siste)
        yield from individuell_plan(løp, ny + timedelta(minutes=15), første, siste)
        yield from kriseplan(løp, ny + timedelta(minutes=20), første, siste)


def en_ung(løp: Løp, første: date, siste: date) -> Iterator[Steg]:
    """Somebody for whom others consent: no hospital for adults admits them, and a group helps them all the same."""
    ny = klokka(første, 7 + løp.innbygger.nr % 60 / 60)
    yield ny, lambda verden: registrer(løp, verden)
    yield ny + timedelta(minutes=3), lambda verden: _få_koordinator(løp, verden)
    yield ny + timedelta(minutes=5), lambda verden: _skriv_ned_foreldre(løp, verden)
    yield ny + timedelta(minutes=10), lambda verden: _få_gruppe(løp, verden, første)
    yield ny + timedelta(minutes=12), lambda verden: _om_barnekoordinator(løp, verden)
    yield from de_unges(løp, første, siste)
    yield from møter(løp, første, siste)
    yield from individuell_plan(løp, ny + timedelta(minutes=15), første, siste)


def _skriv_ned_foreldre(løp: Løp, verden: Verden) -> None:
    skriver = verden.aktør(løp.egen("enhet"), "talsperson.skriv")
    for navn in ("Mor (oppdiktet)", "Far (oppdiktet)")[: 2 if løp.treffer(Andel.TO_FORESATTE) else 1]:
        navnet = Klartekst(Tekst(tekst=f"{navn} {løp.innbygger.etternavn}"))
        plan = planer.talsperson_for(løp.person_ref, FORELDREANSVAR, navnet, (), skriver, verden.rammer)
        verden.gjør("ansvarsgruppe", plan)


def _om_barnekoordinator(løp: Løp, verden: Verden) -> None:
    enhet = løp.egen("enhet")
    aktør, noen = verden.aktør(enhet, "plan.koordinator"), verden.bruker(enhet, "plan.koordinator")
    tilstand = løp.terning.choice((Tilstand.OPPNEVNT, Tilstand.OPPNEVNT, Tilstand.TILBUDT, Tilstand.TAKKET_NEI))
    plan = planer.avklar_barnekoordinator(løp.person_ref, tilstand, enhet, noen, aktør, verden.rammer)
    verden.gjør("ansvarsgruppe", plan)


def meld_behov(løp: Løp, verden: Verden) -> None:
    """The ward tells that somebody whom nobody coordinates needs it (hpl §38a)."""
    planene: list[Plan] = verden.tilstander("ansvarsgruppe", PLAN, løp.person_ref)
    if any(plan.koordinator_part or plan.behov for plan in planene):
        return
    behov = Klartekst(Tekst(tekst="Har flere tjenester, og ingen som ser dem i sammenheng."))
    plan = planer.meld_behov(løp.person_ref, behov, verden.aktør("pam", "plan.behov"), verden.rammer)
    verden.gjør("ansvarsgruppe", plan)


def registrer(løp: Løp, verden: Verden) -> None:
    """Somebody of the koordinerende enhet registers the person."""
    person = løp.innbygger
    personalia = Personalia(
        fornavn=person.fornavn, mellomnavn="", etternavn=person.etternavn, foedt=person.født, kjoenn=person.kjønn,
        gateadresse=person.gate, postnummer="" if person.uten_bolig else "5000",
        poststed="" if person.uten_bolig else "BERGEN",
    )  # fmt: skip
    identitet = Identitet(nummer=person.ident.id, type=person.ident.type, utsteder="")
    aktør = verden.aktør(KØEN, "koe.avklar")
    bydel = None if person.uten_bolig else person.bydel  # no bydel follows from no address: somebody has to say
    plan = registerplaner.registrer_person(personalia, (identitet,), bydel, aktør)
    løp.person_ref = verden.gjør("samhandling", plan) or ""


def _få_koordinator(løp: Løp, verden: Verden) -> None:
    enhet = løp.egen("enhet")
    koordinator, aktør = verden.bruker(enhet, "plan.koordinator"), verden.aktør(KØEN, "plan.koordinator")
    verden.gjør(
        "ansvarsgruppe", planer.sett_koordinator(løp.person_ref, enhet, koordinator, aktør, verden.rammer)
    )  # fmt: skip


def _få_gruppe(løp: Løp, verden: Verden, dag: date) -> None:
    leder = verden.aktør(løp.egen("enhet"), "gruppe.opprett")
    løp.gruppe = verden.gjør("ansvarsgruppe", planer.opprett_gruppe(løp.person_ref, leder, verden.rammer)) or ""
    if not løp.gruppe:
        return
    for part, andel in _mulige(løp, dag):
        if løp.treffer(andel):
            verden.gjør("ansvarsgruppe", planer.inviter(løp.person_ref, løp.gruppe, part, leder, verden.rammer))
            if løp.treffer(Andel.SVARER_PÅ_INNKALLING):
                bli_med(løp, part, verden)
    if not løp.innbygger.ung and løp.treffer(Andel.REPRESENTANT):
        velg_representant(løp, verden)


def _mulige(løp: Løp, dag: date) -> tuple[tuple[str, Hyppighet], ...]:
    """Who may be in the group, and how often."""
    if løp.innbygger.ung:
        return ((løp.egen("helsestasjon"), Andel.HOS_DEN_UNGE), (løp.egen("skole"), Andel.HOS_DEN_UNGE))
    return (
        (løp.act(dag), Andel.ACT_ER_MED),
        (løp.egen("hjemmetjeneste"), Andel.HJEMMETJENESTE_ER_MED),
        (løp.egen("nav"), Andel.NAV_ER_MED),
        ("botilbud", Andel.BOTILBUD_ER_MED),
        ("boteam", Andel.BOTEAM_ER_MED),
    )
