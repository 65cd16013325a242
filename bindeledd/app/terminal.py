"""Understands what a command says and how: data on stdout, all else on stderr, and what an exit code means."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

DOES_NOT_HOLD = 1
"""What was looked at does not hold, or a file could not be read."""
USAGE = 2
"""The command line is wrong (typer's own)."""
CANNOT = 3
"""It cannot be done now or so: the message on stderr says why, and what to do."""

BROKEN = 4
"""A fault of ours: stderr says where it arose."""
LINES = 6
"""So many plain lines tell how far something has come, where there is no bar."""


def epilog(example: str, one: str = "") -> str:
    """The end of a command's --help: an example, and its exit codes; `one` says what 1 means where it can happen."""
    codes = ["0 done", f"1 {one}" if one else "", "2 wrong command line"]
    codes += ["3 cannot be done: stderr says why and what to do", "4 a fault of ours"]
    return f"Example: {example}\n\nExit codes: {' · '.join(code for code in codes if code)}."


if TYPE_CHECKING:
    from bindeledd.app.settings import Settings

Data = Annotated[Path | None, typer.Option("--data", help="The data folder.  [default: $BINDELEDD_DATA, else ./data]")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per line, for a program to read.")]


def settings_of(data: Path | None) -> Settings:
    """The settings, with the data folder of the command line if it named one."""
    from bindeledd.app.settings import Settings

    return Settings() if data is None else Settings(data=data)


def moment(text: str | None, option: str) -> datetime | None:
    """A moment that the command line names. Raises BadParameter when it is none, or has no offset."""
    if text is None:
        return None
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("not a moment: write 2026-03-01T12:00:00+01:00", param_hint=option) from None
    if said.tzinfo is None:
        raise typer.BadParameter("the offset is missing: write 2026-03-01T12:00:00+01:00", param_hint=option)
    return said


def say(text: str) -> None:
    """Tell the person at the terminal something that is not data."""
    sys.stderr.write(text + "\n")


def emit(row: dict[str, Any], *, as_json: bool, line: str) -> None:
    """One piece of data: as JSON, or as a line of text."""
    sys.stdout.write((json.dumps(row, ensure_ascii=False) if as_json else line) + "\n")
    sys.stdout.flush()


class Step(Protocol):
    def __call__(self, done: int, /) -> None: ...


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Step]:
    """A bar on stderr when a person watches; nothing otherwise. Data that goes elsewhere than to the terminal goes
    there while the bar stands, too."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    aside = sys.stdout.isatty()
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=aside) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def told(what: str, total: int) -> Iterator[Step]:
    """What somebody waits for at a terminal: a bar on stderr, or where there is none a plain line now and then."""
    if sys.stderr.isatty():
        with progress(what, total) as step:
            yield step
        return
    yield lambda done: say(f"{what}: {done} of {total}") if done % (total // LINES + 1) == 0 else None


def table(rows: Iterable[tuple[object, ...]]) -> list[str]:
    """Rows as aligned lines of text."""
    cells = [tuple(str(cell) for cell in row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)] if cells else []
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
