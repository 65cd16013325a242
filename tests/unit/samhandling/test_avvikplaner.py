"""Reporting an avvik: about a person, or about nobody; with what shows it (rules 2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.errors import NotAllowed, RuleBroken
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import Loggreferanse
from services.samhandling import tjeneste
from services.samhandling.avvik import avvikplaner
from services.samhandling.avvik.avvik import Besvar, Eskaler, GiTilbakemelding, VærUenig
from services.samhandling.plo.skriv import lag_dialog, lag_innlagt, lag_utskrevet
from tests.dsl import ACT, HJEMMETJENESTE, NAV, NÅ, PAM
from tests.meldinger import PASIENT
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import RAMMER, aktør, enhet, registrer
from tests.unit.samhandling.meldinger import annen_pasient, sending
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


@pytest.mark.parametrize("hva", [
    "an_error_in_a_message_as_a_stay", "an_error_in_a_message_as_the_person", "another_persons_stay",
    "another_persons_message", "a_message_to_others", "none_that_there_is",
])  # fmt: skip
def test_2_5_what_is_pointed_to_is_what_it_says_about_the_person_and_for_the_reporter_to_see(
    her: Rom, hva: str
) -> None:
    ref = str(her.gjør("samhandling", registrer(aktør("koordinerende-enhet"), PASIENT)))
    innlagt_og_ut(her, 1, NÅ)
    om_annen = her.melding(lag_innlagt(sending(3, NÅ, pasient=annen_pasient(4)), tid=NÅ), NÅ)
    egen, annens = (p.envelope.stream for p in her.logg("samhandling") if p.navn == "PasientInnlagt")
    feil = her.melding(lag_dialog(sending(5, NÅ, viser_til=1), "DIALOG_AVVIK", tekst="Syntetisk", tema="1"), NÅ)
    til_koe = enhet("koordinerende-enhet")
    andres = her.melding(lag_dialog(sending(6, NÅ, mottaker=til_koe), "DIALOG_NOTAT", tekst="Syntetisk", tema="1"), NÅ)
    tema, strøm = {
        "an_error_in_a_message_as_a_stay": ("samhandling.opphold", feil.melding_ref),
        "another_persons_stay": ("samhandling.opphold", annens),
        "a_message_to_others": ("samhandling.kvittering", andres.melding_ref),
        "an_error_in_a_message_as_the_person": ("samhandling.person", feil.melding_ref),
        "another_persons_message": ("samhandling.kvittering", om_annen.melding_ref),
        "none_that_there_is": ("samhandling.opphold", "f" * 32),
    }[hva]
    her.til(NÅ + timedelta(days=4))
    sagt = []
    for vist in ((tema, strøm), ("samhandling.opphold", egen)):
        bevis = (Loggreferanse(tema=vist[0], stroem=vist[1], versjon=1),)
        meldt = replace(OM_INGEN, av_part=HJEMMETJENESTE, fakta=replace(OM_INGEN.fakta, bevis=bevis))
        try:
            her.gjør("samhandling", avvikplaner.meld(ref, meldt, aktør(HJEMMETJENESTE), RAMMER))
            sagt.append("")
        except RuleBroken as brutt:
            sagt.append(f"{brutt.rule} {brutt}")
    assert sagt == [f"avvik.bevis {RuleBroken('avvik.bevis', 'Det er vist til noe som ikke står i loggen her')}", ""]


def innlagt_og_ut(her: Rom, nr: int, inn: datetime) -> None:
    """A stay at PAM, of which the home care was told; over when this is done."""
    ut = inn + timedelta(days=2)
    her.melding(lag_innlagt(sending(nr, inn), tid=inn), inn)
    her.melding(lag_utskrevet(sending(nr + 1, ut), tid=ut), ut)


def egne(her: Rom, part: str) -> list[tuple[str | None, str]]:
    """Of each case that a party sees and that is no draft: which stay, and whether the name is shared."""
    sett = [v for v in avvik(her, part) if v.av_part is not None]
    return [(v.fakta.opphold_ref, next(d.deling.value for d in v.deler if d.del_ == "navn")) for v in sett]


def test_2_5_the_ward_is_told_whom_it_is_about_and_which_stay_though_nobody_has_said_which(her: Rom) -> None:
    ref = str(her.gjør("samhandling", registrer(aktør("koordinerende-enhet"), PASIENT)))
    for nr, inn in ((1, NÅ), (3, NÅ + timedelta(days=30))):
        innlagt_og_ut(her, nr, inn)
    første, siste = (p.envelope.stream for p in her.logg("samhandling") if p.navn == "PasientInnlagt")
    her.til(NÅ + timedelta(days=40))
    uten = replace(OM_INGEN, av_part=HJEMMETJENESTE)
    for command, opphold in ((uten, siste), (replace(uten, fakta=replace(uten.fakta, opphold_ref=første)), første)):
        før = egne(her, PAM)
        her.gjør("samhandling", avvikplaner.meld(ref, command, aktør(HJEMMETJENESTE), RAMMER))
        assert [e for e in egne(her, PAM) if e not in før] == [(opphold, "DELT")]


def test_hpl_25_a_unit_where_the_person_never_was_is_not_told_whom_it_is_about(her: Rom) -> None:
    ref = str(her.gjør("samhandling", registrer(aktør("koordinerende-enhet"), PASIENT)))
    innlagt_og_ut(her, 1, NÅ)
    andre = replace(OM_INGEN, av_part=HJEMMETJENESTE, mot_part="act-solli")
    her.gjør("samhandling", avvikplaner.meld(ref, andre, aktør(HJEMMETJENESTE), RAMMER))
    assert egne(her, "act-solli") == [(None, "IKKE_DELT")]
    assert egne(her, HJEMMETJENESTE)[0][0] is None


def test_2_6_a_case_and_the_pattern_that_counts_it_are_of_the_same_area_that_of_the_stay(her: Rom) -> None:
    ref = str(her.gjør("samhandling", registrer(aktør("koordinerende-enhet"), PASIENT)))
    innlagt_og_ut(her, 1, NÅ)
    her.til(NÅ + timedelta(days=4))
    for opphold in (None, next(p.envelope.stream for p in her.logg("samhandling") if p.navn == "PasientInnlagt")):
        fakta = replace(OM_INGEN.fakta, opphold_ref=opphold)
        meldt = replace(OM_INGEN, av_part=HJEMMETJENESTE, mot_part="dps-solli", fakta=fakta)
        sak = str(her.gjør("samhandling", avvikplaner.meld(ref, meldt, aktør(HJEMMETJENESTE), RAMMER)))
        uenig = VærUenig("dps-solli", "x", MELD.hendelse)
        her.gjør("samhandling", avvikplaner.i_saken(sak, uenig, aktør("dps-solli")))
        løftes = Eskaler(HJEMMETJENESTE, "x", MELD.hendelse)
        her.gjør("samhandling", avvikplaner.eskaler(sak, løftes, "Hvem skal varsle?", aktør(HJEMMETJENESTE), RAMMER))
    talt, eskalert = (
        [p.event.dps for p in her.logg("samhandling") if p.navn == navn] for navn in ("AvvikTalt", "AvvikEskalert")
    )
    assert (talt, eskalert) == (["dps-solli", "dps-kronstad"], ["dps-solli", "dps-kronstad"])


def test_the_longest_that_can_be_written_has_room_in_a_view_and_the_latest_of_it_is_shown(her: Rom) -> None:
    lang, kort = (Klartekst(Tekst(tekst="🙂" * tegn)) for tegn in (2000, 1000))
    meldt = replace(OM_INGEN, hendelse=lang, strakstiltak=kort)
    ref = str(her.gjør("samhandling", avvikplaner.meld(None, meldt, aktør(ACT), RAMMER)))
    for _ in range(5):
        her.gjør("samhandling", avvikplaner.i_saken(ref, Besvar(PAM, "demo-109", lang, kort, kort), aktør(PAM)))
    her.gjør("samhandling", avvikplaner.i_saken(ref, GiTilbakemelding(ACT, "demo-102", lang), aktør(ACT)))
    assert [(len(v.innlegg), v.innlegg_eldre) for v in avvik(her, ACT)] == [(2, 3)]


def om_meldingen(her: Rom, ref: str) -> Any:
    """Reported by whom the message came to, about the person that it is about, with it as evidence."""
    (hvem,) = {p.envelope.person_ref for p in her.logg("samhandling") if p.envelope.stream == ref}
    fakta = replace(OM_INGEN.fakta, bevis=(Loggreferanse(tema="samhandling.kvittering", stroem=ref, versjon=1),))
    meldt = replace(OM_INGEN, av_part=HJEMMETJENESTE, fakta=fakta)
    return avvikplaner.meld(hvem, meldt, aktør(HJEMMETJENESTE), RAMMER)


@pytest.mark.parametrize(("kode", "bevis_godtas"), [("1", False), ("2", True), ("9", False)])
def test_2_4_a_dialog_avvik_is_evidence_only_where_it_says_that_information_was_missing(
    her: Rom, kode: str, bevis_godtas: bool
) -> None:
    svar = lag_dialog(sending(5, NÅ, viser_til=1), "DIALOG_AVVIK", tekst="Syntetisk", tema=kode)
    meld = om_meldingen(her, her.melding(svar, NÅ).melding_ref)
    if bevis_godtas:
        assert her.gjør("samhandling", meld)
        return
    with pytest.raises(RuleBroken) as brutt:
        her.gjør("samhandling", meld)
    assert brutt.value.rule == "avvik.meldingsfeil"
    assert "HIS 1151" in str(brutt.value)


def test_2_4_another_message_is_evidence_as_before(her: Rom) -> None:
    ref = her.melding(lag_dialog(sending(5, NÅ), "DIALOG_NOTAT", tekst="Syntetisk", tema="1"), NÅ).melding_ref
    assert her.gjør("samhandling", om_meldingen(her, ref))


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
