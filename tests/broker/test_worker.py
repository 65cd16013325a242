"""What a service takes in from a real Kafka: once, in its order, whatever else lies on the topic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from kafka import KafkaProducer

from bindeledd.core.errors import Stopped
from bindeledd.ops import metrics
from bindeledd.runtime import worker
from bindeledd.runtime.handle import Received
from bindeledd.runtime.kafka import AsStored, Cluster
from bindeledd.runtime.worker import Topics
from bindeledd.store import intake, log
from tests.broker.kafka import admin, vent
from tests.broker.test_relay import egne, noter_noe, nytt_tema, send_alt
from tests.prøvetjeneste import CODEC, NOTAT, Oppsatt, Uvilje, leser, noter, satt_opp, skriver

STRØM = "a" * 31 + "b"


@pytest.fixture
def kafka(broker: str) -> str:
    """A broker on which the topic is new."""
    nytt_tema(broker)
    return broker


@pytest.fixture
def oppe(tmp_path: Path) -> Iterator[Oppsatt]:
    """A writer and a reader, with nothing in their stores."""
    with satt_opp(tmp_path, skriver(), leser()) as begge:
        yield begge


def send(oppe: Oppsatt, kafka: str, antall: int) -> None:
    """So many notes are written, and sent."""
    noter_noe(oppe, antall)
    send_alt(oppe.mappe, kafka)


@contextmanager
def topics(oppe: Oppsatt, kafka: str) -> Iterator[Topics]:
    with closing(Topics(oppe.engines["leser"], Cluster(kafka), [NOTAT], AsStored())) as started:
        yield started


def ta_inn(tail: Topics, oppe: Oppsatt, antall: int) -> None:
    """Take in until so many records stand in the reader's log."""

    def alle() -> bool:
        tail.advance()
        return len(mottatt(oppe)) >= antall

    vent(alle, f"{antall} records are taken in")
    assert len(mottatt(oppe)) == antall


def uten_ende(tail: Topics) -> None:
    vent(lambda: tail.advance() < 0, "it raises")


def mottatt(oppe: Oppsatt) -> list[log.Stored]:
    rader = oppe.engines["leser"].read(lambda db: log.read_page(db, 0, 10_000))
    return [rad for rad in rader if rad.writer == "skriver"]


def arkivert(oppe: Oppsatt) -> int:
    """How many reactions there have been."""
    rader = oppe.engines["leser"].read(lambda db: log.read_page(db, 0, 10_000))
    return sum(rad.writer == "leser" for rad in rader)


def legg_på(kafka: str, *poster: tuple[bytes | None, bytes | None]) -> None:
    """Put something on the topic, as somebody who should not."""
    with closing(KafkaProducer(bootstrap_servers=kafka)) as producer:
        for nøkkel, verdi in poster:
            producer.send(NOTAT, verdi, key=nøkkel, headers=[]).get(10)


def søppel(tema: str = NOTAT) -> float:
    return metrics.REGISTRY.get_sample_value("bindeledd_garbage_total", {"service": "leser", "topic": tema}) or 0.0


def test_everything_comes_in_once_and_a_second_reader_of_the_same_store_begins_where_the_first_was(
    oppe: Oppsatt, kafka: str
) -> None:
    send(oppe, kafka, 40)
    with topics(oppe, kafka) as tail:
        ta_inn(tail, oppe, 40)
        assert tail.lag() == 0
    send(oppe, kafka, 5)
    duplikater = metrics.RECEIVED.labels("leser", "duplicate")._value.get()
    with topics(oppe, kafka) as tail:
        ta_inn(tail, oppe, 45)
    assert arkivert(oppe) == 45
    assert metrics.RECEIVED.labels("leser", "duplicate")._value.get() == duplikater


def fortalt(kafka: str) -> int:
    """How many records the broker has been told are taken in."""
    with admin(kafka) as spurt:
        nådd = spurt.list_group_offsets({"bindeledd.leser": None})["bindeledd.leser"]
    return sum(each.offset for each in nådd.values())


