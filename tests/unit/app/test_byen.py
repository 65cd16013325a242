"""The made-up town shows something of all that there is, in proportions that say where they are from."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bindeledd.app.folder import store_files
from bindeledd.app.http import make_app
from bindeledd.app.installation import all_services, codec, open_installation
from bindeledd.app.settings import Settings
from bindeledd.app.simulate import DEMO_DAYS, Plan, first_day, simulate_into
from bindeledd.app.simulering.andeler import Andel, Hyppighet, Kvoter
from bindeledd.app.simulering.folk import lag_folk
from bindeledd.app.stores import Files
from bindeledd.core.clock import SetClock
from bindeledd.runtime.topics import VIEWS
from bindeledd.schema.generated.ansvarsgruppe import (
    AnsvarsgruppemoeteInnkalt,
    AnsvarsgruppeOpprettet,
    MedlemInvitert,
    SamtykkeGitt,
    TalspersonRegistrert,
)
from bindeledd.schema.generated.samhandling import Avvikstilstand, Meldingsutfall, PersonRegistrert
from services.felles.samarbeid import FORELDREANSVAR
from services.samhandling.avvik import avvik
from services.samhandling.forum import mønster
from tests.nettsider import Nettleser, logg_inn
from web import meldinger

UAVKLART = 8
"""So many of those who are registered are there for the manual queue alone: one in each bydel."""
BYDELER = tuple(sorted(Settings().config().oppsett.bydeler))
BYEN = Plan(date(2026, 3, 2), days=12, patients=20, seed=1)


def bygd(folder: Path, plan: Plan) -> Path:
    simulate_into(Files(folder), Settings().config(), plan)
    return folder


def poster(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Topic and bytes of all that services have written, views among it."""
    for service, file in store_files(folder).items():
        with closing(sqlite3.connect(file)) as db:
            yield from db.execute("SELECT topic, data FROM log WHERE topic LIKE ?", (f"{service}.%",))


def hendelser(folder: Path) -> list[str]:
    """The name of every event, as often as it was written."""
    return [codec().peek(data).type.rpartition(".")[2] for topic, data in poster(folder) if VIEWS not in topic]


@pytest.fixture(scope="module")
def byen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some days of a town."""
    return bygd(tmp_path_factory.mktemp("byen"), BYEN)


@pytest.fixture(scope="module")
def skrevet(byen: Path) -> Counter[str]:
    """How often each event is written, and how many views each kind of party has got."""
    temaer = (topic for topic, _ in poster(byen))
    gitt = ("til " + topic.partition(VIEWS)[2].partition("-")[0] for topic in temaer if VIEWS in topic)
    return Counter((*hendelser(byen), *gitt))


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


@pytest.mark.parametrize("hva", ["AvvikUtkastLaget", "AvvikMeldt", "AvvikMottatt", "AvvikBesvart"])
def test_what_a_missed_clock_has_drafted_is_reported_opened_and_answered(skrevet: Counter[str], hva: str) -> None:
    assert skrevet[hva]


@pytest.mark.parametrize("hva", ["AvvikUenighetMeldt", "AvvikEskalert", "MoensterReist"])
def test_units_that_do_not_agree_go_to_a_forum_and_many_of_a_kind_raise_themselves(
    skrevet: Counter[str], hva: str
) -> None:
    assert skrevet[hva]


def sakene(folder: Path) -> tuple[list[Any], list[Any]]:
    """How each case of avvik, and each pattern, stands in the end."""
    alle: dict[str, dict[str, Any]] = {avvik.TOPIC: {}, mønster.TOPIC: {}}
    slag: dict[str, tuple[Any, Any]] = {
        avvik.TOPIC: (avvik.Avvik, avvik.evolve), mønster.TOPIC: (mønster.Mønster, mønster.evolve)
    }  # fmt: skip
    for topic, data in poster(folder):
        if topic in alle:
            konvolutt, hendelse = codec().decode(data)
            ny, evolve = slag[topic]
            alle[topic][konvolutt.stream] = evolve(alle[topic].get(konvolutt.stream, ny()), hendelse)
    return [*alle[avvik.TOPIC].values()], [*alle[mønster.TOPIC].values()]


@pytest.mark.parametrize(
    "siste", [date(2026, 8, 30), date(2026, 11, 3)], ids=["long after a meeting", "on the day of one"]
)
def test_whenever_somebody_looks_a_forum_has_settled_a_case_and_one_waits_and_a_pattern_has_raised_itself(
    siste: date, tmp_path: Path
) -> None:
    """Of half a year in which nothing happens to anybody: so it follows from how it is laid out, not from chance."""
    saker, mønstre = sakene(bygd(tmp_path, Plan(first_day(siste, DEMO_DAYS), DEMO_DAYS, patients=0, seed=1)))
    i_forum = {sak.tilstand for sak in saker if sak.forumsak is not None}
    assert i_forum == {Avvikstilstand.LUKKET, Avvikstilstand.ESKALERT}
    (venter,) = (sak.forumsak for sak in saker if sak.tilstand is Avvikstilstand.ESKALERT)
    (reist,) = (m for m in mønstre if m.sak is not None and m.sak.venter)
    assert reist.reist.antall == 5
    assert min(venter.møte, reist.sak.møte) > siste


@pytest.mark.parametrize("hva", [
    "SamtykkeGitt", "SamtykkeTrukket", "SperringRegistrert", "SperringOpphevet", "AnsvarsgruppeOpprettet",
    "MedlemSvarte", "KoordinatorOppnevnt", "RepresentantOppnevnt", "TalspersonRegistrert",
    "BarnekoordinatorAvklart", "KoordineringsbehovMeldt",
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


def test_more_than_half_of_those_who_answer_decline_an_individual_plan_from_another_seed_too(tmp_path: Path) -> None:
    nok_til_svar = Plan(date(2026, 3, 2), days=4, patients=20, seed=10)
    skrevet = Counter(hendelser(bygd(tmp_path, nok_til_svar)))
    nei, ja = skrevet["TakketNeiTilPlan"], skrevet["PlanOpprettet"]
    assert abs(nei - Andel.PLAN_AVSLÅTT.andel * (nei + ja)) <= 2
    assert nei > ja > 0


@pytest.fixture(scope="module")
def kjente(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What is written down of those whom somebody knows already, the first day of a town of a hundred: of adults, for
    those are whom bergen.md counts."""
    plan = Plan(date(2026, 3, 2), days=1, patients=100, seed=11)
    folder = bygd(tmp_path_factory.mktemp("hundre"), plan)
    lest = [codec().decode(data) for topic, data in poster(folder) if VIEWS not in topic]
    unge = {
        konvolutt.person_ref for konvolutt, hendelse in lest
        if isinstance(hendelse, TalspersonRegistrert) and hendelse.slag == FORELDREANSVAR
    }  # fmt: skip
    return [hendelse for konvolutt, hendelse in lest if konvolutt.person_ref not in unge]


