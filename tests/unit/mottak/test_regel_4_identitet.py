"""Intake rule 4: who a message is about. Exact numbers only; a guess is never merged, and waits for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.envelope import Actor
from services.samhandling import person
from services.samhandling.mottak import Mottaksresultat
from services.samhandling.planer import avgjør_treff
from services.samhandling.plo.melding import Ident
from services.samhandling.plo.skriv import lag_innlagt
from tests.meldinger import FØDT, PASIENT, person_id, syntetisk
from tests.rom import HELE_BERGEN, Rom, rom
from tests.unit.mottak.spor import MOTTAKER, NÅ, poster, svar_i, vist, åpnet
from tests.unit.samhandling.meldinger import ANNEN_KOMMUNE, sending

FNR, ANNET_FNR = syntetisk(), syntetisk(nr=1)
DNR = syntetisk(type_="DNR")
HNR = syntetisk(type_="HNR", tillegg=40)
KOORDINERENDE = Actor("koordinerende-enhet", "bergen-kommune", "koordinerende-enhet")
_NR = iter(range(1, 1000))


def tatt_imot(her: Rom, *identer: Ident, **annet: Any) -> Mottaksresultat:
    """An admission of somebody with these numbers, at a time of its own."""
    nr, avsender = next(_NR), annet.pop("avsender", None)
    pasient = replace(PASIENT, identer=identer, **annet)
    fra = {"avsender": avsender} if avsender is not None else {}
    return her.melding(lag_innlagt(sending(nr, NÅ, pasient=pasient, **fra), tid=NÅ), NÅ)


def personer(her: Rom) -> list[str]:
    """Every person that has been registered."""
    return [post.envelope.stream for post in poster(her, "PersonRegistrert")]


def hos(her: Rom, resultat: Mottaksresultat) -> str | None:
    """Whose a message is."""
    (post,) = [p for p in poster(her, "MeldingMottatt") if p.envelope.stream == resultat.melding_ref]
    return post.envelope.person_ref


def tvil(her: Rom) -> list[tuple[str, str]]:
    """The doubtful matches that were raised: (person, the one it may be)."""
    return [(post.envelope.stream, post.event.kandidat) for post in poster(her, "TvilsomtTreffMeldt")]


def tilstand(her: Rom, ref: str) -> person.Person:
    state: person.Person = her.inst.engines["samhandling"].look(lambda tx: tx.state(person.TOPIC, ref))
    return state


GODTAS = {
    "fødselsnummer of the +80 series": (person_id(FNR),),
    "fødselsnummer of the +40 series": (person_id(syntetisk(tillegg=40)),),
    "fødselsnummer of the +65 series": (person_id(syntetisk(tillegg=65)),),
    "D-number": (person_id(DNR, "DNR"),),
    "H-number with its issuer": (person_id(HNR, "HNR"),),
    "several at once": (person_id(FNR), person_id(DNR, "DNR"), person_id(HNR, "HNR")),
}


@pytest.mark.parametrize("navn", GODTAS)
def test_rule_4_every_kind_of_number_is_taken_in_and_leads_to_the_same_person_again(her: Rom, navn: str) -> None:
    identer = GODTAS[navn]
    første = tatt_imot(her, *identer)
    igjen = [tatt_imot(her, ident) for ident in identer]
    assert [r.outcome for r in (første, *igjen)] == ["positive"] * (1 + len(identer))
    assert {hos(her, r) for r in (første, *igjen)} == set(personer(her))
    assert len(personer(her)) == 1
    (post,) = poster(her, "PersonRegistrert")
    (vist_person,) = vist(her, MOTTAKER, "PersonUtsnitt")
    assert åpnet(her, vist_person.personalia).etternavn == PASIENT.etternavn
    assert post.envelope.stream not in (FNR, DNR, HNR)


def test_rule_4_a_birth_date_and_an_h_number_alone_are_enough(her: Rom) -> None:
    resultat = tatt_imot(her, person_id(HNR, "HNR"), født=FØDT)
    assert (resultat.outcome, len(personer(her))) == ("positive", 1)


def test_rule_4_an_h_number_is_somebody_else_with_another_issuer(her: Rom) -> None:
    pam = tatt_imot(her, person_id(HNR, "HNR"), etternavn="Prøvesen En")
    annen = tatt_imot(her, person_id(HNR, "HNR"), etternavn="Prøvesen To", avsender=ANNEN_KOMMUNE)
    igjen = tatt_imot(her, person_id(HNR, "HNR"), etternavn="Prøvesen En")
    assert hos(her, pam) == hos(her, igjen) != hos(her, annen)
    assert len(personer(her)) == 2
    assert tvil(her) == []


def test_rule_4_an_h_number_without_anybody_who_issued_it_is_refused(her: Rom) -> None:
    ukjent = replace(ANNEN_KOMMUNE, organisasjon=replace(ANNEN_KOMMUNE.organisasjon, identer=(Ident("1", "XXX"),)))
    resultat = tatt_imot(her, person_id(HNR, "HNR"), avsender=replace(ukjent, enhet=None))
    assert resultat.outcome == "negative"
    assert [g.kode for g in resultat.reasons] == ["E31"]
    assert "utsteder" in resultat.reasons[0].tekst


@pytest.mark.parametrize("type_", ["FNR", "HNR"])
def test_rule_4_the_declared_type_decides_which_check_applies(tmp_path: Path, type_: str) -> None:
    with rom(tmp_path, NÅ, oppsett=replace(HELE_BERGEN, tillat_testnummer=False)) as her:
        resultat = tatt_imot(her, person_id(HNR, type_))
    assert resultat.outcome == {"FNR": "negative", "HNR": "positive"}[type_]


@pytest.mark.parametrize("tillegg", [80, 65, 40])
def test_rule_4_synthetic_numbers_are_refused_when_the_configuration_says_so(tmp_path: Path, tillegg: int) -> None:
    with rom(tmp_path, NÅ, oppsett=replace(HELE_BERGEN, tillat_testnummer=False)) as her:
        resultat = tatt_imot(her, person_id(syntetisk(tillegg=tillegg)))
        assert personer(her) == []
    assert resultat.outcome == "negative"
    assert [g.kode for g in resultat.reasons] == ["E31"]
    assert "testnummer" in resultat.reasons[0].tekst


# -- one person by two numbers --------------------------------------------------------------------------------------


def test_rule_4_a_known_number_and_a_new_one_in_one_message_are_one_person_from_then_on(her: Rom) -> None:
    første = tatt_imot(her, person_id(HNR, "HNR"))
    begge = tatt_imot(her, person_id(FNR), person_id(HNR, "HNR"))
    bare_nytt = tatt_imot(her, person_id(FNR))
    assert len(personer(her)) == 1
    assert {hos(her, r) for r in (første, begge, bare_nytt)} == set(personer(her))
    assert [post.event.type for post in poster(her, "IdentitetKnyttet")] == ["HNR", "FNR"]
    assert tvil(her) == []


def test_rule_4_another_number_alone_is_a_person_of_its_own_and_the_likeness_waits_for_somebody(her: Rom) -> None:
    kjent = tatt_imot(her, person_id(FNR))
    lik = tatt_imot(her, person_id(DNR, "DNR"))
    gammel, ny = personer(her)
    assert (hos(her, kjent), hos(her, lik)) == (gammel, ny)
    assert tvil(her) == [(ny, gammel)]
    assert set(tilstand(her, ny).tvilsomme) == {gammel}
    assert poster(her, "PersonerSlaattSammen") == []
    assert any("registrert her fra før" in advarsel for advarsel in lik.warnings)
    assert svar_i(lik).status == "1"


def test_rule_4_a_doubt_is_settled_by_a_person_and_by_nothing_that_comes_later(her: Rom) -> None:
    tatt_imot(her, person_id(FNR))
    tatt_imot(her, person_id(DNR, "DNR"))
    gammel, ny = personer(her)
    igjen = tatt_imot(her, person_id(DNR, "DNR"), avsender=ANNEN_KOMMUNE)
    assert hos(her, igjen) == ny
    her.gjør("samhandling", avgjør_treff(ny, gammel, "snakket_med_personen", KOORDINERENDE, samme=True))
    etter = tatt_imot(her, person_id(DNR, "DNR"))
    assert (hos(her, etter), tilstand(her, ny).slått_inn_i) == (gammel, gammel)


def test_rule_4_when_a_person_says_that_they_are_two_they_stay_two(her: Rom) -> None:
    tatt_imot(her, person_id(FNR))
    tatt_imot(her, person_id(DNR, "DNR"))
    gammel, ny = personer(her)
    her.gjør("samhandling", avgjør_treff(ny, gammel, "snakket_med_personen", KOORDINERENDE, samme=False))
    assert [p.event.grunn for p in poster(her, "TvilsomtTreffAvgjort")] == ["snakket_med_personen"]
    etter = tatt_imot(her, person_id(DNR, "DNR"))
    assert hos(her, etter) == ny
    assert set(tilstand(her, ny).tvilsomme) == frozenset()
    assert len(personer(her)) == 2


def test_rule_4_both_numbers_of_two_known_persons_raise_a_doubt_and_merge_nobody(her: Rom) -> None:
    en = tatt_imot(her, person_id(FNR), etternavn="Prøvesen En")
    annen = tatt_imot(her, person_id(DNR, "DNR"), etternavn="Prøvesen To")
    begge = tatt_imot(her, person_id(FNR), person_id(DNR, "DNR"))
    første, andre = personer(her)
    assert (hos(her, en), hos(her, annen), hos(her, begge)) == (første, andre, første)
    assert tvil(her) == [(første, andre)]
    assert poster(her, "PersonerSlaattSammen") == []
    assert begge.outcome == "positive"


def test_rule_4_the_same_name_with_another_birth_date_raises_no_doubt(her: Rom) -> None:
    tatt_imot(her, person_id(FNR))
    født = date(1990, 1, 2)
    tatt_imot(her, person_id(syntetisk(født)), født=født)
    assert (len(personer(her)), tvil(her)) == (2, [])


def test_rule_4_the_likeness_of_a_name_is_found_however_it_is_written(her: Rom) -> None:
    tatt_imot(her, person_id(FNR))
    tatt_imot(her, person_id(ANNET_FNR), etternavn=PASIENT.etternavn.upper())
    assert len(tvil(her)) == 1


def test_rule_4_the_same_doubt_is_raised_once(her: Rom) -> None:
    tatt_imot(her, person_id(FNR), etternavn="Prøvesen En")
    tatt_imot(her, person_id(DNR, "DNR"), etternavn="Prøvesen To")
    for _ in range(2):
        tatt_imot(her, person_id(FNR), person_id(DNR, "DNR"))
    assert len(tvil(her)) == 1
