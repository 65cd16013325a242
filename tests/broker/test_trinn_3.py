"""Rung 3: every service and relay a process of its own, a real Kafka between them; what they survive.

After each an outsider, who reads only the database files and the topics, finds nothing lost, nothing doubled, each
stream in its order, and nobody behind (`anlegg`).
"""

from __future__ import annotations

import os
import signal
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from kafka import KafkaProducer

from bindeledd.runtime.topics import VIEWS
from bindeledd.runtime.views import IN_DOUBT
from tests.broker.anlegg import (
    ALLE,
    KOMMUNEN,
    RELAYS,
    TEMAER,
    WEB,
    WEBENS,
    WORKERS,
    Anlegg,
    anlegg,
    nye_temaer,
    prosesser,
    på_temaene,
    skrevet_av,
)
from tests.broker.kafka import vent
from tests.broker.mor import TAUS
from tests.crash.filer import Post, les_mappe
from tests.samler import samler

pytestmark = pytest.mark.timeout(300)


def test_a_message_goes_from_the_intake_over_kafka_to_every_service_and_onto_the_board(
    tmp_path: Path, broker: str
) -> None:
    with samler() as spor, anlegg(tmp_path, broker) as oppe:
        oppe.miljø = {"BINDELEDD_OTLP_URL": spor.url}
        oppe.start(*ALLE)
        oppe.send([1, 2])
        oppe.vent_til_innhentet()
        assert oppe.tall("relay samhandling", "bindeledd_relayed_total") > 0
        assert oppe.tall(WEB, "bindeledd_received_total") > 0
        vent(lambda: oppe.tall("worker kriseplan", "bindeledd_lag_records") == 0, "the lag is told to be 0")
        vent(lambda: oppe.tall("relay kriseplan", "bindeledd_lag_seconds") == 0, "and of what has not been sent")
        assert oppe.tall("worker kriseplan", "bindeledd_garbage_total") == 0  # a sign of life is none
        for hver in (navn for navn in ALLE if navn.startswith("worker ")):
            assert oppe.tall(hver, "bindeledd_schemas_read_quickly") > 0
            assert oppe.tall(hver, "bindeledd_records_read_slowly") == 0
    filer = les_mappe(tmp_path).filer
    egne = {navn: [post.navn for post in fil.poster if post.egen] for navn, fil in filer.items()}
    assert egne["samhandling"].count("PasientInnlagt") == 2
    assert egne["barn_paaroerende"].count("KartleggingKrevd") == 2
    assert {post.navn for post in filer[f"web.{KOMMUNEN}"].poster} >= {"OppholdUtsnitt", "PersonUtsnitt"}
    for ett in {p.konvolutt["correlation"] for p in filer["samhandling"].poster if p.navn == "PasientInnlagt"}:
        spenn = {hvert.id: hvert for hvert in spor.spenn if hvert.spor == ett}
        assert {hvert.prosess.removeprefix("bindeledd ") for hvert in spenn.values()} >= {
            "worker samhandling", "relay samhandling", "worker barn_paaroerende", "relay barn_paaroerende",
            f"web {KOMMUNEN}",
        }  # fmt: skip
        røtter = [hvert.navn for hvert in spenn.values() if hvert.forelder not in spenn]
        assert røtter == ["samhandling carries out MeldingMottatt"]


def test_a_relay_killed_between_the_brokers_answer_and_its_cursor_sends_again_what_is_then_dropped(
    tmp_path: Path, broker: str
) -> None:
    with anlegg(tmp_path, broker) as oppe:
        oppe.start(*WORKERS, *RELAYS[1:])
        oppe.miljø = {"BINDELEDD_TEST_DØ": "relay før markøren"}
        oppe.begynn("relay samhandling")
        oppe.send([1])
        vent(lambda: oppe.borte("relay samhandling"), "the relay is gone")
        sendt = len(list(på_temaene(broker, skrevet_av("samhandling"))))
        assert sendt > 0
        oppe.miljø = {}
        oppe.start("relay samhandling")
        vent(lambda: len(list(på_temaene(broker, skrevet_av("samhandling")))) > sendt, "it is sent again")
        oppe.vent_til_innhentet()
        dobbelt = 'bindeledd_received_total{service="web.bergen-kommune",verdict="duplicate"'
        vent(lambda: oppe.tall(WEB, dobbelt) > 0, "what came twice is dropped")


def test_a_topic_that_is_deleted_and_made_anew_is_filled_again(tmp_path: Path, broker: str) -> None:
    with anlegg(tmp_path, broker) as oppe:
        oppe.start(*ALLE)
        oppe.send([1])
        oppe.vent_til_innhentet()
        nye_temaer(broker, ["samhandling.opphold", "samhandling.til.enhet-aarstad"])
        oppe.send([2])
        oppe.vent_til_innhentet()
        alle = {
            post.data
            for post in les_mappe(tmp_path).filer["samhandling"].poster
            if post.egen and post.tema == "samhandling.opphold"
        }
        vent(
            lambda: {data for *_, data in på_temaene(broker, ["samhandling.opphold"])} >= alle,
            "the topic is filled again",
        )


