"""A child's case over HTTP, from the question to a child who is helped: each route as whoever does it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.barn_pårørende.tall import STRØM
from tests.meldinger import syntetisk
from tests.stories.folk import menneske
from tests.unit import test_api_i_tjenestene as api
from tests.unit.test_api_i_tjenestene import Her

DPS, HELSESTASJON, SKOLE, SLT = api.DPS, "helsestasjon-aarstad", "skole-aarstad", "slt"
ENHET, KOE = api.ENHET, api.KOE
her, fulgt = api.her, api.fulgt
ANSVARLIG, HELSESYKEPLEIER = "demo-101", "demo-072"
FØDT = date(2016, 4, 5)
BARNET = {
    "fornavn": "Lille", "etternavn": "Prøvesen", "født": FØDT.isoformat(), "nummer": syntetisk(FØDT),
    "behov": api.HEMMELIG,
}  # fmt: skip
UTEN_NUMMER = {navn: verdi for navn, verdi in BARNET.items() if navn != "nummer"}


@pytest.fixture
def sak(fulgt: Her, monkeypatch: pytest.MonkeyPatch) -> Her:
    """The DPS treats the person, in whose barneansvarlig's name it asks."""
    for part, rolle in {DPS: "barneansvarlig", HELSESTASJON: "helsesykepleier", SKOLE: "skolekontakt"}.items():
        monkeypatch.setitem(api.ROLLER, part, rolle)
    (gruppe,) = (ref for ref, v in fulgt.rom.utsnitt("ansvarsgruppe", ENHET).items() if hasattr(v, "medlemmer"))
    fulgt.ok(f"ansvarsgruppe/personer/{{p}}/gruppe/{gruppe}/inviter", {"part": DPS}, som=ENHET)
    monkeypatch.setitem(api.ROLLER, DPS, "dps-behandler")
    fulgt.ok(f"ansvarsgruppe/gruppe/{gruppe}/svar", {"med": True}, som=DPS)
    monkeypatch.setitem(api.ROLLER, DPS, "barneansvarlig")
    return fulgt


def registrer(sak: Her, barnet: Any = BARNET) -> str:
    return str(sak.ok("barn_paaroerende/personer/{p}/barn", barnet, som=DPS)["stream"])


def henvis(sak: Her, barn: str, til: str = HELSESTASJON) -> str:
    tekst = {"stoettebehov": api.HEMMELIG, "kontakt": "Ada, 55 00 00 00", "utdypende": api.HEMMELIG}
    sak.ok(f"barn_paaroerende/barn/{barn}/henvisninger", {"forelder": sak.person, "til": til, **tekst}, som=DPS)
    henvisninger = sak.rom.utsnitt("barn_paaroerende", DPS)[barn].henvisninger
    return str(henvisninger[-1].henvisning_ref)


def test_from_the_question_to_a_child_who_is_helped(sak: Her) -> None:
    sak.ok("barn_paaroerende/personer/{p}/utsett", {"grunn": "for_syk"}, som=DPS)
    barn = registrer(sak)
    assert sak.post("barn_paaroerende/personer/{p}/barn", BARNET, som=DPS).json()["rule"] == "barn.registrert"
    henvisning = henvis(sak, barn)
    sti = f"barn_paaroerende/barn/{barn}"
    sak.ok(f"{sti}/henvisninger/{henvisning}/ta-imot", {"av": HELSESYKEPLEIER}, som=HELSESTASJON)
    sak.ok(f"{sti}/henvisninger/{henvisning}/svar", {"tar_imot": True, "innhold": api.HEMMELIG})
    sak.ok(f"{sti}/henvisninger/{henvisning}/tiltak", {"innhold": api.HEMMELIG})
    (tiltak,) = sak.rom.utsnitt("barn_paaroerende", HELSESTASJON)[barn].tiltak
    sak.ok(f"{sti}/tiltak/{tiltak.tiltak_ref}/avslutt", {"grunn": "gjennomfoert"})
    sak.ok(f"{sti}/hoert", {"innhold": api.HEMMELIG, "skjult_for_foreldre": True}, som=DPS)
    vurdert = {"forelder": sak.person, "av": ANSVARLIG, "utfall": "FOELG_MED", "innhold": api.HEMMELIG}
    sak.ok(f"{sti}/meldeplikt", vurdert)
    assert sak.post(f"{sti}/etterlatt", {"forelder": sak.person, "av": ANSVARLIG}).json()["rule"] == "hpl §10b"
    personen = sak.rom.utsnitt("barn_paaroerende", "innbygger")
    assert [h.til_part for view in personen.values() for h in view.henvisninger] in ([], [HELSESTASJON])