def test_whoever_is_given_a_partition_tells_where_it_stands_though_the_one_before_died_before_it_told(
    oppe: Oppsatt, kafka: str
) -> None:
    send(oppe, kafka, 20)
    with topics(oppe, kafka) as tail:
        ta_inn(tail, oppe, 20)
    with admin(kafka) as spurt:
        spurt.delete_groups(["bindeledd.leser"])
    with topics(oppe, kafka) as tail:
        vent(lambda: not tail.advance() and fortalt(kafka) == 21, "it has told of 20 notes and a sign of life")


def test_what_it_has_not_told_yet_it_tells_when_it_stops(
    oppe: Oppsatt, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with topics(oppe, kafka) as tail:
        send(oppe, kafka, 1)
        vent(lambda: not tail.advance() and fortalt(kafka) == 2, "it has told of a note and a sign of life")
        monkeypatch.setattr(worker, "TELL_SECONDS", 3600.0)
        send(oppe, kafka, 1)
        ta_inn(tail, oppe, 2)
        tail.close()
        vent(lambda: fortalt(kafka) >= 3, "it has told of both")


@pytest.mark.parametrize(("seconds", "most"), [(0.0, 2), (3600.0, 5)])
def test_a_poll_takes_more_as_long_as_that_is_done_in_little_time(
    oppe: Oppsatt, kafka: str, monkeypatch: pytest.MonkeyPatch, seconds: float, most: int
) -> None:
    for name, value in (("POLL_RECORDS", 2), ("POLL_RECORDS_MAX", 5), ("POLL_SECONDS", seconds)):
        monkeypatch.setattr(worker, name, value)
    send(oppe, kafka, 40)
    taken: list[int] = []

    def alle() -> bool:
        taken.append(tail.advance())
        return len(mottatt(oppe)) == 40

    with topics(oppe, kafka) as tail:
        vent(alle, "all are taken in")
    assert max(taken) == most
    assert next(filter(None, taken)) <= 2


def test_what_is_sent_twice_or_again_from_the_start_takes_effect_once(oppe: Oppsatt, kafka: str) -> None:
    send(oppe, kafka, 20)
    send_alt(oppe.mappe, kafka, start=1)
    with topics(oppe, kafka) as tail:
        ta_inn(tail, oppe, 20)
        send(oppe, kafka, 1)
        ta_inn(tail, oppe, 21)
    assert arkivert(oppe) == 21
    assert oppe.engines["leser"].parked == 0


def test_a_topic_that_is_made_anew_while_somebody_reads_it_is_read_from_its_start(
    oppe: Oppsatt, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "IDENTITY_SECONDS", 0.2)
    send(oppe, kafka, 10)
    with topics(oppe, kafka) as tail:
        ta_inn(tail, oppe, 10)
        nytt_tema(kafka)
        send(oppe, kafka, 3)
        ta_inn(tail, oppe, 13)
    assert arkivert(oppe) == 13


def test_a_topic_that_is_filled_again_in_another_order_brings_what_is_missing_and_nothing_twice(
    oppe: Oppsatt, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "IDENTITY_SECONDS", 0.2)
    send(oppe, kafka, 14)
    with topics(oppe, kafka) as tail:
        ta_inn(tail, oppe, 14)
        nytt_tema(kafka)
        noter_noe(oppe, 14)
        legg_på(kafka, *((rad.stream.encode(), rad.data) for rad in reversed(egne(oppe))))
        ta_inn(tail, oppe, 28)
    assert (arkivert(oppe), oppe.engines["leser"].parked) == (28, 0)


def test_garbage_is_counted_and_hinders_nothing(oppe: Oppsatt, kafka: str) -> None:
    noter_noe(oppe, 3)
    en = egne(oppe)[0]
    før = søppel()
    legg_på(kafka, (b"x", b"noe annet"), (b"x", None), (None, b""), (b"x", b"\xc3\x01" + b"\0" * 30))
    legg_på(kafka, (b"en annens noekkel", en.data), (b"x", b"\xc3\x01"), (b"x", b"\0\0\0\0\7" + en.data[10:]))
    send_alt(oppe.mappe, kafka)
    with topics(oppe, kafka) as tail:
        ta_inn(tail, oppe, 3)
        vent(lambda: bool(tail.advance()) or tail.lag() == 0, "the topic is read to its end")
    assert søppel() - før == 7
    assert oppe.engines["leser"].parked == 0


def test_a_record_that_is_cut_off_parks_its_stream_and_the_others_go_on(oppe: Oppsatt, kafka: str) -> None:
    noter_noe(oppe, 14)
    første = egne(oppe)[0]
    legg_på(kafka, (første.stream.encode(), første.data[:-3]))
    send_alt(oppe.mappe, kafka)
    with topics(oppe, kafka) as tail:
        ta_inn(tail, oppe, 12)
    assert oppe.engines["leser"].parked == 1


def test_records_of_a_stream_that_come_in_the_wrong_order_take_effect_in_the_right_one(
    oppe: Oppsatt, kafka: str
) -> None:
    for _ in range(4):
        oppe.engines["skriver"].command(noter(STRØM))
    rader = egne(oppe)
    legg_på(kafka, *((rad.stream.encode(), rad.data) for rad in (rader[2], rader[3], rader[1], rader[2], rader[0])))
    with topics(oppe, kafka) as tail:
        ta_inn(tail, oppe, 4)
    assert [rad.version for rad in mottatt(oppe)] == [1, 2, 3, 4]
    assert oppe.engines["leser"].parked == 0
    assert arkivert(oppe) == 4


def test_a_stream_that_waits_for_a_mended_record_is_not_taken_for_one_with_a_gap(tmp_path: Path) -> None:
    uvilje = Uvilje({1})
    with satt_opp(tmp_path, skriver(), leser(uvilje)) as oppe:
        for _ in range(3):
            oppe.engines["skriver"].command(noter(STRØM))
        leseren, rader = oppe.engines["leser"], [motta(rad) for rad in egne(oppe)]
        leseren.receive({}, rader)
        leseren.receive({}, rader)
        parkert = leseren.read(lambda db: intake.parked(db, STRØM))
        assert [(rad.version, bool(rad.error)) for rad in parkert] == [(1, True), (2, False), (3, False)]
        uvilje.versjoner.clear()
        assert leseren.retry(STRØM) == 3


def motta(rad: log.Stored) -> Received:
    return Received("skriver", rad.topic, rad.position, rad.data)


def test_without_its_topic_it_says_what_to_do(oppe: Oppsatt, kafka: str) -> None:
    tail = Topics(oppe.engines["leser"], Cluster(kafka), ["skriver.finnes-ikke"], AsStored())
    with closing(tail), pytest.raises(Stopped, match="bindeledd topics apply"):
        tail.advance()
    assert "bindeledd topics apply" in tail.trouble


def test_when_something_waits_and_nothing_moves_it_says_so_and_begins_anew(
    oppe: Oppsatt, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(oppe, kafka, 10)
    with topics(oppe, kafka) as tail:
        ta_inn(tail, oppe, 10)
        noter_noe(oppe, 10)
        assert tail._consumer is not None
        tail._consumer.pause(tail._consumer.assignment())
        tail._reached = dict.fromkeys(tail._reached, 0)
        with monkeypatch.context() as utålmodig:
            utålmodig.setattr(worker, "STUCK_SECONDS", 0.5)
            with pytest.raises(Stopped, match="none has come in"):
                uten_ende(tail)
        send_alt(oppe.mappe, kafka)
        ta_inn(tail, oppe, 20)


def test_a_partition_that_could_not_be_placed_when_it_was_given_is_placed_by_the_next_poll(
    oppe: Oppsatt, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(oppe, kafka, 10)
    with topics(oppe, kafka) as tail:
        ordentlig = tail._stands

        def nei(_partition: object) -> int:
            monkeypatch.setattr(tail, "_stands", ordentlig)
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(tail, "_stands", nei)
        with pytest.raises(OSError, match="Input/output"):
            uten_ende(tail)
        assert tail.partitions == 0
        ta_inn(tail, oppe, 10)


def test_a_batch_that_cannot_be_kept_now_is_fetched_again(
    oppe: Oppsatt, kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(oppe, kafka, 10)
    leseren = oppe.engines["leser"]
    ordentlig = leseren.receive

    def full(_cursors: object, records: Sequence[Received]) -> None:
        assert records
        monkeypatch.setattr(leseren, "receive", ordentlig)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(leseren, "receive", full)
    with topics(oppe, kafka) as tail:
        with pytest.raises(OSError, match="No space"):
            uten_ende(tail)
        ta_inn(tail, oppe, 10)
    assert all(CODEC.peek(rad.data).version == rad.version for rad in mottatt(oppe))
