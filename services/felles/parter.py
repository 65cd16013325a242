"""A party by its id, also one that only messages have named."""

from __future__ import annotations

from services.felles.oppsett import Oppsett, Part

HER = "her-"


def part_for(oppsett: Oppsett, part_id: str) -> Part:
    """The party; a unit known only by the HER-id that messages are addressed to counts as forvaltning.

    Such units exist only where the installation has not said which organisations it receives for.
    """
    kjent = oppsett.parter.get(part_id)
    if kjent is not None:
        return kjent
    navn = f"Enhet med HER-id {part_id.removeprefix(HER)}" if part_id.startswith(HER) else "Ukjent enhet"
    slag = "forvaltning" if part_id.startswith(HER) else ""
    return Part(part_id, navn, slag, "", None, None, (), helsetjeneste=bool(slag))
