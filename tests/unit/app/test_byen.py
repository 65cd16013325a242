"""The made-up town shows something of all that there is, in proportions that say where they are from."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date

import pytest

from bindeledd.app.folder import store_files
from bindeledd.app.installation import codec
from bindeledd.app.settings import Settings
from bindeledd.app.simulate import Plan, simulate_into
from bindeledd.app.simulering.andeler import Andel, Hyppighet
from bindeledd.app.stores import Files
from bindeledd.runtime.topics import VIEWS

BYEN = Plan(date(2026, 3, 2), days=9, patients=20, seed=9)


@pytest.fixture(scope="module")
def skrevet(tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """How often each event is written in some days of a town, and how many views each kind of party has got."""
    folder = tmp_path_factory.mktemp("byen")
    simulate_into(Files(folder), Settings().config(), BYEN)
    funnet: Counter[str] = Counter()
    for service, file in store_files(folder).items():
        with closing(sqlite3.connect(file)) as db:
            for topic, data in db.execute("SELECT topic, data FROM log"):
                if VIEWS in topic and service != "web":
                    funnet["til " + topic.partition(VIEWS)[2].partition("-")[0]] += 1
                elif topic.startswith(service):
                    funnet[codec().peek(data).type.rpartition(".")[2]] += 1
    return funnet


@pytest.mark.parametrize("hva", [
    "KriseplanOpprettet", "KriseplanRevidert", "KriseplanDelt", "KriseplanKopiAvsluttet", "KriseplanTattIBruk",
    "KriseplanEvaluert", "KriseplanTakketNei", "KriseplanEtterlyst", "KriseplanrevisjonForfalt",
])  # fmt: skip
def test_crisis_plans_are_made_revised_shared_used_and_declined(skrevet: Counter[str], hva: str) -> None:
    assert skrevet[hva]


@pytest.mark.parametrize("hva", [
    "IngenBarnBekreftet", "ForeldresamtaleHoldt", "KartleggingUtsatt", "BarnRegistrert", "BarnHenvist",
    "BarnHenvisningMottatt", "BarnHenvisningBesvart", "BarnetiltakStartet", "MeldepliktVurdert", "BarnetHoert",
])  # fmt: skip
def test_children_are_mapped_registered_referred_taken_and_helped(skrevet: Counter[str], hva: str) -> None:
    assert skrevet[hva]


@pytest.mark.parametrize("hva", [
    "SamtykkeGitt", "SamtykkeTrukket", "SperringRegistrert", "SperringOpphevet", "AnsvarsgruppeOpprettet",
    "MedlemSvarte", "KoordinatorOppnevnt",
])  # fmt: skip
def test_consents_are_given_withdrawn_and_opposed_and_groups_have_members(skrevet: Counter[str], hva: str) -> None:
    assert skrevet[hva]


@pytest.mark.parametrize("hva", [
    "AnsvarsgruppemoeteInnkalt", "AnsvarsgruppemoeteBesvart", "AnsvarsgruppemoeteHoldt", "ReferatGodkjent",
    "TiltakAvtalt", "TiltakSattPaaVent", "TiltakGjenopptatt", "PlanOpprettet", "BrukermaalSatt",
])  # fmt: skip
def test_groups_meet_and_plans_have_goals_and_measures_that_wait_while_a_stay_lasts(
    skrevet: Counter[str], hva: str
) -> None:
    assert skrevet[hva]


def test_more_than_half_of_those_who_answer_decline_an_individual_plan(skrevet: Counter[str]) -> None:
    assert skrevet["TakketNeiTilPlan"] > skrevet["PlanOpprettet"] > 0


def test_most_messages_are_opened_in_time_and_some_are_not(skrevet: Counter[str]) -> None:
    assert 0 < skrevet["MeldingForsinket"] < skrevet["MeldingMottatt"] / 2
    assert 0 < skrevet["MeldingBesvart"] < skrevet["MeldingAapnet"]


@pytest.mark.parametrize("slag", [
    "enhet", "dps", "act", "pam", "legevakt", "forvaltning", "hjemmetjeneste", "helsestasjon", "innbygger",
])  # fmt: skip
def test_every_daily_role_has_something_on_its_board(skrevet: Counter[str], slag: str) -> None:
    assert skrevet[f"til {slag}"]


def test_every_proportion_is_one_and_says_where_it_is_from() -> None:
    tabellen = {navn: verdi for navn, verdi in vars(Andel).items() if navn.isupper()}
    for navn, verdi in tabellen.items():
        assert isinstance(verdi, Hyppighet), navn
        assert 0 < verdi.andel < 1, navn
        assert verdi.kilde, navn
