"""An installation on rung 3: each service and each relay a process, a real Kafka between them, stores of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from bindeledd.app.folder import MASTER
from bindeledd.app.installation import catalog, codec, give
from bindeledd.app.settings import Settings
from bindeledd.core.clock import system_entropy
from bindeledd.core.errors import InvalidMessage
from bindeledd.runtime.kafka import AsStored, Cluster, Framing, is_heartbeat
from bindeledd.runtime.topics import apply, wanted_topics, writer_of
from bindeledd.schema.registry import Registry
from bindeledd.schema.writers import Writers
from bindeledd.seal.keys import master_secret
from services.felles.parter import parter_i
from tests.broker.kafka import free_ports, slett, vent
from tests.crash.filer import ROT, les_mappe
from tests.crash.jobber import melding
from tests.crash.kontroll import innhentet, kontroller
from tests.postgres import database_of
from tests.rom import BERGEN

TJENESTER = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")
KOMMUNEN = "bergen-kommune"
WEB = f"web {KOMMUNEN} --demo"
WORKERS = (*(f"worker {tjeneste}" for tjeneste in TJENESTER), WEB)
RELAYS = tuple(f"relay {tjeneste}" for tjeneste in TJENESTER)
ALLE = (*WORKERS, *RELAYS)
MELDINGER = ("innlagt", "tidlig", "klar", "utskrevet")
TEMAER = wanted_topics(catalog(), BERGEN.parter, 2)
WEBENS = [tema for tema in TEMAER if tema.partition(".til.")[2] in parter_i(BERGEN, KOMMUNEN)]
"""The topics that the municipality's web reads."""
KLAR_SEKUNDER = 150.0
"""So long we wait for a process to begin: there are many, and the machine may be busy."""
INGEN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Whom a client trusts that speaks in the clear: the usual ones take long to read."""
NØKLENE = f"{KOMMUNEN}.keys"
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(slots=True)
class Anlegg:
    """The processes of one installation."""

    mappe: Path
    kafka: str
    mor: subprocess.Popen[str]
    miljø: dict[str, str] = field(default_factory=dict)
    """Told to those who are started from now on."""
    webs: dict[str, str] = field(default_factory=dict)
    """What a web is told."""
    numre: dict[str, int] = field(default_factory=dict)
    """Process → its number."""
    porter: dict[str, int] = field(
        default_factory=lambda: dict(zip(TJENESTER, free_ports(len(TJENESTER)), strict=True))
    )
    """Service → where its worker answers the others."""
    _spurt: int = 0

    def start(self, *hvem: str) -> None:
        """Begin these, and wait until each is ready."""
        for navn in hvem:
            self.begynn(navn)
        for navn in hvem:
            vent(partial(self.klar, navn), f"{navn} is ready", KLAR_SEKUNDER)

    def begynn(self, navn: str, *mer: str) -> None:
        """Begin one, and do not wait."""
        assert self.mor.stdin is not None
        assert self.mor.stdout is not None
        self._sagt(navn).unlink(missing_ok=True)
        argumenter = [*navn.partition("#")[0].split(), *mer]
        barn = {"argumenter": argumenter, "miljø": self._miljø(navn) | self.miljø, "fil": str(self._sagt(navn))}
        self.mor.stdin.write(json.dumps(barn) + "\n")
        self.mor.stdin.flush()
        self.numre[navn] = int(self.mor.stdout.readline())

    def _miljø(self, navn: str) -> dict[str, str]:
        """In a database each process has a folder of its own, as if on its own machine: they share the secret only."""
        adresser = {tjeneste: f"http://127.0.0.1:{port}" for tjeneste, port in self.porter.items()}
        felles = {
            "BINDELEDD_KAFKA": self.kafka, "BINDELEDD_KAFKA_PARTITIONS": "2",
            "BINDELEDD_TJENESTER": json.dumps(adresser),
        }  # fmt: skip
        if navn.startswith(f"web {KOMMUNEN}"):
            felles["BINDELEDD_KEYS_FILE"] = str(self.mappe / NØKLENE)
        if (tjeneste := navn.removeprefix("worker ")) in self.porter:
            felles["BINDELEDD_PORT"] = str(self.porter[tjeneste])
        url = database_of(self.mappe)
        if url is None:
            return felles | {"BINDELEDD_DATA": str(self.mappe)}
        egen = {"BINDELEDD_DATA": str(self.mappe / navn), "BINDELEDD_KEK_FILE": str(hemmelighet(self.mappe))}
        return felles | egen | {"BINDELEDD_DATABASE": url}

    def drep(self, *hvem: str) -> None:
        """As if their power was cut."""
        for navn in hvem:
            os.kill(self.numre[navn], signal.SIGKILL)
        for navn in hvem:
            vent(partial(self.borte, navn), f"{navn} is gone")

    def stopp(self, *hvem: str) -> None:
        """Ask them to stop, and wait until they have."""
        for navn in hvem:
            os.kill(self.numre[navn], signal.SIGTERM)
        for navn in hvem:
            vent(partial(self.borte, navn), f"{navn} has stopped")

    def lever(self, navn: str) -> bool:
        try:
            os.kill(self.numre[navn], 0)
        except ProcessLookupError:
            return False
        return True

    def borte(self, navn: str) -> bool:
        return not self.lever(navn)

    def sagt(self, navn: str) -> str:
        """What it has written to the terminal."""
        fil = self._sagt(navn)
        return fil.read_text("utf-8") if fil.exists() else ""

    def adresse(self, navn: str) -> str:
        found = _ADDRESS.search(self.sagt(navn))
        return found.group() if found else ""

    def helse(self, navn: str) -> dict[str, Any]:
        """What it says of itself; empty when it does not answer."""
        with suppress(httpx.HTTPError, ValueError):
            svar: dict[str, Any] = httpx.get(f"{self.adresse(navn)}/helse/klar", timeout=5, verify=INGEN).json()
            return svar
        return {}

    def klar(self, navn: str) -> bool:
        assert self.lever(navn), self.sagt(navn)
        return bool(self.adresse(navn)) and bool(self.helse(navn).get("klar"))

    def tall(self, navn: str, måling: str) -> float:
        """The sum of a metric over all its labels, or those that are named."""
        return sum(self.målinger(navn, måling))

    def målinger(self, navn: str, måling: str) -> list[float]:
        """A metric's values, one for each set of labels."""
        linjer = httpx.get(f"{self.adresse(navn)}/metrics", timeout=5, verify=INGEN).text.splitlines()
        return [float(linje.rpartition(" ")[2]) for linje in linjer if linje.startswith(måling)]

    def send(self, personer: Collection[int], slag: Collection[str] = MELDINGER) -> None:
        """Messages about these come in to samhandling, and are acknowledged: again until they are."""
        for nr in personer:
            for hvert in slag:
                vent(partial(self._mottatt, melding(hvert, nr)[1]), "a message is acknowledged")

    def _mottatt(self, raw: bytes) -> bool:
        """Whether a worker of samhandling has taken it in: each is asked in its turn."""
        self._spurt += 1
        flere = self.like("samhandling")
        with suppress(httpx.HTTPError):
            url = f"{self.adresse(flere[self._spurt % len(flere)])}/mottak/plo"
            svar = httpx.post(url, content=raw, headers={"content-type": "application/xml"}, timeout=10, verify=INGEN)
            assert svar.status_code in (200, 503, 507), svar.text
            return svar.status_code == 200
        return False

    def like(self, tjeneste: str) -> list[str]:
        """The workers of a service: `worker kriseplan`, and beside it `worker kriseplan#2`, …"""
        return [navn for navn in self.numre if navn.partition("#")[0] == f"worker {tjeneste}"]

    def etterslep(self) -> float:
        """How many records wait on Kafka, as those who live say."""
        workers = [navn for navn in self.numre if not navn.startswith("relay ") and self.lever(navn)]
        return sum(self.tall(navn, "bindeledd_lag_records") for navn in workers)

    def innhentet(self) -> bool:
        """Everything that a service should have taken in has been taken in, as the files say."""
        return not list(innhentet(les_mappe(self.mappe)))

    def vent_til_innhentet(self) -> None:
        vent(self.innhentet, "all have caught up")

    def _sagt(self, navn: str) -> Path:
        return self.mappe / f"{navn.replace(' ', '-')}.sagt"


