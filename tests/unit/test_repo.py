"""Knows the promises that the repository itself makes: commands, locks, names, and what a file may not mention."""

import ast
import json
import re
import subprocess
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("run", "dev", "setup", "node")


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [path for name in listed.stdout.decode("utf-8").split("\0") if name and (path := ROOT / name).is_file()]


def text_lines(paths: list[Path]) -> Iterator[tuple[str, str]]:
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def mentions(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{where} {found.group()}" for where, line in text_lines(tracked_files()) if (found := pattern.search(line))
    ]


def locked(name: str) -> dict[str, list[str]]:
    """Package and version to its hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text("ascii").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {line.split()[0]: re.findall(r"--hash=sha256:[0-9a-f]{64}\b", line) for line in lines}


def test_every_make_command_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    documents = [path for path in tracked_files() if path.suffix == ".md" or path.name == "run"]
    named = {
        target
        for path in documents
        for target in re.findall(r"(?:`|^\s*)make ([a-z-]+)\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert {"run", "test", "test-ladder", "check"} <= named
    assert named <= targets, f"documents name commands that are not there: {sorted(named - targets)}"


def test_no_file_names_a_path_of_one_machine() -> None:
    machine = re.compile(r"(?<![\w./])/(?:" + "work|farm|root|Users|home" + r")/[\w.]+")
    assert mentions(machine) == []


def test_no_file_names_a_package_registry() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npm" + "js", "npmjs" + ".org", "repo1.maven" + ".org")
    assert mentions(re.compile("|".join(map(re.escape, hosts)))) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_its_hashes(name: str) -> None:
    packages = locked(name)
    assert packages
    for package, hashes in packages.items():
        assert re.fullmatch(r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?==\S+", package), f"{package} is not pinned in {name}.txt"
        assert hashes, f"{package} has no hash in {name}.txt"


def test_what_tests_run_on_is_what_users_run_on() -> None:
    assert locked("run").items() <= locked("dev").items()


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = {package.partition("==")[0].partition("[")[0] for package in locked("run")}
    wanted = {re.split(r"[^A-Za-z0-9.-]", dependency)[0] for dependency in project["project"]["dependencies"]}
    assert wanted <= packages


def test_the_lock_of_the_assets_has_hashes_and_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    fetched = {name: entry for name, entry in packages.items() if name}
    assert fetched
    assert [name for name, entry in fetched.items() if not entry["integrity"].startswith("sha512-")] == []
    assert [name for name, entry in fetched.items() if "resolved" in entry] == []


def test_names_of_files_and_folders_are_composed_unicode() -> None:
    names = [str(path.relative_to(ROOT)) for path in tracked_files()]
    assert [name for name in names if unicodedata.normalize("NFC", name) != name] == []


def test_no_file_needs_much_scrolling() -> None:
    written = [path for path in tracked_files() if path.suffix == ".py" and "generated" not in path.parts]
    long = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in written}
    assert {name: lines for name, lines in long.items() if lines > 500} == {}


def test_every_service_has_the_same_rooms() -> None:
    rooms = {"README.md", "api.py", "planer.py", "reactions.py", "tjeneste.py", "utsnitt.py"}
    services = [path for path in (ROOT / "services").iterdir() if (path / "tjeneste.py").is_file()]
    assert len(services) == 4
    assert {path.name: sorted(rooms - {room.name for room in path.iterdir()}) for path in services} == {
        path.name: [] for path in services
    }


# What `decide`, `evolve` and `utsnitt` may lean on (architecture, "A service, always the same rooms").
PURE = ("bindeledd.core.", "bindeledd.schema.generated.", "services.felles.")
PURE_STANDARD = {"__future__", "collections", "dataclasses", "datetime", "decimal", "enum", "functools", "itertools"}
PURE_STANDARD |= {"math", "operator", "re", "types", "typing", "zoneinfo"}


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (f"{alias.name}." for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{alias.name}." for alias in names)
            case _:
                pass


def decides(path: Path) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name in {"decide", "evolve", "utsnitt"} for node in tree.body)


def own_module(root: Path, name: str) -> Path | None:
    """The file behind `services.x.module.` or `services.x.module.Name.`, when there is one."""
    parts = name.strip(".").split(".")
    candidates = (root.joinpath(*parts).with_suffix(".py"), root.joinpath(*parts[:-1]).with_suffix(".py"))
    return next((path for path in candidates if path.is_file()), None)


def impure_imports(root: Path, path: Path, seen: set[Path]) -> list[str]:
    """What a module, or one of its own service that it imports, imports beyond what decisions may know."""
    if path in seen:
        return []
    seen.add(path)
    own = ".".join(path.relative_to(root).parts[:2]) + "."
    found: list[str] = []
    for name in imported(ast.parse(path.read_text("utf-8"))):
        if name.startswith(own) and (behind := own_module(root, name)):
            found += impure_imports(root, behind, seen)
        elif not name.startswith((*PURE, own)) and name.partition(".")[0] not in PURE_STANDARD:
            found.append(f"{path.relative_to(root)} imports {name.strip('.')}")
    return found


def impure_decisions(root: Path) -> list[str]:
    deciding = [path for path in sorted((root / "services").rglob("*.py")) if decides(path)]
    return sorted({found for path in deciding for found in impure_imports(root, path, set())})


def test_what_decides_imports_nothing_but_core_events_and_what_services_share() -> None:
    assert impure_decisions(ROOT) == []


def test_a_decision_that_reaches_for_the_world_is_found(tmp_path: Path) -> None:
    service = tmp_path / "services" / "prøve"
    service.mkdir(parents=True)
    (service / "domain.py").write_text(
        "from datetime import date\n"
        "from bindeledd.core.decider import Decider\n"
        "from services.prøve import helper\n"
        "def decide() -> None: ...\n",
        "utf-8",
    )
    (service / "helper.py").write_text("import os\n", "utf-8")
    (service / "api.py").write_text("import httpx\n", "utf-8")
    assert impure_decisions(tmp_path) == ["services/prøve/helper.py imports os"]
