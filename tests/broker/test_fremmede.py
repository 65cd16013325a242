"""Other people's programs read our topics: a real Kafka, a real registry, and nothing of ours in their hands.

The programs are those that docs/for-a-partys-own-system.md tells a party to write, taken from there.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaProducer

from bindeledd.app.installation import catalog, codec
from bindeledd.core.envelope import Envelope
from bindeledd.runtime.kafka import HEARTBEAT
from bindeledd.schema.registry import Registry, register_all
from tests.broker import registry as real
from tests.broker.anlegg import ALLE, WEB, Anlegg, anlegg, på_temaene, skrevet_av
from tests.broker.kafka import LIMIT, vent
from tests.crash.filer import ROT, les_mappe
from tests.unit.schema.test_asyncapi import node

pytestmark = pytest.mark.timeout(600)
DOKUMENT = ROT / "docs" / "for-a-partys-own-system.md"
TIL_PARTEN, AVSLUTTET, HENDELSER = (
    "samhandling.til.hjemmetjeneste-aarstad", "samhandling.til.pam", "samhandling.opphold"
)  # fmt: skip
KCAT_MANGLER = "kcat is missing: install it (Debian, Ubuntu: apt-get install kafkacat)"
DØGNET_1970, ÅR_1970 = date(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)

Klokkeslett = Callable[[date], str | int]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real.Server]:
    """A running registry with our whole catalogue in it. A test that stops it starts it again."""
    if (reason := real.why_not()) is not None:
        pytest.skip(reason)
    server = real.Server(tmp_path_factory.mktemp("registry"))
    try:
        server.start()
        with closing(Registry(server.url)) as client:
            assert list(register_all(catalog(), client))
        yield server
    finally:
        server.kill()


# -- read by others -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sendt:
    """What samhandling has written and sent, some of it twice."""

    mappe: Path
    kafka: str
    registry: str

    def skrevet(self, tema: str) -> list[tuple[Envelope, Any]]:
        """A topic's records, as our own codec reads them in the writer's log."""
        poster = les_mappe(self.mappe).filer["samhandling"].poster
        return [codec().decode(post.data) for post in poster if post.egen and post.tema == tema]


@pytest.fixture(scope="module")
def sendt(tmp_path_factory: pytest.TempPathFactory, broker: str, registry: real.Server) -> Sendt:
    """Messages about two people have gone from the intake to the services, through Confluent's frames."""
    mappe = tmp_path_factory.mktemp("anlegg")
    with anlegg(mappe, broker, registry.url) as oppe:
        oppe.start(*ALLE)
        oppe.send([1])
        oppe.vent_til_innhentet()
        oppe.stopp("relay samhandling")
        oppe.begynn("relay samhandling", "--fra", "1")  # so that everything until now lies there twice
        vent(partial(oppe.klar, "relay samhandling"), "the relay is ready")
        oppe.send([2])
        oppe.vent_til_innhentet()
        vent(partial(alt_er_sendt, oppe), "the relay has sent everything")
        assert oppe.tall(WEB, "bindeledd_garbage_total") == 0
        assert oppe.tall("worker kriseplan", "bindeledd_garbage_total") == 0
    return Sendt(mappe, broker, registry.url)


def alt_er_sendt(oppe: Anlegg) -> bool:
    return oppe.klar("relay samhandling") and oppe.tall("relay samhandling", "bindeledd_lag_seconds") == 0


@pytest.mark.parametrize("tema", [TIL_PARTEN, AVSLUTTET, HENDELSER])
@pytest.mark.parametrize("språk", ["python", "javascript"])
def test_a_partys_own_program_reads_each_record_once_and_as_we_do(
    tmp_path: Path, sendt: Sendt, språk: str, tema: str
) -> None:
    ventet = sendt.skrevet(tema)
    lest = les(program(språk, tmp_path), tema, sendt, len(ventet))
    skriv_tid = som_tekst if språk == "python" else som_tall
    assert by_id(lest) == by_id([i_json(*post, skriv_tid) for post in ventet])
    assert len(by_id(lest)) == len(lest), "a record that was sent twice is read once"


