"""Who speaks for a person, on the pages: shown to those who help, written down, ended, and the parent's own page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.ansvarsgruppe.samtykke import TALER_IKKE_LENGER
from services.felles.samarbeid import FORELDREANSVAR, REPRESENTANTER
from tests.nettsider import ENHET, By, Nettleser, by, logg_inn, plan, ref, samtykker
from tests.plansider import taler, ung
from tests.unit.web.test_sider import skjema
from web import samarbeid, talsord

PERSON, HER, NY = f"/pasient/{ref(1)}", f"/pasient/{ref(1)}/samtykker", f"/pasient/{ref(1)}/talspersoner/ny"
SAMTYKKENE = ref(110)


def som(by_: By, år: int, **sagt_om: Any) -> Nettleser:
    """The koordinator, to whom somebody of this age is known."""
    by_.gi("samhandling", ref(101), ref(1), {ENHET: ung("Ola", år)})
    by_.gi("ansvarsgruppe", SAMTYKKENE, ref(1), {ENHET: replace(samtykker(), **sagt_om)})
    leser = Nettleser(by_.app())
    logg_inn(leser, "demo-069", ENHET, "koordinator")
    return leser


def som_foresatt(by_: By, år: int) -> Nettleser:
    by_.gi("samhandling", ref(101), ref(1), {"foresatt": ung("Ola", år)})
    by_.gi("ansvarsgruppe", SAMTYKKENE, ref(1), {"foresatt": replace(samtykker(), **taler())})
    leser = Nettleser(by_.app())
    logg_inn(leser, "demo-253", "foresatt", "foresatt")
    merke = re.search(r'name="merke" value="([^"]*)"', leser.get("/velg/person").text)
    assert merke is not None
    leser.post("/velg/person", {"person": ref(1), "merke": merke[1]})
    return leser


def test_the_words_are_those_that_the_service_knows() -> None:
    assert set(talsord.TALSPERSON) == {FORELDREANSVAR, *REPRESENTANTER} - {"foresatt"}
    assert set(talsord.TALER_IKKE_LENGER) == set(TALER_IKKE_LENGER)
    assert samarbeid.FORELDREANSVAR == FORELDREANSVAR


def test_pbrl_4_4_who_has_parental_responsibility_stands_on_the_page_about_the_person(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som(by_, 14, **taler())
        assert "Har foreldreansvaret" in leser.get(PERSON).text
        assert "Syntetisk Mor" in leser.get(PERSON).text
        assert "Syntetisk Mor: har foreldreansvaret" in leser.get(HER).text


@pytest.mark.parametrize(("år", "tilbys"), [(14, True), (17, True), (18, False), (37, False)])
def test_parental_responsibility_is_offered_for_those_under_18_alone(tmp_path: Path, år: int, tilbys: bool) -> None:
    with by(tmp_path) as by_:
        assert ('value="foreldreansvar"' in som(by_, år).get(NY).text) is tilbys


def test_pbrl_4_4_it_is_sent_as_it_was_written_and_without_parts_that_are_for_a_representative(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som(by_, 14)
        felt = {**skjema(leser.get(NY).text, "lagre"), "navn": " Syntetisk Mor ", "deler": ["plan.*"]}
        svar = leser.post(NY, {**felt, "slag": "foreldreansvar"})
        assert svar.headers["location"] == f"{HER}?gjort=talsperson"
        mor = {"navn": "Syntetisk Mor", "slag": "foreldreansvar", "deler": []}
        leser.post(NY, {**felt, "slag": "verge"})
        assert [s[2:] for s in by_.svart] == [
            ("talspersoner", mor), ("talspersoner", mor | {"slag": "verge", "deler": ["plan.*"]}),
        ]  # fmt: skip


@pytest.mark.parametrize("mangler", [{"navn": " "}, {"slag": ""}, {"slag": "nabo"}])
def test_what_is_missing_is_said_and_what_was_written_is_kept(tmp_path: Path, mangler: dict[str, str]) -> None:
    with by(tmp_path) as by_:
        leser = som(by_, 14)
        felt = {**skjema(leser.get(NY).text, "lagre"), "navn": "Syntetisk Mor", "slag": "verge"} | mangler
        svar = leser.post(NY, felt)
        assert (svar.status_code, by_.svart) == (409, [])
        assert "Skriv et navn, og velg hvem det er." in svar.text


def test_that_it_is_over_is_written_down_with_why(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som(by_, 14, **taler())
        felt = skjema(leser.get(HER).text, f"fratre-knapp-{ref(95)}")
        sti = f"{PERSON}/talspersoner/{ref(95)}/fratre"
        assert leser.post(sti, felt | {"grunn": ""}).status_code == 409
        assert leser.post(sti, felt | {"grunn": "ansvaret_er_slutt"}).headers["location"] == f"{HER}?gjort=talsperson"
        assert by_.svart == [
            ("ansvarsgruppe", ref(1), f"talspersoner/{ref(95)}/fratre", {"grunn": "ansvaret_er_slutt"})
        ]


@pytest.mark.parametrize(("år", "høres"), [(11, False), (12, True), (15, True), (16, False)])
def test_pbrl_4_4_the_form_asks_whether_a_child_was_heard_from_12_to_16(tmp_path: Path, år: int, høres: bool) -> None:
    with by(tmp_path) as by_:
        assert ('name="barnet_hoert"' in som(by_, år).get(f"{HER}/nytt").text) is høres


@pytest.mark.parametrize(("år", "samtykker_for"), [(14, True), (16, False)])
def test_pbrl_4_3_a_parent_is_offered_to_consent_for_a_child_and_not_for_who_is_16(
    tmp_path: Path, år: int, samtykker_for: bool
) -> None:
    with by(tmp_path) as by_:
        side = som_foresatt(by_, år).get(HER).text
        assert "Syntetisk Mor" in side
        assert ('id="nytt"' in side) is samtykker_for
        assert 'id="ny-talsperson"' not in side


def test_a_parents_page_closes_when_somebody_else_has_the_responsibility(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = som_foresatt(by_, 14)
        assert leser.get(PERSON).status_code == 200
        by_.gi("ansvarsgruppe", SAMTYKKENE, ref(1), {"foresatt": replace(samtykker(), **taler(nr=96))})
        assert leser.get(PERSON).status_code == 403


def test_a_role_that_sees_no_consents_sees_nobody_who_speaks(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        som(by_, 14, **taler())
        by_.gi("ansvarsgruppe", ref(104), ref(1), {ENHET: plan()})
        leser = Nettleser(by_.app())
        logg_inn(leser, "demo-067", ENHET, "enhet-ansatt")
        side = leser.get(PERSON).text
        assert "Ola" in side
        assert "Syntetisk Mor" not in side
