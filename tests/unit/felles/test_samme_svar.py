"""When nobody can get another answer than before: nothing more is known, and no moment has passed that changes one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bindeledd.runtime.service import NOBODY
from services.felles.kjent import Kjent, gir_samme_svar
from services.felles.oppholdsbilde import Opphold
from tests.dsl import NÅ, kjent, opphold, samtykke

SENERE = NÅ + timedelta(hours=2)
IMENS = NÅ + timedelta(hours=1)
NAV = "nav-aarstad"


def ved(moment: datetime, før: Kjent) -> Kjent:
    return replace(før, naa=moment)


def med_stopp(slutt: datetime | None) -> Kjent:
    """Somebody with a consent that ends then."""
    gitt = samtykke(NAV, "given", "opphold.finnes")
    return kjent(samtykker=[replace(en, til=slutt) for en in gitt])


def test_the_same_a_little_later_gives_the_same_answers() -> None:
    før = med_stopp(SENERE + timedelta(hours=1))
    assert gir_samme_svar(før, ved(SENERE, før))


@pytest.mark.parametrize("now", [IMENS, SENERE], ids=["this very moment", "a while ago"])
def test_a_consent_that_ran_out_meanwhile_does_not(now: datetime) -> None:
    før = med_stopp(IMENS)
    assert not gir_samme_svar(før, ved(now, før))


@pytest.mark.parametrize("stay", [opphold(innlagt=IMENS), opphold(slutt=IMENS)], ids=["began", "ended"])
def test_a_stay_that_began_or_ended_meanwhile_does_not(stay: Opphold) -> None:
    før = kjent(opphold=[stay])
    assert not gir_samme_svar(før, ved(SENERE, før))


def test_somebody_who_has_turned_sixteen_meanwhile_does_not() -> None:
    født = IMENS.date().replace(year=IMENS.year - 16) + timedelta(days=1)
    før = kjent(født=født)
    assert gir_samme_svar(før, ved(SENERE, før))
    assert not gir_samme_svar(før, ved(NÅ + timedelta(days=2), før))


def test_more_that_is_known_does_not_nor_a_clock_that_went_back() -> None:
    før = kjent()
    assert not gir_samme_svar(før, replace(ved(SENERE, før), adressert=frozenset({NAV})))
    assert not gir_samme_svar(ved(SENERE, før), før)


def test_nobody_is_nobody_still() -> None:
    assert gir_samme_svar(NOBODY, NOBODY)
    assert not gir_samme_svar(NOBODY, kjent())
