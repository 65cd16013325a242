"""Many cases of avvik at once: what the bulk writer fills is a log like any other, and whoever follows it forgets what
can be read again, tells the same all the same, and shows at a terminal how far it has come."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from bench import avvik_log
from bindeledd.app import cli_avvik
from bindeledd.app.installation import codec
from bindeledd.core.envelope import Envelope
from bindeledd.ops import replay
from bindeledd.ops.laid import InLog, Laid, Lying
from bindeledd.ops.replay import Chain, Found, InMind, Replay, envelopes
from bindeledd.store import log
from bindeledd.store.sqlite import SqliteDb
from services.felles.forum import saksnavn
from services.samhandling.avvik import avviksgang
from services.samhandling.avvik.avvik import TOPIC
from services.samhandling.avvik.avviksgang import Utvalg
from services.samhandling.tjeneste import NAVN
from tests.rom import HELE_BERGEN
from tests.unit.app.conftest import Kjør

OM_GANGEN, TIL_EN_SAK = 3, 17


def ingenting(_kommet: int) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def fylt(tmp_path_factory: pytest.TempPathFactory) -> avvik_log.Log:
    with pytest.MonkeyPatch.context() as endre:
        endre.setattr(avvik_log, "AT_ONCE", OM_GANGEN)
        return avvik_log.fill(tmp_path_factory.mktemp("mengde"), 2 * OM_GANGEN * TIL_EN_SAK, ingenting)


@pytest.fixture
def i_loggen(fylt: avvik_log.Log) -> Iterator[InLog]:
    with closing(fylt.open()) as db:
        yield InLog(NAVN, db, TOPIC)


def stegene(lying: Lying) -> list[dict[str, object]]:
    fortalt = cli_avvik.replay_of(lying)
    rader = cli_avvik.steps(
        fortalt.tell(lying.in_order(ingenting)), Utvalg(HELE_BERGEN), None, None, cli_avvik.before_in(lying)
    )
    alle = [*rader]
    assert fortalt.unsound == 0
    return alle


def test_what_was_filled_in_bulk_holds_and_is_as_the_bus_would_have_written_it(fylt: avvik_log.Log, kjør: Kjør) -> None:
    svar = kjør("verify", "--data", fylt.data)
    assert (svar.kode, f"{TOPIC}: {fylt.records} records, 1 checkpoints: holds" in svar.ut) == (0, True)
    with closing(fylt.open()) as db:
        poster = [data for _, data in log.read_told(db, NAVN, TOPIC, 0, log.last_position(db))]
    assert [codec().encode(*codec().decode(data)) for data in poster] == poster
    assert len({codec().peek(data).stream for data in poster}) == 1 + 2 * OM_GANGEN


def test_who_keeps_only_the_last_case_in_mind_tells_the_same(i_loggen: InLog, monkeypatch: pytest.MonkeyPatch) -> None:
    alt = stegene(i_loggen)
    monkeypatch.setattr(avviksgang, "SAKER_HUSKET", 1)
    monkeypatch.setattr(replay, "STREAMS_KEPT", 1)
    assert stegene(i_loggen) == alt
    assert {rad["tilstand"] for rad in alt[-OM_GANGEN:]} == {"LUKKET"}


def test_records_that_came_in_another_order_and_twice_are_told_as_the_log_tells_them(i_loggen: InLog) -> None:
    poster, når = [*i_loggen.in_order(ingenting)], avvik_log.moment(60)
    søppel = Found(TOPIC, 0, 0, b"\xc3\x01no record")
    with closing(SqliteDb(None)) as privat:
        lagt = Laid.of(privat, [*poster[40:], *reversed(poster[:50])], codec())
        assert stegene(lagt) == stegene(i_loggen)
        stilling = [
            [*cli_avvik.as_of(cli_avvik.replay_of(sted).tell(sted.by_stream(ingenting)), Utvalg(HELE_BERGEN), når)]
            for sted in (lagt, i_loggen)
        ]
        assert stilling[0] == stilling[1] != []
    with closing(SqliteDb(None)) as privat:
        fortalt = cli_avvik.replay_of(lagt := Laid.of(privat, [*poster, søppel], codec()))
        først = next(fortalt.tell(lagt.in_order(ingenting)))
        assert (først.envelope, fortalt.unsound) == (None, 1)


def test_one_case_is_told_by_its_name_from_its_own_records_alone(
    i_loggen: InLog, fylt: avvik_log.Log, kjør: Kjør
) -> None:
    strømmer = [codec().peek(found.data or b"").stream for found in i_loggen.by_stream(ingenting)]
    navn = saksnavn(strømmer[-1])
    alle = [rad for rad in stegene(i_loggen) if rad["sak"] == navn]
    linjer = kjør("replay", "avvik", "--sak", navn, "--format", "csv", "--data", fylt.data).linjer[1:]
    assert [linje.split(",")[0] for linje in linjer] == [str(rad["posisjon"]) for rad in alle]
    assert len(linjer) == strømmer.count(strømmer[-1]) == TIL_EN_SAK
    assert kjør("replay", "avvik", "--sak", "0" * 12, "--format", "csv", "--data", fylt.data).linjer == []
    assert kjør("replay", "samhandling.avvik", "--sak", navn, "--data", fylt.data).kode == 2
    hel = kjør("replay", strømmer[-1], "--data", fylt.data)
    assert (hel.kode, len(hel.linjer)) == (0, TIL_EN_SAK)


def test_of_a_topic_a_repeated_record_a_gap_and_a_changed_one_are_told_apart(i_loggen: InLog) -> None:
    første, andre, tredje, *_ = i_loggen.by_stream(ingenting)
    endret = replace_prev(tredje)
    fortalt = Replay(envelopes(codec()), follow=InMind())
    lest = [første, andre, andre, første, endret]
    assert [told.chain for told in fortalt.tell(lest)] == [
        Chain.HOLDS, Chain.HOLDS, Chain.REPEATED, Chain.REPEATED, Chain.BROKEN,
    ]  # fmt: skip
    assert [told.chain for told in Replay(envelopes(codec())).tell([første, tredje])] == [Chain.HOLDS, Chain.GAP]


def replace_prev(found: Found) -> Found:
    """The record, as if it followed another one."""
    envelope, event = codec().decode(found.data or b"")
    annen: Envelope = envelope._replace(prev=bytes(32))
    return found._replace(data=codec().encode(annen, event))


# -- at a terminal -------------------------------------------------------------------------------------------------


# rebuild comes last: after it the tree waits to be made anew. The first of two makes what was not filled in bulk.
@pytest.mark.parametrize(
    "kommando",
    [
        "replay avvik --format csv", "replay samhandling.avvik", "verify", "archive write {mappe}/arkiv",
        "archive verify {mappe}/arkiv", "report forum DPR --kvartal 2024K1 --format csv",
        "proof export samhandling.avvik {mappe}/bevis.json", "rebuild",
    ],
)  # fmt: skip
def test_what_may_take_seconds_shows_at_a_terminal_how_far_it_has_come_and_data_still_goes_where_it_was_sent(
    fylt: avvik_log.Log, kjør: Kjør, monkeypatch: pytest.MonkeyPatch, kommando: str
) -> None:
    mappe = fylt.data.parent
    deler = [*kommando.format(mappe=mappe).split(), "--data", str(fylt.data)]
    if "archive verify" in kommando:
        kjør("archive", "write", mappe / "arkiv", "--data", fylt.data)
    stille = kjør(*deler)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    sett = kjør(*deler)
    strek = "━"
    assert sett.kode == 0, sett.sagt
    assert (strek in stille.sagt, strek in sett.sagt) == (False, True)
    assert len(sett.linjer) == len(stille.linjer) > 0
