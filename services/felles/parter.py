"""A party by its id, also one that has been taken out of the configuration; and the one that others turn to."""

from __future__ import annotations

from services.felles.oppsett import KOORDINERENDE_ENHET, Oppsett, Part


def part_for(oppsett: Oppsett, part_id: str) -> Part:
    """The party; one that the configuration no longer names is of no kind, and may know nothing."""
    return oppsett.parter.get(part_id) or Part(part_id, "Ukjent enhet", "", "", None, None, (), helsetjeneste=False)


def koordinerende_enhet(oppsett: Oppsett) -> str:
    """The party whose people work the manual queue ('' where the municipality has named none)."""
    return next((part.id for part in oppsett.parter.values() if part.slag == KOORDINERENDE_ENHET), "")
