"""`bindeledd replay`: what a log and a topic tell of the same records is the same, and reading leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer

from bindeledd.app import cli
from bindeledd.app.installation import codec
from bindeledd.runtime.kafka import HEARTBEAT, AsStored, Cluster
from bindeledd.runtime.relay import Relay
from bindeledd.runtime.topics import Wanted, apply
from bindeledd.store.sqlite import SqliteDb
from tests.broker.kafka import admin, slett
from tests.crash.jobber import melding
from tests.unit.app.test_replay_avvik import meldt_og_åpnet

OPPHOLD, PERSON, AVVIK = "samhandling.opphold", "samhandling.person", "samhandling.avvik"


@dataclass(frozen=True, slots=True)
class Fortalt:
    """What the command line told."""

    kode: int
    rader: list[dict[str, Any]]
    sagt: str

    def poster(self) -> list[dict[str, Any]]:
        """The records without where on a topic they lie, in the order of the log."""
        rader = [{k: v for k, v in rad.items() if k not in ("partition", "offset")} for rad in self.rader]
        return sorted(rader, key=lambda rad: (rad["position"], rad["chain"]))


@dataclass(frozen=True, slots=True)
class Leser:
    """An installation with some messages taken in, and topics with what it has sent."""

    mappe: Path
    kafka: str
    capsys: pytest.CaptureFixture[str]

    def fortell(self, hva: str, *mer: str) -> Fortalt:
        self.capsys.readouterr()
        kode = cli.app(["replay", hva, "--data", str(self.mappe), *mer], standalone_mode=False)
        ut, sagt = self.capsys.readouterr()
        return Fortalt(kode or 0, [json.loads(linje) for linje in ut.splitlines()], sagt)

    def send(self, start: int | None = None) -> None:
        with closing(SqliteDb(self.mappe / "samhandling.db")) as db:
            relay = Relay("samhandling", db, Cluster(self.kafka), [OPPHOLD, PERSON], codec(), AsStored(), start)
            while relay.advance():
                pass
            relay.stop()
            relay.run()


@pytest.fixture
def leser(
    tmp_path: Path, broker: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Leser]:
    monkeypatch.setenv("BINDELEDD_KAFKA", broker)
    slett_temaene(broker)
    with Cluster(broker).admin() as vår:
        apply(vår, [Wanted(OPPHOLD, 3, -1), Wanted(PERSON, 3, -1)], 1)
    (inn := tmp_path / "inn").mkdir()
    for nr, slag in enumerate(("innlagt", "klar")):
        for person in (1, 2):
            (inn / f"{nr}-{person}.xml").write_bytes(melding(slag, person)[1])
    cli.app(["mottak", str(inn), "--data", str(tmp_path / "data")], standalone_mode=False)
    leser = Leser(tmp_path / "data", broker, capsys)
    leser.send()
    yield leser
    slett_temaene(broker)


def slett_temaene(broker: str) -> None:
    """Others use the same broker, and expect none of what is put there."""
    slett(broker, [OPPHOLD, PERSON])


def test_log_and_kafka_tell_the_same_of_a_topic_and_of_a_stream_and_no_group_is_joined(leser: Leser) -> None:
    with admin(leser.kafka) as spurt:
        grupper = spurt.list_groups()
    logg, kafka = leser.fortell(OPPHOLD), leser.fortell(OPPHOLD, "--kilde", "kafka")
    assert len(logg.rader) > 4
    assert (logg.kode, kafka.kode) == (0, 0)
    assert logg.poster() == kafka.poster()
    assert "every chain holds" in kafka.sagt
    assert all(isinstance(rad["offset"], int) and isinstance(rad["partition"], int) for rad in kafka.rader)
    strøm = logg.rader[0]["envelope"]["stream"]
    en, to = leser.fortell(strøm), leser.fortell(strøm, "--kilde", "kafka")
    assert en.poster() == to.poster() == [rad for rad in logg.poster() if rad["envelope"]["stream"] == strøm]
    with admin(leser.kafka) as spurt:
        assert spurt.list_groups() == grupper


def test_only_the_envelope_is_told_and_of_the_time_that_is_asked_for(leser: Leser) -> None:
    alle = leser.fortell(OPPHOLD).rader
    assert {*alle[0]} == {"topic", "partition", "offset", "position", "hash", "chain", "envelope"}
    tider = sorted({rad["envelope"]["registrert"] for rad in alle})
    delt = tider[len(tider) // 2]
    for kilde in ("logg", "kafka"):
        før = leser.fortell(OPPHOLD, "--til", delt, "--kilde", kilde).poster()
        etter = leser.fortell(OPPHOLD, "--fra", delt, "--kilde", kilde).poster()
        assert [rad["position"] for rad in før + etter] == [rad["position"] for rad in alle]
        assert all(rad["chain"] == "holds" for rad in etter)


def test_what_lies_there_twice_is_told_so_and_what_is_missing_or_no_record_does_not_hold(leser: Leser) -> None:
    leser.send(start=1)
    igjen = leser.fortell(OPPHOLD, "--kilde", "kafka")
    assert igjen.kode == 0
    assert [rad["chain"] for rad in igjen.poster()].count("repeated") == len(leser.fortell(OPPHOLD).rader)
    with closing(SqliteDb(leser.mappe / "samhandling.db")) as db:
        (annen,) = db.all("SELECT stream, data FROM log WHERE topic = ? AND version = 2 LIMIT 1", (OPPHOLD,))
    with closing(KafkaProducer(bootstrap_servers=leser.kafka)) as producer:
        for verdi in (b"noe annet", None):
            producer.send(OPPHOLD, verdi, key=b"x", partition=0).get(10)
        producer.send(PERSON, annen[1], key=annen[0].encode()).get(10)
        producer.send(OPPHOLD, b"", partition=0, headers=[(HEARTBEAT, b"")]).get(10)
    opphold, person = (leser.fortell(tema, "--kilde", "kafka") for tema in (OPPHOLD, PERSON))
    assert (opphold.kode, person.kode) == (1, 1)
    assert len([rad["error"] for rad in opphold.rader if "error" in rad]) == 2
    assert [rad["chain"] for rad in person.rader].count("gap") == 1
    assert "do not hold" in person.sagt


def test_the_cases_of_avvik_are_told_the_same_from_the_log_and_from_kafka(
    tmp_path: Path, broker: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BINDELEDD_KAFKA", broker)
    slett(broker, [AVVIK])
    with Cluster(broker).admin() as vår:
        apply(vår, [Wanted(AVVIK, 3, -1)], 1)
    meldt_og_åpnet(tmp_path / "data")
    with closing(SqliteDb(tmp_path / "data" / "samhandling.db")) as db:
        relay = Relay("samhandling", db, Cluster(broker), [AVVIK], codec(), AsStored())
        while relay.advance():
            pass
        relay.stop()
        relay.run()
    svar = []
    for kilde in ("logg", "kafka"):
        for mer in ([], ["--som-av", "2024-02-05T12:00+01:00"]):
            capsys.readouterr()
            spørsmål = ["replay", "avvik", "--format", "csv", "--kilde", kilde, *mer, "--data", str(tmp_path / "data")]
            assert not cli.app(spørsmål, standalone_mode=False)
            svar.append(capsys.readouterr().out)
    slett(broker, [AVVIK])
    assert svar[:2] == svar[2:]
    assert "sendt, ikke åpnet" in svar[1]


def test_a_topic_that_is_not_there_is_said_to_be(leser: Leser) -> None:
    for kilde in ("logg", "kafka"):
        with pytest.raises(Exception, match="topic") as feil:
            leser.fortell("finnes.ikke", "--kilde", kilde)
        assert type(feil.value).__name__ == "InvalidMessage"
