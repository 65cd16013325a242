"""Rooms on rung 3: every service, its relay and the municipality's web a process, on stores in a database, with a real
Kafka between them.

Rooms follow one another in a house, which has what takes long: the topics, the process that forks all others, and
stores that are made and still empty. A room has its own copy of the stores, emptied topics, and processes of its own.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import httpx
import psutil
import psycopg
import pytest
from kafka import TopicPartition
from pydantic import SecretStr

from bindeledd.access.tokens import Tokens
from bindeledd.app import installation
from bindeledd.app.installation import Installation, all_services, open_installation, open_service
from bindeledd.app.settings import Config, Settings
from bindeledd.app.stores import Database
from bindeledd.core.envelope import Actor
from bindeledd.runtime.embedded import Embedded
from bindeledd.runtime.engine import Engine
from bindeledd.runtime.topics import writer_of
from services.felles.oppsett import Oppsett, les_oppsett
from services.samhandling.mottak import Mottaksresultat
from tests import postgres
from tests.broker.anlegg import (
    ALLE,
    INGEN,
    KOMMUNEN,
    TEMAER,
    TJENESTER,
    WEB,
    WORKERS,
    Anlegg,
    en_mor,
    hemmelighet,
    kontroller_temaer,
    nye_temaer,
    prosesser,
    på_temaene,
)
from tests.broker.kafka import admin, vent
from tests.broker.klokke import DeltKlokke
from tests.broker.mor import KLOKKE
from tests.crash.filer import ROT
from tests.crash.kontroll import kontroller, kontroller_kjeder
from tests.rom import BERGEN, TABELL, Post, Rom, i_stedet, lager, poster_i
from web import tjeneste as web

SEKUNDER = 180.0
"""So long a room waits for nine processes that share a machine with others."""
TAVLE = f"web.{KOMMUNEN}"
LESERE = {
    navn: [tema for tema in TEMAER if tjeneste.reads(tema)]
    for navn, tjeneste in zip(
        (*TJENESTER, TAVLE),
        (*all_services(Config(BERGEN, TABELL))[: len(TJENESTER)], web.tjeneste_for(BERGEN, KOMMUNEN)),
        strict=True,
    )
}
"""Service → what it takes in."""


@dataclass(frozen=True, slots=True)
class Hus:
    """What rooms share."""

    kafka: str
    mor: subprocess.Popen[str]
    tomme: Path
    """The folder of the stores that are copied."""

    def gi(self, mappe: Path) -> None:
        """From now on a room on this folder is on rung 3."""
        url = postgres.database_of(self.tomme)
        assert url is not None
        postgres.give(mappe, postgres.copy_of(url))
        fil = hemmelighet(mappe)
        fil.write_bytes(hemmelighet(self.tomme).read_bytes())
        fil.chmod(0o600)
        i_stedet(mappe, self.rom)

    @contextmanager
    def rom(self, mappe: Path, nå: datetime, oppsett: Oppsett) -> Iterator[Rom]:
        """A room in which everybody is ready. At the end everybody stops, and an outsider finds nothing wrong."""
        tøm_temaene(self.kafka)
        with ExitStack() as stack:
            klokke = stack.enter_context(closing(DeltKlokke(mappe / "klokka")))
            klokke.now = nå
            oppe = stack.enter_context(prosesser(mappe, self.kafka, self.mor))
            fil = skriv_oppsett(mappe / "oppsett.toml", oppsett)
            oppe.miljø = {KLOKKE: str(mappe / "klokka"), "BINDELEDD_OPPSETT": str(fil)}
            oppe.start(*ALLE)
            vent(lambda: all(map(partial(_har_hørt_alle, oppe), WORKERS)), "everybody has heard everybody", SEKUNDER)
            motorer = stack.enter_context(_motorer(mappe, klokke, fil))
            vei = stack.enter_context(closing(Mellom(oppe, klokke, motorer)))
            around = motorer["samhandling"].around
            inst = Installation(
                mappe, lager(mappe), Config(oppsett, TABELL), around, motorer, cast(Embedded, vei)
            )  # fmt: skip
            yield Rom(inst, klokke, vei, TAVLE)
            vei.pump()
            makulert = any(post.navn.endswith("Makulert") for post in poster_i(motorer["samhandling"]))
            oppe.stopp(*oppe.numre)
            assert {navn: oppe.sagt(navn) for navn in oppe.numre if not oppe.sagt(navn).endswith("slutt 0\n")} == {}
            # Of whom nobody was confirmed in time the keys are destroyed (intake 13), as time goes by in a room.
            sjekk = kontroller_kjeder if makulert else kontroller
            funn = [*sjekk(mappe), *kontroller_temaer(mappe, self.kafka)]
            assert funn == [], funn


@contextmanager
def hus(kafka: str, tomme: Path) -> Iterator[Hus]:
    """A house, for as long as the context lasts; `tomme` is an empty folder."""
    _lag_tomme(tomme)
    with en_mor() as mor:
        yield Hus(kafka, mor, tomme)


def _lag_tomme(mappe: Path) -> None:
    """Make all stores of an installation, and leave them empty."""
    url = postgres.fresh()
    postgres.give(mappe, url)
    config = Config(BERGEN, TABELL)
    tjenester = [*all_services(config)[: len(TJENESTER)], web.tjeneste_for(BERGEN, KOMMUNEN)]
    with open_installation(mappe, config, tjenester, stores=Database(mappe, url), kek_file=hemmelighet(mappe)):
        pass


def tøm_temaene(kafka: str) -> None:
    """Take everything off the topics; make them where they are not there."""
    with admin(kafka) as spurt:
        if not set(spurt.list_topics()) >= TEMAER.keys():
            nye_temaer(kafka)
        deler = {TopicPartition(tema, nr): -1 for tema, slik in TEMAER.items() for nr in range(slik.partitions)}
        spurt.delete_records(deler)


def skriv_oppsett(fil: Path, oppsett: Oppsett) -> Path:
    """The shipped municipality's file, with the organisations that it receives for."""
    her = ", ".join(f'"{her_id}"' for her_id in sorted(oppsett.mottar_for))
    sendt_med = (ROT / "deploy" / "bergen.toml").read_text("utf-8")
    fil.write_text(sendt_med.replace("mottar_for = []", f"mottar_for = [{her}]"), "utf-8")
    assert les_oppsett(fil) == oppsett, "a room on rung 3 is in Bergen"
    return fil


