"""An avvik's whole way through the pages: from a clock that nobody met to what the auditor and the forum read of it.

Each does what stands there to be done, at a desk and on a phone, and axe finds nothing at any station.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bindeledd.app.http import serving
from services.felles.forum import saksnavn
from services.felles.tid import lokal_midnatt
from tests.byens_avvik import BYEN, PAM, Innlagt, uten_varsel
from tests.i_nettleser import Axe, god, gå_inn, tjener
from tests.rom import Rom, rom
from web.loggsiden import personnavn

pytestmark = pytest.mark.browser

DPS_KRONSTAD, BYEN_ = "Distriktspsykiatriske sentre og ACT-team", "Hele Bergen"
MØTET = date(2024, 5, 14)
"""The DPR of Kronstad meets on the second Tuesday of May."""


@dataclass(frozen=True, slots=True)
class Gang:
    """The town at work, a draft in it, and who looks at it with what."""

    rom: Rom
    innlagt: Innlagt
    adresse: str
    page: Page
    axe: Axe

    def som(self, sted: str, rolle: str, meny: str) -> None:
        """Somebody else sits down, and goes by the menu to what it is about."""
        gå_inn(self.page, self.adresse, sted, rolle)
        self.page.get_by_role("navigation", name="Sider").get_by_role("link", name=meny, exact=True).click()

    def ser(self, *ord_: str) -> None:
        """This stands there, and the page is good at both widths."""
        for hvert in ord_:
            expect(self.page.get_by_text(hvert).first).to_be_visible()
        god(self.page, self.axe)

    def trykk(self, navn: str, rolle: str = "button") -> None:
        self.page.get_by_role(rolle, name=navn, exact=True).click()  # type: ignore[arg-type]

    def skriv(self, ledetekst: str, tekst: str) -> None:
        self.page.get_by_label(ledetekst).fill(tekst)

    def til(self, da: datetime) -> None:
        """Time passes, and what falls due is judged."""
        self.rom.klokke.now = da
        for engine in self.rom.inst.engines.values():
            engine.judge_due(da)


@pytest.fixture
def gang(page: Page, axe: Axe, tmp_path: Path) -> Iterator[Gang]:
    with rom(tmp_path, BYEN.start) as rommet:
        innlagt = uten_varsel(rommet)
        with serving(rommet.inst, demo=True) as inne, tjener(inne.app) as adresse:
            expect.set_options(timeout=15_000)
            yield Gang(rommet, innlagt, adresse, page, axe)
            page.goto("about:blank")


def test_an_avvik_is_followed_through_the_pages_by_each_who_has_a_part_in_it(gang: Gang) -> None:
    meldt(gang)
    besvart(gang)
    løftet(gang)
    avgjort(gang)
    lest_av_enheten(gang)
    fulgt_av_revisor(gang)
    i_kvartalets_tall(gang)


def meldt(gang: Gang) -> None:
    """The coordinator finds the draft, reads what is filled in, and sends it."""
    gang.som(DPS_KRONSTAD, "^Inntaks- og utskrivningskoordinator i DPS i DPS Kronstad", "Avvik")
    gang.ser("1 venter på dere.", "Tidligmeldingen kom for sent")
    gang.page.get_by_role("link", name=re.compile("^Tidligmeldingen kom for sent")).first.click()
    gang.ser("Utkast")
    gang.trykk("Meld avviket", "link")
    expect(gang.page.get_by_label("Hvilken enhet skal få det?")).to_have_value(PAM)
    god(gang.page, gang.axe)
    gang.trykk("Send")
    gang.ser("Avviket er sendt til den andre enheten.")


def besvart(gang: Gang) -> None:
    """The ward opens it and answers."""
    gang.rom.klokke.now += timedelta(hours=4)
    gang.som(BYEN_, "^Kontakt i psykiatrisk akuttmottak", "Avvik")
    gang.ser("1 venter på dere.")
    gang.page.get_by_role("link", name=re.compile("^Tidligmeldingen kom for sent")).first.click()
    gang.trykk("Vi har åpnet det")
    gang.ser("Åpnet")
    gang.trykk("Svar", "link")
    gang.skriv("Hva vil dere svare?", "Syntetisk: meldingen ble sendt, men til en annen tjeneste.")
    god(gang.page, gang.axe)
    gang.trykk("Send")
    gang.ser("Syntetisk: meldingen ble sendt")


def løftet(gang: Gang) -> None:
    """The leader does not agree, and takes it to the forum without a name."""
    gang.rom.klokke.now += timedelta(days=2)
    gang.som(DPS_KRONSTAD, "^Leder i DPS.* i DPS Kronstad", "Avvik")
    gang.page.get_by_role("link", name=re.compile("^Tidligmeldingen kom for sent")).first.click()
    gang.ser("Syntetisk: meldingen ble sendt")
    gang.trykk("Vi er ikke enige", "link")
    gang.skriv("Hva er dere ikke enige i?", "Syntetisk: den kom ikke hit.")
    god(gang.page, gang.axe)
    gang.trykk("Send")
    gang.trykk("Ta saken opp i samarbeidsforumet", "link")
    gang.skriv("Hva skal forumet ta stilling til?", "Syntetisk: hvem skal sende tidligmeldingen?")
    god(gang.page, gang.axe)
    gang.trykk("Send")
    gang.ser("DPR Kronstad", "14. mai")


def avgjort(gang: Gang) -> None:
    """The secretary finds it on the agenda of the day, and writes down what was decided."""
    gang.til(lokal_midnatt(MØTET) + timedelta(hours=14))
    gang.som(BYEN_, "^Sekretær for samarbeidsforum", "Møter")
    gang.ser("1 sak på sakslista")
    gang.trykk("DPR Kronstad", "link")
    gang.ser("På sakslista")
    gang.page.get_by_role("link", name=re.compile("^Tidligmeldingen kom for sent")).click()
    gang.ser("Syntetisk: hvem skal sende tidligmeldingen?")
    gang.trykk("Skriv hva forumet bestemte", "link")
    gang.page.get_by_role("radio").first.check()
    gang.skriv("Hva ble bestemt, og hvorfor?", "Syntetisk: den som legger inn.")
    god(gang.page, gang.axe)
    gang.trykk("Lagre")
    gang.ser("Det er lagret, og begge enhetene får vite det.")


def lest_av_enheten(gang: Gang) -> None:
    """The unit that reported it reads what the forum came to, and that the case is closed."""
    gang.som(DPS_KRONSTAD, "^Inntaks- og utskrivningskoordinator i DPS i DPS Kronstad", "Avvik")
    gang.page.get_by_role("link", name=re.compile("^Tidligmeldingen kom for sent")).first.click()
    gang.ser("Syntetisk: den som legger inn.")
    gang.trykk("Vi har lest hva forumet sier")
    expect(gang.page.get_by_role("button", name="Vi har lest hva forumet sier")).to_have_count(0)


def fulgt_av_revisor(gang: Gang) -> None:
    """The auditor steps back to the day on which the ward had not opened it, and reads who has looked the person up."""
    gang.som(BYEN_, "^Revisor", "Saksgang")
    gang.page.get_by_role("link", name=re.compile(saksnavn(gang.innlagt.avvik_ref))).first.click()
    pam = gang.page.get_by_role("listitem").filter(has=gang.page.get_by_role("heading", name="Psykiatrisk akuttmottak"))
    gang.ser("DPR Kronstad")
    expect(pam).to_contain_text("Svart")
    for _ in range(30):
        if "Sendt, ikke åpnet" in pam.inner_text():
            break
        gang.trykk("Forrige")
        gang.page.wait_for_load_state()
    expect(pam).to_contain_text("Sendt, ikke åpnet")
    god(gang.page, gang.axe)
    gang.page.get_by_role("navigation", name="Sider").get_by_role("link", name="Oppslag").click()
    gang.ser("Så et avvik", "Kontakt i psykiatrisk akuttmottak", f"person {personnavn(gang.innlagt.person_ref)}")


def i_kvartalets_tall(gang: Gang) -> None:
    """In July whoever sits in the forum reads the quarter, and takes the figures along."""
    gang.til(lokal_midnatt(date(2024, 7, 2)))
    gang.som(BYEN_, "^Deltaker i samarbeidsforum", "Rapport")
    gang.ser("Samarbeidet om avvik, 2. kvartal 2024", saksnavn(gang.innlagt.avvik_ref), "avgjorde saken")
    with gang.page.expect_download() as lastet:
        gang.trykk("Last ned tallene (CSV)", "link")
    assert lastet.value.suggested_filename == "dpr-2024K2.csv"
    assert saksnavn(gang.innlagt.avvik_ref) in Path(lastet.value.path()).read_text("utf-8")
