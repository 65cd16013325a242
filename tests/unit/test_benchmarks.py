"""The report of what was measured says of each bound that was not kept by how much, and where the reason stands."""

from __future__ import annotations

import re
from pathlib import Path

from bench.figures import Figure, Workload
from bench.report import page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def _ingenting(_folder: Path) -> dict[str, float]:
    return {}


def test_a_bound_that_was_not_kept_is_named_with_what_was_measured() -> None:
    figures = (
        Figure("wait", "half are there within", "ms", at_most=1, of_ratio=False),
        Figure("ours", "one caller", beside="theirs", at_least=2),
    )
    workload = Workload("To the board", "Somehow.", figures, _ingenting)
    runs = [{"wait": wait, "ours": 300.0, "theirs": 200.0} for wait in (1.5, 1.7, 2.2)]
    lost = page({"board": (workload, runs)}).partition("## Where we lose")[2]
    assert "- To the board: half are there within: 1.7 (1.5 – 2.2) ms, bound ≤ 1 ms" in lost
    assert "- To the board: one caller: 1.5, bound ≥ 2" in lost


def test_the_page_that_is_published_says_why_where_it_says_what_was_lost() -> None:
    lost = (DOCS / "benchmarks.md").read_text().partition("Bounds that were not kept:")[2].partition("Peers")[0]
    missed = [line for line in lost.splitlines() if line.startswith("- ") and line != "- none"]
    assert all(", bound " in line for line in missed)
    reasons = re.findall(r"\]\((adr/[^)]+)\)", lost)
    assert bool(missed) == bool(reasons)
    assert all((DOCS / reason).is_file() for reason in reasons)
