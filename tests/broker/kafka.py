"""A real Kafka for tests: one that is named in KAFKA_BOOTSTRAP_SERVERS; else one started here, in a container of an
image that a Docker engine has, or from Maven's jars.

A broker that is named must be for tests only: they delete topics, and make them anew.

The image is `bindeledd-kafka:local`, or the one that BINDELEDD_TEST_KAFKA_IMAGE names; it has Java, and Kafka's jars
where Apache's own image has them. The jars from Maven are fetched once and kept in the virtual environment. The broker
is one node (KRaft), on the loopback address only, in a temporary folder, and goes with the test run.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
POM = HERE / "pom.xml"
MISSING = (
    "Kafka is missing: install Java and Maven (Debian, Ubuntu: apt-get install default-jre-headless maven), "
    "or name a broker in KAFKA_BOOTSTRAP_SERVERS"
)
IMAGE = os.environ.get("BINDELEDD_TEST_KAFKA_IMAGE", "bindeledd-kafka:local")
IMAGES_JARS = "/opt/kafka/libs"
STARTS_WITHIN_SECONDS = 60.0
LIMIT = 60.0
_PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/log
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.enable=false
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=500
"""


def found() -> str:
    """Which broker tests use, in a few words; empty where there is none to be had."""
    if named := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return f"the one at {named}"
    if has_image():
        return f"Apache Kafka, started here in containers of {IMAGE}"
    return "Apache Kafka, started here from Maven's jars" if has_jars() else ""


def can_start() -> bool:
    """Whether a broker of our own can be had."""
    return has_image() or has_jars()


@cache
def has_image() -> bool:
    """Whether a Docker engine answers that has the image. Nothing is pulled."""
    if shutil.which("docker") is None:
        return False
    asked = ["docker", "image", "inspect", IMAGE]
    try:
        return subprocess.run(asked, capture_output=True, timeout=20, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def has_jars() -> bool:
    return bool(shutil.which("java")) and (bool(shutil.which("mvn")) or _kept().is_dir())


class Broker:
    """A broker of our own, which a test may kill and start again. Without jars it lives in a container."""

    def __init__(self, folder: Path, jars: Path | None, overrides: str = "", **options: Any) -> None:
        """`overrides` are properties in place of the usual ones, `options` how an administrator's client gets in."""
        self.folder, self._jars, self._options = folder, jars, options
        port, controller = free_ports(2)
        self.bootstrap = f"127.0.0.1:{port}"
        self._config = folder / "server.properties"
        self._config.write_text(
            (_PROPERTIES + overrides).format(port=port, controller=controller, folder=folder), "ascii"
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.format()

    def format(self) -> None:
        """Make its log anew, empty: another cluster from now on."""
        shutil.rmtree(self.folder / "log", ignore_errors=True)
        cluster = self._java("kafka.tools.StorageTool", "random-uuid").stdout.decode("ascii").split()[-1]
        self._java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(self._config), "--standalone")

    def start(self) -> None:
        """Returns when it answers."""
        said = (self.folder / "broker.log").open("ab")
        with said:
            self._process = subprocess.Popen(
                [*self._command("-Xmx512m", "--name", self._container), "kafka.Kafka", str(self._config)],
                stdout=said, stderr=said,
            )  # fmt: skip
        try:
            _wait_for(self.bootstrap, self._process, self._options)
        except TimeoutError as error:
            raise TimeoutError((self.folder / "broker.log").read_text("utf-8")[-4000:]) from error

    def kill(self) -> None:
        """As if its power was cut."""
        if self._process is None:
            return
        if self._jars is None:
            subprocess.run(["docker", "kill", self._container], check=False, capture_output=True, timeout=60)
        else:
            self._process.kill()
        self._process.wait(60)
        self._process = None

    def _java(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([*self._command("-Xmx128m"), *arguments], check=True, capture_output=True, timeout=60)

    def _command(self, memory: str, *docker: str) -> list[str]:
        java = [memory, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{self._jars or IMAGES_JARS}/*"]
        if self._jars is not None:
            return ["java", *java]
        user, folder = f"{os.getuid()}:{os.getgid()}", f"{self.folder}:{self.folder}"
        here = ["--network", "host", "--user", user, "--volume", folder, "--workdir", str(self.folder)]
        return ["docker", "run", "--rm", *docker, *here, "--entrypoint", "java", IMAGE, *java]

    @property
    def _container(self) -> str:
        return self.folder.name


@contextmanager
def running_broker(overrides: Callable[[Path], str] = lambda _folder: "", **options: Any) -> Iterator[Broker]:
    """A broker of our own, for as long as the context lasts. `overrides` are made with the folder that it sees."""
    with tempfile.TemporaryDirectory(prefix="bindeledd-kafka-", ignore_cleanup_errors=True) as folder:
        broker = Broker(Path(folder), None if has_image() else jars(), overrides(Path(folder)), **options)
        try:
            broker.start()
            yield broker
        finally:
            broker.kill()


@contextmanager
def broker() -> Iterator[str]:
    """The address of a broker that nobody stops."""
    if named := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        yield named
        return
    with running_broker() as ours:
        yield ours.bootstrap


@contextmanager
def admin(bootstrap: str, **options: Any) -> Iterator[Any]:
    """An administrator's client, of another make than those under test."""
    from kafka import KafkaAdminClient  # slow to import, and every test run imports this module

    with closing(KafkaAdminClient(bootstrap_servers=bootstrap, **options)) as opened:
        yield opened


def slett(bootstrap: str, temaer: Collection[str]) -> None:
    """Delete those of the topics that are there, with all that is on them."""
    with admin(bootstrap) as asked:
        der = sorted(set(asked.list_topics()) & set(temaer))
        if der:
            asked.delete_topics(der)
            vent(lambda: not set(asked.list_topics()) & set(der), "the topics are gone")


def vent(på: Callable[[], bool], hva: str, limit: float = LIMIT) -> None:
    """Wait for a condition, with a limit."""
    until = time.monotonic() + limit
    while not på():
        assert time.monotonic() < until, f"not within {limit:.0f} s: {hva}"
        time.sleep(0.05)


def _wait_for(bootstrap: str, process: subprocess.Popen[bytes], options: Mapping[str, Any]) -> None:
    host, port = bootstrap.split(":")
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    with closing(socket.socket()) as probe:
        while probe.connect_ex((host, int(port))):
            if time.monotonic() > until or process.poll() is not None:
                raise TimeoutError("the broker did not start")
            time.sleep(0.05)
    with admin(bootstrap, **options) as asked:
        asked.describe_cluster()


def jars() -> Path:
    """The folder with the jars, fetched if they are not there: whole, or not there at all."""
    kept = _kept()
    if kept.is_dir():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    half = Path(tempfile.mkdtemp(prefix="half-", dir=kept.parent))
    fetch = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={half}"]
    subprocess.run(fetch, check=True, stdout=subprocess.DEVNULL, timeout=300)
    try:
        half.rename(kept)
    except OSError:  # another test process was quicker
        shutil.rmtree(half)
    return kept


def _kept() -> Path:
    return Path(sys.prefix) / "kafka" / hashlib.sha256(POM.read_bytes()).hexdigest()[:16]


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody uses now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(closing(socket.socket())) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
