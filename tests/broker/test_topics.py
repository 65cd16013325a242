"""`bindeledd topics apply` on a real Kafka: what is made, what is mended, and what is refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from kafka.admin import ConfigResource, ConfigResourceType

from bindeledd.app.installation import catalog
from bindeledd.app.process import rights_wanted
from bindeledd.app.settings import Settings
from bindeledd.runtime import rights
from bindeledd.runtime.kafka import Admin, Cluster
from bindeledd.runtime.topics import DAY_MS, Dangerous, Wanted, apply, wanted_topics
from tests.broker import kafka
from tests.broker.kafka import vent
from tests.rom import BERGEN


@pytest.fixture
def admin(broker: str) -> Iterator[Admin]:
    with Cluster(broker).admin() as opened:
        yield opened


@pytest.fixture
def utenfra(broker: str) -> Iterator[Any]:
    with kafka.admin(broker) as opened:
        yield opened


@pytest.fixture
def tema() -> Wanted:
    return Wanted(f"prove.{uuid.uuid4().hex}", 2, 30 * DAY_MS)


def test_where_a_cluster_has_nobody_who_asks_the_rights_are_left_and_that_is_said(admin: Admin) -> None:
    """Such a cluster refuses that rights are given; that there are none it tells like any other."""
    assert rights.apply(admin, rights_wanted(Settings())) is None


def innstilling(utenfra: Any, tema: str) -> dict[str, Any]:
    svar = utenfra.describe_configs([ConfigResource(ConfigResourceType.TOPIC, tema)], config_filter="all")
    return {navn: verdi["value"] for navn, verdi in svar["topic"][tema].items()}


def still(utenfra: Any, tema: str, verdier: dict[str, str]) -> None:
    """Change a topic by hand, and wait until the broker says so: it answers before it has taken the change in."""
    utenfra.alter_configs([ConfigResource(ConfigResourceType.TOPIC, tema, verdier)])
    vent(lambda: innstilling(utenfra, tema).items() >= verdier.items(), "the topic is changed")


def test_there_is_a_topic_for_what_a_service_or_a_party_reads_or_an_auditor_hears_told_again_and_no_other() -> None:
    temaer = wanted_topics(catalog(), BERGEN.parter, 6)
    assert temaer["samhandling.opphold"] == Wanted("samhandling.opphold", 6, -1)
    assert temaer["kriseplan.til.act-kronstad"] == Wanted("kriseplan.til.act-kronstad", 1, -1)
    assert "samhandling.kvittering" not in temaer
    assert "tilgang.oppslag" not in temaer
    lest = sum(bool(t.readers) for t in catalog().topics.values())
    assert len(temaer) == lest + len(["samhandling.avvik"]) + 4 * len(BERGEN.parter)
    assert "samhandling.avvik" in temaer
    assert all(
        len(navn) <= 249 and navn.replace("-", "").replace("_", "").replace(".", "").isalnum() for navn in temaer
    )


def test_a_new_topic_keeps_its_records_and_a_second_time_nothing_changes(
    admin: Admin, utenfra: Any, tema: Wanted
) -> None:
    assert [change.what for change in apply(admin, [tema], 1)] == ["made, 2 partitions"]
    satt = innstilling(utenfra, tema.name)
    assert (satt["cleanup.policy"], satt["retention.ms"]) == ("delete", str(30 * DAY_MS))
    assert (satt["min.insync.replicas"], satt["unclean.leader.election.enable"]) == ("1", "false")
    assert apply(admin, [tema], 1) == []


def test_what_somebody_changed_by_hand_is_mended(admin: Admin, utenfra: Any, tema: Wanted) -> None:
    apply(admin, [tema], 1)
    still(utenfra, tema.name, {"unclean.leader.election.enable": "true", "retention.ms": str(DAY_MS)})
    assert len(apply(admin, [replace(tema, partitions=4)], 1)) == 3
    assert innstilling(utenfra, tema.name)["unclean.leader.election.enable"] == "false"
    assert innstilling(utenfra, tema.name)["retention.ms"] == str(30 * DAY_MS)
    assert apply(admin, [replace(tema, partitions=4)], 1) == []


@pytest.mark.parametrize(
    ("endring", "grunn"),
    [({"partitions": 1}, "2 partitions"), ({"retention_ms": DAY_MS}, "30 days, and 1 days would delete some")],
)
def test_what_would_lose_records_is_refused_and_nothing_is_changed(
    admin: Admin, utenfra: Any, tema: Wanted, endring: dict[str, Any], grunn: str
) -> None:
    apply(admin, [tema], 1)
    ny = Wanted(f"{tema.name}.ny", 1, -1)
    with pytest.raises(Dangerous, match=grunn):
        apply(admin, [ny, replace(tema, **endring)], 1)
    assert ny.name not in utenfra.list_topics()


def test_to_keep_for_a_time_what_was_to_be_kept_for_ever_is_refused(admin: Admin, tema: Wanted) -> None:
    apply(admin, [replace(tema, retention_ms=-1)], 1)
    with pytest.raises(Dangerous, match="keeps records for ever"):
        apply(admin, [tema], 1)


def test_a_topic_that_somebody_had_compacted_is_refused(admin: Admin, utenfra: Any, tema: Wanted) -> None:
    apply(admin, [tema], 1)
    still(utenfra, tema.name, {"cleanup.policy": "compact"})
    with pytest.raises(Dangerous, match="delete the topic, apply, and let its relay refill it"):
        apply(admin, [tema], 1)
