"""Validation against a folder of official schemas."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from services.samhandling.plo.skjema import SkjemaMangler, Skjemasett, last_skjemasett, valider
from services.samhandling.plo.skriv import lag_innlagt
from tests.meldinger import NÅ, med_kode, med_tekst, sending, uten

INNLAGT = lag_innlagt(sending(), tid=NÅ)


def test_a_valid_message_passes_and_an_invalid_one_is_told_where(skjemasett: Skjemasett) -> None:
    assert valider(skjemasett, INNLAGT) == ()
    assert valider(skjemasett, uten(INNLAGT, "MsgId")) == ("linje 2, Sender: SCHEMAV_ELEMENT_CONTENT",)
    assert valider(skjemasett, INNLAGT) == ()


def test_the_content_is_validated_strictly_and_not_only_the_head(skjemasett: Skjemasett) -> None:
    assert any("Anslag" in feil for feil in valider(skjemasett, med_tekst(INNLAGT, "Anslag", "kanskje")))
    assert valider(skjemasett, INNLAGT.replace(b"/2012-04-01", b"/2011-01-01")) != ()


def test_no_value_of_the_message_is_passed_on(skjemasett: Skjemasett) -> None:
    feil = valider(skjemasett, med_kode(med_tekst(INNLAGT, "DateOfBirth", "MERKE"), "TidspunktForHendelse", "MERKE"))
    assert len(feil) >= 2
    assert "MERKE" not in " ".join(feil)


def test_hostile_bytes_are_refused_here_too(skjemasett: Skjemasett) -> None:
    assert valider(skjemasett, b"<!DOCTYPE a><a/>") == ("Meldingen har en DOCTYPE, og det godtas ikke",)


def test_a_folder_without_schemas_says_so(tmp_path: Path) -> None:
    with pytest.raises(SkjemaMangler, match="Oppgi mappen"):
        last_skjemasett([tmp_path])


def test_a_missing_import_is_an_error_and_never_fetched(tmp_path: Path, sample_folder: Path) -> None:
    shutil.copy(sample_folder / "plo-1.6" / "xsd" / "Pasientlogistikk-v1.6.xsd", tmp_path)
    with pytest.raises(SkjemaMangler, match="Legg til eller rett filen"):
        last_skjemasett([tmp_path])


def test_a_schema_file_that_is_not_xml_is_named(tmp_path: Path) -> None:
    (tmp_path / "odelagt.xsd").write_text("<schema")
    with pytest.raises(SkjemaMangler, match=r"odelagt\.xsd"):
        last_skjemasett([tmp_path])
