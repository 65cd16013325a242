"""An operations page with something of everything on it."""

from __future__ import annotations

from datetime import datetime

from services.felles.tid import OSLO
from web.drift import Alarmlinje, Antall, Bilde, Hendelser, Uteblitt

NÅ = datetime(2026, 3, 2, 21, tzinfo=OSLO)
SIDEN = datetime(2026, 3, 2, 20, tzinfo=OSLO)
BILDE = Bilde(
    nå=NÅ, lest_til=NÅ, lest=1234, stanset="",
    alarmer=(
        Alarmlinje(Uteblitt.DOM, "samhandling", "samhandling.opphold", "ab" * 16, "svar-24t", SIDEN),
        Alarmlinje(Uteblitt.MOTTAK, "kriseplan", "samhandling.opphold", "", "1", SIDEN),
        Alarmlinje(Uteblitt.LIVSTEGN, "ansvarsgruppe", "ansvarsgruppe.samtykke", "", "", SIDEN),
    ),
    etterslep=(Antall("kriseplan", 12), Antall("web", 0)),
    belegg=(("Kronstad DPS", 4, 3), ("Uten DPS", 1, 0)),
    hendelser=(Hendelser("samhandling.opphold", "RettInstansAvklart", 2, 41),),
)  # fmt: skip
