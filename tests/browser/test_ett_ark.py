"""The button about one sheet of paper keeps its word for a plan of any shape: printed by a browser, and counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.kriseplan import Innleggelsesoensker, Kontakt, Kontakter, Tiltak
from tests.browser.test_kriselest import ark, gi
from tests.i_nettleser import Åpen, som_act
from tests.kriseplaner import kriseplan_i_nivåer
from tests.unit.web.test_krisesiden import HER

pytestmark = pytest.mark.browser
DEL_MAKS = 2300
"""So many characters of one text can stand beside another in a part."""


def korte(ord_: str, antall: int) -> dict[str, Any]:
    """Many lines of few words, in six lists."""
    liste = (ord_,) * antall
    tegn: Any = kriseplan_i_nivåer().tegn_og_tiltak
    rødt: Any = kriseplan_i_nivåer().roedt
    return {
        "tegn_og_tiltak": Klartekst(
            replace(tegn.content, utloesende=liste, groenne_tegn=liste, gule_tegn=liste, hjulpet=liste)
        ),
        "roedt": Klartekst(replace(rødt.content, tegn=liste, hjelper_ikke=liste)),
    }


def rader(antall: int, ord_: str) -> dict[str, Any]:
    """Much to do: who, when and how."""
    rad = (Tiltak(hva=ord_, hvem="Søster", naar="samme dag", hvordan=ord_),) * antall
    tegn: Any = kriseplan_i_nivåer().tegn_og_tiltak
    rødt: Any = kriseplan_i_nivåer().roedt
    return {
        "tegn_og_tiltak": Klartekst(replace(tegn.content, groenne_tiltak=rad, gule_tiltak=rad)),
        "roedt": Klartekst(replace(rødt.content, tiltak=rad)),
    }


def ringes(antall: int) -> dict[str, Any]:
    ring = tuple(Kontakt(navn=f"Nabo {n}", telefon="40 00 00 00", naar="natt", rolle="nabo") for n in range(antall))
    return {"kontakter": Klartekst(Kontakter(kontakter=ring))}


def ringes_lenge(antall: int) -> dict[str, Any]:
    """Contacts of usual length, whose number has no room on the line, beside lists."""
    ring = Kontakt(
        navn="Torunn Testesen", rolle="søster og nærmeste pårørende", naar="hverdager etter kl. 16, helg",
        telefon="40 00 00 00",
    )  # fmt: skip
    return korte("Sover ikke", antall) | {"kontakter": Klartekst(Kontakter(kontakter=(ring,) * 10))}


def tekst(ord_: str) -> dict[str, Any]:
    """Three long texts, each of which stands together."""
    rødt: Any = kriseplan_i_nivåer().roedt
    felt: dict[str, str] = {"moetes": ord_[:DEL_MAKS], "annet": ord_[:DEL_MAKS]}
    return {
        "roedt": Klartekst(replace(rødt.content, **felt)),
        "innleggelsesoensker": Klartekst(Innleggelsesoensker(sted=ord_[:DEL_MAKS])),
    }


def former() -> Iterator[dict[str, Any]]:
    """From what one sheet holds easily to what it does not, in each shape."""
    yield from (korte("Sover ikke", antall) for antall in (5, 10, 14, 16, 18, 22, 40))
    yield from (korte("Sover ikke om natten, og snur døgnet slik at ingen", antall) for antall in (4, 9, 13, 17, 20))
    yield from (korte("SOVER IKKE OM NATTEN, OG SNUR DØGNET", antall) for antall in (6, 11))
    yield from (rader(antall, "Gå en tur") for antall in (10, 25, 32, 40))
    yield from (rader(antall, "Gå en lang tur i fjellet uten å snakke om sykdom, " * 2) for antall in (3, 7, 12))
    yield from (ringes(antall) for antall in (12, 26, 40))
    yield from (ringes_lenge(antall) for antall in (8, 11, 13, 14, 16))
    yield from (tekst("Snakk rolig til hele huset sover. " * antall) for antall in (20, 40, 55, 68))
    yield from (tekst("a\n" * antall) for antall in (10, 20, 30, 45))
    yield from (tekst("m" * antall) for antall in (300, 700, 1200))


@pytest.mark.timeout(900)
def test_whatever_shape_a_plan_has_the_button_says_one_sheet_only_where_it_is_one(page: Page, åpen: Åpen) -> None:
    gi(åpen)
    som_act(page, åpen)
    brutt, lovet, ikke = [], 0, 0
    for versjon, form in enumerate(former(), 10):
        gi(åpen, versjon=versjon, **form)
        page.emulate_media(media="screen")
        page.goto(f"{åpen.adresse}{HER}/hele")
        expect(page.get_by_text(f"Versjon {versjon},").first).to_be_visible(timeout=60_000)
        ett = page.get_by_role("button", name="Skriv ut på ett ark").count() == 1
        page.emulate_media(media="print")
        antall = ark(page)
        lovet, ikke = lovet + ett, ikke + (not ett)
        if ett and antall > 1:
            brutt.append(f"{versjon}: {antall}")
    assert brutt == []
    assert (lovet > 10, ikke > 5) == (True, True)
