"""A rebuild gives streams to the same persons as live, also where records were joined and parted again."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path

import pytest

from bindeledd.app.installation import open_all
from bindeledd.app.settings import Settings
from bindeledd.app.simulering.folk import lag_folk
from bindeledd.app.simulering.hjelpere import registrer
from bindeledd.app.simulering.løp import Løp
from bindeledd.app.simulering.verden import Verden
from bindeledd.core.clock import SetClock
from bindeledd.core.envelope import Actor
from services.samhandling import planer
from services.samhandling.plo.skriv import lag_innlagt
from tests.meldinger import NÅ, sending
from tests.prøvetjeneste import NAA
from tests.unit.app.conftest import Kjør

AKTØR = Actor("koordinerende-ansatt", "bergen-kommune", "koordinerende-enhet")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two persons and a stay of the second, joined, parted, and joined again."""
    with open_all(Settings(data=tmp_path)) as installasjon:
        verden = Verden(installasjon, SetClock(NAA))
        første = _person(verden, 0)
        _person(verden, 1)
        resultat = verden.send(lag_innlagt(sending(), tid=NÅ))
        assert resultat.opphold_ref is not None
        andre = verden.person_bak(resultat.opphold_ref)
        verden.gjør("samhandling", planer.slå_sammen(første, andre, AKTØR))
        assert verden.person_bak(resultat.opphold_ref) == første
        _part(verden, første, andre, resultat.opphold_ref)
        verden.gjør("samhandling", planer.slå_sammen(andre, første, AKTØR))
        installasjon.embedded.pump()
        assert verden.avvist == 0
    return tmp_path


def test_the_heads_are_those_of_the_live_tables(data: Path, kjør: Kjør) -> None:
    before = _personer(data)
    svar = kjør("rebuild", "--data", data, "--json")
    assert [json.loads(linje)["drifted"] for linje in svar.linjer] == [[]] * 5
    assert _personer(data) == before
    assert len(set(before.values())) > 1


def _person(verden: Verden, nr: int) -> str:
    oppsett = verden.installasjon.config.oppsett
    terning = random.Random(nr)
    løp = Løp(lag_folk(nr + 1, ("aarstad",), date(2026, 3, 2), terning)[nr], oppsett, terning)
    registrer(løp, verden)
    assert løp.person_ref
    return løp.person_ref


def _part(verden: Verden, første: str, andre: str, opphold: str) -> None:
    verden.gjør("samhandling", planer.omgjør_sammenslåing(første, andre, (opphold,), AKTØR))
    assert verden.person_bak(opphold) == andre


def _personer(data: Path) -> dict[str, str | None]:
    with open_all(Settings(data=data)) as installasjon:
        engine = installasjon.engines["samhandling"]
        return dict(engine.read(lambda db: db.all("SELECT stream, person_ref FROM stream_head")))
