"""Who may know what is decided on all that the person has said until now, also what nobody has been woken for yet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from services.ansvarsgruppe import planer, samtykke
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import lag_innlagt
from tests.rom import HELE_BERGEN, rom
from tests.stories.folk import RAMMER, aktør, menneske, samtykker
from tests.unit.samhandling.meldinger import sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
ENHET, NAV = "enhet-aarstad", "nav-aarstad"


def test_a_consent_withdrawn_a_moment_before_the_message_opens_nothing(tmp_path: Path) -> None:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN) as her:
        person = menneske(her, date(1985, 5, 17), "aarstad", ENHET)
        gitt = samtykker(her, person, ENHET, NAV, "opphold.finnes", "opphold.sted")
        trekk = planer.samtykke_for(person.ref, samtykke.TrekkSamtykke(gitt), aktør(ENHET), RAMMER)
        her.inst.engines["ansvarsgruppe"].command(trekk)
        ta_imot(her.inst.engines["samhandling"], lag_innlagt(sending(1, NÅ, pasient=person.pasient), tid=NÅ))
        her.pump()
        til_nav = [post.navn for post in her.logg("samhandling") if post.topic == f"samhandling.til.{NAV}"]
        assert "OppholdUtsnitt" not in til_nav