def kjent(hendelser: list[Any]) -> list[PersonRegistrert]:
    return [h for h in hendelser if isinstance(h, PersonRegistrert) and h.bekreftet]


def test_as_many_want_help_with_substance_use_too_as_bergen_md_says(kjente: list[Any]) -> None:
    rus = sum(isinstance(h, SamtykkeGitt) and h.part in {"mo-sentrene", "overdoseteam"} for h in kjente)
    alle = len(kjent(kjente)) - UAVKLART
    assert abs(rus - alle * 1_376 / 3_661) < 1.001


@pytest.mark.parametrize(("part", "boliger"), [("botilbud", 147), ("boteam", 242 - 147)])
def test_as_many_groups_have_who_helps_at_home_as_bergen_md_says(kjente: list[Any], part: str, boliger: int) -> None:
    grupper = sum(isinstance(hendelse, AnsvarsgruppeOpprettet) for hendelse in kjente)
    med = sum(isinstance(hendelse, MedlemInvitert) and hendelse.part == part for hendelse in kjente)
    assert abs(med - grupper * boliger / 3_661) < 1.001


def test_at_least_as_many_groups_have_an_act_team_as_are_followed_up_by_specialists(kjente: list[Any]) -> None:
    grupper = sum(isinstance(hendelse, AnsvarsgruppeOpprettet) for hendelse in kjente)
    act = sum(isinstance(h, MedlemInvitert) and h.part.startswith("act-") for h in kjente)
    assert 913 / 1_655 < act / grupper < 0.75


def test_as_many_are_known_without_a_home_as_bergen_md_says_and_no_bydel_is_made_up_for_them(kjente: list[Any]) -> None:
    registrert = kjent(kjente)
    uten = sum(person.bydel is None for person in registrert)
    assert len(registrert) > 80
    assert abs(uten - len(registrert) * 277 / 3_661) < 2


def test_people_live_in_each_bydel_by_its_population() -> None:
    # Statistisk sentralbyrå, 1 January 2021: Bergenhus 42,804, Årstad 42,386 and Ytrebygda 29,875 of some 283,000.
    bor = Counter(person.bydel for person in lag_folk(200, BYDELER, date(2026, 3, 2), random.Random(1)))
    for bydel, innbyggere in (("bergenhus", 42_804), ("aarstad", 42_386), ("ytrebygda", 29_875)):
        assert abs(bor[bydel] - 200 * innbyggere / 283_000) < 1.5, bydel
    assert min(bor, key=lambda bydel: bor[bydel]) == "arna"


