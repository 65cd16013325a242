"""Rung 3: every service and relay a process of its own, a real Kafka between them; what they survive.

After each an outsider, who reads only the database files and the topics, finds nothing lost, nothing doubled, each
stream in its order, and nobody behind (`anlegg`).
"""

from __future__ import annotations

from pathlib import Path

from tests.broker.anlegg import ALLE, anlegg
from tests.crash.filer import les_mappe


def test_a_message_goes_from_the_intake_over_kafka_to_every_service_and_onto_the_board(
    tmp_path: Path, broker: str
) -> None:
    with anlegg(tmp_path, broker) as oppe:
        oppe.start(*ALLE)
        oppe.send([1, 2])
        oppe.vent_til_innhentet()
        assert oppe.tall("relay samhandling", "bindeledd_relayed_total") > 0
    filer = les_mappe(tmp_path).filer
    egne = {navn: [post.navn for post in fil.poster if post.egen] for navn, fil in filer.items()}
    assert egne["samhandling"].count("PasientInnlagt") == 2
    assert egne["barn_paaroerende"].count("KartleggingKrevd") == 2
    assert {post.navn for post in filer["web"].poster} >= {"OppholdUtsnitt", "KartleggingUtsnitt"}
