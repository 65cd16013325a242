"""Understands figures: what a workload measured in each repetition, as medians, spreads and ratios."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Measured = Mapping[str, float]
"""What one repetition of a workload gave: a name for each raw figure."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report: the raw figure `name`, and beside it the peer or raw limit that it is a ratio to."""

    name: str
    what: str
    unit: str = "/s"
    beside: str = ""
    at_least: float | None = None
    at_most: float | None = None
    of_ratio: bool = True
    """Whether the bound is one of the ratio, or of the figure itself."""
    peer: bool = False
    """Whether it stands beside somebody else's way of doing the same: less than 1 means that we are slower."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What is measured together. `run` takes an empty folder and makes one repetition."""

    title: str
    how: str
    figures: tuple[Figure, ...]
    run: Callable[[Path], Measured]
    repetitions: int = 5


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of the repetitions, the lowest and the highest."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


def ratio(figure: Figure, runs: Sequence[Measured]) -> Spread | None:
    """The figure as a ratio to what stands beside it, repetition by repetition; None when it stands alone."""
    if not figure.beside:
        return None
    return spread([run[figure.name] / run[figure.beside] for run in runs])


def held(figure: Figure, runs: Sequence[Measured]) -> bool | None:
    """Whether the median keeps its bound; None when it has none."""
    judged = (ratio(figure, runs) if figure.of_ratio else None) or spread([run[figure.name] for run in runs])
    if figure.at_least is not None:
        return judged.median >= figure.at_least
    if figure.at_most is not None:
        return judged.median <= figure.at_most
    return None


def rate(count: int, work: Callable[[], None]) -> float:
    """How many a second, when `work` does `count` of them."""
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of all lie at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
