"""From the board to work that is done, by keyboard alone: one way for each role that has it daily."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_roller import fyll_for, gå_inn_som, stilling
from tests.i_nettleser import Åpen, tab_til
from tests.kriseplaner import kriseplan_i_nivåer
from tests.nettsider import person, ref
from tests.unit.web.test_barnesiden import BARNET, SAK, sak

pytestmark = pytest.mark.browser
OPPGAVE = (
    ("Ola Johan", "Oppgaver for dere"), ("Ta oppgaven", "Du har tatt oppgaven."), ("Løst", "Oppgaven er løst."),
)  # fmt: skip
VEIER = {
    "dps-koordinator": OPPGAVE,
    "enhet-ansatt": OPPGAVE,
    "legevakt-lege": (("Rødt nivå", "Ring ACT-teamet med en gang"), ("Ta i bruk", "De som følger opp personen")),
    "helsesykepleier": (("Lille Prøvesen", "Det barnet trenger"), ("Ta henvisningen", "Det er lagret.")),
    "barneansvarlig": (
        ("Ola Johan", "Nei, ingen under 18"), ("Nei, ingen under 18", "Svaret er lagret."),
    ),
    "innbygger": (
        ("Ola Johan", "Hver gang noen ser noe om deg"), ("Hvem har sett", "Her er alle som har sett noe"),
    ),
}  # fmt: skip
"""Role → what is pressed with Enter, and what is seen then and not before."""


def gi(åpen: Åpen, rolle: str, part: str) -> None:
    """What the role has work with."""
    match rolle:
        case "helsesykepleier":
            åpen.by.gi("barn_paaroerende", SAK, BARNET, {part: sak()})
        case "legevakt-lege":
            åpen.by.gi("samhandling", ref(1101), ref(11), {part: person("Ola Johan")})
            åpen.by.gi("kriseplan", ref(1105), ref(11), {part: kriseplan_i_nivåer()})
        case _:
            fyll_for(åpen, part)


@pytest.mark.parametrize("rolle", VEIER)
def test_work_is_done_by_keyboard_alone(page: Page, åpen: Åpen, rolle: str) -> None:
    gi(åpen, rolle, stilling(rolle)[1])
    gå_inn_som(page, åpen, rolle)
    for trykkes, sees in VEIER[rolle]:
        sett = page.get_by_text(sees).filter(visible=True)
        expect(sett).to_have_count(0)
        tab_til(page, trykkes, "Enter")
        expect(sett.first).to_be_visible()
    if rolle != "innbygger":  # who reads of themself asks no service for anything
        assert åpen.by.svart or åpen.by.sett
