"""Understands whether a representative is still the one whom the person has named."""

from __future__ import annotations

from bindeledd.core.sealed import Forseglet
from bindeledd.schema.generated.ansvarsgruppe import AnsvarsgruppeUtsnitt
from services.felles.oppsett import REPRESENTANT
from web.bilde import Bilde
from web.økt import Økt


def fullmakt(økt: Økt, bilde: Bilde) -> str:
    """Which choice of the person's holds now; empty for any other party, and where no group names anybody.

    All representatives are one party, so what the party is given says not which of them may see it. A name's origin is
    the event that named it: nothing is opened to tell one choice from the next.
    """
    if økt.part != REPRESENTANT:
        return ""
    grupper: list[AnsvarsgruppeUtsnitt] = [g.utsnitt for g in bilde.alle(AnsvarsgruppeUtsnitt)]
    navn = (g.representant for g in grupper if not g.avsluttet)
    return " ".join(sorted(n.origin for n in navn if isinstance(n, Forseglet)))
