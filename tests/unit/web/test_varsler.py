"""Open pages are told that something of theirs changed: always, soon, and nothing about what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bindeledd.runtime.engine import Engine
from bindeledd.runtime.service import Plan
from bindeledd.store import log
from services.kriseplan import planer as kriseplan
from services.samhandling import planer as samhandling
from tests.nettsider import ACT, ENHET, By, by, opphold, person, ref
from tests.rom import HELE_BERGEN, rom
from tests.stories.folk import RAMMER, aktør, registrer
from tests.unit.test_to_ble_én import ENHET as KOORDINATOR
from tests.unit.test_to_ble_én import KOE, NY, PASIENTER, oppnevn
from tests.unit.test_to_ble_én import NÅ as DA
from web import varsler
from web.varsler import ENDRET, LIVSTEGN, Varsler


@pytest.fixture(autouse=True)
def _kort_pust(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(varsler, "LIVSTEGN_SEKUNDER", 0.05)
    monkeypatch.setattr(varsler, "PUST_SEKUNDER", 0.0)


async def neste(strøm: AsyncIterator[str]) -> str:
    async with asyncio.timeout(5):
        return await anext(strøm)


async def neste_nytt(strøm: AsyncIterator[str]) -> str:
    async with asyncio.timeout(5):
        async for linje in strøm:
            if linje != LIVSTEGN:
                return linje
    raise AssertionError("the stream ended")


def strømmer(engine: Engine) -> list[str]:
    """The view streams in a log."""
    rader = engine.read(lambda db: log.read_page(db, 0, 100))
    return [rad.stream for rad in rader if ".til." in rad.topic]


def sist(by_: By) -> int:
    posisjon: int = by_.inne.engines["web"].read(log.last_position)
    return posisjon


def test_news_of_the_party_is_told_and_says_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(varsler, "LIVSTEGN_SEKUNDER", 60.0)  # so that only the commit can have woken it

    async def prøv(by_: By) -> None:
        strøm = Varsler(by_.inne.engines["web"]).strøm(ACT, sist(by_), lambda: True)
        venter = asyncio.create_task(neste_nytt(strøm))
        await asyncio.to_thread(by_.gi, "samhandling", ref(101), ref(1), {ACT: person("Ola")})
        assert await venter == ENDRET == "event: endret\ndata: endret\n\n"
        await strøm.aclose()  # type: ignore[attr-defined]

    with by(tmp_path) as by_:
        asyncio.run(prøv(by_))


def test_a_page_of_another_web_on_the_same_store_hears_what_this_one_took_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(varsler, "LIVSTEGN_SEKUNDER", 60.0)  # so that only what it heard can have woken it

    async def prøv(by_: By) -> None:
        vår, stores = by_.inne.engines["web"], by_.inne.stores
        with (
            closing(Engine(vår.service, stores.open("web"), stores.open("web"), vår.around)) as annen,
            closing(stores.hear("web", (alle := Varsler(annen)).vekk)),
        ):
            strøm = alle.strøm(ACT, sist(by_), lambda: True)
            venter = asyncio.create_task(neste_nytt(strøm))
            await asyncio.to_thread(by_.gi, "samhandling", ref(101), ref(1), {ACT: person("Ola")})
            assert await venter == ENDRET
            await strøm.aclose()  # type: ignore[attr-defined]

    with by(tmp_path) as by_:
        asyncio.run(prøv(by_))


def test_news_of_other_parties_is_not_told(tmp_path: Path) -> None:
    async def prøv(by_: By) -> None:
        strøm = Varsler(by_.inne.engines["web"]).strøm(ACT, sist(by_), lambda: True)
        by_.gi("samhandling", ref(101), ref(1), {ENHET: person("Ola")})
        assert [await neste(strøm) for _ in range(3)] == [LIVSTEGN] * 3
        await strøm.aclose()  # type: ignore[attr-defined]

    with by(tmp_path) as by_:
        asyncio.run(prøv(by_))


def test_what_came_between_the_page_and_the_stream_is_told_and_only_once(tmp_path: Path) -> None:
    async def prøv(by_: By) -> None:
        siden = sist(by_)
        by_.gi("samhandling", ref(101), ref(1), {ACT: person("Ola")})
        strøm = Varsler(by_.inne.engines["web"]).strøm(ACT, siden, lambda: True)
        assert [await neste(strøm), await neste(strøm)] == [ENDRET, LIVSTEGN]
        await strøm.aclose()  # type: ignore[attr-defined]

    with by(tmp_path) as by_:
        asyncio.run(prøv(by_))


def test_who_does_not_read_for_long_is_told_once_of_all_that_happened_and_only_while_the_session_lasts(
    tmp_path: Path,
) -> None:
    async def prøv(by_: By) -> None:
        gyldig = [True]
        alle = Varsler(by_.inne.engines["web"])
        treg, annen = (alle.strøm(ACT, sist(by_), lambda: gyldig[0]) for _ in range(2))
        assert [await neste(treg), await neste(annen)] == [LIVSTEGN] * 2
        for nr in range(100):
            await asyncio.to_thread(by_.gi, "samhandling", ref(101), ref(1), {ACT: person(f"Ola {nr}")})
        assert [await neste_nytt(treg), await neste(treg)] == [ENDRET, LIVSTEGN]
        gyldig[0] = False
        assert await neste(annen) == ENDRET, "the other tab never read, and is told that it is over, and no more"
        with pytest.raises(StopAsyncIteration):
            await neste(annen)
        await treg.aclose()  # type: ignore[attr-defined]

    with by(tmp_path) as by_:
        asyncio.run(prøv(by_))


def test_a_stream_ends_with_its_session(tmp_path: Path) -> None:
    async def prøv(by_: By) -> None:
        gyldig = [True]
        alle = Varsler(by_.inne.engines["web"])
        strøm = alle.strøm(ACT, sist(by_), lambda: gyldig[0])
        assert await neste(strøm) == LIVSTEGN
        gyldig[0] = False
        assert await neste(strøm) == ENDRET, "so that the page asks again, and is sent to the door"
        with pytest.raises(StopAsyncIteration):
            await neste(strøm)

    with by(tmp_path) as by_:
        asyncio.run(prøv(by_))


def test_there_is_a_limit_to_how_many_pages_listen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(varsler, "ÅPNE_MAKS", 1)

    async def prøv(by_: By) -> None:
        alle = Varsler(by_.inne.engines["web"])
        strøm = alle.strøm(ACT, sist(by_), lambda: True)
        assert not alle.fullt()
        await neste(strøm)
        assert alle.fullt()
        await strøm.aclose()  # type: ignore[attr-defined]
        assert not alle.fullt()

    with by(tmp_path) as by_:
        asyncio.run(prøv(by_))


def test_a_page_waits_for_the_view_that_its_own_command_led_to(tmp_path: Path) -> None:
    async def prøv(by_: By) -> None:
        by_.pumper = False
        alle = Varsler(by_.inne.engines["web"])
        by_.gi("samhandling", ref(101), ref(1), {ACT: opphold()})
        (strøm,) = strømmer(by_.inne.engines["samhandling"])
        assert not await alle.vent_på({strøm: 1})
        venter = asyncio.create_task(alle.vent_på({strøm: 1}))
        await asyncio.to_thread(by_.inne.embedded.pump)
        assert await venter

    with by(tmp_path) as by_:
        asyncio.run(prøv(by_))


def test_it_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(varsler, "VENT_SEKUNDER", 0.05)
    with by(tmp_path) as by_:
        assert not asyncio.run(Varsler(by_.inne.engines["web"]).vent_på({ref(99): 1}))


def test_who_has_to_do_with_one_person_hears_of_no_other(tmp_path: Path) -> None:
    async def prøv(by_: By) -> None:
        strøm = Varsler(by_.inne.engines["web"]).strøm("innbygger", sist(by_), lambda: True, ref(1))
        await asyncio.to_thread(by_.gi, "samhandling", ref(102), ref(2), {"innbygger": person("Kari")})
        assert await neste(strøm) == LIVSTEGN
        await asyncio.to_thread(by_.gi, "samhandling", ref(101), ref(1), {"innbygger": person("Ola E.")})
        assert await neste_nytt(strøm) == ENDRET
        await asyncio.to_thread(by_.gi, "samhandling", ref(101), ref(1), {})
        assert await neste_nytt(strøm) == ENDRET, "that it ended is news too"
        await strøm.aclose()  # type: ignore[attr-defined]

    with by(tmp_path) as by_:
        asyncio.run(prøv(by_))


async def hørte(strøm: AsyncIterator[str]) -> bool:
    """Whether the page was told anything, before it was quiet again."""
    linjer: list[str] = []
    while not linjer or linjer[-1] != LIVSTEGN:
        linjer.append(await neste(strøm))
    return ENDRET in linjer


def test_access_md_the_stay_who_reads_of_a_record_hears_that_it_became_another_s_and_that_it_came_back(
    tmp_path: Path,
) -> None:
    with rom(tmp_path, DA, oppsett=HELE_BERGEN) as her:
        en, annen = (str(her.gjør("samhandling", registrer(aktør(KOE), hvem))) for hvem in PASIENTER[:2])
        oppnevn(her, annen, KOORDINATOR)
        her.gjør("kriseplan", kriseplan.opprett(annen, *NY, aktør(KOORDINATOR), RAMMER))
        motor, av = her.inst.engines["web"], aktør(KOE)

        async def prøv() -> None:
            siden = motor.read(log.last_position)
            sidene = [Varsler(motor).strøm("innbygger", siden, lambda: True, om) for om in (en, annen)]

            async def hører(tjeneste: str, plan: Plan) -> list[bool]:
                await asyncio.to_thread(her.gjør, tjeneste, plan)
                return [await hørte(side) for side in sidene]

            assert [await hørte(side) for side in sidene] == [False, False]
            assert await hører("samhandling", samhandling.slå_sammen(en, annen, av)) == [True, True]
            endret = kriseplan.revider(en, *NY, aktør(KOORDINATOR), RAMMER)
            assert await hører("kriseplan", endret) == [True, False], "what was theirs before is news to nobody else"
            assert await hører("samhandling", samhandling.omgjør_sammenslåing(en, annen, (), av)) == [True, True]
            endret = kriseplan.revider(annen, *NY, aktør(KOORDINATOR), RAMMER)
            assert await hører("kriseplan", endret) == [False, True]
            for side in sidene:
                await side.aclose()  # type: ignore[attr-defined]

        asyncio.run(prøv())
