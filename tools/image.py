"""Knows what the container image is built from, and lays it in one folder: locked wheels, and our own with its assets.

`tools/image.py FOLDER`. The wheels are those of a Linux with glibc and of the Python that deploy/Dockerfile's base has,
whatever machine this is. What is there already, and still has its hash, is not fetched again.
"""

import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "run.txt"
PYTHON = "3.11"
GLIBC_MINOR_MAX = 36  # of Debian 12
MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}


def platforms() -> list[str]:
    """Every tag of a wheel that the image can use, as pip's options."""
    machine = MACHINES.get(platform.machine().lower(), platform.machine())
    names = [f"manylinux_2_{minor}_{machine}" for minor in range(5, GLIBC_MINOR_MAX + 1)]
    return [option for name in (*names, f"manylinux2014_{machine}") for option in ("--platform", name)]


def fill(folder: Path) -> None:
    """Raises CalledProcessError when the wheels cannot be had."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    for old in wheels.glob("bindeledd-*.whl"):
        old.unlink()
    python = ["--implementation", "cp", "--python-version", PYTHON, "--abi", "cp311", "--abi", "abi3", "--abi", "none"]
    locked = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK), "--dest", str(wheels)]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run([*pip, *python, *platforms(), *locked], check=True)
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)]
    subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    shutil.copy(LOCK, folder)


def main() -> int:
    """Exit code 0 when the folder is filled, 1 with a line that says what to do when it is not."""
    folder = Path(sys.argv[1])
    try:
        fill(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"image: the wheels could not be laid in {folder}: {error}", file=sys.stderr)
        print("image: see that this machine reaches its package index, and run it again", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
