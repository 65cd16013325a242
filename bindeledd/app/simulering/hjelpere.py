"""Lays out who helps a person before the stay: register, koordinator, group, crisis plan, and what is consented to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bindeledd.app.simulering.løp import Løp, Steg, klokka
from bindeledd.app.simulering.verden import Handling, Verden
from bindeledd.core.envelope import Actor
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.kriseplan import Kontakt, Kontakter, TegnOgTiltak
from bindeledd.schema.generated.samhandling import Identitet, Personalia
from services.ansvarsgruppe import planer
from services.ansvarsgruppe.gruppe import Svar
from services.ansvarsgruppe.samtykke import GiSamtykke, Kommando, RegistrerSperring, TrekkSamtykke
from services.felles.oppsett import INNBYGGER
from services.felles.samarbeid import SAMTYKKE, Samtykker
from services.kriseplan import planer as kriseplaner
from services.kriseplan.plan import Innhold
from services.samhandling import planer as registerplaner

KØEN = "koordinerende-enhet"
"""The party that knows people first, and works the manual queue."""


def før_oppholdet(løp: Løp, dag: date) -> Iterator[Steg]:
    """A person whom somebody here knows already, on the morning of a day."""
    ny = klokka(dag, 7 + løp.innbygger.nr % 60 / 60)
    yield ny, lambda verden: registrer(løp, verden)
    if løp.treffer(0.85):
        yield ny + timedelta(minutes=5), lambda verden: _få_koordinator(løp, verden)
        yield from _med_koordinator(løp, ny, dag)
    yield from _samtykker(løp, dag)


def _med_koordinator(løp: Løp, ny: datetime, dag: date) -> Iterator[Steg]:
    """What the koordinator's unit does first."""
    if løp.treffer(0.6):
        yield ny + timedelta(minutes=10), lambda verden: _få_gruppe(løp, verden, dag)
    if løp.treffer(0.5):
        yield ny + timedelta(minutes=20), lambda verden: _få_kriseplan(løp, verden)
    elif løp.treffer(0.4):
        yield ny + timedelta(minutes=20), lambda verden: _takk_nei(løp, verden)


def _samtykker(løp: Løp, dag: date) -> Iterator[Steg]:
    if løp.treffer(0.55):
        part, formål, deler = løp.terning.choice((
            ("pam", "akutt_hjelp", ("kriseplan.*",)),
            ("legevakt", "akutt_hjelp", ("kriseplan.*",)),
            (løp.egen("nav"), "bolig_og_oekonomi", ("opphold.finnes",)),
        ))  # fmt: skip
        yield klokka(dag, 10), _sier(løp, GiSamtykke(part, formål, deler))
        if løp.treffer(0.2):
            senere = dag + timedelta(days=løp.terning.randint(2, 9))
            yield løp.i_arbeidstiden(senere), lambda verden: _trekk(løp, verden)
    if løp.treffer(0.06):
        yield klokka(dag, 11), _sier(løp, RegistrerSperring(løp.egen("hjemmetjeneste"), ()))


def registrer(løp: Løp, verden: Verden) -> None:
    """Somebody of the koordinerende enhet registers the person."""
    person = løp.innbygger
    personalia = Personalia(
        fornavn=person.fornavn, mellomnavn="", etternavn=person.etternavn, foedt=person.født, kjoenn=person.kjønn,
        gateadresse=person.gate, postnummer="5000", poststed="BERGEN",
    )  # fmt: skip
    identitet = Identitet(nummer=person.ident.id, type=person.ident.type, utsteder="")
    aktør = verden.aktør(KØEN, "koe.avklar")
    plan = registerplaner.registrer_person(personalia, (identitet,), person.bydel, aktør)
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
    for part, sjanse in ((løp.act(dag), 0.65), (løp.egen("hjemmetjeneste"), 0.5), (løp.egen("nav"), 0.35)):
        if løp.treffer(sjanse):
            verden.gjør("ansvarsgruppe", planer.inviter(løp.person_ref, løp.gruppe, part, leder))
            svar = Svar(part, med=løp.treffer(0.85))
            aktør = verden.aktør(part, "gruppe.svar")
            verden.gjør("ansvarsgruppe", planer.for_egen_enhet(løp.gruppe, svar, aktør))


def _få_kriseplan(løp: Løp, verden: Verden) -> None:
    innhold: Innhold = {
        "tegn_og_tiltak": Klartekst(
            TegnOgTiltak(
                varselsignaler=("Sover dårlig tre netter på rad", "Svarer ikke på telefon"),
                tiltak=("Ring koordinator", "Gå en tur sammen", "Minn på faste måltider"),
            )
        ),
        "roedt_nivaa": Klartekst(Tekst(tekst="Snakk rolig, og kom ikke flere enn to. Ring før dere kjører.")),
        "kontakter": Klartekst(
            Kontakter(kontakter=(Kontakt(navn="En søster (oppdiktet)", telefon="55000001", naar="kveld"),))
        ),
        "innleggelse": Klartekst(Tekst(tekst="Vil helst ha enerom og egne klær.")),
    }
    aktør = verden.aktør(løp.egen("enhet"), "kriseplan.skriv")
    medvirkning = ("pasient", "behandler")
    verden.gjør("kriseplan", kriseplaner.opprett(løp.person_ref, medvirkning, innhold, aktør, verden.rammer))


def _takk_nei(løp: Løp, verden: Verden) -> None:
    aktør = verden.aktør(løp.egen("enhet"), "kriseplan.tilby")
    verden.gjør("kriseplan", kriseplaner.tilby(løp.person_ref, aktør, verden.rammer))
    verden.gjør("kriseplan", kriseplaner.takk_nei(løp.person_ref, aktør, verden.rammer))


def _sier(løp: Løp, command: Kommando) -> Handling:
    """The person says it themself."""

    def si(verden: Verden) -> None:
        selv = Actor(INNBYGGER, løp.oppsett.parter[INNBYGGER].organisasjon, INNBYGGER)
        verden.gjør("ansvarsgruppe", planer.samtykke_for(løp.person_ref, command, selv, verden.rammer))

    return si


def _trekk(løp: Løp, verden: Verden) -> None:
    for state in verden.tilstander("ansvarsgruppe", SAMTYKKE, løp.person_ref):
        assert isinstance(state, Samtykker)
        for gitt in sorted(state.samtykker):
            _sier(løp, TrekkSamtykke(gitt))(verden)
