"""Every answer against the domain description, read as data (`beskrivelsen`), over every state that may change it, by a
checker of its own."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

from services.felles.grunnlag import (
    Grunnlag,
    Overstyring,
    Relasjon,
    Samtykke,
    Sperring,
    svar,
)
from services.felles.oppsett import INNBYGGER, Oppsett, Part
from services.felles.tilgang import OverstyringSlag, RelasjonSlag, Tabell
from tests.unit.felles.beskrivelsen import HELSE, HJELPER, SETNINGER, Fasit, les, setninger

Beskrivelsen = Mapping[tuple[str, str], Fasit]
INGEN = Fasit({}, {})
FRA = datetime(2012, 6, 1, tzinfo=UTC)
FØR_LOVEN = datetime(2026, 5, 31, 21, 59, tzinfo=UTC)
ETTER_LOVEN = datetime(2026, 5, 31, 22, 0, tzinfo=UTC)
VOKSEN, BARN, FYLLER_16, FYLLER_18 = date(1980, 1, 1), date(2012, 1, 1), date(2010, 6, 1), date(2008, 6, 1)
"""The last two are a year short of it before the law, and of that age from the same midnight on."""
RELASJONER = ("", "UKJENT", "REPRESENTANT", "FORESATT", *HJELPER.split())
SPERRINGER = (
    *("", "part", "parten alt", "alle delen", "alle alt", "alle tabellen", "UKJENT del", "UKJENT part", "annen del"),
    *("annen part", "utløpt"),
)
SAMTYKKER = (
    *("", "delen", "tabellen", "annen del", "annen tabell", "utløpt", "framtidig", "UKJENT", "ingen deler"),
    "annen part",
)


@dataclass(frozen=True, slots=True)
class Tilfelle:
    """One state of the world, in words that both sides understand."""

    naa: datetime = FØR_LOVEN
    relasjon: str = ""
    sperring: str = ""
    samtykke: str = ""
    født: date | None = VOKSEN
    fersk: bool = True
    adressert: bool = False
    egen: bool = False
    overstyring: str = ""


AKSER: Mapping[str, tuple[Any, ...]] = {
    "naa": (FØR_LOVEN, ETTER_LOVEN), "relasjon": RELASJONER, "sperring": SPERRINGER, "samtykke": SAMTYKKER,
    "født": (VOKSEN, BARN, FYLLER_16, FYLLER_18, None), "fersk": (True, False), "adressert": (True, False),
    "egen": (True, False), "overstyring": ("", "FARE", "BLAALYS", "UKJENT"),
}  # fmt: skip


def forventet(fasit: Fasit, t: Tilfelle, slag: str) -> dict[str, str]:
    """Every ground that opens in this state → the form it gives; none for no. Written from the description ("Grounds"),
    not from the code. Consent that lifts a duty (hpl §22) opens what a relation would: in which form, is not said."""
    ut = {}
    if "A" in fasit.former and t.adressert:
        ut["A"] = fasit.former["A"]
    if "E" in fasit.former and t.egen:
        ut["A"] = fasit.former["E"]
    if "S" in fasit.former and _er_selv(slag, t, ansvar=fasit.ansvar):
        ut["S"] = fasit.former["S"]
    if t.fersk and t.sperring in {"", "annen del", "utløpt", "annen part"}:
        if t.relasjon in fasit.relasjoner:
            ut["R"] = fasit.relasjoner[t.relasjon]
        if {"C", "R"} & fasit.former.keys() and _treffer(fasit, t):
            ut["C"] = fasit.former.get("C", "")
        if "M" in fasit.former and t.egen and t.samtykke in {"delen", "tabellen", "annen del"}:
            ut["C"] = fasit.former["M"]
    if _ved_nød(fasit, t):
        ut["D"] = ""
    return ut


def _treffer(fasit: Fasit, t: Tilfelle) -> bool:
    match t.samtykke:
        case "delen" | "tabellen":
            return True
        case "annen del":
            return fasit.bredde in {"tabellen", "noe"}
        case "annen tabell":
            return fasit.bredde == "noe"
        case _:
            return False


def _er_selv(slag: str, t: Tilfelle, *, ansvar: bool) -> bool:
    """From 16 the person themself (pbrl §4-3); whom they have named, at any age; until then their parent, who has what
    the responsibility takes until 18, also what the child withholds (pbrl §3-4)."""
    holdt_tilbake = t.sperring in {"part", "parten alt"}
    match slag:
        case "innbygger":
            return t.født is not None and _fylt(t, 16)
        case "representant" | "foresatt" if t.fersk and t.relasjon == "REPRESENTANT":
            return not holdt_tilbake
        case "representant" | "foresatt" if t.fersk and t.relasjon == "FORESATT" and t.født is not None:
            i_ansvaret = ansvar and slag == "foresatt"
            return not _fylt(t, 18) if i_ansvaret else not _fylt(t, 16) and not holdt_tilbake
        case _:
            return False


def _fylt(t: Tilfelle, år: int) -> bool:
    dag = t.naa.astimezone(ZoneInfo("Europe/Oslo")).date()
    assert t.født is not None
    return (t.født.year + år, t.født.month, t.født.day) <= (dag.year, dag.month, dag.day)


def _ved_nød(fasit: Fasit, t: Tilfelle) -> bool:
    hjelper = t.relasjon in fasit.relasjoner
    ved_fare = t.overstyring == "FARE" and t.naa >= ETTER_LOVEN and ("D" in fasit.former or hjelper)
    return ved_fare or (t.overstyring == "BLAALYS" and bool({"D", "R"} & fasit.former.keys()))


@cache
def sperringer_av(part: str, del_: str, naa: datetime) -> dict[str, tuple[Sperring, ...]]:
    alt, alle_i_tabellen = frozenset[str](), frozenset({f"{del_.partition('.')[0]}.*"})
    return {
        "": (),
        "part": (Sperring(part, frozenset({del_}), FRA),),
        "parten alt": (Sperring(part, alt, FRA),),
        "alle delen": (Sperring(None, frozenset({del_}), FRA),),
        "alle alt": (Sperring(None, alt, FRA),),
        "alle tabellen": (Sperring(None, alle_i_tabellen, FRA),),
        "UKJENT del": (Sperring(None, frozenset({"UKJENT"}), FRA),),
        "UKJENT part": (Sperring("UKJENT", alt, FRA),),
        "annen del": (Sperring(part, _annen_del(del_), FRA),),
        "annen part": (Sperring("pam-nord", alt, FRA),),
        "utløpt": (Sperring(part, alt, FRA, naa),),
    }


@cache
def samtykker_av(part: str, del_: str, naa: datetime) -> dict[str, tuple[Samtykke, ...]]:
    alle_i_tabellen = frozenset({f"{del_.partition('.')[0]}.*"})
    return {
        "": (),
        "delen": (Samtykke(part, frozenset({del_}), FRA),),
        "tabellen": (Samtykke(part, alle_i_tabellen, FRA),),
        "annen del": (Samtykke(part, _annen_del(del_), FRA),),
        "annen tabell": (Samtykke(part, frozenset({"annet.x"}), FRA),),
        "utløpt": (Samtykke(part, frozenset({del_}), FRA, naa),),
        "framtidig": (Samtykke(part, frozenset({del_}), datetime(2030, 1, 1, tzinfo=UTC)),),
        "UKJENT": (Samtykke(part, frozenset({"UKJENT"}), FRA),),
        "ingen deler": (Samtykke(part, frozenset(), FRA),),
        "annen part": (Samtykke("pam-nord", frozenset({"*"}), FRA),),
    }


def _annen_del(del_: str) -> frozenset[str]:
    return frozenset({f"{del_.partition('.')[0]}.x"})


def lag_grunnlag(t: Tilfelle, part: str, del_: str) -> Grunnlag:
    return Grunnlag(
        person_ref="p",
        relasjoner=(Relasjon(part, RelasjonSlag(t.relasjon), FRA),) if t.relasjon else (),
        samtykker=samtykker_av(part, del_, t.naa)[t.samtykke],
        sperringer=sperringer_av(part, del_, t.naa)[t.sperring],
        overstyringer=(Overstyring(part, OverstyringSlag(t.overstyring), t.naa),) if t.overstyring else (),
        fødselsdato=t.født,
        kilde_fersk=t.fersk,
    )


@pytest.fixture(scope="session")
def ordene(sample_folder: Path) -> str:
    """The description as it stands. Without it nothing of this can be held, which in CI is a failure."""
    fil = sample_folder.parent / "domain" / "access.md"
    if not fil.exists():
        pytest.skip("domain/access.md is missing beside the official samples")
    return fil.read_text("utf-8")


@pytest.fixture(scope="session")
def beskrivelsen(ordene: str) -> Beskrivelsen:
    return les(ordene)


@pytest.fixture(scope="session")
def parter(oppsett: Oppsett) -> Mapping[str, Part]:
    """One party of each kind, all with the same id: what is known of one is known of each."""
    en_av = {part.slag: part for part in oppsett.parter.values()}
    assert en_av.keys() == oppsett.slag.keys()
    return {slag: part if slag == INNBYGGER else replace(part, id="prøve") for slag, part in en_av.items()}


def sjekk(tabell: Tabell, fasit: Fasit, part: Part, del_: str, t: Tilfelle) -> None:
    adressert = frozenset({part.id}) if t.adressert else frozenset({"pam-nord"})
    fikk = svar(tabell, lag_grunnlag(t, part.id, del_), part, del_, t.naa, adressert=adressert, egen=t.egen)
    ventet = forventet(fasit, t, part.slag)
    første = next((g for g in "ASRCD" if g in ventet), "")
    assert (fikk.ja, fikk.grunn) == (bool(ventet), første), (part.slag, del_, t, fikk, ventet)
    form = ventet.get(første) if første else fasit.former.get("P", "full")
    assert not form or fikk.form == form, (part.slag, del_, t, fikk, form)
    assert fikk.setning.endswith("."), fikk
    assert fikk.lov_versjon == ("hpl-2026-06" if t.naa >= ETTER_LOVEN else "hpl-2001")


def alle_par(tabell: Tabell, parter: Mapping[str, Part]) -> list[tuple[Part, str]]:
    return [(parter[slag], del_) for slag, del_ in product(sorted(parter), sorted(tabell.deler))]


def test_the_table_opens_what_the_description_names_and_nothing_else(
    tabell: Tabell, beskrivelsen: Beskrivelsen
) -> None:
    assert tabell.utgave(ETTER_LOVEN).celler.keys() == beskrivelsen.keys()
    assert {del_ for _, del_ in beskrivelsen} == set(tabell.deler)


def test_each_thing_alone_changes_the_answer_only_as_the_description_says(
    tabell: Tabell, beskrivelsen: Beskrivelsen, parter: Mapping[str, Part]
) -> None:
    """From where there is no ground at all, and from where each ground stands and is opposed or not."""
    for part, del_ in alle_par(tabell, parter):
        fasit = beskrivelsen.get((part.slag, del_), INGEN)
        alt = Tilfelle(relasjon=next(iter(fasit.relasjoner), "KOORDINATOR"), samtykke="delen")
        for utgangspunkt in (Tilfelle(), alt, replace(alt, sperring="alle alt"))[:: 1 if fasit.former else 2]:
            for akse, verdier in AKSER.items():
                for verdi in verdier:
                    sjekk(tabell, fasit, part, del_, replace(utgangspunkt, **{akse: verdi}))


def test_any_combination_of_all_of_it(tabell: Tabell, beskrivelsen: Beskrivelsen, parter: Mapping[str, Part]) -> None:
    """A share of the whole product, another one for each run that is not CI's."""
    tilfeldig = random.Random(0 if settings().derandomize else None)
    for slag, del_ in tilfeldig.choices(sorted(beskrivelsen), k=20_000):
        t = Tilfelle(**{akse: tilfeldig.choice(verdier) for akse, verdier in AKSER.items()})
        navngitte = sorted(beskrivelsen[slag, del_].relasjoner)
        if navngitte and tilfeldig.random() < 0.5:
            t = replace(t, relasjon=tilfeldig.choice(navngitte))
        sjekk(tabell, beskrivelsen[slag, del_], parter[slag], del_, t)


