"""What a consent opened is not given once its withdrawal has been taken in, whatever comes before, between, after."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Tekst
from bindeledd.store import log
from services.ansvarsgruppe import planer as ansvarsgruppe
from services.ansvarsgruppe.samtykke import GiSamtykke, Kommando, RegistrerSperring, TrekkSamtykke
from services.kriseplan import planer as kriseplan
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import lag_innlagt, lag_utskrevet
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import RAMMER, aktør, registrer
from tests.unit.samhandling.meldinger import sending, utc

FØR = utc(2026, 3, 1, 8, 0)
ENHET, ACT, NAV, LEGEVAKT = "enhet-aarstad", "act-kronstad", "nav-aarstad", "legevakt"
TJENESTER = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")
INN = lag_innlagt(sending(1, utc(2026, 3, 2, 20, 20)), tid=utc(2026, 3, 2, 20))
UT = lag_utskrevet(sending(2, utc(2026, 3, 9, 11, 55)), tid=utc(2026, 3, 9, 11))


def _gjør(her: Rom, tjeneste: str, plan: Any) -> Any:
    return her.inst.engines[tjeneste].command(plan).answer


def _skriv_plan(her: Rom, person: str) -> None:
    """A first version, or a new one."""
    skrevet = any(p.navn == "KriseplanOpprettet" for p in her.logg("kriseplan"))
    plan = kriseplan.revider if skrevet else kriseplan.opprett
    innhold = {"roedt_nivaa": Klartekst(Tekst(tekst="syntetisk, ny" if skrevet else "syntetisk"))}
    _gjør(her, "kriseplan", plan(person, ("pasient",), innhold, aktør(ENHET), RAMMER))


def _noen_tar_inn(her: Rom, tilfeldig: random.Random) -> None:
    """Some service takes in the next of what some other has written, and the rest of them wait."""
    haler = [hale for arbeider in her.inst.embedded.workers for hale in arbeider.tails]
    for hale in tilfeldig.sample(haler, k=tilfeldig.randrange(len(haler))):
        hale.advance()


def _spill(her: Rom, frø: int, slutter: Callable[[str], Kommando]) -> None:
    """A consent, its end, a plan in two versions and a stay, in some order; taken in by each service in some order."""
    tilfeldig = random.Random(frø)
    person = str(her.gjør("samhandling", registrer(aktør(ENHET))))
    oppnevn = ansvarsgruppe.sett_koordinator(person, ENHET, "demo-069", aktør("koordinerende-enhet"), RAMMER)
    her.gjør("ansvarsgruppe", oppnevn)
    for part in (NAV, LEGEVAKT):
        gi = GiSamtykke(part, "oppfoelging", ("opphold.finnes", "opphold.sted", "kriseplan.*", "plan.finnes"))
        her.gjør("ansvarsgruppe", ansvarsgruppe.samtykke_for(person, gi, aktør(ENHET), RAMMER))
    gitte = [p.event.samtykke_id for p in her.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt"]

    def si(command: Kommando) -> Callable[[], Any]:
        plan = ansvarsgruppe.samtykke_for(person, command, aktør(ENHET), RAMMER)
        return lambda: _gjør(her, "ansvarsgruppe", plan)

    hendelser: list[Callable[[], Any]] = [
        *(si(slutter(id_)) for id_ in gitte),
        lambda: _skriv_plan(her, person),
        lambda: _skriv_plan(her, person),
        lambda: ta_imot(her.inst.engines["samhandling"], INN, mottatt=utc(2026, 3, 2, 20, 30)),
        lambda: ta_imot(her.inst.engines["samhandling"], UT, mottatt=utc(2026, 3, 9, 12, 0)),
    ]
    tilfeldig.shuffle(hendelser)
    for hendelse in hendelser:
        hendelse()
        _noen_tar_inn(her, tilfeldig)
    her.pump()


def _holder(view: Any) -> bool:
    """Whether a view holds anything but that it ended; what was said of the unit itself is its own to know."""
    return type(view).__name__ not in ("UtsnittAvsluttet", "SamtykkeUtsnitt")


def _etter(her: Rom, tjeneste: str, slutt: str, antall: int) -> list[Any]:
    """What the two units were given by a service after it had taken in that the last of their consents ended."""
    engine = her.inst.engines[tjeneste]
    rader = engine.read(lambda db: log.read_page(db, 0, 1_000_000))
    ut, sett = [], 0
    for rad in rader:
        konvolutt, event = engine.around.codec.decode(rad.data)
        sett += konvolutt.type.endswith(f".{slutt}")
        if sett == antall and rad.topic in {f"{tjeneste}.til.{part}" for part in (NAV, LEGEVAKT)}:
            ut.append(event)
    assert sett == antall, f"{tjeneste} has not heard of it"
    return ut


def _prøv(frø: int, slutt: str, antall: int, slutter: Callable[[str], Kommando]) -> None:
    with tempfile.TemporaryDirectory() as mappe, rom(Path(mappe), FØR, oppsett=HELE_BERGEN) as her:
        _spill(her, frø, slutter)
        for tjeneste in TJENESTER:
            senere = [type(v).__name__ for v in _etter(her, tjeneste, slutt, antall) if _holder(v)]
            assert senere == [], tjeneste
            for part in (NAV, LEGEVAKT):
                nå = her.utsnitt(tjeneste, part).values()
                assert [type(v).__name__ for v in nå if _holder(v)] == [], (tjeneste, part)


@pytest.mark.parametrize("frø", range(6))
def test_after_a_withdrawal_no_later_view_holds_the_part_whatever_the_order_of_arrival(frø: int) -> None:
    _prøv(frø, "SamtykkeTrukket", 2, TrekkSamtykke)


@pytest.mark.parametrize("frø", range(6, 9))
def test_after_an_opposition_neither(frø: int) -> None:
    parter = iter((NAV, LEGEVAKT))
    _prøv(frø, "SperringRegistrert", 2, lambda _samtykke: RegistrerSperring(next(parter), ()))