def test_duplicates_and_garbage_on_the_topics_hinder_nothing(tmp_path: Path, broker: str) -> None:
    with anlegg(tmp_path, broker) as oppe:
        oppe.start(*ALLE)
        oppe.send([1])
        oppe.vent_til_innhentet()
        poster = list(på_temaene(broker))
        with closing(KafkaProducer(bootstrap_servers=broker)) as producer:
            for tema, nøkkel, data in poster:
                producer.send(tema, data, key=nøkkel.encode())
            for tema in TEMAER:
                producer.send(tema, b"noe annet", key=b"x")
                producer.send(tema, None, key=b"x")
        oppe.send([2])
        oppe.vent_til_innhentet()
        vent(lambda: oppe.tall(WEB, "bindeledd_lag_records") == 0, "web has read to the end")
        assert oppe.tall(WEB, "bindeledd_garbage_total") >= 2 * len(WEBENS)
        assert oppe.helse(WEB) == {"klar": True, "hvorfor": []}


def test_a_new_store_starts_up_from_the_writers_themselves_where_no_topic_brings_anything(
    tmp_path: Path, broker: str
) -> None:
    nye_temaer(broker)
    with prosesser(tmp_path, broker) as oppe:
        oppe.start("worker samhandling")
        oppe.send([1])
        oppe.start("worker ansvarsgruppe", "worker kriseplan", "worker barn_paaroerende", WEB)
        skrevet = {
            post.data
            for post in les_mappe(tmp_path).filer["samhandling"].poster
            if post.egen and post.tema == "samhandling.opphold"
        }

        def alle_har() -> bool:
            filer = les_mappe(tmp_path).filer
            har = [{post.data for post in filer[navn].poster} for navn in ("ansvarsgruppe", "kriseplan")]
            vist = [post.navn for post in filer[f"web.{KOMMUNEN}"].poster]
            return all(skrevet <= hvers for hvers in har) and "OppholdUtsnitt" in vist

        vent(alle_har, "everybody has it")
        assert oppe.tall(WEB, "bindeledd_filled_total") > 0
        assert oppe.tall("worker kriseplan", 'bindeledd_heard_timestamp_seconds{service="kriseplan"') > 0
        oppe.stopp(*oppe.numre)


def test_while_who_writes_consents_stands_still_what_rests_on_them_is_denied_and_afterwards_given_again(
    tmp_path: Path, broker: str
) -> None:
    def siste() -> dict[str, Post]:
        """Each view stream's last record."""
        return {p.strøm: p for p in les_mappe(tmp_path).filer["samhandling"].poster if p.egen and VIEWS in p.tema}

    def i_tvil() -> set[str]:
        return {strøm for strøm, post in siste().items() if post.felt.get("grunn") == IN_DOUBT}

    with anlegg(tmp_path, broker) as oppe:
        oppe.miljø = {TAUS: "4"}
        oppe.start(*ALLE)
        oppe.send([1], ["innlagt"])
        oppe.vent_til_innhentet()
        vent(lambda: bool(siste()) and not i_tvil(), "everybody has what they may know")
        os.kill(oppe.numre["worker ansvarsgruppe"], signal.SIGSTOP)
        vent(lambda: bool(i_tvil()), "what rests on relation and consent has ended, and says why")
        assert len(i_tvil()) < len(siste()), "what was addressed to somebody stays"
        os.kill(oppe.numre["worker ansvarsgruppe"], signal.SIGCONT)
        vent(lambda: not i_tvil(), "it is given again")


def test_two_of_the_same_are_refused_and_so_is_the_whole_beside_a_part(tmp_path: Path, broker: str) -> None:
    nye_temaer(broker)
    with prosesser(tmp_path, broker) as oppe:
        oppe.start("worker kriseplan", "relay kriseplan")
        første = dict(oppe.numre)
        oppe.miljø = {"BINDELEDD_PORT": "0"}
        for navn in (*første, "rebuild"):
            oppe.begynn(navn)
            vent(partial(oppe.borte, navn), "it is gone")
            assert "works on the data folder" in oppe.sagt(navn)
            assert oppe.sagt(navn).endswith("slutt 3\n")
        oppe.numre = første
        oppe.stopp(*første)


def test_without_a_broker_relay_worker_and_watch_say_why_they_are_not_ready_and_stop_when_asked(tmp_path: Path) -> None:
    with prosesser(tmp_path, "127.0.0.1:9") as oppe:
        hvem = ("worker samhandling", "relay samhandling", "watch")
        for navn in hvem:
            oppe.begynn(navn)
        for navn in hvem:
            vent(partial(sier_hvorfor, oppe, navn), "it says why")
        oppe.send([1])
        oppe.stopp(*hvem)
        assert all(oppe.sagt(navn).endswith("slutt 0\n") for navn in hvem)


def sier_hvorfor(oppe: Anlegg, navn: str) -> bool:
    return bool(oppe.adresse(navn)) and "Kafka: no broker answers" in str(oppe.helse(navn).get("hvorfor"))
