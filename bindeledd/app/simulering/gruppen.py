"""Lays out what the ansvarsgruppe does: meetings summoned, answered, held, written up or called off; and the plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from bindeledd.app.simulering.andeler import Andel
from bindeledd.app.simulering.løp import Løp, Steg, hverdag, klokka
from bindeledd.app.simulering.verden import Verden
from bindeledd.core.sealed import Klartekst
from bindeledd.runtime.service import Plan
from bindeledd.schema.generated.ansvarsgruppe import (
    Brukermaal,
    Medlemstilstand,
    Moeteinnhold,
    Moetested,
    Moetetilstand,
    Referat,
)
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe import møte, møteplaner, plan, planarbeid, planer, tiltak
from services.ansvarsgruppe.gruppe import OppnevnRepresentant, Svar
from services.ansvarsgruppe.møteplaner import Møtereferat, Oppgave
from services.felles.oppsett import INNBYGGER, TALER_FOR
from services.felles.samarbeid import GRUPPE, Gruppe
from services.felles.tid import lokal_dag

TJENESTE = "ansvarsgruppe"
SAKER = (
    ("Hvordan det går hjemme", "Hvem som gjør hva de neste ukene"),
    ("Utskriving og den første uken etterpå", "Bolig"),
    ("Arbeid og fritid", "Neste møte"),
)
MÅL = (
    ("Bo for meg selv igjen til sommeren", "Spille i band på onsdager"),
    ("Ha barna hos meg annenhver helg",),
    ("Jobbe to dager i uken på verkstedet", "Sove uten lys på"),
)
REPRESENTANTER = (
    ("verge", "Vera Verge (oppdiktet)"),
    ("annen", "Nora Nabo (oppdiktet)"),
    ("advokat", "Ada Advokat (oppdiktet)"),
)
TILTAK = ("Hjelpe til med søknad om bolig", "Følge til verkstedet den første uken", "Ringe hver søndag kveld")


def møter(løp: Løp, første: date, siste: date) -> Iterator[Steg]:
    """The group meets every month or two."""
    dag = løp.en_dag(første, min(siste, første + timedelta(days=30)))
    while dag <= siste:
        yield løp.i_arbeidstiden(dag), lambda verden: kall_inn(løp, verden)
        dag += timedelta(days=løp.terning.randint(25, 65))


def individuell_plan(løp: Løp, ny: datetime, første: date, siste: date) -> Iterator[Steg]:
    """Offered to whoever has a koordinator. More than half decline."""
    if not løp.treffer(Andel.PLAN_TILBUDT):
        return
    yield ny, lambda verden: _om_planen(løp, plan.TilbyPlan(løp.egen("enhet")), "plan.tilby", verden)
    svar = løp.i_arbeidstiden(løp.en_dag(første + timedelta(days=1), første + timedelta(days=3)))
    if løp.treffer(Andel.PLAN_AVSLÅTT):
        yield svar, lambda verden: _om_planen(løp, plan.TakkNeiTilPlan(løp.egen("enhet")), "plan.tilby", verden)
        return
    gås_gjennom = løp.en_dag(lokal_dag(svar) + timedelta(days=2), siste + timedelta(days=60))
    yield svar, lambda verden: _opprett(løp, gås_gjennom, verden)
    if gås_gjennom < siste and løp.treffer(Andel.PLAN_GÅTT_GJENNOM):
        yield løp.i_arbeidstiden(gås_gjennom + timedelta(days=1)), lambda verden: gå_gjennom(løp, verden)


# -- meetings ------------------------------------------------------------------------------------------------------


def kall_inn(løp: Løp, verden: Verden, opphold: str | None = None) -> None:
    """Summon the group, about a stay if one is named; what comes of the meeting is agreed at once. It is not summoned
    for its own sake while it waits for another meeting."""
    venter = løp.møte and _møtet(løp.møte, verden).tilstand is Moetetilstand.INNKALT
    if not løp.gruppe or (venter and opphold is None):
        return
    nå = verden.klokke()
    tid = klokka(
        hverdag(lokal_dag(nå) + timedelta(days=løp.terning.randint(2, 8))), løp.terning.choice((9, 10, 12, 13))
    )
    sted = Moetested(sted="Møterommet i andre etasje", video="")
    innhold = Moeteinnhold(formaal="Planlegge sammen", saker=løp.terning.choice(SAKER))
    innkalling = møte.KallInn(
        løp.gruppe, løp.egen("enhet"), tid, _medlemmer(løp, verden), Klartekst(sted), Klartekst(innhold),
        lokal_dag(tid) - timedelta(days=1), opphold,
    )  # fmt: skip
    aktør = verden.aktør(løp.egen("enhet"), "gruppe.moete")
    ref = verden.gjør(TJENESTE, møteplaner.kall_inn(løp.person_ref, innkalling, aktør, verden.rammer))
    if not ref:
        return
    løp.møte = ref
    verden.avtal(løp.litt_etter(nå, 1, 20), partial(_svar, løp, ref))
    if løp.treffer(Andel.MØTE_AVLYST):
        verden.avtal(tid - timedelta(hours=2), partial(_styr, løp, ref, møte.Avlys("sykdom")))
    verden.avtal(tid + timedelta(hours=1), partial(_hold, løp, ref))
    if løp.treffer(Andel.REFERAT):
        verden.avtal(løp.litt_etter(tid, 2, 26), partial(godkjenn, løp, ref))


def _svar(løp: Løp, ref: str, verden: Verden) -> None:
    """Most of the invited answer soon; the others when they come to it among their tasks."""
    for part in _møtet(ref, verden).inviterte:
        if part != løp.egen("enhet") and løp.treffer(Andel.SVARER_PÅ_INNKALLING):
            besvar(løp, ref, part, verden)


def besvar(løp: Løp, ref: str, part: str, verden: Verden) -> None:
    """An invited unit, or the person, says whether they come to a meeting."""
    aktør = verden.aktør(part, "gruppe.svar")
    verden.gjør(TJENESTE, møteplaner.besvar(ref, løp.treffer(Andel.SVARER_JA), aktør))


def bli_med(løp: Løp, part: str, verden: Verden) -> None:
    """An invited unit says whether it will be in the group."""
    svar = Svar(part, med=løp.treffer(Andel.SVARER_JA))
    verden.gjør(TJENESTE, planer.for_egen_enhet(løp.gruppe, svar, verden.aktør(part, "gruppe.svar"), verden.rammer))


def velg_representant(løp: Løp, verden: Verden) -> None:
    """The person names somebody to speak for them in the group, besides themself."""
    slag, navn = løp.terning.choice(REPRESENTANTER)
    selv = verden.aktør(INNBYGGER, "gruppe.representant")
    valg = OppnevnRepresentant(slag, _tekst(navn))
    verden.gjør(TJENESTE, planer.oppnevn_representant(løp.person_ref, løp.gruppe, valg, selv, verden.rammer))


def _hold(løp: Løp, ref: str, verden: Verden) -> None:
    møtet = _møtet(ref, verden)
    if møtet.tilstand is Moetetilstand.INNKALT:
        kom = tuple(sorted(part for part, kommer in møtet.svar.items() if kommer))
        _styr(løp, ref, møte.Hold((løp.egen("enhet"), *kom)), verden)


def _styr(løp: Løp, ref: str, command: møte.Avlys | møte.Hold, verden: Verden) -> None:
    aktør = verden.aktør(løp.egen("enhet"), "gruppe.moete")
    verden.gjør(TJENESTE, møteplaner.styr(løp.person_ref, ref, command, aktør))


def godkjenn(løp: Løp, ref: str, verden: Verden) -> None:
    """The minutes of a meeting that was held, and what somebody is to do."""
    møtet = _møtet(ref, verden)
    if møtet.tilstand is not Moetetilstand.HOLDT:
        return
    referat = Referat(
        maal="Har sovet bedre, og har vært på øving to ganger.",
        beslutninger=("Hjemmetjenesten kommer om kvelden i stedet for om morgenen",),
        uenighet=løp.terning.choice(("", "", "Personen vil flytte nå. Enheten vil vente til over sommeren.")),
    )
    i_dag = lokal_dag(verden.klokke())
    oppgaver = tuple(
        Oppgave(part, i_dag + timedelta(days=løp.terning.randint(5, 30)), _tekst(løp.terning.choice(TILTAK)))
        for part in [part for part in møtet.tilstede if part not in TALER_FOR][:2]
    )
    ferdig = Møtereferat(Klartekst(referat), oppgaver, i_dag + timedelta(days=60))
    aktør = verden.aktør(løp.egen("enhet"), "gruppe.moete")
    verden.gjør(TJENESTE, møteplaner.godkjenn(løp.person_ref, ref, ferdig, aktør, verden.rammer))


def _medlemmer(løp: Løp, verden: Verden) -> tuple[str, ...]:
    """Who of the units is in the group, in an order that no chance decides."""
    gruppe: Gruppe = verden.tilstand(TJENESTE, GRUPPE, løp.gruppe)
    return tuple(sorted(m.part for m in gruppe.medlemmer.values() if m.tilstand is Medlemstilstand.MED))


def _møtet(ref: str, verden: Verden) -> møte.Møte:
    møtet: møte.Møte = verden.tilstand(TJENESTE, møte.TOPIC, ref)
    return møtet


# -- the individual plan -------------------------------------------------------------------------------------------


def _om_planen(løp: Løp, command: planarbeid.Plankommando, handling: str, verden: Verden) -> None:
    aktør = verden.aktør(løp.egen("enhet"), handling)
    verden.gjør(TJENESTE, planarbeid.om_planen(løp.person_ref, command, aktør, verden.rammer))


def _opprett(løp: Løp, gås_gjennom: date, verden: Verden) -> None:
    mål = Brukermaal(
        maal=løp.terning.choice(MÅL), ressurser="Spiller gitar, har en søster i nærheten", behov="Ro, og faste tider",
        bidrag="Sier selv fra når det blir for mye",
    )  # fmt: skip
    _om_planen(løp, plan.OpprettPlan(løp.egen("enhet"), True, gås_gjennom, Klartekst(mål)), "plan.skriv", verden)
    for part in (løp.egen("enhet"), INNBYGGER, løp.egen("hjemmetjeneste"))[: løp.terning.randint(1, 3)]:
        verden.gjør(TJENESTE, _tiltak(løp, part, gås_gjennom, verden))


def _tiltak(løp: Løp, part: str, frist: date, verden: Verden) -> Plan:
    aktør = verden.aktør(løp.egen("enhet"), "plan.skriv")
    avtalt = tiltak.Avtal(part, frist, part == INNBYGGER, _tekst(løp.terning.choice(TILTAK)))
    return planarbeid.avtal_tiltak(løp.person_ref, avtalt, aktør, verden.rammer)


def gå_gjennom(løp: Løp, verden: Verden) -> None:
    """The plan is gone through with the person, and a day is set for the next time."""
    igjen = lokal_dag(verden.klokke()) + timedelta(days=90)
    vurdering = _tekst("Målene står. To av tiltakene er gjort.")
    _om_planen(løp, plan.EvaluerPlan(igjen, vurdering, "koordinator"), "plan.skriv", verden)


def _tekst(tekst: str) -> Klartekst[Tekst]:
    return Klartekst(Tekst(tekst=tekst))
