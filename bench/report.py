"""Understands how what was measured is shown: a table on the terminal, and docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.figures import Figure, Measured, Spread, Workload, held, ratio, spread

Results = Mapping[str, tuple[Workload, Sequence[Measured]]]

_PEERS = (
    "eventsourcing",
    "fastavro",
    "cryptography",
    "sqlalchemy",
    "psycopg",
    "confluent-kafka",
    "kafka-python",
    "faststream",
    "aiokafka",
)
_OPENING = (
    "# Speed and memory\n\nWritten by `make bench` and `make bench-scale`. Every figure is the median of the "
    "repetitions (lowest – highest), measured in the same run as what stands beside it; a ratio is made within each "
    "repetition. There are no timed tests: figures depend on the machine, ratios less so."
)
_WHY = (
    "What a message and a board cost, and what more would need: [ADR 0009](adr/0009-one-service-at-a-time.md)."
    " What taking in from Kafka costs over a bare loop: decoding into classes that are checked, and the bookkeeping "
    "of versions, hashes and views ([ADR 0021](adr/0021-a-kafka-client-in-c.md)). What delays a record on its way: a "
    "commit on each side, and the wait for a processor that broker, relay and reader share, so that the bare pipeline "
    "takes about as long ([ADR 0011](adr/0011-kafka-carries-and-the-store-decides.md))."
)
_MARKS = {True: "yes", False: "**no**", None: ""}


def show(console: Console, workload: Workload, runs: Sequence[Measured]) -> None:
    """One workload's table on the terminal."""
    table = Table(title=workload.title, title_justify="left")
    for heading in ("what", "figure", "ratio", "bound", "held"):
        table.add_column(heading)
    for figure in workload.figures:
        table.add_row(*(cell.replace("**", "") for cell in _cells(figure, runs)))
    console.print(table)


def page(results: Results) -> str:
    """The whole report as Markdown."""
    parts = [
        _OPENING,
        machine(),
    ]
    parts += [_section(workload, runs) for workload, runs in results.values()]
    parts.append(_lost(results))
    return "\n\n".join(parts) + "\n"


def machine() -> str:
    """What it was measured on, and with which versions."""
    with Path("/proc/meminfo").open() as info:
        memory = int(info.readline().split()[1]) // 1024**2
    peers = ", ".join(f"{name} {version(name)}" for name in _PEERS)
    return (
        f"Machine: {os.cpu_count()} cores ({_cpu()}), {memory} GiB; Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {peers}; commit {_commit()}."
    )


def _cpu() -> str:
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return models[0].partition(":")[2].strip() if models else platform.machine()


def _commit() -> str:
    found = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


def _section(workload: Workload, runs: Sequence[Measured]) -> str:
    rows = ["| " + " | ".join(_cells(figure, runs)) + " |" for figure in workload.figures]
    head = "| what | figure | ratio | bound | held |\n|---|---|---|---|---|"
    times = f"{len(runs)} repetitions" if len(runs) > 1 else "Measured once"
    return f"## {workload.title}\n\n{workload.how} {times}.\n\n{head}\n" + "\n".join(rows)


def _lost(results: Results) -> str:
    """Where a bound was not kept, and where a peer or the raw limit is faster."""
    missed, slower = [], []
    for workload, runs in results.values():
        for figure in workload.figures:
            beside = ratio(figure, runs)
            if held(figure, runs) is False:
                missed.append(f"- {workload.title}: {figure.what}: {_measured(figure, runs)}, bound {_bound(figure)}")
            elif beside is not None and figure.peer and beside.median < 1:
                slower.append(f"- {figure.what}: {beside.median:.2f}")
    return (
        "## Where we lose\n\nBounds that were not kept:\n\n"
        + ("\n".join(missed) or "- none")
        + ("\n\n" + _WHY if missed else "")
        + "\n\nPeers and raw limits that are faster than we are:\n\n"
        + ("\n".join(slower) or "- none")
    )


def _cells(figure: Figure, runs: Sequence[Measured]) -> tuple[str, str, str, str, str]:
    beside = ratio(figure, runs)
    return (
        figure.what,
        f"{_spread(spread([run[figure.name] for run in runs]))} {figure.unit}",
        _spread(beside) if beside is not None else "",
        _bound(figure),
        _MARKS[held(figure, runs)],
    )


def _measured(figure: Figure, runs: Sequence[Measured]) -> str:
    """What the bound is of: the ratio where it is one, else the figure."""
    _, value, beside, *_ = _cells(figure, runs)
    return beside if figure.of_ratio and figure.beside else value


def _bound(figure: Figure) -> str:
    unit = "" if figure.of_ratio and figure.beside else f" {figure.unit}"
    if figure.at_least is not None:
        return f"≥ {figure.at_least:g}{unit}"
    return f"≤ {figure.at_most:g}{unit}" if figure.at_most is not None else ""


def _spread(found: Spread) -> str:
    if found.low == found.high:
        return _number(found.median)
    return f"{_number(found.median)} ({_number(found.low)} – {_number(found.high)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
