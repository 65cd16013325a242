"""Who may know, told as cases: why, until when, and what is said when there is nothing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.felles.grunnlag import (
    Grunnlag,
    Overstyring,
    Relasjon,
    Samtykke,
    Sperring,
    Svar,
    fravær,
    kan,
    kandidater,
    neste_endring,
    overstyring_avvist,
    svar,
)
from services.felles.oppsett import INNBYGGER, Oppsett
from services.felles.tilgang import Form, OverstyringSlag, RelasjonSlag, Tabell, UkjentDel
from tests.unit.felles.conftest import bergen, tilgangstabellen

OSLO = ZoneInfo("Europe/Oslo")
FRA = datetime(2023, 1, 1, tzinfo=UTC)
NAA = datetime(2024, 2, 2, 21, 55, tzinfo=UTC)
LOVEN = datetime(2026, 6, 1, tzinfo=OSLO)
MINUTT = timedelta(minutes=1)

ACT = Relasjon("act-kronstad", RelasjonSlag.ACT, FRA)
ENHET = Relasjon("enhet-aarstad", RelasjonSlag.KOORDINATOR, FRA)
KRONSTAD = Relasjon("dps-kronstad", RelasjonSlag.DPS_OMRAADE, FRA)
PERSON = Grunnlag("p", relasjoner=(ACT, ENHET, KRONSTAD), fødselsdato=date(1980, 1, 1))


def spør(
    tabell: Tabell,
    oppsett: Oppsett,
    grunnlag: Grunnlag,
    part: str,
    del_: str = "opphold.finnes",
    naa: datetime = NAA,
    adressert: frozenset[str] = frozenset(),
) -> Svar:
    return svar(tabell, grunnlag, oppsett.parter[part], del_, naa, adressert=adressert)


@pytest.mark.parametrize(
    ("part", "grunn"),
    [
        ("act-kronstad", "R"),
        ("enhet-aarstad", "R"),
        ("dps-kronstad", "R"),
        ("hjemmetjeneste-aarstad", "A"),
        (INNBYGGER, "S"),
        ("nav-aarstad", ""),
        ("act-solli", ""),
        ("pam", ""),
    ],
)
def test_an_admission_reaches_those_of_the_walkthrough_and_nobody_else(
    part: str, grunn: str, tabell: Tabell, oppsett: Oppsett
) -> None:
    fikk = spør(tabell, oppsett, PERSON, part, adressert=frozenset({"hjemmetjeneste-aarstad"}))
    assert (fikk.ja, fikk.grunn) == (bool(grunn), grunn)


def test_an_answer_says_why_by_which_versions_and_until_when(tabell: Tabell, oppsett: Oppsett) -> None:
    fikk = spør(tabell, oppsett, PERSON, "act-kronstad")
    assert fikk == Svar(
        ja=True,
        grunn="R",
        setning="Parten følger opp personen som ACT-team, og personen har ikke motsatt seg det (hpl §§25, 45).",
        lov_versjon="hpl-2001",
        gjelder_til=LOVEN,
        form=Form.FULL,
    )


def test_a_consent_ends_when_it_ends(tabell: Tabell, oppsett: Oppsett) -> None:
    til = NAA + timedelta(days=1)
    person = replace(PERSON, samtykker=(Samtykke("nav-aarstad", frozenset({"opphold.finnes"}), FRA, til),))
    før = spør(tabell, oppsett, person, "nav-aarstad", naa=til - timedelta(microseconds=1))
    assert (før.ja, før.grunn, før.gjelder_til) == (True, "C", til)
    assert not spør(tabell, oppsett, person, "nav-aarstad", naa=til).ja


def test_a_consent_opens_no_more_than_the_parts_it_names(tabell: Tabell, oppsett: Oppsett) -> None:
    person = replace(PERSON, samtykker=(Samtykke("nav-aarstad", frozenset({"opphold.finnes"}), FRA),))
    assert not spør(tabell, oppsett, person, "nav-aarstad", "opphold.sted").ja
    alt = replace(PERSON, samtykker=(Samtykke("nav-aarstad", frozenset({"*"}), FRA),))
    assert spør(tabell, oppsett, alt, "nav-aarstad", "opphold.sted").ja
    assert not spør(tabell, oppsett, alt, "nav-aarstad", "opphold.status").ja, "no consent opens what the table closes"


def test_nav_hears_that_appointments_ended_and_never_why(tabell: Tabell, oppsett: Oppsett) -> None:
    person = replace(PERSON, samtykker=(Samtykke("nav-aarstad", frozenset({"opphold.utfall"}), FRA),))
    assert spør(tabell, oppsett, person, "nav-aarstad", "opphold.utfall").form is Form.AVTALER_AVSLUTTET
    assert not spør(tabell, oppsett, person, "nav-aarstad", "opphold.livskrise").ja


def test_suicide_reaches_livskrisehjelpen_and_the_treating_units_only(tabell: Tabell, oppsett: Oppsett) -> None:
    alle = frozenset(oppsett.parter)
    fikk = {p for p in alle if spør(tabell, oppsett, PERSON, p, "opphold.livskrise", adressert=alle).ja}
    assert fikk == {"livskrisehjelpen", "act-kronstad", "enhet-aarstad"}


def test_an_opposition_to_one_part_leaves_the_others(tabell: Tabell, oppsett: Oppsett) -> None:
    person = replace(PERSON, sperringer=(Sperring("act-kronstad", frozenset({"opphold.helse"}), FRA),))
    assert not spør(tabell, oppsett, person, "act-kronstad", "opphold.helse").ja
    assert spør(tabell, oppsett, person, "act-kronstad", "opphold.finnes").ja
    assert spør(tabell, oppsett, person, "enhet-aarstad", "opphold.helse").ja


def test_an_opposition_stops_a_consent_too_until_it_is_lifted(tabell: Tabell, oppsett: Oppsett) -> None:
    sperring = Sperring(None, frozenset(), FRA)
    person = replace(PERSON, samtykker=(Samtykke("nav-aarstad", frozenset({"*"}), FRA),), sperringer=(sperring,))
    assert not spør(tabell, oppsett, person, "nav-aarstad").ja
    opphevet = replace(person, sperringer=(replace(sperring, til=NAA),))
    assert spør(tabell, oppsett, opphevet, "nav-aarstad").ja


def test_an_opposition_does_not_take_back_what_was_sent_to_a_party(tabell: Tabell, oppsett: Oppsett) -> None:
    person = replace(PERSON, sperringer=(Sperring(None, frozenset(), FRA),))
    assert spør(tabell, oppsett, person, "hjemmetjeneste-aarstad", adressert=frozenset({"hjemmetjeneste-aarstad"})).ja


def test_a_stale_source_closes_what_rests_on_it_and_says_so(tabell: Tabell, oppsett: Oppsett) -> None:
    person = replace(PERSON, kilde_fersk=False)
    fikk = spør(tabell, oppsett, person, "act-kronstad")
    assert not fikk.ja
    assert "Vi vet ikke nå" in fikk.setning
    adressert = frozenset({"hjemmetjeneste-aarstad"})
    assert spør(tabell, oppsett, person, "hjemmetjeneste-aarstad", adressert=adressert).ja
    assert spør(tabell, oppsett, person, INNBYGGER).ja


def test_the_emergency_path_is_open_also_when_the_source_is_stale(tabell: Tabell, oppsett: Oppsett) -> None:
    blålys = Overstyring("legevakt", OverstyringSlag.BLAALYS, NAA, NAA + timedelta(hours=72))
    person = replace(PERSON, overstyringer=(blålys,), kilde_fersk=False)
    fikk = spør(tabell, oppsett, person, "legevakt", "kriseplan.roedt_nivaa")
    assert (fikk.ja, fikk.grunn, fikk.gjelder_til) == (True, "D", NAA + timedelta(hours=72))
    assert "etterkant" in fikk.setning


@pytest.mark.parametrize("hendt", [datetime(2026, 5, 31, 23, 59, tzinfo=OSLO), datetime(2026, 5, 31, 12, tzinfo=OSLO)])
def test_a_danger_override_with_event_time_31_may_2026_is_refused(
    hendt: datetime, tabell: Tabell, oppsett: Oppsett
) -> None:
    avvist = overstyring_avvist(tabell, OverstyringSlag.FARE, hendt)
    assert avvist is not None
    assert "2026-06-01" in avvist
    person = replace(PERSON, overstyringer=(Overstyring("legevakt", OverstyringSlag.FARE, hendt),))
    senere = datetime(2026, 6, 2, tzinfo=UTC)
    assert not spør(tabell, oppsett, person, "legevakt", "kriseplan.roedt_nivaa", senere).ja, "judged by event time"


def test_a_danger_override_with_event_time_1_june_2026_is_accepted_with_its_ground(
    tabell: Tabell, oppsett: Oppsett
) -> None:
    hendt = datetime(2026, 6, 1, 0, 0, tzinfo=OSLO)
    assert overstyring_avvist(tabell, OverstyringSlag.FARE, hendt) is None
    person = replace(PERSON, overstyringer=(Overstyring("legevakt", OverstyringSlag.FARE, hendt),))
    fikk = spør(tabell, oppsett, person, "legevakt", "kriseplan.roedt_nivaa", hendt)
    assert (fikk.ja, fikk.grunn) == (True, "D")
    assert "LOV-2025-06-20-67" in fikk.setning


def test_an_override_sets_the_opposition_aside_for_those_who_help_the_person(tabell: Tabell, oppsett: Oppsett) -> None:
    naa = datetime(2026, 6, 2, tzinfo=UTC)
    sperret = replace(PERSON, sperringer=(Sperring(None, frozenset(), FRA),))
    assert not spør(tabell, oppsett, sperret, "act-kronstad", naa=naa).ja
    fare = [Overstyring(p, OverstyringSlag.FARE, naa) for p in ("act-kronstad", "act-solli", "nav-aarstad")]
    overstyrt = replace(sperret, overstyringer=tuple(fare))
    assert spør(tabell, oppsett, overstyrt, "act-kronstad", naa=naa).grunn == "D"
    assert not spør(tabell, oppsett, overstyrt, "act-solli", naa=naa).ja, "it does not help the person"
    assert not spør(tabell, oppsett, overstyrt, "nav-aarstad", naa=naa).ja, "it is outside the health service"


def test_an_override_opens_only_the_parts_it_names_and_ends_when_it_ends(tabell: Tabell, oppsett: Oppsett) -> None:
    til = NAA + timedelta(hours=72)
    blålys = Overstyring("legevakt", OverstyringSlag.BLAALYS, NAA, til, frozenset({"kriseplan.roedt_nivaa"}))
    person = replace(PERSON, overstyringer=(blålys,))
    assert spør(tabell, oppsett, person, "legevakt", "kriseplan.roedt_nivaa").ja
    assert not spør(tabell, oppsett, person, "legevakt", "kriseplan.barn").ja
    assert not spør(tabell, oppsett, person, "legevakt", "kriseplan.roedt_nivaa", til).ja


def test_a_relation_reaches_only_the_parts_it_names_and_ends_when_it_ends(tabell: Tabell, oppsett: Oppsett) -> None:
    til = NAA + timedelta(days=1)
    act = replace(ACT, til=til, deler=frozenset({"opphold.*"}))
    person = replace(PERSON, relasjoner=(act,))
    assert spør(tabell, oppsett, person, "act-kronstad").gjelder_til == til
    assert not spør(tabell, oppsett, person, "act-kronstad", "kriseplan.finnes").ja
    assert not spør(tabell, oppsett, person, "act-kronstad", naa=til).ja


def test_an_override_of_unknown_sort_is_refused(tabell: Tabell) -> None:
    assert overstyring_avvist(tabell, OverstyringSlag.UKJENT, LOVEN) is not None


@pytest.mark.parametrize(
    ("født", "myndig"),
    [
        (date(2008, 2, 3), datetime(2024, 2, 3, tzinfo=OSLO)),
        (date(2008, 7, 1), datetime(2024, 7, 1, tzinfo=OSLO)),
        (date(2008, 2, 29), datetime(2024, 2, 29, tzinfo=OSLO)),
    ],
)
def test_a_young_person_answers_for_themself_from_the_day_they_turn_16(
    født: date, myndig: datetime, tabell: Tabell, oppsett: Oppsett
) -> None:
    ung = replace(PERSON, fødselsdato=født)
    før = spør(tabell, oppsett, ung, INNBYGGER, naa=myndig - MINUTT)
    assert (før.ja, før.gjelder_til) == (False, myndig)
    assert spør(tabell, oppsett, ung, INNBYGGER, naa=myndig).ja


@pytest.mark.parametrize("født", [date(9984, 1, 1), date(9999, 12, 31)])
def test_a_birth_date_that_cannot_be_is_not_known(født: date, tabell: Tabell, oppsett: Oppsett) -> None:
    svaret = spør(tabell, oppsett, Grunnlag("p", fødselsdato=født), INNBYGGER)
    assert svaret == spør(tabell, oppsett, Grunnlag("p"), INNBYGGER)
    assert not svaret.ja


FORESATT = replace(PERSON, relasjoner=(Relasjon("foresatt", RelasjonSlag.FORESATT, FRA),), fødselsdato=date(2010, 1, 1))
FYLLER_16, FYLLER_18 = datetime(2026, 1, 1, tzinfo=OSLO), datetime(2028, 1, 1, tzinfo=OSLO)


def test_pbrl_4_4_a_parent_speaks_for_the_child_until_16_unless_the_child_withholds_it(
    tabell: Tabell, oppsett: Oppsett
) -> None:
    assert spør(tabell, oppsett, FORESATT, "foresatt", "opphold.helse", naa=FYLLER_16 - MINUTT).ja
    assert not spør(tabell, oppsett, FORESATT, "foresatt", "opphold.helse", naa=FYLLER_16).ja
    tilbakeholdt = replace(FORESATT, sperringer=(Sperring("foresatt", frozenset({"opphold.helse"}), FRA),))
    assert not spør(tabell, oppsett, tilbakeholdt, "foresatt", "opphold.helse").ja
    assert spør(tabell, oppsett, tilbakeholdt, "foresatt", "opphold.finnes").ja


def test_pbrl_3_4_from_16_to_18_a_parent_gets_what_parental_responsibility_takes_and_no_more(
    tabell: Tabell, oppsett: Oppsett
) -> None:
    for naa, ventet in (
        (FYLLER_16, {"person.navn", "opphold.finnes", "opphold.sted", "plan.talspersoner"}),
        (FYLLER_18 - MINUTT, {"person.navn", "opphold.finnes", "opphold.sted", "plan.talspersoner"}),
        (FYLLER_18, set()),
    ):
        assert {d for d in tabell.deler if spør(tabell, oppsett, FORESATT, "foresatt", d, naa=naa).ja} == ventet


def test_pbrl_3_4_what_parental_responsibility_takes_is_given_also_when_the_child_withholds_everything(
    tabell: Tabell, oppsett: Oppsett
) -> None:
    alt = replace(FORESATT, sperringer=(Sperring("foresatt", frozenset(), FRA),))
    assert spør(tabell, oppsett, alt, "foresatt", "opphold.finnes").ja
    assert not spør(tabell, oppsett, alt, "foresatt", "kriseplan.finnes").ja


def test_pbrl_4_3_a_parent_decides_for_a_child_and_not_for_who_is_16(tabell: Tabell, oppsett: Oppsett) -> None:
    gi, part = tabell.krav_til("samtykke.gi"), oppsett.parter["foresatt"]
    assert gi is not None
    assert kan(tabell, FORESATT, part, gi, FYLLER_16 - MINUTT).ja
    assert not kan(tabell, FORESATT, part, gi, FYLLER_16).ja


def test_the_moments_at_which_a_parents_answer_changes_are_known_in_advance(tabell: Tabell) -> None:
    assert neste_endring(tabell, FORESATT, FYLLER_16 - MINUTT) == FYLLER_16
    etter = neste_endring(tabell, FORESATT, datetime(2027, 6, 1, tzinfo=UTC))
    assert etter == FYLLER_18


def test_a_representative_has_what_the_power_covers(tabell: Tabell, oppsett: Oppsett) -> None:
    fullmakt = Relasjon("representant", RelasjonSlag.REPRESENTANT, FRA, None, frozenset({"plan.*"}))
    person = replace(PERSON, relasjoner=(fullmakt,))
    assert spør(tabell, oppsett, person, "representant", "plan.innhold").ja
    assert not spør(tabell, oppsett, person, "representant", "opphold.finnes").ja


@pytest.mark.parametrize(
    ("part", "sagt"),
    [
        ("act-kronstad", "FINNES_IKKE"),
        ("enhet-aarstad", "FINNES_IKKE"),
        (INNBYGGER, "FINNES_IKKE"),
        ("pam", "IKKE_DELT"),
        ("nav-aarstad", "IKKE_DELT"),
        ("dps-kronstad", "IKKE_DELT"),
    ],
)
def test_only_a_helper_and_the_person_learn_that_there_is_no_crisis_plan(
    part: str, sagt: str, tabell: Tabell, oppsett: Oppsett
) -> None:
    person = replace(PERSON, samtykker=(Samtykke("nav-aarstad", frozenset({"*"}), FRA),))
    assert fravær(tabell, person, oppsett.parter[part], "kriseplan.finnes", NAA) == sagt


def test_a_report_party_is_never_told_yes_but_is_told_the_form(tabell: Tabell, oppsett: Oppsett) -> None:
    fikk = spør(tabell, oppsett, PERSON, "auditor")
    assert (fikk.ja, fikk.form) == (False, Form.PSEUDONYM)


def test_a_part_that_nobody_has_judged_is_refused(tabell: Tabell, oppsett: Oppsett) -> None:
    with pytest.raises(UkjentDel, match=r"opphold\.farge"):
        spør(tabell, oppsett, PERSON, "act-kronstad", "opphold.farge")


def test_a_moment_before_any_law_is_refused(tabell: Tabell, oppsett: Oppsett) -> None:
    with pytest.raises(UkjentDel, match="before"):
        spør(tabell, oppsett, PERSON, "act-kronstad", naa=datetime(2000, 1, 1, tzinfo=UTC))


def test_the_candidates_are_those_with_any_ground_now() -> None:
    person = replace(
        PERSON,
        relasjoner=(ACT, Relasjon("act-solli", RelasjonSlag.ACT, FRA, NAA), Relasjon("bup", RelasjonSlag.UKJENT, FRA)),
        samtykker=(
            Samtykke("nav-aarstad", frozenset({"plan.finnes"}), FRA),
            Samtykke("nav-fana", frozenset({"plan.finnes"}), NAA + MINUTT),
            Samtykke("nav-arna", frozenset(), FRA),
        ),
        overstyringer=(Overstyring("legevakt", OverstyringSlag.BLAALYS, FRA),),
    )
    assert kandidater(person, NAA, adressert=frozenset({"forvaltning-fana"}), egne=frozenset({"pam"})) == {
        "act-kronstad",
        "nav-aarstad",
        "legevakt",
        "forvaltning-fana",
        "pam",
        INNBYGGER,
    }


def test_the_next_change_is_the_first_of_all_that_may_change(tabell: Tabell) -> None:
    assert neste_endring(tabell, PERSON, NAA) == LOVEN
    ung = replace(PERSON, fødselsdato=date(2009, 1, 1))
    assert neste_endring(tabell, ung, NAA) == datetime(2025, 1, 1, tzinfo=OSLO)
    sperring = Sperring(None, frozenset(), NAA + MINUTT)
    assert neste_endring(tabell, replace(ung, sperringer=(sperring,)), NAA) == NAA + MINUTT
    assert neste_endring(tabell, PERSON, datetime(2027, 1, 1, tzinfo=UTC)) is None


def test_a_persons_birth_date_is_not_in_what_may_be_logged() -> None:
    assert "1980" not in repr(PERSON)


# ── properties ──────────────────────────────────────────────────────────────────────────────────────────────────────

øyeblikk = st.integers(0, 60 * 24).map(lambda timer: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=timer))
parter = st.sampled_from(["act-kronstad", "enhet-aarstad", "nav-aarstad", "representant", INNBYGGER, "legevakt"])
deler = st.frozensets(st.sampled_from(["*", "opphold.*", "opphold.finnes", "kriseplan.barn", "UKJENT"]), max_size=3)
slutt = st.none() | øyeblikk
grunnlagene = st.builds(
    Grunnlag,
    person_ref=st.just("p"),
    relasjoner=st.lists(
        st.builds(Relasjon, parter, st.sampled_from(list(RelasjonSlag)), øyeblikk, slutt, deler), max_size=4
    ).map(tuple),
    samtykker=st.lists(st.builds(Samtykke, parter, deler, øyeblikk, slutt), max_size=4).map(tuple),
    sperringer=st.lists(st.builds(Sperring, st.none() | parter, deler, øyeblikk, slutt), max_size=2).map(tuple),
    overstyringer=st.lists(
        st.builds(Overstyring, parter, st.sampled_from(list(OverstyringSlag)), øyeblikk, slutt), max_size=2
    ).map(tuple),
    fødselsdato=st.none() | st.dates(date(2007, 6, 1), date(2010, 6, 1)),
    kilde_fersk=st.booleans(),
)
spurte = st.sampled_from(["opphold.finnes", "opphold.utfall", "kriseplan.finnes", "kriseplan.barn", "person.navn"])


@given(grunnlag=grunnlagene, part=parter, del_=spurte, naa=øyeblikk, brøk=st.floats(0, 1))
def test_an_answer_holds_until_the_moment_it_names(
    grunnlag: Grunnlag, part: str, del_: str, naa: datetime, brøk: float
) -> None:
    nå = spør(tilgangstabellen(), bergen(), grunnlag, part, del_, naa)
    til = nå.gjelder_til or naa + timedelta(days=5000)
    assert til > naa
    senere = min(naa + (til - naa) * brøk, til - timedelta(microseconds=1))
    assert spør(tilgangstabellen(), bergen(), grunnlag, part, del_, senere) == nå


@given(grunnlag=grunnlagene, part=parter, del_=spurte, naa=øyeblikk, mot=st.none() | parter, om=deler)
def test_opposing_never_opens_anything(
    grunnlag: Grunnlag,
    part: str,
    del_: str,
    naa: datetime,
    mot: str | None,
    om: frozenset[str],
) -> None:
    mer_sperret = replace(grunnlag, sperringer=(*grunnlag.sperringer, Sperring(mot, om, FRA)))
    if spør(tilgangstabellen(), bergen(), mer_sperret, part, del_, naa).ja:
        assert spør(tilgangstabellen(), bergen(), grunnlag, part, del_, naa).ja


@given(grunnlag=grunnlagene, del_=spurte, naa=øyeblikk)
def test_nobody_outside_the_candidates_is_told_anything(grunnlag: Grunnlag, del_: str, naa: datetime) -> None:
    mulige = kandidater(grunnlag, naa)
    for part in set(bergen().parter) - mulige:
        assert not spør(tilgangstabellen(), bergen(), grunnlag, part, del_, naa).ja
