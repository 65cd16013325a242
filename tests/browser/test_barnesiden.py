"""The pages about children in a real browser: a child is referred, taken and answered, by keyboard and on a phone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from bindeledd.schema.generated.barn_paaroerende import (
    BarnesakUtsnitt,
    Barnetall,
    BarnetallUtsnitt,
    BarnetiltakVist,
    Henvisningstilstand,
    TvilOmBarnVist,
)
from tests.i_nettleser import Axe, Åpen, god_på_begge_bredder, gå_inn, tab_til
from tests.nettsider import GRUNN, barn, person, ref
from tests.unit.web.test_barnesiden import (
    BARNEHAGE,
    BARNET,
    DPS,
    HELSESTASJON,
    HER,
    MOR,
    SAK,
    H,
    henvisning,
    hos_avsender,
    sak,
)
from web.barneskjema import I_SAKEN

pytestmark = pytest.mark.browser


def test_the_barneansvarlig_registers_a_child_and_refers_it(page: Page, åpen: Åpen, axe: Axe) -> None:
    åpen.by.gi("samhandling", ref(101), MOR, {DPS: person("Ada")})
    åpen.by.gi("barn_paaroerende", ref(104), MOR, {DPS: barn()})
    åpen.by.gi("barn_paaroerende", SAK, BARNET, {DPS: hos_avsender()})
    gå_inn(page, åpen.adresse, "Distriktspsykiatriske sentre og ACT-team", "Barneansvarlig i DPS Kronstad")
    page.goto(f"{åpen.adresse}/pasient/{MOR}/barn")
    page.get_by_text("Registrer et barn", exact=True).click()
    page.get_by_label("Barnets fornavn").fill("Lille")
    page.get_by_label("Barnets etternavn").fill("Prøvesen")
    god_på_begge_bredder(page, åpen, axe, "barn-kartlegging")
    page.get_by_role("button", name="Registrer barnet").click()
    expect(page.get_by_text("Det er lagret.")).to_be_visible()
    assert åpen.by.svart[-1][2] == "barn"
    page.get_by_role("link", name="Barn", exact=True).click()
    expect(page.get_by_text("1 barn venter på dere.")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "barn-liste")
    tab_til(page, "Lille Prøvesen", "Enter")
    expect(page.get_by_role("heading", name="Lille Prøvesen")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "barn-avsender")
    tab_til(page, "Henvis barnet", "Enter")
    page.get_by_label("Hvem skal hjelpe barnet?").select_option(BARNEHAGE)
    page.get_by_label("Hva trenger barnet?").fill("Noen å snakke med")
    page.get_by_label("Hvem kan mottakeren ringe?").fill("Ada, 55 00 00 00")
    god_på_begge_bredder(page, åpen, axe, "barn-henvis")
    page.get_by_role("button", name="Lagre henvisningen").click()
    expect(page.get_by_text("Henvisningen er lagret.")).to_be_visible()
    assert åpen.by.svart[-1][2] == "henvisninger"


def test_the_barnehage_takes_it_and_the_page_closes_when_the_consent_is_withdrawn(
    page: Page, åpen: Åpen, axe: Axe
) -> None:
    åpen.by.gi("barn_paaroerende", SAK, BARNET, {BARNEHAGE: sak()})
    gå_inn(page, åpen.adresse, "Bydel Årstad", "Kontakt i barnehage i Barnehage i Årstad")
    page.goto(åpen.adresse + HER)
    expect(page.get_by_text("Barnet trenger støtte.")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "barn-barnehage")
    tab_til(page, "Ta henvisningen", "Enter")
    expect(page.get_by_text("Det er lagret.")).to_be_visible()
    åpen.by.gi("barn_paaroerende", SAK, BARNET, {})
    expect(page.get_by_role("heading", name="Delingen er avsluttet")).to_be_visible()
    assert "Lille" not in page.content()


TOMT = "skjema => { skjema.noValidate = true; skjema.requestSubmit(); }"
HJELPER = henvisning(HELSESTASJON, tilstand=Henvisningstilstand.TAR_IMOT)
PÅBEGYNT = BarnetiltakVist(
    tiltak_ref=ref(95), henvisning_ref=H, part=HELSESTASJON, innhold=0, startet=HJELPER.henvist, avsluttet=None
)  # fmt: skip
SKJEMAENE: dict[str, tuple[str, str, str, BarnesakUtsnitt, tuple[str, ...]]] = {
    "den som følger den voksne": (
        "Distriktspsykiatriske sentre og ACT-team", "Barneansvarlig i DPS Kronstad", DPS, hos_avsender(),
        (
            f"henvis?sak={SAK}&forelder={MOR}", f"send?sak={SAK}&henvisning={H}", f"hoert?sak={SAK}",
            f"meldeplikt?sak={SAK}&forelder={MOR}", f"etterlatt?sak={SAK}&forelder={MOR}",
        ),
    ),
    "den som hjelper barnet": (
        "Bydel Årstad", "Helsesykepleier i", HELSESTASJON,
        sak(henvisninger=(replace(HJELPER, tilstand=Henvisningstilstand.MOTTATT),), tiltak=(PÅBEGYNT,)),
        (
            f"ta-imot?sak={SAK}&henvisning={H}", f"svar?sak={SAK}&henvisning={H}",
            f"tiltak?sak={SAK}&henvisning={H}", f"avslutt?sak={SAK}&tiltak={ref(95)}",
        ),
    ),
    "den som avgjør tvil": (
        "Hele Bergen", "Ansatt i koordinerende enhet", "koordinerende-enhet",
        sak(henvisninger=(), tekster=(), tvil=(TvilOmBarnVist(kandidat=ref(107), grunn="x"),)),
        (f"tvil?sak={SAK}&kandidat={ref(107)}",),
    ),
}  # fmt: skip
"""Who fills them in: place and role, party, its view, and the forms."""


def test_every_form_about_a_child_is_filled_in_here_by_somebody() -> None:
    kjente = {skjema.partition("?")[0] for *_, skjemaene in SKJEMAENE.values() for skjema in skjemaene}
    assert kjente == I_SAKEN.keys()


@pytest.mark.parametrize("hvem", SKJEMAENE)
def test_each_form_about_a_child_is_accessible_also_when_it_comes_back_with_what_is_wrong(
    page: Page, åpen: Åpen, axe: Axe, hvem: str
) -> None:
    sted, rolle, part, utsnitt, skjemaene = SKJEMAENE[hvem]
    åpen.by.gi("barn_paaroerende", SAK, BARNET, {part: utsnitt})
    åpen.by.nekter = "Saken har ikke plass til mer av dette."
    gå_inn(page, åpen.adresse, sted, rolle)
    for skjema in skjemaene:
        navn = f"barn-{skjema.partition('?')[0]}"
        page.goto(f"{åpen.adresse}{HER}/{skjema}")
        god_på_begge_bredder(page, åpen, axe, navn)
        page.locator("form.skjema").evaluate(TOMT)
        expect(page.get_by_role("alert")).to_be_visible()
        god_på_begge_bredder(page, åpen, axe, f"{navn}-feil")
    assert åpen.by.svart == []


def test_the_figures_of_the_slt_koordinator_are_accessible_and_fit_a_phone(page: Page, åpen: Åpen, axe: Axe) -> None:
    tall = (Barnetall(aar=2023, antall=0, faa=True), Barnetall(aar=2024, antall=17, faa=False))
    åpen.by.gi("barn_paaroerende", ref(106), None, {"slt": BarnetallUtsnitt(aggregat="", grunn=GRUNN, tall=tall)})
    gå_inn(page, åpen.adresse, "Hele Bergen", "^SLT-koordinator")
    page.goto(f"{åpen.adresse}/barn")
    expect(page.get_by_text("færre enn 5")).to_be_visible()
    god_på_begge_bredder(page, åpen, axe, "slt-tall")
