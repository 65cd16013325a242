"""Writes a forum's report: a page to read and print, and the same figures as CSV. The same figures, the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from html import escape
from typing import Any

import leather
from leather import theme

from bindeledd.schema.generated.samhandling import Avvikskategori, Forumutfall
from services.felles.kvartalsrapport import PER, Kvartal, Linje, Rapport, Sak
from services.felles.oppsett import Oppsett
from web.avviksord import KATEGORI, UTFALL
from web.ramme import maler
from web.tid import dato

SKJULT = "skjult"
"""What stands for a number that is not said."""
MÅL = (
    ("opphold", "Opphold som begynte"),
    ("meldt", "Avvik om området"),
    ("meldt_av", "Meldt av området"),
    ("per_hundre", f"Avvik per {PER} opphold"),
    ("i_tide", "Besvart i tide, prosent"),
    ("dager", "Dager til svar, midterste"),
    ("åpne", "Åpne ved kvartalets slutt"),
)
"""What is told of each area: (its name among the figures, words)."""
BREDDE, LUFT, STOLPE = 560, 140, 44
FARGE = "#0062ba"
# The library knows one theme for all of a process, and this is the only chart that we make.
theme.background_color, theme.title_color, theme.label_color = "#ffffff", "#1e2b3c", "#1e2b3c"
theme.title_font_family = theme.tick_font_family = "sans-serif"


def som_html(rapport: Rapport, oppsett: Oppsett) -> str:
    """The report as one page that needs nothing else: its pictures are in it."""
    return maler().get_template("rapport_alene.html").render(bilde(rapport, oppsett))


def bilde(rapport: Rapport, oppsett: Oppsett) -> dict[str, Any]:
    """The report in words, as `rapport_innhold.html` takes it."""
    områder = [*rapport.linjer, rapport.alle]
    return {
        "trinn": rapport.forumene[0] if len(rapport.forumene) == 1 else rapport.trinn,
        "kvartal": kvartalet(rapport.kvartal), "forumene": rapport.forumene if len(rapport.forumene) > 1 else (),
        "mål": [navn for _, navn in MÅL],
        "linjer": [(linje.navn, [_vist(getattr(linje, mål), mål) for mål, _ in MÅL]) for linje in områder],
        "kategorier": [(KATEGORI[k], _vist(antall)) for k, antall in rapport.kategorier],
        "aldre": [(ord_, _vist(antall)) for ord_, antall in rapport.åpne_etter_alder],
        "saker": [_sak(sak, oppsett) for sak in rapport.saker], "figurer": [*_figurer(rapport)], "skjult": SKJULT,
        "per": PER,
    }  # fmt: skip


def som_csv(rapport: Rapport) -> str:
    """One figure to a row: of which table, of what, which measure, and the number. Empty: not said."""
    ut = io.StringIO()
    skriv = csv.writer(ut, lineterminator="\n")
    skriv.writerow(("trinn", "kvartal", "tabell", "hva", "maal", "verdi"))
    skriv.writerows(_rader(rapport))
    return ut.getvalue()


def _rader(rapport: Rapport) -> Iterator[tuple[object, ...]]:
    om = (rapport.trinn, rapport.kvartal)
    for linje in (*rapport.linjer, rapport.alle):
        for mål, _ in MÅL:
            yield (*om, "omraade", linje.dps or "uten", mål, getattr(linje, mål))
    yield from ((*om, "kategori", kategori.value, "meldt", antall) for kategori, antall in rapport.kategorier)
    yield from ((*om, "alder", alder, "aapne", antall) for alder, antall in rapport.åpne_etter_alder)
    for sak in rapport.saker:
        felt = (("kategori", sak.kategori.value), ("omraade", sak.dps or "uten"), ("forum", sak.forum),
                ("moete", sak.møte), ("utfall", sak.utfall))  # fmt: skip
        yield from ((*om, "sak" if sak.antall is None else "moenster", sak.navn, mål, verdi) for mål, verdi in felt)


def kvartalet(kvartal: Kvartal) -> str:
    """`3. kvartal 2026`."""
    return f"{kvartal.nr}. kvartal {kvartal.år}"


def _vist(tall: float | None, mål: str = "") -> str:
    """A number as people here write it. What is no count, and has nothing to say, is a dash."""
    if tall is None:
        return "–" if mål in ("per_hundre", "i_tide", "dager") else SKJULT
    return f"{tall:g}".replace(".", ",")


def _sak(sak: Sak, oppsett: Oppsett) -> dict[str, str]:
    forum = oppsett.stige.siste(sak.forum)
    slag = " og ".join(oppsett.slag[s].navn for s in sak.slag if s in oppsett.slag)
    hvor = oppsett.parter[sak.dps].navn if sak.dps else "Uten område"
    utfall = UTFALL[Forumutfall(sak.utfall)] if sak.utfall else "venter på møtet"
    mange = "" if sak.antall is None else f"{sak.antall or 'noen'} av samme slag"
    return {
        "navn": sak.navn, "kategori": KATEGORI[sak.kategori], "mellom": slag, "hvor": hvor, "mange": mange,
        "forum": forum.navn if forum is not None else "", "møte": dato(sak.møte) if sak.møte is not None else "",
        "utfall": utfall,
    }  # fmt: skip


# -- plots ---------------------------------------------------------------------------------------------------------


def _figurer(rapport: Rapport) -> Iterator[tuple[str, str]]:
    """What each picture shows, and the picture; '' where there is nothing to show. One that is not said has no bar."""
    av_dps = partial(_av_område, [linje for linje in rapport.linjer if linje.dps])
    yield _stolper(f"Avvik per {PER} opphold", av_dps("per_hundre"))
    yield _stolper("Dager til svar, midterste", av_dps("dager"))
    yield _stolper("Meldte avvik etter slag", [(_kort(k), antall) for k, antall in rapport.kategorier])
    yield _stolper("Åpne avvik etter alder", rapport.åpne_etter_alder)


def _av_område(linjer: Iterable[Linje], mål: str) -> list[tuple[str, float | None]]:
    return [(linje.navn, getattr(linje, mål)) for linje in linjer]


def _kort(kategori: Avvikskategori) -> str:
    return KATEGORI[kategori].partition(",")[0]


def _stolper(navn: str, tall: Sequence[tuple[str, float | None]]) -> tuple[str, str]:
    """Bars, one to a line. Nothing in it moves, is fetched, or says when it was made: the same bytes each time."""
    sagt = [antall for _, antall in tall if antall is not None]
    if not any(sagt):
        return navn, ""
    figur = leather.Chart(navn)
    figur.add_x_scale(0, max(1, *sagt))
    figur.add_bars([(antall, ord_) for ord_, antall in tall], fill_color=FARGE)
    høyde = LUFT + STOLPE * len(tall)
    svg: str = figur.to_svg(width=BREDDE, height=høyde)
    return navn, svg.replace("<svg ", f'<svg role="img" aria-label="{escape(navn)}" viewBox="0 0 {BREDDE} {høyde}" ', 1)
