"""After a death that the unit knows of, no page offers what the services refuse then."""

from __future__ import annotations

from pathlib import Path

import pytest

from bindeledd.schema.generated.samhandling import Oppholdsstatus, Utfall
from tests.nettsider import ACT, ENHET, By, by, opphold, ref
from tests.plansider import full_plan, tiltak
from tests.unit.web import test_gruppesiden as gruppe
from tests.unit.web import test_krisesiden as krise
from tests.unit.web import test_plansiden as planen
from tests.unit.web import test_samtykker as samtykke

TILBUD = {
    gruppe.HER: ({"sett-koordinator", "kall-inn", "inviter", "representant"}, set()),
    planen.HER: ({"skriv", "nytt-tiltak", "gjennomgang"}, {"Avslutt planen"}),
    samtykke.HER: ({"nytt"}, {"ny-sperring"}),
}
"""By page: the buttons that a death takes away, and what stays."""
SKJEMAER = (
    f"/pasient/{ref(1)}/koordinator", f"{gruppe.HER}/inviter", f"{gruppe.HER}/representant",
    f"{gruppe.HER}/innkalling", f"{planen.HER}/skriv", f"{planen.HER}/gjennomgang", f"{planen.HER}/tiltak/nytt",
    f"{samtykke.HER}/nytt",
)  # fmt: skip


def dør(by_: By) -> None:
    død = opphold(status=Oppholdsstatus.DOED, utfall=Utfall.DOED)
    by_.gi("samhandling", ref(102), ref(1), {ENHET: død, ACT: død})


@pytest.mark.parametrize("side", TILBUD)
def test_what_a_death_ends_is_offered_before_it_and_not_after_it(tmp_path: Path, side: str) -> None:
    slutt, fortsatt = TILBUD[side]
    with by(tmp_path) as by_:
        leser = gruppe.koordinator(by_)
        by_.gi("ansvarsgruppe", ref(104), ref(1), {ENHET: full_plan()})
        by_.gi("ansvarsgruppe", ref(90), ref(1), {ENHET: tiltak()})
        før = leser.get(side).text
        dør(by_)
        etter = leser.get(side).text
        assert {id_ for id_ in slutt if f'id="{id_}"' in før} == slutt
        assert {id_ for id_ in slutt if f'id="{id_}"' in etter} == set()
        assert all(hva in før and hva in etter for hva in fortsatt)


def test_no_form_opens_for_what_a_death_has_ended(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = gruppe.koordinator(by_)
        by_.gi("ansvarsgruppe", ref(104), ref(1), {ENHET: full_plan()})
        assert {sti: leser.get(sti).status_code for sti in SKJEMAER} == dict.fromkeys(SKJEMAER, 200)
        dør(by_)
        assert {sti: leser.get(sti).status_code for sti in SKJEMAER} == dict.fromkeys(SKJEMAER, 403)


def test_a_crisis_plan_is_neither_changed_nor_taken_into_use_and_is_still_told_of(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        leser = krise.gi(by_, krise.plan())
        assert "Ta i bruk" in leser.get(f"{krise.HER}/roedt").text
        dør(by_)
        assert "Ta i bruk" not in leser.get(f"{krise.HER}/roedt").text
        assert leser.get(krise.HER).status_code == 403
        assert leser.get(f"{krise.HER}/brukt").status_code == 200
