"""Identity numbers, each judged as what it is declared to be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.samhandling.plo.identitet import er_testnummer, fødselsdato, kontroller, syntetiske_numre
from tests.meldinger import FØDT, syntetisk

DATOER = st.dates(min_value=date(1900, 1, 1), max_value=date(2039, 12, 31))


def regel(nummer: str, type_: str, *, utsteder: str = "", født: date | None = None, test: bool = True) -> str | None:
    funn = kontroller(nummer, type_, utsteder, tillat_testnummer=test, født=født)
    return None if funn is None else funn.regel


@pytest.mark.parametrize("tillegg", [80, 65, 40])
@pytest.mark.parametrize("type_", ["FNR", "DNR"])
def test_a_number_of_each_test_series_passes_only_where_test_numbers_do(type_: str, tillegg: int) -> None:
    nummer = syntetisk(type_=type_, tillegg=tillegg)
    assert er_testnummer(nummer, type_)
    assert regel(nummer, type_) is None
    assert regel(nummer, type_, test=False) == "testnummer"


@given(DATOER, st.sampled_from(["FNR", "DNR"]), st.sampled_from([80, 65, 40]))
def test_every_test_number_holds_the_birth_date_it_was_made_for(født: date, type_: str, tillegg: int) -> None:
    numre = list(syntetiske_numre(født, type_=type_, tillegg=tillegg))
    assert len(numre) > 100
    assert {fødselsdato(nummer, type_) for nummer in numre} == {født}
    assert regel(numre[0], type_, født=født) is None


@given(st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_found(plass: int, tillegg: int) -> None:
    nummer = syntetisk()
    siffer = str((int(nummer[plass]) + tillegg) % 10)
    feil = nummer[:plass] + siffer + nummer[plass + 1 :]
    assert regel(feil, "FNR") == "identitetsnummer"


@pytest.mark.parametrize("nummer", ["", "1", "abcdefghijk", "1234567890", "123456789012", "٠٥٨٦٨٧٠٠٠٠٠", " " * 11])
@pytest.mark.parametrize("type_", ["FNR", "DNR", "HNR", "FHN", "DUF"])
def test_what_is_not_a_number_of_its_type_is_refused(nummer: str, type_: str) -> None:
    assert regel(nummer, type_, utsteder="HER:1") == "identitetsnummer"


def test_a_d_number_declared_as_a_birth_number_is_refused_and_the_other_way_round() -> None:
    assert regel(syntetisk(type_="DNR"), "FNR") == "identitetsnummer"
    assert regel(syntetisk(type_="FNR"), "DNR") == "identitetsnummer"


def test_month_plus_40_is_an_ordinary_h_number_when_declared_as_one() -> None:
    nummer = syntetisk(type_="HNR", tillegg=40)
    assert regel(nummer, "HNR", utsteder="HER:9000200", født=FØDT, test=False) is None
    assert regel(nummer, "FNR", test=False) == "testnummer"


def test_an_h_number_without_its_issuer_is_refused() -> None:
    assert regel(syntetisk(type_="HNR", tillegg=40), "HNR") == "hjelpenummer-uten-utsteder"


def test_a_synthetic_birth_number_is_no_h_number() -> None:
    assert regel(syntetisk(tillegg=80), "HNR", utsteder="HER:1") == "identitetsnummer"


@pytest.mark.parametrize("type_", ["FNR", "DNR", "HNR"])
def test_a_birth_date_that_disagrees_with_the_number_is_found(type_: str) -> None:
    nummer = syntetisk(type_=type_, tillegg=40 if type_ == "HNR" else 80)
    assert regel(nummer, type_, utsteder="HER:1", født=FØDT) is None
    assert regel(nummer, type_, utsteder="HER:1", født=date(1987, 6, 6)) == "foedselsdato-uenig"


def med_kontrollsifre(ni: str) -> str | None:
    k1 = -sum(v * int(s) for v, s in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), ni, strict=True)) % 11
    k2 = -sum(v * int(s) for v, s in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), f"{ni}{k1}", strict=False)) % 11
    return f"{ni}{k1}{k2}" if k1 < 10 and k2 < 10 else None


@given(st.from_regex(r"[89][0-9]{8}", fullmatch=True))
def test_a_common_help_number_begins_with_8_or_9_and_has_check_digits(ni: str) -> None:
    nummer = med_kontrollsifre(ni)
    if nummer is not None:
        assert regel(nummer, "FHN", test=False) is None
        assert fødselsdato(nummer, "FHN") is None
        assert regel(nummer[:-1] + str((int(nummer[-1]) + 1) % 10), "FHN") == "identitetsnummer"


def test_a_common_help_number_that_begins_otherwise_is_refused() -> None:
    assert regel(syntetisk(), "FHN") == "identitetsnummer"


@given(st.integers(1990, 2030), st.integers(0, 999_999))
def test_a_duf_number_has_two_check_digits_after_year_and_serial(år: int, løpenummer: int) -> None:
    ti = f"{år}{løpenummer:06}"
    rest = sum(v * int(s) for v, s in zip((4, 6, 3, 2, 4, 6, 3, 2, 7, 5), ti, strict=True)) % 11
    assert regel(f"{ti}{rest:02}", "DUF") is None
    assert regel(f"{ti}{(rest + 1) % 11:02}", "DUF") == "identitetsnummer"


def test_a_type_that_we_do_not_know_is_not_judged() -> None:
    assert regel("hva som helst", "XXX") is None


def test_no_finding_holds_the_number() -> None:
    funn = kontroller("12345678901", "FNR", "", tillat_testnummer=True)
    assert funn is not None
    assert "12345678901" not in repr(funn)
