"""The meeting ladder (rules 2.6): which forum takes a case, when it meets, what stands above it, what it became."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bindeledd.resources import data_folder
from services.felles.forum import Stige
from services.felles.oppsett import les_oppsett
from services.felles.toml_leser import OppsettFeil
from tests.dsl import RAMMER

STIGE = RAMMER.oppsett.stige
FØR, ETTER = date(2022, 7, 31), date(2022, 8, 1)
"""The last day of the old ladder, and the first of the new."""


def kjeden(stige: Stige, id_: str, dag: date) -> list[str]:
    """The rungs from a forum and up, on a day."""
    ut, forum = [], stige.ble(id_, dag)
    while forum is not None:
        ut.append(forum.id)
        forum = stige.over(forum, dag)
    return ut


@pytest.mark.parametrize("dps", ["betanien", "bjoergvin", "kronstad", "solli"])
def test_2_6_each_dps_has_a_dpr_of_its_own_which_takes_the_cases_of_its_area(dps: str) -> None:
    for dag in (FØR, ETTER):
        tar = STIGE.tar(f"dps-{dps}", dag, rus=False)
        assert tar is not None
        assert tar.id == f"dpr-{dps}"


def test_2_6_dpr_reports_to_saph_saph_to_su_and_sar_straight_to_su() -> None:
    assert kjeden(STIGE, "dpr-kronstad", FØR) == ["dpr-kronstad", "saph", "su"]
    assert kjeden(STIGE, "sar", FØR) == ["sar", "su"]


def test_2_6_from_august_2022_the_ladder_is_another() -> None:
    øverst = ["omraadeutval-bergen", "strategisk-samarbeidsutval", "partnarskapsmoete"]
    assert kjeden(STIGE, "dpr-kronstad", ETTER) == ["dpr-kronstad", "fagleg-utval", *øverst]
    assert kjeden(STIGE, "sar", ETTER) == ["fagleg-utval-rus", *øverst]
    assert [STIGE.den(id_, ETTER) for id_ in ("saph", "sar", "su")] == [None, None, None]


def test_2_6_what_is_about_substance_use_goes_to_sar_and_what_has_no_area_to_saph() -> None:
    for dag, rus, psykisk in ((FØR, "sar", "saph"), (ETTER, "fagleg-utval-rus", "fagleg-utval")):
        assert [
            getattr(STIGE.tar(dps, dag, rus=om_rus), "id", None)
            for dps, om_rus in (("dps-solli", True), (None, True), (None, False))
        ] == [rus, rus, psykisk]


def test_a_ladder_without_rows_takes_nothing() -> None:
    assert Stige().tar("dps-solli", ETTER, rus=True) is None
    assert (Stige().neste_møte("saph", FØR), Stige().ble("saph", FØR), Stige().siste("saph")) == (None, None, None)


@pytest.mark.parametrize("id_", sorted({f.id for f in STIGE.rader}))
def test_every_forum_meets_as_often_as_it_says_never_on_a_holiday_or_in_a_weekend(id_: str) -> None:
    for forum in (f for f in STIGE.rader if f.id == id_):
        for år in range(2013, 2033):
            dager = forum.kalender.i_året(år)
            assert len(dager) == len({*dager}) == len(forum.kalender.måneder)
            assert all(dag.isoweekday() <= 5 for dag in dager)
            assert [*dager] == sorted(dager)


def test_2_6_dpr_saph_and_sar_meet_four_times_a_year_and_su_two_to_four() -> None:
    ganger = {f.trinn: len(f.kalender.i_året(2021)) for f in STIGE.på(date(2021, 1, 1))}
    assert ganger == {"DPR": 4, "SAPH": 4, "SAR": 4, "SU": 2}


def test_the_next_meeting_is_after_the_day_and_one_on_the_day_itself_is_not_next() -> None:
    forum, møte = STIGE.neste_møte("dpr-kronstad", date(2024, 2, 20)) or pytest.fail("no meeting")
    assert (forum.id, møte) == ("dpr-kronstad", date(2024, 5, 14))
    dagen_før = STIGE.neste_møte("dpr-kronstad", møte - timedelta(days=1))
    samme_dag = STIGE.neste_møte("dpr-kronstad", møte)
    assert dagen_før == (forum, møte)
    assert samme_dag is not None
    assert samme_dag[1] > møte


def test_a_meeting_that_falls_on_a_holiday_is_held_on_the_next_working_day() -> None:
    """17 May 2033 is the third Tuesday of the month."""
    kalender = replace(STIGE.rader[0].kalender, måneder=(5,), uke=3, ukedag=2)
    assert kalender.i_året(2033) == (date(2033, 5, 18),)


def test_2_6_a_case_that_was_put_up_before_the_change_is_taken_up_in_what_the_forum_became() -> None:
    """SAPH would have met in October 2022."""
    til = STIGE.møtet("saph", date(2022, 10, 13), FØR)
    assert til is not None
    assert (til[0].id, til[1]) == ("fagleg-utval", date(2022, 10, 13))
    forfalt = STIGE.møtet("saph", date(2022, 6, 9), date(2022, 9, 1))
    assert forfalt is not None
    assert forfalt[0].id == "fagleg-utval"
    assert forfalt[1] > date(2022, 9, 1)
    blir = STIGE.møtet("dpr-solli", date(2022, 9, 14), FØR)
    assert blir is not None
    assert (blir[0].id, blir[1]) == ("dpr-solli", date(2022, 9, 14))


@pytest.mark.parametrize(("nytt", "gammelt"), [("fagleg-utval", "saph"), ("strategisk-samarbeidsutval", "su")])
def test_2_6_until_the_change_what_is_put_up_for_what_a_forum_becomes_is_with_the_forum(
    nytt: str, gammelt: str
) -> None:
    her, da = STIGE.ble(nytt, FØR), STIGE.ble(nytt, ETTER)
    assert her is not None
    assert da is not None
    assert (her.id, da.id) == (gammelt, nytt)


def test_2_6_what_became_of_it_has_the_history_of_what_it_was() -> None:
    assert STIGE.var("fagleg-utval") == {"fagleg-utval", "saph"}
    assert STIGE.var("strategisk-samarbeidsutval") == {"strategisk-samarbeidsutval", "su"}


# -- what the file may not say -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fra", "til", "sier"),
    [
        ('melder_til = "su"', 'melder_til = "finnes-ikke"', "melder_til"),
        ('etterfoelger = "strategisk-samarbeidsutval"', 'etterfoelger = "finnes-ikke"', "etterfoelger"),
        ('dps = "dps-betanien"\nmaaneder', 'dps = "finnes-ikke"\nmaaneder', "dps"),
        ('emne = "rus"', 'emne = "annet"', "emne"),
        ("maaneder = [4, 11]", "maaneder = [11, 4]", "maaneder"),
        ("maaneder = [4, 11]", "maaneder = [4, 13]", "maaneder"),
        ("uke = 3\nukedag = 1", "uke = 5\nukedag = 1", "uke"),
        ("uke = 3\nukedag = 1", "uke = 3\nukedag = 6", "uke"),
        ('id = "dpr-betanien"', 'id = "dpr-solli"', "gjelder_fra"),
        ('melder_til = "partnarskapsmoete"', 'etterfoelger = "partnarskapsmoete"', "etterfoelger"),
        ('trinn = "PARTNARSKAP"', 'trinn = "PARTNARSKAP"\nukjent = 1', "ukjent"),
    ],
)
def test_a_ladder_that_does_not_hold_together_is_refused(tmp_path: Path, fra: str, til: str, sier: str) -> None:
    tekst = (data_folder("deploy") / "bergen.toml").read_text("utf-8")
    assert fra in tekst
    (fil := tmp_path / "bergen.toml").write_text(tekst.replace(fra, til, 1), "utf-8")
    with pytest.raises(OppsettFeil) as feil:
        les_oppsett(fil)
    assert sier in feil.value.nøkkel
