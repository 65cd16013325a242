"""Lays out what a person consents to and opposes: given, run out, withdrawn, opposed, and opposed no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bindeledd.app.simulering.andeler import Andel
from bindeledd.app.simulering.løp import Løp, Steg, klokka
from bindeledd.app.simulering.verden import Handling, Verden
from services.ansvarsgruppe import planer
from services.ansvarsgruppe.samtykke import GiSamtykke, Kommando, OpphevSperring, RegistrerSperring, TrekkSamtykke
from services.felles.oppsett import FORESATT, INNBYGGER
from services.felles.samarbeid import SAMTYKKE, Samtykker

RUSTJENESTER = ("mo-sentrene", "overdoseteam")
RUSTJENESTEN_FÅR = ("opphold.finnes", "kriseplan.tegn_og_tiltak", "kriseplan.kontakter")


def samtykker(løp: Løp, første: date, siste: date) -> Iterator[Steg]:
    """What the person says on the first day, and what becomes of it."""
    if løp.treffer(Andel.SAMTYKKE):
        yield from _om_kriseplanen(løp, første, siste)
    if løp.treffer(Andel.SAMTYKKE_TIL_ET_ANNET):
        part, formål, deler = løp.terning.choice((
            (løp.egen("nav"), "bolig_og_oekonomi", ("opphold.finnes",)),
            (løp.egen("nav"), "bolig_og_oekonomi", ("plan.finnes", "kriseplan.hjem_og_oekonomi")),
            ("fastlege", "oppfoelging", ("kriseplan.kontakter", "kriseplan.tegn_og_tiltak")),
            ("paaroerende", "paaroerende", ("opphold.finnes", "kriseplan.kontakter")),
        ))  # fmt: skip
        yield løp.i_arbeidstiden(løp.en_dag(første, siste)), sier(GiSamtykke(part, formål, deler), løp)
    if løp.treffer(Andel.SAMTYKKE_TIL_RUSTJENESTE):
        hjelp = GiSamtykke(løp.terning.choice(RUSTJENESTER), "oppfoelging", RUSTJENESTEN_FÅR)
        yield klokka(første, 10.5), sier(hjelp, løp)
    if løp.treffer(Andel.SPERRING):
        yield klokka(første, 11), sier(RegistrerSperring(løp.egen("hjemmetjeneste"), ()), løp)
        if løp.treffer(Andel.SPERRING_OPPHEVET):
            yield _senere(løp, første, siste), lambda verden: _opphev(løp, verden)


def de_unges(løp: Løp, første: date, siste: date) -> Iterator[Steg]:
    """What those who answer for a child consent to when it has been heard, and what the child keeps to itself."""
    skole = GiSamtykke(løp.egen("skole"), "skole_og_arbeid", ("plan.finnes", "plan.innhold"), hørt=True)
    yield klokka(første, 12), sier(skole, løp)
    if løp.treffer(Andel.BARNET_HOLDER_TILBAKE):
        yield _senere(løp, første, siste), lambda verden: _hold_tilbake(løp, verden)


def _hold_tilbake(løp: Løp, verden: Verden) -> None:
    skriver = verden.aktør(løp.egen("enhet"), "sperring.registrer")
    imot = RegistrerSperring(FORESATT, ("plan.eget_tiltak",))
    verden.gjør("ansvarsgruppe", planer.samtykke_for(løp.person_ref, imot, skriver, verden.rammer))


def _om_kriseplanen(løp: Løp, første: date, siste: date) -> Iterator[Steg]:
    part = løp.terning.choice(("pam", "pam", "legevakt"))
    løp.kan_kriseplan.append(part)
    kort = løp.treffer(Andel.SAMTYKKE_KORT)
    til = klokka(løp.en_dag(første + timedelta(days=3), siste + timedelta(days=5)), 16) if kort else None
    yield klokka(første, 10), sier(GiSamtykke(part, "akutt_hjelp", ("kriseplan.*",), til), løp)
    if løp.treffer(Andel.SAMTYKKE_TRUKKET):
        yield _senere(løp, første, siste), lambda verden: _trekk(løp, verden)


def sier(command: Kommando, løp: Løp) -> Handling:
    """The person says it themself; for a child those who answer for it do."""

    def si(verden: Verden) -> None:
        selv = verden.aktør(FORESATT if løp.innbygger.ung else INNBYGGER, "samtykke.gi")
        verden.gjør("ansvarsgruppe", planer.samtykke_for(løp.person_ref, command, selv, verden.rammer))

    return si


def _senere(løp: Løp, første: date, siste: date) -> datetime:
    return løp.i_arbeidstiden(løp.en_dag(første + timedelta(days=1), siste))


def _trekk(løp: Løp, verden: Verden) -> None:
    for sagt in _sagt(løp, verden):
        for gitt in sorted(sagt.samtykker):
            sier(TrekkSamtykke(gitt), løp)(verden)


def _opphev(løp: Løp, verden: Verden) -> None:
    for sagt in _sagt(løp, verden):
        for sperring in sorted(sagt.sperringer):
            sier(OpphevSperring(sperring), løp)(verden)


def _sagt(løp: Løp, verden: Verden) -> list[Samtykker]:
    return verden.tilstander("ansvarsgruppe", SAMTYKKE, løp.person_ref)
