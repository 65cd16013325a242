"""Knows which tests `make test` runs of rungs 2 and 3, and that `make test-ladder` runs the others."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests import ladder
from tests.trinn import TRINN

ROOT = Path(__file__).resolve().parents[2]
SOME = (
    "tests/crash/test_kill.py",
    "tests/broker/test_drap.py",
    "tests/broker/test_kafka.py",
    "tests/unit/test_repo.py",
)


def chosen(target: str) -> set[str]:
    """Which of some tests a target of the Makefile runs."""
    recipe = re.search(rf"^{target}:.*\n(.*)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe is not None
    said = re.search(r"-m '(.+?)'", recipe.group(1))
    assert said is not None
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        said.group(1),
        *SOME,
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return {line for line in listed if "::" in line}


def test_every_line_of_the_cut_names_something_that_is_there() -> None:
    for line in ladder.CUT:
        path, _, test = line.partition("[")[0].partition("::")
        assert (ROOT / path).exists(), line
        assert not test or f"def {test}(" in (ROOT / path).read_text("utf-8"), line


def test_what_runs_on_each_rung_is_the_ladders_on_the_third() -> None:
    story = "tests/stories/test_a_rett_ut_igjen.py::test_noe[{}]"
    assert [ladder.in_cut(story.format(trinn)) for trinn in TRINN] == [True, True, False]
    assert ladder.on_rung_3(story.format("act-kronstad-kafka"))
    assert not ladder.on_rung_3(story.format("kafkaesk"))


def test_what_make_test_leaves_out_is_run_on_the_ladder_and_kills_in_both() -> None:
    always, ladders = chosen("test"), chosen("test-ladder")
    both = always & ladders
    rounds = ("may_be_killed_at_any_moment", "killed_at_any_moment_nothing_acknowledged_is_missing")
    assert both == {name for name in always if any(each in name for each in rounds)}
    assert {name for name in always if "postgres" in name or "broker" in name} == {
        name for name in always if name.startswith(ladder.CUT)
    }
    assert "tests/broker/test_kafka.py" in {name.partition("::")[0] for name in ladders}
    assert len([name for name in ladders if "test_kill.py" in name and "[postgres" in name]) > 1
    stores = [name for name in ladders - both if not name.startswith(ladder.BROKER)]
    assert not [name for name in stores if "[sqlite" in name or "/unit/" in name]
