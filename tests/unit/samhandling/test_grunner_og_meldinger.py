"""Grounds and messages in any order give each party the same views; a ground that ends, ends the view it opened."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.ansvarsgruppe import planer as ansvarsgruppe
from services.ansvarsgruppe import samtykke
from services.ansvarsgruppe.tjeneste import tjeneste as ansvarsgruppe_tjeneste
from services.samhandling.plo.skriv import lag_innlagt, lag_tidligmelding, lag_utskrivningsklar
from services.samhandling.tjeneste import tjeneste as samhandling_tjeneste
from tests.meldinger import FØDT
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import RAMMER, Menneske, aktør, ansvarsgruppe_for, menneske, samtykker
from tests.unit.samhandling.meldinger import sending, utc
from tests.unit.samhandling.test_rekkefølge import _uten_refs

NÅ = utc(2026, 3, 2, 12, 0)
INN = NÅ - timedelta(hours=1)
PART, ENHET, ACT, DPS, NAV = "hjemmetjeneste-aarstad", "enhet-aarstad", "act-kronstad", "dps-kronstad", "nav-aarstad"
PARTER = (PART, ENHET, ACT, DPS, NAV, "innbygger", "pam", "skole-aarstad")


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Rom]:
    with _rommet(tmp_path) as rommet:
        yield rommet


def _rommet(mappe: Path) -> Any:
    begge = [samhandling_tjeneste(HELE_BERGEN, TABELL), ansvarsgruppe_tjeneste(HELE_BERGEN, TABELL)]
    return rom(mappe, NÅ, oppsett=HELE_BERGEN, tjenester=begge)


def alt_som_skjer(her: Rom, hvem: Menneske) -> dict[str, Callable[[], object]]:
    """What happens, by name: three messages, a group and a consent."""
    om = {"pasient": hvem.pasient}
    varsel = lag_tidligmelding(sending(2, INN, **om), status="Prøve", forløp="Prøve", forventet=date(2026, 3, 9))
    return {
        "innlagt": lambda: her.melding(lag_innlagt(sending(1, INN, **om), tid=INN), NÅ),
        "varsel": lambda: her.melding(varsel, NÅ),
        "klar": lambda: her.melding(lag_utskrivningsklar(sending(3, INN, **om), dato=INN.date(), innlagt=INN), NÅ),
        "gruppe": lambda: ansvarsgruppe_for(her, hvem, ENHET, ACT),
        "samtykke": lambda: samtykker(her, hvem, ENHET, NAV, "opphold.finnes", "opphold.sted"),
    }


def _sluttbilde(rekke: list[str]) -> dict[str, Any]:
    """What every party has in the end, without random refs and with what is sealed opened."""
    with tempfile.TemporaryDirectory() as mappe, _rommet(Path(mappe)) as her:
        skjer = alt_som_skjer(her, menneske(her, FØDT, "aarstad", ENHET))
        for navn in rekke:
            skjer[navn]()
        return {
            part: sorted((_uten_refs(her, view) for view in her.utsnitt("samhandling", part).values()), key=repr)
            for part in PARTER
        }


def oppholdsutsnitt(her: Rom, part: str) -> list[str]:
    """The kinds of record in a party's view stream of the stay, in their order."""
    poster = [p for p in her.logg("samhandling") if p.topic == f"samhandling.til.{part}"]
    strømmer = {p.envelope.stream for p in poster if p.navn == "OppholdUtsnitt"}
    return [p.navn for p in poster if p.envelope.stream in strømmer]


def test_grounds_and_messages_in_any_order_give_the_same_views() -> None:
    rekke = ["innlagt", "varsel", "klar", "gruppe", "samtykke"]
    fasit = _sluttbilde(rekke)
    har = {part for part, views in fasit.items() if views}
    assert har == {PART, ENHET, ACT, DPS, NAV, "innbygger", "pam"}
    assert [type(v["personalia"]).__name__ for v in fasit["pam"]] == ["Personalia"], "the ward is told the name only"
    tilfeldig = random.Random(20260302)
    for _ in range(6):
        tilfeldig.shuffle(rekke)
        assert _sluttbilde(rekke) == fasit, rekke


def test_a_consent_that_is_withdrawn_ends_the_view_and_a_new_one_opens_it_again(her: Rom) -> None:
    hvem = menneske(her, FØDT, "aarstad", ENHET)
    skjer = alt_som_skjer(her, hvem)
    skjer["innlagt"]()
    assert oppholdsutsnitt(her, NAV) == []
    gitt = str(skjer["samtykke"]())
    assert oppholdsutsnitt(her, NAV) == ["OppholdUtsnitt"]
    trekk = samtykke.TrekkSamtykke(gitt)
    her.gjør("ansvarsgruppe", ansvarsgruppe.samtykke_for(hvem.ref, trekk, aktør(ENHET), RAMMER))
    assert oppholdsutsnitt(her, NAV) == ["OppholdUtsnitt", "UtsnittAvsluttet"]
    assert her.utsnitt("samhandling", NAV) == {}
    skjer["klar"]()
    assert oppholdsutsnitt(her, NAV) == ["OppholdUtsnitt", "UtsnittAvsluttet"], "a closed view is told nothing more"
    skjer["samtykke"]()
    assert oppholdsutsnitt(her, NAV) == ["OppholdUtsnitt", "UtsnittAvsluttet", "OppholdUtsnitt"]


def test_what_changes_nothing_for_a_party_appends_nothing_to_its_view(her: Rom) -> None:
    hvem = menneske(her, FØDT, "aarstad", ENHET)
    skjer = alt_som_skjer(her, hvem)
    skjer["samtykke"]()
    skjer["innlagt"]()
    skjer["varsel"]()
    skjer["klar"]()
    assert oppholdsutsnitt(her, NAV) == ["OppholdUtsnitt"], "NAV knows of the stay and its place, which did not change"
    assert len(oppholdsutsnitt(her, PART)) == 3


def test_what_the_person_says_to_one_party_appends_nothing_to_anothers_view(her: Rom) -> None:
    skjer = alt_som_skjer(her, menneske(her, FØDT, "aarstad", ENHET))
    skjer["innlagt"]()
    før = {part: oppholdsutsnitt(her, part) for part in (ENHET, PART, DPS)}
    assert all(før.values())
    skjer["samtykke"]()
    assert {part: oppholdsutsnitt(her, part) for part in før} == før


def test_nav_without_consent_has_no_view_no_stream_and_no_key(her: Rom) -> None:
    """walkthrough.md: "NAV: no key, stream, row or count"."""
    skjer = alt_som_skjer(her, menneske(her, FØDT, "aarstad", ENHET))
    for navn in ("innlagt", "varsel", "klar", "gruppe"):
        skjer[navn]()
    for tjeneste in ("samhandling", "ansvarsgruppe"):
        assert not [p for p in her.logg(tjeneste) if NAV in p.topic or NAV in p.envelope.audience]
