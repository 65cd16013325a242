"""Which day a rule of avvik is chosen by (rules 2.5, 2.6): each with two values, the second from a later day on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bindeledd.schema.generated.samhandling import Avvikskategori
from services.felles.forum import SAKSFRIST
from services.felles.kjent import Rammer
from services.felles.regler import Regler
from services.felles.tid import dagens_slutt, lokal_midnatt
from services.samhandling.avvik.avvik import VærUenig
from services.samhandling.avvik.avviksarbeid import SVAR, UENIGHET
from services.samhandling.forum.mønster import ANTALL, VINDU, TellAvvik
from tests import dsl
from tests.dsl import ACT, NÅ, PAM, RAMMER, Gitt, forseglet, given
from tests.unit.samhandling.test_avvik import AVVIK, MELD, SVARER, UENIG, ÅPNET
from tests.unit.samhandling.test_eskalering import LØFTET
from tests.unit.samhandling.test_mønster import MØNSTER

DAG = timedelta(days=1)
NY = date(2026, 3, 12)
"""From this day on the later value holds."""
FØR, ETTER = lokal_midnatt(NY) - timedelta(seconds=1), lokal_midnatt(NY)
K = Avvikskategori.TIDLIGMELDING


def fra_ny_dag(regel_id: str, verdi: int) -> Rammer:
    """The rules as they are, and this one with another value from the day on."""
    regler = RAMMER.oppsett.regler
    (gammel,) = regler.etter_id[regel_id]
    rader = (
        replace(gammel, periode=replace(gammel.periode, til=NY - DAG)),
        replace(gammel, versjon="lokal-2", verdi=verdi, periode=replace(gammel.periode, fra=NY)),
    )
    oppsett = replace(RAMMER.oppsett, regler=Regler({**regler.etter_id, regel_id: rader}))
    return replace(RAMMER, oppsett=oppsett)


@pytest.mark.parametrize(("meldt", "døgn"), [(FØR, 28), (ETTER, 7)])
def test_2_5_a_clock_runs_by_the_rule_of_the_day_on_which_it_was_reported(
    monkeypatch: pytest.MonkeyPatch, meldt: datetime, døgn: int
) -> None:
    monkeypatch.setattr(dsl, "RAMMER", fra_ny_dag(SVAR, 7))
    sendt = given(AVVIK, now=meldt).og(MELD)
    for gitt in (sendt, sendt.at(meldt + 2 * DAG).og(ÅPNET), sendt.at(meldt + 3 * DAG).og(SVARER)):
        assert gitt.state.frister[SVAR].forfall == meldt + døgn * DAG


def telt(*meldt: datetime, nå: datetime) -> Gitt:
    """Each was reported then, and all are counted now."""
    return given(MØNSTER, now=nå).og(*(TellAvvik(K, (ACT, PAM), tid) for tid in meldt))


@pytest.mark.parametrize(("siste", "reist"), [(FØR, False), (ETTER, True)])
def test_2_6_how_many_make_a_pattern_is_by_the_rule_of_the_day_of_the_last_report(
    monkeypatch: pytest.MonkeyPatch, siste: datetime, reist: bool
) -> None:
    monkeypatch.setattr(dsl, "RAMMER", fra_ny_dag(ANTALL, 2))
    assert (telt(siste - DAG, siste, nå=ETTER + 2 * DAG).state.sak is not None) is reist


@pytest.mark.parametrize(("siste", "reist"), [(FØR, True), (ETTER, False)])
def test_2_6_within_how_long_is_by_the_rule_of_that_day_too(
    monkeypatch: pytest.MonkeyPatch, siste: datetime, reist: bool
) -> None:
    monkeypatch.setattr(dsl, "RAMMER", fra_ny_dag(VINDU, 10))
    tider = (siste - 30 * DAG, siste - DAG, siste)
    assert (telt(*tider, nå=ETTER + 2 * DAG).state.sak is not None) is reist


def test_2_6_the_window_of_a_pattern_ends_with_the_report_and_not_when_it_is_counted() -> None:
    tider = (NÅ - 94 * DAG, NÅ - 60 * DAG, NÅ - 5 * DAG)
    assert telt(*tider, nå=NÅ).state.sak is not None
    assert telt(NÅ - 90 * DAG, NÅ - 60 * DAG, NÅ, nå=NÅ).state.sak is None


@pytest.mark.parametrize(("løftet", "møte"), [(FØR, date(2026, 5, 12)), (ETTER, date(2026, 9, 8))])
def test_2_6_when_the_papers_go_is_by_the_rule_of_the_day_on_which_it_is_put_up(
    monkeypatch: pytest.MonkeyPatch, løftet: datetime, møte: date
) -> None:
    monkeypatch.setattr(dsl, "RAMMER", fra_ny_dag(SAKSFRIST, 62))
    assert given(AVVIK).og(MELD, UENIG).at(løftet).og(LØFTET).state.forumsak.møte == møte


@pytest.mark.parametrize("part", [PAM, ACT])
def test_2_5_who_disagrees_again_does_not_begin_the_two_weeks_anew(part: str) -> None:
    igjen = given(AVVIK).og(MELD, UENIG).at(NÅ + 5 * DAG).og(VærUenig(part, "x", forseglet("begrunnelse")))
    assert (igjen.state.uenig_fra, igjen.state.frister[UENIGHET].forfall) == (NÅ, NÅ + 14 * DAG)


def test_2_5_the_leaders_same_day_is_a_day_in_norway() -> None:
    """Half past midnight in Bergen is still the day before by UTC."""
    natt = datetime(2026, 5, 3, 22, 30, tzinfo=UTC)
    bestridt = replace(MELD.fakta, kategori=Avvikskategori.UTSKRIVNINGSKLAR_BESTRIDT, hendt=NÅ, oppdaget=NÅ)
    gitt = given(AVVIK, now=natt).og(replace(MELD, fakta=bestridt))
    frister = {o.frist for o in gitt.state.oppgaver.åpne() if o.slag.value == "SNAKK_LEDER_TIL_LEDER"}
    assert frister == {dagens_slutt(date(2026, 5, 4))}
