"""Knows that what is installed from the wheel works outside the checkout: its schemas, configuration and assets too."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 20


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as a release would be."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment that has the wheel, and the locked packages without our checkout."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home / "venv", with_pip=False)
    binaries = home / "venv" / "bin"
    site = next((home / "venv" / "lib").glob("python*/site-packages"))
    # Plain lines of a .pth file add a folder to the path; the checkout's own .pth inside that folder is not read.
    (site / "locked-packages.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", "utf-8")
    install = [sys.executable, "-m", "pip", "--python", str(binaries / "python"), "install", "--no-index", "--no-deps"]
    done = subprocess.run(
        [*install, "--quiet", "--ignore-installed", str(wheel)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return binaries


def run(installed: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run(
        [str(installed / command[0]), *command[1:]], cwd=folder, env=clean, capture_output=True, text=True, check=False
    )


def test_the_wheel_holds_all_that_the_checkout_has_of_schemas_configuration_and_pages(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    data = [path for folder in ("schemas", "deploy") for path in (ROOT / folder).rglob("*.*") if path.is_file()]
    wanted = {
        f"bindeledd/_data/{path.relative_to(ROOT)}" for path in data if path.suffix in {".avsc", ".toml", ".json"}
    }
    pages = [path for path in (ROOT / "web").rglob("*.*") if path.is_file() and "__pycache__" not in path.parts]
    wanted |= {str(path.relative_to(ROOT)) for path in pages}
    assert wanted - inside == set()
    assert "web/static/vendor/htmx.min.js" in wanted


def test_the_wheel_holds_nothing_that_only_developers_need(wheel: Path) -> None:
    folders = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert folders == {"bindeledd", "services", "web", f"bindeledd-{version}.dist-info"}


def test_the_installed_code_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "python", "-c", "import bindeledd, services, web; print(bindeledd.__file__)")
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(installed.parent)


def test_the_installed_code_finds_its_own_data(installed: Path, tmp_path: Path) -> None:
    ask = "from bindeledd.resources import data_folder as f; print(f('schemas')); print(f('deploy'))"
    done = run(installed, tmp_path, "python", "-c", ask)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        assert Path(line).is_relative_to(installed.parent)


def test_the_installed_command_says_what_it_can_do(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "bindeledd", "--help")
    assert done.returncode == 0, done.stderr
    assert {"serve", "mottak", "schemas"} <= set(done.stdout.replace("│", " ").split())


def test_the_installed_schemas_hold(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "bindeledd", "schemas", "check")
    assert done.returncode == 0, done.stdout + done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(url: str) -> int | None:
    """The status, or None while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
    except OSError:
        return None


@contextlib.contextmanager
def serving(installed: Path, folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(installed / "bindeledd"), "serve", "--demo", "--data", str(folder / "data"), "--port", str(port)]
    with (folder / "output").open("wb") as output:
        clean = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        process = subprocess.Popen(command, cwd=folder, env=clean, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until_ready(process: subprocess.Popen[bytes], url: str, output: Path) -> None:
    limit = time.monotonic() + READY_SECONDS_MAX
    while answer(url) != 200:
        assert process.poll() is None, output.read_text("utf-8", "replace")
        assert time.monotonic() < limit, f"not ready in time: {output.read_text('utf-8', 'replace')}"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)


def test_the_installed_server_starts_shows_its_pages_and_stops_when_asked(installed: Path, tmp_path: Path) -> None:
    few = ("--dager", "2", "--pasienter", "2", "--data", str(tmp_path / "data"))
    simulated = run(installed, tmp_path, "bindeledd", "simulate", *few)
    assert simulated.returncode == 0, simulated.stderr
    port = free_port()
    with serving(installed, tmp_path, port) as process:
        wait_until_ready(process, f"http://127.0.0.1:{port}/helse/klar", tmp_path / "output")
        assert answer(f"http://127.0.0.1:{port}/static/vendor/htmx.min.js") == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS_MAX) == 0
