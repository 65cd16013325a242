"""An answer that begins by itself is given at the moment, also to somebody who had no view before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bindeledd.app.installation import all_services, codec
from bindeledd.app.settings import Config
from bindeledd.ops.rebuild import rebuild
from services.felles.tid import lokal_midnatt
from services.felles.tilgang import Tabell
from services.samhandling.plo.skriv import lag_innlagt
from tests.dsl import PERSONEN
from tests.rom import HELE_BERGEN, TABELL, Rom, lager, rom
from tests.stories.folk import menneske
from tests.unit.samhandling.meldinger import sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
FYLLER = lokal_midnatt(date(2026, 4, 20))
"""When somebody who was born 20 April 2010 turns 16."""
UNG, VOKSEN = date(2010, 4, 20), date(1985, 5, 17)
LOVEN = lokal_midnatt(date(2026, 5, 4))
ENHET = "enhet-aarstad"
ET_ØYEBLIKK = timedelta(microseconds=1)


def innlagt(her: Rom, født: date) -> None:
    person = menneske(her, født, "aarstad", ENHET)
    her.melding(lag_innlagt(sending(1, NÅ, pasient=person.pasient), tid=NÅ), NÅ)


def vist_for_personen(her: Rom) -> set[str]:
    return {type(view).__name__ for tjeneste in her.inst.engines for view in her.utsnitt(tjeneste, PERSONEN).values()}


def test_pbrl_4_3_who_turns_16_is_shown_their_own_stay_at_midnight_and_not_before(tmp_path: Path) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        innlagt(her, UNG)
        her.til(FYLLER - ET_ØYEBLIKK)
        assert vist_for_personen(her) == set()
        her.til(FYLLER)
        assert {"PersonUtsnitt", "OppholdUtsnitt"} <= vist_for_personen(her)


def _drevet_videre(her: Rom, _mappe: Path) -> None:
    her.pump()


def _bygd_på_nytt(her: Rom, mappe: Path) -> None:
    for tjeneste in her.inst.engines.values():
        with closing(lager(mappe).open(tjeneste.service.name)) as db:
            assert rebuild(db, tjeneste.service, codec()).drifted == []


@pytest.mark.parametrize("meanwhile", [_drevet_videre, _bygd_på_nytt], ids=["running", "rebuilt"])
def test_it_is_remembered_when_the_service_was_away(tmp_path: Path, meanwhile: Callable[[Rom, Path], None]) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        innlagt(her, UNG)
        her.til(FYLLER - ET_ØYEBLIKK)
        meanwhile(her, tmp_path)
    with rom(tmp_path, FYLLER, oppsett=HELE_BERGEN) as her:
        her.pump()
        assert {"PersonUtsnitt", "OppholdUtsnitt"} <= vist_for_personen(her)


def test_a_law_that_opens_something_opens_it_on_its_day(tmp_path: Path) -> None:
    tabell = _uten_innsyn_til(TABELL, LOVEN)
    tjenester = all_services(Config(HELE_BERGEN, tabell))
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN, tjenester=tjenester) as her:
        innlagt(her, VOKSEN)
        her.til(LOVEN - ET_ØYEBLIKK)
        assert "OppholdUtsnitt" not in vist_for_personen(her)
        her.til(LOVEN)
        assert "OppholdUtsnitt" in vist_for_personen(her)


def _uten_innsyn_til(tabell: Tabell, dato: datetime) -> Tabell:
    """The same table, in which nobody may know of a stay until this day."""
    gjeldende = tabell.utgave(NÅ)
    lukket = {nøkkel: celle for nøkkel, celle in gjeldende.celler.items() if nøkkel[1] != "opphold.finnes"}
    før = replace(gjeldende, celler=lukket, til=dato)
    tidligere = tuple(utgave for utgave in tabell.utgaver if utgave.fra < gjeldende.fra)
    return replace(tabell, utgaver=(*tidligere, før, replace(gjeldende, fra=dato, til=None)))
