"""A crisis plan in levels over HTTP, its use, and what came of it: who may, and what everybody has been given after."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.test_api_i_tjenestene import (
    ACT,
    ENHET,
    HEMMELIG,
    PAM,
    PLAN,
    Her,
    fulgt,  # noqa: F401 - a fixture
    her,  # noqa: F401 - a fixture
)

I_NIVÅER: dict[str, Any] = {
    "tegn_og_tiltak": {
        "gule_tegn": ["Sover lite"],
        "gule_tiltak": [{"hva": "Gå en tur", "hvem": "Søster", "naar": "samme dag", "hvordan": "rolig"}],
        "hjulpet": ["Ro rundt seg"],
    },
    "roedt_nivaa": {"tegn": ["Svarer ikke"], "tiltak": [{"hva": "Ring ACT"}], "moetes": "Snakk rolig"},
    "kontakter": [{"navn": "N", "telefon": "1", "naar": "hele døgnet", "rolle": "søster"}],
    "innleggelse": {"sted": "DPS", "uoensket": "Tvang"},
    "barn": {"hvem_tar_barna": "Mormor", "barneansvarlig": "Prøve"},
    "hjem_og_oekonomi": {"dyr": "Katten"},
}
FELT = ("tegn_og_tiltak", "roedt", "kontakter", "innleggelsesoensker", "barna", "hjem")


def plan(sak: Her, part: str) -> Any:
    return next(iter(sak.rom.utsnitt("kriseplan", part).values()))


def åpne(sak: Her, verdi: Any) -> Any:
    return sak.rom.inst.engines["kriseplan"].look(lambda tx: tx.open(verdi))


def lag(sak: Her, deler: Any = I_NIVÅER, sti: str = "plan", **annet: Any) -> None:
    sak.ok(f"kriseplan/personer/{{p}}/{sti}", {"medvirkning": ["pasient"], "deler": deler, **annet}, som=ACT)


def samtykk(sak: Her, part: str, *deler: str) -> None:
    sak.ok("ansvarsgruppe/personer/{p}/samtykker", {"part": part, "formaal": "akutt_hjelp", "deler": deler}, som=ENHET)


BRUK = {"av": "demo-109", "nivaa": "ROEDT"}
BRUK_HER = "kriseplan/personer/{p}/plan/bruk"


def test_every_part_is_kept_in_levels_as_it_was_said(fulgt: Her) -> None:  # noqa: F811
    lag(fulgt)
    view = plan(fulgt, ACT)
    assert all(getattr(view, felt) is not None for felt in FELT)
    tegn, rødt = åpne(fulgt, view.tegn_og_tiltak), åpne(fulgt, view.roedt)
    (tiltak,) = tegn.gule_tiltak
    assert (tegn.gule_tegn, tiltak.hva, tiltak.hvem, tiltak.naar) == (
        ("Sover lite",),
        "Gå en tur",
        "Søster",
        "samme dag",
    )
    assert (rødt.tegn, rødt.moetes, rødt.tiltak[0].hva) == (("Svarer ikke",), "Snakk rolig", "Ring ACT")
    assert åpne(fulgt, view.kontakter).kontakter[0].rolle == "søster"
    assert åpne(fulgt, view.barna).hvem_tar_barna == "Mormor"


def test_a_part_of_mere_text_stands_until_it_is_written_in_levels(fulgt: Her) -> None:  # noqa: F811
    lag(fulgt, {"roedt_nivaa": HEMMELIG, "barn": HEMMELIG})
    lag(fulgt, {"roedt_nivaa": I_NIVÅER["roedt_nivaa"]}, "plan/revider")
    view = plan(fulgt, ACT)
    assert (view.roedt_nivaa, view.roedt is None, view.barn is None, view.barna) == (None, False, False, None)
    lag(fulgt, {"roedt_nivaa": None}, "plan/revider")
    assert (plan(fulgt, ACT).roedt_nivaa, plan(fulgt, ACT).roedt) == (None, None)


def test_hpl_25_an_author_changes_no_part_that_the_person_opposes_that_it_knows(fulgt: Her) -> None:  # noqa: F811
    lag(fulgt)
    fulgt.ok("ansvarsgruppe/personer/{p}/sperringer", {"part": ACT, "deler": ["kriseplan.barn"]}, som=ENHET)
    sti, ny = "kriseplan/personer/{p}/plan/revider", {"medvirkning": ["pasient"], "deler": {"barn": HEMMELIG}}
    assert fulgt.post(sti, ny, som=ACT).status_code == 403
    lag(fulgt, {"roedt_nivaa": HEMMELIG}, "plan/revider")
    assert åpne(fulgt, plan(fulgt, ENHET).barna).hvem_tar_barna == "Mormor"


def test_the_emergency_clinic_uses_the_plan_by_consent_alone_and_the_others_are_told(fulgt: Her) -> None:  # noqa: F811
    lag(fulgt)
    samtykk(fulgt, PAM, "kriseplan.roedt_nivaa")
    fulgt.ok(BRUK_HER, {**BRUK, "virket": HEMMELIG}, som=PAM)
    for part in (ACT, ENHET):
        view = plan(fulgt, part)
        (bruk,) = view.bruk
        assert (bruk.part, bruk.av, bruk.nivaa.value, åpne(fulgt, view.erfaring).virket) == (
            PAM, "demo-109", "ROEDT", HEMMELIG,
        )  # fmt: skip
        assert "LES_BRUKT_KRISEPLAN" in {o.slag.value for o in view.oppgaver}
    assert [b.part for b in plan(fulgt, PAM).bruk] == [PAM]
    assert plan(fulgt, PAM).oppgaver == ()


@pytest.mark.parametrize("deler", [(), ("kriseplan.kontakter",)])
def test_who_has_not_the_level_cannot_use_it_and_is_told_why(fulgt: Her, deler: tuple[str, ...]) -> None:  # noqa: F811
    lag(fulgt)
    if deler:
        samtykk(fulgt, PAM, *deler)
    svar = fulgt.post(BRUK_HER, BRUK, som=PAM)
    assert (svar.status_code, svar.json()["rule"]) == (409, "kriseplan.deling")
    assert "samtykke" in svar.json()["detail"]


def test_what_came_of_it_is_told_by_who_used_it_by_authors_and_by_nobody_else(fulgt: Her) -> None:  # noqa: F811
    lag(fulgt)
    samtykk(fulgt, PAM, "kriseplan.*")
    fulgt.ok(BRUK_HER, {"av": "demo-102", "nivaa": "GULT"}, som=ACT)
    her_ = f"{BRUK_HER}/{plan(fulgt, ACT).bruk[0].bruk_ref}/evaluer"
    erfart = {"virket": "Turen", "virket_ikke": "Mas"}
    assert fulgt.post(her_, {"av": "demo-109", **erfart}, som=PAM).status_code == 409
    fulgt.ok(her_, {"av": "demo-069", **erfart}, som=ENHET)
    view = plan(fulgt, ACT)
    assert view.bruk[0].evaluert is not None
    assert åpne(fulgt, view.evaluering).virket_ikke == "Mas"
    fulgt.ok(her_, {"av": "demo-102", "virket": "Ro"}, som=ACT)
    view = plan(fulgt, ACT)
    assert [(e.av, åpne(fulgt, view.fortalt[e.fortalt]).virket) for e in view.erfaringer] == [
        ("demo-102", "Ro"),
        ("demo-069", "Turen"),
    ], "both stand"
    assert fulgt.post(her_, {"av": "demo-102"}, som=ACT).status_code == 400, "nothing is told"


def test_the_user_works_in_the_unit_that_asks(fulgt: Her) -> None:  # noqa: F811
    lag(fulgt)
    assert fulgt.post(BRUK_HER, {"av": "demo-109", "nivaa": "ROEDT"}, som=ACT).status_code >= 400
    assert plan(fulgt, ACT).bruk == ()


MANGE = [{"navn": "å" * 100, "telefon": "1"}] * 40


@pytest.mark.parametrize(
    "deler", [{"barn": {"hva_de_vet": "å" * 2500}}, {"barn": "å" * 2500}, {"kontakter": MANGE}], ids=str
)
def test_a_part_that_says_more_than_fits_is_refused(fulgt: Her, deler: dict[str, Any]) -> None:  # noqa: F811
    svar = fulgt.post("kriseplan/personer/{p}/plan", {**PLAN, "deler": deler}, som=ACT)
    assert svar.status_code == 422
    assert "å" * 20 not in svar.text


def test_a_plan_of_six_whole_parts_that_is_shared_used_and_told_of_fits_its_record(fulgt: Her) -> None:  # noqa: F811
    full = "å" * 2400
    lag(fulgt, {
        "tegn_og_tiltak": {"utloesende": [full]}, "roedt_nivaa": {"annet": full}, "barn": full,
        "kontakter": MANGE[:20], "innleggelse": {"annet": full}, "hjem_og_oekonomi": {"annet": full},
    })  # fmt: skip
    for part in (PAM, "dps-kronstad", "fastlege", "bup"):
        samtykk(fulgt, part, "kriseplan.*")
    for _ in range(7):
        lag(fulgt, {}, "plan/revider")
        fulgt.ok(
            BRUK_HER, {"av": "demo-102", "nivaa": "ROEDT", "virket": "å" * 1000, "virket_ikke": "x" * 500}, som=ACT
        )
    view = plan(fulgt, ENHET)
    assert (view.versjon, len(view.kopier), len(view.bruk)) == (8, 30, 7)


def test_the_day_on_which_it_is_gone_through_is_told_to_all_who_have_it(fulgt: Her) -> None:  # noqa: F811
    svar = fulgt.post("kriseplan/personer/{p}/plan", {**PLAN, "revideres": "2030-01-01"}, som=ACT)
    assert (svar.status_code, svar.json()["rule"]) == (409, "kriseplan.revisjonsdato")
    lag(fulgt)
    assert plan(fulgt, ACT).revideres is not None
