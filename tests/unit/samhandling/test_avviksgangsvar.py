"""What is answered to who steps through cases: as of any moment, the same as the replay says, and without names."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from services.felles.forum import saksnavn
from services.felles.gang import GangSpørsmål
from services.samhandling.avvik import avviksgangsvar
from services.samhandling.avvik.avviksgang import Utvalg, per
from services.samhandling.avvik.avviksgangsvar import gang
from tests.dsl import ACT, PAM
from tests.rom import HELE_BERGEN
from tests.unit.samhandling.test_avvik import MELD, UENIG, UTKAST, ÅPNET
from tests.unit.samhandling.test_avviksgang import HELE, START, TIME, Poster, poster

EN, TO = "a" * 32, "b" * 32


def begge() -> Poster:
    alle = [*poster(EN, *HELE), *poster(TO, UTKAST, MELD, UENIG, fra=100)]
    return sorted(alle, key=lambda post: (post[0].registrert, post[0].position))


def spør(**spurt: Any) -> Any:
    return gang(begge(), GangSpørsmål(**spurt), HELE_BERGEN)


def test_without_a_moment_it_is_the_last_one_and_every_moment_is_a_step() -> None:
    svar = spør()
    assert (svar.per, svar.steg, svar.antall) == (START + 5 * TIME, 6, 6)
    assert [sak.tilstand for sak in svar.saker] == ["UENIG", "LUKKET"]


@pytest.mark.parametrize("steg", range(1, 7))
def test_each_step_is_the_moment_at_which_something_was_written_and_tells_what_the_replay_tells(steg: int) -> None:
    svar = spør(steg=steg)
    assert (svar.per, svar.steg) == (START + (steg - 1) * TIME, steg)
    fortalt = {sak.navn: sak for sak in svar.saker}
    for sak in per(begge(), svar.per).stilling(Utvalg(HELE_BERGEN)):
        assert [(b.part, b.status, b.fått, b.åpnet) for b in sak.baner] == [
            (b.part, b.status, b.fått, b.åpnet) for b in fortalt[sak.navn].baner
        ]


def test_a_moment_between_two_steps_stands_at_the_one_before() -> None:
    svar = spør(per=START + 1.5 * TIME)
    assert (svar.steg, svar.antall) == (2, 6)
    assert {(b.part, b.status) for sak in svar.saker for b in sak.baner} == {
        (ACT, "sendt, ikke svart"), (PAM, "sendt, ikke åpnet")
    }  # fmt: skip


def test_a_moment_before_the_first_step_knows_no_case() -> None:
    svar = spør(per=START - TIME)
    assert (svar.steg, svar.saker, svar.skjedd) == (0, [], [])


def test_a_step_beyond_the_last_is_the_last() -> None:
    assert spør(steg=99).steg == 6


def test_cases_are_chosen_by_the_state_in_which_they_stood() -> None:
    assert [sak.navn for sak in spør(tilstand="UENIG").saker] == [saksnavn(TO)]
    assert [sak.navn for sak in spør(tilstand="SENDT", per=START + TIME).saker] == [saksnavn(TO), saksnavn(EN)]
    borte = spør(tilstand="SENDT")
    assert (borte.per, borte.antall) == (START + 2 * TIME, 2), "that both have left the state is a step as well"
    assert borte.saker == []


def test_what_is_stepped_through_is_bounded_by_time_and_what_stood_before_is_known() -> None:
    svar = spør(fra=START + 3 * TIME, til=START + 5 * TIME)
    assert (svar.antall, svar.per) == (2, START + 4 * TIME)
    (sak,) = svar.saker
    assert sak.baner[0].sendt == START + TIME


def test_what_had_happened_is_told_the_latest_first_and_nothing_that_came_later() -> None:
    svar = spør(per=START + 2 * TIME)
    tider = [steg.tid for steg in svar.skjedd]
    assert tider == sorted(tider, reverse=True)
    assert tider[0] == START + 2 * TIME
    assert {(s.hendelse, s.part) for s in svar.skjedd} >= {("AvvikMeldt", ACT), ("AvvikMottatt", PAM)}


def test_of_many_cases_the_latest_are_shown_and_how_many_there_are_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(avviksgangsvar, "SAKER_VIST", 1)
    svar = spør()
    assert (len(svar.saker), svar.funnet) == (1, 2)


def test_2_6_the_answer_names_no_person_no_stay_no_stream_and_nobody_who_works_anywhere() -> None:
    sagt = json.dumps(gang(begge(), GangSpørsmål(), HELE_BERGEN).model_dump(mode="json"))
    for hemmelig in (EN, TO, "en-person", MELD.melder, ÅPNET.av):
        assert hemmelig not in sagt


def test_a_log_without_cases_has_nothing_to_step_to() -> None:
    svar = gang([], GangSpørsmål(), HELE_BERGEN)
    assert (svar.per, svar.antall, svar.saker) == (None, 0, [])
    assert gang([], GangSpørsmål(per=START + timedelta(days=1)), HELE_BERGEN).saker == []
