"""`bindeledd replay avvik`: how cases of avvik went, without names; the same arguments give the same bytes."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bindeledd.app.terminal import table

if TYPE_CHECKING:
    from bindeledd.core.envelope import Envelope
    from bindeledd.ops.laid import Lying
    from bindeledd.ops.replay import Found, Replay, Told
    from services.samhandling.avvik.avviksgang import Før, Utvalg

TOPIC = "samhandling.avvik"
Row = dict[str, Any]


class Format(StrEnum):
    """How rows are written."""

    TABELL = "tabell"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


def steps(
    told: Iterable[Told], asked: Utvalg, since: datetime | None, until: datetime | None, before: Før | None = None
) -> Iterator[Row]:
    """What happened in the cases that are asked for, one row to a record: the same steps as on the page. `before`:
    where a case that nothing has been told of for long can be read again, so that not all need be kept in mind."""
    from services.samhandling.avvik.avviksgang import steg

    by_then = (record for record in _readable(told) if until is None or record[0].registrert < until)
    yield from (step._asdict() for step in steg(by_then, asked, before) if since is None or step.tid >= since)


def as_of(told: Iterable[Told], asked: Utvalg, moment: datetime) -> Iterator[Row]:
    """How the cases that are asked for stood, one row to a party's lane. They are told case by case."""
    from services.samhandling.avvik.avviksgang import per, som_rader

    for _, records in groupby(_readable(told), key=lambda each: each[0].stream):
        for sak in per(records, moment).stilling(asked):
            yield from som_rader(sak)


def replay_of(lying: Lying) -> Replay:
    """Tells records whole, and what is to be said of their chains when they have been."""
    from bindeledd.app.installation import codec
    from bindeledd.ops.replay import Latest, Replay, whole

    return Replay(whole(codec()), follow=Latest(lying.one))


def before_in(lying: Lying) -> Før:
    """What is written of a case before a record of it, as far as it can be read."""
    from bindeledd.app.installation import codec
    from bindeledd.ops.replay import whole

    read = whole(codec())

    def before(stream: str, version: int) -> Iterator[tuple[Envelope, Any]]:
        for data in lying.before(stream, version):
            envelope, event = read(data)
            if hasattr(event, "avro_name"):
                yield envelope, event

    return before


def of_case(found: Iterable[Found], name: str) -> Iterator[Found]:
    """The records of the one case that goes by a name."""
    from bindeledd.app.installation import codec
    from bindeledd.core.errors import InvalidMessage
    from services.felles.forum import saksnavn

    for each in found:
        with suppress(InvalidMessage):
            if each.data is not None and saksnavn(codec().place(each.data).stream) == name:
                yield each


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


def _readable(told: Iterable[Told]) -> Iterator[tuple[Envelope, Any]]:
    """Records that can be read, once each."""
    from bindeledd.ops.replay import Chain

    for _, envelope, chain, event in told:
        if envelope is not None and chain is not Chain.REPEATED and hasattr(event, "avro_name"):
            yield envelope, event
