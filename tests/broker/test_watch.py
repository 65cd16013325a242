"""`bindeledd watch` on a real Kafka: what should have happened is missed, and told until it has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from bindeledd.app.installation import codec
from bindeledd.core.clock import system_clock, system_entropy
from bindeledd.core.envelope import Envelope
from bindeledd.runtime.kafka import HEARTBEAT, AsStored, Cluster
from bindeledd.runtime.topics import apply
from bindeledd.runtime.watch import absence
from bindeledd.runtime.watch import watch as watch_module
from bindeledd.runtime.watch.absence import Kind
from bindeledd.runtime.watch.watch import Seen, Watch
from tests.broker.anlegg import TEMAER, Anlegg, nye_temaer, prosesser
from tests.broker.kafka import vent
from tests.hendelser import konvolutt, overskredet, satt

pytestmark = pytest.mark.timeout(300)

STRØM = "ab" * 16
OPPHOLD = "samhandling.opphold"
LESER = "bindeledd.leser"


@contextmanager
def sender(broker: str) -> Iterator[KafkaProducer]:
    with closing(KafkaProducer(bootstrap_servers=broker, acks="all")) as producer:
        yield producer


def legg(producer: KafkaProducer, event: Any, versjon: int, strøm: str = STRØM) -> None:
    """Put a record on the topic of stays, as a relay does."""
    data = codec().encode(konvolutt(event, strøm, versjon, registrert=datetime.now(UTC)), event)
    producer.send(OPPHOLD, data, key=strøm.encode()).get(30)


# -- the process ------------------------------------------------------------------------------------------------------


def side(oppe: Anlegg) -> str:
    return httpx.get(f"{oppe.adresse('watch')}/innhold", timeout=10).text


def alarmer(oppe: Anlegg, slag: str) -> float:
    return oppe.tall("watch", f'bindeledd_alarms{{kind="{slag}"')


def test_a_deadline_that_nobody_judges_is_told_on_the_page_and_in_the_metrics_until_it_is_judged(
    tmp_path: Path, broker: str
) -> None:
    with Cluster(broker).admin() as admin:
        apply(admin, TEMAER.values(), 1)
    nye_temaer(broker, [OPPHOLD])
    før = på_klyngen(broker)
    forfall = datetime.now(UTC) - timedelta(minutes=10)
    with prosesser(tmp_path, broker) as oppe, sender(broker) as producer:
        lå_der = {*tmp_path.iterdir()}
        legg(producer, satt(forfall), 1)
        legg(producer, satt(forfall, "kartlegging"), 2)
        legg(producer, overskredet(forfall, "kartlegging"), 3)
        for gift in (b"noe annet", None, b""):
            producer.send(OPPHOLD, gift, key=b"x")
        producer.flush()
        oppe.start("watch")
        vent(lambda: alarmer(oppe, "unjudged") == 1, "the alarm is in the metrics")
        assert "Fristen svar-24t gikk ut" in side(oppe)
        assert STRØM in side(oppe)
        assert "kartlegging gikk ut" not in side(oppe)
        assert '"event": "alarm.raised"' in oppe.sagt("watch")
        assert oppe.tall("watch", 'bindeledd_garbage_total{service="watch"') >= 2
        legg(producer, overskredet(forfall), 4)
        vent(lambda: alarmer(oppe, "unjudged") == 0, "the alarm is gone")
        assert "gikk ut" not in side(oppe)
        assert oppe.helse("watch") == {"klar": True, "hvorfor": []}
        oppe.stopp("watch")
        assert oppe.sagt("watch").endswith("slutt 0\n")
    assert på_klyngen(broker) == før, "it has written something"
    assert {*tmp_path.iterdir()} - lå_der == {tmp_path / "watch.sagt"}, "it has kept something"


def på_klyngen(broker: str) -> Mapping[str, Any]:
    """Topics, and the offsets that anybody has told: the broker makes a topic for those when it is first asked."""
    with closing(KafkaAdminClient(bootstrap_servers=broker)) as admin:
        grupper = [gruppe["group_id"] for gruppe in admin.list_groups()]
        fortalt = admin.list_group_offsets(dict.fromkeys(grupper)) if grupper else {}
        return {
            "topics": sorted({*admin.list_topics()} - {"__consumer_offsets"}),
            "offsets": {gruppe: nådd for gruppe, nådd in fortalt.items() if nådd},
        }


# -- in this process --------------------------------------------------------------------------------------------------


class Teller:
    """Counts the streams it is given; `vrang` is one that it cannot bear."""

    def __init__(self, vrang: str = "") -> None:
        self.sett: list[str] = []
        self._vrang = vrang

    def take(self, _topic: str, envelope: Envelope, _event: Any) -> None:
        if envelope.stream == self._vrang:
            raise ValueError
        self.sett.append(envelope.stream)

    def count(self, _clocks: Iterable[str], _now: datetime) -> Mapping[str, Any]:
        return {"sett": len(self.sett)}


@contextmanager
def overvåking(broker: str, teller: Callable[[], Teller] = Teller) -> Iterator[Watch]:
    watch = Watch(
        Cluster(broker), {OPPHOLD: (LESER,)}, [OPPHOLD], lambda: Seen(codec(), AsStored(), system_clock, teller()),
        system_clock, system_entropy,
    )  # fmt: skip
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()


def slag(watch: Watch) -> set[Kind]:
    return {alarm.kind for alarm in watch.picture.alarms}


@pytest.fixture
def kafka(broker: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A broker on which the topic of stays is new; it is looked at often."""
    monkeypatch.setattr(watch_module, "LOOK_SECONDS", 0.2)
    nye_temaer(broker, [OPPHOLD])
    return broker


