"""A small town lives some days on the higher rungs as it does on the first, whatever it is that carries the news."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from bindeledd.app.simulate import Plan, live
from bindeledd.app.simulering.verden import Verden
from bindeledd.core.clock import SetClock
from bindeledd.core.sealed import Forseglet
from bindeledd.runtime.topics import VIEWS
from tests.rom import Rom, rom

PLAN = Plan(date(2026, 3, 2), days=4, patients=4, seed=3)
TJENESTER = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")
REF = re.compile(r"[0-9a-f]{32}")


def levd(rommet: Rom) -> dict[str, Any]:
    """What happened, and what each party has in the end."""
    verden = Verden(rommet.inst, cast(SetClock, rommet.klokke))
    live(verden, PLAN)
    rommet.pump()
    logger = {tjeneste: rommet.logg(tjeneste) for tjeneste in TJENESTER}
    temaer = {post.topic for logg in logger.values() for post in logg if VIEWS in post.topic}
    return {
        "meldinger": verden.utfall, "kommandoer": verden.kommandoer, "avvist": verden.avvist,
        "skrevet": {tjeneste: Counter(post.navn for post in logg) for tjeneste, logg in logger.items()},
        "gitt": {tema: gitt(rommet, *tema.split(VIEWS)) for tema in temaer},
    }  # fmt: skip


def gitt(rommet: Rom, tjeneste: str, part: str) -> Counter[str]:
    """The views that a party has, without what is random in them."""
    return Counter(str(uten_refs(view)) for view in rommet.utsnitt(tjeneste, part).values())


def uten_refs(verdi: Any) -> Any:
    match verdi:
        case Forseglet():
            return "sealed"
        case str():
            return REF.sub("ref", verdi)
        case tuple():
            return sorted(map(uten_refs, verdi), key=str)
        case _ if is_dataclass(verdi):
            return {felt.name: uten_refs(getattr(verdi, felt.name)) for felt in fields(verdi)}
        case _:
            return verdi


@pytest.fixture(scope="module")
def på_trinn_1(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    with rom(tmp_path_factory.mktemp("by"), PLAN.start) as rommet:
        return levd(rommet)


@pytest.mark.parametrize("hvert_trinn", ["postgres", "kafka"], indirect=True)
@pytest.mark.usefixtures("hvert_trinn")
def test_a_small_town_lives_the_same_days_whatever_carries_the_news(
    tmp_path: Path, på_trinn_1: Mapping[str, Any]
) -> None:
    with rom(tmp_path, PLAN.start) as rommet:
        her = levd(rommet)
    assert {hva for hva in her if her[hva] != på_trinn_1[hva]} == set()
    assert sum(len(views) for views in her["gitt"].values()) > 20, "there is something to compare"