def test_what_is_compared_holds_every_kind_of_value_that_our_records_have(sendt: Sendt) -> None:
    verdier = [verdi for tema in (TIL_PARTEN, HENDELSER) for post in sendt.skrevet(tema) for verdi in inni(post)]
    assert {type(verdi).__name__ for verdi in verdier} >= {
        "str", "int", "bool", "bytes", "NoneType", "datetime", "date", "tuple", "Forseglet", "Oppholdsstatus", "Actor"
    }  # fmt: skip
    assert [
        hendelse for _, hendelse in sendt.skrevet(AVSLUTTET) if hendelse.avro_name == "no.bindeledd.UtsnittAvsluttet"
    ]


@pytest.mark.parametrize("tema", [TIL_PARTEN, HENDELSER])
def test_kcat_reads_keys_headers_and_the_frame(sendt: Sendt, tema: str) -> None:
    kcat = shutil.which("kcat") or shutil.which("kafkacat")
    if kcat is None:
        pytest.skip(KCAT_MANGLER)
    form = ["-s", "value=>bI", "-f", "%k %s %h\\n"]  # of the value a byte and a number of 32 bits
    spurt = [kcat, "-C", "-b", sendt.kafka, "-t", tema, "-o", "beginning", "-e", "-q", *form]
    linjer = subprocess.run(spurt, capture_output=True, text=True, check=True, timeout=LIMIT).stdout.splitlines()
    poster = (delt(linje) for linje in linjer if HEARTBEAT not in linje)
    lest = {headers["ce_id"]: (nøkkel, ramme, headers) for nøkkel, ramme, headers in poster}
    konvolutter = [konvolutt for konvolutt, _ in sendt.skrevet(tema)]
    assert lest.keys() == {konvolutt.id for konvolutt in konvolutter}
    for konvolutt in konvolutter:
        nøkkel, ramme, headers = lest[konvolutt.id]
        assert nøkkel == konvolutt.stream
        assert re.fullmatch("0[1-9][0-9]*", ramme), "a zero and the schema's id"
        assert headers == {
            "ce_specversion": "1.0", "ce_id": konvolutt.id, "ce_source": "/bindeledd/samhandling",
            "ce_type": konvolutt.type, "ce_time": konvolutt.registrert.isoformat(),
            "ce_partitionkey": konvolutt.stream, "content-type": "application/avro",
        }  # fmt: skip


def delt(linje: str) -> tuple[str, str, dict[str, str]]:
    nøkkel, ramme, headers = linje.split(" ", 2)
    return nøkkel, ramme, dict(header.split("=", 1) for header in headers.split(","))


