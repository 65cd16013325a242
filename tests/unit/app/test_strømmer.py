"""The stream API, and what a reader does with it: a record that never came is found and fetched from its writer."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bindeledd.access.tokens import Tokens
from bindeledd.app import process
from bindeledd.app.audience import ORGANISATION, SERVICE, audience_of
from bindeledd.app.installation import all_services, catalog
from bindeledd.app.settings import Config, Settings
from bindeledd.app.stores import Files, looking_at
from bindeledd.core.envelope import Actor, record_hash
from bindeledd.core.errors import InvalidMessage, NotAllowed, TransientError
from bindeledd.ops import metrics
from bindeledd.ops.verify import verify_one
from bindeledd.runtime import sources, streams
from bindeledd.runtime.handle import Received
from bindeledd.runtime.http import add_routes, install
from bindeledd.runtime.kafka import AsStored
from bindeledd.runtime.sources import COMPARE_EVERY, SILENT_AFTER, Source, Sources
from bindeledd.runtime.streams import Streams, streams_router
from bindeledd.runtime.topics import VIEWS, wanted_topics, writer_of
from bindeledd.store import intake, log
from tests.klient import Inne, Klient
from tests.prøvetjeneste import ARKIV, CODEC, NOTAT, Oppsatt, leser, noter, satt_opp, skriver
from tests.rom import BERGEN, TABELL

LESER = Actor(SERVICE, "leser", "")
INNVIET = Actor(SERVICE, "en som ikke leser dette", "")


@dataclass(frozen=True, slots=True)
class Her:
    """A writer with its stream API, and a reader that asks it; nothing else is between them."""

    oppe: Oppsatt
    nett: Inne
    kilde: Source
    api: Streams

    def noter(self, *strømmer: str) -> None:
        for strøm in strømmer:
            self.oppe.engines["skriver"].command(noter(strøm))

    def på_temaet(self, *steder: tuple[str, int]) -> None:
        """What Kafka brings of what was written: these (stream, version)."""
        egne = [rad for rad in rader(self.oppe, "skriver") if (rad.stream, rad.version) in steder]
        self.oppe.engines["leser"].receive({}, [Received("skriver", r.topic, r.position, r.data) for r in egne])

    def har(self) -> dict[str, int]:
        """Stream → its last version with the reader."""
        return {rad.stream: rad.version for rad in rader(self.oppe, "leser") if rad.writer == "skriver"}

    def etter(self, tid: timedelta) -> int:
        """What is fetched when so much time has passed."""
        self.oppe.klokke.now += tid
        return self.kilde.advance()


def rader(oppe: Oppsatt, tjeneste: str) -> list[log.Stored]:
    funnet: list[log.Stored] = oppe.engines[tjeneste].read(lambda db: log.read_page(db, 0, 10_000))
    return funnet


def arkivert(oppe: Oppsatt) -> int:
    """How many reactions there have been."""
    return sum(rad.writer == "leser" for rad in rader(oppe, "leser"))


def bare_leseren(aktør: Actor) -> Collection[str]:
    if aktør not in (LESER, INNVIET):
        raise NotAllowed("not you")
    return {NOTAT} if aktør == LESER else set()


def oppkoblet(oppe: Oppsatt) -> Her:
    tokens = Tokens(oppe.keyring, oppe.klokke)
    app = FastAPI()
    install(app)
    app.state.authenticate = lambda request: tokens.actor(request.headers.get("authorization"))
    add_routes(app, streams_router(oppe.engines["skriver"], bare_leseren))
    nett = Inne(app)
    client = httpx.Client(transport=nett, base_url="http://skriver.test")
    api = Streams("skriver", client, lambda: tokens.header(LESER))
    return Her(oppe, nett, Source(oppe.engines["leser"], api, AsStored()), api)


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Her]:
    with satt_opp(tmp_path, skriver(), leser()) as oppe:
        sted = oppkoblet(oppe)
        with closing(sted.api.client):
            yield sted


# -- the API -------------------------------------------------------------------------------------------------------


def test_every_head_and_every_byte_is_given_page_by_page(her: Her, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEADS_MAX", 2)
    monkeypatch.setattr(streams, "RECORDS_MAX", 2)
    monkeypatch.setattr(streams, "POSITIONS_MAX", 3)
    her.noter("ab", "cd", "ef", "ab", "ab", "gh", "ij")
    sider, sist = [], ""
    while True:
        sider.append(her.api.heads(sist))
        sist = sider[-1].heads[-1].stream
        if not sider[-1].more:
            break
    assert [[head.stream for head in side.heads] for side in sider] == [["ab", "cd"], ["ef", "gh"], ["ij"]]
    første, andre = her.api.records("ab", 0), her.api.records("ab", 2)
    assert første is not None
    assert andre is not None
    assert første[1] + andre[1] == [rad.data for rad in rader(her.oppe, "skriver") if rad.stream == "ab"]
    assert første[0] == sider[0].heads[0]
    side = her.api.changed(2)
    assert ([head.stream for head in side.heads], side.position, side.more) == (["ef", "ab"], 5, True)


def test_what_is_asked_wrongly_or_by_somebody_else_is_refused_and_what_is_not_there_is_not_told_from_it(
    her: Her,
) -> None:
    her.noter("ab")
    her.oppe.embedded.pump()
    tokens = Tokens(her.oppe.keyring, her.oppe.klokke)

    def svar(sti: str, aktør: Actor | None = LESER) -> int:
        headers = {"Authorization": tokens.header(aktør)} if aktør else {}
        return her.api.client.get(f"/api/skriver/streams{sti}", headers=headers).status_code

    assert [svar(sti) for sti in ("", "/changed?since=0", "/ab")] == [200, 200, 200]
    for ingen in (None, Actor("koordinator", "leser", "enhet-aarstad"), Actor(SERVICE, "en annen", "")):
        assert [svar(sti, ingen) for sti in ("", "/changed?since=0", "/ab")] == [403, 403, 403]
    assert [svar(sti, INNVIET) for sti in ("/ab", "/finnes-ikke")] == [404, 404]
    assert svar("/finnes-ikke") == 404
    assert svar("/changed?since=-1") == 422
    assert svar("/changed?since=1e9") == 422
    assert svar("/ab?after=99999999999999999999") == 422


def test_a_service_reads_what_it_takes_in_and_an_organisation_its_own_parties_views() -> None:
    tjenester = all_services(Config(BERGEN, TABELL))
    egne = [tema for tema in wanted_topics(catalog(), BERGEN.parter, 1) if writer_of(tema) == "ansvarsgruppe"]
    leserne = audience_of(egne, tjenester, BERGEN)
    assert leserne(Actor(SERVICE, "kriseplan", "")) == {f"ansvarsgruppe.{n}" for n in ("samtykke", "plan", "gruppe")}
    assert leserne(Actor(SERVICE, "web", "")) == {tema for tema in egne if VIEWS in tema}
    part = BERGEN.parter["enhet-aarstad"]
    våre = {p.id for p in BERGEN.parter.values() if p.organisasjon == part.organisasjon}
    assert leserne(Actor(ORGANISATION, part.organisasjon, "")) == {f"ansvarsgruppe.til.{id_}" for id_ in våre}
    for ingen in (Actor(SERVICE, "ukjent", ""), Actor(ORGANISATION, "ukjent", ""), Actor("koordinator", "web", "x")):
        with pytest.raises(NotAllowed):
            leserne(ingen)


def test_a_worker_that_is_not_told_where_those_answer_that_it_reads_does_not_begin(her: Her, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, tjenester={"samhandling": "http://127.0.0.1:9"})
    sagt = r"leser reads ansvarsgruppe, which has no address\. Where: BINDELEDD_TJENESTER\. Add \"ansvarsgruppe\":"
    with pytest.raises(InvalidMessage, match=sagt):
        process._sources(settings, her.kilde.engine, ["samhandling", "ansvarsgruppe"], AsStored(), str).__enter__()


def test_a_service_gives_only_what_it_has_written_itself(her: Her) -> None:
    her.noter("ab")
    her.oppe.embedded.pump()
    app = FastAPI()
    app.state.authenticate = lambda _request: LESER
    add_routes(app, streams_router(her.oppe.engines["leser"], lambda _actor: {NOTAT, ARKIV}))
    leseren = Klient(app)
    assert [head["stream"] for head in leseren.get("/api/leser/streams").json()["heads"]] == ["ba"]
    assert [leseren.get(f"/api/leser/streams/{strøm}").status_code for strøm in ("ba", "ab")] == [200, 404]


# -- what is missing -----------------------------------------------------------------------------------------------


def test_a_new_store_starts_up_from_the_api_and_what_the_topic_brings_later_is_a_duplicate(her: Her) -> None:
    her.noter("ab", "cd", "ab", "ab")
    assert her.kilde.advance() == 4
    assert her.har() == {"ab": 3, "cd": 1}
    her.på_temaet(("ab", 1), ("ab", 2), ("ab", 3), ("cd", 1))
    assert arkivert(her.oppe) == 4
    assert her.oppe.engines["leser"].parked == 0
    assert her.kilde.heard == her.kilde.compared == her.oppe.klokke.now
    with looking_at(Files(her.oppe.mappe)) as stores:
        assert verify_one("leser", stores, CODEC).bad is None


def test_a_record_that_never_came_is_found_when_the_writer_is_asked_next_and_nothing_else_is_fetched(her: Her) -> None:
    her.kilde.advance()
    her.noter("ab", "cd", "ab")
    her.på_temaet(("ab", 1), ("cd", 1))
    assert her.etter(timedelta(seconds=1)) == 0
    assert her.etter(sources.ASK_EVERY) == 1
    assert her.har() == {"ab": 2, "cd": 1}
    assert her.etter(sources.ASK_EVERY) == 0


def test_what_was_lost_here_long_ago_is_found_within_the_hour(her: Her) -> None:
    her.noter("ab", "cd", "ab")
    her.kilde.advance()
    glem_siste(her.oppe, "ab")
    assert her.etter(sources.ASK_EVERY) == 0
    assert her.etter(COMPARE_EVERY) == 1
    assert her.har() == {"ab": 2, "cd": 1}


def glem_siste(oppe: Oppsatt, strøm: str) -> None:
    """The reader's store is one in which nothing after the stream's first record ever came in."""
    engine = oppe.engines["leser"]
    (første,) = (rad for rad in rader(oppe, "leser") if (rad.stream, rad.version) == (strøm, 1))
    engine._db.run("DELETE FROM log WHERE stream = ? AND version > 1", (strøm,))
    engine._db.run("UPDATE stream_head SET version = 1, hash = ? WHERE stream = ?", (record_hash(første.data), strøm))
    engine._known.forget()


def test_a_stream_that_is_parked_for_a_gap_is_filled_at_once(her: Her) -> None:
    her.kilde.advance()
    her.noter("ab", "ab", "ab")
    her.på_temaet(("ab", 3))
    assert her.oppe.engines["leser"].parked == 1
    assert her.etter(timedelta(0)) == 3
    assert her.har() == {"ab": 3}
    assert (her.oppe.engines["leser"].parked, arkivert(her.oppe)) == (0, 3)


def test_while_the_writer_cannot_be_reached_the_stream_stays_parked_and_is_filled_afterwards(her: Her) -> None:
    her.kilde.advance()
    her.noter("ab", "ab")
    her.på_temaet(("ab", 2))
    her.nett.borte = True
    with pytest.raises(TransientError, match="skriver answers ConnectError"):
        her.kilde.advance()
    assert her.oppe.engines["leser"].parked == 1
    her.nett.borte = False
    assert her.etter(timedelta(0)) == 2
    assert her.har() == {"ab": 2}


def test_what_the_writer_lacks_too_is_asked_for_again_only_as_often_as_the_rest(her: Her) -> None:
    her.noter("ab", "ab")
    sist = rader(her.oppe, "skriver")[1]
    her.kilde.advance()
    fremmed = noter_i_et_annet(her, "cd", 2)
    her.oppe.engines["leser"].receive({}, [Received("skriver", NOTAT, sist.position + 9, fremmed)])
    her.etter(timedelta(0))
    før = her.nett.spurt
    assert her.etter(timedelta(seconds=1)) == 0
    assert her.nett.spurt == før
    assert her.oppe.engines["leser"].parked == 1


def noter_i_et_annet(her: Her, strøm: str, versjon: int) -> bytes:
    """The record that a writer with another history has there."""
    mappe = her.oppe.mappe / f"annen-{strøm}"
    mappe.mkdir()
    with satt_opp(mappe, skriver(), seed=7) as annen:
        for _ in range(versjon):
            annen.engines["skriver"].command(noter(strøm, "noe annet"))
        return rader(annen, "skriver")[-1].data


def test_a_head_that_contradicts_ours_is_parked_as_a_conflict_and_told(her: Her) -> None:
    her.noter("ab", "cd")
    annen = noter_i_et_annet(her, "ab", 1)
    her.oppe.engines["leser"].receive({}, [Received("skriver", NOTAT, 1, annen)])
    før = mottatt("conflict")
    assert her.kilde.advance() == 2
    (parkert,) = her.oppe.engines["leser"].read(intake.parked_streams)
    assert (parkert.stream, parkert.error.partition(":")[0]) == ("ab", "conflict")
    assert mottatt("conflict") == før + 1
    assert her.har() == {"ab": 1, "cd": 1}
    assert her.etter(COMPARE_EVERY) == 0


def test_a_writer_that_has_lost_what_we_have_is_told_of_and_what_it_writes_instead_is_a_conflict(her: Her) -> None:
    her.noter("ab", "ab", "ef")
    annen = [noter_i_et_annet(her, "cd", 1), noter_i_et_annet(her, "ef", 2)]
    her.kilde.advance()
    her.oppe.engines["leser"].receive({}, [Received("skriver", NOTAT, 8, annen[0])])
    assert her.etter(COMPARE_EVERY) == 0
    assert tapt() == 1
    her.noter("cd")
    her.etter(sources.ASK_EVERY)
    (parkert,) = her.oppe.engines["leser"].read(intake.parked_streams)
    assert (parkert.stream, parkert.error.partition(":")[0]) == ("cd", "conflict")


def test_a_writer_whose_epoch_was_raised_is_compared_as_a_whole(her: Her) -> None:
    her.noter("ab", "cd")
    her.kilde.advance()
    først = her.kilde.compared
    her.oppe.engines["skriver"].raise_epoch()
    her.etter(sources.ASK_EVERY)
    assert her.kilde.compared != først


def test_of_whom_nothing_is_heard_for_a_minute_is_told_where_no_grounds_lean_on_them(her: Her) -> None:
    kildene = Sources(her.oppe.engines["leser"], [her.kilde])
    her.kilde.advance()
    her.oppe.klokke.now += SILENT_AFTER - timedelta(seconds=1)
    assert kildene.silent() == []
    her.oppe.klokke.now += timedelta(seconds=1)
    assert kildene.silent() == ["skriver has not been heard from for a minute"]
    assert kildene.heard()
    her.kilde.advance()
    assert kildene.silent() == []


def test_while_all_heads_are_compared_the_writer_is_heard_all_the_same(
    her: Her, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEADS_MAX", 1)
    her.noter("ab", "cd", "ef", "gh")
    her.kilde.advance()
    ekte = her.nett.handle_request

    def langsom(request: httpx.Request) -> httpx.Response:
        her.oppe.klokke.now += SILENT_AFTER / 2
        return ekte(request)

    monkeypatch.setattr(her.nett, "handle_request", langsom)
    her.etter(COMPARE_EVERY)
    assert her.kilde.compared is not None
    assert her.kilde.heard is not None
    assert her.kilde.heard - her.kilde.compared >= SILENT_AFTER


@pytest.mark.parametrize(
    "svar",
    [
        lambda ekte: {**ekte, "records": [base64.b64encode(b"noe annet").decode()]},
        lambda ekte: {**ekte, "records": ["ikke base64"]},
        lambda ekte: {**ekte, "records": ekte["records"][1:]},
        lambda ekte: {**ekte, "head": {**ekte["head"], "topic": "skriver.noe-annet"}},
        lambda ekte: {"noe": "annet"},
    ],
)
def test_what_is_not_what_was_asked_for_is_not_taken_in(her: Her, svar: Callable[[Any], Any]) -> None:
    her.noter("ab", "ab")
    ekte = her.nett.handle_request

    def byttet(request: httpx.Request) -> httpx.Response:
        answer = ekte(request)
        return httpx.Response(200, json=svar(answer.json())) if request.url.path.endswith("/ab") else answer

    her.nett.handle_request = byttet  # type: ignore[method-assign]
    with pytest.raises(TransientError, match="skriver"):
        her.kilde.advance()
    assert her.har() == {}
    assert her.kilde.heard is None


def mottatt(dom: str) -> float:
    etiketter = {"service": "leser", "verdict": dom}
    return metrics.REGISTRY.get_sample_value("bindeledd_received_total", etiketter) or 0.0


def tapt() -> float:
    etiketter = {"service": "leser", "source": "skriver"}
    return metrics.REGISTRY.get_sample_value("bindeledd_streams_lost_by_writer", etiketter) or 0.0
