"""An early notice that was missed is drafted as an avvik (rules 2.5; forskrift 2011-11-18-1115 §8), in any order."""

from __future__ import annotations

import random
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from services.samhandling import tjeneste
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import lag_innlagt, lag_tidligmelding, lag_utskrevet
from tests.rom import HELE_BERGEN, TABELL, rom
from tests.unit.samhandling.meldinger import sending, utc

INN, SLUTT = utc(2026, 3, 2, 20, 0), utc(2026, 3, 12, 12, 0)
SENDT, UT = INN + timedelta(minutes=20), INN + timedelta(days=5)
MOTTAKER = "hjemmetjeneste-aarstad"
Melding = tuple[datetime, bytes]

INNLAGT: Melding = (SENDT, lag_innlagt(sending(1, SENDT), tid=INN))
FOR_SENT: Melding = (INN + timedelta(hours=30), lag_tidligmelding(sending(2, INN + timedelta(hours=30))))
UTSKREVET: Melding = (UT, lag_utskrevet(sending(3, UT), tid=UT))
TRUKKET: Melding = (
    INN + timedelta(days=6), lag_innlagt(sending(4, INN + timedelta(days=6), status="C", viser_til=1), tid=INN)
)  # fmt: skip


def utkast(meldinger: list[Melding], frø: int | None) -> list[tuple[str, str | None, str]]:
    """What is drafted when these messages have come, in their order or shuffled, with time between some of them."""
    tilfeldig = random.Random(frø)
    rekke = [*meldinger]
    if frø is not None:
        rekke.append(tilfeldig.choice(rekke))
        tilfeldig.shuffle(rekke)
    samhandling = [tjeneste.tjeneste(HELE_BERGEN, TABELL)]
    with (
        tempfile.TemporaryDirectory() as mappe,
        rom(Path(mappe), INN, oppsett=HELE_BERGEN, tjenester=samhandling) as her,
    ):
        for mottatt, raw in rekke:
            ta_imot(her.inst.engines["samhandling"], raw, mottatt=mottatt)
            if frø is None or tilfeldig.random() < 0.5:
                her.til(max(her.klokke(), INN + timedelta(hours=tilfeldig.choice((1, 23, 25, 200)))))
        her.til(SLUTT)
        views = [v for v in her.utsnitt("samhandling", MOTTAKER).values() if type(v).__name__ == "AvvikUtsnitt"]
        return [(v.tilstand.value, v.mot_part, v.fakta.hendt.isoformat()) for v in views]


@settings(max_examples=6)
@given(st.integers(0, 2**32))
def test_8_any_order_of_a_stay_without_a_notice_in_time_leaves_one_draft(frø: int) -> None:
    ventet = [("UTKAST", "pam", (INN + timedelta(hours=24)).isoformat())]
    assert utkast([INNLAGT, FOR_SENT, UTSKREVET], None) == ventet
    assert utkast([INNLAGT, FOR_SENT, UTSKREVET], frø) == ventet


@settings(max_examples=6)
@given(st.integers(0, 2**32))
def test_8_any_order_in_which_the_admission_turns_out_to_be_none_leaves_no_draft(frø: int) -> None:
    assert utkast([INNLAGT, TRUKKET], frø) == []


def test_8_a_notice_in_time_is_no_avvik() -> None:
    i_tide = INN + timedelta(hours=3)
    varsel = lag_tidligmelding(sending(2, i_tide), status="Prøve", forløp="Prøve", forventet=SLUTT.date())
    assert utkast([INNLAGT, (i_tide, varsel)], None) == []
