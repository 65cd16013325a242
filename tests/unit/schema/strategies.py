"""Hypothesis strategies for every generated class, made from its annotations."""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from bindeledd.core.envelope import Actor, Envelope
from bindeledd.core.sealed import Forseglet, Klartekst

REF = st.text("0123456789abcdef", min_size=32, max_size=32)
TEXT = st.text(max_size=20)
INT32 = st.integers(-(2**31), 2**31 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=1)), timezone(timedelta(hours=-9, minutes=-30))])
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=ZONES)  # noqa: DTZ001 - hypothesis adds it
SEALED: st.SearchStrategy[Forseglet[Any]] = st.builds(
    Forseglet, REF, REF, TEXT, st.binary(min_size=12, max_size=12), st.binary(max_size=40)
)
ACTORS = st.builds(Actor, TEXT, TEXT, TEXT)


def envelopes(kind: str) -> st.SearchStrategy[Envelope]:
    return st.builds(
        Envelope,
        id=REF,
        type=st.just(kind),
        stream=REF,
        version=INT64,
        prev=st.binary(max_size=32),
        epoch=INT32,
        position=INT64,
        person_ref=st.none() | REF,
        audience=st.lists(TEXT, max_size=4).map(tuple),
        hendt=MOMENTS,
        mottatt=MOMENTS,
        registrert=MOMENTS,
        actor=ACTORS,
        ground=TEXT,
        correlation=REF,
        causation=REF,
        depth=INT32,
    )


def instances(cls: type) -> st.SearchStrategy[Any]:
    """Any instance of a generated class, as the codec must be able to write and read it."""
    hints = typing.get_type_hints(cls)
    fields = [field.name for field in dataclasses.fields(cls)]
    return st.builds(cls, **{name: _values(hints[name]) for name in fields})


def _values(hint: Any) -> st.SearchStrategy[Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return st.one_of(*(_values(part) for part in arguments if not _is_klartekst(part)))
    if origin is tuple:
        return st.lists(_values(arguments[0]), max_size=3).map(tuple)
    if origin is Forseglet:
        return SEALED
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    known = {
        str: TEXT,
        bool: st.booleans(),
        int: INT32,
        bytes: st.binary(max_size=40),
        date: st.dates(),
        datetime: MOMENTS,
        type(None): st.none(),
    }
    return known[hint] if hint in known else instances(hint)


def _is_klartekst(hint: Any) -> bool:
    """Content still in the clear: allowed by the annotation, refused by the codec."""
    return typing.get_origin(hint) is Klartekst