def test_a_record_that_nobody_took_in_is_missed_until_its_reader_has_passed_it(
    kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(absence, "TAKEN_WITHIN", timedelta(0))
    with (
        sender(kafka) as producer,
        overvåking(kafka) as watch,
        closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin,
    ):
        legg(producer, overskredet(datetime.now(UTC)), 1)
        vent(lambda: slag(watch) == {Kind.UNREAD}, "it is missed")
        (alarm,) = watch.picture.alarms
        assert (alarm.service, watch.picture.lag) == (LESER, {LESER: 1})
        admin.alter_group_offsets(LESER, {TopicPartition(OPPHOLD, int(alarm.what)): OffsetAndMetadata(1, "", -1)})
        vent(lambda: slag(watch) == set(), "it is missed no more")
        assert watch.picture.lag == {LESER: 0}
        admin.delete_groups([LESER])


def test_a_heartbeat_that_stopped_is_missed_until_it_is_heard_again(kafka: str) -> None:
    with sender(kafka) as producer, overvåking(kafka) as watch:
        vent(lambda: watch.picture.upto is not None, "all is read")
        assert slag(watch) == set(), "nobody is missed who was never heard"
        for alder in (timedelta(minutes=2), timedelta(0)):
            at = int((datetime.now(UTC) - alder).timestamp() * 1000)
            producer.send(OPPHOLD, b"", headers=[(HEARTBEAT, b"1")], timestamp_ms=at).get(30)
            vent(lambda: (Kind.SILENT in slag(watch)) is bool(alder), "it is missed, and then not")  # noqa: B023


def test_what_raises_within_the_agent_costs_that_record_alone(kafka: str) -> None:
    with sender(kafka) as producer, overvåking(kafka, lambda: Teller("b" * 32)) as watch:
        legg(producer, satt(datetime.now(UTC)), 1, "b" * 32)
        vent(lambda: watch.picture.upto is not None and watch.picture.read == 1, "it counts as read")
        for strøm in ("a" * 32, "c" * 32):
            legg(producer, satt(datetime.now(UTC)), 1, strøm)
        vent(lambda: watch.picture.tally == {"sett": 2}, "the others have been taken")
        assert watch.picture.read == 3


EN_STANS = 100.0
"""Now and then Faust waits a minute for its own thread before it stops, and only then begins anew."""


def test_a_topic_that_is_made_anew_is_read_anew_and_so_it_is_by_two_that_watch_at_once(kafka: str) -> None:
    forfall = datetime.now(UTC) - timedelta(hours=1)
    with sender(kafka) as producer, overvåking(kafka) as en, overvåking(kafka) as to:
        legg(producer, satt(forfall), 1)
        for watch in (en, to):
            vent(lambda: slag(watch) == {Kind.UNJUDGED}, "it is missed")  # noqa: B023
        nye_temaer(kafka, [OPPHOLD])
        legg(producer, satt(forfall), 1, "c" * 32)
        for watch in (en, to):
            vent(lambda: {alarm.stream for alarm in watch.picture.alarms} == {"c" * 32}, "only the new one", EN_STANS)  # noqa: B023
            vent(lambda: watch.trouble == "", "all is well")  # noqa: B023