@pytest.mark.parametrize("navn", ["person", "opphold", "plan", "kriseplan", "barn", "avvik", "melding", "krise"])
def test_the_whole_product_of_party_part_relation_opposition_consent_age_and_date(
    navn: str, tabell: Tabell, beskrivelsen: Beskrivelsen, parter: Mapping[str, Part]
) -> None:
    """In the ladder's run (`tests/ladder.py`): some 19 million answers."""
    for del_ in (d for d in tabell.deler if d.startswith(f"{navn}.")):
        for akser in product(*(AKSER[akse] for akse in ("naa", "relasjon", "sperring", "samtykke", "født"))):
            sjekk_alle_slag(tabell, beskrivelsen, parter, del_, Tilfelle(*akser))


@pytest.mark.parametrize("slag_nr", range(8))
def test_the_whole_product_of_what_else_an_answer_hangs_on(
    slag_nr: int, tabell: Tabell, beskrivelsen: Beskrivelsen, parter: Mapping[str, Part]
) -> None:
    """Each ground there or not, together with a silent source, whose it is, and an override, at each age and date."""
    for slag, del_ in sorted(beskrivelsen)[slag_nr::8]:
        fasit = beskrivelsen[slag, del_]
        relasjoner = {"", next(iter(fasit.relasjoner), "KOORDINATOR"), "REPRESENTANT" if "S" in fasit.former else ""}
        få = {**AKSER, "relasjon": relasjoner, "sperring": ("", "alle alt"), "samtykke": ("", "delen")}
        for akser in product(*få.values()):
            sjekk(tabell, fasit, parter[slag], del_, Tilfelle(*akser))


