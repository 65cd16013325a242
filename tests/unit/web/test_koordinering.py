"""The pages about who coordinates: a need that is told of (hpl §38a), and a barnekoordinator (pbrl §2-5c)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.ansvarsgruppe import Barnekoordinatortilstand as T
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe.api import NyBarnekoordinator
from tests.nettsider import ENHET, NÅ, By, Nettleser, by, logg_inn, plan, ref
from tests.plansider import ung
from tests.unit.web.test_sider import skjema
from web import talsord

HER = f"/pasient/{ref(1)}"
LEDER, KOORDINATOR = ("demo-068", "enhet-leder"), ("demo-069", "koordinator")
KØEN = "koordinerende-enhet"


def som(by_: By, hvem: tuple[str, str], år: int = 14, *, part: str = ENHET, **planen: Any) -> Nettleser:
    by_.gi("samhandling", ref(101), ref(1), {part: ung("Ola", år)})
    by_.gi("ansvarsgruppe", ref(104), ref(1), {part: replace(plan(), **planen)})
    leser = Nettleser(by_.app())
    logg_inn(leser, hvem[0], part, hvem[1])
    return leser


UTEN: dict[str, Any] = {"koordinator_part": None, "koordinator": None}
MELDT: dict[str, Any] = {
    **UTEN, "behov_av": "pam", "behov_meldt": NÅ, "behov": Klartekst(Tekst(tekst="Mange tjenester")),
}  # fmt: skip


def test_the_words_are_those_that_the_service_takes() -> None:
    assert set(talsord.BARNEKOORDINATOR) == set(get_args(NyBarnekoordinator.model_fields["tilstand"].annotation))


def test_hpl_38a_a_need_is_told_from_the_page_of_the_group_and_only_of_who_has_no_koordinator(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        assert 'id="meld-behov"' not in som(by_, LEDER).get(f"{HER}/gruppe").text
        leser = som(by_, LEDER, **UTEN)
        assert 'id="meld-behov"' in leser.get(f"{HER}/gruppe").text
        felt = skjema(leser.get(f"{HER}/koordinator/behov").text, "lagre")
        svar = leser.post(f"{HER}/koordinator/behov", {**felt, "behov": " Mange tjenester "})
        assert svar.headers["location"] == f"{HER}/gruppe?gjort=behov"
        assert by_.svart == [("ansvarsgruppe", ref(1), "koordinator/behov", {"tekst": "Mange tjenester"})]


def test_hpl_38a_the_koordinerende_enhet_reads_who_told_and_what_and_that_it_waits(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        side = som(by_, ("demo-118", "koordinerende-ansatt"), part=KØEN, **MELDT).get(f"{HER}/gruppe").text
        for ord_ in ("Psykiatrisk akuttmottak (PAM) har meldt fra", "Mange tjenester", 'id="sett-koordinator"'):
            assert ord_ in side


def test_what_was_told_is_not_for_a_role_that_does_not_see_it(tmp_path: Path) -> None:
    with by(tmp_path) as by_:
        side = som(by_, ("demo-067", "enhet-ansatt"), **MELDT).get(f"{HER}/gruppe").text
        assert "Mange tjenester" not in side


@pytest.mark.parametrize(("år", "tilbys"), [(14, True), (17, True), (18, False), (40, False)])
def test_pbrl_2_5c_a_barnekoordinator_is_offered_on_the_page_of_a_child_alone(
    tmp_path: Path, år: int, tilbys: bool
) -> None:
    with by(tmp_path) as by_:
        assert ('id="barnekoordinator"' in som(by_, KOORDINATOR, år).get(f"{HER}/gruppe").text) is tilbys


@pytest.mark.parametrize(
    ("tilstand", "hvem", "sendt"),
    [
        ("OPPNEVNT", f"demo-069@{ENHET}", {"tilstand": "OPPNEVNT", "part": ENHET, "koordinator": "demo-069"}),
        ("TAKKET_NEI", "", {"tilstand": "TAKKET_NEI"}),
        ("OPPNEVNT", "", None), ("TILBUDT", f"demo-069@{ENHET}", None), ("", "", None),
    ],
)  # fmt: skip
def test_pbrl_2_5c_what_came_of_it_is_written_down_and_whoever_it_is_only_when_there_is_one(
    tmp_path: Path, tilstand: str, hvem: str, sendt: dict[str, str] | None
) -> None:
    with by(tmp_path) as by_:
        leser = som(by_, KOORDINATOR)
        felt = skjema(leser.get(f"{HER}/barnekoordinator").text, "lagre")
        svar = leser.post(f"{HER}/barnekoordinator", {**felt, "tilstand": tilstand, "hvem": hvem})
        assert [s[3] for s in by_.svart] == ([sendt] if sendt is not None else [])
        assert svar.status_code == (303 if sendt is not None else 409)


def test_pbrl_2_5c_who_is_barnekoordinator_stands_where_the_koordinator_does(tmp_path: Path) -> None:
    har: dict[str, Any] = {
        "barnekoordinator_tilstand": T.OPPNEVNT,
        "barnekoordinator_part": ENHET,
        "barnekoordinator": "demo-069",
    }
    with by(tmp_path) as by_:
        side = som(by_, KOORDINATOR, **har).get(f"{HER}/gruppe").text
        assert "Familien har barnekoordinator: Ida Prøve 69, Enhet for psykisk helse Årstad" in side
        tilbudt = som(by_, KOORDINATOR, barnekoordinator_tilstand=T.TILBUDT).get(f"{HER}/gruppe").text
        assert "Familien har fått tilbud om barnekoordinator" in tilbudt