def _har_hørt_alle(oppe: Anlegg, navn: str) -> bool:
    hvem = TAVLE if navn.startswith("web ") else navn.removeprefix("worker ")
    return len(oppe.målinger(navn, "bindeledd_heard_timestamp_seconds{")) == len({*map(writer_of, LESERE[hvem])})


@contextmanager
def _motorer(mappe: Path, klokke: DeltKlokke, oppsett: Path) -> Iterator[dict[str, Engine]]:
    """Each service once more, in this process: one of several that share its store, and reads nothing from Kafka."""
    url = postgres.database_of(mappe)
    assert url is not None
    innstilt = Settings(
        data=mappe / "prøven", kek_file=hemmelighet(mappe), database=SecretStr(url), oppsett=oppsett
    )  # fmt: skip
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as bytte:
            bytte.setattr(installation, "system_clock", klokke)
            motorer = {navn: stack.enter_context(open_service(innstilt, navn))[1] for navn in TJENESTER}
        yield motorer


@dataclass(slots=True)
class Mellom:
    """What is done in a room goes to a process over HTTP, from one to the other over Kafka, and so to the parties."""

    oppe: Anlegg
    klokke: DeltKlokke
    motorer: dict[str, Engine]
    _gitt: dict[str, list[Post]] = field(default_factory=dict)
    """Party topic → what lay there when somebody last looked; empty when something may have come since."""
    _db: psycopg.Connection[tuple[Any, ...]] = field(init=False)

    def __post_init__(self) -> None:
        url = postgres.database_of(self.oppe.mappe)
        assert url is not None
        self._db = psycopg.connect(url, autocommit=True)

    def close(self) -> None:
        self._db.close()

    def pump(self) -> int:
        """Wait until all has taken effect. Returns whether there was anything to wait for."""
        os.kill(self.oppe.numre["relay samhandling"], signal.SIGCONT)
        self._gitt.clear()
        if not self.venter():
            return 0
        igjen: list[str] = []

        def stille() -> bool:
            igjen[:] = self.venter()
            return not igjen

        try:
            vent(stille, "all is quiet", SEKUNDER)
        except AssertionError as error:
            raise AssertionError(f"{error}: {igjen[:5]}") from None
        return 1

    def start(self) -> None:
        """They are at work already."""

    def stop(self) -> None:
        """They stop with the room."""

    def hold(self) -> None:
        """Nobody hears of what samhandling writes, until the next `pump`."""
        relay = psutil.Process(self.oppe.numre["relay samhandling"])
        relay.suspend()
        vent(lambda: relay.status() == psutil.STATUS_STOPPED, "the relay stands still")

    def ta_imot(self, raw: bytes) -> Mottaksresultat:
        """What the sender is answered, and what stands in samhandling's log of it."""
        hode = {"content-type": "application/xml"}
        svar = httpx.post(
            f"{self.oppe.adresse('worker samhandling')}/mottak/plo", content=raw, headers=hode, timeout=60
        )
        utfall, apprec = svar.headers["Bindeledd-Outcome"], svar.content
        assert svar.status_code == 200, svar.text
        engine = self.motorer["samhandling"]
        egne = [post for post in poster_i(engine) if post.topic == "samhandling.kvittering"]
        ref = next(post.envelope.stream for post in egne if post.navn == "KvitteringSatt" and post.event.xml == apprec)
        sagt = next(post.event for post in egne if post.navn == "MeldingMottatt" and post.envelope.stream == ref)
        return Mottaksresultat(
            utfall, sagt.type, sagt.msg_id, sagt.grunner if utfall == "negative" else (), (), sagt.opphold_ref, apprec,
            ref,
        )  # fmt: skip

    def be(self, tjeneste: str, aktør: Actor, sti: str, kropp: object) -> httpx.Response:
        """Ask as a page would."""
        pass_ = Tokens(self.motorer[tjeneste].around.keyring, self.klokke).header(aktør)
        url = f"{self.oppe.adresse(f'worker {tjeneste}')}{sti}"
        return httpx.post(url, json=kropp, headers={"Authorization": pass_}, timeout=60, verify=INGEN)

    def gitt(self, tjeneste: str, part: str) -> list[Post]:
        """What lies on the party's own topic, as its own system would read it."""
        if not self._gitt:
            self._les_temaene()
        return self._gitt.get(f"{tjeneste}.til.{part}", [])

    def sider(self, bruker: str, part: str, rolle: str, *stier: str, person: str = "") -> list[str]:
        """From the municipality's web, which serves nobody who has to do with one person only."""
        assert not person
        adresse = self.oppe.adresse(WEB)
        with httpx.Client(base_url=adresse, headers={"Origin": adresse}, timeout=60, verify=INGEN) as leser:
            valgt = leser.post("/velg", data={"bruker": bruker, "part": part, "rolle": rolle})
            assert valgt.headers["location"] == "/tavle"
            return [leser.get(sti).text for sti in stier]

    def _les_temaene(self) -> None:
        dekod = installation.codec().decode
        self._gitt = {tema: [] for tema in TEMAER if ".til." in tema}
        for tema, _nøkkel, data in på_temaene(self.oppe.kafka, self._gitt):
            self._gitt[tema].append(Post(tema, *dekod(data)))

    def venter(self) -> list[str]:
        """What has not taken effect, as all stores say at one moment: what a relay has not sent, what a reader has not
        taken in, and what has fallen due and is not judged."""
        nå = round(self.klokke.now.timestamp() * 1_000_000)
        funn: list[str] = []
        antall: dict[tuple[str, str, str], int] = {}
        for hvem, hva, skriver, tema, tall in self._db.execute(_ALT, {"now": nå}):
            if hva == "log":
                antall[hvem, skriver, tema] = tall
            elif tall:
                funn.append(f"{hvem}: {tall} {hva}")
        for leser, temaer in LESERE.items():
            for tema in temaer:
                skriver = writer_of(tema)
                mangler = antall.get((skriver, skriver, tema), 0) - antall.get((leser, skriver, tema), 0)
                if mangler:
                    funn.append(f"{leser}: {mangler} of {tema} not taken in")
        return funn


_EN = """
SELECT '{0}', 'log', writer, topic, COUNT(*) FROM "{0}".log GROUP BY writer, topic
UNION ALL SELECT '{0}', 'due', '', '', COUNT(*) FROM "{0}".due WHERE at <= %(now)s
UNION ALL SELECT '{0}', 'parked', '', '', COUNT(*) FROM "{0}".quarantine
"""
_SENDT = """
UNION ALL SELECT '{0}', 'not sent', '', '', (SELECT COALESCE(MAX(position), 0) FROM "{0}".log) - (
  SELECT COALESCE(MAX(position), 0) FROM "{0}".cursor WHERE source LIKE 'relay:%%' AND source NOT LIKE 'relay:%%:%%')
"""
_ALT = "UNION ALL".join(_EN.format(navn) for navn in LESERE) + "".join(_SENDT.format(navn) for navn in TJENESTER)
