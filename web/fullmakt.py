"""Understands whether who speaks for a person is still the one whom they named, or who has parental responsibility."""

from __future__ import annotations

from bindeledd.core.sealed import Forseglet
from bindeledd.schema.generated.ansvarsgruppe import AnsvarsgruppeUtsnitt, SamtykkeUtsnitt
from services.felles.oppsett import REPRESENTANT, TALER_FOR
from web.bilde import Bilde
from web.økt import Økt


def fullmakt(økt: Økt, bilde: Bilde) -> str:
    """Which choices of the person's hold now, or who has parental responsibility; empty for any other party, and where
    nobody is named.

    All representatives are one party, and so are all parents: what the party is given says not which of them may see
    it. A name's origin is the event that named it: nothing is opened to tell one choice from the next.
    """
    if økt.part not in TALER_FOR:
        return ""
    grupper: list[AnsvarsgruppeUtsnitt] = [g.utsnitt for g in bilde.alle(AnsvarsgruppeUtsnitt)]
    i_gruppe = (g.representant for g in grupper if not g.avsluttet and økt.part == REPRESENTANT)
    ellers = (navn for g in bilde.alle(SamtykkeUtsnitt) for navn in g.utsnitt.talsnavn)
    return " ".join(sorted(n.origin for n in (*i_gruppe, *ellers) if isinstance(n, Forseglet)))