def sjekk_alle_slag(
    tabell: Tabell, beskrivelsen: Beskrivelsen, parter: Mapping[str, Part], del_: str, t: Tilfelle
) -> None:
    """As `sjekk` for each kind, on one and the same ground: only the answer and its letter."""
    grunnlag = {id_: lag_grunnlag(t, id_, del_) for id_ in (INNBYGGER, "prøve")}
    for slag, part in parter.items():
        ventet = forventet(beskrivelsen.get((slag, del_), INGEN), t, slag)
        første = next((g for g in "ASRCD" if g in ventet), "")
        fikk = svar(tabell, grunnlag[part.id], part, del_, t.naa)
        assert (fikk.ja, fikk.grunn) == (bool(første), første), (slag, del_, t, fikk)


def test_outside_the_health_service_nothing_opens_by_address_relation_or_override(
    tabell: Tabell, parter: Mapping[str, Part]
) -> None:
    utenfor = [part for slag, part in parter.items() if slag not in HELSE.split() and slag != INNBYGGER]
    for part, del_, relasjon, nød in product(utenfor, tabell.deler, HJELPER.split(), ("FARE", "BLAALYS")):
        t = Tilfelle(ETTER_LOVEN, relasjon, overstyring=nød)
        grunnlag = lag_grunnlag(t, part.id, del_)
        assert not svar(tabell, grunnlag, part, del_, t.naa, adressert=frozenset({part.id})).ja, (part.slag, del_)


# -- the reader itself -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gammelt", "nytt"),
    [
        ("| ready for discharge", "| about to go"),
        ("R (not payment)", "R, if it likes"),
        ("| SLT |", "| SLT, police |"),
        ("**C**, else **D**", "**C**, and **D**"),
        ("names of persons with patient ground only", "names of persons"),
        ("**C** consent:", "**C** consent, or silence:"),
    ],
)
def test_words_that_nobody_has_read_are_an_error(gammelt: str, nytt: str, ordene: str) -> None:
    assert ordene.count(gammelt) == 1
    with pytest.raises((AssertionError, KeyError)):
        les(ordene.replace(gammelt, nytt))


def test_every_sentence_that_was_read_stands_there_still(ordene: str) -> None:
    assert {merke for merke, _ in setninger(ordene)} == SETNINGER.keys()
