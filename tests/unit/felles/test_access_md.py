"""The access table against the tables of the domain description itself (`domain/access.md`), read where it lies.

The description speaks to people, so what is written here is only how it speaks: which columns of it are which kinds of
party, and which letter a cell's words begin with. Every cell's ground is read from the file.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.felles.fasit import FØLGER, HELSE, LEDD, les_fasit

KOLONNER: dict[str, dict[str, str]] = {
    "The stay": {
        "addressed unit (forvaltning, hjemmetjeneste)": "forvaltning hjemmetjeneste",
        "koordinator's unit, ACT, DPS of the bydel": "act dps bup",
        "fastlege": "fastlege",
        "ward, PAM": "pam",
        "NAV, school, others outside health": "nav skole barnehage ppt",
        "person": "innbygger",
        "forum, auditor": "forum revisjon",
    },
    "Consent, plan, group": {
        "koordinator's unit": HELSE,
        "other members, health": HELSE,
        "other members, outside health": "nav skole barnehage ppt barnevern",
        "DPS, ward": "dps",
        "person": "innbygger",
        "everyone else": "kriseteam slt forum revisjon",
    },
    "Children": {
        "barneansvarlig's unit (adult service)": "dps pam act enhet",
        "helsestasjon, skolehelsetjeneste, BUP, fastlege": "helsestasjon bup fastlege",
        "barnehage, school, PPT": "barnehage skole ppt",
        "SLT": "slt",
        "the parent": "innbygger",
        "the other parent": "annen-forelder",
    },
}
RADER = {
    "that there is a stay, its dates": "opphold.finnes",
    "place and ward": "opphold.sted",
    "status, expected course and discharge (tidligmelding)": "opphold.status",
    "ready for discharge: checklist, decider, meeting, dispute": "opphold.klar",
    "§11 answer, clocks, payment days": "opphold.svar",
    "health content of messages": "opphold.helse",
    "outcome (8431)": "opphold.utfall",
    "tasks": "opphold.oppgaver",
    "that there is a plan or group, koordinator's name": "plan.finnes",
    "goals, measures, minutes": "plan.innhold",
    "own measure: responsible, deadline, on hold": "plan.eget_tiltak",
    "consents, oppositions": "plan.samtykker",
    "that a child has been mapped; its needs, contact": "barn.kartlagt",
    "that a parent is ill": "barn.foreldersyk",
    "diagnosis, medicine, place and dates of a stay": "barn.diagnose",
    "§33 assessment": "barn.meldeplikt",
}
BEGYNNER = [
    (r"(–|never)", frozenset[str]()), (r"(own|that one's own|author and leader)", frozenset("E")),
    (r"A\b", frozenset("A")), (r"R\b", frozenset("R")), (r"C\b", frozenset("C")), (r"S\b", frozenset("S")),
    (r"(pseudonym|whether|DPS area|yes|counts|figures)", frozenset("P")), (r'".*" with C', frozenset("C")),
]  # fmt: skip
"""What a cell's words begin with → the letter that must stand there."""
AVVIK = {
    ("opphold.utfall", "innbygger"): "the person is not told their own death: 'representative'",
    ("opphold.svar", "forvaltning hjemmetjeneste"): "'A (forvaltning)': the other addressed units are not",
    ("opphold.oppgaver", "forum revisjon"): "no tasks",
    ("barn.meldeplikt", "innbygger"): "none",
}
"""Cells that say more than a letter, held by `fasit.py` alone."""


def celler(sample_folder: Path) -> list[tuple[str, str, str]]:
    """(part, kinds, words) of every cell of the three tables."""
    ut = []
    beskrivelsen = sample_folder.parent / "domain" / "access.md"
    if not beskrivelsen.exists():
        pytest.skip("domain/access.md is missing beside the official samples")
    for avsnitt in beskrivelsen.read_text("utf-8").split("\n## ")[1:]:
        tittel = avsnitt.partition("\n")[0].strip()
        rader = [[c.strip() for c in linje.strip("|").split("|")] for linje in avsnitt.splitlines() if linje[:1] == "|"]
        if tittel not in KOLONNER or not rader:
            continue
        (_, *hode), _, *resten = rader
        for hva, *ord_ in resten:
            for kolonne, tekst in zip(hode, ord_, strict=True):
                if kolonne in KOLONNER[tittel]:
                    ut.append((RADER[hva], KOLONNER[tittel][kolonne], tekst))
    return ut


def test_every_cell_of_the_description_is_a_cell_of_the_table_and_opens_by_its_ground(sample_folder: Path) -> None:
    fasit, alle = les_fasit(), celler(sample_folder)
    assert len(alle) >= 95, "the description has lost its tables, or speaks another way"
    for del_, slagene, tekst in alle:
        if (del_, slagene) in AVVIK:
            continue
        bokstaver = next((b for mønster, b in BEGYNNER if re.match(mønster, tekst)), None)
        assert bokstaver is not None, f"{del_}: nobody has said what {tekst!r} means"
        for slag in slagene.split():
            står = fasit[slag, del_].bokstaver if (slag, del_) in fasit else frozenset[str]()
            if not bokstaver:
                assert slag in HELSE.split() or not står & set("ARCSD"), (del_, slag, tekst, står)
                continue
            egen = {"E", "M"} if bokstaver == {"E"} else bokstaver
            assert står & egen or slag in _ANDRE_KOLONNER, (del_, slag, tekst, står)


_ANDRE_KOLONNER = frozenset(HELSE.split()) - frozenset(FØLGER.split()) - frozenset(LEDD.split())
"""Kinds of which only some units stand in a column: the description's columns are positions, not kinds."""


def test_a_cell_that_says_consent_opens_by_nothing_else_outside_the_health_service(sample_folder: Path) -> None:
    fasit = les_fasit()
    for del_, slagene, tekst in celler(sample_folder):
        for slag in slagene.split():
            if slag in HELSE.split() or slag in ("innbygger", "annen-forelder", "representant"):
                continue
            står = fasit[slag, del_].bokstaver if (slag, del_) in fasit else frozenset[str]()
            assert not står & set("ARSD"), (del_, slag, tekst, står)