@contextmanager
def en_mor() -> Iterator[subprocess.Popen[str]]:
    """The process that forks all others."""
    kommando, rør = [sys.executable, "-m", "tests.broker.mor"], subprocess.PIPE
    with subprocess.Popen(kommando, cwd=ROT, stdin=rør, stdout=rør, text=True) as mor:
        try:
            yield mor
        finally:
            mor.kill()


@contextmanager
def prosesser(mappe: Path, kafka: str, mor: subprocess.Popen[str] | None = None) -> Iterator[Anlegg]:
    """An installation of which nobody is started yet; at the end nobody is left. Forked by `mor`, if it is there."""
    gi_nøkler(mappe)
    with ExitStack() as stack:
        oppe = Anlegg(mappe, kafka, mor or stack.enter_context(en_mor()))
        try:
            yield oppe
        finally:
            for navn in oppe.numre:
                if oppe.lever(navn):
                    os.kill(oppe.numre[navn], signal.SIGKILL)


@contextmanager
def anlegg(mappe: Path, kafka: str, registry: str = "") -> Iterator[Anlegg]:
    """Fresh topics, and nobody started yet. At the end everybody stops, and an outsider finds nothing wrong: nothing is
    lost or doubled, each stream is in its order, and nobody is behind. With a registry the topics carry its frames."""
    nye_temaer(kafka)
    with prosesser(mappe, kafka) as oppe:
        if registry:
            oppe.miljø["BINDELEDD_REGISTRY_URL"] = registry
        yield oppe
        oppe.vent_til_innhentet()
        # What a topic lacks may have come from its writer itself, while the relay still fills the topic.
        with suppress(AssertionError):
            vent(lambda: kontroller_temaer(mappe, kafka, registry) == [], "the topics hold everything")
        oppe.stopp(*(navn for navn in oppe.numre if oppe.lever(navn)))
        uferdige = {navn: oppe.sagt(navn) for navn in oppe.numre if not oppe.sagt(navn).endswith("slutt 0\n")}
        assert uferdige == {}
        assert kontroller(mappe) == []
        assert kontroller_temaer(mappe, kafka, registry) == []


