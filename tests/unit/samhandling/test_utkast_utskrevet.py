"""A discharge without any plan is drafted as an avvik (rules 2.5), whoever is heard first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Tekst
from services.ansvarsgruppe import møte, møteplaner
from services.kriseplan import planer as kriseplan
from services.samhandling import planer as samhandling
from services.samhandling.plo.skriv import lag_innlagt, lag_utskrevet
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import (
    RAMMER,
    Menneske,
    aktør,
    ansvarsgruppe_for,
    enhet,
    kall_inn,
    menneske,
    registrer,
)
from tests.unit.samhandling.meldinger import annen_pasient, sending, utc

FØR, INN, UT = utc(2026, 2, 20, 9, 0), utc(2026, 3, 2, 20, 0), utc(2026, 3, 6, 12, 0)
ENHET, ACT, PAM, KOE = "enhet-aarstad", "act-kronstad", "pam", "koordinerende-enhet"
NY = ("pasient",), {"roedt_nivaa": Klartekst(Tekst(tekst="syntetisk"))}


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Rom]:
    with rom(tmp_path, FØR, oppsett=HELE_BERGEN) as rommet:
        yield rommet


@pytest.fixture
def hvem(her: Rom) -> Menneske:
    """Somebody with a koordinator, admitted to PAM."""
    født = menneske(her, date(1989, 4, 3), "aarstad", ENHET)
    legg_inn(her, født)
    return født


def fra_pam(hvem: Menneske, nr: int, sendt: datetime, **annet: Any) -> Any:
    grunn = sending(nr, sendt, **annet)
    return replace(grunn, pasient=hvem.pasient, avsender=enhet(PAM), mottaker=enhet("hjemmetjeneste-aarstad"))


def legg_inn(her: Rom, hvem: Menneske) -> None:
    her.melding(lag_innlagt(fra_pam(hvem, 1, INN), tid=INN), INN + timedelta(minutes=10))


def ut(hvem: Menneske, **annet: Any) -> bytes:
    return lag_utskrevet(fra_pam(hvem, 2, UT), tid=UT, **annet)


def skriv_ut(her: Rom, hvem: Menneske, **annet: Any) -> None:
    her.melding(ut(hvem, **annet), UT + timedelta(minutes=5))


def utkast(her: Rom) -> list[tuple[str, str | None]]:
    """What is drafted of the discharge, as the koordinator's unit sees it: the state, and towards whom."""
    views = [v for v in her.utsnitt("samhandling", ENHET).values() if type(v).__name__ == "AvvikUtsnitt"]
    return [(v.tilstand.value, v.mot_part) for v in views if v.fakta.kategori.value == "UTSKREVET_UTEN_PLAN"]


def lag_kriseplan(hvem: Menneske) -> tuple[str, Any]:
    return "kriseplan", kriseplan.opprett(hvem.ref, *NY, aktør(ENHET), RAMMER)


ETT_UTKAST = [("UTKAST", PAM)]


def test_2_5_a_discharge_without_any_plan_is_drafted_and_a_crisis_plan_made_afterwards_does_not_undo_it(
    her: Rom, hvem: Menneske
) -> None:
    skriv_ut(her, hvem)
    assert utkast(her) == ETT_UTKAST
    her.til(UT + timedelta(days=1))
    her.gjør(*lag_kriseplan(hvem))
    assert utkast(her) == ETT_UTKAST


def test_2_5_with_a_crisis_plan_that_held_nothing_is_drafted_and_one_that_was_recalled_is_none(
    her: Rom, hvem: Menneske
) -> None:
    her.til(INN + timedelta(days=1))
    her.gjør(*lag_kriseplan(hvem))
    skriv_ut(her, hvem)
    assert utkast(her) == []
    her.til(UT + timedelta(days=3))
    her.gjør("kriseplan", kriseplan.tilbakekall(hvem.ref, "personens_oenske", aktør(ENHET), RAMMER))
    assert utkast(her) == [], "it was recalled after the discharge"


