"""A message touches what it is about: what else a person has lived through makes it no slower."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bindeledd.core.decider import Aggregate, Views
from bindeledd.runtime.service import Service
from services.samhandling.plo.skriv import lag_innlagt, lag_tidligmelding
from services.samhandling.tjeneste import tjeneste
from tests.rom import HELE_BERGEN, TABELL, rom
from tests.unit.samhandling.meldinger import sending, utc

INN = utc(2026, 3, 2, 20, 0)
UKE = timedelta(days=7)


def test_a_message_makes_as_many_views_again_whether_three_or_twelve_came_before_it(tmp_path: Path) -> None:
    spurt: list[str] = []
    samhandling = _tellende(tjeneste(HELE_BERGEN, TABELL), spurt)
    antall = []
    with rom(tmp_path, INN, oppsett=HELE_BERGEN, tjenester=[samhandling]) as her:
        her.melding(lag_innlagt(sending(1, INN), tid=INN), INN)
        for nr in range(2, 14):
            nå = INN + timedelta(hours=nr)
            oppdatert = lag_tidligmelding(
                sending(nr, nå), status=f"Stabil {nr}", forløp="En uke", forventet=(INN + UKE).date()
            )
            spurt.clear()
            assert her.melding(oppdatert, nå).outcome == "positive"
            antall.append(len(spurt))
    assert antall[-1] == antall[2] > 0


def _tellende(service: Service, spurt: list[str]) -> Service:
    """The service, noting each party that a view was made for."""

    def teller(aggregat: Aggregate) -> Aggregate:
        views = aggregat.views
        if views is None:
            return aggregat

        def utsnitt(state: Any, part: str, grunner: Any) -> Any:
            spurt.append(part)
            return views.utsnitt(state, part, grunner)

        return replace(aggregat, views=Views(views.candidates, utsnitt, views.holds_until))

    return replace(service, aggregates=tuple(teller(aggregat) for aggregat in service.aggregates))
