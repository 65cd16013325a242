"""As long as a unit has something to do about a person it is told whom it is about, and no longer (docs/adr/0008)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.decider import Bestilling
from bindeledd.core.envelope import Actor
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Oppgaveslag, Tekst
from services.barn_pårørende import planer as barn
from services.barn_pårørende.domain import TOPIC as KARTLEGGING
from services.felles.kjent import Rammer
from services.felles.oppgaver import LøsOppgave
from services.samhandling.plo.skriv import lag_død, lag_innlagt, lag_utskrevet
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import Menneske, enhet, menneske
from tests.unit.samhandling.meldinger import sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
UT = NÅ + timedelta(days=7)
PAM, ENHET = "pam", "enhet-aarstad"
RAMMER = Rammer(HELE_BERGEN, TABELL)
BEHANDLER = Actor("behandler", "helse-bergen", PAM)


@pytest.fixture
def innlagt(tmp_path: Path) -> Iterator[tuple[Rom, Menneske]]:
    """Somebody who is known here has been admitted to PAM, which shall ask about children."""
    with rom(tmp_path, NÅ - timedelta(days=30), oppsett=HELE_BERGEN) as her:
        hvem = menneske(her, date(1984, 5, 6), "aarstad", ENHET)
        her.melding(lag_innlagt(fra_pam(1, hvem), tid=NÅ), NÅ)
        yield her, hvem


def fra_pam(nr: int, hvem: Menneske) -> Any:
    return replace(sending(nr, NÅ + timedelta(days=nr)), pasient=hvem.pasient, avsender=enhet(PAM))


def skrevet_ut(her: Rom, hvem: Menneske) -> None:
    her.melding(lag_utskrevet(fra_pam(5, hvem), tid=UT), UT)
    her.til(UT + timedelta(days=2))


def ser_navnet(her: Rom, part: str = PAM) -> bool:
    return any(type(view).__name__ == "PersonUtsnitt" for view in her.utsnitt("samhandling", part).values())


def spurt(her: Rom) -> set[str]:
    return {o.slag.value for view in her.utsnitt("barn_paaroerende", PAM).values() for o in view.oppgaver}


def test_the_ward_has_the_name_while_it_has_the_person(innlagt: tuple[Rom, Menneske]) -> None:
    her, hvem = innlagt
    assert ser_navnet(her)
    her.gjør("barn_paaroerende", barn.ingen_barn(hvem.ref, BEHANDLER, RAMMER))
    assert spurt(her) == set()
    assert ser_navnet(her)
    skrevet_ut(her, hvem)
    assert not ser_navnet(her)


def test_a_ward_that_has_not_asked_yet_keeps_the_name_after_the_discharge_until_it_has(
    innlagt: tuple[Rom, Menneske],
) -> None:
    her, hvem = innlagt
    skrevet_ut(her, hvem)
    assert spurt(her) == {"SPOER_OM_BARN"}
    assert ser_navnet(her)
    her.gjør("barn_paaroerende", barn.ingen_barn(hvem.ref, BEHANDLER, RAMMER))
    assert spurt(her) == set()
    assert not ser_navnet(her)


def test_a_ward_that_keeps_the_case_of_a_patient_with_children_sees_whose_it_is(
    innlagt: tuple[Rom, Menneske],
) -> None:
    her, hvem = innlagt
    innhold = Klartekst(Tekst(tekst="syntetisk"))
    her.gjør("barn_paaroerende", barn.hold_samtale(hvem.ref, 2, innhold, BEHANDLER, RAMMER))
    skrevet_ut(her, hvem)
    (sak,) = her.utsnitt("barn_paaroerende", PAM).values()
    assert (sak.tilstand.value, sak.antall_barn) == ("HAR_BARN", 2)
    assert ser_navnet(her)
    assert {type(view).__name__ for view in her.utsnitt("samhandling", PAM).values()} == {"PersonUtsnitt"}


def test_after_a_death_the_ward_has_the_name_until_those_left_behind_have_been_looked_to(
    innlagt: tuple[Rom, Menneske],
) -> None:
    her, hvem = innlagt
    her.melding(lag_død(fra_pam(5, hvem), tid=UT), UT)
    her.til(UT + timedelta(days=2))
    assert spurt(her) == {"FOELG_OPP_ETTERLATTE"}
    assert ser_navnet(her)
    løs(her, hvem, Oppgaveslag.FOELG_OPP_ETTERLATTE)
    assert spurt(her) == set()
    assert not ser_navnet(her)


def løs(her: Rom, hvem: Menneske, slag: Oppgaveslag) -> None:
    """The ward says that its task is done."""
    engine = her.inst.engines["barn_paaroerende"]
    (strøm,) = engine.look(lambda tx: tx.streams_of(KARTLEGGING, hvem.ref))
    åpne = engine.look(lambda tx: tx.state(KARTLEGGING, strøm).oppgaver.åpne())
    (oppgave,) = (o for o in åpne if o.slag is slag)
    command = LøsOppgave(oppgave.oppgave_ref, "demo-1", PAM)
    her.gjør("barn_paaroerende", lambda _lookup: ([Bestilling(KARTLEGGING, strøm, command, BEHANDLER)], None))