@settings(max_examples=25)
@given(antall=st.integers(30, 120), seed=st.integers())
def test_a_town_of_any_size_has_somebody_in_every_bydel(antall: int, seed: int) -> None:
    folk = lag_folk(antall, BYDELER, date(2026, 3, 2), random.Random(seed))
    assert {person.bydel for person in folk} == set(BYDELER)


@given(seed=st.integers(), andel=st.floats(0.02, 0.98), antall=st.integers(1, 200))
def test_whatever_the_seed_what_happens_happens_as_often_as_it_should(seed: int, andel: float, antall: int) -> None:
    kvoter, hyppighet, terning = Kvoter(), Hyppighet(andel, "prøve"), random.Random(seed)
    traff = sum(kvoter.treffer(hyppighet, terning) for _ in range(antall))
    assert abs(traff - andel * antall) < 1.001


def test_who_is_asked_to_summon_the_group_because_of_a_stay_does_so(byen: Path) -> None:
    skjedd = [codec().decode(data)[1] for topic, data in poster(byen) if topic == "ansvarsgruppe.moete"]
    om = [hendelse.opphold_ref for hendelse in skjedd if isinstance(hendelse, AnsvarsgruppemoeteInnkalt)]
    assert any(om)
    assert not all(om)


def test_months_of_history_have_something_in_every_month(tmp_path: Path) -> None:
    plan = Plan(date(2026, 3, 2), days=70, patients=4, seed=9)
    måneder = Counter(codec().peek(data).registrert.month for _, data in poster(bygd(tmp_path, plan)))
    assert set(måneder) == {3, 4, 5}
    assert min(måneder.values()) > 5


def test_most_messages_are_opened_in_time_and_some_are_not(skrevet: Counter[str]) -> None:
    assert 0 < skrevet["MeldingForsinket"] < skrevet["MeldingMottatt"] / 2
    assert 0 < skrevet["MeldingBesvart"] < skrevet["MeldingAapnet"]


def test_each_kind_of_thing_waits_in_the_manual_queue_as_those_who_work_it_see_it(byen: Path, tmp_path: Path) -> None:
    mappe = shutil.copytree(byen, tmp_path / "byen")
    config, slutt = Settings().config(), BYEN.start + timedelta(days=BYEN.days)
    klokke = SetClock(datetime.combine(slutt, time(7), tzinfo=UTC))
    with open_installation(mappe, config, all_services(config), clock=klokke) as inne:
        leser, køer = Nettleser(make_app(inne, demo=True)), dict[str, str]()
        for bruker in config.oppsett.katalog.users.values():
            for stilling in bruker.posts:
                if stilling.role in ("saksbehandler", "koordinerende-ansatt"):
                    logg_inn(leser, bruker.id, stilling.party, stilling.role)
                    køer[stilling.party] = leser.get("/koe").text
    forvaltningens = " ".join(side for part, side in køer.items() if part != "koordinerende-enhet")
    for hva in ("Er dette samme person?", "Er dette en av våre?", "Hvilken bydel hører personen til?"):
        assert hva in forvaltningens
    assert meldinger.RÅD[Meldingsutfall.HOLDT] in forvaltningens
    assert meldinger.RÅD_UTEN_MOTTAKER in køer["koordinerende-enhet"]
    antall = re.search(r'Meldinger som ikke fant fram <span class="antall">\((\d+)\)', køer["koordinerende-enhet"])
    assert antall is not None
    assert int(antall[1]) == køer["koordinerende-enhet"].count('aria-labelledby="melding-')
    assert ">Gi den videre<" in køer["koordinerende-enhet"]


@pytest.mark.parametrize("slag", [
    "enhet", "dps", "act", "pam", "legevakt", "forvaltning", "hjemmetjeneste", "helsestasjon", "innbygger",
    "representant", "foresatt",
])  # fmt: skip
def test_every_daily_role_has_something_on_its_board(skrevet: Counter[str], slag: str) -> None:
    assert skrevet[f"til {slag}"]


def test_every_proportion_is_one_and_says_where_it_is_from() -> None:
    tabellen = {navn: verdi for navn, verdi in vars(Andel).items() if navn.isupper()}
    for navn, verdi in tabellen.items():
        assert isinstance(verdi, Hyppighet), navn
        assert 0 < verdi.andel < 1, navn
        assert verdi.kilde, navn
