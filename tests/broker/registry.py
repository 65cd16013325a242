"""Knows how the real schema registry, Apicurio, is had and run: fetched by Maven, started on a free loopback port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

VERSION = "3.0.9"
ARTIFACT = f"io.apicurio:apicurio-registry-app:{VERSION}:tar.gz:all"
UNPACK = "org.apache.maven.plugins:maven-dependency-plugin:2.8:unpack"
"""The newer ones read the artifact's pom first, which names a parent that is not published."""
HOME = Path(sys.prefix) / "share" / f"apicurio-registry-{VERSION}"
"""Kept in our environment from run to run; `make clean` removes it."""
API = "apis/ccompat/v7"
START_S = 90

MISSING = (
    "the schema registry needs Java 17 and Maven: install them "
    "(Debian, Ubuntu: apt-get install openjdk-17-jre-headless maven)"
)
NOT_FETCHED = "Maven could not fetch the schema registry: see that this machine reaches its Maven repository"


def why_not() -> str | None:
    """Why there is no registry on this machine, as one line; None when there is one. Fetches it the first time."""
    if shutil.which("java") is None or (not HOME.exists() and shutil.which("mvn") is None):
        return MISSING
    return None if HOME.exists() or _fetch() else NOT_FETCHED


def _fetch() -> bool:
    """True when it was fetched."""
    with tempfile.TemporaryDirectory(dir=sys.prefix) as folder:
        unpacked = Path(folder) / "unpacked"
        command = ["mvn", "-q", "-B", UNPACK, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={unpacked}"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            return False
        HOME.parent.mkdir(parents=True, exist_ok=True)
        if not HOME.exists():  # another run may have been quicker
            unpacked.rename(HOME)
    return True


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@dataclass
class Server:
    """One registry with a folder of its own, which outlives the process as a database does."""

    folder: Path
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{API}"

    def start(self) -> None:
        """Starts it and waits until it answers."""
        database = f"jdbc:h2:file:{self.folder / 'registry'};WRITE_DELAY=0"  # what was answered survives a kill
        jar = HOME / f"apicurio-registry-app-{VERSION}-runner.jar"
        quick = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
        told = {"QUARKUS_HTTP_HOST": "127.0.0.1", "QUARKUS_HTTP_PORT": str(self.port)}
        with (self.folder / "said.txt").open("ab") as said:
            self.process = subprocess.Popen(
                ["java", *quick, f"-Dapicurio.datasource.url={database}", "-jar", str(jar)],
                cwd=HOME, env={**os.environ, **told}, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            )  # fmt: skip
        self._wait_until_ready()

    def kill(self) -> None:
        """As a machine that is switched off. Nothing when it is not running."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        limit = time.monotonic() + START_S
        with httpx.Client(timeout=5) as asking:
            while time.monotonic() < limit:
                assert self.process.poll() is None, f"the registry ended: {self._said()}"
                try:
                    if asking.get(f"{self.url}/subjects").is_success:
                        return
                except httpx.TransportError:
                    time.sleep(0.1)
        raise AssertionError(f"the registry is not ready after {START_S} s: {self._said()}")

    def _said(self) -> str:
        return (self.folder / "said.txt").read_text("utf-8", "replace")[-2000:]
