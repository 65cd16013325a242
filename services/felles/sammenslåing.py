"""Two records of one person, joined or parted again: streams are relinked, and no record is rewritten."""

from __future__ import annotations

from typing import Any

from bindeledd.core.envelope import Envelope
from bindeledd.runtime.service import Lookup
from bindeledd.schema.generated.samhandling import PersonerSlaattSammen, SammenslaaingOmgjort


def _slått_sammen(lookup: Lookup, konvolutt: Envelope, event: Any) -> tuple[list[str], str]:
    """Everything of the lost record is the survivor's; its own stream too, which so tells who the person is now."""
    return lookup.all_streams_of(event.tapt), konvolutt.stream


def _omgjort(lookup: Lookup, konvolutt: Envelope, event: Any) -> tuple[list[str], str]:
    """What began as the lost record's goes back to it, and the streams that are named besides."""
    assert konvolutt.person_ref is not None
    felles = lookup.all_streams_of(konvolutt.person_ref)
    tilbake = [ref for ref in felles if ref in event.stroemmer or lookup.first_person_of(ref) == event.gjenoppstaatt]
    return tilbake, event.gjenoppstaatt


RELINKS = {PersonerSlaattSammen.avro_name: _slått_sammen, SammenslaaingOmgjort.avro_name: _omgjort}
