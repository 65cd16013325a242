"""Somebody under 18, and those with parental responsibility, in every service at once (rules 1.3; pbrl §§3-4, 4-4)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from bindeledd.core.envelope import Actor
from services.felles.tid import lokal_midnatt
from services.samhandling.plo.skriv import lag_innlagt
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import Menneske, aktør, ansvarsgruppe_for, kall_inn, menneske
from tests.unit.samhandling.meldinger import sending, utc

NÅ = utc(2026, 3, 2, 20, 0)
ENHET, ACT, NAV, FORESATT = "enhet-aarstad", "act-kronstad", "nav-aarstad", "foresatt"
FØDT = date(2011, 6, 1)
"""14 years old, and heard."""
INGEN_ROLLE = "the role representant of representant may not do this: samtykke.gi"
FYLLER_16, FYLLER_18 = lokal_midnatt(date(2027, 6, 1)), lokal_midnatt(date(2029, 6, 1))
ET_ØYEBLIKK = timedelta(microseconds=1)
TJENESTER = ("samhandling", "ansvarsgruppe", "kriseplan", "barn_paaroerende")


@contextmanager
def den_unge(mappe: Path, født: date = FØDT) -> Iterator[tuple[Rom, Menneske]]:
    with rom(mappe, NÅ, oppsett=HELE_BERGEN) as her:
        yield her, menneske(her, født, "aarstad", ENHET)


def skriver_ned(her: Rom, hvem: Menneske, slag: str = "foreldreansvar", *deler: str) -> str:
    """The koordinator's unit writes down who speaks for the person. Returns the id."""
    sti = f"ansvarsgruppe/personer/{hvem.ref}/talspersoner"
    her.be(aktør(ENHET, "talsperson.skriv"), sti, slag=slag, navn="Syntetisk Mor", deler=deler)
    return str([p for p in her.logg("ansvarsgruppe") if p.navn == "TalspersonRegistrert"][-1].event.talsperson_id)


def har(her: Rom, part: str = FORESATT) -> set[str]:
    """The kinds of view that the party has now."""
    return {type(view).__name__ for tjeneste in TJENESTER for view in her.utsnitt(tjeneste, part).values()}


def svart(her: Rom, part: str) -> dict[str, str]:
    """Who is summoned to the meeting, and what each has answered, as a party sees it."""
    (møtet,) = [v for v in her.utsnitt("ansvarsgruppe", part).values() if type(v).__name__ == "MoeteUtsnitt"]
    return {deltaker.part: deltaker.svar.value for deltaker in møtet.deltakere}


def spør(her: Rom, hvem: Menneske, av: str, sti: str, **kropp: object) -> str:
    """What somebody of a party asks for: '' when it was done, else the rule that refused it, or the words where it was
    none."""
    svar = her.vei.be("ansvarsgruppe", _som(av, sti), f"/api/ansvarsgruppe/personer/{hvem.ref}/{sti}", kropp)
    her.pump()
    return "" if svar.is_success else str(svar.json().get("rule") or svar.json()["detail"])


def _som(part: str, sti: str) -> Actor:
    """Somebody of the party, in a role that may if any of its roles may: the service is to say no, and not the role."""
    hva = next(h for del_, h in HANDLINGER if del_ in sti)
    kan = any(hva in r.may and HELE_BERGEN.parter[part].slag in r.kinds for r in HELE_BERGEN.katalog.roles.values())
    return aktør(part, hva if kan else "")


HANDLINGER = (
    ("/trekk", "samtykke.trekk"), ("/opphev", "sperring.opphev"), ("samtykker", "samtykke.gi"),
    ("sperringer", "sperring.registrer"), ("/representant", "gruppe.representant"),
)  # fmt: skip


def samtykke(*, hørt: bool = True) -> dict[str, object]:
    return {"part": NAV, "formaal": "skole_og_arbeid", "deler": ["plan.finnes"], "barnet_hoert": hørt}


def test_pbrl_4_4_nobody_consents_for_a_child_before_it_is_written_down_who_answers_for_it(tmp_path: Path) -> None:
    with den_unge(tmp_path) as (her, hvem):
        assert spør(her, hvem, ENHET, "samtykker", **samtykke()) == "pbrl §4-4"
        skriver_ned(her, hvem)
        assert spør(her, hvem, ENHET, "samtykker", **samtykke()) == ""
        assert "PlanUtsnitt" in har(her, NAV)


