"""`python -m bench`: every workload but the long ones, or those that are named. Writes docs/benchmarks.md."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bench import avvik_scale, board, command, intake, kafka, kafka_scale, postgres, proof, rebuild, scale, town
from bench.figures import Measured, Workload
from bench.report import machine, page, show
from tests.broker.kafka import MISSING
from tests.broker.kafka import found as kafka_found

WORKLOADS = {
    "command": command.WORKLOAD,
    "board": board.WORKLOAD,
    "rebuild": rebuild.WORKLOAD,
    "intake": intake.WORKLOAD,
    "town": town.WORKLOAD,
    "demo": town.MADE,
    "postgres": postgres.WORKLOAD,
    "proof": proof.WORKLOAD,
    "kafka": kafka.WORKLOAD,
    "scale": scale.WORKLOAD,
    "kafka-scale": kafka_scale.WORKLOAD,
    "avvik-scale": avvik_scale.WORKLOAD,
}
LONG = ("scale", "kafka-scale", "avvik-scale")
DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "benchmarks.md"
RAW = DOCS / "benchmarks.json"
"""What was measured, so that one workload can be measured again and the page still shows all."""


def main(names: Sequence[str]) -> None:
    console = Console()
    console.print(machine())
    raw: dict[str, list[Measured]] = json.loads(RAW.read_text()) if RAW.exists() else {}
    for name in names or _usual(console):
        raw[name] = _repeat(WORKLOADS[name], console)
        show(console, WORKLOADS[name], raw[name])
    RAW.write_text(json.dumps(raw, indent=1) + "\n")
    PAGE.write_text(page({name: (workload, raw[name]) for name, workload in WORKLOADS.items() if name in raw}))
    console.print(f"written: {PAGE.name}")


def _usual(console: Console) -> list[str]:
    """All but the long ones, and what there are servers for."""
    if kafka_found():
        return [name for name in WORKLOADS if name not in LONG]
    console.print(f"kafka is left out. {MISSING}")
    return [name for name in WORKLOADS if name not in (*LONG, "kafka")]


def _repeat(workload: Workload, console: Console) -> list[Measured]:
    runs = []
    for number in range(workload.repetitions):
        told = f"{workload.title}: {number + 1} of {workload.repetitions}"
        with console.status(told), tempfile.TemporaryDirectory(prefix="bindeledd-bench-") as folder:
            runs.append(workload.run(Path(folder)))
    return runs


if __name__ == "__main__":
    main(sys.argv[1:])
