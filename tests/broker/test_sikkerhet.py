"""On a Kafka that asks who everybody is: who is let in, who may do what, and that our own do their work under it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from faust import SASLCredentials, SSLCredentials
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError

from bindeledd.app.installation import catalog, give
from bindeledd.app.process import rights_wanted
from bindeledd.app.settings import Settings
from bindeledd.core.errors import TransientError
from bindeledd.runtime import kafka as vår_kafka
from bindeledd.runtime import rights, topics
from bindeledd.runtime.kafka import OPEN, Cluster, Security
from bindeledd.runtime.rights import PART, RELAY, WATCH, WEB, name_of
from bindeledd.runtime.watch.reading import credentials
from tests.broker import kafka
from tests.broker.anlegg import prosesser
from tests.broker.kafka import vent
from tests.broker.mor import TAUS
from tests.broker.sikker import PASSORD, Sikker, sikker_broker, utenfra
from tests.crash.filer import Post, les_mappe
from tests.crash.kontroll import innhentet
from tests.rom import BERGEN
from tests.sertifikater import Utsteder

DEL = name_of(PART, "act-kronstad")
VÅRE = {navn: name_of(*navn.split()) for navn in ("worker samhandling", "relay samhandling", "worker kriseplan")}
SOM_VISER = {"web betanien --demo": name_of(WEB, "betanien"), "watch": name_of(WATCH)}
TEMAER = topics.wanted_topics(catalog(), BERGEN.parter, 1).values()


@pytest.fixture(scope="module")
def sikker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sikker]:
    """A broker with our topics and rights, and a password for some of those who have any."""
    if not kafka.can_start():
        pytest.skip(kafka.MISSING)
    with sikker_broker(tmp_path_factory.mktemp("sikker")) as oppe:
        oppe.slipp_inn(*VÅRE.values(), name_of(RELAY, "kriseplan"), *SOM_VISER.values(), DEL, "en annens")
        with oppe.admin.admin() as admin:
            topics.apply(admin, TEMAER, 1)
            assert rights.apply(admin, rights_wanted(Settings()))
        yield oppe


ALLE = ACLFilter(
    None, None, ACLOperation.ANY, ACLPermissionType.ANY,
    ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
)  # fmt: skip


def skriv(cluster: Cluster, tema: str) -> None:
    slik = {"bootstrap_servers": cluster.bootstrap, **utenfra(cluster)}
    with closing(KafkaProducer(**slik, acks="all", enable_idempotence=True)) as producer:
        producer.send(tema, b"noe", key=b"n").get(30)


def les(cluster: Cluster, tema: str, gruppe: str | None = None) -> None:
    """Read what lies on the topic; a group is joined if one is named."""
    del_ = TopicPartition(tema, 0)
    slik = {"bootstrap_servers": cluster.bootstrap, **utenfra(cluster)}
    with closing(KafkaConsumer(**slik, group_id=gruppe, enable_auto_commit=False)) as consumer:
        consumer.assign([del_])
        assert consumer.end_offsets([del_])
        if gruppe:
            consumer.committed(del_)


def test_a_relay_may_write_its_own_topics_only(sikker: Sikker) -> None:
    kriseplan = sikker.cluster(name_of(RELAY, "kriseplan"))
    with pytest.raises(TopicAuthorizationFailedError):
        skriv(kriseplan, "samhandling.opphold")
    with pytest.raises(TopicAuthorizationFailedError):
        les(kriseplan, "samhandling.opphold")
    skriv(sikker.cluster(VÅRE["relay samhandling"]), "samhandling.til.act-kronstad")


@pytest.mark.parametrize("hvem", ["et passord", "et sertifikat"])
def test_a_partys_own_system_may_read_its_own_topic_and_nothing_else(sikker: Sikker, hvem: str) -> None:
    system = sikker.cluster(DEL) if hvem == "et passord" else sikker.med_sertifikat(DEL)
    les(system, "samhandling.til.act-kronstad", DEL)
    for annet in ("samhandling.til.act-betanien", "samhandling.opphold", "ansvarsgruppe.samtykke"):
        with pytest.raises(TopicAuthorizationFailedError):
            les(system, annet)
    with pytest.raises(GroupAuthorizationFailedError):
        les(system, "samhandling.til.act-kronstad", "bindeledd.kriseplan")
    with pytest.raises(KafkaError, match="AuthorizationFailed"):
        skriv(system, "samhandling.til.act-kronstad")


def test_a_web_reads_its_own_organisations_parties_only(sikker: Sikker) -> None:
    web = sikker.cluster(name_of(WEB, "betanien"))
    les(web, "samhandling.til.act-betanien", web.client)
    for annet in ("samhandling.til.act-kronstad", "samhandling.person"):
        with pytest.raises(TopicAuthorizationFailedError):
            les(web, annet)


def test_a_worker_may_read_and_never_write(sikker: Sikker) -> None:
    arbeider = sikker.cluster(VÅRE["worker kriseplan"])
    les(arbeider, "samhandling.opphold", "bindeledd.kriseplan")
    for annet in ("samhandling.til.act-kronstad", "barn_paaroerende.kartlegging"):
        with pytest.raises(TopicAuthorizationFailedError):
            les(arbeider, annet)
    with pytest.raises(KafkaError, match="AuthorizationFailed"):
        skriv(arbeider, "samhandling.opphold")


def test_faust_is_told_who_we_are_and_whom_to_trust(sikker: Sikker) -> None:
    passord = credentials(sikker.cluster(name_of(WATCH)).security)
    assert isinstance(passord, SASLCredentials)
    assert (passord.protocol.value, passord.mechanism.value) == ("SASL_SSL", "SCRAM-SHA-512")
    assert isinstance(credentials(sikker.med_sertifikat(name_of(WATCH)).security), SSLCredentials)
    assert credentials(OPEN) is None


def test_who_is_known_but_has_no_rights_sees_no_topic(sikker: Sikker) -> None:
    with sikker.cluster("en annens").admin() as admin:
        assert admin.topics(["samhandling.opphold"]) == {}
        assert list(admin.client.list_topics().topics) == []


@pytest.mark.parametrize(
    ("hvordan", "grunn"),
    [
        ("feil passord", "do not take our user or password"),
        ("annen måte", "take no password that is proved so"),
        ("annen utsteder", "certificate is not one that we trust"),
        ("uten noe", "no broker answers"),
        ("uten bruker", "no broker answers"),
        ("uten sertifikat", "TLS with the broker fails"),
    ],
)
def test_who_is_not_known_is_refused_and_told_why_in_one_line_without_the_secret(
    sikker: Sikker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hvordan: str, grunn: str
) -> None:
    monkeypatch.setattr(vår_kafka, "CONNECT_MS", 1_000 if grunn == "no broker answers" else 30_000)
    hemmelig = "noe-som-ikke-skal-sees"
    cluster = {
        "feil passord": sikker.cluster(DEL, hemmelig),
        "annen måte": sikker.cluster(DEL, hemmelig, "SCRAM-SHA-256"),
        "annen utsteder": Cluster(sikker.bootstrap, DEL, Security(Utsteder(tmp_path, "en annen").ca, DEL, hemmelig)),
        "uten noe": Cluster(sikker.bootstrap, DEL, OPEN),
        "uten bruker": Cluster(sikker.bootstrap, DEL, Security(sikker.utsteder.ca)),
        "uten sertifikat": Cluster(sikker.bootstrap_ssl, DEL, Security(sikker.utsteder.ca)),
    }[hvordan]
    with pytest.raises(TransientError, match=grunn) as feil:
        cluster.identity([])
    assert "\n" not in str(feil.value)
    assert hemmelig not in f"{feil.value} {cluster!r}"


def test_rights_that_are_nobodys_any_more_are_taken_and_those_of_others_are_left(sikker: Sikker) -> None:
    fremmed = ACL(
        "User:en annens", "*", ACLOperation.READ, ACLPermissionType.ALLOW,
        ResourcePattern(ResourceType.TOPIC, "samhandling.person"),
    )  # fmt: skip
    gammel = ACL(f"User:{DEL}", "*", ACLOperation.READ, ACLPermissionType.ALLOW, fremmed.resource_pattern)
    sperre = ACL(f"User:{DEL}", "*", ACLOperation.WRITE, ACLPermissionType.DENY, fremmed.resource_pattern)
    ønsket = rights_wanted(Settings())
    with sikker.admin.admin() as admin, kafka.admin(sikker.bootstrap, **utenfra(sikker.admin)) as utenfra_:
        utenfra_.create_acls([fremmed, gammel, sperre])
        vent(lambda: len(rights.apply(admin, ønsket[1:]) or []) == 1, "only what is forbidden by hand is told")
        assert [endret.what for endret in rights.apply(admin, ønsket) or []] == [
            "1 rights given", "is forbidden by hand, which is left so, to write topic samhandling.person",
        ]  # fmt: skip
        der, _ = utenfra_.describe_acls(ALLE)
    assert fremmed in der
    assert gammel not in der
    assert sperre in der


def test_all_our_processes_do_their_work_under_these_rights(sikker: Sikker, tmp_path: Path) -> None:
    (passord := tmp_path / "passord").write_text(PASSORD + "\n", "utf-8")
    with prosesser(tmp_path, sikker.bootstrap) as oppe:
        for navn, bruker in VÅRE.items():
            oppe.miljø = {
                "BINDELEDD_KAFKA_CA_FILE": str(sikker.utsteder.ca),
                "BINDELEDD_KAFKA_USER": bruker,
                "BINDELEDD_KAFKA_PASSWORD_FILE": str(passord),
                "BINDELEDD_KAFKA_PARTITIONS": "1",
            }
            oppe.begynn(navn)
        for navn in VÅRE:
            vent(lambda navn=navn: oppe.klar(navn), f"{navn} is ready")  # type: ignore[misc]
        oppe.send([1])
        vent(lambda: any(not post.egen for post in poster(tmp_path, "kriseplan")), "kriseplan hears")
        vent(lambda: not list(innhentet(les_mappe(tmp_path))), "all have caught up")
        give(Settings(data=tmp_path), "betanien").save(tmp_path / "nøkler")
        for navn, bruker in SOM_VISER.items():
            # The services that are not up here are away for as long as the test takes.
            oppe.miljø |= {"BINDELEDD_KAFKA_USER": bruker, "BINDELEDD_KEYS_FILE": str(tmp_path / "nøkler"), TAUS: "600"}
            oppe.begynn(navn)
        for navn in SOM_VISER:
            vent(lambda navn=navn: oppe.klar(navn), f"{navn} is ready")  # type: ignore[misc]
        vent(lambda: oppe.tall("watch", "bindeledd_watched_until") > 0, "the watch has read")
        oppe.stopp(*VÅRE, *SOM_VISER)


def poster(mappe: Path, tjeneste: str) -> list[Post]:
    return list(next((fil.poster for fil in les_mappe(mappe).filer.values() if fil.navn == tjeneste), []))