def test_pbrl_4_4_the_parents_consent_and_withdraw_themselves_and_the_child_is_heard_from_12(tmp_path: Path) -> None:
    with den_unge(tmp_path) as (her, hvem):
        skriver_ned(her, hvem)
        assert spør(her, hvem, FORESATT, "samtykker", **samtykke(hørt=False)) == "pbrl §4-4: hørt"
        assert spør(her, hvem, FORESATT, "samtykker", **samtykke()) == ""
        (gitt,) = [p.event for p in her.logg("ansvarsgruppe") if p.navn == "SamtykkeGitt"]
        assert gitt.barnet_hoert
        assert spør(her, hvem, FORESATT, f"samtykker/{gitt.samtykke_id}/trekk") == ""
        assert "PlanUtsnitt" not in har(her, NAV)


def test_pbrl_4_4_a_child_under_12_need_not_be_heard(tmp_path: Path) -> None:
    with den_unge(tmp_path, date(2015, 6, 1)) as (her, hvem):
        skriver_ned(her, hvem)
        assert spør(her, hvem, FORESATT, "samtykker", **samtykke(hørt=False)) == ""


def test_pbrl_3_4_the_parents_read_what_the_child_may_until_16_then_what_the_responsibility_takes_until_18(
    tmp_path: Path,
) -> None:
    with den_unge(tmp_path) as (her, hvem):
        skriver_ned(her, hvem)
        her.melding(lag_innlagt(sending(1, NÅ, pasient=hvem.pasient), tid=NÅ), NÅ)
        assert {"PersonUtsnitt", "OppholdUtsnitt", "PlanUtsnitt", "SamtykkeUtsnitt"} <= har(her)
        her.til(FYLLER_16 - ET_ØYEBLIKK)
        assert "PlanUtsnitt" in har(her)
        her.til(FYLLER_16)
        assert har(her) == {"PersonUtsnitt", "OppholdUtsnitt", "SamtykkeUtsnitt"}
        (opphold,) = [v for v in her.utsnitt("samhandling", FORESATT).values() if type(v).__name__ == "OppholdUtsnitt"]
        assert (opphold.innlagt, opphold.sted is not None) == (NÅ, True)
        assert not {d.del_ for d in opphold.deler if d.deling.value == "DELT"} - {"sted"}
        her.til(FYLLER_18 - ET_ØYEBLIKK)
        assert "OppholdUtsnitt" in har(her)
        her.til(FYLLER_18)
        assert har(her) == set()


def test_pbrl_4_3_who_is_16_answers_for_themself_and_the_parents_no_more(tmp_path: Path) -> None:
    with den_unge(tmp_path) as (her, hvem):
        skriver_ned(her, hvem)
        her.til(FYLLER_16)
        assert spør(her, hvem, FORESATT, "samtykker", **samtykke()) == "hpl §22"
        assert spør(her, hvem, "innbygger", "samtykker", **samtykke(hørt=False)) == ""


def test_pbrl_3_4_what_a_child_of_12_withholds_its_parents_do_not_see_nor_that_it_does_nor_can_they_lift_it(
    tmp_path: Path,
) -> None:
    with den_unge(tmp_path) as (her, hvem):
        skriver_ned(her, hvem)
        assert "PlanUtsnitt" in har(her)
        assert spør(her, hvem, ENHET, "sperringer", part=FORESATT, deler=["plan.finnes"]) == ""
        assert "PlanUtsnitt" not in har(her)
        sagt = [v for v in her.utsnitt("ansvarsgruppe", FORESATT).values() if type(v).__name__ == "SamtykkeUtsnitt"]
        assert [v.sperringer for v in sagt] == [()]
        (sperret,) = [p.event for p in her.logg("ansvarsgruppe") if p.navn == "SperringRegistrert"]
        assert spør(her, hvem, FORESATT, f"sperringer/{sperret.sperring_id}/opphev") == "pbrl §3-4: hvem"
        assert spør(her, hvem, ENHET, f"sperringer/{sperret.sperring_id}/opphev") == ""
        assert "PlanUtsnitt" in har(her)


def test_pbrl_3_4_a_child_under_12_withholds_nothing_from_its_parents(tmp_path: Path) -> None:
    with den_unge(tmp_path, date(2015, 6, 1)) as (her, hvem):
        skriver_ned(her, hvem)
        assert spør(her, hvem, ENHET, "sperringer", part=FORESATT, deler=[]) == "pbrl §3-4: alder"
        assert spør(her, hvem, FORESATT, "sperringer", part=NAV, deler=[]) == ""


