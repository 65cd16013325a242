"""The page of the individual plan: goals first, measures and why they wait, and nobody's words lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bindeledd.schema.generated.ansvarsgruppe import Plantilstand
from bindeledd.schema.generated.felles import Deling, DelStatus
from bindeledd.schema.generated.tilgang import Visning
from tests.nettsider import ACT, ENHET, GRUNN, NAV, By, Nettleser, by, person, plan, ref
from tests.plansider import full_plan, tiltak
from tests.unit.web.test_gruppesiden import felter, knapp, send, som
from tests.unit.web.test_oppslag import skrevet
from web.plansiden import Ført, sjekk
from web.rolle import smal

HER = f"/pasient/{ref(1)}/plan"


def gi(by_: By, view: Any, *tiltakene: Any, part: str = ENHET) -> None:
    by_.gi("samhandling", ref(101), ref(1), {part: person("Ola")})
    if view is not None:
        by_.gi("ansvarsgruppe", ref(104), ref(1), {part: view})
    for nr, t in enumerate(tiltakene):
        by_.gi("ansvarsgruppe", ref(90 + nr), ref(1), {part: t})


def koordinator(by_: By, view: Any = None, *tiltakene: Any) -> Nettleser:
    gi(by_, view or full_plan(), *tiltakene)
    return som(by_, "demo-069", ENHET, "koordinator")


def test_the_persons_own_goals_come_first_and_then_who_does_what(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        side = koordinator(by_, full_plan(), tiltak()).get(HER).text
        rekke = ("Egen bolig", "Jobb i kantina", "Lager god mat", "Søke om bolig", "ACT-team Kronstad har ansvaret.")
        assert sorted(rekke, key=side.index) == list(rekke)
        assert Visning.PLAN in {o.visning for o in skrevet(by_)}


def test_a_measure_that_waits_says_why_to_those_who_may_know_and_not_to_others(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        venter = tiltak(paa_vent=True, opphold_ref=ref(5))
        assert "Venter mens personen er innlagt" in koordinator(by_, full_plan(), venter).get(HER).text
        gi(by_, None, tiltak(part=NAV, paa_vent=True), part=NAV)
        side = som(by_, "demo-073", NAV, "nav-veileder").get(HER).text
        assert "På vent" in side
        assert "innlagt" not in side


def test_who_has_a_measure_and_no_more_sees_that_measure_and_nothing_of_the_plan(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        gi(by_, None, tiltak("Hjelp med husleia", part=NAV), part=NAV)
        side = som(by_, "demo-073", NAV, "nav-veileder").get(HER).text
        assert "Hjelp med husleia" in side
        assert "Dere har ansvaret." in side
        assert "Personens egne mål" not in side


def test_a_plan_is_offered_and_declined_from_the_page(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_, plan())
        side = leser.get(HER).text
        leser.post(f"{HER}/tilbud", knapp(side, "tilby"))
        leser.post(f"{HER}/tilbud", knapp(side, "takk-nei"))
        assert [hva for _, _, hva, _ in by_.svart] == ["plan/tilby", "plan/takk-nei"]


def test_who_declined_is_told_what_there_may_be_without_a_plan(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        side = koordinator(by_, plan(tilstand=Plantilstand.TAKKET_NEI)).get(HER).text
        assert "Takket nei" in side
        assert "kan personen ha uten individuell plan" in side


NY = {"maal": "Egen bolig\n\n Jobb ", "samtykket": "ja", "revisjon": "2024-08-01", "behov": "Ro"}


def test_a_plan_is_made_with_consent_and_the_day_it_is_gone_through(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        svar = send(koordinator(by_, plan()), f"{HER}/skriv", **NY)
        assert svar.headers["location"] == f"{HER}?gjort=plan"
        maal = {"maal": ["Egen bolig", "Jobb"], "ressurser": "", "behov": "Ro", "bidrag": ""}
        kropp = {"samtykket": True, "revisjon": "2024-08-01", "maal": maal}
        assert by_.svart == [("ansvarsgruppe", ref(1), "plan", kropp)]


def test_pbrl_2_5_without_the_consent_nothing_is_sent_and_every_word_stands(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        svar = send(koordinator(by_, plan()), f"{HER}/skriv", **{**NY, "samtykket": ""})
        assert "at personen har samtykket" in svar.text
        assert felter(svar.text)["behov"] == ["Ro"]
        assert by_.svart == []


def test_goals_are_written_anew_in_a_form_that_holds_what_stands(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        assert felter(leser.get(f"{HER}/skriv").text)["maal"] == ["Egen bolig\nJobb i kantina"]
        send(leser, f"{HER}/skriv", maal="Egen bolig")
        (_, _, hva, kropp) = by_.svart[0]
        assert (hva, kropp["maal"], kropp["behov"]) == ("plan/maal", ["Egen bolig"], "Ro")


def test_when_two_write_at_once_both_texts_are_shown_and_nothing_is_lost(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        skjema = felter(leser.get(f"{HER}/skriv").text)
        gi(by_, full_plan(koordinator="demo-068"))
        svar = leser.post(f"{HER}/skriv", {**skjema, "maal": "Mitt eget mål"})
        assert svar.status_code == 409
        assert "Personen har fått ny koordinator." in svar.text
        assert felter(svar.text)["maal"] == ["Mitt eget mål"]
        assert "Jobb i kantina" in svar.text
        leser.post(f"{HER}/skriv", felter(svar.text))
        assert by_.svart[-1][3]["maal"] == ["Mitt eget mål"]


def test_a_measure_is_agreed_changed_and_done(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_, full_plan(), tiltak())
        send(leser, f"{HER}/tiltak/nytt", tekst="Ringe", part=NAV, frist="2024-03-01", gaar_videre="ja")
        send(leser, f"{HER}/tiltak/{ref(90)}", frist="2024-04-01")
        leser.post(f"{HER}/tiltak/{ref(90)}/ferdig", knapp(leser.get(HER).text, f"gjort-{ref(90)}"))
        assert [(hva, kropp) for _, _, hva, kropp in by_.svart] == [
            ("tiltak", {"part": NAV, "tekst": "Ringe", "frist": "2024-03-01", "gaar_videre": True}),
            (
                f"tiltak/{ref(90)}",
                {"part": ACT, "tekst": "Søke om bolig", "frist": "2024-04-01", "gaar_videre": False},
            ),
            (
                f"tiltak/{ref(90)}",
                {"part": ACT, "frist": "2024-03-01", "gaar_videre": False, "tilstand": "GJORT"},
            ),
        ]


def test_a_plan_is_gone_through_and_ended(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_)
        assert "Velg når" in send(leser, f"{HER}/gjennomgang", vurdering="Bra").text
        skjema = felter(send(leser, f"{HER}/gjennomgang", vurdering="Bra", revisjon="").text)
        leser.post(f"{HER}/gjennomgang", {**skjema, "revisjon": "2024-09-01"})
        leser.post(f"{HER}/avslutt", {**skjema, "grunn": "samtykke_trukket"})
        assert [(hva, kropp) for _, _, hva, kropp in by_.svart] == [
            ("plan/evaluer", {"revisjon": "2024-09-01", "vurdering": "Bra"}),
            ("plan/avslutt", {"grunn": "samtykke_trukket"}),
        ]


def test_what_no_form_of_the_page_sends_is_said_and_nothing_is_written(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_, full_plan(), tiltak())
        skjema = felter(leser.get(f"{HER}/tiltak/nytt").text)
        assert "Velg hvorfor planen avsluttes." in leser.post(f"{HER}/avslutt", {**skjema, "grunn": "fordi"}).text
        fylt = {**skjema, "tekst": "Ringe", "part": ACT}
        for sti, annet in (("", {}), ("/ferdig", {"tilstand": "GJORT"})):
            svar = leser.post(f"{HER}/tiltak/{ref(99)}{sti}", {**fylt, **annet})
            assert "Tiltaket er ikke delt med dere." in svar.text
        assert by_.svart == []


def test_who_reads_the_plan_by_consent_does_not_change_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = koordinator(by_, full_plan(grunn=replace(GRUNN, grunnlag="C")))
        assert 'id="skriv"' not in leser.get(HER).text
        assert leser.get(f"{HER}/skriv").status_code == 403


@pytest.mark.parametrize(("del_", "ser"), [("eget_tiltak", True), ("innhold", False)])
def test_a_role_that_sees_own_measures_only_sees_no_others(del_: str, ser: bool) -> None:
    view = tiltak(deler=(DelStatus(del_=del_, deling=Deling.DELT),))
    assert (smal(view, lambda d: d == "plan.eget_tiltak") is not None) is ser


def test_what_is_missing_is_said_in_the_order_of_the_form() -> None:
    assert len(sjekk(Ført(), ny=True).mangler) == 3
    assert sjekk(Ført(maal="x"), ny=False) == sjekk(Ført(maal="y"), ny=False)
    assert sjekk(Ført(maal="x" * 4001, behov="y" * 4001), ny=False).feil != ()
