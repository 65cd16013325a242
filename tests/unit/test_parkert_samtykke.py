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
from bindeledd.core.errors import NotAllowed, RuleBroken
from bindeledd.core.sealed import Klartekst
from bindeledd.ops.quarantine import retry
from bindeledd.runtime.service import Service
from bindeledd.schema.generated.ansvarsgruppe import SamtykkeTrukket
from bindeledd.schema.generated.barn_paaroerende import Barnerelasjon, Barnet, Meldepliktutfall
from bindeledd.schema.generated.felles import Tekst
from bindeledd.store import intake
from services.ansvarsgruppe import planer, samtykke
from services.barn_pårørende import barneplaner
from services.barn_pårørende import planer as barnespørsmål
from services.felles.adgang import for_dem_som_kan
from services.samhandling import planer as samhandling
from services.samhandling.plo.skriv import lag_innlagt
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, menneske, registrer, samtykker
from tests.unit.samhandling.meldinger import annen_pasient, sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
ENHET, NAV, BARN = "enhet-aarstad", "nav-aarstad", "barn_paaroerende"
NAVS = ("opphold.finnes", "opphold.sted")


class Uvilje:
    """While it lasts, a service cannot take in that a consent is withdrawn."""

    varer = True
    hos = "samhandling"


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
        if service.name != uvilje.hos:
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


@pytest.fixture
def i_barn(uvilje: Uvilje) -> None:
    """It is the service of the children that cannot take it in."""
    uvilje.hos = "barn_paaroerende"


@pytest.mark.usefixtures("i_barn")
def test_hpl_10a_33_what_the_law_bids_a_unit_write_down_of_the_children_is_written_meanwhile_and_shown_to_nobody(
    uvilje: Uvilje, her: Rom
) -> None:
    person = innlagt_med_samtykke(her)
    trekk(her, person)
    barnet = Barnet(fornavn="Syntetisk", etternavn="Prøvesen", foedt=date(2015, 3, 4))
    registrer_barnet = barneplaner.registrer(
        person.ref, barnet, None, Barnerelasjon.FORELDER, None, aktør(ENHET), RAMMER
    )
    # As the API asks it: for those who may do it.
    sak = her.gjør(BARN, for_dem_som_kan(registrer_barnet, (person.ref,), ENHET, "barn.registrer", RAMMER))
    her.gjør(BARN, barnespørsmål.hold_samtale(person.ref, 1, None, aktør(ENHET), RAMMER))
    her.gjør(BARN, meldeplikt(sak, person.ref, ENHET))
    her.gjør(BARN, barneplaner.hør_barnet(sak, None, False, aktør(ENHET), RAMMER))
    assert her.utsnitt(BARN, ENHET) == {}, "what is written down is shown when it is known again what holds"
    for plan in (
        meldeplikt(sak, person.ref, "act-solli"),
        barnespørsmål.hold_samtale(person.ref, 1, None, aktør("act-solli"), RAMMER),
        for_dem_som_kan(registrer_barnet, (person.ref,), "act-solli", "barn.registrer", RAMMER),
        for_dem_som_kan(registrer_barnet, (person.ref,), ENHET, "kriseplan.skriv", RAMMER),
    ):
        with pytest.raises(NotAllowed):
            her.gjør(BARN, plan)
    tekst = barneplaner.Henvisningstekst(*2 * (Klartekst(Tekst(tekst="syntetisk")),))
    with pytest.raises((NotAllowed, RuleBroken)):
        her.gjør(BARN, barneplaner.henvis(sak, person.ref, "helsestasjon-aarstad", tekst, aktør(ENHET), RAMMER))
    uvilje.varer = False
    prøv_igjen(her, BARN)
    slag = {type(view).__name__ for view in her.utsnitt(BARN, ENHET).values()}
    assert {"KartleggingUtsnitt", "BarnesakUtsnitt"} <= slag


def meldeplikt(sak: str, forelder: str, part: str) -> Any:
    innhold = Klartekst(Tekst(tekst="syntetisk"))
    return barneplaner.vurder_meldeplikt(
        sak, forelder, "demo-069", Meldepliktutfall.FOELG_MED, innhold, aktør(part), RAMMER
    )


def innlagt_med_samtykke(her: Rom) -> Menneske:
    person = menneske(her, date(1985, 5, 17), "aarstad", ENHET)
    samtykker(her, person, ENHET, NAV, *NAVS)
    her.melding(lag_innlagt(sending(1, NÅ, pasient=person.pasient), tid=NÅ), NÅ)
    return person


def trekk(her: Rom, person: Menneske) -> None:
    gitt = next(p.event for p in her.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt")
    command = samtykke.TrekkSamtykke(gitt.samtykke_id)
    her.gjør("ansvarsgruppe", planer.samtykke_for(person.ref, command, aktør(ENHET), RAMMER))


def prøv_igjen(her: Rom, tjeneste: str = "samhandling") -> None:
    engine = her.inst.engines[tjeneste]
    for row in engine.read(intake.parked_streams):
        assert retry(engine, row.stream)
    her.pump()


def til_nav(her: Rom) -> list[str]:
    return [post.navn for post in her.logg("samhandling") if post.topic == f"samhandling.til.{NAV}"]
