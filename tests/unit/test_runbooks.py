"""What the documents tell somebody to run is there to be run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bindeledd.app.cli import app

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "runbooks").glob("*.md")),
]
RUNBOOKS = {
    "install", "upgrade", "backup-and-restore", "broker-lost", "database-lost", "key-lost", "master-secret",
    "poison-message", "process-stands-still", "rebalance-storm",
}  # fmt: skip
PLACEHOLDERS = re.compile(r"^[A-ZÆØÅ…]+$")
PAGE_LINES_MAX = 60


def to_be_run_in(document: Path) -> Iterator[str]:
    """Each line of a code block that runs us, settings before it left out."""
    text = document.read_text("utf-8")
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            found = re.match(r"^\s*(?:[A-Z_]+=\S+ )*(bindeledd .*)$", line)
            if found:
                yield found[1]


def commands_in(document: Path) -> Iterator[str]:
    """Those, and what stands whole in the text."""
    yield from to_be_run_in(document)
    text = document.read_text("utf-8")
    outside = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    yield from re.findall(r"`(?:[A-Z_]+=\S+ )?(bindeledd [a-z][^`]*)`", outside)


CASES = [(path.stem, line) for path in DOCUMENTS for line in dict.fromkeys(commands_in(path))]


@pytest.mark.parametrize(("document", "line"), CASES, ids=lambda each: each)
def test_a_command_in_a_document_is_one_that_there_is(document: str, line: str) -> None:
    command: Any = typer.main.get_command(app)
    words = shlex.split(line.partition(" # ")[0])[1:]
    while words and hasattr(command, "commands"):
        name = words.pop(0)
        assert name in command.commands, f"{document} says `{line}`, and there is no {name}"
        command = command.commands[name]
    known = {option for each in command.params for option in each.opts if option.startswith("-")}
    said = {word.partition("=")[0] for word in words if word.startswith("-")}
    assert said <= known, f"{document} says `{line}`, and there is no {sorted(said - known)}"
    if words and not any(PLACEHOLDERS.match(word) for word in words):
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(ROOT)
            try:
                command.make_context(command.name, list(words))
            except Exception as error:  # noqa: BLE001 - whatever the command line refuses it with
                pytest.fail(f"{document} says `{line}`: {error}")


def test_there_is_a_runbook_for_what_happens_and_each_is_a_page() -> None:
    there = {path.stem: path.read_text("utf-8") for path in (ROOT / "docs" / "runbooks").glob("*.md")}
    assert there.keys() == RUNBOOKS | {"README"}
    assert all(f"({name}.md)" in there["README"] for name in RUNBOOKS)
    for name, text in there.items():
        assert len(text.splitlines()) <= PAGE_LINES_MAX, name
        assert name == "README" or ("**See" in text or "**Before" in text or "## " in text), name


def test_what_the_documents_link_to_is_there() -> None:
    # What the tutorials tell somebody to run is run (tests/browser/test_veiledning.py).
    for path in (*DOCUMENTS, *(ROOT / "docs" / "veiledning").glob("*.md")):
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
            assert (path.parent / link).exists(), f"{path.name} links to {link}"
