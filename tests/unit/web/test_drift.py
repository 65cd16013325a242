"""The operations page: alarms in sentences, figures in tables, and nobody's data."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from tests.crash.filer import ROT
from tests.driftsbilde import BILDE
from tests.nettsider import Nettleser
from web.drift import VIST, Bilde, Uteblitt, lag_drift


def vist(bilde: Bilde) -> str:
    svar = Nettleser(lag_drift(lambda: bilde)).get("/innhold")
    assert svar.status_code == 200
    return svar.text


def test_each_kind_of_alarm_is_a_sentence_that_says_what_did_not_happen_since_when_and_whose_it_is() -> None:
    side = vist(BILDE)
    assert "Fristen svar-24t gikk ut i dag kl.\N{NO-BREAK SPACE}20.00, og samhandling har ikke dømt den." in side
    assert "kriseplan har ikke tatt inn det som har ligget på samhandling.opphold, del 1, siden i dag" in side
    assert "ansvarsgruppe har ikke gitt livstegn på ansvarsgruppe.samtykke siden i dag" in side
    assert "3 alarmer. Lest fram til i dag kl.\N{NO-BREAK SPACE}21.00." in side


def test_more_alarms_than_anybody_reads_are_counted() -> None:
    side = vist(replace(BILDE, alarmer=BILDE.alarmer[:1] * (VIST + 7)))
    assert side.count("gikk ut") == VIST
    assert "7 alarmer til er ikke vist." in side


def test_until_everything_is_read_no_figure_is_shown_and_what_hinders_is_said() -> None:
    side = vist(replace(BILDE, lest_til=None, alarmer=(), stanset="watch: Kafka: no broker answers"))
    assert "Overvåkingen står stille" in side
    assert "watch: Kafka: no broker answers" in side
    assert "Alarmene kommer når alt er lest" in side
    assert "Meldinger som venter" not in side


def test_the_page_tells_how_old_it_is_when_the_watch_no_longer_reads() -> None:
    assert "Lest fram til i går" in vist(replace(BILDE, nå=BILDE.nå + timedelta(days=1)))


def test_each_alarm_says_what_to_do_and_where_it_stands_step_by_step() -> None:
    side = vist(BILDE)
    assert "Se om samhandling går, og så om den får sendt fra seg det den skriver." in side
    assert "Se om kriseplan går, og start den igjen hvis den står." in side
    assert "Se om utsendingen fra ansvarsgruppe (relay) går, og start den igjen hvis den står." in side
    partens = replace(BILDE, alarmer=(BILDE.alarmer[1]._replace(tjeneste="part.act-kronstad"),))
    assert "Si fra til dem som driver systemet: det er partens eget." in vist(partens)
    (navn,) = re.findall(r"<code>(docs/runbooks/[\w-]+\.md)</code>", side)
    runbook = (ROT / navn).read_text("utf-8")
    assert all(f"(`{slag.value}`)\n" in runbook for slag in Uteblitt)
