"""`bindeledd replay avvik`: how cases of avvik went, without names; the same arguments give the same bytes."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bindeledd.app.terminal import table

if TYPE_CHECKING:
    from bindeledd.core.envelope import Envelope
    from bindeledd.ops.replay import Found, Replay, Told
    from services.samhandling.avviksgang import Utvalg

TOPIC = "samhandling.avvik"
Row = dict[str, Any]


class Format(StrEnum):
    """How rows are written."""

    TABELL = "tabell"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def steps(told: Iterable[Told], asked: Utvalg, since: datetime | None, until: datetime | None) -> Iterator[Row]:
    """What happened in the cases that are asked for, one row to a record."""
    from dataclasses import asdict

    from services.samhandling.avviksgang import Saksgang

    gang = Saksgang()
    for envelope, event in _readable(told):
        if until is not None and envelope.registrert >= until:
            continue
        step = gang.følg(envelope, event)
        if (since is None or step.tid >= since) and asked.gjelder(gang.saker[envelope.stream].state):
            yield asdict(step)


def as_of(told: Iterable[Told], asked: Utvalg, moment: datetime) -> Iterator[Row]:
    """How the cases that are asked for stood, one row to a party's lane."""
    from services.samhandling.avviksgang import per, som_rader

    for sak in per(_readable(told), moment).stilling(asked):
        yield from som_rader(sak)


def replay_of(found: Iterable[Found], *, in_order: bool) -> tuple[Replay, Iterable[Told]]:
    """Records read whole, in the order in which they were written, and what is to be said of their chains when they
    have been. `in_order`: they lie so already, as in a log, and the first is told before the last is read."""
    from functools import partial

    from bindeledd.app.installation import codec
    from bindeledd.ops.replay import Replay
    from bindeledd.runtime.handle import read

    replay = Replay(partial(read, codec()))
    told = replay.tell(found)
    return replay, told if in_order else _in_order(told)


def write(rows: Iterable[Row], form: Format) -> None:
    """Rows to stdout. Moments are UTC where a program reads, and local where a person does."""
    match form:
        case Format.JSONL:
            for row in rows:
                sys.stdout.write(json.dumps(row, ensure_ascii=False, default=_utc) + "\n")
        case Format.CSV:
            _write_csv(rows)
        case Format.TABELL:
            sys.stdout.write("".join(f"{line}\n" for line in table(_lines([*rows]))))
        case Format.PARQUET:
            import polars as pl

            pl.DataFrame([*rows], infer_schema_length=None).write_parquet(sys.stdout.buffer)


def _write_csv(rows: Iterable[Row]) -> None:
    out: csv.DictWriter[str] | None = None
    for row in rows:
        if out is None:
            out = csv.DictWriter(sys.stdout, [*row], lineterminator="\n")
            out.writeheader()
        out.writerow({name: _utc(value) if isinstance(value, datetime) else value for name, value in row.items()})


def _lines(rows: Sequence[Row]) -> list[tuple[object, ...]]:
    if not rows:
        return []
    return [tuple(rows[0]), *(tuple(_shown(value) for value in row.values()) for row in rows)]


def _shown(value: Any) -> str:
    from services.felles.tid import OSLO

    if isinstance(value, datetime):
        return f"{value.astimezone(OSLO):%d.%m.%Y %H:%M}"
    return "–" if value in (None, "") else str(value)


def _utc(value: Any) -> str:
    return str(value.astimezone(UTC).isoformat())


def _in_order(told: Iterable[Told]) -> Iterator[Told]:
    """In the order in which they were written: a topic tells partition by partition."""
    yield from sorted(told, key=lambda each: _place(each.envelope))


def _place(envelope: Envelope | None) -> tuple[int, int]:
    return (envelope.epoch, envelope.position) if envelope is not None else (0, 0)


def _readable(told: Iterable[Told]) -> Iterator[tuple[Envelope, Any]]:
    """Records that can be read, once each."""
    from bindeledd.ops.replay import Chain

    for each in told:
        if each.envelope is not None and each.chain is not Chain.REPEATED and hasattr(each.event, "avro_name"):
            yield each.envelope, each.event
