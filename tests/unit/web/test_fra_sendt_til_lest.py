"""A message that became part of a stay, from when it came until somebody has read it: the services and their pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.samhandling.mottak import Mottaksresultat
from services.samhandling.plo.skriv import lag_innlagt
from tests.nettsider import Nettleser, logg_inn, melding
from tests.rom import HELE_BERGEN, Rom, rom, sidene
from tests.stories.folk import enhet
from tests.unit.samhandling.meldinger import sending, utc
from tests.unit.web.test_sider import skjema
from web import gitt

NÅ = utc(2026, 3, 2, 20, 0)
INNEN = NÅ + timedelta(hours=4)
PART, KOPI = "hjemmetjeneste-aarstad", "enhet-aarstad"
ROLLE = "hjemmesykepleier"


@dataclass(frozen=True, slots=True)
class Innlagt:
    """Somebody is admitted, and the home-based services have been told; the bydel's unit got a copy."""

    rom: Rom
    resultat: Mottaksresultat
    leser: Nettleser

    @property
    def knapp(self) -> str:
        return f"aapne-{self.resultat.melding_ref}"

    def siden_om_personen(self) -> str:
        (sti,) = set(re.findall(r'href="(/pasient/[0-9a-f]{32})"', self.leser.get("/meldinger").text))
        return str(sti)

    def åpne_fra(self, sti: str) -> str:
        """Press "Merk som åpnet" on a page, and read where that leads."""
        data = skjema(self.leser.get(sti).text, self.knapp)
        svar = self.leser.post(f"/meldinger/{self.resultat.melding_ref}/aapnet", data)
        assert svar.status_code == 303
        self.rom.pump()
        return str(svar.headers["location"]).partition("?")[0]

    def forsinket(self) -> list[str]:
        return [p.event.part for p in self.rom.logg("samhandling") if p.navn == "MeldingForsinket"]


@pytest.fixture
def innlagt(tmp_path: Path) -> Iterator[Innlagt]:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        resultat = her.melding(lag_innlagt(sending(1, NÅ, kopimottakere=(enhet(KOPI),)), tid=NÅ), NÅ)
        assert resultat.opphold_ref is not None
        leser = Nettleser(sidene(her.inst))
        logg_inn(leser, _bruker(ROLLE, PART), PART, ROLLE)
        yield Innlagt(her, resultat, leser)


def _bruker(rolle: str, part: str) -> str:
    brukere = HELE_BERGEN.katalog.users.values()
    return next(u.id for u in brukere if any((p.role, p.party) == (rolle, part) for p in u.posts))


def test_it_is_in_the_list_before_it_is_late_and_opened_from_there_it_never_is(innlagt: Innlagt) -> None:
    """Intake rule 15."""
    assert "1 melding er ikke åpnet." in innlagt.leser.get("/meldinger").text
    assert innlagt.åpne_fra("/meldinger") == "/meldinger"
    innlagt.rom.til(INNEN + timedelta(hours=1))
    assert innlagt.forsinket() == []
    side = innlagt.leser.get("/meldinger").text
    assert "Alle meldinger er åpnet." in side
    assert "Åpnet av deg" in side


def test_it_is_on_the_page_of_its_stay_too_and_opened_from_there(innlagt: Innlagt) -> None:
    sti = innlagt.siden_om_personen()
    side = innlagt.leser.get(sti).text
    assert "Meldingene til dere om oppholdet" in side
    assert "1 melding er ikke åpnet." in side
    assert innlagt.åpne_fra(sti) == sti
    assert "Åpnet av deg" in innlagt.leser.get(sti).text
    assert "ikke åpnet." not in innlagt.leser.get(sti).text
    innlagt.rom.til(INNEN + timedelta(hours=1))
    assert innlagt.forsinket() == []


def test_what_nobody_opens_says_so_on_both_pages_from_the_hour_on(innlagt: Innlagt) -> None:
    innlagt.rom.til(INNEN)
    assert innlagt.forsinket() == [PART]
    for sti in ("/meldinger", innlagt.siden_om_personen()):
        assert "Ikke åpnet innen fristen" in innlagt.leser.get(sti).text


def test_a_copy_is_in_the_list_and_waits_for_nobody(innlagt: Innlagt) -> None:
    """Intake rule 6."""
    leser = Nettleser(sidene(innlagt.rom.inst))
    logg_inn(leser, _bruker("enhet-leder", KOPI), KOPI, "enhet-leder")
    side = leser.get("/meldinger").text
    assert ">Kopi<" in side
    assert "Alle meldinger er åpnet." in side


def test_rule_5_what_nobody_here_was_sent_waits_until_somebody_has_it_also_when_it_was_looked_at() -> None:
    ingen = melding(uten_mottaker=True, aapnet=True, kopi=True)
    assert gitt.venter(ingen)
    assert not gitt.venter(replace(ingen, fordelt_til="hjemmetjeneste-aarstad"))
    assert not gitt.venter(melding(aapnet=True))
