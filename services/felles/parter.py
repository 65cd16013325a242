"""A party by its id, also one that has been taken out of the configuration; and the one that others turn to."""

from __future__ import annotations

from services.felles.oppsett import KOORDINERENDE_ENHET, Oppsett, Part
from services.felles.toml_leser import OppsettFeil


def part_for(oppsett: Oppsett, part_id: str) -> Part:
    """The party; one that the configuration no longer names is of no kind, and may know nothing."""
    return oppsett.parter.get(part_id) or Part(part_id, "Ukjent enhet", "", "", None, None, (), helsetjeneste=False)


def parter_i(oppsett: Oppsett, organisasjon: str) -> tuple[str, ...]:
    """The parties of an organisation. Raises OppsettFeil for one that the configuration does not know, or has none."""
    parter = tuple(part.id for part in oppsett.parter.values() if part.organisasjon == organisasjon)
    if not parter:
        råd = f"Bruk en av: {', '.join(oppsett.organisasjoner)}"
        raise OppsettFeil("oppsettet", f"organisasjon.{organisasjon}", "finnes ikke, eller har ingen parter", råd)
    return parter


def koordinerende_enhet(oppsett: Oppsett) -> str:
    """The party whose people work the manual queue ('' where the municipality has named none)."""
    return next((part.id for part in oppsett.parter.values() if part.slag == KOORDINERENDE_ENHET), "")
