"""What can still be done about somebody who is dead: nothing new is agreed or opened; what has been is written down.

Given a person with a koordinator, a group, a plan and a crisis plan, each act is tried before the death and after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from services.felles.kilder import ER_DØD, KAN_IKKE_LENGER
from services.samhandling.mottak import ta_imot
from services.samhandling.plo.skriv import lag_død
from tests.unit.samhandling.meldinger import sending
from tests.unit.test_api_i_tjenestene import ACT, BRUKERE, DPS, ENHET, FORVALTNING, KOE, NAV, NÅ, Her, fulgt, her
from tests.unit.test_api_i_tjenestene import PLAN as KRISEPLAN
from tests.unit.test_api_plan_og_møte import MØTE, PLAN, REVISJON, TILTAK, gruppen, oppgaver, vist

__all__ = ["fulgt", "her"]  # the fixtures, for pytest

A, K, B = "ansvarsgruppe/personer/{p}", "kriseplan/personer/{p}", "barn_paaroerende/personer/{p}"
SAMTYKKE = {"part": NAV, "formaal": "oppfoelging", "deler": ["plan.finnes"]}
BARN = {"fornavn": "Lille", "etternavn": "Prøvesen", "relasjon": "FORELDER"}


@dataclass(frozen=True, slots=True)
class Handling:
    """An act: who does it, where, and with what. `{g}` stands for the group, `{s}` for an opposition that stands."""

    som: str
    sti: str
    kropp: Any = None


NYE = {
    "samtykke": Handling(ENHET, f"{A}/samtykker", SAMTYKKE),
    "opphevet sperring": Handling(ENHET, A + "/sperringer/{s}/opphev"),
    "koordinator": Handling(ENHET, f"{A}/koordinator", {"part": ACT, "koordinator": BRUKERE[ACT], "grunn": "annet"}),
    "invitasjon": Handling(ENHET, A + "/gruppe/{g}/inviter", {"part": DPS}),
    "ja til en invitasjon": Handling(NAV, "ansvarsgruppe/gruppe/{g}/svar", {"med": True}),
    "representant": Handling(ENHET, A + "/gruppe/{g}/representant", {"slag": "verge", "navn": "Kari Prøvesen"}),
    "møte": Handling(ENHET, A + "/gruppe/{g}/moete", MØTE),
    "nye mål": Handling(ENHET, f"{A}/plan/maal", {"maal": ["nytt"]}),
    "gjennomgang": Handling(ENHET, f"{A}/plan/evaluer", {"revisjon": REVISJON}),
    "tiltak": Handling(ENHET, f"{A}/tiltak", TILTAK),
    "ny versjon av kriseplanen": Handling(ENHET, f"{K}/plan/revider", KRISEPLAN),
    "kriseplan i bruk": Handling(ENHET, f"{K}/plan/bruk", {"av": BRUKERE[ENHET], "nivaa": "ROEDT"}),
}
FORTSATT = {
    "trukket samtykke": Handling(ENHET, A + "/samtykker/{c}/trekk"),
    "sperring": Handling(ENHET, f"{A}/sperringer", {"part": NAV, "deler": []}),
    "nei til en invitasjon": Handling(NAV, "ansvarsgruppe/gruppe/{g}/svar", {"med": False}),
    "ingen representant": Handling(ENHET, A + "/gruppe/{g}/representant", {}),
    "ute av gruppen": Handling(ACT, "ansvarsgruppe/gruppe/{g}/fratre", {"grunn": "annet"}),
    "avsluttet gruppe": Handling(ENHET, A + "/gruppe/{g}/avslutt", {"grunn": "doed"}),
    "avsluttet plan": Handling(ENHET, f"{A}/plan/avslutt", {"grunn": "doed"}),
    "kriseplan trukket tilbake": Handling(ENHET, f"{K}/plan/tilbakekall", {"grunn": "annet"}),
    "hvordan det gikk": Handling(ENHET, K + "/plan/bruk/{b}/evaluer", {"av": BRUKERE[ENHET], "virket": "ro"}),
    "ingen barn": Handling(ENHET, f"{B}/ingen-barn"),
    "etterlatte barn": Handling(ENHET, f"{B}/barn", BARN),
}


@pytest.fixture
def fylt(fulgt: Her) -> dict[str, str]:
    """Refs, by the letter that stands for them: of all that there is before the death."""
    g = gruppen(fulgt)
    fulgt.ok(f"{A}/gruppe/{g}/inviter", {"part": NAV}, som=ENHET)
    fulgt.ok(f"{A}/plan", PLAN, som=ENHET)
    fulgt.ok(f"{K}/plan", KRISEPLAN, som=ENHET)
    fulgt.ok(f"{K}/plan/bruk", {"av": BRUKERE[ENHET], "nivaa": "ROEDT"}, som=ENHET)
    fulgt.ok(f"{A}/samtykker", {**SAMTYKKE, "deler": ["plan.moete"]}, som=ENHET)
    fulgt.ok(f"{A}/sperringer", {"part": FORVALTNING, "deler": ["plan.innhold"]}, som=ENHET)
    (sagt,) = vist(fulgt, ENHET, "SamtykkeUtsnitt")
    (kriseplan,) = fulgt.rom.utsnitt("kriseplan", ENHET).values()
    s, c = sagt.sperringer[0].sperring_id, sagt.samtykker[0].samtykke_id
    return {"g": g, "s": s, "c": c, "b": kriseplan.bruk[0].bruk_ref, "p": fulgt.person}


def dør(her: Her) -> None:
    """A death is told of, to the unit that follows the person."""
    tid = NÅ + timedelta(hours=1)
    ta_imot(her.rom.inst.engines["samhandling"], lag_død(sending(7, tid), tid=NÅ), mottatt=tid)
    her.rom.pump()


def prøv(her: Her, handling: Handling, refs: dict[str, str]) -> Any:
    return her.post(handling.sti.format(**refs), handling.kropp, som=handling.som)


def svarene(her: Her, handlinger: dict[str, Handling], refs: dict[str, str]) -> dict[str, str]:
    """What each act, one after the other, is answered with: what refuses it, or that it is done."""
    alle = {hva: prøv(her, handling, refs) for hva, handling in handlinger.items()}
    return {
        hva: "gjort" if svar.status_code == 200 else svar.json().get("rule", svar.text) for hva, svar in alle.items()
    }


def test_hpl_22_what_is_agreed_with_or_opened_by_the_person_is_refused_after_a_death(
    fulgt: Her, fylt: dict[str, str]
) -> None:
    dør(fulgt)
    assert svarene(fulgt, NYE, fylt) == dict.fromkeys(NYE, "hpl §22")


def test_all_that_is_refused_after_a_death_is_done_while_the_person_lives(fulgt: Her, fylt: dict[str, str]) -> None:
    assert svarene(fulgt, NYE, fylt) == dict.fromkeys(NYE, "gjort")


def test_hpl_10b_what_closes_what_has_been_and_what_is_for_those_left_behind_is_done_after_a_death_too(
    fulgt: Her, fylt: dict[str, str]
) -> None:
    dør(fulgt)
    assert svarene(fulgt, FORTSATT, fylt) == dict.fromkeys(FORTSATT, "gjort")


def test_when_the_death_turns_out_to_be_somebody_elses_everything_can_be_done_again(
    fulgt: Her, fylt: dict[str, str]
) -> None:
    dør(fulgt)
    tid = NÅ + timedelta(hours=2)
    trukket = lag_død(sending(8, tid, status="C", viser_til=7), tid=NÅ)
    ta_imot(fulgt.rom.inst.engines["samhandling"], trukket, mottatt=tid)
    fulgt.rom.pump()
    assert svarene(fulgt, NYE, fylt) == dict.fromkeys(NYE, "gjort")


def test_8431_who_may_not_know_of_the_death_is_refused_without_a_word_of_it(fulgt: Her, fylt: dict[str, str]) -> None:
    dør(fulgt)
    assert prøv(fulgt, NYE["ja til en invitasjon"], fylt).json()["detail"] == KAN_IKKE_LENGER
    assert prøv(fulgt, NYE["møte"], fylt).json()["detail"] == ER_DØD
    assert "død" not in KAN_IKKE_LENGER


def test_intake_12_what_was_agreed_before_a_death_stops_when_the_death_is_told(
    fulgt: Her, fylt: dict[str, str]
) -> None:
    prøv(fulgt, NYE["møte"], fylt)
    prøv(fulgt, NYE["tiltak"], fylt)
    dør(fulgt)
    assert {m.tilstand.value for m in vist(fulgt, ENHET, "MoeteUtsnitt")} == {"AVLYST"}
    assert {t.tilstand.value for t in vist(fulgt, ENHET, "TiltakUtsnitt")} == {"BORTFALT"}
    assert {part: oppgaver(fulgt, part) for part in (ENHET, ACT, NAV)} == {ENHET: set(), ACT: set(), NAV: set()}


def test_minutes_of_what_was_held_before_a_death_are_written_after_it_and_give_nobody_work(
    fulgt: Her, fylt: dict[str, str]
) -> None:
    møte = prøv(fulgt, NYE["møte"], fylt).json()["stream"]
    fulgt.rom.til(NÅ + timedelta(days=3, hours=1))
    fulgt.ok(f"{A}/moete/{møte}/holdt", {"tilstede": [ENHET]}, som=ENHET)
    dør(fulgt)
    med_oppgave = {"maal": "Bra", "oppgaver": [{"part": ACT, "tekst": "Ringe"}]}
    assert fulgt.post(f"{A}/moete/{møte}/referat", med_oppgave, som=ENHET).json()["rule"] == "hpl §22"
    fulgt.ok(f"{A}/moete/{møte}/referat", {"maal": "Bra"}, som=ENHET)
    assert vist(fulgt, ENHET, "TiltakUtsnitt") == []


def test_who_has_nothing_to_do_with_the_person_is_told_nothing_of_a_death(fulgt: Her, fylt: dict[str, str]) -> None:
    dør(fulgt)
    for som in ("act-solli", KOE):
        svar = fulgt.post(f"{A}/samtykker", SAMTYKKE, som=som)
        assert svar.status_code == 403
        assert "død" not in svar.text