def test_a_held_referral_is_sent_when_the_person_has_said_yes(sak: Her) -> None:
    barn = registrer(sak)
    henvisning = henvis(sak, barn, SKOLE)
    sti = f"barn_paaroerende/barn/{barn}/henvisninger/{henvisning}/send"
    assert sak.post(sti).json()["rule"] == "hpl §22: samtykke"
    samtykke = {"part": SKOLE, "formaal": "oppfoelging", "deler": ["barn.kartlagt"]}
    sak.ok("ansvarsgruppe/personer/{p}/samtykker", samtykke, som=ENHET)
    sak.ok(sti, som=DPS)
    assert barn in sak.rom.utsnitt("barn_paaroerende", SKOLE)


def test_the_same_adults_child_by_name_and_birth_date_is_the_same_child(sak: Her) -> None:
    første = registrer(sak, UTEN_NUMMER)
    assert sak.ok("barn_paaroerende/personer/{p}/barn", UTEN_NUMMER, som=ENHET)["stream"] == første


@pytest.mark.parametrize("samme", [True, False])
def test_another_adults_child_that_only_looks_alike_waits_for_a_person_to_decide(sak: Her, samme: bool) -> None:
    første = registrer(sak, UTEN_NUMMER)
    annen = menneske(sak.rom, date(1988, 2, 3), "aarstad", ENHET)
    ny = sak.ok(f"barn_paaroerende/personer/{annen.ref}/barn", UTEN_NUMMER, som=ENHET)["stream"]
    assert ny != første
    (tvil,) = sak.rom.utsnitt("barn_paaroerende", KOE)[ny].tvil
    assert tvil.kandidat == første
    sak.ok(f"barn_paaroerende/barn/{ny}/tvil", {"kandidat": første, "samme": samme}, som=KOE)
    assert ny not in sak.rom.utsnitt("barn_paaroerende", KOE)
    vist = [p for p in sak.rom.logg("barn_paaroerende") if p.navn == "BarnesakUtsnitt"]
    barna = {sak_: [p.envelope.person_ref for p in vist if p.event.aggregat == sak_][-1] for sak_ in (første, ny)}
    assert (barna[første] == barna[ny]) is samme


@pytest.mark.parametrize("part", [HELSESTASJON, SKOLE, api.ACT, "act-solli", KOE])
def test_a_unit_without_a_part_in_the_case_may_do_nothing_in_it(sak: Her, part: str) -> None:
    barn = registrer(sak)
    hørt = sak.post(f"barn_paaroerende/barn/{barn}/hoert", {}, som=part)
    tvil = sak.post(f"barn_paaroerende/barn/{barn}/tvil", {"kandidat": barn, "samme": True})
    tar = sak.post(f"barn_paaroerende/barn/{barn}/henvisninger/{barn}/ta-imot", {"av": HELSESYKEPLEIER})
    assert {hørt.status_code, tvil.status_code, tar.status_code} == {403}


def test_a_case_that_is_not_there_is_said_to_be_unknown(sak: Her) -> None:
    for sti, kropp in (("hoert", {}), (f"henvisninger/{'0' * 32}/send", None)):
        svar = sak.post(f"barn_paaroerende/barn/{'0' * 32}/{sti}", kropp, som=DPS)
        assert svar.json()["rule"] == "barn.ukjent"


def test_the_figures_have_no_small_ones_and_then_a_number(sak: Her) -> None:
    sagt = []
    for nr in range(5):
        født = date(2016, 4, 6 + nr)
        registrer(sak, BARNET | {"fornavn": f"Prøve {nr}", "født": født.isoformat(), "nummer": syntetisk(født)})
        view = sak.rom.utsnitt("barn_paaroerende", SLT)[STRØM]
        (tall,) = view.tall
        assert view.grunn.setning.endswith("uten at personen kan kjennes igjen (hpl §26).")
        sagt.append((tall.antall, tall.faa))
    assert sagt == [(0, True)] * 4 + [(5, False)]
    poster = [p for p in sak.rom.logg("barn_paaroerende") if p.topic.endswith(f".til.{SLT}")]
    assert len(poster) == 2, "that the number grew from one to four is told by nothing, not even by a record"


def test_nothing_that_is_said_of_a_child_is_in_an_answer(sak: Her) -> None:
    barn = registrer(sak)
    henvis(sak, barn)
    svar = sak.post(f"barn_paaroerende/barn/{barn}/hoert", {"innhold": api.HEMMELIG, "x": api.HEMMELIG}, som=DPS)
    assert svar.status_code == 422
    assert api.HEMMELIG not in svar.text
