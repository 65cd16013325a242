"""The relay on a real Kafka: what it sends, in which order, and where it goes on after whatever happened."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from bindeledd.app.stores import stores_at
from bindeledd.core.errors import Stopped, TransientError
from bindeledd.runtime import relay as relay_module
from bindeledd.runtime.kafka import AsStored, Cluster, Framing, is_heartbeat
from bindeledd.runtime.relay import PAGE_RECORDS, Relay
from bindeledd.runtime.topics import Wanted, apply
from bindeledd.store import log
from bindeledd.store.sqlite import SqliteDb
from tests.broker.kafka import LIMIT, slett, vent
from tests.postgres import database_of
from tests.prøvetjeneste import CODEC, NOTAT, Oppsatt, noter, satt_opp, skriver

TEMA = Wanted(NOTAT, 3, -1)


@pytest.fixture
def kafka(broker: str) -> str:
    """A broker on which the topic is new."""
    nytt_tema(broker)
    return broker


def nytt_tema(broker: str) -> None:
    slett(broker, [NOTAT])
    with Cluster(broker).admin() as admin:
        apply(admin, [TEMA], 1)


@contextmanager
def relay(mappe: Path, kafka: str, start: int | None = None, framing: Framing | None = None) -> Iterator[Relay]:
    """A relay that stops in an orderly way."""
    with uten_stopp(mappe, kafka, start, framing) as started:
        yield started
        started.stop()
        started.run()


@contextmanager
def uten_stopp(mappe: Path, kafka: str, start: int | None = None, framing: Framing | None = None) -> Iterator[Relay]:
    """The same, which ends as if its power was cut."""
    with closing(stores_at(mappe, database_of(mappe)).sending("skriver")) as db:
        yield Relay("skriver", db, Cluster(kafka), [NOTAT], CODEC, framing or AsStored(), start)


@contextmanager
def i_gang(en: Relay) -> Iterator[None]:
    """It works by itself, until the end. One that nothing wakes any more is left behind, and said."""
    tråd = threading.Thread(target=en.run, daemon=True)
    tråd.start()
    try:
        yield
    finally:
        en.stop()
        tråd.join(LIMIT)
        assert not tråd.is_alive(), f"it has not stopped within {LIMIT:.0f} s"


def send_alt(mappe: Path, kafka: str, start: int | None = None) -> int:
    """One life of a relay. How many positions it moved over."""
    with relay(mappe, kafka, start) as en:
        return sum(iter(en.advance, 0))


def på_temaet(kafka: str) -> list[Any]:
    """All that lies on the topic, partition by partition."""
    with closing(KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest")) as consumer:
        ender = consumer.end_offsets([TopicPartition(NOTAT, nr) for nr in range(TEMA.partitions)])
        consumer.assign(list(ender))
        found: list[Any] = []
        while any(consumer.position(del_) < ende for del_, ende in ender.items()):
            found += [post for poster in consumer.poll(500).values() for post in poster]
    return found


def postene(kafka: str) -> list[Any]:
    """The records on the topic, the signs of life left out."""
    return [post for post in på_temaet(kafka) if not is_heartbeat(post.headers)]


def noter_noe(oppe: Oppsatt, antall: int, fra: int = 0) -> None:
    for nr in range(fra, fra + antall):
        oppe.engines["skriver"].command(noter(f"{nr % 7:031x}b", "noe"))


def egne(oppe: Oppsatt) -> list[log.Stored]:
    rader: list[log.Stored] = oppe.engines["skriver"].read(lambda db: log.read_own(db, "skriver", 0, 10_000))
    return rader


def versjoner(poster: list[Any]) -> dict[str, list[int]]:
    """Key → the versions that lie there, in order."""
    found: dict[str, list[int]] = {}
    for post in poster:
        found.setdefault(post.key.decode(), []).append(CODEC.peek(post.value).version)
    return found


def test_each_record_is_sent_once_under_its_stream_in_its_order_with_headers_that_are_copies(
    tmp_path: Path, kafka: str
) -> None:
    with satt_opp(tmp_path, skriver()) as oppe:
        noter_noe(oppe, 30)
        assert send_alt(tmp_path, kafka) == 30
        poster, rader = postene(kafka), egne(oppe)
    assert sorted(post.value for post in poster) == sorted(rad.data for rad in rader)
    assert all(versjon == sorted(versjon) for versjon in versjoner(poster).values())
    for post in poster:
        konvolutt, headers = CODEC.peek(post.value), dict(post.headers)
        assert post.key.decode() == konvolutt.stream
        assert headers["ce_id"] == konvolutt.id.encode()
        assert headers["ce_type"] == konvolutt.type.encode()
        assert headers["ce_source"] == b"/bindeledd/skriver"
        assert b"person" not in b"".join(headers.values())


def test_a_streams_records_lie_on_the_partition_where_other_clients_would_put_them(tmp_path: Path, kafka: str) -> None:
    with satt_opp(tmp_path, skriver()) as oppe, closing(KafkaProducer(bootstrap_servers=kafka)) as andre:
        noter_noe(oppe, 7)
        send_alt(tmp_path, kafka)
        der = {post.key: post.partition for post in postene(kafka)}
        ventet = {nøkkel: andre.send(NOTAT, b"", key=nøkkel).get(10).partition for nøkkel in der}
    assert der == ventet
    assert len(set(der.values())) > 1


def test_it_gives_a_sign_of_life_when_all_has_been_sent_and_again_after_a_while(
    tmp_path: Path, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with satt_opp(tmp_path, skriver()) as oppe:
        noter_noe(oppe, 3)
    with relay(tmp_path, kafka) as en:
        assert (en.advance(), en.advance(), en.advance()) == (3, 0, 0)
        assert [is_heartbeat(post.headers) for post in på_temaet(kafka)].count(True) == 1
        monkeypatch.setattr(relay_module, "BEAT_SECONDS", 0.0)
        en.advance()
        assert [is_heartbeat(post.headers) for post in på_temaet(kafka)].count(True) == 2


def test_it_goes_on_where_it_was_and_sends_again_from_where_it_is_told_to(tmp_path: Path, kafka: str) -> None:
    with satt_opp(tmp_path, skriver()) as oppe:
        noter_noe(oppe, 5)
        assert send_alt(tmp_path, kafka) == 5
        assert send_alt(tmp_path, kafka) == 0
        noter_noe(oppe, 5)
        assert send_alt(tmp_path, kafka) == 5
        assert send_alt(tmp_path, kafka, start=9) == 2
    assert len(postene(kafka)) == 12


def test_a_topic_that_was_made_anew_is_filled_again_from_the_beginning(tmp_path: Path, kafka: str) -> None:
    with satt_opp(tmp_path, skriver()) as oppe:
        noter_noe(oppe, PAGE_RECORDS + 10)
        send_alt(tmp_path, kafka)
        nytt_tema(kafka)
        assert send_alt(tmp_path, kafka) == 0
        alle = {rad.data for rad in egne(oppe)}
    poster = postene(kafka)
    assert {post.value for post in poster} == alle
    assert all(versjon == sorted(versjon) for versjon in versjoner(poster).values())


def test_without_its_topic_it_sends_nothing_and_says_what_to_do(tmp_path: Path, kafka: str) -> None:
    with satt_opp(tmp_path, skriver()) as oppe:
        noter_noe(oppe, 1)
        slett(kafka, [NOTAT])
        with relay(tmp_path, kafka) as en, pytest.raises(Stopped, match="bindeledd topics apply"):
            en.advance()
        nytt_tema(kafka)
        assert send_alt(tmp_path, kafka) == 1


def markøren(mappe: Path) -> int:
    """Up to where the store says that all has been sent; 0 where it does not say."""
    with closing(SqliteDb(mappe / "skriver.db", read_only=True)) as db:
        rad = db.one("SELECT position FROM cursor WHERE source LIKE 'relay:%' AND source NOT LIKE 'relay:%:%'")
        return int(rad[0]) if rad else 0


def test_the_cursor_is_written_now_and_then_and_at_the_end_and_a_kill_between_sends_again_what_came_after_it(
    tmp_path: Path, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with satt_opp(tmp_path, skriver()) as oppe:
        noter_noe(oppe, 5)
        with uten_stopp(tmp_path, kafka) as en:
            assert (en.advance(), en.advance(), markøren(tmp_path)) == (5, 0, 5)
            monkeypatch.setattr(relay_module, "REMEMBER_SECONDS", 3600.0)
            noter_noe(oppe, 5)
            assert (en.advance(), en.advance(), markøren(tmp_path)) == (5, 0, 5)
        with relay(tmp_path, kafka) as en:
            assert (en.advance(), markøren(tmp_path)) == (5, 5)
        assert markøren(tmp_path) == 10
    assert len(postene(kafka)) == 15


@pytest.mark.usefixtures("trinn")
def test_it_sends_what_is_written_as_soon_as_it_is_told_of_it(
    tmp_path: Path, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "LOOK_AGAIN_SECONDS", 3600.0)  # so that only what it heard can have woken it
    with (
        satt_opp(tmp_path, skriver()) as oppe,
        relay(tmp_path, kafka) as en,
        i_gang(en),
        closing(stores_at(tmp_path, database_of(tmp_path)).hear("skriver", en.wake)),
    ):
        for antall in (1, 2, 3):
            noter_noe(oppe, 1)
            vent(partial(har_sendt, en, antall), f"{antall} have been sent")


def har_sendt(en: Relay, antall: int) -> bool:
    return en.position == antall


def test_a_store_that_was_restored_under_it_keeps_its_cursor_and_is_sent_from_there(
    tmp_path: Path, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with satt_opp(tmp_path, skriver()) as oppe, relay(tmp_path, kafka) as en:
        noter_noe(oppe, 4)
        assert (en.advance(), en.advance()) == (4, 0)
        with closing(SqliteDb(tmp_path / "skriver.db")) as db:
            db.run("UPDATE cursor SET position = 2 WHERE source LIKE 'relay:%' AND source NOT LIKE 'relay:%:%'")
        monkeypatch.setattr(relay_module, "REMEMBER_SECONDS", 0.0)
        with i_gang(en):
            noter_noe(oppe, 1)
            vent(lambda: markøren(tmp_path) == 5, "the cursor is right again")
    assert len(postene(kafka)) == 4 + 1 + 3  # the last, before it sees what has happened; and what the cursor lacks


class Ventende(AsStored):
    """A framing with a record that waits for the registry."""

    def __init__(self, venter: bytes) -> None:
        self.venter = venter

    def framed(self, data: bytes, topic: str) -> bytes:
        if data == self.venter:
            raise TransientError("the schema registry is away")
        return super().framed(data, topic)


def test_while_a_record_waits_for_the_registry_what_lies_before_it_is_not_sent_over_and_over(
    tmp_path: Path, kafka: str
) -> None:
    with satt_opp(tmp_path, skriver()) as oppe:
        noter_noe(oppe, 10)
        framing = Ventende(egne(oppe)[7].data)
        with relay(tmp_path, kafka, framing=framing) as en:
            for _ in range(3):
                with pytest.raises(TransientError, match="away"):
                    en.advance()
            framing.venter = b""
            assert en.advance() == 10
    assert len(postene(kafka)) == 10