def program(språk: str, mappe: Path) -> list[str]:
    """The document's example in a language, in a folder of its own, and how it is run."""
    (eksempel,) = re.findall(rf"^```{språk}\n(.+?)^```", DOKUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert "bindeledd" not in eksempel
    fil = mappe / ("les.py" if språk == "python" else "les.mjs")
    fil.write_text(eksempel, "utf-8")
    (mappe / "node_modules").symlink_to(ROT / "node_modules")
    return [sys.executable if språk == "python" else node(), str(fil)]


def les(kommando: Sequence[str], tema: str, sendt: Sendt, antall: int) -> list[dict[str, Any]]:
    """The first so many records that a program reads of a topic, as a group that has read nothing yet."""
    miljø = {**os.environ, "KAFKA": sendt.kafka, "REGISTRY": sendt.registry}
    gruppe = f"test.{uuid4().hex}"
    sagt = Path(kommando[-1]).with_suffix(".sagt")
    with sagt.open("wb") as feil, subprocess.Popen(
        [*kommando, tema, gruppe], env=miljø, stdout=subprocess.PIPE, stderr=feil, text=True
    ) as leser:  # fmt: skip
        assert leser.stdout is not None
        grense = threading.Timer(2 * LIMIT, leser.kill)
        grense.start()
        try:
            lest = [json.loads(linje) for linje in islice(leser.stdout, antall)]
        finally:
            grense.cancel()
            leser.kill()
    assert len(lest) == antall, sagt.read_text("utf-8", "replace")
    return lest


# -- our own reading, as JSON ---------------------------------------------------------------------------------------


def i_json(konvolutt: Envelope, hendelse: Any, skriv_tid: Klokkeslett) -> dict[str, Any]:
    return {"konvolutt": verdi_i_json(konvolutt, skriv_tid), **verdi_i_json(hendelse, skriv_tid)}


def verdi_i_json(verdi: Any, skriv_tid: Klokkeslett) -> Any:
    match verdi:
        case bytes():
            return verdi.hex()
        case date():
            return skriv_tid(verdi)
        case str() | None | int():
            return verdi
        case _ if felt := felter(verdi):
            return {navn: verdi_i_json(hver, skriv_tid) for navn, hver in felt.items()}
        case _:
            return [verdi_i_json(hver, skriv_tid) for hver in verdi]


def felter(verdi: Any) -> Mapping[str, Any]:
    """The fields of a record, as they are called on the wire; none when it is no record."""
    match verdi:
        case Envelope():
            return verdi._asdict()
        case _ if dataclasses.is_dataclass(verdi):
            return {felt.name.removesuffix("_"): getattr(verdi, felt.name) for felt in dataclasses.fields(verdi)}
        case _:
            return {}


def inni(verdi: Any) -> Iterator[Any]:
    """A value and every value inside it."""
    yield verdi
    for hver in felter(verdi).values() or (verdi if isinstance(verdi, tuple) else ()):
        yield from inni(hver)


def som_tekst(tid: date) -> str:
    return tid.isoformat()


def som_tall(tid: date) -> int:
    """As Avro has it: microseconds, or days, since 1970."""
    if isinstance(tid, datetime):
        return (tid - ÅR_1970) // timedelta(microseconds=1)
    return (tid - DØGNET_1970).days


def by_id(poster: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {post["konvolutt"]["id"]: post for post in poster}


# -- the registry is away -------------------------------------------------------------------------------------------


def test_a_registry_that_is_away_at_start_or_later_delays_what_is_new_and_parks_nothing(
    tmp_path: Path, broker: str, registry: real.Server
) -> None:
    samhandling, relay, kriseplan = "worker samhandling", "relay samhandling", "worker kriseplan"
    registry.kill()
    try:
        with anlegg(tmp_path, broker, registry.url) as oppe:
            oppe.start(samhandling, relay, kriseplan)
            oppe.send([1])
            vent(partial(sier_borte, oppe, relay), "the relay says that the registry is away")
            assert list(på_temaene(broker, skrevet_av("samhandling"))) == []
            registry.start()
            oppe.vent_til_innhentet()
            vent(partial(alt_er_sendt, oppe), "the relay has sent everything")

            registry.kill()
            oppe.stopp(kriseplan)
            legg_søppel(broker, HENDELSER)
            oppe.send([2])
            vent(partial(alt_er_sendt, oppe), "the relay sends what it has met before")
            oppe.begynn(kriseplan)
            vent(partial(sier_borte, oppe, kriseplan), "the worker says that the registry is away")
            oppe.vent_til_innhentet()  # what it cannot read from Kafka, its writer itself gives
            registry.start()
            vent(partial(oppe.klar, kriseplan), "the worker is ready again")
            vent(lambda: oppe.tall(kriseplan, "bindeledd_garbage_total") == 2, "both are counted as garbage")
            assert oppe.tall(kriseplan, "bindeledd_parked_streams") == 0
    finally:
        if registry.process is None:
            registry.start()


def sier_borte(oppe: Anlegg, navn: str) -> bool:
    assert oppe.lever(navn), oppe.sagt(navn)
    return bool(oppe.adresse(navn)) and "schema registry" in str(oppe.helse(navn).get("hvorfor"))


def legg_søppel(kafka: str, tema: str) -> None:
    """A record of a schema that no registry has, and a null value."""
    with closing(KafkaProducer(bootstrap_servers=kafka)) as producer:
        for verdi in (b"\x00" + (2_000_000).to_bytes(4, "big") + b"kropp", None):
            producer.send(tema, verdi, key=b"x").get(LIMIT)