def test_pbrl_4_4_what_the_parents_have_ends_when_it_is_taken_back(tmp_path: Path) -> None:
    with den_unge(tmp_path) as (her, hvem):
        mor = skriver_ned(her, hvem)
        sti = f"ansvarsgruppe/personer/{hvem.ref}/talspersoner/{mor}/fratre"
        her.be(aktør(ENHET, "talsperson.skriv"), sti, grunn="ansvaret_er_slutt")
        assert har(her) == set()


def test_rules_2_3_the_parents_are_summoned_with_the_child_and_answer(tmp_path: Path) -> None:
    with den_unge(tmp_path) as (her, hvem):
        skriver_ned(her, hvem)
        gruppen = ansvarsgruppe_for(her, hvem, ENHET, ACT)
        møtet = kall_inn(her, hvem, gruppen, ENHET, NÅ + timedelta(days=3), ACT)
        (innkalt,) = [p.event for p in her.logg("ansvarsgruppe") if p.navn == "AnsvarsgruppemoeteInnkalt"]
        assert {"innbygger", FORESATT} <= set(innkalt.inviterte)
        assert "MoeteUtsnitt" in har(her)
        assert svart(her, ENHET) == {
            "innbygger": "IKKE_SVART",
            ACT: "IKKE_SVART",
            ENHET: "KOMMER",
            FORESATT: "IKKE_SVART",
        }
        her.be(aktør(FORESATT, "gruppe.svar"), f"ansvarsgruppe/moete/{møtet}/svar", kommer=True)
        for part in (ENHET, FORESATT, ACT):
            assert svart(her, part)[FORESATT] == "KOMMER"
        her.be(aktør(FORESATT, "gruppe.svar"), f"ansvarsgruppe/moete/{møtet}/svar", kommer=False)
        assert svart(her, ENHET)[FORESATT] == "KOMMER_IKKE"


def test_pbrl_3_3_a_representative_without_a_group_has_what_the_power_covers_and_is_summoned_by_it(
    tmp_path: Path,
) -> None:
    with den_unge(tmp_path, date(1985, 5, 17)) as (her, hvem):
        skriver_ned(her, hvem, "verge", "opphold.finnes")
        her.melding(lag_innlagt(sending(1, NÅ, pasient=hvem.pasient), tid=NÅ), NÅ)
        assert har(her, "representant") == {"PersonUtsnitt", "OppholdUtsnitt", "SamtykkeUtsnitt"}
        gruppen = ansvarsgruppe_for(her, hvem, ENHET, ACT)
        kall_inn(her, hvem, gruppen, ENHET, NÅ + timedelta(days=3), ACT)
        (innkalt,) = [p.event for p in her.logg("ansvarsgruppe") if p.navn == "AnsvarsgruppemoeteInnkalt"]
        assert "representant" not in innkalt.inviterte
        assert spør(her, hvem, "representant", "samtykker", **samtykke()) == INGEN_ROLLE


def test_pbrl_3_3_whoever_was_chosen_for_everything_and_for_the_group_is_one_person(tmp_path: Path) -> None:
    with den_unge(tmp_path, date(1985, 5, 17)) as (her, hvem):
        skriver_ned(her, hvem, "verge", "plan.*")
        gruppen = ansvarsgruppe_for(her, hvem, ENHET, ACT)
        sti = f"gruppe/{gruppen}/representant"
        assert spør(her, hvem, ENHET, sti, slag="annen", navn="Syntetisk Nabo") == "representant.én"


def test_what_the_parents_have_is_not_what_whoever_the_child_chose_has(tmp_path: Path) -> None:
    with den_unge(tmp_path) as (her, hvem):
        skriver_ned(her, hvem)
        skriver_ned(her, hvem, "annen", "plan.finnes")
        her.melding(lag_innlagt(sending(1, NÅ, pasient=hvem.pasient), tid=NÅ), NÅ)
        assert "OppholdUtsnitt" in har(her)
        assert "OppholdUtsnitt" not in har(her, "representant")
        navn = [len(v.talsnavn) for p in (FORESATT, "representant", ENHET)
                for v in her.utsnitt("ansvarsgruppe", p).values() if type(v).__name__ == "SamtykkeUtsnitt"]  # fmt: skip
        assert navn == [1, 1, 2]


@pytest.mark.parametrize("part", ["hjemmetjeneste-aarstad", NAV, "act-solli", "representant"])
def test_who_speaks_for_a_child_is_told_to_nobody_who_does_not_help(part: str, tmp_path: Path) -> None:
    with den_unge(tmp_path) as (her, hvem):
        skriver_ned(her, hvem)
        her.melding(lag_innlagt(sending(1, NÅ, pasient=hvem.pasient), tid=NÅ), NÅ)
        assert "SamtykkeUtsnitt" not in har(her, part)