def test_2_5_a_crisis_plan_that_was_recalled_before_the_discharge_is_no_plan(her: Rom, hvem: Menneske) -> None:
    her.gjør(*lag_kriseplan(hvem))
    her.til(INN + timedelta(days=2))
    her.gjør("kriseplan", kriseplan.tilbakekall(hvem.ref, "personens_oenske", aktør(ENHET), RAMMER))
    skriv_ut(her, hvem)
    assert utkast(her) == ETT_UTKAST


def møtet(her: Rom, hvem: Menneske, gruppen: str, når: datetime) -> Callable[[], None]:
    """A meeting of the group is called. Returns how it is called off."""
    ref = kall_inn(her, hvem, gruppen, ENHET, når, ACT)
    avlys = møteplaner.styr(hvem.ref, ref, møte.Avlys("sykdom"), aktør(ENHET))
    return lambda: her.gjør("ansvarsgruppe", avlys)


def test_2_5_a_meeting_that_was_called_in_the_stay_is_enough_whenever_it_is_to_be(her: Rom, hvem: Menneske) -> None:
    her.til(INN + timedelta(days=2))
    møtet(her, hvem, ansvarsgruppe_for(her, hvem, ENHET, ACT), UT + timedelta(days=7))
    skriv_ut(her, hvem)
    assert utkast(her) == []


def test_2_5_a_meeting_that_was_called_off_or_called_too_late_is_not(her: Rom, hvem: Menneske) -> None:
    her.til(INN + timedelta(days=1))
    gruppen = ansvarsgruppe_for(her, hvem, ENHET, ACT)
    avlys = møtet(her, hvem, gruppen, UT + timedelta(days=7))
    her.til(INN + timedelta(days=2))
    avlys()
    skriv_ut(her, hvem)
    assert utkast(her) == ETT_UTKAST
    her.til(UT + timedelta(days=1))
    møtet(her, hvem, gruppen, UT + timedelta(days=7))
    assert utkast(her) == ETT_UTKAST


def test_2_5_a_meeting_that_was_over_before_the_stay_is_not(her: Rom) -> None:
    hvem = menneske(her, date(1989, 4, 3), "aarstad", ENHET)
    møtet(her, hvem, ansvarsgruppe_for(her, hvem, ENHET, ACT), INN - timedelta(days=3))
    legg_inn(her, hvem)
    skriv_ut(her, hvem)
    assert utkast(her) == ETT_UTKAST


def test_2_5_a_plan_that_we_are_told_of_too_late_takes_the_draft_with_it(her: Rom, hvem: Menneske) -> None:
    her.klokke.now = UT - timedelta(hours=1)
    tjenesten, plan = lag_kriseplan(hvem)
    her.inst.engines[tjenesten].command(plan)
    her.klokke.now = UT + timedelta(minutes=5)
    her.vei.ta_imot(ut(hvem))
    laget = [p.event.fakta.kategori.value for p in her.logg("samhandling") if p.navn == "AvvikUtkastLaget"]
    assert laget[-1] == "UTSKREVET_UTEN_PLAN", "the plan had not been told yet"
    her.pump()
    assert utkast(her) == []
    assert [p.event.av for p in her.logg("samhandling") if p.navn == "AvvikUtkastForkastet"] == [None]


def test_2_5_where_nobody_followed_the_person_up_nobody_could_have_planned(her: Rom) -> None:
    pasient = annen_pasient(3)
    hvem = Menneske(str(her.gjør("samhandling", registrer(aktør(KOE), pasient))), pasient)
    legg_inn(her, hvem)
    skriv_ut(her, hvem)
    her.til(UT + timedelta(days=1))
    ansatt = next(u.id for u in HELE_BERGEN.katalog.users.values() if any(p.party == ENHET for p in u.posts))
    oppnevner = aktør(KOE, "plan.koordinator")
    her.be(oppnevner, f"ansvarsgruppe/personer/{hvem.ref}/koordinator", part=ENHET, koordinator=ansatt)
    assert utkast(her) == []


