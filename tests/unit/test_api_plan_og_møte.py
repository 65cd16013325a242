"""The individual plan, measures and meetings over HTTP: who may, what is refused, and what each party is then given."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import lag_utskrevet
from tests.unit.samhandling.meldinger import sending
from tests.unit.test_api_i_tjenestene import ACT, BRUKERE, ENHET, HEMMELIG, NAV, NÅ, Her, fulgt, her

__all__ = ["fulgt", "her"]  # the fixtures, for pytest

PERSON = "ansvarsgruppe/personer/{p}"
REVISJON = (NÅ + timedelta(days=180)).date().isoformat()
PLAN = {"samtykket": True, "revisjon": REVISJON, "maal": {"maal": [HEMMELIG]}}
TILTAK = {"part": ACT, "tekst": HEMMELIG, "frist": REVISJON}
TID = NÅ + timedelta(days=3)
MØTE = {"tid": TID.isoformat(), "sted": HEMMELIG, "formaal": HEMMELIG, "saker": [HEMMELIG], "inviterte": [ACT]}


def gruppen(her: Her) -> str:
    (ref,) = (ref for ref, v in her.rom.utsnitt("ansvarsgruppe", ENHET).items() if hasattr(v, "medlemmer"))
    return ref


def vist(her: Her, part: str, slag: str) -> list[Any]:
    """What a party has been given of a kind."""
    return [v for v in her.rom.utsnitt("ansvarsgruppe", part).values() if type(v).__name__ == slag]


def oppgaver(her: Her, part: str) -> set[str]:
    views = her.rom.utsnitt("ansvarsgruppe", part).values()
    return {o.slag.value for v in views for o in getattr(v, "oppgaver", ()) if o.part == part}


def innkalt(her: Her, **annet: Any) -> str:
    svar = her.ok(f"{PERSON}/gruppe/{gruppen(her)}/moete", {**MØTE, **annet}, som=ENHET)
    return str(svar["stream"])


def test_a_plan_is_declined_and_made_later_when_the_person_consents(fulgt: Her) -> None:
    fulgt.ok(f"{PERSON}/plan/tilby", som=ENHET)
    fulgt.ok(f"{PERSON}/plan/takk-nei", som=ENHET)
    (planen,) = vist(fulgt, ACT, "PlanUtsnitt")
    assert (planen.tilstand.value, planen.koordinator) == ("TAKKET_NEI", BRUKERE[ENHET])
    nei = fulgt.post(f"{PERSON}/plan", {**PLAN, "samtykket": False}, som=ENHET)
    assert (nei.status_code, nei.json()["rule"]) == (409, "pbrl §2-5")
    fulgt.ok(f"{PERSON}/plan", PLAN, som=ENHET)
    (planen,) = vist(fulgt, ACT, "PlanUtsnitt")
    assert (planen.tilstand.value, planen.maal is not None) == ("GJELDER", True)
    fulgt.ok(f"{PERSON}/plan/maal", {"maal": ["nytt"]}, som=ACT)
    fulgt.ok(f"{PERSON}/plan/evaluer", {"revisjon": REVISJON, "vurdering": HEMMELIG}, som=ACT)
    fulgt.ok(f"{PERSON}/plan/avslutt", {"grunn": "samtykke_trukket"}, som=ENHET)
    assert vist(fulgt, ACT, "PlanUtsnitt")[0].maal is None


@pytest.mark.parametrize(
    ("sti", "kropp"), [("plan/tilby", None), ("plan", PLAN), ("plan/maal", {"maal": ["x"]}), ("tiltak", TILTAK)]
)
def test_who_does_not_help_the_person_and_who_is_outside_health_write_no_plan(fulgt: Her, sti: str, kropp: Any) -> None:
    assert fulgt.post(f"{PERSON}/{sti}", kropp, som="act-solli").status_code == 403
    assert fulgt.post(f"{PERSON}/{sti}", kropp, som=NAV).status_code == 403


def test_hpl_25_who_may_not_read_the_plan_does_not_write_it(fulgt: Her) -> None:
    fulgt.ok(f"{PERSON}/sperringer", {"part": ACT, "deler": ["plan.innhold"]}, som=ENHET)
    assert fulgt.post(f"{PERSON}/plan", PLAN, som=ACT).status_code == 403
    assert fulgt.post(f"{PERSON}/gruppe/{gruppen(fulgt)}/moete", MØTE, som=ACT).status_code == 403


def test_a_measure_is_agreed_waits_through_a_stay_and_is_done(fulgt: Her) -> None:
    assert fulgt.post(f"{PERSON}/tiltak", TILTAK, som=ENHET).json()["rule"] == "plan.finnes"
    fulgt.ok(f"{PERSON}/plan", PLAN, som=ENHET)
    tiltak = fulgt.ok(f"{PERSON}/tiltak", TILTAK, som=ENHET)["stream"]
    assert "FOELG_OPP_TILTAK" in oppgaver(fulgt, ACT)
    fulgt.innlegg(NÅ)
    (view,) = vist(fulgt, ACT, "TiltakUtsnitt")
    assert (view.paa_vent, view.opphold_ref is not None, oppgaver(fulgt, ACT)) == (True, True, set())
    ut = NÅ + timedelta(hours=2)
    ta_imot(fulgt.rom.inst.engines["samhandling"], lag_utskrevet(sending(2, ut), tid=ut), mottatt=ut)
    fulgt.rom.pump()
    (view,) = vist(fulgt, ACT, "TiltakUtsnitt")
    assert (view.paa_vent, view.opphold_ref) == (False, None)
    (oppgave,) = (o.oppgave_ref for o in view.oppgaver)
    fulgt.ok(f"ansvarsgruppe/tiltak/{tiltak}/oppgaver/{oppgave}/loes", {"av": BRUKERE[ACT]}, som=ACT)
    assert vist(fulgt, ENHET, "TiltakUtsnitt")[0].tilstand.value == "GJORT"
    endret = {"part": ACT, "tilstand": "BORTFALT"}
    assert fulgt.post(f"{PERSON}/tiltak/{tiltak}", endret, som=ENHET).json()["rule"] == "tiltak.pågår"


def test_the_ref_of_somebody_elses_measure_or_meeting_is_refused(fulgt: Her) -> None:
    fremmed = "0" * 32
    endret = {"part": ACT, "tilstand": "GJORT"}
    assert fulgt.post(f"{PERSON}/tiltak/{fremmed}", endret, som=ENHET).json()["rule"] == "tiltak.finnes"
    svar = fulgt.post(f"{PERSON}/moete/{fremmed}/avlys", {"grunn": "sykdom"}, som=ENHET)
    assert svar.json()["rule"] == "møte.finnes"


def test_a_meeting_is_summoned_answered_held_and_its_minutes_give_tasks_without_any_plan(fulgt: Her) -> None:
    møte = innkalt(fulgt)
    assert oppgaver(fulgt, "innbygger") == {"SVAR_PAA_INNKALLING"}
    oppgave = fulgt.oppgave("ansvarsgruppe", ACT)[1]
    nei = fulgt.post(f"ansvarsgruppe/moete/{møte}/oppgaver/{oppgave}/loes", {"av": BRUKERE[ACT]}, som=ACT)
    assert (nei.status_code, nei.json()["rule"]) == (409, "oppgave.besvares")
    for ikke_spurt in (ENHET, "act-solli"):
        nei = fulgt.post(f"ansvarsgruppe/moete/{møte}/svar", {"kommer": True}, som=ikke_spurt)
        assert (nei.status_code, nei.json()["rule"]) == (409, "møte.innkalt"), ikke_spurt
    fulgt.ok(f"ansvarsgruppe/moete/{møte}/svar", {"kommer": True}, som=ACT)
    assert oppgaver(fulgt, ACT) == set()
    fulgt.rom.til(TID)
    assert "SKRIV_REFERAT" in oppgaver(fulgt, ENHET)
    fulgt.ok(f"{PERSON}/moete/{møte}/holdt", {"tilstede": ["innbygger", ENHET]}, som=ENHET)
    avtalt = {"part": ACT, "tekst": HEMMELIG, "frist": REVISJON}
    referat = {"beslutninger": [HEMMELIG], "uenighet": HEMMELIG, "oppgaver": [avtalt], "neste": REVISJON}
    fulgt.ok(f"{PERSON}/moete/{møte}/referat", referat, som=ENHET)
    (view,) = vist(fulgt, ACT, "MoeteUtsnitt")
    assert (view.tilstand.value, view.referat is not None, len(view.tiltak)) == ("GODKJENT", True, 1)
    assert "FOELG_OPP_TILTAK" in oppgaver(fulgt, ACT)
    assert vist(fulgt, ACT, "PlanUtsnitt")[0].tilstand.value == "INGEN"


@pytest.mark.parametrize("år", ["0001", "9999"])
def test_a_day_or_a_moment_outside_the_calendar_is_said_to_be_wrong(fulgt: Her, år: str) -> None:
    fulgt.ok(f"{PERSON}/plan", PLAN, som=ENHET)
    samtykke = {"part": NAV, "formaal": "oppfoelging", "deler": ["plan.*"], "gjelder_til": f"{år}-12-31T23:59:59-12:00"}
    barn = {"fornavn": "A", "etternavn": "B", "født": f"{år}-12-31"}
    for sti, kropp in (
        (f"{PERSON}/tiltak", {**TILTAK, "frist": f"{år}-12-31"}), (f"{PERSON}/samtykker", samtykke),
        (f"{PERSON}/gruppe/{gruppen(fulgt)}/moete", {**MØTE, "innspill_til": f"{år}-01-01"}),
        ("barn_paaroerende/personer/{p}/barn", barn),
    ):  # fmt: skip
        svar = fulgt.post(sti, kropp, som=ENHET)
        assert (svar.status_code, år in svar.text) == (422, False), sti


def test_only_members_are_summoned_and_only_those_of_the_group_summon(fulgt: Her) -> None:
    sti = f"{PERSON}/gruppe/{gruppen(fulgt)}/moete"
    assert fulgt.post(sti, {**MØTE, "inviterte": [NAV]}, som=ENHET).json()["rule"] == "møte.inviterte"
    assert fulgt.post(sti, MØTE, som="act-solli").status_code == 403
    assert fulgt.post(sti, {**MØTE, "opphold_ref": "0" * 32}, som=ENHET).json()["rule"] == "møte.opphold"


def test_a_member_that_may_not_know_of_the_stay_ties_no_meeting_to_it(fulgt: Her) -> None:
    fulgt.innlegg(NÅ)
    (stay,) = (ref for ref, v in fulgt.rom.utsnitt("samhandling", ENHET).items() if hasattr(v, "innlagt"))
    fulgt.ok(f"{PERSON}/sperringer", {"part": ACT, "deler": ["opphold.*"]}, som=ENHET)
    sti = f"{PERSON}/gruppe/{gruppen(fulgt)}/moete"
    assert fulgt.post(sti, {**MØTE, "opphold_ref": stay}, som=ACT).json()["rule"] == "møte.opphold"


def test_who_may_not_know_of_the_stay_changes_a_measure_that_goes_on_through_it_and_it_goes_on(fulgt: Her) -> None:
    fulgt.innlegg(NÅ)
    (stay,) = (ref for ref, v in fulgt.rom.utsnitt("samhandling", ENHET).items() if hasattr(v, "innlagt"))
    møte = innkalt(fulgt, opphold_ref=stay)
    fulgt.rom.til(TID)
    fulgt.ok(f"{PERSON}/moete/{møte}/holdt", {"tilstede": [ENHET]}, som=ENHET)
    fulgt.ok(f"{PERSON}/moete/{møte}/referat", {"oppgaver": [{"part": ACT, "tekst": HEMMELIG}]}, som=ENHET)
    fulgt.ok(f"{PERSON}/sperringer", {"part": ACT, "deler": ["opphold.*"]}, som=ENHET)
    (ref,) = (ref for ref, v in fulgt.rom.utsnitt("ansvarsgruppe", ACT).items() if hasattr(v, "gaar_videre"))
    assert vist(fulgt, ACT, "TiltakUtsnitt")[0].gaar_videre is False
    fulgt.ok(f"{PERSON}/tiltak/{ref}", {"part": ACT, "frist": REVISJON}, som=ACT)
    (view,) = vist(fulgt, ENHET, "TiltakUtsnitt")
    assert (view.gaar_videre, view.paa_vent, view.frist.isoformat()) == (True, False, REVISJON)


def test_a_meeting_is_called_off(fulgt: Her) -> None:
    møte = innkalt(fulgt)
    fulgt.ok(f"{PERSON}/moete/{møte}/avlys", {"grunn": "sykdom"}, som=ENHET)
    assert oppgaver(fulgt, ACT) == set()


def test_the_representative_is_whom_the_person_says(fulgt: Her) -> None:
    sti = f"{PERSON}/gruppe/{gruppen(fulgt)}/representant"
    fulgt.ok(sti, {"slag": "verge", "navn": HEMMELIG}, som=ENHET)
    (view,) = vist(fulgt, ACT, "AnsvarsgruppeUtsnitt")
    assert (view.representant_slag, view.representant is not None) == ("verge", True)
    fulgt.ok(sti, {"slag": "verge", "navn": f"{HEMMELIG} to"}, som=ENHET)
    ny = vist(fulgt, ACT, "AnsvarsgruppeUtsnitt")[0].representant
    assert ny.origin != view.representant.origin, "another choice, which pages know from the one before"
    fulgt.ok(sti, {}, som=ENHET)
    assert vist(fulgt, ACT, "AnsvarsgruppeUtsnitt")[0].representant is None


def test_rules_2_3_the_representative_is_summoned_besides_the_person_may_answer_and_loses_it_all_again(
    fulgt: Her,
) -> None:
    sti = f"{PERSON}/gruppe/{gruppen(fulgt)}/representant"
    fulgt.ok(sti, {"slag": "advokat", "navn": HEMMELIG}, som=ENHET)
    møte = innkalt(fulgt)
    (view,) = vist(fulgt, ENHET, "MoeteUtsnitt")
    assert {d.part for d in view.deltakere} == {"innbygger", "representant", ACT, ENHET}
    assert oppgaver(fulgt, "representant") == set()
    fulgt.ok(f"ansvarsgruppe/moete/{møte}/svar", {"kommer": True}, som="representant")
    slag = {type(v).__name__ for v in fulgt.rom.utsnitt("ansvarsgruppe", "representant").values()}
    assert slag == {"PlanUtsnitt", "AnsvarsgruppeUtsnitt", "MoeteUtsnitt"}
    assert {type(v).__name__ for v in fulgt.rom.utsnitt("samhandling", "representant").values()} == {"PersonUtsnitt"}
    fulgt.ok(sti, {}, som=ENHET)
    for tjeneste in ("ansvarsgruppe", "samhandling"):
        assert {type(v).__name__ for v in fulgt.rom.utsnitt(tjeneste, "representant").values()} <= {"UtsnittAvsluttet"}


def navs(her: Her) -> list[Any]:
    """Everything that ansvarsgruppe has ever given NAV."""
    return [p for p in her.rom.logg("ansvarsgruppe") if p.topic == f"ansvarsgruppe.til.{NAV}"]


def test_nav_without_consent_has_nothing_of_plan_meeting_or_measure(fulgt: Her) -> None:
    fulgt.ok(f"{PERSON}/gruppe/{gruppen(fulgt)}/inviter", {"part": NAV}, som=ENHET)
    gi = {"part": NAV, "formaal": "oppfoelging", "deler": ["plan.finnes"]}
    fulgt.ok(f"{PERSON}/samtykker", gi, som=ENHET)
    fulgt.ok(f"ansvarsgruppe/gruppe/{gruppen(fulgt)}/svar", {"med": True}, som=NAV)
    gitt = next(p.event.samtykke_id for p in fulgt.rom.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt")
    fulgt.ok(f"{PERSON}/samtykker/{gitt}/trekk", som=ENHET)
    før = len(navs(fulgt))
    fulgt.ok(f"{PERSON}/plan", PLAN, som=ENHET)
    fulgt.ok(f"{PERSON}/tiltak", {**TILTAK, "part": NAV}, som=ENHET)
    innkalt(fulgt, inviterte=[ACT, NAV])
    fulgt.innlegg(NÅ)
    assert fulgt.rom.utsnitt("ansvarsgruppe", NAV) == {}
    assert len(navs(fulgt)) == før


def test_what_was_said_in_plan_meeting_and_measure_is_nowhere_in_the_clear(fulgt: Her) -> None:
    fulgt.ok(f"{PERSON}/plan", PLAN, som=ENHET)
    fulgt.ok(f"{PERSON}/tiltak", TILTAK, som=ENHET)
    innkalt(fulgt)
    for fil in fulgt.rom.inst.folder.rglob("*"):
        if fil.is_file():
            assert HEMMELIG.encode() not in fil.read_bytes(), fil.name