def hemmelighet(mappe: Path) -> Path:
    """Where the master secret of an installation on this folder is."""
    return mappe / (MASTER if database_of(mappe) is None else "hemmeligheten")


def gi_nøkler(mappe: Path) -> None:
    """Make the master secret, if there is none, and give the municipality's web the keys of its own parties."""
    fil = hemmelighet(mappe)
    master_secret(fil, system_entropy)
    give(Settings(data=mappe, kek_file=fil), KOMMUNEN).save(mappe / NØKLENE)


def nye_temaer(kafka: str, navn: Collection[str] = tuple(TEMAER)) -> None:
    """Delete topics, with all that is on them, and make them anew."""
    slett(kafka, navn)
    with Cluster(kafka).admin() as admin:
        apply(admin, [TEMAER[each] for each in navn], 1)


def kontroller_temaer(mappe: Path, kafka: str, registry: str = "") -> list[str]:
    """What is wrong with the topics: each record of a writer's log is on its topic, and each key's records lie in the
    order of their versions (some lie there twice)."""
    logger = {
        (post.tema, post.strøm, post.data): post.versjon
        for fil in les_mappe(mappe).filer.values()
        for post in fil.poster
        if post.egen and post.tema in TEMAER
    }
    sett: dict[tuple[str, str], list[int]] = defaultdict(list)
    funn = []
    for tema, nøkkel, data in _uten_ramme(på_temaene(kafka), registry):
        versjon = logger.get((tema, nøkkel, data))
        if versjon is None:
            continue  # what a test has put there
        if versjon > max(sett[tema, nøkkel], default=0) + 1:
            funn.append(f"{tema}: version {versjon} of {nøkkel[:8]} comes too early")
        sett[tema, nøkkel].append(versjon)
    funn += [f"{tema}: {s[:8]} v{v} is missing" for (tema, s, _), v in logger.items() if v not in sett[tema, s]]
    return funn


def _uten_ramme(poster: Iterator[tuple[str, str, bytes]], registry: str) -> Iterator[tuple[str, str, bytes]]:
    """With the bytes that the writer stored, where there are such."""
    with ExitStack() as stack:
        framing: Framing = AsStored()
        if registry:
            framing = Writers(catalog(), codec(), stack.enter_context(closing(Registry(registry))))
        for tema, nøkkel, verdi in poster:
            with suppress(InvalidMessage):  # what a test has put there
                yield tema, nøkkel, framing.unframed(verdi)


def på_temaene(kafka: str, temaer: Collection[str] = tuple(TEMAER)) -> Iterator[tuple[str, str, bytes]]:
    """(topic, key, value) of every record that lies on these topics, partition by partition in order."""
    with closing(KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest")) as consumer:
        with closing(KafkaAdminClient(bootstrap_servers=kafka)) as admin:
            beskrevet = admin.describe_topics(list(temaer))
        deler = [TopicPartition(t["name"], p["partition_index"]) for t in beskrevet for p in t["partitions"]]
        ender = {del_: ende for del_, ende in consumer.end_offsets(deler).items() if ende}
        consumer.assign(list(ender))
        while any(consumer.position(del_) < ende for del_, ende in ender.items()):
            for poster in consumer.poll(500).values():
                for post in poster:
                    if not is_heartbeat(post.headers):
                        yield post.topic, (post.key or b"").decode(), post.value or b""


def skrevet_av(tjeneste: str) -> list[str]:
    """The topics that a service writes."""
    return [tema for tema in TEMAER if writer_of(tema) == tjeneste]
