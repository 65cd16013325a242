"""Understands whether this process can do its work now, and if not, why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """`ready` when requests may be sent here; `why` says in plain words what hinders."""

    ready: bool
    why: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {"klar": self.ready, "hvorfor": list(self.why)}


STARTING = Health(ready=False, why=("starting: opening the data folder and catching up",))
STOPPING = Health(ready=False, why=("stopping: finishing what is under way",))


def failed(reason: str) -> Health:
    """Start-up came to an end without being done."""
    return Health(ready=False, why=(f"could not start: {reason}",))


def running(stopped: Sequence[str]) -> Health:
    """The health of a started installation, given why its services have stopped (none: all is well)."""
    return Health(ready=not stopped, why=tuple(stopped))
