"""Nobody knows what a person has said while a record of it waits in quarantine: what leans on it is not shown then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bindeledd.app.installation import all_services
from bindeledd.app.settings import Config
from bindeledd.core.errors import RuleBroken
from bindeledd.ops.quarantine import retry
from bindeledd.runtime.service import Service
from bindeledd.schema.generated.ansvarsgruppe import SamtykkeTrukket
from bindeledd.store import intake
from services.ansvarsgruppe import planer, samtykke
from services.samhandling import planer as samhandling
from services.samhandling.plo.skriv import lag_innlagt
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, menneske, registrer, samtykker
from tests.unit.samhandling.meldinger import annen_pasient, sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
ENHET, NAV = "enhet-aarstad", "nav-aarstad"
NAVS = ("opphold.finnes", "opphold.sted")


class Uvilje:
    """While it lasts, samhandling cannot take in that a consent is withdrawn."""

    varer = True


@pytest.fixture
def uvilje() -> Uvilje:
    return Uvilje()


@pytest.fixture
def her(tmp_path: Path, uvilje: Uvilje) -> Iterator[Rom]:
    def nekter(_lookup: Any, _konvolutt: Any, _event: Any) -> Any:
        if uvilje.varer:
            raise RuleBroken("prøve §1", "ikke nå")
        return ()

    def tjeneste(service: Service) -> Service:
        if service.name != "samhandling":
            return service
        return replace(service, reactions={**service.reactions, SamtykkeTrukket.avro_name: nekter})

    alle = [tjeneste(service) for service in all_services(Config(HELE_BERGEN, TABELL))]
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN, tjenester=alle) as rommet:
        yield rommet


def test_a_parked_withdrawal_ends_what_the_consent_opened_at_once(her: Rom) -> None:
    person = innlagt_med_samtykke(her)
    assert her.utsnitt("samhandling", NAV)
    trekk(her, person)
    assert her.utsnitt("samhandling", NAV) == {}


def test_what_the_units_that_help_are_shown_ends_too_and_comes_back_when_it_is_known_again(
    her: Rom, uvilje: Uvilje
) -> None:
    person = innlagt_med_samtykke(her)
    før = her.utsnitt("samhandling", ENHET)
    trekk(her, person)
    assert not any(type(view).__name__ == "OppholdUtsnitt" for view in her.utsnitt("samhandling", ENHET).values())
    uvilje.varer = False
    prøv_igjen(her)
    assert her.utsnitt("samhandling", ENHET).keys() == før.keys()


def test_it_gives_nobody_anything_on_the_way_back(her: Rom, uvilje: Uvilje) -> None:
    person = innlagt_med_samtykke(her)
    trekk(her, person)
    før = len(til_nav(her))
    uvilje.varer = False
    prøv_igjen(her)
    assert til_nav(her)[før:] == []


def test_it_counts_for_the_person_that_the_record_lives_on_in(her: Rom) -> None:
    tapt = menneske(her, date(1985, 5, 17), "aarstad", ENHET)
    samtykker(her, tapt, ENHET, NAV, *NAVS)
    trekk(her, tapt)
    overlevende = str(her.gjør("samhandling", registrer(aktør(ENHET), annen_pasient(3))))
    her.gjør("samhandling", samhandling.slå_sammen(overlevende, tapt.ref, aktør(ENHET)))
    her.melding(lag_innlagt(sending(1, NÅ, pasient=annen_pasient(3)), tid=NÅ), NÅ)
    assert her.utsnitt("samhandling", NAV) == {}


def innlagt_med_samtykke(her: Rom) -> Menneske:
    person = menneske(her, date(1985, 5, 17), "aarstad", ENHET)
    samtykker(her, person, ENHET, NAV, *NAVS)
    her.melding(lag_innlagt(sending(1, NÅ, pasient=person.pasient), tid=NÅ), NÅ)
    return person


def trekk(her: Rom, person: Menneske) -> None:
    gitt = next(p.event for p in her.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt")
    command = samtykke.TrekkSamtykke(gitt.samtykke_id)
    her.gjør("ansvarsgruppe", planer.samtykke_for(person.ref, command, aktør(ENHET), RAMMER))


def prøv_igjen(her: Rom) -> None:
    engine = her.inst.engines["samhandling"]
    for row in engine.read(intake.parked_streams):
        assert retry(engine, row.stream)
    her.pump()


def til_nav(her: Rom) -> list[str]:
    return [post.navn for post in her.logg("samhandling") if post.topic == f"samhandling.til.{NAV}"]
