"""Tasks are brought in step with what should be, whatever was there before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindeledd.core.clock import SeededEntropy
from bindeledd.core.decider import Circumstances
from bindeledd.core.errors import RuleBroken
from bindeledd.schema.generated.felles import Oppgaveslag, Oppgavetilstand
from services.felles.oppgaver import BESVARES, LøsOppgave, Oppgaver, TaOppgave, Ønsket, arbeid, avstem

NÅ = datetime(2026, 3, 2, tzinfo=UTC)
RUNDT = Circumstances(NÅ, SeededEntropy(1))
ØNSKE = Ønsket(Oppgaveslag.SPOER_OM_BARN, "pam", "o1", "hpl §10a", NÅ)


def etter(oppgaver: Oppgaver, events: list[Any]) -> Oppgaver:
    for event in events:
        oppgaver = oppgaver.evolve(event)
    return oppgaver


def åpne(oppgaver: Oppgaver) -> set[tuple[str, str, str, datetime | None]]:
    return {(o.slag, o.part, o.gjelder, o.frist) for o in oppgaver.åpne()}


ØNSKER = st.lists(
    st.builds(
        Ønsket,
        st.sampled_from([Oppgaveslag.SPOER_OM_BARN, Oppgaveslag.LAG_KRISEPLAN]),
        st.sampled_from(["pam", "act"]),
        st.sampled_from(["o1", "o2"]),
        st.just("§"),
        st.sampled_from([None, NÅ, NÅ + timedelta(days=1)]),
    ),
    unique_by=lambda ø: ø.nøkkel,
)


@given(st.lists(ØNSKER, min_size=1, max_size=5))
def test_after_any_history_the_open_tasks_are_those_that_are_wanted(historie: list[list[Ønsket]]) -> None:
    oppgaver = Oppgaver()
    for ønsker in historie:
        oppgaver = etter(oppgaver, avstem(oppgaver, ønsker, RUNDT))
        assert åpne(oppgaver) == {(ø.slag, ø.part, ø.gjelder, ø.frist) for ø in ønsker}
        assert avstem(oppgaver, ønsker, RUNDT) == []


def test_a_task_that_was_done_is_not_given_again() -> None:
    ønske = replace(ØNSKE, slag=Oppgaveslag.LAG_KRISEPLAN)
    oppgaver = etter(Oppgaver(), avstem(Oppgaver(), [ønske], RUNDT))
    (ref,) = oppgaver.alle
    gjort = etter(oppgaver, arbeid(oppgaver, LøsOppgave(ref, "x", "pam")))
    assert avstem(gjort, [ønske], RUNDT) == []
    assert avstem(gjort, [], RUNDT) == []


@pytest.mark.parametrize("slag", Oppgaveslag)
def test_what_is_done_by_its_answer_is_taken_and_never_called_done(slag: Oppgaveslag) -> None:
    oppgaver = etter(Oppgaver(), avstem(Oppgaver(), [replace(ØNSKE, slag=slag)], RUNDT))
    (ref,) = oppgaver.alle
    assert arbeid(oppgaver, TaOppgave(ref, "x", "pam"))
    if slag not in BESVARES:
        assert arbeid(oppgaver, LøsOppgave(ref, "x", "pam"))
        return
    with pytest.raises(RuleBroken) as avvist:
        arbeid(oppgaver, LøsOppgave(ref, "x", "pam"))
    assert avvist.value.rule == "oppgave.besvares"


def test_a_deadline_that_moves_leaves_the_task_with_the_one_who_took_it() -> None:
    oppgaver = etter(Oppgaver(), avstem(Oppgaver(), [ØNSKE], RUNDT))
    (ref,) = oppgaver.alle
    tatt = etter(oppgaver, arbeid(oppgaver, TaOppgave(ref, "x", "pam")))
    flyttet = etter(tatt, avstem(tatt, [replace(ØNSKE, frist=NÅ + timedelta(days=1))], RUNDT))
    (åpen,) = flyttet.åpne()
    assert (åpen.frist, åpen.tilstand, åpen.tatt_av) == (NÅ + timedelta(days=1), Oppgavetilstand.TATT, "x")
