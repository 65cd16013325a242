"""Runs the command line in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bindeledd.app import cli


@dataclass(frozen=True, slots=True)
class Kjørt:
    """What a command left: exit code, data, and what it said."""

    kode: int
    ut: str
    sagt: str

    @property
    def linjer(self) -> list[str]:
        return self.ut.splitlines()


Kjør = Callable[..., Kjørt]


@pytest.fixture
def kjør(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Kjør:
    """`bindeledd <args>`."""

    def run(*args: object) -> Kjørt:
        monkeypatch.setattr(sys, "argv", ["bindeledd", *map(str, args)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return Kjørt(int(ended.value.code or 0), out, err)

    return run
