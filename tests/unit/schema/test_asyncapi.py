"""The AsyncAPI document holds before AsyncAPI's own parser."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bindeledd.schema.asyncapi import document
from bindeledd.schema.catalog import Catalog, load_catalog
from tests.unit.schema.small_tree import write_tree

SCRIPT = Path(__file__).with_name("asyncapi.mjs")
WARNING = 1  # 0 is an error; 2 and 3 are advice


def node() -> str:
    """Set-up puts one into our environment where the machine has none, or one that is too old."""
    ours = Path(sys.executable).parent / "node"
    found = str(ours) if ours.exists() else shutil.which("node")
    assert found, "there is no node: run `make setup`"
    return found


def faults(content: dict[str, Any]) -> list[str]:
    """What the parser has against a document: errors and warnings."""
    done = subprocess.run(
        [node(), str(SCRIPT)], input=json.dumps(content), capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return [f"{one['path']}: {one['message']}" for one in json.loads(done.stdout) if one["severity"] <= WARNING]


def test_the_document_is_valid(real_catalog: Catalog) -> None:
    assert faults(document(real_catalog)) == []


@pytest.mark.parametrize("broken", ["operation", "avro"])
def test_a_document_that_is_not_valid_is_found_out(tmp_path: Path, broken: str) -> None:
    content = document(load_catalog(write_tree(tmp_path)))
    if broken == "operation":
        next(iter(content["operations"].values()))["action"] = "shout"
    else:
        next(iter(content["components"]["messages"].values()))["payload"]["schema"]["name"] = "a.b"

    assert faults(content)
