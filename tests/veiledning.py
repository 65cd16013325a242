"""Reads a tutorial as a person does, and does what it says: in a browser, and in a shell.

A step is a sentence of a list's item, in one of the forms of `FORMER`; a block of shell, whose output is told in the
block of text after it; or a picture, which shows the page as it is then. `…` in what one sees is whatever stands there.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, expect

from tests.bilder import lite_bilde

ADRESSE = "http://127.0.0.1:8000"
"""Where a tutorial says that the demo is."""
TELEFON = {"width": 360, "height": 740}
SEKUNDER = 30
BILDER = "BINDELEDD_PICTURES"
"""Set by `make pictures`: a picture in a tutorial is taken anew where it stands."""


@dataclass(frozen=True, slots=True)
class Steg:
    """One thing to do or to see, and the line that says so."""

    linje: int
    sagt: str
    form: str
    ord: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leser:
    """Somebody with a browser and a shell, whose demo is at `adresse` and whose working folder is `mappe`."""

    page: Page
    adresse: str
    mappe: Path
    miljø: dict[str, str]

    def følg(self, fil: Path) -> int:
        """Do all of it. Returns how many steps that was. Raises AssertionError with the line that does not hold."""
        steg = les(fil.read_text("utf-8"), fil.name)
        for hvert in steg:
            try:
                self.gjør(hvert, fil)
            except (AssertionError, Error) as feil:
                raise AssertionError(f"{fil.name}, line {hvert.linje}: {hvert.sagt}\n{feil}") from feil
        return len(steg)

    def gjør(self, steg: Steg, fil: Path) -> None:
        if steg.form == "kjør":
            kjør(steg.ord[0].replace(ADRESSE, self.adresse), steg.ord[1], self.mappe, self.miljø)
        elif steg.form == "bilde":
            ta_bilde(self.page, fil.parent / steg.ord[0])
        elif steg.form == "åpne":
            self.page.goto(steg.ord[0].replace(ADRESSE, self.adresse))
        else:
            FORMER[steg.form][1](self.page, *steg.ord)


def les(tekst: str, fil: str) -> list[Steg]:
    """The steps of a tutorial. Raises AssertionError for what stands in a list and is no step, and for a press after
    which nobody says what is seen."""
    steg = list(_steg(tekst, fil))
    venter: Steg | None = None
    for hvert in steg:
        assert venter is None or not hvert.form.startswith(("trykk", "åpne")), (
            f"{fil}, line {venter.linje}: say what one sees after «{venter.sagt}»"
        )
        if hvert.form.startswith("trykk"):
            venter = hvert
        elif hvert.form.startswith("ser"):
            venter = None
    return steg


def _steg(tekst: str, fil: str) -> Iterator[Steg]:
    linjer = tekst.splitlines()
    nr = 0
    while nr < len(linjer):
        fra, linje = nr + 1, linjer[nr].strip()
        nr += 1
        if linje.startswith("```"):
            assert linje == "```sh", f"{fil}, line {fra}: only what is run, and what comes of it, stands in a block"
            kommando, nr = _blokk(linjer, nr)
            svar = ""
            if nr < len(linjer) and linjer[nr].strip() == "```text":
                svar, nr = _blokk(linjer, nr + 1)
            yield Steg(fra, kommando, "kjør", (kommando, svar))
        elif bilde := re.fullmatch(r"!\[.+\]\((.+)\)", linje):
            yield Steg(fra, linje, "bilde", (bilde[1],))
        elif punkt := re.match(r"\d+\. (.*)", linje):
            sagt = [punkt[1]]
            while nr < len(linjer) and linjer[nr].startswith("   ") and linjer[nr].strip()[:1] not in "!`":
                sagt.append(linjer[nr].strip())
                nr += 1
            yield from _setninger(" ".join(sagt), fil, fra)


def _blokk(linjer: list[str], fra: int) -> tuple[str, int]:
    """The lines of a block that began before `fra`, and where it has ended."""
    slutt = next(nr for nr in range(fra, len(linjer)) if linjer[nr].strip() == "```")
    return "\n".join(linje.strip() for linje in linjer[fra:slutt]), slutt + 1


def _setninger(sagt: str, fil: str, linje: int) -> Iterator[Steg]:
    while sagt:
        form, funnet = next(
            ((navn, f) for navn, (mønster, _) in FORMER.items() if (f := re.match(mønster + r"\. ?", sagt))), ("", None)
        )
        assert funnet is not None, f"{fil}, line {linje}: no step that can be followed: {sagt!r}"
        yield Steg(linje, funnet[0].strip(), form, funnet.groups())
        sagt = sagt[funnet.end() :]


def mønster(sagt: str) -> re.Pattern[str]:
    """What is looked for where this is said: the same words, and anything for `…`."""
    return re.compile(r"\s+".join(re.escape(ord_) for ord_ in sagt.split()).replace("…", ".*?"))


def _som_begynner(steder: Locator, navn: str) -> Locator:
    return steder.filter(has_text=re.compile(r"^\s*" + mønster(navn).pattern)).first


def _trykk(page: Page, navn: str) -> None:
    _som_begynner(page.locator("a:visible, button:visible, summary:visible"), navn).click()


def _under(page: Page, overskrift: str, hva: str) -> Locator:
    """What comes after a heading and can be seen."""
    her = page.get_by_role("heading", name=mønster(overskrift)).filter(visible=True).first
    return her.locator(f"xpath=following::*[{hva}]").filter(visible=True)


def _trykk_under(page: Page, navn: str, overskrift: str) -> None:
    _som_begynner(_under(page, overskrift, "self::a or self::button or self::summary"), navn).click()


def _trykk_i_lista(page: Page) -> None:
    page.locator("main li button:visible").first.click()


def _trykk_navnet(page: Page) -> None:
    page.locator("main li h3 a:visible").first.click()


def _trykk_navnet_ved(page: Page, tekst: str) -> None:
    page.locator("main li.rad:visible").filter(has_text=mønster(tekst)).locator("h3 a").first.click()


def _ser(page: Page, tekst: str) -> None:
    expect(page.get_by_text(mønster(tekst)).filter(visible=True).first).to_be_visible(timeout=SEKUNDER * 1000)


def _ser_ikke(page: Page, tekst: str) -> None:
    expect(page.get_by_text(mønster(tekst)).filter(visible=True)).to_have_count(0, timeout=SEKUNDER * 1000)


def _skriv(page: Page, verdi: str, felt: str) -> None:
    page.get_by_label(felt).filter(visible=True).first.fill(verdi)


def _velg(page: Page, verdi: str, felt: str) -> None:
    page.get_by_label(felt).and_(page.locator("select:visible")).first.select_option(label=verdi)


def _velg_under(page: Page, verdi: str, felt: str, overskrift: str) -> None:
    _under(page, overskrift, "self::select").and_(page.get_by_label(felt)).first.select_option(label=verdi)


def _smalt(page: Page) -> None:
    page.set_viewport_size(TELEFON)  # type: ignore[arg-type]


FORMER: dict[str, tuple[str, Callable[..., None]]] = {
    "åpne": (r"Åpne <([^>]+)>", lambda *_: None),
    "trykk navnet ved": (r"Trykk på det øverste navnet med «([^»]+)»", _trykk_navnet_ved),
    "trykk navnet": (r"Trykk på det øverste navnet", _trykk_navnet),
    "trykk i lista": (r"Trykk på den øverste i lista", _trykk_i_lista),
    "trykk under": (r"Trykk \*\*([^*]+)\*\* under «([^»]+)»", _trykk_under),
    "trykk": (r"Trykk \*\*([^*]+)\*\*", _trykk),
    "ser ikke": (r"Du ser ikke «([^»]+)» lenger", _ser_ikke),
    "ser": (r"Du ser «([^»]+)»", _ser),
    "skriv": (r"Skriv «([^»]+)» i \*\*([^*]+)\*\*", _skriv),
    "velg under": (r"Velg «([^»]+)» i \*\*([^*]+)\*\* under «([^»]+)»", _velg_under),
    "velg": (r"Velg «([^»]+)» i \*\*([^*]+)\*\*", _velg),
    "smalt": (r"Gjør vinduet så smalt som en telefon", _smalt),
}


def kjør(kommando: str, svar: str, mappe: Path, miljø: dict[str, str]) -> None:
    """Run what stands in a block, and find each line of what it is said to answer, in that order."""
    ferdig = subprocess.run(
        ["/bin/bash", "-euo", "pipefail", "-c", kommando],
        cwd=mappe, env=miljø, capture_output=True, text=True, timeout=SEKUNDER * 4, check=False,
    )  # fmt: skip
    assert ferdig.returncode == 0, ferdig.stdout + ferdig.stderr
    igjen = iter(ferdig.stdout.splitlines())
    for linje in svar.splitlines():
        assert any(mønster(linje).search(sagt) for sagt in igjen), f"{linje!r} is not in:\n{ferdig.stdout[:3000]}"


def ta_bilde(page: Page, fil: Path) -> None:
    """What the window shows now, where pictures are to be made; else only that there is one."""
    if os.environ.get(BILDER):
        page.mouse.move(0, 0)
        fil.write_bytes(lite_bilde(page))
    assert fil.exists(), f"{fil.name} is missing: make pictures"
