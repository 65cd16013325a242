"""The whole line: an official message in over HTTP, four services, and people who see it in a browser and act on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from bindeledd.app.http import serving
from services.samhandling.plo.skriv import lag_innlagt
from tests.i_nettleser import gå_inn, tjener
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import Menneske, ansvarsgruppe_for, enhet, menneske, samtykker
from tests.unit.samhandling.meldinger import sending

pytestmark = pytest.mark.browser

expect.set_options(timeout=15_000)
ACT, ENHET, NAV = "act-kronstad", "enhet-aarstad", "nav-aarstad"
FREDAG_KVELD = datetime(2024, 2, 2, 22, 40, tzinfo=ZoneInfo("Europe/Oslo"))


@dataclass(frozen=True, slots=True)
class Linje:
    """Everything at work, before anything has happened to the person."""

    rom: Rom
    hvem: Menneske
    adresse: str

    def innleggelse(self) -> bytes:
        """Friday 22:40, to PAM; the message is addressed to hjemmetjenesten."""
        sendt = replace(
            sending(1, FREDAG_KVELD + timedelta(minutes=10)), pasient=self.hvem.pasient, avsender=enhet("pam")
        )
        return lag_innlagt(replace(sendt, mottaker=enhet("hjemmetjeneste-aarstad")), tid=FREDAG_KVELD)


@pytest.fixture
def linje(page: Page, tmp_path: Path) -> Iterator[Linje]:
    with rom(tmp_path, FREDAG_KVELD - timedelta(days=18), oppsett=HELE_BERGEN) as rommet:
        hvem = menneske(rommet, date(1989, 4, 3), "aarstad", ENHET)
        ansvarsgruppe_for(rommet, hvem, ENHET, ACT)
        rommet.til(FREDAG_KVELD + timedelta(minutes=15))
        with serving(rommet.inst, demo=True) as inne, tjener(inne.app) as adresse:
            yield Linje(rommet, hvem, adresse)
            for side in page.context.browser.contexts if page.context.browser else ():
                for åpen in side.pages:
                    åpen.goto("about:blank")  # an open page listens for ever, and the server would wait for it


def send(page: Page, linje: Linje, melding: bytes) -> str:
    svar = page.request.post(f"{linje.adresse}/mottak/plo", data=melding, headers={"Content-Type": "application/xml"})
    assert svar.ok, svar.text()
    return svar.headers["bindeledd-outcome"]


def test_a_message_in_is_a_row_on_the_open_board_a_task_that_somebody_takes_and_read_by_whom_it_was_sent_to(
    page: Page, browser: Browser, linje: Linje
) -> None:
    gå_inn(page, linje.adresse, "Distriktspsykiatriske sentre og ACT-team", "^Medlem av ACT-team i ACT-team Kronstad")
    expect(page.get_by_role("link", name="Syntetisk Prøvesen")).to_be_visible()
    expect(page.get_by_text("Innlagt")).to_have_count(0)

    koordinator = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    gå_inn(koordinator, linje.adresse, "Bydel Årstad", "^Koordinator i Enhet for psykisk helse Årstad")

    assert send(page, linje, linje.innleggelse()) == "positive"

    rad = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="Syntetisk Prøvesen"))
    expect(rad.get_by_text("Innlagt")).to_be_visible()
    expect(rad.get_by_text("Venter på tidligmelding: 23 timer igjen")).to_be_visible()
    expect(rad.get_by_text("Mangler")).to_be_visible()

    expect(koordinator.get_by_text("Følg opp innleggelsen", exact=True)).to_be_visible()
    koordinator.get_by_role("button", name="Ta oppgaven Følg opp innleggelsen").click()
    expect(koordinator.get_by_text("Du har tatt oppgaven.")).to_be_visible()
    koordinator.get_by_role("link", name="Syntetisk Prøvesen", exact=True).click()
    expect(koordinator.get_by_text("Tatt av deg.")).to_be_visible()
    expect(koordinator.get_by_text("Fredag kveld", exact=False).first).to_be_visible()
    koordinator.get_by_role("button", name="Løst Følg opp innleggelsen").click()
    expect(koordinator.get_by_text("Oppgaven er løst.")).to_be_visible()
    expect(koordinator.get_by_text("Følg opp innleggelsen", exact=True)).to_have_count(0)
    koordinator.close()

    gå_inn(
        page, linje.adresse, "Bydel Årstad", "^Sykepleier i hjemmebaserte tjenester i Hjemmebaserte tjenester Årstad"
    )
    page.get_by_role("link", name="Meldinger").click()
    expect(page.get_by_text("1 melding er ikke åpnet.")).to_be_visible()
    page.get_by_role("button", name="Merk som åpnet Innlagt pasient").click()
    expect(page.get_by_text("Alle meldinger er åpnet.")).to_be_visible()
    page.get_by_role("link", name="Gå til personen").click()
    expect(page.get_by_role("heading", name="Meldingene til dere om oppholdet")).to_be_visible()
    expect(page.get_by_text("Åpnet av deg")).to_be_visible()


def test_the_clock_that_nobody_met_shows_on_the_open_board_at_the_hour(page: Page, linje: Linje) -> None:
    send(page, linje, linje.innleggelse())
    linje.rom.klokke.now = FREDAG_KVELD + timedelta(hours=23)
    gå_inn(page, linje.adresse, "Distriktspsykiatriske sentre og ACT-team", "^Medlem av ACT-team i ACT-team Kronstad")
    expect(page.get_by_text("Venter på tidligmelding: 1 time igjen")).to_be_visible()
    linje.rom.klokke.now = FREDAG_KVELD + timedelta(hours=24)
    linje.rom.inst.engines["samhandling"].judge_due(linje.rom.klokke.now)
    expect(page.get_by_text("Tidligmelding kom ikke i tide")).to_be_visible()
    expect(page.get_by_role("heading", name="Ta på morgenmøtet")).to_be_visible()


def test_a_party_outside_health_without_consent_sees_nothing_of_it(page: Page, linje: Linje) -> None:
    gå_inn(page, linje.adresse, "Bydel Årstad", "^Veileder i NAV sosialtjeneste i NAV")
    send(page, linje, linje.innleggelse())
    page.reload()
    expect(page.get_by_text("Ingen personer er delt med dere akkurat nå.")).to_be_visible()
    assert "Prøvesen" not in page.content()


def test_an_open_page_closes_when_the_person_withdraws_the_consent_that_opened_it(
    page: Page, browser: Browser, linje: Linje
) -> None:
    samtykker(linje.rom, linje.hvem, ENHET, NAV, "opphold.finnes", "opphold.sted")
    send(page, linje, linje.innleggelse())
    gå_inn(page, linje.adresse, "Bydel Årstad", "^Veileder i NAV sosialtjeneste i NAV")
    page.get_by_role("link", name="Syntetisk Prøvesen").click()
    expect(page.get_by_text("Innlagt").first).to_be_visible()

    koordinator = browser.new_context().new_page()
    gå_inn(koordinator, linje.adresse, "Bydel Årstad", "^Koordinator i Enhet for psykisk helse Årstad")
    koordinator.goto(f"{linje.adresse}/pasient/{linje.hvem.ref}/samtykker")
    koordinator.get_by_role("link", name="Vil ikke dele dette lenger").click()
    koordinator.get_by_label("Trekke samtykket").check()
    koordinator.get_by_role("button", name="Lagre").click()
    expect(koordinator.get_by_text("Samtykket er trukket.")).to_be_visible()
    koordinator.close()

    expect(page.get_by_text("Oppholdet på sykehus: avsluttet")).to_be_visible()
    igjen = page.inner_text("main")
    assert [ord_ for ord_ in ("Innlagt", "Psykiatrisk akuttmottak", "Prøvesen") if ord_ in igjen] == []