def test_2_5_somebody_who_died_was_not_discharged_without_a_plan(her: Rom, hvem: Menneske) -> None:
    skriv_ut(her, hvem, uttilstand="2")
    assert utkast(her) == []


def test_2_5_a_discharge_that_is_told_after_a_death_in_another_stay_is_drafted_once(her: Rom, hvem: Menneske) -> None:
    """The stay learns of the discharge and that the death was not its end at once: each of the two asks for a draft."""
    andre = replace(fra_pam(hvem, 4, INN + timedelta(days=1)), avsender=enhet("dps-kronstad"))
    inn, dør = INN + timedelta(days=1), INN + timedelta(days=2)
    her.melding(lag_innlagt(andre, tid=inn), inn)
    dødsfall = replace(fra_pam(hvem, 5, dør), avsender=enhet("dps-kronstad"))
    her.melding(lag_utskrevet(dødsfall, tid=dør, uttilstand="2"), dør)
    kjent = [p for p in her.logg("samhandling") if p.navn == "DoedsfallKjent"]
    før = INN + timedelta(hours=12)
    her.melding(lag_utskrevet(fra_pam(hvem, 2, før), tid=før), INN + timedelta(days=3))
    assert len([p for p in her.logg("samhandling") if p.navn == "DoedsfallKjent"]) == len(kjent) + 1
    assert utkast(her) == ETT_UTKAST
    assert [viser_til(her, utkastet) for utkastet in laget(her)] == ["PasientUtskrevet"]


def laget(her: Rom) -> list[Any]:
    """Each time that a discharge was drafted."""
    alle = [p.event for p in her.logg("samhandling") if p.navn == "AvvikUtkastLaget"]
    return [event for event in alle if event.fakta.kategori.value == "UTSKREVET_UTEN_PLAN"]


def viser_til(her: Rom, utkastet: Any) -> str:
    """What the record is that a draft gives as evidence."""
    (bevis,) = utkastet.fakta.bevis
    (post,) = [
        p for p in her.logg("samhandling") if (p.envelope.stream, p.envelope.version) == (bevis.stroem, bevis.versjon)
    ]  # fmt: skip
    return str(post.navn)


def test_2_5_a_draft_that_something_else_brought_shows_the_message_that_told_of_the_discharge(
    her: Rom, hvem: Menneske
) -> None:
    """A plan that was recalled in time, told of too late: nothing new is written of the stay."""
    her.til(INN + timedelta(days=1))
    her.gjør(*lag_kriseplan(hvem))
    her.klokke.now = UT - timedelta(hours=1)
    her.inst.engines["kriseplan"].command(kriseplan.tilbakekall(hvem.ref, "personens_oenske", aktør(ENHET), RAMMER))
    her.klokke.now = UT + timedelta(minutes=5)
    her.vei.ta_imot(ut(hvem))
    assert laget(her) == [], "the plan held, as far as anybody had said"
    her.pump()
    assert [viser_til(her, utkastet) for utkastet in laget(her)] == ["MeldingMottatt"]


def test_2_5_a_discharge_that_was_withdrawn_takes_the_draft_with_it(her: Rom, hvem: Menneske) -> None:
    skriv_ut(her, hvem)
    trukket = fra_pam(hvem, 3, UT + timedelta(hours=2), status="C", viser_til=2)
    her.melding(lag_utskrevet(trukket, tid=UT), UT + timedelta(hours=2))
    assert utkast(her) == []


def test_2_5_a_plan_that_stands_in_another_record_of_the_person_is_one(her: Rom, hvem: Menneske) -> None:
    annen = menneske(her, date(1980, 1, 1), "aarstad", ENHET)
    her.gjør(*lag_kriseplan(annen))
    skriv_ut(her, hvem)
    assert utkast(her) == ETT_UTKAST
    her.gjør("samhandling", samhandling.slå_sammen(hvem.ref, annen.ref, aktør(KOE)))
    assert utkast(her) == []
