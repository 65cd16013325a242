"""A message about a stay that was refused is drafted as an avvik, for those whom it was sent to (rules 2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bindeledd.core.errors import NotAllowed
from bindeledd.core.sealed import Klartekst
from bindeledd.schema.generated.felles import Tekst
from bindeledd.schema.generated.samhandling import Avvikskategori
from services.felles.kjent import Rammer
from services.samhandling import planer, tjeneste
from services.samhandling.avvik import avvikplaner
from services.samhandling.avvik.avvik import Meld
from services.samhandling.plo.skriv import lag_dialog, lag_innlagt, lag_utskrevet
from tests.rom import HELE_BERGEN, TABELL, Rom, rom
from tests.stories.folk import aktør, enhet, registrer
from tests.unit.samhandling.meldinger import ANNEN_KOMMUNE, annen_pasient, sending, utc
from tests.unit.samhandling.test_avvik import FAKTA

INN = utc(2026, 3, 2, 20, 0)
UT, SENERE = INN + timedelta(days=3), INN + timedelta(days=4)
MOTTAKER, KOE, PAM = "hjemmetjeneste-aarstad", "koordinerende-enhet", "pam"


@pytest.fixture
def her(tmp_path: Path) -> Iterator[Rom]:
    """The person is known here, and admitted."""
    samhandling = [tjeneste.tjeneste(HELE_BERGEN, TABELL)]
    with rom(tmp_path, INN, oppsett=HELE_BERGEN, tjenester=samhandling) as rommet:
        rommet.gjør("samhandling", registrer(aktør(KOE)))
        rommet.melding(lag_innlagt(sending(1, INN), tid=INN), INN + timedelta(minutes=5))
        yield rommet


def utskrevet(nr: int, sendt: Any = UT, **annet: Any) -> bytes:
    """Told by PAM. `uttilstand` is a code of kodeverk 8431: another one is refused."""
    return lag_utskrevet(sending(nr, sendt), tid=UT, **annet)


def utkast(her: Rom, part: str = MOTTAKER) -> list[tuple[str, str, str | None]]:
    """The kind, state and other unit of what is drafted, the missed clock aside."""
    views = [v for v in her.utsnitt("samhandling", part).values() if type(v).__name__ == "AvvikUtsnitt"]
    alle = [(v.fakta.kategori.value, v.tilstand.value, v.mot_part) for v in views]
    return [ett for ett in alle if ett[0] != "TIDLIGMELDING"]


def sakens_ref(her: Rom, part: str) -> str:
    """The case of the only one that a party sees."""
    (ref,) = [v.aggregat for v in her.utsnitt("samhandling", part).values() if type(v).__name__ == "AvvikUtsnitt"]
    return str(ref)


ETT = [("KOMMUNIKASJON", "UTKAST", PAM)]


def test_2_5_whom_a_refused_message_was_sent_to_is_shown_a_draft_and_its_sender_is_not(her: Rom) -> None:
    assert her.melding(utskrevet(2, uttilstand="7"), UT).outcome == "negative"
    assert (utkast(her), utkast(her, KOE)) == (ETT, ETT)
    assert (utkast(her, PAM), utkast(her, "nav-aarstad"), utkast(her, "fastlege")) == ([], [], [])


def test_2_5_the_evidence_is_the_receipt_in_the_log(her: Rom) -> None:
    her.melding(utskrevet(2, uttilstand="7"), UT)
    (laget,) = [p.event for p in her.logg("samhandling") if p.navn == "AvvikUtkastLaget" and p.event.for_parter]
    (bevis,) = laget.fakta.bevis
    (post,) = [
        p for p in her.logg("samhandling") if (p.envelope.stream, p.envelope.version) == (bevis.stroem, bevis.versjon)
    ]  # fmt: skip
    assert (post.topic, post.navn, post.event.status) == (bevis.tema, "KvitteringSatt", "2")


def test_2_5_the_draft_falls_when_the_message_is_sent_again_and_taken_in(her: Rom) -> None:
    her.melding(utskrevet(2, uttilstand="7"), UT)
    assert her.melding(utskrevet(3, SENERE), SENERE).outcome == "positive"
    assert utkast(her) == []


MAI = INN + timedelta(days=60)


def neste_opphold(her: Rom, **annet: Any) -> None:
    """Discharged in March, as is told again by nobody; admitted anew in May, and discharged then."""
    her.melding(lag_innlagt(sending(4, MAI), tid=MAI), MAI)
    ut = MAI + timedelta(days=2)
    assert her.melding(lag_utskrevet(sending(5, ut, **annet), tid=ut), ut).outcome == "positive"


def test_2_5_the_draft_of_one_stay_does_not_fall_with_the_same_kind_of_message_about_another(her: Rom) -> None:
    her.melding(utskrevet(2, uttilstand="7"), UT)
    neste_opphold(her)
    assert utkast(her) == ETT


ANNET: dict[str, dict[str, Any]] = {
    "what another unit was sent": {"mottaker": enhet("enhet-aarstad")},
    "what another ward sent": {"avsender": enhet("dps-kronstad")},
    "what withdraws": {"status": "C", "viser_til": 99},
}


@pytest.mark.parametrize("annet", ANNET.values(), ids=ANNET)
def test_2_5_the_draft_does_not_fall_with_another_message_of_the_kind(her: Rom, annet: dict[str, Any]) -> None:
    her.melding(utskrevet(2, uttilstand="7"), UT)
    melding = lag_utskrevet(sending(3, SENERE, **annet), tid=UT)
    assert her.melding(melding, SENERE).outcome in ("positive", "held")
    assert utkast(her) == ETT


def test_2_5_it_falls_when_the_record_that_was_told_again_becomes_one_with_this(her: Rom) -> None:
    her.melding(utskrevet(2, uttilstand="7"), UT)
    annen = annen_pasient(7)
    annen_ref = str(her.gjør("samhandling", registrer(aktør(KOE), annen)))
    her.melding(lag_innlagt(sending(6, INN, pasient=annen), tid=INN), UT)
    her.melding(lag_utskrevet(sending(3, SENERE, pasient=annen), tid=UT), SENERE)
    assert utkast(her) == ETT
    alle = {str(p.envelope.person_ref) for p in her.logg("samhandling") if p.navn == "PasientInnlagt"}
    (første,) = alle - {annen_ref}
    her.gjør("samhandling", planer.slå_sammen(første, annen_ref, aktør(KOE)))
    assert utkast(her) == []


def test_2_5_a_refused_message_that_comes_after_the_one_that_mended_it_drafts_nothing(her: Rom) -> None:
    assert her.melding(utskrevet(3, SENERE), SENERE).outcome == "positive"
    assert her.melding(utskrevet(2, uttilstand="7"), SENERE + timedelta(hours=1)).outcome == "negative"
    assert utkast(her) == []


def test_2_5_what_was_sent_before_does_not_mend_it(her: Rom) -> None:
    assert her.melding(utskrevet(3, UT), UT).outcome == "positive"
    her.melding(utskrevet(2, SENERE, uttilstand="7"), SENERE)
    assert utkast(her) == ETT


def test_2_5_what_a_person_has_reported_is_not_undone_by_a_later_message(her: Rom) -> None:
    her.melding(utskrevet(2, uttilstand="7"), UT)
    ref = sakens_ref(her, KOE)
    ansatt = next(u.id for u in HELE_BERGEN.katalog.users.values() if any(p.party == KOE for p in u.posts))
    her.be(
        aktør(KOE, "avvik.meld"), f"samhandling/avvik/{ref}/meld", av=ansatt, mot=PAM, kategori="KOMMUNIKASJON",
        hendelse="Syntetisk", hendt=UT.isoformat(), oppdaget=UT.isoformat(),
    )  # fmt: skip
    her.melding(utskrevet(3, SENERE), SENERE)
    assert utkast(her, KOE) == [("KOMMUNIKASJON", "SENDT", PAM)]


def meld(her: Rom, mot: str, av: str = KOE) -> Any:
    """A unit reports what the koordinerende enhet was shown; as that unit sees it then."""
    tekst = Klartekst(Tekst(tekst="Syntetisk"))
    fakta = replace(FAKTA, opphold_ref=None, kategori=Avvikskategori.KOMMUNIKASJON, hendt=UT, oppdaget=UT)
    melding = Meld(av, mot, "demo-102", anonym=False, fakta=fakta, hendelse=tekst)
    plan = avvikplaner.meld_utkast(sakens_ref(her, KOE), melding, aktør(av), Rammer(HELE_BERGEN, TABELL))
    her.gjør("samhandling", plan)
    return sett(her, av)


def sett(her: Rom, part: str) -> Any:
    """The one case that a party sees, the missed clock aside."""
    views = [v for v in her.utsnitt("samhandling", part).values() if type(v).__name__ == "AvvikUtsnitt"]
    (en,) = (v for v in views if v.fakta.kategori.value != "TIDLIGMELDING")
    return en


@pytest.mark.parametrize(("mot", "navn"), [(PAM, "DELT"), ("act-solli", "IKKE_DELT")])
def test_2_5_who_sent_the_message_is_told_whom_it_was_about_and_no_other_unit_is(her: Rom, mot: str, navn: str) -> None:
    her.melding(utskrevet(2, uttilstand="7"), UT)
    bevis = sett(her, KOE).fakta.bevis
    meldt = meld(her, mot)
    assert (len(bevis), meldt.fakta.bevis) == (1, bevis)
    assert {d.del_: d.deling.value for d in sett(her, mot).deler}["navn"] == navn


@pytest.mark.parametrize("av", [PAM, "act-solli", "fastlege"])
def test_2_5_a_unit_that_is_not_shown_a_draft_does_not_report_it(her: Rom, av: str) -> None:
    her.melding(utskrevet(2, uttilstand="7"), UT)
    with pytest.raises(NotAllowed):
        meld(her, "dps-solli", av)
    assert utkast(her, KOE) == ETT


def test_2_5_a_draft_that_one_unit_puts_away_stands_for_the_other_until_that_has_said_so_too(her: Rom) -> None:
    her.melding(utskrevet(2, uttilstand="7"), UT)
    ventet: list[tuple[str, tuple[Any, Any]]] = [(MOTTAKER, ([], ETT)), (KOE, ([], []))]
    for part, igjen in ventet:
        ref = sakens_ref(her, KOE)
        ansatt = next(u.id for u in HELE_BERGEN.katalog.users.values() if any(p.party == part for p in u.posts))
        her.be(aktør(part, "avvik.meld"), f"samhandling/avvik/{ref}/forkast", av=ansatt, grunn="annet")
        assert (utkast(her), utkast(her, KOE)) == igjen
    falt = [p.event.part for p in her.logg("samhandling") if p.navn == "AvvikUtkastForkastet"]
    assert falt == [MOTTAKER, None]


def test_2_5_what_was_sent_to_another_organisation_is_the_manual_queues_to_report(her: Rom) -> None:
    feil = lag_utskrevet(replace(sending(2, UT), mottaker=ANNEN_KOMMUNE), tid=UT)
    assert her.melding(feil, UT).outcome == "negative"
    assert (utkast(her), utkast(her, KOE)) == ([], [("FEIL_MOTTAKER", "UTKAST", PAM)])


def test_13_of_a_refused_message_about_somebody_unknown_here_nothing_is_drafted(her: Rom) -> None:
    ukjent = replace(sending(2, UT), pasient=annen_pasient(4))
    assert her.melding(lag_utskrevet(ukjent, tid=UT, uttilstand="7"), UT).outcome == "negative"
    assert (utkast(her), utkast(her, KOE)) == ([], [])


@pytest.mark.parametrize("tekst", ["", "Ukjent hos oss"])
def test_2_4_a_dialog_avvik_taken_in_or_refused_is_no_avvik_and_drafts_none(her: Rom, tekst: str) -> None:
    for tema in ("1", "2", "9"):
        melding = replace(sending(10 + int(tema), UT, viser_til=1), pasient=annen_pasient(5))
        if not tekst:
            melding = replace(melding, mottaker=ANNEN_KOMMUNE)
        utfall = her.melding(lag_dialog(melding, "DIALOG_AVVIK", tekst=tekst or "x", tema=tema), UT).outcome
        assert utfall == ("positive" if tekst else "negative")
    assert (utkast(her), utkast(her, KOE)) == ([], [])
