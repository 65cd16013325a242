"""Two records of one person, joined or parted again: streams are relinked, and no record is rewritten."""

from __future__ import annotations

from typing import Any

from bindeledd.core.envelope import Envelope
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.samhandling import PersonerSlaattSammen, SammenslaaingOmgjort


def _slått_sammen(lookup: Lookup, konvolutt: Envelope, event: Any) -> tuple[list[str], str]:
    """Everything of the lost record is the survivor's, but the lost record's own stream, which keeps its history."""
    return [ref for ref in lookup.all_streams_of(event.tapt) if ref != event.tapt], konvolutt.stream


def _omgjort(lookup: Lookup, _konvolutt: Envelope, event: Any) -> tuple[list[str], str]:
    """The streams that are named go back; a service relinks those of them that it has."""
    return [ref for ref in event.stroemmer if lookup.version(ref)], event.gjenoppstaatt


RELINKS = {PersonerSlaattSammen.avro_name: _slått_sammen, SammenslaaingOmgjort.avro_name: _omgjort}
