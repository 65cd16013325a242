"""Every answer against the hand-typed table, over every state that may change it, by a checker of its own."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import product

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
from services.felles.oppsett import Oppsett, Part
from services.felles.tilgang import OverstyringSlag, RelasjonSlag, Tabell
from tests.unit.felles.fasit import HELSE, Fasit, les_fasit

FASIT = les_fasit()
FRA = datetime(2012, 6, 1, tzinfo=UTC)
FØR_LOVEN = datetime(2026, 5, 31, 21, 59, tzinfo=UTC)
ETTER_LOVEN = datetime(2026, 5, 31, 22, 0, tzinfo=UTC)
VOKSEN, BARN = date(1980, 1, 1), date(2012, 1, 1)
SPERRINGER = [
    *("", "part", "parten alt", "alle delen", "alle alt", "alle tabellen", "UKJENT del", "UKJENT part", "annen del"),
    *("annen part", "utløpt"),
]
SAMTYKKER = [
    *("", "delen", "tabellen", "annen del", "annen tabell", "utløpt", "framtidig", "UKJENT", "ingen deler"),
    "annen part",
]
ALLE_RELASJONER = sorted({r for f in FASIT.values() for r in f.relasjoner})


@dataclass(frozen=True, slots=True)
class Tilfelle:
    """One state of the world, in words that both sides understand."""

    naa: datetime
    relasjon: str
    sperring: str
    samtykke: str
    født: date | None
    fersk: bool
    adressert: bool
    egen: bool
    overstyring: str = ""


def forventet(fasit: Fasit, t: Tilfelle, slag: str) -> set[str]:
    """Every ground that opens in this state; empty for no. Written from the description, not from the code."""
    ut = set()
    if "E" in fasit.bokstaver and t.egen:
        ut.add("A")
    if "A" in fasit.bokstaver and t.adressert:
        ut.add("A")
    if "S" in fasit.bokstaver and slag == "innbygger" and t.født == VOKSEN:
        ut.add("S")
    if "S" in fasit.bokstaver and slag == "representant" and _taler_for(t):
        ut.add("S")
    opposed = t.sperring not in {"", "annen del", "utløpt", "annen part"}
    treffer = {
        "": False,
        "delen": True,
        "tabellen": True,
        "annen del": fasit.bredde in {"tabellen", "noe"},
        "annen tabell": fasit.bredde == "noe",
        "utløpt": False,
        "framtidig": False,
        "UKJENT": False,
        "ingen deler": False,
        "annen part": False,
    }[t.samtykke]
    if t.fersk and not opposed:
        if "R" in fasit.bokstaver and t.relasjon in fasit.relasjoner:
            ut.add("R")
        if {"C", "R"} & fasit.bokstaver and treffer:
            ut.add("C")
        if "M" in fasit.bokstaver and t.egen and t.samtykke in {"delen", "tabellen", "annen del"}:
            ut.add("C")
    return ut | _ved_nød(fasit, t)


def _taler_for(t: Tilfelle) -> bool:
    if not t.fersk or t.sperring in {"part", "parten alt"}:
        return False
    return t.relasjon == "REPRESENTANT" or (t.relasjon == "FORESATT" and t.født == BARN)


def _ved_nød(fasit: Fasit, t: Tilfelle) -> set[str]:
    hjelper = "R" in fasit.bokstaver and t.relasjon in fasit.relasjoner
    ved_fare = t.overstyring == "FARE" and t.naa >= ETTER_LOVEN and ("D" in fasit.bokstaver or hjelper)
    ved_blålys = t.overstyring == "BLAALYS" and bool({"D", "R"} & fasit.bokstaver)
    return {"D"} if ved_fare or ved_blålys else set()


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


def en_part(oppsett: Oppsett, slag: str) -> Part:
    return next(p for p in oppsett.parter.values() if p.slag == slag)


def sjekk(tabell: Tabell, oppsett: Oppsett, slag: str, del_: str, t: Tilfelle) -> None:
    part = en_part(oppsett, slag)
    adressert = frozenset({part.id}) if t.adressert else frozenset({"pam-nord"})
    fikk = svar(tabell, lag_grunnlag(t, part.id, del_), part, del_, t.naa, adressert=adressert, egen=t.egen)
    ventet = forventet(FASIT[slag, del_], t, slag)
    assert fikk.ja == bool(ventet), (slag, del_, t, fikk, ventet)
    første = next((g for g in "ASRCD" if g in ventet), "")
    assert fikk.grunn == første, (slag, del_, t, fikk, ventet)
    assert fikk.setning.endswith("."), fikk
    assert fikk.lov_versjon == ("hpl-2026-06" if t.naa >= ETTER_LOVEN else "hpl-2001")


def celler_med(bokstaver: str) -> list[tuple[str, str]]:
    return [nøkkel for nøkkel, fasit in FASIT.items() if set(bokstaver) & fasit.bokstaver]


def alle(*lister: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for liste in lister:
        yield from liste


def test_the_table_opens_nothing_that_the_description_does_not_name(tabell: Tabell) -> None:
    i_tabellen = set(tabell.utgave(ETTER_LOVEN).celler)
    assert i_tabellen == set(FASIT)
    assert {del_ for _, del_ in FASIT} == set(tabell.deler)


def test_relations_and_oppositions_of_every_sort(tabell: Tabell, oppsett: Oppsett) -> None:
    relasjoner = ["", "UKJENT", "REPRESENTANT", *ALLE_RELASJONER]
    for (slag, del_), relasjon, sperring in product(FASIT, relasjoner, SPERRINGER):
        t = Tilfelle(FØR_LOVEN, relasjon, sperring, "", VOKSEN, fersk=True, adressert=False, egen=False)
        sjekk(tabell, oppsett, slag, del_, t)


def test_consent_of_every_sort_with_and_without_opposition(tabell: Tabell, oppsett: Oppsett) -> None:
    utvalg = product(FASIT, SAMTYKKER, ["", "parten alt", "alle delen", "annen del"], [True, False], [True, False])
    for (slag, del_), samtykke, sperring, egen, fersk in utvalg:
        t = Tilfelle(FØR_LOVEN, "", sperring, samtykke, VOKSEN, fersk=fersk, adressert=False, egen=egen)
        sjekk(tabell, oppsett, slag, del_, t)


def test_every_state_together(tabell: Tabell, oppsett: Oppsett) -> None:
    for slag, del_ in FASIT:
        relasjon = next(iter(sorted(FASIT[slag, del_].relasjoner)), "KOORDINATOR")
        ord_ = product(("", relasjon), ("", "alle alt"), ("", "delen"))
        ja_nei = product((True, False), (True, False), (True, False))
        for naa, (r, sperring, samtykke), (fersk, adressert, egen) in product((FØR_LOVEN, ETTER_LOVEN), ord_, ja_nei):
            t = Tilfelle(naa, r, sperring, samtykke, VOKSEN, fersk=fersk, adressert=adressert, egen=egen)
            sjekk(tabell, oppsett, slag, del_, t)


def test_overrides_before_and_from_the_day_the_law_opened(tabell: Tabell, oppsett: Oppsett) -> None:
    for slag, del_ in alle(celler_med("RD"), celler_med("C")):
        relasjon = next(iter(sorted(FASIT[slag, del_].relasjoner)), "KOORDINATOR")
        for naa, r, sperring, nød, fersk in product(
            (FØR_LOVEN, ETTER_LOVEN), ("", relasjon), ("", "alle alt"), ("FARE", "BLAALYS", "UKJENT"), (True, False)
        ):
            t = Tilfelle(naa, r, sperring, "", VOKSEN, fersk=fersk, adressert=False, egen=False, overstyring=nød)
            sjekk(tabell, oppsett, slag, del_, t)


@pytest.mark.parametrize("født", [VOKSEN, BARN, None])
def test_the_person_and_those_who_speak_for_them_at_every_age(
    født: date | None, tabell: Tabell, oppsett: Oppsett
) -> None:
    for (slag, del_), relasjon, sperring, fersk in product(
        celler_med("S"), ("", "REPRESENTANT", "FORESATT", "KOORDINATOR"), ("", "part", "alle alt"), (True, False)
    ):
        t = Tilfelle(FØR_LOVEN, relasjon, sperring, "", født, fersk=fersk, adressert=False, egen=False)
        sjekk(tabell, oppsett, slag, del_, t)


def test_any_combination_of_all_of_it(tabell: Tabell, oppsett: Oppsett) -> None:
    """The whole product is some millions: a share of it, another one for each run of `make soak`."""
    tilfeldig = random.Random(0 if settings().derandomize else None)
    celler = sorted(FASIT)
    for _ in range(15_000):
        slag, del_ = tilfeldig.choice(celler)
        t = Tilfelle(
            naa=tilfeldig.choice((FØR_LOVEN, ETTER_LOVEN)),
            relasjon=tilfeldig.choice(["", "UKJENT", "REPRESENTANT", "FORESATT", *ALLE_RELASJONER]),
            sperring=tilfeldig.choice(SPERRINGER), samtykke=tilfeldig.choice(SAMTYKKER),
            født=tilfeldig.choice([VOKSEN, BARN, None]), fersk=tilfeldig.random() < 0.8,
            adressert=tilfeldig.random() < 0.3, egen=tilfeldig.random() < 0.3,
            overstyring=tilfeldig.choice(["", "", "FARE", "BLAALYS", "UKJENT"]),
        )  # fmt: skip
        sjekk(tabell, oppsett, slag, del_, t)


def test_outside_the_health_service_nothing_opens_by_address_relation_or_override(
    tabell: Tabell, oppsett: Oppsett
) -> None:
    utenfor = [p for p in oppsett.parter.values() if p.slag not in HELSE.split() and p.slag != "innbygger"]
    for part, del_, relasjon, nød in product(utenfor, tabell.deler, ALLE_RELASJONER, ("FARE", "BLAALYS")):
        t = Tilfelle(ETTER_LOVEN, relasjon, "", "", VOKSEN, fersk=True, adressert=True, egen=False, overstyring=nød)
        grunnlag = lag_grunnlag(t, part.id, del_)
        assert not svar(tabell, grunnlag, part, del_, t.naa, adressert=frozenset({part.id})).ja, (part.id, del_)
