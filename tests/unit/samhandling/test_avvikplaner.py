"""Reporting an avvik: about a person, or about nobody; with what shows it (rules 2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.errors import NotAllowed, RuleBroken
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import Loggreferanse
from services.samhandling import avvikplaner, tjeneste
from services.samhandling.avvik import Besvar, GiTilbakemelding
from services.samhandling.plo.skriv import lag_dialog
from tests.dsl import ACT, NAV, NÅ, PAM
from tests.meldinger import PASIENT
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import RAMMER, aktør, registrer
from tests.unit.samhandling.meldinger import sending
from tests.unit.samhandling.test_avvik import FAKTA, MELD

OM_INGEN = replace(MELD, fakta=replace(FAKTA, opphold_ref=None), hendelse=Klartekst(Tekst(tekst="Syntetisk")))
ANDRES = replace(OM_INGEN.fakta, opphold_ref="a" * 32)


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Rom]:
    with rom(tmp_path, NÅ, oppsett=HELE_BERGEN, tjenester=[tjeneste.tjeneste(HELE_BERGEN, TABELL)]) as rommet:
        yield rommet


def avvik(her: Rom, part: str) -> list[Any]:
    return [v for v in her.utsnitt("samhandling", part).values() if type(v).__name__ == "AvvikUtsnitt"]


def test_an_avvik_about_nobody_in_particular_is_seen_by_the_two_parties(her: Rom) -> None:
    her.gjør("samhandling", avvikplaner.meld(None, OM_INGEN, aktør(ACT), RAMMER))
    assert [v.tilstand.value for part in (ACT, PAM) for v in avvik(her, part)] == ["SENDT", "SENDT"]


def test_a_party_outside_the_health_service_reports_none(her: Rom) -> None:
    with pytest.raises(NotAllowed):
        her.gjør("samhandling", avvikplaner.meld(None, replace(OM_INGEN, av_part=NAV), aktør(NAV), RAMMER))


def test_hpl_25_a_unit_that_has_nothing_to_do_with_the_person_reports_nothing_about_them(her: Rom) -> None:
    ref = str(her.gjør("samhandling", registrer(aktør("koordinerende-enhet"))))
    with pytest.raises(NotAllowed):
        her.gjør("samhandling", avvikplaner.meld(ref, OM_INGEN, aktør(ACT), RAMMER))


def test_2_5_evidence_is_a_record_that_stands_in_the_log_and_the_stay_one_that_the_unit_may_know_of(her: Rom) -> None:
    ref = str(her.gjør("samhandling", registrer(aktør("koordinerende-enhet"), PASIENT)))
    bevis = Loggreferanse(tema="samhandling.person", stroem=ref, versjon=her.logg("samhandling")[-1].envelope.version)
    for fakta, regel in (
        (replace(OM_INGEN.fakta, bevis=(replace(bevis, versjon=99),)), "avvik.bevis"), (ANDRES, "avvik.opphold"),
    ):  # fmt: skip
        with pytest.raises(RuleBroken) as brutt:
            her.gjør("samhandling", avvikplaner.meld(None, replace(OM_INGEN, fakta=fakta), aktør(ACT), RAMMER))
        assert brutt.value.rule == regel


def test_the_longest_that_can_be_written_has_room_in_a_view_and_the_latest_of_it_is_shown(her: Rom) -> None:
    lang, kort = (Klartekst(Tekst(tekst="🙂" * tegn)) for tegn in (2000, 1000))
    meldt = replace(OM_INGEN, hendelse=lang, strakstiltak=kort)
    ref = str(her.gjør("samhandling", avvikplaner.meld(None, meldt, aktør(ACT), RAMMER)))
    for _ in range(5):
        her.gjør("samhandling", avvikplaner.i_saken(ref, Besvar(PAM, "demo-109", lang, kort, kort), aktør(PAM)))
    her.gjør("samhandling", avvikplaner.i_saken(ref, GiTilbakemelding(ACT, "demo-102", lang), aktør(ACT)))
    assert [(len(v.innlegg), v.innlegg_eldre) for v in avvik(her, ACT)] == [(2, 3)]


@pytest.mark.parametrize(("kode", "bevis_godtas"), [("1", False), ("2", True), ("9", False)])
def test_2_4_a_dialog_avvik_is_evidence_only_where_it_says_that_information_was_missing(
    her: Rom, kode: str, bevis_godtas: bool
) -> None:
    svar = lag_dialog(sending(5, NÅ, viser_til=1), "DIALOG_AVVIK", tekst="Syntetisk", tema=kode)
    ref = her.melding(svar, NÅ).melding_ref
    fakta = replace(OM_INGEN.fakta, bevis=(Loggreferanse(tema="samhandling.kvittering", stroem=ref, versjon=1),))
    meld = avvikplaner.meld(None, replace(OM_INGEN, fakta=fakta), aktør(ACT), RAMMER)
    if bevis_godtas:
        assert her.gjør("samhandling", meld)
        return
    with pytest.raises(RuleBroken) as brutt:
        her.gjør("samhandling", meld)
    assert brutt.value.rule == "avvik.meldingsfeil"
    assert "HIS 1151" in str(brutt.value)


def test_2_4_another_message_is_evidence_as_before(her: Rom) -> None:
    ref = her.melding(lag_dialog(sending(5, NÅ), "DIALOG_NOTAT", tekst="Syntetisk", tema="1"), NÅ).melding_ref
    fakta = replace(OM_INGEN.fakta, bevis=(Loggreferanse(tema="samhandling.kvittering", stroem=ref, versjon=1),))
    assert her.gjør("samhandling", avvikplaner.meld(None, replace(OM_INGEN, fakta=fakta), aktør(ACT), RAMMER))


def test_2_4_an_error_in_a_message_is_refused_over_http_with_what_to_do_instead(her: Rom) -> None:
    ansatt = next(u.id for u in HELE_BERGEN.katalog.users.values() if any(p.party == ACT for p in u.posts))
    kropp = {
        "av": ansatt, "mot": PAM, "kategori": "DIALOG_AVVIK", "hendelse": "Syntetisk", "hendt": NÅ.isoformat(),
        "oppdaget": NÅ.isoformat(),
    }  # fmt: skip
    svar = her.vei.be("samhandling", aktør(ACT, "avvik.meld"), "/api/samhandling/avvik", kropp)
    assert (svar.status_code, svar.json()["rule"]) == (409, "avvik.meldingsfeil")
    assert "HIS 1151" in svar.json()["detail"]
    assert avvik(her, ACT) == []
