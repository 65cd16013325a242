"""Knows where the official sample messages lie. They are read in place; none is copied into the project."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "samples"
MISSING = "the official samples are missing: put them in ../shared/samples or name their folder in BINDELEDD_SAMPLES"


def samples_root() -> Path | None:
    """The folder with the samples, or None where there is none."""
    named = os.environ.get("BINDELEDD_SAMPLES")
    root = Path(named) if named else BESIDE
    return root if root.is_dir() else None


def sample_params(pattern: str) -> list[object]:
    """One parameter per sample that the glob `pattern` finds, for `pytest.mark.parametrize`; its id is the file's name.

    Without samples: one parameter that is skipped, which in CI is a failure. A pattern that finds nothing is an error.
    """
    root = samples_root()
    if root is None:
        return [pytest.param(Path(), marks=pytest.mark.skip(reason=MISSING), id="samples missing")]
    found = sorted(root.glob(pattern))
    if not found:
        raise FileNotFoundError(f"no sample matches {pattern}: is the folder complete?")
    return [pytest.param(path, id=path.name) for path in found]
