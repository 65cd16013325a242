"""Reading and using a crisis plan in a real browser: on a phone, two clicks from the board, and on one sheet."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.kriseplan import Brukserfaring, KriseplanUtsnitt, RoedtNivaa
from tests.i_nettleser import SMAL, Axe, Åpen, god_på_begge_bredder, gå_inn, som_act
from tests.kriseplaner import brukt, kriseplan_i_nivåer
from tests.nettsider import ACT, GRUNN, person, ref
from tests.unit.web.test_krisesiden import HER

pytestmark = pytest.mark.browser
C = replace(GRUNN, grunnlag="C", setning="Personen har samtykket.")


def gi(åpen: Åpen, part: str = ACT, **endret: Any) -> None:
    åpen.by.gi("samhandling", ref(101), ref(1), {part: person("Ola")})
    åpen.by.gi("kriseplan", ref(105), ref(1), {part: kriseplan_i_nivåer(**endret)})


def ark(page: Page) -> int:
    """How many sheets the page is printed on."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(prefer_css_page_size=True)))


def test_the_emergency_clinic_reaches_the_red_level_on_a_phone_in_two_clicks_and_uses_it_in_one_more(
    page: Page, åpen: Åpen, axe: Axe
) -> None:
    gi(åpen, "legevakt", grunn=C)
    page.set_viewport_size(SMAL)  # type: ignore[arg-type]
    gå_inn(page, åpen.adresse, "Hele Bergen", "Lege i legevakt i Bergen legevakt")
    page.get_by_role("link", name="Rødt nivå for Ola Prøvesen").click()
    expect(page.get_by_text("Ring ACT-teamet med en gang")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Ta i bruk")).to_be_in_viewport()
    expect(page.get_by_role("link", name="40 00 00 00 til Søster")).to_have_attribute("href", "tel:40000000")
    god_på_begge_bredder(page, åpen, axe, "roedt")
    page.get_by_role("button", name="Ta i bruk").click()
    expect(page.get_by_text("De som følger opp personen, får vite det.")).to_be_visible()
    assert åpen.by.svart == [("kriseplan", ref(1), "plan/bruk", {"av": "demo-112", "nivaa": "ROEDT"})]


def test_an_open_red_level_closes_when_the_consent_is_withdrawn(page: Page, åpen: Åpen) -> None:
    gi(åpen, "legevakt", grunn=C)
    gå_inn(page, åpen.adresse, "Hele Bergen", "Lege i legevakt i Bergen legevakt")
    page.goto(f"{åpen.adresse}{HER}/roedt")
    expect(page.get_by_text("Ring ACT-teamet med en gang")).to_be_visible()
    åpen.by.gi("kriseplan", ref(105), ref(1), {})
    expect(page.get_by_text("delingen ble avsluttet")).to_be_visible()
    expect(page.get_by_text("Ring ACT-teamet med en gang")).to_have_count(0)


def test_the_pages_about_a_plan_are_good_at_both_widths(page: Page, åpen: Åpen, axe: Axe) -> None:
    erfart = Klartekst(Brukserfaring(virket="Å snakke rolig", virket_ikke="Blålys"))
    gi(åpen, versjon=2, roedt=Klartekst(RoedtNivaa(tegn=("Roper",), moetes="Snakk rolig")))
    gi(åpen, bruk=(brukt(61),), erfaring=erfart, forfalt=("brukt",))
    som_act(page, åpen)
    for side in ("hele", "kopier", "versjoner", "brukt"):
        page.goto(f"{åpen.adresse}{HER}/{side}")
        god_på_begge_bredder(page, åpen, axe, side)
    page.goto(f"{åpen.adresse}/pasient/{ref(1)}")
    god_på_begge_bredder(page, åpen, axe, "pasient-med-plan")


def lang(utsnitt: KriseplanUtsnitt, ganger: int = 4) -> dict[str, Any]:
    """A plan about as long as they get: every list of the red and the yellow level four times over."""
    tegn: Any = utsnitt.tegn_og_tiltak
    rødt: Any = utsnitt.roedt
    return {
        "tegn_og_tiltak": Klartekst(
            replace(
                tegn.content, gule_tegn=tegn.content.gule_tegn * ganger, gule_tiltak=tegn.content.gule_tiltak * ganger
            )
        ),
        "roedt": Klartekst(replace(rødt.content, tiltak=rødt.content.tiltak * ganger, moetes=rødt.content.moetes * 6)),
    }


def test_a_plan_that_no_sheet_holds_says_so_before_it_is_printed(page: Page, åpen: Åpen, axe: Axe) -> None:
    gi(åpen, **lang(kriseplan_i_nivåer(), ganger=12))
    som_act(page, åpen)
    page.goto(f"{åpen.adresse}{HER}/hele")
    expect(page.get_by_text("Planen er for lang til ett ark.")).to_be_visible()
    expect(page.get_by_role("button", name="Skriv ut", exact=True)).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "for-lang")
    page.emulate_media(media="print")
    expect(page.get_by_text("Planen er for lang til ett ark.")).to_be_hidden()
    assert ark(page) > 1


@pytest.mark.parametrize("ganger", [1, 4, 5])
def test_a_whole_plan_is_one_sheet_of_paper(page: Page, åpen: Åpen, ganger: int) -> None:
    gi(åpen, **lang(kriseplan_i_nivåer(), ganger))
    som_act(page, åpen)
    page.goto(f"{åpen.adresse}{HER}/hele")
    expect(page.get_by_role("button", name="Skriv ut på ett ark")).to_be_visible()
    page.emulate_media(media="print")
    for tekst in ("Ring ACT-teamet med en gang", "Mormor, samme dag", "Husleie den 1."):
        expect(page.get_by_text(tekst).first).to_be_visible()
    expect(page.get_by_role("button", name="Skriv ut på ett ark")).to_be_hidden()
    assert ark(page) == 1
