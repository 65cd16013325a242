"""Story B, "Klar, men hvor?", as far as it can hold today: the answer, the payment and its mark come later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.samhandling.plo.skriv import (
    lag_avmelding,
    lag_innlagt,
    lag_tidligmelding,
    lag_utskrevet,
    lag_utskrivningsklar,
)
from tests.rom import HELE_BERGEN, Rom, rom
from tests.stories.folk import Menneske, aktør, ansvarsgruppe_for, enhet, kall_inn, menneske, oppgaver, samtykker
from tests.unit.samhandling.meldinger import sending

OSLO = ZoneInfo("Europe/Oslo")
ENHET, FORVALTNING, SOLLI, NAV = "enhet-fana", "forvaltning-fana", "dps-solli", "nav-fana"


def tid(*deler: int) -> datetime:
    """A moment in Norway."""
    return datetime(*deler, tzinfo=OSLO)  # type: ignore[arg-type,misc]


INNLAGT = tid(2023, 12, 11, 10, 0)


class Solli:
    """DPS Solli, writing to forvaltningen in Fana about one person."""

    def __init__(self, rommet: Rom, hvem: Menneske) -> None:
        self.rom, self.hvem, self.nr = rommet, hvem, 0

    def sender(self, lag: Any, nå: datetime, **innhold: Any) -> None:
        """Write a message and let it come in."""
        self.nr += 1
        grunn = replace(
            sending(self.nr, nå), pasient=self.hvem.pasient, avsender=enhet(SOLLI), mottaker=enhet(FORVALTNING)
        )
        assert self.rom.melding(lag(grunn, **innhold), nå).outcome == "positive"

    def stay(self, part: str) -> Any:
        """The one stay that a party has been given."""
        views = [v for v in self.rom.utsnitt("samhandling", part).values() if type(v).__name__ == "OppholdUtsnitt"]
        assert len(views) == 1, part
        return views[0]


@pytest.fixture
def solli(tmp_path: Path, hvert_trinn: str) -> Iterator[Solli]:
    """Admitted 11 Dec 2023, with a complete tidligmelding the same day."""
    with rom(tmp_path, tid(2023, 12, 1, 9, 0), oppsett=HELE_BERGEN) as rommet:
        fra = Solli(rommet, menneske(rommet, date(1979, 8, 9), "fana", ENHET))
        fra.sender(lag_innlagt, tid(2023, 12, 11, 10, 20), tid=INNLAGT)
        fra.sender(
            lag_tidligmelding, tid(2023, 12, 11, 15, 0), status="Prøve", forløp="Prøve", forventet=date(2023, 12, 18)
        )
        yield fra


def test_the_notice_came_in_time(solli: Solli) -> None:
    assert solli.stay(FORVALTNING).frister[0].tilstand.value == "HOLDT"


def test_ready_retracted_and_ready_again(solli: Solli) -> None:
    solli.sender(lag_utskrivningsklar, tid(2023, 12, 18, 9, 0), dato=date(2023, 12, 18), innlagt=INNLAGT)
    assert solli.stay(FORVALTNING).status.value == "UTSKRIVNINGSKLAR"
    assert "SVAR_PAA_UTSKRIVNINGSKLAR" in oppgaver(solli.rom, FORVALTNING)
    solli.sender(lag_avmelding, tid(2023, 12, 21, 9, 0), dato=date(2023, 12, 21), innlagt=INNLAGT)
    assert solli.stay(FORVALTNING).status.value == "AVMELDT"
    assert "SVAR_PAA_UTSKRIVNINGSKLAR" not in oppgaver(solli.rom, FORVALTNING)
    solli.sender(lag_utskrivningsklar, tid(2023, 12, 27, 9, 0), dato=date(2023, 12, 27), innlagt=INNLAGT)
    assert (solli.stay(FORVALTNING).utskrivningsklar, solli.stay(SOLLI).status.value) == (
        date(2023, 12, 27), "UTSKRIVNINGSKLAR",
    )  # fmt: skip
    solli.sender(lag_utskrevet, tid(2024, 1, 3, 12, 0), tid=tid(2024, 1, 3, 11, 0))
    assert solli.stay(FORVALTNING).status.value == "UTSKREVET"
    assert oppgaver(solli.rom, FORVALTNING) == set()


def test_what_makes_a_day_not_payable_is_said(solli: Solli) -> None:
    solli.sender(lag_utskrivningsklar, tid(2023, 12, 18, 9, 0), dato=date(2023, 12, 18), innlagt=INNLAGT)
    mangler = solli.stay(FORVALTNING).utskrivningsklar_mangler
    assert "tidligmelding" not in mangler
    assert "samarbeidsmoete" in mangler


LEDERNE = "SNAKK_LEDER_TIL_LEDER"


def test_u14_disputed_19_december_both_leaders_have_it_the_same_day_and_nothing_closes_by_itself(solli: Solli) -> None:
    rommet = solli.rom
    solli.sender(lag_utskrivningsklar, tid(2023, 12, 18, 9, 0), dato=date(2023, 12, 18), innlagt=INNLAGT)
    rommet.til(tid(2023, 12, 19, 10, 0))
    (opphold,) = (ref for ref, v in rommet.utsnitt("samhandling", FORVALTNING).items() if hasattr(v, "innlagt"))
    nå = tid(2023, 12, 19, 9, 30).isoformat()
    bestridt = rommet.be(
        aktør(FORVALTNING, "avvik.meld"), f"samhandling/personer/{solli.hvem.ref}/avvik", av=ansatt(FORVALTNING),
        mot=SOLLI, kategori="UTSKRIVNINGSKLAR_BESTRIDT", hendelse="Syntetisk: ikke avklart hvor", hendt=nå, oppdaget=nå,
        opphold_ref=opphold,
    )  # fmt: skip
    for part in (FORVALTNING, SOLLI):
        (i_dag,) = [o for o in saken(rommet, part).oppgaver if o.slag.value == LEDERNE]
        assert i_dag.frist == tid(2023, 12, 19, 23, 59, 59), part
    assert solli.stay(SOLLI).status.value == "UTSKRIVNINGSKLAR", "the count runs on"
    rommet.be(aktør(SOLLI, "avvik.svar"), f"samhandling/avvik/{bestridt}/uenig", av=ansatt(SOLLI), tekst="Syntetisk")
    solli.sender(lag_utskrevet, tid(2024, 1, 3, 12, 0), tid=tid(2024, 1, 3, 11, 0))
    rommet.til(tid(2024, 2, 1, 9, 0))
    assert [saken(rommet, part).tilstand.value for part in (FORVALTNING, SOLLI)] == ["UENIG", "UENIG"]
    assert LEDERNE in oppgaver(rommet, SOLLI)


def saken(rommet: Rom, part: str) -> Any:
    """The one case of avvik that a party has been given, besides what is drafted."""
    views = rommet.utsnitt("samhandling", part).values()
    (view,) = [v for v in views if type(v).__name__ == "AvvikUtsnitt" and v.tilstand.value != "UTKAST"]
    return view


def ansatt(part: str) -> str:
    return next(u.id for u in HELE_BERGEN.katalog.users.values() if any(p.party == part for p in u.posts))


KALL_INN = "KALL_INN_ANSVARSGRUPPE"


def møter(solli: Solli, part: str) -> list[Any]:
    """The meetings that a party has been given, in order."""
    views = solli.rom.utsnitt("ansvarsgruppe", part).values()
    return sorted((v for v in views if type(v).__name__ == "MoeteUtsnitt"), key=lambda møte: møte.tid)


def test_the_group_is_summoned_on_18_and_27_december_and_the_patient_invited_both_times(solli: Solli) -> None:
    rommet, hvem = solli.rom, solli.hvem
    samtykker(rommet, hvem, ENHET, NAV, "plan.finnes")
    gruppen = ansvarsgruppe_for(rommet, hvem, ENHET, SOLLI, NAV)
    ordinært = kall_inn(rommet, hvem, gruppen, ENHET, tid(2024, 2, 1, 10, 0), NAV)
    (opphold,) = (ref for ref, v in rommet.utsnitt("samhandling", ENHET).items() if hasattr(v, "innlagt"))
    assert KALL_INN not in oppgaver(rommet, ENHET)

    solli.sender(lag_utskrivningsklar, tid(2023, 12, 18, 9, 0), dato=date(2023, 12, 18), innlagt=INNLAGT)
    assert KALL_INN in oppgaver(rommet, ENHET)
    kall_inn(rommet, hvem, gruppen, ENHET, tid(2023, 12, 20, 9, 0), SOLLI, NAV, opphold=opphold)
    assert KALL_INN not in oppgaver(rommet, ENHET)

    solli.sender(lag_avmelding, tid(2023, 12, 21, 9, 0), dato=date(2023, 12, 21), innlagt=INNLAGT)
    assert KALL_INN not in oppgaver(rommet, ENHET)
    solli.sender(lag_utskrivningsklar, tid(2023, 12, 27, 9, 0), dato=date(2023, 12, 27), innlagt=INNLAGT)
    assert KALL_INN in oppgaver(rommet, ENHET)
    kall_inn(rommet, hvem, gruppen, ENHET, tid(2023, 12, 29, 9, 0), SOLLI, NAV, opphold=opphold)
    solli.sender(lag_utskrevet, tid(2024, 1, 3, 12, 0), tid=tid(2024, 1, 3, 11, 0))
    assert KALL_INN not in oppgaver(rommet, ENHET)

    assert [møte.tid for møte in møter(solli, "innbygger")] == [
        tid(2023, 12, 20, 9, 0), tid(2023, 12, 29, 9, 0), tid(2024, 2, 1, 10, 0),
    ]  # fmt: skip
    assert "SVAR_PAA_INNKALLING" in oppgaver(rommet, "innbygger")
    assert [møte.innhold is not None for møte in møter(solli, ENHET)] == [True, True, True]
    # NAV is told when and where, and cannot tell a summons for a discharge from the other one.
    første, andre, vanlig = møter(solli, NAV)
    for møte in (første, andre):
        assert (møte.innhold, møte.opphold_ref, [d.part for d in møte.deltakere]) == (None, None, [NAV])
        likt = {"tid": vanlig.tid, "sted": vanlig.sted, "aggregat": ordinært, "oppgaver": vanlig.oppgaver}
        assert replace(møte, **likt, tilstand=vanlig.tilstand) == vanlig
    assert rommet.utsnitt("samhandling", NAV).keys() == {
        ref for ref, v in rommet.utsnitt("samhandling", NAV).items() if type(v).__name__ == "PersonUtsnitt"
    }
